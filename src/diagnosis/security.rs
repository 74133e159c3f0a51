//! What an interface's security groups say to packets that begin a connection. They only allow, all of an interface's
//! groups together, and what they once allowed they let through both ways: they are stateful.

use super::described::Described;
use super::net::{Ask, Cidr, Fit, Scope, is_public};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Group {
    pub inbound: Vec<Rule>,
    pub outbound: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Rule {
    pub scope: Scope,
    pub peers: Vec<Peer>,
}

/// Whom a rule is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Peer {
    Range(Cidr),
    /// The addresses of the interfaces that have this group.
    Group(String),
    List(String),
}

impl fmt::Display for Peer {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Peer::Range(range) => range.fmt(to),
            Peer::Group(id) | Peer::List(id) => to.write_str(id),
        }
    }
}

/// What a filter answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Answer {
    Allows,
    Denies,
    /// Not described, or not wholly.
    Unknown,
    /// There is no such filter here.
    Absent,
}

/// The groups' answer and what it rests on.
#[derive(Debug)]
pub(super) struct Opinion<'a> {
    pub answer: Answer,
    /// The groups of the interface; `None` when the interface is not described.
    pub groups: Option<&'a [String]>,
    /// The rule that allows, of which group.
    pub allowed: Option<(&'a str, &'a Rule)>,
    /// Rules about the same protocol and port, for others.
    pub near: Vec<(&'a str, &'a Rule)>,
    /// Rules that may be about this, and what it would take to know.
    pub open: Vec<(&'a str, &'a Rule, Open<'a>)>,
    /// Groups that are not described.
    pub undescribed: Vec<&'a str>,
}

/// Why a rule leaves it open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Open<'a> {
    /// Nobody tells which groups the other end has.
    Members(&'a str),
    List(&'a str),
    /// Flow logs record no type of ICMP messages.
    IcmpType,
    /// Protocol or port are not recorded, or of several put together.
    Ports,
}

const NEAR: usize = 4;

pub(super) fn unknown<'a>() -> Opinion<'a> {
    Opinion {
        answer: Answer::Unknown,
        groups: None,
        allowed: None,
        near: Vec::new(),
        open: Vec::new(),
        undescribed: Vec::new(),
    }
}

pub(super) fn judge<'a>(groups: &'a [String], ask: &Ask, described: &'a Described) -> Opinion<'a> {
    let mut found = Opinion {
        groups: Some(groups),
        ..unknown()
    };
    for id in groups {
        let Some(group) = described.groups.get(id) else {
            found.undescribed.push(id);
            continue;
        };
        let rules = if ask.inbound {
            &group.it.inbound
        } else {
            &group.it.outbound
        };
        for rule in rules {
            match rule.scope.fit(ask) {
                Fit::No => {}
                scope => weigh(&mut found, id, rule, scope, ask.peer, described),
            }
        }
    }
    found.answer = if found.allowed.is_some() {
        Answer::Allows
    } else if groups.is_empty() {
        Answer::Absent
    } else if found.open.is_empty() && found.undescribed.is_empty() {
        Answer::Denies
    } else {
        Answer::Unknown
    };
    found
}

fn weigh<'a>(
    found: &mut Opinion<'a>,
    id: &'a str,
    rule: &'a Rule,
    scope: Fit,
    peer: IpAddr,
    described: &'a Described,
) {
    let mut holds = Fit::No;
    let mut open = Vec::new();
    for candidate in &rule.peers {
        let fit = match candidate {
            Peer::Range(range) => Fit::known(range.has(peer)),
            Peer::Group(of) => member(of, peer, described),
            Peer::List(list) => described.lists.get(list).map_or(Fit::Maybe, |ranges| {
                Fit::known(ranges.it.iter().any(|range| range.has(peer)))
            }),
        };
        match (fit, candidate) {
            (Fit::Maybe, Peer::Group(of)) => open.push(Open::Members(of)),
            (Fit::Maybe, Peer::List(list)) => open.push(Open::List(list)),
            _ => {}
        }
        holds = holds.max(fit);
    }
    if holds == Fit::Yes {
        open.clear();
    }
    if scope == Fit::Maybe {
        open.push(if rule.scope.icmp_type.is_some() {
            Open::IcmpType
        } else {
            Open::Ports
        });
    }
    match scope.and(holds) {
        Fit::Yes => _ = found.allowed.get_or_insert((id, rule)),
        Fit::Maybe => found.open.extend(open.into_iter().map(|why| (id, rule, why))),
        Fit::No if found.near.len() < NEAR && scope == Fit::Yes => found.near.push((id, rule)),
        Fit::No => {}
    }
}

/// Whether an address belongs to an interface with the group. A group stands for private addresses alone, so that a
/// public IPv4 address never does.
fn member(group: &str, address: IpAddr, described: &Described) -> Fit {
    if address.is_ipv4() && is_public(address) {
        return Fit::No;
    }
    let mut known = false;
    for (_, interface) in described.holders(address) {
        match &interface.it.groups {
            Some(groups) if groups.iter().any(|g| g == group) => return Fit::Yes,
            Some(_) => known = true,
            None => {}
        }
    }
    if known { Fit::No } else { Fit::Maybe }
}

/// `tcp 5432 from 10.0.4.0/24`
pub(super) fn words(rule: &Rule, inbound: bool) -> String {
    let peers: Vec<String> = rule.peers.iter().take(NEAR).map(Peer::to_string).collect();
    let more = rule.peers.len().saturating_sub(NEAR);
    let way = if inbound { "from" } else { "to" };
    let rest = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!("{} {way} {}{rest}", rule.scope, peers.join(", "))
}

/// Whether the rule would do if it were for the other family of addresses too.
pub(super) fn other_family_only(rule: &Rule, peer: IpAddr) -> bool {
    let mut ranges = rule.peers.iter().filter_map(|p| match p {
        Peer::Range(range) => Some(range.is_v6()),
        _ => None,
    });
    let any = ranges.clone().next().is_some();
    any && ranges.all(|v6| v6 != peer.is_ipv6())
}
