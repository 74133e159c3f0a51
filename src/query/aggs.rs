//! Aggregates as they are carried and merged: one column per aggregate, one cell per group.

use super::ask::Agg;
use super::atom::{Atom, TextList, Texts};
use crate::base::hash::FastSet;
use crate::base::{FieldType, Value};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// A sum: exact over integers, compensated (Neumaier) over floats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Total {
    int: i128,
    float: f64,
    lost: f64,
    floats: bool,
}

impl Total {
    #[inline]
    pub fn add_int(&mut self, n: i64) {
        self.int += i128::from(n);
    }

    pub fn add_float(&mut self, x: f64) {
        let sum = self.float + x;
        self.lost += if self.float.abs() >= x.abs() {
            (self.float - sum) + x
        } else {
            (x - sum) + self.float
        };
        self.float = sum;
        self.floats = true;
    }

    fn add(&mut self, other: &Total) {
        self.int = self.int.saturating_add(other.int);
        if other.floats {
            self.add_float(other.float);
            self.lost += other.lost;
        }
    }

    fn value(&self, ty: FieldType) -> Value {
        if self.floats || ty == FieldType::Float {
            Value::Float(self.int as f64 + (self.float + self.lost))
        } else {
            i64::try_from(self.int).map_or(Value::Big(self.int), Value::Int)
        }
    }
}

/// A row's place in time and among all rows, for "earliest", "latest" and "first met".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Stand {
    /// Nanoseconds; rows without a time are never earlier or later than one with.
    pub time: i64,
    pub shard: u32,
    pub row: u64,
}

/// One aggregate over all groups of a partial answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Column {
    Count(Vec<u64>),
    Sum(Vec<Total>),
    Min(Vec<Atom>),
    Max(Vec<Atom>),
    /// The different (group, value) pairs.
    Distinct(Vec<(u32, Atom)>),
    Earliest(Vec<Option<(Stand, Atom)>>),
    Latest(Vec<Option<(Stand, Atom)>>),
    /// Different values by where they were met first, at most so many a group.
    Some(u64, Vec<Vec<(Stand, Atom)>>),
}

impl Column {
    pub fn new(agg: &Agg) -> Column {
        match agg {
            Agg::Count | Agg::CountIf(_) => Column::Count(Vec::new()),
            Agg::Sum(_) | Agg::SumIf(..) => Column::Sum(Vec::new()),
            Agg::Min(_) => Column::Min(Vec::new()),
            Agg::Max(_) => Column::Max(Vec::new()),
            Agg::Distinct(_) => Column::Distinct(Vec::new()),
            Agg::Earliest(_) => Column::Earliest(Vec::new()),
            Agg::Latest(_) => Column::Latest(Vec::new()),
            Agg::Some(_, n) => Column::Some(*n as u64, Vec::new()),
        }
    }

    /// Makes room for groups up to `groups`.
    pub fn widen(&mut self, groups: usize) {
        match self {
            Column::Count(v) => v.resize(groups, 0),
            Column::Sum(v) => v.resize(groups, Total::default()),
            Column::Min(v) | Column::Max(v) => v.resize(groups, Atom::Absent),
            Column::Distinct(_) => {}
            Column::Earliest(v) | Column::Latest(v) => v.resize(groups, None),
            Column::Some(_, v) => v.resize(groups, Vec::new()),
        }
    }

    /// The same column with every atom's text under another number.
    pub fn renumber(&mut self, number: &mut dyn FnMut(u32) -> u32) {
        let mut atom = |a: &mut Atom| *a = a.renumbered(&mut *number);
        match self {
            Column::Count(_) | Column::Sum(_) => {}
            Column::Min(v) | Column::Max(v) => v.iter_mut().for_each(atom),
            Column::Distinct(v) => v.iter_mut().for_each(|(_, a)| atom(a)),
            Column::Earliest(v) | Column::Latest(v) => {
                v.iter_mut().flatten().for_each(|(_, a)| atom(a));
            }
            Column::Some(_, v) => v.iter_mut().flatten().for_each(|(_, a)| atom(a)),
        }
    }

    /// Adds another shard's column, whose group `g` is `groups[g]` here and whose texts have this partial's numbers.
    pub fn merge(&mut self, other: Column, groups: &[u32], texts: &TextList) {
        let to = |g: usize| groups.get(g).map_or(usize::MAX, |&g| g as usize);
        match (self, other) {
            (Column::Count(a), Column::Count(b)) => {
                each(a, b, to, |a, b| *a += b);
            }
            (Column::Sum(a), Column::Sum(b)) => each(a, b, to, |a, b| a.add(&b)),
            (Column::Min(a), Column::Min(b)) => each(a, b, to, |a, b| keep_min(a, b, texts)),
            (Column::Max(a), Column::Max(b)) => each(a, b, to, |a, b| keep_max(a, b, texts)),
            (Column::Distinct(a), Column::Distinct(b)) => {
                let mut seen: FastSet<(u32, Atom)> = a.iter().copied().collect();
                for (g, atom) in b {
                    let pair = (to(g as usize) as u32, atom);
                    if seen.insert(pair) {
                        a.push(pair);
                    }
                }
            }
            (Column::Earliest(a), Column::Earliest(b)) => each(a, b, to, |a, b| {
                if let Some(b) = b {
                    keep_earliest(a, b);
                }
            }),
            (Column::Latest(a), Column::Latest(b)) => each(a, b, to, |a, b| {
                if let Some(b) = b {
                    keep_latest(a, b);
                }
            }),
            (Column::Some(n, a), Column::Some(_, b)) => {
                let n = *n as usize;
                each(a, b, to, |a, b| {
                    for (stand, atom) in b {
                        keep_some(a, n, stand, atom);
                    }
                });
            }
            // Partials of different questions are not merged.
            _ => {}
        }
    }

