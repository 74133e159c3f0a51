//! The first line as a filter pattern and as an Insights query over the other lines: refused with a place in the text, or read,
//! written, read as the same again, and run.

use trailbeam::base::time::SECOND;
use trailbeam::language::Fault;
use trailbeam::language::insights::{Clock, Known, Named, Plan, Record, Row, Value, parse};
use trailbeam::language::pattern::Pattern;

pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (query, lines) = text.split_once('\n').unwrap_or((text, ""));
    match Pattern::parse(query) {
        Err(fault) => in_place(query, &fault),
        Ok(read) => {
            read.warnings.iter().for_each(|fault| in_place(query, fault));
            read.pattern
                .hints()
                .iter()
                .for_each(|fault| in_place(query, fault));
            assert!(!read.pattern.explain().is_empty());
            let written = read.pattern.to_string();
            if let Ok(again) = Pattern::parse(&written) {
                assert_eq!(again.pattern.to_string(), written);
                for line in lines.lines() {
                    assert_eq!(
                        again.pattern.matches(line),
                        read.pattern.matches(line),
                        "{written}"
                    );
                    read.pattern.extract(line);
                }
            }
        }
    }
    match parse(query, &Known::default()) {
        Err(fault) => in_place(query, &fault),
        Ok(program) => {
            program.warnings.iter().for_each(|fault| in_place(query, fault));
            let written = program.print();
            let again = parse(&written, &Known::default());
            assert!(again.is_ok_and(|again| again.is_same(&program)), "{written}");
            answered(&program.plan(Clock::default()), lines);
        }
    }
}

/// A fault says where in the text it is, and what it is.
fn in_place(text: &str, fault: &Fault) {
    assert!(
        fault.at <= fault.end && fault.end <= text.chars().count(),
        "{fault}"
    );
    assert!(!fault.says.is_empty(), "{fault}");
}

/// A row before its late fields are read.
struct Early<'r>(&'r dyn Row, &'r [usize]);

impl Row for Early<'_> {
    fn get(&self, field: usize) -> Value<'_> {
        match self.1.contains(&field) {
            true => Value::Absent,
            false => self.0.get(field),
        }
    }
}

/// Runs over the lines in two parts; whichever is merged into the other, as many are there. What is filled in later is there as well, and
/// what is matched meets the plan's conditions.
fn answered(plan: &Plan, lines: &str) {
    let (mut left, mut right) = (plan.start(), plan.start());
    let (mut whole, mut filled) = (plan.start(), plan.start());
    let mut records = Vec::new();
    for (place, line) in (0u8..).zip(lines.lines().take(50)) {
        let mut record = Record::line(None, line);
        record.time = Some(i64::from(place) * SECOND);
        let order = record.order(place.into());
        let record = &record;
        let names = plan.needs().fields.as_slice();
        let part = if place % 2 == 0 { &mut left } else { &mut right };
        let row = Named { record, names };
        plan.push(part, &row, order);
        plan.push(&mut whole, &row, order);
        plan.push(&mut filled, &Early(&row, plan.late()), order);
        let mut alone = plan.start();
        plan.push(&mut alone, &row, order);
        let is_met = plan.conditions().iter().all(|c| c.is_met(&row));
        assert!(is_met || alone.matched == 0, "{:?}", plan.conditions());
        records.push((order, record.clone()));
    }
    for at in filled.kept() {
        let record = records.iter().find(|(order, _)| *order == at);
        let (_, record) = record.expect("only what was pushed is kept");
        let names = plan.needs().fields.as_slice();
        plan.fill(&mut filled, at, &Named { record, names });
    }
    let (whole, filled) = (plan.finish(whole), plan.finish(filled));
    assert_eq!(
        format!("{:?}", (&whole.columns, &whole.rows)),
        format!("{:?}", (&filled.columns, &filled.rows))
    );
    let (mut one, mut other) = (left.clone(), right.clone());
    one.merge(right);
    other.merge(left);
    let (one, other) = (plan.finish(one), plan.finish(other));
    assert_eq!((one.rows.len(), one.matched), (other.rows.len(), other.matched));
}
