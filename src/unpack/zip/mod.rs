//! zip ([APPNOTE](https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT)), with zip64: entries by the central
//! directory, or one after the other where that is missing.
//!
//! The directory is read here and not by a library: those found keep one entry of several with the same name, give up on
//! the whole archive for one bad entry, and read a million entries in one go.

mod directory;
mod entry;

use super::archive::{Archive, Next};
use super::error::ErrorKind;
use super::source::Spool;
use super::stack::{self, Ctx, Fault, Flow, Layer, Within};
use super::{ByteSource, CHUNK};
use directory::{Directory, Found, Listed};
use entry::Entry;

pub(super) struct Zip {
    place: Place,
    state: State,
    entry: Option<Entry>,
    /// The end of the data read last: where nothing else may begin before.
    data_end: u64,
    /// Why the archive could not be buffered to its end.
    cut: Option<Fault>,
}

/// Where the archive lies.
pub(super) enum Place {
    /// It is the item itself.
    Source,
    /// It came out of something and is held in memory.
    Spool(Spool),
}

impl Place {
    pub fn len(&self, ctx: &Ctx) -> u64 {
        match self {
            Place::Source => ctx.source.len(),
            Place::Spool(spool) => spool.len(),
        }
    }

    /// Appends at most `max` bytes from `offset`; none is the end.
    pub fn read(
        &mut self,
        ctx: &mut Ctx,
        offset: u64,
        out: &mut Vec<u8>,
        max: usize,
    ) -> Result<usize, ErrorKind> {
        let n = match self {
            Place::Source if offset >= ctx.source.len() => 0,
            Place::Source => return ctx.read_source(offset, out, max),
            Place::Spool(spool) if offset >= spool.len() => 0,
            Place::Spool(spool) => stack::append(spool, offset, out, max)?,
        };
        ctx.work += n as u64;
        Ok(n)
    }

    /// The same for bytes that are no step forward through the file.
    pub fn read_aside(
        &mut self,
        ctx: &mut Ctx,
        offset: u64,
        out: &mut Vec<u8>,
        max: usize,
    ) -> Result<usize, ErrorKind> {
        let reached = ctx.reached;
        let n = self.read(ctx, offset, out, max);
        ctx.reached = reached;
        n
    }
}

enum State {
    /// Taking the archive out of the layers below.
    Spooling,
    Directory(Directory),
    Entries(std::vec::IntoIter<Listed>),
    /// No directory: the next local header should be here.
    Scan(u64),
    /// To be told before the end.
    Fault(Box<Fault>),
    End,
}

/// The first bytes of a local header.
const LOCAL: [u8; 4] = *b"PK\x03\x04";

impl Zip {
    /// A zip that is the item itself, or else comes out of the layers below.
    pub fn new(is_item: bool) -> Self {
        let (place, state) = if is_item {
            (Place::Source, State::Directory(Directory::default()))
        } else {
            (Place::Spool(Spool::default()), State::Spooling)
        };
        Zip {
            place,
            state,
            entry: None,
            data_end: 0,
            cut: None,
        }
    }

    /// An entry, an empty archive, or one that was meant to be split over disks.
    pub fn starts(head: &[u8]) -> bool {
        head.starts_with(&LOCAL)
            || head.starts_with(b"PK\x05\x06")
            || head.starts_with(b"PK\x07\x08PK\x03\x04")
    }

    fn fault(level: usize, kind: ErrorKind, offset: u64) -> Fault {
        Fault {
            alive: true,
            ..Fault::new(level, "zip", kind, offset)
        }
    }

    fn spool(&mut self, below: &mut [Layer], ctx: &mut Ctx) -> Result<(), Fault> {
        let level = below.len();
        let Place::Spool(spool) = &mut self.place else {
            return Ok(());
        };
        let limit = ctx.limits.buffered_bytes;
        let held = spool.len();
        let too_large = Fault {
            alive: false,
            ..Self::fault(level, ErrorKind::BufferTooLarge { limit }, held)
        };
        if held > limit {
            *spool = Spool::default();
            return Err(too_large);
        }
        let Some((chunk, room)) = spool.room() else {
            return Err(too_large);
        };
        let before = chunk.len();
        let flow = stack::read(below, ctx, chunk, room);
        let grew = (chunk.len() - before) as u64;
        spool.grew(grew);
        match flow {
            Ok(Flow::More) => {}
            Ok(Flow::End) => self.state = State::Directory(Directory::default()),
            Err(fault) => {
                self.cut = Some(fault);
                self.state = State::Directory(Directory::default());
            }
        }
        Ok(())
    }

