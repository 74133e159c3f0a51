// axe-core finds nothing on any view, panel, menu and dialog in light, nor its rules about colours in dark.
import AxeBuilder from '@axe-core/playwright';
import { balanced, flow, flows, functionLog } from './files.mjs';
import { expect, test } from './fixture.mjs';
import { dragOver, drawn, eventRows, expectSources, filter, go, matched, openSample, pick, settled } from './person.mjs';

/** What the sample has no log of, in the days that it opens on. */
const DAY = Date.UTC(2026, 10, 10, 9);
const REQUESTS = balanced(Array.from({ length: 40 }, (_, n) => [n * 60, n % 3 + 1, [200, 200, 404, 503][n % 4], `/${n % 7}`]), DAY);
const FUNCTIONS = functionLog('/aws/lambda/front', 30, [], DAY);
const BROKEN = flows(flow(30), 'not a record', flow(60), flow(90));

/** The rules that look at colours. In dark everything else is as it is in light, where all rules are tried. */
const COLOURS = { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } };

/** Nothing is found on the page, or in the part of it that has just opened. */
async function expectAccessible(page, where, part) {
  const dark = await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
  // The page has no frames, and what passes is not read: that much is left out, no rule is.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'], ...(dark ? COLOURS : {}) });
  const { violations } = await (part ? axe.include(part) : axe).analyze();
  const found = violations.map(({ id, nodes }) => `${where}: ${id}: ${nodes.slice(0, 4).map((node) => `${node.target} ${node.html.slice(0, 160)}`).join(' | ')}`);
  expect.soft(found, where).toEqual([]);
}

const segment = (page, name) => page.locator('main').getByRole('button', { name, exact: true });

