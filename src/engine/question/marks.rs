//! Which records a filter pattern takes, kept with their segments.

use super::inquest::{At, Ground};
use crate::base::hash::FastMap;
use crate::query::Selected;
use crate::table::Shard;
use std::cell::RefCell;

type Bits = Box<[u64]>;

/// Marks on their way to their segments.
pub struct Marks {
    pub pattern: String,
    /// By table and segment, one bit a row.
    bits: RefCell<FastMap<(u16, u32), Bits>>,
}

impl Marks {
    pub fn of(pattern: &str) -> Marks {
        Marks {
            pattern: pattern.to_owned(),
            bits: RefCell::default(),
        }
    }

    /// Takes a segment on; false for one that has its marks.
    pub(super) fn begin(&self, selected: &Selected, ground: &Ground<'_>) -> bool {
        match selected.of(ground.shard) {
            Some((_, segment)) if segment.mark(&self.pattern).is_none() => {
                let at = (selected.table as u16, selected.segment as u32);
                let none = vec![0; segment.rows.div_ceil(64)].into();
                self.bits.borrow_mut().insert(at, none);
                true
            }
            _ => false,
        }
    }

    pub(super) fn add(&mut self, at: At) {
        let word = self
            .bits
            .get_mut()
            .get_mut(&(at.table, at.segment))
            .and_then(|bits| bits.get_mut(at.row as usize / 64));
        if let Some(word) = word {
            *word |= 1 << (at.row % 64);
        }
    }

    /// Puts the marks to their segments.
    pub fn put(self, shard: &mut Shard) {
        for ((table, segment), bits) in self.bits.into_inner() {
            let table = shard.tables.get_mut(usize::from(table));
            if let Some(segment) = table.and_then(|t| t.segments.get_mut(segment as usize)) {
                segment.set_mark(&self.pattern, bits);
            }
        }
    }
}
