//! Where an event's values stand, by what exported it.

use crate::base::time;
use crate::formats::json::lazy::{Json, Object};
use std::borrow::Cow;

type Text<'a> = Cow<'a, str>;

/// What an export says of an event.
#[derive(Default)]
pub(super) struct Event<'a> {
    pub id: Option<i64>,
    pub time: Option<i64>,
    /// The time has no zone, or one that was told from the times beside it.
    pub zone: Zone,
    pub channel: Option<Text<'a>>,
    pub computer: Option<Text<'a>>,
    pub provider: Option<Text<'a>>,
    /// A number or a word.
    pub level: Option<Text<'a>>,
    pub task: Option<Text<'a>>,
    pub opcode: Option<Text<'a>>,
    pub keywords: Option<Text<'a>>,
    pub record: Option<i64>,
    pub process: Option<i64>,
    pub thread: Option<i64>,
    pub user: Option<Text<'a>>,
    pub activity: Option<Text<'a>>,
    pub message: Option<Text<'a>>,
    /// What the export says came of it: `success`, `AUDIT_FAILURE`.
    pub outcome: Option<Text<'a>>,
    /// Names and values of what the provider added.
    pub data: Vec<(Text<'a>, Text<'a>)>,
}

/// What is known of a time's zone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Zone {
    #[default]
    Told,
    /// By how far the time of receipt is from the same in UTC.
    Worked,
    Unknown,
}

impl<'a> Event<'a> {
    /// An object as an event; `None` where it is none.
    pub fn of(root: Json<'a>) -> Option<Event<'a>> {
        let mut object = root.object();
        if object.has("_source")
            && let Some(source) = object.get("_source").filter(|s| s.is_object())
        {
            object = source.object();
        }
        let inside = |key: &str| {
            Some(
                object
                    .get(key)
                    .filter(|v| object.has(key) && v.is_object())?
                    .object(),
            )
        };
        if let Some(event) = inside("Event") {
            return Event::nested(&event);
        }
        if let Some(winlog) = inside("winlog") {
            return Some(Event::shipped(&winlog, &object));
        }
        Event::nested(&object).or_else(|| Event::flat(&object))
    }

    /// `{"System": {"EventID": 4624, …}, "EventData": {…}}`.
    fn nested(event: &Object<'a>) -> Option<Event<'a>> {
        let system = event.get("System").filter(|s| s.is_object())?.object();
        let rendering = event.get("RenderingInfo").map(Json::object).unwrap_or_default();
        let text = |key| system.get(key).and_then(scalar);
        let rendered = |key: &str| rendering.get(key).and_then(scalar);
        let mut out = Event {
            id: text("EventID").and_then(|t| integer(&t)),
            time: attribute(&system, "TimeCreated", "SystemTime").and_then(|t| moment(&t)),
            channel: text("Channel"),
            computer: text("Computer"),
            provider: attribute(&system, "Provider", "Name")
                .or_else(|| attribute(&system, "Provider", "EventSourceName")),
            level: text("Level"),
            task: rendered("Task").or_else(|| text("Task")),
            opcode: rendered("Opcode").or_else(|| text("Opcode")),
            keywords: text("Keywords"),
            record: text("EventRecordID").and_then(|t| integer(&t)),
            process: attribute(&system, "Execution", "ProcessID").and_then(|t| integer(&t)),
            thread: attribute(&system, "Execution", "ThreadID").and_then(|t| integer(&t)),
            user: attribute(&system, "Security", "UserID"),
            activity: attribute(&system, "Correlation", "ActivityID"),
            message: rendered("Message"),
            ..Event::default()
        };
        for key in ["EventData", "UserData"] {
            if let Some(data) = event.get(key) {
                gather(data, 0, &mut out.data);
            }
        }
        Some(out)
    }

    /// Winlogbeat's fields.
    fn shipped(winlog: &Object<'a>, root: &Object<'a>) -> Event<'a> {
        let text = |key| winlog.get(key).and_then(scalar);
        let under = |object: &Object<'a>, path: &[&str]| {
            let (first, rest) = path.split_first()?;
            let found = rest.iter().try_fold(object.get(first)?, |at, key| at.get(key));
            found.and_then(scalar)
        };
        let id = text("event_id").or_else(|| under(root, &["event", "code"]));
        let stamped = || root.get("@timestamp").and_then(Json::time);
        let mut out = Event {
            id: id.and_then(|t| integer(&t)),
            time: text("time_created").and_then(|t| moment(&t)).or_else(stamped),
            channel: text("channel"),
            computer: text("computer_name").or_else(|| under(root, &["host", "name"])),
            provider: text("provider_name").or_else(|| under(root, &["event", "provider"])),
            level: under(root, &["log", "level"]),
            task: text("task"),
            opcode: text("opcode"),
            keywords: text("keywords"),
            record: text("record_id").and_then(|t| integer(&t)),
            process: under(winlog, &["process", "pid"]).and_then(|t| integer(&t)),
            thread: under(winlog, &["process", "thread", "id"]).and_then(|t| integer(&t)),
            user: under(winlog, &["user", "identifier"]),
            activity: text("activity_id"),
            message: root.text("message"),
            outcome: under(root, &["event", "outcome"]),
            ..Event::default()
        };
        for key in ["event_data", "user_data"] {
            if let Some(data) = winlog.get(key) {
                gather(data, 0, &mut out.data);
            }
        }
        out
    }

