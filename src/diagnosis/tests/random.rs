//! What holds for any flows: nothing panics, every reject is told exactly once, and the order they come in does not matter.

use super::super::*;
use super::{described, table};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use std::sync::LazyLock;

const ADDRESSES: &[&str] = &[
    "10.0.3.7",
    "10.0.5.9",
    "10.0.5.20",
    "198.51.100.7",
    "203.0.113.9",
    "2001:db8:5::9",
    "2001:db8:3::7",
    "-",
    "",
];
const PORTS: &[u16] = &[0, 22, 53, 443, 5432, 1024, 40_000, 65_535];
const FLAGS: &[u16] = &[0, 1, 2, 3, 4, 16, 18, 19, 20, 23, 65_535];

static NAMES: LazyLock<Vec<String>> = LazyLock::new(|| table().items.into_keys().collect());

fn maybe<T: Clone + std::fmt::Debug + 'static>(of: &'static [T]) -> impl Strategy<Value = Option<T>> {
    proptest::option::of(select(of))
}

fn ports() -> impl Strategy<Value = Option<Ports>> {
    let one = (select(PORTS), select(PORTS), any::<bool>());
    proptest::option::of(one.prop_map(|(first, last, single)| Ports {
        first,
        last: if single { first } else { last },
    }))
}

prop_compose! {
    fn ends()(
        src in select(ADDRESSES), dst in select(ADDRESSES), src_port in ports(), dst_port in ports(),
        protocol in maybe(&[1u8, 6, 6, 6, 17, 50, 58]),
    ) -> FlowGroup {
        FlowGroup { src: src.to_owned(), dst: dst.to_owned(), src_port, dst_port, protocol, ..FlowGroup::default() }
    }
}

prop_compose! {
    fn group()(
        ends in ends(),
        interface in maybe(&["eni-app", "eni-db", "eni-nat", "eni-x"]),
        action in maybe(&[Action::Accept, Action::Reject, Action::Reject]),
        flow_direction in maybe(&[Direction::Ingress, Direction::Egress]),
        flags in proptest::collection::vec(select(FLAGS), 0..3),
        union in maybe(FLAGS),
        reason in maybe(&["BPA", "EC", "-", "other"]),
        log_status in maybe(&[LogStatus::Ok, LogStatus::NoData, LogStatus::SkipData]),
        traffic in select(&[Traffic::Vpc, Traffic::Vpc, Traffic::Vpc, Traffic::TransitGateway]),
        no_route in select(&[0u64, 0, 5]),
        subnet in maybe(&["subnet-db", "subnet-x"]),
        (count, packets) in (0u64..1000, 0u64..1000),
        (first_ns, last_ns) in select(&[(0i64, 60i64), (60, 120), (i64::MIN, i64::MAX), (9, 3)]),
    ) -> FlowGroup {
        FlowGroup {
            interface: interface.map(str::to_owned),
            action,
            flow_direction,
            tcp_flags_seen: flags,
            tcp_flags: union,
            reject_reason: reason.map(str::to_owned),
            log_status,
            traffic,
            lost: Lost { no_route, ..Lost::default() },
            subnet: subnet.map(str::to_owned),
            count,
            packets,
            first_ns,
            last_ns,
            ..ends
        }
    }
}

/// A diagnosis with the groups themselves in place of their indices.
fn plain(found: Vec<Diagnosis>, groups: &[FlowGroup]) -> Vec<(Diagnosis, Vec<FlowGroup>)> {
    let of = |indices: &[usize]| {
        let mut of: Vec<FlowGroup> = indices.iter().map(|i| groups[*i].clone()).collect();
        of.sort();
        of
    };
    found
        .into_iter()
        .map(|mut d| {
            let mut all = of(&d.groups);
            all.extend(d.evidence.iter().flat_map(|e| of(&e.groups)));
            d.groups.clear();
            d.evidence.iter_mut().for_each(|e| e.groups.clear());
            (d, all)
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_reject_is_told_once_in_any_order(
        groups in proptest::collection::vec(group(), 0..40),
        names in subsequence(NAMES.as_slice(), 0..NAMES.len()),
        turn in any::<prop::sample::Index>(),
    ) {
        let described = described(&table(), names.iter());
        let found = diagnose(&groups, &described);
        let mut told = vec![0; groups.len()];
        for d in &found {
            let counts: u64 = d.groups.iter().map(|i| groups[*i].count).sum();
            prop_assert_eq!(counts, d.count);
            prop_assert!(d.certainty != Certainty::NotKnown || !d.missing.is_empty(), "{:?}", d);
            d.groups.iter().for_each(|i| told[*i] += 1);
        }
        for (group, times) in groups.iter().zip(&told) {
            let rejected = group.action == Some(Action::Reject);
            prop_assert!(*times <= 1 && (*times == 1 || !rejected), "{times} times: {group:?}");
        }
        let mut other = groups.clone();
        other.reverse();
        if !other.is_empty() {
            let by = turn.index(other.len());
            other.rotate_left(by);
        }
        let again = diagnose(&other, &described);
        prop_assert_eq!(plain(found, &groups), plain(again, &other));
    }
}

/// A server that everybody talks to: every group another client and port.
fn many(n: u32) -> Vec<FlowGroup> {
    let one = |i: u32| FlowGroup {
        interface: Some(if i.is_multiple_of(2) {
            "eni-db".to_owned()
        } else {
            format!("eni-{}", i % 50)
        }),
        src: std::net::Ipv4Addr::from(0x0a00_0000 + i % 9000).to_string(),
        dst: "10.0.5.9".to_owned(),
        src_port: Some(Ports::one(1024 + (i % 60_000) as u16)),
        dst_port: Some(Ports::one((i % 2000) as u16)),
        protocol: Some(6),
        action: Some(if i.is_multiple_of(3) {
            Action::Accept
        } else {
            Action::Reject
        }),
        flow_direction: Some(Direction::Ingress),
        tcp_flags_seen: vec![2],
        count: 1,
        packets: u64::from(i % 17),
        ..FlowGroup::default()
    };
    (0..n).map(one).collect()
}

/// How long 50,000 groups take: `cargo test --release -- --ignored --nocapture fifty_thousand`.
#[test]
#[ignore = "a measurement"]
fn fifty_thousand_groups_take_well_below_a_second() {
    let names = NAMES.iter().filter(|n| !n.starts_with("acl-app"));
    let described = described(&table(), names);
    for n in [12_500, 25_000, 50_000] {
        let groups = many(n);
        let begun = std::time::Instant::now();
        let found = diagnose(&groups, &described);
        println!("{n} groups, {} diagnoses: {:?}", found.len(), begun.elapsed());
    }
}
