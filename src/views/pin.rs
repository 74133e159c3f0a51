//! A button that begins a note on what stands beside it; the page's one dialog takes the text.

use crate::evidence::Pin;
use crate::session::Session;
use crate::widgets::Icon;
use leptos::prelude::*;

/// Begins a note. `about` is asked when the button is pressed; `what` names it for those who do not see where the button
/// stands. A shared file's notes are fixed: there it shows nothing.
#[component]
pub fn PinButton(
    session: Session,
    #[prop(into)] what: String,
    about: impl Fn() -> Option<Pin> + 'static,
) -> impl IntoView {
    (!session.is_report()).then(|| {
        view! {
            <button
                type="button"
                class="button button-quiet button-icon button-small pin-button"
                aria-label=format!("Pin a note to {what}")
                title="Pin a note"
                on:click=move |_| {
                    if let Some(pin) = about() {
                        session.pinning.set(Some(pin));
                    }
                }
            >
                <Icon name="pin" />
            </button>
        }
    })
}
