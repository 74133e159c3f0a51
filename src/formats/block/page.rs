//! The pages of a column: their headers, and what is in them unpacked.

use super::Fault;
use crate::base::block::{MAX_PAGE_BYTES, MAX_PAGE_VALUES};
use flate2::bufread::GzDecoder;
use std::borrow::Cow;
use std::io::Read;

/// Deflate makes at most 1032 bytes of one: a page that promises more is not believed, and no memory taken for it.
const MAX_RATIO: usize = 1032;
/// Structures inside structures in a header; the format has three.
const MAX_DEPTH: usize = 8;

/// Parquet's numbers for what is read here.
pub(super) const DATA: i64 = 0;
pub(super) const DICTIONARY: i64 = 2;
pub(super) const PLAIN: i64 = 0;
pub(super) const RLE: i64 = 3;
pub(super) const DELTA: i64 = 5;
pub(super) const RLE_DICTIONARY: i64 = 8;
pub(super) const SPLIT: i64 = 9;

/// What a page's header says of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Header {
    pub kind: i64,
    /// Bytes when unpacked, and in the file.
    unpacked: usize,
    packed: usize,
    /// Values, absent ones counted.
    pub values: usize,
    pub encoding: i64,
    /// Levels are written as runs.
    level_encodings: [i64; 2],
}

/// A page, not unpacked yet.
#[derive(Clone, Copy)]
pub(super) struct Page<'a> {
    pub header: Header,
    bytes: &'a [u8],
    packed: bool,
}

impl<'a> Page<'a> {
    /// Its bytes unpacked.
    pub fn open(&self) -> Result<Cow<'a, [u8]>, Fault> {
        let len = self.header.unpacked;
        if !self.packed {
            return match self.bytes.len() == len {
                true => Ok(self.bytes.into()),
                false => Err("a page of another length than it says"),
            };
        }
        if len > MAX_PAGE_BYTES || len > self.bytes.len().saturating_mul(MAX_RATIO) {
            return Err("a page that is too large");
        }
        let mut out = vec![0; len];
        let mut unpacked = GzDecoder::new(self.bytes);
        let whole = unpacked.read_exact(&mut out).is_ok();
        // Only the end knows the checksum.
        match whole && matches!(unpacked.read(&mut [0]), Ok(0)) {
            true => Ok(out.into()),
            false => Err("a page that can not be unpacked"),
        }
    }
}

/// The pages of a column, one behind the other.
#[derive(Clone)]
pub(super) struct Pages<'a> {
    bytes: &'a [u8],
    packed: bool,
}

impl<'a> Pages<'a> {
    /// `packed`: their bytes are gzip.
    pub fn new(bytes: &'a [u8], packed: bool) -> Self {
        Pages { bytes, packed }
    }

    pub fn next(&mut self) -> Result<Option<Page<'a>>, Fault> {
        if self.bytes.is_empty() {
            return Ok(None);
        }
        let mut thrift = Thrift { bytes: self.bytes };
        let header = thrift.header().ok_or("a page without a header")?;
        let (bytes, rest) = thrift
            .bytes
            .split_at_checked(header.packed)
            .ok_or("a page that is cut off")?;
        self.bytes = rest;
        if header.values > MAX_PAGE_VALUES {
            return Err("a page of too many values");
        }
        let runs = header.kind == DICTIONARY || header.level_encodings == [RLE; 2];
        if !matches!(header.kind, DATA | DICTIONARY) || !runs {
            return Err("a page that no block has");
        }
        Ok(Some(Page {
            header,
            bytes,
            packed: self.packed,
        }))
    }
}

/// Thrift's compact protocol, as far as page headers use it.
struct Thrift<'a> {
    bytes: &'a [u8],
}

impl Thrift<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(*first)
    }

    fn varint(&mut self) -> Option<u64> {
        varint(&mut self.bytes)
    }

    fn int(&mut self) -> Option<i64> {
        Some(unzigzag(self.varint()?))
    }

    fn size(&mut self) -> Option<usize> {
        usize::try_from(self.int()?).ok()
    }

    /// The next field's number and type; type 0 at the structure's end.
    fn field(&mut self, last: &mut i64) -> Option<(i64, u8)> {
        let byte = self.byte()?;
        let ty = byte & 0x0f;
        *last = match byte >> 4 {
            _ if ty == 0 => 0,
            0 => self.int()?,
            step => last.checked_add(step.into())?,
        };
        Some((*last, ty))
    }

    fn header(&mut self) -> Option<Header> {
        let mut header = Header::default();
        let mut last = 0;
        loop {
            match self.field(&mut last)? {
                (_, 0) => return Some(header),
                (1, 5) => header.kind = self.int()?,
                (2, 5) => header.unpacked = self.size()?,
                (3, 5) => header.packed = self.size()?,
                // The header of a data page, of a dictionary page: both begin with values and encoding.
                (5 | 7, 12) => self.inner(&mut header)?,
                (_, ty) => self.skip(ty, 0)?,
            }
        }
    }

    fn inner(&mut self, header: &mut Header) -> Option<()> {
        let mut last = 0;
        loop {
            match self.field(&mut last)? {
                (_, 0) => return Some(()),
                (1, 5) => header.values = self.size()?,
                (2, 5) => header.encoding = self.int()?,
                (3, 5) => header.level_encodings[0] = self.int()?,
                (4, 5) => header.level_encodings[1] = self.int()?,
                (_, ty) => self.skip(ty, 1)?,
            }
        }
    }

    fn skip(&mut self, ty: u8, depth: usize) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        match ty {
            // A boolean field is its own type.
            1 | 2 => {}
            3 => drop(self.byte()?),
            4..=6 => drop(self.varint()?),
            7 => self.pass(8)?,
            8 => {
                let len = usize::try_from(self.varint()?).ok()?;
                self.pass(len)?;
            }
            12 => {
                let mut last = 0;
                loop {
                    match self.field(&mut last)? {
                        (_, 0) => break,
                        (_, ty) => self.skip(ty, depth + 1)?,
                    }
                }
            }
            // Lists and maps are in no page's header.
            _ => return None,
        }
        Some(())
    }

    fn pass(&mut self, len: usize) -> Option<()> {
        self.bytes = self.bytes.get(len..)?;
        Some(())
    }
}

/// An unsigned integer, seven bits a byte, taken from the front.
pub(super) fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

pub(super) fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

/// The one text of the first page, where a file begins with a dictionary of one text: in a block, its kind.
pub(super) fn first_text(head: &[u8]) -> Option<&[u8]> {
    let mut thrift = Thrift {
        bytes: head.strip_prefix(super::MAGIC)?,
    };
    let header = thrift.header()?;
    let (len, text) = thrift.bytes.split_first_chunk()?;
    let len = u32::from_le_bytes(*len) as usize;
    let is_one = header.kind == DICTIONARY && header.values == 1;
    let is_whole = header.packed == header.unpacked && header.packed == len.checked_add(4)?;
    text.get(..len).filter(|_| is_one && is_whole)
}
