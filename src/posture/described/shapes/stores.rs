//! Buckets, and what writes its access logs to one.

use super::or_arn;
use crate::posture::described::body::{Body, at, bucket_name, flag, list, number, text};
use crate::posture::described::read::put;
use crate::posture::described::{
    AccessLogs, Balancer, Bucket, Described, Distribution, Encryption, Lifecycle, Of,
};
use serde_json::Value;

pub(super) fn bucket(into: &mut Described, body: &Body<'_>, of: Of) {
    let Some(name) = body.first(&["name", "bucketName"]) else {
        return;
    };
    let logging = body
        .part("BucketLoggingConfiguration")
        .or_else(|| body.part("LoggingConfiguration"));
    let versioning = body
        .part("BucketVersioningConfiguration")
        .or_else(|| body.part("VersioningConfiguration"));
    let encryption = body
        .part("ServerSideEncryptionConfiguration")
        .or_else(|| body.part("BucketEncryption"));
    let lifecycle = body
        .part("BucketLifecycleConfiguration")
        .or_else(|| body.part("LifecycleConfiguration"));
    // Config leaves out a lifecycle that a bucket does not have, and says whether it has versions of every bucket.
    let keeps = versioning.is_some().then_some(Lifecycle::Keeps);
    put(
        &mut into.buckets,
        Bucket {
            of,
            name,
            logs: logging.as_deref().map(|logging| {
                text(logging, "destinationBucketName").map_or(AccessLogs::Off, AccessLogs::To)
            }),
            logs_prefix: logging
                .as_deref()
                .and_then(|logging| text(logging, "logFilePrefix")),
            versioning: versioning
                .as_deref()
                .and_then(|versioning| text(versioning, "status")),
            encryption: encryption.as_deref().and_then(encrypted_with),
            lifecycle: lifecycle.as_deref().and_then(lives).or(keeps),
        },
    );
}

fn encrypted_with(configuration: &Value) -> Option<Encryption> {
    let rules =
        list(configuration, "rules").or_else(|| list(configuration, "ServerSideEncryptionConfiguration"))?;
    let default = rules.iter().find_map(|rule| {
        at(rule, "applyServerSideEncryptionByDefault").or_else(|| at(rule, "ServerSideEncryptionByDefault"))
    });
    let Some(default) = default else {
        return Some(Encryption::None);
    };
    let algorithm = text(default, "sseAlgorithm")?;
    Some(match algorithm.starts_with("aws:kms") {
        true => Encryption::Kms(text(default, "kmsMasterKeyID")),
        false => Encryption::S3,
    })
}

fn lives(configuration: &Value) -> Option<Lifecycle> {
    let rules = list(configuration, "rules")?.iter();
    let enabled = rules.filter(|rule| flag(rule, "status") == Some(true));
    let days = enabled
        .filter_map(|rule| number(rule, "expirationInDays").or_else(|| number(rule, "expiration.days")));
    Some(
        days.filter(|days| *days > 0)
            .min()
            .map_or(Lifecycle::Keeps, Lifecycle::Deletes),
    )
}

pub(super) fn balancer(into: &mut Described, body: &Body<'_>, of: Of) {
    let name = body.text("loadBalancerName").unwrap_or_default();
    let arn = body.text("loadBalancerArn");
    let attributes = body.part("LoadBalancerAttributes");
    let attribute = |key: &str| {
        let list = attributes.as_deref()?.as_array()?;
        let found = list.iter().find(|a| text(a, "key").is_some_and(|k| k == key))?;
        at(found, "value")
            .cloned()
            .map(|value| serde_json::json!({ "value": value }))
    };
    let classic = attributes
        .as_deref()
        .and_then(|attributes| at(attributes, "accessLog"));
    let (logs, bucket) = match classic {
        Some(log) => (flag(log, "enabled"), text(log, "s3BucketName")),
        None => (
            attribute("access_logs.s3.enabled").and_then(|value| flag(&value, "value")),
            attribute("access_logs.s3.bucket").and_then(|value| text(&value, "value")),
        ),
    };
    put(
        &mut into.balancers,
        Balancer {
            of: or_arn(of, arn.as_deref()),
            id: arn.unwrap_or_else(|| name.clone()),
            name,
            logs,
            bucket,
        },
    );
}

pub(super) fn distribution(into: &mut Described, body: &Body<'_>, of: Of) {
    let root = at(body.main(), "Distribution").unwrap_or(body.main());
    let arn = text(root, "ARN");
    let Some(id) = text(root, "Id").or_else(|| arn.as_deref()?.rsplit('/').next().map(str::to_owned)) else {
        return;
    };
    let mut of = or_arn(of, arn.as_deref());
    "global".clone_into(&mut of.region);
    let logging = at(root, "DistributionConfig.Logging");
    put(
        &mut into.distributions,
        Distribution {
            of,
            id,
            logs: logging.map(|l| flag(l, "Enabled").unwrap_or_else(|| text(l, "Bucket").is_some())),
            bucket: logging
                .and_then(|l| text(l, "Bucket"))
                .map(|b| bucket_name(&b).to_owned()),
        },
    );
}
