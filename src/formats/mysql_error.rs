//! The error log of MySQL, MariaDB and Percona Server, as text.
//!
//! A message is one record, with the lines that have no time of their own behind it. The parts of a line have the names that the
//! manual gives them: `time`, `thread`, `label`, `err_code`, `subsystem`, `msg`. Derived: `event`, `outcome`, `user`, `db` and
//! `client_addr` where a message is about a connection. Times without a zone are taken as UTC. Not read: the JSON of
//! `log_sink_json`.

use super::database::{
    self, CLIENT, KEPT, LINES, Place, at, between, cut, has, int, mysql, put, put_int,
    times::{short, stamp},
    until,
};
use super::lines::sample_lines;
use super::log_events::{EventReader, OnEvent, Stand, beginning};
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec, FieldSpec as F, Group, Role, time};
use crate::table::{RowSink, Told};

pub struct MySqlError;

const FIELDS: &[FieldSpec] = &[
    F::time("time").role(Role::Time),
    F::text("label").role(Role::Severity),
    database::EVENT,
    F::text("err_code"),
    F::text("subsystem").role(Role::Service),
    F::text("msg").role(Role::Message),
    F::int("thread"),
    F::text("user").role(Role::Actor),
    CLIENT,
    F::text("db").role(Role::Resource),
    database::OUTCOME,
    database::INSTANCE,
    database::GROUP,
    database::STREAM,
    database::ACCOUNT,
];

static FACTS: Facts = Facts {
    id: "mysql-error",
    title: "MySQL error log",
    records: "messages",
    group: Group::AwsService,
    spec_url: "https://dev.mysql.com/doc/refman/8.4/en/error-log-format.html",
    shapes: &["text of MySQL 5.5 to 9, MariaDB, and Aurora's own lines"],
    export_hint: "aws rds download-db-log-file-portion --db-instance-identifier NAME --log-file-name error/mysql-error.log --starting-token 0 --output text > error.log",
    fields: FIELDS,
    columns: &["time", "label", "event", "err_code", "subsystem", "msg"],
    aliases: &[
        ("logOwner", "account"),
        ("LOGGED", "time"),
        ("PRIO", "label"),
        ("ERROR_CODE", "err_code"),
        ("DATA", "msg"),
        ("thread_id", "thread"),
        ("message", "msg"),
        ("database", "db"),
    ],
    dedupe: false,
};

const PLACE: Place = Place::of(FIELDS, "time");
const LABEL: usize = at(FIELDS, "label");
const EVENT: usize = at(FIELDS, "event");
const CODE: usize = at(FIELDS, "err_code");
const SUBSYSTEM: usize = at(FIELDS, "subsystem");
const MSG: usize = at(FIELDS, "msg");
const THREAD: usize = at(FIELDS, "thread");
const USER: usize = at(FIELDS, "user");
const HOST: usize = at(FIELDS, CLIENT.name);
const DB: usize = at(FIELDS, "db");
const OUTCOME: usize = at(FIELDS, "outcome");

const LABELS: [&[u8]; 6] = [b"System", b"Error", b"ERROR", b"Warning", b"Note", b"Info"];

/// Parts of messages, and what happened; the first that is found.
const EVENTS: &[(&str, &str)] = &[
    ("Access denied for user ", "failed login"),
    ("Too many connections", "too many connections"),
    ("Aborted connection ", "lost connection"),
    ("deadlock detected", "deadlock"),
    ("Deadlock found", "deadlock"),
    ("Lock wait timeout exceeded", "lock wait"),
    (" got signal ", "crash"),
    (" got exception ", "crash"),
    ("Assertion failure", "crash"),
    ("ready for connections", "startup"),
    (") starting as process ", "startup"),
    (" as process ", "startup"),
    ("Starting crash recovery", "startup"),
    ("Received SHUTDOWN ", "shutdown"),
    ("Normal shutdown", "shutdown"),
    ("Shutdown complete", "shutdown"),
    ("Starting shutdown", "shutdown"),
];

