// The browser of a run, the server behind it, and what the operating system says of its processes.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { staticFiles } from '../static.mjs';

const HOST = '127.0.0.1';
const MODULES = '/node_modules/';
/** DuckDB's module names its own modules as npm does. */
const PLAIN = `<!doctype html><meta charset="utf-8"><title>Baselines</title>
<script type="importmap">${JSON.stringify({
  imports: {
    'apache-arrow': `${MODULES}apache-arrow/Arrow.dom.mjs`,
    tslib: `${MODULES}tslib/tslib.es6.mjs`,
    flatbuffers: `${MODULES}flatbuffers/mjs/flatbuffers.js`,
  },
})}</script>
<input type="file" multiple>`;

function served(dist) {
  if (!existsSync(join(dist, 'index.html'))) throw new Error(`${dist}/index.html is missing: run \`make dist\` first`);
  const files = staticFiles({ [MODULES]: 'node_modules', '/': dist });
  return new Promise((done) => {
    const server = createServer((request, response) => {
      if (request.url !== '/bench-plain') return files(request, response);
      return response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(PLAIN);
    });
    server.listen(0, HOST, () => done(server));
  });
}

/** Starts server and browser; `close` ends both. */
export async function start(dist) {
  const server = await served(dist);
  const executablePath = process.env.CHROMIUM ?? execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim();
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const url = `http://${HOST}:${server.address().port}/`;
  const system = await browser.newBrowserCDPSession();

  /** A page in a context of its own, which is gone once `use` is done. */
  async function inPage(use) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(3_600_000); // a hundred thousand files on a busy machine
      return await use(page);
    } finally {
      await context.close();
    }
  }

  return {
    browser,
    url,
    version: browser.version(),
    inPage,

    /** A page without the app, where baselines run; its one input has these files. */
    inPlainPage: (paths, use) => inPage(async (page) => {
      await page.goto(`${url}bench-plain`);
      await page.setInputFiles('input', paths);
      return use(page);
    }),

    /**
     * What the largest renderer process has for itself (bytes): the page's, as no other is open. Nothing where the operating
     * system does not say.
     */
    async privateBytes() {
      const { processInfo } = await system.send('SystemInfo.getProcessInfo');
      const sizes = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => privateOf(id));
      const largest = Math.max(0, ...sizes);
      return largest > 0 ? largest : undefined;
    },

    async close() {
      await browser.close();
      server.close();
    },
  };
}

function privateOf(pid) {
  try {
    const kilobytes = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').matchAll(/^Private_\w+:\s+(\d+) kB$/gm);
    return [...kilobytes].reduce((sum, [, kb]) => sum + Number(kb) * 1024, 0);
  } catch {
    return 0;
  }
}
