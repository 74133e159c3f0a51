//! Is it logged, all of it, kept, encrypted, named, central, and would anyone be told? Seven questions a service, account by
//! account and region by region.
//!
//! [`posture`] judges what was read: descriptions of an account ([`Described`]), what the logs themselves show ([`Seen`])
//! and which alarms reach someone ([`Alarmed`]). What no file tells is [`State::NoData`], with the file that would tell;
//! it is never a pass. The rule of every cell stands in words in [`RULES`].

pub mod alarmed;
pub mod described;
mod judge;
pub mod key;
pub mod limits;
mod remarks;
mod rules;
pub mod seen;
mod streams;
#[cfg(test)]
mod tests;

pub use alarmed::{Alarmed, Reach, Reaches};
pub use described::Described;
pub use rules::{RULES, Rule, rule};
pub use seen::Seen;

use crate::base::TimeRange;
use serde::{Deserialize, Serialize};

/// What the files say to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// They show it.
    Evidenced,
    /// They show the opposite.
    Contradicted,
    /// They do not tell.
    NoData,
}

impl State {
    pub fn word(self) -> &'static str {
        match self {
            State::Evidenced => "evidenced",
            State::Contradicted => "contradicted",
            State::NoData => "no data",
        }
    }
}

/// Where a record was read, in the words of a note's pin: it can be opened again from these.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Registry id: `config`, `aws-inventory`.
    pub kind: String,
    /// The file and member: `export.zip/trails.json`.
    pub source: String,
    /// Where its text begins in the member's unpacked bytes.
    pub offset: u64,
}

/// Something that can be opened to see for oneself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// Records of a kind, by a filter as one types it.
    Records {
        kind: String,
        filter: String,
        range: Option<TimeRange>,
    },
    /// One record.
    Record(Place),
    /// An item of the inventory, by its id; found by a search when its place is not known.
    Item { id: String, place: Option<Place> },
}

/// What is asked of every service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    Logged,
    Complete,
    Retained,
    Encrypted,
    Named,
    Central,
    Alarmed,
}

impl Question {
    /// In the order of [`Row::cells`].
    pub const ALL: [Question; 7] = [
        Question::Logged,
        Question::Complete,
        Question::Retained,
        Question::Encrypted,
        Question::Named,
        Question::Central,
        Question::Alarmed,
    ];

    /// As ids spell it.
    pub fn id(self) -> &'static str {
        match self {
            Question::Logged => "logged",
            Question::Complete => "complete",
            Question::Retained => "retained",
            Question::Encrypted => "encrypted",
            Question::Named => "named",
            Question::Central => "central",
            Question::Alarmed => "alarmed",
        }
    }

    /// What is asked, in full.
    pub fn asks(self) -> &'static str {
        match self {
            Question::Logged => "Is it logged?",
            Question::Complete => "Is every part covered, and is no time missing?",
            Question::Retained => "Is it kept long enough?",
            Question::Encrypted => "Is it encrypted as it can be?",
            Question::Named => "Is it named by convention?",
            Question::Central => {
                "Is it kept outside of the account that it is about, or together with those of others?"
            }
            Question::Alarmed => "Would anyone be told?",
        }
    }

    fn at(self) -> usize {
        self as usize
    }
}

/// What can be logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Service {
    CloudtrailManagement,
    CloudtrailData,
    VpcFlow,
    Config,
    S3Access,
    ElbAccess,
    Cloudfront,
    Rds,
    LogGroups,
    ResolverQuery,
    EksAudit,
    Guardduty,
    SecurityHub,
}

impl Service {
    pub const ALL: [Service; 13] = [
        Service::CloudtrailManagement,
        Service::CloudtrailData,
        Service::VpcFlow,
        Service::Config,
        Service::S3Access,
        Service::ElbAccess,
        Service::Cloudfront,
        Service::Rds,
        Service::LogGroups,
        Service::ResolverQuery,
        Service::EksAudit,
        Service::Guardduty,
        Service::SecurityHub,
    ];

