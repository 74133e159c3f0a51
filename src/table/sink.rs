//! How formats write rows: cell by cell into the segment being filled.

use super::column::{ABSENT_INT, Column, Ints};
use super::envelope::{Envelope, Told};
use super::pool::{ABSENT, Code, Pool};
use super::short::Recent;
use super::store::{MemberId, SEGMENT_ROWS, Segment, Table};
use crate::base::notes::{Marked, Reason};
use crate::base::{FieldType, Notes, Role, TimeRange};
use std::sync::Arc;

/// The segment being filled: plain vectors, one per field, padded when a row ends.
pub(super) struct Filling {
    rows: usize,
    ints: Vec<Vec<i64>>,
    codes: Vec<Vec<Code>>,
    floats: Vec<Vec<f64>>,
    member: Vec<i64>,
    offset: Vec<i64>,
    len: Vec<i64>,
    keys: Vec<u128>,
    /// Of rows up to the last that stands for several records; [`ABSENT_INT`] for a record.
    weight: Vec<i64>,
}

impl Filling {
    pub(super) fn new(fields: usize) -> Self {
        let mut f = Filling {
            rows: 0,
            ints: Vec::new(),
            codes: Vec::new(),
            floats: Vec::new(),
            member: Vec::new(),
            offset: Vec::new(),
            len: Vec::new(),
            keys: Vec::new(),
            weight: Vec::new(),
        };
        f.widen(fields);
        f
    }

    fn widen(&mut self, fields: usize) {
        self.ints.resize_with(fields.max(self.ints.len()), Vec::new);
        self.codes.resize_with(fields.max(self.codes.len()), Vec::new);
        self.floats.resize_with(fields.max(self.floats.len()), Vec::new);
    }

    pub(super) fn memory(&self) -> usize {
        self.ints.iter().map(|v| v.capacity() * 8).sum::<usize>()
            + self.codes.iter().map(|v| v.capacity() * 4).sum::<usize>()
            + self.floats.iter().map(|v| v.capacity() * 8).sum::<usize>()
            + (self.member.capacity() + self.offset.capacity() + self.len.capacity()) * 8
            + (self.keys.capacity() * 2 + self.weight.capacity()) * 8
    }
}

impl Table {
    /// Rows not sealed yet.
    pub fn unsealed(&self) -> usize {
        self.filling.rows
    }

    /// Records that stand in rows not sealed yet.
    pub fn unsealed_records(&self) -> u64 {
        let weighted = self.filling.weight.iter().map(|&w| records(w));
        let rest = self.filling.rows.saturating_sub(self.filling.weight.len());
        weighted.fold(rest as u64, u64::saturating_add)
    }

    /// Seals the rows filled so far into a segment.
    pub fn seal(&mut self) {
        let rows = self.filling.rows;
        if rows == 0 {
            return;
        }
        let mut f = std::mem::replace(&mut self.filling, Filling::new(self.fields.len()));
        f.widen(self.fields.len());
        let time = self.role(Role::Time);
        let mut span = None;
        let columns = (0..self.fields.len())
            .map(|i| {
                let pad = |n: usize| n < rows;
                match self.fields[i].ty {
                    ty if ty.is_text() => {
                        let v = &mut f.codes[i];
                        if v.is_empty() {
                            return None;
                        }
                        if pad(v.len()) {
                            v.resize(rows, ABSENT);
                        }
                        let wide: Vec<i64> = v.iter().map(|&c| i64::from(c)).collect();
                        Some(Column::Codes(Ints::pack(&wide)))
                    }
                    FieldType::Float => {
                        let v = &mut f.floats[i];
                        if v.is_empty() {
                            return None;
                        }
                        v.resize(rows, f64::NAN);
                        Some(Column::Floats(std::mem::take(v).into()))
                    }
                    _ => {
                        let v = &mut f.ints[i];
                        if v.is_empty() {
                            return None;
                        }
                        v.resize(rows, ABSENT_INT);
                        if time == Some(i) {
                            let some = || v.iter().copied().filter(|&t| t != ABSENT_INT);
                            span = some()
                                .min()
                                .zip(some().max())
                                .map(|(a, b)| TimeRange::new(a, b.saturating_add(1)));
                        }
                        Some(Column::Ints(Ints::pack(v)))
                    }
                }
            })
            .collect();
        let sums = f.weight.iter().filter(|&&w| w != ABSENT_INT).count();
        let weight = (sums > 0).then(|| {
            f.weight.resize(rows, ABSENT_INT);
            Ints::pack(&f.weight)
        });
        self.segments.push(Segment {
            rows,
            columns,
            span,
            member: Ints::pack(&f.member),
            offset: Ints::pack(&f.offset),
            len: Ints::pack(&f.len),
            keys: f.keys.into(),
            hidden: Box::default(),
            hidden_count: 0,
            weight,
            sums,
            marks: Vec::new(),
        });
    }
}

