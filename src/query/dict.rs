//! Small numbers for the values that are met.

use super::atom::{Atom, Atoms};
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
    /// By the number of a text, and by the integer: what is small needs no hash.
    texts: Vec<u32>,
    ints: Vec<u32>,
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
        fn direct(table: &mut Vec<u32>, at: usize, next: u32) -> u32 {
            if at >= table.len() {
                table.resize(at + 1, UNSET);
            }
            if table[at] == UNSET {
                table[at] = next;
            }
            table[at]
        }
        let number = match atom {
            Atom::Text(text) if text < DIRECT => direct(&mut self.texts, text as usize, next),
            Atom::Int(n @ 0..=0xffff) => direct(&mut self.ints, n as usize, next),
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn equal_values_have_one_number(atoms in prop::collection::vec((0u32..4, 0u32..5), 0..60), sent in 0usize..60) {
            let (mut dict, mut want) = (Dict::default(), Vec::new());
            for (at, (kind, n)) in atoms.into_iter().enumerate() {
                let atom = match kind {
                    0 => Atom::Text(n),
                    1 => Atom::Text(n | DIRECT),
                    2 => Atom::List(n),
                    _ => Atom::Int(i64::from(n) * 40_000 - 1),
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
