//! What lies where in the whole span? The strip under the filter bar; the selection on it is drawn by the page.

use super::axis::{Buckets, Frame, Plot, Series};
use super::bars;
use super::ink::Ink;
use super::scene::{Anchor, Area, Datum, Geometry, Layer, Paint, Point, Rect, Scene, TableTwin, Text, Walk};
use super::ticks::{self, Amount, Step, Unit};
use crate::base::time::HOUR;

/// How high the strip is, in scene pixels.
pub const BRUSH_HEIGHT: f64 = 54.0;
/// Where its bars end and its ticks begin.
const BASE: f64 = 40.0;
/// The room for flags above the bars.
const FLAGS: f64 = 7.0;

/// A finding's moment on the strip.
#[derive(Clone, Debug, PartialEq)]
pub struct Flag {
    pub at_ns: i64,
    /// One of the severity inks.
    pub ink: Ink,
    /// `Critical: access key used from a new network`
    pub label: String,
}

#[derive(Clone, Debug)]
pub struct Brush<'a> {
    /// Its height is ignored: the strip is [`BRUSH_HEIGHT`] high.
    pub frame: Frame,
    pub buckets: Buckets,
    pub unit: Unit,
    pub series: &'a [Series],
    pub flags: &'a [Flag],
}

/// Lays the strip out. The first data are the buckets (payload: the bucket), then come the flags (payload: the flag).
pub fn brush(brush: &Brush<'_>) -> Scene {
    let frame = &brush.frame;
    let mut scene = Scene::new(frame.width, BRUSH_HEIGHT);
    let rect = Rect::new(0.0, 0.0, scene.width, BASE);
    let plot = Plot::new(frame, rect, brush.buckets.step_ns);
    let total = |bucket: usize| {
        brush
            .series
            .iter()
            .fold(0, |sum: Amount, s| sum.saturating_add(s.value(bucket)))
    };
    let peak = (0..brush.buckets.len).map(total).max().unwrap_or(0).max(1);
    let height = |amount: Amount| (amount as f64 / peak as f64 * (BASE - FLAGS - 2.0)).round();
    let time_head = format!("Time ({})", plot.stamp.zone());
    scene.table = TableTwin::with_columns([time_head, format!("#{}", brush.unit.column())]);
    for bucket in 0..brush.buckets.len {
        let range = brush.buckets.range(bucket);
        let sum = total(bucket);
        let when = plot.stamp.write(range.from_ns);
        let exact = crate::base::size::count(sum);
        scene.table.rows.push(vec![when.clone(), exact]);
        let Some((x0, x1)) = plot.span(range).filter(|_| sum > 0) else {
            continue;
        };
        let datum = scene.datum(Datum {
            label: format!("{when}: {}", brush.unit.long(sum)),
            series: 0,
            x: range.from_ns,
            area: Area::Rect(Rect::new(x0, FLAGS, x1.max(x0 + 1.0), BASE)),
            payload: bucket,
        });
        let mut below: Amount = 0;
        for series in brush.series {
            let value = series.value(bucket);
            if value == 0 {
                continue;
            }
            let bottom = BASE - height(below);
            below = below.saturating_add(value);
            let top = (BASE - height(below)).min(bottom - 1.0).max(FLAGS);
            let bar = Rect::new(x0, top, x1, bottom);
            scene.fill(Layer::Data, series.ink, bar).datum = Some(datum);
        }
    }
    let (from, to) = (Point::new(0.0, BASE), Point::new(scene.width, BASE));
    scene.line(Layer::Rule, Ink::LineControl, Paint::line(1.0), from, to);
    axis(&mut scene, &plot, frame);
    flags(&mut scene, &plot, brush.flags);
    scene.legend = bars::legend(brush.series, &brush.unit);
    scene.summary = format!(
        "Whole span, {}: {} in all, {} flagged.",
        plot.range_words(),
        brush
            .unit
            .long((0..brush.buckets.len).map(total).fold(0, Amount::saturating_add)),
        crate::base::size::count(brush.flags.len() as i128)
    );
    scene.plot = rect;
    scene.time = Some(plot.time);
    scene.walk = Walk::Stack;
    scene.finish()
}

/// Days by name right of a long mark, hours between them centred under a short one.
fn axis(scene: &mut Scene, plot: &Plot, frame: &Frame) {
    const LABEL_Y: f64 = 48.0;
    let mut days = ticks::times(frame.range, plot.rect.width(), 76.0, frame.offset_min);
    // With room for it, whole days lead and the hours between them follow.
    let hours = match days.step {
        Step::Ns(ns) if ns >= 6 * HOUR => {
            let (lead, rest) = days.ticks.into_iter().partition(|t| t.major);
            days.ticks = lead;
            rest
        }
        _ => Vec::new(),
    };
    let mut taken: Vec<Rect> = Vec::new();
    let leading = days.ticks.into_iter().map(|t| (t, true));
    for (tick, lead) in leading.chain(hours.into_iter().map(|t| (t, false))) {
        let x = plot.time.x(tick.at_ns).round().min(plot.rect.right - 1.0);
        let mark = if lead { 6.0 } else { 3.0 };
        let (from, to) = (Point::new(x, BASE), Point::new(x, BASE + mark));
        scene.line(Layer::Grid, Ink::LineControl, Paint::line(1.0), from, to);
        let text = if lead {
            Text::new(x + 4.0, LABEL_Y, tick.label)
        } else {
            Text::new(x, LABEL_Y, tick.label).anchor(Anchor::Middle)
        };
        let bounds = text.bounds();
        let fits = bounds.right <= scene.width && bounds.left >= 0.0;
        if fits && !taken.iter().any(|t| t.grown(4.0).overlaps(bounds)) {
            taken.push(bounds);
            scene.text(Ink::InkFaint, text);
        }
    }
}

fn flags(scene: &mut Scene, plot: &Plot, flags: &[Flag]) {
    for (i, flag) in flags.iter().enumerate() {
        if !plot.time.range.contains(flag.at_ns) {
            continue;
        }
        let x = plot.time.x(flag.at_ns).clamp(3.5, (scene.width - 3.5).max(3.5));
        let corners = vec![
            Point::new(x - 3.5, 0.0),
            Point::new(x + 3.5, 0.0),
            Point::new(x, 5.5),
        ];
        let datum = scene.datum(Datum {
            label: format!("{}: {}", plot.stamp.write(flag.at_ns), flag.label),
            series: 1,
            x: flag.at_ns,
            area: Area::Rect(Rect::new(x - 4.0, 0.0, x + 4.0, FLAGS)),
            payload: i,
        });
        scene
            .add(Layer::Rule, flag.ink, Paint::Fill, Geometry::Polygon(corners))
            .datum = Some(datum);
    }
}
