//! How did it go? Lines over time, or areas stacked on each other, of amounts at any times.

use super::axis::{self, AmountScale, Frame, Plot};
use super::ink::Ink;
use super::scene::{Area, Datum, Geometry, Layer, LegendItem, Paint, Point, Rect, Scene, TableTwin};
use super::ticks::{Amount, Unit};

const AXIS_HEIGHT: f64 = 20.0;
const WIDTH: f64 = 1.5;
/// Half the height of what can be pointed at around a point.
const REACH: f64 = 5.0;
/// From this line on they are dashed: colours alone do not tell so many apart.
const SOLID: usize = 4;

/// A named row of amounts, one a time; where there is none the line is broken.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    pub name: String,
    pub ink: Ink,
    pub values: Vec<Option<Amount>>,
}

impl Trace {
    fn value(&self, at: usize) -> Option<Amount> {
        self.values.get(at).copied().flatten().map(|v| v.max(0))
    }

    fn total(&self) -> Amount {
        let values = self.values.iter().flatten();
        values.fold(0, |sum: Amount, v| sum.saturating_add((*v).max(0)))
    }
}

#[derive(Clone, Debug)]
pub struct Lines<'a> {
    pub title: &'a str,
    pub frame: Frame,
    /// Ascending.
    pub times: &'a [i64],
    /// The finest difference between times that matters.
    pub step_ns: i64,
    pub unit: Unit,
    pub traces: &'a [Trace],
    /// Areas on each other, the first lowest; what is missing counts as nothing.
    pub stacked: bool,
}

/// Lays the lines out. A datum's payload is `time * traces.len() + trace`.
pub fn lines(lines: &Lines<'_>) -> Scene {
    let frame = &lines.frame;
    let mut scene = Scene::new(frame.width, frame.height);
    let peak = peak(lines);
    let wanted = if frame.height < 140.0 { 3 } else { 4 };
    let left = axis::amount_axis_width(peak as f64, &lines.unit, wanted);
    let rect = Rect::new(
        left.min(scene.width / 2.0),
        7.0,
        scene.width,
        (scene.height - AXIS_HEIGHT).max(8.0),
    );
    let plot = Plot::new(frame, rect, lines.step_ns);
    let scale = axis::amount_axis(&mut scene, rect, peak, 0, &lines.unit, wanted);
    axis::time_axis(&mut scene, &plot, frame, rect.bottom);
    let xs: Vec<f64> = lines
        .times
        .iter()
        .map(|&t| plot.time.x(t).clamp(rect.left, rect.right))
        .collect();
    let mut below = vec![0; xs.len()];
    for (at, trace) in lines.traces.iter().enumerate() {
        let tops = tops(lines, trace, &below);
        if lines.stacked {
            area(&mut scene, &scale, trace.ink, &xs, &below, &tops);
            below = tops
                .iter()
                .zip(&below)
                .map(|(top, b)| top.unwrap_or(*b))
                .collect();
        } else {
            line(&mut scene, &scale, at, trace.ink, &xs, &tops);
        }
        points(&mut scene, lines, &plot, at, &xs, &|i| {
            tops.get(i).copied().flatten().map(|top| scale.y(top))
        });
    }
    scene.legend = legend(lines);
    scene.summary = summary(lines, &plot);
    scene.table = table(lines, &plot);
    scene.plot = rect;
    scene.time = Some(plot.time);
    scene.finish()
}

/// Where a trace's upper edge is at each time.
fn tops(lines: &Lines<'_>, trace: &Trace, below: &[Amount]) -> Vec<Option<Amount>> {
    let top = |(at, below): (usize, &Amount)| match lines.stacked {
        true => Some(below.saturating_add(trace.value(at).unwrap_or(0))),
        false => trace.value(at),
    };
    below.iter().enumerate().map(top).collect()
}

