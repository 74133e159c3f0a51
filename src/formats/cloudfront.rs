//! Standard logs of CloudFront distributions: legacy (v1) and v2 in each of its forms.
//!
//! Fields have the names of the log as v1 writes them, whatever a delivery spells them like (`cs(User-Agent)`,
//! `cs_user_agent`). `date` and `time`, `timestamp` or `timestamp(ms)` become one `timestamp`; `cs(User-Agent)` and
//! `x-forwarded-for` are decoded. Derived: see [`super::access`].

use super::access::named::{NamedRows, Names, Part, Take, plain_name};
use super::access::w3c::{W3cReader, head_end, sample_names};
use super::access::{HOST, LATENCY, OUTCOME, PATH};
use super::columnar::{Cells, Held, MAGIC, Rows};
use super::json::{JsonReader, OnRecord, Record, Spec, members};
use super::lines::sample_lines;
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec as F, Group, Role};
use crate::table::RowSink;

pub struct CloudFront;

pub(super) static FACTS: Facts = Facts {
    id: "cloudfront",
    title: "CloudFront standard logs",
    records: "requests",
    group: Group::AwsService,
    spec_url: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html",
    shapes: &[
        "v1 (legacy): the #Fields line decides",
        "v2: JSON, W3C, plain (in v1's order), Parquet, any choice of fields",
        "not read: RTMP distributions; plain v2 without its list of fields in another order",
    ],
    export_hint: "aws s3 sync s3://BUCKET/PREFIX/ .",
    fields: &[
        F::time("timestamp").role(Role::Time),
        F::text("x-edge-location"),
        F::int("sc-bytes").role(Role::Bytes).unit("B"),
        F::address("c-ip").role(Role::SourceAddress),
        F::text("cs-method").role(Role::Action),
        F::text("cs(Host)").role(Role::Resource),
        F::text("cs-uri-stem"),
        F::int("sc-status").role(Role::Status),
        F::text("cs(Referer)"),
        F::text("cs(User-Agent)").role(Role::UserAgent),
        F::text("cs-uri-query"),
        F::text("cs(Cookie)"),
        F::text("x-edge-result-type"),
        F::text("x-edge-request-id").role(Role::Id),
        F::text("x-host-header"),
        F::text("cs-protocol"),
        F::int("cs-bytes").unit("B"),
        F::float("time-taken").unit("s"),
        F::list("x-forwarded-for"),
        F::text("ssl-protocol").role(Role::Protocol),
        F::text("ssl-cipher"),
        F::text("x-edge-response-result-type"),
        F::text("cs-protocol-version"),
        F::text("fle-status"),
        F::int("fle-encrypted-fields"),
        F::int("c-port").role(Role::SourcePort),
        F::float("time-to-first-byte").unit("s"),
        F::text("x-edge-detailed-result-type"),
        F::text("sc-content-type"),
        F::int("sc-content-len").unit("B"),
        F::int("sc-range-start").unit("B"),
        F::int("sc-range-end").unit("B"),
        F::float("origin-fbl").unit("s"),
        F::float("origin-lbl").unit("s"),
        F::text("asn"),
        F::text("c-country"),
        F::text("cache-behavior-path-pattern"),
        F::text("DistributionId"),
        F::text("distribution-tenant-id"),
        F::text("connection-id"),
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
        "sc-bytes",
        "time-taken",
        "x-edge-location",
    ],
    aliases: ALIASES,
    dedupe: false,
};

/// What the fields are called for every kind of request, and in real-time logs.
pub(super) const ALIASES: &[(&str, &str)] = &[
    ("requestMethod", "cs-method"),
    ("statusCode", "sc-status"),
    ("tlsProtocol", "ssl-protocol"),
    ("tlsCipher", "ssl-cipher"),
    ("requestError", "x-edge-detailed-result-type"),
    ("receivedBytes", "cs-bytes"),
    ("referrer", "cs(Referer)"),
];

