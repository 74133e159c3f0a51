//! Insights QL and filter patterns as they are documented: every command, every function and aggregate, every rule of absence,
//! types, case and order, by example. The names are those that the editor offers: a new one without an example fails.
//!
//! Sources: the pages CWL_QuerySyntax* and FilterAndPatternSyntax* of the CloudWatch Logs user guide.

use trailbeam::language::insights::{
    Clock, CompletionKind, Known, Named, Names, Record, Table, complete, from_ms, parse,
};
use trailbeam::language::pattern::Pattern;

const START: i64 = 1_700_000_000_000;

/// Ordinary events, a second apart from 2023-11-14 22:13:20.
const EVENTS: &[&str] = &[
    r#"{"level":"ERROR","user":"ann","ms":12,"n":"3","tags":["a","b"],"req":{"id":"r-1","a.b":7},"at":"2023-11-14"}"#,
    r#"{"level":"INFO","user":"bob","ms":5,"n":"03","tags":[],"req":{"id":"r-2"},"note":null}"#,
    r#"{"level":"ERROR","user":"ann","ms":40,"note":"","ok":true}"#,
    "WARN disk=/dev/sda used=91 msg=\"almost full\"",
];

const FLOWS: &[&str] = &[
    r#"{"kind":"vpc-flow","srcaddr":"10.0.0.1","dstport":443,"bytes":100,"account-id":"111122223333"}"#,
    r#"{"kind":"vpc-flow","srcaddr":"10.0.0.2","dstport":22,"bytes":50,"account-id":"111122223333"}"#,
];

fn records(events: &[&str]) -> Vec<Record> {
    let record = |(at, line): (usize, &&str)| {
        let kind = line.contains("\"kind\":\"vpc-flow\"").then_some("vpc-flow");
        let mut record = Record::line(kind, line);
        record.time = from_ms(START + 1000 * at as i64);
        record.source = Some("a.json".to_owned());
        record
    };
    events.iter().enumerate().map(record).collect()
}

fn run(text: &str, events: &[&str]) -> Table {
    let program = parse(text, &Known::default()).unwrap_or_else(|fault| panic!("{text}: {fault}"));
    let plan = program.plan(Clock {
        now: START / 1000 + 3600,
        start: START,
        end: START + 60_000,
    });
    let mut part = plan.start();
    for (at, record) in records(events).iter().enumerate() {
        let source = plan.source();
        if source.is_empty() || record.kind.as_ref().is_some_and(|k| source.contains(k)) {
            let names = &plan.needs().fields;
            plan.push(&mut part, &Named { record, names }, record.order(at as u128));
        }
    }
    plan.finish(part)
}

/// Columns joined by `,`, then each row's cells joined by `|`.
fn shown(table: &Table) -> Vec<String> {
    let head: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
    let row = |r: &Vec<_>| {
        let cells: Vec<String> = r
            .iter()
            .map(trailbeam::language::insights::Value::display)
            .collect();
        cells.join("|")
    };
    std::iter::once(head.join(","))
        .chain(table.rows.iter().map(row))
        .collect()
}

