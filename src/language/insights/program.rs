//! A text that has been read and checked.

use super::ast::{Query, Shift};
use super::functions::Clock;
use super::period::month_before;
use super::run::{Compiled, Plan, shift_of};
use super::{commands, compile, print};
use crate::base::TimeRange;
use crate::base::time::DAY;
use crate::language::fault::Fault;
use std::sync::Arc;

/// What the checker may ask of the data.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'k> {
    /// Registry ids of kinds, for SOURCE. Empty: any id is taken.
    pub kinds: &'k [&'k str],
    /// The names of fields of what is loaded, for warnings. Empty: unknown.
    pub fields: &'k [&'k str],
}

/// What a query asks of every record.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Needs {
    /// Names of fields; a row is asked by their place here.
    pub fields: Vec<String>,
}

impl Needs {
    /// Whether the raw record is asked for: of a structured log all of it.
    pub fn message(&self) -> bool {
        self.fields.iter().any(|f| f == "@message")
    }

    pub fn everything(&self) -> bool {
        self.message()
    }

    pub(super) fn place(&mut self, name: &str) -> usize {
        if let Some(at) = self.fields.iter().position(|f| f == name) {
            return at;
        }
        self.fields.push(name.to_owned());
        self.fields.len() - 1
    }
}

/// A query, checked.
#[derive(Clone)]
pub struct Program {
    pub(super) query: Query,
    /// What AWS would refuse or treat differently; evaluation goes on.
    pub warnings: Vec<Fault>,
    compiled: Arc<Compiled>,
}

/// Reads and checks a text.
pub fn parse(text: &str, known: &Known) -> Result<Program, Fault> {
    let query = commands::query(text)?;
    let (compiled, warnings) = compile::compile(&query, text, known)?;
    Ok(Program {
        query,
        warnings,
        compiled: Arc::new(compiled),
    })
}

impl Program {
    /// Canonical text.
    pub fn print(&self) -> String {
        print::query(&self.query)
    }

    /// What rows are asked for.
    pub fn needs(&self) -> &Needs {
        &self.compiled.needs
    }

    /// Registry ids behind SOURCE; empty asks every kind.
    pub fn source(&self) -> &[String] {
        &self.compiled.source
    }

    /// The result's columns.
    pub fn columns(&self) -> Vec<&str> {
        self.compiled
            .columns
            .iter()
            .map(|(name, _)| name.as_str())
            .collect()
    }

    /// Whether a command limits the rows; else the first 10 000 are kept, and the table says of how many.
    pub fn is_limited(&self) -> bool {
        self.compiled.limited
    }

    /// Whether `other` says the same.
    pub fn is_same(&self, other: &Program) -> bool {
        self.query == other.query
    }

    pub fn plan(&self, clock: Clock) -> Plan {
        Plan {
            compiled: self.compiled.clone(),
            clock,
        }
    }
}

impl Plan {
    /// The windows that `diff` compares: that of the run, and the one before. Where no time range is chosen, the two halves of
    /// the data. `None` where the query has no `diff`.
    pub fn windows(&self, chosen: Option<TimeRange>, data: TimeRange) -> Option<(TimeRange, TimeRange)> {
        match chosen {
            Some(window) => Some((window, self.compared(window)?)),
            None => {
                shift_of(self)?;
                let half = data.from_ns.saturating_add(data.width_ns() / 2);
                Some((
                    TimeRange::new(half, data.to_ns),
                    TimeRange::new(data.from_ns, half),
                ))
            }
        }
    }

    /// The window that `diff` compares the window of the run with; `None` where the query has no `diff`.
    pub fn compared(&self, window: TimeRange) -> Option<TimeRange> {
        compared(shift_of(self)?, window)
    }
}

/// A window shifted as `diff` shifts it. `None` where it leaves the range of times.
pub fn compared(shift: Shift, window: TimeRange) -> Option<TimeRange> {
    let back = |by: i64| {
        Some(TimeRange::new(
            window.from_ns.checked_sub(by)?,
            window.to_ns.checked_sub(by)?,
        ))
    };
    match shift {
        Shift::Before => back(window.width_ns()),
        Shift::Day => back(DAY),
        Shift::Week => back(7 * DAY),
        Shift::Month => Some(TimeRange::new(
            month_before(window.from_ns)?,
            month_before(window.to_ns)?,
        )),
    }
}
