//! The whole engine without a browser: opened bytes to answers, over one shard and several.

use trailbeam::base::Value;
use trailbeam::engine::local::Local;
use trailbeam::engine::port::Range;
use trailbeam::query::{Agg, Expr, Key, Query};

fn event(id: &str, name: &str, at: &str, group: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.09","userIdentity":{{"type":"IAMUser","userName":"mara","arn":"arn:aws:iam::111122223333:user/mara"}},"eventTime":"{at}","eventSource":"ec2.amazonaws.com","eventName":"{name}","awsRegion":"eu-west-1","sourceIPAddress":"198.51.100.10","userAgent":"test","requestParameters":{{"groupId":"{group}"}},"responseElements":null,"requestID":"r-{id}","eventID":"{id}","readOnly":false,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management"}}"#
    )
}

fn trail(events: &[String]) -> Vec<u8> {
    format!(r#"{{"Records":[{}]}}"#, events.join(",")).into_bytes()
}

fn flow_lines(n: usize) -> Vec<u8> {
    let mut s = String::from(
        "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n",
    );
    for i in 0..n {
        let action = if i % 4 == 0 { "REJECT" } else { "ACCEPT" };
        s.push_str(&format!(
            "2 111122223333 eni-1 10.0.0.{} 203.0.113.9 4{i:04} 443 6 1 100 {} {} {action} OK\n",
            i % 250,
            1_700_000_000 + i,
            1_700_000_060 + i
        ));
    }
    s.into_bytes()
}

fn count(local: &mut Local, kind: &str, filter: Expr) -> u64 {
    let query = Query::groups(&[kind], Vec::new(), vec![Agg::Count]).filter(filter);
    local.ask(&query).matched
}

#[test]
fn an_event_in_two_files_is_kept_once_and_comes_back_when_its_twin_goes() {
    for shards in [1, 3] {
        let mut local = Local::new(shards);
        let shared = event("e-1", "RunInstances", "2026-11-11T01:00:00Z", "sg-1");
        let a = trail(&[
            shared.clone(),
            event("e-2", "StopInstances", "2026-11-11T01:01:00Z", "sg-1"),
        ]);
        let b = trail(&[
            shared,
            event("e-3", "RebootInstances", "2026-11-11T01:02:00Z", "sg-2"),
        ]);
        let ids = local.open(vec![("a.json".into(), a), ("b.json".into(), b)]);
        assert_eq!(count(&mut local, "cloudtrail", Expr::All), 3, "{shards} shards");
        let items = local.items();
        assert_eq!(items.iter().map(|i| i.duplicates).sum::<u64>(), 1);
        assert_eq!(items.iter().map(|i| i.records()).sum::<u64>(), 3);
        for gone in ids {
            let mut again = Local::new(shards);
            let shared = event("e-1", "RunInstances", "2026-11-11T01:00:00Z", "sg-1");
            let files = vec![
                (
                    "a.json".into(),
                    trail(&[shared.clone(), event("e-2", "X", "2026-11-11T01:01:00Z", "g")]),
                ),
                (
                    "b.json".into(),
                    trail(&[shared, event("e-3", "Y", "2026-11-11T01:02:00Z", "g")]),
                ),
            ];
            let ids = again.open(files);
            again.remove(&[ids[gone as usize]]);
            assert_eq!(count(&mut again, "cloudtrail", Expr::All), 2);
            assert_eq!(
                count(&mut again, "cloudtrail", Expr::eq("eventID", "e-1")),
                1,
                "the shared event stays"
            );
        }
    }
}

#[test]
fn the_same_file_twice_is_noticed_and_its_copy_takes_over() {
    let mut local = Local::new(2);
    let bytes = flow_lines(100);
    let ids = local.open(vec![("one.log".into(), bytes.clone()), ("two.log".into(), bytes)]);
    assert_eq!(count(&mut local, "vpc-flow", Expr::All), 100);
    let same: Vec<_> = local.items().iter().filter_map(|i| i.same_as).collect();
    assert_eq!(same.len(), 1);
    local.remove(&[same[0]]);
    assert_eq!(count(&mut local, "vpc-flow", Expr::All), 100);
    assert!(ids.contains(&same[0]));
}

#[test]
fn one_bad_file_stops_nothing() {
    let mut local = Local::new(2);
    local.open(vec![
        ("notes.docx".into(), b"PK\x03\x04 no zip at all".to_vec()),
        ("picture.png".into(), b"\x89PNG\r\n\x1a\n1234".to_vec()),
        ("empty".into(), Vec::new()),
        ("flow.log".into(), flow_lines(10)),
    ]);
    assert_eq!(count(&mut local, "vpc-flow", Expr::All), 10);
    for item in local.items() {
        let bad = item.name != "flow.log";
        assert_eq!(
            !item.errors().is_empty(),
            bad,
            "{}: {:?}",
            item.name,
            item.errors()
        );
    }
}

#[test]
fn a_path_asked_for_becomes_a_column_of_the_rows_it_belongs_to() {
    let mut local = Local::new(3);
    let files: Vec<(String, Vec<u8>)> = (0..7)
        .map(|f| {
            let events: Vec<String> = (0..20)
                .map(|e| {
                    event(
                        &format!("e-{f}-{e}"),
                        "RunInstances",
                        "2026-11-11T01:00:00Z",
                        &format!("sg-{}", (f * 20 + e) % 5),
                    )
                })
                .collect();
            (format!("{f}.json"), trail(&events))
        })
        .collect();
    local.open(files);
    let path = "requestParameters.groupId";
    let by_group = Query::groups(&["cloudtrail"], vec![Key::Field(path.into())], vec![Agg::Count]);
    assert_eq!(local.ask(&by_group).unknown_fields, vec![path.to_owned()]);
    assert_eq!(local.extract(&[path], &["cloudtrail"]), 140);
    let answer = local.ask(&by_group);
    assert_eq!(answer.groups, 5);
    assert!(
        answer.rows.iter().all(|r| r[1] == Value::Int(28)),
        "{:?}",
        answer.rows
    );
    // Files opened later have it from the start.
    local.open(vec![(
        "late.json".into(),
        trail(&[event("late", "X", "2026-11-11T02:00:00Z", "sg-late")]),
    )]);
    assert_eq!(count(&mut local, "cloudtrail", Expr::eq(path, "sg-late")), 1);
}

#[test]
fn a_record_is_read_again_from_where_it_stands() {
    let mut local = Local::new(1);
    let first = event("e-1", "RunInstances", "2026-11-11T01:00:00Z", "sg-1");
    let second = event("e-2", "StopInstances", "2026-11-11T01:01:00Z", "sg-2");
    let bytes = trail(&[first, second.clone()]);
    let at = bytes
        .windows(second.len())
        .position(|w| w == second.as_bytes())
        .unwrap();
    let ids = local.open(vec![("a.json".into(), bytes)]);
    let range = Range {
        index: 0,
        offset: at as u64,
        len: second.len() as u64,
    };
    let texts = local.fetch(ids[0], vec![range]);
    assert_eq!(texts, vec![Ok(second.into_bytes())]);
}

#[test]
fn answers_do_not_depend_on_the_number_of_shards() {
    let files = || -> Vec<(String, Vec<u8>)> {
        (0..6)
            .map(|i| (format!("{i}.log"), flow_lines(500 + i * 37)))
            .collect()
    };
    let query = Query::groups(
        &["vpc-flow"],
        vec![Key::Field("srcaddr".into()), Key::Field("action".into())],
        vec![Agg::Sum("bytes".into()), Agg::Count],
    );
    let mut one = Local::new(1);
    one.open(files());
    let want = one.ask(&query);
    for shards in 2..5 {
        let mut many = Local::new(shards);
        many.open(files());
        let got = many.ask(&query);
        assert_eq!(got.rows, want.rows);
        assert_eq!(
            (got.matched, got.groups, got.scanned),
            (want.matched, want.groups, want.scanned)
        );
    }
}

#[test]
fn what_is_removed_or_cleared_is_gone() {
    let mut local = Local::new(2);
    let ids = local.open(vec![
        ("a.log".into(), flow_lines(10)),
        ("b.log".into(), flow_lines(20)),
    ]);
    local.remove(&ids[..1]);
    assert_eq!(count(&mut local, "vpc-flow", Expr::All), 20);
    local.remove(&ids[1..]);
    assert_eq!(count(&mut local, "vpc-flow", Expr::All), 0);
    assert!(local.conductor.kinds().is_empty());
    assert!(local.conductor.is_settled());
}

#[test]
fn a_dropped_answer_tells_how_flow_logs_without_a_header_are_written() {
    let log: Vec<u8> = (0..20)
        .flat_map(|i| format!("10.0.0.{i} 203.0.113.9 eni-1 ACCEPT {} OK\n", 1000 + i).into_bytes())
        .collect();
    let answer = br#"{"FlowLogs":[{"FlowLogId":"fl-1","LogFormat":"${srcaddr} ${dstaddr} ${interface-id} ${action} ${bytes} ${log-status}","TrafficType":"ALL","ResourceId":"vpc-1"}]}"#;
    // Whichever comes first.
    for log_first in [true, false] {
        let mut local = Local::new(2);
        let mut files = vec![
            ("flow.log".to_owned(), log.clone()),
            ("flow-logs.json".to_owned(), answer.to_vec()),
        ];
        if !log_first {
            files.reverse();
        }
        for file in files {
            local.open(vec![file]);
        }
        let bytes = Query::groups(&["vpc-flow"], Vec::new(), vec![Agg::Sum("bytes".into())]);
        let sum = local.ask(&bytes).rows[0][0].clone();
        assert_eq!(
            sum,
            Value::Int((0..20).map(|i| 1000 + i).sum()),
            "log first: {log_first}"
        );
        assert!(local.items().iter().all(|i| i.errors().is_empty()));
    }
}

#[test]
fn outcomes_name_the_accounts_and_regions_of_their_records() {
    let mut local = Local::new(1);
    local.open(vec![(
        "trail.json".into(),
        trail(&[event("e-1", "RunInstances", "2026-11-11T01:00:00Z", "sg-1")]),
    )]);
    let item = &local.items()[0];
    let member = item.members().next().unwrap();
    assert_eq!(member.accounts, ["111122223333"]);
    assert_eq!(member.regions, ["eu-west-1"]);
}

#[test]
fn a_lost_worker_costs_its_own_files_only() {
    let mut local = Local::new(2);
    local.open(vec![
        ("a.log".into(), flow_lines(300_000)),
        ("b.log".into(), flow_lines(200_000)),
    ]);
    local.conductor.lose(0, "out of memory");
    let lost: Vec<String> = (local.items().iter())
        .filter(|i| !i.errors().is_empty())
        .map(|i| i.name.clone())
        .collect();
    assert_eq!(lost.len(), 1);
    let kept: u64 = local.items().iter().map(|i| i.records()).sum();
    assert_eq!(count(&mut local, "vpc-flow", Expr::All), kept);
    assert!(local.conductor.is_settled());
}

#[test]
fn rows_that_name_no_region_are_of_the_one_they_were_delivered_for() {
    let mut local = Local::new(1);
    let path = "AWSLogs/111122223333/vpcflowlogs/eu-west-1/2026/11/11/a.log";
    local.open(vec![
        (path.into(), flow_lines(10)),
        ("bare.log".into(), flow_lines(7)),
    ]);
    assert_eq!(count(&mut local, "vpc-flow", Expr::eq("region", "eu-west-1")), 10);
    let regions: Vec<Vec<String>> = (local.items().iter())
        .map(|i| i.members().flat_map(|m| m.regions.clone()).collect())
        .collect();
    assert_eq!(regions, [vec!["eu-west-1".to_owned()], vec![]]);
}

#[test]
fn sizes_are_learnt_by_reading_where_nobody_asked_for_them() {
    use trailbeam::engine::conductor::{Attach, Command, Conductor};
    use trailbeam::engine::port::{FromShard, Outcome, ToShard};
    let mut c = Conductor::new(1, 7);
    c.hear(0, FromShard::Ready);
    c.commands();
    let ids = c.open([("small.log".to_owned(), None), ("large.log".to_owned(), None)]);
    assert_eq!(c.items().tally().unsized_files, 2);
    let sent = |c: &mut Conductor| -> Vec<(ToShard, Attach)> {
        let commands = c.commands().into_iter();
        let pair = |Command::Send { message, attach, .. }| (message, attach);
        commands.map(pair).collect()
    };
    // Both are taken for small ones.
    assert!(
        matches!(&sent(&mut c)[..], [(ToShard::OpenMany { items }, Attach::Bytes(all))] if items.len() == 2 && *all == ids)
    );

    c.is_large(ids[1], 300 << 20);
    assert!(
        matches!(&sent(&mut c)[..], [(ToShard::Open { item, .. }, Attach::Blob(blob))] if (*item, *blob) == (ids[1], ids[1]))
    );
    let read = |item, bytes| Outcome {
        item,
        bytes,
        ..Outcome::default()
    };
    c.hear(0, FromShard::Outcomes(vec![read(ids[0], 17)]));
    let tally = c.items().tally();
    assert_eq!(
        (tally.unsized_files, tally.bytes, tally.read_bytes),
        (0, (300 << 20) + 17, 17)
    );
    assert!(c.is_loading());
    c.hear(0, FromShard::Outcomes(vec![read(ids[1], 300 << 20)]));
    assert!(!c.is_loading());
}

#[test]
fn a_listed_file_that_is_gone_says_so() {
    use trailbeam::engine::host::Host;
    use trailbeam::engine::port::{FromShard, ToShard};
    use trailbeam::unpack::MemorySource;
    let mut host = Host::default();
    let items = vec![
        (0, "gone.log".to_owned(), None),
        (1, "flow.log".to_owned(), Some(flow_lines(3).len() as u32)),
    ];
    let source = MemorySource::new(flow_lines(3));
    let mut outcomes = Vec::new();
    let mut hear = |m| {
        if let FromShard::Outcomes(all) = m {
            outcomes.extend(all);
        }
    };
    host.handle(ToShard::OpenMany { items }, Some(Box::new(source)), &mut hear);
    while host.pump(&mut || false, &mut hear) {}
    assert_eq!(outcomes.len(), 2);
    assert!(
        outcomes[0].members[0]
            .error
            .as_ref()
            .is_some_and(|e| e.contains("could not read it"))
    );
    assert_eq!(outcomes[1].members[0].kept, 3);
}

#[test]
fn a_text_in_utf16_is_read_as_its_kind_and_its_records_open() {
    let fixture = std::fs::read_to_string("tests/formats/trusted-advisor/console-one-check.csv").unwrap();
    let units = std::iter::once(0xfeff).chain(fixture.encode_utf16());
    let mut wide: Vec<u8> = units.flat_map(u16::to_le_bytes).collect();
    let mut plain = Local::new(1);
    plain.open(vec![("plain.csv".into(), fixture.into_bytes())]);
    let rows = count(&mut plain, "trusted-advisor", Expr::All);
    assert!(rows > 0);

    let mut local = Local::new(1);
    local.open(vec![("wide.csv".into(), wide.clone())]);
    assert_eq!(count(&mut local, "trusted-advisor", Expr::All), rows);
    let items = local.items();
    let member = items[0].members().next().unwrap();
    assert_eq!(
        (member.error.as_ref(), member.containers.as_slice()),
        (None, &["UTF-16".to_owned()][..])
    );
    assert!(
        member.remarks.iter().any(|r| r.contains("UTF-16")),
        "{:?}",
        member.remarks
    );

    wide.push(b'\n');
    let mut local = Local::new(1);
    local.open(vec![("odd.csv".into(), wide)]);
    assert_eq!(count(&mut local, "trusted-advisor", Expr::All), rows);
    let errors = local.items()[0].errors();
    assert!(errors[0].contains("ends within a character"), "{errors:?}");
}

#[test]
fn times_without_a_year_are_of_the_twelve_months_before_the_opening() {
    use trailbeam::base::time::{iso, parse_iso};
    use trailbeam::formats::Options;
    let mut local = Local::new(2);
    let now = parse_iso(b"2026-03-02T09:15:00Z").expect("a time");
    local.conductor.begin_at(now);
    // What a person tells later says nothing of the time.
    local.conductor.tell(&Options {
        flow_formats: vec!["${version}".to_owned()],
        ..Options::default()
    });
    let log = "Dec 31 23:59:59 web-1 sshd[1]: x\nJan  1 00:00:01 web-1 sshd[1]: y\n";
    for _ in 0..2 {
        local.open(vec![("messages".into(), log.into())]);
        let items = local.items();
        let span = items.last().and_then(|item| item.span()).expect("times");
        assert_eq!(iso(span.from_ns), "2025-12-31T23:59:59Z");
        let remarks: Vec<_> = items
            .iter()
            .flat_map(|item| item.members())
            .flat_map(|m| &m.remarks)
            .collect();
        assert!(
            remarks
                .iter()
                .any(|r| r.contains("before the file was opened (2026-03-02)"))
        );
        local.conductor.clear();
    }
}
