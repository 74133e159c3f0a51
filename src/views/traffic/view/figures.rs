//! Beside the graph: bytes and packets over time, top talkers, service ports, rejected pairs.

use super::asked::together;
use super::narrow;
use super::outside::FromOutside;
use super::skipped::{hatched, skipped};
use crate::base::{TimeRange, size};
use crate::chart::{Datum, Frame, HOLE_SERIES, Scene};
use crate::query::Expr;
use crate::session::Session;
use crate::views::shared::{Rank, RankRows, bucket_width, buckets, capital, width_word};
use crate::views::traffic::model::oddities::{self, Oddity};
use crate::views::traffic::model::*;
use crate::widgets::{ChartBox, chart::Build};
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows of a list.
const TOP: usize = 6;

/// All of the figures.
#[component]
pub fn Figures(
    session: Session,
    measure: Signal<String>,
    names: Signal<Arc<BTreeMap<String, String>>>,
) -> impl IntoView {
    view! {
        <OverTime session measure />
        <Lists session measure names />
        <FromOutside session />
        <Gaps session />
    }
}

/// Bytes and packets over time, accepted up, rejected down; flows besides where these are the measure.
#[component]
fn OverTime(session: Session, measure: Signal<String>) -> impl IntoView {
    let step = move || session.shown_range_of(&KINDS).map(|r| bucket_width(r, BARS));
    let counts = session.answer(move || Some(session.scoped(ask_over_time(step()?))));
    let stretches = skipped(session);
    let picked = Callback::new(move |d: Datum| {
        let Some((range, step_ns)) = untrack(|| session.shown_range_of(&KINDS).zip(step())) else {
            return;
        };
        let at = if d.series == HOLE_SERIES {
            let holes = untrack(|| hatched(session, &stretches.get(), range, step_ns));
            // With as much before and after it, so that it is seen what it cuts off.
            holes.get(d.payload).map(|hole| {
                let room = hole.range.width_ns().max(step_ns);
                TimeRange::new(hole.range.from_ns - room, hole.range.to_ns + room)
            })
        } else {
            Some(buckets(range, step_ns).range(d.payload / 2))
        };
        if at.is_some() {
            session.range.set(at);
        }
    });
    let chart = move |n: usize, name: &'static str| {
        let make: Build = Arc::new(move |width, height| -> Option<Scene> {
            let (range, step_ns, answer) = (session.shown_range_of(&KINDS)?, step()?, counts.answer.get()?);
            let frame = Frame {
                width,
                height,
                range,
                offset_min: session.offset_min(range.from_ns),
            };
            let holes = stretches.with(|all| hatched(session, all, range, step_ns));
            Some(over_time(&answer, n, frame, step_ns, &holes))
        });
        let width = move || step().map(width_word);
        view! {
            <h3>{capital(name)}" over time " <small>{width}</small></h3>
            <div class="traffic-time"><ChartBox make on_pick=picked /></div>
        }
    };
    let shown = move || {
        let all = MEASURES.iter().enumerate();
        all.filter(|(_, (m, _))| *m != "flows" || measure.get() == "flows")
            .map(|(n, (name, _))| chart(n, name))
            .collect_view()
    };
    view! { {shown} }
}

