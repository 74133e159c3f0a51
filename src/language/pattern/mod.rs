//! CloudWatch Logs filter patterns: which events does a metric filter, a subscription or a search take?
//!
//! A pattern is one of three kinds: terms looked for in the text, conditions on the fields of a JSON event, or conditions on
//! the fields of a space-delimited line. Sources: the AWS pages FilterAndPatternSyntax and
//! FilterAndPatternSyntaxForMetricFilters; where they are silent, what the service was seen to do.
//!
//! [`Pattern::parse`] reads one wholly or refuses it with a [`Fault`] that says where. A pattern is made ready to match while
//! it is read; [`Pattern::matches`] never fails.

mod compare;
mod cursor;
mod delimited;
mod explain;
mod fields;
mod hints;
mod json;
mod logic;
mod metric;
mod need;
mod nodes;
mod number;
mod regex;
mod selector;
mod text;
mod value;

#[cfg(test)]
mod tests;

pub use cursor::Span;
pub use delimited::{DelimitedPattern, Slot, SlotTest};
pub use fields::{Field, Fields};
pub use json::{JsonPattern, JsonTest, Test};
pub use logic::Logic;
pub use metric::MetricValue;
pub use nodes::{Node, Nodes};
pub use number::Number;
pub use regex::Regex;
pub use selector::{Selector, Step};
pub use text::{Content, Sign, Term, TextPattern};
pub use value::{Comparison, Form, Order, Value};

use crate::language::Fault;
use cursor::Cursor;
use std::borrow::Cow;
use std::fmt;

/// The longest pattern AWS takes, in characters (API reference, MetricFilter).
pub const MAX_LENGTH: usize = 1024;

/// A filter pattern, ready to match.
#[derive(Clone, Debug)]
pub struct Pattern {
    kind: Kind,
}

/// The three kinds, told apart by the first character.
#[derive(Clone, Debug)]
pub enum Kind {
    Text(TextPattern),
    Json(JsonPattern),
    Delimited(DelimitedPattern),
}

/// What was read.
#[derive(Clone, Debug)]
pub struct Parsed {
    pub pattern: Pattern,
    /// What AWS would refuse or asks to be written otherwise, in the order of the text.
    pub warnings: Vec<Fault>,
}

impl Pattern {
    pub fn parse(text: &str) -> Result<Parsed, Fault> {
        if text.chars().nth(MAX_LENGTH).is_some() {
            let length = text.chars().count();
            let says =
                format!("A pattern has at most {MAX_LENGTH} characters; this one has {length}. Shorten it.");
            return Err(Fault::new("too-long", MAX_LENGTH, length, says));
        }
        let mut cursor = Cursor::new(text);
        let kind = match cursor.peek() {
            Some('{') => Kind::Json(JsonPattern::read(&mut cursor)?),
            Some('[') => Kind::Delimited(DelimitedPattern::read(&mut cursor)?),
            _ => Kind::Text(TextPattern::read(&mut cursor)?),
        };
        let pattern = Pattern { kind };
        let warnings = pattern.warnings();
        Ok(Parsed { pattern, warnings })
    }

    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    /// Is it about the fields of a JSON event?
    pub fn is_json(&self) -> bool {
        matches!(self.kind, Kind::Json(_))
    }

    /// Whether an event with this message is taken.
    pub fn matches(&self, message: &str) -> bool {
        match &self.kind {
            Kind::Text(pattern) => pattern.matches(message),
            Kind::Json(pattern) => pattern.matches(message),
            Kind::Delimited(pattern) => pattern.matches(message),
        }
    }

    /// Whether a JSON event is taken that is kept otherwise than as text; `None` when the pattern is not about JSON and the
    /// text is needed.
    pub fn matches_nodes(&self, nodes: &dyn Nodes) -> Option<bool> {
        match &self.kind {
            Kind::Json(pattern) => Some(pattern.matches_nodes(nodes)),
            Kind::Text(_) | Kind::Delimited(_) => None,
        }
    }

    /// The fields that a space-delimited pattern takes out of a message: `$name`, `$1`. `None` when the message does not
    /// match or the pattern is of another kind.
    pub fn extract<'m>(&self, message: &'m str) -> Option<Vec<(String, Cow<'m, str>)>> {
        match &self.kind {
            Kind::Delimited(pattern) => pattern.extract(message),
            Kind::Text(_) | Kind::Json(_) => None,
        }
    }
}

/// The pattern in one even form; it is read as the same pattern again.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Text(pattern) => pattern.fmt(f),
            Kind::Json(pattern) => pattern.fmt(f),
            Kind::Delimited(pattern) => pattern.fmt(f),
        }
    }
}