/// Expressions over the first event and what they come to; an empty text is null.
const EXPRESSIONS: &[(&str, &str)] = &[
    // Numbers.
    ("abs(0 - 3)", "3"),
    ("ceil(-1.2)", "-1"),
    ("floor(-1.2)", "-2"),
    ("sqrt(16)", "4"),
    ("sqrt(0 - 1)", ""),
    ("log(1)", "0"),
    ("log(0)", ""),
    ("round(3.14159, 2)", "3.14"),
    ("greatest(1, 7, 3)", "7"),
    ("least(nothing, 7, 3)", "3"),
    ("haversine(51.5074, -0.1278, 48.8566, 2.3522)", "343.5561"),
    ("toNumber(\"42.5\")", "42.5"),
    ("toDouble(\"x\")", ""),
    ("toInt(\"42.9\")", "42"),
    ("toLong(\"9000000000\")", "9000000000"),
    // Presence and choice.
    ("ispresent(user)", "1"),
    ("ispresent(note)", "0"),
    ("coalesce(nothing, note, \"-\")", "-"),
    ("if(ms > 10, \"slow\", \"quick\")", "slow"),
    ("case(ms < 10, \"low\", ms < 20, \"middle\", \"high\")", "middle"),
    ("isNumeric(\"1.5e3\")", "1"),
    ("isNumeric(nothing)", "0"),
    ("isempty(\" \")", "0"),
    ("isempty(nothing)", "1"),
    ("isblank(\" \")", "1"),
    ("unmask(user)", "ann"),
    // Text.
    ("messageSize(\"ä€\")", "5"),
    ("strlen(\"ä€😀\")", "3"),
    ("concat(user, \"-\", ms)", "ann-12"),
    ("concat(user, nothing)", ""),
    ("ltrim(\"xyZxyfooxyZ\", \"xyZ\")", "fooxyZ"),
    ("rtrim(\"foo  \")", "foo"),
    ("trim(\"  foo \")", "foo"),
    ("toupper(\"straße\")", "STRASSE"),
    ("tolower(\"ÄB\")", "äb"),
    ("substr(\"xyZfooxyZ\", 3, 3)", "foo"),
    ("substr(\"abc\", 5)", ""),
    ("replace(\"a-b-c\", \"-\", \"+\")", "a+b+c"),
    ("regexReplace(\"a1b22\", \"[0-9]+\", \"#\")", "a#b#"),
    ("regex_replace(\"ab\", \"(a)(b)\", \"$2$1\")", "ba"),
    ("strcontains(level, \"RR\")", "1"),
    ("strcontains(level, \"rr\")", "0"),
    ("strcontains(nothing, \"r\")", "0"),
    ("startsWith(\"abc\", \"ab\")", "1"),
    ("endsWith(\"abc\", \"ab\")", "0"),
    ("urlencode(\"a b\")", "a+b"),
    ("urldecode(\"a%20b\")", "a b"),
    ("base64encode(\"Hello\")", "SGVsbG8="),
    ("base64decode(\"SGVsbG8=\")", "Hello"),
    ("split(\"a,b\", \",\")", "[\"a\",\"b\"]"),
    ("hexToAscii(\"4869\")", "Hi"),
    ("hexToDec(\"0xff\")", "255"),
    ("decToHex(0 - 255)", "-0xff"),
    ("md5(\"abc\")", "900150983cd24fb0d6963f7d28e17f72"),
    ("substr(sha256(\"abc\"), 0, 8)", "ba7816bf"),
    // JSON.
    ("jsonParse(\"{\\\"a\\\":{\\\"b\\\":2}}\").a.b", "2"),
    ("jsonStringify(req)", "{\"id\":\"r-1\",\"a.b\":7}"),
    ("jsonStringify(user)", ""),
    ("jsonArraySize(\"[1,2,3]\")", "3"),
    ("jsonArraySize(tags)", "2"),
    ("jsonArrayContains(tags, \"b\")", "1"),
    ("jsonArrayContains(tags, \"B\")", "0"),
    ("tags.1", "b"),
    ("req.id", "r-1"),
    ("req.a.b", "7"),
    // Addresses.
    ("isValidIp(\"::1\")", "1"),
    ("isValidIpV4(\"256.1.1.1\")", "0"),
    ("isValidIpV6(\"10.0.0.1\")", "0"),
    ("isIpInSubnet(\"2001:db8::9\", \"2001:db8::/32\")", "1"),
    ("isIpv4InSubnet(\"192.0.2.9\", \"192.0.2.0/24\")", "1"),
    ("isIpv6InSubnet(\"192.0.2.9\", \"192.0.2.0/24\")", "0"),
    ("ipv4ToNumber(\"10.0.0.1\")", "167772161"),
    ("isPrivateIP(\"172.31.0.1\")", "1"),
    ("isReservedIP(\"127.0.0.1\")", "1"),
    ("isPublicIP(\"8.8.8.8\")", "1"),
    // Time.
    ("bin(1m)", "2023-11-14 22:13:00.000"),
    ("bin(300s)", "2023-11-14 22:13:00.000"),
    ("datefloor(@timestamp, 1h)", "2023-11-14 22:00:00.000"),
    ("dateceil(@timestamp, 1d)", "2023-11-15 00:00:00.000"),
    ("fromMillis(1642195111000)", "2022-01-14 21:18:31.000"),
    ("toMillis(@timestamp)", "1700000000000"),
    ("parseDate(at, \"yyyy-MM-dd\", \"UTC\")", "1699920000000"),
    ("formatDate(@timestamp, \"%Y-%m-%d\", \"UTC\")", "2023-11-14"),
    ("strftime(@timestamp, \"%H\")", "22"),
    ("now()", "1700003600"),
    ("queryStartTime()", "1700000000000"),
    ("queryEndTime()", "1700000060000"),
    ("queryTimeRange()", "60000"),
    // Operators, loose to tight; what can not be worked out is null.
    ("1 + 2 * 3 ^ 2", "19"),
    ("2 ^ 3 ^ 2", "512"),
    ("-2 ^ 2", "-4"),
    ("7 % 4", "3"),
    ("-7 % 4", "-3"),
    ("1 / 0", ""),
    ("n + 1", "4"),
    ("user + 1", ""),
    ("not 1 = 2 and 1 = 1", "1"),
    ("1 = 1 or 1 = 2 and 1 = 3", "1"),
];

