//! The rules of the open file, in words, and what a dry run said of each.

use super::page::{Page, Run, Tried};
use crate::base::{size, time};
use crate::findings::{Entry, Item};
use crate::query::Expr;
use crate::rules::book::WrittenRule;
use crate::views::shared::severity;
use crate::widgets::{Icon, StatusTag, format};
use leptos::prelude::*;
use std::sync::Arc;

/// Findings of a rule in the page.
const MOST_SHOWN: usize = 100;

#[component]
pub fn Rules(page: Page) -> impl IntoView {
    let tried = Memo::new(move |_| {
        page.run.with(|r| match r {
            Run::Done(tried) => Some(tried.clone()),
            _ => None,
        })
    });
    let list = move || {
        let (book, tried) = (page.book.get(), tried.get());
        let one = |rule: &WrittenRule| {
            let entry = tried.as_ref().and_then(|t: &Arc<Tried>| t.of(rule)).cloned();
            rule_view(page, rule.clone(), entry)
        };
        book.rules.iter().map(one).collect_view()
    };
    // The summary of a dry run counts them as well.
    let count = move || {
        let rules = page.book.with(|b| b.rules.len()) as u64;
        tried.with(Option::is_none).then(|| size::counted(rules, "rules"))
    };
    view! {
        <Show when=move || page.open.with(Option::is_some)>
            <div class="rules-results-head">
                <h3>"Dry run"</h3>
                <span class="faint small">{count}</span>
                <div class="row small rules-state" role="status">{move || state(page)}</div>
            </div>
            <div class="rules-results" role="region" aria-label="Rules of the file" tabindex="0">
                <ul>{list}</ul>
                <Show when=move || page.book.with(|b| b.rules.is_empty())>
                    <p class="small quiet rules-hint">"No rule of this file can be asked yet."</p>
                </Show>
            </div>
        </Show>
    }
}

fn state(page: Page) -> AnyView {
    match page.run.get() {
        Run::Idle => view! {
            <span class="quiet">"Tries the rules over what is loaded, under the filter and range."</span>
        }
        .into_any(),
        Run::Stopped => view! { <StatusTag status="none" text="Stopped" /> }.into_any(),
        Run::Going(a) => {
            let text = match a.of {
                0 => format!(
                    "Running: {} of {}",
                    a.done,
                    size::counted(a.rules as u64, "rules")
                ),
                of => format!(
                    "Reading original records again: {} of {}",
                    size::count(a.read),
                    size::count(of)
                ),
            };
            view! { <StatusTag status="info" text /> }.into_any()
        }
        Run::Done(tried) => {
            let took = match tried.took_ms {
                ms if ms < 1000.0 => format!("{ms:.0} ms"),
                ms => format!("{:.1} s", ms / 1000.0),
            };
            view! {
                <span class="strong">{tried.summary()}</span>
                <span class="faint">{took}</span>
                {move || page.stale.get().then(|| view! {
                    <span class="status-yellow row">
                        <Icon name="refresh-cw" />
                        "Text, filter, range or records changed since."
                        <button type="button" class="link" on:click=move |_| page.try_now()>"Run again"</button>
                    </span>
                })}
            }
            .into_any()
        }
    }
}

fn rule_view(page: Page, rule: WrittenRule, entry: Option<Arc<Entry>>) -> impl IntoView {
    let (class, icon, word) = severity(rule.severity);
    let said = entry.as_deref().map(said);
    let needs = entry.as_ref().and_then(|e| e.needs.clone());
    let id = rule.id.clone();
    let label = match rule.pattern() {
        Some(_) => "All its records",
        None => "Its query",
    };
    let asked = rule.clone();
    let table = entry
        .filter(|e| !e.items.is_empty())
        .map(|e| findings(page, &rule, &e));
    view! {
        <li class="rules-one">
            <div class="row">
                <span class=format!("severity severity-{class}")><Icon name=icon /> {word}</span>
                <button type="button" class="row-button strong rules-one-title" title="Where it stands in the text" on:click=move |_| page.go_to_rule(&id)>
                    {rule.title.clone()}
                </button>
                <span class="faint mono small clip">{rule.id.clone()}</span>
                <span class="grow"></span>
                {said.map(|(status, text)| view! { <StatusTag status text /> })}
                <button type="button" class="button button-small" on:click=move |_| page.ask(&asked)>
                    <Icon name="search" />
                    {label}
                </button>
            </div>
            {needs.map(|n| view! { <p class="small">"Not evaluated, which is not a pass. Needs: " {n}</p> })}
            <p class="small quiet">{rule.states()}</p>
            {table}
        </li>
    }
}

/// The status colour's name, and what came of a rule.
fn said(entry: &Entry) -> (&'static str, String) {
    match (entry.needs.is_some(), entry.items.is_empty()) {
        (true, _) => ("none", "Not evaluated".to_owned()),
        (false, true) => ("ok", "Quiet".to_owned()),
        (false, false) => {
            let text = format!(
                "Fired: {}, {}",
                size::counted(entry.items.len() as u64, "findings"),
                size::counted(entry.count(), "records")
            );
            (entry.status().shown().0, text)
        }
    }
}

fn findings(page: Page, rule: &WrittenRule, entry: &Entry) -> impl IntoView + use<> {
    let all = entry.items.len();
    let row = |item: &Item| finding(page, rule, item);
    let rows = entry.items.iter().take(MOST_SHOWN).map(row).collect_view();
    let title = rule.title.clone();
    view! {
        <div class="rules-found" role="region" aria-label=format!("Findings of {title}") tabindex="0">
            <table class="table table-tight">
                <thead>
                    <tr>
                        <th scope="col" style="width:26%">"About"</th>
                        <th scope="col">"What was found"</th>
                        <th scope="col" class="num" style="width:72px">"Records"</th>
                        <th scope="col" style="width:172px">"First"</th>
                        <th scope="col" style="width:172px">"Last"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {(all > MOST_SHOWN).then(|| view! {
            <p class="faint small">{format!("The first {MOST_SHOWN} of {}.", size::counted(all as u64, "findings"))}</p>
        })}
    }
}

fn finding(page: Page, rule: &WrittenRule, item: &Item) -> impl IntoView + use<> {
    let session = page.session;
    let at = move |ns: Option<i64>| move || ns.map(|ns| format::table_time(ns, session.offset_min(ns)));
    let (rule, opens) = (rule.clone(), item.clone());
    let open = move |_| match &opens.evidence {
        Some(e) if e.filter != Expr::All => session.show(&opens.view, e.filter.clone(), e.range),
        _ => page.ask(&rule),
    };
    let subject = match item.subject.is_empty() {
        true => "its records".to_owned(),
        false => item.subject.clone(),
    };
    view! {
        <tr>
            <td class="clip" title=item.subject.clone()>
                <button type="button" class="row-button clip strong mono" on:click=open>{subject}</button>
            </td>
            <td class="rules-detail">{item.detail.clone()}</td>
            <td class="num">{size::count(item.count)}</td>
            <td class="nowrap" title=item.first_ns.map(time::iso)>{at(item.first_ns)}</td>
            <td class="nowrap" title=item.last_ns.map(time::iso)>{at(item.last_ns)}</td>
        </tr>
    }
}
