//! The groups of some shards: merged, ranked, and told as an answer.

use super::aggs::Column;
use super::ask::{Answer, Groups, Order};
use super::atom::TextList;
use super::keyer::GroupKeys;
use crate::base::FieldType;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Groups of some shards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct GroupsPart {
    pub keys: GroupKeys,
    pub columns: Vec<Column>,
    pub texts: TextList,
    /// Was anything said? Without keys there is a group without it, too.
    pub any: bool,
}

impl GroupsPart {
    pub fn new(groups: &Groups) -> GroupsPart {
        GroupsPart {
            keys: GroupKeys::new(groups.by.len()),
            columns: Column::all(&groups.aggs),
            texts: TextList::default(),
            any: false,
        }
    }

    pub fn merge(&mut self, other: GroupsPart) {
        if !other.any {
            return;
        }
        if self.any {
            self.take(other);
        } else {
            *self = other;
        }
    }

    /// Adds groups whose texts may be alike (see `GroupsRun::finish`).
    pub fn take(&mut self, other: GroupsPart) {
        self.any |= other.any;
        let number = self.texts.take(&other.texts);
        let mut renumber = |n: u32| number.get(n as usize).copied().unwrap_or(0);
        let groups = self.keys.take(&other.keys, renumber);
        let of = self.keys.len();
        for (mine, theirs) in self.columns.iter_mut().zip(other.columns) {
            mine.merge(theirs, &groups, of, &mut renumber, &self.texts);
        }
    }

    pub fn finish(mut self, groups: &Groups, answer: &mut Answer) {
        let width = groups.by.len();
        let count = self.keys.len();
        for column in &mut self.columns {
            column.widen(count);
        }
        let types: Vec<FieldType> = answer.columns.iter().skip(width).map(|c| c.ty).collect();
        let ty = |at: usize| types.get(at).copied().unwrap_or(FieldType::Integer);
        let shown = self.first(groups, ty);
        let texts = &self.texts;
        answer.groups = count as u64;
        answer.rows = shown
            .iter()
            .map(|&g| {
                let mut row = Vec::with_capacity(width + self.columns.len());
                row.extend(self.keys.of(g).map(|a| a.value(texts)));
                row
            })
            .collect();
        for (at, column) in self.columns.iter().enumerate() {
            let values = column.values(&shown, count, ty(at), texts);
            for (row, value) in answer.rows.iter_mut().zip(values) {
                row.push(value);
            }
        }
        if shown.len() < count {
            let mut is_rest = vec![true; count];
            shown.iter().for_each(|&g| is_rest[g as usize] = false);
            let rest = || (0..count as u32).filter(|&g| is_rest[g as usize]);
            let columns = self.columns.iter().enumerate();
            let together = columns.map(|(at, c)| c.together(rest(), ty(at), texts));
            answer.other = Some(together.collect());
        }
    }

    /// The groups up to the limit, in order.
    fn first(&self, groups: &Groups, ty: impl Fn(usize) -> FieldType) -> Vec<u32> {
        let by_key = |a: u32, b: u32| self.keys.order(a, b, &self.texts);
        let (at, descending) = match groups.order {
            Order::Desc(at) => (Some(at), true),
            Order::Asc(at) => (Some(at), false),
            Order::Key => (None, false),
        };
        let turned = |o: Ordering| if descending { o.reverse() } else { o };
        let count = self.keys.len();
        let by = at.and_then(|at| Some((at, self.columns.get(at)?)));
        if let Some(ranks) = by.and_then(|(at, column)| column.ranks(count, ty(at))) {
            // What comes first has the smallest.
            let rank = |n: u64| if descending { !n } else { n };
            let ranked = ranks.iter().map(|&n| rank(n)).zip(0..count as u32);
            let order = |a: &(u64, u32), b: &(u64, u32)| a.0.cmp(&b.0).then_with(|| by_key(a.1, b.1));
            let first = smallest(ranked, groups.limit, order, |a, worst| a.0 <= worst.0);
            return first.into_iter().map(|(_, g)| g).collect();
        }
        let all: Vec<u32> = (0..count as u32).collect();
        let values = by.map(|(at, column)| column.values(&all, count, ty(at), &self.texts));
        let order = |&a: &u32, &b: &u32| {
            let by_value = values.as_ref().map_or(Ordering::Equal, |values| {
                turned(values[a as usize].order(&values[b as usize]))
            });
            by_value.then_with(|| by_key(a, b))
        };
        smallest(all.into_iter(), groups.limit, order, |_, _| true)
    }
}

/// The smallest of some, at most `limit`, in order. `may` says quickly of one that it may be among them, given the
/// largest of the smallest so far: where few are wanted of many, nearly all fall out there.
fn smallest<T: Copy>(
    all: impl Iterator<Item = T>,
    limit: usize,
    order: impl Fn(&T, &T) -> Ordering,
    may: impl Fn(&T, &T) -> bool,
) -> Vec<T> {
    if limit == 0 {
        return Vec::new();
    }
    let room = limit.saturating_mul(2).max(1 << 10);
    let mut kept: Vec<T> = Vec::new();
    let mut worst = None;
    let cut = |kept: &mut Vec<T>| {
        if kept.len() <= limit {
            return None;
        }
        let (_, last, _) = kept.select_nth_unstable_by(limit - 1, &order);
        let last = *last;
        kept.truncate(limit);
        Some(last)
    };
    for one in all {
        if worst.as_ref().is_none_or(|worst| may(&one, worst)) {
            kept.push(one);
            if kept.len() >= room {
                worst = cut(&mut kept).or(worst);
            }
        }
    }
    cut(&mut kept);
    kept.sort_unstable_by(&order);
    kept
}
