// Findings from the logs themselves: rules and checks that are run here, beside what was imported.
import { readFileSync } from 'node:fs';
import { expect, test } from './fixture.mjs';
import { drop, expectSources, go, openSample, pick, settled } from './person.mjs';

test.skip(({ appUrl }) => appUrl.startsWith('file:'), 'looked at in the served app');

const user = (name) => ({ type: 'IAMUser', principalId: `AIDA${name}`, arn: `arn:aws:iam::111122223333:user/${name}`, accountId: '111122223333', userName: name, accessKeyId: 'AKIAIOSFODNN7EXAMPLE' });
const service = { type: 'AWSService', invokedBy: 'config.amazonaws.com' };
let next = 0;
const event = (eventName, eventSource, more = {}) => ({
  eventVersion: '1.09', userIdentity: user('alice'), eventTime: `2026-11-11T01:${String(next % 60).padStart(2, '0')}:00Z`, eventSource: `${eventSource}.amazonaws.com`, eventName,
  awsRegion: 'eu-west-1', sourceIPAddress: '198.51.100.7', userAgent: 'aws-cli/2.17.0', requestParameters: null, responseElements: null, eventID: `e-${next++}`, eventType: 'AwsApiCall',
  recipientAccountId: '111122223333', readOnly: false, ...more,
});
const trail = () => Buffer.from(JSON.stringify({ Records: [
  event('StopLogging', 'cloudtrail', { requestParameters: { name: 'main' } }),
  event('LeaveOrganization', 'organizations'),
  event('DescribeInstances', 'ec2', { readOnly: true }),
  event('PutBucketPolicy', 's3', { userIdentity: service, requestParameters: { bucketName: 'b' } }),
] }));
const groups = Buffer.from(JSON.stringify({ SecurityGroups: [
  { GroupId: 'sg-0aaa', GroupName: 'open', OwnerId: '111122223333', VpcId: 'vpc-1', IpPermissions: [{ IpProtocol: 'tcp', FromPort: 3389, ToPort: 3389, IpRanges: [], Ipv6Ranges: [{ CidrIpv6: '::/0' }], UserIdGroupPairs: [], PrefixListIds: [] }], IpPermissionsEgress: [] },
  { GroupId: 'sg-0bbb', GroupName: 'closed', OwnerId: '111122223333', VpcId: 'vpc-1', IpPermissions: [], IpPermissionsEgress: [] },
] }));

const findings = (page) => page.evaluate(() => trailbeam.findings());
const one = async (page, rule) => (await findings(page)).find((f) => f.rule === rule);
const checks = (page) => page.getByRole('region', { name: 'Checks' }).locator('tbody tr');
const choose = (page, label, option) => page.locator('.findings-tools label', { hasText: new RegExp(`^${label}`) }).locator('select').selectOption({ label: option });

async function opened(page) {
  await pick(page, { 'trail.json': trail(), 'groups.json': groups });
  await expectSources(page, [{ records: 4 }, { records: 2 }]);
  await go(page, 'Findings');
  await findings(page);
  await settled(page);
}

test('scripts are told of every rule: fired, quiet, or not evaluated with the file that helps', async ({ app }) => {
  await opened(app);
  const all = await findings(app);
  expect(all.length).toBeGreaterThan(250);
  for (const f of all) expect(Object.keys(f).sort()).toEqual(['count', 'first', 'groups', 'last', 'needs', 'query', 'rule', 'severity', 'source', 'status', 'title']);
  expect(await one(app, 'logging-changed')).toMatchObject({ status: 'fired', severity: 'critical', count: 1, first: '2026-11-11T01:00:00Z' });
  expect(await one(app, 'monitoring/cloudtrail-changes')).toMatchObject({ status: 'fired', count: 1 });
  expect(await one(app, 'sg-specific-ports')).toMatchObject({ status: 'red', count: 1 });
  expect(await one(app, 'root-used')).toMatchObject({ status: 'quiet', count: 0 });
  const without = await one(app, 'root-mfa');
  expect(without).toMatchObject({ status: 'not-evaluated' });
  expect(without.needs).toContain('credential report');
  // The query is one that can be asked.
  const { query } = await one(app, 'monitoring/cloudtrail-changes');
  expect((await app.evaluate((text) => trailbeam.query(text, { language: 'filter' }), query)).rows.length).toBe(1);
});

