//! What logs of requests share: lines of values by their position, and what is the same of every request, whoever served it.
//!
//! Derived of each: `requestMethod`, `requestHost`, `requestPath` (decoded once, without its query), `outcome` (`failed` from
//! status 400 on, or where no answer was sent), `latency` in milliseconds, from the request's arrival to its answer.

mod derive;
pub(super) mod named;
mod tokens;
pub(super) mod w3c;
pub(super) mod web;

use super::lines::{Line, Lines, sample_lines};
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec, FieldType, time};
use crate::table::{Recent, RowSink};
pub(super) use derive::{clf, endpoint, outcome, request, target};

/// What is derived of every request.
pub(super) const METHOD: FieldSpec = FieldSpec::text("requestMethod");
pub(super) const HOST: FieldSpec = FieldSpec::text("requestHost");
pub(super) const PATH: FieldSpec = FieldSpec::text("requestPath");
pub(super) const OUTCOME: FieldSpec = FieldSpec::text("outcome").role(crate::base::Role::Outcome);
pub(super) const LATENCY: FieldSpec = FieldSpec::float("latency").unit("ms");

/// Lines looked at to recognise a member.
const SAMPLE_LINES: usize = 20;
/// Values behind the last documented one that are kept; a longer line is not this log.
const MAX_UNNAMED: usize = 32;

/// How a value is read. `-` is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Read {
    Text,
    /// Separated by this.
    List(u8),
    Integer,
    Float,
    /// ISO 8601; without a zone it is UTC.
    Iso,
    /// `13/Dec/2021:09:29:20 +0000`
    Clf,
    /// `address:port`; the port has a field of its own.
    Endpoint(&'static str),
    /// `METHOD URL PROTOCOL`; the method is in [`METHOD`], URL and protocol have fields of their own.
    Request(&'static str, &'static str),
}

/// A value's field and how it is read.
pub(super) type Slot = (&'static str, Read);

/// A kind of request log in lines.
pub(super) struct Requests {
    pub spec: &'static Spec,
}

/// What there is to know of its lines.
pub(super) struct Spec {
    pub facts: &'static Facts,
    pub slots: &'static [Slot],
    /// Values that a line has at least.
    pub least: usize,
    /// What only lines of this kind look like.
    pub is_line: fn(&Values<'_>) -> bool,
    /// Derives what a line says beside its own fields.
    pub derive: fn(&Values<'_>, &mut Derived<'_, '_>),
}

/// The values of one line.
pub(super) struct Values<'a> {
    line: &'a [u8],
    at: &'a [(usize, usize)],
}

impl<'a> Values<'a> {
    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// The value at a position, without quotes; empty where there is none.
    pub fn get(&self, at: usize) -> &'a [u8] {
        let place = self.at.get(at);
        place
            .and_then(|(from, to)| self.line.get(*from..*to))
            .unwrap_or_default()
    }

    pub fn float(&self, at: usize) -> Option<f64> {
        std::str::from_utf8(self.get(at)).ok()?.parse().ok()
    }

    pub fn integer(&self, at: usize) -> Option<i64> {
        std::str::from_utf8(self.get(at)).ok()?.parse().ok()
    }
}

/// Where what is derived goes.
pub(super) struct Derived<'s, 'r> {
    sink: &'s mut RowSink<'r>,
    fields: &'s Fields,
}

impl Derived<'_, '_> {
    /// What a URL, or the path of one, asks for.
    pub fn url(&mut self, url: &[u8]) {
        let (host, path) = target(url);
        self.host(host);
        if let Some(field) = self.fields.path.filter(|_| !path.is_empty()) {
            self.sink.text(field, &path);
        }
    }

    /// What `METHOD URL PROTOCOL` asks for.
    pub fn url_of_request(&mut self, request: &[u8]) {
        let (method, url, _) = derive::request(request);
        // A request that could not be understood: `- http://host:port- -`.
        let url = match method {
            b"-" => url.strip_suffix(b"-").unwrap_or(url),
            _ => url,
        };
        if !url.is_empty() && url != b"-" {
            self.url(url);
        }
    }

    pub fn host(&mut self, host: &[u8]) {
        text(self.sink, self.fields.host, host);
    }

    /// Of a status that is known, or of none that was sent.
    pub fn outcome(&mut self, status: Option<i64>) {
        text(self.sink, self.fields.outcome, outcome(status));
    }

    /// Of something without a status that came about or did not.
    pub fn came_about(&mut self, is_so: bool) {
        text(
            self.sink,
            self.fields.outcome,
            if is_so { b"ok" } else { b"failed" },
        );
    }

    pub fn latency_ms(&mut self, ms: f64) {
        if let Some(field) = self.fields.latency.filter(|_| ms.is_finite() && ms >= 0.0) {
            // Sums of decimal seconds, as exact as they are logged.
            self.sink.float(field, (ms * 1000.0).round() / 1000.0);
        }
    }
}

fn text(sink: &mut RowSink<'_>, field: Option<usize>, text: &[u8]) {
    if let Some(field) = field.filter(|_| !text.is_empty() && text != b"-") {
        sink.text(field, text);
    }
}

struct Fields {
    host: Option<usize>,
    path: Option<usize>,
    outcome: Option<usize>,
    latency: Option<usize>,
}

impl LogFormat for Requests {
    fn facts(&self) -> &'static Facts {
        self.spec.facts
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        let mut at = Vec::new();
        let (mut own, mut all) = (0, 0);
        for line in sample_lines(sample).take(SAMPLE_LINES) {
            tokens::cut(line, &mut at);
            let values = Values { line, at: &at };
            own += usize::from(values.len() >= self.spec.least && (self.spec.is_line)(&values));
            all += 1;
        }
        match own {
            0 => None,
            n if n * 2 > all => Some(Confidence::Certain),
            _ => Some(Confidence::Likely),
        }
    }

    fn restarts_after(&self, _sample: &Sample<'_>) -> Option<usize> {
        Some(0)
    }

    fn has_more(&self) -> bool {
        false
    }

    fn reader(&self, _sample: &Sample<'_>, _options: &Options) -> Box<dyn Reader> {
        let field = |name: &str| self.spec.facts.field(name);
        let bind = |(name, read): &Slot| Bound {
            field: field(name).unwrap_or_default(),
            read: *read,
            more: match read {
                Read::Endpoint(port) => [field(port), None],
                Read::Request(url, protocol) => [field(url), field(protocol)],
                _ => [None; 2],
            },
            last: Recent::default(),
        };
        Box::new(LineReader {
            lines: Lines::default(),
            rows: Rows {
                spec: self.spec,
                slots: self.spec.slots.iter().map(bind).collect(),
                fields: Fields {
                    host: field(HOST.name),
                    path: field(PATH.name),
                    outcome: field(OUTCOME.name),
                    latency: field(LATENCY.name),
                },
                unnamed: Vec::new(),
                at: Vec::new(),
            },
        })
    }
}

