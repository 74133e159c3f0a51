//! Several questions whose answers belong together.

use crate::query::{Answer, Query};
use crate::session::Session;
use leptos::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

/// What was asked for, and all its answers.
pub type Together<T> = (T, Vec<Arc<Answer>>);

/// Asks whenever something that `ask` reads changes, or rows do; the answers come all at once, beside what they answer,
/// so that none is read with another question in mind. The last ones stay while new ones are on their way.
pub fn together<T: Clone + Send + Sync + 'static>(
    session: Session,
    ask: impl Fn() -> Option<(T, Vec<Query>)> + 'static,
) -> Signal<Option<Arc<Together<T>>>> {
    let out = RwSignal::new(None);
    // A round of questions; answers of an older one are void.
    let round = StoredValue::new(0u64);
    let open = StoredValue::new(Vec::new());
    let drop_open = move || {
        for id in open.try_update_value(std::mem::take).unwrap_or_default() {
            session.engine().drop_ask(id);
        }
    };
    Effect::new(move |_| {
        session.rows.track();
        drop_open();
        let mine = round.get_value() + 1;
        round.set_value(mine);
        let Some((what, queries)) = ask() else {
            out.set(None);
            return;
        };
        let answers: Rc<RefCell<Vec<Option<Arc<Answer>>>>> = Rc::new(RefCell::new(vec![None; queries.len()]));
        let ids = queries.into_iter().enumerate().map(|(n, query)| {
            let (answers, what) = (answers.clone(), what.clone());
            session.engine().ask(query, move |answer| {
                answers.borrow_mut()[n] = Some(answer);
                let all: Option<Vec<_>> = answers.borrow().iter().cloned().collect();
                if let Some(all) = all
                    && round.try_get_value() == Some(mine)
                {
                    out.try_set(Some(Arc::new((what, all))));
                }
            })
        });
        open.set_value(ids.collect());
    });
    on_cleanup(drop_open);
    out.into()
}
