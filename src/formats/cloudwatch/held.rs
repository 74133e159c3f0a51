//! What has to be seen as a whole: results of Logs Insights, and the console's sheets.
//!
//! A row with an `@message` (or a `message` with a `timestamp`) is an event, and its message comes out. Any other row comes out
//! as a JSON object of its fields: what a query made of events is no event, and is not lost.

use super::Messages;
use super::events::Runs;
use crate::base::time;
use crate::formats::json::lazy::Json;
use crate::formats::json::{Kind, Top};
use crate::formats::{LoggedIn, Sample, sheet};
use crate::table::Told;

/// A larger answer is not held; the console and the API give 10,000 rows at most.
const MAX_HELD: usize = 256 << 20;
const MESSAGE: &str = "@message";
const TIME: &str = "@timestamp";
const STREAM: &str = "@logStream";
const LOG: &str = "@log";
/// Where a record is to be fetched with; of no use outside of the service.
const POINTER: &str = "@ptr";

/// `{"results": [[{"field": "@timestamp", "value": "…"}]]}`
pub(super) fn is_results_head(chunk: &[u8]) -> bool {
    let head = chunk.get(..4096).unwrap_or(chunk);
    let has = |word: &[u8]| memchr::memmem::find(head, word).is_some();
    has(b"\"results\"") && has(b"\"field\"") && !has(b"\"logEvents\"") && !has(b"\"events\"")
}

/// A head line of columns among which are those of events.
pub(super) fn is_sheet_head(chunk: &[u8]) -> bool {
    let chunk = chunk.strip_prefix(b"\xef\xbb\xbf").unwrap_or(chunk);
    let line = chunk.split(|b| *b == b'\n').next().unwrap_or_default();
    let cells: Vec<String> = line
        .split(|b| *b == b',')
        .map(|c| {
            String::from_utf8_lossy(c.trim_ascii())
                .trim_matches('"')
                .to_owned()
        })
        .collect();
    let has = |name: &str| cells.iter().any(|c| c == name);
    has(MESSAGE) || has(TIME) || has(LOG) || (has("timestamp") && has("message") && cells.len() <= 4)
}

/// The second line of a sheet of events begins with milliseconds since 1970, or has an event's own names.
fn is_sheet(sample: &Sample<'_>) -> bool {
    if !is_sheet_head(sample.head) {
        return false;
    }
    let mut lines = sample.head.split(|b| *b == b'\n');
    let head = lines.next().unwrap_or_default();
    let first = lines.next().unwrap_or_default();
    let digits = first.iter().take_while(|b| b.is_ascii_digit()).count();
    memchr::memchr(b'@', head).is_some() || digits == 13
}

pub(super) fn is_any(sample: &Sample<'_>) -> bool {
    let shape = sample.shape();
    match sample.head.first() {
        Some(b'{') => is_results_head(sample.head) && shape.kind("results") == Some(Kind::Array),
        Some(b'[') => shape.top == Top::Array && shape.record_has(&[MESSAGE]),
        _ => is_sheet(sample),
    }
}

#[derive(Default)]
pub(super) struct Held {
    bytes: Vec<u8>,
    is_over: bool,
    messages: Messages,
    runs: Runs,
    told: Vec<Told>,
}

impl Held {
    pub(super) fn feed(&mut self, chunk: &[u8]) {
        if self.bytes.len() + chunk.len() > MAX_HELD {
            self.is_over = true;
        } else {
            self.bytes.extend_from_slice(chunk);
        }
    }

    pub(super) fn logged_in(&mut self) -> Vec<LoggedIn> {
        self.runs.take()
    }

    pub(super) fn told(&mut self) -> Vec<Told> {
        std::mem::take(&mut self.told)
    }

    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        let bytes = std::mem::take(&mut self.bytes);
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        match text.trim_ascii_start().first() {
            Some(b'{' | b'[') => self.answers(text, out),
            Some(_) => self.sheet(text, out),
            None => {}
        }
        if self.is_over {
            out.extend_from_slice(b"The answer is longer than 256 MiB; the rest of it was not read.\n");
        }
    }

    fn answers(&mut self, text: &[u8], out: &mut Vec<u8>) {
        let mut rest = text;
        while let Some((value, used)) = Json::first(rest, 0) {
            let rows = value.get("results").unwrap_or(value);
            for row in rows.elements() {
                self.row(&pairs(row), out);
            }
            rest = rest.get(used..).unwrap_or_default();
            if used == 0 {
                break;
            }
        }
        let stray = rest.trim_ascii();
        if !stray.is_empty() {
            out.extend(stray.iter().map(|&b| if b < b' ' { b' ' } else { b }));
            out.push(b'\n');
        }
    }

    fn sheet(&mut self, text: &[u8], out: &mut Vec<u8>) {
        let mut heads: Option<Vec<String>> = None;
        sheet::rows(text, b',', &mut |row| match &heads {
            None => heads = Some(row.cells),
            Some(heads) => {
                let pairs: Vec<(String, String)> = heads.iter().cloned().zip(row.cells).collect();
                self.row(&pairs, out);
            }
        });
    }

    /// Fields by name and value.
    fn row(&mut self, fields: &[(String, String)], out: &mut Vec<u8>) {
        let of = |name: &str| {
            let found = fields.iter().find(|(n, _)| n == name);
            found.map(|(_, value)| value.as_str()).filter(|v| !v.is_empty())
        };
        if fields.is_empty() {
            return;
        }
        let at = out.len() as u64;
        let time = of(TIME).or_else(|| of("timestamp"));
        let (log, stream) = (
            of(LOG).unwrap_or_default(),
            of(STREAM).or_else(|| of("logStreamName")),
        );
        self.runs
            .add(at, [b"", log.as_bytes(), stream.unwrap_or_default().as_bytes()]);
        let (log, stream) = self.runs.now();
        self.told.push(Told {
            from: at,
            time_ns: time.and_then(instant),
            log,
            stream,
        });
        let message = of(MESSAGE).or_else(|| of("message").filter(|_| of("timestamp").is_some()));
        match message {
            Some(message) => self.messages.write(message.as_bytes(), out),
            None => {
                let kept = fields.iter().filter(|(name, _)| name != POINTER);
                let object: serde_json::Map<String, serde_json::Value> =
                    kept.map(|(n, v)| (n.clone(), v.as_str().into())).collect();
                out.extend_from_slice(serde_json::Value::Object(object).to_string().as_bytes());
                out.push(b'\n');
            }
        }
    }
}

/// `[{"field": "a", "value": "b"}]`, or an object of its fields.
fn pairs(row: Json<'_>) -> Vec<(String, String)> {
    let text = |value: Option<Json<'_>>| value.and_then(|v| v.plain()).unwrap_or_default().into_owned();
    match row.is_object() {
        true => {
            let object = row.object();
            let field = |(name, value): &(std::borrow::Cow<'_, str>, Json<'_>)| {
                let written = || String::from_utf8_lossy(value.text()).into_owned();
                let value = value.plain().map_or_else(written, std::borrow::Cow::into_owned);
                (name.to_string(), value)
            };
            object.fields.iter().map(field).collect()
        }
        false => row
            .elements()
            .map(|pair| (text(pair.get("field")), text(pair.get("value"))))
            .collect(),
    }
}

/// `2026-03-02 09:15:01.123`, in UTC, or milliseconds since 1970.
fn instant(text: &str) -> Option<i64> {
    match text.parse() {
        Ok(number) => time::from_epoch(number),
        Err(_) => time::parse_iso(text.as_bytes()),
    }
}
