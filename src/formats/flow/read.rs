//! Lines into rows.

use super::Kind;
use super::layout::{self, Layout, Read, Slot};
use super::scan::{number, skip_separators, word_len};
use crate::base::{FieldType, time};
use crate::formats::Reader;
use crate::formats::lines::{Line, Lines};
use crate::table::{ABSENT, ABSENT_INT, Recent, RowSink};

/// Values behind the last named one that are kept; a longer line is not this log.
const MAX_UNNAMED: usize = 64;
/// Fields that headers may bring beyond the documented ones, all headers of a member together.
const MAX_UNKNOWN: usize = 256;

/// Reads one member of text.
pub(super) struct LineReader {
    lines: Lines,
    rows: Rows,
}

impl LineReader {
    /// A reader that begins with `layout`. While no header has come, a line that does not fit it may have one of
    /// `others`. A `guessed` layout numbers its fields, and says so at the end.
    pub(super) fn new(kind: &'static Kind, layout: Layout, others: Vec<Layout>, guessed: bool) -> LineReader {
        LineReader {
            lines: Lines::default(),
            rows: Rows {
                kind,
                layout,
                others,
                start: kind.time_field(),
                bound: false,
                guessed,
                headed: false,
                unnamed: Vec::new(),
                unknown: 0,
                tally: Tally::default(),
            },
        }
    }
}

impl Reader for LineReader {
    fn feed(&mut self, chunk: &[u8], sink: &mut RowSink<'_>) {
        let LineReader { lines, rows } = self;
        lines.feed(chunk, |line| rows.line(line, sink));
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        let LineReader { lines, rows } = self;
        lines.finish(|line| rows.line(line, sink));
        rows.tally.remark("line", sink);
        if rows.tally.records == 0 {
            return;
        }
        if rows.guessed {
            sink.stats.guessed = true;
            sink.stats.remarks.push(
                "no header line and no known format: fields that could not be told are numbered; give the flow log's \
                 format (LogFormat of describe-flow-logs)"
                    .to_owned(),
            );
        } else if let Some(remark) = rows.layout.remark_on_time() {
            sink.stats.remarks.push(remark.to_owned());
        }
    }
}

/// Records that are no traffic, counted apart.
#[derive(Default)]
pub(super) struct Tally {
    pub records: u64,
    nodata: u64,
    skipdata: u64,
}

impl Tally {
    /// Counts a record by its `log-status`; true for one that carries no traffic.
    #[inline]
    pub(super) fn count(&mut self, status: &[u8]) -> bool {
        self.records += 1;
        match status {
            b"NODATA" => self.nodata += 1,
            b"SKIPDATA" => self.skipdata += 1,
            _ => return false,
        }
        true
    }

    /// Says how many there were: "17 NODATA, 2 SKIPDATA lines".
    pub(super) fn remark(&self, record: &'static str, sink: &mut RowSink<'_>) {
        sink.stats.marked.add(record, "NODATA", self.nodata);
        sink.stats.marked.add(record, "SKIPDATA", self.skipdata);
    }
}

struct Rows {
    kind: &'static Kind,
    layout: Layout,
    /// The layouts that lines without a header may have.
    others: Vec<Layout>,
    /// The table's time field.
    start: usize,
    /// The layout's fields have their numbers in the table.
    bound: bool,
    guessed: bool,
    /// A header line has told the layout.
    headed: bool,
    /// Numbers of the fields behind the layout's last one.
    unnamed: Vec<usize>,
    /// Fields that headers have brought beyond the documented ones.
    unknown: usize,
    tally: Tally,
}

/// What a line did not do as its layout says. The cells set so far are still to be dropped or kept.
enum Odd<'a> {
    /// It ended early.
    Short,
    /// It goes on.
    Longer(&'a [u8]),
    /// This field's value is not of its type.
    NotANumber(usize),
}

impl Rows {
    fn line(&mut self, line: Line<'_>, sink: &mut RowSink<'_>) {
        let Line {
            offset,
            text,
            too_long,
        } = line;
        if too_long {
            sink.reject("line longer than 1 MiB", offset, text);
            return;
        }
        if text.first().is_none_or(|b| !b.is_ascii_digit()) {
            if text.iter().all(|&b| b <= b' ') {
                return;
            }
            if let Some(names) = layout::header_names(text, self.kind.facts.fields) {
                self.adopt_header(&names, offset, text, sink);
                return;
            }
        }
        if !self.bound {
            self.bind(sink);
        }
        match self.cells(text, sink) {
            Ok(status) => self.end(status, offset, text, sink),
            Err(odd) => self.odd_line(odd, offset, text, sink),
        }
    }

