//! Questions in the logs' own languages over opened files: columns, original texts, several workers, shared files.

use trailbeam::base::{TimeRange, time};
use trailbeam::engine::local::Local;
use trailbeam::engine::port::{Language, Question};
use trailbeam::language::insights::{Origin, Table};
use trailbeam::query::{Agg, Expr, Key, Query};

fn event(n: usize, name: &str, user: &str, bucket: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.09","userIdentity":{{"type":"IAMUser","userName":"{user}","arn":"arn:aws:iam::111122223333:user/{user}"}},"eventTime":"2026-11-11T01:{:02}:{:02}Z","eventSource":"s3.amazonaws.com","eventName":"{name}","awsRegion":"eu-west-1","sourceIPAddress":"198.51.100.10","userAgent":"test","requestParameters":{{"bucketName":"{bucket}","size":{n},"tags":["a","b{n}"]}},"responseElements":null,"requestID":"r-{n}","eventID":"e-{n}","readOnly":{},"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management"}}"#,
        n / 60 % 60,
        n % 60,
        name.starts_with("Get")
    )
}

fn trail(n: usize) -> Vec<u8> {
    trail_from(0, n)
}

fn trail_from(first: usize, n: usize) -> Vec<u8> {
    let name = |i: usize| ["GetObject", "PutObject", "DeleteObject"][i % 3];
    let user = |i: usize| ["mara", "noor", "root \u{201c}x\u{201d}"][i % 7 % 3];
    let events: Vec<String> = (first..first + n)
        .map(|i| event(i, name(i), user(i), &format!("bucket-{}", i % 5)))
        .collect();
    format!(r#"{{"Records":[{}]}}"#, events.join(",\n")).into_bytes()
}

fn flows(n: usize) -> Vec<u8> {
    let mut s = String::from(
        "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n",
    );
    for i in 0..n {
        let action = if i % 4 == 0 { "REJECT" } else { "ACCEPT" };
        let bytes = if i % 10 == 9 {
            "-".to_owned()
        } else {
            (i * 10).to_string()
        };
        s.push_str(&format!(
            "2 111122223333 eni-1 10.0.0.{} 203.0.113.9 4{:04} 443 6 1 {bytes} {} {} {action} OK\n",
            i % 5,
            i % 1000,
            1_794_355_200 + i * 7,
            1_794_355_260 + i * 7
        ));
    }
    s.into_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut w = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    w.write_all(bytes).unwrap();
    w.finish().unwrap()
}

fn opened(shards: usize) -> Local {
    let mut local = Local::new(shards);
    local.open(vec![
        ("trail.json.gz".into(), gzip(&trail(600))),
        ("more.json".into(), trail(900)),
        ("flows.log".into(), flows(2000)),
        ("flows.log.gz".into(), gzip(&flows(30))),
    ]);
    local
}

fn question(text: &str) -> Question {
    Question {
        language: Language::Insights,
        text: text.to_owned(),
        range: None,
        filter: Expr::All,
        now: 1_794_400_000,
        data: Some(TimeRange::new(
            time::parse_iso(b"2026-11-11T00:00:00Z").unwrap(),
            time::parse_iso(b"2026-11-12T00:00:00Z").unwrap(),
        )),
    }
}

fn rows(table: &Table) -> Vec<String> {
    let row = |r: &Vec<_>| {
        let cells: Vec<String> = r
            .iter()
            .map(trailbeam::language::insights::Value::export)
            .collect();
        cells.join(" | ")
    };
    table.rows.iter().map(row).collect()
}

fn ask(local: &mut Local, text: &str) -> Table {
    local
        .inquire(&question(text))
        .unwrap_or_else(|why| panic!("{text}: {why}"))
}

#[test]
fn columns_answer_with_the_logs_own_names_and_their_aliases() {
    let mut local = opened(2);
    let table = ask(
        &mut local,
        "SOURCE vpc-flow | stats count(*) as n, sum(bytes) as b by srcAddr, action | sort srcAddr, action | limit 3",
    );
    assert_eq!(
        table.columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(),
        ["srcAddr", "action", "n", "b"]
    );
    // 2,030 flows: i % 5 is the address, i % 4 the action; every tenth has no bytes.
    let sum = |of: usize, n: usize, reject: bool| -> (usize, usize) {
        let mine = (0..n).filter(|i| i % 5 == of && (i % 4 == 0) == reject);
        mine.fold((0, 0), |(k, b), i| {
            (k + 1, b + if i % 10 == 9 { 0 } else { i * 10 })
        })
    };
    let both = |of, reject| {
        let (a, b) = (sum(of, 2000, reject), sum(of, 30, reject));
        (a.0 + b.0, a.1 + b.1)
    };
    let (accept, reject) = (both(0, false), both(0, true));
    let next = both(1, false);
    assert_eq!(
        rows(&table),
        [
            format!("10.0.0.0 | ACCEPT | {} | {}", accept.0, accept.1),
            format!("10.0.0.0 | REJECT | {} | {}", reject.0, reject.1),
            format!("10.0.0.1 | ACCEPT | {} | {}", next.0, next.1),
        ]
    );
    assert_eq!((table.scanned, table.matched), (2030, 2030));
}

#[test]
fn a_question_about_fields_that_are_no_columns_reads_the_records_again() {
    for shards in [1, 3] {
        let mut local = opened(shards);
        let table = ask(
            &mut local,
            r#"filter requestParameters.bucketName = "bucket-2" | stats count(*), max(requestParameters.size) by eventName | sort eventName"#,
        );
        // The 600 events of one file are among the 900 of the other, and kept once.
        let of = |name: usize| {
            let mine: Vec<usize> = (0..900).filter(|i| i % 5 == 2 && i % 3 == name).collect();
            format!("{} | {}", mine.len(), mine.last().unwrap())
        };
        assert_eq!(
            rows(&table),
            [
                format!("DeleteObject | {}", of(2)),
                format!("GetObject | {}", of(0)),
                format!("PutObject | {}", of(1)),
            ]
        );
        assert_eq!(
            (table.scanned, table.matched),
            (900 + 2030, 180),
            "{shards} shards"
        );
        let listed = ask(
            &mut local,
            "SOURCE cloudtrail | filter requestParameters.tags.1 = \"b7\" | fields eventID, requestParameters.tags, userIdentity",
        );
        assert_eq!(
            rows(&listed),
            [
                r#"e-7 | ["a","b7"] | {"type":"IAMUser","userName":"mara","arn":"arn:aws:iam::111122223333:user/mara"}"#
            ]
        );
    }
}

#[test]
fn the_last_messages_are_read_for_the_rows_that_are_left() {
    let mut tables = Vec::new();
    for shards in [1, 2, 4] {
        let mut local = opened(shards);
        let table = ask(
            &mut local,
            "fields @timestamp, @message, @kind | sort @timestamp desc | limit 3",
        );
        assert_eq!(table.rows.len(), 3);
        tables.push(rows(&table));
    }
    assert_eq!(tables[0], tables[1]);
    assert_eq!(tables[0], tables[2]);
    assert!(
        tables[0][0].contains("| 2 111122223333 eni-1 10.0.0.4 "),
        "{:?}",
        tables[0]
    );
    assert!(tables[0][0].ends_with("| vpc-flow"), "{:?}", tables[0]);
}

#[test]
fn every_row_leads_to_its_record() {
    let mut local = opened(3);
    let table = ask(
        &mut local,
        "fields eventID, @source, @ptr | filter eventID = \"e-123\"",
    );
    let Some(Origin::Row(order)) = table.origins.first() else {
        panic!("{table:?}")
    };
    let (item, index, offset) = trailbeam::engine::question::parts_of(order.place);
    let items = local.items();
    let member = items[item as usize].members().find(|m| m.index == index).unwrap();
    assert_eq!(rows(&table), [format!("e-123 | {0} | {0}@{offset}", member.path)]);
}

#[test]
fn filter_patterns_take_the_records_that_the_service_would_take() {
    let mut local = opened(2);
    let mut count = |text: &str| {
        let table = local
            .inquire(&Question {
                language: Language::Filter,
                ..question(text)
            })
            .unwrap();
        assert_eq!(
            table.columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(),
            ["@timestamp", "@source", "@message"]
        );
        table.matched
    };
    let of = |test: &dyn Fn(usize) -> bool| (0..900).filter(|i| test(*i)).count() as u64;
    assert_eq!(
        count(r#"{ $.eventName = "Put*" && $.requestParameters.size > 100 }"#),
        of(&|i| i % 3 == 1 && i > 100)
    );
    assert_eq!(count("{ $.responseElements IS NULL }"), 900);
    assert_eq!(count("REJECT"), 500 + 8);
    assert_eq!(
        count(
            "[version, account, eni, src=\"10.0.0.1\", dst, sport, dport, proto, packets, bytes > 100, ...]"
        ),
        (0..2000)
            .chain(0..30)
            .filter(|i| i % 5 == 1 && i % 10 != 9 && i * 10 > 100)
            .count() as u64
    );
    assert_eq!(count("mara -PutObject"), of(&|i| i % 7 % 3 == 0 && i % 3 != 1));
}

#[test]
fn the_page_s_filter_and_range_hold_for_questions_too() {
    let mut local = opened(2);
    let range = TimeRange::new(
        time::parse_iso(b"2026-11-11T01:01:00Z").unwrap(),
        time::parse_iso(b"2026-11-11T01:02:00Z").unwrap(),
    );
    let asked = Question {
        range: Some(range),
        filter: Expr::eq("eventName", "GetObject"),
        ..question("SOURCE cloudtrail | stats count(*) as n, min(requestParameters.size) as least")
    };
    assert_eq!(rows(&local.inquire(&asked).unwrap()), ["20 | 60"]);
}

#[test]
fn diff_compares_two_windows() {
    let mut local = opened(2);
    let window =
        |from: &[u8], to: &[u8]| TimeRange::new(time::parse_iso(from).unwrap(), time::parse_iso(to).unwrap());
    let asked = Question {
        range: Some(window(b"2026-11-11T01:10:00Z", b"2026-11-11T01:15:00Z")),
        ..question(
            r#"SOURCE cloudtrail | filter requestParameters.size != 3 | pattern eventName | diff | sort @pattern"#,
        )
    };
    let table = local.inquire(&asked).unwrap();
    assert_eq!(
        rows(&table),
        [
            "DeleteObject | 100 | 0 | same | INFO",
            "GetObject | 100 | 0 | same | INFO",
            "PutObject | 100 | 0 | same | INFO",
        ]
    );
}

#[test]
fn what_is_wrong_with_a_text_is_said() {
    let mut local = opened(2);
    let why = local
        .inquire(&question("stats count(*) | frobnicate"))
        .unwrap_err();
    assert!(why.contains("unknown-command"), "{why}");
    let why = local.inquire(&question("SOURCE elb-logs")).unwrap_err();
    assert!(why.contains("vpc-flow"), "{why}");
}

#[test]
fn columns_and_single_rows_come_to_the_same() {
    // Each is answered from columns; with a condition on the text that all records meet, row by row.
    for text in [
        "stats count(*) as n by action, dstPort",
        "filter action = \"REJECT\" and bytes > 5000 | stats count(*), sum(bytes), avg(bytes), min(packets), max(bytes) by srcaddr",
        "filter not (action = \"REJECT\" or srcport != 40001) | stats count(bytes) by protocol",
        "filter eventName in [\"GetObject\", \"PutObject\"] | stats count(*) by bin(5m), eventName, readOnly",
        "filter action like \"ECT\" or errorCode != \"x\" | stats count(*) by awsRegion, action",
        "filter ispresent(bytes) | stats sum(bytes) as b by bin(1h)",
        "stats count(nothing), sum(nothing), min(bytes) by nothing, @kind",
        "filter bytes >= 100 and @kind = \"vpc-flow\" | stats count(*)",
        "filter srcaddr = \"10.0.0.1\" | fields srcaddr, bytes, start | sort bytes desc, start | limit 20",
    ] {
        let mut local = opened(3);
        let quick = ask(&mut local, text);
        let slow = match text.strip_prefix("filter ") {
            Some(rest) => format!("filter strlen(@message) > 0 | filter {rest}"),
            None => format!("filter strlen(@message) > 0 | {text}"),
        };
        let slow = ask(&mut local, &slow);
        assert_eq!(rows(&quick), rows(&slow), "{text}");
        assert_eq!(
            (quick.matched, quick.scanned),
            (slow.matched, slow.scanned),
            "{text}"
        );
    }
}

#[test]
fn a_pattern_narrows_what_every_question_is_about() {
    let pattern = r#"{ $.requestParameters.size < 30 && $.eventName != "GetObject" }"#;
    let filter = Expr::eq("@pattern", pattern);
    let of = |n: usize| (0..n).filter(|i| i % 3 != 0).count() as u64;
    let mut local = opened(3);
    let count = |local: &mut Local, filter: &Expr| {
        let query = Query::groups(&[], vec![Key::Kind], vec![Agg::Count]).filter(filter.clone());
        local.ask(&query).matched
    };
    // What was not looked at meets nothing, neither way.
    assert_eq!(count(&mut local, &filter), 0);
    local.mark(pattern);
    assert_eq!(count(&mut local, &filter), of(30));
    assert_eq!(count(&mut local, &!filter.clone()), 900 + 2030 - of(30));
    assert_eq!(
        count(&mut local, &Expr::ne("@pattern", pattern)),
        900 + 2030 - of(30)
    );
    // Records that come later are looked at when it is asked for again.
    local.open(vec![("few.json".into(), trail_from(1000, 3))]);
    assert_eq!(count(&mut local, &filter), of(30));
    local.mark(pattern);
    assert_eq!(count(&mut local, &filter), of(30));
    // A copy that was hidden has its mark when it is shown.
    let first = local.items()[1].id;
    local.remove(&[first]);
    assert_eq!(count(&mut local, &filter), of(30));
    let asked = Question {
        filter,
        ..question("SOURCE cloudtrail | stats max(requestParameters.size), count(*)")
    };
    assert_eq!(
        rows(&local.inquire(&asked).unwrap()),
        [format!("29 | {}", of(30))]
    );
}

#[test]
fn containers_tell_group_and_stream() {
    let line = |n: usize| {
        format!(
            "2 111122223333 eni-{n} 10.0.0.1 203.0.113.9 40001 443 6 1 100 1794355200 1794355260 ACCEPT OK"
        )
    };
    let events = |from: usize| {
        let one = |n: usize| {
            format!(
                r#"{{"id":"{n}","timestamp":1794355200000,"message":"{}"}}"#,
                line(n)
            )
        };
        (from..from + 2).map(one).collect::<Vec<_>>().join(",")
    };
    let delivered = |stream: &str, from: usize| {
        format!(
            r#"{{"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"\/vpc/flows","logStream":"{stream}","subscriptionFilters":["f"],"logEvents":[{}]}}"#,
            events(from)
        )
    };
    let found = format!(
        r#"{{"events":[{{"logStreamName":"s-1","timestamp":1794355200000,"message":"{}"}},{{"logStreamName":"s-2","timestamp":1794355200000,"message":"{}"}}],"searchedLogStreams":[]}}"#,
        line(8),
        line(9)
    );
    let exported = format!(
        "2026-11-11T00:00:00.000Z {}\n2026-11-11T00:00:01.000Z {}\n",
        line(5),
        line(6)
    );
    let mut local = Local::new(2);
    local.open(vec![
        (
            "delivered".into(),
            format!("{}{}", delivered("a", 0), delivered("b", 2)).into_bytes(),
        ),
        ("found.json".into(), found.into_bytes()),
        (
            "exportedlogs/0a1b2c3d-1111-2222-3333-444455556666/eni-all/000000".into(),
            exported.into_bytes(),
        ),
    ]);
    let table = ask(
        &mut local,
        "fields interfaceId, @log, @logStream | sort interfaceId",
    );
    assert_eq!(
        rows(&table),
        [
            "eni-0 | 111122223333:/vpc/flows | a",
            "eni-1 | 111122223333:/vpc/flows | a",
            "eni-2 | 111122223333:/vpc/flows | b",
            "eni-3 | 111122223333:/vpc/flows | b",
            "eni-5 |  | eni-all",
            "eni-6 |  | eni-all",
            "eni-8 |  | s-1",
            "eni-9 |  | s-2",
        ]
    );
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    fn condition() -> impl Strategy<Value = String> {
        let field = prop::sample::select(vec![
            "action",
            "srcAddr",
            "dstport",
            "bytes",
            "account-id",
            "account_id",
            "eventName",
            "readOnly",
            "sourceIPAddress",
            "nothing",
            "@kind",
            "start",
            "userIdentity.userName",
            "recipientAccountId",
        ])
        .prop_map(|f| {
            if f.contains('-') {
                format!("`{f}`")
            } else {
                f.to_owned()
            }
        });
        let value = prop::sample::select(vec![
            "443",
            "\"443\"",
            "40001",
            "\"REJECT\"",
            "\"ECT\"",
            "\"10.0.0.1\"",
            "\"10.0.0.0/8\"",
            "90",
            "-1",
            "0.5",
            "true",
            "\"true\"",
            "\"PutObject\"",
            "\"mara\"",
            "\"\"",
            "\"vpc-flow\"",
            "\"111122223333\"",
            "1794355207",
            "\"2026-11-11\"",
        ]);
        let op = prop::sample::select(vec!["=", "!=", "<", "<=", ">", ">="]);
        let leaf = prop_oneof![
            4 => (field.clone(), op, value.clone()).prop_map(|(f, o, v)| format!("{f} {o} {v}")),
            1 => (field.clone(), value.clone(), value.clone()).prop_map(|(f, a, b)| format!("{f} in [{a}, {b}]")),
            1 => (field.clone(), value.clone()).prop_map(|(f, v)| format!("{f} not like \"{}\"", v.trim_matches('"'))),
            1 => (field.clone(), value).prop_map(|(f, v)| format!("{f} like \"{}\"", v.trim_matches('"'))),
            1 => field.prop_map(|f| format!("ispresent({f})")),
        ];
        leaf.prop_recursive(3, 8, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 2..4).prop_map(|all| format!("({})", all.join(" and "))),
                prop::collection::vec(inner.clone(), 2..4).prop_map(|any| format!("({})", any.join(" or "))),
                inner.prop_map(|one| format!("not ({one})")),
            ]
        })
    }

    fn rest() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec![
            "stats count(*), sum(bytes), max(dstPort) by action, eventName",
            "stats count(bytes), avg(bytes), min(nothing) by bin(2m), srcaddr",
            "stats count_distinct(srcaddr) as d, values(eventName) by @kind",
            "stats sum(packets) as p by `account-id`, readOnly | filter p > 3 | sort p",
            "stats sum(bytes) as b, count(*) by srcport, srcaddr | sort b desc | limit 3",
            "stats count(*) as n, max(bytes) as m by srcport | sort n desc, m | limit 4",
            "stats max(bytes) as m by srcaddr, dstport | display srcaddr, m * 2 as twice | sort m desc | limit 2",
            "fields @timestamp, srcaddr, eventID, bytes | sort bytes desc, eventID | limit 7",
            "dedup eventName, action | limit 5",
        ])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        /// What columns answer, or leave out beforehand, is what single records come to.
        #[test]
        fn a_question_has_one_answer_however_it_is_worked_out(
            conditions in prop::collection::vec(condition(), 0..3), rest in rest(), shards in 1usize..4,
        ) {
            let mut local = Local::new(shards);
            local.open(vec![("t.json".into(), trail(60)), ("f.log".into(), flows(120))]);
            let filters: String = conditions.iter().map(|c| format!("filter {c} | ")).collect();
            let quick = ask(&mut local, &format!("{filters}{rest}"));
            // Something asked of the text of every record: nothing is answered from columns alone.
            let slow = ask(&mut local, &format!("filter strlen(@message) > 0 | {filters}{rest}"));
            prop_assert_eq!(rows(&quick), rows(&slow), "{}{}", filters, rest);
            prop_assert_eq!((quick.matched, quick.scanned), (slow.matched, slow.scanned));
        }
    }
}

#[test]
fn the_largest_of_many_groups_are_those_that_all_groups_would_give() {
    let mut local = Local::new(3);
    // Bytes are unique but for those that are not known: 4,501 groups.
    local.open(vec![("f.log".into(), flows(3000)), ("g.log".into(), flows(5000))]);
    for rest in [
        "stats max(srcport) as m, sum(packets) by bytes | sort m desc, bytes | limit 20",
        "stats sum(bytes) as b by bytes, srcaddr | sort b desc | limit 7",
        // Ties that no limit on columns could cut.
        "stats count(*) as n by bytes | sort n desc | limit 5",
        "stats sum(nothing) as b by bytes | sort b desc | limit 5",
        "stats count(*) as n by srcport, bytes | sort n desc | limit 3 | display srcport, n",
    ] {
        let quick = ask(&mut local, &format!("SOURCE vpc-flow | {rest}"));
        let slow = ask(
            &mut local,
            &format!("SOURCE vpc-flow | filter strlen(@message) > 0 | {rest}"),
        );
        assert_eq!(rows(&quick), rows(&slow), "{rest}");
        let counts = |t: &Table| (t.total, t.matched, t.scanned);
        assert_eq!(counts(&quick), counts(&slow), "{rest}");
    }
}
