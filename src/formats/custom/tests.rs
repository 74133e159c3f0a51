use super::preview::preview;
use super::{Compiled, CustomFormat, Described, FieldRule, Lines, Mark, Meaning, Way, file};
use crate::base::{FieldType, Role};
use crate::formats::{Options, testing};
use proptest::prelude::*;

fn format(way: Way, pattern: &str) -> CustomFormat {
    CustomFormat {
        name: "mine".to_owned(),
        way,
        pattern: pattern.to_owned(),
        ..CustomFormat::default()
    }
}

fn options(format: CustomFormat) -> Options {
    Options {
        custom: Described::new(vec![format]),
        ..Options::default()
    }
}

/// Every way of chunking, and the rows.
fn read(format: CustomFormat, text: &str) -> String {
    let options = options(format);
    // Requests that a web server's own kind would read are read as described here.
    let custom = crate::formats::FORMATS.iter().find(|f| f.facts().id == "custom");
    testing::check(*custom.expect("the kind"), "", text.as_bytes(), &options)
}

const REQUESTS: &str = "192.0.2.7 - alice [02/Mar/2026:09:15:01 +0100] \"GET /a?b=c HTTP/1.1\" 200 512\n\
    2001:db8::1 - - [02/Mar/2026:09:15:02 +0100] \"-\" 408 -\n\
    what is this\n";

#[test]
fn a_log_format_of_apache_reads_its_lines() {
    let rows = read(
        format(Way::Apache, "LogFormat \"%h %l %u %t \\\"%r\\\" %>s %b\" common"),
        REQUESTS,
    );
    for part in [
        "time = 2026-03-02T08:15:01Z",
        "remote_host = \"192.0.2.7\"",
        "sourceAddress = \"192.0.2.7\"",
        "actor = \"alice\"",
        "request_method = \"GET\"",
        "request_url = \"/a?b=c\"",
        "status = 200",
        "statusCode = 408",
        "byteCount = 512",
        "rejected 1: not a line as “mine” is described",
    ] {
        assert!(rows.contains(part), "{part} in {rows}");
    }
}

#[test]
fn grok_and_cloudwatch_read_the_same_lines() {
    let grok = read(format(Way::Grok, "^%{COMMONAPACHELOG}$"), REQUESTS);
    assert!(
        grok.contains("clientip = \"192.0.2.7\"") && grok.contains("verb = \"GET\""),
        "{grok}"
    );
    assert!(grok.contains("time = 2026-03-02T08:15:01Z"), "{grok}");
    let cloudwatch = read(
        format(
            Way::CloudWatch,
            "[ip, ident, user, timestamp, request, status, bytes]",
        ),
        REQUESTS,
    );
    assert!(
        cloudwatch.contains("request = \"GET /a?b=c HTTP/1.1\""),
        "{cloudwatch}"
    );
    assert!(cloudwatch.contains("time = 2026-03-02T08:15:01Z"), "{cloudwatch}");
    assert!(cloudwatch.contains("bytes = 512"), "{cloudwatch}");
}

#[test]
fn named_groups_are_fields_with_types_that_their_values_have() {
    let mut mine = format(
        Way::Regex,
        r"^(?<when>\S+ \S+) (?<code>\d+) (?<ms>\S+) (?P<who>\S+)$",
    );
    mine.rule_mut("who").role = Meaning::Told(Role::Actor);
    let rows = read(
        mine,
        "2026-03-02 09:15:01,123 17 0.5 alice\n2026-03-02 09:15:02 18 12 bob\n2026-03-02 09:15:03 9 1 c\n2026-03-02 09:15:04 9 2 -\n2026-03-02 09:15:05 9 oops -\n",
    );
    for part in [
        "time = 2026-03-02T09:15:01.123Z",
        "when = 2026-03-02T09:15:02Z",
        "actor = \"bob\"",
        "ms = 0.5",
        "ms = 12",
        "ms.text = \"oops\"",
        "code = 17",
    ] {
        assert!(rows.contains(part), "{part} in {rows}");
    }
}

#[test]
fn a_value_that_is_not_of_its_type_is_kept_beside_it() {
    let mut mine = format(Way::Regex, "^(?<n>.+)$");
    mine.rule_mut("n").ty = Some(FieldType::Integer);
    let rows = read(mine, "1\ntwo\n");
    assert!(
        rows.contains("  n = 1") && rows.contains("  n.text = \"two\""),
        "{rows}"
    );
}

