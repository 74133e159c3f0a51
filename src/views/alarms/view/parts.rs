//! What the parts of the page are made of: patterns with their marks, findings on them, chains drawn as steps, panels.

use super::close;
use crate::monitoring::{Lint, Severity, lint};
use crate::session::{Language, Session};
use crate::views::alarms::model::Said;
use crate::views::alarms::model::steps::Step;
use crate::views::paint::paint;
use crate::widgets::code_lines::{Span, lines};
use crate::widgets::{Icon, StatusTag, dom};
use leptos::prelude::*;

/// What stands below a list: a head with the way to close it, and what is told of the chosen row.
#[component]
pub fn Panel(
    session: Session,
    #[prop(into)] title: String,
    #[prop(optional, into)] note: String,
    /// The choice that it shows.
    choice: &'static str,
    /// More in its head.
    #[prop(optional, into)]
    tools: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="alarms-panel" aria-label=title.clone()>
            <div class="panel-head">
                <h2 class="clip">{title.clone()}</h2>
                <span class="counter">{note}</span>
                <span class="grow"></span>
                {tools}
                <button
                    type="button"
                    class="button button-quiet button-icon"
                    aria-label="Close the panel"
                    on:click=move |_| close(session, choice)
                >
                    <Icon name="x" />
                </button>
            </div>
            <div class="alarms-panel-body" tabindex="0" role="region" aria-label=format!("{title}: details")>{children()}</div>
        </section>
    }
}

/// Icon, word and colour.
pub fn tag((status, text): Said) -> impl IntoView {
    view! { <StatusTag status text /> }
}

/// A pattern in colours, with marks where something is to be said.
#[component]
pub fn Pattern(#[prop(into)] text: String, #[prop(optional)] lints: Vec<Lint>) -> impl IntoView {
    let drawn = lines(&text, &paint(Language::Filter, &text), &marks(&lints));
    let line = |runs: Vec<crate::widgets::code_lines::Run>| {
        let runs = runs.into_iter();
        let runs = runs.map(|r| view! { <span class=format!("{} {}", r.class, r.mark)>{r.text}</span> });
        view! { <span class="alarms-code-line">{runs.collect_view()}</span> }
    };
    let copied = text.clone();
    view! {
        <div class="alarms-pattern">
            <pre class="code">{drawn.into_iter().map(line).collect_view()}</pre>
            <button
                type="button"
                class="button button-quiet button-icon button-small"
                aria-label="Copy the pattern"
                title="Copy"
                on:click=move |_| dom::copy(&copied)
            >
                <Icon name="copy" />
            </button>
        </div>
    }
}

/// Where findings stand in the text; remarks on all of it have no place.
pub fn marks(lints: &[Lint]) -> Vec<Span> {
    let mark = |l: &Lint| match l.severity {
        Severity::Broken => Some((l.at, l.end, "code-fault")),
        Severity::Misleading => Some((l.at, l.end, "code-warning")),
        Severity::Note if l.end > l.at => Some((l.at, l.end, "code-warning")),
        Severity::Note => None,
    };
    lints.iter().filter_map(mark).collect()
}

/// What is said of a pattern: what is wrong, where, what to write instead.
#[component]
pub fn Lints(
    lints: Vec<Lint>,
    /// Goes to a place in the text.
    #[prop(optional, into)]
    on_place: Option<Callback<usize>>,
    /// Takes a mended text in.
    #[prop(optional, into)]
    on_take: Option<Callback<String>>,
) -> impl IntoView {
    if lints.is_empty() {
        return view! { <p class="alarms-lint">{tag(("ok", "Nothing is wrong with the pattern.".to_owned()))}</p> }.into_any();
    }
    // A mended text is given with each thing that it mends.
    let mut given = Vec::new();
    let item = |l: Lint| {
        let new = l.instead.filter(|text| !given.contains(text));
        given.extend(new.clone());
        let (class, icon, word) = match l.severity {
            Severity::Broken => ("status status-red", "circle-x", "Broken"),
            Severity::Misleading => ("status status-yellow", "triangle-alert", "Misleading"),
            Severity::Note => ("status", "info", "Note"),
        };
        let place = (l.end > l.at || l.at > 0).then(|| match l.end > l.at + 1 {
            true => format!("Characters {} to {}", l.at + 1, l.end),
            false => format!("Character {}", l.at + 1),
        });
        let at = l.at;
        let place = place.map(|p| match on_place {
            Some(on) => {
                view! { <button type="button" class="link" on:click=move |_| on.run(at)>{p}</button> }
                    .into_any()
            }
            None => view! { <span class="faint nowrap">{p}</span> }.into_any(),
        });
        let instead = new.map(|text| {
            let taken = text.clone();
            let take = on_take.map(|on| {
                view! {
                    <button type="button" class="link" on:click=move |_| on.run(taken.clone())>"Check this one"</button>
                }
            });
            view! {
                <div class="alarms-instead">
                    <p class="small quiet">"Write instead: " {take}</p>
                    <Pattern text />
                </div>
            }
        });
        view! {
            <li class="alarms-lint">
                <p>
                    <span class=class>
                        <Icon name=icon />
                        {word}
                    </span>
                    " "
                    {place}
                </p>
                <p>{l.says}</p>
                {instead}
            </li>
        }
    };
    let items: Vec<_> = lints.into_iter().map(item).collect();
    view! { <ul class="alarms-lints">{items}</ul> }.into_any()
}

/// What is wrong with a text that was published, told shortly.
pub fn lints_of(text: &str) -> Vec<Lint> {
    let all = lint(text).into_iter();
    all.filter(|l| l.severity != Severity::Note).collect()
}

/// A chain from the log group to a person.
#[component]
pub fn Steps(steps: Vec<Step>) -> impl IntoView {
    let item = |s: Step| {
        view! {
            <li class=format!("alarms-step is-{}", s.status)>
                <span class="alarms-step-name">{s.name}</span>
                <StatusTag status=s.status text=s.word />
                {(!s.what.is_empty()).then(|| view! { <span class="mono alarms-step-what">{s.what.clone()}</span> })}
                {(!s.says.is_empty()).then(|| view! { <span class="small quiet">{s.says.clone()}</span> })}
            </li>
        }
    };
    view! { <ol class="alarms-steps">{steps.into_iter().map(item).collect_view()}</ol> }
}

/// Sentences, one below the other.
#[component]
pub fn Sentences(all: Vec<String>) -> impl IntoView {
    (!all.is_empty()).then(|| {
        let item = |s: String| view! { <li>{s}</li> };
        view! { <ul class="alarms-sentences">{all.into_iter().map(item).collect_view()}</ul> }
    })
}

/// Nothing is here yet, and the command that makes the file.
#[component]
pub fn Missing(
    #[prop(into)] title: String,
    #[prop(into)] says: String,
    /// Commands that make the files.
    commands: Vec<&'static str>,
) -> impl IntoView {
    view! {
        <div class="empty" role="status">
            <p class="strong">{title}</p>
            <p class="alarms-missing">{says}</p>
            {commands
                .into_iter()
                .map(|c| view! { <p><code class="mono">{c}</code></p> })
                .collect_view()}
        </div>
    }
}
