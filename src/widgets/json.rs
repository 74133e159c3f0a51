//! JSON as people read it: indented, coloured by kind of value; every text stays text.

use super::json_lines::{Leaf, lines};
use super::value::{HOLDER, ValueActions};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Indented JSON, or the text itself where it is none. The value pointed at, or walked to by arrow keys, has its actions
/// beside it.
#[component]
pub fn Json(
    #[prop(into)] text: Signal<String>,
    /// Filters for a value (true) or filters it out.
    #[prop(into)]
    on_filter: Callback<(Leaf, bool)>,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let all = Memo::new(move |_| text.with(|t| lines(t)));
    // The line with the actions, and how far down it stands (CSS pixels): one set of buttons serves all lines.
    let active = RwSignal::new(None::<(usize, i32)>);
    let leaf = Memo::new(move |_| {
        let (at, _) = active.get()?;
        all.with(|all| all.get(at)?.value.clone())
    });
    let make_active = move |line: Option<Element>| {
        let line = line.and_then(|l| l.dyn_into::<HtmlElement>().ok());
        let found = line.and_then(|l| Some((l.dataset().get("at")?.parse().ok()?, l.offset_top())));
        if found.is_some() && active.get_untracked() != found {
            active.set(found);
        }
    };
    let pointed = move |e: web_sys::MouseEvent| {
        let target = e.target().and_then(|t| t.dyn_into::<Element>().ok());
        make_active(target.and_then(|t| t.closest("[data-at]").ok().flatten()));
    };
    let walk = move |e: web_sys::KeyboardEvent| {
        let now = active.get_untracked().map(|(at, _)| at);
        let next = all.with_untracked(|all| {
            let has = |at: &usize| all.get(*at).is_some_and(|l| l.value.is_some());
            match e.key().as_str() {
                "ArrowDown" => (now.map_or(0, |at| at + 1)..all.len()).find(has),
                "ArrowUp" => (0..now.unwrap_or(0)).rev().find(has),
                _ => None,
            }
        });
        let Some(next) = next else { return };
        let line = node.get_untracked().and_then(|n| {
            let line = n.query_selector(&format!("[data-at='{next}']"));
            line.ok().flatten()
        });
        if let Some(line) = line {
            e.prevent_default();
            e.stop_propagation();
            line.scroll_into_view_with_bool(false);
            make_active(Some(line));
        }
    };
    let view_lines = move || {
        all.get()
            .into_iter()
            .enumerate()
            .map(|(at, line)| {
                let place = line.value.is_some().then(|| at.to_string());
                let pieces = line
                    .pieces
                    .into_iter()
                    .map(|(class, text)| view! { <span class=class>{text}</span> })
                    .collect_view();
                view! {
                    <span class="json-line" class:is-active=move || active.get().is_some_and(|(a, _)| a == at) data-at=place>
                        {pieces}
                        "\n"
                    </span>
                }
            })
            .collect_view()
    };
    let name = Signal::derive(move || leaf.get().map(|l| l.path).unwrap_or_default());
    let copied = Signal::derive(move || leaf.get().and_then(|l| l.text).unwrap_or_default());
    let filter = move |for_it: bool| {
        if let Some(leaf) = leaf.get_untracked() {
            on_filter.run((leaf, for_it));
        }
    };
    view! {
        <div class=format!("json {HOLDER}") node_ref=node on:mouseover=pointed on:keydown=walk>
            <pre class="code" tabindex="0" aria-label="JSON: arrows walk the values">{view_lines}</pre>
            <Show when=move || leaf.get().is_some()>
                <span class="json-actions" style=move || active.get().map(|(_, top)| format!("top:{top}px"))>
                    <ValueActions name on_filter=filter copied />
                </span>
            </Show>
            <span class="visually-hidden" aria-live="polite">{name}</span>
        </div>
    }
}
