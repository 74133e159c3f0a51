//! The general query log of MySQL and MariaDB: text, and the table `mysql.general_log` exported with a header.
//!
//! A command is one record. Fields have the names of the table's columns: `event_time`, `thread_id`, `command_type`, `argument`. The
//! text says who a thread belongs to only when it connects: `user`, `client_addr` and `db` of later commands are those of the
//! `Connect`, `Change user` and `Init DB` lines before them in the same file. A line without a time (5.6 and older, MariaDB) is of
//! the same second as the one before it; times without a zone are taken as UTC. Derived: `event`, `outcome`, `statement`,
//! `fingerprint`, `operation`. The banner of a restart is no record.

use super::database::{
    self, CLIENT, KEPT, LINES, Place, Statement, at, cut, dump, has, int, mysql, put, put_int,
    times::{begins_like, short, stamp},
    until,
};
use super::lines::sample_lines;
use super::log_events::{EventReader, OnEvent, Stand, beginning};
use super::sql_fingerprint::Dialect;
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::hash::FastMap;
use crate::base::{Facts, FieldSpec, FieldSpec as F, Group, Role, time};
use crate::table::{RowSink, Told};

pub struct MySqlGeneral;

const FIELDS: &[FieldSpec] = &[
    F::time("event_time").role(Role::Time),
    F::text("user").role(Role::Actor),
    CLIENT,
    F::text("db").role(Role::Resource),
    F::int("thread_id"),
    F::text("command_type"),
    F::text("argument").role(Role::Message),
    database::EVENT,
    database::OUTCOME,
    database::STATEMENT,
    database::FINGERPRINT,
    database::OPERATION,
    F::int("server_id"),
    database::INSTANCE,
    database::GROUP,
    database::STREAM,
    database::ACCOUNT,
];

static FACTS: Facts = Facts {
    id: "mysql-general",
    title: "MySQL general query log",
    records: "commands",
    group: Group::AwsService,
    spec_url: "https://dev.mysql.com/doc/refman/8.4/en/query-log.html",
    shapes: &[
        "text of MySQL 5.0 to 9 and MariaDB",
        "mysql.general_log as CSV or tab-separated, with a header",
    ],
    export_hint: "aws rds download-db-log-file-portion --db-instance-identifier NAME --log-file-name general/mysql-general.log --starting-token 0 --output text > general.log",
    fields: FIELDS,
    columns: &[
        "event_time",
        "user",
        "client_addr",
        "db",
        "thread_id",
        "command_type",
        "argument",
    ],
    aliases: &[
        ("logOwner", "account"),
        ("Id", "thread_id"),
        ("Command", "command_type"),
        ("database", "db"),
    ],
    dedupe: false,
};

const PLACE: Place = Place::of(FIELDS, "event_time");
const STATEMENT: Statement = Statement::of(FIELDS);
const TIME: usize = at(FIELDS, "event_time");
const USER: usize = at(FIELDS, "user");
const HOST: usize = at(FIELDS, CLIENT.name);
const DB: usize = at(FIELDS, "db");
const THREAD: usize = at(FIELDS, "thread_id");
const COMMAND: usize = at(FIELDS, "command_type");
const ARGUMENT: usize = at(FIELDS, "argument");
const EVENT: usize = at(FIELDS, "event");
const OUTCOME: usize = at(FIELDS, "outcome");
const SERVER: usize = at(FIELDS, "server_id");

/// What a client may ask, as the log names it.
/// <https://dev.mysql.com/doc/dev/mysql-server/latest/my__command_8h.html>
const COMMANDS: [&[u8]; 37] = [
    b"Query",
    b"Connect",
    b"Quit",
    b"Init DB",
    b"Prepare",
    b"Execute",
    b"Close stmt",
    b"Reset stmt",
    b"Field List",
    b"Statistics",
    b"Ping",
    b"Sleep",
    b"Create DB",
    b"Drop DB",
    b"Refresh",
    b"Shutdown",
    b"Processlist",
    b"Kill",
    b"Debug",
    b"Time",
    b"Delayed insert",
    b"Change user",
    b"Binlog Dump GTID",
    b"Binlog Dump",
    b"Table Dump",
    b"Connect Out",
    b"Register Slave",
    b"Register Replica",
    b"Long Data",
    b"Set option",
    b"Fetch",
    b"Daemon",
    b"Reset Connection",
    b"Reset connection",
    b"clone",
    b"Group Replication Data Stream subscription",
    b"Error",
];
/// White space that stands where a line has no time.
const INDENT: usize = 15;
/// Threads whose user is remembered.
const MAX_THREADS: usize = 10_000;

