//! Flow logs delivered as Parquet: the fields under their names with underscores, any subset of them, in any order.
//!
//! A Parquet file is read from its end, so the member is held until it is complete. Its records have no text of their
//! own: a row's offset is its number in the file (from 0), and its length is 0.

use super::Kind;
use super::layout::{Layout, Read, Slot};
use super::pages;
use super::read::{Tally, clear_traffic};
use super::scan::number;
use crate::base::block::KIND;
use crate::base::time;
use crate::formats::{Confidence, Reader, Sample};
use crate::table::{ABSENT_INT, RowSink};
use bytes::Bytes;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::{AsBytes, DataType};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use std::borrow::Cow;

pub(super) const MAGIC: &[u8] = b"PAR1";

/// A larger file is not read: it would have to be held in memory whole. AWS writes files of at most 75 MB.
const MAX_BYTES: usize = 1 << 30;
/// Rows decoded at a time.
const BATCH_ROWS: usize = 4096;
/// Columns looked at.
const MAX_COLUMNS: usize = 256;
/// Column names listed when none of them is a flow log's.
const NAMES_SHOWN: usize = 12;

/// A Parquet file says what is in it at its end: only a whole one can be recognised by its columns.
pub(super) fn probe(kind: &Kind, sample: &Sample<'_>) -> Option<Confidence> {
    if !sample.whole {
        let plain = if kind.transit {
            Confidence::Possible
        } else {
            Confidence::Likely
        };
        return Some(plain);
    }
    let file = SerializedFileReader::new(Bytes::copy_from_slice(sample.head)).ok()?;
    let names = column_names(&file);
    if names.first().is_some_and(|n| n == KIND) {
        // A block is of the kind it says, whatever its columns are called.
        return None;
    }
    kind.judge_names(&names.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The names of the first columns, in their order.
fn column_names(file: &SerializedFileReader<Bytes>) -> Vec<String> {
    let columns = file.metadata().file_metadata().schema_descr().columns();
    columns
        .iter()
        .take(MAX_COLUMNS)
        .map(|c| c.path().string())
        .collect()
}

/// Holds a member until its end, then reads it.
pub(super) struct ParquetReader {
    kind: &'static Kind,
    held: Vec<u8>,
    too_large: bool,
    tally: Tally,
    /// The number of the next row in the file.
    ordinal: u64,
    /// The file's length.
    bytes: u64,
}

impl ParquetReader {
    pub(super) fn new(kind: &'static Kind) -> ParquetReader {
        ParquetReader {
            kind,
            held: Vec::new(),
            too_large: false,
            tally: Tally::default(),
            ordinal: 0,
            bytes: 0,
        }
    }
}

impl Reader for ParquetReader {
    fn feed(&mut self, chunk: &[u8], _sink: &mut RowSink<'_>) {
        if self.too_large || self.held.len() + chunk.len() > MAX_BYTES {
            self.too_large = true;
            self.held = Vec::new();
        } else {
            self.held.extend_from_slice(chunk);
        }
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        if self.too_large {
            sink.reject(
                "Parquet file over 1 GiB: read its parts, or the same log as text",
                0,
                MAGIC,
            );
            return;
        }
        self.bytes = self.held.len() as u64;
        match SerializedFileReader::new(Bytes::from(std::mem::take(&mut self.held))) {
            Ok(file) => self.file(&file, sink),
            Err(e) => sink.reject(format!("Parquet file that can not be read: {e}"), 0, MAGIC),
        }
        self.tally.remark("row", sink);
    }
}

impl ParquetReader {
    fn file(&mut self, file: &SerializedFileReader<Bytes>, sink: &mut RowSink<'_>) {
        let names = column_names(file);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        if names.first() == Some(&KIND) {
            let reason = "records shared as a block of a kind that this version does not read";
            sink.reject(reason, 0, MAGIC);
            return;
        }
        // Above the sample's size the kind was not known before; the columns are kept under either.
        let mut layout = Layout::named(&names, self.kind.facts.fields);
        if !layout.slots.iter().any(|s| is_flow_column(&s.name)) {
            let more = if names.len() > NAMES_SHOWN { ", …" } else { "" };
            let shown = names.get(..NAMES_SHOWN).unwrap_or(&names).join(", ");
            sink.reject(
                format!("Parquet file without flow-log columns: has {shown}{more}"),
                0,
                MAGIC,
            );
            return;
        }
        for slot in &mut layout.slots {
            slot.bind(sink);
        }
        for group in 0..file.num_row_groups() {
            let rows = file.metadata().row_group(group).num_rows().max(0) as u64;
            let end = self.ordinal.saturating_add(rows);
            let read = file
                .get_row_group(group)
                .and_then(|g| self.group(&*g, &mut layout, end, sink));
            if let Err(e) = read {
                let left = end - self.ordinal;
                let reason = format!("row group {group}: {left} rows can not be read: {e}");
                sink.reject(reason, self.ordinal, MAGIC);
            }
            self.ordinal = end;
        }
        if self.tally.records > 0
            && let Some(remark) = layout.remark_on_time()
        {
            sink.stats.remarks.push(remark.to_owned());
        }
    }

    /// Reads the rows of one group, up to the row numbered `end`.
    fn group(
        &mut self,
        group: &dyn RowGroupReader,
        layout: &mut Layout,
        end: u64,
        sink: &mut RowSink<'_>,
    ) -> Result<(), ParquetError> {
        pages::check_ranges(group.metadata(), self.bytes)?;
        let schema = group.metadata().schema_descr();
        let mut columns = Vec::with_capacity(layout.slots.len());
        for (at, _) in layout.slots.iter().enumerate() {
            let column = schema.column(at);
            let is_flat = column.max_rep_level() == 0 && column.max_def_level() <= 1;
            columns.push(if is_flat {
                let pages = Box::new(pages::Checked::new(group.get_column_page_reader(at)?, &column));
                let full_level = column.max_def_level();
                Some(open(get_column_reader(column, pages), full_level))
            } else {
                None
            });
        }
        while self.ordinal < end {
            let rows = usize::try_from(end - self.ordinal).map_or(BATCH_ROWS, |n| n.min(BATCH_ROWS));
            for column in columns.iter_mut().flatten() {
                column.load(rows)?;
            }
            for _ in 0..rows {
                self.row(layout, &mut columns, sink);
                self.ordinal += 1;
            }
        }
        Ok(())
    }

    fn row(&mut self, layout: &mut Layout, columns: &mut [Option<Box<dyn Column>>], sink: &mut RowSink<'_>) {
        let mut status: &[u8] = b"";
        let mut bad = None;
        for (slot, column) in layout.slots.iter_mut().zip(columns) {
            // Every column moves on by one, also in a row that is given up.
            let Some(cell) = column.as_mut().and_then(|c| c.next()) else {
                continue;
            };
            if slot.read == Read::Status {
                status = match cell {
                    Cell::Text(b"NODATA") => b"NODATA",
                    Cell::Text(b"SKIPDATA") => b"SKIPDATA",
                    _ => b"",
                };
            }
            if !set(slot, &cell, self.kind.time_field(), sink) {
                bad.get_or_insert_with(|| {
                    let text = cell.to_text().into_owned();
                    (slot.complaint(&text), text)
                });
            }
        }
        if let Some((reason, text)) = bad {
            sink.reject(reason, self.ordinal, &text);
            return;
        }
        if self.tally.count(status) {
            clear_traffic(&layout.slots, sink);
        }
        sink.end(self.ordinal, 0);
    }
}

/// Could only a flow log have a column of this name?
fn is_flow_column(name: &str) -> bool {
    matches!(
        name,
        "srcaddr" | "dstaddr" | "interface-id" | "log-status" | "tgw-id"
    ) || name.starts_with("pkt-")
}

/// One value of a row.
enum Cell<'a> {
    Int(i64),
    Text(&'a [u8]),
    Float(f64),
    /// Nanoseconds since 1970, where the file says so.
    Time(i64),
    Bool(bool),
}

impl Cell<'_> {
    fn to_text(&self) -> Cow<'_, [u8]> {
        match self {
            Cell::Text(t) => Cow::Borrowed(t),
            Cell::Int(i) => Cow::Owned(i.to_string().into_bytes()),
            Cell::Float(f) => Cow::Owned(f.to_string().into_bytes()),
            Cell::Time(ns) => Cow::Owned(time::iso(*ns).into_bytes()),
            Cell::Bool(b) => Cow::Borrowed(if *b { b"true" } else { b"false" }),
        }
    }

    fn to_int(&self) -> Option<i64> {
        match *self {
            Cell::Int(i) | Cell::Time(i) => Some(i),
            Cell::Bool(b) => Some(b.into()),
            // Beyond 2^53 a float no longer tells neighbours apart.
            Cell::Float(f) if f.fract() == 0.0 && f.abs() < 9_007_199_254_740_992.0 => Some(f as i64),
            Cell::Float(_) => None,
            Cell::Text(t) => number(t).filter(|(_, len)| *len == t.len()).map(|(n, _)| n),
        }
    }
}

