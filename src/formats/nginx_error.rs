//! Error logs of nginx. A line that begins with no time goes on with the one before.
//!
//! What stands behind a message (`client`, `server`, `request`, `upstream`, `host`, …) has a field each. Derived of the request: see
//! [`super::access`]. Times have no zone: they are taken as UTC.

use super::access::{HOST, METHOD, PATH, endpoint, request, target};
use super::lines::sample_lines;
use super::log_events::{EventReader, OnEvent, beginning};
use super::{Confidence, LogFormat, Options, Reader, Sample, stamps};
use crate::base::facts::position;
use crate::base::{Facts, FieldSpec as F, Group, Role};
use crate::table::{RowSink, Told};

pub struct NginxError;

const FIELDS: &[F] = &[
    F::time("time").role(Role::Time),
    F::text("level").role(Role::Severity),
    F::int("pid"),
    F::int("tid"),
    F::int("connection"),
    F::text("message").role(Role::Message),
    F::address("client").role(Role::SourceAddress),
    F::text("server").role(Role::Resource),
    METHOD.role(Role::Action),
    F::text("request_url"),
    F::text("request_proto"),
    F::text("subrequest"),
    F::text("upstream"),
    F::text("host"),
    F::text("referrer"),
    F::text("login").role(Role::Actor),
    HOST,
    PATH,
];

static FACTS: Facts = Facts {
    id: "nginx-error",
    title: "nginx error logs",
    records: "messages",
    group: Group::Host,
    spec_url: "https://nginx.org/en/docs/ngx_core_module.html#error_log",
    shapes: &["error.log with its continuation lines; times without a zone are taken as UTC"],
    export_hint: "/var/log/nginx/error.log*",
    fields: FIELDS,
    columns: &[
        "time",
        "level",
        "client",
        "server",
        "requestMethod",
        "requestPath",
        "upstream",
        "message",
    ],
    aliases: &[
        ("severity", "level"),
        ("referer", "referrer"),
        ("cid", "connection"),
    ],
    dedupe: false,
};

const TIME: usize = position(FIELDS, "time");
const LEVEL: usize = position(FIELDS, "level");
const PID: usize = position(FIELDS, "pid");
const TID: usize = position(FIELDS, "tid");
const CONNECTION: usize = position(FIELDS, "connection");
const MESSAGE: usize = position(FIELDS, "message");
const CLIENT: usize = position(FIELDS, "client");
const METHOD_AT: usize = position(FIELDS, "requestMethod");
const URL: usize = position(FIELDS, "request_url");
const PROTOCOL: usize = position(FIELDS, "request_proto");
const OF_HOST: usize = position(FIELDS, "requestHost");
const PATH_AT: usize = position(FIELDS, "requestPath");

/// What nginx adds behind a message, with the fields that hold it as it is.
const BEHIND: [(&[u8], usize); 7] = [
    (b"server", position(FIELDS, "server")),
    (b"subrequest", position(FIELDS, "subrequest")),
    (b"upstream", position(FIELDS, "upstream")),
    (b"host", position(FIELDS, "host")),
    (b"referrer", position(FIELDS, "referrer")),
    (b"login", position(FIELDS, "login")),
    (b"client", CLIENT),
];

/// Bytes of a message that are kept in its column.
const KEPT: usize = 2048;
const LINES: usize = 40;
const LEVELS: [&[u8]; 8] = [
    b"emerg", b"alert", b"crit", b"error", b"warn", b"notice", b"info", b"debug",
];

/// What every line begins with: `2021/04/01 13:02:31 [error] 31#31: `.
struct Head<'a> {
    time_ns: i64,
    level: &'a [u8],
    pid: u32,
    tid: u32,
    rest: &'a [u8],
}

fn head(text: &[u8]) -> Option<Head<'_>> {
    let (time_ns, rest) = stamps::slashed(text)?;
    let rest = rest.strip_prefix(b" [")?;
    let (level, rest) = rest.split_at_checked(memchr::memchr(b']', rest.get(..8.min(rest.len()))?)?)?;
    if !LEVELS.contains(&level) {
        return None;
    }
    let rest = rest.strip_prefix(b"] ")?;
    let end = memchr::memchr(b':', rest)?;
    let process = rest.get(..end)?;
    let hash = memchr::memchr(b'#', process)?;
    Some(Head {
        time_ns,
        level,
        pid: stamps::number(process.get(..hash)?)?,
        tid: stamps::number(process.get(hash + 1..)?)?,
        rest: rest.get(end + 1..)?.trim_ascii_start(),
    })
}

