// Speed in a real browser, against the browser's own gunzip in the same run: `make bench`.
//
// Writes its own logs (the same bytes every time) to a folder, chooses them in the served release build as a person would, checks
// the counts, and prints each figure's minimum, median and maximum. A fresh page each round: what is measured is what a visitor
// gets. Time runs from the moment the browser hands over the files until all is read and the views have it; page tasks are those
// over 50 ms that the page's thread had meanwhile.
import { spawn } from 'node:child_process';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { chromium } from 'playwright';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const PORT = 8097;
const FLOWS = Number(process.env.FLOWS ?? 1_000_000);
const EVENTS = Number(process.env.EVENTS ?? 100_000);
/** Files of ten events, about 2 kB each, of five accounts, three regions and twenty days. */
const SMALL = Number(process.env.SMALL ?? 10_000);
const ONLY = (process.env.SETS ?? 'flow,trail,small').split(',');

let seed = 42;
const random = (n) => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0, Math.floor((seed / 2 ** 32) * n));
const pad = (n, w = 2) => String(n).padStart(w, '0');

function* flows(count, files) {
  const ports = [443, 80, 22, 3306, 5432, 53, 123, 8080];
  for (let f = 0; f < files; f++) {
    const lines = ['version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status'];
    for (let i = 0; i < count / files; i++) {
      const size = 40 + random(90_000);
      const start = 1767225600 + f * 3600 + Math.floor((i * 3600 * files) / count);
      lines.push(`2 111122223333 eni-${pad(random(600), 17)} 10.${random(4)}.${random(64)}.${random(250)} 203.0.${random(200)}.${random(250)} ${32768 + random(28000)} ${ports[random(8)]} 6 ${1 + random(900)} ${size} ${start} ${start + 60} ${random(10) ? 'ACCEPT' : 'REJECT'} OK`);
    }
    yield { name: `flow-${f}.log.gz`, raw: lines.join('\n') + '\n' };
  }
}

function event(i) {
  const read = i % 5 !== 0;
  const at = new Date(1767225600000 + i * 700).toISOString().slice(0, 19) + 'Z';
  return `{"eventVersion":"1.09","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:s-${i % 400}","arn":"arn:aws:sts::111122223333:assumed-role/app-${i % 60}/s-${i % 400}","accountId":"111122223333","accessKeyId":"ASIAEXAMPLE${pad(i % 400, 9)}","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROAEXAMPLE","arn":"arn:aws:iam::111122223333:role/app-${i % 60}","accountId":"111122223333","userName":"app-${i % 60}"},"attributes":{"creationDate":"${at}","mfaAuthenticated":"false"}}},"eventTime":"${at}","eventSource":"s3.amazonaws.com","eventName":"${read ? 'GetObject' : 'PutObject'}","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.${i % 250}","userAgent":"[aws-sdk-java/2.20.0 Linux/5.10]","requestParameters":{"bucketName":"bucket-${i % 40}","key":"path/${i}/object.json","Host":"bucket-${i % 40}.s3.eu-west-1.amazonaws.com"},"responseElements":null,"additionalEventData":{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"AuthenticationMethod":"AuthHeader","bytesTransferredOut":${random(100000)}},"requestID":"R${pad(i, 15)}","eventID":"00000000-0000-4000-8000-${pad(i, 12)}","readOnly":${read},"resources":[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::bucket-${i % 40}/path/${i}/object.json"}],"eventType":"AwsApiCall","managementEvent":false,"recipientAccountId":"111122223333","eventCategory":"Data","tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"s3.eu-west-1.amazonaws.com"}}`;
}

const REGIONS = ['eu-west-1', 'us-east-1', 'ap-southeast-2'];

