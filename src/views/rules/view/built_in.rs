//! The built-in rules: found by what they are about or what came of them, read, and copied to begin from.

use super::super::catalogue::{Standing, Theme, Wanted};
use super::page::{Open, Page};
use crate::base::size;
use crate::findings::Entry;
use crate::rules::book::WrittenRule;
use crate::views::shared::severity;
use crate::widgets::{Icon, Select, StatusTag};
use leptos::prelude::*;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// What the last run said, by the ids of its entries.
type Said = HashMap<String, Arc<Entry>>;

#[component]
pub fn BuiltIn(page: Page) -> impl IntoView {
    let session = page.session;
    let wanted = RwSignal::new(Wanted::default());
    let themes = StoredValue::new(
        Theme::all()
            .map(|t| (t, t.rules().collect::<Vec<_>>()))
            .collect::<Vec<_>>(),
    );
    let said = Memo::new(move |_| {
        session.audit.with(|audit| {
            let entries = audit.iter().flat_map(|a| a.entries.iter());
            let by_id = entries.map(|e| (e.id.clone(), e.clone()));
            by_id.collect::<Said>()
        })
    });
    let expanded = RwSignal::new(None::<&'static str>);
    let opened = StoredValue::new(BTreeSet::new());
    let list = move || {
        let (wanted, said) = (wanted.get(), said.get());
        let mut any = false;
        let themes = themes.with_value(|all| {
            let theme = |(theme, rules): &(Theme, Vec<&'static WrittenRule>)| {
                let standing = |r: &WrittenRule| Standing::of(entry_of(&said, r).map(|e| &**e));
                let rows: Vec<_> = rules
                    .iter()
                    .map(|r| (*r, standing(r)))
                    .filter(|(r, s)| wanted.takes(r, *s))
                    .collect();
                any |= !rows.is_empty();
                (!rows.is_empty()).then(|| {
                    group(
                        page,
                        *theme,
                        rows,
                        !wanted.is_all(),
                        Kept { expanded, opened },
                        &said,
                    )
                })
            };
            all.iter().filter_map(theme).collect_view()
        });
        match any {
            true => themes.into_any(),
            false => {
                view! { <p class="small quiet rules-hint">"No built-in rule is like this."</p> }.into_any()
            }
        }
    };
    let choices: Vec<(String, String)> = std::iter::once((String::new(), "all".to_owned()))
        .chain(Standing::CHOICES.map(|(id, word)| (id.to_owned(), word.to_lowercase())))
        .collect();
    let state = move || {
        session.auditing.get().map(|a| {
            let text = match a.of {
                0 => format!(
                    "Running: {} of {}",
                    a.done,
                    size::counted(a.rules as u64, "rules")
                ),
                of => format!(
                    "Reading original records: {} of {}",
                    size::count(a.read),
                    size::count(of)
                ),
            };
            view! { <p class="small rules-hint"><StatusTag status="info" text /></p> }
        })
    };
    let count = themes.with_value(|all| all.iter().map(|(_, rules)| rules.len()).sum::<usize>());
    view! {
        <div class="rules-side-head rules-built-in">
            <h3>"Built-in"</h3>
            <span class="counter faint">{size::counted(count as u64, "rules")}</span>
        </div>
        <div class="rules-find">
            <label class="search">
                <Icon name="search" />
                <input
                    type="search"
                    placeholder="Title, id or severity"
                    aria-label="Find a built-in rule by title, id or severity"
                    prop:value=move || wanted.with(|w| w.typed.clone())
                    on:input=move |e| wanted.update(|w| w.typed = event_target_value(&e))
                />
            </label>
            <Select
                label="Show"
                options=choices
                value=Signal::derive(move || wanted.with(|w| w.standing.clone()))
                on_change=move |v: String| wanted.update(|w| w.standing = v)
            />
        </div>
        {state}
        <div class="rules-catalogue" role="region" aria-label="Built-in rules" tabindex="0">{list}</div>
    }
}

/// What the person opened.
#[derive(Clone, Copy)]
struct Kept {
    /// The rule whose details are shown.
    expanded: RwSignal<Option<&'static str>>,
    /// Titles of the groups.
    opened: StoredValue<BTreeSet<&'static str>>,
}

fn entry_of<'s>(said: &'s Said, rule: &WrittenRule) -> Option<&'s Arc<Entry>> {
    said.get(&format!("catalogue/{}", rule.id))
}

