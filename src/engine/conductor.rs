//! What the page does with its workers: who reads what, which records are duplicates, which answers are complete.
//!
//! Pure bookkeeping: messages in, commands and events out. The browser's part (Blobs, postMessage, promises) is
//! elsewhere and thin; native tests drive the same code.

use super::items::{Items, Progress};
use super::port::*;
use super::queue::{Piece, Queue};
use crate::base::hash::{FastMap, FastSet};
use crate::query::Query;

/// Pieces of work a worker has at once, so that it never waits for the page.
const AHEAD: usize = 2;

/// What the browser's part is to do.
#[derive(Debug)]
pub enum Command {
    Send {
        shard: usize,
        message: ToShard,
        attach: Attach,
    },
}

/// What travels beside a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Attach {
    Nothing,
    /// The item's Blob.
    Blob(ItemId),
    /// The bytes of these items, one after the other in one buffer.
    Bytes(Vec<ItemId>),
}

/// What the page wants to know.
#[derive(Debug)]
pub enum Event {
    /// An item's state changed.
    Item(ItemId),
    /// Rows were added, hidden or removed: answers may differ now.
    Rows,
    /// Everything asked to be read has been read.
    Idle,
    Answer {
        id: AskId,
        answer: Vec<u8>,
    },
    /// All shards' partials of a question that is put together on the page.
    Partials {
        id: AskId,
        partials: Vec<Vec<u8>>,
    },
    Text {
        id: AskId,
        texts: Texts,
    },
    Fields {
        id: AskId,
        fields: Vec<FieldState>,
    },
    Done {
        id: AskId,
        result: Result<JobResult, String>,
    },
    Extracted {
        fields: Vec<String>,
        found: u64,
    },
    Full {
        memory: u64,
    },
    /// A worker died; what it held is gone. The browser's words.
    Broken {
        why: String,
    },
}

/// The state of one worker as the page knows it.
#[derive(Clone, Debug, Default)]
struct Worker {
    /// Pieces of work (a large item, a batch) sent and not done.
    pieces: Vec<FastSet<ItemId>>,
    kinds: Vec<KindState>,
    memory: u64,
    ready: bool,
    /// It has said that it has nothing to read since it was last given something.
    idle: bool,
    /// Batches of identities answered whose rows are not yet hidden.
    awaiting: usize,
    /// It stopped for good: nothing is sent to it, nothing expected of it.
    dead: bool,
}

struct Pending {
    query: Query,
    partials: Vec<Option<Vec<u8>>>,
    /// Merge and finish in a worker, or hand the partials over.
    merge: bool,
}

pub struct Conductor {
    items: Items,
    queue: Queue,
    /// Folders and lists of files being gone through: more items are to come.
    listing: usize,
    workers: Vec<Worker>,
    seed: u64,
    options: crate::formats::Options,
    seen: FastSet<u128>,
    epoch: u32,
    by_hash: FastMap<[u8; 32], ItemId>,
    pending: FastMap<AskId, Pending>,
    gathering: FastMap<AskId, (usize, Vec<FieldState>)>,
    extracting: Option<(Vec<String>, usize, u64)>,
    next_ask: AskId,
    commands: Vec<Command>,
    events: Vec<Event>,
    full: bool,
    was_idle: bool,
}

impl Conductor {
    pub fn new(shards: usize, seed: u64) -> Self {
        let mut c = Conductor {
            items: Items::default(),
            queue: Queue::default(),
            listing: 0,
            workers: vec![Worker::default(); shards.max(1)],
            seed,
            options: crate::formats::Options::default(),
            seen: FastSet::default(),
            epoch: 0,
            by_hash: FastMap::default(),
            pending: FastMap::default(),
            gathering: FastMap::default(),
            extracting: None,
            next_ask: 1,
            commands: Vec::new(),
            events: Vec::new(),
            full: false,
            was_idle: true,
        };
        for shard in 0..c.workers.len() {
            c.begin(shard);
        }
        c
    }

