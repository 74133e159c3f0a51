//! The findings of one imported check, each under the check's own headings.

use super::{Page, close, severity_class, status_class};
use crate::base::{FieldType, Value, size};
use crate::evidence::Pin;
use crate::query::{Agg, Answer, Query};
use crate::share::Sheet;
use crate::views::download::{Download, Table};
use crate::views::findings::model::{Check, KINDS, findings, severity_of};
use crate::views::findings::names::{ask_headings, headings};
use crate::views::findings::resources::{FIELDS, Heading, Source, columns, status, value};
use crate::views::pin::PinButton;
use crate::views::shared::{Cells, RecordTable, severity};
use crate::widgets::table::{Cell, Column, Row};
use crate::widgets::{Icon, format};
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A check, for a note on it.
fn pin(check: &Check) -> Pin {
    Pin::Finding {
        title: check.title.clone(),
        filter: findings().and(check.filter.clone()),
        range: None,
    }
}

/// The findings of the chosen check, each under the check's own headings.
#[component]
pub fn Resources(page: Page) -> impl IntoView {
    let session = page.session;
    let described = session.answer(move || Some(ask_headings())).answer;
    let described: Memo<BTreeMap<String, Vec<String>>> =
        Memo::new(move |_| described.get().map(|a| headings(&a)).unwrap_or_default());
    let metadata = Memo::new(move |_| {
        let key = page
            .picked
            .with(|c| c.as_ref().map(|c| c.key.clone()))
            .unwrap_or_default();
        described.with(|d| d.get(&key).cloned()).unwrap_or_default()
    });
    let heads = Memo::new(move |_| {
        let check = page.picked.get().unwrap_or_default();
        metadata.with(|m| columns(&check, m))
    });
    let specs = Signal::derive(move || heads.with(|h| h.iter().enumerate().map(spec).collect::<Vec<_>>()));
    let cells: Cells = Arc::new(move |answer, offset_min| {
        heads.with_untracked(|h| metadata.with_untracked(|m| rows(h, m, answer, offset_min)))
    });
    let query = move || {
        // Rows are made anew when their headings are known.
        heads.track();
        let q = Query::groups(&KINDS, Vec::new(), vec![Agg::Count]);
        let check = page.picked.get()?;
        Some(session.scoped(q.filter(findings().and(check.filter))))
    };
    let fields = Signal::stored(FIELDS.map(str::to_owned).to_vec());
    let order = RwSignal::new(("findingStatus".to_owned(), true));
    let total = move || page.picked.with(|c| c.as_ref().map_or(0, Check::total));
    let tables = Arc::new(move || {
        let rows = move || Some((query()?, fields.get(), order.get()));
        let made = move |answer: &Answer| {
            let row = |heads: &[Heading], m: &[String], r: &Vec<Value>| {
                heads.iter().map(|h| value(h, m, r)).collect()
            };
            heads.with(|h| {
                metadata.with(|m| Sheet {
                    columns: h.iter().map(|h| h.title.clone()).collect(),
                    rows: answer.rows.iter().map(|r| row(h, m, r)).collect(),
                })
            })
        };
        vec![Table::records("Findings of the check", "check-findings", rows, made).of_findings()]
    });
    // As high as its rows need, up to what the style sheet grants.
    let height = move || format!("height:{}px", 84 + 28 * total().clamp(1, 100));
    let result = move || {
        let key = page
            .picked
            .with(|c| c.as_ref().map(|c| c.key.clone()))
            .unwrap_or_default();
        format!("aws support describe-trusted-advisor-check-result --check-id {key}")
    };
    view! {
        <div class="findings-records" style=height>
            <div class="panel-head">
                <h3 class="clip">{move || page.picked.get().map(|c| c.title)}</h3>
                <span class="counter">{move || {
                    let noun = if total() == 1 { "finding" } else { "findings" };
                    format!("{} {noun}; a row opens its record", size::count(total()))
                }}</span>
                <span class="grow"></span>
                <PinButton session what="this check" about=move || page.picked.with_untracked(|c| c.as_ref().map(pin)) />
                <Download session what="the findings of the check" tables small=true class="menu-up" />
                <button
                    type="button"
                    class="button button-quiet button-icon"
                    aria-label="Close the check"
                    on:click=move |_| close(page)
                >
                    <Icon name="x" />
                </button>
            </div>
            <Show
                when=move || { total() > 0 }
                fallback=move || view! {
                    <p class="quiet findings-end">
                        "No result of this check is loaded. This makes the file: "
                        <code class="mono">{result}</code>
                    </p>
                }
            >
                <RecordTable
                    session
                    label="Findings of the check"
                    query=Arc::new(query)
                    columns=fields
                    sort=order
                    specs=specs
                    cells=cells.clone()
                />
            </Show>
        </div>
    }
}

fn spec((at, heading): (usize, &Heading)) -> Column {
    let field = heading.field();
    let width = match heading.source {
        Source::Status => 176.0,
        Source::Severity => 92.0,
        Source::AllMetadata => 420.0,
        Source::Metadata(_) => 150.0,
        Source::Field(n) => match FIELDS[n] {
            "resource" => 220.0,
            "findingTitle" => 340.0,
            _ => 130.0,
        },
    };
    Column {
        id: field.map_or_else(|| format!("metadata {at}"), str::to_owned),
        title: heading.title.clone(),
        width,
        numeric: false,
        mono: field == Some("resource"),
        sortable: field.is_some(),
    }
}

fn rows(heads: &[Heading], metadata: &[String], answer: &Answer, offset_min: i32) -> Vec<Row> {
    let cell = |heading: &Heading, row: &[Value]| {
        let shown = value(heading, metadata, row);
        let (class, icon) = match heading.source {
            Source::Status => {
                let (status, _) = status(row);
                (status_class(status), Some(status.icon()))
            }
            Source::Severity => match severity_of(&row.get(2).map(Value::to_text).unwrap_or_default()) {
                Some(s) => (severity_class(s), Some(severity(s).1)),
                None => ("cell-absent", None),
            },
            _ if shown.is_absent() => ("cell-absent", None),
            _ if matches!(shown, Value::Time(_)) => ("cell-time", None),
            _ => ("", None),
        };
        Cell {
            text: format::cell(&shown, FieldType::Text, "", offset_min),
            class,
            icon,
        }
    };
    let row = |row: &Vec<Value>| Row {
        cells: heads.iter().map(|h| cell(h, row)).collect(),
        class: "",
    };
    answer.rows.iter().map(row).collect()
}
