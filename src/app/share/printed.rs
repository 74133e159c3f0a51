//! What stands over the printed layer while scripts are on.

use crate::widgets::Icon;
use leptos::prelude::*;

#[component]
pub fn PrintedBar() -> impl IntoView {
    let print = move |_| {
        if let Some(window) = web_sys::window() {
            // A browser that can not print does nothing.
            let _ = window.print();
        }
    };
    view! {
        <aside class="printed-bar" aria-label="About this layer">
            <span class="quiet small grow">"The printed layer: what this file shows with scripts off, and on paper."</span>
            <button type="button" class="button" on:click=print>
                <Icon name="printer" />
                "Print"
            </button>
            <button type="button" class="button button-primary" on:click=move |_| super::bar::show_printed(false)>
                <Icon name="layout-dashboard" />
                "Open the dashboard"
            </button>
        </aside>
    }
}
