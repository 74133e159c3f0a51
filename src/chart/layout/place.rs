//! How large is each box, and where does each node stand in it?

use std::collections::BTreeMap;

use super::order::{Columns, Order, column_of, group_of, outer_of};
use super::{FlowGraph, FlowGroup, Placed, Zone};
use crate::chart::scene::{Point, Rect, text_width};

const MARGIN: f64 = 6.0;
const GAP: f64 = 14.0;
/// The head of a box with its name.
const HEAD: f64 = 22.0;
/// What margins and the heads of a few boxes above each other take from a column.
const HEADS: f64 = 100.0;
/// Room for a node with its label: below it inside, beside it at the two ends.
const CELL: (f64, f64) = (88.0, 46.0);
const END_CELL: (f64, f64) = (196.0, 37.0);
const SERVICE_CELL: (f64, f64) = (112.0, 40.0);
/// Rows of a column before it is split, for a picture about as wide as it is high.
const ROWS_MIN: usize = 8;
/// A leaf box's grid: columns, rows and the size of a cell.
#[derive(Clone, Copy)]
struct Grid {
    columns: usize,
    rows: usize,
    cell: (f64, f64),
}

fn grid(graph: &FlowGraph, group: usize, nodes: usize, rows_max: usize) -> Grid {
    let cell = match graph.groups[group].zone {
        Zone::Internet => END_CELL,
        Zone::AwsServices => SERVICE_CELL,
        Zone::Edge | Zone::Inside => CELL,
    };
    let fits = ((rows_max as f64 * CELL.1 / cell.1) as usize).max(1);
    let columns = nodes.div_ceil(fits).max(1);
    Grid {
        columns,
        rows: nodes.div_ceil(columns).max(1),
        cell,
    }
}

impl Grid {
    fn width(&self, group: &FlowGroup) -> f64 {
        // At least as wide as its own head.
        let head =
            text_width(&group.name, 11.0, false, true) + text_width(&group.detail, 10.0, true, false) + 34.0;
        (self.columns as f64 * self.cell.0 + 10.0).max(head)
    }
    fn height(&self) -> f64 {
        HEAD + self.rows as f64 * self.cell.1 + 6.0
    }
}

/// A leaf box's place while it is being computed.
#[derive(Clone, Copy)]
struct Leaf {
    group: usize,
    grid: Grid,
}

/// Turns orders into places: columns beside each other, boxes above each other, the height shared.
pub(super) fn place(graph: &FlowGraph, columns: &Columns, order: &Order, height: f64) -> Placed {
    let rows_wanted = (((height - HEADS) / CELL.1) as usize).max(ROWS_MIN);
    let tallest = graph.nodes.len();
    let rows_max = rows_wanted.max((tallest as f64 / 6.0).sqrt() as usize * 2);
    let leaves: Vec<Leaf> = order
        .leaves
        .iter()
        .map(|&group| Leaf {
            group,
            grid: grid(
                graph,
                group,
                order.nodes[group].len(),
                rows_for(graph, columns, order, group, rows_max),
            ),
        })
        .collect();
    let mut placed = Placed {
        nodes: vec![Point::default(); graph.nodes.len()],
        groups: vec![Rect::default(); graph.groups.len()],
        ..Placed::default()
    };
    // Outer boxes of the middle stand above each other; the two ends are one column each.
    let bands: Vec<Band> = (0..3u8)
        .map(|zone| Band::new(graph, columns, &leaves, zone))
        .collect();
    let full = bands
        .iter()
        .map(|b| b.height)
        .fold(height - 2.0 * MARGIN, f64::max);
    let mut left = MARGIN;
    for band in &bands {
        if band.outers.is_empty() {
            continue;
        }
        band.place(graph, columns, order, &leaves, left, full, &mut placed);
        left += band.width + GAP;
    }
    placed.width = left - GAP + MARGIN;
    placed.height = full + 2.0 * MARGIN;
    placed
}

/// Boxes that share a column share its rows.
fn rows_for(graph: &FlowGraph, columns: &Columns, order: &Order, group: usize, rows_max: usize) -> usize {
    let column = column_of(graph, columns, group);
    let total: usize = order
        .leaves
        .iter()
        .filter(|&&l| column_of(graph, columns, l) == column)
        .map(|&l| order.nodes[l].len())
        .sum();
    let own = order.nodes[group].len();
    if total <= rows_max {
        rows_max
    } else {
        (rows_max * own).div_ceil(total.max(1)).max(2)
    }
}

/// The outer boxes of one end or of the middle, above each other.
struct Band {
    outers: Vec<usize>,
    zone: u8,
    width: f64,
    height: f64,
}

impl Band {
    fn new(graph: &FlowGraph, columns: &Columns, leaves: &[Leaf], zone: u8) -> Self {
        let mut outers: Vec<usize> = Vec::new();
        for leaf in leaves {
            let outer = outer_of(graph, leaf.group);
            if column_of(graph, columns, leaf.group).0 == zone && !outers.contains(&outer) {
                outers.push(outer);
            }
        }
        outers.sort_unstable();
        let sizes: Vec<(f64, f64)> = outers
            .iter()
            .map(|&o| outer_size(graph, columns, leaves, zone, o))
            .collect();
        Band {
            zone,
            width: sizes.iter().map(|s| s.0).fold(0.0, f64::max),
            height: sizes.iter().map(|s| s.1 + GAP).sum::<f64>() - GAP,
            outers,
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of one computation, used once"
    )]
    fn place(
        &self,
        graph: &FlowGraph,
        columns: &Columns,
        order: &Order,
        leaves: &[Leaf],
        left: f64,
        full: f64,
        placed: &mut Placed,
    ) {
        let spare = (full - self.height).max(0.0) / self.outers.len().max(1) as f64;
        let mut top = MARGIN;
        for &outer in &self.outers {
            let (_, natural) = outer_size(graph, columns, leaves, self.zone, outer);
            let rect = Rect::new(left, top, left + self.width, top + natural + spare);
            top = rect.bottom + GAP;
            placed.groups[outer] = rect;
            for (leaf, rect) in inner_rects(graph, columns, leaves, self.zone, outer, rect) {
                placed.groups[leaf.group] = rect;
                place_nodes(graph, &order.nodes[leaf.group], leaf.grid, rect, placed);
            }
        }
    }
}

