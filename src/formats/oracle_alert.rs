//! The alert log of Oracle Database: text (`alert_SID.log`) and XML (`log.xml`).
//!
//! In text a record is what stands behind a time on a line of its own, up to the next; in XML it is a `msg`. Fields have the names of
//! XML's attributes and `txt`. Derived: `event`, `outcome`, `ora`, the first error code in the text. A text's time is in ISO 8601 from
//! 12.2 on, else in words, which tell no zone and are taken as UTC.

use super::database::{self, KEPT, LINES, Place, at, between, cut, has, int, put, put_int, until};
use super::lines::sample_lines;
use super::log_events::{EventReader, OnEvent, Stand, beginning};
use super::oracle_audit::{text_of, words};
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec, FieldSpec as F, Group, Role, time};
use crate::table::{RowSink, Told};

pub struct OracleAlert;

const FIELDS: &[FieldSpec] = &[
    F::time("time").role(Role::Time),
    database::EVENT,
    F::text("ora"),
    F::text("txt").role(Role::Message),
    F::text("type"),
    F::int("level").role(Role::Severity),
    F::text("group"),
    F::text("module").role(Role::Service),
    F::text("client_id").role(Role::Actor),
    F::text("host_id").role(Role::Resource),
    F::address("host_addr"),
    F::int("pid"),
    F::text("comp_id"),
    F::text("org_id"),
    F::text("msg_id").role(Role::Id),
    database::OUTCOME,
    database::INSTANCE,
    database::GROUP,
    database::STREAM,
    database::ACCOUNT,
];

static FACTS: Facts = Facts {
    id: "oracle-alert",
    title: "Oracle alert log",
    records: "messages",
    group: Group::AwsService,
    spec_url: "https://docs.oracle.com/en/database/oracle/oracle-database/19/admin/monitoring-the-database.html",
    shapes: &["text (alert_SID.log)", "XML (log.xml)"],
    export_hint: "aws rds download-db-log-file-portion --db-instance-identifier NAME --log-file-name trace/alert_ORCL.log --starting-token 0 --output text > alert.log",
    fields: FIELDS,
    columns: &["time", "event", "ora", "txt"],
    aliases: &[("logOwner", "account"), ("message", "txt")],
    dedupe: false,
};

const PLACE: Place = Place::of(FIELDS, "time");
const TEXTS: [usize; 4] = [
    at(FIELDS, "txt"),
    at(FIELDS, "event"),
    at(FIELDS, "ora"),
    at(FIELDS, "outcome"),
];
/// Attributes of a message in XML.
const ATTRIBUTES: [(&str, usize); 9] = [
    ("type", at(FIELDS, "type")),
    ("group", at(FIELDS, "group")),
    ("module", at(FIELDS, "module")),
    ("client_id", at(FIELDS, "client_id")),
    ("host_id", at(FIELDS, "host_id")),
    ("host_addr", at(FIELDS, "host_addr")),
    ("comp_id", at(FIELDS, "comp_id")),
    ("org_id", at(FIELDS, "org_id")),
    ("msg_id", at(FIELDS, "msg_id")),
];
const LEVEL: usize = at(FIELDS, "level");
const PID: usize = at(FIELDS, "pid");

/// Parts of messages, and what happened; the first that is found.
const EVENTS: &[(&str, &str)] = &[
    ("ORA-00060", "deadlock"),
    ("Deadlock detected", "deadlock"),
    ("ORA-00600", "crash"),
    ("ORA-07445", "crash"),
    ("Instance terminated by ", "crash"),
    ("ORA-01017", "failed login"),
    ("ORA-00020", "too many connections"),
    ("ORA-12170", "lost connection"),
    ("TNS-12535", "lost connection"),
    ("Fatal NI connect error", "lost connection"),
    ("ORA-", "error"),
    ("TNS-", "error"),
    ("Starting ORACLE instance", "startup"),
    ("Completed: ALTER DATABASE OPEN", "startup"),
    ("Shutting down instance", "shutdown"),
    ("Instance shutdown complete", "shutdown"),
    ("advanced to log sequence", "log switch"),
    ("Archived Log entry", "log switch"),
    ("Beginning log switch checkpoint", "checkpoint"),
    ("Completed checkpoint", "checkpoint"),
    ("ALTER SYSTEM ", "configuration"),
    ("WARNING", "warning"),
    ("Warning", "warning"),
];

