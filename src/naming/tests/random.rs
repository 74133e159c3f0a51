//! Longest prefixes against a plain scan, and names of a part against names of the whole.

use super::super::ranges::Ranges;
use super::*;
use ipnet::{Ipv4Net, Ipv6Net};
use proptest::prelude::*;
use std::time::Instant;

/// Few different bits, so that networks lie inside each other.
fn net() -> impl Strategy<Value = IpNet> {
    let v4 = (0_u32..16, 0_u32..4, 0_u8..=32)
        .prop_map(|(high, low, len)| IpNet::V4(Ipv4Net::new((high << 28 | low).into(), len).unwrap()));
    let v6 = (0_u128..16, 0_u128..4, 0_u8..=128)
        .prop_map(|(high, low, len)| IpNet::V6(Ipv6Net::new((high << 124 | low).into(), len).unwrap()));
    prop_oneof![v4, v6]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_narrowest_is_what_a_scan_finds(
        nets in prop::collection::vec(net(), 0..40),
        addrs in prop::collection::vec(net().prop_map(|net| net.addr()), 1..20),
    ) {
        let ranges = Ranges::new(nets.iter().map(|net| (*net, 1)).collect(), |n, more| *n += more);
        for addr in addrs {
            let canonical = addr.to_canonical();
            let mut scan: Vec<IpNet> =
                nets.iter().map(IpNet::trunc).filter(|net| net.contains(&canonical)).collect();
            scan.sort_by_key(|net| Reverse(net.prefix_len()));
            let counted = |net: &IpNet| scan.iter().filter(|other| *other == net).count();
            let found: Vec<(IpNet, usize)> = ranges.holding(addr).map(|(net, n)| (net, *n)).collect();
            let mut expected: Vec<(IpNet, usize)> = scan.iter().map(|net| (*net, counted(net))).collect();
            expected.dedup();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_list_of_any_text_never_panics(text in "[0-9a-f./:,;\t\"# \r\n-]{0,200}") {
        let _ = recognise("n.csv", text.as_bytes());
        let mut naming = Naming::default();
        let _ = naming.read(NamingKind::Table, "n.csv", text.clone().into());
        let _ = naming.read(NamingKind::AwsRanges, "n.json", text.into());
    }

    #[test]
    fn every_address_has_a_path(addr in any::<IpAddr>()) {
        prop_assert!(Naming::default().group_path(addr, &Hint::default()).len() >= 2);
    }
}

/// As many prefixes as AWS publishes.
#[test]
fn a_hundred_thousand_lookups_take_no_time() {
    let nets = (0_u32..12_000).map(|i| {
        let len = 12 + (i % 17) as u8;
        (
            IpNet::V4(Ipv4Net::new(i.wrapping_mul(2_654_435_761).into(), len).unwrap()),
            i,
        )
    });
    let ranges = Ranges::new(nets.collect(), |_, _| {});
    let start = Instant::now();
    let held = (0_u32..100_000).filter(|i| {
        ranges
            .narrowest(IpAddr::V4(i.wrapping_mul(40_503_001).into()))
            .is_some()
    });
    assert!(held.count() > 0);
    // Some twenty times what a debug build takes.
    assert!(start.elapsed().as_millis() < 2_000, "{:?}", start.elapsed());
}
