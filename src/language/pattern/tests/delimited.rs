use super::{hints, matched, pattern};
use crate::language::pattern::{Fields, MetricValue};

fn fields(message: &str) -> Vec<String> {
    Fields::new(message).map(|f| f.text.into_owned()).collect()
}

#[test]
fn messages_fall_into_fields() {
    assert_eq!(fields(""), [""; 0]);
    assert_eq!(fields("  a \t b\r\nc  "), ["a", "b", "c"]);
    assert_eq!(fields("[a b] \"c [d] \\\" e\" f"), ["a b", "c [d] \\\" e", "f"]);
    assert_eq!(fields("[] \"\" x"), ["", "", "x"]);
    assert_eq!(
        fields("\"a b\"c \"d\"\"e f\" [g]:"),
        ["a bc", "d\"e", "f\"", "g:"]
    );
    assert_eq!(fields("[a b \"c d x[1 2]"), ["a b \"c d x[1 2"]);
    assert_eq!(fields("[a b"), ["[a", "b"]);
    assert_eq!(fields("\"a b [c"), ["\"a", "b", "[c"]);
    assert_eq!(fields("\"größe x\" ä"), ["größe x", "ä"]);
}

#[test]
fn many_open_brackets_take_no_long_time() {
    let hostile = "[ \" ".repeat(500_000);
    assert!(pattern("[..., a, b]").matches(&hostile));
}

fn extracted(text: &str, message: &str) -> Option<Vec<(String, String)>> {
    let fields = pattern(text).extract(message)?;
    Some(
        fields
            .into_iter()
            .map(|(name, text)| (name, text.into_owned()))
            .collect(),
    )
}

fn pairs(pairs: &[(&str, &str)]) -> Option<Vec<(String, String)>> {
    Some(
        pairs
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect(),
    )
}

#[test]
fn slots_take_fields() {
    assert_eq!(
        extracted("[a, b]", "1 [2 3] 4 \n"),
        pairs(&[("$a", "1"), ("$b", "[2 3] 4")])
    );
    assert_eq!(
        extracted("[a, b]", "1 [2 3]"),
        pairs(&[("$a", "1"), ("$b", "2 3")])
    );
    assert_eq!(
        extracted("[, b,]", "1 2 3"),
        pairs(&[("$1", "1"), ("$b", "2"), ("$3", "3")])
    );
    assert_eq!(
        extracted("[a, ..., z]", "1 2 3 4"),
        pairs(&[("$a", "1"), ("$2", "2"), ("$3", "3"), ("$z", "4")])
    );
    assert_eq!(extracted("[a, ...]", "1"), pairs(&[("$a", "1")]));
    assert_eq!(extracted("[...]", "1 2"), pairs(&[("$1", "1"), ("$2", "2")]));
    assert_eq!(extracted("[...]", ""), pairs(&[]));
    assert_eq!(extracted("[]", "1 2"), pairs(&[("$1", "1 2")]));
    assert_eq!(extracted("[a, ..., y, z]", "1 2"), None);
    assert_eq!(extracted("[a, b]", "1"), None);
    assert_eq!(extracted("[a = 2]", "1"), None);
    assert_eq!(pattern("a").extract("a"), None);
}

#[test]
fn conditions_are_about_text_or_numbers() {
    let is = |test: &str| {
        matched(
            &format!("[x, a {test}, ...]"),
            &["- 5", "- 5.0", "- -", "- abc", "- \"5\""],
        )
    };
    assert_eq!(is("= 5"), [0, 1, 4]);
    assert_eq!(is("= \"5\""), [0, 4]);
    assert_eq!(is("!= 5"), [2, 3]);
    assert_eq!(is("> 4"), [0, 1, 4]);
    assert_eq!(is("= 5*"), [0, 1, 4]);
    assert_eq!(is("= *b*"), [3]);
    assert_eq!(is("= %^[a-c]+$%"), [3]);
    assert_eq!(is("= -"), [2]);
    assert_eq!(
        matched("[(a = 1 || a = 2) && a != 1, ...]", &["1", "2", "3"]),
        [1]
    );
    assert_eq!(matched("[a=1||a=2&&a=3]", &["1", "2", "3"]), [0]);
}

#[test]
fn fields_are_values_of_metrics() {
    let value = |text: &str, message: &str, value: &str| {
        let value = MetricValue::parse(value).expect("a value");
        pattern(text)
            .value_of(message, &value)
            .map(|n| n.source().to_owned())
    };
    assert_eq!(
        value("[a, ..., bytes > 10]", "x y 42", "$bytes").as_deref(),
        Some("42")
    );
    assert_eq!(
        value("[a, ..., bytes > 10]", "x 7 42", "$2").as_deref(),
        Some("7")
    );
    assert_eq!(value("[a, ..., bytes > 10]", "x 7 42", "$3"), None);
    assert_eq!(value("[a, ..., bytes > 10]", "x 7 4", "$bytes"), None);
    assert_eq!(value("[a, b]", "x y", "$b"), None);
    assert_eq!(value("[a, b]", "x y", "$.b"), None);
}

#[test]
fn a_name_stands_for_one_field() {
    assert_eq!(hints("[a, b, a = 1]"), [("name-twice", 7, 12)]);
    assert_eq!(hints("[a, a*b = 1]".replace("a*b", "c").as_str()), []);
    assert_eq!(hints("[a = x*y*, b]"), [("inner-star", 5, 9)]);
}
