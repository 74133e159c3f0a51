//! The night of the leaked key, and how it was ended in the morning.

use super::event::*;
use crate::base::time::SECOND;
use crate::sample::random::Random;
use crate::sample::story::*;
use serde_json::{Value, json};

/// The leaked key at work, from 01:12:44 on.
pub fn intrusion(events: &mut Vec<Value>, random: &mut Random) {
    const TRIED: [(&str, &str); 10] = [
        ("iam", "ListRoles"),
        ("iam", "ListAttachedUserPolicies"),
        ("iam", "GetAccountAuthorizationDetails"),
        ("s3", "ListBuckets"),
        ("secretsmanager", "ListSecrets"),
        ("ec2", "DescribeInstances"),
        ("rds", "DescribeDBInstances"),
        ("kms", "ListKeys"),
        ("lambda", "ListFunctions20150331"),
        ("organizations", "ListAccounts"),
    ];
    let user_arn = format!("arn:aws:iam::{ACCOUNT}:user/ci-deploy");
    let name = "backup-check";
    let mut add = |at: i64, who: Value, service: &str, name: &str, more: Value, random: &mut Random| {
        let (from, agent) = (INTRUDER, KALI);
        events.push(event(
            Call {
                at,
                who,
                service,
                name,
                from,
                agent,
                more,
            },
            random,
        ));
    };
    let t = at(11, 1, 12, 44);
    add(t, ci_deploy(t), "sts", "GetCallerIdentity", json!({}), random);
    add(
        t + 14 * SECOND,
        ci_deploy(t),
        "iam",
        "ListUsers",
        json!({}),
        random,
    );
    for n in 0..60 {
        let (service, call) = TRIED[n % TRIED.len()];
        let when = at(11, 1, 13, 10) + n as i64 * 8 * SECOND;
        add(
            when,
            ci_deploy(t),
            service,
            call,
            denied(&user_arn, service, call),
            random,
        );
    }
    let mut refused = denied(&user_arn, "iam", "CreateAccessKey");
    refused["requestParameters"] = json!({"userName": "build-bot"});
    add(
        at(11, 1, 21, 40),
        ci_deploy(t),
        "iam",
        "CreateAccessKey",
        refused,
        random,
    );

    let deploy = at(11, 1, 22, 31);
    add(
        deploy,
        ci_deploy(t),
        "sts",
        "AssumeRole",
        assumed("deploy-role", name, deploy),
        random,
    );
    let admin = at(11, 1, 23, 5);
    let more = assumed("data-admin", name, admin);
    add(
        admin,
        session("deploy-role", name, deploy),
        "sts",
        "AssumeRole",
        more,
        random,
    );
    let data_admin = || session("data-admin", name, admin);
    for (n, call) in [
        "DescribeInstances",
        "DescribeSecurityGroups",
        "DescribeNetworkInterfaces",
    ]
    .into_iter()
    .enumerate()
    {
        add(
            at(11, 1, 24, n as i64 * 12),
            data_admin(),
            "ec2",
            call,
            json!({}),
            random,
        );
    }
    let mut opened = rule_change("0.0.0.0/0", "sgr-0c5d6e7f8091a2b3c");
    opened["eventID"] = json!(OPENED_EVENT);
    add(
        at(11, 1, 26, 18),
        data_admin(),
        "ec2",
        "AuthorizeSecurityGroupIngress",
        opened,
        random,
    );
    for (minute, service, call) in [
        (38, "s3", "ListBuckets"),
        (39, "s3", "GetBucketPolicy"),
        (41, "s3", "PutBucketPolicy"),
        (52, "secretsmanager", "ListSecrets"),
        (53, "secretsmanager", "GetSecretValue"),
    ] {
        let more = match service {
            "s3" => json!({"requestParameters": {"bucketName": BUCKET}}),
            _ => json!({"requestParameters": {"secretId": "shop/database"}}),
        };
        add(at(11, 1, minute, 20), data_admin(), service, call, more, random);
    }
    let role_arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/data-admin/{name}");
    let mut stop = denied(&role_arn, "cloudtrail", "StopLogging");
    let trail = format!("arn:aws:cloudtrail:{HOME}:{ACCOUNT}:trail/main");
    stop["requestParameters"] = json!({"name": trail});
    add(
        at(11, 2, 10, 55),
        data_admin(),
        "cloudtrail",
        "StopLogging",
        stop,
        random,
    );
}

