//! Many filter patterns looked for at once take the records that each takes by itself, whatever files the events came in.

use proptest::prelude::*;
use serde_json::{Value, json};
use trailbeam::engine::local::Local;
use trailbeam::language::pattern::Pattern;
use trailbeam::query::{Agg, Expr, Query, Select};

/// Events with and without the parts that patterns ask for.
fn event(n: usize) -> Value {
    let name = [
        "GetObject",
        "StopLogging",
        "ConsoleLogin",
        "AttachUserPolicy",
        "Stop",
    ][n % 5];
    let kind = ["IAMUser", "AssumedRole", "Root", "AWSService"][n % 4];
    let mut identity =
        json!({"type": kind, "principalId": format!("AIDA{}", n % 7), "accountId": "111122223333"});
    if kind == "AWSService" {
        identity["invokedBy"] = json!("delivery.logs.amazonaws.com");
    } else {
        identity["arn"] = json!(format!("arn:aws:iam::111122223333:user/u{}", n % 6));
        identity["accessKeyId"] = json!(format!("AKIA{}", n % 3));
    }
    let source = [
        "s3.amazonaws.com",
        "cloudtrail.amazonaws.com",
        "signin.amazonaws.com",
    ][n % 3];
    let mut event = json!({
        "eventVersion": "1.09", "userIdentity": identity, "eventTime": format!("2026-11-11T{:02}:{:02}:00Z", n / 60 % 24, n % 60),
        "eventSource": source, "eventName": name,
        "awsRegion": "eu-west-1", "sourceIPAddress": format!("198.51.100.{}", n % 9), "userAgent": format!("agent-{n}"),
        "requestParameters": {"size": n, "bucketName": format!("b{}", n % 4), "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
        "responseElements": Value::Null, "eventID": format!("id-{n}"), "eventType": "AwsApiCall", "recipientAccountId": "111122223333",
        "readOnly": n.is_multiple_of(2),
    });
    if n.is_multiple_of(3) {
        event["errorCode"] = json!(
            [
                "AccessDenied",
                "Client.UnauthorizedOperation",
                "AccessDeniedException"
            ][n % 9 / 3]
        );
    }
    event
}

/// The same events as a trail's file, as CloudTrail's `lookup-events` answers them, and as EventBridge delivers them.
fn files(events: &[Value]) -> Vec<(String, Vec<u8>)> {
    let third = events.len() / 3;
    let looked_up: Vec<Value> = events[third..2 * third]
        .iter()
        .map(|e| json!({"EventId": e["eventID"], "EventName": e["eventName"], "EventTime": e["eventTime"], "CloudTrailEvent": e.to_string()}))
        .collect();
    let delivered: Vec<String> = events[2 * third..]
        .iter()
        .map(|e| {
            json!({"version": "0", "id": e["eventID"], "detail-type": "AWS API Call via CloudTrail", "source": "aws.s3",
                "time": e["eventTime"], "detail": e})
            .to_string()
        })
        .collect();
    vec![
        (
            "trail.json".into(),
            json!({"Records": events[..third]}).to_string().into_bytes(),
        ),
        (
            "lookup.json".into(),
            json!({"Events": looked_up}).to_string().into_bytes(),
        ),
        ("bridge.jsonl".into(), delivered.join("\n").into_bytes()),
    ]
}

fn opened(events: &[Value]) -> Local {
    let mut local = Local::new(2);
    local.open(files(events));
    let all = Query::groups(&["cloudtrail"], Vec::new(), vec![Agg::Count]);
    assert_eq!(local.ask(&all).matched, events.len() as u64);
    local
}

const TESTS: [&str; 20] = [
    "$.eventName = StopLogging",
    "$.eventName = \"Stop*\"",
    "$.eventName != GetObject",
    "$.eventName = %^Stop[A-Z]%",
    "$.errorCode NOT EXISTS",
    "$.errorCode = \"*Unauthorized*\"",
    "$.errorCode != \"AccessDenied\"",
    "$.userIdentity.type = \"Root\"",
    "$.userIdentity.invokedBy NOT EXISTS",
    "$.userIdentity.arn = \"*user/u1\"",
    "$.userIdentity.accessKeyId = AKIA1",
    "$.userAgent = \"agent-1*\"",
    "$.eventID = \"id-7\"",
    "$.requestParameters.size < 20",
    "$.requestParameters.bucketName = b2",
    "$.requestParameters.nothing NOT EXISTS",
    "$.responseElements IS NULL",
    "$.readOnly IS TRUE",
    "$.sourceIPAddress = \"198.51.100.3\"",
    "$.userIdentity.* = \"AIDA2\"",
];

fn condition() -> impl Strategy<Value = String> {
    let leaf = proptest::sample::select(&TESTS[..]).prop_map(str::to_owned);
    leaf.prop_recursive(3, 8, 3, |inner| {
        (prop::collection::vec(inner, 1..4), any::<bool>()).prop_map(|(parts, all)| {
            let parts: Vec<String> = parts.into_iter().map(|p| format!("({p})")).collect();
            parts.join(if all { " && " } else { " || " })
        })
    })
}

/// The ids of the events that bear a pattern's mark.
fn taken(local: &mut Local, pattern: &str) -> u64 {
    let query =
        Query::groups(&["cloudtrail"], Vec::new(), vec![Agg::Count]).filter(Expr::eq("@pattern", pattern));
    assert!(matches!(query.select, Select::Groups(_)));
    local.ask(&query).matched
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn patterns_together_take_what_each_takes(conditions in prop::collection::vec(condition(), 1..12)) {
        let events: Vec<Value> = (0..180).map(event).collect();
        let patterns: Vec<String> = conditions.iter().map(|c| format!("{{ {c} }}")).collect();
        let names: Vec<&str> = patterns.iter().map(String::as_str).collect();
        let mut local = opened(&events);
        let counts = local.mark_all(&names, &["cloudtrail"]);
        for (pattern, count) in patterns.iter().zip(counts) {
            let read = Pattern::parse(pattern).expect("a pattern").pattern;
            let expected = events.iter().filter(|e| read.matches(&e.to_string())).count() as u64;
            prop_assert_eq!(taken(&mut local, pattern), expected, "{}", pattern);
            prop_assert_eq!(count, expected, "{}", pattern);
        }
    }
}

#[test]
fn what_columns_say_needs_no_original() {
    // The records' file is gone: only columns can answer.
    let events: Vec<Value> = (0..60).map(event).collect();
    let mut local = opened(&events);
    let pattern =
        r#"{ $.eventName = "StopLogging" && $.errorCode NOT EXISTS && $.userIdentity.type != "Root" }"#;
    let read = Pattern::parse(pattern).expect("a pattern").pattern;
    let expected = events.iter().filter(|e| read.matches(&e.to_string())).count() as u64;
    assert!(expected > 0);
    assert_eq!(local.mark_all(&[pattern], &["cloudtrail"]), [expected]);
    assert_eq!(local.texts_read(), 0);
    let of_text = r"{ $.requestParameters.size < 4 }";
    assert_eq!(
        local.mark_all(&[of_text, pattern], &["cloudtrail"]),
        [4, expected]
    );
    assert_eq!(local.texts_read(), 60);
}

#[test]
fn only_what_is_new_is_looked_at() {
    let events: Vec<Value> = (0..90).map(event).collect();
    let mut local = opened(&events[..60]);
    let pattern = r"{ $.requestParameters.size >= 50 }";
    assert_eq!(local.mark_all(&[pattern], &["cloudtrail"]), [10]);
    assert_eq!(local.texts_read(), 60);
    local.open(vec![(
        "more.json".into(),
        json!({"Records": events[60..]}).to_string().into_bytes(),
    )]);
    assert_eq!(local.mark_all(&[pattern], &["cloudtrail"]), [40]);
    assert_eq!(local.texts_read(), 30);
    assert_eq!(local.mark_all(&[pattern], &["cloudtrail"]), [40]);
    assert_eq!(local.texts_read(), 0);
}

#[test]
fn other_kinds_are_left_alone_and_odd_patterns_take_nothing() {
    let events: Vec<Value> = (0..30).map(event).collect();
    let mut local = opened(&events);
    let counts = local.mark_all(
        &["{ $.eventName = * }", "{ broken", "{ $.eventName = * }"],
        &["vpc-flow"],
    );
    assert_eq!(counts, [0, 0, 0]);
    assert_eq!(local.mark_all(&["{ $.eventName = * }", "{ broken"], &[]), [30, 0]);
}
