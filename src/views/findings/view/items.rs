//! What one rule or check found: why, and each finding with the way to its records.

use super::suppress::Asking;
use super::{Page, close, severity_class};
use crate::base::{size, time};
use crate::evidence::Pin;
use crate::findings::{Entry, Item, Status};
use crate::query::{Expr, PATTERN};
use crate::views::download::{Download, Table};
use crate::views::findings::ours::{Hidden, sheet};
use crate::views::people::EntityButton;
use crate::views::pin::PinButton;
use crate::views::shared::severity;
use crate::widgets::{Icon, StatusTag, format};
use leptos::prelude::*;
use std::sync::Arc;

/// Findings of a rule in the page.
const MOST_SHOWN: usize = 300;

/// Goes to the records that a finding rests on.
fn follow(page: Page, entry: &Entry, item: &Item) {
    let session = page.session;
    match (&item.place, &item.evidence) {
        (Some(place), _) => session.open_record("", &place.path, place.offset),
        (None, Some(evidence)) if evidence.filter != Expr::All => {
            session.show(&item.view, evidence.filter.clone(), evidence.range);
        }
        _ => ask(page, entry),
    }
}

/// Opens what the rule asks where it can be changed and asked again.
fn ask(page: Page, entry: &Entry) {
    let session = page.session;
    let Some(text) = &entry.asks else { return };
    if text.starts_with(['{', '[']) {
        session.show("trail", Expr::eq(PATTERN, text.as_str()), None);
        return;
    }
    session.choose("q", text);
    for other in ["lang", "show"] {
        session.choose(other, "");
    }
    session.go("query");
}

#[component]
pub fn Items(page: Page) -> impl IntoView {
    let session = page.session;
    let entry = Memo::new(move |_| page.picked.with(|c| c.as_ref().and_then(|c| c.ours.clone())));
    let with = move |get: fn(&Entry) -> String| move || entry.with(|e| e.as_ref().map(|e| get(e)));
    let shown = Memo::new(move |_| {
        let unseen = page.unseen.get();
        let list = entry.with(|e| {
            let entry = e.as_ref()?;
            let mut list: Vec<(Item, Option<Hidden>)> = entry
                .items
                .iter()
                .map(|i| (i.clone(), unseen.hides(entry, i)))
                .collect();
            list.sort_by_key(|(i, hidden)| (hidden.is_some(), i.status));
            Some(list)
        });
        Arc::new(list.unwrap_or_default())
    });
    let counter = move || {
        let (all, hidden) = shown.with(|s| (s.len(), s.iter().filter(|(_, h)| h.is_some()).count()));
        match hidden {
            0 => size::counted(all as u64, "findings"),
            n => format!("{}, {n} left out", size::counted(all as u64, "findings")),
        }
    };
    let tables = Arc::new(move || {
        vec![Table::held("Findings of the rule", "rule-findings", move || {
            page.picked.with(|c| sheet(c.as_slice()))
        })]
    });
    let pin = move || {
        let entry = entry.get_untracked()?;
        let filter = crate::query::text::parse(&entry.query()).unwrap_or_default();
        Some(Pin::Finding {
            title: entry.title.clone(),
            filter,
            range: None,
        })
    };
    let suppress_all = move |_| {
        if let Some(entry) = entry.get_untracked() {
            page.asking.set(Some(Asking {
                rule: entry.id.clone(),
                title: entry.title.clone(),
                subject: None,
            }));
        }
    };
    let rows = move || {
        let (entry, list) = (entry.get()?, shown.get());
        let rows: Vec<_> = list
            .iter()
            .take(MOST_SHOWN)
            .map(|(item, hidden)| item_row(page, &entry, item, hidden.as_ref()))
            .collect();
        Some(rows)
    };
    view! {
        <div class="findings-records findings-ours">
            <div class="panel-head">
                <h3 class="clip">{with(|e| e.title.clone())}</h3>
                <span class="counter">{counter}</span>
                <span class="grow"></span>
                <Show when=move || entry.with(|e| e.as_ref().is_some_and(|e| e.asks.is_some()))>
                    <button
                        type="button"
                        class="button button-small"
                        on:click=move |_| if let Some(e) = entry.get_untracked() { ask(page, &e) }
                    >
                        <Icon name="search" />
                        "All its records"
                    </button>
                </Show>
                <PinButton session what="this rule" about=pin />
                {(!session.is_report()).then(|| view! {
                    <button
                        type="button"
                        class="button button-quiet button-icon"
                        aria-label="Suppress this rule"
                        title="Suppress this rule, with a reason"
                        on:click=suppress_all
                    >
                        <Icon name="eye-off" />
                    </button>
                })}
                <Download session what="the findings of the rule" tables small=true class="menu-up" />
                <button
                    type="button"
                    class="button button-quiet button-icon"
                    aria-label="Close the check"
                    on:click=move |_| close(page)
                >
                    <Icon name="x" />
                </button>
            </div>
            <div class="findings-scroll" tabindex="0" role="region" aria-label="Findings of the rule">
                {move || entry.get().map(|e| about(page, &e))}
                <Show when=move || shown.with(|s| !s.is_empty())>
                    <table class="table">
                        <thead>
                            <tr>
                                <th scope="col" style="width:168px">"Status"</th>
                                <th scope="col" style="width:16%">"About"</th>
                                <th scope="col" style="width:27%">"What was found"</th>
                                <th scope="col" style="width:116px">"Account"</th>
                                <th scope="col" style="width:104px">"Region"</th>
                                <th scope="col" class="num" style="width:76px">"Records"</th>
                                <th scope="col" style="width:144px">"First"</th>
                                <th scope="col" style="width:144px">"Last"</th>
                                <th scope="col" style="width:72px"><span class="visually-hidden">"Acts"</span></th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </Show>
                <Show when=move || { shown.with(|s| s.len()) > MOST_SHOWN }>
                    <p class="faint small findings-end">
                        {move || format!("The first {MOST_SHOWN}. The download holds all {}.", shown.with(|s| s.len()))}
                    </p>
                </Show>
            </div>
        </div>
    }
}

