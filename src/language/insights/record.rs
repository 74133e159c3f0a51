//! Records as the language sees them: a row of named fields, and what their kinds call them.

use super::nodes::{self, Json};
use super::value::{MILLISECOND, Value};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A record, asked for the fields of [`super::Needs::fields`] by their place there.
pub trait Row {
    fn get(&self, field: usize) -> Value<'_>;
}

/// A row that has nothing.
pub struct Nothing;

impl Row for Nothing {
    fn get(&self, _: usize) -> Value<'_> {
        Value::Absent
    }
}

/// Where a record stands among all: by time, then by its place in the files. The place leads back to the record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Order {
    /// Nanoseconds; `i64::MIN` for a record without a time.
    pub time: i64,
    /// Wide enough for a file, a member and an offset.
    pub place: u128,
}

/// A kind's own field names and what else they are called in a query.
type Aliases = (&'static str, &'static [(&'static str, &'static str)]);

/// CWL_AnalyzeLogData-discoverable-fields, "VPC flow logs": the names Insights gives the fields of version 2.
const FLOW: &[(&str, &str)] = &[
    ("srcAddr", "srcaddr"),
    ("dstAddr", "dstaddr"),
    ("srcPort", "srcport"),
    ("dstPort", "dstport"),
    ("startTime", "start"),
    ("endTime", "end"),
    ("pktSrcAddr", "pkt-srcaddr"),
    ("pktDstAddr", "pkt-dstaddr"),
];

pub const ALIASES: &[Aliases] = &[("vpc-flow", FLOW), ("tgw-flow", FLOW)];

/// The own name of the field that a query calls `asked` in records of a kind; `has` tells which fields the kind has. A
/// field's own name wins; then the kind's aliases; then a hyphenated name written in camel case (vpc-flow) or with
/// underscores.
pub fn own_name<'n>(kind: &str, asked: &'n str, has: impl Fn(&str) -> bool) -> Option<Cow<'n, str>> {
    if has(asked) {
        return Some(Cow::Borrowed(asked));
    }
    let aliases = ALIASES.iter().find(|(k, _)| *k == kind).map(|(_, a)| *a);
    if let Some((_, own)) = aliases.and_then(|a| a.iter().find(|(alias, _)| *alias == asked))
        && has(own)
    {
        return Some(Cow::Borrowed(own));
    }
    let hyphenated = |name: String| has(&name).then_some(Cow::Owned(name));
    if aliases.is_some() && asked.bytes().any(|b| b.is_ascii_uppercase()) {
        let mut own = String::new();
        for c in asked.chars() {
            if c.is_ascii_uppercase() {
                own.push('-');
            }
            own.push(c.to_ascii_lowercase());
        }
        return hyphenated(own);
    }
    if asked.contains('_') {
        return hyphenated(asked.replace('_', "-"));
    }
    None
}

/// A field of a Lambda log line (CWL_AnalyzeLogData-discoverable-fields, "Lambda logs"). Sizes are in bytes, of 1000 × 1000
/// a megabyte, as the service gives them.
pub fn lambda<'a>(message: &'a str, name: &str) -> Value<'a> {
    let report = |label: &str| -> Option<&'a str> {
        let at = memchr::memmem::find(message.as_bytes(), label.as_bytes())?;
        // `Duration:` is also the end of `Billed Duration:`.
        let before = message.get(..at)?.trim_end_matches(' ');
        if !before.is_empty() && !before.ends_with('\t') && !label.starts_with("RequestId") {
            return None;
        }
        message.get(at + label.len()..)?.split_ascii_whitespace().next()
    };
    let number = |label: &str, factor: f64| {
        let Some(text) = report(label) else {
            return Value::Absent;
        };
        match (text.parse::<i64>(), text.parse::<f64>()) {
            (Ok(n), _) => n.checked_mul(factor as i64).map_or(Value::Absent, Value::Int),
            (_, Ok(f)) => Value::Float(f * factor),
            _ => Value::Absent,
        }
    };
    let first = message.split_ascii_whitespace().next().unwrap_or_default();
    let is_platform = matches!(
        first,
        "START"
            | "END"
            | "REPORT"
            | "INIT_START"
            | "INIT_REPORT"
            | "EXTENSION"
            | "TELEMETRY"
            | "RESTORE_START"
            | "RESTORE_REPORT"
    );
    match name {
        "@type" if is_platform => Value::from(first),
        "@requestId" if is_platform => report("RequestId:").map_or(Value::Absent, Value::from),
        // `time \t id \t level \t text`, as the runtimes write.
        "@requestId" => match message.split('\t').nth(1) {
            Some(id) if !id.is_empty() && id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-') => {
                Value::from(id)
            }
            _ => Value::Absent,
        },
        "@duration" => number("Duration:", 1.0),
        "@billedDuration" => number("Billed Duration:", 1.0),
        "@initDuration" => number("Init Duration:", 1.0),
        "@memorySize" => number("Memory Size:", 1e6),
        "@maxMemoryUsed" => number("Max Memory Used:", 1e6),
        "@xrayTraceId" => report("XRAY TraceId:").map_or(Value::Absent, Value::from),
        "@xraySegmentId" => report("SegmentId:").map_or(Value::Absent, Value::from),
        _ => Value::Absent,
    }
}

