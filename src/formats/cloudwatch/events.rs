//! JSON envelopes: the items of `events` (answers) or `logEvents` (subscriptions) of every object at the top.
//!
//! The scan only follows strings and brackets, so that it can stop anywhere; an event that was found is then read
//! strictly. It holds one event at a time.

use super::Messages;
use crate::base::notes::TEXT_KEPT;
use crate::formats::json::{Hit, Kind, Paths, Walker};

/// A message has at most 1 MiB, and JSON may need six bytes for one.
const MAX_EVENT_BYTES: usize = 8 << 20;
/// No key or message type is longer.
const MAX_WORD_BYTES: usize = 32;
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
    /// The event being read.
    event: Vec<u8>,
    in_event: bool,
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
            event: Vec::new(),
            in_event: false,
            stray: Vec::new(),
            reader: EventReader {
                walker: Walker::default(),
                message: Paths::new(&["message"]),
                hits: Vec::new(),
                messages: Messages::default(),
            },
        }
    }
}

impl Envelopes {
    pub(super) fn feed(&mut self, chunk: &[u8], out: &mut Vec<u8>) {
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
            } else if self.depth == 1 && self.key == b"messageType" {
                self.is_control = self.word == b"CONTROL_MESSAGE";
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
        if self.depth == 1 {
            self.in_events = false;
        }
        if self.depth == 2 && self.in_event {
            self.in_event = false;
            if self.event.len() >= MAX_EVENT_BYTES {
                self.event.truncate(TEXT_KEPT);
            }
            if !self.is_control {
                self.reader.read(&self.event, out);
            }
        }
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

/// Takes the message out of an event.
struct EventReader {
    walker: Walker,
    message: Paths,
    hits: Vec<Hit>,
    messages: Messages,
}

impl EventReader {
    fn read(&mut self, event: &[u8], out: &mut Vec<u8>) {
        let whole = self.walker.walk(event, &self.message, &mut self.hits) == Ok(event.len());
        let message = self.hits.iter().find(|h| h.kind == Kind::String);
        match message.and_then(|h| h.raw(event).string()) {
            Some(message) if whole && message.starts_with(CONTROL) => {}
            Some(message) if whole => self.messages.write(&message, out),
            _ => self.as_it_stands(event, out),
        }
    }

    /// On one line, for the kind inside to reject.
    fn as_it_stands(&mut self, text: &[u8], out: &mut Vec<u8>) {
        out.extend(text.iter().map(|&b| if b < b' ' { b' ' } else { b }));
        out.push(b'\n');
    }
}
