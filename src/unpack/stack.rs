//! The layers that are open on top of each other while an item is walked: the source, then container by container.
//!
//! Every layer is a stream of bytes for the one above it. Nothing here blocks or recurses over data: a read does one
//! bounded piece of work and may come back with nothing yet.

use super::archive::Archive;
use super::decoder::Decoder;
use super::error::ErrorKind;
use super::hashing::Hashing;
use super::marks::Marks;
use super::places::Places;
use super::{ByteSource, CHUNK, Limits};
use std::sync::Arc;

/// What a bounded read brought, besides the bytes it appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// There may be more; nothing appended is no sign of the end.
    More,
    /// What was appended is the last of it.
    End,
}

/// Something went wrong in the layer at `level`.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub level: usize,
    /// The layer can still give its next entry.
    pub alive: bool,
    pub container: &'static str,
    pub kind: ErrorKind,
    /// Byte offset in what that layer reads.
    pub offset: u64,
    /// Met while the rest of an entry was passed over: its members have told of it, or nobody asked for them.
    pub in_entry: bool,
}

impl Fault {
    /// A fault after which its layer gives nothing more.
    pub fn new(level: usize, container: &'static str, kind: ErrorKind, offset: u64) -> Self {
        Fault {
            level,
            alive: false,
            container,
            kind,
            offset,
            in_entry: false,
        }
    }
}

/// What all layers share.
pub(super) struct Ctx {
    pub source: Hashing,
    pub limits: Limits,
    /// Bytes read and produced since the walk was last asked: what bounds one call.
    pub work: u64,
    /// Where what is read of the source ends.
    pub until: u64,
    /// How far the source has been read in order.
    pub reached: u64,
    /// For bytes nobody wants.
    pub scratch: Vec<u8>,
    /// Where members lie is noted here.
    pub places: Option<Places>,
}

impl Ctx {
    /// Appends at most `max` bytes of the source from `offset`; none is its end.
    pub fn read_source(&mut self, offset: u64, out: &mut Vec<u8>, max: usize) -> Result<usize, ErrorKind> {
        let left = usize::try_from(self.until.saturating_sub(offset)).unwrap_or(usize::MAX);
        let n = append(&mut self.source, offset, out, max.min(left))?;
        self.work += n as u64;
        self.reached = self.reached.max(offset + n as u64);
        Ok(n)
    }
}

/// Appends at most `max` bytes of `source` from `offset`; none is its end.
pub(super) fn append(
    source: &mut dyn ByteSource,
    offset: u64,
    out: &mut Vec<u8>,
    max: usize,
) -> Result<usize, ErrorKind> {
    let left = source.len().saturating_sub(offset);
    let want = max.min(usize::try_from(left).unwrap_or(usize::MAX));
    let start = out.len();
    if out.capacity() - start < want {
        out.reserve_exact(want);
    }
    out.resize(start + want, 0);
    let got = source.read_at(offset, &mut out[start..]);
    let n = got.as_ref().map_or(0, |&n| n.min(want));
    out.truncate(start + n);
    match got {
        Ok(0) if want > 0 => Err(ErrorKind::Read(
            "it is shorter than when it was opened".to_owned(),
        )),
        Ok(_) => Ok(n),
        Err(e) => Err(ErrorKind::Read(e.to_string())),
    }
}

pub(super) enum Body {
    /// The item itself.
    Source { at: u64 },
    /// One stream that unpacks to one stream.
    Decoder(Box<Decoder>),
    /// Several entries, one after the other; the stream is that of the entry at hand.
    Archive(Box<dyn Archive>),
}

pub(super) struct Layer {
    pub body: Body,
    /// Path of the archive's entry at hand.
    pub entry: String,
    /// Unpacked size of the entry at hand, where it is known.
    pub size: Option<u64>,
    /// Members of the item before that entry.
    pub members_before: u64,
    /// Bytes that were looked at and not yet taken.
    head: Vec<u8>,
    taken: usize,
    fault: Option<Fault>,
    ended: bool,
}

impl Layer {
    pub fn new(body: Body) -> Self {
        Layer {
            body,
            entry: String::new(),
            size: None,
            members_before: 0,
            head: Vec::new(),
            taken: 0,
            fault: None,
            ended: false,
        }
    }

    pub fn name(&self) -> &'static str {
        match &self.body {
            Body::Source { .. } => "file",
            Body::Decoder(d) => d.name(),
            Body::Archive(a) => a.name(),
        }
    }

    /// The stream is now that of another entry, which may be known to be unreadable.
    pub fn begin_entry(
        &mut self,
        path: String,
        size: Option<u64>,
        fault: Option<Fault>,
        members_before: u64,
    ) {
        self.entry = path;
        self.size = size;
        self.members_before = members_before;
        self.head.clear();
        self.taken = 0;
        self.fault = fault;
        self.ended = false;
    }

    /// Nothing more is to be taken from this stream, for this reason.
    pub fn refuse(&mut self, fault: Fault) {
        self.head.clear();
        self.taken = 0;
        self.fault = Some(fault);
    }

    /// The bytes that were peeked at and not yet taken.
    pub fn head(&self) -> &[u8] {
        self.head.get(self.taken..).unwrap_or_default()
    }
}

