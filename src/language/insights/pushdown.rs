//! What a reader of columns may do in the language's stead: test rows before they are made, and group them.

use super::aggregate::{Aggregate, Kind};
use super::ast::CompareOp;
use super::code::Code;
use super::compare::{compare, equals};
use super::number::Num;
use super::plan::{Group, Op, Segment, Stage, Take};
use super::program::Needs;
use super::record::Row;
use super::run::{Part, Plan};
use super::value::Value;

/// A test of fields against literals, by the fields' places in [`Needs::fields`]. It is true or false, never unknown: what is
/// absent, a map or a list is as the language has it (an absent field is unequal to everything, and in no list).
#[derive(Clone, Debug)]
pub enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// `isPresent(field)`.
    Present(usize),
    /// `field op value`.
    Compare {
        field: usize,
        op: Comparison,
        value: Value<'static>,
    },
    /// `field in [value, …]`.
    Among {
        field: usize,
        values: Vec<Value<'static>>,
    },
    /// `field like "text"`: of any value that has a text.
    Holds {
        field: usize,
        text: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

/// A `stats` that needs nothing but fields and times cut to a width.
#[derive(Clone, Debug, PartialEq)]
pub struct Grouping {
    pub by: Vec<By>,
    /// In the order of [`Plan::absorb`].
    pub folds: Vec<Fold>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Rows of one text are one group.
    Field(usize),
    /// The multiple of the width at or before `@timestamp`; none where that is no time.
    Bin { width_ns: i64 },
}

/// An aggregate of the values of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    /// Rows.
    Count,
    /// Rows that have the field.
    CountOf(usize),
    Sum(usize),
    Avg(usize),
    Min(usize),
    Max(usize),
    /// Different texts.
    Distinct(usize),
}

/// What a fold came to in one group.
#[derive(Clone, Debug)]
pub enum Folded {
    Count(u64),
    /// Of a sum or mean: the exact sum of the values that are numbers, and how many these are. A sum of fractions that had to be
    /// rounded is not the one that rows would have made.
    Total {
        total: Num,
        of: u64,
    },
    /// The least or greatest number. Where a group's values are texts but no numbers, the language compares the texts: such
    /// rows are pushed.
    Best(Option<Num>),
    /// The different texts.
    Distinct(Vec<String>),
}

/// Of the groups, only the largest by one fold are in the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Top {
    /// In [`Grouping::folds`].
    pub fold: usize,
    pub limit: usize,
}

impl From<Comparison> for CompareOp {
    fn from(op: Comparison) -> CompareOp {
        match op {
            Comparison::Eq => CompareOp::Equal,
            Comparison::Ne => CompareOp::Unequal,
            Comparison::Lt => CompareOp::Less,
            Comparison::Le => CompareOp::LessOrEqual,
            Comparison::Gt => CompareOp::Greater,
            Comparison::Ge => CompareOp::GreaterOrEqual,
        }
    }
}

impl Comparison {
    fn of(op: CompareOp) -> Comparison {
        match op {
            CompareOp::Equal => Comparison::Eq,
            CompareOp::Unequal => Comparison::Ne,
            CompareOp::Less => Comparison::Lt,
            CompareOp::LessOrEqual => Comparison::Le,
            CompareOp::Greater => Comparison::Gt,
            CompareOp::GreaterOrEqual => Comparison::Ge,
        }
    }

    /// The same with the sides changed.
    fn turned(self) -> Comparison {
        match self {
            Comparison::Lt => Comparison::Gt,
            Comparison::Le => Comparison::Ge,
            Comparison::Gt => Comparison::Lt,
            Comparison::Ge => Comparison::Le,
            same => same,
        }
    }
}

