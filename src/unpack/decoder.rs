//! What all compressed streams have in common: input in pieces, streams one after the other, limits, what follows.

use super::CHUNK;
use super::error::ErrorKind;
use super::marks::Marks;
use super::places::Places;
use super::stack::{Ctx, Fault, Flow};
use std::sync::Arc;

/// One compression method, fed from slices.
pub(super) trait Codec: Send {
    fn name(&self) -> &'static str;
    /// Takes from `input` (no more will follow if `last`) and appends at most `max` bytes to `out`.
    fn decode(
        &mut self,
        input: &[u8],
        last: bool,
        out: &mut Vec<u8>,
        max: usize,
    ) -> Result<Decoded, ErrorKind>;
    /// A stream has ended and this follows (at least [`LOOKAHEAD`] bytes where there are as many): if another stream
    /// starts here, gets ready for it.
    fn restart(&mut self, input: &[u8]) -> bool;
    /// Makes marks from here on, one every `spacing` unpacked bytes, of a stream that begins at `start` of the item;
    /// `None`: can not.
    fn keep_marks(&mut self, _start: u64, _spacing: u64) -> Option<Arc<Marks>> {
        None
    }
}

pub(super) struct Decoded {
    /// Bytes of the input that are done with.
    pub used: usize,
    pub state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Call again.
    Going,
    /// Nothing can be done without more input than there was.
    Starved,
    /// The stream is complete; `sound` if checksum and length are those recorded.
    Ended { sound: bool },
}

/// How many bytes tell whether another stream follows.
pub(super) const LOOKAHEAD: usize = 10;

/// Where a decoder's packed bytes come from: appends at most so many to the buffer.
pub(super) type Feed<'a> = dyn FnMut(&mut Ctx, &mut Vec<u8>, usize) -> Result<Flow, Fault> + 'a;

pub(super) struct Decoder {
    codec: Box<dyn Codec>,
    input: Input,
    phase: Phase,
    /// Leaves what follows its first stream alone.
    single: bool,
    /// Bytes produced so far.
    produced: u64,
    /// What is wrong with data that was given out all the same; told at the end.
    remark: Option<(ErrorKind, u64)>,
    /// Places where unpacking can begin again.
    marks: Option<Arc<Marks>>,
}

#[derive(Clone, Copy)]
enum Phase {
    Stream,
    Between,
    Trailing { from: u64, zeros_only: bool },
    Done,
}

impl Decoder {
    pub fn new(codec: Box<dyn Codec>) -> Self {
        Decoder {
            codec,
            input: Input::default(),
            phase: Phase::Stream,
            single: false,
            produced: 0,
            remark: None,
            marks: None,
        }
    }

    /// A decoder of one stream, for a container that knows what follows.
    pub fn single(codec: Box<dyn Codec>) -> Self {
        Decoder {
            single: true,
            ..Decoder::new(codec)
        }
    }

