// Small files as AWS exports them, made in the test; and the fixtures of the native tests, read from disk.
import { readFileSync } from 'node:fs';
import { deflateRawSync, gzipSync } from 'node:zlib';

/** A fixture of the native tests. */
export function fixture(path) {
  return readFileSync(new URL(`../formats/${path}`, import.meta.url));
}

const json = (value) => Buffer.from(JSON.stringify(value));
const lines = (list) => Buffer.from(`${list.join('\n')}\n`);

/** The second of a test's clock: 2026-03-01T10:00:00Z and `seconds`. */
const at = (seconds) => new Date(Date.UTC(2026, 2, 1, 10, 0, seconds)).toISOString().replace('.000', '');

/** A CloudTrail management event; `n` makes its id and time. */
export function event(n, more = {}) {
  return {
    eventVersion: '1.09',
    userIdentity: {
      type: 'IAMUser',
      principalId: 'AIDAEXAMPLEJANE',
      arn: 'arn:aws:iam::111122223333:user/jane',
      accountId: '111122223333',
      accessKeyId: 'AKIAEXAMPLEJANE',
      userName: 'jane',
    },
    eventTime: at(n),
    eventSource: 'iam.amazonaws.com',
    eventName: 'CreateUser',
    awsRegion: 'us-east-1',
    sourceIPAddress: '198.51.100.7',
    userAgent: 'aws-cli/2.17.0',
    requestParameters: { userName: 'bob' },
    responseElements: null,
    requestID: `req-${n}`,
    eventID: `11111111-0000-4000-8000-${String(n).padStart(12, '0')}`,
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: '111122223333',
    eventCategory: 'Management',
    ...more,
  };
}

/** As CloudTrail writes to S3, before gzip. */
export const trail = (...events) => json({ Records: events });

/** As `aws cloudtrail lookup-events` answers. */
export const lookup = (...events) => json({
  Events: events.map((e) => ({
    EventId: e.eventID,
    EventName: e.eventName,
    ReadOnly: String(e.readOnly),
    AccessKeyId: e.userIdentity.accessKeyId,
    EventTime: e.eventTime,
    EventSource: e.eventSource,
    Username: e.userIdentity.userName,
    Resources: [],
    CloudTrailEvent: JSON.stringify(e),
  })),
});

const CIS_TOPIC = 'arn:aws:sns:us-east-1:111122223333:alerts';

/** A metric filter on the trail's log group, as `aws logs describe-metric-filters` lists it. */
export const metricFilter = (name, pattern, more = {}) => ({
  filterName: name,
  filterPattern: pattern,
  logGroupName: 'trail',
  creationTime: Date.UTC(2026, 0, 15),
  metricTransformations: [{ metricName: name, metricNamespace: 'CIS', metricValue: '1', ...more }],
});

/** An alarm on such a filter's metric, as `aws cloudwatch describe-alarms` lists it. */
export const metricAlarm = (name, more = {}) => ({
  AlarmName: `${name}-alarm`,
  AlarmArn: `arn:aws:cloudwatch:us-east-1:111122223333:alarm:${name}-alarm`,
  ActionsEnabled: true,
  OKActions: [],
  AlarmActions: [CIS_TOPIC],
  InsufficientDataActions: [],
  StateValue: 'OK',
  MetricName: name,
  Namespace: 'CIS',
  Statistic: 'Sum',
  Dimensions: [],
  Period: 300,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  TreatMissingData: 'notBreaching',
  ...more,
});

/** Who is told, as `aws sns list-subscriptions` lists them. */
export const subscription = () => ({
  SubscriptionArn: `${CIS_TOPIC}:6b5e1d9c-0000-4000-8000-000000000001`,
  Owner: '111122223333',
  Protocol: 'email',
  Endpoint: 'security@example.com',
  TopicArn: CIS_TOPIC,
});

/** An answer of the AWS command line: items under the key of their list. */
export const cli = (key, ...items) => json({ [key]: items });

/** As the console's Event history downloads CSV. */
export const history = (...events) => lines([
  'Event ID,Event time,User name,Event name,Resource type,Resource name,AWS access key,AWS region,Error code,Source IP address,Event source,Read-only',
  ...events.map((e) => [e.eventID, e.eventTime, e.userIdentity.userName, e.eventName, '', '', e.userIdentity.accessKeyId, e.awsRegion, '', e.sourceIPAddress, e.eventSource, e.readOnly].join(',')),
]);

/** One event a line. */
export const ndjson = (...events) => lines(events.map((e) => JSON.stringify(e)));

/** As EventBridge delivers it. */
export const eventBridge = (e) => json({
  version: '0',
  id: 'eb-1',
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.iam',
  account: '111122223333',
  time: e.eventTime,
  region: e.awsRegion,
  resources: [],
  detail: e,
});

