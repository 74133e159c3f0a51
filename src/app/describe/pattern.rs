//! The pattern: a line in which fields are marked, or a text in one of four languages.

use super::Desk;
use crate::formats::custom::{Mark, Part, Way, marking, mend_marks};
use crate::widgets::{Icon, Select};
use leptos::html;
use leptos::prelude::*;

/// What stands in an empty field, by way.
fn hint(way: Way) -> &'static str {
    match way {
        Way::Example => "",
        Way::Regex => r"^(?<time>\S+ \S+) (?<level>\w+) (?<message>.*)$",
        Way::Apache => r#"%h %l %u %t "%r" %>s %b"#,
        Way::Grok => "%{TIMESTAMP_ISO8601:time} %{LOGLEVEL:level} %{GREEDYDATA:message}",
        Way::CloudWatch => "[ip, identity, user, timestamp, request, status, bytes]",
    }
}

/// What is wrong in one part of the description; nothing while there is nothing to read yet.
pub(super) fn fault(desk: Desk, part: Part) -> Memo<Option<String>> {
    Memo::new(move |_| {
        let begun = desk.format.with(|f| !f.pattern.trim().is_empty());
        desk.shown.with(|shown| match shown {
            Err(wrong) if wrong.part == part && begun => {
                let fault = &wrong.fault;
                let place = match (fault.at, part) {
                    (0, _) => String::new(),
                    (at, _) => format!(" (at character {})", at + 1),
                };
                Some(format!("{}{place}", fault.says))
            }
            _ => None,
        })
    })
}

#[component]
pub(super) fn PatternBox(desk: Desk) -> impl IntoView {
    // What was written in each way, for a change back.
    let written = StoredValue::new(vec![(String::new(), Vec::<Mark>::new()); Way::ALL.len()]);
    let at = |way: Way| Way::ALL.iter().position(|w| w.0 == way).unwrap_or_default();
    let way = Memo::new(move |_| desk.format.with(|f| f.way));
    let choose = move |key: String| {
        let Some(to) = Way::from_key(&key) else { return };
        desk.change(|f| {
            let (from, kept) = (at(f.way), (f.pattern.clone(), f.marks.clone()));
            written.update_value(|all| {
                if let Some(place) = all.get_mut(from) {
                    *place = kept;
                }
            });
            f.way = to;
            (f.pattern, f.marks) = written.with_value(|all| all.get(at(to)).cloned().unwrap_or_default());
        });
        if to == Way::Example {
            desk.take_example();
        }
    };
    let options: Vec<(String, String)> = Way::ALL
        .iter()
        .map(|(_, key, title)| ((*key).to_owned(), (*title).to_owned()))
        .collect();
    let wrong = fault(desk, Part::Pattern);
    view! {
        <div class="stack describe-part">
            <div class="row">
                <Select
                    label="Described"
                    options=Signal::stored(options)
                    value=Signal::derive(move || way.get().key().to_owned())
                    on_change=Callback::new(choose)
                />
            </div>
            {move || match way.get() {
                Way::Example => view! { <Example desk /> }.into_any(),
                way => view! {
                    <label class="stack">
                        <span class="quiet small">"Pattern"</span>
                        <textarea
                            class="field mono describe-pattern"
                            class:is-wrong=move || wrong.with(Option::is_some)
                            spellcheck="false"
                            placeholder=hint(way)
                            aria-describedby="describe-wrong"
                            aria-invalid=move || wrong.with(Option::is_some).to_string()
                            prop:value=move || desk.format.with(|f| f.pattern.clone())
                            on:input=move |e| desk.change(|f| f.pattern = event_target_value(&e).replace('\n', ""))
                        ></textarea>
                    </label>
                }
                    .into_any(),
            }}
            <p id="describe-wrong" class="small field-said is-wrong" role="status">{move || wrong.get().unwrap_or_default()}</p>
        </div>
    }
}

/// The example: parts of it are selected and named.
#[component]
fn Example(desk: Desk) -> impl IntoView {
    let line = NodeRef::<html::Input>::new();
    let name = RwSignal::new(String::new());
    let chosen = RwSignal::new(None::<(usize, usize)>);
    let look = move || {
        let Some(input) = line.get_untracked() else { return };
        let ends = (
            input.selection_start().ok().flatten(),
            input.selection_end().ok().flatten(),
        );
        let (Some(from), Some(to)) = ends else { return };
        let part = desk
            .format
            .with_untracked(|f| marking::selected(&f.pattern, from, to));
        if part.is_some() && part != chosen.get_untracked() {
            chosen.set(part);
            let known = part.map(|part| desk.format.with_untracked(|f| marking::name_for(f, part)));
            name.set(known.unwrap_or_default());
        }
    };
    let mark = move || {
        look();
        let called = name.get_untracked().trim().to_owned();
        let Some(part) = chosen.get_untracked().filter(|_| !called.is_empty()) else {
            return;
        };
        desk.change(|f| marking::mark(f, &called, part));
        chosen.set(None);
        name.set(String::new());
    };
    let part_text = move || {
        let part = chosen.get();
        desk.format
            .with(|f| part.and_then(|(from, to)| f.pattern.get(from..to).map(str::to_owned)))
    };
    let marks = move || {
        let row = |mark: Mark| {
            let (old, gone) = (mark.name.clone(), mark.name.clone());
            let text = desk
                .format
                .with_untracked(|f| f.pattern.get(mark.from..mark.to).unwrap_or_default().to_owned());
            let label = format!("Name of “{text}”");
            let rename = move |to: String| {
                let to = to.trim().to_owned();
                desk.change(|f| {
                    if let Some(mark) = f.marks.iter_mut().find(|m| m.name == old) {
                        mark.name.clone_from(&to);
                    }
                    if let Some(rule) = f.fields.iter_mut().find(|r| r.name == old) {
                        rule.name = to;
                    }
                });
            };
            view! {
                <li class="row">
                    <input class="field" aria-label=label prop:value=mark.name on:change=move |e| rename(event_target_value(&e)) />
                    <span class="mono clip grow">{text}</span>
                    <button
                        type="button"
                        class="button button-quiet button-icon button-small"
                        aria-label=format!("Take the mark of {gone} away")
                        on:click=move |_| desk.change(|f| f.marks.retain(|m| m.name != gone))
                    >
                        <Icon name="x" />
                    </button>
                </li>
            }
        };
        desk.format
            .with(|f| f.marks.clone())
            .into_iter()
            .map(row)
            .collect_view()
    };
    view! {
        <label class="stack">
            <span class="quiet small">"One line: select a part of it, then name it"</span>
            <input
                node_ref=line
                class="field mono"
                aria-label="Example line"
                spellcheck="false"
                prop:value=move || desk.format.with(|f| f.pattern.clone())
                on:input=move |e| desk.change(|f| {
                    f.pattern = event_target_value(&e);
                    mend_marks(&f.pattern, &mut f.marks);
                })
                on:select=move |_| look()
                on:mouseup=move |_| look()
                on:keyup=move |_| look()
            />
        </label>
        <form
            class="row"
            on:submit=move |e| {
                e.prevent_default();
                mark();
            }
        >
            <input
                class="field"
                aria-label="Name of the selected part"
                placeholder="name"
                prop:value=move || name.get()
                on:input=move |e| name.set(event_target_value(&e))
            />
            <button type="submit" class="button">
                <Icon name="plus" />
                "Mark"
            </button>
            <span class="mono small clip grow quiet">{move || part_text().unwrap_or_else(|| "nothing is selected".to_owned())}</span>
        </form>
        <ul class="stack describe-marks" aria-label="Marked fields">{marks}</ul>
    }
}