fn peak(lines: &Lines<'_>) -> Amount {
    let at = |i: usize| {
        let values = lines.traces.iter().filter_map(|t| t.value(i));
        match lines.stacked {
            true => values.fold(0, |sum: Amount, v| sum.saturating_add(v)),
            false => values.max().unwrap_or(0),
        }
    };
    (0..lines.times.len()).map(at).max().unwrap_or(0)
}

fn area(
    scene: &mut Scene,
    scale: &AmountScale,
    ink: Ink,
    xs: &[f64],
    below: &[Amount],
    tops: &[Option<Amount>],
) {
    let upper = xs
        .iter()
        .zip(tops)
        .filter_map(|(x, top)| Some(Point::new(*x, scale.y((*top)?))));
    let lower = xs
        .iter()
        .zip(below)
        .map(|(x, below)| Point::new(*x, scale.y(*below)));
    let outline: Vec<Point> = upper.chain(lower.rev()).collect();
    if outline.len() > 2 {
        scene.add(Layer::Data, ink, Paint::Fill, Geometry::Polygon(outline));
    }
}

/// A line from each time to the next; one that stands alone is a dot.
fn line(scene: &mut Scene, scale: &AmountScale, at: usize, ink: Ink, xs: &[f64], tops: &[Option<Amount>]) {
    let paint = match at < SOLID {
        true => Paint::line(WIDTH),
        false => Paint::dashed(WIDTH, 5.0, 3.0),
    };
    let all: Vec<Option<Point>> = xs
        .iter()
        .zip(tops)
        .map(|(x, top)| top.map(|top| Point::new(*x, scale.y(top))))
        .collect();
    for run in all.split(Option::is_none) {
        let run: Vec<Point> = run.iter().flatten().copied().collect();
        match run.as_slice() {
            [] => {}
            [one] => {
                let dot = Geometry::Circle {
                    center: *one,
                    radius: 2.0,
                };
                scene.add(Layer::Data, ink, Paint::Fill, dot);
            }
            _ => {
                scene.add(Layer::Data, ink, paint, Geometry::Path(run));
            }
        }
    }
}

/// What can be pointed at: around each point, as far as half way to its neighbours.
fn points(
    scene: &mut Scene,
    lines: &Lines<'_>,
    plot: &Plot,
    at: usize,
    xs: &[f64],
    y: &dyn Fn(usize) -> Option<f64>,
) {
    let Some(trace) = lines.traces.get(at) else { return };
    for (i, (&x, &time)) in xs.iter().zip(lines.times).enumerate() {
        let (Some(y), Some(value)) = (y(i), trace.value(i)) else {
            continue;
        };
        let half = |other: Option<&f64>| other.map_or(REACH, |o| (x - o).abs() / 2.0);
        let left = half(i.checked_sub(1).and_then(|i| xs.get(i)));
        let right = half(xs.get(i + 1));
        let area = Rect::new(
            (x - left).max(plot.rect.left),
            (y - REACH).max(0.0),
            (x + right.max(0.5)).min(plot.rect.right),
            y + REACH,
        );
        scene.datum(Datum {
            label: format!(
                "{}, {}: {}",
                plot.stamp.write(time),
                trace.name,
                lines.unit.long(value)
            ),
            series: at,
            x: time,
            area: Area::Rect(area),
            payload: i * lines.traces.len() + at,
        });
    }
}

fn legend(lines: &Lines<'_>) -> Vec<LegendItem> {
    let item = |t: &Trace| LegendItem {
        name: t.name.clone(),
        ink: t.ink,
        hatched: false,
        // A sum of averages says nothing.
        total: match lines.unit {
            Unit::Decimal { .. } | Unit::Duration => String::new(),
            _ => lines.unit.short(t.total() as f64),
        },
    };
    lines.traces.iter().map(item).collect()
}

