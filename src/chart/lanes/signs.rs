//! What stands at the foot of a lane besides its calls: something seen for the first time, what a VPC endpoint let
//! through or denied.

use std::ops::Range;

use super::Row;
use crate::base::size;
use crate::chart::ink::Ink;
use crate::chart::scene::{Area, Datum, Geometry, Layer, Paint, Point, Rect, Text, text_width};

/// What a sign says; each has a shape of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SignKind {
    /// A diamond.
    FirstSeen,
    /// A ring with a stroke through it.
    Denied,
    /// A ring.
    LetThrough,
}

impl SignKind {
    pub const ALL: [SignKind; 3] = [SignKind::FirstSeen, SignKind::Denied, SignKind::LetThrough];

    pub fn word(self) -> &'static str {
        match self {
            SignKind::FirstSeen => "first seen",
            SignKind::Denied => "denied at a VPC endpoint",
            SignKind::LetThrough => "let through at a VPC endpoint",
        }
    }
}

/// Something in a lane that is worth a sign.
#[derive(Clone, Debug, PartialEq)]
pub struct Sign {
    pub at_ns: i64,
    pub kind: SignKind,
    /// What: `service kms.amazonaws.com`, an endpoint.
    pub label: String,
    /// For how many it stands.
    pub count: u64,
}

impl Sign {
    /// `first seen: service kms.amazonaws.com`
    pub(super) fn words(&self) -> String {
        told(self.kind, self.count, &self.label)
    }
}

fn told(kind: SignKind, count: u64, what: &str) -> String {
    match count {
        1 => format!("{}: {what}", kind.word()),
        n => format!("{} {}: {what}", size::count(n), kind.word()),
    }
}

/// Signs of a lane that can be told apart by their payload; a caller puts what is beyond into the last.
pub const MOST_SIGNS: usize = 4095;
/// Payloads from here on are runs of signs: twelve bits for the first, twelve for how many.
const RUNS: usize = 1 << 24;

/// The signs behind a datum's payload, a run of [`super::Lane::signs`]; none where it is a bucket or a call.
pub fn signs_of(payload: usize) -> Option<Range<usize>> {
    let run = payload.checked_sub(RUNS)?;
    let first = run >> 12;
    Some(first..first + (run & MOST_SIGNS))
}

/// Half of a sign's width (scene pixels).
const HALF: f64 = 3.5;
/// Their middle, from the lane's upper edge: below the foot of the calls.
const MIDDLE: f64 = 28.3;
/// What a sign keeps free beside it.
const GAP: f64 = 2.0;
/// Signs of a kind that are nearer than this stand as one with a count. One of each kind has room beside the others, so
/// that none is moved far from its time.
const NEAR: f64 = (2.0 * HALF + GAP) * SignKind::ALL.len() as f64;
/// Of the signs that stand as one, so many are named.
const NAMED: usize = 4;
const COUNT_SIZE: f64 = 9.0;

/// Signs that stand as one.
struct Run {
    signs: Range<usize>,
    x: f64,
}

