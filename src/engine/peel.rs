//! Takes wrappers off a member (CloudWatch Logs exports around another log), as often as they are nested.

use crate::formats::{self, LoggedIn, SAMPLE_BYTES, Sample, Unwrap};
use crate::table::Envelope;

/// Wrappers inside wrappers (an export of a subscription) are taken off this often.
const MAX_WRAPPERS: usize = 3;

/// Gets what was inside, and what the container says of its events.
type Inner<'f> = &'f mut dyn FnMut(&[u8], &mut Envelope);

/// Bytes of a member that are held when it says at its end what it is.
const MOST_HELD: usize = 256 << 20;

/// A member's bytes on their way to a reader.
///
/// The first piece handed on is at least [`SAMPLE_BYTES`] long, or all there is, so that the kind can be told from it.
#[derive(Default)]
pub struct Peel {
    wrappers: Vec<(&'static str, Box<dyn Unwrap>)>,
    /// The beginning of the innermost level, until it is long enough to look at.
    looking: Option<Vec<u8>>,
    settled: bool,
    /// Where lines of the inside were logged.
    logged_in: Vec<LoggedIn>,
    /// What the innermost container says of events that have not been handed on yet.
    envelope: Envelope,
}

impl Peel {
    /// For a member that is known to be in no wrapper.
    pub fn of_none() -> Self {
        Peel {
            settled: true,
            ..Peel::default()
        }
    }

    /// The ids of the wrappers taken off, outermost first.
    pub fn wrappers(&self) -> impl Iterator<Item = &'static str> {
        self.wrappers.iter().map(|w| w.0)
    }

    /// It was looked at, and there was nothing to take off.
    pub fn is_unwrapped(&self) -> bool {
        self.settled && self.wrappers.is_empty()
    }

    /// Where the lines of the inside were logged, as far as a wrapper tells; called when the member has ended.
    pub fn take_logged_in(&mut self) -> Vec<LoggedIn> {
        std::mem::take(&mut self.logged_in)
    }

    /// What is told of events that have not been asked for yet.
    pub fn envelope(&mut self) -> &mut Envelope {
        &mut self.envelope
    }

    /// What the wrapper of this level tells is about the inside only if it is the innermost.
    fn hear(&mut self, level: usize) {
        if let Some((_, unwrap)) = self.wrappers.get_mut(level) {
            let (logged_in, told) = (unwrap.logged_in(), unwrap.told());
            if level + 1 == self.wrappers.len() {
                self.logged_in.extend(logged_in);
                self.envelope.extend(told);
            }
        }
    }

    /// Passes bytes of the member on; `inner` gets what was inside.
    pub fn data(&mut self, path: &str, chunk: &[u8], inner: Inner<'_>) {
        self.pass(0, path, chunk, false, inner);
    }

    /// The member has ended: what was held back is passed on. `inner` is called at least once.
    pub fn end(&mut self, path: &str, inner: Inner<'_>) {
        let mut level = 0;
        loop {
            if let Some((_, unwrap)) = self.wrappers.get_mut(level) {
                let mut out = Vec::new();
                unwrap.finish(&mut out);
                self.hear(level);
                level += 1;
                self.pass(level, path, &out, false, inner);
            } else if self.settled {
                return;
            } else {
                // Too short to have been looked at before: it may still be a wrapper, with an end of its own.
                self.pass(level, path, &[], true, inner);
            }
        }
    }

    fn pass(&mut self, level: usize, path: &str, chunk: &[u8], whole: bool, inner: Inner<'_>) {
        if let Some((_, unwrap)) = self.wrappers.get_mut(level) {
            let mut out = Vec::with_capacity(chunk.len());
            unwrap.feed(chunk, &mut out);
            self.hear(level);
            return self.pass(level + 1, path, &out, false, inner);
        }
        if self.settled {
            return inner(chunk, &mut self.envelope);
        }
        let head = self.looking.get_or_insert_default();
        head.extend_from_slice(chunk);
        let wanted = match formats::is_told_at_its_end(head) {
            true => MOST_HELD,
            false => SAMPLE_BYTES,
        };
        if head.len() < wanted && !whole {
            return;
        }
        let head = self.looking.take().unwrap_or_default();
        let sample = sample(path, &head, whole);
        match formats::WRAPPERS.iter().find(|w| w.probe(&sample)) {
            Some(wrapper) if self.wrappers.len() < MAX_WRAPPERS => {
                self.wrappers.push((wrapper.id(), wrapper.unwrapper()));
                self.logged_in.clear();
                self.envelope.open();
                self.pass(level, path, &head, false, inner);
            }
            _ => {
                self.settled = true;
                inner(&head, &mut self.envelope);
            }
        }
    }
}

/// What a probe looks at: the first bytes without a byte order mark.
pub fn sample<'a>(path: &'a str, head: &'a [u8], whole: bool) -> Sample<'a> {
    let looked_at = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let cut = looked_at.len().min(SAMPLE_BYTES);
    let sample = Sample::new(path, &looked_at[..cut], whole && cut == looked_at.len());
    match whole {
        true => sample.with_all(looked_at),
        false => sample,
    }
}
