//! Any window of the rows of all shards, from a survey of each and one more round of questions.
//!
//! A survey marks every `step`-th row of each shard. Before a mark `k` stand, in the shard of the `m` marks smaller
//! than it, at most `m · step` rows: the sum over all shards bounds its rank from above. The window's start is the
//! last mark whose bound is not beyond the offset; asked from there, every shard tells how many of its rows stand
//! before the mark, and the sum is its exact rank. What then has to be skipped is less than `step` rows a shard.

use super::ask::*;
use super::partial::{Body, Partial};
use super::rows::put_rows;

/// From where to ask the shards, and for how many rows each, so that a window is in their answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub start: Option<Cursor>,
    pub count: usize,
}

/// Plans a window of `count` rows from `offset` on. `survey` is what all shards together said to `query`, a row
/// question with [`Window::Survey`].
pub fn plan(survey: &Partial, query: &Query, offset: u64, count: usize) -> Plan {
    let whole = Plan { start: None, count };
    let (Body::Rows(part), Select::Rows(rows)) = (&survey.body, &query.select) else {
        return whole;
    };
    let Window::Survey { step } = rows.window else {
        return whole;
    };
    let step = step.max(1);
    let mut marks: Vec<&Cursor> = part.shards.iter().flat_map(|s| &s.splitters).collect();
    marks.sort_by(|a, b| a.order(b, rows.sort.descending));
    // In order, the marks before the n-th are n, whatever their shards: its bound is n · step.
    let last = usize::try_from(offset / step as u64).unwrap_or(usize::MAX);
    let start = marks.get(last.min(marks.len().saturating_sub(1)));
    Plan {
        start: start.map(|c| (*c).clone()),
        count: step.saturating_mul(part.shards.len()).saturating_add(count),
    }
}

impl Plan {
    /// The question to ask every shard.
    pub fn query(&self, query: &Query) -> Query {
        let mut query = query.clone();
        if let Select::Rows(rows) = &mut query.select {
            rows.window = Window::From {
                start: self.start.clone(),
                count: self.count,
            };
        }
        query
    }
}

/// The window of `count` rows from `offset` on, from what all shards together said to [`Plan::query`].
pub fn assemble(mut partial: Partial, query: &Query, offset: u64, count: usize) -> Answer {
    let (Body::Rows(part), Select::Rows(rows)) = (&mut partial.body, &query.select) else {
        return partial.finish(query);
    };
    let rank: u64 = part.shards.iter().map(|s| s.before).sum();
    let unlisted = part.unlisted();
    let skip = usize::try_from(offset.saturating_sub(rank)).unwrap_or(usize::MAX);
    let ordered = std::mem::take(part).ordered(rows.sort.descending);
    let mut answer = partial.finish(query);
    answer.before = offset.max(rank).min(answer.matched);
    answer.unlisted = unlisted;
    put_rows(ordered.into_iter().skip(skip).take(count), &mut answer);
    answer
}
