use super::*;
use crate::base::{FieldType, TimeRange};
use crate::formats::Options;
use crate::formats::testing::{detect, read_as};
use crate::query::{AnswerColumn, Expr};
use crate::rules;

const CREATED: i64 = 1_800_000_000_000_000_000;

/// A row in the order of [`COLUMNS`].
fn answer(rows: &[[&str; 14]]) -> Answer {
    let column = |name: &&str| AnswerColumn {
        name: (*name).to_owned(),
        ty: FieldType::Text,
        unit: String::new(),
    };
    let cell = |(at, text): (usize, &&str)| match (COLUMNS[at], *text) {
        (_, "") => Value::Absent,
        ("@timestamp", t) => Value::Time(time::parse_iso(t.as_bytes()).unwrap()),
        ("findingExcluded", t) => Value::Bool(t == "true"),
        ("resource", t) => Value::List(t.split(' ').map(str::to_owned).collect()),
        (_, t) => Value::Text(t.to_owned()),
    };
    Answer {
        columns: COLUMNS.iter().map(column).collect(),
        rows: rows
            .iter()
            .map(|row| row.iter().enumerate().map(cell).collect())
            .collect(),
        ..Answer::default()
    }
}

fn told() -> Vec<Told> {
    let at = "2026-11-11T01:26:18.123Z";
    let mut told = Told::of_rows(&answer(&[
        [
            "asff",
            at,
            "arn:x/1",
            "S3 is public",
            "red",
            "high",
            "false",
            "S3.1",
            "arn:aws:s3:::a arn:aws:s3:::b",
            "AwsS3Bucket",
            "111122223333",
            "eu-west-1",
            "Security Hub",
            "Long words",
        ],
        [
            "prowler",
            at,
            "",
            "MFA",
            "green",
            "critical",
            "false",
            "iam_mfa",
            "root",
            "AWS::IAM::User",
            "111122223333",
            "us-east-1",
            "",
            "",
        ],
        [
            "prowler",
            at,
            "",
            "Two\u{2028}lines \"x\"",
            "yellow",
            "low",
            "true",
            "c",
            "",
            "",
            "",
            "",
            "",
            "",
        ],
        [
            "trusted-advisor",
            "",
            "",
            "Limits",
            "none",
            "",
            "false",
            "tMK",
            "",
            "",
            "not known",
            "",
            "",
            "",
        ],
        [
            "guardduty",
            at,
            "g1",
            "Scan",
            "yellow",
            "medium",
            "false",
            "Recon:EC2",
            "i-1",
            "Instance",
            "111122223333",
            "us-gov-west-1",
            "",
            "",
        ],
        [
            "guardduty",
            at,
            "g2",
            "Scan",
            "green",
            "high",
            "false",
            "Recon:EC2",
            "i-1",
            "Instance",
            "111122223333",
            "cn-north-1",
            "",
            "",
        ],
    ]));
    told.extend(leads().iter().map(of_lead));
    told
}

fn leads() -> Vec<rules::Finding> {
    use rules::Severity::*;
    [Critical, High, Medium, Low, Info]
        .map(|severity| rules::Finding {
            rule: "logging-changed".into(),
            title: format!("Logging was changed ({})", severity.word()),
            severity,
            detail: "alice stopped it".into(),
            subject: "alice".into(),
            count: 3,
            first_ns: Some(1_700_000_000_000_000_000),
            last_ns: Some(1_700_000_060_000_000_000),
            evidence: rules::Evidence {
                kinds: vec!["cloudtrail".into()],
                filter: Expr::All,
                range: None::<TimeRange>,
            },
            view: "trail".into(),
        })
        .into()
}

fn of_lead(f: &rules::Finding) -> Told {
    Told {
        resources: vec![f.subject.clone()],
        first_ns: f.first_ns,
        last_ns: f.last_ns,
        ..Told::lead(&f.rule, &f.title, &f.detail, f.severity.word())
    }
}

/// The status, title, severity and exclusion of every row that our own reader finds.
fn read_back(kind: &str, bytes: &[u8]) -> Vec<[String; 4]> {
    assert_eq!(detect("", bytes), Some(kind));
    let (shard, stats) = read_as(kind, "", bytes, 7, &Options::default());
    assert!(stats.rejected.is_empty(), "{:?}", stats.rejected);
    let table = shard.table(kind).unwrap();
    let place = |name: &str| table.fields.iter().position(|f| f.name == name).unwrap();
    let names = [
        "findingStatus",
        "findingTitle",
        "severityLabel",
        "findingExcluded",
    ]
    .map(place);
    let mut out = Vec::new();
    for segment in &table.segments {
        for row in 0..segment.rows {
            out.push(names.map(|at| table.value(&shard.pool, segment, row, at).to_text()));
        }
    }
    out
}

fn want(unknown_severity: &str) -> Vec<[String; 4]> {
    let word = |s: Option<Severity>| match s {
        Some(s) => format!("{s:?}").to_lowercase(),
        None => unknown_severity.to_owned(),
    };
    let status = |t: &Told| t.status.unwrap_or(Status::of_severity(t.severity));
    told()
        .iter()
        .map(|t| {
            let status = format!("{:?}", status(t)).to_lowercase();
            [status, t.title.clone(), word(t.severity), t.excluded.to_string()]
        })
        .collect()
}

