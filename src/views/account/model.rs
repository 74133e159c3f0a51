//! The newest item of every resource up to a moment; two moments side by side; what rules said over a period.

use crate::base::{TimeRange, Value};
use crate::query::{Agg, Answer, Expr, Key, Order, Query};
use std::collections::BTreeMap;

pub const CONFIG: &str = "config";
pub const COMPLIANCE: &str = "config-compliance";
/// Resources that are looked at.
const MOST: usize = 60_000;

fn fields(names: &[&str]) -> Vec<Key> {
    names.iter().map(|n| Key::Field((*n).to_owned())).collect()
}

/// The newest item of every resource up to and with a moment.
pub fn ask_state(at_ns: i64, filter: &Expr) -> Query {
    let latest = |name: &str| Agg::Latest(name.to_owned());
    let aggs = vec![
        latest("resourceName"),
        latest("configurationItemStatus"),
        latest("configurationStateId"),
        latest("configurationItemCaptureTime"),
        Agg::Count,
    ];
    let by = fields(&["resourceType", "resourceId", "awsAccountId", "awsRegion"]);
    let range = TimeRange::new(i64::MIN, at_ns.saturating_add(1));
    let query = Query::groups(&[CONFIG], by, aggs).filter(Expr::exists("resourceId"));
    query.order(Order::Key).limit(MOST).within(Some(range), filter)
}

/// What the rules said of resources in a period.
pub fn ask_compliance() -> Query {
    let is = |word: &str| Expr::eq("ComplianceType", word);
    let time = || "@timestamp".to_owned();
    let aggs = vec![
        Agg::CountIf(is("COMPLIANT")),
        Agg::CountIf(is("NON_COMPLIANT")),
        Agg::Count,
        Agg::Min(time()),
        Agg::Max(time()),
    ];
    let by = fields(&["ConfigRuleName", "ResourceType", "ResourceId"]);
    Query::groups(&[COMPLIANCE], by, aggs)
        .filter(Expr::exists("ResourceId"))
        .order(Order::Key)
        .limit(MOST)
}

/// Which resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Id {
    pub ty: String,
    pub id: String,
    pub account: String,
    pub region: String,
}

/// A resource as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub name: String,
    pub status: String,
    /// Tells states apart: `configurationStateId`, or the item's time where there is none.
    pub state: String,
    pub since_ns: Option<i64>,
}

/// Everything that was there, by resource. A resource whose newest item says that it is deleted is not.
pub type State = BTreeMap<Id, Standing>;

fn text(row: &[Value], at: usize) -> String {
    match row.get(at) {
        None | Some(Value::Absent) => String::new(),
        Some(value) => value.to_text(),
    }
}

pub fn state(answer: &Answer) -> State {
    let mut out = State::new();
    for row in &answer.rows {
        let id = Id {
            ty: text(row, 0),
            id: text(row, 1),
            account: text(row, 2),
            region: text(row, 3),
        };
        let since_ns = row.get(7).and_then(Value::as_i64);
        let known = text(row, 6);
        let standing = Standing {
            name: text(row, 4),
            status: text(row, 5),
            state: if known.is_empty() {
                since_ns.map(|at| at.to_string()).unwrap_or_default()
            } else {
                known
            },
            since_ns,
        };
        if !standing.status.starts_with("ResourceDeleted") {
            out.insert(id, standing);
        }
    }
    out
}

/// How a resource differs between two moments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    Added,
    Removed,
    Changed,
    Same,
}

impl Change {
    pub fn word(self) -> &'static str {
        match self {
            Change::Added => "added",
            Change::Removed => "removed",
            Change::Changed => "changed",
            Change::Same => "the same",
        }
    }
}

/// A resource at two moments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    pub id: Id,
    pub name: String,
    pub change: Change,
    pub since_ns: Option<i64>,
}

/// What differs first, then the rest; by type and id within.
pub fn compare(then: &State, now: &State) -> Vec<Compared> {
    let ids: std::collections::BTreeSet<&Id> = then.keys().chain(now.keys()).collect();
    let mut all: Vec<Compared> = ids
        .into_iter()
        .filter_map(|id| {
            let (change, standing) = match (then.get(id), now.get(id)) {
                (None, Some(now)) => (Change::Added, now),
                (Some(then), None) => (Change::Removed, then),
                (Some(then), Some(now)) if then.state != now.state => (Change::Changed, now),
                (Some(_), Some(now)) => (Change::Same, now),
                (None, None) => return None,
            };
            Some(Compared {
                id: id.clone(),
                name: standing.name.clone(),
                change,
                since_ns: standing.since_ns,
            })
        })
        .collect();
    all.sort_by(|a, b| a.change.cmp(&b.change).then_with(|| a.id.cmp(&b.id)));
    all
}

/// How many of each type are there: then and now.
pub fn by_type(then: &State, now: &State) -> Vec<(String, usize, usize)> {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for id in then.keys() {
        counts.entry(&id.ty).or_default().0 += 1;
    }
    for id in now.keys() {
        counts.entry(&id.ty).or_default().1 += 1;
    }
    counts
        .into_iter()
        .map(|(ty, (then, now))| (ty.to_owned(), then, now))
        .collect()
}

