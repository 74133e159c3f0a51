//! What is read, by whom, and what comes of it.

use super::super::items::{Item, Progress};
use super::super::parts::Readers;
use super::super::port::*;
use super::super::queue::Piece;
use super::{AHEAD, Attach, Conductor, Event, Worker};
use crate::base::hash::FastSet;
use crate::formats::GENERAL;
use crate::formats::custom::{self, CustomFormat};

impl Worker {
    fn begin(&mut self, piece: impl IntoIterator<Item = ItemId>) {
        self.idle = false;
        self.pieces.push(piece.into_iter().collect());
    }

    /// Takes an item off its list.
    fn done_with(&mut self, id: ItemId) {
        for piece in &mut self.pieces {
            piece.remove(&id);
        }
        self.pieces.retain(|p| !p.is_empty());
    }
}

impl Conductor {
    /// Another takes the place of a worker that never was ready: what was asked of it is asked again.
    pub fn replace(&mut self, shard: usize) {
        self.begin(shard);
        let options = self.options();
        self.send(shard, ToShard::Options(options), Attach::Nothing);
        let asked: Vec<ToShard> = (self.pending.iter())
            .filter(|(_, p)| p.partials[shard].is_none())
            .map(|(&id, p)| p.asked.message(id))
            .collect();
        for message in asked {
            self.send(shard, message, Attach::Nothing);
        }
        let told = self.gathering.iter().filter(|(_, g)| g.left.contains(&shard));
        let gathering: Vec<AskId> = told.map(|(&id, _)| id).collect();
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
            .filter(|i| i.readers.has(shard) && i.progress != Progress::Waiting)
            .map(|i| i.id)
            .collect();
        // What others read of them goes too: half a file would pass for one.
        let items: Vec<ItemId> = (lost.iter().copied())
            .filter(|&id| self.items.get(id).is_some_and(|i| i.readers.parts().len() > 1))
            .collect();
        if !items.is_empty() {
            for &id in &items {
                self.done_with(id);
            }
            self.broadcast(|| ToShard::Remove { items: items.clone() });
        }
        self.fail(lost, &format!("the worker that read it stopped ({why})"));
        if self.workers.iter().all(|w| w.dead) {
            let waiting = self.queue.drain();
            self.fail(waiting, "every worker of this page stopped; reload it");
        }
        let asked: Vec<AskId> = self.pending.keys().copied().collect();
        for id in asked {
            self.partial(shard, id, Vec::new());
        }
        let gathering: Vec<AskId> = self.gathering.keys().copied().collect();
        for id in gathering {
            self.gathered(shard, id, Vec::new());
        }
        self.conclude_elsewhere(shard);
        self.fail_jobs(shard);
        self.fetch_elsewhere(shard);
        self.end_extraction();
        self.events.push(Event::Rows);
        self.events.push(Event::Broken { why: why.to_owned() });
        self.feed();
        self.tell_idle();
    }

