// One filter and one range for every view, the record panel, and what leaves the page.
import { readFile } from 'node:fs/promises';
import { event, flow, flows, trail } from './files.mjs';
import { expect, test } from './fixture.mjs';
import { eventRows, expectSources, filter, go, matched, pick, saved, settled, sourceRow } from './person.mjs';

const FILES = {
  'trail.json': trail(event(1), event(2, { eventName: 'StopLogging' }), event(3), event(3600, { eventName: 'DeleteUser' })),
  'flow.log': flows(flow(0), flow(60, { action: 'REJECT', port: 22 })),
};

// The app with both files read.
const loaded = test.extend({
  filled: async ({ app }, use) => {
    await pick(app, FILES);
    await expectSources(app, [{ records: 4 }, { records: 2 }]);
    await expect(matched(app)).toHaveText('6 records');
    await use(app);
  },
});
const panel = (page) => page.getByRole('complementary', { name: 'Record' });

loaded('a token narrows every view until it is removed', async ({ filled: page }) => {
  await filter(page, 'eventName = CreateUser');
  await expect(matched(page)).toHaveText('2 of 6');
  await go(page, 'Events');
  await expect(eventRows(page)).toHaveCount(2);
  for (const view of ['Trail', 'Traffic', 'Overview']) {
    await go(page, view);
    await expect(matched(page)).toHaveText('2 of 6');
  }
  await page.getByRole('button', { name: /^Remove the filter eventName/ }).click();
  await expect(matched(page)).toHaveText('6 records');
});

loaded('tokens are joined by and, or by or', async ({ filled: page }) => {
  await filter(page, 'eventName = CreateUser');
  await filter(page, 'action = REJECT');
  await expect(matched(page)).toHaveText('0 of 6');
  await page.getByRole('button', { name: 'and', exact: true }).click();
  await expect(matched(page)).toHaveText('3 of 6');
});

loaded('text that is no field looks everywhere', async ({ filled: page }) => {
  await filter(page, 'stoplogging');
  await expect(matched(page)).toHaveText('1 of 6');
});

loaded('a filter that can not be read says why and changes nothing', async ({ filled: page }) => {
  await filter(page, 'eventName = "unfinished');
  await expect(page.locator('.filter-note')).toBeVisible();
  await expect(matched(page)).toHaveText('6 records');
});

