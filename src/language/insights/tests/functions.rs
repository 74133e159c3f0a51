use super::super::functions::FUNCTIONS;
use super::*;

#[test]
fn results() {
    for (expression, expected) in [
        ("round(2.5)", "3"),
        ("round(-2.5)", "-3"),
        ("round(1.005, 2)", "1.01"),
        ("round(1234, 0 - 2)", "1200"),
        ("ceil(2.5e15 + 0.5)", "2500000000000001"),
        ("greatest(\"a\", 2, \"10\")", "10"),
        ("least(\"a\")", ""),
        ("toInt(3000000000)", ""),
        ("toLong(\"1e3\")", "1000"),
        ("substr(\"abc\", 0 - 2, 2)", "ab"),
        ("substr(\"äöü\", 1, 1)", "ö"),
        ("replace(\"abc\", \"\", \"x\")", "abc"),
        ("regexReplace(\"a-b\", \"(\\w)-(\\w)\", \"$2-$1\")", "b-a"),
        ("regex_replace(\"aXb\", concat(\"X\", \"\"), \"-\")", "a-b"),
        ("urlencode(\"ä&=\")", "%C3%A4%26%3D"),
        ("urldecode(\"a+b%zz\")", "a b%zz"),
        ("urldecode(\"%ff\")", ""),
        ("base64decode(\"!\")", ""),
        ("hexToDec(\"-0xFF\")", "-255"),
        ("hexToDec(\"xyz\")", ""),
        ("hexToAscii(\"4\")", ""),
        ("md5(\"\")", "d41d8cd98f00b204e9800998ecf8427e"),
        (
            "md5(\"12345678901234567890123456789012345678901234567890123456789012345678901234567890\")",
            "57edf4a22be3c955ac49da2e2107b67a",
        ),
        (
            "sha256(\"abc\")",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ),
        ("jsonArraySize(split(\"a,b\", \",\"))", "2"),
        ("jsonArrayContains(split(\"a,b\", \",\"), \"b\")", "1"),
        ("jsonArrayContains(\"[1,2]\", 2)", "1"),
        ("jsonParse(\"[1, 2]\")", "[1,2]"),
        ("jsonParse(\"[1, {\\\"a\\\": 2}]\")[1].a", "2"),
        ("isIpInSubnet(\"10.0.0.9\", \"10.0.0.1/24\")", "1"),
        ("isIpInSubnet(\"10.0.0.9\", \"10.0.0.0\")", "0"),
        ("isPrivateIP(\"fd00::1\")", "1"),
        ("isReservedIP(\"fe80::1\")", "1"),
        ("isReservedIP(\"::1\")", "1"),
        ("isPublicIP(\"2600::1\")", "1"),
        ("isPublicIP(\"x\")", "0"),
        ("isPublicIP(zzz)", "0"),
        ("isblank(\"\t\")", "1"),
        ("isempty(jsonParse(\"[]\"))", "0"),
        ("if(zzz, 1, 2)", "2"),
        ("case(zzz > 1, 1, zzz < 1, 2)", ""),
        ("datefloor(0, 1w)", "1969-12-29 00:00:00.000"),
        ("dateceil(1672531200001, 1mo)", "2023-02-01 00:00:00.000"),
        ("datefloor(1672531199999, 1q)", "2022-10-01 00:00:00.000"),
        ("datefloor(1700000000000, 2mo)", "2023-11-01 00:00:00.000"),
        ("datefloor(1700000000000, 5y)", "2020-01-01 00:00:00.000"),
        ("datefloor(0 - 1, 1d)", "1969-12-31 00:00:00.000"),
        ("toMillis(\"2023\")", "2023"),
        ("toMillis(\"x\")", ""),
        ("queryEndTime() - queryStartTime()", "240000"),
        (
            "strftime(0, \"%Y-%j %a %b %-d %H:%M:%S.%L %p %% %s\")",
            "1970-001 Thu Jan 1 00:00:00.000 AM % 0",
        ),
        (
            "formatDate(0, \"%F %T %z\", \"+05:30\")",
            "1970-01-01 05:30:00 +0530",
        ),
        (
            "formatDate(1700000000000, \"%H:%M %Z\", \"America/New_York\")",
            "17:13 America/New_York",
        ),
        (
            "formatDate(1690000000000, \"%H:%M\", \"America/New_York\")",
            "00:26",
        ),
        ("formatDate(1690000000000, \"%H:%M\", \"Europe/Berlin\")", "06:26"),
        (
            "formatDate(1700000000000, \"%H:%M\", \"Australia/Sydney\")",
            "09:13",
        ),
        (
            "formatDate(1690000000000, \"%H:%M\", \"Australia/Sydney\")",
            "14:26",
        ),
        ("formatDate(0, \"%Y\", \"Middle/Earth\")", ""),
        (
            "parseDate(\"2023-07-22 06:26:40\", \"yyyy-MM-dd HH:mm:ss\", \"Europe/Berlin\")",
            "1690000000000",
        ),
        (
            "parseDate(\"22/Jul/2023:04:26:40 +0000\", \"dd/MMM/yyyy:HH:mm:ss Z\")",
            "1690000000000",
        ),
        (
            "parseDate(\"2023-07-22T04:26:40.5Z\", \"yyyy-MM-dd'T'HH:mm:ss.SXXX\")",
            "1690000000500",
        ),
        (
            "parseDate(\"7/2/23 1:05 PM\", \"M/d/yy h:mm a\")",
            "1688303100000",
        ),
        ("parseDate(\"2023-02-30\", \"yyyy-MM-dd\")", ""),
        ("parseDate(\"2023-01-01x\", \"yyyy-MM-dd\")", ""),
        ("haversine(0, 0, 0, \"x\")", ""),
        ("strlen(12.50)", "4"),
        ("concat(@timestamp, \"\")", "2023-11-14 22:13:20.000"),
    ] {
        assert_eq!(value(expression, "x"), expected, "{expression}");
    }
}

