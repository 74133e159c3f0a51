//! The slow query log of MySQL, MariaDB and Percona Server: text, and the table `mysql.slow_log` exported with a header.
//!
//! A statement is one record. Fields have the names of the table's columns; what the text tells beyond them keeps the text's own
//! names (`Full_scan`, `InnoDB_IO_r_ops`, …). Derived: `duration_us` and `lock_time_us` in microseconds, `client_addr` (a host
//! name where the log has no address), `event`, `fingerprint`, `operation`. `time` is when the statement was logged: a record without
//! `# Time` is of the same second as the one before it, else of its `SET timestamp`. Up to 5.6 and in MariaDB that time is the
//! server's own, without a zone: how far it is from UTC shows where a record has a `SET timestamp` too, which is Unix time; else it is
//! taken as UTC. The banner of a restart is no record. Not read: the table's own file (`slow_log.CSV`), which has no header.

use super::database::{
    self, CLIENT, KEPT, LINES, Place, Statement, at, behind, cut, dump, int, mysql, put, put_int,
    times::{clock, scaled, short, stamp},
    until,
};
use super::lines::sample_lines;
use super::log_events::{EventReader, OnEvent, Stand, beginning};
use super::sql_fingerprint::Dialect;
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec, FieldSpec as F, FieldType, Group, Role, decimal, time};
use crate::table::{RowSink, Told};

pub struct MySqlSlow;

const FIELDS: &[FieldSpec] = &[
    F::time("time").role(Role::Time),
    F::text("user").role(Role::Actor),
    CLIENT,
    F::text("db").role(Role::Resource),
    database::EVENT,
    database::DURATION,
    F::int("lock_time_us").unit("µs"),
    F::int("rows_sent"),
    F::int("rows_examined"),
    F::int("rows_affected"),
    F::int("bytes_sent").unit("B").role(Role::Bytes),
    database::STATEMENT.role(Role::Message),
    database::FINGERPRINT,
    database::OPERATION,
    F::int("thread_id"),
    F::time("start_time"),
    F::int("errno"),
    database::OUTCOME,
    F::int("insert_id"),
    F::int("last_insert_id"),
    F::int("server_id"),
    database::INSTANCE,
    database::GROUP,
    database::STREAM,
    database::ACCOUNT,
];

static FACTS: Facts = Facts {
    id: "mysql-slow",
    title: "MySQL slow query log",
    records: "statements",
    group: Group::AwsService,
    spec_url: "https://dev.mysql.com/doc/refman/8.4/en/slow-query-log.html",
    shapes: &[
        "text of MySQL 5.0 to 9, MariaDB and Percona Server, with their extra fields",
        "mysql.slow_log as CSV or tab-separated, with a header",
    ],
    export_hint: "aws rds download-db-log-file-portion --db-instance-identifier NAME --log-file-name slowquery/mysql-slowquery.log --starting-token 0 --output text > slow.log",
    fields: FIELDS,
    columns: &[
        "time",
        "user",
        "client_addr",
        "db",
        "duration_us",
        "rows_examined",
        "rows_sent",
        "statement",
    ],
    aliases: &[
        ("logOwner", "account"),
        ("Query_time", "duration_us"),
        ("query_time_us", "duration_us"),
        ("Lock_time", "lock_time_us"),
        ("Rows_sent", "rows_sent"),
        ("Rows_examined", "rows_examined"),
        ("Rows_affected", "rows_affected"),
        ("Bytes_sent", "bytes_sent"),
        ("sql_text", "statement"),
        ("database", "db"),
        ("Schema", "db"),
        ("Id", "thread_id"),
        ("Last_errno", "errno"),
    ],
    dedupe: false,
};

const PLACE: Place = Place::of(FIELDS, "time");
const STATEMENT: Statement = Statement::of(FIELDS);
const USER: usize = at(FIELDS, "user");
const HOST: usize = at(FIELDS, CLIENT.name);
const DB: usize = at(FIELDS, "db");
const EVENT: usize = at(FIELDS, "event");
const OUTCOME: usize = at(FIELDS, "outcome");
const DURATION: usize = at(FIELDS, "duration_us");
const LOCK_TIME: usize = at(FIELDS, "lock_time_us");
const START: usize = at(FIELDS, "start_time");
const TIME: usize = at(FIELDS, "time");
const ERRNO: usize = at(FIELDS, "errno");
const THREAD: usize = at(FIELDS, "thread_id");
const INSERT_ID: usize = at(FIELDS, "insert_id");
const LAST_INSERT_ID: usize = at(FIELDS, "last_insert_id");

