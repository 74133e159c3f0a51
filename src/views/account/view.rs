//! Two moments: what was there, what differs, what rules said, and what is related at the second.

use super::model::*;
use super::related;
use crate::base::{size, time};
use crate::chart::Datum;
use crate::query::Expr;
use crate::session::Session;
use crate::views::download::{Download, Table};
use crate::views::local_table::{Field, Head, LocalTable};
use crate::widgets::chart::Build;
use crate::widgets::{ChartBox, Icon, Segmented, TwinTable, format};
use leptos::prelude::*;
use std::sync::Arc;

pub fn mount(session: Session) -> AnyView {
    view! { <Account session /> }.into_any()
}

const TABS: [(&str, &str); 4] = [
    ("there", "What was there"),
    ("differs", "What differs"),
    ("rules", "What rules said"),
    ("related", "Relationships"),
];
const THERE: &[Head] = &[
    ("Type", 280.0, false),
    ("Then", 90.0, true),
    ("Now", 90.0, true),
    ("More", 90.0, true),
];
const DIFFERS: &[Head] = &[
    ("Change", 110.0, false),
    ("Type", 230.0, false),
    ("Resource", 260.0, false),
    ("Name", 170.0, false),
    ("Account", 120.0, false),
    ("Region", 110.0, false),
    ("Recorded", 176.0, false),
];
const RULES: &[Head] = &[
    ("Over the period", 190.0, false),
    ("Rule", 260.0, false),
    ("Type", 200.0, false),
    ("Resource", 240.0, false),
    ("Evaluations", 96.0, true),
    ("First", 176.0, false),
    ("Last", 176.0, false),
];

type Rows = Arc<Vec<Vec<Field>>>;

#[component]
fn Account(session: Session) -> impl IntoView {
    let moment = move |name: &'static str, of: fn(crate::base::TimeRange) -> i64| {
        Memo::new(move |_| {
            let chosen = session.choice(name, "");
            time::parse_iso(chosen.as_bytes()).or_else(|| session.shown_range().map(of))
        })
    };
    let then = moment("then", |r| r.from_ns);
    // A range ends behind its last moment; items are recorded to the millisecond.
    let now = moment("now", |r| {
        let last = r.to_ns - 1;
        last - last.rem_euclid(1_000_000)
    });
    let state_at = move |at: Memo<Option<i64>>| {
        let answer = session.answer(move || Some(ask_state(at.get()?, &session.filter.get())));
        Memo::new(move |_| answer.answer.get().map(|a| Arc::new(state(&a))))
    };
    let now_at = now;
    let (was, is) = (state_at(then), state_at(now));
    let ruled = session
        .answer(move || {
            let period =
                crate::base::TimeRange::new(then.get()?, now.get()?.max(then.get()?).saturating_add(1));
            let filter: Expr = session.filter.get();
            Some(ask_compliance().within(Some(period), &filter))
        })
        .answer;
    let tab = RwSignal::new("there".to_owned());
    let when = move |ns: Option<i64>| {
        ns.map(|ns| format::date_time(ns, session.offset_min(ns)))
            .unwrap_or_default()
    };
    // What each row is about, and the rows.
    let lines = Memo::new(move |_| -> (Vec<String>, Rows) {
        let (Some(was), Some(is)) = (was.get(), is.get()) else {
            return Default::default();
        };
        let mut ids = Vec::new();
        let rows = match tab.get().as_str() {
            "differs" => compare(&was, &is)
                .into_iter()
                .map(|c| {
                    ids.push(c.id.id.clone());
                    vec![
                        Field::text(c.change.word()).icon(match c.change {
                            Change::Added => "plus",
                            Change::Removed => "minus",
                            Change::Changed => "pencil",
                            Change::Same => "check",
                        }),
                        Field::text(c.id.ty),
                        Field::text(c.id.id),
                        Field::text(c.name),
                        Field::text(c.id.account),
                        Field::text(c.id.region),
                        Field::number(c.since_ns.unwrap_or(0), when(c.since_ns)).class("cell-time"),
                    ]
                })
                .collect(),
            "rules" => ruled
                .get()
                .map(|a| compliance(&a))
                .unwrap_or_default()
                .into_iter()
                .map(|r| {
                    ids.push(r.id.clone());
                    let (class, word) = r.throughout.shown();
                    let icon = match class {
                        "red" => "circle-x",
                        "yellow" => "triangle-alert",
                        "ok" => "circle-check",
                        _ => "circle-dashed",
                    };
                    vec![
                        Field::text(word)
                            .icon(icon)
                            .class(if class == "red" { "cell-error" } else { "" }),
                        Field::text(r.rule),
                        Field::text(r.ty),
                        Field::text(r.id),
                        Field::number(r.evaluations, size::count(r.evaluations)),
                        Field::number(r.first_ns.unwrap_or(0), when(r.first_ns)).class("cell-time"),
                        Field::number(r.last_ns.unwrap_or(0), when(r.last_ns)).class("cell-time"),
                    ]
                })
                .collect(),
            _ => by_type(&was, &is)
                .into_iter()
                .map(|(ty, then, now)| {
                    let more = now as i64 - then as i64;
                    ids.push(String::new());
                    let sign = if more > 0 { "+" } else { "" };
                    vec![
                        Field::text(ty),
                        Field::number(then as i64, size::count(then as u64)),
                        Field::number(now as i64, size::count(now as u64)),
                        Field::number(more, format!("{sign}{more}")),
                    ]
                })
                .collect::<Vec<_>>(),
        };
        (ids, Arc::new(rows))
    });
    let rows = Signal::derive(move || lines.with(|l| l.1.clone()));
    let says = move || {
        let (was, is) = (was.get()?, is.get()?);
        let all = compare(&was, &is);
        let of = |change| all.iter().filter(|c| c.change == change).count() as u64;
        Some(format!(
            "{} then, {} now: {} added, {} removed, {} changed. As far as items were recorded and opened; a resource counts from its first item on.",
            size::counted(was.len() as u64, "resources"),
            size::count(is.len() as u64),
            size::count(of(Change::Added)),
            size::count(of(Change::Removed)),
            size::count(of(Change::Changed))
        ))
    };
    let shown = move || {
        let now = tab.get();
        if now == "related" {
            return view! { <Related session at=now_at /> }.into_any();
        }
        let heads: &'static [Head] = match now.as_str() {
            "differs" => DIFFERS,
            "rules" => RULES,
            _ => THERE,
        };
        let title = TABS.iter().find(|t| t.0 == now).map_or("", |t| t.1);
        let open = move |at: usize| {
            let subject = lines.with_untracked(|l| l.0.get(at).cloned()).unwrap_or_default();
            if !subject.is_empty() {
                session.open_entity(&subject);
            }
        };
        view! { <LocalTable label=title heads rows on_open=open selected=Signal::stored(None::<usize>) /> }
            .into_any()
    };
    let field = move |label: &'static str, name: &'static str, at: Memo<Option<i64>>| {
        let set = move |e: web_sys::Event| {
            let text = event_target_value(&e);
            match time::parse_iso(text.trim().as_bytes()) {
                Some(_) => session.choose(name, text.trim()),
                None if text.trim().is_empty() => session.choose(name, ""),
                None => session
                    .say
                    .set(format!("“{text}” is no time: 2026-11-11T01:00:00Z is.")),
            }
        };
        let marked = move |_| {
            if let Some(at) = session.moment.get_untracked() {
                session.choose(name, &time::iso(at));
            }
        };
        view! {
            <label>
                {label}
                <input class="field mono" type="text" spellcheck="false" prop:value=move || at.get().map(time::iso) on:change=set />
            </label>
            <Show when=move || session.moment.get().is_some()>
                <button type="button" class="button button-small" title=format!("{label}: the marked moment") on:click=marked>
                    <Icon name="pin" />
                    "Marked"
                </button>
            </Show>
        }
    };
    view! {
        <section class="view view-flush">
            <div class="toolbar account-moments">
                <h2>"Account"</h2>
                {field("Then", "then", then)}
                {field("Now", "now", now)}
                <Segmented label="Show" options=TABS.to_vec() value=tab />
            </div>
            <p class="account-note">{says}</p>
            <div class="account-body">{shown}</div>
        </section>
    }
}

