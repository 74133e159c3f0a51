//! Where bytes come from: a buffer, chunks spooled from a stream, a file on disk.

use super::ByteSource;
use std::io;
use std::sync::Arc;

/// Bytes held in memory; a clone shares them.
#[derive(Clone, Debug)]
pub struct MemorySource(Arc<[u8]>);

impl MemorySource {
    pub fn new(bytes: impl Into<Arc<[u8]>>) -> Self {
        MemorySource(bytes.into())
    }
}

impl ByteSource for MemorySource {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let from = usize::try_from(offset).unwrap_or(usize::MAX);
        let rest = self.0.get(from..).unwrap_or_default();
        Ok(copy(rest, buf))
    }
}

/// An archive that came out of another one, kept because it has to be read in any order.
///
/// Held in pieces: growing one large buffer would need it twice for a moment.
#[derive(Debug, Default)]
pub(super) struct Spool {
    chunks: Vec<Vec<u8>>,
    len: u64,
}

impl Spool {
    const CHUNK: usize = super::CHUNK;

    /// The piece being filled and how much it still takes; `None` when there is no memory for another.
    pub fn room(&mut self) -> Option<(&mut Vec<u8>, usize)> {
        if self.chunks.last().is_none_or(|c| c.len() >= Self::CHUNK) {
            let mut chunk = Vec::new();
            chunk.try_reserve_exact(Self::CHUNK).ok()?;
            self.chunks.push(chunk);
        }
        let chunk = self.chunks.last_mut()?;
        let room = Self::CHUNK.saturating_sub(chunk.len());
        Some((chunk, room))
    }

    /// To be told after `room` was filled.
    pub fn grew(&mut self, bytes: u64) {
        self.len += bytes;
    }
}

impl ByteSource for Spool {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let mut at = offset;
        let mut done = 0;
        while let Some(left) = buf.get_mut(done..).filter(|b| !b.is_empty()) {
            let Some(chunk) = usize::try_from(at / Self::CHUNK as u64)
                .ok()
                .and_then(|i| self.chunks.get(i))
            else {
                break;
            };
            let n = copy(
                chunk
                    .get((at % Self::CHUNK as u64) as usize..)
                    .unwrap_or_default(),
                left,
            );
            if n == 0 {
                break;
            }
            done += n;
            at += n as u64;
        }
        Ok(done)
    }
}

fn copy(from: &[u8], to: &mut [u8]) -> usize {
    let n = from.len().min(to.len());
    to[..n].copy_from_slice(&from[..n]);
    n
}

/// A file on disk, for tests and native tools; the browser has its own.
#[cfg(not(target_arch = "wasm32"))]
#[derive(Debug)]
pub struct FileSource {
    file: std::fs::File,
    len: u64,
}

#[cfg(not(target_arch = "wasm32"))]
impl FileSource {
    pub fn open(path: impl AsRef<std::path::Path>) -> io::Result<Self> {
        let file = std::fs::File::open(path)?;
        let len = file.metadata()?.len();
        Ok(FileSource { file, len })
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl ByteSource for FileSource {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        use std::io::{Read, Seek, SeekFrom};
        self.file.seek(SeekFrom::Start(offset))?;
        let mut done = 0;
        while done < buf.len() {
            match self.file.read(&mut buf[done..]) {
                Ok(0) => break,
                Ok(n) => done += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(done)
    }
}
