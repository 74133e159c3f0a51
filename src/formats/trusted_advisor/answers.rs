//! Answers of the Support API and the Trusted Advisor API.

use super::{COLUMNS, Check, join_names, plain_text};
use crate::base::hash::FastMap;
use crate::formats::Confidence;
use crate::formats::finding::{self, Finding, Light};
use crate::formats::json::document::{Around, Column, Kind, Rows};
use crate::formats::json::lazy::{Json, Object};

/// Answers of both APIs; remembers the checks it has read.
#[derive(Default)]
pub(super) struct Answers {
    checks: FastMap<String, Check>,
}

/// Arrays of the answers and what one element is.
const ARRAYS: &[(&str, &str)] = &[
    ("checks", "check"),
    ("checkSummaries", "check"),
    ("summaries", "summary"),
    ("statuses", "summary"),
    ("recommendationSummaries", "recommendation"),
    ("organizationRecommendationSummaries", "recommendation"),
    ("recommendationResourceSummaries", "resource"),
    ("organizationRecommendationResourceSummaries", "resource"),
];
/// Single recommendations.
const SINGLE: &[&str] = &["recommendation", "organizationRecommendation"];

impl Kind for Answers {
    const RECORD: &'static str = "Trusted Advisor answer";

    fn columns() -> &'static [Column] {
        &COLUMNS
    }

    fn probe(_: Json<'_>, object: &Object<'_>, _: &Around) -> Option<Confidence> {
        let first = |key: &str, wanted: &[&str]| {
            let items = object.get(key).filter(|_| object.has(key))?;
            let first = items.elements().next()?.object();
            wanted.iter().all(|w| first.has(w)).then_some(Confidence::Certain)
        };
        let result = |r: Json<'_>| {
            let inner = r.object();
            inner.has("checkId") && (inner.has("flaggedResources") || inner.has("resourcesSummary"))
        };
        if object.get("result").is_some_and(result) || is_result(object) {
            return Some(Confidence::Certain);
        }
        let advisor = |r: Json<'_>| {
            let inner = r.object();
            inner.has("pillars") || inner.text("arn").is_some_and(|a| a.contains(":trustedadvisor:"))
        };
        if SINGLE.iter().any(|k| object.get(k).is_some_and(advisor)) {
            return Some(Confidence::Certain);
        }
        let unique = ARRAYS
            .iter()
            .map(|&(k, _)| k)
            .filter(|k| k.ends_with("Summaries"));
        if unique
            .into_iter()
            .any(|k| k.contains("ecommendation") && object.has(k))
        {
            return Some(Confidence::Certain);
        }
        first("checks", &["id", "category", "metadata"])
            .or_else(|| first("checkSummaries", &["pillars"]))
            .or_else(|| first("summaries", &["checkId", "resourcesSummary"]))
            .or_else(|| first("statuses", &["checkId", "millisUntilNextRefreshable"]))
    }

    fn read(&mut self, value: Json<'_>, around: &Around, rows: &mut Rows<'_, '_>) -> bool {
        let object = value.object();
        if let Some(result) = object.get("result").filter(|r| r.is_object()) {
            self.result(result, around, rows);
            return true;
        }
        if is_result(&object) {
            self.result(value, around, rows);
            return true;
        }
        let mut found = false;
        for key in SINGLE {
            if let Some(one) = object.get(key).filter(|v| v.is_object()) {
                self.row(one, "recommendation", None, around, rows);
                found = true;
            }
        }
        for &(key, kind) in ARRAYS {
            if let Some(items) = object.get(key).filter(|v| object.has(key) && v.is_array()) {
                items
                    .elements()
                    .for_each(|item| self.row(item, kind, None, around, rows));
                found = true;
            }
        }
        if !found && let Some(kind) = bare(&object) {
            self.row(value, kind, None, around, rows);
            found = true;
        }
        found
    }
}

/// A check's result without the key `result` around it.
fn is_result(object: &Object<'_>) -> bool {
    object.has("checkId") && object.has("flaggedResources")
}

