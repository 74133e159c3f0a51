//! What stands where, what is folded, and that nothing is lost or counted twice.

use super::legs::{LeftOut, Leg, once};
use super::*;
use crate::naming::{GroupKind, OwnerKind};
use crate::query::Expr;
use proptest::prelude::*;
use std::time::Instant;

fn group(kind: GroupKind, id: &str) -> Group {
    Group {
        kind,
        id: id.to_owned(),
        name: id.to_owned(),
    }
}

/// 10.x.y.z: VPC x, subnet y of it, instance z. 10.200 is described without subnets, 10.250 not at all. 192.0.2.0/24 is
/// S3's, 198.51.x is a system in one of two countries, the rest of the internet nobody's.
fn path(addr: IpAddr) -> Vec<Group> {
    let IpAddr::V4(v4) = addr else {
        return vec![
            group(GroupKind::Private, "private"),
            group(GroupKind::Network, "fd00::/64"),
        ];
    };
    match v4.octets() {
        [10, 250, y, _] => vec![
            group(GroupKind::Private, "private"),
            group(GroupKind::Network, &format!("10.250.{y}.0/24")),
        ],
        [10, 200, ..] => vec![
            group(GroupKind::Account, "111122223333"),
            group(GroupKind::Vpc, "vpc-200"),
        ],
        [10, x, y, z] => vec![
            group(GroupKind::Account, "111122223333"),
            group(GroupKind::Vpc, &format!("vpc-{x}")),
            group(GroupKind::Subnet, &format!("subnet-{x}-{y}")),
            match z {
                250 => group(GroupKind::Owner(OwnerKind::NatGateway), &format!("nat-{x}-{y}")),
                251 => group(
                    GroupKind::Owner(OwnerKind::LoadBalancer),
                    &format!("app/web/{x}-{y}"),
                ),
                z => group(GroupKind::Owner(OwnerKind::Instance), &format!("i-{x}-{y}-{z}")),
            },
        ],
        [192, 0, 2, _] => vec![
            group(GroupKind::Internet, "internet"),
            group(GroupKind::AwsService, "S3"),
            group(GroupKind::AwsRegion, "eu-central-1"),
        ],
        [198, 51, c, _] => vec![
            group(GroupKind::Internet, "internet"),
            group(GroupKind::Country, if c % 2 == 0 { "DE" } else { "FR" }),
            group(GroupKind::Asn, &format!("AS{c}")),
        ],
        [169, 254, ..] => vec![
            group(GroupKind::SpecialUse, "special"),
            group(GroupKind::Special, "169.254.169.254/32"),
        ],
        [a, b, ..] => vec![
            group(GroupKind::Internet, "internet"),
            group(GroupKind::Network, &format!("{a}.{b}.0.0/16")),
        ],
    }
}

fn nets(group: &Group) -> Vec<IpNet> {
    let mut parts = group
        .id
        .strip_prefix("subnet-")
        .into_iter()
        .flat_map(|id| id.split('-'));
    match (parts.next(), parts.next()) {
        (Some(x), Some(y)) => format!("10.{x}.{y}.0/24").parse().into_iter().collect(),
        _ => Vec::new(),
    }
}

fn pair(from: &str, to: &str, accepted: Amount, rejected: Amount) -> Pair {
    Pair {
        from: from.into(),
        to: to.into(),
        accepted,
        rejected,
        flows: 1,
        ..Pair::default()
    }
}

fn placed(pairs: Vec<Pair>, rest: Option<Pair>, opened: &[(&str, usize)]) -> Placed {
    let opened = opened.iter().map(|(id, n)| ((*id).to_owned(), *n)).collect();
    places(Asked::default(), pairs, rest, &opened, path, nets)
}

/// `box > label` by node; the VPC before its subnet.
fn words(placed: &Placed) -> Vec<String> {
    let graph = &placed.drawn.graph;
    let name = |at: usize| graph.groups[at].name.as_str();
    let mut all: Vec<String> = graph
        .nodes
        .iter()
        .map(|node| {
            let outer = graph.groups[node.group].parent.map_or("", name);
            format!(
                "{outer} {:?} {} > {}",
                graph.groups[node.group].zone,
                name(node.group),
                node.label
            )
        })
        .collect();
    all.sort();
    all
}

