//! The browser's worker around a [`Host`]: messages in, messages out, a slice of work between two looks at the mail.

use super::blob::source_of;
use super::host::Host;
use super::port::{FromShard, ToShard};
use js_sys::{Array, Uint8Array};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, MessageChannel, MessageEvent, MessagePort};

/// How long a slice of work may take before mail is looked at again (ms).
const SLICE_MS: f64 = 20.0;
/// How often the page is told how far reading is (ms).
const PROGRESS_MS: f64 = 120.0;

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
            work.host
                .borrow_mut()
                .handle(message, source, &mut |m| (work.post)(m));
            work.schedule();
        }
    });
    scope.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
}

impl Loop {
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
