// The brush over every view, the keys for the range, and the clock that times are shown in.
import { event, flow, flows, trail } from './files.mjs';
import { expect, test } from './fixture.mjs';
import { eventRows, expectSources, filter, go, matched, pick, settled, statusBar } from './person.mjs';

test.skip(({ appUrl }) => appUrl.startsWith('file:'), 'tried in the served app');

// One event and one flow a minute for 100 minutes from 2026-03-01T10:00:00Z.
const FILES = {
  'trail.json': trail(...Array.from({ length: 101 }, (_, n) => event(n * 60, n % 2 ? {} : { eventName: 'StopLogging' }))),
  'flow.log': flows(...Array.from({ length: 101 }, (_, n) => flow(n * 60))),
};
const ALL = '202 records';

const loaded = test.extend({
  filled: async ({ app }, use) => {
    await pick(app, FILES);
    await expectSources(app, [{ records: 101 }, { records: 101 }]);
    await expect(matched(app)).toHaveText(ALL);
    await use(app);
  },
});

const grip = (page, which) => page.getByRole('button', { name: `${which} of the range; arrow keys move it` });
const inside = (page) => page.getByRole('button', { name: 'The range shown; arrow keys move it' });
const range = (page) => page.evaluate(() => {
  const asked = new URLSearchParams(location.hash.split('?')[1] ?? '');
  return ['from', 'to'].map((name) => Date.parse(asked.get(name)));
});
const count = async (page) => Number(/^([\d,]+)/.exec(await matched(page).textContent())[1].replaceAll(',', ''));

/** Drags in the strip, from one part of the whole span to another. */
async function brush(page, from, to) {
  const strip = await page.locator('.timebrush').boundingBox();
  const x = (part) => strip.x + 16 + part * (strip.width - 32);
  const y = strip.y + strip.height / 3;
  await page.mouse.move(x(from), y);
  await page.mouse.down();
  await page.mouse.move(x((from + to) / 2), y);
  await page.mouse.move(x(to), y);
  await page.mouse.up();
}

loaded('a drag in the strip narrows every view; back and forward restore', async ({ filled: page }) => {
  await go(page, 'Events');
  await brush(page, 0.2, 0.5);
  await expect(matched(page)).toHaveText(/^[56]\d of 202$/);
  await expect(page).toHaveURL(/from=2026-03-01T10:[12]\d.*to=2026-03-01T10:[45]\d/);
  await settled(page);
  const narrowed = await count(page);
  const held = await range(page);
  expect((held[1] - held[0]) / 60_000).toBeCloseTo(30, -1);
  await expect(page.getByRole('grid', { name: 'Records' })).toHaveAttribute('aria-rowcount', String(narrowed + 1));
  for (const [view, kind] of [['Trail', 'CloudTrail events'], ['Traffic', 'Bytes in \\d+ seconds'], ['Overview', 'Records']]) {
    await go(page, view);
    await expect(matched(page)).toHaveText(`${narrowed} of 202`);
    await expect(page.getByRole('application', { name: new RegExp(`^${kind}, 1 Mar 10:[12]\\d.* to 1 Mar 10:[45]\\d`) })).toBeVisible();
  }
  await go(page, 'Events');
  await filter(page, 'eventName = StopLogging');
  await expect(matched(page)).toHaveText(/^1\d of 202$/);
  await settled(page);
  const both = await matched(page).textContent();
  await page.goBack();
  await expect(matched(page)).toHaveText(`${narrowed} of 202`);
  await page.goForward();
  await expect(matched(page)).toHaveText(both);
  await expect.poll(() => range(page)).toEqual(held);
});

loaded('the grips and the window are moved by pointer and by arrow keys', async ({ filled: page }) => {
  await brush(page, 0.4, 0.6);
  await expect(matched(page)).toHaveText(/of 202$/);
  await settled(page);
  const [from, to] = await range(page);
  const minute = 60_000;
  await grip(page, 'Start').focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(async () => Math.round(((await range(page))[0] - from) / minute)).toBe(1);
  await grip(page, 'End').focus();
  for (let n = 0; n < 10; n += 1) await page.keyboard.press('ArrowRight');
  await expect.poll(async () => Math.round(((await range(page))[1] - to) / minute)).toBe(10);
  await inside(page).focus();
  await page.keyboard.press('ArrowLeft');
  await expect.poll(async () => (await range(page)).map((at, n) => Math.round((at - [from, to][n]) / minute))).toEqual([0, 9]);

  const box = await inside(page).boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 - 100, box.y + box.height / 2, { steps: 4 });
  await page.mouse.up();
  await expect.poll(async () => (await range(page))[0]).toBeLessThan(from - 5 * minute);
  await expect.poll(async () => {
    const [start, end] = await range(page);
    return Math.round((end - start) / minute);
  }).toBe(Math.round((to - from) / minute) + 9);
});

