//! The page's tables as they are saved.

use super::{alarms, filters, steps, topics};
use crate::base::Value;
use crate::share::Sheet;

fn text(text: impl Into<String>) -> Value {
    match text.into() {
        none if none.is_empty() => Value::Absent,
        some => Value::Text(some),
    }
}

fn count(n: Option<u64>) -> Value {
    n.and_then(|n| i64::try_from(n).ok())
        .map_or(Value::Absent, Value::Int)
}

fn time(ns: Option<i64>) -> Value {
    ns.map_or(Value::Absent, Value::Time)
}

pub fn of_topics(rows: &[topics::Row]) -> Sheet {
    let row = |r: &topics::Row| {
        let events = r.events();
        vec![
            text(r.number.unwrap_or_default()),
            text(r.topic.title),
            text(r.severity.word()),
            count(events.map(|h| h.count)),
            time(events.and_then(|h| h.first_ns)),
            time(events.and_then(|h| h.last_ns)),
            text(r.filter()),
            text(r.ends().1),
            text(r.chain.says.clone()),
            text(r.topic.pattern),
        ]
    };
    let heads = [
        "Number", "Topic", "Severity", "Events", "First", "Last", "Filter", "Told", "Why", "Pattern",
    ];
    Sheet::new(&heads, rows.iter().map(row).collect())
}

/// `taken`: how many of the events that are loaded a pattern takes.
pub fn of_filters(rows: &[filters::Row], taken: impl Fn(&str) -> Option<u64>) -> Sheet {
    let row = |r: &filters::Row| {
        let lints: Vec<&str> = r.lints.iter().map(|l| l.says.as_str()).collect();
        vec![
            text(r.filter.filter_name.clone()),
            text(r.filter.log_group_name.clone()),
            text(r.filter.filter_pattern.clone()),
            text(r.said().1),
            text(lints.join(" ")),
            text(r.covers().join("; ")),
            count(taken(&r.filter.filter_pattern)),
            text(r.paths.first().map(|p| steps::ends(&p.end).1).unwrap_or_default()),
        ]
    };
    let heads = [
        "Filter",
        "Log group",
        "Pattern",
        "Wrong with it",
        "What is said",
        "Covers",
        "Events taken",
        "Where it ends",
    ];
    Sheet::new(&heads, rows.iter().map(row).collect())
}

pub fn of_alarms(rows: &[alarms::Row]) -> Sheet {
    let row = |r: &alarms::Row| {
        let not = match &r.judged {
            alarms::Judged::Not(why) => why.clone(),
            _ => String::new(),
        };
        vec![
            text(r.name.clone()),
            text(r.metric.clone().unwrap_or_default()),
            text(r.rule.clone()),
            text(r.now().1),
            text(not),
            text(r.in_file.map(|s| s.as_str()).unwrap_or_default()),
            count(r.times().map(|n| n as u64)),
            text(r.tells().1),
            text(steps::why(&r.end)),
        ]
    };
    let heads = [
        "Alarm",
        "Metric",
        "Rule",
        "State at the end",
        "Why not evaluated",
        "State in its file",
        "Times in alarm",
        "Tells",
        "Where it ends",
    ];
    Sheet::new(&heads, rows.iter().map(row).collect())
}
