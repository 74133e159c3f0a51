//! The lanes on screen: names beside them, the chart, and how wheel and drag move through time.

use super::model::{self, KINDS, MORE, Plan, Slot, Stands, halves, lane_field};
use super::signs::{Lead, lead};
use super::zoom::{between, moved, to_seconds, zoomed};
use crate::base::{TimeRange, size};
use crate::chart::{Buckets, Datum, Frame, HOLE_SERIES, Hole, LANES_TOP, Lane, Scene, signs_of};
use crate::query::{Expr, Op};
use crate::session::Session;
use crate::views::people::EntityButton;
use crate::views::shared::severity;
use crate::widgets::{ChartBox, Icon, chart::Build, format};
use leptos::html;
use leptos::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{PointerEvent, WheelEvent};

/// Lanes with their marks, and the range they were asked for.
#[derive(Clone, PartialEq)]
pub struct Drawn {
    pub plan: Arc<Plan>,
    pub buckets: Buckets,
    pub lanes: Vec<Lane>,
    /// Of every lane the filters behind its signs.
    pub behind: Vec<Vec<Expr>>,
    pub range: TimeRange,
}

/// What is opened beyond the first lanes.
#[derive(Clone, Copy)]
pub struct Opened {
    /// Roles whose sessions have lanes of their own.
    pub roles: RwSignal<BTreeSet<String>>,
    /// Lanes more than at first.
    pub more: RwSignal<usize>,
}

/// Choices of lanes whose values have pages of their own.
const THINGS: [&str; 3] = ["principal", "address", "account"];

/// How long the wheel rests before the page's range follows (ms).
const REST: Duration = Duration::from_millis(180);
/// A pointer that moved less (CSS pixels) has clicked.
const CLICK_PX: f64 = 4.0;

/// The scene of the lanes, through `range`.
pub fn scene(session: Session, drawn: &Drawn, holes: &[Hole], range: TimeRange, width: f64) -> Scene {
    let frame = Frame {
        width,
        height: 100.0,
        range,
        offset_min: session.offset_min(range.from_ns),
    };
    model::scene(frame, drawn.buckets, &drawn.lanes, holes, false)
}

/// A drag on the chart.
#[derive(Clone, Copy)]
struct Drag {
    /// Part of the width where it began, and where it is.
    from: f64,
    at: f64,
    /// It moves the range instead of choosing one.
    moves: Option<TimeRange>,
    /// It went far enough to be no click.
    far: bool,
}

