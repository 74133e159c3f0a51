//! Small numbers for the pairs of numbers that are met: the hottest loop of a question with many groups.

use super::dict::UNSET;
use super::wire;
use crate::base::hash::{FastHash, FastMap};
use serde::{Deserialize, Serialize};
use std::hash::BuildHasher;

/// Pairs of numbers, numbered as they are met.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Pairs {
    #[serde(with = "wire")]
    left: Vec<u32>,
    #[serde(with = "wire")]
    right: Vec<u32>,
    /// Made when it is first asked for: what travels is the pairs alone.
    #[serde(skip)]
    index: Index,
}

/// Where the numbers of pairs are looked up.
#[derive(Clone, Debug, Default)]
enum Index {
    #[default]
    None,
    /// A table of all pairs there can be: `left << shift | right`.
    Dense {
        shift: u32,
        numbers: Vec<u32>,
    },
    Packed(Slots),
    /// For sides so large that they and a number do not fit in 64 bits.
    Wide(FastMap<u64, u32>),
}

impl PartialEq for Pairs {
    fn eq(&self, other: &Pairs) -> bool {
        self.left == other.left && self.right == other.right
    }
}

impl Pairs {
    pub fn len(&self) -> usize {
        self.left.len()
    }

    pub fn get(&self, number: u32) -> (u32, u32) {
        let at = number as usize;
        match (self.left.get(at), self.right.get(at)) {
            (Some(&left), Some(&right)) => (left, right),
            _ => (UNSET, UNSET),
        }
    }

    pub fn left(&self) -> &[u32] {
        &self.left
    }

    pub fn right(&self) -> &[u32] {
        &self.right
    }

    /// Writes the number of each pair over its left side. `sizes` is more than any number on either side.
    pub fn join(&mut self, left: &mut [u32], right: &[u32], sizes: (usize, usize)) {
        self.prepare(sizes, left.len());
        let (lefts, rights) = (&mut self.left, &mut self.right);
        if let Index::Packed(slots) = &mut self.index {
            slots.join(left, right, lefts, rights);
            return;
        }
        let mut add = |l: u32, r: u32| {
            lefts.push(l);
            rights.push(r);
            (lefts.len() - 1) as u32
        };
        match &mut self.index {
            Index::None | Index::Packed(_) => {}
            Index::Dense { shift, numbers } => {
                for (l, &r) in left.iter_mut().zip(right) {
                    let number = &mut numbers[(*l as usize) << *shift | r as usize];
                    if *number == UNSET {
                        *number = add(*l, r);
                    }
                    *l = *number;
                }
            }
            Index::Wide(numbers) => {
                for (l, &r) in left.iter_mut().zip(right) {
                    *l = *numbers.entry(wide(*l, r)).or_insert_with(|| add(*l, r));
                }
            }
        }
    }

    /// Makes an index that has room for so many more of the pairs of `sizes` and knows all pairs so far.
    fn prepare(&mut self, sizes: (usize, usize), more: usize) {
        /// A table of more pairs would leave the cache; one much larger than what is looked up in it, too.
        const LARGEST: usize = 1 << 20;
        let bits = |size: usize| size.next_power_of_two().trailing_zeros();
        let (l_bits, r_bits) = (bits(sizes.0), bits(sizes.1));
        let fits = match &self.index {
            Index::None => false,
            Index::Dense { shift, numbers } => {
                // In 64 bits: a place in the browser has 32.
                r_bits <= *shift && (sizes.0 as u64) << shift <= numbers.len() as u64
            }
            Index::Packed(slots) => slots.fits(l_bits, r_bits, self.len() + more),
            Index::Wide(_) => true,
        };
        if fits {
            return;
        }
        let pairs = self.left.iter().zip(&self.right).zip(0u32..);
        let most = ((more + self.len()) * 16).clamp(1 << 12, LARGEST).ilog2();
        let was_sparse = matches!(self.index, Index::Packed(_));
        if l_bits + r_bits <= most && !was_sparse {
            let mut numbers = vec![UNSET; 1 << (l_bits + r_bits)];
            pairs.for_each(|((&l, &r), n)| numbers[(l as usize) << r_bits | r as usize] = n);
            self.index = Index::Dense {
                shift: r_bits,
                numbers,
            };
        } else if let Some(mut slots) = Slots::for_pairs(l_bits, r_bits, self.len() + more) {
            slots.insert(&self.left, &self.right);
            self.index = Index::Packed(slots);
        } else {
            self.index = Index::Wide(pairs.map(|((&l, &r), n)| (wide(l, r), n)).collect());
        }
    }
}

