//! The metric that a filter makes of events: one data point a matching event, gathered by the minute.
//!
//! A transformation's `metricValue` is a number or taken from the event; a match without a number there is a match that gives
//! no data point. `defaultValue` is published once for every minute in which the log group got events and none matched;
//! a minute without events gets nothing (docs.aws.amazon.com/AmazonCloudWatch/latest/logs/MonitoringLogData.html, "default
//! value"). An event's own time decides its minute. With dimensions each combination of values is a metric of its own; here
//! they are counted together and [`remarks`] says so.

use super::filters::{MetricFilter, MetricTransformation, Statistic};
use crate::base::TimeRange;
use crate::base::time::{MINUTE, SECOND};
use crate::language::Fault;
use crate::language::pattern::{Kind, MetricValue, Nodes, Number, Pattern};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// An event that the filter takes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Match {
    pub time_ns: i64,
    /// The number published for it, if there is one.
    pub value: Option<f64>,
}

/// A filter's pattern and one transformation, ready to run over events.
#[derive(Clone, Debug)]
pub struct Publisher<'p> {
    pattern: &'p Pattern,
    value: MetricValue,
    pub default_value: Option<f64>,
}

impl<'p> Publisher<'p> {
    pub fn new(pattern: &'p Pattern, transformation: &MetricTransformation) -> Result<Self, Fault> {
        Ok(Publisher {
            pattern,
            value: MetricValue::parse(&transformation.metric_value)?,
            // A metric with dimensions has no default value (MonitoringLogData).
            default_value: transformation
                .default_value
                .filter(|_| transformation.dimensions.is_empty()),
        })
    }

    pub fn take(&self, time_ns: i64, message: &str) -> Option<Match> {
        self.pattern.matches(message).then(|| Match {
            time_ns,
            value: number(self.pattern.value_of(message, &self.value)),
        })
    }

    /// As [`Publisher::take`], for an event that is kept otherwise than as text. Nothing for patterns that need the text.
    pub fn take_nodes(&self, time_ns: i64, nodes: &dyn Nodes) -> Option<Match> {
        self.pattern.matches_nodes(nodes)?.then(|| Match {
            time_ns,
            value: number(self.pattern.value_in(nodes, &self.value)),
        })
    }
}

fn number(found: Option<Number>) -> Option<f64> {
    found.map(|n| n.as_f64()).filter(|n| n.is_finite())
}

/// What is counted otherwise than AWS does, and what never gives a data point.
pub fn remarks(
    filter: &MetricFilter,
    transformation: &MetricTransformation,
    pattern: &Pattern,
) -> Vec<String> {
    let mut found = Vec::new();
    if !transformation.dimensions.is_empty() {
        let names: Vec<&str> = transformation
            .dimensions
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        found.push(format!(
            "The metric has the dimensions {}: AWS keeps one for each combination of values, here they are one.",
            names.join(", ")
        ));
    }
    if filter.apply_on_transformed_logs {
        found.push("The filter sees transformed events; here it is run over the original ones.".to_owned());
    }
    let fits = match (MetricValue::parse(&transformation.metric_value), pattern.kind()) {
        (Err(fault), _) => {
            found.push(format!(
                "The metric value {} can not be read: {}",
                transformation.metric_value, fault.says
            ));
            true
        }
        (Ok(MetricValue::Number(_)), _)
        | (Ok(MetricValue::Selector(_)), Kind::Json(_))
        | (Ok(MetricValue::Field(_)), Kind::Delimited(_)) => true,
        (Ok(_), _) => false,
    };
    if !fits {
        found.push(format!(
            "The metric value {} is of another kind than the pattern: no event gives a data point.",
            transformation.metric_value
        ));
    }
    found
}

/// What is known of one minute. Parts of it from several places are put together in any order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Minute {
    matched: u64,
    statistics: Option<Statistics>,
}

/// Matches gathered by the minute, and which minutes had events at all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Minutes {
    minutes: BTreeMap<i64, Minute>,
}

impl Minutes {
    /// The log group got an event, whether or not it matches.
    pub fn event(&mut self, time_ns: i64) {
        self.minutes.entry(time_ns.div_euclid(MINUTE)).or_default();
    }