    /// One level of keys: NXLog's, those of older Winlogbeat, of `Get-WinEvent | ConvertTo-Json`.
    fn flat(root: &Object<'a>) -> Option<Event<'a>> {
        let exact = |key: &str| {
            let found = root.fields.iter().rev().find(|(k, _)| k == key);
            found.map(|(_, v)| *v)
        };
        let first = |keys: &[&str]| keys.iter().find_map(|key| exact(key).and_then(scalar));
        let number = |keys: &[&str]| first(keys).and_then(|t| integer(&t));
        let id = number(&["EventID", "event_id", "EventId", "Id"])?;
        let (time, zone) = flat_time(&exact);
        // There it is the process that wrote the event; elsewhere it is one of its data.
        let is_powershell = exact("LogName").is_some();
        let mut out = Event {
            id: Some(id),
            time,
            zone,
            channel: first(&["Channel", "log_name", "LogName"]),
            computer: first(&["Computer", "Hostname", "computer_name", "MachineName", "host"]),
            provider: first(&[
                "Provider",
                "SourceName",
                "source_name",
                "ProviderName",
                "Provider_Name",
            ]),
            level: first(&["Level", "LevelDisplayName", "level", "Severity"]),
            task: first(&["TaskDisplayName", "Category", "Task", "task"]),
            opcode: first(&["OpcodeDisplayName", "Opcode", "opcode", "OpcodeValue"]),
            keywords: first(&["Keywords", "keywords"]),
            record: number(&["EventRecordID", "RecordNumber", "record_number", "RecordId"]),
            process: match is_powershell {
                true => number(&["ProcessId"]),
                false => number(&["ExecutionProcessID", "ProcessID", "process_id"]),
            },
            thread: number(&["ExecutionThreadID", "ThreadID", "ThreadId", "thread_id"]),
            user: first(&["UserID", "UserId"]),
            activity: first(&["ActivityID", "ActivityId", "activity_id"]),
            message: first(&["Message", "message"]),
            outcome: first(&["EventType"]),
            ..Event::default()
        };
        for (key, value) in &root.fields {
            if matches!(&**key, "event_data" | "user_data" | "EventData" | "UserData") {
                gather(*value, 0, &mut out.data);
                continue;
            }
            let is_system = SYSTEM.contains(&&**key) || (is_powershell && key == "ProcessId");
            if let Some(text) = scalar(*value).filter(|_| !is_system) {
                out.data.push((key.clone(), text));
            }
        }
        Some(out)
    }

    /// A value that the provider added.
    pub fn datum(&self, name: &str) -> Option<&str> {
        let found = self.data.iter().rev().find(|(key, _)| key == name);
        found.map(|(_, value)| &**value)
    }

    /// The first of these that has a value.
    pub fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.datum(name))
    }
}

