//! Which places send to which? Pairs of addresses as a graph of instances, gateways, services and networks, in the
//! boxes they stand in: VPC and subnet, the internet, AWS. What is too much for a picture is folded, sums are kept
//! exactly.

mod filter;
pub mod legs;
pub mod services;
mod spot;
#[cfg(test)]
mod tests;

use super::graph::{Drawn, LABEL, MOST_NODES, cut_middle};
use super::pairs::{Asked, Pair};
use crate::base::size;
use crate::chart::{Amount, FlowEdge, FlowGroup, FlowNode, NodeKind, Zone};
use crate::naming::Group;
use ipnet::IpNet;
use spot::{Around, Leaf, Spot, spot};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

/// The id of this grouping in the URL, and its word. Its pairs are those of the grouping `address`.
pub const PLACE: (&str, &str) = ("place", "place");

/// Nodes of a box before its smaller ones become one.
const NODES_A_BOX: usize = 22;
/// Nodes more of a box for each time it is opened.
const NODES_MORE: usize = 40;
/// VPCs that are a box; smaller ones are nodes of one box.
const MOST_VPCS: usize = 8;
/// Subnets that are a box; smaller ones are nodes of their VPC.
const MOST_SUBNETS: usize = 16;
/// Of those too small to be a box, how many are one because they were opened.
const MOST_OPENED: usize = 10;

/// The box of the VPCs that are too small to be one.
pub const MORE_VPCS: &str = "vpcs";
/// The box of public addresses.
pub const INTERNET: &str = "internet";

/// The graph of places.
#[derive(Clone, Debug, Default)]
pub struct Placed {
    /// Its members are addresses.
    pub drawn: Drawn,
    /// By group of the graph: what it is opened by.
    pub boxes: Vec<String>,
    /// The pairs are those of [`legs::once`]: filters look at the packets' own addresses too, and so also find the
    /// records that were left out as repeated. To be set by who made the pairs so.
    pub packets: bool,
    /// By node: the networks that mean all of it, where they are known.
    nets: Vec<Vec<IpNet>>,
    /// By node: see [`Placed::opens`].
    opens: Vec<Option<String>>,
}

impl Placed {
    /// What is opened for more of what a node stands for: the id to count in `opened` of [`places`].
    pub fn opens(&self, node: usize) -> Option<&str> {
        self.opens.get(node)?.as_deref()
    }
}

/// What the place of an address is called where there is no picture: what [`super::compare::compare`] may compare by.
pub fn called(text: &str, path: impl Fn(IpAddr) -> Vec<Group>) -> String {
    spot(text, &path, &|_| Vec::new()).leaf.name()
}

/// The graph of places of pairs of addresses. `path` says where an address stands, the outermost group first; `nets`
/// which networks a VPC or subnet has; `opened` counts how often each id of [`Placed::opens`] was opened.
pub fn places(
    asked: Asked,
    pairs: Vec<Pair>,
    rest: Option<Pair>,
    opened: &BTreeMap<String, usize>,
    path: impl Fn(IpAddr) -> Vec<Group>,
    nets: impl Fn(&Group) -> Vec<IpNet>,
) -> Placed {
    let mut ends = Ends::new(&pairs, |text| spot(text, &path, &nets));
    ends.by_country(opened);
    ends.fold_vpcs(opened);
    ends.fold_subnets(opened);
    let mut making = Making::new(&ends);
    making.boxes(opened, rest.is_some());
    let mut placed = making.placed;
    let nodes = ends.nodes(&making.node_of_leaf);
    placed.edges(&nodes, &ends.pairs, &pairs, rest.as_ref(), making.smaller);
    placed.drawn.asked = asked;
    placed.drawn.pairs = pairs;
    placed.drawn.rest = rest;
    placed
}

/// The addresses of the pairs, and where each stands.
struct Ends {
    texts: Vec<String>,
    spots: Vec<Spot>,
    /// By pair: its two addresses, what it carried, and whether any of it was rejected.
    pairs: Vec<([usize; 2], Amount, bool)>,
}

impl Ends {
    fn new(pairs: &[Pair], spot: impl Fn(&str) -> Spot) -> Ends {
        let mut index: BTreeMap<&str, usize> = BTreeMap::new();
        let mut texts: Vec<String> = Vec::new();
        let mut of = |text| {
            *index.entry(text).or_insert_with_key(|text| {
                texts.push((*text).to_owned());
                texts.len() - 1
            })
        };
        let pairs = pairs
            .iter()
            .map(|p| ([of(&p.from), of(&p.to)], p.total(), p.rejected > 0))
            .collect();
        let spots = texts.iter().map(|text| spot(text)).collect();
        Ends { texts, spots, pairs }
    }

