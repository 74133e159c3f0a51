//! What of a large item each of several workers reads.
//!
//! Nobody tells the workers: each looks at how the item begins and comes to the same. Archives whose entries can be passed
//! over are shared out by member. Of a text, where every line stands for itself, each reads the lines that begin in its part
//! of the bytes. Everything else the first one reads, and the others nothing.

use super::peel::{Peel, sample};
use super::port::Part;
use crate::formats::custom::Described;
use crate::formats::{self, LogFormat, SAMPLE_BYTES};
use crate::unpack::{ByteSource, Splits, splits};
use std::io;

/// How much is looked at in one read when a line's end is looked for (bytes).
const LOOK: usize = 64 << 10;
const BOM: &[u8] = b"\xef\xbb\xbf";

/// What one worker reads.
pub enum Share {
    Whole,
    Nothing,
    /// Every so-many-th member.
    Members,
    /// The lines between these bytes.
    Lines {
        from: u64,
        until: u64,
        /// What comes before the first line, for a reader that begins in the middle.
        resumed: Option<Resumed>,
    },
    /// It could not be told: another worker may have come to something else.
    Unclear,
}

/// How a member is read from a line in the middle on.
pub struct Resumed {
    pub format: &'static dyn LogFormat,
    /// How the member begins.
    pub head: Vec<u8>,
    /// So much of it a reader sees first.
    pub first: usize,
}

impl Share {
    pub fn of(path: &str, source: &mut dyn ByteSource, part: Part, custom: &Described) -> Share {
        match part.of {
            0 | 1 => Share::Whole,
            _ => find(path, source, part, custom).unwrap_or(Share::Unclear),
        }
    }
}

fn find(path: &str, source: &mut dyn ByteSource, part: Part, custom: &Described) -> io::Result<Share> {
    let mut head = vec![0; SAMPLE_BYTES + BOM.len()];
    let n = source.read_at(0, &mut head)?;
    head.truncate(n);
    let alone = match part.nth {
        0 => Share::Whole,
        _ => Share::Nothing,
    };
    match splits(&head) {
        Splits::Not => return Ok(alone),
        Splits::ByMember => return Ok(Share::Members),
        Splits::Anywhere => {}
    }
    let mut peel = Peel::default();
    peel.data(path, &head, &mut |_, _| {});
    let sample = sample(path, &head, false).described(custom);
    let format = formats::detect(&sample).filter(|_| peel.is_unwrapped());
    let Some((format, first)) = format.and_then(|f| Some((f, f.restarts_after(&sample)?))) else {
        return Ok(alone);
    };
    let first = match first {
        0 => 0,
        n if head.starts_with(BOM) => n + BOM.len(),
        n => n,
    };
    let len = u128::from(source.len());
    let begin = |nth: u32| (len * u128::from(nth) / u128::from(part.of)) as u64;
    let from = line_from(source, begin(part.nth))?;
    let until = line_from(source, begin(part.nth + 1))?;
    if from >= until {
        return Ok(Share::Nothing);
    }
    Ok(Share::Lines {
        from,
        until,
        resumed: (from > 0).then_some(Resumed { format, head, first }),
    })
}

/// Where the first line begins that does not begin before `at`; the end where there is none.
fn line_from(source: &mut dyn ByteSource, at: u64) -> io::Result<u64> {
    let Some(mut at) = at.checked_sub(1) else {
        return Ok(0);
    };
    let mut piece = vec![0; LOOK];
    while at < source.len() {
        let n = source.read_at(at, &mut piece)?;
        if let Some(end) = memchr::memchr(b'\n', piece.get(..n).unwrap_or_default()) {
            return Ok(at + end as u64 + 1);
        }
        if n == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        at += n as u64;
    }
    Ok(source.len())
}

#[cfg(test)]
mod tests;
