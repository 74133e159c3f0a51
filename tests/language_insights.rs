//! The test vectors of Insights QL, and what has to hold for any text and any rows.
//!
//! The vectors lie beside the project where it is developed. Without them the rest runs.

#[path = "language_insights/naive.rs"]
mod naive;
#[path = "language_insights/pushed.rs"]
mod pushed;
#[path = "language_insights/random.rs"]
mod random;

use serde_json::Value as Json;
use trailbeam::language::insights::{
    Clock, Known, Named, Order, Part, Plan, Program, Record, Table, Value, from_ms, parse,
};
use trailbeam::language::json::Json as Node;

const START: i64 = 1_700_000_000_000;
const KINDS: &[&str] = &["cloudtrail", "lambda", "tgw-flow", "vpc-flow"];

/// An event of a vector: a line, or an envelope with a message or columns.
fn record(event: &Json, index: usize) -> Record {
    let text = |key: &str| event.get(key).and_then(Json::as_str).map(str::to_owned);
    let kind = text("kind");
    let node = |json: &Json| Node::parse(&json.to_string()).expect("JSON in a vector");
    let mut record = match (event, event.get("fields"), event.get("message")) {
        (Json::String(line), ..) => Record::line(None, line),
        (_, Some(fields), _) => Record::structured(kind.as_deref(), node(fields)),
        (_, _, Some(Json::String(line))) => Record::line(kind.as_deref(), line),
        (_, _, Some(message)) => Record::line(kind.as_deref(), &node(message).to_string()),
        _ => Record::default(),
    };
    let ms = event
        .get("t")
        .and_then(Json::as_i64)
        .unwrap_or(START + 1000 * index as i64);
    record.time = from_ms(ms);
    record.source = text("source");
    record.log = text("log");
    record.stream = text("logStream");
    record
}

fn push(plan: &Plan, part: &mut Part, records: &[Record], compared: bool) {
    let names = &plan.needs().fields;
    for (place, record) in records.iter().enumerate() {
        let source = plan.source();
        if !source.is_empty() && !record.kind.as_ref().is_some_and(|k| source.contains(k)) {
            continue;
        }
        let row = Named { record, names };
        let order = record.order(place as u128);
        match compared {
            true => plan.push_compared(part, &row, order),
            false => plan.push(part, &row, order),
        }
    }
}

/// Does a cell show what is expected?
fn same(value: &Value, expected: &Json) -> bool {
    match expected {
        Json::Null => value.is_absent(),
        // Results are written with four decimals.
        Json::Number(n) => match (value.number(), value.display().parse::<f64>(), n.as_f64()) {
            (Some(got), Ok(shown), Some(n)) => {
                let near = |x: f64| (x - n).abs() <= 1e-4 * n.abs();
                near(got.as_f64()) || near(shown)
            }
            _ => false,
        },
        Json::String(s) => value.display() == *s,
        other => {
            let text = other.to_string();
            value.display() == text
        }
    }
}

fn rows_agree(table: &Table, expected: &[Json], ordered: bool) -> bool {
    let row_is = |row: &Vec<Value>, cells: &Json| {
        cells
            .as_array()
            .is_some_and(|c| c.len() == row.len() && row.iter().zip(c).all(|(v, e)| same(v, e)))
    };
    if table.rows.len() != expected.len() {
        return false;
    }
    if ordered {
        return table
            .rows
            .iter()
            .zip(expected)
            .all(|(row, cells)| row_is(row, cells));
    }
    let mut left: Vec<&Json> = expected.iter().collect();
    table
        .rows
        .iter()
        .all(|row| match left.iter().position(|cells| row_is(row, cells)) {
            Some(at) => {
                left.swap_remove(at);
                true
            }
            None => false,
        })
}

fn clock(vector: &Json) -> Clock {
    let window = |at: usize, other: i64| {
        vector
            .get("window")
            .and_then(|w| w.get(at))
            .and_then(Json::as_i64)
            .unwrap_or(other)
    };
    Clock {
        now: vector.get("now").and_then(Json::as_i64).unwrap_or(1_700_003_600),
        start: window(0, START),
        end: window(1, START + 3_600_000),
    }
}

