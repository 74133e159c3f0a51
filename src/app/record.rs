//! The split panel: one record, its fields beside its original text.

use super::focus;
use crate::base::block::{SOURCE, SOURCE_OFFSET};
use crate::base::{FieldType, Role, Value};
use crate::evidence::Pin;
use crate::query::Op;
use crate::session::suggest::type_word;
use crate::session::{Record, Session, title};
use crate::widgets::json::Json;
use crate::widgets::json_lines::Leaf;
use crate::widgets::value::{HOLDER, ValueActions};
use crate::widgets::{Icon, dom, format};
use leptos::prelude::*;

/// A text longer than this names nothing (bytes).
const LONGEST: usize = 300;

#[component]
pub fn RecordPanel(session: Session) -> impl IntoView {
    let record = RwSignal::new(None::<Record>);
    let tab = RwSignal::new("fields");
    Effect::new(move |_| {
        let Some(place) = session.open.get() else { return };
        session.record(place, move |r| {
            let still = session.open.try_get_untracked().flatten();
            if still.as_ref() == Some(&r.place) {
                session.moment.try_set(time_of(session, &r));
                record.try_set(Some(r));
            }
        });
    });
    let title = move || record.with(|r| r.as_ref().map(|r| title_of(session, r)));
    let text = Signal::derive(move || {
        record.with(|r| match r.as_ref().map(|r| &r.text) {
            Some(Ok(t)) => t.clone(),
            Some(Err(why)) => why.clone(),
            None => String::new(),
        })
    });
    // What has the focus now gets it back when the panel closes.
    let before = StoredValue::new_local(focus::focused());
    on_cleanup(move || {
        let before = before.try_with_value(Clone::clone).flatten();
        let lost = focus::focused().is_none_or(|f| f.closest(".split").is_ok_and(|s| s.is_some()));
        if let Some(before) = before.filter(|b| lost && b.is_connected()) {
            focus::give(&before);
        }
    });
    let narrow_json = move |(leaf, for_it): (Leaf, bool)| {
        let op = if for_it { Op::Eq } else { Op::Ne };
        session.narrow_to(&leaf.path, op, leaf.text.map_or(Value::Absent, Value::Text));
    };
    let is_json = move || text.with(|t| t.trim_start().starts_with(['{', '[']));
    let tab_button = move |id: &'static str, name: &'static str| {
        view! {
            <button
                type="button"
                class="tab"
                role="tab"
                aria-selected=move || (tab.get() == id).to_string()
                on:click=move |_| tab.set(id)
            >
                {name}
            </button>
        }
    };
    let role_of = move |kind: &str, name: &str| {
        session.fields.with(|all| {
            let field = all.iter().find(|f| f.kind == kind && f.name == name);
            field.and_then(|f| f.role)
        })
    };
    let fields = move || {
        record.with(|r| {
            let r = r.as_ref()?;
            // Where it was read stands below, in words.
            let own = |name: &str| name == SOURCE || name == SOURCE_OFFSET;
            let rows = r
                .fields
                .iter()
                .filter(|f| !own(&f.0))
                .cloned()
                .map(|(name, ty, value)| {
                    let role = role_of(&r.place.kind, &name);
                    view! { <Pair session name role ty value /> }
                });
            Some(rows.collect_view())
        })
    };
    let origin = move || {
        record.with(|r| {
            let r = r.as_ref()?;
            let (source, offset) = read_at(r);
            let place = match r.item.as_str() {
                // A member's path begins with the file that holds it, unless it was named by what was dropped around it.
                item if source == r.path && item != source && !source.starts_with(&format!("{item}/")) => {
                    format!("{source} in {item}")
                }
                _ => source,
            };
            Some(format!("{place}, byte {}", crate::base::size::count(offset)))
        })
    };
    view! {
        <aside class="split" aria-label="Record">
            <div class="split-head">
                <h2 class="grow">{title}</h2>
                <button
                    type="button"
                    class="button button-quiet button-icon"
                    aria-label="Copy the original text"
                    title="Copy the original text"
                    on:click=move |_| dom::copy(&text.get_untracked())
                >
                    <Icon name="copy" />
                </button>
                <button
                    type="button"
                    class="button button-quiet button-icon"
                    aria-label="Close the record"
                    title="Close (Esc)"
                    on:click=move |_| session.open.set(None)
                >
                    <Icon name="x" />
                </button>
            </div>
            <div class="tabs" role="tablist" aria-label="Record as">
                {tab_button("fields", "Fields")}
                {move || is_json().then(|| tab_button("json", "JSON"))}
                {tab_button("original", "Original")}
            </div>
            <div class="split-body" tabindex="0" role="region" aria-label="Record contents">
                {move || match tab.get() {
                    "json" => view! { <Json text on_filter=narrow_json /> }.into_any(),
                    "original" => view! { <pre class="code" tabindex="0">{move || text.get()}</pre> }.into_any(),
                    _ => view! { <dl class="record-pairs">{fields}</dl> }.into_any(),
                }}
                <p class="source-line">{origin}</p>
                {(!session.is_report()).then(|| view! { <PinNote session record /> })}
            </div>
        </aside>
    }
}

