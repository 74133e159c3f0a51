//! In which column is each box, and in which order stand the nodes in it?

use std::collections::BTreeMap;

use super::{FlowGraph, FlowNode, NodeKind, Zone};

const SWEEPS: usize = 12;
/// Columns of subnets inside a VPC, the edge's first.
const DEPTHS: usize = 4;

/// Neighbours by node, with how much they pull.
pub(super) struct Links {
    of: Vec<Vec<(usize, f64)>>,
    /// Valid edges only.
    edges: Vec<(usize, usize, f64)>,
}

impl Links {
    pub(super) fn new(graph: &FlowGraph) -> Self {
        let n = graph.nodes.len();
        let mut of = vec![Vec::new(); n];
        let mut edges = Vec::with_capacity(graph.edges.len());
        for e in graph
            .edges
            .iter()
            .filter(|e| e.from < n && e.to < n && e.from != e.to)
        {
            // Logarithmic: a terabyte must not drown the hundred small edges beside it.
            let amount = e.accepted.max(0).saturating_add(e.rejected.max(0));
            let pull = 1.0 + (amount as f64).ln_1p() / 8.0;
            of[e.from].push((e.to, pull));
            of[e.to].push((e.from, pull));
            edges.push((e.from, e.to, pull));
        }
        Links { of, edges }
    }
}

/// A top-level column holds boxes above one another; each of them holds leaf boxes in columns of their own.
pub(super) struct Columns {
    /// For each leaf group its depth among the columns of its outer box, 0 first.
    pub(super) depth: Vec<usize>,
    /// Leaf groups that have nodes, or no box around them.
    pub(super) leaves: Vec<usize>,
}

/// A node's group, the first where it names none.
pub(super) fn group_of(graph: &FlowGraph, node: usize) -> usize {
    let group = graph.nodes.get(node).map_or(0, |n| n.group);
    if group < graph.groups.len() { group } else { 0 }
}

/// The outermost box of a group; boxes nest two deep.
pub(super) fn outer_of(graph: &FlowGraph, group: usize) -> usize {
    graph
        .groups
        .get(group)
        .and_then(|g| g.parent)
        .filter(|&p| p < graph.groups.len() && p != group)
        .unwrap_or(group)
}

impl Columns {
    pub(super) fn new(graph: &FlowGraph, links: &Links) -> Self {
        let count = graph.groups.len();
        let mut holds = vec![false; count];
        for g in 0..count {
            let outer = outer_of(graph, g);
            if outer != g {
                holds[outer] = true;
            }
        }
        let mut has_nodes = vec![false; count];
        for n in 0..graph.nodes.len() {
            has_nodes[group_of(graph, n)] = true;
        }
        let leaves = (0..count).filter(|&g| has_nodes[g] || !holds[g]).collect();
        Columns {
            depth: depths(graph, links),
            leaves,
        }
    }
}

/// How far inside each group lies: one more than the mean of where its traffic comes from, settled in a few rounds.
fn depths(graph: &FlowGraph, links: &Links) -> Vec<usize> {
    let zone = |g: usize| graph.groups[g].zone;
    let start = |g: usize| match zone(g) {
        Zone::Internet => -1.0,
        Zone::Edge => 0.0,
        Zone::Inside => 1.0,
        Zone::AwsServices => DEPTHS as f64,
    };
    let mut at: Vec<f64> = (0..graph.groups.len()).map(start).collect();
    for _ in 0..DEPTHS {
        let mut sum = vec![(0.0, 0.0); at.len()];
        for &(from, to, _) in &links.edges {
            let (f, t) = (group_of(graph, from), group_of(graph, to));
            // What comes back from AWS or from a deeper subnet says nothing about depth.
            if f != t && zone(f) != Zone::AwsServices && at[f] <= at[t] + 0.5 {
                sum[t].0 += at[f].max(0.0) + 1.0;
                sum[t].1 += 1.0;
            }
        }
        for (g, &(total, count)) in sum.iter().enumerate() {
            if zone(g) == Zone::Inside && count > 0.0 {
                at[g] = total / count;
            }
        }
    }
    let rough: Vec<usize> = at
        .iter()
        .enumerate()
        .map(|(g, &d)| match zone(g) {
            Zone::Inside => (d.round() as usize).clamp(1, DEPTHS - 1),
            _ => 0,
        })
        .collect();
    // Depths that no group has leave no empty column.
    let mut used = [false; DEPTHS];
    for (g, &d) in rough.iter().enumerate() {
        used[d] |= matches!(zone(g), Zone::Edge | Zone::Inside);
    }
    rough
        .iter()
        .map(|&d| used.iter().take(d).filter(|u| **u).count())
        .collect()
}

/// Nodes of each group from top to bottom, and the leaf groups of each column likewise.
pub(super) struct Order {
    pub(super) nodes: Vec<Vec<usize>>,
    /// Leaf groups in the order in which they stand within their column.
    pub(super) leaves: Vec<usize>,
}

