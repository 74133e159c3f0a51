//! Requests whose values have names: the fields of a W3C log, the keys of a JSON object, the columns of a Parquet file.
//!
//! A name is known however a delivery spells it: `cs(User-Agent)`, `cs-user-agent` and `cs_user_agent` are one. A name that is
//! not known is a field of its own, as text.

use super::derive::{outcome, percent, target};
use crate::base::hash::FastMap;
use crate::base::{Facts, FieldType, time};
use crate::table::{Recent, RowSink};
use std::borrow::Cow;

/// How a value is read. `-` is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::formats) enum Take {
    Text,
    /// Text in which `%20` and `\x20` stand for signs, at times encoded twice.
    Decoded,
    /// Text in which `+` stands for a space.
    Plus,
    /// Items between commas.
    List,
    Integer,
    Float,
    /// `2019-12-04`; the time of day is a value of its own.
    Date,
    TimeOfDay,
    /// Seconds or milliseconds since 1970, or ISO 8601.
    Instant,
}

/// What is derived from a value besides its own field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::formats) enum Part {
    Status,
    /// The host that was asked for.
    Host,
    /// The host that answers; told where it is not known what was asked for.
    Server,
    /// A path, or a URL.
    Url,
    /// How long it took, in units of so many milliseconds.
    Latency(u32),
}

/// A field's name, how its value is read, and what is derived from it.
pub(in crate::formats) type Named = (&'static str, Take, Option<Part>);

/// A kind's fields by their names.
pub(in crate::formats) struct Names {
    pub facts: &'static Facts,
    pub fields: &'static [Named],
    /// Other spellings of these names.
    pub spelled: &'static [(&'static str, &'static str)],
    /// The field of a record's time.
    pub time: &'static str,
}

/// A name as every delivery's is compared: `cs(User-Agent)` is `cs_user_agent`.
pub(in crate::formats) fn plain_name(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            c if c.is_ascii_alphanumeric() => out.push(c.to_ascii_lowercase()),
            _ if out.ends_with('_') || out.is_empty() => {}
            _ => out.push('_'),
        }
    }
    if out.ends_with('_') {
        out.pop();
    }
    out
}

impl Names {
    /// The field of this name, however it is spelled.
    pub fn find(&self, name: &str) -> Option<&'static Named> {
        let plain = plain_name(name);
        let other = self
            .spelled
            .iter()
            .find(|(spelled, _)| plain_name(spelled) == plain);
        let plain = other.map_or(plain, |(_, own)| plain_name(own));
        self.fields.iter().find(|(own, ..)| plain_name(own) == plain)
    }
}

/// A name with its field.
struct Bound {
    name: &'static str,
    field: usize,
    take: Take,
    part: Option<Part>,
    last: Recent,
}

/// Makes rows of named values.
pub(in crate::formats) struct NamedRows {
    names: &'static Names,
    bound: Vec<Bound>,
    by_name: FastMap<Box<[u8]>, usize>,
    row: Row,
    fields: Option<Fields>,
    /// The day of rows that tell only a time of day, and the last of these.
    day: Option<i64>,
    last_of_day: i64,
}

/// What a row's values said so far.
#[derive(Default)]
struct Row {
    /// Days since 1970, in nanoseconds.
    date: Option<i64>,
    time_of_day: Option<i64>,
    instant: Option<i64>,
    /// A status was told, if none that was sent.
    status: Option<Option<i64>>,
    host: Vec<u8>,
    server: Vec<u8>,
    url: Vec<u8>,
    latency_ms: Option<f64>,
    /// The first field whose value is not what it should be.
    bad: Option<&'static str>,
}

struct Fields {
    time: usize,
    host: Option<usize>,
    path: Option<usize>,
    outcome: Option<usize>,
    latency: Option<usize>,
}

impl NamedRows {
    pub fn new(names: &'static Names) -> NamedRows {
        NamedRows {
            names,
            bound: Vec::new(),
            by_name: FastMap::default(),
            row: Row::default(),
            fields: None,
            day: None,
            last_of_day: 0,
        }
    }

    /// Rows from here on that tell only a time of day are of this day, or of one after it.
    pub fn begin_day(&mut self, at_ns: i64) {
        self.day = Some(at_ns.saturating_sub(at_ns.rem_euclid(time::DAY)));
        self.last_of_day = 0;
    }

