//! The account's own alarms: the rule in words, what it would have done over the events, whom it tells.

use super::filters::Row as Filter;
use super::{Given, NEEDS_EVENTS, Said, metrics, plural};
use crate::base::TimeRange;
use crate::base::time::MINUTE;
use crate::monitoring::alarm::{Evaluation, NotEvaluated, Rule, Window, evaluate};
use crate::monitoring::chain::{Break, End, told};
use crate::monitoring::filters::{
    ComparisonOperator, CompositeAlarm, MetricAlarm, StateValue, TreatMissingData,
};
use crate::monitoring::metric::{Minutes, Series};

/// What came of running an alarm.
#[derive(Clone, Debug, PartialEq)]
pub struct Ran {
    pub rule: Rule,
    pub series: Series,
    pub known: TimeRange,
    pub evaluation: Evaluation,
    pub remarks: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Judged {
    /// The metric is being gathered.
    #[default]
    Waiting,
    Ran(Box<Ran>),
    /// Why it is not evaluated.
    Not(String),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub name: String,
    pub arn: Option<String>,
    /// `namespace/name`; composite alarms and metric math have none.
    pub metric: Option<String>,
    /// In a sentence.
    pub rule: String,
    /// `StateValue` as the file has it.
    pub in_file: Option<StateValue>,
    pub judged: Judged,
    /// What is done on going to ALARM, and where that leads.
    pub actions: Vec<String>,
    pub end: End,
    /// Names of the filters whose metric it is on.
    pub filters: Vec<String>,
}

impl Row {
    pub fn key(&self) -> String {
        self.arn.clone().unwrap_or_else(|| self.name.clone())
    }

    pub fn ran(&self) -> Option<&Ran> {
        match &self.judged {
            Judged::Ran(ran) => Some(ran),
            _ => None,
        }
    }

    /// How often it went off; nothing where it is not evaluated.
    pub fn times(&self) -> Option<usize> {
        self.ran().map(|r| r.evaluation.alarms())
    }

    /// The state at the end of what is loaded.
    pub fn now(&self) -> Said {
        match &self.judged {
            Judged::Waiting => ("info", "Being evaluated".to_owned()),
            Judged::Not(_) => ("none", "Not evaluated".to_owned()),
            Judged::Ran(ran) => state(ran.evaluation.last),
        }
    }

    /// Who is told when it goes off.
    pub fn tells(&self) -> Said {
        match &self.end {
            End::Told { subscriptions } => (
                "ok",
                plural(*subscriptions as u64, "subscription", "subscriptions"),
            ),
            End::Broken(_) => ("red", "Nobody".to_owned()),
            End::NotKnown(_) => ("none", "Not known".to_owned()),
        }
    }

    /// Does the file say otherwise? The state in it is of when it was made, and of all that the service saw.
    pub fn differs(&self) -> Option<String> {
        let (file, here) = (self.in_file?, self.ran()?.evaluation.last);
        Some(match file == here {
            true => format!("The file says {} as well.", file.as_str()),
            false => format!(
                "The file says {}: it is of when it was made, and of all events that the service had. Here it ends with {}.",
                file.as_str(),
                here.as_str()
            ),
        })
    }
}

/// A state's colour and word.
pub fn state(state: StateValue) -> Said {
    let (class, word) = match state {
        StateValue::Ok => ("ok", "OK"),
        StateValue::Alarm => ("red", "In alarm"),
        StateValue::InsufficientData => ("none", "Insufficient data"),
    };
    (class, word.to_owned())
}

/// A state for some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub state: StateValue,
    pub range: TimeRange,
}

/// The states one after the other.
pub fn strip(evaluation: &Evaluation, known: TimeRange) -> Vec<Stretch> {
    let mut all = Vec::new();
    let (mut state, mut since) = (StateValue::InsufficientData, known.from_ns);
    for change in &evaluation.changes {
        if change.time_ns > since {
            all.push(Stretch {
                state,
                range: TimeRange::new(since, change.time_ns),
            });
        }
        (state, since) = (change.to, change.time_ns);
    }
    if known.to_ns > since || all.is_empty() {
        all.push(Stretch {
            state,
            range: TimeRange::new(since, known.to_ns.max(since)),
        });
    }
    all
}

/// The gathered minutes of a filter's metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Gathered {
    /// The filter's key, and which of its transformations.
    pub filter: String,
    pub at: usize,
    pub minutes: Minutes,
    pub remarks: Vec<String>,
}

