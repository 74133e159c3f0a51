// Charts by pointer and by keys, the table twin of each, and what they do to the filter and the range.
import { event, flow, flows, trail } from './files.mjs';
import { expect, test } from './fixture.mjs';
import { drawn, expectSources, filter, go, matched, navCount, pick, settled } from './person.mjs';

test.skip(({ appUrl }) => appUrl.startsWith('file:'), 'tried in the served app');

// Three principals' events over an hour; flows between three networks, some rejected.
const EVENTS = Array.from({ length: 60 }, (_, n) => event(n * 60, {
  eventName: n % 3 ? 'GetObject' : 'PutObject',
  eventSource: 's3.amazonaws.com',
  readOnly: n % 3 !== 0,
  ...(n % 10 ? {} : { errorCode: 'AccessDenied' }),
}));
const FLOWS = Array.from({ length: 90 }, (_, n) => flow(n * 40, {
  src: `10.0.${n % 3}.5`,
  dst: n % 2 ? '203.0.113.9' : '198.51.100.7',
  bytes: 1000 + n,
  ...(n % 9 ? {} : { action: 'REJECT', port: 22 }),
}));

const loaded = test.extend({
  filled: async ({ app }, use) => {
    await pick(app, { 'trail.json': trail(...EVENTS), 'flow.log': flows(...FLOWS) });
    await expectSources(app, [{ records: 60 }, { records: 90 }]);
    await expect(matched(app)).toHaveText('150 records');
    await use(app);
  },
});

