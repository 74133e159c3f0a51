//! What a check is, and how checks are asked.

use super::CHECKS;
use super::facts::{Facts, Place};
use super::known::{Known, Resource};
use super::names::{CONFIG, CREDENTIALS, INVENTORY, type_by_name};
use super::quota::Limit;
use super::summed::SUMMED;
use serde::{Deserialize, Serialize};

/// What a check is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Category {
    Security,
    CostOptimizing,
    FaultTolerance,
    Performance,
    ServiceLimits,
    OperationalExcellence,
}

impl Category {
    pub fn id(self) -> &'static str {
        match self {
            Category::Security => "security",
            Category::CostOptimizing => "cost_optimizing",
            Category::FaultTolerance => "fault_tolerance",
            Category::Performance => "performance",
            Category::ServiceLimits => "service_limits",
            Category::OperationalExcellence => "operational_excellence",
        }
    }
}

/// What judgements of a whole account are about.
pub(super) const ACCOUNT: &str = "AWS::::Account";

/// What came of it, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Status {
    Red,
    Yellow,
    Green,
}

impl Status {
    pub fn id(self) -> &'static str {
        match self {
            Status::Red => "red",
            Status::Yellow => "yellow",
            Status::Green => "green",
        }
    }
}

/// Something that has to be among the files: one of these types, and how to get it.
#[derive(Debug, Serialize)]
pub struct Need {
    /// Any of them will do; none at all when no file that can be read here tells it.
    pub types: &'static [&'static str],
    pub command: &'static str,
}

/// What is to be known of a check.
#[derive(Debug, Serialize)]
pub struct CheckFacts {
    /// Stays the same for good.
    pub id: &'static str,
    /// The check of AWS Trusted Advisor whose published criteria it follows.
    pub trusted_advisor: Option<&'static str>,
    pub title: &'static str,
    pub category: Category,
    /// When a resource is red, yellow and green.
    pub criteria: &'static str,
    /// Where it goes beyond the published criteria, and what it can not see.
    pub beyond: &'static str,
    pub needs: &'static [Need],
}

/// What a check says of one resource.
pub(super) enum Verdict {
    Red(String),
    Yellow(String),
    Green(String),
    /// The check is not about this one.
    Other,
    /// The files say too little of it.
    Unknown,
}

pub(super) enum Judge {
    /// Each resource of the types that are needed, by itself.
    Each(fn(&Resource<'_>, &Known<'_>) -> Verdict),
    /// Each resource of these types: the needs tell of others that have to be looked at.
    EachOf(&'static [&'static str], fn(&Resource<'_>, &Known<'_>) -> Verdict),
    /// Resources together: those of an account, a Region, a zone.
    Together(fn(&Known<'_>, &mut Sheet)),
    /// A number held against its quota.
    Limit(Limit),
    /// No file that can be read here tells it.
    Never,
}

/// One check: what is to be known of it, and how it judges.
pub struct Check {
    pub facts: CheckFacts,
    /// Types that it reads when they are there, besides those it needs.
    pub(super) also: &'static [&'static str],
    pub(super) judge: Judge,
}

/// A resource, judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Judged {
    pub status: Status,
    pub ty: String,
    pub id: String,
    pub name: String,
    pub account: String,
    pub region: String,
    /// One sentence with the values that were seen.
    pub reason: String,
    /// When this was so, where the file says it.
    pub at_ns: Option<i64>,
    pub place: Place,
    /// The records of a log that say so, as one types a filter.
    pub records: Option<Records>,
}

/// Records that a judgement rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Records {
    /// Registry id.
    pub kind: String,
    pub filter: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Outcome {
    Evaluated(Vec<Judged>),
    /// What has to be opened first.
    NotEvaluable {
        needs: String,
    },
}

/// A check and what came of it.
#[derive(Debug, Serialize)]
pub struct Checked {
    pub facts: &'static CheckFacts,
    pub outcome: Outcome,
    /// Resources that would be judged if more was told of them.
    pub unjudged: usize,
}

