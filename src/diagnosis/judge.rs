//! What each flow's verdict is: where it was rejected, whether it asked or answered, and what both filters say.

use super::acl;
use super::conversation::{Flow, Half, Index, Role};
use super::described::Described;
use super::net::{Ask, Ports, TCP, UDP, is_public};
use super::security::{self, Answer};
use super::verdict::{Certainty, Verdict};
use super::{Action, Traffic};
use crate::base::hash::FastMap;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// So many ports or addresses tried by one address of the internet are a scan.
const SCAN: usize = 10;

/// A flow's verdict and what it rests on. Indices are into the flows.
#[derive(Debug)]
pub(super) struct Finding<'a> {
    pub flow: usize,
    pub verdict: Verdict,
    pub certainty: Certainty,
    pub role: Role,
    /// What the filters were asked; nothing when the side is not known.
    pub ask: Option<Ask>,
    pub sg: security::Opinion<'a>,
    pub acl: acl::Opinion<'a>,
    /// Accepted flows the other way.
    pub back: Option<Half>,
    /// The same packets leaving another interface.
    pub left: Option<usize>,
    /// The same way, accepted at the same interface, not later.
    pub passed: Option<usize>,
    /// A record of the log that says that others were skipped.
    pub hole: Option<usize>,
    /// Something that the same address was let in to.
    pub let_in: Option<usize>,
    pub key: Key<'a>,
}

/// Flows that agree in this are one diagnosis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key<'a> {
    verdict: Verdict,
    certainty: Certainty,
    place: Option<&'a str>,
    inbound: Option<bool>,
    own: Option<IpAddr>,
    peer: Option<IpAddr>,
    service: Option<(Option<u8>, Option<Ports>)>,
    filters: Option<(Answer, Answer, Option<i64>, Role, bool)>,
    reason: Option<&'a str>,
}

/// What one address tried, where it tried much.
#[derive(Default)]
struct Scan {
    /// An address of the internet, and of no interface here.
    stranger: bool,
    ports: BTreeSet<u16>,
    owns: BTreeSet<IpAddr>,
    let_in: Option<usize>,
}

struct Judge<'a, 'f> {
    flows: &'f [Flow<'a>],
    index: &'f Index<'a>,
    described: &'a Described,
    roles: Vec<Role>,
    scans: FastMap<IpAddr, Scan>,
}

pub(super) fn findings<'a, 'f>(
    flows: &'f [Flow<'a>],
    index: &'f Index<'a>,
    described: &'a Described,
) -> impl Iterator<Item = Finding<'a>> + use<'a, 'f> {
    let roles: Vec<Role> = flows.iter().map(|flow| index.role(flow)).collect();
    let judge = Judge {
        flows,
        index,
        described,
        scans: scans(flows, &roles, described),
        roles,
    };
    (0..flows.len()).filter_map(move |i| judge.flow(i))
}

/// The port that a service listens on.
pub(super) fn service(flow: &Flow<'_>, role: Role) -> Option<Ports> {
    match role {
        Role::Reply => flow.group.src_port,
        Role::Request | Role::NotKnown => flow.group.dst_port,
    }
}

/// The address that tries to begin something here.
fn comer(flow: &Flow<'_>, role: Role) -> Option<IpAddr> {
    let comes = flow.side.inbound == Some(true) && !flow.without_syn() && role != Role::Reply;
    flow.side.peer.filter(|_| comes)
}

