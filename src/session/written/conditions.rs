//! Conditions in the language.

use super::Writer;
use super::names::Name;
use crate::base::{Value, time};
use crate::language::insights::{quoted_text, regex_text};
use crate::query::{Expr, Op};
use ipnet::IpNet;
use std::net::IpAddr;

/// How deep a condition may nest: the language reads 48, and a condition stands inside of other calls.
pub(super) const MAX_DEPTH: usize = 40;
/// Calls nest so deep in a test of one field.
const LEAF_DEPTH: usize = 3;
const MILLISECOND: i64 = time::SECOND / 1000;

/// How tightly a text binds; a looser one inside of a tighter one stands in parentheses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    Or,
    And,
    Not,
    Alone,
}

/// A condition in words.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub text: String,
    binding: Binding,
    pub depth: usize,
}

impl Said {
    fn alone(text: String) -> Said {
        Said {
            text,
            binding: Binding::Alone,
            depth: LEAF_DEPTH,
        }
    }

    fn truth(of: bool) -> Said {
        Said::alone(of.to_string())
    }

    pub(super) fn is_truth(&self) -> bool {
        self.text == "true"
    }

    fn at(self, binding: Binding) -> (String, usize) {
        match self.binding < binding {
            true => (format!("({})", self.text), self.depth + 1),
            false => (self.text, self.depth),
        }
    }

    fn negated_if(self, negated: bool) -> Said {
        if !negated {
            return self;
        }
        let (text, depth) = self.at(Binding::Not);
        Said {
            text: format!("not {text}"),
            binding: Binding::Not,
            depth: depth + 1,
        }
    }

    fn joined(mut parts: Vec<Said>, word: &str, binding: Binding) -> Said {
        if parts.len() == 1
            && let Some(only) = parts.pop()
        {
            return only;
        }
        let parts: Vec<(String, usize)> = parts.into_iter().map(|p| p.at(binding)).collect();
        let texts: Vec<&str> = parts.iter().map(|(text, _)| text.as_str()).collect();
        Said {
            text: texts.join(word),
            binding,
            depth: parts.iter().map(|(_, depth)| *depth).max().unwrap_or(0),
        }
    }

    pub(super) fn all(mut parts: Vec<Said>) -> Said {
        parts.retain(|p| !p.is_truth());
        match parts.is_empty() {
            true => Said::truth(true),
            false => Said::joined(parts, " and ", Binding::And),
        }
    }

    fn any(parts: Vec<Said>) -> Said {
        match parts.is_empty() {
            true => Said::truth(false),
            false => Said::joined(parts, " or ", Binding::Or),
        }
    }
}

/// A test of values that are no lists, and one of lists, where there are such; each as it is and, where that is shorter than
/// `not`, denied.
struct Tests {
    others: (String, Option<String>),
    lists: (String, Option<String>),
}

impl Tests {
    fn of(self, name: &Name, denied: bool) -> Said {
        let one = |(yes, no): (String, Option<String>)| match no {
            Some(no) if denied => Said::alone(no),
            _ => Said::alone(yes).negated_if(denied),
        };
        match (name.has_others(), name.has_lists()) {
            (_, false) => one(self.others),
            (false, true) => one(self.lists),
            (true, true) => {
                let both = [self.others.0, self.lists.0].map(Said::alone);
                Said::any(both.to_vec()).negated_if(denied)
            }
        }
    }
}

fn present(name: &Name, denied: bool) -> Said {
    Said::alone(format!("ispresent({})", name.text)).negated_if(denied)
}

/// The text, without regard to case.
fn needle(text: &str) -> String {
    regex_text(&format!("(?i){}", escaped(text)))
}

/// The text in a regex.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if r"\.+*?()|[]{}^$".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

