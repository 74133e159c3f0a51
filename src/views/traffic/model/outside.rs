//! Who reaches inside from no network that has a name? Requests by source, those that were let pass and those that were
//! rejected apart, as far as the person's files name networks.

use super::conversations::{Conversation, Joined, Way};
use super::{is_private, rejected};
use crate::base::hash::FastMap;
use crate::base::size;
use crate::chart::Amount;
use crate::query::Expr;
use crate::views::whose::Whose;
use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// Ports that a filter or a sentence names.
const MOST_NAMED: usize = 20;
const PORTS_SAID: usize = 4;

/// What is said beside the list.
pub const HOW: &str = "Requests whose source is in no network that a dropped list, a described network or AWS's \
    ranges name, to an address that is private or in a named or described network. A private source counts where \
    it reaches a named network. An address in AWS's ranges has a name, whoever uses it: those are counted and not \
    listed. Where a MaxMind DB says an address to be is no network's name. Flows of which neither ports nor flags \
    nor times tell the serving side are left out.";

/// What a source outside asked for, let pass or rejected.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Source {
    pub address: String,
    pub was_rejected: bool,
    pub flows: Amount,
    pub bytes: Amount,
    /// Services, as `tcp/22 ssh`.
    pub services: BTreeSet<String>,
    /// Their ports; nothing stands for a protocol without.
    pub ports: BTreeSet<Option<i64>>,
    /// Whom it reached.
    pub servers: BTreeSet<String>,
    pub span: Option<(i64, i64)>,
}

impl Source {
    fn add(&mut self, one: &Conversation, way: &Way) {
        self.flows += way.flows;
        self.bytes += way.bytes;
        self.services.insert(one.between.service());
        self.ports.insert(one.between.port);
        self.servers.insert(one.between.server.clone());
        self.span = match (self.span, way.span) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
    }

    /// `12 flows to tcp/22 ssh, tcp/443 https and 2 other services of 3 addresses`
    pub fn says(&self) -> String {
        let named: Vec<&str> = self
            .services
            .iter()
            .take(PORTS_SAID)
            .map(String::as_str)
            .collect();
        let more = match self.services.len() - named.len() {
            0 => String::new(),
            n => format!(" and {}", size::counted(n as u64, "other services")),
        };
        let whom = match self.servers.first() {
            Some(one) if self.servers.len() == 1 => one.clone(),
            _ => size::counted(self.servers.len() as u64, "addresses"),
        };
        format!(
            "{} to {}{more} of {whom}",
            size::counted(self.flows, "flows"),
            named.join(", ")
        )
    }

    /// Its requests of this action; at any port where they are many.
    pub fn filter(&self) -> Expr {
        let from = Expr::eq("srcaddr", self.address.as_str());
        let ports: Option<Vec<String>> = self.ports.iter().map(|p| p.map(|n| n.to_string())).collect();
        let at = match ports {
            Some(ports) if ports.len() <= MOST_NAMED => Expr::In {
                field: "dstport".to_owned(),
                values: ports,
            },
            _ => Expr::All,
        };
        let action = if self.was_rejected {
            rejected()
        } else {
            !rejected()
        };
        from.and(at).and(action)
    }
}

/// Sources in no named network that reach inside.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outside {
    /// Let pass, by bytes.
    pub accepted: Vec<Source>,
    /// By flows.
    pub rejected: Vec<Source>,
    /// Sources that AWS's ranges name.
    pub of_aws: usize,
    /// Flows whose serving side is not known.
    pub unclear: Amount,
    /// Groups of flows that there was no room to look at.
    pub left_out: u64,
}

impl Outside {
    /// What is not in the lists, if anything.
    pub fn besides(&self) -> Option<String> {
        let mut parts = Vec::new();
        if self.of_aws > 0 {
            let sources = size::counted(self.of_aws as u64, "sources");
            parts.push(format!("{sources} that AWS's ranges name"));
        }
        if self.unclear > 0 {
            let flows = size::counted(self.unclear, "flows");
            parts.push(format!("{flows} whose serving side is not known"));
        }
        if self.left_out > 0 {
            let groups = size::counted(self.left_out, "groups");
            parts.push(format!(
                "{groups} of smaller flows that there was no room to look at"
            ));
        }
        (!parts.is_empty()).then(|| format!("Not listed: {}.", parts.join(", ")))
    }
}

/// By the rule in [`HOW`]; `whose` says who names an address's network.
pub fn outside(found: &Joined, whose: impl Fn(IpAddr) -> Whose) -> Outside {
    let mut out = Outside {
        left_out: found.left_out,
        ..Outside::default()
    };
    let mut sources: BTreeMap<(&str, bool), Source> = BTreeMap::new();
    let mut of_aws: BTreeSet<&str> = BTreeSet::new();
    // The same few addresses come again and again.
    let known = RefCell::new(FastMap::default());
    let whose = |ip: IpAddr| *known.borrow_mut().entry(ip).or_insert_with(|| whose(ip));
    for one in &found.list {
        let (client, server) = (one.between.client.as_str(), one.between.server.as_str());
        let (Ok(from), Ok(to)) = (client.parse::<IpAddr>(), server.parse::<IpAddr>()) else {
            continue;
        };
        let reaches_in = |from: IpAddr, to: IpAddr| match whose(to) {
            Whose::Named => is_private(to) || !is_private(from),
            _ => is_private(to) && !is_private(from),
        };
        if !one.how.is_told() {
            let comes_in = |from, to| whose(from) == Whose::Nobodys && reaches_in(from, to);
            if comes_in(from, to) || comes_in(to, from) {
                out.unclear += one.flows();
            }
            continue;
        }
        if !reaches_in(from, to) {
            continue;
        }
        match whose(from) {
            Whose::Named => continue,
            Whose::Aws => {
                of_aws.insert(client);
                continue;
            }
            Whose::Nobodys => {}
        }
        for (was_rejected, way) in [(false, &one.request.accepted), (true, &one.rejected)] {
            if way.flows > 0 {
                sources.entry((client, was_rejected)).or_default().add(one, way);
            }
        }
    }
    for ((address, was_rejected), source) in sources {
        let list = if was_rejected {
            &mut out.rejected
        } else {
            &mut out.accepted
        };
        list.push(Source {
            address: address.to_owned(),
            was_rejected,
            ..source
        });
    }
    out.accepted.sort_by_key(|s| (Reverse(s.bytes), Reverse(s.flows)));
    out.rejected.sort_by_key(|s| (Reverse(s.flows), Reverse(s.bytes)));
    out.of_aws = of_aws.len();
    out
}

#[cfg(test)]
mod tests;
