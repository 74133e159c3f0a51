//! Logs of Internet Information Services, and of others that write the W3C's extended log format: the `#Fields` line decides, and may
//! come again with other fields.
//!
//! Fields have the names of the log; `date` and `time` become one `timestamp`, in UTC, as IIS writes them. Of lines with a time
//! alone the day is the last `#Date`'s, and the next one where the time begins anew. In `cs(User-Agent)`, `cs(Cookie)` and
//! `cs-username` a `+` is a space; other values keep it, for it may be their own. Lines without any `#Fields` line are read
//! where they are of IIS's own choice of fields. Derived: see [`super::access`].

use super::access::named::{Names, Part, Take, plain_name};
use super::access::w3c::{W3cReader, head_end, sample_names};
use super::access::{HOST, LATENCY, OUTCOME, PATH};
use super::lines::sample_lines;
use super::{Confidence, LogFormat, Options, Reader, Sample, stamps};
use crate::base::{Facts, FieldSpec as F, Group, Role, time};

pub struct Iis;

static FACTS: Facts = Facts {
    id: "iis",
    title: "IIS logs (W3C extended)",
    records: "requests",
    group: Group::Host,
    spec_url: "https://learn.microsoft.com/en-us/windows/win32/http/w3c-logging",
    shapes: &[
        "W3C extended: any choice of fields, changed on the way, with a time alone under #Date, values in quotes",
        "W3C without its #Fields line, in IIS's own choice of fields",
        "not read: IIS and NCSA formats, centralized binary logging",
    ],
    export_hint: "C:\\inetpub\\logs\\LogFiles\\W3SVC1\\u_ex*.log",
    fields: &[
        F::time("timestamp").role(Role::Time),
        F::text("s-sitename").role(Role::Resource),
        F::text("s-computername"),
        F::address("s-ip").role(Role::DestinationAddress),
        F::text("cs-method").role(Role::Action),
        F::text("cs-uri-stem"),
        F::text("cs-uri-query"),
        F::int("s-port").role(Role::DestinationPort),
        F::text("cs-username").role(Role::Actor),
        F::address("c-ip").role(Role::SourceAddress),
        F::int("c-port").role(Role::SourcePort),
        F::text("cs-version"),
        F::text("cs(User-Agent)").role(Role::UserAgent),
        F::text("cs(Cookie)"),
        F::text("cs(Referer)"),
        F::text("cs-host"),
        F::int("sc-status").role(Role::Status),
        F::int("sc-substatus"),
        F::int("sc-win32-status"),
        F::int("sc-bytes").role(Role::Bytes).unit("B"),
        F::int("cs-bytes").unit("B"),
        F::int("time-taken").unit("ms"),
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
        "c-ip",
        "cs-username",
        "sc-bytes",
        "time-taken",
        "cs(User-Agent)",
    ],
    aliases: &[
        ("requestMethod", "cs-method"),
        ("statusCode", "sc-status"),
        ("receivedBytes", "cs-bytes"),
        ("referrer", "cs(Referer)"),
    ],
    dedupe: false,
};

static NAMES: Names = Names {
    facts: &FACTS,
    time: "timestamp",
    spelled: &[("cs(Referrer)", "cs(Referer)"), ("cs(Host)", "cs-host")],
    fields: &[
        ("date", Take::Date, None),
        ("time", Take::TimeOfDay, None),
        ("s-sitename", Take::Text, None),
        ("s-computername", Take::Text, None),
        ("s-ip", Take::Text, None),
        ("cs-method", Take::Text, None),
        ("cs-uri-stem", Take::Text, Some(Part::Url)),
        ("cs-uri-query", Take::Text, None),
        ("s-port", Take::Integer, None),
        ("cs-username", Take::Plus, None),
        ("c-ip", Take::Text, None),
        ("c-port", Take::Integer, None),
        ("cs-version", Take::Text, None),
        ("cs(User-Agent)", Take::Plus, None),
        ("cs(Cookie)", Take::Plus, None),
        ("cs(Referer)", Take::Text, None),
        ("cs-host", Take::Text, Some(Part::Host)),
        ("sc-status", Take::Integer, Some(Part::Status)),
        ("sc-substatus", Take::Integer, None),
        ("sc-win32-status", Take::Integer, None),
        ("sc-bytes", Take::Integer, None),
        ("cs-bytes", Take::Integer, None),
        ("time-taken", Take::Integer, Some(Part::Latency(1))),
    ],
};