/// Names that stand before values in the text, and the number's field.
const INTS: [(&[u8], usize); 8] = [
    (b"Rows_sent", at(FIELDS, "rows_sent")),
    (b"Rows_examined", at(FIELDS, "rows_examined")),
    (b"Rows_affected", at(FIELDS, "rows_affected")),
    (b"Bytes_sent", at(FIELDS, "bytes_sent")),
    (b"Id", THREAD),
    (b"Thread_id", THREAD),
    (b"Last_errno", ERRNO),
    (b"Errno", ERRNO),
];
/// Columns of the table that are numbers.
const COLUMNS: [&str; 5] = [
    "rows_sent",
    "rows_examined",
    "last_insert_id",
    "insert_id",
    "thread_id",
];

/// Fields beyond the usual that a log may add.
const MAX_EXTRA: usize = 96;
const ADMINISTRATOR: &[u8] = b"# administrator command: ";

/// Names that a record's header has; a line with another one may be a comment of a statement.
const HEADERS: [&[u8]; 5] = [
    b"# Time: ",
    b"# User@Host: ",
    b"# Query_time: ",
    b"# Thread_id: ",
    b"# Schema: ",
];

impl LogFormat for MySqlSlow {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        let mut lines = sample_lines(sample).take(LINES);
        let found = lines.any(|line| line.starts_with(b"# Query_time: ")) || is_table(sample);
        found.then_some(Confidence::Certain)
    }

    fn has_more(&self) -> bool {
        false
    }

    fn reader(&self, sample: &Sample<'_>, _: &Options) -> Box<dyn Reader> {
        if is_table(sample) {
            return Box::new(dump::Dump::new(sample, of_table));
        }
        Box::new(EventReader::new(Events {
            shift: told_shift(sample),
            ..Events::default()
        }))
    }
}

fn is_table(sample: &Sample<'_>) -> bool {
    dump::is_one(sample, &["start_time", "query_time", "sql_text"])
}

/// How far the record that is open has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Nothing,
    Time,
    Header,
    Statement,
}

#[derive(Default)]
struct Events {
    part: Part,
    /// When the last record was logged that said so.
    last: Option<i64>,
    /// How far the server's own time is from UTC, in nanoseconds.
    shift: i64,
    duration_us: Option<i64>,
    /// When the record's statement began, where its header says so.
    started: Option<i64>,
    /// Fields that this log has beyond the usual.
    extra: Vec<(Vec<u8>, usize)>,
}

impl OnEvent for Events {
    fn begins(&self, _: &[u8]) -> bool {
        false
    }

    fn stands(&mut self, line: &[u8], _: Option<&Told>) -> Option<Stand> {
        let is_header = line.starts_with(b"# ") && HEADERS.iter().any(|name| line.starts_with(name));
        let (stand, part) = match self.part {
            _ if line.starts_with(b"# Time: ") => {
                let both = behind(line, "# User@Host: ").is_some();
                (Stand::Begins, if both { Part::Header } else { Part::Time })
            }
            Part::Time if is_header => (Stand::GoesOn, Part::Header),
            Part::Nothing | Part::Statement if is_header => (Stand::Begins, Part::Header),
            // A record with a header and no statement is left behind.
            Part::Header if line.starts_with(b"# User@Host: ") => (Stand::Begins, Part::Header),
            Part::Header if line.starts_with(b"# ") && !line.starts_with(ADMINISTRATOR) => {
                (Stand::GoesOn, Part::Header)
            }
            Part::Header if line.trim_ascii().is_empty() => (Stand::GoesOn, Part::Header),
            _ if line.starts_with(b"/") || line.starts_with(b"T") || line.ends_with(b"started with:") => {
                match mysql::is_banner(line) {
                    true => (Stand::Apart, Part::Nothing),
                    false => (Stand::GoesOn, Part::Statement),
                }
            }
            part => (
                Stand::GoesOn,
                if part == Part::Nothing {
                    part
                } else {
                    Part::Statement
                },
            ),
        };
        self.part = part;
        Some(stand)
    }

