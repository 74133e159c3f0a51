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
    let boot = Reflect::get(&js_sys::global(), &JsValue::from_str("__trailbeam"))?;
    let make: Function = Reflect::get(&boot, &JsValue::from_str("worker"))?.dyn_into()?;
    let worker: web_sys::Worker = make.call0(&JsValue::UNDEFINED)?.dyn_into()?;
    worker.post_message(&wasm_bindgen::module())?;
    Ok(worker)
}
