//! What the page does with its workers: who reads what, which records are duplicates, which answers are complete.
//!
//! Pure bookkeeping: messages in, commands and events out. The browser's part (Blobs, postMessage, promises) is
//! elsewhere and thin; native tests drive the same code.

mod asking;
#[cfg(test)]
mod lost;
mod reading;

use super::items::{Items, Progress};
use super::port::*;
use super::queue::Queue;
use crate::base::hash::{FastMap, FastSet};
use crate::query::Query;

/// Pieces of work a worker has at once, so that it never waits for the page.
const AHEAD: usize = 2;
/// From this size on an item may be read by several workers at once (bytes).
const SPLIT_BYTES: u64 = 16 << 20;

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
    /// A question in one of the logs' own languages: so many original records of so many were read again.
    SoFar {
        id: AskId,
        read: u64,
        of: u64,
    },
    /// What was found, a [`super::question::Found`], or why nothing was; `last`: it is the answer.
    Found {
        id: AskId,
        found: Result<Vec<u8>, String>,
        last: bool,
    },
    /// Which records filter patterns take is known now.
    Marked {
        id: AskId,
        taken: Taken,
    },
    /// All shards' partials of a question that is put together on the page, or their parts of a shared file.
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

/// What every shard was asked.
#[derive(Clone)]
enum Asked {
    Query { query: Query, later: bool },
    Collect(Collect),
    Question(Question),
    Mark(Vec<Sought>),
}

impl Asked {
    fn message(&self, id: AskId) -> ToShard {
        match self.clone() {
            Asked::Query { query, later } => ToShard::Ask { id, query, later },
            Asked::Collect(what) => ToShard::Collect { id, what },
            Asked::Question(question) => ToShard::Inquire { id, question },
            Asked::Mark(sought) => ToShard::Mark { id, sought },
        }
    }
}

struct Pending {
    asked: Asked,
    partials: Vec<Option<Vec<u8>>>,
    /// Merge and finish in a worker, or hand the partials over.
    merge: bool,
    so_far: SoFar,
}

/// Fields of all kinds, from the workers that have told them.
#[derive(Default)]
struct Gathering {
    /// Who has not.
    left: Vec<usize>,
    fields: Vec<FieldState>,
}

/// What workers told before they were done.
#[derive(Default)]
struct SoFar {
    /// By shard: records read again, of how many, and the last piece.
    told: Vec<(u64, u64, Vec<u8>)>,
    /// It is being put together.
    concluding: bool,
}

pub struct Conductor {
    items: Items,
    queue: Queue,
    /// Folders and lists of files being gone through: more items are to come.
    listing: usize,
    workers: Vec<Worker>,
    seed: u64,
    /// Formats of flow logs that the person told, and those that files told.
    told: crate::formats::Options,
    learnt: Vec<String>,
    /// Descriptions of logs that files told.
    described: crate::formats::custom::Described,
    seen: FastSet<u128>,
    epoch: u32,
    by_hash: FastMap<[u8; 32], ItemId>,
    pending: FastMap<AskId, Pending>,
    /// Questions that are put together: by whom, and what was asked.
    concluding: FastMap<AskId, (usize, Asked)>,
    gathering: FastMap<AskId, Gathering>,
    /// Jobs on their way, and who does them.
    jobs: FastMap<AskId, usize>,
    /// Texts on their way: who reads them, of which item.
    fetching: FastMap<AskId, (usize, ItemId, Vec<Range>)>,
    extracting: Option<(Vec<String>, usize, u64)>,
    next_ask: AskId,
    commands: Vec<Command>,
    events: Vec<Event>,
    full: bool,
    was_idle: bool,
    split_from: u64,
}

