// Real exports, where they are there (../shared/corpus): each is recognised in the page as what it is, with the number of
// records that was counted without Trailbeam.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from './fixture.mjs';
import { go, matched, openPaths, rowsOfCsv, saved, statusBar } from './person.mjs';

const CORPUS = resolve('..', 'shared', 'corpus');
const FOLDERS = [
  'cloudtrail', 'vpcflow', 'config', 'trustedadvisor', 'findings', 'netcontext', 'billing', 'elb', 's3access', 'iam',
  'servicecatalog', 'cwlogs', 'cloudfront', 'lambda', 'waf', 'route53', 'netfw', 'eksaudit', 'host', 'evtx', 'rule-events', 'rds',
];

/** Files that are not what the manifest says; the evidence stands in tests/corpus.rs. */
const DISPUTED = {
  'config/c7n_ci_event-cloudsearch.json': 'cloudtrail',
  'iam/c7n_test_account_credential_report_get-credential-report.v2.json': 'iam-credential-report',
  'iam/c7n_test_iam_user_credential_reverse_filter_delete_get-credential-report.v2.json': 'iam-credential-report',
  'iam/c7n_test_iam_user_delete_options_get-credential-report.v2.json': 'iam-credential-report',
  'iam/c7n_test_iam_user_unused_keys_get-credential-report.v2.json': 'iam-credential-report',
};

/** Files whose records the manifest counts otherwise; the evidence stands there too. */
const MISCOUNTED = { 'rds/pgbadger_pg_csvlog.csv': 9 };

const there = existsSync(join(CORPUS, 'MANIFEST.json'));
test.skip(!there, `no corpus at ${CORPUS}`);
test.skip(({ appUrl }) => appUrl.startsWith('file:'), 'the same reader; once is enough');
const manifest = there ? JSON.parse(readFileSync(join(CORPUS, 'MANIFEST.json'), 'utf8')) : [];

/** `1 record`, `1,234 records` */
const counted = (n, noun) => `${n.toLocaleString('en-US')} ${noun}${n === 1 ? '' : 's'}`;

/** The kinds that an outcome names: its own, or those of its members. */
const kindsOf = ({ kind, members }) => [...new Set(members.length ? members.map((m) => m.kind) : [kind])];

for (const folder of FOLDERS) {
  test(`every file of ${folder} is what the manifest says`, async ({ app }) => {
    const entries = manifest.filter(({ file, expect: { id } }) => file.startsWith(`${folder}/`) && (DISPUTED[file] ?? id));
    expect(entries.length).toBeGreaterThan(0);
    const outcomes = await openPaths(app, entries.map(({ file }) => join(CORPUS, file)));
    const said = [];
    const claimed = [];
    entries.forEach(({ file, expect: { id, records: claims } }, n) => {
      const records = MISCOUNTED[file] ?? claims;
      const { name, kind, records: kept, duplicates, rejected, reasons, error } = outcomes[n];
      expect(file.endsWith(`/${name}`), `${file} is not ${name}`).toBe(true);
      const is = DISPUTED[file] ?? id;
      said.push({
        file,
        kinds: kindsOf(outcomes[n]),
        // An event that another file has too counts there.
        records: records === undefined ? undefined : kept + duplicates,
        rejected: kind === 'unknown' ? 0 : rejected,
        reasons: kind === 'unknown' ? [] : reasons.map(({ reason }) => reason),
        error: kind === 'unknown' ? null : error,
      });
      claimed.push({ file, kinds: [is], records, rejected: 0, reasons: [], error: null });
    });
    expect(said).toEqual(claimed);

    const kept = outcomes.reduce((sum, { records }) => sum + records, 0);
    await expect(statusBar(app)).toContainText(`${counted(kept, 'record')} from ${counted(entries.length, 'source')}`);
    await expect(matched(app)).toHaveText(counted(kept, 'record'));
  });
}

// Every value of every event, as the page's own CSV says it, against figures that were worked out in Python.
const COUNTED = [
  'eventName', 'eventSource', 'awsRegion', 'errorCode', 'sourceIPAddress', 'userIdentity.type', 'userIdentity.arn',
  'eventCategory', 'eventType', 'readOnly',
];
const PYTHON = { '': 'None', true: 'True', false: 'False' };

for (const name of ['invictus', 'stratus']) {
  test(`the figures of ${name} agree`, async ({ app }) => {
    const folder = join(CORPUS, 'cloudtrail', name);
    const want = JSON.parse(readFileSync(`${folder}.expected.json`, 'utf8'));
    const outcomes = await openPaths(app, readdirSync(folder).sort().map((file) => join(folder, file)));
    expect(outcomes.length).toBe(want.files);
    const sum = (of) => outcomes.reduce((n, outcome) => n + outcome[of], 0);
    expect([sum('records') + sum('duplicates'), sum('rejected')]).toEqual([want.records, 0]);
    const times = outcomes.filter(({ records }) => records).flatMap(({ first, last }) => [first, last]).sort();
    expect([times[0], times.at(-1)]).toEqual([want.first, want.last]);

    // Copies of an event that stands in two files are hidden; what is left has as many ids as there are events.
    expect(sum('records')).toBe(want.unique_eventIDs);
    const columns = ['eventID', 'responseElements.ConsoleLogin', ...COUNTED];
    await app.evaluate((list) => { location.hash = `#/events?columns=${list.join(',')}`; }, columns);
    await expect(app.getByRole('columnheader')).toHaveCount(columns.length);
    const rows = rowsOfCsv(await readFile(await saved(app, 'the events', 'Events', 'CSV'), 'utf8'));
    expect(rows.length).toBe(want.unique_eventIDs);
    expect(new Set(rows.map((row) => row.eventID)).size).toBe(want.unique_eventIDs);
    expect(rows.filter((row) => row['responseElements.ConsoleLogin'] === 'Success').length).toBe(want.consoleLogin.Success ?? 0);
    for (const field of COUNTED) {
      const counts = new Map();
      for (const row of rows) {
        const text = PYTHON[row[field]] ?? row[field];
        counts.set(text, (counts.get(text) ?? 0) + 1);
      }
      expect(want[`top_${field}`].map(([text]) => [text, counts.get(text)]), field).toEqual(want[`top_${field}`]);
      expect(counts.size, `distinct ${field}`).toBe(want[`distinct_${field}`]);
    }
    await go(app, 'Trail');
    await expect(matched(app)).toHaveText(`${want.unique_eventIDs.toLocaleString('en-US')} records`);
  });
}
