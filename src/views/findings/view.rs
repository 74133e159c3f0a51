use super::model::*;
use crate::base::{Value, size};
use crate::query::{Agg, Query};
use crate::session::Session;
use crate::views::shared::{RecordTable, download_csv};
use crate::widgets::{Icon, Select, StatusTag};
use leptos::prelude::*;
use std::sync::Arc;

const COLUMNS: [&str; 8] = [
    "findingStatus",
    "resource",
    "severityLabel",
    "findingTitle",
    "account",
    "region",
    "@timestamp",
    "metadata",
];

pub fn mount(session: Session) -> AnyView {
    view! { <Findings session /> }.into_any()
}

#[component]
fn Findings(session: Session) -> impl IntoView {
    let answer = session.answer(move || Some(session.scoped(ask()))).answer;
    let all = Memo::new(move |_| Arc::new(answer.get().map(|a| checks(&a)).unwrap_or_default()));
    let category = Signal::derive(move || session.choice("category", ""));
    let status = Signal::derive(move || session.choice("status", ""));
    let chosen = RwSignal::new(None::<String>);
    let shown = move || {
        let (category, status) = (category.get(), status.get());
        let list = all.get();
        let keep = |c: &&Check| {
            (category.is_empty() || c.category == category)
                && match status.as_str() {
                    "" => true,
                    "excluded" => c.excluded > 0,
                    id => c.status.id() == id,
                }
        };
        list.iter().filter(keep).cloned().collect::<Vec<_>>()
    };
    let tab = move |id: &'static str, name: &'static str| {
        let counts = move || all.with(|a| counters(a, id));
        let counted = move || {
            let n = counts();
            Status::ALL
                .into_iter()
                .map(|s| {
                    let (class, word) = s.shown();
                    let icon = match s {
                        Status::Red => "circle-x",
                        Status::Yellow => "triangle-alert",
                        Status::Green => "circle-check",
                        Status::None => "circle-dashed",
                    };
                    view! {
                        <span class=format!("status status-{class}") title=word>
                            <Icon name=icon />
                            {n[s as usize]}
                            <span class="visually-hidden">{word}</span>
                        </span>
                    }
                })
                .collect_view()
        };
        view! {
            <button
                type="button"
                class="category"
                aria-pressed=move || (category.get() == id).to_string()
                on:click=move |_| session.choose("category", if category.get_untracked() == id { "" } else { id })
            >
                <strong>{name}</strong>
                <span class="counts">{counted}</span>
            </button>
        }
    };
    let statuses = vec![
        (String::new(), "all".to_owned()),
        ("red".to_owned(), "Action recommended".to_owned()),
        ("yellow".to_owned(), "Investigate".to_owned()),
        ("green".to_owned(), "No problem found".to_owned()),
        ("none".to_owned(), "Not available".to_owned()),
        ("excluded".to_owned(), "With excluded items".to_owned()),
    ];
    let values = move |field: &'static str| {
        let answer = session.answer(move || {
            let q = Query::groups(
                &KINDS,
                vec![crate::query::Key::Field(field.into())],
                vec![Agg::Count],
            );
            Some(q.limit(200))
        });
        Signal::derive(move || {
            let rows = answer.answer.get().map(|a| a.rows.clone()).unwrap_or_default();
            let named = rows
                .iter()
                .filter_map(|r| r.first())
                .filter(|v| !v.is_absent())
                .map(Value::to_text);
            let mut list = vec![(String::new(), "all".to_owned())];
            list.extend(named.map(|n| (n.clone(), n)));
            list
        })
    };
    let narrow = move |field: &'static str| {
        Callback::new(move |v: String| {
            if !v.is_empty() {
                session.narrow_to(field, crate::query::Op::Eq, v.as_str().into());
            }
        })
    };
    let count = move || {
        let list = shown();
        let red = list.iter().filter(|c| c.status == Status::Red).count();
        let findings: u64 = list.iter().map(Check::total).sum();
        format!(
            "{} checks, {red} red · {} findings",
            size::count(list.len() as u64),
            size::count(findings)
        )
    };
    let rows = move || {
        shown()
            .into_iter()
            .take(1000)
            .map(|c| {
                let key = c.key.clone();
                let here = c.key.clone();
                let (class, word) = c.status.shown();
                let severity = c.severity.clone();
                let sources = c.kinds.join(", ");
                let selected = move || chosen.with(|k| k.as_ref() == Some(&here));
                view! {
                    <tr class:is-selected=selected on:click=move |_| chosen.set(Some(key.clone()))>
                        <td><StatusTag status=class text=word /></td>
                        <td>
                            <button type="button" class="row-button clip strong" title=c.title.clone()>{c.title.clone()}</button>
                        </td>
                        <td><span class=format!("severity severity-{}", severity_class(&severity))>{severity.clone()}</span></td>
                        <td class="clip" title=c.resources.join(", ")>{c.resources.join(", ")}</td>
                        <td class="num">{size::count(c.total())}</td>
                        <td class="num">{size::count(c.counts[0] + c.counts[1])}</td>
                        <td class="num">{size::count(c.excluded)}</td>
                        <td class="faint">{sources}</td>
                    </tr>
                }
            })
            .collect_view()
    };
    let picked = Memo::new(move |_| {
        let key = chosen.get()?;
        all.with(|a| a.iter().find(|c| c.key == key).cloned())
    });
    let records = move || {
        let check = picked.get()?;
        let q = Query::groups(&KINDS, Vec::new(), vec![Agg::Count]).filter(check.filter());
        Some(session.scoped(q))
    };
    let columns = Signal::stored(COLUMNS.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>());
    let sort = RwSignal::new(("findingStatus".to_owned(), true));
    view! {
        <section class="view view-flush findings">
            <div class="toolbar">
                <h2>"Findings"</h2>
                <Select label="Status" options=statuses value=status on_change=move |v: String| session.choose("status", &v) />
                <Select label="Account" options=values("account") value=Signal::stored(String::new()) on_change=narrow("account") />
                <Select label="Region" options=values("region") value=Signal::stored(String::new()) on_change=narrow("region") />
                <span class="quiet small">{count}</span>
                <span class="grow"></span>
                <button type="button" class="button" on:click=move |_| {
                    let q = session.scoped(Query::groups(&KINDS, Vec::new(), vec![Agg::Count]));
                    download_csv(session, q, columns.get_untracked(), sort.get_untracked(), "findings.csv");
                }>
                    <Icon name="download" />
                    "CSV"
                </button>
            </div>
            <div class="categories" role="group" aria-label="Categories">
                {CATEGORIES.iter().map(|&(id, name)| tab(id, name)).collect_view()}
            </div>
            <div class="findings-body">
                <div class="findings-list" tabindex="0" role="region" aria-label="Checks">
                    <table class="table">
                        <thead>
                            <tr>
                                <th scope="col" style="width:160px">"Status"</th>
                                <th scope="col" style="width:34%">"Check"</th>
                                <th scope="col" style="width:90px">"Severity"</th>
                                <th scope="col">"Resources"</th>
                                <th scope="col" class="num" style="width:76px">"Findings"</th>
                                <th scope="col" class="num" style="width:76px">"Flagged"</th>
                                <th scope="col" class="num" style="width:76px">"Excluded"</th>
                                <th scope="col" style="width:120px">"From"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
                <Show when=move || picked.with(Option::is_some)>
                    <div class="findings-records">
                        <div class="panel-head">
                            <h3 class="clip">{move || picked.get().map(|c| c.title)}</h3>
                            <span class="counter">"resources; a row opens its record"</span>
                            <span class="grow"></span>
                            <button
                                type="button"
                                class="button button-quiet button-icon"
                                aria-label="Close the check"
                                on:click=move |_| chosen.set(None)
                            >
                                <Icon name="x" />
                            </button>
                        </div>
                        <RecordTable session label="Findings of the check" query=Arc::new(records) columns sort />
                    </div>
                </Show>
            </div>
        </section>
    }
}

/// The css class of a severity's word.
fn severity_class(word: &str) -> &'static str {
    match word {
        "critical" => "critical",
        "high" => "high",
        "medium" => "medium",
        "low" => "low",
        _ => "info",
    }
}
