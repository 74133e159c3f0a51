// The other door: asks first, then the browser holds the app to the hosts that were named.
import { createServer } from 'node:http';
import AxeBuilder from '@axe-core/playwright';
import { expect, expectWorkersRead, started, test } from '../fixture.mjs';

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
  expect(page.url()).toContain(`?open=${open}`);
  expect(page.url()).toContain('#/trail');
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
