//! What a security group is related to.

use crate::chart::layout::around::around;
use crate::chart::{
    Camera, Chosen, FlowEdge, FlowGraph, FlowGroup, FlowNode, GraphView, NodeKind, Scene, Unit, Zone,
    relations,
};

/// One or two steps around the group, as wide as a page's column.
pub fn neighbourhood(steps: u8) -> Scene {
    let boxes = [
        ("EC2 SecurityGroup", "", 0),
        ("EC2 NetworkInterface", "3", 1),
        ("EC2 VPC", "1", 1),
        ("EC2 Instance", "9", 2),
        ("EC2 Subnet", "1", 2),
    ];
    // Box, label, second line, mark, and what it names.
    let nodes = [
        (
            0,
            "sg-0b1c2d3e4f506172a",
            "bastion-ssh",
            NodeKind::Host,
            1,
            "is associated with",
        ),
        (
            1,
            "eni-0a1b2c3d4e5f60718",
            "no item of its own",
            NodeKind::Address,
            4,
            "is attached to",
        ),
        (
            1,
            "eni-0f1e2d3c4b5a69788",
            "",
            NodeKind::Host,
            0,
            "is associated with",
        ),
        (
            1,
            "eni-0123456789abcdef0",
            "deleted",
            NodeKind::Gone,
            0,
            "is associated with",
        ),
        (
            2,
            "vpc-0d4e5f60718293a4b",
            "a name that is a good deal longer than its box",
            NodeKind::Host,
            0,
            "contains",
        ),
        (3, "i-0a1b2c3d4e5f60718", "bastion", NodeKind::Host, 1, "contains"),
        (3, "8 more", "in the table", NodeKind::Other, 2, "8 relationships"),
        (
            4,
            "subnet-0a1b2c3d",
            "edge-a",
            NodeKind::Host,
            4,
            "is contained in",
        ),
    ];
    let mut graph = FlowGraph::default();
    let (near, far): (Vec<_>, Vec<_>) = boxes.into_iter().partition(|b| b.2 <= steps);
    let steps: Vec<u8> = near.iter().map(|b| b.2).collect();
    for (name, detail, _) in &near {
        graph.groups.push(FlowGroup {
            name: (*name).to_owned(),
            detail: (*detail).to_owned(),
            zone: Zone::Inside,
            parent: None,
        });
    }
    let drawn = nodes.len() - if far.is_empty() { 0 } else { 3 };
    for (n, (group, label, sublabel, kind, names, words)) in nodes.into_iter().take(drawn).enumerate() {
        graph.nodes.push(FlowNode {
            id: n.to_string(),
            label: label.to_owned(),
            sublabel: sublabel.to_owned(),
            group,
            kind,
            weight: if n == 0 { 12 } else { 1 },
            flagged: false,
        });
        graph.edges.push(FlowEdge {
            from: n,
            to: names,
            accepted: 1,
            rejected: 0,
            label: words.to_owned(),
        });
    }
    let placed = around(&graph, &steps, 860.0);
    relations(&GraphView {
        title: "Relationships",
        width: 860.0,
        height: placed.height,
        graph: &graph,
        placed: &placed,
        camera: Camera::fit(&placed, 860.0, placed.height),
        unit: Unit::count("relationships"),
        chosen: Some(Chosen::Node(0)),
    })
}