/// Which types name which at a moment; a type leads to its items.
#[component]
fn Related(session: Session, at: Memo<Option<i64>>) -> impl IntoView {
    let as_table = RwSignal::new("graph".to_owned());
    let answer = session
        .answer(move || Some(related::ask_links(at.get()?, &session.filter.get())))
        .answer;
    let found = Memo::new(move |_| {
        let all = related::links(&*answer.get()?);
        let drawn = related::picture(&all);
        Some(Arc::new((all, drawn)))
    });
    let drawn = move |width: f64| {
        let found = found.get()?;
        (!found.1.graph.nodes.is_empty()).then(|| related::scene(&found.0, &found.1, width))
    };
    let height = Memo::new(move |_| drawn(900.0).map_or(150.0, |s| s.height));
    let make: Build = Arc::new(move |width, _| drawn(width));
    let picked = Callback::new(move |d: Datum| {
        let found = found.get_untracked();
        let ty = found
            .as_ref()
            .filter(|_| d.series == 0)
            .and_then(|f| f.1.types.get(d.payload));
        if let Some(ty) = ty {
            session.show(
                "config",
                Expr::eq("resourceType", ty.as_str()),
                session.range.get_untracked(),
            );
        }
    });
    let says = move || {
        let found = found.get()?;
        let mut text = related::summary(&found.0);
        if found.1.more > 0 {
            text.push_str(&format!(
                " {} stand in the table alone.",
                size::counted(found.1.more as u64, "types")
            ));
        }
        if found.0.left_out > 0 {
            text.push_str(&format!(
                " {} are not looked at: narrow the filter.",
                size::counted(found.0.left_out, "resources")
            ));
        }
        Some(text)
    };
    let none = move || found.get().is_some_and(|found| found.1.graph.nodes.is_empty());
    let twin = move || drawn(900.0);
    let tables = Arc::new(move || {
        vec![Table::twin(
            "Relationships by type",
            "account-relationships",
            twin,
        )]
    });
    view! {
        <div class="account-related">
            <div class="panel-head">
                <p class="quiet small">{says}</p>
                <span class="grow"></span>
                <Segmented label="Show as" options=vec![("graph", "Graph"), ("table", "Table")] value=as_table small=true />
                <Download session what="the relationships" tables small=true />
            </div>
            <p class="quiet account-note" hidden=move || !none()>"No item that was recorded by then names another resource."</p>
            {move || match as_table.get().as_str() {
                "table" => {
                    let twin = Signal::derive(move || twin().map(Arc::new));
                    view! { <TwinTable scene=twin /> }.into_any()
                }
                _ => {
                    let make = make.clone();
                    view! { <div style=move || format!("display:flex;height:{}px", height.get())><ChartBox make on_pick=picked /></div> }.into_any()
                }
            }}
        </div>
    }
}