    /// The number that stands for a name from now on.
    pub fn bind(&mut self, name: &str, sink: &mut RowSink<'_>) -> usize {
        if let Some(known) = self.by_name.get(name.as_bytes()) {
            return *known;
        }
        let known = self.names.find(name);
        let bound = match known {
            Some((own, take, part)) => Bound {
                name: own,
                field: sink.field(own, FieldType::Text),
                take: *take,
                part: *part,
                last: Recent::default(),
            },
            None => Bound {
                name: "",
                field: sink.field(name, FieldType::Text),
                take: Take::Text,
                part: None,
                last: Recent::default(),
            },
        };
        self.bound.push(bound);
        let at = self.bound.len() - 1;
        self.by_name.insert(name.as_bytes().into(), at);
        at
    }

    /// Sets a value's cells.
    pub fn set(&mut self, at: usize, value: &[u8], sink: &mut RowSink<'_>) {
        if value.is_empty() || value == b"-" {
            return;
        }
        let row = &mut self.row;
        let Some(bound) = self.bound.get_mut(at) else {
            return;
        };
        let str = || std::str::from_utf8(value).ok().map(str::trim);
        let mut is_right = true;
        match bound.take {
            Take::Text => {
                let code = sink.code_after(&mut bound.last, value);
                sink.set_code(bound.field, code);
            }
            Take::Decoded => {
                let code = match decoded(value) {
                    Cow::Borrowed(text) => sink.code_after(&mut bound.last, text),
                    Cow::Owned(text) => sink.code_after(&mut bound.last, &text),
                };
                sink.set_code(bound.field, code);
            }
            Take::Plus => {
                let text: Vec<u8> = value.iter().map(|b| if *b == b'+' { b' ' } else { *b }).collect();
                let code = sink.code_after(&mut bound.last, &text);
                sink.set_code(bound.field, code);
            }
            Take::List => {
                let text = decoded(value);
                let items: Vec<&[u8]> = text.split(|b| *b == b',').map(<[u8]>::trim_ascii).collect();
                sink.list(bound.field, &items);
            }
            Take::Integer => match str().and_then(|s| s.parse().ok()) {
                Some(n) => sink.int(bound.field, n),
                None => is_right = false,
            },
            Take::Float => match str().and_then(|s| s.parse().ok()).filter(|f: &f64| f.is_finite()) {
                Some(f) => sink.float(bound.field, f),
                None => is_right = false,
            },
            Take::Date => {
                row.date = str().and_then(|s| time::parse_iso(format!("{s}T00:00:00Z").as_bytes()));
                is_right = row.date.is_some();
            }
            Take::TimeOfDay => {
                row.time_of_day = str().and_then(|s| time::parse_iso(format!("1970-01-01T{s}Z").as_bytes()));
                is_right = row.time_of_day.is_some();
            }
            Take::Instant => {
                row.instant = instant(value);
                is_right = row.instant.is_some();
            }
        }
        if !is_right {
            row.bad.get_or_insert(bound.name);
        }
        match bound.part {
            None => {}
            Some(Part::Status) => {
                // `000`: the client left before an answer.
                row.status = Some(str().and_then(|s| s.parse().ok()).filter(|n| *n > 0));
            }
            Some(Part::Host) => row.host.extend_from_slice(value),
            Some(Part::Server) => row.server.extend_from_slice(value),
            Some(Part::Url) => row.url.extend_from_slice(value),
            Some(Part::Latency(ms)) => {
                let taken: Option<f64> = str().and_then(|s| s.parse().ok());
                row.latency_ms = taken.map(|taken| taken * f64::from(ms));
            }
        }
    }

    /// What was set is of no row.
    pub fn forget(&mut self) {
        self.row = Row::default();
    }

