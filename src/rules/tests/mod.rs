//! Every rule: records that fire it, a near miss that does not, and evidence that leads to exactly its records.

use super::*;
use crate::base::time::{DAY, HOUR, MINUTE, parse_iso};
use crate::base::{Facts, FieldSpec as F, FieldType, Group, Role};
use crate::query::{Agg, answer_now};
use crate::table::{RowSink, Shard, Stats};

const fn facts(id: &'static str, fields: &'static [F]) -> Facts {
    Facts {
        id,
        title: id,
        records: "records",
        group: Group::AwsService,
        spec_url: "",
        shapes: &[],
        export_hint: "",
        fields,
        columns: &[],
        aliases: &[],
        dedupe: false,
    }
}

/// The fields that rules ask for, as the formats of these ids name them.
static TRAIL: Facts = facts(
    "cloudtrail",
    &[
        F::time("eventTime").role(Role::Time),
        F::text("eventName").role(Role::Action),
        F::text("eventType"),
        F::text("principal").role(Role::Actor),
        F::list("resource").role(Role::Resource),
        F::address("sourceIPAddress").role(Role::SourceAddress),
        F::text("errorCode").role(Role::Outcome),
        F::text("recipientAccountId").role(Role::Account),
        F::text("awsRegion").role(Role::Region),
        F::text("userIdentity.type"),
        F::text("userIdentity.accessKeyId").role(Role::Credential),
        F::text("userIdentity.invokedBy"),
        F::list("openedTo"),
        F::text("responseElements.ConsoleLogin"),
        F::text("additionalEventData.MFAUsed"),
    ],
);
static FLOW: Facts = facts(
    "vpc-flow",
    &[
        F::time("start").role(Role::Time),
        F::text("account-id").role(Role::Account),
        F::text("interface-id").role(Role::Interface),
        F::address("srcaddr").role(Role::SourceAddress),
        F::address("dstaddr").role(Role::DestinationAddress),
        F::int("dstport").role(Role::DestinationPort),
        F::int("bytes").role(Role::Bytes),
        F::text("action").role(Role::Outcome),
        F::text("log-status"),
    ],
);
static CONFIG: Facts = facts(
    "config",
    &[
        F::time("configurationItemCaptureTime").role(Role::Time),
        F::text("resourceType").role(Role::ResourceType),
        F::text("resourceId").role(Role::Resource),
        F::text("configurationItemStatus").role(Role::Outcome),
    ],
);
static PROWLER: Facts = facts(
    "prowler",
    &[
        F::time("TIMESTAMP").role(Role::Time),
        F::text("findingTitle").role(Role::Message),
        F::text("findingStatus"),
        F::bool("findingExcluded"),
    ],
);

/// 11 November 2026, a while after midnight.
fn start() -> i64 {
    parse_iso(b"2026-11-11T01:00:00Z").unwrap()
}

/// A record: its kind, its time after [`start`], and its cells.
type Record = (&'static Facts, i64, Vec<(&'static str, String)>);

fn record(facts: &'static Facts, after: i64, cells: &[(&'static str, &str)]) -> Record {
    let own = cells.iter().map(|&(name, v)| (name, v.to_owned())).collect();
    (facts, after, own)
}

