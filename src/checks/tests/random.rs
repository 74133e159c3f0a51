//! Descriptions may hold anything.

use super::harness::{cases, fact};
use crate::checks::{CHECKS, Fact, Facts, Place, evaluate};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Words that judges look for, and others.
const WORDS: &[&str] = &[
    "",
    "Items",
    "configuration",
    "supplementaryConfiguration",
    "IpPermissions",
    "ipRanges",
    "CidrIp",
    "0.0.0.0/0",
    "::/0",
    "-1",
    "FromPort",
    "ToPort",
    "Statement",
    "Principal",
    "*",
    "{\"a\":",
    "%7B%22",
    "policyText",
    "SecurityGroups",
    "GroupId",
    "State",
    "Status",
    "Enabled",
    "true",
    "false",
    "N/A",
    "2026-01-01T00:00:00Z",
    "9999-99-99",
    "Listeners",
    "Runtime",
    "ü€\u{0}",
    "SnapshotId",
    "Value",
];

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::sample::select(WORDS).prop_map(str::to_owned),
        1 => "\\PC{0,8}",
    ]
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        word().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((word(), inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn types() -> Vec<&'static str> {
    let needs = CHECKS.iter().flat_map(|g| g.iter()).flat_map(|c| c.facts.needs);
    needs.flat_map(|need| need.types).copied().collect()
}

/// Puts something else at the place of the n-th value, wherever that is.
fn change(value: &mut Value, n: &mut usize, other: &Value) {
    if *n == 0 {
        *value = other.clone();
    }
    *n = n.wrapping_sub(1);
    match value {
        Value::Array(list) => list.iter_mut().for_each(|v| change(v, n, other)),
        Value::Object(fields) => fields.values_mut().for_each(|v| change(v, n, other)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn nothing_makes_a_check_panic(
        bodies in prop::collection::vec((any_json(), any::<bool>(), prop::sample::select(types())), 1..6),
        now in any::<i64>(),
    ) {
        let mut facts = Facts::default();
        for ty in types() {
            facts.saw("config", ty, "", "");
        }
        for (body, config, ty) in bodies {
            let (kind, body) = if config {
                ("config", json!({"configuration": body, "supplementaryConfiguration": body}))
            } else {
                ("aws-inventory", body)
            };
            facts.add(Fact::of(kind, ty, "x", "", "", "", "", Some(now), body, Place::default()));
        }
        prop_assert!(!evaluate(&facts, now).is_empty());
    }

    #[test]
    fn nothing_in_a_written_case_makes_a_check_panic(
        which in any::<prop::sample::Index>(),
        places in prop::collection::vec((0_usize..40, any_json()), 1..4),
        now in any::<i64>(),
    ) {
        let cases = CASES.with(Clone::clone);
        let case = &cases[which.index(cases.len())];
        let mut facts = Facts::default();
        for given in case {
            let mut body = fact(given);
            for (place, other) in &places {
                change(&mut body.body, &mut place.clone(), other);
            }
            facts.add(body);
        }
        prop_assert!(!evaluate(&facts, now).is_empty());
    }
}

thread_local! {
    static CASES: std::rc::Rc<Vec<Vec<Value>>> =
        std::rc::Rc::new(cases().iter().map(|case| case.given_facts().to_vec()).collect());
}
