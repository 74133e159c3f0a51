//! A block's footer: its columns, their types, and where their bytes are.

use super::page::Pages;
use super::{Fault, MAGIC, page};
use crate::base::FieldType;
use crate::base::block::{FIELDS_KEY, KIND, MAX_COLUMNS, MAX_ROWS, VERSION, VERSION_KEY};
use parquet::basic::{Compression, Type as Physical};
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use std::collections::BTreeMap;

/// A block, its footer read.
pub(super) struct File<'a> {
    bytes: &'a [u8],
    metadata: ParquetMetaData,
    /// Without `@kind`.
    pub columns: Vec<Described>,
}

/// A column of the file.
pub(super) struct Described {
    /// Its number among the columns of a row group.
    leaf: usize,
    pub name: String,
    pub ty: FieldType,
    /// The largest definition level.
    pub full: u32,
    pub is_list: bool,
    /// Why it can not be read.
    pub fault: Option<Fault>,
}

impl<'a> File<'a> {
    /// Reads the footer, or says what is wrong with it.
    pub fn open(bytes: &'a [u8]) -> Result<Self, String> {
        const CUT: &str = "it has no end: it is cut off";
        let (before, end) = bytes.split_last_chunk::<8>().ok_or(CUT)?;
        let [a, b, c, d, magic @ ..] = end;
        if magic != MAGIC {
            return Err(CUT.to_owned());
        }
        let footer = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
        let from = before.len().checked_sub(footer).ok_or(CUT)?;
        let footer = before.get(from..).unwrap_or_default();
        let metadata = ParquetMetaDataReader::decode_metadata(footer).map_err(|e| e.to_string())?;
        let value = |key: &str| {
            let all = metadata.file_metadata().key_value_metadata()?;
            all.iter().find(|kv| kv.key == key)?.value.as_deref()
        };
        match value(VERSION_KEY) {
            Some(VERSION) => {}
            Some(other) => {
                return Err(format!(
                    "it is a block of layout {other}, and layout {VERSION} is read here"
                ));
            }
            None => return Err("it is Parquet, and no block".to_owned()),
        }
        let types: BTreeMap<String, FieldType> = value(FIELDS_KEY)
            .and_then(|json| serde_json::from_str(json).ok())
            .ok_or("it does not say the types of its fields")?;
        let rows = metadata
            .row_groups()
            .iter()
            .map(|g| usize::try_from(g.num_rows()));
        let rows = rows.sum::<Result<usize, _>>();
        if rows.is_ok_and(|rows| rows > MAX_ROWS) || rows.is_err() {
            return Err(format!("it has more than {MAX_ROWS} rows"));
        }
        let leaves = metadata.file_metadata().schema_descr().columns();
        if leaves.len() > MAX_COLUMNS + 1 {
            return Err(format!("it has more than {MAX_COLUMNS} columns"));
        }
        if leaves.first().is_none_or(|l| l.path().string() != KIND) {
            return Err(format!("its first column is not {KIND}"));
        }
        let columns = (leaves.iter().enumerate().skip(1))
            .map(|(leaf, column)| {
                let path = column.path().parts();
                let name = path.first().cloned().unwrap_or_default();
                let known = types.get(&name);
                let ty = known.copied().unwrap_or_default();
                let is_list = ty == FieldType::List;
                let physical = match ty {
                    FieldType::Integer | FieldType::Decimal | FieldType::Time => Physical::INT64,
                    FieldType::Float => Physical::DOUBLE,
                    FieldType::Bool => Physical::BOOLEAN,
                    FieldType::Text | FieldType::Address | FieldType::List => Physical::BYTE_ARRAY,
                };
                let (parts, repeats, full) = if is_list { (3, 1, 3) } else { (1, 0, 1) };
                let fits = column.physical_type() == physical
                    && path.len() == parts
                    && column.max_rep_level() == repeats
                    && column.max_def_level() == full;
                Described {
                    leaf,
                    name,
                    ty,
                    full: full as u32,
                    is_list,
                    fault: match (known, fits) {
                        (None, _) => Some("the file does not say its type"),
                        (_, false) => Some("it is not of the type that the file says"),
                        _ => None,
                    },
                }
            })
            .collect();
        Ok(File {
            bytes,
            metadata,
            columns,
        })
    }

    /// Rows of each row group.
    pub fn groups(&self) -> impl Iterator<Item = u64> + '_ {
        let groups = self.metadata.row_groups().iter();
        groups.map(|g| u64::try_from(g.num_rows()).unwrap_or(0))
    }

    /// The pages of a column in a row group.
    pub fn pages(&self, group: usize, column: &Described) -> Result<Pages<'a>, Fault> {
        const OUTSIDE: Fault = "a column outside of the file";
        let group = self.metadata.row_groups().get(group).ok_or(OUTSIDE)?;
        let chunk = group.columns().get(column.leaf).ok_or(OUTSIDE)?;
        let first = chunk.dictionary_page_offset().unwrap_or(chunk.data_page_offset());
        let range = usize::try_from(first)
            .ok()
            .zip(usize::try_from(chunk.compressed_size()).ok())
            .and_then(|(from, len)| Some(from..from.checked_add(len)?));
        let bytes = range.and_then(|r| self.bytes.get(r)).ok_or(OUTSIDE)?;
        match chunk.compression() {
            Compression::UNCOMPRESSED => Ok(Pages::new(bytes, false)),
            Compression::GZIP(_) => Ok(Pages::new(bytes, true)),
            _ => Err("a compression that no block has"),
        }
    }
}

/// The kind that a block says it is of, by its first bytes; `None` where they begin no block.
pub(super) fn kind_of(head: &[u8]) -> Option<&str> {
    const MAX_ID: usize = 64;
    let id = std::str::from_utf8(page::first_text(head)?).ok()?;
    let is_id = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (!id.is_empty() && id.len() <= MAX_ID && id.bytes().all(is_id)).then_some(id)
}
