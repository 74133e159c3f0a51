//! Any query of the commands that collect rows answers as one that is run plainly, and what may be done in the plan's stead
//! changes no answer.

use super::naive::{self, Cell, Command, Cond, Op, Row as Plain};
use super::random::{any_query, grouping_query, query, rows, throws};
use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;
use trailbeam::language::insights::{By, Comparison, Condition, Fold, Folded, Num, Origin, Row};

const CLOCK: Clock = Clock {
    now: 0,
    start: START,
    end: START + 300_000,
};

fn plan_of(text: &str) -> Plan {
    match parse(text, &Known::default()) {
        Ok(program) => program.plan(CLOCK),
        Err(fault) => panic!("{text}: {fault:?}"),
    }
}

fn push_all<'r>(plan: &Plan, part: &mut Part, rows: impl IntoIterator<Item = &'r (Record, Plain)>) {
    for (record, plain) in rows {
        let names = &plan.needs().fields;
        plan.push(part, &Named { record, names }, record.order(plain.place));
    }
}

/// A result in full, but for the spelling of a number.
fn told(table: &Table) -> String {
    let cell = |v: &Value| format!("{:?} {}", v.kind(), v.export());
    let rows: Vec<Vec<String>> = table.rows.iter().map(|r| r.iter().map(cell).collect()).collect();
    let origins: Vec<String> = table
        .origins
        .iter()
        .map(|origin| match origin {
            Origin::Group(keys) => {
                let keys: Vec<String> = keys.iter().map(|(n, v)| format!("{n} {}", cell(v))).collect();
                keys.join(", ")
            }
            other => format!("{other:?}"),
        })
        .collect();
    format!(
        "{:?} {rows:?} {origins:?} {} {} {}",
        table.columns, table.matched, table.scanned, table.total
    )
}

fn shows(value: &Value, cell: &Cell) -> bool {
    match (cell, value) {
        (Cell::Absent, value) => value.is_absent(),
        (Cell::Int(_) | Cell::Float(_), Value::Int(_) | Value::Float(_)) => {
            let (a, b) = (value.number().map(Num::as_f64), cell.number());
            matches!((a, b), (Some(a), Some(b)) if (a - b).abs() < 1e-9)
        }
        (Cell::Bool(_), Value::Bool(_)) | (Cell::Text(_), Value::Text(_)) => {
            Some(value.display()) == cell.text()
        }
        (Cell::Time(ms), Value::Time(ns)) => from_ms(*ms) == Some(*ns),
        (Cell::List(json), Value::Node(_)) => value.display() == *json,
        _ => false,
    }
}

/// A condition for `naive`.
fn plainly(condition: &Condition, names: &[String]) -> Cond {
    let name = |field: &usize| names[*field].clone();
    let all = |parts: &[Condition]| parts.iter().map(|p| plainly(p, names)).collect();
    let cell = |value: &Value| match value {
        Value::Int(n) => Cell::Int(*n),
        Value::Float(f) => Cell::Float(*f),
        Value::Bool(b) => Cell::Bool(*b),
        Value::Text(t) => Cell::Text(t.to_string()),
        other => panic!("{other:?} is no literal"),
    };
    match condition {
        Condition::All(parts) => Cond::All(all(parts)),
        Condition::Any(parts) => Cond::Any(all(parts)),
        Condition::Not(inner) => Cond::Not(Box::new(plainly(inner, names))),
        Condition::Present(field) => Cond::Present(name(field)),
        Condition::Compare { field, op, value } => {
            let op = match op {
                Comparison::Eq => Op::Eq,
                Comparison::Ne => Op::Ne,
                Comparison::Lt => Op::Lt,
                Comparison::Le => Op::Le,
                Comparison::Gt => Op::Gt,
                Comparison::Ge => Op::Ge,
            };
            Cond::Compare(name(field), op, cell(value), false)
        }
        Condition::Among { field, values } => Cond::Among(name(field), values.iter().map(cell).collect()),
        Condition::Holds { field, text } => Cond::Holds(name(field), text.clone()),
    }
}

/// A row of nothing but its late fields, or of all others.
struct Half<'r> {
    row: Named<'r>,
    late: &'r [usize],
    is_late: bool,
}

impl Row for Half<'_> {
    fn get(&self, field: usize) -> Value<'_> {
        if self.late.contains(&field) != self.is_late {
            return Value::Absent;
        }
        self.row.get(field)
    }
}

