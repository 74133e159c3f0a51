//! Addresses, ranges and protocols, and whether a filter's line is about a packet.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;

pub(super) const ICMP: u8 = 1;
pub(super) const TCP: u8 = 6;
pub(super) const UDP: u8 = 17;
pub(super) const ICMP6: u8 = 58;

/// An address range; a single address is one as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct Cidr {
    address: IpAddr,
    bits: u8,
}

/// The address as one number, and how many bits it has.
fn number(address: IpAddr) -> (u128, u8) {
    match address {
        IpAddr::V4(v4) => (u128::from(u32::from(v4)), 32),
        IpAddr::V6(v6) => (u128::from(v6), 128),
    }
}

impl Cidr {
    pub fn read(text: &str) -> Option<Cidr> {
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address.parse().ok()?, bits.parse().ok()?),
            None => {
                let address: IpAddr = text.trim().parse().ok()?;
                (address, number(address).1)
            }
        };
        (bits <= number(address).1).then_some(Cidr { address, bits })
    }

    pub fn of(address: IpAddr) -> Cidr {
        Cidr {
            address,
            bits: number(address).1,
        }
    }

    pub fn has(self, address: IpAddr) -> bool {
        let ((own, width), (other, others)) = (number(self.address), number(address));
        let shift = u32::from(width.saturating_sub(self.bits));
        width == others && own.checked_shr(shift).unwrap_or(0) == other.checked_shr(shift).unwrap_or(0)
    }

    pub fn is_v6(self) -> bool {
        self.address.is_ipv6()
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}/{}", self.address, self.bits)
    }
}

/// Whether it is an address of the internet. IPv6 addresses of a VPC are as well, so that it says less about them.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let shared = Cidr::read("100.64.0.0/10").is_some_and(|range| range.has(address));
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_multicast()
                || v4.is_broadcast()
                || shared)
        }
        IpAddr::V6(v6) => v6.segments().first().is_some_and(|s| s & 0xe000 == 0x2000),
    }
}

/// `tcp`, `udp`, `icmp`, or the number.
pub(super) fn protocol_name(protocol: Option<u8>) -> String {
    match protocol {
        None => "all traffic".to_owned(),
        Some(ICMP) => "icmp".to_owned(),
        Some(TCP) => "tcp".to_owned(),
        Some(UDP) => "udp".to_owned(),
        Some(ICMP6) => "icmpv6".to_owned(),
        Some(number) => format!("protocol {number}"),
    }
}

pub(super) fn has_ports(protocol: u8) -> bool {
    matches!(protocol, TCP | UDP | 33 | 132 | 136)
}

pub(super) fn is_icmp(protocol: u8) -> bool {
    matches!(protocol, ICMP | ICMP6)
}

/// The ports of a group of flows: one, or the first and last of those that were put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Ports {
    pub first: u16,
    pub last: u16,
}

impl Ports {
    pub const ALL: Ports = Ports {
        first: 0,
        last: u16::MAX,
    };
    /// What AWS advises to open for replies, since the client chooses the port.
    pub const EPHEMERAL: Ports = Ports {
        first: 1024,
        last: u16::MAX,
    };

    pub fn one(port: u16) -> Ports {
        Ports {
            first: port,
            last: port,
        }
    }

    /// The port, if it is one.
    pub fn single(self) -> Option<u16> {
        (self.first == self.last).then_some(self.first)
    }
}

impl fmt::Display for Ports {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.single() {
            Some(port) => write!(to, "{port}"),
            None => write!(to, "{}-{}", self.first, self.last),
        }
    }
}

/// Whether a line of a filter is about some packets. `Maybe` when the log does not record what it would take to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    No,
    Maybe,
    Yes,
}

impl Fit {
    pub fn known(yes: bool) -> Fit {
        if yes { Fit::Yes } else { Fit::No }
    }

    pub fn and(self, other: Fit) -> Fit {
        self.min(other)
    }
}

/// What a line of a filter is about, besides the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Scope {
    /// `None` is every protocol.
    pub protocol: Option<u8>,
    pub ports: Ports,
    /// The type of ICMP messages, where the line is about one alone.
    pub icmp_type: Option<i64>,
}

/// The packets that a filter is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ask {
    pub inbound: bool,
    /// The other end's address.
    pub peer: IpAddr,
    pub protocol: Option<u8>,
    /// The port that the packets are sent to.
    pub port: Option<Ports>,
}

impl Scope {
    pub fn fit(&self, ask: &Ask) -> Fit {
        let Some(own) = self.protocol else {
            return Fit::Yes;
        };
        let Some(protocol) = ask.protocol else {
            return Fit::Maybe;
        };
        if own != protocol {
            Fit::No
        } else if is_icmp(protocol) {
            if self.icmp_type.is_some() {
                Fit::Maybe
            } else {
                Fit::Yes
            }
        } else if !has_ports(protocol) || self.ports == Ports::ALL {
            Fit::Yes
        } else {
            match ask.port {
                None => Fit::Maybe,
                Some(asked) if self.ports.first <= asked.first && asked.last <= self.ports.last => Fit::Yes,
                Some(asked) if asked.last < self.ports.first || self.ports.last < asked.first => Fit::No,
                Some(_) => Fit::Maybe,
            }
        }
    }
}

/// `tcp 5432`, `icmp type 8`, `all traffic`
impl fmt::Display for Scope {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&protocol_name(self.protocol))?;
        match (self.protocol, self.icmp_type) {
            (Some(p), Some(kind)) if is_icmp(p) => write!(to, " type {kind}"),
            (Some(p), _) if has_ports(p) && self.ports != Ports::ALL => write!(to, " {}", self.ports),
            _ => Ok(()),
        }
    }
}

/// `tcp 5432`, as far as it is known.
impl fmt::Display for Ask {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.protocol {
            None => to.write_str("traffic")?,
            known => to.write_str(&protocol_name(known))?,
        }
        match self.port {
            Some(port) if self.protocol.is_none_or(has_ports) => write!(to, " {port}"),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_addresses_of_their_family() {
        let has = |range: &str, address: &str| Cidr::read(range).unwrap().has(address.parse().unwrap());
        assert!(has("10.0.3.0/24", "10.0.3.7"));
        assert!(!has("10.0.3.0/24", "10.0.4.7"));
        assert!(has("0.0.0.0/0", "198.51.100.7"));
        assert!(!has("0.0.0.0/0", "2001:db8::1"));
        assert!(has("::/0", "2001:db8::1"));
        assert!(has("10.0.3.7", "10.0.3.7"));
        assert_eq!(Cidr::read("10.0.0.0/33"), None);
        assert_eq!(Cidr::read("everywhere"), None);
    }

    #[test]
    fn private_and_shared_addresses_are_not_the_internets() {
        for (address, public) in [
            ("10.1.2.3", false),
            ("172.31.0.1", false),
            ("100.64.0.1", false),
            ("198.51.100.7", true),
            ("fd00::1", false),
            ("2001:db8::1", true),
        ] {
            assert_eq!(is_public(address.parse().unwrap()), public, "{address}");
        }
    }
}
