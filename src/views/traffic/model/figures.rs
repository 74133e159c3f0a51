//! Beside the graph: what is asked for the figures, and the charts over time.

use super::{KINDS, MEASURES, amount, flows, rejected};
use crate::base::{Value, size};
use crate::chart::{Amount, Bars, Frame, Hole, Ink, Scene, Series, Unit, stacked_bars};
use crate::query::{Agg, Answer, Expr, Key, Order, Query};
use crate::views::shared::{buckets, capital, width_word};

/// Bars of a chart over time at most.
pub const BARS: i64 = 70;

/// What a pair that was rejected is known by.
pub const REFUSED_ENDS: [&str; 3] = ["srcaddr", "dstaddr", "dstport"];

pub fn unit_of(measure: &str) -> Unit {
    match measure {
        "bytes" => Unit::Bytes,
        other => Unit::count(other),
    }
}

/// Every measure over time: of all flows, and of rejected ones.
pub fn ask_over_time(width_ns: i64) -> Query {
    let aggs = MEASURES
        .iter()
        .flat_map(|(m, _)| [amount(m, None), amount(m, Some(rejected()))]);
    Query::groups(&KINDS, vec![Key::Time { width_ns }], aggs.collect())
        .filter(flows())
        .order(Order::Key)
        .limit(10_000)
}

/// The measure of this position in [`MEASURES`] over time, accepted up, rejected down, and where records are missing.
pub fn over_time(answer: &Answer, measure: usize, frame: Frame, step_ns: i64, holes: &[Hole]) -> Scene {
    let name = MEASURES.get(measure).map_or("flows", |(name, _)| name);
    let buckets = buckets(frame.range, step_ns);
    let series = |name: &str, ink: Ink, below: bool| Series {
        name: name.into(),
        ink,
        values: vec![0; buckets.len],
        below,
    };
    let mut accepted = series("accepted", Ink::Accept, false);
    let mut refused = series("rejected", Ink::Reject, true);
    for row in &answer.rows {
        let at = row.first().and_then(Value::as_i64);
        let slot = at.map(|t| (t - buckets.from_ns).div_euclid(step_ns));
        let Some(slot) = slot
            .and_then(|s| usize::try_from(s).ok())
            .filter(|&s| s < buckets.len)
        else {
            continue;
        };
        let of = |at: usize| row.get(1 + 2 * measure + at).map_or(0, exact);
        accepted.values[slot] += of(0) - of(1);
        refused.values[slot] += of(1);
    }
    stacked_bars(&Bars {
        title: &format!("{} {}", capital(name), width_word(step_ns)),
        frame,
        buckets,
        unit: unit_of(name),
        series: &[accepted, refused],
        holes,
        events: &[],
    })
}

/// A sum, exactly.
pub fn exact(value: &Value) -> Amount {
    match value {
        Value::Big(n) => *n,
        v => v.as_i64().unwrap_or(0).into(),
    }
}

/// Source addresses by a measure.
pub fn ask_talkers(measure: &str, most: usize) -> Query {
    let by = vec![Key::Field("srcaddr".into())];
    Query::groups(&KINDS, by, vec![amount(measure, None)])
        .filter(flows())
        .limit(most)
}

/// Rejected pairs ([`REFUSED_ENDS`]) by flows.
pub fn ask_refused(most: usize) -> Query {
    let by = REFUSED_ENDS.map(|f| Key::Field(f.into())).into();
    Query::groups(&KINDS, by, vec![Agg::Count])
        .filter(rejected())
        .order(Order::Desc(0))
        .limit(most)
}

/// Lines that say that there was nothing, or nothing kept.
pub fn ask_empty_lines() -> Query {
    Query::groups(&KINDS, vec![Key::Field("log-status".into())], vec![Agg::Count])
        .filter(Expr::any_of("log-status", &["NODATA", "SKIPDATA"]))
}

/// How many they are, if any, out of the answer to [`ask_empty_lines`].
pub fn empty_lines(answer: &Answer) -> Option<String> {
    let part = |r: &Vec<Value>| {
        Some(format!(
            "{} {}",
            size::count(r.get(1)?.as_i64()?),
            r.first()?.to_text()
        ))
    };
    let parts: Vec<String> = answer.rows.iter().filter_map(part).collect();
    (!parts.is_empty()).then(|| format!("{} lines carry no traffic and are not drawn", parts.join(", ")))
}
