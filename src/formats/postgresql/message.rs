//! What happened, by a message's words.
//! <https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-LOGGING-WHAT>

use crate::formats::billing::rows;
use crate::formats::database::times::{clock, scaled};
use crate::formats::database::{behind, between, cut_last, has, int, until};
use std::borrow::Cow;

/// What a message says.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Said<'a> {
    pub event: &'static str,
    pub outcome: &'static str,
    pub duration_us: Option<i64>,
    pub lock_us: Option<i64>,
    pub session_us: Option<i64>,
    pub temp_bytes: Option<i64>,
    pub statement: Cow<'a, [u8]>,
    pub operation: Cow<'a, [u8]>,
    pub object: Cow<'a, [u8]>,
    pub user: &'a [u8],
    pub database: &'a [u8],
    pub host: &'a [u8],
    pub port: Option<i64>,
    pub application: &'a [u8],
}

/// Beginnings of messages that say nothing more than what happened.
const BEGINNINGS: &[(&str, &str)] = &[
    ("checkpoint ", "checkpoint"),
    ("restartpoint ", "checkpoint"),
    ("starting PostgreSQL ", "startup"),
    ("database system is ready to accept ", "startup"),
    ("database system was shut down at ", "startup"),
    ("database system was interrupted", "startup"),
    ("received fast shutdown request", "shutdown"),
    ("received smart shutdown request", "shutdown"),
    ("received immediate shutdown request", "shutdown"),
    ("shutting down", "shutdown"),
    ("database system is shut down", "shutdown"),
    ("server process (PID ", "crash"),
    ("terminating any other active server processes", "crash"),
    ("all server processes terminated; reinitializing", "crash"),
    ("unexpected EOF on client connection", "lost connection"),
    ("could not receive data from client", "lost connection"),
    ("could not send data to client", "lost connection"),
    ("connection to client lost", "lost connection"),
    ("terminating connection due to ", "terminated connection"),
    ("terminating connection because ", "terminated connection"),
    ("canceling statement due to ", "canceled statement"),
    ("canceling autovacuum task", "canceled statement"),
    ("deadlock detected", "deadlock"),
    ("sorry, too many clients already", "too many connections"),
    ("remaining connection slots are reserved", "too many connections"),
    ("too many connections for ", "too many connections"),
];

/// Parts of messages about a login that failed.
/// <https://www.postgresql.org/docs/current/client-authentication-problems.html>
const REFUSED: &[&str] = &[
    "authentication failed for user ",
    "no pg_hba.conf entry for ",
    "pg_hba.conf rejects ",
    "canceling authentication due to ",
    "is not permitted to log in",
    "permission denied for database ",
];

pub(super) fn read<'a>(severity: &[u8], message: &'a [u8]) -> Said<'a> {
    let is_failed = matches!(severity, b"ERROR" | b"FATAL" | b"PANIC");
    let mut said = of_words(severity, message);
    if said.event.is_empty() {
        let begins = |(with, _): &&(&str, &str)| message.starts_with(with.as_bytes());
        said.event = match BEGINNINGS.iter().find(begins) {
            Some((_, event)) => event,
            None if severity == b"PANIC" => "crash",
            None if is_failed => "error",
            None if severity == b"WARNING" => "warning",
            None => "message",
        };
    }
    if said.outcome.is_empty() && is_failed {
        said.outcome = "failed";
    }
    said
}

/// What a message says beside what it begins with; without an event where it is none of these.
fn of_words<'a>(severity: &[u8], message: &'a [u8]) -> Said<'a> {
    let after = |with: &str| message.strip_prefix(with.as_bytes());
    let mut said = Said::default();
    if let Some(rest) = after("duration: ") {
        return duration(rest);
    }
    if let Some(sql) = statement(message) {
        (said.event, said.outcome, said.statement) = ("statement", "ok", Cow::Borrowed(sql));
    } else if let Some(rest) = after("AUDIT: ") {
        return audit(rest);
    } else if after("connection received: ").is_some() {
        said.event = "connection";
        who(message, &mut said);
    } else if let Some(rest) = after("connection authenticated: ") {
        (said.event, said.outcome) = ("authentication", "ok");
        said.user = between(rest, "user=", b' ');
    } else if after("connection authorized: ").is_some()
        || after("replication connection authorized: ").is_some()
    {
        (said.event, said.outcome) = ("login", "ok");
        who(message, &mut said);
    } else if let Some(rest) = after("disconnection: ") {
        said.event = "disconnection";
        said.session_us = clock(between(rest, "session time: ", b' '));
        who(message, &mut said);
    } else if REFUSED.iter().any(|part| has(message, part)) || severity == b"FATAL" && is_unknown(message) {
        (said.event, said.outcome) = ("failed login", "failed");
        said.user = between(message, "user \"", b'"');
        if said.user.is_empty() {
            said.user = between(message, "role \"", b'"');
        }
        said.database = between(message, "database \"", b'"');
        said.host = between(message, "host \"", b'"');
    } else if after("process ").is_some() {
        waits(message, &mut said);
    } else if let Some(rest) = after("temporary file: ") {
        said.event = "temporary file";
        said.temp_bytes = behind(rest, ", size ").and_then(int);
    } else if after("automatic ").is_some() {
        said.event = "autovacuum";
        said.object = Cow::Borrowed(between(message, "\"", b'"'));
    }
    said
}

