//! What a metric filter counts: a number, or a value out of the event (MetricTransformation, `metricValue`).

use super::cursor::Cursor;
use super::json::{number, object};
use super::nodes::Nodes;
use super::number::Number;
use super::selector::Selector;
use super::{Kind, Pattern};
use crate::language::Fault;
use std::fmt;

#[derive(Clone, Debug)]
pub enum MetricValue {
    /// `1`
    Number(Number),
    /// `$.latency`, for JSON patterns.
    Selector(Selector),
    /// `$bytes` or, for a field without a name, `$7`: for space-delimited patterns.
    Field(String),
}

impl MetricValue {
    pub fn parse(text: &str) -> Result<MetricValue, Fault> {
        let trimmed = text.trim();
        if let Some(number) = Number::parse(trimmed) {
            return Ok(MetricValue::Number(number));
        }
        let mut cursor = Cursor::new(text);
        if trimmed.starts_with("$.") || trimmed.starts_with("$[") {
            return Selector::parse(text).map(MetricValue::Selector);
        }
        if !cursor.eat("$") {
            return Err(cursor.fault(
                "expected-value",
                format!(
                    "A number, $.selector, $name or $1 is expected here, not {}.",
                    cursor.found()
                ),
            ));
        }
        let name = cursor.name();
        if name.is_empty() {
            return Err(cursor.fault(
                "expected-name",
                format!("A field's name is expected behind $, not {}.", cursor.found()),
            ));
        }
        match cursor.peek() {
            None => Ok(MetricValue::Field(name)),
            Some(_) => Err(cursor.fault(
                "unexpected",
                format!("{} can not stand behind a name.", cursor.found()),
            )),
        }
    }
}

impl fmt::Display for MetricValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MetricValue::Number(number) => number.fmt(f),
            MetricValue::Selector(selector) => selector.fmt(f),
            MetricValue::Field(name) => write!(f, "${name}"),
        }
    }
}

impl Pattern {
    /// The data point of an event: none when it does not match, or when the value is missing or no number.
    pub fn value_of(&self, message: &str, value: &MetricValue) -> Option<Number> {
        match (value, self.kind()) {
            (MetricValue::Number(number), _) => self.matches(message).then(|| number.clone()),
            (MetricValue::Selector(selector), Kind::Json(pattern)) => {
                if !pattern.matches(message) {
                    return None;
                }
                number(&object(message)?, selector)
            }
            (MetricValue::Field(name), Kind::Delimited(pattern)) => {
                let fields = pattern.extract(message)?;
                let (_, text) = fields.iter().find(|(n, _)| n.strip_prefix('$') == Some(name))?;
                Number::parse(text)
            }
            _ => None,
        }
    }

    /// As [`Pattern::value_of`], for a JSON event that is kept otherwise. None for patterns that are not about JSON.
    pub fn value_in(&self, nodes: &dyn Nodes, value: &MetricValue) -> Option<Number> {
        self.matches_nodes(nodes).filter(|matches| *matches)?;
        match value {
            MetricValue::Number(number) => Some(number.clone()),
            MetricValue::Selector(selector) => number(nodes, selector),
            MetricValue::Field(_) => None,
        }
    }
}