/// Keys of a flat record that are no data of the provider.
const SYSTEM: &[&str] = &[
    "@timestamp",
    "@version",
    "@metadata",
    "Category",
    "Channel",
    "Computer",
    "EventID",
    "EventReceivedTime",
    "EventRecordID",
    "EventTime",
    "ExecutionProcessID",
    "ExecutionThreadID",
    "Hostname",
    "Id",
    "Keywords",
    "Level",
    "LevelDisplayName",
    "LogName",
    "MachineName",
    "Message",
    "Opcode",
    "OpcodeValue",
    "Properties",
    "Provider",
    "ProviderGuid",
    "ProviderId",
    "ProviderName",
    "RecordId",
    "RecordNumber",
    "Severity",
    "SeverityValue",
    "SourceModuleName",
    "SourceModuleType",
    "SourceName",
    "Task",
    "ThreadID",
    "TimeCreated",
    "UserID",
    "UserId",
    "Version",
    "computer_name",
    "event_id",
    "host",
    "level",
    "log_name",
    "message",
    "port",
    "record_number",
    "source_name",
    "tags",
];

/// The time of a flat record. NXLog writes it as the machine's clock showed it, without a zone: how far that is from UTC
/// show the times at which the record was received, where it has them in both.
fn flat_time<'a>(exact: &dyn Fn(&str) -> Option<Json<'a>>) -> (Option<i64>, Zone) {
    let text = |key: &str| exact(key).and_then(scalar);
    for key in ["TimeCreated", "EventTime", "TimeGenerated"] {
        let Some(written) = text(key) else { continue };
        let Some(at) = moment(&written) else { continue };
        if has_zone(&written) {
            return (Some(at), Zone::Told);
        }
        let received = text("EventReceivedTime").filter(|t| !has_zone(t));
        let stamped = text("@timestamp").filter(|t| has_zone(t));
        let shift = received
            .and_then(|t| moment(&t))
            .zip(stamped.and_then(|t| moment(&t)))
            .and_then(|(local, utc)| shift(local - utc));
        return match shift {
            Some(shift) => (at.checked_sub(shift), Zone::Worked),
            None => (Some(at), Zone::Unknown),
        };
    }
    let other = ["@timestamp", "timestamp", "UtcTime"].iter();
    let found = other.filter_map(|key| text(key)).find_map(|t| moment(&t));
    (found, Zone::Told)
}

/// A zone's distance from UTC, where two times differ by one: quarters of an hour, and the little that shipping takes.
fn shift(apart: i64) -> Option<i64> {
    const QUARTER: i64 = 15 * time::MINUTE;
    let shift = apart.saturating_add(QUARTER / 2).div_euclid(QUARTER) * QUARTER;
    let is_one = (apart - shift).abs() <= 2 * time::MINUTE && shift.abs() <= 14 * 60 * time::MINUTE;
    is_one.then_some(shift)
}

/// Is there a zone behind the time of day, or is it no time of day at all (a Unix time)?
fn has_zone(text: &str) -> bool {
    match text.get(10..) {
        Some(clock) if clock.starts_with(['T', 't', ' ']) => clock.contains(['Z', 'z', '+', '-']),
        _ => true,
    }
}

/// A time in ISO 8601, or `/Date(1600000000000)/`, as PowerShell's `ConvertTo-Json` writes it.
fn moment(text: &str) -> Option<i64> {
    let inside = |t: &str| t.strip_prefix("/Date(")?.strip_suffix(")/").map(str::to_owned);
    if let Some(at) = time::parse_iso(text.as_bytes()) {
        return Some(at);
    }
    let number = inside(text).unwrap_or_else(|| text.to_owned());
    let number: i64 = number.trim().parse().ok()?;
    time::from_epoch(number)
}

/// A whole number, in hexadecimal too.
pub(super) fn integer(text: &str) -> Option<i64> {
    let text = text.trim();
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) => u64::from_str_radix(hex, 16).ok().map(|n| n as i64),
        None => text.parse().ok(),
    }
}

