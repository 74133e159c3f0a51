//! Every cell as evidenced, contradicted and without data.

use super::add;
use crate::posture::seen::{FlowStatus, Records, Whose};
use crate::posture::{
    Alarmed, Cell, Described, Posture, Question, RULES, Seen, Service, State, posture, rule,
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    name: String,
    items: Vec<Value>,
    files: Vec<File>,
    records: Vec<Records>,
    flows: Vec<FlowStatus>,
    alarmed: Alarmed,
    row: At,
    /// By the question's id: the state, and a part of what it says.
    expect: BTreeMap<Question, (State, String)>,
}

#[derive(Deserialize)]
struct File {
    #[serde(flatten)]
    whose: Whose,
    path: String,
}

#[derive(Deserialize)]
struct At {
    account: String,
    region: String,
    subject: Option<String>,
}

macro_rules! scenarios {
    ($($service:literal),+ $(,)?) => {
        [$(($service, include_str!(concat!("../../../tests/posture/", $service, ".json")))),+]
    };
}

const SCENARIOS: [(&str, &str); 13] = scenarios!(
    "cloudtrail-management",
    "cloudtrail-data",
    "vpc-flow",
    "config",
    "s3-access",
    "elb-access",
    "cloudfront",
    "rds",
    "log-groups",
    "resolver-query",
    "eks-audit",
    "guardduty",
    "security-hub",
);

fn scenarios(service: Service) -> Vec<Scenario> {
    let (_, text) = SCENARIOS
        .iter()
        .find(|(id, _)| *id == service.id())
        .expect("a file for every service");
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{}: {e}", service.id()))
}

fn judge(scenario: &Scenario, turned: bool) -> Posture {
    let mut described = Described::default();
    match turned {
        false => scenario.items.iter().for_each(|item| add(&mut described, item)),
        true => scenario
            .items
            .iter()
            .rev()
            .for_each(|item| add(&mut described, item)),
    }
    let mut seen = Seen {
        records: scenario.records.clone(),
        flows: scenario.flows.clone(),
        ..Seen::default()
    };
    for file in &scenario.files {
        seen.add_file(&file.whose, &file.path);
    }
    posture(&described, &seen, &scenario.alarmed)
}

fn cell<'p>(posture: &'p Posture, service: Service, scenario: &Scenario, question: Question) -> &'p Cell {
    let At {
        account,
        region,
        subject,
    } = &scenario.row;
    let row = posture.rows.iter().find(|r| {
        r.service == service && r.account == *account && r.region == *region && r.subject == *subject
    });
    let rows: Vec<_> = posture
        .rows
        .iter()
        .map(|r| (&r.account, &r.region, r.service, &r.subject))
        .collect();
    row.unwrap_or_else(|| panic!("{}: no row; there are {rows:?}", scenario.name))
        .cell(question)
}

