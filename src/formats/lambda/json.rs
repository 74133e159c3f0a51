//! Lambda's JSON format: platform events, and the lines that functions write as objects.

use super::Entry;
use crate::formats::json::lazy::Json;
use std::borrow::Cow;

/// `platform.` events by the rest of their type.
const KNOWN: [&str; 16] = [
    "initStart",
    "initRuntimeDone",
    "initReport",
    "start",
    "runtimeDone",
    "report",
    "end",
    "restoreStart",
    "restoreRuntimeDone",
    "restoreReport",
    "extension",
    "telemetrySubscription",
    "logsSubscription",
    "logsDropped",
    "fault",
    "invokeSpan",
];

/// A platform event.
pub(super) fn is_platform(line: &[u8]) -> bool {
    let Some((value, _)) = object(line) else {
        return false;
    };
    let ty = value.get("type").and_then(Json::str).unwrap_or_default();
    ty.starts_with("platform.") && value.get("record").is_some()
}

fn object(text: &[u8]) -> Option<(Json<'_>, usize)> {
    let found = text.starts_with(b"{").then(|| Json::first(text, 0)).flatten()?;
    found.0.is_object().then_some(found)
}

fn bytes(value: Option<Json<'_>>) -> Vec<u8> {
    value
        .and_then(Json::plain)
        .unwrap_or_default()
        .into_owned()
        .into_bytes()
}

/// An object that is whole; anything else is text.
pub(super) fn read(text: &[u8]) -> Option<Entry> {
    let (value, used) = object(text)?;
    if used < text.trim_ascii_end().len() {
        return None;
    }
    let ty = value.get("type").and_then(Json::str).unwrap_or_default();
    match (ty.strip_prefix("platform."), value.get("record")) {
        (Some(ty), Some(record)) => Some(platform(value, ty, record, text)),
        _ => Some(application(value, text)),
    }
}

fn platform(value: Json<'_>, ty: &str, record: Json<'_>, text: &[u8]) -> Entry {
    let known = KNOWN.iter().find(|k| **k == ty);
    let metrics = record.get("metrics");
    let float = |name: &str| metrics.and_then(|m| m.get(name)).and_then(Json::float);
    let int = |name: &str| metrics.and_then(|m| m.get(name)).and_then(Json::int);
    let init = match ty {
        "initReport" => float("durationMs"),
        _ => float("initDurationMs"),
    };
    let trace = record.get("tracing").and_then(|t| t.get("value"));
    Entry {
        time_ns: value.get("time").and_then(Json::time),
        request: bytes(record.get("requestId")),
        ty: known.copied().unwrap_or_default(),
        other_ty: ty.as_bytes().to_vec(),
        message: text.to_vec(),
        status: bytes(record.get("status")),
        error_type: bytes(record.get("errorType")),
        duration_ms: float("durationMs").filter(|_| ty != "initReport"),
        billed_ms: int("billedDurationMs"),
        memory_mb: int("memorySizeMB"),
        used_mb: int("maxMemoryUsedMB"),
        init_ms: init,
        restore_ms: float("restoreDurationMs"),
        init_type: bytes(record.get("initializationType")),
        version: bytes(record.get("version").or_else(|| record.get("functionVersion"))),
        runtime: bytes(record.get("runtimeVersion")),
        trace: bytes(trace),
        function: bytes(record.get("functionName")),
        ..Entry::default()
    }
}

fn application(value: Json<'_>, text: &[u8]) -> Entry {
    let of = |names: &[&str]| names.iter().find_map(|name| value.get(name));
    let said = of(&["message", "msg", "errorMessage"]);
    let message = match said {
        Some(said) => said
            .plain()
            .map_or_else(|| said.text().to_vec(), |t| t.into_owned().into_bytes()),
        None => text.to_vec(),
    };
    let level = of(&["level", "log_level", "severity"])
        .and_then(Json::str)
        .unwrap_or_default();
    let level: Cow<'_, str> = level.to_uppercase().into();
    let is_timeout = memchr::memmem::find(&message, b"Task timed out after ").is_some();
    Entry {
        time_ns: of(&["timestamp", "time"]).and_then(Json::time),
        request: bytes(of(&[
            "requestId",
            "AWSRequestId",
            "function_request_id",
            "awsRequestId",
        ])),
        ty: if is_timeout { "timeout" } else { "log" },
        level: level.into_owned().into_bytes(),
        message,
        error_type: bytes(of(&["errorType"])),
        function: bytes(of(&["function_name", "functionName"])),
        ..Entry::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_read_like_its_text() {
        let report = br#"{"time":"2026-03-02T09:15:02Z","type":"platform.report","record":{"requestId":"6f0c","metrics":{"durationMs":12.5,"billedDurationMs":13,"memorySizeMB":256,"maxMemoryUsedMB":80,"initDurationMs":300.25},"status":"error","errorType":"Runtime.ExitError"}}"#;
        assert!(is_platform(report));
        let entry = read(report).unwrap_or_default();
        assert_eq!(
            (entry.ty, entry.duration_ms, entry.init_ms),
            ("report", Some(12.5), Some(300.25))
        );
        assert_eq!(entry.error_type, b"Runtime.ExitError");
    }

    #[test]
    fn an_object_of_the_function_s_own_is_a_line() {
        let entry = read(
            br#"{"timestamp":"2026-03-02T09:15:01Z","level":"info","requestId":"6f0c","message":{"a":1}}"#,
        );
        let entry = entry.unwrap_or_default();
        assert_eq!((entry.ty, entry.level.as_slice()), ("log", &b"INFO"[..]));
        assert_eq!(entry.message, br#"{"a":1}"#);
        assert_eq!(read(br#"{"a":1} and more"#), None);
    }
}
