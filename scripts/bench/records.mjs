// The records of the benchmark's logs: fields, sizes and distributions as in real exports, none of them real.
import { random } from './random.mjs';

export const START = 1767225600; // 2026-01-01T00:00:00Z
export const DAY = 86400;
/** Records in a piece of text: large enough to be quick, small enough to hold. */
const PIECE = 2000;

const list = (count, make) => Array.from({ length: count }, (_, i) => make(i));
const pad = (n, width) => String(n).padStart(width, '0');
const iso = (seconds) => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;

/** Texts of `count` records in pieces, joined by `between`. */
function* pieces(count, record, between) {
  for (let from = 0; from < count; from += PIECE) {
    const lines = [];
    for (let i = from; i < Math.min(count, from + PIECE); i++) lines.push(record(i));
    yield (from > 0 ? between : '') + lines.join(between);
  }
}

/** VPC flow logs in the default format; `total` counts what was written. */
export function flow(total) {
  const rng = random(7);
  Object.assign(total, { bytes: 0, packets: 0, accept: 0, reject: 0, nodata: 0 });
  const hosts = list(2000, () => `10.${rng.below(4)}.${rng.below(64)}.${rng.between(4, 250)}`);
  const host = rng.zipf(hosts, 1.1);
  const peerInside = rng.zipf(hosts, 0.9);
  const outside = rng.zipf(list(40_000, () => rng.address()), 0.8);
  const interfaces = list(600, () => `eni-${rng.hex(17)}`);
  const port = rng.zipf([443, 80, 22, 3306, 5432, 53, 123, 8080, 6379, 3389, 25, 9200, 27017, 8443, 445, 23], 1.2);
  const record = (start) => {
    const kind = rng.unit();
    const eni = rng.pick(interfaces);
    if (kind < 0.002) {
      total.nodata++;
      return `2 111122223333 ${eni} - - - - - - - ${start} ${start + 60} - NODATA`;
    }
    const own = host();
    const peer = kind < 0.55 ? peerInside() : outside();
    const high = rng.between(32768, 61000);
    const service = port();
    const protocol = kind < 0.8 ? 6 : kind < 0.97 ? 17 : 1;
    const ends = rng.unit() < 0.6 ? [own, peer, high, service] : [peer, own, service, high];
    if (protocol === 1) ends[2] = ends[3] = 0;
    const packets = 1 + (Math.floor(rng.pareto(1.1)) % 20_000);
    const bytes = packets * rng.between(40, 1460);
    const accepted = rng.unit() < (kind < 0.55 ? 0.97 : 0.85);
    total.bytes += bytes;
    total.packets += packets;
    total[accepted ? 'accept' : 'reject']++;
    return `2 111122223333 ${eni} ${ends.join(' ')} ${protocol} ${packets} ${bytes} ${start} ${start + rng.between(10, 60)} ${accepted ? 'ACCEPT' : 'REJECT'} OK`;
  };
  return function* file(f, count) {
    yield 'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n';
    const from = START + f * (DAY / 4);
    yield* pieces(count, (i) => record(from + Math.floor((i * (DAY / 4)) / count)), '\n');
    yield '\n';
  };
}

const CALLS = [
  ['s3', 'GetObject', true], ['s3', 'PutObject', false], ['ec2', 'DescribeInstances', true], ['sts', 'AssumeRole', true],
  ['kms', 'Decrypt', true], ['logs', 'CreateLogStream', false], ['dynamodb', 'GetItem', true],
  ['ec2', 'AuthorizeSecurityGroupIngress', false], ['iam', 'ListRoles', true], ['iam', 'CreateAccessKey', false],
  ['lambda', 'Invoke', false], ['signin', 'ConsoleLogin', false], ['config', 'PutEvaluations', false],
  ['cloudtrail', 'StopLogging', false], ['s3', 'PutBucketPolicy', false], ['ec2', 'RunInstances', false],
];
const AGENTS = [
  'aws-cli/2.15.30 Python/3.11.8 Linux/5.10', 'Boto3/1.34.69 md/Botocore#1.34.69', 'console.amazonaws.com', 'aws-sdk-go-v2/1.25.3',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36',
];

function identity(rng, name, account, when) {
  const accessKeyId = `ASIA${rng.hex(16).toUpperCase()}`;
  const NAME = name.toUpperCase();
  if (!name.startsWith('app-role')) {
    return { type: 'IAMUser', principalId: `AIDA${NAME}`, arn: `arn:aws:iam::${account}:user/${name}`, accountId: account, accessKeyId, userName: name };
  }
  return {
    type: 'AssumedRole',
    principalId: `AROA${NAME}:i-${rng.hex(15)}`,
    arn: `arn:aws:sts::${account}:assumed-role/${name}/session`,
    accountId: account,
    accessKeyId,
    sessionContext: {
      sessionIssuer: { type: 'Role', principalId: `AROA${NAME}`, arn: `arn:aws:iam::${account}:role/${name}`, accountId: account, userName: name },
      webIdFederationData: {},
      attributes: { creationDate: when, mfaAuthenticated: 'false' },
    },
  };
}

