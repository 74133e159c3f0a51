//! Values and how they are read as numbers, texts and conditions.

use super::nodes::{Json, Node};
use super::number::Num;
use crate::base::time::{SECOND, civil};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

pub const MILLISECOND: i64 = SECOND / 1000;

/// What a field has or an expression makes. Texts, maps and lists may be borrowed from a row.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub enum Value<'a> {
    /// No such field, or a JSON null.
    #[default]
    Absent,
    Bool(bool),
    Int(i64),
    /// An integer beyond `i64`.
    Wide(Box<i128>),
    Float(f64),
    Text(Cow<'a, str>),
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    Time(i64),
    /// A map or list.
    Node(Node<'a>),
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    Absent,
    Boolean,
    Number,
    Text,
    Timestamp,
    Map,
    List,
    /// Values of several kinds.
    Mixed,
}

impl From<Num> for Value<'_> {
    fn from(n: Num) -> Self {
        match n {
            Num::Int(i) => match i64::try_from(i) {
                Ok(i) => Value::Int(i),
                Err(_) => Value::Wide(Box::new(i)),
            },
            Num::Float(f) => Value::Float(f),
        }
    }
}

impl From<Option<Num>> for Value<'_> {
    fn from(n: Option<Num>) -> Self {
        n.map_or(Value::Absent, Value::from)
    }
}

impl From<bool> for Value<'_> {
    fn from(b: bool) -> Self {
        Value::Bool(b)
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Value::Text(Cow::Owned(text))
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<Cow<'a, str>> for Value<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Value::Text(text)
    }
}

impl<'a> From<Option<Cow<'a, str>>> for Value<'a> {
    fn from(text: Option<Cow<'a, str>>) -> Self {
        text.map_or(Value::Absent, Value::Text)
    }
}

impl From<Json> for Value<'_> {
    fn from(json: Json) -> Self {
        super::nodes::owned(json)
    }
}

impl<'a> Value<'a> {
    pub fn count(n: usize) -> Value<'a> {
        Value::from(Num::Int(n as i128))
    }

    pub fn is_absent(&self) -> bool {
        matches!(self, Value::Absent)
    }

    pub fn is_node(&self) -> bool {
        matches!(self, Value::Node(_))
    }

    pub fn kind(&self) -> Kind {
        match self {
            Value::Absent => Kind::Absent,
            Value::Bool(_) => Kind::Boolean,
            Value::Int(_) | Value::Wide(_) | Value::Float(_) => Kind::Number,
            Value::Text(_) => Kind::Text,
            Value::Time(_) => Kind::Timestamp,
            Value::Node(node) if node.is_map() => Kind::Map,
            Value::Node(_) => Kind::List,
        }
    }

    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Absent => Value::Absent,
            Value::Bool(b) => Value::Bool(b),
            Value::Int(i) => Value::Int(i),
            Value::Wide(w) => Value::Wide(w),
            Value::Float(f) => Value::Float(f),
            Value::Text(t) => Value::Text(Cow::Owned(t.into_owned())),
            Value::Time(t) => Value::Time(t),
            Value::Node(n) => Value::Node(n.into_owned()),
        }
    }

    /// The same value, borrowed.
    pub fn share(&'a self) -> Value<'a> {
        match self {
            Value::Text(t) => Value::Text(Cow::Borrowed(t)),
            Value::Node(n) => Value::Node(n.share()),
            other => other.clone(),
        }
    }

    /// As a number: texts that are wholly one, booleans as 1 and 0, times in ms.
    pub fn number(&self) -> Option<Num> {
        match self {
            Value::Int(i) => Some(Num::Int(i128::from(*i))),
            Value::Wide(w) => Some(Num::Int(**w)),
            Value::Float(f) => Some(Num::Float(*f)),
            Value::Bool(b) => Some(Num::Int(i128::from(*b))),
            Value::Time(t) => Some(Num::Int(i128::from(t.div_euclid(MILLISECOND)))),
            Value::Text(t) => Num::parse(t),
            Value::Absent | Value::Node(_) => None,
        }
    }

    /// As text; a map, a list or nothing has none.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Value::Text(t) => Cow::Borrowed(t),
            Value::Bool(true) => Cow::Borrowed("1"),
            Value::Bool(false) => Cow::Borrowed("0"),
            Value::Int(i) => Cow::Owned(i.to_string()),
            Value::Wide(w) => Cow::Owned(w.to_string()),
            Value::Float(f) => Cow::Owned(Num::Float(*f).text()),
            Value::Time(t) => Cow::Owned(time_text(*t)),
            Value::Absent | Value::Node(_) => return None,
        })
    }

    /// As [`Value::text`], keeping what is borrowed.
    pub fn into_text(self) -> Option<Cow<'a, str>> {
        match self {
            Value::Text(t) => Some(t),
            other => other.text().map(|t| Cow::Owned(t.into_owned())),
        }
    }

    pub fn condition(&self) -> bool {
        match self {
            Value::Bool(b) => *b,
            Value::Int(i) => *i != 0,
            Value::Wide(_) => true,
            Value::Float(f) => *f != 0.0,
            _ => false,
        }
    }

    /// A time, or a number of ms since 1970.
    pub fn time(&self) -> Option<i64> {
        match self {
            Value::Time(t) => Some(*t),
            Value::Absent | Value::Node(_) | Value::Bool(_) => None,
            other => i64::try_from(other.number()?.truncated()?)
                .ok()?
                .checked_mul(MILLISECOND),
        }
    }

    /// As a table shows it: numbers with at most four decimals, maps and lists as compact JSON.
    pub fn display(&self) -> String {
        match self {
            Value::Float(f) => Num::Float(*f).display(),
            Value::Node(node) => node.print(),
            other => other.text().map(Cow::into_owned).unwrap_or_default(),
        }
    }

    /// As exports write it: numbers in full.
    pub fn export(&self) -> String {
        match self {
            Value::Node(node) => node.print(),
            other => other.text().map(Cow::into_owned).unwrap_or_default(),
        }
    }
}

/// `YYYY-MM-DD HH:MM:SS.mmm` in UTC.
pub fn time_text(ns: i64) -> String {
    let c = civil(ns);
    format!(
        "{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:03}",
        c.year,
        c.month,
        c.day,
        c.hour,
        c.minute,
        c.second,
        c.nanos / 1_000_000
    )
}
