//! The page of rules: files and the catalogue beside the editor, what is wrong with the text, and what a dry run says.

mod built_in;
mod editor;
mod files;
mod page;
mod tried;

use crate::session::Session;
use built_in::BuiltIn;
use editor::{Editor, Toolbar};
use files::Files;
use leptos::prelude::*;
use page::Page;
use tried::Rules;

pub fn mount(session: Session) -> AnyView {
    view! { <Whole session /> }.into_any()
}

#[component]
fn Whole(session: Session) -> impl IntoView {
    let page = Page::new(session);
    view! {
        <section class="view view-flush rules">
            <div class="rules-side">
                <Files page />
                <BuiltIn page />
            </div>
            <div class="rules-main">
                <Toolbar page />
                <Editor page />
                <Rules page />
            </div>
        </section>
    }
}
