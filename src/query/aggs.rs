//! Aggregates as they are carried and merged: one column per aggregate, one cell per group.

use super::ask::Agg;
use super::atom::{Atom, Atoms, TextList, Texts};
use super::dict::{Dict, UNSET};
use super::pairs::Pairs;
use super::totals::Totals;
use super::wire;
use crate::base::{FieldType, Value};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::cmp::Ordering;

/// The different values of every group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Distinct {
    pub values: Dict,
    /// The (group, value) pairs met.
    pairs: Pairs,
}

impl Distinct {
    /// Adds pairs of groups, of so many in all, and values; [`UNSET`] is none. Both lists are used up.
    pub fn add(&mut self, groups: &mut Vec<u32>, values: &mut Vec<u32>, of: usize) {
        if values.contains(&UNSET) {
            let mut values = values.iter();
            groups.retain(|_| values.next().is_some_and(|v| *v != UNSET));
        }
        values.retain(|v| *v != UNSET);
        self.pairs.join(groups, values, (of, self.values.len()));
    }

    /// Adds another's, whose group `g` is `to[g]` here, of so many.
    fn merge(&mut self, other: &Distinct, to: &[u32], of: usize, renumber: impl FnMut(u32) -> u32) {
        let numbers = self.values.take(&other.values, renumber);
        let mapped = |to: &[u32], of: &[u32]| -> Vec<u32> {
            of.iter()
                .map(|n| to.get(*n as usize).copied().unwrap_or(0))
                .collect()
        };
        let mut groups = mapped(to, other.pairs.left());
        self.pairs.join(
            &mut groups,
            &mapped(&numbers, other.pairs.right()),
            (of, self.values.len()),
        );
    }

    /// How many values each of so many groups has.
    fn counts(&self, groups: usize) -> Vec<u64> {
        let mut counts = vec![0; groups];
        for &group in self.pairs.left() {
            if let Some(n) = counts.get_mut(group as usize) {
                *n += 1;
            }
        }
        counts
    }
}

/// Of every group the earliest or the latest row: its time, and its values of the fields by which rows of one time are
/// told apart (see [`told_by`]). Nothing in it depends on which shard a row is in, or where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Ends {
    latest: bool,
    /// Which of a row's values is the aggregate's own.
    own: usize,
    /// Values kept of a row.
    width: usize,
    /// By group, in nanoseconds; `None` where no row was met.
    times: Vec<Option<i64>>,
    /// The values of every group's row, one after another.
    atoms: Vec<Atom>,
}

impl Ends {
    fn new(aggs: &[Agg], at: usize, latest: bool) -> Ends {
        let (fields, own) = told_by(aggs, at);
        Ends {
            latest,
            own,
            width: fields.len(),
            times: Vec::new(),
            atoms: Vec::new(),
        }
    }

    fn widen(&mut self, groups: usize) {
        self.times.resize(groups, None);
        self.atoms.resize(groups * self.width, Atom::Absent);
    }

    /// Can no row of these times take the place of the group's?
    #[inline]
    pub fn is_beyond(&self, group: usize, times: Times) -> bool {
        let kept = self.times.get(group).copied().flatten();
        kept.is_some_and(|kept| match self.latest {
            true => kept > times.last,
            false => kept < times.first,
        })
    }

    /// Takes a row where it stands before the one kept. `value` reads its values by their position.
    #[inline]
    pub fn keep(&mut self, group: usize, time: i64, value: impl Fn(usize) -> Atom, texts: &impl Texts) {
        let mine = group * self.width..(group + 1) * self.width;
        let (Some(kept), Some(atoms)) = (self.times.get_mut(group), self.atoms.get_mut(mine)) else {
            return;
        };
        let turned = |o: Ordering| if self.latest { o.reverse() } else { o };
        if let Some(kept) = *kept {
            let by_value = || {
                let values = atoms.iter().enumerate().map(|(at, &kept)| (value(at), kept));
                values.fold(Ordering::Equal, |o, (new, kept)| {
                    o.then_with(|| match (new.is_absent(), kept.is_absent()) {
                        (false, false) => turned(new.order(kept, texts)),
                        // What is known comes first at either end.
                        (new, kept) => new.cmp(&kept),
                    })
                })
            };
            if turned(time.cmp(&kept)).then_with(by_value).is_ge() {
                return;
            }
        }
        *kept = Some(time);
        for (at, atom) in atoms.iter_mut().enumerate() {
            *atom = value(at);
        }
    }

