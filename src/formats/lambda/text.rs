//! The lines of Lambda's text format.

use super::Entry;
use crate::base::time;

/// Kinds of platform lines by how they begin.
const BEGINNINGS: [(&[u8], &str); 9] = [
    (b"START RequestId: ", "start"),
    (b"END RequestId: ", "end"),
    (b"REPORT RequestId: ", "report"),
    (b"INIT_START ", "initStart"),
    (b"INIT_REPORT ", "initReport"),
    (b"RESTORE_START ", "restoreStart"),
    (b"RESTORE_REPORT ", "restoreReport"),
    (b"EXTENSION\t", "extension"),
    (b"TELEMETRY\t", "telemetrySubscription"),
];
const LEVELS: [&[u8]; 9] = [
    b"TRACE",
    b"DEBUG",
    b"INFO",
    b"WARN",
    b"WARNING",
    b"ERROR",
    b"FATAL",
    b"CRITICAL",
    b"EXCEPTION",
];

/// A line that only the service writes: `START`, `END` and `REPORT` of a request, or the start of an environment.
pub(super) fn is_platform(line: &[u8]) -> bool {
    let of_request = BEGINNINGS[..3]
        .iter()
        .any(|(begins, _)| line.strip_prefix(*begins).is_some_and(|rest| id(rest).is_some()));
    of_request || line.starts_with(b"INIT_START Runtime Version: ")
}

/// `6f0c1e6a-0000-4000-8000-000000000001` at the beginning of a text.
fn id(text: &[u8]) -> Option<&[u8]> {
    let id = text.get(..36)?;
    let right = id.iter().enumerate().all(|(at, b)| match at {
        8 | 13 | 18 | 23 => *b == b'-',
        _ => b.is_ascii_hexdigit(),
    });
    right.then_some(id)
}

/// Does an event begin with this line, as far as it can be told without a container?
pub(super) fn begins(line: &[u8]) -> bool {
    let platform = BEGINNINGS.iter().any(|(begins, _)| line.starts_with(begins));
    let word = line
        .split(|b| *b == b'\t' || *b == b' ')
        .next()
        .unwrap_or_default();
    platform
        || line.starts_with(b"{")
        || line.starts_with(b"RequestId: ")
        || time::parse_iso(word).is_some()
        || level(word).is_some()
        || line.first().is_some_and(|b| *b > b' ')
}

/// `[ERROR]` or `ERROR`
fn level(word: &[u8]) -> Option<&[u8]> {
    let inside = word.strip_prefix(b"[").and_then(|w| w.strip_suffix(b"]"));
    let word = inside.unwrap_or(word);
    LEVELS.contains(&word).then_some(word)
}

/// The value behind `Name: ` in a line of fields between tabs.
fn named<'a>(line: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let fields = line.split(|b| *b == b'\t');
    let mut values = fields.filter_map(|f| f.trim_ascii().strip_prefix(name.as_bytes())?.strip_prefix(b": "));
    values.next().map(<[u8]>::trim_ascii)
}

/// The number of `339.77 ms`, `512 MB`.
fn number(value: Option<&[u8]>) -> Option<f64> {
    let text = std::str::from_utf8(value?).ok()?;
    text.split(' ').next()?.parse().ok()
}

fn owned(value: Option<&[u8]>) -> Vec<u8> {
    value.unwrap_or_default().to_vec()
}

pub(super) fn read(text: &[u8]) -> Entry {
    let found = BEGINNINGS.iter().find(|(begins, _)| text.starts_with(begins));
    let Some((begins, ty)) = found else {
        return application(text);
    };
    let rest = text.get(begins.len()..).unwrap_or_default();
    let mut entry = Entry {
        ty,
        message: text.to_vec(),
        request: owned(id(rest)),
        status: owned(named(text, "Status")),
        error_type: owned(named(text, "Error Type")),
        trace: owned(named(text, "XRAY TraceId")),
        duration_ms: number(named(text, "Duration")),
        billed_ms: number(named(text, "Billed Duration")).map(|n| n as i64),
        memory_mb: number(named(text, "Memory Size")).map(|n| n as i64),
        used_mb: number(named(text, "Max Memory Used")).map(|n| n as i64),
        init_ms: number(named(text, "Init Duration")),
        restore_ms: number(named(text, "Restore Duration")),
        ..Entry::default()
    };
    match *ty {
        "start" => {
            let version = memchr::memmem::find(rest, b"Version: ").and_then(|at| rest.get(at + 9..));
            entry.version = owned(version.map(<[u8]>::trim_ascii));
        }
        // `INIT_START Runtime Version: python:3.12.v30	Runtime Version ARN: …`
        "initStart" => {
            let runtime = rest.strip_prefix(b"Runtime Version: ");
            entry.runtime = owned(
                runtime
                    .and_then(|r| r.split(|b| *b == b'\t').next())
                    .map(<[u8]>::trim_ascii),
            );
        }
        // `INIT_REPORT Init Duration: 1.2 ms	Phase: init	Status: timeout`
        "initReport" => {
            let first = rest.strip_prefix(b"Init Duration: ");
            entry.init_ms = number(first).or(entry.init_ms);
        }
        "restoreReport" => {
            let first = rest.strip_prefix(b"Restore Duration: ");
            entry.restore_ms = number(first).or(entry.restore_ms);
        }
        _ => {}
    }
    entry
}

