// The events table at size: no row stays blank while it is scrolled, and the last record of a large file opens.
import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { jumps, openRow, watchRows, wheel } from '../../scripts/bench/rows.mjs';
import { expect, test } from './fixture.mjs';
import { eventRows, go, matched, openPaths, settled } from './person.mjs';

test.describe.configure({ mode: 'default' }); // figures of one page at a time
test.use({ trace: 'off' }); // a recorded page is another page
test.skip(({ appUrl }) => appUrl.startsWith('file:'), 'measured in the served app');

const ROWS = 200_000;

/** Tells what a person finds out by the way. */
function tell(info, text) {
  info.annotations.push({ type: 'measured', description: text });
  console.log(`    ${info.title}: ${text}`);
}

/** Opens `count` flow records that are made in the page. */
const openFlows = (page, count) => page.evaluate(async (rows) => {
  const lines = [];
  for (let n = 0; n < rows; n += 1) {
    const start = 1772359200 + n;
    lines.push(`2 111122223333 eni-0a1b2c3d4e5f60718 10.0.${n % 64}.${n % 250} 203.0.113.${n % 251} ${32768 + (n % 28000)} 443 6 10 ${40 + (n % 9973)} ${start} ${start + 60} ${n % 10 ? 'ACCEPT' : 'REJECT'} OK`);
  }
  const [{ records }] = await trailbeam.open([{ name: 'flow.log', bytes: new TextEncoder().encode(`${lines.join('\n')}\n`) }]);
  return records;
}, count);

test('no row stays blank while 200,000 are scrolled', async ({ app }, info) => {
  expect(await openFlows(app, ROWS)).toBe(ROWS);
  await go(app, 'Events');
  await expect(matched(app)).toHaveText('200,000 records');
  await expect(eventRows(app).filter({ hasText: 'eni-' }).first()).toBeVisible();
  const scroller = app.locator('.vtable-scroll');

  const scrolled = async (scroll) => {
    const watch = await watchRows(app);
    await scroll(app);
    await watch.evaluate(({ restart }) => restart());
    await expect.poll(() => watch.evaluate(({ still }) => still()), 'frames in the end without a blank row').toBeGreaterThan(5);
    return watch.evaluate(({ stop }) => stop());
  };
  const wheeled = await scrolled(wheel);
  await expect.poll(async () => Number(await eventRows(app).first().getAttribute('aria-rowindex'))).toBeGreaterThan(1000);
  const jumped = await scrolled(jumps);

  tell(info, `blank for ${wheeled.longest} ms at most by wheel (${wheeled.seen} blank rows seen in ${wheeled.frames} frames), ${jumped.longest} ms by jumps (${jumped.seen} in ${jumped.frames})`);
  expect([wheeled.blank, jumped.blank]).toEqual([0, 0]);
  // How long a row is blank is measured by `make bench`: on a busy machine some frames, never for good.
  expect(wheeled.longest).toBeLessThan(15_000);
  expect(jumped.longest).toBeLessThan(15_000);

  // The keys reach the ends.
  await scroller.focus();
  await app.keyboard.press('End');
  await expect(eventRows(app).last()).toHaveAttribute('aria-rowindex', String(ROWS + 1));
  await expect(eventRows(app).last()).toContainText('eni-');
  await app.keyboard.press('Home');
  await expect(eventRows(app).first()).toHaveAttribute('aria-rowindex', '2');
});

test('the last record of a large gzip file opens', async ({ app }, info) => {
  test.slow();
  const path = info.outputPath('large.log.gz');
  const count = 400_000; // packed, several times what lies between two marks
  function* text() {
    for (let from = 0; from < count; from += 4000) {
      const lines = [];
      for (let n = from; n < from + 4000; n += 1) {
        const start = 1772359200 + n;
        lines.push(`2 111122223333 eni-${String((n * 7919) % 997).padStart(17, '0')} 10.0.${n % 64}.${(n * 31) % 250} 203.0.113.${(n * 17) % 251} ${32768 + ((n * 97) % 28000)} 443 6 10 ${40 + ((n * 7919) % 99_991)} ${start} ${start + 60} ACCEPT OK\n`);
      }
      yield Buffer.from(lines.join(''));
    }
  }
  let raw = 0;
  function* counted() {
    for (const part of text()) {
      raw += part.length;
      yield part;
    }
  }
  await pipeline(Readable.from(counted()), createGzip({ level: 1 }), createWriteStream(path));
  const begun = Date.now();
  const [outcome] = await openPaths(app, [path]);
  const seconds = (Date.now() - begun) / 1000;
  expect(outcome).toMatchObject({ kind: 'vpc-flow', records: count, rejected: 0 });
  await go(app, 'Events');
  const last = eventRows(app).filter({ hasText: 'eni-' }).first(); // the newest stands first
  await expect(last).toBeVisible();
  await settled(app);

  const panel = app.getByRole('complementary', { name: 'Record' });
  const times = [await openRow(app, 0), await openRow(app, 1)];
  await panel.getByRole('tab', { name: 'Original' }).click();
  await expect(panel.locator('pre')).toHaveText(new RegExp(` ${1772359200 + count - 2} \\d+ ACCEPT OK$`));
  tell(info, `${Math.round(raw / 1e6)} MB raw, ${Math.round((await stat(path)).size / 1e6)} MB packed, read in ${seconds.toFixed(1)} s; the last record shown after ${times.join(' and ')} ms`);
  // How long that takes is measured by `make bench`, at the end of a longer one.
  expect(times[1]).toBeLessThan(20_000);
});