    fn event(&mut self, offset: u64, text: &[u8], told: Option<&Told>, sink: &mut RowSink<'_>) {
        match self.read(text, told, sink) {
            Ok(()) => sink.end(offset, text.len() as u64),
            Err(reason) => sink.reject(reason, offset, text),
        }
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        if self.shift != 0 {
            let (sign, minutes) = (
                if self.shift < 0 { '-' } else { '+' },
                self.shift.abs() / time::MINUTE,
            );
            let zone = format!("UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60);
            let remark =
                format!("times are the server's own, {zone} as SET timestamp tells; they are shown in UTC");
            sink.stats.remarks.push(remark);
        }
    }
}

/// When a record was logged.
#[derive(Clone, Copy)]
enum Logged {
    At(i64),
    /// By the server's own time.
    Local(i64),
}

/// `2026-03-02T09:15:01.123456Z` or `260302  9:15:01`.
fn moment(text: &[u8]) -> Option<Logged> {
    let text = text.trim_ascii();
    match short(text) {
        Some((ns, _)) => Some(Logged::Local(ns)),
        None => time::parse_iso(until(text, b' ')).map(Logged::At),
    }
}

/// How far a server's time is from UTC, when it logged a statement then that began at this moment and took so long.
fn shift(local: i64, started: i64, duration_us: Option<i64>) -> Option<i64> {
    /// Zones differ by so much.
    const STEP: i64 = 15 * time::MINUTE;
    let ended = started.checked_add(duration_us.unwrap_or(0).checked_mul(1000)?)?;
    let away = local.checked_sub(ended)?;
    let shift = away.checked_add(STEP / 2)?.div_euclid(STEP) * STEP;
    let is_zone = (-12 * time::HOUR..=14 * time::HOUR).contains(&shift);
    (is_zone && (away - shift).abs() <= 2 * time::MINUTE).then_some(shift)
}

/// The same, by the first record that tells it: records before it have the same time.
fn told_shift(sample: &Sample<'_>) -> i64 {
    let (mut local, mut duration) = (None, None);
    for line in sample_lines(sample) {
        if let Some(time) = line.strip_prefix(b"# Time: ") {
            local = short(time.trim_ascii()).map(|(ns, _)| ns);
        } else if let Some(time) = line.strip_prefix(b"# Query_time: ") {
            duration = scaled(until(time, b' '), 6);
        } else if line.starts_with(b"SET ")
            && let Some(started) = behind(line, "timestamp=")
        {
            let started = until(until(started, b';'), b',');
            let found = (local.zip(scaled(started, 9))).and_then(|(at, from)| shift(at, from, duration));
            if let Some(found) = found {
                return found;
            }
        }
    }
    0
}

/// `0.000120` in a decimal's units.
fn exact(text: &[u8]) -> Option<i64> {
    i64::try_from(decimal::parse(text)?.units).ok()
}

impl Events {
    fn read(&mut self, text: &[u8], told: Option<&Told>, sink: &mut RowSink<'_>) -> Result<(), &'static str> {
        let (mut logged, mut has_time, mut rest) = (None, false, text);
        (self.started, self.duration_us) = (None, None);
        // The header.
        while let Some(line) = rest.strip_prefix(b"#").map(|_| until(rest, b'\n')) {
            if line.starts_with(ADMINISTRATOR) {
                break;
            }
            rest = rest.get(line.len() + 1..).unwrap_or_default();
            let mut line = line.trim_ascii();
            if let Some(time) = line.strip_prefix(b"# Time: ") {
                logged = moment(time);
                let Some(both) = behind(time, "# User@Host: ") else {
                    continue;
                };
                line = line
                    .get(line.len() - both.len() - b"# User@Host: ".len()..)
                    .unwrap_or_default();
            }
            if let Some(who) = line.strip_prefix(b"# User@Host: ") {
                // `Id: 7` stands behind the address.
                let end = memchr::memrchr(b']', who).map_or(who.len(), |at| at + 1);
                let (users, pairs) = who.split_at(end);
                let found = mysql::user_host(users);
                put(sink, USER, found.user);
                put(sink, HOST, found.host);
                self.pairs(pairs, &mut has_time, sink);
            } else if !line.starts_with(b"# explain: ") {
                self.pairs(line.strip_prefix(b"#").unwrap_or(line), &mut has_time, sink);
            }
        }
        if !has_time {
            return Err("no Query_time before the statement; begin the file with a whole record");
        }
        let (sql, started) = self.statement(rest, sink);
        if let (Some(Logged::Local(local)), Some(started)) = (logged, started) {
            // Summer begins or ends.
            self.shift = shift(local, started, self.duration_us).unwrap_or(self.shift);
        }
        let logged = logged.map(|logged| match logged {
            Logged::At(ns) => ns,
            Logged::Local(ns) => ns.saturating_sub(self.shift),
        });
        self.last = logged.or(self.last);
        // What is not told is the same second as before, and not before the statement began.
        let guessed = match told {
            None => self.last.max(started),
            Some(told) => started.filter(|_| told.time_ns.is_none()),
        };
        let own = logged.or(guessed);
        PLACE.put(own, told, sink);
        put_int(sink, START, self.started.or(started));
        let command = sql.strip_prefix(b"# ").filter(|_| sql.starts_with(ADMINISTRATOR));
        let event = if command.is_some() {
            "administrator command"
        } else {
            "slow statement"
        };
        sink.text(EVENT, event.as_bytes());
        STATEMENT.put(command.unwrap_or(sql), Dialect::MySql, true, sink);
        Ok(())
    }

    /// `Query_time: 2.000192  Lock_time: 0.000031 Rows_sent: 1`
    fn pairs(&mut self, line: &[u8], has_time: &mut bool, sink: &mut RowSink<'_>) {
        let mut words = line
            .split(|b| b.is_ascii_whitespace())
            .filter(|word| !word.is_empty())
            .peekable();
        let is_name = |word: &[u8]| {
            let name = word.strip_suffix(b":").unwrap_or_default();
            !name.is_empty() && name.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
        };
        while let Some(word) = words.next() {
            if !is_name(word) {
                continue;
            }
            let name = word.strip_suffix(b":").unwrap_or(word);
            let Some(value) = words.next_if(|next| !is_name(next)) else {
                continue;
            };
            match name {
                b"Query_time" => {
                    let time = scaled(value, 6);
                    *has_time |= time.is_some();
                    put_int(sink, DURATION, time);
                    self.duration_us = time;
                }
                b"Lock_time" => put_int(sink, LOCK_TIME, scaled(value, 6)),
                b"Start" => self.started = time::parse_iso(value),
                b"Schema" | b"Db" => put(sink, DB, value),
                name => match INTS.iter().find(|(known, _)| *known == name) {
                    Some((_, field)) => {
                        let number = int(value);
                        put_int(sink, *field, number);
                        if *field == ERRNO && number.is_some() {
                            sink.text(OUTCOME, if number == Some(0) { b"ok" } else { b"failed" });
                        }
                    }
                    None => self.extra(name, value, sink),
                },
            }
        }
    }

    fn extra(&mut self, name: &[u8], value: &[u8], sink: &mut RowSink<'_>) {
        let known = self
            .extra
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, field)| *field);
        let ty = match value {
            b"Yes" | b"No" => FieldType::Bool,
            _ if int(value).is_some() => FieldType::Integer,
            // Seconds with their fraction.
            _ if exact(value).is_some() => FieldType::Decimal,
            _ => FieldType::Text,
        };
        let field = match known {
            Some(field) => field,
            None if self.extra.len() >= MAX_EXTRA => return,
            None => {
                let field = sink.field(&String::from_utf8_lossy(name), ty);
                self.extra.push((name.to_vec(), field));
                field
            }
        };
        // The first value of a field tells its type.
        match sink.field_type(field) {
            FieldType::Bool if ty == FieldType::Bool => sink.bool(field, value == b"Yes"),
            FieldType::Integer => put_int(sink, field, int(value)),
            FieldType::Decimal => put_int(sink, field, exact(value)),
            ty if ty.is_text() => put(sink, field, beginning(value, KEPT)),
            _ => {}
        }
    }

