//! Ranges of any member: the walk is repeated up to them.

use super::super::peel::Peel;
use super::super::port::{Range, Texts};
use super::{MAX_TEXT, Wanted};
use crate::formats::block;
use crate::unpack::{ByteSource, Limits, Step, Walk};
use std::ops;

/// A larger block is not read, so nothing of it can be asked for.
const MAX_BLOCK: usize = 1 << 30;

pub(super) struct Walked {
    walk: Walk,
    /// By member and offset; those before `done` are complete.
    wanted: Vec<Wanted>,
    done: usize,
    current: Option<Replay>,
    buffer: Vec<u8>,
}

/// One member passing by.
struct Replay {
    /// Which of the ranges are in it.
    mine: ops::Range<usize>,
    path: String,
    peel: Peel,
    inside: Inside,
}

/// The unwrapped bytes of a member.
enum Inside {
    Unseen,
    /// Ranges are bytes: so many have passed, and the first so many ranges with them.
    Bytes {
        at: u64,
        first: usize,
    },
    /// Ranges are rows, which can be read when the block is here as a whole.
    Block(Vec<u8>),
}

impl Walked {
    pub fn new(name: &str, source: Box<dyn ByteSource>, mut wanted: Vec<Wanted>) -> Self {
        wanted.sort_by_key(|(r, _)| (r.index, r.offset));
        let mut walk = Walk::new(name, source, Limits::default()).without_hash();
        if let (Some(first), Some(last)) = (wanted.first(), wanted.last())
            && first.0.index == last.0.index
        {
            walk = walk.only(first.0.index);
        }
        Walked {
            walk,
            wanted,
            done: 0,
            current: None,
            buffer: Vec::new(),
        }
    }

    /// A bounded piece of work; true when every range is there (or can not be).
    pub fn step(&mut self, texts: &mut Texts, ready: &mut Vec<usize>) -> bool {
        match self.walk.next(&mut self.buffer) {
            Step::Begin(head) => {
                let from = self.wanted.partition_point(|(r, _)| r.index < head.index);
                let to = self.wanted.partition_point(|(r, _)| r.index <= head.index);
                self.current = (from < to).then(|| Replay {
                    mine: from..to,
                    path: head.path,
                    peel: Peel::default(),
                    inside: Inside::Unseen,
                });
            }
            Step::Data => {
                if let Some(replay) = &mut self.current {
                    let wanted = self.wanted.get(replay.mine.clone()).unwrap_or_default();
                    let Replay {
                        path, peel, inside, ..
                    } = replay;
                    peel.data(path, &self.buffer, &mut |b, _| inside.take(wanted, texts, b));
                }
            }
            Step::End(_) => {
                if let Some(mut replay) = self.current.take() {
                    let wanted = self.wanted.get(replay.mine.clone()).unwrap_or_default();
                    let Replay {
                        path, peel, inside, ..
                    } = &mut replay;
                    peel.end(path, &mut |b, _| inside.take(wanted, texts, b));
                    inside.end(wanted, texts);
                    // What has not come by now does not come.
                    let rest = self.wanted.get(self.done.max(replay.mine.start)..replay.mine.end);
                    ready.extend(rest.unwrap_or_default().iter().map(|(_, to)| *to));
                    self.done = self.done.max(replay.mine.end);
                }
            }
            Step::Working => {}
            Step::Done { .. } => return true,
        }
        while let Some((range, to)) = self.wanted.get(self.done) {
            let complete = |t: &Vec<u8>| t.len() as u64 >= range.len.min(MAX_TEXT);
            if !matches!(texts.get(*to), Some(Ok(t)) if complete(t)) {
                return false;
            }
            ready.push(*to);
            self.done += 1;
        }
        // Everything asked for has passed: the rest of the item is not needed.
        true
    }
}

impl Inside {
    /// Takes the next bytes; the first are enough to recognise a block by.
    fn take(&mut self, wanted: &[Wanted], texts: &mut Texts, bytes: &[u8]) {
        if let Inside::Unseen = self {
            *self = match block::kind_of(bytes) {
                Some(_) => Inside::Block(Vec::new()),
                None => Inside::Bytes { at: 0, first: 0 },
            };
        }
        match self {
            Inside::Unseen => {}
            Inside::Bytes { at, first } => {
                while wanted.get(*first).is_some_and(|(r, _)| end(r) < *at) {
                    *first += 1;
                }
                collect(wanted.get(*first..).unwrap_or_default(), texts, *at, bytes);
                *at += bytes.len() as u64;
            }
            Inside::Block(held) if held.len() + bytes.len() <= MAX_BLOCK => held.extend_from_slice(bytes),
            Inside::Block(held) => held.clear(),
        }
    }

    /// The member has ended: what is wanted of a block is read.
    fn end(&mut self, wanted: &[Wanted], texts: &mut Texts) {
        let Inside::Block(held) = self else { return };
        let rows: Vec<u64> = wanted.iter().map(|(r, _)| r.offset).collect();
        for ((range, place), mut text) in wanted.iter().zip(block::texts(held, &rows)) {
            if let Ok(text) = &mut text {
                text.truncate(range.len.min(MAX_TEXT) as usize);
            }
            if let Some(to) = texts.get_mut(*place) {
                *to = text;
            }
        }
    }
}

/// Where a range ends that may have been cut.
fn end(range: &Range) -> u64 {
    range.offset.saturating_add(range.len.min(MAX_TEXT))
}

/// Takes what `bytes` (starting at `from` of a member) has of the wanted ranges.
fn collect(wanted: &[Wanted], texts: &mut Texts, from: u64, bytes: &[u8]) {
    let to = from + bytes.len() as u64;
    for (range, place) in wanted {
        if range.offset >= to {
            break;
        }
        let (a, b) = (range.offset.max(from), end(range).min(to));
        if a > b {
            continue;
        }
        let piece = &bytes[(a - from) as usize..(b - from) as usize];
        match texts.get_mut(*place) {
            Some(Ok(text)) => text.extend_from_slice(piece),
            Some(missing) => *missing = Ok(piece.to_vec()),
            None => {}
        }
    }
}