/// The parts of a line.
#[derive(Debug, Default, PartialEq)]
struct Head<'a> {
    time_ns: Option<i64>,
    thread: Option<i64>,
    label: &'a [u8],
    code: &'a [u8],
    subsystem: &'a [u8],
    msg: &'a [u8],
}

/// A line that begins with a time, whatever stands behind it.
fn head(line: &[u8]) -> Option<Head<'_>> {
    if !line.first()?.is_ascii_digit() {
        return None;
    }
    let (time_ns, rest) = match (short(line).or_else(|| padded(line)), stamp(line)) {
        (Some((ns, rest)), _) => (ns, rest),
        (None, Some(stamp)) => (stamp.ns, stamp.rest),
        (None, None) => {
            let word = until(line, b' ');
            (
                time::parse_iso(word).filter(|_| word.len() > 10)?,
                line.get(word.len()..)?,
            )
        }
    };
    let mut rest = rest.trim_ascii_start();
    let mut head = Head {
        time_ns: Some(time_ns),
        ..Head::default()
    };
    // MariaDB 5.5 to 10.0 write a thread in hexadecimal digits, others in decimal ones.
    if let Some((word, more)) = cut(rest, b' ')
        && (word.iter().all(u8::is_ascii_digit) || more.trim_ascii_start().starts_with(b"[") && is_hex(word))
    {
        head.thread = int(word);
        rest = more.trim_ascii_start();
    }
    if let Some((inside, more)) = bracketed(rest).filter(|(inside, _)| LABELS.contains(inside)) {
        (head.label, rest) = (inside, more);
        if let Some((inside, more)) = bracketed(rest).filter(|(code, _)| code.starts_with(b"MY-")) {
            (head.code, rest) = (inside, more);
            if let Some((inside, more)) = bracketed(rest) {
                (head.subsystem, rest) = (inside, more);
            }
        }
    }
    // `InnoDB: …`, before there were subsystems in brackets.
    if head.subsystem.is_empty()
        && let Some((word, _)) = cut(rest, b':')
        && matches!(
            word,
            b"InnoDB" | b"server_audit" | b"Aria" | b"WSREP" | b"mysqld" | b"Slave" | b"Plugin"
        )
    {
        head.subsystem = word;
    }
    head.msg = rest;
    Some(head)
}

/// `2026-03-02  9:15:01`, as MariaDB writes it.
fn padded(line: &[u8]) -> Option<(i64, &[u8])> {
    let (stamp, rest) = line.split_at_checked(19)?;
    let mut full: [u8; 19] = stamp.try_into().ok()?;
    if full.get(10..12) != Some(b"  ") {
        return None;
    }
    full[11] = b'0';
    Some((time::parse_iso(&full)?, rest))
}

fn is_hex(word: &[u8]) -> bool {
    let digits = word.strip_prefix(b"0x").unwrap_or(word);
    !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit)
}

/// `[inside] more`
fn bracketed(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (inside, more) = cut(text.strip_prefix(b"[")?, b']')?;
    Some((inside, more.trim_ascii_start()))
}

impl LogFormat for MySqlError {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        let mut sure = None;
        for line in sample_lines(sample).take(LINES) {
            let Some(head) = head(line) else { continue };
            // A code, a label behind a short time, or one behind a thread.
            let is_short = short(line).is_some();
            if !head.code.is_empty()
                || !head.label.is_empty() && is_short
                || is_short && matches!(head.subsystem, b"InnoDB" | b"server_audit")
            {
                return Some(Confidence::Certain);
            }
            if !head.label.is_empty() && head.thread.is_some() {
                sure = Some(Confidence::Likely);
            }
        }
        sure
    }

    fn has_more(&self) -> bool {
        false
    }

    fn reader(&self, _: &Sample<'_>, _: &Options) -> Box<dyn Reader> {
        Box::new(EventReader::new(Events))
    }
}

