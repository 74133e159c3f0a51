//! Sums that are the same in whatever order they are added.

use super::number::Num;
use serde::{Deserialize, Serialize};

/// Integers add exactly; fractions as parts that do not overlap (Shewchuk, "Adaptive Precision Floating-Point Arithmetic",
/// 1997), rounded once when read.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Sum {
    whole: i128,
    parts: Vec<f64>,
    /// A sum that left the range of `f64` is none.
    lost: bool,
}

impl Sum {
    pub fn add(&mut self, n: Num) {
        match n {
            Num::Int(i) => match self.whole.checked_add(i) {
                Some(sum) => self.whole = sum,
                None => self.add_float(i as f64),
            },
            Num::Float(f) => self.add_float(f),
        }
    }

    fn add_float(&mut self, mut x: f64) {
        let mut kept = 0;
        for at in 0..self.parts.len() {
            let Some(mut y) = self.parts.get(at).copied() else {
                break;
            };
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let high = x + y;
            let low = y - (high - x);
            if low != 0.0 {
                if let Some(part) = self.parts.get_mut(kept) {
                    *part = low;
                }
                kept += 1;
            }
            x = high;
        }
        self.parts.truncate(kept);
        if x.is_finite() {
            self.parts.push(x);
        } else {
            self.lost = true;
            self.parts.clear();
        }
    }

    pub fn merge(&mut self, other: &Sum) {
        self.add(Num::Int(other.whole));
        for part in &other.parts {
            self.add_float(*part);
        }
        self.lost |= other.lost;
    }

    pub fn total(&self) -> Option<Num> {
        if self.lost {
            return None;
        }
        if self.parts.is_empty() {
            return Some(Num::Int(self.whole));
        }
        // The integer part joins as up to three pieces of at most 53 bits.
        let mut all = self.clone();
        let mut rest = std::mem::take(&mut all.whole);
        for shift in [106, 53, 0] {
            let piece = rest >> shift;
            all.add_float(piece as f64 * 2f64.powi(shift));
            rest -= piece << shift;
        }
        Num::float(all.rounded())
    }

    /// The parts as one number, rounded to even as a single addition would be.
    fn rounded(&self) -> f64 {
        let mut parts = self.parts.iter().rev();
        let Some(mut sum) = parts.next().copied() else {
            return 0.0;
        };
        while let Some(&part) = parts.next() {
            let high = sum + part;
            let low = part - (high - sum);
            sum = high;
            if low != 0.0 {
                // Halfway cases go where the next smaller part points to.
                if let Some(next) = parts.next()
                    && (low < 0.0) == (*next < 0.0)
                {
                    let twice = low * 2.0;
                    let up = sum + twice;
                    if up - sum == twice {
                        sum = up;
                    }
                }
                break;
            }
        }
        sum
    }
}