/// The first JSON object of a line, if it is whole.
pub fn fragment(message: &str) -> Option<Json> {
    let mut from = 0;
    // Braces that begin no object are passed over, but not without end.
    for _ in 0..8 {
        let start = from + memchr::memchr(b'{', message.as_bytes().get(from..)?)?;
        if let Some(end) = object_end(message.as_bytes().get(start..)?)
            && let Some(json) = nodes::parse(message.get(start..start + end)?)
        {
            return Some(json);
        }
        from = start + 1;
    }
    None
}

/// The length of the object that begins here, by its braces.
fn object_end(bytes: &[u8]) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    for (at, &b) in bytes.iter().enumerate() {
        match b {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' if !quoted => depth += 1,
            b'}' if !quoted => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// One record in memory: what a line or a structured log's columns give without any engine.
#[derive(Clone, Debug, Default)]
pub struct Record {
    pub kind: Option<String>,
    pub message: String,
    pub source: Option<String>,
    pub log: Option<String>,
    pub stream: Option<String>,
    pub pointer: Option<String>,
    /// Nanoseconds.
    pub time: Option<i64>,
    pub ingested: Option<i64>,
    json: Option<Json>,
}

impl Record {
    /// A line; its fields are those of its JSON.
    pub fn line(kind: Option<&str>, message: &str) -> Record {
        let json = nodes::parse(message).filter(|j| matches!(j, Json::Object(_)));
        let json = match kind {
            Some("lambda") => json.or_else(|| fragment(message)),
            _ => json,
        };
        Record {
            kind: kind.map(str::to_owned),
            message: message.to_owned(),
            json,
            ..Record::default()
        }
    }

    /// A record of a structured log: its message is the record as compact JSON.
    pub fn structured(kind: Option<&str>, fields: Json) -> Record {
        Record {
            kind: kind.map(str::to_owned),
            message: nodes::print(&fields),
            json: Some(fields),
            ..Record::default()
        }
    }

    pub fn get(&self, name: &str) -> Value<'_> {
        let text = |t: &'_ Option<String>| t.clone().map_or(Value::Absent, Value::from);
        let time = |t: Option<i64>| t.map_or(Value::Absent, Value::Time);
        match name {
            "@timestamp" => time(self.time),
            "@ingestionTime" => time(self.ingested),
            "@message" => Value::from(self.message.as_str()),
            "@log" => text(&self.log),
            "@logStream" => text(&self.stream),
            "@source" => text(&self.source),
            "@kind" => text(&self.kind),
            "@ptr" => text(&self.pointer),
            name => self.field(name),
        }
    }

    fn field(&self, name: &str) -> Value<'_> {
        let kind = self.kind.as_deref().unwrap_or_default();
        if kind == "lambda" && name.starts_with('@') && !name.starts_with("@@") {
            return lambda(&self.message, name);
        }
        let Some(json) = &self.json else {
            return Value::Absent;
        };
        match nodes::field(json, name) {
            Value::Absent => {
                let has = |own: &str| !nodes::field(json, own).is_absent();
                own_name(kind, name, has).map_or(Value::Absent, |own| nodes::field(json, &own).into_owned())
            }
            found => found,
        }
    }

    pub fn order(&self, place: u128) -> Order {
        Order {
            time: self.time.unwrap_or(i64::MIN),
            place,
        }
    }
}

/// A record with the names a plan asks for.
pub struct Named<'r> {
    pub record: &'r Record,
    pub names: &'r [String],
}

impl Row for Named<'_> {
    fn get(&self, field: usize) -> Value<'_> {
        self.names
            .get(field)
            .map_or(Value::Absent, |name| self.record.get(name))
    }
}

/// Milliseconds to the nanoseconds of a record's time.
pub fn from_ms(ms: i64) -> Option<i64> {
    ms.checked_mul(MILLISECOND)
}
