//! How did one resource live? Dots for its changes, bands for what its rules said; time between changes is shortened,
//! and says so.

use super::axis::Frame;
use super::ink::Ink;
use super::scene::{
    Anchor, Area, Datum, Geometry, Layer, Paint, Point, Rect, Scene, TICK_SIZE, TableTwin, Text, Walk, clip,
    text_width,
};
use super::ticks::{Amount, Stamp, Unit};
use crate::base::TimeRange;
use crate::base::time::{DAY, MINUTE};

/// What a change was, which decides its mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    Created,
    Modified,
    /// Only a relationship changed.
    Related,
    /// It made a rule fail.
    Worsened,
    /// It made a rule hold again.
    Mended,
    Deleted,
}

impl ChangeKind {
    fn word(self) -> &'static str {
        match self {
            ChangeKind::Created => "created",
            ChangeKind::Modified => "modified",
            ChangeKind::Related => "relationship changed",
            ChangeKind::Worsened => "no longer compliant",
            ChangeKind::Mended => "compliant again",
            ChangeKind::Deleted => "deleted",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub at_ns: i64,
    pub kind: ChangeKind,
    /// A word or two above the dot: `tags`, `opened`.
    pub label: String,
}

/// What a rule said for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compliance {
    Compliant,
    NonCompliant,
    /// Not evaluated, insufficient data.
    Unknown,
}

impl Compliance {
    fn word(self) -> &'static str {
        match self {
            Compliance::Compliant => "compliant",
            Compliance::NonCompliant => "not compliant",
            Compliance::Unknown => "not evaluated",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct RuleLine {
    pub name: String,
    pub spans: Vec<(TimeRange, Compliance)>,
}

#[derive(Clone, Debug)]
pub struct LifeLine<'a> {
    /// `Life of sg-0a1b2c`
    pub title: &'a str,
    /// Its height is ignored: it follows from the number of rules.
    pub frame: Frame,
    /// In the order of time.
    pub changes: &'a [Change],
    pub rules: &'a [RuleLine],
    /// The two changes that are compared.
    pub from: Option<usize>,
    pub to: Option<usize>,
}

/// The least and the most room for names at the left; a longer name is cut.
const NAMES_WIDTH: (f64, f64) = (66.0, 150.0);
const LINE_Y: f64 = 33.0;
const DOT: f64 = 6.0;
const RULES_TOP: f64 = 62.0;
const RULE_HEIGHT: f64 = 16.0;
const AXIS_HEIGHT: f64 = 20.0;

/// Lays the line out. A change's series is 0 and its payload its index; a rule's is 1 and more, its payload the span.
pub fn lifeline(input: &LifeLine<'_>) -> Scene {
    let axis_top = RULES_TOP + RULE_HEIGHT * input.rules.len() as f64 + 2.0;
    let height = axis_top + AXIS_HEIGHT;
    let mut scene = Scene::new(input.frame.width, height);
    let longest = input
        .rules
        .iter()
        .map(|r| text_width(&r.name, TICK_SIZE, false, false) * 1.12 + 12.0)
        .fold(NAMES_WIDTH.0, f64::max);
    let left = longest.min(NAMES_WIDTH.1).min(scene.width / 3.0).ceil();
    let right = (scene.width - 24.0).max(left + 1.0);
    let scale = Shortened::new(input, left, right);
    let stamp = Stamp::new(input.frame.range, MINUTE, input.frame.offset_min);
    scene.text(Ink::InkFaint, Text::new(0.0, LINE_Y, "Changes"));
    line(&mut scene, input, &scale);
    dots(&mut scene, input, &scale, stamp);
    for (i, rule) in input.rules.iter().enumerate() {
        let name = clip(&rule.name, TICK_SIZE, left - 8.0, false);
        let y = RULES_TOP + RULE_HEIGHT * i as f64 + 6.0;
        scene.text(Ink::InkFaint, Text::new(0.0, y, name));
        bands(&mut scene, rule, i, &scale, stamp);
    }
    axis(&mut scene, input, &scale, stamp, axis_top);
    scene.summary = format!(
        "{}, {} to {} {}: {}.",
        input.title,
        stamp.write(input.frame.range.from_ns),
        stamp.write(input.frame.range.to_ns),
        stamp.zone(),
        Unit::count("changes").long(input.changes.len() as Amount)
    );
    scene.table = TableTwin::with_columns([format!("Time ({})", stamp.zone()), "What".into(), "Kind".into()]);
    for change in input.changes {
        let kind = change.kind.word().to_owned();
        let row = vec![stamp.write(change.at_ns), change.label.clone(), kind];
        scene.table.rows.push(row);
    }
    scene.plot = Rect::new(left, 0.0, right, height);
    scene.walk = Walk::Rows;
    scene.finish()
}

/// A time scale on which long quiet stretches are shortened, so that changes a minute apart and months apart both show.
struct Shortened {
    /// `(time, scene x)` in the order of time.
    knots: Vec<(i64, f64)>,
}

impl Shortened {
    fn new(input: &LifeLine<'_>, left: f64, right: f64) -> Self {
        let range = input.frame.range;
        let edges = input
            .rules
            .iter()
            .flat_map(|r| &r.spans)
            .flat_map(|(span, _)| [span.from_ns, span.to_ns]);
        let mut times: Vec<i64> = input.changes.iter().map(|c| c.at_ns).chain(edges).collect();
        times.retain(|&t| range.from_ns < t && t < range.to_ns);
        times.extend([range.from_ns, range.to_ns]);
        times.sort_unstable();
        times.dedup();
        // A minute is worth one, and each tenfold of it another two.
        let worth =
            |from: i64, to: i64| 1.0 + 2.0 * ((to.abs_diff(from) as f64) / MINUTE as f64).max(1.0).log10();
        let total: f64 = times.windows(2).map(|w| worth(w[0], w[1])).sum();
        let mut x = left;
        let mut knots: Vec<(i64, f64)> = Vec::with_capacity(times.len());
        for &t in &times {
            if let Some(&(before, _)) = knots.last() {
                x += worth(before, t) / total.max(1.0) * (right - left);
            }
            knots.push((t, x));
        }
        Shortened { knots }
    }

