//! What each kind of body says. The shapes are those of the CLI reference and of Config's resource schemas.

use super::body::{Body, arn_account, arn_region, at, bucket_name, flag, list, number, text, texts};
use super::read::put;
use super::*;
use serde_json::Value;

/// How a type is called and read.
pub(super) struct Shape {
    /// Config's resource types.
    pub config: &'static [&'static str],
    /// What the inventory calls its items.
    pub items: &'static [&'static str],
    /// Keys that an answer has, whatever it is called; without them it is something else of that name.
    pub signs: &'static [&'static str],
    pub add: fn(&mut Described, &Body<'_>, Of),
}

const fn shape(
    config: &'static [&'static str],
    items: &'static [&'static str],
    signs: &'static [&'static str],
    add: fn(&mut Described, &Body<'_>, Of),
) -> Shape {
    Shape {
        config,
        items,
        signs,
        add,
    }
}

pub(super) const SHAPES: &[Shape] = &[
    shape(
        &["AWS::CloudTrail::Trail"],
        &["Trail"],
        &["S3BucketName", "TrailARN"],
        trail,
    ),
    shape(&[], &["TrailStatus"], &["IsLogging"], trail_status),
    shape(
        &[],
        &["EventSelectors", "TrailEventSelectors", "AdvancedEventSelector"],
        &["TrailARN", "EventSelectors"],
        selectors,
    ),
    shape(
        &[],
        &["EventSelectors", "TrailEventSelectors", "AdvancedEventSelector"],
        &["TrailARN", "AdvancedEventSelectors"],
        selectors,
    ),
    shape(&["AWS::EC2::FlowLog"], &["FlowLog"], &["FlowLogId"], flow_log),
    shape(&["AWS::EC2::VPC"], &["Vpc"], &["VpcId", "CidrBlock"], vpc),
    shape(&["AWS::EC2::Subnet"], &["Subnet"], &["SubnetId", "VpcId"], subnet),
    shape(
        &["AWS::EC2::NetworkInterface"],
        &["NetworkInterface"],
        &["NetworkInterfaceId", "VpcId"],
        interface,
    ),
    shape(
        &["AWS::Config::ConfigurationRecorder"],
        &["ConfigurationRecorder"],
        &["recordingGroup"],
        recorder,
    ),
    shape(
        &[],
        &["ConfigurationRecorderStatus"],
        &["lastStatus", "recording"],
        recorder_status,
    ),
    shape(
        &["AWS::Config::DeliveryChannel"],
        &["DeliveryChannel"],
        &["s3BucketName", "name"],
        channel,
    ),
    shape(
        &["AWS::Logs::LogGroup"],
        &["LogGroup"],
        &["logGroupName", "storedBytes"],
        log_group,
    ),
    shape(
        &[],
        &["SubscriptionFilter"],
        &["logGroupName", "destinationArn"],
        subscription,
    ),
    shape(
        &["AWS::S3::Bucket"],
        &["Bucket"],
        &["Name", "CreationDate"],
        bucket,
    ),
    shape(
        &["AWS::ElasticLoadBalancingV2::LoadBalancer"],
        &["LoadBalancer"],
        &["LoadBalancerArn"],
        balancer,
    ),
    shape(
        &["AWS::ElasticLoadBalancing::LoadBalancer"],
        &["LoadBalancer"],
        &["LoadBalancerName"],
        balancer,
    ),
    shape(
        &["AWS::CloudFront::Distribution"],
        &["Distribution"],
        &["DistributionConfig"],
        distribution,
    ),
    shape(
        &[],
        &["Distribution"],
        &["Distribution.DistributionConfig"],
        distribution,
    ),
    shape(
        &[],
        &["Distribution", "DistributionSummary"],
        &["DomainName", "Origins"],
        distribution,
    ),
    shape(
        &["AWS::RDS::DBInstance"],
        &["DBInstance"],
        &["DBInstanceIdentifier", "Engine"],
        database,
    ),
    shape(
        &["AWS::Lambda::Function"],
        &["Function"],
        &["FunctionName", "Runtime"],
        function,
    ),
    shape(
        &["AWS::Route53Resolver::ResolverQueryLoggingConfig"],
        &["ResolverQueryLogConfig"],
        &["DestinationArn", "AssociationCount"],
        query_log,
    ),
    shape(
        &["AWS::EKS::Cluster"],
        &["Cluster"],
        &["logging.clusterLogging"],
        cluster,
    ),
    shape(&[], &["Cluster"], &["cluster.logging.clusterLogging"], cluster),
    shape(
        &["AWS::GuardDuty::Detector"],
        &["Detector"],
        &["FindingPublishingFrequency", "Status"],
        detector,
    ),
    shape(&["AWS::SecurityHub::Hub"], &["Hub"], &["HubArn"], hub),
    shape(
        &[],
        &["PublishingDestination"],
        &["DestinationProperties.DestinationArn"],
        publishing,
    ),
    shape(
        &[],
        &["Administrator", "Master"],
        &["AccountId", "RelationshipStatus"],
        administrator,
    ),
    shape(
        &[],
        &["Administrator", "Master"],
        &["AccountId", "MemberStatus"],
        administrator,
    ),
    shape(
        &[],
        &["Administrator"],
        &["Administrator.AccountId"],
        administrator,
    ),
];

