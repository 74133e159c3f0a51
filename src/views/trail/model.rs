//! Lanes out of answers: one a principal, service, event name …, role sessions under their role, the rest in one lane at
//! the end.

use crate::base::Value;
use crate::chart::{self, Buckets, Calls, Frame, Hole, Ink, Lane, Lanes, Marks, Scene};
use crate::query::{Agg, Answer, Expr, Key, Op, Order, Query};
use crate::rules::{Finding, Severity};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Kinds this view asks.
pub const KINDS: [&str; 1] = ["cloudtrail"];
/// Lanes beside the one for the rest, at first.
pub const LANES: usize = 12;
/// Lanes that the one for the rest opens at a time.
pub const MORE: usize = 20;
/// Values that may have a lane.
const VALUES: usize = 300;
/// Stretches of time in a lane.
pub const BUCKETS: i64 = 220;
/// A role with so many sessions is one lane that opens.
const SESSIONS: usize = 3;

/// What lanes can stand for: the id in the URL, the word, the field.
pub const LANE_CHOICES: [(&str, &str, &str); 8] = [
    ("principal", "principal", "principal"),
    ("service", "service", "eventSource"),
    ("event", "event name", "eventName"),
    ("address", "source address", "sourceIPAddress"),
    ("account", "account", "recipientAccountId"),
    ("region", "region", "awsRegion"),
    ("outcome", "outcome", "outcome"),
    ("error", "error code", "errorCode"),
];

/// The field behind a choice.
pub fn lane_field(choice: &str) -> &'static str {
    let found = LANE_CHOICES.iter().find(|c| c.0 == choice);
    found.map_or("principal", |c| c.2)
}

/// Columns of the event list and their widths (CSS pixels): what came of a call is in sight beside what it was.
pub const COLUMNS: [(&str, f64); 8] = [
    ("eventTime", 166.0),
    ("eventName", 168.0),
    ("eventSource", 138.0),
    ("principal", 138.0),
    ("outcome", 80.0),
    ("errorCode", 112.0),
    ("awsRegion", 90.0),
    ("resource", 110.0),
];

/// Error codes by how often they came.
pub fn ask_errors() -> Query {
    Query::groups(&KINDS, vec![Key::Field("errorCode".into())], vec![Agg::Count])
        .filter(Expr::exists("errorCode"))
        .order(Order::Desc(0))
        .limit(10)
}

/// Console sign-ins by principal and what came of them, with an address of each.
pub fn ask_sign_ins() -> Query {
    let by = vec![Key::Field("principal".into()), Key::Field("outcome".into())];
    let aggs = vec![Agg::Count, Agg::Some("sourceIPAddress".into(), 1)];
    Query::groups(&KINDS, by, aggs)
        .filter(Expr::eq("eventName", "ConsoleLogin"))
        .order(Order::Desc(0))
        .limit(10)
}

/// Events that no lane can show, for they do not say when they happened.
pub fn ask_timeless() -> Query {
    Query::groups(&KINDS, Vec::new(), vec![Agg::Count]).filter(!Expr::exists("@timestamp"))
}

/// Calls that only look. CloudTrail says so itself; where it does not, the call counts as a write.
fn reads() -> Expr {
    Expr::eq("readOnly", Value::Bool(true))
}

/// Calls that were refused or went wrong, and sign-ins that failed.
pub fn failed() -> Expr {
    Expr::eq("outcome", "failed")
}

/// The values that may have a lane, the fullest first.
pub fn ask_values(field: &str) -> Query {
    let aggs = vec![
        Agg::Count,
        Agg::Some("userIdentity.accessKeyId".into(), 3),
        Agg::Some("userIdentity.type".into(), 2),
    ];
    Query::groups(&KINDS, vec![Key::Field(field.into())], aggs)
        .order(Order::Desc(0))
        .limit(VALUES)
}

