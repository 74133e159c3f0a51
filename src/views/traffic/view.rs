use super::model::*;
use crate::base::{Value, size};
use crate::chart::{
    Bars, Camera, Chosen, Datum, Frame, GraphView, Ink, Layout, LayoutInput, Scene, Series, Unit, Zone,
    graph as graph_scene, stacked_bars,
};
use crate::query::{Agg, Expr, Key, Op, Order, Query};
use crate::session::{Job, JobResult, Session};
use crate::views::shared::{Ranks, bucket_width, buckets};
use crate::widgets::{ChartBox, Icon, Segmented, Select, chart::Build, dom::use_size};
use leptos::html;
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use web_sys::{PointerEvent, WheelEvent};

/// Rows of the pairs' table.
const TABLE_ROWS: usize = 500;

pub fn mount(session: Session) -> AnyView {
    view! { <Traffic session /> }.into_any()
}

#[component]
fn Traffic(session: Session) -> impl IntoView {
    let grouping = Signal::derive(move || session.choice("group", "subnet"));
    let measure = Signal::derive(move || session.choice("measure", "bytes"));
    let shape = RwSignal::new(session.choice("as", "graph"));
    Effect::new(move |_| session.choose("as", &shape.get()));
    let opened = RwSignal::new(BTreeMap::<Zone, usize>::new());
    let chosen = RwSignal::new(None::<Chosen>);
    let pairs_answer =
        session.answer(move || Some(session.scoped(ask_pairs(&grouping.get(), &measure.get()))));
    let names = names(session);
    let drawn = Memo::new_with_compare(
        move |_| {
            let answer = pairs_answer.answer.get()?;
            let (list, rest) = pairs(&answer);
            let known = names.get();
            let name = |id: &str| known.get(id).cloned();
            Some(Arc::new(graph(
                &list,
                rest.as_ref(),
                &grouping.get(),
                &opened.get(),
                &name,
            )))
        },
        |_, _| true,
    );
    // A new graph has new numbers.
    Effect::new(move |_| {
        drawn.track();
        chosen.set(None);
    });
    let unit = move || match measure.get().as_str() {
        "bytes" => Unit::Bytes,
        other => Unit::count(other),
    };
    let node_filter = move |n: usize| -> Option<Expr> {
        let d = drawn.get_untracked()?;
        let members = d.members.get(n)?;
        let grouping = grouping.get_untracked();
        let either = |id: &String| vec![end_filter(&grouping, true, id), end_filter(&grouping, false, id)];
        let any: Vec<Expr> = members.iter().flat_map(either).collect();
        (!any.is_empty() && members.len() <= 20).then_some(Expr::Or(any))
    };
    let edge_filter = move |e: usize| -> Option<Expr> {
        let d = drawn.get_untracked()?;
        let edge = d.graph.edges.get(e)?;
        let (from, to) = (d.members.get(edge.from)?, d.members.get(edge.to)?);
        let grouping = grouping.get_untracked();
        let one = |ids: &[String], source: bool| match ids {
            [id] => Some(end_filter(&grouping, source, id)),
            _ => None,
        };
        match (one(from, true), one(to, false)) {
            (Some(a), Some(b)) => Some(a.and(b)),
            (a, b) => a.or(b),
        }
    };
    let pick = Callback::new(move |c: Chosen| {
        // The first click selects, the second acts: "other" opens, a node or an edge narrows the filter.
        if chosen.get_untracked() != Some(c) {
            chosen.set(Some(c));
            return;
        }
        let narrowed = match c {
            Chosen::Node(n) => {
                let d = drawn.get_untracked();
                let other = d
                    .as_ref()
                    .and_then(|d| Some((*d.zones.get(n)?, d.members.get(n)?.len())));
                if let Some((zone, len)) = other
                    && len > 1
                {
                    opened.update(|o| *o.entry(zone).or_default() += 1);
                    return;
                }
                node_filter(n)
            }
            Chosen::Edge(e) => edge_filter(e),
        };
        if let Some(f) = narrowed {
            session.narrow(f);
        }
    });
    let grouping_options = GROUPINGS
        .iter()
        .map(|(i, w)| ((*i).to_owned(), (*w).to_owned()))
        .collect::<Vec<_>>();
    let measure_options = MEASURES
        .iter()
        .map(|(i, w)| ((*i).to_owned(), (*w).to_owned()))
        .collect::<Vec<_>>();
    let gaps = session.answer(move || {
        let q = Query::groups(&KINDS, vec![Key::Field("log-status".into())], vec![Agg::Count]);
        Some(session.scoped(q.filter(Expr::any_of("log-status", &["NODATA", "SKIPDATA"]))))
    });
    let gap_note = move || {
        let rows = gaps.answer.get()?.rows.clone();
        let parts: Vec<String> = rows
            .iter()
            .map(|r| {
                format!(
                    "{} {}",
                    size::count(r.get(1).and_then(Value::as_i64).unwrap_or(0)),
                    r.first().map(Value::to_text).unwrap_or_default()
                )
            })
            .collect();
        (!parts.is_empty()).then(|| format!("{} lines carry no traffic and are not drawn", parts.join(", ")))
    };
    let export = move |_| {
        let Some(answer) = pairs_answer.answer.get_untracked() else {
            return;
        };
        let (list, rest) = pairs(&answer);
        let columns: Vec<String> = pair_columns(&measure.get_untracked())
            .into_iter()
            .map(|c| c.0)
            .collect();
        let rows: Vec<Vec<Value>> = list
            .into_iter()
            .chain(rest)
            .map(|p| {
                vec![
                    Value::Text(p.from),
                    Value::Text(p.to),
                    Value::Big(p.accepted),
                    Value::Big(p.rejected),
                    Value::Big(p.flows),
                ]
            })
            .collect();
        let csv = crate::share::csv(&columns, &rows, true);
        let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(csv.as_slice()));
        crate::widgets::dom::save("traffic.csv", "text/csv;charset=utf-8", &parts);
    };
    view! {
        <section class="view view-flush traffic">
            <div class="toolbar">
                <h2>"Traffic"</h2>
                <Segmented label="Show as" options=vec![("graph", "Graph"), ("table", "Table")] value=shape />
                <Select label="Group by" options=grouping_options value=grouping on_change=move |v: String| {
                    opened.set(BTreeMap::new());
                    session.choose("group", &v);
                } />
                <Select label="Measure" options=measure_options value=measure on_change=move |v: String| session.choose("measure", &v) />
                <span class="grow"></span>
                <ul class="legend" aria-label="Legend">
                    <li><i class="swatch-line" style="color:var(--accept)"></i>"accepted"</li>
                    <li><i class="swatch-line swatch-dash" style="color:var(--reject)"></i>"rejected"</li>
                </ul>
                <button type="button" class="button" on:click=export>
                    <Icon name="download" />
                    "CSV"
                </button>
            </div>
            <div class="traffic-body">
                {move || if shape.get() == "table" {
                    let rows = Signal::derive(move || pairs_answer.answer.get().map(|a| pairs(&a)));
                    view! { <PairTable session rows grouping measure /> }.into_any()
                } else {
                    view! { <Graph drawn=drawn.into() chosen unit=Signal::derive(unit) on_pick=pick session /> }.into_any()
                }}
                <aside class="traffic-side" aria-label="Figures">
                    <OverTime session measure />
                    <Side session measure />
                    {move || gap_note().map(|n| view! { <p class="faint small" style="padding:var(--space-4)">{n}</p> })}
                </aside>
            </div>
        </section>
    }
}

