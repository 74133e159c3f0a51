//! S3 usage beside S3 charges: what access logs counted of a bucket and a day, and what was billed for it.
//!
//! Requests are counted as S3 bills them (<https://aws.amazon.com/s3/pricing/>): PUT, COPY, POST and LIST are of the first tier,
//! GET, HEAD and SELECT of the second, DELETE costs nothing. Access logs are delivered on a best-effort basis, so that a rest is
//! usual; what it is not known to be is said.

use crate::base::time::{self, DAY};
use crate::base::{TimeRange, Value, size};
use crate::query::{Agg, Answer, Expr, Key, Op, Order, Query};
use crate::views::board::{Made, MadeColumn, MadeRow, Panel, Show, Told, paid};
use std::collections::BTreeMap;
use std::sync::Arc;

const LOGS: &[&str] = &["s3-access"];
/// Buckets, days and operations that are told apart.
const MOST: usize = 50_000;
/// Bytes of a billed gigabyte.
const GB: f64 = 1_073_741_824.0;

/// How S3 bills a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tier {
    One,
    Two,
    Free,
}

/// The tier of an operation: `REST.PUT.OBJECT`, `REST.GET.BUCKET`, `BATCH.DELETE.OBJECT`.
pub fn tier(operation: &str) -> Tier {
    let mut parts = operation.split('.');
    let (via, verb, resource) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    match (via, verb, resource) {
        (_, "DELETE", _) => Tier::Free,
        // What a lifecycle does is billed by other lines, or not at all.
        ("S3", ..) => Tier::Free,
        // Lists of objects, versions and uploads.
        (_, "GET", "BUCKET" | "BUCKETVERSIONS" | "UPLOADS" | "VERSIONS") => Tier::One,
        (_, "PUT" | "COPY" | "POST" | "LIST", _) => Tier::One,
        _ => Tier::Two,
    }
}

/// Requests by bucket, day and operation, with the bytes that were sent.
pub fn ask_logged() -> Query {
    let by = vec![
        Key::Field("bucket".to_owned()),
        Key::Time { width_ns: DAY },
        Key::Field("operation".to_owned()),
    ];
    Query::groups(LOGS, by, vec![Agg::Count, Agg::Sum("bytes_sent".to_owned())])
        .order(Order::Key)
        .limit(MOST)
}

/// S3's line items by resource, day and usage type: cost and amount.
pub fn ask_billed() -> Query {
    let by = vec![
        Key::Field("resource".to_owned()),
        Key::Time { width_ns: DAY },
        Key::Field("action".to_owned()),
    ];
    let amounts = ["line_item_usage_amount", "UsageQuantity", "ConsumedQuantity"];
    let mut aggs = vec![Agg::Sum("cost".to_owned())];
    aggs.extend(amounts.map(|f| Agg::Sum(f.to_owned())));
    // `AmazonS3`, `Amazon Simple Storage Service`
    let service = |text: &str| Expr::Compare {
        field: "service".to_owned(),
        op: Op::Contains,
        value: text.into(),
    };
    let s3 = Expr::Or(vec![service("AmazonS3"), service("Simple Storage Service")]);
    Query::groups(super::model::KINDS, by, aggs)
        .filter(s3)
        .order(Order::Key)
        .limit(MOST)
}

/// What was logged or billed of requests and bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Amounts {
    pub tier1: f64,
    pub tier2: f64,
    /// Bytes sent, and of bills those sent out of AWS.
    pub bytes: f64,
}

/// A bucket's day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Day {
    pub bucket: String,
    pub day_ns: i64,
    /// Nothing where no request of the day is logged.
    pub logged: Option<Amounts>,
    /// Nothing where no line item is of the day.
    pub billed: Option<Amounts>,
    /// Of all of the day's line items, storage too.
    pub cost: f64,
    pub storage_cost: f64,
}

impl Day {
    /// What was billed and is not logged: requests of both tiers.
    pub fn rest(&self) -> Option<f64> {
        let (logged, billed) = (self.logged?, self.billed?);
        Some(billed.tier1 + billed.tier2 - logged.tier1 - logged.tier2)
    }

    /// What there is to say of the difference.
    pub fn says(&self) -> &'static str {
        match (self.logged, self.billed, self.rest()) {
            (None, ..) => "billed, and no access log of the day",
            (Some(_), None, _) => "logged, and no line item of the day",
            (.., Some(rest)) if rest > 0.5 => {
                "more billed than logged: logs are delivered on a best-effort basis"
            }
            (.., Some(rest)) if rest < -0.5 => {
                "more logged than billed: free requests, or a bill that is not final"
            }
            _ => "as logged",
        }
    }
}

