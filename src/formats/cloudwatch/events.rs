//! JSON envelopes: the items of `events` (answers) or `logEvents` (subscriptions) of every object at the top.
//!
//! The scan only follows strings and brackets, so that it can stop anywhere; an event that was found is then read
//! strictly. It holds one event at a time, and those of a subscription's object that tells its group behind them.

use super::Messages;
use crate::base::notes::TEXT_KEPT;
use crate::base::time;
use crate::formats::LoggedIn;
use crate::formats::json::{Hit, Kind, Paths, Walker};
use crate::table::Told;
use std::borrow::Cow;
use std::sync::Arc;

/// A message has at most 1 MiB, and JSON may need six bytes for one.
const MAX_EVENT_BYTES: usize = 8 << 20;
/// Events of an object that names its log group behind them are held until it does, up to so many bytes.
const MAX_HELD_BYTES: usize = 16 << 20;
/// No key, message type, group or stream is longer.
const MAX_WORD_BYTES: usize = 512;
/// What CloudWatch Logs writes to a destination to see whether it answers.
const CONTROL: &[u8] = b"CWL CONTROL MESSAGE";

pub(super) struct Envelopes {
    /// Objects and arrays that are open.
    depth: u32,
    in_string: bool,
    escaped: bool,
    /// The next string of the top object is a key.
    wants_key: bool,
    key: Vec<u8>,
    /// The string being read in the top object, as far as it matters.
    word: Vec<u8>,
    /// In the array of events.
    in_events: bool,
    /// The top object is a CONTROL_MESSAGE.
    is_control: bool,
    /// Of the top object, where that tells them.
    owner: Vec<u8>,
    group: Vec<u8>,
    stream: Vec<u8>,
    /// Bytes handed on before this chunk's.
    before: u64,
    runs: Runs,
    told: Vec<Told>,
    /// The event being read.
    event: Vec<u8>,
    in_event: bool,
    /// Events of the top object whose group is not told yet, one behind the other, and where each ends.
    held: Vec<u8>,
    held_ends: Vec<usize>,
    /// What stands outside of every object and is no white space.
    stray: Vec<u8>,
    reader: EventReader,
}

impl Default for Envelopes {
    fn default() -> Self {
        Envelopes {
            depth: 0,
            in_string: false,
            escaped: false,
            wants_key: false,
            key: Vec::new(),
            word: Vec::new(),
            in_events: false,
            is_control: false,
            owner: Vec::new(),
            group: Vec::new(),
            stream: Vec::new(),
            before: 0,
            runs: Runs::default(),
            told: Vec::new(),
            event: Vec::new(),
            in_event: false,
            held: Vec::new(),
            held_ends: Vec::new(),
            stray: Vec::new(),
            reader: EventReader {
                walker: Walker::default(),
                message: Paths::new(&["message", "logStreamName", "timestamp"]),
                hits: Vec::new(),
                messages: Messages::default(),
            },
        }
    }
}

impl Envelopes {
    pub(super) fn feed(&mut self, chunk: &[u8], out: &mut Vec<u8>) {
        let begun = out.len() as u64;
        self.before = self.before.wrapping_sub(begun);
        self.scan(chunk, out);
        self.before = self.before.wrapping_add(out.len() as u64);
    }

    /// What is told of the events since the last call.
    pub(super) fn told(&mut self) -> Vec<Told> {
        std::mem::take(&mut self.told)
    }

    /// Where the lines since the last call were logged.
    pub(super) fn logged_in(&mut self) -> Vec<LoggedIn> {
        self.runs.take()
    }

