//! jsonlog: an object a line, from version 15 on.
//! <https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-LOGGING-JSONLOG>

use super::Entry;
use super::text::is_severity;
use crate::formats::database::times::stamp;
use crate::formats::json::lazy::{Json, State};
use std::borrow::Cow;

pub(super) fn is_one(line: &[u8]) -> bool {
    if !line.starts_with(b"{") || memchr::memmem::find(line, b"\"error_severity\"").is_none() {
        return false;
    }
    let text = |value: &Json<'_>, key: &str| {
        value
            .get(key)
            .and_then(Json::str)
            .unwrap_or_default()
            .into_owned()
    };
    Json::of(line).is_some_and(|value| {
        is_severity(text(&value, "error_severity").as_bytes())
            && stamp(text(&value, "timestamp").as_bytes()).is_some()
    })
}

pub(super) fn read(line: &[u8]) -> Result<Entry<'_>, &'static str> {
    let Some((value, used)) = Json::first(line, 0).filter(|(value, _)| value.state() == State::Whole) else {
        return Err("no whole JSON object; the line is cut or damaged");
    };
    if used < line.trim_ascii_end().len() {
        return Err("text behind the JSON object; each object has a line of its own");
    }
    let object = value.object();
    let text = |key: &str| -> Cow<'_, [u8]> {
        match object.get(key).and_then(Json::plain) {
            Some(Cow::Borrowed(text)) => Cow::Borrowed(text.as_bytes()),
            Some(Cow::Owned(text)) => Cow::Owned(text.into_bytes()),
            None => Cow::default(),
        }
    };
    let int = |key: &str| object.get(key).and_then(Json::int);
    let time = |key: &str| stamp(&text(key)).map(|stamp| stamp.ns);
    let severity = text("error_severity");
    if !is_severity(&severity) {
        return Err("no error_severity; this is no object of jsonlog");
    }
    let location = match (text("func_name"), text("file_name"), text("file_line_num")) {
        (function, file, line) if !file.is_empty() => {
            Cow::Owned([&*function, b", ", &*file, b":", &*line].concat())
        }
        (function, ..) => function,
    };
    Ok(Entry {
        time_ns: time("timestamp"),
        session_start: time("session_start"),
        severity,
        user: text("user"),
        database: text("dbname"),
        host: text("remote_host"),
        port: int("remote_port"),
        message: text("message"),
        detail: text("detail"),
        hint: text("hint"),
        context: text("context"),
        statement: text("statement"),
        internal_query: text("internal_query"),
        location,
        state: text("state_code"),
        session: text("session_id"),
        tag: text("ps"),
        vxid: text("vxid"),
        application: text("application_name"),
        backend: text("backend_type"),
        pid: int("pid"),
        line: int("line_num"),
        txid: int("txid"),
        internal_pos: int("internal_position"),
        query_pos: int("cursor_position"),
        leader: int("leader_pid"),
        query_id: int("query_id"),
    })
}
