//! Which conversations are there, and did each get an answer? Flows of both ways, joined by their two ends and the port
//! that serves.

mod join;
#[cfg(test)]
mod tests;

pub use join::{Joined, joined};

use super::pairs::PAIRS;
use super::{KINDS, REJECTS, flows, ports, rejected};
use crate::base::size;
use crate::chart::Amount;
use crate::query::{Agg, Expr, Key, Order, Query};
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// Conversations that are listed, the fullest.
pub const LISTED: usize = 200;
/// Ends whose flows are asked for by name; of more, all flows are.
const MOST_ENDS: usize = 2 * LISTED;

/// What is said beside conversations.
pub const HOW: &str = "A conversation is everything between a client and a service of a server, whatever ports \
    the client called from. Figures are those of the interface that recorded most of it, so that what two \
    interfaces record counts once. The serving side is known by TCP flags (SYN begins, SYN-ACK answers), by \
    ports (one that a known service has, or a registered one against one that only callers have), or by which \
    way is recorded first; where only the lower port or nothing tells it, that is said.";

/// How it is known which side serves; what knows better comes later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// Neither ports nor flags nor times tell: whoever is named first is called the client.
    #[default]
    NotKnown,
    /// Two ports that could both be either side's: the lower one is taken for the service's.
    LowerPort,
    /// The other way is recorded later.
    First,
    /// Ports say one thing, flags another.
    PortsAgainstFlags,
    Ports,
    Flags,
}

impl How {
    pub fn word(self) -> &'static str {
        match self {
            How::NotKnown => "not known",
            How::LowerPort => "lower port",
            How::First => "who was first",
            How::PortsAgainstFlags => "ports, against flags",
            How::Ports => "ports",
            How::Flags => "flags",
        }
    }

    /// More than a guess.
    pub fn is_told(self) -> bool {
        matches!(self, How::First | How::Ports | How::Flags)
    }
}

/// What came of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    Answered,
    /// The request was let pass, and no reply is recorded.
    NoReply,
    /// The request was rejected somewhere, and no reply is recorded.
    Rejected,
    /// Replies were rejected, and none was let pass.
    ReplyRejected,
    /// Only what the server sent is recorded.
    NoRequest,
}

impl Outcome {
    /// `is_whole`: every flow between the two was looked at.
    pub fn words(self, is_whole: bool) -> &'static str {
        match (self, is_whole) {
            (Outcome::Answered, _) => "Answered",
            (Outcome::NoReply, true) => "One-sided: no reply recorded",
            (Outcome::NoReply, false) => "No reply found yet",
            (Outcome::Rejected, _) => "Rejected",
            (Outcome::ReplyRejected, _) => "Reply rejected",
            (Outcome::NoRequest, true) => "One-sided: no request recorded",
            (Outcome::NoRequest, false) => "No request found yet",
        }
    }
}

/// Flows of one way and one action.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Way {
    pub flows: Amount,
    pub bytes: Amount,
    pub packets: Amount,
    /// When the first began and the last ended; nothing where there is no flow, or none says so.
    pub span: Option<(i64, i64)>,
}

impl Way {
    fn add(&mut self, other: &Way) {
        self.flows += other.flows;
        self.bytes += other.bytes;
        self.packets += other.packets;
        self.span = match (self.span, other.span) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
    }
}

/// What one side sent, as one interface recorded it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    pub accepted: Way,
    pub rejected: Way,
}

impl Sent {
    pub fn all(&self) -> Way {
        let mut all = self.accepted;
        all.add(&self.rejected);
        all
    }
}

/// What a conversation is known by.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Between {
    pub client: String,
    pub server: String,
    /// IANA's number.
    pub protocol: Option<i64>,
    /// The service's; nothing for protocols without.
    pub port: Option<i64>,
}

impl Between {
    /// `tcp/443 https`; `icmp`.
    pub fn service(&self) -> String {
        let over = match self.protocol {
            Some(1) => "icmp".to_owned(),
            Some(6) => "tcp".to_owned(),
            Some(17) => "udp".to_owned(),
            Some(58) => "icmpv6".to_owned(),
            Some(n) => format!("protocol {n}"),
            None => "any protocol".to_owned(),
        };
        match self.port {
            Some(port) => format!("{over}/{}", ports::port_name(&port.to_string())),
            None => over,
        }
    }

    /// Its records, both ways.
    pub fn filter(&self) -> Expr {
        let side = |from: &str, to: &str, field: &str| {
            let ends = Expr::eq("srcaddr", from).and(Expr::eq("dstaddr", to));
            match self.port {
                Some(port) => ends.and(Expr::eq(field, port)),
                None => ends,
            }
        };
        let ways = Expr::Or(vec![
            side(&self.client, &self.server, "dstport"),
            side(&self.server, &self.client, "srcport"),
        ]);
        match self.protocol {
            Some(protocol) => Expr::eq("protocol", protocol).and(ways),
            None => ways,
        }
    }
}

/// Everything between a client and a service.
#[derive(Clone, Debug, PartialEq)]
pub struct Conversation {
    pub between: Between,
    /// As the interface recorded it that recorded most.
    pub request: Sent,
    pub reply: Sent,
    /// Requests that were rejected, where most of them were.
    pub rejected: Way,
    pub outcome: Outcome,
    pub how: How,
    /// Interfaces that recorded some of it.
    pub interfaces: usize,
    /// When it was first and last recorded anywhere.
    pub span: Option<(i64, i64)>,
}

impl Conversation {
    pub fn flows(&self) -> Amount {
        self.request.all().flows + self.reply.all().flows
    }

