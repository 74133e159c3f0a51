//! bzip2: streams one after the other, each checked by its own CRC-32.

use super::CHUNK;
use super::decoder::{Codec, Decoded, State};
use super::error::ErrorKind;
use ::bzip2::{Decompress, Status};

pub(super) struct Bzip2 {
    /// Made when the first bytes come: it holds megabytes.
    inner: Option<Decompress>,
}

impl Bzip2 {
    pub fn new() -> Self {
        Bzip2 { inner: None }
    }

    /// `BZh`, the block size, then the mark of a block or of an empty stream's end.
    pub fn starts(head: &[u8]) -> bool {
        const BLOCK: [u8; 6] = [0x31, 0x41, 0x59, 0x26, 0x53, 0x59];
        const END: [u8; 6] = [0x17, 0x72, 0x45, 0x38, 0x50, 0x90];
        matches!(head, [b'B', b'Z', b'h', b'1'..=b'9', mark @ ..] if mark.starts_with(&BLOCK) || mark.starts_with(&END))
    }
}

impl Codec for Bzip2 {
    fn name(&self) -> &'static str {
        "bzip2"
    }

    fn decode(
        &mut self,
        input: &[u8],
        _last: bool,
        out: &mut Vec<u8>,
        max: usize,
    ) -> Result<Decoded, ErrorKind> {
        let inner = self.inner.get_or_insert_with(|| Decompress::new(false));
        let (total_in, total_out) = (inner.total_in(), inner.total_out());
        let start = out.len();
        let room = max.min(CHUNK);
        out.resize(start + room, 0);
        let status = inner.decompress(input, &mut out[start..]);
        let produced = (inner.total_out() - total_out) as usize;
        out.truncate(start + produced.min(room));
        let used = (inner.total_in() - total_in) as usize;
        let state = match status {
            Ok(Status::StreamEnd) => State::Ended { sound: true },
            Ok(Status::MemNeeded) => return Err(ErrorKind::Corrupt("not enough memory for its blocks")),
            Ok(_) if used == 0 && produced == 0 => State::Starved,
            Ok(_) => State::Going,
            // libbz2 does not tell a wrong checksum from other damage.
            Err(_) => {
                return Err(ErrorKind::Corrupt(
                    "a block that does not unpack or fails its checksum",
                ));
            }
        };
        Ok(Decoded { used, state })
    }

    fn restart(&mut self, input: &[u8]) -> bool {
        let again = Bzip2::starts(input);
        if again {
            self.inner = None;
        }
        again
    }
}
