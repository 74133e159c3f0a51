//! A board in a report: the same panels, the same questions.

use super::board::{Board, Chosen, LISTED, MadeRow, Panel, Show};
use super::printed::{folded, frame, nothing, summed};
use crate::base::{TimeRange, Value};
use crate::query::{Agg, Answer, Query};
use crate::share::report::{Asks, Block, Cell, Column, MAX_ROWS, Scope, Section, Table, period};
use std::sync::Arc;

const HEIGHT: f64 = 170.0;

/// Tells a board's panels. `None` of its kinds: the section says so.
pub async fn tell(board: &Board, asks: &dyn Asks, scope: &Scope) -> Section {
    let mut section = Section::new(board.id, board.title);
    if let Some(why) = nothing(asks, scope, board.kinds, board.noun).await {
        section.paragraph(why);
        return section;
    }
    let span = span(board, asks, scope).await;
    if let Some(range) = span {
        section.note = period(range);
    }
    let has = |kinds: &[&str]| kinds.iter().any(|k| scope.kinds.iter().any(|(id, _)| id == k));
    let chosen = |id: &str| scope.choices.get(id).cloned();
    let counted = Query::groups(board.kinds, Vec::new(), vec![Agg::Count]);
    let sums = summed(asks, scope.scoped(counted)).await;
    for panel in board.panels(&Chosen(&chosen, span)) {
        if !has(panel.kinds_on(board)) {
            continue;
        }
        let panel = match sums > 0 {
            true => panel.in_sums(),
            false => Some(panel),
        };
        if let Some(panel) = panel {
            tell_panel(board, &panel, asks, scope, span, &mut section).await;
        }
    }
    if sums > 0 {
        section.caution("Only sums of some of these records were shared: percentiles and extremes need the records and are left out.");
    }
    section
}

/// The report's range, or what the board's records span: those of other kinds may reach back for years.
async fn span(board: &Board, asks: &dyn Asks, scope: &Scope) -> Option<TimeRange> {
    if scope.range.is_some() {
        return scope.range;
    }
    let ends = ["@timestamp"; 2].map(str::to_owned);
    let [first, last] = ends;
    let query = Query::groups(board.kinds, Vec::new(), vec![Agg::Min(first), Agg::Max(last)]);
    let answer = asks.ask(scope.scoped(query)).await;
    match answer.rows.first()?.as_slice() {
        [Value::Time(first), Value::Time(last)] => Some(TimeRange::new(*first, last.saturating_add(1))),
        _ => None,
    }
}

async fn tell_panel(
    board: &Board,
    panel: &Panel,
    asks: &dyn Asks,
    scope: &Scope,
    span: Option<TimeRange>,
    section: &mut Section,
) {
    if panel.is_over_time() && span.is_none() {
        return;
    }
    let step = span.map_or(1, |r| panel.step_in(r));
    let mut answers: Vec<Arc<Answer>> = Vec::new();
    for (n, query) in panel.asks(board, step).into_iter().enumerate() {
        let query = match panel.is_scoped(n) {
            true => scope.scoped(query),
            false => query,
        };
        answers.push(asks.ask(query).await);
    }
    let made = match &panel.show {
        Show::Made(made) => (made.rows)(&answers),
        _ => Vec::new(),
    };
    if matches!(panel.show, Show::Made(_)) && made.is_empty() {
        return;
    }
    let has = |kinds: &[&str]| kinds.iter().any(|k| scope.kinds.iter().any(|(id, _)| id == k));
    if !panel.title.is_empty() {
        section.heading(&panel.title);
    }
    if !panel.note.is_empty() {
        section.paragraph(panel.note);
    }
    match &panel.show {
        Show::Figures(..) => {
            let facts = panel.facts(&answers, has).into_iter();
            let pair = |f: super::board::Fact| match f.note.is_empty() {
                true => (f.title, f.value),
                false => (f.title, format!("{} ({})", f.value, f.note)),
            };
            section.blocks.push(Block::Facts(facts.map(pair).collect()));
        }
        Show::OverTime(_) | Show::Percentiles(_) | Show::Parts(_) => {
            let scene = span.and_then(|range| panel.scene(frame(scope, range, HEIGHT), &answers, step, &[]));
            match scene {
                Some(scene) => section.chart(scene),
                None => section.paragraph("Nothing to draw under this filter and period."),
            }
        }
        Show::Ranking(ranking) => {
            let rows = answers.first().map(|a| a.rows.clone()).unwrap_or_default();
            let unit = &ranking.unit;
            let row = |row: Vec<Value>| {
                let value = row.first().cloned().unwrap_or_default();
                let amount = row.get(1).and_then(|v| super::board::amount(v, unit, ""));
                vec![
                    match value.is_absent() {
                        true => Cell::text("none"),
                        false => Cell::Value(value),
                    },
                    Cell::text(amount.map_or_else(String::new, |n| unit.long(n))),
                ]
            };
            let title = panel.title.as_str();
            let amount = format!("#{}", unit.column());
            let total = answers.first().map_or(0, |a| a.groups);
            let table = Table::new(&[title, &amount], rows.into_iter().map(row).collect()).of(total);
            section.table(table, "None under this filter and period.");
        }
        Show::Groups(groups) => {
            let told = panel.rows(&answers);
            let by = groups.by.iter().map(|b| Column {
                title: b.title.to_owned(),
                numeric: false,
                mono: true,
            });
            let columns = groups.columns.iter().map(|c| Column {
                title: c.title.to_owned(),
                numeric: c.of.is_figure(),
                mono: false,
            });
            let rows = told
                .rows
                .into_iter()
                .take(MAX_ROWS.min(LISTED))
                .map(|(keys, cells)| {
                    let keys = keys
                        .into_iter()
                        .zip(&groups.by)
                        .map(|(key, by)| match key.is_absent() {
                            true => Cell::text(by.absent),
                            false => Cell::Value(key),
                        });
                    keys.chain(cells.into_iter().map(|c| Cell::text(c.text)))
                        .collect()
                });
            let table = Table {
                columns: by.chain(columns).collect(),
                rows: rows.collect(),
                total: told.groups,
                ..Table::default()
            };
            section.table(table, "None under this filter and period.");
        }
        Show::Made(of) => {
            let columns = of.columns.iter().map(|(title, _, numeric)| Column {
                title: (*title).to_owned(),
                numeric: *numeric,
                mono: false,
            });
            let total = made.len() as u64;
            let rows = made.into_iter().take(MAX_ROWS.min(LISTED));
            let cells = |row: MadeRow| row.cells.into_iter().map(|c| Cell::text(c.text)).collect();
            let table = Table {
                columns: columns.collect(),
                rows: rows.map(cells).collect(),
                total,
                ..Table::default()
            };
            section.table(table, "None under this filter and period.");
        }
    }
    folded(section, &answers);
}
