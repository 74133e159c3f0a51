//! What the alarms view asks beyond usual questions: work that goes on beside the page, and how many records patterns take.

use super::Session;
use crate::engine::client::spawn;
use crate::engine::later::later;
use crate::engine::port::Sought;
use crate::engine::question::Marking;
use crate::query::{Answer, Query};
use std::cell::Cell;
use std::future::Future;
use std::sync::Arc;

impl Session {
    /// Goes on with something while the page answers.
    pub fn beside(self, work: impl Future<Output = ()> + 'static) {
        spawn(work);
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