    /// The statement behind `use db;` and `SET timestamp=…;`, which the server writes before it.
    fn statement<'a>(&self, text: &'a [u8], sink: &mut RowSink<'_>) -> (&'a [u8], Option<i64>) {
        let (mut rest, mut started) = (text.trim_ascii(), None);
        loop {
            let line = until(rest, b'\n').trim_ascii();
            let Some(inside) = line.strip_suffix(b";") else {
                break;
            };
            if let Some(db) = inside.strip_prefix(b"use ").filter(|_| line.len() < rest.len()) {
                put(sink, DB, db.trim_ascii());
            } else if let Some(sets) = inside.strip_prefix(b"SET ") {
                let mut own = false;
                for set in sets.split(|b| *b == b',') {
                    let Some((name, value)) = cut(set, b'=') else {
                        continue;
                    };
                    match name.trim_ascii() {
                        b"timestamp" => {
                            own = true;
                            started = scaled(value, 9).or(started);
                        }
                        b"insert_id" => put_int(sink, INSERT_ID, int(value)),
                        b"last_insert_id" => put_int(sink, LAST_INSERT_ID, int(value)),
                        _ => {}
                    }
                }
                if !own && !sets.starts_with(b"insert_id") && !sets.starts_with(b"last_insert_id") {
                    break;
                }
            } else {
                break;
            }
            rest = memchr::memchr(b'\n', rest).map_or(&b""[..], |at| rest.get(at + 1..).unwrap_or_default());
            rest = rest.trim_ascii_start();
        }
        (rest.strip_suffix(b";").unwrap_or(rest), started)
    }
}

