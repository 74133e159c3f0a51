//! Zstandard ([RFC 8878](https://www.rfc-editor.org/rfc/rfc8878)): frames one after the other, block by block.

use super::decoder::{Codec, Decoded, State};
use super::error::ErrorKind;
use ruzstd::decoding::errors::FrameDecoderError;
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::io::Read;

pub(super) struct Zstd {
    frame: FrameDecoder,
    part: Part,
    checksummed: bool,
    /// Why the frame was closed before its end.
    broken: Option<ErrorKind>,
}

#[derive(Clone, Copy)]
enum Part {
    Header,
    /// Inside a frame that carries other programs' data; so many bytes of it are left.
    Skippable(u64),
    Blocks,
    /// The last block is decoded; the window still holds data.
    Draining,
}

const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
const BLOCK_HEADER: usize = 3;
const CHECKSUM: usize = 4;

impl Zstd {
    pub fn new() -> Self {
        Zstd {
            frame: FrameDecoder::new(),
            part: Part::Header,
            checksummed: false,
            broken: None,
        }
    }

    pub fn starts(head: &[u8]) -> bool {
        head.starts_with(&MAGIC) || is_skippable(head)
    }

    fn header(&mut self, input: &[u8]) -> Result<Decoded, ErrorKind> {
        let starved = Decoded {
            used: 0,
            state: State::Starved,
        };
        if is_skippable(input) {
            let [_, _, _, _, a, b, c, d, ..] = *input else {
                return Ok(starved);
            };
            self.part = Part::Skippable(u32::from_le_bytes([a, b, c, d]).into());
            return Ok(Decoded {
                used: 8,
                state: State::Going,
            });
        }
        let Some(&descriptor) = input.get(4) else {
            return Ok(starved);
        };
        if input.len() < frame_header_len(descriptor) {
            return Ok(starved);
        }
        self.checksummed = descriptor & 4 != 0;
        // A new decoder a frame: `reset` would allocate the declared window before there is any data for it.
        self.frame = FrameDecoder::new();
        let mut rest = input;
        self.frame.reset(&mut rest).map_err(|e| match e {
            FrameDecoderError::WindowSizeTooBig { .. } => {
                ErrorKind::Unsupported("a zstd frame with a window over 128 MiB")
            }
            FrameDecoderError::DictNotProvided { .. } => ErrorKind::Unsupported("zstd with a dictionary"),
            _ => ErrorKind::Corrupt("no zstd frame header"),
        })?;
        self.part = Part::Blocks;
        Ok(Decoded {
            used: input.len() - rest.len(),
            state: State::Going,
        })
    }

    fn block(&mut self, input: &[u8], last: bool) -> Result<Decoded, ErrorKind> {
        let complete = block_len(input, self.checksummed).is_some_and(|len| len <= input.len());
        if !complete {
            if last {
                self.close(ErrorKind::Truncated);
                return Ok(Decoded {
                    used: input.len(),
                    state: State::Going,
                });
            }
            return Ok(Decoded {
                used: 0,
                state: State::Starved,
            });
        }
        let mut rest = input;
        match self
            .frame
            .decode_blocks(&mut rest, BlockDecodingStrategy::UptoBlocks(1))
        {
            Ok(true) => self.part = Part::Draining,
            Ok(false) => {}
            Err(_) => {
                self.close(ErrorKind::Corrupt("a block that does not unpack"));
                return Ok(Decoded {
                    used: 0,
                    state: State::Going,
                });
            }
        }
        Ok(Decoded {
            used: input.len() - rest.len(),
            state: State::Going,
        })
    }

    /// Ends the frame with an empty block of our own: what was decoded and is still held for later matches comes out.
    fn close(&mut self, why: ErrorKind) {
        let mut empty_last_block: &[u8] = &[1, 0, 0, 0, 0, 0, 0];
        let closed = self
            .frame
            .decode_blocks(&mut empty_last_block, BlockDecodingStrategy::UptoBlocks(1));
        debug_assert!(closed.is_ok());
        self.broken = Some(why);
        self.part = Part::Draining;
    }

    fn drain(&mut self, out: &mut Vec<u8>, max: usize) -> Result<usize, ErrorKind> {
        let start = out.len();
        let n = self.frame.can_collect().min(max);
        out.resize(start + n, 0);
        let got = self
            .frame
            .read(&mut out[start..])
            .map_err(|_| ErrorKind::Corrupt("a window that does not drain"))?;
        out.truncate(start + got.min(n));
        Ok(got)
    }
}

/// Frames whose content is not to be unpacked (0x184D2A50 to 0x184D2A5F).
fn is_skippable(head: &[u8]) -> bool {
    matches!(head, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

/// Length of a frame header, from its descriptor byte (RFC 8878, 3.1.1.1).
fn frame_header_len(descriptor: u8) -> usize {
    let single_segment = descriptor & 0x20 != 0;
    let dictionary_id = [0, 1, 2, 4][usize::from(descriptor & 3)];
    let content_size = match descriptor >> 6 {
        0 => usize::from(single_segment),
        1 => 2,
        2 => 4,
        _ => 8,
    };
    MAGIC.len() + 1 + usize::from(!single_segment) + dictionary_id + content_size
}

/// Length of the block at the beginning of `input`, with the frame's checksum behind the last one.
fn block_len(input: &[u8], checksummed: bool) -> Option<usize> {
    let [a, b, c, ..] = *input else { return None };
    let header = u32::from_le_bytes([a, b, c, 0]);
    let rle = (header >> 1) & 3 == 1;
    let content = if rle { 1 } else { (header >> 3) as usize };
    let checksum = if checksummed && header & 1 == 1 {
        CHECKSUM
    } else {
        0
    };
    // A block of a forbidden size is refused by the decoder; it needs no more bytes for that.
    Some(BLOCK_HEADER + content.min(128 * 1024) + checksum)
}

impl Codec for Zstd {
    fn name(&self) -> &'static str {
        "zstd"
    }

    fn decode(
        &mut self,
        input: &[u8],
        last: bool,
        out: &mut Vec<u8>,
        max: usize,
    ) -> Result<Decoded, ErrorKind> {
        if self.drain(out, max)? > 0 {
            return Ok(Decoded {
                used: 0,
                state: State::Going,
            });
        }
        match self.part {
            Part::Header => self.header(input),
            Part::Skippable(0) => Ok(Decoded {
                used: 0,
                state: State::Ended { sound: true },
            }),
            Part::Skippable(left) if input.is_empty() => {
                debug_assert!(left > 0);
                Ok(Decoded {
                    used: 0,
                    state: State::Starved,
                })
            }
            Part::Skippable(left) => {
                let used = input.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                self.part = Part::Skippable(left - used as u64);
                Ok(Decoded {
                    used,
                    state: State::Going,
                })
            }
            Part::Blocks => self.block(input, last),
            Part::Draining => match self.broken.take() {
                Some(why) => Err(why),
                None => {
                    let sound = match self.frame.get_checksum_from_data() {
                        Some(recorded) => self.frame.get_calculated_checksum() == Some(recorded),
                        None => true,
                    };
                    Ok(Decoded {
                        used: 0,
                        state: State::Ended { sound },
                    })
                }
            },
        }
    }

    fn restart(&mut self, input: &[u8]) -> bool {
        let again = Zstd::starts(input);
        if again {
            self.part = Part::Header;
        }
        again
    }
}
