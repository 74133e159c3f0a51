//! Fields that nothing asks for before rows are kept: they are read only of the rows that were.

use super::functions::Clock;
use super::kept::Kept;
use super::ops;
use super::plan::{Keep, Op, Segment};
use super::record::{Order, Row};
use super::run::{Part, Plan};
use super::value::Value;

/// What is left out when a row is pushed, and made up for when it is filled in.
#[derive(Default)]
pub struct Late {
    /// Places in [`super::Needs::fields`], ascending.
    pub fields: Vec<usize>,
    /// Which commands of the first segment make values of nothing but these fields.
    ops: Vec<usize>,
}

impl Late {
    pub fn of(segment: &mut Segment) -> Late {
        let Some(keep) = segment.stage.keep().map(|keep| keep.clone()) else {
            return Late::default();
        };
        let mut late: Vec<bool> = segment.ops.iter().map(Op::only_fills).collect();
        // A command found not to be late asks for fields itself, and other commands may share these.
        let asked = loop {
            let mut asked = Keep::default();
            segment.stage.codes().into_iter().for_each(|code| asked.see(code));
            let mut made = Vec::new();
            for (op, is_late) in segment.ops.iter_mut().zip(&late) {
                match is_late {
                    true => made.extend_from_slice(op.fills()),
                    false => asked.see(op.code()),
                }
            }
            let mut is_settled = true;
            for (op, is_late) in segment.ops.iter_mut().zip(&mut late).filter(|(_, late)| **late) {
                let mut takes = Keep::default();
                takes.see(op.code());
                let is_early = op.fills().iter().any(|slot| asked.slots.contains(slot))
                    || takes.fields.iter().any(|f| asked.fields.contains(f))
                    || takes.slots.iter().any(|slot| !made.contains(slot));
                if is_early {
                    *is_late = false;
                    is_settled = false;
                }
            }
            if is_settled {
                break asked;
            }
        };
        let mut all = keep;
        for (op, _) in segment.ops.iter_mut().zip(&late).filter(|(_, late)| **late) {
            all.see(op.code());
        }
        let mut fields: Vec<usize> = all.fields;
        fields.retain(|f| !asked.fields.contains(f));
        fields.sort_unstable();
        let ops = (0..).zip(late).filter_map(|(at, is_late)| is_late.then_some(at));
        Late {
            ops: if fields.is_empty() {
                Vec::new()
            } else {
                ops.collect()
            },
            fields,
        }
    }

    fn fill(&self, kept: &mut Kept, segment: &Segment, row: &dyn Row, clock: &Clock) {
        let Some(keep) = segment.stage.kept() else { return };
        for (value, field) in kept.fields.iter_mut().zip(&keep.fields) {
            if self.fields.contains(field) {
                *value = row.get(*field).into_owned();
            }
        }
        if self.ops.is_empty() {
            return;
        }
        let held = kept.slots.len();
        kept.slots.resize(segment.slots.max(held), Value::Absent);
        for op in self.ops.iter().filter_map(|at| segment.ops.get(*at)) {
            ops::run(std::slice::from_ref(op), row, &mut kept.slots, clock, &mut |_| {});
        }
        kept.slots.truncate(held);
        // Steps on the way are not kept.
        for (at, value) in kept.slots.iter_mut().enumerate() {
            if !keep.slots.contains(&at) {
                *value = Value::Absent;
            }
        }
    }
}

impl Plan {
    /// Places in [`super::Needs::fields`] that a row may be pushed without, as if they were absent, where
    /// [`fill`](Plan::fill) gives them for all rows of [`Part::kept`] before the part is finished. Parts may be merged first:
    /// then the fewest rows are to be filled in.
    pub fn late(&self) -> &[usize] {
        &self.compiled.late.fields
    }

    /// Sets the late fields of the kept rows of this record. Rows that are not kept any more are none to fill in.
    pub fn fill(&self, part: &mut Part, at: Order, row: &dyn Row) {
        let late = &self.compiled.late;
        if let (Some(segment), false) = (self.first(), late.fields.is_empty()) {
            part.each_of(at, &mut |kept| late.fill(kept, segment, row, &self.clock));
        }
    }
}
