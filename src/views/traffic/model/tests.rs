//! Pairs against the records they are made of: whose end is whose, which port serves, and that nothing is lost.

use super::graph::MOST_NODES;
use super::ports;
use super::*;
use crate::base::Value;
use crate::chart::{Amount, Zone};
use crate::formats::testing::read_as;
use crate::query::{Answer, Query, answer_now};
use crate::table::Shard;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

const V2: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status";
const V5: &str = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status vpc-id flow-direction";

/// `eni source destination srcport dstport bytes action [vpc direction]` by line.
fn flow_log(lines: &[&str]) -> Shard {
    let said = lines.iter().any(|l| l.split(' ').count() > 7);
    let mut text = format!("{}\n", if said { V5 } else { V2 });
    for line in lines {
        let words: Vec<&str> = line.split(' ').collect();
        let [eni, src, dst, sport, dport, bytes, action, tail @ ..] = words.as_slice() else {
            panic!("{line}");
        };
        text.push_str(&format!(
            "5 111122223333 {eni} {src} {dst} {sport} {dport} 6 1 {bytes} 1762819200 1762819260 {action} OK"
        ));
        tail.iter().for_each(|t| text.push_str(&format!(" {t}")));
        text.push_str(if said && tail.is_empty() { " - -\n" } else { "\n" });
    }
    let (shard, stats) = read_as("vpc-flow", "flow.log", text.as_bytes(), 4096, &Default::default());
    assert_eq!(stats.kept, lines.len() as u64);
    shard
}

fn answers(shard: &Shard, queries: &[Query]) -> Vec<Arc<Answer>> {
    let answer = |q: &Query| Arc::new(answer_now(shard, q).finish(q));
    queries.iter().map(answer).collect()
}

/// Pairs of a shard as `from → to: accepted/rejected`, the largest first.
fn pairs_of(shard: &Shard, grouping: &str, measure: &str) -> (Asked, Vec<Pair>, Vec<String>) {
    let asked = Asked {
        grouping: grouping.into(),
        measure: measure.into(),
        owned: learn(&answers(shard, &ask_owned())),
    };
    let (list, rest) = asked.pairs(&answers(shard, &asked.queries()));
    assert_eq!(rest, None);
    let words = list
        .iter()
        .map(|p| format!("{} → {}: {}/{}", p.from, p.to, p.accepted, p.rejected))
        .collect();
    (asked, list, words)
}

fn matched(shard: &Shard, filter: Expr) -> (u64, Amount) {
    let q = Query::groups(&KINDS, vec![], vec![Agg::Sum("bytes".into())]).filter(flows().and(filter));
    let a = answer_now(shard, &q).finish(&q);
    let bytes = a.rows.first().and_then(|r| r[0].as_i64()).unwrap_or(0);
    (a.matched, bytes.into())
}

/// Every pair's filter finds the records the pair was summed from.
fn filters_agree(shard: &Shard, asked: &Asked, list: &[Pair]) {
    for p in list {
        let filter = asked.pair_filter(p).expect("a filter");
        let found = matched(shard, filter.clone());
        let sums = (u64::try_from(p.flows).unwrap(), p.total());
        assert_eq!(found, sums, "{} → {}: {filter:?}", p.from, p.to);
    }
}

#[test]
fn an_interface_receives_what_comes_in() {
    let shard = flow_log(&[
        "eni-a 192.0.2.9 10.20.0.11 40000 23 60 REJECT vpc-1 ingress",
        "eni-a 192.0.2.9 10.20.0.11 40001 23 40 REJECT vpc-1 ingress",
        "eni-a 10.20.0.11 10.20.1.5 443 50000 900 ACCEPT vpc-1 egress",
        "eni-b 10.20.0.11 10.20.1.5 443 50000 900 ACCEPT vpc-1 ingress",
    ]);
    let (asked, list, words) = pairs_of(&shard, "interface", "bytes");
    assert_eq!(
        words,
        [
            "10.20.0.0/24 → eni-b: 900/0",
            "eni-a → 10.20.1.0/24: 900/0",
            "192.0.2.0/24 → eni-a: 0/100",
        ]
    );
    assert_eq!(asked.owned, Owned::default(), "every record says its direction");
    filters_agree(&shard, &asked, &list);
    let node = asked.node_filter("eni-a", list.iter()).unwrap();
    assert_eq!(matched(&shard, node), (3, 1000));
    let peer = asked.node_filter("10.20.1.0/24", list.iter()).unwrap();
    assert_eq!(matched(&shard, peer), (1, 900));

    let (asked, list, words) = pairs_of(&shard, "vpc", "flows");
    assert_eq!(
        words,
        [
            "192.0.2.0/24 → vpc-1: 0/2",
            "10.20.0.0/24 → vpc-1: 1/0",
            "vpc-1 → 10.20.1.0/24: 1/0"
        ]
    );
    assert_eq!(list[0].flows, 2);
    assert!(asked.pair_filter(&list[0]).is_some());
}

