//! What is said of fields, of records of several lines, of times.

use super::Desk;
use super::pattern::fault;
use crate::base::FieldType;
use crate::formats::custom::{CLOCKS, Column, Lines, Meaning, Part, TYPES, marking, type_word};
use crate::widgets::Select;
use leptos::prelude::*;

const FOUND: &str = "found";
const NOTHING: &str = "none";

/// Names, types and roles.
#[component]
pub(super) fn FieldsTable(desk: Desk) -> impl IntoView {
    let columns = Memo::new(move |_| {
        desk.shown
            .with(|s| s.as_ref().map(|p| p.columns.clone()).unwrap_or_default())
    });
    let row = move |column: Column| {
        let rule = desk
            .format
            .with_untracked(|f| f.rule(&column.name).cloned().unwrap_or_default());
        let found_ty = format!("found: {}", type_word(column.ty.unwrap_or_default()));
        let of_role = column
            .role
            .filter(|_| !column.is_told)
            .map_or("nothing", |r| r.word());
        let types = std::iter::once((FOUND, found_ty)).chain(TYPES.iter().map(|t| (t.0, t.0.to_owned())));
        let now_ty = rule.ty.map_or(FOUND, type_word);
        let types = types
            .map(|(id, title)| view! { <option value=id selected=id == now_ty>{title}</option> })
            .collect_view();
        let now_role = match rule.role {
            Meaning::Found => FOUND,
            Meaning::Nothing => NOTHING,
            Meaning::Told(role) => role.word(),
        };
        let roles = [
            (FOUND, format!("found: {of_role}")),
            (NOTHING, "nothing".to_owned()),
        ]
        .into_iter()
        .chain(marking::roles().map(|(word, _)| (word, word.to_owned())));
        let roles = roles
            .map(|(id, title)| view! { <option value=id selected=id == now_role>{title}</option> })
            .collect_view();
        let (of_type, of_meaning) = (column.name.clone(), column.name.clone());
        let set_type = move |word: String| {
            let ty: Option<FieldType> = TYPES.iter().find(|t| t.0 == word).map(|t| t.1);
            desk.change(|f| f.rule_mut(&of_type).ty = ty);
        };
        let set_role = move |word: String| {
            let told = marking::roles()
                .find(|(w, _)| *w == word)
                .map(|(_, role)| Meaning::Told(role));
            let role = match word.as_str() {
                FOUND => Meaning::Found,
                NOTHING => Meaning::Nothing,
                _ => told.unwrap_or_default(),
            };
            desk.change(|f| f.rule_mut(&of_meaning).role = role);
        };
        view! {
            <tr>
                <td class="mono clip" title=column.name.clone()>{column.name.clone()}</td>
                <td>
                    <select class="field" aria-label=format!("Type of {}", column.name) on:change=move |e| set_type(event_target_value(&e))>
                        {types}
                    </select>
                </td>
                <td>
                    <select class="field" aria-label=format!("Meaning of {}", column.name) on:change=move |e| set_role(event_target_value(&e))>
                        {roles}
                    </select>
                </td>
            </tr>
        }
    };
    view! {
        <Show when=move || columns.with(|c| !c.is_empty())>
            <table class="table table-tight describe-fields" aria-label="Fields">
                <thead>
                    <tr><th scope="col">"Field"</th><th scope="col">"Type"</th><th scope="col">"Means"</th></tr>
                </thead>
                <tbody>{move || columns.get().into_iter().map(row).collect_view()}</tbody>
            </table>
        </Show>
    }
}

/// Which lines are one record.
#[component]
pub(super) fn LinesRule(desk: Desk) -> impl IntoView {
    let key = Memo::new(move |_| {
        desk.format.with(|f| match f.lines {
            Lines::Each => "each",
            Lines::Matching => "matching",
            Lines::Begins(_) => "begins",
        })
    });
    let options = [
        ("each", "each line is a record"),
        ("matching", "a line that does not match goes on"),
        ("begins", "a record begins with …"),
    ];
    let options: Vec<(String, String)> = options
        .iter()
        .map(|(k, t)| ((*k).to_owned(), (*t).to_owned()))
        .collect();
    let choose = move |key: String| {
        desk.change(|f| {
            f.lines = match key.as_str() {
                "matching" => Lines::Matching,
                "begins" => Lines::Begins(String::new()),
                _ => Lines::Each,
            };
        });
    };
    let wrong = fault(desk, Part::Lines);
    view! {
        <div class="stack describe-part">
            <div class="row">
                <Select
                    label="Lines of a record"
                    options=Signal::stored(options)
                    value=Signal::derive(move || key.get().to_owned())
                    on_change=Callback::new(choose)
                />
                <Show when=move || key.get() == "begins">
                    <input
                        class="field mono grow"
                        aria-label="What the first line of a record matches"
                        placeholder=r"^\d{4}-"
                        spellcheck="false"
                        prop:value=move || desk.format.with(|f| match &f.lines {
                            Lines::Begins(pattern) => pattern.clone(),
                            _ => String::new(),
                        })
                        on:input=move |e| desk.change(|f| f.lines = Lines::Begins(event_target_value(&e)))
                    />
                </Show>
            </div>
            <p class="small field-said is-wrong" role="status">{move || wrong.get().unwrap_or_default()}</p>
        </div>
    }
}

/// How times are written.
#[component]
pub(super) fn TimeRule(desk: Desk) -> impl IntoView {
    let (clock, zone) = (fault(desk, Part::Clock), fault(desk, Part::Zone));
    let found = move || {
        desk.shown
            .with(|s| match s.as_ref().ok().and_then(|p| p.found.clone()) {
                Some(word) => {
                    let example = CLOCKS.iter().find(|c| c.0 == word).map_or("", |c| c.1);
                    let such = if example.is_empty() {
                        String::new()
                    } else {
                        format!(", such as {example}")
                    };
                    format!("Times are read as {word}{such}.")
                }
                None => "No time is read yet.".to_owned(),
            })
    };
    view! {
        <div class="stack describe-part">
            <div class="row">
                <label class="stack grow">
                    <span class="quiet small">"Time format"</span>
                    <input
                        class="field mono"
                        list="describe-clocks"
                        placeholder="found"
                        prop:value=move || desk.format.with(|f| f.clock.clone())
                        on:input=move |e| desk.change(|f| f.clock = event_target_value(&e))
                    />
                </label>
                <label class="stack">
                    <span class="quiet small">"Zone of times without one"</span>
                    <input
                        class="field mono"
                        placeholder="UTC"
                        prop:value=move || desk.format.with(|f| f.zone.clone())
                        on:input=move |e| desk.change(|f| f.zone = event_target_value(&e))
                    />
                </label>
                <label class="stack">
                    <span class="quiet small">"Year"</span>
                    <input
                        class="field mono describe-year"
                        inputmode="numeric"
                        placeholder="found"
                        prop:value=move || desk.format.with(|f| f.year.map(|y| y.to_string()).unwrap_or_default())
                        on:change=move |e| desk.change(|f| f.year = event_target_value(&e).trim().parse().ok())
                    />
                </label>
            </div>
            <datalist id="describe-clocks">
                {CLOCKS.iter().map(|(word, example, _)| view! { <option value=*word>{*example}</option> }).collect_view()}
            </datalist>
            <p class="small quiet" role="status">{found}</p>
            <p class="small field-said is-wrong" role="status">{move || clock.get().or_else(|| zone.get()).unwrap_or_default()}</p>
        </div>
    }
}