/// What IIS 7 and later choose by themselves; `cs(Referer)` since 8.5.
const OWN_CHOICE: [&str; 15] = [
    "date",
    "time",
    "s-ip",
    "cs-method",
    "cs-uri-stem",
    "cs-uri-query",
    "s-port",
    "cs-username",
    "c-ip",
    "cs(User-Agent)",
    "cs(Referer)",
    "sc-status",
    "sc-substatus",
    "sc-win32-status",
    "time-taken",
];
const REFERER: usize = 10;
const NO_FIELDS: &str = "no #Fields line before it, and not in the order that IIS writes by itself";

/// The names of a line without any, where it looks like IIS's own choice.
fn own_choice(line: &[u8]) -> Option<Vec<String>> {
    let values: Vec<&[u8]> = line.split(|b| *b == b' ').collect();
    let get = |at: usize| values.get(at).copied().unwrap_or_default();
    let has_referer = match values.len() {
        14 => false,
        15 => true,
        _ => return None,
    };
    let is_address =
        |at: usize| std::str::from_utf8(get(at)).is_ok_and(|s| s.parse::<std::net::IpAddr>().is_ok());
    let is_number = |text: &[u8]| stamps::number(text).is_some();
    let is_one = time::parse_iso(get(0)).is_some()
        && get(0).len() == 10
        && stamps::time_of_day(get(1)).is_some_and(|(_, rest)| rest.is_empty())
        && is_address(2)
        && is_address(8)
        && is_number(get(6))
        && values.iter().rev().take(4).all(|v| is_number(v));
    let names = OWN_CHOICE.iter().enumerate();
    let names = names.filter(|(at, _)| has_referer || *at != REFERER);
    is_one.then(|| names.map(|(_, name)| (*name).to_owned()).collect())
}

/// Names that requests have in such a log.
fn are_of_requests(names: &[String]) -> bool {
    let plain: Vec<String> = names.iter().map(|n| plain_name(n)).collect();
    let known = [
        "cs_method",
        "cs_uri_stem",
        "cs_uri",
        "cs_uri_query",
        "sc_status",
        "c_ip",
        "s_ip",
    ];
    known
        .iter()
        .filter(|name| plain.iter().any(|n| n == *name))
        .count()
        >= 2
}

impl LogFormat for Iis {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        if sample.head.first() != Some(&b'#') {
            return own_choice(sample_lines(sample).next()?).map(|_| Confidence::Certain);
        }
        if !are_of_requests(&sample_names(sample)?) {
            return None;
        }
        let software = sample_lines(sample).take_while(|line| line.starts_with(b"#"));
        let is_microsofts = |line: &[u8]| {
            memchr::memmem::find(line, b"Internet Information Serve").is_some()
                && line.starts_with(b"#Software:")
        };
        Some(match software.into_iter().any(is_microsofts) {
            true => Confidence::Certain,
            false => Confidence::Likely,
        })
    }

    fn restarts_after(&self, sample: &Sample<'_>) -> Option<usize> {
        match sample_names(sample) {
            // Of a time alone the day is told by the lines before.
            Some(names) => head_end(sample).filter(|_| names.iter().any(|n| n == "date")),
            None => Some(0),
        }
    }

    fn has_more(&self) -> bool {
        false
    }

    fn reader(&self, sample: &Sample<'_>, _: &Options) -> Box<dyn Reader> {
        let given = sample_lines(sample).next().and_then(own_choice);
        Box::new(W3cReader::new(&NAMES, given, NO_FIELDS).whole_lines())
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn fixtures() {
        crate::formats::testing::fixtures("iis");
    }
}
