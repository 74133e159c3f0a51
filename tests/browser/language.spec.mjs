// The logs' own query languages: for scripts, for embedding pages, and in the filter bar.
import { createServer } from 'node:http';
import { event, flow, flows, trail } from './files.mjs';
import { expect, test } from './fixture.mjs';
import { expectSources, filter, matched, pick } from './person.mjs';

// A number beyond 2^53, as a log may write it.
const written = (...events) => trail(...events).toString().replaceAll('"bucketName":"big"', '"bucketName":"big","size":9007199254740993');
const FILES = {
  'trail.json': written(event(1), event(2, { eventName: 'StopLogging' }), event(3, { eventName: 'PutObject', requestParameters: { bucketName: 'big' } })),
  'flow.log': flows(flow(0), flow(60, { action: 'REJECT', port: 22 })),
};

const loaded = test.extend({
  filled: async ({ app }, use) => {
    await pick(app, FILES);
    await expectSources(app, [{ records: 3 }, { records: 2 }]);
    await expect(matched(app)).toHaveText('5 records');
    await use(app);
  },
});
const query = (page, text, options) => page.evaluate(([t, o]) => trailbeam.query(t, o), [text, options]);

loaded('a script asks in Insights QL over every kind of log at once', async ({ filled: page }) => {
  const answer = await query(page, 'stats count(*) as n by @kind | sort n desc');
  expect(answer.columns).toEqual([{ name: '@kind', type: 'text' }, { name: 'n', type: 'number' }]);
  expect(answer.rows).toEqual([['cloudtrail', 3], ['vpc-flow', 2]]);
  expect(answer).toMatchObject({ scanned: 5, matched: 5 });
  expect(answer.elapsed_ms).toBeGreaterThanOrEqual(0);
});

