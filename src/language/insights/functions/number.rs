//! Numbers to numbers.

use super::Clock;
use crate::language::insights::number::Num;
use crate::language::insights::value::Value;
use std::cmp::Ordering;

/// The mean radius of the earth in km.
const EARTH: f64 = 6371.0;

fn one<'a>(args: &[Value<'a>], make: impl FnOnce(Num) -> Option<Num>) -> Value<'a> {
    args.first().and_then(Value::number).and_then(make).into()
}

fn float<'a>(args: &[Value<'a>], make: impl FnOnce(f64) -> f64) -> Value<'a> {
    one(args, |n| Num::float(make(n.as_f64())))
}

/// Rounds what has a fraction; a whole result is an integer.
fn whole<'a>(args: &[Value<'a>], round: fn(f64) -> f64) -> Value<'a> {
    one(args, |n| match n {
        Num::Int(_) => Some(n),
        Num::Float(f) => as_int(round(f)),
    })
}

fn as_int(f: f64) -> Option<Num> {
    match f.abs() < 9e15 {
        true => Some(Num::Int(f as i128)),
        false => Num::float(f),
    }
}

pub fn abs<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    one(args, |n| match n {
        Num::Int(i) => i.checked_abs().map(Num::Int),
        Num::Float(f) => Num::float(f.abs()),
    })
}

pub fn ceil<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    whole(args, f64::ceil)
}

pub fn floor<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    whole(args, f64::floor)
}

pub fn sqrt<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    float(args, f64::sqrt)
}

/// The natural logarithm.
pub fn log<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    float(args, f64::ln)
}

/// Half away from zero.
pub fn round<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    let decimals = match args.get(1) {
        None => 0,
        Some(value) => match value.number().and_then(Num::truncated) {
            Some(n) => n.clamp(-30, 30) as i32,
            None => return Value::Absent,
        },
    };
    one(args, |n| match n {
        Num::Int(_) if decimals >= 0 => Some(n),
        Num::Float(f) if decimals == 0 => as_int(f.round()),
        Num::Float(f) if decimals > 0 => {
            let scale = 10f64.powi(decimals);
            // 1.005 is a little less in binary; what is written decides, as a person expects.
            let scaled = f * scale;
            let near = (scaled + scaled.signum() * f64::EPSILON * scaled.abs()).round();
            Num::float(if scaled.abs() < 9e15 { near / scale } else { f })
        }
        n => {
            let scale = 10f64.powi(-decimals);
            as_int((n.as_f64() / scale).round() * scale)
        }
    })
}

/// The best of those that are numbers.
fn best<'a>(args: &[Value<'a>], better: Ordering) -> Value<'a> {
    args.iter()
        .filter_map(Value::number)
        .reduce(|kept, n| if n.order(kept) == better { n } else { kept })
        .into()
}

pub fn greatest<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    best(args, Ordering::Greater)
}

pub fn least<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    best(args, Ordering::Less)
}

pub fn haversine<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    let mut degrees = args.iter().map(|v| v.number().map(|n| n.as_f64().to_radians()));
    let mut next = || degrees.next().flatten();
    let (Some(lat1), Some(lon1), Some(lat2), Some(lon2)) = (next(), next(), next(), next()) else {
        return Value::Absent;
    };
    let half = |a: f64, b: f64| ((b - a) / 2.0).sin().powi(2);
    let a = half(lat1, lat2) + lat1.cos() * lat2.cos() * half(lon1, lon2);
    Num::float(2.0 * EARTH * a.clamp(0.0, 1.0).sqrt().asin()).into()
}

pub fn to_number<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    one(args, Some)
}

pub fn to_int<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    one(args, |n| {
        n.truncated().filter(|n| i32::try_from(*n).is_ok()).map(Num::Int)
    })
}

pub fn to_long<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    one(args, |n| {
        n.truncated().filter(|n| i64::try_from(*n).is_ok()).map(Num::Int)
    })
}
