//! What names addresses: the files that were dropped for that, here or where a shared file was made.

use crate::base::size;
use crate::naming::SourceKind;
use crate::session::Session;
use crate::widgets::{Icon, format};
use leptos::prelude::*;

/// The files that name addresses, each with how to be rid of it; nothing where there is none. Those of a shared file stay.
#[component]
pub fn NameSources(session: Session) -> impl IntoView {
    move || {
        let all = session.name_sources();
        // What is described stands among the sources already, but for a shared file, which may have come without them.
        let brought = session.is_report();
        let all: Vec<_> = all
            .into_iter()
            .filter(|s| brought || !s.file.is_empty())
            .collect();
        (!all.is_empty()).then(|| {
            let rows = all
                .into_iter()
                .map(|told| {
                    let file = told.file.clone();
                    let noun = if told.kind == SourceKind::Inventory { "things" } else { "networks" };
                    let entries = told.entries.map(|n| size::counted(n, noun)).unwrap_or_default();
                    let of = told.of.map(|at| format!("of {}", format::date_time(at, 0))).unwrap_or_default();
                    let left_out: u64 = told.rejected.iter().map(|r| r.count).sum();
                    let rejected: Vec<String> = (told.rejected.iter())
                        .map(|r| format!("{} ({})", r.reason, r.first.join(", ")))
                        .collect();
                    let left_out = (left_out > 0).then(|| {
                        view! { <span class="status-yellow" title=rejected.join("\n")>{size::counted(left_out, "lines")} " left out"</span> }
                    });
                    view! {
                        <li>
                            <Icon name="tag" />
                            <span class="strong">{told.file.clone()}</span>
                            <span class="quiet">{told.what.clone()}</span>
                            <span class="quiet">{entries}</span>
                            <span class="quiet">{of}</span>
                            <span class="quiet">{told.note.clone()}</span>
                            {left_out}
                            <span class="grow"></span>
                            {(!brought).then(|| view! { <button
                                type="button"
                                class="button button-quiet button-icon"
                                aria-label=format!("Take the names of {} away", told.file)
                                title="Take its names away"
                                on:click=move |_| session.remove_names(&file)
                            >
                                <Icon name="x" />
                            </button> })}
                        </li>
                    }
                })
                .collect_view();
            view! {
                <section class="panel name-sources" aria-label="What names addresses">
                    <div class="panel-head"><h3>"Names of addresses"</h3></div>
                    {brought.then(|| view! {
                        <p class="quiet small panel-body">"Of these sources this file holds what names its own addresses and accounts, and no more."</p>
                    })}
                    <ul>{rows}</ul>
                </section>
            }
        })
    }
}
