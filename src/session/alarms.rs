//! What the alarms view asks beyond usual questions: work that goes on beside the page, and how many records patterns take.

use super::{Range, Session};
use crate::engine::client::spawn;
use crate::engine::later::later;
use crate::engine::port::Sought;
use crate::engine::question::Marking;
use crate::query::{Answer, Query};
use std::cell::Cell;
use std::future::Future;
use std::sync::Arc;

/// How much of each end of a text is looked at, and of how many texts.
const EDGE: u64 = 2048;
const MOST: usize = 500;

/// The two ends of the text that a member is: what stands around its records, and all of it where it holds none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edges {
    pub records: u64,
    pub head: String,
    pub tail: String,
}

impl Session {
    /// The ends of every text of this kind; those that are no longer there are left out.
    pub async fn edges(self, kind: &str) -> Vec<Edges> {
        let all: Vec<(u32, u64, u64, u64)> = self.engine().with(|c| {
            let of = |m: &super::MemberOutcome| m.kind.as_deref() == Some(kind) && m.bytes > 0;
            let items = c.items().iter();
            let members = items.flat_map(|i| i.members().map(move |m| (i.id, m)));
            let mine = members.filter(|(_, m)| of(m)).take(MOST);
            mine.map(|(id, m)| (id, m.index, m.bytes, m.kept)).collect()
        });
        let mut found = Vec::new();
        for (item, index, bytes, records) in all {
            let len = bytes.min(EDGE);
            let ranges = [0, bytes - len].map(|offset| Range { index, offset, len });
            let texts = later(|on| self.engine().fetch(item, ranges.to_vec(), on)).await;
            let mut texts = texts.into_iter().flatten();
            let mut text = || Some(String::from_utf8_lossy(&texts.next()?).into_owned());
            if let (Some(head), Some(tail)) = (text(), text()) {
                found.push(Edges { records, head, tail });
            }
        }
        found
    }

    /// Goes on with something while the page answers.
    pub fn beside(self, work: impl Future<Output = ()> + 'static) {
        spawn(work);
    }

    /// Has a worker do something.
    pub async fn job(self, job: super::Job) -> Result<super::JobResult, String> {
        later(|on| {
            self.engine().job(job, on);
        })
        .await
    }

    /// The answer to one question.
    pub async fn answered(self, query: Query) -> Arc<Answer> {
        later(|on| {
            self.engine().ask_later(query, on);
        })
        .await
    }

    /// Has the records of these kinds marked that each pattern takes: how many they are, in the order of the patterns. `on` is
    /// told how many original records were read again, and of how many.
    pub async fn taken_by(
        self,
        patterns: &[String],
        kinds: &[&str],
        on: impl Fn(u64, u64) + 'static,
    ) -> Vec<u64> {
        if patterns.is_empty() {
            return Vec::new();
        }
        let sought: Vec<Sought> = patterns
            .iter()
            .map(|pattern| Sought {
                pattern: pattern.clone(),
                kinds: kinds.iter().map(|k| (*k).to_owned()).collect(),
            })
            .collect();
        later(|done| {
            let done = Cell::new(Some(done));
            self.engine().mark(sought, move |told| match told {
                Marking::Reading { read, of } => on(read, of),
                Marking::Done(taken) => {
                    if let Some(done) = done.take() {
                        done(taken.counts);
                    }
                }
            });
        })
        .await
    }
}
