//! A pattern in words.

use super::delimited::{DelimitedPattern, SlotTest};
use super::json::{JsonTest, Test};
use super::logic::Logic;
use super::text::{Content, Sign, Term, TextPattern};
use super::value::{Comparison, Form, Order, Value};
use super::{Kind, Pattern};

impl Pattern {
    /// What it matches, in one sentence.
    pub fn explain(&self) -> String {
        match self.kind() {
            Kind::Text(pattern) => text(pattern),
            Kind::Json(pattern) => {
                format!(
                    "Matches JSON events in which {}.",
                    logic(&pattern.condition, &json_test)
                )
            }
            Kind::Delimited(pattern) => delimited(pattern),
        }
    }
}

fn text(pattern: &TextPattern) -> String {
    if pattern.is_everything() {
        return "Matches every event.".to_owned();
    }
    let terms = |sign: Sign| -> Vec<String> {
        pattern
            .terms
            .iter()
            .filter(|t| t.sign == sign)
            .map(term)
            .collect()
    };
    if pattern.is_choice() {
        let terms = terms(Sign::Optional);
        let least = if terms.len() > 1 { "at least one of " } else { "" };
        return format!(
            "Matches events whose text contains {least}{}.",
            list(&terms, "or")
        );
    }
    let mut parts = Vec::new();
    let (required, excluded) = (terms(Sign::Required), terms(Sign::Excluded));
    if !required.is_empty() {
        parts.push(format!("contains {}", list(&required, "and")));
    }
    if !excluded.is_empty() {
        parts.push(format!("does not contain {}", list(&excluded, "or")));
    }
    format!("Matches events whose text {}.", list(&parts, "and"))
}

fn term(term: &Term) -> String {
    match &term.content {
        Content::Word(text) | Content::Quoted(text) => quoted(text),
        Content::Regex(regex) => format!("a match of the regex {}", regex.source()),
    }
}

fn quoted(text: &str) -> String {
    format!("“{text}”")
}

/// `a, b and c`
fn list(parts: &[String], join: &str) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} {join} {last}", most.join(", ")),
    }
}

fn logic<T>(condition: &Logic<T>, test: &dyn Fn(&T) -> String) -> String {
    let (parts, join) = match condition {
        Logic::Test(one) => return test(one),
        Logic::All(parts) => (parts, " and "),
        Logic::Any(parts) => (parts, " or "),
    };
    let parts: Vec<String> = parts
        .iter()
        .map(|part| match part {
            Logic::Test(one) => test(one),
            inner => format!("({})", logic(inner, test)),
        })
        .collect();
    parts.join(join)
}

fn json_test(test: &JsonTest) -> String {
    let selector = &test.selector;
    let what = match &test.test {
        Test::NotExists => return format!("there is no {selector}"),
        Test::IsNull => "is null".to_owned(),
        Test::IsTrue => "is true".to_owned(),
        Test::IsFalse => "is false".to_owned(),
        Test::Compare(Comparison::Differs(value)) => {
            format!("is there and {}", compare(&Comparison::Differs(value.clone())))
        }
        Test::Compare(comparison) => compare(comparison),
    };
    match selector.wildcards() {
        0 => format!("{selector} {what}"),
        _ => format!("some {selector} {what}"),
    }
}

fn compare(comparison: &Comparison) -> String {
    match comparison {
        Comparison::Equal(value) => equal(value, ""),
        Comparison::Differs(value) => equal(value, "not "),
        Comparison::Order(order, number) => {
            let word = match order {
                Order::Less => "less than",
                Order::LessOrEqual => "at most",
                Order::Greater => "greater than",
                Order::GreaterOrEqual => "at least",
            };
            format!("is {word} {number}")
        }
    }
}

fn equal(value: &Value, not: &str) -> String {
    let text = match &value.form {
        Form::Regex(regex) => {
            let verb = if not.is_empty() {
                "matches"
            } else {
                "does not match"
            };
            return format!("{verb} the regex {}", regex.source());
        }
        Form::Quoted(text) | Form::Bare(text) => text,
    };
    if value.is_any() {
        return format!(
            "has {}",
            if not.is_empty() {
                "any value"
            } else {
                "no value at all"
            }
        );
    }
    let literal = quoted(value.literal());
    let (begins, ends, contains) = if not.is_empty() {
        ("begins with", "ends with", "contains")
    } else {
        ("does not begin with", "does not end with", "does not contain")
    };
    match (text.starts_with('*'), text.ends_with('*')) {
        (true, true) => format!("{contains} {literal}"),
        (true, false) => format!("{ends} {literal}"),
        (false, true) => format!("{begins} {literal}"),
        (false, false) if value.number().is_some() => format!("is {not}{text}"),
        (false, false) => format!("is {not}{literal}"),
    }
}

fn delimited(pattern: &DelimitedPattern) -> String {
    let slots = pattern.slots.len();
    let least = slots - usize::from(pattern.ellipsis.is_some());
    let mut parts = Vec::new();
    for (i, slot) in pattern.slots.iter().enumerate() {
        let (Some(condition), Some(name)) = (&slot.condition, &slot.name) else {
            continue;
        };
        let place = match pattern.ellipsis {
            Some(ellipsis) if i > ellipsis && i + 1 == slots => "the last field".to_owned(),
            Some(ellipsis) if i > ellipsis => format!("field {} from the end", slots - i),
            _ => format!("field {}", i + 1),
        };
        let test = |test: &SlotTest| compare(&test.comparison);
        parts.push(format!("{place} ({name}) {}", logic(condition, &test)));
    }
    let fields = if least == 1 { "field" } else { "fields" };
    let head = format!("Matches events of at least {least} {fields} between spaces");
    if parts.is_empty() {
        return format!("{head}.");
    }
    format!("{head} in which {}.", list(&parts, "and"))
}
