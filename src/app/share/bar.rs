//! The top of a shared file: what it is, its hash, the way to the printed layer.

use crate::session::Report;
use crate::widgets::Icon;
use leptos::prelude::*;
use std::sync::Arc;

/// Shows the printed layer instead of the dashboard, or the dashboard again.
pub(super) fn show_printed(printed: bool) {
    let root = web_sys::window()
        .and_then(|w| w.document())
        .and_then(|d| d.document_element());
    if let Some(root) = root {
        // Setting an attribute fails only for a name that is none.
        let _ = root.set_attribute("data-shows", if printed { "printed" } else { "dashboard" });
    }
}

#[component]
pub fn ReportBar(report: Arc<Report>) -> impl IntoView {
    show_printed(false);
    let title = report.manifest.title.clone();
    let hash: String = report.stated_sha256.chars().take(16).collect();
    let whole = report.stated_sha256.clone();
    view! {
        <span class="badge badge-local" title="This file's own security policy forbids every host.">
            <Icon name="wifi-off" />
            "Offline file · the network is forbidden"
        </span>
        <span class="strong clip report-title-bar" title=title.clone()>{title.clone()}</span>
        <span class="mono faint small nowrap" title=format!("SHA-256 of the manifest: {whole}")>{hash}"…"</span>
        <button type="button" class="button" on:click=move |_| show_printed(true)>
            <Icon name="printer" />
            "Printed layer"
        </button>
    }
}
