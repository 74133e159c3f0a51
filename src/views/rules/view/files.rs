//! The files of rules: what each holds, a new one, and what was deleted last.

use super::super::model::shadowed;
use super::page::{Open, Page, read};
use crate::base::size;
use crate::widgets::Icon;
use leptos::prelude::*;

/// A file in the list.
#[derive(Clone, PartialEq)]
struct Line {
    name: String,
    ids: Vec<String>,
    faults: usize,
    /// Rules that an earlier file has as well.
    shadowed: usize,
}

#[component]
pub fn Files(page: Page) -> impl IntoView {
    let session = page.session;
    let fixed = session.is_report();
    let lines = Memo::new(move |_| session.rule_files.with(|all| lines(all)));
    let row = move |line: Line| {
        let open = Open::Own(line.name.clone());
        let (here, title) = (open.clone(), line.name.clone());
        let is_here = move || page.open.with(|o| o.as_ref() == Some(&here));
        let mut parts = vec![size::counted(line.ids.len() as u64, "rules")];
        if line.shadowed > 0 {
            parts.push(format!("{} taken by an earlier file", line.shadowed));
        }
        let faults = (line.faults > 0).then(|| {
            let text = size::counted(line.faults as u64, "faults");
            view! { <span class="status status-red"><Icon name="circle-x" /> {text}</span> }
        });
        view! {
            <li>
                <button
                    type="button"
                    class="rules-file"
                    aria-current=move || is_here().then_some("true")
                    title=title
                    on:click=move |_| page.show(&open)
                >
                    <Icon name="file-text" />
                    <span class="grow">
                        <span class="clip mono rules-file-name">{line.name}</span>
                        <span class="faint micro">{parts.join(", ")}</span>
                    </span>
                    {faults}
                </button>
            </li>
        }
    };
    view! {
        <div class="rules-side-head">
            <h2>"Rules"</h2>
            <span class="counter faint">{move || size::counted(lines.with(Vec::len) as u64, "files")}</span>
            <span class="grow"></span>
            {(!fixed).then(|| view! {
                <button type="button" class="button button-small" on:click=move |_| page.begin()>
                    <Icon name="plus" />
                    "New"
                </button>
            })}
        </div>
        <Show when=move || lines.with(|l| !l.is_empty())>
            <ul class="rules-files" aria-label="Files of rules">{move || lines.get().into_iter().map(row).collect_view()}</ul>
        </Show>
        <p class="small quiet rules-hint">
            {move || match (fixed, lines.with(Vec::is_empty)) {
                (true, true) => "No file of rules came with this shared file. The built-in rules can be read and tried.",
                (true, false) => "In a shared file rules can be read and tried, but not changed.",
                (false, true) => "No rules of your own yet. Begin a new file, copy a built-in rule, or drop a .toml file on the page.",
                (false, false) => "Kept until the tab is closed. To take a file in, drop its .toml on the page.",
            }}
        </p>
        {move || page.deleted.get().map(|file| view! {
            <p class="small rules-hint" role="status">
                <span class="mono">{file.name}</span>
                " was deleted. "
                <button type="button" class="link" on:click=move |_| page.take_back()>"Take it back"</button>
            </p>
        })}
    }
}

fn lines(files: &[crate::session::RuleFile]) -> Vec<Line> {
    let read: Vec<_> = files.iter().map(|f| (f.name.clone(), read(&f.text))).collect();
    let ids: Vec<(String, Vec<String>)> = read
        .iter()
        .map(|(name, book)| (name.clone(), book.rules.iter().map(|r| r.id.clone()).collect()))
        .collect();
    let line = |(name, book): &(String, crate::rules::book::Book)| Line {
        name: name.clone(),
        ids: book.rules.iter().map(|r| r.id.clone()).collect(),
        faults: book.faults.len(),
        shadowed: shadowed(&ids, name).len(),
    };
    read.iter().map(line).collect()
}
