//! What bills tell: what is paid for and serves nobody, and what suddenly costs more.

use super::judge::{Category, Check, CheckFacts, Need, Verdict};
use super::known::Resource;
use super::say::some;
use super::summed::{DAILY_COST, EXTENDED_SUPPORT, Held, IDLE_ADDRESSES, Told};

/// A day's cost is held against the mean of so many days before it.
const DAYS_BEFORE: usize = 7;
/// How many times the mean it has to be, and how much more at least (in the bill's currency).
const TIMES: f64 = 2.0;
const MORE: f64 = 10.0;
/// The newest days that are looked at.
const LOOKED_AT: usize = 31;

const fn bill(types: &'static [&'static str]) -> [Need; 1] {
    [Need {
        types,
        command: "a bill by line items: Cost and Usage Report, detailed billing report, or FOCUS",
    }]
}

pub(super) const CHECKS: &[Check] = &[
    Check::each(
        CheckFacts {
            id: "billed-idle-addresses",
            trusted_advisor: None,
            title: "Public addresses paid for while idle",
            category: Category::CostOptimizing,
            criteria: "Yellow: the account pays for usage of a type that names IdleAddress.",
            beyond: "The bill tells that addresses were idle, not which: aws ec2 describe-addresses does.",
            needs: &bill(&[IDLE_ADDRESSES]),
        },
        |r, _| paid(r, "public addresses that nothing uses"),
    ),
    Check::each(
        CheckFacts {
            id: "billed-extended-support",
            trusted_advisor: None,
            title: "Old versions paid for by extended support",
            category: Category::CostOptimizing,
            criteria: "Yellow: the account pays for usage of a type that names ExtendedSupport.",
            beyond: "RDS, EKS and OpenSearch charge it for versions past their standard support; an upgrade ends it.",
            needs: &bill(&[EXTENDED_SUPPORT]),
        },
        |r, _| paid(r, "extended support"),
    ),
    Check::each(
        CheckFacts {
            id: "cost-jumps",
            trusted_advisor: None,
            title: "Services that suddenly cost more",
            category: Category::CostOptimizing,
            criteria: "Yellow: on a day of the last 31 the service costs over twice the mean of the 7 days before, and 10 more at least.",
            beyond: "Charges of a month that are billed on one day stand out too. Monthly reports have no days.",
            needs: &bill(&[DAILY_COST]),
        },
        |r, _| jumps(r),
    ),
];

fn paid(resource: &Resource<'_>, what: &str) -> Verdict {
    match Told::of(resource) {
        None => Verdict::Unknown,
        Some(told) if told.all.sum > 0.0 => Verdict::Yellow(format!("{:.2} for {what}.", told.all.sum)),
        Some(_) => Verdict::Green(format!("Nothing for {what}.")),
    }
}

fn jumps(resource: &Resource<'_>) -> Verdict {
    let Some(told) = Told::of(resource) else {
        return Verdict::Unknown;
    };
    let days = told.last_days(LOOKED_AT + DAYS_BEFORE);
    if days.len() <= DAYS_BEFORE {
        return Verdict::Unknown;
    }
    let mut found = Vec::new();
    for window in days.windows(DAYS_BEFORE + 1) {
        let Some(((day, held), before)) = window.split_first() else {
            continue;
        };
        let mean = before.iter().map(|(_, h): &(i64, Held)| h.sum).sum::<f64>() / DAYS_BEFORE as f64;
        if held.sum > mean * TIMES && held.sum - mean >= MORE {
            found.push(format!(
                "{} {:.2}, {mean:.2} a day before",
                super::summed::date(*day),
                held.sum
            ));
        }
    }
    match found.is_empty() {
        true => Verdict::Green(format!("No jump in {} days.", days.len())),
        false => Verdict::Yellow(format!("{}.", some(found))),
    }
}
