//! Audit records of Oracle Database: the XML files of `AUDIT_TRAIL=XML`, and views of the audit trail exported with a header
//! (`UNIFIED_AUDIT_TRAIL`, `DBA_AUDIT_TRAIL`).
//!
//! An audited action is one record. Fields have the names of the XML's elements. Where a view has another name for it, that is an alias
//! (`DBUSERNAME`, `RETURN_CODE`, …). Derived: `operation`, the action's name; `event`; `outcome` by the return code; `client_addr`,
//! where the comment or the view tells the address; `statement`, `fingerprint`. Times without a zone are taken as UTC. Not read: the
//! text files of `AUDIT_TRAIL=OS`.

use super::database::{
    self, CLIENT, KEPT, LINES, Place, Statement, at, behind, between, dump, has, int, put, put_int,
};
use super::lines::sample_lines;
use super::log_events::{EventReader, OnEvent, Stand, beginning};
use super::sql_fingerprint::Dialect;
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec, FieldSpec as F, Group, Role, time};
use crate::table::{RowSink, Told};
use std::borrow::Cow;

pub struct OracleAudit;

const FIELDS: &[FieldSpec] = &[
    F::time("Extended_Timestamp").role(Role::Time),
    F::text("DB_User").role(Role::Actor),
    CLIENT,
    database::OPERATION.role(Role::Action),
    F::text("Object_Schema"),
    F::text("Object_Name"),
    F::text("object").role(Role::Resource),
    F::int("Returncode").role(Role::Status),
    F::text("event"),
    database::OUTCOME,
    database::STATEMENT.role(Role::Message),
    database::FINGERPRINT,
    F::int("Action"),
    F::text("OS_User"),
    F::text("Userhost"),
    F::text("Terminal"),
    F::text("Client_Program").role(Role::UserAgent),
    F::text("Priv_Used"),
    F::text("Policy"),
    F::text("Comment_Text"),
    F::int("Audit_Type"),
    F::int("Session_Id"),
    F::int("StatementId"),
    F::int("EntryId"),
    F::text("OS_Process"),
    F::int("Instance_Number"),
    F::text("TransactionId"),
    F::int("Scn"),
    F::int("DBID"),
    database::INSTANCE,
    database::GROUP,
    database::STREAM,
    database::ACCOUNT,
];

static FACTS: Facts = Facts {
    id: "oracle-audit",
    title: "Oracle audit records",
    records: "audited actions",
    group: Group::AwsService,
    spec_url: "https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/V-XML_AUDIT_TRAIL.html",
    shapes: &[
        "XML files (AUDIT_TRAIL=XML)",
        "UNIFIED_AUDIT_TRAIL and DBA_AUDIT_TRAIL as CSV, with a header",
    ],
    export_hint: "aws logs filter-log-events --log-group-name /aws/rds/instance/NAME/audit > audit.json",
    fields: FIELDS,
    columns: &[
        "Extended_Timestamp",
        "DB_User",
        "client_addr",
        "operation",
        "object",
        "Returncode",
        "statement",
    ],
    aliases: &[
        ("logOwner", "account"),
        ("DBUSERNAME", "DB_User"),
        ("USERNAME", "DB_User"),
        ("EVENT_TIMESTAMP", "Extended_Timestamp"),
        ("ACTION_NAME", "operation"),
        ("RETURN_CODE", "Returncode"),
        ("OBJ_NAME", "Object_Name"),
        ("OWNER", "Object_Schema"),
        ("OS_USERNAME", "OS_User"),
        ("SQL_TEXT", "statement"),
        ("Sql_Text", "statement"),
        ("CLIENT_PROGRAM_NAME", "Client_Program"),
        ("UNIFIED_AUDIT_POLICIES", "Policy"),
        ("SESSIONID", "Session_Id"),
    ],
    dedupe: false,
};