    fn merge(&mut self, other: &Ends, to: impl Fn(usize) -> usize, texts: &TextList) {
        for (g, time) in other.times.iter().enumerate() {
            if let Some(time) = *time {
                let value = |at: usize| other.atoms.get(g * other.width + at).copied();
                self.keep(to(g), time, |at| value(at).unwrap_or(Atom::Absent), texts);
            }
        }
    }

    fn value(&self, group: u32, texts: &impl Texts) -> Value {
        let own = self.atoms.get(group as usize * self.width + self.own);
        own.map_or(Value::Absent, |a| a.value(texts))
    }
}

/// The fields by which rows of one time are told apart for an `Earliest` or `Latest`, and which of them is its own:
/// those of all the question's aggregates of its sort, so that all of them speak of the same row.
pub(super) fn told_by(aggs: &[Agg], at: usize) -> (Vec<&str>, usize) {
    fn field<'a>(agg: &'a Agg, like: &Agg) -> Option<&'a str> {
        match (agg, like) {
            (Agg::Earliest(f), Agg::Earliest(_)) | (Agg::Latest(f), Agg::Latest(_)) => Some(f),
            _ => None,
        }
    }
    let Some(mine) = aggs.get(at) else {
        return (Vec::new(), 0);
    };
    let own = aggs.iter().take(at).filter_map(|a| field(a, mine)).count();
    (aggs.iter().filter_map(|a| field(a, mine)).collect(), own)
}

/// The times of some rows, none outside of them; those of rows without a time are as the aggregate has it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    pub first: i64,
    pub last: i64,
}

/// One aggregate over all groups of a partial answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Column {
    Count(#[serde(with = "wire")] Vec<u64>),
    Sum(Totals),
    Min(Atoms),
    Max(Atoms),
    Distinct(Box<Distinct>),
    Earliest(Ends),
    Latest(Ends),
    /// Different values by their first time, then by value; at most so many a group.
    Some(u64, Vec<Vec<(i64, Atom)>>),
}

impl Column {
    /// Empty columns for a question's aggregates.
    pub fn all(aggs: &[Agg]) -> Vec<Column> {
        let column = |(at, agg): (usize, &Agg)| match agg {
            Agg::Count | Agg::CountIf(_) => Column::Count(Vec::new()),
            Agg::Sum(_) | Agg::SumIf(..) => Column::Sum(Totals::default()),
            Agg::Min(_) => Column::Min(Atoms::default()),
            Agg::Max(_) => Column::Max(Atoms::default()),
            Agg::Distinct(_) => Column::Distinct(Box::default()),
            Agg::Earliest(_) => Column::Earliest(Ends::new(aggs, at, false)),
            Agg::Latest(_) => Column::Latest(Ends::new(aggs, at, true)),
            Agg::Some(_, n) => Column::Some(*n as u64, Vec::new()),
        };
        aggs.iter().enumerate().map(column).collect()
    }

    /// Makes room for groups up to `groups`.
    pub fn widen(&mut self, groups: usize) {
        match self {
            Column::Count(v) => v.resize(groups, 0),
            Column::Sum(totals) => totals.widen(groups),
            Column::Min(v) | Column::Max(v) => v.0.resize(groups, Atom::Absent),
            Column::Distinct(_) => {}
            Column::Earliest(ends) | Column::Latest(ends) => ends.widen(groups),
            Column::Some(_, v) => v.resize(groups, Vec::new()),
        }
    }

    /// The same column with every atom's text under another number; two must not become one.
    pub fn renumber(&mut self, number: &mut dyn FnMut(u32) -> u32) {
        let mut atom = |a: &mut Atom| *a = a.renumbered(&mut *number);
        match self {
            Column::Count(_) | Column::Sum(_) => {}
            Column::Min(v) | Column::Max(v) => v.0.iter_mut().for_each(atom),
            Column::Distinct(distinct) => distinct.values.renumber(number),
            Column::Earliest(ends) | Column::Latest(ends) => ends.atoms.iter_mut().for_each(atom),
            Column::Some(_, v) => v.iter_mut().flatten().for_each(|(_, a)| atom(a)),
        }
    }

