//! Single rows in an order, a window at a time.
//!
//! A shard sorts the rows of a question once and keeps their order in a [`RowCache`]; every window after the first is
//! a lookup. How windows of the whole are made of windows of the shards is [`super::window`]'s.

use super::ask::*;
use super::bits::Bits;
use super::picks::{self, Picks};
use super::resolve::Source;
use crate::base::hash::FastMap;
use crate::base::{FieldType, TimeRange, Value};
use crate::table::{ABSENT, ABSENT_INT, Code, Column, Pool, SEGMENT_ROWS, Segment, Shard, Table};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::hash::{BuildHasher, Hash, Hasher};

/// A row's number within its shard: table, segment, row in segment. The lower 40 bits are those of [`Place::row`].
pub(super) fn row_number(table: usize, segment: usize, row: usize) -> u64 {
    (table as u64) << 40 | (segment as u64) << 16 | row as u64
}

/// What some shards say of their ordered rows, a part for each shard, by shard.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct RowsPart {
    pub shards: Vec<ShardRows>,
}

/// One shard's part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct ShardRows {
    pub shard: u32,
    /// Rows of this shard that met the question.
    pub matched: u64,
    /// Records of this shard that met the question and are only known in sums.
    pub unlisted: u64,
    /// Rows of this shard before the window.
    pub before: u64,
    /// A survey's: the places of rows 0, step, 2·step …
    pub splitters: Vec<Cursor>,
    /// A window's.
    pub rows: Vec<Row>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Row {
    pub cursor: Cursor,
    pub place: Place,
    pub cells: Vec<Value>,
}

impl RowsPart {
    pub fn merge(&mut self, other: RowsPart) {
        self.shards.extend(other.shards);
        self.shards.sort_by_key(|s| s.shard);
    }

    /// Records that are only known in sums.
    pub fn unlisted(&self) -> u64 {
        let unlisted = self.shards.iter().map(|s| s.unlisted);
        unlisted.fold(0, u64::saturating_add)
    }

    /// All rows in order.
    pub fn ordered(self, descending: bool) -> Vec<Row> {
        let mut rows: Vec<Row> = self.shards.into_iter().flat_map(|s| s.rows).collect();
        rows.sort_by(|a, b| a.cursor.order(&b.cursor, descending));
        rows
    }
}

impl Cursor {
    /// The order of all shards' rows; descending is the whole of it turned round.
    pub fn order(&self, other: &Cursor, descending: bool) -> Ordering {
        let up = self
            .value
            .order(&other.value)
            .then(self.shard.cmp(&other.shard))
            .then(self.row.cmp(&other.row));
        if descending { up.reverse() } else { up }
    }
}

pub(super) fn finish_rows(part: RowsPart, rows: &Rows, answer: &mut Answer) {
    answer.before = part.shards.iter().map(|s| s.before).sum();
    answer.unlisted = part.unlisted();
    if let Window::From { count, .. } = rows.window {
        let ordered = part.ordered(rows.sort.descending).into_iter().take(count);
        put_rows(ordered, answer);
    }
}

pub(super) fn put_rows(rows: impl Iterator<Item = Row>, answer: &mut Answer) {
    (answer.places, answer.rows) = rows.map(|row| (row.place, row.cells)).unzip();
}

/// What makes two row questions have the same order of the same rows.
#[derive(Clone, Debug, PartialEq)]
struct Asked {
    kinds: Vec<String>,
    range: Option<TimeRange>,
    filter: Expr,
    sort: String,
}

impl Asked {
    fn new(query: &Query, rows: &Rows) -> Asked {
        Asked {
            kinds: query.kinds.clone(),
            range: query.range,
            filter: query.filter.clone(),
            sort: rows.sort.field.clone(),
        }
    }
}

/// What a shard remembers of the questions asked last: the orders of row questions, newest first, and which rows filters
/// picked. It notices by itself when the shard's rows changed.
#[derive(Default)]
pub struct RowCache {
    kept: Vec<(Asked, u64, Sorted)>,
    pub(super) picks: Picks,
}

