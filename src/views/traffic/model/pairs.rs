//! Who sent to whom? Questions for pairs of ends, the pairs out of their answers, and the filter of each.

use super::own::{Owned, unsaid};
use super::{KINDS, REJECTS, address_field, amount, flows, ports, rejected};
use crate::base::Value;
use crate::chart::Amount;
use crate::query::{Agg, Answer, Expr, Key, Order, Query};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// Groups fetched of a question; what is beyond them is summed into one pair.
pub const PAIRS: usize = 8000;
/// Conditions a filter may be made of; more are no filter that a person reads.
const MOST_CONDITIONS: usize = 20;

/// What nodes can stand for: the id in the URL and the word.
pub const GROUPINGS: [(&str, &str); 5] = [
    ("subnet", "subnet (/24, /64)"),
    ("address", "address"),
    ("interface", "interface"),
    ("vpc", "VPC"),
    ("port", "service port"),
];

/// How it is known which end of its flows an end of a pair is, and so which records the pair is made of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Via {
    /// Both ends stand in the record.
    Ends,
    /// The serving port is the source's, or the destination's.
    Port { serves_source: bool },
    /// The record says whether it left or entered the interface.
    Said { owner_sends: bool },
    /// One end has an address of this interface.
    Address { interface: String, owner_sends: bool },
    /// Nothing says which end this interface is.
    Unknown { interface: String },
}

/// A pair of ends and what went from the first to the second.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pair {
    pub from: String,
    pub to: String,
    pub accepted: Amount,
    pub rejected: Amount,
    pub flows: Amount,
    pub via: BTreeSet<Via>,
}

impl Pair {
    pub fn total(&self) -> Amount {
        self.accepted + self.rejected
    }

    /// Adds what another pair carried.
    pub fn add(&mut self, other: &Pair) {
        self.accepted += other.accepted;
        self.rejected += other.rejected;
        self.flows += other.flows;
    }
}

/// What was asked: the grouping, the measure of the edges, and whose addresses were known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    pub grouping: String,
    pub measure: String,
    pub owned: Owned,
}

/// Behind the id of an interface or VPC whose end of a flow is not known.
pub const UNKNOWN_SIDE: &str = " (unknown side)";

fn field(name: &str) -> Key {
    Key::Field(name.to_owned())
}

fn network(source: bool) -> Key {
    Key::Network {
        field: address_field(source).to_owned(),
        v4_bits: 24,
        v6_bits: 64,
    }
}

/// The field whose value owns an end of the flow, where nodes are owners; and what a transit gateway calls the two.
fn owner_fields(grouping: &str) -> Option<(&'static str, [&'static str; 2])> {
    match grouping {
        "interface" => Some(("interface-id", ["tgw-src-eni", "tgw-dst-eni"])),
        "vpc" => Some(("vpc-id", ["tgw-src-vpc-id", "tgw-dst-vpc-id"])),
        _ => None,
    }
}

impl Asked {
    /// Whether the grouping has to know interfaces' own addresses.
    pub fn needs_owned(grouping: &str) -> bool {
        owner_fields(grouping).is_some()
    }

    /// Questions whose answers together hold every flow once.
    pub fn queries(&self) -> Vec<Query> {
        let parts: Vec<(Vec<Key>, Expr)> = match self.grouping.as_str() {
            "address" => vec![(vec![field("srcaddr"), field("dstaddr")], Expr::All)],
            "port" => {
                let keys = [
                    vec![network(true), field("dstport")],
                    vec![field("srcport"), network(false)],
                    vec![network(true), network(false), field("srcport"), field("dstport")],
                ];
                keys.into_iter().zip(ports::classes()).collect()
            }
            grouping => match owner_fields(grouping) {
                Some(fields) => self.owner_parts(fields),
                None => vec![(vec![network(true), network(false)], Expr::All)],
            },
        };
        let aggs = || {
            vec![
                amount(&self.measure, None),
                amount(&self.measure, Some(rejected())),
                Agg::Count,
            ]
        };
        let only = match self.measure == REJECTS.0 {
            true => rejected(),
            false => Expr::All,
        };
        parts
            .into_iter()
            .map(|(keys, filter)| {
                Query::groups(&KINDS, keys, aggs())
                    .filter(flows().and(filter).and(only.clone()))
                    .order(Order::Desc(0))
                    .limit(PAIRS)
            })
            .collect()
    }

    /// The two ends, the owner, its interface, the direction; then, for the source and the destination, whether it has
    /// a known address, or the address itself where both have and nothing else tells the ends apart.
    fn owner_parts(&self, (owner, [from, to]): (&str, [&str; 2])) -> Vec<(Vec<Key>, Expr)> {
        let keys = |ends: [Key; 2]| {
            let mut keys = vec![
                Key::First(vec![field(from), network(true)]),
                Key::First(vec![field(to), network(false)]),
                field(owner),
                field("interface-id"),
                field("flow-direction"),
            ];
            keys.extend(ends);
            keys
        };
        let known = [true, false].map(|source| self.owned.is_end(source, None));
        let [source, destination] = known.clone();
        let both = unsaid().and(source).and(destination);
        vec![
            (keys(known.map(Key::If)), !both.clone()),
            (keys([field("srcaddr"), field("dstaddr")]), both),
        ]
    }