impl Checked {
    /// The worst of its resources; `None` when it could not be evaluated.
    pub fn status(&self) -> Option<Status> {
        match &self.outcome {
            Outcome::Evaluated(judged) => {
                Some(judged.iter().map(|j| j.status).min().unwrap_or(Status::Green))
            }
            Outcome::NotEvaluable { .. } => None,
        }
    }

    /// Kinds of records (registry ids) that it is judged by.
    pub fn kinds(&self) -> Vec<&'static str> {
        let types = self.facts.needs.iter().flat_map(|need| need.types);
        let summed = |ty: &&str| SUMMED.iter().find(|s| s.ty == *ty);
        let mut out: Vec<&str> = Vec::new();
        for ty in types {
            match summed(ty) {
                Some(s) => out.extend(s.kinds),
                None => out.extend([CONFIG, INVENTORY, CREDENTIALS]),
            }
        }
        out.sort_unstable();
        out.dedup();
        out
    }

    /// The result in one sentence.
    pub fn summary(&self) -> String {
        let mut text = match &self.outcome {
            Outcome::NotEvaluable { needs } => return needs.clone(),
            Outcome::Evaluated(judged) if judged.is_empty() => "Nothing of the kind is there.".to_owned(),
            Outcome::Evaluated(judged) => {
                let of = |status| judged.iter().filter(|j| j.status == status).count();
                let [red, yellow, green] = [Status::Red, Status::Yellow, Status::Green].map(of);
                format!("{red} red, {yellow} yellow, {green} green.")
            }
        };
        if self.unjudged > 0 {
            text.push_str(&format!(
                " {} more are described too little to be judged.",
                self.unjudged
            ));
        }
        text
    }
}

/// Where verdicts are written down.
#[derive(Default)]
pub(super) struct Sheet {
    judged: Vec<Judged>,
    unjudged: usize,
}

impl Sheet {
    pub fn note(&mut self, resource: &Resource<'_>, verdict: Verdict) {
        self.note_as(resource, resource.ty, resource.id, resource.name, verdict);
    }

    /// A verdict on something that the resource stands for: its account, its Region.
    pub fn note_as(&mut self, from: &Resource<'_>, ty: &str, id: &str, name: &str, verdict: Verdict) {
        let (status, reason) = match verdict {
            Verdict::Red(reason) => (Status::Red, reason),
            Verdict::Yellow(reason) => (Status::Yellow, reason),
            Verdict::Green(reason) => (Status::Green, reason),
            Verdict::Other => return,
            Verdict::Unknown => {
                self.unjudged += 1;
                return;
            }
        };
        self.judged.push(Judged {
            status,
            ty: ty.to_owned(),
            // Many answers do not name the account that they are of.
            id: if id.is_empty() { "account" } else { id }.to_owned(),
            name: name.to_owned(),
            account: from.account.to_owned(),
            region: from.region.to_owned(),
            reason,
            at_ns: from.at_ns(),
            place: from.place(),
            records: from.records(status == Status::Green),
        });
    }

    /// A verdict on what is nowhere: there is no place to point at.
    pub fn note_absence(&mut self, account: &str, region: &str, reason: &str) {
        self.judged.push(Judged {
            status: Status::Red,
            ty: ACCOUNT.to_owned(),
            id: account.to_owned(),
            name: String::new(),
            account: account.to_owned(),
            region: region.to_owned(),
            reason: reason.to_owned(),
            at_ns: None,
            place: Place::default(),
            records: None,
        });
    }
}

/// Every check there is.
pub(super) fn all() -> impl Iterator<Item = &'static Check> {
    CHECKS.iter().flat_map(|group| group.iter())
}

