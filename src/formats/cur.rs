//! Cost and Usage Reports as CSV: version 1 (`lineItem/UsageStartDate`, and as Athena writes it) and version 2.
//!
//! Fields have the names of version 2, which Athena gives to version 1 as well: they are what today's exports and
//! queries say, and need no quotes in a question. The names of version 1 are aliases. Columns that are not listed here
//! keep their name in the same spelling (`resourceTags/user:Team` is `resource_tags_user_team`), and so do the entries
//! of version 2's maps: a tag has one name in all reports. Two fields are derived:
//!
//! - `cost`: what the line item costs unblended, and the field to sum: over a whole report it is the bill. Where the
//!   report has no unblended cost it is the net one, then the blended one, then the effective costs of reservations
//!   and Savings Plans; a remark says so. Its currency is in `line_item_currency_code`.
//! - `region`: the product's region, or the one that the availability zone is in.
//!
//! Reports delivered as Parquet are read like their sheets. Not read: manifests. Versions of a report that were delivered one after the other
//! repeat each other's line items: open the last.

use super::billing::{Derived, Kind, Names, region_of};
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec as F, Group, Role};
use std::borrow::Cow;

pub struct Cur;

static FACTS: Facts = Facts {
    id: "cur",
    title: "Cost and Usage Reports",
    records: "line items",
    group: Group::AwsService,
    spec_url: "https://docs.aws.amazon.com/cur/latest/userguide/table-dictionary-cur2.html",
    shapes: &[
        "CUR 1 (CSV, Parquet)",
        "CUR 2 data exports (CSV, Parquet)",
        "Athena results (CSV)",
    ],
    export_hint: "aws s3 sync s3://BUCKET/PREFIX/REPORT/ . --exclude '*' --include '*.csv.gz' --include '*.csv.zip' --include '*.parquet'",
    fields: &[
        F::time("line_item_usage_start_date").role(Role::Time),
        F::time("line_item_usage_end_date").role(Role::EndTime),
        F::text("line_item_usage_account_id").role(Role::Account),
        F::text("line_item_product_code").role(Role::Service),
        F::text("line_item_usage_type").role(Role::Action),
        F::text("line_item_operation"),
        F::text("line_item_resource_id").role(Role::Resource),
        F::decimal("cost"),
        F::text("line_item_line_item_type"),
        F::text("line_item_line_item_description").role(Role::Message),
        F::text("region").role(Role::Region),
        F::text("line_item_availability_zone"),
        F::float("line_item_usage_amount"),
        F::text("pricing_unit"),
        F::text("line_item_currency_code"),
        F::float("line_item_unblended_rate"),
        F::decimal("line_item_unblended_cost"),
        F::float("line_item_net_unblended_rate"),
        F::decimal("line_item_net_unblended_cost"),
        F::float("line_item_blended_rate"),
        F::decimal("line_item_blended_cost"),
        F::float("line_item_normalization_factor"),
        F::float("line_item_normalized_usage_amount"),
        F::text("line_item_usage_account_name"),
        F::text("line_item_tax_type"),
        F::text("line_item_legal_entity"),
        F::text("bill_payer_account_id"),
        F::text("bill_payer_account_name"),
        F::text("bill_invoice_id"),
        F::text("bill_invoicing_entity"),
        F::text("bill_billing_entity"),
        F::text("bill_bill_type"),
        F::time("bill_billing_period_start_date"),
        F::time("bill_billing_period_end_date"),
        F::text("identity_line_item_id").role(Role::Id),
        F::text("identity_time_interval"),
        F::text("product_product_name"),
        F::text("product_product_family"),
        F::text("product_servicecode"),
        F::text("product_instance_type"),
        F::text("product_region_code"),
        F::text("product_region"),
        F::text("product_sku"),
        F::text("pricing_term"),
        F::text("pricing_purchase_option"),
        F::text("pricing_offering_class"),
        F::text("pricing_lease_contract_length"),
        F::decimal("pricing_public_on_demand_cost"),
        F::float("pricing_public_on_demand_rate"),
        F::text("reservation_reservation_a_r_n"),
        F::decimal("reservation_effective_cost"),
        F::decimal("reservation_net_effective_cost"),
        F::float("reservation_unused_quantity"),
        F::decimal("reservation_unused_amortized_upfront_fee_for_billing_period"),
        F::decimal("reservation_unused_recurring_fee"),
        F::text("savings_plan_savings_plan_a_r_n"),
        F::float("savings_plan_savings_plan_rate"),
        F::decimal("savings_plan_savings_plan_effective_cost"),
        F::decimal("savings_plan_net_savings_plan_effective_cost"),
        F::float("savings_plan_used_commitment"),
        F::float("savings_plan_total_commitment_to_date"),
        F::text("split_line_item_parent_resource_id"),
        F::float("split_line_item_split_usage"),
        F::decimal("split_line_item_split_cost"),
        F::decimal("split_line_item_unused_cost"),
    ],
    columns: &[
        "line_item_usage_start_date",
        "line_item_usage_account_id",
        "line_item_product_code",
        "line_item_usage_type",
        "line_item_operation",
        "line_item_resource_id",
        "line_item_usage_amount",
        "cost",
        "line_item_line_item_type",
        "region",
    ],
    aliases: &[
        ("lineItem/UsageStartDate", "line_item_usage_start_date"),
        ("lineItem/UsageEndDate", "line_item_usage_end_date"),
        ("lineItem/UsageAccountId", "line_item_usage_account_id"),
        ("lineItem/ProductCode", "line_item_product_code"),
        ("lineItem/UsageType", "line_item_usage_type"),
        ("lineItem/Operation", "line_item_operation"),
        ("lineItem/ResourceId", "line_item_resource_id"),
        ("lineItem/LineItemType", "line_item_line_item_type"),
        ("lineItem/LineItemDescription", "line_item_line_item_description"),
        ("lineItem/AvailabilityZone", "line_item_availability_zone"),
        ("lineItem/UsageAmount", "line_item_usage_amount"),
        ("pricing/unit", "pricing_unit"),
        ("lineItem/CurrencyCode", "line_item_currency_code"),
        ("lineItem/UnblendedRate", "line_item_unblended_rate"),
        ("lineItem/UnblendedCost", "line_item_unblended_cost"),
        ("lineItem/NetUnblendedRate", "line_item_net_unblended_rate"),
        ("lineItem/NetUnblendedCost", "line_item_net_unblended_cost"),
        ("lineItem/BlendedRate", "line_item_blended_rate"),
        ("lineItem/BlendedCost", "line_item_blended_cost"),
        ("lineItem/NormalizationFactor", "line_item_normalization_factor"),
        (
            "lineItem/NormalizedUsageAmount",
            "line_item_normalized_usage_amount",
        ),
        ("lineItem/UsageAccountName", "line_item_usage_account_name"),
        ("lineItem/TaxType", "line_item_tax_type"),
        ("lineItem/LegalEntity", "line_item_legal_entity"),
        ("bill/PayerAccountId", "bill_payer_account_id"),
        ("bill/PayerAccountName", "bill_payer_account_name"),
        ("bill/InvoiceId", "bill_invoice_id"),
        ("bill/InvoicingEntity", "bill_invoicing_entity"),
        ("bill/BillingEntity", "bill_billing_entity"),
        ("bill/BillType", "bill_bill_type"),
        ("bill/BillingPeriodStartDate", "bill_billing_period_start_date"),
        ("bill/BillingPeriodEndDate", "bill_billing_period_end_date"),
        ("identity/LineItemId", "identity_line_item_id"),
        ("identity/TimeInterval", "identity_time_interval"),
        ("product/ProductName", "product_product_name"),
        ("product/productFamily", "product_product_family"),
        ("product/servicecode", "product_servicecode"),
        ("product/instanceType", "product_instance_type"),
        ("product/regionCode", "product_region_code"),
        ("product/region", "product_region"),
        ("product/sku", "product_sku"),
        ("pricing/term", "pricing_term"),
        ("pricing/PurchaseOption", "pricing_purchase_option"),
        ("pricing/OfferingClass", "pricing_offering_class"),
        ("pricing/LeaseContractLength", "pricing_lease_contract_length"),
        ("pricing/publicOnDemandCost", "pricing_public_on_demand_cost"),
        ("pricing/publicOnDemandRate", "pricing_public_on_demand_rate"),
        ("reservation/ReservationARN", "reservation_reservation_a_r_n"),
        ("reservation/EffectiveCost", "reservation_effective_cost"),
        ("reservation/NetEffectiveCost", "reservation_net_effective_cost"),
        ("reservation/UnusedQuantity", "reservation_unused_quantity"),
        (
            "reservation/UnusedAmortizedUpfrontFeeForBillingPeriod",
            "reservation_unused_amortized_upfront_fee_for_billing_period",
        ),
        (
            "reservation/UnusedRecurringFee",
            "reservation_unused_recurring_fee",
        ),
        ("savingsPlan/SavingsPlanARN", "savings_plan_savings_plan_a_r_n"),
        ("savingsPlan/SavingsPlanRate", "savings_plan_savings_plan_rate"),
        (
            "savingsPlan/SavingsPlanEffectiveCost",
            "savings_plan_savings_plan_effective_cost",
        ),
        (
            "savingsPlan/NetSavingsPlanEffectiveCost",
            "savings_plan_net_savings_plan_effective_cost",
        ),
        ("savingsPlan/UsedCommitment", "savings_plan_used_commitment"),
        (
            "savingsPlan/TotalCommitmentToDate",
            "savings_plan_total_commitment_to_date",
        ),
        (
            "splitLineItem/ParentResourceId",
            "split_line_item_parent_resource_id",
        ),
        ("splitLineItem/SplitUsage", "split_line_item_split_usage"),
        ("splitLineItem/SplitCost", "split_line_item_split_cost"),
        ("splitLineItem/UnusedCost", "split_line_item_unused_cost"),
        ("unblended", "cost"),
    ],
    dedupe: false,
};

