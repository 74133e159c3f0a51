// Whole folders: chosen with the picker, whose files are listed without asking their sizes, and dropped as entries.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { event, flow, flows, gzip, trail } from './files.mjs';
import { expect, test } from './fixture.mjs';
import { go, settled, sources, statusBar } from './person.mjs';

const ACCOUNTS = ['111122223333', '444455556666'];
const DAYS = ['2026/03/01', '2026/03/02', '2026/03/03'];
const MANY = 240;

/** An AWSLogs folder: an event a file, of two accounts and three days. */
function* delivered() {
  for (let n = 0; n < MANY; n += 1) {
    const path = `AWSLogs/${ACCOUNTS[n % 2]}/CloudTrail/eu-west-1/${DAYS[n % 3]}/trail-${n}.json.gz`;
    yield [path, gzip(trail(event(n)))];
  }
}

const groupRows = (page) => page.getByRole('region', { name: 'Sources' }).locator('tbody tr');

test('a chosen folder of many files is read whole and shown as groups', async ({ app }, info) => {
  test.slow();
  const folder = info.outputPath('export');
  const large = flows(...Array.from({ length: 6000 }, (_, n) => flow(n)));
  const files = [...delivered(), ['large.log', large], ['empty.log', Buffer.alloc(0)], ['notes.txt', Buffer.from('no log at all\n')]];
  for (const [path, bytes] of files) {
    const to = join(folder, path);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, bytes);
  }
  expect(large.length).toBeGreaterThan(300_000); // more than is read together with others
  await app.locator('#pick-folder').setInputFiles(folder);
  await expect(statusBar(app)).toContainText(`${(MANY + 6000).toLocaleString('en')} records from ${files.length} sources`);
  await expect(app.locator('.loading')).toHaveCount(0);
  await settled(app);

  const all = await sources(app);
  expect(all.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(files.reduce((sum, [, bytes]) => sum + bytes.length, 0));
  const named = (end) => all.find(({ name }) => name.endsWith(end));
  expect(named('large.log')).toMatchObject({ records: 6000, bytes: large.length, error: null });
  expect(named('empty.log').error).toMatch(/empty/);
  expect(named('notes.txt').error).toMatch(/Not a log we read/);

  // Two accounts on three days, and the three others by what became of them: failed ones first.
  await go(app, 'Sources');
  await expect(groupRows(app)).toHaveCount(8);
  await expect(groupRows(app).nth(0)).toContainText('other files');
  await expect(groupRows(app).nth(0)).toContainText('Not read');
  const group = groupRows(app).filter({ hasText: `${ACCOUNTS[1]} · eu-west-1 · 2026-03-02` });
  await expect(group).toContainText('40 files');
  await group.locator('.row-button').click();
  await expect(groupRows(app)).toHaveCount(40);
  await app.getByRole('button', { name: 'All groups' }).click();
  await expect(groupRows(app)).toHaveCount(8);

  // A file whose path says nothing stands under the account that its records name.
  await expect(groupRows(app).filter({ hasText: 'VPC flow logs' })).not.toContainText('other files');

  // Removing a group is asked about once more.
  const remove = group.getByRole('button', { name: /^Remove 40 files of/ });
  await remove.click();
  await group.getByRole('button', { name: 'Keep' }).click();
  await expect(groupRows(app)).toHaveCount(8);
  await remove.click();
  await group.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(groupRows(app)).toHaveCount(7);
  await expect(statusBar(app)).toContainText(`${(MANY - 40 + 6000).toLocaleString('en')} records from ${files.length - 40} sources`);
});

test('what a dropped folder holds is read, to the last of its portions, and what can not be opened is told', async ({ app, appUrl }) => {
  test.skip(appUrl.startsWith('file:'), 'a page from file: gets no file system to take entries from');
  test.slow();
  const files = [...delivered()].map(([path, bytes]) => [path, bytes.toString('base64')]);
  await app.evaluate(async (list) => {
    // Real entries: those of the page's own file system, which hands out folders in portions of a hundred as a drop does.
    const root = await new Promise((done, failed) => { webkitRequestFileSystem(0, 1 << 24, ({ root }) => done(root), failed); });
    const made = (how, path) => new Promise((done, failed) => { root[how](path, { create: true }, done, failed); });
    for (const [path, text] of list) {
      const parts = path.split('/');
      // All in one folder of each account: more than one portion.
      const folder = parts.slice(0, 2).join('/');
      await made('getDirectory', parts[0]);
      await made('getDirectory', folder);
      const entry = await made('getFile', `${folder}/${parts.at(-1)}`);
      const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      await new Promise((done, failed) => {
        entry.createWriter((writer) => { Object.assign(writer, { onwriteend: done, onerror: failed }); writer.write(new Blob([bytes])); }, failed);
      });
    }
    const dropped = await made('getDirectory', 'AWSLogs');
    const gone = await made('getFile', 'gone.log');
    await new Promise((done, failed) => { gone.remove(done, failed); });
    const data = new DataTransfer();
    data.items.add(new File(['x'], 'AWSLogs'));
    data.items.add(new File(['x'], 'gone.log'));
    const entries = [dropped, gone];
    DataTransferItem.prototype.webkitGetAsEntry = () => entries.shift() ?? null;
    document.querySelector('main').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }));
  }, files);
  await expect(statusBar(app)).toContainText(`${MANY} records from ${MANY + 1} sources`);
  await settled(app);
  const all = await sources(app);
  expect(all.filter(({ records }) => records === 1)).toHaveLength(MANY);
  expect(all.filter(({ error }) => error)).toMatchObject([{ name: 'gone.log', error: expect.stringMatching(/could not/) }]);
});
