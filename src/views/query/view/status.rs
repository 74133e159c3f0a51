//! The line under the editor: what the question came to, or how far it is.

use super::desk::{Desk, Phase, Run};
use crate::base::size;
use crate::widgets::{Icon, StatusTag};
use leptos::prelude::*;

#[component]
pub fn StatusLine(desk: Desk) -> impl IntoView {
    let phase = Memo::new(move |_| desk.run.with(|r| r.phase.clone()));
    let figures = move || {
        let run = desk.run.get();
        let table = run.table.as_ref()?;
        let whole = matches!(run.phase, Phase::Done(_)) && table.notes.is_empty();
        let exact = if whole { ", exact" } else { "" };
        Some(view! {
            {partial(&run)}
            <span class="quiet">
                {format!("scanned {}, matched {}{exact}", size::counted(table.scanned, "records"), size::count(table.matched))}
            </span>
            {cut(table.rows.len() as u64, table.total)}
            {table.notes.iter().map(|n| view! { <span class="query-note">{n.clone()}</span> }).collect_view()}
        })
    };
    view! {
        <div class="query-status small" role="status" hidden=move || phase.get() == Phase::Idle>
            {move || state(phase.get())}
            <Show when=move || phase.get().is_running()>
                <button type="button" class="link" on:click=move |_| desk.stop()>"Cancel"</button>
            </Show>
            {figures}
            <Stale desk />
        </div>
    }
}

fn state(phase: Phase) -> AnyView {
    match phase {
        Phase::Idle => ().into_any(),
        Phase::Running => view! { <StatusTag status="info" text="Running" /> }.into_any(),
        Phase::Reading(read, of) => {
            let share = read as f64 / of.max(1) as f64 * 100.0;
            let words = format!(
                "Reading original records again: {} of {}",
                size::count(read),
                size::count(of)
            );
            view! {
                <StatusTag status="info" text=words />
                <span class="meter" aria-hidden="true">
                    <i style=format!("width:{share:.0}%")></i>
                </span>
            }
            .into_any()
        }
        Phase::Done(ms) => {
            view! { <StatusTag status="ok" text=format!("Done in {}", took(ms)) /> }.into_any()
        }
        Phase::Stopped => view! { <StatusTag status="none" text="Stopped" /> }.into_any(),
        Phase::Failed(_) => view! { <StatusTag status="red" text="No answer" /> }.into_any(),
    }
}

fn took(ms: f64) -> String {
    match ms {
        ms if ms < 1000.0 => format!("{ms:.0} ms"),
        ms => format!("{:.1} s", ms / 1000.0),
    }
}

/// A result of a part of the records says so.
fn partial(run: &Run) -> Option<AnyView> {
    let part = run.phase.is_running() || run.phase == Phase::Stopped;
    part.then(|| {
        view! { <StatusTag status="yellow" text="Partial: of what was looked at so far" /> }.into_any()
    })
}

/// Says that there are more rows than are kept.
fn cut(shown: u64, total: u64) -> Option<AnyView> {
    (total > shown).then(|| {
        let text = format!("{} of {} rows", size::count(shown), size::count(total));
        view! { <span class="quiet">{text}</span> }.into_any()
    })
}

/// The result is not about what the page shows now.
#[component]
fn Stale(desk: Desk) -> impl IntoView {
    view! {
        <Show when=move || desk.stale.get()>
            <span class="query-stale">
                <Icon name="refresh-cw" />
                "The filter, range or records changed since."
                <button type="button" class="link" on:click=move |_| desk.again()>"Run again"</button>
            </span>
        </Show>
    }
}
