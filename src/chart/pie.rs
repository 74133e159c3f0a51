//! Which part of the whole? A ring of slices, the largest from the top on, each with its share.

use super::ink::Ink;
use super::scene::{
    Anchor, Area, Datum, Geometry, Layer, LegendItem, Paint, Point, Rect, Scene, TableTwin, Text, Walk, clip,
};
use super::ticks::{Amount, Unit};
use std::f64::consts::TAU;

/// The hole, as a part of the radius.
const HOLE: f64 = 0.58;
/// A slice below this part of the whole has no label beside it; legend and table have it.
const LABELLED: f64 = 0.03;
/// Room for labels on either side.
const BESIDE: f64 = 150.0;
const TEXT_SIZE: f64 = 12.0;

/// A part of the whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Slice {
    pub name: String,
    pub ink: Ink,
    pub amount: Amount,
}

#[derive(Clone, Debug)]
pub struct Pie<'a> {
    pub title: &'a str,
    /// Scene pixels.
    pub width: f64,
    pub height: f64,
    pub unit: Unit,
    /// In the order they are drawn, clockwise.
    pub slices: &'a [Slice],
}

/// Lays the slices out. A datum's payload is its number from 0.
pub fn pie(pie: &Pie<'_>) -> Scene {
    let mut scene = Scene::new(pie.width, pie.height);
    scene.table = TableTwin::with_columns([
        "Name".to_owned(),
        format!("#{}", pie.unit.column()),
        "#Share".to_owned(),
    ]);
    let all = pie
        .slices
        .iter()
        .fold(0, |sum: Amount, s| sum.saturating_add(s.amount.max(0)));
    let center = Point::new(scene.width / 2.0, scene.height / 2.0);
    let room = (scene.width / 2.0 - BESIDE).max(scene.width / 5.0);
    let radius = (scene.height / 2.0 - 12.0).min(room).max(1.0);
    let mut from = 0.0;
    for (i, slice) in pie.slices.iter().enumerate() {
        let share = match all {
            0 => 0.0,
            all => slice.amount.max(0) as f64 / all as f64,
        };
        let percent = percent(share);
        let (to, start) = (from + share, from);
        from = to;
        scene.table.rows.push(vec![
            slice.name.clone(),
            pie.unit.exact(slice.amount),
            percent.clone(),
        ]);
        scene.legend.push(LegendItem {
            name: slice.name.clone(),
            ink: slice.ink,
            hatched: false,
            total: percent.clone(),
        });
        if share <= 0.0 {
            continue;
        }
        let outline = outline(center, radius, start, to);
        let datum = scene.datum(Datum {
            label: format!("{}: {}, {percent}", slice.name, pie.unit.long(slice.amount)),
            series: 0,
            x: i as i64,
            area: Area::Inside(outline.clone()),
            payload: i,
        });
        let geometry = Geometry::Polygon(outline.clone());
        scene.add(Layer::Data, slice.ink, Paint::Fill, geometry).datum = Some(datum);
        // A line of the ground keeps neighbours apart whatever their colours.
        if pie.slices.len() > 1 {
            scene.add(
                Layer::Rule,
                Ink::GroundRaised,
                Paint::line(1.5),
                Geometry::Path(closed(outline)),
            );
        }
        if share >= LABELLED {
            beside(
                &mut scene,
                center,
                radius,
                (start + to) / 2.0,
                &slice.name,
                &percent,
            );
        }
    }
    scene.plot = Rect::new(0.0, 0.0, scene.width, scene.height);
    scene.summary = summary(pie, all);
    scene.walk = Walk::Rows;
    scene.finish()
}

/// A place on a circle, a part of a turn from the top on, clockwise.
fn on_circle(center: Point, radius: f64, turn: f64) -> Point {
    let angle = (turn - 0.25) * TAU;
    Point::new(center.x + radius * angle.cos(), center.y + radius * angle.sin())
}

fn outline(center: Point, radius: f64, from: f64, to: f64) -> Vec<Point> {
    let steps = ((to - from) * 120.0).ceil().max(1.0) as usize;
    let at = |i: usize| from + (to - from) * i as f64 / steps as f64;
    let outer = (0..=steps).map(|i| on_circle(center, radius, at(i)));
    let inner = (0..=steps).rev().map(|i| on_circle(center, radius * HOLE, at(i)));
    outer.chain(inner).collect()
}

fn closed(mut outline: Vec<Point>) -> Vec<Point> {
    outline.extend(outline.first().copied());
    outline
}

fn beside(scene: &mut Scene, center: Point, radius: f64, turn: f64, name: &str, percent: &str) {
    let at = on_circle(center, radius + 8.0, turn);
    let (anchor, room) = match turn < 0.5 {
        true => (Anchor::Start, scene.width - at.x),
        false => (Anchor::End, at.x),
    };
    let taken = percent.len() as f64 * TEXT_SIZE * 0.6 + 8.0;
    let name = clip(name, TEXT_SIZE, room - taken, false);
    let y = at.y.clamp(TEXT_SIZE, (scene.height - TEXT_SIZE).max(TEXT_SIZE));
    let text = Text::new(at.x, y, format!("{name} {percent}"))
        .size(TEXT_SIZE)
        .anchor(anchor);
    scene.text(Ink::Ink, text);
}

/// `12.3 %`; what is there at all is never 0.
fn percent(share: f64) -> String {
    match share * 100.0 {
        p if p > 0.0 && p < 0.1 => "< 0.1 %".to_owned(),
        p if p >= 10.0 || p == 0.0 => format!("{p:.0} %"),
        p => format!("{p:.1} %"),
    }
}

fn summary(pie: &Pie<'_>, all: Amount) -> String {
    match pie.slices.iter().max_by_key(|s| s.amount).filter(|_| all > 0) {
        Some(most) => format!(
            "{}, {} parts: most {} with {} of {}.",
            pie.title,
            pie.slices.len(),
            most.name,
            pie.unit.long(most.amount),
            pie.unit.long(all)
        ),
        None => format!("{}: nothing.", pie.title),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(amounts: &[Amount]) -> Scene {
        let slices: Vec<Slice> = amounts
            .iter()
            .enumerate()
            .map(|(n, &amount)| Slice {
                name: format!("n{n}"),
                ink: Ink::series(n),
                amount,
            })
            .collect();
        pie(&Pie {
            title: "flows by port",
            width: 600.0,
            height: 240.0,
            unit: Unit::count("flows"),
            slices: &slices,
        })
    }

    #[test]
    fn slices_are_hit_where_they_are_drawn() {
        let scene = of(&[50, 25, 25]);
        let hit = |turn: f64| {
            let at = on_circle(Point::new(300.0, 120.0), 85.0, turn);
            scene
                .hit(at.x, at.y)
                .and_then(|i| scene.data.get(i))
                .map(|d| d.payload)
        };
        assert_eq!(
            [0.1, 0.4, 0.6, 0.9].map(hit),
            [Some(0), Some(0), Some(1), Some(2)]
        );
        assert_eq!(scene.data[1].label, "n1: 25 flows, 25 %");
        assert_eq!(
            scene.summary,
            "flows by port, 3 parts: most n0 with 50 flows of 100 flows."
        );
    }

    #[test]
    fn nothing_and_the_smallest_are_told() {
        assert_eq!(of(&[]).summary, "flows by port: nothing.");
        assert!(of(&[0, 0]).data.is_empty());
        let scene = of(&[1_000_000, 1]);
        assert_eq!(scene.table.rows[1][2], "< 0.1 %");
        assert_eq!(scene.data.len(), 2);
    }
}
