//! Who did what when? One lane a principal (or service, address …): ticks for calls, density bars where there are too
//! many, bands for sessions.

mod signs;

use super::axis::{self, Buckets, Frame, Hole, Plot};
use super::ink::Ink;
use super::scene::{
    Anchor, Area, Datum, Geometry, Layer, Paint, Point, Rect, Scene, TableTwin, Text, Walk, clip, text_width,
};
use super::ticks::Amount;
use crate::base::TimeRange;
use crate::base::size;

pub use signs::{MOST_SIGNS, Sign, SignKind, signs_of};

/// A lane's height, in scene pixels.
pub const LANE_HEIGHT: f64 = 33.0;
/// Where the first lane begins, under the tick labels.
pub const LANES_TOP: f64 = 20.0;
/// What the names need where they are drawn with the chart.
const NAMES_WIDTH: f64 = 196.0;

/// What happened in one lane in one bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// All reading calls, failed ones included.
    pub reads: u64,
    /// All others, failed ones included.
    pub writes: u64,
    /// How many of both failed.
    pub failed: u64,
}

impl Calls {
    pub fn total(self) -> u64 {
        self.reads.saturating_add(self.writes)
    }
    fn plus(self, o: Calls) -> Calls {
        Calls {
            reads: self.reads.saturating_add(o.reads),
            writes: self.writes.saturating_add(o.writes),
            failed: self.failed.saturating_add(o.failed),
        }
    }
    /// `412 events: 300 read, 112 write, 12 failed`
    fn words(self) -> String {
        let noun = if self.total() == 1 { "event" } else { "events" };
        format!(
            "{} {noun}: {} read, {} write, {} failed",
            size::count(self.total()),
            size::count(self.reads),
            size::count(self.writes),
            size::count(self.failed)
        )
    }
}

/// One call, where there are few enough to show each.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub at_ns: i64,
    pub write: bool,
    pub failed: bool,
    /// `AuthorizeSecurityGroupIngress`
    pub name: String,
}

impl Call {
    fn calls(&self) -> Calls {
        Calls {
            reads: u64::from(!self.write),
            writes: u64::from(self.write),
            failed: u64::from(self.failed),
        }
    }
}

/// What fills a lane.
#[derive(Clone, Debug, PartialEq)]
pub enum Marks {
    /// One entry a bucket.
    Density(Vec<Calls>),
    /// Each call by itself.
    Exact(Vec<Call>),
}

/// A stretch of time with a name: a session, an Insights event.
#[derive(Clone, Debug, PartialEq)]
pub struct Stretch {
    pub range: TimeRange,
    pub label: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    pub name: String,
    /// In the second line: the key, `6 instances`, `service`.
    pub detail: String,
    /// All of the lane's events in the range, also those that no mark shows.
    pub count: u64,
    /// A severity ink where a finding touches the lane.
    pub flag: Option<Ink>,
    pub marks: Marks,
    pub sessions: Vec<Stretch>,
    pub insights: Vec<Stretch>,
    /// By kind, then by time.
    pub signs: Vec<Sign>,
}

/// Lanes in the caller's order: flagged first, then by count, "N others" last.
#[derive(Clone, Debug)]
pub struct Lanes<'a> {
    /// `Events by principal`
    pub title: &'a str,
    /// Its height is ignored: it follows from the number of lanes.
    pub frame: Frame,
    pub buckets: Buckets,
    pub lanes: &'a [Lane],
    /// Hatched across all lanes.
    pub holes: &'a [Hole],
    /// Draw names, details and counts too (exports); on screen the page writes them.
    pub names: bool,
    pub selected: Option<usize>,
}

