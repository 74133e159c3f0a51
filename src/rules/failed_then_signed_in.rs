//! A console sign-in that works after several that did not.

use super::hits::{Found, Hit, counted, is};
use super::{Finding, Rule, RuleFacts, Severity};
use crate::base::time::HOUR;
use crate::query::{Answer, Expr, Query, Rows, Select, Sort, Window};
use std::cmp::Ordering;

/// Failures before it.
const FAILURES: usize = 3;
/// Sign-ins looked at.
const EVENTS: usize = 20_000;

/// What CloudTrail writes for a name that no user has: a password may have been typed there.
const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

static FACTS: RuleFacts = RuleFacts {
    id: "failed-then-signed-in",
    title: "Signed in after failed attempts",
    severity: Severity::High,
    states: "A successful ConsoleLogin after at least 3 failed ones of the same principal or from the same address \
             within the hour before.",
    kinds: &["cloudtrail"],
    needs: "CloudTrail events of the region where people sign in",
    view: "trail",
};

const FIELDS: [&str; 4] = [
    "@timestamp",
    "principal",
    "sourceIPAddress",
    "responseElements.ConsoleLogin",
];

pub(super) struct FailedThenSignedIn;

fn sign_ins() -> Expr {
    Expr::eq("eventName", "ConsoleLogin")
}

impl Rule for FailedThenSignedIn {
    fn facts(&self) -> &RuleFacts {
        &FACTS
    }

    fn ask(&self) -> Vec<Query> {
        vec![Query {
            kinds: FACTS.kinds.iter().map(|k| (*k).to_owned()).collect(),
            range: None,
            filter: sign_ins(),
            select: Select::Rows(Rows {
                columns: FIELDS.map(str::to_owned).to_vec(),
                sort: Sort {
                    field: "@timestamp".to_owned(),
                    descending: false,
                },
                window: Window::From {
                    start: None,
                    count: EVENTS,
                },
            }),
        }]
    }

    fn judge(&self, answers: &[Answer]) -> Vec<Finding> {
        let mut events: Vec<(i64, Hit<'_>)> = answers
            .iter()
            .flat_map(|a| &a.rows)
            .filter_map(|r| Some((Hit(r).time(0)?, Hit(r))))
            .collect();
        // Times are whole seconds: of one moment, what failed came before what worked ("Failure" before "Success"), and
        // the rest goes by value, for the order of the answer is that in which files were read.
        let order = |(at, hit): &(i64, Hit<'_>), (other_at, other): &(i64, Hit<'_>)| {
            let values = [3, 1, 2].into_iter().map(|i| hit.value(i).order(other.value(i)));
            values.fold(at.cmp(other_at), Ordering::then)
        };
        events.sort_by(order);
        // Failures of the last hour that led to no success yet.
        let mut failed: Vec<(i64, Hit<'_>)> = Vec::new();
        let mut out = Vec::new();
        for (at, event) in events {
            failed.retain(|&(then, _)| then > at - HOUR);
            if event.value(3).as_str() == Some("Failure") {
                failed.push((at, event));
                continue;
            }
            if event.value(3).as_str() != Some("Success") {
                continue;
            }
            // A failed attempt may hide the name that was typed; the address then says that it was the same hand.
            let same = |f: &Hit<'_>, field: usize| {
                !event.value(field).is_absent() && f.value(field) == event.value(field)
            };
            let (before, others): (Vec<_>, Vec<_>) =
                failed.drain(..).partition(|(_, f)| same(f, 1) || same(f, 2));
            failed = others;
            if before.len() < FAILURES {
                continue;
            }
            let failures = u64::try_from(before.len()).unwrap_or(u64::MAX);
            let either = Expr::Or(vec![is(FIELDS[1], event.value(1)), is(FIELDS[2], event.value(2))]);
            // Attempts under another name are told as such.
            let mut tried: Vec<String> = before.iter().map(|(_, f)| f.text(1)).collect();
            tried.retain(|name| name != HIDDEN);
            tried.sort();
            tried.dedup();
            let names = match tried.iter().any(|name| *name != event.text(1)) {
                true => format!(" as {}", tried.join(", ")),
                false => String::new(),
            };
            let found = Found {
                subject: event.text(1),
                detail: format!(
                    "{} signed in from {} after {}{names} within an hour",
                    event.text(1),
                    event.text(2),
                    counted(failures, "failed attempt"),
                ),
                count: failures + 1,
                first_ns: before.first().map(|&(then, _)| then),
                last_ns: Some(at),
                filter: sign_ins().and(either),
                within: true,
            };
            out.push(found.finding(&FACTS));
        }
        out
    }
}
