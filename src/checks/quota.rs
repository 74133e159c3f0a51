//! How many there are, held against how many there may be.

use super::judge::{ACCOUNT, Sheet, Verdict};
use super::known::{Known, Resource};
use super::say::some;
use std::collections::BTreeMap;

/// A number and its quota.
pub struct Limit {
    /// What is counted, in the plural.
    pub what: &'static str,
    pub count: Count,
}

pub enum Count {
    /// Resources of a type in each Region, against the quota of Service Quotas or else AWS's default.
    PerRegion {
        ty: &'static str,
        quota_code: &'static str,
        default: i64,
    },
    /// Entries of the account summary.
    Summary { used: &'static str, quota: &'static str },
    /// RDS's own list of quotas.
    Rds { name: &'static str },
}

pub const QUOTA: &str = "Quota";
pub const SUMMARY: &str = "AccountSummary";
pub const RDS_QUOTA: &str = "AccountQuota";

/// Yellow from 80 % of the quota on, red when it is used up.
pub fn held_against(used: i64, quota: i64, what: &str, source: &str) -> Verdict {
    let text = format!("{used} of {quota} {what}{source}.");
    if used >= quota {
        Verdict::Red(text)
    } else if i128::from(used) * 5 >= i128::from(quota) * 4 {
        Verdict::Yellow(text)
    } else {
        Verdict::Green(text)
    }
}

/// The quota that applies where a resource is, and how it is known.
pub fn applied(known: &Known<'_>, by: &Resource<'_>, code: &str, default: i64) -> (i64, &'static str) {
    let own = known
        .find(QUOTA, code, by)
        .and_then(|quota| quota.get("Value").int());
    match own {
        Some(value) => (value, ""),
        None => (default, " (AWS's default quota; yours may be higher)"),
    }
}

impl Limit {
    pub(super) fn judge(&self, known: &Known<'_>, sheet: &mut Sheet) {
        match self.count {
            Count::PerRegion {
                ty,
                quota_code,
                default,
            } => {
                let mut regions: BTreeMap<(&str, &str), Vec<&Resource<'_>>> = BTreeMap::new();
                for resource in known.all(ty) {
                    let region = (resource.account, resource.region);
                    regions.entry(region).or_default().push(resource);
                }
                for ((account, region), all) in regions {
                    let Some(first) = all.first() else { continue };
                    let (quota, source) = applied(known, first, quota_code, default);
                    let used = i64::try_from(all.len()).unwrap_or(i64::MAX);
                    let verdict = held_against(used, quota, self.what, source);
                    let id = some([account, region].iter().filter(|part| !part.is_empty()));
                    sheet.note_as(first, ACCOUNT, &id, region, verdict);
                }
            }
            Count::Summary { used, quota } => {
                for summary in known.all(SUMMARY) {
                    let map = summary.get("SummaryMap");
                    let verdict = match (map.get(used).int(), map.get(quota).int()) {
                        (Some(used), Some(quota)) => held_against(used, quota, self.what, ""),
                        _ => Verdict::Unknown,
                    };
                    sheet.note_as(summary, ACCOUNT, summary.account, "", verdict);
                }
            }
            Count::Rds { name } => {
                let all = known.all(RDS_QUOTA);
                for quota in all.iter().filter(|q| q.id == name) {
                    let verdict = match (quota.get("Used").int(), quota.get("Max").int()) {
                        (Some(used), Some(max)) => held_against(used, max, self.what, ""),
                        _ => Verdict::Unknown,
                    };
                    sheet.note_as(quota, ACCOUNT, quota.account, "", verdict);
                }
                // An answer that was cut short does not mean that there is no such quota.
                if let Some(other) = all.first()
                    && all.iter().all(|q| q.id != name)
                {
                    sheet.note(other, Verdict::Unknown);
                }
            }
        }
    }
}
