use super::history::{Report, What, compare, reports};
use super::suppress::{NotRead, Suppression, Suppressions};
use super::*;
use crate::base::Value;
use crate::checks::{Facts, evaluate};
use crate::query::Expr;
use crate::rules::{Finding, RULES, Verdict};

fn finding(filter: Expr) -> Finding {
    Finding {
        rule: "r".into(),
        title: "t".into(),
        severity: Severity::High,
        detail: "d".into(),
        subject: "alice".into(),
        count: 3,
        first_ns: Some(1),
        last_ns: Some(9),
        evidence: Evidence {
            kinds: vec!["cloudtrail".into()],
            filter,
            range: None,
        },
        view: "trail".into(),
    }
}

#[test]
fn a_finding_says_whom_and_what_it_is_about() {
    let filter = Expr::eq("eventName", "X")
        .and(Expr::eq("principal", "alice"))
        .and(Expr::eq("resource", "bucket-1"))
        .and(Expr::eq("awsRegion", "eu-west-1"));
    let entry = of_signal(RULES[0].facts(), &Verdict::Fired(vec![finding(filter)]));
    let item = &entry.items[0];
    assert_eq!(item.principal.as_deref(), Some("alice"));
    assert_eq!(item.resource.as_deref(), Some("bucket-1"));
    assert_eq!(item.region.as_deref(), Some("eu-west-1"));
    assert_eq!(item.account, None);
    assert_eq!(
        (entry.status(), entry.count(), entry.first_ns()),
        (Status::Red, 3, Some(1))
    );
    // Of alternatives it is about neither.
    let either = Expr::Or(vec![Expr::eq("principal", "a"), Expr::eq("principal", "b")]);
    let entry = of_signal(RULES[0].facts(), &Verdict::Fired(vec![finding(either)]));
    assert_eq!(entry.items[0].principal, None);
}

#[test]
fn what_was_not_evaluated_never_passes() {
    let needs = Verdict::NotEvaluable {
        needs: "a file".into(),
    };
    for rule in RULES {
        let entry = of_signal(rule.facts(), &needs);
        assert_eq!(entry.status(), Status::None);
        assert!(!entry.fired());
        assert_eq!(of_signal(rule.facts(), &Verdict::Quiet).status(), Status::Green);
    }
    for checked in evaluate(&Facts::default(), 0) {
        assert_eq!(of_check(&checked).status(), Status::None, "{}", checked.facts.id);
    }
    for rule in monitored() {
        assert_eq!(of_rule(Source::Monitoring, &rule, &needs).status(), Status::None);
    }
}

#[test]
fn every_topic_is_a_rule_with_its_numbers() {
    let rules = monitored();
    assert_eq!(rules.len(), 15);
    let entry = of_rule(Source::Monitoring, &rules[2], &Verdict::Quiet);
    assert_eq!(
        entry.references,
        ["CIS AWS Foundations v1.2 3.3, v1.3 to v5.0 4.3, v6.0 and v7.0 5.3"]
    );
    assert!(entry.query().starts_with("{ "));
    // What the benchmark wants told is no alarm by itself.
    assert!(rules.iter().all(|r| r.severity >= Severity::Medium));
}

#[test]
fn suppressions_are_saved_and_read_again() {
    let one = |rule: &str, subject: Option<&str>, at: &str| Suppression {
        rule: rule.into(),
        subject: subject.map(str::to_owned),
        reason: "known".into(),
        author: "Ann".into(),
        at: at.into(),
    };
    let mut all = Suppressions::default();
    all.add(one("r", Some("alice"), "2026-01-02T00:00:00Z"));
    all.add(one("s", None, "2026-01-02T00:00:00Z"));
    all.automation.push("ci/*".into());
    let read = Suppressions::read(all.write().as_bytes()).unwrap();
    assert_eq!(read, all);
    assert!(all.of("r", Some("alice")).is_some());
    assert!(all.of("r", Some("bob")).is_none());
    assert!(all.of("s", Some("anyone")).is_some());
    // Of two decisions on one thing the later one holds, whichever file comes first.
    let mut later = Suppressions::default();
    later.add(Suppression {
        reason: "still known".into(),
        ..one("r", Some("alice"), "2026-02-02T00:00:00Z")
    });
    let mut both = later.clone();
    both.merge(all.clone());
    all.merge(later);
    for file in [&all, &both] {
        assert_eq!(file.of("r", Some("alice")).unwrap().reason, "still known");
        assert_eq!(file.suppressions.len(), 2);
    }
    all.remove("r", Some("alice"));
    assert!(all.of("r", Some("alice")).is_none());
}

