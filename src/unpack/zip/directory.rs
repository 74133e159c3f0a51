//! What a zip holds and where: its central directory, local headers, data descriptors.

use super::super::error::ErrorKind;
use super::super::stack::Ctx;
use super::{LOCAL, Place};

/// An entry as a central or local header describes it.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub path: String,
    pub header_at: u64,
    /// 0 when only the local header can tell.
    pub data_at: u64,
    pub packed: u64,
    pub size: u64,
    pub crc: u32,
    pub method: u16,
    flags: u16,
}

impl Listed {
    /// Directories and what macOS adds for itself are no members.
    pub fn is_wanted(&self) -> bool {
        !self.path.ends_with('/') && !self.path.starts_with("__MACOSX/")
    }

    pub fn is_encrypted(&self) -> bool {
        self.flags & 1 != 0
    }

    /// Known from a local header that leaves lengths and checksum to what follows the data?
    pub fn streamed(&self) -> bool {
        self.data_at != 0 && self.flags & 8 != 0 && self.packed == 0
    }
}

/// The central directory, as far as it has been read.
#[derive(Default)]
pub(super) struct Directory {
    /// Where it is read next, where it ends, how many entries it should have.
    span: Option<(u64, u64, u64)>,
    buf: Vec<u8>,
    entries: Vec<Listed>,
}

pub(super) enum Found {
    /// Call again.
    More,
    /// In the order of their places.
    All(Vec<Listed>),
    /// There is none that could be trusted.
    Missing,
}

const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const CENTRAL_LEN: usize = 46;
const LOCAL_LEN: usize = 30;
const END: [u8; 4] = *b"PK\x05\x06";
const END_LEN: usize = 22;
const END64: [u8; 4] = *b"PK\x06\x06";
const END64_LEN: usize = 56;
const LOCATOR64: [u8; 4] = *b"PK\x06\x07";
const LOCATOR64_LEN: usize = 20;
const DESCRIPTOR: [u8; 4] = *b"PK\x07\x08";
/// How much of the directory one call reads (bytes).
const PIECE: usize = 128 * 1024;

impl Directory {
    pub fn read_more(&mut self, place: &mut Place, ctx: &mut Ctx) -> Result<Found, (ErrorKind, u64)> {
        let Some((at, end, count)) = self.span else {
            self.span = find(place, ctx).map_err(|kind| (kind, 0))?;
            return Ok(if self.span.is_some() {
                Found::More
            } else {
                Found::Missing
            });
        };
        let want = PIECE.min(usize::try_from(end - at).unwrap_or(PIECE));
        let got = place
            .read_aside(ctx, at, &mut self.buf, want)
            .map_err(|kind| (kind, at))?;
        self.span = Some((at + got as u64, end, count));
        let mut used = 0;
        while let Some((listed, len)) = central(self.buf.get(used..).unwrap_or_default()) {
            self.entries.push(listed);
            used += len;
        }
        self.buf.drain(..used);
        if self.entries.len() as u64 > ctx.limits.members {
            // The walk stops at its limit; what lies behind need not be listed.
            return Ok(Found::All(self.take()));
        }
        let all_read = at + got as u64 >= end || got == 0;
        if !all_read {
            return Ok(Found::More);
        }
        // Writers without zip64 count modulo 2^16.
        let complete = self.buf.is_empty() && (self.entries.len() as u64 & 0xffff) == (count & 0xffff);
        if !complete {
            return Ok(Found::Missing);
        }
        Ok(Found::All(self.take()))
    }

    fn take(&mut self) -> Vec<Listed> {
        let mut entries = std::mem::take(&mut self.entries);
        entries.sort_by_key(|e| e.header_at);
        entries
    }
}

