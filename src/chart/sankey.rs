//! From whom, through what, to whom? Ribbons between two or three columns, as wide as what they carry.

mod place;

use std::collections::BTreeMap;

use super::ink::Ink;
use super::links;
use super::pairs::{self, End, OTHERS, Side, Sum};
use super::scene::{
    Anchor, Area, Datum, Geometry, Layer, Paint, Point, Rect, Scene, TICK_SIZE, Text, Walk, clip, text_width,
};
use super::ticks::{Amount, Unit};
use place::{Placed, Seats};

/// Ends of a column that are drawn at most, the others among them.
const MOST: usize = 24;
/// Height an end needs with its label, in scene pixels.
const ROW: f64 = 19.0;
/// Above this many ribbons fewer ends get a place of their own.
const RIBBONS: usize = 600;
/// Between a bar and its label.
const PAD: f64 = 7.0;
/// What the amounts at the outer edges need; they are left out of narrower charts.
const AMOUNTS: f64 = 62.0;
const NARROW: f64 = 560.0;
/// No name is cut shorter than this.
const SHORTEST: f64 = 16.0;
/// Narrower parts of a ribbon are a line.
const LINE: f64 = 3.0;

/// What went from one end to another, each an index in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ribbon {
    pub from: usize,
    /// What it passed in the middle; ignored where there is no middle.
    pub through: Option<usize>,
    pub to: usize,
    pub accepted: Amount,
    pub rejected: Amount,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Left,
    Middle,
    Right,
}

/// Something on a Sankey chart by the caller's own indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picked {
    End(Column, usize),
    /// The ribbon of this flow.
    Flow(usize),
}

#[derive(Clone, Debug)]
pub struct Sankey<'a> {
    /// `Traffic by source and destination`
    pub title: &'a str,
    /// Scene pixels.
    pub width: f64,
    pub height: f64,
    pub unit: Unit,
    pub left: &'a [End],
    /// Services, say; empty for two columns.
    pub middle: &'a [End],
    pub right: &'a [End],
    /// Any order; those that connect the same ends are one ribbon.
    pub flows: &'a [Ribbon],
    /// Drawn in full, all else pale.
    pub chosen: Option<Picked>,
}

impl Sankey<'_> {
    fn columns(&self) -> Vec<(Column, &[End])> {
        let all = [
            (Column::Left, self.left),
            (Column::Middle, self.middle),
            (Column::Right, self.right),
        ];
        let drawn = |(column, ends): &(Column, &[End])| *column != Column::Middle || !ends.is_empty();
        all.into_iter().filter(drawn).collect()
    }

    /// What a datum of this chart stands for; none for what is drawn together.
    pub fn picked(&self, datum: &Datum) -> Option<Picked> {
        if datum.payload >= OTHERS {
            return None;
        }
        if datum.series == 1 {
            return Some(Picked::Flow(datum.payload));
        }
        let mut index = datum.payload;
        for (column, ends) in self.columns() {
            if index < ends.len() {
                return Some(Picked::End(column, index));
            }
            index -= ends.len();
        }
        None
    }
}

/// A ribbon that is drawn: everything that took the same way.
struct Band {
    /// Its seat in each column.
    seats: Vec<usize>,
    sum: Sum,
    payload: usize,
    chosen: bool,
}

/// What is drawn, before it has a place.
struct Plan<'a> {
    input: &'a Sankey<'a>,
    columns: Vec<(Column, Side<'a>)>,
    /// Largest first.
    bands: Vec<Band>,
}