    fn x(&self, ns: i64) -> f64 {
        let after = self.knots.partition_point(|&(t, _)| t < ns);
        let first = self.knots.first().map_or(0.0, |k| k.1);
        match (
            after.checked_sub(1).and_then(|i| self.knots.get(i)),
            self.knots.get(after),
        ) {
            (Some(&(t0, x0)), Some(&(t1, x1))) => {
                x0 + (x1 - x0) * ns.abs_diff(t0) as f64 / (t1.abs_diff(t0) as f64).max(1.0)
            }
            (None, Some(&(_, x))) | (Some(&(_, x)), None) => x,
            (None, None) => first,
        }
    }
}

fn line(scene: &mut Scene, input: &LifeLine<'_>, scale: &Shortened) {
    let range = input.frame.range;
    let (left, right) = (scale.x(range.from_ns), scale.x(range.to_ns));
    let stroke = Rect::new(left, LINE_Y - 1.0, right, LINE_Y + 1.0);
    scene.fill(Layer::Grid, Ink::LineControl, stroke);
    if let (Some(from), Some(to)) = (
        input.from.and_then(|i| input.changes.get(i)),
        input.to.and_then(|i| input.changes.get(i)),
    ) {
        let (a, b) = (scale.x(from.at_ns), scale.x(to.at_ns));
        let pair = Rect::new(a.min(b), LINE_Y - 1.5, a.max(b), LINE_Y + 1.5);
        scene.fill(Layer::Grid, Ink::Accent, pair);
    }
    // Two strokes through the line where a stretch is drawn at less than half of its share.
    let span = (range.to_ns.abs_diff(range.from_ns) as f64).max(1.0);
    for w in scale.knots.windows(2) {
        let [(t0, x0), (t1, x1)] = w else { continue };
        let fair = t1.abs_diff(*t0) as f64 / span * (right - left);
        if fair > 2.0 * (x1 - x0) && x1 - x0 > 4.0 * DOT {
            let middle = (x0 + x1) / 2.0;
            for (ink, width, at) in [
                (Ink::GroundRaised, 4.0, middle),
                (Ink::LineControl, 1.0, middle - 2.5),
                (Ink::LineControl, 1.0, middle + 2.5),
            ] {
                let (a, b) = (
                    Point::new(at + 2.0, LINE_Y - 6.0),
                    Point::new(at - 2.0, LINE_Y + 6.0),
                );
                scene.line(Layer::Data, ink, Paint::line(width), a, b);
            }
        }
    }
}

fn dots(scene: &mut Scene, input: &LifeLine<'_>, scale: &Shortened, stamp: Stamp) {
    for (i, change) in input.changes.iter().enumerate() {
        let center = Point::new(scale.x(change.at_ns), LINE_Y);
        let datum = scene.datum(Datum {
            label: format!(
                "{}: {} ({})",
                stamp.write(change.at_ns),
                change.label,
                change.kind.word()
            ),
            series: 0,
            x: change.at_ns,
            area: Area::Rect(Rect::around(center, DOT + 4.0)),
            payload: i,
        });
        let compared = input.from == Some(i) || input.to == Some(i);
        mark(scene, change.kind, center, datum);
        if compared {
            let paint = if input.from == Some(i) {
                Paint::dashed(2.0, 3.0, 2.0)
            } else {
                Paint::line(2.0)
            };
            let ring = Geometry::Circle {
                center,
                radius: DOT + 4.0,
            };
            scene.add(Layer::Label, Ink::Accent, paint, ring);
        }
    }
    labels(scene, input, scale, stamp);
}

/// What changed above each dot, when below it. The compared changes and the ends of the line take their room first.
fn labels(scene: &mut Scene, input: &LifeLine<'_>, scale: &Shortened, stamp: Stamp) {
    let day = Stamp {
        step_ns: DAY,
        ..stamp
    };
    let last = input.changes.len().checked_sub(1);
    let mut order: Vec<usize> = [input.to, input.from, last, Some(0)]
        .into_iter()
        .flatten()
        .collect();
    order.extend(0..input.changes.len());
    let mut seen = vec![false; input.changes.len()];
    order.retain(|&i| seen.get_mut(i).is_some_and(|s| !std::mem::replace(s, true)));
    let (mut above, mut below) = (Row::new(scene.width), Row::new(scene.width));
    for change in order.into_iter().filter_map(|i| input.changes.get(i)) {
        let x = scale.x(change.at_ns);
        if let Some((x, words)) =
            above.place(x, &clip(&change.label, TICK_SIZE, LABEL_MOST, false), LABEL_LEAST)
        {
            scene.text(Ink::Ink, Text::new(x, 12.0, words).anchor(Anchor::Middle));
        }
        let near = input
            .changes
            .iter()
            .any(|c| c.at_ns != change.at_ns && day.write(c.at_ns) == day.write(change.at_ns));
        let dates = if near {
            vec![stamp.write(change.at_ns), stamp.time(change.at_ns)]
        } else {
            vec![day.write(change.at_ns)]
        };
        // A date is never cut: half a date is another one.
        if let Some((x, words)) = dates.iter().find_map(|d| below.place(x, d, f64::INFINITY)) {
            scene.text(Ink::InkFaint, Text::new(x, 53.0, words).anchor(Anchor::Middle));
        }
    }
}

/// A label is cut to the most; where less than the least is left, there is none.
const LABEL_MOST: f64 = 150.0;
const LABEL_LEAST: f64 = 40.0;

/// Labels in one row that do not touch each other.
struct Row {
    width: f64,
    /// Left and right of each.
    taken: Vec<(f64, f64)>,
}

impl Row {
    fn new(width: f64) -> Row {
        Row {
            width,
            taken: Vec::new(),
        }
    }

