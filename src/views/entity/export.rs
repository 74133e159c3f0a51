//! One thing in a report: what is said of it, by whom and when, and what stands beside it.

use super::model::*;
use crate::base::{Role, Value, size};
use crate::chart::Buckets;
use crate::query::Answer;
use crate::share::report::{Asks, Block, Cell, Export, Scope, Section, Table, instant, period};
use crate::views::printed::{all_gaps, choice, folded, frame, hatched, nothing, within};
use crate::views::shared::{bucket_width, buckets, capital};
use std::sync::Arc;

/// Rows of a list.
const LIST_ROWS: usize = 100;

pub const EXPORT: Export = |asks, scope| Box::pin(tell(asks, scope));

async fn tell(asks: &dyn Asks, scope: &Scope) -> Section {
    let mut section = Section::new("entity", "Entity");
    if let Some(why) = nothing(asks, scope, &[], "records").await {
        section.paragraph(why);
        return section;
    }
    let value = choice(scope, "entity", "");
    if value.is_empty() {
        section.paragraph(
            "No address, principal, key or resource was chosen on the page Entity when this was shared.",
        );
        return section;
    }
    section.note = form(value).unwrap_or_default().to_owned();
    let mut others = aliases(value, &*asks.ask(ask_names(value)).await);
    if let Some(name) = short_name(value).filter(|n| !others.iter().any(|a| a.name == *n)) {
        others.push(Alias {
            name,
            what: "the end of the ARN".to_owned(),
            is_own: true,
        });
    }
    let mut names = vec![value.to_owned()];
    if choice(scope, "alone", "") != "yes" {
        names.extend(others.iter().filter(|a| a.is_own).map(|a| a.name.clone()));
    }
    let nowhere = Buckets {
        from_ns: 0,
        step_ns: 1,
        len: 0,
    };
    let sums = scoped(asks, scope, ask_marks(&names, None).to_vec()).await;
    let all = told(&sums, nowhere);
    section.heading(value);
    section.blocks.push(Block::Facts(facts(&all, &others)));
    if all.is_empty() {
        section.paragraph(
            "No record of this report names it. It is looked for as it is written: letter by letter, an address in any spelling.",
        );
        return section;
    }

    section.heading("Timeline");
    match scope.range.or_else(|| span(&all)) {
        Some(range) => {
            let step = bucket_width(range, BUCKETS);
            let buckets = buckets(range, step);
            let marks = scoped(asks, scope, ask_marks(&names, Some(step)).to_vec()).await;
            let gaps = within(all_gaps(asks, scope).await, Some(range));
            let holes = hatched(scope, &gaps, &[]);
            let title = |kind: &str| scope.title_of(kind).to_owned();
            section.paragraph(period(range));
            section.chart(scene(
                frame(scope, range, 100.0),
                buckets,
                &told(&marks, buckets),
                &holes,
                title,
            ));
        }
        None => section.paragraph("None of its records has a time."),
    }
    let rows = all.iter().map(|t| {
        vec![
            Cell::text(format!("{} {}", scope.title_of(&t.kind), t.says())),
            Cell::count(t.count),
            Cell::count(t.failed),
            time(t.first_ns),
            time(t.last_ns),
        ]
    });
    let heads = ["Source", "#Records", "#Failed", "First", "Last"];
    section.table(Table::new(&heads, rows.collect()), "");

    for (heading, roles, none) in [
        (
            "What it touched",
            BESIDE.as_slice(),
            "Its records name nothing else.",
        ),
        ("What it did", DEEDS.as_slice(), "Its records name no deed."),
    ] {
        section.heading(heading);
        let asked = roles.iter().map(|(role, _)| ask_beside(&names, *role)).collect();
        let answers = scoped(asks, scope, asked).await;
        section.table(listed(&names, roles, &answers), none);
        folded(&mut section, &answers);
    }
    section
}

