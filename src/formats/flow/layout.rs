//! Which field stands where in a line: told by a header line, by a `${field}` format, by the documentation, or by
//! what the values look like.

use crate::base::{FieldSpec, FieldType};
use crate::table::Recent;
use std::borrow::Cow;
use std::net::IpAddr;

/// A header line may have this many names, known and unknown ones together.
pub(super) const MAX_FIELDS: usize = 256;

/// How a field's text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Read {
    Text,
    Integer,
    /// Unix time; its size tells seconds from milliseconds.
    Time,
    /// `end` of a format without `start`: the only time there is, so it is kept as both.
    LoneEnd,
    /// `log-status`: text, and NODATA and SKIPDATA are counted.
    Status,
}

/// One field of a line.
#[derive(Clone)]
pub(super) struct Slot {
    pub name: Cow<'static, str>,
    pub read: Read,
    /// Says something about traffic, so it has no value in a NODATA or SKIPDATA line.
    pub of_traffic: bool,
    /// The field's number in the table, once a sink has told it.
    pub field: usize,
    /// The value in the line before.
    pub last: Recent,
}

/// The fields of a line, in their order.
#[derive(Clone)]
pub(super) struct Layout {
    pub slots: Vec<Slot>,
}

impl Slot {
    fn known(spec: &FieldSpec) -> Slot {
        Slot {
            name: spec.name.into(),
            read: match spec.ty {
                FieldType::Integer => Read::Integer,
                FieldType::Time => Read::Time,
                _ if spec.name == "log-status" => Read::Status,
                _ => Read::Text,
            },
            of_traffic: is_of_traffic(spec.name),
            field: 0,
            last: Recent::NONE,
        }
    }

    fn unknown(name: String) -> Slot {
        Slot {
            name: name.into(),
            read: Read::Text,
            of_traffic: false,
            field: 0,
            last: Recent::NONE,
        }
    }
}

/// The name of a value that no header names, by its position (from 0): AWS appends fields now and then.
pub(super) fn unnamed(position: usize) -> String {
    format!("field{}", position + 1)
}

impl Layout {
    fn new(mut slots: Vec<Slot>) -> Layout {
        let has_start = slots.iter().any(|s| s.name == "start");
        if let Some(end) = slots.iter_mut().find(|s| s.name == "end" && !has_start) {
            end.read = Read::LoneEnd;
        }
        Layout { slots }
    }

    pub(super) fn reads(&self, read: Read) -> bool {
        self.slots.iter().any(|s| s.read == read)
    }

