//! The overview in a report: records over time, leads, coverage.

use super::model::{
    BARS, CELLS, CoverageRow, ask_coverage, ask_over_time, ask_timeless, coverage, detail, leads, marked,
    over_time, stack_name,
};
use crate::base::{TimeRange, Value, size};
use crate::chart::{self, Buckets, Heat, HeatRow, TableTwin, Unit, heat};
use crate::query::Expr;
use crate::share::report::{Asks, Block, Cell, Export, Scope, Section, Table, period};
use crate::views::holes::Gap;
use crate::views::printed::{all_gaps, choice, frame, gap_told, hatched, judged, nothing, within};
use crate::views::shared::{bucket_width, buckets, series_over_time, severity, width_word};

/// Height of the chart over time (CSS pixels).
const HEIGHT: f64 = 190.0;
/// Rows drawn in the grid of coverage; the table has more.
const DRAWN: usize = 30;

pub const EXPORT: Export = |asks, scope| Box::pin(tell(asks, scope));

async fn tell(asks: &dyn Asks, scope: &Scope) -> Section {
    let mut section = Section::new("overview", "Overview");
    if let Some(why) = nothing(asks, scope, &[], "records").await {
        section.paragraph(why);
        return section;
    }
    let gaps = within(all_gaps(asks, scope).await, scope.range);
    let signals = judged(asks, scope, |_| true).await;
    let leads = leads(signals.iter().flat_map(|s| s.findings.clone()));
    if let Some(range) = scope.span {
        section.note = period(range);
        let step = bucket_width(range, BARS);
        let by = choice(scope, "stack", "kind");
        let answer = asks.ask(scope.scoped(ask_over_time(by, step))).await;
        let (buckets, series) = match by {
            "account" | "region" => series_over_time(&answer, range, step, stack_name),
            _ => series_over_time(&answer, range, step, |kind| {
                scope.title_of(&kind.to_text()).to_owned()
            }),
        };
        section.heading(&format!("Records over time, {}", width_word(step)));
        let holes = hatched(scope, &gaps, &[]);
        let frame = frame(scope, range, HEIGHT);
        section.chart(over_time(frame, buckets, &series, &holes, &marked(leads.clone())));
    }
    let timeless = asks.ask(ask_timeless().filter(scope.filter.clone())).await;
    if timeless.matched > 0 {
        let of_kind = |r: &Vec<Value>| {
            let n = r.get(1)?.as_i64()?;
            Some(format!(
                "{} {}",
                scope.title_of(&r.first()?.to_text()),
                size::count(n)
            ))
        };
        let kinds: Vec<String> = timeless.rows.iter().filter_map(of_kind).collect();
        section.paragraph(format!(
            "Records without a time, which no range holds: {} ({}).",
            size::count(timeless.matched),
            kinds.join(", ")
        ));
    }

    section.heading("Leads");
    let found: usize = leads.iter().map(|l| l.findings.len()).sum();
    section.paragraph(format!(
        "{} from {} of {}. A lead says where to look first; it is no verdict.",
        size::counted(found as u64, "leads"),
        leads.len(),
        size::counted(signals.len() as u64, "rules")
    ));
    let rows = leads.iter().flat_map(|l| &l.findings).map(|f| {
        let (class, _, word) = severity(f.severity);
        let title = scope.kinds.iter().find(|(id, _)| *id == f.subject);
        vec![
            Cell::Severity {
                severity: class,
                word: word.to_owned(),
            },
            Cell::text(&f.title),
            Cell::Value(f.first_ns.map_or(Value::Absent, Value::Time)),
            Cell::text(detail(f, title.map(|(_, title)| title.as_str()))),
            Cell::count(f.count),
        ]
    });
    let columns = ["Severity", "Rule", "First record", "What was found", "#Records"];
    section.table(
        Table::new(&columns, rows.collect()),
        "No rule found anything under this filter and period.",
    );
    let waiting: Vec<Vec<Cell>> = signals
        .iter()
        .filter_map(|s| Some(vec![Cell::text(s.rule.title), Cell::text(s.needs.as_ref()?)]))
        .collect();
    if !waiting.is_empty() {
        section.caution(format!(
            "{} could not be evaluated from these files. Not evaluated is not a pass.",
            size::counted(waiting.len() as u64, "rules")
        ));
        section
            .blocks
            .push(Block::Table(Table::new(&["Rule", "What would help"], waiting)));
    }
    if let Some(range) = scope.span {
        tell_coverage(asks, scope, range, &gaps, &mut section).await;
    }
    section
}

