//! Codes of texts met before, without asking the dictionary.

use crate::table::{Code, RowSink};

const FIRST_SLOT_BITS: u32 = 7;
const LAST_SLOT_BITS: u32 = 13;

/// A text of at most [`Key::MAX_BYTES`] as three words, so that two compare without a call: its first eight bytes, the
/// next eight where they are not among the last, and its last eight. Together with the length they are all of it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Key {
    words: [u64; 3],
    len: u8,
}

impl Key {
    /// An ENI, a subnet, a VPC and all but the longest IPv6 addresses are shorter.
    const MAX_BYTES: usize = 24;
    /// Equals no text: values have at least one byte.
    const NONE: Key = Key {
        words: [0; 3],
        len: 0,
    };

    #[inline]
    fn of(text: &[u8]) -> Option<Key> {
        let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
        let words = match (text.first_chunk(), text.last_chunk()) {
            (Some(first), Some(last)) if text.len() <= 16 => [word(first), 0, word(last)],
            (Some(first), Some(last)) if text.len() <= Key::MAX_BYTES => {
                [word(first), word(text.get(8..)?.first_chunk()?), word(last)]
            }
            (Some(_), _) => return None,
            _ => [text.iter().fold(0, |w, &b| w << 8 | u64::from(b)), 0, 0],
        };
        Some(Key {
            words,
            len: text.len() as u8,
        })
    }

    /// Where the text would be cached. The ends tell addresses and ids apart; this is no hash to keep anything by.
    #[inline]
    fn slot(&self, bits: u32) -> usize {
        let [first, next, last] = self.words;
        let mixed = first ^ next.rotate_left(17) ^ last.rotate_left(29);
        (mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - bits)) as usize
    }
}

/// A text and its code.
#[derive(Clone, Copy)]
pub(super) struct Recent {
    key: Key,
    code: Code,
}

impl Recent {
    pub(super) const NONE: Recent = Recent {
        key: Key::NONE,
        code: 0,
    };
}

/// A direct-mapped cache of dictionary codes: flow logs repeat the same few thousand addresses and interfaces, and one
/// compare is several times cheaper than a look into the dictionary. A collision only costs that look. It starts small,
/// as most files are, and grows with what it misses.
pub(super) struct Texts {
    entries: Vec<Recent>,
    slot_bits: u32,
    misses: usize,
}

impl Texts {
    pub(super) fn new() -> Self {
        Texts {
            entries: vec![Recent::NONE; 1 << FIRST_SLOT_BITS],
            slot_bits: FIRST_SLOT_BITS,
            misses: 0,
        }
    }

    /// The code of a text; `last` is the value that the same column had in the row before.
    #[inline]
    pub(super) fn code(&mut self, text: &[u8], last: &mut Recent, sink: &mut RowSink<'_>) -> Code {
        let Some(key) = Key::of(text) else {
            return sink.code(text);
        };
        if last.key == key {
            return last.code;
        }
        *last = match self.entries.get(key.slot(self.slot_bits)) {
            Some(entry) if entry.key == key => *entry,
            _ => self.miss(key, text, sink),
        };
        last.code
    }

    fn miss(&mut self, key: Key, text: &[u8], sink: &mut RowSink<'_>) -> Recent {
        let met = Recent {
            key,
            code: sink.code(text),
        };
        self.misses += 1;
        if self.misses > 4 << self.slot_bits && self.slot_bits < LAST_SLOT_BITS {
            self.slot_bits += 2;
            self.misses = 0;
            self.entries = vec![Recent::NONE; 1 << self.slot_bits];
        }
        if let Some(entry) = self.entries.get_mut(key.slot(self.slot_bits)) {
            *entry = met;
        }
        met
    }
}

#[cfg(test)]
mod tests {
    use super::Key;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn only_a_text_itself_has_its_key(a in "[ab\\x00]{1,26}", b in "[ab\\x00]{1,26}") {
            let (of_a, of_b) = (Key::of(a.as_bytes()), Key::of(b.as_bytes()));
            prop_assert_eq!(of_a.is_some(), a.len() <= Key::MAX_BYTES);
            prop_assert_eq!(of_a == of_b, a == b || (of_a.is_none() && of_b.is_none()));
        }

        #[test]
        fn one_byte_makes_another_key(text in prop::collection::vec(any::<u8>(), 1..25), at in any::<prop::sample::Index>()) {
            let mut other = text.clone();
            other[at.index(text.len())] ^= 1;
            prop_assert!(Key::of(&text) != Key::of(&other));
        }
    }
}
