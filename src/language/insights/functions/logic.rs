//! What is there, and of what kind.

use super::{Clock, text_of};
use crate::language::insights::value::Value;

pub fn same<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    args.first().cloned().unwrap_or_default()
}

pub fn is_numeric<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    args.first().is_some_and(|v| v.number().is_some()).into()
}

pub fn is_empty<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    (args.first().is_none_or(|v| !v.is_node()) && text_of(args, 0).is_none_or(|t| t.is_empty())).into()
}

pub fn is_blank<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    (args.first().is_none_or(|v| !v.is_node()) && text_of(args, 0).is_none_or(|t| t.trim().is_empty())).into()
}