    /// The entry at `listed`, if it can be read.
    fn open(&mut self, ctx: &mut Ctx, level: usize, listed: Listed) -> Next {
        let offset = listed.header_at;
        let (path, size) = (listed.path.clone(), Some(listed.size));
        let opened = if offset < self.data_end {
            Err(ErrorKind::Overlap)
        } else {
            Entry::open(&mut self.place, ctx, &listed)
        };
        let fault = match opened {
            Ok(entry) => {
                self.data_end = entry.end();
                self.entry = Some(entry);
                None
            }
            Err(kind) => Some(Self::fault(level, kind, offset)),
        };
        Next::Entry { path, size, fault }
    }

    /// The entry whose local header lies at `at`, where there is no directory to ask.
    fn scan(&mut self, ctx: &mut Ctx, level: usize, at: u64) -> Result<Next, Fault> {
        let found = directory::local(&mut self.place, ctx, at).map_err(|k| Self::fault(level, k, at))?;
        let Some(listed) = found else {
            self.state = State::Fault(Box::new(Self::fault(level, ErrorKind::NoDirectory, at)));
            return Ok(Next::Again);
        };
        // Where it ends is known when it has been read, unless its header says it.
        let known_end = listed.data_at.saturating_add(listed.packed);
        let wanted = listed.is_wanted();
        let streamed = listed.streamed();
        self.state = State::Scan(if streamed { at } else { known_end });
        let next = self.open(ctx, level, listed);
        match next {
            Next::Entry { fault: Some(_), .. } if streamed => {
                self.state = State::Fault(Box::new(Self::fault(level, ErrorKind::NoDirectory, at)));
            }
            _ => {}
        }
        if wanted || streamed {
            Ok(next)
        } else {
            Ok(Next::Again)
        }
    }

    /// Where the scan goes on after an entry that did not say how long it is.
    fn after_streamed(&mut self, ctx: &mut Ctx, level: usize) {
        if let (State::Scan(at), Some(entry)) = (&mut self.state, &self.entry)
            && entry.is_streamed()
        {
            match entry.next_header(&mut self.place, ctx) {
                Some(next) => *at = next,
                None => {
                    let fault = Self::fault(level, ErrorKind::NoDirectory, *at);
                    self.state = State::Fault(Box::new(fault));
                }
            }
        }
    }
}

impl Archive for Zip {
    fn name(&self) -> &'static str {
        "zip"
    }

    fn seeks(&self) -> bool {
        true
    }

    fn next_entry(&mut self, below: &mut [Layer], ctx: &mut Ctx) -> Result<Next, Fault> {
        let level = below.len();
        if let Some(entry) = &mut self.entry
            && entry.is_streamed()
            && matches!(self.state, State::Scan(_))
            && !entry.is_over()
        {
            // Its end is only found by unpacking it.
            let mut scratch = std::mem::take(&mut ctx.scratch);
            scratch.clear();
            let read = entry.read(&mut self.place, ctx, level, &mut scratch, CHUNK);
            ctx.scratch = scratch;
            if read.is_err() {
                entry.give_up();
            }
            return Ok(Next::Again);
        }
        self.after_streamed(ctx, level);
        self.entry = None;
        match &mut self.state {
            State::Spooling => self.spool(below, ctx).map(|()| Next::Again),
            State::Directory(directory) => {
                match directory.read_more(&mut self.place, ctx) {
                    Ok(Found::More) => {}
                    Ok(Found::All(entries)) => self.state = State::Entries(entries.into_iter()),
                    Ok(Found::Missing) => self.state = State::Scan(0),
                    Err((kind, offset)) => {
                        let alive = false;
                        return Err(Fault {
                            alive,
                            ..Self::fault(level, kind, offset)
                        });
                    }
                }
                Ok(Next::Again)
            }
            State::Entries(entries) => match entries.next() {
                Some(listed) if listed.is_wanted() => Ok(self.open(ctx, level, listed)),
                Some(_) => Ok(Next::Again),
                None => match self.cut.take() {
                    Some(fault) => Err(fault),
                    None => Ok(Next::End),
                },
            },
            &mut State::Scan(at) => self.scan(ctx, level, at),
            State::Fault(fault) => {
                let fault = (**fault).clone();
                self.state = State::End;
                // What cut the archive short says more than that its directory is missing.
                Err(self.cut.take().unwrap_or(fault))
            }
            State::End => Ok(Next::End),
        }
    }

    fn read(
        &mut self,
        below: &mut [Layer],
        ctx: &mut Ctx,
        out: &mut Vec<u8>,
        max: usize,
    ) -> Result<Flow, Fault> {
        match &mut self.entry {
            Some(entry) => entry.read(&mut self.place, ctx, below.len(), out, max),
            None => Ok(Flow::End),
        }
    }

    fn within(&self) -> Option<Within> {
        match self.place {
            Place::Source => Some(Within::Item(self.entry.as_ref()?.lies()?)),
            Place::Spool(_) => None,
        }
    }
}