fn number(value: Option<&Value>) -> f64 {
    value.and_then(Value::as_f64).unwrap_or(0.0)
}

/// A bucket by its name or its ARN.
fn bucket_of(resource: &str) -> &str {
    resource.rsplit(":::").next().unwrap_or(resource)
}

/// The day that a row `(bucket, day, …)` is of; one without either is of none.
fn day_of<'m>(all: &'m mut BTreeMap<(String, i64), Day>, row: &[Value]) -> Option<&'m mut Day> {
    let (Some(Value::Text(resource)), Some(Value::Time(at))) = (row.first(), row.get(1)) else {
        return None;
    };
    let bucket = bucket_of(resource);
    let new = || Day {
        bucket: bucket.to_owned(),
        day_ns: *at,
        ..Day::default()
    };
    Some(all.entry((bucket.to_owned(), *at)).or_insert_with(new))
}

/// Days of buckets, the dearest first.
pub fn days(logged: &Answer, billed: &Answer) -> Vec<Day> {
    let mut all: BTreeMap<(String, i64), Day> = BTreeMap::new();
    for row in &logged.rows {
        let Some(day) = day_of(&mut all, row) else {
            continue;
        };
        let operation = row.get(2).map(Value::to_text).unwrap_or_default();
        let amounts = day.logged.get_or_insert_default();
        match tier(&operation) {
            Tier::One => amounts.tier1 += number(row.get(3)),
            Tier::Two => amounts.tier2 += number(row.get(3)),
            Tier::Free => {}
        }
        amounts.bytes += number(row.get(4));
    }
    for row in &billed.rows {
        let Some(day) = day_of(&mut all, row) else {
            continue;
        };
        let usage = row.get(2).map(Value::to_text).unwrap_or_default();
        let cost = number(row.get(3));
        // A report has one of these fields.
        let amount: f64 = (4..7).map(|at| number(row.get(at))).sum();
        let amounts = day.billed.get_or_insert_default();
        day.cost += cost;
        if usage.ends_with("Requests-Tier1") {
            amounts.tier1 += amount;
        } else if usage.ends_with("Requests-Tier2") {
            amounts.tier2 += amount;
        } else if usage.ends_with("DataTransfer-Out-Bytes") {
            amounts.bytes += amount * GB;
        } else if usage.contains("TimedStorage") {
            day.storage_cost += cost;
        }
    }
    let mut out: Vec<Day> = all.into_values().collect();
    out.sort_by(|a, b| {
        let dearer = b.cost.total_cmp(&a.cost);
        dearer.then_with(|| (&a.bucket, a.day_ns).cmp(&(&b.bucket, b.day_ns)))
    });
    out
}

const COLUMNS: &[MadeColumn] = &[
    ("Bucket", 200.0, false),
    ("Day", 100.0, false),
    ("What it says", 300.0, false),
    ("Cost", 76.0, true),
    ("Storage", 76.0, true),
    ("Tier 1 logged", 104.0, true),
    ("Tier 1 billed", 104.0, true),
    ("Tier 2 logged", 104.0, true),
    ("Tier 2 billed", 104.0, true),
    ("Sent, logged", 100.0, true),
    ("Out, billed", 94.0, true),
    ("Not logged", 94.0, true),
];

/// S3's requests and bytes by bucket and day, as logged and as billed; a row leads to the day's records.
pub fn panel() -> Panel {
    let show = Show::Made(Made {
        asks: vec![ask_logged(), ask_billed()],
        described: Vec::new(),
        columns: COLUMNS,
        rows,
    });
    Panel::new("s3-usage", "S3 usage beside its charges", show)
        .note("Requests by class and bytes per bucket and day, from access logs and from line items with resources. Tier 1 is PUT, COPY, POST and LIST, tier 2 GET and the rest, DELETE is free. Days are in UTC. Without access logs, or without resource ids in the bill, one side stays empty.")
        .wide()
}

fn rows(answers: &[Arc<Answer>]) -> Vec<MadeRow> {
    let [logged, billed] = answers else {
        return Vec::new();
    };
    days(logged, billed).iter().map(Day::row).collect()
}

