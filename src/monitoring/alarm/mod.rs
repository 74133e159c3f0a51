//! When would the alarm have gone off? A metric alarm evaluated over a series, as CloudWatch documents it.
//!
//! Sources: docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/ alarm-evaluation.html, alarms-and-missing-data.html,
//! alarm-evaluation-window.html and percentiles-with-low-samples.html.
//!
//! - An alarm is evaluated every minute. Its window slides by the minute unless it is a wall clock window.
//! - More periods are looked at than `EvaluationPeriods`, in case some are missing. AWS does not say how many; in its own
//!   examples it is two more, and so it is here ([`EXTRA_PERIODS`]).
//! - A data point counts as soon as its minute is over. The real alarm saw it later, by what delivery took.
//! - Nothing is known of the time before the first event: the alarm begins there with `INSUFFICIENT_DATA`, and neither
//!   missing data nor a period that is only partly known sets it off.

mod verdict;
#[cfg(test)]
mod tests;

pub use verdict::{Datapoint, Tally, Verdict, verdict};

use super::filters::{ComparisonOperator, MetricAlarm, StateValue, Statistic, TreatMissingData};
use super::metric::Series;
use crate::base::TimeRange;
use crate::base::time::{DAY, MINUTE, SECOND};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;

/// How many more periods than `EvaluationPeriods` are looked at.
pub const EXTRA_PERIODS: u32 = 2;

/// All that decides.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rule {
    pub period_s: u32,
    /// N
    pub evaluation_periods: u32,
    /// M
    pub datapoints_to_alarm: u32,
    pub measure: Measure,
    pub comparison: Comparison,
    pub threshold: f64,
    pub treat_missing_data: TreatMissingData,
    pub window: Window,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub enum Measure {
    Statistic(Statistic),
    Percentile {
        percent: f64,
        /// `EvaluateLowSampleCountPercentile` is `ignore`: too few samples leave the state as it is.
        ignore_low_samples: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Comparison {
    AtLeast,
    Above,
    Below,
    AtMost,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Window {
    Sliding,
    /// Periods stand on the clock, this far east of UTC.
    WallClock {
        offset_s: i32,
    },
}

/// Why an alarm is not evaluated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum NotEvaluated {
    MetricMath,
    AnomalyDetection,
    /// The answer lacks what every alarm on one metric has.
    Missing(&'static str),
    ExtendedStatistic(String),
    /// Periods below a minute: metric filters publish by the minute.
    HighResolution,
    /// M is more than N.
    MoreThanAll,
    TimeZone(String),
}

impl fmt::Display for NotEvaluated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotEvaluated::MetricMath => {
                f.write_str("The alarm is on a metric math expression, which is not evaluated.")
            }
            NotEvaluated::AnomalyDetection => {
                f.write_str("The alarm is on an anomaly detection band, which is not evaluated.")
            }
            NotEvaluated::Missing(what) => write!(f, "The alarm's answer has no {what}."),
            NotEvaluated::ExtendedStatistic(statistic) => {
                write!(
                    f,
                    "The statistic {statistic} is not evaluated; percentiles such as p99 are."
                )
            }
            NotEvaluated::HighResolution => {
                f.write_str("The period is below a minute, but metric filters publish by the minute.")
            }
            NotEvaluated::MoreThanAll => f.write_str("DatapointsToAlarm is more than EvaluationPeriods."),
            NotEvaluated::TimeZone(zone) => {
                write!(
                    f,
                    "The wall clock window is in {zone}; only UTC and fixed offsets are evaluated."
                )
            }
        }
    }
}

impl Comparison {
    pub fn breaches(self, value: f64, threshold: f64) -> bool {
        match self {
            Comparison::AtLeast => value >= threshold,
            Comparison::Above => value > threshold,
            Comparison::Below => value < threshold,
            Comparison::AtMost => value <= threshold,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Comparison::AtLeast => "at least",
            Comparison::Above => "above",
            Comparison::Below => "below",
            Comparison::AtMost => "at most",
        }
    }
}

