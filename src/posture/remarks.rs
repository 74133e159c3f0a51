//! What answers no question and is worth knowing: quotas that are near, and settings that surprise.

use super::described::{AccessLogs, Of};
use super::limits::{
    EVENT_BYTES, EVENT_NEAR_BYTES, LOG_GROUPS_PER_REGION, METRIC_FILTERS_PER_GROUP, RETAINED_ADVISED_DAYS,
    RETAINED_LEAST_DAYS, SUBSCRIPTIONS_PER_GROUP, TRAILS_PER_REGION, is_near,
};
use super::{Described, Proof, Remark, Seen};
use crate::base::size::{count, counted};
use std::collections::BTreeMap;

pub(super) fn remarks(described: &Described, seen: &Seen) -> Vec<Remark> {
    let mut found = Vec::new();
    let mut say = |of: &Of, about: &str, says: String| {
        found.push(Remark {
            account: of.account.clone(),
            region: of.region.clone(),
            about: about.to_owned(),
            says,
            evidence: vec![Proof::Item {
                id: about.to_owned(),
                place: of.place.clone(),
            }],
        });
    };
    for group in &described.log_groups {
        let filters = group.metric_filters.unwrap_or_default();
        if is_near(filters, METRIC_FILTERS_PER_GROUP) {
            say(
                &group.of,
                &group.name,
                format!(
                    "It has {} of at most {METRIC_FILTERS_PER_GROUP}.",
                    counted(filters, "metric filters")
                ),
            );
        }
        if let Some(days) = group.retention_days
            && (RETAINED_LEAST_DAYS..RETAINED_ADVISED_DAYS).contains(&days)
        {
            say(
                &group.of,
                &group.name,
                format!(
                    "It keeps its events for {days} days; Security Hub's control CloudWatch.16 asks for {RETAINED_ADVISED_DAYS} unless it is told otherwise."
                ),
            );
        }
    }
    let mut subscriptions: BTreeMap<(&str, &str, &str), (usize, &Of)> = BTreeMap::new();
    for filter in &described.subscriptions {
        let key = (
            filter.of.account.as_str(),
            filter.of.region.as_str(),
            filter.log_group.as_str(),
        );
        subscriptions.entry(key).or_insert((0, &filter.of)).0 += 1;
    }
    for ((_, _, group), (filters, of)) in subscriptions {
        if filters >= SUBSCRIPTIONS_PER_GROUP {
            say(
                of,
                group,
                format!(
                    "It has {filters} of at most {SUBSCRIPTIONS_PER_GROUP} subscription filters: no other can be added."
                ),
            );
        }
    }
    for bucket in &described.buckets {
        if bucket.logs.as_ref().and_then(AccessLogs::bucket) == Some(bucket.name.as_str()) {
            say(
                &bucket.of,
                &bucket.name,
                "It writes its access logs into itself, so that every delivery makes another log.".to_owned(),
            );
        }
    }
    let homes = described.trails.iter().map(|t| &t.of);
    for (of, trails) in by_place(homes) {
        if trails >= TRAILS_PER_REGION {
            say(
                of,
                "trails",
                format!("{trails} of at most {TRAILS_PER_REGION} trails are in this region."),
            );
        }
    }
    for (of, groups) in by_place(described.log_groups.iter().map(|g| &g.of)) {
        if is_near(groups as u64, LOG_GROUPS_PER_REGION as u64) {
            let (groups, most) = (count(groups as u64), count(LOG_GROUPS_PER_REGION as u64));
            say(
                of,
                "log groups",
                format!("{groups} of {most} log groups are in this region, unless the quota was raised."),
            );
        }
    }
    found.extend(large(seen));
    found
}

/// How many of an account and region.
fn by_place<'o>(of: impl Iterator<Item = &'o Of>) -> impl Iterator<Item = (&'o Of, usize)> {
    let mut counts: BTreeMap<(&str, &str), (&Of, usize)> = BTreeMap::new();
    for of in of {
        counts.entry((&of.account, &of.region)).or_insert((of, 0)).1 += 1;
    }
    counts.into_values()
}

fn large(seen: &Seen) -> impl Iterator<Item = Remark> {
    let some = seen.large.iter().filter(|l| l.near > 0 || l.over > 0);
    some.map(|large| {
        let kib = EVENT_BYTES / 1024;
        let over = match large.over {
            0 => String::new(),
            n => format!(" {} longer.", if n == 1 { "1 of them is".to_owned() } else { format!("{} of them are", count(n)) }),
        };
        Remark {
            account: large.account.clone(),
            region: large.region.clone(),
            about: large.kind.clone(),
            says: format!(
                "{} come near {kib} KiB or exceed them.{over} CloudTrail passes no event above {kib} KiB on to CloudWatch Logs or EventBridge, so that no filter or rule there sees it.",
                counted(large.near.max(large.over), "records")
            ),
            evidence: vec![Proof::Records {
                kind: large.kind.clone(),
                filter: format!("@length >= {EVENT_NEAR_BYTES}"),
                range: None,
            }],
        }
    })
}
