//! Questions, texts and jobs: sent to the workers, put together when all have answered.

use super::super::items::Progress;
use super::super::port::*;
use super::super::queue::{Piece, Queue};
use super::{Asked, Attach, Conductor, Event, Gathering, Pending, SoFar};
use crate::base::hash::FastMap;
use crate::query::Query;

const STOPPED: &str = "The worker that was to do it stopped. Reload the page and open the files again.";

fn stopped(id: AskId) -> Event {
    let result = Err(STOPPED.to_owned());
    Event::Done { id, result }
}

/// So many texts that can not be had.
fn not_open(id: AskId, texts: usize) -> Event {
    let text = || Err("The file is no longer open.".to_owned());
    Event::Text {
        id,
        texts: std::iter::repeat_with(text).take(texts).collect(),
    }
}

impl Conductor {
    /// A question is on its way.
    pub fn is_asked(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Asks every shard. With `merge`, [`Event::Answer`] brings the finished answer; else [`Event::Partials`].
    pub fn ask(&mut self, query: Query, merge: bool) -> AskId {
        self.put(Asked::Query { query, later: false }, merge)
    }

    /// Asks what nobody waits for; what is asked otherwise goes first.
    pub fn ask_later(&mut self, query: Query) -> AskId {
        self.put(Asked::Query { query, later: true }, true)
    }

    /// Has every shard hand over what a shared file is made of; [`Event::Partials`] brings their parts.
    pub fn collect(&mut self, what: Collect) -> AskId {
        self.put(Asked::Collect(what), false)
    }

    /// Asks in one of the logs' own languages: any number of [`Event::SoFar`] and [`Event::Found`], the last of which is the
    /// answer.
    pub fn inquire(&mut self, question: Question) -> AskId {
        self.put(Asked::Question(question), true)
    }

    /// Finds out which records filter patterns take; [`Event::Marked`] tells when.
    pub fn mark(&mut self, sought: Vec<Sought>) -> AskId {
        self.put(Asked::Mark(sought), false)
    }

    /// A shard needs items again for a question.
    pub(super) fn wants(&mut self, shard: usize, id: AskId, items: Vec<ItemId>) {
        if !self.pending.contains_key(&id) {
            return;
        }
        for item in items {
            let name = self.name(item);
            let known = self.items.get(item).is_some();
            let attach = if known {
                Attach::Blob(item)
            } else {
                Attach::Nothing
            };
            self.send(shard, ToShard::Again { id, item, name }, attach);
        }
    }

    /// What a shard tells before it is done.
    pub(super) fn so_far(&mut self, shard: usize, id: AskId, read: u64, of: u64, piece: Vec<u8>) {
        let Some(pending) = self.pending.get_mut(&id) else {
            return;
        };
        let is_new = !piece.is_empty();
        if let Some(told) = pending.so_far.told.get_mut(shard) {
            (told.0, told.1) = (read, of);
            if is_new {
                told.2 = piece;
            }
        }
        let sum = |part: fn(&(u64, u64, Vec<u8>)) -> u64| pending.so_far.told.iter().map(part).sum();
        let (read, of) = (sum(|t| t.0), sum(|t| t.1));
        if let Asked::Question(question) = &pending.asked
            && is_new
            && !pending.so_far.concluding
        {
            pending.so_far.concluding = true;
            let question = question.clone();
            let told = pending.so_far.told.iter().zip(&pending.partials);
            let pieces = told.map(|(told, done)| done.clone().unwrap_or_else(|| told.2.clone()));
            let pieces = pieces.collect();
            let message = ToShard::Conclude {
                id,
                question,
                pieces,
                last: false,
            };
            self.send(self.quietest(), message, Attach::Nothing);
        }
        self.events.push(Event::SoFar { id, read, of });
    }

    /// A question was put together, up to now or for good.
    pub(super) fn concluded(&mut self, id: AskId, found: Result<Vec<u8>, String>, last: bool) {
        if let Some(pending) = self.pending.get_mut(&id) {
            pending.so_far.concluding = false;
        } else if !last {
            return;
        }
        if last {
            self.concluding.remove(&id);
        }
        self.events.push(Event::Found { id, found, last });
    }

    fn put(&mut self, asked: Asked, merge: bool) -> AskId {
        let id = self.number();
        self.put_as(id, asked, merge);
        id
    }

    fn put_as(&mut self, id: AskId, asked: Asked, merge: bool) {
        self.broadcast(|| asked.message(id));
        let partials = self.workers.iter().map(|w| w.dead.then(Vec::new)).collect();
        self.pending.insert(
            id,
            Pending {
                asked,
                partials,
                merge,
                so_far: SoFar {
                    told: vec![Default::default(); self.workers.len()],
                    concluding: false,
                },
            },
        );
        // With every worker gone, nobody else will say that this is all there is.
        self.complete(id);
    }

    /// What a worker that stopped was to put together is asked once more.
    pub(super) fn conclude_elsewhere(&mut self, shard: usize) {
        let lost: Vec<AskId> = (self.concluding.iter())
            .filter(|(_, c)| c.0 == shard)
            .map(|(&id, _)| id)
            .collect();
        for id in lost {
            if let Some((_, asked)) = self.concluding.remove(&id) {
                self.put_as(id, asked, true);
            }
        }
    }

    /// The workers have forgotten everything, and what they were asked as well: they are asked again, and texts are no
    /// longer there.
    pub(super) fn ask_again(&mut self) {
        let pending = std::mem::take(&mut self.pending).into_iter();
        let pending: Vec<_> = pending.map(|(id, p)| (id, p.asked, p.merge)).collect();
        let concluding = std::mem::take(&mut self.concluding).into_iter();
        let concluding: Vec<_> = concluding.map(|(id, (_, asked))| (id, asked, true)).collect();
        let mut all: Vec<_> = pending.into_iter().chain(concluding).collect();
        // The newest goes first, as before: it is the last that a worker hears of.
        all.sort_by_key(|one| one.0);
        for (id, asked, merge) in all {
            self.put_as(id, asked, merge);
        }
        for (id, (_, _, ranges)) in std::mem::take(&mut self.fetching) {
            self.events.push(not_open(id, ranges.len()));
        }
    }

    /// The answer is no longer wanted.
    pub fn drop_ask(&mut self, id: AskId) {
        self.concluding.remove(&id);
        if self.pending.remove(&id).is_some() {
            self.broadcast(|| ToShard::Drop { id });
        }
    }

    pub fn fields(&mut self) -> AskId {
        let id = self.number();
        let left = (0..self.workers.len()).filter(|&w| !self.workers[w].dead);
        let gathering = Gathering {
            left: left.collect(),
            ..Gathering::default()
        };
        self.gathering.insert(id, gathering);
        self.broadcast(|| ToShard::Fields { id });
        if self.workers.iter().all(|w| w.dead) {
            self.gathered(usize::MAX, id, Vec::new());
        }
        id
    }

    /// A worker has told its fields, or will tell none any more.
    pub(super) fn gathered(&mut self, shard: usize, id: AskId, fields: Vec<FieldState>) {
        let Some(gathering) = self.gathering.get_mut(&id) else {
            return;
        };
        gathering.left.retain(|&w| w != shard);
        for f in fields {
            if !gathering.fields.contains(&f) {
                gathering.fields.push(f);
            }
        }
        if gathering.left.is_empty()
            && let Some(Gathering { fields, .. }) = self.gathering.remove(&id)
        {
            self.events.push(Event::Fields { id, fields });
        }
    }

    /// Reads ranges of an item's original bytes: the worker that read the item knows where in it to begin.
    pub fn fetch(&mut self, item: ItemId, ranges: Vec<Range>) -> Option<AskId> {
        self.items.get(item)?;
        let id = self.number();
        self.send_fetch(id, item, ranges);
        Some(id)
    }

    fn send_fetch(&mut self, id: AskId, item: ItemId, ranges: Vec<Range>) {
        let Some(known) = self.items.get(item) else {
            self.events.push(not_open(id, ranges.len()));
            return;
        };
        let name = known.name.clone();
        let member = ranges.first().map_or(0, |r| r.index);
        let reader = (known.progress != Progress::Waiting).then(|| known.readers.of_member(member));
        let shard = reader
            .filter(|&s| !self.workers[s].dead)
            .unwrap_or_else(|| self.quietest());
        self.fetching.insert(id, (shard, item, ranges.clone()));
        let message = ToShard::Fetch {
            id,
            item,
            name,
            ranges,
        };
        self.send(shard, message, Attach::Blob(item));
    }

    /// What a worker that stopped was to fetch, another one does.
    pub(super) fn fetch_elsewhere(&mut self, shard: usize) {
        let lost: Vec<AskId> = (self.fetching.iter())
            .filter(|(_, f)| f.0 == shard)
            .map(|(&id, _)| id)
            .collect();
        for id in lost {
            if let Some((_, item, ranges)) = self.fetching.remove(&id) {
                self.send_fetch(id, item, ranges);
            }
        }
    }

    pub fn job(&mut self, job: Job) -> AskId {
        self.job_on(self.quietest(), job)
    }

    /// A job for one worker: those of a shared file follow each other where its stage is.
    pub fn job_on(&mut self, shard: usize, job: Job) -> AskId {
        let id = self.number();
        if self.workers[shard].dead {
            self.events.push(stopped(id));
            return id;
        }
        self.jobs.insert(id, shard);
        self.send(shard, ToShard::Job { id, job }, Attach::Nothing);
        id
    }

    /// The jobs of a worker that stopped are not done.
    pub(super) fn fail_jobs(&mut self, shard: usize) {
        let lost: Vec<AskId> = (self.jobs.iter())
            .filter(|j| *j.1 == shard)
            .map(|j| *j.0)
            .collect();
        for id in lost {
            self.jobs.remove(&id);
            self.events.push(stopped(id));
        }
    }

    /// Makes columns of fields that are none yet, by reading again every item that has rows of these kinds.
    pub fn extract(&mut self, fields: Vec<String>, kinds: &[String]) {
        if self.extracting.is_some() || self.is_loading() {
            return;
        }
        let mut by_shard: Vec<Vec<(ItemId, Part)>> = vec![Vec::new(); self.workers.len()];
        for i in self.items.iter().filter(|i| i.same_as.is_none()) {
            let of_kind = |m: &MemberOutcome| m.kind.as_ref().is_some_and(|k| kinds.contains(k));
            if i.members().any(of_kind) {
                for (shard, part) in i.readers.parts() {
                    by_shard[shard].push((i.id, part));
                }
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
            let part_of: FastMap<ItemId, Part> = ids.iter().copied().collect();
            for (id, _) in ids {
                again.push(id, self.size(id));
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
                        let message = ToShard::Extract {
                            item,
                            name: self.name(item),
                            part: part_of.get(&item).copied().unwrap_or(Part::WHOLE),
                            fields,
                        };
                        self.send(shard, message, Attach::Blob(item));
                    }
                }
            }
        }
    }

