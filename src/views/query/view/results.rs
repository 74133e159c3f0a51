//! What came of a query: a table, charts where its shape allows, and files of it.

use super::super::rows::{Face, cell, faces, json, order, sheet};
use super::super::shape::{Shape, Show};
use super::charts::Charts;
use super::chosen::{Chosen, show_records};
use super::desk::{Desk, Phase};
use crate::base::size;
use crate::language::insights::{Origin, Table, Value};
use crate::share::{SheetAs, parquet};
use crate::views::download::put;
use crate::widgets::table::{Cell, Column, Fetch, Row, VirtualTable};
use crate::widgets::{Empty, Icon, Segmented};
use leptos::prelude::*;
use std::sync::Arc;

/// A result as the table shows it.
#[derive(Clone, Default)]
pub struct Shown {
    pub table: Arc<Table>,
    /// Numbers of the table's rows, in the order they are shown.
    pub order: Arc<Vec<u32>>,
    faces: Arc<Vec<Face>>,
    pub offset_min: i32,
    version: u64,
}

impl Shown {
    /// The number of the row that is shown at a place.
    pub fn row(&self, at: u64) -> Option<usize> {
        let at = usize::try_from(at).ok()?;
        self.order.get(at).map(|row| *row as usize)
    }
}

#[component]
pub fn Results(desk: Desk) -> impl IntoView {
    let sort = RwSignal::new((String::new(), false));
    let shown = RwSignal::new(Shown::default());
    let chosen = RwSignal::new(None::<u64>);
    Effect::new(move |_| {
        let Some(table) = desk.run.with(|r| r.table.clone()) else {
            return;
        };
        let (id, descending) = sort.get();
        let by = id.parse().ok().map(|column| (column, descending));
        let first = table.rows.iter().flatten().find_map(Value::time);
        let offset_min = desk.session.offset_min(first.unwrap_or(0));
        let old = shown.get_untracked();
        // Another result has another order, and no row of it is chosen.
        if !Arc::ptr_eq(&old.table, &table) {
            chosen.set(None);
            if old.table.columns != table.columns && by.is_some() {
                sort.set((String::new(), false));
            }
        }
        shown.set(Shown {
            order: Arc::new(order(&table, by)),
            faces: Arc::new(faces(&table, offset_min)),
            table,
            offset_min,
            version: old.version + 1,
        });
    });
    let there = Memo::new(move |_| desk.run.with(|r| r.table.is_some()));
    view! {
        <Show when=move || there.get() fallback=move || view! { <Nothing desk /> }>
            <Result desk shown sort chosen />
        </Show>
    }
}

/// Instead of a result: why there is none.
#[component]
fn Nothing(desk: Desk) -> impl IntoView {
    let phase = move || desk.run.with(|r| r.phase.clone());
    let title = Signal::derive(move || match phase() {
        Phase::Failed(why) => why,
        Phase::Running | Phase::Reading(..) => "The records are looked at.".to_owned(),
        Phase::Stopped => "Stopped before there was a result.".to_owned(),
        _ => "Run the query to see its result here.".to_owned(),
    });
    view! {
        <Empty title>
            <p class="small">"Control and Enter runs it over the page's filter and range."</p>
        </Empty>
    }
}

#[component]
fn Result(
    desk: Desk,
    shown: RwSignal<Shown>,
    sort: RwSignal<(String, bool)>,
    chosen: RwSignal<Option<u64>>,
) -> impl IntoView {
    let session = desk.session;
    let shape = Memo::new(move |_| shown.with(|s| Shape::of(&s.table)));
    // What was chosen for another result may not be there for this one.
    let show = Memo::new(move |_| {
        let wanted = session.choice("show", Show::Table.id());
        let allowed = shape.with(|s| Show::all_of(s.as_ref()));
        allowed
            .iter()
            .copied()
            .find(|s| s.id() == wanted)
            .unwrap_or_default()
    });
    let switch = move || {
        let allowed = shape.with(|s| Show::all_of(s.as_ref()));
        (allowed.len() > 1).then(|| {
            let value = RwSignal::new(show.get_untracked().id().to_owned());
            Effect::new(move |_| value.set(show.get().id().to_owned()));
            Effect::new(move |before: Option<String>| {
                let now = value.get();
                if before.is_some_and(|b| b != now) {
                    session.choose("show", &now);
                }
                now
            });
            let options = allowed.iter().map(|s| (s.id(), s.title())).collect();
            view! { <Segmented label="Show the result as" options value small=true /> }
        })
    };
    let count = move || size::count(shown.with(|s| s.table.rows.len() as u64));
    view! {
        <div class="query-results-head">
            <h3>"Results"</h3>
            <span class="badge">{count}</span>
            {switch}
            <span class="grow"></span>
            <Files desk shown />
        </div>
        {move || match show.get() {
            Show::Table => view! {
                <Chosen desk shown chosen />
                <ResultTable desk shown sort chosen />
            }
                .into_any(),
            show => view! { <Charts desk shown shape show /> }.into_any(),
        }}
    }
}

