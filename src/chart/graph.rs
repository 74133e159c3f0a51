//! Who talks to whom? A node-link picture of a placed flow graph, at the zoom the page is at.

use super::ink::Ink;
use super::layout::place::HEAD;
use super::layout::{FlowEdge, FlowGraph, FlowNode, Layout, NodeKind, Side};
use super::links;
use super::scene::{
    Anchor, Area, Datum, Geometry, Layer, LegendItem, Paint, Point, Rect, Scene, TableTwin, Text, Walk,
    text_width,
};
use super::ticks::{Amount, Unit};
use crate::base::size;

/// How the layout's pixels become the scene's: scaled, then moved. Marks and text keep their size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    pub scale: f64,
    pub dx: f64,
    pub dy: f64,
}

impl Camera {
    /// The whole layout in the middle of a scene of this size, never magnified.
    pub fn fit(placed: &Layout, width: f64, height: f64) -> Self {
        let scale = (width / placed.width.max(1.0))
            .min(height / placed.height.max(1.0))
            .clamp(0.05, 1.0);
        Camera {
            scale,
            dx: (width - placed.width * scale) / 2.0,
            dy: (height - placed.height * scale) / 2.0,
        }
    }

    pub fn place(&self, p: Point) -> Point {
        Point::new(p.x * self.scale + self.dx, p.y * self.scale + self.dy)
    }

    /// The layout pixel under a scene pixel: where a dragged node goes.
    pub fn unplace(&self, p: Point) -> Point {
        let scale = self.scale.max(1e-6);
        Point::new((p.x - self.dx) / scale, (p.y - self.dy) / scale)
    }

    fn rect(&self, r: Rect) -> Rect {
        let (a, b) = (
            self.place(Point::new(r.left, r.top)),
            self.place(Point::new(r.right, r.bottom)),
        );
        Rect::new(a.x.round(), a.y.round(), b.x.round(), b.y.round())
    }
}

/// What is chosen, and so drawn in full and with its figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chosen {
    Node(usize),
    Edge(usize),
}

#[derive(Clone, Debug)]
pub struct GraphView<'a> {
    /// `Traffic by subnet`
    pub title: &'a str,
    /// Scene pixels.
    pub width: f64,
    pub height: f64,
    pub graph: &'a FlowGraph,
    pub placed: &'a Layout,
    pub camera: Camera,
    /// The measure of the edges.
    pub unit: Unit,
    pub chosen: Option<Chosen>,
}

/// Points along a curve: enough for any bend at any width.
const SAMPLES: usize = 28;
/// How much of the height all edges together may take.
const FULL: f64 = 0.4;
/// How far an edge of a node to itself goes out.
const LOOP: f64 = 20.0;
/// Above this many edges all of them get paler, so that the nodes stay in sight.
const CROWD: f64 = 120.0;

/// Draws a placed graph. The data are first the nodes (series 0), then the edges (series 1); a payload is the index in
/// the graph's own list.
pub fn graph(view: &GraphView<'_>) -> Scene {
    let mut scene = Scene::new(view.width, view.height);
    let heaviest = view
        .graph
        .nodes
        .iter()
        .map(|n| n.weight)
        .max()
        .unwrap_or(0)
        .max(1);
    let nodes: Vec<Mark> = view
        .graph
        .nodes
        .iter()
        .enumerate()
        .map(|(i, node)| Mark::new(view, i, node, heaviest))
        .collect();
    groups(&mut scene, view);
    for (i, mark) in nodes.iter().enumerate() {
        let datum = Datum {
            label: mark.words(view, i),
            series: 0,
            x: i as i64,
            area: Area::Rect(Rect::around(mark.at, mark.radius.max(8.0) + 4.0)),
            payload: i,
        };
        scene.datum(datum);
    }
    let curves = edges(&mut scene, view, &nodes);
    for (i, mark) in nodes.iter().enumerate() {
        mark.draw(&mut scene, i, view.chosen == Some(Chosen::Node(i)));
    }
    let mut taken = figures(&mut scene, view, &curves, &nodes);
    labels(&mut scene, view, &nodes, &mut taken);
    let ends: Vec<(usize, usize)> = view.graph.edges.iter().map(|e| (e.from, e.to)).collect();
    let places: Vec<Point> = nodes.iter().map(|m| m.at).collect();
    let amounts: Vec<Amount> = view.graph.edges.iter().map(total).collect();
    scene.walk = Walk::Links(links::walk(&places, &ends, &amounts));
    scene.summary = summary(view);
    scene.table = table(view);
    scene.legend = legend(view);
    scene.plot = Rect::new(0.0, 0.0, scene.width, scene.height);
    scene.finish()
}