pub(super) fn order(graph: &FlowGraph, links: &Links, columns: &Columns) -> Order {
    let mut nodes: Vec<Vec<usize>> = vec![Vec::new(); graph.groups.len()];
    for n in 0..graph.nodes.len() {
        nodes[group_of(graph, n)].push(n);
    }
    for group in &mut nodes {
        group.sort_by(|&a, &b| {
            let (a, b) = (&graph.nodes[a], &graph.nodes[b]);
            // Heaviest first; "other" always last.
            let last = |n: &FlowNode| n.kind == NodeKind::Other;
            (last(a), std::cmp::Reverse(a.weight), &a.id).cmp(&(last(b), std::cmp::Reverse(b.weight), &b.id))
        });
    }
    let mut now = Order {
        nodes,
        leaves: columns.leaves.clone(),
    };
    let mut height = heights(graph, columns, &now);
    let mut best = (travel(links, &height), now.nodes.clone(), now.leaves.clone());
    for sweep in 0..SWEEPS {
        settle(graph, links, columns, &mut now, &height, sweep % 2 == 0);
        height = heights(graph, columns, &now);
        let cost = travel(links, &height);
        if cost < best.0 {
            best = (cost, now.nodes.clone(), now.leaves.clone());
        }
    }
    Order {
        nodes: best.1,
        leaves: best.2,
    }
}

/// The column a leaf group stands in: outer zone first, then depth.
pub(super) fn column_of(graph: &FlowGraph, columns: &Columns, group: usize) -> (u8, usize) {
    match graph.groups[group].zone {
        Zone::Internet => (0, 0),
        Zone::Edge | Zone::Inside => (1, columns.depth[group]),
        Zone::AwsServices => (2, 0),
    }
}

/// How high each node stands, from 0 (top) to 1 within its column, whatever the number of nodes in it.
fn heights(graph: &FlowGraph, columns: &Columns, order: &Order) -> Vec<f64> {
    let mut size = BTreeMap::new();
    for &leaf in &order.leaves {
        *size.entry(column_of(graph, columns, leaf)).or_insert(0usize) += order.nodes[leaf].len();
    }
    let mut seen = BTreeMap::new();
    let mut height = vec![0.5; graph.nodes.len()];
    for &leaf in &order.leaves {
        let column = column_of(graph, columns, leaf);
        let total = size.get(&column).copied().unwrap_or(0).max(1) as f64;
        let at = seen.entry(column).or_insert(0usize);
        for &node in &order.nodes[leaf] {
            height[node] = (*at as f64 + 0.5) / total;
            *at += 1;
        }
    }
    height
}

/// The vertical way of all edges: what crossings cost the eye.
fn travel(links: &Links, height: &[f64]) -> f64 {
    links
        .edges
        .iter()
        .map(|&(a, b, pull)| (height[a] - height[b]).abs() * pull)
        .sum()
}

/// One sweep: columns in turn (backward on odd sweeps) sort their nodes and boxes by the mean height of neighbours.
fn settle(
    graph: &FlowGraph,
    links: &Links,
    columns: &Columns,
    order: &mut Order,
    height: &[f64],
    forward: bool,
) {
    let mut height = height.to_vec();
    let mut turns: Vec<(u8, usize)> = order
        .leaves
        .iter()
        .map(|&l| column_of(graph, columns, l))
        .collect();
    turns.sort_unstable();
    turns.dedup();
    if !forward {
        turns.reverse();
    }
    for turn in turns {
        let leaves: Vec<usize> = order
            .leaves
            .iter()
            .copied()
            .filter(|&l| column_of(graph, columns, l) == turn)
            .collect();
        let mut pulled: Vec<(f64, usize)> = Vec::with_capacity(leaves.len());
        for &leaf in &leaves {
            let mut nodes: Vec<(bool, f64, usize)> = order.nodes[leaf]
                .iter()
                .map(|&n| {
                    (
                        graph.nodes[n].kind == NodeKind::Other,
                        barycentre(links, &height, n),
                        n,
                    )
                })
                .collect();
            nodes.sort_by(|a, b| {
                let ties = || graph.nodes[a.2].id.cmp(&graph.nodes[b.2].id);
                a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then_with(ties)
            });
            let mean = nodes.iter().map(|n| n.1).sum::<f64>() / nodes.len().max(1) as f64;
            order.nodes[leaf] = nodes.into_iter().map(|n| n.2).collect();
            // Leaf boxes stay within their outer box.
            pulled.push((mean + outer_of(graph, leaf) as f64 * 10.0, leaf));
        }
        pulled.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut next = pulled.into_iter().map(|p| p.1);
        for slot in &mut order.leaves {
            if column_of(graph, columns, *slot) == turn
                && let Some(leaf) = next.next()
            {
                *slot = leaf;
            }
        }
        height = heights(graph, columns, order);
    }
}

fn barycentre(links: &Links, height: &[f64], node: usize) -> f64 {
    let (sum, weight) = links.of[node]
        .iter()
        .fold((0.0, 0.0), |(s, w), &(o, pull)| (s + height[o] * pull, w + pull));
    if weight > 0.0 { sum / weight } else { height[node] }
}
