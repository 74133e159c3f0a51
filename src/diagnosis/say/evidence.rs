//! What a diagnosis rests on, line by line.

use super::super::security::{Open, Peer, Rule, other_family_only, words};
use super::super::side::How;
use super::super::{Action, Traffic};
use super::*;
use crate::base::time::iso;

impl<'a> Case<'a, '_> {
    fn flow_words(&self, flow: &Flow<'_>) -> String {
        let end = |address: &str, port: Option<Ports>| match port {
            Some(port) if flow.group.protocol.is_none_or(has_ports) => {
                if address.contains(':') {
                    format!("[{address}]:{port}")
                } else {
                    format!("{address}:{port}")
                }
            }
            _ => address.to_owned(),
        };
        let protocol = flow
            .group
            .protocol
            .map_or(String::new(), |p| format!(" {}", protocol_name(Some(p))));
        format!(
            "{} to {}{protocol}",
            end(&flow.group.src, flow.group.src_port),
            end(&flow.group.dst, flow.group.dst_port)
        )
    }

    fn shown(&self, text: String, flows: &[usize]) -> Evidence {
        let groups = flows
            .iter()
            .filter_map(|i| self.flows.get(*i))
            .take(SHOWN)
            .map(|f| f.at);
        Evidence {
            text,
            groups: groups.collect(),
        }
    }

    pub(super) fn evidence(&self) -> Vec<Evidence> {
        let mut lines = vec![self.own_flows()];
        self.of_the_log(&mut lines);
        let told = |text| Evidence {
            text,
            groups: Vec::new(),
        };
        if self.finding.ask.is_some() {
            lines.extend(self.of_groups().into_iter().map(told));
            lines.extend(self.of_acl().map(told));
            lines.extend(self.newer().map(told));
        }
        if self.flow.group.protocol.is_some_and(is_icmp) && self.finding.verdict != Verdict::InternetNoise {
            lines.push(told(
                "ICMP carries ping and the messages of path MTU discovery; without these, large packets get lost. Flow logs do not record which it was.".to_owned(),
            ));
        }
        lines
    }

    fn own_flows(&self) -> Evidence {
        let flow = self.flow;
        let n = self
            .members
            .iter()
            .filter_map(|i| self.flows.get(*i))
            .map(|f| f.group.count);
        let records = counted(n.fold(0u64, u64::saturating_add), "records");
        let outcome = match flow.group.action {
            Some(Action::Reject) => "REJECT",
            Some(Action::Accept) => "ACCEPT",
            None => "Lost",
        };
        let others = match self.members.len() {
            0 | 1 => String::new(),
            n => format!(" and {} like it", count((n - 1) as u64)),
        };
        let way = if self.way.is_empty() {
            String::new()
        } else {
            format!(" {}", self.way)
        };
        let at = match flow.group.traffic {
            Traffic::Vpc => format!(" at {}", self.place),
            Traffic::TransitGateway => flow
                .group
                .attachment
                .as_ref()
                .map_or(String::new(), |id| format!(" from {id}")),
        };
        let text = format!(
            "{outcome}{way}{at}: {}{others}, {records}.",
            self.flow_words(flow)
        );
        self.shown(text, self.members)
    }

    /// What other flows and other fields tell.
    fn of_the_log(&self, lines: &mut Vec<Evidence>) {
        let (finding, flow) = (self.finding, self.flow);
        if let Some(reason) = self.reason() {
            lines.push(self.shown(
                format!("The record's reject-reason is {reason}."),
                &[finding.flow],
            ));
        }
        let side = match (flow.side.how, flow.side.own) {
            (How::Described, Some(own)) => {
                Some(format!("{} has {own}: this was {}.", self.interface(), self.way))
            }
            (How::Traffic, Some(own)) => Some(format!(
                "All traffic of {} has {own}, which must be its own address: this was {}.",
                self.interface(),
                self.way
            )),
            (How::Public, Some(own)) => Some(format!(
                "The other end is on the internet, so that it was recorded at {own}: this was {}.",
                self.way
            )),
            _ => None,
        };
        lines.extend(side.map(|text| self.shown(text, &[finding.flow])));
        if let Some(left) = finding.left
            && let Some(other) = self.flows.get(left)
        {
            lines.push(self.shown(format!("It left {} before.", place(&other.side)), &[left]));
        }
        if let Some(back) = finding.back
            && let Some(other) = self.flows.get(back.example)
        {
            let text = match finding.verdict {
                Verdict::Refused => {
                    format!(
                        "The answer was RST and no SYN: {}, {}.",
                        self.flow_words(other),
                        flags(other)
                    )
                }
                _ if finding.role == Role::Reply => {
                    format!("The request was accepted: {}.", self.flow_words(other))
                }
                _ => format!("The other way was accepted: {}.", self.flow_words(other)),
            };
            lines.push(self.shown(text, &[back.example]));
        }
        if let Some(passed) = finding.passed {
            lines.push(self.shown("The same passed before.".to_owned(), &[passed]));
        }
        if flow.flags.syn_ack && finding.back.is_none() && finding.ask.is_some() {
            let text = format!(
                "It is a SYN-ACK ({}), and its request is not recorded here.",
                flags(flow)
            );
            lines.push(self.shown(text, &[finding.flow]));
        }
        if flow.without_syn() && finding.ask.is_some() {
            let text = format!(
                "There is no SYN in it ({}): it begins no connection.",
                flags(flow)
            );
            lines.push(self.shown(text, &[finding.flow]));
        }
        if let Some(let_in) = finding.let_in
            && let Some(other) = self.flows.get(let_in)
        {
            lines.push(self.shown(
                format!("It was let in elsewhere: {}.", self.flow_words(other)),
                &[let_in],
            ));
        }
        if finding.verdict == Verdict::Unanswered {
            lines.push(self.shown(
                format!(
                    "The log of {} shows both ways of other conversations.",
                    self.interface()
                ),
                &[],
            ));
        }
        if finding.verdict == Verdict::OneSided && flow.flags.fin {
            lines.push(self.shown(
                format!(
                    "It was closed regularly ({}): there must have been an answer.",
                    flags(flow)
                ),
                &[finding.flow],
            ));
        }
        if let Some(hole) = finding.hole {
            let status = self.flows.get(hole).and_then(|f| f.group.log_status);
            debug_assert_eq!(status, Some(LogStatus::SkipData));
            lines.push(self.shown(
                format!(
                    "Records of {} were skipped in this time (SKIPDATA).",
                    self.interface()
                ),
                &[hole],
            ));
        }
    }

    fn of_groups(&self) -> Vec<String> {
        let sg = &self.finding.sg;
        let (way, inbound) = (self.way, self.way == "inbound");
        let (Some(peer), Some(ask)) = (self.flow.side.peer, &self.finding.ask) else {
            return Vec::new();
        };
        if sg.answer == Answer::Absent {
            let service = self.flow.side.described.and_then(|d| d.it.service());
            let of = service.map_or(String::new(), |s| format!(" belongs to a {s} and"));
            return vec![format!("{}{of} has no security groups.", self.interface())];
        }
        // Their rules are not asked about what they track.
        if self.finding.verdict == Verdict::AclReturn {
            return Vec::new();
        }
        if self.finding.verdict == Verdict::AllowedNow && self.finding.role == Role::Reply {
            return vec![
                "Security groups are stateful: they let the replies to what they allowed pass.".to_owned(),
            ];
        }
        if let Some((id, rule)) = sg.allowed {
            return vec![format!("{id} allows it {way}: {}.", words(rule, inbound))];
        }
        let mut lines = Vec::new();
        for (id, rule, open) in &sg.open {
            let why = match open {
                Open::Members(group) => format!("whether {peer} has {group} is not described"),
                Open::List(list) => format!("what {list} holds is not described"),
                Open::IcmpType => "flow logs do not record the type".to_owned(),
                Open::Ports => "the records here do not tell the port".to_owned(),
            };
            lines.push(format!("{id} has an {way} rule {}; {why}.", words(rule, inbound)));
        }
        for (id, rule) in &sg.near {
            let text = if other_family_only(rule, peer) {
                let family = if peer.is_ipv6() { "IPv4" } else { "IPv6" };
                format!("{id} allows it for {family} only: {}.", words(rule, inbound))
            } else {
                format!("{id} has an {way} rule for others: {}.", words(rule, inbound))
            };
            lines.push(text);
        }
        if sg.answer == Answer::Denies && sg.near.is_empty() {
            let one = if self.several { ", one of these" } else { "" };
            lines.push(format!("No {way} rule of {} is about {ask}{one}.", self.groups()));
        }
        let by_group = |(_, rule): &(&str, &Rule)| rule.peers.iter().any(|p| matches!(p, Peer::Group(_)));
        if sg.near.iter().any(by_group)
            && let Some((id, holder)) = self.described.only_holder(peer)
        {
            let groups = holder.it.groups.as_deref().unwrap_or_default().join(", ");
            lines.push(format!("{peer} is {id}'s, which has {groups}."));
        }
        lines
    }

    fn of_acl(&self) -> Option<String> {
        let acl = &self.finding.acl;
        let peer = self.flow.side.peer?;
        if acl.same_subnet {
            return Some(format!(
                "{peer} is in the same subnet ({}): no network ACL is asked.",
                acl.subnet
            ));
        }
        let (id, _) = acl.acl?;
        if let Some(open) = acl.open {
            return Some(format!(
                "Entry {} of {id} may decide, which the records do not tell: {open}.",
                open.number()
            ));
        }
        let entry = match acl.entry {
            Some(entry) => format!("entry {}: {entry}", entry.number()),
            None => "entry *: no other is about it".to_owned(),
        };
        let does = if acl.answer == Answer::Allows {
            "allows"
        } else {
            "denies"
        };
        Some(format!("{id} {does} it {} ({entry}).", self.way))
    }

    /// Descriptions that are newer than the traffic.
    fn newer(&self) -> Option<String> {
        let last = self
            .members
            .iter()
            .filter_map(|i| self.flows.get(*i))
            .map(|f| f.group.last_ns)
            .max()?;
        let groups = self.finding.sg.groups.unwrap_or_default().iter();
        let groups = groups.filter_map(|id| Some((id.as_str(), self.described.groups.get(id)?.at_ns?)));
        let acl = self.finding.acl.acl.and_then(|(id, acl)| Some((id, acl.at_ns?)));
        let newer = groups.chain(acl).filter(|(_, at)| *at > last);
        let told: Vec<String> = newer.map(|(id, at)| format!("{id} at {}", iso(at))).collect();
        (!told.is_empty()).then(|| {
            format!(
                "Described after the traffic, which ended at {}: {}. The rules may have been others then.",
                iso(last),
                told.join(", ")
            )
        })
    }
}

/// `tcp-flags 4, 20`
fn flags(flow: &Flow<'_>) -> String {
    let seen: BTreeSet<u16> = flow.group.tcp_flags_seen.iter().copied().collect();
    let values = if seen.is_empty() {
        flow.group.tcp_flags.into_iter().collect()
    } else {
        seen
    };
    let values: Vec<String> = values.iter().map(u16::to_string).collect();
    format!("tcp-flags {}", values.join(", "))
}
