//! Audit logs of MariaDB's plugin, which Amazon RDS for MySQL and MariaDB write, and of Aurora MySQL.
//!
//! An event is one record; a statement in it may have line breaks. Fields have the names of MariaDB's documentation; `timestamp` is
//! local time there (taken as UTC) and microseconds since 1970 in Aurora. Derived: `event`, `outcome` (by `retcode`), `statement`,
//! `fingerprint` and `command` of statements (of which `object` is the text), `resource` (database and table). An event that is cut
//! in its statement is rejected.

use super::database::{
    self, FINGERPRINT, KEPT, LINES, Place, STATEMENT, at, int, put, put_int, times::begins_like,
};
use super::lines::sample_lines;
use super::log_events::{EventReader, OnEvent, Stand, beginning};
use super::sql_fingerprint::{Dialect, fingerprint, verb};
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec, FieldSpec as F, Group, Role, time};
use crate::table::{RowSink, Told};
use std::borrow::Cow;

pub struct MySqlAudit;

const FIELDS: &[FieldSpec] = &[
    F::time("timestamp").role(Role::Time),
    F::text("serverhost"),
    F::text("username").role(Role::Actor),
    F::address("host").role(Role::SourceAddress),
    F::int("connectionid"),
    F::int("queryid"),
    F::text("operation").role(Role::Action),
    F::text("database"),
    F::text("object").role(Role::Message),
    F::int("retcode").role(Role::Status),
    F::text("event"),
    database::OUTCOME,
    F::text("resource").role(Role::Resource),
    STATEMENT,
    FINGERPRINT,
    F::text("command"),
    database::INSTANCE,
    database::GROUP,
    database::STREAM,
    database::ACCOUNT,
];

static FACTS: Facts = Facts {
    id: "mysql-audit",
    title: "MySQL and MariaDB audit logs",
    records: "audit events",
    group: Group::AwsService,
    spec_url: "https://mariadb.com/docs/server/reference/plugins/mariadb-audit-plugin/mariadb-audit-plugin-log-format",
    shapes: &[
        "files of the MariaDB audit plugin",
        "Aurora MySQL's advanced auditing",
    ],
    export_hint: "aws rds download-db-log-file-portion --db-instance-identifier NAME --log-file-name audit/server_audit.log --starting-token 0 --output text > audit.log",
    fields: FIELDS,
    columns: &[
        "timestamp",
        "username",
        "host",
        "operation",
        "database",
        "object",
        "retcode",
    ],
    aliases: &[
        ("logOwner", "account"),
        ("user", "username"),
        ("client_addr", "host"),
        ("db", "database"),
    ],
    dedupe: false,
};

const PLACE: Place = Place::of(FIELDS, "timestamp");
const INTS: [usize; 3] = [
    at(FIELDS, "connectionid"),
    at(FIELDS, "queryid"),
    at(FIELDS, "retcode"),
];
const TEXTS: [usize; 10] = [
    at(FIELDS, "serverhost"),
    at(FIELDS, "username"),
    at(FIELDS, CLIENT_FIELD),
    at(FIELDS, "operation"),
    at(FIELDS, "database"),
    at(FIELDS, "object"),
    at(FIELDS, "event"),
    at(FIELDS, "outcome"),
    at(FIELDS, "resource"),
    at(FIELDS, STATEMENT.name),
];
const CLIENT_FIELD: &str = "host";
const FORM: usize = at(FIELDS, FINGERPRINT.name);
const COMMAND: usize = at(FIELDS, "command");

/// What may have been done.
const OPERATIONS: [&[u8]; 13] = [
    b"CONNECT",
    b"DISCONNECT",
    b"FAILED_CONNECT",
    b"QUERY",
    b"READ",
    b"WRITE",
    b"CREATE",
    b"ALTER",
    b"RENAME",
    b"DROP",
    b"PROXY_CONNECT",
    b"TABLE",
    b"CHANGEUSER",
];
/// Values before the object.
const BEFORE: usize = 8;

/// The first values of an event, and what stands behind them.
fn head(line: &[u8]) -> Option<([&[u8]; BEFORE], &[u8])> {
    if !line.first()?.is_ascii_digit() {
        return None;
    }
    let mut values = [&b""[..]; BEFORE];
    let mut rest = line;
    for value in &mut values {
        let comma = memchr::memchr(b',', rest)?;
        *value = rest.get(..comma)?;
        rest = rest.get(comma + 1..)?;
    }
    moment(values[0])?;
    let is_number = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    let is_its = is_number(values[4]) && is_number(values[5]) && is_operation(values[6]);
    is_its.then_some((values, rest))
}

/// Statements may have a kind behind an underscore: `QUERY_DDL`.
fn is_operation(text: &[u8]) -> bool {
    OPERATIONS.contains(&text) || text.starts_with(b"QUERY_")
}

