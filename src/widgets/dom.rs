//! Small things the browser makes long: sizes of elements, copying, saving a file.

use leptos::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, Element, HtmlAnchorElement, ResizeObserver, Url};

/// Rises when colours may have changed: theme chosen, or the system's scheme. Put into the context by the app.
#[derive(Clone, Copy)]
pub struct Look(pub RwSignal<u64>);

/// An observer and what it calls, kept together.
type Observer = (ResizeObserver, Closure<dyn FnMut()>);

/// Follows an element's content size in CSS pixels.
pub fn use_size<E>(node: NodeRef<E>) -> Signal<(f64, f64)>
where
    E: leptos::html::ElementType + 'static,
    E::Output: JsCast + Clone + 'static,
{
    let size = RwSignal::new((0.0, 0.0));
    let observer: Rc<RefCell<Option<Observer>>> = Rc::default();
    let keep = StoredValue::new_local(observer.clone());
    Effect::new(move |_| {
        let Some(element) = node.get() else { return };
        let element: Element = element.unchecked_into();
        let measured = element.clone();
        let read = move || {
            let now = (
                f64::from(measured.client_width()),
                f64::from(measured.client_height()),
            );
            if size.try_get_untracked().is_some_and(|before| before != now) {
                size.try_set(now);
            }
        };
        read();
        let on_resize = Closure::<dyn FnMut()>::new(read);
        if let Ok(o) = ResizeObserver::new(on_resize.as_ref().unchecked_ref()) {
            o.observe(&element);
            *observer.borrow_mut() = Some((o, on_resize));
        }
    });
    on_cleanup(move || {
        let held = keep.try_with_value(|k| k.borrow_mut().take()).flatten();
        if let Some((o, _)) = held {
            o.disconnect();
        }
    });
    size.into()
}

/// Is the focus inside something that this selector names?
pub fn focus_is_in(selector: &str) -> bool {
    let focused = web_sys::window()
        .and_then(|w| w.document())
        .and_then(|d| d.active_element());
    focused.is_some_and(|f| f.closest(selector).is_ok_and(|found| found.is_some()))
}

/// Puts text on the clipboard, by the older way where the page has no newer one (plain http, file://).
pub fn copy(text: &str) {
    let Some(window) = web_sys::window() else { return };
    let clipboard = window.navigator().clipboard();
    if window.is_secure_context() && !JsValue::from(clipboard.clone()).is_undefined() {
        // The browser says no when the page has no focus; nothing to do then but press again.
        let _ = clipboard.write_text(text);
        return;
    }
    let Some(document) = window.document() else { return };
    let Ok(area) = document.create_element("textarea") else {
        return;
    };
    let area: web_sys::HtmlTextAreaElement = area.unchecked_into();
    area.set_value(text);
    area.set_class_name("visually-hidden");
    if let Some(body) = document.body()
        && body.append_child(&area).is_ok()
    {
        area.select();
        let html: web_sys::HtmlDocument = document.unchecked_into();
        let _ = html.exec_command("copy");
        area.remove();
    }
}

/// Saves bytes as a file.
pub fn save(name: &str, mime: &str, parts: &js_sys::Array) {
    let options = BlobPropertyBag::new();
    options.set_type(mime);
    if let Ok(blob) = Blob::new_with_u8_array_sequence_and_options(parts, &options) {
        save_blob(name, &blob);
    }
}

/// Saves a Blob as a file.
pub fn save_blob(name: &str, blob: &Blob) {
    let Ok(url) = Url::create_object_url_with_blob(blob) else {
        return;
    };
    let link = web_sys::window()
        .and_then(|w| w.document())
        .and_then(|d| d.create_element("a").ok())
        .and_then(|e| e.dyn_into::<HtmlAnchorElement>().ok());
    if let Some(a) = link {
        a.set_href(&url);
        a.set_download(name);
        a.click();
    }
    // The download has its own hold on the Blob once it began.
    let _ = Url::revoke_object_url(&url);
}
