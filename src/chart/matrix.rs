//! Who with whom? A grid of pairs: how much in steps of a logarithm, and a mark in the corner where something was rejected.

use std::collections::BTreeMap;

use super::ink::Ink;
use super::pairs::{self, End, Side, Sum};
use super::scene::{
    Anchor, Area, Datum, Geometry, Layer, Paint, Point, Rect, Scene, TICK_SIZE, Text, Walk, clip, text_width,
};
use super::ticks::{Amount, Unit};

/// Rows and columns that are drawn at most, the others among them.
const MOST: usize = 40;
/// What a row needs for its label, and a column for its cells, in scene pixels.
const ROW: f64 = 14.0;
const COLUMN: f64 = 14.0;
/// No cell is larger.
const WIDEST: f64 = 72.0;
const TALLEST: f64 = 28.0;
/// The columns' labels stand like a stair, on so many steps at most.
const STAIRS: usize = 6;
const STAIR: f64 = 14.0;
/// The longest a column's label is wanted.
const HEAD: f64 = 104.0;
/// No name is cut shorter than this.
const SHORTEST: f64 = 16.0;
/// Between a label and the grid.
const PAD: f64 = 8.0;

/// What went from a row to a column, each an index in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crossing {
    pub row: usize,
    pub column: usize,
    pub accepted: Amount,
    pub rejected: Amount,
}

#[derive(Clone, Debug)]
pub struct Matrix<'a> {
    /// `Bytes by subnet`
    pub title: &'a str,
    /// Scene pixels, at most; the height follows from the rows that are drawn.
    pub width: f64,
    pub height: f64,
    pub unit: Unit,
    pub rows: &'a [End],
    pub columns: &'a [End],
    /// Any order; what is there twice is added.
    pub cells: &'a [Crossing],
}

/// One cell that is drawn.
struct Square {
    row: usize,
    column: usize,
    sum: Sum,
    payload: usize,
}

/// Lays the grid out, largest rows and columns first. A datum's series is its row and its x the column as drawn; its
/// payload is the index of the first crossing of the pair, or a number from [`OTHERS`](pairs::OTHERS) on where it holds
/// those of several ends.
pub fn matrix(input: &Matrix<'_>) -> Scene {
    let (width, height) = (input.width.max(1.0), input.height.max(1.0));
    let label = |end: &End| text_width(&end.name, TICK_SIZE, false, false) * 1.12;
    let longest = |ends: &[End]| ends.iter().map(label).fold(60.0, f64::max);
    let left = (longest(input.rows) + PAD).ceil().min(width * 0.3).floor();
    let room = |all: f64, one: f64| ((all / one).max(1.0) as usize).min(MOST);
    let rows = Side::seat(
        input.rows,
        input
            .cells
            .iter()
            .map(|c| (c.row, Sum::new(c.accepted, c.rejected))),
        room(height - STAIRS as f64 * STAIR, ROW),
    );
    let columns = Side::seat(
        input.columns,
        input
            .cells
            .iter()
            .map(|c| (c.column, Sum::new(c.accepted, c.rejected))),
        room(width - left, COLUMN),
    );
    let squares = squares(input.cells, &rows, &columns);
    let grid = Grid::new((width, height), left, &rows, &columns);
    let mut scene = Scene::new(width, grid.bottom().min(height));
    grid.lines(&mut scene);
    grid.row_labels(&mut scene);
    grid.column_labels(&mut scene);
    let level = levels(&squares);
    for square in &squares {
        let rect = grid.cell(square.row, square.column);
        let datum = scene.datum(Datum {
            label: format!(
                "{} → {}: {}",
                rows.whole(square.row),
                columns.whole(square.column),
                square.sum.words(&input.unit)
            ),
            series: square.row,
            x: square.column as i64,
            area: Area::Rect(rect),
            payload: square.payload,
        });
        paint(&mut scene, square.sum, level(square.sum.total()), rect, datum);
        figure(
            &mut scene,
            input,
            square.sum,
            level(square.sum.total()),
            rect,
            datum,
        );
    }
    scene.plot = Rect::new(grid.left, grid.top, grid.right(), grid.bottom());
    scene.walk = Walk::Links(walk(&squares));
    scene.summary = summary(input, &rows, &columns, &squares);
    scene.table = pairs::table(
        &["From", "To"],
        &input.unit,
        squares
            .iter()
            .map(|s| (vec![rows.whole(s.row), columns.whole(s.column)], s.sum)),
    );
    scene.legend = Sum::of(squares.iter().map(|s| s.sum)).legend(&input.unit, Ink::Heat4);
    scene.finish()
}

