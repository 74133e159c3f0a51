//! Alarms in a report: the benchmark's topics and what happened of each, the alarms that are described.

use super::model::topics::severity as severity_of;
use super::model::{KIND, NEEDS_EVENTS};
use crate::base::Value;
use crate::monitoring::topics::VERSIONS;
use crate::monitoring::{TOPICS, Topic};
use crate::query::{Agg, Answer, Expr, Key, Order, PATTERN, Query};
use crate::share::report::{Asks, Cell, Export, MAX_ROWS, Scope, Section, Table};
use crate::views::printed::choice;
use crate::views::shared::severity;

pub const EXPORT: Export = |asks, scope| Box::pin(tell(asks, scope));

/// Records that each topic's pattern takes, and does not take: one that was not looked at is neither.
fn ask_topics() -> Query {
    let both = |t: &Topic| {
        [
            Agg::CountIf(Expr::eq(PATTERN, t.pattern)),
            Agg::CountIf(Expr::ne(PATTERN, t.pattern)),
        ]
    };
    let mut aggs = vec![Agg::Count];
    aggs.extend(TOPICS.iter().flat_map(both));
    Query::groups(&[KIND], Vec::new(), aggs)
}

/// The alarms by name, with the state in their file.
fn ask_alarms() -> Query {
    let by = ["name", "state", "account", "region"].map(|f| Key::Field(f.to_owned()));
    Query::groups(&["aws-inventory"], by.to_vec(), vec![Agg::Count])
        .filter(Expr::any_of("itemType", &["MetricAlarm", "CompositeAlarm"]))
        .order(Order::Key)
        .limit(MAX_ROWS)
}

async fn tell(asks: &dyn Asks, scope: &Scope) -> Section {
    let mut section = Section::new("alarms", "Alarms");
    let version = choice(scope, "cis", VERSIONS.last().copied().unwrap_or_default());
    let topics = asks.ask(scope.scoped(ask_topics())).await;
    section.heading("Topics of the CIS AWS Foundations benchmark");
    section.paragraph(format!(
        "What the benchmark {version} wants somebody to be told of, and how often it happened."
    ));
    if topics.scanned == 0 {
        section.caution(format!("Not evaluable: needs {NEEDS_EVENTS}."));
    }
    let mut all: Vec<(usize, &Topic)> = TOPICS.iter().enumerate().collect();
    all.retain(|(_, t)| t.number(version).is_some());
    let counts: Vec<Option<u64>> = all.iter().map(|(at, _)| taken(&topics, *at)).collect();
    if topics.scanned > 0 && counts.iter().any(Option::is_none) {
        section.caution("Patterns that were not looked for when the report was made have no count.");
    }
    let row = |((_, topic), count): (&(usize, &Topic), &Option<u64>)| {
        let (class, _, word) = severity(severity_of(topic));
        vec![
            Cell::text(topic.number(version).unwrap_or_default()),
            Cell::text(topic.title),
            Cell::Severity {
                severity: class,
                word: word.to_owned(),
            },
            match count {
                Some(n) => Cell::count(*n),
                None => Cell::text("–"),
            },
        ]
    };
    let rows = all.iter().zip(&counts).map(row).collect();
    section.table(Table::new(&["Number", "Topic", "Severity", "#Events"], rows), "");

    section.heading("Alarms that are described");
    let alarms = asks.ask(ask_alarms()).await;
    let row = |row: &Vec<Value>| row.iter().take(4).cloned().map(Cell::Value).collect();
    let table = Table::new(
        &["=Alarm", "State in its file", "=Account", "=Region"],
        alarms.rows.iter().map(row).collect(),
    );
    section.table(
        table.of(alarms.groups),
        "No answer of aws cloudwatch describe-alarms was opened: whether anyone would have been told is not known.",
    );
    section
}

/// Records that a topic takes; nothing where some were not looked at.
fn taken(answer: &Answer, topic: usize) -> Option<u64> {
    let row = answer.rows.first()?;
    let value = |at: usize| row.get(at).and_then(Value::as_i64);
    let (all, takes, leaves) = (value(0)?, value(1 + 2 * topic)?, value(2 + 2 * topic)?);
    (takes + leaves == all)
        .then(|| u64::try_from(takes).ok())
        .flatten()
}
