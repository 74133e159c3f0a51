//! Where the codes of texts stand by their hash.

use super::pool::Code;

const FIRST_BITS: u32 = 8;

/// Open addressing in one list: a look at a text that is not there, which most of a log's ids are, touches one place in
/// memory. A place is told by a hash's highest bits, so that growing goes through the old list and the new one in order.
pub(super) struct Index {
    /// The hash in the upper half, the code in the lower; 0 is free.
    slots: Vec<u64>,
    bits: u32,
    len: usize,
}

/// A slot that is free for a hash that was not found.
pub(super) struct Free(usize);

impl Default for Index {
    fn default() -> Self {
        Index {
            slots: vec![0; 1 << FIRST_BITS],
            bits: FIRST_BITS,
            len: 0,
        }
    }
}

impl Index {
    /// The code under a hash that `is_it` agrees to, or where it would stand.
    #[inline]
    pub(super) fn find(&self, hash: u32, is_it: impl Fn(Code) -> bool) -> Result<Code, Free> {
        let mut at = self.place(hash);
        loop {
            match self.slots[at] {
                0 => return Err(Free(at)),
                slot if (slot >> 32) as u32 == hash && is_it(slot as Code) => return Ok(slot as Code),
                _ => at = (at + 1) & (self.slots.len() - 1),
            }
        }
    }

    /// Puts a code, which is never 0, where it was not found just now.
    #[inline]
    pub(super) fn put(&mut self, free: Free, hash: u32, code: Code) {
        self.slots[free.0] = u64::from(hash) << 32 | u64::from(code);
        self.len += 1;
        if self.len * 8 > self.slots.len() * 5 {
            self.grow();
        }
    }

    #[inline]
    fn place(&self, hash: u32) -> usize {
        (hash >> (32 - self.bits)) as usize
    }

    #[cold]
    fn grow(&mut self) {
        self.bits += 1;
        let old = std::mem::replace(&mut self.slots, vec![0; 1 << self.bits]);
        for slot in old.into_iter().filter(|s| *s != 0) {
            if let Err(Free(at)) = self.find((slot >> 32) as u32, |_| false) {
                self.slots[at] = slot;
            }
        }
    }

    /// Bytes held.
    pub(super) fn memory(&self) -> usize {
        self.slots.capacity() * 8
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_was_put_is_found(hashes in prop::collection::vec(prop_oneof![any::<u32>(), 0u32..4, Just(u32::MAX)], 0..700)) {
            let mut index = Index::default();
            for (code, &hash) in (1..).zip(&hashes) {
                // Codes of one hash are told apart by their texts.
                match index.find(hash, |c| c == code) {
                    Err(free) => index.put(free, hash, code),
                    Ok(_) => prop_assert!(false, "{code} is not there yet"),
                }
            }
            for (code, &hash) in (1..).zip(&hashes) {
                prop_assert_eq!(index.find(hash, |c| c == code).ok(), Some(code));
                prop_assert!(index.find(hash, |_| false).is_err());
            }
        }
    }
}
