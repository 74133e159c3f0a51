//! Columns of integers as they travel: one run of bytes in the narrowest width, not one number after the other.
//!
//! For `#[serde(with = "wire")]` on a `Vec` of [`Cell`]s.

use serde::de::{Error, Visitor};
use serde::{Deserializer, Serializer};
use std::marker::PhantomData;

/// An integer that travels so.
pub(super) trait Cell: Copy {
    fn to_word(self) -> u64;
    fn of_word(word: u64) -> Self;
}

macro_rules! cell {
    ($($t:ty),*) => {$(
        impl Cell for $t {
            #[inline]
            fn to_word(self) -> u64 {
                self as u64
            }
            #[inline]
            fn of_word(word: u64) -> $t {
                word as $t
            }
        }
    )*};
}
cell!(u8, u32, u64, i64);

pub(super) fn serialize<T: Cell, S: Serializer>(cells: &[T], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_bytes(&encoded(cells))
}

pub(super) fn deserialize<'de, T: Cell, D: Deserializer<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    from.deserialize_bytes(Cells(PhantomData))
}

struct Cells<T>(PhantomData<T>);

impl<T: Cell> Visitor<'_> for Cells<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("integers of one width")
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Vec<T>, E> {
        decoded(bytes).ok_or_else(|| E::custom("integers that are cut off"))
    }
}

/// The width, then every number in so many bytes, lowest first.
fn encoded<T: Cell>(cells: &[T]) -> Vec<u8> {
    fn put<T: Cell, const N: usize>(cells: &[T]) -> Vec<u8> {
        let mut out = vec![0; 1 + cells.len() * N];
        if let Some((width, rest)) = out.split_first_mut() {
            *width = N as u8;
            for (to, cell) in rest.chunks_exact_mut(N).zip(cells) {
                to.copy_from_slice(&cell.to_word().to_le_bytes()[..N]);
            }
        }
        out
    }
    match cells.iter().fold(0, |all, cell| all | cell.to_word()) {
        0..=0xff => put::<T, 1>(cells),
        0x100..=0xffff => put::<T, 2>(cells),
        0x1_0000..=0xffff_ffff => put::<T, 4>(cells),
        _ => put::<T, 8>(cells),
    }
}

fn decoded<T: Cell>(bytes: &[u8]) -> Option<Vec<T>> {
    fn get<T: Cell, const N: usize>(bytes: &[u8]) -> Option<Vec<T>> {
        let (cells, []) = bytes.as_chunks::<N>() else {
            return None;
        };
        let cell = |bytes: &[u8; N]| {
            let mut word = [0; 8];
            word[..N].copy_from_slice(bytes);
            T::of_word(u64::from_le_bytes(word))
        };
        Some(cells.iter().map(cell).collect())
    }
    let (width, rest) = bytes.split_first()?;
    match width {
        1 => get::<T, 1>(rest),
        2 => get::<T, 2>(rest),
        4 => get::<T, 4>(rest),
        8 => get::<T, 8>(rest),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn integers_arrive_as_they_were_sent(
            cells in prop::collection::vec(any::<i64>(), 0..20),
            shift in 0u32..64,
        ) {
            let narrow: Vec<u64> = cells.iter().map(|n| *n as u64 >> shift).collect();
            prop_assert_eq!(decoded(&encoded(&narrow)), Some(narrow));
            prop_assert_eq!(decoded(&encoded(&cells)), Some(cells));
        }

        #[test]
        fn what_is_cut_off_is_refused(cells in prop::collection::vec(any::<u64>(), 1..9), cut in 1usize..8) {
            let bytes = encoded(&cells);
            let short = &bytes[..bytes.len().saturating_sub(cut)];
            let whole = decoded::<u64>(short).is_none_or(|got| got.len() < cells.len());
            prop_assert!(whole);
        }
    }
}
