//! An .evtx file: a header of 4 KiB and chunks of 64 KiB, each of which can be read without the others.
//!
//! It is a wrapper: what comes out is one line of JSON for each event, in the spelling of `evtx_dump`. Before the events stands
//! a line that says that this is such a log, behind them one about the log as a whole. What is damaged comes out as a line
//! that says so, which the reader of events rejects: the log loses nothing silently.
//!
//! The format: <https://github.com/libyal/libevtx/blob/main/documentation/Windows%20XML%20Event%20Log%20(EVTX).asciidoc>.

mod chunk;
mod markup;
#[cfg(test)]
mod tests;
mod value;

use super::element::quoted;
use super::{DAMAGE, LOG};
use crate::formats::{Sample, Unwrap, Wrapper};

/// The files in which Windows keeps its event logs.
pub struct EventLog;

const FILE_MAGIC: &[u8] = b"ElfFile\0";
const CHUNK_MAGIC: &[u8] = b"ElfChnk\0";
const HEADER: usize = 4096;
const CHUNK: usize = 64 << 10;

impl Wrapper for EventLog {
    fn id(&self) -> &'static str {
        "evtx"
    }

    fn title(&self) -> &'static str {
        "Windows event log files (.evtx)"
    }

    fn probe(&self, sample: &Sample<'_>) -> bool {
        [FILE_MAGIC, CHUNK_MAGIC]
            .iter()
            .any(|magic| sample.head.starts_with(magic))
    }

    fn unwrapper(&self) -> Box<dyn Unwrap> {
        Box::<File>::default()
    }
}

/// A file on its way.
#[derive(Default)]
struct File {
    /// Bytes that are not done with yet.
    held: Vec<u8>,
    /// Where they begin in the file.
    at: u64,
    has_begun: bool,
    /// Chunks met, and those with another checksum than they say.
    chunks: u64,
    changed: u64,
}

impl File {
    /// Reads the header, as soon as it is there. A part of a log may have none.
    fn begin(&mut self, out: &mut Vec<u8>) -> bool {
        const DIRTY: u8 = 1;
        if self.has_begun {
            return true;
        }
        let is_part = self.held.starts_with(CHUNK_MAGIC);
        if !is_part && self.held.len() < HEADER {
            return false;
        }
        self.has_begun = true;
        let is_dirty = !is_part && self.held.get(120).is_some_and(|flags| flags & DIRTY != 0);
        out.extend_from_slice(format!("{{\"{LOG}\":{{\"dirty\":{is_dirty}}}}}\n").as_bytes());
        if !is_part {
            self.held.drain(..HEADER);
            self.at += HEADER as u64;
        }
        true
    }

    fn chunk(&mut self, from: usize, to: usize, out: &mut Vec<u8>) {
        let Some(bytes) = self.held.get(from..to) else {
            return;
        };
        let place = chunk::Place {
            number: self.chunks,
            at: self.at + from as u64,
        };
        self.changed += u64::from(chunk::read(bytes, place, out));
        self.chunks += 1;
    }
}

impl Unwrap for File {
    fn feed(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        self.held.extend_from_slice(piece);
        if !self.begin(out) {
            return;
        }
        let mut done = 0;
        while self.held.len() - done >= CHUNK {
            self.chunk(done, done + CHUNK, out);
            done += CHUNK;
        }
        self.held.drain(..done);
        self.at += done as u64;
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        if !self.has_begun {
            self.has_begun = true;
            out.extend_from_slice(format!("{{\"{LOG}\":{{}}}}\n").as_bytes());
            let why = "the file ends inside its header; copy the log again";
            return damage(why, "header", out);
        }
        if !self.held.is_empty() {
            self.chunk(0, self.held.len(), out);
            self.held = Vec::new();
        }
        let changed = self.changed;
        out.extend_from_slice(format!("{{\"{LOG}\":{{\"checksums\":{changed}}}}}\n").as_bytes());
    }
}

/// Says that something could not be read: why, and where in the file it stands.
fn damage(why: &str, place: &str, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("{{\"{DAMAGE}\":{{\"reason\":").as_bytes());
    quoted(why, out);
    out.extend_from_slice(b",\"place\":");
    quoted(place, out);
    out.extend_from_slice(b"}}\n");
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|b| u16::from_le_bytes(*b))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|b| u32::from_le_bytes(*b))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|b| u64::from_le_bytes(*b))
}
