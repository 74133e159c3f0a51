// What leaves the page: CSV and original records of each table hold what stands in it, once.
import { readFile } from 'node:fs/promises';
import { event, fixture, flow, flows, gzip, trail } from './files.mjs';
import { expect, test } from './fixture.mjs';
import { expectSources, filter, go, matched, pick, rowsOfCsv, saved } from './person.mjs';

const EVENTS = Array.from({ length: 40 }, (_, n) => event(n, { eventName: n % 4 ? 'GetUser' : 'DeleteUser', userAgent: `agent "${n}", ünïcode` }));
const FLOWS = Array.from({ length: 6000 }, (_, n) => flow(n, { bytes: 9_007_199_254_740_993n + BigInt(n), ...(n % 3 ? {} : { action: 'REJECT', port: 22 }) }));

const loaded = test.extend({
  filled: async ({ app }, use) => {
    await pick(app, { 'trail.json.gz': gzip(trail(...EVENTS)), 'flow.log': flows(...FLOWS), 'findings.json': fixture('guardduty/get-findings.json') });
    await expectSources(app, [{ records: 40 }, { records: 6000 }, { kind: 'guardduty', rejected: 0 }]);
    await expect(matched(app)).toHaveText(/records$/);
    await use(app);
  },
});
const csv = async (page) => rowsOfCsv(await readFile(await saved(page, 'CSV'), 'utf8'));
const byKind = (page, kind) => page.locator('label', { hasText: /^Kind/ }).locator('select').selectOption(kind);

loaded('CSV of events: every row that matches, in the order of the table, numbers whole', async ({ filled: page }) => {
  await page.evaluate(() => { location.hash = '#/events?kind=vpc-flow&columns=start,srcaddr,bytes,action'; });
  await expect(page.getByRole('columnheader')).toHaveCount(4);
  await page.getByRole('columnheader', { name: 'bytes' }).getByRole('button').click();
  const rows = await csv(page);
  expect(rows.length).toBe(6000);
  expect(Object.keys(rows[0])).toEqual(['start', 'srcaddr', 'bytes', 'action']);
  expect(rows.map(({ bytes }) => bytes)).toEqual(FLOWS.map((line) => line.split(' ')[9]));
  expect(rows[1]).toMatchObject({ start: '2026-03-01T10:00:01Z', srcaddr: '10.0.1.5', action: 'ACCEPT' });
  await filter(page, 'action = REJECT');
  await expect(matched(page)).toHaveText(/^2,000 of/);
  expect((await csv(page)).length).toBe(2000);
});

loaded('originals of events: the records as they stand in their files', async ({ filled: page }) => {
  await go(page, 'Events');
  await byKind(page, 'cloudtrail');
  await filter(page, 'eventName = DeleteUser');
  await expect(matched(page)).toHaveText(/^10 of/);
  const text = await readFile(await saved(page, 'Originals'), 'utf8');
  const wanted = EVENTS.filter(({ eventName }) => eventName === 'DeleteUser').map((e) => JSON.stringify(e));
  expect(text.trimEnd().split('\n').sort()).toEqual(wanted.sort());
});

loaded('CSV of traffic: the pairs and their sums', async ({ filled: page }) => {
  await go(page, 'Traffic');
  await page.getByLabel('Group by').selectOption('address');
  await page.getByLabel('Measure').selectOption('bytes');
  await expect(page.getByRole('application', { name: /^Traffic: 2 nodes/ })).toBeVisible();
  const sum = (action) => FLOWS.filter((line) => line.includes(` ${action} `)).reduce((all, line) => all + BigInt(line.split(' ')[9]), 0n).toString();
  const rows = await csv(page);
  expect(rows.map((row) => Object.values(row))).toEqual([['10.0.1.5', '203.0.113.9', sum('ACCEPT'), sum('REJECT'), '6000']]);
});

loaded('CSV of findings and of the trail', async ({ filled: page }) => {
  await go(page, 'Findings');
  const findings = await csv(page);
  expect(findings.map(({ findingTitle }) => findingTitle).filter(Boolean).length).toBe(findings.length);
  expect(findings.length).toBe(await page.evaluate(() => trailbeam.sources()[2].records));
  await go(page, 'Trail');
  const events = await csv(page);
  expect(events.map(({ eventName }) => eventName)).toEqual(EVENTS.map(({ eventName }) => eventName));
});

loaded('what was saved is not saved again when more is opened', async ({ filled: page }) => {
  await go(page, 'Events');
  await saved(page, 'CSV');
  const more = [];
  page.on('download', (download) => more.push(download.suggestedFilename()));
  for (let n = 0; n < 3; n += 1) {
    await page.evaluate((text) => trailbeam.open([{ name: 'more.log', bytes: text }]), `${flow(90_000 + n)}\n${flow(91_000 + n)}\n`);
    await page.waitForTimeout(300);
  }
  expect(more).toEqual([]);
});
