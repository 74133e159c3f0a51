//! Log events of one or several lines: where each begins and ends, and what its container tells of it.

use super::Reader;
use super::lines::{Line, Lines};
use crate::table::{RowSink, Told};

/// A longer event is cut: its lines beyond it are not kept with it.
const MAX_EVENT: usize = 1 << 20;

/// What a line is to the event that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stand {
    Begins,
    GoesOn,
    /// Of no event (a banner): it ends the one that is open.
    Apart,
}

/// What a kind does with an event.
pub(super) trait OnEvent: Send {
    /// Does an event begin with this line? Asked where no container tells.
    fn begins(&self, line: &[u8]) -> bool;

    /// What a line is by itself, whatever the container takes for an event. Asked of every line, in their order; `None` where
    /// it does not tell.
    fn stands(&mut self, _line: &[u8], _told: Option<&Told>) -> Option<Stand> {
        None
    }

    /// An event: its place, its text with its own line breaks, and what the container says of it.
    fn event(&mut self, offset: u64, text: &[u8], told: Option<&Told>, sink: &mut RowSink<'_>);

    /// The member has ended.
    fn finish(&mut self, _sink: &mut RowSink<'_>) {}
}

/// Gathers lines into events.
pub(super) struct EventReader<E> {
    lines: Lines,
    held: Held,
    on: E,
}

#[derive(Default)]
struct Held {
    text: Vec<u8>,
    offset: u64,
    told: Option<Told>,
    is_open: bool,
    /// Where its last line ends.
    ends: u64,
    /// It is as long as is kept.
    is_full: bool,
}

impl<E: OnEvent> EventReader<E> {
    pub fn new(on: E) -> EventReader<E> {
        EventReader {
            lines: Lines::default(),
            held: Held::default(),
            on,
        }
    }
}

impl Held {
    fn line(&mut self, line: Line<'_>, on: &mut impl OnEvent, sink: &mut RowSink<'_>) {
        if line.too_long {
            self.end(on, sink);
            return sink.reject("line longer than 1 MiB", line.offset, line.text);
        }
        let told = sink.told(line.offset);
        let stand = on.stands(line.text, told.as_ref().map(|(told, _)| told));
        let begins = match (stand, &told) {
            (Some(Stand::Apart), _) => return self.end(on, sink),
            (Some(stand), _) => stand == Stand::Begins,
            (None, Some((_, is_first))) => *is_first,
            (None, None) => on.begins(line.text),
        };
        let told = told.map(|(told, _)| told);
        // What goes on with nothing begins something.
        if begins || !self.is_open {
            self.end(on, sink);
            if line.text.iter().all(|b| *b <= b' ') && told.is_none() {
                return;
            }
            self.is_open = true;
            self.is_full = false;
            self.offset = line.offset;
            self.told = told;
            self.text.clear();
        } else if !self.is_full && self.text.len() + line.text.len() < MAX_EVENT {
            // The text is what stands in the member, so that its length is the record's.
            if line.offset.saturating_sub(self.ends) == 2 {
                self.text.push(b'\r');
            }
            self.text.push(b'\n');
        } else {
            self.is_full = true;
            return;
        }
        self.text.extend_from_slice(line.text);
        self.ends = line.offset + line.text.len() as u64;
    }

    fn end(&mut self, on: &mut impl OnEvent, sink: &mut RowSink<'_>) {
        if std::mem::take(&mut self.is_open) {
            on.event(self.offset, self.text.trim_ascii_end(), self.told.as_ref(), sink);
        }
    }
}

impl<E: OnEvent> Reader for EventReader<E> {
    fn feed(&mut self, chunk: &[u8], sink: &mut RowSink<'_>) {
        let EventReader { lines, held, on } = self;
        lines.feed(chunk, |line| held.line(line, on, sink));
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        let EventReader { lines, held, on } = self;
        lines.finish(|line| held.line(line, on, sink));
        held.end(on, sink);
        on.finish(sink);
    }
}

/// The beginning of a text, at most so many bytes, whole characters.
pub(super) fn beginning(text: &[u8], most: usize) -> &[u8] {
    if text.len() <= most {
        return text;
    }
    let is_inside = |at: usize| text.get(at).is_some_and(|b| b & 0xc0 == 0x80);
    let end = (0..=most).rev().find(|at| !is_inside(*at)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}
