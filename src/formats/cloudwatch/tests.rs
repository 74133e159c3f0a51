use super::*;
use crate::formats::testing::sample;
use proptest::prelude::*;

fn is_wrapped(text: &str) -> bool {
    CloudWatchLogs.probe(&sample("", text.as_bytes()))
}

fn unwrap_in(bytes: &[u8], chunk: usize) -> Vec<u8> {
    let mut unwrapper = CloudWatchLogs.unwrapper();
    let mut out = Vec::new();
    for part in bytes.chunks(chunk.max(1)) {
        unwrapper.feed(part, &mut out);
    }
    unwrapper.finish(&mut out);
    out
}

/// The inside, the same for chunks of any size; no beginning of the bytes panics.
fn inside(text: &str) -> String {
    let whole = unwrap_in(text.as_bytes(), usize::MAX);
    for chunk in [1, 7, 64] {
        assert_eq!(unwrap_in(text.as_bytes(), chunk), whole, "chunks of {chunk}");
    }
    for end in 0..text.len() {
        unwrap_in(&text.as_bytes()[..end], 16);
    }
    String::from_utf8(whole).unwrap()
}

const EXPORT: &str = "\
2022-05-04T06:41:38.000Z 2 111122223333 eni-0a1 - - - - - - - 1767225600 1767225655 - NODATA
2022-05-04T06:41:39.123Z {\n  \"eventName\": \"a  b\",\n  \"n\": [1, 2]\n}
2022-05-04T06:41:40.000Z Exception in thread main
\tat com.example.Shop(Shop.java:7)
2022-05-04T06:41:41.000Z {not json\nat all
2022-05-04T06:41:42.000Z\x20
2022-05-04T06:41:43.000Z last";

#[test]
fn an_export_loses_its_times() {
    assert!(is_wrapped(EXPORT));
    let want = "\
2 111122223333 eni-0a1 - - - - - - - 1767225600 1767225655 - NODATA
{\"eventName\":\"a  b\",\"n\":[1,2]}
Exception in thread main
\tat com.example.Shop(Shop.java:7)
{not json\nat all

last\n";
    assert_eq!(inside(EXPORT), want);
    assert_eq!(inside(&format!("\u{feff}{}", EXPORT.replace('\n', "\r\n"))), want);
}

const ANSWER: &str = r#"{
    "nextForwardToken": "f/3196 {[\"",
    "events": [
        {"logStreamName": "eni-0a1-all", "timestamp": 1439387263000, "message": "one \"quoted\" \u00e9\n", "eventId": "1"},
        {"timestamp": 1439387264000, "message": "{\n \"a\": {\"b\": 1}\n}"},
        {"message": "two\nlines", "timestamp": 1439387265000, "ingestionTime": 1439387295234}
    ],
    "searchedLogStreams": [{"logStreamName": "eni-0a1-all", "searchedCompletely": true}]
}
{"events": [{"timestamp": 1, "message": "second page"}], "searchedLogStreams": []}"#;

#[test]
fn answers_give_their_messages() {
    assert!(is_wrapped(ANSWER));
    assert_eq!(
        inside(ANSWER),
        "one \"quoted\" é\n{\"a\":{\"b\":1}}\ntwo\nlines\nsecond page\n"
    );
    assert!(is_wrapped(
        r#"{"events": [], "nextForwardToken": "f/1", "nextBackwardToken": "b/1"}"#
    ));
}

const SUBSCRIPTION: &str = concat!(
    r#"{"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logGroup":"","logStream":"","subscriptionFilters":[],"logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE: Checking health of destination Firehose."}]}"#,
    r#"{"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"flows","logStream":"eni-0a1-all","subscriptionFilters":["all"],"logEvents":[{"id":"3","timestamp":1,"message":"one"},{"id":"4","timestamp":2,"message":"two","extractedFields":{"message":"inner"}}]}"#,
    r#"{"logEvents":[{"id":"5","timestamp":1,"message":"CWL CONTROL MESSAGE: late type"},{"id":"6","timestamp":1,"message":"three"}],"messageType":"CONTROL_MESSAGE","logGroup":"","logStream":""}"#,
);

#[test]
fn subscriptions_give_their_messages_without_control_ones() {
    assert!(is_wrapped(SUBSCRIPTION));
    assert_eq!(inside(SUBSCRIPTION), "one\ntwo\nthree\n");
}

#[test]
fn what_can_not_be_read_comes_out_as_it_stands() {
    let broken = r#"{"events": [{"timestamp": 1}, {"timestamp": 2, "message": 7}, {"message": "fine"}, {"message": tru}, {"message": "cut"#;
    assert_eq!(
        inside(broken),
        "{\"timestamp\": 1}\n{\"timestamp\": 2, \"message\": 7}\nfine\n{\"message\": tru}\n{\"message\": \"cut\n"
    );
    assert_eq!(inside("{\"events\":[]} and more"), "andmore\n");
}

#[test]
fn an_event_without_end_is_not_held_without_end() {
    let mut text = br#"{"events": [{"timestamp": 1, "message": ""#.to_vec();
    text.extend(std::iter::repeat_n(b'x', 9 << 20));
    text.extend_from_slice(br#""}, {"timestamp": 2, "message": "next"}]}"#);
    let out = String::from_utf8(unwrap_in(&text, 1 << 20)).unwrap();
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].starts_with(r#"{"timestamp": 1, "message": "xxx"#) && lines[0].len() == 200);
    assert_eq!(lines[1], "next");
}

#[test]
fn other_logs_are_left_alone() {
    for text in [
        r#"{"Events": [{"EventId": "1", "EventTime": 1767225600.0, "CloudTrailEvent": "{}"}]}"#,
        r#"{"Records": [{"eventTime": "2026-01-01T00:00:00Z"}]}"#,
        r#"{"events": [{"id": "1", "createdAt": "2026-01-01T00:00:00Z", "message": "service has reached a steady state."}]}"#,
        r#"{"events": []}"#,
        r#"{"timestamp": 1, "message": "bare"}"#,
        "2020-05-31T00:00:45.698463+00:00 host sshd[77]: Accepted publickey\n",
        "2020-05-31T00:00:45.698Z host sshd[77]: Accepted publickey\n2020-05-31T00:00:46.698Z host sshd[77]: session opened\n",
        "2024-01-01T00:00:00.000Z\t8f5\tINFO\thello\n",
        "2020-05-31T00:00:45.698463Z 0 [Note] mysqld: ready\n",
        "2022-05-04T06:41:38.000Z one\nand\nmany\nothers\n",
        "2 111122223333 eni-0a1 - - - - - - - 1767225600 1767225655 - NODATA\n",
        "",
    ] {
        assert!(!is_wrapped(text), "{text}");
    }
}

proptest! {
    #[test]
    fn every_message_comes_out_again(messages in prop::collection::vec("[ -~é\"\\\\{}\\[\\],:]{0,40}", 0..8), chunk in 1usize..50) {
        let events: Vec<_> = messages.iter().map(|m| serde_json::json!({"timestamp": 1, "message": m})).collect();
        let pretty = serde_json::to_vec_pretty(&serde_json::json!({"events": events})).unwrap();
        let want: String = messages.iter().map(|m| format!("{}\n", m.trim_end())).collect();
        prop_assert_eq!(String::from_utf8(unwrap_in(&pretty, chunk)).unwrap(), want);
    }

    #[test]
    fn any_bytes_are_survived(mut bytes in prop::collection::vec(prop_oneof![Just(b'{'), Just(b'}'), Just(b'['), Just(b']'), Just(b'"'), any::<u8>()], 0..200), chunk in 1usize..50) {
        let whole = unwrap_in(&bytes, usize::MAX);
        prop_assert_eq!(unwrap_in(&bytes, chunk), whole);
        let mut inside = br#"{"events":["#.to_vec();
        inside.append(&mut bytes);
        let whole = unwrap_in(&inside, usize::MAX);
        prop_assert_eq!(unwrap_in(&inside, chunk), whole);
    }
}

/// A message, and what is told of it: its time, group and stream.
type Event = (String, Option<String>, Option<String>, Option<String>);

fn told(text: &str, chunk: usize) -> Vec<Event> {
    let mut unwrap = super::CloudWatchLogs.unwrapper();
    let (mut inside, mut told) = (Vec::new(), Vec::new());
    for part in text.as_bytes().chunks(chunk) {
        let mut out = Vec::new();
        unwrap.feed(part, &mut out);
        inside.extend(out);
        told.extend(unwrap.told());
    }
    let mut out = Vec::new();
    unwrap.finish(&mut out);
    inside.extend(out);
    told.extend(unwrap.told());
    let ends = told.iter().skip(1).map(|t| t.from as usize).chain([inside.len()]);
    let event = |(told, end): (&crate::table::Told, usize)| {
        let text = String::from_utf8_lossy(&inside[told.from as usize..end])
            .trim_end()
            .to_owned();
        let time = told.time_ns.map(crate::base::time::iso);
        (
            text,
            time,
            told.log.as_deref().map(str::to_owned),
            told.stream.as_deref().map(str::to_owned),
        )
    };
    told.iter().zip(ends).map(event).collect()
}

fn event(text: &str, time: &str, log: Option<&str>, stream: Option<&str>) -> Event {
    let own = |t: Option<&str>| t.map(str::to_owned);
    (text.to_owned(), Some(time.to_owned()), own(log), own(stream))
}

#[test]
fn every_event_keeps_its_time_and_place() {
    let subscription = concat!(
        r#"{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s","logEvents":[{"id":"1","timestamp":1772442901123,"message":"a"},{"id":"2","timestamp":1772442902000,"message":"b\nc"}]}"#,
        r#"{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"t","logEvents":[{"id":"3","timestamp":1772442903000,"message":"d"}]}"#
    );
    let events = [
        event("a", "2026-03-02T09:15:01.123Z", Some("1:g"), Some("s")),
        event("b\nc", "2026-03-02T09:15:02Z", Some("1:g"), Some("s")),
        event("d", "2026-03-02T09:15:03Z", Some("1:g"), Some("t")),
    ];
    let exported = "2026-03-02T09:15:01.123Z a\n set in\n2026-03-02T09:15:02.000Z {\n \"x\": 1}\n";
    let tail = "2026-03-02T09:15:01.123000+00:00 2026/03/02/[7]abc START\n2026-03-02T09:15:02.000000+00:00 other words here\n";
    // As a program that sorts keys writes the same.
    let sorted = concat!(
        r#"{"logEvents":[{"id":"1","message":"a","timestamp":1772442901123},{"id":"2","message":"b\nc","timestamp":1772442902000}],"logGroup":"g","logStream":"s","messageType":"DATA_MESSAGE","owner":"1"}"#,
        r#"{"logEvents":[{"id":"3","message":"d","timestamp":1772442903000}],"logGroup":"g","logStream":"t","messageType":"DATA_MESSAGE","owner":"1"}"#
    );
    let cut = &sorted[..sorted.len() - 70];
    for chunk in [1, 7, 1000] {
        assert_eq!(told(subscription, chunk), events);
        assert_eq!(told(sorted, chunk), events);
        assert_eq!(told(cut, chunk).len(), 3, "what was held is not lost");
        assert_eq!(
            told(exported, chunk),
            [
                event("a\n set in", "2026-03-02T09:15:01.123Z", None, None),
                event("{\"x\":1}", "2026-03-02T09:15:02Z", None, None),
            ]
        );
        assert_eq!(
            told(tail, chunk),
            [
                event(
                    "START",
                    "2026-03-02T09:15:01.123Z",
                    None,
                    Some("2026/03/02/[7]abc")
                ),
                event("words here", "2026-03-02T09:15:02Z", None, Some("other")),
            ]
        );
    }
}

#[test]
fn results_of_a_query_are_events_or_rows_of_their_own() {
    let results = r#"{"results":[[{"field":"@timestamp","value":"2026-03-02 09:15:01.123"},{"field":"@message","value":"a\nb"},{"field":"@log","value":"1:g"},{"field":"@logStream","value":"s"},{"field":"@ptr","value":"xyz"}],[{"field":"n","value":"7"},{"field":"bin(5m)","value":"2026-03-02 09:15:00.000"},{"field":"@ptr","value":"xyz"}]],"statistics":{"recordsMatched":2.0},"status":"Complete"}"#;
    assert!(is_wrapped(results));
    let all = told(results, 9);
    assert_eq!(
        all[0],
        event("a\nb", "2026-03-02T09:15:01.123Z", Some("1:g"), Some("s"))
    );
    assert_eq!(all[1].0, r#"{"bin(5m)":"2026-03-02 09:15:00.000","n":"7"}"#);
    let sheet = "@timestamp,@message\n2026-03-02 09:15:01.123,\"a, b\"\n";
    assert!(is_wrapped(sheet));
    assert_eq!(
        told(sheet, 5),
        [event("a, b", "2026-03-02T09:15:01.123Z", None, None)]
    );
    let console = "timestamp,message\n1772442901123,\"{\"\"a\"\":1}\"\n";
    assert!(is_wrapped(console));
    assert_eq!(
        told(console, 3),
        [event("{\"a\":1}", "2026-03-02T09:15:01.123Z", None, None)]
    );
    for not in [
        "timestamp,message\n2026-03-02,hello\n",
        "{\"results\":[1,2]}",
        "a,b\n1,2\n",
    ] {
        assert!(!is_wrapped(not), "{not}");
    }
}
