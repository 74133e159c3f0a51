//! The browser's worker around a [`Host`]: messages in, messages out, a slice of work between two looks at the mail.

use super::blob::source_of;
use super::client::spawn;
use super::host::Host;
use super::port::{FromShard, ItemId, ToShard};
use js_sys::{Array, Object, Uint8Array};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, DedicatedWorkerGlobalScope, MessageChannel, MessageEvent, MessagePort, WorkerGlobalScope,
};

/// How long a slice of work may take before mail is looked at again (ms).
const SLICE_MS: f64 = 20.0;
/// How often the page is told how far reading is (ms).
const PROGRESS_MS: f64 = 120.0;

/// Larger Blobs are hashed as they are read: the browser hashes only what it holds as a whole (bytes).
const MOST_HASHED_BYTES: f64 = 256.0 * 1024.0 * 1024.0;

struct Loop {
    host: RefCell<Host>,
    post: Box<dyn Fn(FromShard)>,
    /// Posts to itself: the quickest way to let waiting messages through first.
    again: MessagePort,
    scheduled: Cell<bool>,
    told_at: Cell<f64>,
}

/// Runs the worker; returns at once, the event loop does the rest.
pub fn main() {
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else {
        return;
    };
    let Ok(channel) = MessageChannel::new() else {
        return;
    };
    let to = scope.clone();
    let work = Rc::new(Loop {
        host: RefCell::new(Host::default()),
        post: Box::new(move |message| post(&to, &message)),
        again: channel.port2(),
        scheduled: Cell::new(false),
        told_at: Cell::new(0.0),
    });

    let on_turn = {
        let work = work.clone();
        Closure::<dyn FnMut()>::new(move || work.turn())
    };
    channel
        .port1()
        .set_onmessage(Some(on_turn.as_ref().unchecked_ref()));
    on_turn.forget();

    let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |e: MessageEvent| {
        let parts = Array::from(&e.data());
        let bytes = Uint8Array::new(&parts.get(0)).to_vec();
        // Page and worker are one program: a message that does not decode can not come.
        if let Ok(message) = postcard::from_bytes::<ToShard>(&bytes) {
            let source = source_of(&parts.get(1));
            let opened = match message {
                // One of those that share an item hashes it.
                ToShard::Open { item, part, .. } if part.nth == 0 => Some(item),
                _ => None,
            };
            work.host
                .borrow_mut()
                .handle(message, source, &mut |m| (work.post)(m));
            if let Some(item) = opened
                && let Some(blob) = parts.get(1).dyn_ref::<Blob>()
            {
                work.hash(item, blob);
            }
            work.schedule();
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
}

impl Loop {
    /// Has the browser hash an item while it is read.
    fn hash(self: &Rc<Self>, item: ItemId, blob: &Blob) {
        let Some(hash) = digest(blob) else { return };
        self.host.borrow_mut().expect_hash(item);
        let me = self.clone();
        spawn(async move {
            let hash = hash.await;
            me.host.borrow_mut().hashed(item, hash, &mut |m| (me.post)(m));
            me.schedule();
        });
    }

    fn schedule(&self) {
        if self.host.borrow().busy() && !self.scheduled.replace(true) {
            // Fails only when the worker is being ended.
            let _ = self.again.post_message(&JsValue::NULL);
        }
    }

    fn turn(&self) {
        self.scheduled.set(false);
        let start = js_sys::Date::now();
        let mut host = self.host.borrow_mut();
        host.pump(&mut || js_sys::Date::now() - start > SLICE_MS, &mut |m| {
            (self.post)(m)
        });
        if start - self.told_at.get() > PROGRESS_MS {
            self.told_at.set(start);
            host.progress(&mut |m| (self.post)(m));
        }
        drop(host);
        self.schedule();
    }
}

fn post(scope: &DedicatedWorkerGlobalScope, message: &FromShard) {
    let Ok(bytes) = postcard::to_stdvec(message) else {
        return;
    };
    let bytes = Uint8Array::from(bytes.as_slice());
    let transfer = Array::of1(&bytes.buffer());
    // Fails only when the page is gone.
    let _ = scope.post_message_with_transfer(&bytes, &transfer);
}

/// The browser's SHA-256 of a Blob, where it has one (not on pages from http other than this machine's) and the Blob is not too
/// large to be held as a whole. It comes to none where the Blob can not be read.
fn digest(blob: &Blob) -> Option<impl Future<Output = Option<[u8; 32]>> + use<>> {
    if blob.size() > MOST_HASHED_BYTES {
        return None;
    }
    let scope: WorkerGlobalScope = js_sys::global().dyn_into().ok()?;
    let subtle = scope.crypto().ok()?.subtle();
    if subtle.is_undefined() {
        return None;
    }
    let bytes = JsFuture::from(blob.array_buffer());
    Some(async move {
        let bytes = Object::from(bytes.await.ok()?);
        let made = subtle.digest_with_str_and_buffer_source("SHA-256", &bytes).ok()?;
        let made = JsFuture::from(made).await.ok()?;
        Uint8Array::new(&made).to_vec().try_into().ok()
    })
}