loaded('a mistake in a filter is marked, and mended by a press', async ({ filled: page }) => {
  await filter(page, 'eventName == StopLogging');
  const note = page.locator('.filter-note');
  await expect(note.locator('mark')).toHaveText('==');
  await expect(note).toContainText('At character 11');
  await note.getByRole('button', { name: 'Type: eventName = StopLogging' }).click();
  await expect(note).toHaveCount(0);
  await expect(page.locator('#filter')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(matched(page)).toHaveText('1 of 6');
});

loaded('the fields that people ask for are suggested first', async ({ filled: page }) => {
  await page.locator('#filter').focus();
  const options = page.getByRole('option');
  await expect(options.first()).toContainText('principal');
  const first = async () => (await options.allTextContents()).slice(0, 6).join(' ');
  for (const name of ['eventName', 'action', 'srcaddr']) await expect.poll(first).toContain(name);
});

loaded('a long filter shows a few conditions until all are asked for', async ({ filled: page }) => {
  const names = ['CreateUser', 'StopLogging', 'DeleteUser', 'A', 'B', 'C', 'D', 'E'];
  await filter(page, names.map((name) => `eventName = ${name}`).join(' or '));
  await expect(matched(page)).toHaveText('4 of 6');
  await expect(page.locator('.token')).toHaveCount(3);
  await page.getByRole('button', { name: '+5 more' }).click();
  await expect(page.locator('.token')).toHaveCount(8);
  await page.getByRole('button', { name: 'Show fewer' }).click();
  await expect(page.locator('.token')).toHaveCount(3);
});

test('a link that can not be followed in full says so', async ({ page, appUrl }) => {
  await page.goto(`${appUrl}#/events?filter=a%20%3D%3D%20b&from=yesterday&to=2026-03-01T11:00:00Z`);
  const notice = page.getByRole('alert').filter({ hasText: 'could not be followed' });
  await expect(notice).toContainText('a == b');
  await expect(notice).toContainText('yesterday');
  await notice.getByRole('button', { name: 'Close' }).click();
  await expect(notice).toHaveCount(0);
  await page.goto(`${appUrl}#/nonsense`);
  await expect(page.getByRole('alert').filter({ hasText: 'no view “nonsense”' })).toBeVisible();
});

loaded('a record of a flow is called by who spoke with whom', async ({ filled: page }) => {
  await go(page, 'Events');
  await filter(page, 'action = REJECT');
  await expect(eventRows(page)).toHaveCount(1);
  await eventRows(page).first().click();
  await expect(panel(page).getByRole('heading')).toHaveText(/^REJECT [\d.]+:\d+ → [\d.]+:22 TCP$/);
});

loaded('values of the data are suggested', async ({ filled: page }) => {
  await page.locator('#filter').fill('eventName = Stop');
  await page.getByRole('option', { name: /StopLogging/ }).click();
  await expect(matched(page)).toHaveText('1 of 6');
});

loaded('a path that is no column is read from the records', async ({ filled: page }) => {
  await filter(page, 'requestParameters.userName = bob');
  await expect(matched(page)).toHaveText('4 of 6');
});

loaded('a typed range narrows, its end not included, and back restores', async ({ filled: page }) => {
  await page.getByRole('button', { name: 'Time range' }).click();
  await page.getByLabel(/^From/).fill('2026-03-01T10:00:02Z');
  await page.getByLabel(/^To/).fill('2026-03-01T11:00:00Z');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(matched(page)).toHaveText('3 of 6');
  await expect(page).toHaveURL(/from=2026-03-01T10:00:02/);
  await page.goBack();
  await expect(matched(page)).toHaveText('6 records');
  await page.goForward();
  await expect(matched(page)).toHaveText('3 of 6');
});

loaded('a range the wrong way round is not taken', async ({ filled: page }) => {
  await page.getByRole('button', { name: 'Time range' }).click();
  await page.getByLabel(/^From/).fill('2026-03-01T12:00:00Z');
  await page.getByLabel(/^To/).fill('2026-03-01T11:00:00Z');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByText(/Write both as/)).toBeVisible();
  await expect(matched(page)).toHaveText('6 records');
});

loaded('a relative range counts back from the last record', async ({ filled: page }) => {
  await page.getByRole('button', { name: 'Time range' }).click();
  await page.getByRole('button', { name: '15 min' }).click();
  await expect(matched(page)).toHaveText('1 of 6');
});

loaded('back and forward walk through views and filters', async ({ filled: page }) => {
  await go(page, 'Trail');
  await go(page, 'Events');
  await filter(page, 'action = REJECT');
  await expect(matched(page)).toHaveText('1 of 6');
  await page.goBack();
  await expect(matched(page)).toHaveText('6 records');
  await expect(page.locator('nav [aria-current=page]')).toContainText('Events');
  await page.goBack();
  await expect(page.locator('nav [aria-current=page]')).toContainText('Trail');
});

loaded('show() and the address say the same', async ({ filled: page }) => {
  const address = await page.evaluate(() => trailbeam.show({
    view: 'events',
    filter: 'eventName = DeleteUser',
    range: { from: '2026-03-01T10:30:00Z', to: '2026-03-01T12:00:00Z' },
  }));
  await expect(matched(page)).toHaveText('1 of 6');
  await expect.poll(() => page.evaluate(() => location.hash)).toBe(address);
  await page.evaluate(() => trailbeam.show({ filter: '', range: null }));
  await expect(matched(page)).toHaveText('6 records');
});

