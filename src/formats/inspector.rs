//! Amazon Inspector findings: Inspector 2, Inspector Classic, and ECR image scans.

use super::finding::{self, Finding, Light, Severity};
use super::json::document::{self, Around, Column, Kind, Rows, from, own, specs};
use super::json::lazy::{Json, Object};
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec, Group, Role};
use std::borrow::Cow;

pub struct Inspector;

const OWN: &[Column] = &[
    from(
        FieldSpec::time("updatedAt").role(Role::Time),
        &[
            "updatedAt",
            "lastObservedAt",
            "firstObservedAt",
            "createdAt",
            "@time",
        ],
    ),
    from(
        FieldSpec::text("findingArn").role(Role::Id),
        &["findingArn", "arn", "uri"],
    ),
    from(FieldSpec::text("title"), &["title", "name"]),
    own(FieldSpec::text("severity")),
    own(FieldSpec::float("numericSeverity")),
    own(FieldSpec::text("status").role(Role::Status)),
    own(FieldSpec::text("type")),
    from(
        FieldSpec::list("resources.id").role(Role::Resource),
        &[
            "resources.id",
            "assetAttributes.agentId",
            "assetAttributes.hostname",
        ],
    ),
    from(
        FieldSpec::list("resources.type").role(Role::ResourceType),
        &["resources.type", "assetType"],
    ),
    from(
        FieldSpec::text("awsAccountId").role(Role::Account),
        &["awsAccountId", "@account"],
    ),
    from(
        FieldSpec::text("region").role(Role::Region),
        &["resources.region", "@region"],
    ),
    from(
        FieldSpec::text("vulnerabilityId"),
        &["packageVulnerabilityDetails.vulnerabilityId"],
    ),
    from(
        FieldSpec::list("vulnerablePackages"),
        &["packageVulnerabilityDetails.vulnerablePackages.name"],
    ),
    own(FieldSpec::float("inspectorScore")),
    from(FieldSpec::float("epss"), &["epss.score"]),
    own(FieldSpec::text("exploitAvailable")),
    own(FieldSpec::text("fixAvailable")),
    own(FieldSpec::text("description")),
    from(
        FieldSpec::text("recommendation"),
        &["remediation.recommendation.text", "recommendation"],
    ),
    from(
        FieldSpec::text("recommendationUrl"),
        &[
            "remediation.recommendation.url",
            "packageVulnerabilityDetails.sourceUrl",
        ],
    ),
    own(FieldSpec::time("firstObservedAt")),
    own(FieldSpec::time("lastObservedAt")),
    own(FieldSpec::time("createdAt")),
    from(FieldSpec::text("ruleId"), &["id"]),
    from(
        FieldSpec::text("rulesPackageArn"),
        &["serviceAttributes.rulesPackageArn"],
    ),
    own(FieldSpec::int("confidence")),
    own(FieldSpec::bool("indicatorOfCompromise")),
];
const COLUMNS: [Column; OWN.len() + finding::ADDED] = finding::columns(OWN);
const FIELDS: [FieldSpec; COLUMNS.len()] = specs(&COLUMNS);

static FACTS: Facts = Facts {
    id: "inspector",
    title: "Inspector findings",
    records: "findings",
    group: Group::AwsService,
    spec_url: "https://docs.aws.amazon.com/inspector/v2/APIReference/API_Finding.html",
    shapes: &[
        "inspector2 list-findings",
        "inspector describe-findings",
        "ecr describe-image-scan-findings",
        "EventBridge events",
    ],
    export_hint: "aws inspector2 list-findings > findings.json",
    fields: &FIELDS,
    columns: &[
        "updatedAt",
        "severity",
        "title",
        "status",
        "resources.id",
        "awsAccountId",
        "region",
    ],
    aliases: &[
        ("arn", "findingArn"),
        ("assetType", "resources.type"),
        ("accountId", "awsAccountId"),
    ],
    dedupe: false,
};

impl LogFormat for Inspector {
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
    const STREAMED: &'static [&'static str] = &["findings"];
    const RECORD: &'static str = "Inspector finding";

    fn columns() -> &'static [Column] {
        &COLUMNS
    }

    fn probe(_: Json<'_>, object: &Object<'_>, around: &Around) -> Option<Confidence> {
        if object.has("imageScanFindings") || around.detail_type.as_deref() == Some("Inspector2 Finding") {
            return Some(Confidence::Certain);
        }
        let first = match object.get("findings") {
            Some(findings) if object.has("findings") => findings.elements().next()?.object(),
            _ => object.clone(),
        };
        is_finding(&first).then_some(Confidence::Certain)
    }

    fn read(&mut self, value: Json<'_>, around: &Around, rows: &mut Rows<'_, '_>) -> bool {
        let object = value.object();
        if let Some(scan) = object.get("imageScanFindings") {
            image_scan(&object, scan, around, rows);
        } else if let Some(findings) = object.get("findings").filter(|f| f.is_array()) {
            findings.elements().for_each(|f| row(f, "", around, rows));
        } else if object.get("severity").is_some() {
            row(value, "", around, rows);
        } else {
            return false;
        }
        true
    }
}

fn is_finding(object: &Object<'_>) -> bool {
    let arn = object.text("findingArn").or_else(|| object.text("arn"));
    object.has("severity") && arn.is_some_and(|a| a.contains(":inspector"))
}

/// `describe-image-scan-findings`: the image and the time stand beside the findings.
fn image_scan(object: &Object<'_>, scan: Json<'_>, around: &Around, rows: &mut Rows<'_, '_>) {
    let inside = scan.object();
    let around = Around {
        account: object
            .text("registryId")
            .map(Cow::into_owned)
            .or(around.account.clone()),
        time: inside
            .get("imageScanCompletedAt")
            .and_then(Json::time)
            .or(around.time),
        ..around.clone()
    };
    let tag = object.get("imageId").and_then(|id| {
        let id = id.object();
        id.text("imageTag")
            .or_else(|| id.text("imageDigest"))
            .map(Cow::into_owned)
    });
    let repository = object.text("repositoryName").unwrap_or_default();
    let image = tag.map_or(repository.to_string(), |tag| format!("{repository}:{tag}"));
    for key in ["findings", "enhancedFindings"] {
        if let Some(findings) = inside.get(key) {
            findings.elements().for_each(|f| row(f, &image, &around, rows));
        }
    }
}

fn row(item: Json<'_>, image: &str, around: &Around, rows: &mut Rows<'_, '_>) {
    rows.row(item, around, |object, cells| {
        let text = |key: &str| object.text(key).unwrap_or_default();
        if !image.is_empty() && !object.has("resources") {
            cells.list("resources.id", &[image.to_owned()]);
            cells.list("resources.type", &["AWS_ECR_CONTAINER_IMAGE".to_owned()]);
        }
        let severity = Severity::of_word(&text("severity"));
        let status = text("status");
        let vulnerability = object.at_path("packageVulnerabilityDetails.vulnerabilityId");
        let title = object.text("title").unwrap_or_else(|| text("name"));
        // Inspector Classic has a rule's id; an image scan only the vulnerability's name.
        let check = vulnerability
            .map(Cow::Owned)
            .or(object.text("id"))
            .unwrap_or_else(|| title.clone());
        Finding {
            title: &title,
            light: if status == "CLOSED" {
                Light::Green
            } else {
                Light::of_severity(severity)
            },
            severity,
            excluded: status == "SUPPRESSED",
            check: &check,
            ..Finding::default()
        }
        .write(cells);
    });
}
