//! Security group rules in plain terms: a permission lists peers by kind; a person thinks in one rule per peer.

use super::tree::Tree;
use super::{PlainRow, Sign, What};
use crate::base::hash::FastMap;
use crate::base::size;
use std::collections::VecDeque;

pub(super) const MEMBERS: &[&str] = &["ipPermissions", "ipPermissionsEgress"];

/// Is this member a list of permissions?
pub(super) fn is_member(key: &str) -> bool {
    MEMBERS.iter().any(|m| m.eq_ignore_ascii_case(key))
}

pub(super) fn has_any(group: &Tree) -> bool {
    MEMBERS.iter().any(|m| group.member_any_case(m).is_some())
}

/// Where the peers of a permission stand, and the member that names one.
const PEERS: &[(&str, &str)] = &[
    ("ipv4Ranges", "cidrIp"),
    ("ipRanges", "cidrIp"),
    ("ipv6Ranges", "cidrIpv6"),
    ("userIdGroupPairs", "groupId"),
    ("prefixListIds", "prefixListId"),
];

/// Ports people know by name.
const SERVICES: &[(&str, &str)] = &[
    ("tcp/21", "ftp"),
    ("tcp/22", "ssh"),
    ("tcp/23", "telnet"),
    ("tcp/25", "smtp"),
    ("tcp/53", "dns"),
    ("udp/53", "dns"),
    ("tcp/80", "http"),
    ("udp/123", "ntp"),
    ("tcp/443", "https"),
    ("tcp/445", "smb"),
    ("tcp/1433", "mssql"),
    ("tcp/2049", "nfs"),
    ("tcp/3306", "mysql"),
    ("tcp/3389", "rdp"),
    ("tcp/5432", "postgresql"),
    ("tcp/6379", "redis"),
    ("tcp/9200", "elasticsearch"),
    ("tcp/27017", "mongodb"),
];

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Rule {
    inbound: bool,
    /// `tcp/22`, `all`.
    port: String,
    peer: String,
    description: Option<String>,
}

impl Rule {
    fn direction(&self) -> &'static str {
        if self.inbound { "inbound" } else { "outbound" }
    }

    fn row(&self, sign: Sign, sentence: String) -> PlainRow {
        let service = SERVICES.iter().find(|(p, _)| *p == self.port);
        let (reach, whole_internet) = reach(&self.peer);
        PlainRow {
            sign,
            sentence,
            path: MEMBERS[usize::from(!self.inbound)].to_owned(),
            what: What::Rule {
                direction: self.direction().to_owned(),
                port: service.map_or_else(|| self.port.clone(), |(p, name)| format!("{p} {name}")),
                peer: self.peer.clone(),
                description: self.description.clone(),
                reach,
                whole_internet,
            },
        }
    }

    /// `rule`, or `outbound rule`: most changes that matter are inbound, and said shorter.
    fn noun(&self) -> &'static str {
        if self.inbound { "rule" } else { "outbound rule" }
    }

    fn told(&self, verb: &str) -> String {
        format!("{} {verb}: {} on {}", self.noun(), self.peer, self.port)
    }
}

fn rules(group: &Tree) -> Vec<Rule> {
    let mut out = Vec::new();
    for (member, inbound) in MEMBERS.iter().zip([true, false]) {
        let Some(list) = group.member_any_case(member) else {
            continue;
        };
        for permission in list.items() {
            let port = port(permission);
            for (list, name) in PEERS {
                let Some(peers) = permission.member_any_case(list) else {
                    continue;
                };
                for p in peers.items() {
                    let peer = p.text().or_else(|| p.member_any_case(name)?.text());
                    out.push(Rule {
                        inbound,
                        port: port.clone(),
                        peer: peer.unwrap_or("unknown").to_owned(),
                        description: p
                            .member_any_case("description")
                            .and_then(Tree::text)
                            .filter(|d| !d.is_empty())
                            .map(str::to_owned),
                    });
                }
            }
        }
    }
    out
}

fn port(permission: &Tree) -> String {
    let text = |name| permission.member_any_case(name).and_then(Tree::text);
    let protocol = match text("ipProtocol").unwrap_or("-1") {
        "-1" => return "all".to_owned(),
        "6" => "tcp",
        "17" => "udp",
        "1" => "icmp",
        "58" => "icmpv6",
        other => other,
    };
    match (protocol, text("fromPort"), text("toPort")) {
        ("icmp" | "icmpv6", None | Some("-1"), _) => protocol.to_owned(),
        ("icmp" | "icmpv6", Some(kind), None | Some("-1")) => format!("{protocol} type {kind}"),
        ("icmp" | "icmpv6", Some(kind), Some(code)) => format!("{protocol} type {kind} code {code}"),
        (_, None, None) => protocol.to_owned(),
        (_, Some("0" | "-1"), Some("65535" | "-1")) => format!("{protocol}/all"),
        (_, Some(from), Some(to)) if from != to => format!("{protocol}/{from}-{to}"),
        (_, Some(one), _) | (_, None, Some(one)) => format!("{protocol}/{one}"),
    }
}