/// Lays the lanes out. A datum's series is its lane; its payload is the bucket (density), the call (exact) or what
/// [`signs_of`] reads.
pub fn lanes(input: &Lanes<'_>) -> Scene {
    let height = LANES_TOP + LANE_HEIGHT * input.lanes.len() as f64;
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
    let rect = Rect::new(left, LANES_TOP, scene.width, height);
    let exact = input.lanes.iter().any(|l| matches!(l.marks, Marks::Exact(_)));
    let step = if exact {
        crate::base::time::SECOND
    } else {
        input.buckets.step_ns
    };
    let plot = Plot::new(&frame, rect, step);
    for (x, _) in axis::time_labels(&mut scene, &plot, &frame, 8.0) {
        let (from, to) = (Point::new(x, LANES_TOP - 2.0), Point::new(x, height));
        scene.line(Layer::Back, Ink::Grid, Paint::line(1.0), from, to);
    }
    for (i, lane) in input.lanes.iter().enumerate() {
        let mut row = Row {
            scene: &mut scene,
            plot: &plot,
            top: LANES_TOP + LANE_HEIGHT * i as f64,
            index: i,
            lane,
        };
        row.ground(input.selected == Some(i));
        match &lane.marks {
            Marks::Density(buckets) => row.density(&input.buckets, buckets),
            Marks::Exact(calls) => row.exact(calls),
        }
        row.signs();
        if input.names {
            row.names(left);
        }
    }
    if !input.lanes.is_empty() {
        axis::holes(&mut scene, &plot, input.holes);
    }
    scene.summary = summary(input, &plot);
    scene.table = table(input, &plot);
    scene.plot = rect;
    scene.time = Some(plot.time);
    scene.walk = Walk::Rows;
    scene.finish()
}

/// One lane being drawn.
struct Row<'a> {
    scene: &'a mut Scene,
    plot: &'a Plot,
    /// Scene y of its upper edge.
    top: f64,
    index: usize,
    lane: &'a Lane,
}

/// Where ticks stand, from the lane's upper edge.
const FOOT: f64 = 25.0;
const READ_HEIGHT: f64 = 10.0;
const WRITE_HEIGHT: f64 = 17.0;
/// The middle of a failure's cross.
const CROSS: f64 = 5.5;
const CROSS_HALF: f64 = 2.5;

