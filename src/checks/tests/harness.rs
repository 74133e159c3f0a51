//! Written descriptions and what is expected of them, as the files in tests/checks/ spell them.
//!
//! A fact is an item of AWS Config (`config`), an item of an answer (`item`), a row of the credential report (`row`) or
//! what records of a log add up to (`sum`).

use crate::base::time::parse_iso;
use crate::checks::{Checked, Fact, Facts, Outcome, Place, SUMMED, SummedRow, evaluate, wants};
use serde_json::{Value, json};
use std::path::Path;

/// What ages are counted to unless a case says otherwise.
const NOW: &str = "2026-11-01T00:00:00Z";

pub fn ns(text: &str) -> i64 {
    parse_iso(text.as_bytes()).unwrap_or_else(|| panic!("no time: {text}"))
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// A fact as a worker would hand it over.
pub fn fact(given: &Value) -> Fact {
    let (kind, item_type, body) = if let Some(ty) = given["config"].as_str() {
        let mut body = given.clone();
        body["resourceType"] = json!(ty);
        body["configurationItemStatus"] = json!(given["status"].as_str().unwrap_or("OK"));
        ("config", ty, body)
    } else if let Some(ty) = given["item"].as_str() {
        ("aws-inventory", ty, given["body"].clone())
    } else if let Some(ty) = given["sum"].as_str() {
        return summed(ty, given);
    } else {
        ("iam-credential-report", "", given["row"].clone())
    };
    assert!(wants(kind, item_type), "no check reads {kind} {item_type:?}");
    Fact::of(
        kind,
        item_type,
        text(given, "id"),
        text(given, "name"),
        text(given, "arn"),
        given["account"].as_str().unwrap_or("111122223333"),
        given["region"].as_str().unwrap_or("eu-west-1"),
        given["at"].as_str().map(ns),
        body,
        Place {
            member_path: "given.json".to_owned(),
            offset: given["offset"].as_u64().unwrap_or_default(),
        },
    )
}

/// What a log adds up to: `rows` are `[day, count, met, sum]`, the day being null where days are not told apart.
fn summed(ty: &str, given: &Value) -> Fact {
    let summed = SUMMED.iter().find(|s| s.ty == ty);
    let summed = summed.unwrap_or_else(|| panic!("nothing is summed as {ty}"));
    let kind = given["kind"].as_str().unwrap_or(summed.kinds[0]);
    let rows: Vec<SummedRow> = given["rows"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|row| {
            let day_ns = row[0].as_str().map(ns);
            assert_eq!(day_ns.is_some(), summed.by_day, "{ty}");
            SummedRow {
                kind: kind.to_owned(),
                id: text(given, "id").to_owned(),
                account: "111122223333".to_owned(),
                region: "eu-west-1".to_owned(),
                day_ns,
                count: row[1].as_u64().unwrap_or_default(),
                met: row[2].as_u64().unwrap_or_default(),
                sum: row[3].as_f64().unwrap_or_default(),
                last_ns: day_ns,
            }
        })
        .collect();
    summed.facts(&rows).swap_remove(0)
}

/// One of the cases in a file.
pub struct Case {
    pub file: String,
    pub check: String,
    pub name: String,
    given: Value,
}

impl Case {
    pub fn given_facts(&self) -> &[Value] {
        self.given["facts"].as_array().map_or(&[], Vec::as_slice)
    }

    pub fn facts(&self) -> Facts {
        let mut facts = Facts::default();
        for given in self.given_facts() {
            facts.add(fact(given));
        }
        for ty in self.given["saw"].as_array().into_iter().flatten() {
            facts.saw(
                "config",
                ty.as_str().unwrap_or_default(),
                "111122223333",
                "eu-west-1",
            );
        }
        facts
    }

    pub fn ask(&self, facts: &Facts) -> Checked {
        let now = ns(self.given["now"].as_str().unwrap_or(NOW));
        let mut found = evaluate(facts, now);
        let at = found.iter().position(|c| c.facts.id == self.check);
        found.swap_remove(at.unwrap_or_else(|| panic!("{self}: no such check")))
    }

    /// `{"sg-1": "red"}`, or `"not evaluable"`.
    pub fn expected(&self) -> &Value {
        &self.given["expect"]
    }

    /// What the reasons have to say.
    pub fn says(&self) -> Vec<&str> {
        let says = self.given["says"].as_array().into_iter().flatten();
        says.filter_map(Value::as_str).collect()
    }

    /// The statuses that are expected.
    pub fn statuses(&self) -> Vec<&str> {
        let each = self.expected().as_object().into_iter().flat_map(|o| o.values());
        each.filter_map(Value::as_str).collect()
    }
}

impl std::fmt::Display for Case {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "{} {}: {}", self.file, self.check, self.name)
    }
}

/// Every case of tests/checks/.
pub fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/checks");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("tests/checks")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    files.sort();
    let mut out = Vec::new();
    for path in files {
        let file = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let read = std::fs::read_to_string(&path).expect("a fixture");
        let all: Vec<Value> = serde_json::from_str(&read).unwrap_or_else(|e| panic!("{file}: {e}"));
        out.extend(all.into_iter().map(|given| Case {
            file: file.clone(),
            check: text(&given, "check").to_owned(),
            name: text(&given, "case").to_owned(),
            given,
        }));
    }
    out
}

/// What came of it, as cases spell it.
pub fn found(checked: &Checked) -> Value {
    match &checked.outcome {
        Outcome::NotEvaluable { .. } => json!("not evaluable"),
        Outcome::Evaluated(judged) => judged
            .iter()
            .map(|j| (j.id.clone(), json!(j.status.id())))
            .collect(),
    }
}