#[test]
fn each_address_stands_in_its_box() {
    let placed = placed(
        vec![
            pair("10.1.1.5", "10.1.2.6", 10, 0),
            pair("10.1.1.5", "192.0.2.9", 10, 0),
            pair("10.1.1.5", "198.51.4.1", 10, 0),
            pair("203.0.113.9", "10.1.3.7", 0, 5),
            pair("10.1.4.250", "203.0.113.7", 5, 0),
            pair("10.1.5.251", "203.0.113.7", 5, 0),
            pair("10.1.6.251", "10.1.1.5", 5, 0),
            pair("10.200.0.1", "169.254.169.254", 5, 0),
            pair("10.250.1.2", "10.250.1.3", 5, 0),
            pair("", "fd00::1", 1, 0),
        ],
        None,
        &[],
    );
    assert_eq!(
        words(&placed),
        [
            " AwsServices AWS services > 169.254.169.254/32",
            " AwsServices AWS services > S3",
            " Inside Not an address > no address",
            " Inside Private, not described > 10.250.1.0/24",
            " Inside Private, not described > fd00::/64",
            " Internet Internet > 203.0.0.0/16",
            " Internet Internet > AS4",
            "vpc-1 Edge subnet-1-3 > i-1-3-7",
            "vpc-1 Edge subnet-1-4 > nat-1-4",
            "vpc-1 Edge subnet-1-5 > app/web/1-5",
            "vpc-1 Inside subnet-1-1 > i-1-1-5",
            "vpc-1 Inside subnet-1-2 > i-1-2-6",
            "vpc-1 Inside subnet-1-6 > app/web/1-6",
            "vpc-200 Inside Subnet not described > 10.200.0.1",
        ]
    );
    let graph = &placed.drawn.graph;
    let inside = graph
        .nodes
        .iter()
        .position(|n| n.label == "10.250.1.0/24")
        .unwrap();
    assert_eq!(graph.nodes[inside].weight, 5, "what stays inside counts once");
    assert_eq!(placed.drawn.members[inside], ["10.250.1.2", "10.250.1.3"]);
    for (at, group) in graph.groups.iter().enumerate() {
        let holds = graph.groups.iter().any(|g| g.parent == Some(at));
        let has = graph.nodes.iter().any(|n| n.group == at);
        assert!(holds != has, "{}: either boxes or nodes", group.name);
        assert!(
            group.parent.is_none_or(|p| graph.groups[p].parent.is_none()),
            "two deep"
        );
    }
}

#[test]
fn a_full_box_folds_its_smaller_nodes_and_opens() {
    let pairs = |n: usize| -> Vec<Pair> {
        let one = |z: usize| pair(&format!("10.1.1.{z}"), "192.0.2.1", 1000 - z as Amount, 0);
        (1..=n).map(one).collect()
    };
    let labels = |placed: &Placed| -> Vec<String> {
        let all = placed.drawn.graph.nodes.iter();
        all.map(|n| format!("{} {}", n.label, n.sublabel)).collect()
    };
    let just = labels(&placed(pairs(NODES_A_BOX), None, &[]));
    assert!(just.iter().all(|l| !l.contains("more")), "{just:?}");
    let over = placed(pairs(NODES_A_BOX + 1), None, &[]);
    assert!(labels(&over).contains(&"2 more 2 addresses".to_owned()));
    assert!(
        labels(&over).contains(&"i-1-1-1 EC2 instance".to_owned()),
        "the largest stays"
    );
    let full = placed(pairs(100), None, &[("subnet-1-1", 1)]);
    assert!(
        labels(&full).contains(&"39 more 39 addresses".to_owned()),
        "{:?}",
        labels(&full)
    );
    let all = labels(&placed(pairs(100), None, &[("subnet-1-1", 2)]));
    assert!(all.iter().all(|l| !l.contains("more")));
}