const PLACE: Place = Place::of(FIELDS, "Extended_Timestamp");
const STATEMENT: Statement = Statement::of(FIELDS);
const OPERATION: usize = at(FIELDS, "operation");
const OBJECT: usize = at(FIELDS, "object");
const EVENT: usize = at(FIELDS, "event");
const OUTCOME: usize = at(FIELDS, "outcome");
const HOST: usize = at(FIELDS, CLIENT.name);

/// Fields of text, and the columns of views that hold them, the first that has a value.
const TEXTS: [(&str, &[&str]); 12] = [
    ("DB_User", &["dbusername", "username"]),
    ("Object_Schema", &["object_schema", "owner"]),
    ("Object_Name", &["object_name", "obj_name"]),
    ("OS_User", &["os_username"]),
    ("Userhost", &["userhost"]),
    ("Terminal", &["terminal"]),
    ("Client_Program", &["client_program_name"]),
    ("Priv_Used", &["system_privilege_used", "priv_used"]),
    ("Policy", &["unified_audit_policies"]),
    ("Comment_Text", &["authentication_type", "comment_text"]),
    ("OS_Process", &["os_process"]),
    ("TransactionId", &["transaction_id", "transactionid"]),
];
const INTS: [(&str, &[&str]); 9] = [
    ("Returncode", &["return_code", "returncode"]),
    ("Action", &["action"]),
    ("Audit_Type", &[]),
    ("Session_Id", &["sessionid"]),
    ("StatementId", &["statement_id", "statementid"]),
    ("EntryId", &["entry_id", "entryid"]),
    ("Instance_Number", &["instance_id", "instance_number"]),
    ("Scn", &["scn"]),
    ("DBID", &["dbid"]),
];
const TIMES: [&str; 5] = [
    "event_timestamp_utc",
    "event_timestamp",
    "extended_timestamp",
    "timestamp",
    "extended_timestamp#",
];

/// Actions by their numbers (`AUDIT_ACTIONS`), those that are audited most.
/// <https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/AUDIT_ACTIONS.html>
const ACTIONS: [(i64, &str); 36] = [
    (1, "CREATE TABLE"),
    (2, "INSERT"),
    (3, "SELECT"),
    (6, "UPDATE"),
    (7, "DELETE"),
    (9, "CREATE INDEX"),
    (10, "DROP INDEX"),
    (12, "DROP TABLE"),
    (15, "ALTER TABLE"),
    (17, "GRANT OBJECT"),
    (18, "REVOKE OBJECT"),
    (21, "CREATE VIEW"),
    (22, "DROP VIEW"),
    (24, "CREATE PROCEDURE"),
    (26, "LOCK TABLE"),
    (35, "ALTER DATABASE"),
    (42, "ALTER SESSION"),
    (43, "ALTER USER"),
    (44, "COMMIT"),
    (45, "ROLLBACK"),
    (47, "PL/SQL EXECUTE"),
    (49, "ALTER SYSTEM"),
    (51, "CREATE USER"),
    (52, "CREATE ROLE"),
    (53, "DROP USER"),
    (54, "DROP ROLE"),
    (59, "CREATE TRIGGER"),
    (68, "DROP PROCEDURE"),
    (85, "TRUNCATE TABLE"),
    (100, "LOGON"),
    (101, "LOGOFF"),
    (102, "LOGOFF BY CLEANUP"),
    (104, "SYSTEM AUDIT"),
    (108, "SYSTEM GRANT"),
    (114, "GRANT ROLE"),
    (116, "EXECUTE PROCEDURE"),
];

const RECORD: &[u8] = b"<AuditRecord>";
const RECORD_END: &[u8] = b"</AuditRecord>";

impl LogFormat for OracleAudit {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        let is_its = |line: &[u8]| {
            has(line, "<AuditRecord>") || has(line, "xmlns.oracle.com/oracleas/schema/dbserver_audittrail")
        };
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
        Box::new(EventReader::new(Events))
    }
}

