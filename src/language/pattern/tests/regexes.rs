use super::matched;
use crate::language::pattern::Pattern;
use crate::language::pattern::regex::Regex;
use proptest::prelude::*;

fn regex(source: &str) -> Regex {
    Regex::compile(source).unwrap_or_else(|_| panic!("{source}"))
}

fn found(source: &str, texts: &[&str]) -> Vec<usize> {
    let regex = regex(source);
    (0..texts.len())
        .filter(|i| texts.get(*i).is_some_and(|t| regex.is_in(t)))
        .collect()
}

#[test]
fn anchors_are_the_ends_of_the_text() {
    assert_eq!(found("^b", &["b", "a\nb"]), [0]);
    assert_eq!(found("a$", &["a", "a\nb", "a\n"]), [0]);
    assert_eq!(found("^a|b$", &["ax", "xa", "xb", "bx"]), [0, 2]);
    assert_eq!(matched("[a, b=%^2%, ...]", &["1 2 3", "2 1 2"]), [0]);
}

#[test]
fn classes_are_ascii_and_take_signs_as_they_are() {
    assert_eq!(found(r"^\w$", &["a", "_", "ä", "-"]), [0, 1]);
    assert_eq!(found(r"^[^a]$", &["ä", "a", "\n", "xx"]), [0, 2]);
    assert_eq!(found("^.$", &["ä", "😀", "\n", "xx"]), [0, 1]);
    assert_eq!(found("^[a--z]$", &["-", "z", "a", "b"]), [0, 1, 2]);
    assert_eq!(found("^[[:d]+$", &["[:d", "1"]), [0]);
    assert_eq!(found("^[]a]+$", &["]a", "b"]), [0]);
    assert_eq!(found("^[^]a]$", &["]", "b"]), [1]);
    assert_eq!(found(r"^[\d.\]-]+$", &["1.]-", "a"]), [0]);
    assert_eq!(found(r"^[+-\d]+$", &["+-1", ","]), [0]);
    assert_eq!(found(r"^[\x41-\x43]+$", &["ABC", "D", "-"]), [0]);
}

#[test]
fn repetitions() {
    assert_eq!(found("^a{,2}$", &["", "aa", "aaa"]), [0, 1]);
    assert_eq!(found("^a{2, 3}$", &["a", "aa", "aaa", "aaaa"]), [1, 2]);
    assert_eq!(found("^ab{2}c$", &["abbc", "ababc"]), [0]);
    assert_eq!(found("ab+?c", &["abbc", "ac"]), [0]);
    assert_eq!(found("xa+*y", &["xy", "xaay"]), [0, 1]);
}

#[test]
fn what_is_looked_for_first_changes_nothing() {
    assert_eq!(found("ab?c", &["ac", "abc", "b"]), [0, 1]);
    assert_eq!(found("abc*", &["ab", "abcc", "ac"]), [0, 1]);
    assert_eq!(found("x|", &["", "a"]), [0, 1]);
    assert_eq!(found("a.c|xy*", &["abc", "x", "ac"]), [0, 1]);
    assert_eq!(found(r"a\.b", &["a.b", "axb"]), [0]);
    assert_eq!(found(r"\xe4.b", &["xäab", "äb"]), [0]);
    assert_eq!(found("a[bc]*d$", &["abad", "abda", "xacd", "d"]), [0, 2]);
    assert_eq!(found(r"\x28x\x29", &["f(x)", "fx"]), [0]);
}

#[test]
fn many_places_to_begin_take_no_long_time() {
    let text = "ab".repeat(200_000);
    assert_eq!(found("ab.*c|b+a+c", &[&text, &format!("{text}c")]), [1]);
}

#[test]
fn bad_ones_are_refused_where_they_are_wrong() {
    let fault = |text: &str| {
        let fault = Pattern::parse(text).err().map(|f| (f.what, f.at, f.end));
        fault.unwrap_or_else(|| panic!("{text} was read"))
    };
    for source in [
        "[a",
        "[]",
        "a{",
        "a{x}",
        "a{3,2}",
        "a{,}",
        "a{}",
        "*a",
        "a|+",
        r"a\",
        r"\q",
        r"\x4",
        r"\x4g",
        r"\b",
        "[z-a]",
        "a{99999999999}",
        "a{1000}{1000}{1000}",
    ] {
        let end = source.chars().count() + 1;
        assert_eq!(
            fault(&format!("%{source}%")),
            ("regex-syntax", 1, end),
            "{source}"
        );
    }
    assert_eq!(fault("x %a(b)%"), ("regex-character", 4, 5));
    assert_eq!(fault("%a\\(%"), ("regex-character", 3, 4));
    assert_eq!(fault("%a\tb%"), ("regex-character", 2, 3));
    assert_eq!(fault("%aä%"), ("regex-character", 2, 3));
    assert_eq!(fault("%%"), ("empty-regex", 0, 2));
    assert_eq!(fault("a %b"), ("unclosed-regex", 2, 4));
}

proptest! {
    /// The same language as the crate's own where the two are alike.
    #[test]
    fn finds_what_the_crate_finds(source in "([ab]|\\[[ab]{1,2}\\]|\\.|[?*+]|\\||\\{1,2\\}|\\^|\\$){1,8}", texts in prop::collection::vec("[abc]{0,60}", 8)) {
        let theirs = ::regex::Regex::new(&source);
        prop_assert_eq!(theirs.is_ok(), Regex::compile(&source).is_ok(), "{}", source);
        if let Ok(theirs) = theirs {
            let ours = regex(&source);
            for text in texts {
                prop_assert_eq!(theirs.is_match(&text), ours.is_in(&text), "{} in {}", source, text);
            }
        }
    }
}