    /// As ids spell it.
    pub fn id(self) -> &'static str {
        match self {
            Service::CloudtrailManagement => "cloudtrail-management",
            Service::CloudtrailData => "cloudtrail-data",
            Service::VpcFlow => "vpc-flow",
            Service::Config => "config",
            Service::S3Access => "s3-access",
            Service::ElbAccess => "elb-access",
            Service::Cloudfront => "cloudfront",
            Service::Rds => "rds",
            Service::LogGroups => "log-groups",
            Service::ResolverQuery => "resolver-query",
            Service::EksAudit => "eks-audit",
            Service::Guardduty => "guardduty",
            Service::SecurityHub => "security-hub",
        }
    }

    pub fn title(self) -> &'static str {
        match self {
            Service::CloudtrailManagement => "CloudTrail management events",
            Service::CloudtrailData => "CloudTrail data events (S3, Lambda)",
            Service::VpcFlow => "VPC flow logs",
            Service::Config => "AWS Config",
            Service::S3Access => "S3 server access logs",
            Service::ElbAccess => "Load balancer access logs",
            Service::Cloudfront => "CloudFront logs",
            Service::Rds => "RDS database logs",
            Service::LogGroups => "Lambda and other log groups",
            Service::ResolverQuery => "Route 53 Resolver query logs",
            Service::EksAudit => "EKS audit logs",
            Service::Guardduty => "GuardDuty",
            Service::SecurityHub => "Security Hub",
        }
    }

    /// What [`seen::Records::kind`] calls its records.
    pub fn kinds(self) -> &'static [&'static str] {
        match self {
            Service::CloudtrailManagement => &["cloudtrail"],
            Service::CloudtrailData => &[seen::CLOUDTRAIL_DATA],
            Service::VpcFlow => &["vpc-flow"],
            Service::Config => &["config"],
            Service::S3Access => &["s3-access"],
            Service::ElbAccess => &["alb", "nlb", "clb", "alb-connection"],
            Service::Cloudfront => &["cloudfront"],
            Service::Rds => &["rds"],
            Service::LogGroups => &["log-group", "lambda"],
            Service::ResolverQuery => &["route53-resolver"],
            Service::EksAudit => &["eks-audit"],
            Service::Guardduty => &["guardduty"],
            Service::SecurityHub => &["asff"],
        }
    }
}

/// The answer to one question about one service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    pub state: State,
    /// One or more sentences with the facts.
    pub says: String,
    pub evidence: Vec<Proof>,
    /// Which file or command would tell; given when there is no data.
    pub helps: Option<String>,
}

/// A service in an account and region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub account: String,
    /// `global` for what has none.
    pub region: String,
    pub service: Service,
    /// The VPC that flow logs are of; nothing for other services.
    pub subject: Option<String>,
    /// In the order of [`Question::ALL`].
    pub cells: [Cell; 7],
}

impl Row {
    pub fn cell(&self, question: Question) -> &Cell {
        let [logged, complete, retained, encrypted, named, central, alarmed] = &self.cells;
        match question {
            Question::Logged => logged,
            Question::Complete => complete,
            Question::Retained => retained,
            Question::Encrypted => encrypted,
            Question::Named => named,
            Question::Central => central,
            Question::Alarmed => alarmed,
        }
    }
}

/// Something worth knowing that answers no question: a quota that is nearly reached, say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    pub account: String,
    pub region: String,
    /// What it is about: a log group's name, a trail's.
    pub about: String,
    pub says: String,
    pub evidence: Vec<Proof>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posture {
    /// By account, region and service. Only where something told of the service there.
    pub rows: Vec<Row>,
    pub remarks: Vec<Remark>,
}

/// Answers every question of every service that was told of.
pub fn posture(described: &Described, seen: &Seen, alarmed: &Alarmed) -> Posture {
    Posture {
        rows: judge::rows(described, seen, alarmed),
        remarks: remarks::remarks(described, seen),
    }
}
