//! Logs delivered as Parquet: what every kind of them shares.
//!
//! A Parquet file is read from its end, so the member is held until it is complete. Its records have no text of their own: a
//! row's offset is its number in the file (from 0), and its length is 0.

mod column;
mod pages;

use super::Reader;
use crate::base::block::KIND;
use crate::table::RowSink;
use bytes::Bytes;
pub(super) use column::Cell;
use column::{Column, open};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};

pub(super) const MAGIC: &[u8] = b"PAR1";

/// A larger file is not read: it would have to be held in memory whole. AWS writes files of at most 75 MB.
const MAX_BYTES: usize = 1 << 30;
/// Rows decoded at a time.
const BATCH_ROWS: usize = 4096;
/// Columns looked at. A cost and usage report has some 150, more with its tags.
const MAX_COLUMNS: usize = 1024;
/// Column names listed when none of them is the kind's.
const NAMES_SHOWN: usize = 12;

/// The names of a whole file's columns, in their order, those inside of others as `outer.inner`. `None` where it is no Parquet
/// that can be read, or one of the blocks that records are shared in: those are of the kind that they say.
pub(super) fn names(bytes: &[u8]) -> Option<Vec<String>> {
    let file = SerializedFileReader::new(Bytes::copy_from_slice(bytes)).ok()?;
    let names = column_names(&file);
    (names.first().map(String::as_str) != Some(KIND)).then_some(names)
}

fn column_names(file: &SerializedFileReader<Bytes>) -> Vec<String> {
    let columns = file.metadata().file_metadata().schema_descr().columns();
    columns
        .iter()
        .take(MAX_COLUMNS)
        .map(|c| c.path().string())
        .collect()
}

/// What a kind does with the rows of a file.
pub(super) trait Rows: Send {
    /// What such a file is called, for "Parquet file without …": `flow-log columns`.
    const OF: &'static str;

    /// Takes the names of the file's columns; false where the kind has none of them.
    fn columns(&mut self, names: &[&str], sink: &mut RowSink<'_>) -> bool;

    /// Sets the cells of a row and ends or rejects it.
    fn row(&mut self, ordinal: u64, cells: &mut Cells<'_>, sink: &mut RowSink<'_>);

    /// The file has ended.
    fn finish(&mut self, _sink: &mut RowSink<'_>) {}
}

/// The cells of one row.
pub(super) struct Cells<'c> {
    columns: &'c mut [Box<dyn Column>],
}

impl Cells<'_> {
    /// Hands over every value that is there with the number of its column, in the columns' order; one that repeats as often
    /// as it does. To be called once a row.
    pub fn each(&mut self, f: &mut dyn FnMut(usize, Cell<'_>)) {
        for (at, column) in self.columns.iter_mut().enumerate() {
            column.next(&mut |cell| f(at, cell));
        }
    }
}

/// Holds a member until its end, then reads it.
pub(super) struct Held<R> {
    rows: R,
    held: Vec<u8>,
    too_large: bool,
    /// The number of the next row in the file.
    ordinal: u64,
    /// The file's length.
    bytes: u64,
}

impl<R: Rows> Held<R> {
    pub fn new(rows: R) -> Held<R> {
        Held {
            rows,
            held: Vec::new(),
            too_large: false,
            ordinal: 0,
            bytes: 0,
        }
    }

    fn file(&mut self, file: &SerializedFileReader<Bytes>, sink: &mut RowSink<'_>) {
        let names = column_names(file);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        if names.first() == Some(&KIND) {
            let reason = "records shared as a block of a kind that this version does not read";
            sink.reject(reason, 0, MAGIC);
            return;
        }
        if !self.rows.columns(&names, sink) {
            let more = if names.len() > NAMES_SHOWN { ", …" } else { "" };
            let shown = names.get(..NAMES_SHOWN).unwrap_or(&names).join(", ");
            sink.reject(
                format!("Parquet file without {}: has {shown}{more}", R::OF),
                0,
                MAGIC,
            );
            return;
        }
        for group in 0..file.num_row_groups() {
            let rows = file.metadata().row_group(group).num_rows().max(0) as u64;
            let end = self.ordinal.saturating_add(rows);
            let read = file
                .get_row_group(group)
                .and_then(|g| self.group(&*g, names.len(), end, sink));
            if let Err(e) = read {
                let left = end - self.ordinal;
                let reason = format!("row group {group}: {left} rows can not be read: {e}");
                sink.reject(reason, self.ordinal, MAGIC);
            }
            self.ordinal = end;
        }
    }

    /// Reads the rows of one group, up to the row numbered `end`.
    fn group(
        &mut self,
        group: &dyn RowGroupReader,
        columns: usize,
        end: u64,
        sink: &mut RowSink<'_>,
    ) -> Result<(), ParquetError> {
        pages::check_ranges(group.metadata(), self.bytes)?;
        let schema = group.metadata().schema_descr();
        let mut open_columns = Vec::with_capacity(columns);
        for at in 0..columns {
            let column = schema.column(at);
            let pages = Box::new(pages::Checked::new(group.get_column_page_reader(at)?, &column));
            open_columns.push(open(column, pages));
        }
        while self.ordinal < end {
            let rows = usize::try_from(end - self.ordinal).map_or(BATCH_ROWS, |n| n.min(BATCH_ROWS));
            for column in &mut open_columns {
                column.load(rows)?;
            }
            for _ in 0..rows {
                let mut cells = Cells {
                    columns: &mut open_columns,
                };
                self.rows.row(self.ordinal, &mut cells, sink);
                self.ordinal += 1;
            }
        }
        Ok(())
    }
}

impl<R: Rows> Reader for Held<R> {
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
        self.rows.finish(sink);
    }
}
