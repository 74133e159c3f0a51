//! The page of the lanes: toolbar, lanes, and below them the events, error codes and sign-ins.

use super::lanes::{Drawn, LaneChart, LaneNames, Opened, scene};
use super::model::*;
use super::overlay::{ask_insights, overlay_insights, overlay_sessions};
use super::signs::{Signs, any, ask_endpoints};
use super::zoom::zoomed;
use crate::base::{Value, size};
use crate::chart::SignKind;
use crate::query::{Agg, Answer, Expr, Op, Query};
use crate::session::Session;
use crate::sessions::BASELINE_RULE;
use crate::share::Sheet;
use crate::views::download::{Download, MOST_GROUPS, Table, rows_of};
use crate::views::holes::{all_gaps, hatched};
use crate::views::people::{first_seen, people};
use crate::views::questions::Questions;
use crate::views::shared::{Ranks, RecordTable, bucket_width, buckets, judged_by, sheet};
use crate::views::show_query::ShowQuery;
use crate::views::states::{NoMatch, Partial};
use crate::widgets::{Icon, Segmented, Select, TWIN_KEY, TwinTable};
use leptos::html;
use leptos::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{KeyboardEvent, PointerEvent};

fn column_names() -> Vec<String> {
    COLUMNS.iter().map(|c| c.0.to_owned()).collect()
}

fn column_width(name: &str) -> Option<f64> {
    COLUMNS.iter().find(|c| c.0 == name).map(|c| c.1)
}

fn error_sheet(answers: &[Arc<Answer>]) -> Sheet {
    Sheet::new(&["Error code", "Events"], rows_of(answers))
}

fn sign_in_sheet(answers: &[Arc<Answer>]) -> Sheet {
    Sheet::new(
        &["Principal", "Outcome", "Sign-ins", "An address"],
        rows_of(answers),
    )
}

pub fn mount(session: Session) -> AnyView {
    view! { <Trail session /> }.into_any()
}

