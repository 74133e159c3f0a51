//! Workers' pieces put together, one a step, and the answer as it travels to the page.

use super::super::port::Question;
use super::{Asked, Piece};
use crate::language::insights::{Column, Origin, Plan, Table, Value};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Rows of an answer that are read on the page at once.
const CHUNK_ROWS: usize = 500;

/// An answer without its rows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Head {
    pub columns: Vec<Column>,
    pub total: u64,
    pub scanned: u64,
    pub matched: u64,
    pub notes: Vec<String>,
}

/// An answer as it is sent: its rows in pieces, so that the page can read them one after the other.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Found {
    pub head: Head,
    #[serde(with = "super::super::wire::lists")]
    pub chunks: Vec<Vec<u8>>,
}

type Row = (Vec<Value<'static>>, Origin);

impl Found {
    fn of(table: Table) -> Found {
        let mut rows = table.rows.into_iter().zip(table.origins).peekable();
        let mut chunks = Vec::new();
        while rows.peek().is_some() {
            let chunk: Vec<Row> = rows.by_ref().take(CHUNK_ROWS).collect();
            chunks.push(postcard::to_stdvec(&chunk).unwrap_or_default());
        }
        Found {
            head: Head {
                columns: table.columns,
                total: table.total,
                scanned: table.scanned,
                matched: table.matched,
                notes: table.notes,
            },
            chunks,
        }
    }
}

impl Head {
    /// An answer that has no rows yet; [`take`] puts them to it.
    pub fn into_table(self) -> Table {
        Table {
            columns: self.columns,
            total: self.total,
            scanned: self.scanned,
            matched: self.matched,
            notes: self.notes,
            ..Table::default()
        }
    }
}

/// Puts a chunk of rows to an answer.
pub fn take(table: &mut Table, chunk: &[u8]) {
    let rows: Vec<Row> = postcard::from_bytes(chunk).unwrap_or_default();
    for (row, origin) in rows {
        table.rows.push(row);
        table.origins.push(origin);
    }
}

/// An answer on its way from pieces.
pub struct Conclusion {
    asked: Result<Box<Asked>, String>,
    pieces: VecDeque<Vec<u8>>,
    merged: Option<Box<Piece>>,
}

impl Conclusion {
    pub fn new(question: &Question, pieces: Vec<Vec<u8>>) -> Self {
        Conclusion {
            asked: Asked::new(question).map(Box::new).map_err(|f| f.to_string()),
            // A worker that stopped has nothing to say.
            pieces: pieces.into_iter().filter(|p| !p.is_empty()).collect(),
            merged: None,
        }
    }

    /// One piece of work; the answer, encoded, or why there is none, when all is done.
    pub fn step(&mut self) -> Option<Result<Vec<u8>, String>> {
        let asked = match &self.asked {
            Ok(asked) => asked,
            Err(why) => return Some(Err(why.clone())),
        };
        if let Some(bytes) = self.pieces.pop_front() {
            match (postcard::from_bytes::<Piece>(&bytes), &mut self.merged) {
                (Err(_), _) => {}
                (Ok(piece), None) => self.merged = Some(Box::new(piece)),
                (Ok(piece), Some(merged)) => merged.merge(piece),
            }
            return None;
        }
        let Some(mut piece) = self.merged.take() else {
            return Some(Err(
                "No worker answered. Reload the page and open the files again.".to_owned(),
            ));
        };
        let notes = piece.notes();
        let groups = piece.absorb_groups(&asked.plan);
        let mut table = asked.plan.finish(piece.part);
        table.total = table.total.max(groups);
        table.notes.extend(notes);
        Some(Ok(postcard::to_stdvec(&Found::of(table)).unwrap_or_default()))
    }
}

impl Piece {
    fn merge(&mut self, other: Piece) {
        self.part.merge(other.part);
        for (grouped, partial) in other.groups {
            match self.groups.iter_mut().find(|(known, _)| *known == grouped) {
                Some((_, known)) => known.merge(partial),
                None => self.groups.push((grouped, partial)),
            }
        }
        self.unread += other.unread;
        self.textless += other.textless;
        self.unlisted = self.unlisted.saturating_add(other.unlisted);
    }

    /// Takes the groups in that columns made: of one kind only the largest, if it can be told which these are. Returns how many there
    /// are.
    fn absorb_groups(&mut self, plan: &Plan) -> u64 {
        let mut groups = std::mem::take(&mut self.groups);
        let others = self.part.matched;
        if let ([(grouped, partial)], 0, Some(top)) = (groups.as_slice(), others, plan.top())
            && let Some(answer) = grouped.top(partial.clone(), top)
        {
            grouped.absorb(plan, &mut self.part, &answer);
            self.part.matched = answer.matched;
            return answer.groups;
        }
        for (grouped, partial) in groups.drain(..) {
            grouped.absorb(plan, &mut self.part, &partial.finish(&grouped.query));
        }
        0
    }

    /// What the answer lacks, for the person.
    fn notes(&self) -> Vec<String> {
        use crate::base::size::{count, counted};
        let mut notes = Vec::new();
        if self.unread > 0 {
            notes.push(format!(
                "The original text of {} could not be read again: the file was changed, moved or closed. Without it they are not \
                 in the answer. Open the files again.",
                counted(self.unread, "records")
            ));
        }
        if self.textless > 0 {
            notes.push(format!(
                "{} without an original text here: their fields, written as JSON, stand for it.",
                match self.textless {
                    1 => "1 record is".to_owned(),
                    n => format!("{} records are", count(n)),
                }
            ));
        }
        if self.unlisted > 0 {
            notes.push(format!(
                "Of {} only sums were shared: they are not looked at one by one.",
                counted(self.unlisted, "records")
            ));
        }
        notes
    }
}
