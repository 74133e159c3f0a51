//! An account's everyday life is no alarm: rules of severity high and above stay quiet over events that say nothing bad.

mod hunt;

use serde_json::{Value, json};
use trailbeam::engine::local::Local;
use trailbeam::findings::Status;
use trailbeam::rules::Severity;

/// `NOISE_EVENTS=200000 cargo test --release --test noise` looks at as many as the promise is about.
const EVENTS: usize = 20_000;

/// What services, pipelines and people do all day; a call is refused now and then.
const CALLS: [(&str, &str, bool); 24] = [
    ("ec2", "DescribeInstances", true),
    ("ec2", "DescribeSecurityGroups", true),
    ("ec2", "DescribeVolumes", true),
    ("ec2", "RunInstances", false),
    ("ec2", "TerminateInstances", false),
    ("ec2", "CreateTags", false),
    ("s3", "GetObject", true),
    ("s3", "PutObject", false),
    ("s3", "ListBuckets", true),
    ("s3", "GetBucketAcl", true),
    ("sts", "AssumeRole", true),
    ("sts", "GetCallerIdentity", true),
    ("logs", "CreateLogStream", false),
    ("logs", "PutLogEvents", false),
    ("kms", "Decrypt", true),
    ("kms", "GenerateDataKey", true),
    ("iam", "GetRole", true),
    ("iam", "ListPolicies", true),
    ("lambda", "UpdateFunctionCode20150331v2", false),
    ("lambda", "GetFunction20150331v2", true),
    ("cloudformation", "DescribeStacks", true),
    ("ssm", "GetParameter", true),
    ("rds", "DescribeDBInstances", true),
    ("autoscaling", "SetDesiredCapacity", false),
];

fn event(n: usize) -> Value {
    let (service, name, read_only) = CALLS[n * 7 % CALLS.len()];
    // Every day of a month, mostly by day.
    let (day, hour, minute) = (1 + n % 28, 6 + n / 28 % 13, n % 60);
    let who = match n % 5 {
        0 => json!({"type": "AWSService", "invokedBy": "autoscaling.amazonaws.com"}),
        1 | 2 => {
            json!({"type": "AssumedRole", "principalId": "AROAEXAMPLE1:deploy", "accountId": "111122223333",
            "arn": format!("arn:aws:sts::111122223333:assumed-role/ci-deploy/build-{}", n % 40), "accessKeyId": "ASIAEXAMPLE00000001",
            "sessionContext": {"sessionIssuer": {"type": "Role", "userName": "ci-deploy", "arn": "arn:aws:iam::111122223333:role/ci-deploy"}}})
        }
        3 => json!({"type": "AssumedRole", "principalId": "AROAEXAMPLE2:ann", "accountId": "111122223333",
            "arn": format!("arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_PowerUserAccess_0123456789abcdef/person-{}", n % 12), "accessKeyId": "ASIAEXAMPLE00000002",
            "sessionContext": {"attributes": {"mfaAuthenticated": "true"}, "sessionIssuer": {"type": "Role", "userName": "AWSReservedSSO_PowerUserAccess_0123456789abcdef", "arn": "arn:aws:iam::111122223333:role/sso"}}}),
        _ => {
            json!({"type": "IAMUser", "principalId": "AIDAEXAMPLE1", "accountId": "111122223333", "userName": format!("backup-{}", n % 3),
            "arn": format!("arn:aws:iam::111122223333:user/backup-{}", n % 3), "accessKeyId": format!("AKIAEXAMPLE0000000{}", n % 3)})
        }
    };
    let address = match n % 5 {
        0 => "autoscaling.amazonaws.com".to_owned(),
        other => format!("198.51.100.{}", other + 10),
    };
    let region = ["eu-west-1", "eu-central-1"][n % 2];
    let mut event = json!({
        "eventVersion": "1.09", "userIdentity": who, "eventTime": format!("2026-09-{day:02}T{hour:02}:{minute:02}:{:02}Z", n % 59),
        "eventSource": format!("{service}.amazonaws.com"), "eventName": name, "awsRegion": region,
        "sourceIPAddress": address,
        "userAgent": "aws-cli/2.17.0", "requestParameters": {"bucketName": format!("data-{}", n % 9), "key": format!("k{n}")},
        "responseElements": Value::Null, "requestID": format!("r{n}"), "eventID": format!("e-{n}"), "readOnly": read_only,
        "eventType": "AwsApiCall", "managementEvent": service != "s3", "recipientAccountId": "111122223333", "eventCategory": "Management",
    });
    if n.is_multiple_of(211) {
        event["errorCode"] = json!("AccessDenied");
        event["errorMessage"] = json!("User is not authorized to perform this action");
    }
    event
}

#[test]
fn everyday_events_raise_no_alarm() {
    let total: usize = std::env::var("NOISE_EVENTS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(EVENTS);
    let files = (0..4).map(|f| {
        let events: Vec<Value> = (f * total / 4..(f + 1) * total / 4).map(event).collect();
        (
            format!("trail-{f}.json"),
            json!({"Records": events}).to_string().into_bytes(),
        )
    });
    let mut local = Local::new(2);
    local.open(files.collect());
    let entries = hunt::hunt(&mut local);
    assert_eq!(
        local.items().iter().map(|i| i.records()).sum::<u64>(),
        total as u64
    );
    let loud: Vec<String> = entries
        .iter()
        .filter(|e| e.severity.is_some_and(|s| s <= Severity::High))
        .flat_map(|e| {
            e.items
                .iter()
                .filter(|i| i.status <= Status::Yellow)
                .map(move |i| format!("{}: {}", e.id, i.detail))
        })
        .collect();
    assert!(loud.len() <= 20, "{} groups: {loud:#?}", loud.len());
}
