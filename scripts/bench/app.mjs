// Ours: the app in a page, files chosen as a person does, and what it costs.
import { watch } from './watch.mjs';

/** Charts that have not changed for so long will not (ms). */
const QUIET = 1500;
const SETTLE = 300;

/** The app in a fresh context, as it comes; `bench.interactive` tells when it can be used. */
export const inFreshApp = (run, use) => run.inPage(async (page) => {
  await page.addInitScript(watch);
  await page.goto(run.url);
  return use(page);
});

/** The app in a fresh context, ready to be used. */
export const inApp = (run, use) => inFreshApp(run, async (page) => {
  await page.evaluate(() => bench.interactive);
  await page.waitForTimeout(SETTLE);
  return use(page);
});

/** Chooses the set's files and waits until all is read and drawn; checks the counts. */
export async function read(page, set, asFolder = set.name === 'small') {
  await page.evaluate((quiet) => bench.arm(quiet), QUIET);
  if (asFolder) await page.setInputFiles('#pick-folder', set.folder);
  else await page.setInputFiles('#pick-files', set.paths);
  await page.waitForFunction(() => bench.result, null, { polling: 100 });
  const got = await page.evaluate(() => bench.result);
  if (got.records !== set.records || got.unread) throw new Error(`${set.name}: ${got.records} records instead of ${set.records}${got.unread && `; ${got.unread}`}`);
  return got;
}

/** Makes the page forget what it read. */
export async function clear(page) {
  await page.evaluate(() => trailbeam.clear());
  await page.waitForFunction(() => document.querySelector('.statusbar').textContent.includes('No records yet'));
  await page.waitForTimeout(SETTLE);
}

/** Another view, drawn, with nothing going on. */
export async function go(page, view) {
  await page.evaluate(async (to) => {
    trailbeam.show({ view: to });
    await bench.quiet(1000);
  }, view);
}

/** Whether this build can read a kind of logs: a few records of it tell. */
export const knows = (run, { logs }, kind) => inApp(run, async (page) => {
  const { paths: [path] } = await logs(kind, 80);
  const input = await page.evaluateHandle(() => Object.assign(document.createElement('input'), { type: 'file', multiple: true }));
  await input.setInputFiles([path]);
  const [outcome] = await input.evaluate(({ files }) => trailbeam.open([...files]));
  return outcome.kind !== 'unknown';
});

/** Bytes of WebAssembly memory, page and workers, and what the page's process has for itself. */
export async function memory(run, page) {
  const size = () => wasm_bindgen.initSync().memory.buffer.byteLength; // returns the instance that there is
  const all = await Promise.all([page, ...page.workers()].map((place) => place.evaluate(size)));
  return { wasm: all.reduce((sum, bytes) => sum + bytes, 0), process: await run.privateBytes() };
}
