//! The way from a view to the editor: what it asks, in words that can be changed.

use crate::query::{Query, Rows, Select, Sort, Window};
use crate::session::Session;
use crate::session::written::insights_of;
use crate::widgets::Icon;
use leptos::prelude::*;

/// A button that opens a view's question as a text. The page's filter and range are left out of it: they hold for the
/// editor as well.
#[component]
pub fn ShowQuery(
    session: Session,
    /// Asked when it is pressed; `None` while there is nothing to ask.
    query: impl Fn() -> Option<Query> + 'static,
    /// At the head of one chart or list, and not of the view.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    let show = move |_| {
        let Some(query) = untrack(&query) else { return };
        let written = session.fields.with_untracked(|known| insights_of(&query, known));
        session.choose("q", &written.text);
        for other in ["lang", "show"] {
            session.choose(other, "");
        }
        session.go("query");
    };
    view! {
        <button
            type="button"
            class="button button-icon"
            class:button-small=small
            aria-label="Show query"
            title="Show query: what this view asks, in the editor"
            on:click=show
        >
            <Icon name="square-terminal" />
        </button>
    }
}

/// The records that a question is about, one by one. How many at a time is for whoever asks it.
pub fn records(of: Query, columns: Vec<String>, (field, descending): (String, bool)) -> Query {
    Query {
        select: Select::Rows(Rows {
            columns,
            sort: Sort { field, descending },
            window: Window::Survey { step: 1 },
        }),
        ..of
    }
}