impl Row<'_> {
    fn ground(&mut self, selected: bool) {
        let (top, bottom) = (self.top, self.top + LANE_HEIGHT);
        if selected {
            let band = Rect::new(0.0, top, self.scene.width, bottom);
            self.scene.fill(Layer::Back, Ink::GroundSelected, band);
        }
        let (from, to) = (
            Point::new(0.0, bottom - 1.0),
            Point::new(self.scene.width, bottom - 1.0),
        );
        self.scene
            .line(Layer::Grid, Ink::Line, Paint::line(1.0), from, to);
        for session in &self.lane.sessions {
            if let Some(rect) = self.band(session.range) {
                let shape = Geometry::Rect { rect, radius: 3.0 };
                self.scene
                    .add(Layer::Back, Ink::AccentGround, Paint::Fill, shape.clone());
                self.scene
                    .add(Layer::Back, Ink::CallRead, Paint::line(0.8), shape);
            }
        }
        for insight in &self.lane.insights {
            if let Some(rect) = self.band(insight.range) {
                let hatch = Paint::Hatch {
                    period: 6.0,
                    width: 1.6,
                };
                let geometry = Geometry::Rect { rect, radius: 0.0 };
                let shape = self.scene.add(Layer::Back, Ink::SeverityMedium, hatch, geometry);
                shape.opacity = 0.7;
            }
        }
    }

    fn band(&self, range: TimeRange) -> Option<Rect> {
        let (left, right) = self.plot.span(range)?;
        Some(Rect::new(
            left,
            self.top + 4.0,
            right.max(left + 2.0),
            self.top + 29.0,
        ))
    }

    fn density(&mut self, buckets: &Buckets, calls: &[Calls]) {
        let most = calls.iter().map(|c| c.total()).max().unwrap_or(0).max(1);
        for (b, &calls) in calls.iter().enumerate().filter(|(_, c)| c.total() > 0) {
            let range = buckets.range(b);
            let Some((x0, x1)) = self.plot.span(range) else {
                continue;
            };
            let x1 = x1.max(x0 + 1.0).min(self.plot.rect.right);
            let when = self.plot.stamp.write(range.from_ns);
            let datum = self.datum(
                x0,
                x1,
                range.from_ns,
                b,
                format!("{when}, {}: {}", self.lane.name, calls.words()),
            );
            let foot = self.top + FOOT;
            // A write is always taller than any read; within each, more is taller.
            let share = |n: u64| (n as f64).ln_1p() / (most as f64).ln_1p();
            let mut bars = Vec::new();
            if calls.reads > 0 {
                let height = 4.0 + (READ_HEIGHT - 4.0) * share(calls.reads);
                bars.push((Ink::CallRead, Rect::new(x0, foot - height.round(), x1, foot)));
            }
            if calls.writes > 0 {
                let height = 12.0 + (WRITE_HEIGHT - 12.0) * share(calls.writes);
                // Half the width where reads stand beside it.
                let width = if calls.reads > 0 {
                    ((x1 - x0) / 2.0).ceil().max(1.0)
                } else {
                    x1 - x0
                };
                bars.push((
                    Ink::CallWrite,
                    Rect::new(x0, foot - height.round(), x0 + width, foot),
                ));
            }
            for (ink, bar) in bars {
                self.scene.fill(Layer::Data, ink, bar).datum = Some(datum);
            }
            if calls.failed > 0 {
                self.failure((x0 + x1) / 2.0, x1 - x0 >= 4.0, datum);
            }
        }
    }

    fn exact(&mut self, calls: &[Call]) {
        for (i, call) in calls.iter().enumerate() {
            if !self.plot.time.range.contains(call.at_ns) {
                continue;
            }
            let x = self.plot.time.x(call.at_ns);
            let kind = match (call.write, call.failed) {
                (false, false) => "read",
                (true, false) => "write",
                (false, true) => "read, failed",
                (true, true) => "write, failed",
            };
            let when = self.plot.stamp.write(call.at_ns);
            let label = format!("{when}, {}: {} ({kind})", self.lane.name, call.name);
            let datum = self.datum(x - 2.0, x + 3.0, call.at_ns, i, label);
            let (height, width) = if call.write {
                (WRITE_HEIGHT, 2.0)
            } else {
                (READ_HEIGHT, 1.0)
            };
            let ink = match (call.failed, call.write) {
                (true, _) => Ink::CallError,
                (false, true) => Ink::CallWrite,
                (false, false) => Ink::CallRead,
            };
            let foot = self.top + FOOT;
            let left = x.floor().min(self.plot.rect.right - width);
            let tick = Rect::new(left, foot - height, left + width, foot);
            self.scene.fill(Layer::Data, ink, tick).datum = Some(datum);
            if call.failed {
                self.failure(left + width / 2.0, true, datum);
            }
        }
    }

    /// A cross above; a short stroke where crosses would run into each other.
    fn failure(&mut self, x: f64, wide: bool, datum: usize) {
        let center = Point::new(x, self.top + CROSS);
        let shape = if wide {
            let half = CROSS_HALF;
            let cross = Geometry::Cross { center, half };
            self.scene
                .add(Layer::Rule, Ink::CallError, Paint::line(1.5), cross)
        } else {
            let dot = Rect::new(x - 1.0, center.y - 2.0, x + 1.0, center.y + 2.0);
            self.scene.fill(Layer::Rule, Ink::CallError, dot)
        };
        shape.datum = Some(datum);
    }

    fn datum(&mut self, left: f64, right: f64, x: i64, payload: usize, label: String) -> usize {
        let area = Rect::new(left, self.top, right, self.top + LANE_HEIGHT);
        self.scene.datum(Datum {
            label,
            series: self.index,
            x,
            area: Area::Rect(area),
            payload,
        })
    }

    fn names(&mut self, width: f64) {
        let (lane, top) = (self.lane, self.top);
        let right = width - 12.0;
        let count = Text::new(right, top + 23.0, size::count(lane.count)).anchor(Anchor::End);
        // The whole of both stands in the table and in the data's labels.
        let name_room = right - 12.0 - if lane.flag.is_some() { 14.0 } else { 0.0 };
        let name = Text::new(12.0, top + 10.0, clip(&lane.name, 12.0, name_room, true))
            .size(12.0)
            .strong();
        let detail_room = count.bounds().left - 20.0;
        let detail = match text_width(&lane.detail, 10.5, true, false) <= detail_room {
            true => lane.detail.clone(),
            false => clip(&lane.detail, 10.5, detail_room, false),
        };
        let detail = Text::new(12.0, top + 23.0, detail).size(10.5).mono();
        self.scene.text(Ink::Ink, name);
        self.scene.text(Ink::InkQuiet, detail);
        self.scene.text(Ink::InkFaint, count);
        if let Some(flag) = lane.flag {
            let corners = vec![
                Point::new(right - 9.0, top + 14.0),
                Point::new(right - 4.5, top + 6.0),
                Point::new(right, top + 14.0),
            ];
            self.scene
                .add(Layer::Label, flag, Paint::Fill, Geometry::Polygon(corners));
        }
    }
}

