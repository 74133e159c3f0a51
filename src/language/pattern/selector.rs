//! Selectors: which values of a JSON event a test is about.

use super::cursor::{Cursor, Span, is_name};
use crate::language::Fault;
use std::fmt;

/// `$.userIdentity.arn`, `$.items[*].id`, `$.['a.b']`.
#[derive(Clone, Debug)]
pub struct Selector {
    pub steps: Vec<Step>,
    pub span: Span,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// `.name` or `['any text']`.
    Key(String),
    /// `.*`: every value of an object.
    AnyKey,
    /// `[0]`
    Index(usize),
    /// `[*]`: every element of an array.
    AnyIndex,
}

impl Step {
    pub fn is_wildcard(&self) -> bool {
        matches!(self, Step::AnyKey | Step::AnyIndex)
    }
}

impl Selector {
    /// A text that is wholly a selector.
    pub fn parse(text: &str) -> Result<Selector, Fault> {
        let mut cursor = Cursor::new(text);
        let selector = Selector::read(&mut cursor)?;
        match cursor.peek() {
            None => Ok(selector),
            Some(_) => Err(cursor.fault(
                "unexpected",
                format!("{} can not stand behind a selector.", cursor.found()),
            )),
        }
    }

    pub fn wildcards(&self) -> usize {
        self.steps.iter().filter(|s| s.is_wildcard()).count()
    }

    pub(super) fn read(cursor: &mut Cursor) -> Result<Selector, Fault> {
        let at = cursor.at;
        if cursor.peek() != Some('$') || !matches!(cursor.ahead(1), Some('.' | '[')) {
            return Err(cursor.fault("expected-selector", missing(cursor)));
        }
        cursor.next();
        let mut steps = Vec::new();
        while let Some(step) = Step::read(cursor)? {
            steps.push(step);
        }
        Ok(Selector {
            steps,
            span: cursor.since(at),
        })
    }
}

fn missing(cursor: &Cursor) -> String {
    let found = cursor.found();
    match cursor.peek() {
        Some('!') => "A selector such as $.name is expected here. A condition can not be negated: use != or NOT EXISTS.".to_owned(),
        Some('$') => "A selector goes on with a period or a bracket: $.name, $['any name'].".to_owned(),
        Some(c) if is_name(c) => format!("A selector is expected here, not {found}. A field's name begins with `$.`."),
        _ => format!("A selector such as $.name is expected here, not {found}."),
    }
}

impl Step {
    /// `None` where the selector ends.
    fn read(cursor: &mut Cursor) -> Result<Option<Step>, Fault> {
        let at = cursor.at;
        if cursor.eat(".['") || cursor.eat("['") {
            return Step::quoted(cursor).map(Some);
        }
        if cursor.eat("[*]") {
            return Ok(Some(Step::AnyIndex));
        }
        if cursor.eat("[") {
            let digits = cursor.while_is(|c| c.is_ascii_digit());
            return match (digits.parse(), cursor.eat("]")) {
                (Ok(index), true) => Ok(Some(Step::Index(index))),
                _ => Err(cursor.since(at).fault(
                    "bad-index",
                    "An index in brackets is a number from 0, a * for every element, or a key in single quotes.",
                )),
            };
        }
        if !cursor.eat(".") {
            return Ok(None);
        }
        if cursor.eat("*") {
            return Ok(Some(Step::AnyKey));
        }
        let name = cursor.name();
        if name.is_empty() {
            return Err(cursor.fault(
                "expected-name",
                format!(
                    "A name is expected behind the period, not {}. Names with other signs are written ['like this'].",
                    cursor.found()
                ),
            ));
        }
        Ok(Some(Step::Key(name)))
    }

    /// Behind `['`.
    fn quoted(cursor: &mut Cursor) -> Result<Step, Fault> {
        let at = cursor.at - 1;
        let mut key = String::new();
        while !cursor.eat("']") {
            match cursor.next() {
                Some(c) => key.push(c),
                None => {
                    return Err(cursor
                        .since(at)
                        .fault("unclosed-quote", "This key is not closed. Put '] behind it."));
                }
            }
        }
        Ok(Step::Key(key))
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        self.steps.iter().try_for_each(|step| step.fmt(f))
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Key(key) if !key.is_empty() && key.chars().all(is_name) => write!(f, ".{key}"),
            Step::Key(key) => write!(f, "['{key}']"),
            Step::AnyKey => f.write_str(".*"),
            Step::Index(index) => write!(f, "[{index}]"),
            Step::AnyIndex => f.write_str("[*]"),
        }
    }
}
