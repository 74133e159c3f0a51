//! Blocks made by the workers: their parts are collected, woven by one of them, and kept on its stage, which answers the
//! printed layer's questions.

use super::choices::Choices;
use super::sources::Sources;
use crate::engine::client::Client;
use crate::engine::later::later;
use crate::engine::port::{Collect, Order, Texts, Woven};
use crate::evidence::mask;
use crate::query::{Answer, Expr, Query};
use crate::session::lives;
use crate::session::{ItemId, Job, JobResult, KindState, Range, Session};
use crate::share::report::{Answering, Asks};
use crate::share::{aggregate, collect};
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows of sums that a kind has at most: what keeps a file without records small.
const SUM_ROWS: usize = 6_000;
/// The narrowest bucket of sums (ns).
const SUM_WIDTH_NS: i64 = crate::base::time::MINUTE;

pub struct Maker {
    engine: Client,
    /// The worker on whose stage the file is made.
    shard: usize,
    /// By item, its number in the file.
    numbers: Vec<(ItemId, u32)>,
    /// By number, the item that is read.
    items: BTreeMap<u32, ItemId>,
    paths: Vec<((u32, u64), String)>,
    choices: Choices,
    /// Kinds that have a field that is left out: their original texts would hold it.
    without_texts: Vec<String>,
}

impl Maker {
    pub async fn begin(session: Session, sources: &Sources, choices: &Choices) -> Result<Maker, String> {
        let engine = session.engine();
        let shard = engine.quietest();
        engine.job_on(shard, Job::Stage).await?;
        let numbers = sources.numbers();
        let without_texts = session.fields.with_untracked(|all| {
            let hiding = all.iter().filter(|f| choices.leave_out.contains(&f.name));
            hiding.map(|f| f.kind.clone()).collect()
        });
        Ok(Maker {
            without_texts,
            shard,
            items: numbers.iter().map(|&(item, number)| (number, item)).collect(),
            numbers,
            paths: sources.paths(),
            choices: choices.clone(),
            engine,
        })
    }

    /// Empties the stage.
    pub async fn end(self) -> Result<(), String> {
        self.engine.job_on(self.shard, Job::Stage).await.map(drop)
    }

    async fn weave(&self, what: Collect, order: impl FnOnce() -> Order) -> Result<Woven, String> {
        let parts = self.engine.collect(what).await;
        self.woven(order(), parts).await
    }

    async fn woven(&self, order: Order, parts: Vec<Vec<u8>>) -> Result<Woven, String> {
        match self
            .engine
            .job_on(self.shard, Job::Weave { order, parts })
            .await?
        {
            JobResult::Woven(woven) => Ok(*woven),
            _ => Err("A worker did something else than it was asked.".to_owned()),
        }
    }

    /// What is asked of a kind: all of it, or what is in the file's filter and range and meets `also`.
    fn query(&self, kind: &str, also: Expr) -> Query {
        let (filter, range) = self.choices.scope_of();
        Query::groups(&[kind], Vec::new(), Vec::new()).within(range, &filter.and(also))
    }

    fn rows(&self, query: Query, places_only: bool) -> Collect {
        Collect::Rows {
            ask: collect::Ask {
                query,
                leave_out: self.choices.leave_out.clone(),
                places_only,
            },
            sources: self.numbers.clone(),
        }
    }

    /// By source and member: how many of its records repeat one that is kept, wherever that is decided.
    pub async fn repeated(&self, kinds: &[KindState]) -> Result<BTreeMap<(u32, u64), u64>, String> {
        let mut out = BTreeMap::new();
        let any = self.engine.with(|c| c.items().tally().duplicates > 0);
        for kind in kinds.iter().filter(|k| any && k.dedupe) {
            let all = Query::groups(&[&kind.kind], Vec::new(), Vec::new());
            let order = || Order::Places {
                kind: kind.kind.clone(),
            };
            let woven = self.weave(self.rows(all, true), order).await?;
            for (source, index, n) in woven.duplicates {
                *out.entry((source, index)).or_default() += n;
            }
        }
        Ok(out)
    }