/// What the rule looks for, and what it says.
fn about(page: Page, entry: &Entry) -> impl IntoView + use<> {
    let suppressed = page
        .session
        .suppressed
        .with_untracked(|s| s.of(&entry.id, None).cloned());
    let (id, unjudged) = (entry.id.clone(), entry.unjudged);
    let state = match (&entry.needs, entry.fired(), entry.items.is_empty()) {
        (Some(needs), ..) => Some(format!(
            "Not evaluated, which is not a pass. It needs {}",
            decapitated(needs)
        )),
        (None, false, true) => {
            Some("Evaluated over everything under the filter and range: nothing was found.".to_owned())
        }
        (None, ..) => None,
    };
    view! {
        <div class="findings-about">
            {state.map(|s| view! { <p class="strong">{s}</p> })}
            {suppressed.map(|s| view! {
                <p>
                    <Icon name="eye-off" />
                    " Suppressed by " {s.author.clone()} " on " {s.at.chars().take(10).collect::<String>()} ": "
                    {s.reason.clone()} " "
                    {(!page.session.is_report()).then(|| view! {
                        <button
                            type="button"
                            class="link"
                            on:click=move |_| page.session.change_suppressions(|all| all.remove(&id, None))
                        >
                            "Show it again"
                        </button>
                    })}
                </p>
            })}
            <p>{entry.states.clone()}</p>
            {(!entry.advice.is_empty()).then(|| view! { <p>{entry.advice.clone()}</p> })}
            {entry.asks.clone().map(|asks| view! { <pre class="findings-asks mono">{asks}</pre> })}
            {(unjudged > 0).then(|| view! {
                <p class="quiet">{size::counted(unjudged, "resources")} " are described too little to be judged."</p>
            })}
            {(!entry.references.is_empty()).then(|| view! { <p class="faint small">{entry.references.join(" · ")}</p> })}
        </div>
    }
}

