//! The aggregates of `stats` (CWL_QuerySyntax-Stats): what each keeps, how two merge, and what it comes to.

use super::code::Code;
use super::groups::rank;
use super::natural::Natural;
use super::nodes;
use super::number::Num;
use super::pushdown::Folded;
use super::sketch::{Distinct, Values};
use super::sum::Sum;
use super::value::Value;
use crate::base::hash::FastMap;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// Where a row stands: time, place in the files, and its number among the rows of one record.
pub type Key = (i64, u128, u32);

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Count,
    CountDistinct,
    Sum,
    Avg,
    Min,
    Max,
    Stddev,
    Pct(f64),
    Earliest,
    Latest,
    SortsFirst,
    SortsLast,
    Values,
}

/// One aggregate of a query; `of` is absent for `count(*)`.
pub struct Aggregate {
    pub kind: Kind,
    pub of: Option<Code>,
}

/// A name, the least and most arguments, and what it is.
pub type Row = (&'static str, usize, usize, Kind);

pub const AGGREGATES: &[Row] = &[
    ("count", 0, 1, Kind::Count),
    ("count_distinct", 1, 1, Kind::CountDistinct),
    ("countDistinct", 1, 1, Kind::CountDistinct),
    ("sum", 1, 1, Kind::Sum),
    ("avg", 1, 1, Kind::Avg),
    ("min", 1, 1, Kind::Min),
    ("max", 1, 1, Kind::Max),
    ("stddev", 1, 1, Kind::Stddev),
    ("pct", 2, 2, Kind::Pct(0.0)),
    ("earliest", 1, 1, Kind::Earliest),
    ("latest", 1, 1, Kind::Latest),
    ("sortsFirst", 1, 1, Kind::SortsFirst),
    ("sortsLast", 1, 1, Kind::SortsLast),
    ("values", 1, 1, Kind::Values),
];

pub fn find(name: &str) -> Option<&'static Row> {
    AGGREGATES.iter().find(|(n, ..)| n.eq_ignore_ascii_case(name))
}

