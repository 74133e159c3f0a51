//! A virtual table over rows that the page has: sorted by any column without a question.

use crate::widgets::table::{Cell, Column, Fetch, Row, VirtualTable};
use leptos::prelude::*;
use std::cmp::Ordering;
use std::sync::Arc;

/// What a cell is sorted by.
#[derive(Clone, Debug, PartialEq)]
pub enum By {
    Number(i64),
    Text(String),
}

/// A cell with what it is sorted by.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    pub cell: Cell,
    pub by: By,
}

impl Field {
    pub fn text(text: impl Into<String>) -> Field {
        let text = text.into();
        Field {
            by: By::Text(text.to_lowercase()),
            cell: Cell {
                text,
                ..Cell::default()
            },
        }
    }

    /// A number or a time, as it is written.
    pub fn number(n: i64, text: impl Into<String>) -> Field {
        Field {
            by: By::Number(n),
            cell: Cell {
                text: text.into(),
                ..Cell::default()
            },
        }
    }

    pub fn class(mut self, class: &'static str) -> Field {
        self.cell.class = class;
        self
    }

    pub fn icon(mut self, icon: &'static str) -> Field {
        self.cell.icon = Some(icon);
        self
    }
}

/// A column: its head, its width (CSS pixels), whether it holds figures.
pub type Head = (&'static str, f64, bool);

fn compare(a: &By, b: &By) -> Ordering {
    match (a, b) {
        (By::Number(a), By::Number(b)) => a.cmp(b),
        (By::Text(a), By::Text(b)) => a.cmp(b),
        (By::Number(_), By::Text(_)) => Ordering::Less,
        (By::Text(_), By::Number(_)) => Ordering::Greater,
    }
}

#[component]
pub fn LocalTable(
    #[prop(into)] label: String,
    #[prop(into)] heads: Vec<Head>,
    /// The rows in their own order, a field a column.
    #[prop(into)]
    rows: Signal<Arc<Vec<Vec<Field>>>>,
    /// Gets the place in `rows`.
    #[prop(into)]
    on_open: Callback<usize>,
    #[prop(into)] selected: Signal<Option<usize>>,
    /// Stands in the rows' own order until a head is pressed, and not by the first column.
    #[prop(optional)]
    own_order: bool,
) -> impl IntoView {
    let columns: Vec<Column> = heads
        .iter()
        .map(|&(title, width, numeric)| Column {
            id: title.to_owned(),
            title: title.to_owned(),
            width,
            numeric,
            mono: false,
            sortable: true,
        })
        .collect();
    let first = heads.first().filter(|_| !own_order).map_or("", |h| h.0);
    let sort = RwSignal::new((first.to_owned(), false));
    let order = Memo::new(move |_| {
        let (by, descending) = sort.get();
        let at = heads.iter().position(|h| h.0 == by);
        rows.with(|rows| {
            let mut order: Vec<usize> = (0..rows.len()).collect();
            order.sort_by(|&a, &b| {
                let of = |n: usize| rows.get(n).and_then(|r| r.get(at?)).map(|f| &f.by);
                let by = match (of(a), of(b)) {
                    (Some(a), Some(b)) => compare(a, b),
                    _ => Ordering::Equal,
                };
                let by = if descending { by.reverse() } else { by };
                by.then(a.cmp(&b))
            });
            order
        })
    });
    let version = RwSignal::new(0u64);
    Effect::new(move |_| {
        order.track();
        rows.track();
        version.update(|v| *v += 1);
    });
    let fetch: Fetch = Arc::new(move |offset, count, on| {
        let wanted = order.with_untracked(|order| {
            let from = (offset as usize).min(order.len());
            let to = from.saturating_add(count).min(order.len());
            order.get(from..to).unwrap_or_default().to_vec()
        });
        let made = rows.with_untracked(|rows| {
            let of = |at: &usize| rows.get(*at);
            let row = |fields: &Vec<Field>| Row {
                cells: fields.iter().map(|f| f.cell.clone()).collect(),
                class: "",
            };
            wanted.iter().filter_map(of).map(row).collect::<Vec<_>>()
        });
        on(version.get_untracked(), made);
    });
    let open = Callback::new(move |at: u64| {
        let place = order.with_untracked(|o| o.get(at as usize).copied());
        if let Some(place) = place {
            on_open.run(place);
        }
    });
    let shown = Signal::derive(move || {
        let at = selected.get()?;
        order.with(|o| o.iter().position(|n| *n == at).map(|n| n as u64))
    });
    view! {
        <VirtualTable
            label=label
            total=Signal::derive(move || order.with(|o| o.len() as u64))
            version
            columns=Signal::stored(columns)
            fetch=fetch
            sort=sort
            on_open=open
            selected=shown
        />
    }
}
