//! What logs add up to for checks: sums of records, asked once for all of them, each group a fact of its own.

use super::facts::{Fact, Place};
use super::known::{DAY, Resource};
use crate::base::time::{civil, parse_iso};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// A question about the records of some kinds, and the type that its groups have as facts.
#[derive(Debug)]
pub struct Summed {
    pub ty: &'static str,
    /// Registry ids.
    pub kinds: &'static [&'static str],
    /// The records, as one types a filter.
    pub filter: &'static str,
    /// The field that tells groups apart, beside account and Region; its value is the fact's id.
    pub by: &'static str,
    /// Whether each day (UTC) is told of by itself.
    pub by_day: bool,
    /// Records are counted that also meet this, as one types it; empty for none.
    pub meets: &'static str,
    /// A number that is summed, over the records that meet the condition where there is one; empty for none.
    pub sum: &'static str,
}

/// One group of an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SummedRow {
    /// Registry id.
    pub kind: String,
    /// The value of [`Summed::by`]; empty where the records have none.
    pub id: String,
    pub account: String,
    pub region: String,
    /// The day it is of (ns), where days are told apart.
    pub day_ns: Option<i64>,
    pub count: u64,
    /// How many of them meet [`Summed::meets`].
    pub met: u64,
    pub sum: f64,
    pub last_ns: Option<i64>,
}

pub(super) const TRAFFIC: &str = "Log::InterfaceTraffic";
pub(super) const ROOT_SIGN_INS: &str = "Log::RootSignIns";
pub(super) const USER_SIGN_INS: &str = "Log::UserSignIns";
pub(super) const THROTTLED: &str = "Log::ThrottledCalls";
pub(super) const QUOTAS: &str = "Log::CallsRefusedByQuota";
pub(super) const CAPACITY: &str = "Log::CallsRefusedForCapacity";
pub(super) const HANDSHAKES: &str = "Log::TlsByPrincipal";
pub(super) const IDLE_ADDRESSES: &str = "Bill::IdleAddresses";
pub(super) const EXTENDED_SUPPORT: &str = "Bill::ExtendedSupport";
pub(super) const DAILY_COST: &str = "Bill::CostByService";

const CLOUDTRAIL: &[&str] = &["cloudtrail"];
/// The kinds that bill.
const BILLS: &[&str] = &["cur", "dbr", "focus"];

/// Every question there is. Fields are named by their roles where kinds differ.
pub const SUMMED: &[Summed] = &[
    Summed {
        ty: TRAFFIC,
        kinds: &["vpc-flow"],
        filter: "interface-id:*",
        by: "interface-id",
        by_day: true,
        meets: "action = ACCEPT",
        sum: "bytes",
    },
    Summed {
        ty: ROOT_SIGN_INS,
        kinds: CLOUDTRAIL,
        filter: "eventName = ConsoleLogin and userIdentity.type = Root and responseElements.ConsoleLogin = Success",
        by: "recipientAccountId",
        by_day: false,
        meets: "additionalEventData.MFAUsed = No",
        sum: "",
    },
    Summed {
        ty: USER_SIGN_INS,
        kinds: CLOUDTRAIL,
        filter: "eventName = ConsoleLogin and userIdentity.type = IAMUser and responseElements.ConsoleLogin = Success",
        by: "principal",
        by_day: false,
        meets: "additionalEventData.MFAUsed = No",
        sum: "",
    },
    Summed {
        ty: THROTTLED,
        kinds: CLOUDTRAIL,
        filter: "eventSource:*",
        by: "eventSource",
        by_day: true,
        meets: "errorCode : Throttl or errorCode = RequestLimitExceeded or errorCode = TooManyRequestsException or errorCode = SlowDown",
        sum: "",
    },
    Summed {
        ty: QUOTAS,
        kinds: CLOUDTRAIL,
        filter: "eventSource:*",
        by: "eventSource",
        by_day: false,
        meets: "(errorCode : LimitExceeded or errorCode : QuotaExceeded) and not errorCode : RequestLimitExceeded",
        sum: "",
    },
    Summed {
        ty: CAPACITY,
        kinds: CLOUDTRAIL,
        filter: "eventSource:*",
        by: "eventSource",
        by_day: false,
        meets: "errorCode : Insufficient and errorCode : Capacity",
        sum: "",
    },
    Summed {
        ty: HANDSHAKES,
        kinds: CLOUDTRAIL,
        filter: "tlsDetails.tlsVersion:*",
        by: "principal",
        by_day: false,
        meets: "tlsDetails.tlsVersion = TLSv1 or tlsDetails.tlsVersion = TLSv1.0 or tlsDetails.tlsVersion = TLSv1.1",
        sum: "",
    },
    Summed {
        ty: IDLE_ADDRESSES,
        kinds: BILLS,
        filter: "cost:*",
        by: "account",
        by_day: false,
        meets: "action : IdleAddress",
        sum: "cost",
    },
    Summed {
        ty: EXTENDED_SUPPORT,
        kinds: BILLS,
        filter: "cost:*",
        by: "account",
        by_day: false,
        meets: "action : ExtendedSupport",
        sum: "cost",
    },
    Summed {
        ty: DAILY_COST,
        kinds: BILLS,
        filter: "cost:*",
        by: "service",
        by_day: true,
        meets: "",
        sum: "cost",
    },
];