/// What an aggregate has seen so far.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum State {
    Count(u64),
    /// Of a field: none is absent, not 0.
    CountOf(u64),
    Distinct(Box<Distinct>),
    Sum(Box<Sum>, u64),
    Avg(Box<Sum>, u64),
    /// The best number, and the best text where there is no number.
    Best {
        number: Option<Num>,
        text: Option<Box<str>>,
        greatest: bool,
    },
    Spread {
        n: u64,
        mean: f64,
        m2: f64,
    },
    Pct(Box<Values>, f64),
    AtTime {
        seen: Option<Box<(Key, Value<'static>)>>,
        latest: bool,
    },
    InOrder {
        seen: Option<Box<(Natural, Value<'static>)>>,
        last: bool,
    },
    Values(#[serde(with = "super::wire::map")] FastMap<String, (Key, Value<'static>)>),
}

impl State {
    pub fn new(kind: Kind, of_field: bool) -> State {
        match kind {
            Kind::Count if of_field => State::CountOf(0),
            Kind::Count => State::Count(0),
            Kind::CountDistinct => State::Distinct(Box::default()),
            Kind::Sum => State::Sum(Box::default(), 0),
            Kind::Avg => State::Avg(Box::default(), 0),
            Kind::Min | Kind::Max => State::Best {
                number: None,
                text: None,
                greatest: kind == Kind::Max,
            },
            Kind::Stddev => State::Spread {
                n: 0,
                mean: 0.0,
                m2: 0.0,
            },
            Kind::Pct(p) => State::Pct(Box::default(), p),
            Kind::Earliest | Kind::Latest => State::AtTime {
                seen: None,
                latest: kind == Kind::Latest,
            },
            Kind::SortsFirst | Kind::SortsLast => State::InOrder {
                seen: None,
                last: kind == Kind::SortsLast,
            },
            Kind::Values => State::Values(FastMap::default()),
        }
    }

    pub fn push(&mut self, value: Value, key: Key) {
        if let State::Count(n) = self {
            *n += 1;
            return;
        }
        if value.is_absent() {
            return;
        }
        match self {
            State::Count(_) => {}
            State::CountOf(n) => *n += 1,
            State::Distinct(set) => {
                if let Some(text) = value.text() {
                    set.add(&text);
                }
            }
            State::Sum(sum, n) | State::Avg(sum, n) => {
                if let Some(number) = value.number() {
                    sum.add(number);
                    *n += 1;
                }
            }
            State::Best {
                number,
                text,
                greatest,
            } => match value.number() {
                Some(n) => keep_number(number, n, *greatest),
                None if number.is_none() => {
                    if let Value::Text(t) = value {
                        keep_text(text, t.as_ref(), *greatest);
                    }
                }
                None => {}
            },
            State::Spread { n, mean, m2 } => {
                if let Some(x) = value.number().map(Num::as_f64) {
                    *n += 1;
                    let delta = x - *mean;
                    *mean += delta / *n as f64;
                    *m2 += delta * (x - *mean);
                }
            }
            State::Pct(values, _) => {
                if let Some(number) = value.number() {
                    values.add(number);
                }
            }
            State::AtTime { seen, latest } => {
                let key = timed(key, *latest);
                if seen.as_ref().is_none_or(|s| is_better(key.cmp(&s.0), *latest)) {
                    *seen = Some(Box::new((key, in_ms(value.into_owned()))));
                }
            }
            State::InOrder { seen, last } => {
                let new = (Natural::of(&value), value);
                if !matches!(new.0, Natural::Absent) && seen.as_ref().is_none_or(|s| is_ahead(&new, s, *last))
                {
                    *seen = Some(Box::new((new.0, new.1.into_owned())));
                }
            }
            State::Values(all) => {
                if let Some(text) = value.text() {
                    match all.get_mut(text.as_ref()) {
                        Some((first, kept)) => {
                            if key < *first {
                                (*first, *kept) = (key, value.into_owned());
                            }
                        }
                        None => {
                            let text = text.into_owned();
                            all.insert(text, (key, value.into_owned()));
                        }
                    }
                }
            }
        }
    }

    /// Takes in what the values of many rows came to.
    pub fn absorb(&mut self, folded: &Folded) {
        match (self, folded) {
            (State::Count(n) | State::CountOf(n), Folded::Count(rows)) => *n += rows,
            // A sum of nothing is none, whatever its type.
            (_, Folded::Total { of: 0, .. }) => {}
            (State::Sum(sum, n) | State::Avg(sum, n), Folded::Total { total, of }) => {
                sum.add(*total);
                *n += of;
            }
            (State::Best { number, greatest, .. }, Folded::Best(Some(best))) => {
                keep_number(number, *best, *greatest)
            }
            (State::Distinct(set), Folded::Distinct(texts)) => texts.iter().for_each(|t| set.add(t)),
            _ => {}
        }
    }

    pub fn merge(&mut self, other: State) {
        match (self, other) {
            (State::Count(a), State::Count(b)) | (State::CountOf(a), State::CountOf(b)) => *a += b,
            (State::Distinct(a), State::Distinct(b)) => a.merge(*b),
            (State::Sum(a, n), State::Sum(b, m)) | (State::Avg(a, n), State::Avg(b, m)) => {
                a.merge(&b);
                *n += m;
            }
            (
                State::Best {
                    number,
                    text,
                    greatest,
                },
                State::Best {
                    number: n, text: t, ..
                },
            ) => {
                if let Some(n) = n {
                    keep_number(number, n, *greatest);
                }
                if let Some(t) = t {
                    keep_text(text, &t, *greatest);
                }
            }
            (
                State::Spread { n, mean, m2 },
                State::Spread {
                    n: m,
                    mean: other,
                    m2: more,
                },
            ) => {
                let (a, b) = (*n as f64, m as f64);
                if m > 0 {
                    let delta = other - *mean;
                    *mean = (*mean * a + other * b) / (a + b);
                    *m2 += more + delta * delta * a * b / (a + b);
                    *n += m;
                }
            }
            (State::Pct(a, _), State::Pct(b, _)) => a.merge(*b),
            (
                State::AtTime { seen, latest },
                State::AtTime {
                    seen: Some(other), ..
                },
            ) if seen
                .as_ref()
                .is_none_or(|s| is_better(other.0.cmp(&s.0), *latest)) =>
            {
                *seen = Some(other);
            }
            (
                State::InOrder { seen, last },
                State::InOrder {
                    seen: Some(other), ..
                },
            ) if seen.as_ref().is_none_or(|s| is_ahead(&other, s, *last)) => {
                *seen = Some(other);
            }
            (State::Values(a), State::Values(b)) => {
                for (text, (key, value)) in b {
                    match a.get_mut(&text) {
                        Some((first, kept)) => {
                            if key < *first {
                                (*first, *kept) = (key, value);
                            }
                        }
                        None => {
                            a.insert(text, (key, value));
                        }
                    }
                }
            }
            // Parts of one plan have the same states.
            _ => {}
        }
    }

    pub fn is_exact(&self) -> bool {
        match self {
            State::Distinct(d) => d.is_exact(),
            State::Pct(v, _) => v.is_exact(),
            _ => true,
        }
    }

    pub fn finish(self) -> Value<'static> {
        match self {
            State::Count(n) => Num::Int(n.into()).into(),
            State::CountOf(0) | State::Sum(_, 0) | State::Avg(_, 0) | State::Spread { n: 0, .. } => {
                Value::Absent
            }
            State::CountOf(n) => Num::Int(n.into()).into(),
            State::Distinct(set) => Value::count(set.count()),
            State::Sum(sum, _) => sum.total().into(),
            State::Avg(sum, n) => sum.total().and_then(|s| s.over(Num::Int(n.into()))).into(),
            State::Best { number: Some(n), .. } => n.into(),
            State::Best { text, .. } => text.map_or(Value::Absent, |t| String::from(t).into()),
            State::Spread { n, m2, .. } => Num::float((m2 / n as f64).sqrt()).into(),
            State::Pct(values, p) => values.percentile(p).into(),
            State::AtTime { seen, .. } => seen.map_or(Value::Absent, |s| s.1),
            State::InOrder { seen, .. } => seen.map_or(Value::Absent, |s| s.1),
            State::Values(all) => {
                let mut all: Vec<(Key, Value)> = all.into_values().collect();
                all.sort_by_key(|(key, _)| *key);
                nodes::list(all.iter().map(|(_, value)| nodes::json(value)))
            }
        }
    }
}

/// A row without a time is neither first nor last while another has one.
fn timed(key: Key, latest: bool) -> Key {
    match key {
        (i64::MIN, place, number) if !latest => (i64::MAX, place, number),
        key => key,
    }
}

/// Of a time, AWS gives the number of ms.
fn in_ms(value: Value<'static>) -> Value<'static> {
    match value {
        Value::Time(_) => value.number().into(),
        other => other,
    }
}

/// Whether a value takes the place of the one kept. Of equal ones the kind decides, not which came first.
fn is_ahead(new: &(Natural, Value), kept: &(Natural, Value), last: bool) -> bool {
    match new.0.order(&kept.0) {
        Ordering::Equal => rank(&new.1) < rank(&kept.1),
        order => is_better(order, last),
    }
}

fn is_better(order: Ordering, greatest: bool) -> bool {
    order
        == if greatest {
            Ordering::Greater
        } else {
            Ordering::Less
        }
}

fn keep_number(kept: &mut Option<Num>, n: Num, greatest: bool) {
    if kept.is_none_or(|k| is_better(n.order(k), greatest)) {
        *kept = Some(n);
    }
}

fn keep_text(kept: &mut Option<Box<str>>, text: &str, greatest: bool) {
    let natural = |t: &str| Natural::Text(t.into());
    if kept
        .as_ref()
        .is_none_or(|k| is_better(natural(text).order(&natural(k)), greatest))
    {
        *kept = Some(text.into());
    }
}
