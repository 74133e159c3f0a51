//! The shell: what stands around every view.

mod brush;
mod describe;
mod door;
mod filterbar;
mod focus;
mod folders;
mod intake;
mod keys;
mod loading;
mod pin;
mod range;
mod record;
mod remote;
mod reopen;
mod scripting;
mod share;
mod shell;
mod start;

use leptos::prelude::*;

/// Puts the app into the page.
pub fn mount() {
    leptos::mount::mount_to_body(App);
}

#[component]
fn App() -> impl IntoView {
    let session = crate::session::Session::start();
    provide_context(session);
    provide_context(crate::widgets::dom::Look(RwSignal::new(0)));
    provide_context(crate::widgets::Moment(session.moment));
    shell::follow_theme(session);
    intake::accept_everywhere(session);
    keys::listen(session);
    focus::keep();
    scripting::publish(session);
    let css: String = crate::widgets::CSS
        .iter()
        .copied()
        .chain(crate::views::VIEWS.iter().map(|v| v.css))
        .collect();
    view! {
        <style>{css}</style>
        <shell::Shell session />
    }
}
