// Queries in the logs' own languages: writing, running, reading the result, and the way back to records.
import AxeBuilder from '@axe-core/playwright';
import { readFile } from 'node:fs/promises';
import { event, flow, flows, trail } from './files.mjs';
import { expect, test } from './fixture.mjs';
import { drawn, expectSources, go, matched, openSample, pick, rowsOfCsv } from './person.mjs';

const FILES = {
  'trail.json': trail(event(1), event(2, { eventName: 'StopLogging' }), event(3), event(3600, { eventName: 'DeleteUser' })),
  'flow.log': flows(flow(0), flow(60, { action: 'REJECT', port: 22 })),
};

// The page of queries, with both files read.
const loaded = test.extend({
  asking: async ({ app }, use) => {
    await pick(app, FILES);
    await expectSources(app, [{ records: 4 }, { records: 2 }]);
    await go(app, 'Query');
    await use(app);
  },
});

const editor = (page) => page.getByRole('textbox', { name: /^Query;/ });
const grid = (page) => page.getByRole('grid', { name: 'Rows of the result' });
const rows = (page) => grid(page).locator('.vtable-row');
const status = (page) => page.locator('.query-status');
const suggestions = (page) => page.getByRole('listbox', { name: 'Suggestions' });
const segment = (page, name) => page.locator('.query').getByRole('button', { name, exact: true });

/** Writes a query and runs it. */
async function ask(page, text) {
  await editor(page).fill(text);
  await editor(page).press('Escape'); // the suggestions
  await editor(page).press('Control+Enter');
  await expect(status(page)).toContainText(/Done in/);
}

/** Types at the end of what is there. */
const type = (page, text) => editor(page).pressSequentially(text);

loaded('an empty page begins with an example for what is loaded', async ({ asking: page }) => {
  await expect(editor(page)).toHaveValue(/SOURCE "cloudtrail"/);
  await page.getByRole('button', { name: 'Examples' }).click();
  await page.getByRole('button', { name: 'Rejected by port' }).click();
  await expect(editor(page)).toBeFocused();
  await editor(page).press('Control+Enter');
  await expect(rows(page)).toHaveText([/22.*1/]);
});

loaded('commands, fields and values of the data are suggested while typing', async ({ asking: page }) => {
  await editor(page).fill('');
  await type(page, 'fil');
  await expect(suggestions(page).getByRole('option').first()).toContainText('filter');
  await expect(editor(page)).toHaveAttribute('aria-activedescendant', 'code-offer-0');
  await page.keyboard.press('Enter');
  await expect(editor(page)).toHaveValue('filter');
  await type(page, ' eventN');
  await expect(suggestions(page).getByRole('option')).toHaveText([/^eventName/]);
  await page.keyboard.press('Tab');
  await type(page, ' = "Stop');
  await expect(suggestions(page).getByRole('option')).toHaveText([/"StopLogging".*1 record/]);
  await page.keyboard.press('Enter');
  await expect(editor(page)).toHaveValue('filter eventName = "StopLogging"');
  await expect(suggestions(page)).toHaveCount(0);
  await page.keyboard.press('Control+Enter');
  await expect(rows(page)).toHaveCount(1);
});

loaded('what may stand at the caret is shown when asked for, and Escape closes it', async ({ asking: page }) => {
  await editor(page).fill('stats count(*) by ');
  await expect(suggestions(page)).toHaveCount(0);
  await page.keyboard.press('Control+Space');
  await expect(suggestions(page)).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await expect(editor(page)).toHaveAttribute('aria-activedescendant', 'code-offer-1');
  await page.keyboard.press('Escape');
  await expect(suggestions(page)).toHaveCount(0);
  await expect(editor(page)).toBeFocused();
});

