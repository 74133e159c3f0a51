//! A board's tables whose rows are worked out of several answers together: what was used beside what is configured, what was
//! counted beside what was billed.

use super::board_cells::Told;
use crate::base::{TimeRange, Value};
use crate::query::{Answer, Expr, Query};
use crate::share::Sheet;
use std::sync::Arc;

/// Such a table.
#[derive(Clone)]
pub struct Made {
    /// Asked under the page's filter and range.
    pub asks: Vec<Query>,
    /// Asked of everything, whatever is filtered: descriptions are of no time.
    pub described: Vec<Query>,
    pub columns: &'static [MadeColumn],
    /// The rows, in their order, out of the answers to [`Made::asks`], then [`Made::described`].
    pub rows: fn(&[Arc<Answer>]) -> Vec<MadeRow>,
}

/// A column: its head, its width in CSS pixels, and whether it stands on the right.
pub type MadeColumn = (&'static str, f64, bool);

#[derive(Clone, Debug, Default, PartialEq)]
pub struct MadeRow {
    pub cells: Vec<Told>,
    /// The records that the row is of.
    pub of: Option<(Expr, Option<TimeRange>)>,
}

impl Made {
    pub(super) fn queries(&self) -> Vec<Query> {
        self.asks.iter().chain(&self.described).cloned().collect()
    }

    pub(super) fn sheet(&self, answers: &[Arc<Answer>]) -> Sheet {
        let heads: Vec<&str> = self.columns.iter().map(|c| c.0).collect();
        let rows = (self.rows)(answers).into_iter();
        let cells = |row: MadeRow| row.cells.into_iter().map(|c| c.value).collect();
        Sheet::new(&heads, rows.map(cells).collect())
    }
}

impl Told {
    /// A text that is sorted and saved as it is.
    pub fn text(text: impl Into<String>) -> Told {
        let text = text.into();
        Told {
            value: Value::Text(text.clone()),
            text,
        }
    }

    /// A number of things.
    pub fn count(n: i64) -> Told {
        Told {
            text: crate::base::size::count(n),
            value: Value::Int(n),
        }
    }

    /// A number of things, or nothing where it is not known.
    pub fn some(n: Option<i64>) -> Told {
        n.map_or_else(Told::default, Told::count)
    }
}
