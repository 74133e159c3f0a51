//! Keys of what is in the page: a widget or view says which it knows, whoever listens to the keyboard presses them.

use leptos::prelude::on_cleanup;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

type Act = Rc<dyn Fn(&str)>;

/// Keys, lower case, and what they do.
struct Known {
    id: u64,
    keys: &'static [&'static str],
    act: Act,
}

thread_local! {
    static KNOWN: RefCell<Vec<Known>> = const { RefCell::new(Vec::new()) };
    static NEXT: Cell<u64> = const { Cell::new(0) };
}

/// Does `act` on any of these keys, until what says so leaves the page. Of several that know a key the newest acts.
pub fn on_keys(keys: &'static [&'static str], act: impl Fn(&str) + 'static) {
    let id = NEXT.get();
    NEXT.set(id + 1);
    let act: Act = Rc::new(act);
    KNOWN.with_borrow_mut(|all| all.push(Known { id, keys, act }));
    on_cleanup(move || KNOWN.with_borrow_mut(|all| all.retain(|k| k.id != id)));
}

/// Presses a key; says whether anything in the page knows it.
pub fn press(key: &str) -> bool {
    let act = KNOWN.with_borrow(|all| {
        let knows = all.iter().rev().find(|k| k.keys.contains(&key));
        knows.map(|k| k.act.clone())
    });
    // Outside of the borrow: what the key does may add and remove widgets.
    act.inspect(|act| act(key)).is_some()
}
