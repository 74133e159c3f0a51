// Conversations, requests from outside the named networks, and holes in the traffic's charts.
import { readFile } from 'node:fs/promises';
import { flows, noData, skipData } from './files.mjs';
import { expect, test } from './fixture.mjs';
import { drawn, expectSources, filter, go, matched, pick, rowsOfCsv, saved } from './person.mjs';

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

const segment = (page, name) => page.locator('main').getByRole('button', { name, exact: true });
const grid = (page) => page.getByRole('grid', { name: 'Conversations' });
const row = (page, service) => grid(page).locator('.vtable-row').filter({ hasText: service });
const graph = (page) => page.getByRole('application', { name: /^Traffic:/ });
const pair = (page) => page.getByRole('region', { name: 'Conversations of the chosen pair' });
const side = (page) => page.locator('.traffic-side');

loaded('requests and replies are one conversation, and a filter makes no reply missing', async ({ filled: page }) => {
  await segment(page, 'Conversations').click();
  await expect(page.locator('.traffic-changes > [role=status]')).toContainText('3 conversations: 1 answered, 1 one-sided, 1 rejected');
  await expect(row(page, 'tcp/443')).toContainText('Answered');
  await expect(row(page, 'tcp/22')).toContainText('One-sided: no reply recorded');
  await expect(row(page, 'tcp/3389')).toContainText('Rejected');
  await row(page, 'tcp/443').click();
  await expect(matched(page)).toHaveText('2 of 4');
  await expect(grid(page).locator('.vtable-row')).toHaveCount(1);
  await filter(page, 'srcaddr = 10.0.1.5');
  await expect(matched(page)).toHaveText('1 of 4');
  await expect(row(page, 'tcp/443')).toContainText('Answered');
  await expect(page.locator('.traffic-changes')).toContainText('each is told whole');
  const csv = rowsOfCsv(await readFile(await saved(page, 'the tables of the traffic', 'Conversations', 'CSV'), 'utf8'));
  expect(csv.map((one) => [one.Client, one.Server, one['Request bytes'], one['Reply bytes']])).toEqual([['10.0.1.5', '10.0.2.9', '100', '9000']]);
});

loaded('an edge that is chosen tells its conversations, both ways', async ({ filled: page }) => {
  await drawn(page);
  await expect(pair(page)).toHaveCount(0);
  await graph(page).focus();
  // Along the edges to one between the two subnets.
  const keys = ['ArrowRight', 'ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp'];
  let at = 0;
  await expect(async () => {
    await page.keyboard.press(keys[at++ % keys.length]);
    await expect(page.locator('.chart-tip')).toContainText(/10\.0\.\d\.0\/24 → 10\.0\.\d\.0\/24/, { timeout: 300 });
  }).toPass();
  await page.keyboard.press('Enter');
  const talks = pair(page).locator('.traffic-talk');
  await expect(talks).toHaveCount(2);
  await expect(talks.filter({ hasText: 'tcp/443' })).toContainText('Answered');
  await expect(talks.filter({ hasText: 'tcp/22' })).toContainText('One-sided: no reply recorded');
  await pair(page).getByRole('button', { name: 'As a table' }).click();
  await expect(matched(page)).toHaveText('3 of 4');
  await expect(grid(page).locator('.vtable-row')).toHaveCount(2);
});

loaded('who comes from outside is told once networks have names', async ({ filled: page }) => {
  await expect(side(page)).toContainText('Nothing that is open names networks');
  await pick(page, { 'networks.csv': 'cidr,name\n10.0.0.0/16,the office and its servers\n' });
  await expect(side(page)).not.toContainText('Nothing that is open names networks');
  await expect(side(page)).toContainText('Nothing from outside was let pass in this range.');
  const source = side(page).locator('.rank').filter({ hasText: /^203\.0\.113\.9 \(1 flow to tcp\/3389 rdp of 10\.0\.2\.9/ });
  await source.click();
  await expect(matched(page)).toHaveText('1 of 4');
  await expect(page.locator('.filterbar-row')).toContainText('REJECT');
});

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