/// The chart: the wheel zooms around the pointer, a drag chooses a range, with Shift it moves along.
#[component]
pub fn LaneChart(
    session: Session,
    drawn: Memo<Option<Arc<Drawn>>>,
    #[prop(into)] holes: Signal<Vec<Hole>>,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    // While the wheel turns only the axis moves; the page's range, and with it every view, follows when it rests.
    let draft = RwSignal::new(None::<TimeRange>);
    let drag = RwSignal::new(None::<Drag>);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let shown = move || draft.get().or_else(|| session.shown_range_of(&KINDS));
    let make: Build = Arc::new(move |width, _| {
        let drawn = drawn.get()?;
        let range = draft.get().unwrap_or(drawn.range);
        Some(holes.with(|holes| scene(session, &drawn, holes, range, width)))
    });
    let commit = move || {
        let Some(range) = draft.get_untracked() else {
            return;
        };
        let whole = session
            .span_of(&KINDS)
            .is_none_or(|all| range.from_ns <= all.from_ns && range.to_ns >= all.to_ns);
        session.range.set((!whole).then(|| to_seconds(range)));
        draft.set(None);
    };
    let rest = move || {
        if let Some(Some(before)) = timer.try_get_value() {
            before.clear();
        }
        timer.set_value(set_timeout_with_handle(move || untrack(commit), REST).ok());
    };
    on_cleanup(move || {
        if let Some(Some(waiting)) = timer.try_get_value() {
            waiting.clear();
        }
    });
    let part_of = move |client_x: i32| {
        let bounds = node.get_untracked()?.get_bounding_client_rect();
        (bounds.width() > 0.0).then(|| {
            (
                (f64::from(client_x) - bounds.left()) / bounds.width(),
                bounds.width(),
            )
        })
    };
    let wheel = move |e: WheelEvent| {
        let ranges = untrack(|| shown().zip(session.span_of(&KINDS)));
        let (Some((now, all)), Some((part, width))) = (ranges, part_of(e.client_x())) else {
            return;
        };
        e.prevent_default();
        let (x, y) = if e.shift_key() {
            (e.delta_y() + e.delta_x(), 0.0)
        } else {
            (e.delta_x(), e.delta_y())
        };
        draft.set(Some(if x.abs() > y.abs() {
            moved(now, all, x / width)
        } else {
            zoomed(now, all, part, (y * 0.002).clamp(-0.7, 0.7).exp())
        }));
        rest();
    };
    let down = move |e: PointerEvent| {
        if e.button() != 0 {
            return;
        }
        if let Some((part, _)) = part_of(e.client_x()) {
            drag.set(Some(Drag {
                from: part,
                at: part,
                moves: e.shift_key().then(|| untrack(shown)).flatten(),
                far: false,
            }));
        }
    };
    let dragged = move |e: PointerEvent| {
        let (Some(mut now), Some((part, width))) = (drag.get_untracked(), part_of(e.client_x())) else {
            return;
        };
        now.at = part;
        if !now.far && ((now.at - now.from) * width).abs() > CLICK_PX {
            now.far = true;
            // From here on the pointer is ours: letting it go is no click on a mark. One that is gone needs no capture.
            if let Some(box_) = node.get_untracked() {
                let _ = box_
                    .unchecked_ref::<web_sys::Element>()
                    .set_pointer_capture(e.pointer_id());
            }
        }
        if let (true, Some(was), Some(all)) = (now.far, now.moves, untrack(|| session.span_of(&KINDS))) {
            draft.set(Some(moved(was, all, now.from - now.at)));
        }
        drag.set(Some(now));
    };
    let up = move |_: PointerEvent| {
        let Some(last) = drag.get_untracked() else { return };
        drag.set(None);
        if last.far && last.moves.is_none() {
            let now = untrack(shown);
            draft.set(now.map(|r| between(r, last.from, last.at)));
        }
        if last.far {
            untrack(commit);
        }
    };
    // A click on a mark looks closer at its time; one on a hole shows what is around it, one on a sign its calls.
    let picked = Callback::new(move |d: Datum| {
        let Some(drawn) = drawn.get_untracked() else {
            return;
        };
        let (range, room) = if d.series == HOLE_SERIES {
            let hole = holes.with_untracked(|h| h.get(d.payload).map(|h| h.range));
            (hole.unwrap_or(drawn.range), 3)
        } else if let Some(run) = signs_of(d.payload) {
            let signs = drawn.lanes.get(d.series).and_then(|l| l.signs.get(run.clone()));
            let behind = drawn.behind.get(d.series).and_then(|b| b.get(run));
            match signs.zip(behind).and_then(|(signs, behind)| lead(signs, behind)) {
                Some(Lead::Calls(filter)) => return session.narrow(filter),
                Some(Lead::Closer(range)) => (range, 1),
                None => return,
            }
        } else {
            (drawn.buckets.range(d.payload), 4)
        };
        let room = range.width_ns().saturating_mul(room);
        let wide = TimeRange::new(
            range.from_ns.saturating_sub(room),
            range.to_ns.saturating_add(room),
        );
        session.range.set(Some(wide));
    });
    let band = move || {
        let d = drag.get().filter(|d| d.far && d.moves.is_none())?;
        let (a, b) = (d.from.min(d.at).clamp(0.0, 1.0), d.from.max(d.at).clamp(0.0, 1.0));
        let range = between(shown()?, a, b);
        let words = format::range(range, session.offset_min(range.from_ns));
        Some(view! {
            <span class="trail-band" style=format!("left:{:.3}%;width:{:.3}%", a * 100.0, (b - a) * 100.0)>
                <span class="micro">{words}</span>
            </span>
        })
    };
    let height = move || {
        drawn.with(|d| {
            d.as_ref()
                .map_or(100.0, |d| LANES_TOP + 33.0 * d.lanes.len() as f64)
        })
    };
    view! {
        <div
            class="trail-chart"
            node_ref=node
            style=move || format!("height:{}px", height())
            on:wheel=wheel
            on:pointerdown=down
            on:pointermove=dragged
            on:pointerup=up
            on:pointercancel=move |_| {
                drag.set(None);
                draft.set(None);
            }
        >
            <ChartBox make on_pick=picked />
            {band}
        </div>
    }
}