static KIND: Kind = Kind {
    facts: &FACTS,
    name,
    judge,
    nulls: &["null", "NULL"],
    maps: &["product", "resource_tags", "cost_category", "discount", "tags"],
    joint: "_",
    costs: &[
        &["line_item_unblended_cost"],
        &["line_item_net_unblended_cost"],
        &["line_item_blended_cost"],
        &[
            "savings_plan_savings_plan_effective_cost",
            "reservation_effective_cost",
        ],
        &[
            "savings_plan_net_savings_plan_effective_cost",
            "reservation_net_effective_cost",
        ],
    ],
    expected: &["line_item_unblended_cost"],
    standing: None,
    period: "bill_billing_period_start_date",
    currency: "line_item_currency_code",
    derived: &[Derived {
        name: "region",
        from: &[
            "product_region_code",
            "product_region",
            "line_item_availability_zone",
        ],
        make: region_of,
    }],
};

/// The spelling of version 2 and of Athena: lower case, `_` before what was upper case and for what is no letter or digit.
fn name(name: &str) -> Cow<'_, str> {
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if name.bytes().all(is_plain) && !name.contains("__") && name.trim_matches('_') == name {
        return Cow::Borrowed(name);
    }
    let mut out = String::with_capacity(name.len() + 8);
    for c in name.chars() {
        if (c.is_uppercase() || !c.is_alphanumeric()) && !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        }
    }
    out.truncate(out.trim_end_matches('_').len());
    Cow::Owned(out)
}

