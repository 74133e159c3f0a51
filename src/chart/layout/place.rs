//! How large is each box, and where does each node stand in it?

use std::collections::BTreeMap;

use super::order::{Columns, Order, column_of, outer_of};
use super::{FlowGraph, FlowGroup, Layout, Side, Zone};
use crate::chart::scene::{Point, Rect, text_width};

const MARGIN: f64 = 6.0;
const GAP: f64 = 14.0;
/// The head of a box with its name.
pub(in crate::chart) const HEAD: f64 = 22.0;
/// Room for a node with its label: below it inside, beside it at the two ends.
const CELL: (f64, f64) = (88.0, 46.0);
const END_CELL: (f64, f64) = (196.0, 30.0);
const SERVICE_CELL: (f64, f64) = (112.0, 30.0);
/// A picture of labels beside their nodes may be this small before its nodes stand in more columns: edges to a further
/// column run through the labels of the one before it.
const SMALL_ENOUGH: f64 = 0.75;
/// How much of the width is room for edges between two zones, at most.
const BETWEEN: f64 = 0.28;
/// The zones of the picture, from left to right.
const ENDS: [u8; 2] = [0, 2];
const MIDDLE: u8 = 1;

/// Turns orders into places. What is free (rows of a box before it gets another column of nodes, boxes above each other
/// before they get another column of boxes) is tried, and what can be shown largest in the wanted size is kept.
pub(super) fn place(graph: &FlowGraph, columns: &Columns, order: &Order, width: f64, height: f64) -> Layout {
    let most_rows = order.nodes.iter().map(Vec::len).max().unwrap_or(1).clamp(2, 30);
    let most_boxes = order.leaves.len().clamp(1, 5);
    let sides = sides(graph, columns, order);
    let beside = order.leaves.iter().any(|&l| {
        let (zone, _) = column_of(graph, columns, l);
        zone == MIDDLE && sides[l] != Side::Below
    });
    let enough = if beside { SMALL_ENOUGH } else { 1.0 };
    let scale = |p: &Layout| {
        (width / p.width.max(1.0))
            .min(height / p.height.max(1.0))
            .min(enough)
    };
    let mut best: Option<(f64, Layout)> = None;
    // From tall to flat, so that of equal ones the one with the fewest columns stays.
    for boxes in (1..=most_boxes).rev() {
        for rows in (2..=most_rows).rev() {
            let placed = Picture {
                graph,
                columns,
                order,
                sides: &sides,
                plan: Plan { rows, boxes },
            }
            .place(width, height);
            let fits = scale(&placed);
            if best.as_ref().is_none_or(|(before, _)| fits > *before + 1e-6) {
                best = Some((fits, placed));
            }
        }
    }
    best.map(|(_, placed)| placed).unwrap_or_default()
}

/// Labels stand outside of the first and the last column, where no edges are; those between stand below their nodes.
fn sides(graph: &FlowGraph, columns: &Columns, order: &Order) -> Vec<Side> {
    let at = |&leaf: &usize| column_of(graph, columns, leaf);
    let (first, last) = (
        order.leaves.iter().map(at).min(),
        order.leaves.iter().map(at).max(),
    );
    (0..graph.groups.len())
        .map(|g| match Some(column_of(graph, columns, g)) {
            at if at == last => Side::Right,
            at if at == first => Side::Left,
            _ => Side::Below,
        })
        .collect()
}

/// How far a column may go before there is another.
#[derive(Clone, Copy)]
struct Plan {
    /// Nodes above each other.
    rows: usize,
    /// Boxes above each other.
    boxes: usize,
}

struct Picture<'a> {
    graph: &'a FlowGraph,
    columns: &'a Columns,
    order: &'a Order,
    /// By group.
    sides: &'a [Side],
    plan: Plan,
}

/// A leaf box and the grid of its nodes.
#[derive(Clone, Copy)]
struct Leaf {
    group: usize,
    columns: usize,
    rows: usize,
    width: f64,
    height: f64,
}

/// An outer box with its leaves, column by column.
struct Outer {
    group: usize,
    /// It is its own only leaf: there are no boxes in it.
    plain: bool,
    columns: Vec<Vec<Leaf>>,
    width: f64,
    height: f64,
}

