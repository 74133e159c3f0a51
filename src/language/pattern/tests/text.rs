use super::{hints, matched, warnings};

#[test]
fn terms_are_substrings_in_any_order() {
    assert_eq!(
        matched("disk full", &["full disk", "disk", "diskfull", "Disk full"]),
        [0, 2]
    );
    assert_eq!(matched("  disk\n\tfull ", &["full disk", "disk"]), [0]);
}

#[test]
fn signs_include_choose_and_exclude() {
    assert_eq!(matched("a -b", &["a", "ab", "b"]), [0]);
    assert_eq!(matched("- \"b c\"", &["a", "b c"]), [0]);
    assert_eq!(matched("?a ? b", &["a", "b", "c"]), [0, 1]);
    assert_eq!(matched("?a c", &["c", "a", "ac"]), [0, 2]);
    assert_eq!(matched("?a -c", &["x", "ac"]), [0]);
    assert_eq!(matched("?%^a% ?b", &["ab", "xa", "xb"]), [0, 2]);
    assert_eq!(matched("-%\\d%", &["a", "a1"]), [0]);
    assert_eq!(
        hints("?a c ?b"),
        [("optional-ignored", 1, 2), ("optional-ignored", 6, 7)]
    );
    assert_eq!(hints("?a ?b"), []);
}

#[test]
fn nothing_asked_is_every_event() {
    for text in ["", "  ", "\"\"", "\" \""] {
        assert_eq!(matched(text, &["", "x"]), [0, 1], "{text:?}");
    }
    assert_eq!(matched("\" \" a", &["a", "a b"]), [1]);
    assert_eq!(matched("-\" \"", &["a", "a b"]), [0]);
}

#[test]
fn quotes_hold_text_as_it_is() {
    assert_eq!(
        matched(r#""a \"b\" \\ \d""#, &[r#"a "b" \ \d"#, r#"a "b" \\ \d"#]),
        [0]
    );
    assert_eq!(matched("\"a\"b", &["ba", "ab", "a"]), [0, 1]);
    assert_eq!(matched("say\"x", &["say\"x", "say x"]), [0]);
    assert_eq!(hints("\"a*\" b"), [("inner-star", 0, 4)]);
}

#[test]
fn other_characters_ask_for_quotes() {
    assert_eq!(
        warnings("a_1 b-c ?d=e -größe \"x y\""),
        [
            ("quote-term", 4, 7),
            ("quote-term", 9, 12),
            ("quote-term", 14, 19)
        ]
    );
    assert_eq!(warnings("%a% %b% %c%"), [("regex-count", 8, 11)]);
    assert_eq!(warnings("%a% ERROR %b%"), []);
}