impl RowCache {
    /// Two views and their turned-round questions; four bytes a row each.
    const KEPT: usize = 4;

    pub fn clear(&mut self) {
        *self = RowCache::default();
    }

    fn find(&mut self, asked: &Asked, version: u64) -> Option<&Sorted> {
        self.kept.retain(|(_, v, _)| *v == version);
        let at = self.kept.iter().position(|(a, ..)| a == asked)?;
        let entry = self.kept.remove(at);
        self.kept.insert(0, entry);
        self.kept.first().map(|(_, _, sorted)| sorted)
    }

    fn keep(&mut self, asked: Asked, version: u64, sorted: Sorted) {
        self.kept.insert(0, (asked, version, sorted));
        self.kept.truncate(Self::KEPT);
    }
}

/// A number that changes when the rows a shard answers from do, or the columns they have.
fn version(shard: &Shard) -> u64 {
    let mut hash = foldhash::fast::FixedState::default().build_hasher();
    for table in &shard.tables {
        (table.facts.id, table.fields.len(), table.segments.len()).hash(&mut hash);
        for segment in &table.segments {
            picks::hash_of(segment, &mut hash);
        }
    }
    hash.finish()
}

/// Rows in ascending order.
struct Sorted {
    /// Numbers of rows counted through all segments of all tables.
    rows: Vec<u32>,
    /// The first such number of each segment, with its table and segment.
    starts: Vec<(u32, u32, u32)>,
    /// Records that have no row of their own.
    unlisted: u64,
}

impl Sorted {
    /// Table, segment and row in segment of the row at a position.
    fn locate(&self, at: usize) -> Option<(usize, usize, usize)> {
        let row = *self.rows.get(at)?;
        let after = self.starts.partition_point(|(start, ..)| *start <= row);
        let (start, table, segment) = *self.starts.get(after.checked_sub(1)?)?;
        Some((table as usize, segment as usize, (row - start) as usize))
    }
}

/// Sort keys, comparable as one integer: class of value, value, then the row's number.
///
/// `class (8) | value (64) | what a float lost of an integer (16, biased) | row (32)`
struct SortKey;

impl SortKey {
    const ABSENT: u128 = 0;
    const BOOL: u128 = 1 << 112;
    const NUMBER: u128 = 2 << 112;
    const TEXT: u128 = 3 << 112;

    fn int(n: i64) -> u128 {
        Self::NUMBER | u128::from(n as u64 ^ 1 << 63) << 48
    }

    fn bool(b: i64) -> u128 {
        Self::BOOL | u128::from(b != 0) << 48
    }

    /// A number among floats, in the order of [`Value::order`].
    fn float(f: f64, lost: i128) -> u128 {
        let bits = f.to_bits();
        let ordered = if bits >> 63 == 1 { !bits } else { bits | 1 << 63 };
        let lost = (lost + (1 << 15)).clamp(0, (1 << 16) - 1) as u128;
        Self::NUMBER | u128::from(ordered) << 48 | lost << 32
    }

    /// A text by its code, until [`rank_texts`] puts its rank there.
    fn text(code: u64) -> u128 {
        Self::TEXT | u128::from(code) << 48
    }

    fn code(key: u128) -> Option<u64> {
        (key >> 112 == Self::TEXT >> 112).then_some((key >> 48) as u64)
    }

    fn ranked(key: u128, rank: u32) -> u128 {
        Self::text(rank.into()) | key & u128::from(u32::MAX)
    }
}

/// Codes from here on are not the pool's.
const KIND: u64 = 1 << 32;

/// A row question on its way through a shard.
pub(super) struct RowsRun {
    keys: Vec<u128>,
    starts: Vec<(u32, u32, u32)>,
    next: u32,
    unlisted: u64,
    /// Some kind keeps the sort field as a float: all numbers are compared as such.
    floats: bool,
    /// By table.
    sources: FastMap<usize, Option<Source>>,
    /// Registry ids met while sorting by `@kind`; their codes are [`KIND`] and up.
    kinds: Vec<&'static str>,
    rows: Vec<u32>,
    values: Vec<i64>,
    ordered: Ordered,
}

