//! The node-link graph of some pairs: nodes by zone, the smaller ones together in "other" nodes, sums kept exactly.

use super::pairs::{Asked, Pair, UNKNOWN_SIDE};
use super::{is_private, ports};
use crate::chart::{Amount, FlowEdge, FlowGraph, FlowGroup, FlowNode, NodeKind, Zone};
use crate::query::Expr;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Nodes of a zone before the rest become one.
const NODES_A_ZONE: usize = 22;
/// Nodes more of a zone for each time its "other" is opened.
const NODES_MORE: usize = 40;
/// Nodes in all.
pub(super) const MOST_NODES: usize = 200;
/// Letters of a label; the whole name stands below it, in the words of the node and in the table.
pub(super) const LABEL: usize = 30;

/// A graph to lay out, and what its nodes and edges stand for.
#[derive(Clone, Debug, Default)]
pub struct Drawn {
    pub asked: Asked,
    pub pairs: Vec<Pair>,
    /// All pairs beyond those asked for.
    pub rest: Option<Pair>,
    pub graph: FlowGraph,
    /// By node: the ends it stands for; several for an "other" node.
    pub members: Vec<Vec<String>>,
    pub zones: Vec<Zone>,
    /// By edge: which of the pairs it stands for.
    pub edge_pairs: Vec<Vec<usize>>,
}

impl Drawn {
    /// The records of a node; none for an "other" of too many.
    pub fn node_filter(&self, node: usize) -> Option<Expr> {
        let each: Option<Vec<Expr>> = self
            .members
            .get(node)?
            .iter()
            .map(|id| self.asked.node_filter(id, self.pairs.iter()))
            .collect();
        let mut parts = each?;
        match parts.len() {
            0 => None,
            1 => parts.pop(),
            // Longer than a person reads.
            21.. => None,
            _ => Some(Expr::Or(parts)),
        }
    }

    /// The records of an edge; where those are too many conditions, of the one of its ends that is a single one.
    pub fn edge_filter(&self, edge: usize) -> Option<Expr> {
        let of = self
            .edge_pairs
            .get(edge)?
            .iter()
            .filter_map(|&p| self.pairs.get(p));
        self.asked.pairs_filter(of).or_else(|| {
            let e = self.graph.edges.get(edge)?;
            let single = [e.from, e.to]
                .into_iter()
                .find(|&n| self.members.get(n).is_some_and(|m| m.len() == 1))?;
            self.node_filter(single)
        })
    }
}

/// The graph of some pairs. `opened` counts how often each zone's "other" was opened; `names` are those of ids,
/// addresses and networks.
pub fn graph(
    asked: Asked,
    pairs: Vec<Pair>,
    rest: Option<Pair>,
    opened: &BTreeMap<Zone, usize>,
    names: &BTreeMap<String, String>,
) -> Drawn {
    let by_zone = ends_by_zone(&asked, &pairs, rest.is_some());
    let share = MOST_NODES / by_zone.len().max(1);
    let mut making = Making {
        names,
        index: BTreeMap::new(),
        smaller: None,
        drawn: Drawn::default(),
    };
    let around = making.around(&by_zone);
    for (zone, ends) in by_zone {
        let most = NODES_A_ZONE + opened.get(&zone).copied().unwrap_or(0) * NODES_MORE;
        let rest = rest.as_ref().filter(|_| zone == Zone::Internet);
        let parent = around.filter(|_| matches!(zone, Zone::Edge | Zone::Inside));
        making.zone(zone, parent, ends, most.min(share.max(2) - 1), rest);
    }
    making.edges(&pairs, rest.as_ref());
    Drawn {
        asked,
        pairs,
        rest,
        ..making.drawn
    }
}

/// Where an end of a pair stands in the picture.
fn zone(asked: &Asked, id: &str) -> Zone {
    if asked.grouping == "port" && (id.is_empty() || id.bytes().all(|b| b.is_ascii_digit())) {
        return Zone::AwsServices;
    }
    let address = id.split('/').next().unwrap_or(id);
    match address.parse::<IpAddr>() {
        Ok(ip) if is_private(ip) => Zone::Inside,
        Ok(_) => Zone::Internet,
        // An interface, a VPC.
        Err(_) => Zone::Edge,
    }
}

/// The ends of each zone with what they carry, the heaviest first.
fn ends_by_zone(asked: &Asked, pairs: &[Pair], rest: bool) -> BTreeMap<Zone, Vec<(String, Amount)>> {
    let mut weights: BTreeMap<&str, Amount> = BTreeMap::new();
    for p in pairs {
        *weights.entry(&p.from).or_default() += p.total();
        if p.from != p.to {
            *weights.entry(&p.to).or_default() += p.total();
        }
    }
    let mut by_zone: BTreeMap<Zone, Vec<(String, Amount)>> = BTreeMap::new();
    for (id, weight) in weights {
        by_zone
            .entry(zone(asked, id))
            .or_default()
            .push((id.to_owned(), weight));
    }
    if rest {
        by_zone.entry(Zone::Internet).or_default();
    }
    for ends in by_zone.values_mut() {
        ends.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    }
    by_zone
}

struct Making<'a> {
    names: &'a BTreeMap<String, String>,
    /// The node of each end.
    index: BTreeMap<String, usize>,
    /// The node of the pairs that are beyond those asked for.
    smaller: Option<usize>,
    drawn: Drawn,
}

