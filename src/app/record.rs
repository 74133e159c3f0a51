//! The split panel: one record, its fields beside its original text.

use crate::base::block::{SOURCE, SOURCE_OFFSET};
use crate::base::{FieldType, Value};
use crate::evidence::Pin;
use crate::query::Op;
use crate::session::{Record, Session};
use crate::widgets::{Icon, dom, format, json::Json};
use leptos::prelude::*;

#[component]
pub fn RecordPanel(session: Session) -> impl IntoView {
    let record = RwSignal::new(None::<Record>);
    let tab = RwSignal::new("fields");
    Effect::new(move |_| {
        let Some(place) = session.open.get() else { return };
        session.record(place, move |r| {
            let still = session.open.try_get_untracked().flatten();
            if still.as_ref() == Some(&r.place) {
                record.try_set(Some(r));
            }
        });
    });
    let title = move || record.with(|r| r.as_ref().map(title_of));
    let text = Signal::derive(move || {
        record.with(|r| match r.as_ref().map(|r| &r.text) {
            Some(Ok(t)) => t.clone(),
            Some(Err(why)) => why.clone(),
            None => String::new(),
        })
    });
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
                    view! { <Pair session name ty value /> }
                });
            Some(rows.collect_view())
        })
    };
    let origin = move || {
        record.with(|r| {
            let r = r.as_ref()?;
            let (source, offset) = read_at(r);
            let place = match r.item.as_str() {
                item if source == r.path && item != source => format!("{source} in {item}"),
                _ => source,
            };
            Some(format!("{place}, byte {}", crate::base::size::count(offset)))
        })
    };
    view! {
        <aside class="split" aria-label="Record">
            <div class="split-head">
                <h2 class="clip grow">{title}</h2>
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
                    "json" => view! { <Json text /> }.into_any(),
                    "original" => view! { <pre class="code" tabindex="0">{move || text.get()}</pre> }.into_any(),
                    _ => view! { <dl class="record-pairs">{fields}</dl> }.into_any(),
                }}
                <p class="source-line">{origin}</p>
                {(!session.is_report()).then(|| view! { <PinNote session record /> })}
            </div>
        </aside>
    }
}

/// What a record is called.
fn title_of(record: &Record) -> String {
    const NAMED: [&str; 6] = [
        "eventName",
        "findingTitle",
        "resourceId",
        "action",
        "id",
        "itemType",
    ];
    let found = NAMED
        .iter()
        .find_map(|n| record.fields.iter().find(|f| f.0 == *n));
    found.map_or_else(|| record.place.kind.clone(), |f| f.2.to_text())
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
                title: title_of(r),
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

/// A field and its value, with what can be done with it.
#[component]
fn Pair(session: Session, name: String, ty: FieldType, value: Value) -> impl IntoView {
    let shown = {
        let value = value.clone();
        move || match &value {
            Value::Time(ns) => format::date_time(*ns, session.offset_min(*ns)),
            v => format::cell(v, ty, "", 0),
        }
    };
    let exact = value.to_text();
    let mono = !matches!(ty, FieldType::Time | FieldType::Bool);
    let narrow = {
        let (name, value) = (name.clone(), value.clone());
        move |op: Op| session.narrow_to(&name, op, value.clone())
    };
    let (with, without) = (narrow.clone(), narrow);
    let copied = exact.clone();
    view! {
        <dt class="clip" title=name.clone()>{name.clone()}</dt>
        <dd>
            <span class="value" class:mono=mono title=exact>{shown}</span>
            <span class="value-actions">
                <button type="button" aria-label=format!("Filter for this {name}") title="Filter for" on:click=move |_| with(Op::Eq)>
                    <Icon name="plus" />
                </button>
                <button type="button" aria-label=format!("Filter out this {name}") title="Filter out" on:click=move |_| without(Op::Ne)>
                    <Icon name="circle-minus" />
                </button>
                <button type="button" aria-label=format!("Copy {name}") title="Copy" on:click=move |_| dom::copy(&copied)>
                    <Icon name="copy" />
                </button>
            </span>
        </dd>
    }
}
