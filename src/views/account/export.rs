//! The account in a report: what was there at two moments, what differs, what rules said between them.

use super::model::*;
use crate::base::{TimeRange, Value, size, time};
use crate::query::{Answer, Query};
use crate::share::report::{Asks, Cell, Export, Scope, Section, Table, instant};
use crate::views::printed::{choice, folded, nothing, summed};
use std::sync::Arc;

/// Rows of a list.
const LIST_ROWS: usize = 200;

pub const EXPORT: Export = |asks, scope| Box::pin(tell(asks, scope));

async fn tell(asks: &dyn Asks, scope: &Scope) -> Section {
    let mut section = Section::new("account", "Account");
    if let Some(why) = nothing(asks, scope, &[CONFIG, COMPLIANCE], "configuration items").await {
        section.paragraph(why);
        return section;
    }
    let moment = |name: &str, of: fn(TimeRange) -> i64| {
        time::parse_iso(choice(scope, name, "").as_bytes()).or_else(|| scope.span.map(of))
    };
    // A range ends behind its last moment.
    let (Some(then), Some(now)) = (moment("then", |r| r.from_ns), moment("now", |r| r.to_ns - 1)) else {
        section.paragraph("No item has a time: what was there when is not known.");
        return section;
    };
    section.note = format!("{} and {}", instant(then), instant(now));
    let mut answers: Vec<Arc<Answer>> = Vec::new();
    for at in [then, now] {
        answers.push(asks.ask(ask_state(at, &scope.filter)).await);
    }
    let states: Vec<State> = answers.iter().map(|a| state(a)).collect();
    let [was, is] = states.as_slice() else {
        return section;
    };
    let all = compare(was, is);
    let of = |change: Change| all.iter().filter(|c| c.change == change).count() as u64;
    section.paragraph(format!(
        "{} then, {} now: {} added, {} removed, {} changed. As far as items were recorded and opened; a resource counts from its first item on.",
        size::counted(was.len() as u64, "resources"),
        size::count(is.len() as u64),
        size::count(of(Change::Added)),
        size::count(of(Change::Removed)),
        size::count(of(Change::Changed))
    ));
    let missing: u64 = answers
        .iter()
        .map(|a| a.groups.saturating_sub(a.rows.len() as u64))
        .sum();
    if missing > 0 {
        let n = size::counted(missing, "resources");
        section.caution(format!("{n} more are too many to be compared."));
    }
    folded(&mut section, &answers);
    let sums = summed(
        asks,
        scope.scoped(Query::groups(&[CONFIG], Vec::new(), Vec::new())),
    )
    .await;
    if sums > 0 {
        section.caution(format!(
            "{} are known as sums alone: when one of them was recorded is told to the sum's stretch of time.",
            size::counted(sums, "items")
        ));
    }

    section.heading("What was there");
    let types = by_type(was, is);
    let count = types.len() as u64;
    let rows = types.into_iter().take(LIST_ROWS).map(|(ty, then, now)| {
        let more = now as i64 - then as i64;
        let sign = if more > 0 { "+" } else { "" };
        vec![
            Cell::text(ty),
            Cell::count(then as u64),
            Cell::count(now as u64),
            Cell::text(format!("{sign}{more}")),
        ]
    });
    let table = Table::new(&["=Type", "#Then", "#Now", "#More"], rows.collect());
    section.table(table.of(count), "No item says what was there at either moment.");

    section.heading("What differs");
    let differ: Vec<&Compared> = all.iter().filter(|c| c.change != Change::Same).collect();
    let rows = differ.iter().take(LIST_ROWS).map(|c| {
        vec![
            Cell::text(c.change.word()),
            Cell::text(&c.id.ty),
            Cell::text(&c.id.id),
            Cell::text(&c.name),
            Cell::text(&c.id.account),
            Cell::text(&c.id.region),
            at(c.since_ns),
        ]
    });
    let heads = [
        "Change",
        "=Type",
        "=Resource",
        "Name",
        "=Account",
        "Region",
        "Recorded",
    ];
    let table = Table::new(&heads, rows.collect()).of(differ.len() as u64);
    section.table(table, "Nothing differs between the two moments.");

    section.heading("What rules said");
    let period = TimeRange::new(then, now.max(then).saturating_add(1));
    let ruled = asks
        .ask(ask_compliance().within(Some(period), &scope.filter))
        .await;
    let all = compliance(&ruled);
    let said = [
        Throughout::NonCompliant,
        Throughout::Mixed,
        Throughout::Compliant,
        Throughout::NotSaid,
    ]
    .into_iter()
    .map(|t| {
        (
            t.shown().1,
            all.iter().filter(|r| r.throughout == t).count() as u64,
        )
    })
    .filter(|(_, n)| *n > 0)
    .map(|(word, n)| format!("{}: {}", word, size::count(n)));
    let said: Vec<String> = said.collect();
    if !said.is_empty() {
        section.paragraph(format!(
            "Of each rule and resource, over the period. {}.",
            said.join(", ")
        ));
    }
    let rows = all.iter().take(LIST_ROWS).map(|r| {
        let (status, words) = r.throughout.shown();
        vec![
            Cell::Status {
                status,
                words: words.to_owned(),
            },
            Cell::text(&r.rule),
            Cell::text(&r.ty),
            Cell::text(&r.id),
            Cell::count(r.evaluations),
            at(r.first_ns),
            at(r.last_ns),
        ]
    });
    let heads = [
        "Over the period",
        "Rule",
        "=Type",
        "=Resource",
        "#Evaluations",
        "First",
        "Last",
    ];
    let table = Table::new(&heads, rows.collect()).of(ruled.groups.max(all.len() as u64));
    section.table(
        table,
        "No evaluation of a rule of AWS Config was opened for this period.",
    );
    section
}

fn at(ns: Option<i64>) -> Cell {
    Cell::Value(ns.map_or(Value::Absent, Value::Time))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Expr;
    use crate::share::report::Block;
    use crate::views::tests::{block_on, one, sum, table};

    #[test]
    fn the_account_is_told_at_two_moments() {
        let asks = one();
        let scope = asks.scope();
        let span = scope.span.unwrap();
        let at = |ns: i64| state(&asks.now(ask_state(ns, &Expr::All)));
        let (was, is) = (at(span.from_ns), at(span.to_ns));
        let told = |scope: &Scope| block_on(EXPORT(asks, scope));
        let account = told(&scope);
        let there = table(&account, "Type Then Now");
        assert_eq!(
            (sum(there, 1), sum(there, 2)),
            (was.len() as i64, is.len() as i64)
        );
        let differ = compare(&was, &is);
        let differ = differ.iter().filter(|c| c.change != Change::Same).count();
        let listed = table(&account, "Change Type");
        assert!(differ > 0 && listed.total == differ as u64 && listed.rows.len() <= 200);
        let ruled = table(&account, "Over the period");
        assert!(ruled.total > 0 && ruled.rows.len() as u64 <= ruled.total);
        assert!(
            matches!(
                &ruled.rows[0][0],
                Cell::Status {
                    status: "red" | "yellow",
                    ..
                }
            ),
            "the worst first"
        );

        let mut same = scope.clone();
        for name in ["then", "now"] {
            same.choices.insert(name.into(), time::iso(span.to_ns));
        }
        let account = told(&same);
        assert!(
            account
                .blocks
                .iter()
                .any(|b| matches!(b, Block::Paragraph(t) if t.starts_with("Nothing differs")))
        );
    }
}
