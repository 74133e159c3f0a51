//! Ribbons and grids: nothing is lost between what is given and what is drawn, pointed at and read out.

use proptest::prelude::*;

use super::super::samples::{LARGE, SMALL, pairs as samples};
use super::super::tests::check;
use crate::chart::*;

fn ends(count: usize) -> Vec<End> {
    let end = |i: usize| End {
        id: i.to_string(),
        name: format!("end-{i}"),
        detail: if i.is_multiple_of(3) {
            String::new()
        } else {
            format!("detail {i}")
        },
        ink: Ink::InkQuiet,
    };
    (0..count).map(end).collect()
}

fn figure(text: &str) -> Amount {
    text.replace(',', "").parse().unwrap()
}

/// The figures of every drawn pair.
fn figures(scene: &Scene) -> Vec<[Amount; 2]> {
    let row = |row: &Vec<String>| [2, 1].map(|back| figure(&row[row.len() - back]));
    scene.table.rows.iter().map(row).collect()
}

fn sums<'a>(flows: impl IntoIterator<Item = &'a Ribbon>) -> [Amount; 2] {
    flows
        .into_iter()
        .fold([0, 0], |[a, r], f| [a + f.accepted.max(0), r + f.rejected.max(0)])
}

fn all(figures: &[[Amount; 2]]) -> [Amount; 2] {
    figures.iter().fold([0, 0], |[a, r], f| [a + f[0], r + f[1]])
}

/// Every datum is reached by arrow keys, and no key leads out of the data.
fn walked(scene: &Scene, what: &str) {
    let mut reached = vec![false; scene.data.len()];
    let mut open: Vec<usize> = scene.next(None, Direction::Right).into_iter().collect();
    while let Some(at) = open.pop() {
        if std::mem::replace(&mut reached[at], true) {
            continue;
        }
        let ways = [Direction::Left, Direction::Right, Direction::Up, Direction::Down];
        open.extend(ways.iter().filter_map(|&d| scene.next(Some(at), d)));
    }
    assert!(reached.iter().all(|r| *r), "{what}: {reached:?}");
}

fn unique(scene: &Scene) -> bool {
    let mut keys: Vec<(usize, usize)> = scene.data.iter().map(|d| (d.series, d.payload)).collect();
    keys.sort_unstable();
    keys.windows(2).all(|w| w[0] != w[1])
}

fn flow() -> impl Strategy<Value = Ribbon> {
    let end = || prop_oneof![9 => 0..70usize, 1 => Just(usize::MAX)];
    let amount = || {
        prop_oneof![
            2 => Just(0),
            6 => 0..5_000 as Amount,
            2 => 0..9_000_000_000_000 as Amount,
            1 => -5..0 as Amount,
            1 => Just(Amount::MAX / 1_000_000),
        ]
    };
    (end(), proptest::option::of(end()), end(), amount(), amount()).prop_map(
        |(from, through, to, accepted, rejected)| Ribbon {
            from,
            through,
            to,
            accepted,
            rejected,
        },
    )
}

fn size() -> impl Strategy<Value = f64> {
    prop_oneof![6 => 0.0..1_500.0, 1 => Just(0.0), 1 => Just(f64::NAN), 1 => -9.0..20.0]
}