    /// How full it is by a measure.
    pub fn amount(&self, measure: &str) -> Amount {
        let sum = |of: fn(&Way) -> Amount| of(&self.request.all()) + of(&self.reply.all());
        match measure {
            "bytes" => sum(|w| w.bytes),
            "packets" => sum(|w| w.packets),
            measure if measure == REJECTS.0 => self.rejected.flows + self.reply.rejected.flows,
            _ => sum(|w| w.flows),
        }
    }
}

/// The fullest first.
pub fn order(list: &mut [Conversation], measure: &str) {
    list.sort_by(|a, b| {
        let key = |c: &Conversation| (Reverse(c.amount(measure)), Reverse(c.flows()));
        key(a).cmp(&key(b)).then_with(|| a.between.cmp(&b.between))
    });
}

fn with_syn(answers: bool) -> Agg {
    const SYN: i64 = 2;
    const ACK: i64 = 16;
    let wanted = if answers { SYN | ACK } else { SYN };
    let values = (0..256).filter(|v| v & (SYN | ACK) == wanted);
    Agg::CountIf(Expr::In {
        field: "tcp-flags".to_owned(),
        values: values.map(|v| v.to_string()).collect(),
    })
}

/// The questions whose answers [`joined`] takes: together they hold every flow that meets the condition once. A caller's
/// port is one of thousands, so that it is only asked for where it may be the service's.
pub fn ask_conversations(only: &Expr) -> Vec<Query> {
    let field = |name: &str| Key::Field(name.to_owned());
    let keys: [&[&str]; 3] = [&["dstport"], &["srcport"], &["srcport", "dstport"]];
    let time = || "@timestamp".to_owned();
    ports::classes()
        .into_iter()
        .zip(keys)
        .map(|(class, ports)| {
            let mut by: Vec<Key> = ["srcaddr", "dstaddr", "protocol"].map(field).into();
            by.push(Key::First(vec![
                field("interface-id"),
                field("tgw-attachment-id"),
            ]));
            by.push(Key::If(rejected()));
            by.extend(ports.iter().map(|name| field(name)));
            let aggs = vec![
                Agg::Count,
                Agg::Sum("bytes".into()),
                Agg::Sum("packets".into()),
                Agg::Min(time()),
                Agg::Max(time()),
                Agg::Max("end".into()),
                with_syn(false),
                with_syn(true),
            ];
            Query::groups(&KINDS, by, aggs)
                .filter(flows().and(class).and(only.clone()))
                .order(Order::Desc(0))
                .limit(PAIRS)
        })
        .collect()
}

/// Every flow between the ends of these conversations.
pub fn ends_of<'a>(list: impl Iterator<Item = &'a Conversation>) -> Expr {
    let ends: BTreeSet<&String> = list
        .flat_map(|c| [&c.between.client, &c.between.server])
        .collect();
    if ends.len() > MOST_ENDS {
        return Expr::All;
    }
    let among = |field: &str| Expr::In {
        field: field.to_owned(),
        values: ends.iter().map(|end| (*end).clone()).collect(),
    };
    among("srcaddr").and(among("dstaddr"))
}

/// What is listed, and what is said of the rest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    pub list: Vec<Conversation>,
    /// All that there are, listed or not.
    pub all: usize,
    /// Groups of flows that there was no room to look at.
    pub left_out: u64,
    /// Whether every flow between the listed ends was looked at.
    pub is_whole: bool,
}

impl Listed {
    /// The fullest of these, where every flow that there is was asked for.
    pub fn of(mut found: Joined, measure: &str) -> Listed {
        order(&mut found.list, measure);
        let all = found.list.len();
        found.list.truncate(LISTED);
        Listed {
            all,
            left_out: found.left_out,
            is_whole: found.is_whole(),
            list: found.list,
        }
    }

    /// The fullest of those that a filter found, each told whole out of what there is between its ends.
    pub fn told(mut found: Joined, whole: &Joined, measure: &str) -> Listed {
        order(&mut found.list, measure);
        let all = found.list.len();
        found.list.truncate(LISTED);
        let mut known: BTreeSet<Between> = BTreeSet::new();
        for one in &found.list {
            known.extend(whole.same(&found, &one.between));
        }
        let mut list: Vec<Conversation> = whole
            .list
            .iter()
            .filter(|c| known.contains(&c.between))
            .cloned()
            .collect();
        order(&mut list, measure);
        Listed {
            all: all.max(list.len()),
            list,
            left_out: found.left_out,
            is_whole: whole.is_whole(),
        }
    }

    /// `214 conversations, the 200 fullest of them here: 180 answered, 12 one-sided, 8 rejected`
    pub fn says(&self) -> String {
        let of = |wanted: &[Outcome]| {
            let n = self.list.iter().filter(|c| wanted.contains(&c.outcome)).count();
            size::count(n as u64)
        };
        let mut says = size::counted(self.all as u64, "conversations");
        if self.all > self.list.len() {
            says.push_str(&format!(
                ", the {} fullest of them here",
                size::count(self.list.len() as u64)
            ));
        }
        says.push_str(&format!(
            ": {} answered, {} one-sided, {} rejected on the way there or back.",
            of(&[Outcome::Answered]),
            of(&[Outcome::NoReply, Outcome::NoRequest]),
            of(&[Outcome::Rejected, Outcome::ReplyRejected])
        ));
        if self.left_out > 0 {
            says.push_str(&format!(
                " {} of smaller flows were not looked at: narrow the range or the filter.",
                size::counted(self.left_out, "groups")
            ));
        }
        if !self.is_whole {
            says.push_str(
                " Not every flow between these ends was looked at, so that a reply may be missing.",
            );
        }
        says
    }
}
