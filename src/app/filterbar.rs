//! One filter for everything: tokens, suggestions from the data, free text.

use super::range::RangePicker;
use crate::base::size;
use crate::language::Fault;
use crate::language::pattern::Pattern;
use crate::query::{Agg, Expr, Key, Op, Order, PATTERN, Query, names as names_of, patterns, text};
use crate::session::Session;
use crate::session::suggest::{fields_like, near_names};
use crate::widgets::Icon;
use leptos::html;
use leptos::prelude::*;
use std::ops::Range;

/// A longer filter shows this many of its conditions until all are asked for.
const FEW: usize = 3;
/// Suggestions shown.
const SUGGESTIONS: usize = 30;
/// Operators as people type them.
const OPERATORS: [(&str, &str); 9] = [
    ("=", "equals"),
    ("!=", "does not equal"),
    (":", "contains"),
    ("!:", "does not contain"),
    ("^", "starts with"),
    (">", "greater than"),
    (">=", "at least"),
    ("<", "less than"),
    ("<=", "at most"),
];

/// The filter taken apart for the bar: tokens and what joins them.
fn tokens(filter: &Expr) -> (Vec<Expr>, bool) {
    match filter {
        Expr::All => (Vec::new(), true),
        Expr::And(all) => (all.clone(), true),
        Expr::Or(any) => (any.clone(), false),
        one => (vec![one.clone()], true),
    }
}

fn joined(tokens: Vec<Expr>, and: bool) -> Expr {
    match tokens.len() {
        0 => Expr::All,
        1 => tokens.into_iter().next().unwrap_or_default(),
        _ if and => Expr::And(tokens),
        _ => Expr::Or(tokens),
    }
}

/// What the last word being typed asks for.
#[derive(Clone, Debug, PartialEq)]
enum Wanted {
    Field(String),
    Operator {
        field: String,
    },
    Value {
        field: String,
        op: String,
        prefix: String,
    },
}

fn wanted(typed: &str) -> Wanted {
    let typed = typed.trim_start();
    let found = OPERATORS
        .iter()
        .filter_map(|(op, _)| typed.find(op).filter(|&at| at > 0).map(|at| (at, *op)))
        .min_by_key(|&(at, op)| (at, usize::MAX - op.len()));
    match found {
        Some((at, op)) => Wanted::Value {
            field: typed[..at].trim().to_owned(),
            op: op.to_owned(),
            prefix: typed[at + op.len()..].trim().trim_matches('"').to_owned(),
        },
        None if typed.ends_with(' ') && !typed.trim().is_empty() => Wanted::Operator {
            field: typed.trim().to_owned(),
        },
        None => Wanted::Field(typed.to_owned()),
    }
}

/// A line of the list: what it puts into the input, what it is called, whether it completes a token.
#[derive(Clone, Debug, PartialEq)]
struct Suggestion {
    insert: String,
    text: String,
    note: String,
    done: bool,
}

/// A text that is no filter, and why.
#[derive(Clone, PartialEq)]
struct Wrong {
    text: String,
    /// Bytes.
    place: Range<usize>,
    why: String,
    instead: Option<String>,
}

impl Wrong {
    fn of_filter(text: &str, error: text::ParseError) -> Wrong {
        Wrong {
            text: text.to_owned(),
            place: error.at..error.at + error.len,
            why: error.why(),
            instead: error.instead,
        }
    }

    fn of_pattern(text: &str, fault: Fault) -> Wrong {
        let byte = |at: usize| text.char_indices().nth(at).map_or(text.len(), |(at, _)| at);
        Wrong {
            place: byte(fault.at)..byte(fault.end),
            text: text.to_owned(),
            why: fault.says,
            instead: None,
        }
    }
}

/// A CloudWatch Logs filter pattern, told by how it begins: no filter of fields does.
fn is_pattern(typed: &str) -> bool {
    typed.trim_start().starts_with(['{', '['])
}

/// Reads what was typed: a filter of fields, or a pattern for original texts.
fn read(typed: &str) -> Result<Expr, Wrong> {
    let expr = match is_pattern(typed) {
        true => Expr::eq(PATTERN, typed.trim()),
        false => text::parse(typed).map_err(|e| Wrong::of_filter(typed, e))?,
    };
    for pattern in patterns(&expr) {
        Pattern::parse(pattern).map_err(|fault| Wrong::of_pattern(pattern, fault))?;
    }
    Ok(expr)
}

