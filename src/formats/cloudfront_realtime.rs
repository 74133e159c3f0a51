//! Real-time logs of CloudFront distributions: lines of values between tabs, without names, of the fields that the log's
//! configuration chose.
//!
//! Which fields these are no line tells. A list that a person gives ([`Options::flow_formats`]) is read by; without one, lines
//! of as many values as all fields had at some time are taken for those where the values look like it, which is said to be a
//! guess. Fields have the names of the configuration. Derived:
//! see [`super::access`].

use super::access::named::{Names, Part, Take};
use super::access::w3c::W3cReader;
use super::access::{HOST, LATENCY, OUTCOME, PATH};
use super::lines::sample_lines;
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec as F, Group, Role};

pub struct RealTime;

static FACTS: Facts = Facts {
    id: "cloudfront-realtime",
    title: "CloudFront real-time logs",
    records: "requests",
    group: Group::AwsService,
    spec_url: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/real-time-logs.html",
    shapes: &[
        "lines of all fields (40, 42, 44 or 45 values)",
        "lines of chosen fields, once their list is pasted",
    ],
    export_hint: "the Firehose stream's files: aws s3 sync s3://BUCKET/PREFIX/ .; the field list: aws cloudfront get-realtime-log-config",
    fields: &[
        F::time("timestamp").role(Role::Time),
        F::address("c-ip").role(Role::SourceAddress),
        F::float("time-to-first-byte").unit("s"),
        F::int("sc-status").role(Role::Status),
        F::int("sc-bytes").role(Role::Bytes).unit("B"),
        F::text("cs-method").role(Role::Action),
        F::text("cs-protocol"),
        F::text("cs-host").role(Role::Resource),
        F::text("cs-uri-stem"),
        F::int("cs-bytes").unit("B"),
        F::text("x-edge-location"),
        F::text("x-edge-request-id").role(Role::Id),
        F::text("x-host-header"),
        F::float("time-taken").unit("s"),
        F::text("cs-protocol-version"),
        F::text("c-ip-version"),
        F::text("cs-user-agent").role(Role::UserAgent),
        F::text("cs-referer"),
        F::text("cs-cookie"),
        F::text("cs-uri-query"),
        F::text("x-edge-response-result-type"),
        F::list("x-forwarded-for"),
        F::text("ssl-protocol").role(Role::Protocol),
        F::text("ssl-cipher"),
        F::text("x-edge-result-type"),
        F::int("fle-encrypted-fields"),
        F::text("fle-status"),
        F::text("sc-content-type"),
        F::int("sc-content-len").unit("B"),
        F::int("sc-range-start").unit("B"),
        F::int("sc-range-end").unit("B"),
        F::int("c-port").role(Role::SourcePort),
        F::text("x-edge-detailed-result-type"),
        F::text("c-country"),
        F::text("cs-accept-encoding"),
        F::text("cs-accept"),
        F::text("cache-behavior-path-pattern"),
        F::text("cs-headers"),
        F::text("cs-header-names"),
        F::int("cs-headers-count"),
        F::text("primary-distribution-id"),
        F::text("primary-distribution-dns-name"),
        F::float("origin-fbl").unit("s"),
        F::float("origin-lbl").unit("s"),
        F::text("asn"),
        HOST,
        PATH,
        OUTCOME,
        LATENCY,
    ],
    columns: &[
        "timestamp",
        "cs-method",
        "requestHost",
        "requestPath",
        "sc-status",
        "x-edge-result-type",
        "c-ip",
        "c-country",
        "sc-bytes",
        "time-taken",
    ],
    aliases: &[
        ("requestMethod", "cs-method"),
        ("statusCode", "sc-status"),
        ("tlsProtocol", "ssl-protocol"),
        ("tlsCipher", "ssl-cipher"),
        ("requestError", "x-edge-detailed-result-type"),
        ("receivedBytes", "cs-bytes"),
        ("referrer", "cs-referer"),
    ],
    dedupe: false,
};