impl Conductor {
    pub fn new(shards: usize, seed: u64) -> Self {
        let mut c = Conductor {
            items: Items::default(),
            queue: Queue::default(),
            listing: 0,
            workers: vec![Worker::default(); shards.max(1)],
            seed,
            told: crate::formats::Options::default(),
            learnt: Vec::new(),
            described: Default::default(),
            seen: FastSet::default(),
            epoch: 0,
            by_hash: FastMap::default(),
            pending: FastMap::default(),
            concluding: FastMap::default(),
            gathering: FastMap::default(),
            jobs: FastMap::default(),
            fetching: FastMap::default(),
            extracting: None,
            next_ask: 1,
            commands: Vec::new(),
            events: Vec::new(),
            full: false,
            was_idle: true,
            split_from: SPLIT_BYTES,
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

    /// From this size on an item may be read by several workers at once (bytes).
    pub fn split_from(&mut self, bytes: u64) {
        self.split_from = bytes;
    }

    /// Has the worker said that it is there?
    pub fn is_ready(&self, shard: usize) -> bool {
        self.workers[shard].ready
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
                    o.memory += k.memory;
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

    /// About how many bytes an item's records take: as many as those of its kinds take on average.
    pub fn memory_of(&self, item: &super::items::Item) -> u64 {
        let of_member = |m: &MemberOutcome| {
            let kind = m.kind.as_deref().unwrap_or_default();
            self.memory_of_records(kind, m.kept)
        };
        item.members().map(of_member).sum()
    }

    /// The same of so many records of a kind.
    pub fn memory_of_records(&self, kind: &str, records: u64) -> u64 {
        let all = self.workers.iter().flat_map(|w| &w.kinds);
        let (rows, memory) = all
            .filter(|k| k.kind == kind)
            .fold((0, 0), |(rows, memory), k| (rows + k.rows, memory + k.memory));
        (records as f64 * memory as f64 / (rows.max(1)) as f64) as u64
    }

    /// Workers that are reading.
    pub fn busy(&self) -> usize {
        self.workers.iter().filter(|w| !w.pieces.is_empty()).count()
    }

    /// Everything is read and every duplicate is found.
    pub fn is_settled(&self) -> bool {
        !self.is_loading() && self.workers.iter().all(|w| w.idle && w.awaiting == 0)
    }

    pub fn is_loading(&self) -> bool {
        self.listing > 0 || !self.queue.is_empty() || self.busy() > 0
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
                        i.progress = i.readers.progress(shard, read_bytes, records);
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
            FromShard::Answer { id, answer } => {
                self.concluding.remove(&id);
                self.events.push(Event::Answer { id, answer });
            }
            FromShard::Wants { id, items } => self.wants(shard, id, items),
            FromShard::SoFar { id, read, of, piece } => self.so_far(shard, id, read, of, piece),
            FromShard::Concluded { id, found, why, last } => {
                self.concluded(id, why.map_or(Ok(found), Err), last)
            }
            FromShard::Text { id, texts } => {
                self.fetching.remove(&id);
                self.events.push(Event::Text { id, texts });
            }
            FromShard::Fields { id, fields } => self.gathered(shard, id, fields),
            FromShard::Done { id, result } => {
                self.jobs.remove(&id);
                self.events.push(Event::Done { id, result });
            }
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

    /// Has the workers run what they will soon be asked to, as long as nothing has been opened.
    pub fn warm(&mut self) {
        if self.items.is_empty() {
            self.broadcast(|| ToShard::Warm);
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of ten bytes with this hash, read by whichever worker.
    fn read(c: &mut Conductor, shard: usize, item: ItemId) {
        let outcome = Outcome {
            item,
            bytes: 10,
            sha256: Some([7; 32]),
            members: vec![MemberOutcome {
                member: item,
                kind: Some("vpc-flow".into()),
                kept: 5,
                ..MemberOutcome::default()
            }],
            ..Outcome::default()
        };
        c.hear(shard, FromShard::Outcomes(vec![outcome]));
    }

    fn removed(c: &mut Conductor) -> Vec<Vec<ItemId>> {
        let sent =
            c.commands()
                .into_iter()
                .filter_map(|Command::Send { shard, message, .. }| match message {
                    ToShard::Remove { items } if shard == 0 => Some(items),
                    _ => None,
                });
        sent.collect()
    }

    /// Who was told to fetch.
    fn fetching(c: &mut Conductor) -> Vec<(usize, Attach)> {
        let sent = c.commands().into_iter();
        let fetch = sent.filter_map(|command| match command {
            Command::Send {
                shard,
                message: ToShard::Fetch { .. },
                attach,
            } => Some((shard, attach)),
            _ => None,
        });
        fetch.collect()
    }

    #[test]
    fn a_record_is_fetched_where_it_was_read_and_elsewhere_when_that_worker_stops() {
        let mut c = Conductor::new(3, 7);
        for shard in 0..3 {
            c.hear(shard, FromShard::Ready);
        }
        c.open([10 << 20, 9 << 20, 8 << 20].map(|n| (n.to_string(), Some(n))));
        c.commands();
        for item in 0..3 {
            let reader = c.items().get(item).unwrap().readers.of_member(0);
            let id = c.fetch(item, Vec::new());
            assert!(id.is_some());
            assert_eq!(fetching(&mut c), [(reader, Attach::Blob(item))]);
            if item == 1 {
                c.lose(reader, "a test");
                let elsewhere = fetching(&mut c);
                assert!(matches!(elsewhere[..], [(s, Attach::Blob(1))] if s != reader));
                continue;
            }
            let texts = Vec::new();
            let id = id.unwrap();
            c.hear(reader, FromShard::Text { id, texts });
        }
        assert_eq!(c.fetching.len(), 1);
        assert_eq!(c.fetch(99, Vec::new()), None);
    }

    #[test]
    fn the_file_that_was_opened_first_is_the_original_whoever_is_done_first() {
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let mut c = Conductor::new(2, 7);
            c.open(["a", "b", "c"].map(|n| (n.to_owned(), Some(10))));
            let mut gone = Vec::new();
            for (n, id) in order.into_iter().enumerate() {
                read(&mut c, n % 2, id);
                gone.extend(removed(&mut c).concat());
            }
            let same: Vec<_> = c.items().iter().map(|i| i.same_as).collect();
            assert_eq!(same, [None, Some(0), Some(0)], "{order:?}");
            assert_eq!(c.items().tally().records, 5, "{order:?}");
            gone.sort_unstable();
            assert_eq!(
                gone,
                [1, 2],
                "{order:?}: the rows of every copy are taken out once"
            );
            // Without it, the next one takes over.
            c.remove(&[0]);
            read(&mut c, 0, 2);
            read(&mut c, 1, 1);
            let same: Vec<_> = c.items().iter().map(|i| i.same_as).collect();
            assert_eq!(same, [None, Some(1)], "{order:?}");
        }
    }
}
