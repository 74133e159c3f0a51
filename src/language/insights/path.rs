//! The way into JSON: `a.b.0.c` (CWL_AnalyzeLogData-discoverable-fields, "Fields in JSON logs").

use super::nodes::{self, Json};
use super::value::Value;
use crate::language::json::{Item, Kind};

/// How many parts of a name may be one key.
const MAX_PARTS: usize = 8;

/// Parts with periods between them. Parts that belong together as one key with periods are tried first.
#[derive(Clone, Debug, PartialEq)]
pub struct Path {
    text: String,
    /// Where each part begins and ends in the text.
    parts: Vec<(usize, usize)>,
}

/// JSON as a tree or on a tape.
trait Tree: Copy {
    fn is_map(self) -> bool;
    fn key(self, key: &str) -> Option<Self>;
    fn element(self, at: usize) -> Option<Self>;
}

impl Tree for &Json {
    fn is_map(self) -> bool {
        matches!(self, Json::Object(_))
    }

    fn key(self, key: &str) -> Option<Self> {
        self.get(key)
    }

    fn element(self, at: usize) -> Option<Self> {
        self.at(at)
    }
}

impl Tree for Item<'_> {
    fn is_map(self) -> bool {
        self.kind() == Kind::Object
    }

    fn key(self, key: &str) -> Option<Self> {
        self.get(key)
    }

    fn element(self, at: usize) -> Option<Self> {
        match self.kind() {
            Kind::Array => self.elements().nth(at),
            _ => None,
        }
    }
}

impl Path {
    pub fn new<'p>(names: impl IntoIterator<Item = &'p str>) -> Path {
        let (mut text, mut parts) = (String::new(), Vec::new());
        for name in names {
            if !parts.is_empty() {
                text.push('.');
            }
            let start = text.len();
            text.push_str(name);
            parts.push((start, text.len()));
        }
        Path { text, parts }
    }

    fn follow<T: Tree>(&self, tree: T, from: usize) -> Option<T> {
        let Some(&(start, end)) = self.parts.get(from) else {
            return Some(tree);
        };
        if !tree.is_map() {
            let at = self.text.get(start..end)?.parse().ok()?;
            return self.follow(tree.element(at)?, from + 1);
        }
        let last = self.parts.len().min(from + MAX_PARTS);
        (from..last).rev().find_map(|to| {
            let (_, end) = self.parts.get(to)?;
            self.follow(tree.key(self.text.get(start..*end)?)?, to + 1)
        })
    }

    pub(super) fn in_json<'a>(&self, json: &'a Json) -> Option<&'a Json> {
        self.follow(json, 0)
    }
}

/// A field of JSON records by its name, read once for many records. A key that begins with `@` is asked for with another `@`.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldPath(Option<Path>);

impl FieldPath {
    pub fn new(name: &str) -> FieldPath {
        let key = match name.strip_prefix('@') {
            Some(key) if key.starts_with('@') => key,
            // A name with one @ is the system's.
            Some(_) => return FieldPath(None),
            None => name,
        };
        FieldPath(Some(Path::new(key.split('.'))))
    }

    /// Its value in a record. Only an object has fields.
    pub fn of<'a>(&self, record: &'a Json) -> Value<'a> {
        let found = self
            .0
            .as_ref()
            .filter(|_| record.is_map())
            .and_then(|path| path.in_json(record));
        found.map_or(Value::Absent, nodes::borrowed)
    }

    /// Its value in a record on a tape.
    pub fn on_tape<'a>(&self, record: Item<'a>) -> Value<'a> {
        let found = self
            .0
            .as_ref()
            .filter(|_| record.is_map())
            .and_then(|path| path.follow(record, 0));
        let Some(item) = found else {
            return Value::Absent;
        };
        match item.kind() {
            Kind::Null => Value::Absent,
            Kind::True => Value::Bool(true),
            Kind::False => Value::Bool(false),
            Kind::Number => nodes::number(item.source()),
            Kind::Plain | Kind::Escaped => Value::Text(item.text()),
            Kind::Array | Kind::Object => Value::from(Json::from_item(item)),
        }
    }
}
