//! Shards' parts of an answer are put together, one a step: a worker looks up in between.

use super::super::port::{AskId, FromShard};
use super::Send;
use crate::query::{Answer, Partial, Query};
use std::collections::VecDeque;

/// An answer on its way from parts.
pub(super) struct Merging {
    query: Query,
    parts: VecDeque<Vec<u8>>,
    at: At,
}

enum At {
    Parts(Option<Box<Partial>>),
    /// What is merged, and what is to be merged into it.
    Two(Box<Partial>, Box<Partial>),
    Finished(Box<Answer>),
}

impl Merging {
    pub(super) fn new(query: Query, parts: Vec<Vec<u8>>) -> Self {
        Merging {
            query,
            parts: parts.into(),
            at: At::Parts(None),
        }
    }

    /// One piece of work; itself again when there is more to do.
    pub(super) fn step(mut self, id: AskId, send: Send<'_>) -> Option<Self> {
        self.at = match self.at {
            At::Parts(merged) => match self.parts.pop_front() {
                Some(bytes) => match (postcard::from_bytes::<Partial>(&bytes), merged) {
                    (Err(_), merged) => At::Parts(merged),
                    (Ok(part), None) => At::Parts(Some(Box::new(part))),
                    (Ok(part), Some(merged)) => At::Two(merged, Box::new(part)),
                },
                None => {
                    let answer = merged.map(|m| m.finish(&self.query));
                    At::Finished(Box::new(answer.unwrap_or_default()))
                }
            },
            At::Two(mut merged, part) => {
                merged.merge(*part);
                At::Parts(Some(merged))
            }
            At::Finished(answer) => {
                let answer = postcard::to_stdvec(&answer).unwrap_or_default();
                send(FromShard::Answer { id, answer });
                return None;
            }
        };
        Some(self)
    }
}
