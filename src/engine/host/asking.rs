//! Questions in the logs' own languages and searches for filter patterns, a step at a time.

use super::super::port::{AskId, FromShard, ItemId, Question, Sought, Taken};
use super::super::question::{Ground, Inquest, Sweep, Turn, Work, marked};
use super::{Host, Send};
use crate::query::RowCache;
use crate::unpack::ByteSource;

impl Host {
    pub(super) fn inquire(&mut self, id: AskId, question: Question, send: Send<'_>) {
        match Inquest::new(id, question) {
            Ok(inquest) => self.begin(Work::Inquest(Box::new(inquest))),
            // The page has checked the text; who puts the pieces together says what is wrong with it.
            Err(_) => send(FromShard::Partial {
                id,
                partial: Vec::new(),
            }),
        }
    }

    pub(super) fn mark(&mut self, id: AskId, sought: Vec<Sought>) {
        self.begin(Work::Sweep(Box::new(Sweep::new(id, sought))));
    }

    fn begin(&mut self, work: Work) {
        // Rows of segments still being filled are left out, as they are for other questions.
        self.shard.seal_larger_than(super::SEAL_WHILE_READING);
        if self.reads.is_empty() {
            self.shard.seal();
        }
        self.works.push(work);
    }

    pub(super) fn give(&mut self, id: AskId, item: ItemId, name: String, bytes: Option<Box<dyn ByteSource>>) {
        let places = self.places.get(&item).cloned();
        if let Some(work) = self.works.iter_mut().find(|w| w.id() == id) {
            work.give(item, name, bytes, places);
        }
    }

    pub(super) fn step_work(&mut self, at: usize, send: Send<'_>) {
        let Some(work) = self.works.get_mut(at) else {
            return;
        };
        let ground = Ground {
            shard: &self.shard,
            members: &self.members,
            paths: &self.paths,
            logs: &self.logs,
        };
        let id = work.id();
        match work.step(&ground) {
            Turn::More | Turn::Waits => {}
            Turn::Wants(items) => send(FromShard::Wants { id, items }),
            Turn::Done(partial) => {
                self.works.remove(at);
                send(FromShard::Partial { id, partial });
            }
            Turn::Marked(marks) => {
                self.works.remove(at);
                let read = marks.read;
                let patterns = marks.put(&mut self.shard);
                self.cache = RowCache::default();
                let told = Taken {
                    counts: marked(&self.shard, &patterns),
                    read,
                };
                let partial = postcard::to_stdvec(&told).unwrap_or_default();
                send(FromShard::Partial { id, partial });
            }
        }
    }

    /// Tells how far work is that reads original records again, and what it found so far.
    pub(super) fn tell_works(&mut self, send: Send<'_>) {
        for work in &mut self.works {
            if let Some((read, of)) = work.progress() {
                let piece = work.so_far();
                let piece = piece.and_then(|p| postcard::to_stdvec(&p).ok());
                send(FromShard::SoFar {
                    id: work.id(),
                    read,
                    of,
                    piece: piece.unwrap_or_default(),
                });
            }
        }
    }
}
