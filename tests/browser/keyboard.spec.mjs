// The page by keyboard alone: the order of Tab, where the focus goes when what had it leaves, and every key of the list.
import { event, flow, flows, trail } from './files.mjs';
import { expect, test } from './fixture.mjs';
import { eventRows, expectSources, filter, go, matched, openSample, pick, settled } from './person.mjs';

test.skip(({ appUrl }) => appUrl.startsWith('file:'), 'tried in the served app');

const FILES = {
  'trail.json': trail(...Array.from({ length: 6 }, (_, n) => event(n, { eventName: ['CreateUser', 'StopLogging', 'DeleteUser'][n % 3] }))),
  'flow.log': flows(flow(0), flow(60, { action: 'REJECT', port: 22 })),
};

const loaded = test.extend({
  filled: async ({ app }, use) => {
    await pick(app, FILES);
    await expectSources(app, [{ records: 6 }, { records: 2 }]);
    await expect(matched(app)).toHaveText('8 records');
    await use(app);
  },
});

const panel = (page) => page.getByRole('complementary', { name: 'Record' });
const table = (page) => page.getByRole('grid', { name: 'Records' }).getByRole('rowgroup');

/** What has the focus, as a person would call it. */
const focused = (page) => page.evaluate(() => {
  const e = document.activeElement;
  return e === document.body ? 'BODY' : e.id || e.getAttribute('aria-label') || e.textContent.trim().slice(0, 40) || e.className;
});

/** The focus is somewhere. */
const expectFocus = (page, what) => expect.poll(() => focused(page)).toMatch(what ?? /^(?!BODY$)/);

test('the first stop of Tab leads past everything to the view', async ({ app }) => {
  await app.keyboard.press('Tab');
  const skip = app.getByRole('link', { name: 'Skip to the view' });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await app.keyboard.press('Enter');
  await expect(app.locator('#main')).toBeFocused();
  await pick(app, FILES);
  await expectSources(app, [{ records: 6 }, { records: 2 }]);
  await skip.focus();
  await app.keyboard.press('Enter');
  await expect(app.locator('#view')).toBeFocused();
  await app.keyboard.press('Tab');
  await expect.poll(() => app.evaluate(() => document.activeElement.closest('#view') !== null)).toBe(true);
});

loaded('Tab goes on from the filter to the range, the strip and the view, and never to nothing', async ({ filled: page }) => {
  await page.locator('#filter').focus();
  await expect(page.getByRole('option').first()).toBeVisible();
  const seen = [];
  for (let stop = 0; stop < 8; stop += 1) {
    await page.keyboard.press('Tab');
    seen.push(await focused(page));
  }
  expect(seen[0]).toBe('Time range');
  expect(seen).not.toContain('BODY');
  expect(seen).not.toContain('suggestions');
  await expect.poll(() => page.evaluate(() => document.activeElement.closest('#view') !== null)).toBe(true);
});

test('the focus is kept when files are opened, and when a source or all are removed', async ({ app }) => {
  const button = app.getByRole('button', { name: 'Open the sample' });
  await button.focus();
  await app.keyboard.press('Enter');
  await expect(app.locator('#filter')).toBeVisible({ timeout: 60_000 });
  await expectFocus(app);
  await expect(app.locator('.loading')).toHaveCount(0, { timeout: 60_000 });
  await go(app, 'Sources');
  const remove = app.locator('.sources-table tbody').getByRole('button', { name: /^Remove/ });
  await expect(remove).not.toHaveCount(0);
  await settled(app);
  const before = await remove.count();
  await remove.first().focus();
  await app.keyboard.press('Enter');
  await expect.poll(() => remove.count()).toBeLessThan(before);
  await expectFocus(app);
});

