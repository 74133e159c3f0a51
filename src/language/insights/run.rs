//! Running a plan: parts are collected row by row anywhere, merged in any order, and finished once.

use super::aggregate::Key;
use super::code::{Code, Context};
use super::functions::Clock;
use super::groups::{Groups, append};
use super::kept::{Dedup, Direction, Kept, Rows};
use super::late::Late;
use super::natural::Natural;
use super::ops;
use super::patterns::{Patterns, TokenValues};
use super::plan::{Keep, Segment, SortKeys, Stage, Then};
use super::pushdown::{Folded, Pushdown};
use super::record::{Nothing, Order, Row};
use super::value::{Kind, Value};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a query needs, shared by all plans of it.
pub struct Compiled {
    pub segments: Vec<Segment>,
    pub columns: Vec<(String, Code)>,
    pub needs: super::Needs,
    /// Kinds behind SOURCE.
    pub source: Vec<String>,
    /// Whether the number of rows is limited by a command, not by default.
    pub limited: bool,
    /// What its rows need not have at first.
    pub late: Late,
    /// What can be told of its rows beforehand.
    pub pushdown: Pushdown,
}

/// A query with the clock of one run.
#[derive(Clone)]
pub struct Plan {
    pub(super) compiled: Arc<Compiled>,
    pub clock: Clock,
}

/// What has been seen of the rows pushed so far.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Part {
    /// Rows pushed.
    pub scanned: u64,
    /// Of these, rows that came to the first command that needs all.
    pub matched: u64,
    state: State,
    #[serde(skip)]
    slots: Vec<Value<'static>>,
    #[serde(skip)]
    keys: Vec<u8>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
enum State {
    Rows(Rows),
    Dedup(Dedup),
    Stats(Groups),
    Patterns(Patterns),
}

/// A result.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Table {
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Value<'static>>>,
    /// For each row what leads to its records.
    pub origins: Vec<Origin>,
    /// Rows before the last limit.
    pub total: u64,
    pub scanned: u64,
    pub matched: u64,
    /// Where an answer is not exact, or why it is empty.
    pub notes: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    pub name: String,
    pub kind: Kind,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Origin {
    /// The record itself.
    Row(Order),
    /// The group's fields or expressions and their values.
    Group(#[serde(with = "super::wire::shared")] Arc<Vec<(String, Value<'static>)>>),
    Pattern(#[serde(with = "super::wire::shared")] Arc<PatternOrigin>),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PatternOrigin {
    pub pattern: String,
    pub sample: Order,
    pub tokens: Vec<TokenValues>,
}

/// A row between two stages.
struct Line {
    fields: Vec<Value<'static>>,
    slots: Vec<Value<'static>>,
    origin: Origin,
}

/// A kept row, asked for the fields that were kept of its record.
struct Later<'a> {
    keep: &'a [usize],
    fields: &'a [Value<'static>],
}

impl Row for Later<'_> {
    fn get(&self, field: usize) -> Value<'_> {
        let at = self.keep.iter().position(|f| *f == field);
        at.and_then(|at| self.fields.get(at))
            .map(Value::share)
            .unwrap_or_default()
    }
}

impl Plan {
    /// An empty part.
    pub fn start(&self) -> Part {
        let state = self
            .first()
            .map_or(State::Stats(Groups::default()), |s| State::new(&s.stage));
        Part {
            scanned: 0,
            matched: 0,
            state,
            slots: Vec::new(),
            keys: Vec::new(),
        }
    }

    pub(super) fn first(&self) -> Option<&Segment> {
        self.compiled.segments.first()
    }

    /// Takes a row of the window in. The order must be another for each row.
    pub fn push(&self, part: &mut Part, row: &dyn Row, order: Order) {
        self.push_side(part, row, order, 0);
    }

    /// Takes a row of the window in that `diff` compares with; see [`Plan::compared`].
    pub fn push_compared(&self, part: &mut Part, row: &dyn Row, order: Order) {
        self.push_side(part, row, order, 1);
    }