impl Rule {
    pub fn of(alarm: &MetricAlarm) -> Result<Rule, NotEvaluated> {
        if alarm.threshold_metric_id.is_some() {
            return Err(NotEvaluated::AnomalyDetection);
        }
        if alarm.metric_math {
            return Err(NotEvaluated::MetricMath);
        }
        let comparison = match alarm.comparison_operator {
            ComparisonOperator::GreaterThanOrEqualToThreshold => Comparison::AtLeast,
            ComparisonOperator::GreaterThanThreshold => Comparison::Above,
            ComparisonOperator::LessThanThreshold => Comparison::Below,
            ComparisonOperator::LessThanOrEqualToThreshold => Comparison::AtMost,
            _ => return Err(NotEvaluated::AnomalyDetection),
        };
        let measure = match (alarm.statistic, &alarm.extended_statistic) {
            (Some(statistic), _) => Measure::Statistic(statistic),
            (None, Some(extended)) => Measure::Percentile {
                percent: percent(extended)
                    .ok_or_else(|| NotEvaluated::ExtendedStatistic(extended.clone()))?,
                ignore_low_samples: alarm.evaluate_low_sample_count_percentile.as_deref() == Some("ignore"),
            },
            (None, None) => return Err(NotEvaluated::Missing("Statistic")),
        };
        let period_s = alarm.period.ok_or(NotEvaluated::Missing("Period"))?;
        if period_s < 60 {
            return Err(NotEvaluated::HighResolution);
        }
        let evaluation_periods = alarm.evaluation_periods;
        let datapoints_to_alarm = alarm.datapoints_to_alarm.unwrap_or(evaluation_periods);
        if datapoints_to_alarm > evaluation_periods {
            return Err(NotEvaluated::MoreThanAll);
        }
        let window = match &alarm.wall_clock_window {
            None => Window::Sliding,
            Some(zone) => Window::WallClock {
                offset_s: offset(zone).ok_or_else(|| NotEvaluated::TimeZone(zone.clone()))?,
            },
        };
        Ok(Rule {
            period_s,
            evaluation_periods,
            datapoints_to_alarm,
            measure,
            comparison,
            threshold: alarm.threshold.ok_or(NotEvaluated::Missing("Threshold"))?,
            treat_missing_data: alarm.treat_missing_data.unwrap_or(TreatMissingData::Missing),
            window,
        })
    }

    /// How many periods are looked at.
    pub fn range(&self) -> u32 {
        self.evaluation_periods.saturating_add(EXTRA_PERIODS)
    }

    fn period_ns(&self) -> i64 {
        i64::from(self.period_s) * SECOND
    }

    /// Where periods begin to be counted: weeks begin on a Monday.
    fn anchor(&self) -> i64 {
        match self.window {
            Window::Sliding => 0,
            Window::WallClock { offset_s } => 4 * DAY - i64::from(offset_s) * SECOND,
        }
    }

    fn datapoint(&self, series: &Series, range: TimeRange) -> Datapoint {
        let value = match self.measure {
            Measure::Statistic(statistic) => series.statistic(statistic, range),
            Measure::Percentile {
                percent,
                ignore_low_samples,
            } => {
                let all = series.within(range);
                let low = ignore_low_samples && all.sample_count() > 0 && is_low(all.sample_count(), percent);
                if low {
                    return Datapoint::TooFewSamples;
                }
                all.percentile(percent)
            }
        };
        match value {
            None => Datapoint::Missing,
            Some(value) => Datapoint::Value {
                value,
                breaching: self.comparison.breaches(value, self.threshold),
            },
        }
    }
}

/// `p99`, `p99.9`
fn percent(extended: &str) -> Option<f64> {
    let percent: f64 = extended.strip_prefix('p')?.parse().ok()?;
    (0.0..=100.0).contains(&percent).then_some(percent)
}

/// Fewer samples than a percentile needs to mean something: 10/(1-p), below the median 10/p.
fn is_low(samples: u64, percent: f64) -> bool {
    let p = percent / 100.0;
    (samples as f64) < 10.0 / if p < 0.5 { p } else { 1.0 - p }
}

/// `UTC`, `Z`, `+05:30`, `UTC+05:30`, `GMT-08:00`, in seconds.
fn offset(zone: &str) -> Option<i32> {
    let rest = zone
        .strip_prefix("UTC")
        .or_else(|| zone.strip_prefix("GMT"))
        .unwrap_or(zone);
    if rest.is_empty() || rest == "Z" {
        return Some(0);
    }
    let (sign, digits) = match rest.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = digits.split_once(':').unwrap_or((digits, "0"));
    let (hours, minutes): (u8, u8) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= 14 && minutes < 60).then(|| sign * (i32::from(hours) * 3600 + i32::from(minutes) * 60))
}

/// The alarm went from one state to another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// When it was evaluated.
    pub time_ns: i64,
    pub from: StateValue,
    pub to: StateValue,
    pub tally: Tally,
    /// For a person.
    pub reason: String,
}

/// What became of the alarm.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    pub changes: Vec<Change>,
    pub last: StateValue,
    /// Time spent in `ALARM` up to the end.
    pub alarm_ns: i64,
}

impl Evaluation {
    /// How often it went off.
    pub fn alarms(&self) -> usize {
        self.changes
            .iter()
            .filter(|change| change.to == StateValue::Alarm)
            .count()
    }
}

