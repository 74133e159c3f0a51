//! A query made ready to run: row by row up to the first command that needs all rows, and what follows on the merged rows.

use super::aggregate::Aggregate;
use super::ast::Shift;
use super::code::Code;
use super::glob::Glob;
use super::needle::Matcher;
use super::program::Needs;

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
    pub(super) fn code(&mut self) -> &mut Code {
        match self {
            Op::Set { code, .. } | Op::Filter(code) => code,
            Op::Parse { from, .. } | Op::Unnest { from, .. } => from,
        }
    }

    /// The slots it fills.
    pub(super) fn fills(&self) -> &[usize] {
        match self {
            Op::Set { slot, .. } | Op::Unnest { slot, .. } => std::slice::from_ref(slot),
            Op::Parse { slots, .. } => slots,
            Op::Filter(_) => &[],
        }
    }

    /// Whether it does nothing but fill its slots.
    pub(super) fn only_fills(&self) -> bool {
        match self {
            Op::Set { .. } => true,
            Op::Parse { how, .. } => !matches!(how, Reader::Regex { multi: true, .. }),
            Op::Filter(_) | Op::Unnest { .. } => false,
        }
    }
}

impl Stage {
    pub(super) fn codes(&mut self) -> Vec<&mut Code> {
        match self {
            Stage::Rows { keys, .. } => keys.iter_mut().map(|k| &mut k.0).collect(),
            Stage::Dedup { keys, by, .. } => keys.iter_mut().map(|k| &mut k.0).chain(by).collect(),
            Stage::Stats { by, aggregates, .. } => {
                let of = aggregates.iter_mut().filter_map(|a| a.of.as_mut());
                by.iter_mut().map(|g| &mut g.code).chain(of).collect()
            }
            Stage::Pattern { text, time, .. } => vec![text, time],
        }
    }

    pub(super) fn keep(&mut self) -> Option<&mut Keep> {
        match self {
            Stage::Rows { keep, .. } | Stage::Dedup { keep, .. } => Some(keep),
            Stage::Stats { .. } | Stage::Pattern { .. } => None,
        }
    }

    /// What is asked of its rows later; nothing where its rows are new ones.
    pub(super) fn kept(&self) -> Option<&Keep> {
        match self {
            Stage::Rows { keep, .. } | Stage::Dedup { keep, .. } => Some(keep),
            Stage::Stats { .. } | Stage::Pattern { .. } => None,
        }
    }
}

impl Keep {
    pub(super) fn see(&mut self, code: &mut Code) {
        code.visit(&mut |code| match code {
            Code::Field(f) if !self.fields.contains(f) => self.fields.push(*f),
            Code::Slot(s) if !self.slots.contains(s) => self.slots.push(*s),
            _ => {}
        });
    }
}

/// From the result backwards: tells every stage what is asked of its rows later, and drops what nothing asks for. `fields
/// @message | stats count(*)` reads no message.
pub fn settle(segments: &mut [Segment], columns: &mut [(String, Code)], needs: &mut Needs) {
    let mut asked = Keep::default();
    columns.iter_mut().for_each(|(_, code)| asked.see(code));
    for segment in segments.iter_mut().rev() {
        match segment.stage.keep() {
            Some(keep) => *keep = asked.clone(),
            // Its rows are new ones.
            None => asked = Keep::default(),
        }
        segment.stage.codes().into_iter().for_each(|code| asked.see(code));
        let mut ops = Vec::new();
        for mut op in std::mem::take(&mut segment.ops).into_iter().rev() {
            let is_asked = op.fills().iter().any(|slot| asked.slots.contains(slot));
            if op.only_fills() && !is_asked {
                continue;
            }
            asked.slots.retain(|slot| !op.fills().contains(slot));
            asked.see(op.code());
            ops.push(op);
        }
        ops.reverse();
        segment.ops = ops;
    }
    let fields: Vec<usize> = (0..needs.fields.len())
        .filter(|f| asked.fields.contains(f))
        .collect();
    needs.fields = fields
        .iter()
        .filter_map(|f| needs.fields.get(*f).cloned())
        .collect();
    let renumber = |code: &mut Code| {
        code.visit(&mut |code| {
            if let Code::Field(f) = code {
                *f = fields.binary_search(f).unwrap_or(usize::MAX);
            }
        });
    };
    columns.iter_mut().for_each(|(_, code)| renumber(code));
    for segment in segments {
        segment.ops.iter_mut().for_each(|op| renumber(op.code()));
        segment.stage.codes().into_iter().for_each(renumber);
        for f in segment.stage.keep().map(|k| &mut k.fields).into_iter().flatten() {
            *f = fields.binary_search(f).unwrap_or(usize::MAX);
        }
    }
}
