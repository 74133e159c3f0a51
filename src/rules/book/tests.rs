//! Rule files: what is read, what is refused and how, and that what is written is read as the same.

use super::*;
use crate::base::Value;
use crate::base::time::MINUTE;
use crate::query::Answer;
use crate::rules::Verdict;
use proptest::prelude::*;

const WHOLE: &str = r#"
attack_version = "16.1"

[[rule]]
id = "trail-stopped"
title = "CloudTrail stopped"
severity = "critical"
text = "Somebody stopped the trail. Start it again and ask who."
kinds = ["cloudtrail"]
pattern = '{ $.eventName = StopLogging && $.errorCode NOT EXISTS }'
group_by = ["principal", "resource"]
names = "awsRegion"
threshold = 2
distinct = "sourceIPAddress"
window = "10m"
view = "trail"
attack = ["T1562.008"]
needs = "CloudTrail events"
source = "Example, https://example.com"

[[rule]]
id = "many-flows"
title = "Many flows"
severity = "info"
text = "A source with many flows."
kinds = "vpc-flow"
query = """
stats count(*) as count, min(@timestamp) as first by srcaddr
"""
group_by = "srcaddr"
threshold = 100
evidence = "action = ACCEPT"
"#;

fn rule(more: &str) -> String {
    format!(
        "[[rule]]\nid = \"a\"\ntitle = \"A\"\nseverity = \"low\"\ntext = \"What it means.\"\npattern = '{{ $.eventName = A }}'\n{more}"
    )
}

#[test]
fn a_file_is_read() {
    let book = read(WHOLE);
    assert_eq!(book.faults, []);
    let [trail, flows] = book.rules.as_slice() else {
        panic!("{book:?}")
    };
    assert_eq!(trail.id, "trail-stopped");
    assert_eq!(trail.severity, Severity::Critical);
    assert_eq!(trail.group_by, ["principal", "resource"]);
    assert_eq!(trail.attack_version.as_deref(), Some("16.1"));
    let Asks::Pattern(ask) = &trail.asks else {
        panic!("{trail:?}")
    };
    assert_eq!((ask.threshold, ask.window_ns), (2, Some(10 * MINUTE)));
    assert_eq!(ask.distinct.as_deref(), Some("sourceIPAddress"));
    assert_eq!(
        trail.states(),
        "At least 2 different values of sourceIPAddress in events of one principal and resource within 10m that the pattern takes."
    );
    assert_eq!(flows.kinds, ["vpc-flow"]);
    assert_eq!(flows.view, "traffic");
    assert_eq!(flows.attack_version, None);
    assert!(flows.needs.contains("flow log"));
    assert!(flows.query().is_some_and(|q| q.starts_with("stats ")));
}

#[test]
fn what_is_left_out_has_a_default() {
    let book = read(&rule(""));
    assert_eq!(book.faults, []);
    let [rule] = book.rules.as_slice() else { panic!() };
    assert_eq!((&*rule.view, &*rule.kinds[0]), ("trail", "cloudtrail"));
    assert_eq!(rule.group_by, ["principal"]);
    assert_eq!(
        rule.states(),
        "At least 1 event of one principal that the pattern takes."
    );
}

/// The only fault of a text: its code, its place and what it says.
#[track_caller]
fn fault(text: &str) -> (&'static str, String, String) {
    let book = read(text);
    let [fault] = book.faults.as_slice() else {
        panic!("{:#?}", book.faults)
    };
    (
        fault.what,
        format!("{}:{} {}", fault.line, fault.column, fault.rule),
        fault.says.clone(),
    )
}