/// A condition as its token shows it.
fn token_text(condition: &Expr) -> String {
    match condition {
        Expr::Compare {
            field,
            op: Op::Eq,
            value,
        } if field == PATTERN => format!("pattern {}", value.to_text()),
        other => text::write(other),
    }
}

/// What is wrong with a filter: the text with its place marked, the words, and the text as it may be meant.
#[component]
fn WrongNote(wrong: Wrong, on_mend: Callback<String>) -> impl IntoView {
    let Wrong {
        text,
        place,
        why,
        instead,
    } = wrong;
    let at = place.start.min(text.len());
    let end = place.end.clamp(at, text.len());
    let (before, rest) = text.split_at_checked(at).unwrap_or((&text, ""));
    let (meant, after) = rest.split_at_checked(end - at).unwrap_or((rest, ""));
    // At the end of the text there is nothing to mark: a place for what is missing.
    let meant = if meant.is_empty() { " " } else { meant };
    let mend = instead.map(|instead| {
        let label = format!("Type: {instead}");
        view! {
            <button type="button" class="link mono" on:click=move |_| on_mend.run(instead.clone())>
                {label}
            </button>
        }
    });
    view! {
        <p class="filter-note" role="alert">
            <code>{before.to_owned()}<mark>{meant.to_owned()}</mark>{after.to_owned()}</code>
            " "
            {why}
            " "
            {mend}
        </p>
    }
}

/// Why a field is unknown.
fn none_has(session: Session, name: &str) -> String {
    if session.is_report() {
        format!("{name} was not shared: no record in this file has it.")
    } else {
        format!("No loaded record has a field {name}.")
    }
}

