//! A [`Scene`] on a canvas, with hover, keyboard and its table twin.

use super::Segmented;
use super::controls::{TWIN_KEY, TwinTable};
use super::dom::{Look, use_size};
use crate::chart::{Datum, Direction, Scene, TokenPalette, UNITS, draw};
use leptos::html;
use leptos::prelude::*;
use plotters_canvas::CanvasBackend;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, KeyboardEvent, MouseEvent};

/// Builds a scene for a width and height in CSS pixels; nothing while there is nothing to draw.
pub type Build = Arc<dyn Fn(f64, f64) -> Option<Scene> + Send + Sync>;

/// A moment (ns) that every chart over time marks, and that a pick in one sets.
#[derive(Clone, Copy)]
pub struct Moment(pub RwSignal<Option<i64>>);

/// How a drawn picture is moved until it is drawn anew: scaled about its left upper corner, then shifted (CSS pixels).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drift {
    pub scale: f64,
    pub dx: f64,
    pub dy: f64,
}

/// A chart that fills its box. `on_pick` gets the datum that is clicked or entered.
#[component]
pub fn ChartBox(
    make: Build,
    #[prop(optional, into)] on_pick: Option<Callback<Datum>>,
    #[prop(optional, into)] class: String,
    /// The picture is on the move: it is not drawn anew for that.
    #[prop(optional, into)]
    drift: Option<Signal<Option<Drift>>>,
) -> impl IntoView {
    let drifts = move || drift.and_then(|d| d.get());
    let node = NodeRef::<html::Div>::new();
    let canvas = NodeRef::<html::Canvas>::new();
    let size = use_size(node);
    let look = use_context::<Look>();
    let moment = use_context::<Moment>();
    let scene = Memo::new(move |_| {
        let (w, h) = size.get();
        (w > 8.0 && h > 8.0).then(|| make(w, h)).flatten().map(Arc::new)
    });
    let at = RwSignal::new(None::<usize>);
    let by_key = RwSignal::new(false);
    Effect::new(move |_| {
        if let Some(l) = look {
            l.0.track();
        }
        let (Some(element), Some(scene)) = (canvas.get(), scene.get()) else {
            return;
        };
        paint(&element.unchecked_into(), &scene);
    });
    // What is pointed at in a new scene is what was pointed at in the old one, where it is still there.
    Effect::new(move |before: Option<Option<Arc<Scene>>>| {
        let now = scene.get();
        let old = before.flatten();
        let same = at.get_untracked().and_then(|at| {
            let was = old.as_ref()?.data.get(at)?;
            let is = |d: &Datum| d.label == was.label && d.series == was.series && d.x == was.x;
            now.as_ref()?.data.iter().position(is)
        });
        if at.get_untracked() != same {
            at.set(same);
        }
        now
    });
    let moved = move |e: MouseEvent| {
        by_key.set(false);
        let hit = scene.with_untracked(|s| {
            s.as_ref()
                .and_then(|s| s.hit(f64::from(e.offset_x()), f64::from(e.offset_y())))
        });
        if at.get_untracked() != hit {
            at.set(hit);
        }
    };
    let pick = move || {
        let datum =
            scene.with_untracked(|s| s.as_ref().and_then(|s| s.data.get(at.get_untracked()?).cloned()));
        let Some(datum) = datum else { return };
        let has_time = scene.with_untracked(|s| s.as_ref().is_some_and(|s| s.time.is_some()));
        if let Some(moment) = moment.filter(|_| has_time) {
            moment.0.set(Some(datum.x));
        }
        if let Some(on) = on_pick {
            on.run(datum);
        }
    };
    let moment_style = move || {
        let at = moment?.0.get().filter(|_| drifts().is_none())?;
        let s = scene.get()?;
        let time = s.time.filter(|t| t.range.contains(at))?;
        let (top, height) = (s.plot.top, s.plot.height());
        Some(format!("left:{}px;top:{top}px;height:{height}px", time.x(at)))
    };
    let key = move |e: KeyboardEvent| {
        let direction = match e.key().as_str() {
            "ArrowLeft" => Direction::Left,
            "ArrowRight" => Direction::Right,
            "ArrowUp" => Direction::Up,
            "ArrowDown" => Direction::Down,
            "Enter" | " " if at.get_untracked().is_some() => {
                e.prevent_default();
                return pick();
            }
            "Escape" => return at.set(None),
            _ => return,
        };
        e.prevent_default();
        e.stop_propagation();
        by_key.set(true);
        scene.with_untracked(|s| {
            if let Some(s) = s {
                at.set(s.next(at.get_untracked(), direction).or(at.get_untracked()));
            }
        });
    };
    let mark = move || {
        if drifts().is_some() {
            return None;
        }
        let s = scene.get()?;
        let datum = s.data.get(at.get()?)?;
        Some((datum.label.clone(), datum.area.bounds(), s.width, s.height))
    };
    let tip_style = move || {
        mark().map(|(_, r, w, _)| {
            let side = if r.center().x > w / 2.0 {
                format!("right:{}px", (w - r.left + 6.0).max(0.0))
            } else {
                format!("left:{}px", r.right + 6.0)
            };
            format!("{side};top:{}px", (r.top - 4.0).max(0.0))
        })
    };
    let ring_style = move || {
        mark().map(|(_, r, w, h)| {
            format!(
                "left:{}px;top:{}px;width:{}px;height:{}px",
                r.left.max(0.0),
                r.top.max(0.0),
                r.width().min(w),
                r.height().min(h)
            )
        })
    };
    view! {
        <div
            class=format!("chart-box {class}")
            node_ref=node
            role="application"
            aria-roledescription="chart"
            aria-label=move || scene.with(|s| s.as_ref().map(|s| s.summary.clone()).unwrap_or_default())
            tabindex="0"
            on:mousemove=moved
            on:mouseleave=move |_| at.set(None)
            on:wheel=move |_| at.set(None)
            on:click=move |_| pick()
            on:keydown=key
            on:blur=move |_| at.set(None)
            class:is-pickable=on_pick.is_some()
        >
            <canvas
                node_ref=canvas
                aria-hidden="true"
                style:width=move || scene.with(|s| s.as_ref().map(|s| format!("{}px", s.width)))
                style:height=move || scene.with(|s| s.as_ref().map(|s| format!("{}px", s.height)))
                style:transform=move || {
                    drifts().map(|d| format!("translate({}px,{}px) scale({})", d.dx, d.dy, d.scale))
                }
            ></canvas>
            {move || moment_style().map(|style| view! { <span class="chart-moment" style=style></span> })}
            <Show when=move || mark().is_some()>
                <span class="chart-ring" class:is-key=move || by_key.get() style=ring_style></span>
                <span class="chart-tip" style=tip_style>{move || mark().map(|m| m.0)}</span>
            </Show>
            <span class="visually-hidden" aria-live="polite">
                {move || by_key.get().then(|| mark().map(|m| m.0)).flatten()}
            </span>
        </div>
    }
}

