//! Stories in `tests/sessions/`: events after AWS's documentation, what is asked of them, and what is told.

mod groups;
mod properties;
mod stories;
mod tell;

use super::{Grant, Identity, Use};
use crate::base::hash::FastMap;
use crate::base::time::{HOUR, parse_iso};
use serde_json::Value;

/// A time of the stories' days: `11 02:44` is in November 2026.
fn at(text: &str) -> i64 {
    let (day, clock) = text.split_once(' ').expect("a day and a time");
    parse_iso(format!("2026-11-{day}T{clock}:00Z").as_bytes()).expect("a time")
}

/// What the engine makes of events: groups by the hour.
fn uses(events: &[Value]) -> Vec<Use> {
    let mut groups: FastMap<(Identity, String, String, i64), Use> = FastMap::default();
    for event in events {
        let text = |key: &str| event.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
        let who = event.get("userIdentity").map(Identity::of).unwrap_or_default();
        let at_ns = parse_iso(text("eventTime").as_bytes()).expect("a time");
        let place = (
            who.clone(),
            text("sourceIPAddress"),
            text("userAgent"),
            at_ns / HOUR,
        );
        let one = groups.entry(place).or_insert_with(|| Use {
            first_ns: at_ns,
            last_ns: at_ns,
            principal: who.label(),
            who,
            address: text("sourceIPAddress"),
            agent: text("userAgent"),
            calls: 0,
            errors: 0,
        });
        one.first_ns = one.first_ns.min(at_ns);
        one.last_ns = one.last_ns.max(at_ns);
        one.calls += 1;
        let failed = ["errorCode", "errorMessage"]
            .iter()
            .any(|key| event.get(key).is_some());
        one.errors += u64::from(failed);
    }
    groups.into_values().collect()
}

fn grants(events: &[Value]) -> Vec<Grant> {
    events.iter().filter_map(Grant::of).collect()
}
