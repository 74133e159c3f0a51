//! Outcomes put into groups a person can look through.

use crate::base::{Notes, TimeRange};
use crate::session::{Item, Progress};
use std::collections::BTreeMap;

/// What became of an item, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    Failed,
    Partial,
    Reading,
    Waiting,
    Cancelled,
    Same,
    Read,
}

impl Verdict {
    pub fn of(item: &Item) -> Verdict {
        if item.same_as.is_some() {
            return Verdict::Same;
        }
        let Some(outcome) = &item.outcome else {
            return match item.progress {
                Progress::Waiting => Verdict::Waiting,
                _ => Verdict::Reading,
            };
        };
        let failed = outcome.members.iter().filter(|m| m.error.is_some()).count();
        let rejected = outcome.members.iter().any(|m| !m.rejected.is_empty());
        if outcome.cancelled {
            Verdict::Cancelled
        } else if failed > 0 && outcome.members.iter().all(|m| m.kept == 0) {
            Verdict::Failed
        } else if failed > 0 || rejected {
            Verdict::Partial
        } else {
            Verdict::Read
        }
    }

    /// The status colour's name and the word beside it.
    pub fn status(self) -> (&'static str, &'static str) {
        match self {
            Verdict::Failed => ("red", "Not read"),
            Verdict::Partial => ("yellow", "Read in part"),
            Verdict::Reading => ("info", "Reading"),
            Verdict::Waiting => ("none", "Waiting"),
            Verdict::Cancelled => ("none", "Cancelled"),
            Verdict::Same => ("none", "Same file, not counted twice"),
            Verdict::Read => ("ok", "Read"),
        }
    }
}

/// What items of a group have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupKey {
    pub kind: String,
    pub account: String,
    pub region: String,
    pub day: String,
}

/// Items that share kind, account, region, day and verdict.
#[derive(Clone, Debug)]
pub struct Group {
    pub key: GroupKey,
    pub verdict: Verdict,
    pub items: Vec<u32>,
    pub bytes: u64,
    pub records: u64,
    pub duplicates: u64,
    pub rejected: Notes,
    pub span: Option<TimeRange>,
    /// The first error, for the group's row.
    pub first_error: Option<String>,
}

/// Puts items into groups, those with problems first. `place` tells account, region and day from a path.
pub fn groups<'a>(
    items: impl Iterator<Item = &'a Item>,
    place: impl Fn(&str) -> (String, String, String),
) -> Vec<Group> {
    let mut all: BTreeMap<(Verdict, GroupKey), Group> = BTreeMap::new();
    for item in items {
        let (account, region, day) = place(&item.name);
        let key = GroupKey {
            kind: item.kind().unwrap_or("").to_owned(),
            account,
            region,
            day,
        };
        let verdict = Verdict::of(item);
        let group = all.entry((verdict, key.clone())).or_insert_with(|| Group {
            key,
            verdict,
            items: Vec::new(),
            bytes: 0,
            records: 0,
            duplicates: 0,
            rejected: Notes::default(),
            span: None,
            first_error: None,
        });
        group.items.push(item.id);
        group.bytes += item.bytes;
        group.records += item.records();
        group.duplicates += item.duplicates;
        group.rejected.merge(&item.rejected());
        group.span = match (group.span, item.span()) {
            (Some(a), Some(b)) => Some(a.union(b)),
            (a, b) => a.or(b),
        };
        if group.first_error.is_none() {
            group.first_error = item.errors().into_iter().next();
        }
    }
    all.into_values().collect()
}
