// One HTML file: made in the app, opened from disk with the network off, with scripts and without; verified, tampered with,
// opened in the app again.
import AxeBuilder from '@axe-core/playwright';
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { event, flow, flows, trail } from './files.mjs';
import { expect, started, test } from './fixture.mjs';
import { drop, eventRows, filter, go, matched, navCount, openSample, settled } from './person.mjs';

const CREATED = '2026-11-14T08:20:00Z';
const VIEWS = ['Traffic', 'Trail', 'Config', 'Findings'];

/** What the app shares, as text. */
function share(page, choices) {
  return page.evaluate(async (given) => (await trailbeam.share(given)).text(), { created: CREATED, everything: true, ...choices });
}

// Browsers that a test opened are closed with it: what goes on in them takes time from the next one.
const opened = [];
test.afterEach(async () => {
  await Promise.all(opened.splice(0).map((context) => context.close()));
});

/** Opens a shared file's text from disk, in a page of its own with the network off. */
async function openFile(browser, watch, html, options = {}) {
  const path = test.info().outputPath(`shared-${Math.random().toString(36).slice(2)}.html`);
  writeFileSync(path, html);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  opened.push(context);
  await context.setOffline(true);
  const page = await context.newPage();
  const wrong = [];
  page.on('console', (message) => { if (message.type() === 'error') wrong.push(message.text()); });
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('request', (request) => { if (!/^(file|data|blob):/.test(request.url())) wrong.push(request.url()); });
  await page.goto(pathToFileURL(path).href);
  if (options.javaScriptEnabled !== false) {
    await started(page);
    await expect(page.locator('.statusbar')).toContainText('records from');
    await expect(page.locator('.loading')).toHaveCount(0);
  }
  return { page, wrong, path };
}

/** Every part of a shared file: its name and its bytes. */
const partsOf = (html) => [...html.matchAll(/<script type="application\/octet-stream" data-trailbeam-part="([^"]+)">([^<]*)<\/script>/g)]
  .map(([whole, name, base64]) => ({ whole, name, bytes: Buffer.from(base64, 'base64') }));
const manifestOf = (html) => JSON.parse(partsOf(html).find(({ name }) => name === 'manifest.json').bytes.toString());
/** The file with one byte of a part changed. */
function tampered(html, name) {
  const { whole, bytes } = partsOf(html).find((part) => part.name === name);
  const changed = Buffer.from(bytes);
  changed[Math.floor(changed.length / 2)] ^= 1;
  return html.replace(whole, () => whole.replace(bytes.toString('base64'), () => changed.toString('base64')));
}

const counts = async (page) => Object.fromEntries(await Promise.all(VIEWS.map(async (view) => [view, await navCount(page, view).textContent()])));
const QUESTIONS = ['eventName = RunInstances', 'outcome = failed', 'action = REJECT', 'dstport = 22', 'srcaddr = 203.0.113.0/24'];
async function answers(page) {
  const out = {};
  for (const question of QUESTIONS) {
    await page.evaluate((text) => trailbeam.show({ view: 'overview', filter: text, range: null }), question);
    await expect(page.locator('.token').first()).toBeVisible();
    await settled(page);
    await expect(matched(page)).toHaveText(/^[\d,]+ of/);
    out[question] = await matched(page).textContent();
  }
  await page.evaluate(() => trailbeam.show({ view: 'overview', filter: null, range: null }));
  return out;
}