    /// Pairs out of the answers to [`Asked::queries`], the largest first, and one for all beyond their limits.
    pub fn pairs(&self, answers: &[impl AsRef<Answer>]) -> (Vec<Pair>, Option<Pair>) {
        let mut sums: BTreeMap<(String, String), Pair> = BTreeMap::new();
        let mut rest: Option<Pair> = None;
        for answer in answers.iter().map(AsRef::as_ref) {
            for row in &answer.rows {
                let Some(keys) = row.len().checked_sub(3) else {
                    continue;
                };
                let Some((from, to, via)) = self.ends(&row[..keys]) else {
                    continue;
                };
                let pair = sums.entry((from, to)).or_default();
                pair.add(&carried(&row[keys..]));
                pair.via.insert(via);
            }
            if let Some(other) = &answer.other {
                rest.get_or_insert_with(|| Pair {
                    from: "other".into(),
                    to: "other".into(),
                    ..Pair::default()
                })
                .add(&carried(other));
            }
        }
        let mut list: Vec<Pair> = sums
            .into_iter()
            .map(|((from, to), pair)| Pair { from, to, ..pair })
            .collect();
        list.sort_by_cached_key(|p| Reverse(p.total()));
        (list, rest)
    }

    fn ends(&self, keys: &[Value]) -> Option<(String, String, Via)> {
        Some(match keys {
            [from, to] if self.grouping == "port" => {
                // A network is no number, an absent port no text.
                let serves_source = from.as_i64().is_some();
                (from.to_text(), to.to_text(), Via::Port { serves_source })
            }
            [from, to] => (from.to_text(), to.to_text(), Via::Ends),
            [from, to, source, destination] => {
                let (source, destination) = (source.to_text(), destination.to_text());
                let serves_source = ports::source_serves(&source, &destination);
                let (from, to) = if serves_source {
                    (source, to.to_text())
                } else {
                    (from.to_text(), destination)
                };
                (from, to, Via::Port { serves_source })
            }
            [from, to, owner, interface, direction, source, destination] => {
                let (from, to) = (from.to_text(), to.to_text());
                if owner.is_absent() {
                    return Some((from, to, Via::Ends));
                }
                let (owner, interface) = (owner.to_text(), interface.to_text());
                let said = match direction.to_text().as_str() {
                    "egress" => Some(true),
                    "ingress" => Some(false),
                    _ => None,
                };
                let sends = said.or_else(|| {
                    let own = |net: &str, known: &Value| self.is_own(&interface, net, known);
                    match (own(&from, source), own(&to, destination)) {
                        (true, _) => Some(true),
                        (false, true) => Some(false),
                        (false, false) => None,
                    }
                });
                match sends {
                    Some(owner_sends) => {
                        let via = match said {
                            Some(_) => Via::Said { owner_sends },
                            None => Via::Address {
                                interface,
                                owner_sends,
                            },
                        };
                        if owner_sends {
                            (owner, to, via)
                        } else {
                            (from, owner, via)
                        }
                    }
                    None => {
                        let node = format!("{owner}{UNKNOWN_SIDE}");
                        (node.clone(), node, Via::Unknown { interface })
                    }
                }
            }
            _ => return None,
        })
    }

    /// Whether an end is the interface's: by its address, or by its network where somebody's address is known to be it.
    fn is_own(&self, interface: &str, network: &str, known: &Value) -> bool {
        let net: Option<ipnet::IpNet> = network.parse().ok();
        self.owned.of(interface).any(|address| match known {
            Value::Bool(known) => {
                *known
                    && net.is_some_and(|net| {
                        address
                            .parse()
                            .is_ok_and(|ip: std::net::IpAddr| net.contains(&ip))
                    })
            }
            known => known.to_text() == *address,
        })
    }

    /// The records of a pair; none where that would be more conditions than a person reads.
    pub fn pair_filter(&self, pair: &Pair) -> Option<Expr> {
        any(pair.via.iter().map(|via| {
            let mut parts = self.end(via, true, &pair.from);
            parts.extend(self.end(via, false, &pair.to));
            all(parts)
        }))
    }

