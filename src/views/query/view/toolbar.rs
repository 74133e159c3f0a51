//! The head of the page: the language, what to begin with, what was asked before, and running.

use super::super::kept::{Past, Saved, name_for};
use super::desk::Desk;
use crate::base::size;
use crate::widgets::{Icon, Menu, Segmented, format};
use leptos::prelude::*;

#[component]
pub fn Toolbar(desk: Desk) -> impl IntoView {
    let language = RwSignal::new(shown(&desk.lang.get_untracked()));
    // The two follow each other: a press here, a link or a saved query there.
    Effect::new(move |_| language.set(shown(&desk.lang.get())));
    Effect::new(move |_| {
        let lang = language.get();
        desk.turn_to(if lang == "filter" { "filter" } else { "" });
    });
    let running = move || desk.run.with(|r| r.phase.is_running());
    view! {
        <div class="toolbar">
            <h2>"Query"</h2>
            <Segmented
                label="Language"
                options=vec![("insights", "Logs Insights QL"), ("filter", "Filter pattern")]
                value=language
                small=true
            />
            <span class="grow"></span>
            <Examples desk />
            <History desk />
            <Save desk />
            {move || match running() {
                true => view! {
                    <button type="button" class="button button-small" on:click=move |_| desk.stop()>
                        <Icon name="square" />
                        "Stop"
                    </button>
                }
                    .into_any(),
                false => view! {
                    <button type="button" class="button button-primary button-small" aria-keyshortcuts="Control+Enter" on:click=move |_| desk.ask()>
                        <Icon name="play" />
                        "Run "
                        <span class="query-key" aria-hidden="true">"Ctrl ↵"</span>
                    </button>
                }
                    .into_any(),
            }}
        </div>
    }
}

fn shown(lang: &str) -> String {
    if lang == "filter" { "filter" } else { "insights" }.to_owned()
}

#[component]
fn Examples(desk: Desk) -> impl IntoView {
    let open = RwSignal::new(false);
    let list = move || {
        let item = |(title, text): (&'static str, &'static str)| {
            let take = move |_| {
                open.set(false);
                let lang = desk.lang.get_untracked();
                desk.write(text, &lang);
                desk.code.go_to(0);
            };
            view! {
                <button type="button" class="line query-example" title=text on:click=take>
                    {title}
                </button>
            }
        };
        desk.examples().into_iter().map(item).collect_view()
    };
    let button = view! {
        <Icon name="book-open" />
        <span class="query-word">"Examples"</span>
    };
    view! {
        <Menu button=button.into_any() label="Examples" class="query-menu" open>
            {list}
        </Menu>
    }
}

#[component]
fn History(desk: Desk) -> impl IntoView {
    let open = RwSignal::new(false);
    let list = move || {
        let past = desk.kept.with(|k| k.past.clone());
        if past.is_empty() {
            return view! { <p class="small quiet">"Nothing was asked yet."</p> }.into_any();
        }
        let item = |past: Past| {
            let offset = desk.session.offset_min(past.at_ms.saturating_mul(1_000_000));
            let when = format::minute(past.at_ms.saturating_mul(1_000_000), offset);
            let (text, lang) = (past.text.clone(), past.lang.clone());
            let take = move |_| {
                open.set(false);
                desk.write(&text, &lang);
                desk.code.go_to(0);
            };
            view! {
                <button type="button" class="line query-past" title=past.text.clone() on:click=take>
                    <span class="mono clip">{one_line(&past.text)}</span>
                    <span class="faint small">{format!("{}, {when}", size::counted(past.rows, "rows"))}</span>
                </button>
            }
        };
        past.into_iter().map(item).collect_view().into_any()
    };
    let button = view! {
        <Icon name="history" />
        <span class="query-word">"History"</span>
    };
    view! {
        <Menu button=button.into_any() label="History" class="query-menu" open>
            {list}
        </Menu>
    }
}

/// A query in a list: without its comments' signs and breaks.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[component]
fn Save(desk: Desk) -> impl IntoView {
    let open = RwSignal::new(false);
    let name = RwSignal::new(String::new());
    Effect::new(move |_| {
        if open.get() {
            name.set(name_for(&desk.code.text.get_untracked()));
        }
    });
    let save = move || {
        let text = desk.code.text.get_untracked();
        let called = name.get_untracked().trim().to_owned();
        if called.is_empty() || text.trim().is_empty() {
            return;
        }
        let said = format!("The query is saved as {called}.");
        let lang = desk.lang.get_untracked();
        desk.keep(|kept| {
            kept.save(Saved {
                name: called,
                text,
                lang,
            })
        });
        desk.session.say.set(said);
        open.set(false);
    };
    let button = view! {
        <Icon name="bookmark" />
        <span class="query-word">"Save"</span>
    };
    view! {
        <Menu button=button.into_any() label="Save" class="query-menu" open>
            <form
                class="query-save"
                on:submit=move |e| {
                    e.prevent_default();
                    save();
                }
            >
                <label class="small" for="query-name">"Save the query as"</label>
                <input
                    id="query-name"
                    class="field"
                    type="text"
                    maxlength="80"
                    prop:value=move || name.get()
                    on:input=move |e| name.set(event_target_value(&e))
                />
                <button type="submit" class="button button-primary">"Save the query"</button>
                <p class="faint small">"It is kept in this browser alone."</p>
            </form>
        </Menu>
    }
}