async fn tell_coverage(
    asks: &dyn Asks,
    scope: &Scope,
    range: TimeRange,
    gaps: &[Gap],
    section: &mut Section,
) {
    let cells = buckets(range, bucket_width(range, CELLS));
    // Not the filter: what it leaves out is not missing.
    let asked = ask_coverage(cells.step_ns).within(scope.range, &Expr::All);
    let rows = coverage(&*asks.ask(asked).await, cells, gaps);
    section.heading("Coverage");
    if scope.filter != Expr::All {
        section.paragraph("Whatever the filter: what it leaves out is not missing.");
    }
    let text = |s: &str| if s.is_empty() { "–" } else { s }.to_owned();
    let heads: Vec<HeatRow> = rows
        .iter()
        .take(DRAWN)
        .map(|row| HeatRow {
            name: name(scope, row),
            cells: (0..cells.len)
                .map(|i| match row.cells.get(i).copied().unwrap_or(0) {
                    _ if row.holes.contains(&i) => chart::Cell::Hole,
                    0 => chart::Cell::NoFile,
                    n => chart::Cell::Amount(n.into()),
                })
                .collect(),
        })
        .collect();
    if !heads.is_empty() {
        section.chart(drawn(scope, range, cells, &heads));
    }
    for gap in gaps {
        section.caution(format!("{}.", gap_told(scope, gap)));
    }
    let told = rows.iter().map(|row| {
        let filled = row.cells.iter().filter(|n| **n > 0).count();
        let holes = gaps
            .iter()
            .filter(|g| g.account == row.account && g.region == row.region && g.kind == row.kind);
        vec![
            Cell::text(text(&row.account)),
            Cell::text(text(&row.region)),
            Cell::text(scope.title_of(&row.kind)),
            Cell::count(row.total),
            Cell::text(format!("{filled} of {}", cells.len)),
            match holes.count() {
                0 => Cell::text("none found"),
                n => Cell::Status {
                    status: "yellow",
                    words: size::counted(n as u64, "holes"),
                },
            },
        ]
    });
    let width = width_word(cells.step_ns);
    let stretches = format!("Stretches with records ({})", width.trim_start_matches("in "));
    let columns = ["=Account", "Region", "Source", "#Records", &stretches, "Holes"];
    section.table(
        Table::new(&columns, told.collect()),
        "No record of this period has a time.",
    );
}

/// What a row of the grid is called: what tells most comes first, there is not much room.
fn name(scope: &Scope, row: &CoverageRow) -> String {
    let place = [row.region.as_str(), row.account.as_str()];
    let place = place.into_iter().filter(|p| !p.is_empty());
    let parts: Vec<&str> = std::iter::once(scope.title_of(&row.kind)).chain(place).collect();
    parts.join(", ")
}

fn drawn(scope: &Scope, range: TimeRange, cells: Buckets, rows: &[HeatRow]) -> chart::Scene {
    let title = format!(
        "Coverage, a cell is {}",
        width_word(cells.step_ns).trim_start_matches("in ")
    );
    let mut scene = heat(&Heat {
        title: &title,
        frame: frame(scope, range, 100.0),
        buckets: cells,
        unit: Unit::count("records"),
        rows,
        names: true,
    });
    // The table below says it in fewer columns.
    scene.table = TableTwin::default();
    scene
}
