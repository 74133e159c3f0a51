//! Small scenes of one made-up incident, for snapshots and for looking at.

pub mod near;
pub mod pairs;

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
        frame: frame(1204.0, brush_height(4), 120),
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

fn stretch(from_min: i64, to_min: i64, label: &str) -> Stretch {
    Stretch {
        range: TimeRange::new(MONDAY + from_min * MINUTE, MONDAY + to_min * MINUTE),
        label: label.to_owned(),
    }
}

fn sign(minute: i64, kind: SignKind, label: &str) -> Sign {
    Sign {
        at_ns: MONDAY + minute * MINUTE,
        kind,
        label: label.to_owned(),
        count: 1,
    }
}

pub fn trail(part: usize) -> Scene {
    let len = 96 / part;
    let calls = |seed: usize, reads: u64, writes: u64| -> Vec<Calls> {
        (0..len)
            .map(|i| (i * 7 + seed * 13) % 10)
            .map(|n| match n {
                0 | 1 => Calls {
                    reads,
                    writes,
                    failed: 0,
                },
                2 if seed == 0 => Calls {
                    reads,
                    writes: 0,
                    failed: 3,
                },
                3..6 => Calls {
                    reads: reads / 4,
                    ..Calls::default()
                },
                _ => Calls::default(),
            })
            .collect()
    };
    let lane = |name: &str, detail: &str, count: u64, seed: usize, writes: u64| Lane {
        name: name.to_owned(),
        detail: detail.to_owned(),
        count,
        flag: (seed == 0).then_some(Ink::SeverityCritical),
        marks: Marks::Density(calls(seed, count / 12, writes)),
        sessions: if seed == 0 {
            vec![stretch(12, 100, "session")]
        } else {
            Vec::new()
        },
        insights: if seed == 0 {
            vec![stretch(12, 30, "ApiErrorRate")]
        } else {
            Vec::new()
        },
        signs: if seed == 0 {
            vec![
                sign(14, SignKind::FirstSeen, "service ec2.amazonaws.com"),
                sign(15, SignKind::FirstSeen, "region eu-west-1"),
                sign(15, SignKind::Denied, "vpce-0a1b2c3d4e5f60718"),
                sign(90, SignKind::LetThrough, "vpce-0a1b2c3d4e5f60718"),
            ]
        } else {
            Vec::new()
        },
    };
    lanes(&Lanes {
        title: "Events by principal",
        frame: frame(884.0, 0.0, 8),
        buckets: Buckets {
            from_ns: MONDAY,
            step_ns: 5 * MINUTE * part as i64,
            len,
        },
        lanes: &[
            lane("ci-deploy", "AKIAIOSFODNN7EXAMPLE", 412, 0, 9),
            lane("mara.lind", "console, MFA", 188, 1, 40),
            lane("app-instance-role", "6 instances", 6_420, 2, 0),
            lane("14 others", "", 1_730, 3, 2),
        ],
        holes: &[Hole {
            range: TimeRange::new(MONDAY + 2 * HOUR, MONDAY + 3 * HOUR),
            label: "02:00 no CloudTrail".to_owned(),
        }],
        names: true,
        selected: Some(0),
    })
}

pub fn trail_exact() -> Scene {
    let call = |minute: i64, write: bool, failed: bool, name: &str| Call {
        at_ns: MONDAY + minute * MINUTE,
        write,
        failed,
        name: name.to_owned(),
    };
    lanes(&Lanes {
        title: "Events by principal",
        frame: frame(500.0, 0.0, 1),
        buckets: every_hours(1, 1),
        lanes: &[Lane {
            name: "ci-deploy".to_owned(),
            detail: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            count: 4,
            flag: Some(Ink::SeverityCritical),
            marks: Marks::Exact(vec![
                call(12, false, false, "GetCallerIdentity"),
                call(14, false, true, "GetAccountAuthorizationDetails"),
                call(26, true, false, "AuthorizeSecurityGroupIngress"),
                call(55, true, true, "StopLogging"),
            ]),
            sessions: vec![stretch(10, 40, "session")],
            insights: Vec::new(),
            signs: Vec::new(),
        }],
        holes: &[],
        names: false,
        selected: None,
    })
}

