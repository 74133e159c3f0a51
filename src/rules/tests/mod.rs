//! Every rule: records that fire it, a near miss that does not, and evidence that leads to exactly its records.

mod findings;
mod traffic;
mod trail;

use super::*;
use crate::base::time::{DAY, HOUR, MINUTE, parse_iso};
use crate::base::{Facts, FieldSpec as F, FieldType, Group, Role};
use crate::query::{Agg, Partial, RowCache, Run, answer_now};
use crate::table::{RowSink, Shard, Stats};

const fn facts(id: &'static str, fields: &'static [F]) -> Facts {
    Facts {
        id,
        title: id,
        records: "records",
        group: Group::AwsService,
        spec_url: "",
        shapes: &[],
        export_hint: "",
        fields,
        columns: &[],
        aliases: &[],
        dedupe: false,
    }
}

/// The fields that rules ask for, as the formats of these ids name them.
static TRAIL: Facts = facts(
    "cloudtrail",
    &[
        F::time("eventTime").role(Role::Time),
        F::text("eventName").role(Role::Action),
        F::text("eventType"),
        F::text("principal").role(Role::Actor),
        F::list("resource").role(Role::Resource),
        F::address("sourceIPAddress").role(Role::SourceAddress),
        F::text("errorCode").role(Role::Outcome),
        F::text("recipientAccountId").role(Role::Account),
        F::text("awsRegion").role(Role::Region),
        F::text("userIdentity.type"),
        F::text("userIdentity.accessKeyId").role(Role::Credential),
        F::text("userIdentity.invokedBy"),
        F::list("openedTo"),
        F::text("responseElements.ConsoleLogin"),
        F::text("additionalEventData.MFAUsed"),
    ],
);
static FLOW: Facts = facts(
    "vpc-flow",
    &[
        F::time("start").role(Role::Time),
        F::text("account-id").role(Role::Account),
        F::text("interface-id").role(Role::Interface),
        F::address("srcaddr").role(Role::SourceAddress),
        F::address("dstaddr").role(Role::DestinationAddress),
        F::int("dstport").role(Role::DestinationPort),
        F::int("bytes").role(Role::Bytes),
        F::text("action").role(Role::Outcome),
        F::text("log-status"),
    ],
);
static CONFIG: Facts = facts(
    "config",
    &[
        F::time("configurationItemCaptureTime").role(Role::Time),
        F::text("resourceType").role(Role::ResourceType),
        F::text("resourceId").role(Role::Resource),
        F::text("configurationItemStatus").role(Role::Outcome),
    ],
);
static PROWLER: Facts = facts(
    "prowler",
    &[
        F::time("TIMESTAMP").role(Role::Time),
        F::text("findingTitle").role(Role::Message),
        F::text("findingStatus"),
        F::bool("findingExcluded"),
    ],
);

/// 11 November 2026, a while after midnight.
fn start() -> i64 {
    parse_iso(b"2026-11-11T01:00:00Z").unwrap()
}

/// A record: its kind, its time after [`start`], and its cells.
type Record = (&'static Facts, i64, Vec<(&'static str, String)>);

fn record(facts: &'static Facts, after: i64, cells: &[(&'static str, &str)]) -> Record {
    let own = cells.iter().map(|&(name, v)| (name, v.to_owned())).collect();
    (facts, after, own)
}

