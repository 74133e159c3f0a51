//! One evaluation: which state do the data points of the evaluation range ask for?
//!
//! The two tables of docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html are the tests.

use crate::monitoring::filters::{StateValue, TreatMissingData};
use serde::Serialize;

/// One period.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub enum Datapoint {
    Missing,
    Value {
        value: f64,
        breaching: bool,
    },
    /// A percentile over too few samples, where the alarm is told to ignore those.
    TooFewSamples,
}

impl Datapoint {
    fn breaching(self) -> Option<bool> {
        match self {
            Datapoint::Value { breaching, .. } => Some(breaching),
            _ => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Verdict {
    Goes(StateValue),
    /// The state stays what it is.
    Stays,
}

/// What was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Data points that were looked at, and how many of them breach.
    pub found: u32,
    pub breaching: u32,
    /// Periods that had to be filled.
    pub filled: u32,
    /// `ALARM` by what AWS calls the premature alarm state.
    pub premature: bool,
}

/// `range`: the periods of the evaluation range, the oldest first. `n` of them are needed, `m` of those have to breach.
///
/// With `n` data points or more, the latest `n` decide and nothing is filled. With fewer, all of them count, and the rest is
/// filled as the alarm says. Where missing ones are not filled (`missing`, `ignore`) and every data point breaches: `ignore`
/// leaves the state; `missing` goes to `ALARM` when the oldest is at least `m` periods old, and before that leaves the state
/// as well, as the next data point may not breach. (AWS says only that the alarm does not go off then.)
pub fn verdict(range: &[Datapoint], n: u32, m: u32, treat: TreatMissingData) -> (Verdict, Tally) {
    let latest = |count: usize| {
        let found = range.iter().rev().copied().filter(|d| *d != Datapoint::Missing);
        found.take(count).collect::<Vec<_>>()
    };
    let counted = latest(usize::try_from(n).unwrap_or(usize::MAX));
    let real: Vec<bool> = counted.iter().filter_map(|d| d.breaching()).collect();
    let size = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let breaching = size(real.iter().filter(|b| **b).count());
    let mut tally = Tally {
        found: size(counted.len()),
        breaching,
        filled: n.saturating_sub(size(counted.len())),
        premature: false,
    };
    if real.len() < counted.len() {
        return (Verdict::Stays, tally);
    }
    let by = |alarm: bool| Verdict::Goes(if alarm { StateValue::Alarm } else { StateValue::Ok });
    let enough = breaching >= m;
    if tally.filled == 0 {
        return (by(enough), tally);
    }
    let all_breach = breaching == tally.found;
    let found = match treat {
        TreatMissingData::Breaching => by(breaching.saturating_add(tally.filled) >= m),
        TreatMissingData::NotBreaching => by(enough),
        TreatMissingData::Missing if real.is_empty() => Verdict::Goes(StateValue::InsufficientData),
        TreatMissingData::Ignore if real.is_empty() => Verdict::Stays,
        TreatMissingData::Missing | TreatMissingData::Ignore if enough || !all_breach => by(enough),
        TreatMissingData::Ignore => Verdict::Stays,
        TreatMissingData::Missing => {
            let oldest = range.iter().position(|d| *d != Datapoint::Missing);
            let age = oldest.map_or(0, |at| size(range.len() - at));
            tally.premature = age >= m;
            if tally.premature { by(true) } else { Verdict::Stays }
        }
    };
    (found, tally)
}
