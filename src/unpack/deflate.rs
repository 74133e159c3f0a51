//! Deflate with its CRC-32, as gzip and zip use it.

use super::CHUNK;
use super::decoder::{Codec, Decoded, State};
use super::error::ErrorKind;
use flate2::{Crc, Decompress, FlushDecompress, Status};

/// A raw deflate stream that is checked while it is unpacked.
pub(super) struct Inflate {
    inner: Decompress,
    crc: Crc,
    unpacked: u64,
}

impl Inflate {
    pub fn new() -> Self {
        Inflate {
            inner: Decompress::new(false),
            crc: Crc::new(),
            unpacked: 0,
        }
    }

    pub fn restart(&mut self) {
        self.inner.reset(false);
        self.crc.reset();
        self.unpacked = 0;
    }

    /// CRC-32 and length of what was unpacked.
    pub fn check(&self) -> (u32, u64) {
        (self.crc.sum(), self.unpacked)
    }

    pub fn decode(&mut self, input: &[u8], out: &mut Vec<u8>, max: usize) -> Result<Decoded, ErrorKind> {
        let start = out.len();
        // Small files get small buffers: logs pack about 8 to 20 times.
        let guess = input.len().saturating_mul(16).clamp(4096, CHUNK).min(max);
        if out.capacity() - start < guess {
            out.reserve_exact(guess);
        }
        let before = self.inner.total_in();
        let status = if out.capacity() - start <= max {
            self.inner.decompress_vec(input, out, FlushDecompress::None)
        } else {
            out.resize(start + max, 0);
            let before = self.inner.total_out();
            let status = self
                .inner
                .decompress(input, &mut out[start..], FlushDecompress::None);
            out.truncate(start + (self.inner.total_out() - before) as usize);
            status
        };
        let used = (self.inner.total_in() - before) as usize;
        let new = out.get(start..).unwrap_or_default();
        self.crc.update(new);
        self.unpacked += new.len() as u64;
        let state = match status {
            Ok(Status::StreamEnd) => State::Ended { sound: true },
            Ok(_) if used == 0 && new.is_empty() => State::Starved,
            Ok(_) => State::Going,
            Err(_) => return Err(ErrorKind::Corrupt("no deflate data")),
        };
        Ok(Decoded { used, state })
    }
}

/// Deflate alone, as a zip entry holds it; the zip checks what comes out.
pub(super) struct RawDeflate(Inflate);

impl RawDeflate {
    pub fn new() -> Self {
        RawDeflate(Inflate::new())
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
}
