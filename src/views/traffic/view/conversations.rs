//! Conversations: under the page's filter as a table, and those of a chosen pair beside the graph.

use super::skipped::{has_filter, skipped};
use crate::base::{Value, size};
use crate::chart::{Amount, Unit};
use crate::query::{Answer, Expr, Query};
use crate::session::Session;
use crate::share::Sheet;
use crate::views::download::{count, text};
use crate::views::local_table::{Field, Head, LocalTable};
use crate::views::traffic::model::conversations::{
    Conversation, HOW, Listed, Outcome, Way, ask_conversations, ends_of, joined,
};
use crate::widgets::{Icon, StatusTag, format};
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Conversations beside the graph.
const TOP: usize = 8;

const HEADS: &[Head] = &[
    ("Client", 150.0, false),
    ("Server", 150.0, false),
    ("Service", 130.0, false),
    ("Outcome", 210.0, false),
    ("Request bytes", 110.0, true),
    ("Request packets", 120.0, true),
    ("Reply bytes", 100.0, true),
    ("Reply packets", 110.0, true),
    ("Flows", 80.0, true),
    ("Rejected flows", 110.0, true),
    ("First", 160.0, false),
    ("Last", 160.0, false),
    ("Serving side known by", 160.0, false),
    ("Interfaces", 90.0, true),
];

async fn answered(session: Session, queries: Vec<Query>) -> Vec<Arc<Answer>> {
    let mut answers = Vec::new();
    for query in queries {
        answers.push(session.answered(query).await);
    }
    answers
}

/// The conversations under the page's filter and this condition. What a condition leaves out of a conversation may be its
/// reply, so that each is then told out of everything between its ends in the range.
async fn look(session: Session, only: Expr, measure: &str) -> Listed {
    let (range, filter) = untrack(|| (session.range.get(), session.filter.get()));
    let condition = filter.and(only);
    let within = |expr: &Expr| -> Vec<Query> {
        let all = ask_conversations(expr).into_iter();
        all.map(|q| q.within(range, &Expr::All)).collect()
    };
    let found = joined(&answered(session, within(&condition)).await);
    if condition == Expr::All && found.is_whole() {
        return Listed::of(found, measure);
    }
    let fullest = Listed::of(found.clone(), measure);
    let ends = ends_of(fullest.list.iter());
    let whole = joined(&answered(session, within(&ends)).await);
    Listed::told(found, &whole, measure)
}

/// Looks again whenever what is asked, rows, filter or range change; nothing while nothing is asked.
fn looked(
    session: Session,
    measure: Signal<String>,
    only: impl Fn() -> Option<Expr> + 'static,
    found: RwSignal<Option<Arc<Listed>>>,
) {
    let round = StoredValue::new(0u64);
    Effect::new(move |_| {
        session.rows.track();
        session.filter.track();
        session.range.track();
        let (asked, measure) = (only(), measure.get());
        let mine = round.get_value() + 1;
        round.set_value(mine);
        if session.loading.get() {
            return;
        }
        let Some(only) = asked else {
            found.set(None);
            return;
        };
        session.beside(async move {
            let listed = look(session, only, &measure).await;
            if round.try_get_value() == Some(mine) {
                found.try_set(Some(Arc::new(listed)));
            }
        });
    });
    on_cleanup(move || _ = found.try_set(None));
}

fn status(outcome: Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Answered => ("ok", "circle-check"),
        Outcome::NoReply | Outcome::NoRequest => ("yellow", "triangle-alert"),
        Outcome::Rejected | Outcome::ReplyRejected => ("red", "circle-x"),
    }
}

fn rejected_flows(one: &Conversation) -> Amount {
    one.rejected.flows + one.reply.rejected.flows
}

/// The conversations under the page's filter.
#[component]
pub fn Conversations(
    session: Session,
    measure: Signal<String>,
    names: Signal<Arc<BTreeMap<String, String>>>,
    found: RwSignal<Option<Arc<Listed>>>,
) -> impl IntoView {
    looked(session, measure, || Some(Expr::All), found);
    let rows = Signal::derive(move || {
        let Some(found) = found.get() else {
            return Arc::default();
        };
        let clip = |n: Amount| i64::try_from(n).unwrap_or(i64::MAX);
        let number = |n: Amount| Field::number(clip(n), size::count(n));
        let bytes = |n: Amount| Field::number(clip(n), size::bytes(n as f64));
        let end = |id: &str| {
            let known = names.with(|names| names.get(id).cloned());
            let name = known.or_else(|| session.end_name(id));
            Field::text(name.map_or_else(|| id.to_owned(), |name| format!("{id} {name}")))
        };
        let time = |at: Option<i64>| match at {
            Some(ns) => Field::number(ns, format::table_time(ns, session.offset_min(ns))),
            None => Field::text(""),
        };
        let row = |one: &Conversation| {
            let (request, reply) = (one.request.all(), one.reply.all());
            vec![
                end(&one.between.client),
                end(&one.between.server),
                Field::text(one.between.service()),
                Field::text(one.outcome.words(found.is_whole)).icon(status(one.outcome).1),
                bytes(request.bytes),
                number(request.packets),
                bytes(reply.bytes),
                number(reply.packets),
                number(one.flows()),
                number(rejected_flows(one)),
                time(one.span.map(|s| s.0)),
                time(one.span.map(|s| s.1)),
                Field::text(one.how.word()),
                number(one.interfaces as Amount),
            ]
        };
        Arc::new(found.list.iter().map(row).collect::<Vec<_>>())
    });
    let says = move || match found.get() {
        None => "Joining requests and replies …".to_owned(),
        Some(found) => found.says(),
    };
    let open = move |at: usize| {
        let found = found.get_untracked();
        if let Some(one) = found.and_then(|f| f.list.get(at).cloned()) {
            session.narrow(one.between.filter());
        }
    };
    view! {
        <div class="traffic-picture traffic-changes">
            <p class="small quiet traffic-note" role="status" title=HOW>{says}</p>
            <p class="small quiet traffic-note" hidden=move || !has_filter(session)>
                "The filter says which conversations are here; each is told whole, with what the filter leaves out of it."
            </p>
            <Skipped session />
            <LocalTable label="Conversations" heads=HEADS rows on_open=open selected=Signal::stored(None::<usize>) own_order=true />
        </div>
    }
}