    /// Adds another shard's column, whose group `g` is `groups[g]` here, of so many, and whose texts have the number
    /// `renumber` here.
    pub fn merge(
        &mut self,
        mut other: Column,
        groups: &[u32],
        of: usize,
        renumber: &mut dyn FnMut(u32) -> u32,
        texts: &TextList,
    ) {
        let to = |g: usize| groups.get(g).map_or(usize::MAX, |&g| g as usize);
        self.widen(of);
        if !matches!(other, Column::Distinct(_)) {
            other.renumber(renumber);
        }
        match (self, other) {
            (Column::Count(a), Column::Count(b)) => {
                each(a, b, to, |a, b| *a = a.saturating_add(b));
            }
            (Column::Sum(a), Column::Sum(b)) => a.merge(&b, to),
            (Column::Min(a), Column::Min(b)) => {
                each(&mut a.0, b.0, to, |a, b| keep_min(a, b, texts));
            }
            (Column::Max(a), Column::Max(b)) => {
                each(&mut a.0, b.0, to, |a, b| keep_max(a, b, texts));
            }
            (Column::Distinct(a), Column::Distinct(b)) => a.merge(&b, groups, of, renumber),
            (Column::Earliest(a), Column::Earliest(b)) | (Column::Latest(a), Column::Latest(b)) => {
                a.merge(&b, to, texts);
            }
            (Column::Some(n, a), Column::Some(_, b)) => {
                let n = *n as usize;
                each(a, b, to, |a, b| {
                    for (time, atom) in b {
                        keep_some(a, n, time, atom, texts);
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
            Column::Sum(totals) => of.iter().map(|&g| totals.value(g as usize, ty)).collect(),
            Column::Min(v) | Column::Max(v) => each(&v.0, of, |a| a.value(texts)),
            Column::Distinct(distinct) => each(&distinct.counts(groups), of, |&n| count(n)),
            Column::Earliest(ends) | Column::Latest(ends) => {
                of.iter().map(|&g| ends.value(g, texts)).collect()
            }
            Column::Some(_, v) => each(v, of, |c| {
                Value::List(c.iter().map(|(_, a)| a.value(texts).to_text()).collect())
            }),
        }
    }

    /// Numbers in the order of the values of all `groups`, where there are such.
    pub fn ranks(&self, groups: usize, ty: FieldType) -> Option<Cow<'_, [u64]>> {
        match self {
            Column::Count(v) => Some(Cow::Borrowed(v)),
            Column::Sum(totals) => {
                let sums = totals.plain(ty)?.iter();
                // The sign turned round, negative numbers stand before others.
                Some(sums.map(|&n| n as u64 ^ 1 << 63).collect())
            }
            Column::Distinct(distinct) => Some(distinct.counts(groups).into()),
            _ => None,
        }
    }

    /// The value over these groups together; absent where it can not be told from the groups' own.
    pub fn together(&self, groups: impl Iterator<Item = u32>, ty: FieldType, texts: &impl Texts) -> Value {
        let of = |g: u32| g as usize;
        match self {
            Column::Count(v) => count(
                groups
                    .filter_map(|g| v.get(of(g)))
                    .fold(0, |a, n| a.saturating_add(*n)),
            ),
            Column::Sum(totals) => totals.together(groups.map(of), ty),
            Column::Min(v) | Column::Max(v) => {
                let mut best = Atom::Absent;
                for &a in groups.filter_map(|g| v.0.get(of(g))) {
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

/// Can no value of a row from this time on come to be kept?
#[inline]
pub(super) fn is_settled(kept: &[(i64, Atom)], n: usize, from: i64) -> bool {
    kept.len() >= n && kept.last().is_none_or(|(last, _)| *last < from)
}

/// Keeps the `n` different values whose first time is the earliest, those of one time by value. A value dropped in one
/// part had `n` others before it there, so it is not among the first `n` of the whole either, and the order of merging
/// does not matter.
pub(super) fn keep_some(kept: &mut Vec<(i64, Atom)>, n: usize, time: i64, atom: Atom, texts: &impl Texts) {
    let order = |k: &(i64, Atom)| k.0.cmp(&time).then_with(|| k.1.order(atom, texts));
    let mut same = kept.iter().position(|(_, a)| *a == atom);
    if same.is_none() {
        if kept.len() >= n && kept.last().is_none_or(|last| order(last).is_le()) {
            return;
        }
        // Different bytes that are not UTF-8 are shown alike.
        same = kept.iter().position(|(_, a)| a.order(atom, texts).is_eq());
    }
    if let Some(at) = same {
        if kept.get(at).is_some_and(|(first, _)| *first <= time) {
            return;
        }
        kept.remove(at);
    }
    let at = kept.partition_point(|k| order(k).is_lt());
    kept.insert(at, (time, atom));
    kept.truncate(n);
}
