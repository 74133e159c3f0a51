//! What charts over time share: buckets, axes, events and holes.

use super::ink::Ink;
use super::scene::{
    Anchor, Area, Datum, EVENT_SERIES, Geometry, HOLE_SERIES, Layer, Paint, Point, Rect, Scene, TICK_SIZE,
    Text, TimeScale, text_width,
};
use super::ticks::{self, Amount, Stamp, Unit};
use crate::base::TimeRange;
use crate::base::time::HOUR;

/// The room a chart has, and the time it shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// Scene pixels.
    pub width: f64,
    pub height: f64,
    pub range: TimeRange,
    /// The zone that ticks and labels are in, minutes east of UTC.
    pub offset_min: i32,
}

/// Equal stretches of time; a series has one amount for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Buckets {
    pub from_ns: i64,
    pub step_ns: i64,
    pub len: usize,
}

impl Buckets {
    /// Saturates at the ends of time.
    pub fn range(&self, i: usize) -> TimeRange {
        let edge = |i: usize| {
            let ns = i128::from(self.from_ns) + i128::from(self.step_ns.max(1)) * i as i128;
            i64::try_from(ns).unwrap_or(i64::MAX)
        };
        TimeRange::new(edge(i), edge(i.saturating_add(1)))
    }
}

/// A named row of amounts, one a bucket; missing ones count as nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub name: String,
    pub ink: Ink,
    pub values: Vec<Amount>,
    /// Drawn downward from the zero line and hatched: what was rejected, under what was accepted.
    pub below: bool,
}

impl Series {
    pub fn value(&self, bucket: usize) -> Amount {
        self.values.get(bucket).copied().unwrap_or(0).max(0)
    }
    pub fn total(&self) -> Amount {
        self.values
            .iter()
            .fold(0, |sum: Amount, &v| sum.saturating_add(v.max(0)))
    }
}

/// A stretch of time for which data is missing though expected.
#[derive(Clone, Debug, PartialEq)]
pub struct Hole {
    pub range: TimeRange,
    /// `04:00 no CloudTrail`
    pub label: String,
}

/// A moment worth a dashed vertical.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub at_ns: i64,
    pub label: String,
    pub ink: Ink,
}

/// Where the data of a chart over time goes.
pub(super) struct Plot {
    pub rect: Rect,
    pub time: TimeScale,
    pub stamp: Stamp,
}

impl Plot {
    pub fn new(frame: &Frame, rect: Rect, step_ns: i64) -> Self {
        Plot {
            rect,
            time: TimeScale {
                range: frame.range,
                left: rect.left,
                right: rect.right,
            },
            stamp: Stamp::new(frame.range, step_ns, frame.offset_min),
        }
    }

    /// The whole pixels between a bucket's edges, a gap of one to the next where there is room; `None` out of sight.
    pub fn span(&self, range: TimeRange) -> Option<(f64, f64)> {
        let (left, right) = (self.time.x(range.from_ns), self.time.x(range.to_ns));
        if right <= self.rect.left || left >= self.rect.right || right <= left {
            return None;
        }
        let clip = |x: f64| x.clamp(self.rect.left, self.rect.right);
        let (a, b) = (clip(left), clip(right));
        if right - left >= 3.0 {
            let (a, b) = (a.round(), b.round());
            Some((a, (b - 1.0).max(a + 1.0)))
        } else {
            Some((a, b))
        }
    }

    pub fn range_words(&self) -> String {
        format!(
            "{} to {} {}",
            self.stamp.write(self.time.range.from_ns),
            self.stamp.write(self.time.range.to_ns),
            self.stamp.zone()
        )
    }
}

/// Labels to the right of their ticks at `label_y`; gives back where the ticks stand and which begin a larger unit.
pub(super) fn time_labels(scene: &mut Scene, plot: &Plot, frame: &Frame, label_y: f64) -> Vec<(f64, bool)> {
    // A time of day is shorter than a date.
    let spacing = if frame.range.width_ns() < 18 * HOUR {
        56.0
    } else {
        76.0
    };
    let ticks = ticks::times(frame.range, plot.rect.width(), spacing, frame.offset_min);
    let mut free = f64::NEG_INFINITY;
    let mut places = Vec::with_capacity(ticks.ticks.len());
    for tick in ticks.ticks {
        let x = plot.time.x(tick.at_ns).round();
        places.push((x.min(plot.rect.right - 1.0), tick.major));
        let width = text_width(&tick.label, TICK_SIZE, false, false);
        // The last label keeps within the drawing by standing left of its mark.
        let (text, left) = if x + 3.0 + width <= frame.width {
            (Text::new(x + 3.0, label_y, tick.label), x + 3.0)
        } else {
            let text = Text::new(x - 2.0, label_y, tick.label).anchor(Anchor::End);
            (text, x - 2.0 - width)
        };
        if left >= free {
            free = left + width + 8.0;
            scene.text(Ink::InkFaint, text);
        }
    }
    places
}

/// A time axis below `y`: labels under marks, long ones where a larger unit begins.
pub(super) fn time_axis(scene: &mut Scene, plot: &Plot, frame: &Frame, y: f64) {
    for (x, major) in time_labels(scene, plot, frame, y + 12.0) {
        let mark = if major { 6.0 } else { 4.0 };
        let (from, to) = (Point::new(x, y), Point::new(x, y + mark));
        scene.line(Layer::Grid, Ink::LineControl, Paint::line(1.0), from, to);
    }
}

/// The scale of amounts: one for both sides of the zero line.
pub(super) struct AmountScale {
    /// Scene y of zero.
    pub zero: f64,
    /// Scene pixels for an amount of one.
    pub unit: f64,
}

