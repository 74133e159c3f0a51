//! Which records repeat what another one tells? A NAT gateway hands on what a client sends: the same traffic stands in
//! the logs of the client's interface, and twice in those of the gateway's.

use super::super::pairs::{PAIRS, Pair};
use super::super::{KINDS, amount, flows, rejected};
use crate::base::Value;
use crate::chart::Amount;
use crate::query::{Agg, Answer, Key, Order, Query};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What is said beside traffic that is counted once.
pub const ONCE: &str = "Traffic through a NAT gateway is recorded up to three times: between the client and \
    the other end, between the client and the gateway, and between the gateway and the other end. Where the \
    records tell the packets' own addresses (pkt-srcaddr, pkt-dstaddr) and the gateway's own leg to the \
    same end is recorded in the same direction, it is counted once, between the client and the other end: \
    what the gateway carried for its clients is taken from its own leg, and what the client's interface \
    recorded from the gateway's leg to the client. What exceeds these stays. Records without the packets' \
    addresses are left as they are, and so are both legs of a load balancer that opens connections of its \
    own, and those of a transit gateway.";

/// What went from one address to another, and between which the packets themselves said they go.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Leg {
    pub from: String,
    pub to: String,
    /// The same as `from` and `to` where the records do not tell.
    pub pkt_from: String,
    pub pkt_to: String,
    pub accepted: Amount,
    pub rejected: Amount,
    pub flows: Amount,
}

/// What was taken out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Legs of which something was taken out.
    pub legs: usize,
    pub accepted: Amount,
    pub rejected: Amount,
    pub flows: Amount,
}

impl LeftOut {
    /// In the measure that was asked for.
    pub fn total(&self) -> Amount {
        self.accepted + self.rejected
    }
}

/// Traffic counted once.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Once {
    /// By whom the packets were for; the largest first.
    pub pairs: Vec<Pair>,
    pub left_out: LeftOut,
}

/// The question whose answer [`legs`] takes.
pub fn ask_legs(measure: &str) -> Query {
    let keys = ["srcaddr", "dstaddr", "pkt-srcaddr", "pkt-dstaddr"].map(|f| Key::Field(f.to_owned()));
    let aggs = vec![
        amount(measure, None),
        amount(measure, Some(rejected())),
        Agg::Count,
    ];
    Query::groups(&KINDS, keys.into(), aggs)
        .filter(flows())
        .order(Order::Desc(0))
        .limit(PAIRS)
}

/// Legs out of the answer to [`ask_legs`], and the sum of those beyond its limit.
pub fn legs(answer: &Answer) -> (Vec<Leg>, Option<Pair>) {
    let legs = answer.rows.iter().filter_map(|row| {
        let [from, to, pkt_from, pkt_to, all, rejected, flows, ..] = row.as_slice() else {
            return None;
        };
        let said = |own: &Value, end: &Value| {
            if own.is_absent() {
                end.to_text()
            } else {
                own.to_text()
            }
        };
        let rejected = exact(rejected);
        Some(Leg {
            pkt_from: said(pkt_from, from),
            pkt_to: said(pkt_to, to),
            from: from.to_text(),
            to: to.to_text(),
            accepted: exact(all) - rejected,
            rejected,
            flows: exact(flows),
        })
    });
    let rest = answer.other.as_deref().and_then(|sums| match sums {
        [all, rejected, flows, ..] => Some(Pair {
            from: "other".into(),
            to: "other".into(),
            accepted: exact(all) - exact(rejected),
            rejected: exact(rejected),
            flows: exact(flows),
            ..Pair::default()
        }),
        _ => None,
    });
    (legs.collect(), rest)
}

fn exact(value: &Value) -> Amount {
    match value {
        Value::Big(big) => *big,
        value => value.as_i64().unwrap_or(0).into(),
    }
}

/// What can still be taken from legs that repeat it.
#[derive(Clone, Copy, Default)]
struct Sum {
    accepted: Amount,
    rejected: Amount,
    flows: Amount,
}

impl Sum {
    fn add(&mut self, leg: &Leg) {
        self.accepted += leg.accepted;
        self.rejected += leg.rejected;
        self.flows += leg.flows;
    }

    /// Takes from the leg what it repeats of this, and says how much.
    fn take(&mut self, leg: &mut Leg, out: &mut LeftOut) {
        let mut taken = 0;
        for (known, own, sum) in [
            (&mut self.accepted, &mut leg.accepted, &mut out.accepted),
            (&mut self.rejected, &mut leg.rejected, &mut out.rejected),
            (&mut self.flows, &mut leg.flows, &mut out.flows),
        ] {
            let both = (*known).min(*own).max(0);
            *known -= both;
            *own -= both;
            *sum += both;
            taken += both;
        }
        out.legs += usize::from(taken > 0);
    }
}

impl Leg {
    /// The packets go between its own two ends.
    fn is_plain(&self) -> bool {
        self.from == self.pkt_from && self.to == self.pkt_to
    }

    /// Where one of its ends stands in for a farther one: the leg between those two, in the same direction.
    fn beyond(&self) -> Option<(&str, &str)> {
        match (self.from == self.pkt_from, self.to == self.pkt_to) {
            (true, false) => Some((&self.to, &self.pkt_to)),
            (false, true) => Some((&self.pkt_from, &self.from)),
            _ => None,
        }
    }

    fn is_left(&self) -> bool {
        self.accepted != 0 || self.rejected != 0 || self.flows != 0
    }
}

/// Each transfer once, by the rule in [`ONCE`]. What is kept and what is left out add up to what came.
pub fn once(mut legs: Vec<Leg>) -> Once {
    let mut plain: BTreeMap<(String, String), Sum> = BTreeMap::new();
    for leg in legs.iter().filter(|leg| leg.is_plain()) {
        plain
            .entry((leg.from.clone(), leg.to.clone()))
            .or_default()
            .add(leg);
    }
    let mut out = LeftOut::default();
    // What gateways carried for their clients, by their own leg to the other end.
    let mut carried: BTreeMap<(String, String), Sum> = BTreeMap::new();
    for leg in &mut legs {
        let beyond = leg.beyond().map(|(from, to)| (from.to_owned(), to.to_owned()));
        let Some(beyond) = beyond.filter(|beyond| plain.contains_key(beyond)) else {
            continue;
        };
        carried.entry(beyond).or_default().add(leg);
        (leg.from, leg.to) = (leg.pkt_from.clone(), leg.pkt_to.clone());
        if let Some(known) = plain.get_mut(&(leg.from.clone(), leg.to.clone())) {
            known.take(leg, &mut out);
        }
    }
    let mut sums: BTreeMap<(String, String), Pair> = BTreeMap::new();
    for mut leg in legs {
        let ends = (leg.from.clone(), leg.to.clone());
        if let Some(known) = carried.get_mut(&ends) {
            known.take(&mut leg, &mut out);
        }
        if leg.is_left() {
            sums.entry(ends).or_default().add(&Pair {
                accepted: leg.accepted,
                rejected: leg.rejected,
                flows: leg.flows,
                ..Pair::default()
            });
        }
    }
    let mut pairs: Vec<Pair> = sums
        .into_iter()
        .map(|((from, to), pair)| Pair { from, to, ..pair })
        .collect();
    pairs.sort_by_cached_key(|pair| Reverse(pair.total()));
    Once { pairs, left_out: out }
}
