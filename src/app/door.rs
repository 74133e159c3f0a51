//! Which door is this? Local: the browser itself forbids every other host. Online: the hosts the person named.

use crate::widgets::Icon;
use leptos::prelude::*;

/// Hosts that may be reached, as the page that was opened says.
pub fn hosts() -> Option<Vec<String>> {
    let root = web_sys::window()?.document()?.document_element()?;
    if root.get_attribute("data-door")? != "online" {
        return None;
    }
    let hosts = root.get_attribute("data-hosts").unwrap_or_default();
    Some(hosts.split_whitespace().map(str::to_owned).collect())
}

/// Whether this is the page in one file.
pub fn is_single_file() -> bool {
    web_sys::window()
        .and_then(|w| w.location().protocol().ok())
        .is_some_and(|p| p == "file:")
}

#[component]
pub fn Badge() -> impl IntoView {
    match hosts() {
        None => view! {
            <span class="badge badge-local" title="The page's own security policy forbids every other host.">
                <Icon name="lock" />
                "Local · nothing leaves this tab"
            </span>
        }
        .into_any(),
        Some(hosts) => {
            let names = if hosts.is_empty() {
                "this host only".to_owned()
            } else {
                hosts.join(", ")
            };
            view! {
                <span class="badge badge-online" title="Files can be fetched from these hosts. Nothing is sent to them.">
                    <Icon name="globe" />
                    "Online · may reach "
                    {names}
                </span>
            }
            .into_any()
        }
    }
}
