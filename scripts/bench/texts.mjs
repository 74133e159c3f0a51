// Part `texts`: questions about original texts of CloudTrail events, which are read again for each, against the browser's own gunzip
// of the same files, and gunzip with JSON.parse.
import { inApp, go, read } from './app.mjs';
import { gunzip, jsonParse } from './baselines.mjs';
import { count, rate, spread, table, times } from './figures.mjs';

const QUESTIONS = [
  ['a filter pattern', '{ $.errorCode = "AccessDenied*" && $.userIdentity.type = "IAMUser" }', { language: 'filter' }],
  ['a word in the text, by event', 'filter @message like "AccessDenied" | stats count(*) by eventName'],
  ['a path that is no column', 'stats count(*), count_distinct(requestParameters.bucketName) by userIdentity.sessionContext.attributes.creationDate'],
  ['the last 20, with their text', 'fields @timestamp, @message | sort @timestamp desc | limit 20'],
];

export async function textsPart(run, options) {
  const set = await options.logs('trail');
  const floor = [];
  const parsed = [];
  for (let round = 0; round < options.rounds; round++) {
    floor.push(await gunzip(run, set.paths));
    parsed.push(await jsonParse(run, set));
  }
  const ours = await inApp(run, async (page) => {
    await read(page, set);
    await go(page, 'sources');
    const all = [];
    for (const [, text, how] of QUESTIONS) {
      all.push(await page.evaluate(async ([asked, language, n]) => {
        const list = [];
        for (let i = 0; i < n; i++) list.push((await trailbeam.query(asked, language)).elapsed_ms);
        return list;
      }, [text, how, options.repeats]));
    }
    return all;
  });
  const rows = QUESTIONS.map(([title], i) => [title, spread(ours[i]), times(ours[i], floor), times(ours[i], parsed), rate(set.records, ours[i])]);
  return {
    raw: { ours, gunzip: floor, jsonParse: parsed },
    tables: [table(`Questions about original texts, ${count(set.records)} CloudTrail events (ms, least / median / most)`, ['question', 'ours', '× gunzip', '× gunzip and JSON.parse', 'records'], [
      ...rows,
      ['gunzip alone', spread(floor), '', '', rate(set.records, floor)],
      ['gunzip and JSON.parse', spread(parsed), '', '', rate(set.records, parsed)],
    ])],
  };
}
