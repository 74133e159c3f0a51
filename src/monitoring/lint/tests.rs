use super::*;
use crate::monitoring::probes::written;
use crate::monitoring::topics::{TOPICS, topic};
use proptest::prelude::*;

fn codes(text: &str) -> Vec<&'static str> {
    lint(text).iter().map(|lint| lint.code).collect()
}

/// The codes of broken and misleading things.
fn wrong(text: &str) -> Vec<&'static str> {
    let found = lint(text);
    found
        .iter()
        .filter(|l| l.severity != Severity::Note)
        .map(|l| l.code)
        .collect()
}

fn one(text: &str, code: &str) -> Lint {
    let found = lint(text);
    let found = found.into_iter().find(|lint| lint.code == code);
    found.unwrap_or_else(|| panic!("{text}: no {code} in {:?}", lint(text)))
}

fn instead(text: &str, code: &str) -> String {
    one(text, code)
        .instead
        .unwrap_or_else(|| panic!("{text}: {code} proposes nothing"))
}

fn published(id: &str, versions: &str) -> &'static str {
    let all = topic(id).expect("a topic").published;
    let found = all.iter().find(|p| p.versions.starts_with(versions));
    found.expect("a published pattern").pattern
}

#[test]
fn topics_own_patterns_have_nothing_wrong() {
    for topic in TOPICS {
        assert_eq!(wrong(topic.pattern), [""; 0], "{}", topic.id);
    }
    assert_eq!(
        codes(topic("console-sign-in-without-mfa").expect("a topic").pattern),
        ["covers", "differs-absent"]
    );
}

#[test]
fn line_wrap_damage_is_mended() {
    let copy = published("iam-policy-changes", "v1.2.0");
    let found = lint(copy);
    let wraps: Vec<&Lint> = found.iter().filter(|l| l.code == "line-wrap").collect();
    assert_eq!(wraps.len(), 6);
    assert!(wraps[0].says.contains("$.eventName"), "{}", wraps[0].says);
    let at = copy.chars().take(wraps[0].at).filter(|c| *c == '$').count();
    assert_eq!(at, 2, "the third selector");
    assert_eq!(
        wraps[0].instead.as_deref(),
        Some(topic("iam-policy-changes").expect("a topic").pattern)
    );
    let mended = found.iter().find(|l| l.code == "mended").expect("a summary");
    assert!(
        mended.says.contains("covers “Changes of IAM policies”"),
        "{}",
        mended.says
    );
}

#[test]
fn unbalanced_quotes_are_mended() {
    let copy = published("organizations-changes", "v6.0.0");
    // AWS or not, the text is read: the quote is part of the value.
    assert!(Pattern::parse(copy).is_ok());
    let found = one(copy, "unbalanced-quote");
    let pattern = topic("organizations-changes").expect("a topic").pattern;
    assert_eq!(found.instead.as_deref(), Some(pattern));
    let token: String = copy.chars().skip(found.at).take(found.end - found.at).collect();
    assert_eq!(token, "AcceptHandshake\"");
    assert_eq!(
        instead(
            "{ ($.eventName = \"StopLogging) || ($.eventName = \"DeleteTrail\") }",
            "unbalanced-quote"
        ),
        "{ ($.eventName = \"StopLogging\") || ($.eventName = \"DeleteTrail\") }"
    );
    assert_eq!(
        instead("{ $.errorMessage = Failed authentication\" }", "unbalanced-quote"),
        "{ $.errorMessage = \"Failed authentication\" }"
    );
}

