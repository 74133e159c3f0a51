//! The cases of tests/checks/, and that none is missing.

use super::harness::{cases, fact, found};
use crate::checks::{CHECKS, Facts, Outcome, Status, evaluate};
use std::collections::BTreeSet;

#[test]
fn checks_find_what_is_written() {
    let mut wrong = Vec::new();
    for case in cases() {
        let checked = case.ask(&case.facts());
        let found = found(&checked);
        if found != *case.expected() {
            wrong.push(format!(
                "{case}\n  expected {}\n  found    {found}",
                case.expected()
            ));
        }
        let reasons = match &checked.outcome {
            Outcome::Evaluated(judged) => judged
                .iter()
                .map(|j| j.reason.as_str())
                .collect::<Vec<_>>()
                .join("\n"),
            Outcome::NotEvaluable { needs } => needs.clone(),
        };
        for part in case.says().into_iter().filter(|part| !reasons.contains(part)) {
            wrong.push(format!("{case}\n  does not say {part:?}:\n  {reasons}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_check_has_a_case_that_alarms_and_one_that_does_not() {
    let cases = cases();
    let mut missing = Vec::new();
    for check in CHECKS.iter().flat_map(|group| group.iter()) {
        let facts = &check.facts;
        if facts.needs.iter().all(|need| need.types.is_empty()) {
            continue;
        }
        let of = |wanted: &[&str]| {
            let mut own = cases.iter().filter(|c| c.check == facts.id);
            own.any(|c| c.statuses().iter().any(|s| wanted.contains(s)))
        };
        if !of(&["red", "yellow"]) {
            missing.push(format!("{}: nothing alarms", facts.id));
        }
        if !of(&["green"]) {
            missing.push(format!("{}: nothing is fine", facts.id));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn without_files_nothing_is_evaluable_and_each_says_what_it_needs() {
    for checked in evaluate(&Facts::default(), 0) {
        let Outcome::NotEvaluable { needs } = &checked.outcome else {
            panic!("{} was evaluated over nothing", checked.facts.id);
        };
        assert_eq!(checked.status(), None);
        assert!(
            checked
                .facts
                .needs
                .iter()
                .all(|need| needs.contains(need.command)),
            "{needs}"
        );
    }
}

#[test]
fn no_check_is_evaluable_when_the_file_it_needs_is_missing() {
    let all: Vec<_> = CHECKS.iter().flat_map(|group| group.iter()).collect();
    let (mut wrong, mut shown) = (Vec::new(), BTreeSet::new());
    for case in cases().iter().filter(|case| !case.statuses().is_empty()) {
        let check = all.iter().find(|c| c.facts.id == case.check).expect("a check");
        for need in check.facts.needs {
            let mut facts = Facts::default();
            let given = case.given_facts().iter().map(fact);
            let left = given.filter(|fact| !need.types.contains(&fact.ty.as_str()));
            left.for_each(|fact| facts.add(fact));
            match case.ask(&facts).outcome {
                Outcome::NotEvaluable { needs } if needs.contains(need.command) => {
                    shown.insert(check.facts.id);
                }
                outcome => wrong.push(format!("{case}, without {}: {outcome:?}", need.command)),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let never = |c: &&&crate::checks::Check| c.facts.needs.iter().all(|need| need.types.is_empty());
    let told: BTreeSet<_> = all.iter().filter(|c| !never(c)).map(|c| c.facts.id).collect();
    assert_eq!(shown, told, "checks whose lack no case shows");
}

#[test]
fn types_without_a_resource_are_green() {
    let mut facts = Facts::default();
    facts.saw("aws-inventory", "SecurityGroup", "", "");
    let found = evaluate(&facts, 0);
    let checked = found
        .iter()
        .find(|c| c.facts.id == "sg-specific-ports")
        .expect("the check");
    assert_eq!(checked.outcome, Outcome::Evaluated(Vec::new()));
    assert_eq!(checked.status(), Some(Status::Green));
    assert_eq!(checked.summary(), "Nothing of the kind is there.");
}

#[test]
fn checks_are_told_apart_and_say_all_of_themselves() {
    let checks: Vec<_> = CHECKS.iter().flat_map(|group| group.iter()).collect();
    let ids: BTreeSet<_> = checks.iter().map(|c| c.facts.id).collect();
    let titles: BTreeSet<_> = checks.iter().map(|c| c.facts.title).collect();
    let published: Vec<_> = checks.iter().filter_map(|c| c.facts.trusted_advisor).collect();
    assert_eq!(ids.len(), checks.len(), "an id twice");
    assert_eq!(titles.len(), checks.len(), "a title twice");
    assert_eq!(published.iter().collect::<BTreeSet<_>>().len(), published.len());
    for facts in checks.iter().map(|c| &c.facts) {
        assert!(
            !facts.criteria.is_empty() && !facts.needs.is_empty(),
            "{}",
            facts.id
        );
        assert!(
            facts.criteria.ends_with('.') && facts.beyond.ends_with('.'),
            "{}",
            facts.id
        );
        assert!(!facts.title.contains("Trusted Advisor"), "{}", facts.id);
    }
}
