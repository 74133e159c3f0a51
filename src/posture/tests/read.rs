//! Descriptions in every spelling, the newest word, and bodies that are anything.

use super::add;
use crate::posture::described::{Encryption, Lifecycle};
use crate::posture::{Alarmed, Described, Seen, posture};
use proptest::prelude::*;
use serde_json::{Value, json};

fn config(ty: &str, at: &str, status: &str, configuration: Value) -> Value {
    json!({"kind": "config", "type": ty, "account": "111122223333", "region": "us-east-1", "body": {
        "resourceType": ty, "resourceId": "logs", "resourceName": "logs", "configurationItemCaptureTime": at,
        "configurationItemStatus": status, "configuration": configuration,
        "supplementaryConfiguration": {
            "BucketVersioningConfiguration": {"status": "Enabled"},
            "ServerSideEncryptionConfiguration": "{\"rules\":[{\"applyServerSideEncryptionByDefault\":{\"sseAlgorithm\":\"AES256\"}}]}",
        },
    }})
}

fn described(items: &[Value]) -> Described {
    let mut described = Described::default();
    items.iter().for_each(|item| add(&mut described, item));
    described
}

#[test]
fn a_trail_is_the_same_in_both_spellings() {
    let cli = json!({"kind": "aws-inventory", "type": "Trail", "account": "", "region": "", "body": {
        "Name": "logs", "TrailARN": "arn:aws:cloudtrail:us-east-1:111122223333:trail/logs", "HomeRegion": "us-east-1",
        "S3BucketName": "b", "IsMultiRegionTrail": true, "LogFileValidationEnabled": false, "KmsKeyId": "k"}});
    let item = config(
        "AWS::CloudTrail::Trail",
        "2026-11-11T00:00:00Z",
        "OK",
        json!(
            "{\"name\":\"logs\",\"trailARN\":\"arn:aws:cloudtrail:us-east-1:111122223333:trail/logs\",\"homeRegion\":\"us-east-1\",\"s3BucketName\":\"b\",\"isMultiRegionTrail\":true,\"logFileValidationEnabled\":false,\"kmsKeyId\":\"k\"}"
        ),
    );
    let (mut one, mut other) = (described(&[cli]), described(&[item]));
    for described in [&mut one, &mut other] {
        for trail in &mut described.trails {
            trail.of.at_ns = None;
            trail.of.place = None;
        }
    }
    assert_eq!(one, other);
    assert_eq!(one.trails.len(), 1);
}

#[test]
fn the_newest_word_counts_whatever_comes_first() {
    let old = config(
        "AWS::S3::Bucket",
        "2026-11-10T00:00:00Z",
        "OK",
        json!({"name": "logs"}),
    );
    let mut new = config(
        "AWS::S3::Bucket",
        "2026-11-11T00:00:00Z",
        "OK",
        json!({"name": "logs"}),
    );
    new["body"]["supplementaryConfiguration"]["BucketLifecycleConfiguration"] = json!({"rules": [{"status": "Enabled", "expirationInDays": 40}, {"status": "Enabled", "expirationInDays": 30}]});
    for order in [[old.clone(), new.clone()], [new.clone(), old.clone()]] {
        let buckets = described(&order).buckets;
        assert_eq!(buckets.len(), 1);
        assert_eq!(buckets[0].lifecycle, Some(Lifecycle::Deletes(30)));
        assert_eq!(buckets[0].encryption, Some(Encryption::S3));
    }
    // A list of names is newer and knows less.
    let name = json!({"kind": "aws-inventory", "type": "Bucket", "account": "111122223333", "region": "us-east-1",
        "body": {"Name": "logs", "CreationDate": "2026-01-01T00:00:00Z"}});
    for order in [[name.clone(), new.clone()], [new, name]] {
        assert_eq!(
            described(&order).buckets[0].lifecycle,
            Some(Lifecycle::Deletes(30))
        );
    }
}

