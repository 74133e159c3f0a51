// Dashboards of requests, functions, log groups and costs: what they tell of a person's own logs, and what a click does.
import { balanced, functionLog } from './files.mjs';
import { expect, test } from './fixture.mjs';
import { drawn, expectSources, go, matched, openSample, pick, rowsOfCsv, saved, settled } from './person.mjs';
import { readFile } from 'node:fs/promises';

const panel = (page, title) => page.locator('.board .panel').filter({ has: page.getByRole('heading', { name: title, exact: true }) });
const fact = (page, title) => page.locator('.board .fact').filter({ has: page.locator('dt', { hasText: new RegExp(`^${title}$`) }) }).locator('dd');
const rows = (page, name) => page.getByRole('grid', { name, exact: true }).locator('.vtable-row');

test('requests: figures, clients and one client’s sessions', async ({ app }) => {
  // A second client comes once, an hour later.
  const log = balanced([[0, 1, 200, '/'], [1, 1, 200, '/a'], [2, 1, 503, '/pay'], [3, 1, 403, '/<img src=x onerror=ran=1>'], [3600, 2, 200, '/'], [3601, 1, 200, '/']]);
  await pick(app, { 'front.log': log });
  await expectSources(app, [{ kind: 'alb', records: 6, rejected: 0 }]);
  await go(app, 'Requests');
  await drawn(app);
  await expect(fact(app, 'Requests')).toHaveText('6');
  await expect(fact(app, 'Server errors')).toContainText('16.7 %');
  await expect(fact(app, 'Denied')).toContainText('1');
  await expect(rows(app, 'Clients')).toHaveCount(2);
  await expect(rows(app, 'Clients').first()).toContainText('203.0.113.1');
  await expect(panel(app, 'Paths that failed')).toContainText('/pay');
  // Log text stays text.
  await expect(app.locator('.board img')).toHaveCount(0);
  expect(await app.evaluate(() => window.ran)).toBeUndefined();

  await rows(app, 'Clients').first().click();
  const sessions = rows(app, 'Sessions of the client');
  await expect(sessions).toHaveCount(2);
  await expect(sessions.first()).toContainText('4');
  await expect(rows(app, 'Requests of the client')).toHaveCount(5);
  await expect(app).toHaveURL(/client=203\.0\.113\.1/);
  await app.getByRole('button', { name: 'Close the client' }).click();
  await expect(app.locator('.client-panel')).toHaveCount(0);

  await panel(app, 'Paths that failed').getByRole('button', { name: /\/pay/ }).click();
  await expect(matched(app)).toHaveText('1 of 6');
  await expect(fact(app, 'Requests')).toHaveText('1');
});

test('what a board tells can be saved, and is told in a shared file', async ({ app }) => {
  await pick(app, { 'front.log': balanced([[0, 1, 200, '/'], [1, 1, 502, '/pay']]) });
  await expectSources(app, [{ kind: 'alb', records: 2 }]);
  await go(app, 'Requests');
  const csv = await readFile(await saved(app, 'Clients', 'Clients', 'CSV'), 'utf8');
  expect(rowsOfCsv(csv)).toMatchObject([{ Client: '203.0.113.1', Requests: '2', Failed: '0.5' }]);
});

test('real-time logs are read once the list of their fields is pasted', async ({ app }) => {
  await pick(app, { 'rt.log': '1772442901.123\t203.0.113.24\t200\tGET\twww.example.com\t/a%20b\tFRA56-P5\tHit\n' });
  await expectSources(app, [{ kind: 'cloudfront-realtime', records: 0, rejected: 1 }]);
  await app.getByRole('button', { name: 'Add files', exact: true }).click();
  await app.getByPlaceholder('${version} ${account-id} …').fill('timestamp, c-ip, sc-status, cs-method, cs-host, cs-uri-stem, x-edge-location, x-edge-result-type');
  await expect(app.getByText('8 fields of CloudFront real-time logs.')).toBeVisible();
  await app.keyboard.press('Escape');
  await expectSources(app, [{ kind: 'cloudfront-realtime', records: 1, rejected: 0 }]);
  await go(app, 'Requests');
  await expect(fact(app, 'From cache')).toContainText('100 %');
});

