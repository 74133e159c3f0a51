// Parts `brush` and `frames`: how soon charts follow a moved range, how long each frame takes while a person zooms and pans, and what is
// seen of the table's rows.
import { go, inApp, read } from './app.mjs';
import { count, percentile, spread, table } from './figures.mjs';
import { blankRows, lastRecord } from './rows.mjs';
import { busyPerFrame, traced } from './trace.mjs';

const RANGES = 6;

/** Part `brush`: the page's range is moved; until every chart in the view has been drawn anew. */
export async function brushPart(run, options) {
  const set = await options.logs('flow');
  const raw = await inApp(run, async (page) => {
    await read(page, set);
    const moved = {};
    for (const view of ['overview', 'traffic']) {
      await go(page, view);
      moved[view] = await page.evaluate(async (ranges) => {
        const ends = trailbeam.sources().flatMap(({ first, last }) => [Date.parse(first), Date.parse(last)]);
        const [from, to] = [Math.min(...ends), Math.max(...ends)];
        const iso = (part) => new Date(from + (to - from) * part).toISOString();
        const move = (i) => () => trailbeam.show({ range: { from: iso(i / (ranges + 3)), to: iso((i + 3) / (ranges + 3)) } });
        // The first tells which charts follow: not all do.
        const { drawn: follow } = await bench.redrawn(move(ranges));
        const all = [];
        for (let i = 0; i < ranges; i++) all.push(await bench.redrawn(move(i), follow));
        const late = all.filter(({ drawn }) => drawn < follow).length;
        trailbeam.show({ range: null });
        await bench.quiet(1000);
        return { follow, late, times: all.map(({ ms }) => ms) };
      }, RANGES);
    }
    return moved;
  });
  const rows = Object.entries(raw).map(([view, { follow, late, times }]) => [view, spread(times), String(follow), String(late)]);
  return {
    raw,
    tables: [table(`A moved range, ${count(set.records)} flow records (ms, least / median / most of ${RANGES})`, ['view', 'until every chart is drawn anew', 'charts that follow', 'ranges one of them did not'], rows)],
  };
}

const STEPS = 60;
const STEP_MS = 16;

/** Turns the wheel over the middle of a picture: half closer, half farther. */
async function zoom(page, { x, y, width, height }) {
  await page.mouse.move(x + width * 0.5, y + height * 0.5);
  for (let i = 0; i < STEPS; i++) {
    await page.mouse.wheel(0, i < STEPS / 2 ? -60 : 60);
    await page.waitForTimeout(STEP_MS);
  }
}

/** Drags from near a corner, where nothing stands, to the middle and back. */
async function pan(page, { x, y, width, height }) {
  const at = (part) => [x + 12 + width * 0.4 * part, y + 12 + height * 0.4 * part];
  await page.mouse.move(...at(0));
  await page.mouse.down();
  for (let i = 1; i <= STEPS; i++) {
    await page.mouse.move(...at(i <= STEPS / 2 ? i / (STEPS / 2) : 2 - i / (STEPS / 2)));
    await page.waitForTimeout(STEP_MS);
  }
  await page.mouse.up();
}

const shifted = (gesture) => async (page, box) => {
  await page.keyboard.down('Shift');
  await gesture(page, box);
  await page.keyboard.up('Shift');
};

const PICTURES = [
  { set: 'trail', view: 'trail', picture: '.trail-chart', gestures: { zoom, pan: shifted(pan) } },
  { set: 'flow', view: 'traffic', picture: '.traffic-graph', gestures: { zoom, pan } },
];

async function frames(run, page, gesture, box) {
  const events = await traced(run, page, async () => {
    await page.evaluate(() => performance.mark('bench-gesture'));
    await gesture(page, box);
    await page.waitForTimeout(100);
  });
  await page.evaluate(() => bench.quiet(1000));
  return busyPerFrame(events);
}

/** Part `frames`: script and drawing of the page's thread in each frame of a scripted zoom and pan; rows of a table that is scrolled. */
export async function framesPart(run, options) {
  const raw = {};
  const rows = [];
  for (const { set: name, view, picture, gestures } of PICTURES) {
    const set = await options.logs(name);
    await inApp(run, async (page) => {
      await read(page, set);
      await go(page, view);
      for (const [what, gesture] of Object.entries(gestures)) {
        // What is in sight: the lanes may be taller than the window.
        const box = await page.locator(picture).boundingBox();
        box.height = Math.min(box.height, page.viewportSize().height - box.y);
        const all = await frames(run, page, gesture, box);
        raw[`${view}, ${what}`] = all;
        const of = (key, part) => spread([percentile(all.map((frame) => frame[key]), part)]);
        rows.push([
          `${view}, ${what}, ${count(set.records)} records`, String(all.length),
          ...['busy', 'script', 'drawing'].map((key) => [0.5, 0.95, 1].map((part) => of(key, part)).join(' / ')),
        ]);
      }
    });
  }
  const blank = await blankRows(run, options);
  const last = await lastRecord(run, options);
  Object.assign(raw, { 'blank rows': blank.raw, 'last record': last.raw });
  return { raw, tables: [table("Frames while zooming and panning (ms of the page's thread a frame, p50 / p95 / most)", ['view and gesture', 'frames', 'script and drawing', 'script', 'style, layout, paint'], rows), blank.table, last.table] };
}
