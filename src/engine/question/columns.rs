//! What of a question columns can answer at once, without a look at single rows.

use super::fields::{From, How};
use crate::base::{FieldType, Value as Cell, decimal};
use crate::language::insights::{
    By, Comparison, Condition, Fold, Folded, Grouping, Num, Part, Plan, Top, Value,
};
use crate::query::{Agg, Answer, Expr, Groups, Key, Op, Order, Partial, Query, Select};
use crate::table::Table;
use serde::{Deserialize, Serialize};

/// A condition on columns.
pub struct Narrowed {
    pub expr: Expr,
    /// It says all that the question's conditions say; else it only leaves out rows that they leave out too.
    pub exact: bool,
}

/// What the leading filters of a plan say about this kind's columns.
pub fn narrowed(plan: &Plan, fields: &[From], table: &Table) -> Narrowed {
    let on = Columns { fields, table };
    let mut all = Narrowed {
        expr: Expr::All,
        exact: true,
    };
    for condition in plan.conditions() {
        match on.condition(condition) {
            Some(one) => {
                all.expr = all.expr.and(one.expr);
                all.exact &= one.exact;
            }
            None => all.exact = false,
        }
    }
    all
}

struct Columns<'a> {
    fields: &'a [From],
    table: &'a Table,
}

/// What holds for no row.
fn never() -> Expr {
    Expr::Or(Vec::new())
}

fn exactly(expr: Expr) -> Option<Narrowed> {
    Some(Narrowed { expr, exact: true })
}

impl Columns<'_> {
    /// `None`: columns can not say.
    fn condition(&self, condition: &Condition) -> Option<Narrowed> {
        match condition {
            Condition::All(all) => {
                let parts: Vec<Option<Narrowed>> = all.iter().map(|c| self.condition(c)).collect();
                let exact = parts.iter().all(|p| p.as_ref().is_some_and(|p| p.exact));
                let exprs = parts.into_iter().flatten().map(|p| p.expr);
                Some(Narrowed {
                    expr: exprs.fold(Expr::All, Expr::and),
                    exact,
                })
            }
            Condition::Any(any) => {
                let parts: Option<Vec<Narrowed>> = any.iter().map(|c| self.condition(c)).collect();
                let parts = parts?;
                Some(Narrowed {
                    exact: parts.iter().all(|p| p.exact),
                    expr: Expr::Or(parts.into_iter().map(|p| p.expr).collect()),
                })
            }
            Condition::Not(inner) => {
                let inner = self.condition(inner).filter(|i| i.exact)?;
                exactly(!inner.expr)
            }
            Condition::Present(field) => match self.fields.get(*field)? {
                From::Nothing => exactly(never()),
                From::Column { field, .. } => exactly(Expr::exists(&self.field(*field)?.0)),
                _ => None,
            },
            Condition::Compare { field, op, value } => self.compare(*field, *op, value),
            Condition::Among { field, values } => {
                let one = |v| self.compare(*field, Comparison::Eq, v).filter(|n| n.exact);
                let all: Option<Vec<Narrowed>> = values.iter().map(one).collect();
                exactly(Expr::Or(all?.into_iter().map(|n| n.expr).collect()))
            }
            Condition::Holds { field, text } => match self.fields.get(*field)? {
                From::Nothing => exactly(never()),
                From::Column {
                    field,
                    how: How::AsIs,
                } => {
                    let (name, ty) = self.field(*field)?;
                    // Columns are looked through without regard to case: some more rows are left than the question leaves.
                    matches!(ty, FieldType::Text | FieldType::Address).then(|| Narrowed {
                        expr: Expr::Compare {
                            field: name,
                            op: Op::Contains,
                            value: Cell::Text(text.clone()),
                        },
                        exact: false,
                    })
                }
                _ => None,
            },
        }
    }

    fn field(&self, at: usize) -> Option<(String, FieldType)> {
        let field = self.table.fields.get(at)?;
        Some((field.name.clone(), field.ty))
    }

    fn compare(&self, field: usize, op: Comparison, value: &Value<'_>) -> Option<Narrowed> {
        let (name, ty) = match self.fields.get(field)? {
            // What is not there differs from everything.
            From::Nothing => {
                return exactly(match op {
                    Comparison::Ne => Expr::All,
                    _ => never(),
                });
            }
            From::Column {
                field,
                how: How::AsIs,
            } => self.field(*field)?,
            _ => return None,
        };
        let value = match (ty, value) {
            (FieldType::Integer, value) => match value.number()? {
                Num::Int(n) => Cell::Int(i64::try_from(n).ok()?),
                Num::Float(_) => return None,
            },
            // A text with a slash would be taken for a network.
            (FieldType::Text | FieldType::Address, Value::Text(text))
                if !text.contains('/') || ty == FieldType::Text =>
            {
                match op {
                    Comparison::Eq | Comparison::Ne => Cell::Text(text.to_string()),
                    _ => return None,
                }
            }
            _ => return None,
        };
        let op = match op {
            Comparison::Eq => Op::Eq,
            Comparison::Ne => Op::Ne,
            Comparison::Lt => Op::Lt,
            Comparison::Le => Op::Le,
            Comparison::Gt => Op::Gt,
            Comparison::Ge => Op::Ge,
        };
        exactly(Expr::Compare {
            field: name,
            op,
            value,
        })
    }
}

