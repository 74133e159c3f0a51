//! Columns of a member and their fields.

use super::infer::{self, Votes};
use super::{FIELDS, TIME};
use crate::base::hash::FastMap;
use crate::base::{FieldType, decimal, size};
use crate::formats::log_events::beginning;
use crate::table::{ABSENT_INT, Recent, RowSink};
use std::borrow::Cow;

/// Columns that are kept under their own names, at most.
const MOST_COLUMNS: usize = 250;
/// Bytes of a text that are kept in its column; all of it stands in the record.
const KEPT: usize = 4096;

/// Columns of times that are named.
const TIMES_SHOWN: usize = 5;

/// A value as the record writes it.
#[derive(Clone, Copy)]
pub(in super::super) enum Cell<'a> {
    /// Of a sheet: a number, or a text.
    Text(&'a [u8]),
    /// A JSON string.
    Quoted(&'a [u8]),
    Number(&'a [u8]),
    Bool(bool),
    List(&'a [Cow<'a, str>]),
}

impl Cell<'_> {
    pub fn is_empty(&self) -> bool {
        match self {
            Cell::Text(text) | Cell::Quoted(text) | Cell::Number(text) => text.trim_ascii().is_empty(),
            Cell::Bool(_) => false,
            Cell::List(items) => items.is_empty(),
        }
    }

    fn text(&self) -> Cow<'_, [u8]> {
        match self {
            Cell::Text(text) | Cell::Quoted(text) | Cell::Number(text) => Cow::Borrowed(text),
            Cell::Bool(true) => Cow::Borrowed(b"true"),
            Cell::Bool(false) => Cow::Borrowed(b"false"),
            Cell::List(items) => Cow::Owned(items.join(", ").into_bytes()),
        }
    }
}

/// Gives columns their fields, and values their cells.
pub(in super::super) struct Binder {
    columns: Vec<Column>,
    by_name: FastMap<String, usize>,
    /// Values of columns beyond [`MOST_COLUMNS`].
    left_out: u64,
    /// Texts longer than [`KEPT`].
    cut: u64,
    /// How surely each of [`FIELDS`] was told in this row so far.
    told: [usize; FIELDS.len()],
}

/// Nothing was told yet.
const UNTOLD: [usize; FIELDS.len()] = [usize::MAX; FIELDS.len()];

struct Column {
    name: String,
    ty: Option<FieldType>,
    field: Option<usize>,
    /// Where values go that are not of its type.
    beside: Option<usize>,
    /// Which of [`FIELDS`] it is for, and how surely.
    purpose: Option<(usize, usize)>,
    misfits: u64,
    /// Times without a zone.
    zoneless: u64,
    last: Recent,
}

impl Binder {
    /// What the sample says of columns.
    pub fn new(votes: &Votes) -> Binder {
        let mut out = Binder {
            columns: Vec::new(),
            by_name: FastMap::default(),
            left_out: 0,
            cut: 0,
            told: UNTOLD,
        };
        for (vote, purpose) in votes.columns.iter().zip(votes.purposes()) {
            if let Some(column) = out.column(&vote.name) {
                column.ty = Some(vote.ty());
                column.purpose = purpose;
            }
        }
        out
    }

    fn column(&mut self, name: &str) -> Option<&mut Column> {
        let at = match self.by_name.get(name) {
            Some(at) => *at,
            None if self.columns.len() >= MOST_COLUMNS => return None,
            None => {
                self.columns.push(Column {
                    name: name.to_owned(),
                    ty: None,
                    field: None,
                    beside: None,
                    purpose: None,
                    misfits: 0,
                    zoneless: 0,
                    last: Recent::NONE,
                });
                self.by_name.insert(name.to_owned(), self.columns.len() - 1);
                self.columns.len() - 1
            }
        };
        self.columns.get_mut(at)
    }

    /// Sets a record's value.
    pub fn set(&mut self, name: &str, cell: Cell<'_>, sink: &mut RowSink<'_>) {
        if cell.is_empty() || name.is_empty() {
            return;
        }
        let mut told = self.told;
        let Some(column) = self.column(name) else {
            self.left_out += 1;
            return;
        };
        let is_long = column.set(cell, &mut told, sink);
        self.told = told;
        self.cut += u64::from(is_long);
    }

    /// Ends the row.
    pub fn end(&mut self, offset: u64, len: u64, sink: &mut RowSink<'_>) {
        self.told = UNTOLD;
        sink.end(offset, len);
    }

    /// Sets a value of a column that was asked for by name, where it has none otherwise.
    pub fn ask(&mut self, name: &str, cell: Cell<'_>, sink: &mut RowSink<'_>) {
        if self.by_name.contains_key(name) || cell.is_empty() {
            return;
        }
        let field = sink.field(name, FieldType::Text);
        if sink.field_type(field).is_text() {
            sink.text(field, &cell.text());
        }
    }

