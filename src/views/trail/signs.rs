//! Signs in the lanes: what a principal did for the first time, and what VPC endpoints let through or denied.

use super::model::{KINDS, Plan, failed};
use crate::base::{TimeRange, Value, size};
use crate::chart::{Buckets, Lane, MOST_SIGNS, Marks, Sign, SignKind};
use crate::query::{Agg, Answer, Expr, Key, Order, Query};
use crate::sessions::FirstSeens;
use crate::views::first::{calls_of, what_is_new};
use std::collections::HashMap;

/// The error code of a call that an endpoint's policy denied.
const DENIED: &str = "VpceAccessDenied";
/// Signs that stand as one become a filter if they are about no more than this; else their time is looked at closer.
const MOST_PARTS: usize = 12;

/// CloudTrail's network activity events. A call through an endpoint that its service recorded names the endpoint too,
/// but is none.
fn network_activity() -> Expr {
    let is = Expr::eq("eventCategory", "NetworkActivity");
    // Their category is no column of every export.
    Expr::Or(vec![
        is,
        Expr::any_of("eventType", &["AwsVpceEvent", "AwsVpceEvents"]),
    ])
}

fn is_denied() -> Expr {
    Expr::eq("errorCode", DENIED)
}

/// What endpoints let through and denied over time, by what lanes stand for.
pub fn ask_endpoints(field: &str, step_ns: i64) -> Query {
    let by = vec![
        Key::Field(field.to_owned()),
        Key::Time { width_ns: step_ns },
        Key::Field("vpcEndpointId".to_owned()),
        Key::If(is_denied()),
    ];
    let aggs = vec![
        Agg::Count,
        Agg::CountIf(failed()),
        Agg::Min("@timestamp".to_owned()),
    ];
    Query::groups(&KINDS, by, aggs)
        .filter(network_activity())
        .order(Order::Key)
        .limit(100_000)
}

/// Signs on their way into lanes, each with the filter that leads to its calls.
pub struct Signs<'a> {
    /// By what lanes show: which lane.
    at: HashMap<&'a str, usize>,
    found: Vec<Vec<(Sign, Expr)>>,
}

