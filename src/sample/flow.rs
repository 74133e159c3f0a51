//! VPC flow logs: version 5 for the network of the story, the default version 2 for a second one.

use super::random::Random;
use super::story::*;
use super::{SampleFile, gzip};
use crate::base::time::{HOUR, MINUTE, SECOND};
use std::fmt::Write;

/// Files in the default format.
const DEFAULTS: usize = 2;
pub const FILES: usize = HALVES + DEFAULTS;
/// The half day with lines that were cut off.
const DAMAGED: usize = 7;

const V5_HEADER: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end \
                         action log-status vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region \
                         az-id pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path";
const V2_HEADER: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end \
                         action log-status";

/// One flow, seen at a machine's interface.
struct Flow<'a> {
    host: &'a Host,
    /// Address and port of the other side.
    peer: (&'a str, i64),
    /// The machine's port.
    port: i64,
    inward: bool,
    bytes: i64,
    start: i64,
    /// Seconds.
    lasts: i64,
    accepted: bool,
}

/// Lines of one file.
struct Lines {
    text: String,
    count: u64,
}

impl Lines {
    fn new(header: &str) -> Lines {
        Lines {
            text: format!("{header}\n"),
            count: 0,
        }
    }

    fn flow(&mut self, f: &Flow<'_>) {
        let own = (f.host.address.as_str(), f.port);
        let (from, to) = if f.inward { (f.peer, own) } else { (own, f.peer) };
        let (start, end) = (f.start / SECOND, f.start / SECOND + f.lasts);
        let packets = (f.bytes / 1400).max(1);
        let action = if f.accepted { "ACCEPT" } else { "REJECT" };
        let flags = if f.accepted { 3 } else { 2 };
        let service = if f.peer.0 == STORAGE { "S3" } else { "-" };
        let (from_service, to_service) = if f.inward { (service, "-") } else { ("-", service) };
        let inside = f.peer.0.starts_with("10.");
        let (direction, path) = match (f.inward, inside) {
            (true, _) => ("ingress", "-"),
            (false, true) => ("egress", "1"),
            (false, false) => ("egress", "8"),
        };
        // Writing to a string has no way to fail, here and below.
        let _ = writeln!(
            self.text,
            "5 {ACCOUNT} {} {} {} {} {} 6 {packets} {} {start} {end} {action} OK {VPC} {} {} {flags} IPv4 {} {} {HOME} \
             {} {from_service} {to_service} {direction} {path}",
            f.host.interface,
            from.0,
            to.0,
            from.1,
            to.1,
            f.bytes,
            f.host.subnet,
            f.host.instance.as_deref().unwrap_or("-"),
            from.0,
            to.0,
            f.host.zone,
        );
        self.count += 1;
    }

    /// A capture window without flows to tell: `NODATA` or `SKIPDATA`.
    fn none(&mut self, host: &Host, start: i64, status: &str) {
        let (start, end) = (start / SECOND, start / SECOND + 60);
        let _ = writeln!(
            self.text,
            "5 {ACCOUNT} {} - - - - - - - {start} {end} - {status} {VPC} {} {} - - - - {HOME} {} - - - -",
            host.interface,
            host.subnet,
            host.instance.as_deref().unwrap_or("-"),
            host.zone,
        );
        self.count += 1;
    }
}

/// An address of the storage service, as it were.
const STORAGE: &str = "192.0.2.200";
/// Who calls from outside.
const PARTNERS: [&str; 6] = [
    "198.51.100.40",
    "198.51.100.41",
    "198.51.100.42",
    "198.51.100.80",
    "198.51.100.81",
    "198.51.100.82",
];
const SCANNED_PORTS: [i64; 3] = [23, 3389, 445];

pub fn make(index: usize) -> SampleFile {
    if index < HALVES {
        half(index)
    } else {
        default_format(index - HALVES)
    }
}

fn named(id: &str, start: i64, random: &mut Random, text: &str, records: u64, rejected: u64) -> SampleFile {
    SampleFile {
        name: format!(
            "AWSLogs/{ACCOUNT}/vpcflowlogs/{HOME}/{}/{ACCOUNT}_vpcflowlogs_{HOME}_{id}_{}_{}.log.gz",
            day_path(start),
            stamp(start),
            random.hex(8)
        ),
        kind: "vpc-flow",
        records,
        rejected,
        bytes: gzip(text.as_bytes()),
    }
}

fn half(half: usize) -> SampleFile {
    let mut random = Random::new(0x0f10_0000 + half as u64);
    let hosts = hosts();
    let start = half_start(half);
    let end = start + FILE_HOURS * HOUR;
    let mut lines = Lines::new(V5_HEADER);
    for minute in 0..FILE_HOURS * 60 {
        let t = start + minute * MINUTE;
        let (low, high) = if busy(t) { (9, 13) } else { (4, 7) };
        for _ in 0..random.within(low, high) {
            usual(&mut lines, &hosts, t, &mut random);
        }
        if minute % 90 == 30 {
            lines.none(&hosts[3], t, "NODATA");
        }
    }
    let inside = |t: i64| (start..end).contains(&t);
    if inside(at(11, 1, 0, 0)) {
        intrusion(&mut lines, &hosts, &mut random);
    }
    if inside(at(12, 4, 0, 0)) {
        for minute in 0..3 {
            lines.none(&hosts[1], at(12, 4, 11 + minute, 0), "SKIPDATA");
        }
    }
    let mut rejected = 0;
    if half == DAMAGED {
        lines
            .text
            .push_str("5 111122223333 eni-0c4f1b 10.20.1.14 10.20\n-- output cut off --\n");
        rejected = 2;
    }
    named(
        "fl-0a1b2c3d4e5f6a7b8",
        start,
        &mut random,
        &lines.text,
        lines.count,
        rejected,
    )
}