/// Beginning and end of the central directory and its number of entries, from the record at the end of the file.
fn find(place: &mut Place, ctx: &mut Ctx) -> Result<Option<(u64, u64, u64)>, ErrorKind> {
    let len = place.len(ctx);
    let span = (END_LEN + usize::from(u16::MAX) + LOCATOR64_LEN) as u64;
    let base = len.saturating_sub(span);
    let mut tail = Vec::new();
    while tail.len() < (len - base) as usize {
        let want = (len - base) as usize - tail.len();
        if place.read_aside(ctx, base + tail.len() as u64, &mut tail, want)? == 0 {
            break;
        }
    }
    // The last one whose comment reaches the end of the file is meant; a comment may contain the signature.
    let mut until = tail.len();
    while let Some(at) = memchr::memmem::rfind(tail.get(..until).unwrap_or_default(), &END) {
        if let Some(found) = tail.get(at..).and_then(end_record)
            && at + END_LEN + found.comment == tail.len()
        {
            let mut found = found;
            if let Some(end64) = end_record64(place, ctx, &tail, at)? {
                found = end64;
            }
            let end = found.offset.checked_add(found.size);
            return Ok(end.filter(|&e| e <= len).map(|e| (found.offset, e, found.count)));
        }
        until = (at + 3).min(until.saturating_sub(1));
    }
    Ok(None)
}

struct EndRecord {
    count: u64,
    size: u64,
    offset: u64,
    comment: usize,
}

fn end_record(b: &[u8]) -> Option<EndRecord> {
    let b = Bytes(b.strip_prefix(&END)?);
    Some(EndRecord {
        count: b.u16(6)?.into(),
        size: b.u32(8)?.into(),
        offset: b.u32(12)?.into(),
        comment: b.u16(16)?.into(),
    })
}

fn end_record64(
    place: &mut Place,
    ctx: &mut Ctx,
    tail: &[u8],
    at: usize,
) -> Result<Option<EndRecord>, ErrorKind> {
    let locator = at
        .checked_sub(LOCATOR64_LEN)
        .and_then(|from| tail.get(from..at)?.strip_prefix(&LOCATOR64));
    let Some(offset) = locator.and_then(|l| Bytes(l).u64(4)) else {
        return Ok(None);
    };
    let mut record = Vec::new();
    place.read_aside(ctx, offset, &mut record, END64_LEN)?;
    Ok(record.strip_prefix(&END64).and_then(|b| {
        let b = Bytes(b);
        Some(EndRecord {
            count: b.u64(28)?,
            size: b.u64(36)?,
            offset: b.u64(44)?,
            comment: 0,
        })
    }))
}

/// The central header at the beginning of `b` and its length; `None` if it is not there or not whole.
fn central(b: &[u8]) -> Option<(Listed, usize)> {
    let fixed = Bytes(b.get(..CENTRAL_LEN)?.strip_prefix(&CENTRAL)?);
    let name_len = usize::from(fixed.u16(24)?);
    let extra_len = usize::from(fixed.u16(26)?);
    let len = CENTRAL_LEN + name_len + extra_len + usize::from(fixed.u16(28)?);
    let name = b.get(CENTRAL_LEN..CENTRAL_LEN + name_len)?;
    let extra = b.get(CENTRAL_LEN + name_len..CENTRAL_LEN + name_len + extra_len)?;
    b.get(..len)?;
    let mut listed = Listed {
        path: path(name),
        header_at: fixed.u32(38)?.into(),
        data_at: 0,
        packed: fixed.u32(16)?.into(),
        size: fixed.u32(20)?.into(),
        crc: fixed.u32(12)?,
        method: fixed.u16(6)?,
        flags: fixed.u16(4)?,
    };
    let Listed {
        size,
        packed,
        header_at,
        ..
    } = &mut listed;
    widen(extra, [size, packed, header_at]);
    Some((listed, len))
}

