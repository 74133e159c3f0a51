//! The node-link graph: laid out by a worker, moved and zoomed here.

use super::Legend;
use crate::base::size;
use crate::chart::{
    Camera, Chosen, Datum, GraphView, Layout, LayoutInput, Point, Scene, Unit, graph as graph_scene,
};
use crate::session::{Job, JobResult, Session};
use crate::views::people::EntityLink;
use crate::views::traffic::model::{Drawn, ports};
use crate::widgets::{ChartBox, Drift, Icon, chart::Build, dom::use_size};
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;
use std::time::Duration;
use web_sys::{PointerEvent, WheelEvent};

/// The picture is drawn anew when the camera has not moved for so long (ms).
const REST_MS: u64 = 120;

#[component]
pub fn Graph(
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
    // Where the camera was when the picture was drawn: while it moves, the picture is moved.
    let still = RwSignal::new(None::<Camera>);
    let rest = StoredValue::new(None::<TimeoutHandle>);
    let moving = move |to: Option<Camera>, ms: u64| {
        if let Some(handle) = rest.get_value() {
            handle.clear();
        }
        camera.set(to);
        let draw = move || untrack(|| still.set(camera.get()));
        rest.set_value(set_timeout_with_handle(draw, Duration::from_millis(ms)).ok());
    };
    on_cleanup(move || {
        if let Some(handle) = rest.try_get_value().flatten() {
            handle.clear();
        }
    });
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
                still.try_set(None);
            }
        });
    });
    let view_of = move |width: f64, height: f64| {
        placed.with(|p| {
            let (_, l) = p.as_ref()?;
            Some(camera.get().unwrap_or_else(|| Camera::fit(l, width, height)))
        })
    };
    let drift = Signal::derive(move || {
        let (now, was) = (camera.get(), still.get());
        if now == was {
            return None;
        }
        let (width, height) = size_of.get();
        placed.with(|p| {
            let (_, l) = p.as_ref()?;
            let fit = Camera::fit(l, width, height);
            let Camera { scale, dx, dy } = now.unwrap_or(fit).since(&was.unwrap_or(fit));
            Some(Drift { scale, dx, dy })
        })
    });
    let make: Build = Arc::new(move |width, height| -> Option<Scene> {
        placed.with(|p| {
            let (d, l) = p.as_ref()?;
            let camera = still.get().unwrap_or_else(|| Camera::fit(l, width, height));
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
        let to = Camera {
            scale,
            dx: x - (x - now.dx) * real,
            dy: y - (y - now.dy) * real,
        };
        moving(Some(to), REST_MS);
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
        let at = now.unplace(Point::new(x, y));
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
                    *spot = was.unplace(Point::new(nx, ny));
                }
            }),
            None => {
                let to = Camera {
                    dx: was.dx + nx - x,
                    dy: was.dy + ny - y,
                    ..was
                };
                moving(Some(to), REST_MS);
            }
        }
    };
    let let_go = move |_: PointerEvent| {
        if hold.get_value().is_some() {
            hold.set_value(None);
            moving(camera.get_untracked(), 0);
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
    let caption = move || {
        placed.with(|p| {
            let (d, _) = p.as_ref()?;
            let accepted: i128 = d.graph.edges.iter().map(|e| e.accepted).sum();
            let rejected: i128 = d.graph.edges.iter().map(|e| e.rejected).sum();
            let u = unit.get();
            Some(format!(
                "{}, {} · {} accepted, {} rejected",
                size::counted(d.graph.nodes.len() as u64, "nodes"),
                size::counted(d.graph.edges.len() as u64, "edges"),
                u.long(accepted),
                u.long(rejected)
            ))
        })
    };
    // An end that is one thing has a page of its own.
    let about = move || {
        let Some(Chosen::Node(n)) = chosen.get() else {
            return None;
        };
        let id = drawn.with(|d| match d.as_ref()?.members.get(n)?.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        })?;
        let is_thing = !id.contains('/') && !id.is_empty() && !id.bytes().all(|b| b.is_ascii_digit());
        is_thing.then(|| view! { <EntityLink session value=id /> })
    };
    let how = move || {
        drawn
            .with(|d| d.as_ref().is_some_and(|d| d.asked.grouping == "port"))
            .then_some(ports::HOW)
    };
    view! {
        <div class="traffic-picture">
            <div class="traffic-bar">
                <p class="small traffic-note">{caption}</p>
                {about}
                <Legend />
                <p class="small faint grow">
                    "Select, then press again: a filter, or what is in \"other\". "
                    {how}
                </p>
                <button type="button" class="button button-icon button-small" aria-label="Zoom in" title="Zoom in" on:click=move |_| center(1.3)><Icon name="zoom-in" /></button>
                <button type="button" class="button button-icon button-small" aria-label="Zoom out" title="Zoom out" on:click=move |_| center(1.0 / 1.3)><Icon name="zoom-out" /></button>
                <button type="button" class="button button-icon button-small" aria-label="Whole graph" title="Whole graph" on:click=move |_| moving(None, 0)><Icon name="maximize" /></button>
            </div>
            <div
                class="traffic-graph"
                node_ref=node
                on:pointerdown=down
                on:pointermove=moved
                on:pointerup=let_go
                on:pointerleave=let_go
                on:wheel=wheel
            >
                <ChartBox make on_pick=picked drift />
            </div>
        </div>
    }
}