loaded('a mistake is marked where it is, and its place leads there', async ({ asking: page }) => {
  await editor(page).fill('fields @message\n| filtr eventName = "x"');
  const said = page.locator('#query-said');
  await expect(said).toContainText('Line 2, column 3');
  await expect(page.locator('.code-fault')).toHaveText('filtr');
  await expect(editor(page)).toHaveAttribute('aria-invalid', 'true');
  await said.getByRole('button', { name: 'Line 2, column 3' }).click();
  await expect(editor(page)).toBeFocused();
  await expect.poll(() => editor(page).evaluate((area) => area.selectionStart)).toBe(18);
  await editor(page).fill('fields @message');
  await expect(said).toBeEmpty();
});

loaded('a record of the result opens in the panel', async ({ asking: page }) => {
  await ask(page, 'fields @timestamp, eventName\n| filter ispresent(eventName)\n| sort eventName');
  await expect(rows(page)).toHaveCount(4);
  await rows(page).filter({ hasText: 'StopLogging' }).click();
  const panel = page.getByRole('complementary', { name: 'Record' });
  await expect(panel.getByRole('heading')).toContainText('StopLogging');
});

loaded('a group leads to its records by the filter', async ({ asking: page }) => {
  await ask(page, 'stats count(*) as calls by eventName\n| sort calls desc');
  await rows(page).filter({ hasText: 'DeleteUser' }).click();
  await page.getByRole('button', { name: 'Show its records' }).click();
  await expect(page.locator('nav [aria-current=page]')).toContainText('Events');
  await expect(matched(page)).toHaveText('1 of 6');
  await page.goBack();
  await expect(rows(page).first()).toBeVisible();
});

loaded('a group that no filter can say leads to a query of its records', async ({ asking: page }) => {
  await ask(page, 'filter eventName like "User"\n| stats count(*) as calls by strlen(eventName)');
  await rows(page).first().click();
  await grid(page).getByRole('rowgroup').press('Enter');
  await expect(editor(page)).toHaveValue(/filter strlen\(eventName\) = 10\n\| fields @timestamp, @message$/);
  await expect(rows(page).first()).toContainText('eventName');
});

loaded('a click on a head orders the rows', async ({ asking: page }) => {
  await ask(page, 'filter ispresent(eventName) | stats count(*) as calls by eventName');
  const head = grid(page).getByRole('button', { name: 'calls' });
  await head.click();
  await expect(rows(page).last()).toContainText('CreateUser');
  await head.click();
  await expect(rows(page).first()).toContainText('CreateUser');
});

loaded('charts are offered where the shape of the result allows them', async ({ asking: page }) => {
  await ask(page, 'stats count(*) as calls by eventName');
  for (const name of ['Bar', 'Pie']) {
    await segment(page, name).click();
    await expect(page.getByRole('application', { name: /^calls by eventName/ })).toBeVisible();
  }
  await expect(segment(page, 'Line')).toHaveCount(0);
  await ask(page, 'stats count(*) as calls by bin(1h)');
  await segment(page, 'Area').click();
  await expect(page.getByRole('application', { name: /^calls/ })).toBeVisible();
  await page.locator('.query-chart').getByRole('button', { name: 'Table', exact: true }).click();
  await expect(page.getByRole('region', { name: /figures as a table/ }).locator('tbody tr')).toHaveCount(2);
});

loaded('the link keeps the query, and runs it', async ({ asking: page }) => {
  const text = 'stats count(*) as n by eventName | sort n desc';
  await ask(page, text);
  await segment(page, 'Bar').click();
  await expect.poll(() => new URL(page.url()).hash).toContain('show=bar');
  await expect.poll(() => decodeURIComponent(new URL(page.url()).hash)).toContain(`q=${text}`);
  await page.reload();
  await pick(page, FILES);
  await expect(editor(page)).toHaveValue(text);
  await expect(status(page)).toContainText(/Done in/);
  await expect(page.getByRole('application', { name: /^n by eventName/ })).toBeVisible();
});

