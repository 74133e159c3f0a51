//! A JSON value known by its text: nothing is taken apart until someone asks for it.
//!
//! Every value keeps where it stands in its member, so that a row's original text is an exact byte range; numbers keep
//! their digits; and a text that ends too early still gives what is complete. Answers of the AWS command line and
//! configuration files are read this way. Skipping a value checks it in full (RFC 8259, with two concessions that real
//! files need: raw control characters in strings and bytes that are not UTF-8).

mod scan;

use super::value::{Kind, Raw};
use scan::{MAX_DEPTH, space, string, take};
use std::borrow::Cow;

/// Is a value's text all there, and is it JSON?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Whole,
    /// The text ends inside the value.
    Cut,
    /// Why it is no JSON, as a sentence fragment.
    Broken(&'static str),
}

/// A value by its text.
#[derive(Clone, Copy, Debug)]
pub struct Json<'a> {
    text: &'a [u8],
    /// Offset of `text` in the member.
    at: u64,
    /// Where the string stands that this value was written in, for JSON inside a JSON string.
    pin: Option<(u64, u64)>,
    state: State,
}

impl<'a> Json<'a> {
    /// The value that `text` starts with (after white space) and how many bytes it takes, white space included.
    pub fn first(text: &'a [u8], at: u64) -> Option<(Json<'a>, usize)> {
        let start = space(text, 0);
        if start == text.len() {
            return None;
        }
        let (end, state) = take(text, start);
        let json = Json {
            text: text.get(start..end)?,
            at: at + start as u64,
            pin: None,
            state,
        };
        Some((json, end))
    }

    /// The value of a text that is one JSON value.
    pub fn of(text: &'a [u8]) -> Option<Json<'a>> {
        Json::first(text, 0).map(|(json, _)| json)
    }

    pub fn state(self) -> State {
        self.state
    }

    pub fn text(self) -> &'a [u8] {
        self.text
    }

    /// Offset and length of the smallest part of the member that holds this value: its own text, or the string
    /// that it was written in.
    pub fn origin(self) -> (u64, u64) {
        self.pin.unwrap_or((self.at, self.text.len() as u64))
    }

    pub fn is_object(self) -> bool {
        self.text.first() == Some(&b'{')
    }

    pub fn is_array(self) -> bool {
        self.text.first() == Some(&b'[')
    }

    pub fn is_string(self) -> bool {
        self.text.first() == Some(&b'"')
    }

    pub fn is_null(self) -> bool {
        self.text == b"null"
    }

