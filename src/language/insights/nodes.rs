//! Maps and lists: JSON inside values, and the fields of a JSON record (CWL_AnalyzeLogData-discoverable-fields).

use super::number::Num;
use super::path::{FieldPath, Path};
use super::value::Value;
pub use crate::language::json::Json;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;

/// A JSON object or array.
#[derive(Clone, Debug)]
pub struct Node<'a>(Cow<'a, Json>);

impl<'a> Node<'a> {
    pub fn json(&self) -> &Json {
        &self.0
    }

    pub fn is_map(&self) -> bool {
        matches!(*self.0, Json::Object(_))
    }

    pub fn into_owned(self) -> Node<'static> {
        Node(Cow::Owned(self.0.into_owned()))
    }

    pub fn share(&'a self) -> Node<'a> {
        Node(Cow::Borrowed(&self.0))
    }

    /// Compact.
    pub fn print(&self) -> String {
        print(&self.0)
    }

    /// The elements of a list; nothing for a map.
    pub fn elements(&self) -> Option<&[Json]> {
        match &*self.0 {
            Json::Array(items) => Some(items),
            _ => None,
        }
    }

    /// What stands at a path.
    fn at(self, path: &Path) -> Value<'a> {
        match self.0 {
            Cow::Borrowed(json) => path.in_json(json).map_or(Value::Absent, borrowed),
            Cow::Owned(json) => path
                .in_json(&json)
                .map_or(Value::Absent, |found| borrowed(found).into_owned()),
        }
    }
}

/// As text: how a JSON value lies in memory is another module's.
impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.print())
    }
}

impl<'de> Deserialize<'de> for Node<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match parse(&text) {
            Some(json) => Ok(Node(Cow::Owned(json))),
            None => Err(serde::de::Error::custom("a map or list is expected")),
        }
    }
}

/// A JSON object or array; anything else is none.
pub fn parse(text: &str) -> Option<Json> {
    let trimmed = text.trim_ascii();
    if !trimmed.starts_with(['{', '[']) {
        return None;
    }
    Json::parse(trimmed).ok()
}

pub fn print(json: &Json) -> String {
    json.to_string()
}

fn scalar(json: &Json) -> Option<Value<'_>> {
    Some(match json {
        Json::Null => Value::Absent,
        Json::Bool(b) => Value::Bool(*b),
        Json::Number(n) => number(n),
        Json::String(s) => Value::Text(Cow::Borrowed(s)),
        Json::Array(_) | Json::Object(_) => return None,
    })
}

/// A JSON number by its source text. One that is no finite number stays text.
pub fn number(source: &str) -> Value<'_> {
    match Num::parse(source) {
        Some(n) => Value::from(n),
        None => Value::Text(Cow::Borrowed(source)),
    }
}

pub fn borrowed(json: &Json) -> Value<'_> {
    scalar(json).unwrap_or(Value::Node(Node(Cow::Borrowed(json))))
}

pub fn owned(json: Json) -> Value<'static> {
    match json {
        Json::String(s) => Value::Text(Cow::Owned(s)),
        json if scalar(&json).is_some() => borrowed(&json).into_owned(),
        json => Value::Node(Node(Cow::Owned(json))),
    }
}

/// A value as JSON.
pub fn json(value: &Value) -> Json {
    match value {
        Value::Absent => Json::Null,
        Value::Bool(b) => Json::Bool(*b),
        Value::Node(node) => node.json().clone(),
        Value::Int(_) | Value::Wide(_) | Value::Float(_) => {
            Json::Number(value.text().unwrap_or_default().into_owned())
        }
        Value::Text(_) | Value::Time(_) => Json::String(value.text().unwrap_or_default().into_owned()),
    }
}

pub fn list(values: impl IntoIterator<Item = Json>) -> Value<'static> {
    Value::Node(Node(Cow::Owned(Json::Array(values.into_iter().collect()))))
}

pub fn map(entries: Vec<(String, Json)>) -> Value<'static> {
    Value::Node(Node(Cow::Owned(Json::Object(entries))))
}

/// What a value has inside it.
pub fn inside<'a>(value: Value<'a>, path: &Path) -> Value<'a> {
    match value {
        Value::Node(node) => node.at(path),
        _ => Value::Absent,
    }
}

/// A field of a JSON record by its name: `a.b.0.c`.
pub fn field<'a>(record: &'a Json, name: &str) -> Value<'a> {
    FieldPath::new(name).of(record)
}
