//! How a worker comes to run the very module that the page runs.
//!
//! `public/boot.js` makes the worker (a classic script from a Blob, through the page's Trusted Types policy, so that it
//! works from file:// as well); the page posts it the compiled `WebAssembly.Module`. Nothing is fetched or compiled twice.

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// Whether this instance runs in a worker; if not, it runs on the page.
pub fn is_worker() -> bool {
    js_sys::global().is_instance_of::<web_sys::DedicatedWorkerGlobalScope>()
}

/// A new worker on which `engine::worker::main` starts. Messages may be posted to it at once: they are delivered, in
/// order, to the `onmessage` that `main` sets before it returns.
///
/// Fails where the browser refuses workers, or where the page was loaded without `boot.js`; the work then has to be done
/// on the page. A worker that dies later says so through its `error` event.
pub fn spawn_worker() -> Result<web_sys::Worker, JsValue> {
    let make: Function = Reflect::get(&boot()?, &JsValue::from_str("worker"))?.dyn_into()?;
    let worker: web_sys::Worker = make.call0(&JsValue::UNDEFINED)?.dyn_into()?;
    worker.post_message(&wasm_bindgen::module())?;
    Ok(worker)
}

/// What a page brings that is a shared file.
pub struct SharedParts {
    /// The printed layer's HTML.
    pub printed: String,
    /// The manifest's hash as the page states it.
    pub stated: String,
    /// By name, each as base64 in a string of the browser's.
    pub parts: Vec<(String, js_sys::JsString)>,
}

fn boot() -> Result<JsValue, JsValue> {
    Reflect::get(&js_sys::global(), &JsValue::from_str("__trailbeam"))
}

/// The parts of the shared file that this page is; `None` where it is the app.
pub fn shared() -> Option<SharedParts> {
    let report: Function = Reflect::get(&boot().ok()?, &"report".into())
        .ok()?
        .dyn_into()
        .ok()?;
    let found = report
        .call0(&JsValue::UNDEFINED)
        .ok()
        .filter(JsValue::is_object)?;
    let get = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED);
    let text = |of: &JsValue, name: &str| get(of, name).as_string().unwrap_or_default();
    let parts = js_sys::Array::from(&get(&found, "parts"));
    Some(SharedParts {
        printed: text(&found, "printed"),
        stated: text(&found, "stated"),
        parts: parts
            .iter()
            .filter_map(|p| Some((text(&p, "name"), get(&p, "text").dyn_into().ok()?)))
            .collect(),
    })
}

/// The program that runs here, to be put into a shared file: its glue script and its wasm. An error is the browser's.
pub async fn program() -> Result<(String, Vec<u8>), JsValue> {
    let program: Function = Reflect::get(&boot()?, &"program".into())?.dyn_into()?;
    let promise: js_sys::Promise = program.call0(&JsValue::UNDEFINED)?.dyn_into()?;
    let made = wasm_bindgen_futures::JsFuture::from(promise).await?;
    let glue = Reflect::get(&made, &"glue".into())?
        .as_string()
        .unwrap_or_default();
    let wasm = js_sys::Uint8Array::new(&Reflect::get(&made, &"wasm".into())?).to_vec();
    Ok((glue, wasm))
}
