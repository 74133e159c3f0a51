//! PostgreSQL logs of Amazon RDS, Aurora and servers: text behind a `log_line_prefix`, csvlog and jsonlog.
//!
//! A message is one record, with the `DETAIL`, `HINT`, `CONTEXT`, `STATEMENT`, `QUERY` and `LOCATION` lines that belong to it and
//! all their further lines. Fields have the names of csvlog's columns; `statement` is its `query`, or the statement that the
//! message itself logs. Derived: `event`, `outcome`, `duration_us`, `lock_time_us` (waits), `session_time_us` (disconnections),
//! `temp_bytes`, `client_addr` and `client_port`, `fingerprint`, `operation` (the command, of pgAudit too) and `object` (of pgAudit
//! and autovacuum). Of the prefix, what looks like what it is is found: RDS's own forms, `[pid]`, `[pid-line]`, `user@db`,
//! `addr(port)` and `name=value` pairs; text is read only where a time stands at the beginning of the line. Zones by
//! abbreviation are understood as PostgreSQL does; without one a time is taken as UTC.

mod json;
mod message;
mod sheet;
mod text;

use super::database::{self, CLIENT, KEPT, LINES, Place, Statement, at, put, put_int, times::Zones};
use super::lines::sample_lines;
use super::log_events::{EventReader, OnEvent, Stand, beginning};
use super::sql_fingerprint::Dialect;
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec, FieldSpec as F, Group, Role};
use crate::table::{RowSink, Told};
use std::borrow::Cow;
use std::sync::Arc;

pub struct PostgreSql;

const FIELDS: &[FieldSpec] = &[
    F::time("log_time").role(Role::Time),
    F::text("error_severity").role(Role::Severity),
    database::EVENT,
    F::text("user_name").role(Role::Actor),
    F::text("database_name").role(Role::Resource),
    CLIENT,
    F::int("client_port").role(Role::SourcePort),
    F::text("message").role(Role::Message),
    database::DURATION,
    database::STATEMENT,
    database::FINGERPRINT,
    database::OPERATION,
    F::text("object"),
    database::OUTCOME,
    F::text("detail"),
    F::text("hint"),
    F::text("context"),
    F::text("internal_query"),
    F::text("location"),
    F::text("sql_state_code"),
    F::int("process_id"),
    F::text("session_id").role(Role::Id),
    F::int("session_line_num"),
    F::text("command_tag"),
    F::time("session_start_time"),
    F::text("virtual_transaction_id"),
    F::int("transaction_id"),
    F::int("internal_query_pos"),
    F::int("query_pos"),
    F::text("application_name").role(Role::UserAgent),
    F::text("backend_type"),
    F::int("leader_pid"),
    F::int("query_id"),
    F::int("lock_time_us").unit("µs"),
    F::int("session_time_us").unit("µs"),
    F::int("temp_bytes").unit("B"),
    database::INSTANCE,
    database::GROUP,
    database::STREAM,
    database::ACCOUNT,
];

static FACTS: Facts = Facts {
    id: "postgresql",
    title: "PostgreSQL logs",
    records: "messages",
    group: Group::AwsService,
    spec_url: "https://www.postgresql.org/docs/current/runtime-config-logging.html",
    shapes: &[
        "text with RDS's log_line_prefix and other ones that begin with the time",
        "csvlog (23 to 26 columns)",
        "jsonlog",
        "pgAudit's messages",
        "not read: syslog's lines, prefixes without a time (%n too)",
    ],
    export_hint: "aws rds download-db-log-file-portion --db-instance-identifier NAME --log-file-name error/postgresql.log.2026-03-02-09 --starting-token 0 --output text > postgresql.log",
    fields: FIELDS,
    columns: &[
        "log_time",
        "error_severity",
        "event",
        "user_name",
        "database_name",
        "client_addr",
        "duration_us",
        "message",
    ],
    aliases: &[
        ("logOwner", "account"),
        ("timestamp", "log_time"),
        ("severity", "error_severity"),
        ("user", "user_name"),
        ("db", "database_name"),
        ("dbname", "database_name"),
        ("database", "database_name"),
        ("pid", "process_id"),
        ("connection_from", "client_addr"),
        ("remote_host", "client_addr"),
        ("remote_port", "client_port"),
        ("session_line", "session_line_num"),
        ("line_num", "session_line_num"),
        ("session_start", "session_start_time"),
        ("vxid", "virtual_transaction_id"),
        ("txid", "transaction_id"),
        ("sqlstate", "sql_state_code"),
        ("state_code", "sql_state_code"),
        ("query", "statement"),
        ("internal_pos", "internal_query_pos"),
        ("cursor_position", "query_pos"),
    ],
    dedupe: false,
};