/// What falls into each cell, row by row.
fn squares(cells: &[Crossing], rows: &Side<'_>, columns: &Side<'_>) -> Vec<Square> {
    let mut sums: BTreeMap<(usize, usize), (usize, Sum)> = BTreeMap::new();
    for (i, cell) in cells.iter().enumerate() {
        let at = (rows.of(cell.row), columns.of(cell.column));
        let (_, sum) = sums.entry(at).or_insert((i, Sum::default()));
        sum.add(Sum::new(cell.accepted, cell.rejected));
    }
    let square = |(i, ((row, column), (first, sum)))| {
        let named = rows.index(row).is_some() && columns.index(column).is_some();
        Square {
            row,
            column,
            sum,
            payload: pairs::payload(first, named, i),
        }
    };
    sums.into_iter().enumerate().map(square).collect()
}

/// 1 to 5 by the logarithm, between the least and the most of all cells; 0 for nothing.
fn levels(squares: &[Square]) -> impl Fn(Amount) -> usize + use<> {
    let totals = || squares.iter().map(|s| s.sum.total()).filter(|t| *t > 0);
    let least = (totals().min().unwrap_or(1) as f64).ln();
    let most = (totals().max().unwrap_or(1) as f64).ln();
    move |amount| match amount {
        ..=0 => 0,
        _ if most - least < 1e-9 => 5,
        _ => 1 + (((amount as f64).ln() - least) / (most - least) * 4.999) as usize,
    }
}

/// Where rows and columns lie.
struct Grid<'a> {
    rows: &'a Side<'a>,
    columns: &'a Side<'a>,
    left: f64,
    top: f64,
    cell: (f64, f64),
    /// Steps of the stair.
    stairs: usize,
    width: f64,
}

impl<'a> Grid<'a> {
    fn new((width, height): (f64, f64), left: f64, rows: &'a Side<'a>, columns: &'a Side<'a>) -> Self {
        let n = columns.len().max(1) as f64;
        let wanted = (0..columns.len())
            .map(|c| text_width(&columns.name(c), TICK_SIZE, false, false) * 1.12 + PAD)
            .fold(0.0, f64::max)
            .min(HEAD);
        // The last column's label needs room at the right of it.
        let room = width - left;
        let widest = |tail: f64| ((room - tail) / n).clamp(0.5, WIDEST);
        let cell = widest(0.0);
        let cell = if cell < wanted {
            widest((wanted - cell).min(room * 0.25))
        } else {
            cell
        };
        let high = ((height / 2.0 - 4.0) / STAIR) as usize;
        let most = STAIRS.min(columns.len()).min(high).max(1);
        let stairs = ((wanted / cell).ceil() as usize).clamp(1, most);
        let top = (stairs as f64 * STAIR + 4.0).min(height / 2.0);
        let tall = (height - top) / rows.len().max(1) as f64;
        let cell = if cell >= 4.0 { cell.floor() } else { cell };
        let tall = tall.clamp(0.5, TALLEST);
        Grid {
            rows,
            columns,
            left,
            top,
            cell: (cell, if tall >= 4.0 { tall.floor() } else { tall }),
            stairs,
            width,
        }
    }

    fn x(&self, column: usize) -> f64 {
        self.left + self.cell.0 * column as f64
    }

    fn y(&self, row: usize) -> f64 {
        self.top + self.cell.1 * row as f64
    }

    fn right(&self) -> f64 {
        self.x(self.columns.len())
    }