fn scans(flows: &[Flow<'_>], roles: &[Role], described: &Described) -> FastMap<IpAddr, Scan> {
    let comers = |action| {
        let of = flows.iter().zip(roles).enumerate();
        let of = of.filter(move |(_, (flow, _))| flow.group.action == Some(action));
        of.filter_map(|(i, (flow, role))| Some((i, flow, comer(flow, *role)?)))
    };
    let mut scans: FastMap<IpAddr, Scan> = FastMap::default();
    for (_, flow, peer) in comers(Action::Reject) {
        let scan = scans.entry(peer).or_default();
        scan.owns.extend(flow.side.own);
        scan.ports
            .extend(flow.group.dst_port.iter().flat_map(|p| [p.first, p.last]));
    }
    scans.retain(|_, scan| scan.ports.len() >= SCAN || scan.owns.len() >= SCAN);
    for (peer, scan) in &mut scans {
        scan.stranger = is_public(*peer) && described.holders(*peer).next().is_none();
    }
    if !scans.is_empty() {
        for (i, _, peer) in comers(Action::Accept) {
            if let Some(scan) = scans.get_mut(&peer) {
                scan.let_in.get_or_insert(i);
            }
        }
    }
    scans
}

impl<'a> Judge<'a, '_> {
    fn flow(&self, i: usize) -> Option<Finding<'a>> {
        let flow = self.flows.get(i)?;
        if flow.group.traffic == Traffic::TransitGateway
            && let Some(verdict) = routing(flow)
        {
            let mut finding = self.bare(i, flow, verdict, Certainty::Certain);
            finding.key.place = flow.group.attachment.as_deref();
            finding.key.own = flow.ends.map(|(_, dst)| dst);
            finding.key.peer = flow.ends.map(|(src, _)| src);
            return Some(finding);
        }
        match flow.group.action? {
            Action::Reject => Some(self.rejected(i, flow)),
            Action::Accept if flow.group.traffic == Traffic::Vpc => self.accepted(i, flow),
            Action::Accept => None,
        }
    }

    fn role(&self, i: usize) -> Role {
        self.roles.get(i).copied().unwrap_or(Role::NotKnown)
    }

    fn bare(&self, i: usize, flow: &Flow<'a>, verdict: Verdict, certainty: Certainty) -> Finding<'a> {
        Finding {
            flow: i,
            verdict,
            certainty,
            role: self.role(i),
            ask: None,
            sg: security::unknown(),
            acl: acl::unknown(flow.side.subnet),
            back: None,
            left: None,
            passed: None,
            hole: None,
            let_in: None,
            key: Key {
                verdict,
                certainty,
                place: flow.side.interface,
                inbound: flow.side.inbound,
                own: None,
                peer: None,
                service: None,
                filters: None,
                reason: None,
            },
        }
    }

    fn rejected(&self, i: usize, flow: &Flow<'a>) -> Finding<'a> {
        let reason = flow
            .group
            .reject_reason
            .as_deref()
            .filter(|r| !matches!(*r, "" | "-"));
        let named = match reason {
            Some("BPA") => Some(Verdict::BlockPublicAccess),
            Some("EC") => Some(Verdict::EncryptionControls),
            _ => None,
        };
        if let Some(verdict) = named {
            return self.bare(i, flow, verdict, Certainty::Certain);
        }
        let scan = comer(flow, self.role(i)).and_then(|peer| self.scans.get(&peer));
        if let Some(scan) = scan.filter(|scan| scan.stranger) {
            let mut finding = self.bare(i, flow, Verdict::InternetNoise, Certainty::Likely);
            finding.let_in = scan.let_in;
            finding.key.own = flow.side.own;
            return finding;
        }
        let mut finding = self.bare(i, flow, Verdict::NotKnown, Certainty::NotKnown);
        finding.ask = flow.side.inbound.zip(flow.side.peer).map(|(inbound, peer)| Ask {
            inbound,
            peer,
            protocol: flow.group.protocol,
            port: flow.group.dst_port,
        });
        if let Some(ask) = &finding.ask {
            if let Some(interface) = flow.side.described {
                let groups = interface.it.groups.as_deref();
                let none = interface.it.service().is_some_and(|s| s == "NAT gateway");
                if let Some(groups) = groups.or(none.then_some(&[])) {
                    finding.sg = security::judge(groups, ask, self.described);
                }
            }
            finding.acl = acl::judge(flow.side.subnet, ask, self.described);
        }
        finding.back = self.index.back(flow).accepted;
        finding.hole = self.index.hole(flow);
        let passed = self.index.here(flow);
        finding.passed = passed
            .filter(|p| p.first_ns <= flow.group.first_ns)
            .map(|p| p.example);
        if flow.side.inbound == Some(true) {
            finding.left = self.index.same(flow).accepted.and_then(|half| half.outbound);
        }
        if reason.is_none() {
            (finding.verdict, finding.certainty) = decide(flow, &finding);
        }
        // Where nothing is described, the same is missing for every peer and port.
        let blank =
            finding.verdict == Verdict::NotKnown && finding.sg.groups.is_none() && finding.acl.acl.is_none();
        finding.key = Key {
            verdict: finding.verdict,
            certainty: finding.certainty,
            own: flow.side.own.filter(|_| !blank),
            // Without a side there is no peer to gather: each pair is told by itself. So is who tries much, but in one.
            peer: flow
                .side
                .peer
                .filter(|_| (flow.side.inbound.is_none() || scan.is_some()) && !blank),
            service: (!blank && scan.is_none()).then(|| (flow.group.protocol, service(flow, finding.role))),
            filters: Some((
                finding.sg.answer,
                finding.acl.answer,
                finding.acl.entry.or(finding.acl.open).map(|e| e.number),
                finding.role,
                flow.without_syn(),
            )),
            reason,
            ..finding.key
        };
        finding
    }

    /// Connections that were let pass and came to nothing.
    fn accepted(&self, i: usize, flow: &Flow<'a>) -> Option<Finding<'a>> {
        flow.ends?;
        let begins = !flow.flags.known || flow.flags.syn;
        if flow.group.protocol != Some(TCP) || !begins || self.role(i) != Role::Request {
            return None;
        }
        let (same, back) = (self.index.same(flow), self.index.back(flow));
        if same.rejected.is_some() || back.rejected.is_some() {
            return None;
        }
        let half = same.accepted;
        let hole = self.index.hole(flow);
        let (verdict, certainty) = match back.accepted {
            Some(Half { flags, .. }) => {
                let refused = flow.flags.syn && flags.rst && !flags.syn_ack && !flags.syn;
                refused.then_some((Verdict::Refused, Certainty::Certain))?
            }
            // The other end's log tells it better.
            None if flow.side.inbound == Some(false) && half.is_some_and(|h| h.inbound.is_some()) => {
                return None;
            }
            // What was closed had been answered: the answer is not in the log.
            None if hole.is_some() || flow.flags.fin => (Verdict::OneSided, Certainty::NotKnown),
            None if self.index.shows_both_ways(flow.group.interface.as_deref()) => {
                (Verdict::Unanswered, Certainty::Likely)
            }
            None => (Verdict::OneSided, Certainty::NotKnown),
        };
        let mut finding = self.bare(i, flow, verdict, certainty);
        finding.back = back.accepted;
        finding.hole = hole;
        if verdict != Verdict::OneSided {
            finding.key.own = flow.ends.map(|(_, dst)| dst);
            finding.key.service = Some((flow.group.protocol, flow.group.dst_port));
        }
        Some(finding)
    }
}

/// What a transit gateway lost most packets to.
fn routing(flow: &Flow<'_>) -> Option<Verdict> {
    let lost = flow.group.lost;
    let most = [
        (lost.ttl_expired, Verdict::TtlExpired),
        (lost.mtu_exceeded, Verdict::MtuExceeded),
        (lost.blackhole, Verdict::Blackhole),
        (lost.no_route, Verdict::NoRoute),
    ];
    let found = most.into_iter().max_by_key(|(packets, _)| *packets);
    found
        .filter(|(packets, _)| *packets > 0)
        .map(|(_, verdict)| verdict)
}

fn decide(flow: &Flow<'_>, finding: &Finding<'_>) -> (Verdict, Certainty) {
    use Answer::{Absent, Allows, Denies, Unknown};
    use Certainty::{Certain, Likely, NotKnown};
    let reply = finding.role == Role::Reply;
    // Who sends SYN-ACK was let in to, even where only rejects are recorded. With a network ACL that allows it, the
    // request has come another way.
    let answered = flow.flags.syn_ack && flow.side.inbound == Some(false) && finding.acl.answer == Unknown;
    let answers = reply && (finding.back.is_some() || answered);
    let begins = !flow.without_syn() && !reply;
    let Some(ask) = &finding.ask else {
        return if answers && !flow.without_syn() {
            (Verdict::AclReturn, Likely)
        } else {
            (Verdict::NotKnown, NotKnown)
        };
    };
    let (by_group, by_acl) = if ask.inbound {
        (Verdict::SgInbound, Verdict::AclInbound)
    } else {
        (Verdict::SgOutbound, Verdict::AclOutbound)
    };
    let by_acl = if reply { Verdict::AclReturn } else { by_acl };
    let (sg, acl) = (finding.sg.answer, finding.acl.answer);
    if answers {
        return match (acl, sg) {
            (Denies, _) => (Verdict::AclReturn, Certain),
            (Unknown, _) if finding.passed.is_some() && flow.without_syn() => (Verdict::OutOfState, Likely),
            (Unknown, _) => (Verdict::AclReturn, Likely),
            (Allows | Absent, Denies | Unknown) if flow.without_syn() => (Verdict::OutOfState, Likely),
            (Allows | Absent, _) => (Verdict::AllowedNow, NotKnown),
        };
    }
    // Without flags, the ports of two clients do not tell who began.
    let surely = match finding.role {
        Role::NotKnown if matches!(ask.protocol, None | Some(TCP | UDP)) => Likely,
        _ => Certain,
    };
    match (sg, acl) {
        (Denies, Denies) if begins => (Verdict::SgAndAcl, surely),
        (_, Denies) => (by_acl, Certain),
        (Denies, _) if begins => (by_group, surely),
        (Denies, _) => (Verdict::OutOfState, Likely),
        (Unknown, Allows | Absent) if begins => (by_group, Likely),
        (Unknown, Allows | Absent) => (Verdict::OutOfState, Likely),
        (Allows | Absent, Unknown) => (by_acl, Likely),
        (Allows | Absent, Allows | Absent) => (Verdict::AllowedNow, NotKnown),
        (Unknown, Unknown) => (Verdict::NotKnown, NotKnown),
    }
}
