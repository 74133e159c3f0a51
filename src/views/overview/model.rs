//! Coverage: which account, region and day of each kind has records. Leads: what the rules found, told by rule.

use crate::base::time::MINUTE;
use crate::base::{TimeRange, Value};
use crate::chart::{Bars, Buckets, Event, Frame, Hole, Ink, Scene, Series, Unit, stacked_bars};
use crate::query::{Agg, Answer, Expr, Key, Order, Query};
use crate::rules::{Finding, Severity};
use crate::share::Sheet;
use crate::views::holes::Gap;
use crate::views::judge::Judged;
use std::collections::BTreeMap;

/// Bars in the chart of records over time.
pub const BARS: i64 = 120;
/// Leads that stand in the chart as dashed lines.
pub const MARKED: usize = 3;
/// Cells in a row of the coverage grid, at most: on a usual screen each is wide enough to point at.
pub const CELLS: i64 = 40;

/// Records over time by what they are stacked by: `kind`, `account`, `region`.
pub fn ask_over_time(by: &str, width_ns: i64) -> Query {
    let key = match by {
        "account" => Key::Field("account".into()),
        "region" => Key::Field("region".into()),
        _ => Key::Kind,
    };
    Query::groups(&[], vec![Key::Time { width_ns }, key], vec![Agg::Count])
        .order(Order::Key)
        .limit(50_000)
}

/// What records without a value are called in the stack.
pub fn stack_name(value: &Value) -> String {
    match value.is_absent() {
        true => "not named".to_owned(),
        false => value.to_text(),
    }
}

/// The chart of records over time, with the worst leads as dashed lines.
pub fn over_time(
    frame: Frame,
    buckets: Buckets,
    series: &[Series],
    holes: &[Hole],
    marked: &[(i64, String, TimeRange)],
) -> Scene {
    let event = |(at_ns, label, _): &(i64, String, TimeRange)| Event {
        at_ns: *at_ns,
        label: label.clone(),
        ink: Ink::InkQuiet,
    };
    let events: Vec<Event> = marked.iter().map(event).collect();
    stacked_bars(&Bars {
        title: "Records",
        frame,
        buckets,
        unit: Unit::count("records"),
        series,
        holes,
        events: &events,
    })
}

/// The first finding of each of the worst rules that has a time: when, its title, the range that shows it.
pub fn marked(leads: Vec<Lead>) -> Vec<(i64, String, TimeRange)> {
    let first = leads.into_iter().filter_map(|l| l.findings.into_iter().next());
    let timed = first.filter_map(|f| Some((f.first_ns?, f.title.clone(), range_of(&f)?)));
    timed.take(MARKED).collect()
}

/// Records by account, region, kind and time.
pub fn ask_coverage(width_ns: i64) -> Query {
    let by = vec![
        Key::Field("account".into()),
        Key::Field("region".into()),
        Key::Kind,
        Key::Time { width_ns },
    ];
    Query::groups(&[], by, vec![Agg::Count])
        .order(Order::Key)
        .limit(60_000)
}

/// Records that no range can hold, by kind.
pub fn ask_timeless() -> Query {
    Query::groups(&[], vec![Key::Kind], vec![Agg::Count]).filter(!Expr::exists("@timestamp"))
}

/// A row of the coverage grid.
#[derive(Clone, Debug, PartialEq)]
pub struct CoverageRow {
    pub account: String,
    pub region: String,
    pub kind: String,
    pub total: i64,
    /// Records by cell of time.
    pub cells: Vec<i64>,
    /// Cells that contain a gap or a part of one, whether or not they have records too.
    pub holes: Vec<usize>,
}

/// Coverage out of rows `(account, region, kind, time, count)`; rows without an account come last.
pub fn coverage(answer: &Answer, cells: Buckets, gaps: &[Gap]) -> Vec<CoverageRow> {
    let mut rows: BTreeMap<[String; 3], Vec<i64>> = BTreeMap::new();
    for row in &answer.rows {
        let [account, region, kind, Value::Time(at), count] = row.as_slice() else {
            continue;
        };
        let slot = (at - cells.from_ns).div_euclid(cells.step_ns);
        let Some(slot) = usize::try_from(slot).ok().filter(|&s| s < cells.len) else {
            continue;
        };
        let source = [account, region, kind].map(Value::to_text);
        let row = rows.entry(source).or_insert_with(|| vec![0; cells.len]);
        row[slot] += count.as_i64().unwrap_or(0);
    }
    // A range inside of a gap has no record of its source, and the gap to tell.
    for gap in gaps {
        if holes_of(gap, cells).next().is_some() {
            let source = [&gap.account, &gap.region, &gap.kind].map(String::clone);
            rows.entry(source).or_insert_with(|| vec![0; cells.len]);
        }
    }
    let mut out: Vec<CoverageRow> = rows
        .into_iter()
        .map(|([account, region, kind], counts)| {
            let mine = |gap: &&Gap| gap.account == account && gap.region == region && gap.kind == kind;
            let mut holes: Vec<usize> = gaps
                .iter()
                .filter(mine)
                .flat_map(|gap| holes_of(gap, cells))
                .collect();
            holes.dedup();
            CoverageRow {
                total: counts.iter().sum(),
                cells: counts,
                account,
                region,
                kind,
                holes,
            }
        })
        .collect();
    let order = |r: &CoverageRow| {
        let (account, region) = (r.account.clone(), r.region.clone());
        (account.is_empty(), account, region.is_empty(), region, -r.total)
    };
    out.sort_by_cached_key(order);
    out
}

