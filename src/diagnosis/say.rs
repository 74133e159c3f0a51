//! Findings that agree become one diagnosis, in words.

mod evidence;
mod gaps;
mod remedy;

use super::conversation::{Flow, Role};
use super::described::Described;
use super::judge::{Finding, Key, service};
use super::net::{Ports, has_ports, is_icmp, protocol_name};
use super::security::Answer;
use super::verdict::Verdict;
use super::words::{Gap, addresses, place};
use super::{Diagnosis, Evidence, LogStatus, acl};
use crate::base::hash::FastMap;
use crate::base::size::{count, counted};
use std::collections::BTreeSet;
use std::net::IpAddr;

/// `tcp 5432`, `tcp on 3 ports`, `traffic`
fn services(all: impl Iterator<Item = (Option<u8>, Option<Ports>)>) -> (String, bool) {
    let all: BTreeSet<_> = all
        .map(|(protocol, ports)| (protocol, ports.filter(|_| protocol.is_none_or(has_ports))))
        .collect();
    let protocols: BTreeSet<Option<u8>> = all.iter().map(|(protocol, _)| *protocol).collect();
    let name = match protocols.first() {
        Some(Some(protocol)) if protocols.len() == 1 => protocol_name(Some(*protocol)),
        _ => "traffic".to_owned(),
    };
    let words = match (all.len(), all.first()) {
        (1, Some((_, Some(port)))) => format!("{name} {port}"),
        (2.., _) => format!("{name} on {}", counted(all.len() as u64, "ports")),
        _ => name,
    };
    (words, all.len() > 1)
}

/// Sentences begin with a capital letter, but ids and addresses stay as they are.
fn capital(text: &str) -> String {
    let word = ["security", "the", "replies", "traffic"]
        .iter()
        .find(|word| text.starts_with(**word));
    match (word, text.split_at_checked(1)) {
        (Some(_), Some((first, rest))) => format!("{}{rest}", first.to_uppercase()),
        _ => text.to_owned(),
    }
}

/// So many flow groups stand beside a line of evidence.
const SHOWN: usize = 8;

/// Findings by what they agree in, in the order in which the first of each came.
#[derive(Default)]
pub(super) struct Bundles<'a> {
    by_key: FastMap<Key<'a>, usize>,
    bundles: Vec<Bundle<'a>>,
}

struct Bundle<'a> {
    first: Finding<'a>,
    /// Indices into the flows.
    members: Vec<usize>,
}

/// A bundle with what its words are made of.
struct Case<'a, 'f> {
    finding: &'f Finding<'a>,
    /// The flow that stands for all of them.
    flow: &'f Flow<'a>,
    flows: &'f [Flow<'a>],
    members: &'f [usize],
    peers: BTreeSet<IpAddr>,
    /// Where the packets went.
    targets: BTreeSet<IpAddr>,
    sources: BTreeSet<IpAddr>,
    ports: BTreeSet<Ports>,
    described: &'a Described,
    place: String,
    /// `inbound`, `outbound`; nothing when it is not known.
    way: &'static str,
    /// `tcp 5432`
    what: String,
    /// Whether these are of several ports or protocols.
    several: bool,
    /// `from 10.0.3.7`
    peer: String,
    /// `tcp 5432 from 10.0.3.7`, `replies from tcp 5432 to 10.0.3.7`
    traffic: String,
}

impl<'a> Bundles<'a> {
    pub fn take(&mut self, finding: Finding<'a>) {
        let flow = finding.flow;
        let next = self.bundles.len();
        let at = *self.by_key.entry(finding.key).or_insert(next);
        match self.bundles.get_mut(at) {
            Some(bundle) => {
                bundle.members.push(flow);
                bundle.first.let_in = bundle.first.let_in.or(finding.let_in);
            }
            None => self.bundles.push(Bundle {
                first: finding,
                members: vec![flow],
            }),
        }
    }

