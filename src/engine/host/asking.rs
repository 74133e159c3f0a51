//! Questions in the logs' own languages, a step at a time.

use super::super::port::{AskId, FromShard, ItemId, Question};
use super::super::question::{Ground, Inquest, Turn};
use super::{Host, Send};
use crate::language::Fault;
use crate::query::RowCache;
use crate::unpack::ByteSource;

impl Host {
    pub(super) fn inquire(&mut self, id: AskId, question: Question, send: Send<'_>) {
        self.begin(id, Inquest::new(id, question), send);
    }

    pub(super) fn mark(&mut self, id: AskId, pattern: &str, send: Send<'_>) {
        self.begin(id, Inquest::marking(id, pattern), send);
    }

    fn begin(&mut self, id: AskId, begun: Result<Inquest, Fault>, send: Send<'_>) {
        // Rows of segments still being filled are left out, as they are for other questions.
        self.shard.seal_larger_than(super::SEAL_WHILE_READING);
        if self.reads.is_empty() {
            self.shard.seal();
        }
        match begun {
            Ok(inquest) => self.inquests.push(inquest),
            // The page has checked the text; who puts the pieces together says what is wrong with it.
            Err(_) => send(FromShard::Partial {
                id,
                partial: Vec::new(),
            }),
        }
    }

    pub(super) fn give(&mut self, id: AskId, item: ItemId, name: String, bytes: Option<Box<dyn ByteSource>>) {
        let places = self.places.get(&item).cloned();
        if let Some(inquest) = self.inquests.iter_mut().find(|i| i.id == id) {
            inquest.give(item, name, bytes, places);
        }
    }

    pub(super) fn step_inquest(&mut self, at: usize, send: Send<'_>) {
        let Some(inquest) = self.inquests.get_mut(at) else {
            return;
        };
        let ground = Ground {
            shard: &self.shard,
            members: &self.members,
            paths: &self.paths,
            logs: &self.logs,
        };
        let id = inquest.id;
        match inquest.step(&ground) {
            Turn::More | Turn::Waits => {}
            Turn::Wants(items) => send(FromShard::Wants { id, items }),
            Turn::Done(piece) => {
                self.inquests.remove(at);
                let partial = postcard::to_stdvec(&piece).unwrap_or_default();
                send(FromShard::Partial { id, partial });
            }
            Turn::Marked(marks) => {
                self.inquests.remove(at);
                marks.put(&mut self.shard);
                self.cache = RowCache::default();
                send(FromShard::Partial {
                    id,
                    partial: Vec::new(),
                });
            }
        }
    }

    /// Tells how far questions are that read original records again, and what they found so far.
    pub(super) fn tell_inquests(&mut self, send: Send<'_>) {
        for inquest in &mut self.inquests {
            if let Some((read, of)) = inquest.progress() {
                let piece = inquest.so_far();
                let piece = piece.and_then(|p| postcard::to_stdvec(&p).ok());
                send(FromShard::SoFar {
                    id: inquest.id,
                    read,
                    of,
                    piece: piece.unwrap_or_default(),
                });
            }
        }
    }
}
