//! Far more bytes sent out than usual.

use super::hits::{Found, Hit, is};
use super::signals::FLOWS_NEED;
use super::{Finding, Rule, RuleFacts, Severity};
use crate::base::time::DAY;
use crate::base::{TimeRange, size};
use crate::query::{Agg, Answer, Expr, Key, Order, Query};
use std::collections::BTreeMap;

/// Bytes a day, at least.
const BYTES: i128 = 1_000_000_000;
/// And this many times the median pair of the day.
const TIMES_MEDIAN: i128 = 20;
/// A median of fewer pairs says nothing.
const PAIRS: usize = 5;

static FACTS: RuleFacts = RuleFacts {
    id: "large-outbound",
    title: "Large transfer to the internet",
    severity: Severity::High,
    states: "Accepted flows from a private address to one public address that carry at least 1 GB on one day (UTC) and at \
             least 20 times as much as the median of that day's pairs, of which there must be 5.",
    kinds: &["vpc-flow"],
    needs: FLOWS_NEED,
    view: "traffic",
};

/// Networks that are not the internet: RFC 1918, 6598, 3927, 4193 and link-local.
const PRIVATE: [&str; 7] = [
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "fc00::/7",
    "fe80::/10",
];

pub(super) struct LargeOutbound;

fn private(field: &str) -> Expr {
    Expr::Or(PRIVATE.iter().map(|net| Expr::eq(field, *net)).collect())
}

fn outbound() -> Expr {
    Expr::eq("action", "ACCEPT")
        .and(private("srcaddr"))
        .and(!private("dstaddr"))
}

impl Rule for LargeOutbound {
    fn facts(&self) -> &RuleFacts {
        &FACTS
    }

    fn ask(&self) -> Vec<Query> {
        let by = vec![
            Key::Field("srcaddr".to_owned()),
            Key::Field("dstaddr".to_owned()),
            Key::Time { width_ns: DAY },
        ];
        let aggs = vec![
            Agg::Sum("bytes".to_owned()),
            Agg::Count,
            Agg::Min("@timestamp".to_owned()),
            Agg::Max("@timestamp".to_owned()),
        ];
        // Beyond the limit are the smallest pairs: the median is then too high, and the rule only says less.
        vec![
            Query::groups(FACTS.kinds, by, aggs)
                .filter(outbound())
                .order(Order::Desc(0))
                .limit(20_000),
        ]
    }

    fn judge(&self, answers: &[Answer]) -> Vec<Finding> {
        let mut days: BTreeMap<i64, Vec<Hit<'_>>> = BTreeMap::new();
        for row in answers.iter().flat_map(|a| &a.rows).map(|r| Hit(r)) {
            if let Some(day) = row.time(2) {
                days.entry(day).or_default().push(row);
            }
        }
        let mut large: Vec<(Hit<'_>, i64, i128)> = Vec::new();
        for (day, mut pairs) in days {
            pairs.sort_by_key(|p| p.sum(3));
            let median = pairs.get(pairs.len() / 2).map_or(0, |p| p.sum(3));
            if pairs.len() >= PAIRS {
                let far_above = pairs
                    .into_iter()
                    .filter(|p| p.sum(3) >= BYTES && p.sum(3) >= median * TIMES_MEDIAN);
                large.extend(far_above.map(|p| (p, day, median)));
            }
        }
        large.sort_by_key(|(p, ..)| std::cmp::Reverse(p.sum(3)));
        large
            .into_iter()
            .map(|(p, day, median)| told(p, day, median))
            .collect()
    }
}

fn told(pair: Hit<'_>, day: i64, median: i128) -> Finding {
    let found = Found {
        subject: pair.text(0),
        detail: format!(
            "{} sent {} to {} in a day; the median pair that day sent {}",
            pair.text(0),
            size::bytes(pair.sum(3) as f64),
            pair.text(1),
            size::bytes(median as f64),
        ),
        count: pair.count(4),
        first_ns: pair.time(5),
        last_ns: pair.time(6),
        filter: outbound()
            .and(is("srcaddr", pair.value(0)))
            .and(is("dstaddr", pair.value(1))),
        within: false,
    };
    let mut finding = found.finding(&FACTS);
    // Of the pair's flows, those of the day.
    finding.evidence.range = Some(TimeRange::new(day, day.saturating_add(DAY)));
    finding
}
