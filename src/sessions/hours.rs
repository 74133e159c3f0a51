//! When someone usually works, and when they did not.

use crate::base::hash::FastSet;
use crate::base::time::{DAY, HOUR};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Fewer calls do not tell usual hours.
pub const MIN_CALLS: u64 = 50;
/// Nor do fewer days with calls.
pub const MIN_DAYS: usize = 5;
/// The rule in words.
pub const HOURS_RULE: &str = "An hour of the week (UTC) is usual for a principal that called in it, or in \
     the hour before or after it, on at least two different days of the same sort: Monday to Friday, or \
     Saturday and Sunday. Calls in any other hour are unusual. With fewer than 50 calls or 5 days with \
     calls there is not enough to know.";

const HOURS: i64 = 7 * 24;
const USUAL_DAYS: usize = 2;

/// A principal's calls in one hour.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct HourCalls {
    pub principal: String,
    /// Any time in that hour.
    pub at_ns: i64,
    pub calls: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UnusualHour {
    /// The beginning of the hour.
    pub at_ns: i64,
    pub calls: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    pub principal: String,
    pub calls: u64,
    /// Days with calls.
    pub days: usize,
    /// Is there enough to know what is usual? Without, nothing is usual or unusual.
    pub is_known: bool,
    /// Usual hours of the week: 0 is Monday, 00:00 to 01:00 in UTC.
    pub usual: Vec<u8>,
    /// Hours with calls that are not usual, oldest first.
    pub unusual: Vec<UnusualHour>,
}

/// 0 for the hour that begins Monday at 00:00 UTC.
fn hour_of_week(at_ns: i64) -> i64 {
    // The first day of Unix time was a Thursday.
    at_ns.div_euclid(HOUR).saturating_add(3 * 24).rem_euclid(HOURS)
}

/// Monday to Friday, or the weekend.
fn sort_of_day(hour_of_week: i64) -> bool {
    hour_of_week >= 5 * 24
}

/// The usual hours of every principal, by name, and the calls outside of them.
pub fn unusual_hours(groups: &[HourCalls]) -> Vec<Hours> {
    let mut by_principal: BTreeMap<&str, BTreeMap<i64, u64>> = BTreeMap::new();
    for group in groups.iter().filter(|group| group.calls > 0) {
        let hours = by_principal.entry(&group.principal).or_default();
        let calls = hours
            .entry(group.at_ns.div_euclid(HOUR).saturating_mul(HOUR))
            .or_default();
        *calls = calls.saturating_add(group.calls);
    }
    by_principal
        .into_iter()
        .map(|(principal, hours)| of(principal, &hours))
        .collect()
}

fn of(principal: &str, hours: &BTreeMap<i64, u64>) -> Hours {
    let days: FastSet<i64> = hours.keys().map(|at| at.div_euclid(DAY)).collect();
    let mut out = Hours {
        principal: principal.to_owned(),
        calls: hours.values().fold(0, |sum, calls| sum.saturating_add(*calls)),
        days: days.len(),
        is_known: false,
        usual: Vec::new(),
        unusual: Vec::new(),
    };
    out.is_known = out.calls >= MIN_CALLS && out.days >= MIN_DAYS;
    if !out.is_known {
        return out;
    }
    // The days on which each hour of the day, on each sort of day, had calls in it or beside it.
    let mut seen: BTreeMap<(bool, i64), FastSet<i64>> = BTreeMap::new();
    for at in hours.keys() {
        for near in [-HOUR, 0, HOUR] {
            let hour = hour_of_week(at.saturating_add(near));
            // The hour beside it may be of another day; the day is that of the calls.
            let own = sort_of_day(hour_of_week(*at));
            if sort_of_day(hour) == own {
                seen.entry((own, hour.rem_euclid(24)))
                    .or_default()
                    .insert(at.div_euclid(DAY));
            }
        }
    }
    let is_usual = |hour: i64| {
        let days = seen.get(&(sort_of_day(hour), hour.rem_euclid(24)));
        days.is_some_and(|days| days.len() >= USUAL_DAYS)
    };
    out.usual = (0..HOURS)
        .filter(|hour| is_usual(*hour))
        .filter_map(|hour| u8::try_from(hour).ok())
        .collect();
    let unusual = hours.iter().filter(|(at, _)| !is_usual(hour_of_week(**at)));
    out.unusual = unusual
        .map(|(at, calls)| UnusualHour {
            at_ns: *at,
            calls: *calls,
        })
        .collect();
    out
}
