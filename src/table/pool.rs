//! The dictionary of a shard: every distinct text once, known by a 32-bit code.

use crate::base::hash::FastHash;
use hashbrown::HashTable;
use std::hash::BuildHasher;

/// A text's number in its shard's [`Pool`].
pub type Code = u32;
/// The code of "no value".
pub const ABSENT: Code = 0;
/// The code of the empty text.
pub const EMPTY: Code = 1;

/// Distinct texts of one shard. One pool serves every column of every kind, so a text met in a flow log and in
/// CloudTrail has one code, and a free-text search looks at each distinct text once.
pub struct Pool {
    bytes: Vec<u8>,
    /// End of each text in `bytes`; text `c` starts where `c - 1` ends.
    ends: Vec<u32>,
    /// 64-bit ends beyond 4 GiB are not kept: [`Pool::intern`] answers `None` when full.
    table: HashTable<Code>,
    hasher: FastHash,
}

impl Default for Pool {
    fn default() -> Self {
        Pool {
            bytes: Vec::new(),
            ends: vec![0, 0],
            table: HashTable::new(),
            hasher: FastHash::default(),
        }
    }
}

impl Pool {
    /// The code of a text, kept if it is new. Bytes that are not UTF-8 are kept as they are.
    pub fn intern(&mut self, text: &[u8]) -> Code {
        if text.is_empty() {
            return EMPTY;
        }
        let hash = self.hasher.hash_one(text);
        let (bytes, ends) = (&self.bytes, &self.ends);
        if let Some(&code) = self.table.find(hash, |&c| slice(bytes, ends, c) == text) {
            return code;
        }
        let code = self.ends.len() as Code;
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len() as u32);
        let (bytes, ends, hasher) = (&self.bytes, &self.ends, &self.hasher);
        self.table
            .insert_unique(hash, code, |&c| hasher.hash_one(slice(bytes, ends, c)));
        code
    }

    /// The code of a text that is already here.
    pub fn find(&self, text: &[u8]) -> Option<Code> {
        if text.is_empty() {
            return Some(EMPTY);
        }
        self.table
            .find(self.hasher.hash_one(text), |&c| {
                slice(&self.bytes, &self.ends, c) == text
            })
            .copied()
    }

    /// The text of a code; empty for [`ABSENT`].
    pub fn get(&self, code: Code) -> &[u8] {
        slice(&self.bytes, &self.ends, code)
    }

    /// The text of a code, lossily decoded.
    pub fn text(&self, code: Code) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.get(code))
    }

    /// One more than the largest code.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.len() <= 2
    }

    /// Room left before codes or offsets would no longer fit; loading stops with a message before it is used up.
    pub fn is_nearly_full(&self) -> bool {
        self.bytes.len() > (u32::MAX as usize) - (64 << 20)
    }

    /// Bytes held.
    pub fn memory(&self) -> usize {
        self.bytes.capacity() + self.ends.capacity() * 4 + self.table.capacity() * 5
    }
}

fn slice<'a>(bytes: &'a [u8], ends: &[u32], code: Code) -> &'a [u8] {
    let c = code as usize;
    if c == 0 {
        return &[];
    }
    &bytes[ends[c - 1] as usize..ends[c] as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_one_code() {
        let mut p = Pool::default();
        let a = p.intern(b"eu-west-1");
        let b = p.intern(b"us-east-1");
        assert_ne!(a, b);
        assert_eq!(p.intern(b"eu-west-1"), a);
        assert_eq!(p.intern(b""), EMPTY);
        assert_eq!(p.get(b), b"us-east-1");
        assert_eq!(p.get(ABSENT), b"");
        assert_eq!(p.find(b"nowhere"), None);
        for i in 0..10_000 {
            p.intern(format!("host-{i}").as_bytes());
        }
        assert_eq!(p.find(b"eu-west-1"), Some(a));
        assert_eq!(p.text(p.find(b"host-9999").unwrap()), "host-9999");
    }
}