/// A value behind a message, without its quotes, and what stands behind it.
fn value(text: &[u8]) -> (&[u8], &[u8]) {
    if let Some(quoted) = text.strip_prefix(b"\"") {
        let mut all = memchr::memchr_iter(b'"', quoted);
        let end = all.find(|at| {
            quoted
                .get(at + 1..)
                .is_some_and(|r| r.is_empty() || r.starts_with(b", "))
        });
        let (value, rest) = quoted.split_at(end.unwrap_or(quoted.len()));
        return (value, rest.get(1..).unwrap_or_default());
    }
    text.split_at(memchr::memmem::find(text, b", ").unwrap_or(text.len()))
}

impl LogFormat for NginxError {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        let lines = || sample_lines(sample).take(LINES);
        let own = lines().filter(|line| head(line).is_some()).count();
        match own {
            0 => None,
            n if n * 2 > lines().count() => Some(Confidence::Certain),
            _ => Some(Confidence::Possible),
        }
    }

    fn has_more(&self) -> bool {
        false
    }

    fn reader(&self, _: &Sample<'_>, _: &Options) -> Box<dyn Reader> {
        Box::new(EventReader::new(Messages))
    }
}

struct Messages;

impl OnEvent for Messages {
    fn begins(&self, line: &[u8]) -> bool {
        head(line).is_some()
    }

    fn event(&mut self, offset: u64, text: &[u8], told: Option<&Told>, sink: &mut RowSink<'_>) {
        let Some(head) = head(text) else {
            let Some(at) = told.and_then(|t| t.time_ns) else {
                let why = "no time, level and process at its beginning, and no message before it that it could go on with";
                return sink.reject(why, offset, text);
            };
            sink.int(TIME, at);
            sink.text(MESSAGE, beginning(text, KEPT));
            return sink.end(offset, text.len() as u64);
        };
        sink.int(TIME, head.time_ns);
        sink.text(LEVEL, head.level);
        sink.int(PID, head.pid.into());
        sink.int(TID, head.tid.into());
        let mut rest = head.rest;
        if let Some((number, more)) = rest.strip_prefix(b"*").map(stamps::word)
            && let Some(number) = std::str::from_utf8(number).ok().and_then(|n| n.parse().ok())
        {
            sink.int(CONNECTION, number);
            rest = more;
        }
        let end = memchr::memmem::find(rest, b", client: ").unwrap_or(rest.len());
        let (message, mut behind) = rest.split_at(end);
        if !message.is_empty() {
            sink.text(MESSAGE, beginning(message, KEPT));
        }
        let mut of_host = &b""[..];
        while let Some(pair) = behind.strip_prefix(b", ") {
            let Some(colon) = memchr::memmem::find(pair, b": ") else {
                break;
            };
            let name = pair.get(..colon).unwrap_or_default();
            let (value, more) = value(pair.get(colon + 2..).unwrap_or_default());
            behind = more;
            if value.is_empty() {
                continue;
            }
            if name == b"request" {
                asked(value, sink);
            } else if let Some((_, field)) = BEHIND.iter().find(|(own, _)| *own == name) {
                sink.text(*field, beginning(value, KEPT));
            }
            // A server that is told by its address was not asked for by name.
            let is_name = || endpoint(value).0.iter().any(u8::is_ascii_alphabetic) && !value.contains(&b'[');
            if name == b"host" || name == b"server" && is_name() {
                of_host = endpoint(value).0;
            }
        }
        if !of_host.is_empty() {
            sink.text(OF_HOST, of_host);
        }
        sink.end(offset, text.len() as u64);
    }
}

fn asked(line: &[u8], sink: &mut RowSink<'_>) {
    let (method, url, protocol) = request(line);
    let (_, path) = target(url);
    for (field, text) in [
        (METHOD_AT, method),
        (URL, url),
        (PROTOCOL, protocol),
        (PATH_AT, &*path),
    ] {
        if !text.is_empty() {
            sink.text(field, beginning(text, KEPT));
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn fixtures() {
        crate::formats::testing::fixtures("nginx-error");
    }
}
