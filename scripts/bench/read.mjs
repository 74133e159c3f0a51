// Part `read`: from choosing files to having all of them read and drawn, on a page that was never used and on one that was.
import { clear, inApp, knows, memory, read } from './app.mjs';
import { gunzip, jsonParse } from './baselines.mjs';
import { withDuckDb } from './duckdb.mjs';
import { count, median, megabytes, rate, spread, table, times } from './figures.mjs';

/** Times the same page reads the same files again, each round. */
const WARM = 2;
/** DuckDB takes seconds: not asked more often than this. */
const DUCKDB_ROUNDS = 3;

const SETS = {
  flow: { of: 'VPC flow logs', duckdb: true },
  trail: { of: 'CloudTrail', json: true },
  alb: { of: 'ALB access logs' },
};

async function round(run, set, { json, duckdb }, got, number) {
  await inApp(run, async (page) => {
    got.cold.push(await read(page, set));
    got.memory.push(await memory(run, page));
    for (let again = 0; again < WARM; again++) {
      await clear(page);
      got.warm.push(await read(page, set));
    }
  });
  got.gunzip.push(await gunzip(run, set.paths));
  if (json) got.json.push(await jsonParse(run, set));
  if (duckdb && number < DUCKDB_ROUNDS) got.duckdb.push(await withDuckDb(run, set, async ({ boot, read: ms }) => ({ boot, read: ms, process: await run.privateBytes() })));
}

function rowsOf(what, set, got) {
  const baselines = [['gunzip alone', got.gunzip], ['gunzip and JSON.parse', got.json], ['DuckDB-WASM, into a table', got.duckdb.map(({ read: ms }) => ms)]];
  const ours = (name, rounds) => {
    const [read, drawn, longest, tick] = ['read', 'drawn', 'longest', 'tick'].map((key) => rounds.map((r) => r[key]));
    const against = baselines.map(([, theirs]) => [read, drawn].map((list) => times(list, theirs)).filter(Boolean).join(', '));
    return [`${what}, ${name}`, spread(read), spread(drawn), ...against, rate(set.records, read), spread(longest), spread(tick)];
  };
  const theirs = baselines.filter(([, list]) => list.length > 0).map(([name, list]) => [`${what}, ${name}`, spread(list), '', '', '', '', rate(set.records, list), '', '']);
  return [ours('fresh page', got.cold), ours('same page again', got.warm), ...theirs];
}

const sizeOf = (rounds, key) => {
  const known = rounds.map((round) => round[key]).filter((bytes) => bytes !== undefined);
  return megabytes(known.length > 0 ? median(known) : undefined);
};

export async function readPart(run, options) {
  const rows = [];
  const sizes = [];
  const notes = ['× is ours, read and then drawn, over the median of what it is measured against. Records are those read.'];
  const raw = {};
  for (const [name, { of, json, duckdb }] of Object.entries(SETS)) {
    if (!options.sets.includes(name)) continue;
    if (!(await knows(run, options, name))) {
      notes.push(`${of} are not known to this build: not measured.`);
      continue;
    }
    const set = await options.logs(name);
    const got = { cold: [], warm: [], memory: [], gunzip: [], json: [], duckdb: [] };
    for (let number = 0; number < options.rounds; number++) await round(run, set, { json, duckdb }, got, number);
    raw[name] = got;
    const what = `${count(set.records)} of ${of}`;
    rows.push(...rowsOf(what, set, got));
    sizes.push([what, megabytes(set.raw), megabytes(set.packed), sizeOf(got.memory, 'wasm'), sizeOf(got.memory, 'process'), duckdb ? sizeOf(got.duckdb, 'process') : '']);
    if (duckdb) notes.push(`DuckDB starts in ${spread(got.duckdb.map(({ boot }) => boot))} ms, which its row leaves out.`);
    if (name === 'trail') notes.push('DuckDB reads no JSON here: that extension would have to come from another host.');
  }
  return {
    raw,
    tables: [
      table('Reading: chosen to read and drawn (ms, least / median / most)', ['set', 'read', 'read and drawn', '× gunzip', '× JSON.parse', '× DuckDB', 'records', 'longest task', 'longest gap of a 5 ms timer'], rows, notes),
      table('Memory after reading', ['set', 'raw', 'gzip', 'WebAssembly, page and workers', "the page's process, private", "DuckDB's page"], sizes),
    ],
  };
}

/** Files that the baseline reads: enough for a rate. */
const BASELINE_FILES = 5000;
/** A round of a hundred thousand takes minutes. */
const SMALL_ROUNDS = 3;

/** Part `small`: a folder of many small files, as S3 has CloudTrail. */
export async function smallPart(run, options) {
  const set = await options.logs('small');
  const got = { cold: [], gunzip: [] };
  const some = set.paths.slice(0, BASELINE_FILES);
  for (let number = 0; number < Math.min(options.rounds, SMALL_ROUNDS); number++) {
    got.cold.push(await inApp(run, async (page) => ({ ...await read(page, set), memory: await memory(run, page) })));
    got.gunzip.push(await gunzip(run, some));
  }
  const of = (key) => spread(got.cold.map((r) => r[key]));
  const drawn = got.cold.map((r) => r.drawn);
  const perFile = (list, files) => list.map((ms) => ms / files);
  return {
    raw: got,
    tables: [table('Small files: a folder chosen on a fresh page (ms)', ['set', 'read', 'read and drawn', 'files', '× gunzip, a file', 'longest task', 'longest gap of a 5 ms timer', 'of frames', 'WebAssembly', 'process'], [
      [`${count(set.paths.length)} files, ${count(set.records)} events`, of('read'), spread(drawn), rate(set.paths.length, drawn), times(perFile(drawn, set.paths.length), perFile(got.gunzip, some.length)),
        of('longest'), of('tick'), of('frame'), ...['wasm', 'process'].map((key) => sizeOf(got.cold.map((r) => r.memory), key))],
      [`gunzip alone, ${count(some.length)} of them`, spread(got.gunzip), '', rate(some.length, got.gunzip), '', '', '', '', '', ''],
    ])],
  };
}