/// The time to run alarms over: a data point counts when its minute is over, so the last one is taken to its end.
pub fn whole_minutes(span: TimeRange) -> TimeRange {
    let end = span.to_ns.saturating_add(MINUTE - 1).div_euclid(MINUTE);
    TimeRange::new(span.from_ns, end.saturating_mul(MINUTE).max(span.to_ns))
}

/// What alarms are run over.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'g> {
    /// The time that events are loaded of; nothing where there are none.
    pub known: Option<TimeRange>,
    pub gathered: &'g [Gathered],
    /// All metrics are gathered.
    pub done: bool,
}

/// All alarms in the order of their names, composite ones behind them.
pub fn rows(given: &Given, filters: &[Filter], ground: Ground) -> Vec<Row> {
    let of = |alarm: &MetricAlarm| row(given, alarm, filters, ground);
    let mut all: Vec<Row> = given.setup.metric_alarms.iter().map(of).collect();
    all.sort_by_key(|a| (a.name.clone(), a.arn.clone()));
    all.extend(given.setup.composite_alarms.iter().map(composite));
    all
}

fn row(given: &Given, alarm: &MetricAlarm, filters: &[Filter], ground: Ground) -> Row {
    let (action, end) = told(&given.setup, alarm, StateValue::Alarm);
    let mut actions = alarm.alarm_actions.clone();
    // The one that leads furthest first.
    actions.sort_by_key(|a| Some(a) != action.as_ref());
    let metric = Option::zip(alarm.namespace.as_ref(), alarm.metric_name.as_ref());
    let (names, judged) = judged(alarm, filters, ground);
    Row {
        name: alarm.alarm_name.clone(),
        arn: alarm.alarm_arn.clone(),
        metric: metric.map(|(space, name)| format!("{space}/{name}")),
        rule: rule_words(alarm),
        in_file: alarm.state_value,
        judged,
        actions,
        end,
        filters: names,
    }
}

fn composite(alarm: &CompositeAlarm) -> Row {
    let end = match (alarm.actions_enabled, alarm.alarm_actions.is_empty()) {
        (false, _) => End::Broken(Break::ActionsDisabled),
        (true, true) => End::Broken(Break::NoAction),
        (true, false) => End::NotKnown(Break::OtherAction(alarm.alarm_actions.join(", "))),
    };
    Row {
        name: alarm.alarm_name.clone(),
        arn: None,
        metric: None,
        rule: alarm.alarm_rule.clone(),
        in_file: None,
        judged: Judged::Not(
            "A composite alarm is a rule over other alarms, which is not evaluated.".to_owned(),
        ),
        actions: alarm.alarm_actions.clone(),
        end,
        filters: Vec::new(),
    }
}

/// The filters whose metric the alarm is on, and what it would have done.
fn judged(alarm: &MetricAlarm, filters: &[Filter], ground: Ground) -> (Vec<String>, Judged) {
    let rule = Rule::of(alarm);
    let (Some(space), Some(name)) = (&alarm.namespace, &alarm.metric_name) else {
        let why = rule.err().unwrap_or(NotEvaluated::Missing("MetricName"));
        return (Vec::new(), Judged::Not(why.to_string()));
    };
    let metrics = || {
        filters.iter().flat_map(|f| {
            let all = f.metrics.iter().enumerate();
            all.filter(|(_, m)| {
                m.transformation.metric_namespace == *space && m.transformation.metric_name == *name
            })
            .map(move |(at, m)| (f, at, m))
        })
    };
    let mut names: Vec<String> = metrics().map(|(f, ..)| f.filter.filter_name.clone()).collect();
    names.dedup();
    let rule = match rule {
        Ok(rule) => rule,
        Err(why) => return (names, Judged::Not(why.to_string())),
    };
    let not = |why: String| Judged::Not(why);
    if names.is_empty() {
        let why = match space.starts_with("AWS/") {
            true => format!("{space} is a namespace of AWS’s own metrics: their values are not in the logs."),
            false => format!("No filter that is loaded publishes {space}/{name}: its values are not known."),
        };
        return (names, not(why));
    }
    let dimensions = |m: &super::filters::Metric| {
        let published = &m.transformation.dimensions;
        published.len() == alarm.dimensions.len()
            && alarm
                .dimensions
                .iter()
                .all(|(d, _)| published.iter().any(|(p, _)| p == d))
    };
    let seen: Vec<_> = metrics().filter(|(_, _, m)| dimensions(m)).collect();
    if seen.is_empty() {
        return (
            names,
            not(
                "The alarm is on other dimensions than the filter publishes: it never sees its data."
                    .to_owned(),
            ),
        );
    }
    if let Some(why) = seen.iter().find_map(|(_, _, m)| m.value.as_ref().err()) {
        return (names, not(why.clone()));
    }
    let Some(known) = ground.known else {
        return (names, not(format!("Needs {NEEDS_EVENTS}.")));
    };
    let mut minutes = Minutes::default();
    let mut remarks = Vec::new();
    for (filter, at, metric) in &seen {
        let key = filter.key();
        let Some(one) = ground.gathered.iter().find(|g| g.filter == key && g.at == *at) else {
            let why = "The filter’s metric could not be gathered.".to_owned();
            return (names, if ground.done { not(why) } else { Judged::Waiting });
        };
        minutes.merge(&one.minutes);
        remarks.extend(one.remarks.iter().chain(&metric.remarks).cloned());
    }
    if seen.len() > 1 {
        remarks.push("Several filters publish this metric: their data points are put together.".to_owned());
    }
    let default = seen.iter().find_map(|(_, _, m)| m.default_value());
    let series = minutes.series(default);
    let evaluation = evaluate(&rule, &series, known);
    remarks.sort_unstable();
    remarks.dedup();
    let ran = Ran {
        rule,
        series,
        known,
        evaluation,
        remarks,
    };
    (names, Judged::Ran(Box::new(ran)))
}

