//! Ranges of members whose place was noted.

use super::super::port::Texts;
use super::{MAX_TEXT, Wanted};
use crate::unpack::{ByteSource, Limits, Places, Reread};

pub(super) struct Placed {
    reread: Reread,
    /// By stream and offset; those before `done` are complete.
    pieces: Vec<Piece>,
    done: usize,
    /// Ranges that are not found in this way.
    rest: Vec<Wanted>,
    buffer: Vec<u8>,
}

struct Piece {
    stream: u32,
    /// In what the stream unpacks to.
    from: u64,
    len: u64,
    text: Vec<u8>,
    wanted: Wanted,
}

impl Piece {
    /// Where it goes on.
    fn next(&self) -> u64 {
        self.from + self.text.len() as u64
    }

    fn is_complete(&self) -> bool {
        self.text.len() as u64 >= self.len
    }

    /// Takes what it lacks of `bytes`, which stand at `at` in the stream.
    fn take(&mut self, at: u64, bytes: &[u8]) {
        let next = self.next();
        let missing = self.len - self.text.len() as u64;
        let rest = (next.checked_sub(at))
            .and_then(|skip| usize::try_from(skip).ok())
            .and_then(|skip| bytes.get(skip..))
            .unwrap_or_default();
        let n = rest.len().min(usize::try_from(missing).unwrap_or(usize::MAX));
        self.text.extend_from_slice(&rest[..n]);
    }
}

impl Placed {
    /// Gives everything back if nothing wanted has a place, or the item is not what it was.
    pub fn begin(
        source: Box<dyn ByteSource>,
        places: Places,
        wanted: Vec<Wanted>,
    ) -> Result<Self, (Box<dyn ByteSource>, Vec<Wanted>)> {
        let (mut pieces, mut rest) = (Vec::new(), Vec::new());
        for wanted in wanted {
            let range = &wanted.0;
            let end = range.offset.checked_add(range.len);
            match places.of(range.index) {
                Some(place) if end.is_some_and(|end| end <= place.bytes) => pieces.push(Piece {
                    stream: place.stream,
                    from: place.at + range.offset,
                    len: range.len.min(MAX_TEXT),
                    text: Vec::new(),
                    wanted,
                }),
                _ => rest.push(wanted),
            }
        }
        let back = |pieces: Vec<Piece>, rest: Vec<Wanted>| {
            let pieces = pieces.into_iter().map(|p| p.wanted);
            rest.into_iter().chain(pieces).collect()
        };
        if pieces.is_empty() {
            return Err((source, rest));
        }
        match Reread::new(source, places, Limits::default()) {
            Ok(reread) => {
                pieces.sort_by_key(|p| (p.stream, p.from));
                Ok(Placed {
                    reread,
                    pieces,
                    done: 0,
                    rest,
                    buffer: Vec::new(),
                })
            }
            Err(source) => Err((source, back(pieces, rest))),
        }
    }

    /// A bounded piece of work; true when what has a place is there. What could not be read from its place is left to
    /// another walk.
    pub fn step(&mut self, texts: &mut Texts, ready: &mut Vec<usize>) -> bool {
        while let Some(piece) = self.pieces.get_mut(self.done).filter(|p| p.is_complete()) {
            if let Some(text) = texts.get_mut(piece.wanted.1) {
                *text = Ok(std::mem::take(&mut piece.text));
            }
            ready.push(piece.wanted.1);
            self.done += 1;
        }
        let Some(piece) = self.pieces.get(self.done) else {
            return true;
        };
        let stream = piece.stream;
        let read = match self.reread.seek(stream, piece.next()) {
            Ok(()) => self.reread.next(&mut self.buffer),
            Err(e) => Err(e),
        };
        let Ok(at) = read else {
            // The item was changed, or can not be read any more: the walk tells what is left of it.
            let left = self.pieces.drain(self.done..).map(|p| p.wanted);
            self.rest.extend(left);
            return true;
        };
        let end = at + self.buffer.len() as u64;
        let pieces = self.pieces.iter_mut().skip(self.done);
        for piece in pieces.take_while(|p| p.stream == stream && p.from < end) {
            piece.take(at, &self.buffer);
        }
        false
    }

    /// The source, and what is to be looked for in another way.
    pub fn into_rest(self) -> (Box<dyn ByteSource>, Vec<Wanted>) {
        (self.reread.into_source(), self.rest)
    }
}