const TRACES: &str = "goes on with nothing\n2026-03-02 09:15:01 ERROR failed\n\tat a.b.C\n\tat d\n2026-03-02 09:15:02 INFO fine\n";

#[test]
fn lines_go_on_with_a_record_as_the_rule_says() {
    let pattern = r"^(?<time>\d{4}-\S+ \S+) (?<level>[A-Z]+) (?<message>.*)$";
    for lines in [Lines::Matching, Lines::Begins(r"^\d{4}-".to_owned())] {
        let rows = read(
            CustomFormat {
                lines,
                ..format(Way::Regex, pattern)
            },
            TRACES,
        );
        assert!(
            rows.contains("message = \"failed\\n\\tat a.b.C\\n\\tat d\""),
            "{rows}"
        );
        assert_eq!(rows.matches("severity = ").count(), 2, "{rows}");
        assert!(rows.contains("rejected 1: "), "{rows}");
    }
    let each = read(format(Way::Regex, "^(?<a>2026-.*|\\s.*)$"), TRACES);
    assert_eq!(each.matches("format = ").count(), 4, "{each}");
}

#[test]
fn a_date_and_a_time_of_day_are_put_together() {
    let mut mine = format(Way::Regex, r"^(?<d>\S+) (?<t>\S+) (?<m>.*)$");
    mine.rule_mut("d").role = Meaning::Told(Role::Time);
    mine.rule_mut("t").role = Meaning::Told(Role::Time);
    let rows = read(mine, "2026/03/02 09:15:01 started\n");
    assert!(
        rows.contains("time = 2026-03-02T09:15:01Z") && rows.contains("d = \"2026/03/02\""),
        "{rows}"
    );
}

#[test]
fn what_is_certain_is_not_taken_over_and_half_of_the_lines_must_match() {
    let all = options(format(Way::Regex, "^(?<message>.*)$"));
    let kind = |text: &str, options: &Options| {
        let sample = testing::sample("", text.as_bytes()).described(&options.custom);
        crate::formats::detect(&sample).map(|f| f.facts().id)
    };
    let flow = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status\n\
        2 111122223333 eni-0a1b2c3d4e5f60718 192.0.2.1 198.51.100.2 443 49152 6 10 840 1772442900 1772442960 ACCEPT OK\n";
    assert_eq!(kind(flow, &all), Some("vpc-flow"));
    assert_eq!(kind("anything\n", &all), Some("custom"));
    let numbers = options(format(Way::Regex, "^(?<n>\\d+)$"));
    assert_eq!(kind("1\ntwo\n", &numbers), Some("custom"));
    assert_eq!(kind("1\ntwo\nthree\n", &numbers), None);
    assert_eq!(kind("1\n", &Options::default()), None);
}

#[test]
fn the_description_that_most_lines_match_is_taken() {
    let other = CustomFormat {
        name: "other".to_owned(),
        ..format(Way::Regex, "^(?<word>[a-z]+)$")
    };
    let custom = Described::new(vec![other, format(Way::Regex, "^(?<any>.+)$")]);
    let of = |text: &str| {
        let sample = testing::sample("", text.as_bytes());
        custom.of(&sample).map(|c| c.name.clone())
    };
    assert_eq!(of("a\nb\n").as_deref(), Some("other"));
    assert_eq!(of("a\nb\n1\n").as_deref(), Some("mine"));
    assert_eq!(of("\n"), None);
}

#[test]
fn events_of_a_container_have_its_times() {
    let text = r#"{"events":[{"timestamp":1772442901123,"message":"order=17 paid\nby alice","ingestionTime":1772442902000,"logStreamName":"a","eventId":"1"}]}"#;
    let custom = Described::new(vec![format(Way::Regex, r"order=(?<order>\d+) (?<message>.*)")]);
    let bytes = text.as_bytes();
    let whole = testing::sample("", bytes);
    let wrapper = crate::formats::WRAPPERS.iter().find(|w| w.probe(&whole));
    let mut unwrap = wrapper.expect("a container").unwrapper();
    let mut inside = Vec::new();
    unwrap.feed(bytes, &mut inside);
    unwrap.finish(&mut inside);
    let told = unwrap.told();
    let sample = testing::sample("", &inside).described(&custom);
    assert_eq!(crate::formats::detect_event(&sample).facts().id, "custom");
    assert!(!told.is_empty());
}

