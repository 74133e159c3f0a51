//! Original records are read again from what was opened: the walk is repeated up to the ranges asked for.

use super::peel::Peel;
use super::port::{AskId, Range};
use crate::formats::block;
use crate::unpack::{ByteSource, Limits, Step, Walk};

/// A range longer than this is cut (bytes).
const MAX_TEXT: u64 = 8 << 20;
/// A larger block is not read, so nothing of it can be asked for.
const MAX_BLOCK: usize = 1 << 30;

/// Ranges of one item being read again.
pub struct Fetch {
    pub id: AskId,
    walk: Walk,
    /// What is wanted and where its text goes, by member and offset.
    wanted: Vec<(Range, usize)>,
    texts: Vec<Result<Vec<u8>, String>>,
    current: Option<Replay>,
    buffer: Vec<u8>,
}

/// One member passing by.
struct Replay {
    index: u64,
    path: String,
    peel: Peel,
    inside: Inside,
}

/// The unwrapped bytes of a member.
enum Inside {
    Unseen,
    /// Ranges are bytes; so many have passed so far.
    Bytes(u64),
    /// Ranges are rows, which can be read when the block is here as a whole.
    Block(Vec<u8>),
}

impl Fetch {
    pub fn new(id: AskId, name: &str, source: Box<dyn ByteSource>, ranges: Vec<Range>) -> Self {
        let texts = vec![Err("The original text is no longer where it was read.".to_owned()); ranges.len()];
        let mut wanted: Vec<(Range, usize)> = ranges.into_iter().enumerate().map(|(i, r)| (r, i)).collect();
        wanted.sort_by_key(|(r, _)| (r.index, r.offset));
        let mut walk = Walk::new(name, source, Limits::default()).without_hash();
        if let (Some(first), Some(last)) = (wanted.first(), wanted.last())
            && first.0.index == last.0.index
        {
            walk = walk.only(first.0.index);
        }
        Fetch {
            id,
            walk,
            wanted,
            texts,
            current: None,
            buffer: Vec::new(),
        }
    }

    /// A bounded piece of work; true when every range is there (or can not be).
    pub fn step(&mut self) -> bool {
        match self.walk.next(&mut self.buffer) {
            Step::Begin(head) => {
                let wanted = self.wanted.iter().any(|(r, _)| r.index == head.index);
                self.current = wanted.then(|| Replay {
                    index: head.index,
                    path: head.path,
                    peel: Peel::default(),
                    inside: Inside::Unseen,
                });
            }
            Step::Data => {
                if let Some(replay) = &mut self.current {
                    let (wanted, texts) = (&self.wanted, &mut self.texts);
                    let Replay {
                        index,
                        path,
                        peel,
                        inside,
                    } = replay;
                    peel.data(path, &self.buffer, &mut |b| {
                        inside.take(wanted, texts, *index, b);
                    });
                }
            }
            Step::End(_) => {
                if let Some(mut replay) = self.current.take() {
                    let (wanted, texts) = (&self.wanted, &mut self.texts);
                    let Replay {
                        index,
                        path,
                        peel,
                        inside,
                    } = &mut replay;
                    peel.end(path, &mut |b| inside.take(wanted, texts, *index, b));
                    inside.end(wanted, texts, *index);
                }
            }
            Step::Working => {}
            Step::Done { .. } => return true,
        }
        // Everything asked for has passed: the rest of the item is not needed.
        self.wanted
            .iter()
            .all(|(r, to)| matches!(&self.texts[*to], Ok(t) if t.len() as u64 >= r.len.min(MAX_TEXT)))
    }

    pub fn into_texts(self) -> Vec<Result<Vec<u8>, String>> {
        self.texts
    }
}

impl Inside {
    /// Takes the next bytes; the first are enough to recognise a block by.
    fn take(
        &mut self,
        wanted: &[(Range, usize)],
        texts: &mut [Result<Vec<u8>, String>],
        index: u64,
        bytes: &[u8],
    ) {
        if let Inside::Unseen = self {
            *self = match block::kind_of(bytes) {
                Some(_) => Inside::Block(Vec::new()),
                None => Inside::Bytes(0),
            };
        }
        match self {
            Inside::Unseen => {}
            Inside::Bytes(at) => collect(wanted, texts, index, at, bytes),
            Inside::Block(held) if held.len() + bytes.len() <= MAX_BLOCK => held.extend_from_slice(bytes),
            Inside::Block(held) => held.clear(),
        }
    }

    /// The member has ended: what is wanted of a block is read.
    fn end(&mut self, wanted: &[(Range, usize)], texts: &mut [Result<Vec<u8>, String>], index: u64) {
        let Inside::Block(held) = self else { return };
        let mine: Vec<&(Range, usize)> = wanted.iter().filter(|(r, _)| r.index == index).collect();
        let rows: Vec<u64> = mine.iter().map(|(r, _)| r.offset).collect();
        for ((range, place), mut text) in mine.into_iter().zip(block::texts(held, &rows)) {
            if let Ok(text) = &mut text {
                text.truncate(range.len.min(MAX_TEXT) as usize);
            }
            if let Some(to) = texts.get_mut(*place) {
                *to = text;
            }
        }
    }
}

/// Takes what `bytes` (starting at `*at` of a member) has of the wanted ranges.
fn collect(
    wanted: &[(Range, usize)],
    texts: &mut [Result<Vec<u8>, String>],
    index: u64,
    at: &mut u64,
    bytes: &[u8],
) {
    let (from, to) = (*at, *at + bytes.len() as u64);
    let first = wanted.partition_point(|(r, _)| (r.index, r.offset + r.len) < (index, from));
    for (range, place) in &wanted[first..] {
        if range.index != index || range.offset >= to {
            break;
        }
        let end = range.offset + range.len.min(MAX_TEXT);
        let (a, b) = (range.offset.max(from), end.min(to));
        if a > b {
            continue;
        }
        let piece = &bytes[(a - from) as usize..(b - from) as usize];
        match &mut texts[*place] {
            Ok(text) => text.extend_from_slice(piece),
            missing => *missing = Ok(piece.to_vec()),
        }
    }
    *at = to;
}
