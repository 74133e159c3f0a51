//! Which column is which field?

use super::maps::Keys;
use super::{COST, Kind};
use crate::base::{FieldType, Role};
use crate::table::{Recent, RowSink};
use std::borrow::Cow;

/// Columns that are no known field and are kept under their own names, at most.
const MAX_NEW_FIELDS: usize = 200;

/// Gives columns their fields.
pub(super) struct Binder {
    kind: &'static Kind,
    /// Fields that were asked for: the name a column would have, and the one it was asked by.
    asked: Vec<(String, String)>,
    /// Columns beyond the known ones that have a field.
    added: Vec<String>,
    /// How many have none.
    left_out: usize,
}

impl Binder {
    pub fn new(kind: &'static Kind, asked: &[String]) -> Binder {
        let kept = |name: &String| ((kind.name)(name).into_owned(), name.clone());
        Binder {
            kind,
            asked: asked.iter().map(kept).collect(),
            added: Vec::new(),
            left_out: 0,
        }
    }

    /// The fields of a column that the kind does not know.
    pub fn extra(&mut self, name: &str, sink: &mut RowSink<'_>) -> Vec<usize> {
        let mut fields = self.asked(name, sink);
        if name.is_empty() || self.kind.is_made(name) {
            return fields;
        }
        if !self.added.iter().any(|n| n == name) {
            if self.added.len() >= MAX_NEW_FIELDS {
                self.left_out += usize::from(fields.is_empty());
                return fields;
            }
            self.added.push(name.to_owned());
        }
        let field = sink.field(name, FieldType::Text);
        if sink.field_type(field).is_text() && !fields.contains(&field) {
            fields.push(field);
        }
        fields
    }

    /// The text fields that a column was asked for by.
    fn asked(&self, name: &str, sink: &mut RowSink<'_>) -> Vec<usize> {
        let asked = self.asked.iter().filter(|(kept, _)| kept == name);
        let mut fields: Vec<usize> = asked.map(|(_, own)| sink.field(own, FieldType::Text)).collect();
        // A known field that is asked for by its own name is set as what it is.
        fields.retain(|&f| f >= self.kind.facts.fields.len());
        fields
    }

    /// The name that the entry of a map is kept under.
    pub fn entry(&self, column: &str, key: &str) -> String {
        (self.kind.name)(&[column, self.kind.joint, key].concat()).into_owned()
    }

    /// Says what was left out.
    pub fn remark(&self, sink: &mut RowSink<'_>) {
        if self.left_out > 0 {
            let n = self.left_out;
            let s = if n == 1 { "" } else { "s" };
            let remark =
                format!("{n} more column{s} than {MAX_NEW_FIELDS}: they are read when asked for by name");
            sink.stats.remarks.push(remark);
        }
    }
}

/// One column.
pub(super) struct Column {
    pub name: String,
    /// The known field.
    pub field: Option<usize>,
    pub ty: FieldType,
    /// Fields that get its text besides.
    pub texts: Vec<usize>,
    pub last: Recent,
    pub keys: Option<Keys>,
    /// A record can not be kept without knowing it.
    pub is_needed: bool,
    /// Values that could not be read.
    pub unread: u64,
}

/// The columns of a report, and what is made of them.
pub(super) struct Header {
    pub columns: Vec<Column>,
    pub cost: usize,
    /// The columns that `cost` is the sum of.
    pub costs: Vec<usize>,
    pub standing: Option<usize>,
    pub currency: Option<usize>,
    /// The field of the time, its column, and the column that stands in for it.
    pub time: usize,
    pub start: Option<usize>,
    pub period: Option<usize>,
    /// By derived field: its number and the columns it is made of.
    pub derived: Vec<(usize, Vec<usize>)>,
}

impl Header {
    pub fn of(cells: &[Cow<'_, [u8]>], binder: &mut Binder, sink: &mut RowSink<'_>) -> Header {
        let kind = binder.kind;
        let mut columns: Vec<Column> = Vec::with_capacity(cells.len());
        for cell in cells {
            let text = String::from_utf8_lossy(cell);
            let name = (kind.name)(text.trim()).into_owned();
            // The first of a name is the one.
            let known = kind.known(&name);
            let field = known.filter(|&at| columns.iter().all(|c| c.field != Some(at)));
            let texts = match known {
                Some(_) => binder.asked(&name, sink),
                None if kind.maps.contains(&name.as_str()) => Vec::new(),
                None => binder.extra(&name, sink),
            };
            columns.push(Column {
                field,
                ty: field.map_or(FieldType::Text, |at| sink.field_type(at)),
                texts,
                last: Recent::NONE,
                keys: kind.maps.contains(&name.as_str()).then(Keys::default),
                is_needed: false,
                unread: 0,
                name,
            });
        }
        let at = |name: &str| {
            let field = kind.facts.field(name);
            let mut columns = columns.iter();
            columns.position(|c| c.field.is_some() && c.field == field)
        };
        let all = |names: &[&str]| names.iter().filter_map(|name| at(name)).collect::<Vec<usize>>();
        let costs = kind
            .costs
            .iter()
            .map(|group| all(group))
            .find(|found| !found.is_empty());
        let time = kind.facts.role(Role::Time).unwrap_or_default();
        let mut header = Header {
            cost: kind.facts.field(COST).unwrap_or_default(),
            costs: costs.unwrap_or_default(),
            standing: kind.standing.and_then(|(name, _)| at(name)),
            currency: at(kind.currency),
            time,
            start: columns.iter().position(|c| c.field == Some(time)),
            period: at(kind.period),
            derived: kind
                .derived
                .iter()
                .map(|d| (kind.facts.field(d.name).unwrap_or_default(), all(d.from)))
                .collect(),
            columns,
        };
        for &column in header.costs.iter().chain(&header.start) {
            if let Some(column) = header.columns.get_mut(column) {
                column.is_needed = true;
            }
        }
        header
    }

    /// Says what `cost` is where it is not the column a person expects.
    pub fn remark(&self, kind: &Kind, sink: &mut RowSink<'_>) {
        let names: Vec<&str> = self
            .costs
            .iter()
            .filter_map(|&at| self.columns.get(at))
            .map(|c| c.name.as_str())
            .collect();
        let expected = kind.expected.join(" or ");
        if names.is_empty() {
            let remark = format!("no cost: the report has no column {expected}");
            sink.stats.remarks.push(remark);
        } else if !names.iter().all(|name| kind.expected.contains(name)) {
            let remark = format!(
                "cost is {}: the report has no column {expected}",
                names.join(" and ")
            );
            sink.stats.remarks.push(remark);
        }
    }
}
