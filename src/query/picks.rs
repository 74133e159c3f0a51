//! Which rows the filters asked last picked: views ask many questions about the same rows.

use super::ask::Expr;
use super::bits::Bits;
use crate::base::hash::FastMap;
use crate::table::{Segment, Table};
use std::hash::{BuildHasher, Hash, Hasher};

/// Filters and what they picked, newest first. A segment's rows take 8 KiB a filter, or nothing where none were picked.
#[derive(Default)]
pub(super) struct Picks {
    kept: Vec<Pick>,
    /// The number of the next filter.
    next: u64,
}

struct Pick {
    id: u64,
    filter: Expr,
    /// By table and segment: what the segment looked like, and its rows; `None` where no row was picked.
    rows: FastMap<(usize, usize), (u64, Option<Bits>)>,
}

impl Picks {
    /// The views in sight ask under a handful of filters.
    const KEPT: usize = 8;

    /// The number under which what this filter picks is kept; none for a filter that picks all.
    pub fn of(&mut self, filter: &Expr) -> Option<u64> {
        if *filter == Expr::All {
            return None;
        }
        let pick = match self.kept.iter().position(|p| p.filter == *filter) {
            Some(at) => self.kept.remove(at),
            None => {
                self.next += 1;
                Pick {
                    id: self.next,
                    filter: filter.clone(),
                    rows: FastMap::default(),
                }
            }
        };
        let id = pick.id;
        self.kept.insert(0, pick);
        self.kept.truncate(Self::KEPT);
        Some(id)
    }

    /// What was picked of a segment, if that is known.
    pub fn get(&self, id: u64, at: (usize, usize), mark: u64, segment: &Segment) -> Option<Bits> {
        let pick = self.kept.iter().find(|p| p.id == id)?;
        let (was, rows) = pick.rows.get(&at)?;
        (*was == mark).then(|| rows.clone().unwrap_or_else(|| Bits::none(segment.rows)))
    }

    /// Keeps what was picked, unless newer filters took its place meanwhile.
    pub fn keep(&mut self, id: u64, at: (usize, usize), mark: u64, rows: &Bits) {
        if let Some(pick) = self.kept.iter_mut().find(|p| p.id == id) {
            let rows = (!rows.is_empty()).then(|| rows.clone());
            pick.rows.insert(at, (mark, rows));
        }
    }
}

/// A number that changes when the segment's rows do, those that are hidden, or the columns they have.
pub(super) fn mark(table: &Table, segment: &Segment) -> u64 {
    let mut hash = foldhash::fast::FixedState::default().build_hasher();
    (table.facts.id, table.fields.len()).hash(&mut hash);
    hash_of(segment, &mut hash);
    hash.finish()
}

pub(super) fn hash_of(segment: &Segment, hash: &mut impl Hasher) {
    let last = segment.rows.saturating_sub(1);
    (
        segment.rows,
        segment.origin(0).offset,
        segment.origin(last).offset,
    )
        .hash(hash);
    (segment.member(0), segment.member(last)).hash(hash);
    segment.columns.iter().flatten().count().hash(hash);
    segment.hidden_words().hash(hash);
}