impl Condition {
    /// As the language tests a row.
    pub fn is_met(&self, row: &dyn Row) -> bool {
        match self {
            Condition::All(parts) => parts.iter().all(|p| p.is_met(row)),
            Condition::Any(parts) => parts.iter().any(|p| p.is_met(row)),
            Condition::Not(inner) => !inner.is_met(row),
            Condition::Present(field) => !row.get(*field).is_absent(),
            Condition::Compare { field, op, value } => {
                compare((*op).into(), &row.get(*field), value, || value.number())
            }
            Condition::Among { field, values } => {
                let left = row.get(*field);
                values.iter().any(|value| equals(&left, value))
            }
            Condition::Holds { field, text } => {
                row.get(*field).text().is_some_and(|t| t.contains(text.as_str()))
            }
        }
    }

    fn of(code: &Code, before: &[Op]) -> Option<Condition> {
        let all = |parts: &[Code]| -> Option<Vec<Condition>> {
            parts.iter().map(|p| Condition::of(p, before)).collect()
        };
        Some(match code {
            Code::And(parts) => Condition::All(all(parts)?),
            Code::Or(parts) => Condition::Any(all(parts)?),
            Code::Not(inner) => Condition::Not(Box::new(Condition::of(inner, before)?)),
            Code::Present(inner) => Condition::Present(field(inner, before)?),
            Code::Compare(op, left, right) => {
                let op = Comparison::of(*op);
                match (field(left, before), field(right, before)) {
                    (Some(field), _) => Condition::Compare {
                        field,
                        op,
                        value: literal(right)?,
                    },
                    (_, Some(field)) => Condition::Compare {
                        field,
                        op: op.turned(),
                        value: literal(left)?,
                    },
                    _ => return None,
                }
            }
            Code::In(left, list) => Condition::Among {
                field: field(left, before)?,
                values: list.iter().map(literal).collect::<Option<_>>()?,
            },
            Code::Contains(left, finder) => Condition::Holds {
                field: field(left, before)?,
                text: std::str::from_utf8(finder.needle()).ok()?.to_owned(),
            },
            _ => return None,
        })
    }
}

/// A field, also under another name that it was given.
fn field(code: &Code, before: &[Op]) -> Option<usize> {
    match code {
        Code::Field(at) => Some(*at),
        Code::Slot(at) => before.iter().enumerate().find_map(|(n, op)| match op {
            Op::Set { slot, code } if slot == at => field(code, before.get(..n)?),
            _ => None,
        }),
        _ => None,
    }
}

/// A literal with its signs.
fn literal(code: &Code) -> Option<Value<'static>> {
    Some(match code {
        Code::Const(constant) => constant.0.clone(),
        Code::Negative(inner) => literal(inner)?.number().and_then(Num::negative).into(),
        Code::Positive(inner) => literal(inner)?.number().into(),
        _ => return None,
    })
}

/// What can be told of the rows of the first segment beforehand.
#[derive(Default)]
pub struct Pushdown {
    pub conditions: Vec<Condition>,
    pub grouping: Option<Grouping>,
}

impl Pushdown {
    pub fn of(segment: &Segment, needs: &Needs) -> Pushdown {
        let mut conditions = Vec::new();
        let mut is_whole = true;
        for (at, op) in segment.ops.iter().enumerate() {
            let before = segment.ops.get(..at).unwrap_or_default();
            match op {
                // What is asked of fields is as true of every row that is made of the record.
                Op::Filter(code) => is_whole &= conjuncts(code, before, &mut conditions),
                _ => is_whole = false,
            }
        }
        let grouping = match &segment.stage {
            Stage::Stats { by, aggregates, .. } if is_whole => grouping(by, aggregates, needs),
            _ => None,
        };
        Pushdown { conditions, grouping }
    }
}

/// Adds the parts that can be tested; returns whether these are all.
fn conjuncts(code: &Code, before: &[Op], into: &mut Vec<Condition>) -> bool {
    match code {
        Code::And(parts) => {
            let mut is_whole = true;
            for part in parts {
                is_whole &= conjuncts(part, before, into);
            }
            is_whole
        }
        other => match Condition::of(other, before) {
            Some(condition) => {
                into.push(condition);
                true
            }
            None => false,
        },
    }
}

