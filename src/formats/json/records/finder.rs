//! The steps through a file of records: what stands at the next byte, and what that means in the containers around it.

use super::{MAX_RECORD_BYTES, OnRecord, Record, Spec};
use crate::base::notes::{Reason, TEXT_KEPT};
use crate::formats::json::path::{DEAD, Node, Paths};
use crate::formats::json::value::Kind;
use crate::formats::json::walk::{Fault, Hit, Walker, key, skip_space, string_end};
use crate::table::RowSink;

/// A value that an envelope's context keeps is at most this long.
const MAX_CONTEXT_BYTES: usize = 16 << 10;
/// Arrays inside each other at the top (pages of results put together) that are looked into.
const MAX_TOP_LISTS: usize = 4;
/// An object that does not end within this may be an envelope, even where bare records came before.
const LOOK_INSIDE_BYTES: usize = 1 << 20;
const CUT_SHORT: &str = "the file ends inside a record";
const TRAILING_COMMA: &str = "a comma with nothing behind it";
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Bytes of the member that are at hand.
#[derive(Clone, Copy)]
pub(super) struct Span<'a> {
    pub bytes: &'a [u8],
    /// Offset of `bytes` in the member.
    pub base: u64,
    /// Nothing comes behind them.
    pub last: bool,
}

impl<'a> Span<'a> {
    fn index(&self, offset: u64) -> usize {
        usize::try_from(offset.saturating_sub(self.base))
            .unwrap_or(usize::MAX)
            .min(self.bytes.len())
    }

    fn from(&self, offset: u64) -> &'a [u8] {
        self.bytes.get(self.index(offset)..).unwrap_or(&[])
    }
}

/// A container that is open around the records.
#[derive(Clone, Copy, Debug)]
enum Frame {
    /// An array at the top: its items are treated as what stands at the top.
    TopList,
    /// An array that an envelope's path leads to or through.
    List { item: Node, target: Option<usize> },
    /// An envelope, or an object on the way to its records.
    Object {
        node: Node,
        start: u64,
        /// It is one record itself, unless records are found inside.
        target: Option<usize>,
        found: bool,
    },
}

/// After something broken: where does the next record begin?
#[derive(Debug)]
enum Resync {
    /// At a line that begins with `{`; all containers are left.
    Line,
    /// At an item of the array we are in that begins with this key (with its quotes).
    Item { key: Vec<u8>, before: u8 },
}

/// A record that could not be read, noted when it is known how reading goes on.
struct Broken {
    reason: Reason,
    offset: u64,
    text: Vec<u8>,
    resync: Resync,
}

/// What one step came to.
enum Step {
    Moved,
    /// More bytes are needed; nothing has changed.
    Starved,
}

pub(super) struct Finder {
    spec: Spec,
    /// Records' and context's paths in envelopes: ids up to `spec.records.len()` are records.
    envelope: Paths,
    /// The format's wanted paths, then `spec.records` again, so that a bare walk notices an envelope.
    wanted: Paths,
    wanted_len: usize,
    nothing: Paths,
    walker: Walker,
    hits: Vec<Hit>,
    context: Vec<Option<(Kind, Vec<u8>)>>,
    frames: Vec<Frame>,
    /// Offset of the next step.
    at: u64,
    /// The last top object was a bare record: the next one is taken for one, too.
    expect_bare: bool,
    /// The last step passed a comma.
    after_comma: bool,
    /// The first key (with its quotes) of the last good record.
    first_key: Vec<u8>,
    broken: Option<Broken>,
}

impl Finder {
    pub fn new<T: AsRef<str>>(spec: Spec, paths: &[T]) -> Self {
        let envelope: Vec<&str> = spec.records.iter().chain(spec.context).copied().collect();
        let wanted: Vec<&str> = paths
            .iter()
            .map(AsRef::as_ref)
            .chain(spec.records.iter().copied())
            .collect();
        Finder {
            spec,
            envelope: Paths::new(&envelope),
            wanted: Paths::new(&wanted),
            wanted_len: paths.len(),
            nothing: Paths::new::<&str>(&[]),
            walker: Walker::default(),
            hits: Vec::new(),
            context: vec![None; spec.context.len()],
            frames: Vec::new(),
            at: 0,
            expect_bare: spec.records.is_empty(),
            after_comma: false,
            first_key: Vec::new(),
            broken: None,
        }
    }

