//! CSV of CloudTrail events: the console's Event history download, and CloudTrail Lake result files.

use super::named::{Named, plain};
use crate::base::Facts;
use crate::formats::{Confidence, Reader};
use crate::table::RowSink;
use std::borrow::Cow;

/// A row longer than this is not read.
const MAX_ROW_BYTES: usize = 16 << 20;

/// Column names that tell the kind, as [`plain`] leaves them.
const TELLING: &[&[u8]] = &[
    b"eventname",
    b"eventtime",
    b"eventid",
    b"eventsource",
    b"awsregion",
    b"sourceipaddress",
    b"useridentity",
    b"username",
    b"errorcode",
    b"readonly",
    b"requestparameters",
    b"awsaccesskey",
];

/// Is the first line the header of such a sheet?
pub fn probe(head: &[u8]) -> Option<Confidence> {
    let line = head.split(|&b| b == b'\n').next()?;
    if line.len() > 8192 {
        return None;
    }
    let names: Vec<Vec<u8>> = cells(line).iter().map(|c| plain(c)).collect();
    let has = |name: &[u8]| names.iter().any(|n| n == name);
    let telling = TELLING.iter().filter(|name| has(name)).count();
    if !has(b"eventname") || !(has(b"eventtime") || has(b"eventid") || has(b"eventsource")) {
        return None;
    }
    match telling {
        0..3 => None,
        3 => Some(Confidence::Likely),
        _ => Some(Confidence::Certain),
    }
}

pub struct SheetReader {
    named: Named,
    names: Option<Vec<Vec<u8>>>,
    buf: Vec<u8>,
    /// Offset of `buf` in the member.
    base: u64,
    /// How far `buf` has been looked at for the row's end, and whether that is inside quotes.
    seen: usize,
    quoted: bool,
}

impl SheetReader {
    pub fn new(facts: &'static Facts) -> Self {
        SheetReader {
            named: Named::new(facts),
            names: None,
            buf: Vec::new(),
            base: 0,
            seen: 0,
            quoted: false,
        }
    }

    fn row(&mut self, row: &[u8], offset: u64, sink: &mut RowSink<'_>) {
        let text = row
            .strip_prefix(b"\xef\xbb\xbf")
            .filter(|_| offset == 0)
            .unwrap_or(row);
        let text = text.trim_ascii_end();
        if text.is_empty() {
            return;
        }
        let cells = cells(text);
        let Some(names) = &self.names else {
            self.names = Some(cells.into_iter().map(|c| c.trim_ascii().to_vec()).collect());
            return;
        };
        if cells.len() > names.len() {
            let reason = format!("{} cells under {} column names", cells.len(), names.len());
            return sink.reject(reason, offset, text);
        }
        let pairs: Vec<(&[u8], &[u8])> = names
            .iter()
            .map(Vec::as_slice)
            .zip(cells.iter().map(|c| &**c))
            .collect();
        if self.named.row(&pairs, sink) {
            sink.end(offset, text.len() as u64);
        } else {
            sink.reject("a row without any value", offset, text);
        }
    }

    /// Reads the rows that have ended.
    fn rows(&mut self, sink: &mut RowSink<'_>) {
        let buf = std::mem::take(&mut self.buf);
        let mut start = 0;
        while let Some(i) = memchr::memchr2(b'"', b'\n', buf.get(self.seen..).unwrap_or(&[])) {
            let at = self.seen + i;
            self.seen = at + 1;
            match buf.get(at) {
                Some(b'"') => self.quoted = !self.quoted,
                _ if !self.quoted => {
                    let offset = self.base + start as u64;
                    self.row(buf.get(start..at).unwrap_or(&[]), offset, sink);
                    start = self.seen;
                }
                _ => {}
            }
        }
        self.seen = buf.len() - start;
        self.base += start as u64;
        self.buf = buf;
        self.buf.drain(..start);
        if self.buf.len() > MAX_ROW_BYTES {
            sink.reject(
                "a row longer than 16 MiB, perhaps for want of a closing quote",
                self.base,
                &self.buf,
            );
            self.base += self.buf.len() as u64;
            self.buf.clear();
            (self.seen, self.quoted) = (0, false);
        }
    }
}

