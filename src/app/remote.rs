//! Files by URL: the host is named and asked about before anything is fetched, and a refusal is explained.

use super::door;
use super::intake::open;
use crate::engine::client::spawn;
use crate::session::Session;
use crate::widgets::Icon;
use gloo_net::http::Request;
use js_sys::{Array, Uint8Array};
use leptos::html;
use leptos::prelude::*;
use web_sys::Blob;

thread_local! {
    // Counted by reference: it belongs to the page, not to the scope that touches it first.
    static ASKED_URL: ArcRwSignal<Option<String>> = ArcRwSignal::new(None);
}

fn asked_url() -> ArcRwSignal<Option<String>> {
    ASKED_URL.with(Clone::clone)
}

/// Opens the dialog that asks before anything is fetched.
pub fn ask_url(url: String) {
    asked_url().set(Some(url));
}

/// Where a URL may come from without asking the network for more than this page's policy allows.
fn reachable(url: &web_sys::Url) -> bool {
    let here = web_sys::window().and_then(|w| w.location().origin().ok());
    here.as_deref() == Some(url.origin().as_str()) && !door::is_single_file()
        || door::hosts().is_some_and(|h| h.contains(&url.origin()))
}

/// What downloads a file in a terminal.
fn download_command(url: &web_sys::Url) -> String {
    format!("curl -fLO '{}'", url.href().replace('\'', "%27"))
}

/// Names the host, asks, fetches; what the browser refuses is explained with the command that does it instead.
#[component]
pub fn UrlDialog(session: Session) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<(String, String)>);
    let busy = RwSignal::new(false);
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        if let Some(url) = asked_url().get() {
            text.set(url);
            problem.set(None);
            if let Some(d) = dialog.get_untracked() {
                // A dialog that is open already stays open.
                let _ = d.show_modal();
            }
        }
    });
    let close = move || {
        asked_url().set(None);
        if let Some(d) = dialog.get_untracked() {
            d.close();
        }
    };
    let parsed = move || web_sys::Url::new(text.get().trim()).ok();
    let host = move || parsed().map(|u| u.host());
    let allowed = move || parsed().is_some_and(|u| reachable(&u));
    let over = move || {
        let url = text.get();
        let encoded = String::from(js_sys::encode_uri_component(url.trim()));
        format!("online.html?open={encoded}")
    };
    let fetch = move |_| {
        let Some(url) = untrack(parsed) else { return };
        busy.set(true);
        problem.set(None);
        spawn(async move {
            let result = get(&url).await;
            busy.try_set(false);
            match result {
                Ok((name, blob)) => {
                    open(session, vec![(name, Some(blob))]);
                    close();
                }
                Err(why) => {
                    problem.try_set(Some((why, download_command(&url))));
                }
            }
        });
    };
    view! {
        <dialog node_ref=dialog aria-labelledby="url-title" on:close=move |_| asked_url().set(None)>
            <div class="stack" style="gap:var(--space-4)">
                <h2 id="url-title">"Open from a URL"</h2>
                <label class="stack">
                    <span class="quiet small">"Address of the file"</span>
                    <input
                        class="field mono"
                        type="url"
                        prop:value=move || text.get()
                        on:input=move |e| text.set(event_target_value(&e))
                    />
                </label>
                {move || match (host(), allowed()) {
                    (None, _) => view! { <p class="quiet">"Type a whole address, with https:// in front."</p> }.into_any(),
                    (Some(host), true) => view! {
                        <p>"Trailbeam will fetch this file from " <strong>{host}</strong> " and read it in this tab. Nothing is sent with the request but the address."</p>
                    }
                        .into_any(),
                    (Some(_), false) if door::is_single_file() => view! {
                        <p>"This page in one file reaches no host at all."</p>
                    }
                        .into_any(),
                    (Some(host), false) if door::hosts().is_some() => view! {
                        <p>
                            <strong>{host}</strong>
                            " is not among the hosts that this page was opened for. "
                            <a class="link" href=over>"Open the online door anew"</a>
                            " and name it there; what is open here stays here."
                        </p>
                    }
                        .into_any(),
                    (Some(host), false) => view! {
                        <p>
                            "This is the local door: the page's policy forbids every other host, "
                            <strong>{host}</strong>
                            " too. "
                            <a class="link" href=over>"Go to the online door"</a>
                            ", which asks first which hosts it may reach; what is open here stays here."
                        </p>
                    }
                        .into_any(),
                }}
                {move || {
                    (host().is_some() && !allowed())
                        .then(|| view! {
                            <p class="quiet">"Or download the file, and drop it here:"</p>
                            <pre class="code">{move || parsed().map(|u| download_command(&u))}</pre>
                        })
                }}
                {move || {
                    problem
                        .get()
                        .map(|(why, command)| view! {
                            <div class="message message-red" role="alert">
                                <Icon name="circle-x" />
                                <div>
                                    <p>{why}</p>
                                    <p>"This downloads the file, to be dropped here:"</p>
                                    <pre class="code">{command}</pre>
                                </div>
                            </div>
                        })
                }}
                <div class="row">
                    <button
                        type="button"
                        class="button button-primary"
                        disabled=move || !allowed() || busy.get()
                        on:click=fetch
                    >
                        {move || if busy.get() { "Fetching…" } else { "Fetch it" }}
                    </button>
                    <button type="button" class="button" on:click=move |_| close()>"Cancel"</button>
                </div>
            </div>
        </dialog>
    }
}

/// Fetches a file; an error is a sentence on what the browser or the server said.
pub async fn get(url: &web_sys::Url) -> Result<(String, Blob), String> {
    let host = url.host();
    let page_is_https = web_sys::window()
        .and_then(|w| w.location().protocol().ok())
        .as_deref()
        == Some("https:");
    if page_is_https && url.protocol() == "http:" {
        return Err(format!(
            "This page came over https, and the browser lets it fetch nothing over plain http ({host})."
        ));
    }
    let response = Request::get(&url.href())
        .credentials(web_sys::RequestCredentials::Omit)
        .send()
        .await;
    let response = response.map_err(|_| {
        format!("The browser refused the answer of {host}, or it could not be reached. Most servers have to allow other pages to read their files (CORS); this one does not say so.")
    })?;
    match response.status() {
        200..=299 => {}
        403 => {
            return Err(format!(
                "{host} answered 403: the file is not public, or the signed address has expired."
            ));
        }
        404 => return Err(format!("{host} answered 404: there is no file at this address.")),
        status => return Err(format!("{host} answered {status} {}.", response.status_text())),
    }
    let bytes = response
        .binary()
        .await
        .map_err(|_| format!("The answer of {host} broke off."))?;
    let name = url
        .pathname()
        .rsplit('/')
        .next()
        .filter(|n| !n.is_empty())
        .unwrap_or("download")
        .to_owned();
    let parts = Array::of1(&Uint8Array::from(bytes.as_slice()));
    let blob = Blob::new_with_u8_array_sequence(&parts)
        .map_err(|_| "The browser has no memory for the file.".to_owned())?;
    Ok((name, blob))
}