/** What can be opened inside a view of the sample, by its name: each step leads to the next, in one part of the page. */
const INSIDE = {
  Overview: [
    ['figures as a table', '.overview', (page) => segment(page, 'Table').click()],
  ],
  Sources: [
    ['outcome', '.split', async (page) => {
      await page.locator('.sources-table tbody').getByRole('button').first().click();
      await expect(page.getByRole('complementary', { name: 'Outcome' })).toBeVisible();
    }],
    ['outcome of a file with a bad record', '.split', (page) => page.getByRole('button', { name: 'broken.log', exact: true }).click()],
    ['remove all', '.toolbar', (page) => page.getByRole('button', { name: 'Remove all' }).click()],
  ],
  Traffic: [
    ['an edge pointed at', '.traffic-graph', async (page) => {
      await page.getByRole('application', { name: /^Traffic:/ }).focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      await expect(page.locator('.chart-tip')).toBeVisible();
    }],
    ['conversations of a pair', '.traffic-side', async (page) => {
      await page.keyboard.press('Enter');
      await expect(page.locator('.traffic-talk').first()).toBeVisible();
    }],
    ['conversations', '.traffic-body', async (page) => {
      await segment(page, 'Conversations').click();
      await expect(page.getByRole('grid', { name: 'Conversations' }).locator('.vtable-row').first()).toBeVisible();
    }],
    ['pairs as a table', '.traffic-body', (page) => segment(page, 'Table').click()],
    ['as ribbons', '.traffic-body', (page) => segment(page, 'Sankey').click()],
    ['as a matrix', '.traffic-body', (page) => segment(page, 'Matrix').click()],
    ['changes', '.traffic-body', (page) => segment(page, 'Changes').click()],
    ['why flows were rejected', '.traffic-body', async (page) => {
      await segment(page, 'Rejects').click();
      await expect(page.locator('.reject').first()).toBeVisible();
    }],
  ],
  Trail: [
    ['a mark pointed at', '.trail-lanes', async (page) => {
      await page.getByRole('application', { name: /^CloudTrail events/ }).focus();
      await page.keyboard.press('ArrowRight');
      await expect(page.locator('.chart-tip')).toBeVisible();
    }],
    ['lanes as a table', '.trail-lanes', (page) => segment(page, 'Table').click()],
    ['record', '.content', async (page) => {
      await page.getByRole('grid', { name: 'CloudTrail events' }).locator('.vtable-row').first().click();
      await expect(page.getByRole('complementary', { name: 'Record' })).toBeVisible();
    }],
  ],
  Sessions: [
    ['a session', '.sessions', async (page) => {
      await page.getByRole('grid', { name: 'Sessions' }).locator('.vtable-row').first().click();
      await expect(page.locator('.chain').first()).toBeVisible();
    }],
    ['first seen', '.sessions', (page) => segment(page, 'First seen').click()],
    ['unusual hours', '.sessions', (page) => segment(page, 'Unusual hours').click()],
    ['denied, then allowed', '.sessions', (page) => segment(page, 'Denied, then allowed').click()],
  ],
  Entity: [
    ['a key', '.entity', async (page) => {
      await page.locator('.entity-link', { hasText: 'AKIAIOSFODNN7EXAMPLE' }).first().click();
      await expect(page.locator('.chain').first()).toBeVisible();
    }],
    ['its lanes as a table', '.entity', (page) => segment(page, 'Table').click()],
    ['what it did', '.entity', (page) => segment(page, 'Did').click()],
  ],
  Config: [
    ['another resource', '.config', async (page) => {
      await page.getByRole('region', { name: 'Resources', exact: true }).getByRole('button').nth(1).click();
      await expect(page.locator('.diff-line').first()).toBeVisible();
    }],
    ['the whole item', '.config-main', (page) => segment(page, 'Everything').click()],
    ['a moment that is none', '.config-moment', async (page) => {
      await page.getByRole('button', { name: 'State at a moment' }).click();
      await page.getByLabel('The state of the resource at').fill('nonsense');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('alert').filter({ hasText: 'is no time' })).toBeVisible();
    }],
    ['the state at a moment', '.config-main', async (page) => {
      await page.getByLabel('The state of the resource at').fill('2026-11-13 00:00');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('region', { name: 'State at a moment' })).toBeVisible();
    }],
    ['relationships', '.config-related', async (page) => {
      await segment(page, 'Relationships').click();
      await segment(page, 'Two steps').click();
      await expect(page.getByRole('application', { name: /^Relationships of / })).toBeVisible();
    }],
    ['record', '.split', (page) => segment(page, 'Record').click()],
  ],
  Account: [
    ['what differs', '.account-body', (page) => segment(page, 'What differs').click()],
    ['what rules said', '.account-body', (page) => segment(page, 'What rules said').click()],
    ['relationships', '.account-related', async (page) => {
      await segment(page, 'Relationships').click();
      await expect(page.getByRole('application', { name: /^Relationships by type/ })).toBeVisible();
    }],
  ],
  Posture: [
    ['a cell', '.posture', async (page) => {
      await page.getByRole('region', { name: 'Logging posture', exact: true }).locator('tbody').getByRole('button').first().click();
      await expect(page.getByRole('region', { name: 'What the cell says' })).toBeVisible();
    }],
  ],
  Checklist: [
    ['an item', '.checklist', async (page) => {
      await page.locator('.checklist-question').first().click();
      await expect(page.locator('.checklist-judge')).toBeVisible();
    }],
  ],
  Findings: [
    ['a rule', '.findings-body', async (page) => {
      await page.evaluate(() => trailbeam.findings());
      await page.getByRole('region', { name: 'Checks' }).locator('tbody tr', { hasText: 'Log rule' }).first().getByRole('button').click();
      await expect(page.getByRole('region', { name: 'Findings of the rule' }).locator('tbody tr').first()).toBeVisible();
    }],
    ['suppressing', 'dialog[open]', async (page) => {
      await page.getByRole('button', { name: 'Suppress this rule' }).click();
      await expect(page.getByRole('dialog', { name: 'Suppress' })).toBeVisible();
    }],
    ['what is suppressed', '.findings-tools', async (page) => {
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('button', { name: 'Suppressed findings' }).click();
    }],
    ['by resource', '.findings-body', async (page) => {
      await page.keyboard.press('Escape');
      await page.locator('.findings-tools label', { hasText: /^Group by/ }).locator('select').selectOption({ label: 'resource' });
      await expect(page.getByRole('region', { name: 'Findings by subject' }).locator('tbody tr').first()).toBeVisible();
    }],
    ['what was evaluated', '.findings-body', async (page) => {
      await page.getByRole('group', { name: 'Show' }).getByRole('button', { name: 'Evaluated' }).click();
      await expect(page.locator('.findings-missing').first()).toBeVisible();
    }],
    ['changes', '.findings-body', (page) => page.getByRole('group', { name: 'Show' }).getByRole('button', { name: 'Changes' }).click()],
    ['the list again', '.findings-body', async (page) => {
      await page.getByRole('group', { name: 'Show' }).getByRole('button', { name: 'Findings' }).click();
      await page.locator('.findings-tools label', { hasText: /^Group by/ }).locator('select').selectOption({ label: 'rule' });
      await expect(page.getByRole('region', { name: 'Checks' }).locator('tbody tr').first()).toBeVisible();
    }],
    ['resources of a check', '.findings-body', async (page) => {
      await page.getByRole('region', { name: 'Checks' }).locator('tbody').getByRole('button').first().click();
      await expect(page.getByRole('grid', { name: 'Findings of the check' }).locator('.vtable-row').first()).toBeVisible();
    }],
    ['record', '.split', async (page) => {
      await page.getByRole('grid', { name: 'Findings of the check' }).locator('.vtable-row').first().click();
      await expect(page.getByRole('complementary', { name: 'Record' })).toBeVisible();
    }],
  ],
  Alarms: [
    ['a topic', '.alarms', async (page) => {
      await page.getByRole('region', { name: 'Topics' }).locator('tbody').getByRole('button').first().click();
      await expect(page.locator('.alarms-step')).toHaveCount(6);
    }],
    ['no filters', '.alarms', (page) => segment(page, 'Filters').click()],
    ['a pattern that is checked', '.alarms', async (page) => {
      await segment(page, 'Check a pattern').click();
      await page.getByLabel('Begin with').selectOption({ index: 3 });
      await expect(page.locator('.alarms-covered')).toBeVisible();
    }],
  ],
  Notes: [
    ['a note', '.notes', async (page) => {
      await page.getByLabel(/^A note on/).fill('Looked at.');
      await page.getByRole('button', { name: 'Pin the note' }).click();
      await expect(page.getByLabel('Note 1', { exact: true })).toHaveValue('Looked at.');
    }],
  ],
  Rules: [
    ['a dry run', '.rules', async (page) => {
      await page.getByRole('button', { name: 'Begin with an example' }).click();
      await page.getByRole('button', { name: 'Dry run' }).click();
      await expect(page.locator('.rules-state')).toContainText('tried:');
    }],
    ['a built-in rule', '.rules', async (page) => {
      await page.locator('.rules-catalogue summary').first().click();
      await page.locator('.rules-title').first().click();
      await expect(page.locator('.rules-details')).toBeVisible();
    }],
  ],
  Requests: [
    ['one client', '.board', async (page) => {
      await page.getByRole('grid', { name: 'Clients', exact: true }).locator('.vtable-row').first().click();
      await expect(page.locator('.client-panel .vtable-row').first()).toBeVisible();
    }],
  ],
  Functions: [],
  'Log groups': [
    ['a group', '.log-groups-side', async (page) => {
      await page.getByRole('grid', { name: 'Log groups and their streams' }).locator('.vtable-row').first().click();
      await expect(page.getByRole('complementary', { name: 'Log group' })).toBeVisible();
    }],
  ],
  Databases: [
    ['figures as a table', '.board', (page) => segment(page, 'Table').first().click()],
  ],
  Hosts: [
    ['figures as a table', '.board', (page) => segment(page, 'Table').first().click()],
  ],
  Costs: [
    ['figures as a table', '.board', (page) => segment(page, 'Table').first().click()],
  ],
  Query: [
    ['a result', '.query', async (page) => {
      await page.getByRole('button', { name: 'Run', exact: false }).first().click();
      await expect(page.locator('.query-status')).toContainText('Done in');
    }],
  ],
  Events: [
    ['one kind', '.view', (page) => page.locator('label', { hasText: /^Kind/ }).locator('select').selectOption('cloudtrail')],
    ...['Fields', 'JSON', 'Original'].map((tab) => [`record, ${tab}`, '.split', async (page) => {
      const panel = page.getByRole('complementary', { name: 'Record' });
      if (await panel.count() === 0) await eventRows(page).first().click();
      await panel.getByRole('tab', { name: tab }).click();
    }]),
  ],
};

