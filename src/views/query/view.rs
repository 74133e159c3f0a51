//! The page of a query: toolbar, editor, what is said of it, the result, and beside them fields and saved queries.

mod charts;
mod chosen;
mod desk;
mod results;
mod side;
mod status;
mod toolbar;
mod writing;

use crate::session::Session;
use desk::Desk;
use leptos::prelude::*;
use results::Results;
use side::Side;
use status::StatusLine;
use toolbar::Toolbar;
use writing::Writing;

pub fn mount(session: Session) -> AnyView {
    view! { <Query session /> }.into_any()
}

#[component]
fn Query(session: Session) -> impl IntoView {
    let desk = Desk::new(session);
    view! {
        <section class="view view-flush query">
            <div class="query-main">
                <Toolbar desk />
                <Writing desk />
                <StatusLine desk />
                <Results desk />
            </div>
            <Side desk />
        </section>
    }
}