/// A time that is a whole line.
fn stamp(line: &[u8]) -> Option<i64> {
    let line = line.trim_ascii();
    match line.first()? {
        b if b.is_ascii_digit() => {
            time::parse_iso(line).filter(|_| (19..=40).contains(&line.len()) && line.get(10) == Some(&b'T'))
        }
        _ => words(line),
    }
}

impl LogFormat for OracleAlert {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        let mut lines = sample_lines(sample).take(LINES).peekable();
        let mut stamped = false;
        while let Some(line) = lines.next() {
            if line.starts_with(b"<msg time='") && has(line, " org_id='oracle'") {
                return Some(Confidence::Certain);
            }
            stamped |= stamp(line).is_some() && lines.peek().is_some_and(|next| stamp(next).is_none());
            let is_own = [
                "ORACLE",
                "ORA-",
                "ALTER DATABASE",
                "LGWR",
                "Thread 1 ",
                "log sequence",
                "Instance",
                "ALTER SYSTEM",
            ];
            if stamped && is_own.iter().any(|word| has(line, word)) && !line.starts_with(b"ACTION") {
                return Some(Confidence::Likely);
            }
        }
        None
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
        line.starts_with(b"<msg ") || stamp(line).is_some()
    }

    fn stands(&mut self, line: &[u8], _: Option<&Told>) -> Option<Stand> {
        self.begins(line).then_some(Stand::Begins)
    }

    fn event(&mut self, offset: u64, text: &[u8], told: Option<&Told>, sink: &mut RowSink<'_>) {
        let first = until(text, b'\n');
        let (ns, said) = if text.starts_with(b"<msg ") {
            let Some((tag, inside)) = cut(text, b'>') else {
                return sink.reject("a message without its end; the file is cut here", offset, text);
            };
            let attribute = |name: &str| text_of(between(tag, &format!(" {name}='"), b'\'')).into_owned();
            for (name, field) in ATTRIBUTES {
                put(sink, field, &attribute(name));
            }
            put_int(sink, LEVEL, int(&attribute("level")));
            put_int(sink, PID, int(&attribute("pid")));
            let said = super::oracle_audit::element(inside, "txt").unwrap_or_default();
            (time::parse_iso(&attribute("time")), text_of(said))
        } else {
            let behind = match stamp(first) {
                Some(_) => text.get(first.len()..).unwrap_or_default(),
                None => text,
            };
            (stamp(first), behind.into())
        };
        if ns.is_none() && told.is_none_or(|t| t.time_ns.is_none()) {
            return sink.reject(
                "no time before the message; begin the file with one",
                offset,
                text,
            );
        }
        PLACE.put(ns, told, sink);
        let said = said.trim_ascii();
        let event = EVENTS
            .iter()
            .find(|(part, _)| has(said, part))
            .map_or("message", |(_, event)| *event);
        let outcome = match event {
            "deadlock" | "crash" | "failed login" | "too many connections" | "lost connection" | "error" => {
                "failed"
            }
            _ => "",
        };
        for (field, text) in TEXTS.iter().zip([
            beginning(said, KEPT),
            event.as_bytes(),
            code(said),
            outcome.as_bytes(),
        ]) {
            put(sink, *field, text);
        }
        sink.end(offset, text.len() as u64);
    }
}

/// `ORA-00060`: the first code of an error.
fn code(text: &[u8]) -> &[u8] {
    let found = memchr::memmem::find_iter(text, b"ORA-").find_map(|at| {
        let rest = text.get(at..)?;
        let digits = rest.iter().skip(4).take_while(|b| b.is_ascii_digit()).count();
        rest.get(..4 + digits).filter(|_| (1..=5).contains(&digits))
    });
    found.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::testing;

    #[test]
    fn fixtures() {
        testing::fixtures("oracle-alert");
    }

    #[test]
    fn a_time_is_a_whole_line() {
        assert_eq!(
            stamp(b"Mon Mar 02 09:15:01 2026"),
            time::parse_iso(b"2026-03-02T09:15:01Z")
        );
        assert_eq!(
            stamp(b"2026-03-02T10:15:01.123456+01:00"),
            time::parse_iso(b"2026-03-02T09:15:01.123456Z")
        );
        assert_eq!(stamp(b"2026-03-02T10:15:01.123456+01:00 more"), None);
        assert_eq!(stamp(b"Mon Mar 02 09:15:01 2026 more"), None);
        assert_eq!(code(b"ORA- and ORA-1555: too old"), b"ORA-1555");
    }
}
