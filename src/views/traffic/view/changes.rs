//! What is other than in the period before: as much time as is shown, right before it.

use super::asked::together;
use crate::base::{TimeRange, size};
use crate::chart::Unit;
use crate::session::Session;
use crate::views::local_table::{Field, Head, LocalTable};
use crate::views::traffic::model::compare::{Change, HOW, Period, compare};
use crate::views::traffic::model::{Drawn, KINDS};
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

const HEADS: &[Head] = &[
    ("Change", 96.0, false),
    ("From", 210.0, false),
    ("To", 210.0, false),
    ("Now", 100.0, true),
    ("Before", 100.0, true),
    ("By", 100.0, true),
];

/// The period before a range.
fn before(range: TimeRange) -> TimeRange {
    TimeRange::new(range.from_ns.saturating_sub(range.width_ns()), range.from_ns)
}

#[component]
pub fn Changes(
    session: Session,
    drawn: Signal<Option<Arc<Drawn>>>,
    names: Signal<Arc<BTreeMap<String, String>>>,
    unit: Signal<Unit>,
) -> impl IntoView {
    let asked = together(session, move || {
        let range = before(session.range.get()?);
        let drawn = drawn.get()?;
        let filter = session.filter.get();
        let queries = drawn
            .asked
            .queries()
            .into_iter()
            .map(|q| q.within(Some(range), &filter));
        let queries = queries.collect();
        Some((drawn, queries))
    });
    let compared = Memo::new_with_compare(
        move |_| {
            let answered = asked.get()?;
            let (drawn, answers) = &*answered;
            let (pairs, rest) = drawn.asked.pairs(answers);
            let now = Period {
                pairs: &drawn.pairs,
                rest: drawn.rest.as_ref(),
                length: 1,
            };
            let then = Period {
                pairs: &pairs,
                rest: rest.as_ref(),
                length: 1,
            };
            let name = |end: &str| names.with(|n| n.get(end).map(|name| format!("{end} {name}")));
            let called = |end: &str| name(end).unwrap_or_else(|| end.to_owned());
            Some(Arc::new(compare(now, then, &unit.get(), called)))
        },
        |_, _| true,
    );
    let rows = Signal::derive(move || {
        let unit = unit.get();
        let row = |c: &crate::views::traffic::model::compare::Changed<(String, String)>| {
            let unsure = if c.unsure {
                " (may be beyond what is listed)"
            } else {
                ""
            };
            let clip = |n: i128| i64::try_from(n).unwrap_or(i64::MAX);
            vec![
                Field::text(format!("{}{unsure}", c.change.title())).icon(match c.change {
                    Change::New => "plus",
                    Change::Gone => "minus",
                    Change::Grown => "arrow-up",
                    Change::Shrunk => "arrow-down",
                    Change::Same => "check",
                }),
                Field::text(c.what.0.clone()),
                Field::text(c.what.1.clone()),
                Field::number(clip(c.now), unit.short(c.now as f64)),
                Field::number(clip(c.before), unit.short(c.before as f64)),
                Field::number(clip(c.by()), unit.short(c.by() as f64)),
            ]
        };
        compared.with(|c| {
            Arc::new(
                c.as_ref()
                    .map(|c| c.pairs.iter().map(row).collect::<Vec<_>>())
                    .unwrap_or_default(),
            )
        })
    });
    let says = move || {
        let compared = compared.get()?;
        let of = |change| compared.pairs.iter().filter(|c| c.change == change).count() as u64;
        Some(format!(
            "{} new, {} gone, {} grown, {} shrunk.",
            size::counted(of(Change::New), "pairs"),
            size::count(of(Change::Gone)),
            size::count(of(Change::Grown)),
            size::count(of(Change::Shrunk))
        ))
    };
    let has_range = move || session.range.with(Option::is_some);
    // Somebody who has chosen nothing is shown the way: the second half is compared with the first.
    let halve = move |_| {
        if let Some(all) = untrack(|| session.span_of(&KINDS)) {
            let middle = all.from_ns + all.width_ns() / 2;
            session.range.set(Some(TimeRange::new(middle, all.to_ns)));
        }
    };
    view! {
        <div class="traffic-picture traffic-changes">
            <div class="line small quiet traffic-note" hidden=has_range>
                "Choose a range: it is compared with as much time right before it."
                <button type="button" class="button button-small" on:click=halve>
                    "Compare the second half with the first"
                </button>
            </div>
            <p class="small quiet traffic-note" hidden=move || !has_range() title=HOW>{says}</p>
            <Show when=has_range>
                <LocalTable label="Changes since the period before" heads=HEADS rows on_open=|_| {} selected=Signal::stored(None::<usize>) />
            </Show>
        </div>
    }
}
