//! What stands in for values when there are too many: exact up to a million, approximate from there on.

use super::number::Num;
use crate::base::hash::{FastSet, identity};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many values are kept as they are.
pub const EXACT: usize = 1_000_000;

/// How many different texts there are. Texts are told apart by 128 bits of hash; beyond [`EXACT`] they are counted by
/// HyperLogLog (Flajolet and others, 2007) with 2^14 registers, an error of about 0.8 %.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Distinct {
    Exact(#[serde(with = "super::wire::set")] FastSet<u128>),
    Registers(Vec<u8>),
}

const REGISTER_BITS: u32 = 14;

impl Default for Distinct {
    fn default() -> Self {
        Distinct::Exact(FastSet::default())
    }
}

impl Distinct {
    pub fn add(&mut self, text: &str) {
        self.add_hash(identity(0, text.as_bytes()));
    }

    fn add_hash(&mut self, hash: u128) {
        match self {
            Distinct::Exact(set) => {
                set.insert(hash);
                if set.len() > EXACT {
                    let all = std::mem::take(set);
                    *self = Distinct::Registers(vec![0; 1 << REGISTER_BITS]);
                    all.into_iter().for_each(|h| self.add_hash(h));
                }
            }
            Distinct::Registers(registers) => {
                let bits = hash as u64;
                let zeros = (bits << REGISTER_BITS).leading_zeros().min(64 - REGISTER_BITS) as u8 + 1;
                if let Some(register) = registers.get_mut((bits >> (64 - REGISTER_BITS)) as usize) {
                    *register = zeros.max(*register);
                }
            }
        }
    }

    pub fn merge(&mut self, other: Distinct) {
        match other {
            Distinct::Exact(set) => set.into_iter().for_each(|h| self.add_hash(h)),
            Distinct::Registers(theirs) => match self {
                Distinct::Registers(ours) => {
                    for (a, b) in ours.iter_mut().zip(theirs) {
                        *a = b.max(*a);
                    }
                }
                Distinct::Exact(set) => {
                    let mine = std::mem::take(set);
                    *self = Distinct::Registers(theirs);
                    mine.into_iter().for_each(|h| self.add_hash(h));
                }
            },
        }
    }

    pub fn is_exact(&self) -> bool {
        matches!(self, Distinct::Exact(_))
    }

    pub fn count(&self) -> usize {
        match self {
            Distinct::Exact(set) => set.len(),
            Distinct::Registers(registers) => {
                let m = registers.len().max(1) as f64;
                let sum: f64 = registers.iter().map(|r| 2f64.powi(-i32::from(*r))).sum();
                (0.7213 / (1.0 + 1.079 / m) * m * m / sum).round() as usize
            }
        }
    }
}

/// Values for percentiles: all of them up to [`EXACT`], then counts of logarithmic buckets (Masson and others, "DDSketch",
/// 2019) with a relative error of at most 1 %.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Values {
    Exact(Vec<Short>),
    Buckets(BTreeMap<i64, u64>),
}

/// A number in the least room that keeps it exact.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Short {
    Int(i64),
    Float(f64),
}

impl From<Num> for Short {
    fn from(n: Num) -> Short {
        match n {
            Num::Int(i) => i64::try_from(i).map_or(Short::Float(i as f64), Short::Int),
            Num::Float(f) => Short::Float(f),
        }
    }
}

impl From<Short> for Num {
    fn from(n: Short) -> Num {
        match n {
            Short::Int(i) => Num::Int(i.into()),
            Short::Float(f) => Num::Float(f),
        }
    }
}

/// (1 + 0.01) / (1 - 0.01).
const GAMMA: f64 = 1.01 / 0.99;
/// Values nearer to 0 than this are 0.
const SMALLEST: f64 = 1e-12;
/// Keeps negative values, zero and positive values apart and in order.
const MIDDLE: i64 = 1 << 20;

impl Default for Values {
    fn default() -> Self {
        Values::Exact(Vec::new())
    }
}

fn bucket(value: f64) -> i64 {
    if value.abs() < SMALLEST {
        return 0;
    }
    let index = (value.abs().ln() / GAMMA.ln()).ceil() as i64 + MIDDLE;
    if value < 0.0 { -index } else { index }
}

fn middle(bucket: i64) -> f64 {
    if bucket == 0 {
        return 0.0;
    }
    let high = GAMMA.powf((bucket.abs() - MIDDLE) as f64);
    let value = 2.0 * high / (1.0 + GAMMA);
    if bucket < 0 { -value } else { value }
}

impl Values {
    pub fn add(&mut self, n: Num) {
        match self {
            Values::Exact(all) => {
                all.push(n.into());
                if all.len() > EXACT {
                    let all = std::mem::take(all);
                    *self = Values::Buckets(BTreeMap::new());
                    all.into_iter().for_each(|n| self.add(n.into()));
                }
            }
            Values::Buckets(buckets) => *buckets.entry(bucket(n.as_f64())).or_default() += 1,
        }
    }

    pub fn merge(&mut self, other: Values) {
        match other {
            Values::Exact(all) => all.into_iter().for_each(|n| self.add(n.into())),
            Values::Buckets(theirs) => {
                if let Values::Exact(mine) = self {
                    let mine = std::mem::take(mine);
                    *self = Values::Buckets(theirs);
                    mine.into_iter().for_each(|n| self.add(n.into()));
                } else if let Values::Buckets(ours) = self {
                    theirs
                        .into_iter()
                        .for_each(|(b, n)| *ours.entry(b).or_default() += n);
                }
            }
        }
    }

    pub fn is_exact(&self) -> bool {
        matches!(self, Values::Exact(_))
    }

    pub fn len(&self) -> u64 {
        match self {
            Values::Exact(all) => all.len() as u64,
            Values::Buckets(buckets) => buckets.values().sum(),
        }
    }

    /// By nearest rank: value number ⌈p/100·n⌉ of the sorted ones.
    pub fn percentile(&self, p: f64) -> Option<Num> {
        let n = self.len();
        let rank = (p / 100.0 * n as f64).ceil().clamp(1.0, n.max(1) as f64) as u64;
        match self {
            Values::Exact(all) => {
                let mut all = all.clone();
                let at = usize::try_from(rank)
                    .ok()?
                    .checked_sub(1)
                    .filter(|at| *at < all.len())?;
                let by_value = |a: &Short, b: &Short| Num::from(*a).order(Num::from(*b));
                Some((*all.select_nth_unstable_by(at, by_value).1).into())
            }
            Values::Buckets(buckets) => {
                let mut seen = 0;
                for (bucket, count) in buckets {
                    seen += count;
                    if seen >= rank {
                        return Num::float(middle(*bucket));
                    }
                }
                None
            }
        }
    }
}