/// Runs the alarm over the time that events are known of.
pub fn evaluate(rule: &Rule, series: &Series, known: TimeRange) -> Evaluation {
    let mut state = StateValue::InsufficientData;
    let mut changes: Vec<Change> = Vec::new();
    let mut alarm_ns = 0;
    let mut since = known.from_ns;
    for time_ns in times(rule, series, known) {
        let window = window(rule, series, known, time_ns);
        let whole = known
            .from_ns
            .saturating_add(rule.period_ns().saturating_mul(rule.evaluation_periods.into()));
        // Before the alarm has seen all its periods, what is missing was only not loaded.
        let treat = match rule.treat_missing_data {
            TreatMissingData::Breaching if time_ns < whole => TreatMissingData::Missing,
            treat => treat,
        };
        let (found, tally) = verdict(&window, rule.evaluation_periods, rule.datapoints_to_alarm, treat);
        let Verdict::Goes(to) = found else { continue };
        if to == state {
            continue;
        }
        if state == StateValue::Alarm {
            alarm_ns += time_ns.saturating_sub(since);
        }
        let reason = reason(rule, to, &tally);
        changes.push(Change {
            time_ns,
            from: state,
            to,
            tally,
            reason,
        });
        state = to;
        since = time_ns;
    }
    if state == StateValue::Alarm {
        alarm_ns += known.to_ns.saturating_sub(since).max(0);
    }
    Evaluation {
        changes,
        last: state,
        alarm_ns,
    }
}

/// When an evaluation may come to something else than the one before: when a data point enters a period, passes on to the next
/// or leaves the last. Between those times every minute's evaluation is the same.
fn times(rule: &Rule, series: &Series, known: TimeRange) -> BTreeSet<i64> {
    let period = rule.period_ns();
    let mut times = BTreeSet::new();
    let first = (known.from_ns.div_euclid(MINUTE) + 1).saturating_mul(MINUTE);
    times.insert(first);
    // Periods that are wholly known become one more; missing data is believed.
    for step in 1..=i64::from(rule.range()) {
        let passed = known.from_ns.saturating_add(step.saturating_mul(period));
        let next_minute = passed.saturating_add(MINUTE - 1).div_euclid(MINUTE);
        times.insert(next_minute.saturating_mul(MINUTE));
    }
    let points = i64::try_from(series.points().len()).unwrap_or(i64::MAX);
    let minutes = known.width_ns() / MINUTE;
    if points.saturating_mul(rule.range().into()) > minutes {
        times.extend((0..=minutes).map(|minute| first.saturating_add(minute.saturating_mul(MINUTE))));
        times.retain(|time| first <= *time && *time <= known.to_ns);
        return times;
    }
    for point in series.points() {
        let enters = match rule.window {
            Window::Sliding => point.time_ns.saturating_add(MINUTE),
            Window::WallClock { .. } => {
                let anchor = rule.anchor();
                let index = point.time_ns.saturating_sub(anchor).div_euclid(period) + 1;
                anchor.saturating_add(index.saturating_mul(period))
            }
        };
        for step in 0..=i64::from(rule.range()) {
            times.insert(enters.saturating_add(step.saturating_mul(period)));
        }
    }
    times.retain(|time| first <= *time && *time <= known.to_ns);
    times
}

/// The periods that are looked at, the oldest first.
fn window(rule: &Rule, series: &Series, known: TimeRange, time_ns: i64) -> Vec<Datapoint> {
    let period = rule.period_ns();
    let end = match rule.window {
        Window::Sliding => time_ns,
        Window::WallClock { .. } => {
            let anchor = rule.anchor();
            let index = time_ns.saturating_sub(anchor).div_euclid(period);
            anchor.saturating_add(index.saturating_mul(period))
        }
    };
    // A period that is only partly known may hold more than is seen of it.
    let partly =
        |from: i64| from < known.from_ns && matches!(rule.comparison, Comparison::Below | Comparison::AtMost);
    let back = |periods: u32| end.saturating_sub(period.saturating_mul(periods.into()));
    (1..=rule.range())
        .rev()
        .map(|age| match back(age) {
            from if partly(from) => Datapoint::Missing,
            from => rule.datapoint(series, TimeRange::new(from, back(age - 1))),
        })
        .collect()
}

fn reason(rule: &Rule, to: StateValue, tally: &Tally) -> String {
    let plural = |n: u32| if n == 1 { "" } else { "s" };
    if tally.found == 0 {
        return match to {
            StateValue::InsufficientData => "No data point in the periods that are looked at.".to_owned(),
            _ => format!(
                "No data point in the periods that are looked at; missing ones count as {}.",
                rule.treat_missing_data.as_str()
            ),
        };
    }
    let mut text = format!(
        "{} of {} data point{} {} {} {}",
        tally.breaching,
        tally.found,
        plural(tally.found),
        if tally.breaching == 1 { "is" } else { "are" },
        rule.comparison.words(),
        rule.threshold
    );
    if tally.filled > 0 {
        text.push_str(&format!(
            ", {} missing one{} {} as {}",
            tally.filled,
            plural(tally.filled),
            if tally.filled == 1 { "counts" } else { "count" },
            rule.treat_missing_data.as_str()
        ));
    }
    text.push_str(&format!(
        "; {} of {} are needed.",
        rule.datapoints_to_alarm, rule.evaluation_periods
    ));
    if tally.premature {
        text.push_str(" All that is known breaches, and the oldest of it is as old as that.");
    }
    text
}