struct Events;

impl OnEvent for Events {
    fn begins(&self, line: &[u8]) -> bool {
        head(line).is_some()
    }

    /// What begins with a time is a message, also inside of a container's event.
    fn stands(&mut self, line: &[u8], _: Option<&Told>) -> Option<Stand> {
        head(line).map(|_| Stand::Begins)
    }

    fn event(&mut self, offset: u64, text: &[u8], told: Option<&Told>, sink: &mut RowSink<'_>) {
        let first = until(text, b'\n');
        let head = head(first).unwrap_or(Head {
            msg: first,
            ..Head::default()
        });
        if head.time_ns.is_none() && told.is_none_or(|t| t.time_ns.is_none()) {
            let reason = "no time at the beginning; begin the file with a whole message";
            return sink.reject(reason, offset, text);
        }
        PLACE.put(head.time_ns, told, sink);
        let msg = text.get(first.len() - head.msg.len()..).unwrap_or_default();
        put_int(sink, THREAD, head.thread);
        let (event, outcome) = event(head.label, msg);
        let mut who = mysql::UserHost::default();
        match event {
            "failed login" => who = mysql::quoted_user(msg, "Access denied for user '"),
            "lost connection" => {
                who.user = between(msg, "user: '", b'\'');
                who.host = between(msg, "host: '", b'\'');
                put(sink, DB, between(msg, "to db: '", b'\''));
            }
            _ => {}
        }
        let texts = [
            (LABEL, head.label),
            (EVENT, event.as_bytes()),
            (CODE, head.code),
            (SUBSYSTEM, head.subsystem),
            (MSG, beginning(msg, KEPT)),
            (USER, who.user),
            (HOST, who.host),
            (OUTCOME, outcome.as_bytes()),
        ];
        for (field, text) in texts {
            put(sink, field, text);
        }
        sink.end(offset, text.len() as u64);
    }
}

/// What happened, and what came of it where that is clear.
fn event(label: &[u8], msg: &[u8]) -> (&'static str, &'static str) {
    let found = EVENTS
        .iter()
        .find(|(part, _)| has(msg, part))
        .map(|(_, event)| *event);
    let is_error = label.eq_ignore_ascii_case(b"error");
    let event = match found {
        Some(event) => event,
        None if is_error => "error",
        None if label == b"Warning" => "warning",
        None => "message",
    };
    let is_failed = is_error || matches!(event, "failed login" | "crash" | "deadlock");
    (event, if is_failed { "failed" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing;

    #[test]
    fn fixtures() {
        testing::fixtures("mysql-error");
    }

    #[test]
    fn lines_of_every_age_are_taken_apart() {
        let of = |line: &'static str| {
            let h = head(line.as_bytes()).unwrap_or_default();
            let text = |t: &[u8]| String::from_utf8_lossy(t).into_owned();
            format!(
                "{:?} {}|{}|{}|{}",
                h.thread,
                text(h.label),
                text(h.code),
                text(h.subsystem),
                text(h.msg)
            )
        };
        assert_eq!(
            of("2026-03-02T09:15:01.123456Z 8 [Warning] [MY-010068] [Server] CA is self signed."),
            "Some(8) Warning|MY-010068|Server|CA is self signed."
        );
        assert_eq!(
            of("2026-03-02T09:15:01.123456Z 0 [Note] InnoDB: ready"),
            "Some(0) Note||InnoDB|InnoDB: ready"
        );
        assert_eq!(of("260302  9:15:01 [ERROR] Aborting"), "None ERROR|||Aborting");
        assert_eq!(of("2026-03-02  9:15:01 0 [Note] x"), "Some(0) Note|||x");
        assert_eq!(of("2026-03-02 09:15:01 139 [Note] x"), "Some(139) Note|||x");
        assert_eq!(
            of("260302 09:15:01 InnoDB: started"),
            "None ||InnoDB|InnoDB: started"
        );
    }
}
