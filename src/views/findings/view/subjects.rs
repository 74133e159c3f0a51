//! Findings by whom or what they are about: one line each, whatever the number of rules.

use super::Page;
use super::items::severity_cell;
use crate::base::{Value, size};
use crate::query::{Agg, Answer, Key, Query};
use crate::views::findings::model::{KINDS, Status, findings, severity_of};
use crate::views::findings::ours::{Grouping, Subject, Told, subjects};
use crate::widgets::{StatusTag, format};
use leptos::prelude::*;
use std::sync::Arc;

const MOST_SHOWN: usize = 500;
/// Rules named on a line.
const NAMED: usize = 3;

fn ask() -> Query {
    let field = |name: &str| Key::Field(name.to_owned());
    let by = vec![
        field("resource"),
        field("checkKey"),
        field("findingTitle"),
        field("findingStatus"),
        field("severityLabel"),
    ];
    Query::groups(&KINDS, by, vec![Agg::Count])
        .filter(findings())
        .limit(20_000)
}

fn told(answer: &Answer) -> Vec<Told> {
    let row = |row: &Vec<Value>| {
        let [resource, key, title, status, severity, count] = row.as_slice() else {
            return None;
        };
        (!resource.is_absent()).then(|| Told {
            resource: resource.to_text(),
            key: match key.is_absent() {
                true => title.to_text(),
                false => key.to_text(),
            },
            title: title.to_text(),
            status: Status::of(&status.to_text()),
            severity: severity_of(&severity.to_text()),
            count: u64::try_from(count.as_i64().unwrap_or(0)).unwrap_or(0),
        })
    };
    answer.rows.iter().filter_map(row).collect()
}

#[component]
pub fn Subjects(page: Page) -> impl IntoView {
    let session = page.session;
    let answer = session
        .answer(move || (page.grouping.get() == Grouping::Resource).then(|| session.scoped(ask())))
        .answer;
    let all: Memo<Arc<Vec<Subject>>> = Memo::new(move |_| {
        let told = answer.with(|a| a.as_ref().map(|a| told(a)).unwrap_or_default());
        let (by, unseen) = (page.grouping.get(), page.unseen.get());
        Arc::new(page.shown.with(|checks| subjects(checks, &told, by, &unseen)))
    });
    let rows = move || all.with(|all| all.iter().take(MOST_SHOWN).map(|s| row(page, s)).collect_view());
    let head = move || match page.grouping.get() {
        Grouping::Principal => "Principal",
        _ => "Resource",
    };
    let note = move || match (all.with(|a| a.len()), page.grouping.get()) {
        (0, Grouping::Principal) => Some("No finding names a principal.".to_owned()),
        (0, _) => Some("No finding names a resource.".to_owned()),
        (n, _) if n > MOST_SHOWN => Some(format!("The first {MOST_SHOWN} of {}.", size::count(n as u64))),
        _ => None,
    };
    view! {
        <div class="findings-list" tabindex="0" role="region" aria-label="Findings by subject">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col" style="width:182px">"Status"</th>
                        <th scope="col" style="width:24%">{head}</th>
                        <th scope="col" style="width:100px">"Severity"</th>
                        <th scope="col">"Rules"</th>
                        <th scope="col" class="num" style="width:82px">"Findings"</th>
                        <th scope="col" class="num" style="width:82px">"Records"</th>
                        <th scope="col" style="width:144px">"First"</th>
                        <th scope="col" style="width:144px">"Last"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            {move || note().map(|n| view! { <p class="faint small findings-end">{n}</p> })}
        </div>
    }
}

fn row(page: Page, s: &Subject) -> impl IntoView + use<> {
    let session = page.session;
    let (class, word) = s.status.shown();
    let at = |ns: Option<i64>| move || ns.map(|ns| format::minute(ns, session.offset_min(ns)));
    let name = s.name.clone();
    let rules = s
        .rules
        .iter()
        .take(NAMED)
        .cloned()
        .collect::<Vec<_>>()
        .join(" · ");
    let rules = match s.rules.len().saturating_sub(NAMED) {
        0 => rules,
        more => format!("{rules} and {more} more"),
    };
    // The rules that name it, each on its line.
    let open = move |_| {
        session.choose("subject", &name);
        session.choose("by", "");
    };
    view! {
        <tr>
            <td><StatusTag status=class text=word /></td>
            <td class="clip" title=s.name.clone()>
                <button type="button" class="row-button clip strong mono" on:click=open>{s.name.clone()}</button>
            </td>
            <td>{severity_cell(s.severity)}</td>
            <td class="clip" title=s.rules.join("\n")>{rules}</td>
            <td class="num">{size::count(s.findings)}</td>
            <td class="num">{size::count(s.records)}</td>
            <td class="nowrap">{at(s.first_ns)}</td>
            <td class="nowrap">{at(s.last_ns)}</td>
        </tr>
    }
}