impl Row<'_> {
    /// Draws the lane's signs that are in sight.
    pub(super) fn signs(&mut self) {
        let runs = self.runs();
        for (n, run) in runs.iter().enumerate() {
            let next = runs.get(n + 1).map_or(self.plot.rect.right, |r| r.x - HALF);
            self.sign(run, next);
        }
    }

    /// Runs from left to right, each beside the one before it.
    fn runs(&self) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for (i, sign) in self.lane.signs.iter().enumerate().take(MOST_SIGNS) {
            if !self.plot.time.range.contains(sign.at_ns) {
                continue;
            }
            let x = self.plot.time.x(sign.at_ns);
            match runs.last_mut() {
                Some(run)
                    if run.signs.end == i
                        && self.lane.signs[run.signs.start].kind == sign.kind
                        && (run.x..run.x + NEAR).contains(&x) =>
                {
                    run.signs.end = i + 1;
                }
                _ => runs.push(Run { signs: i..i + 1, x }),
            }
        }
        runs.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.signs.start.cmp(&b.signs.start)));
        let rect = self.plot.rect;
        let mut free = rect.left;
        for run in &mut runs {
            run.x = run.x.max(free + HALF);
            free = run.x + HALF + GAP;
        }
        let mut free = rect.right;
        for run in runs.iter_mut().rev() {
            run.x = run.x.min(free - HALF).max(rect.left);
            free = run.x - HALF - GAP;
        }
        runs
    }

    fn sign(&mut self, run: &Run, next: f64) {
        let signs = self.lane.signs.get(run.signs.clone()).unwrap_or_default();
        let Some(first) = signs.first() else { return };
        let count: u64 = signs.iter().map(|s| s.count).fold(0, u64::saturating_add);
        let mut named: Vec<&str> = signs.iter().take(NAMED).map(|s| s.label.as_str()).collect();
        let rest = format!("{} more", size::count(signs.len().saturating_sub(NAMED) as u64));
        if signs.len() > NAMED {
            named.push(&rest);
        }
        let when = self.plot.stamp.write(first.at_ns);
        let label = format!(
            "{when}, {}: {}",
            self.lane.name,
            told(first.kind, count, &named.join("; "))
        );
        let at = Point::new(run.x, self.top + MIDDLE);
        let datum = self.scene.datum(Datum {
            label,
            series: self.index,
            x: first.at_ns,
            area: Area::Rect(Rect::around(at, HALF + 1.0)),
            payload: RUNS + (run.signs.start << 12) + signs.len(),
        });
        let mut add = |ink: Ink, paint: Paint, geometry: Geometry| {
            self.scene.add(Layer::Rule, ink, paint, geometry).datum = Some(datum);
        };
        match first.kind {
            SignKind::FirstSeen => {
                let corners = [(0.0, -HALF), (HALF, 0.0), (0.0, HALF), (-HALF, 0.0)];
                let corners = corners.map(|(x, y)| Point::new(at.x + x, at.y + y));
                add(Ink::Accent, Paint::Fill, Geometry::Polygon(corners.into()));
            }
            SignKind::Denied => {
                let (radius, reach) = (HALF - 0.5, HALF * 0.6);
                let (from, to) = (
                    Point::new(at.x - reach, at.y - reach),
                    Point::new(at.x + reach, at.y + reach),
                );
                add(
                    Ink::Reject,
                    Paint::line(1.3),
                    Geometry::Circle { center: at, radius },
                );
                add(Ink::Reject, Paint::line(1.3), Geometry::Path(vec![from, to]));
            }
            SignKind::LetThrough => {
                let radius = HALF - 0.7;
                add(
                    Ink::Accept,
                    Paint::line(1.4),
                    Geometry::Circle { center: at, radius },
                );
            }
        }
        let words = size::count(count);
        let left = at.x + HALF + 1.5;
        if count > 1 && left + text_width(&words, COUNT_SIZE, false, true) < next {
            let text = Text::new(left, at.y, words).size(COUNT_SIZE).strong();
            self.scene.text(Ink::InkQuiet, text).datum = Some(datum);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::TimeRange;
    use crate::base::time::MINUTE;
    use crate::chart::tests::check;
    use crate::chart::{Buckets, Calls, Frame, Lane, Lanes, Marks, Scene, lanes};

    fn sign(minute: i64, kind: SignKind, label: &str) -> Sign {
        Sign {
            at_ns: minute * MINUTE,
            kind,
            label: label.to_owned(),
            count: 1,
        }
    }

    /// An hour, ten pixels a minute.
    fn drawn(signs: Vec<Sign>) -> Scene {
        let lane = Lane {
            name: "ana".to_owned(),
            detail: String::new(),
            count: 3,
            flag: None,
            marks: Marks::Density(vec![
                Calls {
                    reads: 3,
                    ..Calls::default()
                };
                60
            ]),
            sessions: Vec::new(),
            insights: Vec::new(),
            signs,
        };
        let scene = lanes(&Lanes {
            title: "Events",
            frame: Frame {
                width: 600.0,
                height: 0.0,
                range: TimeRange::new(0, 60 * MINUTE),
                offset_min: 0,
            },
            buckets: Buckets {
                from_ns: 0,
                step_ns: MINUTE,
                len: 60,
            },
            lanes: &[lane],
            holes: &[],
            names: false,
            selected: None,
        });
        check(&scene, "signs");
        scene
    }

    /// What each sign says, where its middle is and which signs are behind it.
    fn told(scene: &Scene) -> Vec<(&str, f64, Range<usize>)> {
        let one = |d: &'_ crate::chart::Datum| Some((d.area.bounds().center().x, signs_of(d.payload)?));
        let all = scene
            .data
            .iter()
            .filter_map(|d| Some((d.label.as_str(), one(d)?)));
        all.map(|(label, (x, run))| (label, x, run)).collect()
    }

    #[test]
    fn signs_that_would_cover_each_other_stand_as_one_with_a_count() {
        let new = |minute, what: &str| sign(minute, SignKind::FirstSeen, what);
        let near: Vec<Sign> = (0..6).map(|n| new(10, &format!("region {n}"))).collect();
        let scene = drawn([near, vec![new(12, "near"), new(13, "far")]].concat());
        let all = told(&scene);
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].2, 0..7);
        assert!(
            all[0]
                .0
                .ends_with("ana: 7 first seen: region 0; region 1; region 2; region 3; 3 more"),
            "{}",
            all[0].0
        );
        assert_eq!(all[1].2, 7..8);
        assert!(all[1].0.ends_with("ana: first seen: far"), "{}", all[1].0);
        assert!(scene.summary.contains(", 8 first seen."), "{}", scene.summary);
        let rows = scene.table.rows.iter().filter(|r| r[2].starts_with("first seen"));
        assert_eq!(rows.clone().count(), 8, "each has a row of its own");
        assert!(rows.clone().all(|r| r[3..].iter().all(String::is_empty)));
    }

    #[test]
    fn kinds_stand_beside_each_other_and_have_shapes_of_their_own() {
        let scene = drawn(vec![
            sign(10, SignKind::FirstSeen, "a"),
            sign(10, SignKind::Denied, "b"),
            sign(10, SignKind::LetThrough, "c"),
        ]);
        let all = told(&scene);
        let x: Vec<f64> = all.iter().map(|t| t.1).collect();
        assert!(x[1] - x[0] > 2.0 * HALF && x[2] - x[1] > 2.0 * HALF, "{x:?}");
        let shapes = |run: usize| {
            let datum = scene
                .data
                .iter()
                .position(|d| d.payload == RUNS + (run << 12) + 1);
            let of = scene.shapes.iter().filter(move |s| s.datum == datum);
            of.map(|s| std::mem::discriminant(&s.geometry))
                .collect::<Vec<_>>()
        };
        assert_ne!(shapes(0), shapes(1));
        assert_ne!(shapes(1), shapes(2));
        assert_ne!(shapes(0), shapes(2));
    }

    #[test]
    fn a_sign_is_hit_before_the_calls_behind_it_and_the_calls_above_it_are_still_hit() {
        let scene = drawn(vec![sign(10, SignKind::Denied, "vpce-1")]);
        let sign = scene.data.iter().position(|d| signs_of(d.payload).is_some());
        let at = scene.data[sign.unwrap()].area.bounds().center();
        assert_eq!(scene.hit(at.x, at.y), sign);
        let above = scene.hit(at.x + 1.0, at.y - 12.0).unwrap();
        assert_eq!(
            (signs_of(scene.data[above].payload), scene.data[above].payload),
            (None, 10)
        );
    }

    #[test]
    fn signs_outside_of_the_range_are_not_told_and_those_at_its_ends_stay_inside() {
        let scene = drawn(vec![
            sign(0, SignKind::FirstSeen, "begins"),
            sign(59, SignKind::FirstSeen, "ends"),
            sign(60, SignKind::FirstSeen, "after"),
            sign(59, SignKind::Denied, "ends"),
        ]);
        assert_eq!(told(&scene).len(), 3);
        assert!(
            scene
                .summary
                .contains(", 2 first seen, 1 denied at a VPC endpoint."),
            "{}",
            scene.summary
        );
        assert!(!scene.table.rows.iter().any(|r| r[2].contains("after")));
    }

    #[test]
    fn as_many_signs_as_can_be_told_apart_keep_their_runs() {
        let many = (0..MOST_SIGNS)
            .map(|_| sign(1, SignKind::FirstSeen, "x"))
            .collect();
        assert_eq!(told(&drawn(many))[0].2, 0..MOST_SIGNS);
        assert_eq!(signs_of(59), None, "a bucket is no sign");
    }
}
