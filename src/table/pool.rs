//! The dictionary of a shard: every distinct text once, known by a 32-bit code.

use super::index::Index;
use super::short::{Recent, Shorts};
use crate::base::hash::FastHash;
use std::hash::BuildHasher;
use std::ops::Range;

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

    /// The codes from `first` on, ascending, in whose text something is found. `find` answers where in some bytes the first
    /// match begins and ends; it is given many texts at once, one after another.
    pub fn search(&self, first: Code, find: impl Fn(&[u8]) -> Option<Range<usize>>) -> Vec<Code> {
        let before = first.checked_sub(1).and_then(|c| self.ends.get(c as usize));
        let mut at = before.map_or(0, |end| *end as usize);
        let mut out = Vec::new();
        while let Some(found) = self.bytes.get(at..).and_then(&find) {
            let (start, end) = (at + found.start, at + found.end);
            let code = self.ends.partition_point(|e| *e as usize <= start);
            match self.ends.get(code) {
                Some(of) if end <= *of as usize => {
                    out.push(code as Code);
                    at = *of as usize;
                }
                // It goes on in the next text.
                _ => at = start + 1,
            }
        }
        out
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
    fn a_search_finds_whole_texts_and_none_that_goes_over_an_end() {
        let mut p = Pool::default();
        let codes =
            ["10.0.0.1", "x", "a10.0", "0.0.1", "10.", "0.0.1", "10.0.0.1"].map(|t| p.intern(t.as_bytes()));
        let find = |needle: &'static [u8]| {
            move |text: &[u8]| memchr::memmem::find(text, needle).map(|at| at..at + needle.len())
        };
        assert_eq!(p.search(ABSENT, find(b"10.0.0.1")), [codes[0]]);
        assert_eq!(p.search(ABSENT, find(b"0.0.1")), [codes[0], codes[3]]);
        assert_eq!(p.search(codes[1], find(b"10.")), [codes[2], codes[4]]);
        assert_eq!(p.search(p.len() as Code, find(b"x")), [] as [Code; 0]);
    }

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
