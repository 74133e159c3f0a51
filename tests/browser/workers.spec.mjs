// Workers that are refused, and workers that die: the same page, slower, or a plain word about it.
import { event, flow, flows, gzip, trail } from './files.mjs';
import { expect, started, test } from './fixture.mjs';
import { eventRows, expectSources, filter, go, matched, navCount, pick, sources } from './person.mjs';

/** Opens the app where `script` runs before anything of the page. */
async function openAfter(page, appUrl, script) {
  await page.addInitScript(script);
  await page.goto(appUrl);
  await started(page);
}

test('where workers are refused the page reads, counts and answers itself', async ({ page, appUrl }) => {
  await openAfter(page, appUrl, () => {
    globalThis.Worker = function Worker() { throw new DOMException('workers are refused here', 'SecurityError'); };
  });
  await pick(page, {
    'trail.json.gz': gzip(trail(event(1), event(2, { eventName: 'StopLogging' }), event(3))),
    'flow.log': flows(...Array.from({ length: 2000 }, (_, n) => flow(n, n % 10 ? {} : { action: 'REJECT', port: 22 }))),
  });
  await expectSources(page, [{ kind: 'cloudtrail', records: 3, error: null }, { kind: 'vpc-flow', records: 2000, error: null }]);
  expect(page.workers()).toEqual([]);
  await expect(navCount(page, 'Traffic')).toHaveText('2,000');
  await expect(matched(page)).toHaveText('2,003 records');
  await filter(page, 'action = REJECT');
  await expect(matched(page)).toHaveText('200 of 2,003');
  await go(page, 'Traffic');
  await expect(page.getByRole('application', { name: /^Traffic:/ })).toBeVisible();
  await page.getByRole('button', { name: 'Clear', exact: true }).click();

  // A record's text is read from its file again, and so is a path that is no column yet.
  await go(page, 'Events');
  await page.getByRole('columnheader', { name: 'Kind' }).getByRole('button').click();
  await eventRows(page).filter({ hasText: 'StopLogging' }).click();
  const panel = page.getByRole('complementary', { name: 'Record' });
  await panel.getByRole('tab', { name: 'Original' }).click();
  await expect(panel.locator('pre')).toHaveText(JSON.stringify(event(2, { eventName: 'StopLogging' })));
  await filter(page, 'requestParameters.userName = bob');
  await expect(matched(page)).toHaveText('3 of 2,003');
});

test('where workers die at once the page takes their place', async ({ page, appUrl, watch }) => {
  watch.expect(/uncaught|console/);
  // The first message of a worker is the compiled module: without it, it ends.
  await openAfter(page, appUrl, () => {
    globalThis.Worker = class extends Worker {
      #begun = false;

      postMessage(...args) {
        if (this.#begun) return super.postMessage(...args);
        this.#begun = true;
        return super.postMessage('no module');
      }
    };
  });
  await pick(page, { 'flow.log': flows(flow(0), flow(60)) });
  await expectSources(page, [{ kind: 'vpc-flow', records: 2, error: null }]);
  await filter(page, `start >= ${flow(60).split(' ')[10]}`);
  await expect(matched(page)).toHaveText('1 of 2');
});

test('a worker that dies later takes its files with it, says so, and the others go on', async ({ page, appUrl }) => {
  await openAfter(page, appUrl, () => {
    globalThis.made = [];
    globalThis.Worker = class extends Worker {
      constructor(...args) {
        super(...args);
        globalThis.made.push(this);
      }
    };
  });
  await pick(page, { 'flow.log': flows(flow(0)) });
  await expectSources(page, [{ records: 1, error: null }]);
  // All but one, so that one of them held the file or none did.
  const died = await page.evaluate(() => {
    const dead = made.slice(1);
    for (const worker of dead) {
      worker.terminate();
      worker.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }));
    }
    return dead.length;
  });
  test.skip(died === 0, 'a browser with one worker');
  await expect(page.getByRole('alert').filter({ hasText: /worker of this page stopped \(out of memory\)/ })).toBeVisible();
  await pick(page, { 'more.log': flows(flow(60), flow(120)) });
  await expect.poll(async () => (await sources(page))[1]).toMatchObject({ name: 'more.log', records: 2, error: null });
  const [first] = await sources(page);
  expect(first.error === null ? first.records : first.error).toEqual(first.error === null ? 1 : expect.stringContaining('the worker that read it stopped'));
});
