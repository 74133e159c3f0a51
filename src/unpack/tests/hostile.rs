//! Files made to do harm are stopped at the limits.

use super::*;

#[test]
fn a_bomb_stops_at_the_cap() {
    let zeros = vec![0; 3 << 20];
    let cap = 1_000_000;
    let limits = Limits {
        unpacked_bytes: cap,
        ..Limits::default()
    };
    let bombs = [
        gz(&zeros),
        bz(&zeros),
        zst(&zeros),
        zipped(&[("z", &zeros)]),
        gz(&tarred(&[("z", &zeros), ("y", b"")])),
    ];
    for bomb in bombs {
        let members = walk_with(&bomb, limits.clone());
        assert_eq!(members.len(), 1);
        assert_eq!(members[0].kind(), Some(&ErrorKind::TooLarge { limit: cap }));
        let given = members[0].data.len() as u64;
        assert!(given >= cap && given <= cap + CHUNK as u64, "{given}");
    }
}

#[test]
fn a_bomb_of_many_members_stops_at_the_cap() {
    let part = vec![b'x'; 200_000];
    let names: Vec<String> = (0..50).map(|i| i.to_string()).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), &part[..])).collect();
    let limits = Limits {
        unpacked_bytes: 1_000_000,
        ..Limits::default()
    };
    for bytes in [tarred(&files), zipped(&files)] {
        let members = walk_with(&bytes, limits.clone());
        let total: usize = members.iter().map(|m| m.data.len()).sum();
        assert!((1_000_000..=1_000_000 + CHUNK).contains(&total), "{total}");
        assert!(matches!(
            members.last().unwrap().kind(),
            Some(ErrorKind::TooLarge { .. })
        ));
    }
}

#[test]
fn what_unpacks_too_far_is_stopped() {
    let zeros = vec![0; 3 << 20];
    let limits = Limits {
        ratio: 500,
        ratio_from_bytes: 1 << 20,
        ..Limits::default()
    };
    for bomb in [gz(&zeros), bz(&zeros), zst(&zeros)] {
        let members = walk_with(&zipped(&[("bomb", &bomb), ("after", b"good")]), limits.clone());
        assert_eq!(members[0].kind(), Some(&ErrorKind::TooDense { limit: 500 }));
        assert!(members[0].data.len() <= (1 << 20) + 500 * bomb.len() + CHUNK);
    }
    // The default lets pass what deflate can do with a log that repeats itself.
    let limits = Limits {
        ratio_from_bytes: 1 << 20,
        ..Limits::default()
    };
    assert_eq!(walk_with(&gz(&zeros), limits)[0].error, None);
}

#[test]
fn bombs_in_bombs_are_stopped() {
    let inner = gz(&vec![0; 4 << 20]);
    let limits = Limits {
        ratio_from_bytes: 1 << 20,
        ..Limits::default()
    };
    let members = walk_with(&gz(&inner.repeat(50)), limits);
    assert!(
        matches!(members[0].kind(), Some(ErrorKind::TooDense { .. })),
        "{:?}",
        members[0].error
    );
    assert!(members[0].data.len() < 40 << 20);
}

#[test]
fn depth_is_limited() {
    let mut bytes = b"core".to_vec();
    for _ in 0..6 {
        bytes = gz(&bytes);
    }
    assert_eq!(sound(&bytes), pairs(&[("item", b"core")]));
    let members = walk(&tarred(&[("deep", &gz(&bytes)), ("flat", b"x")]));
    assert_eq!(members[0].kind(), Some(&ErrorKind::TooDeep { limit: 6 }));
    assert_eq!((&members[1].data[..], members[1].kind()), (&b"x"[..], None));
}

#[test]
fn members_are_limited() {
    let names: Vec<String> = (0..30).map(|i| i.to_string()).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), &b"x"[..])).collect();
    let limits = Limits {
        members: 10,
        ..Limits::default()
    };
    for bytes in [tarred(&files), zipped(&files)] {
        let members = walk_with(&bytes, limits.clone());
        assert_eq!(members.len(), 11);
        assert_eq!(members[10].kind(), Some(&ErrorKind::TooManyMembers { limit: 10 }));
        assert!(members[..10].iter().all(|m| m.error.is_none()));
    }
}

#[test]
fn an_inner_zip_is_held_up_to_its_limit() {
    let noise: Vec<u8> = log(8000)
        .iter()
        .enumerate()
        .map(|(i, b)| b.wrapping_mul((i % 251) as u8))
        .collect();
    let inner = stored(&[("n", &noise)]);
    let outer = zipped(&[("inner.zip", &inner), ("after", b"good")]);
    let limits = Limits {
        buffered_bytes: 300_000,
        ..Limits::default()
    };
    let members = walk_with(&outer, limits);
    assert_eq!(
        members[0].kind(),
        Some(&ErrorKind::BufferTooLarge { limit: 300_000 })
    );
    assert_eq!(members[0].path(), "item/inner.zip");
    assert_eq!((&members[1].data[..], members[1].kind()), (&b"good"[..], None));
    assert_eq!(sound(&outer)[0].1, noise);
}

#[test]
fn zip_entries_on_top_of_each_other_are_refused() {
    let text = log(200);
    let mut bytes = zipped(&[("a", &text), ("b", &text), ("c", b"x")]);
    // The second entry's central header points at the first one's data.
    let central: Vec<usize> = memchr::memmem::find_iter(&bytes, b"PK\x01\x02").collect();
    bytes[central[1] + 42..central[1] + 46].copy_from_slice(&0u32.to_le_bytes());
    let members = walk(&bytes);
    let kinds: Vec<_> = members.iter().map(|m| (m.path(), m.kind())).collect();
    assert_eq!(
        kinds,
        [
            ("item/a", None),
            ("item/b", Some(&ErrorKind::Overlap)),
            ("item/c", None)
        ]
    );
}

#[test]
fn many_empty_streams_come_in_small_calls() {
    let empty = gz(b"");
    let bytes = empty.repeat(20_000);
    let mut walk = Walk::new("item", Box::new(MemorySource::new(bytes)), Limits::default()).without_hash();
    let (mut out, mut calls) = (Vec::new(), 0);
    while !matches!(walk.next(&mut out), Step::Done { .. }) {
        calls += 1;
    }
    assert!(calls > 2 && calls < 10_000, "{calls}");
}
