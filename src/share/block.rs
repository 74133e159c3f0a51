//! The records of one kind as a Parquet file.
//!
//! It is written page by page with the encodings that make log columns small, and read by any Parquet reader. The
//! Parquet library frames the pages and writes the footer; what is in a page is made here, because the library
//! chooses neither the order of a dictionary nor how its numbers are packed and compressed. Nothing in a file depends
//! on anything but the block: no times, no order of a hash table.

mod column;
mod encode;

use crate::base::FieldType;
use crate::base::block::{COUNT, FIELDS_KEY, KIND, MAX_COLUMNS, MAX_ROWS, MESSAGE, VERSION, VERSION_KEY};
use crate::base::decimal::PLACES;
use crate::base::hash::FastMap;
use crate::base::value::LIST_SEPARATOR;
use crate::table::ABSENT_INT;
use column::{Leaf, Values};
use parquet::basic::{ConvertedType, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Rows of a row group. Each has dictionaries of its own: with fewer rows a file of flow logs grows by a fifth.
const GROUP_ROWS: usize = 1 << 20;
const CREATED_BY: &str = "trailbeam";

/// Rows of one kind, column by column, ready to be written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Block {
    /// Registry id.
    pub kind: String,
    pub rows: usize,
    pub columns: Vec<BlockColumn>,
}

/// One column: a field of the kind, or one of [`crate::base::block::OWN`] (never `@kind`, which the writer adds).
#[derive(Clone, Debug, PartialEq)]
pub struct BlockColumn {
    pub name: String,
    pub ty: FieldType,
    pub cells: Cells,
}

/// A column's values, one a row.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub enum Cells {
    /// Integers, times in nanoseconds, booleans as 0 and 1; [`crate::table::ABSENT_INT`] where there is none.
    Ints(Vec<i64>),
    /// NaN where there is none.
    Floats(Vec<f64>),
    /// Texts, addresses and lists (items joined by [`crate::base::value::LIST_SEPARATOR`]): 0 where there is none,
    /// else one more than the position in `texts`.
    Texts { codes: Vec<u32>, texts: Vec<Vec<u8>> },
}

/// Why a block can not be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteError {
    /// It has no rows; what is not there needs no file.
    Empty,
    /// It has more than [`MAX_ROWS`] rows.
    TooManyRows(usize),
    /// It has more than [`MAX_COLUMNS`] columns.
    TooManyColumns(usize),
    /// The column of this name, and what is wrong with it.
    Column(String, String),
    Parquet(String),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WriteError::Empty => f.write_str("A block without rows is not written."),
            WriteError::TooManyRows(rows) => write!(f, "A block holds {MAX_ROWS} rows at most, not {rows}."),
            WriteError::TooManyColumns(n) => {
                write!(f, "A block holds {MAX_COLUMNS} columns at most, not {n}.")
            }
            WriteError::Column(name, why) => write!(f, "The column “{name}” can not be written: {why}."),
            WriteError::Parquet(why) => write!(f, "The block can not be written: {why}."),
        }
    }
}

impl std::error::Error for WriteError {}

impl From<ParquetError> for WriteError {
    fn from(e: ParquetError) -> Self {
        WriteError::Parquet(e.to_string())
    }
}

/// The block as a Parquet file. Equal blocks give equal bytes. Texts that are not UTF-8 are written with U+FFFD in
/// the place of what is not.
pub fn write(block: &Block) -> Result<Vec<u8>, WriteError> {
    let notes = vec![
        KeyValue::new(VERSION_KEY.to_owned(), VERSION.to_owned()),
        KeyValue::new(FIELDS_KEY.to_owned(), types(block)?),
    ];
    check(block.rows, &block.columns, true)?;
    file(block.rows, &block.columns, Some(&block.kind), notes)
}

/// Columns of any names as a Parquet file that is no block: of no kind, for other programs.
pub fn write_columns(rows: usize, columns: &[BlockColumn]) -> Result<Vec<u8>, WriteError> {
    check(rows, columns, false)?;
    file(rows, columns, None, Vec::new())
}

