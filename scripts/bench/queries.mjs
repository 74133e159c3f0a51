// The questions that ours and DuckDB are both asked, as `ask` takes them and in Insights QL, and what makes two answers the same.

const MINUTE = 'cast("start" as bigint) // 60 * 60';

/** Questions about flow logs. `times` are the columns of ours that hold a time; `address` is one that the set is full of. */
export const queries = (address) => [
  {
    title: 'rejected bytes by port, first 10',
    ask: { filter: 'action = REJECT', by: ['dstport'], take: ['sum(bytes)'], limit: 10 },
    text: 'filter action = "REJECT" | stats sum(bytes) as n by dstport | sort n desc | limit 10',
    sql: `select dstport, sum(bytes)::bigint as n from flow where action = 'REJECT' group by 1 order by n desc limit 10`,
  },
  {
    title: 'flows by minute and action',
    ask: { by: [{ minutes: 1 }, 'action'], take: ['count'] },
    text: 'stats count(*) as n by bin(1m), action | limit 100000',
    sql: `select ${MINUTE}, action, count(*) as n from flow group by 1, 2 order by n desc`,
    times: [0],
  },
  {
    title: 'pairs of addresses by bytes, first 100',
    ask: { by: ['srcaddr', 'dstaddr'], take: ['sum(bytes)'], limit: 100 },
    text: 'stats sum(bytes) as n by srcaddr, dstaddr | sort n desc | limit 100',
    sql: 'select srcaddr, dstaddr, sum(bytes)::bigint as n from flow group by 1, 2 order by n desc nulls last limit 100',
  },
  {
    title: 'distinct sources that spoke to port 22',
    ask: { filter: 'dstport = 22', by: [], take: ['distinct(srcaddr)'] },
    text: 'filter dstport = 22 | stats count_distinct(srcaddr)',
    sql: 'select count(distinct srcaddr) from flow where dstport = 22',
  },
  {
    title: 'bytes of one address by minute',
    ask: { filter: `srcaddr = ${address} or dstaddr = ${address}`, by: [{ minutes: 1 }], take: ['sum(bytes)'] },
    text: `filter srcaddr = "${address}" or dstaddr = "${address}" | stats sum(bytes) as n by bin(1m) | limit 100000`,
    sql: `select ${MINUTE}, sum(bytes)::bigint as n from flow where srcaddr = '${address}' or dstaddr = '${address}' group by 1 order by n desc`,
    times: [0],
  },
];

export const BUSIEST = 'select srcaddr from flow where srcaddr is not null group by 1 order by count(*) desc, 1 limit 1';

const seconds = (time) => (time === null ? null : Date.parse(time) / 1000);
const last = (row) => row[row.length - 1];

/** Rows of ours as DuckDB would have them: times in seconds. */
const asSql = ({ times = [] }, rows) => rows.map((row) => row.map((cell, i) => (times.includes(i) ? seconds(cell) : cell)));

/**
 * Fails unless both answers are the same. Rows of equal figures may stand in any order; where a limit cuts through them, each
 * may have kept others of them.
 */
export function compare(query, ours, theirs) {
  const own = asSql(query, ours);
  const { limit } = query.ask;
  const cut = limit && theirs.length === limit ? last(theirs.at(-1)) : undefined;
  const certain = (rows) => rows.filter((row) => cut === undefined || last(row) !== cut).map((row) => JSON.stringify(row)).sort();
  const [a, b] = [certain(own), certain(theirs)];
  const wrong = a.findIndex((row, i) => row !== b[i]);
  if (own.length !== theirs.length || a.length !== b.length || wrong >= 0) {
    const at = Math.max(wrong, 0);
    throw new Error(`"${query.title}": ours has ${own.length} rows, DuckDB ${theirs.length}; first difference: ${a[at]} against ${b[at]}`);
  }
}
