// Holes in the traffic's charts.
import { readFile } from 'node:fs/promises';
import { flows, noData, skipData } from './files.mjs';
import { expect, test } from './fixture.mjs';
import { expectSources, filter, go, matched, pick, rowsOfCsv, saved } from './person.mjs';

test.skip(({ appUrl }) => appUrl.startsWith('file:'), 'tried in the served app');

/** A flow record of `address port address port bytes`, so many seconds after the first. */
const line = (n, ends, action = 'ACCEPT') => {
  const [src, sport, dst, dport, bytes] = ends.split(' ');
  const start = Date.UTC(2026, 2, 1, 10) / 1000 + n;
  return `2 111122223333 eni-0a1b2c3d4e5f60718 ${src} ${dst} ${sport} ${dport} 6 10 ${bytes} ${start} ${start + 59} ${action} OK`;
};
const FLOWS = [
  line(0, '10.0.1.5 49152 10.0.2.9 443 100'),
  line(2, '10.0.2.9 443 10.0.1.5 49152 9000'),
  line(60, '10.0.1.6 49153 10.0.2.9 22 50'),
  line(600, '203.0.113.9 49154 10.0.2.9 3389 40', 'REJECT'),
];

const loaded = test.extend({
  filled: async ({ app }, use) => {
    await pick(app, { 'flow.log': flows(...FLOWS) });
    await expectSources(app, [{ records: 4 }]);
    await go(app, 'Traffic');
    await use(app);
  },
});

const side = (page) => page.locator('.traffic-side');

loaded('skipped records are holes in the charts, and no traffic is none', async ({ filled: page }) => {
  const bytes = page.getByRole('application', { name: /^Bytes (?:a|in) / });
  await pick(page, { 'quiet.log': flows(noData(300)) });
  await expectSources(page, [{ records: 4 }, { records: 1 }]);
  await expect(side(page)).toContainText('1 NODATA lines carry no traffic');
  await expect(bytes).not.toHaveAttribute('aria-label', /Missing/);
  await pick(page, { 'skipped.log': flows(skipData(360)) });
  await expect(bytes).toHaveAttribute('aria-label', /Missing: Records skipped \(SKIPDATA\) .* at eni-0a1b2c3d4e5f60718\./);
  // The interface is the filter's as well; the line has no address that could meet it.
  await filter(page, 'dstport = 3389');
  await expect(matched(page)).toHaveText('1 of 6');
  await expect(bytes).toHaveAttribute('aria-label', /Missing: Records skipped/);
  const csv = rowsOfCsv(await readFile(await saved(page, 'the tables of the traffic', 'Bytes over time', 'CSV'), 'utf8'));
  expect(csv.filter((one) => one.Missing).length).toBeGreaterThan(0);
});
