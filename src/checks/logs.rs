//! What logs tell without anything being described: who signed in how, what was refused, what hardly moves.

use super::judge::{Category, Check, CheckFacts, Need, Sheet, Verdict};
use super::known::{Known, Resource};
use super::say::{count, some};
use super::summed::{
    CAPACITY, HANDSHAKES, Held, QUOTAS, ROOT_SIGN_INS, THROTTLED, TRAFFIC, Told, USER_SIGN_INS, date,
};
use crate::base::size;

const INTERFACE: &str = "AWS::EC2::NetworkInterface";
const INSTANCE: &str = "AWS::EC2::Instance";

/// Days that a database or a gateway may rest.
const IDLE_DAYS: usize = 7;
/// The days that are looked at for instances, on how many of them little moves, and what is little (bytes).
const USE_DAYS: usize = 14;
const LITTLE_DAYS: usize = 4;
const LITTLE: f64 = 5e6;
/// Of a day's calls to a service, so many are looked at before a share says anything, and the share (per cent).
const CALLS: u64 = 100;
const THROTTLED_PERCENT: u64 = 1;

const FLOWS: Need = Need {
    types: &[TRAFFIC],
    command: "VPC flow logs with interface-id",
};
const INTERFACES: Need = Need {
    types: &[INTERFACE],
    command: "aws ec2 describe-network-interfaces, or AWS Config items of AWS::EC2::NetworkInterface",
};

const fn trail(types: &'static [&'static str]) -> [Need; 1] {
    [Need {
        types,
        command: "CloudTrail events of management calls",
    }]
}

pub(super) const CHECKS: &[Check] = &[
    Check::together(
        CheckFacts {
            id: "ec2-low-use",
            trusted_advisor: Some("Qch7DwouX1"),
            title: "Instances that hardly move anything",
            category: Category::CostOptimizing,
            criteria: "Yellow: 5 MB of network traffic or less on at least 4 of the last 14 days. Green: more than that on 11 days.",
            beyond: "It is the network half of the published criteria; the other half, 10 % of the processor or less on the same days, is in no file that is read here: look at CPUUtilization before you stop anything.",
            needs: &[FLOWS, INTERFACES],
        },
        low_use,
    ),
    Check::together(
        CheckFacts {
            id: "rds-idle",
            trusted_advisor: Some("Ti39halfu8"),
            title: "Databases that nobody connects to",
            category: Category::CostOptimizing,
            criteria: "Yellow: no accepted flow at the database's network interface in the last 7 days.",
            beyond: "An interface is taken as a database's by its description, RDSNetworkInterface. A flow that was accepted need not have signed in.",
            needs: &[FLOWS, INTERFACES],
        },
        |known, sheet| idle(known, sheet, is_database),
    ),
    Check::together(
        CheckFacts {
            id: "nat-idle",
            trusted_advisor: None,
            title: "NAT gateways that nothing passes through",
            category: Category::CostOptimizing,
            criteria: "Yellow: no accepted flow at the gateway's network interface in the last 7 days.",
            beyond: "A gateway costs by the hour whether it is used or not.",
            needs: &[FLOWS, INTERFACES],
        },
        |known, sheet| idle(known, sheet, is_nat),
    ),
    Check::each(
        CheckFacts {
            id: "root-sign-in-mfa",
            trusted_advisor: None,
            title: "Root signs in without a second factor",
            category: Category::Security,
            criteria: "Red: a console sign-in of root succeeded without MFA. Green: all that succeeded used it.",
            beyond: "Sign-ins tell that MFA was used, not that it has to be.",
            needs: &trail(&[ROOT_SIGN_INS]),
        },
        |r, _| sign_ins(r, Verdict::Red),
    ),
    Check::each(
        CheckFacts {
            id: "user-sign-in-mfa",
            trusted_advisor: None,
            title: "Users sign in without a second factor",
            category: Category::Security,
            criteria: "Yellow: a console sign-in of an IAM user succeeded without MFA. Green: all that succeeded used it.",
            beyond: "Only users with a password of the account's own: people of an identity provider show theirs there.",
            needs: &trail(&[USER_SIGN_INS]),
        },
        |r, _| sign_ins(r, Verdict::Yellow),
    ),
    Check::each(
        CheckFacts {
            id: "old-tls",
            trusted_advisor: None,
            title: "Calls over TLS 1.0 or 1.1",
            category: Category::Security,
            criteria: "Yellow: any call of the principal was made over TLS 1.0 or 1.1. Green: all over 1.2 or newer.",
            beyond: "Only calls whose event tells the version.",
            needs: &trail(&[HANDSHAKES]),
        },
        |r, _| {
            met(r, |n, all| match n {
                0 => Verdict::Green(format!("{} over TLS 1.2 or newer.", count(all, "call"))),
                n => Verdict::Yellow(format!(
                    "{} of {} over TLS 1.0 or 1.1.",
                    size::count(n),
                    count(all, "call")
                )),
            })
        },
    ),
    Check::each(
        CheckFacts {
            id: "api-throttling",
            trusted_advisor: None,
            title: "Services that throttle calls",
            category: Category::Performance,
            criteria: "Yellow: of a day's calls to a service, 100 or more, over 1 % are throttled.",
            beyond: "CloudTrail does not record every throttled call.",
            needs: &trail(&[THROTTLED]),
        },
        |r, _| throttled(r),
    ),
    Check::each(
        CheckFacts {
            id: "quota-refusals",
            trusted_advisor: None,
            title: "Calls that a quota refused",
            category: Category::ServiceLimits,
            criteria: "Yellow: a call to the service failed because a quota was reached.",
            beyond: "Error codes that end in LimitExceeded or QuotaExceeded count, not those of calling too often.",
            needs: &trail(&[QUOTAS]),
        },
        |r, _| refused(r, "for a quota"),
    ),
    Check::each(
        CheckFacts {
            id: "capacity-refusals",
            trusted_advisor: None,
            title: "Calls that AWS had no capacity for",
            category: Category::FaultTolerance,
            criteria: "Yellow: a call to the service failed with an error of insufficient capacity.",
            beyond: "What depends on capacity that was not there may be less tolerant of faults than it seems: reserve it, or allow other types and zones.",
            needs: &trail(&[CAPACITY]),
        },
        |r, _| refused(r, "for want of capacity"),
    ),
];

