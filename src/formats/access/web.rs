//! Requests as web servers write them in lines: Apache's common log format, and what is put before and behind it.
//!
//! `host logname user [time] "request" status bytes`, then `"referer" "agent"` (combined), in front `vhost:port`, behind it
//! `"forwarded-for"` or whatever else a configuration adds: values that nothing names are kept as `field10` and so on. A user
//! may hold spaces. Quotes inside of quoted values are escaped by the servers (`\"`, `\x22`).
//!
//! What a container prints is requests and the server's own messages, mixed: a line that is no request is kept with its
//! text as `message`, and counted apart.

mod line;

use super::{HOST, LATENCY, METHOD, OUTCOME, PATH, clf, endpoint, outcome, request, target};
use crate::base::{Facts, FieldType};
use crate::formats::lines::{Line, Lines, sample_lines};
use crate::formats::log_events::beginning;
use crate::formats::{Confidence, LogFormat, Options, Reader, Sample, stamps};
use crate::table::{Recent, RowSink};
use line::{MAX_BEFORE_TIME, addresses, cut, digits, float, instant, unescaped, with_lists};
pub(in crate::formats) use line::{Part, Request};

/// Lines looked at to recognise a member.
const SAMPLE_LINES: usize = 20;
/// Values without a name that are kept; a longer line is not this log.
const MAX_UNNAMED: usize = 32;
/// Bytes of a message that are kept in its column.
const KEPT: usize = 2048;

/// A kind of such logs.
pub(in crate::formats) struct Web {
    pub facts: &'static Facts,
    pub names: Names,
    /// What only lines of this kind look like; where none is in a sample, it is not taken for this kind.
    pub proof: Option<fn(&Request<'_>) -> bool>,
    /// What stands behind the agent, by name, where its values are all of these.
    pub behind: &'static [&'static str],
}

/// What a server calls the fields that all have.
pub(in crate::formats) struct Names {
    pub host: &'static str,
    pub logname: &'static str,
    pub user: &'static str,
    pub time: &'static str,
    pub bytes: &'static str,
    pub referer: &'static str,
    pub agent: &'static str,
    pub forwarded: &'static str,
}

impl LogFormat for Web {
    fn facts(&self) -> &'static Facts {
        self.facts
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        fn holds(line: &[u8], is_so: impl Fn(&Request<'_>) -> bool) -> bool {
            let mut parts = Vec::new();
            cut(line, &mut parts);
            Request::of(line, &parts).is_some_and(|r| r.is_sure() && is_so(&r))
        }
        let (mut own, mut all) = (0, 0);
        for line in sample_lines(sample).take(SAMPLE_LINES) {
            own += usize::from(holds(line, |_| true));
            all += 1;
        }
        if own == 0 {
            return None;
        }
        if let Some(proof) = self.proof
            && !sample_lines(sample).any(|line| holds(line, proof))
        {
            return None;
        }
        Some(match own * 2 > all {
            true => Confidence::Certain,
            false => Confidence::Likely,
        })
    }

    fn restarts_after(&self, _: &Sample<'_>) -> Option<usize> {
        Some(0)
    }

    fn has_more(&self) -> bool {
        false
    }

    fn reader(&self, _: &Sample<'_>, _: &Options) -> Box<dyn Reader> {
        let field = |name: &str| self.facts.field(name).unwrap_or_default();
        let names = &self.names;
        let optional = |name: &str| self.facts.field(name);
        Box::new(WebReader {
            lines: Lines::default(),
            rows: Rows {
                fields: Fields {
                    vhost: optional("vhost"),
                    port: optional("port"),
                    host: field(names.host),
                    logname: optional(names.logname),
                    user: field(names.user),
                    time: field(names.time),
                    method: field(METHOD.name),
                    url: field("request_url"),
                    protocol: field("request_proto"),
                    request: field("request"),
                    status: field("status"),
                    bytes: field(names.bytes),
                    referer: field(names.referer),
                    agent: field(names.agent),
                    forwarded: field(names.forwarded),
                    message: field("message"),
                    of_host: field(HOST.name),
                    path: field(PATH.name),
                    outcome: field(OUTCOME.name),
                    latency: optional(LATENCY.name),
                },
                behind: self.behind.iter().map(|name| field(name)).collect(),
                facts: self.facts,
                unnamed: Vec::new(),
                last: Default::default(),
            },
        })
    }
}

struct WebReader {
    lines: Lines,
    rows: Rows,
}

