//! Promises that are settled whatever happens: what can not be answered any more is refused.

use js_sys::{Error, Function, Promise};
use std::cell::Cell;
use wasm_bindgen::JsValue;

/// Settles one promise, once. Dropped before that, it refuses it: otherwise a script would wait for what nobody holds.
pub(super) struct Settle {
    done: Function,
    failed: Function,
    is_settled: Cell<bool>,
}

impl Settle {
    pub fn done(&self, value: &JsValue) {
        self.settle(&self.done, value);
    }

    pub fn failed(&self, why: &JsValue) {
        self.settle(&self.failed, why);
    }

    fn settle(&self, with: &Function, value: &JsValue) {
        if !self.is_settled.replace(true) {
            // Calling a promise's own function can not fail.
            let _ = with.call1(&JsValue::NULL, value);
        }
    }
}

impl Drop for Settle {
    fn drop(&mut self) {
        self.failed(&Error::new("The page gave this up before it was answered. Ask again.").into());
    }
}

/// A promise, and what begins to settle it.
pub(super) fn promise(begin: impl FnOnce(Settle)) -> Promise {
    let mut begin = Some(begin);
    Promise::new(&mut |done, failed| {
        if let Some(begin) = begin.take() {
            begin(Settle {
                done,
                failed,
                is_settled: Cell::new(false),
            });
        }
    })
}
