//! Codes of texts met before, without asking the dictionary.

use crate::table::{Code, RowSink};

/// Long enough for an IPv6 address, an ENI, a VPC; longer texts always go to the dictionary.
const KEPT_BYTES: usize = 43;
const FIRST_SLOT_BITS: u32 = 7;
const LAST_SLOT_BITS: u32 = 13;

/// A text and its code. An empty one never equals a value: values have at least one byte.
#[derive(Clone, Copy)]
pub(super) struct Recent {
    code: Code,
    len: u8,
    bytes: [u8; KEPT_BYTES],
}

impl Recent {
    pub(super) const NONE: Recent = Recent {
        code: 0,
        len: 0,
        bytes: [0; KEPT_BYTES],
    };

    #[inline]
    fn code_of(&self, text: &[u8]) -> Option<Code> {
        (self.bytes.get(..usize::from(self.len)) == Some(text)).then_some(self.code)
    }

    #[inline]
    fn keep(&mut self, text: &[u8], code: Code) {
        if let Some(room) = self.bytes.get_mut(..text.len()) {
            room.copy_from_slice(text);
            self.len = text.len() as u8;
            self.code = code;
        }
    }
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
        if let Some(code) = last.code_of(text) {
            return code;
        }
        let cached = self.entries.get(slot(text, self.slot_bits));
        let code = match cached.and_then(|entry| entry.code_of(text)) {
            Some(code) => code,
            None => self.miss(text, sink),
        };
        last.keep(text, code);
        code
    }

    fn miss(&mut self, text: &[u8], sink: &mut RowSink<'_>) -> Code {
        let code = sink.code(text);
        self.misses += 1;
        if self.misses > 4 << self.slot_bits && self.slot_bits < LAST_SLOT_BITS {
            self.slot_bits += 2;
            self.misses = 0;
            self.entries = vec![Recent::NONE; 1 << self.slot_bits];
        }
        if let Some(entry) = self.entries.get_mut(slot(text, self.slot_bits)) {
            entry.keep(text, code);
        }
        code
    }
}

/// Where a text would be cached. The ends tell addresses and ids apart; this is no hash to keep anything by.
#[inline]
fn slot(text: &[u8], bits: u32) -> usize {
    let mixed = match (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        (Some(first), Some(last)) => u64::from_le_bytes(*first) ^ u64::from_le_bytes(*last).rotate_left(29),
        _ => text.iter().fold(0, |h, &b| h << 8 | u64::from(b)),
    };
    (mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - bits)) as usize
}