/// Names for interfaces, addresses and VPCs out of loaded inventories.
fn names(session: Session) -> Signal<Arc<BTreeMap<String, String>>> {
    let answer = session.answer(move || {
        if session.rows_of(&["aws-inventory"]) == 0 {
            return None;
        }
        let by = vec![Key::Field("id".into()), Key::Field("name".into())];
        let q = Query::groups(&["aws-inventory"], by, vec![Agg::Count]).filter(Expr::exists("name"));
        Some(q.limit(5000))
    });
    Signal::derive(move || {
        let rows = answer.answer.get().map(|a| a.rows.clone()).unwrap_or_default();
        let named = rows
            .iter()
            .filter_map(|r| Some((r.first()?.to_text(), r.get(1)?.to_text())));
        Arc::new(
            named
                .filter(|(id, name)| !id.is_empty() && !name.is_empty())
                .collect(),
        )
    })
}

/// The node-link graph: laid out by a worker, moved and zoomed here.
#[component]
fn Graph(
    drawn: Signal<Option<Arc<Drawn>>>,
    chosen: RwSignal<Option<Chosen>>,
    unit: Signal<Unit>,
    on_pick: Callback<Chosen>,
    session: Session,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let size_of = use_size(node);
    let placed = RwSignal::new(None::<(Arc<Drawn>, Layout)>);
    let camera = RwSignal::new(None::<Camera>);
    let round = StoredValue::new(0u64);
    Effect::new(move |_| {
        let (Some(d), (width, height)) = (drawn.get(), size_of.get()) else {
            return;
        };
        if width < 50.0 {
            return;
        }
        let mine = round.get_value() + 1;
        round.set_value(mine);
        let input = LayoutInput {
            graph: d.graph.clone(),
            width,
            height,
        };
        session.engine().job(Job::Layout(Box::new(input)), move |result| {
            if let Ok(JobResult::Layout(l)) = result
                && round.try_get_value() == Some(mine)
            {
                placed.try_set(Some((d, *l)));
                camera.try_set(None);
            }
        });
    });
    let view_of = move |width: f64, height: f64| {
        placed.with(|p| {
            let (_, l) = p.as_ref()?;
            Some(camera.get().unwrap_or_else(|| Camera::fit(l, width, height)))
        })
    };
    let make: Build = Arc::new(move |width, height| -> Option<Scene> {
        let camera = view_of(width, height)?;
        placed.with(|p| {
            let (d, l) = p.as_ref()?;
            Some(graph_scene(&GraphView {
                title: "Traffic",
                width,
                height,
                graph: &d.graph,
                placed: l,
                camera,
                unit: unit.get(),
                chosen: chosen.get(),
            }))
        })
    });
    let dragged = StoredValue::new(false);
    let picked = Callback::new(move |d: Datum| {
        if dragged.get_value() {
            return;
        }
        // Nodes are the first series, edges the second.
        on_pick.run(if d.series == 0 {
            Chosen::Node(d.payload)
        } else {
            Chosen::Edge(d.payload)
        });
    });
    let zoom = move |factor: f64, x: f64, y: f64| {
        let (w, h) = size_of.get_untracked();
        let Some(now) = untrack(|| view_of(w, h)) else {
            return;
        };
        let scale = (now.scale * factor).clamp(0.1, 4.0);
        let real = scale / now.scale;
        camera.set(Some(Camera {
            scale,
            dx: x - (x - now.dx) * real,
            dy: y - (y - now.dy) * real,
        }));
    };
    let center = move |factor: f64| {
        let (w, h) = size_of.get_untracked();
        zoom(factor, w / 2.0, h / 2.0);
    };
    let hold = StoredValue::new(None::<(f64, f64, Camera, Option<usize>)>);
    let down = move |e: PointerEvent| {
        let (w, h) = size_of.get_untracked();
        dragged.set_value(false);
        let Some(now) = untrack(|| view_of(w, h)) else {
            return;
        };
        let (x, y) = (f64::from(e.offset_x()), f64::from(e.offset_y()));
        let at = now.unplace(crate::chart::Point::new(x, y));
        let near = placed.with_untracked(|p| {
            let (_, l) = p.as_ref()?;
            l.nodes.iter().position(|n| (n.x - at.x).hypot(n.y - at.y) < 10.0)
        });
        hold.set_value(Some((x, y, now, near)));
    };
    let moved = move |e: PointerEvent| {
        let Some((x, y, was, near)) = hold.get_value() else {
            return;
        };
        let (nx, ny) = (f64::from(e.offset_x()), f64::from(e.offset_y()));
        if !dragged.get_value() && (nx - x).hypot(ny - y) < 4.0 {
            return;
        }
        dragged.set_value(true);
        match near {
            // A node goes where it is dragged; the picture stays.
            Some(n) => placed.update(|p| {
                if let Some((_, l)) = p
                    && let Some(spot) = l.nodes.get_mut(n)
                {
                    *spot = was.unplace(crate::chart::Point::new(nx, ny));
                }
            }),
            None => camera.set(Some(Camera {
                dx: was.dx + nx - x,
                dy: was.dy + ny - y,
                ..was
            })),
        }
    };
    let wheel = move |e: WheelEvent| {
        if e.ctrl_key() || e.meta_key() || e.shift_key() || e.delta_mode() == 0 {
            e.prevent_default();
            zoom(
                (-e.delta_y() / 400.0).exp(),
                f64::from(e.offset_x()),
                f64::from(e.offset_y()),
            );
        }
    };
    let sums = move || {
        placed.with(|p| {
            let (d, _) = p.as_ref()?;
            let accepted: i128 = d.graph.edges.iter().map(|e| e.accepted).sum();
            let rejected: i128 = d.graph.edges.iter().map(|e| e.rejected).sum();
            let u = unit.get();
            Some(format!(
                "{} nodes, {} edges · {} accepted, {} rejected · select, then press again to filter or to open \"other\"",
                d.graph.nodes.len(),
                d.graph.edges.len(),
                u.long(accepted),
                u.long(rejected)
            ))
        })
    };
    view! {
        <div
            class="traffic-graph"
            node_ref=node
            on:pointerdown=down
            on:pointermove=moved
            on:pointerup=move |_| hold.set_value(None)
            on:pointerleave=move |_| hold.set_value(None)
            on:wheel=wheel
        >
            <ChartBox make on_pick=picked />
            <div class="traffic-zoom">
                <button type="button" class="button button-icon button-small" aria-label="Zoom in" on:click=move |_| center(1.3)><Icon name="zoom-in" /></button>
                <button type="button" class="button button-icon button-small" aria-label="Zoom out" on:click=move |_| center(1.0 / 1.3)><Icon name="zoom-out" /></button>
                <button type="button" class="button button-icon button-small" aria-label="Whole graph" on:click=move |_| camera.set(None)><Icon name="maximize" /></button>
            </div>
            <span class="traffic-note">{sums}</span>
        </div>
    }
}

