// What every browser test starts from. `import { test, expect } from './fixture.mjs'`.
//
//   app    the page with the app started; the test fails on any console error, uncaught error, policy violation or request
//          to another host, whatever else it checks
//   watch  the record behind that: a test that provokes something says so with `watch.expect(/…/)`, and fails if it stays away
import { test as base, expect } from '@playwright/test';

class Watch {
  #problems = [];
  #expected = [];
  #hosts = new Set();

  /** `pattern` has to match at least one problem, and what it matches is no failure. */
  expect(pattern) {
    this.#expected.push({ pattern, met: false });
  }

  /** Requests to `origin` are no problem. */
  allow(origin) {
    this.#hosts.add(origin);
  }

  allows(origin) {
    return this.#hosts.has(origin);
  }

  note(problem) {
    const known = this.#expected.filter(({ pattern }) => pattern.test(problem));
    known.forEach((expected) => { expected.met = true; });
    if (known.length === 0) this.#problems.push(problem);
  }

  check() {
    expect(this.#problems, 'the page did something it must not').toEqual([]);
    const missing = this.#expected.filter(({ met }) => !met).map(({ pattern }) => String(pattern));
    expect(missing, 'the page should have complained').toEqual([]);
  }
}

export const test = base.extend({
  appUrl: ['', { option: true }],

  watch: [async ({ context, appUrl }, use) => {
    const watch = new Watch();
    const home = new URL(appUrl);
    // Playwright also tells of requests that the policy blocks before they leave (they show as violations); what counts is
    // every other request to another host, answered or not. file: pages may only load themselves.
    const leaving = new Set();
    context.on('request', (request) => {
      const url = new URL(request.url());
      const own = url.protocol === 'file:' ? url.pathname === home.pathname : url.origin === home.origin;
      if (!own && url.protocol !== 'data:' && url.protocol !== 'blob:' && !watch.allows(url.origin)) leaving.add(request);
    });
    context.on('requestfailed', (request) => {
      if (/BLOCKED_BY_CSP|^csp$/i.test(request.failure()?.errorText ?? '')) leaving.delete(request);
    });
    context.on('console', (message) => {
      if (message.type() === 'error') watch.note(`console: ${message.text()}`);
    });
    context.on('weberror', (error) => watch.note(`uncaught: ${error.error().stack ?? error.error()}`));
    await context.exposeBinding('__violation', (_, text) => watch.note(`policy: ${text}`));
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        window.__violation(`${event.effectiveDirective} blocked ${event.blockedURI} ${event.sample}`);
      });
    });
    await use(watch);
    leaving.forEach((request) => watch.note(`request: ${request.method()} ${request.url()} (${request.failure()?.errorText ?? 'sent'})`));
    watch.check();
  }, { auto: true }],

  app: async ({ page, appUrl, watch }, use) => {
    await page.goto(appUrl);
    await started(page);
    await use(page);
  },
});

/** Waits until the app has replaced the waiting line. */
export async function started(page) {
  await expect(page.locator('header.topbar')).toBeVisible();
  await expect(page.locator('#boot')).toHaveCount(0);
}

/**
 * Opens files through the page's scripting interface and waits until they are read.
 * @param {Record<string, string>} files text by name
 * @returns {Promise<object[]>} one outcome per file
 */
export function open(page, files) {
  return page.evaluate(async (list) => {
    await trailbeam.ready;
    return trailbeam.open(list.map(([name, text]) => ({ name, bytes: new TextEncoder().encode(text) })));
  }, Object.entries(files));
}

/** Reads a small file; fails unless that was done by a worker. */
export async function expectWorkersRead(page) {
  const record = '2 111122223333 eni-0a1b2c3d4e5f60718 10.0.1.5 203.0.113.9 443 49152 6 10 5250 1794355200 1794355260 ACCEPT OK\n';
  const [outcome] = await open(page, { 'flow.log': record });
  expect(outcome).toMatchObject({ name: 'flow.log', kind: 'vpc-flow', records: 1, rejected: 0 });
  expect(page.workers().length).toBeGreaterThan(0);
}

export { expect };
