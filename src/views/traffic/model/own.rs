//! Which addresses are an interface's own? Records in the older formats do not say which of their two ends the
//! interface is; its own address does. ("The IPv4 address of the network interface is always its private IPv4
//! address", says AWS of both `srcaddr` and `dstaddr`.)

use super::{flows, is_private};
use crate::base::Value;
use crate::query::{Agg, Answer, Expr, Key, Op, Query};
use std::collections::{BTreeMap, BTreeSet};

/// Groups fetched of each question.
const MOST: usize = 20_000;

/// The addresses of interfaces, as far as they are known and needed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Owned {
    by_interface: BTreeMap<String, BTreeSet<String>>,
}

impl Owned {
    /// The addresses of an interface.
    pub fn of(&self, interface: &str) -> impl Iterator<Item = &String> {
        self.by_interface.get(interface).into_iter().flatten()
    }

    /// This end of a record has an address of the interface, or of any where none is named.
    pub fn is_end(&self, source: bool, interface: Option<&str>) -> Expr {
        let addresses: BTreeSet<&String> = match interface {
            Some(i) => self.of(i).collect(),
            None => self.by_interface.values().flatten().collect(),
        };
        Expr::In {
            field: super::address_field(source).to_owned(),
            values: addresses.into_iter().cloned().collect(),
        }
    }
}

/// Records that do not say which way they went.
pub fn unsaid() -> Expr {
    !Expr::exists("flow-direction")
}

/// The questions whose answers [`learn`] takes: of everything loaded, whatever range and filter are.
pub fn ask_owned() -> Vec<Query> {
    let flow = ["vpc-flow"];
    let named = || flows().and(Expr::exists("interface-id"));
    let by = |field: &str| Key::Field(field.to_owned());
    let totals = Query::groups(&flow, vec![by("interface-id")], vec![Agg::Count]);
    let ends = [true, false].map(|source| {
        let (own, peer) = (super::address_field(source), super::address_field(!source));
        let faces_outside = private(own).and(!private(peer));
        let keys = vec![by("interface-id"), by("flow-direction"), by(own)];
        Query::groups(&flow, keys, vec![Agg::Count, Agg::CountIf(faces_outside)]).filter(named())
    });
    let items = Query::groups(
        &["aws-inventory"],
        vec![by("id"), by("addresses")],
        vec![Agg::Count],
    );
    let is_interface = Expr::Compare {
        field: "id".into(),
        op: Op::StartsWith,
        value: "eni-".into(),
    };
    let mut all = vec![totals.filter(named().and(unsaid()))];
    all.extend(ends);
    all.push(items.filter(is_interface));
    all.into_iter().map(|q| q.limit(MOST)).collect()
}

fn private(field: &str) -> Expr {
    let nets = [
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "fc00::/7",
    ];
    Expr::Or(nets.iter().map(|net| Expr::eq(field, *net)).collect())
}

/// Interfaces' addresses out of the answers to [`ask_owned`]; empty where every record says its direction.
pub fn learn(answers: &[impl AsRef<Answer>]) -> Owned {
    let rows = |n: usize| {
        answers
            .get(n)
            .map(|a| a.as_ref().rows.as_slice())
            .unwrap_or_default()
    };
    let count = |v: Option<&Value>| v.and_then(Value::as_i64).unwrap_or(0);
    let totals: BTreeMap<String, i64> = rows(0)
        .iter()
        .filter_map(|r| Some((r.first()?.to_text(), count(r.get(1)))))
        .collect();
    let mut owned = Owned::default();
    if totals.is_empty() {
        return owned;
    }
    let mut own = |interface: &str, address: String| {
        owned
            .by_interface
            .entry(interface.to_owned())
            .or_default()
            .insert(address);
    };
    let mut seen: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
    for (n, said) in [(1, "egress"), (2, "ingress")] {
        for row in rows(n) {
            let [interface, direction, address, flows, outside] = row.as_slice() else {
                continue;
            };
            let (interface, address) = (interface.to_text(), address.to_text());
            if count(Some(outside)) > 0 || direction.to_text() == said {
                own(&interface, address.clone());
            }
            if direction.is_absent() {
                *seen.entry(interface).or_default().entry(address).or_default() += count(Some(flows));
            }
        }
    }
    for row in rows(3) {
        if let [id, Value::List(addresses), ..] = row.as_slice() {
            addresses.iter().for_each(|a| own(&id.to_text(), a.clone()));
        }
    }
    // What all flows of an interface have is its own. Of two such, it is the one that is private or nobody else's.
    let mut pairs = Vec::new();
    for (interface, addresses) in seen {
        if owned.by_interface.contains_key(&interface) {
            continue;
        }
        let total = totals.get(&interface).copied().unwrap_or(i64::MAX);
        let mut common: Vec<String> = addresses
            .into_iter()
            .filter(|(_, n)| *n >= total)
            .map(|(a, _)| a)
            .collect();
        if common.len() == 2 && common.iter().any(|a| is_inside(a)) {
            common.retain(|a| is_inside(a));
        }
        match common.len() {
            1 => owned.by_interface.entry(interface).or_default().extend(common),
            2 => pairs.push((interface, common)),
            _ => {}
        }
    }
    let taken: BTreeSet<String> = owned.by_interface.values().flatten().cloned().collect();
    for (interface, mut common) in pairs {
        common.retain(|a| !taken.contains(a));
        if common.len() == 1 {
            owned.by_interface.entry(interface).or_default().extend(common);
        }
    }
    owned
}

fn is_inside(address: &str) -> bool {
    address.parse().is_ok_and(is_private)
}
