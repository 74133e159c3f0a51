// Speed in a real browser, against what else it could do, in the same run: `make bench`, or `make bench ARGS='ask frames'` for some.
//
//   start   the page's weight, and when it can be used       frames  each frame of a zoom and pan; rows while scrolled
//   read    large files, against gunzip, JSON.parse, DuckDB  small   a folder of many small files
//   ask     questions, against DuckDB, answers compared      share   a shared file, made and opened
//   brush   a moved range until all charts follow            rules   all rules and checks over loaded events
//   growth  time and memory against records (when named)     follow   one thing: sessions, its page, why it was rejected
//
// Writes its own logs, the same bytes every time, chooses them in the served release build as a person would and checks the counts.
// What is measured first is a fresh page each round: what a visitor gets.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { askPart } from './bench/ask.mjs';
import { start } from './bench/browser.mjs';
import { forDocuments, forPeople } from './bench/figures.mjs';
import { followPart } from './bench/follow.mjs';
import { brushPart, framesPart } from './bench/frames.mjs';
import { growthPart } from './bench/growth.mjs';
import { logs } from './bench/logs.mjs';
import { readPart, smallPart } from './bench/read.mjs';
import { rulesPart } from './bench/rules.mjs';
import { sharePart } from './bench/share.mjs';
import { startPart } from './bench/start.mjs';
import { textsPart } from './bench/texts.mjs';

const PARTS = { start: startPart, read: readPart, ask: askPart, texts: textsPart, rules: rulesPart, follow: followPart, brush: brushPart, frames: framesPart, small: smallPart, share: sharePart, growth: growthPart };
const USUAL = Object.keys(PARTS).filter((name) => name !== 'growth');

const number = (name, otherwise) => {
  const value = Number(process.env[name] ?? otherwise);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${name}=${process.env[name]} is not a number of at least 1`);
  return value;
};
const named = process.argv.slice(2);
const parts = named.length > 0 ? named : USUAL;
for (const part of parts) if (!(part in PARTS)) throw new Error(`no part ${part}; there are ${Object.keys(PARTS).join(', ')}`);

const counts = { flow: number('FLOWS', 2_000_000), trail: number('EVENTS', 200_000), alb: number('ALB', 500_000), large: number('LARGE', 1_600_000), small: number('SMALL', 100_000) };
const options = {
  counts,
  rounds: number('ROUNDS', 5),
  repeats: number('REPEATS', 7),
  most: number('MOST', 10_000_000),
  sets: (process.env.SETS ?? 'flow,trail,alb').split(','),
  dist: process.env.DIST ?? 'dist',
  logs: (name, records = counts[name]) => logs(name, records),
};

const run = await start(options.dist);
const machine = `${cpus().length} cores (${cpus()[0].model.trim()}), Chromium ${run.version} headless, ${new Date().toISOString().slice(0, 10)}, ${options.rounds} rounds`;
console.log(machine);
const results = { machine, counts, rounds: options.rounds, parts: {} };
const documents = [`${machine}.`, ''];
try {
  for (const part of parts) {
    const { raw, tables } = await PARTS[part](run, options);
    results.parts[part] = raw;
    for (const one of tables) {
      console.log(forPeople(one));
      documents.push(forDocuments(one));
    }
    // What was measured is kept even if a later part fails.
    mkdirSync('target', { recursive: true });
    writeFileSync('target/bench.json', JSON.stringify(results, null, 1));
    writeFileSync('target/bench.md', documents.join('\n'));
  }
} finally {
  await run.close();
}
console.log('\nAlso written: target/bench.json (every measurement) and target/bench.md (tables for PERFORMANCE.md)');
