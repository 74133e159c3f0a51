// What ours is measured against, in a plain page of the same browser: its own gunzip, and gunzip with JSON.parse.

/** The floor: gunzip of the files, one after the other, on the page. Milliseconds. */
export const gunzip = (run, paths) => run.inPlainPage(paths, (page) => page.evaluate(async () => {
  const began = performance.now();
  for (const file of document.querySelector('input').files) {
    const reader = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
    while (!(await reader.read()).done);
  }
  return performance.now() - began;
}));

/** Gunzip and JSON.parse on the page's thread, as a page without workers would read CloudTrail. Milliseconds. */
export const jsonParse = (run, set) => run.inPlainPage(set.paths, async (page) => {
  const { ms, records } = await page.evaluate(async () => {
    let records = 0;
    const began = performance.now();
    for (const file of document.querySelector('input').files) {
      const text = await new Response(file.stream().pipeThrough(new DecompressionStream('gzip'))).text();
      records += JSON.parse(text).Records.length;
    }
    return { ms: performance.now() - began, records };
  });
  if (records !== set.records) throw new Error(`JSON.parse found ${records} records instead of ${set.records}`);
  return ms;
});