/// The names beside the lanes: a click narrows the filter, the arrow opens a role or the others.
#[component]
pub fn LaneNames(
    session: Session,
    drawn: Memo<Option<Arc<Drawn>>>,
    #[prop(into)] by: Signal<String>,
    opened: Opened,
) -> impl IntoView {
    let rows = move || {
        let Some(drawn) = drawn.get() else {
            return Vec::new();
        };
        let mut rows: Vec<AnyView> = drawn
            .plan
            .slots
            .iter()
            .map(|slot| view_name(session, slot.clone(), by, opened))
            .collect();
        if let Some(rest) = drawn.lanes.get(drawn.plan.slots.len()) {
            rows.push(view_rest(rest, drawn.plan.more, opened));
        }
        rows
    };
    view! { <div class="trail-names" style=format!("padding-top:{LANES_TOP}px")>{rows}</div> }
}

fn view_name(session: Session, slot: Slot, by: Signal<String>, opened: Opened) -> AnyView {
    let Slot {
        name,
        detail,
        count,
        flag,
        stands,
        ..
    } = slot;
    let class = if stands == Stands::Session {
        "trail-name is-session"
    } else {
        "trail-name"
    };
    let arrow = match stands {
        Stands::Role { open } => {
            let role = name.clone();
            let toggle = move |_| {
                opened.roles.update(|roles| {
                    if !roles.remove(&role) {
                        roles.insert(role.clone());
                    }
                });
            };
            let label = format!("{detail} of {name}");
            Some(view! {
                <button type="button" class="trail-open" aria-label=label.clone() title=label aria-expanded=open.to_string() on:click=toggle>
                    <Icon name=if open { "chevron-down" } else { "chevron-right" } />
                </button>
            })
        }
        _ => None,
    };
    let narrow = {
        let (name, is_role) = (name.clone(), matches!(stands, Stands::Role { .. }));
        move |_| {
            let field = lane_field(&by.get_untracked());
            if is_role {
                session.narrow(Expr::Compare {
                    field: field.to_owned(),
                    op: Op::StartsWith,
                    value: format!("{name}/").as_str().into(),
                });
            } else {
                session.narrow_to(field, Op::Eq, name.as_str().into());
            }
        }
    };
    // A role's lane stands for its sessions, an event's name for no one.
    let is_thing = THINGS.contains(&by.get_untracked().as_str()) && !matches!(stands, Stands::Role { .. });
    let entity = is_thing.then(|| view! { <EntityButton session value=name.clone() /> });
    let (head, tail) = halves(&name);
    let title = format!("{name} {detail}");
    view! {
        <div class=class>
            {arrow}
            <button type="button" class="trail-narrow" title=title on:click=narrow>
                <span class="trail-cut strong"><span class="clip">{head.to_owned()}</span><span>{tail.to_owned()}</span></span>
                <span>{flag.map(view_flag)}</span>
                <span class="detail clip">{detail}</span>
                <span class="detail">{size::count(count)}</span>
            </button>
            {entity}
        </div>
    }
    .into_any()
}

fn view_flag(flag: crate::rules::Severity) -> impl IntoView {
    let (class, icon, word) = severity(flag);
    view! {
        <span class=format!("severity severity-{class}") title=format!("{word}: named by a signal of the overview")>
            <Icon name=icon />
            <span class="visually-hidden">{word}</span>
        </span>
    }
}

/// The name of the lane for what has none of its own.
fn view_rest(rest: &Lane, more: bool, opened: Opened) -> AnyView {
    let count = size::count(rest.count);
    let name = rest.name.clone();
    let text = view! {
        <span class="strong clip">{name}</span>
        <span></span>
        <span class="detail clip">{more.then(|| format!("open {MORE} more"))}</span>
        <span class="detail">{count}</span>
    };
    if more {
        let open = move |_| opened.more.update(|m| *m += MORE);
        view! {
            <div class="trail-name">
                <span class="trail-open"><Icon name="chevron-right" /></span>
                <button type="button" class="trail-narrow" on:click=open>{text}</button>
            </div>
        }
        .into_any()
    } else {
        view! { <div class="trail-name"><span class="trail-narrow">{text}</span></div> }.into_any()
    }
}
