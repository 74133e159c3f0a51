// Compressed, archived, nested, broken and repeated files: what is kept, what is said about the rest.
import { event, fixture, flow, flows, gzip, tar, trail, zip } from './files.mjs';
import { expect, test } from './fixture.mjs';
import { expectSources, go, navCount, pick, settled, sourceRow, sources, statusBar } from './person.mjs';

const detail = (page) => page.getByRole('complementary', { name: 'Outcome' });

async function openOutcome(page, name) {
  await go(page, 'Sources');
  await sourceRow(page, name).getByRole('button', { name, exact: true }).click();
  await expect(detail(page)).toBeVisible();
}

test('every member of a gzip file is read', { tag: '@once' }, async ({ app }) => {
  const parts = [flow(0), flow(60), flow(120)].map((record) => gzip(flows(record)));
  await pick(app, { 'flow.log.gz': Buffer.concat(parts) });
  await expectSources(app, [{ kind: 'vpc-flow', records: 3, rejected: 0, error: null }]);
  await expect(navCount(app, 'Traffic')).toHaveText('3');
});

test('a zip with gzip files of several kinds', async ({ app }) => {
  const name = 'export.zip';
  await pick(app, { [name]: zip({
    'AWSLogs/trail.json.gz': gzip(trail(event(1), event(2))),
    'AWSLogs/flow.log.gz': gzip(flows(flow(0))),
  }) });
  await expectSources(app, [{ name, records: 3, rejected: 0, error: null }]);
  const [{ members }] = await sources(app);
  expect(members).toMatchObject([
    { kind: 'cloudtrail', records: 2, containers: ['zip', 'gzip'] },
    { kind: 'vpc-flow', records: 1, containers: ['zip', 'gzip'] },
  ]);
  await expect(navCount(app, 'Trail')).toHaveText('2');
  await expect(navCount(app, 'Traffic')).toHaveText('1');
  await openOutcome(app, name);
  await expect(detail(app)).toContainText('AWSLogs/trail.json.gz');
  await expect(detail(app)).toContainText('AWSLogs/flow.log.gz');
});

test('a tgz, and by content: its name says something else', { tag: '@once' }, async ({ app }) => {
  const name = 'notes.txt';
  await pick(app, { [name]: gzip(tar({ 'a/flow.log': flows(flow(0), flow(60)), 'a/trail.json': trail(event(1)) })) });
  await expectSources(app, [{ name, records: 3, rejected: 0, error: null }]);
  const [{ members }] = await sources(app);
  expect(members.map(({ kind, records }) => [kind, records])).toEqual([['vpc-flow', 2], ['cloudtrail', 1]]);
});

test('a gzip file that breaks off keeps what came before, and says so', async ({ app }) => {
  const records = Array.from({ length: 4000 }, (_, n) => flow(n, { bytes: 1000 + ((n * 7919) % 9973) }));
  const whole = gzip(flows(...records));
  const name = 'truncated.log.gz';
  await pick(app, { [name]: whole.subarray(0, Math.floor(whole.length * 0.6)) });
  await expect.poll(async () => (await sources(app))[0]?.error ?? '').toMatch(/gzip|ends|broke|trunc/i);
  await settled(app);
  const [{ records: kept, kind }] = await sources(app);
  expect(kind).toBe('vpc-flow');
  expect(kept).toBeGreaterThan(1000);
  expect(kept).toBeLessThan(4000);
  await openOutcome(app, name);
  await expect(sourceRow(app, name)).toContainText(/Read in part|1 not read/);
  await expect(detail(app).locator('.message-red')).toBeVisible();
  await expect(statusBar(app)).toContainText('1 file with a problem');
});

test('a file that is no log says what was tried', { tag: '@once' }, async ({ app }) => {
  const name = 'holiday.jpg';
  await pick(app, { [name]: Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1]) });
  await expectSources(app, [{ name, kind: 'unknown', records: 0 }]);
  const [{ error }] = await sources(app);
  expect(error).toMatch(/tried \d+ kinds by their content/);
  await openOutcome(app, name);
  await expect(detail(app)).toContainText(/tried \d+ kinds by their content/);
  await expect(sourceRow(app, name)).toContainText('Not read');
});

test('the same file twice is noticed and counted once', async ({ app }) => {
  const bytes = flows(flow(0), flow(60));
  await pick(app, { 'first.log': bytes });
  await expectSources(app, [{ name: 'first.log', records: 2 }]);
  await pick(app, { 'second.log': bytes });
  await expectSources(app, [{ name: 'first.log', records: 2 }, { name: 'second.log', records: 0, duplicates: 2 }]);
  await expect(navCount(app, 'Traffic')).toHaveText('2');
  await openOutcome(app, 'second.log');
  await expect(sourceRow(app, 'second.log')).toContainText('Same file, not counted twice');
  await expect(detail(app)).toContainText('first.log');
});