    fn push_side(&self, part: &mut Part, row: &dyn Row, order: Order, side: usize) {
        let Some(segment) = self.first() else { return };
        part.scanned += 1;
        part.slots.clear();
        part.slots.resize(segment.slots, Value::Absent);
        let mut slots = std::mem::take(&mut part.slots);
        let rows = segment.push(
            part,
            row,
            &mut slots,
            (order.time, order.place),
            side,
            &self.clock,
        );
        // What is compared with is no match of the window.
        part.matched += if side == 0 { rows } else { 0 };
        part.slots = slots;
    }

    /// The result of all rows.
    pub fn finish(&self, part: Part) -> Table {
        let mut table = Table {
            scanned: part.scanned,
            matched: part.matched,
            ..Table::default()
        };
        let Some(first) = self.first() else { return table };
        let mut lines = part.state.finish(&first.stage, self, None, &mut table);
        let mut before = first;
        for segment in self.compiled.segments.iter().skip(1) {
            let mut part = Part {
                scanned: 0,
                matched: 0,
                state: State::new(&segment.stage),
                slots: Vec::new(),
                keys: Vec::new(),
            };
            let keep = fields_of(&before.stage);
            let mut origins = Vec::with_capacity(lines.len());
            for (at, line) in lines.into_iter().enumerate() {
                let row = Later {
                    keep,
                    fields: &line.fields,
                };
                let mut slots = line.slots;
                slots.resize(segment.slots.max(slots.len()), Value::Absent);
                segment.push(&mut part, &row, &mut slots, (0, at as u128), 0, &self.clock);
                origins.push(line.origin);
            }
            lines = part
                .state
                .finish(&segment.stage, self, Some(&origins), &mut table);
            before = segment;
        }
        self.project(lines, before, &mut table);
        table
    }

    fn project(&self, lines: Vec<Line>, last: &Segment, table: &mut Table) {
        let columns = &self.compiled.columns;
        let keep = fields_of(&last.stage);
        let mut kinds = vec![Kind::Absent; columns.len()];
        for line in lines {
            let row = Later {
                keep,
                fields: &line.fields,
            };
            let on = Context {
                row: &row,
                slots: &line.slots,
                clock: &self.clock,
            };
            let values: Vec<Value> = columns
                .iter()
                .map(|(_, code)| code.eval(&on).into_owned())
                .collect();
            for (kind, value) in kinds.iter_mut().zip(&values) {
                *kind = match (*kind, value.kind()) {
                    (kind, Kind::Absent) => kind,
                    (Kind::Absent, kind) => kind,
                    (a, b) if a == b => a,
                    _ => Kind::Mixed,
                };
            }
            table.rows.push(values);
            table.origins.push(line.origin);
        }
        let named = columns.iter().zip(kinds).map(|((name, _), kind)| Column {
            name: name.clone(),
            kind,
        });
        table.columns = named.collect();
    }

    /// Which kinds SOURCE keeps; empty keeps all.
    pub fn source(&self) -> &[String] {
        &self.compiled.source
    }

    /// What rows are asked for.
    pub fn needs(&self) -> &super::Needs {
        &self.compiled.needs
    }
}

impl Part {
    /// Takes in what another part has seen. In whatever order parts are merged, the result is the same.
    pub fn merge(&mut self, other: Part) {
        self.scanned += other.scanned;
        self.matched += other.matched;
        match (&mut self.state, other.state) {
            (State::Rows(a), State::Rows(b)) => a.merge(b),
            (State::Dedup(a), State::Dedup(b)) => a.merge(b),
            (State::Stats(a), State::Stats(b)) => a.merge(b),
            (State::Patterns(a), State::Patterns(b)) => a.merge(b),
            // Parts of one plan have the same state.
            _ => {}
        }
    }