/// One bounded read from the top of `layers`: appends at most `max` bytes.
pub(super) fn read(
    layers: &mut [Layer],
    ctx: &mut Ctx,
    out: &mut Vec<u8>,
    max: usize,
) -> Result<Flow, Fault> {
    let Some((top, below)) = layers.split_last_mut() else {
        return Ok(Flow::End);
    };
    let start = out.len();
    if !top.head.is_empty() {
        let head = top.head();
        let n = head.len().min(max);
        out.extend_from_slice(&head[..n]);
        top.taken += n;
        if top.taken >= top.head.len() {
            top.head.clear();
            top.taken = 0;
        }
    }
    let given = out.len() - start;
    if given >= max {
        return Ok(Flow::More);
    }
    // A fault is told once everything before it has been taken.
    if let Some(fault) = &top.fault {
        return if given > 0 {
            Ok(Flow::More)
        } else {
            Err(fault.clone())
        };
    }
    if top.ended {
        return Ok(Flow::End);
    }
    match read_body(&mut top.body, below, ctx, out, max - given) {
        Ok(flow) => {
            top.ended = flow == Flow::End;
            Ok(flow)
        }
        Err(fault) => {
            top.fault = Some(fault.clone());
            if out.len() > start {
                Ok(Flow::More)
            } else {
                Err(fault)
            }
        }
    }
}

fn read_body(
    body: &mut Body,
    below: &mut [Layer],
    ctx: &mut Ctx,
    out: &mut Vec<u8>,
    max: usize,
) -> Result<Flow, Fault> {
    let level = below.len();
    match body {
        Body::Source { at } => match ctx.read_source(*at, out, max) {
            Ok(n) => {
                *at += n as u64;
                Ok(if *at >= ctx.until { Flow::End } else { Flow::More })
            }
            Err(kind) => Err(Fault::new(level, "file", kind, *at)),
        },
        Body::Decoder(decoder) => {
            let mut feed = |ctx: &mut Ctx, buf: &mut Vec<u8>, max| read(below, ctx, buf, max);
            decoder.read(level, ctx, &mut feed, out, max)
        }
        Body::Archive(archive) => archive.read(below, ctx, out, max),
    }
}

/// Looks at the first `n` bytes of the top stream without taking them; false when it has to be called again.
/// Fewer bytes are there only when the stream ends or fails before.
pub(super) fn peek(layers: &mut [Layer], ctx: &mut Ctx, n: usize) -> bool {
    let Some((top, below)) = layers.split_last_mut() else {
        return true;
    };
    let missing = n.saturating_sub(top.head().len());
    if missing == 0 || top.ended || top.fault.is_some() {
        return true;
    }
    match read_body(&mut top.body, below, ctx, &mut top.head, missing) {
        Ok(flow) => top.ended = flow == Flow::End,
        Err(fault) => top.fault = Some(fault),
    }
    top.ended || top.fault.is_some() || top.head().len() >= n
}

/// Passes over at most `n` bytes of the top stream, as cheaply as it allows: how many, and whether more may follow.
pub(super) fn skip(layers: &mut [Layer], ctx: &mut Ctx, n: u64) -> Result<(u64, Flow), Fault> {
    let len = ctx.until;
    if let Some(Layer {
        body: Body::Source { at },
        head,
        taken,
        fault: None,
        ended,
        ..
    }) = layers.last_mut()
    {
        let peeked = (head.len() - *taken) as u64;
        let n = n.min(peeked + len.saturating_sub(*at));
        if n < peeked {
            *taken += n as usize;
        } else {
            head.clear();
            *taken = 0;
            *at += n - peeked;
        }
        *ended = *at >= len;
        let flow = if *ended && head.is_empty() {
            Flow::End
        } else {
            Flow::More
        };
        return Ok((n, flow));
    }
    let mut scratch = std::mem::take(&mut ctx.scratch);
    scratch.clear();
    let max = CHUNK.min(usize::try_from(n).unwrap_or(CHUNK));
    let flow = read(layers, ctx, &mut scratch, max);
    let skipped = scratch.len() as u64;
    ctx.scratch = scratch;
    Ok((skipped, flow?))
}

/// Where a stream of bytes lies in the item, whole and in one piece.
#[derive(Clone, Debug)]
pub(super) enum Lies {
    /// As it is, from this offset on.
    Plain(u64),
    /// In what these are the marks of, from this unpacked offset on.
    Packed(Arc<Marks>, u64),
}

impl Lies {
    fn further(self, by: u64) -> Self {
        match self {
            Lies::Plain(at) => Lies::Plain(at + by),
            Lies::Packed(marks, at) => Lies::Packed(marks, at + by),
        }
    }
}

/// Where an archive's entry lies.
pub(super) enum Within {
    /// In the stream that the archive is read from, from this offset on.
    Stream(u64),
    Item(Lies),
}

/// Where the stream on top lies; `None` where it is in no one piece, or packed twice.
pub(super) fn lies(layers: &[Layer]) -> Option<Lies> {
    let mut lies = Lies::Plain(0);
    for layer in layers {
        lies = match &layer.body {
            Body::Source { .. } => lies,
            Body::Decoder(d) => Lies::Packed(d.marks()?.clone(), 0),
            Body::Archive(a) => match a.within()? {
                Within::Stream(at) => lies.further(at),
                Within::Item(lies) => lies,
            },
        };
    }
    Some(lies)
}