    /// Goes on until more bytes are needed; returns the offset from which bytes are still of use.
    pub fn run(&mut self, span: Span<'_>, on: &mut impl OnRecord, sink: &mut RowSink<'_>) -> u64 {
        loop {
            let step = match self.broken {
                Some(_) => self.resync(span, sink),
                None => self.step(span, on, sink),
            };
            if let Step::Starved = step {
                break;
            }
        }
        // An object that may yet turn out to be a record is kept whole.
        self.unsettled().map_or(self.at, |(_, start)| start.min(self.at))
    }

    pub fn finish(&mut self, sink: &mut RowSink<'_>) {
        if let Some(b) = self.broken.take() {
            let reason = match b.reason {
                reason if reason == CUT_SHORT => reason,
                reason => format!("{reason}; nothing behind it could be read").into(),
            };
            sink.reject(reason, b.offset, &b.text);
        } else if !self.frames.is_empty() {
            remark(sink, "the file ends before its closing brackets");
        }
    }

    fn step(&mut self, span: Span<'_>, on: &mut impl OnRecord, sink: &mut RowSink<'_>) -> Step {
        if self.at == 0 {
            let rest = span.from(0);
            if rest.starts_with(BOM) {
                self.at = BOM.len() as u64;
            } else if BOM.starts_with(rest) && !span.last {
                return Step::Starved;
            }
        }
        let begin = span.index(self.at);
        let at = skip_space(span.bytes, begin);
        self.at += (at - begin) as u64;
        let Some(&byte) = span.bytes.get(at) else {
            return if span.last {
                self.end_of_file(span, sink)
            } else {
                Step::Starved
            };
        };
        let after_comma = std::mem::replace(&mut self.after_comma, byte == b',');
        if after_comma && matches!(byte, b',' | b']' | b'}') {
            remark(sink, TRAILING_COMMA);
        }
        match (self.frames.last().copied(), byte) {
            (Some(Frame::Object { .. }), b'}') => self.close_object(span, on, sink),
            (Some(Frame::Object { .. }), b',') => self.pass(1),
            (Some(Frame::Object { node, .. }), _) => self.member(span, node, on, sink),
            (Some(Frame::TopList | Frame::List { .. }), b']') => {
                self.frames.pop();
                self.pass(1)
            }
            (Some(_), b',') => self.pass(1),
            (None, b',') => {
                remark(sink, "commas between records at the top");
                self.pass(1)
            }
            (Some(Frame::List { item, target }), _) => {
                let on_the_way = target.is_none() || self.envelope.goes_on(item);
                match byte {
                    b'{' if on_the_way => self.open(item, target),
                    _ if target.is_some() => self.record(span, self.at, target, on, sink),
                    _ => self.skip(span, None, sink),
                }
            }
            (None | Some(Frame::TopList), b'{') => {
                if self.expect_bare {
                    self.bare(span, on, sink)
                } else {
                    self.open(Paths::ROOT, None)
                }
            }
            (None, b'[') => self.open_top_list(),
            (Some(Frame::TopList), b'[') if !self.spec.any_kind && self.frames.len() < MAX_TOP_LISTS => {
                self.open_top_list()
            }
            (Some(Frame::TopList), _) => self.record(span, self.at, None, on, sink),
            (None, _) => self.garbage(span, sink),
        }
    }

    fn pass(&mut self, bytes: u64) -> Step {
        self.at += bytes;
        Step::Moved
    }

    fn open_top_list(&mut self) -> Step {
        self.frames.push(Frame::TopList);
        self.pass(1)
    }