/// How far the rows gathered are in order.
#[derive(Default)]
struct Ordered {
    /// Texts have their ranks.
    ranked: bool,
    /// Runs of so many are in order each; 0 while none are.
    runs: usize,
    /// Where the next two runs begin that become one.
    next: usize,
}

impl RowsRun {
    pub fn new(query: &Query, rows: &Rows, shard: &Shard) -> RowsRun {
        let tables = shard.tables.iter();
        let mut tables = tables.filter(|t| super::partial::asks(query, t.facts.id));
        let float = |t: &Table| Source::of(t, &rows.sort.field).is_some_and(|s| s.ty(t) == FieldType::Float);
        RowsRun {
            keys: Vec::new(),
            starts: Vec::new(),
            next: 0,
            unlisted: 0,
            floats: tables.any(float),
            sources: FastMap::default(),
            kinds: Vec::new(),
            rows: Vec::new(),
            values: Vec::new(),
            ordered: Ordered::default(),
        }
    }

    /// Notes records that have no row of their own.
    pub fn leave_out(&mut self, records: u64) {
        self.unlisted = self.unlisted.saturating_add(records);
    }

    /// Adds the rows `bits` of a segment.
    pub fn add(&mut self, sort: &Sort, table: &Table, table_at: usize, segment_at: usize, bits: &Bits) {
        let Some(segment) = table.segments.get(segment_at) else {
            return;
        };
        let start = self.next;
        self.next = self.next.saturating_add(segment.rows as u32);
        bits.list(&mut self.rows);
        if self.rows.is_empty() {
            return;
        }
        self.starts.push((start, table_at as u32, segment_at as u32));
        let source = *self
            .sources
            .entry(table_at)
            .or_insert_with(|| Source::of(table, &sort.field));
        let floats = self.floats;
        let number = |n: i64| {
            if floats {
                let f = n as f64;
                SortKey::float(f, i128::from(n) - f as i128)
            } else {
                SortKey::int(n)
            }
        };
        let rows = self.rows.iter().copied();
        let keyed = |row: u32, key: u128| key | u128::from(start + row);
        match source {
            None => self.keys.extend(rows.map(|r| keyed(r, SortKey::ABSENT))),
            Some(Source::Kind) => {
                let key = SortKey::text(KIND + self.kinds.len() as u64);
                self.kinds.push(table.facts.id);
                self.keys.extend(rows.map(|r| keyed(r, key)));
            }
            Some(Source::Origin(part)) => {
                self.keys
                    .extend(rows.map(|r| keyed(r, number(part.of(segment, r as usize)))));
            }
            Some(Source::Field(field)) => match segment.column(field) {
                None => self.keys.extend(rows.map(|r| keyed(r, SortKey::ABSENT))),
                Some(Column::Codes(codes)) => {
                    codes.unpack(segment.rows, &mut self.values);
                    let values = &self.values;
                    self.keys.extend(rows.map(|r| match values[r as usize] as u32 {
                        ABSENT => keyed(r, SortKey::ABSENT),
                        code => keyed(r, SortKey::text(code.into())),
                    }));
                }
                Some(Column::Ints(ints)) => {
                    ints.unpack(segment.rows, &mut self.values);
                    let values = &self.values;
                    let bool = Source::Field(field).ty(table) == FieldType::Bool;
                    self.keys.extend(rows.map(|r| match values[r as usize] {
                        ABSENT_INT => keyed(r, SortKey::ABSENT),
                        b if bool => keyed(r, SortKey::bool(b)),
                        n => keyed(r, number(n)),
                    }));
                }
                Some(Column::Floats(floats)) => {
                    let float = |r: u32| floats.get(r as usize).copied().unwrap_or(f64::NAN);
                    self.keys.extend(rows.map(|r| match float(r) {
                        f if f.is_nan() => keyed(r, SortKey::ABSENT),
                        f => keyed(r, SortKey::float(f, 0)),
                    }));
                }
            },
        }
    }

