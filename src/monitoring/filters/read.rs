//! Entries of the answers, member by member.

use super::{
    ComparisonOperator, CompositeAlarm, EntryError, LogGroup, MetricAlarm, MetricFilter,
    MetricTransformation, Problem, StateValue, Statistic, Subscription, TreatMissingData,
};
use serde_json::Value;

/// An object and where it stands.
pub(super) struct Entry<'v> {
    pub value: &'v Value,
    pub path: String,
}

impl<'v> Entry<'v> {
    fn error(&self, key: &str, problem: Problem) -> EntryError {
        EntryError {
            path: format!("{}.{key}", self.path),
            problem,
        }
    }

    /// A member that is there and not null, as the CLI writes nothing and some tools write null.
    fn get(&self, key: &str) -> Option<&'v Value> {
        self.value.get(key).filter(|value| !value.is_null())
    }

    fn as_type<T>(
        &self,
        key: &str,
        what: &'static str,
        read: impl Fn(&'v Value) -> Option<T>,
    ) -> Result<Option<T>, EntryError> {
        match self.get(key) {
            None => Ok(None),
            Some(value) => read(value)
                .map(Some)
                .ok_or_else(|| self.error(key, Problem::Expected(what))),
        }
    }

    fn needed<T>(&self, key: &str, found: Option<T>) -> Result<T, EntryError> {
        found.ok_or_else(|| self.error(key, Problem::Missing))
    }

    fn text_or(&self, key: &str) -> Result<Option<String>, EntryError> {
        self.as_type(key, "a text", |value| value.as_str().map(str::to_owned))
    }

    fn text(&self, key: &str) -> Result<String, EntryError> {
        let found = self.text_or(key)?;
        self.needed(key, found)
    }

    fn number(&self, key: &str) -> Result<Option<f64>, EntryError> {
        self.as_type(key, "a number", Value::as_f64)
    }

    fn whole(&self, key: &str) -> Result<Option<u64>, EntryError> {
        self.as_type(key, "a whole number", Value::as_u64)
    }

    /// A count or a period: from 1.
    fn count(&self, key: &str) -> Result<Option<u32>, EntryError> {
        self.as_type(key, "a whole number from 1", |value| {
            value
                .as_u64()
                .and_then(|n| u32::try_from(n).ok())
                .filter(|n| *n > 0)
        })
    }

    fn millis(&self, key: &str) -> Result<Option<i64>, EntryError> {
        self.as_type(key, "a time in milliseconds", Value::as_i64)
    }

    fn flag(&self, key: &str, otherwise: bool) -> Result<bool, EntryError> {
        Ok(self
            .as_type(key, "true or false", Value::as_bool)?
            .unwrap_or(otherwise))
    }

    fn texts(&self, key: &str) -> Result<Vec<String>, EntryError> {
        let found = self.as_type(key, "a list of texts", |value| {
            value
                .as_array()?
                .iter()
                .map(|v| v.as_str().map(str::to_owned))
                .collect()
        })?;
        Ok(found.unwrap_or_default())
    }

    fn word<T>(&self, key: &str, read: fn(&str) -> Option<T>) -> Result<Option<T>, EntryError> {
        match self.text_or(key)? {
            None => Ok(None),
            Some(text) => read(&text)
                .map(Some)
                .ok_or_else(|| self.error(key, Problem::UnknownValue(text))),
        }
    }

    fn list(&self, key: &str) -> Result<Vec<Entry<'v>>, EntryError> {
        let list = self.as_type(key, "a list", Value::as_array)?;
        let entries = list.into_iter().flatten().enumerate().map(|(i, value)| Entry {
            value,
            path: format!("{}.{key}[{i}]", self.path),
        });
        Ok(entries.collect())
    }
}

pub(super) fn metric_filter(entry: &Entry) -> Result<MetricFilter, EntryError> {
    let transformations = entry.list("metricTransformations")?;
    Ok(MetricFilter {
        filter_name: entry.text("filterName")?,
        // A filter for every event has none.
        filter_pattern: entry.text_or("filterPattern")?.unwrap_or_default(),
        log_group_name: entry.text("logGroupName")?,
        metric_transformations: transformations
            .iter()
            .map(transformation)
            .collect::<Result<_, _>>()?,
        creation_time: entry.millis("creationTime")?,
        apply_on_transformed_logs: entry.flag("applyOnTransformedLogs", false)?,
    })
}

