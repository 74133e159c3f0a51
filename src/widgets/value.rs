//! What can be done with a value from a log: filter for it, filter it out, copy it, see everything said of it.

use super::{Icon, dom};
use leptos::prelude::*;

/// Put on what holds a value and its [`ValueActions`], so that keys find the one pointed at or focused.
pub const HOLDER: &str = "value-holder";

/// Buttons beside a value.
#[component]
pub fn ValueActions(
    /// What the value is called.
    #[prop(into)]
    name: Signal<String>,
    /// Filters for the value (true) or filters it out.
    #[prop(into)]
    on_filter: Callback<bool>,
    /// What is copied.
    #[prop(into)]
    copied: Signal<String>,
    /// Opens the page of what the value names.
    #[prop(optional, into)]
    on_entity: Option<Callback<()>>,
) -> impl IntoView {
    let filter = move |for_it: bool| {
        let (key, icon, title) = match for_it {
            true => ("i", "plus", "Filter for"),
            false => ("x", "circle-minus", "Filter out"),
        };
        view! {
            <button
                type="button"
                data-key=key
                aria-label=move || format!("{title} this {}", name.get())
                title=format!("{title} ({})", key.to_uppercase())
                on:click=move |_| on_filter.run(for_it)
            >
                <Icon name=icon />
            </button>
        }
    };
    view! {
        <span class="value-actions">
            {filter(true)}
            {filter(false)}
            <button
                type="button"
                aria-label=move || format!("Copy {}", name.get())
                title="Copy"
                on:click=move |_| dom::copy(&copied.get_untracked())
            >
                <Icon name="copy" />
            </button>
            {on_entity
                .map(|open| {
                    view! {
                        <button
                            type="button"
                            data-key="y"
                            aria-label=move || format!("Everything about this {}", name.get())
                            title="Everything about it (Y)"
                            on:click=move |_| open.run(())
                        >
                            <Icon name="crosshair" />
                        </button>
                    }
                })}
        </span>
    }
}

/// Presses the button that bears this key (`i`, `x`) of the value that has the focus, or else of the one pointed at.
pub fn press_on_value(key: &str) -> bool {
    let document = web_sys::window().and_then(|w| w.document());
    let button = [":focus-within", ":hover"].iter().find_map(|state| {
        let found = document
            .as_ref()?
            .query_selector(&format!(".{HOLDER}{state} [data-key={key}]"));
        found.ok().flatten()
    });
    let button = button.and_then(|b| wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(b).ok());
    button.inspect(web_sys::HtmlElement::click).is_some()
}
