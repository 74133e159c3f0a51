// Every shape that is read, as a person brings it: told of by the scripting interface, seen on the screen.
import {
  cloudWatchExport, event, eventBridge, filterLogEvents, fixture, flow, flows, gzip, history, lookup, ndjson, noData,
  skipData, trail,
} from './files.mjs';
import { expect, test } from './fixture.mjs';
import { eventRows, expectSources, filter, go, matched, navCount, pick, sourceRow, statusBar } from './person.mjs';

const three = [event(1), event(2, { eventName: 'StopLogging' }), event(3, { errorCode: 'AccessDenied' })];

// name, its bytes; what the scripting interface says; what stands on the screen: the kind's title, a text of a record, the
// navigation's count of the view that shows it.
const SHAPES = [
  {
    what: 'CloudTrail from S3',
    file: ['111122223333_CloudTrail_us-east-1_20260301T1000Z_abcdefgh.json.gz', gzip(trail(...three))],
    outcome: { kind: 'cloudtrail', records: 3, first: '2026-03-01T10:00:01Z', last: '2026-03-01T10:00:03Z' },
    title: 'CloudTrail', shows: 'StopLogging', view: 'Trail',
  },
  {
    what: 'lookup-events',
    file: ['events.json', lookup(...three)],
    outcome: { kind: 'cloudtrail', records: 3 },
    title: 'CloudTrail', shows: 'StopLogging', view: 'Trail',
  },
  {
    what: 'Event history as CSV',
    file: ['event_history.csv', history(...three)],
    outcome: { kind: 'cloudtrail', records: 3 },
    title: 'CloudTrail', shows: 'StopLogging', view: 'Trail',
  },
  {
    what: 'CloudTrail as lines of JSON',
    file: ['events.ndjson', ndjson(...three)],
    outcome: { kind: 'cloudtrail', records: 3 },
    title: 'CloudTrail', shows: 'StopLogging', view: 'Trail',
  },
  {
    what: 'CloudTrail by EventBridge',
    file: ['event.json', eventBridge(three[1])],
    outcome: { kind: 'cloudtrail', records: 1 },
    title: 'CloudTrail', shows: 'StopLogging', view: 'Trail',
  },
  {
    what: 'flow log v2 without a header',
    file: ['flow.log', flows(flow(0), flow(60, { action: 'REJECT', port: 22 }))],
    outcome: { kind: 'vpc-flow', records: 2, first: '2026-03-01T10:00:00Z' },
    title: 'VPC flow logs', shows: 'REJECT', view: 'Traffic',
  },
  {
    what: 'flow log with fields in another order',
    file: ['flow.log.gz', gzip(fixture('vpc-flow/header-any-order.log'))],
    outcome: { kind: 'vpc-flow', records: 2 },
    title: 'VPC flow logs', shows: '192.0.2.33', view: 'Traffic',
  },
  {
    what: 'flow log exported by CloudWatch',
    file: ['000000.gz', gzip(cloudWatchExport(flow(0), flow(60, { action: 'REJECT' }), noData(120)))],
    outcome: { kind: 'vpc-flow', records: 3 },
    title: 'VPC flow logs', shows: 'REJECT', view: 'Traffic',
  },
  {
    what: 'flow log by filter-log-events',
    file: ['events.json', filterLogEvents(flow(0), flow(60, { action: 'REJECT' }))],
    outcome: { kind: 'vpc-flow', records: 2 },
    title: 'VPC flow logs', shows: 'REJECT', view: 'Traffic',
  },
  {
    what: 'NODATA and SKIPDATA of a flow log',
    file: ['flow.log', flows(flow(0), noData(60), skipData(120))],
    outcome: { kind: 'vpc-flow', records: 3 },
    title: 'VPC flow logs', shows: 'ACCEPT', view: 'Traffic',
  },
  {
    what: 'Config history',
    file: ['history.json', fixture('config/history-s3.json')],
    outcome: { kind: 'config' },
    title: 'AWS Config items', shows: 'sg-0123456789abcdef0', view: 'Config',
  },
  {
    what: 'Trusted Advisor checks with results',
    file: ['advisor.ndjson', fixture('trusted-advisor/checks-then-results.ndjson')],
    outcome: { kind: 'trusted-advisor' },
    title: 'Trusted Advisor', shows: 'Security Groups - Unrestricted Access', view: 'Findings',
  },
  {
    what: 'Security Hub get-findings',
    file: ['findings.json', fixture('asff/get-findings.json')],
    outcome: { kind: 'asff' },
    title: 'Security Hub findings (ASFF)', shows: 'sg-0123456789abcdef0', view: 'Findings',
  },
  {
    what: 'GuardDuty get-findings',
    file: ['guardduty.json', fixture('guardduty/get-findings.json')],
    outcome: { kind: 'guardduty' },
    title: 'GuardDuty findings', shows: 'UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom', view: 'Findings',
  },
  {
    what: 'Prowler CSV',
    file: ['prowler-output.csv', fixture('prowler/v4.csv')],
    outcome: { kind: 'prowler', records: 4, rejected: 1 },
    title: 'Prowler findings', shows: 'FAIL', view: 'Findings',
  },
  {
    what: 'describe-security-groups',
    file: ['groups.json', fixture('aws-inventory/security-groups.json')],
    outcome: { kind: 'aws-inventory' },
    title: 'AWS inventory', shows: 'sg-0123456789abcdef0',
  },
];

