//! Resources, their histories, and the questions behind them.

use crate::base::{TimeRange, Value, time};
use crate::chart::{Change, ChangeKind, Compliance, RuleLine};
use crate::query::{Agg, Answer, Expr, Key, Order, Place, Query, Rows, Select, Sort, Window};

pub const KINDS: [&str; 1] = ["config"];
/// Items of one resource shown.
const MOST_ITEMS: usize = 500;

/// Resource types with their resources and items.
pub fn ask_types() -> Query {
    let aggs = vec![Agg::Count, Agg::Distinct("resourceId".into())];
    Query::groups(&KINDS, vec![Key::Field("resourceType".into())], aggs)
        .filter(Expr::exists("resourceType"))
        .limit(300)
}

/// Resources of a type (or of all), those with the most items first.
pub fn ask_resources(kind: &str, search: &str) -> Query {
    let by = vec![Key::Field("resourceType".into()), Key::Field("resourceId".into())];
    let aggs = vec![
        Agg::Count,
        Agg::Latest("resourceName".into()),
        Agg::Latest("configurationItemStatus".into()),
        Agg::Max("configurationItemCaptureTime".into()),
    ];
    let mut q = Query::groups(&KINDS, by, aggs).limit(400);
    q = q.filter(Expr::exists("resourceId"));
    if !kind.is_empty() {
        q = q.filter(Expr::eq("resourceType", kind));
    }
    if !search.is_empty() {
        q = q.filter(Expr::Text(search.to_owned()));
    }
    q
}

/// A resource of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Resource {
    pub kind: String,
    pub id: String,
    pub name: String,
    pub status: String,
    pub items: i64,
}

pub fn resources(answer: &Answer) -> Vec<Resource> {
    let text = |v: Option<&Value>| v.map(Value::to_text).unwrap_or_default();
    answer
        .rows
        .iter()
        .map(|r| Resource {
            kind: text(r.first()),
            id: text(r.get(1)),
            items: r.get(2).and_then(Value::as_i64).unwrap_or(0),
            name: text(r.get(3)),
            status: text(r.get(4)),
        })
        .collect()
}

/// All items of a resource in the order of time.
pub fn ask_history(kind: &str, id: &str) -> Query {
    let columns = [
        "configurationItemCaptureTime",
        "configurationItemStatus",
        "changeType",
        "relatedEvents",
        "relationships",
    ];
    Query {
        kinds: vec!["config".to_owned()],
        range: None,
        filter: Expr::eq("resourceType", kind).and(Expr::eq("resourceId", id)),
        select: Select::Rows(Rows {
            columns: columns.iter().map(|c| (*c).to_owned()).collect(),
            sort: Sort {
                field: "configurationItemCaptureTime".to_owned(),
                descending: false,
            },
            window: Window::From {
                start: None,
                count: MOST_ITEMS,
            },
        }),
    }
}

/// A configuration item of a history.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub at_ns: i64,
    pub status: String,
    pub related_events: Vec<String>,
    pub relationships: Vec<String>,
    pub place: Place,
}

pub fn items(answer: &Answer) -> Vec<Item> {
    let list = |v: Option<&Value>| match v {
        Some(Value::List(l)) => l.clone(),
        Some(Value::Text(t)) => vec![t.clone()],
        _ => Vec::new(),
    };
    let mut out: Vec<Item> = answer
        .rows
        .iter()
        .zip(&answer.places)
        .map(|(r, place)| Item {
            at_ns: r.first().and_then(Value::as_i64).unwrap_or(0),
            status: r.get(1).map(Value::to_text).unwrap_or_default(),
            related_events: list(r.get(3)),
            relationships: list(r.get(4)),
            place: place.clone(),
        })
        .collect();
    out.sort_by_key(|i| i.at_ns);
    out
}

/// Dots of the life line: what is known of each change before the items are read.
pub fn changes(items: &[Item], summaries: &[String]) -> Vec<Change> {
    items
        .iter()
        .enumerate()
        .map(|(n, i)| Change {
            at_ns: i.at_ns,
            kind: match i.status.as_str() {
                "ResourceDeleted" | "ResourceDeletedNotRecorded" => ChangeKind::Deleted,
                "ResourceDiscovered" => ChangeKind::Created,
                _ if n == 0 => ChangeKind::Created,
                _ => ChangeKind::Modified,
            },
            label: summaries.get(n).map(|s| first_words(s)).unwrap_or_default(),
        })
        .collect()
}

