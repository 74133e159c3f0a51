//! One body, whoever spelt it: Config writes `kmsKeyId`, the CLI `KmsKeyId`, and Config puts JSON into strings.

use serde_json::Value;
use std::borrow::Cow;

/// A Config item or an item of a CLI answer.
pub(super) struct Body<'v> {
    /// The configuration itself.
    main: Cow<'v, Value>,
    /// Config's `supplementaryConfiguration`.
    more: Option<&'v Value>,
}

/// JSON inside a string is opened; anything else is taken as it is.
fn opened(value: &Value) -> Cow<'_, Value> {
    let inside = || {
        let text = value.as_str()?.trim_start();
        text.starts_with(['{', '['])
            .then(|| serde_json::from_str(text).ok())?
    };
    inside().map_or(Cow::Borrowed(value), Cow::Owned)
}

/// A value by its key, in any case.
fn get<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    let object = value.as_object()?;
    let found = object.get(key).or_else(|| {
        let mut same = object.iter().filter(|(k, _)| k.eq_ignore_ascii_case(key));
        same.next().map(|(_, v)| v)
    });
    found.filter(|v| !v.is_null())
}

/// A value by a path of keys with dots between.
pub(super) fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(value, get)
}

pub(super) fn text(value: &Value, path: &str) -> Option<String> {
    let found = match at(value, path)? {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!found.is_empty()).then_some(found)
}

/// `true`, `"true"`, and the words that AWS has for on and off.
pub(super) fn flag(value: &Value, path: &str) -> Option<bool> {
    match at(value, path)? {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "enabled" => Some(true),
            "false" | "disabled" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

pub(super) fn number(value: &Value, path: &str) -> Option<u64> {
    match at(value, path)? {
        Value::Number(number) => number.as_u64().or_else(|| {
            // Some writers have every number with a fraction.
            let float = number
                .as_f64()
                .filter(|n| *n >= 0.0 && *n < 9e15 && n.fract() == 0.0)?;
            Some(float as u64)
        }),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

pub(super) fn list<'v>(value: &'v Value, path: &str) -> Option<&'v [Value]> {
    at(value, path)?.as_array().map(Vec::as_slice)
}

/// The texts of a list.
pub(super) fn texts(value: &Value, path: &str) -> Option<Vec<String>> {
    Some(
        list(value, path)?
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
    )
}

impl<'v> Body<'v> {
    pub fn new(body: &'v Value) -> Self {
        Body {
            main: get(body, "configuration").map_or(Cow::Borrowed(body), opened),
            more: get(body, "supplementaryConfiguration"),
        }
    }

    pub fn main(&self) -> &Value {
        &self.main
    }

    /// A part of the supplementary configuration, or of the configuration itself.
    pub fn part(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.more
            .and_then(|more| get(more, name))
            .or_else(|| get(&self.main, name))
            .map(opened)
    }

    pub fn text(&self, path: &str) -> Option<String> {
        text(&self.main, path)
    }

    /// The first of several keys that has a text.
    pub fn first(&self, paths: &[&str]) -> Option<String> {
        paths.iter().find_map(|path| self.text(path))
    }

    pub fn flag(&self, path: &str) -> Option<bool> {
        flag(&self.main, path)
    }

    pub fn number(&self, path: &str) -> Option<u64> {
        number(&self.main, path)
    }
}

/// The account in an ARN.
pub(crate) fn arn_account(arn: &str) -> Option<&str> {
    arn_part(arn, 4).filter(|a| a.len() == 12)
}

/// The region in an ARN.
pub(crate) fn arn_region(arn: &str) -> Option<&str> {
    arn_part(arn, 3)
}

fn arn_part(arn: &str, n: usize) -> Option<&str> {
    arn.strip_prefix("arn:")?
        .split(':')
        .nth(n - 1)
        .filter(|part| !part.is_empty())
}

/// The bucket of `arn:aws:s3:::bucket/prefix/` or of a bare name.
pub(crate) fn bucket_name(text: &str) -> &str {
    let name = text.rsplit(":::").next().unwrap_or(text);
    let name = name.split('/').next().unwrap_or(name);
    match name.find(".s3.") {
        Some(at) => name.get(..at).unwrap_or(name),
        None => name,
    }
}

/// The log group of `arn:aws:logs:region:account:log-group:NAME:*` or of a bare name.
pub(crate) fn group_name(text: &str) -> &str {
    let name = text.split_once(":log-group:").map_or(text, |(_, name)| name);
    name.strip_suffix(":*").unwrap_or(name)
}
