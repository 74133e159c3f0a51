//! The dictionary of a shard: every distinct text once, known by a 32-bit code.

use super::index::Index;
use super::short::{Recent, Shorts};
use crate::base::hash::FastHash;
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
    index: Index,
    hasher: FastHash,
    shorts: Shorts,
}

impl Default for Pool {
    fn default() -> Self {
        Pool {
            bytes: Vec::new(),
            ends: vec![0, 0],
            index: Index::default(),
            hasher: FastHash::default(),
            shorts: Shorts::default(),
        }
    }
}

impl Pool {
    /// The code of a text, kept if it is new. Bytes that are not UTF-8 are kept as they are.
    #[inline]
    pub fn intern(&mut self, text: &[u8]) -> Code {
        if text.is_empty() {
            return EMPTY;
        }
        let Pool {
            bytes,
            ends,
            index,
            hasher,
            shorts,
        } = self;
        shorts.code(text, || look(bytes, ends, index, hasher, text))
    }

    /// The same for a column whose values repeat: `last` is the value it had in the row before.
    #[inline]
    pub fn intern_after(&mut self, last: &mut Recent, text: &[u8]) -> Code {
        if text.is_empty() {
            return EMPTY;
        }
        let Pool {
            bytes,
            ends,
            index,
            hasher,
            shorts,
        } = self;
        shorts.code_after(last, text, || look(bytes, ends, index, hasher, text))
    }

    /// The code of a text that is already here.
    pub fn find(&self, text: &[u8]) -> Option<Code> {
        if text.is_empty() {
            return Some(EMPTY);
        }
        let is_it = |code| slice(&self.bytes, &self.ends, code) == text;
        self.index.find(hash(&self.hasher, text), is_it).ok()
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
        self.bytes.capacity() + self.ends.capacity() * 4 + self.index.memory() + self.shorts.memory()
    }
}

/// The code of a text in the dictionary, put there if it is new.
fn look(bytes: &mut Vec<u8>, ends: &mut Vec<u32>, index: &mut Index, hasher: &FastHash, text: &[u8]) -> Code {
    let hash = hash(hasher, text);
    let free = match index.find(hash, |code| slice(bytes, ends, code) == text) {
        Ok(code) => return code,
        Err(free) => free,
    };
    let code = ends.len() as Code;
    bytes.extend_from_slice(text);
    ends.push(bytes.len() as u32);
    index.put(free, hash, code);
    code
}

fn hash(hasher: &FastHash, text: &[u8]) -> u32 {
    (hasher.hash_one(text) >> 32) as u32
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
