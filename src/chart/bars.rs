//! How many when? Stacked bars over time, with what was rejected hanging below the line.

use super::axis::{self, Buckets, Event, Frame, Hole, Plot, Series};
use super::ink::Ink;
use super::scene::{Area, Datum, Geometry, Layer, LegendItem, Paint, Rect, Scene, TableTwin};
use super::ticks::{Amount, Unit};

/// Stacked bars: the first series lies lowest; "other" comes last.
#[derive(Clone, Debug)]
pub struct Bars<'a> {
    /// What the chart says in a word or two: `Records an hour`.
    pub title: &'a str,
    pub frame: Frame,
    pub buckets: Buckets,
    pub unit: Unit,
    pub series: &'a [Series],
    pub holes: &'a [Hole],
    pub events: &'a [Event],
}

const AXIS_HEIGHT: f64 = 20.0;
const EVENT_ROWS: usize = 2;

/// Lays the bars out. A bar's payload is `bucket * series.len() + series`; events and holes have series of their own
/// ([`EVENT_SERIES`](super::EVENT_SERIES), [`HOLE_SERIES`](super::HOLE_SERIES)) and their index as payload.
pub fn stacked_bars(bars: &Bars<'_>) -> Scene {
    let frame = &bars.frame;
    let mut scene = Scene::new(frame.width, frame.height);
    let (up, down) = peaks(bars);
    let wanted = if frame.height < 140.0 { 3 } else { 4 };
    let left = axis::amount_axis_width(up.max(down) as f64, &bars.unit, wanted);
    let top = if bars.events.is_empty() {
        7.0
    } else {
        8.0 + axis::EVENT_ROW * EVENT_ROWS as f64
    };
    let rect = Rect::new(
        left.min(scene.width / 2.0),
        top,
        scene.width,
        (scene.height - AXIS_HEIGHT).max(top + 1.0),
    );
    let plot = Plot::new(frame, rect, bars.buckets.step_ns);
    let scale = axis::amount_axis(&mut scene, rect, up, down, &bars.unit, wanted);
    axis::time_axis(&mut scene, &plot, frame, rect.bottom);
    axis::holes(&mut scene, &plot, bars.holes);
    for bucket in 0..bars.buckets.len {
        let range = bars.buckets.range(bucket);
        let Some((x0, x1)) = plot.span(range) else {
            continue;
        };
        let when = plot.stamp.write(range.from_ns);
        let values = bars.series.iter().map(|s| s.value(bucket));
        let (all, filled) = values
            .filter(|&v| v > 0)
            .fold((0 as Amount, 0), |(sum, n), v| (sum.saturating_add(v), n + 1));
        // What a bar is a part of, where it is one.
        let of_all = match filled > 1 {
            true => format!(", all {}", bars.unit.long(all)),
            false => String::new(),
        };
        for below in [false, true] {
            let mut sum: Amount = 0;
            for (s, series) in bars.series.iter().enumerate().filter(|(_, s)| s.below == below) {
                let value = series.value(bucket);
                if value == 0 {
                    continue;
                }
                let side = if below { -1 } else { 1 };
                let (near, far) = (scale.y(sum * side), scale.y(sum.saturating_add(value) * side));
                sum = sum.saturating_add(value);
                let bar = bar_between(x0, x1, near, far, below, rect);
                let datum = scene.datum(Datum {
                    label: format!("{when}, {}: {}{of_all}", series.name, bars.unit.long(value)),
                    series: s,
                    x: range.from_ns,
                    area: Area::Rect(Rect::new(
                        x0,
                        bar.top,
                        x1.max(x0 + 1.0),
                        bar.bottom.max(bar.top + 1.0),
                    )),
                    payload: bucket * bars.series.len() + s,
                });
                paint_bar(&mut scene, bar, series.ink, below, datum);
            }
        }
    }
    axis::events(&mut scene, &plot, bars.events, EVENT_ROWS);
    scene.legend = legend(bars.series, &bars.unit);
    scene.summary = summary(bars, &plot);
    scene.table = table(bars, &plot);
    scene.plot = rect;
    scene.time = Some(plot.time);
    scene.finish()
}

/// The tallest stack above and below the line.
fn peaks(bars: &Bars<'_>) -> (Amount, Amount) {
    let stack = |bucket: usize, below: bool| {
        bars.series
            .iter()
            .filter(|s| s.below == below)
            .fold(0, |sum: Amount, s| sum.saturating_add(s.value(bucket)))
    };
    let peak = |below: bool| (0..bars.buckets.len).map(|b| stack(b, below)).max().unwrap_or(0);
    (peak(false), peak(true))
}