fn file(
    rows: usize,
    columns: &[BlockColumn],
    kind: Option<&str>,
    notes: Vec<KeyValue>,
) -> Result<Vec<u8>, WriteError> {
    let properties = WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_offset_index_disabled(true)
        .set_key_value_metadata((!notes.is_empty()).then_some(notes))
        .build();
    let mut file =
        SerializedFileWriter::new(Vec::new(), schema(columns, kind.is_some())?, Arc::new(properties))?;
    let leaves = file.schema_descr().columns().to_vec();
    let prepared: Vec<Prepared<'_>> = columns.iter().map(Prepared::of).collect();
    let kind = kind.map(|k| [Cow::Borrowed(k.as_bytes())]);
    for from in (0..rows).step_by(GROUP_ROWS) {
        let to = rows.min(from + GROUP_ROWS);
        let mut group = file.next_row_group()?;
        let mut columns = prepared.iter();
        for (at, leaf) in leaves.iter().enumerate() {
            let of_kind = kind.as_ref().filter(|_| at == 0);
            let values = match of_kind {
                Some(kind) => kind_column(to - from, kind),
                None => match columns.next() {
                    Some(column) => column.leaf(from, to)?,
                    None => break,
                },
            };
            let chunk = values.write(leaf.clone(), to - from, of_kind.is_some())?;
            group.append_column(&chunk.bytes, chunk.close)?;
        }
        group.close()?;
    }
    Ok(file.into_inner()?)
}

/// Every row's kind, in a dictionary of one.
fn kind_column<'a>(rows: usize, kind: &'a [Cow<'a, [u8]>]) -> Leaf<'a> {
    Leaf {
        defined: Vec::new(),
        full: 0,
        repeats: Vec::new(),
        values: Values::Texts {
            codes: vec![0; rows],
            texts: kind,
        },
    }
}

/// Whether the columns can be written; those of a block have names with a meaning among them.
fn check(rows: usize, columns: &[BlockColumn], is_block: bool) -> Result<(), WriteError> {
    match (rows, columns.len()) {
        (0, _) => return Err(WriteError::Empty),
        (rows, _) if rows > MAX_ROWS => return Err(WriteError::TooManyRows(rows)),
        (_, columns) if columns > MAX_COLUMNS => return Err(WriteError::TooManyColumns(columns)),
        _ => {}
    }
    let mut names: BTreeSet<&str> = is_block.then_some(KIND).into_iter().collect();
    for column in columns {
        let (len, fits) = match &column.cells {
            Cells::Ints(v) => (
                v.len(),
                matches!(
                    column.ty,
                    FieldType::Integer | FieldType::Decimal | FieldType::Time | FieldType::Bool
                ),
            ),
            Cells::Floats(v) => (v.len(), column.ty == FieldType::Float),
            Cells::Texts { codes, .. } => (codes.len(), column.ty.is_text()),
        };
        let own = match column.name.as_str() {
            _ if !is_block => None,
            MESSAGE => Some(FieldType::Text),
            COUNT => Some(FieldType::Integer),
            _ => None,
        };
        let why = if !names.insert(&column.name) {
            "its name is taken".to_owned()
        } else if len != rows {
            format!("it has {len} cells for {rows} rows")
        } else if !fits || own.is_some_and(|ty| ty != column.ty) {
            "its cells are not of its type".to_owned()
        } else {
            continue;
        };
        return Err(WriteError::Column(column.name.clone(), why));
    }
    Ok(())
}

/// The fields' types as JSON.
fn types(block: &Block) -> Result<String, WriteError> {
    let types: BTreeMap<&str, FieldType> = block.columns.iter().map(|c| (c.name.as_str(), c.ty)).collect();
    serde_json::to_string(&types).map_err(|e| WriteError::Parquet(e.to_string()))
}

fn schema(columns: &[BlockColumn], with_kind: bool) -> Result<TypePtr, ParquetError> {
    let text = |name: &str, repetition| {
        Type::primitive_type_builder(name, Physical::BYTE_ARRAY)
            .with_repetition(repetition)
            .with_logical_type(Some(LogicalType::String))
            .with_converted_type(ConvertedType::UTF8)
            .build()
    };
    let of = |column: &BlockColumn| {
        let name = column.name.as_str();
        let plain =
            |physical| Type::primitive_type_builder(name, physical).with_repetition(Repetition::OPTIONAL);
        match column.ty {
            FieldType::Text | FieldType::Address => text(name, Repetition::OPTIONAL),
            FieldType::Integer => plain(Physical::INT64).build(),
            FieldType::Decimal => plain(Physical::INT64)
                .with_precision(18)
                .with_scale(PLACES as i32)
                .with_logical_type(Some(LogicalType::decimal(PLACES as i32, 18)))
                .with_converted_type(ConvertedType::DECIMAL)
                .build(),
            FieldType::Time => plain(Physical::INT64)
                .with_logical_type(Some(LogicalType::timestamp(true, TimeUnit::NANOS)))
                .build(),
            FieldType::Float => plain(Physical::DOUBLE).build(),
            FieldType::Bool => plain(Physical::BOOLEAN).build(),
            FieldType::List => {
                let items = Type::group_type_builder("list")
                    .with_repetition(Repetition::REPEATED)
                    .with_fields(vec![Arc::new(text("element", Repetition::OPTIONAL)?)])
                    .build()?;
                Type::group_type_builder(name)
                    .with_repetition(Repetition::OPTIONAL)
                    .with_logical_type(Some(LogicalType::List))
                    .with_converted_type(ConvertedType::LIST)
                    .with_fields(vec![Arc::new(items)])
                    .build()
            }
        }
    };
    let mut fields = Vec::new();
    if with_kind {
        fields.push(Arc::new(text(KIND, Repetition::REQUIRED)?));
    }
    for column in columns {
        fields.push(Arc::new(of(column)?));
    }
    let root = Type::group_type_builder("records").with_fields(fields).build()?;
    Ok(Arc::new(root))
}

/// A column whose texts are UTF-8, each there once.
struct Prepared<'a> {
    column: &'a BlockColumn,
    texts: Vec<Cow<'a, [u8]>>,
    /// Where each text of the column has its values' positions in `places`: one, or a list's several.
    items: Vec<Range<usize>>,
    places: Vec<u32>,
}

