//! gzip ([RFC 1952](https://www.rfc-editor.org/rfc/rfc1952)): members one after the other, each checked by its CRC-32
//! and length.

use super::decoder::{Codec, Decoded, State};
use super::deflate::Inflate;
use super::error::ErrorKind;
use super::marks::{At, Mark, Marks, Method};
use std::sync::Arc;

pub(super) struct Gzip {
    part: Part,
    inflate: Inflate,
    /// Unpacking began inside this member: its CRC-32 and length, which are those of the whole, can not be checked.
    partial: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Header,
    Body,
    Trailer,
}

/// Headers may carry names and comments without a length of their own; longer than this they are no headers (bytes).
const MAX_HEADER: usize = 128 * 1024;
const TRAILER: usize = 8;

impl Gzip {
    pub fn new() -> Self {
        Gzip {
            part: Part::Header,
            inflate: Inflate::new(),
            partial: false,
        }
    }

    /// Goes on at a mark.
    pub fn resume(mark: &Mark) -> Result<Self, ErrorKind> {
        match &mark.at {
            At::Member => Ok(Gzip::new()),
            At::Block { bit, window } => Ok(Gzip {
                part: Part::Body,
                inflate: Inflate::resume(*bit, window)?,
                partial: true,
            }),
        }
    }

    /// The first bytes of every member that is deflated; the three highest flags are reserved.
    pub fn starts(head: &[u8]) -> bool {
        matches!(head, [0x1f, 0x8b, 8, flags, ..] if flags & 0xe0 == 0)
    }
}

/// Length of the header at the beginning of `input`; `None` when there is not enough of it.
fn header_len(input: &[u8]) -> Result<Option<usize>, ErrorKind> {
    if input.len() < 4 {
        return Ok(None);
    }
    if !Gzip::starts(input) {
        return Err(ErrorKind::Corrupt("no gzip header"));
    }
    Ok(measure(input))
}

fn measure(input: &[u8]) -> Option<usize> {
    const HEADER_CRC: u8 = 2;
    const EXTRA: u8 = 4;
    const NAME: u8 = 8;
    const COMMENT: u8 = 16;
    let flags = *input.get(3)?;
    let mut len = 10;
    if flags & EXTRA != 0 {
        let size = input.get(len..len + 2)?;
        len += 2 + usize::from(u16::from_le_bytes([size[0], size[1]]));
    }
    for text in [NAME, COMMENT] {
        if flags & text != 0 {
            len += memchr::memchr(0, input.get(len..)?)? + 1;
        }
    }
    if flags & HEADER_CRC != 0 {
        len += 2;
    }
    (len <= input.len()).then_some(len)
}

impl Codec for Gzip {
    fn name(&self) -> &'static str {
        "gzip"
    }

    fn decode(
        &mut self,
        input: &[u8],
        _last: bool,
        out: &mut Vec<u8>,
        max: usize,
    ) -> Result<Decoded, ErrorKind> {
        let starved = Ok(Decoded {
            used: 0,
            state: State::Starved,
        });
        match self.part {
            Part::Header => match header_len(input)? {
                Some(used) => {
                    self.part = Part::Body;
                    self.inflate.passed(used);
                    Ok(Decoded {
                        used,
                        state: State::Going,
                    })
                }
                None if input.len() > MAX_HEADER => Err(ErrorKind::Corrupt("a header without end")),
                None => starved,
            },
            Part::Body => {
                let mut decoded = self.inflate.decode(input, out, max)?;
                if matches!(decoded.state, State::Ended { .. }) {
                    self.part = Part::Trailer;
                    decoded.state = State::Going;
                }
                Ok(decoded)
            }
            Part::Trailer => match input {
                [a, b, c, d, e, f, g, h, ..] => {
                    let crc = u32::from_le_bytes([*a, *b, *c, *d]);
                    let len = u32::from_le_bytes([*e, *f, *g, *h]);
                    let (got_crc, got_len) = self.inflate.check();
                    // The length is kept modulo 2^32.
                    let sound = self.partial || (crc == got_crc && len == got_len as u32);
                    self.partial = false;
                    self.inflate.passed(TRAILER);
                    Ok(Decoded {
                        used: TRAILER,
                        state: State::Ended { sound },
                    })
                }
                _ => starved,
            },
        }
    }

    fn restart(&mut self, input: &[u8]) -> bool {
        let again = Gzip::starts(input);
        if again {
            self.inflate.restart();
            self.part = Part::Header;
        }
        again
    }

    fn keep_marks(&mut self, start: u64, spacing: u64) -> Option<Arc<Marks>> {
        let marks = Marks::new(Method::Gzip, start, spacing);
        self.inflate.keep(marks.clone());
        Some(marks)
    }
}
