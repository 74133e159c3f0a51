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
    take: Taken,
    rows: Vec<Kept>,
    /// How many there were.
    pub total: u64,
    /// Enough rows stand before this one.
    worst: Option<(Vec<Natural>, Key)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Taken {
    most: Option<u32>,
    last: bool,
}

impl Rows {
    pub fn new(direction: Direction, take: Take) -> Self {
        let limit = |n: usize, last| Taken {
            most: u32::try_from(n).ok(),
            last,
        };
        let take = match take {
            Take::First(n) => limit(n, false),
            Take::Last(n) => limit(n, true),
            Take::All => Taken {
                most: None,
                last: false,
            },
        };
        Rows {
            direction,
            take,
            rows: Vec::new(),
            total: 0,
            worst: None,
        }
    }

    /// Whether a row may be among those kept. Asked before anything of it is copied.
    pub fn wants(&mut self, sort: &[Natural], key: Key) -> bool {
        self.total += 1;
        self.worst.as_ref().is_none_or(|(worst, at)| {
            let order = self.direction.order((sort, key), (worst, *at));
            order
                == if self.take.last {
                    Ordering::Greater
                } else {
                    Ordering::Less
                }
        })
    }

    pub fn add(&mut self, row: Kept) {
        self.rows.push(row);
        if let Some(most) = self.take.most.map(|n| n as usize)
            && self.rows.len() >= most.saturating_mul(2).max(most + 64)
        {
            self.shrink(most);
        }
    }

    fn shrink(&mut self, most: usize) {
        if self.rows.len() <= most || most == 0 {
            return;
        }
        let Rows {
            rows,
            direction,
            take,
            ..
        } = self;
        let compare = |a: &Kept, b: &Kept| match take.last {
            true => direction.rows(b, a),
            false => direction.rows(a, b),
        };
        let (_, worst, _) = rows.select_nth_unstable_by(most - 1, compare);
        self.worst = Some((worst.sort.clone(), worst.key));
        self.rows.truncate(most);
    }

    pub fn merge(&mut self, other: Rows) {
        let before = self.total;
        for row in other.rows {
            if self.wants(&row.sort, row.key) {
                self.add(row);
            }
        }
        self.total = before + other.total;
    }

    pub fn finish(mut self) -> Vec<Kept> {
        if let Some(most) = self.take.most {
            self.shrink(most as usize);
        }
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
