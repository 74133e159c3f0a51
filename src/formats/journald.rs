//! Entries of the systemd journal as `journalctl -o json` exports them: one object each.
//!
//! Fields have the names of the journal. A `MESSAGE` that is no text is a list of its bytes, and null where it was too long to be exported;
//! a field that was given several times is a list. Derived: `severity` and `facility` are the words of `PRIORITY` and
//! `SYSLOG_FACILITY`, and what is said of who came in is taken apart as in [`super::syslog`].

use super::json::objects::{Derived, Objects};
use super::json::{Kind, Raw, Spec};
use super::log_events::beginning;
use super::syslog::{facility, said_by, severity};
use crate::base::{Facts, FieldSpec as F, Group, Role, time};
use std::borrow::Cow;

static FACTS: Facts = Facts {
    id: "journald",
    title: "systemd journal",
    records: "entries",
    group: Group::Host,
    spec_url: "https://systemd.io/JOURNAL_EXPORT_FORMATS/",
    shapes: &[
        "journalctl -o json, -o json-pretty",
        "not read: the journal's own files, -o export, -o json-sse",
    ],
    export_hint: "journalctl -o json --since -7d > journal.json",
    fields: &[
        F::time("__REALTIME_TIMESTAMP").role(Role::Time),
        F::text("_HOSTNAME").role(Role::Resource),
        F::text("SYSLOG_IDENTIFIER").role(Role::Service),
        F::int("_PID"),
        F::text("severity").role(Role::Severity),
        F::text("MESSAGE").role(Role::Message),
        F::text("_SYSTEMD_UNIT"),
        F::text("UNIT"),
        F::text("event").role(Role::Action),
        F::text("outcome").role(Role::Outcome),
        F::text("user").role(Role::Actor),
        F::address("source_ip").role(Role::SourceAddress),
        F::int("source_port").role(Role::SourcePort),
        F::text("method"),
        F::text("target_user"),
        F::text("command"),
        F::text("tty"),
        F::text("pwd"),
        F::int("repeated"),
        F::int("PRIORITY"),
        F::text("facility"),
        F::int("SYSLOG_FACILITY"),
        F::int("SYSLOG_PID"),
        F::int("_UID"),
        F::int("_GID"),
        F::text("_COMM"),
        F::text("_EXE"),
        F::text("_CMDLINE"),
        F::text("_TRANSPORT"),
        F::text("MESSAGE_ID"),
        F::text("_MACHINE_ID"),
        F::text("_BOOT_ID"),
        F::text("_SYSTEMD_SLICE"),
        F::text("_SYSTEMD_CGROUP"),
        F::text("_SYSTEMD_USER_UNIT"),
        F::text("_AUDIT_LOGINUID"),
        F::text("_SELINUX_CONTEXT"),
        F::text("CODE_FILE"),
        F::int("CODE_LINE"),
        F::text("CODE_FUNC"),
        F::int("ERRNO"),
        F::text("__CURSOR").role(Role::Id),
        F::int("__MONOTONIC_TIMESTAMP"),
    ],
    columns: &[
        "__REALTIME_TIMESTAMP",
        "_HOSTNAME",
        "SYSLOG_IDENTIFIER",
        "_SYSTEMD_UNIT",
        "severity",
        "user",
        "source_ip",
        "MESSAGE",
    ],
    aliases: &[
        ("message", "MESSAGE"),
        ("hostname", "_HOSTNAME"),
        ("app-name", "SYSLOG_IDENTIFIER"),
        ("program", "SYSLOG_IDENTIFIER"),
        ("unit", "_SYSTEMD_UNIT"),
        ("pid", "_PID"),
    ],
    dedupe: false,
};

/// Bytes of a message that are kept in its column.
const KEPT: usize = 2048;

/// Positions of what is derived from.
const TIME: usize = 0;
const TEXT: usize = 1;
const PRIORITY: usize = 2;
const FACILITY: usize = 3;
const PROGRAM: usize = 4;
const COMM: usize = 5;