#[test]
fn without_a_direction_an_interfaces_own_address_tells_its_end() {
    let shard = flow_log(&[
        // Common to all flows of its interface.
        "eni-a 192.0.2.9 10.0.0.5 40000 22 10 REJECT",
        "eni-a 10.0.0.5 10.0.0.6 33000 5432 200 ACCEPT",
        "eni-a 10.0.0.6 10.0.0.5 5432 33000 300 ACCEPT",
        // Two addresses, both seen with the outside.
        "eni-m 198.51.100.7 10.0.1.1 40000 443 40 ACCEPT",
        "eni-m 10.0.1.2 198.51.100.7 443 40000 50 ACCEPT",
        // A single peer, which is another interface's.
        "eni-b 10.0.0.5 10.0.0.6 33000 5432 201 ACCEPT",
    ]);
    let (asked, list, words) = pairs_of(&shard, "interface", "bytes");
    assert_eq!(
        words,
        [
            "10.0.0.0/24 → eni-a: 300/0",
            "10.0.0.0/24 → eni-b: 201/0",
            "eni-a → 10.0.0.0/24: 200/0",
            "eni-m → 198.51.100.0/24: 50/0",
            "198.51.100.0/24 → eni-m: 40/0",
            "192.0.2.0/24 → eni-a: 0/10",
        ]
    );
    filters_agree(&shard, &asked, &list);
}

#[test]
fn an_end_that_nothing_tells_is_said_to_be_unknown() {
    let shard = flow_log(&[
        "eni-x 10.0.0.5 10.0.1.6 40000 443 10 ACCEPT",
        "eni-x 10.0.1.6 10.0.0.5 443 40000 20 ACCEPT",
    ]);
    let (asked, list, words) = pairs_of(&shard, "interface", "bytes");
    assert_eq!(words, ["eni-x (unknown side) → eni-x (unknown side): 30/0"]);
    filters_agree(&shard, &asked, &list);
    let drawn = graph(asked, list, None, &BTreeMap::new(), &BTreeMap::new());
    assert_eq!(drawn.graph.nodes[0].sublabel, "unknown side");
    assert_eq!((drawn.graph.edges[0].from, drawn.graph.edges[0].to), (0, 0));
}

#[test]
fn an_inventory_knows_interfaces_addresses() {
    let flow = |row: Vec<Value>| Answer {
        rows: vec![row],
        ..Answer::default()
    };
    let known = learn(&[
        Arc::new(flow(vec!["eni-x".into(), 5.into()])),
        Arc::default(),
        Arc::default(),
        Arc::new(flow(vec![
            "eni-x".into(),
            Value::List(vec!["10.0.0.5".into(), "10.0.0.6".into()]),
            1.into(),
        ])),
    ]);
    assert_eq!(known.of("eni-x").collect::<Vec<_>>(), ["10.0.0.5", "10.0.0.6"]);
}