impl Writer<'_> {
    /// What a condition says, or its contrary; `None`, and a lack, where the language can not.
    pub(super) fn condition(&mut self, expr: &Expr, denied: bool) -> Option<Said> {
        Some(match expr {
            Expr::All => Said::truth(!denied),
            Expr::Not(inner) => return self.condition(inner, !denied),
            Expr::And(parts) => Said::all(self.conditions(parts)?).negated_if(denied),
            Expr::Or(parts) => Said::any(self.conditions(parts)?).negated_if(denied),
            Expr::Text(text) if text.is_empty() => Said::truth(!denied),
            Expr::Text(text) => Said::alone(format!("@message {}like {}", not_if(denied), needle(text))),
            Expr::Exists { field } => present(&self.name(field)?, denied),
            Expr::In { field, values } => return self.among(field, values, denied),
            Expr::Compare { field, op, value } => return self.compare(field, *op, value, denied),
        })
    }

    fn conditions(&mut self, parts: &[Expr]) -> Option<Vec<Said>> {
        parts.iter().map(|p| self.condition(p, false)).collect()
    }

    fn compare(&mut self, field: &str, op: Op, value: &Value, denied: bool) -> Option<Said> {
        let name = self.name(field)?;
        match (value, op) {
            (Value::Absent, Op::Eq) => return Some(present(&name, !denied)),
            (Value::Absent, Op::Ne) => return Some(present(&name, denied)),
            (Value::Absent, _) => return Some(Said::truth(denied)),
            _ => {}
        }
        if name.has_times() || name.types.is_empty() && matches!(value, Value::Time(_)) {
            return self.compare_time(&name, op, value, denied);
        }
        let denied = denied != matches!(op, Op::Ne | Op::NotContains);
        match op {
            Op::Eq | Op::Ne => self.equal(&name, value, denied),
            Op::Contains | Op::NotContains => Some(contains(&name, &value.to_text(), denied)),
            Op::StartsWith => Some(starts(&name, &value.to_text(), denied)),
            Op::Lt => self.ordered(&name, "<", value, denied),
            Op::Le => self.ordered(&name, "<=", value, denied),
            Op::Gt => self.ordered(&name, ">", value, denied),
            Op::Ge => self.ordered(&name, ">=", value, denied),
        }
    }

    fn equal(&mut self, name: &Name, value: &Value, denied: bool) -> Option<Said> {
        if let Value::List(items) = value {
            self.lack(format!("{} is compared with a list item by item.", name.label));
            let each = items
                .iter()
                .map(|i| self.equal(name, &Value::Text(i.clone()), false));
            return Some(Said::all(each.collect::<Option<_>>()?).negated_if(denied));
        }
        if let Some(network) = value.as_str().and_then(|t| in_network(name, t)) {
            return Some(network.negated_if(denied));
        }
        let (f, v) = (&name.text, self.literal(name, value)?);
        let tests = Tests {
            others: (format!("{f} = {v}"), Some(format!("{f} != {v}"))),
            lists: (format!("{v} in {f}"), Some(format!("{v} not in {f}"))),
        };
        Some(tests.of(name, denied))
    }

    fn ordered(&mut self, name: &Name, sign: &str, value: &Value, denied: bool) -> Option<Said> {
        if name.has_lists() || matches!(value, Value::List(_)) {
            self.lack(format!(
                "Lists such as {} have no order: a condition is left out.",
                name.label
            ));
            return None;
        }
        let is_address = |t: &str| t.trim().parse::<IpAddr>().is_ok();
        if name.is_address() && value.as_str().is_some_and(is_address) {
            self.lack(format!("Addresses of {} are put in order as texts.", name.label));
        }
        let v = self.literal(name, value)?;
        Some(Said::alone(format!("{} {sign} {v}", name.text)).negated_if(denied))
    }

    fn compare_time(&mut self, name: &Name, op: Op, value: &Value, denied: bool) -> Option<Said> {
        let sign = match (op, denied) {
            (Op::Eq, false) | (Op::Ne, true) => Some("="),
            (Op::Ne, false) | (Op::Eq, true) => Some("!="),
            (Op::Lt, _) => Some("<"),
            (Op::Le, _) => Some("<="),
            (Op::Gt, _) => Some(">"),
            (Op::Ge, _) => Some(">="),
            (Op::Contains | Op::NotContains | Op::StartsWith, _) => None,
        };
        // By its own name a time is what the log writes: a text in one kind, seconds in another.
        let is_time = name.text == "@timestamp" || name.types.is_empty();
        let (Some(sign), Some(ns), true) = (sign, moment(value), is_time) else {
            self.lack(format!(
                "A condition on the time {} is left out: it can not be said.",
                name.label
            ));
            return None;
        };
        let said = format!("toMillis({}) {sign} {}", name.text, ns.div_euclid(MILLISECOND));
        Some(Said::alone(said).negated_if(denied && !matches!(op, Op::Eq | Op::Ne)))
    }

    fn among(&mut self, field: &str, values: &[String], denied: bool) -> Option<Said> {
        let name = self.name(field)?;
        if name.has_times() {
            self.lack(format!(
                "A condition on the time {field} is left out: it can not be said."
            ));
            return None;
        }
        let mut parts = Vec::new();
        let mut plain = Vec::new();
        for value in values {
            match in_network(&name, value) {
                Some(network) => parts.push(network),
                None => plain.push(self.literal(&name, &Value::Text(value.clone()))?),
            }
        }
        if name.has_others() && !plain.is_empty() {
            let (f, list) = (&name.text, plain.join(", "));
            if parts.is_empty() && !name.has_lists() {
                return Some(Said::alone(format!("{f} {}in [{list}]", not_if(denied))));
            }
            parts.push(Said::alone(format!("{f} in [{list}]")));
        }
        if name.has_lists() {
            parts.extend(plain.iter().map(|v| Said::alone(format!("{v} in {}", name.text))));
        }
        Some(Said::any(parts).negated_if(denied))
    }

    fn literal(&mut self, name: &Name, value: &Value) -> Option<String> {
        let number = |n: i128| match n {
            // Twelve digits are an account's id, whose zeros count: as a text it is compared exactly, and as a number with numbers.
            100_000_000_000..=999_999_999_999 => quoted_text(&n.to_string()),
            n => n.to_string(),
        };
        Some(match value {
            Value::Bool(b) => b.to_string(),
            Value::Int(n) => number((*n).into()),
            Value::Big(n) => number(*n),
            Value::Decimal(_) => value.to_text(),
            Value::Float(f) if f.is_finite() => format!("{f:?}"),
            Value::Time(ns) => quoted_text(&time::iso(*ns)),
            Value::Text(t) if name.is_integer() && is_integer(t) => t.clone(),
            Value::Text(t) => quoted_text(t),
            Value::Float(_) | Value::Absent | Value::List(_) => {
                self.lack(format!("{} is compared with what is no value.", name.label));
                return None;
            }
        })
    }
}