/// The pairs as a table, with what is beyond it in a last row.
#[component]
fn PairTable(
    session: Session,
    rows: Signal<Option<(Vec<Pair>, Option<Pair>)>>,
    grouping: Signal<String>,
    measure: Signal<String>,
) -> impl IntoView {
    let body = move || {
        let (list, rest) = rows.get().unwrap_or_default();
        let cut: Vec<Pair> = list.iter().skip(TABLE_ROWS).cloned().collect();
        let beyond = cut.iter().chain(&rest).fold(None::<Pair>, |sum, p| {
            let mut s = sum.unwrap_or(Pair {
                from: String::new(),
                to: String::new(),
                accepted: 0,
                rejected: 0,
                flows: 0,
            });
            s.accepted += p.accepted;
            s.rejected += p.rejected;
            s.flows += p.flows;
            Some(s)
        });
        let total = list.iter().chain(&rest).fold((0, 0, 0), |s, p| {
            (s.0 + p.accepted, s.1 + p.rejected, s.2 + p.flows)
        });
        let line = |class: &'static str, from: AnyView, to: String, n: (i128, i128, i128)| {
            view! {
                <tr class=class>
                    <td class="mono">{from}</td>
                    <td class="mono">{to}</td>
                    <td class="num">{size::count(n.0)}</td>
                    <td class="num" class:cell-error={n.1 > 0}>{size::count(n.1)}</td>
                    <td class="num">{size::count(n.2)}</td>
                </tr>
            }
        };
        let shown = list
            .into_iter()
            .take(TABLE_ROWS)
            .map(|p| {
                let (from, to) = (p.from.clone(), p.to.clone());
                let button = view! {
                    <button type="button" class="row-button link" on:click=move |_| {
                        let g = grouping.get_untracked();
                        session.narrow(end_filter(&g, true, &from).and(end_filter(&g, false, &to)));
                    }>{p.from.clone()}</button>
                };
                line("", button.into_any(), p.to, (p.accepted, p.rejected, p.flows))
            })
            .collect_view();
        let other = beyond.map(|p| {
            line(
                "quiet",
                "smaller pairs".into_any(),
                String::new(),
                (p.accepted, p.rejected, p.flows),
            )
        });
        view! { {shown}{other}{line("strong", "all".into_any(), String::new(), total)} }
    };
    view! {
        <div class="traffic-table" tabindex="0" role="region" aria-label="Pairs">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"From"</th>
                        <th scope="col">"To"</th>
                        <th scope="col" class="num">{move || format!("{} accepted", measure.get())}</th>
                        <th scope="col" class="num">{move || format!("{} rejected", measure.get())}</th>
                        <th scope="col" class="num">"Flows"</th>
                    </tr>
                </thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
}

