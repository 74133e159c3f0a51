// axe-core finds nothing on any view, panel, menu and dialog, light and dark.
import AxeBuilder from '@axe-core/playwright';
import { event, fixture, flow, flows, trail } from './files.mjs';
import { expect, test } from './fixture.mjs';
import { eventRows, expectSources, filter, go, matched, pick, sources } from './person.mjs';

const FILES = {
  'trail.json': trail(...Array.from({ length: 12 }, (_, n) => event(n * 600, n % 4 ? {} : { eventName: 'ConsoleLogin', errorCode: 'AccessDenied' }))),
  'flow.log': flows(...Array.from({ length: 12 }, (_, n) => flow(n * 600, n % 3 ? {} : { action: 'REJECT', port: 22, dst: `10.0.2.${n}` }))),
  'history.json': fixture('config/history-s3.json'),
  'advisor.ndjson': fixture('trusted-advisor/checks-then-results.ndjson'),
  'findings.json': fixture('asff/get-findings.json'),
  'guardduty.json': fixture('guardduty/get-findings.json'),
  'groups.json': fixture('aws-inventory/security-groups.json'),
  'broken.log': flows(flow(30), 'not a record'),
};

async function expectAccessible(page, where) {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const found = violations.map(({ id, nodes }) => `${where}: ${id}: ${nodes.slice(0, 4).map((node) => `${node.target} ${node.html.slice(0, 160)}`).join(' | ')}`);
  expect.soft(found, where).toEqual([]);
}

for (const scheme of ['light', 'dark']) {
  test.describe(scheme, () => {
    test.use({ colorScheme: scheme });

    test('every view', async ({ app }) => {
      test.slow(); // axe looks at every element of every view
      await pick(app, FILES);
      await expect.poll(async () => (await sources(app)).filter((s) => s.sha256).length).toBe(Object.keys(FILES).length);
      await expect(matched(app)).toHaveText(/^\d+ records$/);
      const views = await app.locator('nav .nav-item .word').allTextContents();
      expect(views).toEqual(expect.arrayContaining(['Overview', 'Sources', 'Traffic', 'Trail', 'Events']));
      for (const view of views) {
        await go(app, view);
        await expect(app.locator('nav [aria-current=page]')).toContainText(view);
        await expect(app.locator('main .view').first()).toBeVisible();
        await app.waitForTimeout(700); // charts are drawn when their answers are here
        await expectAccessible(app, view);
      }
    });

    test('the start and its dialogs', async ({ app }) => {
      await expectAccessible(app, 'start');
      await app.getByRole('button', { name: 'Keys' }).click();
      await expect(app.getByRole('dialog', { name: 'Keys' })).toBeVisible();
      await expectAccessible(app, 'keys');
      await app.getByRole('button', { name: 'Close', exact: true }).click();
      await app.getByRole('button', { name: 'From a URL' }).click();
      await expect(app.getByRole('dialog', { name: 'Open from a URL' })).toBeVisible();
      await expectAccessible(app, 'URL dialog');
      await app.getByLabel('Address of the file').fill('https://logs.example/flow.log.gz');
      await expectAccessible(app, 'URL dialog with an address');
    });

    test('panels and menus', async ({ app }) => {
      test.slow();
      await pick(app, FILES);
      await expect.poll(async () => (await sources(app)).filter((s) => s.sha256).length).toBe(Object.keys(FILES).length);
      await go(app, 'Sources');
      await app.getByRole('button', { name: 'broken.log', exact: true }).click();
      await expectAccessible(app, 'outcome');
      await app.getByRole('button', { name: 'Remove all' }).click();
      await expectAccessible(app, 'remove all');
      await app.getByRole('button', { name: 'Keep' }).click();

      await go(app, 'Events');
      await eventRows(app).first().click();
      const panel = app.getByRole('complementary', { name: 'Record' });
      for (const tab of ['Fields', 'JSON', 'Original']) {
        const button = panel.getByRole('tab', { name: tab });
        if (await button.count() === 0) continue; // a record that is no JSON has two
        await button.click();
        await expectAccessible(app, `record, ${tab}`);
      }
      await app.keyboard.press('Escape');

      for (const menu of ['Columns', 'Time range', 'Add files']) {
        await app.getByRole('button', { name: menu, exact: true }).click();
        await expect(app.locator('.menu-panel')).toBeVisible();
        await expectAccessible(app, `${menu} menu`);
        await app.keyboard.press('Escape');
        await expect(app.locator('.menu-panel')).toHaveCount(0);
      }

      await app.locator('#filter').fill('eventName = ');
      await expect(app.getByRole('option').first()).toBeVisible();
      await expectAccessible(app, 'suggestions');
      await filter(app, 'eventName = Nobody');
      await expect(matched(app)).toHaveText(/^0 of/);
      await expectAccessible(app, 'nothing matches');
    });

    test('a view without its file', async ({ app }) => {
      await pick(app, { 'flow.log': FILES['flow.log'] });
      await expectSources(app, [{ kind: 'vpc-flow', records: 12 }]);
      await go(app, 'Trail');
      await expect(app.getByText(/^No .* are loaded\.$/)).toBeVisible();
      await expectAccessible(app, 'empty Trail');
    });
  });
}