static NAMES: Names = Names {
    facts: &FACTS,
    time: "timestamp",
    spelled: &[
        ("cs(Host)", "cs-host"),
        ("cs(User-Agent)", "cs-user-agent"),
        ("cs(Referer)", "cs-referer"),
        ("cs(Cookie)", "cs-cookie"),
    ],
    fields: &[
        ("timestamp", Take::Instant, None),
        ("c-ip", Take::Text, None),
        ("time-to-first-byte", Take::Float, None),
        ("sc-status", Take::Integer, Some(Part::Status)),
        ("sc-bytes", Take::Integer, None),
        ("cs-method", Take::Text, None),
        ("cs-protocol", Take::Text, None),
        ("cs-host", Take::Text, Some(Part::Server)),
        ("cs-uri-stem", Take::Text, Some(Part::Url)),
        ("cs-bytes", Take::Integer, None),
        ("x-edge-location", Take::Text, None),
        ("x-edge-request-id", Take::Text, None),
        ("x-host-header", Take::Text, Some(Part::Host)),
        ("time-taken", Take::Float, Some(Part::Latency(1000))),
        ("cs-protocol-version", Take::Text, None),
        ("c-ip-version", Take::Text, None),
        ("cs-user-agent", Take::Decoded, None),
        ("cs-referer", Take::Text, None),
        ("cs-cookie", Take::Text, None),
        ("cs-uri-query", Take::Text, None),
        ("x-edge-response-result-type", Take::Text, None),
        ("x-forwarded-for", Take::List, None),
        ("ssl-protocol", Take::Text, None),
        ("ssl-cipher", Take::Text, None),
        ("x-edge-result-type", Take::Text, None),
        ("fle-encrypted-fields", Take::Integer, None),
        ("fle-status", Take::Text, None),
        ("sc-content-type", Take::Text, None),
        ("sc-content-len", Take::Integer, None),
        ("sc-range-start", Take::Integer, None),
        ("sc-range-end", Take::Integer, None),
        ("c-port", Take::Integer, None),
        ("x-edge-detailed-result-type", Take::Text, None),
        ("c-country", Take::Text, None),
        ("cs-accept-encoding", Take::Text, None),
        ("cs-accept", Take::Text, None),
        ("cache-behavior-path-pattern", Take::Text, None),
        ("cs-headers", Take::Decoded, None),
        ("cs-header-names", Take::Decoded, None),
        ("cs-headers-count", Take::Integer, None),
        ("primary-distribution-id", Take::Text, None),
        ("primary-distribution-dns-name", Take::Text, None),
        ("origin-fbl", Take::Float, None),
        ("origin-lbl", Take::Float, None),
        ("asn", Take::Text, None),
    ],
};

/// How many fields there were at a time, in the order of [`NAMES`]: the last ones were added later.
const COUNTS: [usize; 4] = [45, 44, 42, 40];
/// Values of the shortest line that is recognised without a list.
const LEAST: usize = 4;
/// Fields of the longest list that a person gives.
const MAX_FIELDS: usize = 128;
const NO_LIST: &str = "which values are which fields, no line of a real-time log tells: paste the list of its fields (Add files, \
    “Logs without a header”) and it is read again";

/// What edges say of a request, in one field or another.
const RESULTS: [&[u8]; 8] = [
    b"Hit",
    b"Miss",
    b"RefreshHit",
    b"OriginShieldHit",
    b"Error",
    b"Redirect",
    b"LimitExceeded",
    b"CapacityExceeded",
];

fn values(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    line.split(|b| *b == b'\t').map(<[u8]>::trim_ascii_end)
}

/// Unix time with milliseconds, as the log writes it: `1573773600.123`.
fn is_time(value: &[u8]) -> bool {
    value.len() == 14
        && value.get(10) == Some(&b'.')
        && value
            .iter()
            .enumerate()
            .all(|(at, b)| at == 10 || b.is_ascii_digit())
}

/// `FRA56-P5`, `SEA19-C1`
fn is_edge(value: &[u8]) -> bool {
    let (Some(place), Some(rest)) = (value.get(..3), value.get(3..)) else {
        return false;
    };
    let after = rest.iter().skip_while(|b| b.is_ascii_digit());
    place.iter().all(u8::is_ascii_uppercase)
        && rest.first().is_some_and(u8::is_ascii_digit)
        && after.clone().next() == Some(&b'-')
        && (3..12).contains(&value.len())
}

fn is_line(line: &[u8]) -> bool {
    let mut signs = [false; 2];
    let mut count = 0;
    for value in values(line) {
        count += 1;
        signs[0] |= is_time(value);
        signs[1] |= is_edge(value) || RESULTS.contains(&value);
    }
    count >= LEAST && signs == [true; 2]
}

/// Whether a line's values look like those of all fields in their order. As many chosen ones may happen to stand there.
fn looks_like_all(line: &[u8]) -> bool {
    let is_address = |v: &[u8]| std::str::from_utf8(v).is_ok_and(|v| v.parse::<std::net::IpAddr>().is_ok());
    let is_status = |v: &[u8]| v == b"000" || (v.len() == 3 && v.iter().all(u8::is_ascii_digit));
    let is_method = |v: &[u8]| !v.is_empty() && v.iter().all(u8::is_ascii_uppercase);
    let is_number = |v: &[u8]| v.first().is_some_and(u8::is_ascii_digit);
    values(line).enumerate().all(|(at, value)| match at {
        _ if value == b"-" => true,
        0 => is_time(value),
        1 => is_address(value),
        2 | 13 => is_number(value),
        3 => is_status(value),
        5 => is_method(value),
        8 => value.first() == Some(&b'/'),
        10 => is_edge(value),
        _ => true,
    })
}

/// The names of a list that a person wrote: with commas, quotes, as JSON, or one a line.
fn list(text: &str) -> Vec<String> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '"' | '\'' | '[' | ']'));
    words.filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// Reads a list of fields as a person writes it: how many, and those that real-time logs are not known to have. `None` where it
