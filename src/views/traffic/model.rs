//! A flow graph out of pairs: nodes by zone, the smaller ones together in "other" nodes, sums kept exactly.

use crate::base::{FieldType, Value};
use crate::chart::{Amount, FlowEdge, FlowGraph, FlowGroup, FlowNode, NodeKind, Zone};
use crate::query::{Agg, Answer, Expr, Key, Op, Order, Query};
use std::collections::BTreeMap;
use std::net::IpAddr;

/// Kinds this view asks.
pub const KINDS: [&str; 2] = ["vpc-flow", "tgw-flow"];
/// Pairs fetched; what is beyond them is summed into one edge.
pub const PAIRS: usize = 4000;
/// Nodes of a zone before the rest become one.
const NODES_A_ZONE: usize = 28;
/// Nodes more of a zone for each time its "other" is opened.
const NODES_MORE: usize = 40;
/// Nodes in all.
const MOST_NODES: usize = 200;

/// What nodes can stand for: the id in the URL and the word.
pub const GROUPINGS: [(&str, &str); 5] = [
    ("subnet", "subnet (/24, /64)"),
    ("address", "address"),
    ("interface", "interface"),
    ("vpc", "VPC"),
    ("port", "service port"),
];

/// What edges can measure.
pub const MEASURES: [(&str, &str); 3] = [("bytes", "bytes"), ("packets", "packets"), ("flows", "flows")];

pub fn rejected() -> Expr {
    Expr::eq("action", "REJECT")
}

/// A record that carries traffic: NODATA and SKIPDATA lines do not.
pub fn flows() -> Expr {
    Expr::exists("srcaddr")
}

/// Sum of a measure, or of it over the rows that meet a condition.
pub fn amount(measure: &str, only: Option<Expr>) -> Agg {
    match (measure, only) {
        ("flows", None) => Agg::Count,
        ("flows", Some(e)) => Agg::CountIf(e),
        (m, None) => Agg::Sum(m.to_owned()),
        (m, Some(e)) => Agg::SumIf(m.to_owned(), e),
    }
}

fn keys(grouping: &str) -> Vec<Key> {
    let network = |field: &str| Key::Network {
        field: field.into(),
        v4_bits: 24,
        v6_bits: 64,
    };
    match grouping {
        "address" => vec![Key::Field("srcaddr".into()), Key::Field("dstaddr".into())],
        "interface" => vec![Key::Field("interface-id".into()), network("dstaddr")],
        "vpc" => vec![
            Key::First(vec![Key::Field("vpc-id".into()), network("srcaddr")]),
            network("dstaddr"),
        ],
        "port" => vec![network("srcaddr"), Key::Field("dstport".into())],
        _ => vec![network("srcaddr"), network("dstaddr")],
    }
}

/// Pairs with accepted and rejected amounts, the largest first.
pub fn ask_pairs(grouping: &str, measure: &str) -> Query {
    let aggs = vec![
        amount(measure, None),
        amount(measure, Some(rejected())),
        Agg::Count,
        Agg::CountIf(rejected()),
    ];
    Query::groups(&KINDS, keys(grouping), aggs)
        .filter(flows())
        .order(Order::Desc(2))
        .limit(PAIRS)
}

/// A condition for the source (`true`) or destination end of a pair under a grouping.
pub fn end_filter(grouping: &str, source: bool, id: &str) -> Expr {
    let field = match (grouping, source) {
        ("interface", true) => "interface-id",
        ("vpc", true) if id.starts_with("vpc-") => "vpc-id",
        ("port", false) => "dstport",
        (_, true) => "srcaddr",
        (_, false) => "dstaddr",
    };
    Expr::Compare {
        field: field.into(),
        op: Op::Eq,
        value: id.into(),
    }
}

/// A pair of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    pub from: String,
    pub to: String,
    pub accepted: Amount,
    pub rejected: Amount,
    pub flows: Amount,
}

/// Pairs out of the answer to [`ask_pairs`], and one for all that were beyond its limit.
pub fn pairs(answer: &Answer) -> (Vec<Pair>, Option<Pair>) {
    let pair = |from: String, to: String, aggs: &[Value]| {
        let n = |i: usize| -> Amount {
            match aggs.get(i) {
                Some(Value::Big(b)) => *b,
                Some(v) => v.as_i64().unwrap_or(0).into(),
                None => 0,
            }
        };
        Pair {
            from,
            to,
            accepted: n(0) - n(1),
            rejected: n(1),
            flows: n(2),
        }
    };
    let all = answer.rows.iter().filter(|r| r.len() >= 6);
    let list = all
        .map(|r| pair(r[0].to_text(), r[1].to_text(), &r[2..]))
        .collect();
    let rest = answer
        .other
        .as_ref()
        .map(|o| pair("other".into(), "other".into(), o));
    (list, rest)
}

