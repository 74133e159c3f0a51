//! AWS Config compliance: evaluation results, summaries by rule and by resource, and change notifications.

use super::finding::{self, Finding, Light};
use super::json::document::{self, Around, Column, Kind, Rows, from, own, specs};
use super::json::lazy::{Json, Object};
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec, Group, Role};

pub struct ConfigCompliance;

const OWN: &[Column] = &[
    from(
        FieldSpec::time("ResultRecordedTime").role(Role::Time),
        &[
            "ResultRecordedTime",
            "newEvaluationResult.resultRecordedTime",
            "notificationCreationTime",
            "ComplianceSummaryTimestamp",
            "ComplianceSummary.ComplianceSummaryTimestamp",
            "@time",
        ],
    ),
    from(
        FieldSpec::text("ConfigRuleName"),
        &[
            "ConfigRuleName",
            "EvaluationResultIdentifier.EvaluationResultQualifier.ConfigRuleName",
            "newEvaluationResult.evaluationResultIdentifier.evaluationResultQualifier.configRuleName",
        ],
    ),
    from(
        FieldSpec::text("ResourceType").role(Role::ResourceType),
        &[
            "ResourceType",
            "EvaluationResultIdentifier.EvaluationResultQualifier.ResourceType",
        ],
    ),
    from(
        FieldSpec::text("ResourceId").role(Role::Resource),
        &[
            "ResourceId",
            "EvaluationResultIdentifier.EvaluationResultQualifier.ResourceId",
        ],
    ),
    from(
        FieldSpec::text("ComplianceType").role(Role::Outcome),
        &[
            "ComplianceType",
            "Compliance.ComplianceType",
            "newEvaluationResult.complianceType",
        ],
    ),
    from(
        FieldSpec::text("oldComplianceType"),
        &["oldEvaluationResult.complianceType"],
    ),
    from(
        FieldSpec::text("Annotation"),
        &["Annotation", "newEvaluationResult.annotation"],
    ),
    from(
        FieldSpec::text("AccountId").role(Role::Account),
        &["AccountId", "awsAccountId", "@account"],
    ),
    from(
        FieldSpec::text("AwsRegion").role(Role::Region),
        &["AwsRegion", "@region"],
    ),
    from(
        FieldSpec::time("ConfigRuleInvokedTime"),
        &[
            "ConfigRuleInvokedTime",
            "newEvaluationResult.configRuleInvokedTime",
        ],
    ),
    from(
        FieldSpec::time("OrderingTimestamp"),
        &[
            "EvaluationResultIdentifier.OrderingTimestamp",
            "newEvaluationResult.evaluationResultIdentifier.orderingTimestamp",
        ],
    ),
    from(
        FieldSpec::text("EvaluationMode"),
        &["EvaluationResultIdentifier.EvaluationResultQualifier.EvaluationMode"],
    ),
    from(
        FieldSpec::text("ResourceEvaluationId"),
        &["EvaluationResultIdentifier.ResourceEvaluationId"],
    ),
    own(FieldSpec::text("configRuleARN")),
    from(
        FieldSpec::int("CappedCount"),
        &[
            "Compliance.ComplianceContributorCount.CappedCount",
            "Compliance.CompliantRuleCount.CappedCount",
        ],
    ),
    from(
        FieldSpec::bool("CapExceeded"),
        &["Compliance.ComplianceContributorCount.CapExceeded"],
    ),
    from(
        FieldSpec::int("CompliantResourceCount"),
        &[
            "CompliantResourceCount.CappedCount",
            "ComplianceSummary.CompliantResourceCount.CappedCount",
        ],
    ),
    from(
        FieldSpec::int("NonCompliantResourceCount"),
        &[
            "NonCompliantResourceCount.CappedCount",
            "ComplianceSummary.NonCompliantResourceCount.CappedCount",
        ],
    ),
];
const COLUMNS: [Column; OWN.len() + finding::ADDED] = finding::columns(OWN);
const FIELDS: [FieldSpec; COLUMNS.len()] = specs(&COLUMNS);