#[test]
fn faults_say_where_and_what_to_write() {
    let of = |more: &str| {
        let (what, place, says) = fault(&rule(more));
        (what, place, says)
    };
    for (more, what, place, part) in [
        (
            "treshold = 3",
            "unknown-key",
            "7:1 a",
            "Did you mean `threshold`?",
        ),
        ("colour = 3", "unknown-key", "7:1 a", "There are: id, title"),
        ("threshold = 0", "bad-threshold", "7:13 a", "1 or more"),
        ("threshold = -1", "bad-threshold", "7:13 a", "whole number"),
        ("threshold = \"3\"", "bad-threshold", "7:13 a", "without quotes"),
        ("window = \"10 min\"", "bad-window", "7:10 a", "window = \"10m\""),
        (
            "kinds = [\"cloudtrial\"]",
            "unknown-kind",
            "7:10 a",
            "Did you mean `cloudtrail`?",
        ),
        ("kinds = []", "empty", "7:1 a", "leave the key out"),
        (
            "view = \"trial\"",
            "unknown-view",
            "7:8 a",
            "Did you mean `trail`?",
        ),
        (
            "attack = [\"T1562\", \"T156\"]",
            "bad-technique",
            "7:20 a",
            "T1562.008",
        ),
        ("names = 3", "wrong-type", "7:9 a", "is a text, not a number"),
        ("group_by = [1]", "wrong-type", "7:12 a", "list of texts"),
        (
            "query = \"fields @message\"",
            "two-questions",
            "7:1 a",
            "not both",
        ),
        ("evidence = \"a = b\"", "wrong-key", "7:1 a", "for queries"),
        ("needs = \"\"", "empty", "7:9 a", "leave the key out"),
    ] {
        let (got_what, got_place, says) = of(more);
        assert_eq!((got_what, &*got_place), (what, place), "{more}: {says}");
        assert!(says.contains(part), "{more}: {says}");
    }
    let text = rule("").replace("severity = \"low\"", "severity = \"hihg\"");
    assert_eq!(fault(&text).0, "unknown-severity");
    assert!(fault(&text).2.contains("Did you mean `high`?"));
    let text = rule("").replace("id = \"a\"", "id = \"Trail Stopped!\"");
    assert!(
        fault(&text).2.contains("Write id = \"trail-stopped\"."),
        "{:?}",
        fault(&text)
    );
    let text = rule("").replace("pattern = '{ $.eventName = A }'", "");
    assert_eq!(fault(&text).0, "no-question");
    let text = rule("").replace("title = \"A\"\n", "");
    assert_eq!(
        fault(&text),
        (
            "missing-key",
            "1:1 a".to_owned(),
            "`title` is missing. Write title = \"…\".".to_owned()
        )
    );
    assert_eq!(fault("").0, "no-rule");
    assert_eq!(fault("# mine\nrule:\n  - id: a\n    title: A\n").0, "yaml");
    assert_eq!(fault("- id: a\n  title: A\n").0, "yaml");
    assert_eq!(fault("[rule]\nid = \"a\"").0, "one-rule");
    assert_eq!(fault(&format!("rules = 1\n{}", rule(""))).0, "unknown-key");
}

#[test]
fn a_bad_pattern_or_query_is_told_at_its_place() {
    let text = rule("").replace("= A }", "~ A }");
    let (what, place, says) = fault(&text);
    assert_eq!((what, &*place), ("bad-pattern", "6:26 a"), "{says}");
    let text = rule("").replace(
        "pattern = '{ $.eventName = A }'",
        "query = '''\nstats count(*) as\n  count bye x'''",
    );
    let (what, place, _) = fault(&text);
    assert_eq!(what, "bad-query");
    assert!(place.starts_with("8:"), "{place}");
    let text = rule("group_by = [\"scraddr\"]").replace(
        "pattern = '{ $.eventName = A }'",
        "query = 'stats count(*) as count by srcaddr'",
    );
    let (what, place, says) = fault(&text);
    assert_eq!((what, &*place), ("unknown-column", "7:13 a"), "{says}");
    assert!(says.contains("Did you mean `srcaddr`?"), "{says}");
}