/// A lane's calls, by its marks.
fn calls(lane: &Lane) -> Calls {
    match &lane.marks {
        Marks::Density(buckets) => buckets.iter().fold(Calls::default(), |sum, &c| sum.plus(c)),
        Marks::Exact(calls) => calls
            .iter()
            .fold(Calls::default(), |sum, call| sum.plus(call.calls())),
    }
}

fn summary(input: &Lanes<'_>, plot: &Plot) -> String {
    let holes: String = input
        .holes
        .iter()
        .map(|h| format!(" Missing: {}.", h.label))
        .collect();
    let all = input
        .lanes
        .iter()
        .fold(Calls::default(), |sum, lane| sum.plus(calls(lane)));
    let flagged = input.lanes.iter().filter(|l| l.flag.is_some()).count();
    let signs = SignKind::ALL.map(|kind| {
        let all = input.lanes.iter().flat_map(|l| in_sight(l, plot));
        let count: u64 = all.filter(|s| s.kind == kind).map(|s| s.count).sum();
        match count {
            0 => String::new(),
            n => format!(", {} {}", size::count(n), kind.word()),
        }
    });
    format!(
        "{}, {}: {} in {}, {} flagged{}.{holes}",
        input.title,
        plot.range_words(),
        all.words(),
        super::ticks::Unit::count("lanes").long(input.lanes.len() as Amount),
        size::count(flagged as i128),
        signs.concat()
    )
}

fn in_sight<'a>(lane: &'a Lane, plot: &Plot) -> impl Iterator<Item = &'a Sign> {
    let range = plot.time.range;
    lane.signs.iter().filter(move |s| range.contains(s.at_ns))
}

/// A row for every mark and every sign: what happened when in which lane, in order of time. A sign counts no events: its
/// calls are counted where they stand.
fn table(input: &Lanes<'_>, plot: &Plot) -> TableTwin {
    let time = format!("Time ({})", plot.stamp.zone());
    let mut table = TableTwin::with_columns([&time, "Lane", "What", "#Events", "#Read", "#Write", "#Failed"]);
    let mut rows: Vec<(i64, usize, String, Option<Calls>)> = Vec::new();
    for (at, lane) in input.lanes.iter().enumerate() {
        match &lane.marks {
            Marks::Density(buckets) => {
                let ranges = (0..buckets.len()).map(|b| input.buckets.range(b).from_ns);
                let marks = ranges.zip(buckets).filter(|(_, calls)| calls.total() > 0);
                rows.extend(marks.map(|(ns, &calls)| (ns, at, lane.detail.clone(), Some(calls))));
            }
            Marks::Exact(list) => {
                rows.extend(
                    list.iter()
                        .map(|c| (c.at_ns, at, c.name.clone(), Some(c.calls()))),
                );
            }
        }
        rows.extend(in_sight(lane, plot).map(|s| (s.at_ns, at, s.words(), None)));
    }
    rows.sort_by_key(|&(ns, lane, ..)| (ns, lane));
    for (ns, lane, what, calls) in rows {
        let name = input.lanes.get(lane).map_or("", |l| &l.name);
        let mut row = vec![plot.stamp.write(ns), name.to_owned(), what];
        row.extend(match calls {
            Some(c) => [c.total(), c.reads, c.writes, c.failed].map(size::count),
            None => Default::default(),
        });
        table.rows.push(row);
    }
    table
}
