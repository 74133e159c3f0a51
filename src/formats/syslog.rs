//! Messages of syslog in files: RFC 3164 and RFC 5424, as syslogd, rsyslog, macOS and Chrome OS write them; who came in, from where and
//! how (auth.log, secure) is taken apart.
//!
//! A line that begins with no time goes on with the message before it. Fields are named after RFC 5424's header; `severity`
//! and `facility` are the words of its priority. Of what is said: `event`, `user`, `source_ip`, `source_port`, `method`,
//! `outcome`, `target_user`, `command`, `tty`, `pwd`, `unit`, and `repeated` where one line stands for several
//! ([`auth`]). Each parameter of structured data is a field, `ID.NAME`.
//!
//! **Years.** RFC 3164 tells none. Such a time is the last of its kind before what is known to be near: the event's time in its
//! container, or the last time with a year in the file, a date in the file's path (`messages-20260302`), or else when the file was opened. So
//! a log goes over New Year, and nothing is in the future; what is older than a year comes too late unless its path tells. Where nothing is
//! known, these messages have no time. Times without a zone are taken as UTC.

mod auth;
mod line;

use super::lines::sample_lines;
use super::log_events::{EventReader, OnEvent, beginning};
use super::{Confidence, LogFormat, Options, Reader, Sample, stamps};
use crate::base::facts::position;
use crate::base::hash::FastMap;
use crate::base::{Facts, FieldSpec as F, FieldType, Group, Role, time};
use crate::table::{Recent, RowSink, Told};
pub(super) use auth::{Said, read as said_by};
pub(super) use line::{Parts, Stamp};

pub struct Syslog;

const FIELDS: &[F] = &[
    F::time("timestamp").role(Role::Time),
    F::text("hostname").role(Role::Resource),
    F::text("app-name").role(Role::Service),
    F::int("pid"),
    F::text("severity").role(Role::Severity),
    F::text("message").role(Role::Message),
    F::text("event").role(Role::Action),
    F::text("outcome").role(Role::Outcome),
    F::text("user").role(Role::Actor),
    F::address("source_ip").role(Role::SourceAddress),
    F::int("source_port").role(Role::SourcePort),
    F::text("method"),
    F::text("target_user"),
    F::text("command"),
    F::text("tty"),
    F::text("pwd"),
    F::text("unit"),
    F::int("repeated"),
    F::text("facility"),
    F::text("procid"),
    F::text("msgid"),
    F::text("structured-data"),
];

static FACTS: Facts = Facts {
    id: "syslog",
    title: "Syslog",
    records: "messages",
    group: Group::Host,
    spec_url: "https://www.rfc-editor.org/rfc/rfc5424",
    shapes: &[
        "RFC 3164 with or without its priority, months in several languages, years by what is known of the file",
        "RFC 5424 with structured data",
        "rsyslog's ISO times, macOS, Chrome OS",
        "auth.log and secure: sshd, PAM, sudo, su, cron, login, users",
        "not read: what other programs say, beyond their text",
    ],
    export_hint: "/var/log/syslog, /var/log/messages, /var/log/auth.log, /var/log/secure",
    fields: FIELDS,
    columns: &[
        "timestamp",
        "hostname",
        "app-name",
        "event",
        "outcome",
        "user",
        "source_ip",
        "message",
    ],
    aliases: &[
        ("host", "hostname"),
        ("program", "app-name"),
        ("app_name", "app-name"),
        ("level", "severity"),
    ],
    dedupe: false,
};

const TIMESTAMP: usize = position(FIELDS, "timestamp");
const HOSTNAME: usize = position(FIELDS, "hostname");
const APP: usize = position(FIELDS, "app-name");
const PID: usize = position(FIELDS, "pid");
const SEVERITY: usize = position(FIELDS, "severity");
const MESSAGE: usize = position(FIELDS, "message");
const FACILITY: usize = position(FIELDS, "facility");
const PROCID: usize = position(FIELDS, "procid");
const MSGID: usize = position(FIELDS, "msgid");
const DATA: usize = position(FIELDS, "structured-data");
const UNIT: usize = position(FIELDS, "unit");

/// Bytes of a message that are kept in its column.
const KEPT: usize = 2048;
/// Bytes of a command that are kept in its column.
const COMMAND_KEPT: usize = 1024;
/// Lines looked at to recognise a member.
const LINES: usize = 60;
/// Parameters of structured data that become fields; the others stand in `structured-data`.
const MAX_DATA_FIELDS: usize = 64;

