//! Findings in a report: counters by category, then every check, the worst first.

use super::model::{CATEGORIES, Check, KINDS, Status, ask, ask_timeless, checks, counters, findings};
use super::names::{Names, ask_names};
use crate::base::{Value, size, time};
use crate::query::{Agg, Expr, Key, Order, Query};
use crate::rules::Severity;
use crate::share::report::{Asks, Block, Cell, Export, MAX_ROWS, Scope, Section, Table};
use crate::views::printed::{choice, nothing};
use crate::views::shared::severity;

/// Checks whose resources are named.
const NAMED: usize = 150;
/// Resources named of a check.
const RESOURCES: usize = 3;

pub const EXPORT: Export = |asks, scope| Box::pin(tell(asks, scope));

async fn tell(asks: &dyn Asks, scope: &Scope) -> Section {
    let mut section = Section::new("findings", "Findings");
    if let Some(why) = nothing(asks, scope, &KINDS, "findings").await {
        section.paragraph(why);
        found_here(scope, &mut section);
        return section;
    }
    let names = Names::new(&*asks.ask(ask_names()).await);
    // A filter is about findings: what has none does not meet it.
    let names = match scope.filter == Expr::All {
        true => names,
        false => names.with_results(),
    };
    let all = checks(&*asks.ask(scope.scoped(ask())).await, &names);
    let (category, status) = (choice(scope, "category", ""), choice(scope, "status", ""));
    let keep = |c: &&Check| {
        (category.is_empty() || c.category == category)
            && match status {
                "" => true,
                "excluded" => c.excluded > 0,
                id => c.status.id() == id,
            }
    };
    let shown: Vec<&Check> = all.iter().filter(keep).collect();
    let found: u64 = shown.iter().map(|c| c.total()).sum();
    section.note = format!(
        "{}, {}",
        size::counted(shown.len() as u64, "checks"),
        size::counted(found, "findings")
    );

    section.heading("By category");
    let rows = CATEGORIES.iter().map(|(id, name)| {
        let counts = counters(&all, id);
        let mut row = vec![Cell::text(*name)];
        row.extend(
            Status::ALL
                .iter()
                .map(|s| Cell::count(counts[*s as usize] as u64)),
        );
        row
    });
    let heads: Vec<String> = Status::ALL.iter().map(|s| format!("#{}", s.shown().1)).collect();
    let columns: Vec<&str> = std::iter::once("Checks of")
        .chain(heads.iter().map(String::as_str))
        .collect();
    section
        .blocks
        .push(Block::Table(Table::new(&columns, rows.collect())));
    left_out(asks, scope, &shown, &mut section).await;

    section.heading("Checks, the worst first");
    if !category.is_empty() || !status.is_empty() {
        let parts: Vec<&str> = [category, status].into_iter().filter(|p| !p.is_empty()).collect();
        section.paragraph(format!("Only these: {}.", parts.join(", ")));
    }
    let mut rows = Vec::new();
    for (n, check) in shown.iter().take(MAX_ROWS).enumerate() {
        let resources = match n < NAMED && check.flagged() > 0 {
            true => resources(asks, scope, check).await,
            false => String::new(),
        };
        rows.push(row(check, resources));
    }
    let columns = [
        "Status",
        "Severity",
        "Check",
        "#Flagged",
        "#Of",
        "#Excluded",
        "=Flagged resources",
        "From",
    ];
    let table = Table::new(&columns, rows).of(shown.len() as u64);
    section.table(table, "No check has this category and status.");
    found_here(scope, &mut section);
    section
}