#[test]
fn other_files_are_no_suppressions() {
    for text in [
        "",
        "[]",
        "{\"trailbeam\":\"notes\",\"version\":1}",
        "{\"suppressions\":[]}",
    ] {
        let error = Suppressions::read(text.as_bytes()).unwrap_err();
        assert!(matches!(error, NotRead::Json(_)), "{text}");
        assert!(error.to_string().contains("Mend it there"), "{error}");
    }
    let newer = Suppressions::read(br#"{"trailbeam":"suppressions","version":9}"#).unwrap_err();
    assert_eq!(newer, NotRead::Newer(9));
}

fn told(member: i64, check: &str, resource: &str, status: &str, at: i64) -> Vec<Value> {
    vec![
        Value::Int(member),
        "prowler".into(),
        check.into(),
        format!("about {check}").as_str().into(),
        resource.into(),
        status.into(),
        Value::Int(1),
        Value::Time(at),
    ]
}

#[test]
fn two_reports_are_compared() {
    let rows = [
        told(1, "a", "r1", "red", 10),
        told(1, "a", "r2", "red", 10),
        told(1, "b", "r1", "green", 10),
        told(1, "c", "r1", "yellow", 10),
        told(1, "d", "r1", "red", 10),
        told(2, "a", "r1", "red", 20),
        told(2, "a", "r2", "green", 20),
        told(2, "b", "r1", "red", 20),
        told(2, "c", "r1", "red", 20),
        told(3, "e", "r9", "red", 20),
    ];
    // Members 2 and 3 lie in one folder.
    let report_of = |member: u32| Some(if member == 1 { "january" } else { "february" }.to_owned());
    let all = reports(&rows, &report_of);
    let names: Vec<(&str, u64)> = all.iter().map(|r| (r.name.as_str(), r.findings)).collect();
    assert_eq!(names, [("february", 5), ("january", 5)]);
    let [after, before]: [Report; 2] = all.try_into().unwrap();
    let changes = compare(&rows, &report_of, &before, &after);
    let told: Vec<(What, &str, &str)> = changes
        .iter()
        .map(|c| (c.what, c.check.as_str(), c.resource.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (What::New, "b", "r1"),
            (What::New, "e", "r9"),
            (What::Changed, "c", "r1"),
            (What::Fixed, "d", "r1"),
            (What::Fixed, "a", "r2"),
            (What::Same, "a", "r1"),
        ]
    );
}

#[test]
fn a_shared_file_brings_back_what_rules_say_of_themselves() {
    let fired = Verdict::Fired(vec![finding(Expr::eq("principal", "alice"))]);
    let mut all: Vec<Entry> = RULES.iter().map(|r| of_signal(r.facts(), &fired)).collect();
    all.extend(
        crate::rules::catalogue()
            .iter()
            .map(|r| of_rule(Source::Catalogue, r, &fired)),
    );
    all.extend(
        monitored()
            .iter()
            .map(|r| of_rule(Source::Monitoring, r, &Verdict::Quiet)),
    );
    all.extend(evaluate(&Facts::default(), 0).iter().map(of_check));
    all.push(of_rule(Source::Own, &crate::rules::catalogue()[0], &fired));
    let size = |all: &[Entry]| serde_json::to_string(all).unwrap().len();
    let slimmed: Vec<Entry> = all
        .iter()
        .cloned()
        .map(|mut e| {
            slim(&mut e);
            e
        })
        .collect();
    assert!(
        size(&slimmed) * 3 < size(&all) * 2,
        "{} of {}",
        size(&slimmed),
        size(&all)
    );
    let read: Vec<Entry> = serde_json::from_str(&serde_json::to_string(&slimmed).unwrap()).unwrap();
    let back: Vec<Entry> = read
        .into_iter()
        .map(|mut e| {
            whole(&mut e);
            e
        })
        .collect();
    assert_eq!(back, all);
}
