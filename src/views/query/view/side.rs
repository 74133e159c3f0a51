//! Beside the editor: the fields of what is loaded, to be written by a click, and saved queries.

use super::super::leads::quoted_name;
use super::desk::Desk;
use crate::base::size;
use crate::session::Language;
use crate::session::suggest::{FieldHint, fields_like};
use crate::widgets::Icon;
use leptos::prelude::*;

/// Fields shown; a search finds the others.
const MOST: usize = 200;
/// Fields of every record.
const SYSTEM: [(&str, &str); 3] = [("@timestamp", "time"), ("@message", "text"), ("@kind", "text")];

#[component]
pub fn Side(desk: Desk) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let fields = Memo::new(move |_| fields(desk, &typed.get()));
    let count = move || {
        let all = desk.session.fields.with(|f| {
            let mut names: Vec<&str> = f.iter().map(|f| f.name.as_str()).collect();
            names.sort_unstable();
            names.dedup();
            names.len()
        });
        size::counted(all as u64, "fields")
    };
    let list = move || {
        let item = |hint: FieldHint| {
            let name = hint.name.clone();
            let insert = move |_| {
                let written = match desk.language() {
                    Language::Insights => quoted_name(&name),
                    Language::Filter => format!("$.{name}"),
                };
                desk.code.insert_here(&written);
            };
            view! {
                <li>
                    <button type="button" class="query-field" title=format!("{}: {}. Writes it at the caret", hint.name, hint.note) on:click=insert>
                        <span class="mono clip">{hint.name.clone()}</span>
                        <span class="faint micro clip">{hint.note.clone()}</span>
                    </button>
                </li>
            }
        };
        fields.get().into_iter().map(item).collect_view()
    };
    view! {
        <aside class="query-side" aria-label="Fields and saved queries">
            <div class="query-side-head">
                <h3>"Fields"</h3>
                <span class="faint small">{count}</span>
            </div>
            <label class="search query-search">
                <Icon name="search" />
                <input
                    type="search"
                    placeholder="Find a field"
                    aria-label="Find a field"
                    prop:value=move || typed.get()
                    on:input=move |e| typed.set(event_target_value(&e))
                />
            </label>
            <ul class="query-fields">{list}</ul>
            <SavedQueries desk />
        </aside>
    }
}

/// The fields whose name contains what is typed, those that people ask for first.
fn fields(desk: Desk, typed: &str) -> Vec<FieldHint> {
    let session = desk.session;
    let low = typed.trim().to_ascii_lowercase();
    let system = SYSTEM.iter().filter(|(name, _)| name.contains(&low));
    let mut all: Vec<FieldHint> = system
        .map(|(name, note)| FieldHint {
            name: (*name).to_owned(),
            note: (*note).to_owned(),
        })
        .collect();
    let found = session
        .fields
        .with(|f| session.kinds.with(|k| fields_like(f, k, typed, MOST)));
    // Words for what several kinds have in common are the page's filter's own.
    let is_field = |h: &FieldHint| session.fields.with(|f| f.iter().any(|f| f.name == h.name));
    all.extend(found.into_iter().filter(is_field));
    all
}

#[component]
fn SavedQueries(desk: Desk) -> impl IntoView {
    let list = move || {
        let saved = desk.kept.with(|k| k.saved.clone());
        if saved.is_empty() {
            return view! { <p class="faint small">"None yet: Save keeps the query under a name."</p> }
                .into_any();
        }
        let item = |saved: super::super::kept::Saved| {
            let (text, lang) = (saved.text.clone(), saved.lang.clone());
            let (name, forgotten) = (saved.name.clone(), saved.name.clone());
            view! {
                <li>
                    <button type="button" class="query-field" title=saved.text.clone() on:click=move |_| desk.write(&text, &lang)>
                        <Icon name="bookmark" />
                        <span class="clip grow">{name}</span>
                    </button>
                    <button
                        type="button"
                        class="button button-quiet button-icon button-small"
                        aria-label=format!("Forget the query {}", saved.name)
                        title="Forget"
                        on:click=move |_| desk.keep(|kept| kept.forget(&forgotten))
                    >
                        <Icon name="x" />
                    </button>
                </li>
            }
        };
        view! { <ul class="query-saved">{saved.into_iter().map(item).collect_view()}</ul> }.into_any()
    };
    view! {
        <h3 class="query-saved-head">"Saved"</h3>
        {list}
    }
}
