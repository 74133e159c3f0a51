//! What kind of address is this, before anyone told anything? The special-use ranges of IANA's registries (RFC 6890 and
//! what was added since), and the link-local addresses at which AWS offers services inside a VPC.

use super::ranges::{Ranges, parse_net};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::sync::LazyLock;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Class {
    /// Anyone's on the internet.
    Public,
    /// RFC 1918, unique local addresses of IPv6.
    Private,
    /// Between a carrier and its customers; inside a network often used like a private one.
    CarrierNat,
    Loopback,
    LinkLocal,
    /// A service that AWS offers at a fixed link-local address.
    AwsLocal,
    Multicast,
    Broadcast,
    Documentation,
    Benchmark,
    /// IPv6 that holds an IPv4 address: 6to4, Teredo, NAT64.
    Transition,
    Unspecified,
    /// Set aside, not for use between hosts.
    Reserved,
}

impl Class {
    /// Whether such an address may be in use inside a network of one's own, and by several at once.
    pub fn is_internal(self) -> bool {
        matches!(self, Class::Private | Class::CarrierNat)
    }
}

/// A special-use range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Special {
    pub net: &'static str,
    pub class: Class,
    pub name: &'static str,
    /// The RFC, or the AWS guide, that says so.
    pub by: &'static str,
}

const fn special(net: &'static str, class: Class, name: &'static str, by: &'static str) -> Special {
    Special { net, class, name, by }
}

/// The narrowest that holds an address counts.
const SPECIAL: &[Special] = &[
    special("0.0.0.0/8", Class::Unspecified, "This network", "RFC 791"),
    special("10.0.0.0/8", Class::Private, "Private", "RFC 1918"),
    special(
        "100.64.0.0/10",
        Class::CarrierNat,
        "Carrier-grade NAT",
        "RFC 6598",
    ),
    special("127.0.0.0/8", Class::Loopback, "Loopback", "RFC 1122"),
    special("169.254.0.0/16", Class::LinkLocal, "Link-local", "RFC 3927"),
    special(
        "169.254.169.123/32",
        Class::AwsLocal,
        "Amazon Time Sync",
        "EC2 User Guide",
    ),
    special(
        "169.254.169.250/31",
        Class::AwsLocal,
        "Windows activation (KMS)",
        "EC2 User Guide",
    ),
    special(
        "169.254.169.253/32",
        Class::AwsLocal,
        "VPC resolver",
        "VPC User Guide",
    ),
    special(
        "169.254.169.254/32",
        Class::AwsLocal,
        "Instance metadata",
        "EC2 User Guide",
    ),
    special(
        "169.254.170.2/32",
        Class::AwsLocal,
        "ECS task metadata",
        "ECS Developer Guide",
    ),
    special(
        "169.254.170.23/32",
        Class::AwsLocal,
        "EKS Pod Identity",
        "EKS User Guide",
    ),
    special("172.16.0.0/12", Class::Private, "Private", "RFC 1918"),
    special(
        "192.0.0.0/24",
        Class::Reserved,
        "Protocol assignments",
        "RFC 6890",
    ),
    // Two anycast addresses inside it are anyone's.
    special("192.0.0.9/32", Class::Public, "Port Control Protocol", "RFC 7723"),
    special("192.0.0.10/32", Class::Public, "TURN anycast", "RFC 8155"),
    special(
        "192.0.2.0/24",
        Class::Documentation,
        "Documentation (TEST-NET-1)",
        "RFC 5737",
    ),
    special(
        "192.88.99.0/24",
        Class::Transition,
        "6to4 relay anycast",
        "RFC 7526",
    ),
    special("192.168.0.0/16", Class::Private, "Private", "RFC 1918"),
    special("198.18.0.0/15", Class::Benchmark, "Benchmarking", "RFC 2544"),
    special(
        "198.51.100.0/24",
        Class::Documentation,
        "Documentation (TEST-NET-2)",
        "RFC 5737",
    ),
    special(
        "203.0.113.0/24",
        Class::Documentation,
        "Documentation (TEST-NET-3)",
        "RFC 5737",
    ),
    special("224.0.0.0/4", Class::Multicast, "Multicast", "RFC 5771"),
    special(
        "233.252.0.0/24",
        Class::Documentation,
        "Documentation (MCAST-TEST-NET)",
        "RFC 6676",
    ),
    special("240.0.0.0/4", Class::Reserved, "Reserved", "RFC 1112"),
    special("255.255.255.255/32", Class::Broadcast, "Broadcast", "RFC 919"),
    special("::/128", Class::Unspecified, "Unspecified", "RFC 4291"),
    special("::1/128", Class::Loopback, "Loopback", "RFC 4291"),
    special("64:ff9b::/96", Class::Transition, "NAT64", "RFC 6052"),
    special("64:ff9b:1::/48", Class::Private, "Local NAT64", "RFC 8215"),
    special("100::/64", Class::Reserved, "Discard", "RFC 6666"),
    special("100:0:0:1::/64", Class::Reserved, "Dummy prefix", "RFC 9780"),
    special("2001::/23", Class::Reserved, "Protocol assignments", "RFC 2928"),
    special("2001::/32", Class::Transition, "Teredo", "RFC 4380"),
    special("2001:2::/48", Class::Benchmark, "Benchmarking", "RFC 5180"),
    special("2001:db8::/32", Class::Documentation, "Documentation", "RFC 3849"),
    special("2002::/16", Class::Transition, "6to4", "RFC 3056"),
    special("3fff::/20", Class::Documentation, "Documentation", "RFC 9637"),
    special("5f00::/16", Class::Reserved, "Segment routing (SRv6)", "RFC 9602"),
    special("fc00::/7", Class::Private, "Unique local", "RFC 4193"),
    special(
        "fd00:ec2::23/128",
        Class::AwsLocal,
        "EKS Pod Identity",
        "EKS User Guide",
    ),
    special(
        "fd00:ec2::123/128",
        Class::AwsLocal,
        "Amazon Time Sync",
        "EC2 User Guide",
    ),
    special(
        "fd00:ec2::253/128",
        Class::AwsLocal,
        "VPC resolver",
        "VPC User Guide",
    ),
    special(
        "fd00:ec2::254/128",
        Class::AwsLocal,
        "Instance metadata",
        "EC2 User Guide",
    ),
    special("fe80::/10", Class::LinkLocal, "Link-local", "RFC 4291"),
    special("ff00::/8", Class::Multicast, "Multicast", "RFC 4291"),
];