/// The rule in a sentence, of every alarm, also of those that are not evaluated.
fn rule_words(alarm: &MetricAlarm) -> String {
    let statistic = match (alarm.statistic, &alarm.extended_statistic) {
        (Some(statistic), _) => statistic.as_str().to_owned(),
        (None, Some(extended)) => extended.clone(),
        (None, None) => "The value".to_owned(),
    };
    let period = alarm
        .period
        .map(|p| format!(" over {}", seconds(p)))
        .unwrap_or_default();
    let compared = match alarm.comparison_operator {
        ComparisonOperator::GreaterThanOrEqualToThreshold => "is at least",
        ComparisonOperator::GreaterThanThreshold => "is above",
        ComparisonOperator::LessThanThreshold => "is below",
        ComparisonOperator::LessThanOrEqualToThreshold => "is at most",
        ComparisonOperator::LessThanLowerOrGreaterThanUpperThreshold => "is outside of",
        ComparisonOperator::LessThanLowerThreshold => "is below",
        ComparisonOperator::GreaterThanUpperThreshold => "is above",
    };
    let threshold = match (alarm.threshold, &alarm.threshold_metric_id) {
        (Some(threshold), _) => threshold.to_string(),
        (None, Some(_)) => "the expected band".to_owned(),
        (None, None) => "a threshold that is not told".to_owned(),
    };
    let n = alarm.evaluation_periods;
    let m = alarm.datapoints_to_alarm.unwrap_or(n);
    let missing = match alarm.treat_missing_data.unwrap_or(TreatMissingData::Missing) {
        TreatMissingData::Missing => "where all data is missing, the state is insufficient data",
        TreatMissingData::Ignore => "missing data leaves the state as it is",
        TreatMissingData::Breaching => "missing data counts as breaching",
        TreatMissingData::NotBreaching => "missing data counts as not breaching",
    };
    let mut text = format!("{statistic}{period} {compared} {threshold} in {m} of {n} periods; {missing}.");
    if let Ok(Rule {
        window: Window::WallClock { .. },
        ..
    }) = Rule::of(alarm)
    {
        text.push_str(" Periods stand on the clock.");
    }
    text
}

/// `60 s`, `5 min`, `1 h`
pub fn seconds(s: u32) -> String {
    match s {
        s if s % 86_400 == 0 => format!("{} d", s / 86_400),
        s if s % 3600 == 0 => format!("{} h", s / 3600),
        s if s % 60 == 0 => format!("{} min", s / 60),
        s => format!("{s} s"),
    }
}

/// What a chart of an alarm is called, and what of it is folded.
pub fn chart_title(row: &Row, ran: &Ran, curve: &metrics::Curve) -> String {
    let metric = row.metric.clone().unwrap_or_default();
    let period = seconds(ran.rule.period_s);
    let measured = metrics::measured(ran.rule.measure);
    match curve.folded {
        0 | 1 => format!("{metric}, {measured} over {period}"),
        n => format!("{metric}, {measured} over {period}, the most telling of each {n}"),
    }
}