/// The change in so few words that they stand over a dot.
fn first_words(summary: &str) -> String {
    summary
        .split(':')
        .next()
        .unwrap_or_default()
        .split(',')
        .next()
        .unwrap_or_default()
        .to_owned()
}

/// Evaluations of a resource in the order of time.
pub fn ask_compliance(id: &str) -> Query {
    let by = vec![
        Key::Field("ConfigRuleName".into()),
        Key::Field("ResultRecordedTime".into()),
        Key::Field("ComplianceType".into()),
    ];
    Query::groups(&["config-compliance"], by, vec![Agg::Count])
        .filter(Expr::eq("ResourceId", id))
        .order(Order::Key)
        .limit(2000)
}

/// Bands of the life line: each rule's state until its next evaluation.
pub fn rules(answer: &Answer, range: TimeRange) -> Vec<RuleLine> {
    let mut out: Vec<RuleLine> = Vec::new();
    for row in &answer.rows {
        let [rule, at, state, ..] = row.as_slice() else {
            continue;
        };
        let Some(at) = at.as_i64() else { continue };
        let rule = rule.to_text();
        let state = match state.to_text().as_str() {
            "COMPLIANT" => Compliance::Compliant,
            "NON_COMPLIANT" => Compliance::NonCompliant,
            _ => Compliance::Unknown,
        };
        let line = match out.iter().position(|l| l.name == rule) {
            Some(at) => at,
            None => {
                out.push(RuleLine {
                    name: rule,
                    spans: Vec::new(),
                });
                out.len() - 1
            }
        };
        if let Some(last) = out[line].spans.last_mut() {
            last.0.to_ns = at;
        }
        out[line]
            .spans
            .push((TimeRange::new(at, range.to_ns.max(at + 1)), state));
    }
    out
}

/// How far around a change its CloudTrail events are looked for.
const AROUND: i64 = 10 * time::MINUTE;

/// CloudTrail events that the item names, or that name the resource shortly before it was recorded.
pub fn ask_around(item: &Item, id: &str) -> Query {
    let named = Expr::In {
        field: "eventID".into(),
        values: item.related_events.clone(),
    };
    let near = Expr::Text(id.to_owned()).and(Expr::Compare {
        field: "readOnly".into(),
        op: crate::query::Op::Ne,
        value: Value::Bool(true),
    });
    let columns = ["eventTime", "eventName", "principal", "eventID", "errorCode"];
    Query {
        kinds: vec!["cloudtrail".to_owned()],
        range: Some(TimeRange::new(item.at_ns - AROUND, item.at_ns + time::MINUTE)),
        filter: Expr::Or(vec![named, near]),
        select: Select::Rows(Rows {
            columns: columns.iter().map(|c| (*c).to_owned()).collect(),
            sort: Sort {
                field: "eventTime".to_owned(),
                descending: true,
            },
            window: Window::From {
                start: None,
                count: 20,
            },
        }),
    }
}

/// The state a resource was in at a moment: the last item not after it.
pub fn state_at(items: &[Item], at_ns: i64) -> Option<usize> {
    items.iter().rposition(|i| i.at_ns <= at_ns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_holds_until_it_is_evaluated_again() {
        let row = |at: i64, state: &str| {
            vec![
                "restricted-ssh".into(),
                Value::Time(at),
                state.into(),
                Value::Int(1),
            ]
        };
        let answer = Answer {
            rows: vec![row(10, "NON_COMPLIANT"), row(50, "COMPLIANT")],
            ..Answer::default()
        };
        let lines = rules(&answer, TimeRange::new(0, 100));
        assert_eq!(lines.len(), 1);
        assert_eq!(
            lines[0].spans[0],
            (TimeRange::new(10, 50), Compliance::NonCompliant)
        );
        assert_eq!(
            lines[0].spans[1],
            (TimeRange::new(50, 100), Compliance::Compliant)
        );
    }
}
