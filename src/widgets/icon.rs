//! Lucide icons as inline SVG.

use super::icon_data::icon;
use leptos::prelude::*;

/// An icon by its Lucide name; it stands beside a word and says nothing of its own.
#[component]
pub fn Icon(name: &'static str) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path d=icon(name).unwrap_or_default()></path>
        </svg>
    }
}
