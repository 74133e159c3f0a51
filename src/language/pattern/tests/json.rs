use super::{hints, matched, pattern, warnings};
use crate::language::json::Json;
use crate::language::pattern::{Kind, MetricValue, Node, Nodes, Number, Selector, Step};
use std::cmp::Ordering;

const NONE: [usize; 0] = [];

#[test]
fn the_table_of_values_and_tests() {
    let values = [
        "{}",
        r#"{"a":null}"#,
        r#"{"a":"5"}"#,
        r#"{"a":5}"#,
        r#"{"a":true}"#,
        r#"{"a":[5]}"#,
        r#"{"a":{"b":5}}"#,
    ];
    let is = |test: &str| matched(&format!("{{ $.a {test} }}"), &values);
    assert_eq!(is("= 5"), [2, 3]);
    assert_eq!(is("= 5.0"), [3]);
    assert_eq!(is("= \"5\""), [2, 3]);
    assert_eq!(is("= \"5.0\""), NONE);
    assert_eq!(is("= %^5$%"), [2, 3]);
    assert_eq!(is("= true"), [4]);
    assert_eq!(is("= *"), [2, 3, 4]);
    assert_eq!(is("= \"**\""), [2, 3, 4]);
    assert_eq!(is("!= 5"), [4]);
    assert_eq!(is("!= x"), [2, 3, 4]);
    assert_eq!(is("!= \"*\""), NONE);
    assert_eq!(is("!= %5%"), [4]);
    assert_eq!(is(">= 5"), [3]);
    assert_eq!(is("< 5"), NONE);
    assert_eq!(is("IS NULL"), [1]);
    assert_eq!(is("IS TRUE"), [4]);
    assert_eq!(is("IS FALSE"), NONE);
    assert_eq!(is("NOT EXISTS"), [0]);
}

#[test]
fn only_one_whole_object_is_an_event() {
    let messages = ["{}", " {}\n", "[]", "1", "", "x {}", "{} x", "{\"b\":}", "null"];
    assert_eq!(matched("{ $.a NOT EXISTS }", &messages), [0, 1]);
}