test('all records: answers as the app does, offline; records open with their text; every part verifies', async ({ app, browser, watch }) => {
  test.slow();
  await openSample(app);
  await app.evaluate(() => trailbeam.show({ filter: null, range: null }));
  await settled(app);
  const [there, asked] = [await counts(app), await answers(app)];
  const html = await share(app, { title: 'Access key leak', author: 'Platform security', records: 'all' });
  const { page, wrong, path } = await openFile(browser, watch, html);
  await expect(page.locator('.topbar')).toContainText('Access key leak');
  await expect.poll(() => counts(page)).toEqual(there);
  expect(await answers(page)).toEqual(asked);

  await filter(page, 'eventName = AuthorizeSecurityGroupIngress');
  await go(page, 'Events');
  await settled(page);
  await eventRows(page).first().click();
  const record = page.getByRole('complementary', { name: 'Record' });
  await expect(record).toContainText(/sample\/.*byte/);
  await record.getByRole('tab', { name: 'Original' }).click();
  await expect(record.locator('pre')).toContainText('"eventName":"AuthorizeSecurityGroupIngress"');

  await go(page, 'Proof');
  await expect(page.locator('.toolbar')).toContainText(/\d+ parts are as the manifest says/, { timeout: 30_000 });
  expect(manifestOf(html).inputs.length).toBeGreaterThan(20);
  expect(wrong).toEqual([]);

  // Opened in the app again, it is a workspace with the same answers.
  await app.evaluate(() => trailbeam.clear());
  await app.evaluate(async ([name, text]) => trailbeam.open([{ name, bytes: new TextEncoder().encode(text) }]), ['report.html', readFileSync(path, 'utf8')]);
  await expect.poll(() => counts(app)).toEqual(there);
  expect(await answers(app)).toEqual(asked);
});

test('no records: counts stay, finer questions are told apart, nothing is listed', { tag: '@once' }, async ({ app, browser, watch }) => {
  test.slow();
  await openSample(app);
  await app.evaluate(() => trailbeam.show({ filter: null, range: null }));
  await settled(app);
  const there = await counts(app);
  const html = await share(app, { records: 'none' });
  const program = html.match(/id="trailbeam-wasm"[^>]*>([^<]*)</)[1].length + html.match(/id="trailbeam-glue">([\s\S]*?)<\/script>/)[1].length;
  console.log(`without records: ${html.length} bytes, of which the program is ${program}, the printed layer ${html.match(/<main id="report">([\s\S]*?)<\/main>/)[1].length}`);
  const { page, wrong } = await openFile(browser, watch, html);
  await expect.poll(() => counts(page)).toEqual(there);
  await go(page, 'Events');
  await expect(page.locator('.not-shared')).toContainText('were not shared');
  await expect(eventRows(page)).toHaveCount(0);
  await filter(page, 'requestID = 1');
  await expect(page.locator('.filter-note')).toContainText('was not shared');
  // The brush and a filter on what is kept go on working.
  await page.evaluate(() => trailbeam.show({ view: 'trail', filter: 'outcome = failed', range: null }));
  await expect(matched(page)).toHaveText(/^[1-9][\d,]* of/);
  expect(wrong).toEqual([]);
});

test('with scripts off: title, hash, charts, tables, notes; with scripts: print shows the printed layer', { tag: '@once' }, async ({ app, browser, watch }) => {
  test.slow();
  await openSample(app);
  await go(app, 'Notes');
  await app.getByLabel(/^A note on/).fill('The key was used from a new network.\nThen SSH was opened.');
  await app.getByRole('button', { name: 'Pin the note' }).click();
  const html = await share(app, { title: 'Access key leak', scope: 'For internal audit', records: 'findings' });
  const { page, wrong } = await openFile(browser, watch, html, { javaScriptEnabled: false });
  await expect(page.getByRole('heading', { name: 'Access key leak' })).toBeVisible();
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256').update(partsOf(html).find(({ name }) => name === 'manifest.json').bytes).digest('hex');
  expect((await page.locator('#report-sha256').textContent()).replaceAll(' ', '')).toBe(hash);
  await expect(page.getByText('The key was used from a new network.')).toBeVisible();
  await expect.poll(() => page.locator('#report svg.chart-svg').count()).toBeGreaterThan(4);
  for (const heading of ['Overview', 'Findings', 'Trail', 'Sessions', 'Back to the person', 'Denied, then allowed', 'Traffic', 'Config', 'Account', 'What differs', 'Events', 'What was examined, what could not be']) {
    await expect(page.locator('#report').getByRole('heading', { name: heading }).first()).toBeAttached();
  }
  const rows = await page.locator('#report table').evaluateAll((all) => all.map((t) => t.tBodies[0].rows.length));
  expect(Math.max(...rows)).toBeLessThanOrEqual(500);
  expect(wrong).toEqual([]);

  const live = await openFile(browser, watch, html);
  await expect(live.page.locator('#report')).toBeHidden();
  await live.page.emulateMedia({ media: 'print' });
  await expect(live.page.locator('#report')).toBeVisible();
  await expect(live.page.locator('.app')).toBeHidden();
  const pdf = await live.page.pdf({ preferCSSPageSize: true });
  expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  await live.page.emulateMedia({ media: 'screen' });
  await live.page.getByRole('button', { name: 'Printed layer' }).click();
  await expect(live.page.locator('#report')).toBeVisible();
  await live.page.getByRole('button', { name: 'Open the dashboard' }).click();
  await go(live.page, 'Notes');
  await expect(live.page.getByText('The key was used from a new network.').last()).toBeVisible();
});

