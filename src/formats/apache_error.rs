//! Error logs of Apache httpd, as 2.2 and 2.4 write them by themselves. A line that begins with no time goes on with the one before.
//!
//! Fields are named after the parts of ErrorLogFormat. Times have no zone: they are taken as UTC.

use super::access::endpoint;
use super::lines::sample_lines;
use super::log_events::{EventReader, OnEvent, beginning};
use super::{Confidence, LogFormat, Options, Reader, Sample, stamps};
use crate::base::facts::position;
use crate::base::{Facts, FieldSpec as F, Group, Role};
use crate::table::{RowSink, Told};

pub struct ApacheError;

const FIELDS: &[F] = &[
    F::time("time").role(Role::Time),
    F::text("level").role(Role::Severity),
    F::text("module").role(Role::Service),
    F::int("pid"),
    F::int("tid"),
    F::address("client_address").role(Role::SourceAddress),
    F::int("client_port").role(Role::SourcePort),
    F::text("code").role(Role::Action),
    F::text("message").role(Role::Message),
    F::text("referer"),
];

static FACTS: Facts = Facts {
    id: "apache-error",
    title: "Apache error logs",
    records: "messages",
    group: Group::Host,
    spec_url: "https://httpd.apache.org/docs/2.4/mod/core.html#errorlogformat",
    shapes: &[
        "2.2 and 2.4 with their own ErrorLogFormat; times without a zone are taken as UTC",
        "not read: an ErrorLogFormat of one's own that does not begin with the time",
    ],
    export_hint: "/var/log/apache2/error.log*, /var/log/httpd/error_log*",
    fields: FIELDS,
    columns: &["time", "level", "module", "client_address", "code", "message"],
    aliases: &[("severity", "level"), ("referrer", "referer")],
    dedupe: false,
};

const TIME: usize = position(FIELDS, "time");
const LEVEL: usize = position(FIELDS, "level");
const MODULE: usize = position(FIELDS, "module");
const PID: usize = position(FIELDS, "pid");
const TID: usize = position(FIELDS, "tid");
const CLIENT: usize = position(FIELDS, "client_address");
const PORT: usize = position(FIELDS, "client_port");
const CODE: usize = position(FIELDS, "code");
const MESSAGE: usize = position(FIELDS, "message");
const REFERER: usize = position(FIELDS, "referer");

/// Bytes of a message that are kept in its column.
const KEPT: usize = 2048;
const LINES: usize = 40;
const LEVELS: [&[u8]; 8] = [
    b"emerg", b"alert", b"crit", b"error", b"warn", b"notice", b"info", b"debug",
];

/// What is in the brackets that a text begins with, and what stands behind them.
fn bracket(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = text.strip_prefix(b"[")?;
    let end = memchr::memchr(b']', rest)?;
    Some((rest.get(..end)?, rest.get(end + 1..)?))
}

fn is_level(word: &[u8]) -> bool {
    let trace = word
        .strip_prefix(b"trace")
        .is_some_and(|n| matches!(n, [b'1'..=b'8']));
    LEVELS.contains(&word) || trace
}

/// Where a message has a number of its own: `AH00558: …`, also behind an error of the system's.
fn code(message: &[u8]) -> Option<&[u8]> {
    let head = message.get(..message.len().min(256)).unwrap_or_default();
    let is_code = |at: usize| {
        let digits = head
            .get(at + 2..at + 7)
            .is_some_and(|d| d.iter().all(u8::is_ascii_digit));
        let alone = at == 0 || head.get(at - 1) == Some(&b' ');
        digits && alone && head.get(at + 7) == Some(&b':')
    };
    let at = memchr::memmem::find_iter(head, b"AH").find(|at| is_code(*at))?;
    head.get(at..at + 7)
}

/// `client 192.0.2.1:51844`
fn peer(inside: &[u8]) -> Option<&[u8]> {
    inside
        .strip_prefix(b"client ")
        .or(inside.strip_prefix(b"remote "))
}

