//! How long the usual questions take over two million rows: `cargo test --release --lib query -- --ignored --nocapture`.

use super::*;
use crate::base::time::{MINUTE, SECOND};
use std::time::Instant;

/// Time this thread was running, where the system tells it: a busy machine does not count.
struct Clock {
    begun: Instant,
    ran_ns: Option<u64>,
}

impl Clock {
    fn start() -> Clock {
        Clock {
            begun: Instant::now(),
            ran_ns: Self::ran_ns(),
        }
    }

    fn ran_ns() -> Option<u64> {
        let stat = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
        stat.split(' ').next()?.parse().ok()
    }

    fn ms(&self) -> f64 {
        match (self.ran_ns, Self::ran_ns()) {
            (Some(before), Some(now)) => (now - before) as f64 / 1e6,
            _ => self.begun.elapsed().as_secs_f64() * 1e3,
        }
    }
}

fn big(rows: u64) -> Shard {
    let mut shard = Shard::default();
    let mut stats = Stats::default();
    let (pool, table) = shard.table_mut(&FLOW);
    let mut sink = RowSink::new(pool, table, &mut stats, 0, 0);
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    for n in 0..rows {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let random = state >> 8;
        // Ten minutes of disorder in a day, as in files written by many interfaces.
        let start = n * 86_400 / rows + random % 600;
        sink.int(0, start as i64 * SECOND);
        let host = random % 40_000;
        sink.text(
            1,
            format!("10.{}.{}.{}", host % 7, host / 256, host % 256).as_bytes(),
        );
        let port = if random.is_multiple_of(3) {
            1024 + random / 7 % 50_000
        } else {
            [22, 80, 443][random as usize % 3]
        };
        sink.int(2, port as i64);
        sink.text(
            3,
            if random.is_multiple_of(11) {
                b"REJECT"
            } else {
                b"ACCEPT"
            },
        );
        sink.int(4, (random % 1_000_000) as i64);
        sink.end(n * 112, 111);
    }
    shard.seal();
    shard
}

#[test]
#[ignore = "prints times; meaningful in a release build on a quiet machine"]
fn times_of_the_usual_questions() {
    let shard = big(2_000_000);
    let field = |f: &str| Key::Field(f.to_owned());
    let sum = || Agg::Sum("bytes".to_owned());
    let rejects = || Expr::eq("action", "REJECT");
    let cases = [
        ("count", Query::groups(&[], vec![], vec![Agg::Count])),
        (
            "count, filtered",
            Query::groups(&[], vec![], vec![Agg::Count]).filter(rejects()),
        ),
        (
            "free text",
            Query::groups(&[], vec![], vec![Agg::Count]).filter(Expr::Text("10.3.1".into())),
        ),
        (
            "CIDR",
            Query::groups(&[], vec![], vec![Agg::Count]).filter(Expr::eq("srcaddr", "10.3.0.0/16")),
        ),
        (
            "port: count",
            Query::groups(&[], vec![field("dstport")], vec![Agg::Count]).limit(10),
        ),
        (
            "port: count, sum",
            Query::groups(&[], vec![field("dstport")], vec![Agg::Count, sum()]).limit(10),
        ),
        (
            "minute x action: count, sum",
            Query::groups(
                &[],
                vec![Key::Time { width_ns: MINUTE }, field("action")],
                vec![Agg::Count, sum()],
            )
            .limit(10_000),
        ),
        (
            "address x port: top 100",
            Query::groups(
                &[],
                vec![field("srcaddr"), field("dstport")],
                vec![sum(), Agg::Count],
            )
            .limit(100),
        ),
        (
            "/16 x action: count, if, distinct",
            Query::groups(
                &[],
                vec![
                    Key::Network {
                        field: "srcaddr".into(),
                        v4_bits: 16,
                        v6_bits: 48,
                    },
                    field("action"),
                ],
                vec![
                    Agg::Count,
                    Agg::CountIf(rejects()),
                    Agg::Distinct("dstport".into()),
                ],
            ),
        ),
        (
            "survey by time",
            rows_query(&["action"], "@timestamp", true, Window::Survey { step: 1000 }),
        ),
        (
            "survey by address",
            rows_query(&["action"], "srcaddr", false, Window::Survey { step: 1000 }),
        ),
        (
            "survey by bytes",
            rows_query(&["action"], "bytes", false, Window::Survey { step: 1000 }),
        ),
    ];
    for (what, query) in cases {
        let cache = &mut RowCache::default();
        let begun = Clock::start();
        let partial = Run::new(query.clone(), 0)
            .step(&shard, cache, usize::MAX)
            .unwrap();
        let run_ms = begun.ms();
        let begun = Clock::start();
        let wire = postcard::to_stdvec(&partial).unwrap();
        let mut merged: Partial = postcard::from_bytes(&wire).unwrap();
        merged.merge(partial.clone());
        let merge_ms = begun.ms();
        let begun = Clock::start();
        let answer = merged.finish(&query);
        let finish_ms = begun.ms();
        println!(
            "{what:36} run {run_ms:7.1} ms · {:8} bytes, sent and merged {merge_ms:6.1} ms · finish {finish_ms:6.1} ms · {} groups, {} matched",
            wire.len(),
            answer.groups,
            answer.matched / 2
        );
    }
    let query = rows_query(
        &["action", "srcaddr"],
        "@timestamp",
        true,
        Window::From {
            start: None,
            count: 200,
        },
    );
    let cache = &mut RowCache::default();
    Run::new(query.clone(), 0).step(&shard, cache, usize::MAX);
    let begun = Clock::start();
    Run::new(query, 0).step(&shard, cache, usize::MAX);
    println!("a window of 200 rows, order kept: {:.2} ms", begun.ms());
}

