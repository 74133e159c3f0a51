//! Expressions made ready to run, and running them: names are slots, literals are values, regexes are compiled.

use super::ast::{CompareOp, MathOp};
use super::compare::{compare, equals, math};
use super::functions::{Clock, Eval};
use super::needle::Matcher;
use super::nodes;
use super::number::Num;
use super::path::Path;
use super::period::Period;
use super::record::Row;
use super::value::Value;
use memchr::memmem::Finder;
use regex::Regex;
use std::borrow::Cow;

#[derive(Clone)]
pub enum Code {
    /// A literal, and its number if it is one.
    Const(Box<(Value<'static>, Option<Num>)>),
    /// A field of the record, by its place in [`super::Needs::fields`].
    Field(usize),
    /// A value made before.
    Slot(usize),
    Inside(Box<Code>, Path),
    Call(Eval, Vec<Code>),
    /// An empty text, a map and a list are present.
    Present(Box<Code>),
    Negative(Box<Code>),
    Positive(Box<Code>),
    Not(Box<Code>),
    Math(MathOp, Box<Code>, Box<Code>),
    Compare(CompareOp, Box<Code>, Box<Code>),
    Contains(Box<Code>, Box<Finder<'static>>),
    Matches(Box<Code>, Box<Matcher>),
    In(Box<Code>, Vec<Code>),
    InField(Box<Code>, Box<Code>),
    And(Vec<Code>),
    Or(Vec<Code>),
    /// Conditions and values in turn, and what else.
    Choice(Vec<(Code, Code)>, Option<Box<Code>>),
    Coalesce(Vec<Code>),
    Floor(Box<Code>, Period),
    Ceil(Box<Code>, Period),
    Replace(Box<Code>, Regex, Box<Code>),
    /// With a regex that is only known for each row.
    ReplaceBy(Box<Code>, Box<Code>, Box<Code>),
}

/// What an expression is evaluated on.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub row: &'a dyn Row,
    pub slots: &'a [Value<'static>],
    pub clock: &'a Clock,
}

impl Code {
    pub fn constant(value: Value<'static>) -> Code {
        let number = value.number();
        Code::Const(Box::new((value, number)))
    }

    pub fn eval<'a>(&'a self, on: &Context<'a>) -> Value<'a> {
        match self {
            Code::Const(constant) => constant.0.share(),
            Code::Field(at) => on.row.get(*at),
            Code::Slot(at) => on.slots.get(*at).map(Value::share).unwrap_or_default(),
            Code::Inside(base, path) => nodes::inside(base.eval(on), path),
            Code::Call(eval, args) => call(*eval, args, on),
            Code::Negative(inner) => inner.eval(on).number().and_then(Num::negative).into(),
            Code::Positive(inner) => inner.eval(on).number().into(),
            Code::Math(op, left, right) => math(*op, &left.eval(on), &right.eval(on)).into(),
            Code::Choice(branches, otherwise) => {
                let branch = branches
                    .iter()
                    .find(|(when, _)| when.test(on))
                    .map(|(_, then)| then);
                match branch.or(otherwise.as_deref()) {
                    Some(code) => code.eval(on),
                    None => Value::Absent,
                }
            }
            Code::Coalesce(parts) => parts
                .iter()
                .map(|p| p.eval(on))
                .find(|v| !v.is_absent())
                .unwrap_or_default(),
            Code::Floor(time, period) => bucket(time.eval(on), |t| period.floor(t)),
            Code::Ceil(time, period) => bucket(time.eval(on), |t| period.ceil(t)),
            Code::Replace(text, regex, with) => replaced(text.eval(on), Some(regex), with.eval(on)),
            Code::ReplaceBy(text, regex, with) => {
                let regex = regex.eval(on).text().and_then(|r| super::re2::compile(&r).ok());
                replaced(text.eval(on), regex.as_ref(), with.eval(on))
            }
            _ => Value::Bool(self.test(on)),
        }
    }