#[test]
fn functions_and_operators() {
    for (expression, expected) in EXPRESSIONS {
        let table = run(&format!("display {expression} as x"), &EVENTS[..1]);
        assert_eq!(shown(&table), ["x", expected], "{expression}");
    }
}

/// Conditions, and the users of the events that meet them (the line of text has none: `-`).
const CONDITIONS: &[(&str, &str)] = &[
    ("level = \"ERROR\"", "ann ann"),
    ("level = \"error\"", ""),
    // What is absent differs from everything, and equals nothing.
    ("level != \"ERROR\"", "bob -"),
    ("not level = \"ERROR\"", "bob -"),
    ("nothing = nothing", ""),
    ("ms < 20", "ann bob"),
    ("note = \"\"", "ann"),
    ("ispresent(note)", "ann"),
    // A number and a text that is one compare as numbers, two texts as texts.
    ("n = 3", "ann bob"),
    ("n = \"3\"", "ann"),
    ("ms = \"5\"", "bob"),
    ("ok = true", "ann"),
    ("ok = 1", "ann"),
    ("ok = \"true\"", "ann"),
    // A map or list meets no comparison.
    ("tags = \"a\"", ""),
    ("req != \"x\"", "ann -"),
    ("\"a\" in tags", "ann"),
    ("level in [\"INFO\", \"WARN\"]", "bob"),
    ("level not in [\"INFO\"]", "ann ann -"),
    ("@message like \"ERR\"", "ann ann"),
    ("@message like /(?i)err/", "ann ann"),
    ("@message =~ /used=\\d+/", "-"),
    ("@message not like /ERROR/", "bob -"),
    ("level = \"ERROR\" and ms > 20 or user = \"bob\"", "bob ann"),
    ("level = \"ERROR\" and (ms > 20 or user = \"bob\")", "ann"),
    ("@timestamp = \"2023-11-14 22:13:20.000\"", ""),
    ("toMillis(@timestamp) = 1700000000000", "ann"),
    ("strcontains(@source, \"json\")", "ann bob ann -"),
];