impl Picture<'_> {
    fn place(&self, wanted: f64, height: f64) -> Layout {
        let mut placed = Layout {
            nodes: vec![Point::default(); self.graph.nodes.len()],
            groups: vec![Rect::default(); self.graph.groups.len()],
            sides: self.sides.to_vec(),
            ..Layout::default()
        };
        // The middle decides how high the picture is; the two ends make use of it.
        let middle = self.outers(MIDDLE, self.plan.rows);
        let full = stacked(&middle).max(height - 2.0 * MARGIN);
        let end_rows = ((full - HEAD - 6.0) / END_CELL.1) as usize;
        let [left, right] = ENDS.map(|zone| self.outers(zone, end_rows.max(2)));
        let full = full.max(stacked(&left)).max(stacked(&right));
        let zones: Vec<Vec<Outer>> = [left, middle, right]
            .into_iter()
            .filter(|z| !z.is_empty())
            .collect();
        let natural: Vec<f64> = zones.iter().map(|z| widest(z)).collect();
        // What the picture is less wide than it may be at its height goes between the zones, then into them.
        let room = wanted * (full + 2.0 * MARGIN).max(height) / height.max(1.0);
        let gaps = (zones.len().max(1) - 1) as f64;
        let spare = (room - 2.0 * MARGIN - natural.iter().sum::<f64>() - gaps * GAP).max(0.0);
        let between = if zones.len() > 1 {
            GAP + (spare / 2.0 / gaps).min(BETWEEN * room - GAP).max(0.0)
        } else {
            GAP
        };
        let spare = (spare - gaps * (between - GAP)).max(0.0);
        // Boxes within boxes have edges between them, too.
        let shares: Vec<f64> = zones
            .iter()
            .map(|z| if z.iter().all(|o| o.plain) { 1.0 } else { 3.0 })
            .collect();
        let all_shares: f64 = shares.iter().sum();
        let mut x = MARGIN;
        for ((outers, natural), share) in zones.iter().zip(natural).zip(shares) {
            let width = natural + spare * share / all_shares.max(1.0);
            let spare = (full - stacked(outers)) / outers.len() as f64;
            let mut top = MARGIN;
            for outer in outers {
                let rect = Rect::new(x, top, x + width, top + outer.height + spare);
                top = rect.bottom + GAP;
                self.place_outer(outer, rect, &mut placed);
            }
            x += width + between;
        }
        placed.width = x - between + MARGIN;
        placed.height = full + 2.0 * MARGIN;
        placed
    }

    /// The outer boxes of a zone, from top to bottom.
    fn outers(&self, zone: u8, rows: usize) -> Vec<Outer> {
        let mut by_outer: BTreeMap<usize, BTreeMap<usize, Vec<usize>>> = BTreeMap::new();
        for &leaf in &self.order.leaves {
            let (z, depth) = column_of(self.graph, self.columns, leaf);
            if z == zone {
                let depths = by_outer.entry(outer_of(self.graph, leaf)).or_default();
                depths.entry(depth).or_default().push(leaf);
            }
        }
        by_outer
            .into_iter()
            .map(|(group, depths)| {
                let columns = depths
                    .values()
                    .flat_map(|leaves| leaves.chunks(self.plan.boxes.max(1)))
                    .map(|leaves| self.column(leaves, rows))
                    .collect();
                Outer::new(group, columns)
            })
            .collect()
    }

    /// Boxes above each other share the rows of their column.
    fn column(&self, leaves: &[usize], rows: usize) -> Vec<Leaf> {
        let total: usize = leaves.iter().map(|&l| self.order.nodes[l].len()).sum();
        leaves
            .iter()
            .map(|&leaf| {
                let own = self.order.nodes[leaf].len();
                let share = if total <= rows {
                    rows
                } else {
                    (rows * own).div_ceil(total)
                };
                Leaf::new(&self.graph.groups[leaf], self.sides[leaf], leaf, own, share)
            })
            .collect()
    }

    fn place_outer(&self, outer: &Outer, rect: Rect, placed: &mut Layout) {
        placed.groups[outer.group] = rect;
        if outer.plain {
            for leaf in outer.columns.iter().flatten() {
                self.place_nodes(*leaf, rect, placed);
            }
            return;
        }
        let content = Rect::new(
            rect.left + 2.0 * GAP,
            rect.top + HEAD + 4.0,
            rect.right - 2.0 * GAP,
            rect.bottom - GAP,
        );
        let natural: f64 = outer.columns.iter().map(|c| column_width(c)).sum();
        // Columns spread over a box that is wider than they need.
        let between = ((content.width() - natural) / (outer.columns.len().max(2) - 1) as f64).max(0.0);
        let mut left = content.left;
        for column in &outer.columns {
            let width = column_width(column);
            let spare = (content.height() - column_height(column)).max(0.0);
            let all: f64 = column.iter().map(|l| l.height).sum();
            let mut top = content.top;
            for leaf in column {
                let own = leaf.height + spare * leaf.height / all.max(1.0);
                let rect = Rect::new(left, top, left + width, top + own);
                placed.groups[leaf.group] = rect;
                self.place_nodes(*leaf, rect, placed);
                top += own + GAP / 2.0;
            }
            left += width + between;
        }
    }

    fn place_nodes(&self, leaf: Leaf, rect: Rect, placed: &mut Layout) {
        let nodes = &self.order.nodes[leaf.group];
        let body = Rect::new(
            rect.left + 5.0,
            rect.top + HEAD,
            rect.right - 5.0,
            rect.bottom - 6.0,
        );
        let (cw, ch) = (
            body.width() / leaf.columns as f64,
            body.height() / leaf.rows as f64,
        );
        for (i, &node) in nodes.iter().enumerate() {
            let (row, column) = (i / leaf.columns, i % leaf.columns);
            // A last row that is not full stands in the middle.
            let in_row = leaf.columns.min(nodes.len() - row * leaf.columns);
            let shift = (leaf.columns - in_row) as f64 / 2.0;
            let x = body.left + (column as f64 + shift) * cw;
            let y = body.top + (row as f64 + 0.5) * ch;
            let alone = self.order.leaves.len() == 1;
            placed.nodes[node] = match self.sides[leaf.group] {
                Side::Left => Point::new(x + cw - 40.0f64.min(cw / 4.0), y),
                // Edges within the only box bend out to the left.
                Side::Right if alone => Point::new(x + cw * 0.35, y),
                Side::Right => Point::new(x + 24.0f64.min(cw / 4.0), y),
                Side::Below => Point::new(x + cw / 2.0, y - 6.0),
            };
        }
    }
}

