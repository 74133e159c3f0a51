//! One entry of a zip while it is read.

use super::super::bzip2::Bzip2;
use super::super::decoder::{Codec, Decoder};
use super::super::deflate::RawDeflate;
use super::super::error::ErrorKind;
use super::super::stack::{Ctx, Fault, Flow, Lies};
use super::super::zstd::Zstd;
use super::Place;
use super::directory::{self, Listed};
use flate2::Crc;

pub(super) struct Entry {
    header_at: u64,
    raw: Raw,
    /// `None`: stored as it is.
    decoder: Option<Decoder>,
    crc: Crc,
    size: u64,
    /// CRC-32 and length as recorded; `None` where they only follow the data.
    recorded: Option<(u32, u64)>,
    over: bool,
    lost: bool,
}

/// The packed bytes.
struct Raw {
    start: u64,
    at: u64,
    /// For an entry that does not say its length: the end of the archive.
    end: u64,
}

impl Entry {
    /// Finds the data of an entry; the error says why it can not be read.
    pub fn open(place: &mut Place, ctx: &mut Ctx, listed: &Listed) -> Result<Self, ErrorKind> {
        if listed.is_encrypted() {
            return Err(ErrorKind::Encrypted);
        }
        let codec: Option<Box<dyn Codec>> = match listed.method {
            0 => None,
            8 => Some(Box::new(RawDeflate::new())),
            12 => Some(Box::new(Bzip2::new())),
            93 => Some(Box::new(Zstd::new())),
            other => return Err(ErrorKind::UnsupportedMethod(other)),
        };
        let start = match listed.data_at {
            0 => {
                directory::local(place, ctx, listed.header_at)?
                    .ok_or(ErrorKind::Corrupt(
                        "no entry where the directory says there is one",
                    ))?
                    .data_at
            }
            at => at,
        };
        let streamed = listed.streamed();
        if streamed && codec.is_none() {
            return Err(ErrorKind::Unsupported(
                "a stored entry of unknown length, in a zip without its directory,",
            ));
        }
        let end = if streamed {
            place.len(ctx)
        } else {
            start.saturating_add(listed.packed)
        };
        let mut decoder = codec.map(|c| {
            if streamed {
                Decoder::single(c)
            } else {
                Decoder::new(c)
            }
        });
        if let (Some(decoder), Place::Source, Some(places)) = (&mut decoder, &*place, &ctx.places) {
            decoder.keep_marks(start, places);
        }
        Ok(Entry {
            header_at: listed.header_at,
            raw: Raw {
                start,
                at: start,
                end,
            },
            decoder,
            crc: Crc::new(),
            size: 0,
            recorded: (!streamed).then_some((listed.crc, listed.size)),
            over: false,
            lost: false,
        })
    }

    /// The end of its data, or its beginning where the end is not known.
    pub fn end(&self) -> u64 {
        if self.is_streamed() {
            self.raw.start
        } else {
            self.raw.end
        }
    }

    pub fn is_streamed(&self) -> bool {
        self.recorded.is_none()
    }

    /// Nothing more is to be read.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Its end will not be found.
    pub fn give_up(&mut self) {
        self.over = true;
        self.lost = true;
    }

    /// Where its bytes lie in the archive, which is the item.
    pub fn lies(&self) -> Option<Lies> {
        match &self.decoder {
            None => Some(Lies::Plain(self.raw.start)),
            Some(decoder) => Some(Lies::Packed(decoder.marks()?.clone(), 0)),
        }
    }

    /// Where the next local header should be, after a streamed entry and the descriptor that follows it.
    pub fn next_header(&self, place: &mut Place, ctx: &mut Ctx) -> Option<u64> {
        if self.lost {
            return None;
        }
        let end = self.raw.start + self.decoder.as_ref()?.consumed();
        directory::after_descriptor(place, ctx, end)
    }

    pub fn read(
        &mut self,
        place: &mut Place,
        ctx: &mut Ctx,
        level: usize,
        out: &mut Vec<u8>,
        max: usize,
    ) -> Result<Flow, Fault> {
        if self.over {
            return Ok(Flow::End);
        }
        let before = out.len();
        let raw = &mut self.raw;
        let flow = match &mut self.decoder {
            Some(decoder) => {
                let mut feed =
                    |ctx: &mut Ctx, buf: &mut Vec<u8>, max: usize| raw.read(place, ctx, level, buf, max);
                decoder.read(level, ctx, &mut feed, out, max)
            }
            None => raw.read(place, ctx, level, out, max),
        };
        let new = out.get(before..).unwrap_or_default();
        self.crc.update(new);
        self.size += new.len() as u64;
        match flow {
            Ok(Flow::More) => Ok(Flow::More),
            Ok(Flow::End) => {
                self.over = true;
                match self.recorded {
                    Some(recorded) if recorded != (self.crc.sum(), self.size) => {
                        Err(super::Zip::fault(level, ErrorKind::Checksum, self.header_at))
                    }
                    _ => Ok(Flow::End),
                }
            }
            Err(fault) => {
                self.give_up();
                // The archive lives on, and its offsets are what a person can look up.
                let offset = if fault.container == "zip" {
                    fault.offset
                } else {
                    self.raw.start + fault.offset
                };
                Err(Fault {
                    alive: true,
                    container: "zip",
                    offset,
                    ..fault
                })
            }
        }
    }
}

impl Raw {
    fn read(
        &mut self,
        place: &mut Place,
        ctx: &mut Ctx,
        level: usize,
        out: &mut Vec<u8>,
        max: usize,
    ) -> Result<Flow, Fault> {
        let left = self.end.saturating_sub(self.at);
        let want = max.min(usize::try_from(left).unwrap_or(max));
        if want == 0 {
            return Ok(if left == 0 { Flow::End } else { Flow::More });
        }
        match place.read(ctx, self.at, out, want) {
            Ok(0) => Err(super::Zip::fault(level, ErrorKind::Truncated, self.at)),
            Ok(n) => {
                self.at += n as u64;
                Ok(if self.at >= self.end {
                    Flow::End
                } else {
                    Flow::More
                })
            }
            Err(kind) => Err(super::Zip::fault(level, kind, self.at)),
        }
    }
}
