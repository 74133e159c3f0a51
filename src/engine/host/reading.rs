//! How items are read, a bounded piece at a time.

use super::super::ingest::Ingest;
use super::super::port::{FromShard, ItemId, MemberOutcome, Part};
use super::super::split::Share;
use super::{Host, NOTED_BYTES, SHARD_MEMORY_LIMIT, Send};
use crate::table::MemberId;
use crate::unpack::{ByteSource, Limits, MemorySource, Places, Step, Walk};
use std::io;

/// An item being read, or a part of one.
pub(super) struct Read {
    pub(super) item: ItemId,
    pub(super) name: String,
    pub(super) walk: Walk,
    pub(super) bytes: u64,
    pub(super) part: Part,
    pub(super) share: Share,
    pub(super) places: Option<Places>,
    pub(super) members: Vec<MemberOutcome>,
    pub(super) current: Option<Ingest>,
    /// Read again for fields, not for rows.
    pub(super) again: bool,
    /// Records of members that are done.
    pub(super) records: u64,
    /// How something was read depended on what stood before it.
    pub(super) depends: bool,
}

impl Read {
    /// Packed bytes that are done with.
    pub(super) fn read_bytes(&self) -> u64 {
        match self.share {
            // It goes through all of them, and is there for some.
            Share::Members => self.walk.progress() / u64::from(self.part.of),
            _ => self.walk.progress(),
        }
    }
}

/// An item that was listed and could not be read.
struct Unreadable;

impl ByteSource for Unreadable {
    /// Not known; none would be an empty file.
    fn len(&self) -> u64 {
        1
    }

    fn read_at(&mut self, _: u64, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other(
            "the browser could not read it: it may have been moved, changed or removed since it was chosen",
        ))
    }
}

impl Host {
    pub(super) fn open(
        &mut self,
        item: ItemId,
        name: String,
        part: Part,
        source: Option<Box<dyn ByteSource>>,
        again: bool,
    ) {
        let Some(mut source) = source else { return };
        let bytes = source.len();
        let share = Share::of(&name, &mut *source, part, &self.options.custom);
        let mut walk = Walk::new(&name, source, Limits::default());
        match &share {
            Share::Whole => {}
            Share::Members => walk = walk.every(part.nth.into(), part.of.into()),
            Share::Lines { from, until, .. } => walk = walk.within(*from, *until),
            Share::Nothing | Share::Unclear => walk = walk.within(bytes, bytes),
        }
        let mut places = None;
        if again || part.nth > 0 {
            // Of several parts, the first is read by who hashes the item.
            walk = walk.without_hash();
        }
        if !again && bytes >= NOTED_BYTES {
            let noted = Places::default();
            self.places.insert(item, noted.clone());
            walk = walk.noting(noted.clone());
            places = Some(noted);
        }
        self.reads.push_back(Read {
            item,
            walk,
            name,
            bytes,
            part,
            share,
            places,
            members: Vec::new(),
            current: None,
            again,
            records: 0,
            depends: false,
        });
    }

    pub(super) fn open_many(
        &mut self,
        items: Vec<(ItemId, String, Option<u32>)>,
        source: Option<Box<dyn ByteSource>>,
        again: bool,
    ) {
        let Some(mut source) = source else { return };
        let mut at = 0u64;
        for (item, name, len) in items {
            let Some(len) = len else {
                self.open(item, name, Part::WHOLE, Some(Box::new(Unreadable)), again);
                continue;
            };
            let mut bytes = vec![0; len as usize];
            // A buffer shorter than it says gives a truncated item, which its reader then reports.
            let got = source.read_at(at, &mut bytes).unwrap_or(0);
            bytes.truncate(got);
            at += u64::from(len);
            let source = Box::new(MemorySource::new(bytes));
            self.open(item, name, Part::WHOLE, Some(source), again);
        }
    }

    /// One bounded piece of reading.
    pub(super) fn step_read(&mut self, send: Send<'_>) {
        let Some(read) = self.reads.front_mut() else {
            return;
        };
        let (shard, known) = match &mut self.extraction {
            Some(e) if read.again => (&mut e.scratch, Some(&e.places)),
            _ => (&mut self.shard, None),
        };
        let options = &self.options;
        match read.walk.next(&mut self.buffer) {
            Step::Begin(head) => {
                let place = (read.item, head.index);
                let member = if read.again {
                    let known = known.and_then(|places| places.get(&place));
                    known.copied().unwrap_or(MemberId::MAX)
                } else {
                    let m = self.next_member;
                    self.next_member += 1;
                    self.members.insert(m, place);
                    self.paths.insert(m, head.path.as_str().into());
                    m
                };
                let ingest = Ingest::new(member, head, self.seed);
                read.current = match &read.share {
                    Share::Lines {
                        from,
                        resumed: Some(resumed),
                        ..
                    } => Some(ingest.resume(resumed, *from, options, shard)),
                    Share::Nothing | Share::Unclear => None,
                    _ => Some(ingest),
                };
            }
            Step::Data => {
                if let Some(ingest) = &mut read.current {
                    ingest.data(&self.buffer, options, shard);
                    if let (Some(places), Some(index)) = (&read.places, ingest.reads_as_is()) {
                        places.confirm(index);
                    }
                }
            }
            Step::End(end) => {
                if let Some(ingest) = read.current.take() {
                    let ended = ingest.end(end, options, shard);
                    read.depends |= ended.depends;
                    read.records += ended.outcome.kept;
                    if !read.again && !ended.logged_in.is_empty() {
                        self.logs.insert(ended.outcome.member, ended.logged_in);
                    }
                    read.members.push(ended.outcome);
                }
            }
            Step::Working => {}
            Step::Done { sha256 } => {
                if let Some(read) = self.reads.pop_front() {
                    self.is_read(read, sha256, send);
                }
            }
        }
        self.steps = self.steps.wrapping_add(1);
        if self.steps.is_multiple_of(64) && !self.full {
            let memory = self.memory();
            if memory > SHARD_MEMORY_LIMIT || self.shard.pool.is_nearly_full() {
                self.full = true;
                send(FromShard::Full { memory });
                self.cancel(None, send);
            }
        }
    }
}
