//! Sums against the records they are of, over random rows in random shards.

use super::*;
use crate::base::block::{COUNT, OTHER};
use crate::base::{Facts, FieldSpec, Group, Value};
use crate::query::{Agg, Expr, Key, Order, answer_now};
use crate::share::block::{Block, Cells};
use crate::table::{RowSink, Stats};
use proptest::prelude::*;

static FLOW: Facts = Facts {
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
        FieldSpec::int("srcport").role(Role::SourcePort),
        FieldSpec::int("dstport").role(Role::DestinationPort),
        FieldSpec::bool("sampled"),
        FieldSpec::list("tags"),
        FieldSpec::float("score"),
        FieldSpec::int("bytes").role(Role::Bytes),
        FieldSpec::text("note"),
    ],
    columns: &[],
    aliases: &[],
    dedupe: false,
};
const DIMS: [&str; 6] = ["srcaddr", "srcport", "dstport", "sampled", "tags", "score"];

/// Cells by field, and how many records the row stands for.
#[derive(Clone, Debug)]
struct Row {
    cells: Vec<Value>,
    weight: Option<i64>,
}

fn written(rows: &[Row]) -> Shard {
    let mut shard = Shard::default();
    let mut stats = Stats::default();
    for row in rows {
        let (pool, table) = shard.table_mut(&FLOW);
        let mut sink = RowSink::new(pool, table, &mut stats, 0, 0);
        for (field, cell) in row.cells.iter().enumerate() {
            match cell {
                Value::Text(t) => sink.text(field, t.as_bytes()),
                Value::List(l) => sink.list(field, l),
                Value::Int(n) | Value::Time(n) => sink.int(field, *n),
                Value::Bool(b) => sink.bool(field, *b),
                Value::Float(f) => sink.float(field, *f),
                Value::Absent | Value::Big(_) | Value::Decimal(_) => sink.absent(field),
            }
        }
        if let Some(n) = row.weight {
            sink.weight(n);
        }
        sink.end(0, 0);
    }
    shard.seal();
    shard
}

fn ask(dims: &[&str]) -> Ask {
    Ask {
        kind: FLOW.id.to_owned(),
        query: Query::groups(&[], vec![], vec![Agg::Count]),
        width_ns: SECOND,
        dims: dims.iter().map(|d| (*d).to_owned()).collect(),
        sums: vec!["bytes".to_owned()],
    }
}

fn together(shards: &[Shard], ask: &Ask) -> Part {
    let mut all = Part::empty(ask);
    for shard in shards {
        let sent = postcard::to_stdvec(&part(shard, ask)).unwrap();
        all.merge(postcard::from_bytes(&sent).unwrap());
    }
    all
}

/// The cells of a block's column.
fn column(block: &Block, name: &str) -> Vec<Value> {
    let column = block.columns.iter().find(|c| c.name == name).unwrap();
    match &column.cells {
        Cells::Ints(v) => v
            .iter()
            .map(|&n| match (n, column.ty) {
                (ABSENT_INT, _) => Value::Absent,
                (n, FieldType::Time) => Value::Time(n),
                (n, FieldType::Bool) => Value::Bool(n != 0),
                (n, _) => Value::Int(n),
            })
            .collect(),
        Cells::Floats(v) => v
            .iter()
            .map(|&f| {
                if f.is_nan() {
                    Value::Absent
                } else {
                    Value::Float(f)
                }
            })
            .collect(),
        Cells::Texts { codes, texts } => codes
            .iter()
            .map(|&code| match code.checked_sub(1) {
                None => Value::Absent,
                Some(at) => {
                    let text = String::from_utf8_lossy(&texts[at as usize]).into_owned();
                    match column.ty {
                        FieldType::List => Value::List(text.split('\u{1f}').map(str::to_owned).collect()),
                        _ => Value::Text(text),
                    }
                }
            })
            .collect(),
    }
}

fn total(block: &Block, name: &str) -> i128 {
    let cells = column(block, name);
    cells.iter().filter_map(Value::as_i64).map(i128::from).sum()
}

fn maybe(value: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop_oneof![1 => Just(Value::Absent), 5 => value]
}

