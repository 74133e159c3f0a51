//! Which bytes are in this file? Members of archives and compressed files, streamed, recognised by magic bytes.
//!
//! A [`Walk`] goes through one opened item depth first and hands out its leaves ("members") in chunks. It owns all its
//! state and does a bounded piece of work a call, so that a worker can answer questions between two calls.
//!
//! gzip, zip, tar, zstd, bzip2 and shared files (`report`) are taken off, in any order and inside each other; UTF-16 text
//! with a byte order mark is given out as UTF-8, and places in it count bytes of that. A member
//! that breaks off keeps what came before; what is wrong with a container as a whole is told by an empty member with the
//! container's path.

mod archive;
mod bzip2;
mod decoder;
mod deflate;
mod error;
mod gzip;
mod hashing;
mod marks;
mod places;
mod report;
mod reread;
mod s3key;
mod sniff;
mod source;
mod stack;
mod tar;
#[cfg(test)]
mod tests;
mod utf16;
mod walk;
mod zip;
mod zstd;

use std::io;

pub use error::{ErrorKind, UnpackError};
pub use hashing::Hashing;
pub use places::{Place, Places};
pub use reread::Reread;
pub use s3key::S3Key;
pub use sniff::{Splits, splits};
#[cfg(not(target_arch = "wasm32"))]
pub use source::FileSource;
pub use source::MemorySource;
pub use utf16::NAME as UTF_16;
pub use walk::Walk;

/// A chunk of data is at most this long (bytes).
pub const CHUNK: usize = 256 * 1024;

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
    /// Unpacked over packed, …
    pub ratio: u64,
    /// … once so many bytes have been unpacked.
    pub ratio_from_bytes: u64,
    /// Members of one item.
    pub members: u64,
    /// A zip inside another container is held in memory up to this size, since it is read from its end.
    pub buffered_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            depth: 6,
            unpacked_bytes: 64 << 30,
            ratio: 1100,
            ratio_from_bytes: 16 << 20,
            members: 1_000_000,
            buffered_bytes: 512 << 20,
        }
    }
}

/// The next thing a [`Walk`] met.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// A member begins. Every `Begin` is followed by its `Data`s and one `End`.
    Begin(MemberHead),
    /// The next bytes of the member, in the buffer that was passed: at least one, at most [`CHUNK`].
    Data,
    End(MemberEnd),
    /// Nothing to give out yet: bytes were passed over, buffered or hashed. May come between any two steps.
    Working,
    /// The item is at its end.
    Done {
        /// SHA-256 of the item as it was opened; `None` where it was not asked for or the item could not be read whole.
        sha256: Option<[u8; 32]>,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct MemberHead {
    /// Position among the item's members, the same on every walk.
    pub index: u64,
    /// Path inside the item, outer containers first, starting with the item's own name. Compressed streams hold one
    /// member and add nothing: `logs.zip/AWSLogs/…/x.json.gz`.
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
    /// Why the member ended early; what was given out before stays good. See [`ErrorKind::keeps_all_data`].
    pub error: Option<UnpackError>,
}
