//! Who with whom in the made-up incident: ribbons and grids.

use super::{LARGE, network};
use crate::chart::*;

fn end(node: &FlowNode) -> End {
    End {
        id: node.id.clone(),
        name: node.label.clone(),
        detail: node.sublabel.clone(),
        ink: match node.kind {
            NodeKind::Service => Ink::Series4,
            NodeKind::Address | NodeKind::Other => Ink::LineControl,
            _ => Ink::InkQuiet,
        },
    }
}

fn service(name: &str) -> End {
    End {
        id: name.to_owned(),
        name: name.to_owned(),
        detail: String::new(),
        ink: Ink::Series2,
    }
}

/// The network's traffic, each by the service it used.
fn flows(network: &FlowGraph) -> Vec<Ribbon> {
    let flow = |e: &FlowEdge| Ribbon {
        from: e.from,
        through: Some(match (e.from, e.to) {
            (_, 5 | 21) => 1,
            (_, 22) => 2,
            (_, 1) => 3,
            _ => 0,
        }),
        to: e.to,
        accepted: e.accepted,
        rejected: e.rejected,
    };
    network.edges.iter().map(flow).collect()
}

/// The network's traffic as ribbons, through the service they used where `services` says so.
pub fn ribbons(part: usize, services: bool) -> Scene {
    let network = network(part);
    let nodes: Vec<End> = network.nodes.iter().map(end).collect();
    let middle = ["tcp/443", "tcp/5432", "tcp/6379", "tcp/22"].map(service);
    let flows = flows(&network);
    let chart = Sankey {
        title: "Traffic by source and destination",
        width: if part == LARGE { 912.0 } else { 600.0 },
        height: if part == LARGE { 484.0 } else { 160.0 },
        unit: Unit::Bytes,
        left: &nodes,
        middle: if services { &middle } else { &[] },
        right: &nodes,
        flows: &flows,
        chosen: (part == LARGE && services).then_some(Picked::End(Column::Middle, 0)),
    };
    sankey(&chart)
}

/// Up to `of` addresses on each side, most pairs of them quiet.
pub fn many(of: usize) -> (Vec<End>, Vec<Ribbon>) {
    let ends = (0..of)
        .map(|i| End {
            id: i.to_string(),
            name: format!("198.51.100.{i}"),
            detail: format!("host-{i}"),
            ink: Ink::InkQuiet,
        })
        .collect();
    let flows = (0..of * 3)
        .map(|i| {
            let amount = 10_000_000_000 / (1 + (i as Amount * 7_919) % 4_001).pow(2);
            Ribbon {
                from: (i * 37) % of,
                through: None,
                to: (i * 91 + i / 7) % (of / 2).max(1),
                accepted: if i % 5 == 0 { 0 } else { amount },
                rejected: if i % 4 == 0 { amount / 20 + 40 } else { 0 },
            }
        })
        .collect();
    (ends, flows)
}

pub fn crowded_ribbons() -> Scene {
    let (ends, flows) = many(160);
    sankey(&Sankey {
        title: "Traffic by address",
        width: 1100.0,
        height: 520.0,
        unit: Unit::Bytes,
        left: &ends,
        middle: &[],
        right: &ends,
        flows: &flows,
        chosen: None,
    })
}

pub fn crossings(flows: &[Ribbon]) -> Vec<Crossing> {
    let crossing = |f: &Ribbon| Crossing {
        row: f.from,
        column: f.to,
        accepted: f.accepted,
        rejected: f.rejected,
    };
    flows.iter().map(crossing).collect()
}

pub fn grid(part: usize) -> Scene {
    let network = network(part);
    let nodes: Vec<End> = network.nodes.iter().map(end).collect();
    matrix(&Matrix {
        title: "Bytes by source and destination",
        width: if part == LARGE { 912.0 } else { 500.0 },
        height: if part == LARGE { 560.0 } else { 240.0 },
        unit: Unit::Bytes,
        rows: &nodes,
        columns: &nodes,
        cells: &crossings(&flows(&network)),
    })
}

pub fn crowded_grid() -> Scene {
    let (ends, flows) = many(160);
    matrix(&Matrix {
        title: "Bytes by address",
        width: 1100.0,
        height: 640.0,
        unit: Unit::Bytes,
        rows: &ends,
        columns: &ends,
        cells: &crossings(&flows),
    })
}
