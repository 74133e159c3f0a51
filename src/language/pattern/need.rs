//! What a message must contain for a JSON pattern to match: looked for before anything is read.
//!
//! A key or text stands in the JSON as itself or with `\u` escapes. So a message without it and without `\u` can be refused;
//! any other is read.

use super::json::{JsonTest, Test};
use super::logic::Logic;
use super::selector::Step;
use super::value::Comparison;
use memchr::memmem::{self, Finder};

#[derive(Clone, Debug)]
pub(super) enum Need {
    Nothing,
    Text(Box<Finder<'static>>),
    All(Vec<Need>),
    Any(Vec<Need>),
}

impl Need {
    pub fn of(condition: &Logic<JsonTest>) -> Need {
        match condition {
            Logic::Test(test) => Need::of_test(test),
            Logic::All(parts) => Need::All(parts.iter().map(Need::of).collect()),
            Logic::Any(parts) => {
                let parts: Vec<Need> = parts.iter().map(Need::of).collect();
                if parts.iter().any(Need::is_nothing) {
                    Need::Nothing
                } else {
                    Need::Any(parts)
                }
            }
        }
    }

    /// The value first: it is rarer than its key.
    fn of_test(test: &JsonTest) -> Need {
        if matches!(test.test, Test::NotExists) {
            return Need::Nothing;
        }
        let value = match &test.test {
            // A number may be written in many ways.
            Test::Compare(Comparison::Equal(value)) if value.number().is_none() => {
                as_written(value.literal())
            }
            Test::IsNull => Some("null"),
            Test::IsTrue => Some("true"),
            Test::IsFalse => Some("false"),
            _ => None,
        };
        let key = test.selector.steps.iter().rev().find_map(|step| match step {
            Step::Key(key) if as_written(key) == Some(key) => Some(format!("\"{key}\"")),
            _ => None,
        });
        let text = |text: &str| Need::Text(Box::new(Finder::new(text).into_owned()));
        Need::All(
            value
                .map(text)
                .into_iter()
                .chain(key.as_deref().map(text))
                .collect(),
        )
    }

    fn is_nothing(&self) -> bool {
        match self {
            Need::Nothing => true,
            Need::Text(_) => false,
            Need::All(parts) => parts.iter().all(Need::is_nothing),
            Need::Any(parts) => parts.iter().any(Need::is_nothing),
        }
    }

    /// False only when the pattern can not match.
    pub fn allows(&self, message: &str) -> bool {
        let bytes = message.as_bytes();
        self.is_met(bytes) || memmem::find(bytes, b"\\u").is_some()
    }

    fn is_met(&self, message: &[u8]) -> bool {
        match self {
            Need::Nothing => true,
            Need::Text(finder) => finder.find(message).is_some(),
            Need::All(parts) => parts.iter().all(|p| p.is_met(message)),
            Need::Any(parts) => parts.iter().any(|p| p.is_met(message)),
        }
    }
}

/// The longest piece of a text that JSON has no short escapes for.
fn as_written(text: &str) -> Option<&str> {
    text.split(|c: char| c.is_ascii_control() || matches!(c, '"' | '\\' | '/'))
        .max_by_key(|piece| piece.len())
        .filter(|piece| !piece.is_empty())
}
