//! Rows of separated cells, wherever the chunks end; a quoted cell may hold line breaks.

use std::borrow::Cow;

/// A row longer than this is not read.
const MAX_ROW_BYTES: usize = 16 << 20;

/// What stands in a report, in its order.
pub(in crate::formats) enum Part<'a> {
    /// A row that is not blank, without its line break.
    Row { offset: u64, text: &'a [u8] },
    /// Text that is no row, and why.
    Bad {
        offset: u64,
        text: &'a [u8],
        reason: &'static str,
    },
}

/// Cuts what is fed into rows.
pub(in crate::formats) struct Rows {
    delimiter: u8,
    held: Vec<u8>,
    /// Where `held` begins in the member.
    base: u64,
    /// How far `held` has been looked at for the row's end.
    seen: usize,
    is_quoted: bool,
    /// Just behind a quote that closed a cell, unless another follows.
    closed: usize,
    /// The rest of a row that was too long is passed over.
    is_skipping: bool,
}

impl Rows {
    pub fn new(delimiter: u8) -> Rows {
        Rows {
            delimiter,
            held: Vec::new(),
            base: 0,
            seen: 0,
            is_quoted: false,
            closed: 0,
            is_skipping: false,
        }
    }

    pub fn feed(&mut self, chunk: &[u8], f: &mut dyn FnMut(Part<'_>)) {
        self.held.extend_from_slice(chunk);
        let held = std::mem::take(&mut self.held);
        let mut start = 0;
        while let Some(found) = memchr::memchr2(b'"', b'\n', held.get(self.seen..).unwrap_or_default()) {
            let at = self.seen + found;
            self.seen = at + 1;
            if held.get(at) == Some(&b'"') {
                self.quote(&held, start, at);
            } else if !self.is_quoted {
                let text = held.get(start..at).unwrap_or_default();
                if !std::mem::take(&mut self.is_skipping) {
                    row(text, self.base + start as u64, f);
                }
                start = self.seen;
            }
        }
        self.held = held;
        self.held.drain(..start);
        self.base += start as u64;
        self.seen = self.held.len();
        self.closed = self.closed.saturating_sub(start);
        if self.held.len() > MAX_ROW_BYTES {
            self.drop_row(f);
        }
    }

    /// A quote opens a cell only where one begins, or doubles the one that seemed to close it.
    fn quote(&mut self, held: &[u8], start: usize, at: usize) {
        if self.is_quoted {
            self.is_quoted = false;
            self.closed = at + 1;
            return;
        }
        let before = at.checked_sub(1).and_then(|i| held.get(i));
        let begins = at == start || before == Some(&self.delimiter) || self.is_mark(held, at);
        self.is_quoted = begins || (self.closed == at && at > start);
    }

    /// A byte order mark stands before the first cell.
    fn is_mark(&self, held: &[u8], at: usize) -> bool {
        self.base == 0 && held.get(..at) == Some(b"\xef\xbb\xbf")
    }

    fn drop_row(&mut self, f: &mut dyn FnMut(Part<'_>)) {
        if !self.is_skipping {
            f(Part::Bad {
                offset: self.base,
                text: &self.held,
                reason: "a row longer than 16 MiB, perhaps for want of a closing quote",
            });
        }
        self.base += self.held.len() as u64;
        self.held.clear();
        (self.seen, self.closed, self.is_quoted, self.is_skipping) = (0, 0, false, true);
    }

    pub fn finish(&mut self, f: &mut dyn FnMut(Part<'_>)) {
        let rest = std::mem::take(&mut self.held);
        if self.is_skipping {
            return;
        }
        if self.is_quoted {
            f(Part::Bad {
                offset: self.base,
                text: &rest,
                reason: "the file ends inside a quoted cell",
            });
        } else {
            row(&rest, self.base, f);
        }
    }
}

fn row(text: &[u8], offset: u64, f: &mut dyn FnMut(Part<'_>)) {
    let unmarked = text.strip_prefix(b"\xef\xbb\xbf").filter(|_| offset == 0);
    let (text, offset) = unmarked.map_or((text, offset), |t| (t, 3));
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    if !text.trim_ascii().is_empty() {
        f(Part::Row { offset, text });
    }
}

/// The cells of a row: quoted ones may hold delimiters and line breaks, and quotes when doubled.
pub(in crate::formats) fn cells(row: &[u8], delimiter: u8) -> Vec<Cow<'_, [u8]>> {
    let mut out = Vec::new();
    let mut rest = row;
    loop {
        let (cell, after) = match rest {
            [b'"', inner @ ..] => quoted(inner, delimiter),
            _ => {
                let (cell, after) = until(rest, delimiter);
                (Cow::Borrowed(cell), after)
            }
        };
        out.push(cell);
        match after {
            [_, next @ ..] => rest = next,
            [] => return out,
        }
    }
}

/// What stands before a byte, and the rest from it on.
fn until(text: &[u8], byte: u8) -> (&[u8], &[u8]) {
    text.split_at(memchr::memchr(byte, text).unwrap_or(text.len()))
}

/// A quoted cell, behind its opening quote, and what follows it. Text between its closing quote and the delimiter is
/// kept.
fn quoted(inner: &[u8], delimiter: u8) -> (Cow<'_, [u8]>, &[u8]) {
    let (text, mut after) = until(inner, b'"');
    match after {
        [] | [_] => return (Cow::Borrowed(text), &[]),
        [_, rest @ ..] if rest.first() == Some(&delimiter) => return (Cow::Borrowed(text), rest),
        _ => {}
    }
    let mut cell = text.to_vec();
    while let [b'"', more @ ..] = after {
        let [b'"', more @ ..] = more else {
            let (tail, rest) = until(more, delimiter);
            cell.extend_from_slice(tail);
            return (Cow::Owned(cell), rest);
        };
        cell.push(b'"');
        let (text, rest) = until(more, b'"');
        cell.extend_from_slice(text);
        after = rest;
    }
    (Cow::Owned(cell), after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_unquoted() {
        let texts = |row: &'static str| -> Vec<String> {
            let cells = cells(row.as_bytes(), b',');
            cells
                .iter()
                .map(|c| String::from_utf8_lossy(c).into_owned())
                .collect()
        };
        assert_eq!(texts("a,,\"b,\"\"c\"\"\",\"d\ne\""), ["a", "", "b,\"c\"", "d\ne"]);
        assert_eq!(texts("\"\",\"\"\"\""), ["", "\""]);
        assert_eq!(texts("\"a\"b,c"), ["ab", "c"]);
        assert_eq!(texts("5\" disk,\"open, end"), ["5\" disk", "open, end"]);
        assert_eq!(texts(","), ["", ""]);
    }

    #[test]
    fn rows_end_where_no_cell_is_open() {
        let sheet = "\u{feff}\"a\nb\",1\r\n\r\n5\" disk,\"\"\nx\"\",\"y\"\"\n\"\nlast,\"z\"";
        for chunk in [1, 2, 3, 100] {
            let (mut rows, mut found) = (Rows::new(b','), Vec::new());
            let mut keep = |part: Part<'_>| match part {
                Part::Row { offset, text } => {
                    found.push((offset, String::from_utf8_lossy(text).into_owned()))
                }
                Part::Bad { reason, .. } => panic!("{reason}"),
            };
            for bytes in sheet.as_bytes().chunks(chunk) {
                rows.feed(bytes, &mut keep);
            }
            rows.finish(&mut keep);
            let want = [
                (3, "\"a\nb\",1"),
                (14, "5\" disk,\"\""),
                (25, "x\"\",\"y\"\"\n\""),
                (36, "last,\"z\""),
            ];
            assert_eq!(found, want.map(|(at, text)| (at, text.to_owned())), "{chunk}");
        }
    }
}