fn group(
    page: Page,
    theme: Theme,
    rows: Vec<(&'static WrittenRule, Standing)>,
    open: bool,
    Kept { expanded, opened }: Kept,
    said: &Said,
) -> impl IntoView + use<> {
    let fired = rows.iter().filter(|(_, s)| s.id() == "fired").count();
    let counted = match fired {
        0 => format!("{}", rows.len()),
        n => format!("{}, {n} fired", rows.len()),
    };
    // A group stays open when the list is drawn anew: results come while somebody reads.
    let name = theme.title();
    let holds = opened.with_value(|all| all.contains(name))
        || rows
            .iter()
            .any(|(r, _)| expanded.get_untracked() == Some(r.id.as_str()));
    let toggled = move |e: web_sys::Event| {
        // A search opens what it finds; that is nobody's doing.
        if open {
            return;
        }
        let group = e
            .target()
            .and_then(|t| wasm_bindgen::JsCast::dyn_into::<web_sys::Element>(t).ok());
        let is_open = group.is_some_and(|g| g.has_attribute("open"));
        opened.try_update_value(|all| match is_open {
            true => all.insert(name),
            false => all.remove(name),
        });
    };
    let rows = rows.into_iter().map(|(rule, standing)| {
        let entry = entry_of(said, rule).cloned();
        row(page, rule, standing, expanded, entry)
    });
    view! {
        <details open=open || holds on:toggle=toggled>
            <summary>
                <span class="strong">{theme.title()}</span>
                <span class="faint small">" " {counted}</span>
            </summary>
            <ul>{rows.collect_view()}</ul>
            <p class="rules-hint small">
                <button type="button" class="link" on:click=move |_| page.show(&Open::BuiltIn(theme))>
                    {format!("Read all of {}", theme.title())}
                </button>
            </p>
        </details>
    }
}

fn row(
    page: Page,
    rule: &'static WrittenRule,
    standing: Standing,
    expanded: RwSignal<Option<&'static str>>,
    entry: Option<Arc<Entry>>,
) -> impl IntoView {
    let id = rule.id.as_str();
    let is_open = move || expanded.get() == Some(id);
    let (class, icon, word) = severity(rule.severity);
    let (status, _) = match (&entry, standing) {
        (Some(e), Standing::Fired { .. } | Standing::Quiet) => e.status().shown(),
        _ => ("none", ""),
    };
    let fixed = page.session.is_report();
    view! {
        <li class="rules-rule">
            <div class="row">
                <button
                    type="button"
                    class="rules-title"
                    aria-expanded=move || is_open().to_string()
                    on:click=move |_| expanded.update(|e| *e = (*e != Some(id)).then_some(id))
                >
                    <span class=format!("severity severity-{class}") title=word>
                        <Icon name=icon />
                        <span class="visually-hidden">{word}</span>
                    </span>
                    <span class="grow">
                        {rule.title.clone()}
                        <span class="rules-standing micro"><StatusTag status text=standing.words() /></span>
                    </span>
                </button>
                {(!fixed).then(|| view! {
                    <button
                        type="button"
                        class="button button-quiet button-icon button-small"
                        aria-label=format!("Copy {} into my rules", rule.title)
                        title="Copy into my rules"
                        on:click=move |_| page.copy(rule)
                    >
                        <Icon name="copy" />
                    </button>
                })}
            </div>
            <Show when=is_open>{details(page, rule, entry.clone())}</Show>
        </li>
    }
}

fn details(page: Page, rule: &'static WrittenRule, entry: Option<Arc<Entry>>) -> impl IntoView {
    let session = page.session;
    let needs = entry.as_ref().and_then(|e| e.needs.clone());
    let fired = entry.as_ref().is_some_and(|e| !e.items.is_empty());
    let key = format!("catalogue/{}", rule.id);
    let findings = move |_| {
        session.choose("tab", "");
        session.choose("by", "");
        session.choose("check", &key);
        session.go("findings");
    };
    view! {
        <div class="rules-details small">
            <p class="mono faint">{rule.id.clone()}</p>
            {needs.map(|n| view! { <p class="strong">"Not evaluated, which is not a pass. Needs: " {n}</p> })}
            <p>{rule.states()}</p>
            <p class="quiet">{rule.text.clone()}</p>
            <p class="row">
                {fired.then(|| view! { <button type="button" class="link" on:click=findings>"What it found"</button> })}
                <button type="button" class="link" on:click=move |_| page.ask(rule)>
                    {match rule.pattern() {
                        Some(_) => "Records that its pattern takes",
                        None => "Its query in the editor",
                    }}
                </button>
            </p>
        </div>
    }
}