/// Columns of which a report has some, whatever else was chosen for it.
const SIGNS: [&str; 12] = [
    "line_item_usage_start_date",
    "line_item_usage_end_date",
    "line_item_usage_account_id",
    "line_item_product_code",
    "line_item_usage_type",
    "line_item_operation",
    "line_item_line_item_type",
    "line_item_resource_id",
    "line_item_usage_amount",
    "line_item_unblended_cost",
    "line_item_net_unblended_cost",
    "line_item_line_item_description",
];

fn judge(names: &Names<'_>) -> Option<Confidence> {
    match names.count(&SIGNS) {
        0 | 1 => None,
        2 => Some(Confidence::Likely),
        _ => Some(Confidence::Certain),
    }
}

impl LogFormat for Cur {
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
    use crate::formats::testing;

    #[test]
    fn fixtures_read_as_their_snapshots() {
        testing::fixtures("cur");
    }

    #[test]
    fn both_spellings_are_one_name() {
        for &(old, field) in FACTS.aliases.iter().filter(|(alias, _)| alias.contains('/')) {
            assert_eq!(name(old), field);
            assert_eq!(name(field), field);
            assert!(FACTS.field(field).is_some(), "{field}");
        }
        assert_eq!(
            name("resourceTags/user:Cost Center"),
            "resource_tags_user_cost_center"
        );
        assert_eq!(name("/_"), "");
    }

    #[test]
    fn costs_are_the_bill() {
        let report = include_bytes!("../../tests/formats/cur/cur1.csv");
        // Charges, what covers them, a credit and the tax.
        assert!((sum(&Cur, report, &["cost"], None) - 12.45).abs() < 1e-9);
    }

    #[test]
    fn a_column_can_be_asked_for_in_either_spelling() {
        let options = Options {
            extra_fields: vec!["resourceTags/user:Team".to_owned(), "product_gpu".to_owned()],
            ..Options::default()
        };
        let mut names: Vec<String> = (0..300).map(|n| format!("product/p{n}")).collect();
        names.extend(
            [
                "product/gpu",
                "resourceTags/user:Team",
                "lineItem/UsageType",
                "lineItem/UnblendedCost",
            ]
            .map(str::to_owned),
        );
        let mut cells = vec!["x"; 300];
        cells.extend(["4", "web", "t", "1"]);
        let report = format!("{}\n{}\n", names.join(","), cells.join(","));
        let (shard, stats) = testing::read(&Cur, "", report.as_bytes(), 64, &options);
        let rows = testing::dump(&shard, "cur");
        assert!(rows.contains("resourceTags/user:Team = \"web\""), "{rows}");
        assert!(rows.contains("product_gpu = \"4\""));
        assert!(!rows.contains("product_p200 ="));
        assert_eq!(stats.words().len(), 1, "{:?}", stats.words());
    }
}