/// The cells that a gap lies in.
fn holes_of(gap: &Gap, cells: Buckets) -> impl Iterator<Item = usize> {
    let range = gap.range;
    (0..cells.len).filter(move |&i| {
        let cell = cells.range(i);
        cell.from_ns < range.to_ns && range.from_ns < cell.to_ns
    })
}

/// What one rule found, the most serious and earliest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Lead {
    pub title: String,
    pub severity: Severity,
    pub findings: Vec<Finding>,
}

/// Findings by rule, the most serious rule first, then by the time of the first record.
pub fn leads(findings: impl IntoIterator<Item = Finding>) -> Vec<Lead> {
    let mut all: Vec<Finding> = findings.into_iter().collect();
    all.sort_by_key(|f| (f.severity, f.first_ns));
    let mut out: Vec<Lead> = Vec::new();
    for finding in all {
        let same = |l: &&mut Lead| l.title == finding.title && l.severity == finding.severity;
        match out.iter_mut().find(same) {
            Some(lead) => lead.findings.push(finding),
            None => out.push(Lead {
                title: finding.title.clone(),
                severity: finding.severity,
                findings: vec![finding],
            }),
        }
    }
    out
}

/// Signals as they are saved: a row a finding; a rule without one says that it found nothing, or what it would need.
pub fn signal_sheet(rules: &[Judged], detail: impl Fn(&Finding) -> String) -> Sheet {
    const COLUMNS: [&str; 9] = [
        "Severity", "Signal", "Result", "What", "Subject", "Records", "First", "Last", "Filter",
    ];
    let time = |ns: Option<i64>| ns.map_or(Value::Absent, Value::Time);
    let found = |f: &Finding| {
        vec![
            f.severity.word().into(),
            Value::Text(f.title.clone()),
            "found".into(),
            Value::Text(detail(f)),
            Value::Text(f.subject.clone()),
            Value::Big(f.count.into()),
            time(f.first_ns),
            time(f.last_ns),
            Value::Text(crate::query::text::write(&f.evidence.filter)),
        ]
    };
    let mut rows = Vec::new();
    for judged in rules {
        if judged.findings.is_empty() {
            let (result, what) = match &judged.needs {
                Some(needs) => ("not evaluated", Value::Text(format!("needs {needs}"))),
                None => ("nothing found", Value::Absent),
            };
            let mut row = vec![Value::Absent; COLUMNS.len()];
            row[1] = judged.rule.title.into();
            row[2] = result.into();
            row[3] = what;
            rows.push(row);
        }
        rows.extend(judged.findings.iter().map(found));
    }
    Sheet::new(&COLUMNS, rows)
}

/// The grid of coverage as it is saved: a row for each source, and one for each of its cells.
pub fn coverage_sheets(rows: &[CoverageRow], cells: Buckets, title: impl Fn(&str) -> String) -> [Sheet; 2] {
    let text = |s: &str| match s.is_empty() {
        true => Value::Absent,
        false => s.into(),
    };
    let number = |n: usize| Value::Big(n as i128);
    let source = |row: &CoverageRow| {
        vec![
            text(&row.account),
            text(&row.region),
            Value::Text(title(&row.kind)),
        ]
    };
    let sums = rows.iter().map(|row| {
        let mut out = source(row);
        out.push(Value::Big(row.total.into()));
        out.push(number(row.cells.iter().filter(|c| **c > 0).count()));
        out.push(number(row.cells.len()));
        out.push(number(row.holes.len()));
        out
    });
    let cell = |row: &CoverageRow, at: usize, n: i64| {
        let range = cells.range(at);
        let mut out = source(row);
        out.push(Value::Time(range.from_ns));
        out.push(Value::Time(range.to_ns));
        out.push(Value::Big(n.into()));
        out.push(Value::Bool(row.holes.contains(&at)));
        out
    };
    let each = rows
        .iter()
        .flat_map(|row| row.cells.iter().enumerate().map(move |(at, n)| cell(row, at, *n)));
    let sums = Sheet::new(
        &[
            "Account",
            "Region",
            "Source",
            "Records",
            "Cells with records",
            "Cells",
            "Cells with a hole",
        ],
        sums.collect(),
    );
    let each = Sheet::new(
        &[
            "Account",
            "Region",
            "Source",
            "From",
            "To",
            "Records",
            "Has a hole",
        ],
        each.collect(),
    );
    [sums, each]
}