/// What a record is called: by the roles of its fields.
fn title_of(session: Session, record: &Record) -> String {
    let told = session.fields.with_untracked(|all| {
        let mine: Vec<_> = all.iter().filter(|f| f.kind == record.place.kind).collect();
        let role = |name: &str| mine.iter().find(|f| f.name == name).and_then(|f| f.role);
        let fields: Vec<_> = record
            .fields
            .iter()
            .map(|(name, _, value)| (role(name), name.as_str(), value))
            .collect();
        title::title(&fields)
    });
    told.unwrap_or_else(|| record.place.kind.clone())
}

/// When it happened.
fn time_of(session: Session, record: &Record) -> Option<i64> {
    session.fields.with_untracked(|all| {
        let is_time = |name: &str| {
            let mut mine = all.iter().filter(|f| f.kind == record.place.kind);
            mine.any(|f| f.name == name && f.role == Some(Role::Time))
        };
        let field = record.fields.iter().find(|f| is_time(&f.0));
        field.and_then(|f| f.2.as_i64())
    })
}

/// The file and member that a record was read from, and where in it: read from a shared file, it bears them in columns.
fn read_at(record: &Record) -> (String, u64) {
    let field = |name: &str| record.fields.iter().find(|f| f.0 == name).map(|f| &f.2);
    match (field(SOURCE), field(SOURCE_OFFSET).and_then(Value::as_i64)) {
        (Some(source), Some(offset)) => (source.to_text(), offset.max(0) as u64),
        _ => (record.path.clone(), record.place.offset),
    }
}

/// A field in which a note is written and pinned to the record.
#[component]
fn PinNote(session: Session, record: RwSignal<Option<Record>>) -> impl IntoView {
    let text = RwSignal::new(String::new());
    let pin = move |_| {
        let pin = record.with_untracked(|r| {
            let r = r.as_ref()?;
            let (source, offset) = read_at(r);
            let at_ns = r.fields.iter().find_map(|f| match f.2 {
                Value::Time(ns) => Some(ns),
                _ => None,
            });
            Some(Pin::Record {
                kind: r.place.kind.clone(),
                source,
                offset,
                title: title_of(session, r),
                at_ns,
            })
        });
        if let Some(pin) = pin {
            session.note(&text.get_untracked(), pin);
            text.set(String::new());
            session.say.set("The note is pinned.".into());
        }
    };
    view! {
        <div class="pin-note">
            <textarea
                class="field"
                rows="2"
                aria-label="A note on this record"
                placeholder="A note on this record"
                prop:value=move || text.get()
                on:input=move |e| text.set(event_target_value(&e))
            ></textarea>
            <button type="button" class="button button-small" disabled=move || text.with(|t| t.trim().is_empty()) on:click=pin>
                <Icon name="pin" />
                "Pin note"
            </button>
        </div>
    }
}

/// A field and its value, with what can be done with it. A path stands in two lines, what leads there and what it is: of
/// paths that begin alike the ends would be cut off. What the field means follows in words.
#[component]
fn Pair(session: Session, name: String, role: Option<Role>, ty: FieldType, value: Value) -> impl IntoView {
    let shown = {
        let value = value.clone();
        move || match &value {
            Value::Time(ns) => format::date_time(*ns, session.offset_min(*ns)),
            v => format::cell(v, ty, "", 0),
        }
    };
    let exact = value.to_text();
    // Of several values the first has a page; a sentence or a number has none.
    let named = match &value {
        Value::Text(text) => Some(text.clone()),
        Value::List(items) => items.first().cloned(),
        _ => None,
    };
    let named = named.filter(|n| !n.is_empty() && n.len() <= LONGEST && role != Some(Role::Message));
    let entity = named.map(|n| Callback::new(move |()| session.open_entity(&n)));
    let mono = !matches!(ty, FieldType::Time | FieldType::Bool);
    let filter = {
        let name = name.clone();
        move |for_it: bool| {
            let op = if for_it { Op::Eq } else { Op::Ne };
            session.narrow_to(&name, op, value.clone());
        }
    };
    let (way, leaf) = match name.rfind('.') {
        Some(dot) => name.split_at(dot + 1),
        None => ("", name.as_str()),
    };
    // A field that is called what it means needs no second word for it.
    let role = role.map(role_words).filter(|r| !r.eq_ignore_ascii_case(leaf));
    let what = match &role {
        Some(role) => format!("{name} ({role}, {})", type_word(ty)),
        None => format!("{name} ({})", type_word(ty)),
    };
    view! {
        <dt title=what>
            {(!way.is_empty()).then(|| view! { <span class="field-way">{way.to_owned()}</span> })}
            <span class="field-name">{leaf.to_owned()}</span>
            {role.map(|role| view! { <span class="field-role">{role}</span> })}
        </dt>
        <dd class=HOLDER>
            <span class="value" class:mono=mono title=exact.clone()>{shown}</span>
            {match entity {
                Some(open) => view! { <ValueActions name=name.clone() on_filter=filter copied=exact on_entity=open /> }.into_any(),
                None => view! { <ValueActions name=name.clone() on_filter=filter copied=exact /> }.into_any(),
            }}
        </dd>
    }
}

/// A role's word as words: `source address`, `end time`.
fn role_words(role: Role) -> String {
    let mut words = String::new();
    for c in crate::views::shared::common_title(role.word()).chars() {
        if c.is_uppercase() && !words.is_empty() && !words.ends_with(' ') {
            words.push(' ');
        }
        words.extend(c.to_lowercase());
    }
    words
}
