//! Deflate with its CRC-32, as gzip and zip use it.

use super::CHUNK;
use super::decoder::{Codec, Decoded, State};
use super::error::ErrorKind;
use super::marks::{self, At, Bit, Mark, Marker, Marks, Method};
use flate2::Crc;
use std::sync::Arc;
use zlib_rs::{InflateFlush, Status};

/// 2 to this power is the window that deflate data may refer back over (bytes).
const WINDOW_BITS: u8 = 15;

/// A raw deflate stream that is checked while it is unpacked.
pub(super) struct Inflate {
    inner: zlib_rs::Inflate,
    crc: Crc,
    /// Bytes of this stream.
    unpacked: u64,
    /// Bytes of all that were unpacked, with what stood between them.
    total_packed: u64,
    total_unpacked: u64,
    marker: Option<Box<Marker>>,
    /// Unpacking begins at this bit of the first byte.
    lead: Option<Bit>,
}

impl Inflate {
    pub fn new() -> Self {
        Inflate {
            inner: zlib_rs::Inflate::new(false, WINDOW_BITS),
            crc: Crc::new(),
            unpacked: 0,
            total_packed: 0,
            total_unpacked: 0,
            marker: None,
            lead: None,
        }
    }

    /// Goes on at a block. What was unpacked before is not there, so [`Inflate::check`] says nothing.
    pub fn resume(bit: Bit, window: &[u8]) -> Result<Self, ErrorKind> {
        let mut inflate = Inflate::new();
        let refused = |_| ErrorKind::Corrupt("no deflate data");
        (inflate.inner)
            .set_dictionary(&marks::unpack(window)?)
            .map_err(refused)?;
        inflate.lead = Some(bit);
        Ok(inflate)
    }

    /// Makes marks from here on.
    pub fn keep(&mut self, marks: Arc<Marks>) {
        self.marker = Some(Box::new(Marker::new(marks)));
    }

    /// Bytes of the container were passed over.
    pub fn passed(&mut self, bytes: usize) {
        self.total_packed += bytes as u64;
    }

    /// Another gzip member begins.
    pub fn restart(&mut self) {
        self.inner.reset(false);
        self.crc.reset();
        self.unpacked = 0;
        if let Some(marker) = &mut self.marker {
            marker.member(self.total_packed, self.total_unpacked);
        }
    }

    /// CRC-32 and length of what was unpacked.
    pub fn check(&self) -> (u32, u64) {
        (self.crc.sum(), self.unpacked)
    }

    pub fn decode(&mut self, input: &[u8], out: &mut Vec<u8>, max: usize) -> Result<Decoded, ErrorKind> {
        if let Some(bit) = self.lead {
            return self.begin_at(bit, input);
        }
        if let (Some(marker), Some(&first), 0) = (&mut self.marker, input.first(), self.inner.total_in()) {
            marker.begins(first);
        }
        let start = out.len();
        // Small files get small buffers: logs pack about 8 to 20 times.
        let room = input.len().saturating_mul(16).clamp(4096, CHUNK).min(max);
        if out.capacity() - start < room {
            out.reserve_exact(room);
        }
        out.resize(start + room, 0);
        let (mut used, mut made, mut plain) = (0, 0, false);
        let status = loop {
            let (rest, to) = (
                input.get(used..).unwrap_or_default(),
                out.get_mut(start + made..).unwrap_or_default(),
            );
            let pause = self.marker.as_ref().and_then(|m| m.wants_pause(rest));
            let rest = rest.get(..pause.unwrap_or(rest.len())).unwrap_or_default();
            let stops = self.marker.as_ref().filter(|_| !plain);
            let flush = stops.map_or(InflateFlush::NoFlush, |m| m.flush());
            let before = (self.inner.total_in(), self.inner.total_out());
            let status = self.inner.decompress(rest, to, flush);
            let took = (self.inner.total_in() - before.0) as usize;
            let new = (self.inner.total_out() - before.1) as usize;
            (used, made) = (used + took, made + new);
            self.total_packed += took as u64;
            self.total_unpacked += new as u64;
            let Some(marker) = &mut self.marker else {
                break status;
            };
            let new = to.get(..new).unwrap_or_default();
            marker.unpacked(new, self.total_unpacked);
            match status {
                Ok(Status::Ok) => {}
                // It stopped after bits of a byte that was read before, and may be able to go on.
                Ok(Status::BufError) if flush != InflateFlush::NoFlush => {
                    marker.lost();
                    plain = true;
                    continue;
                }
                Ok(Status::StreamEnd) => {
                    marker.end();
                    break status;
                }
                _ => break status,
            }
            if new.is_empty() && took == rest.len() {
                marker.lost();
            }
            if flush == InflateFlush::NoFlush || used >= input.len() || made >= room {
                break status;
            }
            let (before, after) = input.split_at_checked(used).unwrap_or_default();
            if new.is_empty() {
                marker.nothing();
            } else if took < rest.len() {
                // There was more to read and room for it: it stopped between two blocks.
                marker.block(self.total_packed, self.total_unpacked, before, after);
            } else {
                marker.pause(self.total_packed, self.total_unpacked, before, after);
            }
        };
        out.truncate(start + made);
        let new = out.get(start..).unwrap_or_default();
        self.crc.update(new);
        self.unpacked += new.len() as u64;
        let state = match status {
            Ok(Status::StreamEnd) => State::Ended { sound: true },
            Ok(_) if used == 0 && made == 0 => State::Starved,
            Ok(_) => State::Going,
            Err(_) => return Err(ErrorKind::Corrupt("no deflate data")),
        };
        Ok(Decoded { used, state })
    }

    /// Takes the bits of the first byte.
    fn begin_at(&mut self, bit: Bit, input: &[u8]) -> Result<Decoded, ErrorKind> {
        if input.is_empty() {
            return Ok(Decoded {
                used: 0,
                state: State::Starved,
            });
        }
        self.lead = None;
        let used = marks::lead_to(&mut self.inner, bit, input.first().copied())?;
        let state = State::Going;
        Ok(Decoded { used, state })
    }
}

/// Deflate alone, as a zip entry holds it; the zip checks what comes out.
pub(super) struct RawDeflate(Inflate);

impl RawDeflate {
    pub fn new() -> Self {
        RawDeflate(Inflate::new())
    }

    /// Goes on at a mark.
    pub fn resume(mark: &Mark) -> Result<Self, ErrorKind> {
        match &mark.at {
            At::Member => Ok(RawDeflate::new()),
            At::Block { bit, window } => Ok(RawDeflate(Inflate::resume(*bit, window)?)),
        }
    }
}

impl Codec for RawDeflate {
    fn name(&self) -> &'static str {
        "deflate"
    }

    fn decode(
        &mut self,
        input: &[u8],
        _last: bool,
        out: &mut Vec<u8>,
        max: usize,
    ) -> Result<Decoded, ErrorKind> {
        self.0.decode(input, out, max)
    }

    fn restart(&mut self, _input: &[u8]) -> bool {
        false
    }

    fn keep_marks(&mut self, start: u64, spacing: u64) -> Option<Arc<Marks>> {
        let marks = Marks::new(Method::Deflate, start, spacing);
        self.0.keep(marks.clone());
        Some(marks)
    }
}
