//! An event's JSON as a row.

use super::shape::{Event, Zone, integer};
use super::{DAMAGE, DATA_FROM, FACTS, LOG, known};
use crate::base::FieldType;
use crate::base::hash::FastMap;
use crate::formats::json::document::Extra;
use crate::formats::json::lazy::{Json, State};
use crate::formats::log_events::beginning;
use crate::table::RowSink;
use std::net::IpAddr;

/// Bytes of a message that are kept in its column.
const KEPT: usize = 2048;
/// The bits of an audit event's keywords.
const AUDIT_FAILURE: i64 = 0x10_0000_0000_0000;
const AUDIT_SUCCESS: i64 = 0x20_0000_0000_0000;

/// Makes rows of events.
pub(super) struct Rows {
    fields: FastMap<&'static str, usize>,
    data: FastMap<&'static str, usize>,
    extra: Extra,
    without_zone: u64,
    zone_worked: u64,
    /// Values of data that are no numbers where numbers are kept.
    no_number: u64,
    identity: Vec<u8>,
}

impl Rows {
    pub fn new(extra: Extra) -> Rows {
        let by_name = |from: usize| {
            let fields = FACTS.fields.iter().enumerate().skip(from);
            fields.map(|(at, f)| (f.name, at)).collect()
        };
        Rows {
            fields: by_name(0),
            data: by_name(DATA_FROM),
            extra,
            without_zone: 0,
            zone_worked: 0,
            no_number: 0,
            identity: Vec::new(),
        }
    }

    /// An event whose JSON this is, and whose original text stands at `at`.
    pub fn event(&mut self, json: &[u8], at: u64, text: &[u8], sink: &mut RowSink<'_>) {
        const NONE: &str = "no Windows event in this object: it has neither System nor an EventID";
        let Some(root) = Json::of(json).filter(|j| j.state() == State::Whole && j.is_object()) else {
            return sink.reject(NONE, at, text);
        };
        let object = root.object();
        if let Some(log) = object.get(LOG).filter(|_| object.has(LOG)) {
            return log_remarks(log, sink);
        }
        if let Some(damage) = object.get(DAMAGE).filter(|_| object.has(DAMAGE)) {
            let (why, place) = (damage.get("reason"), damage.get("place"));
            let word = |json: Option<Json<'_>>| json.and_then(Json::str).unwrap_or_default().into_owned();
            return sink.reject(word(why), at, word(place).as_bytes());
        }
        let Some(event) = Event::of(root) else {
            return sink.reject(NONE, at, text);
        };
        if event.id.is_none() {
            return sink.reject(
                "event without an EventID; export it with its System fields",
                at,
                text,
            );
        }
        self.fill(&event, sink);
        if !self.extra.is_empty() {
            self.extra.fill(json, sink);
        }
        sink.end(at, text.len() as u64);
    }

    fn fill(&mut self, event: &Event<'_>, sink: &mut RowSink<'_>) {
        let known = known::of(event);
        self.integer("EventID", event.id, sink);
        self.integer("TimeCreated", event.time, sink);
        match event.zone {
            Zone::Told => {}
            Zone::Worked => self.zone_worked += 1,
            Zone::Unknown => self.without_zone += 1,
        }
        self.integer("EventRecordID", event.record, sink);
        self.integer("Execution.ProcessID", event.process, sink);
        self.integer("Execution.ThreadID", event.thread, sink);
        for (name, text) in [
            ("Channel", &event.channel),
            ("Computer", &event.computer),
            ("Provider", &event.provider),
            ("Task", &event.task),
            ("Opcode", &event.opcode),
            ("Keywords", &event.keywords),
            ("Security.UserID", &event.user),
            ("ActivityID", &event.activity),
        ] {
            self.text(name, text.as_deref(), sink);
        }
        let level = event.level.as_deref().and_then(level);
        self.integer("Level", level.map(|l| l.0), sink);
        self.text("severity", level.map(|l| l.1), sink);
        for (name, value) in &event.data {
            self.datum(name, value, sink);
        }
        self.derive(event, known, sink);
        self.identify(event, sink);
    }

    fn derive(&self, event: &Event<'_>, known: Option<&known::Known>, sink: &mut RowSink<'_>) {
        let title = match known {
            Some(known) => known.title.to_owned(),
            None => {
                let provider = event.provider.as_deref().or(event.channel.as_deref());
                format!("{} {}", provider.unwrap_or("event"), event.id.unwrap_or_default())
            }
        };
        self.text("event", Some(&title), sink);
        self.text("category", known.map(|k| k.category), sink);
        self.text("outcome", outcome(event), sink);
        self.text("reason", known::why(event), sink);
        self.text("actor", known::actor(event, known).as_deref(), sink);
        if known.is_some_and(|k| k.category == "group") && event.id != Some(4798) {
            self.text("GroupName", event.datum("TargetUserName"), sink);
        }
        let address = |names: &[&str]| event.first(names).and_then(address);
        let source = [
            "IpAddress",
            "SourceIp",
            "SourceAddress",
            "ClientAddress",
            "Address",
            "ClientIP",
        ];
        let of_remote = || {
            let is_one = event.id == Some(1149);
            event.datum("Param3").filter(|_| is_one).and_then(self::address)
        };
        let from = address(&source).or_else(of_remote);
        self.text("sourceAddress", from.map(|a| a.to_string()).as_deref(), sink);
        let to = address(&["DestinationIp", "DestAddress", "DestinationAddress"]);
        self.text("destinationAddress", to.map(|a| a.to_string()).as_deref(), sink);
        let port = |names: &[&str]| {
            let port = event.first(names).and_then(integer)?;
            (1..=65_535).contains(&port).then_some(port)
        };
        self.integer("sourcePort", port(&["IpPort", "SourcePort"]), sink);
        self.integer("destinationPort", port(&["DestinationPort", "DestPort"]), sink);
        let message = match (&event.message, known) {
            (Some(message), _) => message.trim().to_owned(),
            (None, Some(known)) => known::sentence(event, known),
            (None, None) => told(event),
        };
        if let Some(&field) = self.fields.get("Message")
            && !message.is_empty()
        {
            sink.text(field, beginning(message.as_bytes(), KEPT));
        }
    }

