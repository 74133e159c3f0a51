//! Rules against the formats they ask: every field they name is there, and records as AWS writes them make them fire.

use trailbeam::formats::{FORMATS, Options, SAMPLE_BYTES, Sample, detect};
use trailbeam::query::{Answer, answer_now};
use trailbeam::rules::{RULES, Rule, Verdict, rule, verdict};
use trailbeam::table::{RowSink, Shard, Stats};

/// Reads members, each recognised by its content.
fn read(members: &[&[u8]]) -> Shard {
    let mut shard = Shard::default();
    for (at, bytes) in (0u32..).zip(members) {
        let head = bytes.get(..SAMPLE_BYTES).unwrap_or(bytes);
        let sample = Sample::new("member", head, head.len() == bytes.len());
        let format = detect(&sample).expect("a known format");
        let mut reader = format.reader(&sample, &Options::default());
        let mut stats = Stats::default();
        let (pool, table) = shard.table_mut(format.facts());
        let mut sink = RowSink::new(pool, table, &mut stats, at, 7);
        reader.feed(bytes, &mut sink);
        reader.finish(&mut sink);
        assert_eq!(stats.rejected.total(), 0, "{:?}", stats.rejected);
    }
    shard.seal();
    shard
}

fn answers(rule: &dyn Rule, shard: &Shard) -> Vec<Answer> {
    let ask = rule.ask();
    ask.iter().map(|q| answer_now(shard, q).finish(q)).collect()
}

#[track_caller]
fn details(id: &str, members: &[&[u8]]) -> Vec<String> {
    let rule = rule(id).expect("a registered rule");
    match verdict(rule, &answers(rule, &read(members))) {
        Verdict::Fired(findings) => findings.into_iter().map(|f| f.detail).collect(),
        other => panic!("{id}: {other:?}"),
    }
}

#[test]
fn every_field_that_a_rule_asks_for_is_in_its_kinds() {
    for r in RULES {
        for kind in r.facts().kinds {
            let format = FORMATS.iter().find(|f| f.facts().id == *kind);
            let facts = format
                .unwrap_or_else(|| panic!("{}: no kind {kind}", r.facts().id))
                .facts();
            let mut shard = Shard::default();
            let (pool, table) = shard.table_mut(facts);
            let mut stats = Stats::default();
            RowSink::new(pool, table, &mut stats, 0, 7).end(0, 1);
            shard.seal();
            for a in answers(*r, &shard) {
                assert!(
                    a.unknown_fields.is_empty(),
                    "{} of {kind}: {:?}",
                    r.facts().id,
                    a.unknown_fields
                );
            }
        }
    }
}

/// An event as a trail writes it; `more` are members of the record.
fn trail(more: &str) -> Vec<u8> {
    let record = |second: u32| {
        format!(
            r#"{{"eventVersion":"1.11","eventTime":"2026-11-11T01:26:{second:02}Z","awsRegion":"us-east-1",
            "recipientAccountId":"111122223333","eventID":"2f0a4c5e-1d3b-4c1c-9b1e-0a5ed8e5a0{second:02}",
            "sourceIPAddress":"203.0.113.66","userAgent":"aws-cli/2.31","readOnly":false,{more}}}"#
        )
    };
    let records: Vec<String> = (10..22).map(record).collect();
    format!(r#"{{"Records":[{}]}}"#, records.join(",")).into_bytes()
}

const USER: &str = r#""userIdentity":{"type":"IAMUser","userName":"ci-deploy","accountId":"111122223333",
    "arn":"arn:aws:iam::111122223333:user/ci-deploy","accessKeyId":"AKIAIOSFODNN7EXAMPLE"}"#;

