//! Leaving findings out of sight: with a reason and a name, in a file that can be saved and dropped again.

use super::Page;
use crate::base::size;
use crate::widgets::{Icon, Menu, dom};
use js_sys::Array;
use leptos::html;
use leptos::prelude::*;

/// What is to be suppressed.
#[derive(Clone, Debug, PartialEq)]
pub struct Asking {
    pub rule: String,
    pub title: String,
    /// `None`: all that the rule finds.
    pub subject: Option<String>,
}

const FILE: &str = "trailbeam-suppressions.json";

/// Asks for the reason.
#[component]
pub fn SuppressDialog(page: Page) -> impl IntoView {
    let session = page.session;
    let dialog = NodeRef::<html::Dialog>::new();
    let (reason, author) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    Effect::new(move |_| {
        if page.asking.with(Option::is_some) {
            reason.set(String::new());
            if let Some(d) = dialog.get_untracked() {
                // A dialog that is open already stays open.
                let _ = d.show_modal();
            }
        }
    });
    let close = move || {
        page.asking.set(None);
        if let Some(d) = dialog.get_untracked() {
            d.close();
        }
    };
    let filled = move || !reason.with(|r| r.trim().is_empty()) && !author.with(|a| a.trim().is_empty());
    let save = move |e: web_sys::SubmitEvent| {
        e.prevent_default();
        let Some(asking) = page.asking.get_untracked() else {
            return;
        };
        if untrack(filled) {
            let (reason, author) = (reason.get_untracked(), author.get_untracked());
            session.suppress(&asking.rule, asking.subject.as_deref(), &reason, &author);
            session.say.set("Suppressed.".into());
            close();
        }
    };
    let what = move || {
        page.asking.get().map(|a| match a.subject {
            Some(subject) => format!("{}: {subject}", a.title),
            None => format!("{}: everything it finds", a.title),
        })
    };
    view! {
        <dialog node_ref=dialog aria-labelledby="suppress-title" on:close=move |_| page.asking.set(None)>
            <form class="stack pin-form" on:submit=save>
                <h2 id="suppress-title">"Suppress"</h2>
                <p class="quiet">{what}</p>
                <label class="stack">
                    <span class="label">"Reason"</span>
                    <textarea
                        class="input"
                        rows="3"
                        prop:value=move || reason.get()
                        on:input=move |e| reason.set(event_target_value(&e))
                    ></textarea>
                </label>
                <label class="stack">
                    <span class="label">"Your name"</span>
                    <input
                        type="text"
                        class="input"
                        prop:value=move || author.get()
                        on:input=move |e| author.set(event_target_value(&e))
                    />
                </label>
                <p class="small quiet">
                    "It stays in the list as left out, and in a shared file with reason and name. Save the decisions as a file to drop "
                    "it with the next logs."
                </p>
                <div class="row">
                    <span class="grow"></span>
                    <button type="button" class="button" on:click=move |_| close()>"Cancel"</button>
                    <button type="submit" class="button button-primary" disabled=move || !filled()>"Suppress"</button>
                </div>
            </form>
        </dialog>
    }
}

/// What is suppressed, and its file.
#[component]
pub fn Suppressed(page: Page) -> impl IntoView {
    let session = page.session;
    let count = move || session.suppressed.with(|s| s.suppressions.len());
    let button = view! {
        <Icon name="eye-off" />
        <span class="word">"Suppressed"</span>
        <span class="counter">{count}</span>
    }
    .into_any();
    let save = move |_| {
        let text = session.suppressed.with_untracked(|s| s.write());
        dom::save(FILE, "application/json", &Array::of1(&text.into()));
    };
    let automation = RwSignal::new(session.suppressed.with_untracked(|s| s.automation.join(", ")));
    let named = move |e: web_sys::Event| {
        let text = event_target_value(&e);
        automation.set(text.clone());
        let names = text.split(',').map(str::trim).filter(|n| !n.is_empty());
        let names: Vec<String> = names.map(str::to_owned).collect();
        session.change_suppressions(|all| all.automation = names);
    };
    let list = move || {
        let all = session.suppressed.get();
        let rows = all.suppressions.iter().map(|s| {
            let (rule, subject) = (s.rule.clone(), s.subject.clone());
            let about = subject.clone().unwrap_or_else(|| "everything".to_owned());
            view! {
                <li class="row">
                    <span class="grow">
                        <span class="mono small">{s.rule.clone()}</span> " · " {about.clone()}
                        <br />
                        <span class="quiet small">{s.reason.clone()} " (" {s.author.clone()} ")"</span>
                    </span>
                    {(!session.is_report()).then(|| view! {
                        <button
                            type="button"
                            class="button button-quiet button-icon button-small"
                            aria-label=format!("Show {about} of {} again", s.rule)
                            on:click=move |_| session.change_suppressions(|all| all.remove(&rule, subject.as_deref()))
                        >
                            <Icon name="eye" />
                        </button>
                    })}
                </li>
            }
        });
        rows.collect_view()
    };
    view! {
        <Menu button label="Suppressed findings" class="menu-right suppressed-menu">
            <div class="stack">
                <p class="small quiet">
                    {move || match count() {
                        0 => "Nothing is suppressed. The button at a finding does it, with a reason.".to_owned(),
                        n => format!("{} with reason and author.", size::counted(n as u64, "decisions")),
                    }}
                </p>
                <ul class="plain-list">{list}</ul>
                {(!session.is_report()).then(|| view! {
                    <label class="stack">
                        <span class="label">"Principals that are automation (comma, * for any text)"</span>
                        <input type="text" class="input mono" prop:value=move || automation.get() on:change=named />
                    </label>
                    <button type="button" class="button" on:click=save>
                        <Icon name="download" />
                        "Save as " {FILE}
                    </button>
                    <p class="small faint">"Drop the file on the page to take its decisions in."</p>
                })}
            </div>
        </Menu>
    }
}