loaded('a grip keeps the focus while keys move it', async ({ filled: page }) => {
  await brush(page, 0.4, 0.6);
  await grip(page, 'End').focus();
  await page.keyboard.press('ArrowRight');
  await expect(grip(page, 'End')).toBeFocused();
});

loaded('every way back to the whole span', async ({ filled: page }) => {
  const ways = {
    'its button': () => page.locator('.filterbar').getByRole('button', { name: 'Whole span' }).click(),
    'the key 0': () => page.keyboard.press('0'),
    'the menu': async () => {
      await page.getByRole('button', { name: 'Time range' }).click();
      await page.locator('.menu-panel').getByRole('button', { name: 'Whole span' }).click();
    },
  };
  for (const [way, back] of Object.entries(ways)) {
    await brush(page, 0.2, 0.5);
    await expect(matched(page), way).toHaveText(/of 202$/);
    await back();
    await expect(matched(page), way).toHaveText(ALL);
  }
});

// The strip holds the pointer, and with it the clicks: the window hears of none.
loaded('a double click on the window goes back to the whole span', async ({ filled: page }) => {
  await brush(page, 0.2, 0.5);
  await expect(matched(page)).toHaveText(/of 202$/);
  await settled(page);
  const box = await inside(page).boundingBox();
  await page.mouse.dblclick(box.x + box.width / 2, box.y + box.height / 2);
  await expect(matched(page)).toHaveText(ALL);
});

loaded('keys zoom and move the range', async ({ filled: page }) => {
  await page.keyboard.press('+');
  await expect(matched(page)).toHaveText(/^10\d of 202$/);
  const [from, to] = await range(page);
  await page.keyboard.press('+');
  await expect.poll(async () => (await range(page))[0]).toBeGreaterThan(from);
  await page.keyboard.press(']');
  await page.keyboard.press('[');
  await page.keyboard.press('-');
  await expect.poll(() => range(page)).toEqual([from, to]);
});

// Times are clamped as floating point numbers there: the last record is lost.
loaded('zooming out as far as it goes shows everything', async ({ filled: page }) => {
  await page.keyboard.press('+');
  await expect(matched(page)).toHaveText(/of 202$/);
  for (let n = 0; n < 3; n += 1) await page.keyboard.press('-');
  await expect(matched(page)).toHaveText(ALL);
});

loaded('a range is typed in another zone, and counts back from the last record', async ({ filled: page }) => {
  const menu = page.locator('.menu-panel');
  await page.getByRole('button', { name: 'Time range' }).click();
  await menu.getByLabel(/^From/).fill('2026-03-01T11:00:00+01:00');
  await menu.getByLabel(/^To/).fill('2026-03-01T11:10:00+01:00');
  await menu.getByRole('button', { name: 'Apply' }).click();
  await expect(matched(page)).toHaveText('20 of 202');
  await expect(page).toHaveURL(/from=2026-03-01T10:00:00Z&to=2026-03-01T10:10:00Z/);
  await page.getByRole('button', { name: 'Time range' }).click();
  await menu.getByRole('button', { name: '1 h' }).click();
  await expect(matched(page)).toHaveText(/^12\d of 202$/);
});

loaded.describe('elsewhere', () => {
  loaded.use({ timezoneId: 'America/New_York' });

  const toggle = (page, zone) => page.getByRole('group', { name: 'Time zone' }).getByRole('button', { name: zone });
  const byKind = (page) => page.locator('label', { hasText: /^Kind/ }).locator('select').selectOption('cloudtrail');

  loaded('times are shown in UTC, or on a toggle in the local zone', async ({ filled: page }) => {
    await go(page, 'Events');
    await byKind(page);
    await eventRows(page).filter({ hasText: '11:40:00' }).click();
    const record = page.getByRole('complementary', { name: 'Record' });
    await expect(record).toContainText('1 Mar 2026, 11:40:00');
    await expect(statusBar(page)).toContainText('UTC');
    await toggle(page, 'Local').click();
    await expect(page).toHaveURL(/zone=local/);
    await expect(statusBar(page)).toContainText('UTC-5');
    await expect(record).toContainText('1 Mar 2026, 06:40:00');
    await go(page, 'Trail');
    await expect(page.getByRole('application', { name: /^CloudTrail events, 1 Mar 05:00:00 to 1 Mar 06:40:00 UTC-05:00/ })).toBeVisible();
    await expect(page.getByRole('grid').locator('.vtable-row').filter({ hasText: '05:00:00' })).not.toHaveCount(0);
    await page.goBack();
    await page.goBack();
    await expect(toggle(page, 'UTC')).toHaveAttribute('aria-pressed', 'true');
  });

  // Rows that stand in the table keep the clock they were fetched under.
  loaded('rows in sight change with the clock', async ({ filled: page }) => {
    await go(page, 'Events');
    await byKind(page);
    await expect(eventRows(page).filter({ hasText: '11:40:00' })).toHaveCount(1);
    await toggle(page, 'Local').click();
    await expect(eventRows(page).filter({ hasText: '06:40:00' })).toHaveCount(1);
  });
});
