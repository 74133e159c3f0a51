//! Who began, and was there an answer? Flows of one conversation are found by their two ends.

use super::described::Described;
use super::net::{Ports, TCP, has_ports};
use super::side::{Commons, Side, side};
use super::{Action, FlowGroup, LogStatus, Traffic};
use crate::base::hash::{FastMap, FastSet};
use std::net::IpAddr;

const FIN: u16 = 1;
const SYN: u16 = 2;
const RST: u16 = 4;
const ACK: u16 = 16;

/// So many holes of an interface's log are kept apart.
const SPANS: usize = 64;

/// What the recorded flags say. A value is the OR over one window: 3 is SYN and FIN, 19 is SYN-ACK and FIN. ACK alone is not
/// recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Flags {
    pub known: bool,
    /// Sent by whoever began.
    pub syn: bool,
    /// Sent by whoever was asked.
    pub syn_ack: bool,
    pub rst: bool,
    pub fin: bool,
}

impl Flags {
    fn of(group: &FlowGroup) -> Flags {
        let seen = group.tcp_flags_seen.iter().copied();
        let union = group.tcp_flags.filter(|_| group.tcp_flags_seen.is_empty());
        let mut flags = Flags::default();
        if group.protocol.is_none_or(|p| p == TCP) {
            for value in seen.chain(union) {
                flags.known = true;
                flags.syn |= value & (SYN | ACK) == SYN;
                flags.syn_ack |= value & (SYN | ACK) == SYN | ACK;
                flags.rst |= value & RST != 0;
                flags.fin |= value & FIN != 0;
            }
        }
        flags
    }

    fn and(self, other: Flags) -> Flags {
        Flags {
            known: self.known || other.known,
            syn: self.syn || other.syn,
            syn_ack: self.syn_ack || other.syn_ack,
            rst: self.rst || other.rst,
            fin: self.fin || other.fin,
        }
    }
}

/// A group with what is concluded from it alone.
#[derive(Debug)]
pub(super) struct Flow<'a> {
    /// Its index as it was handed over.
    pub at: usize,
    pub group: &'a FlowGroup,
    pub ends: Option<(IpAddr, IpAddr)>,
    pub flags: Flags,
    pub side: Side<'a>,
}

impl Flow<'_> {
    /// Packets of TCP without the SYN that begins a connection.
    pub fn without_syn(&self) -> bool {
        self.flags.known && !self.flags.syn && !self.flags.syn_ack
    }

    fn protocol(&self) -> u8 {
        self.group.protocol.unwrap_or(u8::MAX)
    }

    fn has_ports(&self) -> bool {
        self.group.protocol.is_none_or(has_ports)
    }

    fn src_port(&self) -> Port {
        port(self.group.src_port.filter(|_| self.has_ports()))
    }

    fn dst_port(&self) -> Port {
        port(self.group.dst_port.filter(|_| self.has_ports()))
    }
}

/// All groups, in an order that does not depend on how they were handed over.
pub(super) fn flows<'a>(groups: &'a [FlowGroup], described: &'a Described) -> Vec<Flow<'a>> {
    let mut order: Vec<(usize, &FlowGroup)> = groups.iter().enumerate().collect();
    order.sort_by(|a, b| a.1.cmp(b.1).then(a.0.cmp(&b.0)));
    let ends: Vec<Option<(IpAddr, IpAddr)>> = order
        .iter()
        .map(|(_, g)| Some((g.src.parse().ok()?, g.dst.parse().ok()?)))
        .collect();
    let mut commons = Commons::default();
    for ((_, group), ends) in order.iter().zip(&ends) {
        if let (Some((src, dst)), Traffic::Vpc) = (ends, group.traffic) {
            commons.meet(group, *src, *dst);
        }
    }
    order
        .into_iter()
        .zip(ends)
        .map(|((at, group), ends)| Flow {
            at,
            group,
            ends,
            flags: Flags::of(group),
            side: side(group, ends, &commons, described),
        })
        .collect()
}

/// Whether packets ask or answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Role {
    Request,
    Reply,
    NotKnown,
}

