//! Findings of Prowler: CSV (`;` since version 3, `,` in version 2), OCSF JSON, and the JSON of version 3.

use super::finding::{self, Finding, Light, Severity};
use super::json::document::{self, Around, Cells, Column, Kind, Rows, from, own, specs};
use super::json::lazy::{Json, Object};
use super::sheet::{self, Held};
use super::{Confidence, LogFormat, Options, Reader, Sample, ocsf_finding};
use crate::base::{Facts, FieldSpec, FieldType, Group, Role, time};
use crate::table::RowSink;

pub struct Prowler;

/// The names of CSV version 4; behind them versions 3 and 2, the JSON of version 3, and OCSF.
const OWN: &[Column] = &[
    from(
        FieldSpec::time("TIMESTAMP").role(Role::Time),
        &[
            "TIMESTAMP",
            "ASSESSMENT_START_TIME",
            "PROWLER_START_TIME",
            "AssessmentStartTime",
            "finding_info.created_time_dt",
            "finding_info.created_time",
            "time",
        ],
    ),
    from(
        FieldSpec::text("CHECK_ID"),
        &["CHECK_ID", "TITLE_ID", "CheckID", "metadata.event_code"],
    ),
    from(
        FieldSpec::text("CHECK_TITLE"),
        &["CHECK_TITLE", "TITLE_TEXT", "CheckTitle", "finding_info.title"],
    ),
    from(
        FieldSpec::text("STATUS").role(Role::Status),
        &["status_code", "STATUS", "CHECK_RESULT", "Status"],
    ),
    from(
        FieldSpec::text("STATUS_EXTENDED"),
        &[
            "STATUS_EXTENDED",
            "CHECK_RESULT_EXTENDED",
            "StatusExtended",
            "status_detail",
            "message",
        ],
    ),
    from(
        FieldSpec::text("SEVERITY"),
        &["SEVERITY", "CHECK_SEVERITY", "Severity"],
    ),
    own(FieldSpec::bool("MUTED")),
    from(
        FieldSpec::text("SERVICE_NAME").role(Role::Service),
        &[
            "SERVICE_NAME",
            "CHECK_SERVICENAME",
            "ServiceName",
            "resources.group.name",
        ],
    ),
    from(
        FieldSpec::text("SUBSERVICE_NAME"),
        &["SUBSERVICE_NAME", "SubServiceName"],
    ),
    from(
        FieldSpec::text("RESOURCE_TYPE").role(Role::ResourceType),
        &[
            "RESOURCE_TYPE",
            "CHECK_ASFF_RESOURCE_TYPE",
            "ResourceType",
            "resources.type",
        ],
    ),
    from(
        FieldSpec::text("RESOURCE_UID").role(Role::Resource),
        &[
            "RESOURCE_UID",
            "RESOURCE_ARN",
            "CHECK_RESOURCE_ID",
            "ResourceArn",
            "resources.uid",
        ],
    ),
    from(
        FieldSpec::text("RESOURCE_NAME"),
        &["RESOURCE_NAME", "RESOURCE_ID", "ResourceId", "resources.name"],
    ),
    from(
        FieldSpec::text("ACCOUNT_UID").role(Role::Account),
        &[
            "ACCOUNT_UID",
            "ACCOUNT_ID",
            "ACCOUNT_NUM",
            "AccountId",
            "cloud.account.uid",
        ],
    ),
    from(
        FieldSpec::text("ACCOUNT_NAME"),
        &["ACCOUNT_NAME", "cloud.account.name"],
    ),
    from(
        FieldSpec::text("REGION").role(Role::Region),
        &["REGION", "cloud.region", "resources.region"],
    ),
    from(FieldSpec::text("PROVIDER"), &["PROVIDER", "cloud.provider"]),
    from(
        FieldSpec::text("CHECK_TYPE"),
        &["CHECK_TYPE", "CHECK_ASFF_TYPE", "CheckType", "finding_info.types"],
    ),
    from(
        FieldSpec::text("DESCRIPTION"),
        &["DESCRIPTION", "finding_info.desc"],
    ),
    from(FieldSpec::text("RISK"), &["RISK", "CHECK_RISK", "risk_details"]),
    from(
        FieldSpec::text("REMEDIATION_RECOMMENDATION_TEXT"),
        &[
            "REMEDIATION_RECOMMENDATION_TEXT",
            "CHECK_REMEDIATION",
            "Remediation.Recommendation.Text",
            "remediation.desc",
        ],
    ),
    from(
        FieldSpec::text("REMEDIATION_RECOMMENDATION_URL"),
        &[
            "REMEDIATION_RECOMMENDATION_URL",
            "CHECK_DOC",
            "Remediation.Recommendation.Url",
            "remediation.references",
        ],
    ),
    from(
        FieldSpec::list("COMPLIANCE"),
        &["COMPLIANCE", "unmapped.compliance"],
    ),
    from(
        FieldSpec::list("CATEGORIES"),
        &["CATEGORIES", "unmapped.categories"],
    ),
    from(
        FieldSpec::text("FINDING_UID").role(Role::Id),
        &[
            "FINDING_UID",
            "FINDING_UNIQUE_ID",
            "FindingUniqueId",
            "finding_info.uid",
        ],
    ),
    from(FieldSpec::text("NOTES"), &["NOTES", "unmapped.notes"]),
    from(
        FieldSpec::text("PROWLER_VERSION"),
        &["PROWLER_VERSION", "metadata.product.version"],
    ),
];
const COLUMNS: [Column; OWN.len() + finding::ADDED] = finding::columns(OWN);
const FIELDS: [FieldSpec; COLUMNS.len()] = specs(&COLUMNS);

