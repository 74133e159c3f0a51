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
