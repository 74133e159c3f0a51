//! The set-up of a person's own account, from what the AWS CLI answers.
//!
//! `aws logs describe-metric-filters`, `aws cloudwatch describe-alarms`, `aws logs describe-log-groups` and `aws sns
//! list-subscriptions` (or `list-subscriptions-by-topic`). Fields have AWS's names. An entry that can not be read is reported
//! with its path and the others go on. Shapes: docs.aws.amazon.com, API_DescribeMetricFilters, API_MetricAlarm,
//! API_DescribeLogGroups, API_ListSubscriptions.

mod read;
#[cfg(test)]
mod tests;

use read::{Entry, composite_alarm, log_group, metric_alarm, metric_filter, subscription};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::error::Error;
use std::fmt;

/// Which answer a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Answer {
    MetricFilters,
    Alarms,
    LogGroups,
    Subscriptions,
}

impl Answer {
    /// The command that gives it.
    pub fn command(self) -> &'static str {
        match self {
            Answer::MetricFilters => "aws logs describe-metric-filters",
            Answer::Alarms => "aws cloudwatch describe-alarms",
            Answer::LogGroups => "aws logs describe-log-groups",
            Answer::Subscriptions => "aws sns list-subscriptions",
        }
    }
}

/// Something that was not understood, and where it stands: `MetricAlarms[3].Period`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EntryError {
    pub path: String,
    pub problem: Problem,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Problem {
    /// None of the answers that are read.
    UnknownAnswer,
    Missing,
    /// What was expected there.
    Expected(&'static str),
    /// A value that AWS does not document.
    UnknownValue(String),
}

impl fmt::Display for EntryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            Problem::UnknownAnswer => write!(
                f,
                "This is no answer of {}, {}, {} or {}.",
                Answer::MetricFilters.command(),
                Answer::Alarms.command(),
                Answer::LogGroups.command(),
                Answer::Subscriptions.command()
            ),
            Problem::Missing => write!(f, "{} is missing; the entry is left out.", self.path),
            Problem::Expected(what) => {
                write!(f, "{} is expected at {}; the entry is left out.", what, self.path)
            }
            Problem::UnknownValue(value) => {
                write!(
                    f,
                    "{} has the unknown value {value}; the entry is left out.",
                    self.path
                )
            }
        }
    }
}

impl Error for EntryError {}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MetricFilter {
    pub filter_name: String,
    pub filter_pattern: String,
    pub log_group_name: String,
    pub metric_transformations: Vec<MetricTransformation>,
    pub creation_time: Option<i64>,
    /// The pattern sees what a log transformer made of the events, not the events.
    pub apply_on_transformed_logs: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MetricTransformation {
    pub metric_name: String,
    pub metric_namespace: String,
    pub metric_value: String,
    pub default_value: Option<f64>,
    /// Names and selectors. Each combination of values is a metric of its own.
    pub dimensions: Vec<(String, String)>,
    pub unit: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogGroup {
    pub log_group_name: String,
    pub arn: Option<String>,
    pub creation_time: Option<i64>,
    /// Absent: kept for ever.
    pub retention_in_days: Option<u64>,
    pub metric_filter_count: Option<u64>,
    pub stored_bytes: Option<u64>,
    /// Metric filters are of class STANDARD alone.
    pub log_group_class: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Subscription {
    /// `PendingConfirmation` or `Deleted` when there is none.
    pub subscription_arn: String,
    pub topic_arn: String,
    pub protocol: Option<String>,
    pub endpoint: Option<String>,
}

impl Subscription {
    /// Whether someone said yes to it: only then is anything delivered.
    pub fn is_confirmed(&self) -> bool {
        self.subscription_arn.starts_with("arn:")
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name {
            $(#[serde(rename = $text)] $variant),+
        }

        impl $name {
            /// By AWS's own word.
            pub fn read(text: &str) -> Option<Self> {
                match text {
                    $($text => Some($name::$variant),)+
                    _ => None,
                }
            }

            pub fn as_str(self) -> &'static str {
                match self {
                    $($name::$variant => $text),+
                }
            }
        }
    };
}

words!(Statistic {
    SampleCount = "SampleCount",
    Average = "Average",
    Sum = "Sum",
    Minimum = "Minimum",
    Maximum = "Maximum",
});

words!(ComparisonOperator {
    GreaterThanOrEqualToThreshold = "GreaterThanOrEqualToThreshold",
    GreaterThanThreshold = "GreaterThanThreshold",
    LessThanThreshold = "LessThanThreshold",
    LessThanOrEqualToThreshold = "LessThanOrEqualToThreshold",
    LessThanLowerOrGreaterThanUpperThreshold = "LessThanLowerOrGreaterThanUpperThreshold",
    LessThanLowerThreshold = "LessThanLowerThreshold",
    GreaterThanUpperThreshold = "GreaterThanUpperThreshold",
});

words!(TreatMissingData {
    Missing = "missing",
    Ignore = "ignore",
    Breaching = "breaching",
    NotBreaching = "notBreaching",
});

words!(StateValue {
    Ok = "OK",
    Alarm = "ALARM",
    InsufficientData = "INSUFFICIENT_DATA",
});

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricAlarm {
    pub alarm_name: String,
    pub alarm_arn: Option<String>,
    pub actions_enabled: bool,
    #[serde(rename = "OKActions")]
    pub ok_actions: Vec<String>,
    pub alarm_actions: Vec<String>,
    pub insufficient_data_actions: Vec<String>,
    pub state_value: Option<StateValue>,
    pub metric_name: Option<String>,
    pub namespace: Option<String>,
    pub statistic: Option<Statistic>,
    /// `p99`, `tm90` …
    pub extended_statistic: Option<String>,
    pub dimensions: Vec<(String, String)>,
    /// Seconds.
    pub period: Option<u32>,
    pub evaluation_periods: u32,
    pub datapoints_to_alarm: Option<u32>,
    pub threshold: Option<f64>,
    pub comparison_operator: ComparisonOperator,
    pub treat_missing_data: Option<TreatMissingData>,
    pub evaluate_low_sample_count_percentile: Option<String>,
    /// `Metrics` holds something: metric math, or a metric of another account.
    pub metric_math: bool,
    /// Namespace and name of the metrics in it.
    pub metrics: Vec<(String, String)>,
    /// An anomaly detection band.
    pub threshold_metric_id: Option<String>,
    /// The wall clock window's time zone, `UTC` where none is given; nothing for a sliding window.
    pub wall_clock_window: Option<String>,
}

impl MetricAlarm {
    /// What is done on going to this state, whether or not actions are enabled.
    pub fn actions(&self, state: StateValue) -> &[String] {
        match state {
            StateValue::Ok => &self.ok_actions,
            StateValue::Alarm => &self.alarm_actions,
            StateValue::InsufficientData => &self.insufficient_data_actions,
        }
    }
}

/// Only noted: its rule over other alarms is not evaluated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CompositeAlarm {
    pub alarm_name: String,
    pub alarm_rule: String,
    pub actions_enabled: bool,
    pub alarm_actions: Vec<String>,
}

/// Everything that was given, in the order of the files.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Setup {
    pub metric_filters: Vec<MetricFilter>,
    pub metric_alarms: Vec<MetricAlarm>,
    pub composite_alarms: Vec<CompositeAlarm>,
    pub log_groups: Vec<LogGroup>,
    pub subscriptions: Vec<Subscription>,
    /// Which answers were given at all: an empty one is evidence, a missing one is none.
    pub given: Vec<Answer>,
    /// Answers that end with a token: more pages were not dropped.
    pub cut: Vec<Answer>,
    pub errors: Vec<EntryError>,
}

impl Setup {
    pub fn has(&self, answer: Answer) -> bool {
        self.given.contains(&answer)
    }

