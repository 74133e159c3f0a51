//! Keys that work everywhere outside inputs, and the list of them.

use super::focus;
use crate::session::{Session, Zone};
use crate::views::VIEWS;
use crate::widgets::{Icon, keys, value};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// What each key does, as the list shows it; the views' own letters come behind `G` ([`VIEWS`]).
const KEYS: [(&str, &[(&str, &str)]); 3] = [
    (
        "Anywhere",
        &[
            ("/", "search every record"),
            ("F", "the filter"),
            ("O", "open files"),
            ("D", "describe a log that is not recognised"),
            ("[ ]", "range back, forward by its own length"),
            ("+ − 0", "zoom in, out, whole span"),
            ("U", "times in UTC, or local"),
            ("Esc", "close the panel"),
            ("?", "this list"),
        ],
    ),
    (
        "In a view",
        &[
            ("J K", "next, previous record"),
            ("Enter", "open the record"),
            ("arrows", "walk rows, chart points, lanes, nodes"),
            ("T", "the chart as a table, and back"),
            ("N P", "next, previous change (Config)"),
        ],
    ),
    (
        "On a value of a record",
        &[
            ("I", "filter for it"),
            ("X", "filter it out"),
            ("Y", "everything about it"),
        ],
    ),
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

/// Is this where text is typed or a value chosen by letters?
fn takes_letters(target: &Element) -> bool {
    match target.tag_name().as_str() {
        "TEXTAREA" | "SELECT" => true,
        "INPUT" => {
            let kind = target.get_attribute("type").unwrap_or_default();
            !matches!(kind.as_str(), "checkbox" | "radio" | "button")
        }
        _ => false,
    }
}

/// Would Enter press something here?
fn takes_enter(target: &Element) -> bool {
    let pressed = target.closest("button, a[href], summary, label, dialog, [tabindex='0']");
    pressed.is_ok_and(|found| found.is_some())
}

pub fn listen(session: Session) {
    let going = StoredValue::new(false);
    let listener = window_event_listener(leptos::ev::keydown, move |e| {
        let target = e.target().and_then(|t| t.dyn_into::<Element>().ok());
        if e.key() == "Escape" {
            if help().get_untracked() {
                help().set(false);
            } else if session.open.with_untracked(Option::is_some) {
                session.open.set(None);
            }
            return;
        }
        let typing = target.as_ref().is_some_and(takes_letters);
        // What a widget answered itself is done.
        if typing
            || e.default_prevented()
            || e.ctrl_key()
            || e.meta_key()
            || e.alt_key()
            || !switched_on().get_untracked()
        {
            return;
        }
        let key = match e.key() {
            k if k.chars().count() == 1 => k.to_lowercase(),
            k => k,
        };
        if going.get_value() {
            going.set_value(false);
            if let Some(v) = VIEWS.iter().find(|v| v.key == key) {
                e.prevent_default();
                session.open.set(None);
                session.go(v.id);
            }
            return;
        }
        let known = match key.as_str() {
            "/" => focus::give_id("search"),
            "f" => focus::give_id("filter"),
            "g" => {
                going.set_value(true);
                true
            }
            "o" => {
                super::intake::pick("pick-files");
                true
            }
            "d" => {
                super::describe::ask(session);
                true
            }
            "u" => {
                session.zone.update(|z| {
                    *z = match *z {
                        Zone::Utc => Zone::Local,
                        Zone::Local => Zone::Utc,
                    }
                });
                true
            }
            "?" => {
                help().update(|h| *h = !*h);
                true
            }
            "0" => {
                session.range.set(None);
                true
            }
            "[" => shift(session, -1.0, 1.0),
            "]" => shift(session, 1.0, 1.0),
            "+" => shift(session, 0.0, 0.5),
            "-" | "−" => shift(session, 0.0, 2.0),
            "i" | "x" | "y" => {
                let done = value::press_on_value(&key);
                if !done {
                    let what = "Point at a value of a record, or walk to it, and press the key again.";
                    session.say.set(what.into());
                }
                done
            }
            "Enter" if target.as_ref().is_some_and(takes_enter) => false,
            own => keys::press(own),
        };
        if known {
            e.prevent_default();
        }
    });
    // The page's own listener, for as long as the page lives.
    std::mem::forget(listener);
}

/// Zooming in ends here.
const NARROWEST_NS: i64 = 1_000_000_000;

/// Moves the range by `by` of its length and scales it around its middle; there is nothing to move without times.
fn shift(session: Session, by: f64, scale: f64) -> bool {
    // What is in sight: without a chosen range a view of some kinds shows their time alone.
    let ranges = untrack(|| {
        let view = session.view.get();
        let kinds = VIEWS.iter().find(|v| v.id == view).map_or(&[][..], |v| v.kinds);
        let shown = session.shown_range_of(kinds).or_else(|| session.shown_range());
        session.span().zip(shown)
    });
    let Some((all, r)) = ranges else {
        return false;
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
    true
}

/// The views' letters and names: `O overview · T traffic`.
fn ways() -> String {
    let way = |v: &crate::views::View| format!("{} {}", v.key.to_uppercase(), v.title.to_lowercase());
    let ways: Vec<String> = VIEWS.iter().filter(|v| !v.only_shared).map(way).collect();
    ways.join(", ")
}

/// The button that lists the keys.
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
            <KeyList />
        </Show>
    }
}

/// The list of keys. It takes the focus while it is there, and gives it back.
#[component]
fn KeyList() -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    // A handle of the browser's: it stays on this thread.
    let before = StoredValue::new_local(focus::focused());
    Effect::new(move |_| {
        if let Some(list) = node.get() {
            focus::give(&list);
        }
    });
    on_cleanup(move || {
        let before: Option<HtmlElement> = before.try_with_value(Clone::clone).flatten();
        // Something else may have been pressed while the list was open.
        let here = focus::focused().is_none_or(|f| f.closest(".help-panel").is_ok_and(|p| p.is_some()));
        if let Some(before) = before.filter(|_| here) {
            focus::give(&before);
        }
    });
    let rows = |keys: &'static [(&str, &str)]| {
        keys.iter()
            .map(|(key, what)| view! { <dt><kbd class="kbd">{*key}</kbd></dt><dd>{*what}</dd> })
            .collect_view()
    };
    view! {
        <div class="help-panel" role="dialog" aria-label="Keys" tabindex="-1" node_ref=node>
            <h2>"Keys"</h2>
            {KEYS
                .into_iter()
                .enumerate()
                .map(|(at, (group, keys))| {
                    view! {
                        <h3 class="quiet small">{group}</h3>
                        <dl class="pairs">
                            {rows(keys)}
                            {(at == 0).then(|| view! { <dt><kbd class="kbd">"G"</kbd>" then"</dt><dd>{ways()}</dd> })}
                        </dl>
                    }
                })
                .collect_view()}
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
    }
}