    /// As a condition.
    pub fn test(&self, on: &Context) -> bool {
        match self {
            Code::Not(inner) => !inner.test(on),
            Code::Present(inner) => !inner.eval(on).is_absent(),
            Code::And(parts) => parts.iter().all(|p| p.test(on)),
            Code::Or(parts) => parts.iter().any(|p| p.test(on)),
            Code::Compare(op, left, right) => match &**right {
                Code::Const(constant) => compare(*op, &left.eval(on), &constant.0, || constant.1),
                right => {
                    let right = right.eval(on);
                    compare(*op, &left.eval(on), &right, || right.number())
                }
            },
            Code::Contains(left, finder) => left
                .eval(on)
                .text()
                .is_some_and(|t| finder.find(t.as_bytes()).is_some()),
            Code::Matches(left, regex) => left.eval(on).text().is_some_and(|t| regex.is_match(&t)),
            Code::In(left, list) => {
                let left = left.eval(on);
                !left.is_absent()
                    && list.iter().any(|item| match item {
                        Code::Const(constant) => compare(CompareOp::Equal, &left, &constant.0, || constant.1),
                        item => equals(&left, &item.eval(on)),
                    })
            }
            Code::InField(left, list) => match list.eval(on) {
                Value::Node(node) => {
                    let left = left.eval(on);
                    node.elements()
                        .is_some_and(|e| e.iter().any(|e| equals(&left, &nodes::borrowed(e))))
                }
                _ => false,
            },
            other => other.eval(on).condition(),
        }
    }

    /// Visits this and everything in it.
    pub fn visit(&mut self, see: &mut dyn FnMut(&mut Code)) {
        see(self);
        match self {
            Code::Const(_) | Code::Field(_) | Code::Slot(_) => {}
            Code::Inside(a, _)
            | Code::Present(a)
            | Code::Negative(a)
            | Code::Positive(a)
            | Code::Not(a)
            | Code::Contains(a, _)
            | Code::Matches(a, _)
            | Code::Floor(a, _)
            | Code::Ceil(a, _) => a.visit(see),
            Code::Math(_, a, b) | Code::Compare(_, a, b) | Code::InField(a, b) | Code::Replace(a, _, b) => {
                a.visit(see);
                b.visit(see);
            }
            Code::ReplaceBy(a, b, c) => [a, b, c].into_iter().for_each(|code| code.visit(see)),
            Code::In(a, parts) => {
                a.visit(see);
                parts.iter_mut().for_each(|p| p.visit(see));
            }
            Code::Call(_, parts) | Code::And(parts) | Code::Or(parts) | Code::Coalesce(parts) => {
                parts.iter_mut().for_each(|p| p.visit(see));
            }
            Code::Choice(branches, otherwise) => {
                for (when, then) in branches {
                    when.visit(see);
                    then.visit(see);
                }
                if let Some(otherwise) = otherwise {
                    otherwise.visit(see);
                }
            }
        }
    }
}

/// Arguments of the usual numbers need no memory of their own.
fn call<'a>(eval: Eval, args: &'a [Code], on: &Context<'a>) -> Value<'a> {
    match args {
        [] => eval(&[], on.clock),
        [a] => eval(&[a.eval(on)], on.clock),
        [a, b] => eval(&[a.eval(on), b.eval(on)], on.clock),
        [a, b, c] => eval(&[a.eval(on), b.eval(on), c.eval(on)], on.clock),
        many => {
            let values: Vec<Value> = many.iter().map(|a| a.eval(on)).collect();
            eval(&values, on.clock)
        }
    }
}

fn bucket<'a>(time: Value, cut: impl FnOnce(i64) -> Option<i64>) -> Value<'a> {
    time.time().and_then(cut).map_or(Value::Absent, Value::Time)
}

fn replaced<'a>(text: Value<'a>, regex: Option<&Regex>, with: Value) -> Value<'a> {
    let (Some(text), Some(regex), Some(with)) = (text.into_text(), regex, with.text()) else {
        return Value::Absent;
    };
    match regex.replace_all(&text, with.as_ref()) {
        Cow::Borrowed(_) => Value::Text(text),
        Cow::Owned(new) => Value::from(new),
    }
}
