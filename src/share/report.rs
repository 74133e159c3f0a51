//! The printed layer of a shared file: what views tell of their answers, as data that becomes plain HTML.
//!
//! [`html`] writes it in the spelling in which a browser gives it back, so that the page can verify its own text.

mod examined;
mod icons;
pub mod markup;
mod page;
#[cfg(test)]
mod tests;
mod widths;

pub use examined::{Input, examined};
pub use page::{Cover, folio_css, header, html};

use crate::base::time::SECOND;
use crate::base::{TimeRange, Value, time};
use crate::chart::Scene;
use crate::checklist::Answered;
use crate::evidence::manifest::Gap;
use crate::findings::Entry;
use crate::query::{Answer, Expr, Query};
use crate::rules::Told;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// The printed layer's rules, for screen and paper. Those of [`crate::chart::svg_css`] and the tokens stand beside them.
pub const CSS: &str = include_str!("report.css");

/// A time to the second, in UTC: `2026-11-11 01:26:18Z`.
pub fn instant(ns: i64) -> String {
    time::iso(ns - ns.rem_euclid(SECOND)).replacen('T', " ", 1)
}

/// A range of time; its end is outside of it: `2026-11-11 01:00:00Z to 2026-11-11 02:00:00Z`.
pub fn period(range: TimeRange) -> String {
    format!("{} to {}", instant(range.from_ns), instant(range.to_ns))
}

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
    /// What the rules said of all records, and where data is missing among them: a report may hold a part of them, and
    /// sums, from which neither could be told. `None`: what is asked is all there is.
    pub verdicts: Option<Vec<Told>>,
    /// What rules and checks found, run here; empty where they were not.
    pub entries: Vec<Arc<Entry>>,
    /// The checklist with what was judged by hand.
    pub checklist: Vec<Answered>,
    pub gaps: Option<Vec<Gap>>,
    /// The records in the file that give somebody credentials, as their original texts stand in it; empty where those
    /// are not shared.
    pub giving: Vec<serde_json::Value>,
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

impl Section {
    pub fn new(id: &str, title: &str) -> Section {
        Section {
            id: id.to_owned(),
            title: title.to_owned(),
            ..Section::default()
        }
    }

    pub fn heading(&mut self, text: &str) {
        self.blocks.push(Block::Heading(text.to_owned()));
    }

    pub fn paragraph(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Paragraph(text.into()));
    }

    pub fn caution(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Caution(text.into()));
    }

    pub fn chart(&mut self, scene: Scene) {
        self.blocks.push(Block::Chart(Box::new(scene)));
    }

    /// A table; where it has no row, the sentence that says why instead.
    pub fn table(&mut self, table: Table, empty: &str) {
        match table.rows.is_empty() {
            true => self.paragraph(empty),
            false => self.blocks.push(Block::Table(table)),
        }
    }
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

impl Table {
    /// Columns by name: `#` leads one of figures, `=` one of values a machine wrote. The rows given are all there are.
    pub fn new(columns: &[&str], rows: Vec<Vec<Cell>>) -> Table {
        let column = |name: &&str| Column {
            title: name.trim_start_matches(['#', '=']).to_owned(),
            numeric: name.starts_with('#'),
            mono: name.starts_with('='),
        };
        Table {
            caption: String::new(),
            columns: columns.iter().map(column).collect(),
            total: rows.len() as u64,
            rows,
        }
    }

    pub fn of(mut self, total: u64) -> Table {
        self.total = total;
        self
    }

    pub fn caption(mut self, text: impl Into<String>) -> Table {
        self.caption = text.into();
        self
    }
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

impl Cell {
    pub fn text(text: impl Into<String>) -> Cell {
        Cell::Text(text.into())
    }

    /// A figure.
    pub fn count(n: impl Into<i128>) -> Cell {
        Cell::Value(Value::Big(n.into()))
    }
}
