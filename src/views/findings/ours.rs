//! What was found here, rules and checks, in the shape of imported checks; and everything by whom or what it is about.

use super::model::{Check, Status};
use crate::base::Value;
use crate::findings::suppress::Suppressions;
use crate::findings::{Entry, Item, Source, automation};
use crate::rules::Severity;
use crate::share::Sheet;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Which of the findings are left out of sight.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unseen {
    pub suppressed: Arc<Suppressions>,
    /// What known automation and AWS services did is folded away.
    pub fold: bool,
}

/// Why an item is not counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hidden {
    Suppressed,
    Automation(&'static str),
}

impl Unseen {
    pub fn hides(&self, entry: &Entry, item: &Item) -> Option<Hidden> {
        if self.suppressed.hides(entry, item) {
            return Some(Hidden::Suppressed);
        }
        let by_itself = |p: &String| automation::why(p, &self.suppressed.automation);
        let why = item.principal.as_ref().filter(|_| self.fold).and_then(by_itself);
        why.map(Hidden::Automation)
    }

    /// The items that count.
    pub fn seen<'e>(&'e self, entry: &'e Entry) -> impl Iterator<Item = &'e Item> {
        entry
            .items
            .iter()
            .filter(|item| self.hides(entry, item).is_none())
    }
}

/// A rule or check as a line of the list.
pub fn line(entry: &Arc<Entry>, unseen: &Unseen) -> Check {
    let mut check = Check {
        key: entry.id.clone(),
        title: entry.title.clone(),
        category: entry.category.clone(),
        severity: entry.severity,
        kinds: entry.kinds.clone(),
        ours: Some(entry.clone()),
        ..Check::default()
    };
    for item in unseen.seen(entry) {
        check.counts[item.status as usize] += 1;
        check.records = check.records.saturating_add(item.count);
        check.first_ns = [check.first_ns, item.first_ns].into_iter().flatten().min();
        check.last_ns = check.last_ns.max(item.last_ns);
        if check.resources.len() < 3 && !item.subject.is_empty() && !check.resources.contains(&item.subject) {
            check.resources.push(item.subject.clone());
        }
    }
    check.excluded = entry.items.len() as u64 - check.counts.iter().sum::<u64>();
    check.status = match entry.needs {
        Some(_) => Status::None,
        None => entry.worst(unseen.seen(entry)),
    };
    check
}

/// Leaves imported checks out that somebody suppressed as a whole.
pub fn imported(mut check: Check, suppressed: &Suppressions) -> Check {
    if suppressed.of(&check.key, None).is_some() {
        check.excluded += check.counts.iter().sum::<u64>();
        check.counts = [0; 4];
        check.status = Status::Green;
    }
    check
}

/// By whom or what findings are put together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grouping {
    #[default]
    Rule,
    Principal,
    Resource,
}

impl Grouping {
    pub const ALL: [(Grouping, &'static str, &'static str); 3] = [
        (Grouping::Rule, "rule", "rule"),
        (Grouping::Principal, "principal", "principal"),
        (Grouping::Resource, "resource", "resource"),
    ];

    pub fn of(id: &str) -> Grouping {
        let found = Grouping::ALL.into_iter().find(|(_, known, _)| *known == id);
        found.map_or_else(Grouping::default, |(g, ..)| g)
    }
}

/// Everything about one principal or resource.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subject {
    pub name: String,
    pub status: Status,
    pub severity: Option<Severity>,
    /// Titles of the rules that name it, the worst first.
    pub rules: Vec<String>,
    /// Their keys.
    pub keys: Vec<String>,
    pub findings: u64,
    pub records: u64,
    pub first_ns: Option<i64>,
    pub last_ns: Option<i64>,
}

/// An imported finding by its resource: key and title of its check, status, severity, how many.
pub struct Told {
    pub resource: String,
    pub key: String,
    pub title: String,
    pub status: Status,
    pub severity: Option<Severity>,
    pub count: u64,
}