    /// The records of the rows that are held and may stay, each once and in order: those to [`fill`](Plan::fill) in. Where the
    /// query keeps no rows there are none.
    pub fn kept(&self) -> Vec<Order> {
        let rows = match &self.state {
            State::Rows(rows) => rows.best(),
            State::Dedup(dedup) => dedup.held(),
            State::Stats(_) | State::Patterns(_) => Vec::new(),
        };
        let mut orders: Vec<Order> = rows
            .iter()
            .map(|row| Order {
                time: row.key.0,
                place: row.key.1,
            })
            .collect();
        orders.sort_unstable();
        orders.dedup();
        orders
    }

    /// Sees the rows held of one record.
    pub(super) fn each_of(&mut self, at: Order, see: &mut dyn FnMut(&mut Kept)) {
        match &mut self.state {
            State::Rows(rows) => rows.each_of((at.time, at.place), see),
            State::Dedup(dedup) => dedup.each_of((at.time, at.place), see),
            State::Stats(_) | State::Patterns(_) => {}
        }
    }

    /// Rows that were looked at and are not pushed.
    pub fn pass_over(&mut self, rows: u64) {
        self.scanned += rows;
    }

    pub(super) fn absorb(&mut self, stage: &Stage, keys: &[Value], folded: &[Folded], rows: u64) {
        if let State::Stats(groups) = &mut self.state {
            self.matched += rows;
            groups.absorb(stage, keys, folded);
        }
    }

    /// How many groups have been met, where the query groups.
    pub fn groups(&self) -> Option<usize> {
        match &self.state {
            State::Stats(groups) => Some(groups.len()),
            _ => None,
        }
    }
}

/// The fields that rows of a stage are kept with.
fn fields_of(stage: &Stage) -> &[usize] {
    stage
        .kept()
        .map(|keep| keep.fields.as_slice())
        .unwrap_or_default()
}

fn naturals(keys: &SortKeys, on: &Context) -> Vec<Natural> {
    keys.iter().map(|(code, _)| Natural::of(&code.eval(on))).collect()
}

/// What is asked of a row later, as values of its own.
fn kept(keep: &Keep, sort: Vec<Natural>, key: Key, on: &Context) -> Kept {
    let mut slots = vec![Value::Absent; keep.slots.iter().map(|s| s + 1).max().unwrap_or(0)];
    for at in &keep.slots {
        if let (Some(to), Some(from)) = (slots.get_mut(*at), on.slots.get(*at)) {
            *to = from.clone();
        }
    }
    Kept {
        sort,
        key,
        fields: keep.fields.iter().map(|f| on.row.get(*f).into_owned()).collect(),
        slots,
    }
}

impl Segment {
    /// Runs a row up to the stage. Returns how many rows came there.
    fn push(
        &self,
        part: &mut Part,
        row: &dyn Row,
        slots: &mut Vec<Value<'static>>,
        at: (i64, u128),
        side: usize,
        clock: &Clock,
    ) -> u64 {
        let mut number = 0u32;
        let mut keys = std::mem::take(&mut part.keys);
        ops::run(&self.ops, row, slots, clock, &mut |on| {
            let key = (at.0, at.1, number);
            number = number.saturating_add(1);
            match (&mut part.state, &self.stage) {
                (State::Rows(rows), Stage::Rows { keys, keep, .. }) => {
                    let sort = naturals(keys, on);
                    if rows.wants(&sort, key) {
                        rows.add(kept(keep, sort, key, on));
                    }
                }
                (State::Dedup(dedup), Stage::Dedup { keys: sort, by, keep }) => {
                    keys.clear();
                    let has_all = by.iter().all(|code| append(&mut keys, &code.eval(on)));
                    let sort = naturals(sort, on);
                    let combination = has_all.then_some(keys.as_slice());
                    dedup.add(combination, sort, key, |sort| kept(keep, sort, key, on));
                }
                (State::Stats(groups), stage) => groups.push(stage, on, key),
                (State::Patterns(patterns), Stage::Pattern { text, time, .. }) => {
                    let time = time.eval(on).time();
                    if let Some(text) = text.eval(on).text() {
                        patterns.push(&text, time, side, key, on.clock);
                    }
                }
                _ => {}
            }
        });
        part.keys = keys;
        number.into()
    }
}

