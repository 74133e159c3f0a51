//! What rules said, as a shared file keeps it: who reads the file sees the verdicts of all records, whichever of them were
//! shared.

use super::{Evidence, Finding, Severity, Verdict, rule};
use crate::base::{TimeRange, time};
use crate::query::text;
use serde::{Deserialize, Serialize};

/// A rule's verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// [`super::RuleFacts::id`].
    pub rule: String,
    pub title: String,
    pub severity: Severity,
    /// When it fires.
    pub states: String,
    /// Which file would make it evaluable; `None` where it was evaluated.
    pub needs: Option<String>,
    pub findings: Vec<ToldFinding>,
}

/// A finding; times in ISO 8601, the filter as it is typed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToldFinding {
    pub detail: String,
    pub subject: String,
    pub count: u64,
    pub first: Option<String>,
    pub last: Option<String>,
    pub kinds: Vec<String>,
    pub filter: String,
    pub range: Option<(String, String)>,
    pub view: String,
}

impl Told {
    /// `None` for a rule that is not registered.
    pub fn of(id: &str, verdict: &Verdict) -> Option<Told> {
        let facts = rule(id)?.facts();
        let (findings, needs) = match verdict {
            Verdict::Fired(findings) => (findings.iter().map(told).collect(), None),
            Verdict::Quiet => (Vec::new(), None),
            Verdict::NotEvaluable { needs } => (Vec::new(), Some(needs.clone())),
        };
        Some(Told {
            rule: id.to_owned(),
            title: facts.title.to_owned(),
            severity: facts.severity,
            states: facts.states.to_owned(),
            needs,
            findings,
        })
    }

    /// The findings as rules make them. A filter that can not be read matches nothing it should not: such a finding is
    /// left out.
    pub fn findings(&self) -> Vec<Finding> {
        let finding = |f: &ToldFinding| {
            let at = |t: &Option<String>| t.as_ref().and_then(|t| time::parse_iso(t.as_bytes()));
            let range = f.range.as_ref().and_then(|(from, to)| {
                let (from, to) = (time::parse_iso(from.as_bytes())?, time::parse_iso(to.as_bytes())?);
                (from < to).then(|| TimeRange::new(from, to))
            });
            Some(Finding {
                rule: self.rule.clone(),
                title: self.title.clone(),
                severity: self.severity,
                detail: f.detail.clone(),
                subject: f.subject.clone(),
                count: f.count,
                first_ns: at(&f.first),
                last_ns: at(&f.last),
                evidence: Evidence {
                    kinds: f.kinds.clone(),
                    filter: text::parse(&f.filter).ok()?,
                    range,
                },
                view: f.view.clone(),
            })
        };
        self.findings.iter().filter_map(finding).collect()
    }
}

fn told(finding: &Finding) -> ToldFinding {
    ToldFinding {
        detail: finding.detail.clone(),
        subject: finding.subject.clone(),
        count: finding.count,
        first: finding.first_ns.map(time::iso),
        last: finding.last_ns.map(time::iso),
        kinds: finding.evidence.kinds.clone(),
        filter: text::write(&finding.evidence.filter),
        range: finding
            .evidence
            .range
            .map(|r| (time::iso(r.from_ns), time::iso(r.to_ns))),
        view: finding.view.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::Expr;
    use crate::rules::RULES;

    #[test]
    fn a_verdict_comes_back_from_json() {
        let finding = Finding {
            rule: RULES[0].facts().id.to_owned(),
            title: RULES[0].facts().title.to_owned(),
            severity: RULES[0].facts().severity,
            detail: "ci </script> 3 times".into(),
            subject: "ci".into(),
            count: 3,
            first_ns: Some(1_700_000_000_123_456_789),
            last_ns: None,
            evidence: Evidence {
                kinds: vec!["cloudtrail".into()],
                filter: Expr::eq("eventName", "Stop \"Logging\"").and(!Expr::exists("errorCode")),
                range: Some(TimeRange::new(5_000_000_000, 6_000_000_000)),
            },
            view: "trail".into(),
        };
        let told = Told::of(RULES[0].facts().id, &Verdict::Fired(vec![finding.clone()])).unwrap();
        let text = serde_json::to_string(&told).unwrap();
        let back: Told = serde_json::from_str(&text).unwrap();
        assert_eq!(back.findings(), [finding]);
        let needs = Verdict::NotEvaluable {
            needs: "a trail".into(),
        };
        let told = Told::of(RULES[0].facts().id, &needs).unwrap();
        assert_eq!((told.needs.as_deref(), told.findings.len()), (Some("a trail"), 0));
        assert_eq!(Told::of("no such rule", &Verdict::Quiet), None);
    }
}
