//! One column of a block as pages: which encoding makes it small is found out on a sample of its values.

use super::WriteError;
use super::encode::{self, width_of};
use crate::base::block::{MAX_PAGE_BYTES, MAX_PAGE_VALUES};
use crate::base::hash::FastMap;
use bytes::Bytes;
use parquet::basic::{Compression, Encoding};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;
use std::borrow::Cow;
use std::ops::Range;
use zlib_rs::Strategy;

/// A page ends with the row that brings it to this many rows, values, or bytes of text.
const PAGE_ROWS: usize = 1 << 15;
const PAGE_VALUES: usize = 1 << 16;
const PAGE_BYTES: usize = 1 << 20;
/// A dictionary of more bytes would stay in memory for little.
const MAX_DICTIONARY_BYTES: usize = 16 << 20;
/// Ways to compress: with matches; without, for bytes that repeat by number and not by order; runs alone.
const STRATEGIES: [Strategy; 3] = [Strategy::Default, Strategy::HuffmanOnly, Strategy::Rle];

/// A column's values without its gaps, and what tells where the gaps are.
pub(super) struct Leaf<'a> {
    /// For each entry (a row; of a list, an item or an absent list) how much of it is there: `full` where all is.
    pub defined: Vec<u32>,
    pub full: u32,
    /// For each entry of a list column 1 where it goes on with the row of the entry before; empty for other columns.
    pub repeats: Vec<u32>,
    pub values: Values<'a>,
}

pub(super) enum Values<'a> {
    /// Integers and times; floats as their bits.
    Words(Vec<u64>),
    Bools(Vec<u64>),
    /// Positions in `texts`.
    Texts {
        codes: Vec<u32>,
        texts: &'a [Cow<'a, [u8]>],
    },
}

impl Values<'_> {
    fn len(&self) -> usize {
        match self {
            Values::Words(v) | Values::Bools(v) => v.len(),
            Values::Texts { codes, .. } => codes.len(),
        }
    }

    fn text_bytes(&self, at: usize) -> usize {
        match self {
            Values::Texts { codes, texts } => {
                let text = codes.get(at).and_then(|c| texts.get(*c as usize));
                text.map_or(0, |t| t.len() + 4)
            }
            _ => 0,
        }
    }
}

/// What of a leaf a page holds.
#[derive(Clone)]
struct Span {
    entries: Range<usize>,
    values: Range<usize>,
}

/// Distinct values in an order, and the place of each value there.
struct Dictionary {
    page: Vec<u8>,
    len: usize,
    indices: Vec<u32>,
}

/// How the values of a page are written.
#[derive(Clone, Copy)]
enum Coding {
    Plain,
    Delta,
    Split,
    /// Positions in the dictionary of this number, so many bits each.
    Dictionary {
        number: usize,
        width: u8,
    },
}

/// A column's pages, ready to be put into a row group.
pub(super) struct Chunk {
    pub bytes: Bytes,
    pub close: ColumnCloseResult,
}