/// The text of a value; nothing where it is empty or says that there is none (`-`).
fn scalar(value: Json<'_>) -> Option<Text<'_>> {
    let text = if value.is_object() {
        let object = value.object();
        let keys = ["#text", "text", "value", "Value", "_"];
        keys.iter()
            .find_map(|key| object.get(key).filter(|v| !v.is_object())?.plain())?
    } else if value.is_array() {
        let items: Vec<Text<'_>> = value.elements().filter_map(scalar).collect();
        Cow::Owned(items.join(", "))
    } else {
        value.plain()?
    };
    let is_none = text.trim().is_empty() || text.trim() == "-";
    (!is_none).then_some(text)
}

/// An attribute of an element, by whatever way it was made JSON: `#attributes`, `@Name`, `Name`, `Provider_attributes`.
fn attribute<'a>(parent: &Object<'a>, key: &str, name: &str) -> Option<Text<'a>> {
    let of = |object: Object<'a>| {
        let nested = object.get("#attributes").map(Json::object);
        let nested = nested.and_then(|o| o.get(name)).and_then(scalar);
        nested
            .or_else(|| object.get(&["@", name].concat()).and_then(scalar))
            .or_else(|| object.get(name).and_then(scalar))
    };
    let beside = || {
        parent
            .get(&[key, "_attributes"].concat())
            .map(Json::object)
            .and_then(of)
    };
    let inside = parent.get(key).filter(|v| v.is_object()).map(Json::object);
    let alone = || parent.get(key).and_then(scalar);
    inside.and_then(of).or_else(beside).or_else(alone)
}

/// The names and values of EventData or UserData.
fn gather<'a>(data: Json<'a>, depth: u32, out: &mut Vec<(Text<'a>, Text<'a>)>) {
    const DEEPEST: u32 = 4;
    /// Values of one event that are looked at.
    const MOST: usize = 512;
    for (key, value) in data.object().fields {
        if out.len() >= MOST || matches!(&*key, "#attributes" | "xmlns" | "@xmlns" | "Name" | "@Name") {
            continue;
        }
        if key == "Data" {
            let items: Vec<Json<'a>> = match value.is_array() {
                true => value.elements().take(MOST).collect(),
                false => vec![value],
            };
            for item in items {
                let object = item.object();
                let nested = object.get("#attributes").and_then(|a| a.get("Name"));
                let name = nested
                    .or_else(|| object.get("@Name"))
                    .or_else(|| object.get("Name"));
                let name = name.and_then(Json::str).unwrap_or(Cow::Borrowed("Data"));
                if let Some(text) = scalar(item) {
                    out.push((name, text));
                }
            }
        } else if let Some(text) = scalar(value) {
            out.push((key, text));
        } else if value.is_object() && depth < DEEPEST {
            gather(value, depth + 1, out);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_told_from_two_times_of_receipt() {
        let hours = |h: i64| h * 60 * time::MINUTE;
        assert_eq!(shift(hours(-4) - time::SECOND), Some(hours(-4)));
        assert_eq!(
            shift(hours(5) + 30 * time::MINUTE + 90 * time::SECOND),
            Some(hours(5) + 30 * time::MINUTE)
        );
        assert_eq!(shift(hours(2) + 7 * time::MINUTE), None);
        assert_eq!(shift(hours(40)), None);
        assert!(
            has_zone("2026-01-02T03:04:05Z") && has_zone("1767323045") && has_zone("/Date(1767323045000)/")
        );
        assert!(!has_zone("2026-01-02 03:04:05"));
    }

    #[test]
    fn numbers_are_read_in_both_spellings() {
        assert_eq!(
            integer("0x8020000000000000"),
            Some(i64::MIN | 0x20_0000_0000_0000)
        );
        assert_eq!(integer("-9223372036854775808"), Some(i64::MIN));
        assert_eq!(integer("3 "), Some(3));
        assert_eq!(integer("three"), None);
    }
}