/// Sets a cell of the row; false when the value is not of the field's type.
fn set(slot: &mut Slot, cell: &Cell<'_>, time_field: usize, sink: &mut RowSink<'_>) -> bool {
    if matches!(cell, Cell::Text(b"" | b"-")) {
        return true;
    }
    match slot.read {
        Read::Text | Read::Status => {
            let text = match cell {
                // Account ids are twelve digits, also where a table made them numbers.
                Cell::Int(id) if slot.name.ends_with("account-id") => format!("{id:012}").into_bytes().into(),
                _ => cell.to_text(),
            };
            let code = sink.code_after(&mut slot.last, &text);
            sink.set_code(slot.field, code);
        }
        Read::Integer => match cell.to_int() {
            Some(ABSENT_INT) | None => return false,
            Some(value) => sink.int(slot.field, value),
        },
        Read::Time | Read::LoneEnd => {
            let ns = match cell {
                Cell::Time(ns) => Some(*ns),
                _ => cell.to_int().and_then(time::from_epoch),
            };
            match ns {
                Some(ABSENT_INT) | None => return false,
                Some(ns) => {
                    sink.int(slot.field, ns);
                    if slot.read == Read::LoneEnd {
                        sink.int(time_field, ns);
                    }
                }
            }
        }
    }
    true
}