pub fn coverage(part: usize) -> Scene {
    let len = 20 / part.min(4);
    let row = |name: &str, scale: Amount, from: usize, to: usize| HeatRow {
        name: name.to_owned(),
        cells: (0..len)
            .map(|i| match i {
                i if i < from || i >= to => Cell::NoFile,
                3 if name == "us-east-1, CloudTrail" => Cell::Hole,
                i => Cell::Amount(wave(i * 6, scale)),
            })
            .collect(),
    };
    heat(&Heat {
        title: "Coverage, six hours a cell",
        frame: frame(700.0, 0.0, 6 * len as i64),
        buckets: every_hours(6, len),
        unit: Unit::count("records"),
        rows: &[
            row("us-east-1, CloudTrail", 10_000, 0, len),
            row("us-east-1, VPC flow logs", 90_000, 0, len),
            row("us-east-1, Config", 60, 0, len),
            row("us-east-1, Host logs", 800, 2, 4),
            row("eu-west-1, VPC flow logs", 0, 0, 0),
        ],
        names: true,
    })
}

pub fn life() -> Scene {
    let change = |day: i64, minute: i64, kind: ChangeKind, label: &str| Change {
        at_ns: MONDAY + day * DAY + minute * MINUTE,
        kind,
        label: label.to_owned(),
    };
    let changes = [
        change(-87, 0, ChangeKind::Created, "created"),
        change(-68, 0, ChangeKind::Modified, "tags"),
        change(-49, 0, ChangeKind::Related, "attached"),
        change(-23, 0, ChangeKind::Modified, "office range"),
        change(2, 87, ChangeKind::Worsened, "opened"),
        change(2, 476, ChangeKind::Mended, "closed"),
    ];
    let span = |a: usize, b: usize| TimeRange::new(changes[a].at_ns, changes[b].at_ns);
    let range = TimeRange::new(changes[0].at_ns, MONDAY + 5 * DAY);
    lifeline(&LifeLine {
        title: "Life of sg-0a1b2c",
        frame: Frame {
            range,
            ..frame(676.0, 0.0, 0)
        },
        changes: &changes,
        rules: &[RuleLine {
            name: "restricted-ssh".to_owned(),
            spans: vec![
                (span(0, 4), Compliance::Compliant),
                (span(4, 5), Compliance::NonCompliant),
                (
                    TimeRange::new(changes[5].at_ns, range.to_ns),
                    Compliance::Compliant,
                ),
            ],
        }],
        from: Some(3),
        to: Some(4),
    })
}

