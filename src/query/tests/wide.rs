//! Groups and conditions over more rows and wider values than the oracle's: every width a column has, keys that are few
//! or many, and sums that leave 64 bits, each against plain maps.

use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// How the rows of one shard are made.
#[derive(Clone, Debug)]
struct Made {
    rows: usize,
    /// Rows of a segment.
    seal: usize,
    hosts: u64,
    ports: u64,
    /// Values are `least + random % spread * unit`.
    least: i64,
    spread: u64,
    unit: i64,
    /// Of sixteen rows so many are hidden, sums, or without some value.
    hidden: u64,
    summed: u64,
    absent: u64,
    seed: u64,
}

fn made() -> impl Strategy<Value = Made> {
    let many = || prop::sample::select(&[1u64, 2, 200, 3_000, 60_000][..]);
    let values = prop_oneof![
        Just((7, 1, 1)),
        Just((-100, 200, 1)),
        Just((0, 60_000, 1)),
        Just((-5, 4_000_000_000, 1)),
        Just((0, 50_000, 1_000_000_000)),
        Just((i64::MAX - 900, 900, 1)),
        Just((i64::MIN + 1, 900, 1)),
        Just((i64::MIN + 1, u64::MAX, 1)),
    ];
    let some = || prop::sample::select(&[0u64, 0, 3][..]);
    let rows = (1usize..2_500, prop::sample::select(&[100usize, 700, 100_000][..]));
    (
        rows,
        many(),
        many(),
        values,
        (some(), some(), some()),
        any::<u64>(),
    )
        .prop_map(
            |((rows, seal), hosts, ports, (least, spread, unit), (hidden, summed, absent), seed)| Made {
                rows,
                seal,
                hosts,
                ports,
                least,
                spread,
                unit,
                hidden,
                summed,
                absent,
                seed: seed | 1,
            },
        )
}

/// A row as it is counted: its host, port and value, and how many records it is.
type Plain = (Option<u64>, Option<i64>, Option<i64>, u64);

/// A host and a port, and what is said of them: the sum of the values, how many records, the largest value.
type Pair = (Option<u64>, Option<i64>);
type Said = (i128, u64, Option<i64>);

fn plain(made: &Made) -> Vec<(Plain, bool)> {
    let mut state = made.seed;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state >> 3
    };
    let mut row = |_| {
        let chance = |random: u64, of: u64| random % 16 < of;
        let host = Some(random() % made.hosts).filter(|_| !chance(random(), made.absent));
        let port = Some((random() % made.ports) as i64).filter(|_| !chance(random(), made.absent));
        let value = made
            .least
            .wrapping_add((random() % made.spread) as i64 * made.unit);
        let value = Some(value.max(i64::MIN + 1)).filter(|_| !chance(random(), made.absent));
        let records = if chance(random(), made.summed) {
            random() % 9 + 2
        } else {
            1
        };
        ((host, port, value, records), chance(random(), made.hidden))
    };
    (0..made.rows).map(&mut row).collect()
}

fn address(host: u64) -> String {
    format!("10.{}.{}.{}", host >> 16, host >> 8 & 255, host & 255)
}

fn built(made: &Made) -> Shard {
    let row = |((host, port, value, records), hidden): (Plain, bool)| TestRow {
        hidden,
        weight: Some(records as i64).filter(|n| *n > 1),
        ..flow(
            &[
                ("srcaddr", host.map(|h| Value::Text(address(h)))),
                ("dstport", port.map(Value::Int)),
                ("bytes", value.map(Value::Int)),
                ("start", value.map(Value::Time)),
            ]
            .map(|(name, value)| (name, value.unwrap_or_default())),
        )
    };
    shard(&plain(made).into_iter().map(row).collect::<Vec<_>>(), made.seal)
}

fn text(host: Option<u64>) -> Value {
    host.map_or(Value::Absent, |h| Value::Text(address(h)))
}

fn int(n: Option<i64>) -> Value {
    n.map_or(Value::Absent, Value::Int)
}