/// How many can be met behind a peer, in words, and whether that is everyone.
fn reach(peer: &str) -> (String, bool) {
    match peer {
        "0.0.0.0/0" => return ("whole internet (IPv4)".to_owned(), true),
        "::/0" => return ("whole internet (IPv6)".to_owned(), true),
        _ => {}
    }
    if peer.starts_with("pl-") {
        return (format!("prefix list {peer}"), false);
    }
    let words = match peer.parse::<ipnet::IpNet>() {
        Ok(ipnet::IpNet::V4(net)) => addresses(1u64 << (32 - u32::from(net.prefix_len()))),
        Ok(ipnet::IpNet::V6(net)) if net.prefix_len() >= 96 => {
            addresses(1u64 << (128 - u32::from(net.prefix_len())))
        }
        Ok(ipnet::IpNet::V6(net)) => format!("an IPv6 /{} block", net.prefix_len()),
        Err(_) => format!("members of {peer}"),
    };
    (words, false)
}

fn addresses(n: u64) -> String {
    match n {
        1 => "1 address".to_owned(),
        n => format!("{} addresses", size::count(n)),
    }
}

/// The rules of a group before and after, as rows: unchanged ones too.
pub(super) fn compare(before: Option<&Tree>, after: Option<&Tree>) -> Vec<PlainRow> {
    let old = before.map(rules).unwrap_or_default();
    let new = after.map(rules).unwrap_or_default();
    let mut m = Matching {
        partner: vec![None; new.len()],
        taken: vec![false; old.len()],
    };
    // What a rule keeps when it changes, from all of it to one part; the later ones only where nothing else is like it.
    m.pair(&old, &new, false, |r| format!("{r:?}"));
    m.pair(&old, &new, false, |r| {
        format!("{} {} {}", r.inbound, r.port, r.peer)
    });
    m.pair(&old, &new, false, |r| format!("{} {}", r.port, r.peer));
    m.pair(&old, &new, true, |r| format!("{} {}", r.inbound, r.port));
    m.pair(&old, &new, true, |r| format!("{} {}", r.inbound, r.peer));

    let mut rows: Vec<PlainRow> = new
        .iter()
        .zip(&m.partner)
        .map(|(r, partner)| match partner.and_then(|i| old.get(i)) {
            None => r.row(Sign::Added, r.told("added")),
            Some(o) => changed(o, r),
        })
        .collect();
    let gone = old.iter().zip(&m.taken).filter(|(_, taken)| !**taken);
    rows.extend(gone.map(|(r, _)| r.row(Sign::Removed, r.told("removed"))));
    rows
}

fn changed(old: &Rule, new: &Rule) -> PlainRow {
    let noun = new.noun();
    if old == new {
        let sentence = format!("{noun}: {} on {}", new.peer, new.port);
        return new.row(Sign::Same, sentence);
    }
    if old.inbound != new.inbound {
        let (from, to) = (old.direction(), new.direction());
        let sentence = format!("rule moved from {from} to {to}: {} on {}", new.peer, new.port);
        return new.row(Sign::Moved, sentence);
    }
    let sentence = if old.peer != new.peer {
        format!("{noun} changed: {} to {} on {}", old.peer, new.peer, new.port)
    } else if old.port != new.port {
        format!("{noun} changed: {} to {} for {}", old.port, new.port, new.peer)
    } else {
        let rule = format!("({} on {})", new.peer, new.port);
        match (&old.description, &new.description) {
            (Some(o), Some(n)) => format!("{noun} description changed: {o} to {n} {rule}"),
            (Some(o), None) => format!("{noun} description removed: {o} {rule}"),
            (_, n) => format!(
                "{noun} description added: {} {rule}",
                n.as_deref().unwrap_or_default()
            ),
        }
    };
    new.row(Sign::Changed, sentence)
}

struct Matching {
    partner: Vec<Option<usize>>,
    taken: Vec<bool>,
}

impl Matching {
    /// Pairs rules of equal key, the first with the first; with `only`, just those that have no like on either side.
    fn pair(&mut self, old: &[Rule], new: &[Rule], only: bool, key: impl Fn(&Rule) -> String) {
        let mut by_key: FastMap<String, (VecDeque<usize>, VecDeque<usize>)> = FastMap::default();
        for (i, r) in old.iter().enumerate().filter(|&(i, _)| !self.taken[i]) {
            by_key.entry(key(r)).or_default().0.push_back(i);
        }
        for (j, r) in new.iter().enumerate().filter(|&(j, _)| self.partner[j].is_none()) {
            if let Some((_, come)) = by_key.get_mut(&key(r)) {
                come.push_back(j);
            }
        }
        for (gone, come) in by_key.into_values() {
            if only && (gone.len() != 1 || come.len() != 1) {
                continue;
            }
            for (i, j) in gone.into_iter().zip(come) {
                self.partner[j] = Some(i);
                self.taken[i] = true;
            }
        }
    }
}
