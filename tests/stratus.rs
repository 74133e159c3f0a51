//! Attacks that were really made (Stratus Red Team's, in `../shared/corpus` when that is there) are found: which rules fire on
//! each is in `tests/stratus.tsv`.

mod hunt;

use std::collections::BTreeMap;
use std::path::Path;
use trailbeam::engine::local::Local;
use trailbeam::rules::Severity;

const TABLE: &str = "tests/stratus.tsv";

/// Rules that fired on a file: `severity id`, the worst first. Topics of the benchmark are told without the words before.
fn fired(name: &str, bytes: Vec<u8>) -> Vec<String> {
    let mut local = Local::new(1);
    local.open(vec![(name.to_owned(), bytes)]);
    let entries = hunt::hunt(&mut local);
    let fired = entries.iter().filter(|e| e.fired());
    let mut all: Vec<(Severity, String)> = fired
        .map(|e| (e.severity.expect("rules have a severity"), e.id.clone()))
        .collect();
    all.sort();
    all.into_iter()
        .map(|(s, id)| format!("{} {id}", s.word()))
        .collect()
}

#[test]
fn what_stratus_did_is_found() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dir = root.join("../shared/corpus/cloudtrail/stratus");
    let Ok(files) = std::fs::read_dir(&dir) else {
        eprintln!("skipped: no {}", dir.display());
        return;
    };
    let mut found = BTreeMap::new();
    for file in files.flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        let bytes = std::fs::read(file.path()).expect("a readable file");
        found.insert(name.clone(), fired(&name, bytes));
    }
    let told: Vec<String> = found
        .iter()
        .map(|(name, rules)| format!("{}\t{}", name.trim_end_matches(".json"), rules.join(", ")))
        .collect();
    let told = format!("{}\n", told.join("\n"));
    let table = root.join(TABLE);
    if std::env::var_os("UPDATE_STRATUS").is_some() {
        std::fs::write(&table, &told).expect("a writable table");
    }
    let expected = std::fs::read_to_string(&table).unwrap_or_default();
    assert_eq!(
        told, expected,
        "{TABLE} says otherwise; UPDATE_STRATUS=1 writes it anew"
    );
}

#[test]
fn every_data_set_of_the_table_is_found() {
    let table =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(TABLE)).expect("the table");
    let known = |id: &str| match id.split_once('/') {
        Some(("catalogue", id)) => trailbeam::rules::catalogue().iter().any(|r| r.id == id),
        Some(("monitoring", id)) => trailbeam::findings::monitored().iter().any(|r| r.id == id),
        _ => trailbeam::rules::rule(id).is_some(),
    };
    for line in table.lines() {
        let (name, rules) = line.split_once('\t').expect("a name and rules");
        assert!(!rules.is_empty(), "{name} is found by nothing");
        for rule in rules.split(", ") {
            let (_, id) = rule.split_once(' ').expect("severity and id");
            assert!(known(id), "{name}: no rule {id}");
        }
    }
}
