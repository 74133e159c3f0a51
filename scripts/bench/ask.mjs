// Part `ask`: questions over flow logs, ours against DuckDB's, each answer compared before a ratio is told.
import { go, inApp, read } from './app.mjs';
import { withDuckDb } from './duckdb.mjs';
import { count, spread, table, times } from './figures.mjs';
import { BUSIEST, compare, queries } from './queries.mjs';
import { traced, workerTasks } from './trace.mjs';

async function duckdb(run, set, repeats) {
  return withDuckDb(run, set, async (duck) => {
    const [[address]] = await duck.rows(BUSIEST);
    const all = [];
    for (const query of queries(address)) all.push({ query, ...await duck.times(query.sql, repeats), rows: await duck.rows(query.sql) });
    return { all, boot: duck.boot, read: duck.read };
  });
}

const ask = (page, question) => page.evaluate((what) => trailbeam.ask(what), question);

const inLanguage = (page, text) => page.evaluate((what) => trailbeam.query(what), text);

/** Times a question, or a text in Insights QL. */
const timed = (page, question, repeats) => page.evaluate(async ([what, n]) => {
  const once = async () => {
    const began = performance.now();
    await (typeof what === 'string' ? trailbeam.query(what) : trailbeam.ask(what));
    return performance.now() - began;
  };
  const first = await once();
  const warm = [];
  for (let i = 0; i < n; i++) warm.push(await once());
  return { first, warm };
}, [question, repeats]);

/** The sums of everything are those that were written. */
async function checkTotals(page, kinds, expected) {
  const { rows } = await ask(page, { kinds, by: ['action'], take: ['count', 'sum(bytes)', 'sum(packets)'] });
  const of = (action) => rows.find(([name]) => name === action) ?? [action, 0, 0, 0];
  const sum = (column) => rows.reduce((all, row) => all + Number(row[column] ?? 0), 0);
  const got = { accept: of('ACCEPT')[1], reject: of('REJECT')[1], records: sum(1), bytes: sum(2), packets: sum(3) };
  for (const [name, value] of Object.entries(got)) {
    if (value !== expected[name]) throw new Error(`flow logs: ${name} is ${value} instead of ${expected[name]}`);
  }
}

export async function askPart(run, options) {
  const set = await options.logs('flow');
  const theirs = await duckdb(run, set, options.repeats);
  const ours = await inApp(run, async (page) => {
    if (!(await page.evaluate(() => typeof trailbeam.ask === 'function'))) return undefined;
    await read(page, set);
    await go(page, 'sources');
    const kinds = [await page.evaluate(() => trailbeam.sources()[0].kind)];
    const all = [];
    for (const { query, rows } of theirs.all) {
      const question = { kinds, ...query.ask };
      const figures = await timed(page, question, options.repeats);
      compare(query, (await ask(page, question)).rows, rows);
      const text = `SOURCE ${kinds[0]} | ${query.text}`;
      figures.language = await timed(page, text, options.repeats);
      compare(query, (await inLanguage(page, text)).rows, rows);
      all.push(figures);
    }
    await checkTotals(page, kinds, set.expected);
    for (const [i, { query }] of theirs.all.entries()) {
      const events = await traced(run, page, () => ask(page, { kinds, ...query.ask }));
      all[i].longest = Math.max(...workerTasks(events));
    }
    return all;
  });
  const rows = theirs.all.map(({ query, first, warm }, i) => [
    query.title,
    ours ? spread(ours[i].warm) : 'not in this build',
    spread(warm),
    ours ? times(ours[i].warm, warm) : '',
    ours ? spread(ours[i].language.warm) : '',
    ours ? times(ours[i].language.warm, warm) : '',
    ours ? spread([ours[i].first]) : '',
    spread([first]),
    ours ? spread([ours[i].longest]) : '',
  ]);
  const notes = [ours ? "Every answer, in Insights QL too, is equal to DuckDB's, value for value. A worker looks up after each piece of its work: so long a question that is no longer wanted, or a record that was opened, waits." : 'trailbeam.ask is not in this build: only DuckDB was measured.'];
  return {
    raw: { ours, duckdb: { boot: theirs.boot, read: theirs.read, queries: theirs.all.map(({ query, first, warm }) => ({ title: query.title, first, warm })) } },
    tables: [table(`Questions over ${count(set.records)} flow records (ms, least / median / most of ${options.repeats})`, ['question', 'ours', 'DuckDB-WASM', '× DuckDB', 'in Insights QL', '× DuckDB', 'ours, first', 'DuckDB, first', "a worker's longest piece"], rows, notes)],
  };
}