/// Findings that ask for a look, by principal or resource; the worst first.
pub fn subjects(checks: &[Check], told: &[Told], by: Grouping, unseen: &Unseen) -> Vec<Subject> {
    let mut all: BTreeMap<String, Subject> = BTreeMap::new();
    for check in checks {
        let Some(entry) = &check.ours else { continue };
        for item in unseen.seen(entry).filter(|i| i.status <= Status::Yellow) {
            let name = match by {
                Grouping::Principal => &item.principal,
                _ => &item.resource,
            };
            let Some(name) = name else { continue };
            put(
                &mut all,
                name,
                &check.key,
                &check.title,
                item.status,
                entry.severity,
                |s| {
                    s.findings += 1;
                    s.records = s.records.saturating_add(item.count);
                    s.first_ns = [s.first_ns, item.first_ns].into_iter().flatten().min();
                    s.last_ns = s.last_ns.max(item.last_ns);
                },
            );
        }
    }
    if by == Grouping::Resource {
        let is_shown = |t: &&Told| {
            t.status <= Status::Yellow && checks.iter().any(|c| c.key == t.key && c.ours.is_none())
        };
        for t in told.iter().filter(is_shown) {
            put(
                &mut all,
                &t.resource,
                &t.key,
                &t.title,
                t.status,
                t.severity,
                |s| {
                    s.findings += t.count;
                    s.records += t.count;
                },
            );
        }
    }
    let mut out: Vec<Subject> = all.into_values().collect();
    out.sort_by(|a, b| {
        let key = |s: &Subject| {
            (
                s.status,
                s.severity.is_none(),
                s.severity,
                std::cmp::Reverse(s.findings),
            )
        };
        key(a).cmp(&key(b)).then_with(|| a.name.cmp(&b.name))
    });
    out
}

fn put(
    all: &mut BTreeMap<String, Subject>,
    name: &str,
    key: &str,
    title: &str,
    status: Status,
    severity: Option<Severity>,
    count: impl FnOnce(&mut Subject),
) {
    let subject = all.entry(name.to_owned()).or_insert_with(|| Subject {
        name: name.to_owned(),
        ..Subject::default()
    });
    subject.status = subject.status.min(status);
    subject.severity = match (subject.severity, severity) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    if !subject.keys.iter().any(|k| k == key) {
        subject.keys.push(key.to_owned());
        subject.rules.push(title.to_owned());
    }
    count(subject);
}

/// All that was found here, a row an item.
pub fn sheet(checks: &[Check]) -> Sheet {
    const COLUMNS: [&str; 14] = [
        "Status",
        "Severity",
        "Rule",
        "Subject",
        "Principal",
        "Resource",
        "Account",
        "Region",
        "Detail",
        "Records",
        "First",
        "Last",
        "From",
        "Rule id",
    ];
    let text = |t: &Option<String>| t.as_ref().map_or(Value::Absent, |t| Value::Text(t.clone()));
    let time = |t: Option<i64>| t.map_or(Value::Absent, Value::Time);
    let mut rows = Vec::new();
    for entry in checks.iter().filter_map(|c| c.ours.as_ref()) {
        for item in &entry.items {
            rows.push(vec![
                item.status.shown().1.into(),
                entry.severity.map_or(Value::Absent, |s| s.word().into()),
                entry.title.as_str().into(),
                item.subject.as_str().into(),
                text(&item.principal),
                text(&item.resource),
                text(&item.account),
                text(&item.region),
                item.detail.as_str().into(),
                Value::Big(item.count.into()),
                time(item.first_ns),
                time(item.last_ns),
                entry.source.title().into(),
                entry.id.as_str().into(),
            ]);
        }
    }
    Sheet {
        columns: COLUMNS.map(str::to_owned).to_vec(),
        rows,
    }
}

/// What was evaluated and what was not, of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluated {
    pub source: Source,
    pub fired: usize,
    pub quiet: usize,
    pub not_evaluated: usize,
}

pub fn evaluated(entries: &[Arc<Entry>]) -> Vec<Evaluated> {
    let of = |source: Source| {
        let mine = || entries.iter().filter(move |e| e.source == source);
        let not_evaluated = mine().filter(|e| e.needs.is_some()).count();
        let fired = mine().filter(|e| e.fired()).count();
        Evaluated {
            source,
            fired,
            quiet: mine().count() - fired - not_evaluated,
            not_evaluated,
        }
    };
    let all = Source::ALL.into_iter().map(of);
    all.filter(|e| e.fired + e.quiet + e.not_evaluated > 0).collect()
}

/// What is missing, with the rules that wait for it; what most wait for first.
pub fn needs(entries: &[Arc<Entry>]) -> Vec<(String, Vec<&Entry>)> {
    let mut by: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        if let Some(needs) = &entry.needs {
            by.entry(needs).or_default().push(entry);
        }
    }
    let mut out: Vec<(String, Vec<&Entry>)> = by.into_iter().map(|(n, e)| (n.to_owned(), e)).collect();
    out.sort_by_key(|(_, e)| std::cmp::Reverse(e.len()));
    out
}