static NAMES: Names = Names {
    facts: &FACTS,
    time: "timestamp",
    spelled: &[("timestamp(ms)", "timestamp")],
    fields: &[
        ("timestamp", Take::Instant, None),
        ("date", Take::Date, None),
        ("time", Take::TimeOfDay, None),
        ("x-edge-location", Take::Text, None),
        ("sc-bytes", Take::Integer, None),
        ("c-ip", Take::Text, None),
        ("cs-method", Take::Text, None),
        ("cs(Host)", Take::Text, Some(Part::Server)),
        ("cs-uri-stem", Take::Text, Some(Part::Url)),
        ("sc-status", Take::Integer, Some(Part::Status)),
        ("cs(Referer)", Take::Text, None),
        ("cs(User-Agent)", Take::Decoded, None),
        ("cs-uri-query", Take::Text, None),
        ("cs(Cookie)", Take::Text, None),
        ("x-edge-result-type", Take::Text, None),
        ("x-edge-request-id", Take::Text, None),
        ("x-host-header", Take::Text, Some(Part::Host)),
        ("cs-protocol", Take::Text, None),
        ("cs-bytes", Take::Integer, None),
        ("time-taken", Take::Float, Some(Part::Latency(1000))),
        ("x-forwarded-for", Take::List, None),
        ("ssl-protocol", Take::Text, None),
        ("ssl-cipher", Take::Text, None),
        ("x-edge-response-result-type", Take::Text, None),
        ("cs-protocol-version", Take::Text, None),
        ("fle-status", Take::Text, None),
        ("fle-encrypted-fields", Take::Integer, None),
        ("c-port", Take::Integer, None),
        ("time-to-first-byte", Take::Float, None),
        ("x-edge-detailed-result-type", Take::Text, None),
        ("sc-content-type", Take::Text, None),
        ("sc-content-len", Take::Integer, None),
        ("sc-range-start", Take::Integer, None),
        ("sc-range-end", Take::Integer, None),
        ("origin-fbl", Take::Float, None),
        ("origin-lbl", Take::Float, None),
        ("asn", Take::Text, None),
        ("c-country", Take::Text, None),
        ("cache-behavior-path-pattern", Take::Text, None),
        ("DistributionId", Take::Text, None),
        ("distribution-tenant-id", Take::Text, None),
        ("connection-id", Take::Text, None),
    ],
};

/// The order of v1, in which lines without names are read.
const V1: [&str; 33] = [
    "date",
    "time",
    "x-edge-location",
    "sc-bytes",
    "c-ip",
    "cs-method",
    "cs(Host)",
    "cs-uri-stem",
    "sc-status",
    "cs(Referer)",
    "cs(User-Agent)",
    "cs-uri-query",
    "cs(Cookie)",
    "x-edge-result-type",
    "x-edge-request-id",
    "x-host-header",
    "cs-protocol",
    "cs-bytes",
    "time-taken",
    "x-forwarded-for",
    "ssl-protocol",
    "ssl-cipher",
    "x-edge-response-result-type",
    "cs-protocol-version",
    "fle-status",
    "fle-encrypted-fields",
    "c-port",
    "time-to-first-byte",
    "x-edge-detailed-result-type",
    "sc-content-type",
    "sc-content-len",
    "sc-range-start",
    "sc-range-end",
];
/// Values of the shortest lines of v1.
const LEAST: usize = 18;
const LOCATION: usize = 2;
const BYTES: usize = 3;

/// Do these names belong to a log of CloudFront?
fn are_its(names: &[String]) -> Option<Confidence> {
    let plain: Vec<String> = names.iter().map(|n| plain_name(n)).collect();
    let has = |name: &str| plain.iter().any(|n| n == name);
    let own = |n: &String| n.starts_with("x_edge_") && !n.contains("mqcs");
    let others = ["cs_method", "sc_status", "cs_uri_stem", "sc_bytes", "cs_protocol"];
    let known = others.iter().filter(|n| has(n)).count();
    match plain.iter().any(own) || has("distributionid") && known > 0 {
        true => Some(Confidence::Certain),
        // IIS has some of them, and a name of its own for the server.
        false if known >= 3 && !has("s_ip") && !has("s_sitename") && has("sc_bytes") => {
            Some(Confidence::Likely)
        }
        false => None,
    }
}

