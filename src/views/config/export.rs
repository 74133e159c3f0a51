//! Configuration in a report: resources by type, changes over time, the list of changes.

use super::model::{BARS, KINDS, ask_timeline, ask_types, short, timeline, types};
use crate::base::{Value, size};
use crate::query::{Agg, Expr, Query};
use crate::share::report::{Asks, Cell, Export, Scope, Section, Table, period};
use crate::views::printed::{choice, first_rows, frame, nothing};
use crate::views::shared::{bucket_width, width_word};

/// Height of the timeline (CSS pixels).
const HEIGHT: f64 = 150.0;

pub const EXPORT: Export = |asks, scope| Box::pin(tell(asks, scope));

async fn tell(asks: &dyn Asks, scope: &Scope) -> Section {
    let mut section = Section::new("config", "Config");
    if let Some(why) = nothing(asks, scope, &KINDS, "configuration items").await {
        section.paragraph(why);
        return section;
    }
    let until = |ns: i64| ask_types(Some(ns)).filter(scope.filter.clone());
    let within = asks.ask(scope.scoped(ask_types(None))).await;
    let types = match scope.range {
        Some(range) => {
            let end = asks.ask(until(range.to_ns)).await;
            let start = asks.ask(until(range.from_ns)).await;
            types(&within, &end, Some(&start))
        }
        None => types(&within, &within, None),
    };
    let sum = |of: fn(&super::model::Type) -> i64| types.iter().map(of).sum::<i64>();
    section.note = format!(
        "{}, {}",
        size::counted(sum(|t| t.resources), "resources"),
        size::counted(sum(|t| t.changes), "changes")
    );
    section.heading("Resources by type");
    let row = |t: &super::model::Type| {
        vec![
            Cell::text(&t.name),
            Cell::count(t.resources),
            Cell::count(t.changes),
        ]
    };
    let table = Table::new(
        &["=Type", "#Resources", "#Changes"],
        types.iter().map(row).collect(),
    );
    section.table(table.of(within.groups), "No item names the type of its resource.");

    if let Some(range) = scope.span {
        let step = bucket_width(range, BARS);
        let answer = asks.ask(scope.scoped(ask_timeline(step))).await;
        section.heading(&format!("Items recorded {}", width_word(step)));
        section.paragraph(period(range));
        section.chart(timeline(&answer, frame(scope, range, HEIGHT), step).0);
    }

    section.heading("Changes");
    let chosen = choice(scope, "type", "");
    let mut query = Query::groups(&KINDS, Vec::new(), vec![Agg::Count]).filter(Expr::exists("resourceId"));
    if !chosen.is_empty() {
        section.paragraph(format!("Only of {chosen}."));
        query = query.filter(Expr::eq("resourceType", chosen));
    }
    let columns = [
        "resourceType",
        "resourceId",
        "resourceName",
        "changeType",
        "configurationItemStatus",
        "changedProperties",
        "awsRegion",
    ];
    let first = first_rows(
        asks,
        scope.scoped(query),
        "configurationItemCaptureTime",
        &columns,
    )
    .await;
    let rows = first.rows.iter().map(|r| {
        let text = |i: usize| r.get(i).map(Value::to_text).unwrap_or_default();
        let name = match (text(2), text(3)) {
            (id, name) if name.is_empty() || name == id => id,
            (id, name) => format!("{id} {name}"),
        };
        vec![
            Cell::Value(r.first().cloned().unwrap_or_default()),
            Cell::text(short(&text(1))),
            Cell::Text(name),
            Cell::text(what(&text(4), &text(5), &text(6))),
            Cell::text(text(7)),
        ]
    });
    let heads = ["Recorded", "Type", "=Resource", "What", "Region"];
    let table = Table::new(&heads, rows.collect()).of(first.total);
    section.table(table, "No item of this period has a time.");
    section
}

/// What an item says of its resource: the change Config names, or the state it records, and which properties changed.
fn what(change: &str, status: &str, properties: &str) -> String {
    let word = match (change, status) {
        ("CREATE", _) | (_, "ResourceDiscovered") => "created or first seen".to_owned(),
        ("DELETE", _) | (_, "ResourceDeleted") => "deleted".to_owned(),
        (_, "ResourceDeletedNotRecorded") => "deleted, no longer recorded".to_owned(),
        (_, "ResourceNotRecorded") => "no longer recorded".to_owned(),
        ("UPDATE", _) => "changed".to_owned(),
        (_, "OK") => "recorded".to_owned(),
        (_, other) => other.to_owned(),
    };
    match properties {
        "" => word,
        list => format!("{word}: {list}"),
    }
}
