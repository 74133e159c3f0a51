//! The dialog in which a note is written. Buttons beside findings, charts and ranges open it with what the note is about.

use crate::base::time;
use crate::evidence::Pin;
use crate::session::Session;
use crate::views::notes::about;
use crate::widgets::Icon;
use leptos::html;
use leptos::prelude::*;

#[component]
pub fn PinDialog(session: Session) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let text = RwSignal::new(String::new());
    // A moment instead of the range: what was typed, while it is wanted.
    let moment = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        if session.pinning.with(Option::is_some) {
            text.set(String::new());
            moment.set(None);
            if let Some(d) = dialog.get_untracked() {
                // A dialog that is open already stays open.
                let _ = d.show_modal();
            }
        }
    });
    let close = move || {
        session.pinning.set(None);
        if let Some(d) = dialog.get_untracked() {
            d.close();
        }
    };
    // A range may be narrowed to a moment in it: its beginning, until another is typed.
    let begins = move || {
        session.pinning.with(|p| match p {
            Some(Pin::Range { range, .. }) => Some(time::iso(range.from_ns)),
            _ => None,
        })
    };
    let at = move || moment.with(|m| m.as_ref().map(|m| time::parse_iso(m.trim().as_bytes())));
    let wrong = move || at() == Some(None);
    let pin = move || match at() {
        Some(at_ns) => at_ns.map(|at_ns| Pin::Moment { at_ns }),
        None => session.pinning.get(),
    };
    let save = move |e: web_sys::SubmitEvent| {
        e.prevent_default();
        if let Some(pin) = untrack(pin)
            && text.with_untracked(|t| !t.trim().is_empty())
        {
            session.note(&text.get_untracked(), pin);
            session.say.set("The note is pinned.".into());
            close();
        }
    };
    let told = move || pin().map(|p| about(session, &p));
    view! {
        <dialog node_ref=dialog aria-labelledby="pin-title" on:close=move |_| session.pinning.set(None)>
            <form class="stack pin-form" on:submit=save>
                <h2 id="pin-title">"Pin a note"</h2>
                <p class="row small quiet">
                    {move || told().map(|(icon, words)| view! { <Icon name=icon /> <span>{words}</span> })}
                </p>
                <Show when=move || begins().is_some()>
                    <div class="segmented" role="group" aria-label="What the note is about">
                        <button
                            type="button"
                            aria-pressed=move || moment.with(Option::is_none).to_string()
                            on:click=move |_| moment.set(None)
                        >
                            "The range"
                        </button>
                        <button
                            type="button"
                            aria-pressed=move || moment.with(Option::is_some).to_string()
                            on:click=move |_| moment.set(untrack(begins))
                        >
                            "A moment"
                        </button>
                    </div>
                </Show>
                <Show when=move || moment.with(Option::is_some)>
                    <label class="stack">
                        <span class="quiet small">"When (ISO 8601, UTC unless it says otherwise)"</span>
                        <input
                            class="field mono"
                            class:is-wrong=wrong
                            type="text"
                            spellcheck="false"
                            aria-invalid=move || wrong().then_some("true")
                            prop:value=move || moment.get().unwrap_or_default()
                            on:input=move |e| moment.set(Some(event_target_value(&e)))
                        />
                    </label>
                </Show>
                <label class="stack">
                    <span class="quiet small">"Note"</span>
                    <textarea
                        class="field"
                        rows="5"
                        autofocus=move || session.pinning.with(Option::is_some)
                        prop:value=move || text.get()
                        on:input=move |e| text.set(event_target_value(&e))
                    ></textarea>
                </label>
                <div class="row">
                    <button
                        type="submit"
                        class="button button-primary"
                        disabled=move || wrong() || text.with(|t| t.trim().is_empty())
                    >
                        <Icon name="pin" />
                        "Pin the note"
                    </button>
                    <button type="button" class="button" on:click=move |_| close()>"Cancel"</button>
                </div>
            </form>
        </dialog>
    }
}
