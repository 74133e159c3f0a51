//! AWS Trusted Advisor: the Support API (checks, results, summaries), the newer Trusted Advisor API (recommendations and
//! their resources), and the sheets that the console downloads.
//!
//! A check's result carries neither its name nor the names of its metadata values: those are in the list of checks.
//! Where both are in one file they are joined here; otherwise `checkId` is what views join on.

use super::finding::{self, Finding, Light};
use super::json::document::{self, Around, Cells, Column, Kind, Rows, derived, from, own, specs};
use super::json::lazy::{Json, Object};
use super::sheet::{self, Held};
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::hash::FastMap;
use crate::base::{Facts, FieldSpec, Group, Role, time};
use crate::table::RowSink;

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
            probe_sheet(sample)
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

/// Answers of both APIs; remembers the checks it has read.
#[derive(Default)]
struct Answers {
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
                metadata.join(" · ")
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

fn join_names(values: impl Iterator<Item = String>, columns: &[String]) -> Vec<String> {
    values
        .enumerate()
        .filter(|(_, value)| !value.is_empty() && value != "-")
        .map(|(n, value)| match columns.get(n).filter(|c| !c.is_empty()) {
            Some(name) => format!("{name}: {value}"),
            None => value,
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

/// Words a header cell of a downloaded sheet has: one of them, and `Status`.
const PLACES: &[&str] = &[
    "region", "resource", "id", "name", "bucket", "user", "service", "limit",
];

fn is_header(cells: &[String]) -> bool {
    let filled: Vec<String> = cells
        .iter()
        .filter(|c| !c.is_empty())
        .map(|c| c.to_ascii_lowercase())
        .collect();
    filled.len() > 2
        && filled.iter().any(|c| c == "status")
        && filled.iter().any(|c| PLACES.iter().any(|p| c.contains(p)))
}

fn probe_sheet(sample: &Sample<'_>) -> Option<Confidence> {
    let text = String::from_utf8_lossy(sample.head).to_ascii_lowercase();
    let named = text.contains("trusted advisor");
    let check = text
        .lines()
        .take(30)
        .any(|l| preamble(l).is_some_and(|(key, _)| key == "check"));
    if !named && !check {
        return None;
    }
    let mut header = false;
    let line = sample
        .head
        .split(|&b| b == b'\n')
        .find(|l| !l.trim_ascii().is_empty())?;
    sheet::rows(sample.head, sheet::delimiter(line), &mut |row| {
        header |= is_header(&row.cells)
    });
    match (header, named) {
        (true, _) => Some(Confidence::Likely),
        (false, true) if check => Some(Confidence::Possible),
        _ => None,
    }
}

/// A line above a sheet's header: `Check name: …`, `"AWS Account ID","…"`.
fn preamble(line: &str) -> Option<(&'static str, String)> {
    let clean = line.replace('"', "");
    let (key, value) = clean.split_once([':', ',', ';', '\t'])?;
    let letters: String = key
        .chars()
        .filter(char::is_ascii_alphabetic)
        .collect::<String>()
        .to_ascii_lowercase();
    let key = match letters.as_str() {
        "check" | "checkname" | "checktitle" | "title" | "name" => "check",
        "checkid" | "id" => "id",
        "account" | "accountid" | "awsaccount" | "awsaccountid" | "accountnumber" => "account",
        "category" | "pillar" | "checkcategory" => "category",
        "description" | "checkdescription" => "description",
        "date" | "time" | "timestamp" | "lastupdated" | "lastrefreshed" | "reportdate" | "downloaded" => {
            "time"
        }
        _ => return None,
    };
    let value = value.trim().trim_end_matches([',', ';', '\t']).trim();
    (!value.is_empty()).then(|| (key, value.to_owned()))
}

/// The console's download: blocks of a preamble, a header row and one row for each resource.
#[derive(Default)]
struct Download {
    held: Held,
}

/// What the preamble of a block said.
#[derive(Default)]
struct Block {
    check: Check,
    account: String,
    description: String,
    time: Option<i64>,
    header: Vec<String>,
}

impl Reader for Download {
    fn feed(&mut self, chunk: &[u8], sink: &mut RowSink<'_>) {
        self.held.feed(chunk, sink);
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        let bytes = self.held.take();
        let commas = |l: &&[u8]| l.iter().filter(|&&b| matches!(b, b',' | b';' | b'\t')).count();
        let widest = bytes
            .split(|&b| b == b'\n')
            .take(200)
            .max_by_key(commas)
            .unwrap_or_default();
        let mut block = Block::default();
        sheet::rows(&bytes, sheet::delimiter(widest), &mut |row| {
            block.take(&row, sink)
        });
    }
}

impl Block {
    fn take(&mut self, row: &sheet::Row<'_>, sink: &mut RowSink<'_>) {
        let filled = row.cells.iter().filter(|c| !c.is_empty()).count();
        if is_header(&row.cells) {
            self.header.clone_from(&row.cells);
        } else if filled > 2 && !self.header.is_empty() {
            self.resource(row, sink);
        } else if filled > 0 {
            let line = row.cells.join(",");
            let Some((key, value)) = preamble(&line) else {
                return;
            };
            if !self.header.is_empty() {
                // The next block begins; the account and the date stand above the first one only.
                let (account, time) = (std::mem::take(&mut self.account), self.time);
                *self = Block {
                    account,
                    time,
                    ..Block::default()
                };
            }
            match key {
                "check" => self.check.name = value,
                "id" => self.check.id = value,
                "account" => self.account = value.chars().filter(char::is_ascii_alphanumeric).collect(),
                "category" => self.check.category = finding::category(&value),
                "description" => self.description = plain_text(&value),
                _ => self.time = time::parse_iso(value.as_bytes()).or(self.time),
            }
        }
    }

    fn resource(&self, row: &sheet::Row<'_>, sink: &mut RowSink<'_>) {
        let cell = |wanted: &dyn Fn(&str) -> bool| {
            let at = self.header.iter().position(|h| wanted(&h.to_ascii_lowercase()));
            at.and_then(|at| row.cells.get(at)).map_or("", String::as_str)
        };
        let status = cell(&|h| h == "status");
        let light = Light::of_verdict(status).unwrap_or_default();
        let word = match light {
            Light::Red => "error",
            Light::Yellow => "warning",
            Light::Green => "ok",
            Light::None => "not_available",
        };
        // `Region/AZ` has a zone's letter behind the region.
        let region = cell(&|h| h.starts_with("region")).trim_end_matches(|c: char| c.is_ascii_lowercase());
        let resource = [
            cell(&|h| h.contains("arn") || h == "resource"),
            cell(&|h| h.ends_with(" id") || h == "id"),
            cell(&|h| h.contains("name") || h.contains("bucket") || h.contains("user")),
        ];
        let mut cells = Cells::new(sink, &COLUMNS);
        if let Some(t) = self.time {
            cells.int("timestamp", t);
        }
        cells.text("recordType", "resource");
        cells.text("checkId", &self.check.id);
        cells.text("checkName", &self.check.name);
        cells.text("category", self.check.category.unwrap_or_default());
        cells.text("status", word);
        cells.text("region", region.trim_matches('-'));
        cells.text(
            "resourceId",
            resource.iter().find(|r| !r.is_empty()).unwrap_or(&""),
        );
        cells.list("metadata", &join_names(row.cells.iter().cloned(), &self.header));
        cells.text("account", &self.account);
        cells.text("description", &self.description);
        Finding {
            title: &self.check.name,
            light,
            category: Some(self.check.category.unwrap_or("")),
            check: if self.check.id.is_empty() {
                &self.check.name
            } else {
                &self.check.id
            },
            ..Finding::default()
        }
        .write(&mut cells);
        sink.end(row.offset, row.text.len() as u64);
    }
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

    #[test]
    fn preambles_are_read_however_they_are_cut() {
        assert_eq!(
            preamble("Check name: IAM Use,,"),
            Some(("check", "IAM Use".to_owned()))
        );
        assert_eq!(
            preamble("\"AWS Account ID\",\"111122223333\""),
            Some(("account", "111122223333".to_owned()))
        );
        assert_eq!(preamble("Region,Status"), None);
    }
}