const PLACE: Place = Place::of(FIELDS, "log_time");
const STATEMENT: Statement = Statement::of(FIELDS);
const SESSION_START: usize = at(FIELDS, "session_start_time");

/// What a record says, whichever form it has.
#[derive(Clone, Debug, Default, PartialEq)]
struct Entry<'a> {
    time_ns: Option<i64>,
    session_start: Option<i64>,
    severity: Cow<'a, [u8]>,
    user: Cow<'a, [u8]>,
    database: Cow<'a, [u8]>,
    host: Cow<'a, [u8]>,
    port: Option<i64>,
    message: Cow<'a, [u8]>,
    detail: Cow<'a, [u8]>,
    hint: Cow<'a, [u8]>,
    context: Cow<'a, [u8]>,
    statement: Cow<'a, [u8]>,
    internal_query: Cow<'a, [u8]>,
    location: Cow<'a, [u8]>,
    state: Cow<'a, [u8]>,
    session: Cow<'a, [u8]>,
    tag: Cow<'a, [u8]>,
    vxid: Cow<'a, [u8]>,
    application: Cow<'a, [u8]>,
    backend: Cow<'a, [u8]>,
    pid: Option<i64>,
    line: Option<i64>,
    txid: Option<i64>,
    internal_pos: Option<i64>,
    query_pos: Option<i64>,
    leader: Option<i64>,
    query_id: Option<i64>,
}

/// Numbers of the fields of an entry's texts and numbers, in the order in which [`row`] lists them.
const TEXTS: [usize; 18] = [
    at(FIELDS, "error_severity"),
    at(FIELDS, "user_name"),
    at(FIELDS, "database_name"),
    at(FIELDS, "client_addr"),
    at(FIELDS, "message"),
    at(FIELDS, "detail"),
    at(FIELDS, "hint"),
    at(FIELDS, "context"),
    at(FIELDS, "internal_query"),
    at(FIELDS, "location"),
    at(FIELDS, "sql_state_code"),
    at(FIELDS, "session_id"),
    at(FIELDS, "command_tag"),
    at(FIELDS, "virtual_transaction_id"),
    at(FIELDS, "application_name"),
    at(FIELDS, "backend_type"),
    at(FIELDS, "event"),
    at(FIELDS, "object"),
];
const INTS: [usize; 12] = [
    at(FIELDS, "client_port"),
    at(FIELDS, "process_id"),
    at(FIELDS, "session_line_num"),
    at(FIELDS, "transaction_id"),
    at(FIELDS, "internal_query_pos"),
    at(FIELDS, "query_pos"),
    at(FIELDS, "leader_pid"),
    at(FIELDS, "query_id"),
    at(FIELDS, "duration_us"),
    at(FIELDS, "lock_time_us"),
    at(FIELDS, "session_time_us"),
    at(FIELDS, "temp_bytes"),
];
const OPERATION: usize = at(FIELDS, "operation");
const OUTCOME: usize = at(FIELDS, "outcome");

impl LogFormat for PostgreSql {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        if sheet::is_one(sample) {
            return Some(Confidence::Certain);
        }
        let is_its = |line: &[u8]| text::is_sure(line) || json::is_one(line);
        let found = sample_lines(sample).take(LINES).any(is_its);
        found.then_some(Confidence::Certain)
    }

    fn has_more(&self) -> bool {
        false
    }

    fn reader(&self, sample: &Sample<'_>, _: &Options) -> Box<dyn Reader> {
        if sheet::is_one(sample) {
            return Box::new(sheet::CsvLog::default());
        }
        Box::new(EventReader::new(Events::default()))
    }
}

/// Lines of text and of JSON.
#[derive(Default)]
struct Events {
    zones: Zones,
    /// Process and stream of the message that is open.
    open: Option<(Option<i64>, Option<Arc<str>>)>,
}

impl OnEvent for Events {
    fn begins(&self, line: &[u8]) -> bool {
        line.starts_with(b"{")
    }