impl Reader for WebReader {
    fn feed(&mut self, chunk: &[u8], sink: &mut RowSink<'_>) {
        let WebReader { lines, rows } = self;
        lines.feed(chunk, |line| rows.line(line, sink));
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        let WebReader { lines, rows } = self;
        lines.finish(|line| rows.line(line, sink));
    }
}

struct Fields {
    vhost: Option<usize>,
    port: Option<usize>,
    host: usize,
    logname: Option<usize>,
    user: usize,
    time: usize,
    method: usize,
    url: usize,
    protocol: usize,
    request: usize,
    status: usize,
    bytes: usize,
    referer: usize,
    agent: usize,
    forwarded: usize,
    message: usize,
    of_host: usize,
    path: usize,
    outcome: usize,
    latency: Option<usize>,
}

struct Rows {
    facts: &'static Facts,
    fields: Fields,
    behind: Vec<usize>,
    unnamed: Vec<usize>,
    /// Values of the row before: host, referer, agent.
    last: [Recent; 3],
}

/// Why a line with a request's time is none.
const BROKEN: &str =
    "a request without all of its values: the line was cut, or two servers write into one file";

impl Rows {
    fn line(&mut self, line: Line<'_>, sink: &mut RowSink<'_>) {
        let Line {
            offset,
            text,
            too_long,
        } = line;
        if too_long {
            return sink.reject("line longer than 1 MiB", offset, text);
        }
        if text.iter().all(|&b| b <= b' ') {
            return;
        }
        let mut parts = Vec::with_capacity(16);
        cut(text, &mut parts);
        let read = match Request::of(text, &parts) {
            Some(request) => self.request(&request, sink),
            None => self.message(text, &parts, sink),
        };
        match read {
            Ok(()) => sink.end(offset, text.len() as u64),
            Err(why) => sink.reject(why, offset, text),
        }
    }

    /// A line that is no request.
    fn message(&self, text: &[u8], parts: &[Part<'_>], sink: &mut RowSink<'_>) -> Result<(), String> {
        let is_time = |part: &Part<'_>| {
            clf(part.text).is_some()
                || part.text.len() > 12 && clf(&[part.text, b" +0000"].concat()).is_some()
        };
        if parts.iter().take(MAX_BEFORE_TIME).any(is_time) {
            return Err(BROKEN.to_owned());
        }
        let is_text =
            std::str::from_utf8(text).is_ok_and(|t| !t.contains(|c: char| c.is_control() && c != '\t'));
        if !is_text {
            return Err("neither a request nor text: the file is damaged here".to_owned());
        }
        let at = match text.strip_prefix(b"[") {
            Some(rest) => stamps::ctime(rest.split(|b| *b == b']').next().unwrap_or_default()),
            None => stamps::slashed(text).map(|(at, _)| at),
        };
        if let Some(at) = at {
            sink.int(self.fields.time, at);
        }
        sink.text(self.fields.message, beginning(text, KEPT));
        sink.stats.marked.add("line", "message", 1);
        Ok(())
    }

