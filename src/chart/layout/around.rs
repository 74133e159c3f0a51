//! Where does each node of a neighbourhood stand? One box in the middle, what is one step away at both sides of it, what
//! is two steps away outside of that. The page scrolls down, so that the width is given and the height follows.

use super::{FlowGraph, Layout, Side};
use crate::chart::layout::place::HEAD;
use crate::chart::scene::{Point, Rect, text_width};

const MARGIN: f64 = 6.0;
/// Between boxes above each other.
const GAP: f64 = 12.0;
/// Between columns, for the edges, at least and at most.
const BETWEEN: (f64, f64) = (28.0, 64.0);
/// How wide a column of boxes is at least, that shows whole ids, and at most.
const COLUMN: (f64, f64, f64) = (110.0, 152.0, 250.0);
const MIDDLE: (f64, f64) = (130.0, 220.0);
/// The height of a node with its label below it, and of one with its label beside it.
const BELOW: f64 = 50.0;
const BESIDE: f64 = 32.0;
/// From the edge of a box to a mark whose label is beside it.
const INSET: f64 = 16.0;
/// From the upper edge of its room to a mark whose label is below it.
const MARK: f64 = 14.0;
/// No lower than this.
const LEAST: f64 = 150.0;

/// Places a graph around the nodes of its first group. `steps` has for each group how far away it is; a group further than
/// two steps stands with those of two.
pub fn around(graph: &FlowGraph, steps: &[u8], width: f64) -> Layout {
    let mut placed = Layout {
        nodes: vec![Point::default(); graph.nodes.len()],
        groups: vec![Rect::default(); graph.groups.len()],
        sides: vec![Side::Below; graph.groups.len()],
        ..Layout::default()
    };
    if graph.groups.is_empty() {
        return placed;
    }
    let columns = Columns::new(graph, steps);
    let middle = middle_width(graph);
    let used = columns.each.iter().filter(|c| !c.is_empty()).count();
    // The middle aside, a column comes with the room before or behind it.
    let each = (width - 2.0 * MARGIN - middle) / (used.max(2) - 1) as f64;
    let between = (each - COLUMN.1).clamp(BETWEEN.0, BETWEEN.1);
    let column = (each - between).clamp(COLUMN.0, COLUMN.2);
    let height = |groups: &[usize]| {
        let boxes: f64 = groups.iter().map(|&g| columns.height(g) + GAP).sum();
        (boxes - GAP).max(0.0)
    };
    let full = columns.each.iter().map(|c| height(c)).fold(LEAST, f64::max);
    let mut left = MARGIN;
    for (at, groups) in columns.each.iter().enumerate().filter(|(_, c)| !c.is_empty()) {
        let wide = if at == CENTER { middle } else { column };
        let mut top = MARGIN + (full - height(groups)) / 2.0;
        for &group in groups {
            let rect = Rect::new(left, top, left + wide, top + columns.height(group));
            top = rect.bottom + GAP;
            placed.groups[group] = rect;
            placed.sides[group] = columns.side(at);
            columns.place(group, rect, columns.side(at), &mut placed);
        }
        left += wide + between;
    }
    placed.width = left - between + MARGIN;
    placed.height = full + 2.0 * MARGIN;
    placed
}

/// The column in the middle of the five.
const CENTER: usize = 2;

/// Groups by column, from left to right: two steps, one, the middle, one, two.
struct Columns {
    each: [Vec<usize>; 5],
    /// The nodes of each group, in the graph's order.
    nodes: Vec<Vec<usize>>,
    column_of: Vec<usize>,
}

impl Columns {
    fn new(graph: &FlowGraph, steps: &[u8]) -> Columns {
        let mut nodes: Vec<Vec<usize>> = vec![Vec::new(); graph.groups.len()];
        for (i, node) in graph.nodes.iter().enumerate() {
            if let Some(group) = nodes.get_mut(node.group) {
                group.push(i);
            }
        }
        let mut columns = Columns {
            each: Default::default(),
            nodes,
            column_of: vec![CENTER; graph.groups.len()],
        };
        columns.put(0, CENTER);
        let step = |g: usize| steps.get(g).copied().unwrap_or(1).max(1);
        let groups = 1..graph.groups.len();
        // The right first: it is where reading goes on. Then whichever side is lower.
        for group in groups.clone().filter(|&g| step(g) == 1) {
            let [left, right] = [1, 3].map(|c| columns.rows(c));
            columns.put(group, if right <= left { 3 } else { 1 });
        }
        for group in groups.filter(|&g| step(g) > 1) {
            let mut links = [0usize; 2];
            for edge in &graph.edges {
                let of = |n: usize| graph.nodes.get(n).map(|n| n.group);
                let other = match (of(edge.from), of(edge.to)) {
                    (Some(from), Some(to)) if to == group => from,
                    (Some(from), Some(to)) if from == group => to,
                    _ => continue,
                };
                match columns.column_of.get(other) {
                    Some(1) => links[0] += 1,
                    Some(3) => links[1] += 1,
                    _ => {}
                }
            }
            let lower = columns.rows(4) <= columns.rows(0);
            let right = links[1] > links[0] || (links[1] == links[0] && lower);
            columns.put(group, if right { 4 } else { 0 });
        }
        columns
    }

    fn put(&mut self, group: usize, column: usize) {
        self.each[column].push(group);
        self.column_of[group] = column;
    }

    /// How much stands in a column: nodes, and a head for each box.
    fn rows(&self, column: usize) -> usize {
        self.each[column].iter().map(|&g| self.nodes[g].len() + 1).sum()
    }

