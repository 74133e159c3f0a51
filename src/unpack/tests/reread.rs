//! Parts of members read again from marks.

use super::*;
use flate2::Compression;
use proptest::prelude::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Reads at most so many bytes at once, and counts.
struct Counted {
    bytes: MemorySource,
    most: usize,
    read: Arc<AtomicU64>,
}

impl ByteSource for Counted {
    fn len(&self) -> u64 {
        self.bytes.len()
    }
    fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let most = self.most.min(buf.len());
        let n = self.bytes.read_at(offset, &mut buf[..most])?;
        self.read.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

fn counted(bytes: &[u8], most: usize) -> (Box<Counted>, Arc<AtomicU64>) {
    let read = Arc::new(AtomicU64::new(0));
    let source = Counted {
        bytes: MemorySource::new(bytes),
        most,
        read: read.clone(),
    };
    (Box::new(source), read)
}

/// Walks with marks so far apart; everything that comes out is confirmed.
fn noted(bytes: &[u8], spacing: u64, most: usize) -> (Vec<Got>, Places) {
    let places = Places::every(spacing);
    let walk = Walk::new("item", counted(bytes, most).0, Limits::default());
    let (members, _) = run(walk.noting(places.clone()));
    for m in &members {
        assert_eq!(places.of(m.head.index), None);
        places.confirm(m.head.index);
    }
    (members, places)
}

/// Bytes of a member from `offset`, at most `len`.
fn part(reread: &mut Reread, place: Place, offset: u64, len: u64) -> Result<Vec<u8>, ErrorKind> {
    let (from, end) = (place.at + offset, place.at + offset + len);
    reread.seek(place.stream, from)?;
    let mut got = Vec::new();
    let mut out = Vec::new();
    while (got.len() as u64) < len {
        let at = reread.next(&mut out)?;
        assert!(out.len() <= CHUNK);
        let (a, b) = (from.max(at), end.min(at + out.len() as u64));
        if a < b {
            assert_eq!(a, from + got.len() as u64, "in order");
            got.extend_from_slice(&out[(a - at) as usize..(b - at) as usize]);
        }
    }
    Ok(got)
}

fn gz_at(bytes: &[u8], level: u32) -> Vec<u8> {
    let mut w = GzEncoder::new(Vec::new(), Compression::new(level));
    w.write_all(bytes).unwrap();
    w.finish().unwrap()
}

/// Text of lines, runs and noise.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        (1usize..4000).prop_map(log),
        (1usize..200_000).prop_map(|n| vec![b'a'; n]),
        (1usize..60_000, any::<u64>()).prop_map(|(n, seed)| {
            let noise = |i: u64| ((i ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as u8;
            (0..n as u64).map(noise).collect()
        }),
    ];
    prop::collection::vec(piece, 1..6).prop_map(|p| p.concat())
}

fn level() -> impl Strategy<Value = u32> {
    prop_oneof![Just(0), Just(1), Just(6), Just(9)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn any_range_is_the_slice(
        parts in prop::collection::vec((text(), level()), 1..4),
        ranges in prop::collection::vec((0.0..1.0f64, 1u64..5000), 1..12),
        spacing in 1u64..100_000,
        most in prop_oneof![Just(usize::MAX), 700usize..9000],
    ) {
        let whole: Vec<u8> = parts.iter().flat_map(|(t, _)| t.clone()).collect();
        let packed: Vec<u8> = parts.iter().flat_map(|(t, l)| gz_at(t, *l)).collect();
        let tar = gz_at(&tarred(&[("n", b"small"), ("a", &whole), ("b", &whole)]), parts[0].1);
        let zip = zipped(&[("a", &whole)]);
        let stored = stored(&[("x.gz", &packed), ("a", &whole)]);
        let damp = tarred(&[("x.gz", &packed), ("a", &whole)]);
        for (bytes, members) in [(packed, 1), (tar, 3), (zip, 1), (stored, 2), (damp, 2), (whole.clone(), 1)] {
            let (got, places) = noted(&bytes, spacing, most);
            prop_assert_eq!(got.len(), members);
            let source = counted(&bytes, most).0;
            let mut reread = Reread::new(source, places.clone(), Limits::default()).ok().unwrap();
            for (at, len) in &ranges {
                for member in &got {
                    let Some(place) = places.of(member.head.index) else { continue };
                    let size = member.data.len() as u64;
                    prop_assert_eq!(place.bytes, size);
                    let from = (*at * size as f64) as u64;
                    let len = (*len).min(size - from);
                    let got = part(&mut reread, place, from, len).unwrap();
                    prop_assert!(got == member.data[from as usize..(from + len) as usize]);
                }
            }
        }
    }
}

#[test]
fn the_end_of_a_large_gzip_is_read_without_the_rest() {
    let line = log(400_000);
    for bytes in [
        gz(&line),
        gz_at(&line, 2),
        gz_at(&line, 1),
        line.chunks(1 << 20).flat_map(|m| gz_at(m, 1)).collect(),
        gz(&tarred(&[("first", b"1"), ("large", &line)])),
        zipped(&[("large", &line)]),
    ] {
        let (members, places) = noted(&bytes, 1 << 20, usize::MAX);
        let member = members.last().unwrap();
        let place = places.of(member.head.index).unwrap();
        let size = member.data.len() as u64;
        assert!(size > 20 << 20 && place.stream == 1);
        let marks = places.stream(1).unwrap().count() as u64;
        assert!((size >> 20) * 3 / 4 <= marks && marks <= size >> 20, "{marks}");
        for from in [size - 100, size / 2] {
            let (source, read) = counted(&bytes, usize::MAX);
            let mut reread = Reread::new(source, places.clone(), Limits::default())
                .ok()
                .unwrap();
            let got = part(&mut reread, place, from, 100).unwrap();
            assert_eq!(got, member.data[from as usize..from as usize + 100]);
            let read = read.load(Ordering::Relaxed);
            assert!(read < bytes.len() as u64 / 10, "{read} of {}", bytes.len());
        }
        assert!(places.memory() < 30 * 40_000, "{}", places.memory());
    }
}

#[test]
fn what_lies_in_no_one_piece_is_not_noted() {
    let text = log(3000);
    let utf16: Vec<u8> = b"\xff\xfe"
        .iter()
        .copied()
        .chain(text.iter().flat_map(|&b| [b, 0]))
        .collect();
    for bytes in [
        gz(&gz(&text)),
        zst(&text),
        bz(&text),
        gz(&stored(&[("a", &text)])),
        gz(&utf16),
        page(&[("a", &text)]),
    ] {
        let (members, places) = noted(&bytes, 1000, usize::MAX);
        assert!(!members.is_empty() && places.is_empty());
    }
    // Beginning and end are near: it is not worth it.
    assert!(noted(&gz(&text), 10 << 20, usize::MAX).1.is_empty());
    assert!(!noted(&gz(&text), 1 << 10, usize::MAX).1.is_empty());
}

#[test]
fn an_item_of_another_length_is_another() {
    let bytes = gz(&log(30_000));
    let (_, places) = noted(&bytes, 1000, usize::MAX);
    let shorter = MemorySource::new(&bytes[1..]);
    assert!(Reread::new(Box::new(shorter), places, Limits::default()).is_err());
}

#[test]
fn a_changed_item_gives_an_error_or_other_bytes_but_ends() {
    let text = log(30_000);
    let bytes = gz(&text);
    let (_, places) = noted(&bytes, 100_000, usize::MAX);
    let place = places.of(0).unwrap();
    for seed in 0..40u64 {
        let mut changed = bytes.clone();
        let from = bytes.len() / 2;
        for (i, b) in changed[from..].iter_mut().enumerate() {
            *b = ((i as u64 + seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as u8;
        }
        let source = Box::new(MemorySource::new(changed));
        let mut reread = Reread::new(source, places.clone(), Limits::default())
            .ok()
            .unwrap();
        let got = part(&mut reread, place, text.len() as u64 - 1000, 1000);
        assert!(got.is_err() || got.unwrap() != text[text.len() - 1000..]);
    }
}
