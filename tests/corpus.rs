//! Real exports, when they are there (`../shared/corpus`): each is recognised as what it is, with the number of records
//! that was counted without Trailbeam.

use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use trailbeam::base::Value;
use trailbeam::base::hash::FastSet;
use trailbeam::formats::{Options, WRAPPERS, testing};
use trailbeam::table::Shard;
use trailbeam::unpack::{FileSource, Limits, Step, Walk};

/// Folders of the corpus that are read so far.
const FOLDERS: &[&str] = &[
    "cloudtrail",
    "vpcflow",
    "config",
    "trustedadvisor",
    "findings",
    "netcontext",
    "billing",
    "elb",
    "s3access",
    "iam",
    "lambda",
    "cloudfront",
    "waf",
    "route53",
    "netfw",
    "eksaudit",
    "servicecatalog",
    "cwlogs",
    "host",
    "evtx",
    "rule-events",
    "rds",
];

/// Files that are not what the manifest says, with the kind they are and the evidence.
const DISPUTED: &[(&str, &str)] = &[
    // `"detail-type": "AWS API Call via CloudTrail"` around a CloudSearch CreateDomain event; no configuration item.
    ("config/c7n_ci_event-cloudsearch.json", "cloudtrail"),
    // Answers of `iam get-credential-report`: around the report itself, whose users are read from its base64.
    (
        "iam/c7n_test_account_credential_report_get-credential-report.v2.json",
        "iam-credential-report",
    ),
    (
        "iam/c7n_test_iam_user_credential_reverse_filter_delete_get-credential-report.v2.json",
        "iam-credential-report",
    ),
    (
        "iam/c7n_test_iam_user_delete_options_get-credential-report.v2.json",
        "iam-credential-report",
    ),
    (
        "iam/c7n_test_iam_user_unused_keys_get-credential-report.v2.json",
        "iam-credential-report",
    ),
];

/// Files whose records the manifest counts otherwise than its own rule for the kind does, with the number by that rule.
const MISCOUNTED: &[(&str, u64)] = &[
    // Counted as rows of CSV without a header. It is no csvlog but what the server writes before it logs there, 14 lines of text:
    // two go on with the FATAL before them, and a DETAIL and two STATEMENT lines belong to their errors.
    ("rds/pgbadger_pg_csvlog.csv", 9),
];

fn corpus() -> Option<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    if dir.join("MANIFEST.json").is_file() {
        return Some(dir);
    }
    eprintln!("skipped: no corpus at {}", dir.display());
    None
}

/// The members of a corpus file, unpacked.
fn members(path: &Path) -> Vec<(String, Vec<u8>)> {
    let source = FileSource::open(path).expect("a readable corpus file");
    let mut walk = Walk::new(&path.to_string_lossy(), Box::new(source), Limits::default());
    let mut out: Vec<(String, Vec<u8>)> = Vec::new();
    let mut buf = Vec::new();
    loop {
        buf.clear();
        match walk.next(&mut buf) {
            Step::Begin(head) => out.push((head.path, Vec::new())),
            Step::Data => out
                .last_mut()
                .expect("a member has begun")
                .1
                .extend_from_slice(&buf),
            Step::End(end) => assert!(end.error.is_none(), "{}: {:?}", path.display(), end.error),
            Step::Done { .. } => return out,
            Step::Working => {}
        }
    }
}

/// The bytes inside a wrapper of log lines, as the engine peels them.
fn unwrapped(name: &str, bytes: Vec<u8>) -> Vec<u8> {
    let Some(wrapper) = WRAPPERS.iter().find(|w| w.probe(&testing::sample(name, &bytes))) else {
        return bytes;
    };
    let mut out = Vec::new();
    let mut unwrap = wrapper.unwrapper();
    unwrap.feed(&bytes, &mut out);
    unwrap.finish(&mut out);
    out
}