/// What a reader did with a member so far. `kept + rejected` is what was in it; duplicates are found later.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stats {
    pub kept: u64,
    pub rejected: Notes,
    /// Span of the time column over kept rows.
    pub span: Option<TimeRange>,
    /// Things worth saying that took no record: "the last line has no line break".
    pub remarks: Vec<String>,
    /// Records counted apart for what they say.
    pub marked: Marked,
    /// How lines were read depended on lines before them that are no header at the beginning: the member can not be read
    /// in parts.
    pub depends: bool,
    pub accounts: Met,
    pub regions: Met,
    /// `${field}` formats of flow logs that the member tells of (`describe-flow-logs`).
    pub flow_formats: Vec<String>,
    /// Descriptions of other logs that the member holds, as they are saved.
    pub described: Vec<String>,
    /// Which value is which field was guessed: with the format told, it is worth reading again.
    pub guessed: bool,
}

impl Stats {
    /// Everything worth saying.
    pub fn words(&self) -> Vec<String> {
        self.marked.and(&self.remarks)
    }
}

/// The different texts of a column that a member's rows have; the first [`Met::MOST`] of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Met {
    codes: Vec<Code>,
    last: Code,
}

impl Met {
    pub const MOST: usize = 64;

    #[inline]
    fn meet(&mut self, code: Code) {
        if code != self.last {
            self.last = code;
            if code != ABSENT && self.codes.len() < Self::MOST && !self.codes.contains(&code) {
                self.codes.push(code);
            }
        }
    }

    /// The texts, sorted.
    pub fn texts(&self, pool: &Pool) -> Vec<String> {
        let mut texts: Vec<String> = self.codes.iter().map(|&c| pool.text(c).into_owned()).collect();
        texts.sort_unstable();
        texts
    }
}

/// Where a format's reader writes to: one table, one member.
///
/// A row is begun by setting cells and ended by [`RowSink::end`]; cells not set are absent. A row given up half way
/// is dropped by [`RowSink::reject`].
pub struct RowSink<'a> {
    pub(super) pool: &'a mut Pool,
    pub(super) table: &'a mut Table,
    pub stats: &'a mut Stats,
    member: MemberId,
    /// Seed of record identities, the same in every shard of a session.
    pub seed: u64,
    time_field: Option<usize>,
    account_field: Option<usize>,
    region_field: Option<usize>,
    /// Account and region of rows that name none.
    place: [Code; 2],
    /// Where in the member the reader's first byte stands.
    base: u64,
    /// What the container of the member's events says of them.
    envelope: Option<&'a mut Envelope>,
    /// Where the log group and stream of each row are written to; `None` where the kind does so itself.
    log: Option<LogCells>,
    row_key: u128,
    row_weight: i64,
}

impl<'a> RowSink<'a> {
    pub fn new(
        pool: &'a mut Pool,
        table: &'a mut Table,
        stats: &'a mut Stats,
        member: MemberId,
        seed: u64,
    ) -> Self {
        let time_field = table.role(Role::Time);
        let text = |role| {
            table
                .role(role)
                .filter(|&f| table.fields[f].ty == FieldType::Text)
        };
        let (account_field, region_field) = (text(Role::Account), text(Role::Region));
        let fields = table.fields.len();
        table.filling.widen(fields);
        RowSink {
            pool,
            table,
            stats,
            member,
            seed,
            time_field,
            account_field,
            region_field,
            place: [ABSENT; 2],
            base: 0,
            envelope: None,
            log: None,
            row_key: 0,
            row_weight: ABSENT_INT,
        }
    }

    /// Where the member was delivered for, by the key it was delivered under: a row that names no account or region
    /// is of these.
    pub fn delivered_for(mut self, account: Option<&str>, region: Option<&str>) -> Self {
        let mut code = |text: Option<&str>| text.map_or(ABSENT, |t| self.pool.intern(t.as_bytes()));
        self.place = [code(account), code(region)];
        self
    }

    /// The reader began in the middle of the member: its offsets count from here.
    pub fn from(mut self, base: u64) -> Self {
        self.base = base;
        self
    }

    /// The member's events stood in a container that says something of each.
    pub fn within(mut self, envelope: &'a mut Envelope) -> Self {
        let is_its_own = self.table.facts.fields.iter().any(|f| f.name == LOG_FIELDS[0]);
        self.log = (envelope.is_there() && !is_its_own).then(LogCells::default);
        self.envelope = Some(envelope);
        self
    }

