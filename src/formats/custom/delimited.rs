//! Described by a space-delimited filter pattern of CloudWatch Logs: `[ip, user, ..., status = 4*, bytes]`.
//!
//! It is the pattern of a metric filter, read by the same reader: what stands in quotes or brackets is one field, and the
//! conditions say which lines are meant. Fields without a name are no columns.

use super::compile::{Column, Values};
use crate::language::Fault;
use crate::language::pattern::{Kind, Pattern};
use std::borrow::Cow;

pub(super) fn read(text: &str) -> Result<(Pattern, Vec<Column>), Fault> {
    let pattern = Pattern::parse(text.trim())?.pattern;
    let Kind::Delimited(delimited) = pattern.kind() else {
        let says = "A space-delimited pattern stands in brackets and names the fields: [ip, user, timestamp, request, status, bytes].";
        return Err(Fault::new("expected-bracket", 0, 1, says));
    };
    let mut columns: Vec<Column> = Vec::new();
    for slot in &delimited.slots {
        let Some(name) = &slot.name else { continue };
        if columns.iter().any(|c| c.name == *name) {
            let says = format!("Two fields are called {name}. Give one of them another name.");
            return Err(Fault::new("duplicate-field", slot.span.at, slot.span.end, says));
        }
        columns.push(Column::named(name));
    }
    if columns.is_empty() {
        let says = "The pattern names no field. Write a name between the commas: [ip, user, ..., bytes].";
        return Err(Fault::new("no-field", 0, text.chars().count(), says));
    }
    Ok((pattern, columns))
}

pub(super) fn values<'l>(
    pattern: &Pattern,
    columns: &[Column],
    line: &'l [u8],
    out: &mut Values<'l>,
) -> bool {
    let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned().into_bytes());
    let text = String::from_utf8_lossy(line);
    let Some(found) = pattern.extract(&text) else {
        return false;
    };
    for (name, value) in found {
        let at = name
            .strip_prefix('$')
            .and_then(|n| columns.iter().position(|c| c.name == n));
        if let Some(cell) = at.and_then(|at| out.get_mut(at)) {
            *cell = Some(owned(value));
        }
    }
    true
}