    /// An event is known again in another export by where and as which number it was recorded, and by what it says.
    fn identify(&mut self, event: &Event<'_>, sink: &mut RowSink<'_>) {
        let (Some(record), Some(id)) = (event.record, event.id) else {
            return;
        };
        let identity = &mut self.identity;
        identity.clear();
        for text in [&event.computer, &event.channel, &event.provider] {
            identity.extend_from_slice(text.as_deref().unwrap_or_default().as_bytes());
            identity.push(0);
        }
        for number in [record, id, event.time.unwrap_or_default()] {
            identity.extend_from_slice(&number.to_le_bytes());
        }
        for (name, value) in &event.data {
            for text in [name, value] {
                identity.extend_from_slice(text.as_bytes());
                identity.push(0);
            }
        }
        sink.identity(identity);
    }

    fn text(&self, name: &str, text: Option<&str>, sink: &mut RowSink<'_>) {
        if let Some(text) = text.filter(|t| !t.is_empty())
            && let Some(&field) = self.fields.get(name)
        {
            sink.text(field, text.as_bytes());
        }
    }

    fn integer(&self, name: &str, number: Option<i64>, sink: &mut RowSink<'_>) {
        if let Some(number) = number
            && let Some(&field) = self.fields.get(name)
        {
            sink.int(field, number);
        }
    }

    fn datum(&mut self, name: &str, value: &str, sink: &mut RowSink<'_>) {
        let Some(&field) = self.data.get(name) else { return };
        match FACTS.fields.get(field).map(|f| f.ty) {
            Some(FieldType::Integer) => match integer(value) {
                Some(number) => sink.int(field, number),
                None => self.no_number += 1,
            },
            _ => sink.text(field, value.as_bytes()),
        }
    }

    /// The member has ended.
    pub fn finish(&mut self, sink: &mut RowSink<'_>) {
        for (n, of, what) in [
            (self.without_zone, "times", "without a zone, taken as UTC"),
            (
                self.zone_worked,
                "times",
                "without a zone, which was worked out from EventReceivedTime and @timestamp beside them",
            ),
            (
                self.no_number,
                "values",
                "where a number is expected and none stands: kept in the record only",
            ),
        ] {
            if n > 0 {
                sink.stats
                    .remarks
                    .push(format!("{} {what}", crate::base::size::counted(n, of)));
            }
        }
    }
}

/// What the wrapper of an .evtx file says of it.
fn log_remarks(log: Json<'_>, sink: &mut RowSink<'_>) {
    if log.get("dirty").and_then(Json::bool) == Some(true) {
        let remark = "the log was not closed before it was copied: its newest events may be missing";
        sink.stats.remarks.push(remark.to_owned());
    }
    if let Some(chunks) = log.get("checksums").and_then(Json::int)
        && chunks > 0
    {
        let chunks = crate::base::size::counted(chunks.unsigned_abs(), "chunks");
        sink.stats.remarks.push(format!(
            "{chunks} with another checksum than written: changed, damaged, or copied while Windows was writing; records in them were \
             read as far as they are whole"
        ));
    }
}

/// The level's number and word, from either.
fn level(text: &str) -> Option<(i64, &'static str)> {
    let by_number = |n: i64| {
        Some(match n {
            // "Log always": audit events have no other.
            0 => (0, "Information"),
            1 => (1, "Critical"),
            2 => (2, "Error"),
            3 => (3, "Warning"),
            4 => (4, "Information"),
            5 => (5, "Verbose"),
            _ => return None,
        })
    };
    match text.trim().to_ascii_lowercase().as_str() {
        "critical" => by_number(1),
        "error" => by_number(2),
        "warning" | "warn" => by_number(3),
        "information" | "info" | "informational" => by_number(4),
        "verbose" | "debug" => by_number(5),
        other => by_number(other.parse().ok()?),
    }
}

/// What came of it, where the event says so: as audit events do.
fn outcome(event: &Event<'_>) -> Option<&'static str> {
    let said = [event.outcome.as_deref(), event.keywords.as_deref()];
    for text in said.into_iter().flatten() {
        let text = text.to_ascii_lowercase();
        if text.contains("failure") {
            return Some("failed");
        }
        if text.contains("success") {
            return Some("ok");
        }
    }
    let bits = event.keywords.as_deref().and_then(integer)?;
    match (bits & AUDIT_FAILURE != 0, bits & AUDIT_SUCCESS != 0) {
        (true, _) => Some("failed"),
        (_, true) => Some("ok"),
        _ => None,
    }
}

/// An address, one of IPv4 that is written as IPv6 as what it is.
pub(super) fn address(text: &str) -> Option<IpAddr> {
    let address: IpAddr = text.trim().parse().ok()?;
    Some(address.to_canonical())
}

/// What an event that is not known says: its data.
fn told(event: &Event<'_>) -> String {
    let mut out = String::new();
    for (name, value) in &event.data {
        if out.len() > KEPT {
            break;
        }
        if !out.is_empty() {
            out.push_str(", ");
        }
        if name != "Data" {
            out.push_str(name);
            out.push_str(": ");
        }
        known::one_line(value, &mut out);
    }
    out
}
