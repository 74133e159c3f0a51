//! The rule that explains a reject, and the one that would allow it.

use super::super::RuleText;
use super::super::security::words;
use super::super::words::range;
use super::*;

impl Case<'_, '_> {
    pub(super) fn rule(&self) -> Option<RuleText> {
        let (sg, acl) = (&self.finding.sg, &self.finding.acl);
        match self.finding.verdict {
            Verdict::AclInbound | Verdict::AclOutbound | Verdict::AclReturn | Verdict::SgAndAcl
                if acl.answer == Answer::Denies =>
            {
                let (id, acl_at) = acl.acl?;
                let text = match acl.entry {
                    Some(entry) => format!("{} entry {}: {entry}", self.way, entry.number()),
                    None => format!("{} entry *: deny what no other entry is about", self.way),
                };
                Some(RuleText {
                    resource: id.to_owned(),
                    text,
                    at_ns: acl_at.at_ns,
                })
            }
            Verdict::AllowedNow => {
                let (id, rule) = sg.allowed?;
                Some(RuleText {
                    resource: id.to_owned(),
                    text: format!("{} rule: {}", self.way, words(rule, self.way == "inbound")),
                    at_ns: self.described.groups.get(id).and_then(|g| g.at_ns),
                })
            }
            _ => None,
        }
    }

    pub(super) fn would_allow(&self) -> Option<String> {
        let known = self.finding.ask.is_some() && !self.peers.is_empty() && !self.several;
        let sg = || self.for_group();
        let acl = || self.for_acl();
        match self.finding.verdict {
            _ if !known => None,
            Verdict::SgInbound | Verdict::SgOutbound if self.finding.sg.answer == Answer::Denies => sg(),
            Verdict::AclInbound | Verdict::AclOutbound | Verdict::AclReturn
                if self.finding.acl.answer == Answer::Denies =>
            {
                acl()
            }
            Verdict::SgAndAcl => Some(format!("{}; and: {}", sg()?, acl()?)),
            _ => None,
        }
    }

    fn whom(&self) -> String {
        let preposition = if self.way == "inbound" { "from" } else { "to" };
        format!(
            "{preposition} {}",
            range(&self.peers, self.described.range_of(&self.peers))
        )
    }

    fn way(&self) -> &'static str {
        if self.way == "inbound" {
            "Inbound"
        } else {
            "Outbound"
        }
    }

    fn for_group(&self) -> Option<String> {
        let group = self.finding.sg.groups?.first()?;
        Some(format!(
            "{} on {group}: {} {}",
            self.way(),
            self.what,
            self.whom()
        ))
    }

    fn for_acl(&self) -> Option<String> {
        let (id, _) = self.finding.acl.acl?;
        let reply = self.finding.role == Role::Reply && self.flow.group.protocol.is_some_and(has_ports);
        let what = if reply {
            let protocol = protocol_name(self.flow.group.protocol);
            format!("{protocol} {}", Ports::EPHEMERAL)
        } else {
            self.what.clone()
        };
        let number = match acl::number(self.finding.acl.entry) {
            last if last == "*" => String::new(),
            number => format!(", numbered below {number}"),
        };
        Some(format!(
            "{} on {id}: allow {what} {}{number}",
            self.way(),
            self.whom()
        ))
    }
}
