//! The catalogue's rules against records as AWS writes them: `tests/catalogue/<rule>.json` holds what fires a rule and what
//! comes near and does not.
//!
//! `fires`: each record fires the rule by itself, repeated `repeat` times, one every `every`. `misses`: all of them together
//! find nothing; those of a rule that counts different values are repeated as well, and so is a record with `{n}` in it, which
//! is the repetition's number. Records of flow logs are lines of the default format.

use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use trailbeam::base::Value;
use trailbeam::base::time::{SECOND, iso, parse_iso};
use trailbeam::formats::{FORMATS, Options, SAMPLE_BYTES, Sample, detect};
use trailbeam::language::insights::{self, Clock, Known, Named, Record, Value as Cell};
use trailbeam::language::json::Json as Node;
use trailbeam::language::pattern::Pattern;
use trailbeam::query::{Agg, Query, answer_now, text};
use trailbeam::rules::book::{self, Asks, KINDS, WrittenRule};
use trailbeam::rules::catalogue::{FILES, catalogue};
use trailbeam::rules::{Finding, RULES, Severity, Verdict};
use trailbeam::table::{RowSink, Shard, Stats};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/catalogue");
/// `id name`, a line each: the techniques of MITRE ATT&CK 16.1 that the catalogue names.
const TECHNIQUES: &str = include_str!("catalogue/attack-16.1.txt");
const FLOW_FIELDS: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    fires: Vec<Json>,
    misses: Vec<Json>,
    #[serde(default = "once")]
    repeat: i64,
    /// Seconds, as `10s` or `5m`.
    every: Option<String>,
}

fn once() -> i64 {
    1
}

impl Case {
    fn of(rule: &WrittenRule) -> Case {
        let path = format!("{FOLDER}/{}.json", rule.id);
        let text = fs::read_to_string(&path).unwrap_or_else(|why| panic!("{path}: {why}"));
        serde_json::from_str(&text).unwrap_or_else(|why| panic!("{path}: {why}"))
    }

    fn every_ns(&self) -> i64 {
        let Some(every) = &self.every else { return SECOND };
        let (number, unit) = every.split_at(every.len() - 1);
        let unit = match unit {
            "s" => SECOND,
            "m" => 60 * SECOND,
            other => panic!("{other} is no unit"),
        };
        number.parse::<i64>().expect("a number") * unit
    }

    /// A record as often as it is repeated, in text.
    fn repeated(&self, record: &Json, times: i64) -> Vec<String> {
        let one = |n: i64| {
            let mut record = record.clone();
            if let Some(time) = record.get("eventTime").and_then(Json::as_str) {
                let at = parse_iso(time.as_bytes()).expect("a time") + n * self.every_ns();
                record["eventTime"] = iso(at).into();
            }
            let text = match &record {
                Json::String(line) => line.clone(),
                other => other.to_string(),
            };
            text.replace("{n}", &(n + 1).to_string())
        };
        (0..times).map(one).collect()
    }

    fn fires(&self) -> impl Iterator<Item = Vec<String>> {
        self.fires.iter().map(|r| self.repeated(r, self.repeat))
    }

    fn misses(&self, of_values: bool) -> Vec<String> {
        let all = self.misses.iter().flat_map(|record| {
            let again = of_values || record.to_string().contains("{n}");
            self.repeated(record, if again { self.repeat } else { 1 })
        });
        all.collect()
    }
}

