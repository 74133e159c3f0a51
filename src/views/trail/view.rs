use super::model::*;
use crate::base::{TimeRange, Value, size};
use crate::chart::{Datum, Frame, LANES_TOP, Lane, Lanes, Scene, lanes as lanes_scene};
use crate::query::{Agg, Expr, Key, Op, Order, Query};
use crate::session::Session;
use crate::views::shared::{Ranks, RecordTable, bucket_width, download_csv};
use crate::widgets::{ChartBox, Icon, Segmented, Select, TwinTable, chart::Build};
use leptos::prelude::*;
use std::sync::Arc;

const COLUMNS: [&str; 7] = [
    "eventTime",
    "eventName",
    "eventSource",
    "principal",
    "resource",
    "awsRegion",
    "errorCode",
];

pub fn mount(session: Session) -> AnyView {
    view! { <Trail session /> }.into_any()
}

#[component]
fn Trail(session: Session) -> impl IntoView {
    let by = Signal::derive(move || session.choice("lanes", "principal"));
    let field = move || lane_field(&by.get());
    let as_table = RwSignal::new("lanes".to_owned());
    let step = move || session.shown_range().map(|r| bucket_width(r, BUCKETS));
    let tops = session.answer(move || Some(session.scoped(ask_lanes(field()))));
    let names = Memo::new(move |_| {
        let answer = tops.answer.get()?;
        let named = answer
            .rows
            .iter()
            .filter_map(|r| r.first())
            .filter(|v| !v.is_absent());
        Some(named.map(Value::to_text).collect::<Vec<_>>())
    });
    let marks = session.answer(move || Some(session.scoped(ask_marks(field(), &names.get()?, step()?).0)));
    let others = session.answer(move || Some(session.scoped(ask_marks(field(), &names.get()?, step()?).1)));
    let drawn = Memo::new(move |_| {
        let (range, step) = (session.shown_range()?, step()?);
        let (tops, marks, others) = (tops.answer.get()?, marks.answer.get()?, others.answer.get()?);
        let (buckets, list) = lanes(&tops, &marks, &others, range, step);
        Some(Arc::new((buckets, list, range)))
    });
    let scene = move |width: f64| -> Option<Scene> {
        let drawn = drawn.get()?;
        let (buckets, list, range) = (&drawn.0, &drawn.1, drawn.2);
        let offset_min = session.offset_min(range.from_ns);
        Some(lanes_scene(&Lanes {
            title: "CloudTrail events",
            frame: Frame {
                width,
                height: 100.0,
                range,
                offset_min,
            },
            buckets: *buckets,
            lanes: list,
            names: false,
            selected: None,
        }))
    };
    let make: Build = Arc::new(move |width, _| scene(width));
    let height = move || drawn.with(|d| d.as_ref().map_or(100.0, |d| LANES_TOP + 33.0 * d.1.len() as f64));
    // A click on a mark looks closer at its time, and at its lane.
    let picked = Callback::new(move |d: Datum| {
        let Some(drawn) = drawn.get_untracked() else {
            return;
        };
        let r = drawn.0.range(d.payload);
        let wide = TimeRange::new(r.from_ns - r.width_ns() * 4, r.to_ns + r.width_ns() * 4);
        session.range.set(Some(wide));
    });
    let labels = move || {
        let list: Vec<Lane> = drawn.with(|d| d.as_ref().map(|d| d.1.clone()).unwrap_or_default());
        let real = names.get().unwrap_or_default();
        list.into_iter()
            .map(|lane| {
                let name = lane.name.clone();
                let narrows = real.contains(&name);
                view! {
                    <button
                        type="button"
                        class="trail-name"
                        disabled=!narrows
                        title=format!("{} {}", lane.name, lane.detail)
                        on:click=move |_| session.narrow_to(lane_field(&by.get_untracked()), Op::Eq, name.as_str().into())
                    >
                        <span class="strong clip">{lane.name.clone()}</span>
                        <span></span>
                        <span class="detail clip">{lane.detail.clone()}</span>
                        <span class="detail">{size::count(lane.count)}</span>
                    </button>
                }
            })
            .collect_view()
    };
    let events = move || session.scoped(Query::groups(&KINDS, Vec::new(), vec![Agg::Count]));
    let count = session.answer(move || Some(events()));
    let matched = move || count.answer.get().map_or(0, |a| a.matched);
    let columns = Signal::stored(COLUMNS.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>());
    let sort = RwSignal::new(("eventTime".to_owned(), false));
    let errors = session.answer(move || {
        let q =
            Query::groups(&KINDS, vec![Key::Field("errorCode".into())], vec![Agg::Count]).filter(failed());
        Some(session.scoped(q.order(Order::Desc(0)).limit(10)))
    });
    let sign_ins = session.answer(move || {
        let by = vec![
            Key::Field("principal".into()),
            Key::Field("responseElements.ConsoleLogin".into()),
        ];
        let q = Query::groups(
            &KINDS,
            by,
            vec![Agg::Count, Agg::Some("sourceIPAddress".into(), 1)],
        );
        Some(
            session.scoped(
                q.filter(Expr::eq("eventName", "ConsoleLogin"))
                    .order(Order::Desc(0))
                    .limit(10),
            ),
        )
    });
    let sign_in_rows = move || {
        let rows = sign_ins.answer.get().map(|a| a.rows.clone()).unwrap_or_default();
        if rows.is_empty() {
            return view! { <p class="faint small" style="padding:0 var(--space-4)">"None in this range."</p> }.into_any();
        }
        rows.into_iter()
            .map(|r| {
                let text = |i: usize| r.get(i).map(Value::to_text).unwrap_or_default();
                let (who, outcome, from) = (text(0), text(1), text(3));
                let bad = outcome == "Failure";
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
    let choices = LANE_CHOICES
        .iter()
        .map(|(id, word, _)| ((*id).to_owned(), (*word).to_owned()))
        .collect::<Vec<_>>();
    view! {
        <section class="view view-flush trail">
            <div class="toolbar">
                <h2>"Trail"</h2>
                <Select label="Lanes by" options=choices value=by on_change=move |v: String| session.choose("lanes", &v) />
                <Segmented label="Show as" options=vec![("lanes", "Lanes"), ("table", "Table")] value=as_table />
                <span class="grow"></span>
                <button type="button" class="button" on:click=move |_| {
                    let columns = COLUMNS.iter().map(|c| (*c).to_owned()).collect();
                    download_csv(session, events(), columns, sort.get_untracked(), "cloudtrail.csv");
                }>
                    <Icon name="download" />
                    "CSV"
                </button>
            </div>
            <div class="trail-lanes" tabindex="0" role="region" aria-label="Lanes">
                {move || if as_table.get() == "table" {
                    let twin = Signal::derive(move || scene(900.0).map(Arc::new));
                    view! { <TwinTable scene=twin /> }.into_any()
                } else {
                    view! {
                        <div class="trail-grid">
                            <div class="trail-names" style=format!("padding-top:{LANES_TOP}px")>{labels}</div>
                            <div style=move || format!("height:{}px;display:flex", height())>
                                <ChartBox make=make.clone() on_pick=picked />
                            </div>
                        </div>
                    }
                        .into_any()
                }}
            </div>
            <div class="trail-key" aria-hidden="true">
                <span><i class="read"></i>"read"</span>
                <span><i class="write"></i>"write"</span>
                <span><i class="failed">"×"</i>"failed"</span>
            </div>
            <div class="trail-below">
                <div class="trail-events">
                    <div class="panel-head">
                        <h3>"Events"</h3>
                        <span class="counter">
                            {move || format!("{} of {}", size::count(matched()), size::count(session.rows_of(&KINDS)))}
                        </span>
                    </div>
                    <RecordTable session label="CloudTrail events" query=Arc::new(move || Some(events())) columns sort />
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
