//! Beside the graph: bytes and packets over time, top talkers, service ports, rejected pairs.

use super::asked::together;
use crate::base::{Value, size};
use crate::chart::{Amount, Bars, Datum, Frame, Ink, Scene, Series, Unit, stacked_bars};
use crate::query::{Agg, Expr, Key, Order, Query};
use crate::session::Session;
use crate::views::shared::{Rank, RankRows, bucket_width, buckets, width_word};
use crate::views::traffic::model::*;
use crate::widgets::{ChartBox, chart::Build};
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows of a list.
const TOP: usize = 6;

/// Bars of a chart over time at most.
const BARS: i64 = 70;

pub fn unit_of(measure: &str) -> Unit {
    match measure {
        "bytes" => Unit::Bytes,
        other => Unit::count(other),
    }
}

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
        <Gaps session />
    }
}

/// Bytes and packets over time, accepted up, rejected down; flows besides where these are the measure.
#[component]
fn OverTime(session: Session, measure: Signal<String>) -> impl IntoView {
    let step = move || session.shown_range().map(|r| bucket_width(r, BARS));
    let counts = session.answer(move || {
        let aggs = MEASURES
            .iter()
            .flat_map(|(m, _)| [amount(m, None), amount(m, Some(rejected()))]);
        let q = Query::groups(&KINDS, vec![Key::Time { width_ns: step()? }], aggs.collect()).filter(flows());
        Some(session.scoped(q.order(Order::Key).limit(10_000)))
    });
    let picked = Callback::new(move |d: Datum| {
        if let Some((range, step_ns)) = untrack(|| session.shown_range().zip(step())) {
            session
                .range
                .set(Some(buckets(range, step_ns).range(d.payload / 2)));
        }
    });
    let chart = move |n: usize, name: &'static str| {
        let make: Build = Arc::new(move |width, height| -> Option<Scene> {
            let (range, step_ns, answer) = (session.shown_range()?, step()?, counts.answer.get()?);
            let buckets = buckets(range, step_ns);
            let series = |name: &str, ink: Ink, below: bool| Series {
                name: name.into(),
                ink,
                values: vec![0; buckets.len],
                below,
            };
            let mut accepted = series("accepted", Ink::Accept, false);
            let mut refused = series("rejected", Ink::Reject, true);
            for row in &answer.rows {
                let slot = row
                    .first()?
                    .as_i64()
                    .map(|t| (t - buckets.from_ns).div_euclid(step_ns));
                let Some(slot) = slot
                    .and_then(|s| usize::try_from(s).ok())
                    .filter(|&s| s < buckets.len)
                else {
                    continue;
                };
                let of = |at: usize| row.get(1 + 2 * n + at).map_or(0, exact);
                accepted.values[slot] += of(0) - of(1);
                refused.values[slot] += of(1);
            }
            Some(stacked_bars(&Bars {
                title: &format!("{} {}", capital(name), width_word(step_ns)),
                frame: Frame {
                    width,
                    height,
                    range,
                    offset_min: session.offset_min(range.from_ns),
                },
                buckets,
                unit: unit_of(name),
                series: &[accepted, refused],
                holes: &[],
                events: &[],
            }))
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

fn exact(value: &Value) -> Amount {
    match value {
        Value::Big(n) => *n,
        v => v.as_i64().unwrap_or(0).into(),
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
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
        let by = vec![Key::Field("srcaddr".into())];
        let q = Query::groups(&KINDS, by, vec![amount(&measure, None)]).filter(flows());
        Some((measure, vec![session.scoped(q.limit(TOP))]))
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
            let name = names.with(|all| all.get(&id).cloned());
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
    const ENDS: [&str; 3] = ["srcaddr", "dstaddr", "dstport"];
    let refused = session.answer(move || {
        let by = ENDS.map(|f| Key::Field(f.into())).into();
        let q = Query::groups(&KINDS, by, vec![Agg::Count]).filter(rejected());
        Some(session.scoped(q.order(Order::Desc(0)).limit(TOP)))
    });
    let refused_rows = Signal::derive(move || {
        let rows = refused.answer.get().map(|a| a.rows.clone()).unwrap_or_default();
        rows.iter()
            .filter_map(|r| {
                let [from, to, port, n] = r.as_slice() else {
                    return None;
                };
                let n = n.as_i64()?;
                let is = ENDS
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
    let nothing = "No traffic in this range.";
    view! {
        <h3>"Top talkers " <small>{move || format!("source addresses by {}", measure.get())}</small></h3>
        <RankRows rows=talker_rows none=nothing />
        <h3 title=ports::HOW>"Top service ports " <small>"the serving side's, by flows"</small></h3>
        <RankRows rows=port_rows none=nothing />
        <h3>"Top rejected " <small>"by flows"</small></h3>
        <RankRows rows=refused_rows reject=true none="Nothing was rejected in this range." />
    }
}

/// Adds a condition to the filter when it is called.
fn narrow(session: Session, condition: Expr) -> Arc<dyn Fn() + Send + Sync> {
    Arc::new(move || session.narrow(condition.clone()))
}

/// How many lines say that there was nothing, or nothing kept.
#[component]
fn Gaps(session: Session) -> impl IntoView {
    let gaps = session.answer(move || {
        let q = Query::groups(&KINDS, vec![Key::Field("log-status".into())], vec![Agg::Count]);
        Some(session.scoped(q.filter(Expr::any_of("log-status", &["NODATA", "SKIPDATA"]))))
    });
    let note = move || {
        let rows = gaps.answer.get()?.rows.clone();
        let part = |r: &Vec<Value>| {
            Some(format!(
                "{} {}",
                size::count(r.get(1)?.as_i64()?),
                r.first()?.to_text()
            ))
        };
        let parts: Vec<String> = rows.iter().filter_map(part).collect();
        (!parts.is_empty()).then(|| {
            let text = format!("{} lines carry no traffic and are not drawn", parts.join(", "));
            view! { <p class="faint small traffic-gaps">{text}</p> }
        })
    };
    view! { {note} }
}