/// 2.2 writes no port; the end of an IPv6 address could be taken for one.
fn client(text: &[u8], has_port: bool, sink: &mut RowSink<'_>) {
    let (address, port) = if has_port { endpoint(text) } else { (text, None) };
    sink.text(CLIENT, address);
    if let Some(port) = port {
        sink.int(PORT, port.into());
    }
}

impl LogFormat for ApacheError {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        let is_its = |line: &&[u8]| {
            let level = |rest: &[u8]| {
                let (inside, _) = bracket(rest.trim_ascii_start())?;
                Some(is_level(inside.rsplit(|b| *b == b':').next()?))
            };
            let begins = bracket(line).filter(|(at, _)| stamps::ctime(at).is_some());
            begins.and_then(|(_, rest)| level(rest)).unwrap_or(false)
        };
        let mut lines = sample_lines(sample).take(LINES);
        // A log may begin in the middle of a message, or with a module's own words.
        let own = lines.by_ref().filter(is_its).count();
        match own {
            0 => None,
            n if n * 2 > sample_lines(sample).take(LINES).count() => Some(Confidence::Certain),
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
        bracket(line).is_some_and(|(at, _)| stamps::ctime(at).is_some())
    }

    fn event(&mut self, offset: u64, text: &[u8], told: Option<&Told>, sink: &mut RowSink<'_>) {
        let begins = bracket(text).and_then(|(at, rest)| Some((stamps::ctime(at)?, rest)));
        let (at, mut rest) = match (begins, told.and_then(|t| t.time_ns)) {
            (Some((at, rest)), _) => (at, rest.trim_ascii_start()),
            (None, Some(at)) => (at, text),
            (None, None) => {
                let why =
                    "no time in brackets at its beginning, and no message before it that it could go on with";
                return sink.reject(why, offset, text);
            }
        };
        sink.int(TIME, at);
        let (mut is_new, mut has_client) = (false, false);
        while let Some((inside, more)) = bracket(rest) {
            let level = inside.rsplit(|b| *b == b':').next().unwrap_or_default();
            if is_level(level) {
                sink.text(LEVEL, level);
                let module = inside
                    .split(|b| *b == b':')
                    .next()
                    .filter(|m| m.len() < inside.len());
                is_new |= module.is_some();
                if let Some(module) = module.filter(|m| !m.is_empty()) {
                    sink.text(MODULE, module);
                }
            } else if let Some(process) = inside.strip_prefix(b"pid ") {
                is_new = true;
                let mut parts = process.split(|b| *b == b':');
                let number = |digits: &[u8]| std::str::from_utf8(digits).ok()?.trim().parse::<i64>().ok();
                if let Some(pid) = parts.next().and_then(number) {
                    sink.int(PID, pid);
                }
                if let Some(tid) = parts.next().and_then(|t| number(t.strip_prefix(b"tid ")?)) {
                    sink.int(TID, tid);
                }
            } else if let Some(of) = peer(inside) {
                client(of, is_new, sink);
                has_client = true;
            } else {
                break;
            }
            rest = more.trim_ascii_start();
        }
        // Behind the place in the source, or an error of the system's: `(111)Connection refused: [client 192.0.2.1:7] …`
        let start = rest.get(..rest.len().min(256)).unwrap_or_default();
        if !has_client
            && let Some(at) = memchr::memmem::find(start, b": [")
            && let Some(of) =
                bracket(rest.get(at + 2..).unwrap_or_default()).and_then(|(inside, _)| peer(inside))
        {
            client(of, is_new, sink);
        }
        const BEFORE: &[u8] = b", referer: ";
        let (message, referer) = match memchr::memmem::rfind(rest, BEFORE) {
            Some(at) => (rest.get(..at), rest.get(at + BEFORE.len()..)),
            None => (Some(rest), None),
        };
        let message = message.unwrap_or_default();
        if let Some(code) = code(message) {
            sink.text(CODE, code);
        }
        if !message.is_empty() {
            sink.text(MESSAGE, beginning(message, KEPT));
        }
        if let Some(referer) = referer.filter(|r| !r.is_empty()) {
            sink.text(REFERER, beginning(referer, KEPT));
        }
        sink.end(offset, text.len() as u64);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn fixtures() {
        crate::formats::testing::fixtures("apache-error");
    }
}
