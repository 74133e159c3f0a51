//! The board, and beneath it what is asked of one client.

use super::client::{PAUSE_RULE, Visit, ask_minutes, of_client, visits};
use super::model::{BOARD, KINDS};
use super::outside::FromOutside;
use crate::base::{Value, size};
use crate::query::{Agg, Query};
use crate::session::Session;
use crate::views::board_view::{BoardView, OnRow};
use crate::views::local_table::{Field, Head, LocalTable};
use crate::views::people::EntityLink;
use crate::views::shared::RecordTable;
use crate::widgets::{Icon, format};
use leptos::prelude::*;
use std::sync::Arc;

/// The choice that names the client that is looked at.
const CLIENT: &str = "client";
const VISITS: &[Head] = &[
    ("First request", 176.0, false),
    ("Lasted", 84.0, true),
    ("Requests", 84.0, true),
    ("Failed", 72.0, true),
    ("Sent", 84.0, true),
];
const COLUMNS: [&str; 8] = [
    "@timestamp",
    "requestMethod",
    "requestHost",
    "requestPath",
    "status",
    "bytes",
    "latency",
    "userAgent",
];

pub fn mount(session: Session) -> AnyView {
    let on_row =
        OnRow::new(
            move |(panel, keys): (&'static str, Vec<Value>)| match (panel, keys.as_slice()) {
                ("clients", [Value::Text(client)]) => session.choose(CLIENT, client),
                _ => {
                    let panels = BOARD.panels(&crate::views::board::Chosen(&|_| None, None));
                    let found = panels.iter().find(|p| p.id == panel);
                    for (field, value) in found.map(|p| p.narrowed(&keys)).unwrap_or_default() {
                        session.narrow_to(&field, crate::query::Op::Eq, value);
                    }
                }
            },
        );
    let client = Memo::new(move |_| Some(session.choice(CLIENT, "")).filter(|c| !c.is_empty()));
    let after = view! {
        <FromOutside session />
        {move || client.get().map(|client| view! { <Client session client /> })}
    };
    view! { <BoardView session board=&BOARD on_row after=after.into_any() /> }.into_any()
}

/// One client's sessions, and its requests one by one.
#[component]
fn Client(session: Session, client: String) -> impl IntoView {
    let node = NodeRef::<leptos::html::Section>::new();
    // Whoever asks for a client has clicked far above.
    Effect::new(move |_| {
        if let Some(node) = node.get() {
            node.scroll_into_view();
        }
    });
    let asked = client.clone();
    let minutes = session.answer(move || Some(session.scoped(ask_minutes(&asked))));
    let all = Memo::new(move |_| {
        let answer = minutes.answer.get();
        Arc::new(answer.map(|a| visits(&a)).unwrap_or_default())
    });
    let rows = Memo::new(move |_| {
        let row = |visit: &Visit| {
            let (first, lasted) = (visit.range.from_ns, visit.range.width_ns().saturating_sub(1));
            vec![
                Field::number(first, format::date_time(first, session.offset_min(first))).class("cell-time"),
                Field::number(lasted, format::duration(lasted)),
                Field::number(visit.requests, size::count(visit.requests)),
                Field::number(visit.failed, size::count(visit.failed)),
                Field::number(visit.bytes as i64, size::bytes(visit.bytes as f64)),
            ]
        };
        Arc::new(all.with(|all| all.iter().map(row).collect::<Vec<_>>()))
    });
    let open = move |at: usize| {
        if let Some(range) = all.with_untracked(|all| all.get(at).map(|v| v.range)) {
            session.range.set(Some(range));
        }
    };
    let filter = of_client(&client);
    let query = {
        let filter = filter.clone();
        Arc::new(move || {
            let all = Query::groups(KINDS, Vec::new(), vec![Agg::Count]);
            Some(session.scoped(all.filter(filter.clone())))
        })
    };
    let sort = RwSignal::new(("@timestamp".to_owned(), false));
    let narrow = move |_| session.narrow(filter.clone());
    let of = move || all.with(|all| size::counted(all.len() as u64, "sessions"));
    view! {
        <section class="panel client-panel board-wide" node_ref=node aria-label="One client">
            <div class="panel-head">
                <h2>"Client " <EntityLink session value=client.clone() /></h2>
                <span class="quiet small">{of} ". " {PAUSE_RULE}</span>
                <span class="grow"></span>
                <button type="button" class="button button-small" on:click=narrow>
                    "Only its requests"
                </button>
                <button
                    type="button"
                    class="button button-quiet button-icon"
                    aria-label="Close the client"
                    on:click=move |_| session.choose(CLIENT, "")
                >
                    <Icon name="x" />
                </button>
            </div>
            <div class="client-side">
                <div>
                    <LocalTable label="Sessions of the client" heads=VISITS rows on_open=open selected=Signal::stored(None::<usize>) own_order=true />
                </div>
                <div>
                    <RecordTable
                        session
                        label="Requests of the client"
                        query
                        columns=Signal::stored(COLUMNS.map(str::to_owned).to_vec())
                        sort
                    />
                </div>
            </div>
        </section>
    }
}
