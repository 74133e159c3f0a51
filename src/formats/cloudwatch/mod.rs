//! CloudWatch Logs exports: the envelope around log events, taken off so that what is inside is read as what it is.
//!
//! The envelopes: the text of `create-export-task` (a time before each event) and of `aws logs tail` (time and stream), the
//! answers of `get-log-events` and `filter-log-events`, the objects that a subscription delivers, one behind the other, the
//! console's sheets, and what Logs Insights found (`get-query-results`, and the console's CSV and JSON). What comes out is each
//! event's message with a line break behind it. A message that is JSON over several lines comes out as one line; any
//! other keeps its lines. An event that can not be read comes out as it stands, so that the kind inside rejects it
//! with its reason: an envelope loses nothing silently. Groups and streams are told ([`Unwrap::logged_in`]), and each event's
//! time ([`Unwrap::told`]), for kinds whose lines have none of their own.

mod events;
mod held;
mod text;

use super::json::{Kind, Paths, Top, Walker, minify};
use super::lines::sample_lines;
use super::{LoggedIn, Sample, Unwrap, Wrapper};
use crate::table::Told;

/// The envelopes of CloudWatch Logs.
pub struct CloudWatchLogs;

impl Wrapper for CloudWatchLogs {
    fn id(&self) -> &'static str {
        "cloudwatch-logs"
    }

    fn title(&self) -> &'static str {
        "CloudWatch Logs"
    }

    fn probe(&self, sample: &Sample<'_>) -> bool {
        is_answer(sample) || is_subscription(sample) || held::is_any(sample) || is_export(sample)
    }

    fn unwrapper(&self) -> Box<dyn Unwrap> {
        Box::new(Unwrapper::Begin(Vec::new()))
    }
}

/// `{"events": [{"timestamp": 1439387263000, "message": "…"}]}`. CloudTrail's `Events` and the events that other answers
/// list have neither a number as their time nor these two names.
fn is_answer(sample: &Sample<'_>) -> bool {
    let shape = sample.shape();
    let is = |path, kind| shape.kind(path) == Some(kind);
    if !matches!(shape.top, Top::Object | Top::Lines) || !is("events", Kind::Array) {
        return false;
    }
    if is("events[].timestamp", Kind::Number) {
        // A message longer than the sample has no end there.
        return is("events[].message", Kind::String) || !sample.whole;
    }
    shape.kind("events[]").is_none()
        && (shape.has(&["nextForwardToken"]) || shape.has(&["searchedLogStreams"]))
}

fn is_subscription(sample: &Sample<'_>) -> bool {
    let shape = sample.shape();
    let kind = shape.text("messageType");
    matches!(kind, Some(b"DATA_MESSAGE" | b"CONTROL_MESSAGE")) && shape.has(&["logGroup", "logStream"])
}

/// Most of the first lines begin with the export's time. A syslog with times in ISO 8601 goes on with a host and a
/// process, which no message in an export does.
fn is_export(sample: &Sample<'_>) -> bool {
    const LINES: usize = 50;
    let (mut lines, mut timed, mut syslog) = (0, 0, 0);
    for line in sample_lines(sample).take(LINES) {
        lines += 1;
        if text::message(line).is_some() {
            timed += 1;
            syslog += usize::from(text::is_syslog(line));
        }
    }
    timed * 2 > lines && syslog * 2 < timed
}

/// Finds out by its beginning which envelope it is, then takes it off.
enum Unwrapper {
    /// What was fed so far, until it is enough to tell.
    Begin(Vec<u8>),
    Text(text::Export),
    Json(Box<events::Envelopes>),
    /// What has to be seen as a whole: results of a query, sheets.
    Held(held::Held),
}

/// Bytes that tell which envelope it is.
const TELLING: usize = 4096;