#[test]
fn conditions() {
    for (condition, expected) in CONDITIONS {
        for command in ["filter", "where"] {
            let table = run(
                &format!("{command} {condition} | display coalesce(user, \"-\") as u | sort @timestamp asc"),
                EVENTS,
            );
            assert_eq!(shown(&table)[1..].join(" "), *expected, "{condition}");
        }
    }
}

/// Whole queries over [`EVENTS`].
const QUERIES: &[(&str, &[&str])] = &[
    // Comments, white space, case of keywords.
    (
        "# first\nFIELDS user | Filter level = \"INFO\" # last",
        &["user", "bob"],
    ),
    (
        "fields user, ms as took | sort took desc | limit 2",
        &["user,took", "ann|40", "ann|12"],
    ),
    (
        "display user, ms * 2 as twice | fields level | sort @timestamp | limit 1",
        &["user,twice", "ann|24"],
    ),
    (
        "fields @timestamp | order by @timestamp desc | head 1",
        &["@timestamp", "2023-11-14 22:13:23.000"],
    ),
    ("fields ms | sort ms asc | tail 2", &["ms", "40", ""]),
    // Absent values come last in either direction.
    ("fields ms | sort ms desc", &["ms", "40", "12", "5", ""]),
    ("filterIndex level = \"INFO\" | fields user", &["user", "bob"]),
    (
        "filterIndex user in [\"ann\"] and level = \"ERROR\" | stats count(*)",
        &["count(*)", "2"],
    ),
    (
        "stats count(*), count(user), count(nothing)",
        &["count(*),count(user),count(nothing)", "4|3|"],
    ),
    (
        "stats sum(ms), avg(ms), min(ms), max(ms), stddev(ms), pct(ms, 50)",
        &[
            "sum(ms),avg(ms),min(ms),max(ms),stddev(ms),pct(ms, 50)",
            "57|19|5|40|15.1217|12",
        ],
    ),
    (
        "stats count_distinct(user), countDistinct(level), values(user)",
        &[
            "count_distinct(user),countDistinct(level),values(user)",
            "2|2|[\"ann\",\"bob\"]",
        ],
    ),
    (
        "stats earliest(ms), latest(ms), sortsFirst(user), sortsLast(user)",
        &[
            "earliest(ms),latest(ms),sortsFirst(user),sortsLast(user)",
            "12|40|ann|bob",
        ],
    ),
    ("stats latest(@timestamp) as t", &["t", "1700000003000"]),
    ("stats sum(ms > 10) as slow", &["slow", "2"]),
    (
        "stats max(ms) as x, x - 10 as y by user | sort user",
        &["user,x,y", "ann|40|30", "bob|5|-5", "||"],
    ),
    (
        "stats count(*) as n by bin(2s), level | sort n desc, level | limit 2",
        &[
            "bin(2s),level,n",
            "2023-11-14 22:13:20.000|ERROR|1",
            "2023-11-14 22:13:22.000|ERROR|1",
        ],
    ),
    (
        "stats count(*) as n by level | stats max(n) as most",
        &["most", "2"],
    ),
    ("stats count(*) as n by user | filter n > 1", &["user,n", "ann|2"]),
    ("stats count(*) as n by user | filter nothing2 = 1", &[]),
    // The newest of each first.
    (
        "fields user, ms | dedup user",
        &["user,ms", "|", "ann|40", "bob|5"],
    ),
    ("dedup level | limit 2 | display level", &[]),
    (
        "parse @message \"disk=* used=* \" as disk, used | filter ispresent(disk) | display disk, used",
        &["disk,used", "/dev/sda|91"],
    ),
    (
        "parse @message /used=(?<used>\\d+)/ | stats max(used)",
        &["max(used)", "91"],
    ),
    (
        "parse @message /(\\w)=/ as letter multi | filter ispresent(letter) | display letter",
        &["letter", "k", "d", "g"],
    ),
    (
        "parse @message logfmt as m | filter ispresent(m.used) | display m.used, m.msg",
        &["m.used,m.msg", "91|almost full"],
    ),
    (
        "fields \"x,\\\"y, z\\\"\" as c | parse c csv as a, b | limit 1 | display a, b",
        &["a,b", "x|y, z"],
    ),
    (
        "filter ispresent(tags) | unnest tags into tag | display user, tag | sort tag",
        &["user,tag", "ann|a", "ann|b"],
    ),
    (
        "unmask user | fields user | sort @timestamp | limit 1",
        &["user", "ann"],
    ),
    (
        "fields concat(\"took \", ms, \" at 10.0.0.1\") as line | pattern line",
        &[
            "@pattern,@ratio,@sampleCount,@severityLabel",
            "took <Number-1> at <IP-2>|1|3|INFO",
        ],
    ),
    ("fields user | limit any 1 | stats count(*)", &[]),
    (
        "pattern @message | anomaly",
        &["@pattern,@ratio,@sampleCount,@severityLabel,@anomaly,@anomalyScore,@anomalyDescription"],
    ),
    (
        "fields `req`.id as id | filter ispresent(id) | sort id",
        &["id", "r-1", "r-2"],
    ),
];