/// The beginning of a command.
struct Head<'a> {
    time_ns: Option<i64>,
    thread: i64,
    command: &'static [u8],
    argument: &'a [u8],
}

/// `2026-03-02T09:15:01.123456Z    7 Query    select 1`, `260302  9:15:01    7 Query    select 1`, or the same without a time.
fn head(line: &[u8]) -> Option<Head<'_>> {
    let (time_ns, rest) = match line.first()? {
        b'\t' | b' ' => {
            let blank = line.iter().take_while(|b| matches!(b, b'\t' | b' ')).count();
            if blank < INDENT && !line.starts_with(b"\t\t") {
                return None;
            }
            (None, line)
        }
        b if b.is_ascii_digit() => moment(line)?,
        _ => return None,
    };
    let is_apart = rest.first().is_some_and(|b| matches!(b, b'\t' | b' '));
    let rest = rest.trim_ascii_start();
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let (thread, rest) = rest.split_at_checked(digits)?;
    let thread = int(thread).filter(|_| is_apart)?;
    let rest = rest.strip_prefix(b" ")?;
    let ends = |command: &&&[u8]| {
        let behind = rest.strip_prefix(**command);
        behind.is_some_and(|b| matches!(b.first(), None | Some(b'\t' | b' ' | b'\r')))
    };
    let command = COMMANDS.iter().find(ends)?;
    // `Connect Out` begins like `Connect`.
    let longer = COMMANDS
        .iter()
        .filter(ends)
        .max_by_key(|c| c.len())
        .unwrap_or(command);
    Some(Head {
        time_ns,
        thread,
        command: longer,
        argument: rest.get(longer.len()..)?.trim_ascii(),
    })
}

/// The time at the beginning of a line, and what stands behind it.
fn moment(line: &[u8]) -> Option<(Option<i64>, &[u8])> {
    if let Some((ns, rest)) = short(line) {
        return Some((Some(ns), rest));
    }
    if !begins_like(line, b"0000-00-00T00:00:00.000000") {
        return None;
    }
    let end = line
        .iter()
        .position(|b| matches!(b, b'\t' | b' '))
        .unwrap_or(line.len());
    let (time, rest) = line.split_at(end);
    Some((Some(time::parse_iso(time)?), rest))
}

impl LogFormat for MySqlGeneral {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        let is_its = |line: &[u8]| head(line).is_some_and(|h| h.time_ns.is_some());
        let found = sample_lines(sample).take(LINES).any(is_its) || is_table(sample);
        found.then_some(Confidence::Certain)
    }

    fn has_more(&self) -> bool {
        false
    }

    fn reader(&self, sample: &Sample<'_>, _: &Options) -> Box<dyn Reader> {
        if is_table(sample) {
            return Box::new(dump::Dump::new(sample, of_table));
        }
        Box::new(EventReader::new(Events::default()))
    }
}

fn is_table(sample: &Sample<'_>) -> bool {
    dump::is_one(sample, &["event_time", "command_type", "argument"])
}

/// Whose a thread is.
#[derive(Clone, Debug, Default)]
struct Session {
    user: Box<[u8]>,
    host: Box<[u8]>,
    db: Box<[u8]>,
}

#[derive(Default)]
struct Events {
    threads: FastMap<i64, Session>,
    last: Option<i64>,
}

impl OnEvent for Events {
    fn begins(&self, _: &[u8]) -> bool {
        false
    }

    fn stands(&mut self, line: &[u8], _: Option<&Told>) -> Option<Stand> {
        Some(match head(line) {
            Some(_) => Stand::Begins,
            None if mysql::is_banner(line) => Stand::Apart,
            None => Stand::GoesOn,
        })
    }

