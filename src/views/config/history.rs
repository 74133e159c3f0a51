//! One resource's history: its items, what its rules said of it, and its state at any moment.

use super::model::{KINDS, ResourceKey};
use crate::base::{TimeRange, Value, time};
use crate::chart::{Change, ChangeKind, Compliance, RuleLine};
use crate::query::{Agg, Answer, Expr, Key, Order, Place, Query, Rows, Select, Sort, Window};

/// Items of one resource shown; the first ones of a longer history.
pub const MOST_ITEMS: usize = 500;

/// All items of a resource in the order of time.
pub fn ask_history(key: &ResourceKey) -> Query {
    let columns = [
        "configurationItemCaptureTime",
        "configurationItemStatus",
        "relatedEvents",
        "relationships",
    ];
    Query {
        kinds: KINDS.map(str::to_owned).to_vec(),
        range: None,
        filter: key.filter(),
        select: Select::Rows(Rows {
            columns: columns.map(str::to_owned).to_vec(),
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
            related_events: list(r.get(2)),
            relationships: list(r.get(3)),
            place: place.clone(),
        })
        .collect();
    out.sort_by_key(|i| i.at_ns);
    out.truncate(MOST_ITEMS);
    out
}

/// The two items that are compared: chosen by their times, else the last and the one before it. `nothing` compares
/// with no item.
pub fn compared(items: &[Item], before: &str, after: &str) -> (Option<usize>, usize) {
    let find = |iso: &str| {
        let at = time::parse_iso(iso.as_bytes())?;
        items.iter().rposition(|i| i.at_ns == at)
    };
    let after = find(after).unwrap_or(items.len().saturating_sub(1));
    let before = match before {
        "nothing" => None,
        iso => find(iso).or(after.checked_sub(1)),
    };
    (before, after)
}

/// The state a resource was in at a moment: the last item not after it.
pub fn state_at(items: &[Item], at_ns: i64) -> Option<usize> {
    items.iter().rposition(|i| i.at_ns <= at_ns)
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

/// The change in so few words that they stand over a dot: `rule added`, `networkInterfaces removed`.
fn first_words(summary: &str) -> String {
    let end = summary.find([':', ',', ';', '(']).unwrap_or(summary.len());
    let words = summary.get(..end).unwrap_or_default();
    // What identifies an item of a list is too long for a label.
    let mut out = String::with_capacity(words.len());
    let mut depth = 0usize;
    for c in words.chars() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out.trim().to_owned()
}

/// Evaluations of a resource in the order of time.
pub fn ask_compliance(key: &ResourceKey) -> Query {
    let by = vec![
        Key::Field("ConfigRuleName".into()),
        Key::Field("ResultRecordedTime".into()),
        Key::Field("ComplianceType".into()),
    ];
    Query::groups(&["config-compliance"], by, vec![Agg::Count])
        .filter(Expr::eq("ResourceId", key.id.as_str()))
        .order(Order::Key)
        .limit(2000)
}

/// The time a life line shows: from the first item or evaluation to the last, or to the end of what is loaded.
pub fn life(items: &[Item], evaluations: Option<&Answer>, loaded: Option<TimeRange>) -> Option<TimeRange> {
    let evaluated = evaluations.into_iter().flat_map(|a| &a.rows);
    let evaluated = evaluated.filter_map(|r| r.get(1).and_then(Value::as_i64));
    let times: Vec<i64> = items.iter().map(|i| i.at_ns).chain(evaluated).collect();
    let (first, last) = (*times.iter().min()?, *times.iter().max()?);
    let end = loaded.map_or(last, |l| l.to_ns.max(last));
    Some(TimeRange::new(first, end.max(first.saturating_add(1))))
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
        let spans = &mut out[line].spans;
        if let Some(last) = spans.last_mut() {
            last.0.to_ns = at;
            // The same verdict again is the same band.
            if last.1 == state {
                last.0.to_ns = range.to_ns.max(at + 1);
                continue;
            }
        }
        spans.push((TimeRange::new(at, range.to_ns.max(at + 1)), state));
    }
    out
}

/// What the rules last said: the worst of them, how many say so, and since when.
pub fn standing(rules: &[RuleLine]) -> Option<(Compliance, usize, i64)> {
    let last = rules.iter().filter_map(|r| r.spans.last());
    let last: Vec<(Compliance, i64)> = last.map(|(span, state)| (*state, span.from_ns)).collect();
    let worst = [
        Compliance::NonCompliant,
        Compliance::Unknown,
        Compliance::Compliant,
    ];
    let worst = worst.into_iter().find(|w| last.iter().any(|(s, _)| s == w))?;
    let of_it = || last.iter().filter(|(s, _)| *s == worst);
    // Broken since the first that broke; whole since the last that was mended.
    let since = match worst {
        Compliance::Compliant => of_it().map(|(_, t)| *t).max(),
        _ => of_it().map(|(_, t)| *t).min(),
    };
    Some((worst, of_it().count(), since?))
}
