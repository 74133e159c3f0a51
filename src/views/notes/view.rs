use crate::base::size;
use crate::evidence::Pin;
use crate::session::Session;
use crate::widgets::{Empty, Icon, format};
use leptos::prelude::*;

pub fn mount(session: Session) -> AnyView {
    view! { <Notes session /> }.into_any()
}

#[component]
fn Notes(session: Session) -> impl IntoView {
    let fixed = session.is_report();
    let count = move || size::counted(session.notes.with(Vec::len) as u64, "notes");
    // The numbers of the notes: a row finds its note by its place, so that typing does not make rows anew.
    let numbers = Memo::new(move |_| session.notes.with(Vec::len));
    let rows = move || {
        (0..numbers.get())
            .map(|at| view! { <OneNote session at fixed /> })
            .collect_view()
    };
    let none = move || numbers.get() == 0;
    view! {
        <section class="view view-flush">
            <div class="toolbar">
                <h2>"Notes"</h2>
                <span class="quiet small">{count}</span>
                <span class="grow"></span>
            </div>
            <div class="notes" tabindex="0" role="region" aria-label="Notes">
                {(!fixed).then(|| view! { <AddNote session /> })}
                <Show when=none>
                    <Empty title="No notes yet.">
                        <p>
                            {if fixed {
                                "This report was shared without notes."
                            } else {
                                "Open a record and pin a note to it, or note what the filter and range show now. The notes, in this order, become the report's narrative."
                            }}
                        </p>
                    </Empty>
                </Show>
                <ol class="notes-list">{rows}</ol>
            </div>
        </section>
    }
}

/// A note on the screen as it is.
#[component]
fn AddNote(session: Session) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let about = move || {
        session.view.track();
        session.filter.track();
        session.range.track();
        untrack(|| about(session, &session.pin_of_screen()).1)
    };
    let add = move |_| {
        session.note(&text.get_untracked(), session.pin_of_screen());
        text.set(String::new());
    };
    view! {
        <div class="notes-add">
            <label class="stack">
                <span class="quiet small">"A note on " {about}</span>
                <textarea class="field" rows="3" prop:value=move || text.get() on:input=move |e| text.set(event_target_value(&e))></textarea>
            </label>
            <button type="button" class="button" disabled=move || text.with(|t| t.trim().is_empty()) on:click=add>
                <Icon name="pin" />
                "Pin the note"
            </button>
        </div>
    }
}

/// What a note is about: an icon, and words.
pub fn about(session: Session, pin: &Pin) -> (&'static str, String) {
    let range = |r: crate::base::TimeRange| format::range(r, session.offset_min(r.from_ns));
    match pin {
        Pin::Report => ("file-text", "the report as a whole".into()),
        Pin::Moment { at_ns } => ("clock", format::date_time(*at_ns, session.offset_min(*at_ns))),
        Pin::Range { view, range: r, .. } => ("calendar", format!("{}, {view}", range(*r))),
        Pin::Finding { title, .. } => ("flag", title.clone()),
        Pin::Record { title, at_ns, .. } => {
            let when = at_ns.map(|ns| format!(", {}", format::date_time(ns, session.offset_min(ns))));
            ("list", format!("{title}{}", when.unwrap_or_default()))
        }
    }
}

#[component]
fn OneNote(session: Session, at: usize, fixed: bool) -> impl IntoView {
    let note = move || session.notes.with(|n| n.get(at).cloned());
    let head = move || {
        note().map(|n| {
            let (icon, words) = about(session, &n.pin);
            let pin = n.pin.clone();
            let words = view! { <Icon name=icon /> <span class="clip">{words}</span> };
            match n.pin {
                Pin::Report => view! { <span class="row quiet small">{words}</span> }.into_any(),
                _ => view! {
                    <button type="button" class="link row small" title="Show what the note is about" on:click=move |_| session.go_to_note(&pin)>
                        {words}
                    </button>
                }
                .into_any(),
            }
        })
    };
    let text = move || note().map(|n| n.text).unwrap_or_default();
    let last = move || session.notes.with(|n| at + 1 >= n.len());
    let body = move || {
        if fixed {
            return view! { <p class="notes-text">{text}</p> }.into_any();
        }
        view! {
            <textarea
                class="field notes-text"
                rows="3"
                aria-label=format!("Note {}", at + 1)
                prop:value=text
                on:change=move |e| session.renote(at, Some(event_target_value(&e)))
            ></textarea>
        }
        .into_any()
    };
    view! {
        <li class="note">
            <div class="row">
                <span class="note-number mono">{at + 1}</span>
                <span class="grow note-about">{head}</span>
                {(!fixed).then(|| view! {
                    <button type="button" class="button button-quiet button-icon button-small" aria-label=format!("Note {} up", at + 1) disabled=at == 0 on:click=move |_| session.move_note(at, false)>
                        <Icon name="chevron-up" />
                    </button>
                    <button type="button" class="button button-quiet button-icon button-small" aria-label=format!("Note {} down", at + 1) disabled=last on:click=move |_| session.move_note(at, true)>
                        <Icon name="chevron-down" />
                    </button>
                    <button type="button" class="button button-quiet button-icon button-small" aria-label=format!("Remove note {}", at + 1) on:click=move |_| session.renote(at, None)>
                        <Icon name="trash-2" />
                    </button>
                })}
            </div>
            {body}
        </li>
    }
}
