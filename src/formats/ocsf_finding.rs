//! Findings in the Open Cybersecurity Schema Framework (classes 2001 to 2007), e.g. from Security Hub or Security Lake.

use super::finding::{self, Finding, Light, Severity};
use super::json::document::{self, Around, Column, Kind, Rows, from, own, specs};
use super::json::lazy::{Json, Object};
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec, Group, Role};

pub struct OcsfFinding;

const OWN: &[Column] = &[
    from(
        FieldSpec::time("time").role(Role::Time),
        &[
            "time",
            "time_dt",
            "finding_info.modified_time",
            "finding_info.created_time",
            "@time",
        ],
    ),
    from(
        FieldSpec::text("finding_info.uid").role(Role::Id),
        &["finding_info.uid", "finding.uid", "metadata.uid"],
    ),
    from(
        FieldSpec::text("finding_info.title"),
        &["finding_info.title", "finding.title"],
    ),
    own(FieldSpec::text("severity")),
    own(FieldSpec::int("severity_id")),
    own(FieldSpec::text("status").role(Role::Status)),
    own(FieldSpec::text("status_code").role(Role::Outcome)),
    own(FieldSpec::text("compliance.status")),
    from(
        FieldSpec::list("resources.uid").role(Role::Resource),
        &["resources.uid", "resource.uid"],
    ),
    from(
        FieldSpec::list("resources.type").role(Role::ResourceType),
        &["resources.type", "resource.type"],
    ),
    from(
        FieldSpec::text("cloud.account.uid").role(Role::Account),
        &["cloud.account.uid", "cloud.account_uid", "@account"],
    ),
    from(
        FieldSpec::text("cloud.region").role(Role::Region),
        &["cloud.region", "resources.region", "@region"],
    ),
    own(FieldSpec::int("class_uid")),
    own(FieldSpec::text("class_name")),
    own(FieldSpec::text("activity_name").role(Role::Action)),
    own(FieldSpec::text("metadata.event_code")),
    own(FieldSpec::text("metadata.product.name").role(Role::Service)),
    own(FieldSpec::text("metadata.version")),
    own(FieldSpec::text("message")),
    from(
        FieldSpec::text("finding_info.desc"),
        &["finding_info.desc", "finding.desc"],
    ),
    from(
        FieldSpec::list("finding_info.types"),
        &["finding_info.types", "finding.types"],
    ),
    from(
        FieldSpec::text("finding_info.analytic.uid"),
        &["finding_info.analytic.uid", "finding_info.analytic.name"],
    ),
    from(
        FieldSpec::time("finding_info.created_time"),
        &[
            "finding_info.created_time",
            "finding_info.created_time_dt",
            "finding.created_time",
        ],
    ),
    from(
        FieldSpec::time("finding_info.first_seen_time"),
        &[
            "finding_info.first_seen_time",
            "finding_info.first_seen_time_dt",
            "finding.first_seen_time",
        ],
    ),
    from(
        FieldSpec::time("finding_info.last_seen_time"),
        &[
            "finding_info.last_seen_time",
            "finding_info.last_seen_time_dt",
            "finding.last_seen_time",
        ],
    ),
    own(FieldSpec::text("compliance.control")),
    own(FieldSpec::list("compliance.standards")),
    from(
        FieldSpec::list("vulnerabilities.cve.uid"),
        &["vulnerabilities.cve.uid"],
    ),
    own(FieldSpec::text("remediation.desc")),
    own(FieldSpec::list("remediation.references")),
    own(FieldSpec::address("evidences.src_endpoint.ip").role(Role::SourceAddress)),
];
const COLUMNS: [Column; OWN.len() + finding::ADDED] = finding::columns(OWN);
const FIELDS: [FieldSpec; COLUMNS.len()] = specs(&COLUMNS);

static FACTS: Facts = Facts {
    id: "ocsf-finding",
    title: "OCSF findings",
    records: "findings",
    group: Group::AwsService,
    spec_url: "https://schema.ocsf.io/categories/findings",
    shapes: &["JSON arrays", "JSON lines", "EventBridge events"],
    export_hint: "any exporter of OCSF findings, for example aws securityhub get-findings-v2 > findings.json",
    fields: &FIELDS,
    columns: &[
        "time",
        "severityLabel",
        "finding_info.title",
        "status",
        "resources.uid",
        "cloud.account.uid",
        "cloud.region",
    ],
    aliases: &[("title", "finding_info.title"), ("uid", "finding_info.uid")],
    dedupe: false,
};

impl LogFormat for OcsfFinding {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }
    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        document::probe::<Findings>(sample)
    }
    fn reader(&self, _: &Sample<'_>, options: &Options) -> Box<dyn Reader> {
        document::reader::<Findings>(options)
    }
}

#[derive(Default)]
struct Findings;

impl Kind for Findings {
    const STREAMED: &'static [&'static str] = &["Findings"];
    const RECORD: &'static str = "OCSF finding";

    fn columns() -> &'static [Column] {
        &COLUMNS
    }

    fn probe(_: Json<'_>, object: &Object<'_>, _: &Around) -> Option<Confidence> {
        let first = match object.get("findings") {
            Some(findings) if findings.is_array() => findings.elements().next()?.object(),
            _ => object.clone(),
        };
        is_finding(&first).then_some(Confidence::Certain)
    }

    fn read(&mut self, value: Json<'_>, around: &Around, rows: &mut Rows<'_, '_>) -> bool {
        let object = value.object();
        if is_finding(&object) {
            row(value, around, rows);
        } else if let Some(findings) = object.get("findings").filter(|f| f.is_array()) {
            findings.elements().for_each(|f| row(f, around, rows));
        } else {
            return false;
        }
        true
    }
}

/// A finding of the schema, whoever wrote it.
pub(super) fn is_finding(object: &Object<'_>) -> bool {
    let class = object.get("class_uid").and_then(Json::int);
    class.is_some_and(|c| (2001..=2007).contains(&c))
        || object.has("finding_info") && object.has("metadata") && object.has("severity_id")
}

/// `severity_id` of the schema: 1 informational to 5 critical, 6 fatal.
pub(super) fn severity(object: &Object<'_>) -> Option<Severity> {
    let by_number = object
        .get("severity_id")
        .and_then(Json::int)
        .and_then(|n| match n {
            1 => Some(Severity::Informational),
            2 => Some(Severity::Low),
            3 => Some(Severity::Medium),
            4 => Some(Severity::High),
            5 | 6 => Some(Severity::Critical),
            _ => None,
        });
    by_number.or_else(|| Severity::of_word(&object.text("severity")?))
}

fn row(item: Json<'_>, around: &Around, rows: &mut Rows<'_, '_>) {
    rows.row(item, around, |object, cells| {
        let at = |paths: &[&str]| paths.iter().find_map(|p| object.at_path(p)).unwrap_or_default();
        let severity = severity(object);
        let status = object.get("status_id").and_then(Json::int);
        let verdict = at(&["compliance.status", "status_code"]);
        let light = match Light::of_verdict(&verdict) {
            // 4: resolved.
            _ if status == Some(4) => Light::Green,
            Some(light) => light,
            None => Light::of_severity(severity),
        };
        Finding {
            title: &at(&["finding_info.title", "finding.title", "message"]),
            light,
            severity,
            // 3: suppressed, 5: archived.
            excluded: matches!(status, Some(3 | 5)),
            check: &at(&[
                "metadata.event_code",
                "compliance.control",
                "finding_info.analytic.uid",
                "finding_info.analytic.name",
                "finding_info.types",
                "finding_info.title",
            ]),
            ..Finding::default()
        }
        .write(cells);
    });
}