    fn bottom(&self) -> f64 {
        self.y(self.rows.len()) + 1.0
    }

    fn cell(&self, row: usize, column: usize) -> Rect {
        Rect::new(self.x(column), self.y(row), self.x(column + 1), self.y(row + 1))
    }

    fn lines(&self, scene: &mut Scene) {
        let (right, bottom) = (self.right(), self.bottom() - 1.0);
        for row in 0..=self.rows.len() {
            let y = self.y(row);
            scene.fill(Layer::Grid, Ink::Grid, Rect::new(self.left, y, right, y + 1.0));
        }
        for column in 0..=self.columns.len() {
            let x = self.x(column);
            scene.fill(Layer::Grid, Ink::Grid, Rect::new(x, self.top, x + 1.0, bottom));
        }
    }

    fn row_labels(&self, scene: &mut Scene) {
        if self.left - PAD < SHORTEST {
            return;
        }
        for row in 0..self.rows.len() {
            let name = clip(&self.rows.name(row), TICK_SIZE, self.left - PAD, false);
            let at = (self.left - PAD, self.y(row) + self.cell.1 / 2.0);
            let ink = self.ink(self.rows, row);
            scene.text(ink, Text::new(at.0, at.1, name).anchor(Anchor::End));
        }
    }

    /// On a stair that goes down to the right, each with a line to its column.
    fn column_labels(&self, scene: &mut Scene) {
        for column in 0..self.columns.len() {
            let x = self.x(column) + (self.cell.0 / 2.0).floor();
            let step = column % self.stairs;
            let y = self.top - 4.0 - STAIR * (self.stairs - step) as f64 + STAIR / 2.0;
            let mut from = x - 3.0;
            let next = column + self.stairs;
            let room = if self.stairs == 1 {
                from = self.x(column) + 3.0;
                self.cell.0 - 4.0
            } else if next < self.columns.len() {
                self.cell.0 * self.stairs as f64 - 4.0
            } else {
                self.width - from
            };
            let name = clip(&self.columns.name(column), TICK_SIZE, room, false);
            if y < STAIR / 2.0 || room < SHORTEST {
                continue;
            }
            if self.stairs > 1 {
                let foot = Rect::new(x, y + STAIR / 2.0, x + 1.0, self.top);
                scene.fill(Layer::Grid, Ink::LineControl, foot);
            }
            let text = Text::new(from, y, name);
            // Lines to other columns end at a label and go on below it.
            let room = text.bounds();
            let right = (room.right + room.width() * 0.12 + 2.0).min(self.width);
            let room = Rect::new(room.left, room.top, right, room.bottom);
            scene.fill(Layer::Rule, Ink::GroundRaised, room);
            scene.text(self.ink(self.columns, column), text);
        }
    }

    fn ink(&self, side: &Side<'_>, seat: usize) -> Ink {
        match side.end(seat) {
            Some(_) => Ink::InkQuiet,
            None => Ink::InkFaint,
        }
    }
}

fn paint(scene: &mut Scene, sum: Sum, level: usize, rect: Rect, datum: usize) {
    let gap = if rect.width() > 4.0 && rect.height() > 4.0 {
        1.0
    } else {
        0.0
    };
    let rect = Rect::new(rect.left + gap, rect.top + gap, rect.right, rect.bottom);
    let geometry = Geometry::Rect { rect, radius: 0.0 };
    let mut add = |ink: Ink, paint: Paint, geometry: Geometry| {
        scene.add(Layer::Data, ink, paint, geometry).datum = Some(datum);
    };
    match (sum.accepted, sum.rejected) {
        (0, 0) => add(Ink::LineControl, Paint::dashed(1.0, 2.0, 2.0), geometry),
        // Nothing came through: stripes, and the more of them the more there was.
        (0, _) => {
            let hatch = Paint::Hatch {
                period: 6.0,
                width: 0.8 + 0.6 * level as f64,
            };
            add(Ink::RejectGround, Paint::Fill, geometry.clone());
            add(Ink::RejectQuiet, hatch, geometry);
        }
        _ => {
            add(Ink::heat(level), Paint::Fill, geometry.clone());
            // The palest are hardly seen on their ground.
            if level < 3 {
                add(Ink::Heat3, Paint::line(1.0), geometry);
            }
        }
    }
    if sum.rejected > 0 {
        // A rim of the ground sets the mark off from the darkest cell.
        let side = (rect.width().min(rect.height()) * 0.55).min(9.0);
        for (ink, side) in [(Ink::GroundRaised, side + 2.0), (Ink::Reject, side)] {
            add(ink, Paint::Fill, corner(rect, side));
        }
    }
}