#[component]
fn Trail(session: Session) -> impl IntoView {
    let by = Signal::derive(move || session.choice("lanes", "principal"));
    let field = Memo::new(move |_| lane_field(&by.get()));
    let as_table = RwSignal::new("lanes".to_owned());
    let opened = Opened {
        roles: RwSignal::new(BTreeSet::new()),
        more: RwSignal::new(0),
    };
    let signals = judged_by(session, |rule| rule.view == "trail");
    let gaps = all_gaps(session);
    let holes = Memo::new(move |_| gaps.with(|gaps| hatched(session, gaps, &KINDS)));
    let values = session.answer(move || Some(session.scoped(ask_values(field.get()))));
    let planned = Memo::new(move |_| {
        let tops = values.answer.get()?;
        let signals = signals.get();
        let flags = flags(signals.iter().flat_map(|s| &s.findings), field.get());
        let most = LANES + opened.more.get();
        Some(Arc::new(
            opened
                .roles
                .with(|open| plan(&tops, field.get(), most, open, &flags)),
        ))
    });
    let named = Memo::new(move |_| planned.with(|p| p.as_ref().map(|p| p.values())));
    let step = Memo::new(move |_| session.shown_range_of(&KINDS).map(|r| bucket_width(r, BUCKETS)));
    let asked = move || Some(ask_marks(field.get(), &named.get()?, step.get()?));
    let marks = session.answer(move || Some(session.scoped(asked()?.0)));
    let others = session.answer(move || Some(session.scoped(asked()?.1)));
    let people = people(session);
    let insights = session.answer(move || Some(session.scoped(ask_insights())));
    let first = first_seen(session, Signal::derive(move || field.get() == "principal"));
    let endpoints = session.answer(move || Some(session.scoped(ask_endpoints(field.get(), step.get()?))));
    let drawn = Memo::new(move |_| {
        let (range, step) = (session.shown_range_of(&KINDS)?, step.get()?);
        let (plan, marks, others) = (planned.get()?, marks.answer.get()?, others.answer.get()?);
        let buckets = buckets(range, step);
        let mut lanes = lanes(&plan, &marks, &others, buckets);
        if field.get() == "principal" {
            people.with(|known| {
                if let Some(known) = known {
                    overlay_sessions(&mut lanes, &known.lives.sessions);
                }
            });
        }
        if let Some(found) = insights.answer.get() {
            overlay_insights(&mut lanes, field.get(), &found, range.to_ns);
        }
        let mut signs = Signs::new(&plan);
        if field.get() == "principal" {
            first.with(|first| {
                if let Some(first) = first {
                    signs.first_seen(&first.0, &lanes, buckets);
                }
            });
        }
        if let Some(found) = endpoints.answer.get() {
            signs.endpoints(field.get(), &found);
        }
        let behind = signs.into_lanes(&mut lanes);
        Some(Arc::new(Drawn {
            lanes,
            behind,
            plan,
            buckets,
            range,
        }))
    });
    let events = move || session.scoped(Query::groups(&KINDS, Vec::new(), vec![Agg::Count]));
    let count = session.answer(move || Some(events()));
    let matched = move || count.answer.get().map_or(0, |a| a.matched);
    let none = Memo::new(move |_| count.answer.get().is_some_and(|a| a.matched == 0));
    let columns = Signal::stored(column_names());
    let sort = RwSignal::new(("eventTime".to_owned(), false));
    let errors = session.answer(move || Some(session.scoped(ask_errors())));
    let sign_ins = session.answer(move || Some(session.scoped(ask_sign_ins())));
    let sign_in_rows = move || {
        let rows = sign_ins.answer.get().map(|a| a.rows.clone()).unwrap_or_default();
        if rows.is_empty() {
            return view! { <p class="faint small" style="padding:0 var(--space-4)">"None in this range."</p> }.into_any();
        }
        rows.into_iter()
            .map(|r| {
                let text = |i: usize| r.get(i).map(Value::to_text).unwrap_or_default();
                let (who, outcome, from) = (text(0), text(1), text(3));
                let bad = outcome == "failed";
                let name = who.clone();
                view! {
                    <button
                        type="button"
                        class="rank"
                        title=format!("{who} from {from}")
                        on:click=move |_| {
                            session.narrow(Expr::eq("eventName", "ConsoleLogin"));
                            session.narrow_to("principal", Op::Eq, name.as_str().into());
                        }
                    >
                        <span class="clip">{who.clone()}</span>
                        <span class=if bad { "status status-red small" } else { "status status-ok small" }>
                            <Icon name=if bad { "circle-x" } else { "circle-check" } />
                            {outcome.clone()}
                        </span>
                        <span class="num">{size::count(r.get(2).and_then(Value::as_i64).unwrap_or(0))}</span>
                    </button>
                }
            })
            .collect_view()
            .into_any()
    };
    let first_title = move || {
        let lost = first.with(|f| f.as_ref().map_or(0, |f| f.1));
        let lost = match lost {
            0 => String::new(),
            n => format!(" {} could not be looked at.", size::counted(n, "groups of calls")),
        };
        format!("{BASELINE_RULE} The page's filter and range do not count.{lost}")
    };
    let lanes_twin = move || {
        let drawn = drawn.get()?;
        Some(holes.with(|holes| scene(session, &drawn, holes, drawn.range, 900.0)))
    };
    let tables = Arc::new(move || {
        let rows = move || Some((events(), column_names(), sort.get()));
        let all = move |q: Query| vec![session.scoped(q.limit(MOST_GROUPS))];
        let those = move |filter: Expr| Some(events().filter(filter));
        vec![
            Table::records("Events", "cloudtrail", rows, sheet),
            Table::twin("Lanes", "trail-lanes", lanes_twin),
            Table::asked(
                "Error codes",
                "trail-errors",
                move || all(ask_errors()),
                error_sheet,
            )
            .of_records(move || those(Expr::exists("errorCode"))),
            Table::asked(
                "Console sign-ins",
                "trail-sign-ins",
                move || all(ask_sign_ins()),
                sign_in_sheet,
            )
            .of_records(move || those(Expr::eq("eventName", "ConsoleLogin"))),
        ]
    });
    let lanes_node = NodeRef::<html::Div>::new();
    let lanes_px = RwSignal::new(None::<f64>);
    let lanes_style = move || lanes_px.get().map(|px| format!("height:{px}px;max-height:none"));
    let choices = LANE_CHOICES
        .iter()
        .map(|(id, word, _)| ((*id).to_owned(), (*word).to_owned()))
        .collect::<Vec<_>>();
    view! {
        <section class="view view-flush trail">
            <div class="toolbar">
                <h2>"Trail"</h2>
                <Select label="Lanes by" options=choices value=by on_change=move |v: String| session.choose("lanes", &v) />
                <Segmented label="Show as" options=vec![("lanes", "Lanes"), ("table", "Table")] value=as_table key=TWIN_KEY />
                <Zoom session />
                <Questions session view="trail" />
                <Partial session />
                <span class="grow"></span>
                <ShowQuery session query=move || Some(ask_lanes(field.get(), step.get()?)) />
                <Download session what="the tables of the trail" tables />
            </div>
            <Show when=move || none.get()>
                <NoMatch session kinds=&KINDS noun="CloudTrail events" />
            </Show>
            <div class="trail-lanes" hidden=none tabindex="0" role="region" aria-label="Lanes" node_ref=lanes_node style=lanes_style>
                {move || if as_table.get() == "table" {
                    let twin = Signal::derive(move || lanes_twin().map(Arc::new));
                    view! { <TwinTable scene=twin /> }.into_any()
                } else {
                    view! {
                        <div class="trail-grid">
                            <LaneNames session drawn by opened />
                            <LaneChart session drawn holes />
                        </div>
                    }
                        .into_any()
                }}
            </div>
            <Grip node=lanes_node height=lanes_px />
            <div class="trail-key" hidden=none>
                <span><i class="read"></i>"read"</span>
                <span><i class="write"></i>"write"</span>
                <span><i class="failed">"×"</i>"failed"</span>
                <Show when=move || field.get() == "principal"><span><i class="session"></i>"a session"</span></Show>
                <Show when=move || insights.answer.with(|a| a.as_ref().is_some_and(|a| a.matched > 0))>
                    <span title="On the lanes by service and by event name"><i class="insight"></i>"Insights event"</span>
                </Show>
                <SignKey drawn kind=SignKind::FirstSeen title=Signal::derive(first_title) />
                <SignKey drawn kind=SignKind::Denied title="By the policy of the endpoint: VpceAccessDenied" />
                <SignKey drawn kind=SignKind::LetThrough title="By the policy of the endpoint; what is behind it may still have refused" />
                <Show when=move || holes.with(|h| !h.is_empty())><span><i class="hole"></i>"a hole"</span></Show>
                <Timeless session />
                <span class="grow"></span>
                <Show when=move || { opened.more.get() > 0 }>
                    <button type="button" class="link" on:click=move |_| opened.more.set(0)>"Fewer lanes"</button>
                </Show>
                <span class="faint trail-hint">"Wheel zooms, drag selects, Shift and drag moves; + − 0 [ ] by key"</span>
            </div>
            <div class="trail-below" hidden=none>
                <div class="trail-events">
                    <div class="panel-head">
                        <h3>"Events"</h3>
                        <span class="counter">
                            {move || format!("{} of {}", size::count(matched()), size::count(session.rows_of(&KINDS)))}
                        </span>
                    </div>
                    <RecordTable session label="CloudTrail events" query=Arc::new(move || Some(events())) columns sort sized=column_width />
                </div>
                <aside class="trail-side" aria-label="Errors and sign-ins">
                    <h3>"Error codes"</h3>
                    <Ranks session answer=errors.answer field="errorCode" reject=true none="No call failed in this range." />
                    <h3>"Console sign-ins"</h3>
                    {sign_in_rows}
                </aside>
            </div>
        </section>
    }
}

