//! Blocks: the records of one kind as Parquet, as a shared file holds them. A block is read as the kind it says it is
//! of; `base/block.rs` names its columns.
//!
//! Only what blocks have is read: four encodings, gzip, one page layout. The pages are taken apart here and not by the
//! Parquet library, so that nothing in them is taken on trust, and a text that is in a dictionary is looked up once and
//! not for every row. A Parquet file is read from its end, so the member is held until it is complete. A row's offset
//! is its number in the block (from 0), its length that of its original text, 0 where the block has none.

mod column;
mod decode;
mod file;
mod page;
mod rows;
#[cfg(test)]
mod tests;

use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::Facts;
use crate::base::block::MESSAGE;
use crate::table::RowSink;
use column::{Column, Values, text_of};
use file::{Described, File};
use std::sync::OnceLock;

const MAGIC: &[u8] = b"PAR1";
/// A larger file is not read: it would have to be held in memory whole.
const MAX_BYTES: usize = 1 << 30;

/// Why a page or a column can not be read: `a page that is cut off`.
type Fault = &'static str;

/// What is said of a record whose block has no original texts.
pub const NOT_SHARED: &str = "The original text was not shared.";

/// Blocks of one registered kind.
struct BlockOf {
    facts: &'static Facts,
}

/// The kind that a block says it is of, by its first bytes, registered or not; `None` where they begin no block.
pub fn kind_of(head: &[u8]) -> Option<&str> {
    file::kind_of(head)
}

/// Is it a whole block, of whatever kind?
pub fn is_block(bytes: &[u8]) -> bool {
    File::open(bytes).is_ok()
}

/// How blocks of a registered kind are read.
pub(super) fn of(id: &str) -> Option<&'static dyn LogFormat> {
    static BLOCKS: OnceLock<Vec<BlockOf>> = OnceLock::new();
    let kinds = || super::FORMATS.iter().map(|f| BlockOf { facts: f.facts() });
    let blocks = BLOCKS.get_or_init(|| kinds().collect());
    let found = blocks.iter().find(|b| b.facts.id == id)?;
    Some(found)
}

impl LogFormat for BlockOf {
    fn facts(&self) -> &'static Facts {
        self.facts
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        (kind_of(sample.head) == Some(self.facts.id)).then_some(Confidence::Certain)
    }

    fn reader(&self, _: &Sample<'_>, options: &Options) -> Box<dyn Reader> {
        Box::new(BlockReader {
            extra_fields: options.extra_fields.clone(),
            ..BlockReader::default()
        })
    }
}

/// Holds a member until its end, then reads it.
#[derive(Default)]
struct BlockReader {
    held: Vec<u8>,
    too_large: bool,
    /// [`Options::extra_fields`]: found in the original texts, where the block has them.
    extra_fields: Vec<String>,
}

impl Reader for BlockReader {
    fn feed(&mut self, chunk: &[u8], _: &mut RowSink<'_>) {
        if self.too_large || self.held.len() + chunk.len() > MAX_BYTES {
            self.too_large = true;
            self.held = Vec::new();
        } else {
            self.held.extend_from_slice(chunk);
        }
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        let held = std::mem::take(&mut self.held);
        if self.too_large {
            sink.reject("block over 1 GiB", 0, MAGIC);
            return;
        }
        match File::open(&held) {
            Ok(file) => rows::read(&file, &self.extra_fields, sink),
            Err(why) => sink.reject(format!("block that can not be read: {why}"), 0, MAGIC),
        }
    }
}

/// The original texts of these rows of a block (ascending), or why one is not there.
pub fn texts(bytes: &[u8], rows: &[u64]) -> Vec<Result<Vec<u8>, String>> {
    let unreadable = |why: &str| Err(format!("The block can not be read: {why}."));
    let file = match File::open(bytes) {
        Ok(file) => file,
        Err(why) => return vec![unreadable(&why); rows.len()],
    };
    let Some(message) = file.columns.iter().find(|c| c.name == MESSAGE) else {
        return vec![Err(NOT_SHARED.to_owned()); rows.len()];
    };
    if let Some(fault) = message.fault {
        return vec![unreadable(fault); rows.len()];
    }
    let mut out = vec![Err("The block has no such row.".to_owned()); rows.len()];
    let mut wanted = rows.iter().copied().zip(&mut out).peekable();
    let mut from = 0;
    for (group, len) in file.groups().enumerate() {
        let to = from + len;
        let mut mine = Vec::new();
        while let Some(next) = wanted.next_if(|(row, _)| *row < to) {
            mine.push(next);
        }
        if let Err(fault) = group_texts(&file, group, message, from, &mut mine) {
            for (_, text) in mine.iter_mut().filter(|(_, text)| text.is_err()) {
                **text = unreadable(fault);
            }
        }
        from = to;
    }
    out
}

/// Where the text of a row goes.
type Wanted<'a> = (u64, &'a mut Result<Vec<u8>, String>);

fn group_texts(
    file: &File<'_>,
    group: usize,
    message: &Described,
    mut from: u64,
    wanted: &mut [Wanted<'_>],
) -> Result<(), Fault> {
    let Some(last) = wanted.iter().map(|(row, _)| *row).max() else {
        return Ok(());
    };
    let mut column = Column::new(message, file.pages(group, message)?);
    while from <= last {
        let page = column.page()?.ok_or("a column with fewer values than rows")?;
        let to = from + page.header.values as u64;
        let mut here = wanted
            .iter_mut()
            .filter(|(row, _)| (from..to).contains(row))
            .peekable();
        if here.peek().is_some() {
            let decoded = column.decode(&page)?;
            // The place of each row's value among those that are there.
            let mut values = 0;
            let places: Vec<Option<usize>> = (decoded.defined.iter())
                .map(|d| {
                    let is_there = *d == message.full;
                    values += usize::from(is_there);
                    is_there.then(|| values - 1)
                })
                .collect();
            for (row, text) in here {
                let place = places.get((*row - from) as usize).copied().flatten();
                **text = match (place, &decoded.values) {
                    (Some(at), Values::Indices(indices)) => {
                        let index = indices.get(at).copied().unwrap_or_default();
                        Ok(column.dictionary.text(index).to_vec())
                    }
                    (Some(at), Values::Texts(bytes, ranges)) => Ok(text_of(bytes, ranges.get(at)).to_vec()),
                    _ => Err(NOT_SHARED.to_owned()),
                };
            }
        }
        from = to;
    }
    Ok(())
}