    fn scan(&mut self, chunk: &[u8], out: &mut Vec<u8>) {
        for &b in chunk {
            if self.in_event && self.event.len() < MAX_EVENT_BYTES {
                self.event.push(b);
            }
            if self.in_string {
                self.string_byte(b);
            } else {
                self.byte(b, out);
            }
        }
    }

    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        self.before = self.before.wrapping_sub(out.len() as u64);
        self.release(out);
        if self.in_event {
            self.reader.as_it_stands(&self.event, out);
        }
        self.flush_stray(out);
    }

    fn string_byte(&mut self, b: u8) {
        if self.escaped {
            self.escaped = false;
        } else if b == b'\\' {
            self.escaped = true;
        } else if b == b'"' {
            self.in_string = false;
            if self.depth == 1 && self.wants_key {
                std::mem::swap(&mut self.key, &mut self.word);
            } else if self.depth == 1 {
                match &self.key[..] {
                    b"messageType" => self.is_control = self.word == b"CONTROL_MESSAGE",
                    b"owner" => self.owner.clone_from(&self.word),
                    b"logGroup" => self.group.clone_from(&self.word),
                    b"logStream" => self.stream.clone_from(&self.word),
                    _ => {}
                }
            }
            return;
        }
        if self.depth == 1 && self.word.len() < MAX_WORD_BYTES {
            self.word.push(b);
        }
    }

    fn byte(&mut self, b: u8, out: &mut Vec<u8>) {
        match b {
            b'"' if self.depth > 0 => {
                self.in_string = true;
                self.word.clear();
            }
            b'{' | b'[' => self.open(b, out),
            b'}' | b']' if self.depth > 0 => self.close(out),
            b',' if self.depth == 1 => self.wants_key = true,
            b':' if self.depth == 1 => self.wants_key = false,
            _ if self.depth == 0 && self.stray.len() < TEXT_KEPT && is_stray(b) => self.stray.push(b),
            _ => {}
        }
    }

    fn open(&mut self, b: u8, out: &mut Vec<u8>) {
        match self.depth {
            0 => {
                self.flush_stray(out);
                self.wants_key = true;
                self.is_control = false;
                self.key.clear();
                for word in [&mut self.owner, &mut self.group, &mut self.stream] {
                    word.clear();
                }
            }
            1 => self.in_events = b == b'[' && matches!(&self.key[..], b"events" | b"logEvents"),
            2 if self.in_events && b == b'{' => {
                self.in_event = true;
                self.event.clear();
                self.event.push(b);
            }
            _ => {}
        }
        self.depth = self.depth.saturating_add(1);
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        self.depth -= 1;
        if self.depth == 0 {
            self.release(out);
        }
        if self.depth == 1 {
            self.in_events = false;
        }
        if self.depth == 2 && self.in_event {
            self.in_event = false;
            if self.event.len() >= MAX_EVENT_BYTES {
                self.event.truncate(TEXT_KEPT);
            }
            let event = std::mem::take(&mut self.event);
            // A subscription tells its group; keys that were sorted tell it behind the events.
            if !self.is_control
                && self.key == b"logEvents"
                && self.group.is_empty()
                && self.held.len() < MAX_HELD_BYTES
            {
                self.held.extend_from_slice(&event);
                self.held_ends.push(self.held.len());
            } else if !self.is_control {
                self.release(out);
                self.emit(&event, out);
            }
            self.event = event;
        }
    }

    /// Hands on the events that were held, with what is known by now.
    fn release(&mut self, out: &mut Vec<u8>) {
        let held = std::mem::take(&mut self.held);
        let mut from = 0;
        for end in std::mem::take(&mut self.held_ends) {
            self.emit(held.get(from..end).unwrap_or_default(), out);
            from = end;
        }
    }

    fn emit(&mut self, event: &[u8], out: &mut Vec<u8>) {
        let at = self.before.wrapping_add(out.len() as u64);
        let (stream, time_ns) = self.reader.read(event, out);
        let stream = stream.as_deref().unwrap_or(&self.stream);
        self.runs.add(at, [&self.owner, &self.group, stream]);
        let (log, stream) = self.runs.now();
        self.told.push(Told {
            from: at,
            time_ns,
            log,
            stream,
        });
    }

    fn flush_stray(&mut self, out: &mut Vec<u8>) {
        if !self.stray.is_empty() {
            self.reader.as_it_stands(&self.stray, out);
            self.stray.clear();
        }
    }
}

/// Objects may have white space, a comma or a byte order mark between them, and nothing else.
fn is_stray(b: u8) -> bool {
    !b.is_ascii_whitespace() && !b"\xef\xbb\xbf,".contains(&b)
}

/// Where lines were logged, told where it changes.
#[derive(Default)]
pub(super) struct Runs {
    /// Account, group and stream of the last line.
    last: [Vec<u8>; 3],
    now: (Option<Arc<str>>, Option<Arc<str>>),
    new: Vec<LoggedIn>,
}

impl Runs {
    /// Log and stream of the last line.
    pub(super) fn now(&self) -> (Option<Arc<str>>, Option<Arc<str>>) {
        self.now.clone()
    }

    pub(super) fn take(&mut self) -> Vec<LoggedIn> {
        std::mem::take(&mut self.new)
    }

    pub(super) fn add(&mut self, from: u64, now: [&[u8]; 3]) {
        if now.iter().zip(&self.last).all(|(now, last)| *now == *last) {
            return;
        }
        self.last = now.map(<[u8]>::to_vec);
        let [owner, group, stream] = now.map(|word| String::from_utf8_lossy(word).replace("\\/", "/"));
        let log = match (owner.is_empty(), group.is_empty()) {
            (_, true) => None,
            (true, false) => Some(group),
            (false, false) => Some(format!("{owner}:{group}")),
        };
        self.now = (log.map(Into::into), (!stream.is_empty()).then(|| stream.into()));
        let (log, stream) = self.now.clone();
        self.new.push(LoggedIn { from, log, stream });
    }
}

/// Takes the message out of an event.
struct EventReader {
    walker: Walker,
    message: Paths,
    hits: Vec<Hit>,
    messages: Messages,
}

impl EventReader {
    /// Returns the stream that the event names, and its time.
    fn read<'e>(&mut self, event: &'e [u8], out: &mut Vec<u8>) -> (Option<Cow<'e, [u8]>>, Option<i64>) {
        let whole = self.walker.walk(event, &self.message, &mut self.hits) == Ok(event.len());
        let of = |path| {
            let mut hits = self.hits.iter();
            hits.find(|h| h.kind == Kind::String && h.path == path)
        };
        let stream = of(1).and_then(|h| h.raw(event).string());
        let number = self.hits.iter().find(|h| h.kind == Kind::Number && h.path == 2);
        let time = number.and_then(|h| std::str::from_utf8(h.raw(event).bytes).ok()?.parse().ok());
        let time_ns = time.and_then(time::from_epoch);
        match of(0).and_then(|h| h.raw(event).string()) {
            Some(message) if whole && message.starts_with(CONTROL) => {}
            Some(message) if whole => self.messages.write(&message, out),
            _ => self.as_it_stands(event, out),
        }
        (stream, time_ns)
    }

    /// On one line, for the kind inside to reject.
    fn as_it_stands(&mut self, text: &[u8], out: &mut Vec<u8>) {
        out.extend(text.iter().map(|&b| if b < b' ' { b' ' } else { b }));
        out.push(b'\n');
    }
}
