//! What a worker does: reads items a slice at a time and answers questions between the slices.
//!
//! A [`Host`] knows nothing of browsers. The browser's worker, the page itself (where workers are refused) and the
//! native tests drive it with [`Host::handle`] and [`Host::pump`], and give it bytes as a [`ByteSource`].

mod asking;
mod hashes;
mod merging;
mod reading;
mod state;

use super::fetch::Fetch;
use super::ingest::Ingest;
use super::port::*;
use super::question::{Conclusion, Work};
use super::split::Share;
use super::stage::Stage;
use super::{extract, jobs, warm};
use crate::base::hash::{FastMap, FastSet};
use crate::formats::{LoggedIn, Options};
use crate::query::{Partial, Query, RowCache, Run};
use crate::share::{aggregate, collect};
use crate::table::{MemberId, Shard};
use crate::unpack::{ByteSource, MemberEnd, Places};
use hashes::Hashes;
use merging::Merging;
use reading::Read;
use std::collections::VecDeque;

/// Rows of a query looked at before the worker looks up again.
const QUERY_SLICE_ROWS: usize = 1 << 16;
/// Identities sent to the page at once.
const KEYS_PER_BATCH: usize = 1 << 15;
/// While items are read, a segment being filled is sealed for a question from this many rows on.
const SEAL_WHILE_READING: usize = 4096;
/// Of smaller items it is not noted where their members lie (bytes): they are read again from the beginning.
const NOTED_BYTES: u64 = 64 << 10;
/// Member numbers of a shard start here: `shard << MEMBER_BITS`.
pub const MEMBER_BITS: u32 = 24;
/// A shard stops reading here, so that what is loaded stays usable (bytes).
pub const SHARD_MEMORY_LIMIT: u64 = 1_600 << 20;

/// Sends a message to the page.
pub type Send<'a> = &'a mut dyn FnMut(FromShard);

#[derive(Default)]
pub struct Host {
    shard_index: u32,
    seed: u64,
    options: Options,
    shard: Shard,
    cache: RowCache,
    /// Bytes on their way from a walk to a reader.
    buffer: Vec<u8>,
    reads: VecDeque<Read>,
    outcomes: Vec<Outcome>,
    asks: Vec<Ask>,
    works: Vec<Work>,
    fetches: VecDeque<Fetch>,
    others: VecDeque<(AskId, Other)>,
    extraction: Option<Extraction>,
    paused: bool,
    /// Memory ran out: nothing more is read until something is removed.
    full: bool,
    steps: u32,
    next_member: MemberId,
    /// The item and the position in it of every member; a member missing here was removed.
    members: FastMap<MemberId, (ItemId, u64)>,
    /// Their paths.
    paths: FastMap<MemberId, Box<str>>,
    /// Where their lines were logged, of those where a container tells.
    logs: FastMap<MemberId, Vec<LoggedIn>>,
    identities: Identities,
    hashes: Hashes,
    /// Where the members of large items lie, for records that are read again.
    places: FastMap<ItemId, Places>,
    stage: Stage,
}

struct Ask {
    id: AskId,
    query: Query,
    later: bool,
    run: Option<Run>,
    /// All that is to be said, not yet sent.
    part: Option<Box<Partial>>,
}

/// Fields that were no columns being read.
struct Extraction {
    fields: Vec<String>,
    scratch: Shard,
    places: FastMap<(ItemId, u64), MemberId>,
}

enum Other {
    Merge(Box<Merging>),
    /// `true`: nothing more will come.
    Conclude(Box<Conclusion>, bool),
    Job(Box<Job>),
    Collect(Box<Collect>),
    /// So many rounds are left.
    Warm(u32),
}

