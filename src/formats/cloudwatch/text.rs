//! `create-export-task`: each event is a time, a space and the message, whose own line breaks stand as they are.

use super::Messages;
use crate::formats::lines::{Line, Lines, MAX_LINE_BYTES};

/// `2022-05-04T06:41:38.000Z`, with the digits as zeros.
const TIME: &[u8] = b"0000-00-00T00:00:00.000Z";

/// The message behind an export's time; `None` for a line that has none, and so goes on with the event before.
pub(super) fn after_time(line: &[u8]) -> Option<&[u8]> {
    let (time, rest) = line.split_at_checked(TIME.len())?;
    let is_time = time.iter().zip(TIME).all(|(&b, &want)| match want {
        b'0' => b.is_ascii_digit(),
        _ => b == want,
    });
    // A message without text may have lost the space.
    let message = rest.strip_prefix(b" ").or(rest.is_empty().then_some(rest));
    message.filter(|_| is_time)
}

/// `host process[123]: …`, as syslog goes on behind its time.
pub(super) fn is_host_and_process(message: &[u8]) -> bool {
    let mut words = message.splitn(3, |&b| b == b' ');
    let (host, tag) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let Some((_, pid)) = tag.strip_suffix(b"]:").and_then(|t| {
        let at = memchr::memrchr(b'[', t)?;
        t.split_at_checked(at)
    }) else {
        return false;
    };
    !host.is_empty() && pid.len() > 1 && pid.iter().skip(1).all(u8::is_ascii_digit)
}

#[derive(Default)]
pub(super) struct Export {
    lines: Lines,
    event: Event,
}

/// The event that may go on with the next line. Only a message that begins as JSON is held.
#[derive(Default)]
struct Event {
    held: Vec<u8>,
    messages: Messages,
}

impl Export {
    pub(super) fn feed(&mut self, chunk: &[u8], out: &mut Vec<u8>) {
        let Export { lines, event } = self;
        lines.feed(chunk, |line| event.line(line, out));
    }

    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        let Export { lines, event } = self;
        lines.finish(|line| event.line(line, out));
        event.flush(out);
    }
}

impl Event {
    fn line(&mut self, line: Line<'_>, out: &mut Vec<u8>) {
        let Some(message) = after_time(line.text) else {
            if !self.held.is_empty() && self.held.len() + line.text.len() < MAX_LINE_BYTES {
                self.held.push(b'\n');
                self.held.extend_from_slice(line.text);
                return;
            }
            self.flush(out);
            out.extend_from_slice(line.text);
            out.push(b'\n');
            return;
        };
        self.flush(out);
        let opens = matches!(message.first(), Some(b'{' | b'['));
        if opens && !self.messages.is_json(message) {
            self.held.extend_from_slice(message);
        } else {
            out.extend_from_slice(message);
            out.push(b'\n');
        }
    }

    fn flush(&mut self, out: &mut Vec<u8>) {
        if !self.held.is_empty() {
            self.messages.write(&self.held, out);
            self.held.clear();
        }
    }
}
