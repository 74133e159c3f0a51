//! A long-term access key used from a network it was not used from before.

use super::hits::{Found, Hit, counted, is};
use super::{Finding, Rule, RuleFacts, Severity};
use crate::base::hash::FastMap;
use crate::base::time::HOUR;
use crate::base::{Value, size};
use crate::query::{Agg, Answer, Expr, Key, Op, Query};

/// Calls by which a key is known.
const KNOWN_CALLS: u64 = 20;
/// And how long, at least.
const KNOWN_NS: i64 = HOUR;
const V4_BITS: u8 = 16;
const V6_BITS: u8 = 48;

static FACTS: RuleFacts = RuleFacts {
    id: "key-new-network",
    title: "Access key used from a new network",
    severity: Severity::High,
    states: "A long-term key (AKIA…) is called with from a /16 network (IPv6: /48) for the first time, at least an hour \
             after its first call, when the networks it came from before account for at least 20 calls.",
    kinds: &["cloudtrail"],
    needs: "CloudTrail events of some days",
    view: "trail",
};

const KEY: &str = "userIdentity.accessKeyId";
const ADDRESS: &str = "sourceIPAddress";

pub(super) struct KeyFromNewNetwork;

impl Rule for KeyFromNewNetwork {
    fn facts(&self) -> &RuleFacts {
        &FACTS
    }

    fn ask(&self) -> Vec<Query> {
        let by = vec![
            Key::Field(KEY.to_owned()),
            Key::Network {
                field: ADDRESS.to_owned(),
                v4_bits: V4_BITS,
                v6_bits: V6_BITS,
            },
        ];
        let aggs = vec![
            Agg::Count,
            Agg::Min("@timestamp".to_owned()),
            Agg::Max("@timestamp".to_owned()),
            Agg::Some(ADDRESS.to_owned(), 3),
            Agg::Latest("principal".to_owned()),
        ];
        let long_term = Expr::Compare {
            field: KEY.to_owned(),
            op: Op::StartsWith,
            value: "AKIA".into(),
        };
        vec![
            Query::groups(FACTS.kinds, by, aggs)
                .filter(long_term)
                .limit(20_000),
        ]
    }

    fn judge(&self, answers: &[Answer]) -> Vec<Finding> {
        let mut by_key: FastMap<&str, Vec<Hit<'_>>> = FastMap::default();
        for row in answers.iter().flat_map(|a| &a.rows) {
            // Calls that a service makes for the key carry the service's name instead of an address.
            let network = Hit(row)
                .value(1)
                .as_str()
                .filter(|n| n.parse::<ipnet::IpNet>().is_ok());
            if let (Some(key), Some(_)) = (Hit(row).value(0).as_str(), network) {
                by_key.entry(key).or_default().push(Hit(row));
            }
        }
        let mut out: Vec<Finding> = by_key
            .into_values()
            .flat_map(|mut networks| new_ones(&mut networks))
            .collect();
        out.sort_by(|a, b| (a.first_ns, &a.subject).cmp(&(b.first_ns, &b.subject)));
        out
    }
}

fn new_ones(networks: &mut [Hit<'_>]) -> Vec<Finding> {
    networks.sort_by_key(|n| n.time(3));
    let born = networks.first().and_then(|n| n.time(3)).unwrap_or(0);
    let mut known = 0;
    let mut out = Vec::new();
    for n in networks {
        let first = n.time(3).unwrap_or(0);
        if known >= KNOWN_CALLS && first >= born.saturating_add(KNOWN_NS) {
            let addresses = match n.value(5) {
                Value::List(list) => list.join(", "),
                _ => n.text(1),
            };
            let found = Found {
                subject: n.text(0),
                detail: format!(
                    "{} of {} was used from {addresses} ({}), never seen in its {} calls before",
                    n.text(0),
                    n.text(6),
                    counted(n.count(2), "call"),
                    size::count(known),
                ),
                count: n.count(2),
                first_ns: n.time(3),
                last_ns: n.time(4),
                filter: is(KEY, n.value(0)).and(is(ADDRESS, n.value(1))),
                within: false,
            };
            out.push(found.finding(&FACTS));
        }
        known += n.count(2);
    }
    out
}
