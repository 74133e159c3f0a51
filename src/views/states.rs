//! What views say while there is only a part of an answer, or none.

use crate::base::size;
use crate::query::{Agg, Expr, Query};
use crate::session::Session;
use crate::widgets::StatusTag;
use leptos::prelude::*;

/// Said in a panel's head while files are read: its answers are of a part.
#[component]
pub fn Partial(session: Session) -> impl IntoView {
    let text = move || {
        session.items.track();
        let tally = session.engine().with(|c| c.items().tally());
        format!(
            "Partial: {} of {} files read",
            size::count(tally.read_files),
            size::count(tally.files)
        )
    };
    move || {
        session.loading.get().then(|| {
            view! { <span class="small">{move || view! { <StatusTag status="info" text=text() /> }}</span> }
        })
    }
}

/// None of these records match, how many the range holds without the filter, and the two ways out.
#[component]
pub fn NoMatch(session: Session, kinds: &'static [&'static str], noun: &'static str) -> impl IntoView {
    let in_range = session.answer(move || {
        let all = Query::groups(kinds, Vec::new(), vec![Agg::Count]);
        Some(all.within(session.range.get(), &Expr::All))
    });
    let sentence = move || {
        let held = in_range
            .answer
            .get()
            .map(|a| format!(" The range holds {}.", size::count(a.matched)));
        format!(
            "None of {} {noun} match.{}",
            size::count(session.rows_of(kinds)),
            held.unwrap_or_default()
        )
    };
    view! {
        <div class="empty" role="status">
            <p class="strong">{sentence}</p>
            <p class="row">
                <button type="button" class="link" on:click=move |_| session.filter.set(Expr::All)>"Clear filter"</button>
                " · "
                <button type="button" class="link" on:click=move |_| session.range.set(None)>"Whole range"</button>
            </p>
        </div>
    }
}