/// `Needs x` in the middle of a sentence.
fn decapitated(needs: &str) -> String {
    let rest = needs.strip_prefix("Needs ").unwrap_or(needs);
    match rest.ends_with('.') {
        true => rest.to_owned(),
        false => format!("{rest}."),
    }
}

fn item_row(page: Page, entry: &Arc<Entry>, item: &Item, hidden: Option<&Hidden>) -> impl IntoView + use<> {
    let session = page.session;
    let (class, word) = item.status.shown();
    let at = |ns: Option<i64>| move || ns.map(|ns| format::minute(ns, session.offset_min(ns)));
    let (opened, opens) = (entry.clone(), item.clone());
    let asking = Asking {
        rule: entry.id.clone(),
        title: entry.title.clone(),
        subject: Some(item.subject.clone()),
    };
    let left_out = hidden.map(|h| match h {
        Hidden::Suppressed => "suppressed",
        Hidden::Automation(why) => why,
    });
    let can_suppress = hidden.is_none() && item.status <= Status::Yellow && !session.is_report();
    let (rule, subject) = (entry.id.clone(), item.subject.clone());
    let restorable = matches!(hidden, Some(Hidden::Suppressed)) && !session.is_report();
    let (first, last) = (item.first_ns.map(time::iso), item.last_ns.map(time::iso));
    let about = item.resource.clone().or_else(|| item.principal.clone());
    let about = about.unwrap_or_else(|| item.subject.clone());
    view! {
        <tr class:is-left-out=hidden.is_some()>
            <td>
                <StatusTag status=class text=word />
                {left_out.map(|why| view! { <span class="faint small">" " {why}</span> })}
            </td>
            <td class="clip" title=item.subject.clone()>
                <button type="button" class="row-button clip strong mono" on:click=move |_| follow(page, &opened, &opens)>
                    {item.subject.clone()}
                </button>
            </td>
            <td class="findings-detail">{item.detail.clone()}</td>
            <td class="clip mono">{item.account.clone()}</td>
            <td class="clip">{item.region.clone()}</td>
            <td class="num">{size::count(item.count)}</td>
            <td class="nowrap" title=first>{at(item.first_ns)}</td>
            <td class="nowrap" title=last>{at(item.last_ns)}</td>
            <td class="findings-acts">
                <EntityButton session value=about />
                {can_suppress.then(|| view! {
                    <button
                        type="button"
                        class="button button-quiet button-icon button-small"
                        aria-label=format!("Suppress {}", item.subject)
                        title="Suppress, with a reason"
                        on:click=move |_| page.asking.set(Some(asking.clone()))
                    >
                        <Icon name="eye-off" />
                    </button>
                })}
                {restorable.then(|| view! {
                    <button
                        type="button"
                        class="button button-quiet button-icon button-small"
                        aria-label=format!("Show {subject} again")
                        title="Show it again"
                        on:click={
                            let subject = subject.clone();
                            move |_| session.change_suppressions(|all| {
                                all.remove(&rule, Some(&subject));
                                all.remove(&rule, None);
                            })
                        }
                    >
                        <Icon name="eye" />
                    </button>
                })}
            </td>
        </tr>
    }
}

/// Severity with its sign, in a cell.
pub fn severity_cell(of: Option<crate::rules::Severity>) -> Option<impl IntoView + use<>> {
    of.map(|s| {
        let (_, icon, word) = severity(s);
        view! { <span class=format!("severity {}", severity_class(s))><Icon name=icon /> {word}</span> }
    })
}

/// Status with its sign, in a cell.
pub fn status_cell(of: Option<Status>) -> impl IntoView + use<> {
    match of {
        Some(status) => {
            let (class, word) = status.shown();
            view! { <StatusTag status=class text=word /> }.into_any()
        }
        None => view! { <span class="faint">"not told"</span> }.into_any(),
    }
}