/// The measure over time, accepted up, rejected down.
#[component]
fn OverTime(session: Session, measure: Signal<String>) -> impl IntoView {
    let step = move || session.shown_range().map(|r| bucket_width(r, 70));
    let counts = session.answer(move || {
        let m = measure.get();
        let aggs = vec![amount(&m, None), amount(&m, Some(rejected()))];
        let q = Query::groups(&KINDS, vec![Key::Time { width_ns: step()? }], aggs).filter(flows());
        Some(session.scoped(q.order(Order::Key).limit(10_000)))
    });
    let make: Build = Arc::new(move |width, height| -> Option<Scene> {
        let (range, step_ns, answer) = (session.shown_range()?, step()?, counts.answer.get()?);
        let b = buckets(range, step_ns);
        let mut up = vec![0i128; b.len];
        let mut down = vec![0i128; b.len];
        for row in &answer.rows {
            let [at, all, no] = row.as_slice() else { continue };
            let slot = at.as_i64().map(|t| (t - b.from_ns).div_euclid(step_ns));
            if let Some(s) = slot.and_then(|s| usize::try_from(s).ok()).filter(|&s| s < b.len) {
                let n = |v: &Value| i128::from(v.as_i64().unwrap_or(0));
                down[s] += n(no);
                up[s] += n(all) - n(no);
            }
        }
        let m = measure.get();
        Some(stacked_bars(&Bars {
            title: "Over time",
            frame: Frame {
                width,
                height,
                range,
                offset_min: session.offset_min(range.from_ns),
            },
            buckets: b,
            unit: if m == "bytes" {
                Unit::Bytes
            } else {
                Unit::count(&m)
            },
            series: &[
                Series {
                    name: "accepted".into(),
                    ink: Ink::Accept,
                    values: up,
                    below: false,
                },
                Series {
                    name: "rejected".into(),
                    ink: Ink::Reject,
                    values: down,
                    below: true,
                },
            ],
            holes: &[],
            events: &[],
        }))
    });
    let picked = Callback::new(move |d: Datum| {
        if let Some((range, step_ns)) = untrack(|| session.shown_range().zip(step())) {
            session
                .range
                .set(Some(buckets(range, step_ns).range(d.payload / 2)));
        }
    });
    view! {
        <h3>{move || format!("{} over time", measure.get())}</h3>
        <div class="traffic-time"><ChartBox make on_pick=picked /></div>
    }
}

