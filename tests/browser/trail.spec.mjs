// Signs in the lanes of the trail: what a principal did for the first time, what VPC endpoints let through or denied.
import { event, trail } from './files.mjs';
import { expect, test } from './fixture.mjs';
import { drawn, expectSources, filter, go, matched, pick } from './person.mjs';

test.skip(({ appUrl }) => appUrl.startsWith('file:'), 'tried in the served app');

const HOUR = 3600;
const ENDPOINT = 'vpce-0a1b2c3d4e5f60718';
// Four days of the same; on the third a service and a Region that were never seen before.
const USUAL = Array.from({ length: 17 }, (_, n) => event(n * 6 * HOUR, { eventName: 'ListUsers', readOnly: true }));
const NEW = [0, 1].map((n) => event(62 * HOUR + n * 60, { eventSource: 'kms.amazonaws.com', eventName: 'Decrypt', awsRegion: 'eu-west-1' }));
const through = (n, more) => event(80 * HOUR + n, {
  eventSource: 's3.amazonaws.com',
  eventName: 'GetObject',
  eventType: 'AwsVpceEvent',
  eventCategory: 'NetworkActivity',
  vpcEndpointId: ENDPOINT,
  ...more,
});
const NETWORK = [
  through(1, {}),
  ...[2, 3].map((n) => through(n, { errorCode: 'VpceAccessDenied' })),
  // It came through the endpoint too, but its service recorded it.
  through(4, { eventType: 'AwsApiCall', eventCategory: 'Data' }),
];
const ALL = USUAL.length + NEW.length + NETWORK.length;

const loaded = test.extend({
  filled: async ({ app }, use) => {
    await pick(app, { 'trail.json': trail(...USUAL, ...NEW, ...NETWORK) });
    await expectSources(app, [{ records: ALL }]);
    await expect(matched(app)).toHaveText(`${ALL} records`);
    await go(app, 'Trail');
    await drawn(app);
    await use(app);
  },
});

const lanes = (page) => page.getByRole('application', { name: /^CloudTrail events/ });
const tip = (page) => page.locator('.chart-tip');
const signs = (page) => page.locator('.trail-sign');
const twin = (page) => page.getByRole('region', { name: "The chart's figures as a table" });
const segment = (page, name) => page.locator('main').getByRole('button', { name, exact: true });

/** Walks along the first lane until the tip says this. */
async function walkTo(page, words) {
  await lanes(page).focus();
  let before = '';
  for (let n = 0; n < ALL + 10; n += 1) {
    await page.keyboard.press('ArrowRight');
    await expect(tip(page)).toBeVisible();
    await expect(tip(page)).not.toHaveText(before);
    before = await tip(page).textContent();
    if (words.test(before)) return;
  }
  throw new Error(`the lane does not say ${words}`);
}

loaded('what is seen for the first time has a sign that leads to its calls', async ({ filled: page }) => {
  await expect(lanes(page)).toHaveAttribute('aria-label', /first seen/);
  await expect(signs(page).filter({ hasText: 'first seen' })).toBeVisible();
  await walkTo(page, /jane: first seen: service kms\.amazonaws\.com, region eu-west-1/);
  await page.keyboard.press('Enter');
  await expect(matched(page)).toHaveText(`${NEW.length} of ${ALL}`);
  // What is new is judged by everything in the files, not by what the filter leaves.
  await expect(signs(page).filter({ hasText: 'first seen' })).toBeVisible();
});

loaded('a sign has a row of its own in the table, and lanes of something else have none', async ({ filled: page }) => {
  await expect(signs(page).filter({ hasText: 'first seen' })).toBeVisible();
  await segment(page, 'Table').click();
  await expect(twin(page).getByRole('row').filter({ hasText: 'first seen: service kms.amazonaws.com, region eu-west-1' })).toHaveCount(1);
  await page.getByLabel('Lanes by').selectOption('service');
  await expect(twin(page)).toContainText('kms.amazonaws.com');
  await expect(signs(page).filter({ hasText: 'first seen' })).toHaveCount(0);
  await expect(twin(page)).not.toContainText('first seen');
});

loaded('what an endpoint denied is told from what it let through, on every kind of lane', async ({ filled: page }) => {
  await expect(signs(page).filter({ hasText: 'denied at a VPC endpoint' })).toBeVisible();
  await expect(signs(page).filter({ hasText: 'let through at a VPC endpoint' })).toBeVisible();
  await segment(page, 'Table').click();
  for (const by of ['principal', 'service', 'event']) {
    await page.getByLabel('Lanes by').selectOption(by);
    await expect(twin(page).getByRole('row').filter({ hasText: `2 denied at a VPC endpoint: ${ENDPOINT}` })).toHaveCount(1);
    await expect(twin(page).getByRole('row').filter({ hasText: `let through at a VPC endpoint: ${ENDPOINT}` })).toHaveCount(1);
  }
  await segment(page, 'Lanes').click();
  await page.getByLabel('Lanes by').selectOption('principal');
  await drawn(page);
  await walkTo(page, /2 denied at a VPC endpoint/);
  await page.keyboard.press('Enter');
  await expect(matched(page)).toHaveText(`2 of ${ALL}`);
});

loaded('calls that only came through an endpoint have no sign', async ({ filled: page }) => {
  await filter(page, 'eventCategory = Data');
  await expect(matched(page)).toHaveText(`1 of ${ALL}`);
  await expect(signs(page).filter({ hasText: 'VPC endpoint' })).toHaveCount(0);
});
