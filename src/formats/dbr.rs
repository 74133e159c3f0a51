//! Detailed billing reports, with or without resources and tags, and the monthly reports of the same service
//! (`-aws-billing-csv-`, `-aws-cost-allocation-`).
//!
//! A row is a record of the report under AWS's own names; tags are fields of their own (`user:Name`). Three fields are
//! derived:
//!
//! - `cost`: what the record costs unblended, and the field to sum. Only charges have it (`LineItem`; in monthly reports
//!   `LinkedLineItem` and `PayerLineItem`): records of totals and of rounding keep their amounts in AWS's columns and have
//!   no `cost`, so that nothing is counted twice. Where a monthly report lists the accounts' own charges and the same
//!   ones again for all together, the accounts' own count. Charges that do not add up to the report's own total are
//!   remarked on.
//! - `account`: who is charged, the linked account or else the paying one.
//! - `region`: where the availability zone is.
//!
//! A record without a start date has the start of its billing period, where the report says that.

use super::billing::{Derived, Kind, Names, SheetReader, Standing, region_of};
use super::sheet::Held;
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec as F, Group, Role};
use crate::table::RowSink;
use std::borrow::Cow;

pub struct Dbr;

static FACTS: Facts = Facts {
    id: "dbr",
    title: "Detailed billing reports",
    records: "line items",
    group: Group::AwsService,
    spec_url: "https://docs.aws.amazon.com/cur/latest/userguide/detailed-billing.html",
    shapes: &[
        "detailed line items (CSV)",
        "with resources and tags",
        "monthly report",
        "cost allocation report",
    ],
    export_hint: "aws s3 cp s3://BUCKET/ACCOUNT-aws-billing-detailed-line-items-with-resources-and-tags-YYYY-MM.csv.zip .",
    fields: &[
        F::time("UsageStartDate").role(Role::Time),
        F::time("UsageEndDate").role(Role::EndTime),
        F::text("account").role(Role::Account),
        F::text("ProductName").role(Role::Service),
        F::text("UsageType").role(Role::Action),
        F::text("Operation"),
        F::text("ResourceId").role(Role::Resource),
        F::decimal("cost").unit("USD"),
        F::text("RecordType"),
        F::text("ItemDescription").role(Role::Message),
        F::float("UsageQuantity"),
        F::text("region").role(Role::Region),
        F::text("AvailabilityZone"),
        F::text("ReservedInstance"),
        F::float("UnBlendedRate").unit("USD"),
        F::decimal("UnBlendedCost").unit("USD"),
        F::float("BlendedRate").unit("USD"),
        F::decimal("BlendedCost").unit("USD"),
        F::float("Rate").unit("USD"),
        F::decimal("Cost").unit("USD"),
        F::text("InvoiceID"),
        F::text("PayerAccountId"),
        F::text("LinkedAccountId"),
        F::text("RecordId").role(Role::Id),
        F::text("RateId"),
        F::text("SubscriptionId"),
        F::text("PricingPlanId"),
        F::time("BillingPeriodStartDate"),
        F::time("BillingPeriodEndDate"),
        F::time("InvoiceDate"),
        F::text("PayerAccountName"),
        F::text("LinkedAccountName"),
        F::text("TaxationAddress"),
        F::text("PayerPONumber"),
        F::text("ProductCode"),
        F::text("SellerOfRecord"),
        F::text("CurrencyCode"),
        F::float("CostBeforeTax").unit("USD"),
        F::float("Credits").unit("USD"),
        F::float("TaxAmount").unit("USD"),
        F::text("TaxType"),
        F::float("TotalCost").unit("USD"),
    ],
    columns: &[
        "UsageStartDate",
        "account",
        "ProductName",
        "UsageType",
        "Operation",
        "ResourceId",
        "UsageQuantity",
        "cost",
        "RecordType",
        "ItemDescription",
    ],
    aliases: &[
        ("RecordID", "RecordId"),
        ("InvoiceId", "InvoiceID"),
        ("UnblendedCost", "UnBlendedCost"),
        ("UnblendedRate", "UnBlendedRate"),
        ("unblended", "cost"),
    ],
    dedupe: false,
};

