//! Groups as they are carried: a bucket's start, a code for each dim, a count, a sum for each summed field.

use crate::base::hash::FastHash;
use hashbrown::HashTable;
use serde::{Deserialize, Serialize};
use std::hash::BuildHasher;

/// Groups in no order, each once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Groups {
    dims: usize,
    sums: usize,
    /// [`crate::table::ABSENT_INT`] where there is no time.
    pub starts: Vec<i64>,
    /// `dims` a group.
    codes: Vec<u32>,
    /// Records.
    pub counts: Vec<u64>,
    /// `sums` a group; `None` where no record has a value.
    totals: Vec<Option<i128>>,
}

impl Groups {
    pub fn new(dims: usize, sums: usize) -> Groups {
        Groups {
            dims,
            sums,
            ..Groups::default()
        }
    }

    pub fn len(&self) -> usize {
        self.starts.len().min(self.counts.len())
    }

    pub fn codes(&self, group: usize) -> &[u32] {
        part(&self.codes, group, self.dims)
    }

    pub fn totals(&self, group: usize) -> &[Option<i128>] {
        part(&self.totals, group, self.sums)
    }

    fn is(&self, group: u32, start: i64, codes: &[u32]) -> bool {
        self.starts.get(group as usize) == Some(&start) && self.codes(group as usize) == codes
    }
}

fn part<T>(all: &[T], group: usize, width: usize) -> &[T] {
    let from = group.saturating_mul(width);
    all.get(from..from.saturating_add(width)).unwrap_or_default()
}

/// Groups that grow.
pub(super) struct Gather {
    groups: Groups,
    index: HashTable<u32>,
    hasher: FastHash,
}

impl Gather {
    /// Goes on from groups that are each there once.
    pub fn on(groups: Groups) -> Gather {
        let mut gather = Gather {
            groups,
            index: HashTable::new(),
            hasher: FastHash::default(),
        };
        let (groups, hasher) = (&gather.groups, &gather.hasher);
        let hash = |g: &u32| hash(hasher, groups, *g);
        gather.index.reserve(groups.len(), hash);
        for g in 0..groups.len() as u32 {
            gather.index.insert_unique(hash(&g), g, hash);
        }
        gather
    }

    /// Adds records to the group of these codes.
    pub fn add(&mut self, start: i64, codes: &[u32], count: u64, totals: &[Option<i128>]) {
        let groups = &mut self.groups;
        let hash_here = self.hasher.hash_one((start, codes));
        let known = self.index.find(hash_here, |&g| groups.is(g, start, codes));
        let Some(&g) = known else {
            let g = groups.len() as u32;
            groups.starts.push(start);
            groups.codes.extend_from_slice(codes);
            groups.counts.push(count);
            groups.totals.extend_from_slice(totals);
            let hasher = &self.hasher;
            self.index
                .insert_unique(hash_here, g, |&g| hash(hasher, groups, g));
            return;
        };
        if let Some(n) = groups.counts.get_mut(g as usize) {
            *n = n.saturating_add(count);
        }
        let sums = groups.totals.iter_mut().skip(g as usize * groups.sums);
        for (sum, add) in sums.zip(totals) {
            *sum = match (*sum, *add) {
                (Some(a), Some(b)) => Some(a.saturating_add(b)),
                (a, b) => a.or(b),
            };
        }
    }

    /// Adds groups under other starts and codes; `code` is given the dim and its code.
    pub fn take(&mut self, from: &Groups, start: impl Fn(i64) -> i64, code: impl Fn(usize, u32) -> u32) {
        let mut codes = Vec::with_capacity(from.dims);
        for (g, (&at, &count)) in from.starts.iter().zip(&from.counts).enumerate() {
            codes.clear();
            codes.extend(from.codes(g).iter().enumerate().map(|(dim, &c)| code(dim, c)));
            self.add(start(at), &codes, count, from.totals(g));
        }
    }

    pub fn done(self) -> Groups {
        self.groups
    }
}

fn hash(hasher: &FastHash, groups: &Groups, g: u32) -> u64 {
    let start = groups.starts.get(g as usize).copied().unwrap_or_default();
    hasher.hash_one((start, groups.codes(g as usize)))
}