#[test]
fn every_file_is_what_the_manifest_says() {
    let Some(dir) = corpus() else { return };
    let text = std::fs::read_to_string(dir.join("MANIFEST.json")).expect("the manifest");
    let manifest: Vec<Json> = serde_json::from_str(&text).expect("JSON");
    let (mut wrong, mut checked) = (Vec::new(), 0);
    for entry in &manifest {
        let file = entry["file"].as_str().expect("a file name");
        if !FOLDERS.contains(&file.split('/').next().unwrap_or_default()) {
            continue;
        }
        let disputed = DISPUTED.iter().find(|(f, _)| *f == file).map(|&(_, id)| id);
        let Some(id) = disputed.or(entry["expect"]["id"].as_str()) else {
            continue;
        };
        let mut records = 0;
        let mut found = BTreeSet::new();
        for (name, bytes) in members(&dir.join(file)) {
            let bytes = unwrapped(&name, bytes);
            let with_name = testing::detect(&name, &bytes);
            let without = testing::detect("", &bytes);
            if with_name != without {
                wrong.push(format!(
                    "{file}: {with_name:?} with its name, {without:?} without"
                ));
            }
            found.insert(without.unwrap_or("unknown"));
            if let Some(kind) = without {
                let (_, stats) = testing::read_as(kind, &name, &bytes, 1 << 16, &Options::default());
                records += stats.kept;
                if kind == id && !stats.rejected.is_empty() {
                    wrong.push(format!("{file}: {:?}", stats.rejected));
                }
            }
        }
        checked += 1;
        if found != BTreeSet::from([id]) {
            wrong.push(format!("{file}: {found:?} instead of {id}"));
        } else if let Some(want) = (MISCOUNTED.iter().find(|(f, _)| *f == file).map(|&(_, n)| n))
            .or(entry["expect"]["records"].as_u64())
            && want != records
        {
            wrong.push(format!("{file}: {records} records instead of {want}"));
        }
    }
    assert!(checked > 0);
    assert!(
        wrong.is_empty(),
        "{} of {checked} files:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// All events of a folder, one shard a file.
fn folder(dir: &Path) -> Vec<Shard> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(dir)
        .expect("a folder")
        .map(|e| e.expect("an entry").path())
        .collect();
    files.sort();
    files
        .iter()
        .map(|path| {
            let bytes = std::fs::read(path).expect("a file");
            let (shard, stats) = testing::read_as("cloudtrail", "", &bytes, 4096, &Options::default());
            assert!(
                stats.rejected.is_empty(),
                "{}: {:?}",
                path.display(),
                stats.rejected
            );
            shard
        })
        .collect()
}

/// Every value of a field, over all events; `None` where it is absent.
fn values(shards: &[Shard], field: &str) -> Vec<Value> {
    let mut out = Vec::new();
    for shard in shards {
        let table = shard.table("cloudtrail").expect("events");
        let at = table.field(field).expect("a field");
        for segment in &table.segments {
            out.extend((0..segment.rows).map(|row| table.value(&shard.pool, segment, row, at)));
        }
    }
    out
}

#[test]
fn figures_of_cloudtrail_folders_agree() {
    let Some(dir) = corpus() else { return };
    for name in ["invictus", "stratus"] {
        let text =
            std::fs::read_to_string(dir.join(format!("cloudtrail/{name}.expected.json"))).expect("figures");
        let want: Json = serde_json::from_str(&text).expect("JSON");
        let shards = folder(&dir.join("cloudtrail").join(name));
        assert_eq!(
            shards.len() as u64,
            want["files"].as_u64().expect("a number"),
            "{name}"
        );

        let times = values(&shards, "eventTime");
        assert_eq!(
            times.len() as u64,
            want["records"].as_u64().expect("a number"),
            "{name}"
        );
        let mut times: Vec<String> = times.iter().map(Value::to_text).collect();
        times.sort();
        assert_eq!(
            times.first().map(String::as_str),
            want["first"].as_str(),
            "{name}"
        );
        assert_eq!(times.last().map(String::as_str), want["last"].as_str(), "{name}");

        let ids: BTreeSet<String> = values(&shards, "eventID").iter().map(Value::to_text).collect();
        assert_eq!(
            ids.len() as u64,
            want["unique_eventIDs"].as_u64().expect("a number"),
            "{name}"
        );
        let keys: FastSet<u128> = shards
            .iter()
            .flat_map(|s| &s.table("cloudtrail").expect("events").segments)
            .flat_map(|s| (0..s.rows).filter_map(|row| s.key(row)))
            .collect();
        assert_eq!(keys.len(), ids.len(), "{name}: identities");

        for field in [
            "eventName",
            "eventSource",
            "awsRegion",
            "errorCode",
            "sourceIPAddress",
            "userIdentity.type",
            "userIdentity.arn",
            "eventCategory",
            "eventType",
            "readOnly",
        ] {
            let mut counts: BTreeMap<String, u64> = BTreeMap::new();
            for value in values(&shards, field) {
                // The figures were written by Python.
                let text = match value {
                    Value::Absent => "None".to_owned(),
                    Value::Bool(true) => "True".to_owned(),
                    Value::Bool(false) => "False".to_owned(),
                    other => other.to_text(),
                };
                *counts.entry(text).or_default() += 1;
            }
            let top = want[format!("top_{field}")].as_array().expect("a list");
            for pair in top {
                let (text, count) = (pair[0].as_str().expect("a text"), pair[1].as_u64());
                assert_eq!(counts.get(text).copied(), count, "{name}: {field} {text}");
            }
            let distinct = want[format!("distinct_{field}")].as_u64().expect("a number");
            assert_eq!(counts.len() as u64, distinct, "{name}: distinct {field}");
        }
        let logins = values(&shards, "responseElements.ConsoleLogin");
        let successes = logins.iter().filter(|v| v.as_str() == Some("Success")).count() as u64;
        assert_eq!(
            Some(successes),
            want["consoleLogin"]["Success"].as_u64(),
            "{name}"
        );
    }
}
