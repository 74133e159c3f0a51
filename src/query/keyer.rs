//! Groups: the rows of a segment → small numbers of their groups, over every table and shard.

use super::ask::Key;
use super::atom::{Atom, MadeTexts, Texts};
use super::dict::{Dict, UNSET};
use super::keys::{KeySource, Picked};
use super::pairs::Pairs;
use crate::table::Table;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// The keys of every group: those of each position once, and which of them stand together. Groups are known by
/// numbers alone, so that none needs its keys to be told from another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct GroupKeys {
    pub dicts: Vec<Dict>,
    /// `pairs[i]` joins the number of keys `0..=i` with that of key `i + 1`.
    pairs: Vec<Pairs>,
}

impl GroupKeys {
    pub fn new(keys: usize) -> GroupKeys {
        GroupKeys {
            dicts: vec![Dict::default(); keys],
            pairs: vec![Pairs::default(); keys.saturating_sub(1)],
        }
    }

    /// Groups so far; without keys there is the one group of everything.
    pub fn len(&self) -> usize {
        match (self.pairs.last(), self.dicts.first()) {
            (Some(last), _) => last.len(),
            (None, Some(only)) => only.len(),
            (None, None) => 1,
        }
    }

    /// The numbers of keys `0..=at`, and of key `at + 1`, become the numbers of both together.
    fn join(&mut self, at: usize, left: &mut [u32], right: &[u32]) {
        let before = match at.checked_sub(1).and_then(|p| self.pairs.get(p)) {
            Some(pairs) => pairs.len(),
            None => self.dicts.first().map_or(0, Dict::len),
        };
        let after = self.dicts.get(at + 1).map_or(0, Dict::len);
        if let Some(pairs) = self.pairs.get_mut(at) {
            pairs.join(left, right, (before, after));
        }
    }

    /// A group's keys, in order.
    pub fn of(&self, group: u32) -> impl Iterator<Item = Atom> {
        let numbers = (0..self.dicts.len()).map(move |at| self.number(group, at));
        self.dicts
            .iter()
            .zip(numbers)
            .map(|(dict, number)| dict.get(number))
    }

    /// The number of a group's key.
    fn number(&self, group: u32, at: usize) -> u32 {
        let after = self.pairs.iter().skip(at).rev();
        let left = after.fold(group, |number, pairs| pairs.get(number).0);
        match at.checked_sub(1).and_then(|p| self.pairs.get(p)) {
            Some(pairs) => pairs.get(left).1,
            None => left,
        }
    }

    pub fn order(&self, a: u32, b: u32, texts: &impl Texts) -> Ordering {
        let pairs = self.of(a).zip(self.of(b));
        pairs.fold(Ordering::Equal, |o, (x, y)| o.then_with(|| x.order(y, texts)))
    }

    /// Adds groups not yet here, their texts under other numbers; answers the number here of each of them.
    pub fn take(&mut self, other: &GroupKeys, mut renumber: impl FnMut(u32) -> u32) -> Vec<u32> {
        let dicts = self.dicts.iter_mut().zip(&other.dicts);
        let mut values = dicts.map(|(mine, theirs)| mine.take(theirs, &mut renumber));
        let Some(mut groups) = values.next() else {
            return vec![0];
        };
        let rest: Vec<Vec<u32>> = values.collect();
        for (at, (pairs, values)) in other.pairs.iter().zip(rest).enumerate() {
            let mapped = |to: &[u32], of: &[u32]| {
                let number = |n: &u32| to.get(*n as usize).copied().unwrap_or(0);
                of.iter().map(number).collect::<Vec<u32>>()
            };
            let mut left = mapped(&groups, pairs.left());
            self.join(at, &mut left, &mapped(&values, pairs.right()));
            groups = left;
        }
        groups
    }
}

/// The keys of a question over every table of a shard.
pub(super) struct Keyer {
    keys: Vec<Key>,
    /// By table, then by key; made when the table's first segment comes.
    sources: Vec<Option<Vec<KeySource>>>,
    pub groups: GroupKeys,
    next: Vec<u32>,
}

impl Keyer {
    pub fn new(keys: &[Key]) -> Keyer {
        Keyer {
            keys: keys.to_vec(),
            sources: Vec::new(),
            groups: GroupKeys::new(keys.len()),
            next: Vec::new(),
        }
    }

    /// Are there no keys?
    pub fn is_one_group(&self) -> bool {
        self.keys.is_empty()
    }

    /// Writes each picked row's group number into `out` (cleared first). Numbers are dense, over all tables.
    pub fn number(
        &mut self,
        table_at: usize,
        table: &Table,
        picked: &Picked<'_>,
        made: &mut MadeTexts,
        out: &mut Vec<u32>,
    ) {
        out.clear();
        let rows = picked.rows.len();
        if self.keys.is_empty() {
            out.resize(rows, 0);
            return;
        }
        if self.sources.len() <= table_at {
            self.sources.resize_with(table_at + 1, || None);
        }
        let source = |key| KeySource::new(key, table, picked.pool, made);
        let sources = self.sources[table_at].get_or_insert_with(|| self.keys.iter().map(source).collect());
        for (at, source) in sources.iter_mut().enumerate() {
            let numbers = if at == 0 { &mut *out } else { &mut self.next };
            numbers.clear();
            numbers.resize(rows, UNSET);
            if let Some(dict) = self.groups.dicts.get_mut(at) {
                source.fill(picked, dict, made, numbers);
                if numbers.contains(&UNSET) {
                    let absent = dict.number(Atom::Absent);
                    numbers
                        .iter_mut()
                        .filter(|n| **n == UNSET)
                        .for_each(|n| *n = absent);
                }
            }
            if at > 0 {
                self.groups.join(at - 1, out, &self.next);
            }
        }
    }
}
