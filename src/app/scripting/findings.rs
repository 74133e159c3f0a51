//! `trailbeam.findings()`: what every rule and check says of everything opened.

use super::settle::promise;
use super::to_js;
use crate::base::time;
use crate::findings::{Entry, Status};
use crate::session::Session;
use js_sys::Promise;
use serde::Serialize;

/// A rule or check, as scripts see it.
#[derive(Serialize)]
struct Told {
    rule: String,
    title: String,
    /// `fired`, `quiet` or `not-evaluated`; of a check `red`, `yellow`, `green` or `not-evaluated`.
    status: &'static str,
    severity: Option<&'static str>,
    /// Records that what was found rests on; of a check, resources that are red or yellow.
    count: u64,
    first: Option<String>,
    last: Option<String>,
    /// The pattern or query that is run, or the filter of what was found.
    query: String,
    /// Which file would make it evaluable.
    needs: Option<String>,
    source: &'static str,
    groups: usize,
}

fn told(entry: &Entry) -> Told {
    let is_check = entry.severity.is_none();
    let flagged = || entry.items.iter().filter(|i| i.status <= Status::Yellow);
    Told {
        rule: entry.id.clone(),
        title: entry.title.clone(),
        status: match entry.status() {
            Status::None => "not-evaluated",
            status if is_check => status.id(),
            Status::Green => "quiet",
            _ => "fired",
        },
        severity: entry.severity.map(|s| s.word()),
        count: if is_check {
            flagged().count() as u64
        } else {
            entry.count()
        },
        first: entry.first_ns().map(time::iso),
        last: entry.last_ns().map(time::iso),
        query: entry.query(),
        needs: entry.needs.clone(),
        source: entry.source.id(),
        groups: flagged().count(),
    }
}

/// Resolves with one object a rule, the worst first, once what is opened is read and all rules were run over it.
pub(super) fn findings(session: Session) -> Promise {
    promise(|settle| {
        crate::engine::client::spawn(async move {
            session.settled().await;
            let audit = session.audited().await;
            let all: Vec<Told> = audit.entries.iter().map(|e| told(e)).collect();
            settle.done(&to_js(&all));
        });
    })
}