    pub(super) fn fail(&mut self, items: Vec<ItemId>, why: &str) {
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
    pub(super) fn tell_idle(&mut self) {
        if !self.was_idle && !self.is_loading() {
            self.was_idle = true;
            self.events.push(Event::Idle);
        }
    }

    /// Takes items to be read: name (path) and, where it is known, size in bytes. Returns their numbers.
    pub fn open(&mut self, items: impl IntoIterator<Item = (String, Option<u64>)>) -> Vec<ItemId> {
        let ids: Vec<ItemId> = items
            .into_iter()
            .map(|(name, bytes)| self.items.push(name, bytes))
            .collect();
        for &id in &ids {
            self.queue.push(id, self.size(id));
        }
        self.was_idle = false;
        self.feed();
        ids
    }

    /// An item that was taken for a small one turned out to be this large: it waits again, to be read from its Blob.
    pub fn is_large(&mut self, id: ItemId, bytes: u64) {
        self.done_with(id);
        let known = self.items.change(id, |item| {
            item.bytes = bytes;
            item.sized = true;
            item.progress = Progress::Waiting;
        });
        if known.is_some() {
            self.queue.push(id, Some(bytes));
        }
        self.feed();
        self.tell_idle();
    }

    /// Takes an item off the lists.
    fn done_with(&mut self, id: ItemId) {
        for worker in &mut self.workers {
            worker.done_with(id);
        }
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
        self.wait_again(copies);
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
        self.ask_again();
        self.end_extraction();
        self.events.push(Event::Rows);
        self.feed();
    }

    /// No more fields will be found by the extraction that is going on.
    fn end_extraction(&mut self) {
        if let Some((fields, _, found)) = self.extracting.take() {
            self.events.push(Event::Extracted { fields, found });
        }
    }

    /// What the person says of files to come, and of those that were not recognised.
    pub fn tell(&mut self, options: &crate::formats::Options) {
        let mut options = options.clone();
        options.opened_ns = options.opened_ns.or(self.told.opened_ns);
        if self.told != options {
            self.told = options;
            self.read_again_with();
        }
    }

    /// What time it is, said before anything is opened.
    pub fn begin_at(&mut self, now_ns: i64) {
        self.told.opened_ns = Some(now_ns);
        let options = self.options();
        self.broadcast(|| ToShard::Options(options.clone()));
    }

    /// What the person said.
    pub fn told(&self) -> &crate::formats::Options {
        &self.told
    }

    /// Descriptions that logs are read by.
    pub fn described(&self) -> Vec<CustomFormat> {
        self.options().custom.formats().to_vec()
    }

    pub(super) fn options(&self) -> crate::formats::Options {
        let mut options = self.told.clone();
        for format in &self.learnt {
            if !options.flow_formats.contains(format) {
                options.flow_formats.push(format.clone());
            }
        }
        // What the person says on the page holds before what a file says.
        let mut custom = self.described.clone();
        for format in self.told.custom.formats().iter().rev() {
            custom.put(format.clone());
        }
        options.custom = custom;
        options
    }

    pub(super) fn learn(&mut self, formats: &[String], described: &[String]) {
        let before = self.learnt.len();
        let known = self.described.clone();
        let read = described.iter().flat_map(|text| custom::file::read(text).0);
        for (_, format) in read {
            self.described.put(format);
        }
        for format in formats {
            if !self.learnt.contains(format) {
                self.learnt.push(format.clone());
            }
        }
        if self.learnt.len() > before || self.described != known {
            self.read_again_with();
        }
    }

    /// Tells the workers how flow logs without a header are written now, and reads again
    /// what was guessed at and what nothing was kept of.
    pub(super) fn read_again_with(&mut self) {
        let options = self.options();
        self.broadcast(|| ToShard::Options(options.clone()));
        let unclear = |i: &Item| {
            let cancelled = i.outcome.as_ref().is_none_or(|o| o.cancelled);
            let general = |kind: &str| !options.custom.is_empty() && GENERAL.contains(&kind);
            let guessed = i
                .members()
                .any(|m| m.guessed || m.kind.as_deref().is_some_and(general));
            let nothing = i.members().all(|m| m.kept == 0 && m.bytes > 0);
            !cancelled && (guessed || nothing)
        };
        let again: Vec<ItemId> = (self.items.iter()).filter(|i| unclear(i)).map(|i| i.id).collect();
        let nothing_told = options.flow_formats.is_empty() && options.custom.is_empty();
        if nothing_told || again.is_empty() {
            return;
        }
        self.broadcast(|| ToShard::Remove { items: again.clone() });
        self.wait_again(again);
        self.feed();
    }

    /// Puts items that were read back among those that wait.
    pub(super) fn wait_again(&mut self, items: Vec<ItemId>) {
        for id in items {
            self.items.change(id, Item::wait);
            self.queue.push(id, self.size(id));
            self.was_idle = false;
        }
    }

    pub(super) fn outcome(&mut self, shard: usize, outcome: Outcome) {
        let id = outcome.item;
        self.workers[shard].done_with(id);
        // An item that was lost meanwhile has its outcome.
        let readers = self.items.change(id, |item| match item.progress {
            Progress::Done => None,
            _ => item.readers.outcome(shard, outcome),
        });
        let Some(outcome) = readers.flatten() else { return };
        if outcome.whole_only {
            self.items.change(id, |item| item.whole_only = true);
            self.broadcast(|| ToShard::Remove { items: vec![id] });
            self.wait_again(vec![id]);
            self.recount();
            self.feed();
            return;
        }
        let hash = outcome.sha256;
        let formats: Vec<String> = (outcome.members.iter())
            .flat_map(|m| m.flow_formats.clone())
            .collect();
        let described: Vec<String> = (outcome.members.iter())
            .flat_map(|m| m.described.clone())
            .collect();
        let known = self.items.change(id, |item| item.end(outcome));
        if known.is_none() {
            return;
        }
        self.events.push(Event::Item(id));
        if let Some(hash) = hash {
            self.compare(id, hash);
        }
        self.learn(&formats, &described);
    }

    /// Of files with the same bytes, the one that was opened first is the original, whichever worker was done first.
    fn compare(&mut self, id: ItemId, hash: [u8; 32]) {
        let known = *self.by_hash.entry(hash).or_insert(id);
        if known == id || self.bytes(known) != self.bytes(id) {
            return;
        }
        let (first, copy) = (known.min(id), known.max(id));
        self.by_hash.insert(hash, first);
        let copies: Vec<ItemId> = match first == known {
            true => vec![copy],
            // What was a copy of the other one is a copy of this one now.
            false => (self.items.iter())
                .filter(|i| i.id == known || i.same_as == Some(known))
                .map(|i| i.id)
                .collect(),
        };
        for &copy in &copies {
            self.items.change(copy, |item| item.same_as = Some(first));
            self.events.push(Event::Item(copy));
        }
        self.broadcast(|| ToShard::Remove { items: vec![copy] });
        self.recount();
    }

    /// Finds all duplicates anew: which copy is kept may change when one of them goes.
    pub(super) fn recount(&mut self) {
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

    /// Gives waiting items to workers that have room.
    pub(super) fn feed(&mut self) {
        while !self.queue.is_empty() {
            let open = (0..self.workers.len())
                .filter(|&w| self.workers[w].ready && self.workers[w].pieces.len() < AHEAD)
                .min_by_key(|&w| self.workers[w].pieces.len());
            let Some(shard) = open else { return };
            let Some(piece) = self.queue.next(self.workers.len()) else {
                return;
            };
            match piece {
                Piece::One(item) => {
                    let readers = Readers::of(&self.readers_of(item, shard));
                    for (shard, part) in readers.parts() {
                        let name = self.name(item);
                        self.send(shard, ToShard::Open { item, name, part }, Attach::Blob(item));
                        self.workers[shard].begin([item]);
                    }
                    self.items.change(item, |i| i.begin(readers));
                }
                Piece::Batch(batch) => {
                    let items = self.describe(&batch);
                    self.send(shard, ToShard::OpenMany { items }, Attach::Bytes(batch.clone()));
                    for &item in &batch {
                        self.items.change(item, |i| i.begin(Readers::One(shard)));
                    }
                    self.workers[shard].begin(batch);
                }
            }
        }
    }

    /// Who is to read a large item: the worker that has room for it; all of them where no other waits that large and
    /// all have as much to do, so that none is left with it alone at the end.
    fn readers_of(&self, item: ItemId, shard: usize) -> Vec<usize> {
        let all = || (0..self.workers.len()).filter(|&w| self.workers[w].ready && !self.workers[w].dead);
        let pieces = self.workers[shard].pieces.len();
        let splits = self.bytes(item) >= self.split_from
            && !self.queue.has_large()
            && self.items.get(item).is_some_and(|i| !i.whole_only)
            && all().all(|w| self.workers[w].pieces.len() == pieces);
        match splits {
            true => all().collect(),
            false => vec![shard],
        }
    }

    /// Who reads the bytes says how many there are.
    pub(super) fn describe(&self, ids: &[ItemId]) -> Vec<(ItemId, String, Option<u32>)> {
        ids.iter()
            .map(|&i| (i, self.name(i), Some(self.bytes(i) as u32)))
            .collect()
    }

    pub(super) fn bytes(&self, id: ItemId) -> u64 {
        self.items.get(id).map_or(0, |i| i.bytes)
    }

    pub(super) fn size(&self, id: ItemId) -> Option<u64> {
        self.items.get(id).filter(|i| i.sized).map(|i| i.bytes)
    }

    pub(super) fn name(&self, id: ItemId) -> String {
        self.items.get(id).map(|i| i.name.clone()).unwrap_or_default()
    }
}