/// What is said of who came in begins here among what is derived.
const SAID: usize = 4;
const DERIVED: [&str; 15] = [
    "__REALTIME_TIMESTAMP",
    "MESSAGE",
    "severity",
    "facility",
    "event",
    "outcome",
    "user",
    "source_ip",
    "method",
    "target_user",
    "command",
    "tty",
    "pwd",
    "source_port",
    "repeated",
];
const PORT: usize = 13;
const REPEATED: usize = 14;

pub(super) static FORMAT: Objects = Objects {
    facts: &FACTS,
    spec: Spec {
        records: &[],
        context: &[],
        any_kind: false,
    },
    marks: &["__REALTIME_TIMESTAMP"],
    elsewhere: &[],
    derived: &DERIVED,
    parts: &[
        "__REALTIME_TIMESTAMP",
        "MESSAGE",
        "PRIORITY",
        "SYSLOG_FACILITY",
        "SYSLOG_IDENTIFIER",
        "_COMM",
    ],
    derive: |parts, to| {
        // Microseconds; never taken for another unit by their size.
        if let Some(at) = parts
            .integer(TIME)
            .and_then(|us| us.checked_mul(time::SECOND / 1_000_000))
        {
            to.integer(0, at);
        }
        let message = parts.get(TEXT).map(text).unwrap_or_default();
        to.text(1, beginning(&message, KEPT));
        let small = |at: usize, below: i64| parts.integer(at).filter(|n| (0..below).contains(n));
        if let Some(number) = small(PRIORITY, 8) {
            to.text(2, severity(number as u8).as_bytes());
        }
        if let Some(number) = small(FACILITY, 24) {
            to.text(3, facility(number as u8).as_bytes());
        }
        let program = match parts.text(PROGRAM) {
            name if name.is_empty() => parts.text(COMM),
            name => name,
        };
        if let (Ok(program), Ok(message)) = (std::str::from_utf8(&program), std::str::from_utf8(&message)) {
            set_said(program, message, to);
        }
    },
};

fn set_said(program: &str, message: &str, to: &mut Derived<'_, '_>) {
    let said = said_by(program, message);
    let texts = [
        said.event,
        said.outcome,
        said.user,
        said.address,
        said.method,
        said.target_user,
        said.command,
        said.tty,
        said.pwd,
    ];
    for (n, value) in texts.iter().enumerate() {
        to.text(SAID + n, beginning(value.as_bytes(), KEPT));
    }
    if let Some(port) = said.port {
        to.integer(PORT, port.into());
    }
    if let Some(times) = said.repeated {
        to.integer(REPEATED, times);
    }
}

/// A field's value: a text, the bytes of one, or a list of these, one line each.
fn text(raw: Raw<'_>) -> Cow<'_, [u8]> {
    if raw.kind != Kind::Array {
        return raw.text().unwrap_or_default();
    }
    match serde_json::from_slice::<Value>(raw.bytes) {
        Ok(value) => Cow::Owned(value.into_bytes(0)),
        Err(_) => Cow::Borrowed(raw.bytes),
    }
}

#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Value {
    Byte(u8),
    Text(String),
    Several(Vec<Value>),
    Other(serde::de::IgnoredAny),
}

impl Value {
    fn into_bytes(self, depth: usize) -> Vec<u8> {
        match self {
            Value::Byte(byte) => vec![byte],
            Value::Text(text) => text.into_bytes(),
            // A field that was given several times holds texts, bytes of texts, or both.
            Value::Several(all) if depth < 2 => {
                let lines = all.iter().any(|item| !matches!(item, Value::Byte(_)));
                let separator: &[u8] = if lines { b"\n" } else { b"" };
                let all: Vec<Vec<u8>> = all.into_iter().map(|item| item.into_bytes(depth + 1)).collect();
                all.join(separator)
            }
            Value::Several(_) | Value::Other(_) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn fixtures() {
        crate::formats::testing::fixtures("journald");
    }
}
