//! `create-export-task`: each event is a time, a space and the message, whose own line breaks stand as they are. `aws logs
//! tail` writes the stream between them.

use super::Messages;
use crate::base::time;
use crate::formats::lines::{Line, Lines, MAX_LINE_BYTES};
use crate::table::Told;
use std::sync::Arc;

/// `2022-05-04T06:41:38.000Z`, with the digits as zeros.
const TIME: &[u8] = b"0000-00-00T00:00:00.000Z";

/// `2022-05-04T06:41:38.000000+00:00`, as `aws logs tail` writes it before stream and message.
const TAIL_TIME: &[u8] = b"0000-00-00T00:00:00.000000+00:00 ";

/// Does a line begin so, digits for its zeros?
fn begins(line: &[u8], like: &[u8]) -> bool {
    let Some(time) = line.get(..like.len()) else {
        return false;
    };
    time.iter().zip(like).all(|(&b, &want)| match want {
        b'0' => b.is_ascii_digit(),
        b'+' => matches!(b, b'+' | b'-'),
        _ => b == want,
    })
}

/// Stream and message behind the time that `aws logs tail` writes.
fn after_tail_time(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = line.get(TAIL_TIME.len()..).filter(|_| begins(line, TAIL_TIME))?;
    let at = memchr::memchr(b' ', rest)?;
    let (stream, message) = (rest.get(..at)?, rest.get(at + 1..)?);
    // MySQL's error log goes on so with a thread and a label, its general log with an indented thread.
    let is_thread = stream.iter().all(u8::is_ascii_digit) && (stream.is_empty() || message.starts_with(b"["));
    (!is_thread).then_some((stream, message))
}

/// Does a line go on behind its time as syslog does? With the time of `aws logs tail` a host stands where the stream would.
pub(super) fn is_syslog(line: &[u8]) -> bool {
    match (after_time(line), after_tail_time(line)) {
        (Some(message), _) => is_host_and_process(message),
        (None, Some((_, message))) => {
            let tag = message.split(|b| *b == b' ').next().unwrap_or_default();
            tag.len() > 1 && tag.ends_with(b":")
        }
        (None, None) => false,
    }
}

/// The message behind an event's time; `None` for a line that has none, and so goes on with the event before.
pub(super) fn message(line: &[u8]) -> Option<&[u8]> {
    after_time(line).or_else(|| after_tail_time(line).map(|(_, message)| message))
}

/// The message behind an export's time; `None` for a line that has none, and so goes on with the event before.
pub(super) fn after_time(line: &[u8]) -> Option<&[u8]> {
    let rest = line.get(TIME.len()..).filter(|_| begins(line, TIME))?;
    // A message without text may have lost the space.
    rest.strip_prefix(b" ").or(rest.is_empty().then_some(rest))
}

/// `host process[123]: …`, as syslog goes on behind its time.
fn is_host_and_process(message: &[u8]) -> bool {
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
    /// Bytes handed on before this chunk's.
    before: u64,
    /// What is told of the event that is held.
    of_held: Told,
    told: Vec<Told>,
    /// The stream of the last event.
    stream: Option<Arc<str>>,
}

impl Export {
    pub(super) fn feed(&mut self, chunk: &[u8], out: &mut Vec<u8>) {
        let Export { lines, event } = self;
        event.before = event.before.wrapping_sub(out.len() as u64);
        lines.feed(chunk, |line| event.line(line, out));
        event.before = event.before.wrapping_add(out.len() as u64);
    }

    /// What is told of the events since the last call.
    pub(super) fn told(&mut self) -> Vec<Told> {
        std::mem::take(&mut self.event.told)
    }

    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        let Export { lines, event } = self;
        event.before = event.before.wrapping_sub(out.len() as u64);
        lines.finish(|line| event.line(line, out));
        event.flush(out);
    }
}

impl Event {
    fn line(&mut self, line: Line<'_>, out: &mut Vec<u8>) {
        let Some(message) = message(line.text) else {
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
        let told = self.of(line.text, out);
        let opens = matches!(message.first(), Some(b'{' | b'['));
        if opens && !self.messages.is_json(message) {
            self.held.extend_from_slice(message);
            self.of_held = told;
        } else {
            self.told.push(told);
            out.extend_from_slice(message);
            out.push(b'\n');
        }
    }

    /// What a line with a time tells of its event, which comes out next.
    fn of(&mut self, line: &[u8], out: &[u8]) -> Told {
        let stream = after_time(line)
            .is_none()
            .then(|| after_tail_time(line))
            .flatten();
        if let Some((stream, _)) = stream
            && self.stream.as_deref().map(str::as_bytes) != Some(stream)
        {
            self.stream = Some(String::from_utf8_lossy(stream).into());
        }
        let end = memchr::memchr(b' ', line).unwrap_or(line.len());
        Told {
            from: self.before.wrapping_add(out.len() as u64),
            time_ns: line.get(..end).and_then(time::parse_iso),
            log: None,
            stream: self.stream.clone(),
        }
    }

    fn flush(&mut self, out: &mut Vec<u8>) {
        if !self.held.is_empty() {
            self.told.push(std::mem::take(&mut self.of_held));
            self.messages.write(&self.held, out);
            self.held.clear();
        }
    }
}
