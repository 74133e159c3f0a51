//! JSON in texts.

use super::{Clock, text_of};
use crate::language::insights::compare::equals;
use crate::language::insights::nodes::{self, Json};
use crate::language::insights::value::Value;
use std::borrow::Cow;

/// A map or list; anything else is nothing.
pub fn parse<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    match args.first() {
        Some(node @ Value::Node(_)) => node.clone(),
        _ => text_of(args, 0)
            .and_then(|t| nodes::parse(&t))
            .map_or(Value::Absent, Value::from),
    }
}

pub fn stringify<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    match args.first() {
        Some(Value::Node(node)) => node.print().into(),
        _ => Value::Absent,
    }
}

/// The elements of a list or of its JSON text.
fn elements<'v>(value: Option<&'v Value>) -> Option<Cow<'v, [Json]>> {
    match value? {
        Value::Node(node) => node.elements().map(Cow::Borrowed),
        other => match nodes::parse(&other.text()?)? {
            Json::Array(items) => Some(Cow::Owned(items)),
            _ => None,
        },
    }
}

pub fn array_size<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    elements(args.first()).map_or(Value::Absent, |items| Value::count(items.len()))
}

pub fn array_contains<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    let Some(asked) = args.get(1) else {
        return false.into();
    };
    elements(args.first())
        .is_some_and(|items| items.iter().any(|item| equals(&nodes::borrowed(item), asked)))
        .into()
}
