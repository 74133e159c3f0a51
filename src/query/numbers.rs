//! Small numbers for what is met: values, and pairs of numbers.

use super::atom::{Atom, Atoms};
use super::wire;
use crate::base::hash::FastHash;
use hashbrown::HashTable;
use serde::{Deserialize, Serialize};
use std::hash::BuildHasher;

/// The number of what has none yet.
pub(super) const UNSET: u32 = u32::MAX;

/// Different values, numbered as they are met.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Dict {
    atoms: Atoms,
    /// Made when it is first asked for: what travels is the values alone.
    #[serde(skip)]
    index: Index,
}

#[derive(Clone, Debug, Default)]
struct Index {
    /// By the number of a text: codes are small, a table of them needs no hash.
    texts: Vec<u32>,
    others: HashTable<u32>,
    hasher: FastHash,
    /// How many values it has.
    of: usize,
}

/// Texts of higher numbers are hashed.
const DIRECT: u32 = 1 << 31;

impl PartialEq for Dict {
    fn eq(&self, other: &Dict) -> bool {
        self.atoms == other.atoms
    }
}

impl Index {
    /// The number of a value; `next` where it was not met before.
    fn number(&mut self, atom: Atom, next: u32, atoms: &[Atom]) -> u32 {
        let number = match atom {
            Atom::Text(text) if text < DIRECT => {
                let at = text as usize;
                if at >= self.texts.len() {
                    self.texts.resize(at + 1, UNSET);
                }
                if self.texts[at] == UNSET {
                    self.texts[at] = next;
                }
                self.texts[at]
            }
            atom => {
                let hash = |atom: Atom| self.hasher.hash_one(atom.parts());
                let value = |n: u32| atoms.get(n as usize).copied().unwrap_or(Atom::Absent);
                let found = self
                    .others
                    .entry(hash(atom), |&n| value(n) == atom, |&n| hash(value(n)));
                *found.or_insert(next).get()
            }
        };
        self.of += usize::from(number == next);
        number
    }
}

impl Dict {
    pub fn number(&mut self, atom: Atom) -> u32 {
        let atoms = &mut self.atoms.0;
        if self.index.of != atoms.len() {
            self.index = Index::default();
            for (n, &atom) in (0..).zip(&*atoms) {
                self.index.number(atom, n, atoms);
            }
        }
        let next = atoms.len() as u32;
        // The index compares with what it holds, this one not among it.
        let number = self.index.number(atom, next, atoms);
        if number == next {
            atoms.push(atom);
        }
        number
    }

    pub fn len(&self) -> usize {
        self.atoms.0.len()
    }

    pub fn get(&self, number: u32) -> Atom {
        self.atoms.0.get(number as usize).copied().unwrap_or(Atom::Absent)
    }

    /// The same values with their texts under other numbers. Two must not become one: see [`Dict::take`].
    pub fn renumber(&mut self, mut number: impl FnMut(u32) -> u32) {
        self.index = Index::default();
        for atom in &mut self.atoms.0 {
            *atom = atom.renumbered(&mut number);
        }
    }

    /// Adds another's values, their texts under other numbers; answers the number here of each of them.
    pub fn take(&mut self, other: &Dict, mut renumber: impl FnMut(u32) -> u32) -> Vec<u32> {
        let atoms = other.atoms.0.iter();
        atoms
            .map(|atom| self.number(atom.renumbered(&mut renumber)))
            .collect()
    }
}

/// Pairs of numbers, numbered as they are met.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Pairs {
    #[serde(with = "wire")]
    left: Vec<u32>,
    #[serde(with = "wire")]
    right: Vec<u32>,
    #[serde(skip)]
    index: PairIndex,
}

/// Where the numbers of pairs are looked up.
#[derive(Clone, Debug, Default)]
enum PairIndex {
    #[default]
    None,
    /// A table of all pairs there can be: `left << shift | right`.
    Dense {
        shift: u32,
        numbers: Vec<u32>,
    },
    Hashed(Slots),
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
        let Pairs {
            left: lefts,
            right: rights,
            index,
        } = self;
        let mut add = |l: u32, r: u32| {
            lefts.push(l);
            rights.push(r);
            (lefts.len() - 1) as u32
        };
        match index {
            PairIndex::None => {}
            PairIndex::Dense { shift, numbers } => {
                for (l, &r) in left.iter_mut().zip(right) {
                    let number = &mut numbers[(*l as usize) << *shift | r as usize];
                    if *number == UNSET {
                        *number = add(*l, r);
                    }
                    *l = *number;
                }
            }
            PairIndex::Hashed(slots) => slots.join(left, right, &mut add),
        }
    }

    /// Makes an index that has room for the pairs of `sizes` and knows all pairs so far.
    fn prepare(&mut self, sizes: (usize, usize), rows: usize) {
        /// A table of more pairs would leave the cache; one much larger than what is looked up in it, too.
        const LARGEST: usize = 1 << 20;
        let shift = sizes.1.next_power_of_two().trailing_zeros();
        match &self.index {
            PairIndex::Hashed(_) => return,
            PairIndex::Dense { shift: s, numbers } if shift <= *s && sizes.0 << s <= numbers.len() => return,
            _ => {}
        }
        let room = sizes
            .0
            .next_power_of_two()
            .checked_shl(shift)
            .unwrap_or(usize::MAX);
        let most = ((rows + self.len()) * 16).clamp(1 << 12, LARGEST);
        let pairs = self.left.iter().zip(&self.right).zip(0..);
        self.index = if sizes.0.max(sizes.1) <= most && room <= most {
            let mut numbers = vec![UNSET; room];
            for ((&l, &r), n) in pairs {
                numbers[(l as usize) << shift | r as usize] = n;
            }
            PairIndex::Dense { shift, numbers }
        } else {
            let mut slots = Slots::with_room(self.left.len());
            pairs.for_each(|((&l, &r), n)| slots.insert(l, r, n));
            PairIndex::Hashed(slots)
        };
    }
}