    /// Room for words as near to `x` as there is: their middle, and the words, cut where that leaves at least `least`.
    fn place(&mut self, x: f64, words: &str, least: f64) -> Option<(f64, String)> {
        const GAP: f64 = 8.0;
        if words.is_empty() || self.taken.iter().any(|&(l, r)| l - GAP < x && x < r + GAP) {
            return None;
        }
        let ends = |edge: f64, near: &dyn Fn(f64, f64) -> f64, of: &dyn Fn(&(f64, f64)) -> Option<f64>| {
            self.taken.iter().filter_map(of).fold(edge, near)
        };
        let left = ends(0.0, &f64::max, &|&(_, r)| (r < x).then_some(r + GAP));
        let right = ends(self.width, &f64::min, &|&(l, _)| (l > x).then_some(l - GAP));
        // Measured a little wide: a person's font may be.
        let measure = |words: &str| text_width(words, TICK_SIZE, false, false) * 1.12;
        let (mut wide, mut shown) = (measure(words), words.to_owned());
        if wide > right - left {
            if right - left < least {
                return None;
            }
            shown = clip(words, TICK_SIZE, (right - left) / 1.12, false);
            wide = right - left;
        }
        let middle = x.clamp(left + wide / 2.0, right - wide / 2.0);
        self.taken.push((middle - wide / 2.0, middle + wide / 2.0));
        Some((middle, shown))
    }
}

/// The time below everything: its ends, and what fits between them.
fn axis(scene: &mut Scene, input: &LifeLine<'_>, scale: &Shortened, stamp: Stamp, y: f64) {
    let range = input.frame.range;
    let (left, right) = (scale.x(range.from_ns), scale.x(range.to_ns));
    let day = Stamp {
        step_ns: DAY,
        ..stamp
    };
    scene.fill(Layer::Grid, Ink::LineControl, Rect::new(left, y, right, y + 1.0));
    let short = range.to_ns.abs_diff(range.from_ns) < DAY as u64;
    let end = |ns: i64| if short { stamp.write(ns) } else { day.write(ns) };
    let ends = [range.from_ns, range.to_ns].map(|ns| (ns, end(ns)));
    let between = super::ticks::times(range, right - left, 80.0, input.frame.offset_min).ticks;
    let between = between.into_iter().map(|t| (t.at_ns, t.label));
    let mut row = Row::new(scene.width);
    for (ns, words) in ends.into_iter().chain(between) {
        if !(range.from_ns..=range.to_ns).contains(&ns) {
            continue;
        }
        let x = scale.x(ns);
        if let Some((at, words)) = row.place(x, &words, f64::INFINITY) {
            scene.fill(Layer::Grid, Ink::LineControl, Rect::new(x, y, x + 1.0, y + 4.0));
            scene.text(
                Ink::InkFaint,
                Text::new(at, y + 11.0, words).anchor(Anchor::Middle),
            );
        }
    }
}

fn mark(scene: &mut Scene, kind: ChangeKind, center: Point, datum: usize) {
    let (fill, edge) = match kind {
        ChangeKind::Created | ChangeKind::Deleted => (Ink::InkQuiet, Ink::InkQuiet),
        ChangeKind::Modified | ChangeKind::Related => (Ink::GroundRaised, Ink::InkQuiet),
        ChangeKind::Worsened => (Ink::StatusRed, Ink::StatusRed),
        ChangeKind::Mended => (Ink::StatusOk, Ink::StatusOk),
    };
    let outline = match kind {
        ChangeKind::Related => Geometry::Polygon(vec![
            Point::new(center.x, center.y - DOT),
            Point::new(center.x + DOT, center.y),
            Point::new(center.x, center.y + DOT),
            Point::new(center.x - DOT, center.y),
        ]),
        _ => Geometry::Circle { center, radius: DOT },
    };
    scene.add(Layer::Rule, fill, Paint::Fill, outline.clone()).datum = Some(datum);
    scene.add(Layer::Rule, edge, Paint::line(2.0), outline).datum = Some(datum);
    // Colour is never the only sign: what ended or broke is crossed out.
    if matches!(kind, ChangeKind::Worsened | ChangeKind::Deleted) {
        let cross = Geometry::Cross { center, half: 2.5 };
        scene
            .add(Layer::Rule, Ink::InkInverse, Paint::line(1.5), cross)
            .datum = Some(datum);
    }
}

fn bands(scene: &mut Scene, rule: &RuleLine, index: usize, scale: &Shortened, stamp: Stamp) {
    let top = RULES_TOP + RULE_HEIGHT * index as f64;
    for (s, &(range, state)) in rule.spans.iter().enumerate() {
        let (left, right) = (scale.x(range.from_ns).round(), scale.x(range.to_ns).round());
        let rect = Rect::new(left, top, right.max(left + 1.0), top + 12.0);
        let (ground, edge, paint) = match state {
            Compliance::Compliant => (Ink::StatusOkGround, Ink::StatusOk, Paint::line(1.0)),
            Compliance::NonCompliant => (Ink::StatusRedGround, Ink::StatusRed, Paint::dashed(1.0, 4.0, 2.0)),
            Compliance::Unknown => (
                Ink::StatusNoneGround,
                Ink::StatusNone,
                Paint::dashed(1.0, 1.0, 2.0),
            ),
        };
        let datum = scene.datum(Datum {
            label: format!(
                "{}, {} to {}: {}",
                rule.name,
                stamp.write(range.from_ns),
                stamp.write(range.to_ns),
                state.word()
            ),
            series: index + 1,
            x: range.from_ns,
            area: Area::Rect(rect),
            payload: s,
        });
        scene.fill(Layer::Data, ground, rect).datum = Some(datum);
        let geometry = Geometry::Rect { rect, radius: 0.0 };
        scene.add(Layer::Data, edge, paint, geometry).datum = Some(datum);
        let word = Text::new(left + 6.0, top + 6.0, state.word()).size(9.5).strong();
        // Measured a little wide: a person's font may be.
        if word.bounds().width() * 1.15 + 12.0 < right - left {
            scene.text(Ink::InkQuiet, word);
        }
    }
}