test('a finding leads to its records, a check to what describes the resource', async ({ app }) => {
  await opened(app);
  await choose(app, 'From', 'CIS metric filter');
  await checks(app).filter({ hasText: "CloudTrail's own settings" }).getByRole('button').click();
  const panel = app.getByRole('region', { name: 'Findings of the rule' });
  await expect(panel).toContainText('StopLogging');
  await expect(panel).toContainText('CIS AWS Foundations');
  await panel.getByRole('button', { name: 'alice', exact: true }).click();
  await expect(app.locator('nav [aria-current=page]')).toHaveAttribute('title', 'Trail');
  await expect(app.locator('.token').first()).toContainText('$.eventName = StopLogging');
  await app.evaluate(() => trailbeam.show({ filter: null, range: null }));
  await go(app, 'Findings');
  await choose(app, 'From', 'Derived check');
  await checks(app).filter({ hasText: 'Risky ports open' }).getByRole('button').click();
  await expect(panel).toContainText('3389');
  await panel.getByRole('button', { name: 'open (sg-0aaa)', exact: true }).click();
  await expect(app.getByRole('complementary', { name: 'Record' })).toContainText('sg-0aaa');
});

test('what was not evaluated is told, and what would change that', async ({ app }) => {
  await opened(app);
  await app.getByRole('group', { name: 'Show' }).getByRole('button', { name: 'Evaluated' }).click();
  const page = app.getByRole('region', { name: 'What was evaluated' });
  await expect(page.getByRole('row', { name: /^Log rule/ })).toBeVisible();
  await expect(page.getByRole('row', { name: /^cloudtrail/ })).toContainText('111122223333');
  const missing = page.locator('details', { hasText: 'credential report' }).first();
  await missing.locator('summary').click();
  await missing.getByRole('button').first().click();
  await expect(app.getByRole('region', { name: 'Findings of the rule' })).toContainText('Not evaluated, which is not a pass');
});

test('findings by principal and by resource; automation is folded away', async ({ app }) => {
  await opened(app);
  await choose(app, 'Group by', 'principal');
  const subjects = app.getByRole('region', { name: 'Findings by subject' });
  await expect(subjects.getByRole('button', { name: 'alice' })).toBeVisible();
  await expect(subjects.getByRole('button', { name: 'config.amazonaws.com' })).toBeVisible();
  await app.getByRole('button', { name: 'Fold automation' }).click();
  await expect(subjects.getByRole('button', { name: 'config.amazonaws.com' })).toHaveCount(0);
  await choose(app, 'Group by', 'resource');
  await subjects.getByRole('button', { name: 'sg-0aaa' }).click();
  await expect(app.getByText('Rules that name sg-0aaa')).toBeVisible();
  await expect(checks(app).filter({ hasText: 'Derived check' })).not.toHaveCount(0);
  await expect(checks(app).filter({ hasNotText: 'Derived check' })).toHaveCount(0);
});

test('a finding is suppressed with reason and author, saved, and taken in again', async ({ app }) => {
  await opened(app);
  const row = () => checks(app).filter({ hasText: "CloudTrail's own settings" });
  await row().getByRole('button').click();
  await app.getByRole('button', { name: 'Suppress alice' }).click();
  const dialog = app.getByRole('dialog', { name: 'Suppress' });
  await expect(dialog.getByRole('button', { name: 'Suppress', exact: true })).toBeDisabled();
  await dialog.getByLabel('Reason').fill('Planned change 17');
  await dialog.getByLabel('Your name').fill('Ann');
  await dialog.getByRole('button', { name: 'Suppress', exact: true }).click();
  await expect(row()).toContainText('No problem found');
  await app.getByRole('button', { name: 'Suppressed findings' }).click();
  await expect(app.locator('.suppressed-menu')).toContainText('Planned change 17');
  const [saved] = await Promise.all([app.waitForEvent('download'), app.getByRole('button', { name: /^Save as/ }).click()]);
  const text = readFileSync(await saved.path());
  expect(JSON.parse(text.toString())).toMatchObject({ trailbeam: 'suppressions', suppressions: [{ subject: 'alice', reason: 'Planned change 17', author: 'Ann' }] });
  await app.getByRole('button', { name: /^Show alice of/ }).click();
  await app.keyboard.press('Escape');
  await expect(row()).toContainText('Investigate');
  await drop(app, { 'trailbeam-suppressions.json': text });
  await expect(app.getByText('1 suppression taken in')).toBeVisible();
  await expect(row()).toContainText('No problem found');
  expect((await app.evaluate(() => trailbeam.sources())).length).toBe(2);
});

