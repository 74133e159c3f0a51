//! The board, with the tag that is asked about among its choices.

use super::model::{BOARD, TAG, is_tag, paid};
use super::usage::{Amounts, Day, ask_billed, ask_logged, days};
use crate::base::{TimeRange, Value, size, time};
use crate::query::{Expr, Op};
use crate::session::Session;
use crate::share::Sheet;
use crate::views::board_view::BoardView;
use crate::views::download::{Download, Table};
use crate::views::local_table::{Field, Head, LocalTable};
use crate::widgets::{Select, format};
use leptos::prelude::*;
use std::sync::Arc;

const HEADS: &[Head] = &[
    ("Bucket", 200.0, false),
    ("Day", 110.0, false),
    ("Cost", 84.0, true),
    ("Storage", 84.0, true),
    ("Tier 1 logged", 104.0, true),
    ("billed", 84.0, true),
    ("Tier 2 logged", 104.0, true),
    ("billed ", 84.0, true),
    ("Sent, logged", 100.0, true),
    ("out, billed", 94.0, true),
    ("Not logged", 94.0, true),
    ("What it says", 330.0, false),
];

pub fn mount(session: Session) -> AnyView {
    // Tags are fields of their own, whose names the reports tell.
    let tags = Signal::derive(move || {
        let mut names: Vec<String> = session.fields.with(|fields| {
            let tags = fields.iter().filter(|f| is_tag(&f.name));
            tags.map(|f| f.name.clone()).collect()
        });
        names.sort();
        names.dedup();
        let option = |name: String| (name.clone(), name);
        std::iter::once((String::new(), "none".to_owned()))
            .chain(names.into_iter().map(option))
            .collect::<Vec<(String, String)>>()
    });
    let value = Signal::derive(move || session.choice(TAG, ""));
    let tools = view! {
        <Select label="Tag" options=tags value on_change=move |v: String| session.choose(TAG, &v) />
    };
    let after = view! { <Usage session /> }.into_any();
    view! { <BoardView session board=&BOARD tools=tools.into_any() after /> }.into_any()
}

/// S3's requests and bytes by bucket and day, as logged and as billed.
#[component]
fn Usage(session: Session) -> impl IntoView {
    let logged = session.answer(move || Some(session.scoped(ask_logged())));
    let billed = session.answer(move || Some(session.scoped(ask_billed())));
    let all = Memo::new(move |_| {
        let (logged, billed) = (logged.answer.get(), billed.answer.get());
        Arc::new(days(&logged.unwrap_or_default(), &billed.unwrap_or_default()))
    });
    let rows = Memo::new(move |_| {
        let row = |day: &Day| {
            let count = |amounts: Option<Amounts>, of: fn(&Amounts) -> f64| match amounts {
                Some(amounts) => Field::number(of(&amounts) as i64, size::count(of(&amounts) as i64)),
                None => Field::text("").class("cell-absent"),
            };
            let bytes = |amounts: Option<Amounts>| match amounts {
                Some(amounts) => Field::number(amounts.bytes as i64, size::bytes(amounts.bytes)),
                None => Field::text("").class("cell-absent"),
            };
            let money = |amount: f64| Field::number((amount * 1e6) as i64, paid(amount));
            let day_text = format::date_time(day.day_ns, 0);
            let day_text = day_text.split(',').next().unwrap_or_default().to_owned();
            vec![
                Field::text(day.bucket.clone()),
                Field::number(day.day_ns, day_text),
                money(day.cost),
                money(day.storage_cost),
                count(day.logged, |a| a.tier1),
                count(day.billed, |a| a.tier1),
                count(day.logged, |a| a.tier2),
                count(day.billed, |a| a.tier2),
                bytes(day.logged),
                bytes(day.billed),
                match day.rest() {
                    Some(rest) => Field::number(rest as i64, size::count(rest as i64)),
                    None => Field::text("").class("cell-absent"),
                },
                Field::text(day.says()),
            ]
        };
        Arc::new(all.with(|all| all.iter().map(row).collect::<Vec<_>>()))
    });
    let open = move |at: usize| {
        let day = all.with_untracked(|all| all.get(at).map(|d| (d.bucket.clone(), d.day_ns)));
        if let Some((bucket, day_ns)) = day {
            let named = |op| Expr::Compare {
                field: "resource".to_owned(),
                op,
                value: Value::Text(bucket.clone()),
            };
            let day = TimeRange::new(day_ns, day_ns.saturating_add(time::DAY));
            session.show("events", named(Op::Contains), Some(day));
        }
    };
    let tables = Arc::new(move || {
        let sheet = move || all.with_untracked(|all| usage_sheet(all));
        vec![Table::held("S3 usage beside its charges", "s3-usage", sheet)]
    });
    let missing = move || {
        let none = |kinds: &[&str]| session.rows_of(kinds) == 0;
        match (
            none(&["s3-access"]),
            all.with(|all| all.iter().any(|d| d.billed.is_some())),
        ) {
            (true, _) => {
                "No access log of S3 is open: what was billed stands alone. Drop a bucket's server access logs."
            }
            (false, false) => {
                "No line item names a bucket: a report with resources tells what each of them costs."
            }
            (false, true) => {
                "Requests as S3 bills them: PUT, COPY, POST and LIST are of tier 1, GET and the others of tier 2, DELETE is free. Days are in UTC. A row leads to the day's records."
            }
        }
    };
    let height = move || format!("height:{}px", 128 + 29 * all.with(|all| all.len()).clamp(1, 9));
    view! {
        <Show when=move || all.with(|all| !all.is_empty())>
            <section class="panel board-table board-wide" style=height>
                <div class="panel-head">
                    <h2>"S3 usage beside its charges"</h2>
                    <span class="counter">{move || size::count(all.with(|all| all.len() as u64))}</span>
                    <span class="grow"></span>
                    <Download session what="S3 usage" tables=tables.clone() small=true />
                </div>
                <p class="board-note quiet small">{missing}</p>
                <LocalTable label="S3 usage beside its charges" heads=HEADS rows on_open=open selected=Signal::stored(None::<usize>) own_order=true />
            </section>
        </Show>
    }
}

fn usage_sheet(all: &[Day]) -> Sheet {
    let float = |amounts: Option<Amounts>, of: fn(&Amounts) -> f64| {
        amounts.map_or(Value::Absent, |a| Value::Float(of(&a)))
    };
    let row = |day: &Day| {
        vec![
            Value::Text(day.bucket.clone()),
            Value::Time(day.day_ns),
            Value::Float(day.cost),
            Value::Float(day.storage_cost),
            float(day.logged, |a| a.tier1),
            float(day.billed, |a| a.tier1),
            float(day.logged, |a| a.tier2),
            float(day.billed, |a| a.tier2),
            float(day.logged, |a| a.bytes),
            float(day.billed, |a| a.bytes),
            day.rest().map_or(Value::Absent, Value::Float),
            day.says().into(),
        ]
    };
    Sheet::new(
        &[
            "Bucket",
            "Day",
            "Cost",
            "Storage cost",
            "Tier 1 requests logged",
            "Tier 1 requests billed",
            "Tier 2 requests logged",
            "Tier 2 requests billed",
            "Bytes sent, logged",
            "Bytes sent out, billed",
            "Requests billed and not logged",
            "What it says",
        ],
        all.iter().map(row).collect(),
    )
}
