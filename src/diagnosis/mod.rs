//! Why was it rejected?
//!
//! A flow log says REJECT and not by what. Two filters stand at an interface: its security groups, which are stateful and
//! only allow, and its subnet's network ACL, which is stateless and asked in the order of its numbers. Which of them it was
//! follows from three things: on which side of the interface packets were rejected ([`side`]), whether they begin a
//! connection or answer one ([`conversation`]), and what the filters say as they are described ([`security`], [`acl`]).
//! [`judge`] puts them together, [`say`] puts it into words. What nothing tells is named as missing, with the file or field
//! that would tell.
//!
//! Connections that were let pass and still failed are told as well: refused by the server, or never answered. In a
//! transit gateway nothing is filtered; what it loses, it loses by its routes.
//!
//! Not looked at: routes, Network Firewall, gateway load balancers, the filters of the other end's network.

mod acl;
mod conversation;
mod described;
mod judge;
mod net;
mod read;
mod say;
mod security;
mod side;
#[cfg(test)]
mod tests;
mod verdict;
mod words;

pub use described::Described;
pub use net::Ports;
pub use verdict::{Certainty, Verdict};

use serde::{Deserialize, Serialize};

/// Flow records that agree in everything but their counts and times. Only addresses and action are in every log: version 2
/// has no direction, no flags and no reason, and an own format may leave out anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FlowGroup {
    pub traffic: Traffic,
    pub interface: Option<String>,
    pub account: Option<String>,
    pub vpc: Option<String>,
    pub subnet: Option<String>,
    /// A transit gateway's attachment.
    pub attachment: Option<String>,
    /// Empty where a record has none, as NODATA and SKIPDATA.
    pub src: String,
    pub dst: String,
    pub src_port: Option<Ports>,
    pub dst_port: Option<Ports>,
    pub protocol: Option<u8>,
    pub action: Option<Action>,
    pub flow_direction: Option<Direction>,
    /// All values of `tcp-flags`, OR-ed.
    pub tcp_flags: Option<u16>,
    /// The values themselves, which tell more: 2 and 18 are two sides, 18 alone is one.
    pub tcp_flags_seen: Vec<u16>,
    pub reject_reason: Option<String>,
    pub log_status: Option<LogStatus>,
    pub lost: Lost,
    /// How many records.
    pub count: u64,
    pub packets: u64,
    pub bytes: u64,
    pub first_ns: i64,
    pub last_ns: i64,
}

/// Which kind of flow log it is from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Traffic {
    #[default]
    Vpc,
    TransitGateway,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Action {
    Accept,
    Reject,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Direction {
    Ingress,
    Egress,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum LogStatus {
    Ok,
    /// There was no traffic.
    NoData,
    /// There was traffic that was not recorded.
    SkipData,
}

/// Packets that a transit gateway lost, by its fields `packets-lost-…`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Lost {
    pub no_route: u64,
    pub blackhole: u64,
    pub mtu_exceeded: u64,
    pub ttl_expired: u64,
}

/// An answer, what it rests on, and what is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    pub verdict: Verdict,
    pub title: String,
    /// One or two sentences.
    pub says: String,
    pub certainty: Certainty,
    /// Which flow groups this is about, by their index. A rejected group is in exactly one diagnosis.
    pub groups: Vec<usize>,
    pub evidence: Vec<Evidence>,
    /// The rule or entry that explains it. A security group explains by having none.
    pub rule: Option<RuleText>,
    /// The rule that would allow it.
    pub would_allow: Option<String>,
    pub missing: Vec<Missing>,
    pub count: u64,
    pub packets: u64,
    pub bytes: u64,
    pub first_ns: i64,
    pub last_ns: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    pub text: String,
    /// Some of the flow groups that show it; none when a description does.
    pub groups: Vec<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleText {
    /// The security group or network ACL.
    pub resource: String,
    pub text: String,
    /// When it was described; nothing when that is not known.
    pub at_ns: Option<i64>,
}

/// Something that is not known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Missing {
    pub what: String,
    /// The command, file or field that would tell.
    pub told_by: String,
}

/// Every reject, every refused and every unanswered connection in these groups, most packets first.
pub fn diagnose(groups: &[FlowGroup], described: &Described) -> Vec<Diagnosis> {
    let flows = conversation::flows(groups, described);
    let index = conversation::Index::of(&flows);
    let mut found = say::Bundles::default();
    for finding in judge::findings(&flows, &index, described) {
        found.take(finding);
    }
    found.told(&flows, described)
}
