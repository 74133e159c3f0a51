//! The dictionary of a shard: every distinct text once, known by a 32-bit code.

use super::short::{Recent, Shorts};
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
    table: HashTable<Kept>,
    hasher: FastHash,
    shorts: Shorts,
}

/// A text in the table. The hash spares a look at the text, when another one is compared and when the table grows.
#[derive(Clone, Copy)]
struct Kept {
    hash: u32,
    code: Code,
}

impl Default for Pool {
    fn default() -> Self {
        Pool {
            bytes: Vec::new(),
            ends: vec![0, 0],
            table: HashTable::new(),
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
            table,
            hasher,
            shorts,
        } = self;
        shorts.code(text, || look(bytes, ends, table, hasher, text))
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
            table,
            hasher,
            shorts,
        } = self;
        shorts.code_after(last, text, || look(bytes, ends, table, hasher, text))
    }

    /// The code of a text that is already here.
    pub fn find(&self, text: &[u8]) -> Option<Code> {
        if text.is_empty() {
            return Some(EMPTY);
        }
        let hash = self.hasher.hash_one(text);
        let is_it = |k: &Kept| k.hash == hash as u32 && slice(&self.bytes, &self.ends, k.code) == text;
        self.table.find(spread(hash as u32), is_it).map(|k| k.code)
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
        self.bytes.capacity() + self.ends.capacity() * 4 + self.table.capacity() * 9 + self.shorts.memory()
    }
}

/// The code of a text in the table, put there if it is new.
fn look(
    bytes: &mut Vec<u8>,
    ends: &mut Vec<u32>,
    table: &mut HashTable<Kept>,
    hasher: &FastHash,
    text: &[u8],
) -> Code {
    let hash = hasher.hash_one(text) as u32;
    let is_it = |k: &Kept| k.hash == hash && slice(bytes, ends, k.code) == text;
    if let Some(kept) = table.find(spread(hash), is_it) {
        return kept.code;
    }
    let code = ends.len() as Code;
    bytes.extend_from_slice(text);
    ends.push(bytes.len() as u32);
    table.insert_unique(spread(hash), Kept { hash, code }, |k| spread(k.hash));
    code
}

/// The table takes its place from the lowest bits of a hash and its tag from the highest.
fn spread(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
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
