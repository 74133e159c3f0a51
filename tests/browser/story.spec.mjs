// The night of the sample, followed by links alone; and the pages that its links lead through.
import { expect, test } from './fixture.mjs';
import { go, openSample, pick, settled } from './person.mjs';

test.skip(({ appUrl }) => appUrl.startsWith('file:'), 'looked at in the served app');

const KEY = 'AKIAIOSFODNN7EXAMPLE';
const INTRUDER = '203.0.113.66';
const GROUP = 'sg-0a1b2c3d4e5f60718';
const BASTION = 'i-0b1c2d3e4f5a60789';

const entity = (page) => page.locator('.entity-head h1');
const touched = (page) => page.locator('.entity-touched');
const link = (page, value) => touched(page).locator('.entity-link', { hasText: value }).first();
const source = (page, name) => page.locator('.entity-sources').getByRole('button', { name });
const segment = (page, name) => page.getByRole('button', { name, exact: true });

test('from the leaked key to its first use elsewhere, the roles, the port, the traffic, the finding and the cost', async ({ app }) => {
  test.slow();
  await openSample(app);
  // A lead of the overview: the key is used from a new network.
  await go(app, 'Overview');
  await app.locator('.lead', { hasText: KEY }).first().click();
  await expect(app.locator('nav [aria-current=page]')).toContainText('Trail');
  await settled(app);
  await app.getByRole('grid', { name: 'CloudTrail events' }).locator('.vtable-row').first().click();
  const record = app.getByRole('complementary', { name: 'Record' });
  await record.locator('.value-holder', { hasText: KEY }).first().hover();
  await record.locator('.value-holder', { hasText: KEY }).first().getByRole('button', { name: /^Everything about/ }).click();

  // The key: who is behind it, and where it was used for the first time.
  await expect(entity(app)).toHaveText(KEY);
  await expect(app.locator('.entity-origin')).toContainText('ci-deploy');
  await expect(touched(app)).toContainText(INTRUDER);
  await link(app, INTRUDER).click();

  // The address: more keys than one, which a chain of roles gave.
  await expect(entity(app)).toHaveText(INTRUDER);
  await link(app, /^ASIA/).click();
  await expect(entity(app)).toHaveText(/^ASIA/);
  await expect(app.locator('.entity-origin .chain')).toContainText('AssumeRole');
  await expect(app.locator('.entity-origin .chain')).toContainText('ci-deploy');
  await expect(app.locator('.entity-origin .chain')).toContainText('certain');
  await app.goBack();
  await expect(entity(app)).toHaveText(INTRUDER);

  // The group whose port it opened: who changed it, and what AWS Config kept of it.
  await link(app, GROUP).click();
  await expect(entity(app)).toHaveText(GROUP);
  await source(app, /Who changed this/).click();
  await expect(app.locator('nav [aria-current=page]')).toContainText('Trail');
  await expect(app.getByRole('grid', { name: 'CloudTrail events' })).toContainText('AuthorizeSecurityGroupIngress');
  await app.goBack();
  await source(app, /^AWS Config items is acted on/).click();
  await expect(app.locator('nav [aria-current=page]')).toContainText('Config');
  await expect(app.locator('.diff-line').first()).toBeVisible();
  // The last change closed the port again; the one before it opened it.
  await app.getByRole('button', { name: /^Previous change/ }).click();
  await expect(app.getByRole('complementary', { name: 'Around the change' })).toContainText(INTRUDER);
  // The event that made the change leads back to the address.
  await app.getByRole('complementary', { name: 'Around the change' }).locator('.entity-link', { hasText: INTRUDER }).click();
  await expect(entity(app)).toHaveText(INTRUDER);

  // The traffic that flowed to it, and why others were stopped.
  await source(app, /^VPC flow logs is the destination/).click();
  await expect(app.locator('nav [aria-current=page]')).toContainText('Traffic');
  await expect(app.locator('.traffic-note')).toContainText('GB');
  await app.goBack();
  await expect(entity(app)).toHaveText(INTRUDER);

  // The machine it went through: findings name it, and the bill has what left.
  await link(app, BASTION).click();
  await expect(entity(app)).toHaveText(BASTION);
  await expect(app.locator('.entity-sources')).toContainText('findings');
  await source(app, /findings/).first().click();
  await expect(app.locator('nav [aria-current=page]')).toContainText('Findings');
  await app.goBack();
  await source(app, /^Cost and Usage Reports is acted on/).click();
  await expect(app.locator('nav [aria-current=page]')).toContainText('Costs');
  await expect(app.getByRole('grid', { name: 'Usage types', exact: true })).toContainText('DataTransfer-Out-Bytes');
});

test('a moment picked in one view is marked in all of them, until it is taken away', async ({ app }) => {
  await openSample(app);
  await go(app, 'Trail');
  await settled(app);
  await app.getByRole('grid', { name: 'CloudTrail events' }).locator('.vtable-row').nth(3).click();
  await expect(app.locator('.brush-moment')).toBeVisible();
  await expect(app.locator('.timebrush .chart-moment')).toBeVisible();
  await expect(app.locator('.trail-lanes .chart-moment')).toBeVisible();
  await go(app, 'Overview');
  await expect(app.locator('.overview .chart-moment')).toBeVisible();
  await app.locator('.brush-moment').click();
  await expect(app.locator('.chart-moment')).toHaveCount(0);
});

