// What leaves the page: CSV, JSON and original records of each table hold what stands in it, once.
import { readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { event, fixture, flow, flows, gzip, trail } from './files.mjs';
import { expect, test } from './fixture.mjs';
import { expectSources, filter, go, matched, openSample, pick, rowsOfCsv, saved, settled } from './person.mjs';

const TRAFFIC = 'the tables of the traffic';
const TRAIL = 'the tables of the trail';
const FINDINGS = 'checks and findings';
const SOURCES = 'the sources';

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
const text = async (...of) => readFile(await saved(...of), 'utf8');
const csv = async (page, menu, table) => rowsOfCsv(await text(page, menu, table, 'CSV'));
const json = async (page, menu, table) => JSON.parse(await text(page, menu, table, 'JSON'));
/** What both forms of a table say, which is the same. */
async function both(page, menu, table) {
  const [rows, objects] = [await csv(page, menu, table), await json(page, menu, table)];
  expect(objects.length).toBe(rows.length);
  const plain = (value) => (value === null ? '' : [value].flat().join(', '));
  const undefused = (cell) => cell.replace(/^'(?=\s*[=+\-@])/, '');
  for (const [n, row] of rows.entries()) {
    expect(Object.keys(objects[n])).toEqual(Object.keys(row));
    expect(Object.values(objects[n]).map(plain)).toEqual(Object.values(row).map(undefused));
  }
  return rows;
}
const byKind = (page, kind) => page.locator('label', { hasText: /^Kind/ }).locator('select').selectOption(kind);

loaded('CSV of events: every row that matches, in the order of the table, numbers whole', async ({ filled: page }) => {
  await page.evaluate(() => { location.hash = '#/events?kind=vpc-flow&columns=start,srcaddr,bytes,action'; });
  await expect(page.getByRole('columnheader')).toHaveCount(4);
  await page.getByRole('columnheader', { name: 'bytes' }).getByRole('button').click();
  const rows = await csv(page, 'the events', 'Events');
  expect(rows.length).toBe(6000);
  expect(Object.keys(rows[0])).toEqual(['start', 'srcaddr', 'bytes', 'action']);
  expect(rows.map(({ bytes }) => bytes)).toEqual(FLOWS.map((line) => line.split(' ')[9]));
  expect(rows[1]).toMatchObject({ start: '2026-03-01T10:00:01Z', srcaddr: '10.0.1.5', action: 'ACCEPT' });
  // Beyond 2^53 JSON says them as strings, or readers would round them.
  const objects = await json(page, 'the events', 'Events');
  expect(objects.map(({ bytes }) => bytes)).toEqual(rows.map(({ bytes }) => bytes));
  await filter(page, 'action = REJECT');
  await expect(matched(page)).toHaveText(/^2,000 of/);
  expect((await csv(page, 'the events', 'Events')).length).toBe(2000);
});

loaded('originals of events: the records as they stand in their files', async ({ filled: page }) => {
  await go(page, 'Events');
  await byKind(page, 'cloudtrail');
  await filter(page, 'eventName = DeleteUser');
  await expect(matched(page)).toHaveText(/^10 of/);
  const records = await text(page, 'the events', 'Events', 'Original records');
  const wanted = EVENTS.filter(({ eventName }) => eventName === 'DeleteUser').map((e) => JSON.stringify(e));
  expect(records.trimEnd().split('\n').sort()).toEqual(wanted.sort());
});

loaded('traffic: pairs, talkers, ports and rejected pairs with their sums', { tag: '@once' }, async ({ filled: page }) => {
  await go(page, 'Traffic');
  await page.getByLabel('Group by').selectOption('address');
  await page.getByLabel('Measure').selectOption('bytes');
  await expect(page.getByRole('application', { name: /^Traffic: 2 nodes/ })).toBeVisible();
  const sum = (action) => FLOWS.filter((line) => line.includes(` ${action} `)).reduce((all, line) => all + BigInt(line.split(' ')[9]), 0n).toString();
  const rows = await both(page, TRAFFIC, 'Pairs');
  expect(rows.map((row) => Object.values(row))).toEqual([['10.0.1.5', '203.0.113.9', sum('ACCEPT'), sum('REJECT'), '6000']]);
  const all = (BigInt(sum('ACCEPT')) + BigInt(sum('REJECT'))).toString();
  expect(await both(page, TRAFFIC, 'Top talkers')).toEqual([{ 'Source address': '10.0.1.5', Bytes: all }]);
  expect((await both(page, TRAFFIC, 'Service ports')).map((row) => row.Flows)).toEqual(['4000', '2000']);
  expect(await both(page, TRAFFIC, 'Rejected')).toEqual([
    { 'Source address': '10.0.1.5', 'Destination address': '203.0.113.9', Port: '22', Flows: '2000' },
  ]);
  expect((await text(page, TRAFFIC, 'Rejected', 'Original records')).trimEnd().split('\n').length).toBe(2000);
  expect((await both(page, TRAFFIC, 'Bytes over time')).length).toBeGreaterThan(10);
});

loaded('findings: checks with their counts, findings one by one, as records', async ({ filled: page }) => {
  await go(page, 'Findings');
  const findings = await csv(page, FINDINGS, 'Findings');
  expect(findings.map(({ findingTitle }) => findingTitle).filter(Boolean).length).toBe(findings.length);
  expect(findings.length).toBe(await page.evaluate(() => trailbeam.sources()[2].records));
  // Rules and checks that are run here stand in the list as well.
  await page.evaluate(() => trailbeam.findings());
  const checks = await both(page, FINDINGS, 'Checks');
  const shown = page.getByRole('region', { name: 'Checks' }).locator('tbody tr');
  await expect.poll(() => shown.locator('.row-button').allTextContents()).toEqual(checks.map(({ Check }) => Check));
  const ours = ['Signal', 'Log rule', 'CIS metric filter', 'Own rule', 'Derived check'];
  const imported = checks.filter(({ From }) => !ours.includes(From));
  expect(imported.reduce((sum, row) => sum + Number(row.Findings), 0)).toBe(findings.length);
  const found = await csv(page, FINDINGS, 'Findings of rules and checks');
  const here = checks.filter(({ From }) => ours.includes(From));
  expect(here.reduce((sum, row) => sum + Number(row.Findings), 0)).toBe(found.length);
  await page.locator('label', { hasText: /^From/ }).locator('select').selectOption({ label: imported[0].From });
  await expect(shown.filter({ hasNotText: imported[0].From })).toHaveCount(0);
  await shown.first().click();
  const own = await csv(page, 'the findings of the check', 'Findings of the check');
  expect(own.length).toBe(Number(imported[0].Findings));
  expect(Object.keys(own[0]).slice(0, 2)).toEqual(['Status', 'Severity']);
  expect(JSON.parse(await text(page, FINDINGS, 'Findings', 'OCSF')).length).toBe(findings.length);
});

loaded('the trail: events, error codes and sign-ins', { tag: '@once' }, async ({ filled: page }) => {
  await go(page, 'Trail');
  const events = await csv(page, TRAIL, 'Events');
  expect(events.map(({ eventName }) => eventName)).toEqual(EVENTS.map(({ eventName }) => eventName));
  expect(await both(page, TRAIL, 'Error codes')).toEqual([]);
  const lanes = await both(page, TRAIL, 'Lanes');
  expect([...new Set(lanes.map(({ Lane }) => Lane))]).toEqual(['jane']);
  expect(lanes.reduce((sum, { Events }) => sum + Number(Events), 0)).toBe(EVENTS.length);
  // Nobody signed in: there is no record to save, and the menu says so.
  await page.getByRole('button', { name: `Download ${TRAIL}` }).click();
  await page.getByRole('group', { name: 'Console sign-ins' }).getByRole('button', { name: 'Original records' }).click();
  await expect(page.locator('.download-told')).toHaveText('There is no record to save.');
});

loaded('sources: files and what was not read of them; a name that is a formula is defused', async ({ app: page }) => {
  await pick(page, { '=1+1.log': flows(...FLOWS.slice(0, 3), 'no flow at all'), '-copy.log': flows(...FLOWS.slice(0, 3), 'no flow at all'), 'empty.txt': Buffer.alloc(0) });
  await expectSources(page, [{ records: 3, rejected: 1 }, { records: 0 }, { records: 0 }]);
  await go(page, 'Sources');
  expect(await text(page, SOURCES, 'Files', 'CSV')).toMatch(/^'=1\+1\.log,/m);
  const files = await both(page, SOURCES, 'Files');
  expect(files.map(({ File, Records, Outcome }) => [File, Records, Outcome])).toEqual([
    ["'=1+1.log", '3', 'Read in part'], ["'-copy.log", '0', 'Same file, not counted twice'], ['empty.txt', '0', 'Not read'],
  ]);
  expect(files[1]['Same as']).toBe("'=1+1.log");
  const why = await both(page, SOURCES, 'Records not read');
  expect(why.map(({ File }) => File)).toEqual(["'=1+1.log", 'empty.txt']);
  expect(why[0]).toMatchObject({ Records: '1', 'First text': 'no flow at all' });
  expect((await both(page, SOURCES, 'Groups')).reduce((sum, row) => sum + Number(row.Files), 0)).toBe(3);
});

test('configuration: resources, a history with its records, what differs; in a shared file as well', { tag: '@once' }, async ({ app, browser }) => {
  test.slow();
  await openSample(app);
  await app.evaluate(() => trailbeam.show({ filter: null, range: null }));
  const read = async (page) => {
    await go(page, 'Config');
    await page.getByRole('region', { name: 'Resources' }).getByRole('button', { name: /example-customer-exports/ }).click();
    await expect(page.locator('.config-changes tbody tr')).toHaveCount(3);
    await expect(page.locator('.config-changes')).not.toContainText('…');
    const resources = await both(page, 'the resources', 'Resources');
    const bucket = resources.find((row) => row.Resource === 'example-customer-exports');
    expect(bucket).toMatchObject({ Type: 'AWS::S3::Bucket', Items: '3', 'Changes in the range': '2' });
    const history = await both(page, 'the history', 'History');
    expect(history.map((row) => row.Recorded)).toEqual(['2026-11-11T08:20:51.008Z', '2026-11-11T01:43:02.271Z', '2026-08-20T07:15:44.630Z']);
    expect(history[0]['What changed']).not.toBe('');
    const changes = await both(page, 'what differs', 'What differs');
    expect(changes.length).toBeGreaterThan(0);
    const figures = await both(page, "the chart's figures", 'Items recorded');
    expect(figures.length).toBeGreaterThan(1);
    const items = (row) => Object.values(row).slice(1).reduce((sum, n) => sum + Number(n), 0);
    return { resources, history, changes, items: figures.reduce((sum, row) => sum + items(row), 0) };
  };
  const here = await read(app);
  expect(here.items).toBe(here.resources.reduce((sum, row) => sum + Number(row.Items), 0));
  const records = (await text(app, 'the history', 'History', 'Original records')).trimEnd().split('\n').map((line) => JSON.parse(line));
  expect(records.map(({ resourceId }) => resourceId)).toEqual(Array(3).fill('example-customer-exports'));

  const html = await app.evaluate(async () => (await trailbeam.share({ created: '2026-11-14T08:20:00Z', everything: true, records: 'all' })).text());
  const path = test.info().outputPath('shared.html');
  await writeFile(path, html);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(pathToFileURL(path).href);
  await expect(page.locator('.statusbar')).toContainText('records from', { timeout: 60_000 });
  await expect(page.locator('.loading')).toHaveCount(0);
  expect(await read(page)).toEqual(here);
  await context.close();
});

test('overview: the chart, coverage and signals', { tag: '@once' }, async ({ app }) => {
  await openSample(app);
  await go(app, 'Overview');
  await expect(app.getByRole('region', { name: 'Signals' })).toContainText('Trail', { timeout: 60_000 });
  const coverage = await both(app, 'the coverage', 'Coverage');
  const cells = await both(app, 'the coverage', 'Cells');
  expect(coverage.length).toBeGreaterThan(5);
  const sum = (rows) => rows.reduce((n, row) => n + Number(row.Records), 0);
  expect(sum(cells)).toBe(sum(coverage));
  const signals = await both(app, 'the signals', 'Signals');
  expect(new Set(signals.map((row) => row.Result))).toContain('found');
  expect(signals.find((row) => row.Result === 'found').Filter).not.toBe('');
  expect((await both(app, "the chart's figures", 'Records over time')).length).toBeGreaterThan(20);
});

loaded('what was saved is not saved again when more is opened', { tag: '@once' }, async ({ filled: page }) => {
  await go(page, 'Events');
  await saved(page, 'the events', 'Events', 'CSV');
  await saved(page, 'the events', 'Events', 'Original records');
  const more = [];
  page.on('download', (download) => more.push(download.suggestedFilename()));
  for (let n = 0; n < 3; n += 1) {
    await page.evaluate((text) => trailbeam.open([{ name: 'more.log', bytes: text }]), `${flow(90_000 + n)}\n${flow(91_000 + n)}\n`);
    await settled(page);
  }
  // Downloads are told of in their order: one that was not asked for would come before this one.
  const last = await readFile(await saved(page, 'the events', 'Events', 'CSV'), 'utf8');
  expect(rowsOfCsv(last).length).toBeGreaterThan(6000);
  await expect.poll(() => more).toHaveLength(1);
  expect(more[0]).toMatch(/\.csv$/);
});
