//! One source that is turned away at many doors.

use super::hits::{Found, Hit, counted, is};
use super::signals::FLOWS_NEED;
use super::{Finding, Rule, RuleFacts, Severity};
use crate::query::{Agg, Answer, Expr, Key, Query};

/// Different ports, or different hosts.
const DOORS: u64 = 20;
/// Sources told.
const MOST: usize = 20;

static FACTS: RuleFacts = RuleFacts {
    id: "port-scan",
    title: "Scan",
    severity: Severity::Medium,
    states: "One source address with rejected flows to at least 20 different destination ports, or to at least 20 \
             different hosts.",
    kinds: &["vpc-flow"],
    needs: FLOWS_NEED,
    view: "traffic",
};

pub(super) struct Scan;

fn rejected() -> Expr {
    Expr::eq("action", "REJECT")
}

impl Rule for Scan {
    fn facts(&self) -> &RuleFacts {
        &FACTS
    }

    fn ask(&self) -> Vec<Query> {
        let aggs = vec![
            Agg::Count,
            Agg::Distinct("dstport".to_owned()),
            Agg::Distinct("dstaddr".to_owned()),
            Agg::Min("@timestamp".to_owned()),
            Agg::Max("@timestamp".to_owned()),
        ];
        let by = vec![Key::Field("srcaddr".to_owned())];
        vec![Query::groups(FACTS.kinds, by, aggs).filter(rejected())]
    }

    fn judge(&self, answers: &[Answer]) -> Vec<Finding> {
        let rows = answers.iter().flat_map(|a| &a.rows).map(|r| Hit(r));
        let mut scans: Vec<Hit<'_>> = rows
            .filter(|r| r.count(2) >= DOORS || r.count(3) >= DOORS)
            .collect();
        scans.sort_by_key(|r| std::cmp::Reverse(r.count(2).max(r.count(3))));
        scans.truncate(MOST);
        let found = |r: Hit<'_>| Found {
            subject: r.text(0),
            detail: format!(
                "{} was rejected {} on {} of {}",
                r.text(0),
                counted(r.count(1), "time"),
                counted(r.count(2), "port"),
                counted(r.count(3), "host"),
            ),
            count: r.count(1),
            first_ns: r.time(4),
            last_ns: r.time(5),
            filter: rejected().and(is("srcaddr", r.value(0))),
            within: false,
        };
        scans.into_iter().map(|r| found(r).finding(&FACTS)).collect()
    }
}
