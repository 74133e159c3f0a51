// Part `follow`: what it takes to follow one thing: the sessions of a trail, the page of an address, why flows were rejected.
import { inApp, read } from './app.mjs';
import { count, spread, table } from './figures.mjs';

/** Where a page is asked for, among how many records, and what says that it is there. */
const PAGES = [
  { set: 'trail', records: 20_000, what: 'sessions, back to their people', hash: '#/sessions', there: '[role=grid][aria-label=Sessions] .vtable-row' },
  { set: 'trail', records: 20_000, what: 'the page of the busiest principal', hash: '#/entity?entity=', of: 'principal', there: '.entity-touched tbody tr' },
  { set: 'trail', records: 200_000, what: 'the page of the busiest principal', hash: '#/entity?entity=', of: 'principal', there: '.entity-touched tbody tr' },
  { set: 'flow', records: 50_000, what: 'the page of the busiest address', hash: '#/entity?entity=', of: 'srcaddr', there: '.entity-touched tbody tr' },
  { set: 'flow', records: 1_000_000, what: 'the page of the busiest address', hash: '#/entity?entity=', of: 'srcaddr', there: '.entity-touched tbody tr' },
  { set: 'flow', records: 50_000, what: 'why flows were rejected', hash: '#/traffic?as=rejects', there: '.reject, .rejects-passed' },
];

export async function followPart(run, options) {
  const rows = [];
  const raw = {};
  for (const { set: name, records, what, hash, of, there } of PAGES) {
    const set = await options.logs(name, records);
    const times = [];
    for (let round = 0; round < options.rounds; round++) {
      times.push(await inApp(run, async (page) => {
        await read(page, set);
        const value = of && await page.evaluate(async (field) => (await trailbeam.query(`stats count(*) as n by ${field} | sort n desc | limit 1`)).rows[0][0], of);
        return page.evaluate(async ([to, sign]) => {
          const began = performance.now();
          location.hash = to;
          while (!document.querySelector(sign)) await new Promise((on) => requestAnimationFrame(on));
          return performance.now() - began;
        }, [hash + (value ? encodeURIComponent(value) : ''), there]);
      }));
    }
    raw[`${what}, ${records}`] = times;
    rows.push([what, `${count(set.records)} ${name === 'flow' ? 'flows' : 'CloudTrail events'}`, spread(times)]);
  }
  return { raw, tables: [table('Following one thing, once everything is read (ms, least / median / most)', ['what', 'loaded', 'until it is there'], rows)] };
}