/// Where an end of a pair stands in the picture.
fn zone(id: &str, services: bool) -> Zone {
    if services {
        return Zone::AwsServices;
    }
    let address = id.split('/').next().unwrap_or(id);
    match address.parse::<IpAddr>() {
        Ok(ip) if is_private(ip) => Zone::Inside,
        Ok(_) => Zone::Internet,
        // An interface, a VPC.
        Err(_) => Zone::Edge,
    }
}

/// Special-use addresses that are never routed on the internet (RFC 1918, 6598, 3927, 4193, 4291).
pub fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_unspecified()
                || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(v6) => {
            let first = v6.segments()[0];
            v6.is_loopback() || v6.is_unspecified() || first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80
        }
    }
}

/// A graph to lay out, and what its nodes and edges stand for.
#[derive(Clone, Debug, Default)]
pub struct Drawn {
    pub graph: FlowGraph,
    /// By node: the ends it stands for; several for an "other" node.
    pub members: Vec<Vec<String>>,
    pub zones: Vec<Zone>,
}

/// The graph of some pairs. `opened` counts how often each zone's "other" was opened; `name` knows names for ids.
pub fn graph(
    list: &[Pair],
    rest: Option<&Pair>,
    grouping: &str,
    opened: &BTreeMap<Zone, usize>,
    name: &dyn Fn(&str) -> Option<String>,
) -> Drawn {
    let service_end = grouping == "port";
    let end = |p: &Pair, source: bool| {
        let id = if source { &p.from } else { &p.to };
        (zone(id, service_end && !source), id.clone())
    };
    let mut weights: BTreeMap<(Zone, String), Amount> = BTreeMap::new();
    for p in list {
        for source in [true, false] {
            *weights.entry(end(p, source)).or_default() += p.accepted + p.rejected;
        }
    }
    let mut by_zone: BTreeMap<Zone, Vec<(String, Amount)>> = BTreeMap::new();
    for ((z, id), w) in weights {
        by_zone.entry(z).or_default().push((id, w));
    }
    if rest.is_some() {
        by_zone.entry(Zone::Internet).or_default();
    }
    let mut drawn = Drawn::default();
    let mut index: BTreeMap<(Zone, String), usize> = BTreeMap::new();
    let mut others: BTreeMap<Zone, usize> = BTreeMap::new();
    let share = MOST_NODES / by_zone.len().max(1);
    for (z, mut ids) in by_zone {
        ids.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let (title, detail) = match z {
            Zone::Internet => ("Internet", ids.len().to_string()),
            Zone::Edge => ("Interfaces and VPCs", ids.len().to_string()),
            Zone::Inside => ("Private networks", ids.len().to_string()),
            Zone::AwsServices => ("Service ports", ids.len().to_string()),
        };
        drawn.graph.groups.push(FlowGroup {
            name: title.into(),
            detail,
            zone: z,
            parent: None,
        });
        let group = drawn.graph.groups.len() - 1;
        let most = (NODES_A_ZONE + opened.get(&z).copied().unwrap_or(0) * NODES_MORE).min(share.max(2) - 1);
        let folded = ids.split_off(ids.len().min(if ids.len() == most + 1 { most + 1 } else { most }));
        for (id, weight) in ids {
            let known = name(&id);
            let kind = match (z, &known) {
                (Zone::AwsServices, _) => NodeKind::Service,
                (Zone::Edge, _) => NodeKind::Host,
                (_, Some(_)) => NodeKind::Named,
                _ => NodeKind::Address,
            };
            index.insert((z, id.clone()), drawn.graph.nodes.len());
            drawn.graph.nodes.push(FlowNode {
                label: known.clone().unwrap_or_else(|| label(&id, z)),
                sublabel: if known.is_some() {
                    id.clone()
                } else {
                    String::new()
                },
                id: id.clone(),
                group,
                kind,
                weight,
                flagged: false,
            });
            drawn.members.push(vec![id]);
            drawn.zones.push(z);
        }
        let needs_rest = rest.is_some() && z == Zone::Internet;
        if !folded.is_empty() || needs_rest {
            let n = drawn.graph.nodes.len();
            for (id, _) in &folded {
                index.insert((z, id.clone()), n);
            }
            others.insert(z, n);
            let weight = folded.iter().map(|f| f.1).sum::<Amount>()
                + if needs_rest {
                    rest.map_or(0, |r| r.accepted + r.rejected)
                } else {
                    0
                };
            drawn.graph.nodes.push(FlowNode {
                id: format!("other {title}"),
                label: if folded.is_empty() {
                    "smaller pairs".into()
                } else {
                    format!("{} other", folded.len())
                },
                sublabel: String::new(),
                group,
                kind: NodeKind::Other,
                weight,
                flagged: false,
            });
            drawn.members.push(folded.into_iter().map(|f| f.0).collect());
            drawn.zones.push(z);
        }
    }
    let mut edges: BTreeMap<(usize, usize), (Amount, Amount)> = BTreeMap::new();
    for p in list {
        let (Some(&a), Some(&b)) = (index.get(&end(p, true)), index.get(&end(p, false))) else {
            continue;
        };
        let e = edges.entry((a, b)).or_default();
        e.0 += p.accepted;
        e.1 += p.rejected;
    }
    if let (Some(r), Some(&o)) = (rest, others.get(&Zone::Internet)) {
        let e = edges.entry((o, o)).or_default();
        e.0 += r.accepted;
        e.1 += r.rejected;
    }
    drawn.graph.edges = edges
        .into_iter()
        .map(|((from, to), (accepted, rejected))| FlowEdge {
            from,
            to,
            accepted,
            rejected,
            label: String::new(),
        })
        .collect();
    drawn
}