function* trail(count, files) {
  for (let f = 0; f < files; f++) {
    const events = [];
    for (let i = 0; i < count / files; i++) events.push(event(f * (count / files) + i));
    const place = `${111122223333 + (f % 5)}/CloudTrail/${REGIONS[f % 3]}/2026/01/${pad(1 + (f % 20))}`;
    yield { name: `AWSLogs/${place}/trail-${f}.json.gz`, raw: `{"Records":[${events.join(',')}]}` };
  }
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const spread = (list) => `${Math.round(Math.min(...list))} / ${Math.round(median(list))} / ${Math.round(Math.max(...list))}`;

const folder = mkdtempSync(join(tmpdir(), 'trailbeam-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const sets = [
  ['flow', { records: FLOWS, files: () => flows(FLOWS, 8) }],
  ['trail', { records: EVENTS, files: () => trail(EVENTS, 8) }],
  ['small', { records: SMALL * 10, files: () => trail(SMALL * 10, SMALL) }],
].filter(([name]) => ONLY.includes(name));
for (const [name, set] of sets) {
  let raw = 0;
  set.folder = join(folder, name);
  set.paths = [];
  for (const file of set.files()) {
    const path = join(set.folder, file.name);
    mkdirSync(dirname(path), { recursive: true });
    raw += file.raw.length;
    writeFileSync(path, gzipSync(file.raw, { level: 6 }));
    set.paths.push(path);
  }
  console.log(`${name}: ${set.records} records in ${set.paths.length} files, ${(raw / 1e6).toFixed(1)} MB raw`);
}

const server = spawn('node', ['scripts/serve.mjs', '--port', String(PORT), '--dir', process.env.DIST ?? 'dist'], { stdio: 'ignore' });
const chrome = process.env.CHROMIUM ?? execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim();
const browser = await chromium.launch({
  executablePath: chrome,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
await new Promise((done) => setTimeout(done, 500));

/** The browser's own gunzip of the same files, one after the other. */
async function floor(set) {
  const page = await browser.newPage();
  await page.setContent('<input type="file" multiple>');
  await page.setInputFiles('input', set.paths);
  const ms = await page.evaluate(async () => {
    const began = performance.now();
    for (const file of document.querySelector('input').files) {
      const reader = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
      while (!(await reader.read()).done);
    }
    return performance.now() - began;
  });
  await page.close();
  return ms;
}

async function open(set, asFolder) {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${PORT}/`);
  await page.waitForFunction(() => window.trailbeam);
  await page.waitForTimeout(300);
  await page.evaluate(() => {
    window.bench = { tasks: [] };
    new PerformanceObserver((seen) => bench.tasks.push(...seen.getEntries().map((e) => [e.startTime, e.duration]))).observe({ entryTypes: ['longtask'] });
    for (const id of ['pick-files', 'pick-folder']) {
      document.getElementById(id).addEventListener('change', () => { bench.began = performance.now(); }, true);
    }
    const look = () => {
      if (bench.began && document.querySelector('.statusbar')?.textContent.includes(' sources') && !document.querySelector('.loading')) {
        bench.ms = performance.now() - bench.began;
      } else setTimeout(look, 15);
    };
    look();
  });
  if (asFolder) await page.setInputFiles('#pick-folder', set.folder, { timeout: 600_000 });
  else await page.setInputFiles('#pick-files', set.paths);
  await page.waitForFunction(() => bench.ms, null, { timeout: 600_000 });
  await page.waitForTimeout(1000);
  const got = await page.evaluate(() => ({
    ms: bench.ms,
    // The task that began before the page had the files is the browser's own.
    longest: Math.max(0, ...bench.tasks.filter(([start]) => start >= bench.began && start < bench.began + bench.ms).map(([, ms]) => ms)),
    records: Number(document.querySelector('.statusbar').textContent.match(/([\d,]+) record/)[1].replaceAll(',', '')),
  }));
  await page.close();
  return got;
}

/** A shared file of everything: how long it takes to make, how large it is, and to open it from disk until its records are there. */
async function share(set, records) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`http://127.0.0.1:${PORT}/`);
  await page.waitForFunction(() => window.trailbeam);
  await page.setInputFiles('#pick-files', set.paths);
  await page.waitForFunction((n) => document.querySelector('.statusbar')?.textContent.includes(n) && !document.querySelector('.loading'), set.records.toLocaleString('en-US'), { timeout: 600_000 });
  const { ms, text } = await page.evaluate(async (which) => {
    const began = performance.now();
    const blob = await trailbeam.share({ records: which, originals: false, everything: true, created: '2026-01-01T00:00:00Z' });
    return { ms: performance.now() - began, text: await blob.text() };
  }, records);
  await context.close();
  const path = join(folder, `shared-${records}.html`);
  writeFileSync(path, text);
  const opened = await browser.newContext();
  const reader = await opened.newPage();
  const began = performance.now();
  await reader.goto(pathToFileURL(path).href, { waitUntil: 'commit' });
  await reader.locator('header.topbar').waitFor();
  const mounted = performance.now() - began;
  await reader.waitForFunction((n) => document.querySelector('.statusbar')?.textContent.includes(n), set.records.toLocaleString('en-US'), { timeout: 600_000 });
  const read = performance.now() - began;
  await opened.close();
  const part = (id) => text.match(new RegExp(`id="${id}"[^>]*>([^<]*)<`))[1].length;
  return { ms, bytes: text.length, program: part('trailbeam-wasm'), mounted, read };
}

const results = {};
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, set] of sets) {
    const small = name === 'small';
    const got = await open(set, small);
    if (got.records !== set.records) throw new Error(`${name}: ${got.records} records instead of ${set.records}`);
    const r = (results[name] ??= { floor: [], open: [], longest: [] });
    r.floor.push(small ? 0 : await floor(set));
    r.open.push(got.ms);
    r.longest.push(got.longest);
  }
}
const shared = {};
for (const [name, set] of sets.filter(([name]) => name !== 'small')) {
  for (const records of ['all', 'none']) {
    const rounds = [];
    for (let round = 0; round < Math.min(ROUNDS, 3); round++) rounds.push(await share(set, records));
    shared[`${name}, records: ${records}`] = rounds;
  }
}
await browser.close();
server.kill();

console.log(`\n${ROUNDS} rounds, a fresh page each; milliseconds, min / median / max`);
for (const [name, set] of sets) {
  const r = results[name];
  const ratio = name === 'small' ? '' : `, ${(median(r.open) / median(r.floor)).toFixed(2)} × DecompressionStream (${spread(r.floor)})`;
  const count = name === 'small' ? set.paths.length : set.records;
  const rate = `, ${Math.round(count / (median(r.open) / 1000))} ${name === 'small' ? 'files' : 'records'}/s`;
  console.log(`${name}: chosen to read ${spread(r.open)}${ratio}${rate}; longest page task ${spread(r.longest)}`);
}

console.log('\nshared as one file, without original texts; milliseconds, min / median / max');
for (const [what, rounds] of Object.entries(shared)) {
  const of = (key) => spread(rounds.map((r) => r[key]));
  const [{ bytes, program }] = rounds;
  console.log(`${what}: ${(bytes / 1e6).toFixed(2)} MB, of which the program is ${(program / 1e6).toFixed(2)} MB; made in ${of('ms')}; from disk to the page ${of('mounted')}, to its records ${of('read')}`);
}