#[test]
fn good_rules_are_kept_beside_bad_ones() {
    let good = |id: &str| rule("").replace("id = \"a\"", &format!("id = \"{id}\""));
    let bad = good("bad").replace("low", "lwo");
    let text = format!("{}\n{bad}\n{}\n{}", good("one"), good("two"), good("one"));
    let book = read(&text);
    let ids: Vec<&str> = book.rules.iter().map(|r| r.id.as_str()).collect();
    assert_eq!(ids, ["one", "two"]);
    let faults: Vec<_> = book.faults.iter().map(|f| (f.what, &*f.rule, f.line)).collect();
    assert_eq!(
        faults,
        [("unknown-severity", "bad", 11), ("duplicate-id", "one", 23)]
    );
    // A mistake of TOML is told at its rule, too.
    let torn = good("torn").replace("severity = \"low\"", "severity = \"low");
    let book = read(&format!("{}\n{torn}\n{}", good("one"), good("two")));
    let ids: Vec<&str> = book.rules.iter().map(|r| r.id.as_str()).collect();
    assert_eq!(ids, ["one", "two"], "{:#?}", book.faults);
    assert!(
        book.faults
            .iter()
            .any(|f| f.what == "syntax" && f.rule == "torn" && f.line == 11),
        "{:#?}",
        book.faults
    );
}

fn first_of(text: &str) -> WrittenRule {
    let book = read(text);
    assert_eq!(book.faults, []);
    book.rules[0].clone()
}

#[test]
fn a_row_of_a_result_is_a_finding() {
    let rule = &read(WHOLE).rules[1];
    let columns = ["srcaddr", "count", "first"].map(str::to_owned);
    let row = |who: &str, n: i64, at: &str| vec![who.into(), Value::Int(n), at.into()];
    let rows = [
        row("192.0.2.1", 100, "2026-11-11T01:00:00Z"),
        row("192.0.2.2", 99, "2026-11-11T01:00:00Z"),
        row("192.0.2.3", 250_000, "2026-11-11T02:00:00Z"),
    ];
    let findings = rule.judge_table(&columns, &rows);
    let details: Vec<&str> = findings.iter().map(|f| f.detail.as_str()).collect();
    assert_eq!(details, ["192.0.2.3: count 250,000", "192.0.2.1: count 100"]);
    let f = &findings[0];
    assert_eq!(
        (&*f.subject, f.count, &*f.view),
        ("192.0.2.3", 250_000, "traffic")
    );
    assert_eq!(f.first_ns, crate::base::time::parse_iso(b"2026-11-11T02:00:00Z"));
    assert_eq!(f.evidence.range, None, "the last record's time is not known");
    assert_eq!(
        crate::query::text::write(&f.evidence.filter),
        "action = ACCEPT and srcaddr = 192.0.2.3"
    );
    // Without a threshold every row is told, in the result's order.
    let text = WHOLE.replace("threshold = 100", "");
    assert_eq!(read(&text).rules[1].judge_table(&columns, &rows).len(), 3);
    assert_eq!(rule.judge_table(&[], &[]), []);
    assert_eq!(rule.judge_table(&columns, &[vec![]]), []);
}

#[test]
fn what_was_not_asked_wholly_is_not_judged() {
    let rule = first_of(&rule("names = \"awsRegion\""));
    let answer = |scanned: u64, unknown: &[&str], unlisted: u64| Answer {
        scanned,
        unlisted,
        unknown_fields: unknown.iter().map(|f| (*f).to_owned()).collect(),
        ..Answer::default()
    };
    let needs = |answer: &Answer| match rule.verdict(answer) {
        Verdict::NotEvaluable { needs } => needs,
        other => panic!("{other:?}"),
    };
    assert_eq!(rule.verdict(&answer(5, &[], 0)), Verdict::Quiet);
    // A field that only a sentence names does not decide.
    assert_eq!(rule.verdict(&answer(5, &["awsRegion"], 0)), Verdict::Quiet);
    assert_eq!(needs(&answer(0, &[], 0)), rule.needs);
    assert_eq!(
        needs(&answer(5, &["principal"], 0)),
        "records that have principal"
    );
    assert!(needs(&answer(5, &[], 3)).contains("not shared"));
}

