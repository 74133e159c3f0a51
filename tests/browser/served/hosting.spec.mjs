// dist/ works on any static host: under a sub-path, without a header, with files that may be cached for ever.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { expect, expectWorkersRead, started, test } from '../fixture.mjs';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm', '.svg': 'image/svg+xml' };

/** The plainest of hosts: files under /some/where/, content types and nothing else; `wasm` as a host without that type has it. */
async function plainHost({ wasm = 'application/wasm' } = {}) {
  const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://x').pathname.replace(/^\/some\/where\//, '');
    try {
      const body = readFileSync(join('dist', path || 'index.html'));
      const type = extname(path) === '.wasm' ? wasm : TYPES[extname(path)] ?? 'text/html';
      response.writeHead(200, { 'Content-Type': type }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((ready) => { server.listen(0, '127.0.0.1', ready); });
  return { url: `http://127.0.0.1:${server.address().port}/some/where/`, close: () => { server.closeAllConnections(); server.close(); } };
}

test('runs under a sub-path of a host that sets no header', async ({ page, watch }) => {
  const host = await plainHost();
  watch.allow(new URL(host.url).origin);
  await page.goto(host.url);
  await started(page);
  await expectWorkersRead(page);
  await page.goto(`${host.url}online.html`);
  await expect(page.getByLabel('Hosts')).toBeVisible();
  await page.close();
  host.close();
});

test('runs where wasm has the wrong content type', async ({ page, watch }) => {
  const host = await plainHost({ wasm: 'application/octet-stream' });
  watch.allow(new URL(host.url).origin);
  await page.goto(host.url);
  await started(page);
  await page.close();
  host.close();
});

// Trunk writes a hash as a number: without zeros in front.
test('every file but the pages carries a hash in its name', async ({ page, appUrl }) => {
  const files = [];
  page.on('request', (request) => { if (request.url().startsWith(appUrl)) files.push(new URL(request.url()).pathname); });
  await page.goto(appUrl);
  await started(page);
  expect(files.length).toBeGreaterThan(4);
  expect(files.filter((path) => path !== '/' && !/-[0-9a-f]{12,16}[._]/.test(path))).toEqual([]);
});

test('the server stays in its folder and answers in the right types', async ({ request, appUrl }) => {
  for (const path of ['../package.json', '%2e%2e/package.json', '..%2fpackage.json', '%00', '%', 'missing.js']) {
    expect((await request.get(appUrl + path)).status(), path).toBe(404);
  }
  const page = await request.get(appUrl);
  expect(page.headers()['content-type']).toBe('text/html; charset=utf-8');
  expect(page.headers()['cache-control']).toBe('no-cache');
  const wasm = /data-wasm="\.\/([^"]+)"/.exec(await page.text())[1];
  expect((await request.get(appUrl + wasm)).headers()['content-type']).toBe('application/wasm');
  expect((await request.post(appUrl)).status()).toBe(405);
});
