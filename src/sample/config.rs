//! AWS Config: the histories of five resources, and how a rule judged the group.

use super::random::Random;
use super::story::*;
use super::{SampleFile, file, gzip, printed};
use crate::base::time::iso;
use serde_json::{Value, json};

pub const FILES: usize = 5;

pub fn make(index: usize) -> SampleFile {
    match index {
        0 => history("AWS::EC2::SecurityGroup", group()),
        1 => history("AWS::EC2::Instance", instances()),
        2 => history("AWS::IAM::User", user()),
        3 => history("AWS::S3::Bucket", bucket()),
        _ => compliance(),
    }
}

fn history(resource_type: &str, items: Vec<Value>) -> SampleFile {
    let last = items
        .last()
        .and_then(|i| i["configurationItemCaptureTime"].as_str());
    // The folders are those of the day that the file was delivered, its month and day without a zero in front.
    let day = last.and_then(|t| t.get(..10)).unwrap_or("2026-11-11");
    let folders: Vec<&str> = day.split('-').map(|n| n.trim_start_matches('0')).collect();
    let name = format!(
        "AWSLogs/{ACCOUNT}/Config/{HOME}/{}/ConfigHistory/{ACCOUNT}_Config_{HOME}_ConfigHistory_{resource_type}_\
         20260814T090000Z_{}T120000Z_1.json.gz",
        folders.join("/"),
        day.replace('-', ""),
    );
    let text =
        json!({"fileVersion": "1.0", "configSnapshotId": null, "configurationItems": items}).to_string();
    file(name, "config", items.len(), gzip(text.as_bytes()))
}

/// A configuration item as S3 files spell it; `more` stands over the rest.
fn item(ty: &str, id: &str, name: &str, arn: &str, time: &str, configuration: Value, more: Value) -> Value {
    let mut random = Random::new(
        time.bytes()
            .fold(0x0c0f_0000, |n, b| n * 31 % 0xffff_fffb + u64::from(b)),
    );
    let mut item = json!({
        "configurationItemVersion": "1.3",
        "configurationItemCaptureTime": time,
        "configurationStateId": random.within(1_750_000_000_000, 1_790_000_000_000),
        "configurationStateMd5Hash": "",
        "awsAccountId": ACCOUNT,
        "configurationItemStatus": "OK",
        "resourceType": ty,
        "resourceId": id,
        "resourceName": name,
        "ARN": arn,
        "awsRegion": HOME,
        "availabilityZone": "Not Applicable",
        "tags": {},
        "relatedEvents": [],
        "relationships": [],
        "configuration": configuration,
        "supplementaryConfiguration": {},
    });
    if let (Some(item), Value::Object(more)) = (item.as_object_mut(), more) {
        item.extend(more);
    }
    item
}

/// A rule for SSH, as configurations hold it.
fn ssh(ranges: &[&str]) -> Vec<Value> {
    if ranges.is_empty() {
        return Vec::new();
    }
    let v4: Vec<Value> = ranges.iter().map(|r| json!({"cidrIp": r})).collect();
    vec![json!({
        "fromPort": 22, "toPort": 22, "ipProtocol": "tcp", "ipRanges": ranges, "ipv4Ranges": v4,
        "ipv6Ranges": [], "prefixListIds": [], "userIdGroupPairs": [],
    })]
}

/// A moment in the group's life.
type Step<'a> = (&'a str, &'a [&'a str], bool, bool, Option<&'a str>);

fn group() -> Vec<Value> {
    const RANGE: &str = "198.51.100.0/24";
    let tags = json!({"Name": "bastion", "team": "platform"});
    let bastion = hosts().swap_remove(0);
    let attached = json!([
        {"resourceId": VPC, "resourceName": null, "resourceType": "AWS::EC2::VPC", "name": "Is contained in Vpc"},
        {"resourceId": bastion.interface, "resourceName": null, "resourceType": "AWS::EC2::NetworkInterface",
         "name": "Is associated with NetworkInterface"},
        {"resourceId": BASTION_INSTANCE, "resourceName": null, "resourceType": "AWS::EC2::Instance",
         "name": "Is associated with Instance"},
    ]);
    let alone = json!([attached[0].clone()]);
    // When, what is let in, whether it has tags and is attached, which event did it.
    let steps: [Step<'_>; 6] = [
        ("2026-08-14T09:12:31.402Z", &[], false, false, None),
        ("2026-09-02T13:40:05.118Z", &[], true, false, None),
        ("2026-09-21T08:03:47.951Z", &[], true, true, None),
        ("2026-10-17T14:22:10.067Z", &[RANGE], true, true, None),
        (
            "2026-11-11T01:27:41.336Z",
            &[RANGE, "0.0.0.0/0"],
            true,
            true,
            Some(OPENED_EVENT),
        ),
        (
            "2026-11-11T07:56:12.780Z",
            &[RANGE],
            true,
            true,
            Some(CLOSED_EVENT),
        ),
    ];
    let arn = format!("arn:aws:ec2:{HOME}:{ACCOUNT}:security-group/{GROUP}");
    let mut items = Vec::new();
    for (n, (time, ranges, tagged, used, cause)) in steps.into_iter().enumerate() {
        let listed = if tagged {
            json!([{"key": "Name", "value": "bastion"}, {"key": "team", "value": "platform"}])
        } else {
            json!([])
        };
        let configuration = json!({
            "description": "SSH from the office to the bastion",
            "groupName": "bastion-ssh",
            "groupId": GROUP,
            "ownerId": ACCOUNT,
            "vpcId": VPC,
            "ipPermissions": ssh(ranges),
            "ipPermissionsEgress": [{
                "ipProtocol": "-1", "ipRanges": ["0.0.0.0/0"], "ipv4Ranges": [{"cidrIp": "0.0.0.0/0"}],
                "ipv6Ranges": [], "prefixListIds": [], "userIdGroupPairs": [],
            }],
            "tags": listed,
        });
        let more = json!({
            "configurationItemStatus": if n == 0 { "ResourceDiscovered" } else { "OK" },
            "tags": if tagged { tags.clone() } else { json!({}) },
            "relationships": if used { attached.clone() } else { alone.clone() },
            "relatedEvents": cause.into_iter().collect::<Vec<_>>(),
        });
        items.push(item(
            "AWS::EC2::SecurityGroup",
            GROUP,
            "bastion-ssh",
            &arn,
            time,
            configuration,
            more,
        ));
    }
    items
}

