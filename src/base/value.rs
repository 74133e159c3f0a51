//! One cell of an answer.

use serde::{Deserialize, Serialize};

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
            Value::Time(ns) => super::time::iso(*ns),
            Value::Text(s) => s.clone(),
            Value::List(l) => l.join(", "),
        }
    }

    /// Order for sorting: absent first, then numbers and times, then text by bytes.
    pub fn order(&self, other: &Value) -> std::cmp::Ordering {
        use Value::*;
        fn rank(v: &Value) -> u8 {
            match v {
                Absent => 0,
                Bool(_) => 1,
                Int(_) | Big(_) | Float(_) | Time(_) => 2,
                Text(_) | List(_) => 3,
            }
        }
        match (self, other) {
            (Text(a), Text(b)) => a.as_bytes().cmp(b.as_bytes()),
            (List(a), List(b)) => a.cmp(b),
            (Bool(a), Bool(b)) => a.cmp(b),
            (Float(_), _) | (_, Float(_)) if rank(self) == 2 && rank(other) == 2 => self
                .as_f64()
                .unwrap_or(0.0)
                .total_cmp(&other.as_f64().unwrap_or(0.0)),
            (a, b) if rank(a) == 2 && rank(b) == 2 => a.wide().cmp(&b.wide()),
            (a, b) => rank(a).cmp(&rank(b)),
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