/// `20260302 09:15:01`, or microseconds since 1970.
fn moment(text: &[u8]) -> Option<i64> {
    if begins_like(text, b"00000000 00:00:00") && text.len() == 17 {
        let number = |from: usize, to: usize| int(text.get(from..to)?).and_then(|n| u32::try_from(n).ok());
        let year = i64::from(number(0, 4)?);
        return time::from_parts(
            year,
            number(4, 6)?,
            number(6, 8)?,
            number(9, 11)?,
            number(12, 14)?,
            number(15, 17)?,
            0,
        );
    }
    let is_epoch = text.len() == 16 && text.iter().all(u8::is_ascii_digit);
    int(text).filter(|_| is_epoch)?.checked_mul(1000)
}

/// The object, and the return code behind it. A statement stands in quotes that it may itself have without a backslash, so the
/// last quote that a number follows is the closing one.
fn object(rest: &[u8]) -> Option<(&[u8], Option<i64>)> {
    let rest = rest.trim_ascii_end();
    let code = |tail: &[u8]| -> Option<Option<i64>> {
        let digits = super::database::until(tail, b',');
        match digits {
            b"" => Some(None),
            digits => int(digits).map(Some),
        }
    };
    let Some(inside) = rest.strip_prefix(b"'") else {
        let comma = memchr::memchr(b',', rest)?;
        return Some((rest.get(..comma)?, code(rest.get(comma + 1..)?)?));
    };
    memchr::memmem::rfind_iter(inside, b"',").find_map(|at| {
        let code = code(inside.get(at + 2..)?)?;
        Some((inside.get(..at)?, code))
    })
}

/// Without the backslashes before quotes and line breaks.
fn unescape(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memmem::find(text, b"\\'").is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.iter().peekable();
    while let Some(b) = bytes.next() {
        if *b == b'\\' && bytes.peek() == Some(&&b'\'') {
            continue;
        }
        out.push(*b);
    }
    Cow::Owned(out)
}

impl LogFormat for MySqlAudit {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        let mut lines = sample_lines(sample).take(LINES);
        lines
            .any(|line| head(line).is_some())
            .then_some(Confidence::Certain)
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

    /// An event of a container may hold several.
    fn stands(&mut self, line: &[u8], _: Option<&Told>) -> Option<Stand> {
        head(line).map(|_| Stand::Begins)
    }

    fn event(&mut self, offset: u64, text: &[u8], told: Option<&Told>, sink: &mut RowSink<'_>) {
        let Some((values, rest)) = head(text) else {
            return sink.reject("no audit event; begin the file with a whole one", offset, text);
        };
        let Some((object, code)) = object(rest) else {
            let reason = "no return code behind the object; the event is cut, or the file is";
            return sink.reject(reason, offset, text);
        };
        let [stamp, server, user, host, connection, query, operation, database] = values;
        PLACE.put(moment(stamp), told, sink);
        let object = unescape(object);
        let is_query = operation.starts_with(b"QUERY");
        let is_failed = code.is_some_and(|c| c != 0);
        let event = match operation {
            b"FAILED_CONNECT" => "failed login",
            b"CONNECT" | b"PROXY_CONNECT" | b"CHANGEUSER" if is_failed => "failed login",
            b"CONNECT" | b"PROXY_CONNECT" | b"CHANGEUSER" => "login",
            b"DISCONNECT" => "disconnection",
            _ if is_failed => "error",
            _ if is_query => "statement",
            _ => "table access",
        };
        let outcome = match code {
            _ if event == "failed login" => "failed",
            None => "",
            Some(0) => "ok",
            Some(_) => "failed",
        };
        let resource = match (database, &*object) {
            (database, _) if is_query => database.to_vec(),
            (database, b"") => database.to_vec(),
            (database, table) => [database, b".", table].concat(),
        };
        let texts: [&[u8]; TEXTS.len()] = [
            server,
            user,
            host,
            operation,
            database,
            &object,
            event.as_bytes(),
            outcome.as_bytes(),
            &resource,
            if is_query { &object } else { b"" },
        ];
        for (field, text) in TEXTS.iter().zip(texts) {
            put(sink, *field, beginning(text, KEPT));
        }
        for (field, value) in INTS.iter().zip([int(connection), int(query), code]) {
            put_int(sink, *field, value);
        }
        if is_query {
            let form = fingerprint(beginning(&object, 64 << 10), Dialect::MySql);
            put(sink, FORM, beginning(&form, 1024));
            put(sink, COMMAND, &verb(&form));
        }
        sink.end(offset, text.len() as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing;

    #[test]
    fn fixtures() {
        testing::fixtures("mysql-audit");
    }

    #[test]
    fn both_forms_of_time_are_one() {
        assert_eq!(moment(b"20260302 09:15:01"), moment(b"1772442901000000"));
        assert_eq!(moment(b"20261302 09:15:01"), None);
        assert_eq!(moment(b"1772442901"), None);
    }

    #[test]
    fn objects_may_have_quotes_and_commas() {
        assert_eq!(
            object(b"'select 'a', 1',0"),
            Some((&b"select 'a', 1"[..], Some(0)))
        );
        assert_eq!(object(br"'it\'s',1146,,"), Some((&br"it\'s"[..], Some(1146))));
        assert_eq!(object(b",0"), Some((&b""[..], Some(0))));
        assert_eq!(object(b"orders,"), Some((&b"orders"[..], None)));
        assert_eq!(object(b"'select"), None);
    }
}
