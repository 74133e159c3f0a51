//! Running the commands that need nothing but the row.

use super::code::Context;
use super::functions::Clock;
use super::nodes::{self, Json};
use super::plan::{Op, Reader};
use super::record::Row;
use super::value::Value;

/// Runs the commands on a row; `sink` is given each row that comes of it.
pub fn run(
    ops: &[Op],
    row: &dyn Row,
    slots: &mut Vec<Value<'static>>,
    clock: &Clock,
    sink: &mut dyn FnMut(&Context),
) {
    let mut rest = ops;
    while let Some((op, next)) = rest.split_first() {
        rest = next;
        let on = Context { row, slots, clock };
        match op {
            Op::Filter(code) => {
                if !code.test(&on) {
                    return;
                }
            }
            Op::Set { slot, code } => {
                let value = code.eval(&on).into_owned();
                set(slots, *slot, value);
            }
            Op::Unnest { from, slot } => {
                let value = from.eval(&on).into_owned();
                let Value::Node(node) = &value else {
                    set(slots, *slot, value);
                    continue;
                };
                let Some(elements) = node.elements() else {
                    set(slots, *slot, value);
                    continue;
                };
                for element in elements {
                    set(slots, *slot, nodes::borrowed(element).into_owned());
                    run(next, row, slots, clock, sink);
                }
                return;
            }
            Op::Parse {
                from,
                how,
                slots: into,
            } => {
                let text = from.eval(&on).into_text().map(|t| t.into_owned());
                if let Reader::Regex {
                    regex,
                    groups,
                    multi: true,
                } = how
                {
                    let mut any = false;
                    for found in regex.regex().captures_iter(text.as_deref().unwrap_or_default()) {
                        if text.is_none() {
                            break;
                        }
                        any = true;
                        capture(slots, into, groups, Some(&found));
                        run(next, row, slots, clock, sink);
                    }
                    if any {
                        return;
                    }
                    capture(slots, into, groups, None);
                    continue;
                }
                parse(how, text.as_deref(), into, slots);
            }
        }
    }
    sink(&Context { row, slots, clock });
}

fn set(slots: &mut [Value<'static>], at: usize, value: Value<'static>) {
    if let Some(slot) = slots.get_mut(at) {
        *slot = value;
    }
}

fn capture(slots: &mut [Value<'static>], into: &[usize], groups: &[usize], found: Option<&regex::Captures>) {
    for (slot, group) in into.iter().zip(groups) {
        let text = found.and_then(|f| f.get(*group)).map(|m| m.as_str().to_owned());
        set(slots, *slot, text.map_or(Value::Absent, Value::from));
    }
}

/// A row that does not match stays, without the fields.
fn parse(how: &Reader, text: Option<&str>, into: &[usize], slots: &mut [Value<'static>]) {
    let mut put = |values: Option<Vec<String>>| {
        let mut values = values.unwrap_or_default().into_iter();
        for slot in into {
            set(slots, *slot, values.next().map_or(Value::Absent, Value::from));
        }
    };
    match how {
        Reader::Glob(glob) => {
            let found = text.and_then(|t| glob.captures(t));
            put(found.map(|f| f.into_iter().map(str::to_owned).collect()));
        }
        Reader::Csv => put(text.map(csv)),
        Reader::Regex { regex, groups, .. } => {
            capture(slots, into, groups, text.and_then(|t| regex.captures(t)).as_ref());
        }
        Reader::Logfmt => {
            if let Some(slot) = into.first() {
                set(slots, *slot, text.map_or(Value::Absent, logfmt));
            }
        }
    }
}

/// The cells of one line (RFC 4180).
fn csv(text: &str) -> Vec<String> {
    let mut cells = Vec::new();
    let mut chars = text.trim_end_matches(['\r', '\n']).chars().peekable();
    loop {
        let mut cell = String::new();
        if chars.next_if_eq(&'"').is_some() {
            while let Some(c) = chars.next() {
                match c {
                    '"' if chars.next_if_eq(&'"').is_some() => cell.push('"'),
                    '"' => break,
                    c => cell.push(c),
                }
            }
        }
        while let Some(c) = chars.next_if(|c| *c != ',') {
            cell.push(c);
        }
        cells.push(cell);
        if chars.next().is_none() {
            return cells;
        }
    }
}

/// `key=value` pairs; a value in quotes has escapes; a key alone is true.
fn logfmt(text: &str) -> Value<'static> {
    let mut entries: Vec<(String, Json)> = Vec::new();
    let mut chars = text.chars().peekable();
    loop {
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        let mut key = String::new();
        while let Some(c) = chars.next_if(|c| *c != '=' && !c.is_whitespace()) {
            key.push(c);
        }
        let mut value = None;
        if chars.next_if_eq(&'=').is_some() {
            let mut text = String::new();
            if chars.next_if_eq(&'"').is_some() {
                while let Some(c) = chars.next() {
                    match c {
                        '\\' => match chars.next() {
                            Some('n') => text.push('\n'),
                            Some('t') => text.push('\t'),
                            Some('r') => text.push('\r'),
                            Some(c) => text.push(c),
                            None => break,
                        },
                        '"' => break,
                        c => text.push(c),
                    }
                }
            } else {
                while let Some(c) = chars.next_if(|c| !c.is_whitespace()) {
                    text.push(c);
                }
            }
            value = Some(text);
        }
        if !key.is_empty() {
            let value = value.map_or(Json::Bool(true), Json::String);
            entries.retain(|(k, _)| *k != key);
            entries.push((key, value));
        }
        if chars.peek().is_none() {
            break;
        }
    }
    if entries.is_empty() {
        Value::Absent
    } else {
        nodes::map(entries)
    }
}