/// Calls by these keys: those that only look, all, and those that failed.
fn ask_calls(by: Vec<Key>) -> Query {
    let aggs = vec![Agg::CountIf(reads()), Agg::Count, Agg::CountIf(failed())];
    Query::groups(&KINDS, by, aggs).order(Order::Key)
}

/// Calls over time by what lanes stand for.
pub fn ask_lanes(field: &str, step_ns: i64) -> Query {
    let time = Key::Time { width_ns: step_ns };
    ask_calls(vec![Key::Field(field.into()), time]).limit(100_000)
}

/// Calls over time of these values, and of all others together.
pub fn ask_marks(field: &str, values: &[String], step_ns: i64) -> (Query, Query) {
    let mine = Expr::In {
        field: field.into(),
        values: values.to_vec(),
    };
    let others = ask_calls(vec![Key::Time { width_ns: step_ns }]);
    (
        ask_lanes(field, step_ns).filter(mine.clone()),
        others.filter(!mine).limit(20_000),
    )
}

/// What a lane stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Stands {
    /// One value.
    Value,
    /// A role with several sessions; open, they have lanes of their own and it has no marks.
    Role { open: bool },
    /// A session under its open role.
    Session,
}

/// A lane before its marks.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    pub name: String,
    /// In the second line: keys, identity type, `8 instances`.
    pub detail: String,
    pub count: u64,
    pub flag: Option<Severity>,
    /// The field's values whose calls it shows.
    pub values: Vec<String>,
    pub stands: Stands,
}

/// Lanes in order, and what has none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    pub slots: Vec<Slot>,
    /// Values without a lane.
    pub others: u64,
    /// Some of them could have one.
    pub more: bool,
}

impl Plan {
    /// All values that have a lane.
    pub fn values(&self) -> Vec<String> {
        self.slots.iter().flat_map(|s| s.values.iter().cloned()).collect()
    }
}

/// Gives lanes to the values of an answer to [`ask_values`]: flagged ones first, then by count, at most `most` of them;
/// sessions of a role in `open` come under it.
pub fn plan(
    tops: &Answer,
    field: &str,
    most: usize,
    open: &BTreeSet<String>,
    flags: &BTreeMap<String, Severity>,
) -> Plan {
    let values: Vec<Slot> = tops.rows.iter().filter_map(|row| slot(row, flags)).collect();
    let known = values.len();
    let mut slots = if field == "principal" {
        by_role(values)
    } else {
        values.into_iter().map(|v| vec![v]).collect()
    };
    slots.sort_by_key(|s| {
        s.first()
            .map(|s| (s.flag.is_none(), s.flag, std::cmp::Reverse(s.count)))
    });
    let more = slots.len() > most;
    slots.truncate(most);
    let mut plan = Plan {
        more,
        ..Plan::default()
    };
    for mut group in slots {
        let sessions = group.split_off(1.min(group.len()));
        let Some(mut first) = group.pop() else { continue };
        let is_open = open.contains(&first.name);
        if let Stands::Role { open } = &mut first.stands {
            *open = is_open;
            if is_open {
                first.values.clear();
            }
        }
        plan.slots.push(first);
        if is_open {
            plan.slots.extend(sessions);
        }
    }
    // The group of records without a value is none of the others.
    let absent = u64::from(known < tops.rows.len());
    let shown = plan.slots.iter().map(|s| s.values.len() as u64).sum();
    plan.others = tops.groups.saturating_sub(absent).saturating_sub(shown);
    plan
}

fn slot(row: &[Value], flags: &BTreeMap<String, Severity>) -> Option<Slot> {
    let name = row.first().filter(|v| !v.is_absent())?.to_text();
    let texts = |i: usize| match row.get(i) {
        Some(Value::List(items)) => items.clone(),
        Some(Value::Absent) | None => Vec::new(),
        Some(one) => vec![one.to_text()],
    };
    let (keys, types) = (texts(2), texts(3));
    let known = std::iter::once(&name).chain(&keys).filter_map(|n| flags.get(n));
    Some(Slot {
        flag: known.min().copied(),
        detail: if keys.is_empty() { types } else { keys }.join(", "),
        count: count(row.get(1)),
        values: vec![name.clone()],
        name,
        stands: Stands::Value,
    })
}