/// What the function wrote, or what the service says of it in words.
fn application(text: &[u8]) -> Entry {
    let mut entry = Entry {
        ty: "log",
        message: text.to_vec(),
        ..Entry::default()
    };
    let line = text.split(|b| *b == b'\n').next().unwrap_or_default();
    // `2026-03-02T09:15:01.000Z ID Task timed out after 3.00 seconds`, `RequestId: ID Error: Runtime exited …`
    if memchr::memmem::find(line, b"Task timed out after ").is_some() {
        entry.ty = "timeout";
        entry.status = b"timeout".to_vec();
    }
    if let Some(rest) = line.strip_prefix(b"RequestId: ") {
        entry.request = owned(id(rest));
        entry.level = b"ERROR".to_vec();
        return entry;
    }
    // Time, request and level stand before the message, in an order that the runtime chooses.
    let mut rest = line;
    for _ in 0..3 {
        let end = memchr::memchr2(b'\t', b' ', rest).unwrap_or(rest.len());
        let word = rest.get(..end).unwrap_or_default();
        if let (None, Some(at)) = (entry.time_ns, time::parse_iso(word)) {
            entry.time_ns = Some(at);
        } else if let (true, Some(level)) = (entry.level.is_empty(), level(word)) {
            entry.level = level.to_vec();
        } else if word.len() == 36 && entry.request.is_empty() && id(word).is_some() {
            entry.request = word.to_vec();
        } else {
            break;
        }
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    entry
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "6f0c1e6a-0000-4000-8000-000000000001";

    #[test]
    fn a_report_tells_what_was_used() {
        let line = format!(
            "REPORT RequestId: {ID}\tDuration: 339.77 ms\tBilled Duration: 400 ms \tMemory Size: 512 MB\tMax Memory Used: 29 MB\tInit Duration: 120.5 ms\t\nXRAY TraceId: 1-0\tSegmentId: 2\tSampled: true\t\nStatus: timeout"
        );
        let entry = read(line.replace('\n', "").as_bytes());
        assert_eq!((entry.ty, entry.request.as_slice()), ("report", ID.as_bytes()));
        assert_eq!(
            (
                entry.duration_ms,
                entry.billed_ms,
                entry.memory_mb,
                entry.used_mb,
                entry.init_ms
            ),
            (Some(339.77), Some(400), Some(512), Some(29), Some(120.5))
        );
        assert_eq!(
            (entry.trace.as_slice(), entry.status.as_slice()),
            (&b"1-0"[..], &b"timeout"[..])
        );
    }

    #[test]
    fn runtimes_order_time_request_and_level_as_they_like() {
        let node = read(format!("2026-03-02T09:15:01.250Z\t{ID}\tERROR\tInvoke Error").as_bytes());
        let python = read(format!("[ERROR]\t2026-03-02T09:15:01.250Z\t{ID}\tno such key").as_bytes());
        for entry in [&node, &python] {
            assert_eq!(
                (entry.level.as_slice(), entry.request.as_slice()),
                (&b"ERROR"[..], ID.as_bytes())
            );
            assert!(entry.time_ns.is_some());
        }
        assert_eq!(read(b"just words").level, b"");
    }

    #[test]
    fn a_timeout_is_told_in_words() {
        let entry =
            read(format!("2026-03-02T09:15:04.000Z {ID} Task timed out after 3.00 seconds").as_bytes());
        assert_eq!((entry.ty, entry.request.as_slice()), ("timeout", ID.as_bytes()));
    }

    #[test]
    fn only_the_service_s_own_lines_are_platform_lines() {
        assert!(is_platform(
            format!("START RequestId: {ID} Version: $LATEST").as_bytes()
        ));
        assert!(!is_platform(b"START RequestId: soon"));
        assert!(!is_platform(b"REPORT of the day"));
    }
}