static FACTS: Facts = Facts {
    id: "config-compliance",
    title: "AWS Config compliance",
    records: "evaluations",
    group: Group::AwsService,
    spec_url: "https://docs.aws.amazon.com/config/latest/APIReference/API_EvaluationResult.html",
    shapes: &[
        "get-compliance-details-by-config-rule, -by-resource",
        "get-aggregate-compliance-details-by-config-rule",
        "describe-compliance-by-config-rule, -by-resource",
        "get-compliance-summary-by-…",
        "compliance change notifications (SNS, EventBridge)",
    ],
    export_hint: "aws configservice get-compliance-details-by-config-rule --config-rule-name NAME > compliance.json",
    fields: &FIELDS,
    columns: &[
        "ResultRecordedTime",
        "ConfigRuleName",
        "ComplianceType",
        "ResourceType",
        "ResourceId",
        "Annotation",
    ],
    aliases: &[
        ("configRuleName", "ConfigRuleName"),
        ("resourceType", "ResourceType"),
        ("resourceId", "ResourceId"),
        ("complianceType", "ComplianceType"),
        ("annotation", "Annotation"),
        ("awsAccountId", "AccountId"),
        ("awsRegion", "AwsRegion"),
    ],
    dedupe: false,
};

impl LogFormat for ConfigCompliance {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }
    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        document::probe::<Evaluations>(sample)
    }
    fn reader(&self, _: &Sample<'_>, options: &Options) -> Box<dyn Reader> {
        document::reader::<Evaluations>(options)
    }
}

const ARRAYS: &[&str] = &[
    "EvaluationResults",
    "AggregateEvaluationResults",
    "ComplianceByConfigRules",
    "AggregateComplianceByConfigRules",
    "ComplianceByResources",
    "ComplianceSummariesByResourceType",
];

#[derive(Default)]
struct Evaluations;

impl Kind for Evaluations {
    const STREAMED: &'static [&'static str] = ARRAYS;
    const RECORD: &'static str = "evaluation";

    fn columns() -> &'static [Column] {
        &COLUMNS
    }

    fn probe(_: Json<'_>, object: &Object<'_>, _: &Around) -> Option<Confidence> {
        let known =
            ARRAYS.iter().any(|k| object.has(k)) || is_record(object) || object.has("newEvaluationResult");
        known.then_some(Confidence::Certain)
    }

    fn read(&mut self, value: Json<'_>, around: &Around, rows: &mut Rows<'_, '_>) -> bool {
        let object = value.object();
        if is_record(&object) || object.has("newEvaluationResult") {
            row(value, around, rows);
            return true;
        }
        if object.has("ComplianceSummary") {
            if let Some(summary) = object.get("ComplianceSummary") {
                row(summary, around, rows);
            }
            return true;
        }
        let mut found = false;
        for items in ARRAYS
            .iter()
            .filter(|k| object.has(k))
            .filter_map(|k| object.get(k))
        {
            found = true;
            items.elements().for_each(|item| row(item, around, rows));
        }
        found
    }
}

/// An evaluation result, a summary of a rule or of a resource, as it stands in one of the arrays.
fn is_record(object: &Object<'_>) -> bool {
    let verdict = object.get("Compliance").and_then(|c| c.get("ComplianceType"));
    object.has("EvaluationResultIdentifier")
        || verdict.is_some() && (object.has("ConfigRuleName") || object.has("ResourceType"))
        || object.has("ComplianceSummary") && object.has("ResourceType")
        || object.has("ComplianceType")
            && (object.has("ComplianceResourceId") || object.has("ConfigRuleInvokedTime"))
}

fn row(item: Json<'_>, around: &Around, rows: &mut Rows<'_, '_>) {
    rows.row(item, around, |object, cells| {
        let first = |paths: &[&str]| paths.iter().find_map(|p| object.at_path(p)).unwrap_or_default();
        let rule = first(&[
            "ConfigRuleName",
            "EvaluationResultIdentifier.EvaluationResultQualifier.ConfigRuleName",
        ]);
        let verdict = first(&[
            "ComplianceType",
            "Compliance.ComplianceType",
            "newEvaluationResult.complianceType",
        ]);
        let annotation = first(&["Annotation", "newEvaluationResult.annotation"]);
        let resource = object.text("ResourceId").unwrap_or_default();
        let title = [&annotation[..], &rule, &resource]
            .into_iter()
            .find(|t| !t.is_empty());
        Finding {
            title: title.unwrap_or_default(),
            light: Light::of_verdict(&verdict).unwrap_or_default(),
            check: &rule,
            ..Finding::default()
        }
        .write(cells);
    });
}