    /// Puts the rows gathered in order, in pieces for about `left` rows' work; true when all are.
    pub fn order(&mut self, pool: &Pool, left: &mut usize) -> bool {
        let rows = self.keys.len();
        loop {
            let Ordered { ranked, runs, next } = &mut self.ordered;
            if rows == 0 || *ranked && *runs >= rows {
                return true;
            }
            if *left == 0 {
                return false;
            }
            if !*ranked {
                rank_texts(&mut self.keys, pool, &self.kinds);
                *ranked = true;
                *left = left.saturating_sub(rows);
                continue;
            }
            let longer = if *runs == 0 { SEGMENT_ROWS } else { *runs * 2 };
            let end = (*next + longer).min(rows);
            if let Some(piece) = self.keys.get_mut(*next..end) {
                // Files are mostly in order of time: a stable sort joins the runs it finds, and those made before.
                piece.sort();
                *left = left.saturating_sub(piece.len());
            }
            *next = end;
            if end == rows {
                (*runs, *next) = (longer, 0);
            }
        }
    }

    fn sorted(mut self, pool: &Pool) -> Sorted {
        self.order(pool, &mut { usize::MAX });
        Sorted {
            rows: self.keys.iter().map(|&key| key as u32).collect(),
            starts: self.starts,
            unlisted: self.unlisted,
        }
    }
}