/// How the groups of a question are read from an answer of columns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grouped {
    pub query: Query,
    keys: Vec<KeyAt>,
    folds: Vec<FoldAt>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum KeyAt {
    Cell(usize),
    Absent,
    Kind(String),
}

/// The answer's columns that a fold is read from; none where no record has the field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum FoldAt {
    Count(Option<usize>),
    /// The sum, and how many values it is of.
    Total(Option<(usize, usize)>),
    Best(Option<usize>),
}

impl Grouped {
    /// `None` where this kind's columns can not group as the question does.
    pub fn of(grouping: &Grouping, fields: &[From], table: &Table, query: Query) -> Option<Grouped> {
        let on = Columns { fields, table };
        let (mut by, mut keys) = (Vec::new(), Vec::new());
        for key in &grouping.by {
            let cell = match key {
                By::Bin { width_ns } => Key::Time { width_ns: *width_ns },
                By::Field(field) => match fields.get(*field)? {
                    From::Nothing => {
                        keys.push(KeyAt::Absent);
                        continue;
                    }
                    From::Kind => {
                        keys.push(KeyAt::Kind(table.facts.id.to_owned()));
                        continue;
                    }
                    From::Column {
                        field,
                        how: How::AsIs,
                    } => match on.field(*field)? {
                        (_, FieldType::List | FieldType::Float | FieldType::Decimal | FieldType::Time) => {
                            return None;
                        }
                        (name, _) => Key::Field(name),
                    },
                    _ => return None,
                },
            };
            keys.push(KeyAt::Cell(by.len()));
            by.push(cell);
        }
        let (mut aggs, mut folds) = (Vec::new(), Vec::new());
        for fold in &grouping.folds {
            let mut add = |agg| {
                aggs.push(agg);
                by.len() + aggs.len() - 1
            };
            let integer = |field: usize| match fields.get(field)? {
                From::Column {
                    field,
                    how: How::AsIs,
                } => on.field(*field).filter(|(_, ty)| *ty == FieldType::Integer),
                _ => None,
            };
            let nothing = |field: usize| matches!(fields.get(field), Some(From::Nothing));
            folds.push(match *fold {
                // Which values are different is told row by row.
                Fold::Distinct(_) => return None,
                Fold::Count => FoldAt::Count(Some(add(Agg::Count))),
                Fold::CountOf(f) if nothing(f) => FoldAt::Count(None),
                Fold::Sum(f) | Fold::Avg(f) if nothing(f) => FoldAt::Total(None),
                Fold::Min(f) | Fold::Max(f) if nothing(f) => FoldAt::Best(None),
                Fold::CountOf(f) => match fields.get(f)? {
                    From::Column { field, .. } => {
                        FoldAt::Count(Some(add(Agg::CountIf(Expr::exists(&on.field(*field)?.0)))))
                    }
                    _ => return None,
                },
                Fold::Sum(f) | Fold::Avg(f) => {
                    let (name, _) = integer(f)?;
                    let of = add(Agg::CountIf(Expr::exists(&name)));
                    let sum = add(Agg::Sum(name));
                    FoldAt::Total(Some((sum, of)))
                }
                Fold::Min(f) => FoldAt::Best(Some(add(Agg::Min(integer(f)?.0)))),
                Fold::Max(f) => FoldAt::Best(Some(add(Agg::Max(integer(f)?.0)))),
            });
        }
        // How many rows a group stands for.
        aggs.push(Agg::Count);
        let select = Select::Groups(Groups {
            by,
            aggs,
            order: Order::Key,
            limit: usize::MAX,
        });
        Some(Grouped {
            query: Query { select, ..query },
            keys,
            folds,
        })
    }

