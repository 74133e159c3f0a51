//! Columns of a row group, decoded a batch at a time, and their values.

use super::pages::Checked;
use crate::base::time;
use parquet::basic::{ConvertedType, LogicalType, TimeUnit};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::{AsBytes, DataType};
use parquet::errors::ParquetError;
use parquet::schema::types::{ColumnDescPtr, ColumnDescriptor};
use std::borrow::Cow;

/// Rows of a batch that may stand for more values than this would be made up.
const MAX_VALUES: usize = 1 << 22;

/// One value of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::formats) enum Cell<'a> {
    Int(i64),
    Text(&'a [u8]),
    Float(f64),
    /// Nanoseconds since 1970, where the file says so.
    Time(i64),
    Bool(bool),
    /// So many units of the last of so many decimal places.
    Decimal(i128, u32),
    /// One of several values of a row that is none: what stands beside it has its place.
    Null,
}

impl<'a> Cell<'a> {
    pub fn to_text(self) -> Cow<'a, [u8]> {
        match self {
            Cell::Text(t) => Cow::Borrowed(t),
            Cell::Int(i) => Cow::Owned(i.to_string().into_bytes()),
            Cell::Float(f) => Cow::Owned(f.to_string().into_bytes()),
            Cell::Time(ns) => Cow::Owned(time::iso(ns).into_bytes()),
            Cell::Bool(b) => Cow::Borrowed(if b { b"true" } else { b"false" }),
            Cell::Decimal(n, places) => Cow::Owned(decimal(n, places).into_bytes()),
            Cell::Null => Cow::Borrowed(b""),
        }
    }
}

/// `1234` with two places → `12.34`.
fn decimal(n: i128, places: u32) -> String {
    let digits = n.unsigned_abs().to_string();
    let places = places as usize;
    let digits = format!("{digits:0>width$}", width = places + 1);
    let (whole, part) = digits.split_at(digits.len() - places);
    let sign = if n < 0 { "-" } else { "" };
    match part {
        "" => format!("{sign}{whole}"),
        part => format!("{sign}{whole}.{part}"),
    }
}

/// What the numbers of a column stand for.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Meaning {
    Plain,
    /// Times in units of so many nanoseconds.
    Time(i64),
    Decimal(u32),
}

impl Meaning {
    fn of(column: &ColumnDescriptor) -> Meaning {
        match column.logical_type_ref() {
            Some(LogicalType::Timestamp(of)) => {
                return Meaning::Time(match of.unit {
                    TimeUnit::MILLIS => 1_000_000,
                    TimeUnit::MICROS => 1_000,
                    TimeUnit::NANOS => 1,
                });
            }
            Some(LogicalType::Date) => return Meaning::Time(time::DAY),
            _ => {}
        }
        match column.converted_type() {
            ConvertedType::TIMESTAMP_MILLIS => Meaning::Time(1_000_000),
            ConvertedType::TIMESTAMP_MICROS => Meaning::Time(1_000),
            ConvertedType::DATE => Meaning::Time(time::DAY),
            ConvertedType::DECIMAL => Meaning::Decimal(column.type_scale().clamp(0, 38).unsigned_abs()),
            _ => Meaning::Plain,
        }
    }

    fn int<'a>(self, n: i64) -> Cell<'a> {
        match self {
            Meaning::Plain => Cell::Int(n),
            Meaning::Time(unit) => n.checked_mul(unit).map_or(Cell::Int(n), Cell::Time),
            Meaning::Decimal(places) => Cell::Decimal(n.into(), places),
        }
    }

    fn bytes(self, bytes: &[u8]) -> Cell<'_> {
        match self {
            Meaning::Decimal(places) if !bytes.is_empty() && bytes.len() <= 16 => {
                // Big-endian two's complement of any length.
                let negative = bytes.first().is_some_and(|b| b & 0x80 != 0);
                let start = if negative { -1i128 } else { 0 };
                let n = bytes.iter().fold(start, |n, b| (n << 8) | i128::from(*b));
                Cell::Decimal(n, places)
            }
            _ => Cell::Text(bytes),
        }
    }
}

