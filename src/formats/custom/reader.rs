//! Reads a member by a description.

use super::compile::{Column, Compiled, Room, Values, lines};
use super::kind::{CONTINUED, FACTS, FORMAT, TIME};
use super::{Clock, looks};
use crate::base::{FieldType, Role, Value};
use crate::formats::Sample;
use crate::formats::log_events::{OnEvent, beginning};
use crate::table::{RowSink, Told};
use std::sync::Arc;

/// Lines that types and times are found in.
const LOOKED_AT: usize = 100;
/// Bytes of a text that are kept in its column; all of it stands in the record.
const KEPT: usize = 2048;

/// A description, and what the first lines of a member say of the fields that it leaves open.
pub(super) struct Plan {
    pub compiled: Arc<Compiled>,
    /// Each with a type.
    pub columns: Vec<Column>,
    pub clock: Clock,
    /// The way that times were found to be written in.
    pub found: Option<String>,
}

impl Plan {
    pub fn new<'l>(compiled: &Arc<Compiled>, clock: Clock, lines: impl Iterator<Item = &'l [u8]>) -> Plan {
        let mut room = compiled.room();
        let mut rows: Vec<Values<'l>> = Vec::new();
        for line in lines {
            let mut values = Vec::new();
            if compiled.values(line, &mut room, &mut values) {
                rows.push(values);
            }
        }
        let of = |at: usize| {
            let cells = rows.iter().filter_map(move |row| row.get(at)?.as_deref());
            cells.filter(|v| !looks::is_none(v))
        };
        let mut plan = Plan {
            compiled: Arc::clone(compiled),
            columns: compiled.columns.clone(),
            clock,
            found: None,
        };
        for (at, column) in plan.columns.iter_mut().enumerate() {
            if column.ty.is_none() && column.role != Some(Role::Time) {
                column.ty = Some(looks::type_of(of(at)));
            }
        }
        if !plan.columns.iter().any(|c| c.role == Some(Role::Time)) {
            let mut free = plan.columns.iter_mut();
            let first = free.find(|c| c.ty == Some(FieldType::Time) && c.role.is_none() && !c.is_told);
            if let Some(column) = first {
                column.role = Some(Role::Time);
            }
        }
        let times = plan.times();
        if !times.is_empty() {
            let joined: Vec<Vec<u8>> = rows.iter().filter_map(|row| joined(row, &times)).collect();
            plan.found = plan.clock.learn(joined.iter().map(Vec::as_slice));
            let told = |at: &usize| plan.columns.get(*at).is_some_and(|c| c.is_told);
            if plan.found.is_none() && !joined.is_empty() && !times.iter().any(told) {
                // Called a time, and none to be read.
                for &at in &times {
                    if let Some(column) = plan.columns.get_mut(at) {
                        column.role = None;
                        column.ty = Some(looks::type_of(of(at)));
                    }
                }
            }
        }
        let alone = plan.times().len() == 1;
        for column in &mut plan.columns {
            if column.role == Some(Role::Time) {
                // Of a date and a time of day, neither is a time.
                column.ty = Some(if alone { FieldType::Time } else { FieldType::Text });
            }
        }
        plan
    }

    pub fn of_sample(compiled: &Arc<Compiled>, sample: &Sample<'_>, opened_ns: Option<i64>) -> Plan {
        let clock = compiled.clock.clone().of_member(sample.path, opened_ns);
        Plan::new(compiled, clock, lines(sample).take(LOOKED_AT))
    }

    /// The columns that say when it was.
    fn times(&self) -> Vec<usize> {
        let all = self.columns.iter().enumerate();
        all.filter(|(_, c)| c.role == Some(Role::Time))
            .map(|(at, _)| at)
            .collect()
    }

    /// When a line's record was.
    pub fn time(&mut self, row: &Values<'_>) -> Option<i64> {
        let times = self.times();
        self.clock.read(&joined(row, &times)?)
    }

    pub fn type_of(&self, column: usize) -> FieldType {
        self.columns.get(column).and_then(|c| c.ty).unwrap_or_default()
    }

    /// A value as its column's type; `None` where it is not of it.
    pub fn cell(&mut self, ty: FieldType, value: &[u8]) -> Option<Value> {
        match ty {
            FieldType::Integer => std::str::from_utf8(value).ok()?.parse().ok().map(Value::Int),
            FieldType::Float => looks::float(value).map(Value::Float),
            FieldType::Bool => looks::boolean(value).map(Value::Bool),
            FieldType::Time => self.clock.read(value).map(Value::Time),
            _ => Some(Value::Text(String::from_utf8_lossy(value).into_owned())),
        }
    }
}

/// The values of these columns with a space between.
fn joined(row: &Values<'_>, columns: &[usize]) -> Option<Vec<u8>> {
    let parts = columns.iter().filter_map(|at| row.get(*at)?.as_deref());
    let parts: Vec<&[u8]> = parts.filter(|v| !looks::is_none(v)).collect();
    (!parts.is_empty()).then(|| parts.join(&b' '))
}

/// Where a column's values go.
#[derive(Clone, Copy)]
struct Place {
    /// The column of its own name; none where that of its role has it.
    own: Option<(usize, FieldType)>,
    role: Option<(usize, FieldType)>,
    /// Where values go that are not of the type.
    other: Option<usize>,
    is_message: bool,
}