/// A CloudTrail event with the usual cells, which `cells` override; an empty one is absent.
fn event(after: i64, cells: &[(&'static str, &str)]) -> Record {
    let mut all = vec![
        ("eventType", "AwsApiCall"),
        ("principal", "ci-deploy"),
        ("sourceIPAddress", "198.51.100.7"),
        ("recipientAccountId", "111122223333"),
        ("awsRegion", "us-east-1"),
        ("userIdentity.type", "IAMUser"),
    ];
    all.retain(|(name, _)| cells.iter().all(|(own, _)| own != name));
    all.extend_from_slice(cells);
    record(&TRAIL, after, &all)
}

fn flow(after: i64, src: &str, dst: &str, port: usize, bytes: u64, action: &str) -> Record {
    let (port, bytes) = (port.to_string(), bytes.to_string());
    let cells = [
        ("srcaddr", src),
        ("dstaddr", dst),
        ("dstport", &*port),
        ("bytes", &*bytes),
        ("action", action),
        ("log-status", "OK"),
    ];
    record(&FLOW, after, &cells)
}

fn shard_of(records: &[Record]) -> Shard {
    let mut shard = Shard::default();
    for (at, (facts, after, cells)) in records.iter().enumerate() {
        let mut stats = Stats::default();
        let (pool, table) = shard.table_mut(facts);
        let mut sink = RowSink::new(pool, table, &mut stats, 0, 1);
        let time = facts.role(Role::Time).unwrap();
        sink.int(time, start() + after);
        for (name, value) in cells.iter().filter(|(_, v)| !v.is_empty()) {
            let field = facts.field(name).unwrap_or_else(|| panic!("{name}"));
            match facts.fields[field].ty {
                FieldType::Integer => sink.int(field, value.parse().unwrap()),
                FieldType::Bool => sink.bool(field, value == "true"),
                FieldType::List => sink.list(field, &value.split('|').collect::<Vec<_>>()),
                _ => sink.text(field, value.as_bytes()),
            }
        }
        sink.end(at as u64, 1);
    }
    shard.seal();
    shard
}

fn judge(id: &str, records: &[Record]) -> Verdict {
    let shard = shard_of(records);
    let rule = rule(id).unwrap_or_else(|| panic!("no rule {id}"));
    let answers: Vec<Answer> = rule
        .ask()
        .iter()
        .map(|q| answer_now(&shard, q).finish(q))
        .collect();
    for a in &answers {
        assert!(
            a.unknown_fields.is_empty(),
            "{id} asks for {:?}",
            a.unknown_fields
        );
    }
    verdict(rule, &answers)
}

/// What a rule finds, each with evidence that leads to as many records as it counts.
#[track_caller]
fn fires(id: &str, records: &[Record]) -> Vec<Finding> {
    let Verdict::Fired(findings) = judge(id, records) else {
        panic!("{id} does not fire");
    };
    let shard = shard_of(records);
    for f in &findings {
        let kinds: Vec<&str> = f.evidence.kinds.iter().map(String::as_str).collect();
        let q = Query::groups(&kinds, Vec::new(), vec![Agg::Count])
            .filter(f.evidence.filter.clone())
            .within(f.evidence.range, &Expr::All);
        assert_eq!(answer_now(&shard, &q).finish(&q).matched, f.count, "{f:?}");
        assert!(
            f.count > 0 && f.first_ns <= f.last_ns && f.first_ns.is_some(),
            "{f:?}"
        );
        assert!(!f.detail.contains(['{', '}']), "{}", f.detail);
    }
    findings
}

#[track_caller]
fn tells(id: &str, records: &[Record], detail: &str) {
    let findings = fires(id, records);
    let details: Vec<&str> = findings.iter().map(|f| f.detail.as_str()).collect();
    assert_eq!(details, [detail]);
}

#[track_caller]
fn quiet(id: &str, records: &[Record]) {
    assert_eq!(judge(id, records), Verdict::Quiet, "{id}");
}

#[test]
fn ids_are_unique_and_every_rule_says_what_it_states_and_needs() {
    let mut ids: Vec<&str> = RULES.iter().map(|r| r.facts().id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), RULES.len());
    for r in RULES {
        let f = r.facts();
        assert!(
            !f.states.is_empty() && !f.needs.is_empty() && !f.kinds.is_empty(),
            "{}",
            f.id
        );
        assert!(
            ["trail", "traffic", "config", "findings"].contains(&f.view),
            "{}",
            f.id
        );
        // Nothing loaded, or only another kind: not quiet, which would say that all is well.
        let Verdict::NotEvaluable { needs } = judge(f.id, &[]) else {
            panic!("{} judges nothing", f.id);
        };
        assert_eq!(needs, f.needs);
    }
}

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
fn large_outbound() {
    let pair = |i: u8, bytes: u64| flow(0, "10.0.0.5", &format!("203.0.113.{i}"), 443, bytes, "ACCEPT");
    let usual = |n: u8| -> Vec<Record> { (0..n).map(|i| pair(i, 40_000_000)).collect() };
    let with = |n: u8, more: Record| [usual(n), vec![more]].concat();
    tells(
        "large-outbound",
        &with(4, pair(66, 38_600_000_000)),
        "10.0.0.5 sent 38.6 GB to 203.0.113.66 in a day; the median pair that day sent 40 MB",
    );
    // Too few pairs for a median; under 1 GB; not far above; rejected; inside; inbound.
    quiet("large-outbound", &with(3, pair(66, 38_600_000_000)));
    quiet("large-outbound", &with(4, pair(66, 999_999_999)));
    let big = |n: u8| -> Vec<Record> { (0..n).map(|i| pair(i, 2_000_000_000)).collect() };
    quiet("large-outbound", &big(9));
    quiet(
        "large-outbound",
        &with(
            9,
            flow(0, "10.0.0.5", "203.0.113.66", 443, 38_600_000_000, "REJECT"),
        ),
    );
    quiet(
        "large-outbound",
        &with(
            9,
            flow(0, "10.0.0.5", "172.16.3.4", 443, 38_600_000_000, "ACCEPT"),
        ),
    );
    quiet(
        "large-outbound",
        &with(
            9,
            flow(0, "203.0.113.66", "10.0.0.5", 443, 38_600_000_000, "ACCEPT"),
        ),
    );
    // The same bytes over two days are two days.
    let half = |after| flow(after, "10.0.0.5", "203.0.113.66", 443, 900_000_000, "ACCEPT");
    quiet("large-outbound", &[usual(9), vec![half(0), half(DAY)]].concat());
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

#[test]
fn scans() {
    let ports = |n: usize, action: &str| -> Vec<Record> {
        (0..n)
            .map(|i| flow(0, "203.0.113.66", "10.0.0.5", 1000 + i, 40, action))
            .collect()
    };
    tells(
        "port-scan",
        &ports(20, "REJECT"),
        "203.0.113.66 was rejected 20 times on 20 ports of 1 host",
    );
    let hosts: Vec<Record> = (0..20)
        .map(|i| flow(0, "203.0.113.66", &format!("10.0.0.{i}"), 22, 40, "REJECT"))
        .collect();
    assert_eq!(fires("port-scan", &hosts).len(), 1);
    quiet("port-scan", &ports(19, "REJECT"));
    quiet("port-scan", &ports(40, "ACCEPT"));
    let same: Vec<Record> = (0..40)
        .map(|_| flow(0, "203.0.113.66", "10.0.0.5", 22, 40, "REJECT"))
        .collect();
    quiet("port-scan", &same);
}

#[test]
fn rejected_pairs() {
    let rejects = |n: usize| -> Vec<Record> {
        (0..n)
            .map(|_| flow(0, "203.0.113.66", "10.0.0.5", 22, 40, "REJECT"))
            .collect()
    };
    tells(
        "rejected-pairs",
        &rejects(50),
        "50 flows from 203.0.113.66 to 10.0.0.5 rejected, port 22",
    );
    quiet("rejected-pairs", &rejects(49));
}

#[test]
fn findings_red() {
    let finding = |status: &str, excluded: &str| {
        let cells = [
            ("findingTitle", "Root has no MFA"),
            ("findingStatus", status),
            ("findingExcluded", excluded),
        ];
        record(&PROWLER, 0, &cells)
    };
    tells(
        "findings-red",
        &[
            finding("red", ""),
            finding("red", "false"),
            finding("red", "true"),
        ],
        "prowler: 2 findings with action recommended, among them Root has no MFA",
    );
    quiet("findings-red", &[finding("yellow", ""), finding("red", "true")]);
}

#[test]
fn resources_deleted() {
    let item = |status: &str| {
        let cells = [
            ("resourceType", "AWS::EC2::SecurityGroup"),
            ("resourceId", "sg-0a1b2c"),
            ("configurationItemStatus", status),
        ];
        record(&CONFIG, 0, &cells)
    };
    tells(
        "resources-deleted",
        &[item("ResourceDeleted"), item("OK")],
        "1 resource of type AWS::EC2::SecurityGroup deleted: sg-0a1b2c",
    );
    quiet("resources-deleted", &[item("OK"), item("ResourceNotRecorded")]);
}

#[test]
fn flows_skipped() {
    let window = |status: &str| {
        let cells = [
            ("account-id", "111122223333"),
            ("interface-id", "eni-0c1d2e"),
            ("log-status", status),
        ];
        record(&FLOW, 0, &cells)
    };
    tells(
        "flows-skipped",
        &[window("SKIPDATA"), window("NODATA")],
        "1 capture window of eni-0c1d2e in account 111122223333 skipped: traffic sums there are too low",
    );
    quiet("flows-skipped", &[window("NODATA"), window("OK")]);
}