/// What rules and checks found that were run here, and how many could not be.
fn found_here(scope: &Scope, section: &mut Section) {
    if scope.entries.is_empty() {
        return;
    }
    section.heading("Found by rules over the logs and checks of resources");
    let time = |ns: Option<i64>| Cell::Text(ns.map_or("–".to_owned(), time::iso));
    let mut rows = Vec::new();
    for entry in scope.entries.iter().filter(|e| e.fired()).take(MAX_ROWS) {
        let (status, words) = entry.status().shown();
        let flagged = || entry.items.iter().filter(|i| i.status <= Status::Yellow);
        let about: Vec<&str> = flagged().take(RESOURCES).map(|i| i.detail.as_str()).collect();
        rows.push(vec![
            Cell::Status {
                status,
                words: words.to_owned(),
            },
            matters(entry.severity),
            Cell::text(&entry.title),
            Cell::count(flagged().count() as u64),
            Cell::count(entry.count()),
            time(entry.first_ns()),
            time(entry.last_ns()),
            Cell::Text(about.join(" · ")),
            Cell::text(entry.source.title()),
        ]);
    }
    let columns = [
        "Status",
        "Severity",
        "Rule or check",
        "#Findings",
        "#Records",
        "First",
        "Last",
        "=Some of what was found",
        "From",
    ];
    let fired = rows.len();
    section.table(Table::new(&columns, rows), "None of them found anything.");
    let not = scope.entries.iter().filter(|e| e.needs.is_some()).count();
    section.paragraph(format!(
        "{} found something, {} found nothing. {} could not be evaluated, which is not a pass; the page says which file each of \
         these needs.",
        size::counted(fired as u64, "rules and checks"),
        size::count((scope.entries.len() - fired - not) as u64),
        size::count(not as u64)
    ));
}

fn matters(of: Option<Severity>) -> Cell {
    match of {
        Some(s) => {
            let (class, _, word) = severity(s);
            Cell::Severity {
                severity: class,
                word: word.to_owned(),
            }
        }
        None => Cell::text("–"),
    }
}

fn row(check: &Check, resources: String) -> Vec<Cell> {
    let (status, words) = check.status.shown();
    vec![
        Cell::Status {
            status,
            words: words.to_owned(),
        },
        matters(check.severity),
        Cell::text(&check.title),
        Cell::count(check.flagged()),
        Cell::count(check.total()),
        Cell::count(check.excluded),
        Cell::Text(resources),
        Cell::text(check.finders()),
    ]
}

/// Resources that a check flagged, the first by name: unlike the first met, these are the same whoever read the files.
async fn resources(asks: &dyn Asks, scope: &Scope, check: &Check) -> String {
    let flagged = Expr::any_of("findingStatus", &[Status::Red.id(), Status::Yellow.id()])
        .and(!Expr::eq("findingExcluded", Value::Bool(true)))
        .and(Expr::exists("resource"));
    let by = vec![Key::Field("resource".into())];
    let query = Query::groups(&KINDS, by, vec![Agg::Count])
        .filter(findings().and(check.filter.clone()).and(flagged))
        .order(Order::Key)
        .limit(RESOURCES);
    let answer = asks.ask(scope.scoped(query)).await;
    let named = answer.rows.iter().filter_map(|r| r.first().map(Value::to_text));
    let mut out: Vec<String> = named.collect();
    match answer.groups.saturating_sub(out.len() as u64) {
        0 => {}
        more => out.push(format!("and {} more", size::count(more))),
    }
    out.join(", ")
}

/// What is not among the checks, and why: findings without a time, checks without a result.
async fn left_out(asks: &dyn Asks, scope: &Scope, shown: &[&Check], section: &mut Section) {
    if scope.range.is_some() {
        let timeless = asks.ask(ask_timeless().within(None, &scope.filter)).await;
        if timeless.matched > 0 {
            let n = size::counted(timeless.matched, "findings");
            section.caution(format!("{n} without a time: no period holds them."));
        }
    }
    let waiting = shown.iter().filter(|c| c.total() == 0).count();
    if waiting > 0 {
        section.caution(format!(
            "{} not available: the list of checks names them, and no result of them was opened. That is not a pass. \
             For each, this makes the file that helps: aws support describe-trusted-advisor-check-result --check-id ID",
            size::counted(waiting as u64, "checks")
        ));
    }
}
