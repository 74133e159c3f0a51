// Part `rules`: every rule and check over CloudTrail events that are loaded, beside what a native tool of the field states for itself,
// and how many groups of severity high or above events of everyday life raise.
import { go, inApp, read } from './app.mjs';
import { count, median, rate, spread, table } from './figures.mjs';

/** Events a second that suzaku (native, Rust, 70 rules) states for itself: github.com/Yamato-Security/suzaku. */
const SUZAKU = 120_000;

export async function rulesPart(run, options) {
  const set = await options.logs('trail');
  const rounds = [];
  for (let round = 0; round < options.rounds; round++) {
    rounds.push(await inApp(run, async (page) => {
      await read(page, set);
      await go(page, 'sources');
      return page.evaluate(async () => {
        const began = performance.now();
        const all = await trailbeam.findings();
        const first = performance.now() - began;
        const loud = all.filter((f) => f.status === 'fired' && ['critical', 'high'].includes(f.severity));
        return { first, rules: all.length, fired: all.filter((f) => f.status === 'fired').length, loud: loud.map((f) => [f.rule, f.groups]) };
      });
    }));
  }
  const first = rounds.map((r) => r.first);
  const [{ rules, fired, loud }] = rounds;
  const groups = loud.reduce((sum, [, n]) => sum + n, 0);
  const native = (set.records / SUZAKU) * 1000;
  return {
    raw: { rounds },
    tables: [table(`All ${rules} rules and checks over ${count(set.records)} CloudTrail events (ms, least / median / most)`, ['what', 'ms', 'events', 'of suzaku’s own figure'], [
      ['all rules, once the events are loaded', spread(first), rate(set.records, first), `${(native / median(first)).toFixed(1)}×`],
      ['suzaku, 70 rules, as it states (120,000 events a second, native)', Math.round(native).toString(), `${count(SUZAKU)}/s`, '1×'],
    ], [`${fired} rules found something; ${groups} groups of severity high or above (${loud.map(([rule, n]) => `${rule} ${n}`).join(', ') || 'none'}).`])],
  };
}
