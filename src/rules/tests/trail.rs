//! Rules over CloudTrail.

use super::*;

#[test]
fn logging_changed() {
    let stop = ("eventName", "StopLogging");
    let trail = ("resource", "org-trail");
    tells(
        "logging-changed",
        &[event(0, &[stop, trail]), event(MINUTE, &[stop, trail])],
        "ci-deploy made 2 calls of StopLogging on org-trail",
    );
    quiet(
        "logging-changed",
        &[
            event(0, &[stop, ("errorCode", "AccessDenied")]),
            event(0, &[("eventName", "StartLogging")]),
        ],
    );
}

#[test]
fn root_used() {
    let root = ("userIdentity.type", "Root");
    tells(
        "root-used",
        &[event(0, &[root, ("eventName", "CreateUser")])],
        "Root of account 111122223333 made 1 call: CreateUser",
    );
    quiet(
        "root-used",
        &[
            event(0, &[root, ("userIdentity.invokedBy", "support.amazonaws.com")]),
            event(0, &[root, ("eventType", "AwsServiceEvent")]),
            event(0, &[("principal", "root")]),
        ],
    );
}

fn sign_in(after: i64, outcome: &str, principal: &str, address: &str) -> Record {
    event(
        after,
        &[
            ("eventName", "ConsoleLogin"),
            ("eventType", "AwsConsoleSignIn"),
            ("responseElements.ConsoleLogin", outcome),
            ("principal", principal),
            ("sourceIPAddress", address),
            ("additionalEventData.MFAUsed", "Yes"),
        ],
    )
}

#[test]
fn failed_then_signed_in() {
    let fail = |m: i64, who: &str| sign_in(m * MINUTE, "Failure", who, "203.0.113.66");
    let hidden = "HIDDEN_DUE_TO_SECURITY_REASONS";
    tells(
        "failed-then-signed-in",
        &[
            fail(0, "mara.lind"),
            fail(1, hidden),
            fail(2, "mara.lind"),
            sign_in(3 * MINUTE, "Success", "mara.lind", "203.0.113.66"),
        ],
        "mara.lind signed in from 203.0.113.66 after 3 failed attempts within an hour",
    );
    tells(
        "failed-then-signed-in",
        &[
            fail(0, "mara.lind"),
            fail(1, hidden),
            fail(2, "mara.lind"),
            sign_in(3 * MINUTE, "Success", "build-bot", "203.0.113.66"),
        ],
        "build-bot signed in from 203.0.113.66 after 3 failed attempts as mara.lind within an hour",
    );
    // All within one second, as CloudTrail writes times.
    tells(
        "failed-then-signed-in",
        &[
            fail(0, "mara.lind"),
            sign_in(0, "Success", "mara.lind", "203.0.113.66"),
            fail(0, "mara.lind"),
            fail(0, hidden),
        ],
        "mara.lind signed in from 203.0.113.66 after 3 failed attempts within an hour",
    );
    // Two attempts; three, one of which is an hour old; three of somebody else.
    let success = |m: i64, who: &str, from: &str| sign_in(m * MINUTE, "Success", who, from);
    quiet(
        "failed-then-signed-in",
        &[fail(0, "a"), fail(1, "a"), success(2, "a", "203.0.113.66")],
    );
    quiet(
        "failed-then-signed-in",
        &[
            fail(0, "a"),
            fail(30, "a"),
            fail(59, "a"),
            success(60, "a", "203.0.113.66"),
        ],
    );
    quiet(
        "failed-then-signed-in",
        &[
            fail(0, "a"),
            fail(1, "a"),
            fail(2, "a"),
            success(3, "b", "198.51.100.9"),
        ],
    );
}

#[test]
fn ingress_opened() {
    let call = [
        ("eventName", "AuthorizeSecurityGroupIngress"),
        ("resource", "sg-0a1b2c"),
    ];
    let opened = ("openedTo", "0.0.0.0/0 tcp/22|::/0 tcp/22");
    tells(
        "ingress-opened",
        &[event(0, &[call[0], call[1], opened])],
        "ci-deploy opened sg-0a1b2c to 0.0.0.0/0 tcp/22, ::/0 tcp/22",
    );
    quiet(
        "ingress-opened",
        &[
            event(0, &call),
            event(
                0,
                &[
                    call[0],
                    opened,
                    ("errorCode", "Client.InvalidPermission.Duplicate"),
                ],
            ),
            event(0, &[("eventName", "AuthorizeSecurityGroupEgress"), opened]),
        ],
    );
}

#[test]
fn credentials_made() {
    let key = ("eventName", "CreateAccessKey");
    tells(
        "credentials-made",
        &[event(0, &[key, ("resource", "backup-svc")])],
        "ci-deploy made 1 call of CreateAccessKey: backup-svc",
    );
    let attach = ("eventName", "AttachUserPolicy");
    let admin = (
        "resource",
        "backup-svc|arn:aws:iam::aws:policy/AdministratorAccess",
    );
    assert_eq!(fires("credentials-made", &[event(0, &[attach, admin])]).len(), 1);
    quiet(
        "credentials-made",
        &[
            event(0, &[key, ("errorCode", "LimitExceeded")]),
            event(
                0,
                &[attach, ("resource", "arn:aws:iam::aws:policy/ReadOnlyAccess")],
            ),
            event(0, &[("eventName", "ListAccessKeys")]),
        ],
    );
}