/// Parameters of a call that adds or takes away the rule for SSH.
fn rule_change(cidr: &str, rule: &str) -> Value {
    json!({
        "requestParameters": {
            "groupId": GROUP,
            "ipPermissions": {"items": [{
                "ipProtocol": "tcp",
                "fromPort": 22,
                "toPort": 22,
                "groups": {},
                "ipRanges": {"items": [{"cidrIp": cidr}]},
                "ipv6Ranges": {},
                "prefixListIds": {},
            }]},
        },
        "responseElements": {
            "_return": true,
            "securityGroupRuleSet": {"items": [{
                "groupOwnerId": ACCOUNT,
                "groupId": GROUP,
                "securityGroupRuleId": rule,
                "isEgress": false,
                "ipProtocol": "tcp",
                "fromPort": 22,
                "toPort": 22,
                "cidrIpv4": cidr,
            }]},
        },
    })
}

/// The morning after: the group is closed, the key replaced, the bucket no longer everyone's.
pub fn closed(events: &mut Vec<Value>, random: &mut Random) {
    let mut shut = rule_change("0.0.0.0/0", "sgr-0c5d6e7f8091a2b3c");
    shut["eventID"] = json!(CLOSED_EVENT);
    let off = json!({"requestParameters": {"userName": "ci-deploy", "accessKeyId": LEAKED_KEY, "status": "Inactive"}});
    let made = json!({
        "requestParameters": {"userName": "ci-deploy"},
        "responseElements": {"accessKey": {"userName": "ci-deploy", "accessKeyId": ROTATED_KEY, "status": "Active"}},
    });
    let mended = json!({"requestParameters": {
        "bucketName": BUCKET,
        "bucketPolicy": {
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:role/app-instance-role")},
                "Action": "s3:GetObject",
                "Resource": format!("arn:aws:s3:::{BUCKET}/*"),
            }],
        },
        "policy": "",
    }});
    let denied = json!({"requestParameters": {
        "userName": "ci-deploy",
        "policyArn": format!("arn:aws:iam::{ACCOUNT}:policy/deny-outside-office"),
    }});
    for (at, service, name, more) in [
        (at(11, 7, 46, 30), "cloudtrail", "LookupEvents", json!({})),
        (at(11, 7, 54, 6), "ec2", "RevokeSecurityGroupIngress", shut),
        (at(11, 7, 58, 20), "iam", "UpdateAccessKey", off),
        (at(11, 8, 2, 11), "iam", "CreateAccessKey", made),
        (at(11, 8, 7, 52), "iam", "AttachUserPolicy", denied),
        (at(11, 8, 18, 37), "s3", "PutBucketPolicy", mended),
    ] {
        let who = mara(crate::sample::story::at(11, 7, 41, 12));
        events.push(event(
            Call {
                at,
                who,
                service,
                name,
                from: OFFICE,
                agent: BROWSER,
                more,
            },
            random,
        ));
    }
}

/// Instances started, and found, where there were none before.
pub fn foreign(random: &mut Random) -> Vec<Value> {
    let who = || session("data-admin", "backup-check", at(11, 1, 23, 5));
    let ids = ["i-0f00000000000a001", "i-0f00000000000a002"];
    let items: Vec<Value> = ids.iter().map(|id| json!({"instanceId": id})).collect();
    let run = json!({
        "requestParameters": {
            "instancesSet": {"items": [{"imageId": "ami-0123456789abcdef0", "minCount": 2, "maxCount": 2}]},
            "instanceType": "p4d.24xlarge",
        },
        "responseElements": {"instancesSet": {"items": items}},
    });
    let stop = json!({"requestParameters": {"instancesSet": {"items": items}}});
    let mut events = Vec::new();
    for (at, who, name, from, agent, mut more) in [
        (
            at(11, 2, 29, 48),
            who(),
            "DescribeImages",
            INTRUDER,
            KALI,
            json!({}),
        ),
        (
            at(11, 2, 30, 10),
            who(),
            "DescribeVpcs",
            INTRUDER,
            KALI,
            json!({}),
        ),
        (at(11, 2, 31, 17), who(), "RunInstances", INTRUDER, KALI, run),
        (
            at(11, 8, 11, 2),
            mara(at(11, 7, 41, 12)),
            "DescribeInstances",
            OFFICE,
            BROWSER,
            json!({}),
        ),
        (
            at(11, 8, 12, 40),
            mara(at(11, 7, 41, 12)),
            "TerminateInstances",
            OFFICE,
            BROWSER,
            stop,
        ),
    ] {
        more["awsRegion"] = json!(FOREIGN);
        events.push(event(
            Call {
                at,
                who,
                service: "ec2",
                name,
                from,
                agent,
                more,
            },
            random,
        ));
    }
    events
}