    /// Edges pass on both sides of what has others outside of it: its labels stand below.
    fn side(&self, column: usize) -> Side {
        match column {
            0 => Side::Left,
            1 if self.each[0].is_empty() => Side::Left,
            3 if self.each[4].is_empty() => Side::Right,
            4 => Side::Right,
            _ => Side::Below,
        }
    }

    fn row(&self, group: usize) -> f64 {
        match self.side(self.column_of[group]) {
            Side::Below => BELOW,
            _ => BESIDE,
        }
    }

    fn height(&self, group: usize) -> f64 {
        HEAD + self.nodes[group].len().max(1) as f64 * self.row(group) + 6.0
    }

    fn place(&self, group: usize, rect: Rect, side: Side, placed: &mut Layout) {
        let row = self.row(group);
        for (n, &node) in self.nodes[group].iter().enumerate() {
            let top = rect.top + HEAD + n as f64 * row;
            placed.nodes[node] = match side {
                Side::Left => Point::new(rect.right - INSET, top + row / 2.0),
                Side::Right => Point::new(rect.left + INSET, top + row / 2.0),
                Side::Below => Point::new(rect.center().x, top + MARK),
            };
        }
    }
}

/// As wide as what is in the middle needs.
fn middle_width(graph: &FlowGraph) -> f64 {
    let labels = graph.nodes.iter().filter(|n| n.group == 0);
    let widths = labels.map(|n| text_width(&n.label, 11.0, false, true));
    widths.fold(0.0, f64::max).clamp(MIDDLE.0 - 30.0, MIDDLE.1 - 30.0) + 30.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{FlowEdge, FlowGroup, FlowNode, NodeKind, Zone};

    /// A star: groups of so many nodes at so many steps, each linked to the first node of the group it names.
    fn star(groups: &[(u8, usize, usize)]) -> (FlowGraph, Vec<u8>) {
        let mut graph = FlowGraph::default();
        let mut steps = Vec::new();
        for (at, &(step, nodes, parent)) in groups.iter().enumerate() {
            graph.groups.push(FlowGroup {
                name: format!("group {at}"),
                detail: String::new(),
                zone: Zone::Inside,
                parent: None,
            });
            steps.push(step);
            let to = graph.nodes.iter().position(|n| n.group == parent);
            for n in 0..nodes {
                if let Some(to) = to.filter(|_| at > 0) {
                    graph.edges.push(FlowEdge {
                        from: graph.nodes.len(),
                        to,
                        accepted: 1,
                        rejected: 0,
                        label: String::new(),
                    });
                }
                graph.nodes.push(FlowNode {
                    id: format!("{at}/{n}"),
                    label: format!("sg-0a1b2c3d4e5f6071{n}"),
                    sublabel: String::new(),
                    group: at,
                    kind: NodeKind::Host,
                    weight: 1,
                    flagged: false,
                });
            }
        }
        (graph, steps)
    }

    fn check(graph: &FlowGraph, placed: &Layout) {
        for (node, at) in graph.nodes.iter().zip(&placed.nodes) {
            assert!(placed.groups[node.group].contains(at.x, at.y), "{}", node.id);
        }
        for (i, a) in placed.groups.iter().enumerate() {
            assert!(a.left >= 0.0 && a.right <= placed.width && a.bottom <= placed.height);
            assert!(placed.groups[..i].iter().all(|b| !a.overlaps(*b)), "{i}");
        }
        for (i, a) in placed.nodes.iter().enumerate() {
            let apart = |b: &Point| (a.x - b.x).abs().max((a.y - b.y).abs()) >= 24.0;
            assert!(placed.nodes[..i].iter().all(apart), "{a:?}");
        }
    }

    #[test]
    fn what_is_chosen_stands_between_its_neighbours() {
        let (graph, steps) = star(&[(0, 1, 0), (1, 3, 0), (1, 2, 0), (2, 4, 1), (2, 1, 2)]);
        let placed = around(&graph, &steps, 900.0);
        check(&graph, &placed);
        let x = |g: usize| placed.groups[g].center().x;
        assert!(x(2) < x(0) && x(0) < x(1), "neighbours at both sides");
        assert!(x(3) > x(1) && x(4) < x(2), "the next step outside of its own");
        assert_eq!(placed.sides[1], Side::Below, "edges pass on both sides of it");
        assert_eq!((placed.sides[3], placed.sides[4]), (Side::Right, Side::Left));
        assert_eq!(placed, around(&graph, &steps, 900.0));
    }

    #[test]
    fn one_step_alone_has_its_labels_outside() {
        let (graph, steps) = star(&[(0, 1, 0), (1, 2, 0), (1, 30, 0)]);
        let placed = around(&graph, &steps, 700.0);
        check(&graph, &placed);
        assert_eq!((placed.sides[1], placed.sides[2]), (Side::Right, Side::Left));
        assert!(placed.height > 30.0 * BESIDE);
    }

    #[test]
    fn nothing_one_and_what_points_nowhere_are_placed() {
        assert_eq!(around(&FlowGraph::default(), &[], 900.0).width, 0.0);
        let (mut graph, steps) = star(&[(0, 1, 0)]);
        check(&graph, &around(&graph, &steps, 900.0));
        graph.edges.push(FlowEdge {
            from: 7,
            to: 0,
            accepted: 1,
            rejected: 0,
            label: String::new(),
        });
        graph.nodes[0].group = 9;
        let narrow = around(&graph, &[], 10.0);
        assert_eq!(narrow.nodes.len(), 1);
    }
}
