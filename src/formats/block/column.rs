//! A column of a row group, a page at a time.

use super::Fault;
use super::decode;
use super::file::Described;
use super::page::{self, Page, Pages};
use std::borrow::Cow;
use std::ops::Range;

/// What of a column a page holds: its values without gaps, and where the gaps are.
pub(super) struct Decoded {
    /// For each entry how much of it is there.
    pub defined: Vec<u32>,
    /// For each entry of a list column whether it goes on with the row before.
    pub repeats: Vec<u32>,
    pub values: Values,
}

pub(super) enum Values {
    /// Integers and times, floats as their bits, booleans as 0 and 1.
    Words(Vec<u64>),
    /// Numbers in the column's dictionary, each inside of it.
    Indices(Vec<u32>),
    /// Texts in the bytes of the page.
    Texts(Vec<u8>, Vec<Range<usize>>),
}

/// A column's pages, and the dictionary they may refer to.
pub(super) struct Column<'a> {
    described: &'a Described,
    pages: Pages<'a>,
    pub dictionary: Dictionary,
}

pub(super) enum Dictionary {
    None,
    Words(Vec<u64>),
    Texts(Vec<u8>, Vec<Range<usize>>),
}

impl Dictionary {
    fn len(&self) -> usize {
        match self {
            Dictionary::None => 0,
            Dictionary::Words(words) => words.len(),
            Dictionary::Texts(_, ranges) => ranges.len(),
        }
    }

    pub fn text(&self, index: u32) -> &[u8] {
        match self {
            Dictionary::Texts(bytes, ranges) => text_of(bytes, ranges.get(index as usize)),
            _ => &[],
        }
    }
}

pub(super) fn text_of<'a>(bytes: &'a [u8], range: Option<&Range<usize>>) -> &'a [u8] {
    range.and_then(|r| bytes.get(r.clone())).unwrap_or_default()
}

impl<'a> Column<'a> {
    pub fn new(described: &'a Described, pages: Pages<'a>) -> Self {
        Column {
            described,
            pages,
            dictionary: Dictionary::None,
        }
    }

    /// The next page of values, not unpacked; a dictionary before it is kept. `None` at the column's end.
    pub fn page(&mut self) -> Result<Option<Page<'a>>, Fault> {
        while let Some(page) = self.pages.next()? {
            if page.header.kind == page::DATA {
                return Ok(Some(page));
            }
            if self.dictionary.len() > 0 {
                return Err("two dictionaries");
            }
            let (bytes, values) = (page.open()?, page.header.values);
            self.dictionary = match self.described.ty {
                ty if ty.is_text() => {
                    let texts = decode::texts(&bytes, values)?;
                    Dictionary::Texts(bytes.into_owned(), texts)
                }
                _ => Dictionary::Words(decode::words(&bytes, values)?),
            };
        }
        Ok(None)
    }

    /// What is in a page of this column.
    pub fn decode(&self, page: &Page<'a>) -> Result<Decoded, Fault> {
        let bytes = page.open()?;
        let entries = page.header.values;
        let full = self.described.full;
        let mut rest = bytes.as_ref();
        let repeats = match self.described.is_list {
            true => levels(&mut rest, 1, entries)?,
            false => Vec::new(),
        };
        let width = (u32::BITS - full.leading_zeros()) as u8;
        let defined = levels(&mut rest, width, entries)?;
        if defined.iter().any(|d| *d > full) {
            return Err("a value that is more than there");
        }
        let count = defined.iter().filter(|d| **d == full).count();
        let is_text = self.described.ty.is_text();
        let is_bool = self.described.ty == crate::base::FieldType::Bool;
        let values = match page.header.encoding {
            page::RLE_DICTIONARY => {
                let (width, rest) = rest.split_first().ok_or("a page without values")?;
                let indices = decode::hybrid(rest, *width, count)?;
                if indices.iter().any(|i| *i as usize >= self.dictionary.len()) {
                    return Err("a value that is not in the dictionary");
                }
                match &self.dictionary {
                    Dictionary::Words(words) => {
                        let word = |i: &u32| words.get(*i as usize).copied().unwrap_or_default();
                        Values::Words(indices.iter().map(word).collect())
                    }
                    _ => Values::Indices(indices),
                }
            }
            page::PLAIN if is_text => {
                let from = bytes.len() - rest.len();
                let mut texts = decode::texts(rest, count)?;
                for text in &mut texts {
                    *text = text.start + from..text.end + from;
                }
                Values::Texts(Cow::into_owned(bytes), texts)
            }
            page::PLAIN if is_bool => Values::Words(decode::bools(rest, count)?),
            page::PLAIN => Values::Words(decode::words(rest, count)?),
            page::DELTA if !is_text && !is_bool => Values::Words(decode::delta(rest, count)?),
            page::SPLIT if !is_text && !is_bool => Values::Words(decode::split(rest, count)?),
            _ => return Err("an encoding that no block has"),
        };
        Ok(Decoded {
            defined,
            repeats,
            values,
        })
    }
}

/// Levels stand before the values, behind their length.
fn levels(bytes: &mut &[u8], width: u8, count: usize) -> Result<Vec<u32>, Fault> {
    const CUT: Fault = "levels that are cut off";
    let (len, rest) = bytes.split_first_chunk().ok_or(CUT)?;
    let (levels, rest) = rest
        .split_at_checked(u32::from_le_bytes(*len) as usize)
        .ok_or(CUT)?;
    *bytes = rest;
    decode::hybrid(levels, width, count)
}