test('functions: what invocations take, and the lines of one', async ({ app }) => {
  await pick(app, { 'functions.json': functionLog('/aws/lambda/front', 20) });
  await expectSources(app, [{ kind: 'lambda', records: 80, rejected: 0 }]);
  await go(app, 'Functions');
  await drawn(app);
  await expect(fact(app, 'Invocations')).toHaveText('20');
  await expect(fact(app, 'Cold starts')).toContainText('1');
  await expect(rows(app, 'By function')).toHaveCount(1);
  await expect(rows(app, 'By function')).toContainText('front');
  // 128 MB is the least that a function can have.
  await expect(rows(app, 'Memory')).toContainText('128');
  await rows(app, 'Slowest requests').first().click();
  await expect(app.locator('nav [aria-current=page]')).toContainText('Events');
  await expect(matched(app)).toHaveText('4 of 80');
});

test('functions: what is configured stands beside what was used', async ({ app }) => {
  const configured = (FunctionName, Timeout) => ({ FunctionName, FunctionArn: `arn:aws:lambda:eu-west-1:111122223333:function:${FunctionName}`, Runtime: 'python3.13', Timeout, MemorySize: 512, Role: 'r', Handler: 'h', CodeSize: 1 });
  await pick(app, {
    'functions.json': functionLog('/aws/lambda/front', 20),
    'configured.json': JSON.stringify({ Functions: [configured('front', 3), configured('unused', 60)] }),
  });
  await settled(app);
  await go(app, 'Functions');
  const table = rows(app, 'Configured and used');
  await expect(table).toHaveCount(2);
  await expect(table.first()).toContainText('front');
  await expect(table.first()).toContainText('39 ms');
  await expect(table.first()).toContainText('within what it is given');
  await expect(table.last()).toContainText('no invocation is loaded');
  await table.first().click();
  await expect(matched(app)).toHaveText(/^80 of /);
});

test('log groups: a trail in a group is counted there, and accounts are told apart', async ({ app }) => {
  const event = (n) => JSON.stringify({ eventVersion: '1.08', userIdentity: { type: 'Root', accountId: '444455556666' }, eventTime: '2026-03-02T09:15:01Z', eventSource: 'iam.amazonaws.com', eventName: 'CreateUser', awsRegion: 'us-east-1', sourceIPAddress: '203.0.113.24', requestID: `r${n}`, eventID: `0a1b2c3d-0000-4000-8000-00000000000${n}`, eventType: 'AwsApiCall', recipientAccountId: '444455556666' });
  const payload = { messageType: 'DATA_MESSAGE', owner: '111122223333', logGroup: 'trail', logStream: 's', subscriptionFilters: ['to'], logEvents: [1, 2].map((n) => ({ id: `${n}`, timestamp: 1772442901123, message: event(n) })) };
  const group = (account, days) => ({ logGroupName: 'trail', creationTime: 1772442900000, metricFilterCount: 0, retentionInDays: days, arn: `arn:aws:logs:eu-west-1:${account}:log-group:trail:*`, storedBytes: 5 });
  await pick(app, {
    'trail.json': JSON.stringify(payload),
    'groups.json': JSON.stringify({ logGroups: [group('111122223333', 7), group('444455556666', 365)] }),
  });
  await settled(app);
  await go(app, 'Log groups');
  const tree = rows(app, 'Log groups and their streams');
  await expect(tree).toHaveCount(2);
  await expect(tree.first()).toContainText('7 days');
  await expect(tree.last()).toContainText('365 days');
  await tree.first().click();
  const side = app.getByRole('complementary', { name: 'Log group' });
  await expect(side).toContainText('111122223333');
  await expect(side).toContainText('2 CloudTrail');
  // Its only stream stands under it.
  await tree.nth(1).click();
  await expect(matched(app)).toHaveText(/^2 of /);
});

test('costs: charges are held against the report’s own totals, month by month', async ({ app }) => {
  const head = 'InvoiceID,PayerAccountId,LinkedAccountId,RecordType,RecordId,ProductName,RateId,SubscriptionId,PricingPlanId,UsageType,Operation,AvailabilityZone,ReservedInstance,ItemDescription,UsageStartDate,UsageEndDate,UsageQuantity,BlendedRate,BlendedCost,UnBlendedRate,UnBlendedCost';
  const line = (id, day, cost) => `i1,111122223333,444455556666,LineItem,${id},Amazon Simple Storage Service,1,1,1,Requests-Tier2,GetObject,,N,GETs,${day} 00:00:00,${day} 01:00:00,10,0.1,${cost},0.1,${cost}`;
  const total = (type, account, cost) => `i1,111122223333,${account},${type},,,,,,,,,,total,,,,,${cost},,${cost}`;
  await pick(app, { 'bill.csv': [head, line(1, '2026-01-30', '1.25'), line(2, '2026-02-01', '2.50'), total('AccountTotal', '444455556666', '3.75'), total('InvoiceTotal', '', '9.00')].join('\n') + '\n' });
  await expectSources(app, [{ kind: 'dbr', records: 4 }]);
  await go(app, 'Costs');
  await drawn(app);
  const months = rows(app, 'Months');
  await expect(months).toHaveCount(2);
  await expect(months.first()).toContainText('2026-01');
  await expect(months.last()).toContainText('200 %');
  const totals = rows(app, 'Reconciliation with the reports\' totals');
  await expect(totals.filter({ hasText: 'invoice' })).toContainText('line items are missing');
  await expect(totals.filter({ hasText: '444455556666' })).toContainText('adds up');
});

