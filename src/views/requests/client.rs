//! One client's requests, cut into sessions where it paused.

use super::model::{KINDS, failed};
use crate::base::time::MINUTE;
use crate::base::{TimeRange, Value};
use crate::query::{Agg, Answer, Expr, Key, Order, Query};

/// A pause from which on another session begins: the usual measure of web analytics.
pub const PAUSE_NS: i64 = 30 * MINUTE;
pub const PAUSE_RULE: &str = "A session ends where the client paused for 30 minutes.";
/// Minutes with requests that are looked at.
const MINUTES: usize = 50_000;

/// What a client did between two pauses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// From its first request to just after its last.
    pub range: TimeRange,
    pub requests: i64,
    pub failed: i64,
    pub bytes: i128,
}

/// A client's records.
pub fn of_client(client: &str) -> Expr {
    Expr::eq("source", client)
}

/// A client's requests by minute.
pub fn ask_minutes(client: &str) -> Query {
    let aggs = vec![
        Agg::Count,
        Agg::CountIf(failed()),
        Agg::Sum("bytes".into()),
        Agg::Min("@timestamp".into()),
        Agg::Max("@timestamp".into()),
    ];
    Query::groups(KINDS, vec![Key::Time { width_ns: MINUTE }], aggs)
        .filter(of_client(client))
        .order(Order::Key)
        .limit(MINUTES)
}

/// Its sessions, in order of time.
pub fn visits(answer: &Answer) -> Vec<Visit> {
    let mut out: Vec<Visit> = Vec::new();
    for row in &answer.rows {
        let [_, requests, failed, bytes, Value::Time(first), Value::Time(last)] = row.as_slice() else {
            continue;
        };
        let number = |v: &Value| v.as_i64().unwrap_or(0);
        let bytes = match bytes {
            Value::Big(n) => *n,
            other => number(other).into(),
        };
        let end = last.saturating_add(1);
        match out.last_mut() {
            Some(visit) if first.saturating_sub(visit.range.to_ns) < PAUSE_NS => {
                visit.range.to_ns = visit.range.to_ns.max(end);
                visit.requests += number(requests);
                visit.failed += number(failed);
                visit.bytes += bytes;
            }
            _ => out.push(Visit {
                range: TimeRange::new(*first, end),
                requests: number(requests),
                failed: number(failed),
                bytes,
            }),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(at: i64, requests: i64) -> Vec<Value> {
        let at = at * MINUTE;
        vec![
            Value::Time(at),
            Value::Int(requests),
            Value::Int(1),
            Value::Int(10),
            Value::Time(at + 1),
            Value::Time(at + 2),
        ]
    }

    #[test]
    fn a_pause_of_half_an_hour_begins_another_session() {
        let answer = Answer {
            rows: vec![minute(0, 2), minute(29, 1), minute(59, 5), minute(90, 1)],
            ..Answer::default()
        };
        let told: Vec<(i64, i64, i128)> = visits(&answer)
            .iter()
            .map(|v| (v.range.from_ns / MINUTE, v.requests, v.bytes))
            .collect();
        // The pause counts from the last request: 29 min + 2 ns to 59 min + 1 ns is just below it.
        assert_eq!(told, [(0, 8, 30), (90, 1, 10)]);
    }

    #[test]
    fn records_without_a_time_are_in_no_session() {
        let mut row = minute(0, 2);
        row[0] = Value::Absent;
        row[4] = Value::Absent;
        let answer = Answer {
            rows: vec![row],
            ..Answer::default()
        };
        assert_eq!(visits(&answer), []);
    }
}