static FACTS: Facts = Facts {
    id: "prowler",
    title: "Prowler findings",
    records: "findings",
    group: Group::AwsService,
    spec_url: "https://docs.prowler.com/user-guide/cli/tutorials/reporting",
    shapes: &["CSV (versions 2 to 5)", "OCSF JSON", "JSON of version 3"],
    export_hint: "prowler aws -M csv json-ocsf",
    fields: &FIELDS,
    columns: &[
        "TIMESTAMP",
        "STATUS",
        "SEVERITY",
        "CHECK_TITLE",
        "RESOURCE_UID",
        "ACCOUNT_UID",
        "REGION",
    ],
    aliases: &[
        ("ACCOUNT_ID", "ACCOUNT_UID"),
        ("RESOURCE_ARN", "RESOURCE_UID"),
        ("RESOURCE_ID", "RESOURCE_NAME"),
        ("status_code", "STATUS"),
        ("event_code", "CHECK_ID"),
    ],
    dedupe: false,
};

impl LogFormat for Prowler {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        if is_json(sample) {
            return document::probe::<Findings>(sample);
        }
        let line = sample.head.split(|&b| b == b'\n').next()?;
        let line = String::from_utf8_lossy(line).to_ascii_uppercase();
        let has = |words: &[&str]| words.iter().all(|w| line.contains(w));
        (has(&["CHECK_ID", "STATUS_EXTENDED", "SEVERITY"])
            || has(&["TITLE_ID", "CHECK_RESULT", "ACCOUNT_NUM"]))
        .then_some(Confidence::Certain)
    }

    fn reader(&self, sample: &Sample<'_>, options: &Options) -> Box<dyn Reader> {
        if is_json(sample) {
            document::reader::<Findings>(options)
        } else {
            Box::<Sheet>::default()
        }
    }
}

fn is_json(sample: &Sample<'_>) -> bool {
    matches!(sample.head.trim_ascii_start().first(), Some(b'{' | b'['))
}

#[derive(Default)]
struct Findings;

impl Kind for Findings {
    const RECORD: &'static str = "Prowler finding";