    fn open(&mut self, node: Node, target: Option<usize>) -> Step {
        if self.is_top() {
            self.context.iter_mut().for_each(|c| *c = None);
        }
        self.frames.push(Frame::Object {
            node,
            start: self.at,
            target,
            found: false,
        });
        self.pass(1)
    }

    /// Are we outside of every envelope?
    fn is_top(&self) -> bool {
        matches!(self.frames.last(), None | Some(Frame::TopList))
    }

    /// A key of an envelope and the beginning of its value.
    fn member(&mut self, span: Span<'_>, node: Node, on: &mut impl OnRecord, sink: &mut RowSink<'_>) -> Step {
        let json = span.from(self.at);
        let (value, to) = match key(json, 0, &self.envelope, node) {
            Ok(found) => (found.value, found.node),
            Err(fault) => return self.fault(span, self.at, fault, sink),
        };
        let Some(&byte) = json.get(value) else {
            return self.fault(span, self.at, Fault::Incomplete, sink);
        };
        let value_at = self.at + value as u64;
        let record_id = self
            .envelope
            .ids(to)
            .iter()
            .copied()
            .find(|&id| id < self.spec.records.len());
        let context_id = self
            .envelope
            .ids(to)
            .iter()
            .copied()
            .find(|&id| id >= self.spec.records.len());
        match byte {
            b'[' if record_id.is_some() || self.envelope.item(to, 0) != DEAD => {
                if record_id.is_some() {
                    self.confirm();
                }
                self.frames.push(Frame::List {
                    item: self.envelope.item(to, 0),
                    target: record_id,
                });
                self.at = value_at + 1;
                Step::Moved
            }
            b'{' if self.envelope.goes_on(to) => {
                self.at = value_at;
                self.open(to, record_id)
            }
            b'{' if record_id.is_some() => {
                let step = self.record(span, value_at, record_id, on, sink);
                if let Step::Moved = step {
                    self.confirm();
                }
                step
            }
            _ => {
                let before = self.at;
                self.at = value_at;
                let step = self.skip(span, context_id.map(|id| id - self.spec.records.len()), sink);
                if let Step::Starved = step {
                    self.at = before;
                }
                step
            }
        }
    }

    /// Records were found in the envelopes that are open: they are none themselves.
    fn confirm(&mut self) {
        self.expect_bare = false;
        for frame in &mut self.frames {
            if let Frame::Object { found, .. } = frame {
                *found = true;
            }
        }
    }

    fn close_object(&mut self, span: Span<'_>, on: &mut impl OnRecord, sink: &mut RowSink<'_>) -> Step {
        let Some(Frame::Object {
            start, target, found, ..
        }) = self.frames.pop()
        else {
            return self.pass(1);
        };
        let top = self.is_top();
        if found || !(top || target.is_some()) {
            return self.pass(1);
        }
        if target.is_some() {
            self.confirm();
        }
        self.expect_bare = top;
        self.record(span, start, target, on, sink)
    }

    /// Goes behind a value that holds no records, and keeps it if it is part of the context.
    fn skip(&mut self, span: Span<'_>, context: Option<usize>, sink: &mut RowSink<'_>) -> Step {
        let json = span.from(self.at);
        match self.walker.walk(json, &self.nothing, &mut self.hits) {
            Ok(end) => {
                let bytes = json.get(..end).unwrap_or(&[]);
                if let Some(slot) = context.and_then(|id| self.context.get_mut(id))
                    && bytes.len() <= MAX_CONTEXT_BYTES
                    && let Some(kind) = Kind::of(bytes)
                {
                    *slot = Some((kind, bytes.to_vec()));
                }
                self.pass(end as u64)
            }
            Err(fault) => self.fault(span, self.at, fault, sink),
        }
    }