/// A row of `mysql.slow_log`.
/// <https://dev.mysql.com/doc/refman/8.4/en/log-destinations.html>
fn of_table(cells: &dump::Cells<'_>, sink: &mut RowSink<'_>) -> Result<(), &'static str> {
    let time = cells.get("start_time");
    let Some(stamp) = stamp(time).map(|s| s.ns).or_else(|| time::parse_iso(time)) else {
        return Err("start_time is no time");
    };
    sink.int(TIME, stamp);
    sink.int(START, stamp);
    let who = mysql::user_host(cells.get("user_host"));
    put(sink, USER, who.user);
    put(sink, HOST, who.host);
    put(sink, DB, cells.get("db"));
    let time = |name: &str| clock(cells.get(name)).or_else(|| scaled(cells.get(name), 6));
    put_int(sink, DURATION, time("query_time"));
    put_int(sink, LOCK_TIME, time("lock_time"));
    for name in COLUMNS {
        if let Some(field) = FACTS.field(name) {
            put_int(sink, field, int(cells.get(name)));
        }
    }
    put_int(sink, at(FIELDS, "server_id"), int(cells.get("server_id")));
    sink.text(EVENT, b"slow statement");
    STATEMENT.put(&dump::blob(cells.get("sql_text")), Dialect::MySql, true, sink);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing;

    #[test]
    fn fixtures() {
        testing::fixtures("mysql-slow");
    }

    #[test]
    fn a_server_s_own_time_is_told_by_unix_time() {
        let at = |text: &str| time::parse_iso(text.as_bytes()).unwrap_or_default();
        let (local, utc) = (at("2026-03-02T04:15:01Z"), at("2026-03-02T09:14:51Z"));
        assert_eq!(shift(local, utc, Some(10_000_000)), Some(-5 * time::HOUR));
        assert_eq!(shift(utc, utc, None), Some(0));
        assert_eq!(
            shift(utc + 5 * time::MINUTE, utc, None),
            None,
            "neither a zone nor the same"
        );
        assert_eq!(shift(i64::MAX, i64::MIN, Some(i64::MAX)), None);
    }

    #[test]
    fn an_event_of_a_container_may_hold_several_lines() {
        let message = r"# Time: 2026-03-02T09:15:01.5Z\n# User@Host: app[app] @  [192.0.2.10]  Id: 7\n# Query_time: 2.5  Lock_time: 0.1 Rows_sent: 1  Rows_examined: 10\nSET timestamp=1772442899;\nselect sleep(2.5);";
        let events = format!(
            r#"{{"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"/aws/rds/cluster/shop/slowquery","logStream":"shop-1","subscriptionFilters":["f"],"logEvents":[{{"id":"1","timestamp":1772442902000,"message":"{message}"}},{{"id":"2","timestamp":1772442903000,"message":"{message}"}}]}}"#
        );
        for chunk in [1, 33, 4096] {
            let (kind, rows) = testing::read_wrapped(events.as_bytes(), chunk, &Options::default());
            assert_eq!(kind, "mysql-slow");
            assert_eq!(
                rows.matches("fingerprint = \"select sleep(?)\"").count(),
                2,
                "{rows}"
            );
            assert_eq!(
                rows.matches("  time = 2026-03-02T09:15:01.500Z").count(),
                2,
                "{rows}"
            );
            assert!(rows.contains("instance = \"shop\""), "{rows}");
        }
    }
}