/// A summer's hour that comes twice or not at all has a time, too.
#[test]
fn clocks_that_change() {
    for (text, zone, expected) in [
        ("2023-03-26 02:30", "Europe/Berlin", 1_679_794_200_000i64),
        ("2023-03-26 03:30", "Europe/Berlin", 1_679_794_200_000),
        ("2023-11-05 00:30", "America/New_York", 1_699_158_600_000),
        ("2023-11-05 03:00", "America/New_York", 1_699_171_200_000),
    ] {
        let got = value(
            &format!("parseDate(\"{text}\", \"yyyy-MM-dd HH:mm\", \"{zone}\")"),
            "x",
        );
        let near = (got.parse::<i64>().unwrap() - expected).abs() <= 3_600_000;
        assert!(near, "{text} {zone} {got}");
    }
}

#[test]
fn names_are_there_once() {
    let mut names: Vec<String> = FUNCTIONS
        .iter()
        .flat_map(|f| std::iter::once(&f.name).chain(f.aliases))
        .map(|n| n.to_lowercase())
        .collect();
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all);
}

/// Whatever a function is given, it answers.
#[test]
fn no_function_panics() {
    let given = [
        "zzz",
        "\"\"",
        "\"ä😀\"",
        "-1",
        "1e308",
        "9223372036854775807",
        "true",
        "@timestamp",
        "jsonParse(\"{}\")",
        "jsonParse(\"[]\")",
    ];
    for f in FUNCTIONS
        .iter()
        .filter(|f| !["bin", "datefloor", "dateceil"].contains(&f.name))
    {
        for args in f.least..=f.most.min(f.least + 2) {
            for (i, first) in given.iter().enumerate() {
                let list: Vec<&str> = (0..args)
                    .map(|a| given.get((i + a * 3) % given.len()).unwrap_or(first))
                    .copied()
                    .collect();
                let text = format!("fields {}({}) as r", f.name, list.join(", "));
                if let Ok(program) = parse(&text, &Known::default()) {
                    let plan = program.plan(Clock {
                        now: i64::MAX,
                        start: i64::MIN,
                        end: i64::MAX,
                    });
                    let mut part = plan.start();
                    plan.push(&mut part, &super::super::record::Nothing, Order::default());
                    plan.finish(part);
                }
            }
        }
    }
    for time in ["9e15", "-9e15", "9223372036854", "-9223372036854", "zzz", "\"x\""] {
        for period in [
            "1ms",
            "999999999999999999d",
            "1mo",
            "9999999999q",
            "9999999999999999999y",
            "1w",
        ] {
            rows(
                &format!("fields datefloor({time}, {period}) as r, dateceil({time}, {period}) as s"),
                &["x"],
            );
        }
    }
}
