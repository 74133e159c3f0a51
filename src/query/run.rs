//! A question on its way through a shard, in slices.

use super::ask::*;
use super::bits::Bits;
use super::groups::GroupsRun;
use super::partial::{Body, Partial, asks};
use super::picks::{self, Picks};
use super::predicate::Predicate;
use super::rows::{RowCache, RowsPart, RowsRun, from_cache, sort_and_keep};
use crate::table::{Segment, Shard};

/// A question being answered by one shard, so that a worker can look between slices whether it is still wanted.
///
/// It answers from the rows sealed when its first slice ran. Rows sealed later are left out; when rows are removed
/// meanwhile it begins again by itself.
pub struct Run {
    query: Query,
    shard: u32,
    state: Option<State>,
}

struct State {
    /// What the tables looked like at the beginning.
    tables: Vec<Snapshot>,
    /// The table and segment that come next.
    next: (usize, usize),
    partial: Partial,
    matched: u64,
    /// The range, then the condition.
    filter: Option<(Predicate, Predicate)>,
    /// Under which number the rows that the condition picks are kept.
    pick: Option<u64>,
    work: Work,
    /// All rows were looked at.
    is_over: bool,
}

enum Work {
    Groups(Box<GroupsRun>),
    Rows(Box<RowsRun>),
}

struct Snapshot {
    kind: &'static str,
    segments: usize,
    last: Option<(u32, u64, usize)>,
}

fn mark(segment: &Segment) -> (u32, u64, usize) {
    (segment.member(0), segment.origin(0).offset, segment.rows)
}

impl Run {
    /// `shard` is the number by which this shard is known in places and cursors.
    pub fn new(query: Query, shard: u32) -> Run {
        Run {
            query,
            shard,
            state: None,
        }
    }

    /// Looks at about `budget_rows` more rows (at least a segment); answers, a step later, when all are done. Without a
    /// limit it answers at once.
    pub fn step(&mut self, shard: &Shard, cache: &mut RowCache, budget_rows: usize) -> Option<Partial> {
        if self.state.as_ref().is_some_and(|s| !s.still_holds(shard)) {
            self.state = None;
        }
        let mut state = match self.state.take() {
            Some(state) => state,
            None => {
                if let Some(partial) = self.kept(shard, cache) {
                    return Some(partial);
                }
                State::new(&self.query, shard, &mut cache.picks)
            }
        };
        if !state.is_over {
            state.is_over = state.advance(&self.query, shard, &mut cache.picks, budget_rows);
            // To sum up many groups takes as long as many rows: another step.
            if !state.is_over || budget_rows < usize::MAX {
                self.state = Some(state);
                return None;
            }
        }
        let body = match (state.work, &self.query.select) {
            (Work::Groups(run), Select::Groups(groups)) => Body::Groups(run.finish(groups, &shard.pool)),
            (Work::Rows(run), Select::Rows(rows)) => {
                let part = sort_and_keep(*run, shard, self.shard, &self.query, rows, cache);
                Body::Rows(RowsPart { shards: vec![part] })
            }
            _ => Body::Rows(RowsPart::default()),
        };
        Some(state.partial.filled(state.matched, body))
    }

    fn kept(&self, shard: &Shard, cache: &mut RowCache) -> Option<Partial> {
        let Select::Rows(rows) = &self.query.select else {
            return None;
        };
        let part = from_cache(shard, self.shard, &self.query, rows, cache)?;
        let matched = part.matched;
        let body = Body::Rows(RowsPart { shards: vec![part] });
        Some(Partial::begin(&self.query, shard).filled(matched, body))
    }
}

impl State {
    fn new(query: &Query, shard: &Shard, picks: &mut Picks) -> State {
        let snapshot = |t: &crate::table::Table| Snapshot {
            kind: t.facts.id,
            segments: t.segments.len(),
            last: t.segments.last().map(mark),
        };
        State {
            tables: shard.tables.iter().map(snapshot).collect(),
            next: (0, 0),
            partial: Partial::begin(query, shard),
            matched: 0,
            filter: None,
            pick: picks.of(&query.filter),
            is_over: false,
            work: match &query.select {
                Select::Groups(groups) => Work::Groups(Box::new(GroupsRun::new(groups))),
                Select::Rows(rows) => Work::Rows(Box::new(RowsRun::new(query, rows, shard))),
            },
        }
    }

    /// Are the tables and segments of the beginning still where they were?
    fn still_holds(&self, shard: &Shard) -> bool {
        self.tables.len() <= shard.tables.len()
            && self.tables.iter().zip(&shard.tables).all(|(was, is)| {
                let last = was.segments.checked_sub(1).and_then(|at| is.segments.get(at));
                was.kind == is.facts.id && was.last == last.map(mark)
            })
    }

    /// Works until the budget is used up; true when there is nothing left to do.
    fn advance(&mut self, query: &Query, shard: &Shard, picks: &mut Picks, budget_rows: usize) -> bool {
        let mut left = budget_rows;
        while let Some(snapshot) = self.tables.get(self.next.0) {
            let (table_at, segment_at) = self.next;
            let table = match shard.tables.get(table_at) {
                Some(table) if segment_at < snapshot.segments && asks(query, snapshot.kind) => table,
                _ => {
                    self.next = (table_at + 1, 0);
                    self.filter = None;
                    continue;
                }
            };
            if left == 0 {
                return false;
            }
            self.next.1 += 1;
            let Some(segment) = table.segments.get(segment_at) else {
                continue;
            };
            left = left.saturating_sub(segment.rows);
            let (range, filter) = self.filter.get_or_insert_with(|| {
                let range = Predicate::within(query.range, &Expr::All, table);
                (range, Predicate::new(&query.filter, table))
            });
            let shown = Bits::shown(segment);
            let mut bits = shown.clone();
            if !range.is_all() {
                bits = range.select(&shard.pool, segment, &bits);
            }
            if !filter.is_all() && !bits.is_empty() {
                let mark = picks::mark(table, segment);
                let at = (table_at, segment_at);
                let known = self.pick.and_then(|id| picks.get(id, at, mark, segment));
                // Of a narrow range only its rows are looked at.
                let wide = bits.count() >= segment.rows / 4;
                match (known, self.pick) {
                    (Some(picked), _) => bits.meet(&picked),
                    (None, Some(id)) if wide => {
                        let picked = filter.select(&shard.pool, segment, &shown);
                        picks.keep(id, at, mark, &picked);
                        bits.meet(&picked);
                    }
                    _ => bits = filter.select(&shard.pool, segment, &bits),
                }
            }
            let listed = match &mut self.work {
                Work::Groups(_) => bits.records(segment),
                Work::Rows(run) => {
                    run.leave_out(bits.take_sums(segment));
                    bits.count() as u64
                }
            };
            self.matched = self.matched.saturating_add(listed);
            if bits.is_empty() {
                continue;
            }
            match (&mut self.work, &query.select) {
                (Work::Groups(run), _) => run.add(&shard.pool, table, table_at, segment_at, &bits),
                (Work::Rows(run), Select::Rows(rows)) => {
                    run.add(&rows.sort, table, table_at, segment_at, &bits);
                }
                (Work::Rows(_), Select::Groups(_)) => {}
            }
        }
        match &mut self.work {
            Work::Groups(_) => true,
            Work::Rows(run) => run.order(&shard.pool, &mut left),
        }
    }
}

/// A question answered by one shard at once.
pub fn answer_now(shard: &Shard, query: &Query) -> Partial {
    Run::new(query.clone(), 0)
        .step(shard, &mut RowCache::default(), usize::MAX)
        .unwrap_or_else(|| Partial::empty(query))
}