#[test]
fn commands() {
    for (text, expected) in QUERIES {
        if expected.is_empty() {
            assert!(parse(text, &Known::default()).is_err(), "{text}");
            continue;
        }
        assert_eq!(shown(&run(text, EVENTS)), *expected, "{text}");
    }
    let table = run(
        "fields level | pattern level | diff previousDay | sort @pattern",
        EVENTS,
    );
    assert_eq!(shown(&table)[1..], ["ERROR|2|2|new|ERROR", "INFO|1|1|new|INFO"]);
}

#[test]
fn kinds_have_their_own_names_and_those_of_the_service() {
    for (text, expected) in [
        (
            "SOURCE vpc-flow | stats sum(bytes) by srcAddr | sort srcAddr",
            vec!["srcAddr,sum(bytes)", "10.0.0.1|100", "10.0.0.2|50"],
        ),
        (
            "SOURCE vpc-flow | stats count(*) by accountId, account_id, `account-id`",
            vec![
                "accountId,account_id,account-id,count(*)",
                "111122223333|111122223333|111122223333|2",
            ],
        ),
        ("SOURCE cloudtrail | stats count(*)", vec!["count(*)", "0"]),
    ] {
        assert_eq!(shown(&run(text, FLOWS)), expected, "{text}");
    }
}

/// Texts that are refused, with the code and the place.
const REFUSED: &[(&str, &str, usize)] = &[
    ("", "empty-query", 0),
    ("frobnicate", "unknown-command", 0),
    ("fields a | lookup x", "command-not-supported", 11),
    ("fields a | join x", "command-not-supported", 11),
    ("fields nope(a)", "unknown-function", 7),
    ("fields abs()", "argument-count", 7),
    ("fields a |", "expected-command", 10),
    ("| fields a", "expected-command", 0),
    ("fields a | SOURCE vpc-flow", "source-first", 11),
    ("SOURCE logGroups(\"x\") | fields a", "source-form", 7),
    ("filter a == 1", "expected-value", 10),
    ("filter a = \"x", "unclosed-quote", 11),
    ("filter a like /x", "unclosed-regex", 14),
    ("filter a like /(?=x)/", "regex-syntax", 14),
    ("stats a", "not-aggregated", 6),
    ("fields count(*)", "aggregate-outside-stats", 7),
    ("stats count(*) as n by a | filter b = 1", "unknown-symbol", 34),
    ("limit 0", "limit-range", 6),
    ("sort a | stats count(*)", "before-stats", 0),
    ("dedup a | sort a", "after-dedup", 10),
    ("sort a | pattern b", "pattern-after-sort", 9),
    ("diff", "needs-pattern", 0),
    ("fields a as x, b as x", "field-already-defined", 20),
    ("parse @message \"* *\" as a", "parse-alias-count", 15),
    ("parse @message /abc/", "parse-no-groups", 15),
    ("filterIndex a > 1", "filterindex-operator", 0),
    ("fields bin(5)", "expected-period", 7),
    ("fields bin(5x)", "unknown-unit", 12),
];