/// What a sign in the lanes means, while there is one.
#[component]
fn SignKey(
    drawn: Memo<Option<Arc<Drawn>>>,
    kind: SignKind,
    #[prop(into)] title: Signal<String>,
) -> impl IntoView {
    let there = Memo::new(move |_| drawn.with(|d| d.as_ref().is_some_and(|d| any(&d.lanes, kind))));
    let class = match kind {
        SignKind::FirstSeen => "first",
        SignKind::Denied => "denied",
        SignKind::LetThrough => "through",
    };
    view! {
        <Show when=move || there.get()>
            <span class="trail-sign" title=title><i class=class></i>{kind.word()}</span>
        </Show>
    }
}

/// Closer, farther, all: the wheel's work for those without one.
#[component]
fn Zoom(session: Session) -> impl IntoView {
    let by = move |factor: f64| {
        let ranges = untrack(|| session.shown_range_of(&KINDS).zip(session.span_of(&KINDS)));
        if let Some((now, all)) = ranges {
            let next = zoomed(now, all, 0.5, factor);
            session.range.set((next != all).then_some(next));
        }
    };
    view! {
        <span class="row trail-zoom" role="group" aria-label="Zoom">
            <button type="button" class="button button-icon" aria-label="Closer" title="Closer (+)" on:click=move |_| by(0.5)>
                <Icon name="zoom-in" />
            </button>
            <button type="button" class="button button-icon" aria-label="Farther" title="Farther (−)" on:click=move |_| by(2.0)>
                <Icon name="zoom-out" />
            </button>
        </span>
    }
}