/// What a finding found; one about a kind calls it by its title.
pub fn detail(finding: &Finding, title: Option<&str>) -> String {
    match title {
        Some(title) => finding.detail.replacen(&finding.subject, title, 1),
        None => finding.detail.clone(),
    }
}

/// The least room around a finding's records: one event alone would show nothing of what was before and after.
const AROUND: i64 = 15 * MINUTE;

/// The range that shows a finding: its own where time is part of what was found, else that of its records with room
/// around. `None` where its records have no time.
pub fn range_of(finding: &Finding) -> Option<TimeRange> {
    let records = || {
        let (first, last) = finding.first_ns.zip(finding.last_ns)?;
        let room = (last.saturating_sub(first) / 10).max(AROUND);
        Some(TimeRange::new(
            first.saturating_sub(room),
            last.saturating_add(room),
        ))
    };
    finding.evidence.range.or_else(records)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Expr;
    use crate::rules::Evidence;

    fn answer(rows: &[(&str, i64, i64)]) -> Answer {
        Answer {
            rows: rows
                .iter()
                .map(|&(account, at, n)| {
                    vec![
                        account.into(),
                        "eu-west-1".into(),
                        "cloudtrail".into(),
                        Value::Time(at),
                        Value::Int(n),
                    ]
                })
                .collect(),
            ..Answer::default()
        }
    }

    fn gap(from_ns: i64, to_ns: i64) -> Gap {
        Gap {
            account: "1".into(),
            region: "eu-west-1".into(),
            kind: "cloudtrail".into(),
            range: TimeRange::new(from_ns, to_ns),
        }
    }

    const TEN: Buckets = Buckets {
        from_ns: 0,
        step_ns: 10,
        len: 10,
    };

    #[test]
    fn every_cell_that_contains_a_hole_is_marked() {
        let full: Vec<(&str, i64, i64)> = (0..10).map(|i| ("1", i * 10, 5)).collect();
        let rows = coverage(&answer(&full), TEN, &[gap(42, 44), gap(68, 72), gap(200, 300)]);
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].holes, [4, 6, 7]);
        assert_eq!((rows[0].total, rows[0].cells[4]), (50, 5));
    }

    #[test]
    fn a_range_inside_of_a_hole_shows_it() {
        let rows = coverage(&answer(&[]), TEN, &[gap(-100, 100)]);
        assert_eq!((rows[0].total, rows[0].holes.len()), (0, 10));
    }

    #[test]
    fn rows_without_an_account_come_last() {
        let rows = coverage(&answer(&[("", 0, 90), ("2", 0, 1), ("1", 0, 1)]), TEN, &[]);
        let accounts: Vec<&str> = rows.iter().map(|r| r.account.as_str()).collect();
        assert_eq!(accounts, ["1", "2", ""]);
    }

    fn finding(title: &str, severity: Severity, first_ns: i64) -> Finding {
        Finding {
            rule: title.into(),
            title: title.into(),
            severity,
            detail: String::new(),
            subject: String::new(),
            count: 1,
            first_ns: Some(first_ns),
            last_ns: Some(first_ns),
            evidence: Evidence {
                kinds: Vec::new(),
                filter: Expr::All,
                range: None,
            },
            view: "trail".into(),
        }
    }

    #[test]
    fn equal_rules_are_one_lead() {
        let found = [
            finding("scan", Severity::Medium, 1),
            finding("stopped", Severity::Critical, 9),
            finding("root", Severity::High, 2),
            finding("stopped", Severity::Critical, 5),
        ];
        let leads = leads(found);
        let told: Vec<(&str, usize)> = leads
            .iter()
            .map(|l| (l.title.as_str(), l.findings.len()))
            .collect();
        assert_eq!(told, [("stopped", 2), ("root", 1), ("scan", 1)]);
        assert_eq!(leads[0].findings[0].first_ns, Some(5));
    }

    #[test]
    fn a_lead_shows_what_was_around_its_records() {
        let one = finding("root", Severity::High, 100 * MINUTE);
        assert_eq!(range_of(&one), Some(TimeRange::new(85 * MINUTE, 115 * MINUTE)));
        let mut burst = one.clone();
        burst.evidence.range = Some(TimeRange::new(1, 2));
        assert_eq!(range_of(&burst), Some(TimeRange::new(1, 2)));
        burst.evidence.range = None;
        burst.last_ns = None;
        assert_eq!(range_of(&burst), None);
    }
}
