//! Texts to texts.

use super::{Clock, text_of};
use crate::language::insights::nodes::{Json, list};
use crate::language::insights::number::Num;
use crate::language::insights::value::Value;

fn one<'a>(args: &[Value<'a>], make: impl FnOnce(&str) -> String) -> Value<'a> {
    text_of(args, 0).map_or(Value::Absent, |t| Value::from(make(&t)))
}

/// UTF-8 bytes.
pub fn message_size<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    text_of(args, 0).map_or(Value::Absent, |t| Value::count(t.len()))
}

/// Code points.
pub fn strlen<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    text_of(args, 0).map_or(Value::Absent, |t| Value::count(t.chars().count()))
}

pub fn concat<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    let mut out = String::new();
    for arg in args {
        match arg.text() {
            Some(text) => out.push_str(&text),
            None => return Value::Absent,
        }
    }
    out.into()
}

/// Whether a character is taken off: white space, or one of those given. Nothing where they are absent.
fn trimmed<'a>(args: &[Value<'a>], cut: for<'t> fn(&'t str, &dyn Fn(char) -> bool) -> &'t str) -> Value<'a> {
    let given = text_of(args, 1);
    if args.len() > 1 && given.is_none() {
        return Value::Absent;
    }
    one(args, |text| match given {
        Some(given) => cut(text, &|c| given.contains(c)).to_owned(),
        None => cut(text, &char::is_whitespace).to_owned(),
    })
}

pub fn ltrim<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    trimmed(args, |text, is| text.trim_start_matches(is))
}

pub fn rtrim<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    trimmed(args, |text, is| text.trim_end_matches(is))
}

pub fn trim<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    trimmed(args, |text, is| text.trim_start_matches(is).trim_end_matches(is))
}

pub fn to_upper<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    one(args, str::to_uppercase)
}

pub fn to_lower<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    one(args, str::to_lowercase)
}

/// By code points from 0.
pub fn substr<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    let number = |at: usize| {
        let n = args.get(at)?.number().and_then(Num::truncated)?;
        usize::try_from(n.max(0)).ok()
    };
    let Some(start) = number(1) else {
        return Value::Absent;
    };
    let length = match args.get(2) {
        None => usize::MAX,
        Some(_) => match number(2) {
            Some(n) => n,
            None => return Value::Absent,
        },
    };
    one(args, |text| text.chars().skip(start).take(length).collect())
}

pub fn replace<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    let (Some(search), Some(with)) = (text_of(args, 1), text_of(args, 2)) else {
        return Value::Absent;
    };
    one(args, |text| match search.is_empty() {
        true => text.to_owned(),
        false => text.replace(search.as_ref(), &with),
    })
}

/// A test of two texts: false when one is absent.
fn both<'a>(args: &[Value<'a>], test: impl FnOnce(&str, &str) -> bool) -> Value<'a> {
    match (text_of(args, 0), text_of(args, 1)) {
        (Some(a), Some(b)) => test(&a, &b).into(),
        _ => false.into(),
    }
}

/// With a true third argument in any case, as documented.
pub fn contains<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    let ignore_case = args.get(2).is_some_and(Value::condition);
    both(args, |text, search| match ignore_case {
        true => text.to_lowercase().contains(&search.to_lowercase()),
        false => memchr::memmem::find(text.as_bytes(), search.as_bytes()).is_some(),
    })
}

pub fn starts_with<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    both(args, |text, start| text.starts_with(start))
}

pub fn ends_with<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    both(args, |text, end| text.ends_with(end))
}

pub fn split<'a>(args: &[Value<'a>], _: &Clock) -> Value<'a> {
    let (Some(text), Some(separator)) = (text_of(args, 0), text_of(args, 1)) else {
        return Value::Absent;
    };
    let part = |p: &str| Json::String(p.to_owned());
    if separator.is_empty() {
        return list([part(&text)]);
    }
    list(text.split(separator.as_ref()).map(part))
}
