//! Times.

use super::{Clock, date, text_of, zones};
use crate::language::insights::number::Num;
use crate::language::insights::value::{MILLISECOND, Value};

pub fn query_start<'a>(_: &[Value<'a>], clock: &Clock) -> Value<'a> {
    Value::Int(clock.start)
}

pub fn query_end<'a>(_: &[Value<'a>], clock: &Clock) -> Value<'a> {
    Value::Int(clock.end)
}

pub fn query_range<'a>(_: &[Value<'a>], clock: &Clock) -> Value<'a> {
    Value::Int(clock.end.saturating_sub(clock.start))
}

/// In seconds.
pub fn now<'a>(_: &[Value<'a>], clock: &Clock) -> Value<'a> {
    Value::Int(clock.now)
}

pub fn from_millis<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    args.first()
        .and_then(Value::time)
        .map_or(Value::Absent, Value::Time)
}

pub fn to_millis<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    let ms = args
        .first()
        .and_then(Value::time)
        .map(|t| t.div_euclid(MILLISECOND));
    ms.map(|ms| Num::Int(i128::from(ms))).into()
}

/// The zone of the third argument, UTC where there is none.
fn zone(args: &[Value]) -> Option<zones::Zone> {
    match args.get(2) {
        None => Some(zones::UTC),
        Some(_) => zones::find(&text_of(args, 2)?),
    }
}

pub fn parse_date<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    let (Some(text), Some(pattern), Some(zone)) = (text_of(args, 0), text_of(args, 1), zone(args)) else {
        return Value::Absent;
    };
    match date::parse(&text, &pattern, zone) {
        Some(ns) => Value::Int(ns.div_euclid(MILLISECOND)),
        None => Value::Absent,
    }
}

pub fn format_date<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    let time = args.first().and_then(Value::time);
    match (time, text_of(args, 1), zone(args)) {
        (Some(ns), Some(pattern), Some(zone)) => date::format(ns, &pattern, zone).into(),
        _ => Value::Absent,
    }
}
