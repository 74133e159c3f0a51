//! The network that an address belongs to, coarsely.

use std::net::IpAddr;

/// `203.0.113.0/24` of an IPv4 address and the /48 of an IPv6 one; names of services stay as they are.
pub fn network(address: &str) -> String {
    match address.trim().parse::<IpAddr>().map(|ip| ip.to_canonical()) {
        Ok(IpAddr::V4(ip)) => {
            let [a, b, c, _] = ip.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        Ok(IpAddr::V6(ip)) => {
            let [a, b, c, ..] = ip.segments();
            format!("{}/48", std::net::Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
        Err(_) => address.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn neighbours_share_a_network() {
        for (address, want) in [
            ("203.0.113.7", "203.0.113.0/24"),
            ("203.0.114.7", "203.0.114.0/24"),
            ("2001:db8:1:2::3", "2001:db8:1::/48"),
            ("::ffff:192.0.2.1", "192.0.2.0/24"),
            ("ec2.amazonaws.com", "ec2.amazonaws.com"),
            ("", ""),
        ] {
            assert_eq!(network(address), want);
        }
    }
}