/// A bar between two heights; the last pixel of a tall one is the gap to the next, and the smallest is one pixel.
fn bar_between(x0: f64, x1: f64, near: f64, far: f64, below: bool, plot: Rect) -> Rect {
    let gap = if (near - far).abs() > 3.0 { 1.0 } else { 0.0 };
    if below {
        // The zero line itself is one pixel high.
        let top = near + 1.0;
        Rect::new(x0, top, x1, (far + 1.0).max(top + 1.0).min(plot.bottom))
    } else {
        Rect::new(x0, far.min(near - 1.0).max(plot.top), x1, near - gap)
    }
}

pub(super) fn paint_bar(scene: &mut Scene, bar: Rect, ink: Ink, hatched: bool, datum: usize) {
    if hatched {
        let ground = match ink {
            Ink::Reject => Ink::RejectGround,
            _ => Ink::GroundSunken,
        };
        scene.fill(Layer::Data, ground, bar).datum = Some(datum);
        let hatch = Paint::Hatch {
            period: 4.0,
            width: 2.0,
        };
        let geometry = Geometry::Rect {
            rect: bar,
            radius: 0.0,
        };
        scene.add(Layer::Data, ink, hatch, geometry).datum = Some(datum);
        // The far edge is solid, so that a height can be read off stripes.
        let edge = Rect::new(bar.left, bar.bottom - 1.0, bar.right, bar.bottom);
        scene.fill(Layer::Data, ink, edge).datum = Some(datum);
    } else {
        scene.fill(Layer::Data, ink, bar).datum = Some(datum);
    }
}

pub(super) fn legend(series: &[Series], unit: &Unit) -> Vec<LegendItem> {
    series
        .iter()
        .map(|s| LegendItem {
            name: s.name.clone(),
            ink: s.ink,
            hatched: s.below,
            total: unit.short(s.total() as f64),
        })
        .collect()
}

/// `Records an hour, 9 Nov 00:00 to 14 Nov 00:00 UTC: VPC flow logs 1.85 M, … Most from 11 Nov 02:00 to 11 Nov 03:00: 44,012 records.`
fn summary(bars: &Bars<'_>, plot: &Plot) -> String {
    let totals: Vec<String> = bars
        .series
        .iter()
        .map(|s| format!("{} {}", s.name, bars.unit.short(s.total() as f64)))
        .collect();
    let sum = |b: usize| {
        bars.series
            .iter()
            .fold(0, |sum: Amount, s| sum.saturating_add(s.value(b)))
    };
    let most = (0..bars.buckets.len)
        .map(|b| (sum(b), b))
        .max_by_key(|&(sum, b)| (sum, std::cmp::Reverse(b)))
        .filter(|&(sum, _)| sum > 0);
    let mut text = format!("{}, {}", bars.title, plot.range_words());
    match most {
        Some((amount, bucket)) => {
            let range = bars.buckets.range(bucket);
            text.push_str(&format!(
                ": {}. Most from {} to {}: {}.",
                totals.join(", "),
                plot.stamp.write(range.from_ns),
                plot.stamp.write(range.to_ns),
                bars.unit.long(amount)
            ));
        }
        None => text.push_str(": nothing in this range."),
    }
    for hole in bars.holes {
        text.push_str(&format!(" Missing: {}.", hole.label));
    }
    text
}

fn table(bars: &Bars<'_>, plot: &Plot) -> TableTwin {
    let time = format!("Time ({})", plot.stamp.zone());
    let heads = bars
        .series
        .iter()
        .map(|s| format!("#{}, {}", s.name, bars.unit.column()));
    let missing = (!bars.holes.is_empty()).then(|| "Missing".to_owned());
    let mut table = TableTwin::with_columns(std::iter::once(time).chain(heads).chain(missing));
    for bucket in 0..bars.buckets.len {
        let range = bars.buckets.range(bucket);
        let mut row = vec![plot.stamp.write(range.from_ns)];
        row.extend(
            bars.series
                .iter()
                .map(|s| crate::base::size::count(s.value(bucket))),
        );
        if !bars.holes.is_empty() {
            let within = |h: &&Hole| h.range.from_ns < range.to_ns && range.from_ns < h.range.to_ns;
            let labels: Vec<&str> = (bars.holes.iter().filter(within))
                .map(|hole| hole.label.as_str())
                .collect();
            row.push(labels.join("; "));
        }
        table.rows.push(row);
    }
    table
}