    /// Says what is to be known of the columns.
    pub fn finish(&mut self, sink: &mut RowSink<'_>) {
        let is_time = |c: &&Column| c.purpose.is_some_and(|(field, _)| field == TIME);
        let mut times: Vec<&Column> = self.columns.iter().filter(is_time).collect();
        times.sort_by_key(|c| c.purpose);
        let names: Vec<String> = times
            .iter()
            .take(TIMES_SHOWN)
            .map(|c| format!("`{}`", c.name))
            .collect();
        let remark = match names.is_empty() {
            true => "no column holds the time of a record: it is on no timeline".to_owned(),
            false => format!("the time of a record is its {}", names.join(", or ")),
        };
        sink.stats.remarks.push(remark);
        for column in self.columns.iter().filter(|c| c.zoneless > 0) {
            let (name, n) = (&column.name, size::counted(column.zoneless, "records"));
            let remark = format!("`{name}` has no zone in {n}: it is taken as UTC");
            sink.stats.remarks.push(remark);
        }
        for column in self.columns.iter().filter(|c| c.misfits > 0) {
            let what = match column.ty {
                Some(FieldType::Time) => "a time",
                Some(FieldType::Integer) => "a whole number",
                Some(FieldType::Decimal | FieldType::Float) => "a number",
                Some(FieldType::Bool) => "true or false",
                _ => "what it was before",
            };
            let (name, n) = (&column.name, size::counted(column.misfits, "records"));
            let remark = format!("`{name}` is not {what} in {n}: what stands there is in `{name} (text)`");
            sink.stats.remarks.push(remark);
        }
        if self.left_out > 0 {
            let n = size::counted(self.left_out, "values");
            let remark =
                format!("{n} of columns beyond the first {MOST_COLUMNS} are read when asked for by name");
            sink.stats.remarks.push(remark);
        }
        if self.cut > 0 {
            let n = size::counted(self.cut, "texts");
            let remark =
                format!("{n} longer than {KEPT} bytes: columns hold the beginning, the record holds all");
            sink.stats.remarks.push(remark);
        }
    }
}

impl Column {
    /// Sets the column's cells of a row. True where a text was cut.
    fn set(&mut self, cell: Cell<'_>, told: &mut [usize], sink: &mut RowSink<'_>) -> bool {
        let ty = match self.ty {
            Some(ty) => ty,
            None => {
                // It was not in the sample.
                let ty = infer::of(cell);
                self.ty = Some(ty);
                self.purpose = infer::purpose(&self.name, ty, infer::moment(cell).is_some());
                ty
            }
        };
        let field = match self.field {
            Some(field) => field,
            None => {
                let field = self.own_field(ty, sink);
                self.field = Some(field);
                field
            }
        };
        let mut is_long = false;
        self.zoneless += u64::from(ty == FieldType::Time && infer::lacks_zone(cell));
        if let Some((purpose, rank)) = self.purpose
            && let Some(known) = told
                .get_mut(purpose)
                .filter(|known| rank < **known || **known == usize::MAX)
            && let Some(spec) = FIELDS.get(purpose)
            && let Some(cut) = put(purpose, spec.ty, cell, &mut self.last, sink)
        {
            *known = rank.min(usize::MAX - 1);
            is_long = cut;
            if field == purpose {
                return is_long;
            }
        }
        // A file before this one may have had another type under the name.
        let ty = sink.field_type(field);
        match put(field, ty, cell, &mut self.last, sink) {
            Some(cut) => is_long | cut,
            None => {
                self.misfits += 1;
                let name = &self.name;
                let beside = *self
                    .beside
                    .get_or_insert_with(|| sink.field(&format!("{name} (text)"), FieldType::Text));
                is_long | (put(beside, FieldType::Text, cell, &mut self.last, sink) == Some(true))
            }
        }
    }

    /// The field of the column's name; one of [`FIELDS`] only where it is what that is for.
    fn own_field(&self, ty: FieldType, sink: &mut RowSink<'_>) -> usize {
        let known = FIELDS.iter().position(|f| f.name == self.name);
        match known {
            Some(at) if self.purpose.is_some_and(|(field, _)| field == at) => at,
            Some(_) => sink.field(&format!("{} (column)", self.name), ty),
            None => sink.field(&self.name, ty),
        }
    }
}

/// Sets a cell of this type: whether a text was cut, or `None` where the value is not of the type.
fn put(
    field: usize,
    ty: FieldType,
    cell: Cell<'_>,
    last: &mut Recent,
    sink: &mut RowSink<'_>,
) -> Option<bool> {
    let text = cell.text();
    let said = std::str::from_utf8(&text).map(str::trim).unwrap_or_default();
    let number = match ty {
        FieldType::Text => {
            let kept = beginning(&text, KEPT);
            let code = sink.code_after(last, kept);
            sink.set_code(field, code);
            return Some(kept.len() < text.len());
        }
        FieldType::List => {
            match cell {
                Cell::List(items) => {
                    let items: Vec<&[u8]> = items.iter().map(|i| i.as_bytes()).collect();
                    sink.list(field, &items);
                }
                _ => sink.list(field, &[&text]),
            }
            return Some(false);
        }
        // A host's name stands in its stead in many logs.
        FieldType::Address => {
            sink.text(field, said.as_bytes());
            return Some(false);
        }
        FieldType::Float => {
            let float = said.parse().ok().filter(|f: &f64| f.is_finite())?;
            sink.float(field, float);
            return Some(false);
        }
        FieldType::Time => infer::moment(cell)?,
        FieldType::Bool if said.eq_ignore_ascii_case("true") => 1,
        FieldType::Bool if said.eq_ignore_ascii_case("false") => 0,
        FieldType::Bool => return None,
        FieldType::Integer => said.parse().ok()?,
        FieldType::Decimal => {
            let amount = decimal::parse(said.as_bytes()).filter(|a| !a.is_rounded)?;
            i64::try_from(amount.units).ok()?
        }
    };
    if number == ABSENT_INT {
        return None;
    }
    sink.int(field, number);
    Some(false)
}
