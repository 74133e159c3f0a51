//! Logs of HAProxy: requests (`option httplog`, `httpslog`), connections (`tcplog`), connections that failed, and its own messages, alone or
//! in lines of syslog.
//!
//! Times that HAProxy calls `TR`, `Tw`, `Tc`, `Tr`, `Ta` and `Tt` have names in words, for `TR` and `Tr` differ in case alone; -1 is what did
//! not come about. `accept_date` has no zone and is taken as UTC. A message of HAProxy's own has the time of its syslog line, with the
//! year as [`super::syslog`] finds it. Derived: see [`super::access`]; of a connection `outcome` is `ok` where both sides ended it
//! as they should (`--`).

use super::access::{HOST, LATENCY, METHOD, OUTCOME, PATH, endpoint, outcome, request, target};
use super::lines::sample_lines;
use super::log_events::{EventReader, OnEvent, beginning};
use super::syslog::{Parts, Stamp, Years};
use super::{Confidence, LogFormat, Options, Reader, Sample, stamps};
use crate::base::facts::position;
use crate::base::{Facts, FieldSpec as F, Group, Role};
use crate::table::{RowSink, Told};

pub struct HaProxy;

const FIELDS: &[F] = &[
    F::time("accept_date").role(Role::Time),
    F::address("client_ip").role(Role::SourceAddress),
    F::int("client_port").role(Role::SourcePort),
    F::text("frontend_name").role(Role::Resource),
    F::text("backend_name"),
    F::text("server_name"),
    F::int("request_time").unit("ms"),
    F::int("queue_time").unit("ms"),
    F::int("connect_time").unit("ms"),
    F::int("response_time").unit("ms"),
    F::int("active_time").unit("ms"),
    F::int("total_time").unit("ms"),
    F::int("status_code").role(Role::Status),
    F::int("bytes_read").role(Role::Bytes).unit("B"),
    F::text("captured_request_cookie"),
    F::text("captured_response_cookie"),
    F::text("termination_state"),
    F::int("actconn"),
    F::int("feconn"),
    F::int("beconn"),
    F::int("srv_conn"),
    F::int("retries"),
    F::int("srv_queue"),
    F::int("backend_queue"),
    F::list("captured_request_headers"),
    F::list("captured_response_headers"),
    METHOD.role(Role::Action),
    F::text("request_url"),
    F::text("request_proto"),
    F::text("request"),
    F::text("ssl_fc_sni"),
    F::text("ssl_version").role(Role::Protocol),
    F::text("ssl_ciphers"),
    F::text("hostname"),
    F::int("pid"),
    F::text("message").role(Role::Message),
    HOST,
    PATH,
    OUTCOME,
    LATENCY,
];

static FACTS: Facts = Facts {
    id: "haproxy",
    title: "HAProxy logs",
    records: "requests",
    group: Group::Host,
    spec_url: "https://docs.haproxy.org/3.0/configuration.html#8.2",
    shapes: &[
        "httplog, httpslog, tcplog, failed connections, alone or in lines of syslog",
        "its own messages",
        "not read: the default format without an option, a log-format of one's own",
    ],
    export_hint: "/var/log/haproxy.log*",
    fields: FIELDS,
    columns: &[
        "accept_date",
        "client_ip",
        "frontend_name",
        "server_name",
        "requestMethod",
        "requestPath",
        "status_code",
        "latency",
        "bytes_read",
        "termination_state",
    ],
    aliases: &[
        ("statusCode", "status_code"),
        ("tlsProtocol", "ssl_version"),
        ("tlsCipher", "ssl_ciphers"),
        ("requestError", "termination_state"),
        ("Tw", "queue_time"),
        ("Tc", "connect_time"),
        ("Tr", "response_time"),
        ("Ta", "active_time"),
        ("Tt", "total_time"),
        ("http_request", "request"),
    ],
    dedupe: false,
};

