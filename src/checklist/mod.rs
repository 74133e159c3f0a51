//! What would an auditor ask, and what do the files say to it? Nine domains of questions, each with what would answer it.
//!
//! The domains are those of AWS's *Introduction to Auditing the Use of AWS* (2015); the questions are ours. An item is
//! answered by what the page already knows ([`Told`]): checks, rules, the logging posture, alarms, files that are there.
//! Nothing passes without evidence. A person's own judgement ([`ByHand`]) stands beside what the files say and hides none of it.

mod by_hand;
mod evaluate;
pub mod ids;
mod items;
#[cfg(test)]
mod tests;

pub use by_hand::{ByHand, ByHandError, Judgement, Verdict};
pub use evaluate::evaluate;
pub use items::{ITEMS, item, items};

use crate::posture::{Posture, Proof, Question, Service, State};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A part of the checklist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Domain {
    Governance,
    Network,
    Assets,
    Access,
    Encryption,
    Logging,
    Incidents,
    Recovery,
    Inherited,
}

impl Domain {
    pub const ALL: [Domain; 9] = [
        Domain::Governance,
        Domain::Network,
        Domain::Assets,
        Domain::Access,
        Domain::Encryption,
        Domain::Logging,
        Domain::Incidents,
        Domain::Recovery,
        Domain::Inherited,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Domain::Governance => "Governance",
            Domain::Network => "Network configuration and management",
            Domain::Assets => "Asset configuration and management",
            Domain::Access => "Logical access control",
            Domain::Encryption => "Data encryption",
            Domain::Logging => "Security logging and monitoring",
            Domain::Incidents => "Security incident response",
            Domain::Recovery => "Disaster recovery",
            Domain::Inherited => "Inherited controls",
        }
    }
}

/// Something whose answer counts for an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// A check's outcome, by its id.
    Check(&'static str),
    /// A rule's: quiet speaks for the item, fired against it.
    Rule(&'static str),
    /// A question of the logging posture, over all accounts and regions.
    Posture(Service, Question),
    /// A topic of the CIS benchmark that reaches someone.
    Topic(&'static str),
    /// A file of this kind is there ([`ids::FILES`]); its presence is what it evidences, not what stands in it.
    File(&'static str),
}

impl Source {
    /// What [`Told`] calls it: `check:…`, `rule:…`, `posture:vpc-flow/logged`, `topic:…`, `file:…`.
    pub fn id(self) -> String {
        match self {
            Source::Check(id) => format!("check:{id}"),
            Source::Rule(id) => format!("rule:{id}"),
            Source::Posture(service, question) => posture_id(service, question),
            Source::Topic(id) => format!("topic:{id}"),
            Source::File(id) => format!("file:{id}"),
        }
    }
}

fn posture_id(service: Service, question: Question) -> String {
    format!("posture:{}/{}", service.id(), question.id())
}

/// A question of the checklist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// Stable, kebab-case.
    pub id: &'static str,
    pub domain: Domain,
    /// As an auditor asks it.
    pub question: &'static str,
    /// What evidence would look like.
    pub asks_for: &'static str,
    /// What of it can be read here; nothing for what only a person can judge.
    pub looks_at: &'static [Source],
    /// Which file would help.
    pub helps: &'static str,
}

/// What one source says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub state: State,
    /// A sentence with the facts.
    pub says: String,
    pub proofs: Vec<Proof>,
}

/// What the page knows, by [`Source::id`]. What is missing here has no data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub answers: BTreeMap<String, Answer>,
}

impl Told {
    pub fn tell(&mut self, source: Source, answer: Answer) {
        self.answers.insert(source.id(), answer);
    }

    /// Takes over the logging posture: one answer for each service and question, of all its rows.
    pub fn posture(&mut self, posture: &Posture) {
        evaluate::take_posture(self, posture);
    }

    /// Takes over which files are there: how many records there are by kind, by Config's resource type and by the
    /// inventory's item type, each under its own name. What is not there stays without data.
    pub fn files(&mut self, counts: &BTreeMap<String, u64>) {
        evaluate::take_files(self, counts);
    }
}

/// What the files say to an item, and a person beside them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    pub item: &'static Item,
    /// What the files say, whatever a person says.
    pub state: State,
    /// In a few sentences.
    pub says: String,
    /// The sources that had data, with what each says.
    pub sources: Vec<(Source, Answer)>,
    /// Those that had none.
    pub without: Vec<Source>,
    /// Which file would help; given when something had no data.
    pub helps: Option<&'static str>,
    /// A person's judgement.
    pub by_hand: Option<Judgement>,
}

/// Where an item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    Evidenced,
    Contradicted,
    /// The files do not tell; a person has judged.
    ByHand(Verdict),
    /// Nobody told; that is not a pass.
    NoData,
}

impl Answered {
    /// What the files say goes before what a person says; both are shown.
    pub fn standing(&self) -> Standing {
        match (self.state, &self.by_hand) {
            (State::Evidenced, _) => Standing::Evidenced,
            (State::Contradicted, _) => Standing::Contradicted,
            (State::NoData, Some(judgement)) => Standing::ByHand(judgement.verdict),
            (State::NoData, None) => Standing::NoData,
        }
    }

    /// Whether the person says the opposite of the files.
    pub fn differs(&self) -> bool {
        let verdict = self.by_hand.as_ref().map(|judgement| judgement.verdict);
        matches!(
            (self.state, verdict),
            (State::Evidenced, Some(Verdict::NotSatisfied)) | (State::Contradicted, Some(Verdict::Satisfied))
        )
    }
}
