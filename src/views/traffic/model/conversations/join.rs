//! Flows of both ways put together: first those whose ports tell the serving side, then the others in their light.

use super::{Between, Conversation, How, Outcome, Sent, Way};
use crate::base::Value;
use crate::query::Answer;
use crate::views::traffic::model::{exact, ports};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Keys before the ports of a row: two ends, protocol, interface, whether it was rejected.
const KEYS: usize = 5;

/// Two ends with their ports, the smaller one first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Ends {
    ends: [(String, Option<i64>); 2],
    protocol: Option<i64>,
}

/// What is recorded of both ways, the client's (or the smaller end's) first.
#[derive(Clone, Debug, Default)]
struct Seen {
    /// By interface.
    by: BTreeMap<String, [Sent; 2]>,
    /// Flows that begin a connection, by who sent them.
    syn: [i64; 2],
    /// Flows that answer one.
    syn_ack: [i64; 2],
    how: How,
}

impl Seen {
    fn first_ns(&self, side: usize) -> Option<i64> {
        let spans = self.by.values().filter_map(|s| s[side].all().span);
        spans.map(|(first, _)| first).min()
    }

    /// Who began by the flags: the first (0) or the second side.
    fn began(&self) -> Option<usize> {
        let of = |side: usize| self.syn[side] > 0 || self.syn_ack[1 - side] > 0;
        match (of(0), of(1)) {
            (true, false) => Some(0),
            (false, true) => Some(1),
            _ => None,
        }
    }

    /// Adds what another one saw; `turned` where its first side is this one's second.
    fn add(&mut self, other: &Seen, turned: bool) {
        let at = |side: usize| if turned { 1 - side } else { side };
        for (interface, sent) in &other.by {
            let own = self.by.entry(interface.clone()).or_default();
            for side in [0, 1] {
                own[at(side)].accepted.add(&sent[side].accepted);
                own[at(side)].rejected.add(&sent[side].rejected);
            }
        }
        for side in [0, 1] {
            self.syn[at(side)] += other.syn[side];
            self.syn_ack[at(side)] += other.syn_ack[side];
        }
        self.how = self.how.max(other.how);
    }
}

/// Every conversation of some flows, in no order, and how whole that is.
#[derive(Clone, Debug, Default)]
pub struct Joined {
    pub list: Vec<Conversation>,
    /// Groups beyond the limits.
    pub left_out: u64,
    /// Values were put together, so that flows may stand under others' names.
    is_folded: bool,
    /// What the flows became whose ports leave open who serves.
    decided: BTreeMap<Ends, Between>,
}

impl Joined {
    pub fn is_whole(&self) -> bool {
        self.left_out == 0 && !self.is_folded
    }

    /// What a conversation of another answer is here, where more flows may tell more of who serves.
    pub fn same(&self, other: &Joined, between: &Between) -> Vec<Between> {
        if self.list.iter().any(|c| c.between == *between) {
            return vec![between.clone()];
        }
        let unclear = other.decided.iter().filter(|(_, b)| *b == between);
        unclear
            .filter_map(|(ends, _)| self.decided.get(ends).cloned())
            .collect()
    }
}

/// Conversations out of the answers to [`super::ask_conversations`].
pub fn joined(answers: &[impl AsRef<Answer>]) -> Joined {
    let mut out = Joined::default();
    let mut clear: BTreeMap<Between, Seen> = BTreeMap::new();
    let mut unclear: BTreeMap<Ends, Seen> = BTreeMap::new();
    for (class, answer) in answers.iter().map(AsRef::as_ref).enumerate() {
        out.left_out += answer.groups.saturating_sub(answer.rows.len() as u64);
        out.is_folded |= !answer.folded_fields.is_empty();
        for row in &answer.rows {
            take(class, row, &mut clear, &mut unclear);
        }
    }
    for seen in clear.values_mut() {
        seen.how = match seen.began() {
            Some(0) => How::Flags,
            Some(_) => How::PortsAgainstFlags,
            None => How::Ports,
        };
    }
    for (ends, seen) in unclear {
        let (server, how) = serving(&ends, &seen, &clear);
        let between = between(&ends, server);
        let all = clear.entry(between.clone()).or_default();
        all.add(&Seen { how, ..seen }, server == 0);
        out.decided.insert(ends, between);
    }
    out.list = clear
        .into_iter()
        .map(|(between, seen)| conversation(between, &seen))
        .collect();
    out
}