    fn request(&mut self, of: &Request<'_>, sink: &mut RowSink<'_>) -> Result<(), String> {
        let fields = &self.fields;
        let optional = |field: Option<usize>, value: &[u8], sink: &mut RowSink<'_>| {
            super::text(sink, field, value);
        };
        if !of.time.is_none() {
            let at = instant(of.time.text).ok_or_else(|| format!("{} can not be read", self.names_time()))?;
            sink.int(fields.time, at);
        }
        let (vhost, port) = endpoint(of.vhost);
        optional(fields.vhost, vhost, sink);
        if let (Some(field), Some(port)) = (fields.port, port) {
            sink.int(field, port.into());
        }
        if !of.host.is_empty() && of.host != b"-" {
            let code = sink.code_after(&mut self.last[0], of.host);
            sink.set_code(fields.host, code);
        }
        optional(fields.logname, of.logname, sink);
        // An empty user is written in quotes.
        optional(
            Some(fields.user),
            if of.user == b"\"\"" { b"" } else { of.user },
            sink,
        );
        let mut asked_host = vhost.to_vec();
        if !of.line.is_none() {
            let (method, url, protocol) = request(of.line.text);
            let is_method = |b: &u8| b.is_ascii_uppercase() || matches!(b, b'-' | b'_');
            if !url.is_empty() && method.len() < 32 && method.iter().all(is_method) {
                // HTTP/0.9 tells no protocol: what stands behind the last space is the URL's.
                let has_protocol = protocol.contains(&b'/') && !protocol.starts_with(b"/");
                let url = match has_protocol || protocol.is_empty() {
                    true => url,
                    false => stamps::word(of.line.text.trim_ascii()).1,
                };
                let url = unescaped(url);
                optional(Some(fields.method), method, sink);
                optional(Some(fields.url), &url, sink);
                optional(
                    Some(fields.protocol),
                    if has_protocol { protocol } else { b"" },
                    sink,
                );
                let (host, path) = target(&url);
                optional(Some(fields.path), &path, sink);
                if asked_host.is_empty() {
                    asked_host = host.to_vec();
                }
            } else {
                optional(Some(fields.request), of.line.text, sink);
            }
        }
        optional(Some(fields.of_host), &asked_host, sink);
        if let Some(status) = of.status() {
            sink.int(fields.status, status);
            sink.text(fields.outcome, outcome(Some(status)));
        }
        if digits(of.bytes) {
            let bytes = std::str::from_utf8(of.bytes).ok().and_then(|s| s.parse().ok());
            sink.int(fields.bytes, bytes.ok_or("the size is no number of 64 bits")?);
        }
        let mut rest = of.rest;
        if let [referer, agent, more @ ..] = rest
            && (referer.is_quoted() || referer.text == b"-")
            && agent.is_quoted()
        {
            for (field, part, last) in [(fields.referer, referer, 1), (fields.agent, agent, 2)] {
                if !part.is_none()
                    && let Some(last) = self.last.get_mut(last)
                {
                    let code = sink.code_after(last, &unescaped(part.text));
                    sink.set_code(field, code);
                }
            }
            rest = more;
        }
        if let [forwarded, more @ ..] = rest
            && forwarded.is_quoted()
            && (forwarded.is_none() || addresses(forwarded.text).is_some())
        {
            if let Some(all) = addresses(forwarded.text) {
                sink.list(fields.forwarded, &all);
            }
            rest = more;
        }
        if !self.behind.is_empty() && rest.len() >= self.behind.len() {
            let joined = with_lists(of.text, rest);
            if joined.len() == self.behind.len() && self.behind_agent(&joined, sink) {
                return Ok(());
            }
        }
        self.unnamed(rest, of.rest.len() - rest.len(), sink)
    }

    fn names_time(&self) -> &'static str {
        self.facts.fields.get(self.fields.time).map_or("time", |f| f.name)
    }

    /// Sets what stands behind the agent by name; false, and nothing set, where it is something else.
    fn behind_agent(&self, rest: &[Part<'_>], sink: &mut RowSink<'_>) -> bool {
        let specs = || {
            self.behind
                .iter()
                .filter_map(|field| self.facts.fields.get(*field))
        };
        let fits = |(part, spec): (&Part<'_>, &crate::base::FieldSpec)| match spec.ty {
            FieldType::Float => part.is_none() || float(part.text).is_some(),
            FieldType::Integer => part.is_none() || digits(part.text),
            _ => true,
        };
        if !rest.iter().zip(specs()).all(fits) {
            return false;
        }
        for ((part, spec), field) in rest.iter().zip(specs()).zip(&self.behind) {
            match spec.ty {
                _ if part.is_none() => {}
                FieldType::Float => {
                    let Some(value) = float(part.text) else { continue };
                    sink.float(*field, value);
                    if let Some(latency) = self.fields.latency.filter(|_| spec.name == "request_time") {
                        sink.float(latency, (value * 1e6).round() / 1e3);
                    }
                }
                FieldType::Integer => {
                    let value = std::str::from_utf8(part.text).ok().and_then(|s| s.parse().ok());
                    if let Some(value) = value {
                        sink.int(*field, value);
                    }
                }
                _ => sink.text(*field, part.text),
            }
        }
        true
    }

    /// Values that nothing names; `named` of those behind the size have names.
    fn unnamed(&mut self, rest: &[Part<'_>], named: usize, sink: &mut RowSink<'_>) -> Result<(), String> {
        if rest.len() > MAX_UNNAMED {
            return Err(format!(
                "{} values behind the size; such a line has a few",
                rest.len() + named
            ));
        }
        for (n, part) in rest.iter().enumerate().filter(|(_, part)| !part.is_none()) {
            let position = 7 + named + n;
            while self.unnamed.len() <= position {
                let name = format!("field{}", self.unnamed.len() + 1);
                // Only those are fields that have a value.
                let is_it = self.unnamed.len() == position;
                self.unnamed.push(if is_it {
                    sink.field(&name, FieldType::Text)
                } else {
                    usize::MAX
                });
            }
            let Some(field) = self.unnamed.get_mut(position) else {
                continue;
            };
            if *field == usize::MAX {
                *field = sink.field(&format!("field{}", position + 1), FieldType::Text);
            }
            sink.text(*field, part.text);
        }
        Ok(())
    }
}
