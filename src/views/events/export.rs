//! Records of any kind in a report: the first of them, in common columns.

use super::model::COMMON;
use crate::base::{Value, size};
use crate::query::{Agg, Query};
use crate::share::report::{Asks, Cell, Column, Export, MAX_ROWS, Scope, Section, Table};
use crate::views::printed::{choice, first_rows, nothing};
use crate::views::shared::common_title;

const TIME: &str = "@timestamp";

pub const EXPORT: Export = |asks, scope| Box::pin(tell(asks, scope));

async fn tell(asks: &dyn Asks, scope: &Scope) -> Section {
    let mut section = Section::new("events", "Events");
    let chosen = choice(scope, "kind", "");
    let chosen: Vec<&str> = scope
        .kinds
        .iter()
        .map(|(id, _)| id.as_str())
        .filter(|id| *id == chosen)
        .collect();
    if let Some(why) = nothing(asks, scope, &chosen, "records").await {
        section.paragraph(why);
        return section;
    }
    let columns = choice(scope, "columns", "");
    let mut columns: Vec<&str> = columns
        .split(',')
        .filter(|c| !c.is_empty() && *c != TIME)
        .collect();
    if columns.is_empty() {
        columns = COMMON.iter().copied().filter(|c| *c != TIME).collect();
    }
    let query = scope.scoped(Query::groups(&chosen, Vec::new(), vec![Agg::Count]));
    let all = asks.ask(query.clone()).await.matched;
    let first = first_rows(asks, query, TIME, &columns).await;
    section.note = size::counted(all, "records");
    section.paragraph(match first.total {
        n if n > MAX_ROWS as u64 => format!(
            "The first {} of {} by time.",
            size::count(MAX_ROWS as u64),
            size::counted(n, "records")
        ),
        n => format!("{} by time.", size::counted(n, "records")),
    });
    if all > first.total {
        section.paragraph(format!(
            "{} without a time are not listed.",
            size::counted(all - first.total, "records")
        ));
    }
    let column = |name: &&str| Column {
        title: common_title(name),
        numeric: false,
        mono: !matches!(*name, TIME | "@kind" | "outcome"),
    };
    let of_kind = columns.iter().position(|c| *c == "@kind").map(|at| at + 1);
    let row = |row: Vec<Value>| {
        let cell = |(at, value): (usize, Value)| match Some(at) == of_kind {
            true => Cell::text(scope.title_of(&value.to_text())),
            false => Cell::Value(value),
        };
        row.into_iter().enumerate().map(cell).collect()
    };
    let table = Table {
        caption: String::new(),
        columns: std::iter::once(&TIME).chain(&columns).map(column).collect(),
        rows: first.rows.into_iter().map(row).collect(),
        total: first.total,
    };
    section.table(table, "None of these records has a time.");
    section
}