/// A login that names something that is not there.
fn is_unknown(message: &[u8]) -> bool {
    message.ends_with(b" does not exist")
        && (message.starts_with(b"role \"") || message.starts_with(b"database \""))
}

/// The statement behind `statement: `, `execute NAME: ` and their like.
fn statement(text: &[u8]) -> Option<&[u8]> {
    if let Some(sql) = text.strip_prefix(b"statement: ") {
        return Some(sql);
    }
    let steps = [
        &b"execute "[..],
        b"parse ",
        b"bind ",
        b"execute fetch from ",
        b"fastpath function call: ",
    ];
    let rest = steps.iter().find_map(|step| text.strip_prefix(*step))?;
    // Names of statements and portals have no line break and end with a colon.
    let colon = memchr::memmem::find(rest, b": ").filter(|at| *at <= 128)?;
    rest.get(colon + 2..)
}

/// `100.50 ms  statement: …`, `2.1 ms  plan:` with the query and its plan, or the time alone.
fn duration(text: &[u8]) -> Said<'_> {
    let mut said = Said {
        duration_us: scaled(until(text, b' '), 3),
        outcome: "ok",
        ..Said::default()
    };
    let rest = behind(text, " ms").unwrap_or_default().trim_ascii_start();
    if let Some(plan) = rest.strip_prefix(b"plan:") {
        // auto_explain tells again of a statement that may have been logged with its time.
        said.event = "plan";
        let query = behind(plan, "Query Text: ").unwrap_or_default();
        said.statement = Cow::Borrowed(before_plan(query));
    } else if let Some(sql) = statement(rest) {
        (said.event, said.statement) = ("slow statement", Cow::Borrowed(sql));
    } else {
        said.event = "duration";
    }
    said
}

/// A query's text ends where the first line of its plan begins.
fn before_plan(text: &[u8]) -> &[u8] {
    let cost = memchr::memmem::find(text, b"(cost=").unwrap_or(text.len());
    let head = text.get(..cost).unwrap_or_default();
    if cost == text.len() {
        return head;
    }
    cut_last(head, b'\n').map_or(head, |(query, _)| query)
}

/// `host=192.0.2.10 port=50012 user=app database=shop application_name=psql`
fn who<'a>(message: &'a [u8], said: &mut Said<'a>) {
    let value = |name: &str| {
        let found = memchr::memmem::find_iter(message, name.as_bytes())
            .find(|at| at.checked_sub(1).and_then(|b| message.get(b)) == Some(&b' '));
        let rest = found
            .and_then(|at| message.get(at + name.len()..))
            .unwrap_or_default();
        until(until(rest, b'\n'), b' ')
    };
    (said.user, said.database, said.host) = (value("user="), value("database="), value("host="));
    said.port = int(value("port="));
    let application = behind(message, " application_name=").unwrap_or_default();
    let end = memchr::memmem::find(application, b" SSL ").unwrap_or(application.len());
    said.application = application.get(..end).unwrap_or_default();
}

/// `process 812 still waiting for ShareLock on transaction 7 after 1000.123 ms`
fn waits<'a>(message: &'a [u8], said: &mut Said<'a>) {
    let time = behind(message, " after ").map(|rest| until(rest, b' '));
    let found = [
        (" still waiting for ", "lock wait"),
        (" acquired ", "lock acquired"),
        (" detected deadlock while waiting for ", "deadlock"),
        (" avoided deadlock for ", "deadlock"),
        (" failed to acquire ", "lock wait"),
    ];
    if let Some((_, event)) = found.iter().find(|(part, _)| has(until(message, b'\n'), part)) {
        said.event = event;
        said.lock_us = time.and_then(|t| scaled(t, 3));
    }
}