impl<'a> Signs<'a> {
    pub fn new(plan: &'a Plan) -> Signs<'a> {
        let slots = plan.slots.iter().enumerate();
        Signs {
            at: slots
                .flat_map(|(n, slot)| slot.values.iter().map(move |v| (v.as_str(), n)))
                .collect(),
            found: vec![Vec::new(); plan.slots.len()],
        }
    }

    fn add(&mut self, value: &str, sign: Sign, calls: Expr) {
        let lane = self.at.get(value).and_then(|&n| self.found.get_mut(n));
        if let Some(lane) = lane {
            lane.push((sign, calls));
        }
    }

    /// What principals did for the first time. It is judged by everything in the files; a sign stands where the lane has
    /// calls under the page's filter and range.
    pub fn first_seen(&mut self, first: &FirstSeens, lanes: &[Lane], buckets: Buckets) {
        for seen in &first.seen {
            let at_ns = seen.habit.first_ns;
            let Some(&lane) = self.at.get(seen.habit.principal.as_str()) else {
                continue;
            };
            let has_calls = lanes.get(lane).is_some_and(|lane| calls_at(lane, buckets, at_ns));
            if has_calls {
                let sign = Sign {
                    at_ns,
                    kind: SignKind::FirstSeen,
                    label: what_is_new(seen),
                    count: 1,
                };
                self.add(&seen.habit.principal, sign, calls_of(seen));
            }
        }
    }

    /// Out of the answer to [`ask_endpoints`].
    pub fn endpoints(&mut self, field: &str, answer: &Answer) {
        for row in &answer.rows {
            let [Value::Text(value), _, endpoint, Value::Bool(denied), counts @ ..] = row.as_slice() else {
                continue;
            };
            let number = |n: usize| counts.get(n).and_then(Value::as_i64);
            let Some(at_ns) = number(2) else { continue };
            let count = |n: usize| number(n).and_then(|n| u64::try_from(n).ok()).unwrap_or(0);
            let mut label = match endpoint {
                Value::Absent => "an endpoint that is not named".to_owned(),
                named => named.to_text(),
            };
            let mut calls = Expr::eq(field, value.as_str()).and(network_activity());
            calls = calls.and(match endpoint {
                Value::Absent => !Expr::exists("vpcEndpointId"),
                named => Expr::eq("vpcEndpointId", named.clone()),
            });
            let kind = if *denied {
                calls = calls.and(is_denied());
                SignKind::Denied
            } else {
                calls = calls.and(!is_denied());
                // What an endpoint lets through its service may still refuse.
                if count(1) > 0 {
                    label.push_str(&format!(" ({} failed behind it)", size::count(count(1))));
                }
                SignKind::LetThrough
            };
            let sign = Sign {
                at_ns,
                kind,
                label,
                count: count(0),
            };
            self.add(value, sign, calls);
        }
    }

    /// Puts them into the lanes; gives back the filter of each, in the order of [`Lane::signs`].
    pub fn into_lanes(self, lanes: &mut [Lane]) -> Vec<Vec<Expr>> {
        let mut behind = Vec::new();
        for (lane, mut found) in lanes.iter_mut().zip(self.found) {
            found.sort_by(|(a, _), (b, _)| (a.kind, a.at_ns, &a.label).cmp(&(b.kind, b.at_ns, &b.label)));
            if found.len() > MOST_SIGNS {
                let rest = found.split_off(MOST_SIGNS);
                if let Some((last, _)) = found.last_mut() {
                    let more = rest.iter().map(|(s, _)| s.count);
                    last.count = more.fold(last.count, u64::saturating_add);
                    last.label.push_str(", and what there is no room for");
                }
            }
            let (signs, filters): (Vec<Sign>, Vec<Expr>) = found.into_iter().unzip();
            lane.signs = signs;
            behind.push(filters);
        }
        behind
    }
}

/// Whether a lane has calls in the bucket of a time.
fn calls_at(lane: &Lane, buckets: Buckets, at_ns: i64) -> bool {
    let slot = at_ns
        .saturating_sub(buckets.from_ns)
        .div_euclid(buckets.step_ns.max(1));
    let Marks::Density(marks) = &lane.marks else {
        return false;
    };
    let mark = usize::try_from(slot).ok().and_then(|s| marks.get(s));
    mark.is_some_and(|calls| calls.total() > 0)
}

/// What is done with signs that are chosen.
#[derive(Clone, Debug, PartialEq)]
pub enum Lead {
    /// Their calls.
    Calls(Expr),
    /// They are about too much for a filter that can be read: their time.
    Closer(TimeRange),
}

/// What the signs of a run lead to.
pub fn lead(signs: &[Sign], behind: &[Expr]) -> Option<Lead> {
    let mut parts: Vec<Expr> = Vec::new();
    for part in behind {
        if !parts.contains(part) {
            parts.push(part.clone());
        }
        if parts.len() > MOST_PARTS {
            let (first, last) = (signs.first()?.at_ns, signs.last()?.at_ns);
            return Some(Lead::Closer(TimeRange::new(first, last.saturating_add(1))));
        }
    }
    let only = (parts.len() == 1).then(|| parts.pop()).flatten();
    match only {
        Some(only) => Some(Lead::Calls(only)),
        None if parts.is_empty() => None,
        None => Some(Lead::Calls(Expr::Or(parts))),
    }
}

/// Whether any lane has a sign of a kind: what the key explains.
pub fn any(lanes: &[Lane], kind: SignKind) -> bool {
    lanes.iter().any(|l| l.signs.iter().any(|s| s.kind == kind))
}

#[cfg(test)]
mod tests {
    use super::super::model::{Slot, Stands, lanes};
    use super::*;
    use crate::sessions::{Dimension, FirstSeen, Habit};

    const BUCKETS: Buckets = Buckets {
        from_ns: 0,
        step_ns: 10,
        len: 4,
    };

    fn slot(name: &str, values: &[&str]) -> Slot {
        Slot {
            name: name.to_owned(),
            detail: String::new(),
            count: 1,
            flag: None,
            values: values.iter().map(|v| (*v).to_owned()).collect(),
            stands: Stands::Value,
        }
    }

    fn plan() -> Plan {
        Plan {
            slots: vec![slot("ana", &["ana"]), slot("app", &["app/i-1", "app/i-2"])],
            ..Plan::default()
        }
    }

    /// Lanes with one call each in the buckets of these times.
    fn with_calls(plan: &Plan, calls: &[(&str, i64)]) -> Vec<Lane> {
        let call = |&(who, at): &(&str, i64)| {
            vec![
                who.into(),
                Value::Time(at),
                Value::Int(1),
                Value::Int(1),
                Value::Int(0),
            ]
        };
        let marks = Answer {
            rows: calls.iter().map(call).collect(),
            ..Answer::default()
        };
        lanes(plan, &marks, &Answer::default(), BUCKETS)
    }

    fn new(principal: &str, at: i64, service: &str) -> FirstSeen {
        FirstSeen {
            habit: Habit {
                principal: principal.to_owned(),
                first_ns: at,
                service: service.to_owned(),
                ..Habit::default()
            },
            new: vec![Dimension::Service],
            baseline_ns: 0,
        }
    }