#[component]
fn ResultTable(
    desk: Desk,
    shown: RwSignal<Shown>,
    sort: RwSignal<(String, bool)>,
    chosen: RwSignal<Option<u64>>,
) -> impl IntoView {
    let columns = Signal::derive(move || {
        let column = |(at, face): (usize, &Face)| Column {
            id: at.to_string(),
            title: face.name.clone(),
            width: face.width,
            numeric: face.numeric,
            mono: face.mono,
            sortable: true,
        };
        shown.with(|s| s.faces.iter().enumerate().map(column).collect::<Vec<_>>())
    });
    let fetch: Fetch = Arc::new(move |offset, count, on| {
        let shown = shown.get_untracked();
        let rows = (offset..offset + count as u64).map_while(|at| shown.row(at));
        let rows = rows
            .filter_map(|row| shown.table.rows.get(row))
            .map(|row| cells(row, &shown));
        on(shown.version, rows.collect());
    });
    let is_record = move |at: u64| {
        shown.with(|s| {
            s.row(at)
                .is_some_and(|row| matches!(s.table.origins.get(row), Some(Origin::Row(_))))
        })
    };
    // A record stands open as long as its panel does.
    let selected = Signal::derive(move || {
        let open = desk.session.open.with(Option::is_some);
        chosen.get().filter(|at| open || !is_record(*at))
    });
    let open = move |at: u64| {
        let again = chosen.get_untracked() == Some(at);
        chosen.set(Some(at));
        let origin = shown.with_untracked(|s| s.table.origins.get(s.row(at)?).cloned());
        match origin {
            Some(Origin::Row(order)) => desk.session.open_row(order),
            Some(Origin::Group(keys)) if again => show_records(desk, &keys),
            _ => {}
        }
    };
    view! {
        <VirtualTable
            label="Rows of the result"
            total=Signal::derive(move || shown.with(|s| s.table.rows.len() as u64))
            version=Signal::derive(move || shown.with(|s| s.version))
            columns
            fetch
            sort
            on_open=Callback::new(open)
            selected
        />
    }
}

fn cells(row: &[Value<'static>], shown: &Shown) -> Row {
    let cells = row.iter().zip(shown.faces.iter()).map(|(value, face)| Cell {
        text: cell(value, face, shown.offset_min),
        class: match value {
            Value::Time(_) => "cell-time",
            Value::Absent => "cell-absent",
            _ => "",
        },
        icon: None,
    });
    Row {
        cells: cells.collect(),
        class: "",
    }
}

/// Saves the rows, in the order they are shown.
#[component]
fn Files(desk: Desk, shown: RwSignal<Shown>) -> impl IntoView {
    let now = move || shown.with_untracked(|s| sheet(&s.table, &s.order));
    let as_csv = move |()| put("query.csv", SheetAs::Csv.mime(), &SheetAs::Csv.whole(&now()));
    let as_json = move |()| {
        let text = shown.with_untracked(|s| json(&s.table, &s.order));
        put("query.json", SheetAs::Json.mime(), text.as_bytes());
    };
    let as_parquet = move |()| match parquet(&now()) {
        Ok(bytes) => put("query.parquet", "application/vnd.apache.parquet", &bytes),
        Err(why) => desk.session.notice.set(Some(why.to_string())),
    };
    view! {
        <div class="row" role="group" aria-label="Download the result">
            <Icon name="download" />
            <FileButton title="CSV" on_press=Callback::new(as_csv) />
            <FileButton title="JSON" on_press=Callback::new(as_json) />
            <FileButton title="Parquet" on_press=Callback::new(as_parquet) />
        </div>
    }
}

#[component]
fn FileButton(title: &'static str, on_press: Callback<()>) -> impl IntoView {
    view! {
        <button
            type="button"
            class="button button-small"
            title=format!("Download the result as {title}")
            on:click=move |_| on_press.run(())
        >
            {title}
        </button>
    }
}
