//! What a description makes of some lines, for the person who writes it.

use super::compile::{Column, Compiled, Values, Wrong};
use super::reader::Plan;
use super::{CustomFormat, Lines, looks};
use crate::base::{FieldType, Role, Value};
use std::sync::Arc;

/// Records that are shown.
pub const SHOWN: usize = 50;
/// Lines that are looked at.
const MOST_LINES: usize = 2000;

/// A record, or lines that are none.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its first line, from 1.
    pub line: usize,
    pub text: String,
    /// Lines that go on with it.
    pub more: usize,
    /// Its values by column, or why it is not read.
    pub read: Result<Vec<Cell>, String>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    pub text: String,
    /// It is not of its column's type, and is kept beside it.
    pub is_other: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    pub columns: Vec<Column>,
    /// The first [`SHOWN`] records.
    pub rows: Vec<Row>,
    /// Of all records of the lines that were looked at.
    pub read: usize,
    pub rejected: usize,
    /// Records that are read and whose time is not.
    pub undated: usize,
    /// The way that times are found to be written in; `None` where there is no time to be read.
    pub found: Option<String>,
}

/// Reads lines by a description that may not be finished.
pub fn preview(format: &CustomFormat, text: &str, opened_ns: Option<i64>) -> Result<Preview, Wrong> {
    let mut named = format.clone();
    if named.name.trim().is_empty() {
        // What it is called does not matter yet.
        named.name = "described".to_owned();
    }
    let compiled = Arc::new(Compiled::new(&named)?);
    let lines: Vec<&str> = text.lines().take(MOST_LINES).collect();
    let clock = compiled.clock.clone().of_member("", opened_ns);
    let some = lines
        .iter()
        .map(|l| l.as_bytes())
        .filter(|l| !l.trim_ascii().is_empty());
    let mut plan = Plan::new(&compiled, clock, some.take(100));
    let mut out = Preview {
        columns: plan.columns.clone(),
        rows: Vec::new(),
        read: 0,
        rejected: 0,
        undated: 0,
        found: plan.found.clone(),
    };
    let mut at = 0;
    while let Some(first) = lines.get(at) {
        if first.trim().is_empty() {
            at += 1;
            continue;
        }
        let goes_on = |line: &&&str| !compiled.begins(line.as_bytes()) && !compiled.is_each();
        let behind = lines.get(at + 1..).unwrap_or_default();
        let more = behind.iter().take_while(goes_on).count();
        let whole = lines.get(at..=at + more).unwrap_or_default().join("\n");
        let row = one(&mut plan, first, &whole, &format.lines);
        match &row {
            Ok((_, dated)) => {
                out.read += 1;
                out.undated += usize::from(!dated);
            }
            Err(_) => out.rejected += 1,
        }
        if out.rows.len() < SHOWN {
            out.rows.push(Row {
                line: at + 1,
                text: (*first).to_owned(),
                more,
                read: row.map(|r| r.0),
            });
        }
        at += more + 1;
    }
    Ok(out)
}

/// A record's cells, and whether its time is read.
fn one(plan: &mut Plan, first: &str, whole: &str, lines: &Lines) -> Result<(Vec<Cell>, bool), String> {
    let compiled = Arc::clone(&plan.compiled);
    let mut room = compiled.room();
    let mut values: Values<'_> = Vec::new();
    if !compiled.values(first.as_bytes(), &mut room, &mut values)
        && !compiled.values(whole.as_bytes(), &mut room, &mut values)
    {
        return Err(match lines {
            Lines::Each => "does not match the pattern; should it go on with the line before, say so under “Lines of a record”",
            Lines::Matching => "does not match the pattern, and there is no record before it that it could go on with",
            Lines::Begins(_) => "begins a record, and does not match the pattern",
        }
        .to_owned());
    }
    let time = plan.time(&values);
    let cells = values.iter().enumerate().map(|(at, value)| {
        let Some(value) = value.as_deref().filter(|v| !looks::is_none(v)) else {
            return Cell::default();
        };
        let ty = plan.type_of(at);
        let is_time = plan
            .columns
            .get(at)
            .is_some_and(|c| c.role == Some(Role::Time) && ty == FieldType::Time);
        let read = match is_time {
            true => time.map(Value::Time),
            false => plan.cell(ty, value),
        };
        Cell {
            is_other: read.is_none(),
            text: read.map_or_else(|| String::from_utf8_lossy(value).into_owned(), |v| v.to_text()),
        }
    });
    let cells = cells.collect();
    Ok((cells, time.is_some()))
}