fn is_table(sample: &Sample<'_>) -> bool {
    let has = |columns: &[&str]| dump::is_one(sample, columns);
    has(&["dbusername", "action_name", "return_code"]) || has(&["username", "action_name", "returncode"])
}

struct Events;

impl OnEvent for Events {
    fn begins(&self, line: &[u8]) -> bool {
        has(line, "<AuditRecord>")
    }

    fn stands(&mut self, line: &[u8], _: Option<&Told>) -> Option<Stand> {
        if self.begins(line) {
            return Some(Stand::Begins);
        }
        let line = line.trim_ascii();
        let is_frame = [&b"<?xml"[..], b"<Audit ", b"<Audit>", b"</Audit>", b"<Version>"];
        let is_frame = is_frame.iter().any(|tag| line.starts_with(tag))
            || line.starts_with(b"xmlns")
            || line.starts_with(b"xsi:");
        is_frame.then_some(Stand::Apart)
    }

    /// A line may hold several records, and the frame around them.
    fn event(&mut self, offset: u64, text: &[u8], told: Option<&Told>, sink: &mut RowSink<'_>) {
        let mut at = 0;
        let mut any = false;
        while let Some(start) = memchr::memmem::find(text.get(at..).unwrap_or_default(), RECORD) {
            let start = at + start;
            let rest = text.get(start..).unwrap_or_default();
            let end = memchr::memmem::find(rest, RECORD_END);
            let record = rest
                .get(..end.map_or(rest.len(), |e| e + RECORD_END.len()))
                .unwrap_or_default();
            any = true;
            at = start + record.len();
            let place = offset + start as u64;
            if end.is_none() {
                sink.reject("a record without its end; the file is cut here", place, record);
                continue;
            }
            let inside = |name: &str| {
                element(record, name)
                    .map(|value| text_of(value.trim_ascii()))
                    .unwrap_or_default()
            };
            let get = |name: &str, _: &[&str]| inside(name);
            let ns = time::parse_iso(&inside("Extended_Timestamp"));
            if ns.is_none() && told.is_none_or(|t| t.time_ns.is_none()) {
                sink.reject(
                    "no Extended_Timestamp; this is no record of the audit trail",
                    place,
                    record,
                );
                continue;
            }
            PLACE.put(ns, told, sink);
            row(&get, &inside("Sql_Text"), b"", sink);
            sink.end(place, record.len() as u64);
        }
        if !any {
            sink.reject(
                "no <AuditRecord>; begin the file with a whole record",
                offset,
                text,
            );
        }
    }
}

/// A row of a view.
fn of_table(cells: &dump::Cells<'_>, sink: &mut RowSink<'_>) -> Result<(), &'static str> {
    let first = |names: &[&str]| {
        let mut values = names.iter().map(|name| cells.get(name)).filter(|v| !v.is_empty());
        Cow::Borrowed(values.next().unwrap_or_default())
    };
    let Some(ns) = TIMES.iter().find_map(|name| moment(cells.get(name))) else {
        return Err(
            "no time in ISO 8601 or as 02-MAR-26 09.15.01 AM; export the column as YYYY-MM-DD HH24:MI:SS",
        );
    };
    PLACE.put(Some(ns), None, sink);
    let get = |_: &str, names: &[&str]| first(names);
    row(&get, cells.get("sql_text"), cells.get("action_name"), sink);
    Ok(())
}

/// The value of an element, or of the first of these columns that has one.
type Get<'f, 'a> = &'f dyn Fn(&str, &[&str]) -> Cow<'a, [u8]>;

