//! Where does everything on a Sankey chart lie? Columns of bars with few crossings between them, and the ribbons' curves.

use super::{Point, Rect, Sum};

/// A bar's width, in scene pixels.
const BAR: f64 = 10.0;
/// Points of a ribbon between two columns.
const SAMPLES: usize = 24;
/// What an end takes at least with its label, and its bar.
const SLOT: f64 = 14.0;
const THINNEST: f64 = 2.0;
/// Ends of a column stand no further apart.
const APART: f64 = 24.0;
/// Times that both ways are swept for fewer crossings.
const SWEEPS: usize = 6;

/// The seats of a ribbon, one a column, and what it carries.
type Way<'a> = (&'a [usize], Sum);

/// The seats of a column.
#[derive(Clone, Copy)]
pub(super) struct Seats {
    pub count: usize,
    /// Whether several share the last one.
    pub others: bool,
}

/// Places by column and seat, and by ribbon.
pub(super) struct Placed {
    columns: Vec<Bars>,
    /// How wide the accepted and the rejected part of each ribbon are.
    parts: Vec<(f64, f64)>,
    /// The middle line of each ribbon.
    paths: Vec<Vec<Point>>,
}

#[derive(Default)]
struct Bars {
    x: f64,
    width: f64,
    /// Seats from top to bottom.
    order: Vec<usize>,
    /// Top and bottom by seat.
    spans: Vec<(f64, f64)>,
    /// The datum of the first seat.
    first: usize,
}

impl Placed {
    pub fn bar(&self, column: usize, seat: usize) -> Rect {
        let Some(bars) = self.columns.get(column) else {
            return Rect::default();
        };
        let (top, bottom) = bars.spans.get(seat).copied().unwrap_or_default();
        Rect::new(bars.x, top, bars.x + bars.width, bottom)
    }

    pub fn order(&self, column: usize) -> Vec<usize> {
        self.columns
            .get(column)
            .map_or_else(Vec::new, |b| b.order.clone())
    }

    /// The datum of an end: columns one after the other, each by seat.
    pub fn datum(&self, column: usize, seat: usize) -> usize {
        self.columns.get(column).map_or(0, |b| b.first) + seat
    }

    pub fn parts(&self, ribbon: usize) -> (f64, f64) {
        self.parts.get(ribbon).copied().unwrap_or_default()
    }

    pub fn width(&self, ribbon: usize) -> f64 {
        let (accepted, rejected) = self.parts(ribbon);
        accepted + rejected
    }

    pub fn path(&self, ribbon: usize) -> Vec<Point> {
        self.paths.get(ribbon).cloned().unwrap_or_default()
    }

    /// From the bars of one column to those of the next.
    pub fn gap(&self) -> f64 {
        match self.columns.as_slice() {
            [a, b, ..] => b.x - a.x - a.width,
            _ => 0.0,
        }
    }
}