impl Making<'_> {
    /// A box around interfaces and the networks they talk to, so that these stand beside each other.
    fn around(&mut self, by_zone: &BTreeMap<Zone, Vec<(String, Amount)>>) -> Option<usize> {
        let (edge, inside) = (by_zone.get(&Zone::Edge)?, by_zone.get(&Zone::Inside)?);
        Some(self.group(Zone::Inside, None, "Own networks", edge.len() + inside.len()))
    }

    fn group(&mut self, zone: Zone, parent: Option<usize>, name: &str, count: usize) -> usize {
        self.drawn.graph.groups.push(FlowGroup {
            name: name.to_owned(),
            detail: count.to_string(),
            zone,
            parent,
        });
        self.drawn.graph.groups.len() - 1
    }

    /// The box and the nodes of a zone: `most` of them, then one for all that are left.
    fn zone(
        &mut self,
        zone: Zone,
        parent: Option<usize>,
        mut ends: Vec<(String, Amount)>,
        most: usize,
        rest: Option<&Pair>,
    ) {
        let title = match zone {
            Zone::Internet => "Internet",
            Zone::Edge if ends.iter().any(|e| e.0.starts_with("vpc-")) => "VPCs",
            Zone::Edge => "Interfaces",
            Zone::Inside => "Private networks",
            Zone::AwsServices => "Service ports",
        };
        let group = self.group(zone, parent, title, ends.len());
        // An "other" of a single end would take the place of that end.
        let shown = if ends.len() == most + 1 { most + 1 } else { most };
        let folded = ends.split_off(ends.len().min(shown));
        for (id, weight) in ends {
            let node = self.node(zone, group, &id, weight);
            self.index.insert(id.clone(), node);
            self.drawn.members.push(vec![id]);
            self.drawn.zones.push(zone);
        }
        if folded.is_empty() && rest.is_none() {
            return;
        }
        let node = self.drawn.graph.nodes.len();
        if rest.is_some() {
            self.smaller = Some(node);
        }
        self.drawn.graph.nodes.push(FlowNode {
            id: format!("other {title}"),
            label: match folded.len() {
                0 => "smaller pairs".into(),
                n => format!("{n} other"),
            },
            sublabel: String::new(),
            group,
            kind: NodeKind::Other,
            weight: folded.iter().map(|f| f.1).sum::<Amount>() + rest.map_or(0, Pair::total),
            flagged: false,
        });
        let ids: Vec<String> = folded.into_iter().map(|f| f.0).collect();
        self.index.extend(ids.iter().map(|id| (id.clone(), node)));
        self.drawn.members.push(ids);
        self.drawn.zones.push(zone);
    }

    fn node(&mut self, zone: Zone, group: usize, id: &str, weight: Amount) -> usize {
        let (own, unknown) = match id.strip_suffix(UNKNOWN_SIDE) {
            Some(own) => (own, true),
            None => (id, false),
        };
        let name = self.names.get(own);
        let label = match zone {
            Zone::AwsServices => ports::port_name(id),
            _ => cut_middle(name.map_or(own, String::as_str), LABEL),
        };
        self.drawn.graph.nodes.push(FlowNode {
            label,
            sublabel: match (name, unknown) {
                (Some(_), true) => format!("{own}, unknown side"),
                (None, true) => "unknown side".to_owned(),
                (Some(_), false) => own.to_owned(),
                (None, false) => String::new(),
            },
            id: id.to_owned(),
            group,
            kind: match zone {
                Zone::AwsServices => NodeKind::Service,
                Zone::Edge => NodeKind::Host,
                _ if name.is_some() => NodeKind::Named,
                _ => NodeKind::Address,
            },
            weight,
            flagged: false,
        });
        self.drawn.graph.nodes.len() - 1
    }

    fn edges(&mut self, pairs: &[Pair], rest: Option<&Pair>) {
        let mut edges: BTreeMap<(usize, usize), (FlowEdge, Vec<usize>)> = BTreeMap::new();
        let mut add = |from: usize, to: usize, pair: &Pair, n: Option<usize>| {
            let (edge, of) = edges.entry((from, to)).or_insert_with(|| {
                let edge = FlowEdge {
                    from,
                    to,
                    accepted: 0,
                    rejected: 0,
                    label: String::new(),
                };
                (edge, Vec::new())
            });
            edge.accepted += pair.accepted;
            edge.rejected += pair.rejected;
            of.extend(n);
        };
        for (n, pair) in pairs.iter().enumerate() {
            if let (Some(&from), Some(&to)) = (self.index.get(&pair.from), self.index.get(&pair.to)) {
                add(from, to, pair, Some(n));
            }
        }
        if let (Some(pair), Some(node)) = (rest, self.smaller) {
            add(node, node, pair, None);
        }
        (self.drawn.graph.edges, self.drawn.edge_pairs) = edges.into_values().unzip();
    }
}

/// A long text without its middle: the ends of names are what differs.
pub(super) fn cut_middle(text: &str, most: usize) -> String {
    let letters: Vec<char> = text.chars().collect();
    if letters.len() <= most {
        return text.to_owned();
    }
    let tail = most / 2;
    let head = most - tail - 1;
    let start: String = letters[..head].iter().collect();
    let end: String = letters[letters.len() - tail..].iter().collect();
    format!("{start}…{end}")
}
