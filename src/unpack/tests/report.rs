//! Shared files: parts in a page.

use super::*;
use crate::base::page::{PART_CLOSES, PART_NAME_MAX, PART_OPENED, PART_OPENS};
use proptest::prelude::*;

fn replaced(page: &[u8], from: &str, to: &str) -> Vec<u8> {
    let text = std::str::from_utf8(page).unwrap();
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1).into_bytes()
}

/// Path behind the item, length and error of every member.
fn told(bytes: &[u8]) -> Vec<(String, usize, Option<ErrorKind>)> {
    let told = |m: Got| {
        let path = m
            .path()
            .trim_start_matches("item")
            .trim_start_matches('/')
            .to_owned();
        (path, m.data.len(), m.kind().cloned())
    };
    walk(bytes).into_iter().map(told).collect()
}

#[test]
fn parts_are_members_in_the_order_of_the_page() {
    let big = log(9000);
    let parts = [
        ("manifest.json", &b"{}"[..]),
        ("records/vpc-flow.parquet", &big),
        ("notes.json", b""),
        ("a_b-c.0", b"x"),
    ];
    let want: Vec<(String, Vec<u8>)> = parts
        .iter()
        .map(|(name, data)| (format!("item/{name}"), data.to_vec()))
        .collect();
    let bytes = page(&parts);
    assert_eq!(sound(&bytes), want);
    assert_eq!(walk(&bytes)[1].head.containers, ["report"]);
    assert_eq!(sound(&gz(&bytes)), want);
    // As a browser saves it.
    assert_eq!(
        sound(&replaced(&bytes, "<!doctype html>", "<!DOCTYPE html>")),
        want
    );
    // Without parts, it has no members.
    assert_eq!(sound(&page(&[])), []);
}

#[test]
fn what_is_inside_a_part_is_taken_off_too() {
    let inner = page(&[("deep", b"core")]);
    let bytes = page(&[("a.tgz", &gz(&tarred(&[("x", b"y")]))), ("inner.html", &inner)]);
    let want = pairs(&[("item/a.tgz/x", b"y"), ("item/inner.html/deep", b"core")]);
    assert_eq!(sound(&bytes), want);
}

#[test]
fn only_a_page_that_says_so_is_one() {
    for bytes in [
        replaced(&page(&[("a", b"x")]), " data-trailbeam-report=", " data-other="),
        replaced(&page(&[("a", b"x")]), "<!doctype html>", "<html>"),
        replaced(
            &page(&[("a", b"x")]),
            "html>",
            &format!("html>{}", " ".repeat(500)),
        ),
    ] {
        assert_eq!(walk(&bytes)[0].head.containers, [""; 0]);
    }
}

#[test]
fn only_this_spelling_is_a_part() {
    for other in [
        PART_OPENS.replace('"', "'"),
        PART_OPENS.to_uppercase(),
        PART_OPENS.replace(" data", "  data"),
        PART_OPENS.replace('<', "&lt;"),
    ] {
        let bytes = replaced(&page(&[("a", b"one"), ("b", b"two")]), PART_OPENS, &other);
        assert_eq!(told(&bytes), [("b".to_owned(), 3, None)], "{other}");
    }
}

#[test]
fn names_that_are_none_are_refused_and_the_next_part_is_read() {
    let long = "n".repeat(PART_NAME_MAX + 1);
    for name in ["", "A", "a b", "../\u{e9}", "a\"x=\"", "<script>", &long] {
        let bytes = page(&[("first", b"1"), (name, b"refused"), ("last", b"33")]);
        let refused = (String::new(), 0, Some(ErrorKind::Corrupt("a part's name")));
        let want = [
            ("first".to_owned(), 1, None),
            refused,
            ("last".to_owned(), 2, None),
        ];
        let found: Vec<_> = told(&bytes)
            .into_iter()
            .map(|(path, len, kind)| {
                if kind.is_some() {
                    (String::new(), len, kind)
                } else {
                    (path, len, kind)
                }
            })
            .collect();
        assert_eq!(found, want, "{name}");
        let at = memchr::memmem::find_iter(&bytes, PART_OPENS).nth(1).unwrap();
        assert_eq!(walk(&bytes)[1].error.as_ref().unwrap().offset, at as u64);
    }
    let longest = "n".repeat(PART_NAME_MAX);
    assert_eq!(told(&page(&[(&longest, b"x")])), [(longest.clone(), 1, None)]);
}