loaded('the focus is kept when a part of the filter is removed', async ({ filled: page }) => {
  await filter(page, 'eventName = CreateUser');
  await filter(page, 'readOnly = false');
  await page.getByRole('button', { name: /^Remove the filter eventName/ }).focus();
  await page.keyboard.press('Enter');
  await expect(page.locator('#filter')).toBeFocused();
  await page.getByRole('button', { name: 'Clear', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(matched(page)).toHaveText('8 records');
  await expect(page.locator('#filter')).toBeFocused();
});

loaded('a record that is closed gives the focus back to its row', async ({ filled: page }) => {
  await go(page, 'Events');
  await table(page).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(panel(page)).toBeVisible();
  await panel(page).getByRole('button', { name: 'Close the record' }).focus();
  await page.keyboard.press('Enter');
  await expect(panel(page)).toHaveCount(0);
  await expect(table(page)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(panel(page)).toBeVisible();
  await panel(page).getByRole('tab', { name: 'Original' }).focus();
  await page.keyboard.press('Escape');
  await expect(panel(page)).toHaveCount(0);
  await expect(table(page)).toBeFocused();
});

loaded('J and K move and Enter opens, whatever has the focus outside of inputs', async ({ filled: page }) => {
  await go(page, 'Events');
  await expect(eventRows(page)).toHaveCount(8);
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press('j');
  await expect(table(page)).toBeFocused();
  await page.keyboard.press('J');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await page.keyboard.press('Enter');
  const selected = page.locator('.vtable-row[aria-selected=true]');
  await expect(selected).toHaveAttribute('aria-rowindex', '3');
  // With the focus inside the panel the next record opens there.
  await panel(page).getByRole('tab', { name: 'Fields' }).focus();
  await page.keyboard.press('j');
  await expect(selected).toHaveAttribute('aria-rowindex', '4');
  await expect(panel(page).getByRole('tab', { name: 'Fields' })).toBeFocused();
  await page.locator('#filter').fill('');
  await page.locator('#filter').press('j');
  await expect(page.locator('#filter')).toHaveValue('j');
  await expect(selected).toHaveAttribute('aria-rowindex', '4');
});

loaded('the list of keys takes the focus, names every key, and gives the focus back', async ({ filled: page }) => {
  await go(page, 'Events');
  await table(page).focus();
  await page.keyboard.press('?');
  const help = page.getByRole('dialog', { name: 'Keys' });
  await expect(help).toBeFocused();
  const keys = ['/', 'F', 'O', '[ ]', '+ − 0', 'U', 'Esc', '?', 'J K', 'Enter', 'T', 'N P', 'I', 'X', 'Y', 'G'];
  await expect.poll(() => help.locator('kbd').allTextContents()).toEqual(expect.arrayContaining(keys));
  await expect(help).toContainText('N notes');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Escape');
  await expect(help).toHaveCount(0);
  await expect(table(page)).toBeFocused();
});

loaded('T shows the table twin, U the local clock', async ({ filled: page }) => {
  await go(page, 'Trail');
  const shown = page.getByRole('group', { name: 'Show as' });
  await page.keyboard.press('t');
  await expect(shown.getByRole('button', { name: 'Table' })).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('t');
  await expect(shown.getByRole('button', { name: 'Lanes' })).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('u');
  await expect(page).toHaveURL(/zone=local/);
  await page.keyboard.press('u');
  await expect(page).not.toHaveURL(/zone=local/);
});

loaded('I and X filter for and out of the value pointed at, or walked to', async ({ filled: page }) => {
  await go(page, 'Events');
  await filter(page, 'eventName:*');
  await expect(eventRows(page)).toHaveCount(6);
  await eventRows(page).first().click();
  const name = panel(page).locator('dt', { has: page.locator('.field-name', { hasText: /^eventName$/ }) }).locator('+ dd');
  const what = await name.locator('.value').textContent();
  await name.hover();
  await page.keyboard.press('i');
  await expect(matched(page)).toHaveText('2 of 8');
  await expect(page).toHaveURL(new RegExp(`eventName%20%3D%20${what}`));
  await panel(page).getByRole('tab', { name: 'JSON' }).click();
  // A path that is no column: from the original text alone.
  await panel(page).locator('pre').focus();
  const line = panel(page).locator('.json-line', { hasText: '"AIDAEXAMPLEJANE"' });
  for (let step = 0; step < 40 && !/is-active/.test(await line.getAttribute('class')); step += 1) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('x');
  await expect(page).toHaveURL(/userIdentity.principalId%20%21%3D%20AIDAEXAMPLEJANE/);
  await expect(matched(page)).toHaveText('0 of 8');
});

test('N and P go from change to change in Config, wherever the focus is', async ({ app }) => {
  await openSample(app);
  await go(app, 'Config');
  await app.getByRole('region', { name: 'Resources', exact: true }).getByRole('button').nth(1).click();
  await expect(app.locator('.config-between')).toBeVisible();
  await settled(app);
  const between = () => app.locator('.config-between').getByRole('combobox').first().inputValue();
  const first = await between();
  await app.locator('.topbar .brand').focus();
  await app.keyboard.press('p');
  await expect.poll(between).not.toBe(first);
  await app.keyboard.press('n');
  await expect.poll(between).toBe(first);
});