    /// What a person should know about the times of records in this layout.
    pub(super) fn remark_on_time(&self) -> Option<&'static str> {
        if self.reads(Read::LoneEnd) {
            Some("the format has no start: end stands in its place")
        } else if !self.reads(Read::Time) {
            Some("the format has neither start nor end: these records have no time")
        } else {
            None
        }
    }

    /// The first `count` fields in the documented order.
    pub(super) fn documented(fields: &'static [FieldSpec], count: usize) -> Layout {
        Layout::new(fields.iter().take(count).map(Slot::known).collect())
    }

    /// Fields by name; a name that is not known, or comes a second time, becomes a text field of its own.
    pub(super) fn named(names: &[&str], fields: &'static [FieldSpec]) -> Layout {
        let mut slots: Vec<Slot> = Vec::with_capacity(names.len());
        for (position, name) in names.iter().enumerate() {
            let slot = match resolve(name, fields) {
                Some(spec) => Slot::known(spec),
                None => Slot::unknown((*name).to_owned()),
            };
            let again = slots.iter().any(|s| s.name == slot.name);
            slots.push(if again {
                Slot::unknown(unnamed(position))
            } else {
                slot
            });
        }
        Layout::new(slots)
    }

    /// A `${version} ${account-id} …` format as `describe-flow-logs` gives it (or the bare names).
    pub(super) fn custom(format: &str, fields: &'static [FieldSpec]) -> Option<Layout> {
        let names: Vec<&str> = format
            .split(|c: char| c.is_whitespace() || c == ',')
            .map(|word| word.trim_matches(['$', '{', '}', '"', '\'', '\\']))
            .filter(|word| !word.is_empty())
            .collect();
        let known = names.iter().filter(|n| resolve(n, fields).is_some()).count();
        (known > 0 && names.len() <= MAX_FIELDS).then(|| Layout::named(&names, fields))
    }

    /// Do these values have the types, and the usual look, of these fields?
    pub(super) fn fits(&self, values: &[&[u8]]) -> bool {
        values.len() == self.slots.len()
            && self
                .slots
                .iter()
                .zip(values)
                .all(|(slot, value)| looks_like(slot, value))
    }

    /// Names the values that can be nothing else (an ENI, an action, a region) and numbers the rest: for lines that are
    /// flow logs without a doubt, in an order that nobody has told.
    pub(super) fn guessed(sample: &[Vec<&[u8]>], fields: &'static [FieldSpec]) -> Layout {
        let width = sample.first().map_or(0, Vec::len);
        let column = |at: usize| sample.iter().filter_map(move |line| line.get(at).copied());
        let guess = |at: usize| {
            let shape = |value| shape_of(value).filter(|s| !s.0.is_empty());
            let name = column(at).filter(|v| *v != b"-").find_map(shape)?.0;
            column(at)
                .all(|v| v == b"-" || shape_of(v).is_some_and(|s| s.0 == name))
                .then_some(name)
        };
        let mut guesses: Vec<Option<&str>> = (0..width).map(guess).collect();
        if let Some((start, end)) = guess_span(sample, width) {
            guesses[start] = Some("start");
            guesses[end] = Some("end");
        }
        let slots = guesses
            .iter()
            .enumerate()
            .map(|(at, name)| {
                let alone = guesses.iter().filter(|g| *g == name).count() == 1;
                let spec = name.filter(|_| alone).and_then(|n| resolve(n, fields));
                spec.map_or_else(|| Slot::unknown(unnamed(at)), Slot::known)
            })
            .collect();
        Layout::new(slots)
    }
}

/// The two columns that are a record's start and end: Unix times in every line, never more than an hour apart. A third
/// such column would leave doubt.
fn guess_span(sample: &[Vec<&[u8]>], width: usize) -> Option<(usize, usize)> {
    let seconds = |value: &[u8]| {
        let n: u64 = std::str::from_utf8(value).ok()?.parse().ok()?;
        matches!(n, 1_000_000_000..10_000_000_000).then_some(n)
    };
    let column = |at: usize| {
        sample
            .iter()
            .map(move |line| line.get(at).and_then(|v| seconds(v)))
    };
    let mut times = (0..width).filter(|&at| column(at).all(|t| t.is_some()));
    let (start, end) = (times.next()?, times.next()?);
    let is_span = |(from, to): (Option<u64>, Option<u64>)| {
        to.zip(from)
            .is_some_and(|(to, from)| (from..=from + 3600).contains(&to))
    };
    (times.next().is_none() && column(start).zip(column(end)).all(is_span)).then_some((start, end))
}

/// Says whether traffic is what a field is about; the others hold in a NODATA or SKIPDATA line too.
fn is_of_traffic(name: &str) -> bool {
    const OF_TRAFFIC: &[&str] = &[
        "srcaddr",
        "dstaddr",
        "srcport",
        "dstport",
        "protocol",
        "packets",
        "bytes",
        "action",
        "tcp-flags",
        "type",
        "flow-direction",
        "traffic-path",
        "reject-reason",
        "encryption-status",
    ];
    OF_TRAFFIC.contains(&name) || name.starts_with("pkt-") || name.starts_with("packets-lost-")
}

/// Column names of the tables that people make over flow logs (Athena's documentation before 2021).
const RENAMED: &[(&str, &str)] = &[
    ("account", "account-id"),
    ("sourceaddress", "srcaddr"),
    ("destinationaddress", "dstaddr"),
    ("sourceport", "srcport"),
    ("destinationport", "dstport"),
    ("numpackets", "packets"),
    ("numbytes", "bytes"),
    ("starttime", "start"),
    ("endtime", "end"),
];