    /// Writes the log group and stream that the container tells of the row, whatever its kind.
    fn log_of(&mut self, offset: u64) {
        let (Some(cells), Some(envelope)) = (&mut self.log, &mut self.envelope) else {
            return;
        };
        let Some((told, _)) = envelope.at(offset) else {
            return;
        };
        if told.log.is_none() && told.stream.is_none() {
            return;
        }
        if !cells.is_of(told) {
            let (account, group) = told.account_and_group();
            let mut code = |text: Option<&str>| text.map_or(ABSENT, |t| self.pool.intern(t.as_bytes()));
            cells.codes = [code(group), code(told.stream.as_deref()), code(account)];
            cells.of = Some([told.log.clone(), told.stream.clone()]);
        }
        let rows = self.table.filling.rows;
        for (n, name) in LOG_FIELDS.into_iter().enumerate() {
            let code = cells.codes[n];
            if code == ABSENT {
                continue;
            }
            let field = *cells.fields[n].get_or_insert_with(|| {
                let at = self.table.add_field(name, FieldType::Text);
                self.table.filling.widen(at + 1);
                at
            });
            put(&mut self.table.filling.codes[field], rows, code, ABSENT);
        }
    }

    /// What the container says of the event that the byte at this offset belongs to, and whether it is the event's first.
    /// Asked in the order of offsets.
    pub fn told(&mut self, offset: u64) -> Option<(Told, bool)> {
        let (told, is_first) = self.envelope.as_mut()?.at(offset)?;
        Some((told.clone(), is_first))
    }

    /// The number of a field by name, added as `ty` when the kind did not list it.
    pub fn field(&mut self, name: &str, ty: FieldType) -> usize {
        let at = self.table.add_field(name, ty);
        self.table.filling.widen(at + 1);
        at
    }

    /// The type that a field is kept as.
    pub fn field_type(&self, field: usize) -> FieldType {
        self.table.fields[field].ty
    }

    #[inline]
    pub fn code(&mut self, text: &[u8]) -> Code {
        self.pool.intern(text)
    }

    /// The same for a column whose values repeat: `last` is the value it had in the row before.
    #[inline]
    pub fn code_after(&mut self, last: &mut Recent, text: &[u8]) -> Code {
        self.pool.intern_after(last, text)
    }

    /// Sets a text cell.
    #[inline]
    pub fn text(&mut self, field: usize, text: &[u8]) {
        let code = self.pool.intern(text);
        self.set_code(field, code);
    }

    /// Sets a text cell to a code from [`RowSink::code`] (a reader's own last-value cache).
    #[inline]
    pub fn set_code(&mut self, field: usize, code: Code) {
        let rows = self.table.filling.rows;
        put(&mut self.table.filling.codes[field], rows, code, ABSENT);
    }

    /// Sets a list cell; nothing for an empty list.
    pub fn list<T: AsRef<[u8]>>(&mut self, field: usize, items: &[T]) {
        if !items.is_empty() {
            let joined = items
                .iter()
                .map(AsRef::as_ref)
                .collect::<Vec<&[u8]>>()
                .join(&crate::base::value::LIST_SEPARATOR[..]);
            self.text(field, &joined);
        }
    }

    /// Sets an integer, boolean or time cell. Times are nanoseconds.
    #[inline]
    pub fn int(&mut self, field: usize, value: i64) {
        let rows = self.table.filling.rows;
        put(&mut self.table.filling.ints[field], rows, value, ABSENT_INT);
    }

    pub fn bool(&mut self, field: usize, value: bool) {
        self.int(field, value.into());
    }

    pub fn float(&mut self, field: usize, value: f64) {
        let rows = self.table.filling.rows;
        put(&mut self.table.filling.floats[field], rows, value, f64::NAN);
    }

    /// Gives the row its identity (kinds with [`crate::base::Facts::dedupe`]): the bytes that a repeated record repeats.
    pub fn identity(&mut self, bytes: &[u8]) {
        self.row_key = crate::base::hash::identity(self.seed, bytes);
    }

    /// Says that the row is no record but stands for `n` of them (for one, where `n` is less). Its fields are those set,
    /// with a value or by [`RowSink::absent`]; others are not known of it.
    pub fn weight(&mut self, n: i64) {
        self.row_weight = n.max(1);
    }

