//! A key from the day it was made: who made it, who used it, what was done to it, what it gave.

use super::book::Book;
use super::chain::SLACK_NS;
use super::grant::{Given, Grant, GrantKind};
use super::identity::{KeyKind, key_kind};
use super::{Seen, Use};
use crate::base::TimeRange;
use crate::base::time::DAY;
use serde::{Deserialize, Serialize};

/// How long a key makes no call before that is worth telling.
pub const UNUSED_NS: i64 = DAY;
/// [`UNUSED_NS`] in words.
pub const UNUSED_RULE: &str = "A key is unused from one call to the next, from its making to its first \
     call and from its last call to its deletion, where more than 24 hours lie between.";

/// One thing that was done to a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub given: Given,
    /// `Active`, `Inactive`; `Deleted` for its end.
    pub status: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyLife {
    pub key: String,
    pub kind: KeyKind,
    /// The record that made it: `CreateAccessKey`, or what gave a temporary one.
    pub made: Option<Given>,
    pub expires_ns: Option<i64>,
    pub first_ns: Option<i64>,
    pub last_ns: Option<i64>,
    pub calls: u64,
    pub errors: u64,
    pub addresses: Vec<Seen>,
    pub agents: Vec<Seen>,
    pub principals: Vec<Seen>,
    /// Changes of its status and attempts at it, oldest first.
    pub changes: Vec<Change>,
    pub deleted: Option<Given>,
    /// Calls in groups that begin after it was deleted or had expired; it should be 0.
    pub calls_after_end: u64,
    /// What was asked for with it, refused or not, oldest first.
    pub granted: Vec<Given>,
    pub unused: Vec<TimeRange>,
}

pub fn key_life(book: &Book<'_>, key: &str) -> KeyLife {
    let is_key = !key.is_empty() && !key.starts_with("arn:");
    let mut uses: Vec<&Use> = book.uses_of(key).filter(|_| is_key).collect();
    uses.sort_unstable();
    let granted = |kind: GrantKind| move |grant: &&Grant| grant.kind == kind && grant.is_granted();
    let made = book
        .changes(key)
        .find(granted(GrantKind::CreateKey))
        .or_else(|| book.given(key).next());
    let deleted = book.changes(key).rfind(granted(GrantKind::DeleteKey));
    let expires_ns = made
        .filter(|made| !made.kind.is_of_keys())
        .and_then(Grant::told_end_ns);
    let end_ns = deleted.map(|grant| grant.at_ns).or(expires_ns);
    let after = |one: &&&Use| end_ns.is_some_and(|end| one.first_ns > end.saturating_add(SLACK_NS));
    let sum = |sum: u64, n: &u64| sum.saturating_add(*n);
    KeyLife {
        key: key.to_owned(),
        kind: key_kind(key),
        made: made.map(Grant::given),
        expires_ns,
        first_ns: uses.first().map(|one| one.first_ns),
        last_ns: uses.iter().map(|one| one.last_ns).max(),
        calls: uses.iter().map(|one| &one.calls).fold(0, sum),
        errors: uses.iter().map(|one| &one.errors).fold(0, sum),
        addresses: Seen::all(uses.iter().copied(), |one| &one.address),
        agents: Seen::all(uses.iter().copied(), |one| &one.agent),
        principals: Seen::all(uses.iter().copied(), |one| &one.principal),
        changes: book.changes(key).map(change).collect(),
        deleted: deleted.map(Grant::given),
        calls_after_end: uses.iter().filter(after).map(|one| &one.calls).fold(0, sum),
        granted: book.asked_with(key).map(Grant::given).collect(),
        unused: unused(
            &uses,
            made.map(|grant| grant.at_ns),
            deleted.map(|grant| grant.at_ns),
        ),
    }
}

fn change(grant: &Grant) -> Change {
    let status = match grant.kind {
        GrantKind::DeleteKey => "Deleted",
        _ => grant.status.as_str(),
    };
    Change {
        given: grant.given(),
        status: status.to_owned(),
    }
}

fn unused(uses: &[&Use], made_ns: Option<i64>, deleted_ns: Option<i64>) -> Vec<TimeRange> {
    let mut unused = Vec::new();
    let mut last = made_ns;
    let ends = uses
        .iter()
        .map(|one| (one.first_ns, one.last_ns))
        .chain(deleted_ns.map(|at| (at, at)));
    for (first_ns, last_ns) in ends {
        if let Some(before) = last
            && first_ns.saturating_sub(before) > UNUSED_NS
        {
            unused.push(TimeRange::new(before, first_ns));
        }
        last = Some(last.unwrap_or(last_ns).max(last_ns));
    }
    unused
}