impl Unwrapper {
    /// The envelope that begins so; `None` while there is nothing.
    fn of(begin: &[u8]) -> Option<Unwrapper> {
        let is_blank = |b: &u8| b.is_ascii_whitespace() || b"\xef\xbb\xbf".contains(b);
        Some(match begin.iter().find(|b| !is_blank(b))? {
            b'{' if held::is_results_head(begin) => Unwrapper::Held(held::Held::default()),
            b'{' => Unwrapper::Json(Box::default()),
            b'[' => Unwrapper::Held(held::Held::default()),
            _ if held::is_sheet_head(begin) => Unwrapper::Held(held::Held::default()),
            _ => Unwrapper::Text(text::Export::default()),
        })
    }

    fn begin(&mut self, out: &mut Vec<u8>) {
        let Unwrapper::Begin(begin) = self else { return };
        let begin = std::mem::take(begin);
        if let Some(found) = Unwrapper::of(&begin) {
            *self = found;
            self.feed(&begin, out);
        }
    }
}

impl Unwrap for Unwrapper {
    fn feed(&mut self, chunk: &[u8], out: &mut Vec<u8>) {
        match self {
            Unwrapper::Begin(begin) => {
                begin.extend_from_slice(chunk);
                if begin.len() >= TELLING {
                    self.begin(out);
                }
            }
            Unwrapper::Text(export) => export.feed(chunk, out),
            Unwrapper::Json(envelopes) => envelopes.feed(chunk, out),
            Unwrapper::Held(held) => held.feed(chunk),
        }
    }

    fn finish(&mut self, out: &mut Vec<u8>) {
        self.begin(out);
        match self {
            Unwrapper::Begin(_) => {}
            Unwrapper::Text(export) => export.finish(out),
            Unwrapper::Json(envelopes) => envelopes.finish(out),
            Unwrapper::Held(held) => held.finish(out),
        }
    }

    fn logged_in(&mut self) -> Vec<LoggedIn> {
        match self {
            Unwrapper::Json(envelopes) => envelopes.logged_in(),
            Unwrapper::Held(held) => held.logged_in(),
            Unwrapper::Begin(_) | Unwrapper::Text(_) => Vec::new(),
        }
    }

    fn told(&mut self) -> Vec<Told> {
        match self {
            Unwrapper::Begin(_) => Vec::new(),
            Unwrapper::Text(export) => export.told(),
            Unwrapper::Json(envelopes) => envelopes.told(),
            Unwrapper::Held(held) => held.told(),
        }
    }
}

/// The stream of an export's object: `exportedlogs/d05d3a0f-…/i-0abc/000000.gz`. A `/` in its name has become a `-`.
pub fn stream_of_export(path: &str) -> Option<&str> {
    let mut parts = path.rsplit('/');
    let (object, stream, task) = (parts.next()?, parts.next()?, parts.next()?);
    let number = object.split('.').next()?;
    let is_number = number.len() == 6 && number.bytes().all(|b| b.is_ascii_digit());
    let is_task = task.len() == 36
        && (task.bytes().enumerate()).all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        });
    (is_number && is_task).then_some(stream)
}

/// Writes a message and a line break; JSON over several lines becomes one line.
struct Messages {
    walker: Walker,
    nothing: Paths,
}

impl Default for Messages {
    fn default() -> Self {
        Messages {
            walker: Walker::default(),
            nothing: Paths::new::<&str>(&[]),
        }
    }
}

impl Messages {
    fn write(&mut self, message: &[u8], out: &mut Vec<u8>) {
        let message = message.trim_ascii_end();
        if memchr::memchr(b'\n', message).is_some() && self.is_json(message) {
            minify(message, out);
        } else {
            out.extend_from_slice(message);
        }
        out.push(b'\n');
    }

    /// An object or array, whole and nothing behind it.
    fn is_json(&mut self, message: &[u8]) -> bool {
        let message = message.trim_ascii();
        matches!(message.first(), Some(b'{' | b'['))
            && self.walker.walk(message, &self.nothing, &mut Vec::new()) == Ok(message.len())
    }
}

#[cfg(test)]
mod tests;
