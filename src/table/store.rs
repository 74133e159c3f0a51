//! Segments, tables and the shard that owns them.

use super::column::{ABSENT_INT, Column, Ints};
use super::pool::{Code, Pool};
use super::sink::{Filling, records};
use crate::base::{Facts, FieldSpec, FieldType, Role, TimeRange};

/// Rows in a full segment.
pub const SEGMENT_ROWS: usize = 1 << 16;

/// A member (a leaf of an opened item, e.g. one log file inside a zip) as the page numbers it; unique over all shards.
pub type MemberId = u32;

/// Where a row's original text stands: bytes `offset..offset + len` of its member's unpacked bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    pub member: MemberId,
    pub offset: u64,
    pub len: u64,
}

/// A field of a table: one of the kind's usual fields, or one met while reading.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    pub ty: FieldType,
    pub role: Option<Role>,
    pub unit: &'static str,
}

impl From<&FieldSpec> for Field {
    fn from(f: &FieldSpec) -> Self {
        Field {
            name: f.name.to_owned(),
            ty: f.ty,
            role: f.role,
            unit: f.unit,
        }
    }
}

/// Up to [`SEGMENT_ROWS`] rows, sealed.
pub struct Segment {
    pub rows: usize,
    /// By field; `None` where no row of this segment has the field (and for fields met later).
    pub columns: Vec<Option<Column>>,
    /// Span of the time column over rows that have one.
    pub span: Option<TimeRange>,
    pub(super) member: Ints,
    pub(super) offset: Ints,
    pub(super) len: Ints,
    /// Identities of a kind that is kept once; empty otherwise.
    pub(super) keys: Box<[u128]>,
    /// Rows that are kept but not answered from: duplicates and rows of removed sources. One bit a row.
    pub(super) hidden: Box<[u64]>,
    pub(super) hidden_count: usize,
    /// How many records each row stands for, [`ABSENT_INT`] for a record itself; `None` where all are records.
    pub(super) weight: Option<Ints>,
    /// Rows that stand for several records.
    pub(super) sums: usize,
    /// What was found out about every row, once: by name, one bit a row.
    pub(super) marks: Vec<(Box<str>, Box<[u64]>)>,
}

impl Segment {
    pub fn column(&self, field: usize) -> Option<&Column> {
        self.columns.get(field).and_then(Option::as_ref)
    }

    #[inline]
    pub fn is_hidden(&self, row: usize) -> bool {
        self.hidden_count > 0 && self.hidden[row / 64] >> (row % 64) & 1 == 1
    }

    pub fn any_hidden(&self) -> bool {
        self.hidden_count > 0
    }

    pub fn shown(&self) -> usize {
        self.rows - self.hidden_count
    }

    /// How many records each row stands for, [`ABSENT_INT`] for a record itself; `None` where all are records.
    pub fn weights(&self) -> Option<&Ints> {
        self.weight.as_ref()
    }

    /// How many records a row stands for.
    #[inline]
    pub fn weight(&self, row: usize) -> u64 {
        self.weight.as_ref().map_or(1, |w| records(w.get(row)))
    }

    /// Is the row no record, but the sum of some?
    pub fn is_sum(&self, row: usize) -> bool {
        self.weight.as_ref().is_some_and(|w| w.get(row) != ABSENT_INT)
    }

    /// Records answered from.
    pub fn shown_records(&self) -> u64 {
        if self.weight.is_none() {
            return self.shown() as u64;
        }
        let shown = (0..self.rows).filter(|&row| !self.is_hidden(row));
        shown.map(|row| self.weight(row)).fold(0, u64::saturating_add)
    }

    pub fn origin(&self, row: usize) -> Origin {
        Origin {
            member: self.member.get(row) as MemberId,
            offset: self.offset.get(row) as u64,
            len: self.len.get(row) as u64,
        }
    }

    pub fn member(&self, row: usize) -> MemberId {
        self.member.get(row) as MemberId
    }

    /// Every row's member.
    pub fn members(&self) -> &Ints {
        &self.member
    }

    /// Where every row's original text begins in its member.
    pub fn offsets(&self) -> &Ints {
        &self.offset
    }

    /// How many bytes every row's original text has.
    pub fn lengths(&self) -> &Ints {
        &self.len
    }

    /// The record's identity, where its kind is kept once.
    pub fn key(&self, row: usize) -> Option<u128> {
        self.keys.get(row).copied()
    }

    /// Which rows bear a mark, one bit a row, lowest first; `None` where that was not found out.
    pub fn mark(&self, name: &str) -> Option<&[u64]> {
        let mut marks = self.marks.iter();
        marks.find(|(n, _)| **n == *name).map(|(_, bits)| &**bits)
    }

    pub fn set_mark(&mut self, name: &str, bits: Box<[u64]>) {
        self.marks.retain(|(n, _)| **n != *name);
        self.marks.push((name.into(), bits));
    }