/// Which identities the page has been told.
#[derive(Default)]
struct Identities {
    /// Rises with every recount; what is said of an older epoch is void.
    epoch: u32,
    /// By kind, how many segments were sent.
    segments: FastMap<&'static str, usize>,
    /// Batches waiting for the page's word: kind, segment, first row.
    batches: FastMap<u64, (&'static str, usize, usize)>,
    next_batch: u64,
}

impl Host {
    /// Takes a message. `source` stands for the Blob or buffer that came beside it.
    pub fn handle(&mut self, message: ToShard, source: Option<Box<dyn ByteSource>>, send: Send<'_>) {
        match message {
            ToShard::Init { shard, seed } => {
                self.shard_index = shard;
                self.seed = seed;
                self.next_member = shard << MEMBER_BITS;
                send(FromShard::Ready);
                send(FromShard::Idle);
            }
            ToShard::Options(options) => {
                self.options.flow_formats = options.flow_formats;
                self.options.opened_ns = options.opened_ns;
                self.options.custom = options.custom;
            }
            ToShard::Open { item, name, part } => self.open(item, name, part, source, false),
            ToShard::OpenMany { items } => self.open_many(items, source, false),
            ToShard::Extract {
                item,
                name,
                part,
                fields,
            } => {
                self.begin_extraction(&fields);
                self.open(item, name, part, source, true);
            }
            ToShard::ExtractMany { items, fields } => {
                self.begin_extraction(&fields);
                self.open_many(items, source, true);
            }
            ToShard::Cancel { item } => self.cancel(item, send),
            ToShard::Pause => self.paused = true,
            ToShard::Resume => self.paused = false,
            ToShard::Remove { items } => self.remove(&items, send),
            ToShard::Clear => {
                // What it was asked of rows the page asks again; a job is about none.
                let mut jobs = std::mem::take(&mut self.others);
                jobs.retain(|(_, other)| matches!(other, Other::Job(_)));
                let fresh = Host {
                    others: jobs,
                    shard_index: self.shard_index,
                    seed: self.seed,
                    next_member: self.next_member,
                    options: Options {
                        flow_formats: std::mem::take(&mut self.options.flow_formats),
                        opened_ns: self.options.opened_ns,
                        custom: std::mem::take(&mut self.options.custom),
                        ..Options::default()
                    },
                    identities: Identities {
                        epoch: self.identities.epoch,
                        next_batch: self.identities.next_batch,
                        ..Identities::default()
                    },
                    ..Host::default()
                };
                *self = fresh;
                self.tell_change(send);
            }
            ToShard::Seen { batch, duplicate } => self.seen(batch, &duplicate, send),
            ToShard::Recount { epoch } => {
                self.identities.epoch = epoch;
                self.identities.segments.clear();
                self.identities.batches.clear();
                self.send_keys(true, send);
                if self.reads.is_empty() && !self.hashes.is_awaited() {
                    send(FromShard::Idle);
                }
            }
            ToShard::Ask { id, query, later } => self.asks.push(Ask {
                id,
                query,
                later,
                run: None,
                part: None,
            }),
            ToShard::Collect { id, what } => {
                self.others.push_back((id, Other::Collect(Box::new(what))));
            }
            ToShard::Inquire { id, question } => self.inquire(id, question, send),
            ToShard::Mark { id, sought } => self.mark(id, sought),
            ToShard::Again { id, item, name } => self.give(id, item, name, source),
            ToShard::Conclude {
                id,
                question,
                pieces,
                last,
            } => {
                let conclusion = Box::new(Conclusion::new(&question, pieces));
                self.others.push_back((id, Other::Conclude(conclusion, last)));
            }
            ToShard::Drop { id } => {
                self.asks.retain(|a| a.id != id);
                self.works.retain(|w| w.id() != id);
                self.others.retain(|o| o.0 != id);
                self.fetches.retain(|f| f.id != id);
            }
            ToShard::Merge { id, query, partials } => self
                .others
                .push_back((id, Other::Merge(Box::new(Merging::new(query, partials))))),
            ToShard::Fetch {
                id,
                item,
                name,
                ranges,
            } => match source {
                Some(source) => {
                    let places = self.places.get(&item).cloned();
                    self.fetches
                        .push_back(Fetch::new(id, &name, source, places, ranges));
                }
                None => {
                    let texts = ranges
                        .iter()
                        .map(|_| Err("The file is no longer open.".to_owned()));
                    let texts = texts.collect();
                    send(FromShard::Text { id, texts });
                }
            },
            ToShard::Fields { id } => {
                let fields = self.fields();
                send(FromShard::Fields { id, fields });
            }
            ToShard::Warm => self.others.push_back((0, Other::Warm(warm::ROUNDS))),
            ToShard::Job { id, job } => self.others.push_back((id, Other::Job(Box::new(job)))),
        }
    }