/// The incident's network; with [`SMALL`] only a corner of it.
pub fn network(part: usize) -> FlowGraph {
    let group = |name: &str, detail: &str, zone: Zone, parent: Option<usize>| FlowGroup {
        name: name.to_owned(),
        detail: detail.to_owned(),
        zone,
        parent,
    };
    let groups = vec![
        group("Internet", "1,180", Zone::Internet, None),
        group("vpc-0d4e5f prod · 10.20.0.0/16", "29 ENIs", Zone::Inside, None),
        group("edge-a", "10.20.0.0/24", Zone::Edge, Some(1)),
        group("app-a", "10.20.1.0/24", Zone::Inside, Some(1)),
        group("app-b", "10.20.2.0/24", Zone::Inside, Some(1)),
        group("data-a", "10.20.8.0/24", Zone::Inside, Some(1)),
        group("AWS services", "13", Zone::AwsServices, None),
    ];
    let rows: &[(&str, &str, usize, NodeKind, Amount)] = &[
        ("203.0.113.66", "", 0, NodeKind::Address, 40_000),
        ("bastion-1", "", 2, NodeKind::Host, 42_000),
        ("alb-prod-web", "", 2, NodeKind::Gateway, 20_000),
        ("customers", "1,104 addresses", 0, NodeKind::Other, 18_000),
        ("app-1", "", 3, NodeKind::Host, 4_000),
        ("pg-main", "", 5, NodeKind::Host, 9_000),
        ("S3", "", 6, NodeKind::Service, 6_000),
        ("198.51.100.77", "", 0, NodeKind::Address, 300),
        ("198.51.100.19", "", 0, NodeKind::Address, 200),
        ("office", "198.51.100.0/28", 0, NodeKind::Named, 900),
        ("2001:db8:77::4", "", 0, NodeKind::Address, 100),
        ("other internet", "72 addresses", 0, NodeKind::Other, 400),
        ("nat-0a77", "", 2, NodeKind::Gateway, 800),
        ("3 other ENIs", "", 2, NodeKind::Other, 300),
        ("app-2", "", 3, NodeKind::Host, 3_000),
        ("app-3", "", 3, NodeKind::Host, 2_000),
        ("app-4", "", 3, NodeKind::Host, 2_500),
        ("9 other", "", 3, NodeKind::Other, 2_500),
        ("app-7", "", 4, NodeKind::Host, 1_500),
        ("app-8", "", 4, NodeKind::Host, 1_200),
        ("worker-1", "", 4, NodeKind::Host, 700),
        ("pg-replica", "", 5, NodeKind::Host, 2_000),
        ("redis-1", "", 5, NodeKind::Host, 800),
        ("2 other", "", 5, NodeKind::Other, 100),
        ("DynamoDB", "", 6, NodeKind::Service, 900),
        ("CloudWatch", "", 6, NodeKind::Service, 700),
        ("STS", "", 6, NodeKind::Service, 80),
        ("6 other", "", 6, NodeKind::Other, 300),
    ];
    let rows = if part == LARGE { rows } else { &rows[..8] };
    let nodes: Vec<FlowNode> = rows
        .iter()
        .map(|&(label, sublabel, group, kind, weight)| FlowNode {
            id: label.to_owned(),
            label: label.to_owned(),
            sublabel: sublabel.to_owned(),
            group,
            kind,
            weight,
            flagged: label == "203.0.113.66",
        })
        .collect();
    let links: &[(usize, usize, Amount, Amount)] = &[
        (1, 0, 38_600, 0),
        (3, 2, 18_000, 0),
        (2, 4, 4_000, 0),
        (4, 5, 3_000, 0),
        (5, 6, 6_100, 0),
        (5, 1, 9_400, 0),
        (7, 1, 0, 800),
        (2, 14, 3_000, 0),
        (2, 15, 2_000, 0),
        (2, 16, 2_000, 0),
        (2, 17, 2_500, 0),
        (2, 18, 1_500, 0),
        (2, 19, 1_200, 0),
        (8, 1, 0, 300),
        (8, 12, 0, 40),
        (9, 1, 900, 0),
        (10, 13, 0, 90),
        (11, 2, 300, 100),
        (14, 5, 1_500, 0),
        (15, 21, 900, 0),
        (16, 21, 700, 0),
        (17, 22, 800, 0),
        (18, 5, 900, 0),
        (19, 22, 500, 20),
        (20, 25, 400, 0),
        (14, 24, 300, 0),
        (15, 25, 100, 0),
        (16, 26, 80, 0),
        (21, 22, 0, 30),
        (12, 20, 600, 0),
        (22, 27, 100, 0),
        (13, 23, 100, 0),
        (1, 22, 0, 60),
        (5, 24, 600, 0),
    ];
    FlowGraph {
        groups,
        edges: links
            .iter()
            .filter(|l| l.0 < nodes.len() && l.1 < nodes.len())
            .map(|&(from, to, accepted, rejected)| FlowEdge {
                from,
                to,
                accepted: accepted * 1_000_000,
                rejected: rejected * 1_000_000,
                label: if from == 1 {
                    "tcp/443".to_owned()
                } else {
                    String::new()
                },
            })
            .collect(),
        nodes,
    }
}

