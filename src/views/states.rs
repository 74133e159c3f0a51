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

/// Says that records have no time, that a range hides them, and leads to them.
#[component]
pub fn Timeless(
    session: Session,
    records: u64,
    /// Of which kinds, with counts.
    #[prop(into)]
    of: String,
) -> impl IntoView {
    let have = if records == 1 { "has" } else { "have" };
    let counted = size::counted(records, "records");
    let of = if of.is_empty() { of } else { format!(" ({of})") };
    let hidden = move || {
        let ranged = session.range.with(Option::is_some);
        let what = match (ranged, records) {
            (true, 1) => "it is hidden while a range is set",
            (true, _) => "they are hidden while a range is set",
            (false, _) => "any range hides what has none",
        };
        format!("{counted} {have} no time{of}: {what}. ")
    };
    let show = move |_| {
        let field = TIME.to_owned();
        session.show("events", !Expr::Exists { field }, None);
    };
    view! {
        {hidden}
        <button type="button" class="link" on:click=show>{if records == 1 { "Show it" } else { "Show them" }}</button>
    }
}

/// The field of every record that says when it happened.
const TIME: &str = "@timestamp";

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
