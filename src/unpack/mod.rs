//! Which bytes are in this file? Members of archives and compressed files, streamed, recognised by magic bytes.
//!
//! A [`Walk`] goes through one opened item depth first and hands out its leaves ("members") in chunks. It owns all its
//! state and does a bounded piece of work a call, so that a worker can answer questions between two calls.

use std::io;

/// Random access to the bytes of an opened item: a dropped file, a buffer, a slice of either.
pub trait ByteSource: Send {
    fn len(&self) -> u64;
    /// Fills `buf` from `offset`; the number of bytes read is short only at the end.
    fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<usize>;
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What a hostile file may not exceed.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Containers inside containers.
    pub depth: usize,
    /// Unpacked bytes of one item, all members together.
    pub unpacked_bytes: u64,
    /// Unpacked over packed, once a member has given more than 16 MiB.
    pub ratio: u64,
    /// Members of one item.
    pub members: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { depth: 6, unpacked_bytes: 64 << 30, ratio: 1100, members: 1_000_000 }
    }
}

/// The next thing a [`Walk`] met.
#[derive(Debug)]
pub enum Step {
    /// A member begins. Every `Begin` is followed by its `Data`s and one `End`.
    Begin(MemberHead),
    /// The next bytes of the member, in the buffer that was passed.
    Data,
    End(MemberEnd),
    /// The item is at its end.
    Done,
}

#[derive(Clone, Debug, PartialEq)]
pub struct MemberHead {
    /// Position among the item's members, the same on every walk.
    pub index: u64,
    /// Path inside the item, outer containers first, starting with the item's own name.
    pub path: String,
    /// Containers taken off, outermost first: `["zip", "gzip"]`.
    pub containers: Vec<&'static str>,
    /// Unpacked size where the container says it.
    pub size_hint: Option<u64>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct MemberEnd {
    /// Unpacked bytes given out.
    pub bytes: u64,
    /// Why the member ended early; what was given out before stays good.
    pub error: Option<UnpackError>,
}