    pub fn matched(&mut self, found: Match) {
        self.matched_times(found, 1);
    }

    /// So many matches of one time and one value.
    pub fn matched_times(&mut self, found: Match, times: u64) {
        if times == 0 {
            return;
        }
        let minute = self.minutes.entry(found.time_ns.div_euclid(MINUTE)).or_default();
        minute.matched += times;
        if let Some(value) = found.value {
            minute.statistics.get_or_insert_default().add(value, times);
        }
    }

    pub fn merge(&mut self, other: &Minutes) {
        for (time, part) in &other.minutes {
            let minute = self.minutes.entry(*time).or_default();
            minute.matched += part.matched;
            if let Some(statistics) = &part.statistics {
                minute.statistics.get_or_insert_default().merge(statistics);
            }
        }
    }

    /// The metric, with the default value where it is published.
    pub fn series(&self, default_value: Option<f64>) -> Series {
        let points = self.minutes.iter().filter_map(|(minute, part)| {
            let mut statistics = part.statistics.clone();
            // Events came, none matched.
            if part.matched == 0
                && let Some(value) = default_value
            {
                statistics.get_or_insert_default().add(value, 1);
            }
            let statistics = statistics?;
            let time_ns = minute.checked_mul(MINUTE)?;
            Some(Point { time_ns, statistics })
        });
        Series::new(points.collect())
    }
}

/// The values published in some time. Equal ones are kept once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Statistics {
    /// By [`key`], each with how often it came.
    values: BTreeMap<i64, u64>,
}

/// Orders as the numbers do (as `f64::total_cmp`).
fn key(value: f64) -> i64 {
    let bits = value.to_bits().cast_signed();
    bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed()
}

/// The number of a key.
fn value(key: i64) -> f64 {
    f64::from_bits((key ^ ((key >> 63).cast_unsigned() >> 1).cast_signed()).cast_unsigned())
}

impl Statistics {
    pub fn add(&mut self, value: f64, times: u64) {
        *self.values.entry(key(value)).or_default() += times;
    }

    pub fn merge(&mut self, other: &Statistics) {
        for (key, times) in &other.values {
            *self.values.entry(*key).or_default() += times;
        }
    }

    pub fn sample_count(&self) -> u64 {
        self.values.values().sum()
    }

    pub fn sum(&self) -> f64 {
        self.values
            .iter()
            .map(|(key, times)| value(*key) * *times as f64)
            .sum()
    }

    pub fn get(&self, statistic: Statistic) -> Option<f64> {
        let (least, _) = self.values.first_key_value()?;
        let (most, _) = self.values.last_key_value()?;
        Some(match statistic {
            Statistic::SampleCount => self.sample_count() as f64,
            Statistic::Sum => self.sum(),
            Statistic::Average => self.sum() / self.sample_count() as f64,
            Statistic::Minimum => value(*least),
            Statistic::Maximum => value(*most),
        })
    }

    /// The smallest value that `percent` of all values do not exceed (nearest rank). CloudWatch estimates it from a
    /// histogram, so that its answer may be a little off this one.
    pub fn percentile(&self, percent: f64) -> Option<f64> {
        let rank = (self.sample_count() as f64 * percent / 100.0).ceil().max(1.0);
        let mut seen = 0u64;
        let mut found = self.values.iter().skip_while(|(_, times)| {
            seen += **times;
            (seen as f64) < rank
        });
        found
            .next()
            .or(self.values.last_key_value())
            .map(|(key, _)| value(*key))
    }
}

/// What was published in one minute.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Point {
    /// Where the minute begins.
    pub time_ns: i64,
    pub statistics: Statistics,
}

/// A metric over time.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Series {
    /// In order of time, no minute twice.
    points: Vec<Point>,
    /// Count and sum of all points before each, for the statistics that most alarms use.
    before: Vec<(u64, f64)>,
}

impl Series {
    fn new(points: Vec<Point>) -> Self {
        let mut before = vec![(0, 0.0)];
        let (mut count, mut sum) = (0, 0.0);
        for point in &points {
            count += point.statistics.sample_count();
            sum += point.statistics.sum();
            before.push((count, sum));
        }
        Series { points, before }
    }