test('a question is one click, and shows the filter that answers it', async ({ app }) => {
  await openSample(app);
  await go(app, 'Trail');
  await app.getByRole('button', { name: 'Questions people ask' }).click();
  await expect(app.locator('.questions-list')).toContainText('userIdentity.type = Root');
  await app.locator('.questions-list').getByRole('button', { name: /Why was access denied/ }).click();
  await expect(app.locator('.filterbar-row')).toContainText('AccessDenied');
  await expect(app.getByRole('grid', { name: 'CloudTrail events' }).locator('.vtable-row').first()).toContainText('AccessDenied');
  await app.getByRole('button', { name: 'Questions people ask' }).click();
  await app.getByLabel(/What did this key do/).fill(KEY);
  await app.getByLabel(/What did this key do/).press('Enter');
  await expect(app.locator('.filterbar-row')).toContainText(KEY);
});

test('sessions lead back to the person, and to their calls', async ({ app }) => {
  await openSample(app);
  await go(app, 'Sessions');
  await segment(app, 'First seen').click();
  await expect(app.getByRole('grid', { name: 'First seen' })).toContainText('203.0.113.0/24');
  await expect(app.locator('.sessions-rule')).toContainText('baseline');
  await app.getByRole('group', { name: 'Show' }).getByRole('button', { name: 'Sessions', exact: true }).click();
  const grid = app.getByRole('grid', { name: 'Sessions' });
  await expect(grid.locator('.vtable-row').first()).toBeVisible();
  await grid.locator('.vtable-row', { hasText: 'AssumeRole' }).first().click();
  const side = app.getByRole('complementary', { name: 'Session' });
  await expect(side.locator('.chain')).toContainText('AssumeRole');
  await side.getByRole('button', { name: /Its calls/ }).click();
  await expect(app.locator('nav [aria-current=page]')).toContainText('Trail');
  await expect(app.locator('.filterbar-row')).toContainText('accessKeyId');
});

const flow = (rest) => `2 111122223333 eni-0a1b2c3d4e5f60718 ${rest} OK`;
const flows = Buffer.from([
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
  flow('10.0.3.7 10.0.5.9 40001 5432 6 3 180 1762900000 1762900060 REJECT'),
  flow('10.0.3.8 10.0.5.9 40002 5432 6 3 180 1762900060 1762900120 REJECT'),
  flow('10.0.4.8 10.0.5.9 40003 5432 6 9 900 1762900060 1762900120 ACCEPT'),
].join('\n'));
const described = (key, items) => Buffer.from(JSON.stringify({ [key]: items }));
const interfaces = described('NetworkInterfaces', [{ NetworkInterfaceId: 'eni-0a1b2c3d4e5f60718', InterfaceType: 'interface', SubnetId: 'subnet-1', VpcId: 'vpc-1', PrivateIpAddress: '10.0.5.9', PrivateIpAddresses: [{ PrivateIpAddress: '10.0.5.9', Primary: true }], Groups: [{ GroupId: 'sg-db', GroupName: 'db' }] }]);
const groups = described('SecurityGroups', [{ GroupId: 'sg-db', GroupName: 'db', VpcId: 'vpc-1', IpPermissions: [{ IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, IpRanges: [{ CidrIp: '10.0.4.0/24' }] }], IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }] }]);
const acls = described('NetworkAcls', [{ NetworkAclId: 'acl-1', VpcId: 'vpc-1', Associations: [{ SubnetId: 'subnet-1' }], Entries: [false, true].map((Egress) => ({ RuleNumber: 100, Egress, Protocol: '-1', RuleAction: 'allow', CidrBlock: '0.0.0.0/0' })) }]);

test('a reject is explained: not without the rules, and by the rule that is missing with them', async ({ app }) => {
  await pick(app, { 'flows.log': flows });
  await go(app, 'Traffic');
  await segment(app, 'Rejects').click();
  await expect(app.locator('.reject').first()).toContainText('Can not be known');
  await expect(app.locator('.rejects')).toContainText('describe-security-groups');
  await pick(app, { 'interfaces.json': interfaces, 'groups.json': groups, 'acls.json': acls });
  const card = app.locator('.reject').first();
  await expect(card).toContainText('No inbound rule of the security groups');
  await expect(card).toContainText('Certain');
  await expect(card).toContainText('Inbound on sg-db: tcp 5432 from');
  await card.getByRole('button', { name: 'Flows' }).click();
  await expect(app.locator('.filterbar-row')).toContainText('REJECT');
});

test('a dropped list names addresses, a damaged one says which lines it left out', async ({ app }) => {
  await pick(app, { 'flows.log': flows });
  await pick(app, { 'networks.csv': 'cidr,name\n10.0.3.0/24,batch workers\n10.0.4.0/24,app tier\n10.0.999.0/24,nowhere\n' });
  await expect(app.locator('body')).toContainText('name addresses now');
  await go(app, 'Traffic');
  await segment(app, 'Table').click();
  await expect(app.locator('.traffic-body')).toContainText('batch workers');
  await go(app, 'Sources');
  const names = app.getByRole('region', { name: 'What names addresses' });
  await expect(names).toContainText('networks.csv');
  await expect(names).toContainText('left out');
  await names.getByRole('button', { name: /^Take the names/ }).click();
  await expect(names).toHaveCount(0);
});