    /// The records of several pairs.
    pub fn pairs_filter<'a>(&self, pairs: impl Iterator<Item = &'a Pair>) -> Option<Expr> {
        let each: Option<Vec<Expr>> = pairs
            .map(|p| self.pair_filter(p))
            .take(MOST_CONDITIONS + 1)
            .collect();
        any(each?.into_iter().flat_map(|e| match e {
            Expr::Or(parts) => parts,
            e => vec![e],
        }))
    }

    /// The records that an end has in these pairs.
    pub fn node_filter<'a>(&self, id: &str, pairs: impl Iterator<Item = &'a Pair>) -> Option<Expr> {
        let mut ways: BTreeSet<(bool, &Via)> = BTreeSet::new();
        for pair in pairs {
            for source in [true, false] {
                let end = if source { &pair.from } else { &pair.to };
                if end == id {
                    ways.extend(pair.via.iter().map(|via| (source, via)));
                }
            }
        }
        any(ways
            .into_iter()
            .map(|(source, via)| all(self.end(via, source, id))))
    }

    /// What holds for records whose source (or destination) is this end.
    fn end(&self, via: &Via, source: bool, id: &str) -> Vec<Expr> {
        let is = |field: &str| match id {
            "" => Expr::eq(field, Value::Absent),
            id => Expr::eq(field, id),
        };
        let address = || is(address_field(source));
        let owner = owner_fields(&self.grouping);
        match via {
            Via::Ends => match owner {
                None => vec![address()],
                Some((_, transit)) if id.starts_with("eni-") || id.starts_with("vpc-") => {
                    vec![is(transit[usize::from(!source)])]
                }
                Some((owner, _)) => vec![!Expr::exists(owner), address()],
            },
            Via::Port { serves_source } if *serves_source == source => {
                vec![is(if source { "srcport" } else { "dstport" })]
            }
            Via::Port { .. } => vec![address()],
            Via::Said { owner_sends } => {
                let way = Expr::eq("flow-direction", if *owner_sends { "egress" } else { "ingress" });
                match owner {
                    Some((owner, _)) if *owner_sends == source => vec![is(owner), way],
                    _ => vec![way, address()],
                }
            }
            Via::Address {
                interface,
                owner_sends,
            } => {
                let mut parts = vec![
                    Expr::eq("interface-id", interface.as_str()),
                    unsaid(),
                    self.owned.is_end(*owner_sends, Some(interface)),
                ];
                match owner {
                    Some((owner, _)) if *owner_sends == source => parts.push(is(owner)),
                    _ => parts.push(address()),
                }
                parts
            }
            Via::Unknown { interface } => {
                let mut parts = vec![Expr::eq("interface-id", interface.as_str()), unsaid()];
                if self.owned.of(interface).next().is_some() {
                    parts.extend([true, false].map(|source| !self.owned.is_end(source, Some(interface))));
                }
                parts
            }
        }
    }
}

/// Who sent how much to whom, in one question for a person to go on from: what owns an end, or which port serves, stands
/// beside the ends.
pub fn ask_pairs(grouping: &str, measure: &str) -> Query {
    let mut keys = match grouping {
        "subnet" | "port" => vec![network(true), network(false)],
        _ => vec![field("srcaddr"), field("dstaddr")],
    };
    match (grouping, owner_fields(grouping)) {
        ("port", _) => keys.push(field("dstport")),
        (_, Some((owner, _))) => keys.insert(0, field(owner)),
        _ => {}
    }
    let aggs = vec![
        amount(measure, None),
        amount(measure, Some(rejected())),
        Agg::Count,
    ];
    Query::groups(&KINDS, keys, aggs).filter(flows())
}

/// All of these, each once.
fn all(parts: Vec<Expr>) -> Expr {
    let mut unique: Vec<Expr> = Vec::new();
    for part in parts {
        if !unique.contains(&part) {
            unique.push(part);
        }
    }
    unique.into_iter().fold(Expr::All, Expr::and)
}

/// Any of these, as long as they are few.
fn any(parts: impl Iterator<Item = Expr>) -> Option<Expr> {
    let mut unique: Vec<Expr> = Vec::new();
    for part in parts {
        if !unique.contains(&part) {
            unique.push(part);
        }
        if unique.len() > MOST_CONDITIONS {
            return None;
        }
    }
    match unique.len() {
        0 => None,
        1 => unique.pop(),
        _ => Some(Expr::Or(unique)),
    }
}

/// What a group carried: the measure, of it rejected, flows.
fn carried(aggs: &[Value]) -> Pair {
    let n = |i: usize| -> Amount {
        match aggs.get(i) {
            Some(Value::Big(b)) => *b,
            Some(v) => v.as_i64().unwrap_or(0).into(),
            None => 0,
        }
    };
    Pair {
        accepted: n(0) - n(1),
        rejected: n(1),
        flows: n(2),
        ..Pair::default()
    }
}

/// What the pairs' table can be ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    From,
    To,
    Accepted,
    Rejected,
    Flows,
    /// Accepted and rejected together: how pairs come.
    Total,
}

/// Pairs in an order; equal ones stay as they came.
pub fn ordered(mut list: Vec<Pair>, by: By, descending: bool) -> Vec<Pair> {
    list.sort_by(|a, b| {
        let order = match by {
            By::From => a.from.cmp(&b.from),
            By::To => a.to.cmp(&b.to),
            By::Accepted => a.accepted.cmp(&b.accepted),
            By::Rejected => a.rejected.cmp(&b.rejected),
            By::Flows => a.flows.cmp(&b.flows),
            By::Total => a.total().cmp(&b.total()),
        };
        if descending { order.reverse() } else { order }
    });
    list
}