/// Top talkers, service ports, rejected pairs.
#[component]
fn Lists(
    session: Session,
    measure: Signal<String>,
    names: Signal<Arc<BTreeMap<String, String>>>,
) -> impl IntoView {
    let talkers = together(session, move || {
        let measure = measure.get();
        let asked = session.scoped(ask_talkers(&measure, TOP));
        Some((measure, vec![asked]))
    });
    let talker_rows = Signal::derive(move || {
        let Some(answered) = talkers.get() else {
            return Vec::new();
        };
        let (measure, answers) = &*answered;
        let rows = answers.iter().flat_map(|a| &a.rows);
        rows.filter_map(|r| {
            let (address, n) = (r.first()?, exact(r.get(1)?));
            let id = address.to_text();
            let name = names
                .with(|all| all.get(&id).cloned())
                .or_else(|| session.end_name(&id));
            Some(Rank {
                label: name.map_or(id.clone(), |name| format!("{id} {name}")),
                amount: n as f64,
                shown: unit_of(measure).short(n as f64),
                pick: narrow(session, Expr::eq("srcaddr", address.clone())),
            })
        })
        .collect()
    });
    let top_ports = together(session, move || {
        Some((
            (),
            ports::ask_top().into_iter().map(|q| session.scoped(q)).collect(),
        ))
    });
    let port_rows = Signal::derive(move || {
        let answered = top_ports.get();
        let all = answered.map(|a| ports::top(&a.1, TOP)).unwrap_or_default();
        all.into_iter()
            .map(|(port, n)| Rank {
                label: ports::port_name(&port),
                amount: n as f64,
                shown: size::count(n),
                pick: narrow(session, ports::either_way(&port)),
            })
            .collect()
    });
    let refused = session.answer(move || Some(session.scoped(ask_refused(TOP))));
    let refused_rows = Signal::derive(move || {
        let rows = refused.answer.get().map(|a| a.rows.clone()).unwrap_or_default();
        rows.iter()
            .filter_map(|r| {
                let [from, to, port, n] = r.as_slice() else {
                    return None;
                };
                let n = n.as_i64()?;
                let is = REFUSED_ENDS
                    .iter()
                    .zip([from, to, port])
                    .map(|(f, v)| Expr::eq(f, v.clone()));
                Some(Rank {
                    label: format!("{} → {}:{}", from.to_text(), to.to_text(), port.to_text()),
                    amount: n as f64,
                    shown: size::count(n),
                    pick: narrow(session, is.fold(rejected(), Expr::and)),
                })
            })
            .collect()
    });
    let asked = together(session, move || {
        let all = oddities::ask_served()
            .into_iter()
            .map(|q| session.scoped(q))
            .collect();
        Some(((), all))
    });
    let odd = Memo::new(move |_| {
        let answered = asked.get()?;
        let (served, _) = oddities::served(&answered.1);
        Some((
            oddities::plain_text(&served, is_private),
            oddities::unusual(&served, is_private),
        ))
    });
    let listed = move |of: fn(&Odd) -> &Vec<Oddity>| {
        Signal::derive(move || {
            let rank = |one: &Oddity| Rank {
                label: format!("{} ({})", one.title, one.says),
                amount: one.bytes as f64,
                shown: size::bytes(one.bytes as f64),
                pick: narrow(session, one.filter()),
            };
            odd.with(|odd| {
                odd.as_ref()
                    .map(|odd| of(odd).iter().take(TOP).map(rank).collect())
            })
            .unwrap_or_default()
        })
    };
    let (plain, unusual) = (listed(|odd| &odd.0), listed(|odd| &odd.1));
    let nothing = "No traffic in this range.";
    view! {
        <h3>"Top talkers " <small>{move || format!("source addresses by {}", measure.get())}</small></h3>
        <RankRows rows=talker_rows none=nothing />
        <h3 title=ports::HOW>"Top service ports " <small>"the serving side's, by flows"</small></h3>
        <RankRows rows=port_rows none=nothing />
        <h3>"Top rejected " <small>"by flows"</small></h3>
        <RankRows rows=refused_rows reject=true none="Nothing was rejected in this range." />
        <h3 title=oddities::PLAIN>"Plain text " <small>"by bytes"</small></h3>
        <RankRows rows=plain none="No protocol without encryption is recognised." />
        <h3 title=oddities::UNUSUAL>"Unusual service ports " <small>"used from outside, by bytes"</small></h3>
        <RankRows rows=unusual none="None in this range." />
    }
}

/// Plain-text protocols, and unusual ports.
type Odd = (Vec<Oddity>, Vec<Oddity>);

/// How many lines say that there was nothing, or nothing kept.
#[component]
fn Gaps(session: Session) -> impl IntoView {
    let gaps = session.answer(move || Some(session.scoped(ask_empty_lines())));
    let note = move || {
        let text = empty_lines(&*gaps.answer.get()?)?;
        Some(view! { <p class="faint small traffic-gaps">{text}</p> })
    };
    view! { {note} }
}
