//! Two reports of one source compared: what is new, what was fixed, what changed.

use super::Status;
use crate::base::Value;
use crate::query::{Agg, Expr, Key, Order, Query};
use std::collections::BTreeMap;

/// Findings compared at most.
const MOST: usize = 50_000;

/// Findings of every kind by the member they came from, what found them and about what: the question that
/// [`reports`] and [`compare`] take the answer of.
pub fn ask(kinds: &[&str]) -> Query {
    let field = |name: &str| Key::Field(name.to_owned());
    let by = vec![
        Key::Member,
        Key::Kind,
        field("checkKey"),
        field("findingTitle"),
        field("resource"),
        field("findingStatus"),
    ];
    let time = || "@timestamp".to_owned();
    Query::groups(kinds, by, vec![Agg::Count, Agg::Max(time())])
        .filter(!Expr::eq("recordType", "check"))
        .order(Order::Key)
        .limit(MOST)
}

/// Members that are one report: of one kind, and of one file or folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Registry id.
    pub kind: String,
    /// The file, or the folder that its files are in.
    pub name: String,
    /// Its latest time (ns), where its findings bear any.
    pub at_ns: Option<i64>,
    pub findings: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// It was not in the report before, or was no problem there.
    New,
    /// Its status is another one.
    Changed,
    /// It is no longer a problem, or no longer told of.
    Fixed,
    Same,
}

impl What {
    pub const ALL: [What; 4] = [What::New, What::Changed, What::Fixed, What::Same];

    pub fn id(self) -> &'static str {
        match self {
            What::New => "new",
            What::Changed => "changed",
            What::Fixed => "fixed",
            What::Same => "same",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            What::New => "New",
            What::Changed => "Changed",
            What::Fixed => "Fixed",
            What::Same => "Unchanged",
        }
    }
}

/// One check and resource in both reports; `None` where a report does not tell of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub what: What,
    pub check: String,
    pub title: String,
    pub resource: String,
    pub was: Option<Status>,
    pub is: Option<Status>,
}

/// A row of the answer to [`ask`].
struct Row<'a> {
    member: u32,
    kind: String,
    check: String,
    title: String,
    resource: String,
    status: &'a Value,
    count: u64,
    at_ns: Option<i64>,
}

fn row(cells: &[Value]) -> Option<Row<'_>> {
    let [member, kind, check, title, resource, status, count, at] = cells else {
        return None;
    };
    let title = title.to_text();
    Some(Row {
        member: u32::try_from(member.as_i64()?).ok()?,
        kind: kind.to_text(),
        check: match check.is_absent() {
            true => title.clone(),
            false => check.to_text(),
        },
        title,
        resource: match resource.is_absent() {
            true => String::new(),
            false => resource.to_text(),
        },
        status,
        count: u64::try_from(count.as_i64()?).ok()?,
        at_ns: at.as_i64(),
    })
}

/// The reports there are, the latest first; `report_of` names the file or folder of a member.
pub fn reports(rows: &[Vec<Value>], report_of: &dyn Fn(u32) -> Option<String>) -> Vec<Report> {
    let mut all: BTreeMap<(String, String), Report> = BTreeMap::new();
    for r in rows.iter().filter_map(|r| row(r)) {
        let Some(name) = report_of(r.member) else { continue };
        let report = all.entry((r.kind.clone(), name.clone())).or_insert(Report {
            kind: r.kind,
            name,
            at_ns: None,
            findings: 0,
        });
        report.findings += r.count;
        report.at_ns = report.at_ns.max(r.at_ns);
    }
    let mut all: Vec<Report> = all.into_values().collect();
    all.sort_by(|a, b| (b.at_ns, &b.name).cmp(&(a.at_ns, &a.name)));
    all
}

/// What became of every check and resource between two reports; what changed first, the worst of it first.
pub fn compare(
    rows: &[Vec<Value>],
    report_of: &dyn Fn(u32) -> Option<String>,
    before: &Report,
    after: &Report,
) -> Vec<Change> {
    type Pair = (String, Option<Status>, Option<Status>);
    let mut all: BTreeMap<(String, String), Pair> = BTreeMap::new();
    for r in rows.iter().filter_map(|r| row(r)) {
        let name = report_of(r.member);
        let is_of = |report: &Report| report.kind == r.kind && name.as_deref() == Some(&report.name);
        let status = Status::of(&r.status.to_text());
        let (in_before, in_after) = (is_of(before), is_of(after));
        if !in_before && !in_after {
            continue;
        }
        let pair = all.entry((r.check, r.resource)).or_default();
        if pair.0.is_empty() {
            pair.0 = r.title;
        }
        // Of several findings on one thing the worst counts.
        let worst = |known: Option<Status>| Some(known.map_or(status, |k| k.min(status)));
        if in_before {
            pair.1 = worst(pair.1);
        }
        if in_after {
            pair.2 = worst(pair.2);
        }
    }
    let change = |((check, resource), (title, was, is)): ((String, String), Pair)| {
        let asks = |s: Option<Status>| s.is_some_and(|s| s <= Status::Yellow);
        let what = match (asks(was), asks(is)) {
            (false, true) => What::New,
            (true, false) => What::Fixed,
            _ if was != is => What::Changed,
            _ => What::Same,
        };
        Change {
            what,
            check,
            title,
            resource,
            was,
            is,
        }
    };
    let mut out: Vec<Change> = all.into_iter().map(change).collect();
    out.sort_by_key(|c| (c.what, c.is.or(c.was)));
    out
}
