//! Any bytes, walked as an opened file.

use super::Dice;
use sha2::{Digest, Sha256};
use trailbeam::unpack::{CHUNK, ErrorKind, Limits, MemorySource, Places, Reread, Step, Walk};

/// Small enough that a bomb costs milliseconds.
fn limits() -> Limits {
    Limits {
        depth: 4,
        unpacked_bytes: 4 << 20,
        ratio: 1100,
        ratio_from_bytes: 1 << 20,
        members: 64,
        buffered_bytes: 1 << 20,
    }
}

/// A member as it was given out.
#[derive(Debug, PartialEq)]
struct Member {
    index: u64,
    path: String,
    bytes: Vec<u8>,
    error: Option<ErrorKind>,
}

pub fn run(data: &[u8]) {
    let (members, sha256) = walk(data, |w| w);
    assert_eq!(sha256, Some(Sha256::digest(data).into()));
    assert!(members.iter().zip(0..).all(|(m, i)| m.index == i));
    let total: usize = members.iter().map(|m| m.bytes.len()).sum();
    assert!(total as u64 <= limits().unpacked_bytes + CHUNK as u64);
    assert!(members.len() as u64 <= limits().members + 1);
    parts(data, &members);
    // One member, looked for again, is the same member: this is how a record's original is shown.
    if let Some(want) = members.get(Dice::of(data).below(members.len())) {
        let (again, sha256) = walk(data, |w| w.only(want.index));
        assert_eq!(sha256, None);
        // Limits count what is given out: an item that hit one is another without its other members.
        let limited = members.iter().any(|m| {
            use ErrorKind as E;
            matches!(
                m.error,
                Some(E::TooLarge { .. } | E::TooDense { .. } | E::TooManyMembers { .. })
            )
        });
        if !limited {
            assert_eq!(again.as_slice(), std::slice::from_ref(want));
        }
    }
}

/// The end of every member is found from the mark before it.
fn parts(data: &[u8], members: &[Member]) {
    let places = Places::every(20_000);
    let (again, _) = walk(data, |w| w.noting(places.clone()));
    assert_eq!(again, members);

    for member in members {
        assert_eq!(places.of(member.index), None);
        places.confirm(member.index);
        let Some(place) = places.of(member.index) else {
            continue;
        };
        assert_eq!(place.bytes, member.bytes.len() as u64);
        let source = Box::new(MemorySource::new(data));
        let Ok(mut reread) = Reread::new(source, places.clone(), limits()) else {
            panic!("it is the same item");
        };
        let want = &member.bytes[member.bytes.len() - member.bytes.len().min(100)..];
        let from = place.at + (member.bytes.len() - want.len()) as u64;
        let (mut got, mut out) = (Vec::new(), Vec::new());
        let mut read = reread.seek(place.stream, from);
        while read.is_ok() && got.len() < want.len() {
            read = reread.next(&mut out).map(|at| {
                let skip = from.saturating_sub(at).min(out.len() as u64) as usize;
                got.extend_from_slice(&out[skip..]);
            });
        }
        // What ends with an error may break off before its last bytes; what is read is right.
        let n = got.len().min(want.len());
        assert!(got[..n] == want[..n]);
        assert!(member.error.is_some() || n == want.len());
    }
}

fn walk(data: &[u8], choose: impl FnOnce(Walk) -> Walk) -> (Vec<Member>, Option<[u8; 32]>) {
    let mut walk = choose(Walk::new("item", Box::new(MemorySource::new(data)), limits()));
    let (mut members, mut open) = (Vec::<Member>::new(), false);
    let (mut out, mut progress, mut idle) = (Vec::new(), 0, 0);
    loop {
        let step = walk.next(&mut out);
        assert!((progress..=walk.bytes_total()).contains(&walk.progress()));
        progress = walk.progress();
        idle = if step == Step::Working { idle + 1 } else { 0 };
        assert!(idle < 10_000, "no news for too long");
        match step {
            Step::Begin(head) => {
                assert!(!open && head.path.starts_with("item"));
                open = true;
                members.push(Member {
                    index: head.index,
                    path: head.path,
                    bytes: Vec::new(),
                    error: None,
                });
            }
            Step::Data => {
                assert!(open && !out.is_empty() && out.len() <= CHUNK);
                members
                    .last_mut()
                    .expect("it is open")
                    .bytes
                    .extend_from_slice(&out);
            }
            Step::End(end) => {
                assert!(open);
                open = false;
                let member = members.last_mut().expect("it is open");
                assert_eq!(end.bytes, member.bytes.len() as u64);
                member.error = end.error.map(|e| {
                    assert!(!e.to_string().is_empty());
                    e.kind
                });
            }
            Step::Working => {}
            Step::Done { sha256 } => {
                assert!(!open);
                return (members, sha256);
            }
        }
    }
}
