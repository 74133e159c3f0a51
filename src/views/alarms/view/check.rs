//! A place to paste a pattern: what is wrong with it and what it covers, at once.

use super::filters::Covered;
use super::parts::{Lints, marks};
use crate::language::pattern::Pattern;
use crate::monitoring::probes::reach;
use crate::monitoring::{Coverage, Lint, Severity, TOPICS, coverage, lint};
use crate::session::{Language, Session};
use crate::views::paint::paint;
use crate::widgets::code_lines::Offer;
use crate::widgets::{Code, CodeEditor, Select};
use leptos::prelude::*;

/// What is said of a text.
#[derive(Clone, Debug, PartialEq)]
struct Said {
    lints: Vec<Lint>,
    /// In words, what it takes, and of which topics; nothing where it is not read.
    read: Option<(String, Vec<Coverage>, bool)>,
}

fn said(text: &str) -> Said {
    let read = Pattern::parse(text).ok().map(|parsed| {
        let pattern = parsed.pattern;
        let nearly = reach(&pattern).is_nearly_everything();
        (pattern.explain(), coverage(&pattern), nearly)
    });
    Said {
        lints: lint(text),
        read,
    }
}

#[component]
pub fn CheckPattern(session: Session) -> impl IntoView {
    let code = Code::new(
        session
            .choices
            .with_untracked(|c| c.get("pattern").cloned())
            .unwrap_or_default(),
    );
    Effect::new(move |before: Option<()>| {
        let text = code.text.get();
        if before.is_some() {
            session.choose("pattern", &text);
        }
    });
    let told = Memo::new(move |_| code.text.with(|t| (!t.trim().is_empty()).then(|| said(t))));
    let pieces = Signal::derive(move || code.text.with(|t| paint(Language::Filter, t)));
    let marked =
        Signal::derive(move || told.with(|s| s.as_ref().map(|s| marks(&s.lints)).unwrap_or_default()));
    let invalid = Signal::derive(move || {
        told.with(|s| {
            let broken = |l: &Lint| l.severity == Severity::Broken;
            s.as_ref().is_some_and(|s| s.lints.iter().any(broken))
        })
    });
    let mut examples = vec![(String::new(), "one of the benchmark’s".to_owned())];
    examples.extend(TOPICS.iter().map(|t| (t.id.to_owned(), t.title.to_owned())));
    let take = move |id: String| {
        if let Some(topic) = TOPICS.iter().find(|t| t.id == id) {
            code.set(topic.pattern);
        }
    };
    let outcome = move || {
        told.get().map(|s| {
            let lints = s.lints;
            let read = s.read.map(|(words, coverage, nearly)| {
                view! {
                    <h3>"What it takes"</h3>
                    <p>{words}</p>
                    <h3>"What it covers"</h3>
                    <Covered coverage nearly_everything=nearly />
                }
            });
            view! {
                <h3>"What is to be said of it"</h3>
                <Lints
                    lints
                    on_place=Callback::new(move |at| code.go_to(at))
                    on_take=Callback::new(move |text: String| code.set(&text))
                />
                {read}
            }
        })
    };
    view! {
        <div class="alarms-check">
            <div class="alarms-check-head">
                <p class="quiet">
                    "Paste the pattern of a metric filter. It is checked as you write, and run over written events of each topic; nothing leaves the page."
                </p>
                <Select label="Begin with" options=examples value=Signal::stored(String::new()) on_change=take />
            </div>
            <CodeEditor
                code
                label="Filter pattern"
                pieces
                marks=marked
                offers=Signal::stored(Vec::<Offer>::new())
                on_run=Callback::new(|()| {})
                described_by="alarms-said"
                invalid
            />
            <div class="alarms-said" id="alarms-said" aria-live="polite" tabindex="0" role="region" aria-label="What is said of the pattern">{outcome}</div>
        </div>
    }
}