/// Severities of RFC 5424 by their number.
const SEVERITIES: [&str; 8] = [
    "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug",
];
const FACILITIES: [&str; 24] = [
    "kern",
    "user",
    "mail",
    "daemon",
    "auth",
    "syslog",
    "lpr",
    "news",
    "uucp",
    "cron",
    "authpriv",
    "ftp",
    "ntp",
    "security",
    "console",
    "solaris-cron",
    "local0",
    "local1",
    "local2",
    "local3",
    "local4",
    "local5",
    "local6",
    "local7",
];

/// The word of a severity's number.
pub(super) fn severity(number: u8) -> &'static str {
    SEVERITIES.get(usize::from(number)).copied().unwrap_or_default()
}

/// The word of a facility's number.
pub(super) fn facility(number: u8) -> &'static str {
    FACILITIES.get(usize::from(number)).copied().unwrap_or_default()
}

/// The fields of what a message says, by name; the same in every kind that has such messages.
pub(super) struct SaidFields {
    texts: [usize; 9],
    port: usize,
    repeated: usize,
}

impl SaidFields {
    pub fn of(facts: &Facts) -> SaidFields {
        let field = |name: &str| facts.field(name).unwrap_or_default();
        SaidFields {
            texts: [
                "event",
                "outcome",
                "user",
                "source_ip",
                "method",
                "target_user",
                "command",
                "tty",
                "pwd",
            ]
            .map(field),
            port: field("source_port"),
            repeated: field("repeated"),
        }
    }

    pub fn set(&self, said: &Said<'_>, sink: &mut RowSink<'_>) {
        let texts = [
            said.event,
            said.outcome,
            said.user,
            said.address,
            said.method,
            said.target_user,
            said.command,
            said.tty,
            said.pwd,
        ];
        for (field, text) in self.texts.iter().zip(texts).filter(|(_, text)| !text.is_empty()) {
            sink.text(*field, beginning(text.as_bytes(), COMMAND_KEPT));
        }
        if let Some(port) = said.port {
            sink.int(self.port, port.into());
        }
        if let Some(times) = said.repeated {
            sink.int(self.repeated, times);
        }
    }
}

/// What tells the year of times without one.
pub(super) struct Years {
    reference_ns: Option<i64>,
    /// It is when the file was opened.
    is_opening: bool,
    guessed: u64,
    unknown: u64,
}

impl Years {
    pub fn new(path: &str, options: &Options) -> Years {
        let in_path = date_in(path);
        Years {
            reference_ns: in_path.or(options.opened_ns),
            is_opening: in_path.is_none(),
            guessed: 0,
            unknown: 0,
        }
    }

    /// A time with its year: those near it are of the same.
    pub fn met(&mut self, at_ns: i64) {
        self.reference_ns = Some(at_ns);
        self.is_opening = false;
    }

    pub fn of(&mut self, stamp: Stamp) -> Option<i64> {
        match stamp {
            Stamp::None => None,
            Stamp::Full(at) => {
                self.met(at);
                Some(at)
            }
            Stamp::Yearless(stamp) if stamp.year.is_some() => stamp.in_year(0),
            Stamp::Yearless(stamp) => match self.reference_ns {
                Some(reference) => {
                    self.guessed += u64::from(self.is_opening);
                    stamp.before(reference)
                }
                None => {
                    self.unknown += 1;
                    None
                }
            },
        }
    }

    /// Says of which times the year is not the log's own word.
    pub fn finish(&self, sink: &mut RowSink<'_>) {
        let counted = |n: u64| crate::base::size::counted(n, "messages");
        if let Some(reference) = self.reference_ns.filter(|_| self.guessed > 0) {
            sink.stats.remarks.push(format!(
                "{} without a year, each taken as the last such day before the file was opened ({}). A date in the file's name, such as messages-20260302, tells it.",
                counted(self.guessed),
                time::iso(reference).get(..10).unwrap_or_default(),
            ));
        }
        if self.unknown > 0 {
            sink.stats.remarks.push(format!(
                "{} without a year, and nothing tells it: they have no time. A date in the file's name, such as messages-20260302, does.",
                counted(self.unknown),
            ));
        }
    }
}

