//! Small sheets of separated values: held until the end, then read row by row with the exact place of each.

use crate::table::RowSink;

/// The longest sheet that is read.
const MAX_HELD: usize = 256 << 20;

/// A member that is held in memory until it has ended.
#[derive(Default)]
pub struct Held {
    bytes: Vec<u8>,
    over: bool,
}

impl Held {
    pub fn feed(&mut self, chunk: &[u8], sink: &mut RowSink<'_>) {
        if self.over {
            return;
        }
        if self.bytes.len() + chunk.len() > MAX_HELD {
            self.over = true;
            let reason = "more than 256 MiB in one sheet; split the file before it is opened";
            sink.reject(reason, 0, &self.bytes);
            self.bytes = Vec::new();
            return;
        }
        self.bytes.extend_from_slice(chunk);
    }

    /// Everything that was fed.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }
}

/// One row of a sheet.
pub struct Row<'a> {
    pub cells: Vec<String>,
    pub offset: u64,
    /// Its text, without the line break.
    pub text: &'a [u8],
}

/// Reads the rows of a sheet; a quoted cell may hold line breaks.
pub fn rows(sheet: &[u8], delimiter: u8, f: &mut dyn FnMut(Row<'_>)) {
    let text = sheet.strip_prefix(b"\xef\xbb\xbf").unwrap_or(sheet);
    let base = sheet.len() - text.len();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text);
    let mut record = csv::ByteRecord::new();
    let mut start = 0;
    // Reading from memory into a byte record has no way to fail; an error ends the sheet all the same.
    while let Ok(true) = reader.read_byte_record(&mut record) {
        let end = usize::try_from(reader.position().byte()).unwrap_or(text.len());
        let raw = text.get(start..end).unwrap_or_default();
        let row = raw.trim_ascii_start();
        let offset = (base + start + raw.len() - row.len()) as u64;
        start = end;
        let cells = record
            .iter()
            .map(|c| String::from_utf8_lossy(c).trim().to_owned())
            .collect();
        f(Row {
            cells,
            offset,
            text: row.trim_ascii_end(),
        });
    }
}

/// The delimiter that a header line has most of.
pub fn delimiter(line: &[u8]) -> u8 {
    let count = |d: u8| line.iter().filter(|&&b| b == d).count();
    [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|&d| (count(d), d == b','))
        .unwrap_or(b',')
}