#[test]
fn the_serving_port_is_the_service() {
    let shard = flow_log(&[
        "eni-a 192.0.2.9 10.0.0.5 36121 443 1 ACCEPT",
        "eni-a 10.0.0.5 192.0.2.9 443 36121 2 ACCEPT",
        // Below both limits; a caller behind a NAT gateway.
        "eni-a 192.0.2.9 10.0.0.5 20000 22 4 ACCEPT",
        // Neither decides: the lower one, unless only the other is known.
        "eni-a 192.0.2.9 10.0.0.5 50001 50000 8 ACCEPT",
        "eni-a 10.0.0.5 192.0.2.9 5432 2000 16 ACCEPT",
        "eni-a 192.0.2.9 10.0.0.5 0 0 32 ACCEPT",
    ]);
    let (asked, list, words) = pairs_of(&shard, "port", "bytes");
    assert_eq!(
        words,
        [
            "192.0.2.0/24 → 0: 32/0",
            "5432 → 192.0.2.0/24: 16/0",
            "192.0.2.0/24 → 50000: 8/0",
            "192.0.2.0/24 → 22: 4/0",
            "443 → 192.0.2.0/24: 2/0",
            "192.0.2.0/24 → 443: 1/0",
        ]
    );
    filters_agree(&shard, &asked, &list);
    let top = ports::top(&answers(&shard, &ports::ask_top()), 3);
    assert_eq!(top[0], ("443".to_owned(), 2));
    assert_eq!(matched(&shard, ports::either_way("443")).0, 2);
}

#[test]
fn pairs_come_and_are_cut_by_what_is_measured() {
    let mut lines: Vec<String> = (0..3)
        .map(|n| format!("eni-a 10.0.0.1 10.1.0.1 {n} 443 1 ACCEPT"))
        .collect();
    lines.push("eni-a 10.0.0.1 10.2.0.1 9 443 5000 ACCEPT".into());
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let shard = flow_log(&lines);
    let (_, list, _) = pairs_of(&shard, "subnet", "bytes");
    assert_eq!(list[0].to, "10.2.0.0/24");
    let (asked, list, _) = pairs_of(&shard, "subnet", "flows");
    assert_eq!(list[0].to, "10.1.0.0/24");
    let by_bytes = Asked {
        measure: "bytes".into(),
        ..asked
    };
    let q = by_bytes.queries().remove(0).limit(1);
    let (list, rest) = by_bytes.pairs(&answers(&shard, &[q]));
    assert_eq!((list[0].total(), rest.map(|r| r.total())), (5000, Some(3)));
    let list = ordered(list, By::To, true);
    assert_eq!(list.len(), 1);
}

#[test]
fn an_address_is_called_by_what_uses_it() {
    let row = |kind: &str, id: &str, name: &str, addresses: &[&str], cidrs: &[&str]| {
        let list = |l: &[&str]| Value::List(l.iter().map(|s| (*s).to_owned()).collect());
        vec![
            kind.into(),
            id.into(),
            name.into(),
            list(addresses),
            list(cidrs),
            1.into(),
        ]
    };
    let found = names(&Answer {
        rows: vec![
            row("NetworkInterface", "eni-1", "eth0", &["10.0.0.5"], &[]),
            row("Instance", "i-1", "web-1", &["10.0.0.5"], &[]),
            row("Subnet", "subnet-1", "app-a", &[], &["10.0.0.0/24"]),
            row("SecurityGroup", "sg-1", "open", &[], &["10.0.9.0/24"]),
        ],
        ..Answer::default()
    });
    let name = |id: &str| found.get(id).map(String::as_str);
    assert_eq!(name("10.0.0.5"), Some("web-1"));
    assert_eq!(name("eni-1"), Some("eth0"));
    assert_eq!(name("10.0.0.0/24"), Some("app-a"));
    assert_eq!(name("10.0.9.0/24"), None);
}

#[test]
fn private_and_public_are_told_apart() {
    for (ip, private) in [
        ("10.1.2.3", true),
        ("100.64.0.1", true),
        ("203.0.113.9", false),
        ("fd00::1", true),
        ("2001:db8::1", false),
    ] {
        assert_eq!(is_private(ip.parse().unwrap()), private, "{ip}");
    }
}

