//! Every select against a row-by-row reading of the same rows, over random rows in random shards.

mod oracle;
mod properties;
mod speed;
mod wide;

use super::*;
use crate::base::{Facts, FieldSpec, FieldType, Group, Notes, Role, TimeRange, Value};
use crate::table::{RowSink, Shard, Stats};
use std::collections::HashMap;

/// A kind with a field of every type.
pub(super) static FLOW: Facts = Facts {
    id: "test-flow",
    title: "Test flows",
    records: "flows",
    group: Group::Infrastructure,
    spec_url: "",
    shapes: &[],
    export_hint: "",
    fields: &[
        FieldSpec::time("start").role(Role::Time),
        FieldSpec::address("srcaddr").role(Role::SourceAddress),
        FieldSpec::int("dstport").role(Role::DestinationPort),
        FieldSpec::text("action").role(Role::Outcome),
        FieldSpec::int("bytes").role(Role::Bytes).unit("B"),
        FieldSpec::float("score"),
        FieldSpec::bool("sampled"),
        FieldSpec::list("tags"),
        FieldSpec::decimal("cost"),
    ],
    columns: &[],
    aliases: &[("destination port", "dstport")],
    dedupe: false,
};

/// Another kind that shares a role, a name of another type and an alias with the first.
pub(super) static TRAIL: Facts = Facts {
    id: "test-trail",
    title: "Test events",
    records: "events",
    group: Group::AwsService,
    spec_url: "",
    shapes: &[],
    export_hint: "",
    fields: &[
        FieldSpec::time("eventTime").role(Role::Time),
        FieldSpec::text("eventName").role(Role::Action),
        FieldSpec::text("errorCode").role(Role::Outcome),
        FieldSpec::address("sourceIPAddress").role(Role::SourceAddress),
        FieldSpec::float("bytes"),
        FieldSpec::text("tags"),
    ],
    columns: &[],
    aliases: &[("action", "eventName")],
    dedupe: false,
};

/// A row as it is written: a kind and its cells.
#[derive(Clone)]
pub(super) struct TestRow {
    pub kind: &'static Facts,
    pub cells: HashMap<&'static str, Value>,
    pub member: u32,
    pub hidden: bool,
    /// How many records it stands for, where it is no record itself.
    pub weight: Option<i64>,
}

impl std::fmt::Debug for TestRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hidden = if self.hidden { ", hidden" } else { "" };
        let weight = self.weight.map(|n| format!(" × {n}")).unwrap_or_default();
        write!(
            f,
            "{} of {}{weight}{hidden} {:?}",
            self.kind.id, self.member, self.cells
        )
    }
}

impl TestRow {
    pub fn field(&self, name: &str) -> Value {
        self.cells.get(name).cloned().unwrap_or_default()
    }
}

/// Writes rows into a shard, sealing every `seal` rows.
pub(super) fn shard(rows: &[TestRow], seal: usize) -> Shard {
    let mut shard = Shard::default();
    let mut stats = Stats {
        rejected: Notes::default(),
        ..Stats::default()
    };
    for (at, row) in rows.iter().enumerate() {
        let (pool, table) = shard.table_mut(row.kind);
        let mut sink = RowSink::new(pool, table, &mut stats, row.member, 0);
        for (field, spec) in row.kind.fields.iter().enumerate() {
            match row.field(spec.name) {
                Value::Absent if row.weight.is_some() => sink.absent(field),
                Value::Absent => {}
                Value::Text(t) => sink.text(field, t.as_bytes()),
                Value::List(l) => sink.list(field, &l),
                Value::Int(n) | Value::Time(n) => sink.int(field, n),
                Value::Bool(b) => sink.bool(field, b),
                Value::Float(f) => sink.float(field, f),
                Value::Decimal(units) => sink.int(field, i64::try_from(units).expect("a cell holds it")),
                Value::Big(_) => unreachable!("no cell holds one"),
            }
        }
        if let Some(n) = row.weight {
            sink.weight(n);
        }
        sink.end(at as u64, 1);
        if (at + 1) % seal == 0 {
            shard.seal();
        }
    }
    shard.seal();
    let is_hidden = |at: u64| rows.get(at as usize).is_some_and(|r| r.hidden);
    for table in &mut shard.tables {
        for segment in &mut table.segments {
            for row in 0..segment.rows {
                segment.set_hidden(row, is_hidden(segment.origin(row).offset));
            }
        }
    }
    shard
}