    pub fn points(&self) -> &[Point] {
        &self.points
    }

    fn places(&self, range: TimeRange) -> (usize, usize) {
        let place = |time: i64| self.points.partition_point(|point| point.time_ns < time);
        let from = place(range.from_ns);
        (from, place(range.to_ns).max(from))
    }

    /// All values of some time together.
    pub fn within(&self, range: TimeRange) -> Statistics {
        let (from, to) = self.places(range);
        let mut all = Statistics::default();
        for point in self.points.get(from..to).unwrap_or_default() {
            all.merge(&point.statistics);
        }
        all
    }

    /// One statistic of some time; nothing when no data point lies in it.
    pub fn statistic(&self, statistic: Statistic, range: TimeRange) -> Option<f64> {
        let (from, to) = self.places(range);
        let points = self.points.get(from..to)?;
        let of_points = || points.iter().filter_map(|point| point.statistics.get(statistic));
        match statistic {
            Statistic::Minimum => of_points().reduce(f64::min),
            Statistic::Maximum => of_points().reduce(f64::max),
            Statistic::SampleCount | Statistic::Sum | Statistic::Average => {
                let ((count_from, sum_from), (count_to, sum_to)) =
                    (self.before.get(from)?, self.before.get(to)?);
                let (count, sum) = (count_to - count_from, sum_to - sum_from);
                match statistic {
                    _ if count == 0 => None,
                    Statistic::SampleCount => Some(count as f64),
                    Statistic::Sum => Some(sum),
                    _ => Some(sum / count as f64),
                }
            }
        }
    }

