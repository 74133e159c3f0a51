use super::pattern;

#[test]
fn patterns_in_words() {
    for (text, words) in [
        ("", "Matches every event."),
        ("\" \"", "Matches every event."),
        ("ERROR", "Matches events whose text contains “ERROR”."),
        (
            "a \"b c\" -d -e",
            "Matches events whose text contains “a” and “b c” and does not contain “d” or “e”.",
        ),
        (
            "?a ?b ?%c%",
            "Matches events whose text contains at least one of “a”, “b” or a match of the regex c.",
        ),
        ("?a b", "Matches events whose text contains “b”."),
        (
            "{ $.a = \"x*\" }",
            "Matches JSON events in which $.a begins with “x”.",
        ),
        (
            "{ $.a != x && ($.b > 5 || $.c NOT EXISTS) }",
            "Matches JSON events in which $.a is there and is not “x” and ($.b is greater than 5 or there is no $.c).",
        ),
        (
            "{ $.a[*] = 5 && $.b IS TRUE }",
            "Matches JSON events in which some $.a[*] is 5 and $.b is true.",
        ),
        (
            "{ $.a = * && $.b = %x% }",
            "Matches JSON events in which $.a has any value and $.b matches the regex x.",
        ),
        ("[a, b]", "Matches events of at least 2 fields between spaces."),
        (
            "[..., code = 4* && code != 404, bytes > 10]",
            "Matches events of at least 2 fields between spaces in which field 2 from the end (code) begins with “4” and is not 404 and the last field (bytes) is greater than 10.",
        ),
    ] {
        assert_eq!(pattern(text).explain(), words, "{text}");
    }
}
