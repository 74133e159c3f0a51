//! Small scenes of one made-up incident, for snapshots and for looking at.

use super::*;
use crate::base::TimeRange;
use crate::base::time::{DAY, HOUR, MINUTE};

/// 2026-11-09T00:00:00Z, a Monday.
pub const MONDAY: i64 = 1_794_182_400_000_000_000;

/// An even, repeatable up and down.
fn wave(i: usize, scale: Amount) -> Amount {
    let hour = (i % 24) as Amount;
    let day = 12 - (hour - 12).abs();
    scale * (6 + day) / 12 + (i as Amount * 7_919) % (scale / 6 + 1)
}

pub fn series(name: &str, ink: Ink, len: usize, scale: Amount) -> Series {
    Series {
        name: name.to_owned(),
        ink,
        values: (0..len).map(|i| wave(i, scale)).collect(),
        below: false,
    }
}

fn four_sources(len: usize) -> Vec<Series> {
    let mut flows = series("VPC flow logs", Ink::Series1, len, 8_000);
    if let Some(peak) = flows.values.get_mut(50..56) {
        peak.iter_mut().for_each(|v| *v *= 3);
    }
    vec![
        flows,
        series("ALB, S3", Ink::Series3, len, 5_000),
        series("CloudTrail", Ink::Series2, len, 5_500),
        series("Other", Ink::Series8, len, 1_500),
    ]
}

pub fn frame(width: f64, height: f64, hours: i64) -> Frame {
    Frame {
        width,
        height,
        range: TimeRange::new(MONDAY, MONDAY + hours * HOUR),
        offset_min: 0,
    }
}

pub fn every_hours(hours: usize, len: usize) -> Buckets {
    Buckets {
        from_ns: MONDAY,
        step_ns: HOUR * hours as i64,
        len,
    }
}

pub fn overview(part: usize) -> Scene {
    let event = |hour: i64, minute: i64, label: &str| Event {
        at_ns: MONDAY + 2 * DAY + hour * HOUR + minute * MINUTE,
        label: label.to_owned(),
        ink: Ink::InkQuiet,
    };
    stacked_bars(&Bars {
        title: "Records an hour",
        frame: frame(700.0, 230.0, 120),
        buckets: every_hours(part, 120 / part),
        unit: Unit::count("records"),
        series: &four_sources(120 / part),
        holes: &[Hole {
            range: TimeRange::new(MONDAY + 76 * HOUR, MONDAY + 77 * HOUR),
            label: "12 Nov 04:00 no CloudTrail".to_owned(),
        }],
        events: &[
            event(1, 12, "01:12 key used"),
            event(1, 26, "01:26 port opened"),
            event(2, 3, "02:03 transfer"),
            event(28, 0, "04:00 no CloudTrail"),
        ],
    })
}

pub fn traffic(part: usize) -> Scene {
    let mut accepted = series("accepted", Ink::Accept, 48 / part, 1_500_000_000);
    accepted.values.iter_mut().skip(6).take(16).for_each(|v| *v *= 2);
    let mut rejected = series("rejected", Ink::Reject, 48 / part, 600_000_000);
    rejected.below = true;
    stacked_bars(&Bars {
        title: "Bytes over time",
        frame: Frame {
            range: TimeRange::new(MONDAY + HOUR, MONDAY + 9 * HOUR),
            ..frame(276.0, 104.0, 0)
        },
        buckets: Buckets {
            from_ns: MONDAY + HOUR,
            step_ns: 10 * MINUTE * part as i64,
            len: 48 / part,
        },
        unit: Unit::Bytes,
        series: &[accepted, rejected],
        holes: &[],
        events: &[],
    })
}

pub fn strip(part: usize) -> Scene {
    let flag = |hour: i64, ink: Ink, label: &str| Flag {
        at_ns: MONDAY + hour * HOUR,
        ink,
        label: label.to_owned(),
    };
    brush(&Brush {
        frame: frame(1204.0, 54.0, 120),
        buckets: every_hours(part, 120 / part),
        unit: Unit::count("records"),
        series: &four_sources(120 / part),
        flags: &[
            flag(49, Ink::SeverityCritical, "Critical: key used from a new network"),
            flag(50, Ink::SeverityHigh, "High: 38.6 GB sent to one address"),
            flag(
                76,
                Ink::SeverityMedium,
                "Medium: one hour of CloudTrail is missing",
            ),
        ],
    })
}

pub fn talkers(rejected: bool) -> Scene {
    let rank = |name: &str, amount: Amount, selected: bool| Rank {
        name: name.to_owned(),
        amount,
        selected,
    };
    bars_h(&Ranked {
        title: "Top talkers by bytes",
        width: 276.0,
        unit: Unit::Bytes,
        ranks: &[
            rank("bastion-1 → 203.0.113.66", 38_600_000_000, !rejected),
            rank("alb-prod-web → customers", 11_200_000_000, false),
            rank(
                "pg-main → a-name-that-is-far-too-long-for-the-bar",
                9_400_000_000,
                false,
            ),
            rank("nothing", 0, false),
        ],
        of: 1_287,
        rejected,
    })
}

/// As large as on a screen.
pub const LARGE: usize = 1;
/// As little as shows everything.
pub const SMALL: usize = 8;

/// Every sample by the name of its snapshot; `part` is [`LARGE`] or [`SMALL`].
pub fn all(part: usize) -> Vec<(&'static str, Scene)> {
    vec![
        ("overview", overview(part)),
        ("traffic", traffic(part)),
        ("strip", strip(part)),
        ("talkers", talkers(false)),
        ("talkers_rejected", talkers(true)),
    ]
}
