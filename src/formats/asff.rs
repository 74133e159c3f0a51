//! AWS Security Hub findings in the AWS Security Finding Format.

use super::finding::{self, Finding, Light, Severity};
use super::json::document::{self, Around, Column, Kind, Rows, from, own, specs};
use super::json::lazy::{Json, Object};
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec, Group, Role};

pub struct Asff;

const OWN: &[Column] = &[
    from(
        FieldSpec::time("UpdatedAt").role(Role::Time),
        &["UpdatedAt", "LastObservedAt", "CreatedAt", "@time"],
    ),
    from(FieldSpec::text("Id").role(Role::Id), &["Id", "insightArn"]),
    from(FieldSpec::text("Title"), &["Title", "insightName"]),
    own(FieldSpec::text("Severity.Label")),
    own(FieldSpec::int("Severity.Normalized")),
    own(FieldSpec::text("Severity.Original")),
    own(FieldSpec::text("Compliance.Status").role(Role::Outcome)),
    own(FieldSpec::text("Workflow.Status").role(Role::Status)),
    own(FieldSpec::text("RecordState")),
    own(FieldSpec::list("Resources.Id").role(Role::Resource)),
    from(
        FieldSpec::list("Resources.Type").role(Role::ResourceType),
        &["Resources.Type", "resultType"],
    ),
    from(
        FieldSpec::text("AwsAccountId").role(Role::Account),
        &["AwsAccountId", "@account"],
    ),
    own(FieldSpec::text("AwsAccountName")),
    from(
        FieldSpec::text("Region").role(Role::Region),
        &["Region", "Resources.Region", "@region"],
    ),
    from(
        FieldSpec::text("ProductName").role(Role::Service),
        &["ProductName", "ProductFields.aws/securityhub/ProductName"],
    ),
    own(FieldSpec::text("ProductArn")),
    own(FieldSpec::text("CompanyName")),
    own(FieldSpec::text("GeneratorId")),
    own(FieldSpec::text("Compliance.SecurityControlId")),
    own(FieldSpec::list("Compliance.RelatedRequirements")),
    from(
        FieldSpec::list("Types"),
        &["Types", "FindingProviderFields.Types"],
    ),
    from(
        FieldSpec::text("Description"),
        &["Description", "actionDescription"],
    ),
    own(FieldSpec::time("CreatedAt")),
    own(FieldSpec::time("FirstObservedAt")),
    own(FieldSpec::time("LastObservedAt")),
    own(FieldSpec::text("Remediation.Recommendation.Text")),
    own(FieldSpec::text("Remediation.Recommendation.Url")),
    own(FieldSpec::text("SourceUrl")),
    own(FieldSpec::int("Confidence")),
    own(FieldSpec::int("Criticality")),
    own(FieldSpec::address("Network.SourceIpV4").role(Role::SourceAddress)),
    own(FieldSpec::address("Network.DestinationIpV4").role(Role::DestinationAddress)),
    own(FieldSpec::text("Note.Text")),
    own(FieldSpec::text("SchemaVersion")),
];
const COLUMNS: [Column; OWN.len() + finding::ADDED] = finding::columns(OWN);
const FIELDS: [FieldSpec; COLUMNS.len()] = specs(&COLUMNS);

static FACTS: Facts = Facts {
    id: "asff",
    title: "Security Hub findings (ASFF)",
    records: "findings",
    group: Group::AwsService,
    spec_url: "https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html",
    shapes: &[
        "securityhub get-findings",
        "EventBridge events",
        "arrays, JSON lines",
    ],
    export_hint: "aws securityhub get-findings > findings.json",
    fields: &FIELDS,
    columns: &[
        "UpdatedAt",
        "severityLabel",
        "Title",
        "Compliance.Status",
        "Workflow.Status",
        "Resources.Id",
        "AwsAccountId",
        "Region",
    ],
    aliases: &[
        ("Severity", "Severity.Label"),
        ("AccountId", "AwsAccountId"),
        ("WorkflowStatus", "Workflow.Status"),
    ],
    dedupe: false,
};

impl LogFormat for Asff {
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
    const RECORD: &'static str = "Security Hub finding";

    fn columns() -> &'static [Column] {
        &COLUMNS
    }

    fn probe(_: Json<'_>, object: &Object<'_>, around: &Around) -> Option<Confidence> {
        if let Some(findings) = object.get("findings") {
            let first = findings.elements().next().map(Json::object);
            return first.filter(is_finding).map(|_| Confidence::Certain);
        }
        let hub = |d: &str| d.starts_with("Security Hub");
        let event = around.detail_type.as_deref().is_some_and(hub);
        (event || is_finding(object) || object.has("insightResults")).then_some(Confidence::Certain)
    }

    fn read(&mut self, value: Json<'_>, around: &Around, rows: &mut Rows<'_, '_>) -> bool {
        let object = value.object();
        if let Some(findings) = object.get("findings").filter(|f| f.is_array()) {
            findings.elements().for_each(|f| row(f, around, rows));
        } else if object.has("ProductArn") || object.has("insightResults") || is_finding(&object) {
            row(value, around, rows);
        } else {
            return false;
        }
        true
    }
}

fn is_finding(object: &Object<'_>) -> bool {
    object.has("SchemaVersion")
        && (object.has("ProductArn") || object.has("AwsAccountId") || object.has("GeneratorId"))
        || object.has("AwsAccountId") && object.has("ProductArn")
}

fn row(item: Json<'_>, around: &Around, rows: &mut Rows<'_, '_>) {
    rows.row(item, around, |object, cells| {
        let text = |key: &str| object.text(key).unwrap_or_default();
        let at = |path: &str| object.at_path(path).unwrap_or_default();
        let number = |path: &str| at(path).parse::<f64>().ok().map(|n| n as i64);
        let severity = Severity::of_word(&at("Severity.Label"))
            .or_else(|| number("Severity.Normalized").map(Severity::of_normalized));
        let workflow = at("Workflow.Status");
        let light = match Light::of_verdict(&at("Compliance.Status")) {
            _ if workflow == "RESOLVED" => Light::Green,
            Some(light) => light,
            None => Light::of_severity(severity),
        };
        if let Some(results) = object.get("insightResults") {
            let names: Vec<String> = results
                .elements()
                .flat_map(|r| r.object().fields.into_iter().map(|(key, _)| key.into_owned()))
                .collect();
            cells.list("Resources.Id", &names);
        }
        let title = object.text("Title").unwrap_or_else(|| text("insightName"));
        let (control, generator) = (at("Compliance.SecurityControlId"), text("GeneratorId"));
        Finding {
            title: &title,
            light,
            severity,
            excluded: workflow == "SUPPRESSED" || text("RecordState") == "ARCHIVED",
            check: if control.is_empty() { &generator } else { &control },
            ..Finding::default()
        }
        .write(cells);
    });
}