/// What a rule said of a resource over the period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Throughout {
    NonCompliant,
    Mixed,
    Compliant,
    /// Nothing but `NOT_APPLICABLE` or `INSUFFICIENT_DATA`.
    NotSaid,
}

impl Throughout {
    /// The css class of a status, and the word.
    pub fn shown(self) -> (&'static str, &'static str) {
        match self {
            Throughout::NonCompliant => ("red", "Non-compliant throughout"),
            Throughout::Mixed => ("yellow", "Both"),
            Throughout::Compliant => ("ok", "Compliant throughout"),
            Throughout::NotSaid => ("none", "Not said"),
        }
    }
}

/// A rule and a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruled {
    pub rule: String,
    pub ty: String,
    pub id: String,
    pub throughout: Throughout,
    pub evaluations: i64,
    pub first_ns: Option<i64>,
    pub last_ns: Option<i64>,
}

/// The worst first. One evaluation in the period says nothing of the time before it.
pub fn compliance(answer: &Answer) -> Vec<Ruled> {
    let number = |row: &[Value], at: usize| row.get(at).and_then(Value::as_i64);
    let mut all: Vec<Ruled> = (answer.rows.iter())
        .map(|row| {
            let (good, bad) = (number(row, 3).unwrap_or(0), number(row, 4).unwrap_or(0));
            Ruled {
                rule: text(row, 0),
                ty: text(row, 1),
                id: text(row, 2),
                throughout: match (good > 0, bad > 0) {
                    (true, true) => Throughout::Mixed,
                    (true, false) => Throughout::Compliant,
                    (false, true) => Throughout::NonCompliant,
                    (false, false) => Throughout::NotSaid,
                },
                evaluations: number(row, 5).unwrap_or(0),
                first_ns: number(row, 6),
                last_ns: number(row, 7),
            }
        })
        .collect();
    all.sort_by(|a, b| {
        let key = |r: &Ruled| (r.throughout, r.rule.clone(), r.ty.clone(), r.id.clone());
        key(a).cmp(&key(b))
    });
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, status: &str, state: &str, at: i64) -> Vec<Value> {
        vec![
            "AWS::EC2::Instance".into(),
            id.into(),
            "111122223333".into(),
            "eu-west-1".into(),
            "web".into(),
            status.into(),
            if state.is_empty() {
                Value::Absent
            } else {
                state.into()
            },
            Value::Time(at),
            Value::Int(1),
        ]
    }

    fn at(rows: Vec<Vec<Value>>) -> State {
        state(&Answer {
            rows,
            ..Answer::default()
        })
    }

    #[test]
    fn what_was_deleted_is_not_there() {
        let there = at(vec![
            row("i-1", "OK", "1", 5),
            row("i-2", "ResourceDeleted", "1", 6),
            row("i-3", "ResourceDiscovered", "1", 7),
        ]);
        let ids: Vec<&str> = there.keys().map(|k| k.id.as_str()).collect();
        assert_eq!(ids, ["i-1", "i-3"]);
    }

    #[test]
    fn two_moments_differ_in_what_came_went_and_changed() {
        let then = at(vec![
            row("i-1", "OK", "1", 5),
            row("i-2", "OK", "1", 5),
            row("i-4", "OK", "", 5),
        ]);
        let now = at(vec![
            row("i-1", "OK", "2", 9),
            row("i-3", "OK", "1", 9),
            row("i-4", "OK", "", 5),
        ]);
        let found: Vec<_> = compare(&then, &now)
            .into_iter()
            .map(|c| (c.id.id, c.change))
            .collect();
        assert_eq!(
            found,
            [
                ("i-3".to_owned(), Change::Added),
                ("i-2".to_owned(), Change::Removed),
                ("i-1".to_owned(), Change::Changed),
                ("i-4".to_owned(), Change::Same)
            ]
        );
        assert_eq!(by_type(&then, &now), [("AWS::EC2::Instance".to_owned(), 3, 3)]);
        assert!(compare(&then, &then).iter().all(|c| c.change == Change::Same));
    }

    #[test]
    fn throughout_is_every_evaluation() {
        let row = |rule: &str, good: i64, bad: i64| -> Vec<Value> {
            let ends = [rule, "AWS::S3::Bucket", "b"].map(Value::from);
            ends.into_iter()
                .chain([
                    Value::Int(good),
                    Value::Int(bad),
                    Value::Int(3),
                    Value::Time(1),
                    Value::Time(2),
                ])
                .collect()
        };
        let answer = Answer {
            rows: vec![row("a", 3, 0), row("b", 2, 1), row("c", 0, 3), row("d", 0, 0)],
            ..Answer::default()
        };
        let found: Vec<_> = compliance(&answer)
            .into_iter()
            .map(|r| (r.rule, r.throughout))
            .collect();
        assert_eq!(
            found,
            [
                ("c".to_owned(), Throughout::NonCompliant),
                ("b".to_owned(), Throughout::Mixed),
                ("a".to_owned(), Throughout::Compliant),
                ("d".to_owned(), Throughout::NotSaid)
            ]
        );
    }
}
