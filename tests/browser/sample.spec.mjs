// The built-in sample: made in the tab, network or not, and something to see in every view.
import { expect, test } from './fixture.mjs';
import { drawn, eventRows, go, matched, openSample, sources } from './person.mjs';

/** Signals that tell the story, in any order. */
const STORY = [
  'Access key used from a new network', 'Security group opened to the internet', 'Large transfer to the internet',
  'Signed in after failed attempts', 'Burst of denied calls', 'Imported findings recommend action',
];

const chart = (page, name) => page.getByRole('application', { name });
/** The number before a word of a chart's summary, as soon as it is more than `least`. */
const expectSaid = (page, name, word, least) => expect.poll(async () => {
  const summary = await chart(page, name).getAttribute('aria-label');
  return Number((new RegExp(`([\\d,]+) ${word}`).exec(summary) ?? [])[1]?.replaceAll(',', ''));
}, word).toBeGreaterThan(least);

/** The app makes no more workers than this, whatever the machine has. */
const MOST_WORKERS = 8;

/** Every worker has its program, which each of them fetches: after that nothing needs the network any more. */
async function expectWorkersStarted(page) {
  const cores = await page.evaluate(() => navigator.hardwareConcurrency);
  const started = () => Promise.all(page.workers().map((worker) => worker.evaluate(() => typeof wasm_bindgen)));
  await expect.poll(started).toEqual(Array(Math.min(cores, MOST_WORKERS)).fill('function'));
}

test('the sample opens with the network off and fills every view', async ({ app, context }) => {
  const failed = [];
  context.on('requestfailed', (request) => failed.push(new URL(request.url()).pathname));
  await expectWorkersStarted(app);
  await context.setOffline(true);
  await openSample(app);
  const all = await sources(app);
  const kinds = new Set(all.map(({ kind }) => kind));
  for (const kind of ['cloudtrail', 'vpc-flow', 'config', 'config-compliance', 'trusted-advisor', 'asff', 'guardduty', 'prowler', 'aws-inventory']) expect(kinds).toContain(kind);
  expect(all.filter(({ error }) => error)).toEqual([]);

  await go(app, 'Overview');
  await expect(app.locator('.lead .strong')).not.toHaveCount(0);
  await expect(app.getByText(/^[1-9]\d* leads? from \d+ of 1\d rules$/)).toBeVisible();
  const leads = app.getByRole('region', { name: 'Signals' });
  for (const lead of STORY) await expect(leads.getByText(lead).first()).toBeAttached();
  await expect(app.getByRole('region', { name: 'Coverage' }).getByRole('row')).not.toHaveCount(1);

  await go(app, 'Traffic');
  await drawn(app);
  await expectSaid(app, /^Traffic:/, 'nodes', 4);
  await expectSaid(app, /^Traffic:/, 'edges', 4);

  await go(app, 'Trail');
  await drawn(app);
  await expectSaid(app, /^CloudTrail events/, 'events', 1000);
  await expect.poll(() => app.locator('.trail-name').count()).toBeGreaterThan(5);

  await go(app, 'Config');
  await expect(app.getByRole('application', { name: /^Changes/ })).toHaveAccessibleName(/: [2-9] changes/);
  await expect(app.locator('.diff-line.is-added, .diff-line.is-removed').first()).toBeVisible();
  await expect(app.getByRole('complementary', { name: 'Around the change' })).toContainText('Certain: named in relatedEvents');

  await go(app, 'Findings');
  const checks = app.getByRole('region', { name: 'Checks' }).locator('tbody tr');
  await expect.poll(() => checks.count()).toBeGreaterThan(10);
  await expect(checks.filter({ hasText: 'Action recommended' }).first()).toBeVisible();

  await go(app, 'Events');
  await expect(eventRows(app).filter({ hasNotText: '…' }).first()).toBeVisible();
  await eventRows(app).first().click();
  await expect(app.getByRole('complementary', { name: 'Record' })).toContainText(/sample\/.*byte/);

  await go(app, 'Sources');
  await expect(app.locator('.sources-table tbody tr')).toHaveCount(all.length);
  expect(failed).toEqual([]);
});

test('a signal leads to its records', async ({ app }) => {
  await openSample(app);
  const range = { from: '2026-11-09T00:00:00Z', to: '2026-11-14T00:00:00Z' };
  for (const title of STORY) {
    await app.evaluate((whole) => trailbeam.show({ view: 'overview', filter: '', range: whole }), range);
    const lead = app.locator('.lead', { hasText: title }).first();
    // A rule that fired several times opens its list.
    const list = await lead.getAttribute('aria-expanded');
    await lead.click();
    if (list) await app.locator('.lead.is-under').first().click();
    await expect(app.locator('nav [aria-current=page]')).not.toContainText('Overview');
    await expect(app.locator('.token').first(), title).toBeVisible();
    await expect(matched(app), title).toHaveText(/^[1-9][\d,]* of/);
  }
});