    /// Says that the row has a field without a value in it.
    pub fn absent(&mut self, field: usize) {
        let rows = self.table.filling.rows;
        match self.table.fields[field].ty {
            ty if ty.is_text() => put(&mut self.table.filling.codes[field], rows, ABSENT, ABSENT),
            FieldType::Float => put(&mut self.table.filling.floats[field], rows, f64::NAN, f64::NAN),
            _ => put(&mut self.table.filling.ints[field], rows, ABSENT_INT, ABSENT_INT),
        }
    }

    /// Ends the row: its original text is `offset..offset + len` of the member.
    #[inline]
    pub fn end(&mut self, offset: u64, len: u64) {
        let mut place = self.place;
        if self.log.is_some() {
            self.log_of(offset);
            let owner = self.log.as_ref().map_or(ABSENT, |log| log.codes[2]);
            // The log group's own account is nearer than that of the key the file was delivered under.
            place[0] = if owner == ABSENT { place[0] } else { owner };
        }
        let f = &mut self.table.filling;
        f.member.push(i64::from(self.member));
        f.offset.push(offset.saturating_add(self.base) as i64);
        f.len.push(len as i64);
        if self.table.facts.dedupe {
            f.keys.push(self.row_key);
        }
        let rows = f.rows;
        if self.row_weight != ABSENT_INT {
            put(&mut f.weight, rows, self.row_weight, ABSENT_INT);
        }
        for (field, delivered, met) in [
            (self.account_field, place[0], &mut self.stats.accounts),
            (self.region_field, place[1], &mut self.stats.regions),
        ] {
            let Some(field) = field else { continue };
            // A column shorter than this row has no value in it.
            let own = f.codes[field].get(rows).copied().unwrap_or(ABSENT);
            if own == ABSENT && delivered != ABSENT {
                put(&mut f.codes[field], rows, delivered, ABSENT);
            }
            met.meet(if own == ABSENT { delivered } else { own });
        }
        f.rows += 1;
        self.stats.kept = self.stats.kept.saturating_add(records(self.row_weight));
        if let Some(field) = self.time_field
            && let Some(&t) = f.ints[field].get(rows)
            && t != ABSENT_INT
        {
            self.stats.span = Some(match self.stats.span {
                None => TimeRange::new(t, t.saturating_add(1)),
                Some(s) => TimeRange::new(s.from_ns.min(t), s.to_ns.max(t.saturating_add(1))),
            });
        }
        self.row_key = 0;
        self.row_weight = ABSENT_INT;
        if f.rows == SEGMENT_ROWS {
            self.table.seal();
        }
    }

    /// Drops the cells set since the last row ended and notes why the record is not kept.
    pub fn reject(&mut self, reason: impl Into<Reason>, offset: u64, text: &[u8]) {
        self.abandon();
        let offset = offset.saturating_add(self.base);
        self.stats.rejected.add(reason, offset, text);
    }

    /// Drops the cells set since the last row ended, without a note.
    pub fn abandon(&mut self) {
        let f = &mut self.table.filling;
        let rows = f.rows;
        f.ints.iter_mut().for_each(|v| v.truncate(rows));
        f.codes.iter_mut().for_each(|v| v.truncate(rows));
        f.floats.iter_mut().for_each(|v| v.truncate(rows));
        self.row_key = 0;
        self.row_weight = ABSENT_INT;
    }
}

/// Fields of the log group and the stream that a record was in, and of the account that the group is of.
const LOG_FIELDS: [&str; 3] = ["logGroup", "logStream", "logOwner"];

/// The cells for what the container tells of a row, and what they were made of the last time.
#[derive(Default)]
struct LogCells {
    fields: [Option<usize>; 3],
    codes: [Code; 3],
    of: Option<[Option<Arc<str>>; 2]>,
}

impl LogCells {
    fn is_of(&self, told: &Told) -> bool {
        let same = |a: &Option<Arc<str>>, b: &Option<Arc<str>>| match (a, b) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b) || a == b,
            (a, b) => a.is_none() && b.is_none(),
        };
        let of = self.of.as_ref();
        of.is_some_and(|[log, stream]| same(log, &told.log) && same(stream, &told.stream))
    }
}

/// How many records a weight stands for.
pub(super) fn records(weight: i64) -> u64 {
    match weight {
        ABSENT_INT => 1,
        n => n.unsigned_abs(),
    }
}

/// Writes `value` as row `rows` of a column that may have been skipped for some rows, or been set already in this one.
#[inline]
fn put<T: Copy>(column: &mut Vec<T>, rows: usize, value: T, absent: T) {
    if column.len() == rows {
        column.push(value);
    } else if column.len() < rows {
        column.resize(rows, absent);
        column.push(value);
    } else {
        column[rows] = value;
    }
}