const SMALL = {
  'trail.json': JSON.stringify({ Records: [event(1), event(2, { errorCode: 'AccessDenied' }), event(3)] }),
  'flow.log': flows(flow(30), flow(60), flow(90, { action: 'REJECT' })).toString(),
  'broken.log': flows(flow(120), 'not a record').toString(),
};
const openSmall = (page, files = SMALL) => page.evaluate(async (list) => {
  await trailbeam.ready;
  await trailbeam.open(list.map(([name, text]) => ({ name, bytes: new TextEncoder().encode(text) })));
}, Object.entries(files));

test('one changed byte in any part is found and named', { tag: '@once' }, async ({ app, browser, watch }) => {
  test.slow();
  await openSmall(app);
  const html = await share(app, { records: 'all' });
  const names = partsOf(html).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['manifest.json', 'records/cloudtrail.parquet', 'records/vpc-flow.parquet', 'notes.json', 'findings.json']));
  for (const name of names) {
    const { page } = await openFile(browser, watch, tampered(html, name));
    await go(page, 'Proof');
    await expect(page.locator('.toolbar').getByRole('alert'), name).toContainText(name, { timeout: 30_000 });
    await page.context().close();
  }
  const printed = await openFile(browser, watch, html.replace('Records examined', 'Records examinet'));
  await go(printed.page, 'Proof');
  await expect(printed.page.locator('.toolbar').getByRole('alert')).toContainText('printed layer', { timeout: 30_000 });
});

test('files dropped on a shared page are compared with what it was made from', { tag: '@once' }, async ({ app, browser, watch }) => {
  await openSmall(app);
  const html = await share(app, { records: 'none' });
  const { page, wrong } = await openFile(browser, watch, html);
  await drop(page, { 'flow.log': SMALL['flow.log'], 'renamed.json': SMALL['trail.json'], 'broken.log': `${SMALL['broken.log']}x`, 'other.log': 'x' });
  const told = page.getByRole('list', { name: 'Dropped files' }).getByRole('listitem');
  await expect(told.filter({ hasText: 'flow.log' }).first()).toContainText('The very file that was opened');
  await expect(told.filter({ hasText: 'renamed.json' })).toContainText('opened as trail.json');
  await expect(told.filter({ hasText: 'broken.log' })).toContainText('with other content');
  await expect(told.filter({ hasText: 'other.log' })).toContainText('No such file was opened');
  expect(wrong).toEqual([]);
});

test('the same choices make the same bytes: other orders, other workers, fresh tabs', async ({ browser, appUrl }) => {
  test.slow();
  const made = [];
  for (const [workers, turned] of [[1, false], [4, true]]) {
    const context = await browser.newContext();
    await context.addInitScript((n) => Object.defineProperty(navigator, 'hardwareConcurrency', { get: () => n }), workers);
    const page = await context.newPage();
    await page.goto(appUrl);
    await started(page);
    const files = [];
    for (let n = 0; n < 12; n += 1) {
      files.push([`trail-${n}.json`, trail(event(1000 + n), ...Array.from({ length: 40 }, (_, i) => event((n % 9) * 40 + i)))]);
      files.push([`flow-${n}.log`, flows(...Array.from({ length: 300 }, (_, i) => flow(30 + i * 7 + n)))]);
    }
    if (turned) files.reverse();
    await openSmall(page, Object.fromEntries(files.map(([name, bytes]) => [name, bytes.toString()])));
    for (const records of ['all', 'findings', 'none']) made.push(await share(page, { records }));
    await context.close();
  }
  for (const n of [0, 1, 2]) expect(made[n] === made[n + 3], `export ${n}`).toBe(true);
  expect(manifestOf(made[0]).inputs.reduce((sum, { duplicates }) => sum + Number(duplicates), 0)).toBe(120);
});

