//! Which description counts: newer ones, other spellings, other workers.

use super::harness::fact;
use crate::checks::known::Known;
use crate::checks::{Facts, wants};
use serde_json::{Value, json};

const GROUP: &str = "AWS::EC2::SecurityGroup";

fn config(at: &str, status: &str, ports: &[i64]) -> Value {
    let permissions: Vec<_> = ports
        .iter()
        .map(|p| json!({"ipProtocol": "tcp", "fromPort": p, "toPort": p}))
        .collect();
    json!({"config": GROUP, "id": "sg-1", "at": at, "status": status,
        "configuration": {"groupId": "sg-1", "ipPermissions": permissions}})
}

fn inventory(ports: usize) -> Value {
    let permissions = vec![json!({"IpProtocol": "tcp"}); ports];
    json!({"item": "SecurityGroup", "id": "sg-1", "region": "",
        "body": {"GroupId": "sg-1", "IpPermissions": permissions}})
}

fn facts(given: &[Value]) -> Facts {
    let mut facts = Facts::default();
    given.iter().for_each(|g| facts.add(fact(g)));
    facts
}

/// How many rules the group has; nothing when it is not there.
fn rules(facts: &Facts) -> Option<usize> {
    let known = Known::new(facts, 0);
    let all = known.all(GROUP);
    assert!(all.len() < 2, "one resource, told of more than once");
    all.first().map(|group| group.get("IpPermissions").len())
}

#[test]
fn the_newest_item_counts_in_whatever_order_they_come() {
    let (old, new) = (
        config("2026-01-01T00:00:00Z", "OK", &[1]),
        config("2026-02-01T00:00:00Z", "OK", &[1, 2]),
    );
    assert_eq!(rules(&facts(&[old.clone(), new.clone()])), Some(2));
    assert_eq!(rules(&facts(&[new, old])), Some(2));
}

#[test]
fn a_deleted_resource_is_gone_and_one_made_again_is_there() {
    let old = config("2026-01-01T00:00:00Z", "OK", &[1]);
    let deleted = config("2026-02-01T00:00:00Z", "ResourceDeleted", &[]);
    let again = config("2026-03-01T00:00:00Z", "ResourceDiscovered", &[1, 2]);
    let gone = facts(&[deleted.clone(), old.clone()]);
    assert_eq!(rules(&gone), None);
    assert!(Known::new(&gone, 0).saw(GROUP));
    assert_eq!(rules(&facts(&[again, deleted, old])), Some(2));
}

#[test]
fn an_answer_and_an_item_are_one_resource() {
    let item = config("2026-02-01T00:00:00Z", "OK", &[1]);
    assert_eq!(rules(&facts(&[item.clone(), inventory(3)])), Some(3));
    assert_eq!(rules(&facts(&[inventory(3), item])), Some(3));
}

#[test]
fn another_region_is_another_resource() {
    let mut far = config("2026-02-01T00:00:00Z", "OK", &[1]);
    far["region"] = json!("us-east-1");
    let facts = facts(&[config("2026-02-01T00:00:00Z", "OK", &[1]), far]);
    assert_eq!(Known::new(&facts, 0).all(GROUP).len(), 2);
}

#[test]
fn workers_come_to_the_same_and_facts_travel() {
    let given = [
        config("2026-01-01T00:00:00Z", "OK", &[1]),
        inventory(3),
        config("2026-02-01T00:00:00Z", "ResourceDeleted", &[]),
        json!({"item": "Bucket", "id": "example", "body": {"Name": "example"}}),
    ];
    let whole = facts(&given);
    for cut in 0..=given.len() {
        let (a, b) = (facts(&given[..cut]), facts(&given[cut..]));
        let mut one = a.clone();
        one.merge(b.clone());
        let mut other = b;
        other.merge(a);
        assert_eq!(one, whole);
        assert_eq!(other, whole);
    }
    let bytes = postcard::to_stdvec(&whole).expect("written");
    assert_eq!(postcard::from_bytes::<Facts>(&bytes).expect("read"), whole);
    let text = serde_json::to_string(&whole).expect("written");
    assert_eq!(serde_json::from_str::<Facts>(&text).expect("read"), whole);
}

#[test]
fn answers_that_tell_different_things_of_a_resource_are_both_kept() {
    let facts = facts(&[
        json!({"item": "Bucket", "id": "b", "body": {"Name": "b", "CreationDate": "2020-01-01"}}),
        json!({"item": "Bucket", "id": "b", "offset": 9, "body": {"Name": "b", "BucketRegion": "eu-west-1"}}),
        json!({"item": "Bucket", "id": "b", "offset": 7, "body": {"Name": "b"}}),
    ]);
    assert_eq!(facts.len(), 2);
    let known = Known::new(&facts, 0);
    let bucket = known.all("AWS::S3::Bucket").first().expect("the bucket");
    assert_eq!(bucket.get("BucketRegion").text(), "eu-west-1");
    assert_eq!(bucket.get("CreationDate").text(), "2020-01-01");
}

#[test]
fn only_what_a_check_reads_is_wanted() {
    assert!(wants("config", GROUP));
    assert!(wants("aws-inventory", "SecurityGroup"));
    assert!(wants("aws-inventory", ""));
    assert!(wants("iam-credential-report", ""));
    assert!(!wants("config", "AWS::SSM::ManagedInstanceInventory"));
    assert!(!wants("aws-inventory", "MetricAlarm"));
}
