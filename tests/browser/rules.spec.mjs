// Rules of one's own: written, tried, kept, copied from the catalogue.
import AxeBuilder from '@axe-core/playwright';
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { event, trail } from './files.mjs';
import { expect, started, test } from './fixture.mjs';
import { drop, expectSources, go, openSample, pick } from './person.mjs';

const refused = (seconds) => event(seconds, { errorCode: 'AccessDenied' });
const TRAIL = { 'trail.json': trail(...[0, 20, 40, 60, 80, 100].map(refused), event(200, { eventName: 'StopLogging' })) };
const RULE = (id, pattern, more = '') => `[[rule]]
id = "${id}"
title = "Title of ${id}"
severity = "low"
text = "Look at it."
pattern = '${pattern}'
${more}`;

// The page of rules, with a trail read.
const loaded = test.extend({
  rules: async ({ app }, use) => {
    await pick(app, TRAIL);
    await expectSources(app, [{ records: 7 }]);
    await go(app, 'Rules');
    await use(app);
  },
});

const editor = (page) => page.getByRole('textbox', { name: /^Rules as TOML/ });
const files = (page) => page.getByRole('list', { name: 'Files of rules' }).getByRole('button');
const results = (page) => page.getByRole('region', { name: 'Rules of the file' }).locator('.rules-one');
const faults = (page) => page.locator('.rules-said li');
const state = (page) => page.locator('.rules-state');
const builtIn = (page) => page.getByRole('region', { name: 'Built-in rules' });

/** Writes a file anew and waits until it is read. */
async function write(page, text) {
  await editor(page).fill(text);
  await expect(page.locator('.rules-results-head')).toContainText(/\d+ rules?/);
}

loaded('a new file begins with an example that can be tried', async ({ rules: page }) => {
  await page.getByRole('button', { name: 'Begin with an example' }).click();
  await expect(files(page)).toHaveText([/rules\.toml.*1 rule/]);
  await expect(results(page)).toHaveText([/At least 5 events of one principal within 10m/]);
  await editor(page).press('Control+Enter');
  await expect(state(page)).toContainText('1 rule tried: 1 fired, 0 quiet, 0 not evaluated.');
  await expect(results(page)).toContainText([/Fired: 1 finding, 6 records/]);
  await expect(page.getByRole('region', { name: /^Findings of/ }).locator('tbody tr')).toHaveCount(1);
  await page.getByRole('region', { name: /^Findings of/ }).locator('tbody').getByRole('button').click();
  await expect(page.locator('nav [aria-current=page]')).toContainText('Trail');
  await expect(page.locator('.filterbar-row > [aria-live]')).toHaveText('6 of 7');
});

loaded('what is typed is kept over other pages, and is among the findings', async ({ rules: page }) => {
  await page.getByRole('button', { name: 'New', exact: true }).click();
  await write(page, RULE('mine', '{ $.eventName = "StopLogging" }'));
  await editor(page).press('End');
  await go(page, 'Events');
  await go(page, 'Rules');
  await expect(editor(page)).toHaveValue(/id = "mine"/);
  await editor(page).press('Control+Enter');
  await expect(results(page)).toContainText([/Fired: 1 finding, 1 record/]);
  await go(page, 'Findings');
  await expect(page.getByRole('button', { name: 'Title of mine' })).toBeVisible();
});

loaded('a fault is marked, and its place is a link', async ({ rules: page }) => {
  await page.getByRole('button', { name: 'New', exact: true }).click();
  await write(page, RULE('mine', '{ $.a = 1 }').replace('"low"', '"lwo"'));
  await expect(faults(page)).toHaveText([/Line 4, column 12.*mine.*low/]);
  await expect(page.locator('.code-fault')).toHaveText(/lwo/);
  await expect(files(page)).toHaveText([/1 fault/]);
  await faults(page).getByRole('button').click();
  await expect(editor(page)).toBeFocused();
  await expect.poll(() => editor(page).evaluate((area) => area.value.slice(area.selectionStart, area.selectionStart + 4))).toBe('"lwo');
});

loaded('a rule says whether it was quiet or could not be evaluated', async ({ rules: page }) => {
  await page.getByRole('button', { name: 'New', exact: true }).click();
  await write(page, `${RULE('quiet', '{ $.eventName = "Nothing" }')}\n${RULE('flows', '{ $.action = "REJECT" }', 'kinds = ["vpc-flow"]')}`);
  await page.getByRole('button', { name: 'Dry run' }).click();
  await expect(state(page)).toContainText('2 rules tried: 0 fired, 1 quiet, 1 not evaluated.');
  await expect(results(page)).toContainText([/Quiet/, /Not evaluated, which is not a pass\. Needs: .*flow log/]);
  await editor(page).fill(RULE('other', '{ $.eventName = "StopLogging" }'));
  await expect(state(page)).toContainText('changed since');
  await page.getByRole('button', { name: 'Run again' }).click();
  await expect(results(page)).toContainText([/Fired: 1 finding/]);
});

