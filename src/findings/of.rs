//! Entries out of what each source says.

use super::{Entry, Item, Place, Source, Status};
use crate::base::Value;
use crate::checks::{Checked, Outcome, Records};
use crate::monitoring::TOPICS;
use crate::query::text::parse;
use crate::query::{Expr, Op};
use crate::rules::book::{Asks, PatternAsk, WrittenRule};
use crate::rules::{Evidence, Finding, RuleFacts, Severity, Verdict};

/// Fields whose value in a finding's filter says whom or what it is about.
const PRINCIPAL: [&str; 4] = ["principal", "userIdentity.arn", "userIdentity.userName", "actor"];
const RESOURCE: [&str; 2] = ["resource", "resourceId"];
const ACCOUNT: [&str; 3] = ["recipientAccountId", "account", "userIdentity.accountId"];
const REGION: [&str; 2] = ["awsRegion", "region"];

/// The value that a filter wants one of these fields to have.
fn wanted(filter: &Expr, fields: &[&str]) -> Option<String> {
    match filter {
        Expr::And(parts) => parts.iter().find_map(|p| wanted(p, fields)),
        Expr::Compare {
            field,
            op: Op::Eq,
            value,
        } if fields.contains(&field.as_str()) => match value {
            Value::Absent => None,
            value => Some(value.to_text()),
        },
        _ => None,
    }
}

fn item(finding: &Finding) -> Item {
    let filter = &finding.evidence.filter;
    Item {
        status: Status::of_severity(finding.severity),
        subject: finding.subject.clone(),
        principal: wanted(filter, &PRINCIPAL),
        resource: wanted(filter, &RESOURCE),
        account: wanted(filter, &ACCOUNT),
        region: wanted(filter, &REGION),
        detail: finding.detail.clone(),
        count: finding.count,
        first_ns: finding.first_ns,
        last_ns: finding.last_ns,
        evidence: Some(finding.evidence.clone()),
        place: None,
        view: finding.view.clone(),
    }
}

/// Findings, or what is lacking.
fn said(verdict: &Verdict) -> (Vec<Item>, Option<String>) {
    match verdict {
        Verdict::Fired(findings) => (findings.iter().map(item).collect(), None),
        Verdict::Quiet => (Vec::new(), None),
        Verdict::NotEvaluable { needs } => (Vec::new(), Some(needs.clone())),
    }
}

pub fn of_signal(facts: &RuleFacts, verdict: &Verdict) -> Entry {
    let (items, needs) = said(verdict);
    Entry {
        id: facts.id.to_owned(),
        source: Source::Signal,
        title: facts.title.to_owned(),
        category: "security".to_owned(),
        severity: Some(facts.severity),
        states: facts.states.to_owned(),
        advice: String::new(),
        references: Vec::new(),
        asks: None,
        kinds: facts.kinds.iter().map(|k| (*k).to_owned()).collect(),
        needs,
        items,
        unjudged: 0,
    }
}

/// A rule's id is its own among those of its source.
pub fn of_rule(source: Source, rule: &WrittenRule, verdict: &Verdict) -> Entry {
    let (items, needs) = said(verdict);
    let attack = rule.attack.iter().map(|id| match &rule.attack_version {
        Some(version) => format!("ATT&CK {id} (v{version})"),
        None => format!("ATT&CK {id}"),
    });
    let mut references: Vec<String> = rule.source.iter().cloned().collect();
    references.extend(attack);
    Entry {
        id: format!("{}/{}", source.id(), rule.id),
        source,
        title: rule.title.clone(),
        category: "security".to_owned(),
        severity: Some(rule.severity),
        states: rule.states(),
        advice: rule.text.clone(),
        references,
        asks: Some(match &rule.asks {
            Asks::Pattern(ask) => ask.pattern.clone(),
            Asks::Query(ask) => ask.query.clone(),
        }),
        kinds: rule.kinds.clone(),
        needs,
        items,
        unjudged: 0,
    }
}

