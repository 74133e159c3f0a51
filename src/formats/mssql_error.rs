//! The error log of SQL Server (ERRORLOG): messages behind a time and a source.
//!
//! A message is one record, with its further lines. `Error: 18456, Severity: 14, State: 8.` and the message that the same source
//! writes at the same time behind it are one. Fields have the names of `sp_readerrorlog`'s columns (`LogDate`, `ProcessInfo`,
//! `Text`), and `Error`, `Severity`, `State` as integers. Derived: `event`, `outcome`, `user`, `database`, `client_addr`. Times have no
//! zone and are taken as UTC, which RDS's are. The file is often UTF-16; it is read as the text that it is. Not read: SQL Server
//! Agent's log.

use super::database::{
    self, CLIENT, KEPT, LINES, Place, at, between, cut, has, int, put, put_int, times::begins_like, until,
};
use super::lines::sample_lines;
use super::log_events::{EventReader, OnEvent, Stand, beginning};
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec, FieldSpec as F, Group, Role, time};
use crate::table::{RowSink, Told};

pub struct MsSqlError;

const FIELDS: &[FieldSpec] = &[
    F::time("LogDate").role(Role::Time),
    F::text("ProcessInfo").role(Role::Service),
    database::EVENT,
    F::text("Text").role(Role::Message),
    F::int("Error"),
    F::int("Severity").role(Role::Severity),
    F::int("State"),
    F::text("user").role(Role::Actor),
    CLIENT,
    F::text("database").role(Role::Resource),
    database::OUTCOME,
    database::INSTANCE,
    database::GROUP,
    database::STREAM,
    database::ACCOUNT,
];

static FACTS: Facts = Facts {
    id: "mssql-error",
    title: "SQL Server error log",
    records: "messages",
    group: Group::AwsService,
    spec_url: "https://learn.microsoft.com/en-us/sql/relational-databases/performance/view-the-sql-server-error-log-sql-server-management-studio",
    shapes: &["ERRORLOG files, in UTF-16 or UTF-8"],
    export_hint: "aws rds download-db-log-file-portion --db-instance-identifier NAME --log-file-name log/ERROR --starting-token 0 --output text > ERRORLOG",
    fields: FIELDS,
    columns: &[
        "LogDate",
        "ProcessInfo",
        "event",
        "Error",
        "Severity",
        "user",
        "client_addr",
        "Text",
    ],
    aliases: &[
        ("logOwner", "account"),
        ("source", "ProcessInfo"),
        ("message", "Text"),
        ("db", "database"),
    ],
    dedupe: false,
};

const PLACE: Place = Place::of(FIELDS, "LogDate");
const INTS: [usize; 3] = [at(FIELDS, "Error"), at(FIELDS, "Severity"), at(FIELDS, "State")];
const TEXTS: [usize; 7] = [
    at(FIELDS, "ProcessInfo"),
    at(FIELDS, "event"),
    at(FIELDS, "Text"),
    at(FIELDS, "user"),
    at(FIELDS, CLIENT.name),
    at(FIELDS, "database"),
    at(FIELDS, "outcome"),
];

/// Parts of messages, and what happened; the first that is found.
const EVENTS: &[(&str, &str)] = &[
    ("Login failed", "failed login"),
    ("Login succeeded", "login"),
    ("deadlock", "deadlock"),
    (
        "Could not connect because the maximum number",
        "too many connections",
    ),
    ("Database backed up.", "backup"),
    ("Database differential changes were backed up", "backup"),
    ("Log was backed up", "backup"),
    ("BACKUP failed", "failed backup"),
    ("Database was restored", "restore"),
    ("Restore is complete", "restore"),
    ("I/O requests taking longer than", "slow I/O"),
    ("ready for client connections", "startup"),
    ("Microsoft SQL Server ", "startup"),
    ("Starting up database ", "startup"),
    ("SQL Server is terminating", "shutdown"),
    ("SQL Server shutdown ", "shutdown"),
    ("Stack Dump being sent to", "crash"),
];

/// `2026-03-02 09:15:01.35`
const TIME: &[u8] = b"0000-00-00 00:00:00.00";
/// The column of the source is so wide, and wider where the source is.
const SOURCE: usize = 12;

struct Head<'a> {
    time: &'a [u8],
    source: &'a [u8],
    text: &'a [u8],
}

/// Time, source and text of a line that has them.
fn head(line: &[u8]) -> Option<Head<'_>> {
    if !begins_like(line, TIME) {
        return None;
    }
    let (time, rest) = line.split_at_checked(TIME.len())?;
    let rest = rest.strip_prefix(b" ")?;
    let word = until(rest, b' ').trim_ascii();
    let digits = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let is_process = word
        .strip_prefix(b"spid")
        .is_some_and(|n| digits(n.strip_suffix(b"s").unwrap_or(n)));
    let is_known = is_process
        || matches!(
            word,
            b"Server" | b"Logon" | b"Backup" | b"Service" | b"CLR" | b"Replication"
        );
    // Another source fills its column.
    let is_column = rest
        .get(word.len()..SOURCE)
        .is_some_and(|gap| !gap.is_empty() && gap.iter().all(|b| *b == b' '));
    let is_word = word.first().is_some_and(u8::is_ascii_alphabetic);
    (is_known || is_column && is_word).then(|| Head {
        time,
        source: word,
        text: rest.get(word.len()..).unwrap_or_default().trim_ascii_start(),
    })
}