/// A column of a row group, decoded a batch at a time.
trait Column {
    /// Decodes the next `rows` values; an error when the column has fewer.
    fn load(&mut self, rows: usize) -> Result<(), ParquetError>;
    /// The next value of the batch.
    fn next(&mut self) -> Option<Cell<'_>>;
}

struct Typed<T: DataType> {
    reader: ColumnReaderImpl<T>,
    /// Values that are there.
    values: Vec<T::T>,
    /// For each row `full_level`, or less where the value is null; empty where a column can not have nulls.
    levels: Vec<i16>,
    full_level: i16,
    row: usize,
    value: usize,
    cell: fn(&T::T) -> Cell<'_>,
}

fn open(reader: ColumnReader, full_level: i16) -> Box<dyn Column> {
    fn typed<T: DataType>(
        reader: ColumnReaderImpl<T>,
        full_level: i16,
        cell: fn(&T::T) -> Cell<'_>,
    ) -> Box<dyn Column> {
        Box::new(Typed {
            reader,
            values: Vec::new(),
            levels: Vec::new(),
            full_level,
            row: 0,
            value: 0,
            cell,
        })
    }
    match reader {
        ColumnReader::BoolColumnReader(r) => typed(r, full_level, |v| Cell::Bool(*v)),
        ColumnReader::Int32ColumnReader(r) => typed(r, full_level, |v| Cell::Int(i64::from(*v))),
        ColumnReader::Int64ColumnReader(r) => typed(r, full_level, |v| Cell::Int(*v)),
        ColumnReader::Int96ColumnReader(r) => typed(r, full_level, |v| Cell::Time(v.to_nanos())),
        ColumnReader::FloatColumnReader(r) => typed(r, full_level, |v| Cell::Float(f64::from(*v))),
        ColumnReader::DoubleColumnReader(r) => typed(r, full_level, |v| Cell::Float(*v)),
        ColumnReader::ByteArrayColumnReader(r) => typed(r, full_level, |v| Cell::Text(v.as_bytes())),
        ColumnReader::FixedLenByteArrayColumnReader(r) => typed(r, full_level, |v| Cell::Text(v.as_bytes())),
    }
}

impl<T: DataType> Column for Typed<T> {
    fn load(&mut self, rows: usize) -> Result<(), ParquetError> {
        (self.row, self.value) = (0, 0);
        self.values.clear();
        self.levels.clear();
        let mut got = 0;
        while got < rows {
            let levels = Some(&mut self.levels);
            let (n, ..) = self
                .reader
                .read_records(rows - got, levels, None, &mut self.values)?;
            if n == 0 {
                return Err(ParquetError::EOF(
                    "a column has fewer values than rows".to_owned(),
                ));
            }
            got += n;
        }
        Ok(())
    }

    fn next(&mut self) -> Option<Cell<'_>> {
        let level = self.levels.get(self.row).copied();
        self.row += 1;
        if level.is_some_and(|l| l < self.full_level) {
            return None;
        }
        let value = self.values.get(self.value)?;
        self.value += 1;
        Some((self.cell)(value))
    }
}