/// The accepted or the rejected flows between two ends, one way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Half {
    /// One of them, as an index into the flows.
    pub example: usize,
    /// One that came in, one that went out.
    pub inbound: Option<usize>,
    pub outbound: Option<usize>,
    pub flags: Flags,
    pub first_ns: i64,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    pub accepted: Option<Half>,
    pub rejected: Option<Half>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Port {
    One(u16),
    /// Several put together, or none.
    Wide,
    /// Whatever it is.
    Any,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    /// 0 is any interface.
    interface: u32,
    src: u32,
    dst: u32,
    protocol: u8,
    src_port: Port,
    dst_port: Port,
}

/// Which flows there are between two ends.
#[derive(Default)]
pub(super) struct Index<'a> {
    seen: FastMap<Key, Seen>,
    /// Whether any flow has several ports put together, so that conversations are also kept by one port alone.
    gathers: bool,
    addresses: FastMap<IpAddr, u32>,
    interfaces: FastMap<&'a str, u32>,
    /// Accepted traffic of an interface, one way.
    ways: FastSet<(u32, u32, u32, u8)>,
    /// Interfaces of which both ways of a conversation are recorded.
    both: FastSet<u32>,
    /// When records of an interface were skipped.
    skipped: FastMap<&'a str, Vec<(i64, i64, usize)>>,
}

fn number<K: std::hash::Hash + Eq>(known: &mut FastMap<K, u32>, key: K) -> u32 {
    let next = u32::try_from(known.len()).unwrap_or(u32::MAX).saturating_add(1);
    *known.entry(key).or_insert(next)
}

fn port(ports: Option<Ports>) -> Port {
    ports.and_then(Ports::single).map_or(Port::Wide, Port::One)
}

