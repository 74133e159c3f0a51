//! What a subnet's network ACL says to packets. Its entries are asked from the lowest number on, the first that is about
//! a packet decides, and what no entry is about is denied (`*`). It is stateless: a reply is asked about like a request.
//! Packets between interfaces of one subnet do not pass it.

use super::described::{At, Described};
use super::net::{Ask, Cidr, Fit, Scope};
use super::security::Answer;
use serde::{Deserialize, Serialize};
use std::fmt;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Acl {
    pub subnets: Vec<String>,
    /// In the order in which they are asked.
    pub entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Entry {
    pub egress: bool,
    pub number: i64,
    pub allows: bool,
    pub scope: Scope,
    pub range: Cidr,
}

/// The number from which on an entry is the one that AWS adds itself.
const LAST: i64 = 32_767;

impl Entry {
    /// `*` for the entry that AWS adds itself.
    pub fn number(&self) -> String {
        if self.number >= LAST {
            "*".to_owned()
        } else {
            self.number.to_string()
        }
    }
}

/// `deny tcp 5000-5999 from 10.0.3.0/24`
impl fmt::Display for Entry {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let does = if self.allows { "allow" } else { "deny" };
        let way = if self.egress { "to" } else { "from" };
        write!(to, "{does} {} {way} {}", self.scope, self.range)
    }
}

/// A network ACL's answer and what it rests on.
#[derive(Debug)]
pub(super) struct Opinion<'a> {
    pub answer: Answer,
    /// The network ACL, when it is described.
    pub acl: Option<(&'a str, &'a At<Acl>)>,
    /// The entry that decides; none when nothing is about it.
    pub entry: Option<&'a Entry>,
    /// An entry before it that may decide, which the log does not tell.
    pub open: Option<&'a Entry>,
    /// The subnet, when it is known.
    pub subnet: &'a str,
    pub same_subnet: bool,
}

pub(super) fn unknown(subnet: &str) -> Opinion<'_> {
    Opinion {
        answer: Answer::Unknown,
        acl: None,
        entry: None,
        open: None,
        subnet,
        same_subnet: false,
    }
}

pub(super) fn judge<'a>(subnet: &'a str, ask: &Ask, described: &'a Described) -> Opinion<'a> {
    if described.in_subnet(subnet, ask.peer) {
        return Opinion {
            answer: Answer::Absent,
            same_subnet: true,
            ..unknown(subnet)
        };
    }
    let Some((id, acl)) = described.guard(subnet) else {
        return unknown(subnet);
    };
    let (mut may_allow, mut may_deny) = (None, None);
    let mut entry = None;
    for candidate in &acl.it.entries {
        if candidate.egress == ask.inbound || !candidate.range.has(ask.peer) {
            continue;
        }
        match candidate.scope.fit(ask) {
            Fit::Yes => {
                entry = Some(candidate);
                break;
            }
            Fit::Maybe if candidate.allows => may_allow = may_allow.or(Some(candidate)),
            Fit::Maybe => may_deny = may_deny.or(Some(candidate)),
            Fit::No => {}
        }
    }
    let allows = entry.is_some_and(|e| e.allows);
    // What is left open only matters when it would decide otherwise.
    let open = if allows { may_deny } else { may_allow };
    Opinion {
        answer: match (open.is_some(), allows) {
            (true, _) => Answer::Unknown,
            (false, true) => Answer::Allows,
            (false, false) => Answer::Denies,
        },
        acl: Some((id, acl)),
        entry,
        open,
        subnet,
        same_subnet: false,
    }
}

/// `*` when no entry is about it.
pub(super) fn number(entry: Option<&Entry>) -> String {
    entry.map_or_else(|| "*".to_owned(), Entry::number)
}
