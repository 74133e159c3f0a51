// The app starts under its real policy, and its workers run the very module that the page runs.
import { expect, expectWorkersRead, test } from './fixture.mjs';

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