/// Flows between two addresses.
static PAIRS: Facts = Facts {
    id: "test-pairs",
    fields: &[
        FieldSpec::time("start").role(Role::Time),
        FieldSpec::address("srcaddr").role(Role::SourceAddress),
        FieldSpec::address("dstaddr").role(Role::DestinationAddress),
        FieldSpec::int("dstport").role(Role::DestinationPort),
        FieldSpec::text("action").role(Role::Outcome),
        FieldSpec::int("bytes").role(Role::Bytes).unit("B"),
    ],
    ..FLOW
};

/// Half a million different pairs of addresses in a million flows of a day.
fn pairs(rows: u64, seed: u64) -> Shard {
    let mut shard = Shard::default();
    let mut stats = Stats::default();
    let (pool, table) = shard.table_mut(&PAIRS);
    let mut sink = RowSink::new(pool, table, &mut stats, 0, 0);
    let mut state = seed;
    let address = |n: u64| format!("10.{}.{}.{}", n >> 16, n >> 8 & 255, n & 255);
    for n in 0..rows {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let random = state >> 8;
        sink.int(0, (n * 86_400 / rows + random % 600) as i64 * SECOND);
        let pair = random % 680_000;
        sink.text(1, address(pair % 3_000).as_bytes());
        sink.text(
            2,
            address((pair / 3_000 + pair % 3_000 * 7) % 40_000 + 70_000).as_bytes(),
        );
        let port = match random / 7 % 4 {
            0 => 22,
            1 | 2 => 443,
            _ => 1024 + random / 31 % 60_000,
        };
        sink.int(3, port as i64);
        let rejected = random.is_multiple_of(5);
        sink.text(4, if rejected { b"REJECT" } else { b"ACCEPT" });
        sink.int(5, (random % 1_000_000) as i64);
        sink.end(n * 112, 111);
    }
    shard.seal();
    shard
}

#[test]
#[ignore = "prints times; meaningful in a release build on a quiet machine"]
fn times_of_the_page_s_questions_over_a_million_rows_of_two_shards() {
    let shards = [
        pairs(1_000_000, 0x9e37_79b9_7f4a_7c15),
        pairs(1_000_000, 0x2545_f491_4f6c_dd1d),
    ];
    let field = |f: &str| Key::Field(f.to_owned());
    let sum = || Agg::Sum("bytes".to_owned());
    let minute = || Key::Time { width_ns: MINUTE };
    let every = |by: Vec<Key>, aggs: Vec<Agg>, limit: usize| Query::groups(&[], by, aggs).limit(limit);
    let hour = |from: i64| {
        let (from, to) = (from * 60 * MINUTE, (from + 1) * 60 * MINUTE);
        Some(TimeRange::new(from, to))
    };
    let top_pairs = || every(vec![field("srcaddr"), field("dstaddr")], vec![sum()], 100);
    let cases = [
        (
            "rejected bytes by port",
            every(vec![field("dstport")], vec![sum()], 10).filter(Expr::eq("action", "REJECT")),
        ),
        (
            "minute x action",
            every(vec![minute(), field("action")], vec![Agg::Count], 10_000),
        ),
        (
            "sources of port 22",
            every(vec![], vec![Agg::Distinct("srcaddr".into())], 10).filter(Expr::eq("dstport", 22i64)),
        ),
        (
            "one address by minute",
            every(vec![minute()], vec![Agg::Count], 10_000).filter(Expr::eq("srcaddr", "10.0.1.7")),
        ),
        ("pairs: top 100", top_pairs()),
        (
            "pairs: top 100 of an hour",
            top_pairs().within(hour(9), &Expr::All),
        ),
        (
            "minute x action of an hour",
            every(vec![minute(), field("action")], vec![Agg::Count], 10_000).within(hour(9), &Expr::All),
        ),
        ("bytes", every(vec![], vec![sum(), Agg::Count], 10)),
        (
            "ports: count, sum, sources",
            every(
                vec![field("dstport")],
                vec![Agg::Count, sum(), Agg::Distinct("srcaddr".into())],
                10,
            ),
        ),
    ];
    // One alone, for a profiler.
    let only = std::env::var("QUESTION").unwrap_or_default();
    for (what, query) in cases.into_iter().filter(|(what, _)| what.contains(&only)) {
        // The best of some: on a busy machine the others tell of the machine.
        let mut best = [f64::MAX; 5];
        let mut said = String::new();
        for _ in 0..9 {
            let mut times = Vec::new();
            let mut timed = |begun: Instant| times.push(begun.elapsed().as_secs_f64() * 1e3);
            let cache = &mut RowCache::default();
            let begun = Instant::now();
            let partial = Run::new(query.clone(), 0)
                .step(&shards[0], cache, usize::MAX)
                .unwrap();
            timed(begun);
            let begun = Instant::now();
            let wire = postcard::to_stdvec(&partial).unwrap();
            timed(begun);
            let other = postcard::to_stdvec(&answer_now(&shards[1], &query)).unwrap();
            let begun = Instant::now();
            let mut merged: Partial = postcard::from_bytes(&wire).unwrap();
            let other = postcard::from_bytes(&other).unwrap();
            timed(begun);
            let begun = Instant::now();
            merged.merge(other);
            timed(begun);
            let begun = Instant::now();
            let answer = merged.finish(&query);
            timed(begun);
            best.iter_mut()
                .zip(times)
                .for_each(|(best, ms)| *best = best.min(ms));
            said = format!(
                "{} bytes, {} groups, {} matched",
                wire.len(),
                answer.groups,
                answer.matched
            );
        }
        let [run, out, back, merge, finish] = best;
        println!(
            "{what:28} run {run:6.1} · out {out:5.1} · in {back:5.1} · merge {merge:5.1} · finish {finish:5.1} ms · {said}"
        );
    }
}
