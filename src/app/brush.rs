//! The strip over every view: a lane a kind over time, and the window that all views look through.

use crate::base::TimeRange;
use crate::chart::{Brush, Flag, Frame, Ink, Scene, Unit, brush, brush_height};
use crate::query::{Agg, Key, Order, Query};
use crate::rules::Severity;
use crate::session::Session;
use crate::widgets::{ChartBox, Icon, dom::use_size, format};
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{KeyboardEvent, PointerEvent};

/// Buckets in the strip.
const BUCKETS: i64 = 160;
/// A range narrower than this part of everything is shown larger.
const SLIVER: i64 = 10;
/// The width of a grip, which stands outside of its window (CSS pixels).
const GRIP_PX: f64 = 9.0;

#[derive(Clone, Copy, PartialEq)]
enum Grip {
    From,
    To,
    Whole,
    New,
}

fn severity_ink(severity: Severity) -> Ink {
    match severity {
        Severity::Critical => Ink::SeverityCritical,
        _ => Ink::SeverityHigh,
    }
}

#[component]
pub fn TimeBrush(session: Session) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let size = use_size(node);
    let whole = Memo::new(move |_| session.span().filter(|s| s.width_ns() > 0));
    // A range that would be a sliver of the strip gets room: the strip shows it with as much again on either side.
    let span = Memo::new(move |_| {
        let all = whole.get()?;
        Some(match session.range.get() {
            Some(r) if r.width_ns() < all.width_ns() / SLIVER => TimeRange::new(
                r.from_ns
                    .saturating_sub(r.width_ns())
                    .max(all.from_ns.min(r.from_ns)),
                r.to_ns.saturating_add(r.width_ns()).min(all.to_ns.max(r.to_ns)),
            ),
            _ => all,
        })
    });
    let step = move || span.get().map(|s| crate::views::shared::bucket_width(s, BUCKETS));
    let counts = session.answer(move || {
        let q = Query::groups(
            &[],
            vec![Key::Time { width_ns: step()? }, Key::Kind],
            vec![Agg::Count],
        );
        Some(
            q.order(Order::Key)
                .limit(20_000)
                .within(span.get(), &session.filter.get()),
        )
    });
    let judged = crate::views::shared::judged_everywhere(session);
    let flags = Memo::new(move |_| {
        let found = judged.get();
        let all = found.iter().flat_map(|j| &j.findings);
        let grave = all.filter(|f| matches!(f.severity, Severity::Critical | Severity::High));
        grave
            .filter_map(|f| {
                Some(Flag {
                    at_ns: f.first_ns?,
                    ink: severity_ink(f.severity),
                    label: f.title.clone(),
                })
            })
            .collect::<Vec<_>>()
    });
    let make: crate::widgets::chart::Build = Arc::new(move |width, height| -> Option<Scene> {
        let all = span.get()?;
        let answer = counts.answer.get()?;
        let step_ns = step()?;
        let (buckets, series) = session
            .kinds
            .with(|k| crate::views::shared::series_by_kind(&answer, all, step_ns, k));
        let offset_min = session.offset_min(all.from_ns);
        Some(brush(&Brush {
            frame: Frame {
                width,
                height,
                range: all,
                offset_min,
            },
            buckets,
            unit: Unit::count("records"),
            series: &series,
            flags: &flags.get(),
        }))
    });

    // While a grip is moved only the window moves; the views follow when it is let go.
    let draft = RwSignal::new(None::<TimeRange>);
    let held = RwSignal::new(None::<(Grip, f64, TimeRange)>);
    let inner = move || (size.get().0 - 32.0).max(1.0);
    let x_of = move |ns: i64| {
        let s = span.get()?;
        let part = (ns - s.from_ns) as f64 / s.width_ns() as f64;
        Some((part * inner()).clamp(0.0, inner()))
    };
    let ns_of = move |x: f64| {
        let s = span.get_untracked()?;
        let part = (x / untrack(inner)).clamp(0.0, 1.0);
        // The right edge is the end to the nanosecond: a float would lose the last record.
        Some(if part >= 1.0 {
            s.to_ns
        } else {
            s.from_ns + (part * s.width_ns() as f64) as i64
        })
    };
    let local_x = move |e: &PointerEvent| {
        let left = node
            .get_untracked()
            .map_or(0.0, |n| n.get_bounding_client_rect().left());
        f64::from(e.client_x()) - left - 16.0
    };
    let down = move |grip: Grip, e: PointerEvent| {
        let Some(all) = span.get_untracked() else { return };
        let x = local_x(&e);
        let now = session.range.get_untracked().unwrap_or(all);
        held.set(Some((grip, x, now)));
        if let Some(t) = node.get_untracked() {
            let t: web_sys::Element = t.unchecked_into();
            // A pointer that is gone already needs no capture.
            let _ = t.set_pointer_capture(e.pointer_id());
        }
        e.stop_propagation();
    };
    let moved = move |e: PointerEvent| {
        let (Some((grip, from_x, was)), Some(all)) = (held.get_untracked(), span.get_untracked()) else {
            return;
        };
        let x = local_x(&e);
        if grip == Grip::New && (x - from_x).abs() < 3.0 {
            return;
        }
        let (Some(at), Some(start)) = (ns_of(x), ns_of(from_x)) else {
            return;
        };
        let next = match grip {
            Grip::From => TimeRange::new(at.min(was.to_ns - 1), was.to_ns),
            Grip::To => TimeRange::new(was.from_ns, at.max(was.from_ns + 1)),
            Grip::New => TimeRange::new(at.min(start), at.max(start)),
            Grip::Whole => {
                let shift = (at - start).clamp(all.from_ns - was.from_ns, all.to_ns - was.to_ns);
                TimeRange::new(was.from_ns + shift, was.to_ns + shift)
            }
        };
        draft.set(Some(next));
    };
    let up = move |_: PointerEvent| {
        held.set(None);
        if let Some(r) = draft.get_untracked() {
            draft.set(None);
            session.range.set((r.width_ns() > 0).then_some(r));
        }
    };
    let shown = move || draft.get().or_else(|| session.range.get());
    let window = move || {
        let r = shown()?;
        Some((x_of(r.from_ns)? + 16.0, x_of(r.to_ns)? + 16.0))
    };
    let nudge = move |e: KeyboardEvent, grip: Grip| {
        let Some(all) = whole.get_untracked() else { return };
        let way = match e.key().as_str() {
            "ArrowLeft" => -1,
            "ArrowRight" => 1,
            _ => return,
        };
        e.prevent_default();
        e.stop_propagation();
        let r = session.range.get_untracked().unwrap_or(all);
        let by = way * (span.get_untracked().unwrap_or(all).width_ns() / 100).max(1);
        let mut next = r;
        if grip != Grip::To {
            next.from_ns = (r.from_ns + by).max(all.from_ns);
        }
        if grip != Grip::From {
            next.to_ns = (r.to_ns + by).min(all.to_ns);
        }
        if next.from_ns < next.to_ns {
            session.range.set(Some(next));
        }
    };
    // Where the strip lies in the whole span, while it shows a part of it.
    let part = move || {
        let (all, shown) = (whole.get()?, span.get()?);
        (shown != all).then(|| {
            let of = |ns: i64| (ns - all.from_ns) as f64 / all.width_ns() as f64;
            let (from, to) = (of(shown.from_ns).clamp(0.0, 1.0), of(shown.to_ns).clamp(0.0, 1.0));
            let x = 16.0 + from * inner();
            let width = ((to - from) * inner()).max(3.0);
            view! {
                <span class="brush-whole" title="Where this strip lies in the whole span">
                    <i style=format!("left:{x}px;width:{width}px")></i>
                </span>
            }
        })
    };
    let grip = move |which: Grip, label: &'static str, x: f64| {
        view! {
            <button
                type="button"
                class="brush-grip"
                aria-label=label
                style=format!("left:{x}px")
                on:pointerdown=move |e| down(which, e)
                on:keydown=move |e| nudge(e, which)
            ></button>
        }
    };
    let overlay = move || {
        let (a, b) = window()?;
        let right = inner() + 16.0;
        Some(view! {
            <span class="brush-shade" style=format!("left:16px;width:{}px", (a - 16.0).max(0.0))></span>
            <span class="brush-shade" style=format!("left:{b}px;width:{}px", (right - b).max(0.0))></span>
            <button
                type="button"
                class="brush-window"
                aria-label="The range shown; arrow keys move it"
                style=format!("left:{a}px;width:{}px", (b - a).max(2.0))
                on:pointerdown=move |e| down(Grip::Whole, e)
                on:keydown=move |e| nudge(e, Grip::Whole)
            ></button>
            {grip(Grip::From, "Start of the range; arrow keys move it", a)}
            {grip(Grip::To, "End of the range; arrow keys move it", b + GRIP_PX)}
        })
    };
    let kinds = Memo::new(move |_| {
        session
            .kinds
            .with(|k| k.iter().filter(|k| k.span.is_some()).count())
    });
    let height = move || format!("height:{}px", brush_height(kinds.get()) + 4.0);
    let marked = move || {
        let at = session.moment.get()?;
        let when = format::date_time(at, session.offset_min(at));
        Some(view! {
            <button
                type="button"
                class="brush-moment"
                title="The moment marked in every chart; a click takes the mark away"
                on:pointerdown=|e| e.stop_propagation()
                on:click=move |_| session.moment.set(None)
            >
                {when}
                <Icon name="x" />
            </button>
        })
    };
    view! {
        <div
            class="timebrush filterbar"
            node_ref=node
            style=height
            on:pointerdown=move |e| down(Grip::New, e)
            on:pointermove=moved
            on:dblclick=move |_| session.range.set(None)
            on:pointerup=up
            on:pointercancel=move |_| {
                held.set(None);
                draft.set(None);
            }
        >
            <ChartBox make />
            {part}
            {overlay}
            {marked}
        </div>
    }
}
