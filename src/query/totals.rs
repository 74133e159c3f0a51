//! Sums of every group: exact over integers, compensated (Neumaier) over floats.

use super::wire;
use crate::base::{FieldType, Value, decimal};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A sum by group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Totals {
    /// The lower 64 bits; nearly always all there is.
    #[serde(with = "wire")]
    ints: Vec<i64>,
    /// How often a group's sum left 64 bits upwards, less how often downwards.
    carries: BTreeMap<u32, i64>,
    /// Empty as long as no float was added.
    floats: Vec<Float>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Float {
    sum: f64,
    lost: f64,
    any: bool,
}

impl Float {
    fn add(&mut self, x: f64) {
        let sum = self.sum + x;
        self.lost += if self.sum.abs() >= x.abs() {
            (self.sum - sum) + x
        } else {
            (x - sum) + self.sum
        };
        self.sum = sum;
        self.any = true;
    }

    fn take(&mut self, other: Float) {
        if other.any {
            self.add(other.sum);
            self.lost += other.lost;
        }
    }

    fn value(self, int: i128, ty: FieldType) -> Value {
        if ty == FieldType::Decimal && !self.any {
            return Value::Decimal(int);
        }
        if self.any || ty == FieldType::Float {
            let whole = match ty {
                FieldType::Decimal => decimal::float(int),
                _ => int as f64,
            };
            Value::Float(whole + (self.sum + self.lost))
        } else {
            i64::try_from(int).map_or(Value::Big(int), Value::Int)
        }
    }
}

impl Totals {
    pub fn widen(&mut self, groups: usize) {
        self.ints.resize(groups, 0);
    }

    #[inline]
    pub fn add_int(&mut self, group: usize, n: i64) {
        let Some(cell) = self.ints.get_mut(group) else {
            return;
        };
        let (sum, left) = cell.overflowing_add(n);
        *cell = sum;
        if left {
            self.carry(group, if n > 0 { 1 } else { -1 });
        }
    }

    #[cold]
    fn carry(&mut self, group: usize, by: i64) {
        let group = group as u32;
        let carries = self.carries.entry(group).or_default();
        *carries += by;
        if *carries == 0 {
            self.carries.remove(&group);
        }
    }

    pub fn add_float(&mut self, group: usize, x: f64) {
        self.float(group).add(x);
    }

    fn float(&mut self, group: usize) -> &mut Float {
        let groups = self.ints.len().max(group + 1);
        if self.floats.len() < groups {
            self.floats.resize(groups, Float::default());
        }
        &mut self.floats[group]
    }

    fn parts(&self, group: usize) -> (i128, Float) {
        let low = self.ints.get(group).copied().map_or(0, i128::from);
        let carries = match self.carries.is_empty() {
            true => 0,
            false => self.carries.get(&(group as u32)).copied().unwrap_or(0),
        };
        let float = self.floats.get(group).copied().unwrap_or_default();
        (low + (i128::from(carries) << 64), float)
    }

    /// Adds another's, whose group `g` is `to(g)` here.
    pub fn merge(&mut self, other: &Totals, to: impl Fn(usize) -> usize) {
        for (group, &n) in other.ints.iter().enumerate() {
            self.add_int(to(group), n);
        }
        for (&group, &carries) in &other.carries {
            let to = to(group as usize);
            if to < self.ints.len() {
                self.carry(to, carries);
            }
        }
        for (group, float) in other.floats.iter().enumerate().filter(|(_, f)| f.any) {
            let to = to(group);
            if to < self.ints.len() {
                self.float(to).take(*float);
            }
        }
    }

    pub fn value(&self, group: usize, ty: FieldType) -> Value {
        let (int, float) = self.parts(group);
        float.value(int, ty)
    }

    /// The sum over these groups.
    pub fn together(&self, groups: impl Iterator<Item = usize>, ty: FieldType) -> Value {
        let (mut int, mut float) = (0i128, Float::default());
        for group in groups {
            let (i, f) = self.parts(group);
            int = int.saturating_add(i);
            float.take(f);
        }
        float.value(int, ty)
    }

    /// The sums, where each is an integer of 64 bits and a column of this type shows it as such.
    pub fn plain(&self, ty: FieldType) -> Option<&[i64]> {
        let is_whole = !matches!(ty, FieldType::Float | FieldType::Decimal);
        let plain = self.carries.is_empty() && self.floats.is_empty() && is_whole;
        plain.then_some(&self.ints)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sums_are_exact_beyond_64_bits(
            values in prop::collection::vec(prop_oneof![any::<i64>(), Just(i64::MAX), Just(i64::MIN + 1)], 0..40),
            split in 0usize..40,
        ) {
            let want: i128 = values.iter().copied().map(i128::from).sum();
            let (mut one, mut other) = (Totals::default(), Totals::default());
            one.widen(1);
            other.widen(1);
            let (a, b) = values.split_at(split.min(values.len()));
            a.iter().for_each(|&n| one.add_int(0, n));
            b.iter().for_each(|&n| other.add_int(0, n));
            one.merge(&other, |g| g);
            prop_assert_eq!(one.parts(0).0, want);
            let sent: Totals = postcard::from_bytes(&postcard::to_stdvec(&one).unwrap()).unwrap();
            prop_assert_eq!(sent, one);
        }
    }
}