    fn event(&mut self, offset: u64, text: &[u8], told: Option<&Told>, sink: &mut RowSink<'_>) {
        let first = until(text, b'\n');
        let Some(head) = head(first) else {
            let reason = "no thread and command at the beginning; begin the file with a whole command";
            return sink.reject(reason, offset, text);
        };
        let at = first.len() - first.trim_ascii_end().len();
        let start = first.len() - at - head.argument.len();
        let argument = text.get(start..).unwrap_or_default().trim_ascii();
        self.last = head.time_ns.or(self.last);
        let own = if told.is_some() { head.time_ns } else { self.last };
        PLACE.put(own, told, sink);
        sink.int(THREAD, head.thread);
        let session = self.session(head.thread, head.command, argument);
        for (field, text) in [(USER, &session.user), (HOST, &session.host), (DB, &session.db)] {
            put(sink, field, text);
        }
        command(head.command, argument, sink);
        sink.end(offset, text.len() as u64);
    }
}

impl Events {
    /// Whose command it is; a connection is remembered until it ends.
    fn session(&mut self, thread: i64, command: &[u8], argument: &[u8]) -> Session {
        match command {
            b"Connect" | b"Change user" => {
                let session = connected(argument);
                let is_refused = has(argument, "Access denied for user ");
                if !is_refused && (self.threads.len() < MAX_THREADS || self.threads.contains_key(&thread)) {
                    self.threads.insert(thread, session.clone());
                }
                session
            }
            b"Init DB" => match self.threads.get_mut(&thread) {
                Some(session) => {
                    session.db = argument.into();
                    session.clone()
                }
                None => Session {
                    db: argument.into(),
                    ..Session::default()
                },
            },
            b"Quit" => self.threads.remove(&thread).unwrap_or_default(),
            _ => self.threads.get(&thread).cloned().unwrap_or_default(),
        }
    }
}

/// `app@192.0.2.10 on shop using TCP/IP`, `Access denied for user 'app'@'192.0.2.10' (using password: YES)`
fn connected(argument: &[u8]) -> Session {
    if has(argument, "Access denied for user ") {
        let who = mysql::quoted_user(argument, "Access denied for user '");
        return Session {
            user: who.user.into(),
            host: who.host.into(),
            db: Box::default(),
        };
    }
    let mut words = argument.split(|b| *b == b' ');
    let (user, host) = cut(words.next().unwrap_or_default(), b'@').unwrap_or_default();
    // `as anonymous` may stand between.
    let on = words.by_ref().find(|word| *word == b"on");
    let db = on
        .and_then(|_| words.next())
        .filter(|db| *db != b"using")
        .unwrap_or_default();
    Session {
        user: user.into(),
        host: host.into(),
        db: db.into(),
    }
}

/// What a command is, whichever form it was logged in.
fn command(command: &[u8], argument: &[u8], sink: &mut RowSink<'_>) {
    sink.text(COMMAND, command);
    put(sink, ARGUMENT, beginning(argument, KEPT));
    let (event, outcome) = match command {
        b"Connect" if has(argument, "Access denied for user ") => ("failed login", "failed"),
        b"Connect" | b"Change user" => ("login", "ok"),
        b"Quit" => ("disconnection", ""),
        b"Query" | b"Execute" => ("statement", ""),
        b"Prepare" => ("preparation", ""),
        b"Shutdown" => ("shutdown", ""),
        _ => ("command", ""),
    };
    sink.text(EVENT, event.as_bytes());
    put(sink, OUTCOME, outcome.as_bytes());
    if matches!(command, b"Query" | b"Execute" | b"Prepare") {
        let sql = argument.strip_suffix(b";").unwrap_or(argument);
        STATEMENT.put(sql, Dialect::MySql, true, sink);
    }
}

/// A row of `mysql.general_log`.
/// <https://dev.mysql.com/doc/refman/8.4/en/log-destinations.html>
fn of_table(cells: &dump::Cells<'_>, sink: &mut RowSink<'_>) -> Result<(), &'static str> {
    let time = cells.get("event_time");
    let Some(ns) = stamp(time).map(|s| s.ns).or_else(|| time::parse_iso(time)) else {
        return Err("event_time is no time");
    };
    sink.int(TIME, ns);
    let who = mysql::user_host(cells.get("user_host"));
    put(sink, USER, who.user);
    put(sink, HOST, who.host);
    put_int(sink, THREAD, int(cells.get("thread_id")));
    put_int(sink, SERVER, int(cells.get("server_id")));
    let argument = dump::blob(cells.get("argument"));
    let asked = cells.get("command_type");
    if asked == b"Connect" {
        put(sink, DB, &connected(&argument).db);
    }
    command(asked, &argument, sink);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::formats::testing;

    #[test]
    fn fixtures() {
        testing::fixtures("mysql-general");
    }
}