/// Whether any check reads items of this type. An answer without a type may turn out to be one that is read.
pub fn wants(kind: &str, item_type: &str) -> bool {
    if item_type.is_empty() && kind == INVENTORY {
        return true;
    }
    let ty = type_by_name(kind, item_type);
    if SUMMED.iter().any(|s| s.ty == ty) {
        return SUMMED.iter().any(|s| s.ty == ty && s.kinds.contains(&kind));
    }
    all().any(|check| check.reads().any(|read| read == ty))
}

/// Runs every check. `now_ns` is what ages are counted to.
pub fn evaluate(facts: &Facts, now_ns: i64) -> Vec<Checked> {
    let known = Known::new(facts, now_ns);
    all().map(|check| check.ask(&known)).collect()
}

impl Check {
    /// Judges each resource of the types that are needed.
    pub(super) const fn each(facts: CheckFacts, judge: fn(&Resource<'_>, &Known<'_>) -> Verdict) -> Check {
        Check::by(facts, Judge::Each(judge))
    }

    /// Judges each resource of these types, and looks at others for it.
    pub(super) const fn each_of(
        types: &'static [&'static str],
        facts: CheckFacts,
        judge: fn(&Resource<'_>, &Known<'_>) -> Verdict,
    ) -> Check {
        Check::by(facts, Judge::EachOf(types, judge))
    }

    /// Judges resources together.
    pub(super) const fn together(facts: CheckFacts, judge: fn(&Known<'_>, &mut Sheet)) -> Check {
        Check::by(facts, Judge::Together(judge))
    }

    /// Holds a number against its quota.
    pub(super) const fn limit(facts: CheckFacts, limit: Limit) -> Check {
        Check::by(facts, Judge::Limit(limit))
    }

    /// Says which file would tell.
    pub(super) const fn never(facts: CheckFacts) -> Check {
        Check::by(facts, Judge::Never)
    }

    const fn by(facts: CheckFacts, judge: Judge) -> Check {
        Check {
            facts,
            also: &[],
            judge,
        }
    }

    /// Types that it reads when they are there.
    pub(super) const fn also(self, types: &'static [&'static str]) -> Check {
        Check {
            facts: self.facts,
            also: types,
            judge: self.judge,
        }
    }

    fn reads(&self) -> impl Iterator<Item = &'static str> {
        let needed = self.facts.needs.iter().flat_map(|need| need.types.iter());
        needed.chain(self.also).copied()
    }

    fn ask(&'static self, known: &Known<'_>) -> Checked {
        let facts = &self.facts;
        let missing: Vec<&str> = facts
            .needs
            .iter()
            .filter(|need| !need.types.iter().any(|ty| known.saw(ty)))
            .map(|need| need.command)
            .collect();
        if !missing.is_empty() {
            return self.not_evaluable(0, &missing);
        }
        let mut sheet = Sheet::default();
        match self.judge {
            Judge::Each(judge) => {
                for resource in facts.needs.iter().flat_map(|need| known.each(need.types)) {
                    sheet.note(resource, judge(resource, known));
                }
            }
            Judge::EachOf(types, judge) => {
                for resource in known.each(types) {
                    sheet.note(resource, judge(resource, known));
                }
            }
            Judge::Together(judge) => judge(known, &mut sheet),
            Judge::Limit(ref limit) => limit.judge(known, &mut sheet),
            Judge::Never => {}
        }
        if sheet.judged.is_empty() && sheet.unjudged > 0 {
            let all: Vec<&str> = facts.needs.iter().map(|need| need.command).collect();
            return self.not_evaluable(sheet.unjudged, &all);
        }
        Checked {
            facts,
            outcome: Outcome::Evaluated(sheet.judged),
            unjudged: sheet.unjudged,
        }
    }

    fn not_evaluable(&'static self, unjudged: usize, missing: &[&str]) -> Checked {
        let why = if unjudged > 0 {
            "What is there says too little. "
        } else {
            ""
        };
        Checked {
            facts: &self.facts,
            outcome: Outcome::NotEvaluable {
                needs: format!("{why}Needs {}.", missing.join("; and ")),
            },
            unjudged,
        }
    }
}
