//! Where does each node of a flow graph stand? Left to right: internet, edge, inside, AWS; computed off the page's
//! thread, the same every time for the same graph.
//!
//! A layered layout (after Sugiyama, Tagawa and Toda, 1981): groups get columns, nodes get an order by barycentre
//! sweeps, which keeps crossings few; the order with the least total vertical travel wins.

pub mod around;
mod order;
pub(super) mod place;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::scene::{Point, Rect};
use super::ticks::Amount;
use order::{Columns, Links};

/// Nodes, edges and the boxes they lie in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FlowGraph {
    pub groups: Vec<FlowGroup>,
    pub nodes: Vec<FlowNode>,
    pub edges: Vec<FlowEdge>,
}

/// Which part of the picture a group belongs to, from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Zone {
    Internet,
    /// Subnets that take traffic from outside: balancers, NAT, bastions.
    Edge,
    Inside,
    AwsServices,
}

/// A box: a subnet, a VPC, the internet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlowGroup {
    /// `app-a`
    pub name: String,
    /// At the right of the name: `10.20.1.0/24`, a count.
    pub detail: String,
    pub zone: Zone,
    /// The box around it (a VPC), an index into [`FlowGraph::groups`]. Only boxes without nodes hold others.
    pub parent: Option<usize>,
}

/// What a node is, which decides its mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NodeKind {
    Address,
    /// An address or network that has a name.
    Named,
    /// An interface, an instance.
    Host,
    /// A load balancer or NAT gateway.
    Gateway,
    Service,
    /// What was deleted.
    Gone,
    /// Several nodes as one, to be expanded.
    Other,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlowNode {
    /// The caller's own name for it; also breaks ties, so that the layout is the same every time.
    pub id: String,
    pub label: String,
    /// Under the label: `61 more`, `office`.
    pub sublabel: String,
    /// An index into [`FlowGraph::groups`].
    pub group: usize,
    pub kind: NodeKind,
    /// Its size, in the measure of the edges.
    pub weight: Amount,
    /// A finding touches it.
    pub flagged: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlowEdge {
    /// Indices into [`FlowGraph::nodes`].
    pub from: usize,
    pub to: usize,
    pub accepted: Amount,
    pub rejected: Amount,
    /// Beside the figure when it is selected: `tcp/443`.
    pub label: String,
}

/// Where the label of a node stands, seen from the node: away from where its edges lead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    Left,
    Right,
    #[default]
    Below,
}

/// The answer: places in layout pixels, in the order of the graph's nodes and groups.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Layout {
    pub width: f64,
    pub height: f64,
    /// The middle of each node's mark.
    pub nodes: Vec<Point>,
    pub groups: Vec<Rect>,
    /// Of the labels of each group's nodes.
    pub sides: Vec<Side>,
}

/// What is to be placed, and about how large the picture is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LayoutInput {
    pub graph: FlowGraph,
    /// Scene pixels.
    pub width: f64,
    pub height: f64,
}

/// Places a graph. Indices that point nowhere are forgiven: such a node lands in the first group, such an edge counts
/// for nothing.
pub fn layout(input: &LayoutInput) -> Layout {
    let graph = &input.graph;
    if graph.groups.is_empty() {
        return Layout::default();
    }
    let links = Links::new(graph);
    let columns = Columns::new(graph, &links);
    let order = order::order(graph, &links, &columns);
    place::place(graph, &columns, &order, input.width, input.height)
}
