//! Coverage: which account, region and day of each kind has records, and where a hole is in between.

use crate::base::TimeRange;
use crate::query::Answer;
use std::collections::BTreeMap;

/// A row of the coverage grid.
#[derive(Clone, Debug, PartialEq)]
pub struct CoverageRow {
    pub account: String,
    pub region: String,
    pub kind: String,
    pub total: i64,
    /// Records by cell of time.
    pub cells: Vec<i64>,
    /// Cells without a record although there are some before and after.
    pub holes: Vec<usize>,
}

/// Coverage out of rows `(account, region, kind, time, count)`. `gapless` says whether a kind writes all the time, so
/// that a cell without records between others is a hole.
pub fn coverage(
    answer: &Answer,
    range: TimeRange,
    step_ns: i64,
    gapless: impl Fn(&str) -> bool,
) -> Vec<CoverageRow> {
    let from = range.from_ns.div_euclid(step_ns) * step_ns;
    let len = ((range.to_ns - from).max(1).div_euclid(step_ns) + 1).clamp(1, 400) as usize;
    let mut rows: BTreeMap<(String, String, String), Vec<i64>> = BTreeMap::new();
    for row in &answer.rows {
        let [account, region, kind, at, count] = row.as_slice() else {
            continue;
        };
        let Some(at) = at.as_i64() else { continue };
        let slot = (at - from).div_euclid(step_ns);
        let Some(slot) = usize::try_from(slot).ok().filter(|&s| s < len) else {
            continue;
        };
        let key = (account.to_text(), region.to_text(), kind.to_text());
        rows.entry(key).or_insert_with(|| vec![0; len])[slot] += count.as_i64().unwrap_or(0);
    }
    let mut out: Vec<CoverageRow> = rows
        .into_iter()
        .map(|((account, region, kind), cells)| {
            let first = cells.iter().position(|&c| c > 0).unwrap_or(0);
            let last = cells.iter().rposition(|&c| c > 0).unwrap_or(0);
            let holes = if gapless(&kind) {
                (first..last).filter(|&i| cells[i] == 0).collect()
            } else {
                Vec::new()
            };
            CoverageRow {
                total: cells.iter().sum(),
                account,
                region,
                kind,
                cells,
                holes,
            }
        })
        .collect();
    // A row with as many holes as records is a kind that writes rarely there: its gaps say nothing.
    for row in &mut out {
        let filled = row.cells.iter().filter(|&&c| c > 0).count();
        if row.holes.len() * 3 > filled {
            row.holes.clear();
        }
    }
    out.sort_by(|a, b| (&a.account, &a.region, -a.total).cmp(&(&b.account, &b.region, -b.total)));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Value;

    fn answer(rows: &[(&str, i64, i64)]) -> Answer {
        Answer {
            rows: rows
                .iter()
                .map(|&(kind, at, n)| {
                    vec![
                        "1".into(),
                        "eu-west-1".into(),
                        kind.into(),
                        Value::Time(at),
                        Value::Int(n),
                    ]
                })
                .collect(),
            ..Answer::default()
        }
    }

    #[test]
    fn a_missing_hour_between_others_is_a_hole() {
        let full: Vec<(&str, i64, i64)> = (0..10)
            .filter(|h| *h != 4)
            .map(|h| ("cloudtrail", h, 5))
            .collect();
        let rows = coverage(&answer(&full), TimeRange::new(0, 10), 1, |k| k == "cloudtrail");
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].holes, vec![4]);
        assert_eq!(rows[0].total, 45);
    }

    #[test]
    fn a_kind_that_writes_rarely_has_no_holes() {
        let rows = coverage(
            &answer(&[("config", 0, 1), ("config", 9, 1)]),
            TimeRange::new(0, 10),
            1,
            |_| true,
        );
        assert!(rows[0].holes.is_empty());
    }
}