test('log groups: what is told of each, and what filters on them match', async ({ app }) => {
  const group = { logGroupName: '/aws/lambda/front', creationTime: 1772442900000, metricFilterCount: 1, arn: 'arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/front:*', storedBytes: 123456 };
  const filters = { metricFilters: [{ filterName: 'ends', filterPattern: '"END RequestId"', logGroupName: '/aws/lambda/front', metricTransformations: [{ metricName: 'E', metricNamespace: 'N', metricValue: '1' }], creationTime: 1772442900000 }] };
  await pick(app, {
    'functions.json': functionLog('/aws/lambda/front', 20),
    'worker.json': functionLog('/app/worker', 0, ['took job 7', 'took job 8']),
    'groups.json': JSON.stringify({ logGroups: [group] }),
    'filters.json': JSON.stringify(filters),
  });
  await settled(app);
  await go(app, 'Log groups');
  const tree = rows(app, 'Log groups and their streams');
  await expect(tree).toHaveCount(2);
  await expect(tree.filter({ hasText: '/aws/lambda/front' })).toContainText('never expires');
  await expect(tree.filter({ hasText: '/app/worker' })).toContainText('not known');
  await tree.filter({ hasText: '/aws/lambda/front' }).click();
  await expect(tree).toHaveCount(3);
  const side = app.getByRole('complementary', { name: 'Log group' });
  await expect(side).toContainText('1 of 100');
  await expect(side).toContainText('takes 20 events loaded');
  // A stream leads to its events.
  await tree.filter({ hasText: 'stream-1' }).click();
  await expect(matched(app)).toHaveText(/^80 of /);
});

test('databases and hosts: the night in the sample’s own logs', async ({ app }) => {
  await openSample(app);
  await go(app, 'Hosts');
  await drawn(app);
  await expect(rows(app, 'Failed sign-ins').first()).toContainText('203.0.113.91');
  await expect(rows(app, 'Done as somebody else').filter({ hasText: '/etc/shadow' })).toHaveCount(1);
  const signIns = rows(app, 'Sign-ins');
  await expect(signIns.filter({ hasText: '203.0.113.66' })).toContainText('deploy');
  await expect(signIns.filter({ hasText: 'Administrator' }).filter({ hasText: '10.20.0.23' })).toHaveCount(1);

  await go(app, 'Databases');
  await drawn(app);
  await expect(fact(app, 'Failed logins')).toContainText('6');
  const statements = rows(app, 'Statements by the time they took');
  await expect(statements).toHaveCount(3);
  await expect(statements.first()).toContainText('select sum(total) from orders');
  await statements.first().click();
  await expect(statements).toHaveCount(1);
});

test('costs: the sample’s bill by service, and one tag', async ({ app }) => {
  await openSample(app);
  await go(app, 'Costs');
  await drawn(app);
  await expect(fact(app, 'Currency')).toHaveText('USD');
  await expect(rows(app, 'Biggest movers by service')).toHaveCount(3);
  // The bucket's access logs stand beside what was billed, day by day.
  const usage = rows(app, 'S3 usage beside its charges');
  await expect(usage).toHaveCount(5);
  await expect(usage.first()).toContainText('more billed than logged');
  await expect(rows(app, 'Months')).toContainText('2026-11');
  await expect(rows(app, 'Reconciliation with the reports\' totals')).toContainText('no total');
  const services = rows(app, 'Services');
  await expect(services).toHaveCount(3);
  const before = Number((await matched(app).textContent()).split(' ')[0].replaceAll(',', ''));
  await services.first().click();
  await expect.poll(async () => Number((await matched(app).textContent()).split(' ')[0].replaceAll(',', ''))).toBeLessThan(before);
  await expect(services).toHaveCount(1);
});