async fn scoped(asks: &dyn Asks, scope: &Scope, queries: Vec<crate::query::Query>) -> Vec<Arc<Answer>> {
    let mut answers = Vec::with_capacity(queries.len());
    for query in queries {
        answers.push(asks.ask(scope.scoped(query)).await);
    }
    answers
}

fn facts(all: &[Told], others: &[Alias]) -> Vec<(String, String)> {
    let sum = |of: fn(&Told) -> u64| size::count(all.iter().map(of).sum::<u64>());
    let when = |ns: Option<i64>| ns.map_or("no time".to_owned(), instant);
    let mut out = Vec::new();
    if !others.is_empty() {
        let names: Vec<String> = others
            .iter()
            .map(|a| format!("{} ({})", a.name, a.what))
            .collect();
        out.push(("Also known as".to_owned(), names.join(", ")));
    }
    out.extend(
        [
            ("Records", sum(|t| t.count)),
            ("Failed or rejected", sum(|t| t.failed)),
            ("First", when(all.iter().filter_map(|t| t.first_ns).min())),
            ("Last", when(all.iter().filter_map(|t| t.last_ns).max())),
        ]
        .map(|(name, said)| (name.to_owned(), said)),
    );
    out
}

/// Values of roles beside it, in the order in which they came first.
fn listed(names: &[String], roles: &[(Role, &str)], answers: &[Arc<Answer>]) -> Table {
    let all = beside(names, answers);
    let beyond: u64 = answers
        .iter()
        .map(|a| a.groups.saturating_sub(a.rows.len() as u64))
        .sum();
    let count = all.len() as u64 + beyond;
    let rows = all.into_iter().take(LIST_ROWS).map(|b| {
        let word = roles.get(b.role).map_or("", |r| r.1);
        vec![
            time(b.first_ns),
            Cell::text(capital(word)),
            Cell::text(b.value),
            Cell::count(b.count),
            Cell::count(b.failed),
        ]
    });
    Table::new(
        &["First", "What", "=Value", "#Records", "#Failed"],
        rows.collect(),
    )
    .of(count)
}

fn time(ns: Option<i64>) -> Cell {
    Cell::Value(ns.map_or(Value::Absent, Value::Time))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Agg, Query};
    use crate::views::tests::{LEAKED_KEY, block_on, charts, headings, one, sum, table, tables};

    #[test]
    fn one_thing_is_told_when_it_was_chosen() {
        let asks = one();
        let mut scope = asks.scope();
        let told = |scope: &Scope| block_on(EXPORT(asks, scope));
        scope.choices.insert("entity".into(), LEAKED_KEY.into());
        let entity = told(&scope);
        assert_eq!(
            headings(&entity),
            [LEAKED_KEY, "Timeline", "What it touched", "What it did"]
        );
        assert_eq!(charts(&entity), 1);
        let facts = entity.blocks.iter().find_map(|b| match b {
            Block::Facts(facts) => Some(facts),
            _ => None,
        });
        let records = facts
            .unwrap()
            .iter()
            .find(|f| f.0 == "Records")
            .map(|f| f.1.clone());
        let sources = table(&entity, "Source Records");
        let count =
            Query::groups(&[], Vec::new(), vec![Agg::Count]).filter(anywhere(&[LEAKED_KEY.to_owned()]));
        let count = asks.now(count).matched as i64;
        assert!(count > 0 && sum(sources, 1) >= count);
        assert_eq!(records, Some(crate::base::size::count(sum(sources, 1))));
        assert!(table(&entity, "First What").rows.len() <= 100);

        // A near miss: one letter more is nobody's.
        scope.choices.insert("entity".into(), format!("{LEAKED_KEY}X"));
        let entity = told(&scope);
        assert!(
            entity
                .blocks
                .iter()
                .any(|b| matches!(b, Block::Paragraph(t) if t.starts_with("No record")))
        );
        assert_eq!((charts(&entity), tables(&entity).len()), (0, 0));
    }
}