/** Records of a native fixture: the heads in its snapshot. */
function recordsIn(snapshot) {
  return fixture(snapshot).toString().match(/^@\d+\+\d+$/gm).length;
}

const SNAPSHOTS = {
  config: 'config/snapshots/rows@history-s3.json.snap',
  'trusted-advisor': 'trusted-advisor/snapshots/rows@checks-then-results.ndjson.snap',
  asff: 'asff/snapshots/rows@get-findings.json.snap',
  guardduty: 'guardduty/snapshots/rows@get-findings.json.snap',
  'aws-inventory': 'aws-inventory/snapshots/rows@security-groups.json.snap',
};

for (const { what, file: [name, bytes], outcome, title, shows, view } of SHAPES) {
  // What a reader makes of a file is the same behind either door; that files get to it is tried by the test below.
  test(what, { tag: '@once' }, async ({ app }) => {
    const records = outcome.records ?? recordsIn(SNAPSHOTS[outcome.kind]);
    const expected = { name, bytes: bytes.length, rejected: 0, duplicates: 0, ...outcome, records };
    await pick(app, { [name]: bytes });
    await expectSources(app, [expected]);

    await expect(statusBar(app)).toContainText(`${records} ${records === 1 ? 'record' : 'records'} from 1 source`);
    if (view) await expect(navCount(app, view)).toHaveText(String(records));

    await go(app, 'Sources');
    const cells = sourceRow(app, name).locator('td');
    await expect(cells.nth(1)).toContainText(title);
    await expect(cells.nth(3)).toHaveText(String(records));
    await expect(cells.nth(4)).toHaveText('0');
    await expect(cells.nth(5)).toHaveText(String(expected.rejected));
    await expect(cells.nth(7)).toContainText(expected.rejected ? `${expected.rejected} not read` : 'Read');

    await go(app, 'Events');
    await expect(eventRows(app)).toHaveCount(records);
    await expect(eventRows(app).filter({ hasText: shows }).first()).toBeVisible();
  });
}

test('the four kinds together, each counted in its own view', async ({ app }) => {
  const chosen = ['CloudTrail from S3', 'flow log v2 without a header', 'Config history', 'GuardDuty get-findings'];
  const shapes = SHAPES.filter(({ what }) => chosen.includes(what));
  await pick(app, Object.fromEntries(shapes.map(({ file }) => file)));
  await expectSources(app, shapes.map(({ outcome }) => outcome));
  await expect(statusBar(app)).toContainText('from 4 sources');
  await expect(navCount(app, 'Trail')).toHaveText('3');
  await expect(navCount(app, 'Traffic')).toHaveText('2');
});

test('requests of load balancers and of S3 are asked alike', { tag: '@once' }, async ({ app }) => {
  const alb = (second, status, path) => `https 2026-03-02T09:15:0${second}.000000Z app/shop/1f2e3d4c5b6a7980 203.0.113.24:5184${second} 10.0.2.17:8080 0.001 0.118 0.001 ${status} ${status} 214 5120 "GET https://shop.example.com:443${path} HTTP/1.1" "curl/8.5.0" - - - "-" "shop.example.com" "-" 0 2026-03-02T09:15:00.000000Z "forward" "-" "-" "10.0.2.17:8080" "${status}" "-" "-" TID_0123456789abcdef0123456789abcdef`;
  const s3 = (second, status, code) => `79a5exampleowner records-bucket [02/Mar/2026:09:15:0${second} +0000] 198.51.100.99 - 7B4A0FABB${second}EXAMPLE REST.GET.OBJECT a.txt "GET /a.txt HTTP/1.1" ${status} ${code} 243 - 8 - "-" "curl/8.5.0" -`;
  await pick(app, {
    'app.log': `${alb(1, 200, '/cart')}\n${alb(2, 502, '/pay?x=1')}\nhttps 2026-03-02T09\n`,
    'bucket-2026-03-02-09-15-00-ABCDEF': `${s3(3, 200, '-')}\n${s3(4, 403, 'AccessDenied')}\n`,
  });
  await expectSources(app, [{ kind: 'alb', records: 2, rejected: 1 }, { kind: 's3-access', records: 2, rejected: 0 }]);
  await go(app, 'Events');
  await filter(app, 'statusCode >= 400');
  await expect(matched(app)).toHaveText('2 of 4');
  // Each narrows what the ones before it leave.
  await filter(app, 'outcome = failed and latency < 500');
  await expect(matched(app)).toHaveText('2 of 4');
  await filter(app, 'requestPath = /pay');
  await expect(matched(app)).toHaveText('1 of 4');
});
