//! What one shard says, how two say it together, and the answer all of them make.

use super::ask::*;
use super::parts::GroupsPart;
use super::resolve::{Source, names};
use super::rows::{RowsPart, finish_rows};
use super::text;
use crate::base::FieldType;
use crate::table::{Shard, Table};
use serde::{Deserialize, Serialize};

/// What some shards say to one question. Merging is associative, and in which order makes no difference to the
/// answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Partial {
    scanned: u64,
    matched: u64,
    /// Every name of the question, and what the kinds that were asked and have rows say of it.
    names: Vec<(String, Named)>,
    /// Was there any row to ask?
    asked: bool,
    /// By column of the answer: what the first kind that has its field says of it.
    columns: Vec<Option<Known>>,
    pub(super) body: Body,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Body {
    Groups(GroupsPart),
    Rows(RowsPart),
}

/// What is said of a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Named {
    /// Some kind has it.
    known: bool,
    /// In some kind some of its values are not told apart.
    folded: bool,
}

/// A column's type and unit in a kind, and where that kind stands in the question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Known {
    at: u32,
    kind: String,
    ty: FieldType,
    unit: String,
}

/// Does a question ask this kind?
pub(super) fn asks(query: &Query, kind: &str) -> bool {
    query.kinds.is_empty() || query.kinds.iter().any(|k| k == kind)
}

impl Partial {
    /// What a shard without rows says; the beginning of a merge.
    pub fn empty(query: &Query) -> Partial {
        let (columns, body) = match &query.select {
            Select::Groups(g) => (g.by.len() + g.aggs.len(), Body::Groups(GroupsPart::new(g))),
            Select::Rows(r) => (r.columns.len(), Body::Rows(RowsPart::default())),
        };
        Partial {
            scanned: 0,
            matched: 0,
            names: names(query).into_iter().map(|n| (n, Named::default())).collect(),
            asked: false,
            columns: vec![None; columns],
            body,
        }
    }

    /// What a shard's tables say of the question's names, before any row is looked at.
    pub(super) fn begin(query: &Query, shard: &Shard) -> Partial {
        let mut partial = Partial::empty(query);
        for table in &shard.tables {
            let shown = table.shown();
            if shown == 0 || !asks(query, table.facts.id) {
                continue;
            }
            partial.asked = true;
            partial.scanned = partial.scanned.saturating_add(shown);
            for (name, named) in &mut partial.names {
                if let Some(source) = Source::of(table, name) {
                    named.known = true;
                    named.folded |= source.is_folded(table, &shard.pool);
                }
            }
            for (column, source) in partial.columns.iter_mut().zip(columns_in(query, table)) {
                if let Some(source) = source {
                    let at = query.kinds.iter().position(|k| k == table.facts.id);
                    let known = Known {
                        at: at.map_or(u32::MAX, |at| at as u32),
                        kind: table.facts.id.to_owned(),
                        ty: source.ty(table),
                        unit: source.unit(table).to_owned(),
                    };
                    first(column, known);
                }
            }
        }
        partial
    }

    pub(super) fn filled(mut self, matched: u64, body: Body) -> Partial {
        self.matched = matched;
        self.body = body;
        self
    }

    /// Records that met the question; of a row question those that can be listed.
    pub fn matched(&self) -> u64 {
        self.matched
    }

    /// Records that met a row question and can not be listed: they are only known in rows that stand for several.
    pub fn unlisted(&self) -> u64 {
        match &self.body {
            Body::Rows(part) => part.unlisted(),
            Body::Groups(_) => 0,
        }
    }

    /// Adds what other shards say to the same question.
    pub fn merge(&mut self, other: Partial) {
        self.scanned = self.scanned.saturating_add(other.scanned);
        self.matched = self.matched.saturating_add(other.matched);
        self.asked |= other.asked;
        for ((_, mine), (_, theirs)) in self.names.iter_mut().zip(other.names) {
            mine.known |= theirs.known;
            mine.folded |= theirs.folded;
        }
        for (mine, theirs) in self.columns.iter_mut().zip(other.columns) {
            if let Some(theirs) = theirs {
                first(mine, theirs);
            }
        }
        match (&mut self.body, other.body) {
            (Body::Groups(mine), Body::Groups(theirs)) => mine.merge(theirs),
            (Body::Rows(mine), Body::Rows(theirs)) => mine.merge(theirs),
            // Partials of different questions are not merged.
            _ => {}
        }
    }

    /// The answer to the question these shards were asked.
    pub fn finish(self, query: &Query) -> Answer {
        let names = |of: &dyn Fn(&Named) -> bool| {
            let names = self.names.iter().filter(|(_, n)| self.asked && of(n));
            names.map(|(name, _)| name.clone()).collect()
        };
        let mut answer = Answer {
            columns: describe(query, &self.columns),
            scanned: self.scanned,
            matched: self.matched,
            unknown_fields: names(&|n| !n.known),
            folded_fields: names(&|n| n.folded),
            ..Answer::default()
        };
        match (self.body, &query.select) {
            (Body::Groups(part), Select::Groups(groups)) => part.finish(groups, &mut answer),
            (Body::Rows(part), Select::Rows(rows)) => finish_rows(part, rows, &mut answer),
            _ => {}
        }
        answer
    }
}