loaded('fields that are no columns, big numbers and times come as they are', async ({ filled: page }) => {
  const { rows } = await query(page, 'filter requestParameters.bucketName = "big" | fields @timestamp, requestParameters.size, requestParameters');
  expect(rows).toHaveLength(1);
  expect(rows[0][0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect(rows[0][1]).toBe('9007199254740993');
  expect(rows[0][2]).toMatchObject({ bucketName: 'big', size: '9007199254740993' });
});

loaded('a filter pattern answers with time, source and message', async ({ filled: page }) => {
  const answer = await query(page, '{ $.eventName = "Stop*" }', { language: 'filter' });
  expect(answer.columns.map((c) => c.name)).toEqual(['@timestamp', '@source', '@message']);
  expect(answer.rows).toHaveLength(1);
  expect(answer.rows[0][1]).toBe('trail.json');
  expect(JSON.parse(answer.rows[0][2]).eventName).toBe('StopLogging');
});

loaded('a question is about everything unless the page or a range is asked for', async ({ filled: page }) => {
  await filter(page, 'eventName = StopLogging');
  const count = async (options) => (await query(page, 'stats count(*)', options)).rows[0][0];
  expect(await count()).toBe(5);
  expect(await count({ filter: 'page' })).toBe(1);
  const { rows: [[time]] } = await query(page, 'filter eventName = "StopLogging" | fields @timestamp');
  const to = new Date(Date.parse(time) + 1000).toISOString();
  expect(await count({ range: { from: time, to } })).toBeLessThan(5);
});

loaded('what can not be read is refused with its place', async ({ filled: page }) => {
  const why = await page.evaluate(() => trailbeam.query('stats count(*) | frobnicate x').catch((e) => ({
    name: e.name, what: e.what, at: e.at, end: e.end,
  })));
  expect(why).toEqual({ name: 'SyntaxError', what: 'unknown-command', at: 17, end: 27 });
  const named = await page.evaluate(() => trailbeam.query('lookup x').catch((e) => e.what));
  expect(named).toBe('command-not-supported');
});

loaded('a filter pattern narrows every view', async ({ filled: page }) => {
  await filter(page, '{ $.requestParameters.bucketName = "big" }');
  await expect(matched(page)).toHaveText('1 of 5');
  await expect(page.getByText('pattern { $.requestParameters.bucketName = "big" }')).toBeVisible();
  // It is in the link, and holds for what is opened later.
  await pick(page, { 'more.json': written(event(7, { eventName: 'PutObject', requestParameters: { bucketName: 'big' } })) });
  await expect(matched(page)).toHaveText('2 of 6');
  await expect.poll(() => decodeURIComponent(new URL(page.url()).hash)).toContain('@pattern');
});

loaded('a pattern that can not be read says where', async ({ filled: page }) => {
  await filter(page, '{ $.eventName == "x" }');
  const note = page.locator('.filter-note');
  await expect(note).toBeVisible();
  await expect(note.locator('mark')).not.toHaveText('');
  await expect(matched(page)).toHaveText('5 records');
});

test.describe('embedded', () => {
  /** A page of another origin with the app in a frame, the app's page as its host allows it. */
  async function embedded(page, appUrl, watch, allow) {
    const parent = createServer((request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html' }).end(`<!doctype html><title>host</title><iframe src="${appUrl}"></iframe>`);
    });
    await new Promise((ready) => { parent.listen(0, '127.0.0.1', ready); });
    const origin = `http://127.0.0.1:${parent.address().port}`;
    watch.allow(origin);
    await page.route(appUrl, async (route) => {
      const answer = await route.fetch();
      const body = (await answer.text()).replace('<head>', `<head>${allow ? `<meta name="trailbeam-embed" content="${allow(origin)}">` : ''}`);
      await route.fulfill({ response: answer, body });
    });
    await page.addInitScript(() => {
      window.told = [];
      addEventListener('message', (e) => window.told.push(e.data));
    });
    await page.goto(origin);
    const frame = page.frames().find((f) => f !== page.mainFrame());
    // From the beginning there is `trailbeam.ready`; what is asked before the rest is there, nobody hears.
    await frame.waitForFunction(() => window.trailbeam?.open);
    // The page around it is told, where it may ask.
    if (allow) await page.waitForFunction(() => window.told.some((m) => m.trailbeam === 'ready'));
    else expect(await page.evaluate(() => window.told)).toEqual([]);
    const call = (verb, ...args) => page.evaluate(([v, a, ms]) => new Promise((done) => {
      const id = Math.random();
      addEventListener('message', (e) => { if (e.data.id === id) done({ value: e.data.value, error: e.data.error?.message }); });
      setTimeout(() => done('no answer'), ms);
      document.querySelector('iframe').contentWindow.postMessage({ trailbeam: v, id, args: a }, '*');
    }), [verb, args, allow ? 30_000 : 2000]);
    return { call, close: () => parent.close() };
  }

  test('a page whose origin is allowed opens and asks', async ({ page, appUrl, watch }) => {
    test.skip(appUrl.startsWith('file:'), 'a file has no origin');
    const { call, close } = await embedded(page, appUrl, watch, (origin) => `https://a.example ${origin}`);
    const text = FILES['flow.log'].toString();
    const opened = await call('open', [{ name: 'flow.log', bytes: text }]);
    expect(opened.value).toMatchObject([{ name: 'flow.log', kind: 'vpc-flow', records: 2 }]);
    const asked = await call('query', 'stats count(*) by action | sort action');
    expect(asked.value.rows).toEqual([['ACCEPT', 1], ['REJECT', 1]]);
    expect((await call('query', 'frobnicate')).error).toContain('unknown-command');
    expect((await call('constructor')).error).toContain('no constructor');
    close();
  });

  test('any other page gets no answer', async ({ page, appUrl, watch }) => {
    test.skip(appUrl.startsWith('file:'), 'a file has no origin');
    const { call, close } = await embedded(page, appUrl, watch);
    expect(await call('sources')).toBe('no answer');
    close();
  });
});
