//! `window.trailbeam`: the page for scripts. Stable; documented in the README.

use crate::base::{TimeRange, time};
use crate::query::{Expr, text};
use crate::session::{Item, ItemId, Progress, Session};
use crate::views::VIEWS;
use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use leptos::prelude::*;
use serde::Serialize;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

/// What came of a top-level item, as scripts see it.
#[derive(Serialize)]
struct Outcome {
    name: String,
    sha256: Option<String>,
    bytes: u64,
    /// Registry id, `unknown` where no kind recognised it.
    kind: String,
    records: u64,
    duplicates: u64,
    rejected: u64,
    reasons: Vec<Reason>,
    first: Option<String>,
    last: Option<String>,
    members: Vec<Member>,
    error: Option<String>,
}

#[derive(Serialize)]
struct Reason {
    reason: String,
    count: u64,
    offsets: Vec<u64>,
    text: String,
}

#[derive(Serialize)]
struct Member {
    name: String,
    kind: String,
    bytes: u64,
    records: u64,
    rejected: u64,
    containers: Vec<String>,
    error: Option<String>,
}

fn outcome(item: &Item) -> Outcome {
    let done = item.outcome.as_ref();
    let span = item.span();
    let members = done.map(|o| o.members.as_slice()).unwrap_or_default();
    let errors = item.errors();
    Outcome {
        name: item.name.clone(),
        sha256: done
            .and_then(|o| o.sha256)
            .map(|h| h.iter().map(|b| format!("{b:02x}")).collect()),
        bytes: item.bytes,
        kind: item.kind().unwrap_or("unknown").to_owned(),
        records: item.records(),
        duplicates: if item.same_as.is_some() {
            members.iter().map(|m| m.kept).sum()
        } else {
            item.duplicates
        },
        rejected: item.rejected().total(),
        reasons: item
            .rejected()
            .0
            .into_iter()
            .map(|n| Reason {
                reason: n.reason.into_owned(),
                count: n.count,
                offsets: n.offsets,
                text: n.first_text,
            })
            .collect(),
        first: span.map(|s| time::iso(s.from_ns)),
        last: span.map(|s| time::iso(s.to_ns - 1)),
        members: if members.len() > 1 || members.iter().any(|m| !m.containers.is_empty()) {
            members
                .iter()
                .map(|m| Member {
                    name: m.path.clone(),
                    kind: m.kind.clone().unwrap_or_else(|| "unknown".into()),
                    bytes: m.bytes,
                    records: m.kept,
                    rejected: m.rejected.total(),
                    containers: m.containers.clone(),
                    error: m.error.clone(),
                })
                .collect()
        } else {
            Vec::new()
        },
        error: (!errors.is_empty()).then(|| errors.join(" ")),
    }
}

fn to_js(value: &impl Serialize) -> JsValue {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    value.serialize(&serializer).unwrap_or(JsValue::NULL)
}

fn set(object: &Object, name: &str, value: &JsValue) {
    // A plain object takes every property.
    let _ = Reflect::set(object, &name.into(), value);
}

/// Puts `trailbeam` on the window.
pub fn publish(session: Session) {
    let Some(window) = web_sys::window() else { return };
    let api = Object::new();
    set(&api, "version", &env!("CARGO_PKG_VERSION").into());
    set(&api, "ready", &Promise::resolve(&JsValue::TRUE));

    let open = Closure::<dyn FnMut(JsValue) -> Promise>::new(move |items: JsValue| open(session, &items));
    set(&api, "open", open.as_ref());
    open.forget();

    let sources = Closure::<dyn FnMut() -> JsValue>::new(move || {
        let all: Vec<Outcome> = session.engine().with(|c| c.items().iter().map(outcome).collect());
        to_js(&all)
    });
    set(&api, "sources", sources.as_ref());
    sources.forget();

    let show = Closure::<dyn FnMut(JsValue) -> JsValue>::new(move |what: JsValue| show(session, &what));
    set(&api, "show", show.as_ref());
    show.forget();

    let clear = Closure::<dyn FnMut()>::new(move || {
        session.engine().clear();
        session.open.set(None);
        session.items.update(|v| *v += 1);
    });
    set(&api, "clear", clear.as_ref());
    clear.forget();

    set(&window, "trailbeam", &Object::freeze(&api));
}