#[test]
fn cells_are_as_the_rules_say() {
    let mut wrong = Vec::new();
    for service in Service::ALL {
        for scenario in scenarios(service) {
            for turned in [false, true] {
                let posture = judge(&scenario, turned);
                for (question, (state, says)) in &scenario.expect {
                    let cell = cell(&posture, service, &scenario, *question);
                    if cell.state != *state || !cell.says.contains(says) {
                        wrong.push(format!(
                            "{} / {} / {}: {} “{}”, not {} “{says}”",
                            service.id(),
                            scenario.name,
                            question.id(),
                            cell.state.word(),
                            cell.says,
                            state.word()
                        ));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_state_that_can_come_about_has_a_scenario() {
    let mut missing = Vec::new();
    for service in Service::ALL {
        let shown: BTreeSet<(Question, State)> = scenarios(service)
            .iter()
            .flat_map(|s| {
                s.expect
                    .iter()
                    .map(|(question, (state, _))| (*question, *state))
                    .collect::<Vec<_>>()
            })
            .collect();
        for question in Question::ALL {
            for state in [State::Evidenced, State::Contradicted, State::NoData] {
                if rule(service, question).can(state) != shown.contains(&(question, state)) {
                    missing.push(format!("{} / {} / {}", service.id(), question.id(), state.word()));
                }
            }
        }
    }
    assert!(
        missing.is_empty(),
        "without a scenario, or against its rule:\n{}",
        missing.join("\n")
    );
}

#[test]
fn rules_are_whole() {
    let services: BTreeSet<Service> = RULES.iter().map(|(service, _)| *service).collect();
    assert_eq!(services.len(), Service::ALL.len());
    for (service, rules) in RULES {
        for (question, rule) in Question::ALL.iter().zip(rules) {
            assert!(!rule.helps.is_empty(), "{} / {}", service.id(), question.id());
        }
    }
}

#[test]
fn what_has_no_data_says_which_file_would_help() {
    for service in Service::ALL {
        for scenario in scenarios(service) {
            for row in judge(&scenario, false).rows {
                for (question, cell) in Question::ALL.iter().zip(&row.cells) {
                    let helps = cell.helps.as_deref().unwrap_or_default();
                    let at = format!("{} / {} / {}", service.id(), scenario.name, question.id());
                    assert_eq!(cell.state == State::NoData, !helps.is_empty(), "{at}");
                    assert!(!cell.says.is_empty(), "{at}");
                }
            }
        }
    }
}

#[test]
fn nothing_is_told_of_where_nothing_was_opened() {
    let posture = posture(&Described::default(), &Seen::default(), &Alarmed::default());
    assert_eq!(posture, Posture::default());
}

#[test]
fn descriptions_read_in_parts_are_those_read_as_one() {
    for service in Service::ALL {
        for scenario in scenarios(service) {
            let (mut one, mut left, mut right) =
                (Described::default(), Described::default(), Described::default());
            for (at, item) in scenario.items.iter().enumerate() {
                add(&mut one, item);
                add(if at % 2 == 0 { &mut left } else { &mut right }, item);
            }
            right.merge(left);
            assert_eq!(right, one, "{} / {}", service.id(), scenario.name);
        }
    }
}

#[test]
fn remarks_tell_of_quotas() {
    let group = |name: &str, filters: u64, days: u64| {
        serde_json::json!({"kind": "aws-inventory", "type": "LogGroup", "account": "111122223333", "region": "us-east-1",
            "body": {"logGroupName": name, "metricFilterCount": filters, "retentionInDays": days, "storedBytes": 1}})
    };
    let filter = |name: &str| {
        serde_json::json!({"kind": "aws-inventory", "type": "SubscriptionFilter", "account": "111122223333", "region": "us-east-1",
            "body": {"logGroupName": "/a/b", "filterName": name, "destinationArn": "arn:aws:lambda:us-east-1:111122223333:function:f"}})
    };
    let mut described = Described::default();
    for item in [
        group("/a/b", 90, 400),
        group("/a/c", 89, 180),
        filter("one"),
        filter("two"),
    ] {
        add(&mut described, &item);
    }
    let seen = Seen {
        large: vec![crate::posture::seen::LargeEvents {
            kind: "cloudtrail".to_owned(),
            near: 3,
            over: 1,
            ..Default::default()
        }],
        ..Seen::default()
    };
    let says: Vec<String> = posture(&described, &seen, &Alarmed::default())
        .remarks
        .into_iter()
        .map(|r| format!("{}: {}", r.about, r.says))
        .collect();
    assert_eq!(
        says,
        [
            "/a/b: It has 90 metric filters of at most 100.",
            "/a/c: It keeps its events for 180 days; Security Hub's control CloudWatch.16 asks for 365 unless it is told otherwise.",
            "/a/b: It has 2 of at most 2 subscription filters: no other can be added.",
            "cloudtrail: 3 records come near 256 KiB or exceed them. 1 of them is longer. CloudTrail passes no event above 256 KiB on to CloudWatch Logs or EventBridge, so that no filter or rule there sees it.",
        ]
    );
}