fn summary(lines: &Lines<'_>, plot: &Plot) -> String {
    let most = lines.traces.iter().flat_map(|t| {
        let values = t.values.iter().zip(lines.times);
        values.filter_map(move |(v, at)| Some((((*v)?), t, *at)))
    });
    let head = format!("{}, {}", lines.title, plot.range_words());
    match most.max_by_key(|(v, _, at)| (*v, std::cmp::Reverse(*at))) {
        Some((value, trace, at)) => format!(
            "{head}: {} {}. Most at {}, {}: {}.",
            lines.traces.len(),
            if lines.traces.len() == 1 {
                "series"
            } else {
                "series in one chart"
            },
            plot.stamp.write(at),
            trace.name,
            lines.unit.long(value)
        ),
        None => format!("{head}: nothing in this range."),
    }
}

fn table(lines: &Lines<'_>, plot: &Plot) -> TableTwin {
    let time = format!("Time ({})", plot.stamp.zone());
    let heads = lines.traces.iter().map(|t| format!("#{}", t.name));
    let mut table = TableTwin::with_columns(std::iter::once(time).chain(heads));
    for (i, &at) in lines.times.iter().enumerate() {
        let cell = |t: &Trace| t.value(i).map(|v| lines.unit.exact(v)).unwrap_or_default();
        let cells = lines.traces.iter().map(cell);
        table
            .rows
            .push(std::iter::once(plot.stamp.write(at)).chain(cells).collect());
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::TimeRange;
    use crate::base::time::HOUR;

    fn drawn(values: &[&[Option<Amount>]], stacked: bool) -> Scene {
        let traces: Vec<Trace> = values
            .iter()
            .enumerate()
            .map(|(n, v)| Trace {
                name: format!("s{n}"),
                ink: Ink::series(n),
                values: v.to_vec(),
            })
            .collect();
        let times: Vec<i64> = (0..4).map(|n| n * HOUR).collect();
        lines(&Lines {
            title: "count(*)",
            frame: Frame {
                width: 400.0,
                height: 200.0,
                range: TimeRange::new(0, 4 * HOUR),
                offset_min: 0,
            },
            times: &times,
            step_ns: HOUR,
            unit: Unit::count("count(*)"),
            traces: &traces,
            stacked,
        })
    }

    fn paths(scene: &Scene) -> usize {
        let data = scene.shapes.iter().filter(|s| s.layer == Layer::Data);
        data.filter(|s| matches!(s.geometry, Geometry::Path(_))).count()
    }

    #[test]
    fn a_line_is_broken_where_nothing_is_known() {
        let whole = drawn(&[&[Some(1), Some(2), Some(3), Some(4)]], false);
        let broken = drawn(&[&[Some(1), Some(2), None, Some(4)]], false);
        assert_eq!((paths(&whole), paths(&broken)), (1, 1));
        let dots = broken
            .shapes
            .iter()
            .filter(|s| matches!(s.geometry, Geometry::Circle { .. }));
        assert_eq!(dots.count(), 1);
        assert_eq!(broken.data.len(), 3);
        assert_eq!(broken.table.rows[2], ["1 Jan 02:00", ""]);
    }

    #[test]
    fn areas_lie_on_each_other() {
        let scene = drawn(&[&[Some(1); 4], &[Some(3), None, Some(3), Some(3)]], true);
        let y = |label: &str| {
            let datum = scene.data.iter().find(|d| d.label.contains(label));
            datum.map(|d| d.area.bounds().center().y).unwrap_or_default()
        };
        assert!(y("00:00, s1") < y("00:00, s0"));
        assert!(
            scene.summary.contains("Most at 1 Jan 00:00, s1"),
            "{}",
            scene.summary
        );
        let areas = scene
            .shapes
            .iter()
            .filter(|s| matches!(s.geometry, Geometry::Polygon(_)));
        assert_eq!(areas.count(), 2);
    }

    #[test]
    fn nothing_is_drawn_without_times() {
        let empty = lines(&Lines {
            title: "x",
            frame: Frame {
                width: 10.0,
                height: 10.0,
                range: TimeRange::new(0, 1),
                offset_min: 0,
            },
            times: &[],
            step_ns: 1,
            unit: Unit::count("x"),
            traces: &[],
            stacked: true,
        });
        assert!(empty.data.is_empty() && empty.summary.ends_with("nothing in this range."));
    }
}
