//! The menu that saves tables as files.

use super::{Icon, Menu};
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// Called when a file was made: with a sentence where there is something to say of it.
pub type Done = Callback<Option<String>>;

/// A form in which a table is saved.
#[derive(Clone)]
pub struct Way {
    pub title: &'static str,
    /// What it is for, where its title does not say.
    pub hint: &'static str,
    pub save: Arc<dyn Fn(Done) + Send + Sync>,
}

/// A table, and the forms it can be saved in.
#[derive(Clone)]
pub struct Offer {
    pub title: String,
    pub ways: Vec<Way>,
}

/// A button that opens the forms in which the tables near it are saved.
#[component]
pub fn DownloadMenu(
    /// What is saved, after "Download": `the events`.
    #[prop(into)]
    what: String,
    /// Asked whenever the menu opens.
    offers: Arc<dyn Fn() -> Vec<Offer> + Send + Sync>,
    /// The icon alone, where it stands at the head of one table.
    #[prop(optional)]
    small: bool,
    #[prop(optional, into)] class: String,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let told = RwSignal::new(String::new());
    let done = Callback::new(move |says: Option<String>| {
        if says.is_none() {
            focus_back();
        }
        open.set(says.is_some());
        told.set(says.unwrap_or_default());
    });
    // What was said of one file is not about the next.
    Effect::new(move |_| {
        if !open.get() {
            told.set(String::new());
        }
    });
    let list = move || {
        let group = |offer: Offer| {
            let ways = offer.ways.into_iter().map(|way| {
                let save = way.save;
                let press = move |_| {
                    told.set("The file is being made.".to_owned());
                    save(done);
                };
                view! {
                    <button type="button" class="line" title=(!way.hint.is_empty()).then_some(way.hint) on:click=press>
                        {way.title}
                    </button>
                }
            });
            view! {
                <div role="group" aria-label=offer.title.clone()>
                    <p class="download-title" aria-hidden="true">{offer.title.clone()}</p>
                    {ways.collect_view()}
                </div>
            }
        };
        offers().into_iter().map(group).collect_view()
    };
    let button = view! {
        <Icon name="download" />
        {(!small).then_some("Download")}
    };
    let class = match small {
        true => format!("download is-small {class}"),
        false => format!("download {class}"),
    };
    view! {
        <Menu button=button.into_any() label=format!("Download {what}") class open>
            {list.clone()}
            <p class="download-told small quiet" role="status">{move || told.get()}</p>
        </Menu>
    }
}

/// A menu that closes by itself leaves the focus on its button, where it came from.
fn focus_back() {
    let menu = document()
        .active_element()
        .and_then(|e| e.closest(".download").ok().flatten());
    let button = menu.and_then(|m| m.query_selector("button").ok().flatten());
    if let Some(button) = button.and_then(|b| b.dyn_into::<HtmlElement>().ok()) {
        // Where it can not be focused, nothing else should be.
        let _ = button.focus();
    }
}
