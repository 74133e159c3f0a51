//! Findings for other tools: OCSF (class Detection Finding) and AWS's own format (ASFF).
//!
//! What both need and a finding lacks is said as "not known" where the schema has a word for it: an account of zeros, a
//! severity of informational (ASFF has no other), the time of sharing.

#[cfg(test)]
mod tests;

use crate::base::{Value, time};
use crate::query::Answer;
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// What a check or a detection came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Red,
    Yellow,
    Green,
    /// Not available.
    None,
}

impl Status {
    /// From `findingStatus`.
    pub fn of_word(word: &str) -> Status {
        match word {
            "red" => Status::Red,
            "yellow" => Status::Yellow,
            "green" => Status::Green,
            _ => Status::None,
        }
    }

    /// What an open finding of this severity is, without a verdict of its own.
    fn of_severity(severity: Option<Severity>) -> Status {
        match severity {
            Some(Severity::Critical | Severity::High) => Status::Red,
            Some(Severity::Medium | Severity::Low) => Status::Yellow,
            Some(Severity::Informational) => Status::Green,
            None => Status::None,
        }
    }

    /// ASFF's `Compliance.Status`, in words that OCSF's `status_code` takes as well.
    fn verdict(self) -> &'static str {
        match self {
            Status::Red => "FAILED",
            Status::Yellow => "WARNING",
            Status::Green => "PASSED",
            Status::None => "NOT_AVAILABLE",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Critical,
    High,
    Medium,
    Low,
    Informational,
}

impl Severity {
    /// From `severityLabel` or a rule's severity.
    pub fn of_word(word: &str) -> Option<Severity> {
        Some(match word {
            "critical" => Severity::Critical,
            "high" => Severity::High,
            "medium" => Severity::Medium,
            "low" => Severity::Low,
            "informational" | "info" => Severity::Informational,
            _ => return None,
        })
    }

    /// OCSF's `severity` and `severity_id`.
    fn ocsf(severity: Option<Severity>) -> (&'static str, u8) {
        match severity {
            Some(Severity::Critical) => ("Critical", 5),
            Some(Severity::High) => ("High", 4),
            Some(Severity::Medium) => ("Medium", 3),
            Some(Severity::Low) => ("Low", 2),
            Some(Severity::Informational) => ("Informational", 1),
            None => ("Unknown", 0),
        }
    }

    fn asff(severity: Option<Severity>) -> &'static str {
        match severity {
            Some(Severity::Critical) => "CRITICAL",
            Some(Severity::High) => "HIGH",
            Some(Severity::Medium) => "MEDIUM",
            Some(Severity::Low) => "LOW",
            Some(Severity::Informational) | None => "INFORMATIONAL",
        }
    }
}

/// A finding as it is told to other tools. A text that is not known is empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    pub title: String,
    /// The title where it is empty.
    pub description: String,
    /// `None`: what the severity says.
    pub status: Option<Status>,
    pub severity: Option<Severity>,
    /// Suppressed or archived by a person.
    pub excluded: bool,
    /// Arns or names.
    pub resources: Vec<String>,
    pub resource_type: String,
    /// Twelve digits.
    pub account: String,
    pub region: String,
    pub first_ns: Option<i64>,
    pub last_ns: Option<i64>,
    /// Who found it.
    pub tool: String,
    /// The check, rule or generator.
    pub rule: String,
    /// The finder's own id of it.
    pub id: String,
}

/// What [`Told::of_rows`] wants to be asked for, as columns of rows.
pub const COLUMNS: [&str; 14] = [
    "@kind",
    "@timestamp",
    "id",
    "findingTitle",
    "findingStatus",
    "severityLabel",
    "findingExcluded",
    "checkKey",
    "resource",
    "resourceType",
    "account",
    "region",
    "service",
    "description",
];

/// Kinds whose findings are no verdicts of a check: their status follows from the severity while they are open.
const DETECTIONS: [&str; 2] = ["guardduty", "inspector"];

impl Told {
    /// A finding of a rule over logs, in the fields of [`Told`]: the caller adds times, account, region and resources.
    /// `severity` is a rule's severity in its word.
    pub fn lead(rule: &str, title: &str, detail: &str, severity: &str) -> Told {
        Told {
            title: title.to_owned(),
            description: detail.to_owned(),
            severity: Severity::of_word(severity),
            tool: "Trailbeam".to_owned(),
            rule: rule.to_owned(),
            ..Told::default()
        }
    }

    /// The rows of an answer that was asked for [`COLUMNS`], in any order; a column that is missing is not known.
    pub fn of_rows(answer: &Answer) -> Vec<Told> {
        let places: HashMap<&str, usize> = answer
            .columns
            .iter()
            .zip(0..)
            .map(|(c, at)| (c.name.as_str(), at))
            .collect();
        answer
            .rows
            .iter()
            .map(|row| {
                Told::of_row(|name| {
                    places
                        .get(name)
                        .and_then(|&at| row.get(at))
                        .unwrap_or(&Value::Absent)
                })
            })
            .collect()
    }

