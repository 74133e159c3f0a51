//! Which rows meet a question? For work that needs whole rows, not answers: collecting them, summing them up.

use super::ask::Query;
use super::bits::Bits;
use super::partial::asks;
use super::predicate::Predicate;
use crate::table::{Segment, Shard, Table};

/// The rows of one segment that meet a question.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selected {
    /// Position in [`Shard::tables`].
    pub table: usize,
    /// Position in that table's segments.
    pub segment: usize,
    /// Row numbers in the segment, ascending; never empty.
    pub rows: Vec<u32>,
}

impl Selected {
    /// The table and segment in the shard that was asked.
    pub fn of<'a>(&self, shard: &'a Shard) -> Option<(&'a Table, &'a Segment)> {
        let table = shard.tables.get(self.table)?;
        Some((table, table.segments.get(self.segment)?))
    }
}

/// A question's way through the sealed segments of a shard: kinds, range and filter count, its select does not.
///
/// It holds no borrow of the shard, so a worker can do other things between two segments; the rows picked are right
/// as long as no row was removed since it began.
pub struct Selection {
    query: Query,
    next: (usize, usize),
    filter: Option<Predicate>,
    hidden: bool,
}

impl Selection {
    pub fn new(query: Query) -> Selection {
        Selection {
            query,
            next: (0, 0),
            filter: None,
            hidden: false,
        }
    }

    /// Looks at hidden rows too: duplicates, and rows of what was removed.
    pub fn and_hidden(self) -> Selection {
        Selection { hidden: true, ..self }
    }

    /// The next segment with rows that meet the question; rows that are hidden meet none, unless they are asked for.
    /// `None` when all were looked at.
    pub fn next(&mut self, shard: &Shard) -> Option<Selected> {
        loop {
            let (table_at, segment_at) = self.next;
            let table = shard.tables.get(table_at)?;
            let Some(segment) = table
                .segments
                .get(segment_at)
                .filter(|_| asks(&self.query, table.facts.id))
            else {
                self.next = (table_at + 1, 0);
                self.filter = None;
                continue;
            };
            self.next.1 += 1;
            let filter = self
                .filter
                .get_or_insert_with(|| Predicate::within(self.query.range, &self.query.filter, table));
            let looked_at = match self.hidden {
                true => Bits::all(segment),
                false => Bits::shown(segment),
            };
            let bits = filter.select(&shard.pool, segment, &looked_at);
            let mut rows = Vec::new();
            bits.list(&mut rows);
            if !rows.is_empty() {
                return Some(Selected {
                    table: table_at,
                    segment: segment_at,
                    rows,
                });
            }
        }
    }
}

/// The rows that meet a question, segment by segment, in the order in which they stand.
pub fn select(shard: &Shard, query: &Query) -> impl Iterator<Item = Selected> {
    let mut selection = Selection::new(query.clone());
    std::iter::from_fn(move || selection.next(shard))
}
