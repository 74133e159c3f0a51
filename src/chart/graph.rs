//! Who talks to whom? A node-link picture of a placed flow graph, at the zoom the page is at.

mod edges;

use super::ink::Ink;
use super::layout::place::HEAD;
use super::layout::{FlowEdge, FlowGraph, FlowNode, Layout, NodeKind, Side};
use super::links;
use super::scene::{
    Anchor, Area, Datum, Geometry, Layer, LegendItem, Paint, Point, Rect, Scene, TICK_SIZE, TableTwin, Text,
    Walk, clip, text_width,
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

    /// What has to be done to a picture taken at `was` to have it as this camera sees it, but for the size of marks and text:
    /// scale and shift.
    pub fn since(&self, was: &Camera) -> Camera {
        let scale = self.scale / was.scale.max(1e-6);
        Camera {
            scale,
            dx: self.dx - was.dx * scale,
            dy: self.dy - was.dy * scale,
        }
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

/// What the edges of a graph stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    /// Amounts that were accepted or rejected.
    Traffic,
    /// That one names the other; an edge's label says as what. Amounts only tell marks apart by size.
    Relations,
}

/// Draws a placed graph. The data are first the nodes (series 0), then the edges (series 1); a payload is the index in
/// the graph's own list.
pub fn graph(view: &GraphView<'_>) -> Scene {
    drawn(view, Says::Traffic)
}

/// Draws a placed graph whose edges are relationships. Data and payloads are those of [`graph`].
pub fn relations(view: &GraphView<'_>) -> Scene {
    drawn(view, Says::Relations)
}

fn drawn(view: &GraphView<'_>, says: Says) -> Scene {
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
    groups(&mut scene, view, says);
    for (i, mark) in nodes.iter().enumerate() {
        let datum = Datum {
            label: mark.words(view, says, i),
            series: 0,
            x: i as i64,
            area: Area::Rect(Rect::around(mark.at, mark.radius.max(8.0) + 4.0)),
            payload: i,
        };
        scene.datum(datum);
    }
    let curves = edges::edges(&mut scene, view, says, &nodes);
    for (i, mark) in nodes.iter().enumerate() {
        mark.draw(&mut scene, i, view.chosen == Some(Chosen::Node(i)));
    }
    let mut taken = match says {
        Says::Traffic => edges::figures(&mut scene, view, &curves, &nodes),
        Says::Relations => Vec::new(),
    };
    labels(&mut scene, view, says, &nodes, &mut taken);
    let ends: Vec<(usize, usize)> = view.graph.edges.iter().map(|e| (e.from, e.to)).collect();
    let places: Vec<Point> = nodes.iter().map(|m| m.at).collect();
    let amounts: Vec<Amount> = view.graph.edges.iter().map(total).collect();
    scene.walk = Walk::Links(links::walk(&places, &ends, &amounts));
    match says {
        Says::Traffic => {
            scene.summary = summary(view);
            scene.table = table(view);
            scene.legend = legend(view);
        }
        Says::Relations => {
            scene.summary = related(view);
            scene.table = relationships(view);
        }
    }
    scene.plot = Rect::new(0.0, 0.0, scene.width, scene.height);
    scene.finish()
}

/// Everything an edge carried or was denied.
fn total(edge: &FlowEdge) -> Amount {
    edge.accepted.max(0).saturating_add(edge.rejected.max(0))
}

fn groups(scene: &mut Scene, view: &GraphView<'_>, says: Says) {
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
        let detail_width = text_width(&group.detail, 10.0, true, false);
        let name = match says {
            Says::Traffic => group.name.clone(),
            // Its type is what a box is there for.
            Says::Relations => {
                let room = (rect.width() - detail_width - 26.0).max(0.0);
                clip(&group.name, 11.0, room, true)
            }
        };
        let name_width = text_width(&name, 11.0, false, true);
        let y = rect.top + 12.0;
        // A head made smaller than its text names only the outermost box.
        if nested && HEAD * view.camera.scale < 13.0 {
            continue;
        }
        if rect.width() > name_width + 14.0 && rect.height() > 18.0 {
            scene.text(Ink::InkQuiet, Text::new(rect.left + 9.0, y, name).strong());
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

    fn words(&self, view: &GraphView<'_>, says: Says, index: usize) -> String {
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
        if says == Says::Relations {
            let count = Unit::count("relationships").long(count);
            return format!("{}{detail}: {count}{flagged}", self.node.label);
        }
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
            NodeKind::Address | NodeKind::Gone => Ink::GroundRaised,
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
        if self.node.kind == NodeKind::Gone {
            let ink = if chosen { Ink::InkInverse } else { Ink::InkQuiet };
            let (center, half) = (self.at, r * 0.6);
            add(ink, Paint::line(1.5), Geometry::Cross { center, half });
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

    /// The node's label, then its second line where it has one; in a box of relationships no wider than `room` on the
    /// label's side.
    fn texts(&self, chosen: bool, room: Option<f64>) -> Vec<(Ink, Text)> {
        let ground = self.ground;
        let two = !self.node.sublabel.is_empty();
        let beside = if two { -4.0 } else { 0.0 };
        let (x, y, anchor) = match self.side {
            Side::Left => (self.at.x - self.reach() - 5.0, self.at.y + beside, Anchor::End),
            Side::Right => (self.at.x + self.reach() + 5.0, self.at.y + beside, Anchor::Start),
            Side::Below => (self.at.x, self.at.y + self.radius + 10.0, Anchor::Middle),
        };
        let strong = chosen || self.node.flagged;
        // What would begin outside of the picture is cut rather than left out.
        let shown = match self.side {
            Side::Left => clip(&self.node.label, TICK_SIZE, (x - 2.0).max(0.0), strong),
            _ => self.node.label.clone(),
        };
        let fits = |text: &str, size: f64| match room {
            Some(room) => clip(text, size, room, strong),
            None => text.to_owned(),
        };
        let shown = fits(&shown, TICK_SIZE);
        let mut label = Text::new(x, y, shown).anchor(anchor).halo(ground);
        label.strong = strong;
        let mut texts = vec![(Ink::Ink, label)];
        if two {
            // Apart enough from the label to find room beside it.
            let below = if room.is_some() { 13.0 } else { 12.0 };
            let sub = Text::new(x, y + below, fits(&self.node.sublabel, 10.0))
                .anchor(anchor)
                .size(10.0)
                .halo(ground);
            texts.push((Ink::InkFaint, sub));
        }
        texts
    }
}

impl Mark<'_> {
    /// How wide a label may be that stays in the box of its node.
    fn room(&self, view: &GraphView<'_>) -> Option<f64> {
        const INNER: f64 = 6.0;
        let own = view.camera.rect(*view.placed.groups.get(self.node.group)?);
        let room = match self.side {
            Side::Left => self.at.x - self.reach() - 5.0 - own.left,
            Side::Right => own.right - self.at.x - self.reach() - 5.0,
            Side::Below => 2.0 * (self.at.x - own.left).min(own.right - self.at.x),
        };
        Some((room - INNER).max(0.0))
    }
}

fn name(view: &GraphView<'_>, node: usize) -> String {
    view.graph
        .nodes
        .get(node)
        .map_or_else(String::new, |n| n.label.clone())
}

fn edge_words(view: &GraphView<'_>, says: Says, edge: &FlowEdge) -> String {
    if says == Says::Relations {
        let (from, to) = (name(view, edge.from), name(view, edge.to));
        return format!("{from} → {to}: {}", edge.label);
    }
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

/// Labels where they find room: chosen and flagged first, then the heaviest. A label hides before it collides.
fn labels(scene: &mut Scene, view: &GraphView<'_>, says: Says, nodes: &[Mark<'_>], taken: &mut Vec<Rect>) {
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
        let room = (says == Says::Relations).then(|| nodes[i].room(view)).flatten();
        let texts = nodes[i].texts(chosen(i), room);
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
        text.push_str(&format!(" Most: {}.", edge_words(view, Says::Traffic, most)));
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

fn related(view: &GraphView<'_>) -> String {
    format!(
        "{}: {}, {}.",
        view.title,
        Unit::count("resources").long(view.graph.nodes.len() as Amount),
        Unit::count("relationships").long(view.graph.edges.len() as Amount)
    )
}

fn relationships(view: &GraphView<'_>) -> TableTwin {
    let mut table = TableTwin::with_columns(["From", "Relationship", "To"]);
    let row = |e: &FlowEdge| vec![name(view, e.from), e.label.clone(), name(view, e.to)];
    table.rows = view.graph.edges.iter().map(row).collect();
    table
}