    /// One statistic by periods that stand on the clock (UTC), for drawing.
    pub fn by_period(
        &self,
        statistic: Statistic,
        period_s: u32,
        range: TimeRange,
    ) -> Vec<(i64, Option<f64>)> {
        let period = i64::from(period_s.max(1)) * SECOND;
        let mut found = Vec::new();
        let mut from = range.from_ns.div_euclid(period).saturating_mul(period);
        while from < range.to_ns {
            let to = from.saturating_add(period);
            found.push((from, self.statistic(statistic, TimeRange::new(from, to))));
            if to == i64::MAX {
                break;
            }
            from = to;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn transformation(value: &str, default_value: Option<f64>) -> MetricTransformation {
        MetricTransformation {
            metric_name: "M".to_owned(),
            metric_namespace: "N".to_owned(),
            metric_value: value.to_owned(),
            default_value,
            dimensions: Vec::new(),
            unit: None,
        }
    }

    fn run(
        pattern: &str,
        value: &str,
        default_value: Option<f64>,
        events: &[(i64, &str)],
    ) -> Vec<(i64, f64)> {
        let pattern = Pattern::parse(pattern).expect("a pattern").pattern;
        let publisher = Publisher::new(&pattern, &transformation(value, default_value)).expect("a value");
        let mut minutes = Minutes::default();
        for (second, message) in events {
            let time = second * SECOND;
            minutes.event(time);
            publisher
                .take(time, message)
                .into_iter()
                .for_each(|m| minutes.matched(m));
        }
        let series = minutes.series(publisher.default_value);
        let sum = |p: &Point| (p.time_ns / MINUTE, p.statistics.sum());
        series.points().iter().map(sum).collect()
    }

    #[test]
    fn each_kind_of_value_is_published() {
        assert_eq!(
            run("ERROR", "1", None, &[(5, "ERROR a"), (6, "ERROR"), (70, "ok")]),
            [(0, 2.0)]
        );
        let json = [
            (1, "{\"s\":500,\"ms\":2.5}"),
            (2, "{\"s\":500,\"ms\":1}"),
            (3, "{\"s\":500}"),
        ];
        assert_eq!(run("{ $.s = 500 }", "$.ms", None, &json), [(0, 3.5)]);
        let lines = [(1, "a 200 10"), (61, "b 404 20")];
        assert_eq!(
            run("[who, status, bytes]", "$bytes", None, &lines),
            [(0, 10.0), (1, 20.0)]
        );
        assert_eq!(run("[,, bytes]", "$2", None, &lines), [(0, 200.0), (1, 404.0)]);
    }

    #[test]
    fn the_default_is_for_minutes_with_events_and_no_match() {
        let events = [(0, "ok"), (20, "ok"), (60, "ERROR"), (70, "ok"), (200, "ok")];
        // Minute 0 has events and no match, 1 a match, 2 nothing, 3 events.
        assert_eq!(
            run("ERROR", "1", Some(0.0), &events),
            [(0, 0.0), (1, 1.0), (3, 0.0)]
        );
        // A match without a number is a match: no default, no data point.
        assert_eq!(
            run("{ $.a = * }", "$.b", Some(0.0), &[(0, "{\"a\":1}"), (60, "{}")]),
            [(1, 0.0)]
        );
        let mut with = transformation("1", Some(0.0));
        with.dimensions.push(("Level".to_owned(), "$.level".to_owned()));
        let pattern = Pattern::parse("{ $.a = 1 }").expect("a pattern").pattern;
        assert_eq!(
            Publisher::new(&pattern, &with).expect("a value").default_value,
            None
        );
    }

    #[test]
    fn odd_transformations_are_told() {
        let pattern = Pattern::parse("{ $.a = 1 }").expect("a pattern").pattern;
        let mut filter = MetricFilter {
            filter_name: "f".to_owned(),
            filter_pattern: "{ $.a = 1 }".to_owned(),
            log_group_name: "g".to_owned(),
            metric_transformations: Vec::new(),
            creation_time: None,
            apply_on_transformed_logs: false,
        };
        let told = |filter: &MetricFilter, value: &str| {
            remarks(filter, &transformation(value, None), &pattern).len()
        };
        assert_eq!(
            (told(&filter, "1"), told(&filter, "$bytes"), told(&filter, "x")),
            (0, 1, 1)
        );
        filter.apply_on_transformed_logs = true;
        assert_eq!(told(&filter, "$.ms"), 1);
    }

    #[test]
    fn statistics_are_those_of_all_values() {
        let mut all = Statistics::default();
        [5.0, 1.0, 2.0, 2.0].into_iter().for_each(|v| all.add(v, 1));
        let get = |statistic| all.get(statistic);
        assert_eq!(get(Statistic::Sum), Some(10.0));
        assert_eq!(get(Statistic::SampleCount), Some(4.0));
        assert_eq!(get(Statistic::Average), Some(2.5));
        assert_eq!(
            (get(Statistic::Minimum), get(Statistic::Maximum)),
            (Some(1.0), Some(5.0))
        );
        assert_eq!(all.percentile(50.0), Some(2.0));
        assert_eq!(all.percentile(99.0), Some(5.0));
        assert_eq!(all.percentile(0.0), Some(1.0));
        assert_eq!(Statistics::default().get(Statistic::Sum), None);
    }

    proptest! {
        #[test]
        fn keys_order_as_numbers_do(a: f64, b: f64) {
            prop_assert_eq!(key(a).cmp(&key(b)), a.total_cmp(&b));
            prop_assert_eq!(value(key(a)).to_bits(), a.to_bits());
        }

        /// In whatever pieces matches come, the series is the same.
        #[test]
        fn parts_merge_in_any_order(events in prop::collection::vec((-500i64..500, 0u8..3), 0..60), cut in 0usize..60) {
            let gather = |events: &[(i64, u8)]| {
                let mut minutes = Minutes::default();
                for (second, what) in events {
                    let time_ns = second * SECOND;
                    minutes.event(time_ns);
                    if *what > 0 {
                        minutes.matched(Match { time_ns, value: Some(f64::from(*what)) });
                    }
                }
                minutes
            };
            let (a, b) = events.split_at(cut.min(events.len()));
            let mut merged = gather(b);
            merged.merge(&gather(a));
            prop_assert_eq!(&merged, &gather(&events));
            let series = merged.series(None);
            let all = TimeRange::new(-600 * SECOND, 600 * SECOND);
            for statistic in [Statistic::Sum, Statistic::SampleCount, Statistic::Average, Statistic::Minimum, Statistic::Maximum] {
                prop_assert_eq!(series.statistic(statistic, all), series.within(all).get(statistic));
            }
        }
    }
}