    /// What is carried by everything of which `key` says the same; within it counts once.
    fn weights<'a, K: Ord + Copy>(&'a self, key: impl Fn(&'a Spot) -> Option<K>) -> BTreeMap<K, Amount> {
        let mut index: BTreeMap<K, usize> = BTreeMap::new();
        let keys: Vec<Option<usize>> = self
            .spots
            .iter()
            .map(|spot| {
                let next = index.len();
                key(spot).map(|key| *index.entry(key).or_insert(next))
            })
            .collect();
        let mut sums: Vec<Amount> = vec![0; index.len()];
        for ([from, to], total, _) in &self.pairs {
            let (from, to) = (at(&keys, *from), at(&keys, *to));
            let other = to.filter(|_| from != to);
            for key in from.into_iter().chain(other) {
                if let Some(sum) = sums.get_mut(key) {
                    *sum += total;
                }
            }
        }
        let sum = |n: usize| sums.get(n).copied().unwrap_or(0);
        index.into_iter().map(|(key, n)| (key, sum(n))).collect()
    }

    /// The ids of all but the largest and some that were opened; of one too many nothing is left out.
    fn smaller(
        weights: BTreeMap<&str, Amount>,
        most: usize,
        opened: &BTreeMap<String, usize>,
    ) -> BTreeSet<String> {
        if weights.len() <= most + 1 {
            return BTreeSet::new();
        }
        let mut all: Vec<(&str, Amount)> = weights.into_iter().collect();
        all.sort_by_key(|(_, weight)| Reverse(*weight));
        let mut smaller: BTreeSet<String> = all.into_iter().skip(most).map(|(id, _)| id.to_owned()).collect();
        let kept = opened.keys().filter(|id| smaller.contains(*id)).take(MOST_OPENED);
        for id in kept.cloned().collect::<Vec<String>>() {
            smaller.remove(&id);
        }
        smaller
    }

    /// Countries in place of the networks in them, where these are too many.
    fn by_country(&mut self, opened: &BTreeMap<String, usize>) {
        let internet = || self.spots.iter().filter(|s| s.around.id == INTERNET);
        let fine: BTreeSet<&str> = internet().map(|s| s.leaf.id.as_str()).collect();
        if fine.len() <= room(opened, INTERNET) {
            return;
        }
        for spot in &mut self.spots {
            if let Some(country) = spot.country.take().filter(|_| spot.around.id == INTERNET) {
                spot.leaf = Leaf {
                    opens: Some(INTERNET.to_owned()),
                    ..country
                };
            }
        }
    }

    /// Smaller VPCs become nodes of one box.
    fn fold_vpcs(&mut self, opened: &BTreeMap<String, usize>) {
        let weights = self.weights(|spot| spot.vpc.as_ref().map(|vpc| vpc.id.as_str()));
        let smaller = Self::smaller(weights, MOST_VPCS, opened);
        for spot in &mut self.spots {
            let Some(vpc) = spot.vpc.take_if(|vpc| smaller.contains(&vpc.id)) else {
                continue;
            };
            spot.leaf = Leaf {
                sublabel: vpc.detail.clone(),
                ..Leaf::of_box(&vpc)
            };
            spot.around = Around::new(MORE_VPCS, "More VPCs", Zone::Inside);
        }
    }

    /// Smaller subnets become nodes of their VPC.
    fn fold_subnets(&mut self, opened: &BTreeMap<String, usize>) {
        let weights = self.weights(|spot| spot.vpc.as_ref().map(|_| spot.around.id.as_str()));
        let smaller = Self::smaller(weights, MOST_SUBNETS, opened);
        for spot in &mut self.spots {
            let Some(vpc) = spot.vpc.as_ref().filter(|_| smaller.contains(&spot.around.id)) else {
                continue;
            };
            spot.leaf = Leaf {
                sublabel: spot.around.detail.clone(),
                ..Leaf::of_box(&spot.around)
            };
            let id = format!("{} subnets", vpc.id);
            spot.around = Around::new(&id, "Smaller subnets", Zone::Inside);
        }
    }

    /// Subnets that face the internet: a NAT gateway stands there, a load balancer that talks with it, or something
    /// that it tried to reach in vain.
    fn at_edge(&self) -> BTreeSet<&str> {
        let mut edge: BTreeSet<&str> = BTreeSet::new();
        let own = |spot: &Spot| spot.vpc.is_some();
        let nat = self.spots.iter().filter(|s| own(s) && s.leaf.nat);
        edge.extend(nat.map(|s| s.around.id.as_str()));
        for ([from, to], _, rejected) in &self.pairs {
            let (Some(from), Some(to)) = (self.spots.get(*from), self.spots.get(*to)) else {
                continue;
            };
            let outside = |spot: &Spot| spot.around.zone == Zone::Internet;
            if outside(from) && own(to) && (*rejected || to.leaf.kind == NodeKind::Gateway) {
                edge.insert(&to.around.id);
            }
            if outside(to) && own(from) && from.leaf.kind == NodeKind::Gateway {
                edge.insert(&from.around.id);
            }
        }
        edge
    }