impl State {
    fn new(stage: &Stage) -> State {
        let direction = |keys: &SortKeys| Direction(keys.iter().map(|k| k.1).collect());
        match stage {
            Stage::Rows { keys, take, .. } => State::Rows(Rows::new(direction(keys), *take)),
            Stage::Dedup { keys, .. } => State::Dedup(Dedup::new(direction(keys))),
            Stage::Stats { .. } => State::Stats(Groups::default()),
            Stage::Pattern { then, .. } => State::Patterns(Patterns::new(*then)),
        }
    }

    /// The stage's rows. `origins` are those of the rows pushed; in the first segment a row is its own.
    fn finish(self, stage: &Stage, plan: &Plan, origins: Option<&[Origin]>, table: &mut Table) -> Vec<Line> {
        let origin = |key: Key| match origins {
            None => Some(Origin::Row(Order {
                time: key.0,
                place: key.1,
            })),
            Some(all) => usize::try_from(key.1).ok().and_then(|at| all.get(at)).cloned(),
        };
        let rows = |kept: Vec<Kept>| {
            kept.into_iter()
                .filter_map(|row| {
                    Some(Line {
                        origin: origin(row.key)?,
                        fields: row.fields,
                        slots: row.slots,
                    })
                })
                .collect::<Vec<_>>()
        };
        match (self, stage) {
            (State::Rows(kept), _) => {
                table.total = kept.total;
                rows(kept.finish())
            }
            (State::Dedup(dedup), _) => rows(dedup.finish()),
            (State::Stats(groups), Stage::Stats { by, items, .. }) => {
                if !groups.is_exact() {
                    table.notes.push("Of more than a million values, counts of different ones and percentiles are estimates within 1 %.".to_owned());
                }
                let made = groups.finish(stage);
                made.into_iter()
                    .map(|(keys, values)| group_line(plan, by, items, keys, values))
                    .collect()
            }
            (State::Patterns(patterns), Stage::Pattern { then, .. }) => {
                let (lines, notes) = patterns.finish(*then);
                table.notes.extend(notes);
                lines
                    .into_iter()
                    .map(|line| Line {
                        fields: Vec::new(),
                        slots: line.values,
                        origin: Origin::Pattern(Arc::new(PatternOrigin {
                            pattern: line.pattern,
                            sample: line.sample,
                            tokens: line.tokens,
                        })),
                    })
                    .collect()
            }
            _ => Vec::new(),
        }
    }
}

/// A group's slots: its keys, its items, and the aggregates that the items are made of.
fn group_line(
    plan: &Plan,
    by: &[super::plan::Group],
    items: &[Code],
    keys: Vec<Value<'static>>,
    values: Vec<Value<'static>>,
) -> Line {
    let names = by
        .iter()
        .map(|g| g.name.clone())
        .zip(keys.iter().cloned())
        .collect();
    let mut slots = keys;
    let first = slots.len();
    slots.resize(first + items.len(), Value::Absent);
    slots.extend(values);
    for (at, item) in items.iter().enumerate() {
        let on = Context {
            row: &Nothing,
            slots: &slots,
            clock: &plan.clock,
        };
        let value = item.eval(&on).into_owned();
        if let Some(slot) = slots.get_mut(first + at) {
            *slot = value;
        }
    }
    slots.truncate(first + items.len());
    Line {
        fields: Vec::new(),
        slots,
        origin: Origin::Group(Arc::new(names)),
    }
}

/// The columns of `diff` need rows of two windows.
pub fn shift_of(plan: &Plan) -> Option<super::ast::Shift> {
    plan.compiled.segments.iter().find_map(|s| match &s.stage {
        Stage::Pattern {
            then: Then::Diff(shift),
            ..
        } => Some(*shift),
        _ => None,
    })
}
