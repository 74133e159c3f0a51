//! What is on a chart? One list of shapes and one of data serve drawing, hover, keyboard and the table twin.

use serde::{Deserialize, Serialize};

use super::ink::Ink;
use crate::base::TimeRange;

/// A place in scene pixels (CSS pixels of the drawing, y down).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

impl Point {
    pub const fn new(x: f64, y: f64) -> Self {
        Point { x, y }
    }
}

/// An upright rectangle in scene pixels; `right >= left` and `bottom >= top`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rect {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Rect {
    pub fn new(left: f64, top: f64, right: f64, bottom: f64) -> Self {
        Rect {
            left,
            top,
            right: right.max(left),
            bottom: bottom.max(top),
        }
    }
    pub fn around(center: Point, half: f64) -> Self {
        Rect::new(center.x - half, center.y - half, center.x + half, center.y + half)
    }
    pub fn width(self) -> f64 {
        self.right - self.left
    }
    pub fn height(self) -> f64 {
        self.bottom - self.top
    }
    pub fn center(self) -> Point {
        Point::new((self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0)
    }
    pub fn contains(self, x: f64, y: f64) -> bool {
        self.left <= x && x < self.right && self.top <= y && y < self.bottom
    }
    pub fn overlaps(self, o: Rect) -> bool {
        self.left < o.right && o.left < self.right && self.top < o.bottom && o.top < self.bottom
    }
    pub fn grown(self, by: f64) -> Self {
        Rect::new(self.left - by, self.top - by, self.right + by, self.bottom + by)
    }
    pub fn union(self, o: Rect) -> Self {
        Rect::new(
            self.left.min(o.left),
            self.top.min(o.top),
            self.right.max(o.right),
            self.bottom.max(o.bottom),
        )
    }
}

/// Which point of a text its place names; vertically it is always the middle of the line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Anchor {
    #[default]
    Start,
    Middle,
    End,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    pub at: Point,
    pub text: String,
    /// Font size in scene pixels.
    pub size: f64,
    pub anchor: Anchor,
    pub strong: bool,
    /// In the face for values a machine wrote.
    pub mono: bool,
    /// Outlined in this ink, so that lines behind do not strike it through.
    pub halo: Option<Ink>,
}

/// The size of axis ticks, in scene pixels.
pub const TICK_SIZE: f64 = 11.0;

impl Text {
    pub fn new(x: f64, y: f64, text: impl Into<String>) -> Self {
        Text {
            at: Point::new(x, y),
            text: text.into(),
            size: TICK_SIZE,
            anchor: Anchor::Start,
            strong: false,
            mono: false,
            halo: None,
        }
    }
    pub fn anchor(mut self, anchor: Anchor) -> Self {
        self.anchor = anchor;
        self
    }
    pub fn size(mut self, size: f64) -> Self {
        self.size = size;
        self
    }
    pub fn strong(mut self) -> Self {
        self.strong = true;
        self
    }
    pub fn mono(mut self) -> Self {
        self.mono = true;
        self
    }
    pub fn halo(mut self, ground: Ink) -> Self {
        self.halo = Some(ground);
        self
    }
    /// About where it will stand; system faces differ by 15 %.
    pub fn bounds(&self) -> Rect {
        let width = text_width(&self.text, self.size, self.mono, self.strong);
        let left = match self.anchor {
            Anchor::Start => self.at.x,
            Anchor::Middle => self.at.x - width / 2.0,
            Anchor::End => self.at.x - width,
        };
        Rect::new(
            left,
            self.at.y - self.size * 0.6,
            left + width,
            self.at.y + self.size * 0.6,
        )
    }
}

/// About how wide a text is, in scene pixels: charts are laid out where no font can be measured.
pub fn text_width(text: &str, size: f64, mono: bool, strong: bool) -> f64 {
    let em: f64 = text
        .chars()
        .map(|c| match c {
            _ if mono => 0.602,
            'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.28,
            'f' | 't' | 'r' | ' ' | '(' | ')' | '[' | ']' | '-' | '/' | '·' => 0.36,
            'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.87,
            'A'..='Z' => 0.67,
            '0'..='9' => 0.6,
            c if c as u32 >= 0x2e80 => 1.0,
            _ => 0.55,
        })
        .sum();
    em * size * if strong { 1.09 } else { 1.0 }
}

