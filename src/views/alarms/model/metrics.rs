//! A metric over time: out of the answers by minute, and as charts.

use super::filters::{MOST_MINUTES, Value as From};
use crate::base::time::SECOND;
use crate::base::{TimeRange, Value, size};
use crate::chart::{Bars, Frame, Ink, Lines, Scene, Trace, Unit, lines, stacked_bars};
use crate::monitoring::alarm::{Comparison, Measure, Rule};
use crate::monitoring::filters::Statistic;
use crate::monitoring::metric::{Match, Minutes, Series, Statistics};
use crate::query::Answer;
use crate::views::shared::{bucket_width, buckets, width_word};
use std::collections::BTreeMap;

/// Points of a line over the width of the page.
const POINTS: i64 = 400;
const BARS: i64 = 120;
/// Decimal places that a chart keeps.
const PLACES: u32 = 2;

/// Minutes out of the answers to [`super::filters::ask_events`] and [`super::filters::ask_matches`].
pub fn minutes(events: &Answer, matches: &Answer, value: &From) -> Minutes {
    let mut minutes = Minutes::default();
    for row in &events.rows {
        if let Some(time_ns) = row.first().and_then(Value::as_i64) {
            minutes.event(time_ns);
        }
    }
    for row in &matches.rows {
        let (Some(time_ns), Some(count)) = (
            row.first().and_then(Value::as_i64),
            row.last().and_then(Value::as_i64),
        ) else {
            continue;
        };
        let value = match value {
            From::Number(n) => Some(*n),
            From::Column(_) => row.get(1).and_then(number),
        };
        minutes.matched_times(Match { time_ns, value }, u64::try_from(count).unwrap_or(0));
    }
    minutes
}

/// A column's value as the service reads it: a text that writes a number is one.
fn number(value: &Value) -> Option<f64> {
    let read = match value {
        Value::Text(text) => text.parse().ok(),
        other => other.as_f64(),
    };
    read.filter(|n: &f64| n.is_finite())
}

/// What of a metric is missing from an answer, if anything.
pub fn cut(answer: &Answer) -> Option<String> {
    (answer.groups > MOST_MINUTES as u64).then(|| {
        format!(
            "Only the first {} minutes and values are counted, of {}.",
            size::count(MOST_MINUTES as u64),
            size::count(answer.groups)
        )
    })
}

/// Amounts of a chart: with decimals where any value has them.
struct Amounts {
    unit: Unit,
    scale: f64,
}

impl Amounts {
    fn of(noun: &str, values: impl Iterator<Item = f64>) -> Amounts {
        match values.into_iter().all(|v| v.fract() == 0.0) {
            true => Amounts {
                unit: Unit::Decimal {
                    noun: noun.to_owned(),
                    places: 0,
                },
                scale: 1.0,
            },
            false => Amounts {
                unit: Unit::Decimal {
                    noun: noun.to_owned(),
                    places: PLACES,
                },
                scale: 10f64.powi(PLACES as i32),
            },
        }
    }

    fn amount(&self, value: f64) -> i128 {
        (value * self.scale).round() as i128
    }
}

/// The sum of what is published, in bars. The word says how wide they are.
pub fn sums(series: &Series, range: TimeRange, name: &str, frame: Frame) -> (Scene, String) {
    // Metrics are kept by the minute.
    let step = bucket_width(range, BARS).max(60 * SECOND);
    let buckets = buckets(range, step);
    let value = |at: usize| series.statistic(Statistic::Sum, buckets.range(at)).unwrap_or(0.0);
    let values: Vec<f64> = (0..buckets.len).map(value).collect();
    let amounts = Amounts::of(name, values.iter().copied());
    let shown = crate::chart::Series {
        name: "Sum".to_owned(),
        ink: Ink::Series1,
        values: values.iter().map(|v| amounts.amount(*v)).collect(),
        below: false,
    };
    let word = width_word(step);
    let scene = stacked_bars(&Bars {
        title: &format!("{name} {word}"),
        frame,
        buckets,
        unit: amounts.unit,
        series: &[shown],
        holes: &[],
        events: &[],
    });
    (scene, word)
}

/// One value for each stretch of time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    pub times: Vec<i64>,
    pub values: Vec<Option<f64>>,
    pub step_ns: i64,
    /// How many of the alarm's periods each stretch holds; the most breaching one is shown.
    pub folded: i64,
}

/// What the alarm measures, period by period on the clock.
pub fn curve(series: &Series, rule: &Rule, range: TimeRange) -> Curve {
    let period = i64::from(rule.period_s.max(1)) * SECOND;
    let mut periods: BTreeMap<i64, Statistics> = BTreeMap::new();
    for point in series.points() {
        let at = point.time_ns.div_euclid(period);
        periods.entry(at).or_default().merge(&point.statistics);
    }
    let first = range.from_ns.div_euclid(period);
    let last = range
        .to_ns
        .saturating_sub(1)
        .max(range.from_ns)
        .div_euclid(period);
    let folded = (last - first + 1 + POINTS - 1) / POINTS;
    let folded = folded.max(1);
    let low = matches!(rule.comparison, Comparison::Below | Comparison::AtMost);
    let mut stretches: BTreeMap<i64, f64> = BTreeMap::new();
    for (at, statistics) in &periods {
        let value = match rule.measure {
            Measure::Statistic(statistic) => statistics.get(statistic),
            Measure::Percentile { percent, .. } => statistics.percentile(percent),
        };
        let Some(value) = value else { continue };
        let kept = stretches.entry((at - first).div_euclid(folded)).or_insert(value);
        *kept = if low { kept.min(value) } else { kept.max(value) };
    }
    let count = (last - first).div_euclid(folded) + 1;
    Curve {
        times: (0..count)
            .map(|n| (first + n * folded).saturating_mul(period))
            .collect(),
        values: (0..count).map(|n| stretches.get(&n).copied()).collect(),
        step_ns: period.saturating_mul(folded),
        folded,
    }
}

/// The curve with the alarm's threshold. Nothing where no data point was published.
pub fn with_threshold(curve: &Curve, rule: &Rule, name: &str, frame: Frame) -> Scene {
    let values = curve.values.iter().flatten().copied().chain([rule.threshold]);
    let amounts = Amounts::of(name, values);
    let traces = [
        // The data points lie over the line.
        Trace {
            name: format!("threshold {}", rule.threshold),
            ink: Ink::StatusRed,
            values: vec![Some(amounts.amount(rule.threshold)); curve.times.len()],
        },
        Trace {
            name: measured(rule.measure),
            ink: Ink::Series1,
            values: curve
                .values
                .iter()
                .map(|v| v.map(|v| amounts.amount(v)))
                .collect(),
        },
    ];
    lines(&Lines {
        title: name,
        frame,
        times: &curve.times,
        step_ns: curve.step_ns,
        unit: amounts.unit,
        traces: &traces,
        stacked: false,
    })
}

/// `Sum`, `p99`
pub fn measured(measure: Measure) -> String {
    match measure {
        Measure::Statistic(statistic) => statistic.as_str().to_owned(),
        Measure::Percentile { percent, .. } => format!("p{percent}"),
    }
}