/// The leaves of an outer box by column.
fn inner_columns<'a>(
    graph: &FlowGraph,
    columns: &Columns,
    leaves: &'a [Leaf],
    zone: u8,
    outer: usize,
) -> Vec<Vec<&'a Leaf>> {
    let mut by_depth: BTreeMap<usize, Vec<&Leaf>> = BTreeMap::new();
    for leaf in leaves {
        let (z, depth) = column_of(graph, columns, leaf.group);
        if z == zone && outer_of(graph, leaf.group) == outer {
            by_depth.entry(depth).or_default().push(leaf);
        }
    }
    by_depth.into_values().collect()
}

/// A box that is its own only leaf has no inner boxes.
fn is_plain(inner: &[Vec<&Leaf>], outer: usize) -> bool {
    inner.iter().flatten().all(|l| l.group == outer)
}

fn column_size(graph: &FlowGraph, column: &[&Leaf]) -> (f64, f64) {
    let width = column
        .iter()
        .map(|l| l.grid.width(&graph.groups[l.group]))
        .fold(0.0, f64::max);
    let height = column.iter().map(|l| l.grid.height() + GAP / 2.0).sum::<f64>() - GAP / 2.0;
    (width, height)
}

fn outer_size(graph: &FlowGraph, columns: &Columns, leaves: &[Leaf], zone: u8, outer: usize) -> (f64, f64) {
    let inner = inner_columns(graph, columns, leaves, zone, outer);
    let sizes: Vec<(f64, f64)> = inner.iter().map(|c| column_size(graph, c)).collect();
    let width = sizes.iter().map(|s| s.0 + 2.0 * GAP).sum::<f64>() - 2.0 * GAP;
    let height = sizes.iter().map(|s| s.1).fold(0.0, f64::max);
    if is_plain(&inner, outer) {
        (width, height)
    } else {
        (width + 4.0 * GAP, height + HEAD + GAP)
    }
}

fn inner_rects<'a>(
    graph: &FlowGraph,
    columns: &Columns,
    leaves: &'a [Leaf],
    zone: u8,
    outer: usize,
    rect: Rect,
) -> Vec<(&'a Leaf, Rect)> {
    let inner = inner_columns(graph, columns, leaves, zone, outer);
    if is_plain(&inner, outer) {
        return inner.into_iter().flatten().map(|l| (l, rect)).collect();
    }
    let content = Rect::new(
        rect.left + 2.0 * GAP,
        rect.top + HEAD + 4.0,
        rect.right - 2.0 * GAP,
        rect.bottom - GAP,
    );
    let natural: f64 = inner.iter().map(|c| column_size(graph, c).0).sum();
    // Columns spread over a box that is wider than they need.
    let between = ((content.width() - natural) / (inner.len().max(2) - 1) as f64).max(0.0);
    let mut left = content.left;
    let mut rects = Vec::new();
    for column in inner {
        let (width, height) = column_size(graph, &column);
        let spare = (content.height() - height).max(0.0);
        let all: f64 = column.iter().map(|l| l.grid.height()).sum();
        let mut top = content.top;
        for leaf in column {
            let own = leaf.grid.height() + spare * leaf.grid.height() / all.max(1.0);
            rects.push((leaf, Rect::new(left, top, left + width, top + own)));
            top += own + GAP / 2.0;
        }
        left += width + between;
    }
    rects
}

fn place_nodes(graph: &FlowGraph, nodes: &[usize], grid: Grid, rect: Rect, placed: &mut Placed) {
    let body = Rect::new(
        rect.left + 5.0,
        rect.top + HEAD,
        rect.right - 5.0,
        rect.bottom - 6.0,
    );
    let (cw, ch) = (
        body.width() / grid.columns as f64,
        body.height() / grid.rows as f64,
    );
    for (i, &node) in nodes.iter().enumerate() {
        let (row, column) = (i / grid.columns, i % grid.columns);
        // A last row that is not full stands in the middle.
        let in_row = grid.columns.min(nodes.len() - row * grid.columns);
        let shift = (grid.columns - in_row) as f64 / 2.0;
        let x = body.left + (column as f64 + shift) * cw;
        let y = body.top + (row as f64 + 0.5) * ch;
        let zone = graph
            .nodes
            .get(node)
            .map(|_| graph.groups[group_of(graph, node)].zone);
        let at = match zone {
            Some(Zone::Internet) => Point::new(x + cw - 70.0f64.min(cw / 3.0), y),
            Some(Zone::AwsServices) => Point::new(x + 22.0, y),
            _ => Point::new(x + cw / 2.0, y - 6.0),
        };
        if let Some(slot) = placed.nodes.get_mut(node) {
            *slot = at;
        }
    }
}
