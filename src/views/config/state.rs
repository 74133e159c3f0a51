//! A resource's state as a list of values that can be read.

use serde_json::Value;

/// Rows shown; a larger state is in its record.
pub const MOST_ROWS: usize = 3000;

/// A member of the state, or an item of a list in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// How deep it stands, from 0.
    pub depth: usize,
    pub name: String,
    /// Absent where the values inside follow.
    pub value: Option<String>,
}

/// The state's values in the order of their names, single values before those that hold others; the first
/// [`MOST_ROWS`], and how many there are more.
pub fn rows(item: &Value) -> (Vec<Row>, usize) {
    let mut out = Rows::default();
    out.inside(item, 0);
    (out.rows, out.more)
}

#[derive(Default)]
struct Rows {
    rows: Vec<Row>,
    more: usize,
}

impl Rows {
    fn add(&mut self, depth: usize, name: &str, value: Option<String>) {
        if self.rows.len() >= MOST_ROWS {
            self.more += 1;
            return;
        }
        self.rows.push(Row {
            depth,
            name: name.to_owned(),
            value,
        });
    }

    fn inside(&mut self, value: &Value, depth: usize) {
        match value {
            Value::Object(members) => {
                let (single, nested): (Vec<_>, Vec<_>) =
                    members.iter().partition(|(_, v)| plain(v).is_some());
                for (name, v) in single.into_iter().chain(nested) {
                    self.member(name, v, depth);
                }
            }
            Value::Array(items) => {
                for (n, v) in items.iter().enumerate() {
                    self.member(&(n + 1).to_string(), v, depth);
                }
            }
            single => self.add(depth, "", plain(single)),
        }
    }

    fn member(&mut self, name: &str, value: &Value, depth: usize) {
        match plain(value) {
            Some(text) => self.add(depth, name, Some(text)),
            None => {
                self.add(depth, name, None);
                self.inside(value, depth + 1);
            }
        }
    }
}

/// A value that stands on one line: a single one, an empty one, a list of few single ones.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some("none".to_owned()),
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Object(members) => members.is_empty().then(|| "none".to_owned()),
        Value::Array(items) => {
            let nested = |v: &Value| v.is_array() || v.is_object();
            if items.is_empty() {
                Some("none".to_owned())
            } else if items.len() <= 8 && !items.iter().any(nested) {
                let all: Option<Vec<String>> = items.iter().map(plain).collect();
                all.map(|a| a.join(", "))
            } else {
                None
            }
        }
    }
}
