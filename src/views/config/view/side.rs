//! Who made the change, what else happened around it, and what the resource was related to then.

use super::super::around::*;
use super::super::history::Item;
use super::super::model::short;
use super::Page;
use crate::query::Expr;
use crate::views::people::EntityLink;
use crate::widgets::{Icon, format};
use leptos::prelude::*;

const CLOUDTRAIL: [&str; 1] = ["cloudtrail"];

#[component]
pub fn Side(page: Page) -> impl IntoView {
    let session = page.session;
    let item = Memo::new(move |_| page.items.with(|l| l.get(page.pair.get().1).cloned()));
    let id = move || {
        page.chosen
            .with(|c| c.as_ref().map(|c| c.key.id.clone()))
            .unwrap_or_default()
    };
    let answer = session.answer(move || {
        if session.rows_of(&CLOUDTRAIL) == 0 {
            return None;
        }
        item.get().map(|i| ask_around(&i, &id()))
    });
    let near = Memo::new(move |_| {
        let (item, answer) = (item.get()?, answer.answer.get()?);
        Some(events(&answer, &item))
    });
    let who = move || {
        if session.rows_of(&CLOUDTRAIL) == 0 {
            let say = "No CloudTrail is loaded; its files would say who made this change.";
            return view! { <p class="quiet">{say}</p> }.into_any();
        }
        let (Some(item), Some(near)) = (item.get(), near.get()) else {
            return ().into_any();
        };
        match cause(&near).and_then(|at| near.get(at).cloned()) {
            Some(event) => maker(page, &item, event).into_any(),
            None => view! { <p class="quiet">"No write of the ten minutes before names this resource."</p> }
                .into_any(),
        }
    };
    let others = move || {
        let (Some(item), Some(near)) = (item.get(), near.get()) else {
            return Vec::new();
        };
        let made = cause(&near);
        let rest = near.into_iter().enumerate().filter(|(n, _)| Some(*n) != made);
        rest.map(|(_, e)| other(page, &item, e).into_any()).collect()
    };
    let in_trail = move |_| {
        if let Some(i) = item.get_untracked() {
            session.show("trail", Expr::All, Some(around(&i)));
        }
    };
    view! {
        <aside class="config-side" aria-label="Around the change">
            <h3>"Who did it"</h3>
            {who}
            <Show when=move || { session.rows_of(&CLOUDTRAIL) > 0 && item.with(Option::is_some) }>
                <h3>"Around this change"</h3>
                <ul>{others}</ul>
                <button type="button" class="link" on:click=in_trail>"All of the 30 minutes around it in Trail"</button>
            </Show>
            <h3>"Relationships then"</h3>
            <Relations page item=item.into() />
        </aside>
    }
}

/// The event that made the change, with how sure that is.
fn maker(page: Page, item: &Item, event: Event) -> impl IntoView {
    let (class, icon, word) = match event.certain {
        true => ("ok", "circle-check", "Certain: named in relatedEvents"),
        false => ("yellow", "triangle-alert", "Likely: by time and resource"),
    };
    let before = format::duration(item.at_ns.abs_diff(event.at_ns) as i64);
    let pairs = [
        ("User", event.principal),
        ("Access key", event.access_key),
        ("From", event.address),
        ("MFA", event.mfa),
    ];
    let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
    let place = event.place;
    view! {
        <p>
            <button type="button" class="link strong" on:click=move |_| page.session.open.set(Some(place.clone()))>{event.name}</button>
        </p>
        <p class="quiet">{move || page.when(event.at_ns)} ", " {before} " before Config recorded it"</p>
        <dl class="pairs pairs-lined">
            {pairs.map(|(name, value)| match name {
                "MFA" => view! { <dt>{name}</dt><dd class="mono">{value}</dd> }.into_any(),
                _ => view! { <dt>{name}</dt><dd><EntityLink session=page.session value /></dd> }.into_any(),
            }).collect_view()}
        </dl>
        <p><span class=format!("status status-{class}")><Icon name=icon />{word}</span></p>
    }
}

fn other(page: Page, item: &Item, event: Event) -> impl IntoView {
    let apart = format::duration(item.at_ns.abs_diff(event.at_ns) as i64);
    let sign = if event.at_ns < item.at_ns { "−" } else { "+" };
    let failed = (!event.error.is_empty()).then(|| {
        view! { <span class="cell-error" title=event.error.clone()><Icon name="circle-x" />{event.error.clone()}</span> }
    });
    let place = event.place;
    view! {
        <li>
            <span class="mono faint nowrap">{sign}{apart}</span>
            " "
            <button type="button" class="link" on:click=move |_| page.session.open.set(Some(place.clone()))>{event.name}</button>
            " by " {event.principal} " " {failed}
        </li>
    }
}

/// Relationships of the item; those to resources that are loaded lead there.
#[component]
fn Relations(page: Page, item: Signal<Option<Item>>) -> impl IntoView {
    let session = page.session;
    let list = Memo::new(move |_| {
        let texts = item.get().map(|i| i.relationships).unwrap_or_default();
        texts.iter().map(|t| relationship(t)).collect::<Vec<_>>()
    });
    let loaded = session.answer(move || {
        let ids: Vec<String> =
            list.with(|l| l.iter().map(|r| r.id.clone()).filter(|i| !i.is_empty()).collect());
        (!ids.is_empty()).then(|| ask_known(ids))
    });
    let loaded = Memo::new(move |_| loaded.answer.get().map(|a| known(&a)).unwrap_or_default());
    let row = move |r: Relationship| {
        let here = loaded.with(|l| l.iter().any(|(kind, id)| *kind == r.kind && *id == r.id));
        let key = named(&r);
        let named = if r.id.is_empty() {
            short(&r.kind)
        } else {
            r.id.clone()
        };
        let target = match here {
            true => view! { <button type="button" class="link mono" on:click=move |_| page.go(&key)>{named}</button> }.into_any(),
            false => view! { <span class="mono">{named}</span> }.into_any(),
        };
        view! { <li>{r.words} " " <span class="quiet">{short(&r.kind)}</span> " " {target}</li> }
    };
    let rows = move || {
        let list = list.get();
        match list.is_empty() {
            true => view! { <li class="faint">"None recorded."</li> }.into_any(),
            false => list.into_iter().map(row).collect_view().into_any(),
        }
    };
    view! { <ul>{rows}</ul> }
}
