//! The page for a page that it is embedded in.

use js_sys::{Function, Object, Promise, Reflect, TypeError};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::MessageEvent;

/// The page's functions for a page that it is embedded in, where the host of this copy allows that page's origin
/// (`<meta name="trailbeam-embed" content="https://a.example https://b.example">`).
///
/// It is told `{trailbeam: "ready"}` when it may ask. `{trailbeam: "query", id, args: […]}` is answered with `{trailbeam: "answer", id, value}` or `{trailbeam: "answer", id,
/// error: {name, message}}`.
pub(super) fn listen(api: &Object) {
    let Some(window) = web_sys::window() else { return };
    let allowed = allowed(&window);
    if allowed.is_empty() {
        return;
    }
    let around = around(&window).filter(|origin| allowed.contains(origin));
    let api = api.clone();
    let on = Closure::<dyn FnMut(MessageEvent)>::new(move |e: MessageEvent| {
        let get = |name: &str| Reflect::get(&e.data(), &name.into()).unwrap_or(JsValue::UNDEFINED);
        let origin = e.origin();
        if !e.data().is_object() || !allowed.contains(&origin) {
            return;
        }
        let (Some(verb), Some(from)) = (get("trailbeam").as_string(), e.source()) else {
            return;
        };
        let id = get("id");
        let args = get("args");
        let called = match Object::has_own(&api, &verb.as_str().into()) {
            true => Reflect::get(&api, &verb.as_str().into())
                .ok()
                .and_then(|f| f.dyn_into::<Function>().ok()),
            false => None,
        };
        let result = match called {
            Some(f) => f.apply(&JsValue::NULL, &js_sys::Array::from(&args)),
            None => Err(TypeError::new(&format!("there is no {verb}")).into()),
        };
        crate::engine::client::spawn(async move {
            let result = match result {
                Ok(value) => wasm_bindgen_futures::JsFuture::from(Promise::resolve(&value)).await,
                Err(why) => Err(why),
            };
            let answer = Object::new();
            super::set(&answer, "trailbeam", &"answer".into());
            super::set(&answer, "id", &id);
            match result {
                Ok(value) => super::set(&answer, "value", &value),
                Err(why) => super::set(&answer, "error", &described(&why)),
            }
            let from: JsValue = from.into();
            if let Ok(post) = Reflect::get(&from, &"postMessage".into())
                && let Some(post) = post.dyn_ref::<Function>()
            {
                // Fails for a value that can not be cloned, and for a page that is gone: there is nobody to tell.
                let _ = post.call2(&from, &answer, &origin.as_str().into());
            }
        });
    });
    // Adding a listener to the window can not fail.
    let _ = window.add_event_listener_with_callback("message", on.as_ref().unchecked_ref());
    on.forget();
    if let (Some(origin), Ok(Some(parent))) = (around, window.parent()) {
        let ready = Object::new();
        super::set(&ready, "trailbeam", &"ready".into());
        // A page that went elsewhere meanwhile is not told.
        let _ = parent.post_message(&ready, &origin);
    }
}

/// The origin of the page that this one is embedded in.
fn around(window: &web_sys::Window) -> Option<String> {
    let get = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok();
    // Not every browser lists ancestors; the referrer of an embedded page is the page around it.
    let listed =
        get(&window.location().into(), "ancestorOrigins").and_then(|all| get(&all, "0")?.as_string());
    let is_top = window
        .parent()
        .ok()
        .flatten()
        .is_none_or(|parent| parent == *window);
    listed.filter(|_| !is_top).or_else(|| {
        let referrer = window.document().map(|d| d.referrer()).filter(|_| !is_top)?;
        Some(web_sys::Url::new(&referrer).ok()?.origin())
    })
}

/// Origins that the host of this copy of the page allows; none by default, and never every one.
fn allowed(window: &web_sys::Window) -> Vec<String> {
    let meta = window
        .document()
        .and_then(|d| d.query_selector("meta[name=trailbeam-embed]").ok().flatten());
    let content = meta.and_then(|m| m.get_attribute("content")).unwrap_or_default();
    let words = content.split_ascii_whitespace().map(str::to_owned);
    words
        .filter(|o| o.starts_with("https://") || o.starts_with("http://"))
        .collect()
}

fn described(why: &JsValue) -> JsValue {
    let described = Object::new();
    for name in ["name", "message", "what", "at", "end"] {
        if let Ok(value) = Reflect::get(why, &name.into())
            && !value.is_undefined()
        {
            super::set(&described, name, &value);
        }
    }
    described.into()
}