const graph = (page) => page.getByRole('application', { name: /^Traffic:/ });
const lanes = (page) => page.getByRole('application', { name: /^CloudTrail events/ });
const tip = (page) => page.locator('.chart-tip');
const twin = (page) => page.getByRole('region', { name: "The chart's figures as a table" });
const segment = (page, name) => page.locator('main').getByRole('button', { name, exact: true });
const number = (text) => Number(text.replaceAll(',', ''));
/** What the chart says is heard as it is seen; that text. */
async function told(page, chart) {
  let text;
  await expect(async () => {
    text = await tip(page).textContent({ timeout: 1000 });
    expect(text).not.toBe('');
    expect(await chart.locator('[aria-live]').textContent()).toBe(text);
  }).toPass({ timeout: 15_000 });
  return text;
}
/** The sums under a twin's numeric columns. */
const sums = async (table) => {
  const rows = await table.locator('tbody tr').evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => (cell.classList.contains('num') ? cell.textContent : ''))));
  return rows.reduce((sum, row) => row.map((cell, n) => (sum[n] ?? 0) + (cell === '' ? 0 : Number(cell.replaceAll(',', '')))), []);
};
/** The picture, as one number. */
const picture = (chart) => chart.locator('canvas').evaluate((canvas) => {
  let hash = 0;
  for (const char of canvas.toDataURL()) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) | 0;
  return hash;
});
/** Walks with Tab from a control until a chart has the focus. */
async function tabTo(page, from, chart) {
  await from.focus();
  for (let n = 0; n < 20; n += 1) {
    await page.keyboard.press('Tab');
    if (await chart.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error('Tab does not reach the chart');
}

loaded('Tab reaches the graph, arrows walk it along its edges and say what is there', async ({ filled: page }) => {
  await go(page, 'Traffic');
  await drawn(page);
  await tabTo(page, page.getByLabel('Measure'), graph(page));
  const heard = new Set();
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowRight', 'ArrowUp']) {
    await page.keyboard.press(key);
    await expect(tip(page)).toBeVisible();
    heard.add(await told(page, graph(page)));
  }
  expect([...heard].some((text) => / → .*accepted, .*rejected/.test(text)), 'an edge').toBe(true);
  expect([...heard].some((text) => /accepted, .*, \d+ edges?/.test(text)), 'a node').toBe(true);
  await page.keyboard.press('Escape');
  await expect(tip(page)).toHaveCount(0);
});

// The point is lost when what is chosen is drawn anew.
loaded('Enter chooses in the graph, Enter again filters', async ({ filled: page }) => {
  await go(page, 'Traffic');
  await drawn(page);
  await graph(page).focus();
  await page.keyboard.press('ArrowRight');
  await expect(tip(page)).toBeVisible();
  const node = (await tip(page).textContent()).split(/[ :]/)[0];
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect(page.locator('.token').first()).toContainText(node.replace('.0/24', ''));
});

loaded('a click chooses in the graph, another filters, and its sums are those of the table', async ({ filled: page }) => {
  await go(page, 'Traffic');
  await page.getByLabel('Measure').selectOption('flows');
  await drawn(page);
  await graph(page).focus();
  for (const key of ['ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
  await expect(page.locator('.chart-ring')).toBeVisible();
  await expect(tip(page)).toHaveText(/^.+? → .+?:/);
  const [from, to] = /^(.+?) → (.+?):/.exec(await tip(page).textContent()).slice(1);

  // By pointer: a node's mark is where its ring stands.
  await page.keyboard.press('ArrowLeft');
  await expect(tip(page)).not.toContainText(' → ');
  const ring = await page.locator('.chart-ring').boundingBox();
  expect([from, to]).toContain((await told(page, graph(page))).split(':')[0]);
  const at = [ring.x + ring.width / 2, ring.y + ring.height / 2];
  await page.mouse.click(...at);
  await expect(page.locator('.token')).toHaveCount(0);
  await page.mouse.move(at[0] + 1, at[1]);
  await page.mouse.click(...at);
  await expect(page.locator('.token').first()).toBeVisible();
  await expect(matched(page)).toHaveText(/^[1-9]\d* of 150$/);
  await settled(page);
  const note = /([\d,]+) flows accepted, ([\d,]+) flows? rejected/.exec(await page.locator('.traffic-note').textContent());
  await segment(page, 'Table').click();
  const all = page.getByRole('region', { name: 'Pairs' }).locator('tbody tr').last().locator('td.num');
  await expect(all.nth(0)).toHaveText(note[1]);
  await expect(all.nth(1)).toHaveText(note[2]);
  expect(number(note[1]) + number(note[2])).toBe(number((await matched(page).textContent()).split(' ')[0]));
});

loaded('the graph is zoomed, moved, and a node dragged; the whole of it comes back', async ({ filled: page }) => {
  await go(page, 'Traffic');
  await drawn(page);
  const chart = graph(page);
  let whole = 0;
  // As it stays: the same twice.
  await expect.poll(async () => {
    const before = whole;
    whole = await picture(chart);
    return whole !== 0 && whole === before;
  }).toBe(true);
  const changes = async (what, act) => {
    const before = await picture(chart);
    await act();
    await page.mouse.move(5, 5);
    await expect.poll(() => picture(chart), what).not.toBe(before);
  };
  const back = async () => {
    await page.getByRole('button', { name: 'Whole graph' }).click();
    await page.mouse.move(5, 5);
    await expect.poll(() => picture(chart)).toBe(whole);
  };
  await changes('zoom in', () => page.getByRole('button', { name: 'Zoom in' }).click());
  await changes('zoom out', () => page.getByRole('button', { name: 'Zoom out' }).click());
  await back();
  const box = await chart.boundingBox();
  await changes('wheel', async () => {
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.wheel(0, -200);
  });
  await back();
  const drag = async (x, y, dx, dy) => {
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + dx / 2, y + dy / 2);
    await page.mouse.move(x + dx, y + dy);
    await page.mouse.up();
  };
  await changes('pan', () => drag(box.x + 40, box.y + box.height - 120, 60, -40));
  await back();
  await chart.focus();
  await page.keyboard.press('ArrowRight');
  const ring = await page.locator('.chart-ring').boundingBox();
  await page.keyboard.press('Escape');
  await changes('a node', () => drag(ring.x + ring.width / 2, ring.y + ring.height / 2, -30, 50));
  await expect(page.locator('.token')).toHaveCount(0);
});

test('what is too much for the graph stands in other nodes, which open in place', async ({ app }) => {
  const many = Array.from({ length: 400 }, (_, n) => flow(n, { src: `10.0.${n % 40}.${1 + (n % 200)}`, dst: '203.0.113.9', bytes: 100_000 - n }));
  await pick(app, { 'flow.log': flows(...many) });
  await expectSources(app, [{ records: 400 }]);
  await go(app, 'Traffic');
  await app.getByLabel('Group by').selectOption('address');
  await app.getByLabel('Measure').selectOption('flows');
  await drawn(app);
  const nodes = async () => Number(/(\d+) nodes/.exec(await app.locator('.traffic-note').textContent())?.[1] ?? 0);
  await expect.poll(nodes).toBeGreaterThan(10);
  const before = await nodes();
  expect(before).toBeLessThanOrEqual(200);
  // From the busiest node along its heaviest edge: there are the many.
  await graph(app).focus();
  await app.keyboard.press('ArrowRight');
  await expect(tip(app)).toContainText('203.0.113.9: 400 flows');
  for (const way of ['ArrowLeft', 'ArrowRight']) {
    await app.keyboard.press(way);
    if (!/ → /.test(await tip(app).textContent())) continue;
    await app.keyboard.press(way);
    break;
  }
  await expect(tip(app)).toContainText(/^\d+ other/);
  const ring = await app.locator('.chart-ring').boundingBox();
  const at = [ring.x + ring.width / 2, ring.y + ring.height / 2];
  await app.mouse.click(...at);
  await app.mouse.move(at[0] + 1, at[1]);
  await app.mouse.click(...at);
  await expect.poll(nodes).toBeGreaterThan(before);
  expect(await nodes()).toBeLessThanOrEqual(200);
  await expect(app.locator('.traffic-note')).toContainText('400 flows accepted, 0 flows rejected');
});

loaded('a mark in the lanes is reached by keys and looks closer at its time', async ({ filled: page }) => {
  await go(page, 'Trail');
  await drawn(page);
  await tabTo(page, page.getByLabel('Lanes by'), lanes(page));
  await page.keyboard.press('ArrowRight');
  await expect(tip(page)).toContainText(/jane/);
  await told(page, lanes(page));
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/from=2026-03-01T/);
  await expect(matched(page)).toHaveText(/of 150$/);
});

loaded('every chart has a table twin with its numbers', async ({ filled: page }) => {
  await go(page, 'Overview');
  await segment(page, 'Table').click();
  await expect(twin(page)).toBeVisible();
  await expect.poll(async () => (await sums(twin(page))).reduce((a, b) => a + b, 0)).toBe(150);

  await go(page, 'Trail');
  await drawn(page);
  await expect(lanes(page)).toHaveAttribute('aria-label', /: 60 events: 40 read, 20 write, 6 failed/);
  await segment(page, 'Table').click();
  await expect(twin(page)).toBeVisible();
  const columns = (await twin(page).locator('thead th').allTextContents()).map((name) => name.toLowerCase());
  const failed = columns.findIndex((name) => name.includes('fail'));
  await expect.poll(async () => (await sums(twin(page)))[failed]).toBe(6);
  expect((await sums(twin(page))).reduce((most, n) => Math.max(most, n), 0)).toBeGreaterThanOrEqual(40);

  await go(page, 'Traffic');
  await page.getByLabel('Measure').selectOption('bytes');
  await segment(page, 'Table').click();
  const all = page.getByRole('region', { name: 'Pairs' }).locator('tbody tr').last().locator('td.num');
  const bytes = (action) => FLOWS.filter((line) => line.includes(` ${action} `)).reduce((sum, line) => sum + Number(line.split(' ')[9]), 0);
  await expect(all).toHaveText([bytes('ACCEPT'), bytes('REJECT'), 90].map((n) => n.toLocaleString('en-US')));
  await filter(page, 'action = REJECT');
  await expect(all).toHaveText([0, bytes('REJECT'), 10].map((n) => n.toLocaleString('en-US')));
  await expect(navCount(page, 'Traffic')).toHaveText('90');
});

loaded('back leaves Traffic in one step', async ({ filled: page }) => {
  await go(page, 'Trail');
  await go(page, 'Traffic');
  await drawn(page);
  await page.goBack();
  await expect(page.locator('nav [aria-current=page]')).toContainText('Trail');
});

loaded('hovering says a value, leaving takes it away', async ({ filled: page }) => {
  await go(page, 'Overview');
  const chart = page.getByRole('application', { name: /^Records,/ });
  await drawn(page);
  await chart.hover();
  const box = await chart.boundingBox();
  for (let part = 0.2; part < 0.95 && await tip(page).count() === 0; part += 0.05) {
    await page.mouse.move(box.x + box.width * part, box.y + box.height * 0.8);
  }
  await expect(tip(page)).toHaveText(/\d/);
  await page.mouse.move(5, 5);
  await expect(tip(page)).toHaveCount(0);
});