/// Sessions of a role behind a lane for the role, where there are several; every other lane alone.
fn by_role(values: Vec<Slot>) -> Vec<Vec<Slot>> {
    let mut sessions: BTreeMap<String, Vec<Slot>> = BTreeMap::new();
    let mut out = Vec::new();
    for slot in values {
        match slot.name.split_once('/') {
            Some((role, _)) => sessions.entry(role.to_owned()).or_default().push(slot),
            None => out.push(vec![slot]),
        }
    }
    for (role, mut all) in sessions {
        if all.len() < SESSIONS {
            out.extend(all.into_iter().map(|s| vec![s]));
            continue;
        }
        let instances = all.iter().all(|s| s.name.contains("/i-"));
        let noun = if instances { "instances" } else { "sessions" };
        for session in &mut all {
            session.stands = Stands::Session;
        }
        let whole = Slot {
            name: role,
            detail: format!("{} {noun}", all.len()),
            count: all.iter().map(|s| s.count).sum(),
            flag: all.iter().filter_map(|s| s.flag).min(),
            values: all.iter().flat_map(|s| s.values.clone()).collect(),
            stands: Stands::Role { open: false },
        };
        all.insert(0, whole);
        out.push(all);
    }
    out
}

/// Values of a field, and access keys, that findings of some weight are about.
pub fn flags<'a>(findings: impl IntoIterator<Item = &'a Finding>, field: &str) -> BTreeMap<String, Severity> {
    let mut out = BTreeMap::new();
    for finding in findings.into_iter().filter(|f| f.severity <= Severity::Medium) {
        let mut named = Vec::new();
        mentioned(
            &finding.evidence.filter,
            &[field, "userIdentity.accessKeyId"],
            &mut named,
        );
        for name in named {
            let worst = out.entry(name).or_insert(finding.severity);
            *worst = finding.severity.min(*worst);
        }
    }
    out
}

/// What a condition demands these fields to be.
fn mentioned(filter: &Expr, fields: &[&str], out: &mut Vec<String>) {
    match filter {
        Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(|p| mentioned(p, fields, out)),
        Expr::Compare {
            field,
            op: Op::Eq,
            value,
        } if fields.contains(&field.as_str()) => out.push(value.to_text()),
        _ => {}
    }
}

/// The ink of a flag.
pub fn flag_ink(severity: Severity) -> Ink {
    match severity {
        Severity::Critical => Ink::SeverityCritical,
        Severity::High => Ink::SeverityHigh,
        _ => Ink::SeverityMedium,
    }
}

fn count(value: Option<&Value>) -> u64 {
    let n = value.and_then(Value::as_i64).unwrap_or(0);
    u64::try_from(n).unwrap_or(0)
}

/// Lanes ready to draw, out of the answers to [`ask_marks`]; the last one is for the rest, where there is any.
pub fn lanes(plan: &Plan, marks: &Answer, others: &Answer, buckets: Buckets) -> Vec<Lane> {
    let mut out: Vec<Lane> = plan.slots.iter().map(|slot| lane(slot, buckets.len)).collect();
    let mut at: HashMap<&str, usize> = HashMap::new();
    for (n, slot) in plan.slots.iter().enumerate() {
        at.extend(slot.values.iter().map(|v| (v.as_str(), n)));
    }
    for row in &marks.rows {
        let [Value::Text(value), cells @ ..] = row.as_slice() else {
            continue;
        };
        if let Some(lane) = at.get(value.as_str()).and_then(|&n| out.get_mut(n)) {
            add(lane, cells, buckets);
        }
    }
    if others.matched > 0 {
        let rest = Slot {
            name: match plan.others {
                0 => "without one".to_owned(),
                1 => "1 other".to_owned(),
                n => format!("{n} others"),
            },
            detail: String::new(),
            count: others.matched,
            flag: None,
            values: Vec::new(),
            stands: Stands::Value,
        };
        let mut lane = lane(&rest, buckets.len);
        for row in &others.rows {
            add(&mut lane, row, buckets);
        }
        out.push(lane);
    }
    out
}

