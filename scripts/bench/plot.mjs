// Lines over two logarithmic axes as an SVG that can be read light and dark, alone and inside a document.

const WIDTH = 820;
const HEIGHT = 440;
const EDGE = { left: 72, right: 210, top: 48, bottom: 52 };
const LINE = 16; // least distance of two names at the right
/** Of what: a colour, for light and dark. */
const HUES = [['#1d5fbf', '#7fb2ff'], ['#a8460f', '#ffab73'], ['#1b7446', '#74d6a0']];
/** Whose: a way to draw the line. Every line has its name beside it. */
const DASHES = ['', '7 4', '2 4'];

const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const fixed = (n) => n.toFixed(1);

/** Whole decades around the values, and where a value lies on `from`…`to` pixels. */
function axis(values, from, to) {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  const place = (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from);
  return { place, decades: Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i)) };
}

const text = (x, y, words, more = '') => `<text x="${fixed(x)}" y="${fixed(y)}" ${more}>${escaped(words)}</text>`;

/** Where the names at the right stand: at their lines' ends, but not on each other. */
function nameRows(ends) {
  const rows = new Map();
  let above = -Infinity;
  for (const [i, y] of ends.map((y, i) => [i, y]).sort((a, b) => a[1] - b[1])) {
    above = Math.max(y, above + LINE);
    rows.set(i, above);
  }
  return rows;
}

/**
 * @param {{title: string, x: string, y: string, number: (n: number) => string, series: {name: string, hue: number, dash: number, points: [number, number][]}[]}} of
 *   titles of the axes with their units; `number` writes what stands at a tick
 */
export function plot({ title, x, y, number, series }) {
  const all = series.flatMap(({ points }) => points);
  const across = axis(all.map(([at]) => at), EDGE.left, WIDTH - EDGE.right);
  const up = axis(all.map(([, at]) => at), HEIGHT - EDGE.bottom, EDGE.top);
  const [left, right, top, bottom] = [EDGE.left, WIDTH - EDGE.right, EDGE.top, HEIGHT - EDGE.bottom];
  const grid = [
    ...across.decades.map((n) => [across.place(n), n]).map(([at, n]) => `<path class="grid" d="M${fixed(at)} ${top}V${bottom}"/>${text(at, bottom + 18, number(n), 'text-anchor="middle"')}`),
    ...up.decades.map((n) => [up.place(n), n]).map(([at, n]) => `<path class="grid" d="M${left} ${fixed(at)}H${right}"/>${text(left - 8, at + 4, number(n), 'text-anchor="end"')}`),
  ];
  const placed = series.map(({ points }) => points.map(([a, b]) => [across.place(a), up.place(b)]));
  const names = nameRows(placed.map((points) => points.at(-1)[1]));
  const lines = series.map(({ name, hue, dash }, i) => {
    const points = placed[i];
    const marks = points.map(([a, b]) => `<circle cx="${fixed(a)}" cy="${fixed(b)}" r="3.5"/>`).join('');
    const [endX, endY] = points.at(-1);
    const d = points.map(([a, b], n) => `${n ? 'L' : 'M'}${fixed(a)} ${fixed(b)}`).join('');
    return `<g class="hue${hue}"><path class="line" stroke-dasharray="${DASHES[dash]}" d="${d}"/>${marks}` +
      `<path class="lead" d="M${fixed(endX + 5)} ${fixed(endY)}L${right + 10} ${fixed(names.get(i))}"/>${text(right + 14, names.get(i) + 4, name)}</g>`;
  });
  const colours = (shade) => HUES.map((hue, i) => `.hue${i}{color:${hue[shade]}}`).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<style>
text{font:12px system-ui,sans-serif;fill:#1f2530}.head{font-size:15px;font-weight:600}.paper{fill:#fff}.grid{stroke:#d9dee6}
.line{fill:none;stroke:currentColor;stroke-width:2}.lead{stroke:currentColor;opacity:.5}circle{fill:currentColor}g text{fill:currentColor}
${colours(0)}
@media (prefers-color-scheme:dark){text{fill:#e6eaf0}.paper{fill:#12161d}.grid{stroke:#303844}${colours(1)}}
</style>
<rect class="paper" width="100%" height="100%"/>
${text(left, 26, title, 'class="head"')}
${grid.join('\n')}
${text((left + right) / 2, HEIGHT - 12, x, 'text-anchor="middle"')}
${text(0, 0, y, `text-anchor="middle" transform="translate(18 ${(top + bottom) / 2}) rotate(-90)"`)}
${lines.join('\n')}
</svg>
`;
}
