//! Which most? Horizontal bars in order, the name on the bar and its amount at the right.

use super::ink::Ink;
use super::scene::{
    Anchor, Area, Datum, Geometry, Layer, Paint, Rect, Scene, TableTwin, Text, Walk, clip, text_width,
};
use super::ticks::{Amount, Unit};
use crate::base::size;

/// One bar's height with its gap, in scene pixels.
pub const RANK_HEIGHT: f64 = 22.0;
const TEXT_SIZE: f64 = 12.0;

/// One bar: largest first, as the caller ordered them.
#[derive(Clone, Debug, PartialEq)]
pub struct Rank {
    pub name: String,
    pub amount: Amount,
    pub selected: bool,
}

#[derive(Clone, Debug)]
pub struct Ranked<'a> {
    /// `Top talkers by bytes`
    pub title: &'a str,
    /// Scene pixels; the height follows from the number of bars.
    pub width: f64,
    pub unit: Unit,
    pub ranks: &'a [Rank],
    /// How many there are of which these are the first; 0 where it is not known.
    pub of: u64,
    /// What was rejected: hatched in its own ground.
    pub rejected: bool,
}

/// Lays the bars out. A datum's payload is its rank from 0.
pub fn bars_h(ranked: &Ranked<'_>) -> Scene {
    let height = RANK_HEIGHT * ranked.ranks.len().max(1) as f64;
    let mut scene = Scene::new(ranked.width, height);
    scene.table = TableTwin::with_columns(["Name".to_owned(), format!("#{}", ranked.unit.column())]);
    let most = ranked.ranks.iter().map(|r| r.amount).max().unwrap_or(0).max(1) as f64;
    for (i, rank) in ranked.ranks.iter().enumerate() {
        let top = RANK_HEIGHT * i as f64;
        let amount = ranked.unit.short(rank.amount.max(0) as f64);
        let datum = scene.datum(Datum {
            label: format!("{}: {}", rank.name, ranked.unit.long(rank.amount)),
            series: i,
            x: 0,
            area: Area::Rect(Rect::new(0.0, top, ranked.width, top + RANK_HEIGHT)),
            payload: i,
        });
        let length = (rank.amount.max(0) as f64 / most * ranked.width).round();
        let bar = Rect::new(
            0.0,
            top + 2.0,
            length.max(if rank.amount > 0 { 1.0 } else { 0.0 }),
            top + RANK_HEIGHT - 2.0,
        );
        paint(&mut scene, bar, ranked.rejected, datum);
        if rank.selected {
            let edge = Rect::new(0.0, top, 2.0, top + RANK_HEIGHT);
            scene.fill(Layer::Rule, Ink::Accent, edge);
        }
        let middle = top + RANK_HEIGHT / 2.0;
        let taken = text_width(&amount, TEXT_SIZE, false, rank.selected) + 12.0;
        let name = clip(&rank.name, TEXT_SIZE, ranked.width - taken - 12.0, rank.selected);
        for (x, anchor, text) in [
            (6.0, Anchor::Start, name),
            (ranked.width - 6.0, Anchor::End, amount),
        ] {
            let mut text = Text::new(x, middle, text).size(TEXT_SIZE).anchor(anchor);
            text.strong = rank.selected;
            scene.text(Ink::Ink, text).datum = Some(datum);
        }
        let exact = ranked.unit.exact(rank.amount);
        scene.table.rows.push(vec![rank.name.clone(), exact]);
    }
    scene.plot = Rect::new(0.0, 0.0, scene.width, scene.height);
    scene.summary = summary(ranked);
    scene.walk = Walk::Rows;
    scene.finish()
}

fn paint(scene: &mut Scene, bar: Rect, rejected: bool, datum: usize) {
    let (ink, paint) = if rejected {
        let hatch = Paint::Hatch {
            period: 10.0,
            width: 7.0,
        };
        (Ink::RejectGround, hatch)
    } else {
        (Ink::AcceptGround, Paint::Fill)
    };
    let geometry = Geometry::Rect {
        rect: bar,
        radius: 0.0,
    };
    scene.add(Layer::Data, ink, paint, geometry).datum = Some(datum);
    if rejected {
        let edge = Rect::new((bar.right - 1.0).max(bar.left), bar.top, bar.right, bar.bottom);
        scene.fill(Layer::Data, Ink::RejectQuiet, edge).datum = Some(datum);
    }
}

fn summary(ranked: &Ranked<'_>) -> String {
    let Some(first) = ranked.ranks.first() else {
        return format!("{}: none.", ranked.title);
    };
    let of = if ranked.of > 0 {
        format!(" of {}", size::count(ranked.of))
    } else {
        String::new()
    };
    format!(
        "{}, {}{of}: first {} with {}.",
        ranked.title,
        size::count(ranked.ranks.len() as i128),
        first.name,
        ranked.unit.long(first.amount)
    )
}
