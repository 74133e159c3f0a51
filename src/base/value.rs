//! One cell of an answer.

use super::decimal;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// A cell as views and exports see it. Integers and times stay 64-bit; they never pass through a JavaScript number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Default)]
pub enum Value {
    /// The record has no such field, or the log wrote its "no value" sign.
    #[default]
    Absent,
    Bool(bool),
    Int(i64),
    /// Sums that may leave 64 bits.
    Big(i128),
    Float(f64),
    /// An exact decimal, in units of the last of [`super::decimal::PLACES`] places.
    Decimal(i128),
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    Time(i64),
    Text(String),
    List(Vec<String>),
}

impl Value {
    pub fn is_absent(&self) -> bool {
        matches!(self, Value::Absent)
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Text(s) => Some(s),
            _ => None,
        }
    }

    pub fn as_i64(&self) -> Option<i64> {
        match *self {
            Value::Int(i) | Value::Time(i) => Some(i),
            Value::Big(i) => i64::try_from(i).ok(),
            Value::Bool(b) => Some(b.into()),
            _ => None,
        }
    }

    pub fn as_f64(&self) -> Option<f64> {
        match *self {
            Value::Int(i) | Value::Time(i) => Some(i as f64),
            Value::Big(i) => Some(i as f64),
            Value::Float(f) => Some(f),
            Value::Decimal(units) => Some(decimal::float(units)),
            _ => None,
        }
    }

    /// Plain text as the log would write it: times in ISO 8601 UTC, lists joined by `, `, absent empty.
    pub fn to_text(&self) -> String {
        match self {
            Value::Absent => String::new(),
            Value::Bool(b) => b.to_string(),
            Value::Int(i) => i.to_string(),
            Value::Big(i) => i.to_string(),
            Value::Float(f) => f.to_string(),
            Value::Decimal(units) => decimal::text(*units),
            Value::Time(ns) => super::time::iso(*ns),
            Value::Text(s) => s.clone(),
            Value::List(l) => l.join(", "),
        }
    }

    /// Order for sorting, total: absent first, then booleans, then numbers and times, then text by bytes. A list
    /// stands where its items' text would, joined as it is kept.
    pub fn order(&self, other: &Value) -> Ordering {
        use Value::*;
        fn rank(v: &Value) -> u8 {
            match v {
                Absent => 0,
                Bool(_) => 1,
                Int(_) | Big(_) | Float(_) | Decimal(_) | Time(_) => 2,
                Text(_) | List(_) => 3,
            }
        }
        match (self, other) {
            (Text(a), Text(b)) => a.as_bytes().cmp(b.as_bytes()),
            (Bool(a), Bool(b)) => a.cmp(b),
            (Text(_) | List(_), Text(_) | List(_)) => self.kept_bytes().cmp(other.kept_bytes()),
            (Decimal(a), Decimal(b)) => a.cmp(b),
            (Float(_), b) | (b, Float(_)) if rank(self) == 2 && rank(b) == 2 => {
                let ((a, a_lost), (b, b_lost)) = (self.rounded(), other.rounded());
                a.total_cmp(&b).then(a_lost.cmp(&b_lost))
            }
            (Decimal(_), b) | (b, Decimal(_)) if rank(self) == 2 && rank(b) == 2 => {
                self.units().cmp(&other.units())
            }
            (a, b) if rank(a) == 2 && rank(b) == 2 => a.wide().cmp(&b.wide()),
            (a, b) => rank(a).cmp(&rank(b)),
        }
    }

    /// A number as the nearest float, and what an integer loses by that: integers and floats keep one total order.
    fn rounded(&self) -> (f64, i128) {
        match *self {
            Value::Float(f) => (f, 0),
            Value::Decimal(units) => (decimal::float(units), 0),
            _ => {
                let near = self.wide() as f64;
                (near, self.wide().saturating_sub(near as i128))
            }
        }
    }

    fn kept_bytes(&self) -> impl Iterator<Item = u8> {
        let items = match self {
            Value::Text(s) => std::slice::from_ref(s),
            Value::List(l) => l,
            _ => &[],
        };
        items.iter().enumerate().flat_map(|(i, item)| {
            let separator = (i > 0).then_some(LIST_SEPARATOR[0]);
            separator.into_iter().chain(item.bytes())
        })
    }

    /// A whole number or a decimal, in a decimal's units.
    fn units(&self) -> i128 {
        match *self {
            Value::Decimal(units) => units,
            _ => self.wide().saturating_mul(decimal::ONE),
        }
    }

    fn wide(&self) -> i128 {
        match *self {
            Value::Int(i) | Value::Time(i) => i.into(),
            Value::Big(i) => i,
            _ => 0,
        }
    }
}

impl From<&str> for Value {
    fn from(s: &str) -> Self {
        Value::Text(s.to_owned())
    }
}

/// What stands between the items of a list cell while it is kept: a control character no log writes.
pub const LIST_SEPARATOR: [u8; 1] = [0x1f];

impl From<i64> for Value {
    fn from(i: i64) -> Self {
        Value::Int(i)
    }
}