    /// Sets the cells of one line and answers its log status.
    fn cells<'a>(&mut self, line: &'a [u8], sink: &mut RowSink<'_>) -> Result<&'a [u8], Odd<'a>> {
        let mut rest = line;
        let mut status: &[u8] = b"";
        for (at, slot) in self.layout.slots.iter_mut().enumerate() {
            rest = skip_separators(rest);
            if rest.is_empty() {
                return Err(Odd::Short);
            }
            let len = match slot.read {
                Read::Text | Read::Status => {
                    let len = word_len(rest);
                    let word = rest.get(..len).unwrap_or_default();
                    if word != b"-" {
                        let code = sink.code_after(&mut slot.last, word);
                        sink.set_code(slot.field, code);
                    }
                    if slot.read == Read::Status {
                        status = word;
                    }
                    len
                }
                Read::Integer => {
                    let (value, len) = number(rest).ok_or(Odd::NotANumber(at))?;
                    if value != ABSENT_INT {
                        sink.int(slot.field, value);
                    }
                    len
                }
                Read::Time | Read::LoneEnd => {
                    let (value, len) = number(rest).ok_or(Odd::NotANumber(at))?;
                    if value != ABSENT_INT {
                        let ns = time::from_epoch(value).ok_or(Odd::NotANumber(at))?;
                        sink.int(slot.field, ns);
                        if slot.read == Read::LoneEnd {
                            sink.int(self.start, ns);
                        }
                    }
                    len
                }
            };
            rest = rest.get(len..).unwrap_or_default();
        }
        rest = skip_separators(rest);
        if rest.is_empty() {
            Ok(status)
        } else {
            Err(Odd::Longer(rest))
        }
    }

    /// Ends the row whose cells are set.
    fn end(&mut self, status: &[u8], offset: u64, text: &[u8], sink: &mut RowSink<'_>) {
        if self.tally.count(status) {
            clear_traffic(&self.layout.slots, sink);
        }
        sink.end(offset, text.len() as u64);
    }

    /// A line that does not fit its layout: it may have another one, or more fields than are known, or is rejected.
    #[cold]
    fn odd_line(&mut self, odd: Odd<'_>, offset: u64, text: &[u8], sink: &mut RowSink<'_>) {
        let values: Vec<&[u8]> = super::words(text).collect();
        let mut odd = odd;
        if !self.headed
            && let Some(other) = self.others.iter().find(|o| o.fits(&values))
        {
            sink.abandon();
            sink.stats.depends = true;
            self.layout = other.clone();
            self.guessed = false;
            self.bind(sink);
            odd = match self.cells(text, sink) {
                Ok(status) => return self.end(status, offset, text, sink),
                Err(odd) => odd,
            };
        }
        let fields = self.layout.slots.len();
        match odd {
            Odd::Longer(rest) if values.len() <= fields + MAX_UNNAMED => {
                for (n, value) in super::words(rest).enumerate() {
                    if n == self.unnamed.len() {
                        let name = layout::unnamed(fields + n);
                        self.unnamed.push(sink.field(&name, FieldType::Text));
                    }
                    if let Some(&field) = self.unnamed.get(n)
                        && value != b"-"
                    {
                        sink.text(field, value);
                    }
                }
                let mut slots = self.layout.slots.iter().zip(&values);
                let status = slots.find(|(s, _)| s.read == Read::Status).map(|(_, v)| *v);
                let status = status.unwrap_or_default();
                self.end(status, offset, text, sink);
            }
            Odd::NotANumber(at) if values.len() >= fields => {
                let found = self.layout.slots.get(at).zip(values.get(at));
                let reason = found.map_or_else(String::new, |(slot, value)| slot.complaint(value));
                sink.reject(reason, offset, text);
            }
            _ => {
                let s = if values.len() == 1 { "" } else { "s" };
                let reason = format!("{} field{s} instead of {fields}", values.len());
                sink.reject(reason, offset, text);
            }
        }
    }

    /// A header line, at the beginning or wherever files were joined, tells the layout of the lines below it.
    fn adopt_header(&mut self, names: &[&str], offset: u64, text: &[u8], sink: &mut RowSink<'_>) {
        let layout = Layout::named(names, self.kind.facts.fields);
        let is_same = self.bound && self.headed && {
            let old = self.layout.slots.iter().map(|s| &s.name);
            old.eq(layout.slots.iter().map(|s| &s.name))
        };
        if is_same {
            return;
        }
        let is_documented = |name: &str| layout::resolve(name, self.kind.facts.fields).is_some();
        let unknown = layout.slots.iter().filter(|s| !is_documented(&s.name)).count();
        if self.unknown + unknown > MAX_UNKNOWN {
            sink.reject("header line with too many unknown fields", offset, text);
            return;
        }
        sink.stats.depends |= self.bound;
        self.unknown += unknown;
        self.layout = layout;
        self.headed = true;
        self.guessed = false;
        self.bind(sink);
    }

    fn bind(&mut self, sink: &mut RowSink<'_>) {
        for slot in &mut self.layout.slots {
            slot.bind(sink);
        }
        self.unnamed.clear();
        self.bound = true;
    }
}

impl Slot {
    /// Why a value is not this field's.
    pub(super) fn complaint(&self, value: &[u8]) -> String {
        let trouble = match self.read {
            _ if value.iter().all(u8::is_ascii_digit) => "too large",
            Read::Time | Read::LoneEnd => "not a Unix time",
            _ => "not a number",
        };
        format!("{} is {trouble}", self.name)
    }

    /// Asks the table for the field's number.
    pub(super) fn bind(&mut self, sink: &mut RowSink<'_>) {
        let ty = match self.read {
            Read::Text | Read::Status => FieldType::Text,
            Read::Integer => FieldType::Integer,
            Read::Time | Read::LoneEnd => FieldType::Time,
        };
        self.field = sink.field(&self.name, ty);
        self.last = Recent::NONE;
    }
}

/// Takes back what a NODATA or SKIPDATA record says about traffic: there was none, or it was not captured.
#[cold]
pub(super) fn clear_traffic(slots: &[Slot], sink: &mut RowSink<'_>) {
    for slot in slots.iter().filter(|s| s.of_traffic) {
        match slot.read {
            Read::Text | Read::Status => sink.set_code(slot.field, ABSENT),
            Read::Integer | Read::Time | Read::LoneEnd => sink.int(slot.field, ABSENT_INT),
        }
    }
}