fn wide(left: u32, right: u32) -> u64 {
    u64::from(left) << 32 | u64::from(right)
}

/// Open addressing; a slot is a pair and its number in 64 bits, so that a look costs one line of the cache.
#[derive(Clone, Debug)]
struct Slots {
    /// `left | right | number`, [`FREE`] where a slot is free.
    slots: Vec<u64>,
    used: usize,
    l_bits: u32,
    r_bits: u32,
    /// 64 less the bits of a position.
    shift: u32,
    /// Odd; differs from process to process, so that no log can be written to be slow.
    factor: u64,
}

/// The largest number of all is never given.
const FREE: u64 = u64::MAX;
/// So many pairs are looked up at once.
const BATCH: usize = 64;

impl Slots {
    /// For sides of so many bits and more, where that many pairs can be numbered.
    fn for_pairs(l_bits: u32, r_bits: u32, pairs: usize) -> Option<Slots> {
        /// Sides grow from segment to segment; every time they outgrow this all has to be placed anew.
        const SPARE: u32 = 2;
        let slots = |spare: u32| Slots {
            slots: vec![FREE; 1 << 10],
            used: 0,
            l_bits: l_bits + spare,
            r_bits: r_bits + spare,
            shift: 64 - 10,
            factor: FastHash::default().hash_one(0) | 1,
        };
        [SPARE, 0].into_iter().map(slots).find(|s| {
            s.fits(l_bits, r_bits, pairs.saturating_mul(16))
                || s.l_bits == l_bits && s.fits(l_bits, r_bits, pairs)
        })
    }

    fn fits(&self, l_bits: u32, r_bits: u32, pairs: usize) -> bool {
        let bits = self.l_bits + self.r_bits;
        l_bits <= self.l_bits && r_bits <= self.r_bits && bits < 64 && (pairs as u64) < u64::MAX >> bits
    }

    /// The bits of a slot in which the number stands.
    fn number_bits(&self) -> u32 {
        64 - self.l_bits - self.r_bits
    }

    #[inline]
    fn key(&self, left: u32, right: u32) -> u64 {
        u64::from(left) << self.r_bits | u64::from(right)
    }