/// A text cut with an ellipsis to the room it has; the whole one belongs into label and table.
pub(super) fn clip(text: &str, size: f64, room: f64, strong: bool) -> String {
    // Some system faces are a good deal wider than reckoned.
    let room = room / 1.12;
    if text_width(text, size, false, strong) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if text_width(&kept, size, false, strong) + size > room {
            kept.pop();
            break;
        }
    }
    kept.push('…');
    kept
}

#[derive(Clone, Debug, PartialEq)]
pub enum Geometry {
    Rect {
        rect: Rect,
        radius: f64,
    },
    /// Open; closed only where the last point is the first.
    Path(Vec<Point>),
    /// A closed area.
    Polygon(Vec<Point>),
    Circle {
        center: Point,
        radius: f64,
    },
    /// Two strokes across each other.
    Cross {
        center: Point,
        half: f64,
    },
    Text(Text),
}

/// How a shape is laid on. Text and crosses know their own way; of theirs only the stroke width counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Paint {
    Fill,
    Stroke {
        width: f64,
        dash: Option<Dash>,
    },
    /// 45° stripes of `width`, one every `period` scene pixels, in phase over the whole scene.
    Hatch {
        period: f64,
        width: f64,
    },
}

impl Paint {
    pub const fn line(width: f64) -> Self {
        Paint::Stroke { width, dash: None }
    }
    pub const fn dashed(width: f64, on: f64, off: f64) -> Self {
        Paint::Stroke {
            width,
            dash: Some(Dash { on, off }),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dash {
    pub on: f64,
    pub off: f64,
}

/// What lies above what; within a layer, what was added later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// Bands and boxes.
    Back,
    Grid,
    #[default]
    Data,
    /// Baselines, events, holes.
    Rule,
    Label,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    pub geometry: Geometry,
    pub paint: Paint,
    pub ink: Ink,
    /// 0 to 1.
    pub opacity: f64,
    pub layer: Layer,
    /// The datum it shows, an index into [`Scene::data`].
    pub datum: Option<usize>,
}

/// Where a datum can be pointed at.
#[derive(Clone, Debug, PartialEq)]
pub enum Area {
    Rect(Rect),
    /// Within `reach` scene pixels of a path.
    Near {
        path: Vec<Point>,
        reach: f64,
    },
    /// Inside a closed outline.
    Inside(Vec<Point>),
}

impl Area {
    pub fn bounds(&self) -> Rect {
        match self {
            Area::Rect(rect) => *rect,
            Area::Near { path, reach } => path
                .iter()
                .map(|&p| Rect::around(p, *reach))
                .reduce(Rect::union)
                .unwrap_or_default(),
            Area::Inside(outline) => outline
                .iter()
                .map(|&p| Rect::around(p, 0.0))
                .reduce(Rect::union)
                .unwrap_or_default(),
        }
    }

    fn contains(&self, x: f64, y: f64) -> bool {
        match self {
            Area::Rect(rect) => rect.contains(x, y),
            Area::Near { path, reach } => path
                .windows(2)
                .any(|w| matches!(w, [a, b] if distance(Point::new(x, y), *a, *b) <= *reach)),
            Area::Inside(outline) => encloses(outline, x, y),
        }
    }
}

/// Whether a ray to the right crosses a closed outline an odd number of times.
fn encloses(outline: &[Point], x: f64, y: f64) -> bool {
    let edges = outline.iter().zip(outline.iter().cycle().skip(1));
    let crossed =
        edges.filter(|(a, b)| (a.y > y) != (b.y > y) && x < a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x));
    crossed.count() % 2 == 1
}

/// How far a point is from a stretch of line.
fn distance(p: Point, a: Point, b: Point) -> f64 {
    let (dx, dy) = (b.x - a.x, b.y - a.y);
    let length = dx * dx + dy * dy;
    let t = if length > 0.0 {
        (((p.x - a.x) * dx + (p.y - a.y) * dy) / length).clamp(0.0, 1.0)
    } else {
        0.0
    };
    (p.x - a.x - t * dx).hypot(p.y - a.y - t * dy)
}

/// The row of events when walking with the keyboard: above every series.
pub const EVENT_SERIES: usize = 1_000;
/// The row of holes.
pub const HOLE_SERIES: usize = 1_001;

/// One thing that can be pointed at, walked to, read out and clicked.
#[derive(Clone, Debug, PartialEq)]
pub struct Datum {
    /// A whole sentence fragment: "11 Nov 01:00, VPC flow logs: 12,345 records".
    pub label: String,
    /// The row it belongs to when walking up and down: a series, a lane.
    pub series: usize,
    /// Its order when walking left and right: a time in ns, a rank.
    pub x: i64,
    pub area: Area,
    /// The builder's own number for it (a bucket, a node), from which the view makes a filter; unique within its series.
    pub payload: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Left,
    Right,
    Up,
    Down,
}

/// How the arrow keys walk the data.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Walk {
    /// Left and right along a series, up and down to the nearest datum of the next one; the first series lies lowest.
    #[default]
    Stack,
    /// The same, with the first series on top: lanes, ranks, rows of a grid.
    Rows,
    /// Neighbours are named, in the order left, right, up, down.
    Links(Vec<[Option<usize>; 4]>),
}