struct LineReader {
    lines: Lines,
    rows: Rows,
}

impl Reader for LineReader {
    fn feed(&mut self, chunk: &[u8], sink: &mut RowSink<'_>) {
        let LineReader { lines, rows } = self;
        lines.feed(chunk, |line| rows.line(line, sink));
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        let LineReader { lines, rows } = self;
        lines.finish(|line| rows.line(line, sink));
    }
}

/// A slot with its fields' numbers.
struct Bound {
    field: usize,
    read: Read,
    more: [Option<usize>; 2],
    last: Recent,
}

struct Rows {
    spec: &'static Spec,
    slots: Vec<Bound>,
    fields: Fields,
    /// Fields of values behind the last documented one.
    unnamed: Vec<usize>,
    at: Vec<(usize, usize)>,
}

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
        let mut at = std::mem::take(&mut self.at);
        tokens::cut(text, &mut at);
        let values = Values { line: text, at: &at };
        match self.cells(&values, sink) {
            Ok(()) => {
                let fields = &self.fields;
                (self.spec.derive)(&values, &mut Derived { sink, fields });
                sink.end(offset, text.len() as u64);
            }
            Err(why) => sink.reject(why, offset, text),
        }
        self.at = at;
    }

    fn cells(&mut self, values: &Values<'_>, sink: &mut RowSink<'_>) -> Result<(), String> {
        let (count, least) = (values.len(), self.spec.least);
        if count < least {
            return Err(format!("{count} values where a line has at least {least}"));
        }
        if !(self.spec.is_line)(values) {
            return Err(format!("no line of {}", self.spec.facts.title));
        }
        for (n, slot) in self.slots.iter_mut().enumerate().take(count) {
            let value = values.get(n);
            if value.is_empty() || value == b"-" {
                continue;
            }
            if !slot.set(value, sink) {
                let name = self.spec.slots.get(n).map_or("", |s| s.0);
                return Err(format!("{name} can not be read"));
            }
        }
        let over = count.saturating_sub(self.slots.len());
        if over > MAX_UNNAMED {
            return Err(format!(
                "{count} values; such a line has {} or a few more",
                self.slots.len()
            ));
        }
        for n in 0..over {
            let position = self.slots.len() + n;
            let value = values.get(position);
            if self.unnamed.len() <= n {
                let name = format!("field{}", position + 1);
                self.unnamed.push(sink.field(&name, FieldType::Text));
            }
            if let Some(field) = self.unnamed.get(n).filter(|_| !value.is_empty() && value != b"-") {
                sink.text(*field, value);
            }
        }
        Ok(())
    }
}

impl Bound {
    /// Sets the value's cells; false where it is not what it should be.
    fn set(&mut self, value: &[u8], sink: &mut RowSink<'_>) -> bool {
        let str = || std::str::from_utf8(value).ok();
        match self.read {
            Read::Text => {
                let code = sink.code_after(&mut self.last, value);
                sink.set_code(self.field, code);
            }
            Read::List(separator) => {
                let trim = |item: &'_ [u8]| item.trim_ascii().to_vec();
                let items: Vec<Vec<u8>> = value.split(|b| *b == separator).map(trim).collect();
                sink.list(self.field, &items);
            }
            Read::Integer => match str().and_then(|s| s.parse().ok()) {
                Some(n) => sink.int(self.field, n),
                None => return false,
            },
            Read::Float => match str().and_then(|s| s.parse().ok()).filter(|f: &f64| f.is_finite()) {
                Some(f) => sink.float(self.field, f),
                None => return false,
            },
            Read::Iso => match time::parse_iso(value) {
                Some(ns) => sink.int(self.field, ns),
                None => return false,
            },
            Read::Clf => match clf(value) {
                Some(ns) => sink.int(self.field, ns),
                None => return false,
            },
            Read::Endpoint(_) => {
                let (address, port) = derive::endpoint(value);
                let code = sink.code_after(&mut self.last, address);
                sink.set_code(self.field, code);
                if let (Some(field), Some(port)) = (self.more[0], port) {
                    sink.int(field, port.into());
                }
            }
            Read::Request(..) => {
                let (method, url, protocol) = derive::request(value);
                text(sink, Some(self.field), method);
                text(sink, self.more[0], url);
                text(sink, self.more[1], protocol);
            }
        }
        true
    }
}
