//! Lanes out of answers: one a principal, service, event name …, the rest in one lane at the end.

use crate::base::{TimeRange, Value};
use crate::chart::{Buckets, Calls, Lane, Marks};
use crate::query::{Agg, Answer, Expr, Key, Order, Query};
use crate::views::shared::buckets;

/// Kinds this view asks.
pub const KINDS: [&str; 1] = ["cloudtrail"];
/// Lanes beside the one for the rest.
pub const LANES: usize = 14;
/// Stretches of time in a lane.
pub const BUCKETS: i64 = 220;

/// What lanes can stand for: the id in the URL, the word, the field.
pub const LANE_CHOICES: [(&str, &str, &str); 7] = [
    ("principal", "principal", "principal"),
    ("service", "service", "eventSource"),
    ("event", "event name", "eventName"),
    ("address", "source address", "sourceIPAddress"),
    ("account", "account", "recipientAccountId"),
    ("region", "region", "awsRegion"),
    ("outcome", "outcome", "errorCode"),
];

/// The field behind a choice.
pub fn lane_field(choice: &str) -> &'static str {
    let found = LANE_CHOICES.iter().find(|c| c.0 == choice);
    found.map_or("principal", |c| c.2)
}

/// Calls that only look. CloudTrail says so itself; where it does not, the call counts as a write.
pub fn reads() -> Expr {
    Expr::Compare {
        field: "readOnly".into(),
        op: crate::query::Op::Eq,
        value: Value::Bool(true),
    }
}

pub fn failed() -> Expr {
    Expr::exists("errorCode")
}

/// The lanes there are, the fullest first.
pub fn ask_lanes(field: &str) -> Query {
    let aggs = vec![
        Agg::Count,
        Agg::CountIf(failed()),
        Agg::Some("userIdentity.accessKeyId".into(), 2),
        Agg::Some("userIdentity.type".into(), 2),
    ];
    Query::groups(&KINDS, vec![Key::Field(field.into())], aggs)
        .order(Order::Desc(0))
        .limit(LANES)
}

/// Calls over time in these lanes, and in all others together (under `false`).
pub fn ask_marks(field: &str, names: &[String], step_ns: i64) -> (Query, Query) {
    let aggs = || vec![Agg::CountIf(reads()), Agg::Count, Agg::CountIf(failed())];
    let mine = Expr::In {
        field: field.into(),
        values: names.to_vec(),
    };
    let time = Key::Time { width_ns: step_ns };
    let lanes = Query::groups(&KINDS, vec![Key::Field(field.into()), time.clone()], aggs());
    let others = Query::groups(&KINDS, vec![time], aggs());
    (
        lanes.filter(mine.clone()).order(Order::Key).limit(60_000),
        others.filter(!mine).order(Order::Key).limit(20_000),
    )
}

/// Lanes ready to draw, and the buckets they share.
pub fn lanes(
    tops: &Answer,
    marks: &Answer,
    others: &Answer,
    range: TimeRange,
    step_ns: i64,
) -> (Buckets, Vec<Lane>) {
    let buckets = buckets(range, step_ns);
    let slot = |at: &Value| {
        let at = at.as_i64()?;
        usize::try_from((at - buckets.from_ns).div_euclid(step_ns))
            .ok()
            .filter(|&s| s < buckets.len)
    };
    let calls = |reads: &Value, all: &Value, failed: &Value| {
        let n = |v: &Value| v.as_i64().unwrap_or(0).max(0) as u64;
        Calls {
            reads: n(reads),
            writes: n(all).saturating_sub(n(reads)),
            failed: n(failed),
        }
    };
    let mut out: Vec<Lane> = tops
        .rows
        .iter()
        .map(|row| {
            let name = row.first().map(Value::to_text).unwrap_or_default();
            let count = row.get(1).and_then(Value::as_i64).unwrap_or(0).max(0) as u64;
            let keys = row.get(3).map(Value::to_text).unwrap_or_default();
            let types = row.get(4).map(Value::to_text).unwrap_or_default();
            lane(
                name,
                if keys.is_empty() { types } else { keys },
                count,
                buckets.len,
            )
        })
        .collect();
    for row in &marks.rows {
        let [name, at, reads, all, failed] = row.as_slice() else {
            continue;
        };
        let name = name.to_text();
        if let (Some(lane), Some(s)) = (out.iter_mut().find(|l| l.name == name), slot(at))
            && let Marks::Density(d) = &mut lane.marks
        {
            d[s] = calls(reads, all, failed);
        }
    }
    let more = tops.groups.saturating_sub(tops.rows.len() as u64);
    let rest = others.matched;
    if rest > 0 {
        let name = if more > 0 {
            format!("{more} others")
        } else {
            "without one".to_owned()
        };
        let mut lane = lane(name, String::new(), rest, buckets.len);
        if let Marks::Density(d) = &mut lane.marks {
            for row in &others.rows {
                let [at, reads, all, failed] = row.as_slice() else {
                    continue;
                };
                if let Some(s) = slot(at) {
                    d[s] = calls(reads, all, failed);
                }
            }
        }
        // The lane of records without a value stands here as well.
        out.retain(|l| !l.name.is_empty());
        out.push(lane);
    }
    (buckets, out)
}

fn lane(name: String, detail: String, count: u64, buckets: usize) -> Lane {
    Lane {
        name,
        detail,
        count,
        flag: None,
        marks: Marks::Density(vec![Calls::default(); buckets]),
        sessions: Vec::new(),
        insights: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[Value]) -> Vec<Value> {
        cells.to_vec()
    }

    #[test]
    fn every_call_is_in_a_lane() {
        let tops = Answer {
            rows: vec![row(&[
                "ci".into(),
                Value::Int(3),
                Value::Int(1),
                Value::List(vec!["AKIA".into()]),
                Value::Absent,
            ])],
            groups: 3,
            ..Answer::default()
        };
        let marks = Answer {
            rows: vec![
                row(&[
                    "ci".into(),
                    Value::Time(0),
                    Value::Int(1),
                    Value::Int(2),
                    Value::Int(1),
                ]),
                row(&[
                    "ci".into(),
                    Value::Time(20),
                    Value::Int(0),
                    Value::Int(1),
                    Value::Int(0),
                ]),
            ],
            ..Answer::default()
        };
        let others = Answer {
            rows: vec![row(&[
                Value::Time(10),
                Value::Int(4),
                Value::Int(4),
                Value::Int(0),
            ])],
            matched: 4,
            ..Answer::default()
        };
        let (buckets, lanes) = lanes(&tops, &marks, &others, TimeRange::new(0, 30), 10);
        assert_eq!(buckets.from_ns, 0);
        assert_eq!(lanes.len(), 2);
        assert_eq!((lanes[0].name.as_str(), lanes[0].detail.as_str()), ("ci", "AKIA"));
        assert_eq!(lanes[1].name, "2 others");
        let sum = |l: &Lane| match &l.marks {
            Marks::Density(d) => d.iter().map(|c| c.reads + c.writes).sum::<u64>(),
            Marks::Exact(_) => 0,
        };
        assert_eq!(lanes.iter().map(sum).collect::<Vec<_>>(), vec![3, 4]);
    }
}
