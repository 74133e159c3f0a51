use super::*;

#[test]
fn precedence() {
    for (text, canonical) in [
        (
            "filter a=1 or b=1 and not c=1",
            "filter a = 1 or b = 1 and not c = 1",
        ),
        ("filter (a=1 or b=1) and c=1", "filter (a = 1 or b = 1) and c = 1"),
        ("filter not (a=1 and b=1)", "filter not (a = 1 and b = 1)"),
        ("filter !a", "filter not a"),
        (
            "filter a - (b - c) > -d ^ 2 ^ e",
            "filter a - (b - c) > -d ^ 2 ^ e",
        ),
        ("filter (a - b) - c > (-d) ^ 2", "filter a - b - c > (-d) ^ 2"),
        ("filter a not in [1, \"x\"]", "filter a not in [1, \"x\"]"),
        ("filter a =~ \"x/y\"", "filter a like /x\\/y/"),
        ("where a like /x\\/y/", "filter a like /x\\/y/"),
        ("order by a desc, b", "sort a desc, b asc"),
        ("HEAD 5", "limit 5"),
        (
            "fields `foo-bar`.x, list[1] as l, `by`",
            "fields `foo-bar`.x, list.1 as l, `by`",
        ),
        (
            "parse a \"x*\" as b | parse /(?<c>.)/ multi",
            "parse a \"x*\" as b\n| parse /(?<c>.)/ multi",
        ),
        (
            "source cloudtrail,vpc-flow | limit 1",
            "SOURCE cloudtrail, vpc-flow\n| limit 1",
        ),
        (
            "filter a = 'it\\'s \"x\" \\d'",
            "filter a = \"it's \\\"x\\\" \\d\"",
        ),
    ] {
        assert_eq!(program(text).print(), canonical);
        assert!(
            program(canonical).is_same(&program(text)) || text.contains("list["),
            "{text}"
        );
    }
}

#[test]
fn a_column_is_named_as_it_was_written() {
    for (text, name) in [
        ("fields  abs( a ) ", "abs( a )"),
        ("fields a like /#  x/", "a like /#  x/"),
        ("fields a = \"#  x\"", "a = \"#  x\""),
        ("fields a + # comment\n\n  b", "a + b"),
        ("fields `a  b`", "a  b"),
        ("fields (a)", "a"),
        ("stats count( * )", "count( * )"),
    ] {
        assert_eq!(program(text).columns(), [name], "{text}");
        assert!(program(&program(text).print()).is_same(&program(text)), "{text}");
    }
}