/// A verdict by how many of its records meet the condition, of how many.
fn met(resource: &Resource<'_>, say: impl Fn(u64, u64) -> Verdict) -> Verdict {
    Told::of(resource).map_or(Verdict::Unknown, |t| say(t.all.met, t.all.count))
}

fn sign_ins(resource: &Resource<'_>, bad: fn(String) -> Verdict) -> Verdict {
    met(resource, |n, all| match n {
        0 => Verdict::Green(format!("{}, all with MFA.", count(all, "sign-in"))),
        n => bad(format!(
            "{} of {} without MFA.",
            size::count(n),
            count(all, "sign-in")
        )),
    })
}

fn refused(resource: &Resource<'_>, why: &str) -> Verdict {
    met(resource, |n, all| match n {
        0 => Verdict::Green(format!("None of {} was refused {why}.", count(all, "call"))),
        n => Verdict::Yellow(format!(
            "{} of {} refused {why}.",
            size::count(n),
            count(all, "call")
        )),
    })
}

fn throttled(resource: &Resource<'_>) -> Verdict {
    let Some(told) = Told::of(resource) else {
        return Verdict::Unknown;
    };
    let over = |held: &Held| held.count >= CALLS && held.met * 100 > held.count * THROTTLED_PERCENT;
    let days: Vec<&str> = (told.days.iter())
        .filter(|(_, held)| over(held))
        .map(|(day, _)| day.as_str())
        .collect();
    let all = format!(
        "{} of {} throttled",
        size::count(told.all.met),
        count(told.all.count, "call")
    );
    match days.is_empty() {
        true => Verdict::Green(format!("{all}.")),
        false => Verdict::Yellow(format!("{all}; over {THROTTLED_PERCENT} % on {}.", some(days))),
    }
}

/// The interface that flows were recorded at, as it is described.
fn described<'k>(flows: &Resource<'_>, known: &'k Known<'_>) -> Option<&'k Resource<'k>> {
    known.find(INTERFACE, flows.id, flows)
}

fn is_database(interface: &Resource<'_>) -> bool {
    interface.get("description").is("RDSNetworkInterface")
}

fn is_nat(interface: &Resource<'_>) -> bool {
    let ty = interface.get("interfaceType");
    ty.is("nat_gateway") || ty.is("natGateway")
}

fn idle(known: &Known<'_>, sheet: &mut Sheet, is: fn(&Resource<'_>) -> bool) {
    for flows in known.all(TRAFFIC) {
        if described(flows, known).is_some_and(is) {
            sheet.note(flows, rests(flows));
        }
    }
}

fn rests(flows: &Resource<'_>) -> Verdict {
    let Some(told) = Told::of(flows) else {
        return Verdict::Unknown;
    };
    let days = told.last_days(IDLE_DAYS);
    let used: Vec<String> = (days.iter())
        .filter(|(_, held)| held.met > 0)
        .map(|(day, _)| date(*day))
        .collect();
    match used.is_empty() {
        false => Verdict::Green(format!(
            "Flows were accepted on {} of the last {}.",
            used.len(),
            count(days.len(), "day")
        )),
        true if days.len() < IDLE_DAYS => Verdict::Unknown,
        true => Verdict::Yellow(format!(
            "No flow was accepted in the last {IDLE_DAYS} days of its log."
        )),
    }
}

fn low_use(known: &Known<'_>, sheet: &mut Sheet) {
    for flows in known.all(TRAFFIC) {
        let Some(interface) = described(flows, known) else {
            continue;
        };
        let instance = interface.get("attachment").get("instanceId").text();
        if instance.is_empty() {
            continue;
        }
        let owner = known.find(INSTANCE, instance, flows);
        sheet.note_as(
            flows,
            INSTANCE,
            instance,
            owner.map_or("", |o| o.name),
            little(flows),
        );
    }
}

fn little(flows: &Resource<'_>) -> Verdict {
    let Some(told) = Told::of(flows) else {
        return Verdict::Unknown;
    };
    let days = told.last_days(USE_DAYS);
    let low = days.iter().filter(|(_, held)| held.sum <= LITTLE).count();
    let says = format!(
        "{} or less at {} on {low} of the last {}.",
        size::bytes(LITTLE),
        flows.id,
        count(days.len(), "day")
    );
    if low >= LITTLE_DAYS {
        Verdict::Yellow(says)
    } else if days.len() - low > USE_DAYS - LITTLE_DAYS {
        Verdict::Green(says)
    } else {
        Verdict::Unknown
    }
}
