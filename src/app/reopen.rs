//! After a reload the page names what was open and offers to open it again.
//!
//! Names are kept for the tab (session storage). Where the browser gives handles on what was dropped, they are kept too
//! (IndexedDB), for a day: a handle is no file, and the browser asks before it lets a page read through one.

use super::folders::{call, each_of_handle};
use super::intake::open_now;
use crate::engine::client::spawn;
use crate::session::Session;
use js_sys::{Array, Date, Function, Object, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{DataTransfer, IdbDatabase, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransactionMode};

const KEY: &str = "trailbeam.open";
/// Which handles are this tab's.
const TAB_KEY: &str = "trailbeam.tab";
const DATABASE: &str = "trailbeam";
const STORE: &str = "handles";
/// Names remembered.
const MOST: usize = 12;
/// How long a handle is kept (ms).
const HANDLE_MS: f64 = 24.0 * 3600.0 * 1000.0;

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok().flatten()
}

/// Remembers what was opened in this tab, until the tab is closed.
pub fn remember<'a>(names: impl Iterator<Item = &'a str>) {
    let Some(store) = storage() else { return };
    let (mut known, mut more) = recall();
    for name in names {
        if known.len() < MOST {
            if !known.iter().any(|k| k == name) {
                known.push(name.to_owned());
            }
        } else {
            more += 1;
        }
    }
    if let Ok(text) = serde_json::to_string(&(known, more)) {
        // A full or forbidden storage only costs the reminder.
        let _ = store.set_item(KEY, &text);
    }
}

/// What was open before the page was reloaded: some names, and how many more.
pub fn recall() -> (Vec<String>, usize) {
    storage()
        .and_then(|s| s.get_item(KEY).ok().flatten())
        .and_then(|t| serde_json::from_str(&t).ok())
        .unwrap_or_default()
}

/// Forgets names and handles of this tab.
pub fn forget() {
    if let Some(store) = storage() {
        // Nothing there is as good as removed.
        let _ = store.remove_item(KEY);
    }
    spawn(async {
        if let Some(store) = handles(IdbTransactionMode::Readwrite).await {
            each_kept(&store, |_, kept| kept.tab == tab()).await;
        }
    });
}

/// This tab's own name, which a reload keeps.
fn tab() -> String {
    let known = storage().and_then(|s| s.get_item(TAB_KEY).ok().flatten());
    known.unwrap_or_else(|| {
        let new = format!("{:.0}-{:.0}", Date::now(), js_sys::Math::random() * 1e9);
        if let Some(store) = storage() {
            // Without storage there is nothing to come back to.
            let _ = store.set_item(TAB_KEY, &new);
        }
        new
    })
}

/// A handle with whose it is.
struct Kept {
    tab: String,
    at: f64,
    handle: JsValue,
}

/// Keeps handles on what was dropped, where the browser gives them. Has to be called while the drop is handled.
pub fn remember_dropped(data: &DataTransfer) {
    let items = data.items();
    let promises: Vec<Promise> = (0..items.length())
        .filter_map(|i| {
            let item = JsValue::from(items.get(i)?);
            let get: Function = Reflect::get(&item, &"getAsFileSystemHandle".into())
                .ok()?
                .dyn_into()
                .ok()?;
            get.call0(&item).ok()?.dyn_into().ok()
        })
        .collect();
    if promises.is_empty() {
        return;
    }
    spawn(async move {
        let mut found = Vec::new();
        for promise in promises {
            if let Ok(handle) = JsFuture::from(promise).await
                && handle.is_object()
            {
                found.push(handle);
            }
        }
        // A transaction ends by itself when it is waited for anything else.
        if let Some(store) = handles(IdbTransactionMode::Readwrite).await {
            for handle in found {
                let kept = Object::new();
                for (name, value) in [
                    ("tab", tab().into()),
                    ("at", Date::now().into()),
                    ("handle", handle),
                ] {
                    // A plain object takes every property.
                    let _ = Reflect::set(&kept, &name.into(), &value);
                }
                // Refused, there is one thing less to offer after a reload.
                let _ = store.add(&kept);
            }
        }
    });
}