/// `SESSION,1,1,READ,SELECT,TABLE,public.orders,"select …",<not logged>`
/// <https://github.com/pgaudit/pgaudit/blob/main/README.md#format>
fn audit(text: &[u8]) -> Said<'_> {
    let mut cells = rows::cells(text, b',');
    let mut take = |at: usize| cells.get_mut(at).map(std::mem::take).unwrap_or_default();
    Said {
        event: "audit",
        outcome: "ok",
        operation: take(4),
        object: take(6),
        statement: take(7),
        ..Said::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(severity: &str, message: &str) -> &'static str {
        read(severity.as_bytes(), message.as_bytes()).event
    }

    #[test]
    fn durations_are_those_of_statements() {
        let said = read(b"LOG", b"duration: 100.50 ms  statement: select 1");
        assert_eq!(
            (said.event, said.duration_us, &*said.statement),
            ("slow statement", Some(100_500), &b"select 1"[..])
        );
        let said = read(b"LOG", b"duration: 2.1 ms  execute S_1/C_2: update t set a = $1");
        assert_eq!(
            (said.event, &*said.statement),
            ("slow statement", &b"update t set a = $1"[..])
        );
        let said = read(
            b"LOG",
            b"duration: 3 ms  plan:\nQuery Text: select a\n from t\nSeq Scan on t  (cost=0.00..1.00 rows=1)",
        );
        assert_eq!(
            (said.event, &*said.statement),
            ("plan", &b"select a\n from t"[..])
        );
        assert_eq!(event("LOG", "duration: 0.1 ms"), "duration");
    }

    #[test]
    fn events_are_told_by_words() {
        assert_eq!(
            event("FATAL", "password authentication failed for user \"app\""),
            "failed login"
        );
        assert_eq!(event("FATAL", "role \"nobody\" does not exist"), "failed login");
        assert_eq!(event("ERROR", "role \"nobody\" does not exist"), "error");
        assert_eq!(event("ERROR", "deadlock detected"), "deadlock");
        assert_eq!(
            event("ERROR", "canceling statement due to statement timeout"),
            "canceled statement"
        );
        assert_eq!(event("LOG", "checkpoint starting: time"), "checkpoint");
        assert_eq!(event("WARNING", "there is no transaction in progress"), "warning");
        assert_eq!(
            event("LOG", "listening on IPv4 address \"0.0.0.0\", port 5432"),
            "message"
        );
        let said = read(
            b"LOG",
            b"process 812 still waiting for ShareLock on transaction 7 after 1000.123 ms",
        );
        assert_eq!((said.event, said.lock_us), ("lock wait", Some(1_000_123)));
        let said = read(
            b"LOG",
            b"temporary file: path \"base/pgsql_tmp/pgsql_tmp812.0\", size 10485760",
        );
        assert_eq!(said.temp_bytes, Some(10_485_760));
    }

    #[test]
    fn connections_say_who() {
        let said = read(b"LOG", b"connection authorized: user=app database=shop application_name=my app SSL enabled (protocol=TLSv1.3)");
        assert_eq!(
            (said.event, said.user, said.database, said.application),
            ("login", &b"app"[..], &b"shop"[..], &b"my app"[..])
        );
        let said = read(
            b"LOG",
            b"disconnection: session time: 0:00:02.112 user=app database=shop host=192.0.2.10 port=50012",
        );
        assert_eq!(
            (said.session_us, said.host, said.port),
            (Some(2_112_000), &b"192.0.2.10"[..], Some(50012))
        );
        let said = read(
            b"FATAL",
            b"no pg_hba.conf entry for host \"192.0.2.10\", user \"app\", database \"shop\", no encryption",
        );
        assert_eq!(
            (said.host, said.user, said.database),
            (&b"192.0.2.10"[..], &b"app"[..], &b"shop"[..])
        );
    }

    #[test]
    fn pgaudit_s_messages_name_what_was_done() {
        let said = read(
            b"LOG",
            b"AUDIT: SESSION,1,1,READ,SELECT,TABLE,public.orders,\"select a, b from orders\",<not logged>",
        );
        assert_eq!(
            (&*said.operation, &*said.object),
            (&b"SELECT"[..], &b"public.orders"[..])
        );
        assert_eq!(&*said.statement, b"select a, b from orders");
    }
}
