//! A grouped result as a chart, with its table twin; what is drawn leads to its records.

use super::super::chart::{Drawn, bars, over_time, pie, title_of};
use super::super::shape::{Shape, Show};
use super::chosen::show_records;
use super::desk::Desk;
use super::results::Shown;
use crate::chart::{Datum, RANK_HEIGHT};
use crate::language::insights::Origin;
use crate::widgets::chart::Build;
use crate::widgets::{ChartOrTable, Select};
use leptos::prelude::*;
use std::sync::Arc;

#[component]
pub fn Charts(
    desk: Desk,
    shown: RwSignal<Shown>,
    #[prop(into)] shape: Signal<Option<Shape>>,
    show: Show,
) -> impl IntoView {
    // Which of several columns is drawn, by its place.
    let wanted = RwSignal::new(None::<usize>);
    let amount = Memo::new(move |_| {
        shape.with(|s| {
            let all = s.as_ref().map(Shape::amounts).unwrap_or_default();
            let chosen = wanted.get().filter(|at| all.contains(at));
            chosen.or_else(|| all.first().copied())
        })
    });
    let drawn = move |size: (f64, f64)| -> Option<Drawn> {
        let (shape, amount) = (shape.get()?, amount.get()?);
        shown.with(|s| match show {
            Show::Table => None,
            Show::Line | Show::Area => {
                over_time(&s.table, &shape, amount, show == Show::Area, size, s.offset_min)
            }
            Show::Bar => bars(&s.table, &shape, amount, size.0),
            Show::Pie => pie(&s.table, &shape, amount, size),
        })
    };
    let make: Build = Arc::new(move |w, h| drawn((w, h)).map(|d| d.scene));
    let title = Signal::derive(move || match (shape.get(), amount.get()) {
        (Some(shape), Some(amount)) => shown.with(|s| title_of(&s.table, &shape, amount)),
        _ => String::new(),
    });
    let pick = move |datum: Datum| {
        let row =
            untrack(|| drawn((800.0, 240.0))).and_then(|d| d.rows.get(datum.payload).copied().flatten());
        let origin = row.and_then(|row| shown.with_untracked(|s| s.table.origins.get(row).cloned()));
        match origin {
            Some(Origin::Group(keys)) => show_records(desk, &keys),
            _ => desk
                .session
                .say
                .set("The rest is no one row: the table has each of them.".to_owned()),
        }
    };
    // Bars have a height of their own; the page scrolls where they are many.
    let height = move || {
        let bars = drawn((800.0, 240.0)).map_or(0, |d| d.rows.len().max(1));
        (show == Show::Bar).then(|| format!("--query-bars:{}px", bars as f64 * RANK_HEIGHT))
    };
    view! {
        <div class="query-chart" class:is-bar=show == Show::Bar style=height>
            <ChartOrTable title make on_pick=Callback::new(pick) tools=view! { <Amount shown shape amount wanted /> }.into_any() />
        </div>
    }
}

/// Chooses which column is drawn, where only one of several can be.
#[component]
fn Amount(
    shown: RwSignal<Shown>,
    shape: Signal<Option<Shape>>,
    amount: Memo<Option<usize>>,
    wanted: RwSignal<Option<usize>>,
) -> impl IntoView {
    let options = Memo::new(move |_| {
        let one = |s: &Shape| match s {
            Shape::Names { amounts, .. } => amounts.clone(),
            Shape::Time { names, amounts, .. } if !names.is_empty() => amounts.clone(),
            Shape::Time { .. } => Vec::new(),
        };
        let all = shape.with(|s| s.as_ref().map(one).unwrap_or_default());
        let name = |at: usize| {
            shown.with(|s| {
                s.table
                    .columns
                    .get(at)
                    .map(|c| c.name.clone())
                    .unwrap_or_default()
            })
        };
        all.into_iter()
            .map(|at| (at.to_string(), name(at)))
            .collect::<Vec<_>>()
    });
    let value = Signal::derive(move || amount.get().map(|at| at.to_string()).unwrap_or_default());
    view! {
        <Show when=move || options.with(|o| o.len() > 1)>
            <Select label="Of" options value on_change=move |at: String| wanted.set(at.parse().ok()) />
        </Show>
    }
}
