// Figures: what is said of many measurements, and tables of them for people, for documents and for machines.

const sorted = (list) => [...list].sort((a, b) => a - b);
export function median(list) {
  const all = sorted(list);
  return (all[Math.floor((all.length - 1) / 2)] + all[Math.ceil((all.length - 1) / 2)]) / 2;
}
/** The value that `part` of the list does not exceed. */
export const percentile = (list, part) => sorted(list)[Math.min(list.length - 1, Math.ceil(list.length * part) - 1)];

const rounded = (ms) => (ms < 10 ? ms.toFixed(1) : ms < 1000 ? String(Math.round(ms)) : Math.round(ms).toLocaleString('en-US'));

/** Milliseconds: least, median and most. */
export function spread(list) {
  if (list.length === 0) return '';
  if (list.length === 1) return rounded(list[0]);
  return [Math.min(...list), median(list), Math.max(...list)].map(rounded).join(' / ');
}

/** How many times the baseline's median ours is. */
export const times = (ours, baseline) => (ours.length > 0 && baseline?.length > 0 ? `${(median(ours) / median(baseline)).toFixed(2)} ×` : '');
export const count = (n) => n.toLocaleString('en-US');
export const megabytes = (bytes) => (bytes === undefined ? 'not known' : `${(bytes / 1e6).toFixed(1)} MB`);
/** Per second, of the median time. */
export const rate = (n, list) => `${count(Math.round(n / (median(list) / 1000)))}/s`;

/** A table of a part: what it is about, the head of its columns, and rows of texts. */
export const table = (title, head, rows, notes = []) => ({ title, head, rows, notes });

export function forPeople({ title, head, rows, notes }) {
  const widths = head.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i].length)));
  const line = (cells) => `  ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ')}`.trimEnd();
  return [`\n${title}`, line(head), ...rows.map(line), ...notes.map((note) => `  ${note}`)].join('\n');
}

export function forDocuments({ title, head, rows, notes }) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [`### ${title}`, '', line(head), line(head.map(() => '---')), ...rows.map(line), '', ...notes.flatMap((note) => [note, ''])].join('\n');
}