impl Reader for SheetReader {
    fn feed(&mut self, chunk: &[u8], sink: &mut RowSink<'_>) {
        self.buf.extend_from_slice(chunk);
        self.rows(sink);
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        let rest = std::mem::take(&mut self.buf);
        if self.quoted {
            sink.reject("the file ends inside a quoted cell", self.base, &rest);
        } else {
            self.row(&rest, self.base, sink);
        }
        self.named.finish(sink);
    }
}

/// The cells of a row (RFC 4180): quoted ones may hold commas and line breaks, and quotes when doubled.
fn cells(row: &[u8]) -> Vec<Cow<'_, [u8]>> {
    let row = row.strip_suffix(b"\r").unwrap_or(row);
    let mut out = Vec::new();
    let mut rest = row;
    loop {
        let (cell, after) = match rest {
            [b'"', inner @ ..] => quoted(inner),
            _ => {
                let end = memchr::memchr(b',', rest).unwrap_or(rest.len());
                let (cell, after) = rest.split_at(end);
                (Cow::Borrowed(cell), after)
            }
        };
        out.push(cell);
        match after.strip_prefix(b",") {
            Some(next) => rest = next,
            None => return out,
        }
    }
}

/// A quoted cell, behind its opening quote, and what follows it. Text between its closing quote and the comma is kept.
fn quoted(inner: &[u8]) -> (Cow<'_, [u8]>, &[u8]) {
    let end = memchr::memchr(b'"', inner).unwrap_or(inner.len());
    let (plain, after) = inner.split_at(end);
    if matches!(after, [b'"'] | [b'"', b',', ..] | []) {
        return (Cow::Borrowed(plain), after.get(1..).unwrap_or(&[]));
    }
    let mut cell = plain.to_vec();
    let mut rest = after;
    loop {
        match rest {
            [b'"', b'"', more @ ..] => {
                cell.push(b'"');
                let end = memchr::memchr(b'"', more).unwrap_or(more.len());
                let (text, after) = more.split_at(end);
                cell.extend_from_slice(text);
                rest = after;
            }
            [b'"', more @ ..] => {
                let end = memchr::memchr(b',', more).unwrap_or(more.len());
                let (tail, after) = more.split_at(end);
                cell.extend_from_slice(tail);
                return (Cow::Owned(cell), after);
            }
            _ => return (Cow::Owned(cell), rest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_unquoted() {
        let texts = |row: &'static str| -> Vec<String> {
            cells(row.as_bytes())
                .iter()
                .map(|c| String::from_utf8_lossy(c).into_owned())
                .collect()
        };
        assert_eq!(
            texts("a,,\"b,\"\"c\"\"\",\"d\r\n\"\r"),
            ["a", "", "b,\"c\"", "d\r\n"]
        );
        assert_eq!(texts("\"\",\"\"\"\""), ["", "\""]);
        assert_eq!(texts("\"a\"b,c"), ["ab", "c"]);
        assert_eq!(texts("\"open, end"), ["open, end"]);
        assert_eq!(texts(""), [""]);
    }

    #[test]
    fn a_header_of_events_is_recognised() {
        assert_eq!(
            probe(b"Event ID,Event time,User name,Event name,Resource type\n"),
            Some(Confidence::Certain)
        );
        assert_eq!(
            probe(b"\"eventName\",\"eventSource\",\"awsRegion\"\r\nx"),
            Some(Confidence::Likely)
        );
        assert_eq!(probe(b"event name,count\n"), None);
        assert_eq!(probe(b"time,eventid,username\n"), None);
    }
}