    /// A top object where bare records are expected: one walk tells whether it is one.
    fn bare(&mut self, span: Span<'_>, on: &mut impl OnRecord, sink: &mut RowSink<'_>) -> Step {
        let json = span.from(self.at);
        let walked = self.walker.walk(json, &self.wanted, &mut self.hits);
        let is_envelope = match walked {
            Ok(_) => {
                let container = |h: &&Hit| matches!(h.kind, Kind::Array | Kind::Object);
                self.hits
                    .iter()
                    .filter(container)
                    .any(|h| h.path >= self.wanted_len)
            }
            Err(Fault::Incomplete) => !self.spec.records.is_empty() && json.len() >= LOOK_INSIDE_BYTES,
            Err(Fault::Invalid { .. }) => false,
        };
        if is_envelope {
            self.expect_bare = false;
            return self.open(Paths::ROOT, None);
        }
        self.context.iter_mut().for_each(|c| *c = None);
        self.walked(span, self.at, walked, None, on, sink)
    }

    fn record(
        &mut self,
        span: Span<'_>,
        start: u64,
        target: Option<usize>,
        on: &mut impl OnRecord,
        sink: &mut RowSink<'_>,
    ) -> Step {
        let walked = self.walker.walk(span.from(start), &self.wanted, &mut self.hits);
        self.walked(span, start, walked, target, on, sink)
    }

    /// Hands out the record that was walked, or notes what is wrong with it.
    fn walked(
        &mut self,
        span: Span<'_>,
        start: u64,
        walked: Result<usize, Fault>,
        found_in: Option<usize>,
        on: &mut impl OnRecord,
        sink: &mut RowSink<'_>,
    ) -> Step {
        let end = match walked {
            Ok(end) => end,
            Err(fault) => return self.fault(span, start, fault, sink),
        };
        let bytes = span.from(start).get(..end).unwrap_or(&[]);
        self.at = start + end as u64;
        let Some(kind) = Kind::of(bytes) else {
            return Step::Moved;
        };
        if kind == Kind::Object {
            if let Some(first) = first_key(bytes)
                && self.first_key != first
            {
                self.first_key = first.to_vec();
            }
        } else if !self.spec.any_kind {
            sink.reject(
                format!("{} where an object is expected", kind.words()),
                start,
                bytes,
            );
            return Step::Moved;
        }
        if !self.spec.records.is_empty() {
            let wanted = self.wanted_len;
            self.hits.retain(|h| h.path < wanted);
        }
        let record = Record {
            bytes,
            kind,
            offset: start,
            hits: &self.hits,
            is_dense: self.walker.spaces() == 0,
            found_in,
            context: &self.context,
        };
        on.record(&record, sink);
        Step::Moved
    }

    /// Something at the top that is no JSON: the line is noted and left out.
    fn garbage(&mut self, span: Span<'_>, sink: &mut RowSink<'_>) -> Step {
        let rest = span.from(self.at);
        let end = match memchr::memchr(b'\n', rest) {
            Some(end) => end + 1,
            None if span.last || rest.len() > MAX_RECORD_BYTES => rest.len(),
            None => return Step::Starved,
        };
        sink.reject(
            "not JSON",
            self.at,
            rest.get(..end).unwrap_or(&[]).trim_ascii_end(),
        );
        self.pass(end as u64)
    }

