//! CloudTrail events: an account's everyday, and what the leaked key does in it.

use super::random::Random;
use super::story::*;
use super::{SampleFile, file, gzip};
use crate::base::time::{HOUR, MINUTE, SECOND, iso};
use serde_json::{Value, json};

/// One file each half day, one of the sign-ins, one of the foreign region.
pub const FILES: usize = HALVES + 2;
/// The half day of the intrusion; the next file repeats its last events, as deliveries do.
const INTRUSION: usize = 4;
const REPEATED: usize = 6;

const CLI: &str = "aws-cli/2.15.30 Python/3.11.8 Linux/6.8.0 exe/x86_64";
const KALI: &str =
    "aws-cli/2.17.9 md/awscrt#0.20.11 ua/2.0 os/linux#6.8.11-kali2-amd64 md/arch#x86_64 lang/python#3.11.9";
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0";
const SDK: &str = "aws-sdk-rust/1.3.3 os/linux lang/rust/1.82.0";
const TERRAFORM: &str = "APN/1.0 HashiCorp/1.0 Terraform/1.9.8 terraform-provider-aws/5.74.0";

/// A call; `more` stands over what every event has.
struct Call<'a> {
    at: i64,
    who: Value,
    service: &'a str,
    name: &'a str,
    from: &'a str,
    agent: &'a str,
    more: Value,
}

fn event(call: Call<'_>, random: &mut Random) -> Value {
    let reads = ["Describe", "List", "Get", "Lookup", "Batch", "Assume", "Decrypt"]
        .iter()
        .any(|verb| call.name.starts_with(verb));
    let mut event = json!({
        "eventVersion": "1.09",
        "userIdentity": call.who,
        "eventTime": iso(call.at),
        "eventSource": format!("{}.amazonaws.com", call.service),
        "eventName": call.name,
        "awsRegion": HOME,
        "sourceIPAddress": call.from,
        "userAgent": call.agent,
        "requestParameters": null,
        "responseElements": null,
        "requestID": random.guid(),
        "eventID": random.guid(),
        "readOnly": reads,
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
    });
    if let (Some(event), Value::Object(more)) = (event.as_object_mut(), call.more) {
        event.extend(more);
    }
    event
}

fn user(name: &str, key: &str) -> Value {
    let id = match name {
        "ci-deploy" => "AIDACKCEVSQ6C2EXAMPLE",
        "mara.lind" => "AIDAJQABLZS4A3EXAMPLE",
        _ => "AIDAIIZ4SQD7M5EXAMPLE",
    };
    json!({
        "type": "IAMUser",
        "principalId": id,
        "arn": format!("arn:aws:iam::{ACCOUNT}:user/{name}"),
        "accountId": ACCOUNT,
        "accessKeyId": key,
        "userName": name,
    })
}

/// The person, at the console.
fn mara(t: i64) -> Value {
    let mut who = user("mara.lind", "ASIAMARALINDEXAMPLE1");
    who["sessionContext"] = json!({"attributes": {"creationDate": iso(t), "mfaAuthenticated": "true"}});
    who
}

fn ci_deploy(t: i64) -> Value {
    user(
        "ci-deploy",
        if t < at(11, 8, 3, 0) {
            LEAKED_KEY
        } else {
            ROTATED_KEY
        },
    )
}

/// A session of a role; its temporary key is the role's own.
fn session(role: &str, name: &str, t: i64) -> Value {
    let (id, key) = session_ids(role);
    json!({
        "type": "AssumedRole",
        "principalId": format!("{id}:{name}"),
        "arn": format!("arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}"),
        "accountId": ACCOUNT,
        "accessKeyId": key,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": id,
                "arn": format!("arn:aws:iam::{ACCOUNT}:role/{role}"),
                "accountId": ACCOUNT,
                "userName": role,
            },
            "attributes": {"creationDate": iso(t), "mfaAuthenticated": "false"},
        },
    })
}

