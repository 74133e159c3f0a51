//! The time range: relative to the last record, typed, or everything.

use crate::base::TimeRange;
use crate::base::time::{self, DAY, HOUR, MINUTE};
use crate::session::Session;
use crate::views::overview::model::ask_timeless;
use crate::views::pin::PinButton;
use crate::views::states::Timeless;
use crate::widgets::{Icon, Menu, format};
use leptos::prelude::*;

/// Relative ranges count back from the last record loaded.
const PRESETS: [(&str, i64); 7] = [
    ("15 min", 15 * MINUTE),
    ("1 h", HOUR),
    ("3 h", 3 * HOUR),
    ("12 h", 12 * HOUR),
    ("1 d", DAY),
    ("7 d", 7 * DAY),
    ("30 d", 30 * DAY),
];

#[component]
pub fn RangePicker(session: Session) -> impl IntoView {
    let open = RwSignal::new(false);
    let label = move || match session.shown_range() {
        Some(r) => format::range(r, session.offset_min(r.from_ns)),
        None => "No times".to_owned(),
    };
    let from = RwSignal::new(String::new());
    let to = RwSignal::new(String::new());
    let wrong = RwSignal::new(false);
    Effect::new(move |_| {
        if open.get()
            && let Some(r) = session.shown_range()
        {
            from.set(time::iso(r.from_ns));
            to.set(time::iso(r.to_ns));
            wrong.set(false);
        }
    });
    let timeless = session.answer(move || open.get().then(|| ask_timeless().filter(session.filter.get())));
    let apply = move |e: web_sys::SubmitEvent| {
        e.prevent_default();
        let read = |s: RwSignal<String>| time::parse_iso(s.get_untracked().trim().as_bytes());
        match (read(from), read(to)) {
            (Some(a), Some(b)) if a < b => {
                session.range.set(Some(TimeRange::new(a, b)));
                open.set(false);
            }
            _ => wrong.set(true),
        }
    };
    let preset = move |width: i64| {
        if let Some(all) = session.span() {
            session
                .range
                .set(Some(TimeRange::new(all.to_ns - width, all.to_ns)));
        }
        open.set(false);
    };
    let field = move |name: &'static str, value: RwSignal<String>| {
        view! {
            <label>
                <span class="quiet">{name}</span>
                <input
                    class="field mono"
                    class:is-wrong=move || wrong.get()
                    type="text"
                    spellcheck="false"
                    prop:value=move || value.get()
                    on:input=move |e| value.set(event_target_value(&e))
                />
            </label>
        }
    };
    let button = view! {
        <Icon name="calendar" />
        <span class="strong">{label}</span>
        <Icon name="chevron-down" />
    }
    .into_any();
    view! {
        <Menu button label="Time range" open>
            <form class="range-form" on:submit=apply>
                <p class="quiet small">"Counted back from the last record"</p>
                <div class="presets">
                    {PRESETS
                        .iter()
                        .map(|&(name, width)| {
                            view! {
                                <button type="button" class="button button-small" on:click=move |_| preset(width)>
                                    {name}
                                </button>
                            }
                        })
                        .collect_view()}
                </div>
                {move || {
                    let records = timeless.answer.get().map_or(0, |a| a.matched);
                    (records > 0).then(|| view! { <p class="quiet small"><Timeless session records of="" /></p> })
                }}
                {field("From (ISO 8601, UTC unless it says otherwise)", from)}
                {field("To, not included", to)}
                <p class="status-red small" role="alert" hidden=move || !wrong.get()>
                    "Write both as 2026-11-11T01:00:00Z, the earlier one first."
                </p>
                <div class="row">
                    <button type="submit" class="button button-primary">"Apply"</button>
                    <button
                        type="button"
                        class="button"
                        on:click=move |_| {
                            session.range.set(None);
                            open.set(false);
                        }
                    >
                        "Whole span"
                    </button>
                </div>
            </form>
        </Menu>
        <PinButton session what="what is shown of this range" about=move || Some(session.pin_of_screen()) />
        <button
            type="button"
            class="button button-icon"
            aria-label="Whole span"
            title="Whole span (0)"
            disabled=move || session.range.with(Option::is_none)
            on:click=move |_| session.range.set(None)
        >
            <Icon name="maximize" />
        </button>
    }
}