/// Everything an edge carried or was denied.
fn total(edge: &FlowEdge) -> Amount {
    edge.accepted.max(0).saturating_add(edge.rejected.max(0))
}

fn groups(scene: &mut Scene, view: &GraphView<'_>) {
    for (i, group) in view.graph.groups.iter().enumerate() {
        let Some(&rect) = view.placed.groups.get(i) else {
            continue;
        };
        let rect = view.camera.rect(rect);
        let nested = group.parent.is_some();
        let ground = if nested { Ink::GroundRaised } else { Ink::Ground };
        let shape = Geometry::Rect { rect, radius: 6.0 };
        scene.add(Layer::Back, ground, Paint::Fill, shape.clone());
        scene.add(Layer::Back, Ink::Line, Paint::line(1.0), shape);
        let (name_width, detail_width) = (
            text_width(&group.name, 11.0, false, true),
            text_width(&group.detail, 10.0, true, false),
        );
        let y = rect.top + 12.0;
        // A head made smaller than its text names only the outermost box.
        if nested && HEAD * view.camera.scale < 13.0 {
            continue;
        }
        if rect.width() > name_width + 14.0 && rect.height() > 18.0 {
            scene.text(
                Ink::InkQuiet,
                Text::new(rect.left + 9.0, y, group.name.as_str()).strong(),
            );
        }
        if rect.width() > name_width + detail_width + 22.0 && rect.height() > 18.0 {
            let text = Text::new(rect.right - 9.0, y, group.detail.as_str())
                .anchor(Anchor::End)
                .size(10.0)
                .mono();
            scene.text(Ink::InkFaint, text);
        }
    }
}

/// A node on the scene.
struct Mark<'a> {
    node: &'a FlowNode,
    at: Point,
    radius: f64,
    /// Where its label stands.
    side: Side,
    /// What it stands on.
    ground: Ink,
}

impl<'a> Mark<'a> {
    fn new(view: &GraphView<'_>, index: usize, node: &'a FlowNode, most: Amount) -> Self {
        let share = (node.weight.max(0) as f64 / most as f64).sqrt();
        let at = view.placed.nodes.get(index).copied().unwrap_or_default();
        Mark {
            node,
            at: view.camera.place(at),
            // A picture made small keeps marks that can still be told apart.
            radius: (4.5 + 5.5 * share) * view.camera.scale.clamp(0.6, 1.0),
            side: view.placed.sides.get(node.group).copied().unwrap_or_default(),
            ground: match view.graph.groups.get(node.group) {
                Some(group) if group.parent.is_none() => Ink::Ground,
                _ => Ink::GroundRaised,
            },
        }
    }

    /// Half of what edges keep clear of on the left and right.
    fn reach(&self) -> f64 {
        match self.node.kind {
            NodeKind::Gateway => self.radius + 3.0,
            NodeKind::Other => self.radius + 4.0,
            _ => self.radius + 2.0,
        }
    }

    fn words(&self, view: &GraphView<'_>, index: usize) -> String {
        let (mut accepted, mut rejected, mut count): (Amount, Amount, Amount) = (0, 0, 0);
        for e in view
            .graph
            .edges
            .iter()
            .filter(|e| e.from == index || e.to == index)
        {
            accepted = accepted.saturating_add(e.accepted.max(0));
            rejected = rejected.saturating_add(e.rejected.max(0));
            count += 1;
        }
        let detail = match self.node.sublabel.as_str() {
            "" => String::new(),
            sub => format!(" ({sub})"),
        };
        let flagged = if self.node.flagged { ", flagged" } else { "" };
        format!(
            "{}{detail}: {} accepted, {} rejected, {}{flagged}",
            self.node.label,
            view.unit.long(accepted),
            view.unit.long(rejected),
            Unit::count("edges").long(count)
        )
    }