/// Lays the ribbons out. The data are first the ends (series 0), a payload being the index in left, middle and right one
/// after the other; then the ribbons (series 1) with the index of their first flow. From [`OTHERS`](pairs::OTHERS) on a
/// payload stands for several ends together; [`Sankey::picked`] tells them apart.
pub fn sankey(input: &Sankey<'_>) -> Scene {
    let mut scene = Scene::new(input.width, input.height);
    let plan = Plan::new(input, scene.height);
    let (left, right) = plan.margins();
    let ways: Vec<(&[usize], Sum)> = plan.bands.iter().map(|b| (b.seats.as_slice(), b.sum)).collect();
    let seats = |(_, side): &(Column, Side<'_>)| Seats {
        count: side.len(),
        others: side.shared(),
    };
    let seats: Vec<Seats> = plan.columns.iter().map(seats).collect();
    let frame = Rect::new(left, 0.0, scene.width - right, scene.height);
    let placed = place::place(&seats, &ways, frame);
    ends(&mut scene, &plan, &placed);
    ribbons(&mut scene, &plan, &placed);
    labels(&mut scene, &plan, &placed);
    scene.walk = Walk::Links(walk(&plan, &placed));
    scene.summary = plan.summary();
    let heads: &[&str] = match plan.columns.len() {
        3 => &["From", "Through", "To"],
        _ => &["From", "To"],
    };
    let rows = plan.bands.iter().map(|band| (plan.names(band), band.sum));
    scene.table = pairs::table(heads, &input.unit, rows);
    scene.legend = plan.total().legend(&input.unit, Ink::Accept);
    scene.plot = Rect::new(0.0, 0.0, scene.width, scene.height);
    scene.finish()
}

impl<'a> Plan<'a> {
    fn new(input: &'a Sankey<'a>, height: f64) -> Self {
        let room = ((height / ROW) as usize).clamp(1, MOST);
        let mut plan = Plan::with(input, room);
        for most in [16, 12, 8, 6] {
            if plan.bands.len() <= RIBBONS {
                break;
            }
            plan = Plan::with(input, most.min(room));
        }
        plan
    }