/// The table that says the same as the chart, with exact figures.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableTwin {
    pub columns: Vec<TwinColumn>,
    pub rows: Vec<Vec<String>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct TwinColumn {
    pub name: String,
    /// Right-aligned, tabular figures.
    pub numeric: bool,
}

impl TableTwin {
    /// Columns by name; a leading `#` marks a numeric one.
    pub fn with_columns<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Self {
        let column = |name: S| match name.as_ref().strip_prefix('#') {
            Some(name) => TwinColumn {
                name: name.to_owned(),
                numeric: true,
            },
            None => TwinColumn {
                name: name.as_ref().to_owned(),
                numeric: false,
            },
        };
        TableTwin {
            columns: names.into_iter().map(column).collect(),
            rows: Vec::new(),
        }
    }
}

/// An entry of the legend, which the page writes as text beside the chart.
#[derive(Clone, Debug, PartialEq)]
pub struct LegendItem {
    pub name: String,
    pub ink: Ink,
    pub hatched: bool,
    /// The series' total, short: `1.85 M`.
    pub total: String,
}

/// Where time lies on the scene, for brush, hover rule and the moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeScale {
    pub range: TimeRange,
    pub left: f64,
    pub right: f64,
}

impl TimeScale {
    /// Scene x of a time; may lie outside the plot.
    pub fn x(&self, ns: i64) -> f64 {
        let span = (i128::from(self.range.to_ns) - i128::from(self.range.from_ns)).max(1);
        let part = (i128::from(ns) - i128::from(self.range.from_ns)) as f64 / span as f64;
        self.left + part * (self.right - self.left)
    }

    /// The time under a scene x, held within the range.
    pub fn ns(&self, x: f64) -> i64 {
        let width = (self.right - self.left).max(1e-9);
        let span = i128::from(self.range.to_ns) - i128::from(self.range.from_ns);
        let part = ((x - self.left) / width).clamp(0.0, 1.0);
        let ns = i128::from(self.range.from_ns) + (span as f64 * part).round() as i128;
        i64::try_from(ns).unwrap_or(self.range.to_ns)
    }
}

/// A chart, ready to draw, to hover, to walk and to read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// Scene pixels.
    pub width: f64,
    pub height: f64,
    /// In drawing order once [`Scene::finish`]ed.
    pub shapes: Vec<Shape>,
    pub data: Vec<Datum>,
    pub walk: Walk,
    /// One sentence for people who do not see the chart.
    pub summary: String,
    pub table: TableTwin,
    pub legend: Vec<LegendItem>,
    /// The area inside the axes.
    pub plot: Rect,
    pub time: Option<TimeScale>,
}

impl Scene {
    pub fn new(width: f64, height: f64) -> Self {
        Scene {
            width: width.max(1.0),
            height: height.max(1.0),
            ..Scene::default()
        }
    }