/// Open addressing over pairs of 32 bits: left, right and number of a pair, [`UNSET`] where a slot is free.
#[derive(Clone, Debug)]
struct Slots {
    slots: Vec<[u32; 3]>,
    used: usize,
    /// 64 less the bits of a position.
    shift: u32,
    /// Odd; differs from process to process, so that no log can be written to be slow.
    factor: u64,
}

const FREE: [u32; 3] = [0, 0, UNSET];

impl Slots {
    fn with_room(pairs: usize) -> Slots {
        let slots = (pairs * 2).next_power_of_two().max(1 << 10);
        Slots {
            slots: vec![FREE; slots],
            used: 0,
            shift: 64 - slots.trailing_zeros(),
            factor: FastHash::default().hash_one(0) | 1,
        }
    }

    #[inline]
    fn home(&self, left: u32, right: u32) -> usize {
        let pair = (u64::from(left) << 32 | u64::from(right)).wrapping_mul(self.factor);
        ((pair ^ pair >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift) as usize
    }

    /// Adds a pair that is not here.
    fn insert(&mut self, left: u32, right: u32, number: u32) {
        let mask = self.slots.len() - 1;
        let mut at = self.home(left, right);
        while self.slots[at][2] != UNSET {
            at = (at + 1) & mask;
        }
        self.slots[at] = [left, right, number];
        self.used += 1;
    }

    /// Makes room for so many more: at most half of the slots are ever used.
    fn reserve(&mut self, more: usize) {
        if (self.used + more) * 2 <= self.slots.len() {
            return;
        }
        let mut grown = Slots {
            factor: self.factor,
            ..Slots::with_room(self.slots.len().max(self.used + more))
        };
        for &[left, right, number] in self.slots.iter().filter(|slot| slot[2] != UNSET) {
            grown.insert(left, right, number);
        }
        *self = grown;
    }

    fn join(&mut self, left: &mut [u32], right: &[u32], add: &mut impl FnMut(u32, u32) -> u32) {
        const BATCH: usize = 64;
        let mut homes = [0usize; BATCH];
        for (left, right) in left.chunks_mut(BATCH).zip(right.chunks(BATCH)) {
            self.reserve(left.len());
            for ((home, &l), &r) in homes.iter_mut().zip(&*left).zip(right) {
                *home = self.home(l, r);
            }
            // Where the table is larger than the cache, waiting is all there is to it: the slots of a batch are fetched at once.
            let met = homes
                .iter()
                .take(left.len())
                .fold(0, |all, &at| all ^ self.slots[at][2]);
            std::hint::black_box(met);
            let mask = self.slots.len() - 1;
            for ((&home, l), &r) in homes.iter().zip(left).zip(right) {
                let mut at = home;
                *l = loop {
                    let slot = &mut self.slots[at];
                    if slot[2] == UNSET {
                        let number = add(*l, r);
                        *slot = [*l, r, number];
                        self.used += 1;
                        break number;
                    }
                    if slot[0] == *l && slot[1] == r {
                        break slot[2];
                    }
                    at = (at + 1) & mask;
                };
            }
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
            calls in prop::collection::vec((0u32..20, 0u32..20, prop::collection::vec((any::<u32>(), any::<u32>()), 0..90)), 1..6),
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

        #[test]
        fn equal_values_have_one_number(atoms in prop::collection::vec((0u32..4, 0u32..5), 0..60), sent in 0usize..60) {
            let (mut dict, mut want) = (Dict::default(), Vec::new());
            for (at, (kind, n)) in atoms.into_iter().enumerate() {
                let atom = match kind {
                    0 => Atom::Text(n),
                    1 => Atom::Text(n | DIRECT),
                    2 => Atom::List(n),
                    _ => Atom::Int(n.into()),
                };
                if at == sent {
                    dict = postcard::from_bytes(&postcard::to_stdvec(&dict).unwrap()).unwrap();
                }
                let number = want.iter().position(|a| *a == atom).unwrap_or(want.len());
                if number == want.len() {
                    want.push(atom);
                }
                prop_assert_eq!(dict.number(atom), number as u32);
                prop_assert_eq!(dict.get(number as u32), atom);
            }
        }
    }
}