    fn with(input: &'a Sankey<'a>, most: usize) -> Self {
        let sum = |flow: &Ribbon| Sum::new(flow.accepted, flow.rejected);
        let end = |flow: &Ribbon, column: Column| match column {
            Column::Left => flow.from,
            Column::Middle => flow.through.unwrap_or(usize::MAX),
            Column::Right => flow.to,
        };
        let columns: Vec<(Column, Side<'a>)> = input
            .columns()
            .into_iter()
            .map(|(column, ends)| {
                let uses = input.flows.iter().map(|flow| (end(flow, column), sum(flow)));
                (column, Side::seat(ends, uses, most))
            })
            .collect();
        let mut ways: BTreeMap<Vec<usize>, (usize, Sum, bool)> = BTreeMap::new();
        for (i, flow) in input.flows.iter().enumerate() {
            let seats = columns.iter().map(|(column, side)| side.of(end(flow, *column)));
            let (_, all, chosen) = ways.entry(seats.collect()).or_insert((i, Sum::default(), false));
            all.add(sum(flow));
            *chosen |= match input.chosen {
                Some(Picked::Flow(at)) => at == i,
                Some(Picked::End(column, at)) => end(flow, column) == at,
                None => false,
            };
        }
        let mut ways: Vec<_> = ways.into_iter().collect();
        ways.sort_by_key(|(_, (first, sum, _))| (std::cmp::Reverse(sum.total()), *first));
        let band = |(i, (seats, (first, sum, chosen))): (usize, (Vec<usize>, _))| Band {
            payload: {
                let own = |(seat, (_, side)): (&usize, &(Column, Side<'_>))| side.index(*seat).is_some();
                pairs::payload(first, seats.iter().zip(&columns).all(own), i)
            },
            seats,
            sum,
            chosen,
        };
        let bands = ways.into_iter().enumerate().map(band).collect();
        Plan {
            input,
            columns,
            bands,
        }
    }

    fn names(&self, band: &Band) -> Vec<String> {
        let names = band.seats.iter().zip(&self.columns);
        names.map(|(seat, (_, side))| side.whole(*seat)).collect()
    }

    fn words(&self, band: &Band) -> String {
        format!(
            "{}: {}",
            self.names(band).join(" → "),
            band.sum.words(&self.input.unit)
        )
    }

    fn total(&self) -> Sum {
        Sum::of(self.bands.iter().map(|b| b.sum))
    }

    /// Whether the chart shows its amounts at the outer edges.
    fn amounts(&self) -> bool {
        self.input.width >= NARROW
    }

    /// What the labels take at the left and at the right.
    fn margins(&self) -> (f64, f64) {
        let amount = if self.amounts() { AMOUNTS } else { 0.0 };
        let margin = |side: Option<&(Column, Side<'_>)>| {
            let Some((_, side)) = side else { return 0.0 };
            let width = |seat| text_width(&side.name(seat), TICK_SIZE, false, true) * 1.12;
            let longest = (0..side.len()).map(width).fold(0.0, f64::max);
            (longest + PAD + amount)
                .min(self.input.width.max(0.0) * 0.3)
                .round()
        };
        (margin(self.columns.first()), margin(self.columns.last()))
    }

    fn chosen_end(&self, column: Column, side: &Side<'_>, seat: usize) -> bool {
        matches!(self.input.chosen, Some(Picked::End(c, at)) if c == column && side.index(seat) == Some(at))
    }

    fn summary(&self) -> String {
        let nouns = |column: Column| match column {
            Column::Left => "sources",
            Column::Middle => "services",
            Column::Right => "destinations",
        };
        let counts: Vec<String> = self
            .columns
            .iter()
            .map(|(column, side)| {
                let count = Unit::count(nouns(*column)).long(side.count());
                format!("{count}{}", side.together())
            })
            .collect();
        let total = self.total().words(&self.input.unit);
        let mut text = format!("{}: {}; {total}.", self.input.title, counts.join(", "));
        if let Some(most) = self.bands.first() {
            text.push_str(&format!(" Most: {}.", self.words(most)));
        }
        text
    }
}

/// Draws the ends: column after column, each by seat.
fn ends(scene: &mut Scene, plan: &Plan<'_>, placed: &Placed) {
    let mut before = 0;
    let (from, to) = plan.margins();
    for (c, (column, side)) in plan.columns.iter().enumerate() {
        for seat in 0..side.len() {
            let bar = placed.bar(c, seat);
            // An end is pointed at by its label as well.
            let area = match column {
                Column::Left => Rect::new(bar.left - from, bar.top, bar.right, bar.bottom),
                Column::Middle => bar,
                Column::Right => Rect::new(bar.left, bar.top, bar.right + to, bar.bottom),
            };
            let lack = ((12.0 - area.height()) / 2.0).max(0.0);
            let area = Rect::new(area.left, area.top - lack, area.right, area.bottom + lack);
            let sum = side.sums.get(seat).copied().unwrap_or_default();
            let datum = scene.datum(Datum {
                label: format!("{}: {}", side.whole(seat), sum.words(&plan.input.unit)),
                series: 0,
                x: scene.data.len() as i64,
                area: Area::Rect(area),
                payload: match side.index(seat) {
                    Some(index) => before + index,
                    None => OTHERS + c,
                },
            });
            let mut add = |ink: Ink, paint: Paint, rect: Rect| {
                let geometry = Geometry::Rect { rect, radius: 0.0 };
                scene.add(Layer::Rule, ink, paint, geometry).datum = Some(datum);
            };
            match side.end(seat) {
                Some(end) => add(end.ink, Paint::Fill, bar),
                None => {
                    add(Ink::GroundSunken, Paint::Fill, bar);
                    add(Ink::LineControl, Paint::dashed(1.5, 2.0, 1.5), bar);
                }
            }
            if plan.chosen_end(*column, side, seat) {
                let ring = Rect::new(bar.left - 3.0, bar.top - 3.0, bar.right + 3.0, bar.bottom + 3.0);
                add(Ink::Focus, Paint::line(2.0), inside(ring, plan));
            }
        }
        before += plan.input.columns().get(c).map_or(0, |(_, ends)| ends.len());
    }
}

/// The part of a rectangle that lies on the drawing.
fn inside(rect: Rect, plan: &Plan<'_>) -> Rect {
    let (width, height) = (plan.input.width.max(1.0), plan.input.height.max(1.0));
    Rect::new(
        rect.left.max(0.0),
        rect.top.max(0.0),
        rect.right.min(width),
        rect.bottom.min(height),
    )
}

/// The ribbons, wide ones below so that none hides another.
fn ribbons(scene: &mut Scene, plan: &Plan<'_>, placed: &Placed) {
    let first = scene.data.len();
    for (i, band) in plan.bands.iter().enumerate() {
        let (whole, width) = (placed.path(i), placed.width(i));
        let area = if width >= 8.0 {
            Area::Inside(outline(&whole, width))
        } else {
            Area::Near {
                path: whole,
                reach: (width / 2.0).max(4.0),
            }
        };
        scene.datum(Datum {
            label: plan.words(band),
            series: 1,
            x: i as i64,
            area,
            payload: band.payload,
        });
    }
    let mut turns: Vec<usize> = (0..plan.bands.len()).collect();
    turns.sort_by_key(|i| plan.bands.get(*i).is_some_and(|b| b.chosen));
    for i in turns {
        let Some(band) = plan.bands.get(i) else { continue };
        let pale = plan.input.chosen.is_some() && !band.chosen;
        let opacity = if pale { 0.3 } else { 1.0 };
        let (accepted, rejected) = placed.parts(i);
        let inks = match band.chosen {
            true => (Ink::Accept, Ink::Reject),
            false => (Ink::AcceptQuiet, Ink::RejectQuiet),
        };
        let path = placed.path(i);
        let shifted = |by: f64| -> Vec<Point> { path.iter().map(|p| Point::new(p.x, p.y + by)).collect() };
        let mut add = |layer: Layer, ink: Ink, paint: Paint, geometry: Geometry, opacity: f64| {
            let shape = scene.add(layer, ink, paint, geometry);
            shape.datum = Some(first + i);
            shape.opacity = opacity;
        };
        let fill = if band.chosen { 0.7 } else { 0.45 } * opacity;
        if accepted > 0.0 {
            let path = shifted(-rejected / 2.0);
            match accepted < LINE {
                true => add(
                    Layer::Data,
                    inks.0,
                    Paint::line(accepted),
                    Geometry::Path(path),
                    opacity,
                ),
                false => {
                    let area = Geometry::Polygon(outline(&path, accepted));
                    add(Layer::Data, inks.0, Paint::Fill, area, fill);
                }
            }
        }
        if rejected > 0.0 {
            let path = shifted(accepted / 2.0);
            if rejected >= LINE {
                let area = Geometry::Polygon(outline(&path, rejected));
                add(Layer::Data, inks.1, Paint::Fill, area, fill * 0.6);
            }
            let stop = path.last().copied().unwrap_or_default();
            let dashes = Paint::dashed(rejected.clamp(1.2, 4.0), 5.0, 3.0);
            add(Layer::Data, inks.1, dashes, Geometry::Path(path), opacity);
            let half = (rejected / 2.0).max(3.0);
            let bar = Rect::new(stop.x - 4.0, stop.y - half, stop.x - 1.5, stop.y + half);
            let bar = Geometry::Rect {
                rect: inside(bar, plan),
                radius: 0.0,
            };
            add(Layer::Data, Ink::Reject, Paint::Fill, bar, opacity);
        }
    }
}

/// The area of a ribbon: its middle line, moved up by half of its width and, on the way back, down.
fn outline(path: &[Point], width: f64) -> Vec<Point> {
    let moved = |by: f64| move |p: &Point| Point::new(p.x, p.y + by);
    let above = path.iter().map(moved(-width / 2.0));
    above.chain(path.iter().rev().map(moved(width / 2.0))).collect()
}

/// Names beside the bars, amounts at the outer edges; a name hides before it meets the one above.
fn labels(scene: &mut Scene, plan: &Plan<'_>, placed: &Placed) {
    let (left, right) = plan.margins();
    let amount = if plan.amounts() { AMOUNTS } else { 0.0 };
    for (c, (column, side)) in plan.columns.iter().enumerate() {
        let mut free = f64::NEG_INFINITY;
        for seat in placed.order(c) {
            let bar = placed.bar(c, seat);
            let y = bar.center().y;
            if y < free {
                continue;
            }
            free = y + TICK_SIZE;
            let (x, anchor, room, edge) = match column {
                Column::Left => (bar.left - PAD, Anchor::End, left - PAD - amount, 0.0),
                Column::Middle => (bar.right + PAD, Anchor::Start, placed.gap() - PAD * 2.0, 0.0),
                Column::Right => (bar.right + PAD, Anchor::Start, right - PAD - amount, scene.width),
            };
            if room < SHORTEST {
                continue;
            }
            let datum = Some(placed.datum(c, seat));
            let strong = plan.chosen_end(*column, side, seat);
            let name = clip(&side.name(seat), TICK_SIZE, room, strong);
            let mut text = Text::new(x, y, name).anchor(anchor).halo(Ink::GroundRaised);
            text.strong = strong;
            let ink = if side.end(seat).is_some() {
                Ink::Ink
            } else {
                Ink::InkQuiet
            };
            scene.text(ink, text).datum = datum;
            if amount > 0.0 && *column != Column::Middle {
                let total = side.sums.get(seat).map_or(0, |sum| sum.total());
                let outer = if *column == Column::Left {
                    Anchor::Start
                } else {
                    Anchor::End
                };
                let text = Text::new(edge, y, plan.input.unit.short(total as f64)).anchor(outer);
                scene.text(Ink::InkFaint, text).datum = datum;
            }
        }
    }
}

/// Along the ribbons as on a graph; up and down the ends of a column, and from its last to the next column's first.
fn walk(plan: &Plan<'_>, placed: &Placed) -> Vec<[Option<usize>; 4]> {
    let ends: Vec<usize> = (0..plan.columns.len())
        .flat_map(|c| placed.order(c).into_iter().map(move |seat| (c, seat)))
        .map(|(c, seat)| placed.datum(c, seat))
        .collect();
    let mut places = vec![Point::default(); ends.len()];
    for (c, (_, side)) in plan.columns.iter().enumerate() {
        for seat in 0..side.len() {
            if let Some(place) = places.get_mut(placed.datum(c, seat)) {
                *place = placed.bar(c, seat).center();
            }
        }
    }
    let at = |band: &Band, c: usize| placed.datum(c, band.seats.get(c).copied().unwrap_or_default());
    let last = plan.columns.len().saturating_sub(1);
    let pairs: Vec<(usize, usize)> = plan.bands.iter().map(|b| (at(b, 0), at(b, last))).collect();
    let amounts: Vec<Amount> = plan.bands.iter().map(|b| b.sum.total()).collect();
    let mut links = links::walk(&places, &pairs, &amounts);
    for (i, end) in ends.iter().enumerate() {
        if let Some([_, _, up, down]) = links.get_mut(*end) {
            *up = i.checked_sub(1).and_then(|i| ends.get(i)).copied();
            *down = ends.get(i + 1).copied();
        }
    }
    if last == 2 {
        // The largest ribbon comes first.
        for (i, band) in plan.bands.iter().enumerate().rev() {
            if let Some([left, right, ..]) = links.get_mut(at(band, 1)) {
                (*left, *right) = (Some(places.len() + i), Some(places.len() + i));
            }
        }
    }
    links
}