loaded('files are dropped, renamed, saved, deleted and taken back', async ({ rules: page }) => {
  const text = RULE('dropped', '{ $.eventName = "StopLogging" }');
  await drop(page, { 'dropped.toml': text });
  await expect(files(page)).toHaveText([/dropped\.toml.*1 rule/]);
  await page.getByRole('button', { name: 'Rename the file' }).click();
  await page.getByLabel('Name of the file').fill('a/b');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: 'no slash' })).toBeVisible();
  await page.getByLabel('Name of the file').fill('kept');
  await page.keyboard.press('Enter');
  await expect(files(page)).toHaveText([/kept\.toml/]);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Save', exact: true }).click()]);
  expect(download.suggestedFilename()).toBe('kept.toml');
  expect(await readFile(await download.path(), 'utf8')).toBe(text);
  await page.getByRole('button', { name: 'Delete the file' }).click();
  await expect(files(page)).toHaveCount(0);
  await page.getByRole('button', { name: 'Take it back' }).click();
  await expect(files(page)).toHaveText([/kept\.toml/]);
  await expect(editor(page)).toHaveValue(text);
});

loaded('a built-in rule is found, read and copied', async ({ rules: page }) => {
  await page.getByLabel(/^Find a built-in rule/).fill('iam-policy-allows-everything');
  await expect(builtIn(page).locator('.rules-rule')).toHaveCount(1);
  await expect(builtIn(page)).toContainText('quiet');
  await builtIn(page).getByRole('button', { name: /Policy that allows every action/, expanded: false }).click();
  await expect(builtIn(page)).toContainText('iam-policy-allows-everything');
  for (const id of ['iam-policy-allows-everything', 'iam-policy-allows-everything-copy']) {
    await builtIn(page).getByRole('button', { name: /^Copy Policy that allows every action/ }).click();
    await expect(editor(page)).toHaveValue(new RegExp(`id = "${id}"`));
  }
  await expect(files(page)).toHaveText([/rules\.toml.*2 rules/]);
  await expect(faults(page)).toHaveCount(0);
  await builtIn(page).getByRole('button', { name: 'Read all of IAM' }).click();
  await expect(editor(page)).toHaveAttribute('readonly', '');
  await page.getByRole('button', { name: 'Dry run' }).click();
  await expect(state(page)).toContainText(/rules tried: /);
});

loaded('in a shared file rules are read and tried, not changed', async ({ rules: page, browser }) => {
  await pick(page, { 'detector.json': trail(event(300, {
    eventSource: 'guardduty.amazonaws.com', eventName: 'UpdateDetector', requestParameters: { enable: false },
  })) });
  await expectSources(page, [{ records: 7 }, { records: 1 }]);
  for (const originals of [true, false]) {
    const html = await page.evaluate(async (with_) => (await trailbeam.share({ everything: true, records: 'all', originals: with_ })).text(), originals);
    const path = test.info().outputPath(`shared-${originals}.html`);
    writeFileSync(path, html);
    const context = await browser.newContext({ offline: true });
    const shared = await context.newPage();
    await shared.goto(pathToFileURL(path).href);
    await started(shared);
    await expect(shared.locator('.loading')).toHaveCount(0);
    await go(shared, 'Rules');
    await expect(shared.getByText('No file of rules came with this shared file.')).toBeVisible();
    for (const name of ['New', 'Rename the file', 'Delete the file']) {
      await expect(shared.getByRole('button', { name, exact: true })).toHaveCount(0);
    }
    await expect(editor(shared)).toHaveAttribute('readonly', '');
    await shared.getByRole('button', { name: 'Dry run' }).click();
    await expect(state(shared)).toContainText('rules tried:');
    const off = results(shared).filter({ hasText: 'guardduty-detector-disabled' });
    await expect(off).toContainText(originals ? 'Fired: 1 finding, 1 record' : 'Needs: the original records, which were not shared');
    // Without the original records nothing is said to be quiet that may only be out of sight.
    await expect(state(shared)).toContainText(originals ? '0 not evaluated' : ' 0 quiet');
    await context.close();
  }
});

for (const colorScheme of ['light', 'dark']) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('rules of the sample: axe finds nothing', async ({ app: page }) => {
      await openSample(page);
      await go(page, 'Rules');
      await page.getByRole('button', { name: 'Begin with an example' }).click();
      await editor(page).press('Control+Enter');
      await expect(state(page)).toContainText('tried:');
      await editor(page).fill(`${await editor(page).inputValue()}\n[[rule]]\nid = "broken"\n`);
      await expect(faults(page).first()).toBeVisible();
      await builtIn(page).locator('summary').first().click();
      await builtIn(page).locator('.rules-title').first().click();
      await page.getByRole('button', { name: 'Rename the file' }).click();
      await expect(page.getByLabel('Name of the file')).toBeVisible();
      const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html.slice(0, 120)).join(' | ')}`)).toEqual([]);
      for (const width of [1280, 820]) {
        await page.setViewportSize({ width, height: 800 });
        const wide = () => page.evaluate(() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth);
        await expect.poll(wide, `${width} px`).toBe(0);
      }
    });
  });
}
