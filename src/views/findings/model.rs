//! Checks out of findings: the worst status of each, its counts, and the counters of each category.

use crate::base::Value;
use crate::query::{Agg, Answer, Expr, Key, Order, Query};
use std::collections::BTreeMap;

/// Kinds whose records carry the shared columns of findings.
pub const KINDS: [&str; 7] = [
    "trusted-advisor",
    "asff",
    "guardduty",
    "inspector",
    "prowler",
    "ocsf-finding",
    "config-compliance",
];

/// Categories in the order of the Trusted Advisor page.
pub const CATEGORIES: [(&str, &str); 6] = [
    ("security", "Security"),
    ("cost_optimizing", "Cost optimization"),
    ("fault_tolerance", "Fault tolerance"),
    ("performance", "Performance"),
    ("service_limits", "Service limits"),
    ("operational_excellence", "Operational excellence"),
];

/// What came of a finding or check, worst first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    Red,
    Yellow,
    Green,
    #[default]
    None,
}

impl Status {
    pub const ALL: [Status; 4] = [Status::Red, Status::Yellow, Status::Green, Status::None];

    /// The word in the `findingStatus` column.
    pub fn id(self) -> &'static str {
        match self {
            Status::Red => "red",
            Status::Yellow => "yellow",
            Status::Green => "green",
            Status::None => "none",
        }
    }

    /// The status colour's name, and the words beside it.
    pub fn shown(self) -> (&'static str, &'static str) {
        match self {
            Status::Red => ("red", "Action recommended"),
            Status::Yellow => ("yellow", "Investigate"),
            Status::Green => ("ok", "No problem found"),
            Status::None => ("none", "Not available"),
        }
    }

    fn of(word: &str) -> Status {
        Status::ALL
            .into_iter()
            .find(|s| s.id() == word)
            .unwrap_or_default()
    }
}

/// Findings of one check, rule or generator.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Check {
    /// The `checkKey` of its findings.
    pub key: String,
    pub title: String,
    pub category: String,
    /// The worst of its findings that are not excluded.
    pub status: Status,
    pub severity: String,
    /// Findings by status, excluded ones left out.
    pub counts: [u64; 4],
    pub excluded: u64,
    /// Registry ids of the kinds it comes from.
    pub kinds: Vec<String>,
    /// Some of the resources it names.
    pub resources: Vec<String>,
}

impl Check {
    pub fn total(&self) -> u64 {
        self.counts.iter().sum::<u64>() + self.excluded
    }

    /// Its records.
    pub fn filter(&self) -> Expr {
        Expr::eq("checkKey", self.key.as_str())
    }
}

/// All findings by what makes a check.
pub fn ask() -> Query {
    let field = |name: &str| Key::Field(name.to_owned());
    let by = vec![
        field("checkKey"),
        field("findingTitle"),
        field("findingCategory"),
        field("findingStatus"),
        field("findingExcluded"),
        field("severityLabel"),
        Key::Kind,
        field("checkName"),
    ];
    Query::groups(&KINDS, by, vec![Agg::Count, Agg::Some("resource".into(), 3)])
        .order(Order::Key)
        .limit(20_000)
}

const SEVERITIES: [&str; 5] = ["critical", "high", "medium", "low", "informational"];

fn rank(severity: &str) -> usize {
    SEVERITIES
        .iter()
        .position(|s| *s == severity)
        .unwrap_or(SEVERITIES.len())
}

/// Checks out of the answer to [`ask`], the worst first. A result that carries no name of its own takes title and
/// category from a list of checks that is loaded as well (they share the key).
pub fn checks(answer: &Answer) -> Vec<Check> {
    let mut all: BTreeMap<String, Check> = BTreeMap::new();
    let mut named = std::collections::BTreeSet::new();
    for row in &answer.rows {
        let [
            key,
            title,
            category,
            status,
            excluded,
            severity,
            kind,
            name,
            count,
            resources,
        ] = row.as_slice()
        else {
            continue;
        };
        let title = title.to_text();
        let key = if key.is_absent() {
            title.clone()
        } else {
            key.to_text()
        };
        let check = all.entry(key.clone()).or_insert_with(|| Check {
            key: key.clone(),
            ..Check::default()
        });
        // A rule is known by its name; what its evaluations say is about the resource.
        let name = match kind.as_str() {
            Some("config-compliance") => &Value::Text(key.clone()),
            _ => name,
        };
        // The check's own name says more than what one of its findings is called.
        if !name.is_absent() {
            check.title = name.to_text();
            named.insert(check.key.clone());
        } else if !named.contains(&check.key) && (check.title.is_empty() || check.title == check.key) {
            check.title = title;
        }
        if check.category.is_empty() && !category.is_absent() {
            check.category = category.to_text();
        }
        let severity = severity.to_text();
        if check.severity.is_empty() || rank(&severity) < rank(&check.severity) {
            check.severity = severity;
        }
        let n = count.as_i64().unwrap_or(0).max(0) as u64;
        let is_excluded = excluded.as_i64() == Some(1);
        if is_excluded {
            check.excluded += n;
        } else {
            let status = Status::of(&status.to_text());
            check.counts[status as usize] += n;
        }
        let kind = kind.to_text();
        if !check.kinds.contains(&kind) {
            check.kinds.push(kind);
        }
        if let Value::List(list) = resources {
            for r in list {
                if check.resources.len() < 3 && !check.resources.contains(r) {
                    check.resources.push(r.clone());
                }
            }
        }
    }
    let mut out: Vec<Check> = all.into_values().collect();
    for c in &mut out {
        let worst = Status::ALL.into_iter().find(|&s| c.counts[s as usize] > 0);
        c.status = worst.unwrap_or_default();
        if c.category.is_empty() {
            c.category = "security".to_owned();
        }
        if c.title.is_empty() {
            c.title.clone_from(&c.key);
        }
    }
    out.sort_by(|a, b| (a.status, rank(&a.severity), &a.title).cmp(&(b.status, rank(&b.severity), &b.title)));
    out
}

/// Checks of a category by their status: red, yellow, green, not available.
pub fn counters(checks: &[Check], category: &str) -> [usize; 4] {
    let mut out = [0; 4];
    for c in checks.iter().filter(|c| c.category == category) {
        out[c.status as usize] += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(key: &str, title: &str, category: Value, status: &str, excluded: i64, n: i64) -> Vec<Value> {
        vec![
            key.into(),
            title.into(),
            category,
            status.into(),
            Value::Int(excluded),
            Value::Absent,
            "trusted-advisor".into(),
            Value::Absent,
            Value::Int(n),
            Value::List(vec!["sg-1".into()]),
        ]
    }

    #[test]
    fn the_worst_finding_decides_and_excluded_ones_do_not() {
        let answer = Answer {
            rows: vec![
                row("k1", "Open ports", "security".into(), "green", 0, 3),
                row("k1", "Open ports", "security".into(), "red", 1, 2),
                row("k2", "k2", Value::Absent, "yellow", 0, 1),
                row("k2", "Idle balancers", "cost_optimizing".into(), "none", 0, 1),
            ],
            ..Answer::default()
        };
        let checks = checks(&answer);
        assert_eq!(
            checks
                .iter()
                .map(|c| (c.key.as_str(), c.status))
                .collect::<Vec<_>>(),
            [("k2", Status::Yellow), ("k1", Status::Green)]
        );
        assert_eq!(checks[1].excluded, 2);
        assert_eq!(checks[0].category, "cost_optimizing");
        assert_eq!(checks[0].title, "Idle balancers");
        assert_eq!(counters(&checks, "security"), [0, 0, 1, 0]);
    }
}
