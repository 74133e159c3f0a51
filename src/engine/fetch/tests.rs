use super::*;
use crate::engine::host::Host;
use crate::engine::local::Local;
use crate::engine::port::{FromShard, Part, ToShard};
use crate::unpack::MemorySource;
use flate2::{Compression, write::GzEncoder};
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

struct Counted(MemorySource, Arc<AtomicU64>);

impl ByteSource for Counted {
    fn len(&self) -> u64 {
        self.0.len()
    }
    fn read_at(&mut self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.0.read_at(offset, buf)?;
        self.1.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut w = GzEncoder::new(Vec::new(), Compression::new(3));
    w.write_all(bytes).unwrap();
    w.finish().unwrap()
}

/// Lines that are no log: they cost nothing to read.
fn lines(bytes: usize) -> Vec<u8> {
    let line = |i: u64| format!("{i:08} {:016x}\n", (i + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut out: Vec<u8> = (0..)
        .take(bytes / 26)
        .flat_map(|i| line(i).into_bytes())
        .collect();
    out.resize(bytes, b'\n');
    out
}

/// What came of asking a host that has read `bytes` for ranges of `now`, and how much of it was read.
fn asked(bytes: &[u8], now: &[u8], ranges: &[Range]) -> (Texts, u64) {
    let mut host = Host::default();
    let mut said = Vec::new();
    let open = ToShard::Open {
        item: 3,
        name: "item".into(),
        part: Part::WHOLE,
    };
    host.handle(open, Some(Box::new(MemorySource::new(bytes))), &mut |m| {
        said.push(m)
    });
    while host.pump(&mut || false, &mut |m| said.push(m)) {}
    let read = Arc::new(AtomicU64::new(0));
    let source = Counted(MemorySource::new(now), read.clone());
    let fetch = ToShard::Fetch {
        id: 9,
        item: 3,
        name: "item".into(),
        ranges: ranges.to_vec(),
    };
    host.handle(fetch, Some(Box::new(source)), &mut |m| said.push(m));
    while host.pump(&mut || true, &mut |m| said.push(m)) {}
    let texts = said.into_iter().find_map(|m| match m {
        FromShard::Text { id: 9, texts } => Some(texts),
        _ => None,
    });
    (texts.unwrap(), read.load(Ordering::Relaxed))
}

fn range(offset: u64, len: u64) -> Range {
    Range {
        index: 0,
        offset,
        len,
    }
}

#[test]
fn many_ranges_are_one_pass_and_the_end_needs_no_beginning() {
    let text = lines(40 << 20);
    let packed = gz(&text);
    let size = text.len() as u64;
    let slice = |r: &Range| Ok(text[r.offset as usize..(r.offset + r.len) as usize].to_vec());
    // Unsorted, inside each other, twice, empty, at both ends.
    let ranges = [
        range(size - 300, 300),
        range(20 << 20, 1000),
        range((20 << 20) + 5, 10),
        range((20 << 20) + 5, 10),
        range((20 << 20) + 900, 4000),
        range(7, 0),
        range(0, 30),
        range(1, 1),
        range(size - 1, 1),
    ];
    for bytes in [&packed, &text] {
        let (texts, read) = asked(bytes, bytes, &ranges);
        let want: Texts = ranges.iter().map(slice).collect();
        assert!(texts == want);
        assert!(read <= bytes.len() as u64);
        let (texts, read) = asked(bytes, bytes, &ranges[..1]);
        assert!(texts == want[..1]);
        assert!(read < bytes.len() as u64 / 4, "{read} of {}", bytes.len());
    }
    // Behind the end there is nothing, and what began before it is cut there.
    let (texts, _) = asked(
        &packed,
        &packed,
        &[range(size, 5), range(size - 5, 50), range(9, 5)],
    );
    assert_eq!(texts[1], Ok(text[text.len() - 5..].to_vec()));
    assert_eq!(texts[2], slice(&range(9, 5)));
    assert!(texts[0].as_ref().is_ok_and(Vec::is_empty) || texts[0].is_err());
}

#[test]
fn a_file_that_changed_is_walked_as_before() {
    let text = lines(20 << 20);
    let packed = gz(&text);
    let end = range(text.len() as u64 - 100, 100);
    // Longer by another gzip member, and damaged behind the middle.
    let longer = [packed.clone(), gz(b"more")].concat();
    assert_eq!(
        asked(&packed, &longer, &[end]).0,
        [Ok(text[text.len() - 100..].to_vec())]
    );
    let mut damaged = packed.clone();
    let half = packed.len() / 2;
    damaged[half..].fill(0xff);
    let (texts, _) = asked(&packed, &damaged, &[end, range(0, 50)]);
    assert!(texts[0].is_err(), "{:?}", texts[0]);
    assert_eq!(texts[1], Ok(text[..50].to_vec()));
}

#[test]
fn what_is_in_a_wrapper_is_counted_in_what_is_inside() {
    // A subscription's export: one object of many messages to a line.
    let message = |i: usize| {
        format!(
            "2 111122223333 eni-1 10.0.0.{} 203.0.113.9 4{i:06} 443 6 1 100 1700000000 1700000060 ACCEPT OK",
            i % 250
        )
    };
    let event = |i: usize| {
        format!(
            r#"{{"id":"{i}","timestamp":1700000000000,"message":"{}"}}"#,
            message(i)
        )
    };
    let mut wrapped = String::new();
    for batch in 0..80 {
        let events: Vec<String> = (0..1000).map(|i| event(batch * 1000 + i)).collect();
        wrapped.push_str(&format!(
            r#"{{"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"g","logStream":"s","subscriptionFilters":["f"],"logEvents":[{}]}}"#,
            events.join(",")
        ));
    }
    assert!(wrapped.len() > 9 << 20);
    let mut local = Local::new(2);
    let ids = local.open(vec![("w.gz".into(), gz(wrapped.as_bytes()))]);
    let item = &local.items()[0];
    let member = item.members().next().unwrap();
    assert_eq!(member.containers, ["gzip", "cloudwatch-logs"]);
    let line = message(3);
    let texts = local.fetch(ids[0], vec![range(0, 4 * (line.len() as u64 + 1))]);
    let text = String::from_utf8(texts[0].clone().unwrap()).unwrap();
    assert!(text.starts_with(&message(0)) && text.contains(&line), "{text}");
}