/// The scene of lanes. `names` writes names, details and counts too; on screen the page writes them.
pub fn scene(frame: Frame, buckets: Buckets, lanes: &[Lane], holes: &[Hole], names: bool) -> Scene {
    chart::lanes(&Lanes {
        title: "CloudTrail events",
        frame,
        buckets,
        lanes,
        holes,
        names,
        selected: None,
    })
}

/// Counts `(time, reads, all, failed)` into a lane.
fn add(lane: &mut Lane, cells: &[Value], buckets: Buckets) {
    let ([Value::Time(at), reads, all, failed], Marks::Density(marks)) = (cells, &mut lane.marks) else {
        return;
    };
    let slot = at
        .saturating_sub(buckets.from_ns)
        .div_euclid(buckets.step_ns.max(1));
    if let Some(mark) = usize::try_from(slot).ok().and_then(|s| marks.get_mut(s)) {
        mark.reads += count(Some(reads));
        mark.writes += count(Some(all)).saturating_sub(count(Some(reads)));
        mark.failed += count(Some(failed));
    }
}

fn lane(slot: &Slot, buckets: usize) -> Lane {
    Lane {
        name: slot.name.clone(),
        detail: slot.detail.clone(),
        count: slot.count,
        flag: slot.flag.map(flag_ink),
        marks: Marks::Density(vec![Calls::default(); buckets]),
        sessions: Vec::new(),
        insights: Vec::new(),
        signs: Vec::new(),
    }
}

