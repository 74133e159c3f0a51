use super::super::names::Names;
use super::*;

/// A group of the answer to [`ask`].
fn row(key: &str, title: &str, status: &str, kind: &str, n: i64) -> Vec<Value> {
    vec![
        key.into(),
        title.into(),
        Value::Absent,
        status.into(),
        Value::Int(0),
        Value::Absent,
        kind.into(),
        Value::Absent,
        Value::Absent,
        Value::Int(n),
        Value::List(vec!["sg-1".into()]),
    ]
}

fn answer(rows: Vec<Vec<Value>>) -> Answer {
    Answer {
        rows,
        ..Answer::default()
    }
}

/// Key, name, category, and whether a list of checks says it.
fn names(rows: &[(&str, &str, &str, bool)]) -> Names {
    let row = |(key, name, category, described): &(&str, &str, &str, bool)| {
        let text = |s: &str| if s.is_empty() { Value::Absent } else { s.into() };
        vec![
            text(key),
            text(name),
            text(category),
            Value::Bool(*described),
            Value::Int(1),
        ]
    };
    Names::new(&answer(rows.iter().map(row).collect()))
}

#[test]
fn the_worst_finding_decides_and_excluded_ones_do_not() {
    let mut excluded = row("k1", "Open ports", "red", "trusted-advisor", 2);
    excluded[4] = Value::Int(1);
    let answer = answer(vec![
        row("k1", "Open ports", "green", "trusted-advisor", 3),
        excluded,
        row("k2", "Idle balancers", "yellow", "trusted-advisor", 1),
    ]);
    let checks = checks(&answer, &Names::default());
    let found: Vec<_> = checks.iter().map(|c| (c.key.as_str(), c.status)).collect();
    assert_eq!(found, [("k2", Status::Yellow), ("k1", Status::Green)]);
    assert_eq!(
        (checks[1].excluded, checks[1].flagged(), checks[1].total()),
        (2, 0, 5)
    );
}

#[test]
fn a_result_takes_name_and_category_from_the_list_of_checks() {
    let found = answer(vec![row(
        "k1",
        "eu-west-1 · sg-1 · 22",
        "red",
        "trusted-advisor",
        1,
    )]);
    let names = names(&[
        ("k1", "Open ports", "performance", true),
        ("k1", "", "", false),
        ("k2", "Idle balancers", "cost_optimizing", true),
    ]);
    let all = checks(&found, &names);
    assert_eq!(all[0].title, "Open ports");
    assert_eq!(counters(&all, "performance"), [1, 0, 0, 0]);
    // What is described and has no result was not evaluated; it is no finding either.
    assert_eq!(counters(&all, "cost_optimizing"), [0, 0, 0, 1]);
    assert_eq!(all[1].total(), 0);
    assert_eq!(checks(&found, &names.with_results()).len(), 1);
}

#[test]
fn findings_of_one_type_are_one_check_whatever_they_are_called() {
    let hub = |title: &str, ty: &str| {
        let mut r = row(
            "arn:aws:guardduty:eu-west-1:1:detector/d",
            title,
            "red",
            "asff",
            1,
        );
        r[8] = Value::List(vec![format!("TTPs/Discovery/{ty}")]);
        r
    };
    let found = answer(vec![
        row("Recon:EC2/Portscan", "i-1 scans", "red", "guardduty", 1),
        row("Recon:EC2/Portscan", "i-2 scans", "red", "guardduty", 1),
        hub("mara looked around", "Recon:IAMUser-UserPermissions"),
        hub("build looked around", "Recon:IAMUser-UserPermissions"),
        hub("mara signed in", "UnauthorizedAccess:IAMUser-ConsoleLogin"),
    ]);
    let all = checks(&found, &Names::default());
    let titles: Vec<_> = all.iter().map(|c| (c.title.as_str(), c.total())).collect();
    assert_eq!(
        titles,
        [
            ("Recon:EC2/Portscan", 2),
            ("Recon:IAMUser-UserPermissions", 2),
            ("UnauthorizedAccess:IAMUser-ConsoleLogin", 1)
        ]
    );
    assert_ne!(all[1].filter, all[2].filter);
}

#[test]
fn checks_sort_by_any_column() {
    let mut worse = row("b", "Beta", "yellow", "prowler", 9);
    worse[5] = "critical".into();
    let found = answer(vec![row("a", "alpha", "red", "asff", 1), worse]);
    let mut all = checks(&found, &Names::default());
    let first = |all: &[Check]| all[0].key.clone();
    assert_eq!(first(&all), "a");
    sort(&mut all, By::Severity, false);
    assert_eq!(first(&all), "b");
    sort(&mut all, By::Findings, true);
    assert_eq!(first(&all), "b");
    sort(&mut all, By::Title, false);
    assert_eq!(first(&all), "a");
}