const DATE: usize = position(FIELDS, "accept_date");
const CLIENT: usize = position(FIELDS, "client_ip");
const CLIENT_PORT: usize = position(FIELDS, "client_port");
const FRONTEND: usize = position(FIELDS, "frontend_name");
const BACKEND: usize = position(FIELDS, "backend_name");
const SERVER: usize = position(FIELDS, "server_name");
const STATUS: usize = position(FIELDS, "status_code");
const BYTES: usize = position(FIELDS, "bytes_read");
const COOKIES: [usize; 2] = [
    position(FIELDS, "captured_request_cookie"),
    position(FIELDS, "captured_response_cookie"),
];
const STATE: usize = position(FIELDS, "termination_state");
const CONNECTIONS: [usize; 5] = [
    position(FIELDS, "actconn"),
    position(FIELDS, "feconn"),
    position(FIELDS, "beconn"),
    position(FIELDS, "srv_conn"),
    position(FIELDS, "retries"),
];
const QUEUES: [usize; 2] = [position(FIELDS, "srv_queue"), position(FIELDS, "backend_queue")];
const HEADERS: [usize; 2] = [
    position(FIELDS, "captured_request_headers"),
    position(FIELDS, "captured_response_headers"),
];
const METHOD_AT: usize = position(FIELDS, "requestMethod");
const URL: usize = position(FIELDS, "request_url");
const PROTOCOL: usize = position(FIELDS, "request_proto");
const REQUEST: usize = position(FIELDS, "request");
const SSL: [usize; 3] = [
    position(FIELDS, "ssl_fc_sni"),
    position(FIELDS, "ssl_version"),
    position(FIELDS, "ssl_ciphers"),
];
const HOSTNAME: usize = position(FIELDS, "hostname");
const PID: usize = position(FIELDS, "pid");
const MESSAGE: usize = position(FIELDS, "message");
const OF_HOST: usize = position(FIELDS, "requestHost");
const PATH_AT: usize = position(FIELDS, "requestPath");
const OUTCOME_AT: usize = position(FIELDS, "outcome");
const LATENCY_AT: usize = position(FIELDS, "latency");
/// Times of a request, and of a connection; the last is all of it.
const TIMES_HTTP: [usize; 5] = [
    position(FIELDS, "request_time"),
    position(FIELDS, "queue_time"),
    position(FIELDS, "connect_time"),
    position(FIELDS, "response_time"),
    position(FIELDS, "active_time"),
];
const TIMES_TCP: [usize; 3] = [
    position(FIELDS, "queue_time"),
    position(FIELDS, "connect_time"),
    position(FIELDS, "total_time"),
];

/// Bytes of a message or a URL that are kept in a column.
const KEPT: usize = 2048;
const LINES: usize = 40;

/// What stands before every request, connection and failed connection: `client:port [date] `.
struct Head<'a> {
    address: &'a [u8],
    port: u16,
    date_ns: i64,
    rest: &'a [u8],
}

fn head(text: &[u8]) -> Option<Head<'_>> {
    let (client, rest) = stamps::word(text);
    let (address, port) = endpoint(client);
    let rest = rest.strip_prefix(b"[")?;
    let (date, rest) = rest.split_at_checked(memchr::memchr(b']', rest.get(..40.min(rest.len()))?)?)?;
    Some(Head {
        address,
        port: port?,
        date_ns: stamps::clf_fraction(date)?,
        rest: rest.strip_prefix(b"] ")?,
    })
}

/// What syslog put around a line, and the line.
fn unwrapped(line: &[u8]) -> (Option<Parts<'_>>, &[u8]) {
    match Parts::read(line) {
        Some(parts) => {
            let message = parts.message;
            (Some(parts), message)
        }
        None => (None, line),
    }
}

