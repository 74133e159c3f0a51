//! The order of `sort` (CWL_QuerySyntax-Sort, "natural sort"): texts before numbers, digits inside texts by length and value.

use super::number::Num;
use super::value::Value;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// A value made ready to be compared. What has no text has no place: it comes last in both directions.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Natural {
    Text(Box<str>),
    /// With its text where that is not the number's own.
    Number(Num, Option<Box<str>>),
    /// In nanoseconds: two events of one millisecond have an order. Among numbers it stands as its milliseconds.
    Time(i64),
    Absent,
}

impl Natural {
    pub fn of(value: &Value) -> Natural {
        match value {
            Value::Text(text) => match Num::parse(text) {
                Some(n) => Natural::Number(n, Some(text.as_ref().into())),
                None => Natural::Text(text.as_ref().into()),
            },
            Value::Time(t) => Natural::Time(*t),
            other => other
                .number()
                .map_or(Natural::Absent, |n| Natural::Number(n, None)),
        }
    }

    pub fn order(&self, other: &Natural) -> Ordering {
        use Natural::*;
        match (self, other) {
            (Text(a), Text(b)) => chunks(a, b),
            (Number(a, at), Number(b, bt)) => a.order(*b).then_with(|| match (at, bt) {
                (None, None) => Ordering::Equal,
                _ => text(*a, at).cmp(&text(*b, bt)),
            }),
            (Time(a), Time(b)) => a.cmp(b),
            (Time(a), Number(b, _)) => milliseconds(*a).order(*b).then(Ordering::Less),
            (Number(a, _), Time(b)) => a.order(milliseconds(*b)).then(Ordering::Greater),
            (Absent, Absent) => Ordering::Equal,
            (Text(_), _) | (_, Absent) => Ordering::Less,
            (Absent, _) | (_, Text(_)) => Ordering::Greater,
        }
    }

    /// In a direction; what is absent stays last.
    pub fn order_in(&self, other: &Natural, descending: bool) -> Ordering {
        match (self, other) {
            (Natural::Absent, _) | (_, Natural::Absent) => self.order(other),
            _ if descending => other.order(self),
            _ => self.order(other),
        }
    }
}

fn milliseconds(ns: i64) -> Num {
    Num::Int(i128::from(ns.div_euclid(1_000_000)))
}

fn text(n: Num, text: &Option<Box<str>>) -> String {
    text.as_deref().map_or_else(|| n.text(), str::to_owned)
}

fn chunks(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let (da, db) = (digits(a), digits(b));
        if da > 0 && db > 0 {
            let ((x, ra), (y, rb)) = (a.split_at(da), b.split_at(db));
            let order = da.cmp(&db).then_with(|| x.cmp(y));
            if order != Ordering::Equal {
                return order;
            }
            (a, b) = (ra, rb);
            continue;
        }
        let (mut ca, mut cb) = (a.chars(), b.chars());
        match (ca.next(), cb.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) if x != y => return x.cmp(&y),
            _ => (a, b) = (ca.as_str(), cb.as_str()),
        }
    }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}