    fn stands(&mut self, line: &[u8], told: Option<&Told>) -> Option<Stand> {
        if line.starts_with(b"{") {
            self.open = None;
            return Some(Stand::Begins);
        }
        let stream = told.and_then(|t| t.stream.clone());
        let Some(head) = text::head(line) else {
            // An event of a container that has no prefix may still begin something; without one, it is a further line.
            return told.is_none().then_some(Stand::GoesOn);
        };
        let process = (text::origin(head.rest).pid, stream);
        if head.is_attached() && self.open.as_ref() == Some(&process) {
            return Some(Stand::GoesOn);
        }
        self.open = Some(process);
        Some(Stand::Begins)
    }

    fn event(&mut self, offset: u64, text: &[u8], told: Option<&Told>, sink: &mut RowSink<'_>) {
        let entry = match text.first() {
            Some(b'{') => json::read(text),
            _ => text::read(text, &mut self.zones),
        };
        match entry {
            Ok(entry) => row(&entry, (offset, text.len() as u64), told, sink),
            Err(reason) => sink.reject(reason, offset, text),
        }
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        sink.stats.remarks.extend(self.zones.remarks());
    }
}

fn row(entry: &Entry<'_>, (offset, len): (u64, u64), told: Option<&Told>, sink: &mut RowSink<'_>) {
    let said = message::read(&entry.severity, &entry.message);
    PLACE.put(entry.time_ns, told, sink);
    put_int(sink, SESSION_START, entry.session_start);
    let or = |own: &Cow<'_, [u8]>, said: &[u8]| {
        if own.is_empty() {
            said.to_vec()
        } else {
            own.to_vec()
        }
    };
    let (user, database) = (or(&entry.user, said.user), or(&entry.database, said.database));
    let (host, application) = (
        or(&entry.host, said.host),
        or(&entry.application, said.application),
    );
    let texts: [&[u8]; TEXTS.len()] = [
        &entry.severity,
        &user,
        &database,
        &host,
        &entry.message,
        &entry.detail,
        &entry.hint,
        &entry.context,
        &entry.internal_query,
        &entry.location,
        &entry.state,
        &entry.session,
        &entry.tag,
        &entry.vxid,
        &application,
        &entry.backend,
        said.event.as_bytes(),
        &said.object,
    ];
    for (field, text) in TEXTS.iter().zip(texts) {
        put(sink, *field, beginning(text, KEPT));
    }
    let ints = [
        entry.port.or(said.port),
        entry.pid,
        entry.line,
        entry.txid,
        entry.internal_pos,
        entry.query_pos,
        entry.leader,
        entry.query_id,
        said.duration_us,
        said.lock_us,
        said.session_us,
        said.temp_bytes,
    ];
    for (field, value) in INTS.iter().zip(ints) {
        put_int(sink, *field, value);
    }
    let statement = if said.statement.is_empty() {
        &entry.statement
    } else {
        &said.statement
    };
    STATEMENT.put(statement, Dialect::PostgreSql, true, sink);
    put(sink, OPERATION, &said.operation);
    put(sink, OUTCOME, said.outcome.as_bytes());
    sink.end(offset, len);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing;

    #[test]
    fn fixtures() {
        testing::fixtures("postgresql");
    }

    #[test]
    fn a_statement_in_an_event_of_its_own_belongs_to_its_message() {
        let events = r#"{"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"/aws/rds/instance/shop-db/postgresql","logStream":"shop-db.0","subscriptionFilters":["f"],"logEvents":[
            {"id":"1","timestamp":1772442901000,"message":"2026-03-02 09:15:01 UTC:192.0.2.10(50012):app@shop:[812]:ERROR:  relation \"orderz\" does not exist at character 15"},
            {"id":"2","timestamp":1772442901000,"message":"2026-03-02 09:15:01 UTC:192.0.2.10(50012):app@shop:[812]:STATEMENT:  select *\n\tfrom orderz"},
            {"id":"3","timestamp":1772442902000,"message":"2026-03-02 09:15:02 UTC::@:[560]:LOG:  checkpoint starting: time"}]}"#;
        for chunk in [1, 40, 4096] {
            let (kind, rows) = testing::read_wrapped(events.as_bytes(), chunk, &Options::default());
            assert_eq!(kind, "postgresql");
            assert_eq!(rows.matches("log_time = ").count(), 2, "{rows}");
            assert!(rows.contains("statement = \"select *\\nfrom orderz\""), "{rows}");
            assert!(rows.contains("instance = \"shop-db\""), "{rows}");
            assert!(rows.contains("account = \"111122223333\""), "{rows}");
        }
    }
}
