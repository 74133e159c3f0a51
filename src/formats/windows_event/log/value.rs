//! Values in binary XML, as XML would write them.

use super::super::element::Child;
use super::{u16_at, u32_at, u64_at};
use crate::base::time;
use std::fmt::Write;

const ARRAY: u8 = 0x80;
pub(super) const MARKUP: u8 = 0x21;
const TEXT: u8 = 0x01;

/// A value of this type; `None` where it has none. An error is why it can not be read.
pub(super) fn read(ty: u8, bytes: &[u8]) -> Result<Option<Child>, &'static str> {
    if bytes.is_empty() {
        return Ok(None);
    }
    if ty & ARRAY != 0 {
        return items(ty & !ARRAY, bytes).map(|items| Some(Child::Items(items)));
    }
    let text = one(ty, bytes)?;
    Ok(match ty {
        0x00 => None,
        0x03..=0x0a => Some(Child::Number(text)),
        _ => Some(Child::Text(text)),
    })
}

/// UTF-16 up to where it ends, without the zero behind it.
pub(super) fn wide(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]]));
    let mut text: String = char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    text.truncate(text.trim_end_matches('\0').len());
    text
}

/// The length of a value of this type, where all have the same.
fn width(ty: u8) -> Option<usize> {
    Some(match ty {
        0x03 | 0x04 => 1,
        0x05 | 0x06 => 2,
        0x07 | 0x08 | 0x0b | 0x0d | 0x14 => 4,
        0x09 | 0x0a | 0x0c | 0x11 | 0x15 => 8,
        0x0f | 0x12 => 16,
        _ => return None,
    })
}

fn items(ty: u8, bytes: &[u8]) -> Result<Vec<String>, &'static str> {
    if ty == TEXT {
        let text = wide(bytes);
        return Ok(text.split('\0').map(str::to_owned).collect());
    }
    if ty == 0x13 {
        let mut out = Vec::new();
        let mut rest = bytes;
        while let Some(count) = rest.get(1) {
            let (sid, more) = rest.split_at_checked(8 + 4 * usize::from(*count)).ok_or(SHORT)?;
            out.push(one(ty, sid)?);
            rest = more;
        }
        return Ok(out);
    }
    let width = width(ty).ok_or("a list of values of a type that is not known")?;
    bytes.chunks(width).map(|item| one(ty, item)).collect()
}

const SHORT: &str = "a value is shorter than its type";

fn one(ty: u8, bytes: &[u8]) -> Result<String, &'static str> {
    let byte = || bytes.first().copied().ok_or(SHORT);
    let two = || u16_at(bytes, 0).ok_or(SHORT);
    let four = || u32_at(bytes, 0).ok_or(SHORT);
    let eight = || u64_at(bytes, 0).ok_or(SHORT);
    Ok(match ty {
        0x00 => String::new(),
        TEXT => wide(bytes),
        0x02 => {
            let text: String = bytes.iter().map(|b| char::from(*b)).collect();
            text.trim_end_matches('\0').to_owned()
        }
        0x03 => byte()?.cast_signed().to_string(),
        0x04 => byte()?.to_string(),
        0x05 => two()?.cast_signed().to_string(),
        0x06 => two()?.to_string(),
        0x07 => four()?.cast_signed().to_string(),
        0x08 => four()?.to_string(),
        0x09 => eight()?.cast_signed().to_string(),
        0x0a => eight()?.to_string(),
        0x0b => f32::from_bits(four()?).to_string(),
        0x0c => f64::from_bits(eight()?).to_string(),
        0x0d => (four()? != 0).to_string(),
        0x0e => hex(bytes),
        0x0f => guid(bytes).ok_or(SHORT)?,
        // A number as wide as the machine's addresses.
        0x10 => match bytes.len() {
            4 => format!("{:#x}", four()?),
            _ => format!("{:#x}", eight()?),
        },
        0x11 => filetime(eight()?),
        0x12 => system_time(bytes).ok_or(SHORT)?,
        0x13 => sid(bytes).ok_or(SHORT)?,
        0x14 => format!("{:#x}", four()?),
        0x15 => format!("{:#x}", eight()?),
        _ => return Err("a value of a type that is not known"),
    })
}

fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for b in bytes {
        let _ = write!(out, "{b:02X}");
    }
    out
}

pub(super) fn guid(bytes: &[u8]) -> Option<String> {
    let (a, b, c) = (u32_at(bytes, 0)?, u16_at(bytes, 4)?, u16_at(bytes, 6)?);
    let (d, e) = (hex(bytes.get(8..10)?), hex(bytes.get(10..16)?));
    Some(format!("{{{a:08X}-{b:04X}-{c:04X}-{d}-{e}}}"))
}

/// Tenths of microseconds since 1601.
fn filetime(ticks: u64) -> String {
    const TO_1970: i128 = 116_444_736_000_000_000;
    match i64::try_from((i128::from(ticks) - TO_1970) * 100) {
        Ok(ns) => time::iso(ns),
        // Beyond 1677 to 2262: "never", or a number that is no time.
        Err(_) => ticks.to_string(),
    }
}

/// Year, month, day of the week, day, hour, minute, second, millisecond.
fn system_time(bytes: &[u8]) -> Option<String> {
    let part = |n: usize| u16_at(bytes, n * 2).map(u32::from);
    let (year, month, day) = (part(0)?, part(1)?, part(3)?);
    let (hour, minute, second, milli) = (part(4)?, part(5)?, part(6)?, part(7)?);
    let nanos = milli.min(999) * 1_000_000;
    let at = time::from_parts(i64::from(year), month, day, hour, minute, second, nanos);
    Some(match at {
        Some(ns) => time::iso(ns),
        None => format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}"),
    })
}

fn sid(bytes: &[u8]) -> Option<String> {
    let (revision, count) = (bytes.first()?, usize::from(*bytes.get(1)?));
    let authority = bytes.get(2..8)?.iter().fold(0u64, |n, b| n << 8 | u64::from(*b));
    let mut out = format!("S-{revision}-{authority}");
    for n in 0..count {
        let _ = write!(out, "-{}", u32_at(bytes, 8 + 4 * n)?);
    }
    Some(out)
}