/// Sets what a record says, by the names of its elements and columns.
fn row<'a>(get: Get<'_, 'a>, sql: &[u8], action: &[u8], sink: &mut RowSink<'_>) {
    for (name, columns) in TEXTS {
        if let Some(field) = FACTS.field(name) {
            put(sink, field, beginning(&get(name, columns), KEPT));
        }
    }
    let number = |name: &str| {
        let found = INTS.iter().find(|(known, _)| *known == name);
        found.and_then(|(name, columns)| int(&get(name, columns)))
    };
    for (name, _) in INTS {
        if let Some(field) = FACTS.field(name) {
            put_int(sink, field, number(name));
        }
    }
    let (schema, object) = (get("Object_Schema", TEXTS[1].1), get("Object_Name", TEXTS[2].1));
    match (schema.is_empty(), object.is_empty()) {
        (false, false) => sink.text(OBJECT, &[&*schema, b".", &*object].concat()),
        _ => put(sink, OBJECT, &object),
    }
    let known = number("Action").and_then(|n| ACTIONS.iter().find(|(known, _)| *known == n));
    let action = match action {
        b"" => known.map_or(&b""[..], |(_, name)| name.as_bytes()),
        action => action,
    };
    let code = number("Returncode");
    let is_failed = code.is_some_and(|c| c != 0);
    let event = match action {
        b"LOGON" if is_failed => "failed login",
        b"LOGON" => "login",
        b"LOGOFF" | b"LOGOFF BY CLEANUP" => "disconnection",
        _ if is_failed => "error",
        _ => "audit",
    };
    sink.text(EVENT, event.as_bytes());
    if code.is_some() {
        sink.text(OUTCOME, if is_failed { b"failed" } else { b"ok" });
    }
    let comment = get("Comment_Text", TEXTS[9].1);
    put(sink, HOST, between(&comment, "(HOST=", b')'));
    STATEMENT.put(sql, Dialect::PostgreSql, action.is_empty(), sink);
    put(sink, OPERATION, action);
}

/// A time in ISO 8601, or `02-MAR-26 09.15.01.123456 AM +00:00`, as SQL Developer writes it.
fn moment(text: &[u8]) -> Option<i64> {
    if text.is_empty() {
        return None;
    }
    time::parse_iso(text).or_else(|| {
        let mut words = text.split(|b| *b == b' ');
        let mut date = words.next()?.split(|b| *b == b'-');
        let (day, month, year) = (int(date.next()?)?, month(date.next()?)?, int(date.next()?)?);
        let year = if year < 70 {
            2000 + year
        } else if year < 100 {
            1900 + year
        } else {
            year
        };
        let clock: Vec<u8> = words
            .next()?
            .iter()
            .map(|b| if *b == b':' { b'.' } else { *b })
            .collect();
        let mut parts = clock.splitn(4, |b| *b == b'.');
        let mut number = || parts.next().and_then(int).and_then(|n| u32::try_from(n).ok());
        let (hour, minute, second) = (number()?, number()?, number()?);
        let nanos = parts.next().map_or(0, |fraction| {
            (0..9).fold(0, |n, at| {
                n * 10
                    + fraction
                        .get(at)
                        .map_or(0, |d| u32::from(d.wrapping_sub(b'0')).min(9))
            })
        });
        let (mut half, mut zone) = (words.next(), words.next());
        if !matches!(half, Some(b"AM" | b"PM")) {
            (half, zone) = (None, half);
        }
        let hour = match (half, hour) {
            (Some(b"AM"), 12) => 0,
            (Some(b"PM"), 1..=11) => hour + 12,
            _ => hour,
        };
        let ns = time::from_parts(year, month, u32::try_from(day).ok()?, hour, minute, second, nanos)?;
        // The distance from UTC is what the same moment has with it and without.
        let shift = zone
            .filter(|z| matches!(z.first(), Some(b'+' | b'-')))
            .map_or(Some(0), |zone| {
                let with = time::parse_iso(&[&b"2000-01-02T00:00:00"[..], zone].concat())?;
                Some(with - time::parse_iso(b"2000-01-02T00:00:00Z")?)
            })?;
        ns.checked_add(shift)
    })
}