    /// By address: its node.
    fn nodes(&self, node_of_leaf: &BTreeMap<(&str, &str), usize>) -> Vec<Option<usize>> {
        let node = |spot: &Spot| node_of_leaf.get(&spot.key()).copied();
        self.spots.iter().map(node).collect()
    }
}

fn at(list: &[Option<usize>], n: usize) -> Option<usize> {
    list.get(n).copied().flatten()
}

fn room(opened: &BTreeMap<String, usize>, id: &str) -> usize {
    let more = opened.get(id).copied().unwrap_or(0);
    NODES_A_BOX.saturating_add(more.saturating_mul(NODES_MORE))
}

/// A box with its leaves, the heaviest first, and the addresses of each.
struct Full<'a> {
    spot: &'a Spot,
    leaves: Vec<(&'a Leaf, Vec<&'a String>)>,
}

struct Making<'a> {
    ends: &'a Ends,
    node_of_leaf: BTreeMap<(&'a str, &'a str), usize>,
    /// The node of the pairs that are beyond those asked for.
    smaller: Option<usize>,
    placed: Placed,
}

impl<'a> Making<'a> {
    fn new(ends: &'a Ends) -> Self {
        Making {
            ends,
            node_of_leaf: BTreeMap::new(),
            smaller: None,
            placed: Placed::default(),
        }
    }

    /// The boxes by their zone and VPC.
    fn full(&self) -> Vec<Full<'a>> {
        let ends = self.ends;
        let weights = ends.weights(|spot| Some(spot.key()));
        let mut boxes: BTreeMap<(&str, &str), Full<'a>> = BTreeMap::new();
        let mut at: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        for (spot, text) in ends.spots.iter().zip(&ends.texts) {
            let vpc = spot.vpc.as_ref().map_or("", |vpc| vpc.id.as_str());
            let full = boxes.entry((vpc, &spot.around.id)).or_insert_with(|| Full {
                spot,
                leaves: Vec::new(),
            });
            let n = *at.entry(spot.key()).or_insert(full.leaves.len());
            match full.leaves.get_mut(n) {
                Some((_, members)) => members.push(text),
                None => full.leaves.push((&spot.leaf, vec![text])),
            }
        }
        let mut boxes: Vec<Full<'a>> = boxes.into_values().collect();
        for full in &mut boxes {
            let id = full.spot.around.id.as_str();
            full.leaves.sort_by_cached_key(|(leaf, _)| {
                let weight = weights.get(&(id, leaf.id.as_str())).copied();
                (Reverse(weight.unwrap_or(0)), leaf.id.as_str())
            });
        }
        boxes
    }

    fn boxes(&mut self, opened: &BTreeMap<String, usize>, rest: bool) {
        let edge = self.ends.at_edge();
        let boxes = self.full();
        let wants: Vec<Want> = boxes
            .iter()
            .map(|full| Want {
                has: full.leaves.len(),
                room: room(opened, &full.spot.around.id),
                first: opened.contains_key(&full.spot.around.id),
            })
            .collect();
        let shares = shares(&wants, MOST_NODES - usize::from(rest));
        let mut outer: BTreeMap<&str, usize> = BTreeMap::new();
        for (full, share) in boxes.iter().zip(shares) {
            let parent = full.spot.vpc.as_ref().map(|vpc| {
                *outer
                    .entry(&vpc.id)
                    .or_insert_with(|| self.group(vpc, None, vpc.detail.clone()))
            });
            let around = &full.spot.around;
            let mut around = around.clone();
            if edge.contains(around.id.as_str()) {
                around.zone = Zone::Edge;
            }
            let detail = match around.detail.as_str() {
                "" => full.leaves.len().to_string(),
                detail => detail.to_owned(),
            };
            let group = self.group(&around, parent, detail);
            self.nodes(full, group, share);
        }
        if rest {
            self.smaller_pairs();
        }
    }

    fn group(&mut self, around: &Around, parent: Option<usize>, detail: String) -> usize {
        self.placed.boxes.push(around.id.clone());
        let groups = &mut self.placed.drawn.graph.groups;
        groups.push(FlowGroup {
            name: around.name.clone(),
            detail,
            zone: around.zone,
            parent,
        });
        groups.len() - 1
    }

    /// The nodes of a box: its largest, then one for all that are left.
    fn nodes(&mut self, full: &Full<'a>, group: usize, share: usize) {
        let id = full.spot.around.id.as_str();
        let shown = if full.leaves.len() <= share {
            share
        } else {
            share.saturating_sub(1)
        };
        for (leaf, members) in full.leaves.iter().take(shown) {
            let node = FlowNode {
                id: format!("{id} {}", leaf.id),
                label: cut_middle(&leaf.label, LABEL),
                sublabel: leaf.sublabel.clone(),
                group,
                kind: leaf.kind,
                weight: 0,
                flagged: false,
            };
            let node = self.node(node, members, leaf.nets.clone(), leaf.opens.clone());
            self.node_of_leaf.insert((id, &leaf.id), node);
        }
        let folded = full.leaves.get(shown..).unwrap_or_default();
        if folded.is_empty() {
            return;
        }
        let members: Vec<&String> = folded.iter().flat_map(|(_, members)| members).copied().collect();
        let nets = match full.spot.around.nets.as_slice() {
            [] => folded.iter().flat_map(|(leaf, _)| leaf.nets.clone()).collect(),
            own => own.to_vec(),
        };
        let node = FlowNode {
            id: format!("{id} more"),
            label: format!("{} more", size::count(folded.len() as i128)),
            sublabel: match members.len() {
                1 => "1 address".into(),
                n => format!("{} addresses", size::count(n as i128)),
            },
            group,
            kind: NodeKind::Other,
            weight: 0,
            flagged: false,
        };
        let node = self.node(node, &members, nets, Some(id.to_owned()));
        self.node_of_leaf
            .extend(folded.iter().map(|(leaf, _)| ((id, leaf.id.as_str()), node)));
    }

    fn node(
        &mut self,
        node: FlowNode,
        members: &[&String],
        nets: Vec<IpNet>,
        opens: Option<String>,
    ) -> usize {
        let drawn = &mut self.placed.drawn;
        let zone = drawn
            .graph
            .groups
            .get(node.group)
            .map_or(Zone::Inside, |g| g.zone);
        drawn.zones.push(zone);
        drawn.members.push(members.iter().map(|m| (*m).clone()).collect());
        drawn.graph.nodes.push(node);
        self.placed.nets.push(nets);
        self.placed.opens.push(opens);
        drawn.graph.nodes.len() - 1
    }

    /// A node for the pairs of which only the sum is known.
    fn smaller_pairs(&mut self) {
        let at = self.placed.boxes.iter().position(|id| id == INTERNET);
        let group = at.unwrap_or_else(|| {
            let around = Around::new(INTERNET, "Internet", Zone::Internet);
            self.group(&around, None, String::new())
        });
        let node = FlowNode {
            id: "smaller pairs".into(),
            label: "smaller pairs".into(),
            sublabel: String::new(),
            group,
            kind: NodeKind::Other,
            weight: 0,
            flagged: false,
        };
        self.smaller = Some(self.node(node, &[], Vec::new(), None));
    }
}

