// The other door: asks first, then the browser holds the app to the hosts that were named.
import { createServer } from 'node:http';
import AxeBuilder from '@axe-core/playwright';
import { flow, flows, gzip } from '../files.mjs';
import { expect, expectWorkersRead, started, test } from '../fixture.mjs';
import { expectSources, sources } from '../person.mjs';

async function door(page, appUrl, query = '') {
  await page.goto(`${appUrl}online.html${query}`);
  await expect(page.getByRole('heading', { name: /which hosts/i })).toBeVisible();
}

/** A host that answers anything, and what it was asked. */
async function host() {
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(200, { 'Access-Control-Allow-Origin': '*' }).end('answer');
  });
  await new Promise((ready) => { server.listen(0, '127.0.0.1', ready); });
  return { asked, origin: `http://127.0.0.1:${server.address().port}`, close: () => { server.closeAllConnections(); server.close(); } };
}

test('nothing but the door is loaded before it is answered', async ({ page, appUrl }) => {
  const loaded = [];
  page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
  await door(page, appUrl);
  await page.waitForLoadState('networkidle');
  expect(loaded.filter((path) => /\.wasm$|trailbeam-/.test(path))).toEqual([]);
  await expect(page.locator('header.topbar')).toHaveCount(0);
});

const NOT_HOSTS = [
  ['', /at least one host/],
  ['example.com', /not a host/],
  ['http://example.com', /does not start with https/],
  ['ftp://example.com', /does not start with https/],
  ['javascript:alert(1)', /does not start with https/],
  ['https://', /not a host/],
  ['https://example.com/path', /more than a host.*https:\/\/example\.com\?/],
  ['https://user:secret@example.com', /more than a host/],
  ['https://example.com?x', /more than a host/],
  ['https://*.example.com', /not a host/],
  ["https://example.com;script-src'unsafe-inline'", /not a host/],
  ["https://a.example,'unsafe-eval'", /not a host/],
  ['https://example.com\n*', /not a host/],
  ["https://example.com\n'unsafe-inline'", /not a host/],
  ['https://example.com:99999', /not a host/],
  ['<img src=x onerror=alert(1)>', /not a host/],
];

test('refuses what is not exactly a host, and says why', async ({ page, appUrl }) => {
  await door(page, appUrl);
  for (const [typed, complaint] of NOT_HOSTS) {
    await page.getByLabel('Hosts').fill(typed);
    await page.getByRole('button', { name: 'Open with these hosts' }).click();
    await expect(page.getByRole('alert'), typed).toHaveText(complaint);
    await expect(page.getByLabel('Hosts')).toBeFocused();
  }
  await expect(page.locator('meta[http-equiv="Content-Security-Policy"]')).toHaveCount(1);
  await expect(page.locator('html')).not.toHaveAttribute('data-hosts');
});

test('the named hosts can be reached, and no other', async ({ page, appUrl, watch }) => {
  const [named, other] = [await host(), await host()];
  watch.allow(named.origin);
  watch.expect(/policy: connect-src blocked/);
  watch.expect(/console: /);

  await door(page, appUrl);
  await page.getByLabel('Hosts').fill(`${named.origin}/\n${named.origin}`);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await started(page);
  await expect(page.locator('html')).toHaveAttribute('data-door', 'online');
  await expect(page.locator('html')).toHaveAttribute('data-hosts', named.origin);
  await expectWorkersRead(page);

  const answers = await page.evaluate((urls) => Promise.all(urls.map((url) =>
    fetch(url).then((response) => response.text(), (error) => error.name))), [`${named.origin}/a`, `${other.origin}/b`]);
  expect(answers).toEqual(['answer', 'TypeError']);
  expect(named.asked).toEqual(['/a']);
  expect(other.asked).toEqual([]);
  named.close();
  other.close();
});

test('?open=URL fills the form and is passed on', async ({ page, appUrl }) => {
  const open = encodeURIComponent('https://bucket.s3.eu-west-1.amazonaws.com/trail.json.gz?X-Amz-Signature=1');
  await door(page, appUrl, `?open=${open}&open=https://other.example:8443/x&open=nonsense&open=http://plain.example/#/trail`);
  await expect(page.getByLabel('Hosts')).toHaveValue('https://bucket.s3.eu-west-1.amazonaws.com\nhttps://other.example:8443');
  await page.getByRole('button', { name: 'Open with these hosts' }).click();
  await started(page);
  await expect.poll(() => page.url()).toContain(`?open=${open}`);
  await expect.poll(() => page.url()).toContain('#/trail');
});

test('remembers nothing', async ({ page, appUrl }) => {
  await door(page, appUrl);
  await page.getByLabel('Hosts').fill('https://named.example');
  await page.getByRole('button', { name: 'Open with these hosts' }).click();
  await started(page);
  await page.reload();
  await expect(page.getByLabel('Hosts')).toHaveValue('');
  expect(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie])).toEqual([0, 0, '']);
});

test('no accessibility violation', async ({ page, appUrl }) => {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await door(page, appUrl);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
  }
});

/** A host of exports: what it answers by path, and what it was asked. */
async function exportsAt(answers) {
  const asked = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://x');
    asked.push({ path: request.url, headers: request.headers });
    const { status = 404, cors = true, body = '' } = answers[pathname] ?? {};
    response.writeHead(status, cors ? { 'Access-Control-Allow-Origin': '*' } : {}).end(body);
  });
  await new Promise((ready) => { server.listen(0, '127.0.0.1', ready); });
  const { port } = server.address();
  return { asked, origin: `http://127.0.0.1:${port}`, host: `127.0.0.1:${port}`, close: () => { server.closeAllConnections(); server.close(); } };
}