/// A name in two parts, of which the second is never cut: sessions of a role differ at their end.
pub fn halves(name: &str) -> (&str, &str) {
    const TAIL: usize = 9;
    let chars = name.chars().count();
    let cut = name
        .char_indices()
        .nth(chars.saturating_sub(TAIL))
        .filter(|_| chars > 2 * TAIL);
    cut.map_or((name, ""), |(at, _)| name.split_at(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Evidence;

    fn tops(rows: &[(&str, i64)]) -> Answer {
        let row = |&(name, n): &(&str, i64)| {
            let value = if name.is_empty() {
                Value::Absent
            } else {
                name.into()
            };
            vec![
                value,
                Value::Int(n),
                Value::List(vec![format!("AKIA-{name}")]),
                Value::Absent,
            ]
        };
        Answer {
            rows: rows.iter().map(row).collect(),
            groups: rows.len() as u64,
            ..Answer::default()
        }
    }

    fn names(plan: &Plan) -> Vec<&str> {
        plan.slots.iter().map(|s| s.name.as_str()).collect()
    }

    fn planned(tops: &Answer, most: usize, open: &[&str], flags: &BTreeMap<String, Severity>) -> Plan {
        let open = open.iter().map(|o| (*o).to_owned()).collect();
        plan(tops, "principal", most, &open, flags)
    }

    #[test]
    fn sessions_of_a_role_are_one_lane_until_it_is_opened() {
        let all = tops(&[
            ("ci", 50),
            ("app/i-1", 20),
            ("app/i-2", 20),
            ("app/i-3", 20),
            ("dev/ana", 5),
        ]);
        let closed = planned(&all, 12, &[], &BTreeMap::new());
        assert_eq!(names(&closed), ["app", "ci", "dev/ana"]);
        assert_eq!(
            (closed.slots[0].detail.as_str(), closed.slots[0].count),
            ("3 instances", 60)
        );
        assert_eq!(closed.values().len(), 5);
        let open = planned(&all, 12, &["app"], &BTreeMap::new());
        assert_eq!(
            names(&open),
            ["app", "app/i-1", "app/i-2", "app/i-3", "ci", "dev/ana"]
        );
        assert!(open.slots[0].values.is_empty(), "its calls are drawn once");
        assert_eq!((open.values().len(), open.others), (5, 0));
    }

    #[test]
    fn the_rest_has_a_lane_that_opens() {
        let all = tops(&[("a", 9), ("b", 8), ("c", 7), ("", 6)]);
        let few = planned(&all, 2, &[], &BTreeMap::new());
        assert_eq!((names(&few), few.others, few.more), (vec!["a", "b"], 1, true));
        let more = planned(&all, 2 + MORE, &[], &BTreeMap::new());
        assert_eq!((more.slots.len(), more.others, more.more), (3, 0, false));
    }

    #[test]
    fn what_a_finding_is_about_comes_first() {
        let finding = |severity, filter| Finding {
            rule: "r".into(),
            title: "t".into(),
            severity,
            detail: String::new(),
            subject: String::new(),
            count: 1,
            first_ns: None,
            last_ns: None,
            evidence: Evidence {
                kinds: Vec::new(),
                filter,
                range: None,
            },
            view: "trail".into(),
        };
        let found = [
            finding(
                Severity::Medium,
                Expr::eq("eventName", "A").and(Expr::eq("principal", "c")),
            ),
            finding(Severity::High, Expr::eq("userIdentity.accessKeyId", "AKIA-b")),
            finding(Severity::Low, Expr::eq("principal", "a")),
        ];
        let flags = flags(&found, "principal");
        let plan = planned(&tops(&[("a", 9), ("b", 8), ("c", 7)]), 9, &[], &flags);
        assert_eq!(names(&plan), ["b", "c", "a"]);
        assert_eq!(plan.slots[1].flag, Some(Severity::Medium));
        assert_eq!(plan.slots[2].flag, None);
    }

    #[test]
    fn every_call_is_in_a_lane() {
        let int = Value::Int;
        let mark = |name: &str, at, reads, all, failed| {
            vec![name.into(), Value::Time(at), int(reads), int(all), int(failed)]
        };
        let marks = Answer {
            rows: vec![
                mark("ci", 0, 1, 2, 1),
                mark("ci", 20, 0, 1, 0),
                mark("ci", 25, 1, 1, 0),
            ],
            ..Answer::default()
        };
        let others = Answer {
            rows: vec![vec![Value::Time(10), int(4), int(4), int(0)]],
            matched: 4,
            ..Answer::default()
        };
        let mut all = tops(&[("ci", 4)]);
        all.groups = 3;
        let buckets = Buckets {
            from_ns: 0,
            step_ns: 10,
            len: 3,
        };
        let lanes = lanes(&planned(&all, 9, &[], &BTreeMap::new()), &marks, &others, buckets);
        let calls = |lane: usize| match &lanes[lane].marks {
            Marks::Density(d) => d
                .iter()
                .map(|c| (c.reads, c.writes, c.failed))
                .collect::<Vec<_>>(),
            Marks::Exact(_) => Vec::new(),
        };
        assert_eq!(calls(0), [(1, 1, 1), (0, 0, 0), (1, 1, 0)]);
        assert_eq!(lanes[1].name, "2 others");
        assert_eq!(calls(1), [(0, 0, 0), (4, 0, 0), (0, 0, 0)]);
    }

    #[test]
    fn long_names_keep_their_ends() {
        assert_eq!(halves("ci-deploy"), ("ci-deploy", ""));
        assert_eq!(
            halves("app-instance-role/i-0abcdef9d971"),
            ("app-instance-role/i-0ab", "cdef9d971")
        );
        assert_eq!(halves("ärger-ärger-ärger-ärger").1.chars().count(), 9);
    }
}