    pub fn told(self, flows: &[Flow<'a>], described: &'a Described) -> Vec<Diagnosis> {
        let cases = self.bundles.iter().filter_map(|b| Case::of(b, flows, described));
        let mut told: Vec<Diagnosis> = cases.map(|case| case.told()).collect();
        // The sort is stable: what is equal stays in the order of the flows.
        told.sort_by_key(|d| std::cmp::Reverse((d.packets, d.count)));
        told
    }
}

impl<'a, 'f> Case<'a, 'f> {
    fn of(bundle: &'f Bundle<'a>, flows: &'f [Flow<'a>], described: &'a Described) -> Option<Self> {
        let finding = &bundle.first;
        let flow = flows.get(finding.flow)?;
        let members = || bundle.members.iter().filter_map(|i| flows.get(*i));
        let peers: BTreeSet<IpAddr> = members().filter_map(|f| f.side.peer).collect();
        let (way, preposition) = match flow.side.inbound {
            Some(true) => ("inbound", "from"),
            Some(false) => ("outbound", "to"),
            None => ("", "from"),
        };
        let (what, several) = services(members().map(|f| (f.group.protocol, service(f, finding.role))));
        let targets: BTreeSet<IpAddr> = members().filter_map(|f| f.ends.map(|(_, dst)| dst)).collect();
        let sources: BTreeSet<IpAddr> = members().filter_map(|f| f.ends.map(|(src, _)| src)).collect();
        let (from, to) = (addresses(&sources), addresses(&targets));
        let traffic = match (way, finding.role == Role::Reply) {
            ("inbound", false) => format!("{what} from {from}"),
            ("outbound", false) => format!("{what} to {to}"),
            (_, false) => format!("{what} from {from} to {to}"),
            ("inbound", true) => format!("replies from {what} of {from}"),
            ("outbound", true) => format!("replies from {what} to {to}"),
            (_, true) => format!("replies from {what} of {from} to {to}"),
        };
        Some(Case {
            finding,
            flow,
            flows,
            members: &bundle.members,
            ports: members().filter_map(|f| f.group.dst_port).collect(),
            described,
            place: place(&flow.side),
            way,
            what,
            several,
            peer: format!("{preposition} {}", addresses(&peers)),
            traffic,
            targets,
            sources,
            peers,
        })
    }

    fn told(&self) -> Diagnosis {
        let groups = || self.members.iter().filter_map(|i| self.flows.get(*i));
        let sum = |of: fn(&Flow<'_>) -> u64| groups().map(of).fold(0u64, u64::saturating_add);
        let mut indices: Vec<usize> = groups().map(|f| f.at).collect();
        indices.sort_unstable();
        Diagnosis {
            verdict: self.finding.verdict,
            title: self.finding.verdict.title().to_owned(),
            says: self.says(),
            certainty: self.finding.certainty,
            groups: indices,
            evidence: self.evidence(),
            rule: self.rule(),
            would_allow: self.would_allow(),
            missing: self.gaps().into_iter().map(Gap::told).collect(),
            count: sum(|f| f.group.count),
            packets: sum(|f| f.group.packets),
            bytes: sum(|f| f.group.bytes),
            first_ns: groups().map(|f| f.group.first_ns).min().unwrap_or_default(),
            last_ns: groups().map(|f| f.group.last_ns).max().unwrap_or_default(),
        }
    }

    fn says(&self) -> String {
        let Case {
            place,
            way,
            what,
            peer,
            traffic,
            ..
        } = self;
        let (sg, acl) = (&self.finding.sg, &self.finding.acl);
        let to = addresses(&self.targets);
        let from = addresses(&self.sources);
        match self.finding.verdict {
            Verdict::SgInbound | Verdict::SgOutbound if sg.answer == Answer::Denies => {
                format!("{} no {way} rule for {traffic}.", capital(&self.groups_have()))
            }
            Verdict::SgInbound | Verdict::SgOutbound => format!(
                "{} {traffic}, so that the security groups of {place} are left.",
                self.not_the_acl()
            ),
            Verdict::AclInbound | Verdict::AclOutbound if acl.answer == Answer::Denies => format!(
                "Network ACL {} denies {traffic}, by {way} entry {}.",
                self.acl(),
                acl::number(acl.entry)
            ),
            Verdict::AclInbound | Verdict::AclOutbound if sg.answer == Answer::Absent => format!(
                "{place} has no security groups, so that only the network ACL of {} can have rejected {traffic}.",
                self.subnet()
            ),
            Verdict::AclInbound | Verdict::AclOutbound => format!(
                "The security groups of {place} allow {traffic}, so that the network ACL of {} is left.",
                self.subnet()
            ),
            Verdict::AclReturn => self.says_return(),
            Verdict::SgAndAcl => format!(
                "Both deny {traffic}: {} no {way} rule for it, and entry {} of network ACL {} denies it.",
                self.groups_have(),
                acl::number(acl.entry),
                self.acl()
            ),
            Verdict::BlockPublicAccess => format!(
                "VPC Block Public Access rejected traffic {peer} at {place}. No rule of a security group or network ACL changes that."
            ),
            Verdict::EncryptionControls => format!(
                "VPC encryption controls rejected traffic {peer} at {place}: it would have gone unencrypted."
            ),
            Verdict::OutOfState if self.flow.flags.syn_ack => format!(
                "{} rejected: {place} tracks no request for them. It may have come by another interface.",
                capital(&self.traffic_was())
            ),
            Verdict::OutOfState => format!(
                "{} rejected as part of a connection that {place} no longer tracks, after its idle timeout or a change of rules.{}",
                capital(&self.traffic_was()),
                match sg.answer {
                    Answer::Denies => " No rule of its security groups lets it pass anew.",
                    _ => "",
                }
            ),
            Verdict::InternetNoise => format!(
                "From the internet, {from} tried {} at {to}, {place}. It is rejected as it should be.",
                counted(self.ports.len() as u64, "ports")
            ),
            Verdict::AllowedNow => format!(
                "Today's rules would allow it: as described, neither security groups nor network ACL of {place} reject {traffic}."
            ),
            Verdict::Refused => format!(
                "{to} refused {what} from {from}: both filters let it pass, and the answer was RST. Nothing listens there, or the host's firewall answers so."
            ),
            Verdict::Unanswered if self.way == "outbound" => {
                format!("{what} to {to} left {place} and got no reply.")
            }
            Verdict::Unanswered => format!("{what} to {to} was accepted at {place}, and no reply was sent."),
            Verdict::OneSided => format!(
                "At {place} connections were accepted and no reply is recorded ({}). Whether there was one is not in this log.",
                counted(self.members.len() as u64, "flow groups")
            ),
            Verdict::NoRoute => format!(
                "From {from} to {to}: the transit gateway had no route. {}",
                self.lost()
            ),
            Verdict::Blackhole => {
                format!(
                    "From {from} to {to}: the transit gateway's route is a blackhole. {}",
                    self.lost()
                )
            }
            Verdict::MtuExceeded => {
                format!(
                    "From {from} to {to}: packets were larger than the transit gateway takes. {}",
                    self.lost()
                )
            }
            Verdict::TtlExpired => {
                format!(
                    "From {from} to {to}: packets had been on the way too long, as in a loop. {}",
                    self.lost()
                )
            }
            Verdict::NotKnown if self.reason().is_some() => format!(
                "{} rejected at {place}, for the reason that the record gives: {}.",
                capital(&self.traffic_was()),
                self.reason().unwrap_or_default()
            ),
            Verdict::NotKnown if self.way.is_empty() => format!(
                "{} rejected at {place}; on which side and by what is not known.",
                capital(&self.traffic_was())
            ),
            Verdict::NotKnown => format!(
                "{} rejected {way} at {place}; whether by a security group or by the network ACL is not known.",
                capital(&self.traffic_was())
            ),
        }
    }

    /// The record's reject-reason, if it has one.
    fn reason(&self) -> Option<&'a str> {
        let reason = self.flow.group.reject_reason.as_deref();
        reason.filter(|r| !matches!(*r, "" | "-"))
    }

