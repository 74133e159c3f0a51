//! Calls in a region that an account did not use before.

use super::hits::{Found, Hit, counted, is};
use super::{Finding, Rule, RuleFacts, Severity};
use crate::base::time::DAY;
use crate::query::{Agg, Answer, Expr, Key, Query};
use std::collections::BTreeMap;

/// Calls by which an account's habits are known.
const KNOWN_CALLS: u64 = 20;
/// And how long, at least.
const KNOWN_NS: i64 = DAY;

static FACTS: RuleFacts = RuleFacts {
    id: "new-region",
    title: "Calls in a region never used before",
    severity: Severity::Medium,
    states: "An account's first call in a region comes at least a day after its first call in the logs, when the regions \
             before account for at least 20 calls. Calls that AWS services make are left out.",
    kinds: &["cloudtrail"],
    needs: "CloudTrail events of some days and of all regions",
    view: "trail",
};

pub(super) struct NewRegion;

fn by_people() -> Expr {
    Expr::ne("eventType", "AwsServiceEvent").and(!Expr::exists("userIdentity.invokedBy"))
}

impl Rule for NewRegion {
    fn facts(&self) -> &RuleFacts {
        &FACTS
    }

    fn ask(&self) -> Vec<Query> {
        let by = ["recipientAccountId", "awsRegion"].map(|f| Key::Field(f.to_owned()));
        let aggs = vec![
            Agg::Count,
            Agg::Min("@timestamp".to_owned()),
            Agg::Max("@timestamp".to_owned()),
            Agg::Earliest("principal".to_owned()),
            Agg::Earliest("eventName".to_owned()),
        ];
        vec![
            Query::groups(FACTS.kinds, by.to_vec(), aggs)
                .filter(by_people())
                .limit(20_000),
        ]
    }

    fn judge(&self, answers: &[Answer]) -> Vec<Finding> {
        let mut by_account: BTreeMap<String, Vec<Hit<'_>>> = BTreeMap::new();
        for row in answers.iter().flat_map(|a| &a.rows).map(|r| Hit(r)) {
            if !row.value(1).is_absent() {
                by_account.entry(row.text(0)).or_default().push(row);
            }
        }
        by_account.into_values().flat_map(new_ones).collect()
    }
}

fn new_ones(mut regions: Vec<Hit<'_>>) -> Vec<Finding> {
    regions.sort_by_key(|r| r.time(3));
    let born = regions.first().and_then(|r| r.time(3)).unwrap_or(0);
    let mut known = 0;
    let mut out = Vec::new();
    for r in regions {
        if known >= KNOWN_CALLS && r.time(3).is_some_and(|t| t >= born.saturating_add(KNOWN_NS)) {
            let found = Found {
                subject: r.text(1),
                detail: format!(
                    "Account {} was used in {} for the first time: {} by {}, then {} in all",
                    r.text(0),
                    r.text(1),
                    r.text(6),
                    r.text(5),
                    counted(r.count(2), "call"),
                ),
                count: r.count(2),
                first_ns: r.time(3),
                last_ns: r.time(4),
                filter: by_people()
                    .and(is("recipientAccountId", r.value(0)))
                    .and(is("awsRegion", r.value(1))),
                within: false,
            };
            out.push(found.finding(&FACTS));
        }
        known += r.count(2);
    }
    out
}