test('a file of rules is run, and one that can not be read says so', async ({ app }) => {
  await opened(app);
  const rules = `[[rule]]
id = "left"
title = "Somebody left"
severity = "high"
text = "Ask them."
pattern = '{ $.eventName = LeaveOrganization }'
group_by = ["principal"]

[[rule]]
id = "broken"
title = "Broken"
severity = "high"
text = "x"
pattern = '{ $.eventName = '
`;
  await drop(app, { 'mine.toml': Buffer.from(rules) });
  await expect(app.getByText('mine.toml: 1 rule taken in, 1 can not be asked')).toBeVisible();
  await expect.poll(async () => (await one(app, 'own/left'))?.status).toBe('fired');
  await choose(app, 'From', 'Own rule');
  await expect(checks(app)).toHaveCount(1);
});

test('two reports of one source are compared', async ({ app }) => {
  const report = (day, statuses) => Buffer.from(JSON.stringify(statuses.map(([id, resource, status]) => ({
    AwsAccountId: '111122223333', SchemaVersion: '2018-10-08', Id: `${id}/${resource}`, GeneratorId: id, ProductArn: 'arn:aws:securityhub:eu-west-1::product/x/y', Title: `About ${id}`, Description: 'd',
    Types: ['Software and Configuration Checks'], CreatedAt: `2026-${day}T00:00:00Z`, UpdatedAt: `2026-${day}T00:00:00Z`, Severity: { Label: 'HIGH' }, Compliance: { Status: status }, Resources: [{ Type: 'AwsS3Bucket', Id: resource, Region: 'eu-west-1' }],
  }))));
  await pick(app, {
    'september.json': report('09-01', [['k1', 'r1', 'FAILED'], ['k2', 'r1', 'PASSED'], ['k3', 'r1', 'FAILED']]),
    'october.json': report('10-01', [['k1', 'r1', 'PASSED'], ['k2', 'r1', 'FAILED'], ['k3', 'r1', 'FAILED']]),
  });
  await expectSources(app, [{ records: 3 }, { records: 3 }]);
  await go(app, 'Findings');
  await app.getByRole('group', { name: 'Show' }).getByRole('button', { name: 'Changes' }).click();
  const page = app.getByRole('region', { name: 'Changes between two reports' });
  await expect(page).toContainText('1 new, 0 changed, 1 fixed, 1 unchanged');
  await expect(page.locator('tbody tr').first()).toContainText('New');
  await expect(page.locator('tbody tr').first()).toContainText('About k2');
});

test('the posture and the checklist tell of the sample, and a judgement is kept', async ({ app }) => {
  await openSample(app);
  await go(app, 'Posture');
  const posture = app.getByRole('region', { name: 'Logging posture', exact: true });
  await posture.getByRole('button', { name: /CloudTrail management.*logged, Evidenced/ }).first().click();
  await expect(app.getByRole('region', { name: 'What the cell says' })).toContainText('Evidenced when');
  await go(app, 'Checklist');
  const list = app.getByRole('region', { name: 'Audit checklist', exact: true });
  await expect(list.locator('.checklist-domain')).toHaveCount(9);
  await settled(app);
  // One item from here on: the first without data is another once this one is judged.
  const open = list.locator('.checklist-item').filter({ hasText: 'No data' }).first();
  const question = await open.locator('.checklist-question .grow').textContent();
  const item = list.locator('.checklist-item').filter({ hasText: question });
  await item.getByRole('button').first().click();
  await item.getByRole('button', { name: 'satisfied', exact: true }).click();
  await item.getByLabel('Note').fill('Seen in the wiki');
  await item.getByLabel('Your name').fill('Ann');
  await item.getByRole('button', { name: 'Judge', exact: true }).click();
  await expect(item).toContainText('By hand: satisfied');
  await app.reload();
  await openSample(app);
  await go(app, 'Checklist');
  await expect(item).toContainText('By hand: satisfied');
});