/// A CloudTrail event with the usual cells, which `cells` override; an empty one is absent.
fn event(after: i64, cells: &[(&'static str, &str)]) -> Record {
    let mut all = vec![
        ("eventType", "AwsApiCall"),
        ("principal", "ci-deploy"),
        ("sourceIPAddress", "198.51.100.7"),
        ("recipientAccountId", "111122223333"),
        ("awsRegion", "us-east-1"),
        ("userIdentity.type", "IAMUser"),
    ];
    all.retain(|(name, _)| cells.iter().all(|(own, _)| own != name));
    all.extend_from_slice(cells);
    record(&TRAIL, after, &all)
}

fn flow(after: i64, src: &str, dst: &str, port: usize, bytes: u64, action: &str) -> Record {
    let (port, bytes) = (port.to_string(), bytes.to_string());
    let cells = [
        ("srcaddr", src),
        ("dstaddr", dst),
        ("dstport", &*port),
        ("bytes", &*bytes),
        ("action", action),
        ("log-status", "OK"),
    ];
    record(&FLOW, after, &cells)
}

fn shard_of(records: &[Record]) -> Shard {
    let mut shard = Shard::default();
    for (at, (facts, after, cells)) in records.iter().enumerate() {
        let mut stats = Stats::default();
        let (pool, table) = shard.table_mut(facts);
        let mut sink = RowSink::new(pool, table, &mut stats, 0, 1);
        let time = facts.role(Role::Time).unwrap();
        sink.int(time, start() + after);
        for (name, value) in cells.iter().filter(|(_, v)| !v.is_empty()) {
            let field = facts.field(name).unwrap_or_else(|| panic!("{name}"));
            match facts.fields[field].ty {
                FieldType::Integer => sink.int(field, value.parse().unwrap()),
                FieldType::Bool => sink.bool(field, value == "true"),
                FieldType::List => sink.list(field, &value.split('|').collect::<Vec<_>>()),
                _ => sink.text(field, value.as_bytes()),
            }
        }
        sink.end(at as u64, 1);
    }
    shard.seal();
    shard
}

/// What a rule says of these records, which it must say whoever reads them, in whatever order.
#[track_caller]
fn judge(id: &str, records: &[Record]) -> Verdict {
    let said = judge_shards(id, &[shard_of(records)]);
    let turned: Vec<Record> = records.iter().rev().cloned().collect();
    assert_eq!(judge_shards(id, &[shard_of(&turned)]), said, "{id}, turned round");
    let (some, others) = records.split_at(records.len() / 2);
    let shards = [shard_of(others), Shard::default(), shard_of(some)];
    assert_eq!(judge_shards(id, &shards), said, "{id}, in three shards");
    said
}

fn judge_shards(id: &str, shards: &[Shard]) -> Verdict {
    let rule = rule(id).unwrap_or_else(|| panic!("no rule {id}"));
    let answer = |q: &Query| {
        let mut all = Partial::empty(q);
        for (at, shard) in (0..).zip(shards) {
            let cache = &mut RowCache::default();
            all.merge(Run::new(q.clone(), at).step(shard, cache, usize::MAX).unwrap());
        }
        all.finish(q)
    };
    let answers: Vec<Answer> = rule.ask().iter().map(answer).collect();
    for a in &answers {
        assert!(
            a.unknown_fields.is_empty(),
            "{id} asks for {:?}",
            a.unknown_fields
        );
    }
    verdict(rule, &answers)
}

/// What a rule finds, each with evidence that leads to as many records as it counts.
#[track_caller]
fn fires(id: &str, records: &[Record]) -> Vec<Finding> {
    let Verdict::Fired(findings) = judge(id, records) else {
        panic!("{id} does not fire");
    };
    let shard = shard_of(records);
    for f in &findings {
        let kinds: Vec<&str> = f.evidence.kinds.iter().map(String::as_str).collect();
        let q = Query::groups(&kinds, Vec::new(), vec![Agg::Count])
            .filter(f.evidence.filter.clone())
            .within(f.evidence.range, &Expr::All);
        assert_eq!(answer_now(&shard, &q).finish(&q).matched, f.count, "{f:?}");
        assert!(
            f.count > 0 && f.first_ns <= f.last_ns && f.first_ns.is_some(),
            "{f:?}"
        );
        assert!(!f.detail.contains(['{', '}']), "{}", f.detail);
    }
    findings
}

#[track_caller]
fn tells(id: &str, records: &[Record], detail: &str) {
    let findings = fires(id, records);
    let details: Vec<&str> = findings.iter().map(|f| f.detail.as_str()).collect();
    assert_eq!(details, [detail]);
}

#[track_caller]
fn quiet(id: &str, records: &[Record]) {
    assert_eq!(judge(id, records), Verdict::Quiet, "{id}");
}

#[test]
fn ids_are_unique_and_every_rule_says_what_it_states_and_needs() {
    let mut ids: Vec<&str> = RULES.iter().map(|r| r.facts().id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), RULES.len());
    for r in RULES {
        let f = r.facts();
        assert!(
            !f.states.is_empty() && !f.needs.is_empty() && !f.kinds.is_empty(),
            "{}",
            f.id
        );
        assert!(
            ["trail", "traffic", "config", "findings", "events"].contains(&f.view),
            "{}",
            f.id
        );
        // Nothing loaded, or only another kind: not quiet, which would say that all is well.
        let Verdict::NotEvaluable { needs } = judge(f.id, &[]) else {
            panic!("{} judges nothing", f.id);
        };
        assert_eq!(needs, f.needs);
    }
}