/** A version 2 flow log record of second `n`. */
export function flow(n, { src = '10.0.1.5', dst = '203.0.113.9', port = 443, bytes = 5250, action = 'ACCEPT' } = {}) {
  const start = Date.UTC(2026, 2, 1, 10) / 1000 + n;
  return `2 111122223333 eni-0a1b2c3d4e5f60718 ${src} ${dst} 49152 ${port} 6 10 ${bytes} ${start} ${start + 60} ${action} OK`;
}

const empty = (n, status) => flow(n).replace(/10\.0\.1\.5 .* 5250 /, '- - - - - - - ').replace('ACCEPT OK', `- ${status}`);
export const noData = (n) => empty(n, 'NODATA');
export const skipData = (n) => empty(n, 'SKIPDATA');

export const flows = (...records) => lines(records);

/** As `create-export-task` writes a log group to S3. */
export const cloudWatchExport = (...messages) => lines(messages.map((m, n) => `${at(n).replace('Z', '.000Z')} ${m}`));

/** As `aws logs filter-log-events` answers. */
export const filterLogEvents = (...messages) => json({
  events: messages.map((message, n) => ({
    logStreamName: 'eni-0a1b2c3d4e5f60718-all',
    timestamp: Date.UTC(2026, 2, 1, 10, 0, n),
    message,
    ingestionTime: Date.UTC(2026, 2, 1, 10, 1, n),
    eventId: String(n),
  })),
  searchedLogStreams: [],
});

const crcTable = Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});
const crc32 = (bytes) => (bytes.reduce((c, b) => crcTable[(c ^ b) & 255] ^ (c >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;

/** A zip of members by name (APPNOTE 6.3.10: local headers, directory, end of directory). */
export function zip(members) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const [name, data] of Object.entries(members)) {
    const path = Buffer.from(name);
    const packed = deflateRawSync(data);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(path.length, 22);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, path, packed]);
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), common, rest, path);
    parts.push(local);
    offset += local.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(Object.keys(members).length, 8);
  end.writeUInt16LE(Object.keys(members).length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, entries, end]);
}

/** A ustar archive of members by name. */
export function tar(members) {
  const blocks = Object.entries(members).flatMap(([name, data]) => {
    const head = Buffer.alloc(512);
    head.write(name, 0);
    head.write('0000644\0', 100);
    head.write(`${data.length.toString(8).padStart(11, '0')}\0`, 124);
    head.write('00000000000\0', 136);
    head.write('        0', 148);
    head.write('ustar\x0000', 257);
    const sum = head.reduce((total, byte) => total + byte, 0);
    head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [head, data, Buffer.alloc((512 - (data.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

export const gzip = (bytes) => gzipSync(bytes);

/** The usual beginning of what is made here. */
const BEGIN = Date.UTC(2026, 2, 2, 9);

/** An Application Load Balancer's log: seconds after the beginning, the client's last number, status and path of each request. */
export const balanced = (requests, begin = BEGIN) => requests.map(([second, client, status, path]) => {
  const time = `${new Date(begin + second * 1000).toISOString().slice(0, 19)}.000000Z`;
  return `https ${time} app/front/0123456789abcdef 203.0.113.${client}:4000 10.0.2.17:80 0.001 0.020 0.000 ${status} ${status} 100 1000 "GET https://www.example.com:443${path} HTTP/1.1" "curl/8.5.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/front/1 "Root=1-0-${second}" "www.example.com" "-" 1 ${time} "forward" "-" "-" "10.0.2.17:80" "${status}" "-" "-" TID_0\n`;
}).join('');

/** A subscription's delivery of a log group: so many invocations of a function, the first one cold, then other messages. */
export function functionLog(logGroup, invocations, more = [], begin = BEGIN) {
  const messages = Array.from({ length: invocations }, (_, n) => {
    const id = `6f0c1e6a-0000-4000-8000-${String(n).padStart(12, '0')}`;
    const init = n === 0 ? '\tInit Duration: 200.00 ms' : '';
    return [`START RequestId: ${id} Version: $LATEST`, `[INFO]\t2026-03-02T09:00:00.000Z\t${id}\tdone`, `END RequestId: ${id}`, `REPORT RequestId: ${id}\tDuration: ${20 + n}.00 ms\tBilled Duration: ${21 + n} ms\tMemory Size: 512 MB\tMax Memory Used: 60 MB${init}\t`];
  }).flat().concat(more);
  const logEvents = messages.map((message, n) => ({ id: `${n}`, timestamp: begin + n * 250, message }));
  return JSON.stringify({ messageType: 'DATA_MESSAGE', owner: '111122223333', logGroup, logStream: 'stream-1', subscriptionFilters: ['to'], logEvents });
}