    fn traffic_was(&self) -> String {
        let was = if self.finding.role == Role::Reply {
            "were"
        } else {
            "was"
        };
        format!("{} {was}", self.traffic)
    }

    fn says_return(&self) -> String {
        let acl = &self.finding.acl;
        let first = if self.finding.back.is_some() {
            "The request was accepted; "
        } else {
            ""
        };
        let rejected = format!("{first}{} rejected", self.traffic_was());
        if acl.answer == Answer::Denies {
            format!(
                "{}: network ACL {} denies them, by {} entry {}. Network ACLs are stateless and need a rule for replies.",
                capital(&rejected),
                self.acl(),
                self.way,
                acl::number(acl.entry)
            )
        } else {
            format!(
                "{}. Security groups are stateful and let replies pass, so that the network ACL of {} is left.",
                capital(&rejected),
                self.subnet()
            )
        }
    }

    /// `security group sg-1 of eni-1 has`
    fn groups_have(&self) -> String {
        match self.finding.sg.groups.unwrap_or_default() {
            [one] => format!("security group {one} of {} has", self.place),
            many => format!(
                "the security groups of {}, {}, have",
                self.place,
                many.join(" and ")
            ),
        }
    }

    fn not_the_acl(&self) -> String {
        if self.finding.acl.same_subnet {
            "Inside one subnet no network ACL is asked about".to_owned()
        } else {
            format!("Network ACL {} allows", self.acl())
        }
    }

    fn lost(&self) -> String {
        let (packets, field) = self.loss();
        format!(
            "{} lost ({field}); no filter rejected {}.",
            counted(packets, "packets"),
            if packets == 1 { "it" } else { "them" }
        )
    }

    /// The packets lost for this reason, and the field that says so.
    fn loss(&self) -> (u64, &'static str) {
        type Field = (fn(&super::Lost) -> u64, &'static str);
        let (of, field): Field = match self.finding.verdict {
            Verdict::Blackhole => (|l| l.blackhole, "packets-lost-blackhole"),
            Verdict::MtuExceeded => (|l| l.mtu_exceeded, "packets-lost-mtu-exceeded"),
            Verdict::TtlExpired => (|l| l.ttl_expired, "packets-lost-ttl-expired"),
            _ => (|l| l.no_route, "packets-lost-no-route"),
        };
        let lost = self
            .members
            .iter()
            .filter_map(|i| self.flows.get(*i))
            .map(|f| of(&f.group.lost));
        (lost.fold(0u64, u64::saturating_add), field)
    }

    fn groups(&self) -> String {
        self.finding.sg.groups.unwrap_or_default().join(", ")
    }

    fn acl(&self) -> &str {
        self.finding.acl.acl.map(|(id, _)| id).unwrap_or_default()
    }

    fn subnet(&self) -> &str {
        match self.finding.acl.subnet {
            "" => "its subnet",
            id => id,
        }
    }

    /// Its id, for sentences about it.
    fn interface(&self) -> &'a str {
        self.flow.side.interface.unwrap_or("the interface")
    }
}