#[test]
fn many_networks_of_the_internet_are_told_by_country_until_opened() {
    let pairs: Vec<Pair> = (0..40)
        .map(|c| pair("10.1.1.1", &format!("198.51.{c}.1"), 10, 0))
        .collect();
    let shown = |opened: &[(&str, usize)]| {
        let all = words(&placed(pairs.clone(), None, opened));
        all.into_iter()
            .filter(|w| w.contains("Internet"))
            .collect::<Vec<_>>()
    };
    assert_eq!(shown(&[]), [" Internet Internet > DE", " Internet Internet > FR"]);
    assert_eq!(shown(&[(INTERNET, 1)]).len(), 40);
}

#[test]
fn small_vpcs_and_subnets_become_nodes() {
    let pairs: Vec<Pair> = (1..=40)
        .flat_map(|x| {
            (1..=3).map(move |y| pair(&format!("10.{x}.{y}.1"), "192.0.2.1", 1000 - Amount::from(x), 0))
        })
        .collect();
    let all = words(&placed(pairs.clone(), None, &[]));
    let count = |what: &str| all.iter().filter(|w| w.contains(what)).count();
    assert_eq!(count("More VPCs > "), NODES_A_BOX);
    assert_eq!(
        count(&format!("More VPCs > {} more", 40 - MOST_VPCS - NODES_A_BOX + 1)),
        1
    );
    assert_eq!(count("Smaller subnets > subnet-"), MOST_VPCS * 3 - MOST_SUBNETS);
    assert_eq!(count(" > i-"), MOST_SUBNETS);
    // What was opened is a box, however small.
    let all = words(&placed(pairs, None, &[("vpc-40", 1), ("subnet-40-2", 1)]));
    let opened: Vec<&String> = all.iter().filter(|w| w.starts_with("vpc-40 ")).collect();
    assert_eq!(opened.len(), 3, "{opened:?}");
    assert!(
        opened.contains(&&"vpc-40 Inside subnet-40-2 > i-40-2-1".to_owned()),
        "{opened:?}"
    );
    assert!(
        opened.contains(&&"vpc-40 Inside Smaller subnets > subnet-40-1".to_owned()),
        "{opened:?}"
    );
}