    fn begin(&mut self, shard: usize) {
        let message = ToShard::Init {
            shard: shard as u32,
            seed: self.seed,
        };
        self.send(shard, message, Attach::Nothing);
    }

    /// Has the worker said that it is there?
    pub fn is_ready(&self, shard: usize) -> bool {
        self.workers[shard].ready
    }

    /// Another takes the place of a worker that never was ready: what was asked of it is asked again.
    pub fn replace(&mut self, shard: usize) {
        self.begin(shard);
        let options = self.options.clone();
        self.send(shard, ToShard::Options(options), Attach::Nothing);
        let asked: Vec<(AskId, Query)> = (self.pending.iter())
            .filter(|(_, p)| p.partials[shard].is_none())
            .map(|(&id, p)| (id, p.query.clone()))
            .collect();
        for (id, query) in asked {
            self.send(shard, ToShard::Ask { id, query }, Attach::Nothing);
        }
        let gathering: Vec<AskId> = self.gathering.keys().copied().collect();
        for id in gathering {
            self.send(shard, ToShard::Fields { id }, Attach::Nothing);
        }
    }

    /// A worker stopped: what it held is gone, and its items say so. The others go on.
    pub fn lose(&mut self, shard: usize, why: &str) {
        if std::mem::replace(&mut self.workers[shard].dead, true) {
            return;
        }
        self.workers[shard] = Worker {
            dead: true,
            idle: true,
            ..Worker::default()
        };
        let lost: Vec<ItemId> = (self.items.iter())
            .filter(|i| i.shard == shard && i.progress != Progress::Waiting)
            .map(|i| i.id)
            .collect();
        self.fail(lost, &format!("the worker that read it stopped ({why})"));
        if self.workers.iter().all(|w| w.dead) {
            let waiting = self.queue.drain();
            self.fail(waiting, "every worker of this page stopped; reload it");
        }
        let asked: Vec<AskId> = self.pending.keys().copied().collect();
        for id in asked {
            self.partial(shard, id, Vec::new());
        }
        self.gathering.clear();
        self.extracting = None;
        self.events.push(Event::Rows);
        self.events.push(Event::Broken { why: why.to_owned() });
        self.feed();
        self.tell_idle();
    }

    fn fail(&mut self, items: Vec<ItemId>, why: &str) {
        for id in items {
            self.items.change(id, |item| {
                item.progress = Progress::Done;
                item.duplicates = 0;
                let path = item.name.clone();
                let error = Some(why.to_owned());
                item.outcome = Some(Outcome {
                    item: id,
                    name: path.clone(),
                    bytes: item.bytes,
                    members: vec![MemberOutcome {
                        member: u32::MAX,
                        path,
                        error,
                        ..MemberOutcome::default()
                    }],
                    ..Outcome::default()
                });
            });
            self.events.push(Event::Item(id));
        }
    }

    pub fn shards(&self) -> usize {
        self.workers.len()
    }

