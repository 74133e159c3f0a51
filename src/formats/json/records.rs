//! Finds the records of a JSON file, whatever they are wrapped in, while the bytes come in.
//!
//! Read are: objects one a line, one behind the other or separated by commas; arrays of them; and envelopes such as
//! `{"Records":[…]}` whose key a format names, also several in a file and mixed with bare records. What is broken is
//! noted, and reading goes on at the next record that can be told apart.

mod finder;

use super::path::PathId;
use super::value::{Kind, Raw};
use super::walk::{Hit, Walker};
use crate::formats::Reader;
use crate::table::RowSink;
use finder::{Finder, Span};

/// A record longer than this is not read.
pub const MAX_RECORD_BYTES: usize = 256 << 20;

/// Where a format's records are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spec {
    /// Paths, from the top object of a file, of an array of records or of one record (an object): `Records`,
    /// `detail.findings`, `Reservations[].Instances`. Objects without any of them are records themselves.
    pub records: &'static [&'static str],
    /// Other values of the envelope that are wanted, by path from the top object: `account`, `fileVersion`.
    pub context: &'static [&'static str],
    /// Records may be arrays, texts or numbers. Otherwise anything but an object is refused with a note.
    pub any_kind: bool,
}

/// One record, complete and valid.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    pub bytes: &'a [u8],
    pub kind: Kind,
    /// Where it begins in the member's unpacked bytes.
    pub offset: u64,
    /// Wanted values, a container after what is inside it. Offsets count from the record's beginning.
    pub hits: &'a [Hit],
    /// There is no insignificant white space in it.
    pub is_dense: bool,
    /// Which of [`Spec::records`] it was found under; `None` for a bare record.
    pub found_in: Option<usize>,
    /// Values of [`Spec::context`] that stood before the record, as they stand in the file.
    context: &'a [Option<(Kind, Vec<u8>)>],
}

impl<'a> Record<'a> {
    /// A record that was inside another's text (unescaped) and was walked just now: offset and context are those of the
    /// outer one.
    pub fn inside(outer: &Record<'a>, bytes: &'a [u8], hits: &'a [Hit], walker: &Walker) -> Record<'a> {
        Record {
            bytes,
            kind: Kind::Object,
            hits,
            is_dense: walker.spaces() == 0,
            ..*outer
        }
    }

    /// The wanted value of a path; the last one where a key repeats or a path leads to several.
    pub fn get(&self, path: PathId) -> Option<Raw<'a>> {
        self.hits
            .iter()
            .rfind(|h| h.path == path)
            .map(|h| h.raw(self.bytes))
    }

    /// Every wanted value of a path.
    pub fn all(&self, path: PathId) -> impl Iterator<Item = Raw<'a>> + '_ {
        self.hits
            .iter()
            .filter(move |h| h.path == path)
            .map(|h| h.raw(self.bytes))
    }

    /// A value of the envelope, by its position in [`Spec::context`].
    pub fn context(&self, index: usize) -> Option<Raw<'a>> {
        let (kind, bytes) = self.context.get(index)?.as_ref()?;
        Some(Raw { kind: *kind, bytes })
    }
}

/// What a format does with a record: sets cells and ends the row, or rejects it.
pub trait OnRecord: Send {
    fn record(&mut self, record: &Record<'_>, sink: &mut RowSink<'_>);

    /// The member has ended.
    fn finish(&mut self, _sink: &mut RowSink<'_>) {}
}

/// A [`Reader`] of any kind that is written in JSON.
pub struct JsonReader<F> {
    records: Records,
    on: F,
}

impl<F: OnRecord> JsonReader<F> {
    /// `paths` are the values wanted of each record.
    pub fn new<T: AsRef<str>>(spec: Spec, paths: &[T], on: F) -> Self {
        JsonReader {
            records: Records::new(spec, paths),
            on,
        }
    }
}

impl<F: OnRecord> Reader for JsonReader<F> {
    fn feed(&mut self, chunk: &[u8], sink: &mut RowSink<'_>) {
        self.records.feed(chunk, &mut self.on, sink);
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        self.records.finish(&mut self.on, sink);
        self.on.finish(sink);
    }
}

/// The bytes that are not done with yet, and the [`Finder`] that goes through them.
pub struct Records {
    finder: Finder,
    /// Bytes from `base` on.
    buf: Vec<u8>,
    base: u64,
    /// How long `buf` must be before another try is worth it: twice what was not enough, so that a long record is
    /// walked a bounded number of times.
    need: usize,
}

impl Records {
    pub fn new<T: AsRef<str>>(spec: Spec, paths: &[T]) -> Self {
        Records {
            finder: Finder::new(spec, paths),
            buf: Vec::new(),
            base: 0,
            need: 0,
        }
    }

    pub fn feed(&mut self, chunk: &[u8], on: &mut impl OnRecord, sink: &mut RowSink<'_>) {
        if self.buf.is_empty() {
            // The usual case: read where the bytes are, and keep only what is left over.
            let kept = self.finder.run(
                Span {
                    bytes: chunk,
                    base: self.base,
                    last: false,
                },
                on,
                sink,
            );
            let done = usize::try_from(kept - self.base)
                .unwrap_or(usize::MAX)
                .min(chunk.len());
            self.base = kept;
            self.buf.extend_from_slice(chunk.get(done..).unwrap_or(&[]));
            self.need = self.buf.len() * 2;
        } else {
            self.buf.extend_from_slice(chunk);
            if self.buf.len() >= self.need {
                self.run(false, on, sink);
            }
        }
    }

    pub fn finish(&mut self, on: &mut impl OnRecord, sink: &mut RowSink<'_>) {
        self.run(true, on, sink);
        self.finder.finish(sink);
    }

    fn run(&mut self, last: bool, on: &mut impl OnRecord, sink: &mut RowSink<'_>) {
        let kept = self.finder.run(
            Span {
                bytes: &self.buf,
                base: self.base,
                last,
            },
            on,
            sink,
        );
        let done = usize::try_from(kept - self.base)
            .unwrap_or(usize::MAX)
            .min(self.buf.len());
        self.buf.drain(..done);
        self.base = kept;
        self.need = self.buf.len() * 2;
    }
}

#[cfg(test)]
mod tests;
