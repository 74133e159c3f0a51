//! The account's own filters: what is wrong with each, what it covers, which metrics it makes of what.

use super::{Given, KIND, Said, plural};
use crate::base::time::MINUTE;
use crate::language::pattern::{Kind, MetricValue, Pattern};
use crate::monitoring::chain::{Path, watches};
use crate::monitoring::filters::{MetricFilter, MetricTransformation};
use crate::monitoring::metric::remarks;
use crate::monitoring::{Coverage, Lint, Severity, lint};
use crate::query::{Agg, Expr, Key, Order, PATTERN, Query};

/// Minutes, each with one value, that a metric is made of; more is told.
pub const MOST_MINUTES: usize = 400_000;

/// Where a metric's values come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// The same for every event.
    Number(f64),
    /// A column of the events.
    Column(String),
}

/// A metric that a filter publishes.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    pub transformation: MetricTransformation,
    /// Or why it is not evaluated.
    pub value: Result<Value, String>,
    pub remarks: Vec<String>,
}

impl Metric {
    /// `namespace/name`
    pub fn name(&self) -> String {
        let t = &self.transformation;
        format!("{}/{}", t.metric_namespace, t.metric_name)
    }

    /// A metric with dimensions has no default value.
    pub fn default_value(&self) -> Option<f64> {
        let t = &self.transformation;
        t.default_value.filter(|_| t.dimensions.is_empty())
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub filter: MetricFilter,
    pub lints: Vec<Lint>,
    /// The pattern is read.
    pub is_read: bool,
    pub coverage: Vec<Coverage>,
    pub nearly_everything: bool,
    /// The ways on from it, the best first.
    pub paths: Vec<Path>,
    pub metrics: Vec<Metric>,
    /// That it is run over CloudTrail's events is an assumption.
    pub remark: Option<String>,
}

impl Row {
    /// Unique among the filters of one account.
    pub fn key(&self) -> String {
        format!("{}|{}", self.filter.log_group_name, self.filter.filter_name)
    }

    /// The worst that is to be said of its pattern.
    pub fn said(&self) -> Said {
        let of = |s: Severity| self.lints.iter().filter(|l| l.severity == s).count() as u64;
        match (
            of(Severity::Broken),
            of(Severity::Misleading),
            self.nearly_everything,
        ) {
            (0, 0, true) => ("yellow", "Takes nearly everything".to_owned()),
            (0, 0, false) => match of(Severity::Note) {
                0 => ("ok", "Nothing".to_owned()),
                n => ("ok", plural(n, "remark", "remarks")),
            },
            (0, n, _) => ("yellow", plural(n, "misleading place", "misleading places")),
            (n, ..) => ("red", plural(n, "broken place", "broken places")),
        }
    }

    /// Titles of the topics that it covers, or takes half of and more.
    pub fn covers(&self) -> Vec<&'static str> {
        let much = self.coverage.iter().filter(|c| c.is_half());
        much.filter_map(|c| c.topic()).map(|t| t.title).collect()
    }
}

/// All filters in the order of their names. `columns`: those of the events that filters are run over.
pub fn rows(given: &Given, columns: &[String]) -> Vec<Row> {
    let (watched, _) = watches(&given.setup, given.known());
    let mut all: Vec<Row> = given
        .setup
        .metric_filters
        .iter()
        .map(|filter| {
            let watch = watched.iter().find(|w| std::ptr::eq(w.filter, filter));
            let pattern = Pattern::parse(&filter.filter_pattern).ok().map(|p| p.pattern);
            let metrics = filter.metric_transformations.iter().map(|t| Metric {
                transformation: t.clone(),
                value: match &pattern {
                    Some(pattern) => value(pattern, t, columns),
                    None => Err("The pattern is not read: nothing is published.".to_owned()),
                },
                remarks: match &pattern {
                    Some(pattern) => remarks(filter, t, pattern),
                    None => Vec::new(),
                },
            });
            Row {
                filter: filter.clone(),
                lints: lint(&filter.filter_pattern),
                is_read: pattern.is_some(),
                coverage: watch.map(|w| w.coverage.clone()).unwrap_or_default(),
                nearly_everything: watch.is_some_and(|w| w.nearly_everything),
                paths: watch.map(|w| w.paths.clone()).unwrap_or_default(),
                metrics: metrics.collect(),
                remark: remark(given, filter),
            }
        })
        .collect();
    all.sort_by_key(Row::key);
    all
}

fn value(pattern: &Pattern, t: &MetricTransformation, columns: &[String]) -> Result<Value, String> {
    let name = match MetricValue::parse(&t.metric_value).map_err(|fault| fault.says)? {
        MetricValue::Number(n) => return Ok(Value::Number(n.as_f64())),
        MetricValue::Selector(selector) => selector.to_string(),
        MetricValue::Field(_) => {
            return Err(format!(
                "The metric value {} is a field of a space-delimited line; the events here are JSON.",
                t.metric_value
            ));
        }
    };
    if !matches!(pattern.kind(), Kind::Json(_)) {
        return Err(format!(
            "The metric value {} is of another kind than the pattern: no event gives a data point.",
            t.metric_value
        ));
    }
    let field = name.trim_start_matches("$.");
    match columns.iter().find(|c| *c == field) {
        Some(column) => Ok(Value::Column(column.clone())),
        None => Err(format!(
            "The metric value {} is not evaluated: no column of the events holds it.",
            t.metric_value
        )),
    }
}

/// Records do not tell which log group they were delivered to, so filters are run over CloudTrail's events alone.
fn remark(given: &Given, filter: &MetricFilter) -> Option<String> {
    let group = &filter.log_group_name;
    match &given.trail_groups {
        Some(groups) if groups.contains(group) => None,
        Some(_) => Some(format!(
            "No trail that is described writes into {group}. What the filter takes is counted in the CloudTrail events all the \
             same."
        )),
        None => Some(format!(
            "That CloudTrail writes into {group} is taken for granted: what the filter takes is counted in the CloudTrail \
             events. The answer of aws cloudtrail describe-trails would tell."
        )),
    }
}

/// Every minute that has events.
pub fn ask_events() -> Query {
    by_minute(Vec::new())
}

/// Matches by minute, and by the column that a metric's value is taken from.
pub fn ask_matches(pattern: &str, value: &Value) -> Query {
    let column = match value {
        Value::Number(_) => Vec::new(),
        Value::Column(name) => vec![Key::Field(name.clone())],
    };
    by_minute(column).filter(Expr::eq(PATTERN, pattern))
}

fn by_minute(more: Vec<Key>) -> Query {
    let mut by = vec![Key::Time { width_ns: MINUTE }];
    by.extend(more);
    Query::groups(&[KIND], by, vec![Agg::Count])
        .order(Order::Key)
        .limit(MOST_MINUTES)
}