#[test]
fn what_was_deleted_does_not_come_back() {
    let old = config(
        "AWS::S3::Bucket",
        "2026-11-10T00:00:00Z",
        "OK",
        json!({"name": "logs"}),
    );
    let gone = config(
        "AWS::S3::Bucket",
        "2026-11-11T00:00:00Z",
        "ResourceDeleted",
        json!(null),
    );
    let again = config(
        "AWS::S3::Bucket",
        "2026-11-12T00:00:00Z",
        "ResourceDiscovered",
        json!({"name": "logs"}),
    );
    // Of another type, and called the same.
    let group = config(
        "AWS::Logs::LogGroup",
        "2026-11-10T00:00:00Z",
        "OK",
        json!({"LogGroupName": "logs"}),
    );
    let items = [old, gone, group, again];
    for order in [[0, 1, 2], [1, 0, 2], [2, 1, 0]] {
        let some: Vec<Value> = order.iter().map(|at| items[*at].clone()).collect();
        let found = described(&some);
        assert_eq!((found.buckets.len(), found.log_groups.len()), (0, 1), "{order:?}");
    }
    for order in [[0, 1, 3], [3, 1, 0], [1, 3, 0]] {
        let some: Vec<Value> = order.iter().map(|at| items[*at].clone()).collect();
        assert_eq!(described(&some).buckets.len(), 1, "{order:?}");
    }
    let (mut one, other) = (described(&items[..1]), described(&items[1..2]));
    one.merge(other);
    assert!(one.buckets.is_empty());
}

#[test]
fn what_is_wanted_is_read() {
    assert!(Described::wants("config", "AWS::S3::Bucket"));
    assert!(Described::wants("aws-inventory", "FlowLog"));
    assert!(Described::wants("aws-inventory", ""));
    assert!(!Described::wants("aws-inventory", "SecurityGroup"));
    assert!(!Described::wants("config", "AWS::EC2::SecurityGroup"));
    assert!(!Described::wants("cloudtrail", "Trail"));
}

/// Any JSON of a few levels, with keys that are read.
fn any_json() -> impl Strategy<Value = Value> {
    let key = prop::sample::select(vec![
        "name",
        "S3BucketName",
        "TrailARN",
        "IsLogging",
        "configuration",
        "supplementaryConfiguration",
        "rules",
        "Features",
        "logging",
        "clusterLogging",
        "ResourceId",
        "FlowLogId",
        "storedBytes",
        "logGroupName",
        "EventSelectors",
        "AccountId",
        "BucketLoggingConfiguration",
        "ServerSideEncryptionConfiguration",
        "LoadBalancerAttributes",
        "DistributionConfig",
        "Logging",
        "MemberStatus",
        "DestinationProperties",
        "DestinationArn",
        "HubArn",
        "Status",
        "Enabled",
        "VpcId",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![
            "",
            "arn:aws:s3:::b",
            "arn:",
            "{\"a\":",
            "[1]",
            "true",
            "é",
            "arn:aws:logs:r:a:log-group:g:*"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 48, 8, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..8).prop_map(|fields| Value::Object(
                fields.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
            )),
        ]
    })
}

proptest! {
    #[test]
    fn no_body_panics(
        body in any_json(),
        kind in prop::sample::select(vec!["config", "aws-inventory", "other"]),
        ty in prop::sample::select(vec![
            "", "Trail", "Bucket", "AWS::S3::Bucket", "AWS::EKS::Cluster", "FlowLog", "LogGroup", "AWS::CloudTrail::Trail",
            "LoadBalancer", "AWS::ElasticLoadBalancingV2::LoadBalancer", "Distribution", "Detector", "Administrator", "Cluster",
        ]),
    ) {
        let mut described = Described::default();
        described.add(kind, ty, "111122223333", "us-east-1", &body, None);
        let _ = posture(&described, &Seen::default(), &Alarmed::default());
    }
}
