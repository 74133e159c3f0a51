//! Places are the same every time, within their boxes, apart from each other, and never fail.

use super::super::samples;
use super::*;

fn placed(graph: FlowGraph) -> Layout {
    layout(&LayoutInput {
        graph,
        width: 1_400.0,
        height: 700.0,
    })
}

/// Nodes in their boxes, boxes in theirs, marks apart, the three zones from left to right.
fn check(graph: &FlowGraph) {
    let layout = placed(graph.clone());
    assert_eq!(layout.nodes.len(), graph.nodes.len());
    assert_eq!(layout.groups.len(), graph.groups.len());
    for (node, at) in graph.nodes.iter().zip(&layout.nodes) {
        let group = layout.groups[node.group];
        assert!(
            group.contains(at.x, at.y),
            "{} at {at:?} is outside {group:?}",
            node.label
        );
    }
    for (group, rect) in graph.groups.iter().zip(&layout.groups) {
        assert!(rect.left >= 0.0 && rect.right <= layout.width && rect.bottom <= layout.height);
        if let Some(parent) = group.parent {
            let outer = layout.groups[parent];
            assert!(outer.union(*rect) == outer, "{} leaves its box", group.name);
        }
    }
    for (i, a) in layout.nodes.iter().enumerate() {
        for b in &layout.nodes[..i] {
            let apart = (a.x - b.x).abs().max((a.y - b.y).abs());
            assert!(apart >= 24.0, "{a:?} and {b:?}");
        }
    }
    let edge_of = |zone: Zone, right: bool| {
        let rects = graph.groups.iter().zip(&layout.groups);
        rects
            .filter(|(g, _)| g.zone == zone)
            .map(|(_, r)| if right { r.right } else { -r.left })
            .fold(f64::NEG_INFINITY, f64::max)
    };
    assert!(edge_of(Zone::Internet, true) <= -edge_of(Zone::Inside, false));
    assert!(edge_of(Zone::Inside, true) <= -edge_of(Zone::AwsServices, false));
}

#[test]
fn a_small_and_a_crowded_network_are_placed_within_their_boxes() {
    check(&samples::network(samples::LARGE));
    check(&samples::crowd());
}

#[test]
fn the_same_graph_gets_the_same_places() {
    let graph = samples::crowd();
    assert_eq!(placed(graph.clone()), placed(graph));
}

#[test]
fn traffic_flows_from_left_to_right() {
    let graph = samples::network(samples::LARGE);
    let layout = placed(graph.clone());
    let x = |name: &str| {
        let at = graph.nodes.iter().position(|n| n.label == name).unwrap();
        layout.nodes[at].x
    };
    let path = ["customers", "alb-prod-web", "app-1", "pg-main", "S3"];
    assert!(path.windows(2).all(|w| x(w[0]) < x(w[1])), "{:?}", path.map(x));
}

#[test]
fn sweeps_untangle_what_need_not_cross() {
    // Ten pairs, the right side in reverse: no crossing is needed.
    let group = |zone| FlowGroup {
        name: String::new(),
        detail: String::new(),
        zone,
        parent: None,
    };
    let node = |i: usize, group: usize| FlowNode {
        id: format!("{group}-{i:02}"),
        label: String::new(),
        sublabel: String::new(),
        group,
        kind: NodeKind::Address,
        weight: if group == 0 { i as Amount } else { -(i as Amount) },
        flagged: false,
    };
    let edge = |i: usize| FlowEdge {
        from: i,
        to: 10 + i,
        accepted: 1,
        rejected: 0,
        label: String::new(),
    };
    let layout = placed(FlowGraph {
        groups: vec![group(Zone::Internet), group(Zone::AwsServices)],
        nodes: (0..20).map(|i| node(i % 10, i / 10)).collect(),
        edges: (0..10).map(edge).collect(),
    });
    let crossings = (0..10)
        .flat_map(|a| (0..a).map(move |b| (a, b)))
        .filter(|&(a, b)| {
            let y = |n: usize| layout.nodes[n].y;
            (y(a) - y(b)) * (y(10 + a) - y(10 + b)) < 0.0
        })
        .count();
    assert_eq!(crossings, 0);
}

#[test]
fn nonsense_is_forgiven() {
    assert_eq!(placed(FlowGraph::default()), Layout::default());
    let mut graph = samples::network(samples::SMALL);
    graph.nodes[0].group = usize::MAX;
    graph.groups[2].parent = Some(usize::MAX);
    graph.groups[3].parent = Some(3);
    graph.groups[4].parent = Some(4);
    graph.edges[0].from = usize::MAX;
    graph.edges[1].to = graph.edges[1].from;
    graph.edges[2].accepted = Amount::MIN;
    let layout = placed(graph.clone());
    assert_eq!(layout.nodes.len(), graph.nodes.len());
    assert!(layout.nodes.iter().all(|p| p.x.is_finite() && p.y.is_finite()));
    let empty = LayoutInput {
        graph,
        width: 0.0,
        height: f64::NAN,
    };
    assert!(super::layout(&empty).width > 0.0);
}

#[test]
fn questions_and_answers_travel() {
    let input = LayoutInput {
        graph: samples::network(samples::SMALL),
        width: 900.0,
        height: 400.0,
    };
    let bytes = postcard::to_allocvec(&input).unwrap();
    assert_eq!(postcard::from_bytes::<LayoutInput>(&bytes).unwrap(), input);
    let answer = layout(&input);
    let bytes = postcard::to_allocvec(&answer).unwrap();
    assert_eq!(postcard::from_bytes::<Layout>(&bytes).unwrap(), answer);
}