/// Which of two ends serves, and how that is known.
fn serving(ends: &Ends, seen: &Seen, clear: &BTreeMap<Between, Seen>) -> (usize, How) {
    if let Some(client) = seen.began() {
        return (1 - client, How::Flags);
    }
    let [a, b] = [0, 1].map(|server| clear.contains_key(&between(ends, server)));
    if a != b {
        return (usize::from(b), How::Ports);
    }
    let ports = [&ends.ends[0], &ends.ends[1]].map(|(_, port)| port.unwrap_or(0).to_string());
    let has_ports = ends.ends.iter().any(|(_, port)| port.is_some());
    if has_ports {
        let [a, b] = [0, 1].map(|n| ports[n] != "0" && ports::port_name(&ports[n]) != ports[n]);
        if a != b {
            return (usize::from(b), How::Ports);
        }
    }
    match (seen.first_ns(0), seen.first_ns(1)) {
        (Some(a), Some(b)) if a != b => return (usize::from(a < b), How::First),
        _ => {}
    }
    if has_ports && ports[0] != ports[1] {
        let server = usize::from(!ports::source_serves(&ports[0], &ports[1]));
        return (server, How::LowerPort);
    }
    // Whoever is recorded as sending, of one way alone.
    (usize::from(seen.first_ns(0).is_some()), How::NotKnown)
}

fn between(ends: &Ends, server: usize) -> Between {
    let ((client, _), (server, port)) = (&ends.ends[1 - server], &ends.ends[server]);
    Between {
        client: client.clone(),
        server: server.clone(),
        protocol: ends.protocol,
        port: *port,
    }
}

/// Protocols whose records have ports (IANA); the zeros that others have there are none.
fn has_ports(protocol: Option<i64>) -> bool {
    matches!(protocol, None | Some(6 | 17 | 33 | 132 | 136))
}

/// Takes in a row of the answer for flows whose destination serves (0), whose source does (1), or that leave it open.
fn take(
    class: usize,
    row: &[Value],
    clear: &mut BTreeMap<Between, Seen>,
    unclear: &mut BTreeMap<Ends, Seen>,
) {
    let ports = if class == 2 { 2 } else { 1 };
    let (Some(keys), Some(aggs)) = (row.get(..KEYS + ports), row.get(KEYS + ports..)) else {
        return;
    };
    let [count, bytes, packets, first, last, end, syn, syn_ack] = aggs else {
        return;
    };
    let number = |v: &Value| v.as_i64();
    let protocol = number(&keys[2]);
    let port = |at: usize| {
        keys.get(KEYS + at)
            .and_then(number)
            .filter(|_| has_ports(protocol))
    };
    let (from, to) = (keys[0].to_text(), keys[1].to_text());
    let span = number(first).map(|first| {
        let last = number(end).max(number(last)).unwrap_or(first);
        (first, last.max(first))
    });
    let way = Way {
        flows: exact(count),
        bytes: exact(bytes),
        packets: exact(packets),
        span,
    };
    // Which of the two sides sent this.
    let (seen, side) = match class {
        0 | 1 => {
            let (client, server) = if class == 0 { (from, to) } else { (to, from) };
            let between = Between {
                client,
                server,
                protocol,
                port: keys.get(KEYS).and_then(number),
            };
            (clear.entry(between).or_default(), class)
        }
        _ => {
            let (source, destination) = ((from, port(0)), (to, port(1)));
            let side = usize::from(source > destination);
            let ends = if side == 0 {
                [source, destination]
            } else {
                [destination, source]
            };
            (unclear.entry(Ends { ends, protocol }).or_default(), side)
        }
    };
    seen.syn[side] += number(syn).unwrap_or(0);
    seen.syn_ack[side] += number(syn_ack).unwrap_or(0);
    let sent = &mut seen.by.entry(keys[3].to_text()).or_default()[side];
    match keys[4] {
        Value::Bool(true) => sent.rejected.add(&way),
        _ => sent.accepted.add(&way),
    }
}

fn conversation(between: Between, seen: &Seen) -> Conversation {
    let fullness = |both: &[Sent; 2]| {
        let [a, b] = [both[0].all(), both[1].all()];
        (a.bytes + b.bytes, a.flows + b.flows)
    };
    let fullest = seen
        .by
        .iter()
        .max_by_key(|(id, both)| (fullness(both), Reverse(*id)));
    let [request, reply] = fullest.map(|(_, both)| *both).unwrap_or_default();
    let any = |of: fn(&[Sent; 2]) -> &Way| seen.by.values().any(|both| of(both).flows > 0);
    let outcome = if any(|b| &b[1].accepted) {
        match any(|b| &b[0].accepted) || any(|b| &b[0].rejected) {
            true => Outcome::Answered,
            false => Outcome::NoRequest,
        }
    } else if any(|b| &b[1].rejected) {
        Outcome::ReplyRejected
    } else if any(|b| &b[0].rejected) {
        Outcome::Rejected
    } else {
        Outcome::NoReply
    };
    let rejected = seen.by.values().map(|both| both[0].rejected);
    let mut all = Way::default();
    for sent in seen.by.values().flatten() {
        all.add(&sent.all());
    }
    Conversation {
        between,
        request,
        reply,
        rejected: rejected.max_by_key(|w| w.flows).unwrap_or_default(),
        outcome,
        how: seen.how,
        interfaces: seen.by.keys().filter(|id| !id.is_empty()).count(),
        span: all.span,
    }
}
