//! Where a query is written: the editor with its offers, and what is said of the text.

use super::super::leads::field as own_field;
use super::super::offers::{self, InPattern, Wanted};
use super::desk::{Desk, Said};
use crate::language::Fault;
use crate::language::insights::Names;
use crate::language::pattern::Pattern;
use crate::query::{Agg, Key, Order, Query};
use crate::session::{Language, Session};
use crate::views::paint::paint;
use crate::widgets::code_lines::{Offer, Span, line_column};
use crate::widgets::{CodeEditor, Icon};
use leptos::prelude::*;

/// Values asked of the data; what is typed chooses among them.
const VALUES: usize = 20;

#[component]
pub fn Writing(desk: Desk) -> impl IntoView {
    let code = desk.code;
    let pieces = Signal::derive(move || code.text.with(|t| paint(desk.language(), t)));
    let marks = Signal::derive(move || desk.said_now().map(|s| marks(&s)).unwrap_or_default());
    let label = "Query; Control and Enter runs it, Control and Space suggests what may stand at the caret";
    let invalid = Signal::derive(move || desk.said_now().is_some_and(|s| s.result.is_err()));
    view! {
        <CodeEditor
            code
            label
            pieces
            marks
            offers=offered(desk)
            on_run=Callback::new(move |()| desk.ask())
            described_by="query-said"
            invalid
        />
        <div class="query-said small" id="query-said" aria-live="polite">
            {move || desk.said_now().map(|said| sayings(desk, said))}
        </div>
    }
}

fn marks(said: &Said) -> Vec<Span> {
    let mark = |fault: &Fault, class| (fault.at, fault.end, class);
    match &said.result {
        Err(fault) => vec![mark(fault, "code-fault")],
        Ok(checked) => checked.warnings.iter().map(|w| mark(w, "code-warning")).collect(),
    }
}

/// A fault with its place, which leads there.
fn saying(desk: Desk, text: &str, fault: Fault, wrong: bool) -> impl IntoView + use<> {
    let (line, column) = line_column(text, fault.at);
    let (class, icon) = match wrong {
        true => ("query-saying status-red", "circle-x"),
        false => ("query-saying status-yellow", "triangle-alert"),
    };
    let at = fault.at;
    view! {
        <p class=class>
            <Icon name=icon />
            <button type="button" class="link" on:click=move |_| desk.code.go_to(at)>
                {format!("Line {line}, column {column}")}
            </button>
            <span>{fault.says}</span>
        </p>
    }
}

fn sayings(desk: Desk, said: Said) -> AnyView {
    match said.result {
        Err(fault) => saying(desk, &said.text, fault, true).into_any(),
        Ok(checked) => {
            let words = explained(desk, &said.text);
            let all = checked.warnings.into_iter();
            let all = all.map(|w| saying(desk, &said.text, w, false)).collect_view();
            view! {
                {words.map(|w| view! { <p class="query-saying quiet">{w}</p> })}
                {all}
            }
            .into_any()
        }
    }
}

/// A filter pattern in words; a query says itself what it does.
fn explained(desk: Desk, text: &str) -> Option<String> {
    match desk.language() {
        Language::Insights => None,
        Language::Filter => Pattern::parse(text).ok().map(|p| p.pattern.explain()),
    }
}

/// The field whose value is being written, and what of it is there (tracked).
fn wanted(desk: Desk) -> Option<Wanted> {
    let (text, caret) = (desk.code.text.get(), desk.code.caret.get());
    match desk.language() {
        Language::Insights => offers::wanted(&text, caret),
        Language::Filter => match offers::in_pattern(&text, caret)? {
            InPattern::Value(wanted) => Some(wanted),
            InPattern::Selector { .. } => None,
        },
    }
}

/// Names of fields of all kinds, each once (tracked).
pub fn field_names(session: Session) -> Vec<String> {
    let mut names: Vec<String> = session
        .fields
        .with(|all| all.iter().map(|f| f.name.clone()).collect());
    names.sort_unstable();
    names.dedup();
    names
}

fn offered(desk: Desk) -> Signal<Vec<Offer>> {
    let session = desk.session;
    let names = Memo::new(move |_| field_names(session));
    let kinds = Memo::new(move |_| {
        let all = session.kinds;
        all.with(|all| all.iter().map(|k| k.kind.clone()).collect::<Vec<_>>())
    });
    let wanted = Memo::new(move |_| wanted(desk));
    let field = Memo::new(move |_| {
        let field = wanted.get()?.field;
        session.fields.with(|all| own_field(&field, all))
    });
    let values = session.answer(move || {
        let field = field.get()?;
        let groups = Query::groups(&[], vec![Key::Field(field)], vec![Agg::Count]);
        Some(groups.order(Order::Desc(0)).limit(VALUES))
    });
    let found = Memo::new(move |_| {
        let rows = values.answer.get().map(|a| a.rows.clone()).unwrap_or_default();
        let pair = |row: Vec<crate::base::Value>| {
            let mut row = row.into_iter();
            Some((row.next()?, row.next()?.as_i64()?))
        };
        rows.into_iter().filter_map(pair).collect::<Vec<_>>()
    });
    Signal::derive(move || {
        let (text, caret) = (desk.code.text.get(), desk.code.caret.get());
        let mut all = match wanted.get() {
            Some(wanted) => offers::values(&wanted, &found.get()),
            None => Vec::new(),
        };
        names.with(|names| {
            let fields: Vec<&str> = names.iter().map(String::as_str).collect();
            match desk.language() {
                Language::Insights => kinds.with(|kinds| {
                    let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
                    let known = Names {
                        fields: &fields,
                        kinds: &kinds,
                    };
                    all.extend(offers::insights(&text, caret, &known, |name| note(session, name)));
                }),
                Language::Filter => {
                    if let Some(InPattern::Selector { typed, start }) = offers::in_pattern(&text, caret) {
                        all.extend(offers::selectors(&fields, &typed, start, caret));
                    }
                }
            }
        });
        // One list completes one word.
        let start = all.first().map(|o| o.start);
        all.retain(|o| Some(o.start) == start);
        all
    })
}

/// What a field is, in words.
fn note(session: Session, name: &str) -> String {
    let field = session.fields.with_untracked(|all| {
        let found = all.iter().find(|f| f.name == name);
        found.map(|f| (f.ty, f.kind.clone()))
    });
    field.map_or_else(
        || "field".to_owned(),
        |(ty, kind)| format!("{}, {kind}", crate::session::suggest::type_word(ty)),
    )
}
