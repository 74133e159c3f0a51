//! What functions are configured with, beside what their invocations took.

use super::model::KINDS;
use crate::base::{Value, size};
use crate::query::{Agg, Answer, Expr, Key, Order, Query};
use crate::views::board::{Made, MadeColumn, MadeRow, Panel, Show, Told, percent};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Functions that are told apart.
const MOST: usize = 20_000;
/// From this part of its timeout on, a function's longest invocation is close to it.
const CLOSE: f64 = 0.8;

const COLUMNS: &[MadeColumn] = &[
    ("Function", 220.0, false),
    ("Account", 120.0, false),
    ("Runtime", 110.0, false),
    ("Timeout", 84.0, true),
    ("Longest", 90.0, true),
    ("of timeout", 90.0, true),
    ("Memory", 84.0, true),
    ("Most used", 90.0, true),
    ("of memory", 90.0, true),
    ("What it says", 300.0, false),
];

/// What `aws lambda list-functions` or `get-function-configuration` says, beside the logs of the same functions.
pub(super) fn panel() -> Panel {
    let text = |f: &str| Key::Field(f.to_owned());
    let used = Query::groups(
        KINDS,
        vec![text("functionName")],
        vec![
            Agg::Count,
            Agg::Max("durationMs".to_owned()),
            Agg::Max("maxMemoryUsedMB".to_owned()),
        ],
    )
    .filter(Expr::eq("type", "report"))
    .limit(MOST);
    let by = ["name", "account", "Runtime", "Timeout", "MemorySize"];
    let described = Query::groups(&["aws-inventory"], by.map(text).to_vec(), vec![Agg::Count])
        .filter(Expr::eq("itemType", "Function"))
        .order(Order::Key)
        .limit(MOST);
    let show = Show::Made(Made {
        asks: vec![used],
        described: vec![described],
        columns: COLUMNS,
        rows,
    });
    Panel::new("configured", "Configured and used", show)
        .note("Timeouts and memory as aws lambda list-functions told them, longest and largest invocations as they were logged. Functions of one name in several accounts are not told apart by their logs.")
        .wide()
}

fn rows(answers: &[Arc<Answer>]) -> Vec<MadeRow> {
    let [used, described] = answers else {
        return Vec::new();
    };
    let of: BTreeMap<String, (Option<f64>, Option<f64>)> = used
        .rows
        .iter()
        .filter_map(|row| match row.as_slice() {
            [name, _, longest, most] => Some((name.to_text(), (longest.as_f64(), most.as_f64()))),
            _ => None,
        })
        .collect();
    let mut out: Vec<(f64, MadeRow)> = Vec::new();
    for row in &described.rows {
        let [name, account, runtime, timeout, memory, ..] = row.as_slice() else {
            continue;
        };
        let name = name.to_text();
        let (longest, most) = of.get(&name).copied().unwrap_or_default();
        let timeout_s = timeout.as_f64().filter(|t| *t > 0.0);
        let memory_mb = memory.as_f64().filter(|m| *m > 0.0);
        let part = |used: Option<f64>, of: Option<f64>| Some(used? / of?);
        let (of_timeout, of_memory) = (
            part(longest.map(|ms| ms / 1000.0), timeout_s),
            part(most, memory_mb),
        );
        let unit = |n: Option<f64>, unit: &str| match n {
            Some(n) => Told {
                text: format!("{} {unit}", size::count(n.round() as i64)),
                value: Value::Float(n),
            },
            None => Told::default(),
        };
        let share = |p: Option<f64>| match p {
            Some(p) => Told {
                text: percent(p),
                value: Value::Float(p),
            },
            None => Told::default(),
        };
        let says = match (of_timeout, of_memory) {
            _ if longest.is_none() && most.is_none() => "no invocation is loaded",
            (Some(p), _) if p >= 1.0 => "ran into its timeout",
            (Some(p), _) if p >= CLOSE => "close to its timeout",
            (_, Some(p)) if p >= 0.95 => "hardly any memory was left",
            (Some(p), _) if p < 0.01 => "its timeout is a hundred times what it took",
            _ => "within what it is given",
        };
        let invoked = Expr::eq("functionName", name.as_str());
        let weight = of_timeout.unwrap_or(-1.0).max(of_memory.unwrap_or(-1.0));
        let row = MadeRow {
            cells: vec![
                Told::text(name),
                Told::text(account.to_text()),
                Told::text(runtime.to_text()),
                unit(timeout_s, "s"),
                unit(longest, "ms"),
                share(of_timeout),
                unit(memory_mb, "MB"),
                unit(most, "MB"),
                share(of_memory),
                Told::text(says),
            ],
            of: Some((invoked, None)),
        };
        out.push((weight, row));
    }
    // Those nearest to what they are given first.
    out.sort_by(|a, b| b.0.total_cmp(&a.0));
    out.into_iter().map(|(_, row)| row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_held_against_what_it_is_given() {
        let used =
            |name: &str, ms: f64, mb: i64| vec![name.into(), Value::Int(9), Value::Float(ms), Value::Int(mb)];
        let given = |name: &str, s: i64, mb: i64| {
            vec![
                name.into(),
                "111122223333".into(),
                "python3.13".into(),
                Value::Int(s),
                Value::Int(mb),
                Value::Int(1),
            ]
        };
        let answer = |rows| {
            Arc::new(Answer {
                rows,
                ..Answer::default()
            })
        };
        let rows = rows(&[
            answer(vec![
                used("slow", 2_900.0, 60),
                used("idle", 5.0, 40),
                used("full", 9.0, 127),
            ]),
            answer(vec![
                given("full", 3, 128),
                given("idle", 900, 1024),
                given("slow", 3, 128),
                given("unused", 3, 128),
            ]),
        ]);
        let told: Vec<(&str, &str)> = rows
            .iter()
            .map(|r| (r.cells[0].text.as_str(), r.cells[9].text.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                ("full", "hardly any memory was left"),
                ("slow", "close to its timeout"),
                ("idle", "its timeout is a hundred times what it took"),
                ("unused", "no invocation is loaded"),
            ]
        );
    }
}