fn table(program: &Program, vector: &Json) -> Table {
    let list = |key: &str| -> Vec<Record> {
        let events = vector
            .get(key)
            .and_then(Json::as_array)
            .cloned()
            .unwrap_or_default();
        events.iter().enumerate().map(|(i, e)| record(e, i)).collect()
    };
    let plan = program.plan(clock(vector));
    let mut part = plan.start();
    push(&plan, &mut part, &list("events"), false);
    push(&plan, &mut part, &list("previous"), true);
    plan.finish(part)
}

/// What is wrong with a vector's result, if anything is.
fn judge(vector: &Json) -> Result<(), String> {
    let text = vector["text"].as_str().unwrap_or_default();
    let expect = &vector["expect"];
    let known = Known {
        kinds: KINDS,
        fields: &[],
    };
    let parsed = parse(text, &known);
    if let Some(error) = expect.get("error") {
        return match parsed {
            Ok(_) => Err(format!("is accepted, {error} expected")),
            Err(f) if f.what == error["what"] && error["at"] == f.at => Ok(()),
            Err(f) => Err(format!("{f:?}, {error} expected")),
        };
    }
    let program = parsed.map_err(|f| format!("{f:?}"))?;
    if let Some(warnings) = expect.get("warnings").and_then(Json::as_array) {
        let codes: Vec<&str> = program.warnings.iter().map(|w| w.what).collect();
        if codes.len() != warnings.len()
            || !warnings.iter().all(|w| codes.contains(&w.as_str().unwrap_or("")))
        {
            return Err(format!("warns {codes:?}, {warnings:?} expected"));
        }
    }
    let table = table(&program, vector);
    if let Some(matched) = expect.get("matched") {
        let mut places: Vec<u128> = table
            .origins
            .iter()
            .filter_map(|o| match o {
                trailbeam::language::insights::Origin::Row(Order { place, .. }) => Some(*place),
                _ => None,
            })
            .collect();
        places.sort_unstable();
        places.dedup();
        let placed: Vec<u64> = places.iter().filter_map(|p| u64::try_from(*p).ok()).collect();
        if *matched != Json::from(placed) {
            return Err(format!("matches {places:?}, {matched} expected"));
        }
    }
    if let Some(columns) = expect.get("columns") {
        let names: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
        if *columns != Json::from(names.clone()) {
            return Err(format!("has columns {names:?}, {columns} expected"));
        }
    }
    if let Some(rows) = expect.get("rows").and_then(Json::as_array)
        && !rows_agree(&table, rows, expect["ordered"] == true)
    {
        let got: Vec<Vec<String>> = table
            .rows
            .iter()
            .map(|r| r.iter().map(Value::display).collect())
            .collect();
        return Err(format!("has rows {got:?}, {rows:?} expected"));
    }
    Ok(())
}

#[test]
fn vectors() {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/query-vectors.json");
    let Ok(text) = std::fs::read_to_string(beside) else {
        eprintln!("skipped: there are no query vectors beside the project");
        return;
    };
    let file: Json = serde_json::from_str(&text).expect("the vectors are JSON");
    let all: Vec<&Json> = file["vectors"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|v| v["language"] == "insights")
        .collect();
    let mut wrong = Vec::new();
    for vector in &all {
        if let Err(why) = judge(vector) {
            wrong.push(format!(
                "{} {}: {}: {why}",
                vector["id"], vector["name"], vector["text"]
            ));
        }
    }
    assert!(!all.is_empty());
    assert!(
        wrong.is_empty(),
        "{} of {} fail:\n{}",
        wrong.len(),
        all.len(),
        wrong.join("\n")
    );
}

mod properties {
    use super::*;
    use proptest::prelude::*;
    use trailbeam::language::insights::{Class, Names, complete, highlight};

