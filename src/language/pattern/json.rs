//! JSON patterns: `{ $.errorCode = "AccessDenied*" && $.readOnly IS FALSE }`.

use super::compare::comparison;
use super::cursor::{Cursor, Span};
use super::logic::{Logic, unexpected};
use super::need::Need;
use super::nodes::{Node, Nodes};
use super::number::Number;
use super::selector::Selector;
use super::value::{Comparison, Value};
use crate::language::Fault;
use crate::language::json::{Kind, Tape};
use std::fmt;

#[derive(Clone, Debug)]
pub struct JsonPattern {
    pub condition: Logic<JsonTest>,
    need: Need,
}

/// A selector and what is asked of the values that it finds.
#[derive(Clone, Debug)]
pub struct JsonTest {
    pub selector: Selector,
    pub test: Test,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum Test {
    Compare(Comparison),
    IsNull,
    IsTrue,
    IsFalse,
    NotExists,
}

/// What ends a value without quotes.
const ENDS: &[char] = &[')', '}'];

impl JsonPattern {
    /// At the opening brace.
    pub(super) fn read(cursor: &mut Cursor) -> Result<Self, Fault> {
        if cursor.last() != Some('}') || cursor.limit - cursor.at < 2 {
            cursor.at = cursor.limit;
            return Err(cursor.fault(
                "unclosed-brace",
                "A JSON pattern ends with }. Put one behind the last condition.",
            ));
        }
        cursor.next();
        cursor.limit -= 1;
        let condition = Logic::read(cursor, &mut JsonTest::read)?;
        if cursor.peek().is_some() {
            return Err(unexpected(cursor));
        }
        let need = Need::of(&condition);
        Ok(JsonPattern { condition, need })
    }

    /// A message that is one JSON object, with nothing around it but white space. Any other matches nothing.
    pub fn matches(&self, message: &str) -> bool {
        let message = message.trim();
        message.starts_with('{')
            && self.need.allows(message)
            && object(message).is_some_and(|tape| self.matches_nodes(&tape))
    }

    pub fn matches_nodes(&self, nodes: &dyn Nodes) -> bool {
        self.condition.holds(&mut |test| test.holds(nodes))
    }

    /// Every test, as they stand in the text.
    pub fn tests(&self) -> Vec<&JsonTest> {
        let mut tests = Vec::new();
        self.condition.tests(&mut |test| tests.push(test));
        tests
    }
}

/// A text that is one JSON object.
pub(super) fn object(message: &str) -> Option<Tape<'_>> {
    let tape = Tape::read(message.trim()).ok()?;
    (tape.root()?.kind() == Kind::Object).then_some(tape)
}

/// The first number that the selector finds.
pub(super) fn number(nodes: &dyn Nodes, selector: &Selector) -> Option<Number> {
    let mut found = None;
    nodes.select(selector, &mut |node| {
        if let Node::Number(source) = node {
            found = Number::parse(source);
        }
        found.is_none()
    });
    found
}

impl JsonTest {
    fn read(cursor: &mut Cursor) -> Result<Self, Fault> {
        let at = cursor.at;
        let selector = Selector::read(cursor)?;
        cursor.space();
        let test = match Test::keywords(cursor)? {
            Some(test) => test,
            None => Test::Compare(comparison(cursor, ENDS, ", IS or NOT EXISTS")?),
        };
        Ok(JsonTest {
            selector,
            test,
            span: cursor.since(at),
        })
    }

    /// Some selected value has to satisfy it; NOT EXISTS holds when nothing is selected.
    pub fn holds(&self, nodes: &dyn Nodes) -> bool {
        let mut found = false;
        nodes.select(&self.selector, &mut |node| {
            found = matches!(self.test, Test::NotExists) || self.test.holds(node);
            !found
        });
        found != matches!(self.test, Test::NotExists)
    }
}

impl Test {
    /// `IS …` or `NOT EXISTS`, if one stands here. White space between the two words may be left out.
    fn keywords(cursor: &mut Cursor) -> Result<Option<Test>, Fault> {
        let word = cursor.word();
        let (test, what, expected) = if word
            .strip_prefix("IS")
            .is_some_and(|w| w.is_empty() || Test::is(w).is_some())
        {
            cursor.eat("IS");
            cursor.space();
            let test = Test::is(&cursor.word());
            (
                test,
                "expected-null-true-false",
                "NULL, TRUE or FALSE is expected behind IS",
            )
        } else if word == "NOT" || word == "NOTEXISTS" {
            cursor.eat("NOT");
            cursor.space();
            let test = (cursor.word() == "EXISTS").then_some(Test::NotExists);
            (test, "expected-exists", "EXISTS is expected behind NOT")
        } else {
            return Ok(None);
        };
        if test.is_none() {
            return Err(cursor.fault(what, format!("{expected}, not {}.", cursor.found())));
        }
        cursor.name();
        Ok(test)
    }

    fn is(word: &str) -> Option<Test> {
        match word {
            "NULL" => Some(Test::IsNull),
            "TRUE" => Some(Test::IsTrue),
            "FALSE" => Some(Test::IsFalse),
            _ => None,
        }
    }

    /// What `=` or `!=` compares with.
    pub fn value(&self) -> Option<&Value> {
        match self {
            Test::Compare(comparison) => comparison.value(),
            _ => None,
        }
    }

    /// Where nothing is selected.
    pub fn holds_for_none(&self) -> bool {
        matches!(self, Test::NotExists)
    }

    /// For one value that is there. A null, an object and an array equal nothing and differ from nothing.
    pub fn holds(&self, node: Node<'_>) -> bool {
        match (self, node) {
            (Test::IsNull, node) => node == Node::Null,
            (Test::IsTrue, node) => node == Node::Bool(true),
            (Test::IsFalse, node) => node == Node::Bool(false),
            (Test::NotExists, _) | (Test::Compare(_), Node::Null | Node::Container) => false,
            (Test::Compare(test), Node::Bool(b)) => test.holds_for_text(if b { "true" } else { "false" }),
            (Test::Compare(test), Node::Number(source)) => test.holds_for_number(source),
            (Test::Compare(test), Node::String(text)) => test.holds_for_text(text),
        }
    }
}

impl fmt::Display for JsonTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.selector)?;
        match &self.test {
            Test::Compare(comparison) => comparison.fmt(f),
            Test::IsNull => f.write_str("IS NULL"),
            Test::IsTrue => f.write_str("IS TRUE"),
            Test::IsFalse => f.write_str("IS FALSE"),
            Test::NotExists => f.write_str("NOT EXISTS"),
        }
    }
}

impl fmt::Display for JsonPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{ {} }}", self.condition)
    }
}
