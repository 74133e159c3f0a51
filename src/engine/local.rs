//! The whole engine in one thread, for tests and benchmarks: the same hosts and conductor, fed from memory.

use super::conductor::{Attach, Command, Conductor, Event};
use super::host::Host;
use super::items::Item;
use super::port::*;
use super::question::{self, Found};
use crate::language::insights::Table;
use crate::query::{Answer, Partial, Query, Select};
use crate::table::Shard;
use crate::unpack::{ByteSource, MemorySource};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// Opened bytes, conducted over `n` hosts.
pub struct Local {
    pub conductor: Conductor,
    hosts: Vec<Host>,
    bytes: Vec<Arc<[u8]>>,
    events: Vec<Event>,
    texts_read: u64,
}

/// A message as it arrives on the other side: what does not survive the way between page and worker fails here too.
fn sent<T: Serialize + DeserializeOwned>(message: &T) -> T {
    let bytes = postcard::to_stdvec(message).expect("a message can be written");
    postcard::from_bytes(&bytes).expect("a message can be read")
}

impl Local {
    pub fn new(shards: usize) -> Self {
        let mut local = Local {
            conductor: Conductor::new(shards, 7),
            hosts: (0..shards.max(1)).map(|_| Host::default()).collect(),
            bytes: Vec::new(),
            events: Vec::new(),
            texts_read: 0,
        };
        local.run();
        local
    }

    /// Reads items to their end.
    pub fn open(&mut self, items: Vec<(String, Vec<u8>)>) -> Vec<ItemId> {
        let described: Vec<_> = items
            .iter()
            .map(|(n, b)| (n.clone(), Some(b.len() as u64)))
            .collect();
        self.bytes.extend(items.into_iter().map(|(_, b)| Arc::from(b)));
        let ids = self.conductor.open(described);
        self.run();
        ids
    }

    pub fn remove(&mut self, items: &[ItemId]) {
        self.conductor.remove(items);
        self.run();
    }

    pub fn items(&self) -> Vec<Item> {
        self.conductor.items().iter().cloned().collect()
    }

    pub fn ask(&mut self, query: &Query) -> Answer {
        let id = self.conductor.ask(query.clone(), true);
        self.run();
        self.take(|e| match e {
            Event::Answer { id: i, answer } if *i == id => postcard::from_bytes(answer).ok(),
            _ => None,
        })
        .unwrap_or_default()
    }

    /// The answer to a question in one of the logs' own languages, or why there is none.
    pub fn inquire(&mut self, question: &Question) -> Result<Table, String> {
        let id = self.conductor.inquire(question.clone());
        self.run();
        let found = self.take(|e| match e {
            Event::Found {
                id: i,
                found,
                last: true,
            } if *i == id => Some(found.clone()),
            _ => None,
        });
        let found = found.unwrap_or_else(|| Err("Nobody answered.".to_owned()))?;
        let found: Found = postcard::from_bytes(&found).map_err(|e| e.to_string())?;
        let mut table = found.head.into_table();
        found.chunks.iter().for_each(|c| question::take(&mut table, c));
        Ok(table)
    }

    /// Finds out which records a filter pattern takes.
    pub fn mark(&mut self, pattern: &str) {
        self.mark_all(&[pattern], &[]);
    }

    /// Finds out which records of some kinds each of these filter patterns takes; how many they are.
    pub fn mark_all(&mut self, patterns: &[&str], kinds: &[&str]) -> Vec<u64> {
        let sought = patterns.iter().map(|pattern| Sought {
            pattern: (*pattern).to_owned(),
            kinds: kinds.iter().map(|k| (*k).to_owned()).collect(),
        });
        let id = self.conductor.mark(sought.collect());
        self.run();
        let told = self.take(|e| match e {
            Event::Marked { id: i, taken } if *i == id => Some(taken.clone()),
            _ => None,
        });
        let told = told.unwrap_or_default();
        self.texts_read = told.read;
        told.counts
    }

    /// How many original records the last patterns needed.
    pub fn texts_read(&self) -> u64 {
        self.texts_read
    }

