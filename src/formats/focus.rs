//! Costs in the FOCUS format (FinOps Open Cost and Usage Specification), as AWS and other providers export it in CSV.
//!
//! A row is a charge under the specification's own names; AWS's own columns begin with `x_`, and each entry of `Tags`,
//! `x_CostCategories` and `x_Discounts` is a field (`Tags.team`). One field is derived: `cost`, the field to sum. It is
//! `BilledCost`, what the invoice says, or `EffectiveCost` in a file without it, which a remark tells. Its currency is in
//! `BillingCurrency`.
//!
//! Exports delivered as Parquet are read like their sheets.

use super::billing::{Kind, Names};
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec as F, Group, Role};
use std::borrow::Cow;

pub struct Focus;

static FACTS: Facts = Facts {
    id: "focus",
    title: "FOCUS cost exports",
    records: "charges",
    group: Group::AwsService,
    spec_url: "https://docs.aws.amazon.com/cur/latest/userguide/table-dictionary-focus-1-0-aws-columns.html",
    shapes: &["FOCUS 1.0 data exports (CSV, Parquet)"],
    export_hint: "aws s3 sync s3://BUCKET/PREFIX/EXPORT/data/ . --exclude '*' --include '*.csv.gz' --include '*.parquet'",
    fields: &[
        F::time("ChargePeriodStart").role(Role::Time),
        F::time("ChargePeriodEnd").role(Role::EndTime),
        F::text("SubAccountId").role(Role::Account),
        F::text("ServiceName").role(Role::Service),
        F::text("x_UsageType").role(Role::Action),
        F::text("x_Operation"),
        F::text("ResourceId").role(Role::Resource),
        F::decimal("cost"),
        F::text("ChargeCategory"),
        F::text("ChargeDescription").role(Role::Message),
        F::text("RegionId").role(Role::Region),
        F::text("AvailabilityZone"),
        F::decimal("BilledCost"),
        F::decimal("EffectiveCost"),
        F::decimal("ListCost"),
        F::decimal("ContractedCost"),
        F::float("ListUnitPrice"),
        F::float("ContractedUnitPrice"),
        F::float("ConsumedQuantity"),
        F::text("ConsumedUnit"),
        F::float("PricingQuantity"),
        F::text("PricingUnit"),
        F::text("PricingCategory"),
        F::text("BillingCurrency"),
        F::text("BillingAccountId"),
        F::text("BillingAccountName"),
        F::text("SubAccountName"),
        F::time("BillingPeriodStart"),
        F::time("BillingPeriodEnd"),
        F::text("ChargeClass"),
        F::text("ChargeFrequency"),
        F::text("ServiceCategory"),
        F::text("RegionName"),
        F::text("ResourceName"),
        F::text("ResourceType").role(Role::ResourceType),
        F::text("CommitmentDiscountId"),
        F::text("CommitmentDiscountCategory"),
        F::text("CommitmentDiscountName"),
        F::text("CommitmentDiscountStatus"),
        F::text("CommitmentDiscountType"),
        F::text("SkuId"),
        F::text("SkuPriceId"),
        F::text("ProviderName"),
        F::text("PublisherName"),
        F::text("InvoiceIssuerName"),
        F::text("x_ServiceCode"),
    ],
    columns: &[
        "ChargePeriodStart",
        "SubAccountId",
        "ServiceName",
        "x_UsageType",
        "ResourceId",
        "ConsumedQuantity",
        "cost",
        "EffectiveCost",
        "ChargeCategory",
        "RegionId",
    ],
    aliases: &[
        ("Provider", "ProviderName"),
        ("Publisher", "PublisherName"),
        ("InvoiceIssuer", "InvoiceIssuerName"),
        ("billed", "cost"),
    ],
    dedupe: false,
};

static KIND: Kind = Kind {
    facts: &FACTS,
    name,
    judge,
    nulls: &["NULL", "null"],
    maps: &["Tags", "x_CostCategories", "x_Discounts"],
    joint: ".",
    costs: &[&["BilledCost"], &["EffectiveCost"]],
    expected: &["BilledCost"],
    standing: None,
    period: "BillingPeriodStart",
    currency: "BillingCurrency",
    derived: &[],
};

/// Drafts of the specification had shorter names.
fn name(name: &str) -> Cow<'_, str> {
    Cow::Borrowed(match name {
        "Provider" => "ProviderName",
        "Publisher" => "PublisherName",
        "InvoiceIssuer" => "InvoiceIssuerName",
        other => other,
    })
}

fn judge(names: &Names<'_>) -> Option<Confidence> {
    let costs = names.count(&["BilledCost", "EffectiveCost"]);
    let signs = [
        "ChargePeriodStart",
        "ChargePeriodEnd",
        "ChargeCategory",
        "BillingAccountId",
        "BillingCurrency",
        "ServiceName",
    ];
    match names.count(&signs) {
        0..3 => None,
        _ if costs == 0 || !names.has("ChargePeriodStart") => None,
        3 => Some(Confidence::Likely),
        _ => Some(Confidence::Certain),
    }
}

impl LogFormat for Focus {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        KIND.probe(sample)
    }

    fn reader(&self, sample: &Sample<'_>, options: &Options) -> Box<dyn Reader> {
        KIND.reader(sample, options)
    }

    fn has_more(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::billing::testing::sum;

    #[test]
    fn fixtures_read_as_their_snapshots() {
        crate::formats::testing::fixtures("focus");
    }

    #[test]
    fn costs_are_what_is_billed() {
        let export = include_bytes!("../../tests/formats/focus/charges.csv");
        let billed = sum(&Focus, export, &["BilledCost"], None);
        assert!(billed > 0.0 && (sum(&Focus, export, &["cost"], None) - billed).abs() < 1e-9);
    }
}