    fn of_row<'a>(cell: impl Fn(&str) -> &'a Value) -> Told {
        let text = |name: &str| cell(name).to_text();
        let severity = Severity::of_word(&text("severityLabel"));
        let status = Status::of_word(&text("findingStatus"));
        let kind = text("@kind");
        let follows = DETECTIONS.contains(&kind.as_str()) && status == Status::of_severity(severity);
        let tool = text("service");
        let at_ns = cell("@timestamp").as_i64();
        Told {
            title: text("findingTitle"),
            description: text("description"),
            status: (!follows).then_some(status),
            severity,
            excluded: matches!(cell("findingExcluded"), Value::Bool(true)),
            resources: match cell("resource") {
                Value::List(items) => items.clone(),
                other => Some(other.to_text())
                    .filter(|t| !t.is_empty())
                    .into_iter()
                    .collect(),
            },
            resource_type: match cell("resourceType") {
                Value::List(items) => items.first().cloned().unwrap_or_default(),
                other => other.to_text(),
            },
            account: text("account"),
            region: text("region"),
            first_ns: at_ns,
            last_ns: at_ns,
            tool: if tool.is_empty() { kind } else { tool },
            rule: text("checkKey"),
            id: text("id"),
        }
    }

    /// The same for the same finding of the same thing, whatever came of it.
    fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        let texts = [
            &self.tool,
            &self.rule,
            &self.id,
            &self.title,
            &self.account,
            &self.region,
        ];
        for text in texts.into_iter().chain(&self.resources) {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        // A check's result has the time of the check; what a detection is about has its own.
        if self.id.is_empty() && self.status.is_none() {
            hash.update(self.first_ns.unwrap_or(i64::MIN).to_be_bytes());
        }
        hash.finalize().into()
    }

    fn described(&self) -> &str {
        if self.description.is_empty() {
            self.titled()
        } else {
            &self.description
        }
    }

    fn titled(&self) -> &str {
        if self.title.is_empty() {
            "Finding"
        } else {
            &self.title
        }
    }
}

/// An id for each: hashes, numbered where findings are alike in everything that counts.
fn ids(told: &[Told]) -> Vec<String> {
    let mut seen: HashMap<[u8; 32], u64> = HashMap::new();
    let id = |t: &Told| {
        let digest = t.digest();
        let n = seen.entry(digest).or_default();
        *n += 1;
        let hex: String = digest.iter().map(|b| format!("{b:02x}")).collect();
        if *n == 1 { hex } else { format!("{hex}-{n}") }
    };
    told.iter().map(id).collect()
}

/// Findings as a JSON array of OCSF events, class Detection Finding (2004) of version 1.5. `created_ns` is the time of
/// sharing.
pub fn ocsf(told: &[Told], created_ns: i64) -> Vec<u8> {
    let events: Vec<Json> = told
        .iter()
        .zip(ids(told))
        .map(|(t, id)| ocsf_event(t, id, created_ns))
        .collect();
    written(&Json::from(events))
}

fn ocsf_event(t: &Told, id: String, created_ns: i64) -> Json {
    let ms = |ns: i64| ns.div_euclid(1_000_000);
    let (severity, severity_id) = Severity::ocsf(t.severity);
    let (status, status_id) = if t.excluded { ("Suppressed", 3) } else { ("New", 1) };
    let info = object([
        ("uid", Json::from(id)),
        ("title", t.titled().into()),
        ("desc", t.described().into()),
        ("first_seen_time", t.first_ns.map(ms).into()),
        ("last_seen_time", t.last_ns.map(ms).into()),
        ("data_sources", list(&[t.tool.as_str()])),
        (
            "analytic",
            object([
                ("uid", known(&t.rule)),
                ("type_id", 1.into()),
                ("type", "Rule".into()),
            ]),
        ),
    ]);
    let resource = |uid: &String| {
        object([
            ("uid", Json::from(uid.as_str())),
            ("type", known(&t.resource_type)),
            ("region", known(&t.region)),
        ])
    };
    let resources: Vec<Json> = t.resources.iter().map(resource).collect();
    let account = object([
        ("uid", known(&t.account)),
        ("type_id", 10.into()),
        ("type", "AWS Account".into()),
    ]);
    object([
        ("activity_id", Json::from(1)),
        ("activity_name", "Create".into()),
        ("category_uid", 2.into()),
        ("category_name", "Findings".into()),
        ("class_uid", 2004.into()),
        ("class_name", "Detection Finding".into()),
        ("type_uid", 200_401.into()),
        ("type_name", "Detection Finding: Create".into()),
        ("time", ms(t.last_ns.or(t.first_ns).unwrap_or(created_ns)).into()),
        ("severity", severity.into()),
        ("severity_id", severity_id.into()),
        ("status", status.into()),
        ("status_id", status_id.into()),
        ("status_code", t.status.map(Status::verdict).into()),
        ("message", t.titled().into()),
        ("finding_info", info),
        (
            "resources",
            if resources.is_empty() {
                Json::Null
            } else {
                resources.into()
            },
        ),
        (
            "cloud",
            object([
                ("provider", "AWS".into()),
                ("region", known(&t.region)),
                ("account", if t.account.is_empty() { Json::Null } else { account }),
            ]),
        ),
        (
            "metadata",
            object([
                ("version", "1.5.0".into()),
                ("event_code", known(&t.rule)),
                ("profiles", list(&["cloud"])),
                (
                    "product",
                    json!({"name": "Trailbeam", "vendor_name": "Trailbeam"}),
                ),
            ]),
        ),
    ])
}