/// As much as a view ever shows: 200 nodes, 1,000 edges, three networks.
pub fn crowd() -> FlowGraph {
    let group = |name: String, zone: Zone, parent: Option<usize>| FlowGroup {
        detail: format!("10.{}.0.0/24", name.len()),
        name,
        zone,
        parent,
    };
    let mut groups = vec![
        group("Internet".to_owned(), Zone::Internet, None),
        group("AWS services".to_owned(), Zone::AwsServices, None),
    ];
    for vpc in 0..3 {
        let outer = groups.len();
        groups.push(group(format!("vpc-{vpc}"), Zone::Inside, None));
        for subnet in 0..5 {
            let zone = if subnet == 0 { Zone::Edge } else { Zone::Inside };
            groups.push(group(format!("subnet-{vpc}-{subnet}"), zone, Some(outer)));
        }
    }
    let leaves: Vec<usize> = (0..groups.len())
        .filter(|&g| g < 2 || groups[g].parent.is_some())
        .collect();
    let nodes = (0..200)
        .map(|i| {
            let group = if i < 40 {
                0
            } else {
                leaves[1 + i % (leaves.len() - 1)]
            };
            let kind = match groups[group].zone {
                Zone::Internet => NodeKind::Address,
                Zone::AwsServices => NodeKind::Service,
                _ => NodeKind::Host,
            };
            FlowNode {
                id: format!("n{i}"),
                label: format!("node-{i}"),
                sublabel: String::new(),
                group,
                kind,
                weight: (i as Amount * 7_919) % 1_000,
                flagged: i % 50 == 0,
            }
        })
        .collect();
    let edges = (0..1_000usize)
        .map(|i| FlowEdge {
            from: (i * 37) % 200,
            to: (i * 91 + i / 7) % 200,
            accepted: if i % 5 == 0 {
                0
            } else {
                (i as Amount * 104_729) % 90_000
            },
            rejected: if i % 5 == 0 { 40 } else { 0 },
            label: String::new(),
        })
        .collect();
    FlowGraph { groups, nodes, edges }
}

pub fn crowded() -> Scene {
    let network = crowd();
    let input = LayoutInput {
        graph: network,
        width: 1400.0,
        height: 700.0,
    };
    let placed = layout::layout(&input);
    graph(&GraphView {
        title: "Traffic by address",
        width: 1400.0,
        height: 700.0,
        graph: &input.graph,
        camera: Camera::fit(&placed, 1400.0, 700.0),
        placed: &placed,
        unit: Unit::Bytes,
        chosen: None,
    })
}

pub fn incident(part: usize) -> Scene {
    let network = network(part);
    let input = LayoutInput {
        graph: network,
        width: 912.0,
        height: 484.0,
    };
    let placed = layout::layout(&input);
    graph(&GraphView {
        title: "Traffic by subnet",
        width: 912.0,
        height: 484.0,
        graph: &input.graph,
        camera: Camera::fit(&placed, 912.0, 484.0),
        placed: &placed,
        unit: Unit::Bytes,
        chosen: Some(Chosen::Node(1)),
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
        ("trail", trail(part)),
        ("trail_exact", trail_exact()),
        ("coverage", coverage(part)),
        ("life", life()),
        ("graph", incident(part)),
        ("ribbons", pairs::ribbons(part, false)),
        ("ribbons_through", pairs::ribbons(part, true)),
        ("matrix", pairs::grid(part)),
        ("related", near::neighbourhood(1)),
        ("related_twice", near::neighbourhood(2)),
    ]
}