/// The local header at `at`; `None` if there is none.
pub(super) fn local(place: &mut Place, ctx: &mut Ctx, at: u64) -> Result<Option<Listed>, ErrorKind> {
    let mut b = Vec::new();
    // Most names and extra fields fit into the first look.
    place.read(ctx, at, &mut b, LOCAL_LEN + 256)?;
    let Some(fixed) = b.get(..LOCAL_LEN).and_then(|f| f.strip_prefix(&LOCAL)) else {
        // A mark in front of the first entry of an archive that was meant to be split.
        let split = at == 0 && b.starts_with(&DESCRIPTOR) && b.get(4..8) == Some(&LOCAL);
        return if split { local(place, ctx, 4) } else { Ok(None) };
    };
    let fixed: Vec<u8> = fixed.to_vec();
    let fixed = Bytes(&fixed);
    let (Some(name_len), Some(extra_len)) = (fixed.u16(22), fixed.u16(24)) else {
        return Ok(None);
    };
    let (name_end, end) = (
        LOCAL_LEN + usize::from(name_len),
        LOCAL_LEN + usize::from(name_len) + usize::from(extra_len),
    );
    while b.len() < end {
        let want = end - b.len();
        if place.read(ctx, at + b.len() as u64, &mut b, want)? == 0 {
            return Ok(None);
        }
    }
    let parse = || {
        let mut listed = Listed {
            path: path(b.get(LOCAL_LEN..name_end)?),
            header_at: at,
            data_at: at.checked_add(end as u64)?,
            packed: fixed.u32(14)?.into(),
            size: fixed.u32(18)?.into(),
            crc: fixed.u32(10)?,
            method: fixed.u16(4)?,
            flags: fixed.u16(2)?,
        };
        let Listed { size, packed, .. } = &mut listed;
        widen(b.get(name_end..end)?, [size, packed, &mut 0]);
        Some(listed)
    };
    Ok(parse())
}

/// Where the header after a data descriptor at `at` lies: with or without signature, lengths of 4 or 8 bytes.
pub(super) fn after_descriptor(place: &mut Place, ctx: &mut Ctx, at: u64) -> Option<u64> {
    let mut b = Vec::new();
    place.read(ctx, at, &mut b, 28).ok()?;
    let is_header = |from: &usize| {
        let next = b.get(*from..*from + 4);
        next == Some(&LOCAL) || next == Some(&CENTRAL)
    };
    [16usize, 24, 12, 20]
        .iter()
        .find(|from| is_header(from))
        .map(|&from| at + from as u64)
}

/// Fields of 32 ones are 64 bits wide in the zip64 extra field, in this order.
fn widen(extra: &[u8], fields: [&mut u64; 3]) {
    const ZIP64: u16 = 1;
    let mut rest = extra;
    while let (Some(id), Some(len)) = (Bytes(rest).u16(0), Bytes(rest).u16(2)) {
        let Some(body) = rest.get(4..4 + usize::from(len)) else {
            return;
        };
        if id == ZIP64 {
            let mut wide = body.chunks_exact(8);
            for field in fields {
                if *field == u64::from(u32::MAX)
                    && let Some(value) = wide.next().and_then(|w| Bytes(w).u64(0))
                {
                    *field = value;
                }
            }
            return;
        }
        rest = rest.get(4 + usize::from(len)..).unwrap_or_default();
    }
}

/// Names as UTF-8; others (code page 437) keep their ASCII. Windows' separators become slashes.
fn path(name: &[u8]) -> String {
    let text = String::from_utf8_lossy(name);
    if text.contains('/') {
        text.into_owned()
    } else {
        text.replace('\\', "/")
    }
}

/// Little-endian fields.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn array<const N: usize>(&self, at: usize) -> Option<[u8; N]> {
        self.0.get(at..at.checked_add(N)?)?.try_into().ok()
    }
    fn u16(&self, at: usize) -> Option<u16> {
        self.array(at).map(u16::from_le_bytes)
    }
    fn u32(&self, at: usize) -> Option<u32> {
        self.array(at).map(u32::from_le_bytes)
    }
    fn u64(&self, at: usize) -> Option<u64> {
        self.array(at).map(u64::from_le_bytes)
    }
}