/** The single file has the same markup and colours. */
const once = (appUrl) => test.skip(appUrl.startsWith('file:'), 'looked at in the served app');

for (const scheme of ['light', 'dark']) {
  test.describe(scheme, () => {
    test.use({ colorScheme: scheme });

    test('every view of the sample, and what opens inside', async ({ app, appUrl }) => {
      once(appUrl);
      test.setTimeout(600_000); // axe looks at every element of every view
      await openSample(app);
      await pick(app, { 'broken.log': BROKEN, 'front.log': REQUESTS, 'functions.json': FUNCTIONS });
      await expect(app.locator('.statusbar')).toContainText('3 records not read');
      const views = () => app.locator('nav .nav-item .word').allTextContents();
      await expect.poll(async () => (await views()).sort()).toEqual(Object.keys(INSIDE).sort());
      for (const view of await views()) {
        await go(app, view);
        await expect(app.locator('nav [aria-current=page]')).toContainText(view);
        await expect(app.locator('main .view').first()).toBeVisible();
        await drawn(app, 0);
        await expectAccessible(app, view);
        for (const [what, part, open] of INSIDE[view]) {
          await open(app);
          await drawn(app, 0);
          await expectAccessible(app, `${view}, ${what}`, part);
        }
      }
    });

    test('the start, its dialogs, and while files are read', async ({ app }) => {
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
      await app.getByRole('button', { name: 'Cancel' }).click();
      // Paused as soon as the page offers it, however fast the machine reads.
      await app.evaluate(() => {
        new MutationObserver((_, watch) => {
          const pause = [...document.querySelectorAll('.loading button')].find((button) => button.textContent.trim() === 'Pause');
          if (!pause) return;
          watch.disconnect();
          pause.click();
        }).observe(document.body, { childList: true, subtree: true });
        const lines = Array.from({ length: 300_000 }, (_, n) => `2 111122223333 eni-0a1b2c3d4e5f60718 10.0.${n % 64}.${n % 250} 203.0.113.9 ${32768 + (n % 28000)} 443 6 10 ${40 + (n % 9973)} ${1772359200 + n} ${1772359260 + n} ACCEPT OK`);
        void trailbeam.open([{ name: 'flow.log', bytes: new TextEncoder().encode(lines.join('\n')) }]);
      });
      await expect(app.getByRole('button', { name: 'Go on' })).toBeVisible();
      await expectAccessible(app, 'reading');
      await app.getByRole('button', { name: 'Go on' }).click();
      await expect(app.locator('.loading')).toHaveCount(0, { timeout: 60_000 });
    });

    test('menus, suggestions and what they say', async ({ app, appUrl }) => {
      once(appUrl);
      test.slow();
      await openSample(app);
      await go(app, 'Events');
      for (const menu of ['Columns', 'Add files', 'Time range']) {
        await app.getByRole('button', { name: menu, exact: true }).click();
        await expect(app.locator('.menu-panel')).toBeVisible();
        await expectAccessible(app, `${menu} menu`, '.menu-panel');
        if (menu === 'Time range') {
          await app.getByLabel(/^From/).fill('yesterday');
          await app.getByRole('button', { name: 'Apply' }).click();
          await expect(app.getByText(/Write both as/)).toBeVisible();
          await expectAccessible(app, 'a range that is none', '.menu-panel');
        }
        await app.keyboard.press('Escape');
        await expect(app.locator('.menu-panel')).toHaveCount(0);
      }
      for (const typed of ['event', 'eventName ', 'eventName = ']) {
        await app.locator('#filter').fill(typed);
        await expect(app.getByRole('option').first()).toBeVisible();
        await app.keyboard.press('ArrowDown');
        await expectAccessible(app, `suggestions for “${typed}”`, '.filterbar');
      }
      await filter(app, 'eventName = "unfinished');
      await expect(app.locator('.filter-note')).toBeVisible();
      await expectAccessible(app, 'a filter that can not be read', '.filterbar');
      // Of Config the heading that named a resource is empty where there is none any more.
      await go(app, 'Config');
      await drawn(app);
      await filter(app, 'eventName = CreateUser');
      await filter(app, 'readOnly = true');
      await expect(matched(app)).toHaveText(/^0 of/);
      for (const view of ['Config', 'Events', 'Traffic', 'Trail', 'Findings', 'Overview']) {
        await go(app, view);
        await settled(app);
        await expectAccessible(app, `${view} where nothing matches`, 'main');
      }
    });

    // The veil stands outside of every landmark.
    test('files over the page', async ({ app }) => {
      await dragOver(app, { 'broken.log': BROKEN });
      await expect(app.getByText('Drop to read the files in this tab')).toBeVisible();
      await expectAccessible(app, 'files over the page');
    });

    test('a view without its file', async ({ app }) => {
      await pick(app, { 'flow.log': flows(flow(0), flow(60)) });
      await expectSources(app, [{ kind: 'vpc-flow', records: 2 }]);
      await go(app, 'Trail');
      await expect(app.getByText(/^No .* are loaded\.$/)).toBeVisible();
      await expectAccessible(app, 'empty Trail');
    });
  });
}
