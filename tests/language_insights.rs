//! The test vectors of Insights QL, and what has to hold for any text and any rows.
//!
//! The vectors lie beside the project where it is developed. Without them the rest runs.

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
        let order = record.order(place as u64);
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
        other => value.display() == other.to_string(),
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
        let mut places: Vec<u64> = table
            .origins
            .iter()
            .filter_map(|o| match o {
                trailbeam::language::insights::Origin::Row(Order { place, .. }) => Some(*place),
                _ => None,
            })
            .collect();
        places.sort_unstable();
        places.dedup();
        if *matched != Json::from(places.clone()) {
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
