//! Rows that are kept whole: sorted, limited, or the first of each combination.

use super::aggregate::Key;
use super::groups::Keys;
use super::natural::Natural;
use super::plan::Take;
use super::value::Value;
use crate::base::hash::FastMap;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// A row's place in the order, and what is asked of it later.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    pub sort: Vec<Natural>,
    pub key: Key,
    pub fields: Vec<Value<'static>>,
    pub slots: Vec<Value<'static>>,
}

/// Directions of the sort keys; ties go by the row's own place.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Direction(pub Vec<bool>);

impl Direction {
    pub fn order(&self, a: (&[Natural], Key), b: (&[Natural], Key)) -> Ordering {
        for ((x, y), descending) in a.0.iter().zip(b.0).zip(&self.0) {
            match x.order_in(y, *descending) {
                Ordering::Equal => {}
                order => return order,
            }
        }
        a.1.cmp(&b.1)
    }

    fn rows(&self, a: &Kept, b: &Kept) -> Ordering {
        self.order((&a.sort, a.key), (&b.sort, b.key))
    }

    /// In this direction from its first row, or from its last.
    fn toward(&self, a: &Kept, b: &Kept, last: bool) -> Ordering {
        if last { self.rows(b, a) } else { self.rows(a, b) }
    }
}

/// Where the rows of a record are among those held, found by their keys. Made when it is first asked for.
#[derive(Clone, Debug, Default)]
struct ByRecord(Vec<usize>);

impl ByRecord {
    /// Rows have changed their places.
    fn forget(&mut self) {
        self.0.clear();
    }

    fn each(&mut self, rows: &mut [Kept], at: (i64, u128), see: &mut dyn FnMut(&mut Kept)) {
        let key = |rows: &[Kept], n: usize| rows.get(n).map(|row| row.key);
        if self.0.len() != rows.len() {
            self.0 = (0..rows.len()).collect();
            self.0.sort_unstable_by_key(|n| key(rows, *n));
        }
        let first = Some((at.0, at.1, 0));
        let start = self.0.partition_point(|n| key(rows, *n) < first);
        for n in self.0.get(start..).unwrap_or_default() {
            match rows.get_mut(*n) {
                Some(row) if (row.key.0, row.key.1) == at => see(row),
                _ => break,
            }
        }
    }
}

/// The first, the last or all rows of an order. At most twice as many are held as are kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Rows {
    direction: Direction,
    /// How many are kept, and whether from the end.
    most: usize,
    last: bool,
    rows: Vec<Kept>,
    /// How many there were.
    pub total: u64,
    /// Enough rows stand before this one.
    worst: Option<(Vec<Natural>, Key)>,
    #[serde(skip)]
    by_record: ByRecord,
}

impl Rows {
    pub fn new(direction: Direction, take: Take) -> Self {
        let (most, last) = match take {
            Take::First(n) => (n, false),
            Take::Last(n) => (n, true),
        };
        Rows {
            direction,
            most: most.max(1),
            last,
            rows: Vec::new(),
            total: 0,
            worst: None,
            by_record: ByRecord::default(),
        }
    }

    /// Whether a row may be among those kept. Asked before anything of it is copied.
    pub fn wants(&mut self, sort: &[Natural], key: Key) -> bool {
        self.total += 1;
        self.is_better(sort, key)
    }

    fn is_better(&self, sort: &[Natural], key: Key) -> bool {
        let better = if self.last {
            Ordering::Greater
        } else {
            Ordering::Less
        };
        let order = |(worst, at): &(Vec<Natural>, Key)| self.direction.order((sort, key), (worst, *at));
        self.worst.as_ref().is_none_or(|worst| order(worst) == better)
    }

    pub fn add(&mut self, row: Kept) {
        self.rows.push(row);
        if self.rows.len() >= self.most.saturating_add(self.most.max(64)) {
            self.shrink();
        }
    }

    fn shrink(&mut self) {
        if self.rows.len() <= self.most {
            return;
        }
        let Rows {
            rows,
            direction,
            last,
            most,
            ..
        } = self;
        let (_, worst, _) = rows.select_nth_unstable_by(*most - 1, |a, b| direction.toward(a, b, *last));
        self.worst = Some((worst.sort.clone(), worst.key));
        self.rows.truncate(self.most);
        self.by_record.forget();
    }

    /// Those of the rows held that are kept if no other comes.
    pub fn best(&self) -> Vec<&Kept> {
        let mut rows: Vec<&Kept> = self.rows.iter().collect();
        if rows.len() > self.most {
            rows.select_nth_unstable_by(self.most - 1, |a, b| self.direction.toward(a, b, self.last));
            rows.truncate(self.most);
        }
        rows
    }

    pub fn each_of(&mut self, at: (i64, u128), see: &mut dyn FnMut(&mut Kept)) {
        self.by_record.each(&mut self.rows, at, see);
    }

    pub fn merge(&mut self, other: Rows) {
        self.total += other.total;
        for row in other.rows {
            if self.is_better(&row.sort, row.key) {
                self.add(row);
            }
        }
    }

    pub fn finish(mut self) -> Vec<Kept> {
        self.shrink();
        let direction = self.direction;
        self.rows.sort_unstable_by(|a, b| direction.rows(a, b));
        self.rows
    }
}

/// The first row of each combination, and the rows that lack one of its fields.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Dedup {
    direction: Direction,
    /// Where the first row of each combination is.
    #[serde(with = "super::wire::map")]
    first: FastMap<Keys, usize>,
    rows: Vec<Kept>,
    #[serde(skip)]
    by_record: ByRecord,
}

impl Dedup {
    pub fn new(direction: Direction) -> Self {
        Dedup {
            direction,
            first: FastMap::default(),
            rows: Vec::new(),
            by_record: ByRecord::default(),
        }
    }

    /// `keys` is absent for a row that lacks a field.
    pub fn add(
        &mut self,
        keys: Option<&[u8]>,
        sort: Vec<Natural>,
        key: Key,
        keep: impl FnOnce(Vec<Natural>) -> Kept,
    ) {
        let Some(keys) = keys else {
            self.rows.push(keep(sort));
            return;
        };
        match self.first.get(keys).and_then(|at| self.rows.get_mut(*at)) {
            Some(first) => {
                if self.direction.order((&sort, key), (&first.sort, first.key)) == Ordering::Less {
                    *first = keep(sort);
                    self.by_record.forget();
                }
            }
            None => {
                self.first.insert(keys.to_vec(), self.rows.len());
                self.rows.push(keep(sort));
            }
        }
    }

    pub fn merge(&mut self, other: Dedup) {
        let mut rows: Vec<Option<Kept>> = other.rows.into_iter().map(Some).collect();
        for (keys, at) in other.first {
            if let Some(row) = rows.get_mut(at).and_then(Option::take) {
                let (sort, key) = (row.sort.clone(), row.key);
                self.add(Some(&keys), sort, key, |_| row);
            }
        }
        self.rows.extend(rows.into_iter().flatten());
    }

    pub fn held(&self) -> Vec<&Kept> {
        self.rows.iter().collect()
    }

    pub fn each_of(&mut self, at: (i64, u128), see: &mut dyn FnMut(&mut Kept)) {
        self.by_record.each(&mut self.rows, at, see);
    }

    pub fn finish(self) -> Vec<Kept> {
        let Dedup {
            direction, mut rows, ..
        } = self;
        rows.sort_unstable_by(|a, b| direction.rows(a, b));
        rows
    }
}