    #[inline]
    fn home(&self, key: u64) -> usize {
        let mixed = key.wrapping_mul(self.factor);
        ((mixed ^ mixed >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift) as usize
    }

    /// Puts what is not here.
    fn put(&mut self, key: u64, slot: u64) {
        let mask = self.slots.len() - 1;
        let mut at = self.home(key);
        while self.slots[at] != FREE {
            at = (at + 1) & mask;
        }
        self.slots[at] = slot;
        self.used += 1;
    }

    /// Adds pairs that are not here, numbered from the first on.
    fn insert(&mut self, left: &[u32], right: &[u32]) {
        self.reserve(left.len());
        let bits = self.number_bits();
        let mut first = 0;
        for (left, right) in left.chunks(BATCH).zip(right.chunks(BATCH)) {
            let places = self.places(left, right);
            for (&(key, _), number) in places.iter().zip(first..).take(left.len()) {
                self.put(key, key << bits | number);
            }
            first += left.len() as u64;
        }
    }

    /// The key and the home of each pair of a batch. Where the table is larger than the cache, waiting is all there is
    /// to it: their slots are fetched all at once, so that a batch waits once.
    #[inline]
    fn places(&self, left: &[u32], right: &[u32]) -> [(u64, usize); BATCH] {
        let mut places = [(0, 0); BATCH];
        for ((place, &l), &r) in places.iter_mut().zip(left).zip(right) {
            let key = self.key(l, r);
            *place = (key, self.home(key));
        }
        let met = places.iter().fold(0, |all, (_, at)| all ^ self.slots[*at]);
        std::hint::black_box(met);
        places
    }

    /// Makes room for so many more: at most half of the slots are ever used.
    fn reserve(&mut self, more: usize) {
        let needed = (self.used + more) * 2;
        if needed <= self.slots.len() {
            return;
        }
        let room = needed.next_power_of_two().max(self.slots.len() * 2);
        let old = std::mem::replace(&mut self.slots, vec![FREE; room]);
        self.used = 0;
        self.shift = 64 - room.trailing_zeros();
        // In order: a slot's new place is twice as far as its old, so both tables are walked through once.
        for slot in old.into_iter().filter(|slot| *slot != FREE) {
            self.put(slot >> self.number_bits(), slot);
        }
    }

    /// Writes the number of each pair over its left side; new ones are added to `lefts` and `rights`.
    fn join(&mut self, left: &mut [u32], right: &[u32], lefts: &mut Vec<u32>, rights: &mut Vec<u32>) {
        let bits = self.number_bits();
        let number_mask = u64::MAX >> (64 - bits);
        for (left, right) in left.chunks_mut(BATCH).zip(right.chunks(BATCH)) {
            self.reserve(left.len());
            let places = self.places(left, right);
            let (before, mask) = (lefts.len(), self.slots.len() - 1);
            let mut next = before;
            lefts.resize(before + left.len(), 0);
            rights.resize(before + left.len(), 0);
            for ((&(key, home), l), &r) in places.iter().zip(left).zip(right) {
                let mut at = home;
                while self.slots[at] != FREE && self.slots[at] >> bits != key {
                    at = (at + 1) & mask;
                }
                // Whether a pair is new is as good as random: it is written in any case, as there is no guessing it.
                let slot = self.slots[at];
                let is_new = slot == FREE;
                lefts[next] = *l;
                rights[next] = r;
                let number = if is_new { next as u64 } else { slot & number_mask };
                self.slots[at] = key << bits | number;
                next += usize::from(is_new);
                *l = number as u32;
            }
            self.used += next - before;
            lefts.truncate(next);
            rights.truncate(next);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashMap;

    proptest! {
        // Sides that grow from call to call: the table becomes wider, and then hashed.
        #[test]
        fn equal_pairs_have_one_number(
            calls in prop::collection::vec((0u32..32, 0u32..32, prop::collection::vec((any::<u32>(), any::<u32>()), 0..90)), 1..6),
        ) {
            let (mut pairs, mut want) = (Pairs::default(), HashMap::new());
            let (mut l_size, mut r_size) = (1, 1);
            for (l_bits, r_bits, call) in calls {
                (l_size, r_size) = (l_size.max(1u32 << l_bits), r_size.max(1u32 << r_bits));
                let (lefts, rights): (Vec<u32>, Vec<u32>) =
                    call.iter().map(|(l, r)| (l & ((1 << l_bits) - 1), r & ((1 << r_bits) - 1))).unzip();
                let mut numbers = lefts.clone();
                pairs.join(&mut numbers, &rights, (l_size as usize, r_size as usize));
                for ((l, r), number) in lefts.into_iter().zip(rights).zip(numbers) {
                    let next = want.len() as u32;
                    prop_assert_eq!(number, *want.entry((l, r)).or_insert(next));
                    prop_assert_eq!(pairs.get(number), (l, r));
                }
                prop_assert_eq!(pairs.len(), want.len());
            }
        }
    }
}