#[test]
fn signs_of_other_places_are_mended() {
    let meant = "{ $.eventName = \"ConsoleLogin\" }";
    for (text, code) in [
        ("{ $.eventName = “ConsoleLogin” }", "typographic-quote"),
        ("{ $.eventName = \\\"ConsoleLogin\\\" }", "escaped-quote"),
        ("{ $.eventName = &quot;ConsoleLogin&quot; }", "html-entity"),
        ("{ $.eventName = 'ConsoleLogin' }", "single-quote"),
        ("'{ $.eventName = \"ConsoleLogin\" }'", "shell-quotes"),
        ("{ $.eventName == \"ConsoleLogin\" }", "other-operator"),
        ("{ $.eventName = \"Console Login\" }", "line-wrap"),
        ("$.eventName = \"ConsoleLogin\"", "missing-brace"),
        ("{ $.eventName = \"ConsoleLogin\"", "missing-brace"),
        ("{ $.eventName = \"ConsoleLogin\" };", "trailing-text"),
        ("{ $.event\u{200b}Name = \"ConsoleLogin\" }", "odd-space"),
    ] {
        assert_eq!(instead(text, code), meant, "{text}");
        assert_eq!(one(text, code).severity, Severity::Broken);
    }
    assert_eq!(
        instead("\"{ $.a = \\\"x\\\" \\|\\| $.b = \\\"y\\\" }\"", "escaped-sign"),
        "{ $.a = \"x\" || $.b = \"y\" }"
    );
    assert_eq!(instead("{ $.a > –5 }", "typographic-dash"), "{ $.a > -5 }");
    assert_eq!(
        instead("“connection lost”", "typographic-quote"),
        "\"connection lost\""
    );
    assert_eq!(codes("it’s"), ["quote-term"]);
}

#[test]
fn habits_of_other_languages_are_mended() {
    let meant = "{ ($.a = 1) && ($.b = 2) }";
    for (text, code) in [
        ("{ ($.a = 1) AND ($.b = 2) }", "word-operator"),
        ("{ ($.a = 1) & ($.b = 2) }", "single-sign"),
        ("{ ($.a = 1) & & ($.b = 2) }", "line-wrap"),
        ("{ ($.a = 1) && ($.b = 2 }", "open-parenthesis"),
        ("{ ($.a = 1)) && ($.b = 2) }", "extra-parenthesis"),
    ] {
        assert_eq!(instead(text, code), meant, "{text}");
    }
    assert_eq!(
        instead("{ $.a = 1 or $.b = 2 }", "word-operator"),
        "{ $.a = 1 || $.b = 2 }"
    );
    assert_eq!(
        instead("{ $.a not exists }", "keyword-case"),
        "{ $.a NOT EXISTS }"
    );
    assert_eq!(instead("{ $.a NOT EXI STS }", "line-wrap"), "{ $.a NOT EXISTS }");
    assert_eq!(
        instead("{ $.errorMessage = Failed authentication }", "unquoted-space"),
        "{ $.errorMessage = \"Failed authentication\" }"
    );
    assert_eq!(
        instead("{ $.userIdentity.\ntype = Root }", "line-wrap"),
        "{ $.userIdentity.type = Root }"
    );
    // What nothing is known about keeps the reader's own words.
    assert_eq!(codes("{ $.a ~ 1 }"), ["expected-operator"]);
    assert_eq!(codes("[a, b"), ["unclosed-bracket"]);
    assert_eq!(codes("{ !($.a = 1) }"), ["expected-selector"]);
}

#[test]
fn exclusions_joined_by_or_are_told() {
    let copy = published("unauthorized-api-calls", "v1.3.0");
    assert_eq!(wrong(copy), ["takes-everything", "differs-or"]);
    assert_eq!(
        instead(copy, "differs-or"),
        "{ ($.errorCode = \"*UnauthorizedOperation\" || $.errorCode = \"AccessDenied*\") && $.sourceIPAddress != \
         \"delivery.logs.amazonaws.com\" && $.eventName != \"HeadBucket\" }"
    );
    let two = "{ $.eventName != \"A\" || $.eventName != \"B\" }";
    assert_eq!(
        instead(two, "always-true"),
        "{ $.eventName != \"A\" && $.eventName != \"B\" }"
    );
    assert!(!codes("{ $.x NOT EXISTS || $.x != 1 }").contains(&"differs-or"));
    assert_eq!(wrong("{ $.eventName = A && $.eventName = B }"), ["never-true"]);
    assert!(!wrong("{ $.x[*] = A && $.x[*] = B }").contains(&"never-true"));
}

