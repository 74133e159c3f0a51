//! A shared file: one HTML page whose parts stand in it as base64. FORMAT.md describes it.
//!
//! A part is recognised by exactly what the writer puts around it ([`crate::base::page`]), so that looking for the next
//! one is looking for a text; everything else of the page is passed over.

use super::archive::{Archive, Next};
use super::error::ErrorKind;
use super::stack::{self, Ctx, Fault, Flow, Layer};
use crate::base::base64;
use crate::base::page::{ATTRIBUTE, ENDS, PART_CLOSES, PART_NAME_MAX, PART_OPENED, PART_OPENS, is_part_name};
use memchr::memmem;

/// Without regard to case: a browser that saves the page writes it in capitals.
const DOCTYPE: &[u8] = b"<!doctype html>";
/// Text looked at in one call (bytes).
const LOOK: usize = 64 * 1024;

#[derive(Default)]
pub(super) struct Report {
    /// Bytes of the page that are done with.
    at: u64,
    /// What has been read of the page, and how much of it is done with.
    read: Vec<u8>,
    done: usize,
    /// The page has no more than has been read.
    ended: bool,
    state: State,
    decoder: base64::Decoder,
    /// Bytes of the part at hand, and how many of them were taken.
    ready: Vec<u8>,
    taken: usize,
    /// How the part at hand ends once `ready` has been taken.
    end: Option<Result<(), Fault>>,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum State {
    /// Between parts.
    #[default]
    Between,
    /// In a part that was given out.
    Part,
    /// In the rest of a part that nobody reads; `given`: it was given out before.
    Past { given: bool },
}

impl Report {
    /// A page whose root element says so.
    pub fn starts(head: &[u8]) -> bool {
        let doctype = head.get(..DOCTYPE.len());
        doctype.is_some_and(|d| d.eq_ignore_ascii_case(DOCTYPE))
            && memmem::find(head, ATTRIBUTE.as_bytes()).is_some()
    }

    fn fault(&self, level: usize, kind: ErrorKind) -> Fault {
        Fault::new(level, "report", kind, self.at)
    }

    /// A fault after which the next part can be read.
    fn damage(&self, level: usize, what: &'static str) -> Fault {
        Fault {
            alive: true,
            ..self.fault(level, ErrorKind::Corrupt(what))
        }
    }

    /// What has been read and is not done with.
    fn ahead(&self) -> &[u8] {
        self.read.get(self.done..).unwrap_or_default()
    }

    /// Reads on; only called where what is ahead does not suffice, so that little is held.
    fn look(&mut self, below: &mut [Layer], ctx: &mut Ctx) -> Result<(), Fault> {
        self.read.drain(..self.done.min(self.read.len()));
        self.done = 0;
        let flow = stack::read(below, ctx, &mut self.read, LOOK)?;
        self.ended = flow == Flow::End;
        Ok(())
    }

    /// Is done with so many more bytes.
    fn pass(&mut self, n: usize) {
        self.done += n;
        self.at += n as u64;
    }

    /// Passes over text in which `sign` does not stand, but may have begun at its end; what is left when the page ends.
    fn pass_without(&mut self, sign: &str) {
        let kept = if self.ended { 0 } else { sign.len() - 1 };
        self.pass(self.ahead().len().saturating_sub(kept));
    }

