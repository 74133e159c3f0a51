//! Every select against a row-by-row reading of the same rows, over random rows in random shards.

mod oracle;
mod properties;
mod speed;

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
}

impl std::fmt::Debug for TestRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hidden = if self.hidden { ", hidden" } else { "" };
        write!(f, "{} of {}{hidden} {:?}", self.kind.id, self.member, self.cells)
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
                Value::Absent => {}
                Value::Text(t) => sink.text(field, t.as_bytes()),
                Value::List(l) => sink.list(field, &l),
                Value::Int(n) | Value::Time(n) => sink.int(field, n),
                Value::Bool(b) => sink.bool(field, b),
                Value::Float(f) => sink.float(field, f),
                Value::Big(_) => unreachable!("no cell holds one"),
            }
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
    assert_eq!(
        matching(&rows, "STOPLOG or 22"),
        2,
        "free text, and an integer as it is written"
    );
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
    assert_eq!(count(run.step(&grown, cache, 99)), Some(6));

    let mut shrunk = shard(&rows, 2);
    let mut run = Run::new(query.clone(), 0);
    assert_eq!(count(run.step(&shrunk, cache, 1)), None);
    shrunk.remove(&|_| true);
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
