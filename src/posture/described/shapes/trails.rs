//! Trails, what they take and whether they deliver.

use super::or_arn;
use crate::posture::described::body::{Body, flag, list, text, texts};
use crate::posture::described::read::put;
use crate::posture::described::{Described, Of, Selectors, Trail, TrailSelectors, TrailStatus};
use serde_json::Value;

pub(super) fn trail(into: &mut Described, body: &Body<'_>, of: Of) {
    let arn = body.first(&["TrailARN", "Arn"]).unwrap_or_default();
    let Some(bucket) = body.text("S3BucketName") else {
        return;
    };
    let mut of = or_arn(of, Some(&arn));
    let home_region = body.text("HomeRegion").unwrap_or_else(|| of.region.clone());
    of.region.clone_from(&home_region);
    let defaults = body.flag("HasCustomEventSelectors") == Some(false);
    let selectors = defaults.then(|| Selectors {
        management_reads: true,
        management_writes: true,
        ..Selectors::default()
    });
    let name = body.first(&["Name", "TrailName"]).unwrap_or_else(|| arn.clone());
    put(
        &mut into.trails,
        Trail {
            home_region,
            multi_region: body.flag("IsMultiRegionTrail"),
            organization: body.flag("IsOrganizationTrail"),
            bucket: Some(bucket),
            log_group: body.text("CloudWatchLogsLogGroupArn"),
            kms_key: body.text("KmsKeyId"),
            validation: body
                .flag("LogFileValidationEnabled")
                .or_else(|| body.flag("EnableLogFileValidation")),
            is_logging: body.flag("IsLogging"),
            delivery_error: None,
            selectors,
            of,
            name,
            arn,
        },
    );
}

pub(super) fn trail_status(into: &mut Described, body: &Body<'_>, of: Of) {
    let trail = body.first(&["TrailARN", "Name", "TrailName"]).unwrap_or_default();
    put(
        &mut into.trail_statuses,
        TrailStatus {
            of: or_arn(of, Some(&trail)),
            is_logging: body.flag("IsLogging"),
            delivery_error: body.first(&["LatestDeliveryError", "LatestCloudWatchLogsDeliveryError"]),
            trail,
        },
    );
}

pub(super) fn selectors(into: &mut Described, body: &Body<'_>, of: Of) {
    let trail = body.text("TrailARN").unwrap_or_default();
    let mut found = Selectors::default();
    for basic in list(body.main(), "EventSelectors").unwrap_or_default() {
        basic_selector(&mut found, basic);
    }
    for advanced in list(body.main(), "AdvancedEventSelectors").unwrap_or_default() {
        advanced_selector(&mut found, advanced);
    }
    found.data.sort();
    found.data.dedup();
    put(
        &mut into.trail_selectors,
        TrailSelectors {
            of: or_arn(of, Some(&trail)),
            trail,
            selectors: found,
        },
    );
}

fn basic_selector(found: &mut Selectors, selector: &Value) {
    let takes = text(selector, "ReadWriteType").unwrap_or_else(|| "All".to_owned());
    let (reads, writes) = (takes != "WriteOnly", takes != "ReadOnly");
    if flag(selector, "IncludeManagementEvents") != Some(false) {
        found.management_reads |= reads;
        found.management_writes |= writes;
    }
    for resource in list(selector, "DataResources").unwrap_or_default() {
        found.data.extend(text(resource, "Type"));
        // `arn:aws:s3` and `arn:aws:lambda` stand for all of them.
        let values = texts(resource, "Values").unwrap_or_default();
        let all = values.iter().any(|value| value.matches(':').count() <= 2);
        found.narrowed |= !(all && reads && writes);
    }
}

fn advanced_selector(found: &mut Selectors, selector: &Value) {
    let fields = list(selector, "FieldSelectors").unwrap_or_default();
    let equals = |name: &str| {
        let field = fields
            .iter()
            .find(|f| text(f, "Field").is_some_and(|field| field.eq_ignore_ascii_case(name)))?;
        texts(field, "Equals")
    };
    let has = |name: &str, value: &str| equals(name).is_some_and(|values| values.iter().any(|v| v == value));
    let (reads, writes) = (!has("readOnly", "false"), !has("readOnly", "true"));
    if has("eventCategory", "Management") {
        found.management_reads |= reads;
        found.management_writes |= writes;
    }
    if has("eventCategory", "Data") {
        found.data.extend(equals("resources.type").unwrap_or_default());
        found.narrowed |= fields.len() > 2;
    }
}
