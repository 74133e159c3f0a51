//! Tests of the language as a whole; the vectors are run by `tests/language_insights.rs`.

mod anomalies;
mod editor;
mod functions;
mod pipeline;
mod pushdown;
mod reading;
mod regexes;
mod tokens;
mod values;

use super::*;

/// 2023-11-14 22:13:20 UTC.
const START: i64 = 1_700_000_000_000;

fn known() -> Known<'static> {
    Known {
        kinds: &["cloudtrail", "vpc-flow"],
        fields: &["status", "event-name", "a"],
    }
}

fn program(text: &str) -> Program {
    parse(text, &known()).unwrap_or_else(|f| panic!("{text}: {f:?}"))
}

/// The code of what is wrong, and where.
fn refused(text: &str) -> (&'static str, usize) {
    match parse(text, &known()) {
        Ok(_) => panic!("{text} is accepted"),
        Err(f) => (f.what, f.at),
    }
}

fn warned(text: &str) -> Vec<&'static str> {
    program(text).warnings.iter().map(|w| w.what).collect()
}

fn clock() -> Clock {
    Clock {
        now: START / 1000,
        start: START,
        end: START + 240_000,
    }
}

/// The result over lines, one a second.
fn table(text: &str, lines: &[&str]) -> Table {
    let plan = program(text).plan(clock());
    let mut part = plan.start();
    for (at, line) in lines.iter().enumerate() {
        let mut record = Record::line(None, line);
        record.time = from_ms(START + 1000 * at as i64);
        let row = Named {
            record: &record,
            names: &plan.needs().fields,
        };
        plan.push(&mut part, &row, record.order(at as u128));
    }
    plan.finish(part)
}

fn rows(text: &str, lines: &[&str]) -> Vec<String> {
    let row = |r: &Vec<Value>| r.iter().map(Value::display).collect::<Vec<_>>().join("|");
    table(text, lines).rows.iter().map(row).collect()
}

/// One expression over one line.
fn value(expression: &str, line: &str) -> String {
    rows(&format!("fields {expression} as r"), &[line]).concat()
}