fn picked() -> impl Strategy<Value = Option<Picked>> {
    let column = prop_oneof![Just(Column::Left), Just(Column::Middle), Just(Column::Right)];
    let end = (column, 0..80usize).prop_map(|(column, i)| Picked::End(column, i));
    proptest::option::of(prop_oneof![end, (0..200usize).prop_map(Picked::Flow)])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_amount_is_in_exactly_one_ribbon(
        counts in (0..60usize, 0..30usize, 0..60usize),
        flows in proptest::collection::vec(flow(), 0..150),
        (width, height) in (size(), size()),
        chosen in picked(),
    ) {
        let (left, middle, right) = (ends(counts.0), ends(counts.1), ends(counts.2));
        let chart = Sankey {
            title: "Any",
            width,
            height,
            unit: Unit::count("flows"),
            left: &left,
            middle: &middle,
            right: &right,
            flows: &flows,
            chosen,
        };
        let scene = sankey(&chart);
        check(&scene, "ribbons");
        walked(&scene, "ribbons");
        prop_assert!(unique(&scene));
        prop_assert_eq!(&scene, &sankey(&chart));
        let drawn = figures(&scene);
        prop_assert_eq!(all(&drawn), sums(&flows));
        let ribbons: Vec<&Datum> = scene.data.iter().filter(|d| d.series == 1).collect();
        prop_assert_eq!(ribbons.len(), drawn.len());
        for (datum, figures) in ribbons.iter().zip(&drawn) {
            let Some(Picked::Flow(first)) = chart.picked(datum) else { continue };
            let same = |f: &&Ribbon| {
                let through = middle.is_empty() || f.through == flows[first].through;
                (f.from, f.to) == (flows[first].from, flows[first].to) && through
            };
            prop_assert_eq!(*figures, sums(flows.iter().filter(same)));
        }
        let bars = scene.data.iter().filter(|d| d.series == 0);
        prop_assert!(bars.count() <= 24 * 3);
    }

    #[test]
    fn every_amount_is_in_exactly_one_cell(
        counts in (0..60usize, 0..60usize),
        flows in proptest::collection::vec(flow(), 0..150),
        (width, height) in (size(), size()),
    ) {
        let (rows, columns) = (ends(counts.0), ends(counts.1));
        let cells = samples::crossings(&flows);
        let chart = Matrix {
            title: "Any",
            width,
            height,
            unit: Unit::count("flows"),
            rows: &rows,
            columns: &columns,
            cells: &cells,
        };
        let scene = matrix(&chart);
        check(&scene, "grid");
        walked(&scene, "grid");
        prop_assert_eq!(&scene, &matrix(&chart));
        let drawn = figures(&scene);
        prop_assert_eq!(all(&drawn), sums(&flows));
        prop_assert_eq!(scene.data.len(), drawn.len());
        for (datum, figures) in scene.data.iter().zip(&drawn) {
            prop_assert!(datum.series < 40 && datum.x < 40);
            let Some(first) = flows.get(datum.payload) else { continue };
            let same = |f: &&Ribbon| (f.from, f.to) == (first.from, first.to);
            prop_assert_eq!(*figures, sums(flows.iter().filter(same)));
        }
    }
}

#[test]
fn every_end_and_ribbon_is_pointed_at() {
    for scene in [samples::ribbons(LARGE, false), samples::ribbons(LARGE, true)] {
        for (i, datum) in scene.data.iter().enumerate() {
            let points: Vec<Point> = match &datum.area {
                Area::Rect(rect) => vec![rect.center()],
                Area::Near { path, .. } => path.clone(),
                Area::Inside(outline) => outline
                    .iter()
                    .zip(outline.iter().rev())
                    .map(|(a, b)| Point::new((a.x + b.x) / 2.0, (a.y + b.y) / 2.0))
                    .collect(),
            };
            let hit = points.iter().any(|p| scene.hit(p.x, p.y) == Some(i));
            assert!(hit, "{}", datum.label);
        }
    }
}

#[test]
fn bars_are_seen_and_do_not_overlap() {
    for scene in [
        samples::ribbons(LARGE, true),
        samples::ribbons(SMALL, false),
        samples::crowded_ribbons(),
    ] {
        let bars: Vec<Rect> = scene
            .shapes
            .iter()
            .filter(|s| s.layer == Layer::Rule && s.paint == Paint::Fill)
            .filter_map(|s| match s.geometry {
                Geometry::Rect { rect, .. } => Some(rect),
                _ => None,
            })
            .collect();
        assert!(bars.iter().all(|b| b.height() >= 2.0 - 1e-9));
        for (i, a) in bars.iter().enumerate() {
            assert!(bars[..i].iter().all(|b| !a.grown(-0.01).overlaps(*b)), "{a:?}");
        }
    }
}

