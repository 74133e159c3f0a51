//! Requests from no network that has a name.

use super::model::{KINDS, failed};
use crate::base::{Value, size};
use crate::query::{Agg, Op, Query};
use crate::session::Session;
use crate::views::shared::{Rank, RankRows};
use crate::views::whose::{NEEDS, Whose, names_networks};
use leptos::prelude::*;
use std::net::IpAddr;
use std::sync::Arc;

/// Clients looked at, the most active first.
const LOOKED_AT: usize = 20_000;
const SHOWN: usize = 10;

/// Clients in no named network.
struct Outside {
    /// Address, requests, failed ones.
    clients: Vec<(String, i64, i64)>,
    /// Clients in AWS's ranges, which say whose they are and not who uses them.
    aws: usize,
    /// Clients that were not looked at.
    beyond: u64,
}

/// The most active clients in no network that a dropped list, a described network or AWS's ranges name.
#[component]
pub fn FromOutside(session: Session) -> impl IntoView {
    let has_names = Memo::new(move |_| session.name_sources().iter().any(|s| names_networks(s.kind)));
    let asked = session.answer(move || {
        let aggs = vec![Agg::Count, Agg::CountIf(failed())];
        let clients = Query::groups(KINDS, vec![crate::query::Key::Field("source".into())], aggs);
        has_names.get().then(|| session.scoped(clients.limit(LOOKED_AT)))
    });
    let found = Memo::new(move |_| {
        let answer = asked.answer.get()?;
        let mut out = Outside {
            clients: Vec::new(),
            aws: 0,
            beyond: answer.groups.saturating_sub(answer.rows.len() as u64),
        };
        for row in &answer.rows {
            let [Value::Text(client), requests, failed] = row.as_slice() else {
                continue;
            };
            let Ok(address) = client.parse::<IpAddr>() else {
                continue;
            };
            match Whose::of(session.name_of(address).map(|name| name.source)) {
                Whose::Named => {}
                Whose::Aws => out.aws += 1,
                Whose::Nobodys => out.clients.push((
                    client.clone(),
                    requests.as_i64().unwrap_or(0),
                    failed.as_i64().unwrap_or(0),
                )),
            }
        }
        Some(Same(Arc::new(out)))
    });
    let rows = Signal::derive(move || {
        let found = found.get();
        let rank = |(client, requests, failed): &(String, i64, i64)| {
            let value = Value::Text(client.clone());
            Rank {
                label: match failed {
                    0 => client.clone(),
                    n => format!("{client} ({} failed)", size::count(*n)),
                },
                amount: *requests as f64,
                shown: size::counted(*requests, "requests"),
                pick: Arc::new(move || session.narrow_to("source", Op::Eq, value.clone())),
            }
        };
        found.map_or_else(Vec::new, |f| {
            f.0.clients.iter().take(SHOWN).map(rank).collect::<Vec<_>>()
        })
    });
    let said = move || {
        let found = found.get()?.0;
        let mut says = format!(
            "{} in no network that a dropped list, a described network or AWS's ranges name.",
            size::counted(found.clients.len() as u64, "clients")
        );
        if found.aws > 0 {
            says += &format!(
                " {} in AWS's ranges, whoever uses them.",
                size::counted(found.aws as u64, "clients")
            );
        }
        if found.beyond > 0 {
            says += &format!(
                " {}, the least active, were not looked at.",
                size::count(found.beyond)
            );
        }
        Some(says)
    };
    view! {
        <section class="panel outside-panel board-wide">
            <div class="panel-head"><h2>"From outside named networks"</h2></div>
            {move || match has_names.get() {
                true => view! {
                    <p class="quiet small">{said}</p>
                    <RankRows rows none="Every client is in a named network." />
                }
                .into_any(),
                false => view! { <p class="faint small">{NEEDS}</p> }.into_any(),
            }}
        </section>
    }
}

/// Compared by identity: an answer anew is another.
#[derive(Clone)]
struct Same(Arc<Outside>);

impl PartialEq for Same {
    fn eq(&self, other: &Same) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
