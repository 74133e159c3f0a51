//! Original records are read again from what was opened: the walk is repeated up to the ranges asked for.

use super::peel::Peel;
use super::port::{AskId, Range};
use crate::unpack::{ByteSource, Limits, Step, Walk};

/// A range longer than this is cut (bytes).
const MAX_TEXT: u64 = 8 << 20;

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
    /// Inner bytes passed so far.
    at: u64,
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
                    at: 0,
                });
            }
            Step::Data => {
                if let Some(replay) = &mut self.current {
                    let (wanted, texts) = (&self.wanted, &mut self.texts);
                    let Replay {
                        index,
                        path,
                        peel,
                        at,
                    } = replay;
                    peel.data(path, &self.buffer, &mut |b| collect(wanted, texts, *index, at, b));
                }
            }
            Step::End(_) => {
                if let Some(mut replay) = self.current.take() {
                    let (wanted, texts) = (&self.wanted, &mut self.texts);
                    let Replay {
                        index,
                        path,
                        peel,
                        at,
                    } = &mut replay;
                    peel.end(path, &mut |b| collect(wanted, texts, *index, at, b));
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