    pub fn name(&self) -> &'static str {
        self.codec.name()
    }

    /// Makes marks for `places` from here on; `start`: where the packed stream begins in the item.
    pub fn keep_marks(&mut self, start: u64, places: &Places) {
        self.marks = self.codec.keep_marks(start, places.spacing());
    }

    pub fn marks(&self) -> Option<&Arc<Marks>> {
        self.marks.as_ref()
    }

    /// Packed bytes that are done with.
    pub fn consumed(&self) -> u64 {
        self.input.offset()
    }

    /// One bounded piece of work. `level` is where faults of this decoder belong.
    pub fn read(
        &mut self,
        level: usize,
        ctx: &mut Ctx,
        feed: &mut Feed<'_>,
        out: &mut Vec<u8>,
        max: usize,
    ) -> Result<Flow, Fault> {
        match self.phase {
            Phase::Stream => self.read_stream(level, ctx, feed, out, max),
            Phase::Between => {
                if self.single {
                    self.phase = Phase::Done;
                } else if self.input.rest().len() < LOOKAHEAD && !self.input.ended {
                    self.input.fill(ctx, feed);
                } else if self.input.rest().is_empty() {
                    self.phase = Phase::Done;
                } else if self.codec.restart(self.input.rest()) {
                    self.phase = Phase::Stream;
                } else {
                    self.phase = Phase::Trailing {
                        from: self.input.offset(),
                        zeros_only: true,
                    };
                }
                if matches!(self.phase, Phase::Done) {
                    self.end(level)
                } else {
                    Ok(Flow::More)
                }
            }
            Phase::Trailing { from, zeros_only } => {
                let rest = self.input.rest();
                // Zeros pad to a block of the medium; they are no data.
                let zeros_only = zeros_only && rest.iter().all(|&b| b == 0);
                ctx.work += rest.len() as u64;
                self.input.advance(rest.len());
                self.phase = Phase::Trailing { from, zeros_only };
                if !self.input.ended {
                    self.input.fill(ctx, feed);
                    return Ok(Flow::More);
                }
                if !zeros_only {
                    let bytes = self.input.offset() - from;
                    self.remark
                        .get_or_insert((ErrorKind::TrailingData { bytes }, from));
                }
                self.phase = Phase::Done;
                self.end(level)
            }
            Phase::Done => self.end(level),
        }
    }

    fn read_stream(
        &mut self,
        level: usize,
        ctx: &mut Ctx,
        feed: &mut Feed<'_>,
        out: &mut Vec<u8>,
        max: usize,
    ) -> Result<Flow, Fault> {
        if self.input.rest().is_empty() && !self.input.ended {
            self.input.fill(ctx, feed);
        }
        let before = out.len();
        let decoded = self.codec.decode(self.input.rest(), self.input.ended, out, max);
        let produced = (out.len() - before) as u64;
        self.produced += produced;
        let Decoded { used, state } = match decoded {
            Ok(decoded) => decoded,
            Err(kind) => return Err(self.broken(level, kind)),
        };
        self.input.advance(used);
        ctx.work += used as u64 + produced;
        if self.produced > ctx.limits.unpacked_bytes {
            let limit = ctx.limits.unpacked_bytes;
            return Err(self.fault(level, ErrorKind::TooLarge { limit }));
        }
        let allowed = self.input.offset().max(1).saturating_mul(ctx.limits.ratio);
        if self.produced > ctx.limits.ratio_from_bytes && self.produced > allowed {
            let limit = ctx.limits.ratio;
            return Err(self.fault(level, ErrorKind::TooDense { limit }));
        }
        match state {
            State::Going => {}
            State::Starved if self.input.ended => return Err(self.broken(level, ErrorKind::Truncated)),
            State::Starved => self.input.fill(ctx, feed),
            State::Ended { sound } => {
                if !sound {
                    self.remark
                        .get_or_insert((ErrorKind::Checksum, self.input.offset()));
                }
                self.phase = Phase::Between;
            }
        }
        Ok(Flow::More)
    }

    fn end(&mut self, level: usize) -> Result<Flow, Fault> {
        if !self.single
            && let Some(fault) = self.input.fault.take()
        {
            return Err(fault);
        }
        match self.remark.take() {
            Some((kind, offset)) => Err(Fault {
                offset,
                ..self.fault(level, kind)
            }),
            None => Ok(Flow::End),
        }
    }

    /// The stream can not go on. If its input failed, that is the reason.
    fn broken(&mut self, level: usize, kind: ErrorKind) -> Fault {
        match self.input.fault.take() {
            Some(fault) if kind.is_of_the_end() => fault,
            _ => self.fault(level, kind),
        }
    }

    fn fault(&self, level: usize, kind: ErrorKind) -> Fault {
        Fault::new(level, self.codec.name(), kind, self.input.offset())
    }
}

/// Packed bytes that wait to be decoded.
#[derive(Default)]
struct Input {
    buf: Vec<u8>,
    at: usize,
    /// Packed bytes before `buf`.
    passed: u64,
    /// No more will come, …
    ended: bool,
    /// … because of this.
    fault: Option<Fault>,
}

impl Input {
    fn rest(&self) -> &[u8] {
        self.buf.get(self.at..).unwrap_or_default()
    }

    fn advance(&mut self, n: usize) {
        self.at = self.buf.len().min(self.at + n);
    }

    fn offset(&self) -> u64 {
        self.passed + self.at as u64
    }

    /// Adds to the rest; what is done with makes room.
    fn fill(&mut self, ctx: &mut Ctx, feed: &mut Feed<'_>) {
        self.passed += self.at as u64;
        self.buf.drain(..self.at);
        self.at = 0;
        match feed(ctx, &mut self.buf, CHUNK) {
            Ok(flow) => self.ended = flow == Flow::End,
            Err(fault) => {
                self.ended = true;
                self.fault = Some(fault);
            }
        }
    }
}
