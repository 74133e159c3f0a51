//! The edges of a graph: curves as wide as what they carry, and the figures on them.

use super::{Chosen, GraphView, Mark, Says, edge_words, total};
use crate::chart::ink::Ink;
use crate::chart::layout::{FlowEdge, Side};
use crate::chart::scene::{Anchor, Area, Datum, Geometry, Layer, Paint, Point, Rect, Scene, Text};
use crate::chart::ticks::Amount;

/// Points along a curve: enough for any bend at any width.
const SAMPLES: usize = 28;
/// How much of the height all edges together may take.
const FULL: f64 = 0.4;
/// How far an edge of a node to itself goes out.
const LOOP: f64 = 20.0;
/// How wide a relationship is drawn.
const RELATION: f64 = 1.3;
/// Above this many edges all of them get paler, so that the nodes stay in sight.
const CROWD: f64 = 120.0;

/// Draws the edges, quiet ones first, and gives back the curve of each.
pub(super) fn edges(
    scene: &mut Scene,
    view: &GraphView<'_>,
    says: Says,
    nodes: &[Mark<'_>],
) -> Vec<Vec<Point>> {
    let by_amount = widths(view);
    let width = |amount| match says {
        Says::Traffic => by_amount(amount),
        Says::Relations => RELATION,
    };
    let crowd = (CROWD / view.graph.edges.len().max(1) as f64).min(1.0);
    let curves: Vec<Vec<Point>> = view
        .graph
        .edges
        .iter()
        .map(|e| match (nodes.get(e.from), nodes.get(e.to)) {
            (Some(node), Some(_)) if e.from == e.to => loop_at(node),
            (Some(from), Some(to)) => curve(from, to),
            _ => Vec::new(),
        })
        .collect();
    let chosen = |i: usize, e: &FlowEdge| match view.chosen {
        Some(Chosen::Node(n)) => e.from == n || e.to == n,
        Some(Chosen::Edge(at)) => at == i,
        None => false,
    };
    let mut turns: Vec<usize> = (0..view.graph.edges.len()).collect();
    turns.sort_by_key(|&i| {
        let e = &view.graph.edges[i];
        // Wide ones below, so that none hides another.
        (chosen(i, e), std::cmp::Reverse(total(e)), i)
    });
    let first = scene.data.len();
    for (i, edge) in view.graph.edges.iter().enumerate() {
        scene.datum(Datum {
            label: edge_words(view, says, edge),
            series: 1,
            x: i as i64,
            area: Area::Near {
                path: curves[i].clone(),
                reach: (width(edge.accepted.max(edge.rejected)) / 2.0).max(4.0),
            },
            payload: i,
        });
    }
    for i in turns {
        let (edge, path) = (&view.graph.edges[i], &curves[i]);
        let Some(&end) = path.last() else { continue };
        let full = chosen(i, edge);
        let opacity = if full { 1.0 } else { crowd.sqrt().max(0.35) };
        // Where both are there the rejected runs below the accepted.
        let both = edge.accepted > 0 && edge.rejected > 0;
        if edge.accepted > 0 || edge.rejected <= 0 {
            let ink = if full { Ink::Accept } else { Ink::AcceptQuiet };
            let paint = Paint::line(width(edge.accepted));
            let shape = scene.add(Layer::Data, ink, paint, Geometry::Path(path.clone()));
            shape.datum = Some(first + i);
            shape.opacity = opacity;
            if let Some(head) = head(path, width(edge.accepted)) {
                let shape = scene.add(Layer::Data, ink, Paint::Fill, head);
                shape.datum = Some(first + i);
                shape.opacity = opacity;
            }
        }
        if edge.rejected > 0 {
            let down = if both {
                width(edge.accepted) / 2.0 + 2.5
            } else {
                0.0
            };
            let ink = if full { Ink::Reject } else { Ink::RejectQuiet };
            let below: Vec<Point> = path.iter().map(|p| Point::new(p.x, p.y + down)).collect();
            let paint = Paint::dashed(width(edge.rejected).min(4.0), 5.0, 3.0);
            let shape = scene.add(Layer::Data, ink, paint, Geometry::Path(below));
            shape.datum = Some(first + i);
            shape.opacity = opacity;
            let (x, y) = (end.x.round(), end.y + down);
            let stop = Rect::new(x - 1.5, y - 4.5, x + 1.0, y + 4.5);
            scene.fill(Layer::Rule, Ink::Reject, stop).datum = Some(first + i);
        }
    }
    curves
}

/// How wide an amount is drawn. All edges together are at most [`FULL`] of the height wide, so that many equal ones are
/// no block.
fn widths(view: &GraphView<'_>) -> impl Fn(Amount) -> f64 {
    let edges = &view.graph.edges;
    let most = edges.iter().map(|e| e.accepted.max(e.rejected)).max();
    let most = most.unwrap_or(0).max(1) as f64;
    let share = move |amount: Amount| (amount.max(0) as f64 / most).sqrt();
    let all: f64 = edges.iter().map(|e| share(e.accepted) + share(e.rejected)).sum();
    let room = FULL * view.height;
    let least = (room / 2.0 / edges.len().max(1) as f64).clamp(0.5, 1.0);
    let left = (room - least * edges.len() as f64).max(0.0);
    let widest = (6.0 * view.camera.scale.clamp(0.4, 1.0))
        .min(left / all.max(1e-9))
        .max(0.5);
    move |amount| least + widest * share(amount)
}

/// The triangle at the end of a path that says which way it leads.
fn head(path: &[Point], width: f64) -> Option<Geometry> {
    let (&tip, &before) = (path.last()?, path.get(path.len().checked_sub(3)?)?);
    let (dx, dy) = (tip.x - before.x, tip.y - before.y);
    let long = dx.hypot(dy);
    if long.is_nan() || long <= 0.0 {
        return None;
    }
    let (dx, dy) = (dx / long, dy / long);
    let (length, half) = (5.0 + width * 0.8, 2.5 + width * 0.6);
    let base = Point::new(tip.x - dx * length, tip.y - dy * length);
    let corner = |way: f64| Point::new(base.x - dy * half * way, base.y + dx * half * way);
    // The tip goes a little further than the line, which would else blunt it.
    let tip = Point::new(tip.x + dx * 2.0, tip.y + dy * 2.0);
    Some(Geometry::Polygon(vec![tip, corner(1.0), corner(-1.0)]))
}

/// From a node back to itself: over its top.
fn loop_at(node: &Mark<'_>) -> Vec<Point> {
    let (r, at) = (node.reach() * 0.7, node.at);
    let (start, end) = (
        Point::new(at.x - r, at.y - r),
        Point::new(at.x + r, at.y - r - 2.0),
    );
    let top = at.y - r - LOOP;
    bent(
        start,
        Point::new(at.x - r - LOOP * 0.8, top),
        Point::new(at.x + r + LOOP * 0.8, top),
        end,
    )
}

/// A level start and a level end, whichever way it leads; between nodes above each other it bulges away from labels.
fn curve(from: &Mark<'_>, to: &Mark<'_>) -> Vec<Point> {
    let (dx, level) = (to.at.x - from.at.x, (to.at.x - from.at.x).abs());
    let near = level < from.reach() + to.reach() + 16.0;
    let away = if from.side == Side::Right { -1.0 } else { 1.0 };
    let side = if near { away } else { dx.signum() };
    let start = Point::new(from.at.x + side * from.reach(), from.at.y);
    let back = if near { away } else { -side };
    let end = Point::new(to.at.x + back * (to.reach() + 3.0), to.at.y);
    let bend = if near {
        (24.0 + (end.y - start.y).abs() * 0.12).min(72.0)
    } else {
        (end.x - start.x).abs() * 0.5
    };
    let c1 = Point::new(start.x + side * bend, start.y);
    let c2 = Point::new(end.x + back * bend, end.y);
    bent(start, c1, c2, end)
}

/// Points of a cubic Bézier curve.
fn bent(start: Point, c1: Point, c2: Point, end: Point) -> Vec<Point> {
    (0..=SAMPLES)
        .map(|i| {
            let t = i as f64 / SAMPLES as f64;
            let u = 1.0 - t;
            let mix = |a: f64, b: f64, c: f64, d: f64| {
                u * u * u * a + 3.0 * u * u * t * b + 3.0 * u * t * t * c + t * t * t * d
            };
            Point::new(mix(start.x, c1.x, c2.x, end.x), mix(start.y, c1.y, c2.y, end.y))
        })
        .collect()
}

/// The figures of the heaviest edges (of those chosen, where any are) in boxes on them, as many as find room; gives back
/// the room they took.
pub(super) fn figures(
    scene: &mut Scene,
    view: &GraphView<'_>,
    curves: &[Vec<Point>],
    nodes: &[Mark<'_>],
) -> Vec<Rect> {
    const MOST: usize = 5;
    let marks: Vec<Rect> = nodes.iter().map(|m| Rect::around(m.at, m.radius)).collect();
    let mut chosen: Vec<usize> = match view.chosen {
        Some(Chosen::Edge(i)) => vec![i],
        Some(Chosen::Node(n)) => {
            let at = |i: &usize| view.graph.edges.get(*i).is_some_and(|e| e.from == n || e.to == n);
            (0..view.graph.edges.len()).filter(at).collect()
        }
        None => (0..view.graph.edges.len()).collect(),
    };
    chosen.sort_by_key(|&i| std::cmp::Reverse(view.graph.edges.get(i).map_or(0, total)));
    let mut taken: Vec<Rect> = Vec::new();
    for i in chosen.into_iter().take(MOST) {
        let (Some(edge), Some(path)) = (view.graph.edges.get(i), curves.get(i)) else {
            continue;
        };
        let rejected = edge.accepted <= 0 && edge.rejected > 0;
        let amount = view
            .unit
            .short(if rejected { edge.rejected } else { edge.accepted } as f64);
        let words = match (rejected, edge.label.as_str()) {
            (false, "") => amount,
            (false, label) => format!("{amount} · {label}"),
            (true, "") => format!("{amount} rejected"),
            (true, label) => format!("{amount} rejected · {label}"),
        };
        let spot = [SAMPLES / 2, SAMPLES / 3, SAMPLES * 2 / 3]
            .into_iter()
            .find_map(|at| {
                let p = path.get(at)?;
                let text = Text::new(p.x, p.y, words.as_str())
                    .strong()
                    .anchor(Anchor::Middle);
                let bounds = text.bounds();
                let room = Rect::new(bounds.left - 8.0, p.y - 9.0, bounds.right + 8.0, p.y + 9.0);
                (!taken.iter().chain(&marks).any(|t| t.overlaps(room))).then_some((text, room))
            });
        if let Some((text, room)) = spot {
            taken.push(room);
            let shape = Geometry::Rect {
                rect: room,
                radius: 3.0,
            };
            let ink = if rejected { Ink::Reject } else { Ink::Accept };
            scene.add(Layer::Label, Ink::GroundOverlay, Paint::Fill, shape.clone());
            scene.add(Layer::Label, ink, Paint::line(1.0), shape);
            scene.text(Ink::Ink, text);
        }
    }
    taken
}