fn label(id: &str, zone: Zone) -> String {
    match zone {
        Zone::AwsServices => port_name(id),
        _ => id.to_owned(),
    }
}

/// A port with the service it usually is (IANA).
pub fn port_name(port: &str) -> String {
    let name = match port {
        "0" => "icmp or none",
        "20" | "21" => "ftp",
        "22" => "ssh",
        "23" => "telnet",
        "25" => "smtp",
        "53" => "dns",
        "80" => "http",
        "110" => "pop3",
        "123" => "ntp",
        "143" => "imap",
        "389" => "ldap",
        "443" => "https",
        "445" => "smb",
        "636" => "ldaps",
        "1433" => "mssql",
        "1521" => "oracle",
        "2049" => "nfs",
        "3306" => "mysql",
        "3389" => "rdp",
        "5432" => "postgresql",
        "5439" => "redshift",
        "6379" => "redis",
        "8080" => "http",
        "8443" => "https",
        "9092" => "kafka",
        "9200" => "elasticsearch",
        "11211" => "memcached",
        "27017" => "mongodb",
        _ => "",
    };
    if name.is_empty() {
        port.to_owned()
    } else {
        format!("{port} {name}")
    }
}

/// Columns of the pairs' table.
pub fn pair_columns(measure: &str) -> Vec<(String, FieldType)> {
    vec![
        ("from".into(), FieldType::Text),
        ("to".into(), FieldType::Text),
        (format!("{measure} accepted"), FieldType::Integer),
        (format!("{measure} rejected"), FieldType::Integer),
        ("flows".into(), FieldType::Integer),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
            let list: Vec<Pair> = unique.into_iter().map(|((from, to), (acc, rej))| Pair { from, to, accepted: acc.into(), rejected: rej.into(), flows: 1 }).collect();
            let rest = beyond.map(|(a, r)| Pair { from: "other".into(), to: "other".into(), accepted: a.into(), rejected: r.into(), flows: 5 });
            let opened: BTreeMap<Zone, usize> = [(Zone::Internet, opened), (Zone::Inside, opened)].into();
            let drawn = graph(&list, rest.as_ref(), "subnet", &opened, &|_| None);
            let sum = |f: fn(&Pair) -> Amount| list.iter().chain(&rest).map(f).sum::<Amount>();
            prop_assert_eq!(drawn.graph.edges.iter().map(|e| e.accepted).sum::<Amount>(), sum(|p| p.accepted));
            prop_assert_eq!(drawn.graph.edges.iter().map(|e| e.rejected).sum::<Amount>(), sum(|p| p.rejected));
            prop_assert!(drawn.graph.nodes.len() <= MOST_NODES + 4);
            prop_assert_eq!(drawn.graph.nodes.len(), drawn.members.len());
            let ends: usize = drawn.members.iter().map(Vec::len).sum();
            let mut all: Vec<&String> = drawn.members.iter().flatten().collect();
            all.sort();
            all.dedup();
            prop_assert_eq!(all.len(), ends);
        }
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
}