    /// Takes the groups of an answer into a part.
    pub fn absorb(&self, plan: &Plan, part: &mut Part, answer: &Answer) {
        for row in &answer.rows {
            let cell = |at: usize| row.get(at).unwrap_or(&Cell::Absent);
            let count = |at: usize| match cell(at) {
                Cell::Int(n) => u64::try_from(*n).unwrap_or(0),
                Cell::Big(n) => u64::try_from(*n).unwrap_or(u64::MAX),
                _ => 0,
            };
            let number = |at: usize| match cell(at) {
                Cell::Int(n) => Some(Num::Int((*n).into())),
                Cell::Big(n) => Some(Num::Int(*n)),
                _ => None,
            };
            let keys: Vec<Value<'_>> = (self.keys.iter())
                .map(|key| match key {
                    KeyAt::Absent => Value::Absent,
                    KeyAt::Kind(kind) => Value::from(kind.as_str()),
                    KeyAt::Cell(at) => value(cell(*at)),
                })
                .collect();
            let folded: Vec<Folded> = (self.folds.iter())
                .map(|fold| match *fold {
                    FoldAt::Count(at) => Folded::Count(at.map_or(0, count)),
                    FoldAt::Total(at) => Folded::Total {
                        total: at.and_then(|(sum, _)| number(sum)).unwrap_or(Num::Int(0)),
                        of: at.map_or(0, |(_, of)| count(of)),
                    },
                    FoldAt::Best(at) => Folded::Best(at.and_then(number)),
                })
                .collect();
            plan.absorb(part, &keys, &folded, count(row.len().saturating_sub(1)));
        }
    }
}

impl Grouped {
    /// The largest groups by a fold, with all that are as large as the last one wanted; `None` where columns can not tell which
    /// these are.
    pub fn top(&self, partial: Partial, top: Top) -> Option<Answer> {
        let Select::Groups(groups) = &self.query.select else {
            return None;
        };
        let at = match *self.folds.get(top.fold)? {
            FoldAt::Count(at) | FoldAt::Best(at) => at?,
            FoldAt::Total(at) => at?.0,
        };
        // Some more, for groups that are as large as the last one.
        let asked = top.limit.saturating_mul(2).saturating_add(1000);
        let order = Order::Desc(at.checked_sub(groups.by.len())?);
        let query = self.query.clone().order(order).limit(asked);
        let answer = partial.finish(&query);
        let of = |row: usize| answer.rows.get(row)?.get(at)?.as_f64();
        let is_all = answer.groups <= asked as u64;
        // A sum of nothing is 0 here and absent in the language: only what is more can be told apart.
        let is_clear = || {
            let (wanted, last) = (of(top.limit.saturating_sub(1))?, of(asked - 1)?);
            (wanted > 0.0 && wanted > last).then_some(())
        };
        (is_all || is_clear().is_some()).then_some(answer)
    }
}

fn value(cell: &Cell) -> Value<'_> {
    match cell {
        Cell::Absent | Cell::List(_) => Value::Absent,
        Cell::Bool(b) => Value::Bool(*b),
        Cell::Int(n) => Value::Int(*n),
        Cell::Big(n) => Value::from(Num::Int(*n)),
        Cell::Float(f) => Value::Float(*f),
        // The language knows no decimals.
        Cell::Decimal(units) => Value::Float(decimal::float(*units)),
        Cell::Time(t) => Value::Time(*t),
        Cell::Text(t) => Value::from(t.as_str()),
    }
}
