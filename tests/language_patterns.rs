//! Filter patterns against the vectors of the specification, when these lie beside the project.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use trailbeam::language::pattern::Pattern;

const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/query-vectors.json");

/// A text is the message itself, an object a JSON message.
fn message(event: &Value) -> String {
    event.as_str().map_or_else(|| event.to_string(), str::to_owned)
}

/// What a vector expects and what was found; nothing when they are the same.
fn check(vector: &Value) -> Result<(), String> {
    let text = vector["text"].as_str().unwrap_or_default();
    let expect = &vector["expect"];
    let parsed = match Pattern::parse(text) {
        Ok(parsed) => parsed,
        Err(fault) => {
            let found = serde_json::json!({"what": fault.what, "at": fault.at});
            return same(&found, &expect["error"]);
        }
    };
    if !expect["error"].is_null() {
        return Err(format!("read, expected {}", expect["error"]));
    }
    let codes = |warnings: &[trailbeam::language::Fault]| warnings.iter().map(|w| w.what).collect::<Vec<_>>();
    let warned = serde_json::json!(codes(&parsed.warnings));
    let none = Value::Array(Vec::new());
    same(&warned, expect.get("warnings").unwrap_or(&none))?;

    let again =
        Pattern::parse(&parsed.pattern.to_string()).map_err(|fault| format!("written anew: {fault}"))?;
    for pattern in [&parsed.pattern, &again.pattern] {
        let events: Vec<String> = vector["events"]
            .as_array()
            .into_iter()
            .flatten()
            .map(message)
            .collect();
        let matched: Vec<usize> = (0..events.len())
            .filter(|i| pattern.matches(&events[*i]))
            .collect();
        same(&serde_json::json!(matched), &expect["matched"])?;
        if !expect["extracted"].is_null() {
            let extracted: Vec<BTreeMap<_, _>> = events
                .iter()
                .filter_map(|event| pattern.extract(event))
                .map(|fields| fields.into_iter().collect())
                .collect();
            same(&serde_json::json!(extracted), &expect["extracted"])?;
        }
    }
    Ok(())
}

fn same(found: &Value, expected: &Value) -> Result<(), String> {
    if found == expected {
        Ok(())
    } else {
        Err(format!("{found}, expected {expected}"))
    }
}

#[test]
fn every_vector_passes() {
    if !Path::new(VECTORS).exists() {
        println!("skipped: there are no vectors at {VECTORS}");
        return;
    }
    let text = fs::read_to_string(VECTORS).expect("the vectors can be read");
    let all: Value = serde_json::from_str(&text).expect("the vectors are JSON");
    let ours: Vec<&Value> = all["vectors"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|v| v["language"] == "filter-pattern")
        .collect();
    assert!(!ours.is_empty());
    let failed: Vec<String> = ours
        .iter()
        .filter_map(|v| {
            check(v)
                .err()
                .map(|why| format!("{} {} {}: {why}", v["id"], v["name"], v["text"]))
        })
        .collect();
    println!("{} of {} pass", ours.len() - failed.len(), ours.len());
    assert!(failed.is_empty(), "\n{}", failed.join("\n"));
}