/// How many things that were dropped in this tab the browser still has handles on. Old ones are thrown away.
pub async fn handles_kept() -> usize {
    let Some(store) = handles(IdbTransactionMode::Readwrite).await else {
        return 0;
    };
    let mine = tab();
    let mut count = 0;
    each_kept(&store, |_, kept| {
        let old = Date::now() - kept.at > HANDLE_MS;
        count += usize::from(!old && kept.tab == mine);
        old
    })
    .await;
    count
}

/// Opens what was open before, as far as the browser lets; to be called from a click, for it asks the person. Tells
/// what was refused.
pub async fn open_again(session: Session) -> Result<(), String> {
    let mut mine = Vec::new();
    if let Some(store) = handles(IdbTransactionMode::Readonly).await {
        let tab = tab();
        each_kept(&store, |_, kept| {
            if kept.tab == tab {
                mine.push(kept.handle);
            }
            false
        })
        .await;
    }
    let mode = Object::new();
    // A plain object takes every property.
    let _ = Reflect::set(&mode, &"mode".into(), &"read".into());
    let mut refused = Vec::new();
    let _until_listed = session.engine().listing();
    for handle in mine {
        let allowed = call(&handle, "requestPermission", &mode).await;
        if allowed.and_then(|a| a.as_string()).as_deref() == Some("granted") {
            session.loading.set(true);
            each_of_handle(handle, &mut async |found| {
                open_now(session, found, true).await;
            })
            .await;
        } else {
            let name = Reflect::get(&handle, &"name".into())
                .ok()
                .and_then(|n| n.as_string());
            refused.push(name.unwrap_or_default());
        }
    }
    if refused.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "The browser did not allow {}. Choose or drop it again.",
            refused.join(", ")
        ))
    }
}

/// Goes through all kept handles; those for which `f` says true are thrown away.
async fn each_kept(store: &IdbObjectStore, mut f: impl FnMut(&JsValue, Kept) -> bool) {
    let Some(keys) = asked(store.get_all_keys()).await else {
        return;
    };
    let Some(values) = asked(store.get_all()).await else {
        return;
    };
    for (key, value) in Array::from(&keys).iter().zip(Array::from(&values).iter()) {
        let get = |name: &str| Reflect::get(&value, &name.into()).unwrap_or(JsValue::UNDEFINED);
        let kept = Kept {
            tab: get("tab").as_string().unwrap_or_default(),
            at: get("at").as_f64().unwrap_or_default(),
            handle: get("handle"),
        };
        if f(&key, kept) {
            // What can not be removed now is removed when it is old.
            let _ = store.delete(&key);
        }
    }
}

/// The store of handles; `None` where the browser has none for this page (a file, a private window).
async fn handles(mode: IdbTransactionMode) -> Option<IdbObjectStore> {
    let open = web_sys::window()?
        .indexed_db()
        .ok()
        .flatten()?
        .open_with_u32(DATABASE, 1)
        .ok()?;
    let request = open.clone();
    let make = Closure::once_into_js(move || {
        if let Ok(db) = request.result().and_then(JsCast::dyn_into::<IdbDatabase>) {
            let parameters = web_sys::IdbObjectStoreParameters::new();
            parameters.set_auto_increment(true);
            // There already in a database of this version.
            let _ = db.create_object_store_with_optional_parameters(STORE, &parameters);
        }
    });
    open.set_onupgradeneeded(Some(make.unchecked_ref()));
    let db: IdbDatabase = asked(Ok(IdbOpenDbRequest::into(open))).await?.dyn_into().ok()?;
    db.transaction_with_str_and_mode(STORE, mode)
        .ok()?
        .object_store(STORE)
        .ok()
}

/// A request's result.
async fn asked(request: Result<IdbRequest, JsValue>) -> Option<JsValue> {
    let request = request.ok()?;
    let promise = Promise::new(&mut |done, failed| {
        request.set_onsuccess(Some(&done));
        request.set_onerror(Some(&failed));
    });
    JsFuture::from(promise).await.ok()?;
    request.result().ok()
}
