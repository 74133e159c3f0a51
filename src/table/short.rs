//! Codes of short texts met before, without asking the dictionary.

use super::pool::Code;

const FIRST_SLOT_BITS: u32 = 7;
const LAST_SLOT_BITS: u32 = 16;

/// A text of at most [`Key::MAX_BYTES`] as three words, so that two compare without a call: its first eight bytes, the
/// next eight where they are not among the last, and its last eight. Together with the length they are all of it.
#[derive(Clone, Copy)]
struct Key {
    words: [u64; 3],
    len: u32,
}

impl PartialEq for Key {
    /// Word by word: as a whole it would be read back from memory before it has got there.
    #[inline]
    fn eq(&self, other: &Key) -> bool {
        let [a, b, c] = self.words;
        let [x, y, z] = other.words;
        (a ^ x) | (b ^ y) | (c ^ z) | u64::from(self.len ^ other.len) == 0
    }
}

impl Key {
    /// An ENI, a subnet, a VPC, an access key and all but the longest IPv6 addresses are shorter.
    const MAX_BYTES: usize = 24;
    /// Equals no text: what is looked for has at least one byte.
    const NONE: Key = Key {
        words: [0; 3],
        len: 0,
    };

    #[inline]
    fn of(text: &[u8]) -> Option<Key> {
        let word = |bytes: &[u8; 8]| u64::from_le_bytes(*bytes);
        let half = |bytes: &[u8; 4]| u64::from(u32::from_le_bytes(*bytes));
        let words = match (text.first_chunk(), text.last_chunk()) {
            (Some(first), Some(last)) if text.len() <= 16 => [word(first), 0, word(last)],
            (Some(first), Some(last)) if text.len() <= Key::MAX_BYTES => {
                [word(first), word(text.get(8..)?.first_chunk()?), word(last)]
            }
            (Some(_), _) => return None,
            _ => match (text.first_chunk(), text.last_chunk()) {
                (Some(first), Some(last)) => [half(first) | half(last) << 32, 0, 0],
                _ => [text.iter().fold(0, |w, &b| w << 8 | u64::from(b)), 0, 0],
            },
        };
        Some(Key {
            words,
            len: text.len() as u32,
        })
    }

    /// Where the text would be cached. The ends tell addresses and ids apart; this is no hash to keep anything by.
    #[inline]
    fn slot(&self, bits: u32) -> usize {
        const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
        let [first, next, last] = self.words;
        let mixed =
            (first.wrapping_mul(MIX).rotate_left(29) ^ last).wrapping_mul(MIX) ^ next.wrapping_mul(MIX);
        (mixed >> (64 - bits)) as usize
    }
}

/// A short text and its code: a column's value in the row before. Starts as none.
#[derive(Clone, Copy)]
pub struct Recent {
    key: Key,
    code: Code,
}

impl Recent {
    /// Longer texts are not kept here.
    pub const MAX_BYTES: usize = Key::MAX_BYTES;

    pub const NONE: Recent = Recent {
        key: Key::NONE,
        code: 0,
    };
}

impl Default for Recent {
    fn default() -> Self {
        Recent::NONE
    }
}

/// A direct-mapped cache before the dictionary: logs repeat the same few thousand addresses, interfaces and names, and
/// one compare is several times cheaper than a look into the dictionary. A collision only costs that look. It starts
/// small, as most files are, and grows with what it misses.
pub(super) struct Shorts {
    entries: Vec<Recent>,
    slot_bits: u32,
    misses: usize,
}

impl Default for Shorts {
    fn default() -> Self {
        Shorts {
            entries: vec![Recent::NONE; 1 << FIRST_SLOT_BITS],
            slot_bits: FIRST_SLOT_BITS,
            misses: 0,
        }
    }
}

impl Shorts {
    /// The code of a text of at least one byte; `look` asks the dictionary.
    #[inline]
    pub(super) fn code(&mut self, text: &[u8], look: impl FnOnce() -> Code) -> Code {
        match Key::of(text) {
            Some(key) => self.find(key, look).code,
            None => look(),
        }
    }

    /// The same; `last` is the value that the same column had in the row before.
    #[inline]
    pub(super) fn code_after(&mut self, last: &mut Recent, text: &[u8], look: impl FnOnce() -> Code) -> Code {
        let Some(key) = Key::of(text) else {
            return look();
        };
        if last.key != key {
            *last = self.find(key, look);
        }
        last.code
    }

    #[inline]
    fn find(&mut self, key: Key, look: impl FnOnce() -> Code) -> Recent {
        match self.entries.get(key.slot(self.slot_bits)) {
            Some(entry) if entry.key == key => *entry,
            _ => self.put(Recent { key, code: look() }),
        }
    }

    fn put(&mut self, met: Recent) -> Recent {
        self.misses += 1;
        if self.misses > 2 << self.slot_bits && self.slot_bits < LAST_SLOT_BITS {
            self.grow();
        }
        if let Some(entry) = self.entries.get_mut(met.key.slot(self.slot_bits)) {
            *entry = met;
        }
        met
    }

    #[cold]
    fn grow(&mut self) {
        self.misses = 0;
        self.slot_bits += 2;
        self.slot_bits = self.slot_bits.min(LAST_SLOT_BITS);
        let old = std::mem::replace(&mut self.entries, vec![Recent::NONE; 1 << self.slot_bits]);
        for entry in old.into_iter().filter(|e| e.key != Key::NONE) {
            if let Some(slot) = self.entries.get_mut(entry.key.slot(self.slot_bits)) {
                *slot = entry;
            }
        }
    }

    /// Bytes held.
    pub(super) fn memory(&self) -> usize {
        self.entries.capacity() * size_of::<Recent>()
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