/// What was not recorded may be a reply.
#[component]
fn Skipped(session: Session) -> impl IntoView {
    let stretches = skipped(session);
    move || {
        stretches.with(|all| !all.is_empty()).then(|| {
            view! {
                <p class="small quiet traffic-note">
                    "Records were skipped in this range (SKIPDATA): a reply that is not recorded may be among them."
                </p>
            }
        })
    }
}

/// The table as it is saved.
pub fn sheet(found: &Listed) -> Sheet {
    let time = |at: Option<i64>| at.map_or(Value::Absent, Value::Time);
    let row = |one: &Conversation| {
        let (request, reply) = (one.request.all(), one.reply.all());
        vec![
            text(one.between.client.clone()),
            text(one.between.server.clone()),
            text(one.between.service()),
            text(one.outcome.words(found.is_whole)),
            count(request.bytes),
            count(request.packets),
            count(reply.bytes),
            count(reply.packets),
            count(one.flows()),
            count(rejected_flows(one)),
            time(one.span.map(|s| s.0)),
            time(one.span.map(|s| s.1)),
            text(one.how.word()),
            count(one.interfaces as Amount),
        ]
    };
    Sheet {
        columns: HEADS.iter().map(|h| h.0.to_owned()).collect(),
        rows: found.list.iter().map(row).collect(),
    }
}

/// A pair that is chosen in the graph: what it is called, and its records both ways.
#[derive(Clone, PartialEq)]
pub struct Chosen {
    pub title: String,
    pub records: Expr,
}

/// The conversations of the chosen pair, beside the graph.
#[component]
pub fn OfPair(session: Session, measure: Signal<String>, pair: Signal<Option<Chosen>>) -> impl IntoView {
    let found = RwSignal::new(None::<Arc<Listed>>);
    // What was found is of the pair before.
    Effect::new(move |_| {
        pair.track();
        found.set(None);
    });
    looked(session, measure, move || pair.get().map(|p| p.records), found);
    let list = move || match found.get() {
        None => {
            view! { <p class="small quiet" role="status">"Joining requests and replies …"</p> }.into_any()
        }
        Some(found) => {
            let says = found.says();
            let more = found.all.saturating_sub(TOP);
            let is_whole = found.is_whole;
            let cards = found
                .list
                .iter()
                .take(TOP)
                .map(|one| view! { <Talk session one=one.clone() is_whole /> })
                .collect_view();
            view! {
                <p class="small quiet" role="status" title=HOW>{says}</p>
                {cards}
                {(more > 0).then(|| view! { <p class="small faint">{format!("{} more.", size::count(more as u64))}</p> })}
            }
            .into_any()
        }
    };
    let as_table = move |_| {
        if let Some(pair) = pair.get_untracked() {
            session.choose("as", "conversations");
            session.narrow(pair.records);
        }
    };
    move || {
        let title = pair.get()?.title;
        Some(view! {
            <section class="traffic-talks" aria-label="Conversations of the chosen pair">
                <h3>"Conversations " <small>{title}</small></h3>
                <div class="traffic-talks-body">
                    {list}
                    <Skipped session />
                    <button type="button" class="button button-small" on:click=as_table>
                        "As a table"
                        <Icon name="arrow-right" />
                    </button>
                </div>
            </section>
        })
    }
}

/// One conversation; a press on its head filters for it.
#[component]
fn Talk(session: Session, one: Conversation, is_whole: bool) -> impl IntoView {
    let filter = one.between.filter();
    let title = format!(
        "{} → {} {}",
        one.between.client,
        one.between.server,
        one.between.service()
    );
    let way = |way: Way| match way.flows {
        0 => "none recorded".to_owned(),
        _ => format!(
            "{}, {}",
            Unit::Bytes.long(way.bytes),
            size::counted(way.packets, "packets")
        ),
    };
    let rejected = rejected_flows(&one);
    let flows = match rejected {
        0 => size::count(one.flows()),
        n => format!("{}, {} rejected", size::count(one.flows()), size::count(n)),
    };
    let when = one.span.map(|(first, last)| {
        let at = |ns: i64| format::date_time(ns, session.offset_min(ns));
        view! { <dt>"When"</dt><dd class="wrap">{format!("{} to {}", at(first), at(last))}</dd> }
    });
    view! {
        <article class="traffic-talk">
            <button type="button" class="link mono wrap" on:click=move |_| session.narrow(filter.clone())>{title}</button>
            <StatusTag status=status(one.outcome).0 text=one.outcome.words(is_whole) />
            <dl class="pairs">
                <dt>"Request"</dt><dd class="wrap">{way(one.request.all())}</dd>
                <dt>"Reply"</dt><dd class="wrap">{way(one.reply.all())}</dd>
                <dt>"Flows"</dt><dd class="wrap">{flows}</dd>
                {when}
                <dt>"Server known by"</dt><dd class="wrap">{one.how.word()}</dd>
            </dl>
        </article>
    }
}
