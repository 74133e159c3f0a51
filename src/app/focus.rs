//! Where the keyboard is: never lost when what had it leaves the page, and led past what stands before a view.

use js_sys::{Array, Function, Object, Reflect};
use leptos::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement};

/// What takes the focus in the place of something that left. Inputs do not: their lists would open unasked.
const TAKES: &str = "button:not(:disabled), a[href], [tabindex='0'], summary";
/// What a press of the mouse gives the focus to.
const FOCUSABLE: &str = "button, a[href], input, select, textarea, summary, [tabindex]";

/// The element that had the focus and where it stood: every ancestor with its position among its siblings, inner first.
struct Stood {
    element: Element,
    within: Vec<(Element, u32)>,
}

impl Stood {
    fn at(element: Element) -> Stood {
        let mut within = Vec::new();
        let mut child = element.clone();
        while let Some(parent) = child.parent_element() {
            let children = parent.children();
            let at = (0..children.length()).find(|&i| children.item(i).as_ref() == Some(&child));
            within.push((parent.clone(), at.unwrap_or(0)));
            child = parent;
        }
        Stood { element, within }
    }

    /// What stands there now: what moved up into its place, or stood before it, or else what is around.
    fn heir(&self) -> Option<HtmlElement> {
        self.within
            .iter()
            .filter(|(parent, _)| parent.is_connected())
            .find_map(|(parent, at)| {
                if parent.id() == "main" || parent.id() == "view" {
                    return parent.clone().dyn_into().ok();
                }
                let children = parent.children();
                [Some(*at), at.checked_sub(1)]
                    .into_iter()
                    .flatten()
                    .filter_map(|at| children.item(at))
                    .find_map(|child| taker(&child))
            })
    }
}

/// This element, or the first inside it, that takes the focus and is in sight.
fn taker(of: &Element) -> Option<HtmlElement> {
    let inside = of.query_selector_all(TAKES).ok()?;
    let itself = of.matches(TAKES).ok().filter(|is| *is).map(|_| of.clone());
    let inside = (0..inside.length()).filter_map(|i| inside.item(i)?.dyn_into::<Element>().ok());
    itself
        .into_iter()
        .chain(inside)
        .filter(|e| e.get_bounding_client_rect().width() > 0.0)
        .find_map(|e| e.dyn_into().ok())
}

/// The element that has the focus, unless that is the page as a whole.
pub fn focused() -> Option<HtmlElement> {
    let document = web_sys::window()?.document()?;
    let element = document.active_element()?;
    (element.tag_name() != "BODY").then_some(())?;
    element.dyn_into().ok()
}

/// Gives an element the focus.
pub fn give(element: &HtmlElement) {
    // An element that can not take the focus leaves it where it is.
    let _ = element.focus();
}

/// Gives the element of this id the focus.
pub fn give_id(id: &str) -> bool {
    let element = web_sys::window()
        .and_then(|w| w.document())
        .and_then(|d| d.get_element_by_id(id))
        .and_then(|e| e.dyn_into::<HtmlElement>().ok());
    element.inspect(give).is_some()
}

/// Passes the focus on when what has it leaves the page.
pub fn keep() {
    let stood: Rc<RefCell<Option<Stood>>> = Rc::default();
    let Some(document) = web_sys::window().and_then(|w| w.document()) else {
        return;
    };
    let Some(body) = document.body() else { return };
    let follow = |event: &str, selector: Option<&'static str>| {
        let stood = stood.clone();
        let follow = Closure::<dyn FnMut(web_sys::Event)>::new(move |e: web_sys::Event| {
            let target = e.target().and_then(|t| t.dyn_into::<Element>().ok());
            let target = target.and_then(|t| match selector {
                Some(s) => t.closest(s).ok().flatten(),
                None => Some(t),
            });
            *stood.borrow_mut() = target.map(Stood::at);
        });
        let f = follow.as_ref().unchecked_ref();
        // Adding a listener to the page can not fail.
        let _ = document.add_event_listener_with_callback_and_bool(event, f, true);
        follow.forget();
    };
    follow("focusin", None);
    // A press beside everything takes the focus from where it was: nothing is lost then.
    follow("pointerdown", Some(FOCUSABLE));
    let changed = Closure::<dyn FnMut()>::new(move || {
        if focused().is_some() {
            return;
        }
        let left = stood.borrow().as_ref().is_some_and(|s| !s.element.is_connected());
        if !left {
            return;
        }
        // Out of the cell before it is used: giving the focus writes it anew.
        let heir = stood.take().and_then(|s| s.heir());
        if let Some(heir) = heir {
            give(&heir);
        }
    });
    if observe(&body, changed.as_ref().unchecked_ref()).is_ok() {
        changed.forget();
    }
}

/// Calls back after children were added or removed anywhere below. By reflection: one use is not worth another part of the
/// browser's interface in the program.
fn observe(root: &Element, on_change: &Function) -> Result<(), JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let maker: Function = Reflect::get(&window, &"MutationObserver".into())?.dyn_into()?;
    let observer = Reflect::construct(&maker, &Array::of1(on_change))?;
    let observe: Function = Reflect::get(&observer, &"observe".into())?.dyn_into()?;
    let options = Object::new();
    for what in ["childList", "subtree"] {
        Reflect::set(&options, &what.into(), &true.into())?;
    }
    observe.call2(&observer, root, &options)?;
    Ok(())
}

/// Leads past the top bar, the navigation and the filter; shows when the keyboard comes to it.
#[component]
pub fn SkipLink() -> impl IntoView {
    view! {
        <a
            class="skip-link"
            href="#main"
            on:click=move |e| {
                // The hash is the page's state: it stays.
                e.prevent_default();
                let _ = give_id("view") || give_id("main");
            }
        >
            "Skip to the view"
        </a>
    }
}
