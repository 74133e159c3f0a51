//! Reading a described resource in any of its spellings: the command line's `IpPermissions`, Config's `ipPermissions`,
//! JSON that stands inside a string.

use crate::base::time::{from_epoch, parse_iso};
use serde_json::Value;

/// A value inside a description, or nothing. What is missing reads as empty, so that a judge is one line.
#[derive(Clone, Copy, Debug)]
pub struct Body<'a>(Option<&'a Value>);

impl<'a> Body<'a> {
    pub const NONE: Body<'static> = Body(None);

    pub fn of(value: &'a Value) -> Self {
        Body(Some(value).filter(|v| !v.is_null()))
    }

    pub fn value(self) -> Option<&'a Value> {
        self.0
    }

    /// The value under a key, whatever the case of its letters.
    pub fn get(self, key: &str) -> Body<'a> {
        let Some(Value::Object(fields)) = self.0 else {
            return Body(None);
        };
        let found = fields.get(key).or_else(|| {
            let mut same = fields.iter().filter(|(k, _)| k.eq_ignore_ascii_case(key));
            same.next().map(|(_, value)| value)
        });
        found.map_or(Body(None), Body::of)
    }

    /// The value at `a.b.c`.
    pub fn at(self, path: &str) -> Body<'a> {
        path.split('.').fold(self, Body::get)
    }

    /// The first of these keys that says something.
    pub fn any(self, keys: &[&str]) -> Body<'a> {
        let mut found = keys.iter().map(|k| self.get(k)).filter(|b| b.is_there());
        found.next().unwrap_or(Body(None))
    }

    /// Whether the key stands there at all, even with nothing under it.
    pub fn names(self, key: &str) -> bool {
        matches!(self.0, Some(Value::Object(fields)) if fields.keys().any(|k| k.eq_ignore_ascii_case(key)))
    }

    pub fn is_there(self) -> bool {
        self.0.is_some()
    }

    pub fn text(self) -> &'a str {
        self.0.and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether it is this word, whatever the case of its letters.
    pub fn is(self, word: &str) -> bool {
        self.text().eq_ignore_ascii_case(word)
    }

    /// A number, or one written as text.
    pub fn int(self) -> Option<i64> {
        match self.0? {
            Value::Number(n) => n.as_i64().or_else(|| n.as_f64().map(|f| f as i64)),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// `true` and `false`, also as words.
    pub fn bool(self) -> Option<bool> {
        match self.0? {
            Value::Bool(b) => Some(*b),
            Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    pub fn yes(self) -> bool {
        self.bool() == Some(true)
    }

    /// A time in nanoseconds: ISO 8601, or a Unix time in any unit.
    pub fn time(self) -> Option<i64> {
        match self.0? {
            Value::String(text) => parse_iso(text.as_bytes()),
            Value::Number(n) => match n.as_i64() {
                Some(whole) => from_epoch(whole),
                None => from_epoch(n.as_f64()? as i64),
            },
            _ => None,
        }
    }

    /// The elements of an array; those under `Items`, as CloudFront wraps its arrays.
    pub fn list(self) -> impl Iterator<Item = Body<'a>> + Clone {
        let own = match self.0 {
            Some(Value::Array(list)) => list.as_slice(),
            Some(Value::Object(_)) => match self.get("Items").0 {
                Some(Value::Array(list)) => list.as_slice(),
                _ => &[],
            },
            _ => &[],
        };
        own.iter().map(Body::of)
    }

    pub fn len(self) -> usize {
        self.list().count()
    }

    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The elements of an array, or the one value that stands in its place.
    pub fn one_or_many(self) -> impl Iterator<Item = Body<'a>> {
        let alone = match self.0 {
            Some(Value::Array(_)) | None => None,
            Some(_) => Some(self),
        };
        let many = if alone.is_some() { Body(None) } else { self };
        alone.into_iter().chain(many.list())
    }

    /// The JSON that a text holds, be it URL-encoded or quoted more than once; what is no text as it is.
    pub fn parsed(self) -> Option<Value> {
        let mut found = self.0?.clone();
        for _ in 0..4 {
            let Value::String(text) = &found else {
                return Some(found);
            };
            let plain = if text.trim_start().starts_with('%') {
                decoded(text)
            } else {
                text.clone()
            };
            found = serde_json::from_str(&plain).ok()?;
        }
        None
    }
}

/// `%7B%22Version%22` → `{"Version"`
fn decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
        match (first, tail) {
            (b'%', [a, b, after @ ..]) if hex(*a).is_some() && hex(*b).is_some() => {
                out.push(hex(*a).unwrap_or_default() * 16 + hex(*b).unwrap_or_default());
                rest = after;
            }
            _ => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_spellings_read_the_same() {
        for value in [
            json!({"IpPermissions": [{"FromPort": 22}]}),
            json!({"ipPermissions": [{"fromPort": "22"}]}),
        ] {
            let body = Body::of(&value);
            let port = body
                .get("IpPermissions")
                .list()
                .next()
                .and_then(|p| p.get("FromPort").int());
            assert_eq!(port, Some(22));
        }
    }

    #[test]
    fn a_policy_is_found_in_text_in_urls_and_in_quotes() {
        let policy = json!({"Version": "2012-10-17"});
        let text = policy.to_string();
        let url = "%7B%22Version%22%3A%222012-10-17%22%7D";
        for held in [
            policy.clone(),
            json!(text),
            json!(url),
            json!(json!(text).to_string()),
        ] {
            assert_eq!(Body::of(&held).parsed(), Some(policy.clone()));
        }
        assert_eq!(Body::of(&json!("100%")).parsed(), None);
    }

    #[test]
    fn times_are_read_from_text_and_numbers() {
        let at = 1_700_000_000_000_000_000;
        for held in [
            json!("2023-11-14T22:13:20+00:00"),
            json!(1_700_000_000),
            json!(1_700_000_000_000_i64),
        ] {
            assert_eq!(Body::of(&held).time(), Some(at));
        }
    }
}