/// A chart with a head: title, legend, and the switch to its table twin.
#[component]
pub fn ChartOrTable(
    #[prop(into)] title: Signal<String>,
    make: Build,
    #[prop(optional, into)] on_pick: Option<Callback<Datum>>,
    /// More controls in the head.
    #[prop(optional, into)]
    tools: Option<AnyView>,
    /// Saves the figures.
    #[prop(optional, into)]
    download: Option<AnyView>,
) -> impl IntoView {
    let as_table = RwSignal::new("chart".to_owned());
    // The twin and the legend do not depend on the width.
    let scene = {
        let make = make.clone();
        Memo::new(move |_| make(800.0, 240.0).map(Arc::new))
    };
    let legend = move || {
        let items = scene.get().map(|s| s.legend.clone()).unwrap_or_default();
        items
            .into_iter()
            .map(|l| {
                view! {
                    <li>
                        <i class="swatch" class:is-hatched=l.hatched style=format!("color:var(--{})", l.ink.token())></i>
                        {l.name}
                        " "
                        <span class="faint">{l.total}</span>
                    </li>
                }
            })
            .collect_view()
    };
    view! {
        <div class="panel-head">
            <h2>{move || title.get()}</h2>
            <span class="grow"></span>
            {tools}
            <Segmented
                label="Show as"
                options=vec![("chart", "Chart"), ("table", "Table")]
                value=as_table
                small=true
                key=TWIN_KEY
            />
            {download}
        </div>
        <ul class="legend chart-legend">{legend}</ul>
        {
            move || {
                if as_table.get() == "table" {
                    view! { <TwinTable scene=Signal::derive(move || scene.get()) /> }.into_any()
                } else {
                    let make = make.clone();
                    match on_pick {
                        Some(on) => view! { <ChartBox make on_pick=on /> }.into_any(),
                        None => view! { <ChartBox make /> }.into_any(),
                    }
                }
            }
        }
    }
}

/// Draws at the device's own resolution.
fn paint(canvas: &HtmlCanvasElement, scene: &Scene) {
    let ratio = web_sys::window().map_or(1.0, |w| w.device_pixel_ratio()).max(1.0);
    let (width, height) = ((scene.width * ratio) as u32, (scene.height * ratio) as u32);
    if (canvas.width(), canvas.height()) != (width, height) {
        canvas.set_width(width);
        canvas.set_height(height);
    }
    let context = canvas.get_context("2d").ok().flatten();
    let Some(context) = context.and_then(|c| c.dyn_into::<CanvasRenderingContext2d>().ok()) else {
        return;
    };
    let scale = ratio / UNITS;
    // A canvas of the same size is kept: a new one costs the browser more than the drawing. Neither call can fail with
    // numbers.
    let _ = context.reset_transform();
    context.clear_rect(0.0, 0.0, width.into(), height.into());
    let _ = context.scale(scale, scale);
    if let Some(mut backend) = CanvasBackend::with_canvas_object(canvas.clone()) {
        // A canvas takes every drawing call.
        let _ = PALETTES.with(|p| draw(scene, &mut backend, &p[usize::from(is_dark())]));
    }
}

thread_local! {
    static PALETTES: [TokenPalette; 2] = [false, true].map(|dark| TokenPalette::from_css(crate::style::TOKENS, dark));
}

/// Whether dark colours are shown now.
fn is_dark() -> bool {
    let Some(window) = web_sys::window() else {
        return false;
    };
    let root = window.document().and_then(|d| d.document_element());
    match root.and_then(|r| r.get_attribute("data-theme")).as_deref() {
        Some("dark") => true,
        Some("light") => false,
        _ => {
            let query = window.match_media("(prefers-color-scheme: dark)");
            query.ok().flatten().is_some_and(|q| q.matches())
        }
    }
}
