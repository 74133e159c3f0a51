// DuckDB-WASM on the same files in the same browser: what else a page could read and ask logs with. Its own bundle for browsers with
// WebAssembly exceptions, from node_modules.
const DIST = '/node_modules/@duckdb/duckdb-wasm/dist/';

const FLOW_COLUMNS = {
  version: 'INTEGER', 'account-id': 'VARCHAR', 'interface-id': 'VARCHAR', srcaddr: 'VARCHAR', dstaddr: 'VARCHAR', srcport: 'INTEGER',
  dstport: 'INTEGER', protocol: 'INTEGER', packets: 'BIGINT', bytes: 'BIGINT', start: 'BIGINT', end: 'BIGINT', action: 'VARCHAR',
  'log-status': 'VARCHAR',
};
const quoted = (list) => `[${list.map((text) => `'${text}'`).join(', ')}]`;

/** What reads the files. For CloudTrail there is none: read_json comes from another host, and this benchmark asks none. */
function load(names) {
  const columns = Object.entries(FLOW_COLUMNS).map(([name, type]) => `'${name}': '${type}'`).join(', ');
  return `create table flow as select * from read_csv(${quoted(names)}, delim=' ', header=true, nullstr='-', compression='gzip', auto_detect=false, columns={${columns}})`;
}

/** Starts DuckDB in a plain page, keeps it in `duck` and tells it of the page's files. Milliseconds the start took. */
const boot = (page) => page.evaluate(async (dist) => {
  const duckdb = await import(`${dist}duckdb-browser.mjs`);
  const began = performance.now();
  const worker = new Worker(`${dist}duckdb-browser-eh.worker.js`);
  const db = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), worker);
  await db.instantiate(new URL(`${dist}duckdb-eh.wasm`, location.href).href);
  const connection = await db.connect();
  const ms = performance.now() - began;
  const files = [...document.querySelector('input').files];
  await Promise.all(files.map((file, i) => db.registerFileHandle(`${i}.gz`, file, duckdb.DuckDBDataProtocol.BROWSER_FILEREADER, true)));
  const plain = (value) => {
    if (typeof value !== 'bigint') return value;
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  };
  globalThis.duck = {
    names: files.map((_, i) => `${i}.gz`),
    async timed(sql) {
      const start = performance.now();
      const answer = await connection.query(sql);
      return { ms: performance.now() - start, answer };
    },
    rows: (answer) => answer.toArray().map((row) => [...row].map(([, value]) => plain(value))),
  };
  return ms;
}, DIST);

const timed = (page, sql) => page.evaluate(async (text) => (await duck.timed(text)).ms, sql);
const rowsOf = (page, sql) => page.evaluate(async (text) => duck.rows((await duck.timed(text)).answer), sql);

/** `use` gets a page in which DuckDB has read flow logs into the table `flow`, and how long start and reading took (ms). */
export const withDuckDb = (run, set, use) => run.inPlainPage(set.paths, async (page) => {
  const booted = await boot(page);
  const read = await timed(page, load(await page.evaluate(() => duck.names)));
  const [[records]] = await rowsOf(page, 'select count(*) from flow');
  if (records !== set.records) throw new Error(`DuckDB read ${records} records instead of ${set.records}`);
  return use({
    boot: booted,
    read,
    rows: (sql) => rowsOf(page, sql),
    /** The first time a query is asked, and each of `repeats` more (ms). */
    times: (sql, repeats) => page.evaluate(async ([text, n]) => {
      const { ms: first } = await duck.timed(text);
      const warm = [];
      for (let i = 0; i < n; i++) warm.push((await duck.timed(text)).ms);
      return { first, warm };
    }, [sql, repeats]),
  });
});
