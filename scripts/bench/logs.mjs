// The benchmark's own logs, the same bytes every time, as folders of gzip files with S3's keys for names. They stay in a folder of
// the temporary directory (or BENCH_DATA), so that a second run begins at once.
import { createWriteStream, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip, gzip } from 'node:zlib';
import { DAY, START, alb, flow, trail } from './records.mjs';

/** Goes up with every change of what is written. */
const VERSION = 1;
const HOME = process.env.BENCH_DATA ?? join(tmpdir(), 'trailbeam-bench');
const LEVEL = 6;
/** Events in a small file. */
const FEW = 10;
const AT_ONCE = 16;

const pad = (n, width = 2) => String(n).padStart(width, '0');
const date = (seconds, by) => new Date(seconds * 1000).toISOString().slice(0, 10).replaceAll('-', by);

/** Account, region and seconds of a large file, six hours each. */
const quarter = (f) => ({ account: '111122223333', region: undefined, from: START + f * (DAY / 4), to: START + (f + 1) * (DAY / 4) });

/** The same of a small file: five accounts, three regions, twenty days. */
const spread = (files) => (f) => {
  const from = START + Math.floor((f * 20 * DAY) / files);
  return { account: String(111122223333 + (f % 5)), region: ['eu-west-1', 'us-east-1', 'ap-southeast-2'][f % 3], from, to: from + 240 };
};

const key = (service, account, region, seconds, name) => `AWSLogs/${account}/${service}/${region}/${date(seconds, '/')}/${name}.gz`;
const quarterStamp = (f) => `${date(quarter(f).from, '')}T${pad((f % 4) * 6)}`;

const FLOW = {
  file: (total) => flow(total),
  name: (f) => key('vpcflowlogs', '111122223333', 'us-east-1', quarter(f).from, `111122223333_vpcflowlogs_us-east-1_fl-0a1b2c3d4e5f60718_${quarterStamp(f)}00Z_${f.toString(16).padStart(8, '0')}.log`),
};
const KINDS = {
  flow: FLOW,
  large: FLOW,
  trail: {
    file: (total) => trail(total, quarter),
    name: (f) => key('CloudTrail', '111122223333', 'us-east-1', quarter(f).from, `111122223333_CloudTrail_us-east-1_${quarterStamp(f)}05Z_${pad(f, 16)}.json`),
  },
  alb: {
    file: (total) => alb(total),
    name: (f) => key('elasticloadbalancing', '111122223333', 'us-east-1', quarter(f).from, `111122223333_elasticloadbalancing_us-east-1_app.web.50dc6c495c0c9188_${quarterStamp(f)}05Z_10.0.0.${f}_${pad(f, 8)}.log`),
  },
  small: {
    file: (total, files) => trail(total, spread(files)),
    name(f, files) {
      const { account, region, from } = spread(files)(f);
      return key('CloudTrail', account, region, from, `${account}_CloudTrail_${region}_${date(from, '')}T${pad(Math.floor((from % DAY) / 3600))}05Z_${pad(f, 16)}.json`);
    },
  },
};

async function writeLarge(kind, folder, records, files, total) {
  const file = kind.file(total, files);
  for (let f = 0; f < files; f++) {
    const path = join(folder, kind.name(f, files));
    mkdirSync(dirname(path), { recursive: true });
    const share = Math.floor(records / files) + (f === files - 1 ? records % files : 0);
    const counted = function* () {
      for (const text of file(f, share)) {
        total.raw += Buffer.byteLength(text);
        yield text;
      }
    };
    await pipeline(Readable.from(counted()), createGzip({ level: LEVEL }), createWriteStream(path));
  }
}

async function writeSmall(kind, folder, files, total) {
  const file = kind.file(total, files);
  const pack = promisify(gzip);
  const made = new Set();
  const writing = new Set();
  for (let f = 0; f < files; f++) {
    const path = join(folder, kind.name(f, files));
    const home = dirname(path);
    if (!made.has(home)) mkdirSync(home, { recursive: true });
    made.add(home);
    const text = Buffer.from([...file(f, FEW)].join(''));
    total.raw += text.length;
    const job = pack(text, { level: LEVEL }).then((packed) => writeFile(path, packed)).finally(() => writing.delete(job));
    writing.add(job);
    if (writing.size >= AT_ONCE) await Promise.race(writing);
  }
  await Promise.all(writing);
}

/** Paths of all files below a folder, in order. */
function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/**
 * Logs of one kind, written unless they are there: `flow`, `trail`, `alb` (records in 8 files), `large` (flow records in one) or `small` (files of ten events).
 * @returns {Promise<{name, folder, paths, records, raw, packed, expected}>} sizes in bytes; `expected` has the totals of all records
 */
export async function logs(name, count, files = name === 'large' ? 1 : 8) {
  const small = name === 'small';
  const home = join(HOME, `${name}-${count}-v${VERSION}`);
  const folder = join(home, 'files');
  const totals = join(home, 'EXPECTED.json');
  if (!existsSync(totals)) {
    const partial = `${home}-${process.pid}`;
    const tidy = () => rmSync(partial, { recursive: true, force: true });
    process.on('exit', tidy);
    const total = { records: small ? count * FEW : count, raw: 0 };
    if (small) await writeSmall(KINDS[name], join(partial, 'files'), count, total);
    else await writeLarge(KINDS[name], join(partial, 'files'), count, files, total);
    writeFileSync(join(partial, 'EXPECTED.json'), JSON.stringify(total, null, 1));
    rmSync(home, { recursive: true, force: true });
    renameSync(partial, home); // whole or not at all
    process.off('exit', tidy);
  }
  const { raw, ...expected } = JSON.parse(readFileSync(totals, 'utf8'));
  const paths = filesOf(folder);
  const packed = paths.reduce((sum, path) => sum + statSync(path).size, 0);
  return { name, folder, paths, records: expected.records, raw, packed, expected };
}