    /// The values of these groups, of `groups` in all. `ty` is that of the answer's column.
    pub fn values(&self, of: &[u32], groups: usize, ty: FieldType, texts: &impl Texts) -> Vec<Value> {
        fn each<T>(cells: &[T], of: &[u32], value: impl Fn(&T) -> Value) -> Vec<Value> {
            let cell = |g: &u32| cells.get(*g as usize).map_or(Value::Absent, &value);
            of.iter().map(cell).collect()
        }
        match self {
            Column::Count(v) => each(v, of, |&n| count(n)),
            Column::Sum(v) => each(v, of, |t| t.value(ty)),
            Column::Min(v) | Column::Max(v) => each(v, of, |a| a.value(texts)),
            Column::Distinct(v) => {
                let mut n = vec![0u64; groups];
                for &(g, _) in v {
                    if let Some(n) = n.get_mut(g as usize) {
                        *n += 1;
                    }
                }
                each(&n, of, |&n| count(n))
            }
            Column::Earliest(v) | Column::Latest(v) => {
                each(v, of, |c| c.map_or(Value::Absent, |(_, a)| a.value(texts)))
            }
            Column::Some(_, v) => each(v, of, |c| {
                Value::List(c.iter().map(|(_, a)| a.value(texts).to_text()).collect())
            }),
        }
    }

    /// The value over these groups together; absent where it can not be told from the groups' own.
    pub fn together(&self, groups: impl Iterator<Item = u32>, ty: FieldType, texts: &impl Texts) -> Value {
        let of = |g: u32| g as usize;
        match self {
            Column::Count(v) => count(groups.filter_map(|g| v.get(of(g))).sum()),
            Column::Sum(v) => {
                let mut total = Total::default();
                groups.filter_map(|g| v.get(of(g))).for_each(|t| total.add(t));
                total.value(ty)
            }
            Column::Min(v) | Column::Max(v) => {
                let mut best = Atom::Absent;
                for &a in groups.filter_map(|g| v.get(of(g))) {
                    match self {
                        Column::Min(_) => keep_min(&mut best, a, texts),
                        _ => keep_max(&mut best, a, texts),
                    }
                }
                best.value(texts)
            }
            Column::Distinct(_) | Column::Earliest(_) | Column::Latest(_) | Column::Some(..) => Value::Absent,
        }
    }
}

fn each<T>(to: &mut [T], from: Vec<T>, at: impl Fn(usize) -> usize, mut put: impl FnMut(&mut T, T)) {
    for (g, cell) in from.into_iter().enumerate() {
        if let Some(to) = to.get_mut(at(g)) {
            put(to, cell);
        }
    }
}

fn count(n: u64) -> Value {
    i64::try_from(n).map_or(Value::Big(n.into()), Value::Int)
}

#[inline]
pub(super) fn keep_min(best: &mut Atom, atom: Atom, texts: &impl Texts) {
    if best.is_absent() || !atom.is_absent() && atom.order(*best, texts) == Ordering::Less {
        *best = atom;
    }
}

#[inline]
pub(super) fn keep_max(best: &mut Atom, atom: Atom, texts: &impl Texts) {
    // Absent orders before everything.
    if atom.order(*best, texts) == Ordering::Greater {
        *best = atom;
    }
}

pub(super) fn keep_earliest(best: &mut Option<(Stand, Atom)>, new: (Stand, Atom)) {
    if best.is_none_or(|(stand, _)| new.0 < stand) {
        *best = Some(new);
    }
}

pub(super) fn keep_latest(best: &mut Option<(Stand, Atom)>, new: (Stand, Atom)) {
    if best.is_none_or(|(stand, _)| new.0 > stand) {
        *best = Some(new);
    }
}

/// Keeps the `n` different values met first. A value dropped in one part had `n` others before it there, so it is not
/// among the first `n` of the whole either, and the order of merging does not matter.
pub(super) fn keep_some(kept: &mut Vec<(Stand, Atom)>, n: usize, stand: Stand, atom: Atom) {
    if let Some(at) = kept.iter().position(|(_, a)| *a == atom) {
        if kept[at].0 <= stand {
            return;
        }
        kept.remove(at);
    } else if kept.len() >= n && kept.last().is_none_or(|(last, _)| *last <= stand) {
        return;
    }
    let at = kept.partition_point(|(s, _)| *s < stand);
    kept.insert(at, (stand, atom));
    kept.truncate(n);
}