/// The benchmark's topics as rules: what a metric filter on each would have taken. That something of a topic happened is
/// worth a look, not an alarm: the benchmark wants somebody to be told of it.
pub fn monitored() -> Vec<WrittenRule> {
    let rule = |topic: &crate::monitoring::Topic| WrittenRule {
        id: topic.id.to_owned(),
        title: topic.title.to_owned(),
        severity: match topic.severity {
            "critical" | "high" => Severity::Medium,
            "medium" => Severity::Low,
            _ => Severity::Info,
        },
        text: topic.why.to_owned(),
        kinds: vec!["cloudtrail".to_owned()],
        asks: Asks::Pattern(PatternAsk {
            pattern: topic.pattern.to_owned(),
            threshold: 1,
            distinct: None,
            window_ns: None,
            names: Some("eventName".to_owned()),
        }),
        group_by: vec!["principal".to_owned()],
        needs: "CloudTrail events: a file from the trail's bucket, or the answer of lookup-events".to_owned(),
        view: "trail".to_owned(),
        attack: Vec::new(),
        attack_version: None,
        source: Some(numbers(topic)),
    };
    TOPICS.iter().map(rule).collect()
}

/// The topic's numbers in the versions of the benchmark.
fn numbers(topic: &crate::monitoring::Topic) -> String {
    let of = &topic.numbers;
    let old = of.v1_2.map_or(String::new(), |n| format!("v1.2 {n}, "));
    format!(
        "CIS AWS Foundations {old}v1.3 to v5.0 {}, v6.0 and v7.0 {}",
        of.v1_3, of.v6
    )
}

/// The records of a log that a judgement rests on, and the view that shows them.
fn records(records: &Records) -> Option<(Evidence, String)> {
    let view = match records.kind.as_str() {
        "cloudtrail" => "trail",
        "vpc-flow" => "traffic",
        _ => "events",
    };
    let evidence = Evidence {
        kinds: vec![records.kind.clone()],
        filter: parse(&records.filter).ok()?,
        range: None,
    };
    Some((evidence, view.to_owned()))
}

pub fn of_check(checked: &Checked) -> Entry {
    let facts = checked.facts;
    let judged = |j: &crate::checks::Judged| {
        let of_log = j.records.as_ref().and_then(records);
        let of_resource = || {
            let filter = Expr::eq("resource", j.id.as_str());
            let evidence = Evidence {
                kinds: Vec::new(),
                filter,
                range: None,
            };
            ((!j.id.is_empty()).then_some(evidence), "config".to_owned())
        };
        let (evidence, view) = of_log.map_or_else(of_resource, |(e, view)| (Some(e), view));
        let named = match j.name.is_empty() || j.name == j.id {
            true => j.id.clone(),
            false => format!("{} ({})", j.name, j.id),
        };
        Item {
            status: Status::of(j.status.id()),
            subject: named,
            principal: None,
            resource: Some(j.id.clone()),
            account: Some(j.account.clone()).filter(|a| !a.is_empty()),
            region: Some(j.region.clone()).filter(|r| !r.is_empty()),
            detail: j.reason.clone(),
            count: 1,
            first_ns: j.at_ns,
            last_ns: j.at_ns,
            evidence,
            place: (!j.place.member_path.is_empty()).then(|| Place {
                path: j.place.member_path.clone(),
                offset: j.place.offset,
            }),
            view,
        }
    };
    let (items, needs) = match &checked.outcome {
        Outcome::Evaluated(all) => (all.iter().map(judged).collect(), None),
        Outcome::NotEvaluable { needs } => (Vec::new(), Some(needs.clone())),
    };
    let mut references = Vec::new();
    if let Some(id) = facts.trusted_advisor {
        references.push(format!("follows the published criteria of Trusted Advisor {id}"));
    }
    if !facts.beyond.is_empty() {
        references.push(facts.beyond.to_owned());
    }
    Entry {
        id: facts.id.to_owned(),
        source: Source::Check,
        title: facts.title.to_owned(),
        category: facts.category.id().to_owned(),
        severity: None,
        states: facts.criteria.to_owned(),
        advice: String::new(),
        references,
        asks: None,
        kinds: checked.kinds().into_iter().map(str::to_owned).collect(),
        needs,
        items,
        unjudged: checked.unjudged as u64,
    }
}