/// A flow of everyday.
fn usual(lines: &mut Lines, hosts: &[Host], minute: i64, random: &mut Random) {
    let of = |role: &str, random: &mut Random| {
        let all: Vec<&Host> = hosts.iter().filter(|h| h.name.starts_with(role)).collect();
        random.pick(&all)
    };
    let start = minute + random.within(0, 55) * SECOND;
    let port = random.within(32_768, 61_000);
    let client = format!("192.0.2.{}", random.within(50, 190));
    let database = of("db", random).address.clone();
    // The machine, its port, the other side, whether it is called, the most bytes, whether it is let in.
    let (host, own, peer, inward, most, accepted) = match random.within(0, 100) {
        0..34 => (
            of("web", random),
            443,
            (client.as_str(), port),
            true,
            40_000,
            true,
        ),
        34..52 => (
            of("web", random),
            443,
            (client.as_str(), port),
            false,
            300_000,
            true,
        ),
        52..70 => (
            of("app", random),
            port,
            (database.as_str(), 5432),
            false,
            60_000,
            true,
        ),
        70..82 => (of("app", random), port, (STORAGE, 443), false, 120_000, true),
        82..90 => (
            of("worker", random),
            port,
            (random.pick(&PARTNERS), 443),
            false,
            90_000,
            true,
        ),
        90..92 if busy(minute) => (of("bastion", random), 22, (OFFICE, port), true, 30_000, true),
        _ => {
            let tried = random.pick(&[22, 80, 1433, 6379, 8080]);
            (of("web", random), tried, (client.as_str(), port), true, 60, false)
        }
    };
    let bytes = if accepted {
        random.within(400, most)
    } else {
        random.within(40, most)
    };
    let lasts = random.within(5, 60);
    lines.flow(&Flow {
        host,
        peer,
        port: own,
        inward,
        bytes,
        start,
        lasts,
        accepted,
    });
}

/// The night to 11 November: a scan, sign-ins at the opened port, the data that leaves.
fn intrusion(lines: &mut Lines, hosts: &[Host], random: &mut Random) {
    let flow = |host, peer, port, inward, bytes, start, lasts, accepted| Flow {
        host,
        peer,
        port,
        inward,
        bytes,
        start,
        lasts,
        accepted,
    };
    for (n, scanner) in ["203.0.113.66", "203.0.113.67", "203.0.113.91"]
        .into_iter()
        .enumerate()
    {
        for (k, host) in hosts.iter().enumerate() {
            for port in SCANNED_PORTS {
                let start = at(11, 0, 31 + 9 * n as i64, k as i64 * 11) + random.within(0, 9) * SECOND;
                let peer = (scanner, random.within(40_000, 61_000));
                lines.flow(&flow(host, peer, port, true, 44, start, 10, false));
            }
        }
    }
    let Some(bastion) = hosts.first() else { return };
    // Turned away until the group was opened.
    for n in 0..84 {
        let peer = (INTRUDER, random.within(40_000, 61_000));
        lines.flow(&flow(
            bastion,
            peer,
            22,
            true,
            60,
            at(11, 1, 2, n * 16),
            12,
            false,
        ));
    }
    for (minute, lasts) in [(27, 58), (31, 60), (44, 60), (58, 60), (62, 60), (140, 60)] {
        let start = at(11, 1, minute, 9);
        let peer = (INTRUDER, 51_514 + minute);
        lines.flow(&flow(
            bastion,
            peer,
            22,
            true,
            random.within(9_000, 80_000),
            start,
            lasts,
            true,
        ));
        lines.flow(&flow(
            bastion,
            peer,
            22,
            false,
            random.within(9_000, 60_000),
            start,
            lasts,
            true,
        ));
    }
    // From 02:03:10 to 04:41:10, in capture windows of a minute.
    const WINDOWS: i64 = 158;
    let (mut left, peer) = (TRANSFER, (INTRUDER, 443));
    for n in 0..WINDOWS {
        let start = at(11, 2, 3 + n, 10);
        let even = left / (WINDOWS - n);
        let bytes = if n == WINDOWS - 1 {
            left
        } else {
            even + random.within(-even / 6, even / 6)
        };
        left -= bytes;
        lines.flow(&flow(bastion, peer, 48_022, false, bytes, start, 59, true));
        lines.flow(&flow(bastion, peer, 48_022, true, bytes / 220, start, 59, true));
    }
}

/// A small second network, logged in the default format.
fn default_format(index: usize) -> SampleFile {
    let mut random = Random::new(0x0f20_0000 + index as u64);
    let start = at(10 + index as u32, 6, 0, 0);
    let mut text = format!("{V2_HEADER}\n");
    let mut count = 0;
    for n in 0..900 {
        let begin = start / SECOND + n * 24;
        let end = begin + random.within(8, 60);
        let interface = random.pick(&["eni-0aa11bb22cc33dd44", "eni-0ee55ff66aa77bb88"]);
        let _ = if n % 150 == 149 {
            writeln!(
                text,
                "2 {ACCOUNT} {interface} - - - - - - - {begin} {end} - NODATA"
            )
        } else {
            let port = random.within(32_768, 61_000);
            let (to, bytes) = (
                random.pick(&["10.20.2.20", "10.20.2.21"]),
                random.within(300, 90_000),
            );
            let from = random.within(4, 40);
            writeln!(
                text,
                "2 {ACCOUNT} {interface} 10.20.9.{from} {to} {port} 5432 6 {} {bytes} {begin} {end} ACCEPT OK",
                (bytes / 1400).max(1)
            )
        };
        count += 1;
    }
    named("fl-0f9e8d7c6b5a49382", start, &mut random, &text, count, 0)
}
