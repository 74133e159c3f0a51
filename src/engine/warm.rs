//! A worker runs what it will be asked to, on records made up for it, before anyone asks.
//!
//! Browsers run a module's functions as they were compiled quickly, and compile those well that are called again and
//! again. A person's first files would pay for that.

use super::host::Host;
use super::port::{FromShard, Part, ToShard};
use crate::base::time::MINUTE;
use crate::query::{Agg, Expr, Key, Query};
use crate::unpack::MemorySource;
use flate2::{Compression, write::GzEncoder};
use std::fmt::Write as _;
use std::io::Write as _;

/// How often everything is run.
pub const ROUNDS: u32 = 10;
const FLOWS: u32 = 2000;
const EVENTS: u32 = 250;

/// Reads and asks everything once, in a shard that is forgotten.
pub fn round() {
    let mut host = Host::default();
    let mut say = |_: FromShard| {};
    host.handle(ToShard::Init { shard: 0, seed: 0 }, None, &mut say);
    for (item, text) in (0u32..).zip([flows(), events()]) {
        let name = format!("{item}.gz");
        let part = Part::WHOLE;
        let source = Box::new(MemorySource::new(packed(&text)));
        host.handle(ToShard::Open { item, name, part }, Some(source), &mut say);
    }
    while host.pump(&mut || false, &mut say) {}
    for (id, query) in (0..).zip(questions()) {
        let later = false;
        host.handle(ToShard::Ask { id, query, later }, None, &mut say);
    }
    while host.pump(&mut || false, &mut say) {}
}

/// What views begin with.
fn questions() -> Vec<Query> {
    let field = |name: &str| Key::Field(name.to_owned());
    let sum = || Agg::Sum("bytes".to_owned());
    let time = || Key::Time { width_ns: MINUTE };
    let flow = |by, aggs| Query::groups(&["vpc-flow"], by, aggs);
    vec![
        flow(vec![time(), field("action")], vec![Agg::Count, sum()]),
        flow(vec![field("dstport")], vec![sum()]).filter(Expr::eq("action", "REJECT")),
        flow(vec![field("srcaddr"), field("dstaddr")], vec![sum(), Agg::Count]).limit(100),
        Query::groups(
            &["cloudtrail"],
            vec![time(), field("outcome")],
            vec![Agg::Count, Agg::Distinct("principal".to_owned())],
        ),
    ]
}

fn packed(text: &str) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory does not fail.
    let _ = gzip.write_all(text.as_bytes());
    gzip.finish().unwrap_or_default()
}

/// Numbers that look like none of a row: xorshift.
fn random(state: &mut u32, below: u32) -> u32 {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    *state % below.max(1)
}

fn flows() -> String {
    let mut text =
        "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end \
                    action log-status\n"
            .to_owned();
    let mut state = 7;
    for n in 0..FLOWS {
        let mut r = |below| random(&mut state, below);
        let start = 1_767_225_600 + n;
        let action = if r(9) == 0 { "REJECT" } else { "ACCEPT" };
        // Writing to a text does not fail.
        let _ = writeln!(
            text,
            "2 111122223333 eni-{:017x} 10.0.{}.{} 203.0.113.{} {} {} 6 {} {} {start} {} {action} OK",
            r(90),
            r(9),
            r(250),
            r(250),
            1024 + r(60_000),
            [22, 80, 443, 3306][r(4) as usize],
            r(900),
            r(90_000),
            start + 60,
        );
    }
    text
}

fn events() -> String {
    let mut text = "{\"Records\":[".to_owned();
    let mut state = 9;
    for n in 0..EVENTS {
        let mut r = |below| random(&mut state, below);
        let comma = if n == 0 { "" } else { "," };
        let name = ["GetObject", "PutObject", "AssumeRole", "DescribeInstances"][r(4) as usize];
        let _ = write!(
            text,
            r#"{comma}{{"eventVersion":"1.09","userIdentity":{{"type":"AssumedRole","principalId":"AROA:s{0}","arn":"arn:aws:sts::111122223333:assumed-role/app-{0}/s","accountId":"111122223333","accessKeyId":"ASIA{1:016X}","sessionContext":{{"sessionIssuer":{{"type":"Role","arn":"arn:aws:iam::111122223333:role/app-{0}","userName":"app-{0}"}},"attributes":{{"mfaAuthenticated":"false"}}}}}},"eventTime":"2026-01-01T00:{2:02}:{3:02}Z","eventSource":"s3.amazonaws.com","eventName":"{name}","awsRegion":"eu-west-1","sourceIPAddress":"203.0.113.{4}","userAgent":"aws-cli/2","requestParameters":{{"bucketName":"b-{0}","key":"a/{1}","list":[{{"value":"x"}}]}},"responseElements":null,"requestID":"{1:032x}","eventID":"{5:032x}","readOnly":true,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management"}}"#,
            r(60),
            r(u32::MAX),
            n / 60 % 60,
            n % 60,
            r(250),
            r(u32::MAX),
        );
    }
    text.push_str("]}");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::local::Local;

    #[test]
    fn what_is_made_up_is_read_and_answers() {
        let mut local = Local::new(1);
        local.open(vec![
            ("0.gz".to_owned(), packed(&flows())),
            ("1.gz".to_owned(), packed(&events())),
        ]);
        let records: Vec<u64> = local.items().iter().map(|i| i.records()).collect();
        assert_eq!(records, [u64::from(FLOWS), u64::from(EVENTS)]);
        for query in questions() {
            let answer = local.ask(&query);
            assert!(
                !answer.rows.is_empty() && answer.unknown_fields.is_empty(),
                "{query:?}"
            );
        }
        round();
    }
}
