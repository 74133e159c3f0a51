// What a resource is related to, drawn: two steps, through time, by keys, and on to what is next to it.
import { expect, test } from './fixture.mjs';
import { drawn, expectSources, go, pick } from './person.mjs';

test.skip(({ appUrl }) => appUrl.startsWith('file:'), 'tried in the served app');

const GROUP = 'sg-0a1b2c3d4e5f60718';
const item = (kind, id, hour, relationships, status = 'OK') => ({
  configurationItemVersion: '1.3',
  configurationItemCaptureTime: `2026-03-01T0${hour}:00:00.000Z`,
  configurationStateId: `${hour}${id.length}`,
  configurationItemStatus: status,
  awsAccountId: '111122223333',
  awsRegion: 'eu-central-1',
  resourceType: `AWS::EC2::${kind}`,
  resourceId: id,
  relatedEvents: [],
  relationships: relationships.map(([name, type, resourceId]) => ({ name, resourceType: `AWS::EC2::${type}`, resourceId })),
  configuration: { id, hour },
});
const OWN = [
  ['Is contained in Vpc', 'VPC', 'vpc-1'],
  ['Is associated with NetworkInterface', 'NetworkInterface', 'eni-1'],
];
const USES = ['Is associated with SecurityGroup', 'SecurityGroup', GROUP];
const ITEMS = [
  item('SecurityGroup', GROUP, 1, OWN),
  item('SecurityGroup', GROUP, 3, OWN),
  item('Instance', 'i-1', 2, [USES, ['Is attached to Volume', 'Volume', 'vol-1']]),
  item('Instance', 'i-2', 2, [USES]),
  // Another group, whose id begins as the first one's does.
  item('Instance', 'i-3', 2, [['Is associated with SecurityGroup', 'SecurityGroup', `${GROUP}9`]]),
  item('VPC', 'vpc-1', 1, []),
  item('VPC', 'vpc-1', 5, [], 'ResourceDeleted'),
];

const loaded = test.extend({
  filled: async ({ app }, use) => {
    await pick(app, { 'history.json': JSON.stringify({ configurationItems: ITEMS }) });
    await expectSources(app, [{ records: ITEMS.length }]);
    await go(app, 'Config');
    await app.getByRole('region', { name: 'Resources', exact: true }).getByRole('button', { name: new RegExp(GROUP) }).first().click();
    await expect(heading(app)).toContainText(GROUP);
    await segment(app, 'Relationships').click();
    await drawn(app);
    await use(app);
  },
});

const heading = (page) => page.locator('.config-head h2');
const segment = (page, name) => page.locator('main').getByRole('button', { name, exact: true });
const around = (page) => page.getByRole('application', { name: /^Relationships of / });
const part = (page) => page.locator('.config-related');
const tip = (page) => page.locator('.chart-tip');

loaded('what names a resource and what it names stand around it, with how they are there', async ({ filled: page }) => {
  await expect(around(page)).toHaveAttribute('aria-label', `Relationships of ${GROUP}: 4 resources, 4 relationships; 1 named by others, with no item of its own.`);
  await part(page).getByRole('button', { name: 'Table', exact: true }).click();
  const rows = part(page).locator('tbody tr');
  await expect(rows).toHaveCount(4);
  await expect(rows.filter({ hasText: 'eni-1' })).toContainText('no item of its own');
  await expect(rows.filter({ hasText: 'vpc-1' })).toContainText('is contained in');
  await expect(part(page)).not.toContainText('i-3');
  await part(page).getByRole('button', { name: 'Two steps' }).click();
  await expect(rows.filter({ hasText: 'vol-1' })).toHaveCount(1);
  await expect(rows).toHaveCount(5);
});

loaded('at another moment it is what was there then', async ({ filled: page }) => {
  await page.getByRole('button', { name: 'State at a moment' }).click();
  await page.getByPlaceholder('2026-11-11 02:00').fill('2026-03-01 06:00');
  await page.getByRole('button', { name: 'Show the state' }).click();
  await expect(around(page)).toHaveAttribute('aria-label', /4 resources, 4 relationships; 1 deleted, 1 named by others/);
  await page.getByRole('button', { name: 'State at a moment' }).click();
  await page.getByPlaceholder('2026-11-11 02:00').fill('2026-03-01 01:30');
  await page.getByRole('button', { name: 'Show the state' }).click();
  await expect(around(page)).toHaveAttribute('aria-label', /: 2 resources, 2 relationships/);
});

loaded('keys walk from a resource to the next, and Enter goes there at the same moment', async ({ filled: page }) => {
  await around(page).focus();
  await page.keyboard.press('ArrowRight');
  await expect(tip(page)).toContainText(`${GROUP}: 4 relationships`);
  await page.keyboard.press('ArrowRight');
  await expect(tip(page)).toContainText(`i-1 → ${GROUP}: is associated with`);
  await page.keyboard.press('ArrowRight');
  await expect(tip(page)).toHaveText(/^i-1: 1 relationship$/);
  await expect(around(page).locator('[aria-live]')).toHaveText(await tip(page).textContent());
  await page.keyboard.press('Enter');
  await expect(heading(page)).toContainText('i-1');
  await expect(page).toHaveURL(/moment=2026-03-01T03/);
  await expect(around(page)).toHaveAttribute('aria-label', /^Relationships of i-1: 2 resources, 2 relationships/);
});

loaded('the account\'s relationships are drawn by type, and a type leads to its items', async ({ filled: page }) => {
  await go(page, 'Account');
  await segment(page, 'Relationships').click();
  const types = page.getByRole('application', { name: /^Relationships by type: / });
  await expect(types).toHaveAttribute('aria-label', 'Relationships by type: 5 types, 6 relationships; 4 resources named by others, with no item of their own.');
  await types.focus();
  await page.keyboard.press('ArrowRight');
  await expect(tip(page)).toContainText('Instance');
  const part = page.locator('.account-related');
  await part.getByRole('button', { name: 'Table', exact: true }).click();
  const rows = part.locator('tbody tr');
  await expect(rows).toHaveCount(4);
  await expect(rows.filter({ hasText: 'AWS::EC2::Volume' })).toContainText('is attached to');
  await part.getByRole('button', { name: 'Graph', exact: true }).click();
  await types.focus();
  await page.keyboard.press('ArrowRight');
  await expect(tip(page)).toContainText('Instance');
  await page.keyboard.press('Enter');
  await expect(page.locator('nav [aria-current=page]')).toHaveAttribute('title', 'Config');
  await expect(page.locator('.filterbar-row')).toContainText('AWS::EC2::Instance');
});
