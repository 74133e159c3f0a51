//! What a rule says of the records under a filter and range, ready to be shown.

use crate::query::Answer;
use crate::rules::{Finding, Rule, RuleFacts, Told, Verdict, rule, verdict};

/// A rule with its verdict.
#[derive(Clone)]
pub struct Judged {
    pub rule: &'static RuleFacts,
    pub findings: Vec<Finding>,
    /// Which file would make it evaluable; `None` where it was evaluated.
    pub needs: Option<String>,
}

impl Judged {
    /// Out of the answers to the rule's questions.
    pub fn of(rule: &'static dyn Rule, answers: &[Answer]) -> Judged {
        let (findings, needs) = match verdict(rule, answers) {
            Verdict::Fired(f) => (f, None),
            Verdict::Quiet => (Vec::new(), None),
            Verdict::NotEvaluable { needs } => (Vec::new(), Some(needs)),
        };
        Judged {
            rule: rule.facts(),
            findings,
            needs,
        }
    }

    /// Out of a verdict that was kept; `None` where the rule is not known any more.
    pub fn told(told: &Told) -> Option<Judged> {
        Some(Judged {
            rule: rule(&told.rule)?.facts(),
            findings: told.findings(),
            needs: told.needs.clone(),
        })
    }
}
