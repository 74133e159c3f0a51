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
    for (name, scene) in samples::all(samples::LARGE).into_iter().chain([
        ("crowd", samples::crowded()),
        ("crowd_ribbons", samples::pairs::crowded_ribbons()),
        ("crowd_matrix", samples::pairs::crowded_grid()),
    ]) {
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
pub(super) fn check(scene: &Scene, what: &str) {
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
        "Records, 9 Nov 00:00 to 9 Nov 02:00 UTC: all 1.23 M. Most from 9 Nov 00:00 to 9 Nov 01:00: 1,234,567 records."
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

#[test]
fn the_graph_adds_up_to_its_table() {
    let network = samples::network(samples::LARGE);
    let scene = samples::incident(samples::LARGE);
    let figure = |text: &String| text.replace(',', "").parse::<Amount>().unwrap();
    for (column, of) in [
        (3, network.edges.iter().map(|e| e.accepted).sum::<Amount>()),
        (4, network.edges.iter().map(|e| e.rejected).sum()),
    ] {
        let rows: Amount = scene.table.rows.iter().map(|r| figure(&r[column])).sum();
        assert_eq!(rows, of);
        assert_eq!(scene.legend[column - 3].total, Unit::Bytes.short(of as f64));
    }
    let bastion = &scene.data[1];
    assert_eq!(
        bastion.label,
        "bastion-1: 48.9 GB accepted, 1.16 GB rejected, 6 edges"
    );
}

#[test]
fn every_node_and_edge_of_the_graph_is_reached_by_pointer_and_key() {
    let network = samples::network(samples::LARGE);
    let scene = samples::incident(samples::LARGE);
    assert_eq!(scene.data.len(), network.nodes.len() + network.edges.len());
    for node in 0..network.nodes.len() {
        let at = scene.data[node].area.bounds().center();
        assert_eq!(scene.hit(at.x, at.y), Some(node), "a node lies above every edge");
    }
    let edges_hit = (network.nodes.len()..scene.data.len())
        .filter(|&i| match &scene.data[i].area {
            Area::Near { path, .. } => path.iter().any(|p| scene.hit(p.x, p.y) == Some(i)),
            Area::Rect(_) | Area::Inside(_) => false,
        })
        .count();
    assert_eq!(edges_hit, network.edges.len());
    let mut reached = vec![false; scene.data.len()];
    let mut open = vec![scene.next(None, Direction::Right).unwrap()];
    while let Some(at) = open.pop() {
        if std::mem::replace(&mut reached[at], true) {
            continue;
        }
        let ways = [Direction::Left, Direction::Right, Direction::Up, Direction::Down];
        open.extend(ways.iter().filter_map(|&d| scene.next(Some(at), d)));
    }
    assert!(reached.iter().all(|r| *r), "{reached:?}");
}

#[test]
fn labels_of_a_graph_never_collide() {
    for scene in [samples::incident(samples::LARGE), samples::crowded()] {
        let texts: Vec<&Text> = scene
            .shapes
            .iter()
            .filter_map(|s| match &s.geometry {
                Geometry::Text(text) if text.halo.is_some() => Some(text),
                _ => None,
            })
            .collect();
        assert!(texts.len() > 20);
        for (i, a) in texts.iter().enumerate() {
            assert!(
                texts[..i].iter().all(|b| !a.bounds().overlaps(b.bounds())),
                "{}",
                a.text
            );
        }
        let shown = |label: &str| texts.iter().any(|t| t.text == label);
        assert!(
            shown("203.0.113.66") || shown("node-100"),
            "a flagged node keeps its label"
        );
    }
}

#[test]
fn a_graph_without_its_places_or_far_out_of_sight_is_drawn_all_the_same() {
    let network = samples::network(samples::SMALL);
    for (placed, camera) in [
        (
            Layout::default(),
            Camera {
                scale: 1.0,
                dx: 0.0,
                dy: 0.0,
            },
        ),
        (
            Layout::default(),
            Camera {
                scale: 1e9,
                dx: -1e12,
                dy: f64::NAN,
            },
        ),
    ] {
        let scene = graph(&GraphView {
            title: "Traffic",
            width: 300.0,
            height: 200.0,
            graph: &network,
            placed: &placed,
            camera,
            unit: Unit::Bytes,
            chosen: Some(Chosen::Edge(usize::MAX)),
        });
        assert_eq!(scene.data.len(), network.nodes.len() + network.edges.len());
        assert!(svg(&scene).ends_with("</svg>\n"));
    }
}

#[test]
fn a_dragged_node_lands_under_the_pointer() {
    let camera = Camera {
        scale: 0.7,
        dx: 31.0,
        dy: -8.0,
    };
    let at = Point::new(123.0, 456.0);
    let back = camera.place(camera.unplace(at));
    assert!((back.x - at.x).abs() < 1e-9 && (back.y - at.y).abs() < 1e-9);
}

#[test]
fn lanes_tell_writes_reads_and_failures_apart_by_height() {
    let scene = samples::trail_exact();
    let height = |datum| {
        let shape = scene.shapes.iter().find(|s| s.datum == Some(datum)).unwrap();
        match shape.geometry {
            Geometry::Rect { rect, .. } => rect.height(),
            _ => 0.0,
        }
    };
    assert!(height(0) < height(2), "a read is shorter than a write");
    let crosses: Vec<usize> = scene
        .shapes
        .iter()
        .filter(|s| matches!(s.geometry, Geometry::Cross { .. }))
        .filter_map(|s| s.datum)
        .collect();
    assert_eq!(crosses, [1, 3]);
    assert_eq!(
        scene.data[3].label,
        "9 Nov 00:55:00, ci-deploy: StopLogging (write, failed)"
    );
}

#[test]
fn keys_go_down_to_the_next_lane() {
    let scene = samples::trail(samples::LARGE);
    let first = scene.next(None, Direction::Right).unwrap();
    assert_eq!(scene.data[first].series, 0);
    let below = scene.next(Some(first), Direction::Down).unwrap();
    assert_eq!(scene.data[below].series, 1);
    assert_eq!(
        scene.data[scene.next(Some(below), Direction::Up).unwrap()].series,
        0
    );
    assert_eq!(scene.next(Some(first), Direction::Up), None);
}

#[test]
fn a_hole_is_not_drawn_as_nothing() {
    let scene = samples::coverage(samples::LARGE);
    let hole = scene.data.iter().position(|d| d.label.contains("hole")).unwrap();
    let hatched = scene.shapes.iter().any(|s| {
        s.datum == Some(hole) && s.ink == Ink::StatusYellow && matches!(s.paint, Paint::Hatch { .. })
    });
    assert!(hatched);
    assert_eq!(scene.table.rows[0][5], "hole");
    assert!(scene.summary.ends_with("5 sources, 1 hole."), "{}", scene.summary);
}

#[test]
fn empty_lanes_grids_lines_and_ranks_are_drawn() {
    let frame = samples::frame(200.0, 100.0, 1);
    let buckets = samples::every_hours(1, 1);
    let unit = Unit::count("records");
    check(
        &lanes(&Lanes {
            title: "None",
            frame,
            buckets,
            lanes: &[],
            holes: &[],
            names: true,
            selected: Some(3),
        }),
        "lanes",
    );
    check(
        &heat(&Heat {
            title: "None",
            frame,
            buckets,
            unit: unit.clone(),
            rows: &[],
            names: true,
        }),
        "heat",
    );
    check(
        &lifeline(&LifeLine {
            title: "None",
            frame,
            changes: &[],
            rules: &[],
            from: Some(1),
            to: None,
        }),
        "life",
    );
    check(
        &bars_h(&Ranked {
            title: "None",
            width: 10.0,
            unit,
            ranks: &[],
            of: 0,
            rejected: true,
        }),
        "ranks",
    );
}
