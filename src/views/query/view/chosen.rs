//! The row that was chosen: what its group or pattern is, and the way to its records.

use super::super::leads::{Leads, leads};
use super::desk::{Desk, lang_of};
use super::results::Shown;
use crate::language::insights::{Origin, PatternOrigin, Value};
use crate::widgets::Icon;
use leptos::prelude::*;
use std::sync::Arc;

type Keys = Vec<(String, Value<'static>)>;

/// Goes to the records of a group: by the page's filter, or by a query of them.
pub fn show_records(desk: Desk, keys: &Keys) {
    let session = desk.session;
    let asked = desk.run.with_untracked(|r| r.asked.as_ref().map(|a| a.0.clone()));
    let Some(asked) = asked else { return };
    let found = session
        .fields
        .with_untracked(|fields| leads(&asked.text, keys, fields, asked.range));
    match found {
        Some(Leads::Filter { filter, range }) => session.show("events", asked.filter.and(filter), range),
        Some(Leads::Query(text)) => {
            desk.write(&text, lang_of(asked.language));
            desk.ask();
        }
        None => session.notice.set(Some(
            "A map or list can not be asked for: group by a field inside of it to reach the records."
                .to_owned(),
        )),
    }
}

#[component]
pub fn Chosen(desk: Desk, shown: RwSignal<Shown>, chosen: RwSignal<Option<u64>>) -> impl IntoView {
    let origin = move || {
        let at = chosen.get()?;
        shown.with(|s| s.table.origins.get(s.row(at)?).cloned())
    };
    move || match origin()? {
        // Its panel says all of it.
        Origin::Row(_) => None,
        Origin::Group(keys) => Some(view! { <Group desk keys /> }.into_any()),
        Origin::Pattern(pattern) => Some(view! { <Pattern desk pattern /> }.into_any()),
    }
}

#[component]
fn Group(desk: Desk, keys: Arc<Keys>) -> impl IntoView {
    let written = |(name, value): &(String, Value<'static>)| {
        let value = match value {
            Value::Absent => "none".to_owned(),
            value => value.display(),
        };
        view! {
            <span class="token">
                <span class="text">{format!("{name} = {value}")}</span>
            </span>
        }
    };
    let tokens = keys.iter().map(written).collect_view();
    let all = keys.is_empty().then_some("all records that match");
    view! {
        <div class="query-chosen" role="region" aria-label="Chosen row">
            {tokens}
            {all}
            <button type="button" class="button button-small" on:click=move |_| show_records(desk, &keys)>
                <Icon name="rows-3" />
                "Show its records"
            </button>
            <span class="faint small">"or Enter once more"</span>
        </div>
    }
}

#[component]
fn Pattern(desk: Desk, pattern: Arc<PatternOrigin>) -> impl IntoView {
    let sample = pattern.sample;
    let tokens = pattern.tokens.iter().enumerate().map(|(n, token)| {
        view! {
            <dt>{format!("{} {}", token.kind.label(), n + 1)}</dt>
            <dd class="mono" title=token.values.join(", ")>{token.values.join(", ")}</dd>
        }
    });
    view! {
        <div class="query-chosen is-tall" role="region" aria-label="Chosen pattern" tabindex="0">
            <button type="button" class="button button-small" on:click=move |_| desk.session.open_row(sample)>
                <Icon name="file-text" />
                "Open a sample record"
            </button>
            <p class="mono query-pattern">{pattern.pattern.clone()}</p>
            <dl class="pairs">{tokens.collect_view()}</dl>
        </div>
    }
}