    /// Works until `done` says the slice is over or nothing is left; true when there is more to do.
    pub fn pump(&mut self, done: &mut dyn FnMut() -> bool, send: Send<'_>) -> bool {
        loop {
            if !self.fetches.is_empty() {
                // Someone has clicked a record.
                self.step_fetch(send);
            } else if let Some((id, other)) = self.others.pop_front() {
                self.do_other(id, other, send);
                // Each may take as long as a slice may.
                return self.busy();
            } else if let Some(at) = self.waited_for() {
                if self.step_ask(at, send) {
                    return self.busy();
                }
            } else if let Some(at) = self.works.iter().position(Work::is_busy) {
                self.step_work(at, send);
            } else if !self.asks.is_empty() {
                // The oldest of those that nobody waits for.
                if self.step_ask(0, send) {
                    return self.busy();
                }
            } else if !self.paused && !self.reads.is_empty() {
                self.step_read(send);
            } else {
                return false;
            }
            if done() {
                return self.busy();
            }
        }
    }

    /// The newest question of columns that someone waits for.
    fn waited_for(&self) -> Option<usize> {
        self.asks.iter().rposition(|a| !a.later)
    }

    pub fn busy(&self) -> bool {
        !self.others.is_empty()
            || !self.asks.is_empty()
            || self.works.iter().any(Work::is_busy)
            || !self.fetches.is_empty()
            || (!self.paused && !self.reads.is_empty())
    }

    /// How far reading is, for the page's bars and counts. Call it a few times a second.
    pub fn progress(&mut self, send: Send<'_>) {
        self.flush(send);
        self.tell_works(send);
        if let Some(r) = self.reads.front() {
            send(FromShard::Progress {
                item: r.item,
                read_bytes: r.read_bytes(),
                records: r.records + r.current.as_ref().map_or(0, Ingest::kept),
            });
            self.tell_change(send);
        }
    }

    /// Sends outcomes gathered so far.
    fn flush(&mut self, send: Send<'_>) {
        if !self.outcomes.is_empty() {
            send(FromShard::Outcomes(std::mem::take(&mut self.outcomes)));
        }
    }

    fn finish(&mut self, read: Read, sha256: Option<[u8; 32]>, cancelled: bool, send: Send<'_>) {
        let more =
            self.reads.iter().any(|r| r.again == read.again) || !read.again && self.hashes.is_awaited();
        if read.places.is_some_and(|p| p.is_empty()) {
            self.places.remove(&read.item);
        }
        if read.again {
            if !more && let Some(e) = self.extraction.take() {
                self.works.iter_mut().for_each(Work::restart);
                let found = extract::join(&mut self.shard, e.scratch, &e.fields);
                self.cache = RowCache::default();
                send(FromShard::Extracted { found });
            }
        } else {
            self.outcomes.push(Outcome {
                item: read.item,
                name: read.name,
                bytes: read.bytes,
                sha256,
                members: read.members,
                cancelled,
                whole_only: read.part.of > 1 && (read.depends || matches!(read.share, Share::Unclear)),
            });
            if !more {
                self.shard.seal();
                self.flush(send);
            }
            self.send_keys(!more, send);
        }
        if self.reads.is_empty() && !self.hashes.is_awaited() {
            self.tell_change(send);
            send(FromShard::Idle);
        }
    }