#[test]
fn what_is_rejected_is_dashed_and_stopped() {
    let scene = samples::ribbons(SMALL, false);
    let refused = scene
        .data
        .iter()
        .position(|d| d.series == 1 && d.label.ends_with("0 B accepted, 800 MB rejected"))
        .unwrap();
    let drawn: Vec<&Shape> = scene.shapes.iter().filter(|s| s.datum == Some(refused)).collect();
    let dashed = |s: &&Shape| matches!(s.paint, Paint::Stroke { dash: Some(_), .. });
    assert!(drawn.iter().any(dashed));
    assert!(
        drawn
            .iter()
            .any(|s| s.ink == Ink::Reject && s.paint == Paint::Fill)
    );
    assert!(
        drawn
            .iter()
            .all(|s| s.ink != Ink::Accept && s.ink != Ink::AcceptQuiet)
    );
}

#[test]
fn the_quiet_ones_are_drawn_together() {
    let scene = samples::crowded_ribbons();
    let others: Vec<&Datum> = scene
        .data
        .iter()
        .filter(|d| d.series == 0 && d.payload >= OTHERS)
        .collect();
    assert_eq!(others.len(), 2);
    assert!(others[0].label.starts_with("137 others: "), "{}", others[0].label);
    assert!(
        scene
            .summary
            .starts_with("Traffic by address: 160 sources (137 of them together), "),
        "{}",
        scene.summary
    );
}

#[test]
fn few_ribbons_cross() {
    // Straight ones, told in another order on the right than on the left.
    let names = ends(4);
    let flows: Vec<Ribbon> = [(0, 3, 40), (1, 2, 30), (2, 1, 35), (3, 0, 20)]
        .map(|(from, to, accepted)| Ribbon {
            from,
            through: None,
            to,
            accepted,
            rejected: 0,
        })
        .into();
    let scene = sankey(&Sankey {
        title: "Pairs",
        width: 600.0,
        height: 300.0,
        unit: Unit::count("flows"),
        left: &names,
        middle: &[],
        right: &names,
        flows: &flows,
        chosen: None,
    });
    let level = scene.shapes.iter().filter_map(|s| match &s.geometry {
        Geometry::Polygon(outline) => Some((outline[0].y, outline[outline.len() / 2 - 1].y)),
        _ => None,
    });
    assert_eq!(level.clone().count(), 4);
    assert!(level.clone().all(|(a, b)| (a - b).abs() < 1.0));
}

#[test]
fn cells_say_who_and_how_much() {
    let scene = samples::grid(LARGE);
    let first = &scene.data[scene.next(None, Direction::Right).unwrap()];
    assert_eq!(
        first.label,
        "bastion-1 → 203.0.113.66: 38.6 GB accepted, 0 B rejected"
    );
    assert_eq!(scene.legend[1].total, "1.44 GB");
    let refused = scene
        .data
        .iter()
        .position(|d| d.label.starts_with("198.51.100.77 → bastion-1"))
        .unwrap();
    let drawn: Vec<&Shape> = scene.shapes.iter().filter(|s| s.datum == Some(refused)).collect();
    assert!(drawn.iter().any(|s| matches!(s.paint, Paint::Hatch { .. })));
    assert!(drawn.iter().any(|s| matches!(s.geometry, Geometry::Polygon(_))));
    let spot = scene.data[refused].area.bounds().center();
    assert_eq!(scene.hit(spot.x, spot.y), Some(refused));
    let empty = Point::new(spot.x, scene.data[0].area.bounds().center().y);
    assert_eq!(scene.hit(empty.x, empty.y), None, "an empty cell is nobody's");
}
