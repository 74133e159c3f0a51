//! What is a hole, whose it is, and what is none.

use super::*;
use crate::base::time::{HOUR, iso};
use crate::formats::testing::read_as;
use crate::query::answer_now;
use crate::table::Shard;
use crate::views::traffic::model::{ask_over_time, over_time};

const HEAD: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status";
const START: i64 = 1_762_819_200;

/// `eni first-second length status` by line.
fn log(lines: &[&str]) -> Shard {
    let mut text = format!("{HEAD}\n");
    for line in lines {
        let words: Vec<&str> = line.split(' ').collect();
        let [eni, first, length, status] = words.as_slice() else {
            panic!("{line}");
        };
        let start = START + first.parse::<i64>().unwrap();
        let end = start + length.parse::<i64>().unwrap();
        text.push_str(&match *status {
            "OK" => {
                format!("2 111122223333 {eni} 10.0.0.5 10.0.0.6 40000 443 6 1 100 {start} {end} ACCEPT OK\n")
            }
            status => format!("2 111122223333 {eni} - - - - - - - {start} {end} - {status}\n"),
        });
    }
    let (shard, stats) = read_as("vpc-flow", "flow.log", text.as_bytes(), 4096, &Default::default());
    assert_eq!(stats.kept, lines.len() as u64);
    shard
}

fn answer(shard: &Shard, query: &Query) -> Answer {
    answer_now(shard, query).finish(query)
}

/// `interface from-to lines`, in seconds after the start.
fn words(all: &[Stretch]) -> Vec<String> {
    let second = |ns: i64| ns / SECOND - START;
    all.iter()
        .map(|s| {
            format!(
                "{} {}-{} {}",
                s.interface,
                second(s.range.from_ns),
                second(s.range.to_ns),
                s.lines
            )
        })
        .collect()
}

fn all_of(lines: &[&str]) -> Vec<Stretch> {
    stretches(&answer(&log(lines), &ask_skipped(None)), None, None)
}

#[test]
fn skipped_windows_of_one_interface_that_touch_are_one_stretch() {
    let found = all_of(&[
        "eni-a 0 58 SKIPDATA",
        "eni-a 60 58 SKIPDATA",
        "eni-a 60 58 SKIPDATA",
        // A window was recorded in between.
        "eni-a 240 59 SKIPDATA",
        "eni-b 30 59 SKIPDATA",
        // No traffic, and traffic.
        "eni-c 0 59 NODATA",
        "eni-d 0 59 OK",
    ]);
    assert_eq!(
        words(&found),
        ["eni-a 0-118 3", "eni-a 240-299 1", "eni-b 30-89 1"]
    );
    assert_eq!(all_of(&["eni-c 0 59 NODATA", "eni-d 0 59 OK"]), []);
}

#[test]
fn a_window_that_reaches_into_the_range_counts_and_one_that_ended_before_does_not() {
    let shard = log(&["eni-a 0 600 SKIPDATA", "eni-a -7200 60 SKIPDATA"]);
    let from = (START + 300) * SECOND;
    let range = TimeRange::new(from, from + HOUR);
    let found = stretches(&answer(&shard, &ask_skipped(Some(range))), None, Some(range));
    assert_eq!(words(&found), ["eni-a 0-600 1"]);
    let ended = TimeRange::new(from + HOUR, from + 2 * HOUR);
    let lines = answer(&shard, &ask_skipped(Some(ended)));
    assert_eq!(stretches(&lines, None, Some(ended)), []);
    // A window of an hour ago is not even asked for, one of a moment ago is, and is none either.
    let just = TimeRange::new((START + 600) * SECOND, (START + 900) * SECOND);
    let lines = answer(&shard, &ask_skipped(Some(just)));
    assert_eq!(
        (lines.rows.len(), stretches(&lines, None, Some(just)).len()),
        (1, 0)
    );
    assert_eq!(stretches(&lines, None, None).len(), 1);
}

#[test]
fn under_a_filter_only_the_interfaces_that_are_shown_have_holes() {
    let shard = log(&[
        "eni-a 0 59 SKIPDATA",
        "eni-a 60 59 OK",
        "eni-b 0 59 SKIPDATA",
        "eni-b 60 59 NODATA",
    ]);
    // The lines themselves have no address that the filter could meet.
    let shown = answer(&shard, &ask_interfaces().filter(Expr::eq("srcaddr", "10.0.0.5")));
    let lines = answer(&shard, &ask_skipped(None));
    assert_eq!(words(&stretches(&lines, Some(&shown), None)), ["eni-a 0-59 1"]);
    assert_eq!(stretches(&lines, None, None).len(), 2);
}

#[test]
fn holes_are_hatched_named_and_in_the_table() {
    let shard = log(&[
        "eni-a 600 60 SKIPDATA",
        "eni-b 630 60 SKIPDATA",
        "eni-a 1800 60 SKIPDATA",
        "eni-a 0 59 OK",
        "eni-a 2400 59 OK",
    ]);
    let from = START * SECOND;
    let range = TimeRange::new(from, from + HOUR);
    let step = 5 * MINUTE;
    let found = stretches(&answer(&shard, &ask_skipped(Some(range))), None, Some(range));
    let holes = holes(&found, range, step, |r| iso(r.from_ns));
    let labels: Vec<&str> = holes.iter().map(|h| h.label.as_str()).collect();
    assert_eq!(
        labels,
        [
            "Records skipped (SKIPDATA) 2025-11-11T00:10:00Z at eni-a, eni-b",
            "Records skipped (SKIPDATA) 2025-11-11T00:30:00Z at eni-a",
        ]
    );
    let frame = crate::chart::Frame {
        width: 600.0,
        height: 160.0,
        range,
        offset_min: 0,
    };
    let answer = answer(&shard, &ask_over_time(step));
    let scene = over_time(&answer, 0, frame, step, &holes);
    assert!(
        scene.summary.contains("Missing: Records skipped"),
        "{}",
        scene.summary
    );
    let missing: Vec<usize> = (scene.table.rows.iter().enumerate())
        .filter(|(_, row)| row.last().is_some_and(|cell| cell.contains("SKIPDATA")))
        .map(|(n, _)| n)
        .collect();
    assert_eq!(missing, [2, 6], "the bars of 00:10 and 00:30");
    let plain = over_time(&answer, 0, frame, step, &[]);
    assert_eq!(plain.table.columns.len() + 1, scene.table.columns.len());
    assert!(!plain.summary.contains("Missing"));
}

#[test]
fn what_lies_within_a_bar_is_one_hole_with_every_interface_counted() {
    let stretch = |interface: &str, minute: i64| Stretch {
        interface: interface.to_owned(),
        range: TimeRange::new(minute * MINUTE, (minute + 1) * MINUTE),
        lines: 1,
    };
    let all: Vec<Stretch> = ["eni-1", "eni-2", "eni-3", "eni-4", "eni-5"]
        .into_iter()
        .zip([0, 3, 6, 9, 30])
        .map(|(id, at)| stretch(id, at))
        .collect();
    let hour = TimeRange::new(0, HOUR);
    let labels = |step| -> Vec<String> {
        let holes = holes(&all, hour, step, |r| format!("{}m", r.width_ns() / MINUTE));
        holes.into_iter().map(|h| h.label).collect()
    };
    assert_eq!(
        labels(5 * MINUTE),
        [
            "Records skipped (SKIPDATA) 10m at eni-1, eni-2, eni-3 and 1 more interface",
            "Records skipped (SKIPDATA) 1m at eni-5",
        ]
    );
    assert_eq!(labels(MINUTE).len(), 5);
}