    /// Given, and all of it: what is not in it is not there.
    pub fn is_whole(&self, answer: Answer) -> bool {
        self.has(answer) && !self.cut.contains(&answer) && !self.lost(answer)
    }

    /// An entry of it could not be read.
    fn lost(&self, answer: Answer) -> bool {
        let key = match answer {
            Answer::MetricFilters => "metricFilters[",
            Answer::Alarms => "MetricAlarms[",
            Answer::LogGroups => "logGroups[",
            Answer::Subscriptions => "Subscriptions[",
        };
        self.errors.iter().any(|error| error.path.starts_with(key))
    }

    /// Takes one answer in. The same filter or alarm in a later file replaces the earlier.
    pub fn add(&mut self, json: &Value) -> Result<Answer, EntryError> {
        let token = |name: &str| json.get(name).is_some_and(Value::is_string);
        let cut = token("nextToken") || token("NextToken");
        let answer = if let Some(list) = json.get("metricFilters") {
            self.each(
                list,
                "metricFilters",
                metric_filter,
                |setup, new: MetricFilter| {
                    let same = |old: &MetricFilter| {
                        old.filter_name == new.filter_name && old.log_group_name == new.log_group_name
                    };
                    setup.metric_filters.retain(|old| !same(old));
                    setup.metric_filters.push(new);
                },
            );
            Answer::MetricFilters
        } else if json.get("MetricAlarms").is_some() || json.get("CompositeAlarms").is_some() {
            if let Some(list) = json.get("MetricAlarms") {
                self.each(list, "MetricAlarms", metric_alarm, |setup, new: MetricAlarm| {
                    let same = |old: &MetricAlarm| {
                        old.alarm_name == new.alarm_name && old.alarm_arn == new.alarm_arn
                    };
                    setup.metric_alarms.retain(|old| !same(old));
                    setup.metric_alarms.push(new);
                });
            }
            if let Some(list) = json.get("CompositeAlarms") {
                self.each(list, "CompositeAlarms", composite_alarm, |setup, new| {
                    setup.composite_alarms.push(new)
                });
            }
            Answer::Alarms
        } else if let Some(list) = json.get("logGroups") {
            self.each(list, "logGroups", log_group, |setup, new: LogGroup| {
                setup
                    .log_groups
                    .retain(|old| old.log_group_name != new.log_group_name || old.arn != new.arn);
                setup.log_groups.push(new);
            });
            Answer::LogGroups
        } else if let Some(list) = json.get("Subscriptions") {
            self.each(list, "Subscriptions", subscription, |setup, new| {
                if !setup.subscriptions.contains(&new) {
                    setup.subscriptions.push(new);
                }
            });
            Answer::Subscriptions
        } else {
            return Err(EntryError {
                path: String::new(),
                problem: Problem::UnknownAnswer,
            });
        };
        if !self.given.contains(&answer) {
            self.given.push(answer);
        }
        if cut && !self.cut.contains(&answer) {
            self.cut.push(answer);
        }
        Ok(answer)
    }

    fn each<T>(
        &mut self,
        list: &Value,
        key: &str,
        read: fn(&Entry) -> Result<T, EntryError>,
        keep: impl Fn(&mut Setup, T),
    ) {
        let Some(list) = list.as_array() else {
            self.errors.push(EntryError {
                path: format!("{key}[]"),
                problem: Problem::Expected("a list"),
            });
            return;
        };
        for (i, value) in list.iter().enumerate() {
            let entry = Entry {
                value,
                path: format!("{key}[{i}]"),
            };
            match read(&entry) {
                Ok(new) => keep(self, new),
                Err(error) => self.errors.push(error),
            }
        }
    }
}
