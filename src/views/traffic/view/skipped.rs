//! When flow records were skipped, for whatever is drawn over time.

use crate::base::TimeRange;
use crate::chart::Hole;
use crate::query::Expr;
use crate::session::Session;
use crate::views::traffic::model::KINDS;
use crate::views::traffic::model::skipped::{Stretch, ask_interfaces, ask_skipped, holes, stretches};
use crate::widgets::format;
use leptos::prelude::*;
use std::sync::Arc;

/// Whether the page's filter leaves anything out (tracked).
pub fn has_filter(session: Session) -> bool {
    session.filter.with(|filter| *filter != Expr::All)
}

/// The stretches of the page's range, of the interfaces under its filter.
pub fn skipped(session: Session) -> Memo<Arc<Vec<Stretch>>> {
    let has_rows = move || session.rows_of(&KINDS) > 0;
    let lines = session.answer(move || has_rows().then(|| ask_skipped(session.range.get())));
    let interfaces = session.answer(move || has_filter(session).then(|| session.scoped(ask_interfaces())));
    Memo::new(move |_| {
        let (lines, interfaces) = (lines.answer.get(), interfaces.answer.get());
        let is_ready = interfaces.is_some() || !has_filter(session);
        let all = lines
            .filter(|_| is_ready)
            .map(|lines| stretches(&lines, interfaces.as_deref(), session.range.get()));
        Arc::new(all.unwrap_or_default())
    })
}

/// The same as a chart with bars this wide hatches them (tracked).
pub fn hatched(session: Session, stretches: &[Stretch], range: TimeRange, step_ns: i64) -> Vec<Hole> {
    let when = |r: TimeRange| format::range(r, session.offset_min(r.from_ns));
    holes(stretches, range, step_ns, when)
}