/// Puts the rank of each text among those met in the place of its code.
fn rank_texts(keys: &mut [u128], pool: &Pool, kinds: &[&'static str]) {
    let slot = |code: u64| match code.checked_sub(KIND) {
        Some(kind) => pool.len() + kind as usize,
        None => code as usize,
    };
    let mut ranks: Vec<u32> = Vec::new();
    let mut met: Vec<(u64, Cow<'_, str>, usize)> = Vec::new();
    for code in keys.iter().filter_map(|&key| SortKey::code(key)) {
        if ranks.is_empty() {
            ranks.resize(pool.len() + kinds.len(), u32::MAX);
        }
        let at = slot(code);
        if ranks[at] == u32::MAX {
            ranks[at] = 0;
            let text = match code.checked_sub(KIND) {
                Some(kind) => Cow::Borrowed(kinds[kind as usize]),
                None => pool.text(code as Code),
            };
            met.push((head(text.as_bytes()), text, at));
        }
    }
    met.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
    let mut rank = 0;
    for (i, (_, text, at)) in met.iter().enumerate() {
        // Different bytes that are not UTF-8 are shown alike, and stand alike.
        if i > 0 && met[i - 1].1 != *text {
            rank += 1;
        }
        ranks[*at] = rank;
    }
    for key in keys {
        if let Some(code) = SortKey::code(*key) {
            *key = SortKey::ranked(*key, ranks[slot(code)]);
        }
    }
}

/// The first eight bytes, as a number that orders as they do.
fn head(text: &[u8]) -> u64 {
    let mut head = [0; 8];
    head.iter_mut().zip(text).for_each(|(to, from)| *to = *from);
    u64::from_be_bytes(head)
}

/// The window asked for, where the order of the question's rows is still kept.
pub(super) fn from_cache(
    shard: &Shard,
    at: u32,
    query: &Query,
    rows: &Rows,
    cache: &mut RowCache,
) -> Option<ShardRows> {
    let sorted = cache.find(&Asked::new(query, rows), version(shard))?;
    Some(window(shard, at, rows, sorted))
}

/// The window asked for of the rows gathered; their order is kept.
pub(super) fn sort_and_keep(
    run: RowsRun,
    shard: &Shard,
    at: u32,
    query: &Query,
    rows: &Rows,
    cache: &mut RowCache,
) -> ShardRows {
    let sorted = run.sorted(&shard.pool);
    let part = window(shard, at, rows, &sorted);
    cache.keep(Asked::new(query, rows), version(shard), sorted);
    part
}

fn window(shard: &Shard, shard_at: u32, rows: &Rows, sorted: &Sorted) -> ShardRows {
    let view = View::new(shard, shard_at, rows, sorted);
    let total = sorted.rows.len();
    let mut part = ShardRows {
        shard: shard_at,
        matched: total as u64,
        unlisted: sorted.unlisted,
        before: 0,
        splitters: Vec::new(),
        rows: Vec::new(),
    };
    match &rows.window {
        Window::Survey { step } => {
            let steps = (0..total).step_by((*step).max(1));
            part.splitters = steps.filter_map(|at| view.cursor(at)).collect();
        }
        Window::From { start, count } => {
            let before = start.as_ref().map_or(0, |start| view.before(start));
            part.before = before as u64;
            let end = before.saturating_add(*count).min(total);
            part.rows = (before..end).filter_map(|at| view.row(at)).collect();
        }
    }
    part
}

/// A shard's rows in the order asked for.
struct View<'a> {
    shard: &'a Shard,
    shard_at: u32,
    sorted: &'a Sorted,
    descending: bool,
    /// By table: the sort field, then the columns.
    sources: Vec<(Option<Source>, Vec<Option<Source>>)>,
}

impl<'a> View<'a> {
    fn new(shard: &'a Shard, shard_at: u32, rows: &Rows, sorted: &'a Sorted) -> View<'a> {
        let sources = |t: &Table| {
            let columns = rows.columns.iter().map(|c| Source::of(t, c)).collect();
            (Source::of(t, &rows.sort.field), columns)
        };
        View {
            shard,
            shard_at,
            sorted,
            descending: rows.sort.descending,
            sources: shard.tables.iter().map(sources).collect(),
        }
    }

    fn locate(&self, at: usize) -> Option<Located<'a>> {
        let at = if self.descending {
            (self.sorted.rows.len() - 1).checked_sub(at)?
        } else {
            at
        };
        let (table_at, segment_at, row) = self.sorted.locate(at)?;
        let table = self.shard.tables.get(table_at)?;
        Some(Located {
            table_at,
            segment_at,
            row,
            table,
            segment: table.segments.get(segment_at)?,
        })
    }

    fn value(&self, source: Option<Source>, at: &Located<'_>) -> Value {
        source.map_or(Value::Absent, |s| {
            s.value(self.shard, at.table, at.segment, at.row)
        })
    }

    fn cursor_at(&self, at: &Located<'_>) -> Cursor {
        let sort = self.sources.get(at.table_at).and_then(|(sort, _)| *sort);
        Cursor {
            value: self.value(sort, at),
            shard: self.shard_at,
            row: row_number(at.table_at, at.segment_at, at.row),
        }
    }

    fn cursor(&self, at: usize) -> Option<Cursor> {
        Some(self.cursor_at(&self.locate(at)?))
    }

    /// How many rows stand before a place, which may be another shard's.
    fn before(&self, start: &Cursor) -> usize {
        let (mut lo, mut hi) = (0, self.sorted.rows.len());
        while lo < hi {
            let middle = lo + (hi - lo) / 2;
            let is_before = |c: Cursor| c.order(start, self.descending) == Ordering::Less;
            if self.cursor(middle).is_some_and(is_before) {
                lo = middle + 1;
            } else {
                hi = middle;
            }
        }
        lo
    }

    fn row(&self, at: usize) -> Option<Row> {
        let at = self.locate(at)?;
        let origin = at.segment.origin(at.row);
        let (_, columns) = self.sources.get(at.table_at)?;
        Some(Row {
            cursor: self.cursor_at(&at),
            place: Place {
                shard: self.shard_at,
                kind: at.table.facts.id.to_owned(),
                row: row_number(0, at.segment_at, at.row),
                member: origin.member,
                offset: origin.offset,
                len: origin.len,
            },
            cells: columns.iter().map(|&c| self.value(c, &at)).collect(),
        })
    }
}

struct Located<'a> {
    table_at: usize,
    segment_at: usize,
    row: usize,
    table: &'a Table,
    segment: &'a Segment,
}
