//! The list of checks and rules: a line each, however much they found.

use super::Page;
use super::items::severity_cell;
use crate::base::size;
use crate::views::findings::model::{By, Check};
use crate::widgets::{Icon, StatusTag, format};
use leptos::prelude::*;

/// Rows of the table of checks in the page.
const MOST_SHOWN: usize = 1000;

/// Heads of the table of checks: what they sort by, their words, their width, whether they are figures.
const HEADS: [(Option<By>, &str, &str, bool); 10] = [
    (Some(By::Status), "Status", "width:168px", false),
    (Some(By::Title), "Check", "width:21%", false),
    (Some(By::Severity), "Severity", "width:96px", false),
    (None, "About", "", false),
    (Some(By::Findings), "Findings", "width:70px", true),
    (Some(By::Flagged), "Flagged", "width:66px", true),
    (Some(By::Excluded), "Excluded", "width:72px", true),
    (Some(By::First), "First", "width:144px", false),
    (Some(By::Last), "Last", "width:144px", true),
    (Some(By::Finder), "From", "width:120px", false),
];

#[component]
pub fn Checks(page: Page) -> impl IntoView {
    let order = page.order;
    let head = move |(by, title, style, numeric): (Option<By>, &'static str, &'static str, bool)| {
        let direction = move || by.and_then(|by| order.with(|(now, d)| (*now == by).then_some(*d)));
        let aria = move || match direction() {
            Some(true) => "descending",
            Some(false) => "ascending",
            None => "none",
        };
        let arrow = move || {
            direction().map(|d| view! { <Icon name=if d { "chevron-down" } else { "chevron-up" } /> })
        };
        let inner = match by {
            // Figures begin with the largest.
            Some(by) => view! {
                <button
                    type="button"
                    class="th-button"
                    on:click=move |_| order.update(|(now, d)| {
                        *d = if *now == by { !*d } else { numeric };
                        *now = by;
                    })
                >
                    {title}
                    {arrow}
                </button>
            }
            .into_any(),
            None => title.into_any(),
        };
        view! { <th scope="col" class:num=numeric style=style aria-sort=aria>{inner}</th> }
    };
    let rows = move || {
        page.shown.with(|s| {
            s.iter()
                .take(MOST_SHOWN)
                .map(|c| check_row(page, c))
                .collect_view()
        })
    };
    let note = move || match page.shown.with(|s| s.len()) {
        0 => Some("No check has this category and status.".to_owned()),
        n if n > MOST_SHOWN => Some(format!(
            "The first {} of {} checks. A category or a filter shows the others.",
            size::count(MOST_SHOWN as u64),
            size::count(n as u64)
        )),
        _ => None,
    };
    view! {
        <div class="findings-list" tabindex="0" role="region" aria-label="Checks">
            <table class="table">
                <thead>
                    <tr>{HEADS.map(head).collect_view()}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            {move || note().map(|n| view! { <p class="faint small findings-end">{n}</p> })}
        </div>
    }
}

fn check_row(page: Page, c: &Check) -> impl IntoView + use<> {
    let (key, here) = (c.key.clone(), c.key.clone());
    let (class, word) = c.status.shown();
    let selected = move || page.picked.with(|p| p.as_ref().is_some_and(|p| p.key == here));
    let session = page.session;
    let at = |ns: Option<i64>| move || ns.map(|ns| format::minute(ns, session.offset_min(ns)));
    let matters = severity_cell(c.severity);
    let resources = c.resources.join(", ");
    view! {
        <tr class:is-selected=selected on:click=move |_| page.session.choose("check", &key)>
            <td><StatusTag status=class text=word /></td>
            <td>
                <button type="button" class="row-button clip strong" title=c.title.clone()>{c.title.clone()}</button>
            </td>
            <td>{matters}</td>
            <td class="clip" title=resources.clone()>{resources.clone()}</td>
            <td class="num">{size::count(c.total())}</td>
            <td class="num">{size::count(c.flagged())}</td>
            <td class="num">{size::count(c.excluded)}</td>
            <td class="nowrap small">{at(c.first_ns)}</td>
            <td class="nowrap small">{at(c.last_ns)}</td>
            <td class="clip quiet">{c.finders()}</td>
        </tr>
    }
}
