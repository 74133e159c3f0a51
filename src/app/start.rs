//! The first screen: where to drop, what can be read, and why it is private.

use super::intake::{self, Pickers};
use super::{describe, door, remote, reopen};
use crate::base::{Group, size};
use crate::engine::client::spawn;
use crate::formats::FORMATS;
use crate::session::Session;
use crate::widgets::Icon;
use leptos::prelude::*;

#[component]
pub fn Start(session: Session) -> impl IntoView {
    let making = RwSignal::new(false);
    let kinds = |group: Group| {
        FORMATS
            .iter()
            .map(|f| f.facts())
            .filter(move |f| f.group == group)
            .map(|f| {
                view! {
                    <div class="start-kind">
                        <dt class="strong">{f.title}</dt>
                        <dd class="quiet small">{f.shapes.join(", ")}</dd>
                    </div>
                }
            })
            .collect_view()
    };
    view! {
        <section class="view start">
            <div class="stack start-left">
                <div class="start-drop">
                    <svg class="start-art" viewBox="0 0 132 88" aria-hidden="true">
                        <rect x="2" y="10" width="44" height="58" rx="4"></rect>
                        <rect x="14" y="4" width="44" height="58" rx="4"></rect>
                        <rect x="26" y="0.8" width="44" height="58" rx="4" class="front"></rect>
                        <path d="M35 14h26M35 22h26M35 30h18"></path>
                        <path class="beam-far" d="M66 48 130 10v76z"></path>
                        <path class="beam" d="M66 48 130 32v32z"></path>
                        <circle class="beam" cx="66" cy="48" r="6"></circle>
                    </svg>
                    <h2 class="start-title">"Drop log files here"</h2>
                    <p class="quiet">
                        "Files or whole folders, as you exported them. Compressed and nested is fine: .gz .zip .tar .tgz .zst .bz2, recognised by content, never by name."
                    </p>
                    <div class="row start-buttons">
                        <Pickers primary=true />
                        <button type="button" class="button" on:click=move |_| remote::ask_url(String::new())>
                            <Icon name="link" />
                            "From a URL"
                        </button>
                        <button type="button" class="button" on:click=move |_| describe::ask(session)>
                            <Icon name="pencil" />
                            "Describe a log"
                        </button>
                    </div>
                    <p class="quiet small">
                        "or press " <kbd class="kbd">"O"</kbd> " to choose, " <kbd class="kbd">"Ctrl"</kbd> " "
                        <kbd class="kbd">"V"</kbd> " to paste lines or JSON"
                    </p>
                </div>
                <div class="panel start-card">
                    <Icon name="play" />
                    <div class="grow">
                        <p class="strong">"Try it with sample data"</p>
                        <p class="quiet small">
                            "A leaked access key, an opened security group, what flowed and what turned red. Synthetic, made in this tab."
                        </p>
                    </div>
                    <button
                        type="button"
                        class="button"
                        disabled=move || making.get()
                        on:click=move |_| {
                            making.set(true);
                            intake::open_sample(session);
                        }
                    >
                        {move || if making.get() { "Making the sample…" } else { "Open the sample" }}
                    </button>
                </div>
                <Reopen session />
            </div>
            <div class="stack start-right">
                <h2 class="row"><Icon name="lock" />"Nothing leaves this tab"</h2>
                <p class="quiet">
                    {if door::hosts().is_some() {
                        "Your files are read by this page and by nothing else. It may fetch from the hosts you named, and sends them nothing."
                    } else {
                        "Your files are read by this page and by nothing else. There is no account, no upload, no analytics. The page's own security policy forbids every other host, so the browser enforces it, not we."
                    }}
                </p>
                <h3>"Check it yourself"</h3>
                <ol class="start-check">
                    <li>"Open the developer tools, " <strong>"Network"</strong> ", and drop a file: the list stays empty."</li>
                    <li>"See the policy: " <code>"connect-src"</code> " stands in the first lines of the page."</li>
                    <li>"Switch the network off. Everything goes on working."</li>
                </ol>
                <p class="faint small">{concat!("Version ", env!("CARGO_PKG_VERSION"))}</p>
                <div class="divider"></div>
                <h2>"What can be read"</h2>
                <h3 class="quiet">"Infrastructure"</h3>
                <dl>{kinds(Group::Infrastructure)}</dl>
                <h3 class="quiet">"AWS services"</h3>
                <dl>{kinds(Group::AwsService)}</dl>
            </div>
        </section>
    }
}

/// What was open before the page was reloaded, and ways to open it again.
#[component]
fn Reopen(session: Session) -> impl IntoView {
    let names = RwSignal::new(reopen::recall());
    let handles = RwSignal::new(0);
    let refused = RwSignal::new(None::<String>);
    if !names.with_untracked(|(n, _)| n.is_empty()) {
        spawn(async move {
            let kept = reopen::handles_kept().await;
            handles.try_set(kept);
        });
    }
    let list = move || {
        let (names, more) = names.get();
        let more = (more > 0).then(|| format!(" and {} more", size::count(more as u64)));
        format!("{}{}", names.join(", "), more.unwrap_or_default())
    };
    view! {
        <Show when=move || names.with(|(n, _)| !n.is_empty())>
            <div class="panel start-card start-reopen">
                <Icon name="history" />
                <div class="grow">
                    <p class="strong">"Open in this tab before it was reloaded"</p>
                    <p class="quiet small mono">{list}</p>
                    <p class="quiet small">
                        {move || {
                            if handles.get() > 0 {
                                "The browser will ask whether this page may read what was dropped. What was chosen or pasted has to be chosen again."
                            } else {
                                "A page cannot keep files over a reload: choose or drop them again."
                            }
                        }}
                    </p>
                    {move || refused.get().map(|why| view! { <p class="status-yellow small" role="alert">{why}</p> })}
                    <div class="row start-buttons">
                        <Show when=move || { handles.get() > 0 }>
                            <button
                                type="button"
                                class="button button-primary"
                                on:click=move |_| spawn(async move {
                                    if let Err(why) = reopen::open_again(session).await {
                                        refused.try_set(Some(why));
                                    }
                                })
                            >
                                "Open again"
                            </button>
                        </Show>
                        <Pickers />
                        <button
                            type="button"
                            class="button button-quiet"
                            on:click=move |_| {
                                reopen::forget();
                                names.set(Default::default());
                            }
                        >
                            "Forget"
                        </button>
                    </div>
                </div>
            </div>
        </Show>
    }
}