impl LogFormat for HaProxy {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        let lines = || sample_lines(sample).take(LINES);
        let own = lines().filter(|line| head(unwrapped(line).1).is_some()).count();
        match own {
            0 => None,
            n if n * 2 > lines().count() => Some(Confidence::Certain),
            // Among what others wrote.
            _ => Some(Confidence::Possible),
        }
    }

    fn has_more(&self) -> bool {
        false
    }

    fn reader(&self, sample: &Sample<'_>, options: &Options) -> Box<dyn Reader> {
        let mut years = Years::new(sample.path, options);
        // Messages before the first request are of its year.
        let first = sample_lines(sample).find_map(|line| head(unwrapped(line).1).map(|h| h.date_ns));
        if let Some(at) = first {
            years.met(at);
        }
        Box::new(EventReader::new(Lines { years }))
    }
}

struct Lines {
    years: Years,
}

impl OnEvent for Lines {
    fn begins(&self, line: &[u8]) -> bool {
        line.first().is_some_and(|b| *b > b' ')
    }

    fn event(&mut self, offset: u64, text: &[u8], told: Option<&Told>, sink: &mut RowSink<'_>) {
        let (parts, line) = unwrapped(text);
        let mut written = told.and_then(|t| t.time_ns);
        if let Some(parts) = &parts {
            if !parts.host.is_empty() {
                sink.text(HOSTNAME, parts.host);
            }
            if let Some(pid) = stamps::number(parts.process) {
                sink.int(PID, pid.into());
            }
        }
        if let Some(head) = head(line) {
            self.years.met(head.date_ns);
            sink.int(DATE, head.date_ns);
            sink.text(CLIENT, head.address);
            sink.int(CLIENT_PORT, head.port.into());
            if let Err(why) = served(head.rest, sink) {
                return sink.reject(why, offset, text);
            }
            return sink.end(offset, text.len() as u64);
        }
        if let Some(parts) = &parts {
            written = match parts.stamp {
                Stamp::None => written,
                stamp => self.years.of(stamp).or(written),
            };
        } else if written.is_none() {
            let why = "neither a request nor a connection of HAProxy's formats, nor a line of syslog";
            return sink.reject(why, offset, text);
        }
        if let Some(at) = written {
            sink.int(DATE, at);
        }
        sink.text(MESSAGE, beginning(line, KEPT));
        sink.end(offset, text.len() as u64);
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        self.years.finish(sink);
    }
}

/// Integers between slashes; a `+` before one says that it was logged before the end.
fn numbers(text: &[u8]) -> Option<Vec<i64>> {
    let number = |part: &[u8]| {
        let digits = part.strip_prefix(b"+").unwrap_or(part);
        std::str::from_utf8(digits).ok()?.parse().ok()
    };
    text.split(|b| *b == b'/').take(8).map(number).collect()
}

fn set(fields: &[usize], values: &[i64], sink: &mut RowSink<'_>) {
    for (field, value) in fields.iter().zip(values) {
        sink.int(*field, *value);
    }
}

fn known(field: usize, value: &[u8], sink: &mut RowSink<'_>) {
    if !value.is_empty() && value != b"-" {
        sink.text(field, beginning(value, KEPT));
    }
}