#[test]
fn precedence_is_shown_in_parentheses() {
    let latest = published("unauthorized-api-calls", "v2.0.0");
    assert_eq!(
        instead(latest, "precedence"),
        "{ $.errorCode = \"*UnauthorizedOperation\" || ($.errorCode = \"AccessDenied*\" && $.sourceIPAddress != \
         \"delivery.logs.amazonaws.com\" && $.eventName != \"HeadBucket\") }"
    );
    assert_eq!(codes("{ $.a = 1 && ($.b = 2 || $.c = 3) }"), [""; 0]);
    assert_eq!(wrong("[ip, s = 4* && s != 403 || s = 500]"), ["precedence"]);
    assert_eq!(wrong("[ip, (s = 4* && s != 403) || s = 500]"), [""; 0]);
}

#[test]
fn slips_of_names_and_values_are_told() {
    assert_eq!(
        instead("{ $.eventName = consolelogin }", "value-case"),
        "{ $.eventName = ConsoleLogin }"
    );
    assert_eq!(
        instead("{ $.eventname = \"ConsoleLogin\" }", "field-case"),
        "{ $.eventName = \"ConsoleLogin\" }"
    );
    assert!(wrong("{ $.eventname = consolelogin }").contains(&"value-case"));
    assert_eq!(
        instead("{ $.UserIdentity.type = Root }", "field-case"),
        "{ $.userIdentity.type = Root }"
    );
    assert_eq!(
        instead(
            "{ $.eventName = StopLoging || $.eventName = DeleteTrail }",
            "slip"
        ),
        "{ $.eventName = StopLogging || $.eventName = DeleteTrail }"
    );
    assert_eq!(
        instead(
            "{ $.eventSource = kms && $.eventName = DisableKey }",
            "value-never"
        ),
        "{ $.eventSource = kms.amazonaws.com && $.eventName = DisableKey }"
    );
    assert!(codes("{ $.userIdentity.type = Admin }").contains(&"value-never"));
    assert!(codes("{ $.eventName = Foo && $.severity = 3 }").contains(&"unknown-field"));
    // Other logs have fields of their own.
    assert_eq!(
        wrong("{ $.level = Eror && $.requestId = 5 && $.errorMessage = x }"),
        [""; 0]
    );
    assert!(!wrong("{ $.eventName = DescribeInstanceStatus }").contains(&"slip"));
    assert!(known::is_one_edit_away("StopLogging", "StopLoggnig"));
    assert!(!known::is_one_edit_away("DeleteRoute", "CreateRoute"));
}

#[test]
fn fields_that_may_be_absent_are_told() {
    assert_eq!(
        instead(
            "{ $.eventName = ConsoleLogin && $.additionalEventData.MFAUsed != \"Yes\" }",
            "differs-absent"
        ),
        "{ $.eventName = ConsoleLogin && ($.additionalEventData.MFAUsed NOT EXISTS || $.additionalEventData.MFAUsed != \
         \"Yes\") }"
    );
    assert!(!codes("{ $.eventName != ConsoleLogin }").contains(&"differs-absent"));
    assert!(!codes("{ $.x NOT EXISTS || $.x != 1 }").contains(&"differs-absent"));
}

#[test]
fn stars_and_numbers_are_told() {
    assert!(wrong("{ $.eventName = \"Delete*Policy\" }").contains(&"inner-star"));
    assert_eq!(
        instead("{ $.status = \"404\" }", "quoted-number"),
        "{ $.status = 404 }"
    );
    assert_eq!(codes("{ $.account = \"111122223333\" }"), [""; 0]);
    assert_eq!(codes("{ $.code = \"007\" }"), [""; 0]);
    assert!(codes("").contains(&"takes-everything"));
    assert!(codes("{ $.eventName = Nothing }").contains(&"takes-nothing"));
    assert!(wrong("?a b").contains(&"optional-ignored"));
}

#[test]
fn a_text_that_is_far_too_long_is_not_mended() {
    let text = format!("{{ $.a = \u{201c}{}", " $ a".repeat(50_000));
    assert_eq!(codes(&text), ["too-long"]);
}