/// is no such list.
pub(super) fn check(text: &str) -> Option<(usize, Vec<String>)> {
    let names = list(text);
    let unknown: Vec<String> = names
        .iter()
        .filter(|n| NAMES.find(n).is_none())
        .cloned()
        .collect();
    let known = names.len() - unknown.len();
    let own = |n: &String| {
        ["x-edge-", "cs-", "sc-", "c-ip"]
            .iter()
            .any(|start| n.starts_with(start))
    };
    let is_its = names.len() <= MAX_FIELDS && known > unknown.len() && names.iter().any(own);
    is_its.then_some((names.len(), unknown))
}

impl LogFormat for RealTime {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        let mut lines = sample_lines(sample).take(10).peekable();
        lines.peek()?;
        lines.all(is_line).then_some(Confidence::Certain)
    }

    fn restarts_after(&self, _sample: &Sample<'_>) -> Option<usize> {
        Some(0)
    }

    fn reader(&self, sample: &Sample<'_>, options: &Options) -> Box<dyn Reader> {
        let count = sample_lines(sample).next().map_or(0, |line| values(line).count());
        let told = options.flow_formats.iter().filter(|text| check(text).is_some());
        let told = told.map(|text| list(text)).find(|names| names.len() == count);
        let guessed = told.is_none();
        let all = || {
            let is_all = COUNTS.contains(&count) && sample_lines(sample).take(10).all(looks_like_all);
            is_all.then(|| {
                let names = NAMES.fields.iter().take(count).map(|f| f.0.to_owned());
                names.collect()
            })
        };
        Box::new(W3cReader::new(&NAMES, told.or_else(all), NO_LIST).guessed(guessed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing;

    #[test]
    fn fixtures() {
        testing::fixtures("cloudfront-realtime");
    }

    const CHOSEN: &str = "1772442901.123\t203.0.113.24\t200\tGET\twww.example.com\t/a%20b\tFRA56-P5\tHit\n";

    #[test]
    fn chosen_fields_are_read_once_their_list_is_told() {
        let options = Options {
            flow_formats: vec![
                "${version} ${account-id}".to_owned(),
                "timestamp, c-ip, sc-status, cs-method, cs-host, cs-uri-stem, x-edge-location, x-edge-result-type".to_owned(),
            ],
            ..Options::default()
        };
        assert_eq!(
            testing::detect("", CHOSEN.as_bytes()),
            Some("cloudfront-realtime")
        );
        let (shard, stats) = testing::read_as("cloudfront-realtime", "", CHOSEN.as_bytes(), 7, &options);
        assert_eq!(stats.kept, 1);
        let rows = testing::dump(&shard, "cloudfront-realtime");
        assert!(rows.contains("requestPath = \"/a b\""), "{rows}");
        assert!(rows.contains("timestamp = 2026-03-02T09:15:01.123Z"), "{rows}");
    }

    #[test]
    fn without_the_list_it_is_said_what_is_missing() {
        let (_, stats) = testing::read_as(
            "cloudfront-realtime",
            "",
            CHOSEN.as_bytes(),
            7,
            &Options::default(),
        );
        assert_eq!(stats.kept, 0);
        let why = format!("{:?}", stats.rejected);
        assert!(why.contains("paste the list of its fields"), "{why}");
    }

    /// Forty values between tabs, of which the first are given.
    fn forty(first: &[&str]) -> String {
        let rest = std::iter::repeat_n("-", 40 - first.len());
        let values: Vec<&str> = first.iter().copied().chain(rest).collect();
        values.join("\t") + "\n"
    }

    #[test]
    fn as_many_chosen_fields_are_not_taken_for_all() {
        let read = |line: &str, list: &[String]| {
            let options = Options {
                flow_formats: list.to_vec(),
                ..Options::default()
            };
            let (_, stats) = testing::read_as("cloudfront-realtime", "", line.as_bytes(), 64, &options);
            (stats.kept, stats.guessed)
        };
        let all = forty(&[
            "1772442901.123",
            "203.0.113.24",
            "0.002",
            "200",
            "512",
            "GET",
            "https",
            "www.example.com",
            "/a",
            "80",
            "FRA56-P5",
        ]);
        assert_eq!(read(&all, &[]), (1, true), "a guess is said to be one");
        let chosen = forty(&["1772442901.123", "200", "GET", "203.0.113.24", "FRA56-P5", "Hit"]);
        assert_eq!(
            read(&chosen, &[]).0,
            0,
            "its values are not where all fields have them"
        );
        let names = NAMES.fields.iter().take(40).map(|f| f.0);
        let list = names.collect::<Vec<_>>().join(",");
        assert_eq!(read(&all, &[list]), (1, false), "a list that is told is no guess");
    }

    #[test]
    fn a_list_of_flow_log_fields_is_none_of_its_own() {
        assert_eq!(check("${version} ${account-id} ${srcaddr}"), None);
        assert_eq!(check("version account-id srcaddr"), None);
        let own = check("[\"timestamp\", \"c-ip\", \"sc-status\", \"x-new-thing\"]");
        assert_eq!(own, Some((4, vec!["x-new-thing".to_owned()])));
    }
}
