//! Who reads which part of an item, and how the parts are put together.

use super::items::Progress;
use super::port::{MemberOutcome, Outcome, Part};
use crate::base::TimeRange;
use std::collections::BTreeMap;

/// The workers that read an item, one for each part of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Readers {
    /// One reads all of it.
    One(usize),
    Several(Vec<Reading>),
}

/// How far a part is.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    shard: usize,
    read_bytes: u64,
    records: u64,
    outcome: Option<Outcome>,
}

impl Readers {
    pub fn of(shards: &[usize]) -> Readers {
        match shards {
            [one] => Readers::One(*one),
            several => {
                let part = |&shard: &usize| Reading {
                    shard,
                    read_bytes: 0,
                    records: 0,
                    outcome: None,
                };
                Readers::Several(several.iter().map(part).collect())
            }
        }
    }

    /// Every worker that reads a part, and which.
    pub fn parts(&self) -> Vec<(usize, Part)> {
        match self {
            Readers::One(shard) => vec![(*shard, Part::WHOLE)],
            Readers::Several(parts) => {
                let of = parts.len() as u32;
                let part = |(nth, p): (u32, &Reading)| (p.shard, Part { nth, of });
                (0..).zip(parts).map(part).collect()
            }
        }
    }

    pub fn has(&self, shard: usize) -> bool {
        match self {
            Readers::One(one) => *one == shard,
            Readers::Several(parts) => parts.iter().any(|p| p.shard == shard),
        }
    }

    /// Who read the member of this index, where members were shared out.
    pub fn of_member(&self, index: u64) -> usize {
        match self {
            Readers::One(shard) => *shard,
            Readers::Several(parts) => {
                let nth = index % parts.len().max(1) as u64;
                parts.get(nth as usize).map_or(0, |p| p.shard)
            }
        }
    }

    /// How far all of it is, now that this worker is so far.
    pub fn progress(&mut self, shard: usize, read_bytes: u64, records: u64) -> Progress {
        if let Readers::Several(parts) = self {
            if let Some(mine) = parts.iter_mut().find(|p| p.shard == shard) {
                (mine.read_bytes, mine.records) = (read_bytes, records);
            }
            return Progress::Reading {
                read_bytes: parts.iter().map(|p| p.read_bytes).sum(),
                records: parts.iter().map(|p| p.records).sum(),
            };
        }
        Progress::Reading { read_bytes, records }
    }

    /// What came of all of it, once that is known of every part.
    pub fn outcome(&mut self, shard: usize, outcome: Outcome) -> Option<Outcome> {
        let Readers::Several(parts) = self else {
            return Some(outcome);
        };
        parts.iter_mut().find(|p| p.shard == shard)?.outcome = Some(outcome);
        if parts.iter().any(|p| p.outcome.is_none()) {
            return None;
        }
        let mut all = parts.iter_mut().filter_map(|p| p.outcome.take());
        let mut whole = all.next()?;
        let mut members = BTreeMap::new();
        collect(&mut members, std::mem::take(&mut whole.members));
        for outcome in all {
            whole.cancelled |= outcome.cancelled;
            whole.whole_only |= outcome.whole_only;
            whole.sha256 = whole.sha256.or(outcome.sha256);
            collect(&mut members, outcome.members);
        }
        whole.members = members.into_values().collect();
        Some(whole)
    }
}

fn collect(all: &mut BTreeMap<u64, MemberOutcome>, members: Vec<MemberOutcome>) {
    for member in members {
        match all.get_mut(&member.index) {
            Some(known) => join(known, member),
            None => {
                all.insert(member.index, member);
            }
        }
    }
}

/// Puts what came of a later part of a member to what came of an earlier one.
fn join(whole: &mut MemberOutcome, part: MemberOutcome) {
    fn unite<T: PartialEq>(all: &mut Vec<T>, more: Vec<T>) {
        for one in more {
            if !all.contains(&one) {
                all.push(one);
            }
        }
    }
    whole.also.extend(part.numbers());
    whole.kind = whole.kind.take().or(part.kind);
    whole.bytes += part.bytes;
    whole.kept = whole.kept.saturating_add(part.kept);
    whole.rejected.merge(&part.rejected);
    whole.marked.merge(&part.marked);
    unite(&mut whole.remarks, part.remarks);
    whole.span = match (whole.span, part.span) {
        (Some(a), Some(b)) => Some(TimeRange::union(a, b)),
        (a, b) => a.or(b),
    };
    unite(&mut whole.accounts, part.accounts);
    unite(&mut whole.regions, part.regions);
    for places in [&mut whole.accounts, &mut whole.regions] {
        places.sort_unstable();
        places.truncate(crate::table::Met::MOST);
    }
    unite(&mut whole.flow_formats, part.flow_formats);
    unite(&mut whole.described, part.described);
    whole.guessed |= part.guessed;
    whole.error = whole.error.take().or(part.error);
}