/// Keeps what the kind that is asked for first says.
fn first(mine: &mut Option<Known>, theirs: Known) {
    let earlier = |m: &Known| (theirs.at, &theirs.kind) < (m.at, &m.kind);
    if mine.as_ref().is_none_or(earlier) {
        *mine = Some(theirs);
    }
}

/// Where each column of the answer comes from in a table; `None` also for columns that are of no field.
fn columns_in(query: &Query, table: &Table) -> Vec<Option<Source>> {
    fn of_key(key: &Key, table: &Table) -> Option<Source> {
        match key {
            Key::Field(f) | Key::Network { field: f, .. } | Key::Scale { field: f } => Source::of(table, f),
            Key::First(keys) => keys.iter().find_map(|k| of_key(k, table)),
            Key::Time { .. } | Key::Kind | Key::Member | Key::If(_) => None,
        }
    }
    let of_agg = |agg: &Agg| match agg {
        Agg::Count | Agg::CountIf(_) | Agg::Distinct(_) | Agg::Some(..) => None,
        Agg::Sum(f) | Agg::SumIf(f, _) | Agg::Min(f) | Agg::Max(f) | Agg::Earliest(f) | Agg::Latest(f) => {
            Source::of(table, f)
        }
    };
    match &query.select {
        Select::Groups(g) => {
            let keys = g.by.iter().map(|k| of_key(k, table));
            keys.chain(g.aggs.iter().map(of_agg)).collect()
        }
        Select::Rows(r) => r.columns.iter().map(|c| Source::of(table, c)).collect(),
    }
}

/// The answer's columns: named as they were asked for.
fn describe(query: &Query, known: &[Option<Known>]) -> Vec<AnswerColumn> {
    let known = |at: usize| known.get(at).and_then(Option::as_ref);
    let column = |name: String, at: usize, fixed: Option<FieldType>, otherwise: FieldType| AnswerColumn {
        name,
        ty: fixed.or(known(at).map(|k| k.ty)).unwrap_or(otherwise),
        unit: known(at).map(|k| k.unit.clone()).unwrap_or_default(),
    };
    match &query.select {
        Select::Rows(r) => {
            let every = |name: &str| match name {
                "@timestamp" => FieldType::Time,
                "@member" | "@offset" | "@length" => FieldType::Integer,
                _ => FieldType::Text,
            };
            let columns = r.columns.iter().enumerate();
            columns
                .map(|(at, name)| column(name.clone(), at, None, every(name)))
                .collect()
        }
        Select::Groups(g) => {
            let keys = g.by.iter().enumerate().map(|(at, key)| {
                let (name, fixed) = key_name(key);
                column(name, at, fixed, FieldType::Text)
            });
            let aggs = g.aggs.iter().enumerate().map(|(i, agg)| {
                let (name, fixed) = agg_name(agg);
                let at = g.by.len() + i;
                let summed = matches!(agg, Agg::Sum(_) | Agg::SumIf(..))
                    && known(at).is_none_or(|k| !matches!(k.ty, FieldType::Float | FieldType::Decimal));
                let fixed = if summed { Some(FieldType::Integer) } else { fixed };
                column(name, at, fixed, FieldType::Text)
            });
            keys.chain(aggs).collect()
        }
    }
}

fn key_name(key: &Key) -> (String, Option<FieldType>) {
    match key {
        Key::Field(f) => (f.clone(), None),
        Key::Network { field, .. } => (field.clone(), None),
        Key::Scale { field } => (field.clone(), Some(FieldType::Float)),
        Key::Time { .. } => ("@timestamp".to_owned(), Some(FieldType::Time)),
        Key::Kind => ("@kind".to_owned(), Some(FieldType::Text)),
        Key::Member => ("@member".to_owned(), Some(FieldType::Integer)),
        Key::If(e) => (text::write(e), Some(FieldType::Bool)),
        Key::First(keys) => keys.first().map(key_name).unwrap_or_default(),
    }
}

fn agg_name(agg: &Agg) -> (String, Option<FieldType>) {
    let integer = Some(FieldType::Integer);
    match agg {
        Agg::Count => ("count".to_owned(), integer),
        Agg::CountIf(e) => (format!("count({})", text::write(e)), integer),
        Agg::Sum(f) => (format!("sum({f})"), None),
        Agg::SumIf(f, e) => (format!("sum({f}, {})", text::write(e)), None),
        Agg::Min(f) => (format!("min({f})"), None),
        Agg::Max(f) => (format!("max({f})"), None),
        Agg::Distinct(f) => (format!("distinct({f})"), integer),
        Agg::Earliest(f) => (format!("earliest({f})"), None),
        Agg::Latest(f) => (format!("latest({f})"), None),
        Agg::Some(f, _) => (format!("some({f})"), Some(FieldType::List)),
    }
}
