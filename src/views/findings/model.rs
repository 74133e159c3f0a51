//! Checks out of findings: the worst status of each, its counts, and the counters of each category.

use super::names::Names;
use crate::base::Value;
use crate::findings::Entry;
pub use crate::findings::Status;
use crate::query::{Agg, Answer, Expr, Key, Order, Query};
use crate::rules::Severity;
use std::collections::BTreeMap;
use std::sync::Arc;

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

/// A severity by the word of the `severityLabel` column; finders without severities leave it empty.
pub fn severity_of(word: &str) -> Option<Severity> {
    Some(match word {
        "critical" => Severity::Critical,
        "high" => Severity::High,
        "medium" => Severity::Medium,
        "low" => Severity::Low,
        "informational" => Severity::Info,
        _ => return None,
    })
}

/// What people call the finder of a kind of findings.
pub fn finder(kind: &str) -> &str {
    match kind {
        "trusted-advisor" => "Trusted Advisor",
        "asff" => "Security Hub",
        "guardduty" => "GuardDuty",
        "inspector" => "Inspector",
        "prowler" => "Prowler",
        "ocsf-finding" => "OCSF",
        "config-compliance" => "Config rule",
        other => other,
    }
}

/// Findings of one check, rule or generator.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Check {
    /// The `checkKey` of its findings; the type where one generator stands for many (GuardDuty through Security Hub).
    pub key: String,
    pub title: String,
    pub category: String,
    /// The worst of its findings that are not excluded.
    pub status: Status,
    pub severity: Option<Severity>,
    /// Findings by status, excluded ones left out.
    pub counts: [u64; 4],
    pub excluded: u64,
    /// Registry ids of the kinds it comes from.
    pub kinds: Vec<String>,
    /// Some of the resources it names.
    pub resources: Vec<String>,
    /// Its findings, among those of every kind.
    pub filter: Expr,
    /// It was not imported: a rule or check that was run here.
    pub ours: Option<Arc<Entry>>,
    /// Records that its findings rest on, and the times of the first and last, where it was run here.
    pub records: u64,
    pub first_ns: Option<i64>,
    pub last_ns: Option<i64>,
}

impl Check {
    pub fn total(&self) -> u64 {
        self.counts.iter().sum::<u64>() + self.excluded
    }

    /// Does it name this principal or resource?
    pub fn is_about(&self, subject: &str) -> bool {
        let is = |of: &Option<String>| of.as_deref() == Some(subject);
        match &self.ours {
            Some(entry) => entry.items.iter().any(|i| is(&i.principal) || is(&i.resource)),
            None => self.resources.iter().any(|r| r == subject),
        }
    }

    /// Findings that ask for something to be done.
    pub fn flagged(&self) -> u64 {
        self.counts[Status::Red as usize] + self.counts[Status::Yellow as usize]
    }

    /// Who found them.
    pub fn finders(&self) -> String {
        if let Some(entry) = &self.ours {
            return entry.source.title().to_owned();
        }
        let names: Vec<&str> = self.kinds.iter().map(|k| finder(k)).collect();
        names.join(", ")
    }
}

/// The records that are findings; a list of checks says what is looked at, not what was found.
pub fn findings() -> Expr {
    !Expr::eq("recordType", "check")
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
        field("Types"),
    ];
    Query::groups(&KINDS, by, vec![Agg::Count, Agg::Some("resource".into(), 3)])
        .filter(findings())
        .order(Order::Key)
        .limit(20_000)
}

/// How many findings bear no time: a range leaves them out, whatever it is.
pub fn ask_timeless() -> Query {
    Query::groups(&KINDS, Vec::new(), vec![Agg::Count]).filter(findings().and(!Expr::exists("@timestamp")))
}

/// What makes findings one check.
struct Identity {
    key: String,
    filter: Expr,
    /// The key says what was found, in its finder's own words; a finding's title also names the resource.
    speaks: bool,
}