    pub fn ask_parts(&mut self, query: &Query) -> Vec<Partial> {
        debug_assert!(matches!(query.select, Select::Rows(_)));
        let id = self.conductor.ask(query.clone(), false);
        self.run();
        let parts = self.take(|e| match e {
            Event::Partials { id: i, partials } if *i == id => Some(partials.clone()),
            _ => None,
        });
        parts
            .iter()
            .flatten()
            .filter_map(|p| postcard::from_bytes(p).ok())
            .collect()
    }

    /// What the hosts hold.
    pub fn shards(&self) -> impl Iterator<Item = &Shard> {
        self.hosts.iter().map(Host::shard)
    }

    /// Original bytes of ranges of an item.
    pub fn fetch(&mut self, item: ItemId, ranges: Vec<Range>) -> Vec<Result<Vec<u8>, String>> {
        let Some(id) = self.conductor.fetch(item, ranges) else {
            return Vec::new();
        };
        self.run();
        self.take(|e| match e {
            Event::Text { id: i, texts } if *i == id => Some(texts.clone()),
            _ => None,
        })
        .unwrap_or_default()
    }

    /// Makes columns of fields; returns how many cells were found.
    pub fn extract(&mut self, fields: &[&str], kinds: &[&str]) -> u64 {
        let kinds: Vec<String> = kinds.iter().map(|k| (*k).to_owned()).collect();
        self.conductor
            .extract(fields.iter().map(|f| (*f).to_owned()).collect(), &kinds);
        self.run();
        self.take(|e| match e {
            Event::Extracted { found, .. } => Some(*found),
            _ => None,
        })
        .unwrap_or_default()
    }

    /// Every shard's part of what is shared.
    pub fn collect(&mut self, what: Collect) -> Vec<Vec<u8>> {
        let id = self.conductor.collect(what);
        self.run();
        self.take(|e| match e {
            Event::Partials { id: i, partials } if *i == id => Some(partials.clone()),
            _ => None,
        })
        .unwrap_or_default()
    }

    /// Does a job on the first shard.
    pub fn job(&mut self, job: Job) -> Result<JobResult, String> {
        let id = self.conductor.job_on(0, job);
        self.run();
        let done = std::mem::take(&mut self.events)
            .into_iter()
            .find_map(|e| match e {
                Event::Done { id: i, result } if i == id => Some(result),
                _ => None,
            });
        done.unwrap_or_else(|| Err("The job was not done.".to_owned()))
    }

    fn take<T>(&mut self, want: impl Fn(&Event) -> Option<T>) -> Option<T> {
        let found = self.events.iter().rev().find_map(want);
        self.events.clear();
        found
    }

    /// Passes messages and works until nothing is left to do.
    fn run(&mut self) {
        loop {
            let commands = self.conductor.commands();
            let idle = commands.is_empty();
            let mut said: Vec<(usize, FromShard)> = Vec::new();
            for Command::Send {
                shard,
                message,
                attach,
            } in commands
            {
                let source: Option<Box<dyn ByteSource>> = match attach {
                    Attach::Nothing => None,
                    Attach::Blob(item) => {
                        Some(Box::new(MemorySource::new(self.bytes[item as usize].to_vec())))
                    }
                    Attach::Bytes(items) => {
                        let all: Vec<u8> = items
                            .iter()
                            .flat_map(|&i| self.bytes[i as usize].to_vec())
                            .collect();
                        Some(Box::new(MemorySource::new(all)))
                    }
                };
                let message = sent(&message);
                self.hosts[shard].handle(message, source, &mut |m| said.push((shard, sent(&m))));
            }
            let mut busy = false;
            for (shard, host) in self.hosts.iter_mut().enumerate() {
                busy |= host.busy();
                host.pump(&mut || false, &mut |m| said.push((shard, sent(&m))));
            }
            for (shard, m) in said {
                self.conductor.hear(shard, m);
            }
            self.events.extend(self.conductor.events());
            if idle && !busy {
                break;
            }
        }
    }
}
