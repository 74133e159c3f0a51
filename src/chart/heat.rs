//! What is there, and where are the holes? A grid of sources by time.

use super::axis::{self, Buckets, Frame, Plot};
use super::ink::Ink;
use super::scene::{Anchor, Area, Datum, Geometry, Layer, Paint, Rect, Scene, TableTwin, Text, Walk, clip};
use super::ticks::{Amount, Unit};
use crate::base::size;

/// A row's height, in scene pixels.
pub const HEAT_ROW: f64 = 25.0;
/// Where the first row begins, under the tick labels.
pub const HEAT_TOP: f64 = 20.0;
const CELL_HEIGHT: f64 = 15.0;
/// What the names need where they are drawn with the chart.
const NAMES_WIDTH: f64 = 220.0;

/// One cell of the grid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cell {
    /// No file covers it.
    #[default]
    NoFile,
    /// A file should cover it and does not.
    Hole,
    Amount(Amount),
}

#[derive(Clone, Debug, PartialEq)]
pub struct HeatRow {
    /// `us-east-1, CloudTrail`
    pub name: String,
    /// One a bucket; missing ones count as [`Cell::NoFile`].
    pub cells: Vec<Cell>,
}

#[derive(Clone, Debug)]
pub struct Heat<'a> {
    /// `Coverage, six hours a cell`
    pub title: &'a str,
    /// Its height is ignored: it follows from the number of rows.
    pub frame: Frame,
    pub buckets: Buckets,
    pub unit: Unit,
    pub rows: &'a [HeatRow],
    /// Draw names and totals too (exports); on screen the page writes them.
    pub names: bool,
}

/// Lays the grid out. A datum's series is its row, its payload the bucket.
pub fn heat(input: &Heat<'_>) -> Scene {
    let height = HEAT_TOP + HEAT_ROW * input.rows.len() as f64;
    let frame = Frame {
        height,
        ..input.frame
    };
    let mut scene = Scene::new(frame.width, height);
    let left = if input.names {
        NAMES_WIDTH.min(scene.width / 2.0)
    } else {
        0.0
    };
    let rect = Rect::new(left, HEAT_TOP, scene.width, height);
    let plot = Plot::new(&frame, rect, input.buckets.step_ns);
    axis::time_labels(&mut scene, &plot, &frame, 9.0);
    for (r, row) in input.rows.iter().enumerate() {
        let top = HEAT_TOP + HEAT_ROW * r as f64;
        let edge = Rect::new(0.0, top, scene.width, top + 1.0);
        let most = row.cells.iter().fold(0, |most, cell| match cell {
            Cell::Amount(amount) => most.max(*amount),
            Cell::NoFile | Cell::Hole => most,
        });
        scene.fill(Layer::Grid, Ink::Line, edge);
        if input.names {
            let total = Unit::short(&input.unit, total(row) as f64);
            let middle = top + HEAT_ROW / 2.0;
            let total = Text::new(left - 12.0, middle, total).anchor(Anchor::End);
            // The whole name stands in the table and in the data's labels.
            let name = clip(&row.name, 12.0, total.bounds().left - 8.0, false);
            scene.text(Ink::Ink, Text::new(0.0, middle, name).size(12.0));
            scene.text(Ink::InkQuiet, total);
        }
        for bucket in 0..input.buckets.len {
            let range = input.buckets.range(bucket);
            let Some((x0, x1)) = plot.span(range) else {
                continue;
            };
            let cell = row.cells.get(bucket).copied().unwrap_or_default();
            let when = plot.stamp.write(range.from_ns);
            let words = match cell {
                Cell::NoFile => "no file".to_owned(),
                Cell::Hole => "hole: expected, not there".to_owned(),
                Cell::Amount(amount) => input.unit.long(amount),
            };
            let datum = scene.datum(Datum {
                label: format!("{when}, {}: {words}", row.name),
                series: r,
                x: range.from_ns,
                area: Area::Rect(Rect::new(x0, top, x1.max(x0 + 1.0), top + HEAT_ROW)),
                payload: bucket,
            });
            let y = top + (HEAT_ROW - CELL_HEIGHT) / 2.0;
            let gap = if x1 - x0 > 6.0 { 1.0 } else { 0.0 };
            let cell_rect = Rect::new(x0, y.round(), x1 - gap, y.round() + CELL_HEIGHT);
            paint(&mut scene, cell, cell_rect, most, datum);
        }
    }
    scene.summary = summary(input, &plot);
    scene.table = table(input, &plot);
    scene.plot = rect;
    scene.time = Some(plot.time);
    scene.walk = Walk::Rows;
    scene.finish()
}

/// A row's records.
fn total(row: &HeatRow) -> Amount {
    row.cells.iter().fold(0, |sum: Amount, cell| match cell {
        Cell::Amount(amount) => sum.saturating_add((*amount).max(0)),
        Cell::NoFile | Cell::Hole => sum,
    })
}

/// 1 to 5 against the most of its row: sources differ by orders of magnitude, and a drop within one is what matters.
fn step(amount: Amount, most: Amount) -> usize {
    let share = amount.max(0) as f64 / most.max(1) as f64;
    ((share * 5.0).ceil() as usize).clamp(1, 5)
}

fn paint(scene: &mut Scene, cell: Cell, rect: Rect, most: Amount, datum: usize) {
    let radius = if rect.width() > 6.0 { 2.0 } else { 0.0 };
    let geometry = Geometry::Rect { rect, radius };
    let (ink, paint) = match cell {
        Cell::NoFile | Cell::Amount(0) => (Ink::Line, Paint::line(1.0)),
        Cell::Amount(amount) => (Ink::heat(step(amount, most)), Paint::Fill),
        Cell::Hole => {
            let hatch = Paint::Hatch {
                period: 5.0,
                width: 2.0,
            };
            scene
                .add(Layer::Data, Ink::StatusYellow, hatch, geometry.clone())
                .datum = Some(datum);
            (Ink::StatusYellow, Paint::line(1.0))
        }
    };
    scene.add(Layer::Data, ink, paint, geometry).datum = Some(datum);
}

fn summary(input: &Heat<'_>, plot: &Plot) -> String {
    let holes: usize = input
        .rows
        .iter()
        .map(|r| r.cells.iter().filter(|c| **c == Cell::Hole).count())
        .sum();
    format!(
        "{}, {}: {}, {}.",
        input.title,
        plot.range_words(),
        Unit::count("sources").long(input.rows.len() as Amount),
        Unit::count("holes").long(holes as Amount)
    )
}

fn table(input: &Heat<'_>, plot: &Plot) -> TableTwin {
    let times =
        (0..input.buckets.len).map(|b| format!("#{}", plot.stamp.write(input.buckets.range(b).from_ns)));
    let heads = ["Source".to_owned(), format!("#{}", input.unit.column())];
    let mut table = TableTwin::with_columns(heads.into_iter().chain(times));
    for row in input.rows {
        let mut cells = vec![row.name.clone(), size::count(total(row))];
        cells.extend(
            (0..input.buckets.len).map(|b| match row.cells.get(b).copied().unwrap_or_default() {
                Cell::NoFile => "no file".to_owned(),
                Cell::Hole => "hole".to_owned(),
                Cell::Amount(amount) => size::count(amount),
            }),
        );
        table.rows.push(cells);
    }
    table
}
