//! The text of a file, what is wrong with it, and what can be done with the file.

use super::super::model;
use super::super::paint::paint;
use super::page::{Open, Page, Run};
use crate::base::size;
use crate::rules::book::RuleFault;
use crate::widgets::{CodeEditor, Empty, Icon, dom};
use js_sys::Array;
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;

/// Faults told below the text; the first come first.
const MOST_TOLD: usize = 50;

#[component]
pub fn Toolbar(page: Page) -> impl IntoView {
    let name = move || {
        page.open.get().map(|o| match o {
            Open::Own(name) => name,
            Open::BuiltIn(theme) => format!("Built-in: {}", theme.title()),
        })
    };
    let renaming = RwSignal::new(false);
    // Another file has a name of its own.
    Effect::new(move |_| {
        page.open.track();
        renaming.set(false);
    });
    let save = move |_| {
        if let Some(name) = untrack(|| page.own_name()) {
            let text = page.code.text.get_untracked();
            // A file of a dropped folder is saved under its own name.
            let name = name.rsplit('/').next().unwrap_or_default();
            dom::save(name, "application/toml", &Array::of1(&text.into()));
        }
    };
    let going = Memo::new(move |_| page.run.with(|r| matches!(r, Run::Going(_))));
    let has_own = Memo::new(move |_| page.own_name().is_some());
    let writes = Memo::new(move |_| page.can_write());
    view! {
        <div class="toolbar rules-tools" hidden=move || page.open.with(Option::is_none)>
            <Show when=move || renaming.get() fallback=move || view! { <h3 class="clip mono rules-name" title=name>{name}</h3> }>
                <Rename page on_done=Callback::new(move |()| renaming.set(false)) />
            </Show>
            <Show when=move || writes.get() && !renaming.get()>
                <button
                    type="button"
                    class="button button-quiet button-icon button-small"
                    aria-label="Rename the file"
                    title="Rename the file"
                    on:click=move |_| renaming.set(true)
                >
                    <Icon name="pencil" />
                </button>
                <button
                    type="button"
                    class="button button-quiet button-icon button-small"
                    aria-label="Delete the file"
                    title="Delete the file; it can be taken back"
                    on:click=move |_| page.delete()
                >
                    <Icon name="trash-2" />
                </button>
            </Show>
            <span class="grow"></span>
            <Show when=move || has_own.get()>
                <button type="button" class="button button-small" title="Download the file" on:click=save>
                    <Icon name="download" />
                    "Save"
                </button>
            </Show>
            <Show when=move || page.open.with(Option::is_some)>
                {move || match going.get() {
                    true => view! {
                        <button type="button" class="button button-small" on:click=move |_| page.stop()>
                            <Icon name="square" />
                            "Stop"
                        </button>
                    }
                        .into_any(),
                    false => view! {
                        <button
                            type="button"
                            class="button button-primary button-small"
                            aria-keyshortcuts="Control+Enter"
                            on:click=move |_| page.try_now()
                        >
                            <Icon name="play" />
                            "Dry run "
                            <span class="micro" aria-hidden="true">"Ctrl ↵"</span>
                        </button>
                    }
                        .into_any(),
                }}
            </Show>
        </div>
    }
}

#[component]
fn Rename(page: Page, on_done: Callback<()>) -> impl IntoView {
    let typed = RwSignal::new(untrack(|| page.own_name()).unwrap_or_default());
    let wrong = RwSignal::new(None::<&'static str>);
    let input = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            // What can not be focused is clicked.
            let _ = input.focus();
            input.select();
        }
    });
    let done = move |e: web_sys::SubmitEvent| {
        e.prevent_default();
        match page.rename(&typed.get_untracked()) {
            Ok(()) => on_done.run(()),
            Err(why) => wrong.set(Some(why)),
        }
    };
    let key = move |e: web_sys::KeyboardEvent| {
        if e.key() == "Escape" {
            e.stop_propagation();
            on_done.run(());
        }
    };
    view! {
        <form class="row rules-rename" on:submit=done on:keydown=key>
            <input
                type="text"
                class="field mono"
                class:is-wrong=move || wrong.get().is_some()
                aria-label="Name of the file"
                aria-describedby="rules-name-said"
                aria-invalid=move || wrong.get().is_some().to_string()
                node_ref=input
                prop:value=move || typed.get()
                on:input=move |e| {
                    wrong.set(None);
                    typed.set(event_target_value(&e));
                }
            />
            <button type="submit" class="button button-small">"Rename"</button>
            <button type="button" class="button button-quiet button-small" on:click=move |_| on_done.run(())>"Cancel"</button>
            <span class="field-said is-wrong small" id="rules-name-said" role="alert">{move || wrong.get()}</span>
        </form>
    }
}

#[component]
pub fn Editor(page: Page) -> impl IntoView {
    view! {
        <Show
            when=move || page.open.with(Option::is_some)
            fallback=move || view! {
                <Empty title="Rules of your own find what you know to be wrong in your logs.">
                    <p class="quiet">
                        "A rule is a filter pattern or a Logs Insights query, with what to say of the records it takes. What rules find "
                        "stands among the findings."
                    </p>
                    <button type="button" class="button button-primary" on:click=move |_| page.begin()>
                        "Begin with an example"
                    </button>
                </Empty>
            }
        >
            <Writing page />
        </Show>
    }
}

#[component]
fn Writing(page: Page) -> impl IntoView {
    let code = page.code;
    let pieces = Signal::derive(move || code.text.with(|t| paint(t)));
    // Marks belong to the text as it was read: while something is typed there are none.
    let is_read = move || code.text.with(|now| page.settled.with(|read| now == read));
    let marks = Signal::derive(move || match is_read() {
        true => page.book.with(|b| code.text.with(|t| model::marks(t, &b.faults))),
        false => Vec::new(),
    });
    let invalid = Signal::derive(move || page.book.with(|b| !b.faults.is_empty()));
    let read_only = Signal::derive(move || !page.can_write());
    view! {
        <CodeEditor
            code
            label="Rules as TOML; Control and Enter tries them"
            pieces
            marks
            offers=Vec::new()
            on_run=Callback::new(move |()| page.try_now())
            described_by="rules-said"
            invalid
            read_only
        />
        <div class="rules-said small" id="rules-said" aria-live="polite">
            {move || {
                let book = page.book.get();
                (!book.faults.is_empty()).then(|| faults(page, &book))
            }}
        </div>
    }
}

fn faults(page: Page, book: &Arc<crate::rules::book::Book>) -> impl IntoView + use<> {
    let all = book.faults.len();
    let item = |fault: &RuleFault| {
        let (line, column) = (fault.line, fault.column);
        let rule = Some(fault.rule.clone()).filter(|r| !r.is_empty());
        view! {
            <li>
                <Icon name="circle-x" />
                <button type="button" class="link" on:click=move |_| page.go_to(line, column)>
                    {format!("Line {line}, column {column}")}
                </button>
                <span>
                    {rule.map(|r| view! { <span class="mono">{r}</span> ": " })}
                    {fault.says.clone()}
                </span>
            </li>
        }
    };
    view! {
        <ul>{book.faults.iter().take(MOST_TOLD).map(item).collect_view()}</ul>
        {(all > MOST_TOLD).then(|| {
            let text = format!("The first {MOST_TOLD} of {}.", size::counted(all as u64, "faults"));
            view! { <p class="faint">{text}</p> }
        })}
    }
}