proptest! {
    #[test]
    fn edges_sum_to_what_the_pairs_sum_to(
        ends in prop::collection::vec((0u8..4, any::<u8>(), 0u8..4, any::<u8>(), 0i64..1000, 0i64..1000), 0..600),
        beyond in prop::option::of((1i64..1000, 0i64..10)),
        opened in 0usize..4,
    ) {
        let net = |k: u8, n: u8| match k { 0 => format!("10.0.{n}.0/24"), 1 => format!("203.0.{n}.0/24"), 2 => format!("eni-{n}"), _ => format!("2001:db8:{n}::/64") };
        let mut unique = BTreeMap::new();
        for (a, b, c, d, acc, rej) in ends {
            unique.insert((net(a, b), net(c, d)), (acc, rej));
        }
        let pair = |from, to, acc: i64, rej: i64| Pair { from, to, accepted: acc.into(), rejected: rej.into(), flows: 1, via: [].into() };
        let list: Vec<Pair> = unique.into_iter().map(|((from, to), (acc, rej))| pair(from, to, acc, rej)).collect();
        let rest = beyond.map(|(a, r)| pair("other".into(), "other".into(), a, r));
        let opened: BTreeMap<Zone, usize> = [(Zone::Internet, opened), (Zone::Inside, opened)].into();
        let drawn = graph(Asked::default(), list.clone(), rest.clone(), &opened, &BTreeMap::new());
        let sum = |f: fn(&Pair) -> Amount| list.iter().chain(&rest).map(f).sum::<Amount>();
        prop_assert_eq!(drawn.graph.edges.iter().map(|e| e.accepted).sum::<Amount>(), sum(|p| p.accepted));
        prop_assert_eq!(drawn.graph.edges.iter().map(|e| e.rejected).sum::<Amount>(), sum(|p| p.rejected));
        prop_assert!(drawn.graph.nodes.len() <= MOST_NODES + 4);
        prop_assert_eq!(drawn.graph.nodes.len(), drawn.members.len());
        let mut stood: Vec<usize> = drawn.edge_pairs.concat();
        stood.sort_unstable();
        prop_assert_eq!(stood, (0..list.len()).collect::<Vec<_>>());
        let ends: usize = drawn.members.iter().map(Vec::len).sum();
        let mut all: Vec<&String> = drawn.members.iter().flatten().collect();
        all.sort();
        all.dedup();
        prop_assert_eq!(all.len(), ends);
    }

    #[test]
    fn no_grouping_loses_or_doubles_a_flow(
        lines in prop::collection::vec((0usize..4, 0u8..6, 0u8..6, 0usize..6, 0usize..6, 0u32..1000, any::<bool>(), 0u8..3), 1..60),
    ) {
        const PORTS: [u16; 6] = [0, 22, 443, 5432, 33000, 60000];
        let address = |n: u8| match n { 0..3 => format!("10.0.{}.{n}", n / 2), n => format!("198.51.100.{n}") };
        let lines: Vec<String> = lines.into_iter().map(|(eni, a, b, p, q, bytes, ok, way)| format!(
            "eni-{eni} {} {} {} {} {bytes} {} vpc-{} {}",
            address(a), address(b), PORTS[p], PORTS[q],
            if ok { "ACCEPT" } else { "REJECT" }, eni % 2, ["ingress", "egress", "-"][usize::from(way)],
        )).collect();
        let texts: Vec<&str> = lines.iter().map(String::as_str).collect();
        let shard = flow_log(&texts);
        let (flows, bytes) = matched(&shard, Expr::All);
        let (_, refused) = matched(&shard, rejected());
        for (grouping, _) in GROUPINGS {
            let (asked, list, _) = pairs_of(&shard, grouping, "bytes");
            prop_assert_eq!(list.iter().map(|p| p.flows).sum::<Amount>(), Amount::from(flows), "{}", grouping);
            prop_assert_eq!(list.iter().map(Pair::total).sum::<Amount>(), bytes);
            let drawn = graph(asked, list, None, &BTreeMap::new(), &BTreeMap::new());
            prop_assert_eq!(drawn.graph.edges.iter().map(|e| e.rejected).sum::<Amount>(), refused);
        }
    }
}

#[test]
fn rejects_alone_are_a_measure() {
    let asked = Asked {
        grouping: "address".into(),
        measure: REJECTS.0.into(),
        ..Asked::default()
    };
    for query in asked.queries() {
        let written = crate::query::text::write(&query.filter);
        assert!(written.contains("action = REJECT"), "{written}");
    }
    assert_eq!(amount("rejects", None), Agg::CountIf(rejected()));
}