loaded('what was asked is kept, and so is what was saved', async ({ asking: page }) => {
  await ask(page, '# Calls by name\nstats count(*) by eventName');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByLabel('Save the query as')).toHaveValue('Calls by name');
  await page.getByRole('button', { name: 'Save the query' }).click();
  await ask(page, 'fields @message | limit 1');
  await page.getByRole('button', { name: 'History' }).click();
  await expect(page.locator('.query-past')).toHaveText([/fields @message.*1 row/, /# Calls by name.*4 rows/]);
  await page.keyboard.press('Escape');
  const side = page.getByRole('complementary', { name: 'Fields and saved queries' });
  await side.getByRole('button', { name: 'Calls by name', exact: true }).click();
  await expect(editor(page)).toHaveValue(/^# Calls by name/);
  await side.getByRole('button', { name: 'Forget the query Calls by name' }).click();
  await expect(side).toContainText('None yet');
});

loaded('a field is written at the caret', async ({ asking: page }) => {
  await editor(page).fill('fields ');
  await page.getByLabel('Find a field').fill('account-');
  await page.getByRole('complementary', { name: 'Fields and saved queries' }).getByRole('button', { name: /^account-id/ }).click();
  await expect(editor(page)).toHaveValue('fields `account-id`');
});

loaded('filter patterns are asked too, and told in words', async ({ asking: page }) => {
  await segment(page, 'Filter pattern').click();
  await ask(page, '{ $.eventName = "Stop*" }');
  await expect(page.locator('#query-said')).toContainText('Matches JSON events in which $.eventName');
  await expect(rows(page)).toHaveCount(1);
  await editor(page).fill('{ $.eventNa');
  await expect(page.locator('#query-said')).toContainText('Line 1');
  await expect.poll(() => new URL(page.url()).hash).toContain('lang=filter');
});

loaded('the result is saved as CSV, JSON and Parquet', async ({ asking: page }) => {
  await ask(page, 'stats count(*) as n by eventName | sort n desc');
  const save = async (name) => {
    const [download] = await Promise.all([page.waitForEvent('download'), segment(page, name).click()]);
    return readFile(await download.path());
  };
  expect(rowsOfCsv((await save('CSV')).toString())[0]).toEqual({ eventName: 'CreateUser', n: '2' });
  expect(JSON.parse((await save('JSON')).toString())[0]).toEqual({ eventName: 'CreateUser', n: 2 });
  const parquet = await save('Parquet');
  expect([parquet.subarray(0, 4).toString(), parquet.subarray(-4).toString()]).toEqual(['PAR1', 'PAR1']);
});

loaded('a result follows the filter', async ({ asking: page }) => {
  await ask(page, 'stats count(*) as n by @kind');
  await expect(rows(page)).toHaveCount(2);
  await page.locator('#filter').fill('eventName = CreateUser');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
  await expect(rows(page)).toHaveCount(1);
});

for (const scheme of ['light', 'dark']) {
  test.describe(scheme, () => {
    test.use({ colorScheme: scheme });

    test('axe-core finds nothing while a query is written and read', async ({ app }) => {
      test.slow();
      await openSample(app);
      await go(app, 'Query');
      const check = async (what) => {
        await drawn(app, 0);
        const { violations } = await new AxeBuilder({ page: app }).setLegacyMode(true).include('.query').analyze();
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((n) => `${n.target} ${n.html.slice(0, 160)}`).join(' | ')}`);
        expect.soft(found, what).toEqual([]);
      };
      await check('an example');
      await editor(app).fill('stats count(*) by ');
      await app.keyboard.press('Control+Space');
      await expect(suggestions(app)).toBeVisible();
      await check('suggestions');
      await editor(app).fill('stats count(*) bi x');
      await expect(app.locator('.code-fault')).toBeVisible();
      await check('a mistake');
      await ask(app, 'SOURCE "vpc-flow" | stats count(*) as flows by action');
      await rows(app).first().click();
      await check('a chosen group');
      for (const name of ['Bar', 'Pie']) {
        await segment(app, name).click();
        await check(name);
      }
      // Menus are those of other views, which are looked at in both schemes there.
      for (const menu of scheme === 'light' ? ['Examples', 'History', 'Save'] : []) {
        await app.getByRole('button', { name: menu, exact: true }).click();
        await check(menu);
        await app.keyboard.press('Escape');
      }
    });
  });
}
