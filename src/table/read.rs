//! One cell, read back as a value.

use super::column::{ABSENT_INT, Column};
use super::pool::{ABSENT, Code, Pool};
use super::store::{Segment, Table};
use crate::base::value::LIST_SEPARATOR;
use crate::base::{FieldType, Value};

impl Table {
    /// A cell of one of this table's segments, as its field's type.
    pub fn value(&self, pool: &Pool, segment: &Segment, row: usize, field: usize) -> Value {
        let (Some(column), Some(f)) = (segment.column(field), self.fields.get(field)) else {
            return Value::Absent;
        };
        match column {
            Column::Codes(codes) => match (codes.get(row) as Code, f.ty) {
                (ABSENT, _) => Value::Absent,
                (code, FieldType::List) => Value::List(
                    pool.get(code)
                        .split(|b| LIST_SEPARATOR.contains(b))
                        .map(|item| String::from_utf8_lossy(item).into_owned())
                        .collect(),
                ),
                (code, _) => Value::Text(pool.text(code).into_owned()),
            },
            Column::Ints(ints) => match (ints.get(row), f.ty) {
                (ABSENT_INT, _) => Value::Absent,
                (t, FieldType::Time) => Value::Time(t),
                (n, FieldType::Decimal) => Value::Decimal(n.into()),
                (b, FieldType::Bool) => Value::Bool(b != 0),
                (i, _) => Value::Int(i),
            },
            Column::Floats(floats) => match floats.get(row) {
                Some(x) if !x.is_nan() => Value::Float(*x),
                _ => Value::Absent,
            },
        }
    }
}

impl Segment {
    /// The hidden rows, one bit a row, lowest first; empty when none ever was.
    pub fn hidden_words(&self) -> &[u64] {
        &self.hidden
    }
}