    fn draw(&self, scene: &mut Scene, datum: usize, chosen: bool) {
        let r = self.radius;
        let circle = |radius: f64| Geometry::Circle {
            center: self.at,
            radius,
        };
        // The mark's outline, `more` larger than the mark.
        let outline = |more: f64| match self.node.kind {
            NodeKind::Gateway => Geometry::Rect {
                rect: Rect::new(
                    self.at.x - r * 1.2 - more,
                    self.at.y - r * 0.95 - more,
                    self.at.x + r * 1.2 + more,
                    self.at.y + r * 0.95 + more,
                ),
                radius: 2.0 + more,
            },
            NodeKind::Service => Geometry::Rect {
                rect: Rect::around(self.at, r * 0.9 + more),
                radius: 1.5 + more,
            },
            _ => circle(r + more),
        };
        let fill = match self.node.kind {
            _ if chosen => Ink::Accent,
            _ if self.node.flagged => Ink::SeverityCritical,
            NodeKind::Address => Ink::GroundRaised,
            NodeKind::Other => Ink::GroundSunken,
            NodeKind::Service => Ink::Series4,
            NodeKind::Named | NodeKind::Host | NodeKind::Gateway => Ink::InkQuiet,
        };
        let mut add = |ink: Ink, paint: Paint, geometry: Geometry| {
            scene.add(Layer::Rule, ink, paint, geometry).datum = Some(datum);
        };
        // A rim of the ground sets the mark off from edges that pass behind it.
        add(Ink::GroundRaised, Paint::Fill, outline(1.5));
        if self.node.kind == NodeKind::Other {
            let dashes = Paint::dashed(1.5, 2.0, 1.5);
            let behind = Geometry::Circle {
                center: Point::new(self.at.x + 3.0, self.at.y - 3.0),
                radius: r,
            };
            add(fill, Paint::Fill, behind.clone());
            add(Ink::LineControl, dashes, behind);
            add(fill, Paint::Fill, outline(0.0));
            add(Ink::LineControl, dashes, outline(0.0));
        } else {
            add(fill, Paint::Fill, outline(0.0));
        }
        if fill == Ink::GroundRaised {
            add(Ink::InkQuiet, Paint::line(1.5), outline(0.0));
        }
        if chosen {
            add(Ink::Focus, Paint::line(2.0), circle(r + 4.0));
        }
        if self.node.flagged {
            let top = Point::new(self.at.x + r, self.at.y - r - 8.0);
            let corners = vec![
                top,
                Point::new(top.x + 5.0, top.y + 9.0),
                Point::new(top.x - 5.0, top.y + 9.0),
            ];
            add(Ink::SeverityCritical, Paint::Fill, Geometry::Polygon(corners));
        }
    }

    /// The node's label, then its second line where it has one.
    fn texts(&self, chosen: bool) -> Vec<(Ink, Text)> {
        let ground = self.ground;
        let two = !self.node.sublabel.is_empty();
        let beside = if two { -4.0 } else { 0.0 };
        let (x, y, anchor) = match self.side {
            Side::Left => (self.at.x - self.reach() - 5.0, self.at.y + beside, Anchor::End),
            Side::Right => (self.at.x + self.reach() + 5.0, self.at.y + beside, Anchor::Start),
            Side::Below => (self.at.x, self.at.y + self.radius + 10.0, Anchor::Middle),
        };
        let mut label = Text::new(x, y, self.node.label.as_str())
            .anchor(anchor)
            .halo(ground);
        label.strong = chosen || self.node.flagged;
        let mut texts = vec![(Ink::Ink, label)];
        if two {
            let sub = Text::new(x, y + 12.0, self.node.sublabel.as_str())
                .anchor(anchor)
                .size(10.0)
                .halo(ground);
            texts.push((Ink::InkFaint, sub));
        }
        texts
    }
}

