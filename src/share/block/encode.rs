//! Values as the bytes of Parquet's encodings, and those bytes compressed.

use zlib_rs::{Deflate, DeflateConfig, DeflateFlush, Status, Strategy};

/// Equal values in a row from which on they are written as a run.
const RUN: usize = 64;
/// Deltas that share a smallest one, and those of them that share a width.
const DELTA_BLOCK: usize = 128;
const DELTA_PART: usize = 32;
/// As far as zlib goes without spending several times as long for a hundredth.
const LEVEL: i32 = 6;
/// A gzip wrapper around a window of 32 KiB, as zlib writes it.
const GZIP_WINDOW: i32 = 15 + 16;

/// Bits that a number takes.
pub(super) fn width_of(largest: u64) -> u8 {
    (64 - largest.leading_zeros()) as u8
}

/// An unsigned integer, seven bits a byte.
pub(super) fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn zigzag(value: i64, out: &mut Vec<u8>) {
    varint((value << 1 ^ value >> 63) as u64, out);
}

/// Numbers of `width` bits each, the lowest bit first; the last byte is filled with zeros.
fn pack(values: impl Iterator<Item = u64>, width: u8, out: &mut Vec<u8>) {
    let (mut held, mut bits) = (0u128, 0u32);
    for value in values {
        held |= u128::from(value) << bits;
        bits += u32::from(width);
        while bits >= 8 {
            out.push(held as u8);
            held >>= 8;
            bits -= 8;
        }
    }
    if bits > 0 {
        out.push(held as u8);
    }
}

/// Parquet's hybrid: long runs of one number as a run, all else in groups of eight, `width` bits each.
pub(super) fn hybrid(values: &[u32], width: u8, out: &mut Vec<u8>) {
    fn packed(values: &[u32], width: u8, out: &mut Vec<u8>) {
        if values.is_empty() {
            return;
        }
        let groups = values.len().div_ceil(8);
        varint((groups as u64) << 1 | 1, out);
        let filled = values.iter().copied().chain(std::iter::repeat(0));
        pack(filled.take(groups * 8).map(u64::from), width, out);
    }
    let mut waiting = values;
    let mut at = 0;
    while let Some(first) = waiting.get(at) {
        let rest = waiting.get(at..).unwrap_or_default();
        let run = rest.iter().take_while(|v| *v == first).count();
        if run < RUN.min(rest.len()) {
            at += 8;
            continue;
        }
        let (before, from_run) = waiting.split_at(at);
        packed(before, width, out);
        varint((run as u64) << 1, out);
        let bytes = usize::from(width.div_ceil(8));
        out.extend(first.to_le_bytes().iter().take(bytes));
        (waiting, at) = (from_run.get(run..).unwrap_or_default(), 0);
    }
    packed(waiting, width, out);
}

/// DELTA_BINARY_PACKED: the first value, then what each adds to the one before.
pub(super) fn delta(values: &[u64], out: &mut Vec<u8>) {
    varint(DELTA_BLOCK as u64, out);
    varint((DELTA_BLOCK / DELTA_PART) as u64, out);
    varint(values.len() as u64, out);
    zigzag(values.first().copied().unwrap_or(0) as i64, out);
    let differences: Vec<i64> = (values.iter().zip(values.iter().skip(1)))
        .map(|(a, b)| b.wrapping_sub(*a) as i64)
        .collect();
    for block in differences.chunks(DELTA_BLOCK) {
        let least = block.iter().copied().min().unwrap_or(0);
        zigzag(least, out);
        let above: Vec<u64> = block.iter().map(|d| d.wrapping_sub(least) as u64).collect();
        let parts: Vec<&[u64]> = above.chunks(DELTA_PART).collect();
        let widths: Vec<u8> = parts
            .iter()
            .map(|p| width_of(p.iter().copied().max().unwrap_or(0)))
            .collect();
        let empty = std::iter::repeat(&0);
        out.extend(widths.iter().chain(empty).take(DELTA_BLOCK / DELTA_PART));
        for (part, width) in parts.iter().zip(&widths) {
            let filled = part.iter().copied().chain(std::iter::repeat(0));
            pack(filled.take(DELTA_PART), *width, out);
        }
    }
}

/// BYTE_STREAM_SPLIT: the lowest byte of every value, then the next of every value, …
pub(super) fn split(values: &[u64], out: &mut Vec<u8>) {
    for byte in 0..8 {
        out.extend(values.iter().map(|v| (v >> (8 * byte)) as u8));
    }
}

/// PLAIN words.
pub(super) fn words(values: &[u64], out: &mut Vec<u8>) {
    values.iter().for_each(|v| out.extend(v.to_le_bytes()));
}

/// PLAIN booleans: a bit each.
pub(super) fn bits(values: &[u64], out: &mut Vec<u8>) {
    pack(values.iter().map(|v| u64::from(*v != 0)), 1, out);
}

/// PLAIN texts: each behind its length.
pub(super) fn texts<'a>(values: impl Iterator<Item = &'a [u8]>, out: &mut Vec<u8>) {
    for text in values {
        out.extend((text.len() as u32).to_le_bytes());
        out.extend_from_slice(text);
    }
}

/// As a gzip file without a name or a time. `None` where the compressor gives up, which it has no reason to.
pub(super) fn gzip(bytes: &[u8], strategy: Strategy) -> Option<Vec<u8>> {
    let mut deflate = Deflate::new_with_config(DeflateConfig {
        level: LEVEL,
        window_bits: GZIP_WINDOW,
        strategy,
        ..DeflateConfig::default()
    });
    let mut out = vec![0; bytes.len() / 2 + 256];
    loop {
        let (read, written) = (deflate.total_in() as usize, deflate.total_out() as usize);
        let status = deflate.compress(bytes.get(read..)?, out.get_mut(written..)?, DeflateFlush::Finish);
        let end = deflate.total_out() as usize;
        match status.ok()? {
            Status::StreamEnd => {
                out.truncate(end);
                return Some(out);
            }
            Status::Ok | Status::BufError => out.resize(out.len() + out.len() / 2, 0),
        }
    }
}