    /// Queries of every command that collects rows.
    const QUERIES: &[&str] = &[
        "fields a, b | limit 5",
        "fields a | sort a desc, b | limit 3",
        "sort b | tail 4",
        "filter a > 2 | fields a * 2 as c | sort c | limit 10",
        "fields a, b | dedup a | limit 4",
        "sort b desc | dedup a, b",
        "stats count(*) as n, sum(x), avg(x), min(x), max(b), pct(x, 50), stddev(x) by a, bin(1m)",
        "stats count_distinct(b), values(b), earliest(b), latest(b), sortsFirst(b), sortsLast(b) by a",
        "stats sum(x) as s by a, b | stats max(s) as most by a | sort most desc",
        "stats count(b), sum(x) / count(*)",
        "pattern @message",
        "pattern b | anomaly",
        "parse b /(?<digit>\\d)/ multi | stats count(*) by digit",
        "fields split(b, \"1\") as l | unnest l into part | stats count(*) by part | sort part",
        "limit 7 | filter a > 0 | pattern b",
        "filter b like /[a-c]+/ and not b in [\"abc\"] | fields concat(b, \"-\", a) as c",
    ];

    fn rows() -> impl Strategy<Value = Vec<Record>> {
        let cell = prop_oneof![
            Just("null".to_owned()),
            (-5i64..5).prop_map(|n| n.to_string()),
            (-3i32..3).prop_map(|n| (f64::from(n) * 0.1).to_string()),
            "[a-c1-3]{0,4}".prop_map(|s| format!("\"{s}\"")),
            Just("true".to_owned()),
            Just("[1,\"a\"]".to_owned()),
        ];
        let row = (cell.clone(), cell.clone(), cell, 0i64..300_000);
        proptest::collection::vec(row, 0..40).prop_map(|rows| {
            let make = |(a, b, x, ms): (String, String, String, i64)| {
                let mut record = Record::line(None, &format!("{{\"a\":{a},\"b\":{b},\"x\":{x}}}"));
                record.time = (ms % 17 != 0).then(|| from_ms(START + ms)).flatten();
                record
            };
            rows.into_iter().map(make).collect()
        })
    }

    /// A result as text. Spreads may differ in the last digits.
    fn told(table: &Table) -> String {
        let cell = |v: &Value| match v {
            Value::Float(f) => format!("{f:.9}"),
            v => format!("{:?} {}", v.kind(), v.export()),
        };
        let rows: Vec<Vec<String>> = table.rows.iter().map(|r| r.iter().map(cell).collect()).collect();
        format!(
            "{:?} {rows:?} {:?} {} {} {}",
            table.columns, table.origins, table.matched, table.scanned, table.total
        )
    }

    fn some_text() -> impl Strategy<Value = String> {
        let token = prop_oneof![
            proptest::sample::select(vec![
                "fields",
                "filter",
                "stats",
                "by",
                "sort",
                "limit",
                "dedup",
                "parse",
                "as",
                "unnest",
                "into",
                "pattern",
                "diff",
                "anomaly",
                "display",
                "SOURCE",
                "like",
                "in",
                "not",
                "and",
                "or",
                "|",
                ",",
                "(",
                ")",
                "[",
                "]",
                "=",
                "!=",
                "<",
                "=~",
                "+",
                "-",
                "*",
                "/",
                "%",
                "^",
                "!",
                "count(*)",
                "bin(",
                "5m",
                "1.5",
                "1e3",
                "\"a*\"",
                "'b'",
                "/(?<g>a)/",
                "/",
                "a",
                "@message",
                "`a b`",
                "`",
                "\"",
                "#",
                "jsonParse(",
                ".a",
                "[0]",
                "max(",
                "true",
                "\n",
                "multi",
                "logfmt",
                "csv",
                "desc",
                "é",
                "😀",
            ])
            .prop_map(str::to_owned),
            "\\PC{0,6}",
        ];
        proptest::collection::vec(token, 0..24).prop_map(|t| t.join(" "))
    }

