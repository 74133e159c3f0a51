//! What lies where in the whole span? The strip under the filter bar; the selection on it is drawn by the page.

use super::axis::{Buckets, Frame, Plot, Series};
use super::bars;
use super::ink::Ink;
use super::scene::{
    Anchor, Area, Datum, EVENT_SERIES, Geometry, Layer, Paint, Point, Rect, Scene, TableTwin, Text, Walk,
};
use super::ticks::{self, Amount, Step, Unit};
use crate::base::time::HOUR;
use std::borrow::Cow;

/// How high a lane is, in scene pixels.
const LANE: f64 = 12.0;
/// Lanes at most; what has none of its own is in the last one.
const MOST_LANES: usize = 6;
/// The least room for bars, where there is one source alone.
const LEAST: f64 = 31.0;
/// The room for flags above the bars.
const FLAGS: f64 = 7.0;
/// The room for ticks and their labels.
const AXIS: f64 = 14.0;
const NAME_SIZE: f64 = 9.5;

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
    /// [`brush_height`] tells how high it should be; lanes share what is there.
    pub frame: Frame,
    pub buckets: Buckets,
    pub unit: Unit,
    pub series: &'a [Series],
    pub flags: &'a [Flag],
}

/// How high the strip is for so many sources, in scene pixels.
pub fn brush_height(sources: usize) -> f64 {
    FLAGS + (LANE * sources.min(MOST_LANES) as f64).max(LEAST) + AXIS
}

/// What has a lane: the largest series, and the others together.
fn lanes(series: &[Series]) -> Vec<Cow<'_, Series>> {
    let mut all: Vec<Cow<'_, Series>> = series.iter().map(Cow::Borrowed).collect();
    if all.len() > MOST_LANES {
        let rest = all.split_off(MOST_LANES - 1);
        let longest = rest.iter().map(|s| s.values.len()).max().unwrap_or(0);
        let sum = |bucket| {
            rest.iter()
                .fold(0, |sum: Amount, s| sum.saturating_add(s.value(bucket)))
        };
        all.push(Cow::Owned(Series {
            name: format!("{} others", rest.len()),
            ink: Ink::Series8,
            values: (0..longest).map(sum).collect(),
            below: false,
        }));
    }
    all
}

/// Lays the strip out: a lane a source, each with the heights of its own, so that a few records of one are seen beside
/// millions of another. A datum's series is its lane and its payload the bucket; flags come after them
/// ([`EVENT_SERIES`], payload: the flag).
pub fn brush(brush: &Brush<'_>) -> Scene {
    let frame = &brush.frame;
    let all = lanes(brush.series);
    let room = (frame.height - FLAGS - AXIS).max(LANE);
    let base = FLAGS + room;
    let mut scene = Scene::new(frame.width, base + AXIS);
    let rect = Rect::new(0.0, 0.0, scene.width, base);
    let plot = Plot::new(frame, rect, brush.buckets.step_ns);
    let heads = all.iter().map(|s| format!("#{}", s.name));
    scene.table = TableTwin::with_columns([format!("Time ({})", plot.stamp.zone())].into_iter().chain(heads));
    for bucket in 0..brush.buckets.len {
        let when = plot.stamp.write(brush.buckets.range(bucket).from_ns);
        let counts = all.iter().map(|s| crate::base::size::count(s.value(bucket)));
        scene.table.rows.push([when].into_iter().chain(counts).collect());
    }
    let height = room / all.len().max(1) as f64;
    for (n, series) in all.iter().enumerate() {
        let foot = FLAGS + height * (n + 1) as f64;
        let lane = Lane {
            index: n,
            top: foot - height,
            foot,
        };
        lane.draw(&mut scene, &plot, brush, series);
        if all.len() > 1 {
            let name = Text::new(3.0, foot - height / 2.0, series.name.clone())
                .size(NAME_SIZE)
                .halo(Ink::GroundRaised);
            scene.text(Ink::InkQuiet, name);
        }
    }
    let (from, to) = (Point::new(0.0, base), Point::new(scene.width, base));
    scene.line(Layer::Rule, Ink::LineControl, Paint::line(1.0), from, to);
    axis(&mut scene, &plot, frame);
    flags(&mut scene, &plot, brush.flags);
    scene.legend = bars::legend(brush.series, &brush.unit);
    let total = all.iter().fold(0, |sum: Amount, s| sum.saturating_add(s.total()));
    scene.summary = format!(
        "Whole span, {}: {} in all of {}, {} flagged.",
        plot.range_words(),
        brush.unit.long(total),
        crate::base::size::counted(brush.series.len() as i128, "kinds"),
        crate::base::size::count(brush.flags.len() as i128)
    );
    scene.plot = rect;
    scene.time = Some(plot.time);
    scene.walk = Walk::Rows;
    scene.finish()
}

/// One source's row.
struct Lane {
    index: usize,
    top: f64,
    foot: f64,
}

impl Lane {
    fn draw(&self, scene: &mut Scene, plot: &Plot, brush: &Brush<'_>, series: &Series) {
        if self.index > 0 {
            let (from, to) = (Point::new(0.0, self.top), Point::new(scene.width, self.top));
            scene.line(Layer::Back, Ink::Grid, Paint::line(1.0), from, to);
        }
        let peak = series.values.iter().copied().max().unwrap_or(0).max(1);
        let most = self.foot - self.top - 1.0;
        for bucket in 0..brush.buckets.len {
            let value = series.value(bucket);
            let range = brush.buckets.range(bucket);
            let Some((x0, x1)) = plot.span(range).filter(|_| value > 0) else {
                continue;
            };
            let when = plot.stamp.write(range.from_ns);
            let datum = scene.datum(Datum {
                label: format!("{when}, {}: {}", series.name, brush.unit.long(value)),
                series: self.index,
                x: range.from_ns,
                area: Area::Rect(Rect::new(x0, self.top, x1.max(x0 + 1.0), self.foot)),
                payload: bucket,
            });
            // Few beside many are still to be seen.
            let share = (value as f64).ln_1p() / (peak as f64).ln_1p();
            let bar = Rect::new(x0, self.foot - (most * share).round().max(2.0), x1, self.foot);
            scene.fill(Layer::Data, series.ink, bar).datum = Some(datum);
        }
    }
}

/// Days by name right of a long mark, hours between them centred under a short one.
fn axis(scene: &mut Scene, plot: &Plot, frame: &Frame) {
    let base = plot.rect.bottom;
    let label_y = base + 8.0;
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
        let (from, to) = (Point::new(x, base), Point::new(x, base + mark));
        scene.line(Layer::Grid, Ink::LineControl, Paint::line(1.0), from, to);
        let text = if lead {
            Text::new(x + 4.0, label_y, tick.label)
        } else {
            Text::new(x, label_y, tick.label).anchor(Anchor::Middle)
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
            series: EVENT_SERIES,
            x: flag.at_ns,
            area: Area::Rect(Rect::new(x - 4.0, 0.0, x + 4.0, FLAGS)),
            payload: i,
        });
        scene
            .add(Layer::Rule, flag.ink, Paint::Fill, Geometry::Polygon(corners))
            .datum = Some(datum);
    }
}