test('an event that two files hold is kept once', async ({ app }) => {
  await pick(app, { 'a.json': trail(event(1), event(2)), 'b.json': trail(event(2), event(3)) });
  await expect.poll(async () => {
    const all = await sources(app);
    return [all.reduce((n, s) => n + s.records, 0), all.reduce((n, s) => n + s.duplicates, 0)];
  }).toEqual([3, 1]);
  await expect(navCount(app, 'Trail')).toHaveText('3');
});

test('an event of the same id and other content is another event', { tag: '@once' }, async ({ app }) => {
  await pick(app, { 'a.json': trail(event(1)), 'b.json': trail(event(1, { eventName: 'DeleteUser' })) });
  await expectSources(app, [{ records: 1, duplicates: 0 }, { records: 1, duplicates: 0 }]);
  await expect(navCount(app, 'Trail')).toHaveText('2');
});

test('bad records and bad files do not stop the others', async ({ app }) => {
  await pick(app, {
    'good.log': flows(flow(0)),
    'broken.log': flows(flow(60), '2 111122223333 eni-1 not-a-flow', flow(120)),
    'broken.zip': Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(40, 0xee)]),
    'empty.log': Buffer.alloc(0),
    'trail.json': trail(event(1)),
  });
  await expectSources(app, [
    { name: 'good.log', records: 1, rejected: 0 },
    { name: 'broken.log', records: 2, rejected: 1 },
    { name: 'broken.zip', records: 0 },
    { name: 'empty.log', records: 0 },
    { name: 'trail.json', records: 1 },
  ]);
  const all = await sources(app);
  expect(all[1].reasons).toMatchObject([{ count: 1, text: '2 111122223333 eni-1 not-a-flow' }]);
  expect(all[1].reasons[0].offsets).toEqual([flows(flow(60)).length]);
  expect(all[2].error).toBeTruthy();
  await openOutcome(app, 'broken.log');
  await expect(detail(app)).toContainText('2 111122223333 eni-1 not-a-flow');
  await expect(detail(app)).toContainText(`at byte ${flows(flow(60)).length}`);
});

test('a truncated document keeps its whole records', { tag: '@once' }, async ({ app }) => {
  await pick(app, { 'truncated.json': fixture('cloudtrail/truncated.json') });
  await expect.poll(async () => (await sources(app))[0]?.records ?? 0).toBeGreaterThan(0);
  await expect.poll(async () => (await sources(app))[0].rejected).toBe(1);
});

test('removing a source takes its records out of every view', { tag: '@once' }, async ({ app }) => {
  await pick(app, { 'flow.log': flows(flow(0), flow(60)), 'trail.json': trail(event(1)) });
  await expectSources(app, [{ records: 2 }, { records: 1 }]);
  await expect(statusBar(app)).toContainText('3 records from 2 sources');
  await go(app, 'Sources');
  await app.getByRole('button', { name: 'Remove flow.log' }).click();
  await expectSources(app, [{ name: 'trail.json', records: 1 }]);
  await expect(statusBar(app)).toContainText('1 record from 1 source');
  await expect(navCount(app, 'Traffic')).toHaveText('no file');
});

test('a removed original lets its copy count again', { tag: '@once' }, async ({ app }) => {
  await pick(app, { 'a.json': trail(event(1), event(2)) });
  await expectSources(app, [{ records: 2 }]);
  await pick(app, { 'b.json': trail(event(2), event(3)) });
  await expectSources(app, [{ records: 2, duplicates: 0 }, { records: 1, duplicates: 1 }]);
  await go(app, 'Sources');
  await app.getByRole('button', { name: 'Remove a.json' }).click();
  await expectSources(app, [{ name: 'b.json', records: 2, duplicates: 0 }]);
  await expect(navCount(app, 'Trail')).toHaveText('2');
});

test('removing all asks first and leaves nothing', { tag: '@once' }, async ({ app }) => {
  await pick(app, { 'flow.log': flows(flow(0)) });
  await expectSources(app, [{ records: 1 }]);
  await go(app, 'Sources');
  await app.getByRole('button', { name: 'Remove all' }).click();
  await expect(app.getByText('Forget everything that was read?')).toBeVisible();
  await app.getByRole('button', { name: 'Remove all' }).click();
  await expectSources(app, []);
  await expect(statusBar(app)).toContainText('No records yet');
  await expect(app.getByText('Drop log files here')).toBeVisible();
});