    #[test]
    fn what_is_new_stands_on_the_lane_of_its_principal_where_that_has_calls() {
        let plan = plan();
        let mut lanes = with_calls(&plan, &[("ana", 10), ("app/i-2", 30)]);
        let first = FirstSeens {
            seen: vec![
                new("ana", 12, "kms"),
                new("ana", 22, "filtered away"),
                new("ana", 90, "after the range"),
                new("app/i-2", 35, "s3"),
                new("eve", 12, "no lane"),
            ],
            ..FirstSeens::default()
        };
        let mut signs = Signs::new(&plan);
        signs.first_seen(&first, &lanes, BUCKETS);
        let behind = signs.into_lanes(&mut lanes);
        let said: Vec<Vec<(i64, &str)>> = lanes
            .iter()
            .map(|l| l.signs.iter().map(|s| (s.at_ns, s.label.as_str())).collect())
            .collect();
        assert_eq!(said, [vec![(12, "service kms")], vec![(35, "service s3")]]);
        assert_eq!(
            behind[1],
            [calls_of(&first.seen[3])],
            "its session, not the whole role"
        );
    }

    fn passed(who: &str, at: i64, endpoint: Value, denied: bool, all: i64, failed: i64) -> Vec<Value> {
        vec![
            who.into(),
            Value::Time(at),
            endpoint,
            Value::Bool(denied),
            Value::Int(all),
            Value::Int(failed),
            Value::Time(at + 3),
        ]
    }

    #[test]
    fn what_an_endpoint_denied_is_told_from_what_failed_behind_it() {
        let plan = plan();
        let mut lanes = with_calls(&plan, &[("ana", 10)]);
        let answer = Answer {
            rows: vec![
                passed("ana", 10, "vpce-1".into(), false, 5, 2),
                passed("ana", 10, "vpce-1".into(), true, 3, 3),
                passed("ana", 10, Value::Absent, false, 1, 0),
                passed("eve", 10, "vpce-1".into(), true, 1, 1),
            ],
            ..Answer::default()
        };
        let mut signs = Signs::new(&plan);
        signs.endpoints("principal", &answer);
        let behind = signs.into_lanes(&mut lanes);
        let said: Vec<_> = lanes[0]
            .signs
            .iter()
            .map(|s| (s.kind, s.at_ns, s.label.as_str(), s.count))
            .collect();
        assert_eq!(
            said,
            [
                (SignKind::Denied, 13, "vpce-1", 3),
                (SignKind::LetThrough, 13, "an endpoint that is not named", 1),
                (SignKind::LetThrough, 13, "vpce-1 (2 failed behind it)", 5),
            ]
        );
        assert!(any(&lanes, SignKind::Denied) && !any(&lanes, SignKind::FirstSeen));
        assert_eq!(lanes[1].signs, []);
        assert_eq!(behind[0].len(), 3);
        assert_ne!(
            behind[0][0], behind[0][2],
            "a filter of its own for what was denied"
        );
    }

    #[test]
    fn few_signs_lead_to_their_calls_and_many_to_their_time() {
        let sign = |at_ns| Sign {
            at_ns,
            kind: SignKind::FirstSeen,
            label: String::new(),
            count: 1,
        };
        let calls = |n: usize| Expr::eq("eventSource", format!("{n}").as_str());
        let signs: Vec<Sign> = (0..40).map(sign).collect();
        let behind: Vec<Expr> = (0..40).map(calls).collect();
        assert_eq!(lead(&[], &[]), None);
        assert_eq!(lead(&signs[..1], &behind[..1]), Some(Lead::Calls(calls(0))));
        let twice = [calls(1), calls(1)];
        assert_eq!(lead(&signs[..2], &twice), Some(Lead::Calls(calls(1))));
        let two = Lead::Calls(Expr::Or(vec![calls(0), calls(1)]));
        assert_eq!(lead(&signs[..2], &behind[..2]), Some(two));
        assert_eq!(lead(&signs, &behind), Some(Lead::Closer(TimeRange::new(0, 40))));
    }

    #[test]
    fn more_signs_than_can_be_told_apart_are_counted_in_the_last() {
        let plan = plan();
        let mut lanes = with_calls(&plan, &[("ana", 10)]);
        let seen = (0..MOST_SIGNS + 5).map(|n| new("ana", 10, &n.to_string()));
        let first = FirstSeens {
            seen: seen.collect(),
            ..FirstSeens::default()
        };
        let mut signs = Signs::new(&plan);
        signs.first_seen(&first, &lanes, BUCKETS);
        let behind = signs.into_lanes(&mut lanes);
        assert_eq!((lanes[0].signs.len(), behind[0].len()), (MOST_SIGNS, MOST_SIGNS));
        assert_eq!(lanes[0].signs.last().map(|s| s.count), Some(6));
    }
}