fn text_of() -> impl Strategy<Value = String> {
    "[ -~ä…\n\t'\"\\\\\u{7f}]{0,30}[!-~ä…]".prop_map(|s| s.trim().to_owned())
}

fn line_of() -> impl Strategy<Value = String> {
    "[a-zA-Z@.\"'\\\\ -]{0,8}[a-z]".prop_map(|s| s.trim().to_owned())
}

fn asks_of() -> impl Strategy<Value = Asks> {
    let patterns = prop::sample::select(vec![
        "{ $.eventName = A }",
        "{ $.a = \"b'c\" || $.d NOT EXISTS }",
        "ERROR -debug",
        "{ $.a = %x\\d+% &&\n $.b = 'it' }",
    ]);
    let queries = prop::sample::select(vec![
        "stats count(*) as count by srcaddr",
        "filter a like /x'\"y/ | stats sum(b) by srcaddr",
    ]);
    let of_pattern = (
        patterns,
        1..u64::MAX / 2,
        prop::option::of(line_of()),
        prop::option::of(1i64..100_000),
        prop::option::of(line_of()),
    );
    let of_query = (queries, prop::option::of(1u64..1000), prop::bool::ANY);
    prop_oneof![
        of_pattern.prop_map(
            |(pattern, threshold, distinct, seconds, names)| Asks::Pattern(PatternAsk {
                pattern: pattern.to_owned(),
                threshold,
                distinct,
                window_ns: seconds.map(|s| s * crate::base::time::SECOND),
                names,
            })
        ),
        of_query.prop_map(|(query, threshold, evidence)| Asks::Query(QueryAsk {
            query: query.to_owned(),
            threshold,
            evidence: evidence.then(|| "action = \"ACCEPT\" and bytes > 5".to_owned()),
        })),
    ]
}

prop_compose! {
    fn rule_of()(
        asks in asks_of(),
        title in line_of(),
        text in text_of(),
        severity in prop::sample::select(vec![Severity::Critical, Severity::High, Severity::Medium, Severity::Low, Severity::Info]),
        kinds in prop::sample::subsequence(KINDS.iter().map(|k| k.id.to_owned()).collect::<Vec<_>>(), 1..4),
        fields in prop::collection::vec(line_of(), 0..3),
        view in prop::sample::select(VIEWS.to_vec()),
        needs in line_of(),
        attack in prop::collection::vec("T[0-9]{4}(\\.[0-9]{3})?", 0..3),
        version in prop::option::of(prop::sample::select(vec!["16.1", "17"])),
        source in prop::option::of(line_of()),
    ) -> WrittenRule {
        let group_by = match &asks {
            Asks::Pattern(_) => fields,
            Asks::Query(_) if fields.is_empty() => Vec::new(),
            Asks::Query(_) => vec!["srcaddr".to_owned()],
        };
        WrittenRule {
            id: String::new(),
            title,
            severity,
            text,
            kinds,
            group_by,
            needs,
            view: view.to_owned(),
            attack_version: version.map(str::to_owned).filter(|_| !attack.is_empty()),
            attack,
            source,
            asks,
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_the_same(mut rules in prop::collection::vec(rule_of(), 1..4)) {
        for (at, rule) in rules.iter_mut().enumerate() {
            rule.id = format!("rule-{at}");
        }
        let text = write(&rules);
        let book = read(&text);
        prop_assert_eq!(&book.faults, &[], "{}", text);
        prop_assert_eq!(book.rules, rules, "{}", text);
    }

    #[test]
    fn any_text_is_read(text in "\\PC*") {
        read(&text);
    }

    #[test]
    fn a_torn_file_is_read(at in 0..WHOLE.len(), len in 0usize..40, by in "[\\[\\]\"'=.\n# a-z0-9{}]{0,6}") {
        let end = (at + len).min(WHOLE.len());
        let mut text = WHOLE.to_owned();
        text.replace_range(at..end, &by);
        for fault in read(&text).faults {
            prop_assert!(fault.line <= text.lines().count() + 1, "{}", fault);
        }
    }
}