fn not_if(denied: bool) -> &'static str {
    if denied { "not " } else { "" }
}

fn is_integer(text: &str) -> bool {
    text.parse::<i64>().is_ok_and(|n| n.to_string() == text)
}

fn contains(name: &Name, text: &str, denied: bool) -> Said {
    let (f, r) = (&name.text, needle(text));
    let like = |f: &str| (format!("{f} like {r}"), Some(format!("{f} not like {r}")));
    let tests = Tests {
        others: like(f),
        lists: like(&format!("jsonStringify({f})")),
    };
    tests.of(name, denied)
}

fn starts(name: &Name, text: &str, denied: bool) -> Said {
    let f = &name.text;
    // In JSON an item begins behind a quote.
    let item = regex_text(&format!("\"{}", escaped(text)));
    let tests = Tests {
        others: (format!("startsWith({f}, {})", quoted_text(text)), None),
        lists: (format!("jsonStringify({f}) like {item}"), None),
    };
    tests.of(name, denied)
}

/// An address compared with a block.
fn in_network(name: &Name, text: &str) -> Option<Said> {
    let text = text.trim();
    if !name.may_be_address() || text.parse::<IpNet>().is_err() {
        return None;
    }
    Some(Said::alone(format!(
        "isIpInSubnet({}, {})",
        name.text,
        quoted_text(text)
    )))
}

/// The time a value means where a field is a time.
fn moment(value: &Value) -> Option<i64> {
    match value {
        Value::Int(ns) | Value::Time(ns) => Some(*ns),
        Value::Text(t) => match t.parse() {
            Ok(n) => time::from_epoch(n),
            Err(_) => time::parse_iso(t.as_bytes()),
        },
        _ => None,
    }
}