    /// What is to be done since the last call.
    pub fn commands(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.commands)
    }

    /// What happened since the last call.
    pub fn events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// What was opened.
    pub fn items(&self) -> &Items {
        &self.items
    }

    /// Rows by kind over all shards.
    pub fn kinds(&self) -> Vec<KindState> {
        let mut out: Vec<KindState> = Vec::new();
        for k in self.workers.iter().flat_map(|w| &w.kinds) {
            match out.iter_mut().find(|o| o.kind == k.kind) {
                Some(o) => {
                    o.rows += k.rows;
                    o.span = match (o.span, k.span) {
                        (Some(a), Some(b)) => Some(a.union(b)),
                        (a, b) => a.or(b),
                    };
                }
                None => out.push(k.clone()),
            }
        }
        out.retain(|k| k.rows > 0);
        out
    }

    pub fn memory(&self) -> u64 {
        self.workers.iter().map(|w| w.memory).sum()
    }

    /// Workers that are reading.
    pub fn busy(&self) -> usize {
        self.workers.iter().filter(|w| !w.pieces.is_empty()).count()
    }

    /// Everything is read and every duplicate is found.
    pub fn is_settled(&self) -> bool {
        !self.is_loading() && self.workers.iter().all(|w| w.idle && w.awaiting == 0)
    }

    /// A question is on its way.
    pub fn is_asked(&self) -> bool {
        !self.pending.is_empty()
    }

    pub fn is_loading(&self) -> bool {
        self.listing > 0 || !self.queue.is_empty() || self.busy() > 0
    }

    /// More items are to come: nothing is final until as many [`Conductor::end_listing`] were said.
    pub fn begin_listing(&mut self) {
        self.listing += 1;
        self.was_idle = false;
    }

    pub fn end_listing(&mut self) {
        self.listing = self.listing.saturating_sub(1);
        self.tell_idle();
    }

    /// Says once that everything asked to be read has been read.
    fn tell_idle(&mut self) {
        if !self.was_idle && !self.is_loading() {
            self.was_idle = true;
            self.events.push(Event::Idle);
        }
    }

    /// Takes items to be read: name (path) and size in bytes. Returns their numbers.
    pub fn open(&mut self, items: impl IntoIterator<Item = (String, u64)>) -> Vec<ItemId> {
        let ids: Vec<ItemId> = items
            .into_iter()
            .map(|(name, bytes)| self.items.push(name, bytes))
            .collect();
        for &id in &ids {
            self.queue.push(id, self.bytes(id));
        }
        self.was_idle = false;
        self.feed();
        ids
    }

    pub fn cancel(&mut self) {
        for id in self.queue.drain() {
            self.items.change(id, |item| {
                item.progress = Progress::Done;
                item.outcome = Some(Outcome {
                    item: id,
                    name: item.name.clone(),
                    bytes: item.bytes,
                    cancelled: true,
                    ..Outcome::default()
                });
            });
            self.events.push(Event::Item(id));
        }
        self.broadcast(|| ToShard::Cancel { item: None });
        self.feed();
    }

    pub fn pause(&mut self, paused: bool) {
        self.broadcast(|| if paused { ToShard::Pause } else { ToShard::Resume });
    }

    pub fn remove(&mut self, items: &[ItemId]) {
        let gone: FastSet<ItemId> = items.iter().copied().collect();
        for &id in items {
            self.items.remove(id);
        }
        self.queue.remove(&gone);
        self.by_hash.retain(|_, i| !gone.contains(i));
        for w in &mut self.workers {
            for piece in &mut w.pieces {
                piece.retain(|i| !gone.contains(i));
            }
            w.pieces.retain(|p| !p.is_empty());
        }
        self.full = false;
        self.broadcast(|| ToShard::Remove {
            items: items.to_vec(),
        });
        // A file that was left out as a copy of one of these is read now.
        let copies: Vec<ItemId> = self
            .items
            .iter()
            .filter(|i| i.same_as.is_some_and(|s| gone.contains(&s)))
            .map(|i| i.id)
            .collect();
        for id in copies {
            self.items.change(id, |item| {
                item.same_as = None;
                item.outcome = None;
                item.progress = Progress::Waiting;
            });
            self.queue.push(id, self.bytes(id));
            self.was_idle = false;
        }
        self.recount();
        self.events.push(Event::Rows);
        self.feed();
    }

    pub fn clear(&mut self) {
        let all: Vec<ItemId> = self.items.iter().map(|i| i.id).collect();
        for id in all {
            self.items.remove(id);
        }
        self.queue.drain();
        self.by_hash.clear();
        self.seen.clear();
        self.epoch += 1;
        self.full = false;
        for w in &mut self.workers {
            w.pieces.clear();
            w.kinds.clear();
            w.idle = false;
            w.awaiting = 0;
        }
        let epoch = self.epoch;
        self.broadcast(|| ToShard::Clear);
        self.broadcast(|| ToShard::Recount { epoch });
        self.events.push(Event::Rows);
        self.feed();
    }

    pub fn options(&mut self, options: &crate::formats::Options) {
        self.options = options.clone();
        self.broadcast(|| ToShard::Options(options.clone()));
    }

    /// Asks every shard. With `merge`, [`Event::Answer`] brings the finished answer; else [`Event::Partials`].
    pub fn ask(&mut self, query: Query, merge: bool) -> AskId {
        let id = self.number();
        for shard in 0..self.workers.len() {
            let message = ToShard::Ask {
                id,
                query: query.clone(),
            };
            self.send(shard, message, Attach::Nothing);
        }
        let partials = self.workers.iter().map(|w| w.dead.then(Vec::new)).collect();
        self.pending.insert(
            id,
            Pending {
                query,
                partials,
                merge,
            },
        );
        id
    }

    /// The answer is no longer wanted.
    pub fn drop_ask(&mut self, id: AskId) {
        if self.pending.remove(&id).is_some() {
            self.broadcast(|| ToShard::Drop { id });
        }
    }

    pub fn fields(&mut self) -> AskId {
        let id = self.number();
        let alive = self.workers.iter().filter(|w| !w.dead).count();
        self.gathering.insert(id, (alive, Vec::new()));
        self.broadcast(|| ToShard::Fields { id });
        id
    }

    /// Reads ranges of an item's original bytes.
    pub fn fetch(&mut self, item: ItemId, ranges: Vec<Range>) -> Option<AskId> {
        let name = self.items.get(item)?.name.clone();
        let id = self.number();
        let shard = self.quietest();
        self.send(shard, ToShard::Fetch { id, name, ranges }, Attach::Blob(item));
        Some(id)
    }

    pub fn job(&mut self, job: Job) -> AskId {
        let id = self.number();
        let shard = self.quietest();
        self.send(shard, ToShard::Job { id, job }, Attach::Nothing);
        id
    }

    /// Makes columns of fields that are none yet, by reading again every item that has rows of these kinds.
    pub fn extract(&mut self, fields: Vec<String>, kinds: &[String]) {
        if self.extracting.is_some() || self.is_loading() {
            return;
        }
        let mut by_shard: Vec<Vec<ItemId>> = vec![Vec::new(); self.workers.len()];
        for i in self.items.iter().filter(|i| i.same_as.is_none()) {
            let of_kind = |m: &MemberOutcome| m.kind.as_ref().is_some_and(|k| kinds.contains(k));
            if i.members().any(of_kind) {
                by_shard[i.shard].push(i.id);
            }
        }
        let waiting = by_shard.iter().filter(|b| !b.is_empty()).count();
        if waiting == 0 {
            self.events.push(Event::Extracted { fields, found: 0 });
            return;
        }
        self.extracting = Some((fields.clone(), waiting, 0));
        for (shard, ids) in by_shard.into_iter().enumerate() {
            let mut again = Queue::default();
            for id in ids {
                again.push(id, self.bytes(id));
            }
            while let Some(piece) = again.next(1) {
                let fields = fields.clone();
                match piece {
                    Piece::Batch(batch) => {
                        let items = self.describe(&batch);
                        let message = ToShard::ExtractMany { items, fields };
                        self.send(shard, message, Attach::Bytes(batch));
                    }
                    Piece::One(item) => {
                        let name = self.name(item);
                        self.send(shard, ToShard::Extract { item, name, fields }, Attach::Blob(item));
                    }
                }
            }
        }
    }

    /// Takes a worker's message.
    pub fn hear(&mut self, shard: usize, message: FromShard) {
        if self.workers[shard].dead {
            return;
        }
        match message {
            FromShard::Ready => {
                self.workers[shard].ready = true;
                self.feed();
            }
            FromShard::Progress {
                item,
                read_bytes,
                records,
            } => {
                self.items.change(item, |i| {
                    if i.progress != Progress::Done {
                        i.progress = Progress::Reading { read_bytes, records };
                    }
                });
                self.events.push(Event::Item(item));
            }
            FromShard::Outcomes(outcomes) => {
                for o in outcomes {
                    self.outcome(shard, o);
                }
                self.feed();
            }
            FromShard::Keys { epoch, batch, keys } => {
                if epoch == self.epoch {
                    let mut duplicate = vec![0u64; keys.len().div_ceil(64)];
                    for (i, key) in keys.into_iter().enumerate() {
                        if key != 0 && !self.seen.insert(key) {
                            duplicate[i / 64] |= 1 << (i % 64);
                        }
                    }
                    self.workers[shard].awaiting += 1;
                    self.send(shard, ToShard::Seen { batch, duplicate }, Attach::Nothing);
                }
            }
            FromShard::Duplicates { epoch, by_item } => {
                if epoch == self.epoch {
                    let waiting = &mut self.workers[shard].awaiting;
                    *waiting = waiting.saturating_sub(1);
                    for (item, n) in by_item {
                        self.items.change(item, |i| i.duplicates += n);
                        self.events.push(Event::Item(item));
                    }
                }
            }
            FromShard::Changed {
                memory,
                kinds,
                rows: _,
            } => {
                let w = &mut self.workers[shard];
                let changed = w.kinds != kinds;
                w.memory = memory;
                w.kinds = kinds;
                if changed {
                    self.events.push(Event::Rows);
                }
            }
            FromShard::Partial { id, partial } => self.partial(shard, id, partial),
            FromShard::Answer { id, answer } => self.events.push(Event::Answer { id, answer }),
            FromShard::Text { id, texts } => self.events.push(Event::Text { id, texts }),
            FromShard::Fields { id, fields } => {
                if let Some((left, all)) = self.gathering.get_mut(&id) {
                    *left -= 1;
                    for f in fields {
                        if !all.contains(&f) {
                            all.push(f);
                        }
                    }
                    if *left == 0
                        && let Some((_, fields)) = self.gathering.remove(&id)
                    {
                        self.events.push(Event::Fields { id, fields });
                    }
                }
            }
            FromShard::Done { id, result } => self.events.push(Event::Done { id, result }),
            FromShard::Extracted { found } => {
                if let Some((_, left, sum)) = &mut self.extracting {
                    *left -= 1;
                    *sum += found;
                    if *left == 0
                        && let Some((fields, _, found)) = self.extracting.take()
                    {
                        self.events.push(Event::Rows);
                        self.events.push(Event::Extracted { fields, found });
                    }
                }
            }
            FromShard::Full { memory } => {
                self.full = true;
                self.events.push(Event::Full { memory });
                self.cancel();
            }
            FromShard::Idle => {
                self.workers[shard].idle = true;
                self.feed();
            }
        }
        self.tell_idle();
    }

    fn outcome(&mut self, shard: usize, outcome: Outcome) {
        let id = outcome.item;
        let worker = &mut self.workers[shard];
        for piece in &mut worker.pieces {
            piece.remove(&id);
        }
        worker.pieces.retain(|p| !p.is_empty());
        let hash = outcome.sha256;
        let known = self.items.change(id, |item| {
            item.progress = Progress::Done;
            item.outcome = Some(outcome);
        });
        if known.is_none() {
            return;
        }
        self.events.push(Event::Item(id));
        if let Some(hash) = hash {
            let first = *self.by_hash.entry(hash).or_insert(id);
            if first != id && self.bytes(first) == self.bytes(id) {
                self.items.change(id, |item| item.same_as = Some(first));
                self.broadcast(|| ToShard::Remove { items: vec![id] });
                self.recount();
            }
        }
    }

    /// Finds all duplicates anew: which copy is kept may change when one of them goes.
    fn recount(&mut self) {
        self.epoch += 1;
        self.seen.clear();
        let with: Vec<ItemId> = (self.items.iter())
            .filter(|i| i.duplicates > 0)
            .map(|i| i.id)
            .collect();
        for id in with {
            self.items.change(id, |i| i.duplicates = 0);
        }
        for w in &mut self.workers {
            w.idle = false;
            w.awaiting = 0;
        }
        let epoch = self.epoch;
        self.broadcast(|| ToShard::Recount { epoch });
    }

    fn partial(&mut self, shard: usize, id: AskId, partial: Vec<u8>) {
        let Some(pending) = self.pending.get_mut(&id) else {
            return;
        };
        if let Some(slot) = pending.partials.get_mut(shard) {
            *slot = Some(partial);
        }
        if pending.partials.iter().any(Option::is_none) {
            return;
        }
        let Some(done) = self.pending.remove(&id) else {
            return;
        };
        let partials = done.partials.into_iter().flatten().collect();
        if done.merge {
            let shard = self.quietest();
            let message = ToShard::Merge {
                id,
                query: done.query,
                partials,
            };
            self.send(shard, message, Attach::Nothing);
        } else {
            self.events.push(Event::Partials { id, partials });
        }
    }

    /// Gives waiting items to workers that have room.
    fn feed(&mut self) {
        while !self.queue.is_empty() {
            let open = (0..self.workers.len())
                .filter(|&w| self.workers[w].ready && self.workers[w].pieces.len() < AHEAD)
                .min_by_key(|&w| self.workers[w].pieces.len());
            let Some(shard) = open else { return };
            let Some(piece) = self.queue.next(self.workers.len()) else {
                return;
            };
            let ids = match piece {
                Piece::One(item) => {
                    let name = self.name(item);
                    self.send(shard, ToShard::Open { item, name }, Attach::Blob(item));
                    vec![item]
                }
                Piece::Batch(batch) => {
                    let items = self.describe(&batch);
                    self.send(shard, ToShard::OpenMany { items }, Attach::Bytes(batch.clone()));
                    batch
                }
            };
            for &id in &ids {
                self.items.change(id, |i| {
                    i.shard = shard;
                    i.progress = Progress::Reading {
                        read_bytes: 0,
                        records: 0,
                    };
                });
            }
            self.workers[shard].idle = false;
            self.workers[shard].pieces.push(ids.into_iter().collect());
        }
    }

    fn describe(&self, ids: &[ItemId]) -> Vec<(ItemId, String, u32)> {
        ids.iter()
            .map(|&i| (i, self.name(i), self.bytes(i) as u32))
            .collect()
    }

    fn bytes(&self, id: ItemId) -> u64 {
        self.items.get(id).map_or(0, |i| i.bytes)
    }

    fn name(&self, id: ItemId) -> String {
        self.items.get(id).map(|i| i.name.clone()).unwrap_or_default()
    }

    fn quietest(&self) -> usize {
        (0..self.workers.len())
            .filter(|&w| !self.workers[w].dead)
            .min_by_key(|&w| self.workers[w].pieces.len())
            .unwrap_or(0)
    }

    fn number(&mut self) -> AskId {
        self.next_ask += 1;
        self.next_ask
    }

    fn broadcast(&mut self, message: impl Fn() -> ToShard) {
        for shard in 0..self.workers.len() {
            self.send(shard, message(), Attach::Nothing);
        }
    }

    fn send(&mut self, shard: usize, message: ToShard, attach: Attach) {
        if self.workers[shard].dead {
            return;
        }
        self.commands.push(Command::Send {
            shard,
            message,
            attach,
        });
    }

    pub fn is_full(&self) -> bool {
        self.full
    }
}
