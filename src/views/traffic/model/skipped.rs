//! When were flow records skipped? SKIPDATA lines say that there was traffic in the window that was not recorded: holes in
//! whatever is drawn over time. NODATA lines say that there was none, and are no holes.

use super::KINDS;
use crate::base::time::{MINUTE, SECOND};
use crate::base::{TimeRange, Value, size};
use crate::chart::{Amount, Hole};
use crate::query::{Agg, Answer, Expr, Key, Order, Query};
use std::collections::{BTreeMap, BTreeSet};

/// Windows asked for.
const WINDOWS: usize = 20_000;
/// Interfaces that a label names.
const NAMED: usize = 3;
/// A window that began before the range may reach into it: ten minutes is the longest, and it is delivered late.
const REACH: i64 = 20 * MINUTE;

fn interface() -> Key {
    let field = |name: &str| Key::Field(name.to_owned());
    Key::First(vec![field("interface-id"), field("tgw-attachment-id")])
}

/// Every SKIPDATA line of a range. The page's filter is not asked: such lines have no addresses that could meet it.
pub fn ask_skipped(range: Option<TimeRange>) -> Query {
    let field = |name: &str| Key::Field(name.to_owned());
    let by = vec![interface(), field("@timestamp"), field("end")];
    let wider = range.map(|r| TimeRange::new(r.from_ns.saturating_sub(REACH), r.to_ns));
    let skipped = Expr::eq("log-status", "SKIPDATA");
    Query::groups(&KINDS, by, vec![Agg::Count])
        .within(wider, &skipped)
        .order(Order::Key)
        .limit(WINDOWS)
}

/// Which interfaces the flows under the page's filter are of: only their holes are holes in what is shown.
pub fn ask_interfaces() -> Query {
    Query::groups(&KINDS, vec![interface()], vec![Agg::Count]).limit(WINDOWS)
}

/// A stretch of time in which an interface's records were skipped.
#[derive(Clone, Debug, PartialEq)]
pub struct Stretch {
    /// Empty where a record does not say.
    pub interface: String,
    pub range: TimeRange,
    /// SKIPDATA lines.
    pub lines: Amount,
}

/// The stretches in the answer to [`ask_skipped`] for this range, by interface and time; `interfaces` is the answer to
/// [`ask_interfaces`] where there is a filter.
pub fn stretches(answer: &Answer, interfaces: Option<&Answer>, range: Option<TimeRange>) -> Vec<Stretch> {
    let shown: Option<BTreeSet<String>> = interfaces.map(|answer| {
        let ids = answer.rows.iter().filter_map(|row| row.first());
        ids.map(Value::to_text).collect()
    });
    let mut windows: BTreeMap<String, Vec<(TimeRange, Amount)>> = BTreeMap::new();
    for row in &answer.rows {
        let [interface, start, end, lines] = row.as_slice() else {
            continue;
        };
        let interface = interface.to_text();
        let Some(from) = start.as_i64() else { continue };
        if shown.as_ref().is_some_and(|shown| !shown.contains(&interface)) {
            continue;
        }
        let to = end.as_i64().unwrap_or(from).max(from.saturating_add(SECOND));
        if range.is_some_and(|r| r.to_ns <= from || to <= r.from_ns) {
            continue;
        }
        let lines = lines.as_i64().unwrap_or(0).into();
        windows
            .entry(interface)
            .or_default()
            .push((TimeRange::new(from, to), lines));
    }
    let mut out: Vec<Stretch> = Vec::new();
    for (interface, mut all) in windows {
        all.sort_by_key(|(range, _)| (range.from_ns, range.to_ns));
        for (range, lines) in all {
            match out.last_mut() {
                // A minute is the shortest window there is: none lies between.
                Some(last)
                    if last.interface == interface
                        && range.from_ns < last.range.to_ns.saturating_add(MINUTE) =>
                {
                    last.range = last.range.union(range);
                    last.lines += lines;
                }
                _ => out.push(Stretch {
                    interface: interface.clone(),
                    range,
                    lines,
                }),
            }
        }
    }
    out
}

/// Stretches as a chart hatches them whose bars are so wide: what lies within a bar of each other is one hole. `when` writes
/// a stretch of time.
pub fn holes(
    stretches: &[Stretch],
    range: TimeRange,
    step_ns: i64,
    when: impl Fn(TimeRange) -> String,
) -> Vec<Hole> {
    let mut inside: Vec<&Stretch> = stretches
        .iter()
        .filter(|s| s.range.from_ns < range.to_ns && range.from_ns < s.range.to_ns)
        .collect();
    inside.sort_by_key(|s| (s.range.from_ns, s.range.to_ns));
    let mut joined: Vec<(TimeRange, Vec<&Stretch>)> = Vec::new();
    for stretch in inside {
        match joined.last_mut() {
            Some((last, of)) if stretch.range.from_ns < last.to_ns.saturating_add(step_ns) => {
                *last = last.union(stretch.range);
                of.push(stretch);
            }
            _ => joined.push((stretch.range, vec![stretch])),
        }
    }
    let hole = |(range, of): (TimeRange, Vec<&Stretch>)| {
        let interfaces: BTreeSet<&str> = of.iter().map(|s| s.interface.as_str()).collect();
        Hole {
            range,
            label: format!(
                "Records skipped (SKIPDATA) {} at {}",
                when(range),
                named(&interfaces)
            ),
        }
    };
    joined.into_iter().map(hole).collect()
}

/// `eni-1, eni-2 and 4 more interfaces`
fn named(interfaces: &BTreeSet<&str>) -> String {
    let known: Vec<&str> = interfaces.iter().copied().filter(|id| !id.is_empty()).collect();
    if known.is_empty() {
        return "an interface that is not said".to_owned();
    }
    let first = known.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    match known.len().saturating_sub(NAMED) {
        0 => first,
        n => format!("{first} and {}", size::counted(n as u64, "more interfaces")),
    }
}

#[cfg(test)]
mod tests;