impl Day {
    fn row(&self) -> MadeRow {
        let told = |amount: Option<f64>, words: fn(f64) -> String| match amount {
            Some(amount) => Told {
                text: words(amount),
                value: Value::Float(amount),
            },
            None => Told::default(),
        };
        let whole = |n: f64| size::count(n.round() as i64);
        let bytes = |n: f64| size::bytes(n);
        let (logged, billed) = (self.logged, self.billed);
        let day = time::iso(self.day_ns).chars().take(10).collect::<String>();
        let named = Expr::Compare {
            field: "resource".to_owned(),
            op: Op::Contains,
            value: Value::Text(self.bucket.clone()),
        };
        MadeRow {
            cells: vec![
                Told::text(&self.bucket),
                Told::text(day),
                Told::text(self.says()),
                told(Some(self.cost), paid),
                told(Some(self.storage_cost), paid),
                told(logged.map(|a| a.tier1), whole),
                told(billed.map(|a| a.tier1), whole),
                told(logged.map(|a| a.tier2), whole),
                told(billed.map(|a| a.tier2), whole),
                told(logged.map(|a| a.bytes), bytes),
                told(billed.map(|a| a.bytes), bytes),
                told(self.rest(), whole),
            ],
            of: Some((
                named,
                Some(TimeRange::new(self.day_ns, self.day_ns.saturating_add(DAY))),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logged(bucket: &str, day: i64, operation: &str, n: i64, bytes: i64) -> Vec<Value> {
        vec![
            bucket.into(),
            Value::Time(day * DAY),
            operation.into(),
            Value::Int(n),
            Value::Int(bytes),
        ]
    }

    fn billed(bucket: &str, day: i64, usage: &str, cost: f64, amount: f64) -> Vec<Value> {
        vec![
            bucket.into(),
            Value::Time(day * DAY),
            usage.into(),
            Value::Float(cost),
            Value::Float(amount),
            Value::Int(0),
            Value::Int(0),
        ]
    }

    fn answer(rows: Vec<Vec<Value>>) -> Answer {
        Answer {
            rows,
            ..Answer::default()
        }
    }

    #[test]
    fn requests_are_of_the_tier_that_s3_bills_them_by() {
        let of = |operations: &[&str]| operations.iter().map(|o| tier(o)).collect::<Vec<_>>();
        assert_eq!(
            of(&[
                "REST.PUT.OBJECT",
                "REST.COPY.OBJECT",
                "REST.GET.BUCKET",
                "REST.POST.UPLOADS"
            ]),
            [Tier::One; 4]
        );
        assert_eq!(
            of(&["REST.GET.OBJECT", "REST.HEAD.OBJECT", "WEBSITE.GET.OBJECT"]),
            [Tier::Two; 3]
        );
        assert_eq!(
            of(&["REST.DELETE.OBJECT", "BATCH.DELETE.OBJECT", "S3.EXPIRE.OBJECT"]),
            [Tier::Free; 3]
        );
    }

    #[test]
    fn a_bucket_s_day_stands_beside_its_line_items() {
        let logs = answer(vec![
            logged("photos", 1, "REST.GET.OBJECT", 900, 5_000),
            logged("photos", 1, "REST.PUT.OBJECT", 100, 0),
            logged("photos", 1, "REST.DELETE.OBJECT", 7, 0),
            logged("photos", 2, "REST.GET.OBJECT", 3, 0),
        ]);
        let bills = answer(vec![
            billed("arn:aws:s3:::photos", 1, "EU-Requests-Tier2", 0.4, 1000.0),
            billed("photos", 1, "EU-Requests-Tier1", 0.5, 100.0),
            billed("photos", 1, "EU-TimedStorage-ByteHrs", 2.0, 9.0),
            billed("photos", 1, "EU-DataTransfer-Out-Bytes", 0.1, 0.5),
            billed("other", 1, "EU-Requests-Tier1", 0.01, 5.0),
        ]);
        let all = days(&logs, &bills);
        let told: Vec<(&str, i64)> = all.iter().map(|d| (d.bucket.as_str(), d.day_ns / DAY)).collect();
        assert_eq!(
            told,
            [("photos", 1), ("other", 1), ("photos", 2)],
            "the dearest first"
        );
        let day = &all[0];
        assert_eq!(
            day.logged,
            Some(Amounts {
                tier1: 100.0,
                tier2: 900.0,
                bytes: 5_000.0
            })
        );
        assert_eq!(day.rest(), Some(100.0));
        assert!((day.cost - 3.0).abs() < 1e-9 && (day.storage_cost - 2.0).abs() < 1e-9);
        assert!(day.says().starts_with("more billed than logged"));
        assert!(all[1].says().contains("no access log"));
        assert!(all[2].says().contains("no line item"));
    }
}