/// Findings as `{"Findings": […]}`, what `aws securityhub batch-import-findings --cli-input-json` takes (a hundred at a
/// time). `created_ns` is the time of sharing.
pub fn asff(told: &[Told], created_ns: i64) -> Vec<u8> {
    let findings: Vec<Json> = told
        .iter()
        .zip(ids(told))
        .map(|(t, id)| asff_finding(t, &id, created_ns))
        .collect();
    written(&json!({ "Findings": findings }))
}

fn asff_finding(t: &Told, id: &str, created_ns: i64) -> Json {
    let is_account = t.account.len() == 12 && t.account.bytes().all(|b| b.is_ascii_digit());
    let account = if is_account {
        t.account.as_str()
    } else {
        "000000000000"
    };
    let is_region = |r: &str| {
        r.contains('-')
            && r.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let region = if is_region(&t.region) {
        t.region.as_str()
    } else {
        "us-east-1"
    };
    let partition = match region {
        r if r.starts_with("cn-") => "aws-cn",
        r if r.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    };
    let first = time::iso(t.first_ns.or(t.last_ns).unwrap_or(created_ns));
    let last = time::iso(t.last_ns.or(t.first_ns).unwrap_or(created_ns));
    // The format knows its own resource types alone.
    let (known_type, details) = match t.resource_type.as_str() {
        "" => ("Other", Json::Null),
        own if own.starts_with("Aws") && own.bytes().all(|b| b.is_ascii_alphanumeric()) => (own, Json::Null),
        other => ("Other", json!({"Other": {"resourceType": cut(other, 1024)}})),
    };
    let unknown = ["unknown".to_owned()];
    let uids = if t.resources.is_empty() {
        &unknown[..]
    } else {
        &t.resources
    };
    // No more than 32 are taken.
    let resources = uids.iter().take(32).map(|uid| {
        object([
            ("Id", Json::from(cut(uid, 512))),
            ("Type", known_type.into()),
            ("Partition", partition.into()),
            ("Region", region.into()),
            ("Details", details.clone()),
        ])
    });
    let kind = if t.status.is_some() {
        "Software and Configuration Checks"
    } else {
        "Unusual Behaviors"
    };
    let rule = if t.rule.is_empty() { t.titled() } else { &t.rule };
    object([
        ("SchemaVersion", Json::from("2018-10-08")),
        ("Id", format!("trailbeam/{id}").into()),
        (
            "ProductArn",
            format!("arn:{partition}:securityhub:{region}:{account}:product/{account}/default").into(),
        ),
        ("GeneratorId", cut(rule, 512).into()),
        ("AwsAccountId", account.into()),
        ("Region", region.into()),
        ("Types", list(&[kind])),
        ("CreatedAt", first.as_str().into()),
        ("UpdatedAt", last.as_str().into()),
        ("FirstObservedAt", t.first_ns.map(time::iso).into()),
        ("LastObservedAt", t.last_ns.map(time::iso).into()),
        ("Severity", json!({"Label": Severity::asff(t.severity)})),
        ("Title", cut(t.titled(), 256).into()),
        ("Description", cut(t.described(), 1024).into()),
        (
            "ProductFields",
            object([("trailbeam/tool", known(&t.tool)), ("trailbeam/id", known(&t.id))]),
        ),
        ("Resources", resources.collect::<Vec<_>>().into()),
        (
            "Compliance",
            t.status.map_or(Json::Null, |s| json!({"Status": s.verdict()})),
        ),
        (
            "Workflow",
            json!({"Status": if t.excluded { "SUPPRESSED" } else { "NEW" }}),
        ),
        ("RecordState", "ACTIVE".into()),
    ])
}

/// An object without the fields that are not known.
fn object<const N: usize>(fields: [(&str, Json); N]) -> Json {
    let known = fields.into_iter().filter(|(_, value)| !value.is_null());
    Json::Object(
        known
            .map(|(name, value)| (name.to_owned(), value))
            .collect::<Map<_, _>>(),
    )
}

fn known(text: &str) -> Json {
    if text.is_empty() { Json::Null } else { text.into() }
}

fn list(texts: &[&str]) -> Json {
    let known: Vec<&str> = texts.iter().copied().filter(|t| !t.is_empty()).collect();
    if known.is_empty() {
        Json::Null
    } else {
        known.into()
    }
}

/// At most so many characters.
fn cut(text: &str, most: usize) -> &str {
    let end = text.char_indices().nth(most).map(|(at, _)| at);
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

fn written(value: &Json) -> Vec<u8> {
    // Keys of a `Value` are sorted, so that equal findings are equal bytes.
    value.to_string().into_bytes()
}
