//! Sheets with a header, of no kind that is known: values separated by commas, semicolons, tabs or bars.

use super::billing::rows::{self, Part};
use super::general::{self, Binder, Cell, Votes};
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, Group};
use crate::table::RowSink;
use std::borrow::Cow;

pub struct Csv;

static FACTS: Facts = Facts {
    id: "csv",
    title: "CSV with a header",
    records: "rows",
    group: Group::Host,
    spec_url: "https://www.rfc-editor.org/rfc/rfc4180",
    shapes: &[
        "values separated by commas, semicolons, tabs or bars, of no kind above",
        "columns and types by what the rows hold",
        "not read: sheets without a header",
    ],
    export_hint: "any export as CSV with a header line",
    fields: general::FIELDS,
    columns: general::COLUMNS,
    aliases: &[],
    dedupe: false,
};

const DELIMITERS: [u8; 4] = *b",;\t|";
/// Rows that a probe compares with the header, and rows that types are told from.
const COMPARED: usize = 50;
const SAMPLED: usize = 500;
/// A longer name of a column is a sentence.
const LONGEST_NAME: usize = 64;
/// Columns of a sheet.
const MOST_COLUMNS: usize = 2000;

type Cells<'a> = Vec<Cow<'a, [u8]>>;

impl LogFormat for Csv {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        let is_binary = sample.head.contains(&0);
        let is_other = matches!(sample.head.trim_ascii_start().first(), Some(b'{' | b'[' | b'<'));
        (!is_binary && !is_other && delimiter(sample).is_some()).then_some(Confidence::Possible)
    }

    fn reader(&self, sample: &Sample<'_>, options: &Options) -> Box<dyn Reader> {
        let delimiter = delimiter(sample).unwrap_or(b',');
        let mut votes = Votes::default();
        let mut header: Vec<String> = Vec::new();
        each_row(sample, delimiter, SAMPLED, &mut |cells| {
            if header.is_empty() {
                header = names(&cells);
            } else if cells.len() == header.len() && names(&cells) != header {
                for (name, cell) in header.iter().zip(&cells) {
                    votes.add(name, Cell::Text(cell.trim_ascii()));
                }
            }
        });
        Box::new(SheetReader {
            rows: rows::Rows::new(delimiter),
            sheet: Sheet {
                delimiter,
                header: Vec::new(),
                head: Vec::new(),
                binder: Binder::new(&votes),
                asked: options.extra_fields.clone(),
            },
        })
    }
}

/// Calls `f` with the cells of the first rows of a sample, complete ones.
fn each_row(sample: &Sample<'_>, delimiter: u8, most: usize, f: &mut dyn FnMut(Cells<'_>)) {
    let mut cut = rows::Rows::new(delimiter);
    let mut left = most;
    let mut take = |part: Part<'_>| {
        if let Part::Row { text, .. } = part
            && left > 0
        {
            left -= 1;
            f(rows::cells(text, delimiter));
        }
    };
    cut.feed(sample.head, &mut take);
    if sample.whole {
        cut.finish(&mut take);
    }
}

/// What separates the values, where the first line is a header and the rows below have as many cells.
fn delimiter(sample: &Sample<'_>) -> Option<u8> {
    let is_one = |delimiter: u8| {
        let (mut wanted, mut same, mut rows) = (0, 0usize, 0usize);
        each_row(sample, delimiter, COMPARED, &mut |cells| {
            if wanted == 0 {
                wanted = if is_header(&cells) {
                    cells.len()
                } else {
                    usize::MAX
                };
            } else {
                rows += 1;
                same += usize::from(cells.len() == wanted);
            }
        });
        // Two words with a comma between them are soon met below each other.
        let enough = if wanted == 2 { 2 } else { 1 };
        (wanted != usize::MAX && same >= enough && same * 4 >= rows * 3).then_some(wanted)
    };
    let found = DELIMITERS.into_iter().filter_map(|d| Some((is_one(d)?, d)));
    // Of two that could be, the one with more columns.
    found
        .reduce(|a, b| if b.0 > a.0 { b } else { a })
        .map(|(_, delimiter)| delimiter)
}

/// Names of columns: at least two, different, none of them a value.
fn is_header(cells: &Cells<'_>) -> bool {
    if !(2..=MOST_COLUMNS).contains(&cells.len()) {
        return false;
    }
    let mut seen: Vec<&[u8]> = Vec::with_capacity(cells.len());
    for (at, cell) in cells.iter().enumerate() {
        let name = cell.trim_ascii();
        // Some programs end every line with a delimiter.
        if name.is_empty() && at + 1 == cells.len() && at > 1 {
            continue;
        }
        let begins = name
            .first()
            .is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'@' | b'#') || *b >= 0x80);
        let is_name = begins
            && name.len() <= LONGEST_NAME
            && !name
                .iter()
                .any(|b| b.is_ascii_control() || matches!(b, b'=' | b'"' | b'{' | b'}'))
            && general::is_plain_text(name);
        if !is_name {
            return false;
        }
        seen.push(name);
    }
    seen.sort_unstable();
    seen.windows(2).all(|pair| pair[0] != pair[1])
}

fn names(cells: &Cells<'_>) -> Vec<String> {
    let name = |cell: &Cow<'_, [u8]>| String::from_utf8_lossy(cell.trim_ascii()).into_owned();
    cells.iter().map(name).collect()
}

struct SheetReader {
    rows: rows::Rows,
    sheet: Sheet,
}

impl Reader for SheetReader {
    fn feed(&mut self, chunk: &[u8], sink: &mut RowSink<'_>) {
        let sheet = &mut self.sheet;
        self.rows.feed(chunk, &mut |part| sheet.part(part, sink));
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        let sheet = &mut self.sheet;
        self.rows.finish(&mut |part| sheet.part(part, sink));
        sheet.binder.finish(sink);
    }
}

struct Sheet {
    delimiter: u8,
    header: Vec<String>,
    /// The header as it is written: a file put behind another repeats it.
    head: Vec<u8>,
    binder: Binder,
    asked: Vec<String>,
}

impl Sheet {
    fn part(&mut self, part: Part<'_>, sink: &mut RowSink<'_>) {
        let (offset, text) = match part {
            Part::Row { offset, text } => (offset, text),
            Part::Bad { offset, text, reason } => return sink.reject(reason, offset, text),
        };
        if self.header.is_empty() {
            self.header = names(&rows::cells(text, self.delimiter));
            self.head = text.to_vec();
            return;
        }
        if text == self.head {
            return;
        }
        let cells = rows::cells(text, self.delimiter);
        if cells.len() != self.header.len() {
            let (n, wanted) = (cells.len(), self.header.len());
            return sink.reject(format!("{n} cells instead of {wanted}"), offset, text);
        }
        for (name, cell) in self.header.iter().zip(&cells) {
            let cell = Cell::Text(cell.trim_ascii());
            self.binder.set(name, cell, sink);
            if self.asked.iter().any(|asked| asked == name) {
                self.binder.ask(name, cell, sink);
            }
        }
        self.binder.end(offset, text.len() as u64, sink);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn fixtures() {
        crate::formats::testing::fixtures("csv");
    }
}