impl AmountScale {
    pub fn y(&self, amount: Amount) -> f64 {
        (self.zero - amount as f64 * self.unit).round()
    }
}

/// The widest label of an axis up to `max`, with its gap: what the axis needs at the left.
pub(super) fn amount_axis_width(max: f64, unit: &Unit, wanted: usize) -> f64 {
    ticks::amounts(max, wanted)
        .iter()
        .map(|&a| text_width(&unit.short(a), TICK_SIZE, false, false))
        .fold(0.0, f64::max)
        .ceil()
        + 8.0
}

/// Gridlines with their amounts at the left, and the zero line. `up` and `down` are the largest amounts on each side.
pub(super) fn amount_axis(
    scene: &mut Scene,
    plot: Rect,
    up: Amount,
    down: Amount,
    unit: &Unit,
    wanted: usize,
) -> AmountScale {
    let (up, down) = (up.max(0) as f64, down.max(0) as f64);
    let ticks = ticks::amounts(up.max(down), wanted);
    let step = ticks.get(1).copied().unwrap_or(1.0);
    // The side that is there reaches to its next gridline, or just over the data where that is much nearer.
    let reach = |max: f64| {
        let full = (max / step - 1e-9).ceil() * step;
        if max > 0.0 && max * 1.25 < full {
            max * 1.1
        } else {
            full
        }
    };
    let (top, bottom) = (reach(up), reach(down));
    let top = if top + bottom > 0.0 { top } else { step };
    let scale = AmountScale {
        zero: (plot.top + plot.height() * top / (top + bottom))
            .round()
            .min(plot.bottom),
        unit: plot.height() / (top + bottom),
    };
    let places = ticks
        .iter()
        .map(|&a| (a, scale.zero - a * scale.unit))
        .chain(ticks.iter().skip(1).map(|&a| (a, scale.zero + a * scale.unit)));
    for (amount, y) in places {
        if y < plot.top - 0.5 || y > plot.bottom + 0.5 {
            continue;
        }
        let y = y.round();
        let (layer, ink) = if amount == 0.0 {
            (Layer::Rule, Ink::LineControl)
        } else {
            (Layer::Grid, Ink::Grid)
        };
        let (from, to) = (Point::new(plot.left, y), Point::new(plot.right, y));
        scene.line(layer, ink, Paint::line(1.0), from, to);
        let text = Text::new(plot.left - 6.0, y, unit.short(amount)).anchor(Anchor::End);
        if text.bounds().left >= -1.0 {
            scene.text(Ink::InkFaint, text);
        }
    }
    scale
}

/// Dashed verticals with labels in the rows above the plot; a label that finds no room is left to the datum.
pub(super) fn events(scene: &mut Scene, plot: &Plot, events: &[Event], rows: usize) {
    let mut shown: Vec<(usize, &Event)> = events.iter().enumerate().collect();
    shown.retain(|(_, e)| plot.time.range.contains(e.at_ns));
    shown.sort_by_key(|(_, e)| e.at_ns);
    // For each row, the stretches that labels take.
    let mut taken: Vec<Vec<(f64, f64)>> = vec![Vec::new(); rows];
    for (i, event) in shown {
        let x = plot.time.x(event.at_ns).floor();
        let spot = taken.iter_mut().enumerate().find_map(|(row, taken)| {
            let y = plot.rect.top - 6.0 - EVENT_ROW * (rows - 1 - row) as f64;
            [(x + 4.0, Anchor::Start), (x - 4.0, Anchor::End)]
                .into_iter()
                .map(|(at, anchor)| Text::new(at, y, event.label.as_str()).anchor(anchor))
                .find(|text| {
                    let b = text.bounds();
                    let free = taken
                        .iter()
                        .all(|&(from, to)| b.right + 6.0 < from || to + 6.0 < b.left);
                    let fits = free && b.left >= 0.0 && b.right <= scene.width;
                    if fits {
                        taken.push((b.left.min(x), b.right.max(x)));
                    }
                    fits
                })
        });
        let top = spot.as_ref().map_or(plot.rect.top - 4.0, |t| t.at.y - 5.0);
        let (from, to) = (Point::new(x, top), Point::new(x, plot.rect.bottom));
        scene.line(Layer::Rule, event.ink, Paint::dashed(1.0, 3.0, 3.0), from, to);
        let mut area = Rect::new(x - 3.0, top, x + 4.0, plot.rect.top);
        if let Some(text) = spot {
            area = area.union(text.bounds());
            scene.text(Ink::Ink, text);
        }
        scene.datum(Datum {
            label: format!("{}: {}", plot.stamp.write(event.at_ns), event.label),
            series: EVENT_SERIES,
            x: event.at_ns,
            area: Area::Rect(area),
            payload: i,
        });
    }
}

/// The height of a row of event labels.
pub(super) const EVENT_ROW: f64 = 13.0;

/// Hatched stretches; at least 3 pixels wide, so that none is overlooked.
pub(super) fn holes(scene: &mut Scene, plot: &Plot, holes: &[Hole]) {
    for (i, hole) in holes.iter().enumerate() {
        let Some((left, right)) = plot.span(hole.range) else {
            continue;
        };
        let rect = Rect::new(left, plot.rect.top, right.max(left + 3.0), plot.rect.bottom);
        let hatch = Paint::Hatch {
            period: 5.0,
            width: 1.5,
        };
        let geometry = Geometry::Rect { rect, radius: 0.0 };
        scene.add(Layer::Back, Ink::StatusYellow, hatch, geometry);
        scene.datum(Datum {
            label: hole.label.clone(),
            series: HOLE_SERIES,
            x: hole.range.from_ns,
            area: Area::Rect(rect),
            payload: i,
        });
    }
}