/// The end of the day that a path names: `messages-20260302`, `2026/03/02/`, `2026-03-02`.
fn date_in(path: &str) -> Option<i64> {
    let bytes = path.as_bytes();
    let part = |from: usize, len: usize| stamps::number(bytes.get(from..from + len)?);
    let is_digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let at = |at: usize| {
        let year = part(at, 4).filter(|y| (1990..2100).contains(y))?;
        let gap = usize::from(bytes.get(at + 4).is_some_and(|b| matches!(b, b'-' | b'/' | b'_')));
        let (month, day) = (part(at + 4 + gap, 2)?, part(at + 6 + 2 * gap, 2)?);
        let is_even = gap == 0 || bytes.get(at + 4) == bytes.get(at + 7);
        let alone = !is_digit(at.checked_sub(1)) && !is_digit(Some(at + 8 + 2 * gap)) && is_even;
        time::from_parts(year.into(), month, day, 23, 59, 59, 0).filter(|_| alone)
    };
    (0..bytes.len()).rev().find_map(at)
}

impl LogFormat for Syslog {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        let (mut own, mut sure, mut all, mut first) = (0, 0, 0, false);
        for line in sample_lines(sample).take(LINES) {
            let parts = Parts::read(line);
            first |= all == 0 && parts.is_some();
            own += usize::from(parts.is_some());
            sure += usize::from(parts.is_some_and(|p| p.is_sure || p.priority.is_some()));
            all += 1;
        }
        // Messages may be of several lines.
        let is_its = sure > 0 && (own * 2 > all || first && own * 5 > all);
        is_its.then_some(Confidence::Likely)
    }

    fn has_more(&self) -> bool {
        false
    }

    fn reader(&self, sample: &Sample<'_>, options: &Options) -> Box<dyn Reader> {
        Box::new(EventReader::new(Messages {
            years: Years::new(sample.path, options),
            said: SaidFields::of(&FACTS),
            data: FastMap::default(),
            last: Default::default(),
        }))
    }
}

struct Messages {
    years: Years,
    said: SaidFields,
    /// Fields of structured data by `ID.NAME`.
    data: FastMap<Box<str>, usize>,
    /// Host and program of the message before.
    last: [Recent; 2],
}

impl OnEvent for Messages {
    fn begins(&self, line: &[u8]) -> bool {
        Parts::read(line).is_some()
    }

    fn event(&mut self, offset: u64, text: &[u8], told: Option<&Told>, sink: &mut RowSink<'_>) {
        let told_ns = told.and_then(|t| t.time_ns);
        if let Some(at) = told_ns {
            self.years.met(at);
        }
        let Some(parts) = Parts::read(text) else {
            // What stands in a container has its time there, and is a message all the same.
            let Some(at) = told_ns else {
                let why = "no time at its beginning, and no message before it that it could go on with";
                return sink.reject(why, offset, text);
            };
            sink.int(TIMESTAMP, at);
            sink.text(MESSAGE, beginning(text, KEPT));
            return sink.end(offset, text.len() as u64);
        };
        if let Some(at) = self.years.of(parts.stamp).or(told_ns) {
            sink.int(TIMESTAMP, at);
        }
        self.header(&parts, sink);
        let message = parts.message;
        if !message.is_empty() {
            sink.text(MESSAGE, beginning(message, KEPT));
        }
        if let (Ok(app), Ok(message)) = (std::str::from_utf8(parts.app), std::str::from_utf8(message)) {
            let said = said_by(app, message);
            self.said.set(&said, sink);
            let unit = if parts.unit.is_empty() {
                said.unit.as_bytes()
            } else {
                parts.unit
            };
            if !unit.is_empty() {
                sink.text(UNIT, unit);
            }
        }
        sink.end(offset, text.len() as u64);
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        self.years.finish(sink);
    }
}

