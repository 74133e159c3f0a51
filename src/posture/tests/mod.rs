//! The posture against scenarios in `tests/posture/`, one file a service.

mod keys;
mod read;
mod scenarios;

use super::{Described, Place};
use serde_json::Value;

/// Reads one thing that was described.
fn add(into: &mut Described, item: &Value) {
    let text = |key: &str| item.get(key).and_then(Value::as_str).expect("a text").to_owned();
    let place = Place {
        kind: text("kind"),
        source: "export.json".to_owned(),
        offset: 7,
    };
    let body = item.get("body").expect("a body");
    into.add(
        &text("kind"),
        &text("type"),
        &text("account"),
        &text("region"),
        body,
        Some(place),
    );
}
