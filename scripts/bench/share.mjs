// Part `share`: a shared file of everything, how long it takes to make, how large it is, and to open it from disk.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inApp, read } from './app.mjs';
import { count, megabytes, spread, table } from './figures.mjs';

/** Larger files say nothing more. */
const MOST = { flow: 1_000_000, trail: 100_000 };
const MOST_ROUNDS = 3;

const make = (run, set, records) => inApp(run, async (page) => {
  await read(page, set);
  return page.evaluate(async (which) => {
    const began = performance.now();
    const blob = await trailbeam.share({ records: which, originals: false, everything: true, created: '2026-01-01T00:00:00Z' });
    return { made: performance.now() - began, text: await blob.text() };
  }, records);
});

/** From disk to the page, and to its records. */
const open = (run, path, records) => run.inPage(async (page) => {
  const began = performance.now();
  await page.goto(pathToFileURL(path).href, { waitUntil: 'commit' });
  await page.locator('header.topbar').waitFor();
  const mounted = performance.now() - began;
  await page.waitForFunction((n) => document.querySelector('.statusbar')?.textContent.includes(n), count(records));
  return { mounted, read: performance.now() - began };
});

export async function sharePart(run, options) {
  const folder = mkdtempSync(join(tmpdir(), 'trailbeam-shared-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const raw = {};
  const rows = [];
  for (const name of Object.keys(MOST).filter((each) => options.sets.includes(each))) {
    const set = await options.logs(name, Math.min(options.counts[name], MOST[name]));
    for (const records of ['all', 'none']) {
      const rounds = [];
      for (let round = 0; round < Math.min(options.rounds, MOST_ROUNDS); round++) {
        const { made, text } = await make(run, set, records);
        const path = join(folder, `${name}-${records}.html`);
        writeFileSync(path, text);
        const program = text.match(/id="trailbeam-wasm"[^>]*>([^<]*)</)[1].length;
        rounds.push({ made, bytes: text.length, program, ...await open(run, path, set.records) });
      }
      raw[`${name}, ${records}`] = rounds;
      const of = (key) => spread(rounds.map((r) => r[key]));
      rows.push([`${count(set.records)} of ${name}, records: ${records}`, megabytes(rounds[0].bytes), megabytes(rounds[0].program), of('made'), of('mounted'), of('read')]);
    }
  }
  return { raw, tables: [table('Shared as one file, without original texts (ms, least / median / most)', ['set', 'size', 'program in it', 'made in', 'from disk to the page', 'to its records'], rows)] };
}