proptest! {
    /// A proposal is always read.
    #[test]
    fn proposals_are_patterns(text in "[{}()$.a-z=!&|\"'“” *\\\\<%\\[\\]0-9]{0,60}") {
        for found in lint(&text) {
            let length = text.chars().count();
            prop_assert!(found.at <= found.end && found.end <= length, "{:?}", found);
            if let Some(instead) = found.instead {
                prop_assert!(Pattern::parse(&instead).is_ok(), "{}", instead);
            }
        }
    }

    /// Spaces put into a topic's pattern inside a name are found, and taken out again.
    #[test]
    fn a_line_break_anywhere_in_a_name_is_mended(topic in 0usize..15, at in 0usize..4000) {
        let text = TOPICS[topic].pattern;
        let chars: Vec<char> = text.chars().collect();
        let inner: Vec<usize> = (1..chars.len())
            .filter(|i| chars[i - 1].is_ascii_alphanumeric() && chars[*i].is_ascii_alphanumeric())
            .collect();
        let at = inner[at % inner.len()];
        let broken: String = chars[..at].iter().chain(&[' ']).chain(&chars[at..]).collect();
        let mended = mend::mend(&broken).text;
        let pattern = Pattern::parse(&mended).expect("a pattern").pattern;
        let meant = Pattern::parse(text).expect("a pattern").pattern;
        for probe in written() {
            prop_assert_eq!(pattern.matches(&probe.message), meant.matches(&probe.message), "{}", mended);
        }
    }

    /// What is right is left alone.
    #[test]
    fn right_patterns_are_not_mended(
        tests in prop::collection::vec(
            (prop::sample::select(&["$.a", "$.b-c[0]", "$.['d e'].f", "$.x[*].y"][..]),
             prop::sample::select(&["= 1", "!= x*", " = \"y z\"", "< 5", "IS NULL", "NOT EXISTS", "=%a|b )%"][..]),
             prop::sample::select(&["&&", " || "][..])),
            1..6),
    ) {
        let parts: Vec<String> = tests.iter().enumerate()
            .map(|(i, (s, t, j))| format!("{}({s} {t})", if i == 0 { "" } else { *j })).collect();
        let text = format!("{{ {} }}", parts.concat());
        if Pattern::parse(&text).is_ok() {
            let mended = mend::mend(&text);
            prop_assert!(mended.causes.is_empty(), "{} {:?}", text, mended.causes);
            prop_assert_eq!(mended.text, text);
        }
    }
}

/// The examples of FilterAndPatternSyntax and FilterAndPatternSyntaxForMetricFilters: AWS's own are neither broken nor
/// misleading, save for what the pages themselves show as a pitfall.
#[test]
fn examples_of_the_documentation_have_nothing_wrong() {
    for text in [
        "ERROR",
        "ERROR ARGUMENTS",
        "?ERROR ?WARN",
        "\"INTERNAL SERVER ERROR\"",
        "ERROR -ARGUMENTS",
        "%AUTHORIZED%",
        "{ $.eventType = \"UpdateTrail\" }",
        "{ $.sourceIPAddress != 123.123.* }",
        "{ $.arrayKey[0] = \"value\" }",
        "{ $.objectList[1].id = 2 }",
        "{ $.SomeObject IS NULL }",
        "{ $.SomeOtherObject NOT EXISTS }",
        "{ $.ThisFlag IS TRUE }",
        "{ ($.user.id = 1) && ($.users[0].email = \"John.Doe@example.com\") }",
        "{ $.user.email = \"John.Stiles@example.com\" || $.coordinates[0][1] = \"nonmatch\" && $.actions[2] = \"nonmatch\" }",
        "{ $.bandwidth > 75 }",
        "{ $.latency >= 1.0e-3 }",
        "{ $.eventName = %Delete.*% }",
        "{ $.['a.b'] = 1 && $.x.* = 2 && $.y[*] = 3 }",
        "[ip, user, username, timestamp, request, status_code, bytes]",
        "[ip, user, username, timestamp, request =*html*, status_code = 4*, bytes]",
        "[..., status_code = 404 || status_code = 410, bytes > 1000]",
        "[w1=ERROR, w2]",
    ] {
        assert!(Pattern::parse(text).is_ok(), "{text}");
        let about_precedence = text.contains("||") && text.contains("&&");
        let expected: &[&str] = if about_precedence { &["precedence"] } else { &[] };
        let mut found = wrong(text);
        // A lone exclusion takes nearly everything, and the page means it to.
        found.retain(|code| *code != "takes-everything");
        assert_eq!(found, expected, "{text}");
    }
}