fn identity(key: &Value, title: &Value, types: &Value, kind: &str) -> Identity {
    if key.is_absent() {
        let unkeyed = !Expr::exists("checkKey");
        return Identity {
            key: title.to_text(),
            filter: unkeyed.and(Expr::eq("findingTitle", title.to_text().as_str())),
            speaks: true,
        };
    }
    let text = key.to_text();
    let filter = Expr::eq("checkKey", text.as_str());
    // Through Security Hub, GuardDuty's generator is its detector: the check is the finding's type.
    let ty = match types {
        Value::List(list) => list.first().cloned().unwrap_or_default(),
        other => other.to_text(),
    };
    if text.contains(":guardduty:") && !ty.is_empty() {
        return Identity {
            key: ty.rsplit('/').next().unwrap_or(&ty).to_owned(),
            filter: filter.and(Expr::eq("Types", ty.as_str())),
            speaks: true,
        };
    }
    Identity {
        key: text,
        filter,
        speaks: matches!(kind, "config-compliance" | "guardduty"),
    }
}

/// Checks out of the answer to [`ask`], the worst first. What the findings do not say of their check themselves, name
/// and category, comes from `names`; checks that are described there but have no result follow as not available.
pub fn checks(answer: &Answer, names: &Names) -> Vec<Check> {
    let mut all: BTreeMap<String, Check> = BTreeMap::new();
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
            types,
            count,
            resources,
        ] = row.as_slice()
        else {
            continue;
        };
        let kind = kind.to_text();
        let Identity { key, filter, speaks } = identity(key, title, types, &kind);
        let check = all.entry(key.clone()).or_insert_with(|| Check {
            key: key.clone(),
            filter,
            ..Check::default()
        });
        if !name.is_absent() {
            check.title = name.to_text();
        } else if check.title.is_empty() {
            check.title = if speaks { key } else { title.to_text() };
        }
        if check.category.is_empty() {
            check.category = category.to_text();
        }
        if let Some(found) = severity_of(&severity.to_text()) {
            check.severity = Some(check.severity.map_or(found, |known| known.min(found)));
        }
        let n = count.as_i64().unwrap_or(0).max(0) as u64;
        if excluded.as_i64() == Some(1) || *excluded == Value::Bool(true) {
            check.excluded += n;
        } else {
            check.counts[Status::of(&status.to_text()) as usize] += n;
        }
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
        if let Some(named) = names.of(&c.key) {
            c.title.clone_from(&named.title);
            if c.category.is_empty() {
                c.category.clone_from(&named.category);
            }
        }
        if c.title.is_empty() {
            c.title.clone_from(&c.key);
        }
    }
    out.extend(names.without_result().map(|(key, named)| Check {
        key: key.to_owned(),
        title: named.title.clone(),
        category: named.category.clone(),
        kinds: vec!["trusted-advisor".to_owned()],
        filter: Expr::eq("checkKey", key),
        ..Check::default()
    }));
    for c in out.iter_mut().filter(|c| c.category.is_empty()) {
        c.category = "security".to_owned();
    }
    out.sort_by(|a, b| worst_first(a).cmp(&worst_first(b)));
    out
}

fn worst_first(c: &Check) -> (Status, bool, Option<Severity>, &str) {
    (c.status, c.severity.is_none(), c.severity, &c.title)
}

/// What the table of checks is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    /// Worst first, then by severity.
    #[default]
    Status,
    Title,
    Severity,
    Findings,
    Flagged,
    Excluded,
    First,
    Last,
    Finder,
}

/// Puts checks in an order; equal ones stay as they stand.
pub fn sort(checks: &mut [Check], by: By, descending: bool) {
    checks.sort_by(|a, b| {
        let order = match by {
            By::Status => worst_first(a).cmp(&worst_first(b)),
            By::Title => a.title.to_lowercase().cmp(&b.title.to_lowercase()),
            // Those without a severity come last.
            By::Severity => (a.severity.is_none(), a.severity).cmp(&(b.severity.is_none(), b.severity)),
            By::Findings => a.total().cmp(&b.total()),
            By::Flagged => a.flagged().cmp(&b.flagged()),
            By::Excluded => a.excluded.cmp(&b.excluded),
            By::First => (a.first_ns.is_none(), a.first_ns).cmp(&(b.first_ns.is_none(), b.first_ns)),
            By::Last => a.last_ns.cmp(&b.last_ns),
            By::Finder => a.finders().cmp(&b.finders()),
        };
        if descending { order.reverse() } else { order }
    });
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
#[path = "tests.rs"]
mod tests;