fn session_ids(role: &str) -> (&'static str, &'static str) {
    match role {
        "deploy-role" => ("AROADEPLOYROLEEXAMPLE", "ASIADEPLOYROLEEXAMPL"),
        "data-admin" => ("AROADATAADMINEXAMPLE1", "ASIADATAADMINEXAMPLE"),
        "app-instance-role" => ("AROAAPPINSTANCEEXAMPL", "ASIAAPPINSTANCEEXAMP"),
        "backup-role" => ("AROABACKUPROLEEXAMPLE", "ASIABACKUPROLEEXAMPL"),
        _ => ("AROASERVICEROLEEXAMPL", "ASIASERVICEROLEEXAMP"),
    }
}

/// A session that a service uses for itself.
fn service_session(role: &str, name: &str, service: &str, t: i64) -> Value {
    let mut who = session(role, name, t);
    who["invokedBy"] = json!(service);
    who
}

fn assumed(role: &str, name: &str, t: i64) -> Value {
    let (id, key) = session_ids(role);
    let arn = format!("arn:aws:iam::{ACCOUNT}:role/{role}");
    json!({
        "requestParameters": {"roleArn": arn, "roleSessionName": name, "durationSeconds": 3600},
        "responseElements": {
            "credentials": {"accessKeyId": key, "sessionToken": "<sessionToken>", "expiration": iso(t + HOUR)},
            "assumedRoleUser": {
                "assumedRoleId": format!("{id}:{name}"),
                "arn": format!("arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}"),
            },
        },
        "resources": [{"accountId": ACCOUNT, "type": "AWS::IAM::Role", "ARN": arn}],
    })
}

fn denied(who: &str, service: &str, name: &str) -> Value {
    json!({
        "errorCode": "AccessDenied",
        "errorMessage": format!(
            "User: {who} is not authorized to perform: {service}:{name} because no identity-based policy allows the \
             {service}:{name} action"
        ),
    })
}

pub fn make(index: usize) -> SampleFile {
    let mut random = Random::new(0x7a11_0000 + index as u64);
    let (region, start, events) = match index {
        HALVES => (GLOBAL, at(11, 7, 35, 0), sign_ins(&mut random)),
        i if i > HALVES => (FOREIGN, at(11, 2, 35, 0), foreign(&mut random)),
        half => {
            let mut events = half_day(half);
            if half == INTRUSION + 1 {
                let before = half_day(INTRUSION);
                events.extend(before.into_iter().rev().take(REPEATED));
            }
            (HOME, half_start(half) + FILE_HOURS * HOUR, events)
        }
    };
    let name = format!(
        "AWSLogs/{ACCOUNT}/CloudTrail/{region}/{}/{ACCOUNT}_CloudTrail_{region}_{}_{}.json.gz",
        day_path(start - SECOND),
        stamp(start - SECOND),
        random.hex(16)
    );
    let text = json!({"Records": events}).to_string();
    file(name, "cloudtrail", events.len(), gzip(text.as_bytes()))
}

/// The home region's events of half a day, in the order of time.
fn half_day(half: usize) -> Vec<Value> {
    let mut random = Random::new(0x7a12_0000 + half as u64);
    let start = half_start(half);
    let mut events = Vec::with_capacity(1400);
    for hour in 0..FILE_HOURS {
        let t = start + hour * HOUR;
        // Nothing was delivered of this hour.
        if t != at(12, 4, 0, 0) {
            deploy(t, &mut events, &mut random);
            usual(t, &mut events, &mut random);
        }
    }
    if half == INTRUSION {
        intrusion(&mut events, &mut random);
        closed(&mut events, &mut random);
    }
    events.sort_by(|a, b| a["eventTime"].as_str().cmp(&b["eventTime"].as_str()));
    events
}

