//! Amazon GuardDuty findings: the API's PascalCase and the camelCase of S3 exports and EventBridge events.

use super::finding::{self, Finding, Light, Severity};
use super::json::document::{self, Around, Column, Kind, Rows, from, own, specs};
use super::json::lazy::{Json, Object};
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec, Group, Role};

pub struct GuardDuty;

const OWN: &[Column] = &[
    from(
        FieldSpec::time("UpdatedAt").role(Role::Time),
        &["UpdatedAt", "Service.EventLastSeen", "CreatedAt", "@time"],
    ),
    own(FieldSpec::text("Id").role(Role::Id)),
    own(FieldSpec::text("Title")),
    own(FieldSpec::float("Severity")),
    own(FieldSpec::text("Type")),
    from(
        FieldSpec::text("AccountId").role(Role::Account),
        &["AccountId", "@account"],
    ),
    from(
        FieldSpec::text("Region").role(Role::Region),
        &["Region", "@region"],
    ),
    own(FieldSpec::text("Resource.ResourceType").role(Role::ResourceType)),
    from(
        FieldSpec::list("resources").role(Role::Resource),
        &[
            "Resource.InstanceDetails.InstanceId",
            "Resource.AccessKeyDetails.AccessKeyId",
            "Resource.AccessKeyDetails.UserName",
            "Resource.S3BucketDetails.Name",
            "Resource.EksClusterDetails.Arn",
            "Resource.EcsClusterDetails.Arn",
            "Resource.ContainerDetails.Id",
            "Resource.LambdaDetails.FunctionArn",
            "Resource.RdsDbInstanceDetails.DbInstanceArn",
            "Resource.EbsVolumeDetails.ScannedVolumeDetails.VolumeArn",
        ],
    ),
    own(FieldSpec::text("Service.Action.ActionType").role(Role::Action)),
    from(
        FieldSpec::address("remoteIp").role(Role::SourceAddress),
        &[
            "Service.Action.AwsApiCallAction.RemoteIpDetails.IpAddressV4",
            "Service.Action.NetworkConnectionAction.RemoteIpDetails.IpAddressV4",
            "Service.Action.PortProbeAction.PortProbeDetails.RemoteIpDetails.IpAddressV4",
            "Service.Action.KubernetesApiCallAction.RemoteIpDetails.IpAddressV4",
            "Service.Action.RdsLoginAttemptAction.RemoteIpDetails.IpAddressV4",
        ],
    ),
    from(
        FieldSpec::text("remoteCountry"),
        &[
            "Service.Action.AwsApiCallAction.RemoteIpDetails.Country.CountryName",
            "Service.Action.NetworkConnectionAction.RemoteIpDetails.Country.CountryName",
            "Service.Action.PortProbeAction.PortProbeDetails.RemoteIpDetails.Country.CountryName",
        ],
    ),
    own(FieldSpec::text("Resource.AccessKeyDetails.UserName").role(Role::Actor)),
    own(FieldSpec::text("Resource.AccessKeyDetails.AccessKeyId").role(Role::Credential)),
    own(FieldSpec::text("Resource.InstanceDetails.InstanceId")),
    from(
        FieldSpec::list("networkInterfaces").role(Role::Interface),
        &["Resource.InstanceDetails.NetworkInterfaces.NetworkInterfaceId"],
    ),
    own(FieldSpec::text("Description")),
    own(FieldSpec::int("Service.Count")),
    own(FieldSpec::bool("Service.Archived")),
    own(FieldSpec::text("Service.DetectorId")),
    own(FieldSpec::text("Service.FeatureName")),
    own(FieldSpec::text("Service.ResourceRole")),
    own(FieldSpec::time("Service.EventFirstSeen")),
    own(FieldSpec::time("Service.EventLastSeen")),
    own(FieldSpec::time("CreatedAt")),
    own(FieldSpec::float("Confidence")),
    own(FieldSpec::text("Arn")),
    own(FieldSpec::text("Partition")),
    own(FieldSpec::text("SchemaVersion")),
];
const COLUMNS: [Column; OWN.len() + finding::ADDED] = finding::columns(OWN);
const FIELDS: [FieldSpec; COLUMNS.len()] = specs(&COLUMNS);

static FACTS: Facts = Facts {
    id: "guardduty",
    title: "GuardDuty findings",
    records: "findings",
    group: Group::AwsService,
    spec_url: "https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Finding.html",
    shapes: &[
        "guardduty get-findings",
        "S3 export (JSON lines)",
        "EventBridge events",
        "arrays",
    ],
    export_hint: "aws guardduty get-findings --detector-id ID --finding-ids $(aws guardduty list-findings --detector-id ID --query FindingIds --output text) > findings.json",
    fields: &FIELDS,
    columns: &[
        "UpdatedAt",
        "severityLabel",
        "Title",
        "Type",
        "resources",
        "remoteIp",
        "AccountId",
        "Region",
    ],
    // The spelling of the S3 export.
    aliases: &[
        ("id", "Id"),
        ("title", "Title"),
        ("severity", "Severity"),
        ("type", "Type"),
        ("accountId", "AccountId"),
        ("region", "Region"),
        ("description", "Description"),
        ("updatedAt", "UpdatedAt"),
        ("createdAt", "CreatedAt"),
        ("arn", "Arn"),
        ("service.archived", "Service.Archived"),
        ("service.count", "Service.Count"),
        ("resource.resourceType", "Resource.ResourceType"),
    ],
    dedupe: false,
};

impl LogFormat for GuardDuty {
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
    const RECORD: &'static str = "GuardDuty finding";

    fn columns() -> &'static [Column] {
        &COLUMNS
    }

    fn probe(_: Json<'_>, object: &Object<'_>, around: &Around) -> Option<Confidence> {
        let first = match object.get("Findings") {
            Some(findings) => findings.elements().next()?.object(),
            None => object.clone(),
        };
        let event = around.detail_type.as_deref() == Some("GuardDuty Finding");
        (event || is_finding(&first)).then_some(Confidence::Certain)
    }

    fn read(&mut self, value: Json<'_>, around: &Around, rows: &mut Rows<'_, '_>) -> bool {
        let object = value.object();
        if let Some(findings) = object.get("Findings").filter(|f| f.is_array()) {
            findings.elements().for_each(|f| row(f, around, rows));
        } else if object.get("Severity").is_some() && object.get("Type").is_some() {
            row(value, around, rows);
        } else {
            return false;
        }
        true
    }
}

fn is_finding(object: &Object<'_>) -> bool {
    let either = |key: &str| object.get(key).is_some();
    let arn = object.text("Arn").is_some_and(|a| a.contains(":guardduty:"));
    either("Severity")
        && either("Type")
        && (arn || either("Resource") && either("Service") && either("AccountId"))
}

fn row(item: Json<'_>, around: &Around, rows: &mut Rows<'_, '_>) {
    rows.row(item, around, |object, cells| {
        let severity = object
            .get("Severity")
            .and_then(Json::float)
            .map(Severity::of_guardduty);
        let archived = object.at_path("Service.Archived").is_some_and(|a| a == "true");
        let kind = object.text("Type").unwrap_or_default();
        let title = object.text("Title").unwrap_or_default();
        Finding {
            title: if title.is_empty() { &kind } else { &title },
            light: Light::of_severity(severity),
            severity,
            excluded: archived,
            check: &kind,
            ..Finding::default()
        }
        .write(cells);
    });
}
