//! Logs that are tables, exported with a header: what `SELECT * FROM mysql.slow_log` gives as CSV, or between tabs as the
//! client's batch mode writes it.

use crate::formats::billing::rows::{self, Part, Rows};
use crate::formats::lines::sample_lines;
use crate::formats::{Reader, Sample, sheet};
use crate::table::RowSink;
use std::borrow::Cow;

/// A table's row by the names of its columns, which are compared in small letters.
pub(in crate::formats) struct Cells<'a> {
    names: &'a [String],
    cells: Vec<Cow<'a, [u8]>>,
}

impl Cells<'_> {
    /// The value of a column; nothing for a column that is not there or has none.
    pub fn get(&self, name: &str) -> &[u8] {
        let at = self.names.iter().position(|n| n == name);
        let cell = at
            .and_then(|at| self.cells.get(at))
            .map_or(&b""[..], |c| c.trim_ascii());
        if matches!(cell, b"NULL" | b"\\N") {
            b""
        } else {
            cell
        }
    }
}

/// Sets the cells of a row, or says why it can not be read.
pub(in crate::formats) type OnCells = fn(&Cells<'_>, &mut RowSink<'_>) -> Result<(), &'static str>;

pub(in crate::formats) struct Dump {
    rows: Rows,
    delimiter: u8,
    names: Vec<String>,
    on: OnCells,
}

/// Does a member begin with a header that has all of these columns?
pub(in crate::formats) fn is_one(sample: &Sample<'_>, columns: &[&str]) -> bool {
    let Some(line) = sample_lines(sample).next() else {
        return false;
    };
    let names = names(line, sheet::delimiter(line));
    columns
        .iter()
        .all(|column| names.iter().any(|name| name == column))
}

fn names(line: &[u8], delimiter: u8) -> Vec<String> {
    let cells = rows::cells(line, delimiter);
    let name = |cell: &Cow<'_, [u8]>| String::from_utf8_lossy(cell.trim_ascii()).to_ascii_lowercase();
    cells.iter().map(name).collect()
}

impl Dump {
    pub fn new(sample: &Sample<'_>, on: OnCells) -> Dump {
        let delimiter = sample_lines(sample).next().map_or(b',', sheet::delimiter);
        Dump {
            rows: Rows::new(delimiter),
            delimiter,
            names: Vec::new(),
            on,
        }
    }
}

fn part(part: Part<'_>, delimiter: u8, names: &mut Vec<String>, on: OnCells, sink: &mut RowSink<'_>) {
    let (offset, text) = match part {
        Part::Row { offset, text } => (offset, text),
        Part::Bad { offset, text, reason } => return sink.reject(reason, offset, text),
    };
    if names.is_empty() {
        *names = self::names(text, delimiter);
        return;
    }
    let mut cells = rows::cells(text, delimiter);
    if delimiter == b'\t' {
        for cell in &mut cells {
            unescape(cell);
        }
    }
    if cells.len() != names.len() {
        let reason = format!(
            "{} cells instead of {}; export the table with all its columns",
            cells.len(),
            names.len()
        );
        return sink.reject(reason, offset, text);
    }
    match on(&Cells { names, cells }, sink) {
        Ok(()) => sink.end(offset, text.len() as u64),
        Err(reason) => sink.reject(reason, offset, text),
    }
}

/// Line breaks and tabs inside a value, as the client's batch mode writes them.
/// <https://dev.mysql.com/doc/refman/8.4/en/mysql-command-options.html#option_mysql_batch>
fn unescape(cell: &mut Cow<'_, [u8]>) {
    if memchr::memchr(b'\\', cell).is_none() || &**cell == b"\\N" {
        return;
    }
    let mut out = Vec::with_capacity(cell.len());
    let mut bytes = cell.iter();
    while let Some(&b) = bytes.next() {
        match (b, bytes.as_slice().first()) {
            (b'\\', Some(next)) => {
                bytes.next();
                out.push(match next {
                    b'n' => b'\n',
                    b't' => b'\t',
                    b'0' => 0,
                    other => *other,
                });
            }
            _ => out.push(b),
        }
    }
    *cell = Cow::Owned(out);
}

/// A value that some clients write as hexadecimal digits, for its column is binary.
pub(in crate::formats) fn blob(cell: &[u8]) -> Cow<'_, [u8]> {
    let Some(digits) = cell.strip_prefix(b"0x") else {
        return Cow::Borrowed(cell);
    };
    let digit = |b: &u8| char::from(*b).to_digit(16);
    let pairs = digits.chunks_exact(2);
    if digits.is_empty() || !pairs.remainder().is_empty() {
        return Cow::Borrowed(cell);
    }
    let byte = |pair: &[u8]| match pair {
        [high, low] => u8::try_from(digit(high)? * 16 + digit(low)?).ok(),
        _ => None,
    };
    let bytes: Option<Vec<u8>> = pairs.map(byte).collect();
    bytes.map_or(Cow::Borrowed(cell), Cow::Owned)
}

impl Reader for Dump {
    fn feed(&mut self, chunk: &[u8], sink: &mut RowSink<'_>) {
        let Dump {
            rows,
            delimiter,
            names,
            on,
        } = self;
        rows.feed(chunk, &mut |p| part(p, *delimiter, names, *on, sink));
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        let Dump {
            rows,
            delimiter,
            names,
            on,
        } = self;
        rows.finish(&mut |p| part(p, *delimiter, names, *on, sink));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_values_are_text_again() {
        assert_eq!(&*blob(b"0x73656C656374"), b"select");
        assert_eq!(&*blob(b"0x7"), b"0x7");
        assert_eq!(&*blob(b"select 1"), b"select 1");
    }

    #[test]
    fn batch_mode_s_escapes_are_read() {
        let mut cell = Cow::Borrowed(&b"a\\nb\\\\c\\t"[..]);
        unescape(&mut cell);
        assert_eq!(&*cell, b"a\nb\\c\t");
    }
}