impl<'a> Prepared<'a> {
    fn of(column: &'a BlockColumn) -> Self {
        let mut prepared = Prepared {
            column,
            texts: Vec::new(),
            items: Vec::new(),
            places: Vec::new(),
        };
        let Cells::Texts { texts, .. } = &column.cells else {
            return prepared;
        };
        let mut known: FastMap<Cow<'a, [u8]>, u32> = FastMap::default();
        let distinct = &mut prepared.texts;
        let mut place = |text: &'a [u8]| {
            let text = match String::from_utf8_lossy(text) {
                Cow::Borrowed(same) => Cow::Borrowed(same.as_bytes()),
                Cow::Owned(mended) => Cow::Owned(mended.into_bytes()),
            };
            *known.entry(text).or_insert_with_key(|text| {
                distinct.push(text.clone());
                distinct.len() as u32 - 1
            })
        };
        for text in texts {
            let from = prepared.places.len();
            match column.ty {
                FieldType::List => {
                    let items = text.split(|b| LIST_SEPARATOR.contains(b));
                    prepared.places.extend(items.map(&mut place));
                }
                _ => prepared.places.push(place(text)),
            }
            prepared.items.push(from..prepared.places.len());
        }
        prepared
    }

    fn items_of(&self, text: usize) -> Option<&[u32]> {
        self.places.get(self.items.get(text)?.clone())
    }

    /// The rows `from..to`; the column has as many.
    fn leaf(&self, from: usize, to: usize) -> Result<Leaf<'_>, WriteError> {
        let mut leaf = Leaf {
            defined: Vec::with_capacity(to - from),
            full: 1,
            repeats: Vec::new(),
            values: Values::Words(Vec::new()),
        };
        let words = |there: &mut dyn Iterator<Item = Option<u64>>, defined: &mut Vec<u32>| {
            let mut words = Vec::new();
            for word in there {
                defined.push(u32::from(word.is_some()));
                words.extend(word);
            }
            words
        };
        match &self.column.cells {
            Cells::Ints(v) => {
                let v = v.get(from..to).unwrap_or_default();
                let mut there = v.iter().map(|&i| (i != ABSENT_INT).then_some(i as u64));
                let words = words(&mut there, &mut leaf.defined);
                leaf.values = match self.column.ty {
                    FieldType::Bool => Values::Bools(words),
                    _ => Values::Words(words),
                };
            }
            Cells::Floats(v) => {
                let v = v.get(from..to).unwrap_or_default();
                let mut there = v.iter().map(|f| (!f.is_nan()).then_some(f.to_bits()));
                leaf.values = Values::Words(words(&mut there, &mut leaf.defined));
            }
            Cells::Texts { codes, .. } => {
                let is_list = self.column.ty == FieldType::List;
                leaf.full = if is_list { 3 } else { 1 };
                let mut values = Vec::new();
                for code in codes.get(from..to).unwrap_or_default() {
                    let items: &[u32] = match (*code as usize).checked_sub(1) {
                        None => &[],
                        Some(at) => self.items_of(at).ok_or_else(|| {
                            let why = format!("code {code} of {} texts", self.items.len());
                            WriteError::Column(self.column.name.clone(), why)
                        })?,
                    };
                    if items.is_empty() {
                        leaf.defined.push(0);
                        leaf.repeats.push(0);
                    }
                    for (at, item) in items.iter().enumerate() {
                        leaf.defined.push(leaf.full);
                        leaf.repeats.push(u32::from(at > 0));
                        values.push(*item);
                    }
                }
                if !is_list {
                    leaf.repeats.clear();
                }
                leaf.values = Values::Texts {
                    codes: values,
                    texts: &self.texts,
                };
            }
        }
        Ok(leaf)
    }
}
