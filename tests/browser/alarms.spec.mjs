// Would anyone have been told? Topics, filters and alarms of an account, and a pattern that is checked.
import AxeBuilder from '@axe-core/playwright';
import { cli, event, metricAlarm, metricFilter, subscription, trail } from './files.mjs';
import { expect, test } from './fixture.mjs';
import { expectSources, go, matched, pick } from './person.mjs';

const ROOT = { userIdentity: { type: 'Root', principalId: '111122223333', arn: 'arn:aws:iam::111122223333:root', accountId: '111122223333' }, eventName: 'ListBuckets', eventSource: 's3.amazonaws.com', readOnly: true };
const ROOT_PATTERN = '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }';
const TRAIL = '{ ($.eventName = CreateTrail) || ($.eventName = UpdateTrail) || ($.eventName = DeleteTrail) || ($.eventName = StartLogging) || ($.eventName = StopLogging) }';

const EVENTS = trail(event(1), event(2, { eventName: 'StopLogging', eventSource: 'cloudtrail.amazonaws.com' }), event(900, ROOT), event(1900, ROOT), event(3600));
const FILES = {
  'trail.json': EVENTS,
  'filters.json': cli('metricFilters', metricFilter('root', ROOT_PATTERN, { defaultValue: 0 }), metricFilter('trail-changes', TRAIL), metricFilter('pasted', '{ ($.eventNa me = ConsoleLogin) }')),
  'alarms.json': cli('MetricAlarms', metricAlarm('root'), metricAlarm('trail-changes', { AlarmActions: [], StateValue: 'INSUFFICIENT_DATA' }), metricAlarm('cpu', { Namespace: 'AWS/EC2' })),
  'subscriptions.json': cli('Subscriptions', subscription()),
};

// The page of alarms, with all files read.
const loaded = test.extend({
  alarms: async ({ app }, use) => {
    await pick(app, FILES);
    await expectSources(app, [{ records: 5 }, { records: 3 }, { records: 3 }, { records: 1 }]);
    await go(app, 'Alarms');
    await use(app);
  },
});

const part = (page, name) => page.getByRole('group', { name: 'Part' }).getByRole('button', { name, exact: true });
const row = (page, list, name) => page.getByRole('region', { name: list, exact: true }).locator('tbody tr').filter({ has: page.getByRole('button', { name, exact: true }) });
const panel = (page) => page.locator('.alarms-panel');
const accessible = async (page) => (await new AxeBuilder({ page }).setLegacyMode(true).include('.alarms').analyze()).violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 120)}`);

loaded('a topic says what happened and whether anyone was told', async ({ alarms: page }) => {
  const root = row(page, 'Topics', 'Anything the root user does');
  await expect(root.locator('td')).toHaveText(['5.3', 'Anything the root user does', 'High', '2', /10:15:00/, /10:31:40/, 'root', 'Told']);
  await expect(row(page, 'Topics', 'Changes of CloudTrail\'s own settings')).toContainText('Broken at the action');
  await expect(row(page, 'Topics', 'Changes of VPCs and their peerings')).toContainText('No filter');
  await page.getByLabel('CIS AWS Foundations').selectOption('v1.2.0');
  await expect(root.locator('td').first()).toHaveText('3.3');

  await root.click();
  await expect(panel(page).locator('.alarms-step')).toHaveCount(6);
  await expect(panel(page)).toContainText('root takes it and root-alarm tells 1 confirmed subscription.');
  expect(await accessible(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(panel(page)).toHaveCount(0);
  await expect(root.getByRole('button')).toBeFocused();

  await root.click();
  await panel(page).getByRole('button', { name: 'Show the events' }).click();
  await expect(matched(page)).toHaveText(/^2 of/);
});

loaded('a filter says what is wrong with it and what it takes', async ({ alarms: page }) => {
  await part(page, 'Filters').click();
  await expect(row(page, 'Filters', 'root').locator('.num')).toHaveText('2');
  await row(page, 'Filters', 'pasted').click();
  await expect(panel(page).locator('.code-fault').first()).toBeVisible();
  await expect(panel(page)).toContainText('Write instead');
  await expect(panel(page).locator('.alarms-instead')).toContainText('$.eventName = ConsoleLogin');
  await row(page, 'Filters', 'root').click();
  await expect(panel(page)).toContainText('CIS/root');
  await panel(page).getByRole('button', { name: 'Table', exact: true }).click();
  await expect(panel(page).locator('.twin tbody tr').first()).toBeVisible();
  expect(await accessible(page)).toEqual([]);
});

loaded('an alarm says when it would have gone off and whom it tells', async ({ alarms: page }) => {
  await part(page, 'Alarms').click();
  await expect(row(page, 'Alarms', 'root-alarm').locator('td')).toHaveText(['root-alarm', /^Sum over 5 min is at least 1 in 1 of 1 periods/, 'OK', 'OK', '2', '1 subscription']);
  await expect(row(page, 'Alarms', 'trail-changes-alarm')).toContainText('Nobody');
  await row(page, 'Alarms', 'cpu-alarm').click();
  await expect(panel(page)).toContainText('AWS/EC2 is a namespace of AWS’s own metrics');
  await row(page, 'Alarms', 'root-alarm').click();
  await expect(panel(page)).toContainText('It would have gone off 2 times, 30 min in all.');
  await expect(panel(page).getByRole('img', { name: /^States from/ })).toBeVisible();
  await expect(panel(page).getByRole('application', { name: /CIS\/root/ })).toBeVisible();
  await expect(panel(page).locator('.alarms-changes tbody tr')).toHaveCount(5);
  expect(await accessible(page)).toEqual([]);
});

test('a pattern is checked with no file at all', async ({ app: page }) => {
  await pick(page, { 'trail.json': EVENTS });
  await go(page, 'Alarms');
  await part(page, 'Alarms').click();
  await expect(page.locator('.alarms')).toContainText('aws cloudwatch describe-alarms');
  await part(page, 'Filters').click();
  await expect(page.locator('.alarms')).toContainText('aws logs describe-metric-filters');
  await part(page, 'Check a pattern').click();
  const text = page.getByRole('textbox', { name: 'Filter pattern' });
  await text.fill('{ ($.eventName = AcceptHandshake") }');
  await expect(page.locator('.alarms-said')).toContainText('Broken');
  await page.getByRole('button', { name: 'Check this one' }).first().click();
  await expect(page.locator('.alarms-said')).not.toContainText('Broken');
  await page.getByLabel('Begin with').selectOption({ label: 'Anything the root user does' });
  await expect(page.locator('.alarms-said')).toContainText('covers “Anything the root user does”', { ignoreCase: true });
  expect(await accessible(page)).toEqual([]);
});
