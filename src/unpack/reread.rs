//! Parts of members, read again from where they lie.

use super::decoder::{Codec, Decoder};
use super::deflate::RawDeflate;
use super::error::ErrorKind;
use super::gzip::Gzip;
use super::hashing::Hashing;
use super::marks::{At, Mark, Method};
use super::places::Places;
use super::stack::{Ctx, Flow};
use super::{ByteSource, CHUNK, Limits};

/// Reads a noted item again, beginning at the mark next before what is wanted.
///
/// What is read is a part of a stream whose checksum is that of the whole: no checksum is compared. The walk that made
/// the marks has compared it; whether the item is still what it was then, its length alone tells here (a browser refuses
/// files that were changed since they were chosen).
pub struct Reread {
    ctx: Ctx,
    places: Places,
    open: Option<Open>,
}

/// A stream being read.
struct Open {
    stream: u32,
    /// The next byte of it that comes out.
    at: u64,
    /// `None`: it is the item itself.
    unpacking: Option<Unpacking>,
}

struct Unpacking {
    decoder: Decoder,
    /// The next byte of the item that goes in.
    from: u64,
}

impl Reread {
    /// Gives the source back if it is not what it was when the places were noted.
    pub fn new(
        source: Box<dyn ByteSource>,
        places: Places,
        limits: Limits,
    ) -> Result<Reread, Box<dyn ByteSource>> {
        if source.len() != places.item_len() {
            return Err(source);
        }
        let until = source.len();
        Ok(Reread {
            ctx: Ctx {
                source: Hashing::new(source).without_hash(),
                limits,
                work: 0,
                until,
                reached: 0,
                scratch: Vec::new(),
                places: None,
            },
            places,
            open: None,
        })
    }

    pub fn into_source(self) -> Box<dyn ByteSource> {
        self.ctx.source.into_inner()
    }

    /// Gets ready to read `stream` at this offset, or somewhat before it where it is packed.
    pub fn seek(&mut self, stream: u32, to: u64) -> Result<(), ErrorKind> {
        let unpacking = match stream {
            0 => None,
            number => {
                let marks = (self.places.stream(number)).ok_or(ErrorKind::Corrupt("no such stream"))?;
                let mark = marks.before(to).unwrap_or(Mark {
                    unpacked: 0,
                    packed: 0,
                    at: At::Member,
                });
                if let Some(open) = &self.open
                    && open.stream == stream
                    && (mark.unpacked..=to).contains(&open.at)
                {
                    return Ok(());
                }
                let codec: Box<dyn Codec> = match marks.method {
                    Method::Gzip => Box::new(Gzip::resume(&mark)?),
                    Method::Deflate => Box::new(RawDeflate::resume(&mark)?),
                };
                let unpacking = Unpacking {
                    decoder: Decoder::new(codec),
                    from: marks.start.saturating_add(mark.packed),
                };
                Some((mark.unpacked, unpacking))
            }
        };
        self.open = Some(match unpacking {
            Some((at, unpacking)) => Open {
                stream,
                at,
                unpacking: Some(unpacking),
            },
            None => Open {
                stream,
                at: to,
                unpacking: None,
            },
        });
        Ok(())
    }

    /// Does one bounded piece of work: `out` is emptied and filled with what comes next, which may be nothing yet.
    /// Returns the offset of its first byte in the stream.
    pub fn next(&mut self, out: &mut Vec<u8>) -> Result<u64, ErrorKind> {
        out.clear();
        self.ctx.work = 0;
        let Reread { ctx, open, .. } = self;
        let open = open.as_mut().ok_or(ErrorKind::Truncated)?;
        let at = open.at;
        let flow = match &mut open.unpacking {
            None => take(ctx, at, out, CHUNK)?,
            Some(Unpacking { decoder, from }) => {
                let mut feed = |ctx: &mut Ctx, buf: &mut Vec<u8>, max: usize| {
                    let before = buf.len();
                    let flow = take(ctx, *from, buf, max);
                    *from += (buf.len() - before) as u64;
                    flow.map_err(|kind| super::stack::Fault::new(0, "file", kind, *from))
                };
                decoder
                    .read(1, ctx, &mut feed, out, CHUNK)
                    .map_err(|fault| fault.kind)?
            }
        };
        if flow == Flow::End && out.is_empty() {
            return Err(ErrorKind::Truncated);
        }
        open.at += out.len() as u64;
        Ok(at)
    }
}

/// Appends at most `max` bytes of the item from `at`.
fn take(ctx: &mut Ctx, at: u64, out: &mut Vec<u8>, max: usize) -> Result<Flow, ErrorKind> {
    if at >= ctx.source.len() {
        return Ok(Flow::End);
    }
    let n = ctx.read_source(at, out, max)? as u64;
    let ended = at + n >= ctx.source.len();
    Ok(if ended { Flow::End } else { Flow::More })
}