/// A column of a row group.
pub(super) trait Column {
    /// Decodes the next `rows` rows; an error when the column has fewer.
    fn load(&mut self, rows: usize) -> Result<(), ParquetError>;
    /// Hands over the values of the next row of the batch: none, one, or several where they repeat.
    fn next(&mut self, f: &mut dyn FnMut(Cell<'_>));
}

struct Typed<T: DataType> {
    reader: ColumnReaderImpl<T>,
    /// Values that are there.
    values: Vec<T::T>,
    /// For each entry `full_level`, or less where it has no value; empty where a column can not be without.
    levels: Vec<i16>,
    /// For each entry 0 where a row begins; empty where values do not repeat.
    repeats: Vec<i16>,
    full_level: i16,
    /// The level of one of several values that is null; nothing where none can be.
    null_level: Option<i16>,
    is_repeated: bool,
    entry: usize,
    value: usize,
    meaning: Meaning,
    cell: for<'a> fn(&'a T::T, Meaning) -> Cell<'a>,
}

pub(super) fn open(column: ColumnDescPtr, pages: Box<Checked>) -> Box<dyn Column> {
    fn typed<T: DataType>(
        reader: ColumnReaderImpl<T>,
        column: &ColumnDescriptor,
        cell: for<'a> fn(&'a T::T, Meaning) -> Cell<'a>,
    ) -> Box<dyn Column> {
        Box::new(Typed {
            reader,
            values: Vec::new(),
            levels: Vec::new(),
            repeats: Vec::new(),
            full_level: column.max_def_level(),
            null_level: (column.max_rep_level() > 0 && column.self_type().is_optional())
                .then(|| column.max_def_level() - 1),
            is_repeated: column.max_rep_level() > 0,
            entry: 0,
            value: 0,
            meaning: Meaning::of(column),
            cell,
        })
    }
    let of = &column;
    match get_column_reader(column.clone(), pages) {
        ColumnReader::BoolColumnReader(r) => typed(r, of, |v, _| Cell::Bool(*v)),
        ColumnReader::Int32ColumnReader(r) => typed(r, of, |v, m| m.int(i64::from(*v))),
        ColumnReader::Int64ColumnReader(r) => typed(r, of, |v, m| m.int(*v)),
        ColumnReader::Int96ColumnReader(r) => typed(r, of, |v, _| Cell::Time(v.to_nanos())),
        ColumnReader::FloatColumnReader(r) => typed(r, of, |v, _| Cell::Float(shortest(*v))),
        ColumnReader::DoubleColumnReader(r) => typed(r, of, |v, _| Cell::Float(*v)),
        ColumnReader::ByteArrayColumnReader(r) => typed(r, of, |v, m| m.bytes(v.as_bytes())),
        ColumnReader::FixedLenByteArrayColumnReader(r) => typed(r, of, |v, m| m.bytes(v.as_bytes())),
    }
}

/// The double that is written as the single is: 0.1 stays 0.1.
fn shortest(single: f32) -> f64 {
    single.to_string().parse().unwrap_or(f64::from(single))
}

impl<T: DataType> Column for Typed<T> {
    fn load(&mut self, rows: usize) -> Result<(), ParquetError> {
        (self.entry, self.value) = (0, 0);
        self.values.clear();
        self.levels.clear();
        self.repeats.clear();
        let mut got = 0;
        while got < rows {
            let repeats = self.is_repeated.then_some(&mut self.repeats);
            let levels = Some(&mut self.levels);
            let (n, ..) = self
                .reader
                .read_records(rows - got, levels, repeats, &mut self.values)?;
            if n == 0 {
                return Err(ParquetError::EOF(
                    "a column has fewer values than rows".to_owned(),
                ));
            }
            if self.values.len() > MAX_VALUES {
                return Err(ParquetError::General("a column repeats without end".to_owned()));
            }
            got += n;
        }
        Ok(())
    }

    fn next(&mut self, f: &mut dyn FnMut(Cell<'_>)) {
        loop {
            let level = self.levels.get(self.entry).copied();
            self.entry += 1;
            let is_there = level.is_none_or(|l| l >= self.full_level);
            if is_there && let Some(value) = self.values.get(self.value) {
                self.value += 1;
                f((self.cell)(value, self.meaning));
            } else if level.is_some() && level == self.null_level {
                f(Cell::Null);
            }
            let goes_on = self.repeats.get(self.entry).is_some_and(|r| *r > 0);
            if !goes_on {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_written_with_all_of_their_places() {
        let told = [(1234, 2), (-5, 3), (0, 2), (7, 0)].map(|(n, places)| decimal(n, places));
        assert_eq!(told, ["12.34", "-0.005", "0.00", "7"]);
    }

    #[test]
    fn a_decimal_of_bytes_is_twos_complement() {
        let of = |bytes: &'static [u8]| Meaning::Decimal(2).bytes(bytes);
        assert_eq!(of(&[0x04, 0xd2]), Cell::Decimal(1234, 2));
        assert_eq!(of(&[0xff, 0xfb]), Cell::Decimal(-5, 2));
        assert_eq!(of(b""), Cell::Text(b""));
    }
}