/// An element of one of the arrays, alone on a line.
fn bare(object: &Object<'_>) -> Option<&'static str> {
    if object.has("category") && object.has("metadata") && object.has("id") {
        Some("check")
    } else if object.has("checkId") && object.has("resourcesSummary") {
        Some("summary")
    } else if object.has("recommendationArn") && object.has("awsResourceId") {
        Some("resource")
    } else if object.has("pillars") && object.has("resourcesAggregates") {
        Some("recommendation")
    } else {
        None
    }
}

impl Answers {
    /// One row for each flagged resource; for a check that flagged none, one for its result.
    fn result(&mut self, result: Json<'_>, around: &Around, rows: &mut Rows<'_, '_>) {
        let object = result.object();
        let mut any = false;
        if let Some(flagged) = object.get("flaggedResources") {
            for item in flagged.elements() {
                any = true;
                self.row(item, "resource", Some(&object), around, rows);
            }
        }
        if !any {
            self.row(result, "result", None, around, rows);
        }
    }

    /// `result` is the result that a flagged resource stands in.
    fn row(
        &mut self,
        item: Json<'_>,
        kind: &'static str,
        result: Option<&Object<'_>>,
        around: &Around,
        rows: &mut Rows<'_, '_>,
    ) {
        rows.row(item, around, |object, cells| {
            let mut check = check_of(object, kind, result);
            if kind == "check" {
                self.checks.insert(check.id.clone(), check.clone());
            } else if let Some(known) = self.checks.get(&check.id) {
                check = known.clone();
            }
            if let Some(t) = result.and_then(|r| r.get("timestamp")).and_then(Json::time) {
                cells.int("timestamp", t);
            }
            cells.text("recordType", kind);
            // A recommendation's resource names the recommendation, not the check.
            if !object.has("recommendationArn") {
                cells.text("checkId", &check.id);
            }
            cells.text("checkName", &check.name);
            cells.text("category", check.category.unwrap_or_default());
            cells.text("account", &account(object));
            cells.text(
                "description",
                &plain_text(&object.text("description").unwrap_or_default()),
            );
            let columns = if kind == "check" { &[][..] } else { &check.columns };
            let metadata = object
                .get("metadata")
                .map(|m| named(m, columns))
                .unwrap_or_default();
            cells.list("metadata", &metadata);

            let status = object.text("status").unwrap_or_default();
            let suppressed = object.get("isSuppressed").and_then(Json::bool) == Some(true)
                || object.text("exclusionStatus").is_some_and(|s| s == "excluded")
                || object.text("lifecycleStage").is_some_and(|s| s == "dismissed");
            let resolved = object.text("lifecycleStage").is_some_and(|s| s == "resolved");
            let light = Light::of_verdict(&status).unwrap_or_default();
            // A recommendation and its resources meet in the recommendation's id.
            let own_id = object
                .text("id")
                .filter(|_| kind == "recommendation")
                .unwrap_or_default();
            let title = if check.name.is_empty() {
                let said = metadata.iter().map(String::as_str).filter(|v| *v != "-");
                said.collect::<Vec<_>>().join(" · ")
            } else {
                check.name.clone()
            };
            Finding {
                title: &title,
                light: if resolved { Light::Green } else { light },
                severity: None,
                category: Some(check.category.unwrap_or("")),
                excluded: suppressed,
                check: if own_id.is_empty() { &check.id } else { &own_id },
            }
            .write(cells);
        });
    }
}

/// The check that a record is about, as far as the record says.
fn check_of(object: &Object<'_>, kind: &str, result: Option<&Object<'_>>) -> Check {
    let text = |key: &str| object.text(key).unwrap_or_default().into_owned();
    let from_arn = |key: &str| text(key).rsplit('/').next().unwrap_or_default().to_owned();
    let id = match kind {
        "check" => text("id"),
        "recommendation" if object.has("checkArn") => from_arn("checkArn"),
        "recommendation" => text("id"),
        "resource" if object.has("recommendationArn") => from_arn("recommendationArn"),
        _ => result
            .and_then(|r| r.text("checkId"))
            .map_or_else(|| text("checkId"), Into::into),
    };
    let pillar = || object.get("pillars")?.elements().next()?.plain();
    let category = object.text("category").or_else(pillar);
    let mut columns = Vec::new();
    if let Some(names) = object.get("metadata").filter(|_| kind == "check") {
        columns.extend(
            names
                .elements()
                .map(|n| n.plain().unwrap_or_default().into_owned()),
        );
    }
    Check {
        id,
        name: text("name"),
        category: category.and_then(|c| finding::category(&c)),
        columns,
    }
}

/// The account in an ARN of the record.
fn account(object: &Object<'_>) -> String {
    ["arn", "recommendationArn"]
        .iter()
        .filter_map(|key| object.text(key)?.split(':').nth(4).map(str::to_owned))
        .find(|a| !a.is_empty())
        .or_else(|| object.text("accountId").map(Into::into))
        .unwrap_or_default()
}

/// Metadata values, with their names where they are known: `Volume ID: vol-1`.
fn named(metadata: Json<'_>, columns: &[String]) -> Vec<String> {
    if metadata.is_object() {
        let (names, values): (Vec<String>, Vec<String>) = metadata
            .object()
            .fields
            .iter()
            .map(|(key, v)| {
                // Some checks number their values.
                let name = if key.bytes().all(|b| b.is_ascii_digit()) {
                    ""
                } else {
                    key
                };
                (name.to_owned(), v.plain().unwrap_or_default().into_owned())
            })
            .unzip();
        return join_names(values.into_iter(), &names);
    }
    let values = metadata
        .elements()
        .map(|v| v.plain().unwrap_or_default().into_owned());
    join_names(values, columns)
}