impl<'a> Index<'a> {
    pub fn of(flows: &[Flow<'a>]) -> Self {
        let wide = |f: &Flow<'_>| f.has_ports() && (f.src_port() == Port::Wide || f.dst_port() == Port::Wide);
        let mut index = Index {
            gathers: flows.iter().any(wide),
            ..Index::default()
        };
        for (i, flow) in flows.iter().enumerate() {
            if flow.group.traffic == Traffic::Vpc {
                index.meet(i, flow);
            }
        }
        index
    }

    fn meet(&mut self, i: usize, flow: &Flow<'a>) {
        if flow.group.log_status == Some(LogStatus::SkipData)
            && let Some(id) = flow.group.interface.as_deref()
        {
            let (first, last) = (flow.group.first_ns, flow.group.last_ns);
            let spans = self.skipped.entry(id).or_default();
            // Of many, the last ones are looked at as one.
            let full = spans.len() >= SPANS;
            match spans.last_mut() {
                Some((from, to, _)) if full => (*from, *to) = (first.min(*from), last.max(*to)),
                _ => spans.push((first, last, i)),
            }
        }
        let (Some((src, dst)), Some(action)) = (flow.ends, flow.group.action) else {
            return;
        };
        let (src, dst) = (number(&mut self.addresses, src), number(&mut self.addresses, dst));
        let interface = flow
            .group
            .interface
            .as_deref()
            .map_or(0, |id| number(&mut self.interfaces, id));
        let (s, d) = (flow.src_port(), flow.dst_port());
        let protocol = flow.protocol();
        let mut put = |interface, src_port, dst_port| {
            let key = Key {
                interface,
                src,
                dst,
                protocol,
                src_port,
                dst_port,
            };
            let seen = self.seen.entry(key).or_default();
            match action {
                Action::Accept => add(&mut seen.accepted, i, flow),
                Action::Reject => add(&mut seen.rejected, i, flow),
            }
        };
        put(0, s, d);
        if self.gathers && flow.has_ports() {
            put(0, s, Port::Any);
            put(0, Port::Any, d);
            put(0, Port::Any, Port::Any);
        }
        if action == Action::Accept {
            if interface != 0 {
                put(interface, s, d);
            }
            self.ways.insert((interface, src, dst, protocol));
            if self.ways.contains(&(interface, dst, src, protocol)) {
                self.both.insert(interface);
            }
        }
    }

    fn get(&self, interface: u32, flow: &Flow<'_>, back: bool, ports: (Port, Port)) -> Option<Seen> {
        let (src, dst) = flow.ends?;
        let (src, dst) = if back { (dst, src) } else { (src, dst) };
        let key = Key {
            interface,
            src: *self.addresses.get(&src)?,
            dst: *self.addresses.get(&dst)?,
            protocol: flow.protocol(),
            src_port: ports.0,
            dst_port: ports.1,
        };
        self.seen.get(&key).copied()
    }

    /// What is seen the other way in the same conversation.
    pub fn back(&self, flow: &Flow<'_>) -> Seen {
        let ways = match (flow.src_port(), flow.dst_port()) {
            (Port::One(s), Port::One(d)) => [
                (Port::One(d), Port::One(s)),
                (Port::One(d), Port::Wide),
                (Port::Wide, Port::One(s)),
            ],
            (Port::One(s), _) => [(Port::Any, Port::One(s)); 3],
            (_, Port::One(d)) => [(Port::One(d), Port::Any); 3],
            _ if flow.has_ports() => [(Port::Any, Port::Any); 3],
            _ => [(Port::Wide, Port::Wide); 3],
        };
        let found = ways.iter().find_map(|ports| self.get(0, flow, true, *ports));
        found.unwrap_or_default()
    }

    /// What is seen the same way at any interface.
    pub fn same(&self, flow: &Flow<'_>) -> Seen {
        let ports = (flow.src_port(), flow.dst_port());
        self.get(0, flow, false, ports).unwrap_or_default()
    }

    /// What was accepted the same way at the same interface.
    pub fn here(&self, flow: &Flow<'_>) -> Option<Half> {
        let id = flow.group.interface.as_deref();
        let id = id.map_or(Some(0), |id| self.interfaces.get(id).copied())?;
        let ports = (flow.src_port(), flow.dst_port());
        self.get(id, flow, false, ports)?.accepted
    }

    /// Whether this interface's log shows both ways of any conversation.
    pub fn shows_both_ways(&self, interface: Option<&str>) -> bool {
        let id = interface.map_or(Some(0), |id| self.interfaces.get(id).copied());
        id.is_some_and(|id| self.both.contains(&id))
    }

    /// A SKIPDATA record in the time of these flows.
    pub fn hole(&self, flow: &Flow<'_>) -> Option<usize> {
        let spans = self.skipped.get(flow.group.interface.as_deref()?)?;
        let (first, last) = (flow.group.first_ns, flow.group.last_ns);
        let mut over = spans.iter().filter(|(from, to, _)| *from <= last && first <= *to);
        over.next().map(|(_, _, i)| *i)
    }

    pub fn role(&self, flow: &Flow<'_>) -> Role {
        match (flow.flags.syn, flow.flags.syn_ack) {
            (true, false) => return Role::Request,
            (false, true) => return Role::Reply,
            _ => {}
        }
        let back = self.back(flow).accepted;
        if let Some(back) = back {
            match (back.flags.syn, back.flags.syn_ack) {
                (true, false) => return Role::Reply,
                (false, true) => return Role::Request,
                _ => {}
            }
        }
        match (flow.src_port(), flow.dst_port()) {
            (Port::One(_), Port::Wide) if flow.group.dst_port.is_some() => return Role::Reply,
            (Port::Wide, Port::One(_)) if flow.group.src_port.is_some() => return Role::Request,
            (Port::One(src), Port::One(dst)) => match class(src).cmp(&class(dst)) {
                std::cmp::Ordering::Less => return Role::Reply,
                std::cmp::Ordering::Greater => return Role::Request,
                std::cmp::Ordering::Equal => {}
            },
            _ => {}
        }
        match back {
            Some(back) if back.first_ns < flow.group.first_ns => Role::Reply,
            // Something that was rejected brought no answer.
            Some(_) if flow.group.action == Some(Action::Reject) && self.same(flow).accepted.is_none() => {
                Role::Reply
            }
            Some(back) if back.first_ns > flow.group.first_ns => Role::Request,
            _ => Role::NotKnown,
        }
    }
}

/// Ports of services, registered ports, ports that only clients choose.
fn class(port: u16) -> u8 {
    match port {
        0..1024 => 0,
        1024..32768 => 1,
        _ => 2,
    }
}

fn add(half: &mut Option<Half>, i: usize, flow: &Flow<'_>) {
    let half = half.get_or_insert(Half {
        example: i,
        inbound: None,
        outbound: None,
        flags: Flags::default(),
        first_ns: flow.group.first_ns,
    });
    half.flags = half.flags.and(flow.flags);
    half.first_ns = half.first_ns.min(flow.group.first_ns);
    match flow.side.inbound {
        Some(true) => _ = half.inbound.get_or_insert(i),
        Some(false) => _ = half.outbound.get_or_insert(i),
        None => {}
    }
}