/// The field that a name means: hyphens, underscores and case do not matter (`account-id`, `account_id`, `accountId`).
pub(super) fn resolve(name: &str, fields: &'static [FieldSpec]) -> Option<&'static FieldSpec> {
    fn letters(s: &str) -> impl Iterator<Item = u8> + '_ {
        s.bytes()
            .filter(|b| !matches!(b, b'-' | b'_'))
            .map(|b| b.to_ascii_lowercase())
    }
    let named = |name: &str| fields.iter().find(|f| letters(f.name).eq(letters(name)));
    named(name).or_else(|| {
        let (_, to) = RENAMED.iter().find(|(from, _)| letters(from).eq(letters(name)))?;
        named(to)
    })
}

/// The names of a header line; `None` for anything else.
pub(super) fn header_names<'a>(line: &'a [u8], fields: &'static [FieldSpec]) -> Option<Vec<&'a str>> {
    let is_known = |word: &str| resolve(word, fields).is_some();
    // Most lines end here: no field that stands first has a digit in its name, and most first values have one.
    let first = super::words(line).next()?;
    if !first.first()?.is_ascii_alphabetic() || first.iter().any(u8::is_ascii_digit) || first.len() > 40 {
        return None;
    }
    if !is_known(std::str::from_utf8(first).ok()?) {
        return None;
    }
    let mut names = Vec::new();
    for word in super::words(line) {
        let name = std::str::from_utf8(word).ok()?;
        let is_name = name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
        if !is_name || !word.first()?.is_ascii_alphabetic() || names.len() == MAX_FIELDS {
            return None;
        }
        names.push(name);
    }
    let known = names.iter().filter(|n| is_known(n)).count();
    (known * 2 >= names.len() && known >= names.len().min(2)).then_some(names)
}

fn is_number(value: &[u8]) -> bool {
    !value.is_empty() && value.iter().all(u8::is_ascii_digit)
}

fn is_at_most(value: &[u8], most: u32) -> bool {
    let number = std::str::from_utf8(value).ok().and_then(|v| v.parse().ok());
    is_number(value) && number.is_some_and(|n: u32| n <= most)
}

pub(super) fn is_address(value: &[u8]) -> bool {
    std::str::from_utf8(value).is_ok_and(|v| v.parse::<IpAddr>().is_ok())
}

fn looks_like(slot: &Slot, value: &[u8]) -> bool {
    if value == b"-" {
        return true;
    }
    match (&*slot.name, slot.read) {
        ("version", _) => is_at_most(value, 99),
        ("srcport" | "dstport", _) => is_at_most(value, 65_535),
        ("protocol", _) => is_at_most(value, 255),
        (_, Read::Time | Read::LoneEnd) => is_number(value) && value.len() >= 9,
        (_, Read::Integer) => is_number(value),
        ("srcaddr" | "dstaddr" | "pkt-srcaddr" | "pkt-dstaddr", _) => is_address(value),
        ("account-id", _) => value == b"unknown" || shape_of(value).is_some_and(|s| s.0 == "account-id"),
        (name, _) if SHAPED.contains(&name) => shape_of(value).is_some_and(|s| s.0 == name),
        _ => !is_number(value) || slot.name.starts_with("field") || slot.name.ends_with("-id"),
    }
}

/// Fields whose every value can be told by its look.
const SHAPED: &[&str] = &[
    "interface-id",
    "vpc-id",
    "subnet-id",
    "instance-id",
    "tgw-id",
    "tgw-attachment-id",
    "resource-type",
    "action",
    "log-status",
    "type",
    "flow-direction",
];

