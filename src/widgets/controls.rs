//! Buttons in groups, selects, menus, status tags, empty states, table twins.

use super::Icon;
use super::keys::on_keys;
use crate::base::size;
use crate::chart::Scene;
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::JsCast;

/// The key that shows a chart as a table, and back.
pub const TWIN_KEY: &[&str] = &["t"];

/// A value and what it is called.
pub type Choice = (&'static str, &'static str);

/// One of a few, all in sight.
#[component]
pub fn Segmented(
    label: &'static str,
    options: Vec<Choice>,
    #[prop(into)] value: RwSignal<String>,
    #[prop(optional)] small: bool,
    /// A letter that goes on to the next of them.
    #[prop(optional)]
    key: Option<&'static [&'static str]>,
) -> impl IntoView {
    let ids: Vec<&'static str> = options.iter().map(|(id, _)| *id).collect();
    if let Some(key) = key {
        on_keys(key, move |_| {
            let now = value.get_untracked();
            let next = ids.iter().skip_while(|id| **id != now).nth(1).or(ids.first());
            if let Some(next) = next {
                value.set((*next).to_owned());
            }
        });
    }
    view! {
        <div class="segmented" class:segmented-small=small role="group" aria-label=label>
            {options
                .into_iter()
                .map(|(id, title)| {
                    view! {
                        <button
                            type="button"
                            aria-pressed=move || (value.get() == id).to_string()
                            on:click=move |_| value.set(id.to_owned())
                        >
                            {title}
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
}

/// One of several, by the browser's own list.
#[component]
pub fn Select(
    label: &'static str,
    #[prop(into)] options: Signal<Vec<(String, String)>>,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] on_change: Callback<String>,
) -> impl IntoView {
    view! {
        <label class="select">
            <span class="label">{label}</span>
            <select on:change=move |e| on_change.run(event_target_value(&e)) prop:value=move || value.get()>
                {move || {
                    let now = value.get();
                    options
                        .get()
                        .into_iter()
                        .map(|(id, title)| {
                            let on = id == now;
                            view! { <option value=id selected=on>{title}</option> }
                        })
                        .collect_view()
                }}
            </select>
        </label>
    }
}

/// A button that opens a panel under itself; Escape and a click elsewhere close it.
#[component]
pub fn Menu(
    /// What stands on the button.
    button: AnyView,
    #[prop(into)] label: String,
    #[prop(optional, into)] class: String,
    #[prop(optional)] open: Option<RwSignal<bool>>,
    children: ChildrenFn,
) -> impl IntoView {
    let open = open.unwrap_or_else(|| RwSignal::new(false));
    let node = NodeRef::<html::Div>::new();
    let trigger = NodeRef::<html::Button>::new();
    let outside = window_event_listener(leptos::ev::pointerdown, move |e| {
        if !open.get_untracked() {
            return;
        }
        let target = e.target().and_then(|t| t.dyn_into::<web_sys::Node>().ok());
        if let (Some(n), Some(t)) = (node.get_untracked(), target)
            && !n.contains(Some(&t))
        {
            open.set(false);
        }
    });
    on_cleanup(move || outside.remove());
    let key = move |e: web_sys::KeyboardEvent| {
        if e.key() == "Escape" && open.get_untracked() {
            e.stop_propagation();
            open.set(false);
            if let Some(b) = trigger.get_untracked() {
                // Focus goes back to where the panel came from; a hidden button keeps it where it is.
                let _ = b.focus();
            }
        }
    };
    view! {
        <div class=format!("menu {class}") node_ref=node on:keydown=key>
            <button
                type="button"
                class="button"
                node_ref=trigger
                aria-expanded=move || open.get().to_string()
                aria-label=label.clone()
                title=label
                on:click=move |_| open.update(|o| *o = !*o)
            >
                {button}
            </button>
            <Show when=move || open.get()>
                <div class="menu-panel">{children()}</div>
            </Show>
        </div>
    }
}

/// Icon, word and colour of what came of something.
#[component]
pub fn StatusTag(
    /// `red`, `yellow`, `ok`, `info` or `none`.
    #[prop(into)]
    status: String,
    #[prop(into)] text: String,
) -> impl IntoView {
    let icon = match status.as_str() {
        "red" => "circle-x",
        "yellow" => "triangle-alert",
        "ok" => "circle-check",
        "info" => "loader",
        _ => "circle-dashed",
    };
    view! {
        <span class=format!("status status-{status}")>
            <Icon name=icon />
            {text}
        </span>
    }
}

/// Why there is nothing here, and what would fill it.
#[component]
pub fn Empty(
    #[prop(into)] title: Signal<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty" role="status">
            <p class="strong">{move || title.get()}</p>
            {children.map(|c| c())}
        </div>
    }
}

/// Rows of a table twin in the page; more would make it slow.
const TWIN_ROWS: usize = 1000;

/// The table that says the same as a chart.
#[component]
pub fn TwinTable(#[prop(into)] scene: Signal<Option<Arc<Scene>>>) -> impl IntoView {
    let table = move || {
        let twin = scene.get()?.table.clone();
        let numeric: Vec<bool> = twin.columns.iter().map(|c| c.numeric).collect();
        let rows = twin.rows.len();
        Some(view! {
            <table class="table table-tight">
                <thead>
                    <tr>
                        {twin
                            .columns
                            .into_iter()
                            .map(|c| view! { <th scope="col" class:num=c.numeric>{c.name}</th> })
                            .collect_view()}
                    </tr>
                </thead>
                <tbody>
                    {twin
                        .rows
                        .into_iter()
                        .take(TWIN_ROWS)
                        .map(|row| {
                            let cells = row
                                .into_iter()
                                .enumerate()
                                .map(|(i, cell)| {
                                    let num = numeric.get(i).copied().unwrap_or(false);
                                    view! { <td class:num=num>{cell}</td> }
                                })
                                .collect_view();
                            view! { <tr>{cells}</tr> }
                        })
                        .collect_view()}
                </tbody>
            </table>
            {(rows > TWIN_ROWS).then(|| view! {
                <p class="faint small twin-cut">
                    {format!(
                        "The first {} of {} rows. A shorter range shows the others.",
                        size::count(TWIN_ROWS as u64),
                        size::count(rows as u64),
                    )}
                </p>
            })}
        })
    };
    view! { <div class="twin" tabindex="0" role="region" aria-label="The chart's figures as a table">{table}</div> }
}
