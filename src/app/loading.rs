//! While files are read: how far, how fast, how long still; pause and cancel.

use crate::base::size;
use crate::session::Session;
use crate::widgets::Icon;
use leptos::prelude::*;

#[component]
pub fn Loading(session: Session) -> impl IntoView {
    let began = RwSignal::new(0.0f64);
    let paused = RwSignal::new(false);
    Effect::new(move |was: Option<bool>| {
        let now = session.loading.get();
        if now && was != Some(true) {
            began.set(js_sys::Date::now());
            paused.set(false);
        }
        now
    });
    let state = move || {
        session.items.track();
        let tally = session.engine().with(|c| c.items().tally());
        let seconds = ((js_sys::Date::now() - began.get_untracked()) / 1000.0).max(0.05);
        // Where sizes are not known before a file is read, files are what can be counted.
        let (read, all) = match tally.unsized_files {
            0 => (tally.read_bytes, tally.bytes),
            _ => (tally.read_files, tally.files),
        };
        let part = if all == 0 { 1.0 } else { read as f64 / all as f64 };
        let left = if part > 0.02 {
            Some(seconds / part * (1.0 - part))
        } else {
            None
        };
        let left = match left {
            None => String::new(),
            Some(s) if s < 60.0 => format!(" · about {s:.0} s left"),
            Some(s) => format!(" · about {:.0} min left", s / 60.0),
        };
        let line = format!(
            "{}{} · {} · {} records/s{left}",
            size::bytes(tally.read_bytes as f64),
            match tally.unsized_files {
                0 => format!(" of {}", size::bytes(tally.bytes as f64)),
                _ => String::new(),
            },
            size::counted(tally.records, "records"),
            size::short(tally.records as f64 / seconds),
        );
        (
            part,
            format!(
                "Reading {}, {} read",
                size::counted(tally.files, "files"),
                size::count(tally.read_files)
            ),
            line,
        )
    };
    let state = Memo::new(move |_| session.loading.get().then(state));
    view! {
        <Show when=move || state.get().is_some()>
            <section class="loading" aria-label="Reading files">
                <span class="percent">{move || state.get().map(|s| format!("{:.0} %", s.0 * 100.0))}</span>
                <div class="grow">
                    <div class="row">
                        <strong>{move || state.get().map(|s| s.1)}</strong>
                        <span class="grow"></span>
                        <span class="quiet small">{move || state.get().map(|s| s.2)}</span>
                    </div>
                    <div
                        class="progress"
                        role="progressbar"
                        aria-label="Part read"
                        aria-valuemin="0"
                        aria-valuemax="100"
                        aria-valuenow=move || state.get().map(|s| format!("{:.0}", s.0 * 100.0))
                    >
                        <i style=move || format!("width:{:.1}%", state.get().map_or(0.0, |s| s.0 * 100.0))></i>
                    </div>
                    <p class="quiet small">"The views answer from what has been read. Nothing is final until the bar is full."</p>
                </div>
                <button
                    type="button"
                    class="button"
                    on:click=move |_| {
                        paused.update(|p| *p = !*p);
                        session.engine().pause(paused.get_untracked());
                    }
                >
                    <Icon name="pause" />
                    {move || if paused.get() { "Go on" } else { "Pause" }}
                </button>
                <button type="button" class="button" on:click=move |_| session.engine().cancel()>
                    <Icon name="x" />
                    "Cancel, keep what is read"
                </button>
            </section>
        </Show>
    }
}

/// What stopped reading, above everything until it is closed.
#[component]
pub fn Trouble(session: Session) -> impl IntoView {
    view! {
        {move || {
            session
                .notice
                .get()
                .map(|what| view! {
                    <div class="message message-yellow" role="alert">
                        <Icon name="triangle-alert" />
                        <p class="grow">{what}</p>
                        <button type="button" class="button button-small" on:click=move |_| session.notice.set(None)>"Close"</button>
                    </div>
                })
        }}
        {move || {
            session
                .broken
                .get()
                .map(|why| view! {
                    <div class="message message-red" role="alert">
                        <Icon name="circle-x" />
                        <p class="grow">
                            {format!(
                                "A worker of this page stopped ({why}). What it had read is gone, and answers are missing its part. Reload the page and open the files again; if it happens again, open fewer at once.",
                            )}
                        </p>
                    </div>
                })
        }}
        {move || {
            session
                .full
                .get()
                .map(|memory| view! {
                    <div class="message message-yellow" role="alert">
                        <Icon name="triangle-alert" />
                        <p class="grow">
                            {format!(
                                "Memory is at {}. Reading stopped; everything read so far is kept. Open fewer days, or remove sources and add the rest.",
                                size::bytes(memory as f64),
                            )}
                        </p>
                        <button type="button" class="button button-small" on:click=move |_| session.full.set(None)>"Close"</button>
                    </div>
                })
        }}
    }
}