impl Messages {
    fn header(&mut self, parts: &Parts<'_>, sink: &mut RowSink<'_>) {
        for ((field, text), last) in [(HOSTNAME, parts.host), (APP, parts.app)]
            .into_iter()
            .zip(&mut self.last)
        {
            if !text.is_empty() {
                let code = sink.code_after(last, text);
                sink.set_code(field, code);
            }
        }
        match stamps::number(parts.process) {
            Some(pid) => sink.int(PID, pid.into()),
            None if parts.process.is_empty() => {}
            None => sink.text(PROCID, parts.process),
        }
        if let Some(priority) = parts.priority {
            sink.text(SEVERITY, severity(priority % 8).as_bytes());
            sink.text(FACILITY, facility(priority / 8).as_bytes());
        } else if !parts.level.is_empty() {
            sink.text(SEVERITY, level(parts.level).as_bytes());
        }
        if !parts.msgid.is_empty() {
            sink.text(MSGID, parts.msgid);
        }
        if parts.data.is_empty() {
            return;
        }
        sink.text(DATA, beginning(parts.data, KEPT));
        let known = &mut self.data;
        line::each_datum(parts.data, &mut |id, name, value| {
            let name = format!("{id}.{name}");
            let field = match known.get(name.as_str()) {
                Some(field) => *field,
                None if known.len() >= MAX_DATA_FIELDS => return,
                None => {
                    let field = sink.field(&name, FieldType::Text);
                    known.insert(name.into(), field);
                    field
                }
            };
            if sink.field_type(field) == FieldType::Text {
                sink.text(field, beginning(value, KEPT));
            }
        });
    }
}

/// A level in words as the severity it is.
fn level(word: &[u8]) -> &'static str {
    match word {
        b"EMERG" => "emerg",
        b"ALERT" => "alert",
        b"CRIT" | b"CRITICAL" => "crit",
        b"ERR" | b"ERROR" => "err",
        b"WARNING" | b"WARN" => "warning",
        b"NOTICE" => "notice",
        b"INFO" => "info",
        _ => "debug",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing;

    #[test]
    fn fixtures() {
        testing::fixtures("syslog");
    }

    fn times(path: &str, text: &str, options: &Options) -> Vec<String> {
        let (shard, stats) = testing::read_as("syslog", path, text.as_bytes(), 9, options);
        assert!(stats.rejected.is_empty());
        let rows = testing::dump(&shard, "syslog");
        let found = rows.lines().filter_map(|l| l.trim().strip_prefix("timestamp = "));
        found.map(str::to_owned).collect()
    }

    #[test]
    fn a_year_is_what_is_known_of_the_file() {
        let log = "Dec 31 23:59:59 web cron[1]: x\nJan  1 00:00:01 web cron[1]: x\n";
        let opened = |at: &str| Options {
            opened_ns: time::parse_iso(at.as_bytes()),
            ..Options::default()
        };
        let new_year = ["2025-12-31T23:59:59Z", "2026-01-01T00:00:01Z"];
        assert_eq!(times("", log, &opened("2026-03-02T09:15:00Z")), new_year);
        assert_eq!(
            times("messages-20260104.gz", log, &opened("2030-03-02T09:15:00Z")),
            new_year
        );
        assert_eq!(times("a/2026/01/01/messages", log, &Options::default()), new_year);
        assert_eq!(times("", log, &Options::default()), [] as [&str; 0]);
        let with_year = "2026-01-01T00:00:00Z web cron[1]: x\nDec 31 23:59:59 web cron[1]: x\n";
        assert_eq!(
            times("", with_year, &Options::default()),
            ["2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z"]
        );
    }

    #[test]
    fn a_date_stands_in_a_path() {
        let of = |path: &str| date_in(path).map(|at| time::iso(at)[..10].to_owned());
        assert_eq!(of("messages-20260302").as_deref(), Some("2026-03-02"));
        assert_eq!(of("logs/2026/03/02/web/secure").as_deref(), Some("2026-03-02"));
        assert_eq!(of("secure-2026-03-02.gz").as_deref(), Some("2026-03-02"));
        assert_eq!(of("job-120260302.log"), None);
        assert_eq!(of("messages.1"), None);
    }

    #[test]
    fn what_stands_in_a_container_has_its_year_there() {
        let text = "2024-01-01T00:00:05.000Z Dec 31 23:59:59 web sshd[4]: Failed password for root from 203.0.113.9 port 7 ssh2\n2024-01-01T00:00:06.000Z Jan  1 00:00:02 web sshd[4]: x\n";
        let (kind, rows) = testing::read_wrapped(text.as_bytes(), 9, &Options::default());
        assert_eq!(kind, "syslog");
        assert!(rows.contains("timestamp = 2023-12-31T23:59:59Z"), "{rows}");
        assert!(rows.contains("timestamp = 2024-01-01T00:00:02Z"), "{rows}");
    }
}
