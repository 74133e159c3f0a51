//! Requests from outside the networks that have names, beside the graph.

use super::asked::together;
use super::narrow;
use crate::base::size;
use crate::query::Expr;
use crate::session::Session;
use crate::views::shared::{Rank, RankRows};
use crate::views::traffic::model::conversations::{ask_conversations, joined};
use crate::views::traffic::model::outside::{HOW, Outside, Source, outside};
use crate::views::whose::{NEEDS, Whose, names_networks};
use crate::widgets::format;
use leptos::prelude::*;
use std::sync::Arc;

/// Rows of a list.
const TOP: usize = 6;

/// Sources in no named network that reach inside: those let pass and those rejected apart.
#[component]
pub fn FromOutside(session: Session) -> impl IntoView {
    let has_names = Memo::new(move |_| session.name_sources().iter().any(|s| names_networks(s.kind)));
    let asked = together(session, move || {
        let queries = ask_conversations(&Expr::All).into_iter();
        (has_names.get() && !session.loading.get())
            .then(|| ((), queries.map(|q| session.scoped(q)).collect()))
    });
    let found = Memo::new(move |_| {
        let answered = asked.get()?;
        let whose = |ip| Whose::of(session.name_of(ip).map(|name| name.source));
        Some(Arc::new(outside(&joined(&answered.1), whose)))
    });
    let listed = move |of: fn(&Outside) -> &Vec<Source>, by_bytes: bool| {
        Signal::derive(move || {
            let rank = |one: &Source| {
                let when = one.span.map(|(first, last)| {
                    let at = |ns: i64| format::date_time(ns, session.offset_min(ns));
                    format!(", {} to {}", at(first), at(last))
                });
                let (amount, shown) = match by_bytes {
                    true => (one.bytes as f64, size::bytes(one.bytes as f64)),
                    false => (one.flows as f64, size::count(one.flows)),
                };
                Rank {
                    label: format!(
                        "{} ({}, {}{})",
                        one.address,
                        one.says(),
                        size::bytes(one.bytes as f64),
                        when.unwrap_or_default()
                    ),
                    amount,
                    shown,
                    pick: narrow(session, one.filter()),
                }
            };
            let found = found.get();
            found.map_or_else(Vec::new, |found| of(&found).iter().take(TOP).map(rank).collect())
        })
    };
    let accepted = listed(|found| &found.accepted, true);
    let refused = listed(|found| &found.rejected, false);
    let besides = move || {
        let found = found.get()?;
        let more = [&found.accepted, &found.rejected].map(|list| list.len().saturating_sub(TOP));
        let more = (more != [0, 0]).then(|| {
            format!(
                "Smaller: {} let pass, {} rejected. ",
                size::counted(more[0] as u64, "more sources"),
                size::count(more[1] as u64)
            )
        });
        let text = format!(
            "{}{}",
            more.unwrap_or_default(),
            found.besides().unwrap_or_default()
        );
        (!text.is_empty()).then(|| view! { <p class="faint small traffic-aside">{text}</p> })
    };
    // What is described of the network is read when somebody asks for it: every node is called by it then.
    let is_described = move || session.rows_of(&["aws-inventory", "config"]) > 0;
    let read_described = move |_| session.beside(session.describe_network());
    let needs = move || {
        let offer = is_described().then(|| {
            view! {
                <button type="button" class="button button-small" on:click=read_described>
                    "Use the described network"
                </button>
            }
        });
        view! { <div class="faint small traffic-aside"><p>{NEEDS}</p>{offer}</div> }
    };
    view! {
        <h3 title=HOW>"From outside named networks " <small>"requests let pass, by bytes"</small></h3>
        <Show when=move || has_names.get() fallback=needs>
            <RankRows rows=accepted none="Nothing from outside was let pass in this range." />
            <h3 title=HOW>"From outside, rejected " <small>"by flows"</small></h3>
            <RankRows rows=refused reject=true none="Nothing from outside was rejected in this range." />
            {besides}
        </Show>
    }
}
