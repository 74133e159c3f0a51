//! A set of rows of one segment.

use crate::table::Segment;

/// Rows of one segment, a bit each.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bits {
    words: Vec<u64>,
    rows: usize,
}

impl Bits {
    pub fn none(rows: usize) -> Bits {
        Bits {
            words: vec![0; rows.div_ceil(64)],
            rows,
        }
    }

    /// The rows of a segment that are answered from.
    pub fn shown(segment: &Segment) -> Bits {
        let mut bits = Bits::all(segment);
        for (word, hidden) in bits.words.iter_mut().zip(segment.hidden_words()) {
            *word &= !hidden;
        }
        bits
    }

    /// Every row of a segment, hidden ones too.
    pub fn all(segment: &Segment) -> Bits {
        let mut bits = Bits {
            words: vec![u64::MAX; segment.rows.div_ceil(64)],
            rows: segment.rows,
        };
        if let Some(last) = bits.words.last_mut()
            && !segment.rows.is_multiple_of(64)
        {
            *last = (1 << (segment.rows % 64)) - 1;
        }
        bits
    }

    /// None of the segment's rows.
    pub fn nothing(&self) -> Bits {
        Bits::none(self.rows)
    }

    /// The rows that pass, of so many.
    #[cfg(test)]
    pub fn of(rows: usize, test: impl Fn(usize) -> bool) -> Bits {
        let mut bits = Bits::none(rows);
        for row in (0..rows).filter(|row| test(*row)) {
            bits.words[row / 64] |= 1 << (row % 64);
        }
        bits
    }

    pub fn count(&self) -> usize {
        self.words.iter().map(|w| w.count_ones() as usize).sum()
    }

    /// How many records these rows stand for.
    pub fn records(&self, segment: &Segment) -> u64 {
        if segment.weights().is_none() {
            return self.count() as u64;
        }
        let mut rows = Vec::new();
        self.list(&mut rows);
        let weights = rows.iter().map(|&row| segment.weight(row as usize));
        weights.fold(0, u64::saturating_add)
    }

    /// Takes out the rows that stand for several records; answers how many records these are.
    pub fn take_sums(&mut self, segment: &Segment) -> u64 {
        if segment.weights().is_none() {
            return 0;
        }
        let sums = self.pick(|row| segment.is_sum(row));
        self.remove(&sums);
        sums.records(segment)
    }

    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&w| w == 0)
    }

    #[inline]
    pub fn has(&self, row: usize) -> bool {
        self.words.get(row / 64).is_some_and(|w| w >> (row % 64) & 1 == 1)
    }

    pub fn add(&mut self, other: &Bits) {
        for (a, b) in self.words.iter_mut().zip(&other.words) {
            *a |= b;
        }
    }

    pub fn remove(&mut self, other: &Bits) {
        for (a, b) in self.words.iter_mut().zip(&other.words) {
            *a &= !b;
        }
    }

    /// Leaves those that are also in `other`.
    pub fn meet(&mut self, other: &Bits) {
        for (a, b) in self.words.iter_mut().zip(&other.words) {
            *a &= b;
        }
    }

    /// Those of these rows that pass. The test may also be asked about other rows of the segment.
    #[inline]
    pub fn pick(&self, mut test: impl FnMut(usize) -> bool) -> Bits {
        let mut out = Bits::none(self.rows);
        for (at, (&within, to)) in self.words.iter().zip(&mut out.words).enumerate() {
            let base = at * 64;
            if within.count_ones() < 16 {
                let mut left = within;
                while left != 0 {
                    let bit = left.trailing_zeros() as usize;
                    *to |= u64::from(test(base + bit)) << bit;
                    left &= left - 1;
                }
            } else {
                let mut word = 0;
                for bit in 0..64.min(self.rows - base) {
                    word |= u64::from(test(base + bit)) << bit;
                }
                *to = word & within;
            }
        }
        out
    }

    /// Those of these rows whose value passes. The test is asked about every value of the segment's rows near one of
    /// these, without a branch between them: the compiler makes vector code of it.
    #[inline]
    pub fn pick_in<T: Copy>(&self, values: &[T], test: impl Fn(T) -> bool) -> Bits {
        let mut out = Bits::none(self.rows);
        let words = self.words.iter().zip(&mut out.words);
        for ((&within, to), values) in words.zip(values.chunks(64)) {
            if within != 0 {
                let mut hits = [0u8; 64];
                for (hit, &value) in hits.iter_mut().zip(values) {
                    *hit = u8::from(test(value));
                }
                *to = gather(&hits) & within;
            }
        }
        out
    }

    /// Are these all rows of the segment?
    pub fn is_whole(&self) -> bool {
        self.count() == self.rows
    }

    /// The rows' numbers, ascending (`out` is cleared first).
    pub fn list(&self, out: &mut Vec<u32>) {
        out.clear();
        for (at, &word) in self.words.iter().enumerate() {
            let base = (at * 64) as u32;
            if word == u64::MAX {
                out.extend(base..base + 64);
                continue;
            }
            let mut left = word;
            while left != 0 {
                out.push(base + left.trailing_zeros());
                left &= left - 1;
            }
        }
    }
}

/// Bytes of 0 and 1 → bits, the first lowest.
#[inline]
fn gather(bytes: &[u8; 64]) -> u64 {
    let mut word = 0;
    for (at, eight) in bytes.chunks_exact(8).enumerate() {
        let eight = eight.try_into().map_or(0, u64::from_le_bytes);
        // Every byte's bit is shifted to a place of its own in the highest byte.
        word |= (eight.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (at * 8);
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_picked_in_values_is_what_is_picked_by_row(
            values in prop::collection::vec((0u16..9, any::<bool>()), 1..300),
        ) {
            let of = Bits::of(values.len(), |row| values[row].1);
            let numbers: Vec<u16> = values.iter().map(|(n, _)| *n).collect();
            prop_assert_eq!(of.pick_in(&numbers, |n| n > 4), of.pick(|row| numbers[row] > 4));
        }
    }
}
