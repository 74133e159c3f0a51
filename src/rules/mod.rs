//! What do the answers mean? Signals from the logs alone; rules are data wherever they can be.
//!
//! A [`Rule`] asks questions and judges the answers. It never sees a row: whatever answers queries can run it. A
//! finding's evidence is a filter; opening a finding sets it. A rule is one entry in `signals.rs`, or one file when it
//! has to compare groups with each other; either way one line in [`RULES`]. Rules that are only a pattern or a query and what
//! to say of it stand in files: those of the [`catalogue`], and a person's own, which [`book`] reads.

pub mod book;
pub mod catalogue;
mod counting;
mod failed_then_signed_in;
mod hits;
mod key_network;
mod new_region;
mod outbound;
mod scan;
mod signal;
mod signals;
mod told;

use crate::base::TimeRange;
use crate::query::{Agg, Answer, Expr, Query, Select, names};
pub use catalogue::catalogue;
use serde::{Deserialize, Serialize};
pub use signal::Signal;
pub use told::{Told, ToldFinding};

/// How much a finding matters; the most serious first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    Critical,
    High,
    Medium,
    Low,
    Info,
}

impl Severity {
    /// The word shown, and the end of the colour token's name (`--severity-high`).
    pub fn word(self) -> &'static str {
        match self {
            Severity::Critical => "critical",
            Severity::High => "high",
            Severity::Medium => "medium",
            Severity::Low => "low",
            Severity::Info => "info",
        }
    }
}

/// What is known about a rule before it is asked.
#[derive(Debug)]
pub struct RuleFacts {
    /// Stable, kebab-case.
    pub id: &'static str,
    pub title: &'static str,
    pub severity: Severity,
    /// When it fires, exactly, in a sentence or two.
    pub states: &'static str,
    /// Registry ids of the kinds it reads.
    pub kinds: &'static [&'static str],
    /// Which file makes it evaluable.
    pub needs: &'static str,
    /// The id of the view that shows its records best.
    pub view: &'static str,
}

/// What came of a rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Verdict {
    /// Never empty; the most telling finding first.
    Fired(Vec<Finding>),
    /// There were records to look at, and nothing in them.
    Quiet,
    /// There were none, or not in enough detail: which file would change that.
    NotEvaluable { needs: String },
}

/// One thing that a rule found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// [`RuleFacts::id`].
    pub rule: String,
    pub title: String,
    pub severity: Severity,
    /// One sentence: who, what, how often, from where.
    pub detail: String,
    /// The actor, resource, address or account it is about.
    pub subject: String,
    /// Records it rests on.
    pub count: u64,
    /// Times of the first and last of them, in nanoseconds.
    pub first_ns: Option<i64>,
    pub last_ns: Option<i64>,
    pub evidence: Evidence,
    /// The id of the view that shows it.
    pub view: String,
}

/// The records a finding rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Registry ids.
    pub kinds: Vec<String>,
    pub filter: Expr,
    pub range: Option<TimeRange>,
}

/// Asks, and judges what it is told.
pub trait Rule: Sync {
    fn facts(&self) -> &RuleFacts;
    /// Asked of everything loaded; narrow them with [`Query::within`] to judge a part.
    fn ask(&self) -> Vec<Query>;
    /// `answers` are those to [`Rule::ask`], in its order. Call [`verdict`], which first looks whether there was
    /// anything to judge.
    fn judge(&self, answers: &[Answer]) -> Vec<Finding>;
}

/// What a rule needs where sums were shared in the place of records.
const RECORDS: &str = "single records, which were not shared";

/// What a rule says to the answers of its questions.
pub fn verdict(rule: &dyn Rule, answers: &[Answer]) -> Verdict {
    let lacks = lacking(rule.ask(), answers, || rule.facts().needs.to_owned());
    said(lacks, || rule.judge(answers))
}

fn said(lacks: Option<String>, judge: impl FnOnce() -> Vec<Finding>) -> Verdict {
    match lacks {
        Some(needs) => Verdict::NotEvaluable { needs },
        None => match judge() {
            none if none.is_empty() => Verdict::Quiet,
            findings => Verdict::Fired(findings),
        },
    }
}

/// What the answers lack for knowing what was asked. Where records were shared in sums only, single ones can not be
/// listed, some fields are missing, and of others not all values are told apart. The page's filter may name fields of
/// other kinds; only the rule's own count here.
fn lacking(asked: Vec<Query>, answers: &[Answer], needs: impl FnOnce() -> String) -> Option<String> {
    if answers.iter().all(|a| a.scanned == 0) {
        return Some(needs());
    }
    let knows = |(query, answer): (Query, &Answer)| {
        answer.unlisted == 0
            && (answer.unknown_fields.is_empty() && answer.folded_fields.is_empty() || {
                let own = deciding(query);
                let mut lacking = answer.unknown_fields.iter().chain(&answer.folded_fields);
                !lacking.any(|f| own.contains(f))
            })
    };
    let all_known = asked.into_iter().zip(answers).all(knows);
    (!all_known).then(|| RECORDS.to_owned())
}

/// The fields that decide what a question finds, without those that only name it in a sentence.
fn deciding(mut query: Query) -> Vec<String> {
    if let Select::Groups(groups) = &mut query.select {
        groups
            .aggs
            .retain(|a| !matches!(a, Agg::Some(..) | Agg::Earliest(_) | Agg::Latest(_)));
    }
    names(&query)
}

/// The rule of this id.
pub fn rule(id: &str) -> Option<&'static dyn Rule> {
    RULES.iter().copied().find(|r| r.facts().id == id)
}

/// Every rule, in the order in which what it finds is told: what blinds the logs first, then who came in, then what
/// was opened or made, then what was tried, then what is only counted.
pub const RULES: &[&dyn Rule] = &[
    &signals::LOGGING_CHANGED,
    &signals::ROOT_USED,
    &failed_then_signed_in::FailedThenSignedIn,
    &signals::INGRESS_OPENED,
    &signals::CREDENTIALS_MADE,
    &key_network::KeyFromNewNetwork,
    &outbound::LargeOutbound,
    &signals::SIGNED_IN_WITHOUT_MFA,
    &signals::SIGN_INS_FAILED,
    &signals::ACCESS_DENIED,
    &new_region::NewRegion,
    &scan::Scan,
    &signals::FINDINGS_RED,
    &signals::REJECTED_PAIRS,
    &signals::RESOURCES_DELETED,
    &signals::FLOWS_SKIPPED,
];

#[cfg(test)]
mod tests;
