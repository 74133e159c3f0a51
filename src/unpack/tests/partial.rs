//! Walking again for one member.

use super::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

fn mixed() -> Vec<u8> {
    let text = log(600);
    let mut damaged = gz(&tarred(&[("p", &text), ("q", b"lost")]));
    damaged.truncate(damaged.len() / 2);
    let tgz = gz(&tarred(&[
        ("x.gz", &gz(&text)),
        ("y", b"plain"),
        ("z.zip", &zipped(&[("k", b"kk"), ("l", &text)])),
    ]));
    zipped(&[
        ("one", &text),
        ("t.tgz", &tgz),
        ("broken.tgz", &damaged),
        ("i.zip", &zipped(&[("m", &text)])),
        ("end", b"end"),
    ])
}

#[test]
fn only_gives_the_same_member_as_the_whole_walk() {
    let bytes = mixed();
    for bytes in [
        bytes.clone(),
        tarred(&[("outer.zip", &bytes), ("n", b"n")]),
        gz(&bytes),
    ] {
        let whole = walk(&bytes);
        assert!(whole.len() > 7 && whole.iter().any(|m| m.error.is_some()));
        for want in &whole {
            let source = Box::new(MemorySource::new(bytes.clone()));
            let (members, sha256) = run(Walk::new("item", source, Limits::default()).only(want.head.index));
            assert_eq!(members.len(), 1, "{}", want.path());
            assert!(
                members[0] == *want,
                "{:?} is not {:?}",
                members[0].head,
                want.head
            );
            assert_eq!(sha256, None);
        }
        let source = Box::new(MemorySource::new(bytes.clone()));
        let (none, _) = run(Walk::new("item", source, Limits::default()).only(whole.len() as u64));
        assert_eq!(none, []);
    }
}

#[test]
fn only_reads_little_of_the_others() {
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
    let big = log(9000);
    let files = [("a", &big[..]), ("b", &big), ("c", &big), ("d", b"wanted")];
    for bytes in [tarred(&files), stored(&files)] {
        let read = Arc::new(AtomicU64::new(0));
        let source = Counted(MemorySource::new(bytes.clone()), read.clone());
        let (members, _) = run(Walk::new("item", Box::new(source), Limits::default()).only(3));
        assert_eq!(members[0].data, b"wanted");
        let read = read.load(Ordering::Relaxed);
        assert!(read < 100_000, "{read} of {}", bytes.len());
    }
}

#[test]
fn a_walk_may_move_to_another_thread_between_two_calls() {
    let mut walk = Walk::new(
        "item",
        Box::new(MemorySource::new(gz(&log(10_000)))),
        Limits::default(),
    );
    let mut out = Vec::new();
    assert!(matches!(walk.next(&mut out), Step::Begin(_)));
    let (rest, _) = std::thread::spawn(move || {
        let mut bytes = 0;
        let mut out = Vec::new();
        loop {
            match walk.next(&mut out) {
                Step::Data => bytes += out.len(),
                Step::End(end) => return (bytes, end),
                _ => {}
            }
        }
    })
    .join()
    .unwrap();
    assert_eq!(rest, log(10_000).len());
}

#[test]
fn everything_is_hashed_in_slices_even_where_nothing_was_read() {
    // A zip whose entries are refused is hardly read: the hash is made at the end.
    let mut bytes = stored(&[("a", &log(40_000))]);
    let central = memchr::memmem::find(&bytes, b"PK\x01\x02").unwrap();
    bytes[central + 8] |= 1;
    let mut walk = Walk::new(
        "item",
        Box::new(MemorySource::new(bytes.clone())),
        Limits::default(),
    );
    let (mut out, mut working) = (Vec::new(), 0);
    let sha256 = loop {
        match walk.next(&mut out) {
            Step::Working => working += 1,
            Step::Done { sha256 } => break sha256,
            _ => {}
        }
    };
    assert!(working >= 2, "{working}");
    let want: [u8; 32] = Sha256::digest(&bytes).into();
    assert_eq!(sha256, Some(want));
}