fn exact(n: i128) -> Value {
    i64::try_from(n).map_or(Value::Big(n), Value::Int)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn pairs_of_keys_are_counted_and_summed_exactly(shards in prop::collection::vec(made(), 1..4), limit in prop::sample::select(vec![1usize, 7, 5_000])) {
        let field = |f: &str| f.to_owned();
        let aggs = vec![Agg::Sum(field("bytes")), Agg::Count, Agg::Max(field("bytes"))];
        let query = Query::groups(&[], vec![Key::Field(field("srcaddr")), Key::Field(field("dstport"))], aggs);
        let query = query.limit(limit);
        let mut want: BTreeMap<Pair, Said> = BTreeMap::new();
        for (host, port, value, records) in shards.iter().flat_map(plain).filter(|(_, hidden)| !hidden).map(|(r, _)| r) {
            let group = want.entry((host, port)).or_default();
            group.0 += i128::from(value.unwrap_or(0));
            group.1 += records;
            group.2 = group.2.max(value);
        }
        let mut want: Vec<Vec<Value>> = want
            .into_iter()
            .map(|((host, port), (sum, count, max))| {
                vec![text(host), int(port), exact(sum), exact(count.into()), int(max)]
            })
            .collect();
        want.sort_by(|a, b| {
            let keys = a[0].order(&b[0]).then_with(|| a[1].order(&b[1]));
            a[2].order(&b[2]).reverse().then(keys)
        });
        let shards: Vec<Shard> = shards.iter().map(built).collect();
        let answer = ask(&shards, &query).finish(&query);
        prop_assert_eq!(answer.groups, want.len() as u64);
        want.truncate(limit);
        prop_assert_eq!(answer.rows, want);
    }

    #[test]
    fn different_values_within_bounds_are_counted(shards in prop::collection::vec(made(), 1..4), at in any::<prop::sample::Index>(), up in any::<bool>()) {
        let rows: Vec<Plain> = shards.iter().flat_map(plain).filter(|(_, hidden)| !hidden).map(|(r, _)| r).collect();
        prop_assume!(!rows.is_empty());
        let bound = at.get(&rows).2.unwrap_or(3);
        let op = if up { Op::Ge } else { Op::Lt };
        let within = |v: i64| if up { v >= bound } else { v < bound };
        let rows = rows.iter().filter(|r| r.2.is_some_and(within));
        let mut want: BTreeMap<Option<i64>, (BTreeSet<u64>, u64)> = BTreeMap::new();
        for (host, port, _, records) in rows {
            let group = want.entry(*port).or_default();
            group.0.extend(host);
            group.1 += records;
        }
        let aggs = vec![Agg::Distinct("srcaddr".to_owned()), Agg::Count];
        let query = Query::groups(&[], vec![Key::Field("dstport".to_owned())], aggs)
            .order(Order::Key)
            .limit(100_000)
            .filter(Expr::Compare { field: "bytes".to_owned(), op, value: Value::Int(bound) });
        let want: Vec<Vec<Value>> = want
            .into_iter()
            .map(|(port, (hosts, count))| vec![int(port), exact(hosts.len() as i128), exact(count.into())])
            .collect();
        let shards: Vec<Shard> = shards.iter().map(built).collect();
        prop_assert_eq!(ask(&shards, &query).finish(&query).rows, want);
    }

    #[test]
    fn times_of_any_width_fall_into_their_buckets(shards in prop::collection::vec(made(), 1..4), width_ns in prop::sample::select(vec![1i64, 7, 60_000_000_000, i64::MAX])) {
        let rows = shards.iter().flat_map(plain).filter(|(_, hidden)| !hidden).map(|(r, _)| r);
        let mut want: BTreeMap<Option<i64>, u64> = BTreeMap::new();
        for (.., time, records) in rows {
            let bucket = time.map(|t| t.saturating_sub(t.rem_euclid(width_ns)));
            *want.entry(bucket).or_default() += records;
        }
        let query = Query::groups(&[], vec![Key::Time { width_ns }], vec![Agg::Count]).order(Order::Key).limit(100_000);
        let time = |t: Option<i64>| t.map_or(Value::Absent, Value::Time);
        let want: Vec<Vec<Value>> = want.into_iter().map(|(t, n)| vec![time(t), exact(n.into())]).collect();
        let shards: Vec<Shard> = shards.iter().map(built).collect();
        prop_assert_eq!(ask(&shards, &query).finish(&query).rows, want);
    }
}

#[test]
fn an_order_made_in_pieces_is_an_order() {
    // More rows than one piece has, and not twice as many.
    let rows = 3 * (1 << 16) + 5_000;
    let mut shard = Shard::default();
    let mut stats = Stats::default();
    let (pool, table) = shard.table_mut(&FLOW);
    let mut sink = RowSink::new(pool, table, &mut stats, 0, 0);
    for n in 0..rows {
        // Every number below that of rows, in leaps.
        sink.int(2, n * 7_919 % rows);
        sink.end(n as u64, 1);
    }
    shard.seal();
    let all = Window::From {
        start: None,
        count: rows as usize,
    };
    let query = rows_query(&["dstport"], "dstport", false, all);
    let answer = ask_one(&shard, 0, &query, &mut RowCache::default()).finish(&query);
    assert_eq!(answer.matched, rows as u64);
    let in_order = |(at, row): (i64, &Vec<Value>)| row[..] == [Value::Int(at)];
    assert!((0..).zip(&answer.rows).all(in_order));
}
