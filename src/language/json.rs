//! JSON as it was written: numbers keep their source text, keys their order (RFC 8259).
//!
//! [`Tape`] is the one strict reader: it goes over the text once, without recursion, and notes where each value lies. [`Json`]
//! is a value of its own, made from it. Of equal keys the last one wins.

mod tape;
mod write;

#[cfg(test)]
mod tests;

pub use tape::{Elements, Item, Kind, Members, Tape};

use std::collections::HashMap;
use std::error::Error;
use std::fmt;

/// How deep arrays and objects may nest. As many levels as `serde_json` reads.
pub const MAX_DEPTH: usize = 127;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    /// Its text in the source.
    Number(String),
    String(String),
    Array(Vec<Json>),
    /// In the order of the source; no key twice.
    Object(Vec<(String, Json)>),
}

/// Why a text is no JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// More was expected.
    End,
    /// A character that can not stand here.
    Unexpected,
    /// A string holds a control character that is not escaped.
    Control,
    /// A backslash with something behind it that is no escape; half of a surrogate pair.
    Escape,
    Number,
    /// More than [`MAX_DEPTH`] levels.
    TooDeep,
    /// 4 GiB or more.
    TooLong,
}

/// A text that is no JSON, and the byte where that shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonError {
    pub at: usize,
    pub problem: Problem,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.problem {
            Problem::End => "the text ends too early",
            Problem::Unexpected => "unexpected character",
            Problem::Control => "control character in a string",
            Problem::Escape => "unknown escape in a string",
            Problem::Number => "a number is not complete",
            Problem::TooDeep => "nested too deeply",
            Problem::TooLong => "the text is too long",
        };
        write!(f, "{what} at byte {}", self.at)
    }
}

impl Error for JsonError {}

impl Json {
    /// Reads a text that is one JSON value, with white space around it or not.
    pub fn parse(text: &str) -> Result<Json, JsonError> {
        let tape = Tape::read(text)?;
        Ok(tape.root().map_or(Json::Null, Json::from_item))
    }

    /// A value of a tape on its own. Recursion ends at [`MAX_DEPTH`].
    pub fn from_item(item: Item<'_>) -> Json {
        match item.kind() {
            Kind::Null => Json::Null,
            Kind::True => Json::Bool(true),
            Kind::False => Json::Bool(false),
            Kind::Number => Json::Number(item.source().to_owned()),
            Kind::Plain | Kind::Escaped => Json::String(item.text().into_owned()),
            Kind::Array => Json::Array(item.elements().map(Json::from_item).collect()),
            Kind::Object => Json::Object(object(item)),
        }
    }

    /// The value of an object's key.
    pub fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Json::Object(members) => members
                .iter()
                .rev()
                .find(|(k, _)| k == key)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// An array's element.
    pub fn at(&self, index: usize) -> Option<&Json> {
        match self {
            Json::Array(elements) => elements.get(index),
            _ => None,
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Json::String(text) => Some(text),
            _ => None,
        }
    }

    pub fn is_container(&self) -> bool {
        matches!(self, Json::Array(_) | Json::Object(_))
    }
}

/// An equal key's later value takes the earlier one's place.
fn object(item: Item<'_>) -> Vec<(String, Json)> {
    let mut members: Vec<(String, Json)> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (key, value) in item.members() {
        let key = key.text();
        let value = Json::from_item(value);
        let place = if members.len() < FEW {
            members.iter().position(|(k, _)| *k == key)
        } else {
            if places.is_empty() {
                places = members.iter().map(|(k, _)| k.clone()).zip(0..).collect();
            }
            places.get(key.as_ref()).copied()
        };
        match place.and_then(|at| members.get_mut(at)) {
            Some((_, old)) => *old = value,
            None => {
                if members.len() >= FEW {
                    places.insert(key.to_string(), members.len());
                }
                members.push((key.into_owned(), value));
            }
        }
    }
    members
}

/// So many keys are compared one by one.
const FEW: usize = 16;