static KIND: Kind = Kind {
    facts: &FACTS,
    name: |name| Cow::Borrowed(name),
    judge,
    nulls: &[],
    maps: &[],
    joint: "",
    costs: &[
        &["UnBlendedCost"],
        &["Cost"],
        &["TotalCost"],
        &["CostBeforeTax"],
        &["BlendedCost"],
    ],
    expected: &["UnBlendedCost", "Cost", "TotalCost"],
    standing: Some(("RecordType", standing)),
    period: "BillingPeriodStartDate",
    currency: "CurrencyCode",
    derived: &[
        Derived {
            name: "account",
            from: &["LinkedAccountId", "PayerAccountId"],
            make: |id| Some(id).filter(|id| !id.is_empty()),
        },
        Derived {
            name: "region",
            from: &["AvailabilityZone"],
            make: region_of,
        },
    ],
};

/// Columns of amounts; a report has at least one.
const AMOUNTS: [&str; 4] = ["UnBlendedCost", "BlendedCost", "Cost", "TotalCost"];

fn judge(names: &Names<'_>) -> Option<Confidence> {
    let always = [
        "InvoiceID",
        "PayerAccountId",
        "RecordType",
        "ProductName",
        "UsageType",
    ];
    match (names.count(&always), names.count(&AMOUNTS)) {
        (5, 1..) => Some(Confidence::Certain),
        (4, 1..) if names.has("RecordType") => Some(Confidence::Likely),
        _ => None,
    }
}

fn standing(record_type: &[u8]) -> Standing {
    match record_type {
        b"LineItem" | b"LinkedLineItem" => Standing::Charge,
        b"PayerLineItem" => Standing::Together,
        b"InvoiceTotal" => Standing::Invoice,
        b"StatementTotal" => Standing::Statement,
        other if other.ends_with(b"Rounding") => Standing::Rounding,
        _ => Standing::Other,
    }
}

impl LogFormat for Dbr {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        KIND.probe(sample)
    }

    fn reader(&self, sample: &Sample<'_>, options: &Options) -> Box<dyn Reader> {
        let sheet = SheetReader::new(&KIND, sample, options);
        match memchr::memmem::find(sample.head, b"BillingPeriodStartDate") {
            Some(_) => Box::new(Monthly {
                held: Held::default(),
                sheet,
            }),
            None => Box::new(sheet),
        }
    }

    fn has_more(&self) -> bool {
        false
    }
}

/// A monthly report, small and held until its end: only then is it known which of its charges count.
struct Monthly {
    held: Held,
    sheet: SheetReader,
}

impl Reader for Monthly {
    fn feed(&mut self, chunk: &[u8], sink: &mut RowSink<'_>) {
        self.held.feed(chunk, sink);
    }

    fn finish(&mut self, sink: &mut RowSink<'_>) {
        self.sheet.read_whole(&self.held.take(), sink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::billing::testing::sum;

    #[test]
    fn fixtures_read_as_their_snapshots() {
        crate::formats::testing::fixtures("dbr");
    }

    #[test]
    fn costs_add_up_to_the_invoice() {
        for (report, total) in [
            (
                &include_bytes!("../../tests/formats/dbr/detailed-linked.csv")[..],
                "InvoiceTotal",
            ),
            (
                include_bytes!("../../tests/formats/dbr/detailed-single.csv"),
                "InvoiceTotal",
            ),
            (
                include_bytes!("../../tests/formats/dbr/monthly-linked.csv"),
                "StatementTotal",
            ),
            (
                include_bytes!("../../tests/formats/dbr/monthly-payer-apart.csv"),
                "InvoiceTotal",
            ),
            (
                include_bytes!("../../tests/formats/dbr/cost-allocation.csv"),
                "InvoiceTotal",
            ),
        ] {
            let costs = sum(&Dbr, report, &["cost"], None);
            let invoice = sum(&Dbr, report, &AMOUNTS, Some(("RecordType", total)));
            assert!(
                invoice > 0.0 && (costs - invoice).abs() < 0.01,
                "{costs} {invoice}"
            );
        }
    }
}