static RANGES: LazyLock<Ranges<&'static Special>> = LazyLock::new(|| {
    let nets = SPECIAL.iter().filter_map(|s| Some((parse_net(s.net)?, s)));
    Ranges::new(nets.collect(), |_, _| {})
});

/// The narrowest special-use range that holds the address.
pub fn special_use(addr: IpAddr) -> Option<&'static Special> {
    RANGES.narrowest(addr).map(|(_, special)| *special)
}

pub fn class(addr: IpAddr) -> Class {
    special_use(addr).map_or(Class::Public, |special| special.class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_range_is_one_and_stands_once() {
        assert_eq!(RANGES.len(), SPECIAL.len());
        for special in SPECIAL {
            let net = special.net.parse::<ipnet::IpNet>().unwrap();
            assert_eq!(net, net.trunc(), "{}", special.net);
        }
    }

    #[test]
    fn addresses_at_both_ends_and_just_outside() {
        for (addr, is) in [
            ("9.255.255.255", Class::Public),
            ("10.0.0.0", Class::Private),
            ("10.255.255.255", Class::Private),
            ("11.0.0.0", Class::Public),
            ("100.63.255.255", Class::Public),
            ("100.64.0.1", Class::CarrierNat),
            ("100.128.0.0", Class::Public),
            ("127.0.0.53", Class::Loopback),
            ("169.254.169.253", Class::AwsLocal),
            ("169.254.169.252", Class::LinkLocal),
            ("169.254.169.254", Class::AwsLocal),
            ("172.15.255.255", Class::Public),
            ("172.31.255.255", Class::Private),
            ("172.32.0.0", Class::Public),
            ("192.0.2.255", Class::Documentation),
            ("192.0.3.0", Class::Public),
            ("192.169.0.0", Class::Public),
            ("198.19.255.255", Class::Benchmark),
            ("223.255.255.255", Class::Public),
            ("239.255.255.255", Class::Multicast),
            ("255.255.255.254", Class::Reserved),
            ("255.255.255.255", Class::Broadcast),
            ("::", Class::Unspecified),
            ("::1", Class::Loopback),
            ("::2", Class::Public),
            ("::ffff:10.1.2.3", Class::Private),
            ("2001:db8::1", Class::Documentation),
            ("2001:db9::1", Class::Public),
            ("2002:a00::1", Class::Transition),
            ("2600:1f14::1", Class::Public),
            ("fbff::1", Class::Public),
            ("fd12::1", Class::Private),
            ("fd00:ec2::254", Class::AwsLocal),
            ("fd00:ec2::255", Class::Private),
            ("fe80::1", Class::LinkLocal),
            ("fec0::1", Class::Public),
            ("ff02::1", Class::Multicast),
        ] {
            assert_eq!(class(addr.parse().unwrap()), is, "{addr}");
        }
    }
}
