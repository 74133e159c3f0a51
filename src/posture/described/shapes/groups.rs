//! Log groups, and what writes to them.

use super::or_arn;
use crate::posture::described::body::{Body, arn_region, at, flag, list, text, texts};
use crate::posture::described::read::put;
use crate::posture::described::{Cluster, Database, Described, Function, LogGroup, Of, Subscription};
use serde_json::Value;

pub(super) fn log_group(into: &mut Described, body: &Body<'_>, of: Of) {
    let arn = body.first(&["arn", "logGroupArn"]);
    put(
        &mut into.log_groups,
        LogGroup {
            of: or_arn(of, arn.as_deref()),
            name: body.text("logGroupName").unwrap_or_default(),
            retention_days: body.number("retentionInDays"),
            kms_key: body.text("kmsKeyId"),
            stored_bytes: body.number("storedBytes"),
            metric_filters: body.number("metricFilterCount"),
        },
    );
}

pub(super) fn subscription(into: &mut Described, body: &Body<'_>, of: Of) {
    let destination = body.text("destinationArn").unwrap_or_default();
    // The role is the log group's account's own; a destination may be another's, but is of the same region.
    let role = body.text("roleArn");
    let mut of = or_arn(of, role.as_deref());
    if of.region.is_empty() {
        of.region = arn_region(&destination).unwrap_or_default().to_owned();
    }
    put(
        &mut into.subscriptions,
        Subscription {
            of,
            log_group: body.text("logGroupName").unwrap_or_default(),
            name: body.text("filterName").unwrap_or_default(),
            destination,
        },
    );
}

pub(super) fn database(into: &mut Described, body: &Body<'_>, of: Of) {
    put(
        &mut into.databases,
        Database {
            of: or_arn(of, body.text("DBInstanceArn").as_deref()),
            id: body.text("DBInstanceIdentifier").unwrap_or_default(),
            engine: body.text("Engine"),
            exports: Some(texts(body.main(), "EnabledCloudwatchLogsExports").unwrap_or_default()),
        },
    );
}

pub(super) fn function(into: &mut Described, body: &Body<'_>, of: Of) {
    put(
        &mut into.functions,
        Function {
            of: or_arn(of, body.text("FunctionArn").as_deref()),
            name: body.text("FunctionName").unwrap_or_default(),
            log_group: body.text("LoggingConfig.LogGroup"),
        },
    );
}

pub(super) fn cluster(into: &mut Described, body: &Body<'_>, of: Of) {
    let root = at(body.main(), "cluster").unwrap_or(body.main());
    let setups = at(root, "logging.clusterLogging");
    let types = setups.map(|setups| match setups {
        Value::Array(setups) => {
            let on = setups.iter().filter(|setup| flag(setup, "enabled") == Some(true));
            on.flat_map(|setup| texts(setup, "types").unwrap_or_default())
                .collect()
        }
        // Config has the schema of CloudFormation, which lists what is on.
        setup => {
            let on = list(setup, "EnabledTypes").unwrap_or_default().iter();
            on.filter_map(|ty| text(ty, "Type")).collect()
        }
    });
    put(
        &mut into.clusters,
        Cluster {
            of: or_arn(of, text(root, "arn").as_deref()),
            name: text(root, "name").unwrap_or_default(),
            types,
        },
    );
}