fn instances() -> Vec<Value> {
    let mut items = Vec::new();
    for (host, ty) in hosts().iter().take(2).zip(["t3.small", "m7g.large"]) {
        let id = host.instance.clone().unwrap_or_default();
        let arn = format!("arn:aws:ec2:{HOME}:{ACCOUNT}:instance/{id}");
        for (time, state) in [
            ("2026-09-21T08:04:12.510Z", "pending"),
            ("2026-09-21T08:06:40.229Z", "running"),
        ] {
            let configuration = json!({
                "instanceId": id,
                "instanceType": ty,
                "imageId": "ami-0abcdef1234567890",
                "privateIpAddress": host.address,
                "subnetId": host.subnet,
                "vpcId": VPC,
                "state": {"name": state},
                "networkInterfaces": [{"networkInterfaceId": host.interface}],
            });
            let more = json!({
                "resourceCreationTime": "2026-09-21T08:03:58.000Z",
                "tags": {"Name": host.name},
                "relationships": [{"resourceId": host.interface, "resourceType": "AWS::EC2::NetworkInterface",
                                   "name": "Contains NetworkInterface"}],
            });
            items.push(item(
                "AWS::EC2::Instance",
                &id,
                &host.name,
                &arn,
                time,
                configuration,
                more,
            ));
        }
    }
    items
}

fn user() -> Vec<Value> {
    let arn = format!("arn:aws:iam::{ACCOUNT}:user/ci-deploy");
    let item = |time: &str, policies: &[&str]| {
        let attached: Vec<Value> = policies
            .iter()
            .map(|p| json!({"policyName": p, "policyArn": format!("arn:aws:iam::{ACCOUNT}:policy/{p}")}))
            .collect();
        let configuration = json!({
            "userName": "ci-deploy",
            "userId": "AIDACKCEVSQ6C2EXAMPLE",
            "path": "/",
            "arn": arn,
            "createDate": "2026-03-02T10:11:12.000Z",
            "attachedManagedPolicies": attached,
            "userPolicyList": [],
            "groupList": ["deployers"],
        });
        let more = json!({"awsRegion": "global"});
        super::config::item(
            "AWS::IAM::User",
            "AIDACKCEVSQ6C2EXAMPLE",
            "ci-deploy",
            &arn,
            time,
            configuration,
            more,
        )
    };
    vec![
        item("2026-09-30T11:02:18.914Z", &["deploy"]),
        item("2026-11-11T08:09:30.145Z", &["deploy", "deny-outside-office"]),
    ]
}

fn bucket() -> Vec<Value> {
    let arn = format!("arn:aws:s3:::{BUCKET}");
    let item = |time: &str, principal: Value, own: &str| {
        let policy = json!({
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject",
                           "Resource": format!("{arn}/*")}],
        });
        let configuration = json!({"name": BUCKET, "owner": {"displayName": null, "id": own}});
        let more = json!({
            "supplementaryConfiguration": {
                "BucketPolicy": {"policyText": policy.to_string()},
                "BucketVersioningConfiguration": {"status": "Enabled", "isMfaDeleteEnabled": null},
            },
            "tags": {"data": "customer"},
        });
        super::config::item("AWS::S3::Bucket", BUCKET, BUCKET, &arn, time, configuration, more)
    };
    const OWNER: &str = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a";
    let role = json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:role/app-instance-role")});
    vec![
        item("2026-08-20T07:15:44.630Z", role.clone(), OWNER),
        item("2026-11-11T01:43:02.271Z", json!("*"), OWNER),
        item("2026-11-11T08:20:51.008Z", role, OWNER),
    ]
}

fn compliance() -> SampleFile {
    let results: Vec<Value> = [
        (
            "NON_COMPLIANT",
            at(11, 1, 28, 3),
            GROUP,
            "tcp 22 is open to 0.0.0.0/0",
        ),
        ("COMPLIANT", at(11, 7, 57, 1), GROUP, ""),
        ("COMPLIANT", at(11, 7, 57, 2), "sg-0b2c3d4e5f6071829", ""),
    ]
    .into_iter()
    .map(|(ty, t, id, note)| {
        let mut result = json!({
            "EvaluationResultIdentifier": {
                "EvaluationResultQualifier": {
                    "ConfigRuleName": "restricted-ssh",
                    "ResourceType": "AWS::EC2::SecurityGroup",
                    "ResourceId": id,
                    "EvaluationMode": "DETECTIVE",
                },
                "OrderingTimestamp": iso(t),
            },
            "ComplianceType": ty,
            "ResultRecordedTime": iso(t),
            "ConfigRuleInvokedTime": iso(t),
        });
        if !note.is_empty() {
            result["Annotation"] = json!(note);
        }
        result
    })
    .collect();
    let name = "cli/compliance-restricted-ssh.json".to_owned();
    file(
        name,
        "config-compliance",
        results.len(),
        printed(&json!({"EvaluationResults": results})),
    )
}