/// What a value can be by its look alone: the field's name (empty where several have this look), and how much that
/// speaks for a flow log.
pub(super) fn shape_of(value: &[u8]) -> Option<(&'static str, u32)> {
    const PREFIXES: &[(&[u8], &str, u32)] = &[
        (b"eni-", "interface-id", 3),
        (b"vpc-", "vpc-id", 1),
        (b"subnet-", "subnet-id", 1),
        (b"tgw-attach-", "tgw-attachment-id", 2),
        (b"tgw-", "tgw-id", 2),
        (b"i-", "instance-id", 1),
    ];
    let shape = match value {
        b"ACCEPT" | b"REJECT" => ("action", 3),
        b"NODATA" | b"SKIPDATA" => ("log-status", 3),
        b"OK" => ("log-status", 1),
        b"IPv4" | b"IPv6" | b"EFA" => ("type", 2),
        b"ingress" | b"egress" => ("flow-direction", 2),
        b"TransitGateway" => ("resource-type", 3),
        v if is_number(v) && v.len() == 12 => ("account-id", 1),
        v if is_number(v) => ("", 0),
        v if is_address(v) => ("", 1),
        v => {
            let &(prefix, name, weight) = PREFIXES.iter().find(|(p, ..)| v.starts_with(p))?;
            let id = v.strip_prefix(prefix).unwrap_or_default();
            let is_id = !id.is_empty() && id.iter().all(u8::is_ascii_alphanumeric);
            return is_id.then_some((name, weight));
        }
    };
    Some(shape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::vpc_flow::FACTS;

    fn words(line: &str) -> Vec<&[u8]> {
        super::super::words(line.as_bytes()).collect()
    }

    #[test]
    fn a_field_has_many_spellings() {
        for (name, field) in [
            ("account-id", "account-id"),
            ("account_id", "account-id"),
            ("accountId", "account-id"),
            ("srcAddr", "srcaddr"),
            ("pkt_src_aws_service", "pkt-src-aws-service"),
            ("numbytes", "bytes"),
            ("starttime", "start"),
        ] {
            assert_eq!(resolve(name, FACTS.fields).map(|f| f.name), Some(field), "{name}");
        }
        assert!(resolve("eventTime", FACTS.fields).is_none());
    }

    #[test]
    fn a_header_is_names_and_nothing_else() {
        let is_header = |line: &str| header_names(line.as_bytes(), FACTS.fields).is_some();
        assert!(is_header("version account-id interface-id"));
        assert!(is_header("srcaddr dstaddr a-field-of-2031"));
        assert!(is_header("bytes"));
        assert!(!is_header("type 2 10.0.0.1"));
        assert!(!is_header("start the engine and go"));
        assert!(!is_header("2 123456789012 eni-1"));
    }

    #[test]
    fn a_format_fits_by_count_and_type() {
        let fields = FACTS.fields;
        let ours = Layout::custom("${srcaddr} ${dstaddr} ${bytes} ${start} ${action}", fields).unwrap();
        assert!(ours.fits(&words("10.0.0.1 10.0.0.2 840 1700000000 ACCEPT")));
        assert!(ours.fits(&words("- - - 1700000000 -")));
        assert!(!ours.fits(&words("10.0.0.1 10.0.0.2 840 1700000000 OK")));
        assert!(!ours.fits(&words("10.0.0.1 10.0.0.2 ACCEPT 1700000000 840")));
        assert!(!ours.fits(&words("10.0.0.1 10.0.0.2 840 1700000000")));
        assert!(Layout::custom("what is this", fields).is_none());
    }

    #[test]
    fn only_what_is_beyond_doubt_is_guessed() {
        let lines = [
            words("eni-0a1 10.0.0.1 10.0.0.2 ACCEPT 443 123456789012"),
            words("eni-0a2 - - - - 123456789012"),
        ];
        let guess = Layout::guessed(&lines, FACTS.fields);
        let names: Vec<&str> = guess.slots.iter().map(|s| &*s.name).collect();
        assert_eq!(
            names,
            [
                "interface-id",
                "field2",
                "field3",
                "action",
                "field5",
                "account-id"
            ]
        );
    }
}