impl Leaf {
    fn new(group: &FlowGroup, side: Side, index: usize, nodes: usize, rows: usize) -> Self {
        let cell = match (side, group.zone) {
            (Side::Below, _) => CELL,
            (_, Zone::AwsServices) => SERVICE_CELL,
            _ => END_CELL,
        };
        let columns = nodes.div_ceil(rows.max(1)).max(1);
        let rows = nodes.div_ceil(columns).max(1);
        // At least as wide as its own head.
        let head =
            text_width(&group.name, 11.0, false, true) + text_width(&group.detail, 10.0, true, false) + 34.0;
        Leaf {
            group: index,
            columns,
            rows,
            width: (columns as f64 * cell.0 + 10.0).max(head),
            height: HEAD + rows as f64 * cell.1 + 6.0,
        }
    }
}

impl Outer {
    fn new(group: usize, columns: Vec<Vec<Leaf>>) -> Self {
        let plain = columns.iter().flatten().all(|l| l.group == group);
        let between = if plain { 0.0 } else { 2.0 * GAP };
        let widths: f64 = columns.iter().map(|c| column_width(c) + between).sum();
        let height = columns.iter().map(|c| column_height(c)).fold(0.0, f64::max);
        let (width, height) = if plain {
            (widths, height)
        } else {
            (widths + 2.0 * GAP, height + HEAD + GAP + 4.0)
        };
        Outer {
            group,
            plain,
            columns,
            width,
            height,
        }
    }
}

fn column_width(column: &[Leaf]) -> f64 {
    column.iter().map(|l| l.width).fold(0.0, f64::max)
}

fn column_height(column: &[Leaf]) -> f64 {
    column.iter().map(|l| l.height + GAP / 2.0).sum::<f64>() - GAP / 2.0
}

/// The width of outer boxes above each other.
fn widest(outers: &[Outer]) -> f64 {
    outers.iter().map(|o| o.width).fold(0.0, f64::max)
}

/// The height of outer boxes above each other.
fn stacked(outers: &[Outer]) -> f64 {
    (outers.iter().map(|o| o.height + GAP).sum::<f64>() - GAP).max(0.0)
}
