//! On which side of which interface packets were recorded. Version 5 of the log says it; of older ones it is concluded from
//! the interface's addresses.

use super::described::{At, Described, Interface};
use super::net::is_public;
use super::{Direction, FlowGroup};
use crate::base::hash::FastMap;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// Where the direction is known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum How {
    Recorded,
    /// The interface is described and has one of the addresses.
    Described,
    /// All other traffic of the interface has this address.
    Traffic,
    /// One end is an address of the internet, which no interface has.
    Public,
    NotKnown,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Side<'a> {
    pub inbound: Option<bool>,
    pub how: How,
    pub interface: Option<&'a str>,
    pub described: Option<&'a At<Interface>>,
    pub own: Option<IpAddr>,
    pub peer: Option<IpAddr>,
    /// Empty when nothing tells it.
    pub subnet: &'a str,
}

/// What each interface's flows have in common.
#[derive(Default)]
pub(super) struct Commons<'a> {
    interfaces: FastMap<&'a str, Common>,
    all: Shared,
}

#[derive(Default)]
struct Common {
    /// Its own addresses, by flows with a recorded direction.
    own: BTreeSet<IpAddr>,
    shared: Shared,
}

/// Addresses that are in every flow; `None` before the first.
#[derive(Default)]
struct Shared(Option<Vec<IpAddr>>);

impl Shared {
    fn meet(&mut self, ends: [IpAddr; 2]) {
        match &mut self.0 {
            None => self.0 = Some(ends.to_vec()),
            Some(left) => left.retain(|a| ends.contains(a)),
        }
    }

    fn has(&self, address: IpAddr) -> bool {
        self.0.as_ref().is_some_and(|left| left.contains(&address))
    }

    fn only(&self) -> Option<IpAddr> {
        match self.0.as_deref() {
            Some([one]) => Some(*one),
            _ => None,
        }
    }
}

impl<'a> Commons<'a> {
    pub fn meet(&mut self, group: &'a FlowGroup, src: IpAddr, dst: IpAddr) {
        self.all.meet([src, dst]);
        if let Some(id) = group.interface.as_deref() {
            let common = self.interfaces.entry(id).or_default();
            common.shared.meet([src, dst]);
            match group.flow_direction {
                Some(Direction::Ingress) => _ = common.own.insert(dst),
                Some(Direction::Egress) => _ = common.own.insert(src),
                None => {}
            }
        }
    }

    /// Whether an address is the interface's own. What all flows that were asked about share says nothing: it is what
    /// was asked about.
    fn owns(&self, interface: &str, address: IpAddr) -> bool {
        let common = self.interfaces.get(interface);
        common.is_some_and(|c| {
            c.own.contains(&address) || (c.shared.only() == Some(address) && !self.all.has(address))
        })
    }
}

pub(super) fn side<'a>(
    group: &'a FlowGroup,
    ends: Option<(IpAddr, IpAddr)>,
    commons: &Commons<'_>,
    described: &'a Described,
) -> Side<'a> {
    let mut interface = group.interface.as_deref();
    let mut known = interface.and_then(|id| described.interfaces.get(id));
    let (inbound, how) = match (group.flow_direction, ends) {
        (Some(direction), _) => (Some(direction == Direction::Ingress), How::Recorded),
        (None, None) => (None, How::NotKnown),
        (None, Some(ends)) => concluded(interface, known, ends, commons),
    };
    let (own, peer) = match (inbound, ends) {
        (Some(false), Some((src, dst))) => (Some(src), Some(dst)),
        (_, Some((src, dst))) => (Some(dst), Some(src)),
        (_, None) => (None, None),
    };
    if interface.is_none()
        && inbound.is_some()
        && let Some((id, holder)) = own.and_then(|own| described.only_holder(own))
    {
        interface = Some(id);
        known = Some(holder);
    }
    let subnet = known.map(|k| k.it.subnet.as_str()).filter(|id| !id.is_empty());
    Side {
        inbound,
        how,
        interface,
        described: known,
        own,
        peer,
        subnet: subnet.or(group.subnet.as_deref()).unwrap_or_default(),
    }
}

fn concluded(
    interface: Option<&str>,
    known: Option<&At<Interface>>,
    (src, dst): (IpAddr, IpAddr),
    commons: &Commons<'_>,
) -> (Option<bool>, How) {
    let has = |address: IpAddr| {
        known.is_some_and(|k| k.it.addresses.contains(&address) || k.it.public.contains(&address))
    };
    let owns = |address: IpAddr| interface.is_some_and(|id| commons.owns(id, address));
    let internet = |address: IpAddr| address.is_ipv4() && is_public(address);
    for (how, src_is_own, dst_is_own) in [
        (How::Described, has(src), has(dst)),
        (How::Traffic, owns(src), owns(dst)),
        (How::Public, internet(dst), internet(src)),
    ] {
        if src_is_own != dst_is_own {
            return (Some(dst_is_own), how);
        }
    }
    (None, How::NotKnown)
}