    fn cancel(&mut self, item: Option<ItemId>, send: Send<'_>) {
        let (stop, go): (VecDeque<Read>, VecDeque<Read>) = std::mem::take(&mut self.reads)
            .into_iter()
            .partition(|r| !r.again && item.is_none_or(|i| r.item == i));
        self.reads = go;
        for mut read in stop {
            if let Some(ingest) = read.current.take() {
                let end = MemberEnd {
                    bytes: read.walk.member_bytes(),
                    error: None,
                };
                let ended = ingest.end(end, &self.options, &mut self.shard);
                self.logs.insert(ended.outcome.member, ended.logged_in);
                read.members.push(ended.outcome);
            }
            self.finish(read, None, true, send);
        }
    }

    fn remove(&mut self, items: &[ItemId], send: Send<'_>) {
        let items: FastSet<ItemId> = items.iter().copied().collect();
        self.reads.retain(|r| !items.contains(&r.item));
        self.hashes.forget(&items);
        self.places.retain(|item, _| !items.contains(item));
        self.members.retain(|_, (item, _)| !items.contains(item));
        self.paths.retain(|m, _| self.members.contains_key(m));
        self.logs.retain(|m, _| self.members.contains_key(m));
        self.works.iter_mut().for_each(Work::restart);
        let members = &self.members;
        self.shard.remove(&|m| !members.contains_key(&m));
        self.full = false;
        self.cache = RowCache::default();
        // Segments may have moved: the page asks for a recount after every removal.
        self.identities.batches.clear();
        if self.shard.tables.is_empty() && self.reads.is_empty() && !self.hashes.is_awaited() {
            // With no rows left, the dictionary goes too.
            self.shard = Shard::default();
            self.members.clear();
            self.paths.clear();
            self.logs.clear();
        }
        self.tell_change(send);
    }

    fn begin_extraction(&mut self, fields: &[String]) {
        for f in fields {
            if !self.options.extra_fields.contains(f) {
                self.options.extra_fields.push(f.clone());
            }
        }
        if self.extraction.is_none() {
            self.shard.seal();
            self.extraction = Some(Extraction {
                fields: fields.to_vec(),
                scratch: Shard::default(),
                places: self.members.iter().map(|(&m, &place)| (place, m)).collect(),
            });
        }
    }

    /// Sends the identities of sealed segments not sent yet; with `all`, seals what is being filled first.
    fn send_keys(&mut self, all: bool, send: Send<'_>) {
        if all {
            self.shard.seal();
        }
        let ids = &mut self.identities;
        for table in self.shard.tables.iter().filter(|t| t.facts.dedupe) {
            let from = ids.segments.entry(table.facts.id).or_insert(0);
            for (at, segment) in table.segments.iter().enumerate().skip(*from) {
                // A row of a removed item has no say in what is a duplicate: key 0 never is one.
                let key = |row: usize| match self.members.get(&segment.member(row)) {
                    Some(_) => segment.key(row).unwrap_or(0),
                    None => 0,
                };
                for first in (0..segment.rows).step_by(KEYS_PER_BATCH) {
                    let keys = (first..(first + KEYS_PER_BATCH).min(segment.rows))
                        .map(key)
                        .collect();
                    let batch = ids.next_batch;
                    ids.next_batch += 1;
                    ids.batches.insert(batch, (table.facts.id, at, first));
                    send(FromShard::Keys {
                        epoch: ids.epoch,
                        batch,
                        keys,
                    });
                }
            }
            *from = table.segments.len();
        }
    }