/** CloudTrail events; `place` tells account, region and first and last second of a file. */
export function trail(total, place) {
  const rng = random(11);
  Object.assign(total, { readonly: 0, denied: 0 });
  const call = rng.zipf(CALLS, 1);
  const who = rng.zipf([...list(120, (i) => `user${pad(i, 3)}`), ...list(60, (i) => `app-role-${pad(i, 2)}`)], 0.9);
  const address = rng.zipf(list(500, () => rng.address()), 1);
  const regions = ['us-east-1', 'us-west-2', 'eu-west-1', 'ap-southeast-1'];
  const record = (seconds, account, ownRegion) => {
    const [service, eventName, readOnly] = call();
    const region = ownRegion ?? rng.pick(regions);
    const when = iso(seconds);
    const userIdentity = identity(rng, who(), account, when);
    const event = {
      eventVersion: '1.09', userIdentity, eventTime: when, eventSource: `${service}.amazonaws.com`, eventName, awsRegion: region,
      sourceIPAddress: address(), userAgent: rng.pick(AGENTS),
    };
    if (rng.unit() < 0.04) {
      total.denied++;
      event.errorCode = 'AccessDenied';
      event.errorMessage = `User: ${userIdentity.arn} is not authorized to perform: ${service}:${eventName} because no identity-based policy allows the ${service}:${eventName} action`;
    }
    event.requestParameters = service === 's3'
      ? { bucketName: `bucket-${rng.below(40)}`, key: `path/${rng.below(1_000_000)}/obj "q" é.json`, Host: 's3.amazonaws.com' }
      : { name: `res-${rng.below(100_000)}`, filterSet: { items: [{ name: 'vpc-id', valueSet: { items: [{ value: `vpc-${rng.hex(10)}` }] } }] } };
    event.responseElements = readOnly ? null : { requestId: rng.uuid(), _return: true };
    if (readOnly) total.readonly++;
    Object.assign(event, {
      requestID: rng.uuid(), eventID: rng.uuid(), readOnly, eventType: 'AwsApiCall', managementEvent: true,
      recipientAccountId: account, eventCategory: 'Management',
      tlsDetails: { tlsVersion: 'TLSv1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256', clientProvidedHostHeader: `${service}.${region}.amazonaws.com` },
    });
    return JSON.stringify(event);
  };
  return function* file(f, count) {
    const { account, region, from, to } = place(f);
    yield '{"Records":[';
    yield* pieces(count, (i) => record(from + Math.floor((i * (to - from)) / count), account, region), ',');
    yield ']}';
  };
}

/** Application Load Balancer access logs. */
export function alb(total) {
  const rng = random(13);
  Object.assign(total, { sent: 0 });
  const client = rng.zipf(list(20_000, () => rng.address()), 0.9);
  const path = rng.zipf(
    ['/', '/login', '/api/v1/items', '/api/v1/orders', '/static/app.js', '/health', '/wp-login.php', '/.env', '/admin', ...list(2000, (i) => `/api/v1/items/${i}`)],
    1,
  );
  const status = rng.weighted([200, 304, 404, 403, 500, 502, 503], [82, 6, 6, 2, 2, 1, 1]);
  const record = (i, seconds) => {
    const when = `${new Date(seconds * 1000).toISOString().slice(0, 23)}${pad(rng.below(1000), 3)}Z`;
    const code = status();
    const target = `10.0.${i % 4}.${(i % 200) + 4}:8080`;
    const sent = rng.between(100, 40_000);
    total.sent += sent;
    return `https ${when} app/web/50dc6c495c0c9188 ${client()}:${rng.between(1024, 65_000)} ${target} 0.000 ${rng.logNormal(-3, 1).toFixed(3)} 0.000 ` +
      `${code} ${code} ${rng.between(100, 2000)} ${sent} "GET https://www.example.com:443${path()} HTTP/1.1" "Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36" ` +
      `TLS_AES_128_GCM_SHA256 TLSv1.3 arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/web/73e2d6bc24d8a067 ` +
      `"Root=1-${Math.floor(seconds).toString(16).padStart(8, '0')}-${rng.hex(24)}" "www.example.com" "arn:aws:acm:us-east-1:111122223333:certificate/12345678" 0 ` +
      `${when} "forward" "-" "-" "${target}" "${code}" "-" "-" TID_${rng.hex(24)}`;
  };
  return function* file(f, count) {
    const from = START + f * (DAY / 4);
    yield* pieces(count, (i) => record(i, from + (i * (DAY / 4)) / count), '\n');
    yield '\n';
  };
}