impl Leaf<'_> {
    /// Writes `rows` rows as the column that `descriptor` describes; `plainly`: a dictionary, and nothing compressed.
    pub fn write(&self, descriptor: ColumnDescPtr, rows: usize, plainly: bool) -> Result<Chunk, WriteError> {
        let name = || descriptor.path().string();
        let spans = self.spans();
        if let Some(span) = spans.iter().find(|s| s.entries.len() > MAX_PAGE_VALUES) {
            let why = format!("a list of some {} items", span.entries.len());
            return Err(WriteError::Column(name(), why));
        }
        let dictionaries = self.dictionaries();
        let (coding, strategy) = match plainly {
            true => (Coding::Dictionary { number: 0, width: 0 }, Strategy::Default),
            false => self.choose(&spans, &dictionaries),
        };
        let pack = |page: Vec<u8>| match plainly {
            true => Some(page),
            false => encode::gzip(&page, strategy),
        };
        let failed = || WriteError::Column(name(), "its pages can not be compressed".to_owned());

        let mut sink = TrackedWrite::new(Vec::new());
        let mut pages = SerializedPageWriter::new(&mut sink);
        let (mut unpacked, mut packed, mut data_at) = (0, 0, 0);
        let mut encodings = vec![Encoding::RLE];
        if let Coding::Dictionary { number, .. } = coding
            && let Some(dictionary) = dictionaries.get(number)
        {
            let len = dictionary.page.len();
            let page = Page::DictionaryPage {
                buf: pack(dictionary.page.clone()).ok_or_else(failed)?.into(),
                num_values: dictionary.len as u32,
                encoding: Encoding::PLAIN,
                is_sorted: false,
            };
            let written = pages.write_page(CompressedPage::new(page, len))?;
            (unpacked, packed) = (written.uncompressed_size, written.compressed_size);
            data_at = written.bytes_written;
            encodings.push(Encoding::PLAIN);
        }
        encodings.push(coding.encoding());
        for span in &spans {
            let page = self.page(span, coding, &dictionaries);
            let len = page.len();
            if len > MAX_PAGE_BYTES {
                return Err(WriteError::Column(name(), format!("a value of some {len} bytes")));
            }
            let page = Page::DataPage {
                buf: pack(page).ok_or_else(failed)?.into(),
                num_values: span.entries.len() as u32,
                encoding: coding.encoding(),
                def_level_encoding: Encoding::RLE,
                rep_level_encoding: Encoding::RLE,
                statistics: None,
            };
            let written = pages.write_page(CompressedPage::new(page, len))?;
            unpacked += written.uncompressed_size;
            packed += written.compressed_size;
        }
        let dictionary_at = (data_at > 0).then_some(0);
        let metadata = ColumnChunkMetaData::builder(descriptor)
            .set_compression(if plainly {
                Compression::UNCOMPRESSED
            } else {
                Compression::GZIP(Default::default())
            })
            .set_encodings(encodings)
            .set_total_compressed_size(packed as i64)
            .set_total_uncompressed_size(unpacked as i64)
            .set_num_values(self.entries() as i64)
            .set_dictionary_page_offset(dictionary_at)
            .set_data_page_offset(data_at as i64)
            .build()?;
        let bytes = sink.into_inner()?;
        let close = ColumnCloseResult {
            bytes_written: bytes.len() as u64,
            rows_written: rows as u64,
            metadata,
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        };
        Ok(Chunk {
            bytes: bytes.into(),
            close,
        })
    }

    fn entries(&self) -> usize {
        // A column without gaps does not say where they are.
        self.defined.len().max(self.values.len())
    }

    /// The pages, cut between rows.
    fn spans(&self) -> Vec<Span> {
        let mut spans = Vec::new();
        let (mut from, mut value_from, mut value, mut rows, mut bytes) = (0, 0, 0, 0, 0);
        for entry in 0..self.entries() {
            let goes_on = self.repeats.get(entry) == Some(&1);
            let full = rows >= PAGE_ROWS || entry - from >= PAGE_VALUES || bytes >= PAGE_BYTES;
            if full && !goes_on {
                spans.push(Span {
                    entries: from..entry,
                    values: value_from..value,
                });
                (from, value_from, rows, bytes) = (entry, value, 0, 0);
            }
            rows += usize::from(!goes_on);
            if self.defined.get(entry).is_none_or(|d| *d == self.full) {
                bytes += self.values.text_bytes(value);
                value += 1;
            }
        }
        spans.push(Span {
            entries: from..self.entries(),
            values: value_from..value,
        });
        spans
    }

    /// A page before it is compressed.
    fn page(&self, span: &Span, coding: Coding, dictionaries: &[Dictionary]) -> Vec<u8> {
        fn part<'a, T>(all: &'a [T], range: &Range<usize>) -> &'a [T] {
            all.get(range.clone()).unwrap_or_default()
        }
        let mut out = Vec::new();
        for (levels, largest) in [(&self.repeats, 1), (&self.defined, self.full)] {
            if !levels.is_empty() {
                let mut bytes = Vec::new();
                let levels = part(levels, &span.entries);
                encode::hybrid(levels, width_of(largest.into()), &mut bytes);
                out.extend((bytes.len() as u32).to_le_bytes());
                out.append(&mut bytes);
            }
        }
        match (coding, &self.values) {
            (Coding::Dictionary { number, width }, _) => {
                out.push(width);
                let indices = dictionaries.get(number).map(|d| part(&d.indices, &span.values));
                encode::hybrid(indices.unwrap_or_default(), width, &mut out);
            }
            (Coding::Delta, Values::Words(v)) => encode::delta(part(v, &span.values), &mut out),
            (Coding::Split, Values::Words(v)) => encode::split(part(v, &span.values), &mut out),
            (_, Values::Words(v)) => encode::words(part(v, &span.values), &mut out),
            (_, Values::Bools(v)) => encode::bits(part(v, &span.values), &mut out),
            (_, Values::Texts { codes, texts }) => {
                let codes = part(codes, &span.values).iter();
                let each = codes.filter_map(|c| texts.get(*c as usize)).map(AsRef::as_ref);
                encode::texts(each, &mut out);
            }
        }
        out
    }

    /// The coding that makes a page from the middle smallest, its share of the dictionary counted in.
    fn choose(&self, spans: &[Span], dictionaries: &[Dictionary]) -> (Coding, Strategy) {
        let mut codings = match &self.values {
            Values::Words(_) => vec![Coding::Delta, Coding::Split],
            Values::Bools(_) | Values::Texts { .. } => vec![Coding::Plain],
        };
        for (number, dictionary) in dictionaries.iter().enumerate() {
            let width = width_of(dictionary.len.saturating_sub(1) as u64);
            codings.push(Coding::Dictionary { number, width });
            // Whole bytes are wider, and their repetition can be seen.
            if !width.is_multiple_of(8) {
                let width = width.next_multiple_of(8);
                codings.push(Coding::Dictionary { number, width });
            }
        }
        let Some(sample) = spans.get(spans.len() / 2) else {
            return (Coding::Plain, Strategy::Default);
        };
        let share = |bytes: usize| bytes * sample.values.len() / self.values.len().max(1);
        let beside: Vec<usize> = dictionaries
            .iter()
            .map(|d| encode::gzip(&d.page, Strategy::Default).map_or(usize::MAX, |g| share(g.len())))
            .collect();
        let mut best = (usize::MAX, Coding::Plain, Strategy::Default);
        for coding in codings {
            let page = self.page(sample, coding, dictionaries);
            let beside = match coding {
                Coding::Dictionary { number, .. } => beside.get(number).copied().unwrap_or(0),
                _ => 0,
            };
            for strategy in STRATEGIES {
                let size = encode::gzip(&page, strategy).map_or(usize::MAX, |g| g.len());
                let size = size.saturating_add(beside);
                if size < best.0 {
                    best = (size, coding, strategy);
                }
            }
        }
        (best.1, best.2)
    }

    /// Dictionaries worth a try: values that repeat.
    fn dictionaries(&self) -> Vec<Dictionary> {
        match &self.values {
            Values::Bools(_) => Vec::new(),
            Values::Words(words) => {
                let mut counts: FastMap<u64, u32> = FastMap::default();
                for word in words {
                    *counts.entry(*word).or_default() += 1;
                    if counts.len() > words.len() / 2 + 1 {
                        return Vec::new();
                    }
                }
                let mut by_value: Vec<(u64, u32)> = counts.into_iter().collect();
                by_value.sort_unstable();
                let mut by_class = by_value.clone();
                by_class.sort_by_key(|(_, count)| class_of(*count));
                let of = |order: &[(u64, u32)]| {
                    let places: FastMap<u64, u32> = order.iter().map(|(v, _)| *v).zip(0..).collect();
                    let mut page = Vec::new();
                    order.iter().for_each(|(v, _)| page.extend(v.to_le_bytes()));
                    Dictionary {
                        page,
                        len: order.len(),
                        indices: words.iter().filter_map(|w| places.get(w)).copied().collect(),
                    }
                };
                vec![of(&by_class), of(&by_value)]
            }
            Values::Texts { codes, texts } => {
                let mut counts = vec![0u32; texts.len()];
                for code in codes {
                    if let Some(count) = counts.get_mut(*code as usize) {
                        *count += 1;
                    }
                }
                let mut order: Vec<(u32, &[u8], usize)> = (counts.iter().zip(*texts).enumerate())
                    .filter(|(_, (count, _))| **count > 0)
                    .map(|(at, (count, text))| (class_of(*count), text.as_ref(), at))
                    .collect();
                let bytes: usize = order.iter().map(|(_, text, _)| text.len() + 4).sum();
                if order.len() > codes.len() / 2 + 1 || bytes > MAX_DICTIONARY_BYTES {
                    return Vec::new();
                }
                order.sort_unstable();
                let mut places = vec![0u32; texts.len()];
                for ((_, _, at), place) in order.iter().zip(0..) {
                    if let Some(p) = places.get_mut(*at) {
                        *p = place;
                    }
                }
                let mut page = Vec::with_capacity(bytes);
                encode::texts(order.iter().map(|(_, text, _)| *text), &mut page);
                vec![Dictionary {
                    page,
                    len: order.len(),
                    indices: codes
                        .iter()
                        .filter_map(|c| places.get(*c as usize))
                        .copied()
                        .collect(),
                }]
            }
        }
    }
}

/// Orders values by how often they occur, in steps of half a bit: the frequent ones get small numbers, whose bytes
/// are then frequent too; within a class the order can be one that makes the dictionary small.
fn class_of(count: u32) -> u32 {
    let count = u64::from(count.max(1));
    64 - width_of(count * count) as u32
}

impl Coding {
    fn encoding(self) -> Encoding {
        match self {
            Coding::Plain => Encoding::PLAIN,
            Coding::Delta => Encoding::DELTA_BINARY_PACKED,
            Coding::Split => Encoding::BYTE_STREAM_SPLIT,
            Coding::Dictionary { .. } => Encoding::RLE_DICTIONARY,
        }
    }
}