/// Top talkers, ports, rejected pairs.
#[component]
fn Side(session: Session, measure: Signal<String>) -> impl IntoView {
    let top = move |field: &'static str, only: Option<Expr>, by_measure: bool| {
        session
            .answer(move || {
                let m = if by_measure {
                    measure.get()
                } else {
                    "flows".to_owned()
                };
                let mut q = Query::groups(&KINDS, vec![Key::Field(field.into())], vec![amount(&m, None)])
                    .filter(flows());
                if let Some(e) = only.clone() {
                    q = q.filter(e);
                }
                Some(session.scoped(q.order(Order::Desc(0)).limit(6)))
            })
            .answer
    };
    let talkers = top("srcaddr", None, true);
    let ports = top("dstport", None, false);
    let rejected_pairs = session.answer(move || {
        let by = vec![
            Key::Field("srcaddr".into()),
            Key::Field("dstaddr".into()),
            Key::Field("dstport".into()),
        ];
        let q = Query::groups(&KINDS, by, vec![Agg::Count]).filter(rejected());
        Some(session.scoped(q.order(Order::Desc(0)).limit(6)))
    });
    let pairs = move || {
        let rows = rejected_pairs
            .answer
            .get()
            .map(|a| a.rows.clone())
            .unwrap_or_default();
        if rows.is_empty() {
            return view! { <p class="faint small" style="padding:0 var(--space-4)">"Nothing was rejected in this range."</p> }.into_any();
        }
        let most = rows.iter().filter_map(|r| r.get(3)?.as_f64()).fold(1.0, f64::max);
        rows.into_iter()
            .map(|r| {
                let text = |i: usize| r.get(i).map(Value::to_text).unwrap_or_default();
                let n = r.get(3).and_then(Value::as_i64).unwrap_or(0);
                let (a, b, port) = (text(0), text(1), text(2));
                let name = format!("{a} → {b}:{port}");
                let keys: Vec<Value> = r.into_iter().take(3).collect();
                view! {
                    <button type="button" class="rank is-reject" title=name.clone() on:click=move |_| {
                        for (field, value) in ["srcaddr", "dstaddr", "dstport"].iter().zip(&keys) {
                            session.narrow_to(field, Op::Eq, value.clone());
                        }
                        session.narrow(rejected());
                    }>
                        <span class="fill" style=format!("width:{:.1}%", n as f64 / most * 60.0)></span>
                        <span class="clip">{name.clone()}</span>
                        <span class="num">{size::count(n)}</span>
                    </button>
                }
            })
            .collect_view()
            .into_any()
    };
    view! {
        <h3>"Top talkers " <small>{move || format!("source addresses by {}", measure.get())}</small></h3>
        {move || {
            let bytes = measure.get() == "bytes";
            view! { <Ranks session answer=talkers field="srcaddr" bytes=bytes none="No traffic in this range." /> }
        }}
        <h3>"Top ports " <small>"destination, by flows"</small></h3>
        <Ranks session answer=ports field="dstport" none="No traffic in this range." />
        <h3>"Top rejected " <small>"by flows"</small></h3>
        {pairs}
    }
}