/// Draws the edges, quiet ones first, and gives back the curve of each.
fn edges(scene: &mut Scene, view: &GraphView<'_>, nodes: &[Mark<'_>]) -> Vec<Vec<Point>> {
    let width = widths(view);
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
            label: edge_words(view, edge),
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

fn name(view: &GraphView<'_>, node: usize) -> String {
    view.graph
        .nodes
        .get(node)
        .map_or_else(String::new, |n| n.label.clone())
}

fn edge_words(view: &GraphView<'_>, edge: &FlowEdge) -> String {
    let label = if edge.label.is_empty() {
        String::new()
    } else {
        format!(", {}", edge.label)
    };
    format!(
        "{} → {}{label}: {} accepted, {} rejected",
        name(view, edge.from),
        name(view, edge.to),
        view.unit.long(edge.accepted),
        view.unit.long(edge.rejected)
    )
}

/// The figures of the heaviest edges (of those chosen, where any are) in boxes on them, as many as find room; gives back
/// the room they took.
fn figures(scene: &mut Scene, view: &GraphView<'_>, curves: &[Vec<Point>], nodes: &[Mark<'_>]) -> Vec<Rect> {
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

/// Labels where they find room: chosen and flagged first, then the heaviest. A label hides before it collides.
fn labels(scene: &mut Scene, view: &GraphView<'_>, nodes: &[Mark<'_>], taken: &mut Vec<Rect>) {
    let chosen = |i: usize| match view.chosen {
        Some(Chosen::Node(n)) => n == i,
        Some(Chosen::Edge(e)) => view.graph.edges.get(e).is_some_and(|e| e.from == i || e.to == i),
        None => false,
    };
    let mut turns: Vec<usize> = (0..nodes.len()).collect();
    turns.sort_by_key(|&i| {
        let node = nodes[i].node;
        let key = (chosen(i), node.flagged, node.weight);
        (std::cmp::Reverse(key), i)
    });
    let marks: Vec<Rect> = nodes.iter().map(|m| Rect::around(m.at, m.radius)).collect();
    let seen = Rect::new(0.0, 0.0, scene.width, scene.height);
    for i in turns {
        let texts = nodes[i].texts(chosen(i));
        for (ink, text) in texts {
            let room = text.bounds();
            let own = |other: usize| other == i;
            let free = seen.contains(room.left, room.top)
                && seen.contains(room.right, room.bottom)
                && !taken.iter().any(|t| t.overlaps(room))
                && !marks.iter().enumerate().any(|(o, m)| !own(o) && m.overlaps(room));
            if !free {
                break;
            }
            taken.push(room);
            scene.text(ink, text).datum = Some(i);
        }
    }
}

fn sums(view: &GraphView<'_>) -> (Amount, Amount) {
    view.graph
        .edges
        .iter()
        .fold((0, 0), |(a, r): (Amount, Amount), e| {
            (
                a.saturating_add(e.accepted.max(0)),
                r.saturating_add(e.rejected.max(0)),
            )
        })
}

fn legend(view: &GraphView<'_>) -> Vec<LegendItem> {
    let (accepted, rejected) = sums(view);
    [
        ("accepted", Ink::Accept, false, accepted),
        ("rejected", Ink::Reject, true, rejected),
    ]
    .map(|(name, ink, hatched, total)| LegendItem {
        name: name.to_owned(),
        ink,
        hatched,
        total: view.unit.short(total as f64),
    })
    .into()
}

fn summary(view: &GraphView<'_>) -> String {
    let (accepted, rejected) = sums(view);
    let mut text = format!(
        "{}: {}, {}; {} accepted, {} rejected.",
        view.title,
        Unit::count("nodes").long(view.graph.nodes.len() as Amount),
        Unit::count("edges").long(view.graph.edges.len() as Amount),
        view.unit.long(accepted),
        view.unit.long(rejected)
    );
    if let Some(most) = view.graph.edges.iter().max_by_key(|e| total(e)) {
        text.push_str(&format!(" Most: {}.", edge_words(view, most)));
    }
    text
}

fn table(view: &GraphView<'_>) -> TableTwin {
    let unit = view.unit.column();
    let heads = [
        "From".to_owned(),
        "To".into(),
        "What".into(),
        format!("#Accepted, {unit}"),
        format!("#Rejected, {unit}"),
    ];
    let mut table = TableTwin::with_columns(heads);
    for e in &view.graph.edges {
        let figures = [e.accepted, e.rejected].map(size::count);
        let mut row = vec![name(view, e.from), name(view, e.to), e.label.clone()];
        row.extend(figures);
        table.rows.push(row);
    }
    table
}
