//! What the Parquet library takes on trust and a damaged file may break: checked here, so that it is an error.

use bytes::Bytes;
use parquet::basic::{Encoding, Type};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::RowGroupMetaData;
use parquet::schema::types::ColumnDescriptor;

/// The columns of a row group stand inside of the file.
pub(super) fn check_ranges(group: &RowGroupMetaData, file_bytes: u64) -> Result<()> {
    let stand_inside = group.columns().iter().all(|c| {
        let first = c.dictionary_page_offset().unwrap_or(c.data_page_offset());
        let range = u64::try_from(first)
            .ok()
            .zip(u64::try_from(c.compressed_size()).ok());
        let end = range.and_then(|(start, len)| start.checked_add(len));
        end.is_some_and(|end| end <= file_bytes) && c.data_page_offset() >= 0
    });
    match stand_inside && group.columns().len() == group.schema_descr().num_columns() {
        true => Ok(()),
        false => Err(damaged("columns outside of the file")),
    }
}

fn damaged(what: &str) -> ParquetError {
    ParquetError::General(what.to_owned())
}

/// The pages of a column, each of them one that the decoder can take.
pub(super) struct Checked {
    pages: Box<dyn PageReader>,
    has_dictionary: bool,
    /// The values are byte arrays, each behind its length.
    is_text: bool,
    has_levels: bool,
}

impl Checked {
    pub(super) fn new(pages: Box<dyn PageReader>, column: &ColumnDescriptor) -> Checked {
        Checked {
            pages,
            has_dictionary: false,
            is_text: column.physical_type() == Type::BYTE_ARRAY,
            has_levels: column.max_def_level() > 0,
        }
    }

    #[expect(deprecated, reason = "files from before 2017 have bit-packed levels")]
    fn check(&mut self, page: Page) -> Result<Page> {
        if let Page::DictionaryPage { buf, num_values, .. } = &page {
            self.has_dictionary = true;
            if self.is_text && count_texts(buf)? < *num_values {
                return Err(damaged("a dictionary with fewer texts than it says"));
            }
            return Ok(page);
        }
        let from_dictionary = matches!(
            page.encoding(),
            Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY
        );
        if from_dictionary && !self.has_dictionary {
            return Err(damaged("a page without its dictionary"));
        }
        let values_at = match &page {
            Page::DataPage {
                buf,
                num_values,
                def_level_encoding,
                ..
            } if self.has_levels => match def_level_encoding {
                Encoding::RLE => buf
                    .first_chunk()
                    .and_then(|len| (u32::from_le_bytes(*len) as usize).checked_add(4)),
                // One bit a value: the column is flat.
                Encoding::BIT_PACKED => Some((*num_values as usize).div_ceil(8)),
                _ => None,
            },
            Page::DataPageV2 {
                def_levels_byte_len,
                rep_levels_byte_len,
                ..
            } => {
                let levels = def_levels_byte_len.checked_add(*rep_levels_byte_len);
                levels.map(|n| n as usize)
            }
            _ => Some(0),
        };
        let values = values_at.and_then(|at| page.buffer().get(at..));
        let values = values.ok_or_else(|| damaged("levels longer than their page"))?;
        if !self.is_text || page.encoding() != Encoding::PLAIN || count_texts(values)? >= page.num_values() {
            return Ok(page);
        }
        Ok(with_end(page))
    }
}

/// How many texts, each behind its length, there are to the end of a page.
fn count_texts(mut bytes: &[u8]) -> Result<u32> {
    let mut texts = 0;
    while let Some((len, rest)) = bytes.split_first_chunk() {
        let len = u32::from_le_bytes(*len) as usize;
        bytes = rest
            .get(len..)
            .ok_or_else(|| damaged("a text longer than its page"))?;
        texts += 1;
    }
    Ok(texts)
}

/// A page whose nulls make it unknown how many texts it must have: the decoder that asks for one too many meets a
/// length that no page has, and says so.
fn with_end(mut page: Page) -> Page {
    let longer = Bytes::from([page.buffer().as_ref(), &[0x7f; 4]].concat());
    if let Page::DataPage { buf, .. } | Page::DataPageV2 { buf, .. } = &mut page {
        *buf = longer;
    }
    page
}

impl Iterator for Checked {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Checked {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.pages.get_next_page()?;
        page.map(|p| self.check(p)).transpose()
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.pages.at_record_boundary()
    }
}
