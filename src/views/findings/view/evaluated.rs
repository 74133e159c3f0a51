//! What was and what was not evaluated, over which period and accounts.

use super::Page;
use super::items::status_cell;
use crate::base::{Value, size};
use crate::query::{Agg, Answer, Key, Order, Query};
use crate::session::DESCRIBING;
use crate::views::findings::ours::{evaluated, needs};
use crate::widgets::{Empty, format};
use leptos::prelude::*;

/// Accounts named of a kind.
const NAMED: usize = 6;

#[component]
pub fn Evaluated(page: Page) -> impl IntoView {
    let session = page.session;
    let by_account = session.answer(move || {
        let by = vec![Key::Kind, Key::Field("account".into())];
        let time = || "@timestamp".to_owned();
        let aggs = vec![Agg::Count, Agg::Min(time()), Agg::Max(time())];
        Some(session.scoped(Query::groups(&[], by, aggs).order(Order::Key).limit(5000)))
    });
    let looked_at = move || {
        let rows = by_account.answer.get().map(|a| kinds(&a)).unwrap_or_default();
        let row = |(kind, records, first, last, accounts): Looked| {
            let span = match (first, last) {
                (Some(from), Some(to)) => {
                    let at = |ns| format::table_time(ns, session.offset_min(ns));
                    format!("{} to {}", at(from), at(to))
                }
                _ => "no times".to_owned(),
            };
            let shown = accounts
                .iter()
                .take(NAMED)
                .cloned()
                .collect::<Vec<_>>()
                .join(", ");
            let more = accounts.len().saturating_sub(NAMED);
            let shown = match (accounts.len(), more) {
                (0, _) => "not named".to_owned(),
                (_, 0) => shown,
                (_, more) => format!("{shown} and {more} more"),
            };
            view! {
                <tr>
                    <th scope="row">{kind}</th>
                    <td class="num">{size::count(records)}</td>
                    <td>{span}</td>
                    <td class="mono">{shown}</td>
                </tr>
            }
        };
        rows.into_iter().map(row).collect_view()
    };
    let told = move || {
        session.audit.get().map(|audit| {
            let rows = evaluated(&audit.entries).into_iter().map(|e| {
                view! {
                    <tr>
                        <th scope="row">{e.source.title()}</th>
                        <td class="num">{e.fired}</td>
                        <td class="num">{e.quiet}</td>
                        <td class="num">{e.not_evaluated}</td>
                    </tr>
                }
            });
            rows.collect_view()
        })
    };
    let how = move || {
        let audit = session.audit.get()?;
        let mut parts = Vec::new();
        if audit.read > 0 {
            parts.push(format!(
                "{} read again for it",
                size::counted(audit.read, "original records")
            ));
        }
        if audit.described + audit.not_described > 0 {
            parts.push(format!(
                "{} looked at",
                size::counted(audit.described as u64, "descriptions of resources")
            ));
        }
        if audit.not_described > 0 {
            parts.push(format!(
                "{} more could not be (too many, or their text is not there)",
                size::count(audit.not_described as u64)
            ));
        }
        if audit.took_ms > 0.0 {
            parts.push(format!("{:.1} s", audit.took_ms / 1000.0));
        }
        Some(format!("{}.", parts.join(", ")))
    };
    let missing = move || {
        session.audit.get().map(|audit| {
            let groups = needs(&audit.entries).into_iter().map(|(needs, entries)| {
                let n = size::counted(entries.len() as u64, "rules");
                let rows = entries.iter().map(|e| {
                    let (id, title) = (e.id.clone(), e.title.clone());
                    let open = move |_| {
                        session.choose("tab", "");
                        session.choose("check", &id);
                    };
                    view! {
                        <li>
                            <button type="button" class="link" on:click=open>{title}</button>
                            <span class="faint small">" " {e.source.title()}</span>
                        </li>
                    }
                });
                let rows = rows.collect_view();
                view! {
                    <details class="findings-missing">
                        <summary>{status_cell(Some(crate::findings::Status::None))} " " <strong>{n}</strong> ": " {needs}</summary>
                        <ul>{rows}</ul>
                    </details>
                }
            });
            groups.collect_view()
        })
    };
    view! {
        <div class="findings-evaluated" tabindex="0" role="region" aria-label="What was evaluated">
            <Show
                when=move || session.audit.with(Option::is_some)
                fallback=|| view! { <Empty title="Rules and checks have not been run yet." /> }
            >
                <section>
                    <h3>"Rules and checks"</h3>
                    <p class="quiet small">
                        "Rules over logs are run on what the filter and range hold, checks of resources on everything opened. "
                        {how}
                    </p>
                    <table class="table table-tight">
                        <thead>
                            <tr>
                                <th scope="col">"From"</th>
                                <th scope="col" class="num">"Found something"</th>
                                <th scope="col" class="num">"Found nothing"</th>
                                <th scope="col" class="num">"Not evaluated"</th>
                            </tr>
                        </thead>
                        <tbody>{told}</tbody>
                    </table>
                </section>
                <section>
                    <h3>"Looked at"</h3>
                    <table class="table table-tight">
                        <thead>
                            <tr>
                                <th scope="col">"Kind"</th>
                                <th scope="col" class="num">"Records"</th>
                                <th scope="col">"Period"</th>
                                <th scope="col">"Accounts"</th>
                            </tr>
                        </thead>
                        <tbody>{looked_at}</tbody>
                    </table>
                </section>
                <section>
                    <h3>"Not evaluated, and what would change that"</h3>
                    <p class="quiet small">"What could not be evaluated is not a pass."</p>
                    {missing}
                </section>
            </Show>
        </div>
    }
}

/// A kind, its records, first and last time, accounts.
type Looked = (String, u64, Option<i64>, Option<i64>, Vec<String>);

fn kinds(answer: &Answer) -> Vec<Looked> {
    let mut out: Vec<Looked> = Vec::new();
    for row in &answer.rows {
        let [kind, account, count, first, last] = row.as_slice() else {
            continue;
        };
        let kind = kind.to_text();
        // When resources were made says nothing of the period that was looked at.
        let timed = !DESCRIBING.contains(&kind.as_str()) || kind == "config";
        let of_time = |v: &Value| v.as_i64().filter(|_| timed);
        let count = u64::try_from(count.as_i64().unwrap_or(0)).unwrap_or(0);
        if out.last().is_none_or(|l| l.0 != kind) {
            out.push((kind, 0, None, None, Vec::new()));
        }
        let Some(of) = out.last_mut() else { continue };
        of.1 += count;
        of.2 = [of.2, of_time(first)].into_iter().flatten().min();
        of.3 = of.3.max(of_time(last));
        if !account.is_absent() {
            of.4.push(account.to_text());
        }
    }
    out
}