#[test]
fn a_preview_shows_what_is_read_and_why_the_rest_is_not() {
    let shown = preview(&format(Way::Apache, "common"), REQUESTS, None).unwrap();
    assert_eq!((shown.read, shown.rejected, shown.undated), (2, 1, 0));
    assert_eq!(shown.found.as_deref(), Some("apache"));
    assert_eq!(shown.columns[0].ty, Some(FieldType::Address));
    let cells = shown.rows[0].read.as_ref().unwrap();
    assert_eq!(cells[0].text, "192.0.2.7");
    assert!(
        shown.rows[2]
            .read
            .as_ref()
            .unwrap_err()
            .contains("does not match")
    );
    let wrong = preview(&format(Way::Regex, "(?<a>x"), "x", None).unwrap_err();
    assert_eq!(wrong.fault.at, 0);
    assert_eq!(
        preview(&format(Way::Regex, "x"), "x", None)
            .unwrap_err()
            .fault
            .what,
        "no-field"
    );
    let twice = preview(&format(Way::Regex, "(?<a>x)(?<a>y)"), "x", None).unwrap_err();
    assert_eq!(twice.fault.at, 10, "{twice}");
    assert_eq!(
        preview(&format(Way::CloudWatch, "[a, a]"), "x", None)
            .unwrap_err()
            .fault
            .what,
        "duplicate-field"
    );
    let fault = preview(&format(Way::Apache, "%h %Q"), "x", None)
        .unwrap_err()
        .fault;
    assert_eq!((fault.what, fault.at, fault.end), ("unknown-directive", 3, 5));
}

#[test]
fn a_saved_description_is_recognised_and_told_on() {
    let mut mine = format(Way::Example, "a=1 b=two");
    mine.marks = vec![
        Mark {
            name: "a".to_owned(),
            from: 2,
            to: 3,
        },
        Mark {
            name: "b".to_owned(),
            from: 6,
            to: 9,
        },
    ];
    let text = file::write(&mine);
    assert_eq!(testing::detect("", text.as_bytes()), Some("log-format"));
    let (_, stats) = testing::read_as("log-format", "", text.as_bytes(), 5, &Options::default());
    assert_eq!((stats.kept, stats.described.len()), (1, 1));
    let (formats, faults) = file::read(&stats.described[0]);
    assert_eq!((formats[0].1.clone(), faults), (mine, Vec::new()));
}