    fn columns() -> &'static [Column] {
        &COLUMNS
    }

    fn probe(value: Json<'_>, object: &Object<'_>, _: &Around) -> Option<Confidence> {
        let by_prowler = || {
            value
                .at_path("metadata.product.name")
                .is_some_and(|n| n == "Prowler")
        };
        (is_native(object) || ocsf_finding::is_finding(object) && by_prowler()).then_some(Confidence::Certain)
    }

    fn read(&mut self, value: Json<'_>, around: &Around, rows: &mut Rows<'_, '_>) -> bool {
        let object = value.object();
        if !is_native(&object) && !ocsf_finding::is_finding(&object) {
            return false;
        }
        rows.row(value, around, |object, cells| {
            let at = |path: &str| object.at_path(path).unwrap_or_default();
            let native = is_native(object);
            // A muted finding is "suppressed" in OCSF.
            let muted = object.get("status_id").and_then(Json::int) == Some(3)
                || object
                    .text("status")
                    .is_some_and(|s| s.eq_ignore_ascii_case("suppressed"));
            cells.bool("MUTED", muted);
            Verdict {
                status: &at(if native { "Status" } else { "status_code" }),
                severity: &at("severity"),
                muted,
                title: &at(if native {
                    "CheckTitle"
                } else {
                    "finding_info.title"
                }),
                check: &at(if native { "CheckID" } else { "metadata.event_code" }),
            }
            .write(cells);
        });
        true
    }
}

fn is_native(object: &Object<'_>) -> bool {
    object.has("CheckID") && object.has("StatusExtended")
}

struct Verdict<'a> {
    status: &'a str,
    severity: &'a str,
    muted: bool,
    title: &'a str,
    check: &'a str,
}

impl Verdict<'_> {
    fn write(&self, cells: &mut Cells<'_, '_>) {
        Finding {
            title: if self.title.is_empty() {
                self.check
            } else {
                self.title
            },
            light: Light::of_verdict(self.status).unwrap_or_default(),
            severity: Severity::of_word(self.severity),
            excluded: self.muted,
            check: self.check,
            ..Finding::default()
        }
        .write(cells);
    }
}

#[derive(Default)]
struct Sheet {
    held: Held,
}

impl Reader for Sheet {
    fn feed(&mut self, chunk: &[u8], sink: &mut RowSink<'_>) {
        self.held.feed(chunk, sink);
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        let bytes = self.held.take();
        let line = bytes.split(|&b| b == b'\n').next().unwrap_or_default();
        let mut header: Option<Vec<usize>> = None;
        sheet::rows(&bytes, sheet::delimiter(line), &mut |row| match &header {
            None => header = Some(row.cells.iter().map(|name| field(name, sink)).collect()),
            Some(fields) if fields.len() == row.cells.len() => read_row(fields, &row, sink),
            Some(fields) => {
                let reason = format!("{} fields instead of {}", row.cells.len(), fields.len());
                sink.reject(reason, row.offset, row.text);
            }
        });
    }
}

/// The field of a CSV column; a name no version has had yet becomes a field of its own.
fn field(name: &str, sink: &mut RowSink<'_>) -> usize {
    let known = OWN
        .iter()
        .position(|c| c.names().any(|n| n.eq_ignore_ascii_case(name)));
    known.unwrap_or_else(|| sink.field(name, FieldType::Text))
}

fn read_row(fields: &[usize], row: &sheet::Row<'_>, sink: &mut RowSink<'_>) {
    for (&field, text) in fields.iter().zip(&row.cells).filter(|(_, text)| !text.is_empty()) {
        match sink.field_type(field) {
            FieldType::Time => {
                let t = time::parse_iso(text.as_bytes()).or_else(|| time::from_epoch(text.parse().ok()?));
                t.into_iter().for_each(|t| sink.int(field, t));
            }
            FieldType::Bool => sink.bool(field, text.eq_ignore_ascii_case("true")),
            FieldType::List => sink.list(field, &text.split('|').map(str::trim).collect::<Vec<_>>()),
            _ => sink.text(field, text.as_bytes()),
        }
    }
    let cell = |name: &str| {
        let wanted = OWN.iter().position(|c| c.spec.name == name);
        let at = fields.iter().position(|&f| Some(f) == wanted);
        at.and_then(|at| row.cells.get(at)).map_or("", String::as_str)
    };
    let verdict = Verdict {
        status: cell("STATUS"),
        severity: cell("SEVERITY"),
        muted: cell("MUTED").eq_ignore_ascii_case("true"),
        title: cell("CHECK_TITLE"),
        check: cell("CHECK_ID"),
    };
    verdict.write(&mut Cells::new(sink, &COLUMNS));
    sink.end(row.offset, row.text.len() as u64);
}