fn grouping(by: &[Group], aggregates: &[Aggregate], needs: &Needs) -> Option<Grouping> {
    let is_time = |code: &Code| match code {
        Code::Field(at) => needs.fields.get(*at).is_some_and(|name| name == "@timestamp"),
        _ => false,
    };
    let by = by.iter().map(|group| match &group.code {
        Code::Field(at) => Some(By::Field(*at)),
        Code::Floor(time, period) if is_time(time) => Some(By::Bin {
            width_ns: period.width_ns()?,
        }),
        _ => None,
    });
    let folds = aggregates.iter().map(|aggregate| {
        let of = match &aggregate.of {
            None => return (aggregate.kind == Kind::Count).then_some(Fold::Count),
            Some(Code::Field(at)) => *at,
            Some(_) => return None,
        };
        Some(match aggregate.kind {
            Kind::Count => Fold::CountOf(of),
            Kind::Sum => Fold::Sum(of),
            Kind::Avg => Fold::Avg(of),
            Kind::Min => Fold::Min(of),
            Kind::Max => Fold::Max(of),
            Kind::CountDistinct => Fold::Distinct(of),
            _ => return None,
        })
    });
    Some(Grouping {
        by: by.collect::<Option<_>>()?,
        folds: folds.collect::<Option<_>>()?,
    })
}

impl Plan {
    /// Whether the groups of [`Plan::grouping`] are sorted by a fold, the largest first, and so many of them are the result.
    /// Groups of equal folds may be told apart by something else.
    pub fn top(&self) -> Option<Top> {
        let [first, second] = self.compiled.segments.as_slice() else {
            return None;
        };
        let (
            Stage::Stats {
                by,
                aggregates,
                items,
            },
            Stage::Rows { keys, take, .. },
        ) = (&first.stage, &second.stage)
        else {
            return None;
        };
        let grouping = self.grouping()?;
        let Take::First(limit) = *take else { return None };
        let Some((Code::Slot(slot), true)) = keys.first() else {
            return None;
        };
        if second.ops.iter().any(|op| !matches!(op, Op::Set { .. })) {
            return None;
        }
        let Some(Code::Slot(made)) = items.get(slot.checked_sub(by.len())?) else {
            return None;
        };
        let fold = made.checked_sub(by.len() + items.len())?;
        let is_ordered = !matches!(grouping.folds.get(fold)?, Fold::Avg(_) | Fold::Distinct(_));
        (is_ordered && fold < aggregates.len()).then_some(Top { fold, limit })
    }

    /// What every row meets that comes to the first command that needs all rows: those parts of its filters that test fields
    /// against literals. A row that fails one would be filtered out.
    pub fn conditions(&self) -> &[Condition] {
        &self.compiled.pushdown.conditions
    }

    /// How the rows that meet all [`conditions`](Plan::conditions) are grouped. `None` where conditions do not say all that is
    /// asked of a row, or a group needs more than a fold of fields.
    pub fn grouping(&self) -> Option<&Grouping> {
        self.compiled.pushdown.grouping.as_ref()
    }

    /// Takes in rows of the window that were grouped elsewhere, by [`grouping`](Plan::grouping): one group's keys
    /// ([`Value::Absent`] where it has none, [`Value::Time`] for a bin) and what its folds came to. They count as matched, not
    /// as scanned: see [`Part::pass_over`].
    pub fn absorb(&self, part: &mut Part, keys: &[Value], folded: &[Folded], rows: u64) {
        let (Some(segment), Some(grouping)) = (self.first(), self.grouping()) else {
            return;
        };
        debug_assert_eq!(
            (keys.len(), folded.len()),
            (grouping.by.len(), grouping.folds.len())
        );
        if rows > 0 {
            part.absorb(&segment.stage, keys, folded, rows);
        }
    }
}