#[test]
fn a_node_of_many_addresses_is_meant_by_its_subnet() {
    let few = placed(vec![pair("10.1.1.1", "192.0.2.1", 1, 0)], None, &[]);
    assert_eq!(
        few.edge_filter(0),
        Some(Expr::eq("srcaddr", "10.1.1.1").and(Expr::eq("dstaddr", "192.0.2.1")))
    );
    let once = Placed {
        packets: true,
        ..few.clone()
    };
    let packets = Expr::eq("pkt-srcaddr", "10.1.1.1").and(Expr::eq("pkt-dstaddr", "192.0.2.1"));
    assert_eq!(
        once.edge_filter(0),
        few.edge_filter(0).map(|own| Expr::Or(vec![own, packets]))
    );
    // 21 of 60 are shown; the others are the subnet without those.
    let heavy = |z: usize| pair(&format!("10.1.1.{z}"), "192.0.2.1", 1000 - z as Amount, 0);
    let many = placed((1..=60).map(heavy).collect(), None, &[]);
    let mut nodes = many.drawn.graph.nodes.iter();
    let more = nodes.position(|n| n.kind == NodeKind::Other).unwrap();
    let mut shown: Vec<String> = (1..NODES_A_BOX).map(|z| format!("10.1.1.{z}")).collect();
    match many.end(more, "srcaddr") {
        Some(Expr::And(parts)) => match parts.as_slice() {
            [whole, Expr::Not(without)] => {
                assert_eq!(*whole, Expr::eq("srcaddr", "10.1.1.0/24"));
                let Expr::In { values, .. } = without.as_ref() else {
                    panic!("{without:?}");
                };
                let mut values = values.clone();
                values.sort();
                shown.sort();
                assert_eq!(values, shown);
            }
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
    assert_eq!(many.opens(more), Some("subnet-1-1"));
    // Opened, more are shown than a filter names.
    let open = placed((1..=100).map(heavy).collect(), None, &[("subnet-1-1", 1)]);
    let mut nodes = open.drawn.graph.nodes.iter();
    let more = nodes.position(|n| n.kind == NodeKind::Other).unwrap();
    assert_eq!(open.node_filter(more), None);
    // A smaller subnet is a node.
    let one = |z: usize| pair(&format!("10.1.1.{z}"), "192.0.2.1", 1, 0);
    let mut pairs: Vec<Pair> = (1..=60).map(one).collect();
    pairs.extend((0..=MOST_SUBNETS).map(|n| pair(&format!("10.1.{}.1", n + 2), "192.0.2.1", 5000, 0)));
    let folded = placed(pairs, None, &[]);
    let nodes = &folded.drawn.graph.nodes;
    let subnet = nodes.iter().position(|n| n.label == "subnet-1-1").unwrap();
    assert_eq!(
        folded.end(subnet, "srcaddr"),
        Some(Expr::eq("srcaddr", "10.1.1.0/24"))
    );
    assert_eq!(folded.drawn.members[subnet].len(), 60);
    assert_eq!(folded.opens(subnet), Some("subnet-1-1"));
}

#[test]
fn what_belongs_to_other_nodes_is_left_out_of_a_network() {
    let members: Vec<String> = (1..=30).map(|z| format!("10.1.1.{z}")).collect();
    let placed = |others: &[&str], first: &[String]| Placed {
        drawn: Drawn {
            members: vec![first.to_vec(), others.iter().map(|o| (*o).to_owned()).collect()],
            ..Drawn::default()
        },
        nets: vec![vec!["10.1.1.0/24".parse().unwrap()], Vec::new()],
        ..Placed::default()
    };
    let whole = Expr::eq("dstaddr", "10.1.1.0/24");
    assert_eq!(
        placed(&["10.1.2.1"], &members).end(0, "dstaddr"),
        Some(whole.clone())
    );
    // As short as the network is the one address.
    let first = &members[..1];
    assert_eq!(
        placed(&[], first).end(0, "dstaddr"),
        Some(Expr::eq("dstaddr", "10.1.1.1"))
    );
    assert_eq!(
        placed(&["10.1.1.99", "10.1.2.1"], &members).end(0, "dstaddr"),
        Some(whole.clone().and(!Expr::eq("dstaddr", "10.1.1.99")))
    );
    let mut beside = members.clone();
    beside.push("203.0.113.1".to_owned());
    assert_eq!(
        placed(&[], &beside).end(0, "dstaddr"),
        Some(Expr::Or(vec![whole, Expr::eq("dstaddr", "203.0.113.1")]))
    );
    assert_eq!(placed(&[], &[]).end(0, "dstaddr"), None);
}

#[test]
fn smaller_pairs_are_a_node_and_no_filter() {
    let rest = pair("other", "other", 70, 7);
    for pairs in [vec![], vec![pair("10.1.1.1", "203.0.113.1", 1, 0)]] {
        let placed = placed(pairs, Some(rest.clone()), &[]);
        let nodes = &placed.drawn.graph.nodes;
        let node = nodes.iter().position(|n| n.label == "smaller pairs").unwrap();
        assert_eq!(nodes[node].weight, 77);
        assert_eq!(placed.node_filter(node), None);
    }
    assert_eq!(placed(vec![], None, &[]).drawn.graph.groups, []);
}

/// Every list of the same length, at most as many nodes as there may be, and all amounts on some edge.
fn whole(placed: &Placed) {
    let drawn = &placed.drawn;
    let nodes = drawn.graph.nodes.len();
    assert!(nodes <= MOST_NODES, "{nodes}");
    let lists = [
        drawn.members.len(),
        drawn.zones.len(),
        placed.nets.len(),
        placed.opens.len(),
    ];
    assert_eq!(lists, [nodes; 4]);
    assert_eq!(placed.boxes.len(), drawn.graph.groups.len());
    let of = |sum: fn(&Pair) -> Amount| drawn.pairs.iter().chain(&drawn.rest).map(sum).sum::<Amount>();
    let edges = &drawn.graph.edges;
    assert_eq!(
        edges.iter().map(|e| e.accepted).sum::<Amount>(),
        of(|p| p.accepted)
    );
    assert_eq!(
        edges.iter().map(|e| e.rejected).sum::<Amount>(),
        of(|p| p.rejected)
    );
    assert_eq!(
        drawn.edge_pairs.iter().map(Vec::len).sum::<usize>(),
        drawn.pairs.len()
    );
    let mut ids: Vec<&str> = drawn.graph.nodes.iter().map(|n| n.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), nodes);
    let mut members: Vec<&String> = drawn.members.iter().flatten().collect();
    members.sort_unstable();
    let known = members.len();
    members.dedup();
    assert_eq!(members.len(), known, "an address is of one node");
}

/// Pairs of addresses all over, the same for the same number.
fn many(addresses: u32, count: u32) -> Vec<Pair> {
    let addr = |n: u32| {
        let n = n.wrapping_mul(2_654_435_761) % addresses;
        match n % 4 {
            0 => format!("198.51.{}.{}", n / 4 % 256, n / 1024 % 256),
            1 => format!("{}.{}.7.{}", 20 + n % 50, n / 200 % 200, n % 250),
            _ => format!("10.{}.{}.{}", n / 4 % 40, n / 160 % 30, n / 4800 * 2 + n % 2),
        }
    };
    (0..count)
        .map(|n| {
            pair(
                &addr(n),
                &addr(n.wrapping_mul(7) + 3),
                Amount::from(n % 977),
                Amount::from(n % 3),
            )
        })
        .collect()
}

#[test]
fn ten_thousand_addresses_take_no_time() {
    let pairs = many(10_000, 50_000);
    let started = Instant::now();
    let placed = placed(pairs, None, &[]);
    let took = started.elapsed();
    whole(&placed);
    // Seconds even unoptimised on a busy machine; a square of the pairs would take minutes.
    assert!(took.as_secs() < 20, "{took:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn sums_are_kept(
        addresses in 1..3000u32, count in 0..3000u32, rest in proptest::option::of(0..100i128),
        opened in proptest::collection::btree_map("internet|vpcs|subnet-1-1|vpc-3 subnets", 1..9usize, 0..4)
    ) {
        let rest = rest.map(|n| pair("other", "other", n, 1));
        let placed = places(Asked::default(), many(addresses, count), rest, &opened, path, nets);
        whole(&placed);
    }
}

const CLIENT: &str = "10.0.1.5";
const NAT: &str = "10.0.0.220";
const HOST: &str = "203.0.113.5";

fn leg(from: &str, to: &str, pkt_from: &str, pkt_to: &str, accepted: Amount) -> Leg {
    Leg {
        from: from.into(),
        to: to.into(),
        pkt_from: pkt_from.into(),
        pkt_to: pkt_to.into(),
        accepted,
        rejected: 0,
        flows: 1,
    }
}

fn plain(from: &str, to: &str, accepted: Amount) -> Leg {
    leg(from, to, from, to, accepted)
}

/// `from → to: amount` of what is kept; what was left out, and of how many legs.
fn kept(legs: &[Leg]) -> (Vec<String>, Amount, usize) {
    let once = once(legs.to_vec());
    let words = once
        .pairs
        .iter()
        .map(|p| format!("{} → {}: {}", p.from, p.to, p.accepted));
    (words.collect(), once.left_out.accepted, once.left_out.legs)
}

#[test]
fn what_a_nat_gateway_hands_on_counts_once() {
    // Both ways, as all three interfaces' logs tell it.
    let there = [
        plain(CLIENT, HOST, 100),
        leg(CLIENT, NAT, CLIENT, HOST, 100),
        plain(NAT, HOST, 100),
    ];
    let back = [
        plain(HOST, NAT, 70),
        leg(NAT, CLIENT, HOST, CLIENT, 70),
        plain(HOST, CLIENT, 70),
    ];
    let all: Vec<Leg> = there.iter().chain(&back).cloned().collect();
    let once_each = vec![
        format!("{CLIENT} → {HOST}: 100"),
        format!("{HOST} → {CLIENT}: 70"),
    ];
    assert_eq!(kept(&all), (once_each.clone(), 340, 4));
    // The client's interface has no log: the gateway's tell who it was.
    let [_, to_nat, from_nat] = there.clone();
    assert_eq!(
        kept(&[to_nat, from_nat]),
        (vec![format!("{CLIENT} → {HOST}: 100")], 100, 1)
    );
}

#[test]
fn what_only_looks_like_a_gateway_is_left() {
    let same = |legs: &[Leg]| {
        let (words, out, n) = kept(legs);
        assert_eq!((out, n), (0, 0), "{words:?}");
        assert_eq!(words.len(), legs.len(), "{words:?}");
    };
    // A second address of an interface: no leg leads on.
    same(&[
        leg("10.0.1.5", "10.0.2.1", "10.0.1.5", "10.0.2.99", 9),
        plain("10.0.1.5", "10.0.2.99", 9),
    ]);
    // The packets' addresses are not told.
    same(&[plain(CLIENT, NAT, 9), plain(NAT, HOST, 9), plain(CLIENT, HOST, 9)]);
    // The gateway talked with another host, or only the other way.
    same(&[leg(CLIENT, NAT, CLIENT, HOST, 9), plain(NAT, "203.0.113.6", 9)]);
    same(&[leg(CLIENT, NAT, CLIENT, HOST, 9), plain(HOST, NAT, 9)]);
    // Both ends stand in for others.
    same(&[
        leg("10.0.0.1", "10.0.0.2", CLIENT, HOST, 9),
        plain("10.0.0.2", HOST, 9),
    ]);
}

#[test]
fn what_exceeds_a_repetition_stays() {
    // A NAT instance's own updates, and a part that the client's log lacks.
    let legs = [
        plain(CLIENT, HOST, 60),
        leg(CLIENT, NAT, CLIENT, HOST, 100),
        plain(NAT, HOST, 130),
    ];
    let left = vec![format!("{CLIENT} → {HOST}: 100"), format!("{NAT} → {HOST}: 30")];
    assert_eq!(kept(&legs), (left, 160, 2));
}

proptest! {
    #[test]
    fn kept_and_left_out_are_all(
        legs in proptest::collection::vec(
            ("[a-e]", "[a-e]", "[a-e]", "[a-e]", any::<bool>(), 0..50i128, 0..50i128, 0..5i128), 0..40)
    ) {
        let legs: Vec<Leg> = legs
            .into_iter()
            .map(|(from, to, a, b, same, accepted, rejected, flows)| Leg {
                pkt_from: if same { from.clone() } else { a },
                pkt_to: if same { to.clone() } else { b },
                from, to, accepted, rejected, flows,
            })
            .collect();
        let sum = |of: fn(&Leg) -> Amount| legs.iter().map(of).sum::<Amount>();
        let all = [sum(|l| l.accepted), sum(|l| l.rejected), sum(|l| l.flows)];
        let once = once(legs);
        let LeftOut { accepted, rejected, flows, .. } = once.left_out;
        let kept = once.pairs.iter().fold([accepted, rejected, flows], |[a, r, f], p| {
            [a + p.accepted, r + p.rejected, f + p.flows]
        });
        prop_assert_eq!(kept, all);
        prop_assert!(once.pairs.iter().all(|p| p.accepted >= 0 && p.rejected >= 0 && p.flows >= 0));
    }
}

#[test]
fn places_are_called_by_names_that_differ() {
    let named = |addr: IpAddr| {
        let mut path = path(addr);
        if let Some(last) = path.last_mut() {
            last.name = "web".to_owned();
        }
        path
    };
    for (address, name) in [
        ("10.1.1.5", "web (i-1-1-5)"),
        ("10.200.0.1", "10.200.0.1"),
        ("192.0.2.1", "S3, web"),
        ("198.51.4.1", "web, DE"),
        ("", "no address"),
    ] {
        assert_eq!(called(address, named), name);
    }
    assert_eq!(called("10.1.1.5", path), "i-1-1-5");
}