/// A line of v1 without its names: a day, a time, an edge location and a number.
fn is_v1_line(line: &[u8]) -> bool {
    let values: Vec<&[u8]> = line.split(|b| *b == b'\t').collect();
    let digits = |text: &[u8], signs: &[usize], sign: u8, len: usize| {
        let right = |(at, b): (usize, &u8)| match signs.contains(&at) {
            true => *b == sign,
            false => b.is_ascii_digit(),
        };
        text.len() == len && text.iter().enumerate().all(right)
    };
    values.len() >= LEAST
        && values.first().is_some_and(|v| digits(v, &[4, 7], b'-', 10))
        && values.get(1).is_some_and(|v| digits(v, &[2, 5], b':', 8))
        && values
            .get(LOCATION)
            .is_some_and(|v| v.len() >= 3 && v[..3].iter().all(u8::is_ascii_uppercase))
        && values
            .get(BYTES)
            .is_some_and(|v| v.iter().all(u8::is_ascii_digit))
}

fn first_line<'a>(sample: &'a Sample<'_>) -> Option<&'a [u8]> {
    sample_lines(sample).next()
}

impl LogFormat for CloudFront {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        if sample.head.starts_with(MAGIC) {
            return are_its(sample.parquet_columns()?);
        }
        match sample.head.first()? {
            b'#' => are_its(&sample_names(sample)?),
            b'{' | b'[' => {
                let keys = sample
                    .shape()
                    .keys()
                    .map(|(k, _)| String::from_utf8_lossy(k).into_owned());
                are_its(&keys.collect::<Vec<_>>())
            }
            _ => is_v1_line(first_line(sample)?).then_some(Confidence::Certain),
        }
    }

    fn restarts_after(&self, sample: &Sample<'_>) -> Option<usize> {
        match sample.head.first()? {
            b'#' => head_end(sample),
            b'0'..=b'9' => Some(0),
            _ => None,
        }
    }

    fn reader(&self, sample: &Sample<'_>, _options: &Options) -> Box<dyn Reader> {
        if sample.head.starts_with(MAGIC) {
            return Box::new(Held::new(Files {
                rows: NamedRows::new(&NAMES),
                columns: Vec::new(),
            }));
        }
        if matches!(sample.head.first(), Some(b'{' | b'[')) {
            let rows = NamedRows::new(&NAMES);
            return Box::new(JsonReader::new::<&str>(Spec::default(), &[], Objects { rows }));
        }
        let given = first_line(sample).is_some_and(is_v1_line);
        let given = given.then(|| V1.map(str::to_owned).to_vec());
        Box::new(W3cReader::new(&NAMES, given, "no #Fields line before it"))
    }
}

/// A request as a JSON object, its values as texts.
struct Objects {
    rows: NamedRows,
}

impl OnRecord for Objects {
    fn record(&mut self, record: &Record<'_>, sink: &mut RowSink<'_>) {
        let mut known = false;
        members(record.bytes, &mut |name, raw| {
            let Ok(name) = std::str::from_utf8(name) else {
                return;
            };
            known |= NAMES.find(name).is_some();
            let at = self.rows.bind(name, sink);
            if let Some(text) = raw.text().filter(|_| !raw.is_null()) {
                self.rows.set(at, &text, sink);
            }
        });
        if !known {
            self.rows.forget();
            return sink.reject("no field of CloudFront in it", record.offset, record.bytes);
        }
        self.rows
            .end(record.offset, record.bytes, record.bytes.len() as u64, sink);
    }
}

struct Files {
    rows: NamedRows,
    columns: Vec<usize>,
}

impl Rows for Files {
    const OF: &'static str = "CloudFront's columns";

    fn columns(&mut self, names: &[&str], sink: &mut RowSink<'_>) -> bool {
        self.columns = names.iter().map(|name| self.rows.bind(name, sink)).collect();
        names.iter().any(|name| NAMES.find(name).is_some())
    }

    fn row(&mut self, ordinal: u64, cells: &mut Cells<'_>, sink: &mut RowSink<'_>) {
        cells.each(&mut |at, cell| {
            if let Some(at) = self.columns.get(at) {
                self.rows.set(*at, &cell.to_text(), sink);
            }
        });
        self.rows.end(ordinal, MAGIC, 0, sink);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn fixtures() {
        crate::formats::testing::fixtures("cloudfront");
    }
}