fn transformation(entry: &Entry) -> Result<MetricTransformation, EntryError> {
    let dimensions = entry.as_type("dimensions", "an object of texts", |value| {
        let members = value.as_object()?.iter();
        members
            .map(|(name, v)| Some((name.clone(), v.as_str()?.to_owned())))
            .collect::<Option<Vec<_>>>()
    })?;
    Ok(MetricTransformation {
        metric_name: entry.text("metricName")?,
        metric_namespace: entry.text("metricNamespace")?,
        metric_value: entry.text("metricValue")?,
        default_value: entry.number("defaultValue")?,
        dimensions: dimensions.unwrap_or_default(),
        unit: entry.text_or("unit")?,
    })
}

pub(super) fn log_group(entry: &Entry) -> Result<LogGroup, EntryError> {
    Ok(LogGroup {
        log_group_name: entry.text("logGroupName")?,
        arn: entry.text_or("arn")?,
        creation_time: entry.millis("creationTime")?,
        retention_in_days: entry.whole("retentionInDays")?,
        metric_filter_count: entry.whole("metricFilterCount")?,
        stored_bytes: entry.whole("storedBytes")?,
        log_group_class: entry.text_or("logGroupClass")?,
    })
}

pub(super) fn subscription(entry: &Entry) -> Result<Subscription, EntryError> {
    Ok(Subscription {
        subscription_arn: entry.text("SubscriptionArn")?,
        topic_arn: entry.text("TopicArn")?,
        protocol: entry.text_or("Protocol")?,
        endpoint: entry.text_or("Endpoint")?,
    })
}

pub(super) fn composite_alarm(entry: &Entry) -> Result<CompositeAlarm, EntryError> {
    Ok(CompositeAlarm {
        alarm_name: entry.text("AlarmName")?,
        alarm_rule: entry.text_or("AlarmRule")?.unwrap_or_default(),
        actions_enabled: entry.flag("ActionsEnabled", true)?,
        alarm_actions: entry.texts("AlarmActions")?,
    })
}

pub(super) fn metric_alarm(entry: &Entry) -> Result<MetricAlarm, EntryError> {
    let dimensions = entry.list("Dimensions")?;
    let window = entry
        .get("EvaluationWindow")
        .and_then(|w| w.get("WallClockWindow"))
        .filter(|w| !w.is_null());
    let zone = |window: &Value| {
        window
            .get("Timezone")
            .and_then(Value::as_str)
            .unwrap_or("UTC")
            .to_owned()
    };
    let evaluation_periods = entry.count("EvaluationPeriods")?;
    let comparison = entry.word("ComparisonOperator", ComparisonOperator::read)?;
    let metrics = entry.list("Metrics")?;
    Ok(MetricAlarm {
        alarm_name: entry.text("AlarmName")?,
        alarm_arn: entry.text_or("AlarmArn")?,
        actions_enabled: entry.flag("ActionsEnabled", true)?,
        ok_actions: entry.texts("OKActions")?,
        alarm_actions: entry.texts("AlarmActions")?,
        insufficient_data_actions: entry.texts("InsufficientDataActions")?,
        state_value: entry.word("StateValue", StateValue::read)?,
        metric_name: entry.text_or("MetricName")?,
        namespace: entry.text_or("Namespace")?,
        statistic: entry.word("Statistic", Statistic::read)?,
        extended_statistic: entry.text_or("ExtendedStatistic")?,
        dimensions: dimensions
            .iter()
            .map(|d| Ok((d.text("Name")?, d.text("Value")?)))
            .collect::<Result<_, EntryError>>()?,
        period: entry.count("Period")?,
        evaluation_periods: entry.needed("EvaluationPeriods", evaluation_periods)?,
        datapoints_to_alarm: entry.count("DatapointsToAlarm")?,
        threshold: entry.number("Threshold")?,
        comparison_operator: entry.needed("ComparisonOperator", comparison)?,
        treat_missing_data: entry.word("TreatMissingData", TreatMissingData::read)?,
        evaluate_low_sample_count_percentile: entry.text_or("EvaluateLowSampleCountPercentile")?,
        metric_math: !metrics.is_empty(),
        metrics: metrics.iter().filter_map(|one| math_metric(one.value)).collect(),
        threshold_metric_id: entry.text_or("ThresholdMetricId")?,
        wall_clock_window: window.map(zone),
    })
}

/// The metric of a part of an expression, if the part is one.
fn math_metric(part: &Value) -> Option<(String, String)> {
    let metric = part.get("MetricStat")?.get("Metric")?;
    let text = |key: &str| metric.get(key)?.as_str().map(str::to_owned);
    Some((text("Namespace")?, text("MetricName")?))
}
