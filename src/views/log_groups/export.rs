//! Log groups in a report: what was read out of each, what it is set to, and its filters.

use super::model::{LogGroup, ask_described, ask_loaded, groups};
use crate::base::{Value, size};
use crate::share::report::{Asks, Cell, Export, MAX_ROWS, Scope, Section, Table};

pub const EXPORT: Export = |asks, scope| Box::pin(tell(asks, scope));

async fn tell(asks: &dyn Asks, scope: &Scope) -> Section {
    let mut section = Section::new("log-groups", "Log groups");
    let loaded = asks.ask(scope.scoped(ask_loaded())).await;
    // Descriptions are of no time, and of no record that a filter is about.
    let described = asks.ask(ask_described()).await;
    let all = groups(&loaded, &described);
    if all.is_empty() {
        section.paragraph(
            "No log groups were opened: nothing was read out of one, and no answer describes one.",
        );
        return section;
    }
    let forever = all
        .iter()
        .filter(|g| g.retention() == super::model::Retention::Never)
        .count() as u64;
    section.paragraph(format!(
        "{}; {} never expire. What no file tells is not known.",
        size::counted(all.len() as u64, "groups"),
        size::count(forever)
    ));
    let rows = all.iter().take(MAX_ROWS).map(|g| {
        let read: Vec<String> = g
            .kinds
            .iter()
            .map(|(kind, n)| format!("{} {}", size::count(*n), scope.title_of(kind)))
            .collect();
        vec![
            named(&g.name, "no group told"),
            named(&g.account, "not known"),
            Cell::count(g.streams.len() as u64),
            Cell::count(g.loaded.events.max(0) as u64),
            Cell::text(size::bytes(g.loaded.bytes as f64)),
            time(g.loaded.span.map(|s| s.0)),
            time(g.loaded.span.map(|s| s.1)),
            Cell::text(read.join(", ")),
            Cell::text(g.retention().words()),
            Cell::text(g.encryption()),
            Cell::text(g.about.as_ref().map_or("not known", |a| a.class.as_str())),
        ]
    });
    let heads = [
        "=Log group",
        "=Account",
        "#Streams",
        "#Events shared",
        "#Bytes",
        "First",
        "Last",
        "Read as",
        "Retention",
        "Encryption",
        "Class",
    ];
    let table = Table::new(&heads, rows.collect()).of(all.len() as u64);
    section.table(table, "None.");
    let filters: Vec<Vec<Cell>> = all.iter().flat_map(filters).collect();
    section.heading("Filters");
    let total = filters.len() as u64;
    let heads = ["=Log group", "Filter", "Kind", "=Pattern", "Sends to"];
    let table = Table::new(&heads, filters.into_iter().take(MAX_ROWS).collect()).of(total);
    section.table(
        table,
        "No metric filter and no subscription filter is among what was shared.",
    );
    section
}

fn filters(group: &LogGroup) -> Vec<Vec<Cell>> {
    let metric = group.metric_filters.iter().map(|f| ("metric filter", f));
    let subscribed = group.subscriptions.iter().map(|f| ("subscription", f));
    let row = |(kind, f): (&str, &super::model::Filter)| {
        vec![
            Cell::text(&group.name),
            Cell::text(&f.name),
            Cell::text(kind),
            named(&f.pattern, "every event"),
            Cell::text(&f.destination),
        ]
    };
    metric.chain(subscribed).map(row).collect()
}

fn named(text: &str, absent: &str) -> Cell {
    Cell::text(if text.is_empty() { absent } else { text })
}

fn time(ns: Option<i64>) -> Cell {
    Cell::Value(ns.map_or(Value::Absent, Value::Time))
}