/// What stands behind the date.
fn served(text: &[u8], sink: &mut RowSink<'_>) -> Result<(), &'static str> {
    let (frontend, rest) = stamps::word(text);
    // `frontend/bind: SSL handshake failure`
    if let Some(frontend) = frontend.strip_suffix(b":") {
        known(
            FRONTEND,
            frontend.split(|b| *b == b'/').next().unwrap_or_default(),
            sink,
        );
        known(MESSAGE, rest, sink);
        sink.text(OUTCOME_AT, b"failed");
        return Ok(());
    }
    // A `~` says that it came by TLS.
    known(FRONTEND, frontend.strip_suffix(b"~").unwrap_or(frontend), sink);
    let (served_by, rest) = stamps::word(rest);
    let slash = memchr::memchr(b'/', served_by).ok_or("no backend and server behind the frontend")?;
    known(BACKEND, served_by.get(..slash).unwrap_or_default(), sink);
    let server = served_by.get(slash + 1..).unwrap_or_default();
    // `<NOSRV>`: it never came to one.
    known(SERVER, if server.starts_with(b"<") { b"" } else { server }, sink);
    let (times, rest) = stamps::word(rest);
    let times = numbers(times).ok_or("the times are no numbers")?;
    let is_http = match times.len() {
        5 => true,
        3 => false,
        _ => return Err("neither the five times of a request nor the three of a connection"),
    };
    set(if is_http { &TIMES_HTTP } else { &TIMES_TCP }, &times, sink);
    if let Some(all) = times.last().filter(|ms| **ms >= 0) {
        sink.float(LATENCY_AT, *all as f64);
    }
    let (status, rest) = match is_http {
        true => stamps::word(rest),
        false => (&b""[..], rest),
    };
    let (bytes, mut rest) = stamps::word(rest);
    let bytes = numbers(bytes).ok_or("the size is no number")?;
    set(&[BYTES], &bytes, sink);
    if is_http {
        let status = numbers(status).and_then(|s| s.first().copied());
        let status = status.ok_or("the status is no number")?;
        sink.int(STATUS, status);
        sink.text(OUTCOME_AT, outcome(Some(status)));
        for field in COOKIES {
            let (cookie, more) = stamps::word(rest);
            known(field, cookie, sink);
            rest = more;
        }
    }
    let (state, rest) = stamps::word(rest);
    sink.text(STATE, state);
    if !is_http {
        sink.text(OUTCOME_AT, if state == b"--" { b"ok" } else { b"failed" });
    }
    let (connections, rest) = stamps::word(rest);
    let (queues, mut rest) = stamps::word(rest);
    set(
        &CONNECTIONS,
        &numbers(connections).ok_or("the numbers of connections are none")?,
        sink,
    );
    set(
        &QUEUES,
        &numbers(queues).ok_or("the numbers in queues are none")?,
        sink,
    );
    if !is_http {
        return Ok(());
    }
    for field in HEADERS {
        let Some(inside) = rest.strip_prefix(b"{") else {
            break;
        };
        let is_end = |at: &usize| {
            let after = inside.get(at + 1..).unwrap_or_default();
            after.is_empty() || after.starts_with(b" {") || after.starts_with(b" \"")
        };
        let Some(end) = memchr::memchr_iter(b'}', inside).find(is_end) else {
            break;
        };
        let items: Vec<&[u8]> = inside
            .get(..end)
            .unwrap_or_default()
            .split(|b| *b == b'|')
            .collect();
        if items.iter().any(|item| !item.is_empty()) {
            sink.list(field, &items);
        }
        rest = inside.get(end + 1..).unwrap_or_default().trim_ascii_start();
    }
    let line = rest
        .strip_prefix(b"\"")
        .ok_or("no request at its end: the line was cut")?;
    // Quotes in a URL are escaped; a line that is too long ends without one.
    let end = memchr::memchr(b'"', line).unwrap_or(line.len());
    let (line, behind) = line.split_at(end);
    asked(line, sink);
    let (_, ssl) = stamps::word(behind.strip_prefix(b"\"").unwrap_or_default().trim_ascii_start());
    for (field, value) in SSL.iter().zip(ssl.split(|b| *b == b'/')) {
        known(*field, value, sink);
    }
    Ok(())
}

fn asked(line: &[u8], sink: &mut RowSink<'_>) {
    let (method, url, protocol) = request(line);
    if url.is_empty() || !method.iter().all(|b| b.is_ascii_uppercase() || *b == b'-') {
        // `<BADREQ>`
        return known(REQUEST, line, sink);
    }
    let (host, path) = target(url);
    for (field, text) in [
        (METHOD_AT, method),
        (URL, url),
        (PROTOCOL, protocol),
        (OF_HOST, host),
        (PATH_AT, &*path),
    ] {
        known(field, text, sink);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn fixtures() {
        crate::formats::testing::fixtures("haproxy");
    }
}
