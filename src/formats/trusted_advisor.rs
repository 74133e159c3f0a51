//! AWS Trusted Advisor: the Support API (checks, results, summaries), the newer Trusted Advisor API (recommendations and
//! their resources), and the sheets that the console downloads.
//!
//! A check's result carries neither its name nor the names of its metadata values: those are in the list of checks.
//! Where both are in one file they are joined here; otherwise `checkId` is what views join on.

mod answers;
mod download;

use super::finding;
use super::json::document::{self, Column, derived, from, own, specs};
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec, Group, Role};
use answers::Answers;
use download::Download;

pub struct TrustedAdvisor;

const OWN: &[Column] = &[
    from(
        FieldSpec::time("timestamp").role(Role::Time),
        &["timestamp", "lastUpdatedAt", "createdAt"],
    ),
    derived(FieldSpec::text("recordType")),
    derived(FieldSpec::text("checkId")),
    derived(FieldSpec::text("checkName")),
    derived(FieldSpec::text("category")),
    own(FieldSpec::text("status").role(Role::Status)),
    from(
        FieldSpec::text("region").role(Role::Region),
        &["region", "regionCode"],
    ),
    from(
        FieldSpec::text("resourceId").role(Role::Resource),
        &["awsResourceId", "resourceId"],
    ),
    own(FieldSpec::bool("isSuppressed")),
    derived(FieldSpec::list("metadata")),
    from(
        FieldSpec::float("estimatedMonthlySavings").unit("USD"),
        &[
            "categorySpecificSummary.costOptimizing.estimatedMonthlySavings",
            "pillarSpecificAggregates.costOptimizing.estimatedMonthlySavings",
        ],
    ),
    from(
        FieldSpec::float("estimatedPercentMonthlySavings"),
        &[
            "categorySpecificSummary.costOptimizing.estimatedPercentMonthlySavings",
            "pillarSpecificAggregates.costOptimizing.estimatedPercentMonthlySavings",
        ],
    ),
    derived(FieldSpec::text("account").role(Role::Account)),
    derived(FieldSpec::text("description")),
    from(
        FieldSpec::int("resourcesProcessed"),
        &["resourcesSummary.resourcesProcessed"],
    ),
    from(
        FieldSpec::int("resourcesFlagged"),
        &["resourcesSummary.resourcesFlagged"],
    ),
    from(
        FieldSpec::int("resourcesIgnored"),
        &["resourcesSummary.resourcesIgnored"],
    ),
    from(
        FieldSpec::int("resourcesSuppressed"),
        &["resourcesSummary.resourcesSuppressed"],
    ),
    from(FieldSpec::int("okCount"), &["resourcesAggregates.okCount"]),
    from(
        FieldSpec::int("warningCount"),
        &["resourcesAggregates.warningCount"],
    ),
    from(FieldSpec::int("errorCount"), &["resourcesAggregates.errorCount"]),
    from(
        FieldSpec::int("excludedCount"),
        &["resourcesAggregates.excludedCount"],
    ),
    own(FieldSpec::text("exclusionStatus")),
    own(FieldSpec::text("lifecycleStage")),
    own(FieldSpec::list("pillars")),
    own(FieldSpec::list("awsServices")),
    own(FieldSpec::text("source")),
    own(FieldSpec::text("type")),
    from(FieldSpec::text("id").role(Role::Id), &["id", "checkId"]),
    own(FieldSpec::text("arn")),
    own(FieldSpec::text("checkArn")),
    own(FieldSpec::text("recommendationArn")),
    own(FieldSpec::text("statusReason")),
    own(FieldSpec::text("updateReason")),
    own(FieldSpec::time("createdAt")),
    own(FieldSpec::time("resolvedAt")),
];
const COLUMNS: [Column; OWN.len() + finding::ADDED] = finding::columns(OWN);
const FIELDS: [FieldSpec; COLUMNS.len()] = specs(&COLUMNS);

static FACTS: Facts = Facts {
    id: "trusted-advisor",
    title: "Trusted Advisor",
    records: "flagged resources and checks",
    group: Group::AwsService,
    spec_url: "https://docs.aws.amazon.com/awssupport/latest/APIReference/API_TrustedAdvisorCheckResult.html",
    shapes: &[
        "support describe-trusted-advisor-checks, -check-result, -check-summaries",
        "trustedadvisor list-checks, list-recommendations, get-recommendation, list-recommendation-resources",
        "console download (CSV)",
    ],
    export_hint: "aws support describe-trusted-advisor-checks --language en > checks.json, then for each id aws support describe-trusted-advisor-check-result --check-id ID > result-ID.json",
    fields: &FIELDS,
    columns: &[
        "findingStatus",
        "findingCategory",
        "findingTitle",
        "recordType",
        "region",
        "resourceId",
        "metadata",
        "timestamp",
    ],
    aliases: &[
        ("regionCode", "region"),
        ("awsResourceId", "resourceId"),
        ("lastUpdatedAt", "timestamp"),
        ("name", "checkName"),
    ],
    dedupe: false,
};

impl LogFormat for TrustedAdvisor {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        if is_json(sample) {
            document::probe::<Answers>(sample)
        } else {
            download::probe(sample)
        }
    }

    fn reader(&self, sample: &Sample<'_>, options: &Options) -> Box<dyn Reader> {
        if is_json(sample) {
            document::reader::<Answers>(options)
        } else {
            Box::<Download>::default()
        }
    }
}

fn is_json(sample: &Sample<'_>) -> bool {
    matches!(sample.head.trim_ascii_start().first(), Some(b'{' | b'['))
}

/// What the list of checks says about one.
#[derive(Clone, Debug, Default)]
struct Check {
    id: String,
    name: String,
    category: Option<&'static str>,
    /// Names of the metadata values, in their order.
    columns: Vec<String>,
}

/// Metadata values behind the names of their columns, without the empty ones. Where no names are known every value
/// stays, an empty one as `-`: names learnt later go by position.
fn join_names(values: impl Iterator<Item = String>, columns: &[String]) -> Vec<String> {
    let is_empty = |value: &str| value.is_empty() || value == "-";
    values
        .enumerate()
        .filter_map(|(n, value)| match columns.get(n).filter(|c| !c.is_empty()) {
            _ if columns.is_empty() && is_empty(&value) => Some("-".to_owned()),
            _ if is_empty(&value) => None,
            Some(name) => Some(format!("{name}: {value}")),
            None => Some(value),
        })
        .collect()
}

/// HTML as text: tags out, the usual entities undone, white space joined.
fn plain_text(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        out.push_str(before);
        // "<" that opens no tag is text: "size < 5".
        let is_tag = tag.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '!');
        match tag.split_once('>').filter(|_| is_tag) {
            Some((_, after)) => {
                out.push(' ');
                rest = after;
            }
            None => {
                out.push('<');
                rest = tag;
            }
        }
    }
    out.push_str(rest);
    const ENTITIES: &[(&str, &str)] = &[
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&amp;", "&"),
    ];
    for (entity, text) in ENTITIES {
        out = out.replace(entity, text);
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_lose_their_tags_only() {
        assert_eq!(
            plain_text("Checks <b>IAM</b> &amp; keys.\n<br>\n<br>Yellow: size < 5 &lt; 6"),
            "Checks IAM & keys. Yellow: size < 5 < 6"
        );
        assert_eq!(plain_text("a < b"), "a < b");
        assert_eq!(plain_text("<"), "<");
    }
}
