use super::super::re2;

fn matches(pattern: &str, text: &str) -> bool {
    re2::compile(pattern)
        .unwrap_or_else(|e| panic!("{pattern}: {e}"))
        .is_match(text)
}

#[test]
fn classes_are_those_of_ascii() {
    for (pattern, yes, no) in [
        (r"^\d+$", "123", "١٢"),
        (r"^\w+$", "a_1", "ä"),
        (r"^\W$", "ä", "a"),
        (r"^\s$", "\t", "\u{a0}"),
        (r"^[\d.]+$", "1.2", "1,2"),
        (r"^[^\d]$", "x", "1"),
        (r"^[\D]$", "x", "1"),
        (r"\bfoo\b", "a foo b", "afoo"),
        (r"^[[:alpha:]]+$", "abc", "ab1"),
        (r"^.$", "ä", "äb"),
        (r"^a.c$", "a€c", "a\nc"),
        (r"^(?s)a.c$", "a\nc", "ac"),
    ] {
        assert!(matches(pattern, yes), "{pattern} {yes}");
        assert!(!matches(pattern, no), "{pattern} {no}");
    }
}

#[test]
fn case_is_ignored_where_it_is_said() {
    for (pattern, yes, no) in [
        ("(?i)error", "An ERROR", "err"),
        ("(?i)[a-c]x", "BX", "DX"),
        ("(?i)^[^a]$", "b", "A"),
        ("(?i)äb", "ÄB", "a"),
        ("a(?i)b", "aB", "AB"),
        ("(?i:a)b", "Ab", "AB"),
        ("(?i)a(?-i)b", "Ab", "AB"),
        ("((?i)a)b", "Ab", "AB"),
        ("(?i)[[:lower:]]", "A", "1"),
    ] {
        assert!(matches(pattern, yes), "{pattern} {yes}");
        assert!(!matches(pattern, no), "{pattern} {no}");
    }
}

#[test]
fn what_has_no_meaning_stands_for_itself() {
    for (pattern, yes) in [
        ("{foo", "{foo"),
        ("a{,2}", "a{,2}"),
        ("[a&&b]", "&"),
        ("[[a]", "["),
        ("[a~~b]", "~"),
        (r"\-\_\:\/\@\#\<\>", "-_:/@#<>"),
        (r"\Qa.b*\E+", "a.b**"),
        (r"\x41\x{1F600}", "A😀"),
        ("[]a]", "]"),
        ("[a-]", "-"),
        ("a-b#c d", "a-b#c d"),
    ] {
        assert!(matches(pattern, yes), "{pattern}");
    }
}

#[test]
fn what_re2_does_not_know_is_refused() {
    for pattern in [
        "(?=a)",
        "(?!a)",
        "(?<=a)b",
        "(?<!a)b",
        r"(a)\1",
        "(a",
        "a)",
        "[a",
        "*a",
        r"\p{Greek}",
        r"\h",
        "a\\",
        "(?x)a",
        "a{2000}{2000}",
    ] {
        assert!(re2::check(pattern).is_err(), "{pattern}");
    }
}

#[test]
fn groups_are_counted() {
    assert_eq!(
        re2::groups(r"(?<a>x)(y)(?P<b>z)(?:q)"),
        (vec!["a".to_owned(), "b".to_owned()], 3)
    );
}
