//! The benchmark's topics: what happened, who covers it, where its chain ends.

use super::{Said, steps};
use crate::base::Value;
use crate::monitoring::chain::{End, TopicChain};
use crate::monitoring::{TOPICS, Topic, topic};
use crate::query::{Agg, Answer, Expr, PATTERN, Query};
use crate::rules::Severity;
use std::cmp::Ordering;

/// Records of a topic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Happened {
    pub count: u64,
    pub first_ns: Option<i64>,
    pub last_ns: Option<i64>,
}

/// What is known of a topic's events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Seen {
    /// They are being looked for.
    #[default]
    Waiting,
    Happened(Happened),
    /// What would make it evaluable.
    NotEvaluable(String),
}

/// A row of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub topic: &'static Topic,
    /// Its number in the chosen version; a version may not have it.
    pub number: Option<&'static str>,
    pub severity: Severity,
    pub seen: Seen,
    pub chain: TopicChain,
}

impl Row {
    pub fn events(&self) -> Option<Happened> {
        match &self.seen {
            Seen::Happened(h) => Some(*h),
            _ => None,
        }
    }

    /// Where its chain ends.
    pub fn ends(&self) -> Said {
        match &self.chain.end {
            End::Told { .. } if !self.chain.is_covered() => ("yellow", "Told of a part".to_owned()),
            end => steps::ends(end),
        }
    }

    /// The filter that covers it best; empty where there is none.
    pub fn filter(&self) -> String {
        let path = self.chain.path.as_ref();
        path.map(|p| p.filter.clone()).unwrap_or_default()
    }
}

/// A topic's severity as findings have it.
pub fn severity(topic: &Topic) -> Severity {
    match topic.severity {
        "critical" => Severity::Critical,
        "high" => Severity::High,
        "medium" => Severity::Medium,
        "low" => Severity::Low,
        _ => Severity::Info,
    }
}

/// How many records a topic's pattern takes, and when.
pub fn ask(pattern: &str) -> Query {
    let time = || "@timestamp".to_owned();
    Query::groups(
        &[super::KIND],
        Vec::new(),
        vec![Agg::Count, Agg::Min(time()), Agg::Max(time())],
    )
    .filter(Expr::eq(PATTERN, pattern))
}

/// Out of the answer to [`ask`].
pub fn happened(answer: &Answer) -> Happened {
    let row = answer.rows.first();
    let value = |at: usize| row.and_then(|r| r.get(at));
    let time = |at: usize| match value(at) {
        Some(Value::Time(ns)) => Some(*ns),
        other => other.and_then(Value::as_i64),
    };
    Happened {
        count: answer.matched,
        first_ns: time(1),
        last_ns: time(2),
    }
}

/// All topics in the order of their numbers; those that the version does not have come last.
pub fn rows(version: &str, seen: impl Fn(&Topic) -> Seen, chains: Vec<TopicChain>) -> Vec<Row> {
    let mut all: Vec<Row> = chains
        .into_iter()
        .filter_map(|chain| {
            let topic = topic(chain.topic)?;
            Some(Row {
                topic,
                number: topic.number(version),
                severity: severity(topic),
                seen: seen(topic),
                chain,
            })
        })
        .collect();
    all.sort_by(|a, b| match (a.number, b.number) {
        (Some(a), Some(b)) => parts(a).cmp(&parts(b)),
        (a, b) => b.is_some().cmp(&a.is_some()),
    });
    all
}

fn parts(number: &str) -> Vec<u32> {
    number.split('.').filter_map(|p| p.parse().ok()).collect()
}

/// What the table is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    #[default]
    Number,
    Title,
    Severity,
    Events,
    Last,
    Ends,
}

pub fn sort(rows: &mut [Row], by: By, descending: bool) {
    let worst = |r: &Row| match r.ends().0 {
        "red" => 0,
        "yellow" => 1,
        "none" => 2,
        _ => 3,
    };
    let count = |r: &Row| r.events().map(|h| h.count);
    let last = |r: &Row| r.events().and_then(|h| h.last_ns);
    rows.sort_by(|a, b| {
        let order = match by {
            // They stand so.
            By::Number => Ordering::Equal,
            By::Title => a.topic.title.cmp(b.topic.title),
            By::Severity => a.severity.cmp(&b.severity),
            By::Events => count(a).cmp(&count(b)),
            By::Last => last(a).cmp(&last(b)),
            By::Ends => worst(a).cmp(&worst(b)),
        };
        if descending { order.reverse() } else { order }
    });
    if by == By::Number && descending {
        rows.reverse();
    }
}

/// How many topics reach someone in all, and how many there are.
pub fn covered(rows: &[Row]) -> (usize, usize) {
    let covered = rows.iter().filter(|r| r.chain.is_covered()).count();
    (covered, rows.len().min(TOPICS.len()))
}