#[test]
fn cloudtrail_events_fire() {
    let opened = format!(
        r#"{USER},"eventType":"AwsApiCall","eventSource":"ec2.amazonaws.com","eventName":"AuthorizeSecurityGroupIngress",
        "requestParameters":{{"groupId":"sg-0a1b2c","ipPermissions":{{"items":[{{"ipProtocol":"tcp","fromPort":22,"toPort":22,
        "ipRanges":{{"items":[{{"cidrIp":"0.0.0.0/0"}}]}}}}]}}}},"responseElements":{{"_return":true}}"#
    );
    assert_eq!(
        details("ingress-opened", &[&trail(&opened)]),
        ["ci-deploy opened sg-0a1b2c to 0.0.0.0/0 tcp/22"]
    );
    let stopped = format!(
        r#"{USER},"eventType":"AwsApiCall","eventSource":"cloudtrail.amazonaws.com","eventName":"StopLogging",
        "requestParameters":{{"name":"org-trail"}},"responseElements":null"#
    );
    assert_eq!(
        details("logging-changed", &[&trail(&stopped)]),
        ["ci-deploy made 12 calls of StopLogging on org-trail"]
    );
    let denied = format!(
        r#"{USER},"eventType":"AwsApiCall","eventSource":"secretsmanager.amazonaws.com","eventName":"GetSecretValue",
        "errorCode":"AccessDenied","errorMessage":"User is not authorized","requestParameters":null,"responseElements":null"#
    );
    assert_eq!(
        details("access-denied", &[&trail(&denied)]),
        ["12 calls of ci-deploy were denied in a burst: GetSecretValue"]
    );
    let attached = format!(
        r#"{USER},"eventType":"AwsApiCall","eventSource":"iam.amazonaws.com","eventName":"AttachUserPolicy",
        "requestParameters":{{"userName":"backup-svc","policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}}"#
    );
    let told = details("credentials-made", &[&trail(&attached)]);
    assert!(
        told[0].starts_with("ci-deploy made 12 calls of AttachUserPolicy: "),
        "{told:?}"
    );
    let root = r#""userIdentity":{"type":"Root","principalId":"111122223333","arn":"arn:aws:iam::111122223333:root",
        "accountId":"111122223333"},"eventType":"AwsConsoleSignIn","eventSource":"signin.amazonaws.com",
        "eventName":"ConsoleLogin","additionalEventData":{"MFAUsed":"No"},"responseElements":{"ConsoleLogin":"Success"}"#;
    assert_eq!(
        details("root-used", &[&trail(root)]),
        ["Root of account 111122223333 made 12 calls: ConsoleLogin"]
    );
    assert_eq!(
        details("signed-in-without-mfa", &[&trail(root)]),
        ["root signed in without MFA, 12 times, from 203.0.113.66"]
    );
    let failed = root.replace(r#""Success""#, r#""Failure""#);
    assert_eq!(
        details("sign-ins-failed", &[&trail(&failed)]),
        ["12 failed sign-ins from 203.0.113.66 as root"]
    );
}

#[test]
fn flow_logs_fire() {
    let mut lines = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n".to_owned();
    for port in 0..60 {
        lines.push_str(&format!(
            "2 111122223333 eni-0c1d2e 203.0.113.66 10.0.0.5 40000 {} 6 1 40 1794360400 1794360460 REJECT OK\n",
            1000 + port
        ));
    }
    for host in 0..5 {
        let bytes: u64 = if host == 0 { 38_600_000_000 } else { 40_000_000 };
        lines.push_str(&format!(
            "2 111122223333 eni-0c1d2e 10.0.0.5 198.51.100.{host} 443 40000 6 9 {bytes} 1794360400 1794360460 ACCEPT OK\n"
        ));
    }
    lines.push_str("2 111122223333 eni-0c1d2e - - - - - - - 1794360400 1794360460 - SKIPDATA\n");
    let member: &[&[u8]] = &[lines.as_bytes()];
    assert_eq!(
        details("port-scan", member),
        ["203.0.113.66 was rejected 60 times on 60 ports of 1 host"]
    );
    assert_eq!(
        details("rejected-pairs", member),
        ["60 flows from 203.0.113.66 to 10.0.0.5 rejected, port 1000, 1001, 1002, 1003, 1004"]
    );
    assert_eq!(
        details("large-outbound", member),
        ["10.0.0.5 sent 38.6 GB to 198.51.100.0 in a day; the median pair that day sent 40 MB"]
    );
    assert_eq!(
        details("flows-skipped", member),
        ["1 capture window of eni-0c1d2e in account 111122223333 skipped: traffic sums there are too low"]
    );
}