/// The hourly deployment, by the user whose key leaks.
fn deploy(hour: i64, events: &mut Vec<Value>, random: &mut Random) {
    let t = hour + 5 * MINUTE + random.within(0, 40) * SECOND;
    let name = "ci-deploy-run";
    let own: [(&str, &str, Value); 3] = [
        ("sts", "GetCallerIdentity", json!({})),
        ("ecr", "GetAuthorizationToken", json!({})),
        ("sts", "AssumeRole", assumed("deploy-role", name, t)),
    ];
    for (n, (service, call, more)) in (0..).zip(own) {
        let who = ci_deploy(t);
        let call = Call {
            at: t + n * 2 * SECOND,
            who,
            service,
            name: call,
            from: BUILD_SERVER,
            agent: CLI,
            more,
        };
        events.push(event(call, random));
    }
    let mut steps = vec![
        ("ecs", "DescribeServices"),
        ("ecs", "DescribeTaskDefinition"),
        ("ecr", "BatchGetImage"),
        ("ecs", "ListTasks"),
        ("ecs", "DescribeTasks"),
        ("cloudformation", "DescribeStacks"),
    ];
    if busy(hour) {
        steps.extend([("ecs", "RegisterTaskDefinition"), ("ecs", "UpdateService")]);
    }
    for (n, (service, call)) in (0..).zip(steps) {
        let more = json!({"requestParameters": {"cluster": "shop"}});
        let who = session("deploy-role", name, t);
        let at = t + (20 + n * 7) * SECOND;
        let call = Call {
            at,
            who,
            service,
            name: call,
            from: BUILD_SERVER,
            agent: TERRAFORM,
            more,
        };
        events.push(event(call, random));
    }
}

