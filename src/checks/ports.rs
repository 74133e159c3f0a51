//! The rules of a security group: which ports they open, and to whom.

use super::body::Body;
use std::collections::BTreeSet;
use std::fmt;

/// One permission: a range of ports for some sources.
pub struct Rule<'a> {
    pub protocol: &'a str,
    /// The first and last port; `None` where there are no ports (ICMP).
    pub ports: Option<(i64, i64)>,
    pub cidrs: BTreeSet<&'a str>,
    /// Other groups and prefix lists.
    pub others: usize,
    pub groups: Vec<&'a str>,
}

/// What a port can be.
const ALL_PORTS: (i64, i64) = (0, 65_535);

/// The rules of `IpPermissions` or `IpPermissionsEgress`.
pub fn rules(permissions: Body<'_>) -> Vec<Rule<'_>> {
    permissions.list().map(rule).collect()
}

fn rule(permission: Body<'_>) -> Rule<'_> {
    let protocol = permission.get("IpProtocol").text();
    let port = |key: &str| permission.get(key).int();
    let ports = match protocol {
        "-1" => Some(ALL_PORTS),
        "icmp" | "icmpv6" | "1" | "58" => None,
        _ => match (port("FromPort"), port("ToPort")) {
            (Some(-1), _) | (None, None) => Some(ALL_PORTS),
            (from, to) => from.or(to).zip(to.or(from)),
        },
    };
    // Config lists IPv4 ranges twice: as objects, and as the texts it began with.
    let mut cidrs = BTreeSet::new();
    for ranges in ["IpRanges", "Ipv4Ranges", "Ipv6Ranges"] {
        for range in permission.get(ranges).list() {
            let text = range.any(&["CidrIp", "CidrIpv6"]).text();
            cidrs.insert(if text.is_empty() { range.text() } else { text });
        }
    }
    cidrs.remove("");
    let groups = permission
        .get("UserIdGroupPairs")
        .list()
        .map(|pair| pair.get("GroupId").text());
    Rule {
        protocol,
        ports,
        cidrs,
        others: permission.get("UserIdGroupPairs").len() + permission.get("PrefixListIds").len(),
        groups: groups.collect(),
    }
}

impl Rule<'_> {
    /// The ranges that mean everybody.
    pub fn open(&self) -> impl Iterator<Item = &str> {
        self.cidrs.iter().copied().filter(|cidr| cidr.ends_with("/0"))
    }

    pub fn is_open(&self) -> bool {
        self.open().next().is_some()
    }

    /// Whether a port is in the range.
    pub fn has(&self, port: i64) -> bool {
        self.ports.is_some_and(|(from, to)| (from..=to).contains(&port))
    }

    /// Whether the range is made of these ports alone.
    pub fn is_within(&self, ports: &[i64]) -> bool {
        self.ports
            .is_none_or(|(from, to)| to.saturating_sub(from) < 100 && (from..=to).all(|p| ports.contains(&p)))
    }

    /// Rules as AWS counts them: one for each source.
    pub fn count(&self) -> usize {
        self.cidrs.len() + self.others
    }
}

/// `tcp 3306 from 0.0.0.0/0, ::/0`
impl fmt::Display for Rule<'_> {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.protocol, self.ports) {
            ("-1", _) => to.write_str("all traffic")?,
            (protocol, Some((first, last))) if first == last => write!(to, "{protocol} {first}")?,
            (protocol, Some((first, last))) => write!(to, "{protocol} {first}-{last}")?,
            (protocol, None) => to.write_str(protocol)?,
        }
        let open: Vec<&str> = self.open().collect();
        if open.is_empty() {
            Ok(())
        } else {
            write!(to, " from {}", open.join(", "))
        }
    }
}
