//! Two reports of one source compared.

use super::Page;
use super::items::status_cell;
use crate::base::size;
use crate::findings::history::{self, Change, Report, What};
use crate::query::Expr;
use crate::session::Session;
use crate::share::Sheet;
use crate::views::download::{Download, Table};
use crate::views::findings::model::{KINDS, finder};
use crate::widgets::{Empty, Select, format};
use leptos::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;

const MOST_SHOWN: usize = 500;

/// The file or folder that each member belongs to.
fn names(session: Session) -> HashMap<u32, String> {
    session.engine().with(|c| {
        let mut all = HashMap::new();
        for item in c.items().iter() {
            for member in item.members() {
                // Files of one folder are one report: some services answer with a file for each check.
                let report = match member.path.rsplit_once('/') {
                    Some((folder, _)) => format!("{folder}/"),
                    None => member.path.clone(),
                };
                all.extend(member.numbers().map(|n| (n, report.clone())));
            }
        }
        all
    })
}

#[component]
pub fn Changes(page: Page) -> impl IntoView {
    let session = page.session;
    let answer = session
        .answer(move || Some(history::ask(&KINDS).within(None, &session.filter.get())))
        .answer;
    let members = Memo::new(move |_| {
        session.rows.track();
        names(session)
    });
    let reports: Memo<Vec<Report>> = Memo::new(move |_| {
        let report_of = |n: u32| members.with(|m| m.get(&n).cloned());
        answer.with(|a| {
            a.as_ref()
                .map(|a| history::reports(&a.rows, &report_of))
                .unwrap_or_default()
        })
    });
    // Of each kind the two latest are compared unless others are chosen.
    let key = |r: &Report| format!("{}|{}", r.kind, r.name);
    let after = Memo::new(move |_| {
        let chosen = session.choice("after", "");
        reports.with(|all| {
            let of_kind = |r: &&Report| all.iter().filter(|o| o.kind == r.kind).count() > 1;
            all.iter()
                .find(|r| key(r) == chosen)
                .or_else(|| all.iter().find(of_kind))
                .cloned()
        })
    });
    let before = Memo::new(move |_| {
        let chosen = session.choice("before", "");
        let after = after.get()?;
        reports.with(|all| {
            let mut others = all.iter().filter(|r| r.kind == after.kind && **r != after);
            others
                .clone()
                .find(|r| key(r) == chosen)
                .or_else(|| others.find(|r| r.at_ns <= after.at_ns))
                .cloned()
        })
    });
    let changes: Memo<Arc<Vec<Change>>> = Memo::new(move |_| {
        let (Some(before), Some(after), Some(answer)) = (before.get(), after.get(), answer.get()) else {
            return Arc::default();
        };
        let report_of = |n: u32| members.with(|m| m.get(&n).cloned());
        Arc::new(history::compare(&answer.rows, &report_of, &before, &after))
    });
    let options = move |of_kind: Option<String>| {
        reports.with(|all| {
            let mine = all
                .iter()
                .filter(|r| of_kind.as_ref().is_none_or(|k| r.kind == *k));
            let option = |r: &Report| {
                let at = r.at_ns.map(|ns| format::table_time(ns, session.offset_min(ns)));
                let at = at.map_or(String::new(), |t| format!(", {t}"));
                (key(r), format!("{} · {}{at}", finder(&r.kind), r.name))
            };
            mine.map(option).collect::<Vec<_>>()
        })
    };
    let value =
        move |of: Memo<Option<Report>>| Signal::derive(move || of.get().map(|r| key(&r)).unwrap_or_default());
    let what = Signal::derive(move || session.choice("what", ""));
    let whats: Vec<(String, String)> = std::iter::once((String::new(), "all but unchanged".to_owned()))
        .chain(What::ALL.map(|w| (w.id().to_owned(), w.title().to_owned())))
        .collect();
    let shown = Memo::new(move |_| {
        let what = what.get();
        let keep = |c: &&Change| match what.as_str() {
            "" => c.what != What::Same,
            id => c.what.id() == id,
        };
        changes.with(|all| all.iter().filter(keep).cloned().collect::<Vec<_>>())
    });
    let counts = move || {
        let of = |what: What| changes.with(|all| all.iter().filter(|c| c.what == what).count());
        let parts = What::ALL.map(|w| format!("{} {}", size::count(of(w) as u64), w.title().to_lowercase()));
        parts.join(", ")
    };
    let rows = move || {
        shown.with(|list| {
            list.iter()
                .take(MOST_SHOWN)
                .map(|c| {
                    let (check, resource) = (c.check.clone(), c.resource.clone());
                    let open = move |_| {
                        let filter = Expr::eq("checkKey", check.as_str());
                        let filter = match resource.is_empty() {
                            true => filter,
                            false => filter.and(Expr::eq("resource", resource.as_str())),
                        };
                        session.show("events", filter, None);
                    };
                    view! {
                        <tr>
                            <td class="strong">{c.what.title()}</td>
                            <td class="clip" title=c.title.clone()>
                                <button type="button" class="row-button clip" on:click=open>{c.title.clone()}</button>
                            </td>
                            <td class="clip mono" title=c.resource.clone()>{c.resource.clone()}</td>
                            <td>{status_cell(c.was)}</td>
                            <td>{status_cell(c.is)}</td>
                        </tr>
                    }
                })
                .collect_view()
        })
    };
    let tables = Arc::new(move || {
        let sheet = move || Sheet {
            columns: ["Change", "Check", "Check key", "Resource", "Before", "After"]
                .map(str::to_owned)
                .to_vec(),
            rows: shown.with(|list| {
                let status =
                    |s: Option<crate::findings::Status>| s.map_or("not told", |s| s.shown().1).into();
                list.iter()
                    .map(|c| {
                        vec![
                            c.what.title().into(),
                            c.title.as_str().into(),
                            c.check.as_str().into(),
                            c.resource.as_str().into(),
                            status(c.was),
                            status(c.is),
                        ]
                    })
                    .collect()
            }),
        };
        vec![Table::held("Changes between two reports", "changes", sheet)]
    });
    view! {
        <div class="findings-evaluated" tabindex="0" role="region" aria-label="Changes between two reports">
            <Show
                when=move || before.with(Option::is_some)
                fallback=|| view! {
                    <Empty title="Two reports of one source are compared here: what is new, what was fixed, what changed.">
                        <p class="quiet">
                            "Open a second report of the same tool, for example of last month. Files of one folder count as one report."
                        </p>
                    </Empty>
                }
            >
                <div class="row findings-compare">
                    <Select
                        label="Before"
                        options=Signal::derive(move || options(after.get().map(|r| r.kind)))
                        value=value(before)
                        on_change=move |v: String| session.choose("before", &v)
                    />
                    <Select
                        label="After"
                        options=Signal::derive(move || options(None))
                        value=value(after)
                        on_change=move |v: String| session.choose("after", &v)
                    />
                    <Select label="Change" options=whats.clone() value=what on_change=move |v: String| session.choose("what", &v) />
                    <span class="quiet small">{counts}</span>
                    <span class="grow"></span>
                    <Download session what="the changes" tables=tables.clone() small=true />
                </div>
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col" style="width:90px">"Change"</th>
                            <th scope="col">"Check"</th>
                            <th scope="col" style="width:34%">"Resource"</th>
                            <th scope="col" style="width:170px">"Before"</th>
                            <th scope="col" style="width:170px">"After"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
                <Show when=move || { shown.with(Vec::len) > MOST_SHOWN }>
                    <p class="faint small findings-end">
                        {move || format!("The first {MOST_SHOWN} of {}. The download holds all.", shown.with(Vec::len))}
                    </p>
                </Show>
            </Show>
        </div>
    }
}