#[test]
fn key_from_a_new_network() {
    let key = ("userIdentity.accessKeyId", "AKIAIOSFODNN7EXAMPLE");
    let call = |after: i64, from: &str| {
        event(
            after,
            &[key, ("eventName", "ListBuckets"), ("sourceIPAddress", from)],
        )
    };
    let home = |calls: i64| -> Vec<Record> { (0..calls).map(|i| call(i * MINUTE, "198.51.100.7")).collect() };
    let then = |after: i64, from: &str, calls: i64| [home(calls), vec![call(after, from)]].concat();
    tells(
        "key-new-network",
        &then(2 * HOUR, "203.0.113.66", 20),
        "AKIAIOSFODNN7EXAMPLE of ci-deploy was used from 203.0.113.66 (1 call), never seen in its 20 calls before",
    );
    quiet("key-new-network", &then(2 * HOUR, "203.0.113.66", 19));
    quiet("key-new-network", &then(59 * MINUTE, "203.0.113.66", 20));
    quiet("key-new-network", &then(2 * HOUR, "198.51.200.1", 20));
    quiet(
        "key-new-network",
        &then(2 * HOUR, "cloudformation.amazonaws.com", 20),
    );
    let session = ("userIdentity.accessKeyId", "ASIAIOSFODNN7EXAMPLE");
    let other = event(2 * HOUR, &[session, ("sourceIPAddress", "203.0.113.66")]);
    quiet("key-new-network", &[home(20), vec![other]].concat());
}

#[test]
fn signed_in_without_mfa() {
    let cells = [
        ("eventName", "ConsoleLogin"),
        ("responseElements.ConsoleLogin", "Success"),
    ];
    let with = |more: &[(&'static str, &str)]| event(0, &[&cells, more].concat());
    tells(
        "signed-in-without-mfa",
        &[with(&[("additionalEventData.MFAUsed", "No")])],
        "ci-deploy signed in without MFA, 1 time, from 198.51.100.7",
    );
    assert_eq!(fires("signed-in-without-mfa", &[with(&[])]).len(), 1);
    quiet(
        "signed-in-without-mfa",
        &[
            with(&[("additionalEventData.MFAUsed", "Yes")]),
            with(&[("userIdentity.type", "AssumedRole")]),
            event(0, &[cells[0], ("responseElements.ConsoleLogin", "Failure")]),
        ],
    );
}

#[test]
fn sign_ins_failed() {
    let fails = |minutes: &[i64]| -> Vec<Record> {
        let one = |m: &i64| sign_in(m * MINUTE, "Failure", "mara.lind", "203.0.113.66");
        minutes.iter().map(one).collect()
    };
    tells(
        "sign-ins-failed",
        &fails(&[0, 1, 1, 2, 9, 200]),
        "5 failed sign-ins from 203.0.113.66 as mara.lind",
    );
    quiet("sign-ins-failed", &fails(&[0, 1, 2, 3, 10]));
    quiet(
        "sign-ins-failed",
        &[
            fails(&[0, 1, 2, 3]),
            vec![sign_in(0, "Success", "a", "203.0.113.66")],
        ]
        .concat(),
    );
}

#[test]
fn access_denied() {
    let denied = |m: i64, code: &str| {
        event(
            m * MINUTE,
            &[("eventName", "GetSecretValue"), ("errorCode", code)],
        )
    };
    let codes = [
        "AccessDenied",
        "AccessDeniedException",
        "Client.UnauthorizedOperation",
    ];
    let burst = |n: usize| -> Vec<Record> { (0..n).map(|i| denied(i as i64 / 2, codes[i % 3])).collect() };
    tells(
        "access-denied",
        &burst(12),
        "12 calls of ci-deploy were denied in a burst: GetSecretValue",
    );
    quiet("access-denied", &burst(9));
    quiet(
        "access-denied",
        &(0..30).map(|i| denied(i * 2, codes[0])).collect::<Vec<_>>(),
    );
    quiet(
        "access-denied",
        &(0..30)
            .map(|_| denied(0, "ThrottlingException"))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn new_region() {
    let call =
        |after: i64, region: &str| event(after, &[("eventName", "RunInstances"), ("awsRegion", region)]);
    let home = |calls: i64| -> Vec<Record> { (0..calls).map(|i| call(i * HOUR, "us-east-1")).collect() };
    let then = |after: i64, calls: i64| [home(calls), vec![call(after, "ap-east-1")]].concat();
    tells(
        "new-region",
        &then(DAY, 20),
        "Account 111122223333 was used in ap-east-1 for the first time: RunInstances by ci-deploy, then 1 call in all",
    );
    // Two first calls of one second: what is told is one of them, not one's name and another's principal.
    let first = |name: &str, who: &str| {
        let cells = [
            ("eventName", name),
            ("principal", who),
            ("awsRegion", "ap-east-1"),
        ];
        event(DAY, &cells)
    };
    let both = vec![
        first("RunInstances", "build-bot"),
        first("CreateKeyPair", "mara.lind"),
    ];
    tells(
        "new-region",
        &[home(20), both].concat(),
        "Account 111122223333 was used in ap-east-1 for the first time: RunInstances by build-bot, then 2 calls in all",
    );
    quiet("new-region", &then(DAY, 19));
    quiet("new-region", &then(DAY - 1, 20));
    let service = event(
        2 * DAY,
        &[
            ("awsRegion", "ap-east-1"),
            ("userIdentity.invokedBy", "config.amazonaws.com"),
        ],
    );
    quiet("new-region", &[home(20), vec![service]].concat());
}