    /// The fields of an object; none for anything else.
    pub fn object(self) -> Object<'a> {
        let mut fields = Vec::new();
        let mut at = 1;
        while self.is_object() {
            at = space(self.text, at);
            if self.text.get(at) != Some(&b'"') {
                break;
            }
            let (key_end, State::Whole) = string(self.text, at) else {
                break;
            };
            let key = unescape(&self.text[at + 1..key_end - 1]);
            at = space(self.text, key_end);
            if self.text.get(at) != Some(&b':') {
                break;
            }
            at = space(self.text, at + 1);
            let Some(value) = self.inner(at) else { break };
            at = space(self.text, at + value.text.len());
            fields.push((key, value));
            if self.text.get(at) != Some(&b',') {
                break;
            }
            at += 1;
        }
        Object { fields }
    }

    /// The elements of an array; none for anything else. A broken element does not hide those after it.
    pub fn elements(self) -> Elements<'a> {
        Elements {
            array: self,
            at: usize::from(self.is_array()),
        }
    }

    fn inner(self, start: usize) -> Option<Json<'a>> {
        let (end, state) = take(self.text, start);
        let text = self.text.get(start..end).filter(|t| !t.is_empty())?;
        Some(Json {
            text,
            at: self.at + start as u64,
            pin: self.pin,
            state,
        })
    }

    /// The field of an object.
    pub fn get(self, key: &str) -> Option<Json<'a>> {
        self.object().get(key)
    }

    /// The content of a string.
    pub fn str(self) -> Option<Cow<'a, str>> {
        let inner = self.text.strip_prefix(b"\"")?;
        Some(unescape(inner.strip_suffix(b"\"").unwrap_or(inner)))
    }

    /// What a cell shows: a string's content, a number's digits, a container's text; nothing for null.
    pub fn plain(self) -> Option<Cow<'a, str>> {
        if self.is_null() {
            None
        } else if self.is_string() {
            self.str()
        } else {
            Some(String::from_utf8_lossy(self.text))
        }
    }

    pub fn bool(self) -> Option<bool> {
        match self.plain()?.trim() {
            t if t.eq_ignore_ascii_case("true") || t == "1" => Some(true),
            t if t.eq_ignore_ascii_case("false") || t == "0" => Some(false),
            _ => None,
        }
    }

    pub fn int(self) -> Option<i64> {
        let text = self.plain()?;
        // Recorded answers write whole numbers as 1.0.
        let whole = text
            .trim()
            .split_once('.')
            .map_or(text.trim(), |(whole, fraction)| {
                if fraction.bytes().all(|b| b == b'0') {
                    whole
                } else {
                    ""
                }
            });
        whole.parse().ok()
    }

    pub fn float(self) -> Option<f64> {
        self.plain()?.trim().parse().ok().filter(|f: &f64| f.is_finite())
    }

    /// A time in nanoseconds: ISO 8601, or a Unix time with or without a fraction (AWS CLI version 1).
    pub fn time(self) -> Option<i64> {
        let kind = if self.is_string() {
            Kind::String
        } else {
            Kind::Number
        };
        Raw {
            kind,
            bytes: self.text,
        }
        .time()
    }

    /// The text of the JSON that is written inside this string; read it with [`Json::within`].
    pub fn embedded(self) -> Option<Cow<'a, str>> {
        self.str()
            .filter(|s| matches!(s.trim_start().as_bytes().first(), Some(b'{' | b'[')))
    }

    /// The value of a text that stood inside the string `self`: its origin stays the string.
    pub fn within<'t>(self, text: &'t str) -> Option<Json<'t>> {
        let mut inner = Json::of(text.as_bytes())?;
        inner.pin = Some(self.origin());
        if self.state == State::Cut && inner.state == State::Whole {
            inner.state = State::Cut;
        }
        Some(inner)
    }

    /// Calls `f` with every value at a dotted path: `Severity.Label`, `Resources.0.Id`, `Resources.Id` (of each
    /// element), also through JSON inside strings. A key that itself has dots is found too.
    pub fn visit(self, path: &str, f: &mut dyn FnMut(Json<'_>)) {
        self.descend(path, 0, f);
    }

    fn descend(self, path: &str, depth: u32, f: &mut dyn FnMut(Json<'_>)) {
        if depth > MAX_DEPTH {
            return;
        }
        if self.is_object() {
            self.object().descend(path, depth, f);
        } else if self.is_array() {
            let (head, rest) = path.split_once('.').unwrap_or((path, ""));
            match head.parse::<usize>() {
                Ok(n) => {
                    if let Some(value) = self.elements().nth(n) {
                        if rest.is_empty() {
                            value.leaf(f);
                        } else {
                            value.descend(rest, depth + 1, f);
                        }
                    }
                }
                Err(_) => self.elements().for_each(|e| e.descend(path, depth + 1, f)),
            }
        } else if let Some(text) = self.embedded()
            && let Some(inner) = self.within(&text)
        {
            inner.descend(path, depth + 1, f);
        }
    }

    /// The elements of an array, or the value itself; null is nothing.
    fn leaf(self, f: &mut dyn FnMut(Json<'_>)) {
        if self.is_array() {
            self.elements().filter(|e| !e.is_null()).for_each(f);
        } else if !self.is_null() {
            f(self);
        }
    }

    /// The first value at a path, as [`Json::plain`] text.
    pub fn at_path(self, path: &str) -> Option<String> {
        self.object().at_path(path)
    }
}

/// The fields of an object, in the order they are written.
#[derive(Clone, Debug, Default)]
pub struct Object<'a> {
    pub fields: Vec<(Cow<'a, str>, Json<'a>)>,
}

impl<'a> Object<'a> {
    /// A field by its key; the last one where a key repeats, as JavaScript reads it. AWS spells one key in several
    /// ways (`Arn`, `arn`, `ARN`; the GuardDuty API `AccountId`, its export `accountId`), so another case is taken
    /// where there is no exact match.
    pub fn get(&self, key: &str) -> Option<Json<'a>> {
        let find =
            |same: &dyn Fn(&str) -> bool| self.fields.iter().rev().find(|(k, _)| same(k)).map(|(_, v)| *v);
        find(&|k| k == key).or_else(|| find(&|k| k.eq_ignore_ascii_case(key)))
    }

    /// Is there a field of exactly this key?
    pub fn has(&self, key: &str) -> bool {
        self.fields.iter().any(|(k, _)| k == key)
    }

    pub fn text(&self, key: &str) -> Option<Cow<'a, str>> {
        self.get(key)?.plain()
    }

    /// See [`Json::visit`].
    pub fn visit(&self, path: &str, f: &mut dyn FnMut(Json<'_>)) {
        self.descend(path, 0, f);
    }

    fn descend(&self, path: &str, depth: u32, f: &mut dyn FnMut(Json<'_>)) {
        if let Some(value) = self.get(path) {
            return value.leaf(f);
        }
        for (dot, _) in path.match_indices('.') {
            if let Some(value) = self.get(path.get(..dot).unwrap_or_default()) {
                return value.descend(path.get(dot + 1..).unwrap_or_default(), depth + 1, f);
            }
        }
    }

    /// The first value at a path, as [`Json::plain`] text.
    pub fn at_path(&self, path: &str) -> Option<String> {
        let mut found = None;
        self.visit(path, &mut |v| {
            if found.is_none() {
                found = v.plain().map(Cow::into_owned);
            }
        });
        found
    }
}

/// See [`Json::elements`].
pub struct Elements<'a> {
    array: Json<'a>,
    at: usize,
}

impl<'a> Iterator for Elements<'a> {
    type Item = Json<'a>;
    fn next(&mut self) -> Option<Json<'a>> {
        if self.at == 0 {
            return None;
        }
        let text = self.array.text;
        let mut at = space(text, self.at);
        if self.at > 1 {
            // Behind an element: a comma, or the end.
            if text.get(at) != Some(&b',') {
                return None;
            }
            // A comma too many takes no record.
            while text.get(at) == Some(&b',') {
                at = space(text, at + 1);
            }
        }
        if matches!(text.get(at), None | Some(b']')) {
            return None;
        }
        let value = self.array.inner(at)?;
        self.at = at + value.text.len();
        Some(value)
    }
}

/// The content of a string's text: escapes undone, what is no UTF-8 replaced.
fn unescape(quoted: &[u8]) -> Cow<'_, str> {
    match super::value::unescape(quoted) {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Cow::Owned(text),
            Err(e) => Cow::Owned(String::from_utf8_lossy(e.as_bytes()).into_owned()),
        },
    }
}

#[cfg(test)]
mod tests;