    fn between(&mut self, below: &mut [Layer], ctx: &mut Ctx) -> Result<Next, Fault> {
        let level = below.len();
        let Some(from) = memmem::find(self.ahead(), PART_OPENS.as_bytes()) else {
            let closed = self.ahead().trim_ascii_end().ends_with(ENDS.as_bytes());
            if self.ended && closed {
                return Ok(Next::End);
            }
            self.pass_without(PART_OPENS);
            if self.ended {
                return Err(self.fault(level, ErrorKind::Truncated));
            }
            self.look(below, ctx)?;
            return Ok(Next::Again);
        };
        self.pass(from);
        let name = self.ahead().get(PART_OPENS.len()..).unwrap_or_default();
        let name = name.get(..PART_NAME_MAX + PART_OPENED.len()).unwrap_or(name);
        let end = memmem::find(name, PART_OPENED.as_bytes());
        if end.is_none() && name.len() < PART_NAME_MAX + PART_OPENED.len() && !self.ended {
            self.look(below, ctx)?;
            return Ok(Next::Again);
        }
        let name = end.and_then(|end| name.get(..end)).filter(|n| is_part_name(n));
        let Some(path) = name.map(|n| String::from_utf8_lossy(n).into_owned()) else {
            let fault = self.damage(level, "a part's name");
            self.pass(PART_OPENS.len());
            self.state = State::Past { given: false };
            return Err(fault);
        };
        self.pass(PART_OPENS.len() + path.len() + PART_OPENED.len());
        self.state = State::Part;
        self.decoder = base64::Decoder::default();
        self.ready.clear();
        self.taken = 0;
        self.end = None;
        Ok(Next::Entry {
            path,
            size: None,
            fault: None,
        })
    }

    /// Unpacks more of the part at hand, or finds its end.
    fn unpack(&mut self, below: &mut [Layer], ctx: &mut Ctx) -> Result<(), Fault> {
        let level = below.len();
        self.ready.clear();
        self.taken = 0;
        let sign = memchr::memchr(b'<', self.ahead());
        let n = sign.unwrap_or(self.ahead().len());
        let text = self.read.get(self.done..self.done + n).unwrap_or_default();
        if let Err(base64::Damage { at, what }) = self.decoder.feed(text, &mut self.ready) {
            self.pass(at);
            self.end = Some(Err(self.damage(level, what)));
            self.state = State::Past { given: true };
            return Ok(());
        }
        self.pass(n);
        if self.ahead().len() < PART_CLOSES.len() && !self.ended {
            return self.look(below, ctx);
        }
        self.end = Some(if sign.is_none() {
            Err(self.fault(level, ErrorKind::Truncated))
        } else if !self.ahead().starts_with(PART_CLOSES.as_bytes()) {
            self.state = State::Past { given: true };
            let cut = PART_CLOSES.as_bytes().starts_with(self.ahead());
            Err(if cut {
                self.fault(level, ErrorKind::Truncated)
            } else {
                self.damage(level, "a character that is not base64")
            })
        } else if !self.decoder.is_complete() {
            self.state = State::Past { given: true };
            Err(self.damage(level, "base64 that ends within four characters"))
        } else {
            self.pass(PART_CLOSES.len());
            self.state = State::Between;
            Ok(())
        });
        Ok(())
    }
}

impl Archive for Report {
    fn name(&self) -> &'static str {
        "report"
    }

    fn next_entry(&mut self, below: &mut [Layer], ctx: &mut Ctx) -> Result<Next, Fault> {
        let given = match self.state {
            State::Between => return self.between(below, ctx),
            State::Part => true,
            State::Past { given } => given,
        };
        self.state = State::Past { given };
        let in_entry = |fault| Fault {
            in_entry: given,
            ..fault
        };
        match memmem::find(self.ahead(), PART_CLOSES.as_bytes()) {
            Some(at) => {
                self.pass(at + PART_CLOSES.len());
                self.state = State::Between;
            }
            None => {
                self.pass_without(PART_CLOSES);
                if self.ended {
                    return Err(in_entry(self.fault(below.len(), ErrorKind::Truncated)));
                }
                self.look(below, ctx).map_err(in_entry)?;
            }
        }
        Ok(Next::Again)
    }

    fn read(
        &mut self,
        below: &mut [Layer],
        ctx: &mut Ctx,
        out: &mut Vec<u8>,
        max: usize,
    ) -> Result<Flow, Fault> {
        if self.taken >= self.ready.len() && self.end.is_none() {
            self.unpack(below, ctx)?;
        }
        let left = self.ready.get(self.taken..).unwrap_or_default();
        let given = left.get(..max).unwrap_or(left);
        out.extend_from_slice(given);
        self.taken += given.len();
        if self.taken < self.ready.len() {
            return Ok(Flow::More);
        }
        match &self.end {
            None => Ok(Flow::More),
            Some(Ok(())) => Ok(Flow::End),
            Some(Err(fault)) => Err(fault.clone()),
        }
    }
}