#[component]
pub fn FilterBar(session: Session) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<Wrong>);
    let open = RwSignal::new(false);
    let chosen = RwSignal::new(0usize);
    let input = NodeRef::<html::Input>::new();

    let matched = session.answer(move || {
        let counts = Query::groups(&[], Vec::new(), vec![Agg::Count]).limit(1);
        Some(session.scoped(counts))
    });
    // A filter on a path that is no column yet makes it one.
    Effect::new(move |_| {
        let Some(answer) = matched.answer.get() else {
            return;
        };
        let unknown = answer.unknown_fields.iter().filter(|f| !f.starts_with('@'));
        session.extract(unknown.cloned().collect());
    });

    // What no record has, once it was looked for: a filter on it matches nothing, and the reader may have meant another.
    let unknown = Memo::new(move |_| {
        if session.loading.get() || !session.extracting.with(Vec::is_empty) {
            return Vec::new();
        }
        let answer = matched.answer.get();
        let names = answer.iter().flat_map(|a| &a.unknown_fields).cloned();
        // A field that was looked for in vain is a column without a value.
        let asked = names_of(&Query::groups(&[], Vec::new(), Vec::new()).filter(session.filter.get()));
        let missing = session.missing.get();
        let in_vain = asked.into_iter().filter(|n| missing.contains(n));
        let mut all: Vec<String> = names.chain(in_vain).filter(|n| !n.starts_with('@')).collect();
        all.dedup();
        all
    });
    let unknown_note = move || {
        let names = unknown.get();
        let name = names.first()?;
        let near = session.fields.with(|f| near_names(f, name));
        let near = if near.is_empty() {
            String::new()
        } else {
            format!(" Fields with a name like it: {}.", near.join(", "))
        };
        Some(
            view! { <p class="filter-note" role="status">{format!("{}{near}", none_has(session, name))}</p> },
        )
    };

    let values = session.answer(move || {
        let Wanted::Value { field, prefix, .. } = wanted(&typed.get()) else {
            return None;
        };
        if !open.get() || field.is_empty() || is_pattern(&typed.get()) {
            return None;
        }
        let mut q = Query::groups(&[], vec![Key::Field(field.clone())], vec![Agg::Count])
            .order(Order::Desc(0))
            .limit(SUGGESTIONS);
        if !prefix.is_empty() {
            q = q.filter(Expr::Compare {
                field,
                op: Op::Contains,
                value: prefix.as_str().into(),
            });
        }
        Some(q)
    });
    let suggestions = Memo::new(move |_| {
        if !open.get() || is_pattern(&typed.get()) {
            return Vec::new();
        }
        match wanted(&typed.get()) {
            Wanted::Field(prefix) => {
                let found = session
                    .fields
                    .with(|f| session.kinds.with(|k| fields_like(f, k, &prefix, SUGGESTIONS)));
                let hints = found.into_iter().map(|hint| Suggestion {
                    insert: format!("{} ", text::quote_name(&hint.name)),
                    text: hint.name,
                    note: hint.note,
                    done: false,
                });
                hints.collect()
            }
            Wanted::Operator { field } => OPERATORS
                .iter()
                .map(|(op, words)| Suggestion {
                    insert: format!("{field} {op} "),
                    text: format!("{field} {op}"),
                    note: (*words).to_owned(),
                    done: false,
                })
                .collect(),
            Wanted::Value { field, op, .. } => {
                let answer = values.answer.get();
                let rows = answer.iter().flat_map(|a| a.rows.iter());
                rows.filter_map(|r| match r.as_slice() {
                    [value, count] if !value.is_absent() => Some(Suggestion {
                        insert: format!("{field} {op} {}", text::quote(&value.to_text())),
                        text: value.to_text(),
                        note: size::count(count.as_i64().unwrap_or(0)),
                        done: true,
                    }),
                    _ => None,
                })
                .collect()
            }
        }
    });

    let commit = move |typed_text: &str| match read(typed_text) {
        Ok(Expr::All) => {}
        Ok(e) => {
            session.narrow(e);
            typed.set(String::new());
            wrong.set(None);
            chosen.set(0);
        }
        Err(why) => wrong.set(Some(why)),
    };
    let take = move |s: Suggestion| {
        if s.done {
            commit(&s.insert);
        } else {
            typed.set(s.insert);
        }
        chosen.set(0);
        if let Some(i) = input.get_untracked() {
            super::focus::give(&i);
        }
    };
    // Where a person goes on after taking a part of the filter away; its list stays closed, nothing was typed.
    let to_input = move || {
        if let Some(i) = input.get_untracked() {
            super::focus::give(&i);
            open.set(false);
        }
    };
    let mend = move |text: String| {
        typed.set(text);
        wrong.set(None);
        to_input();
    };
    let key = move |e: web_sys::KeyboardEvent| {
        let list = suggestions.get_untracked();
        match e.key().as_str() {
            "ArrowDown" if !list.is_empty() => chosen.update(|c| *c = (*c + 1).min(list.len())),
            "ArrowUp" if !list.is_empty() => chosen.update(|c| *c = c.saturating_sub(1)),
            "Enter" => match chosen.get_untracked().checked_sub(1).and_then(|i| list.get(i)) {
                Some(s) => take(s.clone()),
                None => commit(&typed.get_untracked()),
            },
            "Tab" if chosen.get_untracked() > 0 => match list.get(chosen.get_untracked() - 1) {
                Some(s) => take(s.clone()),
                None => return,
            },
            "Escape" if open.get_untracked() && !list.is_empty() => open.set(false),
            "Backspace" if typed.get_untracked().is_empty() => session.filter.update(|f| {
                let (mut t, and) = tokens(f);
                t.pop();
                *f = joined(t, and);
            }),
            _ => return,
        }
        e.prevent_default();
        e.stop_propagation();
    };
    let all_shown = RwSignal::new(false);
    let chips = move || {
        let (list, and) = session.filter.with(tokens);
        let last = list.len();
        // One more would take as much room as the button that shows it.
        let long = last > FEW + 1;
        let shown = if long && !all_shown.get() { FEW } else { last };
        let more = long.then(|| {
            let text = match all_shown.get() {
                true => "Show fewer".to_owned(),
                false => format!("+{} more", size::count((last - shown) as u64)),
            };
            view! {
                <button
                    type="button"
                    class="button button-quiet button-small"
                    aria-expanded=all_shown.get().to_string()
                    on:click=move |_| all_shown.update(|a| *a = !*a)
                >
                    {text}
                </button>
            }
        });
        let chips = list
            .iter()
            .enumerate()
            .take(shown)
            .map(|(i, t)| {
                let written = token_text(t);
                let label = format!("Remove the filter {written}");
                view! {
                    <span class="token" title=written.clone()>
                        <span class="text">{written.clone()}</span>
                        <button
                            type="button"
                            aria-label=label
                            on:click=move |_| {
                                session.filter.update(|f| {
                                    let (mut t, and) = tokens(f);
                                    if i < t.len() {
                                        t.remove(i);
                                    }
                                    *f = joined(t, and);
                                });
                                to_input();
                            }
                        >
                            <Icon name="x" />
                        </button>
                    </span>
                    {(i + 1 < last)
                        .then(|| view! {
                            <button
                                type="button"
                                class="joiner"
                                title="Switch between and, or"
                                on:click=move |_| session.filter.update(|f| {
                                    let (t, and) = tokens(f);
                                    *f = joined(t, !and);
                                })
                            >
                                {if and { "and" } else { "or" }}
                            </button>
                        })}
                }
            })
            .collect_view();
        view! { {chips} {more} }
    };
    let count = move || {
        let total = session.rows_of(&[]);
        let answer = matched.answer.get()?;
        let extracting = session.extracting.get();
        if !extracting.is_empty() {
            return Some(format!("reading {} from the records…", extracting.join(", ")));
        }
        if !session.marking.with(Vec::is_empty) {
            return Some("reading the records for the pattern…".to_owned());
        }
        let everything = session.filter.with(|f| *f == Expr::All) && session.range.with(Option::is_none);
        let so_far = if session.loading.get() { " so far" } else { "" };
        // While files are read the answer is a moment older, or newer, than the total.
        Some(if everything || answer.matched == total {
            format!("{}{so_far}", size::counted(total, "records"))
        } else {
            let total = total.max(answer.matched);
            format!(
                "{} of {}{so_far}",
                size::count(answer.matched),
                size::count(total)
            )
        })
    };
    let list = move || {
        suggestions
            .get()
            .into_iter()
            .enumerate()
            .map(|(i, s)| {
                let taken = s.clone();
                view! {
                    <li
                        id=format!("suggestion-{i}")
                        role="option"
                        aria-selected=move || (chosen.get() == i + 1).to_string()
                        on:mousedown=move |e| {
                            e.prevent_default();
                            take(taken.clone());
                        }
                    >
                        <span class="mono clip">{s.text}</span>
                        <span class="faint">{s.note}</span>
                    </li>
                }
            })
            .collect_view()
    };
    let listed = move || open.get() && !suggestions.with(Vec::is_empty);
    view! {
        <div class="filterbar">
            <div class="filterbar-row">
                <div class="filter-input">
                    <Icon name="filter" />
                    {chips}
                    <input
                        id="filter"
                        node_ref=input
                        type="text"
                        role="combobox"
                        autocomplete="off"
                        spellcheck="false"
                        aria-label="Filter every view: field, operator, value, free text or a filter pattern"
                        aria-expanded=move || listed().to_string()
                        aria-controls="suggestions"
                        aria-activedescendant=move || {
                            chosen.get().checked_sub(1).filter(|_| listed()).map(|i| format!("suggestion-{i}"))
                        }
                        placeholder="Filter by any field, for example eventName = StopLogging or dstport = 22"
                        prop:value=move || typed.get()
                        on:input=move |e| {
                            typed.set(event_target_value(&e));
                            chosen.set(0);
                            open.set(true);
                            wrong.set(None);
                        }
                        on:focus=move |_| open.set(true)
                        on:blur=move |_| open.set(false)
                        on:keydown=key
                    />
                    <Show when=move || session.filter.with(|f| *f != Expr::All)>
                        <button
                            type="button"
                            class="button button-quiet button-small"
                            on:click=move |_| {
                                session.filter.set(Expr::All);
                                to_input();
                            }
                        >
                            "Clear"
                        </button>
                    </Show>
                    <ul class="suggest" id="suggestions" role="listbox" tabindex="-1" aria-label="Suggestions" hidden=move || !listed()>
                        {list}
                    </ul>
                </div>
                <span class="quiet small nowrap" aria-live="polite">{count}</span>
                <RangePicker session />
            </div>
            {unknown_note}
            {move || wrong.get().map(|w| view! { <WrongNote wrong=w on_mend=Callback::new(mend) /> })}
        </div>
    }
}
