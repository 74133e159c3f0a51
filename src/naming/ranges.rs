//! Which of many networks holds an address? The narrowest first, then those around it.

use ipnet::IpNet;
use std::net::IpAddr;

/// Values by network. Two networks either lie apart or one inside the other: a sorted list in which each knows the one
/// around it answers with one binary search and a short way outwards.
#[derive(Clone, Debug)]
pub struct Ranges<T> {
    v4: Level<T>,
    v6: Level<T>,
}

#[derive(Clone, Debug)]
struct Level<T> {
    /// Sorted by first address, wider ones first.
    starts: Vec<u128>,
    entries: Vec<Entry<T>>,
}

#[derive(Clone, Debug)]
struct Entry<T> {
    net: IpNet,
    last: u128,
    /// The narrowest network around this one.
    around: Option<usize>,
    value: T,
}

impl<T> Default for Ranges<T> {
    fn default() -> Self {
        Ranges::new(Vec::new(), |_, _| {})
    }
}

impl<T> Default for Level<T> {
    fn default() -> Self {
        Level {
            starts: Vec::new(),
            entries: Vec::new(),
        }
    }
}

impl<T> Ranges<T> {
    /// Host bits are cut off. `merge` puts the value of a network that was given before, and the later one, together.
    pub fn new(nets: Vec<(IpNet, T)>, mut merge: impl FnMut(&mut T, T)) -> Self {
        let (v4, v6) = nets.into_iter().partition(|(net, _)| matches!(net, IpNet::V4(_)));
        Ranges {
            v4: Level::new(v4, &mut merge),
            v6: Level::new(v6, &mut merge),
        }
    }

    /// Every network that holds the address, the narrowest first. An IPv4 address in an IPv6 one is taken as the former.
    pub fn holding(&self, addr: IpAddr) -> impl Iterator<Item = (IpNet, &T)> {
        let addr = addr.to_canonical();
        let level = if addr.is_ipv4() { &self.v4 } else { &self.v6 };
        let addr = bits(addr);
        let before = level.starts.partition_point(|start| *start <= addr);
        let mut at = before.checked_sub(1);
        std::iter::from_fn(move || {
            loop {
                let entry = level.entries.get(at?)?;
                at = entry.around;
                // All of them begin at or before the address.
                if entry.last >= addr {
                    return Some((entry.net, &entry.value));
                }
            }
        })
    }

    pub fn narrowest(&self, addr: IpAddr) -> Option<(IpNet, &T)> {
        self.holding(addr).next()
    }

    /// How many different networks there are.
    pub fn len(&self) -> usize {
        self.v4.entries.len() + self.v6.entries.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T> Level<T> {
    fn new(mut nets: Vec<(IpNet, T)>, merge: &mut impl FnMut(&mut T, T)) -> Self {
        for (net, _) in &mut nets {
            *net = net.trunc();
        }
        nets.sort_by_key(|(net, _)| (bits(net.network()), net.prefix_len()));
        let mut level = Level {
            starts: Vec::with_capacity(nets.len()),
            entries: Vec::<Entry<T>>::with_capacity(nets.len()),
        };
        for (net, value) in nets {
            if let Some(last) = level.entries.last_mut().filter(|last| last.net == net) {
                merge(&mut last.value, value);
                continue;
            }
            let around = level.around(net);
            level.starts.push(bits(net.network()));
            level.entries.push(Entry {
                net,
                last: bits(net.broadcast()),
                around,
                value,
            });
        }
        level
    }

    /// The last one added, or the first one around it, that holds this network.
    fn around(&self, net: IpNet) -> Option<usize> {
        let mut at = self.entries.len().checked_sub(1);
        while let Some(entry) = at.and_then(|i| self.entries.get(i)) {
            if entry.net.contains(&net) {
                return at;
            }
            at = entry.around;
        }
        None
    }
}

fn bits(addr: IpAddr) -> u128 {
    match addr {
        IpAddr::V4(v4) => u128::from(v4.to_bits()),
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

/// `192.0.2.0/24`; an address alone is a network of one.
pub(super) fn parse_net(text: &str) -> Option<IpNet> {
    if text.contains('/') {
        return text.parse::<IpNet>().ok().map(|net| net.trunc());
    }
    text.parse::<IpAddr>().ok().map(IpNet::from)
}

/// Networks as texts, for whatever keeps them.
pub(super) mod as_text {
    use ipnet::IpNet;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(net: &IpNet, to: S) -> Result<S::Ok, S::Error> {
        net.to_string().serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<IpNet, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(D::Error::custom)
    }

    /// The same for several of them.
    pub mod list {
        use super::*;

        pub fn serialize<S: Serializer>(nets: &[IpNet], to: S) -> Result<S::Ok, S::Error> {
            let texts: Vec<String> = nets.iter().map(IpNet::to_string).collect();
            texts.serialize(to)
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<IpNet>, D::Error> {
            let texts = Vec::<String>::deserialize(from)?;
            let parsed: Result<Vec<IpNet>, _> = texts.iter().map(|text| text.parse()).collect();
            parsed.map_err(D::Error::custom)
        }
    }
}