test('hostile titles, notes and log text stay text in both layers; secrets are masked', { tag: '@once' }, async ({ app, browser, watch }) => {
  test.slow();
  const hostile = '</script><!--\u2028<img src=x onerror="document.title=1"><svg onload=alert(1)>';
  await openSmall(app, {
    'trail.json': JSON.stringify({ Records: [
      event(1, { userAgent: hostile, errorCode: hostile }),
      event(2, { responseElements: { credentials: { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00', sessionToken: 'FwoGZXIvYXdzEXAMPLETOKENFwoGZXIvYXdzEXAMPLETOKEN' } } }),
    ] }),
  });
  await go(app, 'Notes');
  await app.getByLabel(/^A note on/).fill(`${hostile} password=hunter2secret`);
  await app.getByRole('button', { name: 'Pin the note' }).click();
  const html = await share(app, { title: hostile, scope: hostile, author: hostile, records: 'all' });
  const plain = html + partsOf(html).map(({ bytes }) => bytes.toString('latin1')).join('');
  for (const secret of ['wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00', 'FwoGZXIvYXdzEXAMPLETOKEN', 'hunter2secret']) expect(plain.includes(secret), secret).toBe(false);
  for (const javaScriptEnabled of [true, false]) {
    const { page, wrong } = await openFile(browser, watch, html, { javaScriptEnabled });
    if (javaScriptEnabled) {
      for (const view of ['Overview', 'Trail', 'Events', 'Notes', 'Proof']) {
        await go(page, view);
        await settled(page);
      }
      await expect(page.locator('.toolbar')).toContainText(/parts are as the manifest says/, { timeout: 30_000 });
      await expect(page.locator('img')).toHaveCount(0);
    }
    expect(await page.title()).toBe(hostile.replace('\u2028', 'U+2028'));
    expect(wrong).toEqual([]);
    await page.context().close();
  }
});

test('a person shares: the dialog measures, saves, and leaves out; it and the report are accessible', async ({ app, browser, watch }) => {
  test.slow();
  await openSmall(app);
  await app.getByRole('button', { name: 'Share', exact: true }).click();
  const dialog = app.getByRole('dialog', { name: 'Share as one HTML file' });
  await expect(dialog).toContainText('of 20 MB', { timeout: 60_000 });
  const axe = async (page, where) => {
    const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] }).analyze();
    expect.soft(violations.map(({ id, nodes }) => `${where}: ${id}: ${nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(' | ')}`)).toEqual([]);
  };
  await axe(app, 'dialog');
  // What was not chosen is measured too.
  const choice = (name) => dialog.locator('.share-records .share-row').filter({ hasText: name }).locator('.num');
  for (const name of ['None', 'Behind findings', 'In the filter', 'All']) {
    await expect(choice(name)).toHaveText(/^[\d.]+ (B|kB|MB)$/, { timeout: 60_000 });
  }
  await expect(choice('original text')).toHaveText(/^\+ [\d.]+ (B|kB|MB)$/, { timeout: 60_000 });
  await dialog.getByLabel('Title').fill('Three records');
  await dialog.getByLabel('Title').press('Tab');
  await dialog.getByLabel('All', { exact: false }).last().check();
  await dialog.getByLabel('Field to leave out').fill('sourceIPAddress');
  await dialog.getByRole('button', { name: 'Leave out' }).click();
  await expect(dialog.locator('.token')).toContainText('sourceIPAddress');
  await expect(dialog.getByRole('button', { name: 'Save the report' })).toBeEnabled({ timeout: 60_000 });
  await expect(dialog.locator('.share-weight')).not.toContainText('…');
  const download = app.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Save the report' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('three-records.html');
  const text = readFileSync(await file.path(), 'utf8');
  const manifest = manifestOf(text);
  expect(manifest).toMatchObject({ title: 'Three records', left_out: ['sourceIPAddress'] });
  const { page, wrong } = await openFile(browser, watch, text);
  await filter(page, 'sourceIPAddress = 198.51.100.7');
  await expect(page.locator('.filter-note')).toContainText('was not shared');
  await page.evaluate(() => trailbeam.show({ view: 'proof', filter: null }));
  await expect(page.locator('.toolbar')).toContainText(/parts are as the manifest says/, { timeout: 30_000 });
  await axe(page, 'proof');
  await page.getByRole('button', { name: 'Printed layer' }).click();
  await axe(page, 'printed layer');
  expect(wrong).toEqual([]);
});

test('notes are pinned to a finding, a range and a moment, and lead back to them', { tag: '@once' }, async ({ app, browser, watch }) => {
  test.slow();
  await openSample(app);
  await app.evaluate(() => trailbeam.show({ view: 'overview', filter: null, range: null }));
  const dialog = app.getByRole('dialog', { name: 'Pin a note' });
  const write = async (text) => {
    await dialog.getByLabel('Note', { exact: true }).fill(text);
    await dialog.getByRole('button', { name: 'Pin the note' }).click();
    await expect(dialog).toBeHidden();
  };
  const lead = app.locator('.lead-row').first();
  await lead.hover();
  await lead.getByRole('button', { name: /^Pin a note to/ }).click();
  const { violations } = await new AxeBuilder({ page: app }).setLegacyMode(true).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)}`)).toEqual([]);
  await write('This came first.');

  await app.evaluate(() => trailbeam.show({ view: 'traffic', filter: 'action = REJECT', range: { from: '2026-11-11T00:00:00Z', to: '2026-11-11T06:00:00Z' } }));
  const pinRange = app.getByRole('button', { name: 'Pin a note to what is shown of this range' });
  await pinRange.click();
  await write('Refused all night.');
  await pinRange.click();
  await dialog.getByRole('button', { name: 'A moment' }).click();
  await dialog.getByLabel(/^When/).fill('yesterday');
  await dialog.getByLabel('Note', { exact: true }).fill('x');
  await expect(dialog.getByRole('button', { name: 'Pin the note' })).toBeDisabled();
  await dialog.getByLabel(/^When/).fill('2026-11-11T01:26:18Z');
  await write('The key is used here.');
  await go(app, 'Findings');
  await app.evaluate(() => trailbeam.show({ filter: null, range: null }));
  await app.locator('.findings-list tbody .row-button').first().click();
  await app.getByRole('button', { name: 'Pin a note to this check' }).click();
  await write('To be mended by Friday.');

  const html = await share(app, { records: 'findings' });
  expect(JSON.parse(partsOf(html).find(({ name }) => name === 'notes.json').bytes.toString()).map(({ pin }) => Object.keys(pin)[0])).toEqual(['finding', 'range', 'moment', 'finding']);
  const { page, wrong } = await openFile(browser, watch, html);
  await go(page, 'Notes');
  const notes = page.locator('.notes-list .note');
  await expect(notes).toHaveCount(4);
  await expect(page.getByRole('button', { name: /^Pin a note/ })).toHaveCount(0);
  await notes.nth(1).getByRole('button').click();
  await expect(page.locator('.token')).toContainText('REJECT');
  await expect.poll(() => page.evaluate(() => location.hash)).toContain('traffic');
  await go(page, 'Notes');
  await notes.nth(0).getByRole('button').click();
  await expect(matched(page)).toHaveText(/^[1-9][\d,]* of/);
  expect(wrong).toEqual([]);
});

test('what is left out stands nowhere; paths that are no columns are asked in the texts', async ({ app, browser, watch }) => {
  test.slow();
  const secret = '198.51.100.77';
  const files = {
    'trail.json': JSON.stringify({ Records: [
      ...Array.from({ length: 40 }, (_, n) => event(n, { sourceIPAddress: secret, errorCode: 'AccessDenied', requestParameters: { groupId: n % 4 ? 'sg-0a' : 'sg-0b' } })),
      event(900, { userIdentity: { type: 'Root', accountId: '111122223333', arn: 'arn:aws:iam::111122223333:root' }, sourceIPAddress: secret }),
    ] }),
  };
  await openSmall(app, files);
  await go(app, 'Notes');
  await app.getByLabel(/^A note on/).fill(`It came from ${secret}.`);
  await app.getByRole('button', { name: 'Pin the note' }).click();
  await app.evaluate((ip) => trailbeam.show({ filter: `sourceIPAddress = ${ip}` }), secret);
  const told = (html) => html + partsOf(html).map(({ bytes }) => bytes.toString('latin1')).join('');
  const whole = await share(app, { records: 'all', everything: false });
  expect(told(whole)).toContain(secret);
  const less = await share(app, { records: 'all', everything: false, leaveOut: ['sourceIPAddress'] });
  expect(told(less)).not.toContain(secret);
  expect(manifestOf(less).filter).toContain('[left out]');

  const { page, wrong } = await openFile(browser, watch, whole);
  await filter(page, 'requestParameters.groupId = sg-0b');
  await expect(matched(page)).toHaveText(/^10 of/, { timeout: 30_000 });
  expect(wrong).toEqual([]);
});

test('names of addresses travel with the file: those of its own addresses, and none of what is left out', { tag: '@once' }, async ({ app, browser, watch }) => {
  test.slow();
  const NAMES = 'cidr,name,detail\n203.0.113.0/24,Branch office,rented\n10.0.1.0/24,App servers,\n192.0.2.0/24,Never seen,\n';
  await openSmall(app, { ...SMALL, 'networks.csv': NAMES });
  await go(app, 'Sources');
  await expect(app.getByRole('region', { name: 'What names addresses' })).toContainText('networks.csv');
  await app.evaluate(() => trailbeam.settled());
  const namesOf = (html) => partsOf(html).find(({ name }) => name === 'names.json')?.bytes.toString() ?? '';
  const html = await share(app, { records: 'all' });
  expect(JSON.parse(namesOf(html)).named.map(({ name }) => name)).toEqual(['App servers', 'Branch office']);
  expect(manifestOf(html).names_sha256).toMatch(/^[0-9a-f]{64}$/);

  const { page, wrong } = await openFile(browser, watch, html);
  await page.evaluate(() => { location.hash = '#/entity?entity=203.0.113.9'; });
  await expect(page.locator('.entity-called')).toContainText('Branch office');
  await go(page, 'Proof');
  const told = page.getByRole('region', { name: 'What names addresses' });
  await expect(told).toContainText('networks.csv');
  await expect(told).toContainText('2 networks');
  await expect(told.getByRole('button')).toHaveCount(0);
  await expect(page.locator('.toolbar')).toContainText(/parts are as the manifest says/, { timeout: 30_000 });
  const changed = await openFile(browser, watch, tampered(html, 'names.json'));
  await go(changed.page, 'Proof');
  await expect(changed.page.locator('.toolbar').getByRole('alert')).toContainText('names.json', { timeout: 30_000 });

  // Nothing names an address that was left out.
  const less = await share(app, { records: 'all', leaveOut: ['dstaddr'] });
  expect(namesOf(less)).not.toContain('Branch office');
  expect(namesOf(less)).toContain('App servers');
  // A file without names is as it was before there were any.
  await go(app, 'Sources');
  await app.getByRole('button', { name: 'Take the names of networks.csv away' }).click();
  const bare = await share(app, { records: 'all' });
  expect(namesOf(bare)).toBe('');
  expect(Object.keys(manifestOf(bare))).not.toContain('names_sha256');
  expect(wrong).toEqual([]);
});

test('the logs\' own languages ask what was included, with original texts and without', { tag: '@once' }, async ({ app, browser, watch }) => {
  await openSmall(app);
  const texts = [
    'stats count(*) as n by @kind, action, eventName | sort n desc, eventName, action',
    'fields @timestamp, @source, @message | sort @timestamp, @message | limit 50',
    'filter eventVersion like "1." | stats count(*), count_distinct(requestID)',
  ];
  const ask = (page) => page.evaluate(async (all) => {
    const answers = [];
    for (const text of all) answers.push((await trailbeam.query(text)).rows);
    answers.push((await trailbeam.query('{ $.eventName = "*" }', { language: 'filter' })).matched);
    return answers;
  }, texts);
  const there = await ask(app);
  expect(there[0].length).toBeGreaterThan(0);
  const whole = await openFile(browser, watch, await share(app, { title: 'With texts', records: 'all', originals: true }));
  expect(await ask(whole.page)).toEqual(there);
  expect(whole.wrong).toEqual([]);
  // Without texts the fields stand for them, and the answer says so.
  const bare = await openFile(browser, watch, await share(app, { title: 'Without', records: 'all', originals: false }));
  const answers = await ask(bare.page);
  expect([answers[0], answers[3]]).toEqual([there[0], there[3]]);
  const { notes } = await bare.page.evaluate(() => trailbeam.query('fields @message | limit 5'));
  expect(notes.join(' ')).toContain('without an original text');
});