    pub fn set_hidden(&mut self, row: usize, hidden: bool) {
        if self.is_hidden(row) == hidden {
            return;
        }
        if self.hidden.is_empty() {
            self.hidden = vec![0; self.rows.div_ceil(64)].into();
        }
        self.hidden[row / 64] ^= 1 << (row % 64);
        if hidden {
            self.hidden_count += 1;
        } else {
            self.hidden_count -= 1;
        }
    }

    pub fn memory(&self) -> usize {
        self.columns.iter().flatten().map(Column::memory).sum::<usize>()
            + self.member.memory()
            + self.offset.memory()
            + self.len.memory()
            + self.keys.len() * 16
            + self.hidden.len() * 8
            + self.weight.as_ref().map_or(0, Ints::memory)
            + self
                .marks
                .iter()
                .map(|(n, bits)| n.len() + bits.len() * 8)
                .sum::<usize>()
    }
}

/// All rows of one kind in one shard.
pub struct Table {
    pub facts: &'static Facts,
    pub fields: Vec<Field>,
    pub segments: Vec<Segment>,
    pub(super) filling: Filling,
}

impl Table {
    pub fn new(facts: &'static Facts) -> Self {
        Table {
            facts,
            fields: facts.fields.iter().map(Field::from).collect(),
            segments: Vec::new(),
            filling: Filling::new(facts.fields.len()),
        }
    }

    pub fn field(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|f| f.name == name)
    }

    pub fn role(&self, role: Role) -> Option<usize> {
        self.fields.iter().position(|f| f.role == Some(role))
    }

    /// The field of this name, added if it is new. A field met with another type keeps its first one.
    pub fn add_field(&mut self, name: &str, ty: FieldType) -> usize {
        if let Some(at) = self.field(name) {
            return at;
        }
        self.fields.push(Field {
            name: name.to_owned(),
            ty,
            role: None,
            unit: "",
        });
        self.fields.len() - 1
    }

    /// Records answered from: a row that stands for several counts as all of them.
    pub fn shown(&self) -> u64 {
        let records = self.segments.iter().map(Segment::shown_records);
        records.fold(0, u64::saturating_add)
    }

    /// Is a field known of the rows? A record has all fields of its kind, with or without a value; a row that stands
    /// for several has only those that were kept.
    pub fn knows(&self, field: usize) -> bool {
        let has = |s: &Segment| s.sums < s.rows || s.column(field).is_some();
        self.segments.is_empty() || self.segments.iter().any(has)
    }

    pub fn span(&self) -> Option<TimeRange> {
        self.segments
            .iter()
            .filter(|s| s.shown() > 0)
            .filter_map(|s| s.span)
            .reduce(TimeRange::union)
    }

    /// Puts a column into a sealed segment: how a field asked for later becomes a column of its own.
    pub fn set_column(&mut self, segment: usize, field: usize, column: Column) {
        if let Some(s) = self.segments.get_mut(segment) {
            if s.columns.len() <= field {
                s.columns.resize_with(field + 1, || None);
            }
            s.columns[field] = Some(column);
        }
    }

    pub fn memory(&self) -> usize {
        self.segments.iter().map(Segment::memory).sum::<usize>() + self.filling.memory()
    }
}

/// What one worker holds.
#[derive(Default)]
pub struct Shard {
    pub pool: Pool,
    pub tables: Vec<Table>,
}

impl Shard {
    pub fn table(&self, kind: &str) -> Option<&Table> {
        self.tables.iter().find(|t| t.facts.id == kind)
    }

    pub fn table_mut(&mut self, facts: &'static Facts) -> (&mut Pool, &mut Table) {
        let at = match self.tables.iter().position(|t| t.facts.id == facts.id) {
            Some(at) => at,
            None => {
                self.tables.push(Table::new(facts));
                self.tables.len() - 1
            }
        };
        (&mut self.pool, &mut self.tables[at])
    }

    /// Seals what is being filled, so that queries see every row read so far.
    pub fn seal(&mut self) {
        for t in &mut self.tables {
            t.seal();
        }
    }

    /// Seals the tables in which more than `rows` rows wait.
    pub fn seal_larger_than(&mut self, rows: usize) {
        for t in self.tables.iter_mut().filter(|t| t.unsealed() > rows) {
            t.seal();
        }
    }

    /// Hides every row of these members; segments left without a row are dropped. Members being removed must no
    /// longer be read.
    pub fn remove(&mut self, members: &dyn Fn(MemberId) -> bool) {
        self.seal();
        for t in &mut self.tables {
            for s in &mut t.segments {
                for row in 0..s.rows {
                    if members(s.member(row)) {
                        s.set_hidden(row, true);
                    }
                }
            }
            // A duplicate must stay: it may have to come back when its twin is removed.
            t.segments.retain(|s| !(0..s.rows).all(|r| members(s.member(r))));
        }
        self.tables.retain(|t| !t.segments.is_empty());
    }

    pub fn memory(&self) -> usize {
        self.pool.memory() + self.tables.iter().map(Table::memory).sum::<usize>()
    }

    pub fn text(&self, code: Code) -> std::borrow::Cow<'_, str> {
        self.pool.text(code)
    }
}
