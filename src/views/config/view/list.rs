//! The types and resources to choose from, each with the number of its changes.

use super::super::model::{MOST_RESOURCES, Resource, ask_resources, short};
use super::{Page, tables};
use crate::base::size;
use crate::views::download::Download;
use crate::views::show_query::ShowQuery;
use crate::widgets::Icon;
use leptos::prelude::*;
use std::sync::Arc;

#[component]
pub fn List(page: Page) -> impl IntoView {
    let session = page.session;
    let search = page.search;
    let total = move || {
        page.types.with(|t| {
            let resources: i64 = t.iter().map(|t| t.resources).sum();
            let changes: i64 = t.iter().map(|t| t.changes).sum();
            format!(
                "{} · {}",
                size::count(resources),
                size::counted(changes, "changes")
            )
        })
    };
    let types = move || {
        page.types
            .get()
            .into_iter()
            .map(|t| {
                let (here, go) = (t.name.clone(), t.name.clone());
                let toggle =
                    move |_| session.choose("type", if page.kind.get_untracked() == go { "" } else { &go });
                view! {
                    <button
                        type="button"
                        class="config-pick"
                        title=format!("{}: {}, {}", t.name, size::counted(t.resources, "resources"), size::counted(t.changes, "changes"))
                        aria-pressed=move || (page.kind.get() == here).to_string()
                        on:click=toggle
                    >
                        <span class="clip">{short(&t.name)}</span>
                        <span class="num">{size::count(t.resources)}</span>
                        <span class="num">{size::count(t.changes)}</span>
                    </button>
                }
            })
            .collect_view()
    };
    let resources = move || {
        page.listed
            .get()
            .into_iter()
            .map(|r| resource_row(page, r))
            .collect_view()
    };
    let cut = move || {
        (page.listed.with(Vec::len) >= MOST_RESOURCES).then(|| {
        view! { <p class="faint small config-cut">{format!("The first {MOST_RESOURCES}. A search or a filter shows others.")}</p> }
    })
    };
    view! {
        <div class="config-list">
            <div class="config-title">
                <h2>"Resources"</h2>
                <span class="faint small nowrap">{total}</span>
                <span class="grow"></span>
                <ShowQuery session query=move || Some(ask_resources(&page.kind.get(), search.get().trim(), None)) small=true />
                <Download session what="the resources" tables=Arc::new(move || tables::of_list(page)) small=true class="menu-left" />
            </div>
            <input
                class="field"
                type="search"
                aria-label="Find a resource by id, name or tag"
                placeholder="Id, name, tag"
                prop:value=move || search.get()
                on:input=move |e| search.set(event_target_value(&e))
            />
            <h3 class="config-heads"><span>"Type"</span><span>"resources"</span><span>"changes"</span></h3>
            <div class="config-scroll" tabindex="0" role="region" aria-label="Types">{types}</div>
            <h3 class="config-heads"><span>"Resource"</span><span>"items"</span><span>"changes"</span></h3>
            <div class="config-scroll" tabindex="0" role="region" aria-label="Resources">{resources}{cut}</div>
        </div>
    }
}

fn resource_row(page: Page, r: Resource) -> impl IntoView {
    let (here, key) = (r.key.clone(), r.key.clone());
    let name = match r.name.as_str() {
        "" => r.key.id.clone(),
        name if name == r.key.id => r.key.id.clone(),
        name => format!("{} {name}", r.key.id),
    };
    let place = [r.key.account.as_str(), r.key.region.as_str()].join(" ");
    let pressed = move || {
        page.chosen
            .with(|c| c.as_ref().is_some_and(|c| c.key == here))
            .to_string()
    };
    view! {
        <button
            type="button"
            class="config-pick"
            title=format!("{name} ({}) {place}", r.status)
            aria-pressed=pressed
            on:click=move |_| page.go(&key)
        >
            <span class="clip">
                {r.is_deleted().then(|| view! { <Icon name="circle-minus" /><span class="visually-hidden">"deleted "</span> })}
                <span class="mono">{name.clone()}</span>
            </span>
            <span class="num">{size::count(r.in_range)}</span>
            <span class="num">{size::count(r.changes)}</span>
        </button>
    }
}