/// Events, read by their format, and marked where the pattern takes them.
fn trail(events: &[String], pattern: &str) -> (Shard, usize) {
    let bytes = format!(r#"{{"Records":[{}]}}"#, events.join(",")).into_bytes();
    let head = bytes.get(..SAMPLE_BYTES).unwrap_or(&bytes);
    let sample = Sample::new("trail.json", head, head.len() == bytes.len());
    let format = detect(&sample).expect("a known format");
    assert_eq!(format.facts().id, "cloudtrail");
    let mut reader = format.reader(&sample, &Options::default());
    let mut shard = Shard::default();
    let mut stats = Stats::default();
    let (pool, table) = shard.table_mut(format.facts());
    let mut sink = RowSink::new(pool, table, &mut stats, 0, 7);
    reader.feed(&bytes, &mut sink);
    reader.finish(&mut sink);
    assert_eq!(
        (stats.rejected.total(), stats.kept),
        (0, events.len() as u64),
        "{:?}",
        stats.rejected
    );
    shard.seal();
    let parsed = Pattern::parse(pattern).expect("a pattern").pattern;
    let mut bits = vec![0u64; events.len().div_ceil(64)];
    let mut taken = 0;
    for (row, event) in events.iter().enumerate() {
        if parsed.matches(event) {
            bits[row / 64] |= 1 << (row % 64);
            taken += 1;
        }
    }
    let segments = &mut shard.tables[0].segments;
    assert_eq!(segments.len(), 1);
    segments[0].set_mark(pattern, bits.into());
    (shard, taken)
}

fn judge(rule: &WrittenRule, events: &[String]) -> (Vec<Finding>, usize, Shard) {
    let pattern = rule.pattern().expect("a pattern");
    let (shard, taken) = trail(events, pattern);
    let query = rule.ask().expect("a question");
    let answer = answer_now(&shard, &query).finish(&query);
    assert!(
        answer.unknown_fields.is_empty(),
        "{}: {:?}",
        rule.id,
        answer.unknown_fields
    );
    let findings = match rule.verdict(&answer) {
        Verdict::Fired(findings) => findings,
        Verdict::Quiet => Vec::new(),
        Verdict::NotEvaluable { needs } => panic!("{} needs {needs}", rule.id),
    };
    (findings, taken, shard)
}

#[test]
fn patterns_take_what_fires_and_not_what_misses() {
    for rule in catalogue().iter().filter(|r| r.pattern().is_some()) {
        let Asks::Pattern(ask) = &rule.asks else { continue };
        let case = Case::of(rule);
        for events in case.fires() {
            let (findings, taken, shard) = judge(rule, &events);
            assert_eq!(taken, events.len(), "{} does not take {}", rule.id, events[0]);
            assert!(!findings.is_empty(), "{} does not fire on {}", rule.id, events[0]);
            for f in findings {
                assert_eq!((&f.rule, f.severity), (&rule.id, rule.severity));
                assert!(!f.subject.is_empty() && f.subject != "unknown", "{f:?}");
                assert!(!f.detail.contains("unknown"), "{f:?}");
                // The evidence leads to as many records as are counted.
                let kinds: Vec<&str> = f.evidence.kinds.iter().map(String::as_str).collect();
                let count = Query::groups(&kinds, Vec::new(), vec![Agg::Count])
                    .filter(f.evidence.filter.clone())
                    .within(f.evidence.range, &trailbeam::query::Expr::All);
                assert_eq!(
                    answer_now(&shard, &count).finish(&count).matched,
                    f.count,
                    "{f:?}"
                );
            }
        }
        let (findings, _, _) = judge(rule, &case.misses(ask.distinct.is_some()));
        assert!(
            findings.is_empty(),
            "{} fires on what should miss: {findings:?}",
            rule.id
        );
    }
}

/// The result of a query over lines of a flow log.
fn findings_of_flows(rule: &WrittenRule, lines: &[String]) -> Vec<Finding> {
    let kinds: Vec<&str> = FORMATS.iter().map(|f| f.facts().id).collect();
    let known = Known {
        kinds: &kinds,
        fields: &[],
    };
    let program = insights::parse(rule.query().expect("a query"), &known)
        .unwrap_or_else(|why| panic!("{}: {why}", rule.id));
    assert!(program.warnings.is_empty(), "{}: {:?}", rule.id, program.warnings);
    let clock = Clock {
        now: 1_794_400_000,
        start: 0,
        end: 1_794_400_000_000,
    };
    let plan = program.plan(clock);
    let mut part = plan.start();
    for (place, line) in lines.iter().enumerate() {
        let fields: BTreeMap<&str, Json> = FLOW_FIELDS
            .split(' ')
            .zip(line.split(' '))
            .map(|(name, value)| (name, value.parse::<i64>().map_or(value.into(), Json::from)))
            .collect();
        let node = Node::parse(&serde_json::to_string(&fields).unwrap()).expect("JSON");
        let mut record = Record::structured(Some("vpc-flow"), node);
        record.time = fields["start"].as_i64().map(|s| s * SECOND);
        let names = &plan.needs().fields;
        plan.push(
            &mut part,
            &Named {
                record: &record,
                names,
            },
            record.order(place as u128),
        );
    }
    let table = plan.finish(part);
    let columns: Vec<String> = table.columns.iter().map(|c| c.name.clone()).collect();
    let rows: Vec<Vec<Value>> = table.rows.iter().map(|r| r.iter().map(value).collect()).collect();
    rule.judge_table(&columns, &rows)
}

fn value(cell: &Cell<'_>) -> Value {
    match cell {
        Cell::Absent => Value::Absent,
        Cell::Bool(b) => Value::Bool(*b),
        Cell::Int(i) => Value::Int(*i),
        Cell::Wide(i) => Value::Big(**i),
        Cell::Float(f) => Value::Float(*f),
        Cell::Text(t) => Value::Text(t.to_string()),
        Cell::Time(ns) => Value::Time(*ns),
        Cell::Node(_) => Value::Text(cell.display()),
    }
}

#[test]
fn queries_find_what_fires_and_not_what_misses() {
    for rule in catalogue().iter().filter(|r| r.query().is_some()) {
        let case = Case::of(rule);
        for lines in case.fires() {
            let findings = findings_of_flows(rule, &lines);
            assert_eq!(findings.len(), 1, "{} on {}", rule.id, lines[0]);
            let f = &findings[0];
            assert!(
                f.first_ns.is_some() && f.first_ns <= f.last_ns && f.count > 0,
                "{f:?}"
            );
            assert!(
                f.detail.starts_with(&f.subject) && f.detail.len() > f.subject.len(),
                "{f:?}"
            );
            assert_eq!(f.evidence.kinds, ["vpc-flow"]);
            let names = trailbeam::query::names(
                &Query::groups(&[], Vec::new(), Vec::new()).filter(f.evidence.filter.clone()),
            );
            for name in names {
                assert!(has_field("vpc-flow", &name), "{}: {name}", rule.id);
            }
        }
        let findings = findings_of_flows(rule, &case.misses(false));
        assert!(
            findings.is_empty(),
            "{} fires on what should miss: {findings:?}",
            rule.id
        );
    }
}

/// Is there such a field, by any name that a filter takes?
fn has_field(kind: &str, name: &str) -> bool {
    let format = FORMATS.iter().find(|f| f.facts().id == kind).expect("a kind");
    let plain = |n: &str| n.to_ascii_lowercase().replace('-', "_");
    name == "@kind" || format.facts().fields.iter().any(|f| plain(f.name) == plain(name))
}

#[test]
fn files_are_read_without_a_fault() {
    let mut ids = BTreeSet::new();
    let mut rules = 0;
    for (file, text) in FILES {
        let book = book::read(text);
        assert!(book.faults.is_empty(), "{file}.toml: {:#?}", book.faults);
        assert!(!book.rules.is_empty(), "{file}.toml");
        rules += book.rules.len();
        for rule in &book.rules {
            assert!(ids.insert(rule.id.clone()), "{} is there twice", rule.id);
            assert!(RULES.iter().all(|r| r.facts().id != rule.id), "{}", rule.id);
        }
        assert_eq!(
            book::read(&book::write(&book.rules)),
            book,
            "{file}.toml, written and read"
        );
    }
    assert_eq!(rules, catalogue().len());
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/rules/catalogue");
    let files = fs::read_dir(folder)
        .expect("the folder")
        .flatten()
        .map(|f| f.path());
    let tomls = files
        .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        .count();
    assert_eq!(tomls, FILES.len(), "a file in {folder} is not in FILES");
}

#[test]
fn every_rule_has_a_case_and_every_case_a_rule() {
    let rules: BTreeSet<&str> = catalogue().iter().map(|r| r.id.as_str()).collect();
    let cases: BTreeSet<String> = fs::read_dir(FOLDER)
        .expect("the folder")
        .flatten()
        .filter_map(|f| Some(f.file_name().to_str()?.strip_suffix(".json")?.to_owned()))
        .collect();
    let cases: BTreeSet<&str> = cases.iter().map(String::as_str).collect();
    let lacking: Vec<_> = rules.difference(&cases).collect();
    assert!(lacking.is_empty(), "no case in {FOLDER} for {lacking:?}");
    let lost: Vec<_> = cases.difference(&rules).collect();
    assert!(lost.is_empty(), "no rule for the cases {lost:?}");
    for rule in catalogue() {
        let case = Case::of(rule);
        assert!(!case.fires.is_empty() && !case.misses.is_empty(), "{}", rule.id);
    }
}

#[test]
fn fields_and_patterns_are_as_aws_has_them() {
    for rule in catalogue() {
        let asked = rule.group_by.iter().map(String::as_str);
        let fields: Vec<&str> = match &rule.asks {
            Asks::Pattern(ask) => {
                let parsed = Pattern::parse(&ask.pattern).unwrap_or_else(|why| panic!("{}: {why}", rule.id));
                assert!(parsed.warnings.is_empty(), "{}: {:?}", rule.id, parsed.warnings);
                asked
                    .chain(ask.distinct.as_deref())
                    .chain(ask.names.as_deref())
                    .collect()
            }
            Asks::Query(ask) => {
                assert!(
                    ask.evidence.as_deref().is_some_and(|e| text::parse(e).is_ok()),
                    "{}",
                    rule.id
                );
                asked.collect()
            }
        };
        for field in fields {
            assert!(has_field(&rule.kinds[0], field), "{}: {field}", rule.id);
        }
    }
}

#[test]
fn techniques_are_those_of_attack() {
    let table: BTreeMap<&str, &str> = TECHNIQUES.lines().filter_map(|l| l.split_once(' ')).collect();
    let mut used = BTreeSet::new();
    for rule in catalogue() {
        assert!(!rule.attack.is_empty(), "{} names no technique", rule.id);
        assert_eq!(rule.attack_version.as_deref(), Some("16.1"), "{}", rule.id);
        for id in &rule.attack {
            assert!(
                table.contains_key(id.as_str()),
                "{}: {id} is no technique of ATT&CK 16.1",
                rule.id
            );
            used.insert(id.as_str());
        }
    }
    let unused: Vec<_> = table.keys().filter(|id| !used.contains(*id)).collect();
    assert!(unused.is_empty(), "not used: {unused:?}");
}

#[test]
fn rules_read_as_people_write() {
    assert!(catalogue().len() >= 90);
    let mut titles = BTreeSet::new();
    for rule in catalogue() {
        let sentence = rule.text.split_whitespace().count();
        assert!(
            rule.text.ends_with('.') && (8..=60).contains(&sentence),
            "{}: {}",
            rule.id,
            rule.text
        );
        assert!(
            !rule.title.ends_with('.') && rule.title.len() <= 70,
            "{}",
            rule.title
        );
        assert!(titles.insert(&rule.title), "{} is there twice", rule.title);
    }
    let serious = |r: &&WrittenRule| r.severity <= Severity::High;
    assert!(
        catalogue().iter().filter(serious).count() * 3 < catalogue().len(),
        "what is rare is serious"
    );
}

#[test]
fn rules_can_be_written_about_every_kind() {
    let formats: BTreeSet<&str> = FORMATS.iter().map(|f| f.facts().id).collect();
    let kinds: BTreeSet<&str> = KINDS.iter().map(|k| k.id).collect();
    assert_eq!(kinds.len(), KINDS.len());
    let unknown: Vec<_> = formats.symmetric_difference(&kinds).collect();
    assert!(
        unknown.is_empty(),
        "KINDS in src/rules/book/kinds.rs and FORMATS differ in {unknown:?}"
    );
    for kind in KINDS {
        assert!(has_field(kind.id, kind.subject), "{}: {}", kind.id, kind.subject);
        let format = FORMATS
            .iter()
            .find(|f| f.facts().id == kind.id)
            .expect("a format");
        assert!(
            format.facts().records.starts_with(kind.records) || kind.records == "findings",
            "{}",
            kind.id
        );
    }
}