/// Instances, services and people in an hour.
fn usual(hour: i64, events: &mut Vec<Value>, random: &mut Random) {
    const APP: [(&str, &str); 5] = [
        ("kms", "Decrypt"),
        ("secretsmanager", "GetSecretValue"),
        ("ssm", "GetParameters"),
        ("ssm", "UpdateInstanceInformation"),
        ("sts", "GetCallerIdentity"),
    ];
    const WATCH: [(&str, &str); 4] = [
        ("ec2", "DescribeSecurityGroups"),
        ("s3", "GetBucketPolicy"),
        ("iam", "ListUsers"),
        ("ec2", "DescribeInstances"),
    ];
    const PERSON: [(&str, &str); 7] = [
        ("ec2", "DescribeInstances"),
        ("cloudwatch", "DescribeAlarms"),
        ("s3", "ListBuckets"),
        ("logs", "DescribeLogGroups"),
        ("ecs", "DescribeServices"),
        ("cloudtrail", "LookupEvents"),
        ("ec2", "CreateTags"),
    ];
    let day = busy(hour);
    let instances: Vec<String> = hosts()
        .into_iter()
        .filter(|h| h.name.starts_with("app"))
        .filter_map(|h| h.instance)
        .collect();
    let mut add =
        |who: Value, (service, name): (&str, &str), from: &str, agent: &str, random: &mut Random| {
            let at = hour + random.within(0, 3600) * SECOND;
            let more = json!({"requestParameters": {}});
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
    for n in 0..if day { 44 } else { 14 } {
        let name = instances
            .get(n % instances.len().max(1))
            .map_or("i-0", String::as_str);
        let call = random.pick(&APP);
        add(
            session("app-instance-role", name, hour),
            call,
            NAT_PUBLIC,
            SDK,
            random,
        );
    }
    for _ in 0..8 {
        let service = "config.amazonaws.com";
        let who = service_session("AWSServiceRoleForConfig", "configLambdaExecution", service, hour);
        let call = random.pick(&WATCH);
        add(who, call, service, service, random);
    }
    for _ in 0..if day { 8 } else { 5 } {
        let service = "autoscaling.amazonaws.com";
        let who = json!({"type": "AWSService", "invokedBy": service});
        let call = random.pick(&[
            ("ec2", "DescribeInstanceStatus"),
            ("elasticloadbalancing", "DescribeTargetHealth"),
        ]);
        add(who, call, service, service, random);
    }
    let of_day = crate::base::time::civil(hour).hour;
    if (8..16).contains(&of_day) {
        for _ in 0..36 {
            let call = random.pick(&PERSON);
            add(mara(hour), call, OFFICE, BROWSER, random);
        }
    }
    if (2..4).contains(&of_day) {
        for n in 0..18 {
            let service = "backup.amazonaws.com";
            let call = [
                ("ec2", "DescribeVolumes"),
                ("ec2", "CreateSnapshot"),
                ("rds", "DescribeDBInstances"),
            ][n % 3];
            add(
                service_session("backup-role", "AWSBackup", service, hour),
                call,
                service,
                service,
                random,
            );
        }
    }
}

/// The leaked key at work, from 01:12:44 on.
fn intrusion(events: &mut Vec<Value>, random: &mut Random) {
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

/// The morning after: the group is closed, the key replaced.
fn closed(events: &mut Vec<Value>, random: &mut Random) {
    let mut shut = rule_change("0.0.0.0/0", "sgr-0c5d6e7f8091a2b3c");
    shut["eventID"] = json!(CLOSED_EVENT);
    let off = json!({"requestParameters": {"userName": "ci-deploy", "accessKeyId": LEAKED_KEY, "status": "Inactive"}});
    let made = json!({
        "requestParameters": {"userName": "ci-deploy"},
        "responseElements": {"accessKey": {"userName": "ci-deploy", "accessKeyId": ROTATED_KEY, "status": "Active"}},
    });
    for (at, service, name, more) in [
        (at(11, 7, 46, 30), "cloudtrail", "LookupEvents", json!({})),
        (at(11, 7, 54, 6), "ec2", "RevokeSecurityGroupIngress", shut),
        (at(11, 7, 58, 20), "iam", "UpdateAccessKey", off),
        (at(11, 8, 2, 11), "iam", "CreateAccessKey", made),
    ] {
        let who = mara(super::story::at(11, 7, 41, 12));
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

/// A sign-in at the console; `mfa` as CloudTrail spells it.
fn sign_in(t: i64, name: &str, from: &str, succeeds: bool, mfa: &str, random: &mut Random) -> Value {
    let mut who = user(name, "");
    if let Some(who) = who.as_object_mut() {
        who.remove("accessKeyId");
    }
    let mut more = json!({
        "awsRegion": GLOBAL,
        "eventType": "AwsConsoleSignIn",
        "responseElements": {"ConsoleLogin": if succeeds { "Success" } else { "Failure" }},
        "additionalEventData": {
            "LoginTo": "https://console.aws.amazon.com/console/home",
            "MobileVersion": "No",
            "MFAUsed": mfa,
        },
    });
    if !succeeds {
        more["errorMessage"] = json!("Failed authentication");
    }
    let (service, call, agent) = ("signin", "ConsoleLogin", BROWSER);
    event(
        Call {
            at: t,
            who,
            service,
            name: call,
            from,
            agent,
            more,
        },
        random,
    )
}

fn sign_ins(random: &mut Random) -> Vec<Value> {
    let mut events = Vec::new();
    for day in (FIRST_DAY..).take(DAYS) {
        let t = at(day, 7, 41, 12) + i64::from(day % 3) * MINUTE;
        let t = if day == 11 { at(11, 7, 41, 12) } else { t };
        events.push(sign_in(t, "mara.lind", OFFICE, true, "Yes", random));
    }
    for second in [4, 31, 58] {
        events.push(sign_in(
            at(11, 2, 44, second),
            "mara.lind",
            INTRUDER,
            false,
            "No",
            random,
        ));
    }
    events.push(sign_in(
        at(11, 2, 47, 20),
        "build-bot",
        INTRUDER,
        true,
        "No",
        random,
    ));
    events
}

/// Instances started, and found, where there were none before.
fn foreign(random: &mut Random) -> Vec<Value> {
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