#[test]
fn what_is_wrong_is_refused_where_it_stands() {
    for (text, what, at) in REFUSED {
        let Err(fault) = parse(text, &Known::default()) else {
            panic!("{text} is not refused");
        };
        assert_eq!((fault.what, fault.at), (*what, *at), "{text}: {fault}");
        assert!(fault.says.len() > 10, "{text}: {}", fault.says);
    }
}

/// What AWS treats otherwise is answered, with a word.
#[test]
fn warnings() {
    for (text, what) in [
        ("stats count(*) by bin(300s)", "period-capped"),
        ("filter @timestamp > \"2023-01-01\"", "timestamp-text"),
        ("filter account = 111122223333", "number-for-id"),
    ] {
        let program = parse(text, &Known::default()).unwrap();
        let codes: Vec<&str> = program.warnings.iter().map(|w| w.what).collect();
        assert!(codes.contains(&what), "{text}: {codes:?}");
    }
    let fields = ["status", "account-id"];
    let known = Known {
        kinds: &[],
        fields: &fields,
    };
    let program = parse("parse @message \"*\" as status", &known).unwrap();
    assert_eq!(program.warnings[0].what, "shadows-field");
}

#[test]
fn every_command_function_and_aggregate_has_an_example() {
    let examples: String = EXPRESSIONS
        .iter()
        .map(|e| format!("{}\n", e.0))
        .collect::<String>()
        + &CONDITIONS
            .iter()
            .map(|c| format!("filter where {}\n", c.0))
            .collect::<String>()
        + &QUERIES.iter().map(|q| format!("{}\n", q.0)).collect::<String>()
        + "pattern level | diff previousDay\nSOURCE";
    let examples = examples.to_lowercase();
    let offered = |text: &str, kinds: &[CompletionKind]| {
        let all = complete(text, text.chars().count(), &Names::default());
        let names = all
            .into_iter()
            .filter(|c| kinds.contains(&c.kind))
            .map(|c| c.text);
        names.collect::<Vec<String>>()
    };
    let mut names = offered("", &[CompletionKind::Command]);
    names.extend(offered("fields ", &[CompletionKind::Function]));
    names.extend(offered(
        "stats ",
        &[CompletionKind::Function, CompletionKind::Aggregate],
    ));
    assert!(names.len() > 90, "{names:?}");
    for name in names {
        let name = name.trim_end_matches(['(', ')', ' ']).to_lowercase();
        assert!(examples.contains(&name), "{name} has no example");
    }
}