fn folded(fold: &Fold, names: &[String], rows: &[&Plain]) -> Folded {
    let numbers = |field: &usize| -> Vec<Cell> {
        let all = rows.iter().map(|row| row.get(&names[*field]));
        all.filter(|cell| cell.number().is_some()).collect()
    };
    let num = |cell: &Cell| match cell {
        Cell::Float(f) => Num::Float(*f),
        Cell::Text(t) if t.contains('.') => Num::Float(cell.number().unwrap_or_default()),
        cell => Num::Int(cell.number().unwrap_or_default() as i128),
    };
    let best = |field: &usize, greatest: bool| {
        let better = |a: Num, b: Num| {
            if (b.as_f64() > a.as_f64()) == greatest {
                b
            } else {
                a
            }
        };
        Folded::Best(numbers(field).iter().map(num).reduce(better))
    };
    match fold {
        Fold::Count => Folded::Count(rows.len() as u64),
        Fold::CountOf(field) => {
            let has = rows.iter().filter(|row| row.get(&names[*field]) != Cell::Absent);
            Folded::Count(has.count() as u64)
        }
        Fold::Sum(field) | Fold::Avg(field) => {
            let all: Vec<Num> = numbers(field).iter().map(num).collect();
            let sum: f64 = all.iter().map(|n| n.as_f64()).sum();
            let is_whole = all.iter().all(|n| matches!(n, Num::Int(_)));
            Folded::Total {
                total: if is_whole {
                    Num::Int(sum as i128)
                } else {
                    Num::Float(sum)
                },
                of: all.len() as u64,
            }
        }
        Fold::Min(field) => best(field, false),
        Fold::Max(field) => best(field, true),
        Fold::Distinct(field) => {
            let mut texts: Vec<String> = rows
                .iter()
                .filter_map(|row| row.get(&names[*field]).text())
                .collect();
            texts.sort();
            texts.dedup();
            Folded::Distinct(texts)
        }
    }
}

