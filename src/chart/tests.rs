//! The charts as a whole: pictures of small data, hover and keyboard, and data that is nothing, one or too much.

use super::samples::{self, MONDAY};
use super::*;
use crate::base::TimeRange;
use crate::base::time::{DAY, HOUR};

/// Draws the samples to files to be looked at: `PICTURES=folder cargo test --lib chart::tests::pictures -- --ignored`.
#[test]
#[ignore = "writes files"]
fn pictures() {
    let folder = std::env::var("PICTURES").expect("PICTURES names a folder");
    let tokens = std::env::var("TOKENS").unwrap_or_else(|_| "style/tokens.css".to_owned());
    let css = std::fs::read_to_string(tokens).expect("the token style sheet");
    let palette = TokenPalette::from_css(&css, std::env::var_os("DARK").is_some());
    for (name, scene) in samples::all(samples::LARGE)
        .into_iter()
        .chain([("crowd", samples::crowded())])
    {
        std::fs::write(format!("{folder}/{name}.svg"), svg_file(&scene, &palette))
            .expect("a writable folder");
    }
}

fn bars(values: &[Amount], width: f64, range: TimeRange) -> Scene {
    stacked_bars(&Bars {
        title: "Records",
        frame: Frame {
            width,
            height: 100.0,
            range,
            offset_min: 0,
        },
        buckets: samples::every_hours(1, values.len()),
        unit: Unit::count("records"),
        series: &[Series {
            name: "all".to_owned(),
            ink: Ink::Series1,
            values: values.to_vec(),
            below: false,
        }],
        holes: &[],
        events: &[],
    })
}

/// No shape leaves the drawing, no figure is lost in a NaN.
fn check(scene: &Scene, what: &str) {
    let inside = |p: &Point| {
        p.x.is_finite()
            && p.y.is_finite()
            && (-1.0..=scene.width + 1.0).contains(&p.x)
            && (-1.0..=scene.height + 1.0).contains(&p.y)
    };
    for shape in &scene.shapes {
        let points = match &shape.geometry {
            Geometry::Rect { rect, .. } => {
                vec![
                    Point::new(rect.left, rect.top),
                    Point::new(rect.right, rect.bottom),
                ]
            }
            Geometry::Path(points) | Geometry::Polygon(points) => points.clone(),
            Geometry::Circle { center, .. } | Geometry::Cross { center, .. } => vec![*center],
            Geometry::Text(text) => vec![text.at],
        };
        assert!(
            points.iter().all(inside),
            "{what}: {shape:?} in {}×{}",
            scene.width,
            scene.height
        );
    }
    let columns = scene.table.columns.len();
    assert!(
        scene.table.rows.iter().all(|r| r.len() == columns),
        "{what}: a ragged table"
    );
    assert!(!scene.summary.is_empty(), "{what}: no summary");
    assert!(svg(scene).ends_with("</svg>\n"));
}

#[test]
fn snapshots_of_every_chart() {
    for (name, scene) in samples::all(samples::SMALL) {
        check(&scene, name);
        insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false}, {
            insta::assert_snapshot!(name, svg(&scene));
        });
    }
}

#[test]
fn bars_of_odd_data_are_drawn_within_their_frame() {
    let day = TimeRange::new(MONDAY, MONDAY + DAY);
    let cases: [(&str, &[Amount], f64, TimeRange); 8] = [
        ("nothing", &[], 400.0, day),
        ("one bucket", &[7], 400.0, TimeRange::new(MONDAY, MONDAY + HOUR)),
        ("zeros", &[0, 0, 0], 400.0, day),
        ("negative", &[-5, 3], 400.0, day),
        ("huge", &[Amount::MAX, Amount::MAX, 1], 400.0, day),
        ("narrow", &[1, 2, 3], 3.0, day),
        ("no width", &[1, 2, 3], 0.0, day),
        ("empty range", &[1, 2], 400.0, TimeRange::new(MONDAY, MONDAY)),
    ];
    for (what, values, width, range) in cases {
        check(&bars(values, width, range), what);
    }
}