/// Patterns, messages, and whether each is taken.
const PATTERNS: &[(&str, &[(&str, bool)])] = &[
    ("", &[("anything", true)]),
    (
        "ERROR",
        &[("[ERROR] x", true), ("ERRORCODE", true), ("error", false)],
    ),
    ("ERROR memory", &[("memory ERROR", true), ("ERROR", false)]),
    ("\"a b\"", &[("xa bx", true), ("a  b", false)]),
    ("ERROR -Exiting", &[("ERROR", true), ("ERROR Exiting", false)]),
    ("-ERROR", &[("x", true), ("ERROR", false)]),
    ("?ERROR ?WARN", &[("WARN", true), ("INFO", false)]),
    // Beside another term, what is optional has no say.
    ("?ERROR x", &[("x", true), ("ERROR", false)]),
    ("%[45]\\d\\d%", &[("status 503", true), ("status 200", false)]),
    (
        r#"{ $.a = "x" }"#,
        &[
            (r#"{"a":"x"}"#, true),
            (r#"{"a":"X"}"#, false),
            (r#"{"b":1}"#, false),
            ("a = x", false),
        ],
    ),
    // `!=` wants the field to be there.
    (
        r#"{ $.a != "x" }"#,
        &[
            (r#"{"a":"y"}"#, true),
            (r#"{"b":"y"}"#, false),
            (r#"{"a":["y"]}"#, false),
        ],
    ),
    (
        "{ $.a NOT EXISTS }",
        &[("{}", true), (r#"{"a":null}"#, false), ("no json", false)],
    ),
    ("{ $.a IS NULL }", &[(r#"{"a":null}"#, true), ("{}", false)]),
    (
        "{ $.a IS TRUE }",
        &[(r#"{"a":true}"#, true), (r#"{"a":"true"}"#, false)],
    ),
    (
        "{ $.a >= 4 && $.a < 1e1 }",
        &[
            (r#"{"a":4}"#, true),
            (r#"{"a":10}"#, false),
            (r#"{"a":"5"}"#, false),
        ],
    ),
    (
        "{ $.a = 4* }",
        &[
            (r#"{"a":404}"#, true),
            (r#"{"a":"4x"}"#, true),
            (r#"{"a":14}"#, false),
        ],
    ),
    (
        r#"{ $.a = "*end" }"#,
        &[(r#"{"a":"the end"}"#, true), (r#"{"a":"end."}"#, false)],
    ),
    // && binds tighter than ||.
    (
        "{ $.a = 1 || $.b = 1 && $.c = 1 }",
        &[
            (r#"{"a":1}"#, true),
            (r#"{"b":1}"#, false),
            (r#"{"b":1,"c":1}"#, true),
        ],
    ),
    (
        "{ ($.a = 1 || $.b = 1) && $.c = 1 }",
        &[(r#"{"a":1}"#, false), (r#"{"a":1,"c":1}"#, true)],
    ),
    (
        r#"{ $.users[0].name = "x" }"#,
        &[(r#"{"users":[{"name":"x"}]}"#, true), (r#"{"users":[]}"#, false)],
    ),
    (
        r#"{ $.users[*].name = "x" }"#,
        &[(r#"{"users":[{"name":"y"},{"name":"x"}]}"#, true)],
    ),
    (
        r#"{ $.['a.b'] = "x" }"#,
        &[(r#"{"a.b":"x"}"#, true), (r#"{"a":{"b":"x"}}"#, false)],
    ),
    (
        "[ip, user, status = 4*, bytes > 100]",
        &[
            ("1.1.1.1 ann 404 200", true),
            ("1.1.1.1 ann 404 50", false),
            ("1.1.1.1 404", false),
        ],
    ),
    (
        "[..., status = 5*, bytes]",
        &[("a b c 500 1", true), ("500", false)],
    ),
    (
        "[a, b = \"x y\", ...]",
        &[("1 \"x y\" z", true), ("1 [x y]", true), ("1 x y", false)],
    ),
    (
        "[a, status = 404 || status = 410]",
        &[("x 410", true), ("x 411", false)],
    ),
];

#[test]
fn filter_patterns() {
    for (text, messages) in PATTERNS {
        let pattern = Pattern::parse(text)
            .unwrap_or_else(|f| panic!("{text}: {f}"))
            .pattern;
        for (message, taken) in *messages {
            assert_eq!(pattern.matches(message), *taken, "{text} on {message}");
        }
        let again = Pattern::parse(&pattern.to_string()).unwrap().pattern;
        assert_eq!(again.to_string(), pattern.to_string());
    }
    for (text, what) in [
        ("{ $.a = 1", "unclosed-brace"),
        ("[a, b", "unclosed-bracket"),
        ("{ $.a == 1 }", "expected-value"),
        ("{ !($.a = 1) }", "expected-selector"),
        ("[a, status = 4* && bytes > 1]", "two-names-in-slot"),
        ("[..., a, ...]", "two-ellipses"),
        ("%(a|b)%", "regex-character"),
    ] {
        assert_eq!(Pattern::parse(text).expect_err(text).what, what, "{text}");
    }
}