/// `open(items)`: resolves with one outcome per item once all are read.
fn open(session: Session, items: &JsValue) -> Promise {
    let mut blobs: Vec<(String, Blob)> = Vec::new();
    let mut urls: Vec<(usize, web_sys::Url)> = Vec::new();
    for item in Array::from(items).iter() {
        let text = |name: &str| Reflect::get(&item, &name.into()).ok().and_then(|v| v.as_string());
        let name = text("name").unwrap_or_else(|| "item".to_owned());
        if let Some(blob) = item.dyn_ref::<Blob>() {
            let path = text("webkitRelativePath").filter(|p| !p.is_empty());
            blobs.push((path.unwrap_or(name), blob.clone()));
        } else if let Some(url) = text("url") {
            match web_sys::Url::new(&url) {
                Ok(u) => {
                    urls.push((blobs.len() + urls.len(), u));
                }
                Err(_) => return Promise::reject(&js_sys::TypeError::new(&format!("not a URL: {url}"))),
            }
        } else {
            let bytes = Reflect::get(&item, &"bytes".into()).unwrap_or(JsValue::UNDEFINED);
            if bytes.is_undefined() {
                return Promise::reject(&js_sys::TypeError::new(
                    "an item is a File, {name, url} or {name, bytes}",
                ));
            }
            let part = if bytes.is_string() {
                bytes
            } else {
                Uint8Array::new(&bytes).into()
            };
            if let Ok(blob) = Blob::new_with_buffer_source_sequence(&Array::of1(&part)) {
                blobs.push((name, blob));
            }
        }
    }
    Promise::new(&mut |done: Function, failed: Function| {
        let (blobs, urls) = (blobs.clone(), urls.clone());
        crate::engine::client::spawn(async move {
            let mut all = blobs;
            for (at, url) in urls {
                match super::remote::get(&url).await {
                    Ok(item) => all.insert(at.min(all.len()), item),
                    Err(why) => {
                        // Calling a promise's own function can not fail.
                        let _ = failed.call1(&JsValue::NULL, &js_sys::Error::new(&why));
                        return;
                    }
                }
            }
            session.loading.set(true);
            let all = all.into_iter().map(|(name, blob)| (name, Some(blob))).collect();
            let ids = super::intake::open_now(session, all, true).await;
            wait(session, &ids).await;
            let outcomes: Vec<Outcome> = ids
                .iter()
                .filter_map(|&i| session.engine().item(i))
                .map(|i| outcome(&i))
                .collect();
            let _ = done.call1(&JsValue::NULL, &to_js(&outcomes));
        });
    })
}

fn is_reading(item: Option<&Item>) -> bool {
    item.is_some_and(|i| i.progress != Progress::Done)
}

/// Until every item is read, duplicates are found and the views know.
async fn wait(session: Session, ids: &[ItemId]) {
    loop {
        let engine = session.engine();
        let reading = engine.with(|c| {
            // The sums first: only when nothing waits are the items looked at one by one.
            let all = c.items().tally();
            all.read_files < all.files && ids.iter().any(|&i| is_reading(c.items().get(i)))
        });
        if !reading && engine.with(|c| c.is_settled()) {
            break;
        }
        crate::engine::client::pause(15).await;
    }
    crate::engine::client::pause(60).await;
}

/// `show({view, filter, range})`: each part is optional; a `filter` of null is none; `range` is `{from, to}` in ISO 8601, or null for everything.
fn show(session: Session, what: &JsValue) -> JsValue {
    let get = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED);
    if let Some(view) = get(what, "view").as_string() {
        if VIEWS.iter().all(|v| v.id != view) {
            let views: Vec<&str> = VIEWS.iter().map(|v| v.id).collect();
            let why = format!("no view {view}; there are {}", views.join(", "));
            wasm_bindgen::throw_val(js_sys::RangeError::new(&why).into());
        }
        session.go(&view);
    }
    let filter = get(what, "filter");
    if filter.is_null() {
        session.filter.set(Expr::All);
    } else if let Some(filter) = filter.as_string() {
        match text::parse(&filter) {
            Ok(f) => session.filter.set(f),
            Err(e) => wasm_bindgen::throw_val(js_sys::SyntaxError::new(&e.to_string()).into()),
        }
    }
    let range = get(what, "range");
    if range.is_null() {
        session.range.set(None);
    } else if !range.is_undefined() {
        let at = |name: &str| {
            get(&range, name)
                .as_string()
                .and_then(|t| time::parse_iso(t.as_bytes()))
        };
        match (at("from"), at("to")) {
            (Some(from), Some(to)) if from < to => session.range.set(Some(TimeRange::new(from, to))),
            _ => wasm_bindgen::throw_val(
                js_sys::RangeError::new("range is {from, to} in ISO 8601, from before to").into(),
            ),
        }
    }
    let state = untrack(|| session.state().write());
    state.into()
}