/// Events that no lane can show, for they do not say when they happened.
#[component]
fn Timeless(session: Session) -> impl IntoView {
    let timeless = session.answer(move || Some(ask_timeless().filter(session.filter.get())));
    let sentence = move || {
        let n = timeless.answer.get()?.matched;
        let noun = if n == 1 { "event has" } else { "events have" };
        let ranged = session.range.with(Option::is_some);
        let left_out = if ranged {
            ", and the range leaves them out"
        } else {
            ""
        };
        (n > 0).then(|| format!("{} {noun} no time: no lane shows them{left_out}.", size::count(n)))
    };
    view! { <span class="trail-timeless">{sentence}</span> }
}

/// The edge between the lanes and the events; it is dragged, or moved by the arrow keys.
#[component]
fn Grip(node: NodeRef<html::Div>, height: RwSignal<Option<f64>>) -> impl IntoView {
    const LEAST: f64 = 86.0;
    const KEY_PX: f64 = 33.0;
    let held = StoredValue::new(None::<(f64, f64)>);
    let now = move || {
        node.get_untracked()
            .map_or(LEAST, |n| f64::from(n.client_height()))
    };
    let most = move || {
        let view = node.get_untracked().and_then(|n| n.parent_element());
        view.map_or(LEAST, |v| (f64::from(v.client_height()) - 260.0).max(LEAST))
    };
    let set = move |px: f64| height.set(Some(px.clamp(LEAST, most())));
    let down = move |e: PointerEvent| {
        e.prevent_default();
        held.set_value(Some((f64::from(e.client_y()), now())));
        if let Some(grip) = e.target().and_then(|t| t.dyn_into::<web_sys::Element>().ok()) {
            // A pointer that is gone already needs no capture.
            let _ = grip.set_pointer_capture(e.pointer_id());
        }
    };
    let moved = move |e: PointerEvent| {
        if let Some((from, was)) = held.get_value() {
            set(was + f64::from(e.client_y()) - from);
        }
    };
    let key = move |e: KeyboardEvent| {
        match e.key().as_str() {
            "ArrowUp" => set(now() - KEY_PX),
            "ArrowDown" => set(now() + KEY_PX),
            _ => return,
        }
        e.prevent_default();
    };
    view! {
        <div
            class="trail-grip"
            role="separator"
            aria-orientation="horizontal"
            aria-label="Height of the lanes; arrow keys change it"
            aria-valuenow=move || height.get().map_or_else(|| "0".to_owned(), |px| format!("{px:.0}"))
            tabindex="0"
            on:pointerdown=down
            on:pointermove=moved
            on:pointerup=move |_| held.set_value(None)
            on:pointercancel=move |_| held.set_value(None)
            on:keydown=key
        ></div>
    }
}