impl Summed {
    /// A fact for each group, with what its days say.
    pub fn facts(&self, rows: &[SummedRow]) -> Vec<Fact> {
        let mut groups: BTreeMap<(&str, &str, &str, &str), Vec<&SummedRow>> = BTreeMap::new();
        for row in rows {
            let key: (&str, &str, &str, &str) = (&row.kind, &row.account, &row.region, &row.id);
            groups.entry(key).or_default().push(row);
        }
        groups.into_values().filter_map(|all| self.fact(&all)).collect()
    }

    fn fact(&self, rows: &[&SummedRow]) -> Option<Fact> {
        let of = rows.first()?;
        let mut days: BTreeMap<String, Held> = BTreeMap::new();
        let mut all = Held::default();
        for row in rows {
            all.add(row);
            if let Some(day) = row.day_ns {
                days.entry(date(day)).or_default().add(row);
            }
        }
        let last = rows.iter().filter_map(|r| r.last_ns).max();
        let mut records = format!("({}) and {} = {}", self.filter, self.by, quoted(&of.id));
        if of.id.is_empty() {
            records = self.filter.to_owned();
        }
        let meeting = match self.meets {
            "" => records.clone(),
            meets => format!("{records} and ({meets})"),
        };
        let body = json!({
            "all": all,
            "days": days,
            "records": records,
            "meeting": meeting,
        });
        let place = Place::default();
        Some(Fact::of(
            &of.kind,
            self.ty,
            &of.id,
            "",
            "",
            &of.account,
            &of.region,
            last,
            body,
            place,
        ))
    }
}

/// What is held of a group or one of its days.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Held {
    pub count: u64,
    pub met: u64,
    pub sum: f64,
}

impl Held {
    fn add(&mut self, row: &SummedRow) {
        self.count += row.count;
        self.met += row.met;
        self.sum += row.sum;
    }
}

/// A fact that [`Summed::facts`] made, read again.
#[derive(Debug, Deserialize)]
pub(super) struct Told {
    pub all: Held,
    pub days: BTreeMap<String, Held>,
}

impl Told {
    pub fn of(resource: &Resource<'_>) -> Option<Told> {
        Told::deserialize(resource.whole()?).ok()
    }

    /// Its last so many days, the newest first: days without a record are among them as far as it goes back.
    pub fn last_days(&self, most: usize) -> Vec<(i64, Held)> {
        let at = |day: &String| parse_iso(day.as_bytes());
        let (Some(first), Some(last)) = (
            self.days.keys().next().and_then(at),
            self.days.keys().next_back().and_then(at),
        ) else {
            return Vec::new();
        };
        let days = (0..most as i64).map(|n| last.saturating_sub(n.saturating_mul(DAY)));
        days.take_while(|day| *day >= first)
            .map(|day| (day, self.days.get(&date(day)).copied().unwrap_or_default()))
            .collect()
    }
}

/// `2026-11-12`
pub(super) fn date(ns: i64) -> String {
    let c = civil(ns);
    format!("{:04}-{:02}-{:02}", c.year, c.month, c.day)
}

/// As the filter bar takes any text.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
