//! Entries as a shared file keeps them: what built-in rules and checks say of themselves the program in the file knows.

use super::{Entry, Source, monitored, of_check, of_rule, of_signal};
use crate::checks::{CHECKS, Checked, Outcome};
use crate::rules::{Verdict, catalogue, rule};

/// Takes out what [`whole`] brings back.
pub fn slim(entry: &mut Entry) {
    if template(entry).is_some() {
        entry.states.clear();
        entry.advice.clear();
        entry.references.clear();
        entry.asks = None;
        entry.kinds.clear();
    }
}

/// Brings back what built-in rules and checks say of themselves.
pub fn whole(entry: &mut Entry) {
    if let Some(own) = template(entry).filter(|_| entry.states.is_empty()) {
        entry.states = own.states;
        entry.advice = own.advice;
        entry.references = own.references;
        entry.asks = own.asks;
        entry.kinds = own.kinds;
    }
}

/// A built-in rule or check before it found anything.
fn template(entry: &Entry) -> Option<Entry> {
    let own_id = entry.id.rsplit('/').next()?;
    match entry.source {
        Source::Signal => Some(of_signal(rule(own_id)?.facts(), &Verdict::Quiet)),
        Source::Catalogue => {
            let rule = catalogue().iter().find(|r| r.id == own_id)?;
            Some(of_rule(entry.source, rule, &Verdict::Quiet))
        }
        Source::Monitoring => {
            let all = monitored();
            let rule = all.iter().find(|r| r.id == own_id)?;
            Some(of_rule(entry.source, rule, &Verdict::Quiet))
        }
        Source::Check => {
            let check = CHECKS
                .iter()
                .flat_map(|c| c.iter())
                .find(|c| c.facts.id == own_id)?;
            Some(of_check(&Checked {
                facts: &check.facts,
                outcome: Outcome::Evaluated(Vec::new()),
                unjudged: 0,
            }))
        }
        Source::Own => None,
    }
}