    pub(super) fn partial(&mut self, shard: usize, id: AskId, partial: Vec<u8>) {
        let Some(pending) = self.pending.get_mut(&id) else {
            return;
        };
        if let Some(slot) = pending.partials.get_mut(shard) {
            *slot = Some(partial);
        }
        self.complete(id);
    }

    /// Has what all workers said put together, once they have.
    fn complete(&mut self, id: AskId) {
        let all = |p: &Pending| p.partials.iter().all(Option::is_some);
        let Some(done) = self
            .pending
            .get(&id)
            .is_some_and(all)
            .then(|| self.pending.remove(&id))
        else {
            return;
        };
        let Some(done) = done else { return };
        let alive = self.workers.iter().any(|w| !w.dead);
        let partials: Vec<Vec<u8>> = done.partials.into_iter().flatten().collect();
        match done.asked {
            // Nobody is left to put it together: there is nothing.
            Asked::Query { .. } if done.merge && !alive => {
                let answer = Vec::new();
                self.events.push(Event::Answer { id, answer });
            }
            Asked::Question(_) if !alive => {
                let found = Err(STOPPED.to_owned());
                self.events.push(Event::Found {
                    id,
                    found,
                    last: true,
                });
            }
            Asked::Query { query, later } if done.merge => {
                let shard = self.quietest();
                let asked = Asked::Query {
                    query: query.clone(),
                    later,
                };
                self.concluding.insert(id, (shard, asked));
                let message = ToShard::Merge { id, query, partials };
                self.send(shard, message, Attach::Nothing);
            }
            Asked::Question(question) => {
                let shard = self.quietest();
                let asked = Asked::Question(question.clone());
                self.concluding.insert(id, (shard, asked));
                let message = ToShard::Conclude {
                    id,
                    question,
                    pieces: partials,
                    last: true,
                };
                self.send(shard, message, Attach::Nothing);
            }
            Asked::Mark(sought) => {
                let mut taken = Taken {
                    counts: vec![0; sought.len()],
                    read: 0,
                };
                let parts = partials
                    .iter()
                    .filter_map(|p| postcard::from_bytes::<Taken>(p).ok());
                for part in parts {
                    taken.read += part.read;
                    for (sum, count) in taken.counts.iter_mut().zip(part.counts) {
                        *sum = sum.saturating_add(count);
                    }
                }
                self.events.push(Event::Marked { id, taken });
            }
            _ => self.events.push(Event::Partials { id, partials }),
        }
    }

    /// The worker with the least to do.
    pub fn quietest(&self) -> usize {
        (0..self.workers.len())
            .filter(|&w| !self.workers[w].dead)
            .min_by_key(|&w| self.workers[w].pieces.len())
            .unwrap_or(0)
    }

    pub(super) fn number(&mut self) -> AskId {
        self.next_ask += 1;
        self.next_ask
    }
}