    /// A walk from `start` did not reach its end.
    fn fault(&mut self, span: Span<'_>, start: u64, fault: Fault, sink: &mut RowSink<'_>) -> Step {
        let json = span.from(start);
        if !span.last && json.len() <= TEXT_KEPT {
            return Step::Starved; // The note shows what follows, too.
        }
        let (reason, at): (Reason, usize) = match fault {
            Fault::Incomplete if json.len() > MAX_RECORD_BYTES => {
                ("a record longer than 256 MiB".into(), json.len())
            }
            Fault::Incomplete if !span.last => return Step::Starved,
            Fault::Incomplete => (CUT_SHORT.into(), 1),
            Fault::Invalid { at, reason } => (format!("broken JSON: {reason}").into(), at.max(1)),
        };
        // What may have been an envelope or a record is one broken record as a whole.
        let (depth, offset) = self.unsettled().unwrap_or((self.frames.len(), start));
        self.frames.truncate(depth);
        let in_list = matches!(self.frames.last(), Some(Frame::TopList | Frame::List { .. }));
        let resync = if in_list && reason != CUT_SHORT {
            let own = first_key(span.from(offset)).unwrap_or(&[]);
            let key = if self.first_key.is_empty() {
                own
            } else {
                &self.first_key
            };
            self.at = start + at as u64;
            Resync::Item {
                key: key.to_vec(),
                before: 0,
            }
        } else {
            let passed = if json.len() > MAX_RECORD_BYTES { at } else { 1 };
            self.at = offset + passed as u64;
            self.frames.clear();
            Resync::Line
        };
        let text = span.from(offset);
        let text = text.get(..TEXT_KEPT).unwrap_or(text);
        let end = memchr::memmem::find(text, b"\n{").unwrap_or(text.len());
        let text = text.get(..end).unwrap_or(text).trim_ascii_end().to_vec();
        // What a row had before it broke is dropped now.
        sink.abandon();
        self.broken = Some(Broken {
            reason,
            offset,
            text,
            resync,
        });
        Step::Moved
    }

    fn resync(&mut self, span: Span<'_>, sink: &mut RowSink<'_>) -> Step {
        let Some(broken) = &mut self.broken else {
            return Step::Moved;
        };
        let rest = span.from(self.at);
        let found = match &mut broken.resync {
            Resync::Line => {
                let found = memchr::memmem::find(rest, b"\n{");
                // The last byte may be the line break before a brace that is still to come.
                self.at += found.map_or(rest.len().saturating_sub(1), |i| i + 1) as u64;
                found.is_some()
            }
            Resync::Item { key, before } => {
                let (passed, found) = next_item(rest, key, before, span.last);
                self.at += passed as u64;
                found
            }
        };
        if !found {
            return Step::Starved;
        }
        if let Some(b) = self.broken.take() {
            sink.reject(b.reason, b.offset, &b.text);
        }
        Step::Moved
    }

    /// Nothing comes any more: an object that is still open, and may be a record, is cut short.
    fn end_of_file(&mut self, span: Span<'_>, sink: &mut RowSink<'_>) -> Step {
        match self.unsettled() {
            Some((_, start)) => self.fault(span, start, Fault::Incomplete, sink),
            None => Step::Starved,
        }
    }

    /// The outermost object that is open and may turn out to be a record: its depth, and where it begins.
    fn unsettled(&self) -> Option<(usize, u64)> {
        self.frames.iter().enumerate().find_map(|(depth, f)| match f {
            Frame::Object {
                start, found: false, ..
            } => Some((depth, *start)),
            _ => None,
        })
    }
}

/// Goes through bytes inside an array until an object begins with this key behind `[` or `,`. Returns how many bytes are
/// done with, and whether the object begins there.
fn next_item(rest: &[u8], key: &[u8], before: &mut u8, last: bool) -> (usize, bool) {
    let mut at = 0;
    while let Some(&byte) = rest.get(at) {
        if byte == b'{' && matches!(before, b'[' | b',') && !key.is_empty() {
            let inside = skip_space(rest, at + 1);
            let ahead = rest.get(inside..).unwrap_or(&[]);
            if ahead.starts_with(key) {
                return (at, true);
            }
            if key.starts_with(ahead) && !last {
                return (at, false);
            }
        }
        if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
            *before = byte;
        }
        at += 1;
    }
    (at, false)
}

/// The first key of an object, with its quotes.
fn first_key(object: &[u8]) -> Option<&[u8]> {
    let at = skip_space(object, 1);
    let end = string_end(object, at + 1).ok()?.0;
    object.get(at..end).filter(|k| k.first() == Some(&b'"'))
}

fn remark(sink: &mut RowSink<'_>, text: &str) {
    if !sink.stats.remarks.iter().any(|r| r == text) {
        sink.stats.remarks.push(text.to_owned());
    }
}