#[test]
fn a_small_amount_beside_a_large_one_is_seen() {
    let scene = bars(&[1, 1_000_000], 400.0, TimeRange::new(MONDAY, MONDAY + 2 * HOUR));
    let drawn = |datum| {
        scene
            .shapes
            .iter()
            .find(|s| s.datum == Some(datum))
            .and_then(|s| match s.geometry {
                Geometry::Rect { rect, .. } => Some(rect.height()),
                _ => None,
            })
    };
    assert!(drawn(0).is_some_and(|h| h >= 1.0));
    assert!(drawn(1).is_some_and(|h| h > 50.0));
}

#[test]
fn what_is_drawn_is_what_is_hit() {
    let scene = samples::overview(samples::LARGE);
    for (i, datum) in scene.data.iter().enumerate() {
        let at = datum.area.bounds().center();
        let hit = scene.hit(at.x, at.y).expect("a hit at its own centre");
        let same = scene.data[hit].area.bounds();
        assert!(hit == i || same.contains(at.x, at.y), "{}", datum.label);
    }
    let tall = scene
        .data
        .iter()
        .position(|d| d.label.starts_with("11 Nov 02:00, VPC"))
        .unwrap();
    let bar = scene.data[tall].area.bounds();
    let above = scene.hit(bar.center().x, scene.plot.top + 1.0).unwrap();
    assert_eq!(
        scene.data[above].x, scene.data[tall].x,
        "above a stack its top answers"
    );
    assert_eq!(scene.column(tall).len(), 4);
    assert_eq!(scene.hit(-5.0, -5.0), None);
}

#[test]
fn arrows_walk_every_bar_and_every_series() {
    let scene = samples::overview(samples::LARGE);
    let mut at = scene.next(None, Direction::Right);
    let mut steps = 0;
    while let Some(here) = at {
        steps += 1;
        at = scene.next(Some(here), Direction::Right);
    }
    assert_eq!(steps, 120, "each bucket of the first series once");
    let first = scene.next(None, Direction::Right).unwrap();
    let up = scene.next(Some(first), Direction::Up).unwrap();
    assert_eq!(
        (scene.data[up].series, scene.data[up].x),
        (1, scene.data[first].x)
    );
    assert_eq!(scene.next(Some(up), Direction::Down), Some(first));
    assert_eq!(scene.next(Some(first), Direction::Left), None);
    assert_eq!(Scene::new(1.0, 1.0).next(None, Direction::Right), None);
    assert!(
        scene.next(Some(usize::MAX), Direction::Left).is_some(),
        "a stale datum starts again"
    );
}

#[test]
fn the_table_twin_has_the_exact_figures() {
    let scene = bars(&[1_234_567, 0], 400.0, TimeRange::new(MONDAY, MONDAY + 2 * HOUR));
    assert_eq!(scene.table.columns[1].name, "all, records");
    assert!(scene.table.columns[1].numeric && !scene.table.columns[0].numeric);
    assert_eq!(scene.table.rows[0], ["9 Nov 00:00", "1,234,567"]);
    assert_eq!(scene.table.rows[1], ["9 Nov 01:00", "0"]);
    assert_eq!(
        scene.summary,
        "Records, 9 Nov 00:00 to 9 Nov 02:00 UTC: all 1.23 M. Most at 9 Nov 00:00: 1,234,567 records."
    );
}

#[test]
fn time_and_place_agree() {
    let time = samples::overview(samples::LARGE).time.unwrap();
    for ns in [time.range.from_ns, MONDAY + 30 * HOUR, time.range.to_ns] {
        assert!(time.ns(time.x(ns)).abs_diff(ns) < 1_000);
    }
    assert_eq!(time.ns(-100.0), time.range.from_ns);
}
