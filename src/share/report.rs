//! The printed layer of a shared file: what views tell of their answers, as data that becomes plain HTML.

use crate::base::{TimeRange, Value};
use crate::chart::Scene;
use crate::query::{Answer, Expr, Query};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// What a report is about, for the views that tell it.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// The page's filter and range when it was shared.
    pub filter: Expr,
    pub range: Option<TimeRange>,
    /// The time that everything shared spans; `range` where one is chosen.
    pub span: Option<TimeRange>,
    /// Registry id and title of every kind with records, in the page's order.
    pub kinds: Vec<(String, String)>,
    /// The views' choices as they stand in the URL: `lanes` → `service`.
    pub choices: std::collections::BTreeMap<String, String>,
    /// Charts are this wide (CSS pixels): what fits on an A4 page.
    pub width: f64,
}

impl Scope {
    /// The same question under the report's filter and range.
    pub fn scoped(&self, query: Query) -> Query {
        query.within(self.range, &self.filter)
    }

    pub fn title_of<'a>(&'a self, kind: &'a str) -> &'a str {
        let known = self.kinds.iter().find(|(id, _)| id == kind);
        known.map_or(kind, |(_, title)| title)
    }
}

/// An answer on its way.
pub type Answering<'a> = Pin<Box<dyn Future<Output = Arc<Answer>> + 'a>>;

/// Who answers questions while a report is written: the page's engine, or a local one in tests.
pub trait Asks {
    fn ask(&self, query: Query) -> Answering<'_>;
}

/// What a view tells, on its way.
pub type Telling<'a> = Pin<Box<dyn Future<Output = Section> + 'a>>;

/// How a view tells what it shows: asks, and makes a section of the answers.
pub type Export = for<'a> fn(&'a dyn Asks, &'a Scope) -> Telling<'a>;

/// A part of the report under a heading of its own.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// Stable; becomes the element's id.
    pub id: String,
    pub title: String,
    /// Beside the title, faint: `7 of 46, security`.
    pub note: String,
    pub blocks: Vec<Block>,
}

/// What a section is made of. Every text is plain text.
#[derive(Clone, Debug)]
pub enum Block {
    Heading(String),
    Paragraph(String),
    /// A sentence that must not be overlooked: what is missing, what could not be evaluated.
    Caution(String),
    /// Names and values.
    Facts(Vec<(String, String)>),
    /// A chart, its sentence and its table twin.
    Chart(Box<Scene>),
    Table(Table),
    /// A text as it was written, in the face for machines.
    Code(String),
    List(Vec<String>),
}

/// A table of at most [`MAX_ROWS`] rows.
#[derive(Clone, Debug, Default)]
pub struct Table {
    pub caption: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
    /// Rows there are; what is more than stands here is named under the table.
    pub total: u64,
}

/// Rows of a table in the printed layer.
pub const MAX_ROWS: usize = 500;

#[derive(Clone, Debug, Default)]
pub struct Column {
    pub title: String,
    pub numeric: bool,
    /// Values a machine wrote.
    pub mono: bool,
}

/// A cell: a value, and what stands for it in words where it is a status or severity.
#[derive(Clone, Debug)]
pub enum Cell {
    Value(Value),
    /// Words as they are shown.
    Text(String),
    /// A status by the name of its colour token (`red`, `yellow`, `ok`, `none`) and its words.
    Status {
        status: &'static str,
        words: String,
    },
    /// A severity by the end of its token's name and its word.
    Severity {
        severity: &'static str,
        word: String,
    },
}
