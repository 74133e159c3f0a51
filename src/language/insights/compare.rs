//! Operators over values: what is absent, a map or a list equals nothing (section "Comparison operators" of
//! CWL_QuerySyntax-Filter; that an absent field is unequal to everything was reported of the service).

use super::ast::{CompareOp, MathOp};
use super::number::Num;
use super::value::Value;
use std::cmp::Ordering;

/// `left op right`. `number` is the right one's number where it is known beforehand.
pub fn compare(op: CompareOp, left: &Value, right: &Value, number: impl Fn() -> Option<Num>) -> bool {
    if left.is_node() || right.is_node() {
        return false;
    }
    if left.is_absent() || right.is_absent() {
        return op == CompareOp::Unequal;
    }
    match op {
        CompareOp::Equal => equal(left, right, number),
        CompareOp::Unequal => !equal(left, right, number),
        _ => {
            let order = match (left, right) {
                (Value::Time(a), Value::Time(b)) => Some(a.cmp(b)),
                (Value::Text(a), Value::Text(b)) => match (left.number(), number()) {
                    (Some(a), Some(b)) => Some(a.order(b)),
                    _ => Some(a.as_ref().cmp(b.as_ref())),
                },
                _ => left.number().and_then(|a| Some(a.order(number()?))),
            };
            order.is_some_and(|order| match op {
                CompareOp::Less => order == Ordering::Less,
                CompareOp::LessOrEqual => order != Ordering::Greater,
                CompareOp::Greater => order == Ordering::Greater,
                CompareOp::GreaterOrEqual => order != Ordering::Less,
                CompareOp::Equal | CompareOp::Unequal => false,
            })
        }
    }
}

fn equal(left: &Value, right: &Value, number: impl Fn() -> Option<Num>) -> bool {
    match (left, right) {
        (Value::Text(a), Value::Text(b)) => a == b,
        (Value::Bool(b), Value::Text(t)) | (Value::Text(t), Value::Bool(b)) => is_bool_text(*b, t),
        (Value::Time(a), Value::Time(b)) => a == b,
        _ => match (left.number(), number()) {
            (Some(a), Some(b)) => a.order(b) == Ordering::Equal,
            // A number beside a text that is none; a time beside a date.
            _ => false,
        },
    }
}

fn is_bool_text(b: bool, text: &str) -> bool {
    matches!((b, text), (true, "true" | "1") | (false, "false" | "0"))
}

pub fn equals(left: &Value, right: &Value) -> bool {
    compare(CompareOp::Equal, left, right, || right.number())
}

pub fn math(op: MathOp, left: &Value, right: &Value) -> Option<Num> {
    let (a, b) = (left.number()?, right.number()?);
    match op {
        MathOp::Add => a.plus(b),
        MathOp::Subtract => a.minus(b),
        MathOp::Multiply => a.times(b),
        MathOp::Divide => a.over(b),
        MathOp::Remainder => a.remainder(b),
        MathOp::Power => a.power(b),
    }
}