/// What is random is not in vain: of all kinds of plans there are many.
#[test]
fn the_dice_make_plans_of_all_kinds() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut late, mut limited, mut told, mut grouped, mut full) = (0, 0, 0, 0, 0);
    for _ in 0..500 {
        let strategy = (throws(), rows());
        let (throws, records) = strategy.new_tree(&mut runner).expect("a case").current();
        let random = query(&throws);
        let plan = plan_of(&naive::text(&random));
        late += usize::from(!plan.late().is_empty());
        limited += usize::from(
            random
                .iter()
                .any(|c| matches!(c, Command::Limit(_) | Command::Tail(_))),
        );
        told += usize::from(!plan.conditions().is_empty());
        let rows = records.into_iter().map(|(_, row)| row).collect();
        full += usize::from(!naive::run(&random, rows).rows.is_empty());
        grouped += usize::from(
            plan_of(&naive::text(&grouping_query(&throws)))
                .grouping()
                .is_some(),
        );
    }
    let counts = [late, limited, told, grouped, full];
    assert!(counts.iter().all(|n| *n >= 100), "{counts:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn any_query_answers_as_the_plain_one(throws in throws(), records in rows(), cut in 0usize..40) {
        let query = query(&throws);
        let text = naive::text(&query);
        let plan = plan_of(&text);
        let (mut part, mut other) = (plan.start(), plan.start());
        let cut = cut.min(records.len());
        push_all(&plan, &mut part, records[..cut].iter().rev());
        push_all(&plan, &mut other, &records[cut..]);
        part.merge(other);
        let table = plan.finish(part);
        let plain = naive::run(&query, records.iter().map(|(_, row)| row.clone()).collect());
        let columns: Vec<&str> = table.columns.iter().map(|c| c.name.as_str()).collect();
        prop_assert_eq!(columns, plain.columns, "{}", &text);
        let is_same = table.rows.len() == plain.rows.len()
            && table.rows.iter().zip(&plain.rows).all(|(row, cells)| row.iter().zip(cells).all(|(v, c)| shows(v, c)));
        prop_assert!(is_same, "{text}\n{:?}\n{:?}", table.rows, plain.rows);
        if let Some(places) = plain.places {
            let found: Vec<u128> = table.origins.iter().filter_map(|o| match o {
                Origin::Row(order) => Some(order.place),
                _ => None,
            }).collect();
            prop_assert_eq!(found, places, "{}", &text);
        }
        let counts = (table.scanned, table.matched, table.total);
        prop_assert_eq!(counts, (records.len() as u64, plain.matched as u64, plain.total as u64), "{}", &text);
        // A table travels between workers.
        let bytes = postcard::to_stdvec(&table).expect("a table is written");
        let read: Table = postcard::from_bytes(&bytes).expect("and read");
        prop_assert_eq!(told(&read), told(&table));
    }

    #[test]
    fn a_query_is_printed_as_it_is_read(throws in throws()) {
        for text in [naive::text(&query(&throws)), any_query(&throws)] {
            let program = parse(&text, &Known::default()).map_err(|f| TestCaseError::fail(format!("{text}: {f:?}")))?;
            let printed = program.print();
            let again = parse(&printed, &Known::default()).map_err(|f| TestCaseError::fail(format!("{text}\n{printed}: {f:?}")))?;
            prop_assert!(again.is_same(&program), "{text}\n{printed}");
            prop_assert_eq!(again.print(), printed, "{}", text);
        }
    }

    #[test]
    fn what_is_matched_meets_all_conditions(throws in throws(), records in rows()) {
        let text = naive::text(&query(&throws));
        let plan = plan_of(&text);
        let names = &plan.needs().fields;
        let conditions: Vec<Cond> = plan.conditions().iter().map(|c| plainly(c, names)).collect();
        for (record, row) in &records {
            let mut part = plan.start();
            push_all(&plan, &mut part, [&(record.clone(), row.clone())]);
            let is_met = conditions.iter().all(|c| c.holds(row));
            prop_assert!(is_met || part.matched == 0, "{text}\n{row:?}\n{conditions:?}");
            prop_assert!(plan.grouping().is_none() || is_met == (part.matched == 1), "{text}\n{row:?}\n{conditions:?}");
            let named = Named { record, names };
            prop_assert_eq!(plan.conditions().iter().all(|c| c.is_met(&named)), is_met, "{}\n{:?}", &text, row);
        }
    }

    #[test]
    fn rows_may_be_filled_in_later(throws in throws(), records in rows(), cut in 0usize..40) {
        let text = naive::text(&query(&throws));
        let plan = plan_of(&text);
        let names = &plan.needs().fields;
        let mut whole = plan.start();
        push_all(&plan, &mut whole, &records);
        let cut = cut.min(records.len());
        let half_of = |record, is_late| Half { row: Named { record, names }, late: plan.late(), is_late };
        let mut parts = Vec::new();
        for half in [&records[..cut], &records[cut..]] {
            let mut part = plan.start();
            // As a worker does behind each piece of a file.
            for piece in half.chunks(half.len().div_ceil(3).max(1)) {
                for (record, row) in piece {
                    plan.push(&mut part, &half_of(record, false), record.order(row.place));
                }
                for order in part.kept() {
                    let (record, _) = &records[order.place as usize];
                    plan.fill(&mut part, order, &half_of(record, true));
                }
            }
            parts.push(part);
        }
        let part = parts.into_iter().reduce(|mut a, b| { a.merge(b); a }).expect("two parts");
        prop_assert_eq!(told(&plan.finish(part)), told(&plan.finish(whole)), "{} late {:?}", &text, plan.late());
    }

    #[test]
    fn groups_may_be_made_elsewhere(throws in throws(), records in rows(), taken in proptest::collection::vec(0u8..3, 40)) {
        let text = naive::text(&grouping_query(&throws));
        let plan = plan_of(&text);
        let Some(grouping) = plan.grouping() else { return Ok(()) };
        let names = &plan.needs().fields;
        let conditions: Vec<Cond> = plan.conditions().iter().map(|c| plainly(c, names)).collect();
        let mut whole = plan.start();
        push_all(&plan, &mut whole, &records);
        let mut part = plan.start();
        // Rows of a piece by their keys, as a column has them.
        let mut groups: BTreeMap<String, (Vec<Value>, Vec<&Plain>)> = BTreeMap::new();
        for (pair, piece) in records.iter().zip(&taken) {
            let row = &pair.1;
            let is_text = |field: &usize| {
                let cell = row.get(&names[*field]);
                matches!(cell, Cell::Text(_)) && cell.number().is_none()
            };
            let has_text = grouping.folds.iter().any(|f| matches!(f, Fold::Min(at) | Fold::Max(at) if is_text(at)));
            if *piece == 0 || has_text {
                push_all(&plan, &mut part, [pair]);
                continue;
            }
            part.pass_over(1);
            if !conditions.iter().all(|c| c.holds(row)) {
                continue;
            }
            let keys: Vec<Value> = grouping.by.iter().map(|by| match by {
                By::Field(at) => pair.0.get(&names[*at]).into_owned(),
                By::Bin { width_ns } => pair.0.time.map_or(Value::Absent, |t| Value::Time(t - t.rem_euclid(*width_ns))),
            }).collect();
            groups.entry(format!("{piece} {keys:?}")).or_insert_with(|| (keys, Vec::new())).1.push(row);
        }
        for (keys, rows) in groups.values() {
            let folds: Vec<Folded> = grouping.folds.iter().map(|f| folded(f, names, rows)).collect();
            plan.absorb(&mut part, keys, &folds, rows.len() as u64);
        }
        prop_assert_eq!(told(&plan.finish(part)), told(&plan.finish(whole)), "{}", &text);
    }
}