/// Places `seats` of each column within a frame, and the ribbons between them.
pub(super) fn place(seats: &[Seats], ways: &[Way<'_>], frame: Rect) -> Placed {
    let height = frame.height();
    let parts = widths(seats, ways, height);
    let orders = orders(seats, ways);
    let width = BAR.min(frame.width() / 4.0);
    let room = frame.width() - width;
    let step = room / (seats.len().max(2) - 1) as f64;
    let mut first = 0;
    let mut columns = Vec::new();
    for (c, order) in orders.into_iter().enumerate() {
        let heights = heights(c, order.len(), ways, &parts);
        let x = (frame.left + step * c as f64).floor();
        let count = order.len();
        columns.push(Bars {
            x,
            width,
            first,
            ..stacked(order, &heights, frame)
        });
        first += count;
    }
    let paths = curves(&columns, ways, &parts);
    Placed {
        columns,
        parts,
        paths,
    }
}

/// What the ribbons of each seat of a column take together.
fn heights(column: usize, count: usize, ways: &[Way<'_>], parts: &[(f64, f64)]) -> Vec<f64> {
    let mut heights = vec![0.0; count];
    for ((way, _), (a, r)) in ways.iter().zip(parts) {
        if let Some(h) = way.get(column).and_then(|&seat| heights.get_mut(seat)) {
            *h += a + r;
        }
    }
    heights
}

/// A slot is what an end takes of its column: its bar, or its label where that is higher.
fn slot(count: usize, height: f64) -> f64 {
    (0.75 * height / count.max(1) as f64).min(SLOT)
}

fn gap(count: usize, height: f64) -> f64 {
    (0.1 * height / count.max(1) as f64).min(4.0)
}

/// How wide both parts of each ribbon are: the least that is seen, and the more the more it carries, so that the highest
/// column just fits.
fn widths(seats: &[Seats], ways: &[Way<'_>], height: f64) -> Vec<(f64, f64)> {
    let count: usize = ways
        .iter()
        .map(|(_, sum)| usize::from(sum.accepted > 0) + usize::from(sum.rejected > 0))
        .sum();
    let least = (0.15 * height / count.max(ways.len()).max(1) as f64).min(1.0);
    let at = |scale: f64| -> Vec<(f64, f64)> {
        let part = |amount: i128| match amount {
            ..=0 => 0.0,
            _ => least + amount as f64 * scale,
        };
        ways.iter()
            .map(|(_, sum)| match (part(sum.accepted), part(sum.rejected)) {
                (a, r) if a + r <= 0.0 => (least, 0.0),
                parts => parts,
            })
            .collect()
    };
    let need = |parts: &[(f64, f64)]| {
        let column = |(c, &Seats { count, .. }): (usize, &Seats)| {
            let least = slot(count, height);
            let heights = heights(c, count, ways, parts);
            heights.iter().map(|h: &f64| h.max(least)).sum::<f64>() + gap(count, height) * count as f64
        };
        seats.iter().enumerate().map(column).fold(0.0, f64::max)
    };
    let total: f64 = ways.iter().map(|(_, sum)| sum.total() as f64).sum();
    let (mut low, mut high) = (0.0, height / total.max(1.0));
    for _ in 0..40 {
        let middle = (low + high) / 2.0;
        match need(&at(middle)) <= height {
            true => low = middle,
            false => high = middle,
        }
    }
    at(low)
}

/// The bars of a column from top to bottom, in the middle of the frame.
fn stacked(order: Vec<usize>, heights: &[f64], frame: Rect) -> Bars {
    let count = order.len();
    let least = slot(count, frame.height());
    let high = |seat: usize| heights.get(seat).copied().unwrap_or_default();
    let taken: f64 = order.iter().map(|&seat| high(seat).max(least)).sum();
    let between = match count {
        0 | 1 => 0.0,
        n => ((frame.height() - taken).max(0.0) / n as f64).min(APART),
    };
    let all = taken + between * count.saturating_sub(1) as f64;
    let mut y = frame.top + ((frame.height() - all) / 2.0).max(0.0);
    let mut spans = vec![(0.0, 0.0); count];
    for &seat in &order {
        let slot = high(seat).max(least);
        let bar = high(seat).max(THINNEST.min(frame.height()));
        if let Some(span) = spans.get_mut(seat) {
            let top = (y + (slot - bar) / 2.0).clamp(frame.top, (frame.bottom - bar).max(frame.top));
            *span = (top, (top + bar).min(frame.bottom));
        }
        y += slot + between;
    }
    Bars {
        order,
        spans,
        ..Bars::default()
    }
}

/// The seats of each column from top to bottom. Largest first to begin with; then each column follows where its ribbons
/// come from and go to, as long as fewer cross. Others stay last.
fn orders(seats: &[Seats], ways: &[Way<'_>]) -> Vec<Vec<usize>> {
    let mut best: Vec<Vec<usize>> = seats.iter().map(|s| (0..s.count).collect()).collect();
    let mut fewest = crossings(&best, ways);
    let mut now = best.clone();
    for sweep in 0..SWEEPS * 2 {
        // To the right, then to the left.
        let turns: Vec<(usize, usize)> = match sweep % 2 {
            0 => (1..seats.len()).map(|c| (c, c - 1)).collect(),
            _ => (1..seats.len()).rev().map(|c| (c - 1, c)).collect(),
        };
        for (c, beside) in turns {
            let place = places(now.get(beside));
            let Some(&Seats { count, others }) = seats.get(c) else {
                continue;
            };
            let mut pulls = vec![(0.0, 0.0); count];
            for (way, sum) in ways {
                let (Some(&seat), Some(&other)) = (way.get(c), way.get(beside)) else {
                    continue;
                };
                if let Some((pull, weight)) = pulls.get_mut(seat) {
                    // Many small ribbons count beside a large one.
                    let heavy = (sum.total() as f64).sqrt().max(1e-3);
                    *pull += heavy * place.get(other).copied().unwrap_or_default() as f64;
                    *weight += heavy;
                }
            }
            let centre = |seat: &usize| match pulls.get(*seat) {
                Some((pull, weight)) if *weight > 0.0 => pull / weight,
                _ => f64::MAX,
            };
            if let Some(order) = now.get_mut(c) {
                let last = |seat: &usize| others && seat + 1 == count;
                order.sort_by(|a, b| last(a).cmp(&last(b)).then(centre(a).total_cmp(&centre(b))));
            }
        }
        let crossed = crossings(&now, ways);
        if crossed < fewest {
            fewest = crossed;
            best.clone_from(&now);
        }
    }
    best
}

/// The place from the top of each seat.
fn places(order: Option<&Vec<usize>>) -> Vec<usize> {
    let order = order.map_or(&[][..], Vec::as_slice);
    let mut places = vec![0; order.len()];
    for (place, &seat) in order.iter().enumerate() {
        if let Some(slot) = places.get_mut(seat) {
            *slot = place;
        }
    }
    places
}

/// How many pairs of ribbons cross between neighbouring columns.
fn crossings(orders: &[Vec<usize>], ways: &[Way<'_>]) -> usize {
    let places: Vec<Vec<usize>> = orders.iter().map(|o| places(Some(o))).collect();
    let at = |way: &[usize], c: usize| -> usize {
        let seat = way.get(c).copied().unwrap_or_default();
        places
            .get(c)
            .and_then(|p| p.get(seat))
            .copied()
            .unwrap_or_default()
    };
    let mut crossed = 0;
    for c in 1..orders.len() {
        // A pair of ends counts once, however many ribbons of three columns share it.
        let mut ends: Vec<(usize, usize)> = ways.iter().map(|(w, _)| (at(w, c - 1), at(w, c))).collect();
        ends.sort_unstable();
        ends.dedup();
        for (i, a) in ends.iter().enumerate() {
            crossed += ends.iter().skip(i + 1).filter(|b| a.0 < b.0 && a.1 > b.1).count();
        }
    }
    crossed
}

/// The middle line of each ribbon. At a bar ribbons lie in the order of the ends they lead to.
fn curves(columns: &[Bars], ways: &[Way<'_>], parts: &[(f64, f64)]) -> Vec<Vec<Point>> {
    let mut paths: Vec<Vec<Point>> = vec![Vec::new(); ways.len()];
    for c in 1..columns.len() {
        let starts = sides(columns, ways, parts, c - 1, c);
        let ends = sides(columns, ways, parts, c, c - 1);
        let x = |c: usize, after: bool| {
            columns
                .get(c)
                .map_or(0.0, |b| if after { b.x + b.width } else { b.x })
        };
        for ((path, from), to) in paths.iter_mut().zip(starts).zip(ends) {
            let (from, to) = (Point::new(x(c - 1, true), from), Point::new(x(c, false), to));
            path.extend((0..=SAMPLES).map(|i| between(from, to, i as f64 / SAMPLES as f64)));
        }
    }
    paths
}

/// A point of a curve that leaves and arrives level.
fn between(from: Point, to: Point, part: f64) -> Point {
    let eased = part * part * (3.0 - 2.0 * part);
    Point::new(from.x + (to.x - from.x) * part, from.y + (to.y - from.y) * eased)
}

/// Where on the bars of a column each ribbon ends that comes from `beside`.
fn sides(columns: &[Bars], ways: &[Way<'_>], parts: &[(f64, f64)], column: usize, beside: usize) -> Vec<f64> {
    let places: Vec<Vec<usize>> = columns.iter().map(|b| places(Some(&b.order))).collect();
    let at = |way: &[usize], c: usize| {
        let seat = way.get(c).copied()?;
        places.get(c)?.get(seat).copied()
    };
    let mut turns: Vec<usize> = (0..ways.len()).collect();
    turns.sort_by_key(|&i| {
        let way = ways.get(i).map_or(&[][..], |(way, _)| way);
        let all: Vec<Option<usize>> = (0..columns.len()).map(|c| at(way, c)).collect();
        (at(way, column), at(way, beside), all, i)
    });
    let Some(bars) = columns.get(column) else {
        return vec![0.0; ways.len()];
    };
    let width = |i: usize| parts.get(i).map_or(0.0, |(a, r)| a + r);
    let seat = |i: usize| ways.get(i).and_then(|(way, _)| way.get(column)).copied();
    let used = heights(column, bars.spans.len(), ways, parts);
    // Ribbons that are thinner than their bar lie in its middle.
    let mut next: Vec<f64> = bars
        .spans
        .iter()
        .zip(used)
        .map(|((top, bottom), used)| top + (bottom - top - used) / 2.0)
        .collect();
    let mut y = vec![0.0; ways.len()];
    for i in turns {
        if let (Some(next), Some(y)) = (seat(i).and_then(|s| next.get_mut(s)), y.get_mut(i)) {
            *y = *next + width(i) / 2.0;
            *next += width(i);
        }
    }
    y
}