    fn part_of(plan: &Plan, records: &[(usize, &Record)]) -> Part {
        let mut part = plan.start();
        for (place, record) in records {
            let row = Named {
                record,
                names: &plan.needs().fields,
            };
            plan.push(&mut part, &row, record.order(*place as u128));
        }
        // A part travels between workers.
        let bytes = postcard::to_stdvec(&part).expect("a part is written");
        postcard::from_bytes(&bytes).expect("and read")
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn any_text_is_read_or_refused(text in some_text()) {
            let length = text.chars().count();
            match parse(&text, &Known::default()) {
                Ok(program) => {
                    let plan = program.plan(Clock::default());
                    let mut part = plan.start();
                    push(&plan, &mut part, &[Record::line(None, "{\"a\":[{\"b\":1}],\"g\":\"x\"}")], false);
                    plan.finish(part);
                }
                Err(fault) => prop_assert!(fault.at <= length && fault.at <= fault.end, "{fault:?}"),
            }
            let mut last = 0;
            for (start, end, class) in highlight(&text) {
                prop_assert!(last <= start && start < end && end <= length, "{start}..{end} {class:?}");
                last = end;
            }
            for caret in 0..=length {
                for offer in complete(&text, caret, &Names { fields: &["a", "b-c"], kinds: &["vpc-flow"] }) {
                    prop_assert!(offer.start <= caret);
                }
            }
        }

        #[test]
        fn what_is_printed_is_read_as_the_same(text in some_text()) {
            if let Ok(program) = parse(&text, &Known::default()) {
                let printed = program.print();
                let again = parse(&printed, &Known::default());
                prop_assert!(again.as_ref().is_ok_and(|a| a.is_same(&program)), "{text}\n{printed}\n{:?}", again.err());
            }
        }

        #[test]
        fn parts_merge_in_any_order(records in rows(), cuts in proptest::collection::vec(0usize..3, 40), at in 0..QUERIES.len()) {
            let text = QUERIES[at];
            let plan = parse(text, &Known::default()).expect(text).plan(Clock { now: 0, start: START, end: START + 300_000 });
            let all: Vec<(usize, &Record)> = records.iter().enumerate().collect();
            let whole = told(&plan.finish(part_of(&plan, &all)));
            let shard = |n: usize| -> Part {
                let mut mine: Vec<(usize, &Record)> =
                    all.iter().filter(|(i, _)| cuts.get(*i).copied().unwrap_or(0) == n).copied().collect();
                mine.reverse();
                part_of(&plan, &mine)
            };
            for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
                let [mut first, second, third] = order.map(shard);
                first.merge(second);
                first.merge(third);
                prop_assert_eq!(&told(&plan.finish(first)), &whole, "{}", text);
            }
            let (mut second, third) = (shard(1), shard(2));
            second.merge(third);
            let mut first = shard(0);
            first.merge(second);
            prop_assert_eq!(&told(&plan.finish(first)), &whole, "{}", text);
        }
    }

    #[test]
    fn vectors_print_as_the_same() {
        let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/query-vectors.json");
        let Ok(text) = std::fs::read_to_string(beside) else {
            return;
        };
        let file: Json = serde_json::from_str(&text).expect("the vectors are JSON");
        for vector in file["vectors"].as_array().into_iter().flatten() {
            let text = vector["text"].as_str().unwrap_or_default();
            if let ("insights", Ok(program)) = (
                vector["language"].as_str().unwrap_or_default(),
                parse(text, &Known::default()),
            ) {
                let printed = program.print();
                let again = parse(&printed, &Known::default());
                assert!(again.is_ok_and(|a| a.is_same(&program)), "{text}\n{printed}");
            }
        }
    }

    #[test]
    fn hostile_texts_end() {
        let known = Known::default();
        for text in [
            "filter ".to_owned() + &"(".repeat(9000),
            "filter ".to_owned() + &"not ".repeat(2400),
            "fields ".to_owned() + &"-".repeat(9000) + "a",
            "fields a".to_owned() + &"^-a".repeat(3000),
            "fields a".to_owned() + &"+a".repeat(4900),
            "filter a=1".to_owned() + &" or a=1".repeat(1200),
            "fields ".to_owned() + &"abs(".repeat(2400),
            "fields a".to_owned() + &".a".repeat(4900),
            "filter a like /".to_owned() + &"(".repeat(9000) + "/",
            "filter a like /(a{1000}){1000}/".to_owned(),
            "filter a in ".to_owned() + &"[".repeat(9000),
            "fields a | ".repeat(900) + "limit 1",
            "x".repeat(10_001),
        ] {
            let outcome = parse(&text, &known);
            assert!(outcome.is_ok() || outcome.is_err_and(|f| f.at <= text.len()));
            assert!(
                highlight(&text)
                    .iter()
                    .all(|(_, _, class)| *class != Class::Comment)
            );
        }
    }
}
