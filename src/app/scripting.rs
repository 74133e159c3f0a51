//! `window.trailbeam`: the page for scripts. Stable; documented in the README.

mod ask;
mod embed;
mod findings;
mod query;
mod settle;

use super::share::{self, Choices};
use crate::base::{TimeRange, time};
use crate::evidence::manifest::Records;
use crate::query::{Expr, text};
use crate::session::{Item, ItemId, Progress, Session};
use crate::views::VIEWS;
use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use leptos::prelude::*;
use serde::Serialize;
use settle::promise;
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

impl Outcome {
    /// Of an item that could not be had.
    fn refused(name: String, why: String) -> Outcome {
        Outcome {
            name,
            sha256: None,
            bytes: 0,
            kind: "unknown".to_owned(),
            records: 0,
            duplicates: 0,
            rejected: 0,
            reasons: Vec::new(),
            first: None,
            last: None,
            members: Vec::new(),
            error: Some(why),
        }
    }
}

fn outcome(item: &Item) -> Outcome {
    let done = item.outcome.as_ref();
    let span = item.span();
    let members = done.map(|o| o.members.as_slice()).unwrap_or_default();
    let errors = item.errors();
    Outcome {
        name: item.name.clone(),
        sha256: done.and_then(|o| o.sha256).map(|h| crate::base::hash::hex(&h)),
        bytes: item.bytes,
        kind: item.kind().unwrap_or("unknown").to_owned(),
        records: item.records(),
        duplicates: item.repeated(),
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

    let ask = Closure::<dyn FnMut(JsValue) -> Promise>::new(move |what: JsValue| ask::ask(session, &what));
    set(&api, "ask", ask.as_ref());
    ask.forget();

    let query =
        Closure::<dyn FnMut(JsValue, JsValue) -> Promise>::new(move |text: JsValue, options: JsValue| {
            query::query(session, &text, &options)
        });
    set(&api, "query", query.as_ref());
    query.forget();

    let findings = Closure::<dyn FnMut() -> Promise>::new(move || findings::findings(session));
    set(&api, "findings", findings.as_ref());
    findings.forget();

    let settled = Closure::<dyn FnMut() -> Promise>::new(move || settled(session));
    set(&api, "settled", settled.as_ref());
    settled.forget();

    let share = Closure::<dyn FnMut(JsValue) -> Promise>::new(move |what: JsValue| share(session, &what));
    set(&api, "share", share.as_ref());
    share.forget();

    let clear = Closure::<dyn FnMut()>::new(move || {
        session.engine().clear();
        session.open.set(None);
        session.items.update(|v| *v += 1);
    });
    set(&api, "clear", clear.as_ref());
    clear.forget();

    embed::listen(&api);
    set(&window, "trailbeam", &Object::freeze(&api));
}

/// What `open` was given: an item and its name.
enum Given {
    Blob(String, Blob),
    Url(String, web_sys::Url),
    /// It can not be opened, for this reason.
    Refused(String, String),
}

impl Given {
    /// `None` for what is no item at all.
    fn of(item: &JsValue) -> Option<Given> {
        let get = |name: &str| Reflect::get(item, &name.into()).unwrap_or(JsValue::UNDEFINED);
        let text = |name: &str| get(name).as_string().filter(|t| !t.is_empty());
        if let Some(blob) = item.dyn_ref::<Blob>() {
            let name = text("webkitRelativePath").or_else(|| text("name"));
            return Some(Given::Blob(
                name.unwrap_or_else(|| "item".to_owned()),
                blob.clone(),
            ));
        }
        if let Some(url) = text("url") {
            let base = web_sys::window()
                .and_then(|w| w.location().href().ok())
                .unwrap_or_default();
            let name = text("name");
            return Some(match web_sys::Url::new_with_base(&url, &base) {
                Ok(parsed) => Given::Url(name.unwrap_or_default(), parsed),
                Err(_) => Given::Refused(name.unwrap_or_else(|| url.clone()), format!("not a URL: {url}")),
            });
        }
        let (name, bytes) = (text("name").unwrap_or_else(|| "item".to_owned()), get("bytes"));
        if bytes.is_undefined() {
            return None;
        }
        let part = if bytes.is_string() {
            bytes
        } else {
            Uint8Array::new(&bytes).into()
        };
        Some(match Blob::new_with_buffer_source_sequence(&Array::of1(&part)) {
            Ok(blob) => Given::Blob(name, blob),
            Err(_) => Given::Refused(name, "the browser has no memory for it".to_owned()),
        })
    }
}

/// `open(items)`: resolves with one outcome per item once all are read. One that can not be had stops no other.
fn open(session: Session, items: &JsValue) -> Promise {
    let given: Option<Vec<Given>> = Array::from(items).iter().map(|i| Given::of(&i)).collect();
    let Some(given) = given else {
        return Promise::reject(&js_sys::TypeError::new(
            "an item is a File, {name, url} or {name, bytes}",
        ));
    };
    promise(|settle| {
        crate::engine::client::spawn(async move {
            // In the order given: what is opened, or why it is not.
            let mut blobs = Vec::new();
            let mut refused: Vec<Option<Outcome>> = Vec::new();
            for item in given {
                let (name, found) = match item {
                    Given::Blob(name, blob) => (name, Ok(blob)),
                    Given::Refused(name, why) => (name, Err(why)),
                    Given::Url(name, url) => match super::remote::get(&url).await {
                        Ok((own, blob)) => (if name.is_empty() { own } else { name }, Ok(blob)),
                        Err(why) => (if name.is_empty() { url.href() } else { name }, Err(why)),
                    },
                };
                refused.push(match found {
                    Ok(blob) => {
                        blobs.push((name, Some(blob)));
                        None
                    }
                    Err(why) => Some(Outcome::refused(name, why)),
                });
            }
            session.loading.set(!blobs.is_empty());
            let ids = super::intake::open_now(session, blobs, true).await;
            wait(session, &ids).await;
            let mut read = ids
                .iter()
                .filter_map(|&i| session.engine().item(i))
                .map(|i| outcome(&i));
            let outcomes: Vec<Outcome> = refused
                .into_iter()
                .filter_map(|r| r.or_else(|| read.next()))
                .collect();
            settle.done(&to_js(&outcomes));
        });
    })
}

/// `settled()`: resolves when all is read and no view waits for an answer any more.
fn settled(session: Session) -> Promise {
    /// So often in a row nothing is asked: a view may ask again when it knows an answer.
    const QUIET: u32 = 3;
    promise(|settle| {
        crate::engine::client::spawn(async move {
            session.settled().await;
            let mut quiet = 0;
            while quiet < QUIET {
                crate::engine::client::pause(15).await;
                let engine = session.engine();
                let busy = engine.is_waited_for() || engine.with(|c| c.is_loading());
                quiet = if busy { 0 } else { quiet + 1 };
            }
            settle.done(&JsValue::UNDEFINED);
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
        if !reading {
            break;
        }
        crate::engine::client::pause(15).await;
    }
    session.settled().await;
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

/// `share({title, scope, author, created, everything, views, records, originals, leaveOut})`: resolves with the file as a
/// Blob. Each part is optional; what is left out is as the dialog has it.
fn share(session: Session, what: &JsValue) -> Promise {
    let what = what.clone();
    promise(|settle| {
        crate::engine::client::spawn(async move {
            // What is shared by default depends on what is loaded.
            session.settled().await;
            match choices(session, &what) {
                Err(why) => settle.failed(&js_sys::RangeError::new(why)),
                Ok(choices) => match share::build(session, choices, || true, |_| {}).await {
                    Ok(made) => settle.done(&made.blob),
                    Err(share::Stopped::Failed(why)) => settle.failed(&js_sys::Error::new(&why)),
                    Err(share::Stopped::Unwanted) => {
                        settle.failed(&js_sys::Error::new("not wanted any more"));
                    }
                },
            }
        });
    })
}

/// What a script chose to share; the rest is what the dialog would begin with.
fn choices(session: Session, what: &JsValue) -> Result<Choices, &'static str> {
    let get = |name: &str| Reflect::get(what, &name.into()).unwrap_or(JsValue::UNDEFINED);
    let text = |name: &str| get(name).as_string();
    let list = |name: &str| -> Option<Vec<String>> {
        let value = get(name);
        (!value.is_undefined() && !value.is_null())
            .then(|| Array::from(&value).iter().filter_map(|v| v.as_string()).collect())
    };
    let mut choices = share::choices_of_page(session);
    if let Some(title) = text("title") {
        choices.title = title;
    }
    choices.scope = text("scope").unwrap_or_default();
    choices.author = text("author").unwrap_or_default();
    if let Some(created) = text("created") {
        match time::parse_iso(created.as_bytes()) {
            Some(ns) => choices.created_ns = ns,
            None => return Err("created is a time in ISO 8601"),
        }
    }
    if let Some(everything) = get("everything").as_bool() {
        choices.everything = everything;
    }
    if let Some(originals) = get("originals").as_bool() {
        choices.originals = originals;
    }
    if let Some(records) = text("records") {
        match Records::of(&records) {
            Some(r) => choices.records = r,
            None => return Err("records is none, findings, filter or all"),
        }
    }
    if let Some(views) = list("views") {
        choices.views = views;
    }
    if let Some(leave_out) = list("leaveOut") {
        choices.leave_out = leave_out;
    }
    Ok(choices)
}