#[test]
fn our_own_readers_read_them_back() {
    assert_eq!(read_back("ocsf-finding", &ocsf(&told(), CREATED)), want(""));
    assert_eq!(read_back("asff", &asff(&told(), CREATED)), want("informational"));
}

#[test]
fn ocsf_has_what_the_schema_requires() {
    let events: Vec<Json> = serde_json::from_slice(&ocsf(&told(), CREATED)).unwrap();
    for event in &events {
        for path in [
            "/activity_id",
            "/category_uid",
            "/class_uid",
            "/type_uid",
            "/time",
            "/severity_id",
            "/metadata/version",
            "/metadata/product/vendor_name",
            "/metadata/product/name",
            "/finding_info/uid",
            "/finding_info/title",
            "/finding_info/analytic/type_id",
            "/cloud/provider",
        ] {
            assert!(
                event.pointer(path).is_some_and(|v| !v.is_null()),
                "{path} of {event}"
            );
        }
        for path in ["/time", "/severity_id", "/type_uid", "/status_id"] {
            assert!(event.pointer(path).unwrap().is_i64(), "{path}");
        }
        assert_eq!(event["type_uid"], event["class_uid"].as_i64().unwrap() * 100 + 1);
    }
    let first = &events[0];
    assert_eq!(first["time"], 1_794_360_378_123_i64);
    assert_eq!(first["resources"].as_array().unwrap().len(), 2);
    assert_eq!(
        (&first["status_code"], &first["cloud"]["account"]["uid"]),
        (&"FAILED".into(), &"111122223333".into())
    );
    // Not known: left out, or the time of sharing.
    assert_eq!(
        (events[3].get("resources"), &events[3]["time"]),
        (None, &1_800_000_000_000_i64.into())
    );
}

#[test]
fn asff_has_what_the_format_requires() {
    let file: Json = serde_json::from_slice(&asff(&told(), CREATED)).unwrap();
    let findings = file["Findings"].as_array().unwrap();
    for finding in findings {
        for name in [
            "AwsAccountId",
            "CreatedAt",
            "Description",
            "GeneratorId",
            "Id",
            "ProductArn",
            "SchemaVersion",
            "Title",
            "UpdatedAt",
        ] {
            assert!(
                finding[name].as_str().is_some_and(|t| !t.is_empty()),
                "{name} of {finding}"
            );
        }
        assert!(finding["Severity"]["Label"].is_string() && finding["Types"][0].is_string());
        for resource in finding["Resources"].as_array().unwrap() {
            assert!(resource["Id"].is_string() && resource["Type"].is_string());
        }
        assert!(time::parse_iso(finding["UpdatedAt"].as_str().unwrap().as_bytes()).is_some());
        assert_eq!(finding["AwsAccountId"].as_str().unwrap().len(), 12);
    }
    assert_eq!(findings[0]["Resources"][0]["Type"], "AwsS3Bucket");
    assert_eq!(
        findings[1]["Resources"][0]["Details"]["Other"]["resourceType"],
        "AWS::IAM::User"
    );
    assert_eq!(
        findings[4]["ProductArn"].as_str().unwrap().split(':').nth(1),
        Some("aws-us-gov")
    );
    // A detection without a verdict is none of a check.
    assert_eq!(
        (findings[4].get("Compliance"), &findings[4]["Types"][0]),
        (None, &"Unusual Behaviors".into())
    );
    assert_eq!(findings[5]["Compliance"]["Status"], "PASSED");
}

#[test]
fn ids_stay_and_tell_findings_apart() {
    let id = |told: &[Told]| ids(told);
    let all = id(&told());
    let distinct: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), all.len());
    assert_eq!(all, id(&told()));
    // What came of it changes no id; what it is about does.
    let mut resolved = told()[0].clone();
    (resolved.status, resolved.last_ns) = (Some(Status::Green), Some(0));
    assert_eq!(id(&[resolved.clone()])[0], all[0]);
    resolved.resources.pop();
    assert_ne!(id(&[resolved.clone()])[0], all[0]);
    let twice = id(&[resolved.clone(), resolved]);
    assert_eq!(twice[1], format!("{}-2", twice[0]));
}

#[test]
fn long_texts_are_cut_where_the_format_ends() {
    let long = Told {
        title: "é".repeat(300),
        description: "x".repeat(2000),
        resources: (0..40).map(|n| format!("{n}{}", "r".repeat(600))).collect(),
        ..Told::default()
    };
    let file: Json = serde_json::from_slice(&asff(&[long], CREATED)).unwrap();
    let finding = &file["Findings"][0];
    let chars = |v: &Json| v.as_str().unwrap().chars().count();
    assert_eq!(
        (chars(&finding["Title"]), chars(&finding["Description"])),
        (256, 1024)
    );
    assert_eq!(finding["Resources"].as_array().unwrap().len(), 32);
    assert_eq!(chars(&finding["Resources"][0]["Id"]), 512);
}
