// The app starts under its real policy, and its workers run the very module that the page runs.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, expectWorkersRead, test } from './fixture.mjs';

/** What the program may weigh, gzipped (MB). PERFORMANCE.md says what it consists of. Lower it with what is saved; it grows only with what people can do more. */
const MOST_MB = 7;

test('the app mounts', async ({ app }) => {
  await expect(app).toHaveTitle(/Trailbeam/);
  await expect(app.locator('html')).toHaveAttribute('data-door', 'local');
});

test('workers read what is opened', async ({ app }) => {
  await expectWorkersRead(app);
});

test('workers come from Blobs and no page can be turned into another program', async ({ app }) => {
  const found = await app.evaluate(() => ({
    frozen: Object.isFrozen(__trailbeam),
    kept: (() => { try { globalThis.__trailbeam = {}; } catch { /* strict */ } return typeof __trailbeam.worker; })(),
    worker: __trailbeam.worker() instanceof Worker,
  }));
  expect(found).toEqual({ frozen: true, kept: 'function', worker: true });
});

test('the program does not outgrow what it may weigh', { tag: '@once' }, () => {
  const wasm = readdirSync('dist').filter((name) => name.endsWith('.wasm'));
  expect(wasm).toHaveLength(1);
  const packed = gzipSync(readFileSync(`dist/${wasm[0]}`), { level: 9 }).length / 1e6;
  expect(packed).toBeLessThan(MOST_MB);
});
