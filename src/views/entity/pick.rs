//! Where one looks for a thing: a field to type in, and what the logs say most of.

use super::model::{BESIDE, ask_fullest};
use crate::base::{Value, size};
use crate::session::Session;
use crate::views::people::EntityLink;
use crate::views::shared::capital;
use crate::widgets::Icon;
use leptos::prelude::*;

/// A field that takes any value.
#[component]
pub fn PickBox(session: Session, #[prop(into)] now: Signal<String>) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    Effect::new(move |_| typed.set(now.get()));
    let open = move |e: web_sys::SubmitEvent| {
        e.prevent_default();
        let value = typed.get_untracked();
        session.open_entity(value.trim());
    };
    view! {
        <form class="entity-pick" role="search" on:submit=open>
            <input
                class="field mono"
                type="search"
                spellcheck="false"
                autocomplete="off"
                aria-label="An address, principal, access key, resource, interface, host or account"
                placeholder="Address, principal, key, resource, interface, account …"
                prop:value=move || typed.get()
                on:input=move |e| typed.set(event_target_value(&e))
            />
            <button type="submit" class="button">
                <Icon name="search" />
                "Show"
            </button>
        </form>
    }
}

/// What is in the logs most, by role.
#[component]
pub fn Fullest(session: Session) -> impl IntoView {
    let lists = BESIDE
        .iter()
        .map(|&(role, word)| {
            let answer = session
                .answer(move || Some(session.scoped(ask_fullest(role))))
                .answer;
            move || {
                let answer = answer.get()?;
                let rows: Vec<_> = (answer.rows.iter())
                    .filter_map(|row| {
                        let value = match row.first()? {
                            Value::Absent => return None,
                            Value::List(items) => items.first()?.clone(),
                            one => one.to_text(),
                        };
                        let count = row.get(1).and_then(Value::as_i64).unwrap_or(0);
                        Some(view! { <li><EntityLink session value /><span class="num faint">{size::count(count)}</span></li> })
                    })
                    .collect();
                (!rows.is_empty()).then(|| {
                    view! {
                        <section class="panel">
                            <div class="panel-head"><h2>{capital(&plural(word))}</h2></div>
                            <ul class="entity-list">{rows}</ul>
                        </section>
                    }
                })
            }
        })
        .collect_view();
    view! { <div class="entity-fullest">{lists}</div> }
}

fn plural(word: &str) -> String {
    match word.strip_suffix("ss") {
        Some(_) => format!("{word}es"),
        None => format!("{word}s"),
    }
}