#[test]
fn damaged_base64_ends_the_part_at_its_place_and_the_next_is_read() {
    let text = log(2000);
    let bytes = page(&[("a", &text), ("b", b"next")]);
    let from = memchr::memmem::find(&bytes, PART_OPENED.as_bytes()).unwrap() + 100_000;
    for (put, what) in [
        (&b"*"[..], "a character that is not base64"),
        (b"=", "base64 after its padding"),
        (b"<", "a character that is not base64"),
        (b" ", "a character that is not base64"),
        (b"\0", "a character that is not base64"),
    ] {
        let mut bytes = bytes.clone();
        let at = from + bytes[from..].iter().position(|&b| b == b'\n').unwrap() + 3;
        bytes[at..at + put.len()].copy_from_slice(put);
        let members = walk(&bytes);
        let found: Vec<_> = members.iter().map(|m| (m.path(), m.kind().cloned())).collect();
        assert_eq!(found[1..], [("item/b", None)], "{put:?}");
        let error = members[0].error.as_ref().unwrap();
        assert!(text.starts_with(&members[0].data) && members[0].data.len() > 70_000);
        assert!(
            matches!(error.kind, ErrorKind::Corrupt(w) if w == what || w.starts_with("padding")),
            "{error}"
        );
        assert!(
            error.offset.abs_diff(at as u64) <= 1 && error.container == "report",
            "{error}"
        );
    }
    // Whole groups are missing nothing that could be seen; one character is.
    let bytes = replaced(
        &page(&[("a", b"abcdef"), ("b", b"next")]),
        "YWJjZGVm\n",
        "YWJjZGV",
    );
    let missing = ErrorKind::Corrupt("base64 that ends within four characters");
    assert_eq!(
        told(&bytes),
        [("a".to_owned(), 3, Some(missing)), ("b".to_owned(), 4, None)]
    );
}

#[test]
fn a_page_without_its_end_may_lack_a_part() {
    let bytes = page(&[("a", b"abc")]);
    let body = memchr::memmem::find(&bytes, b"</body>").unwrap();
    let cut = (String::new(), 0, Some(ErrorKind::Truncated));
    assert_eq!(told(&bytes[..body]), [("a".to_owned(), 3, None), cut]);
    let close = memchr::memmem::rfind(&bytes, PART_CLOSES.as_bytes()).unwrap();
    for len in [close - 1, close, close + 4] {
        let cut = told(&bytes[..len]);
        assert_eq!(cut, [("a".to_owned(), 3, Some(ErrorKind::Truncated))], "{len}");
    }
}

#[test]
fn only_gives_the_same_member_as_the_whole_walk() {
    let text = log(900);
    let broken = gz(&text)[..200].to_vec();
    let parts = [
        ("a", &text[..]),
        ("b.gz", &broken),
        ("C", b""),
        ("c.gz", &gz(&text)),
        ("d", b"end"),
    ];
    let whole = page(&parts);
    let damaged = replaced(&whole, "A", "*");
    for bytes in [&whole, &damaged, &whole[..whole.len() - 40].to_vec(), &gz(&whole)] {
        let members = walk(bytes);
        assert!(members.len() >= 5);
        for want in &members {
            let source = Box::new(MemorySource::new(bytes.clone()));
            let (found, _) = run(Walk::new("item", source, Limits::default()).only(want.head.index));
            assert!(found.len() == 1 && found[0] == *want, "{:?}", want.head);
        }
    }
}

#[test]
fn many_small_parts_come_in_small_calls() {
    let names: Vec<String> = (0..3000).map(|i| format!("p/{i}")).collect();
    let parts: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), &b"x"[..])).collect();
    assert_eq!(sound(&page(&parts)).len(), 3000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn parts_come_back(parts in prop::collection::vec(("[a-z0-9/._-]{1,20}", prop::collection::vec(any::<u8>(), 0..3000)), 0..6)) {
        // What begins like a container would be taken off.
        let parts: Vec<(String, Vec<u8>)> = parts.into_iter().map(|(n, mut d)| { d.insert(0, b'#'); (n, d) }).collect();
        let given: Vec<(&str, &[u8])> = parts.iter().map(|(n, d)| (n.as_str(), &d[..])).collect();
        let found = sound(&page(&given));
        let want: Vec<_> = parts.iter().map(|(n, d)| (format!("item/{n}"), d.clone())).collect();
        prop_assert_eq!(found, want);
    }
}