/// What shards say together, each answered in slices of a segment, and every partial sent over the wire once.
pub(super) fn ask(shards: &[Shard], query: &Query) -> Partial {
    let mut all = Partial::empty(query);
    for (at, shard) in shards.iter().enumerate() {
        all.merge(sent(&ask_one(shard, at as u32, query, &mut RowCache::default())));
    }
    all
}

pub(super) fn ask_one(shard: &Shard, at: u32, query: &Query, cache: &mut RowCache) -> Partial {
    let mut run = Run::new(query.clone(), at);
    loop {
        if let Some(partial) = run.step(shard, cache, 1) {
            return partial;
        }
    }
}

pub(super) fn sent(partial: &Partial) -> Partial {
    let bytes = postcard::to_stdvec(partial).unwrap();
    postcard::from_bytes(&bytes).unwrap()
}

pub(super) fn rows_query(columns: &[&str], sort: &str, descending: bool, window: Window) -> Query {
    Query {
        kinds: Vec::new(),
        range: None,
        filter: Expr::All,
        select: Select::Rows(Rows {
            columns: columns.iter().map(|c| (*c).to_owned()).collect(),
            sort: Sort {
                field: sort.to_owned(),
                descending,
            },
            window,
        }),
    }
}

fn flow(cells: &[(&'static str, Value)]) -> TestRow {
    TestRow {
        kind: &FLOW,
        cells: cells.iter().cloned().collect(),
        member: 0,
        hidden: false,
        weight: None,
    }
}

fn matching(rows: &[TestRow], filter: &str) -> u64 {
    let query = Query::groups(&[], vec![], vec![Agg::Count]).filter(text::parse(filter).unwrap());
    ask(&[shard(rows, 2)], &query).finish(&query).matched
}

#[test]
fn a_missing_value_is_not_equal_and_a_missing_field_matches_nothing() {
    let rows = [
        flow(&[("dstport", Value::Int(22))]),
        flow(&[]),
        TestRow {
            kind: &TRAIL,
            ..flow(&[("eventName", "StopLogging".into())])
        },
    ];
    assert_eq!(matching(&rows, "dstport = 22"), 1);
    assert_eq!(matching(&rows, "dstport != 22"), 1);
    assert_eq!(matching(&rows, "not dstport = 22"), 2);
    assert_eq!(matching(&rows, "dstport = -"), 1);
    assert_eq!(matching(&rows, "DST-PORT = 22"), 0, "the sign is not in the name");
    assert_eq!(matching(&rows, "\"Destination Port\" = 22"), 1, "an alias");
    assert_eq!(matching(&rows, "destinationport = 22"), 1, "a role's word");
    assert_eq!(
        matching(&rows, "action : stop"),
        1,
        "an alias of one kind, a field of the other"
    );
    assert_eq!(matching(&rows, "@kind = test-flow"), 2);
    assert_eq!(matching(&rows, "@kind != test-flow"), 1);
    assert_eq!(matching(&rows, "@offset >= 1"), 2);
    assert_eq!(matching(&rows, "@length >= 0"), 3);
    assert_eq!(
        matching(&rows, "STOPLOG or 22"),
        2,
        "free text, and an integer as it is written"
    );
}

#[test]
fn a_comparison_with_a_list_is_one_with_its_items() {
    let tags = |tags: &[&str]| {
        let tags = tags.iter().map(|t| (*t).to_owned()).collect();
        flow(&[("dstport", Value::Int(22)), ("tags", Value::List(tags))])
    };
    let rows = [tags(&["b", "a"])];
    assert_eq!(
        matching(&rows, "tags > b and dstport:*"),
        0,
        "joined, it is behind b; no item is"
    );
    assert_eq!(matching(&rows, "tags >= b"), 1);
    assert_eq!(matching(&rows, "tags < b"), 1, "a is");
    assert_eq!(matching(&[tags(&["a", "c"])], "tags > b"), 1);
    assert_eq!(matching(&[tags(&["7", "30"])], "tags > 22"), 1);

    // With a list all of it is compared.
    let list = |op: Op, items: &[&str]| {
        let filter = Expr::Compare {
            field: "tags".to_owned(),
            op,
            value: Value::List(items.iter().map(|i| (*i).to_owned()).collect()),
        };
        let query = Query::groups(&[], vec![], vec![Agg::Count]).filter(filter);
        ask(&[shard(&rows, 2)], &query).finish(&query).matched
    };
    assert_eq!(list(Op::Eq, &["b", "a"]), 1);
    assert_eq!(list(Op::Eq, &["a", "b"]), 0);
    assert_eq!(list(Op::Ge, &["b", "a"]), 1);
    assert_eq!(list(Op::Gt, &["b", "a"]), 0);
}

#[test]
fn rows_of_one_time_are_told_apart_by_their_values() {
    let row = |time: Option<i64>, port: Option<i64>, action: &'static str| {
        let time = time.map(|t| ("start", Value::Time(t)));
        let port = port.map(|n| ("dstport", Value::Int(n)));
        let cells = time.into_iter().chain(port);
        flow(&cells.chain([("action", action.into())]).collect::<Vec<_>>())
    };
    let rows = [
        row(None, Some(1), "no time"),
        row(Some(5), None, "a"),
        row(Some(5), Some(443), "a"),
        row(Some(5), Some(22), "z"),
        row(Some(9), Some(80), "y"),
        row(Some(9), Some(443), "b"),
        row(Some(9), None, "c"),
    ];
    let field = |f: &str| f.to_owned();
    let aggs = vec![
        Agg::Earliest(field("dstport")),
        Agg::Latest(field("dstport")),
        Agg::Earliest(field("action")),
        Agg::Latest(field("action")),
        Agg::Some(field("dstport"), 3),
        Agg::Some(field("dstport"), 9),
    ];
    let query = Query::groups(&[], vec![], aggs);
    let list = |l: &[&str]| Value::List(l.iter().map(|v| (*v).to_owned()).collect());
    let want = [
        // What is known comes first, and both values are of one row.
        Value::Int(22),
        Value::Int(443),
        "z".into(),
        "b".into(),
        list(&["22", "443", "80"]),
        list(&["22", "443", "80", "1"]),
    ];
    let mut turned = rows.to_vec();
    turned.reverse();
    for rows in [&rows[..], &turned] {
        let (some, others) = rows.split_at(3);
        for shards in [vec![shard(rows, 2)], vec![shard(others, 9), shard(some, 1)]] {
            assert_eq!(ask(&shards, &query).finish(&query).rows, [&want]);
        }
    }
}

#[test]
fn names_that_no_kind_has_are_told() {
    let rows = [flow(&[("dstport", Value::Int(22))])];
    let query = Query::groups(
        &[],
        vec![Key::Field("action".into())],
        vec![Agg::Sum("nope".into())],
    )
    .filter(text::parse("alsonot = 1 and eventName = x and @timestamp:*").unwrap());
    let answer = ask(&[shard(&rows, 9), Shard::default()], &query).finish(&query);
    assert_eq!(answer.unknown_fields, ["alsonot", "eventName", "nope"]);
    assert_eq!(answer.scanned, 1);
    let nothing = ask(&[Shard::default()], &query).finish(&query);
    assert_eq!(nothing.unknown_fields, [""; 0], "no file, no mistake");
}

fn summed(n: i64, cells: &[(&'static str, Value)]) -> TestRow {
    TestRow {
        weight: Some(n),
        ..flow(cells)
    }
}

/// A shard of rows that keep only the fields that are set.
fn sums_of(rows: &[(i64, &[(usize, i64)])]) -> Shard {
    let mut shard = Shard::default();
    let mut stats = Stats::default();
    for (n, cells) in rows {
        let (pool, table) = shard.table_mut(&FLOW);
        let mut sink = RowSink::new(pool, table, &mut stats, 0, 0);
        for &(field, value) in *cells {
            match value {
                i64::MIN => sink.absent(field),
                n => sink.int(field, n),
            }
        }
        sink.weight(*n);
        sink.end(0, 0);
    }
    shard.seal();
    shard
}

#[test]
fn sums_are_counted_and_not_listed() {
    let port = |n: i64| ("dstport", Value::Int(n));
    let bytes = ("bytes", Value::Int(700));
    let rows = [
        flow(&[port(22)]),
        summed(7, &[port(22), bytes.clone()]),
        summed(1, &[port(443), bytes]),
    ];
    let shards = [shard(&rows, 9)];
    assert_eq!(shards[0].tables[0].shown(), 9);
    let counted = Query::groups(&[], vec![], vec![Agg::Count, Agg::Sum("bytes".into())]);
    let answer = ask(&shards, &counted).finish(&counted);
    assert_eq!((answer.scanned, answer.matched), (9, 9));
    assert_eq!(answer.rows, [[Value::Int(9), Value::Int(1400)]]);

    let window = Window::From {
        start: None,
        count: 9,
    };
    let listed = rows_query(&["dstport"], "dstport", false, window).filter(Expr::eq("dstport", 22i64));
    let cache = &mut RowCache::default();
    for kept in [false, true] {
        let answer = ask_one(&shards[0], 0, &listed, cache).finish(&listed);
        assert_eq!(
            (answer.scanned, answer.matched, answer.unlisted),
            (9, 1, 7),
            "{kept}"
        );
        assert_eq!(answer.rows, [[Value::Int(22)]]);
    }
    // One record is still not the record itself.
    let other = listed.clone().filter(Expr::All);
    let other = Query {
        filter: Expr::eq("dstport", 443i64),
        ..other
    };
    let answer = ask(&shards, &other).finish(&other);
    assert_eq!((answer.matched, answer.unlisted, answer.rows.len()), (0, 1, 0));
}

#[test]
fn a_field_that_sums_do_not_keep_is_unknown() {
    const PORT: usize = 2;
    const BYTES: usize = 4;
    let sums = sums_of(&[(5, &[(PORT, 22), (BYTES, i64::MIN)]), (3, &[(PORT, 443)])]);
    let query = Query::groups(&[], vec![Key::Field("source".into())], vec![Agg::Count]).filter(
        text::parse("not action = REJECT and not dstport = 1 and bytes = - and not tags = x").unwrap(),
    );
    let answer = answer_now(&sums, &query).finish(&query);
    assert_eq!(answer.unknown_fields, ["action", "tags", "source"]);
    assert_eq!(answer.matched, 8, "bytes are kept, without a value");
    let named: Vec<String> = fields_of(&sums).into_iter().map(|f| f.name).collect();
    assert_eq!(named, ["dstport", "bytes"]);

    // A record has every field of its kind.
    let both = [sums, shard(&[flow(&[])], 9)];
    assert_eq!(ask(&both, &query).finish(&query).unknown_fields, [""; 0]);
}

#[test]
fn a_field_whose_values_are_not_all_told_apart_is_named() {
    let other = || Value::from(crate::base::block::OTHER);
    let query = Query::groups(&[], vec![Key::Field("srcaddr".into())], vec![Agg::Count])
        .filter(text::parse("action:*").unwrap());
    let folded = |rows: &[TestRow]| {
        ask(&[shard(rows, 9), Shard::default()], &query)
            .finish(&query)
            .folded_fields
    };
    let sum = summed(7, &[("srcaddr", other()), ("action", "ACCEPT".into())]);
    assert_eq!(folded(std::slice::from_ref(&sum)), ["srcaddr"]);
    // A record may hold any text.
    let record = TestRow { weight: None, ..sum };
    assert_eq!(folded(&[record, summed(1, &[])]), [""; 0]);
}

#[test]
fn counts_that_leave_64_bits_stay_at_the_most() {
    let most = sums_of(&[
        (i64::MAX, &[(2, 1)]),
        (i64::MAX, &[(2, 2)]),
        (i64::MAX, &[(2, 3)]),
    ]);
    let query = Query::groups(&[], vec![Key::Field("dstport".into())], vec![Agg::Count]).limit(1);
    let mut all = answer_now(&most, &query);
    all.merge(answer_now(&most, &query));
    let answer = all.finish(&query);
    assert_eq!((answer.scanned, answer.matched), (u64::MAX, u64::MAX));
    assert_eq!(answer.rows[0][1], Value::Big(2 * i128::from(i64::MAX)));
}

#[test]
fn columns_are_described_by_the_kind_asked_first() {
    let trail = TestRow {
        kind: &TRAIL,
        ..flow(&[("bytes", Value::Float(0.5))])
    };
    let shards = [shard(&[trail], 9), shard(&[flow(&[("bytes", Value::Int(5))])], 9)];
    let column = |kinds: &[&str]| {
        let query = Query::groups(kinds, vec![], vec![Agg::Max("bytes".into())]);
        let answer = ask(&shards, &query).finish(&query);
        (answer.columns[0].ty, answer.columns[0].unit.clone())
    };
    assert_eq!(
        column(&["test-flow", "test-trail"]),
        (FieldType::Integer, "B".into())
    );
    assert_eq!(
        column(&["test-trail", "test-flow"]),
        (FieldType::Float, String::new())
    );
}

#[test]
fn groups_beyond_the_limit_are_summed() {
    let rows: Vec<TestRow> = (0..10)
        .flat_map(|port| {
            vec![flow(&[("dstport", Value::Int(port)), ("bytes", Value::Int(1 << 62))]); port as usize]
        })
        .collect();
    let aggs = vec![
        Agg::Count,
        Agg::Sum("bytes".into()),
        Agg::Distinct("dstport".into()),
    ];
    let query = Query::groups(&[], vec![Key::Field("dstport".into())], aggs).limit(2);
    let answer = ask(&[shard(&rows, 7)], &query).finish(&query);
    let counts: Vec<&Value> = answer.rows.iter().map(|r| &r[1]).collect();
    assert_eq!(counts, [&Value::Int(9), &Value::Int(8)]);
    assert_eq!(answer.groups, 9);
    assert_eq!(
        answer.other,
        Some(vec![Value::Int(28), Value::Big(28 << 62), Value::Absent])
    );
}

#[test]
fn texts_that_are_not_utf8_are_one_group_where_they_look_alike() {
    let mut shard = Shard::default();
    let mut stats = Stats::default();
    for bytes in [&b"a\xff"[..], b"a\xfe", b"a"] {
        let (pool, table) = shard.table_mut(&FLOW);
        let mut sink = RowSink::new(pool, table, &mut stats, 0, 0);
        sink.text(3, bytes);
        sink.end(0, 0);
    }
    shard.seal();
    let query = Query::groups(&[], vec![Key::Field("action".into())], vec![Agg::Count]);
    let answer = answer_now(&shard, &query).finish(&query);
    let shown: Value = "a\u{fffd}".into();
    assert_eq!(answer.rows[0], [shown.clone(), Value::Int(2)]);
    let some = Query::groups(&[], vec![], vec![Agg::Some("action".into(), 2)]);
    let both = Value::List(vec!["a".to_owned(), "a\u{fffd}".to_owned()]);
    assert_eq!(answer_now(&shard, &some).finish(&some).rows, [[both]]);
    let found = query.filter(Expr::eq("action", shown));
    assert_eq!(answer_now(&shard, &found).finish(&found).matched, 2);
}

#[test]
fn a_run_goes_on_while_rows_come_and_begins_again_when_they_go() {
    let rows: Vec<TestRow> = (0..6).map(|n| flow(&[("dstport", Value::Int(n))])).collect();
    let query = Query::groups(&[], vec![Key::Field("dstport".into())], vec![Agg::Count]);
    let count = |p: Option<Partial>| p.map(|p| p.finish(&query).matched);
    let cache = &mut RowCache::default();
    let mut grown = shard(&rows, 2);
    let mut run = Run::new(query.clone(), 0);
    assert_eq!(count(run.step(&grown, cache, 1)), None);
    let (pool, table) = grown.table_mut(&FLOW);
    RowSink::new(pool, table, &mut Stats::default(), 7, 0).end(0, 0);
    grown.seal();
    assert_eq!(
        count(run.step(&grown, cache, 99)),
        None,
        "summed up in a step of its own"
    );
    assert_eq!(count(run.step(&grown, cache, 99)), Some(6));

    let mut shrunk = shard(&rows, 2);
    let mut run = Run::new(query.clone(), 0);
    assert_eq!(count(run.step(&shrunk, cache, 1)), None);
    shrunk.remove(&|_| true);
    assert_eq!(count(run.step(&shrunk, cache, 99)), None);
    assert_eq!(count(run.step(&shrunk, cache, 99)), Some(0));
}

#[test]
fn a_kept_order_is_not_used_for_other_rows() {
    let rows: Vec<TestRow> = (0..6).map(|n| flow(&[("dstport", Value::Int(5 - n))])).collect();
    let mut shard = shard(&rows, 4);
    let query = rows_query(
        &["dstport"],
        "dstport",
        false,
        Window::From {
            start: None,
            count: 1,
        },
    );
    let cache = &mut RowCache::default();
    let first = |shard: &Shard, cache: &mut RowCache| {
        let answer = ask_one(shard, 0, &query, cache).finish(&query);
        (answer.matched, answer.rows[0][0].clone())
    };
    assert_eq!(first(&shard, cache), (6, Value::Int(0)));
    assert_eq!(first(&shard, cache), (6, Value::Int(0)));
    shard.tables[0].segments[1].set_hidden(1, true);
    assert_eq!(first(&shard, cache), (5, Value::Int(1)));
}

#[test]
fn a_range_leaves_out_rows_without_a_time() {
    let at = |t: i64| flow(&[("start", Value::Time(t))]);
    let rows = [at(5), at(10), flow(&[]), at(19), at(20)];
    let query = Query::groups(&[], vec![], vec![Agg::Count]).within(Some(TimeRange::new(10, 20)), &Expr::All);
    assert_eq!(ask(&[shard(&rows, 2)], &query).finish(&query).matched, 2);
}
