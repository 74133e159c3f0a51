//! The page: topics, filters, alarms, and a place to check a pattern.

mod alarms;
mod check;
mod filters;
mod load;
mod parts;
mod topics;

use crate::base::size;
use crate::monitoring::topics::VERSIONS;
use crate::session::Session;
use crate::views::alarms::model::sheets;
use crate::views::alarms::model::topics::covered;
use crate::views::download::{Download, Table};
use crate::views::states::Partial;
use crate::widgets::{Icon, Segmented, Select};
use leptos::prelude::*;
use load::Page;
use std::sync::Arc;
use wasm_bindgen::JsCast;

/// The parts of the page: how each stands in the URL, what it is called, and which choice opens its panel.
const TABS: [(&str, &str, &str); 4] = [
    ("topics", "Topics", "topic"),
    ("filters", "Filters", "metric-filter"),
    ("alarms", "Alarms", "alarm"),
    ("check", "Check a pattern", ""),
];

pub fn mount(session: Session) -> AnyView {
    view! { <Alarms session /> }.into_any()
}

#[component]
fn Alarms(session: Session) -> impl IntoView {
    let page = Page::new(session);
    let tab = RwSignal::new(
        session
            .choices
            .with_untracked(|c| c.get("alarms").cloned())
            .unwrap_or_default(),
    );
    if tab.with_untracked(|t| !TABS.iter().any(|(id, ..)| id == t)) {
        tab.set("topics".to_owned());
    }
    Effect::new(move |before: Option<()>| {
        let now = tab.get();
        if before.is_some() {
            session.choose("alarms", &now);
        }
    });
    // Back and forward, and a link that is followed while the page is open.
    Effect::new(move |_| {
        let chosen = session.choice("alarms", "topics");
        if TABS.iter().any(|(id, ..)| *id == chosen) && tab.get_untracked() != chosen {
            tab.set(chosen);
        }
    });
    close_on_escape(page, tab);
    let part = move || match tab.get().as_str() {
        "filters" => view! { <filters::Filters page /> }.into_any(),
        "alarms" => view! { <alarms::AlarmList page /> }.into_any(),
        "check" => view! { <check::CheckPattern session /> }.into_any(),
        _ => view! { <topics::Topics page /> }.into_any(),
    };
    view! {
        <section class="view view-flush alarms">
            <Toolbar page tab />
            <Remarks page />
            {part}
        </section>
    }
}

#[component]
fn Toolbar(page: Page, tab: RwSignal<String>) -> impl IntoView {
    let session = page.session;
    let versions: Vec<(String, String)> = VERSIONS
        .iter()
        .rev()
        .map(|v| ((*v).to_owned(), (*v).to_owned()))
        .collect();
    let version = Signal::derive(move || page.version());
    let counts = move || {
        let (told, of) = page.topics.with(|t| covered(t));
        let filters = size::counted(page.filters.with(|f| f.len()) as u64, "filters");
        let alarms = size::counted(page.alarms.with(|a| a.len()) as u64, "alarms");
        format!("{told} of {of} topics told · {filters} · {alarms}")
    };
    let tables = Arc::new(move || {
        let taken = move |p: &str| page.metrics.with_untracked(|m| m.counts.get(p).copied());
        vec![
            Table::held("Topics", "alarm-topics", move || {
                page.topics.with_untracked(|t| sheets::of_topics(t))
            }),
            Table::held("Filters", "metric-filters", move || {
                page.filters.with_untracked(|f| sheets::of_filters(f, taken))
            }),
            Table::held("Alarms", "alarms", move || {
                page.alarms.with_untracked(|a| sheets::of_alarms(a))
            }),
        ]
    });
    view! {
        <div class="toolbar">
            <h2>"Alarms"</h2>
            <Segmented label="Part" options=TABS.map(|(id, title, _)| (id, title)).to_vec() value=tab />
            <Show when=move || tab.with(|t| t == "topics")>
                <Select
                    label="CIS AWS Foundations"
                    options=versions.clone()
                    value=version
                    on_change=move |v: String| session.choose("cis", &v)
                />
            </Show>
            <span class="quiet small nowrap">{counts}</span>
            <span class="grow"></span>
            <Partial session />
            <Download session what="topics, filters and alarms" tables />
        </div>
    }
}

/// What holds for all of the page: what is being read, what is missing.
#[component]
fn Remarks(page: Page) -> impl IntoView {
    let session = page.session;
    let progress = move || {
        let (read, of) = page.progress.get()?;
        Some(format!(
            "Looking for what the filters take: {} of {} original records read again.",
            size::count(read),
            size::count(of)
        ))
    };
    let auditing = move || {
        let state = session.auditing.get()?;
        Some(format!("Rules are being run: {} of {}.", state.done, state.rules))
    };
    let working = move || progress().or_else(auditing);
    let remarks = move || {
        let all = page.given.get().map(|g| g.remarks()).unwrap_or_default();
        all.into_iter()
            .map(|said| {
                view! {
                    <p class="message message-yellow alarms-note">
                        <Icon name="triangle-alert" />
                        <span>{said}</span>
                    </p>
                }
            })
            .collect_view()
    };
    view! {
        {move || working().map(|said| view! {
            <p class="message alarms-note" role="status">
                <Icon name="loader" />
                <span>{said}</span>
            </p>
        })}
        {remarks}
    }
}

/// Escape closes the record first, then the panel; focus goes back to where the panel was opened.
fn close_on_escape(page: Page, tab: RwSignal<String>) {
    let session = page.session;
    // Effects run behind the event: at the key that closes the record, it still counts as open.
    let record = StoredValue::new(false);
    Effect::new(move |_| record.set_value(session.open.with(Option::is_some)));
    let listener = window_event_listener(leptos::ev::keydown, move |e| {
        let now = tab.get_untracked();
        let choice = TABS
            .iter()
            .find(|(id, ..)| *id == now)
            .map_or("", |(.., choice)| choice);
        let is_open = session
            .choices
            .with_untracked(|c| c.get(choice).is_some_and(|v| !v.is_empty()));
        if e.key() == "Escape" && !record.get_value() && is_open {
            close(session, choice);
        }
    });
    on_cleanup(move || listener.remove());
}

/// Closes the panel of a choice.
fn close(session: Session, choice: &str) {
    let opener = document().query_selector(".alarms-list .is-selected .row-button");
    session.choose(choice, "");
    if let Some(opener) = opener
        .ok()
        .flatten()
        .and_then(|o| o.dyn_into::<web_sys::HtmlElement>().ok())
    {
        // A row that has left the table takes no focus.
        let _ = opener.focus();
    }
}
