//! Keys that work everywhere outside inputs, and the list of them.

use crate::session::Session;
use crate::views::VIEWS;
use crate::widgets::Icon;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// What each key does, as the list shows it.
const KEYS: [(&str, &str); 10] = [
    ("/", "search every record"),
    ("F", "the filter"),
    (
        "G then O S T L C F E",
        "a view: overview, sources, traffic, trail, config, findings, events",
    ),
    ("[ ]", "range back, forward by its own length"),
    ("+ − 0", "zoom in, out, whole span"),
    ("J K, arrows", "next and previous row, chart point, lane, node"),
    ("Enter", "open the record"),
    ("Esc", "close the panel"),
    ("O", "open files"),
    ("?", "this list"),
];

thread_local! {
    // Counted by reference: they belong to the page, not to the scope that touches them first.
    static HELP: ArcRwSignal<bool> = ArcRwSignal::new(false);
    static ON: ArcRwSignal<bool> = ArcRwSignal::new(true);
}

fn help() -> ArcRwSignal<bool> {
    HELP.with(Clone::clone)
}

fn switched_on() -> ArcRwSignal<bool> {
    ON.with(Clone::clone)
}

pub fn listen(session: Session) {
    let going = StoredValue::new(false);
    let listener = window_event_listener(leptos::ev::keydown, move |e| {
        let target = e.target().and_then(|t| t.dyn_into::<web_sys::Element>().ok());
        let typing = target.is_some_and(|t| matches!(t.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"));
        if e.key() == "Escape" {
            if help().get_untracked() {
                help().set(false);
            } else if session.open.with_untracked(Option::is_some) {
                session.open.set(None);
            }
            return;
        }
        if typing || e.ctrl_key() || e.meta_key() || e.alt_key() || !switched_on().get_untracked() {
            return;
        }
        let key = e.key();
        if going.get_value() {
            going.set_value(false);
            let letter = key.to_lowercase();
            if let Some(v) = VIEWS.iter().find(|v| v.key == letter) {
                e.prevent_default();
                session.open.set(None);
                session.go(v.id);
            }
            return;
        }
        match key.as_str() {
            "/" => focus("search"),
            "f" | "F" => focus("filter"),
            "g" | "G" => going.set_value(true),
            "o" | "O" => super::intake::pick("pick-files"),
            "?" => help().update(|h| *h = !*h),
            "0" => session.range.set(None),
            "[" => shift(session, -1.0, 1.0),
            "]" => shift(session, 1.0, 1.0),
            "+" => shift(session, 0.0, 0.5),
            "-" | "−" => shift(session, 0.0, 2.0),
            _ => return,
        }
        e.prevent_default();
    });
    // The page's own listener, for as long as the page lives.
    std::mem::forget(listener);
}

/// Zooming in ends here.
const NARROWEST_NS: i64 = 1_000_000_000;

/// Moves the range by `by` of its length and scales it around its middle.
fn shift(session: Session, by: f64, scale: f64) {
    let (Some(all), Some(r)) = untrack(|| (session.span(), session.shown_range())) else {
        return;
    };
    // Lengths may be rounded by a float; moments may not, or "everything" would lose its last records.
    let width = r.width_ns();
    let middle = r.from_ns + width / 2;
    let half = ((width as f64 * scale / 2.0) as i64).max(NARROWEST_NS / 2);
    let (mut from, mut to) = (middle.saturating_sub(half), middle.saturating_add(half));
    if by != 0.0 {
        // Moved as far as there is something, in its whole length.
        let way = ((width as f64 * by) as i64).clamp(
            all.from_ns.min(r.from_ns) - r.from_ns,
            all.to_ns.max(r.to_ns) - r.to_ns,
        );
        (from, to) = (r.from_ns + way, r.to_ns + way);
    }
    let (from, to) = (from.max(all.from_ns), to.min(all.to_ns));
    if from < to {
        let whole = from <= all.from_ns && to >= all.to_ns;
        session
            .range
            .set((!whole).then(|| crate::base::TimeRange::new(from, to)));
    }
}

fn element(id: &str) -> Option<web_sys::HtmlElement> {
    web_sys::window()?
        .document()?
        .get_element_by_id(id)?
        .dyn_into()
        .ok()
}

fn focus(id: &str) {
    if let Some(e) = element(id) {
        // An element that can not take the focus leaves it where it is.
        let _ = e.focus();
    }
}

#[component]
pub fn Help() -> impl IntoView {
    view! {
        <button
            type="button"
            class="button button-quiet button-icon"
            aria-label="Keys"
            title="Keys (?)"
            aria-expanded=move || help().get().to_string()
            on:click=move |_| help().update(|h| *h = !*h)
        >
            <Icon name="circle-help" />
        </button>
        <Show when=move || help().get()>
            <div class="help-panel" role="dialog" aria-label="Keys">
                <h2>"Keys"</h2>
                <dl class="pairs">
                    {KEYS
                        .iter()
                        .map(|(key, what)| view! { <dt><kbd class="kbd">{*key}</kbd></dt><dd>{*what}</dd> })
                        .collect_view()}
                </dl>
                <label class="row">
                    <input
                        type="checkbox"
                        prop:checked=move || switched_on().get()
                        on:change=move |e| switched_on().set(event_target_checked(&e))
                    />
                    "Single letters act as keys"
                </label>
                <button type="button" class="button" on:click=move |_| help().set(false)>"Close"</button>
            </div>
        </Show>
    }
}