/// The triangle in the upper right corner.
fn corner(rect: Rect, side: f64) -> Geometry {
    let side = side.min(rect.width()).min(rect.height());
    Geometry::Polygon(vec![
        Point::new(rect.right - side, rect.top),
        Point::new(rect.right, rect.top),
        Point::new(rect.right, rect.top + side),
    ])
}

/// The amount in its cell, where it finds room and nothing is striped behind it.
fn figure(scene: &mut Scene, input: &Matrix<'_>, sum: Sum, level: usize, rect: Rect, datum: usize) {
    let words = input.unit.short(sum.total() as f64);
    let mark = if sum.rejected > 0 { 10.0 } else { 0.0 };
    let width = text_width(&words, TICK_SIZE, false, false) * 1.12 + 6.0 + mark;
    if sum.accepted == 0 || rect.height() < 15.0 || rect.width() < width {
        return;
    }
    let at = Point::new(rect.center().x - mark / 2.0, rect.center().y + 0.5);
    let mut text = Text::new(at.x, at.y, words).anchor(Anchor::Middle);
    let ink = if level < 4 { Ink::Ink } else { Ink::InkInverse };
    // Of its own the fourth step is a little too close to either ink.
    text.halo = (level == 4).then_some(Ink::Heat5);
    scene.text(ink, text).datum = Some(datum);
}

/// Left and right along the row, up and down to the nearest cell of the next row that has one.
fn walk(squares: &[Square]) -> Vec<[Option<usize>; 4]> {
    let mut rows: Vec<Vec<usize>> = Vec::new();
    for (i, square) in squares.iter().enumerate() {
        let same = |row: &&mut Vec<usize>| {
            row.last()
                .and_then(|&last| squares.get(last))
                .is_some_and(|last| last.row == square.row)
        };
        match rows.last_mut().filter(same) {
            Some(row) => row.push(i),
            None => rows.push(vec![i]),
        }
    }
    let mut links = Vec::with_capacity(squares.len());
    for (r, row) in rows.iter().enumerate() {
        for (c, &at) in row.iter().enumerate() {
            let column = squares.get(at).map_or(0, |s| s.column);
            let nearest = |other: Option<&Vec<usize>>| {
                let away = |&&i: &&usize| squares.get(i).map(|s| s.column.abs_diff(column));
                other?.iter().min_by_key(away).copied()
            };
            links.push([
                c.checked_sub(1).and_then(|c| row.get(c)).copied(),
                row.get(c + 1).copied(),
                nearest(r.checked_sub(1).and_then(|r| rows.get(r))),
                nearest(rows.get(r + 1)),
            ]);
        }
    }
    links
}

fn summary(input: &Matrix<'_>, rows: &Side<'_>, columns: &Side<'_>, squares: &[Square]) -> String {
    let all = Sum::of(squares.iter().map(|s| s.sum));
    let mut text = format!(
        "{}: {}{} by {}{}; {}.",
        input.title,
        Unit::count("rows").long(rows.count()),
        rows.together(),
        Unit::count("columns").long(columns.count()),
        columns.together(),
        all.words(&input.unit)
    );
    if let Some(most) = squares
        .iter()
        .max_by_key(|s| (s.sum.total(), std::cmp::Reverse((s.row, s.column))))
    {
        text.push_str(&format!(
            " Most: {} → {}: {}.",
            rows.whole(most.row),
            columns.whole(most.column),
            most.sum.words(&input.unit)
        ));
    }
    text
}
