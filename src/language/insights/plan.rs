//! A query made ready to run: row by row up to the first command that needs all rows, and what follows on the merged rows.

use super::aggregate::Aggregate;
use super::ast::Shift;
use super::code::Code;
use super::glob::Glob;
use super::needle::Matcher;

/// A command that needs nothing but the row.
pub enum Op {
    Set {
        slot: usize,
        code: Code,
    },
    Filter(Code),
    Parse {
        from: Code,
        how: Reader,
        slots: Vec<usize>,
    },
    Unnest {
        from: Code,
        slot: usize,
    },
}

/// How `parse` takes values out of a text.
pub enum Reader {
    Glob(Glob),
    /// The groups that become fields, one for each slot.
    Regex {
        regex: Box<Matcher>,
        groups: Vec<usize>,
        multi: bool,
    },
    Logfmt,
    Csv,
}

/// Which rows of an order are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    First(usize),
    Last(usize),
}

/// Keys of an order, and whether each runs backwards.
pub type SortKeys = Vec<(Code, bool)>;

/// What has to see all rows.
pub enum Stage {
    Rows {
        keys: SortKeys,
        take: Take,
        keep: Keep,
    },
    Dedup {
        keys: SortKeys,
        by: Vec<Code>,
        keep: Keep,
    },
    Stats {
        by: Vec<Group>,
        aggregates: Vec<Aggregate>,
        items: Vec<Code>,
    },
    Pattern {
        text: Code,
        time: Code,
        then: Then,
    },
}

pub struct Group {
    pub code: Code,
    /// The field or expression as written: what a filter on the group's rows asks for.
    pub name: String,
}

/// What later commands and the result ask of rows that are kept.
#[derive(Default, Clone)]
pub struct Keep {
    /// Places in [`super::Needs::fields`].
    pub fields: Vec<usize>,
    pub slots: Vec<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Then {
    Patterns,
    Diff(Shift),
    Anomaly,
}

pub struct Segment {
    pub ops: Vec<Op>,
    pub stage: Stage,
    /// How many slots its rows have.
    pub slots: usize,
}

impl Op {
    pub fn codes(&self) -> [&Code; 1] {
        match self {
            Op::Set { code, .. } | Op::Filter(code) => [code],
            Op::Parse { from, .. } | Op::Unnest { from, .. } => [from],
        }
    }
}

impl Stage {
    pub fn codes(&self) -> Vec<&Code> {
        match self {
            Stage::Rows { keys, .. } => keys.iter().map(|k| &k.0).collect(),
            Stage::Dedup { keys, by, .. } => keys.iter().map(|k| &k.0).chain(by).collect(),
            Stage::Stats { by, aggregates, .. } => by
                .iter()
                .map(|g| &g.code)
                .chain(aggregates.iter().filter_map(|a| a.of.as_ref()))
                .collect(),
            Stage::Pattern { text, time, .. } => vec![text, time],
        }
    }

    /// Whether its rows are those it was given.
    fn keeps_rows(&self) -> bool {
        matches!(self, Stage::Rows { .. } | Stage::Dedup { .. })
    }
}

/// Tells every stage that keeps rows what is asked of them later.
pub fn settle(segments: &mut [Segment], columns: &[Code]) {
    for at in 0..segments.len() {
        let mut keep = Keep::default();
        let mut see = |code: &Code| match code {
            Code::Field(f) if !keep.fields.contains(f) => keep.fields.push(*f),
            Code::Slot(s) if !keep.slots.contains(s) => keep.slots.push(*s),
            _ => {}
        };
        let mut to_end = true;
        for later in segments.iter().skip(at + 1) {
            later
                .ops
                .iter()
                .flat_map(Op::codes)
                .chain(later.stage.codes())
                .for_each(|c| c.visit(&mut see));
            if !later.stage.keeps_rows() {
                to_end = false;
                break;
            }
        }
        if to_end {
            columns.iter().for_each(|c| c.visit(&mut see));
        }
        if let Some(Stage::Rows { keep: kept, .. } | Stage::Dedup { keep: kept, .. }) =
            segments.get_mut(at).map(|s| &mut s.stage)
        {
            *kept = keep;
        }
    }
}