pub(super) struct Rows {
    plan: Plan,
    room: Room,
    places: Vec<Place>,
    unlike: String,
}

impl Rows {
    pub fn new(plan: Plan) -> Rows {
        let name = &plan.compiled.name;
        let more = match plan.compiled.is_each() {
            true => " Should it go on with the line before, say so under “Lines of a record”.",
            false => "",
        };
        Rows {
            room: plan.compiled.room(),
            unlike: format!(
                "not a line as “{name}” is described: change the description so that it matches, or describe these lines as well.{more}"
            ),
            plan,
            places: Vec::new(),
        }
    }

    /// Finds the columns in the table, once.
    fn place(&mut self, sink: &mut RowSink<'_>) {
        for at in 0..self.plan.columns.len() {
            let Some(column) = self.plan.columns.get(at) else {
                continue;
            };
            let ty = self.plan.type_of(at);
            let role = column
                .role
                .filter(|r| *r != Role::Time)
                .and_then(|r| FACTS.role(r));
            let role = role.map(|field| (field, sink.field_type(field)));
            let is_time = column.role == Some(Role::Time);
            let usual = FACTS.field(&column.name);
            let is_its = usual.is_some_and(|f| {
                let fits = sink.field_type(f) == ty || sink.field_type(f).is_text();
                f == TIME && is_time && ty == FieldType::Time || fits && role.is_some_and(|r| r.0 == f)
            });
            let own = match usual {
                Some(_) if is_its => None,
                // A field of that name is there and means something else.
                Some(_) => Some(sink.field(&format!("{}.{}", self.plan.compiled.name, column.name), ty)),
                None => Some(sink.field(&column.name, ty)),
            };
            let own = own.map(|field| {
                let kept = sink.field_type(field);
                let same = kept == ty || kept.is_text() && ty.is_text();
                match same {
                    true => (field, ty),
                    false => {
                        let name = format!("{}.{}", column.name, looks::type_word(ty));
                        (sink.field(&name, ty), ty)
                    }
                }
            });
            self.places.push(Place {
                own,
                role,
                other: None,
                is_message: column.role == Some(Role::Message),
            });
        }
    }

    fn set(&mut self, (field, ty): (usize, FieldType), value: &[u8], sink: &mut RowSink<'_>) -> bool {
        if ty.is_text() {
            sink.text(field, beginning(value, KEPT));
            return true;
        }
        match self.plan.cell(ty, value) {
            Some(Value::Int(n) | Value::Time(n)) => sink.int(field, n),
            Some(Value::Float(n)) => sink.float(field, n),
            Some(Value::Bool(is)) => sink.bool(field, is),
            _ => return false,
        }
        true
    }

    fn row(&mut self, values: &Values<'_>, more: &[u8], told: Option<&Told>, sink: &mut RowSink<'_>) {
        if self.places.is_empty() {
            self.place(sink);
        }
        sink.text(FORMAT, self.plan.compiled.name.as_bytes());
        let at = self.plan.time(values).or_else(|| told?.time_ns);
        match at {
            Some(ns) => sink.int(TIME, ns),
            None => sink.stats.marked.add("line", "undated", 1),
        }
        let mut with_more = false;
        for (at, value) in values.iter().enumerate() {
            let Some(value) = value.as_deref().filter(|v| !looks::is_none(v)) else {
                continue;
            };
            let Some(place) = self.places.get(at).copied() else {
                continue;
            };
            let whole;
            let value = match place.is_message && !more.is_empty() {
                true => {
                    with_more = true;
                    whole = [value, more].join(&b'\n');
                    whole.as_slice()
                }
                false => value,
            };
            if let Some(role) = place.role {
                self.set(role, value, sink);
            }
            if let Some(own) = place.own
                && !self.set(own, value, sink)
            {
                let name = self.plan.columns.get(at).map_or("", |c| c.name.as_str());
                let other = place
                    .other
                    .unwrap_or_else(|| sink.field(&format!("{name}.text"), FieldType::Text));
                if let Some(place) = self.places.get_mut(at) {
                    place.other = Some(other);
                }
                sink.text(other, beginning(value, KEPT));
            }
        }
        if !more.is_empty() && !with_more {
            sink.text(CONTINUED, beginning(more, KEPT));
        }
    }
}

impl OnEvent for Rows {
    fn begins(&self, line: &[u8]) -> bool {
        self.plan.compiled.begins(line)
    }

    fn event(&mut self, offset: u64, text: &[u8], told: Option<&Told>, sink: &mut RowSink<'_>) {
        let end = memchr::memchr(b'\n', text).unwrap_or(text.len());
        let (first, more) = (
            text.get(..end).unwrap_or(text),
            text.get(end + 1..).unwrap_or_default(),
        );
        let compiled = Arc::clone(&self.plan.compiled);
        let mut values = Vec::new();
        // A pattern may also reach over lines.
        let more = if compiled.values(first, &mut self.room, &mut values) {
            more
        } else if !more.is_empty() && compiled.values(text, &mut self.room, &mut values) {
            &[]
        } else {
            return sink.reject(self.unlike.clone(), offset, text);
        };
        self.row(&values, more, told, sink);
        sink.end(offset, text.len() as u64);
    }
}