    /// Hides the rows of a batch that were met before, shows those that were not.
    fn seen(&mut self, batch: u64, duplicate: &[u64], send: Send<'_>) {
        let Some((kind, at, first)) = self.identities.batches.remove(&batch) else {
            return;
        };
        let table = self.shard.tables.iter_mut().find(|t| t.facts.id == kind);
        let Some(segment) = table.and_then(|t| t.segments.get_mut(at)) else {
            return;
        };
        let mut by_item: FastMap<ItemId, u64> = FastMap::default();
        for row in first..(first + KEYS_PER_BATCH).min(segment.rows) {
            let bit = row - first;
            let dup = duplicate.get(bit / 64).is_some_and(|w| w >> (bit % 64) & 1 == 1);
            if let Some((item, _)) = self.members.get(&segment.member(row)) {
                segment.set_hidden(row, dup);
                if dup {
                    *by_item.entry(*item).or_default() += 1;
                }
            }
        }
        self.cache = RowCache::default();
        let by_item = by_item.into_iter().collect();
        send(FromShard::Duplicates {
            epoch: self.identities.epoch,
            by_item,
        });
        self.tell_change(send);
    }

    /// A piece of a question; true for one whose length is not known.
    fn step_ask(&mut self, at: usize, send: Send<'_>) -> bool {
        if self.asks[at].run.is_none() {
            // Rows of a segment still being filled are seen once there are enough of them.
            self.shard.seal_larger_than(SEAL_WHILE_READING);
        }
        let shard_index = self.shard_index;
        let Ask {
            id, query, run, part, ..
        } = &mut self.asks[at];
        if let Some(part) = part.take() {
            let partial = postcard::to_stdvec(&*part).unwrap_or_default();
            send(FromShard::Partial { id: *id, partial });
            self.asks.remove(at);
            return true;
        }
        let run = run.get_or_insert_with(|| Run::new(query.clone(), shard_index));
        *part = run
            .step(&self.shard, &mut self.cache, QUERY_SLICE_ROWS)
            .map(Box::new);
        part.is_some()
    }

    fn do_other(&mut self, id: AskId, other: Other, send: Send<'_>) {
        match other {
            Other::Merge(merging) => {
                if let Some(merging) = merging.step(id, send) {
                    self.others.push_front((id, Other::Merge(Box::new(merging))));
                }
            }
            Other::Conclude(mut conclusion, last) => match conclusion.step() {
                None => self.others.push_front((id, Other::Conclude(conclusion, last))),
                Some(found) => {
                    let (found, why) = match found {
                        Ok(found) => (found, None),
                        Err(why) => (Vec::new(), Some(why)),
                    };
                    send(FromShard::Concluded { id, found, why, last });
                }
            },
            Other::Warm(rounds) => {
                // Whoever has something to do is warm soon enough.
                if let Some(left) = rounds.checked_sub(1)
                    && self.reads.is_empty()
                    && self.others.is_empty()
                {
                    warm::round();
                    self.others.push_back((id, Other::Warm(left)));
                }
            }
            Other::Job(job) => send(FromShard::Done {
                id,
                result: jobs::run(*job, &mut self.stage),
            }),
            Other::Collect(what) => {
                self.shard.seal();
                let partial = match *what {
                    Collect::Rows { ask, sources } => {
                        let sources: FastMap<ItemId, u32> = sources.into_iter().collect();
                        let source_of = |member: MemberId| {
                            let (item, index) = self.members.get(&member)?;
                            Some((*sources.get(item)?, *index))
                        };
                        postcard::to_stdvec(&collect::part(&self.shard, &ask, &source_of))
                    }
                    Collect::Sums(ask) => postcard::to_stdvec(&aggregate::part(&self.shard, &ask)),
                };
                let partial = partial.unwrap_or_default();
                send(FromShard::Partial { id, partial });
            }
        }
    }

    fn step_fetch(&mut self, send: Send<'_>) {
        if self.fetches.front_mut().is_some_and(Fetch::step)
            && let Some(f) = self.fetches.pop_front()
        {
            send(FromShard::Text {
                id: f.id,
                texts: f.into_texts(),
            });
        }
    }

    /// What rows take, and where they were read (bytes).
    fn memory(&self) -> u64 {
        self.shard.memory() as u64 + self.places.values().map(Places::memory).sum::<u64>()
    }

    /// For tests and for the page's own shard: what is held here.
    pub fn shard(&self) -> &Shard {
        &self.shard
    }
}