    /// Adds a shape and returns it for the rare refinement.
    pub fn add(&mut self, layer: Layer, ink: Ink, paint: Paint, geometry: Geometry) -> &mut Shape {
        self.shapes.push(Shape {
            geometry,
            paint,
            ink,
            opacity: 1.0,
            layer,
            datum: None,
        });
        let last = self.shapes.len() - 1;
        &mut self.shapes[last]
    }

    pub fn fill(&mut self, layer: Layer, ink: Ink, rect: Rect) -> &mut Shape {
        self.add(layer, ink, Paint::Fill, Geometry::Rect { rect, radius: 0.0 })
    }

    pub fn line(&mut self, layer: Layer, ink: Ink, paint: Paint, from: Point, to: Point) -> &mut Shape {
        self.add(layer, ink, paint, Geometry::Path(vec![from, to]))
    }

    pub fn text(&mut self, ink: Ink, text: Text) -> &mut Shape {
        self.add(Layer::Label, ink, Paint::Fill, Geometry::Text(text))
    }

    /// Adds a datum and returns its index.
    pub fn datum(&mut self, datum: Datum) -> usize {
        self.data.push(datum);
        self.data.len() - 1
    }

    /// Puts the shapes into drawing order; every builder ends with it.
    pub(super) fn finish(mut self) -> Self {
        self.shapes.sort_by_key(|s| s.layer);
        self
    }

    /// The datum under a place: the smallest that contains it; beside the bars of a column, the nearest above or below.
    pub fn hit(&self, x: f64, y: f64) -> Option<usize> {
        let size = |d: &Datum| match &d.area {
            Area::Rect(r) => r.width() * r.height(),
            // A line lies under every mark and over every box.
            Area::Near { .. } | Area::Inside(_) => 1e4,
        };
        let inside = (0..self.data.len())
            .rev()
            .filter(|&i| self.data[i].area.contains(x, y))
            .min_by(|&a, &b| size(&self.data[a]).total_cmp(&size(&self.data[b])));
        if inside.is_some() || !self.plot.contains(x, y) || matches!(self.walk, Walk::Links(_)) {
            return inside;
        }
        let away = |i: usize| {
            let b = self.data[i].area.bounds();
            (y - b.bottom).max(b.top - y).max(0.0)
        };
        (0..self.data.len())
            .filter(|&i| {
                let b = self.data[i].area.bounds();
                self.data[i].series < EVENT_SERIES && b.left <= x && x < b.right
            })
            .min_by(|&a, &b| away(a).total_cmp(&away(b)))
    }

    /// Where an arrow key leads from a datum, or the datum to begin with when none is chosen.
    pub fn next(&self, from: Option<usize>, direction: Direction) -> Option<usize> {
        let Some(from) = from.filter(|&i| i < self.data.len()) else {
            return (0..self.data.len()).min_by_key(|&i| (self.data[i].series, self.data[i].x));
        };
        if let Walk::Links(links) = &self.walk {
            return links
                .get(from)
                .and_then(|l| l[direction as usize])
                .filter(|&i| i < self.data.len());
        }
        let here = &self.data[from];
        let others = (0..self.data.len()).filter(|&i| i != from);
        let at = |i: usize| &self.data[i];
        match direction {
            Direction::Right => others
                .filter(|&i| at(i).series == here.series && (at(i).x, i) > (here.x, from))
                .min_by_key(|&i| (at(i).x, i)),
            Direction::Left => others
                .filter(|&i| at(i).series == here.series && (at(i).x, i) < (here.x, from))
                .max_by_key(|&i| (at(i).x, i)),
            Direction::Up | Direction::Down => {
                let rising = (direction == Direction::Up) == (self.walk == Walk::Stack);
                others
                    .filter(|&i| at(i).series != here.series && (at(i).series > here.series) == rising)
                    .min_by_key(|&i| (at(i).series.abs_diff(here.series), at(i).x.abs_diff(here.x), i))
            }
        }
    }

    /// All data at the same place along x: what a hover card lists beside the one that is pointed at.
    pub fn column(&self, datum: usize) -> Vec<usize> {
        let Some(x) = self.data.get(datum).map(|d| d.x) else {
            return Vec::new();
        };
        (0..self.data.len()).filter(|&i| self.data[i].x == x).collect()
    }
}
