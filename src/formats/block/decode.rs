//! Parquet's encodings, read. Whatever the bytes are, the answer is as many values as were asked for, or a fault.

use super::Fault;
use super::page::{unzigzag, varint};
use std::ops::Range;

const CUT: Fault = "values that are cut off";
/// Deltas that share a smallest one, at most; writers use 128.
const MAX_DELTA_BLOCK: u64 = 1 << 12;

/// Reads numbers of `width` bits (64 at most), the lowest bit first. Bits beyond the end are none's.
struct Bits<'a> {
    bytes: &'a [u8],
    held: u128,
    bits: u32,
}

impl<'a> Bits<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Bits {
            bytes,
            held: 0,
            bits: 0,
        }
    }

    #[inline]
    fn next(&mut self, width: u32) -> u64 {
        if self.bits < width {
            match self.bytes.split_first_chunk() {
                Some((eight, rest)) => {
                    self.held |= u128::from(u64::from_le_bytes(*eight)) << self.bits;
                    self.bits += 64;
                    self.bytes = rest;
                }
                None => {
                    for byte in self.bytes {
                        self.held |= u128::from(*byte) << self.bits;
                        self.bits += 8;
                    }
                    self.bytes = &[];
                }
            }
        }
        let value = self.held as u64 & u64::MAX.checked_shr(64 - width).unwrap_or(0);
        self.held >>= width;
        self.bits = self.bits.saturating_sub(width);
        value
    }
}

/// `count` numbers from Parquet's hybrid of runs and bit-packed groups of eight.
pub(super) fn hybrid(mut bytes: &[u8], width: u8, count: usize) -> Result<Vec<u32>, Fault> {
    if width > 32 {
        return Err("numbers of more than 32 bits");
    }
    let mut out = Vec::with_capacity(count);
    if width == 0 {
        out.resize(count, 0);
    }
    while out.len() < count {
        let left = count - out.len();
        let header = varint(&mut bytes).ok_or(CUT)?;
        let length = usize::try_from(header >> 1).map_err(|_| CUT)?;
        if length == 0 {
            return Err("a run of nothing");
        }
        if header & 1 == 0 {
            let (value, rest) = bytes
                .split_at_checked(usize::from(width.div_ceil(8)))
                .ok_or(CUT)?;
            let value = value.iter().rev().fold(0, |v, b| v << 8 | u32::from(*b));
            out.resize(out.len() + length.min(left), value);
            bytes = rest;
        } else {
            // A group of eight takes as many bytes as a number has bits.
            let len = length.checked_mul(width.into()).ok_or(CUT)?;
            let (packed, rest) = bytes.split_at_checked(len).ok_or(CUT)?;
            let count = length.saturating_mul(8).min(left);
            match width {
                8 => out.extend(packed.iter().take(count).map(|b| u32::from(*b))),
                16 => {
                    let pairs = packed.as_chunks().0.iter().take(count);
                    out.extend(pairs.map(|p| u32::from(u16::from_le_bytes(*p))));
                }
                _ => {
                    let mut bits = Bits::new(packed);
                    out.extend((0..count).map(|_| bits.next(width.into()) as u32));
                }
            }
            bytes = rest;
        }
    }
    Ok(out)
}

/// `count` values of DELTA_BINARY_PACKED.
pub(super) fn delta(mut bytes: &[u8], count: usize) -> Result<Vec<u64>, Fault> {
    let block = varint(&mut bytes).ok_or(CUT)?;
    let parts = varint(&mut bytes).ok_or(CUT)?;
    let total = varint(&mut bytes).ok_or(CUT)?;
    let mut value = unzigzag(varint(&mut bytes).ok_or(CUT)?) as u64;
    if total != count as u64 {
        return Err("another number of values than the page has");
    }
    let part_len = block.checked_div(parts).unwrap_or(0);
    if block > MAX_DELTA_BLOCK || part_len == 0 || !part_len.is_multiple_of(8) {
        return Err("deltas in blocks that no writer makes");
    }
    let mut out = Vec::with_capacity(count);
    if count > 0 {
        out.push(value);
    }
    while out.len() < count {
        let least = unzigzag(varint(&mut bytes).ok_or(CUT)?) as u64;
        let (widths, rest) = bytes.split_at_checked(parts as usize).ok_or(CUT)?;
        bytes = rest;
        for width in widths {
            let left = count - out.len();
            if left == 0 {
                break;
            }
            if *width > 64 {
                return Err("numbers of more than 64 bits");
            }
            let len = part_len as usize / 8 * usize::from(*width);
            let (packed, rest) = bytes.split_at_checked(len).ok_or(CUT)?;
            let mut bits = Bits::new(packed);
            for _ in 0..left.min(part_len as usize) {
                value = value.wrapping_add(least).wrapping_add(bits.next((*width).into()));
                out.push(value);
            }
            bytes = rest;
        }
    }
    Ok(out)
}

/// `count` words of BYTE_STREAM_SPLIT.
pub(super) fn split(bytes: &[u8], count: usize) -> Result<Vec<u64>, Fault> {
    let mut out = vec![0; count];
    if count.checked_mul(8) != Some(bytes.len()) {
        return Err(CUT);
    }
    // `chunks_exact` takes no zero; there is nothing to do for it either.
    for (plane, shift) in bytes.chunks_exact(count.max(1)).zip((0..64).step_by(8)) {
        for (word, byte) in out.iter_mut().zip(plane) {
            *word |= u64::from(*byte) << shift;
        }
    }
    Ok(out)
}

/// `count` PLAIN words.
pub(super) fn words(bytes: &[u8], count: usize) -> Result<Vec<u64>, Fault> {
    let words = bytes.as_chunks().0;
    let words = words.get(..count).ok_or(CUT)?;
    Ok(words.iter().map(|w| u64::from_le_bytes(*w)).collect())
}

/// `count` PLAIN booleans.
pub(super) fn bools(bytes: &[u8], count: usize) -> Result<Vec<u64>, Fault> {
    let bits = bytes.get(..count.div_ceil(8)).ok_or(CUT)?;
    let bit = |at: usize| bits.get(at / 8).map_or(0, |b| u64::from(b >> (at % 8) & 1));
    Ok((0..count).map(bit).collect())
}

/// Where `count` PLAIN texts stand.
pub(super) fn texts(bytes: &[u8], count: usize) -> Result<Vec<Range<usize>>, Fault> {
    // Each takes at least the four bytes of its length.
    if count > bytes.len() / 4 {
        return Err(CUT);
    }
    let mut out = Vec::with_capacity(count);
    let mut at = 0;
    for _ in 0..count {
        let (len, rest) = bytes.get(at..).and_then(|b| b.split_first_chunk()).ok_or(CUT)?;
        let len = u32::from_le_bytes(*len) as usize;
        if len > rest.len() {
            return Err(CUT);
        }
        out.push(at + 4..at + 4 + len);
        at += 4 + len;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes_give_what_was_asked_for_or_a_fault(
            bytes in prop::collection::vec(any::<u8>(), 0..80), width in 0u8..40, count in 0usize..300
        ) {
            let counts = [
                hybrid(&bytes, width, count).map(|v| v.len()),
                delta(&bytes, count).map(|v| v.len()),
                split(&bytes, count).map(|v| v.len()),
                words(&bytes, count).map(|v| v.len()),
                bools(&bytes, count).map(|v| v.len()),
                texts(&bytes, count).map(|v| v.len()),
            ];
            for found in counts.into_iter().flatten() {
                prop_assert_eq!(found, count);
            }
        }
    }
}