#[test]
fn what_is_wrong_with_a_file_is_said_by_line() {
    let says = |text: &str| {
        let (formats, faults) = file::read(text);
        assert!(formats.is_empty(), "{text}");
        faults
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert!(says("[[log_format]]\nname = \"a\"\n").contains("has one pattern"));
    assert!(says("[[log_format]]\nname = \"a\"\nregex = '(?<a>'\n").contains("can not be read by: pattern"));
    assert!(says("[[log_format]]\nname = 1\nregex = '(?<a>.)'\n").starts_with("line 2: name is a text"));
    assert!(says("[[log_format]]\nname = \"a\"\nregex = '(?<a>.)'\n[[log_format.field]]\nname = \"a\"\ntype = \"word\"\n").contains("line 6: word is no type"));
    assert!(says("[[log_format]]\nname = ").contains("no TOML"));
    assert!(says("").contains("no description"));
}

/// A line, and marks in it that do not overlap.
fn marked() -> impl Strategy<Value = (String, Vec<Mark>)> {
    let line = prop_oneof!["[ -~]{1,60}", "[a-c0-2 ,:\"=ä\\[\\]\\\\-]{1,40}", "\\PC{1,30}"];
    (line, prop::collection::vec(any::<prop::sample::Index>(), 2..12)).prop_map(|(line, cuts)| {
        let places: Vec<usize> = line
            .char_indices()
            .map(|(at, _)| at)
            .chain([line.len()])
            .collect();
        let mut at: Vec<usize> = cuts.iter().map(|c| places[c.index(places.len())]).collect();
        at.sort_unstable();
        at.dedup();
        let pairs = at.chunks_exact(2).enumerate();
        let marks = pairs.map(|(n, ends)| Mark {
            name: format!("f{n}"),
            from: ends[0],
            to: ends[1],
        });
        let marks = marks.collect();
        (line, marks)
    })
}

proptest! {
    #[test]
    fn an_example_matches_itself((line, marks) in marked()) {
        prop_assume!(!marks.is_empty());
        let mut mine = format(Way::Example, &line);
        mine.marks = marks.clone();
        prop_assume!(!line.trim().is_empty());
        let compiled = Compiled::new(&mine).map_err(|e| TestCaseError::fail(e.to_string()))?;
        let mut values = Vec::new();
        prop_assert!(compiled.values(line.as_bytes(), &mut compiled.room(), &mut values));
        for (mark, value) in marks.iter().zip(&values) {
            let is = value.as_deref();
            prop_assert_eq!(is, Some(&line.as_bytes()[mark.from..mark.to]));
        }
    }

    #[test]
    fn any_pattern_is_compiled_or_refused(pattern in "\\PC{0,60}", at in 0usize..5) {
        let (way, ..) = Way::ALL[at];
        let mut mine = format(way, &pattern);
        mine.marks = vec![Mark { name: "a".to_owned(), from: 1, to: 4 }];
        mine.clock = pattern.clone();
        if let Err(wrong) = Compiled::new(&mine) {
            prop_assert!(wrong.fault.at <= wrong.fault.end);
        }
        mine.clock.clear();
        mine.lines = Lines::Begins(pattern);
        let _ = preview(&mine, "2026-03-02 one\n  two\n", None);
    }

    #[test]
    fn any_pattern_of_directives_is_compiled_or_refused(pattern in "(%[a-zA-Z{}>^\"%]{1,3}| |\"|\\[|%\\{[A-Z]{2,6}(:[a-z]{0,3}){0,2}\\}){1,12}") {
        for way in [Way::Apache, Way::Grok] {
            let _ = preview(&format(way, &pattern), "192.0.2.7 - - x\n", None);
        }
    }

    #[test]
    fn a_file_is_read_as_what_was_written(
        (line, marks) in marked(),
        rule in prop::option::of((0usize..6, 0usize..25)),
        zone in prop_oneof![Just(""), Just("+02:00")],
        year in prop::option::of(1990i32..2100),
        lines in prop_oneof![Just(Lines::Each), Just(Lines::Matching), Just(Lines::Begins("^\\d+'\"".to_owned()))],
    ) {
        prop_assume!(!marks.is_empty() && !line.trim().is_empty());
        let fields = rule.into_iter().map(|(ty, role)| FieldRule {
            name: "f0".to_owned(),
            ty: Some(super::TYPES[ty].1),
            role: Meaning::Told(Role::WORDS[role].1),
        });
        let mine = CustomFormat {
            marks,
            fields: fields.collect(),
            zone: zone.to_owned(),
            year,
            lines,
            ..format(Way::Example, &line)
        };
        let text = file::write(&mine);
        let (formats, faults) = file::read(&text);
        prop_assert_eq!(faults, Vec::new(), "{}", text);
        prop_assert_eq!(&formats[0].1, &mine);
    }

    #[test]
    fn no_line_is_too_much(lines in prop::collection::vec("\\PC{0,40}", 0..8)) {
        for (way, pattern) in [
            (Way::Apache, "combined"),
            (Way::Grok, "%{SYSLOGLINE}"),
            (Way::CloudWatch, "[a, ..., b]"),
            (Way::Regex, "(?<time>\\S+)?(?<n>.*)"),
        ] {
            let text = lines.join("\n");
            testing::read_as("custom", "", text.as_bytes(), 3, &options(format(way, pattern)));
        }
    }
}

#[test]
fn an_application_s_log_is_read_with_its_stack_traces() {
    let text = include_str!("../../../tests/formats/custom/orders.log");
    let mut mine = format(
        Way::Regex,
        r"(?s)^(?<time>\S+ \S+) \[(?<worker>[^\]]+)\] order=(?<order>\d+) user=(?<user>\S+) from=(?<from>\S+) took=(?<ms>\d+)ms (?<message>.*)$",
    );
    mine.lines = Lines::Begins(r"^(\d{4}-|-- )".to_owned());
    let rows = read(mine, text);
    for part in [
        "time = 2026-03-02T09:15:02.004Z",
        "order = 19",
        "2001:db8::7",
        "at Shop.main(Shop.java:7)",
        "rejected 1: ",
    ] {
        assert!(rows.contains(part), "{part} in {rows}");
    }
}
