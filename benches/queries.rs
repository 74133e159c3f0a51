//! How long usual questions take over a million flow records in one shard: `cargo bench --bench queries [name]`.

mod shared;

use divan::Bencher;
use std::sync::OnceLock;
use trailbeam::base::time::MINUTE;
use trailbeam::formats::{Options, testing};
use trailbeam::query::{Agg, Expr, Key, Query, RowCache, Run, answer_now};
use trailbeam::table::Shard;
use trailbeam::views::entity::model::{BESIDE, ask_beside, ask_marks};

const RECORDS: u32 = 1_000_000;

fn main() {
    divan::main();
}

fn shard() -> &'static Shard {
    static SHARD: OnceLock<Shard> = OnceLock::new();
    SHARD.get_or_init(|| {
        let text = shared::flows(RECORDS);
        testing::read_as(
            "vpc-flow",
            "flow.log",
            text.as_bytes(),
            256 << 10,
            &Options::default(),
        )
        .0
    })
}

fn questions() -> Vec<(&'static str, Query)> {
    let field = |name: &str| Key::Field(name.to_owned());
    let sum = || Agg::Sum("bytes".to_owned());
    let minute = || Key::Time { width_ns: MINUTE };
    let flow = |by, aggs| Query::groups(&["vpc-flow"], by, aggs);
    vec![
        ("count", flow(vec![], vec![Agg::Count])),
        (
            "rejected bytes by port",
            flow(vec![field("dstport")], vec![sum()])
                .filter(Expr::eq("action", "REJECT"))
                .limit(10),
        ),
        (
            "minute by action",
            flow(vec![minute(), field("action")], vec![Agg::Count]).limit(10_000),
        ),
        (
            "pairs by bytes",
            flow(vec![field("srcaddr"), field("dstaddr")], vec![sum()]).limit(100),
        ),
        (
            "sources to port 22",
            flow(vec![], vec![Agg::Distinct("srcaddr".to_owned())]).filter(Expr::eq("dstport", 22)),
        ),
        (
            "one address by minute",
            flow(vec![minute()], vec![sum()])
                .filter(Expr::Or(vec![
                    Expr::eq("srcaddr", "10.0.0.7"),
                    Expr::eq("dstaddr", "10.0.0.7"),
                ]))
                .limit(10_000),
        ),
        (
            "networks",
            flow(
                vec![Key::Network {
                    field: "srcaddr".to_owned(),
                    v4_bits: 24,
                    v6_bits: 64,
                }],
                vec![Agg::Count, sum()],
            ),
        ),
        (
            "free text",
            flow(vec![], vec![Agg::Count]).filter(Expr::Text("203.0.11".to_owned())),
        ),
    ]
}

fn names() -> impl Iterator<Item = &'static str> {
    questions().into_iter().map(|(name, _)| name)
}

/// One shard's part of the answer.
#[divan::bench(args = names())]
fn ask(bencher: Bencher, name: &str) {
    let (_, query) = questions()
        .into_iter()
        .find(|q| q.0 == name)
        .expect("a question of the list");
    bencher.bench(|| answer_now(shard(), &query));
}

/// Two shards' parts made into the answer.
#[divan::bench(args = names())]
fn merge(bencher: Bencher, name: &str) {
    let (_, query) = questions()
        .into_iter()
        .find(|q| q.0 == name)
        .expect("a question of the list");
    let part = answer_now(shard(), &query);
    bencher
        .with_inputs(|| (part.clone(), part.clone()))
        .bench_values(|(mut all, other)| {
            all.merge(other);
            all.finish(&query)
        });
}

/// What the page of one address asks, over time and beside what; `together` keeps which rows the filters picked, as workers do.
#[divan::bench(args = [("busy", true), ("busy", false), ("absent", true), ("absent", false)])]
fn one_address(bencher: Bencher, (which, together): (&str, bool)) {
    let name = match which {
        "busy" => "10.0.0.7",
        _ => "192.0.2.99",
    };
    let names = [name.to_owned()];
    let marks = [None, Some(MINUTE)]
        .into_iter()
        .flat_map(|step| ask_marks(&names, step));
    let beside = BESIDE.iter().map(|(role, _)| ask_beside(&names, *role));
    let asked: Vec<Query> = marks.chain(beside).collect();
    bencher.bench(|| {
        let mut cache = RowCache::default();
        for query in &asked {
            if !together {
                cache.clear();
            }
            divan::black_box(Run::new(query.clone(), 0).step(shard(), &mut cache, usize::MAX));
        }
    });
}