fn month(name: &[u8]) -> Option<u32> {
    let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let at = months
        .iter()
        .position(|m| name.eq_ignore_ascii_case(m.as_bytes()))?;
    u32::try_from(at + 1).ok()
}

/// `Mon Mar 02 09:15:01 2026`, with or without a distance from UTC behind it.
pub(super) fn words(line: &[u8]) -> Option<i64> {
    let mut words = line.split(|b| *b == b' ').filter(|w| !w.is_empty());
    let day = words
        .next()
        .filter(|w| w.len() == 3 && w.iter().all(u8::is_ascii_alphabetic));
    let month = day.and_then(|_| month(words.next()?))?;
    let number = |text: Option<&[u8]>| u32::try_from(int(text?)?).ok();
    let day = number(words.next())?;
    let mut clock = words.next()?.splitn(3, |b| *b == b':');
    let (hour, minute, second) = (
        number(clock.next())?,
        number(clock.next())?,
        number(clock.next())?,
    );
    let year = words.next().filter(|y| y.len() == 4).and_then(int)?;
    let ns = time::from_parts(year, month, day, hour, minute, second, 0)?;
    let zone = words.next();
    let shift = match zone {
        Some(zone) => {
            let with = time::parse_iso(&[&b"2000-01-02T00:00:00"[..], zone].concat())?;
            with - time::parse_iso(b"2000-01-02T00:00:00Z")?
        }
        None => 0,
    };
    words.next().is_none().then(|| ns.checked_add(shift))?
}

/// What stands inside of an element without attributes.
pub(super) fn element<'a>(text: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let inside = behind(text, &format!("<{name}>"))?;
    let end = memchr::memmem::find(inside, format!("</{name}>").as_bytes())?;
    inside.get(..end)
}

/// A text of XML without its entities.
pub(super) fn text_of(text: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'&', text).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest) {
        out.extend_from_slice(rest.get(..at).unwrap_or_default());
        rest = rest.get(at..).unwrap_or_default();
        let name = rest
            .get(1..)
            .map(|r| database::until(r, b';'))
            .unwrap_or_default();
        let decoded = match name {
            b"lt" => Some('<'),
            b"gt" => Some('>'),
            b"amp" => Some('&'),
            b"quot" => Some('"'),
            b"apos" => Some('\''),
            _ => number(name),
        };
        match decoded.filter(|_| rest.len() > name.len() + 1) {
            Some(c) => {
                out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                rest = rest.get(name.len() + 2..).unwrap_or_default();
            }
            None => {
                out.push(b'&');
                rest = rest.get(1..).unwrap_or_default();
            }
        }
    }
    out.extend_from_slice(rest);
    Cow::Owned(out)
}

/// `#10`, `#x0A`
fn number(name: &[u8]) -> Option<char> {
    let digits = std::str::from_utf8(name.strip_prefix(b"#")?).ok()?;
    let code = match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    char::from_u32(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing;

    #[test]
    fn fixtures() {
        testing::fixtures("oracle-audit");
    }

    #[test]
    fn times_of_every_form_are_read() {
        let want = time::parse_iso(b"2026-03-02T21:15:01.5Z");
        assert_eq!(moment(b"2026-03-02 21:15:01.5"), want);
        assert_eq!(moment(b"02-MAR-26 09.15.01.500000000 PM"), want);
        assert_eq!(moment(b"02-MAR-26 10.15.01.5 PM +01:00"), want);
        assert_eq!(moment(b"02-MAR-2026 21:15:01.5"), want);
        assert_eq!(moment(b"yesterday"), None);
        assert_eq!(
            words(b"Mon Mar  2 10:15:01 2026 +01:00"),
            time::parse_iso(b"2026-03-02T09:15:01Z")
        );
    }

    #[test]
    fn entities_are_characters_again() {
        assert_eq!(
            &*text_of(b"a &lt; b &amp;&amp; c &#10;&#x41;&nope; &"),
            b"a < b && c \nA&nope; &"
        );
    }
}
