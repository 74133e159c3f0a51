//! The Cost and Usage Report of the story's days: what runs costs by the hour, and one night data leaves.

use super::random::Random;
use super::story::*;
use super::{SampleFile, gzip, storage};
use crate::base::time::{DAY, HOUR, iso};
use std::fmt::Write;

pub const FILES: usize = 1;

const HEADER: &str = "identity/LineItemId,identity/TimeInterval,bill/BillType,bill/PayerAccountId,bill/BillingPeriodStartDate,\
                      bill/BillingPeriodEndDate,lineItem/UsageAccountId,lineItem/LineItemType,lineItem/UsageStartDate,\
                      lineItem/UsageEndDate,lineItem/ProductCode,lineItem/UsageType,lineItem/Operation,lineItem/AvailabilityZone,\
                      lineItem/ResourceId,lineItem/UsageAmount,lineItem/CurrencyCode,lineItem/UnblendedRate,\
                      lineItem/UnblendedCost,lineItem/LineItemDescription,product/region,pricing/unit";

/// A rate of the story: what is used, what one of it costs (USD), its unit.
struct Rate {
    product: &'static str,
    usage: &'static str,
    operation: &'static str,
    usd: f64,
    unit: &'static str,
    words: &'static str,
}

const RUNS: Rate = Rate {
    product: "AmazonEC2",
    usage: "EUC1-BoxUsage:t3.medium",
    operation: "RunInstances",
    usd: 0.048,
    unit: "Hrs",
    words: "$0.048 per On Demand Linux t3.medium Instance Hour",
};
const LEAVES: Rate = Rate {
    product: "AmazonEC2",
    usage: "EUC1-DataTransfer-Out-Bytes",
    operation: "RunInstances",
    usd: 0.09,
    unit: "GB",
    words: "$0.090 per GB - first 10 TB / month data transfer out",
};
const NAT: Rate = Rate {
    product: "AmazonEC2",
    usage: "EUC1-NatGateway-Hours",
    operation: "NatGateway",
    usd: 0.052,
    unit: "Hrs",
    words: "$0.052 per NAT Gateway Hour",
};
const STORES: Rate = Rate {
    product: "AmazonS3",
    usage: "EUC1-Requests-Tier2",
    operation: "GetObject",
    usd: 0.000_000_43,
    unit: "Requests",
    words: "$0.0043 per 10,000 GET and all other requests",
};
const IDLE: Rate = Rate {
    product: "AmazonVPC",
    usage: "EUC1-PublicIPv4:IdleAddress",
    operation: "AllocateAddressVPC",
    usd: 0.005,
    unit: "Hrs",
    words: "$0.005 per Idle public IPv4 address per hour",
};

/// Lines of the report.
struct Lines {
    text: String,
    count: usize,
}

impl Lines {
    fn charge(&mut self, rate: &Rate, resource: &str, start: i64, amount: f64) {
        let (from, to) = (&iso(start)[..19], &iso(start + HOUR)[..19]);
        self.count += 1;
        let (n, cost) = (self.count, amount * rate.usd);
        let Rate {
            product,
            usage,
            operation,
            usd,
            unit,
            words,
        } = rate;
        // Writing to a string has no way to fail.
        let _ = writeln!(
            self.text,
            "li{n:08},{from}Z/{to}Z,Anniversary,{ACCOUNT},2026-11-01T00:00:00Z,2026-12-01T00:00:00Z,{ACCOUNT},Usage,{from}Z,\
             {to}Z,{product},{usage},{operation},,{resource},{amount:.10},USD,{usd},{cost:.10},\"{words}\",{HOME},{unit}"
        );
    }
}

pub fn make(_index: usize) -> SampleFile {
    let mut random = Random::new(0x6269_6c6c);
    let mut lines = Lines {
        text: format!("{HEADER}\n"),
        count: 0,
    };
    let hosts = hosts();
    let instances: Vec<&str> = hosts.iter().filter_map(|h| h.instance.as_deref()).collect();
    let gateway = format!("arn:aws:ec2:{HOME}:{ACCOUNT}:natgateway/nat-0f1e2d3c4b5a69788");
    let idle = format!("arn:aws:ec2:{HOME}:{ACCOUNT}:elastic-ip/eipalloc-0a9b8c7d6e5f40312");
    for hour in 0..DAYS as i64 * 24 {
        let start = at(FIRST_DAY, 0, 0, 0) + hour * HOUR;
        for instance in &instances {
            lines.charge(&RUNS, instance, start, 1.0);
            let sent = random.within(4_000_000, 60_000_000) as f64 / 1e9;
            lines.charge(&LEAVES, instance, start, sent + stolen(instance, start));
        }
        lines.charge(&NAT, &gateway, start, 1.0);
        lines.charge(&IDLE, &idle, start, 1.0);
        lines.charge(&STORES, BUCKET, start, storage::requests_in(hour) as f64);
    }
    let first = &iso(at(FIRST_DAY, 0, 0, 0) - (i64::from(FIRST_DAY) - 1) * DAY)[..10].replace('-', "");
    SampleFile {
        name: format!("cur/trailbeam-hourly/{first}-20261201/trailbeam-hourly-00001.csv.gz"),
        kind: "cur",
        records: lines.count as u64,
        rejected: 0,
        bytes: gzip(lines.text.as_bytes()),
    }
}

/// What leaves through the opened group in an hour (GB): from 02:03 to 04:41.
fn stolen(instance: &str, start: i64) -> f64 {
    if instance != BASTION_INSTANCE {
        return 0.0;
    }
    let (from, to) = (at(11, 2, 3, 10), at(11, 4, 41, 10));
    let inside = (to.min(start + HOUR) - from.max(start)).max(0);
    TRANSFER as f64 / 1e9 * inside as f64 / (to - from) as f64
}
