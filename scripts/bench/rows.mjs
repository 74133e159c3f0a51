// Of the part `frames`: how long rows of the events table stand blank while it is scrolled, and how soon the last record of a large
// gzip opens. The browser test of the table watches rows in the same way.
import { go, inApp, read } from './app.mjs';
import { count, megabytes, spread, table } from './figures.mjs';

/**
 * Watches the table from now on, frame by frame. `still()` says in how many frames up to now no row in sight was blank, counted anew
 * from `restart()`; `stop()` how long one stood blank at most (ms).
 */
export const watchRows = (page) => page.evaluateHandle(() => {
  const scroller = document.querySelector('.vtable-scroll');
  const since = new Map();
  let longest = 0;
  let frames = 0;
  let seen = 0;
  let still = 0;
  let running = true;
  const head = scroller.querySelector('.vtable-head').getBoundingClientRect().height;
  const look = (now) => {
    if (!running) return;
    frames += 1;
    const { top, bottom } = scroller.getBoundingClientRect();
    const blank = new Set();
    let reach = top + head; // rows follow each other without a gap down to here
    const rows = [...scroller.querySelectorAll('.vtable-row')].map((row) => [row.getBoundingClientRect(), row]).sort(([a], [b]) => a.top - b.top);
    for (const [box, row] of rows) {
      if (box.bottom <= top + head || box.top >= bottom) continue;
      if (box.top <= reach + 1) reach = Math.max(reach, box.bottom);
      if (row.querySelector(':scope > .faint')) blank.add(row.getAttribute('aria-rowindex'));
    }
    if (reach < bottom - 1) blank.add('nothing there');
    still = blank.size === 0 ? still + 1 : 0;
    for (const key of since.keys()) if (!blank.has(key)) since.delete(key);
    for (const key of blank) {
      seen += 1;
      if (!since.has(key)) since.set(key, now);
      longest = Math.max(longest, now - since.get(key));
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  return {
    restart: () => { still = 0; },
    still: () => still,
    stop: () => { running = false; return { longest: Math.round(longest), frames, seen, blank: since.size }; },
  };
});

/** Scrolls by wheel, farther with every turn. */
export async function wheel(page) {
  await page.locator('.vtable-scroll').hover();
  for (let n = 0; n < 40; n += 1) {
    await page.mouse.wheel(0, 400 + n * 40);
    await page.waitForTimeout(30);
  }
}

/** Scrolls by jumps of the scroll bar, to and fro. */
export async function jumps(page) {
  const scroller = page.locator('.vtable-scroll');
  for (let n = 0; n < 20; n += 1) {
    await scroller.evaluate((element, part) => { element.scrollTop = part * (element.scrollHeight - element.clientHeight); }, ((n * 7919) % 101) / 100);
    await page.waitForTimeout(120);
  }
}

/** Opens the record of a row of the table; from the click to the frame that shows where its text was read (ms). */
export const openRow = (page, row) => page.evaluate((n) => new Promise((done) => {
  const said = () => document.querySelector('.split .source-line')?.textContent ?? '';
  const before = said();
  const begun = performance.now();
  document.querySelectorAll('.vtable-row')[n].click();
  const look = () => {
    if (said() && said() !== before) done(Math.round(performance.now() - begun));
    else requestAnimationFrame(look);
  };
  look();
}), row);

const filled = (page) => page.waitForFunction(() => document.querySelector('.vtable-row:not(:has(> .faint))'));

/** Rows in sight while the table is scrolled. */
export async function blankRows(run, options) {
  const set = await options.logs('flow');
  const raw = await inApp(run, async (page) => {
    await read(page, set);
    await go(page, 'events');
    await filled(page);
    const all = {};
    for (const [what, scroll] of Object.entries({ wheel, jumps })) {
      const watch = await watchRows(page);
      await scroll(page);
      await page.evaluate(() => bench.quiet(1000));
      all[what] = await watch.evaluate((rows) => rows.stop());
      if (all[what].blank > 0) throw new Error(`${all[what].blank} rows stay blank after the ${what}`);
    }
    return all;
  });
  const rows = Object.entries(raw).map(([what, { longest, seen, frames }]) => [what, spread([longest]), count(seen), count(frames)]);
  return { raw, table: table(`Rows in sight that are blank while ${count(set.records)} flow records are scrolled`, ['by', 'longest blank (ms)', 'blank rows seen', 'frames looked at'], rows) };
}

/** The last record of one large gzip: the newest stands first in the table. */
export async function lastRecord(run, options) {
  const set = await options.logs('large');
  const raw = await inApp(run, async (page) => {
    await read(page, set);
    await go(page, 'events');
    await filled(page);
    return { first: await openRow(page, 0), second: await openRow(page, 1) };
  });
  const rows = Object.entries(raw).map(([which, ms]) => [`${which} click`, spread([ms])]);
  return { raw, table: table(`The last record of a gzip of ${megabytes(set.raw)} raw, ${megabytes(set.packed)} packed`, ['opened by', 'until its text is shown (ms)'], rows) };
}