loaded('a row opens its record: fields, JSON and the original text', async ({ filled: page }) => {
  await go(page, 'Events');
  await eventRows(page).filter({ hasText: 'StopLogging' }).click();
  await expect(panel(page).getByRole('heading')).toHaveText('StopLogging');
  await expect(panel(page)).toContainText('198.51.100.7');
  await expect(panel(page)).toContainText('trail.json, byte');
  await panel(page).getByRole('tab', { name: 'JSON' }).click();
  await expect(panel(page)).toContainText('AIDAEXAMPLEJANE');
  await panel(page).getByRole('tab', { name: 'Original' }).click();
  const text = JSON.stringify(event(2, { eventName: 'StopLogging' }));
  await expect(panel(page).locator('pre')).toHaveText(text);
  await page.keyboard.press('Escape');
  await expect(panel(page)).toHaveCount(0);
});

loaded('a value in the record becomes a filter, for and out', async ({ filled: page }) => {
  await go(page, 'Events');
  await eventRows(page).filter({ hasText: 'StopLogging' }).click();
  const value = panel(page).locator('dt', { has: page.locator('.field-name', { hasText: /^eventName$/ }) }).locator('+ dd');
  await value.hover();
  await value.getByRole('button', { name: 'Filter for this eventName' }).click();
  await expect(matched(page)).toHaveText('1 of 6');
  await expect(page.locator('.token')).toContainText('StopLogging');
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await value.hover();
  await value.getByRole('button', { name: 'Filter out this eventName' }).click();
  await expect(page.locator('.token')).toContainText('!=');
  await go(page, 'Events');
  await expect(eventRows(page).filter({ hasText: 'CreateUser' })).toHaveCount(2);
  await expect(eventRows(page).filter({ hasText: 'StopLogging' })).toHaveCount(0);
});

test('markup in a log stays text wherever it is shown', async ({ app }) => {
  const markup = '<img src=x onerror="window.ran=1"><b class=injected>b</b>';
  const bad = event(1, { eventName: markup, userAgent: markup, sourceIPAddress: markup, requestParameters: { [markup]: markup } });
  const name = '<b class=injected>.json';
  await pick(app, { [name]: trail(bad) });
  await expectSources(app, [{ name, records: 1 }]);
  const views = await app.locator('nav .nav-item .word').allTextContents();
  expect(views).toContain('Events');
  for (const view of views) {
    await go(app, view);
    await expect(app.locator('nav [aria-current=page]')).toContainText(view);
    await settled(app);
    await expect(app.locator('.injected, img')).toHaveCount(0);
  }
  await go(app, 'Sources');
  await expect(sourceRow(app, name)).toBeVisible();
  await go(app, 'Events');
  await eventRows(app).first().click();
  await expect(panel(app).getByRole('heading')).toHaveText(markup);
  for (const tab of ['Fields', 'JSON', 'Original']) {
    await panel(app).getByRole('tab', { name: tab }).click();
    await expect(panel(app)).toContainText('<b class=injected>');
    await expect(app.locator('.injected, img')).toHaveCount(0);
  }
  expect(await app.evaluate(() => window.ran)).toBeUndefined();
});

test('no cell of a CSV download starts a formula', async ({ app }) => {
  const formulas = ['=HYPERLINK("https://evil.example/","x")', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1'];
  await pick(app, { 'trail.json': trail(...formulas.map((eventName, n) => event(n, { eventName }))) });
  await expectSources(app, [{ records: formulas.length }]);
  await go(app, 'Events');
  await expect(eventRows(app)).toHaveCount(formulas.length);
  const text = await readFile(await saved(app, 'the events', 'Events', 'CSV'), 'utf8');
  expect(text).toContain('HYPERLINK');
  const starts = text.split(/\r\n/).slice(1).filter(Boolean).flatMap((line) => line.match(/(?<=^|,)(?:"(?:[^"]|"")*"|[^,"]*)/g));
  const cells = starts.map((cell) => cell.replace(/^"/, ''));
  expect(cells.length).toBeGreaterThan(formulas.length);
  expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
});
