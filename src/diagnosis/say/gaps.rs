//! What is not known, and matters.

use super::super::security::Open;
use super::*;

impl<'a> Case<'a, '_> {
    /// What is not known, and matters for this verdict.
    pub(super) fn gaps(&self) -> Vec<Gap<'a>> {
        let finding = self.finding;
        let mut gaps = Vec::new();
        match finding.verdict {
            Verdict::BlockPublicAccess
            | Verdict::EncryptionControls
            | Verdict::InternetNoise
            | Verdict::Refused => {}
            Verdict::NoRoute | Verdict::Blackhole => gaps.push(Gap::Route),
            Verdict::MtuExceeded | Verdict::TtlExpired => {}
            Verdict::OneSided => gaps.push(Gap::Reply),
            Verdict::Unanswered => {
                if let Some((_, target)) = self.flow.ends {
                    if self.way == "outbound" {
                        gaps.push(Gap::OtherEnd(target));
                    }
                    gaps.push(Gap::Host(target));
                }
            }
            Verdict::AclReturn => self.acl_gaps(&mut gaps),
            Verdict::NotKnown if self.reason().is_some() => {
                gaps.push(Gap::Reason(self.reason().unwrap_or_default()));
            }
            _ => {
                self.sg_gaps(&mut gaps);
                self.acl_gaps(&mut gaps);
            }
        }
        match finding.verdict {
            Verdict::AllowedNow => gaps.push(Gap::Changes {
                inbound: self.way == "inbound",
                acl: finding.sg.answer == Answer::Absent,
            }),
            Verdict::OutOfState => gaps.push(Gap::Began),
            _ => {}
        }
        let asks = matches!(
            finding.verdict,
            Verdict::NotKnown | Verdict::SgInbound | Verdict::SgOutbound
        );
        if asks && finding.role == Role::NotKnown && self.flow.group.protocol.is_some_and(|p| !is_icmp(p)) {
            gaps.push(Gap::WhoBegan);
        }
        if finding.hole.is_some() {
            gaps.push(Gap::Records(self.interface()));
        }
        gaps
    }

    fn sg_gaps(&self, gaps: &mut Vec<Gap<'a>>) {
        let sg = &self.finding.sg;
        if self.flow.ends.is_none() {
            gaps.push(Gap::Addresses);
        } else if self.flow.side.inbound.is_none() {
            gaps.push(Gap::Direction);
        }
        if sg.answer != Answer::Unknown {
            return;
        }
        if sg.groups.is_none() {
            gaps.push(Gap::Interface(self.interface()));
            gaps.push(Gap::GroupsOfInterface);
        }
        gaps.extend(sg.undescribed.iter().copied().map(Gap::Groups));
        if let Some(peer) = self.flow.side.peer {
            gaps.extend(sg.open.iter().map(|(_, _, open)| Gap::Open(*open, peer)));
        }
    }

    fn acl_gaps(&self, gaps: &mut Vec<Gap<'a>>) {
        let acl = &self.finding.acl;
        if acl.answer != Answer::Unknown {
            return;
        }
        match (acl.open, acl.subnet, self.flow.side.peer) {
            (Some(entry), _, Some(peer)) => {
                let open = match entry.scope.icmp_type {
                    Some(_) => Open::IcmpType,
                    None => Open::Ports,
                };
                gaps.push(Gap::Open(open, peer));
            }
            (_, "", _) => gaps.push(Gap::Subnet(self.interface())),
            (_, subnet, _) => gaps.push(Gap::Acl(subnet)),
        }
    }
}