const dialog = (page) => page.getByRole('dialog', { name: 'Open from a URL' });

test('?open=URL at the local door names the host, fetches nothing and leads to the other door', async ({ page, appUrl }) => {
  const there = await exportsAt({ '/flow.log.gz': { status: 200, body: gzip(flows(flow(0))) } });
  const url = `${there.origin}/flow.log.gz?X-Amz-Signature=1`;
  await page.goto(`${appUrl}?open=${encodeURIComponent(url)}`);
  await started(page);
  await expect(dialog(page)).toBeVisible();
  await expect(dialog(page).getByLabel('Address of the file')).toHaveValue(url);
  await expect(dialog(page)).toContainText(there.host);
  await expect(dialog(page).getByRole('button', { name: 'Fetch it' })).toBeDisabled();
  await dialog(page).getByRole('link', { name: 'Go to the online door' }).click();
  await expect(page.getByLabel('Hosts')).toHaveValue(there.origin);
  expect(page.url()).toContain(`open=${encodeURIComponent(url)}`);
  expect(there.asked).toEqual([]);
  there.close();
});

test('the online door asks, then fetches and reads', async ({ page, appUrl, watch }) => {
  const there = await exportsAt({ '/logs/flow.log.gz': { status: 200, body: gzip(flows(flow(0), flow(60))) } });
  watch.allow(there.origin);
  await door(page, appUrl, `?open=${encodeURIComponent(`${there.origin}/logs/flow.log.gz`)}`);
  await page.getByRole('button', { name: 'Open with these hosts' }).click();
  await started(page);
  await expect(dialog(page)).toContainText(`Trailbeam will fetch this file from ${there.host}`);
  expect(there.asked).toEqual([]);
  await dialog(page).getByRole('button', { name: 'Fetch it' }).click();
  await expectSources(page, [{ name: 'flow.log.gz', kind: 'vpc-flow', records: 2, error: null }]);
  await expect(dialog(page)).toBeHidden();
  expect(there.asked.map(({ path }) => path)).toEqual(['/logs/flow.log.gz']);
  const { headers } = there.asked[0];
  expect([headers.cookie, headers.referer, headers.authorization]).toEqual([undefined, undefined, undefined]);

  // The same by the scripting interface.
  const [outcome] = await page.evaluate((url) => trailbeam.open([{ name: 'again', url }]), `${there.origin}/logs/flow.log.gz`);
  expect(outcome).toMatchObject({ kind: 'vpc-flow', duplicates: 2 });
  there.close();
});

// An empty parameter is added to the address, and a signature may not hold for that.
test('a signed address is fetched to the letter', async ({ page, appUrl, watch }) => {
  const there = await exportsAt({ '/flow.log': { status: 200, body: flows(flow(0)) } });
  watch.allow(there.origin);
  const path = '/flow.log?X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature=0a%2Fb';
  await door(page, appUrl);
  await page.getByLabel('Hosts').fill(there.origin);
  await page.getByRole('button', { name: 'Open with these hosts' }).click();
  await started(page);
  const [outcome] = await page.evaluate((url) => trailbeam.open([{ name: 'flow.log', url }]), there.origin + path);
  expect(outcome).toMatchObject({ kind: 'vpc-flow', records: 1 });
  expect(there.asked.map((request) => request.path)).toEqual([path]);
  there.close();
});

test('what can not be fetched is explained, with the command that downloads it', async ({ page, appUrl, watch }) => {
  const there = await exportsAt({
    '/secret.log': { status: 403 },
    '/silent.log': { status: 200, cors: false, body: flows(flow(0)) },
    '/broken.log': { status: 503 },
  });
  watch.allow(there.origin);
  watch.expect(/console: Failed to load resource/);
  watch.expect(/console: Access to fetch .* blocked by CORS policy/);
  await door(page, appUrl);
  await page.getByLabel('Hosts').fill(there.origin);
  await page.getByRole('button', { name: 'Open with these hosts' }).click();
  await started(page);
  await page.getByRole('button', { name: 'From a URL' }).click();
  const cases = [
    ['/secret.log', /answered 403: the file is not public, or the signed address has expired/],
    ['/missing.log', /answered 404: there is no file at this address/],
    ['/broken.log', /answered 503/],
    ['/silent.log', /CORS/],
    ["/it's.log", /answered 404/],
  ];
  for (const [path, why] of cases) {
    await dialog(page).getByLabel('Address of the file').fill(there.origin + path);
    await dialog(page).getByRole('button', { name: 'Fetch it' }).click();
    const told = dialog(page).getByRole('alert');
    await expect(told, path).toContainText(why);
    await expect(told, path).toContainText(there.host);
    await expect(told.locator('pre'), path).toHaveText(`curl -fLO '${there.origin}${path.replace("'", '%27')}'`);
  }
  await dialog(page).getByLabel('Address of the file').fill('https://elsewhere.example/flow.log');
  await expect(dialog(page).getByRole('button', { name: 'Fetch it' })).toBeDisabled();
  await expect(dialog(page)).toContainText('elsewhere.example');
  expect((await sources(page)).length).toBe(0);
  there.close();
});

// The page says "This is the local door" wherever the host was not named.
test('the online door says that a host was not named, not that it is the local one', async ({ page, appUrl }) => {
  await door(page, appUrl);
  await page.getByLabel('Hosts').fill('https://named.example');
  await page.getByRole('button', { name: 'Open with these hosts' }).click();
  await started(page);
  await page.getByRole('button', { name: 'From a URL' }).click();
  await dialog(page).getByLabel('Address of the file').fill('https://elsewhere.example/flow.log');
  await expect(dialog(page)).toContainText('elsewhere.example');
  await expect(dialog(page)).not.toContainText('local door');
});
