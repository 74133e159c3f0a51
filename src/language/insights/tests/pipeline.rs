use super::*;
use crate::base::TimeRange;

#[test]
fn columns_after_groups() {
    let table = table(
        "stats count(*) as n by a | fields n * 2 as twice | filter twice > 1 | sort a",
        &["{\"a\":2}", "{\"a\":1}", "{\"a\":1}"],
    );
    let names: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["a", "n", "twice"]);
    assert_eq!(table.columns[0].kind, Kind::Number);
    let Origin::Group(keys) = &table.origins[0] else {
        panic!()
    };
    assert_eq!(keys[0].0, "a");
    assert_eq!(keys[0].1.display(), "1");
}

#[test]
fn a_column_is_known_by_what_made_it() {
    let lines = ["{\"a\":2}", "{\"a\":1}"];
    assert_eq!(
        rows(
            "stats count(*) by bin(5m) | sort bin( 5m ) | filter count(*) > 1",
            &lines
        )
        .len(),
        1
    );
    assert_eq!(rows("stats max(a) | fields max(a) + 1 as b", &lines), ["2|3"]);
}

#[test]
fn limits_tell_of_how_many() {
    let lines: Vec<String> = (0..100).map(|n| format!("{{\"n\":{n}}}")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let found = table("filter n >= 50 | fields n | sort n desc | limit 3", &lines);
    assert_eq!(
        (found.scanned, found.matched, found.total, found.rows.len()),
        (100, 50, 50, 3)
    );
    assert_eq!(rows("fields n | tail 2", &lines), ["98", "99"]);
    assert_eq!(rows("fields n | sort n desc | tail 2", &lines), ["1", "0"]);
    assert_eq!(
        rows("fields n | limit 5 | sort n desc | limit 2", &lines),
        ["4", "3"]
    );
    assert_eq!(
        rows(
            "fields n, n % 2 as odd | sort n desc | dedup odd | limit 1",
            &lines
        ),
        ["99|1"]
    );
    assert_eq!(
        rows("fields n | sort n % 10 | sort n % 2 desc | limit 2", &lines),
        ["1", "11"]
    );
    assert_eq!(rows("fields n | limit 10 | filter n > 7", &lines), ["8", "9"]);
}

#[test]
fn groups_of_absent_keys_and_maps() {
    let lines = ["{\"a\":{\"b\":1}}", "{}", "{\"a\":\"\"}"];
    assert_eq!(
        rows("stats count(*) as n, count(a) as c by a", &lines),
        ["|1|1", "|2|1"]
    );
    assert_eq!(
        rows(
            "stats values(a), count_distinct(a)",
            &["{\"a\":2}", "{\"a\":\"2\"}", "{\"a\":1}"]
        ),
        ["[2,1]|2"]
    );
}

#[test]
fn unnest_of_everything() {
    let lines = [
        "{\"l\":[1,[2]]}",
        "{\"l\":[]}",
        "{\"l\":\"s\"}",
        "{}",
        "{\"l\":{\"a\":1}}",
    ];
    assert_eq!(
        rows("unnest l into x | display x", &lines),
        ["1", "[2]", "s", "", "{\"a\":1}"]
    );
    assert_eq!(
        rows(
            "fields split(\"a,b\", \",\") as l | unnest l into x | display x",
            &["x"]
        ),
        ["a", "b"]
    );
}

#[test]
fn parse_in_every_way() {
    assert_eq!(rows("parse @message \"a\\*b=*\" as x", &["a*b=1"]), ["1"]);
    assert_eq!(rows("parse @message /(\\w)=(\\w)/ as k, v", &["a=b"]), ["a|b"]);
    assert_eq!(
        rows("parse @message /(?<d>\\d)/ multi | display d", &["1 2", "x"]),
        ["1", "2", ""]
    );
    assert_eq!(
        rows("parse @message csv as a, b, c", &["1,\"x \"\"y\"\"\""]),
        ["1|x \"y\"|"]
    );
    assert_eq!(
        rows(
            "parse @message logfmt as m | display m.a, m.b, m.c",
            &["a=1 b=\"x\\\"y\" c"]
        ),
        ["1|x\"y|1"]
    );
    assert_eq!(
        rows(
            "parse \"a=*\" as a | parse a \"*-*\" as b, c | display b, c",
            &["a=1-2"]
        ),
        ["1|2"]
    );
    assert_eq!(rows("parse n \"*5\" as x", &["{\"n\":12345}"]), ["1234"]);
}

#[test]
fn a_text_is_a_regex_only_where_it_is_asked_for() {
    let lines = ["a.c", "abc"];
    assert_eq!(
        rows("filter @message =~ \"a.c\" | fields @message", &lines),
        ["a.c", "abc"]
    );
    assert_eq!(
        rows("filter @message like \"a.c\" | fields @message", &lines),
        ["a.c"]
    );
    assert_eq!(refused("filter a =~ \"(\""), ("regex-syntax", 12));
}

#[test]
fn fields_of_json() {
    let text = r#"{"a":{"b":[{"c":1},2],"b.0":"x"},"a.b":{"0":"y"},"@t":3,"n":null,"d":"\u00e4","a.b.1":4}"#;
    let json = nodes::parse(text).unwrap();
    let tape = crate::language::json::Tape::read(text).unwrap();
    for (name, expected) in [
        ("a.b.0", "y"),
        ("a.b.0.c", "1"),
        ("a.b.1", "4"),
        ("@@t", "3"),
        ("@t", ""),
        ("n", ""),
        ("d", "ä"),
        ("a.b.2", ""),
        ("a", r#"{"b":[{"c":1},2],"b.0":"x"}"#),
        ("", ""),
        ("d.x", ""),
    ] {
        let path = FieldPath::new(name);
        assert_eq!(path.of(&json).display(), expected, "{name}");
        assert_eq!(path.on_tape(tape.root().unwrap()).display(), expected, "{name}");
    }
}

#[test]
fn windows_of_diff() {
    let day = 86_400_000_000_000;
    let window = TimeRange::new(31 * day, 32 * day);
    let compared = |text: &str| {
        program(text)
            .plan(clock())
            .compared(window)
            .map(|w| (w.from_ns / day, w.to_ns / day))
    };
    assert_eq!(compared("pattern a"), None);
    assert_eq!(compared("pattern a | diff"), Some((30, 31)));
    assert_eq!(compared("pattern a | diff previousWeek"), Some((24, 25)));
    // A month before February is January; 1970-02-01 and -02 are days 31 and 32.
    assert_eq!(compared("pattern a | diff previousMonth"), Some((0, 1)));
    let plan = program("pattern a | diff previousDay").plan(clock());
    let halves = plan.windows(None, TimeRange::new(0, 10));
    assert_eq!(halves, Some((TimeRange::new(5, 10), TimeRange::new(0, 5))));
}

#[test]
fn lambda_and_flow_logs() {
    let report = "REPORT RequestId: 8f50\tDuration: 102.25 ms\tBilled Duration: 103 ms\tMemory Size: 128 MB\tMax Memory Used: 40 MB\tInit Duration: 5 ms\tXRAY TraceId: 1-2\tSegmentId: 3\tSampled: true";
    for (name, expected) in [
        ("@type", "REPORT"),
        ("@requestId", "8f50"),
        ("@duration", "102.25"),
        ("@billedDuration", "103"),
        ("@memorySize", "128000000"),
        ("@maxMemoryUsed", "40000000"),
        ("@initDuration", "5"),
        ("@xrayTraceId", "1-2"),
        ("@xraySegmentId", "3"),
        ("@other", ""),
    ] {
        assert_eq!(lambda(report, name).display(), expected, "{name}");
    }
    let has = |name: &str| ["srcaddr", "pkt-srcaddr", "pkt-src-aws-service", "interface-id"].contains(&name);
    for (asked, own) in [
        ("srcaddr", Some("srcaddr")),
        ("srcAddr", Some("srcaddr")),
        ("pktSrcAddr", Some("pkt-srcaddr")),
        ("pktSrcAwsService", Some("pkt-src-aws-service")),
        ("interface_id", Some("interface-id")),
        ("dstAddr", None),
    ] {
        assert_eq!(own_name("vpc-flow", asked, has).as_deref(), own, "{asked}");
    }
    assert_eq!(own_name("json", "srcAddr", has), None);
}

#[test]
fn rows_without_a_time_are_not_earliest() {
    let plan = program("stats earliest(a), latest(a)").plan(clock());
    let mut part = plan.start();
    for (place, (a, time)) in [(1, None), (2, Some(5)), (3, Some(7)), (4, None)]
        .into_iter()
        .enumerate()
    {
        let mut record = Record::line(None, &format!("{{\"a\":{a}}}"));
        record.time = time;
        plan.push(
            &mut part,
            &Named {
                record: &record,
                names: &plan.needs().fields,
            },
            record.order(place as u128),
        );
    }
    let shown: Vec<String> = plan.finish(part).rows[0].iter().map(Value::display).collect();
    assert_eq!(shown, ["2", "3"]);
}

#[test]
fn plans_and_parts_go_to_workers() {
    fn travels<T: Send>() {}
    fn is_shared<T: Send + Sync>() {}
    travels::<Part>();
    travels::<Table>();
    is_shared::<Plan>();
    is_shared::<Program>();
}
