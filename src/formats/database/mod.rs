//! What logs of databases share, so that one question asks all of them: what happened (`event`), how long it took
//! (`duration_us`), which statement it was (`statement`, `fingerprint`, `operation`), who asked from where (`client_addr`), and
//! of which instance a log group holds the log.
//!
//! `event` is one of: `connection`, `login`, `failed login`, `disconnection`, `lost connection`, `too many connections`,
//! `statement`, `slow statement` (one that was logged with its duration), `canceled statement`, `lock wait`, `deadlock`,
//! `checkpoint`, `autovacuum`, `temporary file`, `audit`, `backup`, `startup`, `shutdown`, `crash`, `error`, `warning`,
//! `message`, and a few words that only one kind has.

pub(super) mod dump;
pub(super) mod mysql;
pub(super) mod times;

use super::log_events::beginning;
use super::sql_fingerprint::{Dialect, fingerprint, verb};
use crate::base::{FieldSpec, FieldSpec as F, Role};
use crate::table::{RowSink, Told};

/// Bytes of a message or statement that are kept in its column; all of it stands in the record.
pub(super) const KEPT: usize = 2048;
/// Bytes of a statement that its fingerprint is made of.
const FINGERPRINTED: usize = 64 << 10;
/// Bytes of a fingerprint that are kept.
const FINGERPRINT_KEPT: usize = 1024;
/// Lines looked at to recognise a member.
pub(super) const LINES: usize = 100;

pub(super) const EVENT: F = F::text("event").role(Role::Action);
pub(super) const OUTCOME: F = F::text("outcome").role(Role::Outcome);
pub(super) const DURATION: F = F::int("duration_us").unit("µs");
pub(super) const STATEMENT: F = F::text("statement");
pub(super) const FINGERPRINT: F = F::text("fingerprint");
pub(super) const OPERATION: F = F::text("operation");
pub(super) const CLIENT: F = F::address("client_addr").role(Role::SourceAddress);
pub(super) const INSTANCE: F = F::text("instance");
pub(super) const GROUP: F = F::text("logGroup");
pub(super) const STREAM: F = F::text("logStream");
pub(super) const ACCOUNT: F = F::text("account").role(Role::Account);

/// The number of a field; a name that is none does not compile.
pub(super) const fn at(fields: &[FieldSpec], name: &str) -> usize {
    let wanted = name.as_bytes();
    let mut field = 0;
    while field < fields.len() {
        let (has, mut byte) = (fields[field].name.as_bytes(), 0);
        while byte < has.len() && byte < wanted.len() && has[byte] == wanted[byte] {
            byte += 1;
        }
        if byte == has.len() && byte == wanted.len() {
            return field;
        }
        field += 1;
    }
    panic!("no such field")
}

/// Numbers of the fields that say where a record was logged.
#[derive(Clone, Copy)]
pub(super) struct Place {
    time: usize,
    instance: usize,
    group: usize,
    stream: usize,
    account: usize,
}

impl Place {
    pub const fn of(fields: &[FieldSpec], time: &str) -> Place {
        Place {
            time: at(fields, time),
            instance: at(fields, INSTANCE.name),
            group: at(fields, GROUP.name),
            stream: at(fields, STREAM.name),
            account: at(fields, ACCOUNT.name),
        }
    }

    /// Sets the record's own time, else the container's, and what else the container tells.
    pub fn put(&self, own: Option<i64>, told: Option<&Told>, sink: &mut RowSink<'_>) {
        if let Some(told) = told {
            let fields = [self.time, self.group, self.stream, self.account];
            super::cloudwatch_logs::place(told, fields, sink);
            if let Some(name) = told.account_and_group().1.and_then(instance) {
                sink.text(self.instance, name.as_bytes());
            }
        }
        if let Some(at) = own {
            sink.int(self.time, at);
        }
    }
}

/// The instance or cluster of `/aws/rds/instance/NAME/postgresql`.
/// <https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html>
fn instance(group: &str) -> Option<&str> {
    let rest = group.strip_prefix("/aws/rds/")?;
    let rest = rest
        .strip_prefix("instance/")
        .or_else(|| rest.strip_prefix("cluster/"))?;
    rest.split('/').next().filter(|name| !name.is_empty())
}

/// Numbers of the fields that a statement fills.
#[derive(Clone, Copy)]
pub(super) struct Statement {
    text: usize,
    fingerprint: usize,
    operation: usize,
}

impl Statement {
    pub const fn of(fields: &[FieldSpec]) -> Statement {
        Statement {
            text: at(fields, STATEMENT.name),
            fingerprint: at(fields, FINGERPRINT.name),
            operation: at(fields, OPERATION.name),
        }
    }

    /// A statement, its fingerprint and, where `verb` says so, its first word.
    pub fn put(&self, sql: &[u8], dialect: Dialect, with_verb: bool, sink: &mut RowSink<'_>) {
        let sql = sql.trim_ascii();
        if sql.is_empty() {
            return;
        }
        sink.text(self.text, beginning(sql, KEPT));
        let short = fingerprint(beginning(sql, FINGERPRINTED), dialect);
        put(sink, self.fingerprint, beginning(&short, FINGERPRINT_KEPT));
        if with_verb {
            put(sink, self.operation, &verb(&short));
        }
    }
}

/// Sets a text cell, if there is a text.
pub(super) fn put(sink: &mut RowSink<'_>, field: usize, text: &[u8]) {
    if !text.is_empty() {
        sink.text(field, text);
    }
}

/// Sets a number's cell, if there is one.
pub(super) fn put_int(sink: &mut RowSink<'_>, field: usize, value: Option<i64>) {
    if let Some(value) = value {
        sink.int(field, value);
    }
}

/// A whole number.
pub(super) fn int(text: &[u8]) -> Option<i64> {
    std::str::from_utf8(text.trim_ascii()).ok()?.parse().ok()
}

/// What stands behind the first of these in a text.
pub(super) fn behind<'a>(text: &'a [u8], what: &str) -> Option<&'a [u8]> {
    let at = memchr::memmem::find(text, what.as_bytes())?;
    text.get(at + what.len()..)
}

pub(super) fn has(text: &[u8], what: &str) -> bool {
    memchr::memmem::find(text, what.as_bytes()).is_some()
}

/// What stands before a byte; all of it where the byte is not there.
pub(super) fn until(text: &[u8], byte: u8) -> &[u8] {
    let end = memchr::memchr(byte, text).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// What stands behind `what` and before a byte: `between(text, "user '", b'\'')`.
pub(super) fn between<'a>(text: &'a [u8], what: &str, end: u8) -> &'a [u8] {
    behind(text, what).map_or(b"", |rest| until(rest, end))
}

/// The two parts around a byte.
pub(super) fn cut(text: &[u8], byte: u8) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(byte, text)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// The two parts around the last of a byte.
pub(super) fn cut_last(text: &[u8], byte: u8) -> Option<(&[u8], &[u8])> {
    let at = memchr::memrchr(byte, text)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_group_names_its_instance() {
        assert_eq!(instance("/aws/rds/instance/shop-db/postgresql"), Some("shop-db"));
        assert_eq!(instance("/aws/rds/cluster/shop/audit"), Some("shop"));
        assert_eq!(instance("/aws/lambda/shop"), None);
    }
}
