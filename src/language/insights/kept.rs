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
        let compare = |a: &Kept, b: &Kept| {
            if *last {
                direction.rows(b, a)
            } else {
                direction.rows(a, b)
            }
        };
        let (_, worst, _) = rows.select_nth_unstable_by(*most - 1, compare);
        self.worst = Some((worst.sort.clone(), worst.key));
        self.rows.truncate(self.most);
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
    #[serde(with = "super::wire::map")]
    first: FastMap<Keys, Kept>,
    lacking: Vec<Kept>,
}

impl Dedup {
    pub fn new(direction: Direction) -> Self {
        Dedup {
            direction,
            first: FastMap::default(),
            lacking: Vec::new(),
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
            self.lacking.push(keep(sort));
            return;
        };
        match self.first.get_mut(keys) {
            Some(first) => {
                if self.direction.order((&sort, key), (&first.sort, first.key)) == Ordering::Less {
                    *first = keep(sort);
                }
            }
            None => {
                self.first.insert(keys.to_vec(), keep(sort));
            }
        }
    }

    pub fn merge(&mut self, other: Dedup) {
        self.lacking.extend(other.lacking);
        for (keys, row) in other.first {
            let (sort, key) = (row.sort.clone(), row.key);
            self.add(Some(&keys), sort, key, |_| row);
        }
    }

    pub fn finish(self) -> Vec<Kept> {
        let Dedup {
            direction,
            first,
            mut lacking,
        } = self;
        lacking.extend(first.into_values());
        lacking.sort_unstable_by(|a, b| direction.rows(a, b));
        lacking
    }
}