impl Placed {
    /// Edges between nodes, and what each node carries: what stays inside a node counts once.
    fn edges(
        &mut self,
        nodes: &[Option<usize>],
        ends: &[([usize; 2], Amount, bool)],
        pairs: &[Pair],
        rest: Option<&Pair>,
        smaller: Option<usize>,
    ) {
        let mut edges: BTreeMap<(usize, usize), (FlowEdge, Vec<usize>)> = BTreeMap::new();
        let mut weights: BTreeMap<usize, Amount> = BTreeMap::new();
        let of_pairs = pairs
            .iter()
            .zip(ends)
            .enumerate()
            .filter_map(|(n, (pair, ([from, to], ..)))| {
                Some((at(nodes, *from)?, at(nodes, *to)?, pair, Some(n)))
            });
        let of_rest = smaller.and_then(|node| Some((node, node, rest?, None)));
        for (from, to, pair, n) in of_pairs.chain(of_rest) {
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
            *weights.entry(from).or_default() += pair.total();
            if to != from {
                *weights.entry(to).or_default() += pair.total();
            }
        }
        for (n, node) in self.drawn.graph.nodes.iter_mut().enumerate() {
            node.weight = weights.get(&n).copied().unwrap_or(0);
        }
        (self.drawn.graph.edges, self.drawn.edge_pairs) = edges.into_values().unzip();
    }
}

/// How many nodes a box has, and how many it may show.
struct Want {
    has: usize,
    room: usize,
    /// It was opened, and is served before others.
    first: bool,
}

/// Shares of all nodes: two for each box, then one by one for those that were opened, then for the others.
fn shares(wants: &[Want], most: usize) -> Vec<usize> {
    let mut given: Vec<usize> = wants.iter().map(|want| want.has.min(2)).collect();
    let mut left = most.saturating_sub(given.iter().sum());
    for first in [true, false] {
        let mut before = usize::MAX;
        while left > 0 && left != before {
            before = left;
            for (want, given) in wants.iter().zip(&mut given) {
                if want.first == first && left > 0 && *given < want.has.min(want.room) {
                    *given += 1;
                    left -= 1;
                }
            }
        }
    }
    given
}