fn row() -> impl Strategy<Value = Row> {
    let port = || {
        // None is a caller's of a service.
        prop::sample::select(&[22i64, 443, 80][..]).prop_map(Value::Int)
    };
    let cells = (
        maybe((0i64..200_000).prop_map(|n| Value::Time(n * SECOND - 1000 * SECOND))),
        maybe((0u8..30).prop_map(|n| Value::Text(format!("192.0.2.{}", n.min(n / 2 + 3))))),
        maybe(port()),
        maybe(port()),
        maybe(any::<bool>().prop_map(Value::Bool)),
        maybe(prop::collection::vec("[ab]", 1..3).prop_map(Value::List)),
        maybe(prop::sample::select(&[-1.5, 0.0, 2.0][..]).prop_map(Value::Float)),
        maybe((0i64..1000).prop_map(Value::Int)),
    );
    (cells, prop::option::of(1i64..5)).prop_map(|((a, b, c, d, e, f, g, h), weight)| Row {
        cells: vec![a, b, c, d, e, f, g, h],
        weight,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn the_rows_are_the_groups_that_a_question_finds(rows in prop::collection::vec(row(), 0..60)) {
        let shard = written(&rows);
        let block = finish(together(&[written(&rows)], &ask(&DIMS)), usize::MAX).block;
        let by = std::iter::once(Key::Time { width_ns: SECOND })
            .chain(DIMS.iter().map(|d| Key::Field((*d).to_owned())));
        let aggs = vec![Agg::Count, Agg::Sum("bytes".into()), Agg::CountIf(Expr::exists("bytes"))];
        let query = Query::groups(&[], by.collect(), aggs).order(Order::Key);
        let answer = answer_now(&shard, &query).finish(&query);
        if rows.is_empty() {
            prop_assert_eq!(block.rows, 0);
            return Ok(());
        }
        let names = ["start"].iter().chain(&DIMS).chain(&[COUNT, "bytes"]);
        let columns: Vec<Vec<Value>> = names.map(|n| column(&block, n)).collect();
        let got: Vec<Vec<Value>> = (0..block.rows)
            .map(|row| columns.iter().map(|c| c[row].clone()).collect())
            .collect();
        let want: Vec<Vec<Value>> = answer
            .rows
            .into_iter()
            .map(|mut row| {
                // A sum of nothing is no value.
                if row.pop() == Some(Value::Int(0)) {
                    row.pop();
                    row.push(Value::Absent);
                }
                row
            })
            .collect();
        prop_assert_eq!(got, want);
    }

    #[test]
    fn any_shards_and_any_order_make_the_same_block(
        rows in prop::collection::vec(row(), 0..80),
        cuts in prop::collection::vec(0usize..80, 0..3),
        budget in 1usize..80,
    ) {
        let ask = ask(&DIMS);
        // As text, in which no float is as equal to itself as any other value.
        let told = |part: Part| format!("{:?}", finish(part, budget));
        let whole = told(together(&[written(&rows)], &ask));
        let mut shards = Vec::new();
        let mut rest: &[Row] = &rows;
        for cut in cuts {
            let (head, tail) = rest.split_at(cut.min(rest.len()));
            let turned: Vec<Row> = head.iter().rev().cloned().collect();
            shards.push(written(&turned));
            rest = tail;
        }
        shards.insert(0, written(rest));
        prop_assert_eq!(&told(together(&shards, &ask)), &whole);

        let (a, b) = shards.split_at(shards.len() / 2);
        let mut joined = together(b, &ask);
        joined.merge(together(a, &ask));
        prop_assert_eq!(&told(joined), &whole);
    }

    #[test]
    fn fewer_rows_stand_for_the_same_records(rows in prop::collection::vec(row(), 0..80), budget in 1usize..80) {
        let all = finish(together(&[written(&rows)], &ask(&DIMS)), usize::MAX);
        let few = finish(together(&[written(&rows)], &ask(&DIMS)), budget);
        let records: i64 = rows.iter().map(|r| r.weight.unwrap_or(1)).sum();
        prop_assert_eq!((few.records, all.records), (records as u64, records as u64));
        prop_assert!(all.dropped.is_empty() && all.width_ns == SECOND);
        if !rows.is_empty() {
            prop_assert_eq!(total(&few.block, COUNT), i128::from(records));
            prop_assert_eq!(total(&few.block, "bytes"), total(&all.block, "bytes"));
        }
        // Which values are there at all is the last that is told of them.
        let nothing_left = few.dropped.iter().all(|d| d.kept == 0) && !few.dropped.is_empty();
        prop_assert!(few.block.rows <= budget || nothing_left, "{} rows", few.block.rows);
        if !few.dropped.is_empty() {
            prop_assert!(few.width_ns >= DAY);
        }
        for dropped in &few.dropped {
            prop_assert!(dropped.kept < dropped.of);
        }
    }
}

fn at(second: i64, address: &str, ports: [i64; 2]) -> Row {
    let mut cells = vec![
        Value::Time(second * SECOND),
        address.into(),
        Value::Int(ports[0]),
        Value::Int(ports[1]),
    ];
    cells.resize(8, Value::Absent);
    Row { cells, weight: None }
}

#[test]
fn time_is_widened_before_the_rarest_values_are_folded() {
    let mut rows = Vec::new();
    for n in 0..20 {
        let times = if n < 2 { 30 } else { 1 };
        rows.extend((0..times).map(|t| at(t, &format!("192.0.2.{n}"), [443, 443])));
    }
    let asked = ask(&["srcaddr", "dstport"]);
    let summed = |budget| finish(together(&[written(&rows)], &asked), budget);
    let wider = summed(22);
    assert_eq!((wider.block.rows, wider.width_ns), (20, 30 * SECOND));
    assert_eq!(wider.dropped, []);
    let folded = summed(3);
    assert_eq!(folded.width_ns, DAY);
    let dropped = Dropped {
        dim: "srcaddr".into(),
        kept: 2,
        of: 20,
    };
    assert_eq!(folded.dropped, [dropped]);
    let kept = ["(other)", "192.0.2.0", "192.0.2.1"].map(Value::from);
    assert_eq!(column(&folded.block, "srcaddr"), kept);
    assert_eq!(column(&folded.block, COUNT), [18, 30, 30].map(Value::Int));
    assert_eq!(column(&folded.block, "dstport"), [443; 3].map(Value::Int));

    // What was folded once is one value from then on, and stays apart from none.
    let mut again = vec![at(0, OTHER, [1, 1]); 9];
    again.extend((0..5).map(|n| at(0, &format!("192.0.2.{n}"), [1, 1])));
    again.push(Row {
        cells: vec![Value::Time(0)],
        weight: None,
    });
    let again = finish(together(&[written(&again)], &ask(&["srcaddr"])), 3);
    assert_eq!(
        column(&again.block, "srcaddr"),
        [Value::Absent, OTHER.into(), "192.0.2.0".into()]
    );
    assert_eq!(column(&again.block, COUNT), [1, 13, 1].map(Value::Int));
}

#[test]
fn the_caller_s_port_is_left_out_where_the_other_is_a_service() {
    let flows = [
        [40_000, 443],
        [443, 40_001],
        [5000, 22],
        [40_000, 50_000],
        [80, 443],
    ];
    let rows: Vec<Row> = flows.iter().map(|p| at(0, "192.0.2.1", *p)).collect();
    let summed = finish(together(&[written(&rows)], &ask(&["srcport", "dstport"])), 99);
    let ports: Vec<(Value, Value)> = column(&summed.block, "srcport")
        .into_iter()
        .zip(column(&summed.block, "dstport"))
        .collect();
    let (none, is) = (Value::Absent, |n: i64| Value::Int(n));
    assert_eq!(
        ports,
        [
            (none.clone(), is(22)),
            (none.clone(), is(443)),
            (is(80), is(443)),
            (is(443), none),
            (is(40_000), is(50_000)),
        ]
    );
    assert_eq!(summed.callers_ports, 3);
}

#[test]
fn a_sum_beyond_64_bits_is_clipped_and_told() {
    let mut rows = vec![at(0, "192.0.2.1", [1, 1]); 3];
    for row in &mut rows {
        row.cells[7] = Value::Int(i64::MAX);
    }
    let mut few = together(&[written(&rows)], &ask(&["srcaddr"]));
    few.merge(together(&[written(&rows)], &ask(&["srcaddr"])));
    let summed = finish(few, 9);
    assert_eq!(column(&summed.block, "bytes"), [Value::Int(i64::MAX)]);
    assert_eq!(summed.clipped, 1);
}

#[test]
fn what_rows_do_not_know_is_no_column() {
    let names = |block: &Block| block.columns.iter().map(|c| c.name.clone()).collect::<Vec<_>>();
    let mut shard = Shard::default();
    let (pool, table) = shard.table_mut(&FLOW);
    let mut stats = Stats::default();
    let mut sink = RowSink::new(pool, table, &mut stats, 0, 0);
    sink.text(1, b"192.0.2.1");
    sink.weight(5);
    sink.end(0, 0);
    shard.seal();
    let asked = ask(&["srcaddr", "note", "nope"]);
    let summed = finish(together(&[shard], &asked), 9);
    assert_eq!(names(&summed.block), ["srcaddr", COUNT]);
    assert_eq!(summed.records, 5);

    let records = finish(together(&[written(&[at(0, "", [1, 1])])], &asked), 9);
    assert_eq!(
        names(&records.block),
        ["start", "srcaddr", "note", COUNT, "bytes"]
    );
    assert_eq!(column(&records.block, "note"), [Value::Absent]);
}

#[test]
fn only_records_that_meet_the_question_are_summed() {
    let rows: Vec<Row> = (0..10).map(|n| at(n, "192.0.2.1", [443, n])).collect();
    let mut asked = ask(&["srcaddr"]);
    asked.query = asked.query.filter(Expr::eq("dstport", 3i64));
    let summed = finish(together(&[written(&rows)], &asked), 9);
    assert_eq!(
        (summed.records, column(&summed.block, "start")),
        (1, vec![Value::Time(3 * SECOND)])
    );
    asked.query.kinds = vec!["other".to_owned()];
    assert_eq!(finish(together(&[written(&rows)], &asked), 9).records, 0);
}