#[test]
fn selectors_lead_into_what_is_there() {
    let one = [r#"{"a":[{"b":1},{"b":2}],"c.d":{"x":3,"y":[4,5]}}"#];
    let is = |text: &str| !matched(&format!("{{ {text} }}"), &one).is_empty();
    assert!(is("$.a[1].b = 2") && is("$['a'][*]['b'] = 2") && is("$.['c.d'].x = 3") && is("$.*.x = 3"));
    assert!(is("$.*.*.b NOT EXISTS") && is("$.a[*].b = 1") && is("$.*.y[*] = 5") && is("$.*[1].b = 2"));
    assert!(
        !is("$.a.b = 1")
            && !is("$.c.d.x = 3")
            && !is("$[0] = 1")
            && !is("$.a[2] = 1")
            && !is("$.a['0'].b = 1")
    );
    assert!(is("$.a[*].c NOT EXISTS") && is("$[*] NOT EXISTS") && !is("$.* NOT EXISTS"));
}

#[test]
fn of_equal_keys_the_last_one_counts() {
    let one = [r#"{"a":1,"a":2,"\u0061":3}"#];
    assert_eq!(matched("{ $.a = 3 }", &one), [0]);
    assert_eq!(matched("{ $.a = 1 || $.a = 2 }", &one), NONE);
    assert_eq!(matched("{ $.* = 1 }", &one), NONE);
    assert_eq!(matched("{ $.* = 3 }", &one), [0]);
}

#[test]
fn keys_and_texts_may_be_written_with_escapes() {
    let messages = [
        r#"{"\u0061bc":"x\ny"}"#,
        r#"{"abc":"x\u000ay"}"#,
        r#"{"abc":"caf\u00e9"}"#,
        r#"{"abc":"\/tmp"}"#,
    ];
    assert_eq!(matched("{ $.abc = \"x\ny\" }", &messages), [0, 1]);
    assert_eq!(matched("{ $.abc = \"caf\u{e9}\" }", &messages), [2]);
    assert_eq!(matched("{ $.abc = \"/tmp\" }", &messages), [3]);
    assert_eq!(matched("{ $.abc = %^x\\sy$% }", &messages), [0, 1]);
    assert_eq!(matched("{ $.abc = * }", &messages), [0, 1, 2, 3]);
    assert_eq!(
        matched(r#"{ $.a = "q\"\\" }"#, &[r#"{"a":"q\"\\"}"#, r#"{"a":"q\\"}"#]),
        [0]
    );
}

#[test]
fn numbers_compare_exactly() {
    let order = |a: &str, b: &str| {
        Number::parse(a)
            .and_then(|a| a.order_of(b))
            .map(Ordering::reverse)
    };
    for (a, b, expected) in [
        ("1", "1.000", Ordering::Equal),
        ("1e-3", "0.001", Ordering::Equal),
        ("10e3", "1e+4", Ordering::Equal),
        ("-0", "+0.0e9", Ordering::Equal),
        ("18446744073709551616", "18446744073709551617", Ordering::Less),
        ("9007199254740993.0", "9007199254740992", Ordering::Greater),
        ("-2", "-10", Ordering::Greater),
        ("-1", "0", Ordering::Less),
        ("0", "1e-400", Ordering::Less),
        ("1e400", "1e401", Ordering::Less),
        ("1e99999999999999999999", "2", Ordering::Greater),
        ("0.1", "0.10000000000000000000001", Ordering::Less),
        ("99", "100", Ordering::Less),
    ] {
        assert_eq!(order(a, b), Some(expected), "{a} {b}");
        assert_eq!(order(b, a), Some(expected.reverse()), "{b} {a}");
    }
    for text in ["", "+", ".5", "5.", "1e", "1e+", "0x1", "1 ", "١", "inf", "1_0"] {
        assert!(Number::parse(text).is_none(), "{text}");
    }
}

#[test]
fn white_space_is_free() {
    let one = [r#"{"a":1,"b":null}"#];
    for text in [
        "{$.a=1&&$.b IS NULL}",
        "{\n$.a\t=\n1\n}",
        "{($.b ISNULL)}",
        "{$.b  IS\nNULL}",
        "{((($.c NOT EXISTS)))}",
        "{$.cNOT NOTEXISTS}",
    ] {
        assert_eq!(matched(text, &one), [0], "{text}");
    }
}

#[test]
fn bare_values_end_at_joining_signs() {
    let one = [r#"{"a":"x&y","b":"p|q","c":"f(1"}"#];
    assert_eq!(matched("{($.a=x&y&&$.b=p|q)&&$.c=f(1}", &one), [0]);
}

#[test]
fn limits_of_aws_are_warnings() {
    assert_eq!(warnings("{ $.*.* = 1 }"), [("selector-wildcards", 2, 7)]);
    assert_eq!(
        warnings("{ $.*.*.*.* = 1 && $.* = 2 }"),
        [("selector-wildcards", 2, 11), ("pattern-wildcards", 2, 11)]
    );
    assert_eq!(
        warnings("{ $.a = %a% || $.a = %b% || $.a != %c% }"),
        [("regex-count", 35, 38)]
    );
}

#[test]
fn hints_say_what_is_easily_missed() {
    assert_eq!(hints("{ $.a = 1 && $.b != \"x\" }"), [("differs-absent", 13, 23)]);
    let says = pattern("{ $.b != \"x\" }").hints().remove(0).says;
    assert!(says.contains("$.b NOT EXISTS || $.b != \"x\""), "{says}");
    assert_eq!(
        hints("{ $[0].a = \"a*b\" }"),
        [("root-index", 2, 8), ("inner-star", 11, 16)]
    );
    assert_eq!(hints("{ $.a = *b* && $.c > 1 }"), []);
}

#[test]
fn events_need_not_be_text() {
    /// Columns by their selector's text.
    struct Row(&'static [(&'static str, Node<'static>)]);
    impl Nodes for Row {
        fn select(&self, selector: &Selector, each: &mut dyn FnMut(Node<'_>) -> bool) {
            let name = selector.to_string();
            let _ = self
                .0
                .iter()
                .filter(|(n, _)| *n == name)
                .all(|(_, node)| each(*node));
        }
    }
    let row = Row(&[
        ("$.status", Node::Number("404")),
        ("$.path", Node::String("/x")),
        ("$.who", Node::Container),
    ]);
    let is = |text: &str| pattern(text).matches_nodes(&row);
    assert_eq!(is("{ $.status = 4* && $.path = \"/*\" }"), Some(true));
    assert_eq!(is("{ $.who = * || $.who NOT EXISTS }"), Some(false));
    assert_eq!(is("{ $.agent NOT EXISTS }"), Some(true));
    assert_eq!(is("404"), None);
    let value = MetricValue::parse("$.status").expect("a selector");
    assert_eq!(
        pattern("{ $.path = * }")
            .value_in(&row, &value)
            .map(|n| n.as_f64()),
        Some(404.0)
    );
    assert_eq!(pattern("{ $.path = x }").value_in(&row, &value), None);

    let json = Json::parse(r#"{"a":[1,{"b":"x"}]}"#).expect("JSON");
    assert_eq!(
        pattern("{ $.a[*].b = x && $.a[0] = 1 && $.* NOT EXISTS }").matches_nodes(&json),
        Some(false)
    );
    assert_eq!(
        pattern("{ $.a[*].b = x && $.a[0] = 1 }").matches_nodes(&json),
        Some(true)
    );
}

#[test]
fn values_of_metrics() {
    let value = |pattern_text: &str, message: &str, text: &str| {
        let value = MetricValue::parse(text).expect("a value");
        pattern(pattern_text)
            .value_of(message, &value)
            .map(|n| n.source().to_owned())
    };
    let message = r#"{"a":1.50,"s":"7","list":[null,2,3]}"#;
    assert_eq!(value("{ $.a > 1 }", message, "$.a").as_deref(), Some("1.50"));
    assert_eq!(value("{ $.a > 1 }", message, " 1 ").as_deref(), Some("1"));
    assert_eq!(value("{ $.a > 1 }", message, "$.list[*]").as_deref(), Some("2"));
    assert_eq!(value("{ $.a > 2 }", message, "$.a"), None);
    assert_eq!(value("{ $.a > 1 }", message, "$.s"), None);
    assert_eq!(value("{ $.a > 1 }", message, "$.x"), None);
    assert_eq!(value("{ $.a > 1 }", message, "$a"), None);
    assert_eq!(value("a", message, "2.5").as_deref(), Some("2.5"));
    assert_eq!(value("a", message, "$.a"), None);
    for (text, what, at) in [
        ("", "expected-value", 0),
        ("x", "expected-value", 0),
        ("$", "expected-name", 1),
        ("$a b", "unexpected", 2),
        ("$.a x", "unexpected", 3),
    ] {
        let fault = MetricValue::parse(text).expect_err(text);
        assert_eq!((fault.what, fault.at), (what, at), "{text}");
    }
}

#[test]
fn a_pattern_can_be_looked_into() {
    let pattern = pattern("{ ($.a.b[0] = x && $.c IS NULL) || $['d e'] > 5 }");
    let Kind::Json(json) = pattern.kind() else {
        panic!("JSON")
    };
    let tests = json.tests();
    let spans: Vec<_> = tests
        .iter()
        .map(|t| (t.span.at, t.span.end, t.selector.span.end))
        .collect();
    assert_eq!(spans, [(3, 15, 11), (19, 30, 22), (35, 47, 43)]);
    let steps = tests.first().map(|t| t.selector.steps.clone());
    assert_eq!(
        steps,
        Some(vec![Step::Key("a".into()), Step::Key("b".into()), Step::Index(0)])
    );
}