    /// The block of the single records of a kind; `None` where there are none.
    pub async fn records(&self, kind: &str, chosen: Option<&Expr>) -> Result<Option<Woven>, String> {
        let query = self.query(kind, chosen.cloned().unwrap_or_default());
        let parts = self.engine.collect(self.rows(query, false)).await;
        let mut texts = None;
        if self.choices.originals && !self.without_texts.iter().any(|k| k == kind) {
            let order = Order::Places {
                kind: kind.to_owned(),
            };
            let places = self.woven(order, parts.clone()).await?.places;
            texts = Some(self.texts(&places).await);
        }
        let order = Order::Rows {
            kind: kind.to_owned(),
            paths: self.paths.clone(),
            texts,
        };
        let woven = self.woven(order, parts).await?;
        Ok((woven.rows > 0).then_some(woven))
    }

    /// The records of the trail that give somebody credentials, as their texts stand in the file.
    pub async fn giving(&self, session: Session, chosen: Option<&Expr>) -> Vec<serde_json::Value> {
        let [kind] = lives::KINDS;
        if !self.choices.originals || self.without_texts.iter().any(|k| k == kind) {
            return Vec::new();
        }
        let within = self.query(kind, chosen.cloned().unwrap_or_default());
        let asked = lives::ask_grants().within(within.range, &within.filter);
        let answer: Arc<Answer> = later(|on| {
            self.engine.ask(asked, on);
        })
        .await;
        let texts = later(|on| session.originals_in_order(answer.places.clone(), on)).await;
        let clean = |text: Vec<u8>| mask(&text).map_or(text, |(clean, _)| clean);
        let events = texts.into_iter().flatten().map(clean);
        events.filter_map(|text| lives::event(&text)).collect()
    }

    /// The block of sums of what is not among the single records; `None` where nothing is left.
    pub async fn sums(&self, kind: &str, chosen: &Expr) -> Result<Option<Woven>, String> {
        let (dims, sums) = aggregate::dims(kind);
        let keep = |names: &[&str]| -> Vec<String> {
            let left = |n: &&&str| !self.choices.leave_out.iter().any(|l| l == **n);
            names.iter().filter(left).map(|n| (*n).to_owned()).collect()
        };
        let ask = aggregate::Ask {
            kind: kind.to_owned(),
            query: self.query(kind, !chosen.clone()),
            width_ns: SUM_WIDTH_NS,
            dims: keep(dims),
            sums: keep(sums),
        };
        let order = || Order::Sums { budget: SUM_ROWS };
        let woven = self.weave(Collect::Sums(ask), order).await?;
        Ok((woven.rows > 0).then_some(woven))
    }

    /// The original texts of rows, in their order, read again from what was opened.
    async fn texts(&self, places: &[collect::At]) -> Vec<Option<Vec<u8>>> {
        let mut by_item: BTreeMap<ItemId, Vec<(usize, Range)>> = BTreeMap::new();
        for (row, at) in places.iter().enumerate() {
            if let Some(&item) = self.items.get(&at.source) {
                let range = Range {
                    index: at.index,
                    offset: at.offset,
                    len: at.len,
                };
                if at.len > 0 {
                    by_item.entry(item).or_default().push((row, range));
                }
            }
        }
        let mut texts: Vec<Option<Vec<u8>>> = vec![None; places.len()];
        for (item, wanted) in by_item {
            let (rows, ranges): (Vec<usize>, Vec<Range>) = wanted.into_iter().unzip();
            let found: Texts = later(|on| self.engine.fetch(item, ranges, on)).await;
            for (row, text) in rows.into_iter().zip(found) {
                texts[row] = text.ok();
            }
        }
        texts
    }
}

impl Asks for Maker {
    fn ask(&self, query: Query) -> Answering<'_> {
        Box::pin(async move {
            match self.engine.job_on(self.shard, Job::AskStage(query)).await {
                Ok(JobResult::Answer(answer)) => Arc::new(*answer),
                _ => Arc::new(Answer::default()),
            }
        })
    }
}