/// Fills in what an ARN tells and nothing else did.
fn or_arn(mut of: Of, arn: Option<&str>) -> Of {
    let arn = arn.unwrap_or_default();
    if of.account.is_empty() {
        of.account = arn_account(arn).unwrap_or_default().to_owned();
    }
    if of.region.is_empty() {
        of.region = arn_region(arn).unwrap_or_default().to_owned();
    }
    of
}

fn trail(into: &mut Described, body: &Body<'_>, of: Of) {
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

fn trail_status(into: &mut Described, body: &Body<'_>, of: Of) {
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

fn selectors(into: &mut Described, body: &Body<'_>, of: Of) {
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

fn flow_log(into: &mut Described, body: &Body<'_>, of: Of) {
    let group = body.text("LogGroupName");
    let kind = body.text("LogDestinationType");
    // An answer from before destinations had types.
    let kind = kind.or_else(|| group.as_ref().map(|_| "cloud-watch-logs".to_owned()));
    let role = body.text("DeliverLogsPermissionArn");
    put(
        &mut into.flow_logs,
        FlowLog {
            of: or_arn(of, role.as_deref()),
            id: body.first(&["FlowLogId", "Id"]).unwrap_or_default(),
            resource: body.text("ResourceId").unwrap_or_default(),
            destination_type: kind,
            destination: body.text("LogDestination"),
            log_group: group,
            traffic: body.text("TrafficType"),
            status: body.text("FlowLogStatus"),
            delivery: body.text("DeliverLogsStatus"),
            delivery_error: body.text("DeliverLogsErrorMessage"),
            format: body.text("LogFormat"),
            aggregation: body.number("MaxAggregationInterval"),
        },
    );
}

fn network(into: &mut Described, body: &Body<'_>, of: Of, id: &str) {
    if let (Some(id), Some(vpc)) = (body.text(id), body.text("VpcId")) {
        put(&mut into.networks, Network { of, id, vpc });
    }
}

fn vpc(into: &mut Described, body: &Body<'_>, of: Of) {
    network(into, body, of, "VpcId");
}

fn subnet(into: &mut Described, body: &Body<'_>, of: Of) {
    network(into, body, of, "SubnetId");
}

fn interface(into: &mut Described, body: &Body<'_>, of: Of) {
    network(into, body, of, "NetworkInterfaceId");
}

fn recorder(into: &mut Described, body: &Body<'_>, of: Of) {
    let of = or_arn(of, body.text("arn").as_deref());
    put(
        &mut into.recorders,
        Recorder {
            of: or_arn(of, body.text("roleARN").as_deref()),
            name: body.text("name").unwrap_or_default(),
            all_supported: body.flag("recordingGroup.allSupported"),
            global_types: body.flag("recordingGroup.includeGlobalResourceTypes"),
        },
    );
}

fn recorder_status(into: &mut Described, body: &Body<'_>, of: Of) {
    put(
        &mut into.recorder_statuses,
        RecorderStatus {
            of: or_arn(of, body.text("arn").as_deref()),
            name: body.text("name").unwrap_or_default(),
            recording: body.flag("recording"),
            last_status: body.text("lastStatus"),
            last_error: body.first(&["lastErrorMessage", "lastErrorCode"]),
        },
    );
}

fn channel(into: &mut Described, body: &Body<'_>, of: Of) {
    put(
        &mut into.channels,
        Channel {
            of: or_arn(of, body.text("snsTopicARN").as_deref()),
            name: body.text("name").unwrap_or_default(),
            bucket: body.text("s3BucketName"),
            kms_key: body.text("s3KmsKeyArn"),
        },
    );
}

fn log_group(into: &mut Described, body: &Body<'_>, of: Of) {
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

fn subscription(into: &mut Described, body: &Body<'_>, of: Of) {
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

fn bucket(into: &mut Described, body: &Body<'_>, of: Of) {
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

fn balancer(into: &mut Described, body: &Body<'_>, of: Of) {
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

fn distribution(into: &mut Described, body: &Body<'_>, of: Of) {
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

fn database(into: &mut Described, body: &Body<'_>, of: Of) {
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

fn function(into: &mut Described, body: &Body<'_>, of: Of) {
    put(
        &mut into.functions,
        Function {
            of: or_arn(of, body.text("FunctionArn").as_deref()),
            name: body.text("FunctionName").unwrap_or_default(),
            log_group: body.text("LoggingConfig.LogGroup"),
        },
    );
}

fn query_log(into: &mut Described, body: &Body<'_>, of: Of) {
    put(
        &mut into.query_logs,
        QueryLog {
            of: or_arn(of, body.text("Arn").as_deref()),
            id: body
                .first(&["Id", "ResolverQueryLogConfigId"])
                .unwrap_or_default(),
            name: body.text("Name").unwrap_or_default(),
            destination: body.text("DestinationArn"),
            status: body.text("Status"),
            associations: body.number("AssociationCount"),
        },
    );
}

fn cluster(into: &mut Described, body: &Body<'_>, of: Of) {
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

fn detector(into: &mut Described, body: &Body<'_>, of: Of) {
    let (mut on, mut off) = (Vec::new(), Vec::new());
    for feature in list(body.main(), "Features").unwrap_or_default() {
        let name = text(feature, "Name").unwrap_or_default();
        match flag(feature, "Status") {
            Some(true) => on.push(name),
            Some(false) => off.push(name),
            None => {}
        }
    }
    put(
        &mut into.detectors,
        Detector {
            of: or_arn(of, body.text("ServiceRole").as_deref()),
            id: body.first(&["DetectorId", "Id"]).unwrap_or_default(),
            enabled: body.flag("Status").or_else(|| body.flag("Enable")),
            on,
            off,
        },
    );
}

fn hub(into: &mut Described, body: &Body<'_>, of: Of) {
    let arn = body.first(&["HubArn", "Arn"]).unwrap_or_default();
    put(
        &mut into.hubs,
        Hub {
            of: or_arn(of, Some(&arn)),
            arn,
            auto_enable: body.flag("AutoEnableControls"),
        },
    );
}

fn publishing(into: &mut Described, body: &Body<'_>, of: Of) {
    put(
        &mut into.publishing,
        Publishing {
            of: or_arn(of, body.text("DestinationProperties.KmsKeyArn").as_deref()),
            id: body.text("DestinationId").unwrap_or_default(),
            status: body.text("Status"),
            destination: body.text("DestinationProperties.DestinationArn"),
            kms_key: body.text("DestinationProperties.KmsKeyArn"),
        },
    );
}

fn administrator(into: &mut Described, body: &Body<'_>, mut of: Of) {
    let root = at(body.main(), "Administrator").unwrap_or(body.main());
    let Some(admin) = text(root, "AccountId") else {
        return;
    };
    // The only account that the answer names is the administrator's.
    if of.account == admin {
        of.account.clear();
    }
    let (status, service) = match text(root, "RelationshipStatus") {
        Some(status) => (Some(status), "guardduty"),
        None => (text(root, "MemberStatus"), "security-hub"),
    };
    put(
        &mut into.administrators,
        Administrator {
            of,
            service: service.to_owned(),
            admin,
            status,
        },
    );
}