#[test]
fn more_faults() {
    for (text, what, at) in [
        ("fields a b", "expected-comma", 9),
        ("fields a && b", "unexpected", 9),
        ("filter a = b = c", "unexpected", 13),
        ("filter a not", "unexpected-end", 12),
        ("filter a not 5", "unexpected", 13),
        ("filter a like b", "expected-pattern", 14),
        ("filter a in (1)", "command-not-supported", 12),
        ("filter a in [1", "expected-paren", 14),
        ("sort", "expected-value", 4),
        ("limit x", "expected-number", 6),
        ("limit 1.5", "expected-number", 6),
        ("dedup abs(a)", "expected-field", 6),
        ("parse @message", "expected-pattern", 14),
        ("parse @message /(a)/", "parse-no-groups", 15),
        ("parse @message /(a)(b)/ as x", "parse-alias-count", 15),
        ("fields a as", "expected-field", 11),
        ("fields a as by", "expected-field", 12),
        ("fields 5m", "expected-value", 7),
        ("fields bin(1.5m)", "expected-period", 11),
        ("fields bin(0m)", "expected-period", 11),
        ("stats pct(a, b)", "expected-number", 13),
        ("stats pct(a, 101)", "expected-number", 13),
        ("stats sum(count(*))", "aggregate-outside-stats", 10),
        ("stats sum(*)", "argument-count", 6),
        ("stats count(*) as n, max(a) as n", "field-already-defined", 31),
        ("stats count(*) as n by a as n", "field-already-defined", 28),
        (
            "fields a as b | stats count(*) by c as b",
            "field-already-defined",
            39,
        ),
        ("parse /(?<a>x)/ | parse /(?<a>y)/", "field-already-defined", 24),
        ("fields 1 as x | unnest l into x", "field-already-defined", 30),
        ("stats max(a) by b | fields a", "unknown-symbol", 27),
        ("stats max(a) by b | sort bin(5m)", "unknown-symbol", 25),
        ("stats max(a) by b | parse \"*\" as x", "unknown-symbol", 20),
        ("pattern @message | fields a", "unknown-symbol", 26),
        ("pattern @message | sort a | diff", "needs-pattern", 28),
        ("limit 5 | pattern @message | diff", "command-not-supported", 29),
        ("SOURCE nope | limit 1", "expected-kind", 7),
        ("SOURCE | limit 1", "expected-kind", 7),
        ("SOURCE cloudtrail limit 1", "unexpected", 18),
        ("fields regexReplace(a, \"(\", \"\")", "regex-syntax", 23),
        ("stats rate(a)", "command-not-supported", 6),
        ("stats count(*) by bin(1h) offset 5m", "command-not-supported", 26),
        ("parse @message xml as x", "command-not-supported", 15),
        ("join a", "command-not-supported", 0),
        ("lookup t a", "command-not-supported", 0),
        ("fields a | stats count(*)|stats count(*)", "", 0),
        ("filter @", "expected-field", 7),
        ("filter a = ;", "unexpected", 11),
    ] {
        if what.is_empty() {
            program(text);
        } else {
            assert_eq!(refused(text), (what, at), "{text}");
        }
    }
    let many = ["stats count(*) as n"]
        .into_iter()
        .chain((0..10).map(|_| "stats max(n) as n"))
        .collect::<Vec<_>>();
    let many = many.iter().enumerate().map(|(i, s)| {
        s.replace("as n", &format!("as n{i}"))
            .replace("max(n)", &format!("max(n{})", i.max(1) - 1))
    });
    assert_eq!(refused(&many.collect::<Vec<_>>().join(" | ")).0, "stats-count");
}

#[test]
fn warnings() {
    for (text, codes) in [
        ("filter account = 123456789012", &["number-for-id"][..]),
        ("filter account = \"123456789012\"", &[]),
        ("filter @timestamp > '2020-01-01'", &["timestamp-text"]),
        ("filter '2020-01-01' < @timestamp", &["timestamp-text"]),
        ("filter @timestamp in ['2020-01-01']", &["timestamp-text"]),
        ("filter @timestamp > 1700000000000", &[]),
        ("stats count(*) by bin(300s)", &["period-capped"]),
        ("stats count(*) by bin(60s)", &[]),
        ("parse @message \"*\" as status", &["shadows-field"]),
        ("fields event-name", &["hyphen-subtracts"]),
        ("fields event - name", &[]),
        ("fields `event-name`", &[]),
    ] {
        assert_eq!(warned(text), codes, "{text}");
    }
}

#[test]
fn needs_are_what_is_named() {
    let fields = |text: &str| program(text).needs().fields.clone();
    assert_eq!(fields("stats count(*)"), Vec::<String>::new());
    assert_eq!(
        fields("filter a.b = 1 | stats count(*) by bin(5m)"),
        ["a.b", "@timestamp"]
    );
    assert_eq!(fields("limit 5"), ["@timestamp", "@message"]);
    assert_eq!(fields("fields jsonParse(x) as j | filter j.a = 1"), ["x"]);
    // What nothing asks for is not read.
    assert_eq!(
        fields("fields @timestamp, @message, abs(x) as y | filter z = 1 | stats count(*)"),
        ["z"]
    );
    assert_eq!(
        fields("parse \"*\" as a | parse b \"*\" as c | fields q | stats max(c)"),
        ["b"]
    );
    assert_eq!(
        fields("fields b, a | sort c | limit 5 | filter d = 1 | display e"),
        ["c", "d", "e"]
    );
    assert_eq!(fields("parse /(?<x>a)/ multi | stats count(*)"), ["@message"]);
    assert!(program("parse \"*\" as a").needs().message());
    assert!(!program("fields a").needs().message());
}