/// The numbers of `Error: 18456, Severity: 14, State: 8.`
fn numbers(text: &[u8]) -> Option<[i64; 3]> {
    let mut parts = until(text, b'\n').trim_ascii().split(|b| *b == b',');
    let mut number = |name: &str| -> Option<i64> {
        let part = parts.next()?.trim_ascii().strip_prefix(name.as_bytes())?;
        int(part.strip_suffix(b".").unwrap_or(part))
    };
    Some([number("Error: ")?, number("Severity: ")?, number("State: ")?])
}

impl LogFormat for MsSqlError {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        let is_its = |line: &[u8]| {
            let known = |h: &Head<'_>| {
                h.source.starts_with(b"spid") || matches!(h.source, b"Server" | b"Logon" | b"Backup")
            };
            head(line).is_some_and(|h| known(&h))
        };
        let found = sample_lines(sample).take(LINES).any(is_its);
        found.then_some(Confidence::Certain)
    }

    fn has_more(&self) -> bool {
        false
    }

    fn reader(&self, _: &Sample<'_>, _: &Options) -> Box<dyn Reader> {
        Box::new(EventReader::new(Events::default()))
    }
}

#[derive(Default)]
struct Events {
    /// Time and source of an error whose message has not come yet.
    error: Option<Vec<u8>>,
}

impl OnEvent for Events {
    fn begins(&self, line: &[u8]) -> bool {
        head(line).is_some()
    }

    fn stands(&mut self, line: &[u8], _: Option<&Told>) -> Option<Stand> {
        let head = head(line)?;
        let of = [head.time, b" ", head.source].concat();
        let is_error = numbers(head.text).is_some();
        let is_its = !is_error && self.error.as_ref() == Some(&of);
        self.error = is_error.then_some(of);
        Some(if is_its { Stand::GoesOn } else { Stand::Begins })
    }

    fn event(&mut self, offset: u64, text: &[u8], told: Option<&Told>, sink: &mut RowSink<'_>) {
        let first = until(text, b'\n');
        let Some(head) = head(first) else {
            let reason = "no time and source at the beginning; begin the file with a whole message";
            return sink.reject(reason, offset, text);
        };
        let Some(ns) = time::parse_iso(head.time) else {
            return sink.reject("a time that no calendar has; the line is damaged", offset, text);
        };
        let mut said = text.get(first.len() - head.text.len()..).unwrap_or_default();
        let numbers = numbers(said);
        // The message of an error stands behind its own time and source.
        if numbers.is_some()
            && let Some((_, second)) = cut(said, b'\n')
            && let Some(more) = self::head(until(second, b'\n'))
        {
            let length = until(second, b'\n').len();
            said = second.get(length - more.text.len()..).unwrap_or_default();
        }
        PLACE.put(Some(ns), told, sink);
        let known = EVENTS
            .iter()
            .find(|(part, _)| has(said, part))
            .map(|(_, event)| *event);
        let event = match known {
            Some(event) => event,
            None if numbers.is_some() => "error",
            None => "message",
        };
        let outcome = match event {
            "login" | "backup" | "restore" => "ok",
            "failed login" | "failed backup" | "crash" | "deadlock" => "failed",
            _ if numbers.is_some() => "failed",
            _ => "",
        };
        let client = between(said, "[CLIENT: ", b']');
        let client = if client == b"<local machine>" { b"" } else { client };
        let mut user = between(said, "for user '", b'\'');
        if user.is_empty() {
            user = between(said, "for login '", b'\'');
        }
        let mut database = between(said, "database '", b'\'');
        if database.is_empty() {
            database = between(said, "database \"", b'"');
        }
        if database.is_empty() {
            database = until(until(between(said, "Database: ", b','), b'\r'), b'\n');
        }
        let texts = [
            head.source,
            event.as_bytes(),
            beginning(said, KEPT),
            user,
            client,
            database,
            outcome.as_bytes(),
        ];
        for (field, text) in TEXTS.iter().zip(texts) {
            put(sink, *field, text);
        }
        for (field, value) in INTS.iter().zip(numbers.into_iter().flatten()) {
            put_int(sink, *field, Some(value));
        }
        sink.end(offset, text.len() as u64);
    }
}

#[cfg(test)]
mod tests {
    use crate::formats::testing;

    #[test]
    fn fixtures() {
        testing::fixtures("mssql-error");
    }
}
