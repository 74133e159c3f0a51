//! The trail in a report: lanes, error codes, sign-ins, the first events.

use super::model::{
    BUCKETS, KINDS, LANE_CHOICES, LANES, ask_errors, ask_marks, ask_sign_ins, ask_timeless, ask_values,
    flags, lane_field, lanes, plan, scene,
};
use super::signs::{Signs, ask_endpoints};
use crate::base::{Value, size};
use crate::query::{Agg, Answer, Query};
use crate::share::report::{Asks, Cell, Export, Scope, Section, Table, period};
use crate::views::printed::{all_gaps, cells, choice, first_rows, frame, hatched, judged, nothing, within};
use crate::views::shared::{bucket_width, buckets};
use std::collections::BTreeSet;

pub const EXPORT: Export = |asks, scope| Box::pin(tell(asks, scope));

async fn tell(asks: &dyn Asks, scope: &Scope) -> Section {
    let mut section = Section::new("trail", "Trail");
    if let Some(why) = nothing(asks, scope, &KINDS, "CloudTrail events").await {
        section.paragraph(why);
        return section;
    }
    if let Some(range) = scope.span {
        section.note = period(range);
        let by = choice(scope, "lanes", "principal");
        let field = lane_field(by);
        let tops = certain((*asks.ask(scope.scoped(ask_values(field))).await).clone());
        let signals = judged(asks, scope, |rule| rule.view == "trail").await;
        let flags = flags(signals.iter().flat_map(|s| &s.findings), field);
        let plan = plan(&tops, field, LANES, &BTreeSet::new(), &flags);
        let step = bucket_width(range, BUCKETS);
        let (marks, others) = ask_marks(field, &plan.values(), step);
        let marks = asks.ask(scope.scoped(marks)).await;
        let others = asks.ask(scope.scoped(others)).await;
        let buckets = buckets(range, step);
        let mut lanes = lanes(&plan, &marks, &others, buckets);
        let endpoints = asks.ask(scope.scoped(ask_endpoints(field, step))).await;
        let mut signs = Signs::new(&plan);
        signs.endpoints(field, &endpoints);
        signs.into_lanes(&mut lanes);
        let gaps = within(all_gaps(asks, scope).await, scope.range);
        let holes = hatched(scope, &gaps, &KINDS);
        let word = LANE_CHOICES.iter().find(|c| c.0 == by).map_or(by, |c| c.1);
        section.heading(&format!("Events over time, a lane for each {word}"));
        section.chart(scene(frame(scope, range, 100.0), buckets, &lanes, &holes, true));
        section.paragraph(
            "A short mark is a call that reads, a tall one a call that writes, a cross one that failed. \
             Lanes that a lead of some weight is about stand first.",
        );
        if lanes.iter().any(|l| !l.signs.is_empty()) {
            section.paragraph(
                "A ring is what a VPC endpoint let through, one with a stroke through it what an endpoint denied.",
            );
        }
    }
    let timeless = asks
        .ask(ask_timeless().filter(scope.filter.clone()))
        .await
        .matched;
    if timeless > 0 {
        let n = size::counted(timeless, "events");
        section.caution(format!("{n} without a time: no lane shows them."));
    }

    section.heading("Error codes");
    let errors = asks.ask(scope.scoped(ask_errors())).await;
    let table = Table::new(
        &["=Error code", "#Events"],
        errors.rows.iter().cloned().map(cells).collect(),
    );
    section.table(table.of(errors.groups), "No call failed in this period.");

    section.heading("Console sign-ins");
    let sign_ins = asks.ask(scope.scoped(ask_sign_ins())).await;
    let rows = sign_ins.rows.iter().map(|r| {
        let text = |i: usize| r.get(i).map(Value::to_text).unwrap_or_default();
        let outcome = text(1);
        vec![
            Cell::text(text(0)),
            Cell::Status {
                status: if outcome == "failed" { "red" } else { "ok" },
                words: outcome,
            },
            Cell::Value(r.get(2).cloned().unwrap_or_default()),
        ]
    });
    let table = Table::new(&["Principal", "Outcome", "#Sign-ins"], rows.collect());
    section.table(
        table.of(sign_ins.groups),
        "Nobody signed in to the console in this period.",
    );

    section.heading("Events");
    let query = scope.scoped(Query::groups(&KINDS, Vec::new(), vec![Agg::Count]));
    let columns = [
        "principal",
        "eventName",
        "eventSource",
        "sourceIPAddress",
        "outcome",
        "errorCode",
    ];
    let first = first_rows(asks, query, "eventTime", &columns).await;
    let heads = [
        "Time",
        "Principal",
        "=Event",
        "=Service",
        "=Source address",
        "Outcome",
        "=Error code",
    ];
    let rows = first.rows.into_iter().map(|mut row| {
        let outcome = row.get_mut(5).map(std::mem::take);
        let mut cells = cells(row);
        if let (Some(cell), Some(outcome)) = (cells.get_mut(5), outcome) {
            *cell = came_of(outcome);
        }
        cells
    });
    let table = Table::new(&heads, rows.collect()).of(first.total);
    section.table(table, "No event of this period has a time.");
    section
}

fn came_of(outcome: Value) -> Cell {
    match outcome.as_str() {
        Some("failed") => Cell::Status {
            status: "red",
            words: "failed".to_owned(),
        },
        _ => Cell::Value(outcome),
    }
}

/// The answer with those details only that do not depend on who read which file: of a lane's keys and identity types
/// the question names some, which are all there are where they are fewer than it asked for.
fn certain(mut answer: Answer) -> Answer {
    for row in &mut answer.rows {
        for (at, asked) in [(2, 3), (3, 2)] {
            let Some(Value::List(list)) = row.get_mut(at) else {
                continue;
            };
            list.sort();
            if list.len() >= asked {
                *list = vec![match at {
                    2 => "several keys".to_owned(),
                    _ => "several types".to_owned(),
                }];
            }
        }
    }
    answer
}