    /// Sets what is derived, and ends the row or rejects it.
    pub fn end(&mut self, offset: u64, text: &[u8], len: u64, sink: &mut RowSink<'_>) {
        let row = std::mem::take(&mut self.row);
        if let Some(name) = row.bad {
            return sink.reject(format!("{name} can not be read"), offset, text);
        }
        let facts = self.names.facts;
        let field = |name: &str| facts.field(name);
        let fields = self.fields.get_or_insert_with(|| Fields {
            time: field(self.names.time).unwrap_or_default(),
            host: field(super::HOST.name),
            path: field(super::PATH.name),
            outcome: field(super::OUTCOME.name),
            latency: field(super::LATENCY.name),
        });
        if let (None, Some(of_day), Some(day)) = (row.date, row.time_of_day, &mut self.day) {
            // Late by half a day at most: what goes back by more is past midnight.
            if self.last_of_day.saturating_sub(of_day) > time::DAY / 2 {
                *day = day.saturating_add(time::DAY);
            }
            self.last_of_day = of_day;
        }
        let date = row.date.or(row.time_of_day.and(self.day));
        let of_day = || Some(date?.saturating_add(row.time_of_day.unwrap_or(0)));
        if let Some(at) = row.instant.or_else(of_day) {
            sink.int(fields.time, at);
        }
        let (in_url, path) = target(&row.url);
        let hosts = [row.host.as_slice(), in_url, row.server.as_slice()];
        let host = hosts.into_iter().find(|h| !h.is_empty()).unwrap_or_default();
        super::text(sink, fields.host, host);
        super::text(sink, fields.path, &path);
        if let Some(status) = row.status {
            super::text(sink, fields.outcome, outcome(status));
        }
        if let (Some(field), Some(ms)) = (fields.latency, row.latency_ms.filter(|ms| *ms >= 0.0)) {
            // As exact as it is logged.
            sink.float(field, (ms * 1000.0).round() / 1000.0);
        }
        sink.end(offset, len);
    }
}

/// ISO 8601, or Unix time in seconds (with or without a fraction) or milliseconds.
fn instant(value: &[u8]) -> Option<i64> {
    if let Some(at) = time::parse_iso(value) {
        return Some(at);
    }
    let text = std::str::from_utf8(value).ok()?.trim();
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let at = time::from_epoch(whole.parse().ok()?)?;
    if part.is_empty() {
        return Some(at);
    }
    let digits: String = part.chars().chain("000000000".chars()).take(9).collect();
    at.checked_add(digits.parse().ok()?)
}

/// A text in which signs are written `%20` or `\x20`. Older logs encode their own encoding.
fn decoded(text: &[u8]) -> Cow<'_, [u8]> {
    let once = match memchr::memmem::find(text, b"\\x") {
        Some(_) => Cow::Owned(percent(&in_percent(text)).into_owned()),
        None => percent(text),
    };
    match memchr::memmem::find(&once, b"%2") {
        Some(_) => Cow::Owned(percent(&once).into_owned()),
        None => once,
    }
}

/// `\x20` → `%20`.
fn in_percent(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        let is_hex = *byte == b'\\' && text.get(at + 1) == Some(&b'x');
        out.push(if is_hex { b'%' } else { *byte });
        at += if is_hex { 2 } else { 1 };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_however_it_is_spelled() {
        for name in [
            "cs(User-Agent)",
            "cs-user-agent",
            "cs_user_agent",
            "CS_User_Agent",
        ] {
            assert_eq!(plain_name(name), "cs_user_agent");
        }
        assert_eq!(plain_name("timestamp(ms)"), "timestamp_ms");
    }

    #[test]
    fn signs_are_decoded_as_often_as_they_were_encoded() {
        let of = |text: &'static str| String::from_utf8_lossy(&decoded(text.as_bytes())).into_owned();
        assert_eq!(of("Mozilla/5.0%20(X11)"), "Mozilla/5.0 (X11)");
        assert_eq!(of("Mozilla/5.0%2520(X11)"), "Mozilla/5.0 (X11)");
        assert_eq!(of("203.0.113.5,\\x20198.51.100.1"), "203.0.113.5, 198.51.100.1");
        assert_eq!(of("100%"), "100%");
    }

    #[test]
    fn an_instant_may_have_a_fraction_or_be_in_milliseconds() {
        let of = |text: &str| instant(text.as_bytes()).map(time::iso);
        assert_eq!(of("1573773600.123").as_deref(), Some("2019-11-14T23:20:00.123Z"));
        assert_eq!(of("1573773600123").as_deref(), Some("2019-11-14T23:20:00.123Z"));
        assert_eq!(of("1573773600").as_deref(), Some("2019-11-14T23:20:00Z"));
        assert_eq!(
            of("2019-11-14T23:20:00Z").as_deref(),
            Some("2019-11-14T23:20:00Z")
        );
        assert_eq!(of("soon"), None);
    }
}
