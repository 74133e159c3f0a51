// Part `growth`: how time and memory grow with the records, each size once on a fresh page, up to what fits or MOST.
// Draws docs/growth-time.svg and docs/growth-memory.svg; the tables say the same in figures.
import { writeFileSync } from 'node:fs';
import { inApp, knows, memory, read } from './app.mjs';
import { gunzip } from './baselines.mjs';
import { withDuckDb } from './duckdb.mjs';
import { count, megabytes, spread, table } from './figures.mjs';
import { plot } from './plot.mjs';

const KINDS = {
  flow: { of: 'flow logs', sizes: [10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000], duckdb: true },
  trail: { of: 'CloudTrail', sizes: [10_000, 30_000, 100_000, 300_000, 1_000_000] },
  alb: { of: 'ALB access logs', sizes: [10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000] },
};

/** What a size costs ours and the baselines; a baseline that fails once is not asked again. */
async function measure(run, set, baselines) {
  const ours = await inApp(run, async (page) => ({ ...await read(page, set), ...await memory(run, page) }));
  const got = { records: set.records, read: ours.read, drawn: ours.drawn, wasm: ours.wasm, process: ours.process };
  for (const [name, ask] of [...baselines]) {
    try {
      got[name] = await ask(set);
    } catch (error) {
      baselines.delete(name);
      console.error(`growth: ${name} gives up at ${count(set.records)} records: ${error.message.split('\n')[0]}`);
    }
  }
  return got;
}

async function grow(run, options, name, { of, sizes, duckdb }) {
  const baselines = new Map([['gunzip', (set) => gunzip(run, set.paths)]]);
  if (duckdb) baselines.set('duckdb', (set) => withDuckDb(run, set, async ({ read: ms }) => ({ read: ms, process: await run.privateBytes() })));
  const points = [];
  for (const size of sizes.filter((each) => each <= options.most)) {
    const set = await options.logs(name, size);
    try {
      points.push(await measure(run, set, baselines));
      console.log(`growth: ${count(size)} of ${of}: ${spread([points.at(-1).drawn])} ms`);
    } catch (error) {
      const why = error.message.split('\n')[0];
      return { of, points, end: `${of}: ${count(size)} records do not fit (${why}).` };
    }
  }
  return { of, points, end: undefined };
}

/** A line of each kind for each of these figures: [name, what a point gives]. */
const lines = (all, figures) => all.flatMap(({ of, points }, hue) => figures.map(([name, value], dash) => ({
  name: `${of}, ${name}`,
  hue,
  dash,
  points: points.map((point) => [point.records, value(point)]).filter(([, y]) => y > 0),
}))).filter(({ points }) => points.length > 0);

const short = (n) => (n >= 1e6 ? `${n / 1e6} M` : n >= 1e3 ? `${n / 1e3} K` : String(Number(n.toPrecision(3))));

function draw(all) {
  const pictures = {
    time: { title: 'Chosen to read and drawn, fresh page', y: 'seconds', figures: [['ours', (p) => p.drawn / 1000], ['gunzip alone', (p) => p.gunzip / 1000], ['DuckDB-WASM', (p) => p.duckdb?.read / 1000]] },
    memory: { title: 'Memory after reading, fresh page', y: 'megabytes', figures: [['process', (p) => p.process / 1e6], ['WebAssembly', (p) => p.wasm / 1e6], ["DuckDB's process", (p) => p.duckdb?.process / 1e6]] },
  };
  for (const [name, { title, y, figures }] of Object.entries(pictures)) {
    writeFileSync(`docs/growth-${name}.svg`, plot({ title, x: 'records', y, number: short, series: lines(all, figures) }));
  }
}

export async function growthPart(run, options) {
  const all = [];
  const notes = [];
  for (const [name, kind] of Object.entries(KINDS).filter(([each]) => options.sets.includes(each))) {
    if (!(await knows(run, options, name))) {
      notes.push(`${kind.of} are not known to this build: not measured.`);
      continue;
    }
    const grown = await grow(run, options, name, kind);
    all.push(grown);
    if (grown.end) notes.push(grown.end);
  }
  if (all.some(({ points }) => points.length > 0)) draw(all);
  const ms = (value) => (value === undefined ? '' : spread([value]));
  const rows = all.flatMap(({ of, points }) => points.map((p) => [
    `${count(p.records)} of ${of}`, ms(p.read), ms(p.drawn), ms(p.gunzip), ms(p.duckdb?.read), megabytes(p.wasm), megabytes(p.process), p.duckdb ? megabytes(p.duckdb.process) : '',
  ]));
  return {
    raw: all,
    tables: [table('Growth: each size once, on a fresh page (ms)', ['set', 'read', 'read and drawn', 'gunzip alone', 'DuckDB-WASM', 'WebAssembly', 'process', "DuckDB's process"], rows, notes)],
  };
}
