//! Answers that are one item, and items without the key they had.

use super::keys::{ASIDE, KNOWN, Known};
use crate::formats::json::lazy::{Json, Object};

/// One item: what it is called, and the key of its id.
pub(super) struct One {
    pub ty: &'static str,
    pub id: &'static str,
}

/// What the one item is of a command that asks for one, by keys that no other answer has together.
pub(super) fn single(object: &Object<'_>) -> Option<One> {
    const SIGNS: &[(&str, &str, &str, &str)] = &[
        // Accounts
        ("SummaryMap", "SummaryMap", "AccountSummary", ""),
        ("ReportFormat", "GeneratedTime", "CredentialReport", ""),
        ("UserId", "Account", "CallerIdentity", "Arn"),
        ("AccountLimit", "AccountUsage", "AccountSettings", ""),
        (
            "MaxNumberOfAutoScalingGroups",
            "MaxNumberOfLaunchConfigurations",
            "AutoScalingLimits",
            "",
        ),
        ("Max24HourSend", "SentLast24Hours", "SendQuota", ""),
        ("UserName", "AccessKeyLastUsed", "AccessKeyLastUsed", "UserName"),
        // What is shared
        (
            "SnapshotId",
            "CreateVolumePermissions",
            "SnapshotAttribute",
            "SnapshotId",
        ),
        ("ImageId", "LaunchPermissions", "ImageAttribute", "ImageId"),
        ("Grants", "Owner", "BucketAcl", ""),
        ("Policy", "PolicyName", "KeyPolicy", ""),
        ("RoleName", "PolicyDocument", "InlinePolicy", "PolicyName"),
        ("UserName", "PolicyDocument", "InlinePolicy", "PolicyName"),
        ("GroupName", "PolicyDocument", "InlinePolicy", "PolicyName"),
        ("Policy", "RevisionId", "FunctionPolicy", ""),
        // Logs and their watchers
        ("IsLogging", "IsLogging", "TrailStatus", ""),
        ("TrailARN", "EventSelectors", "EventSelectors", "TrailARN"),
        ("TrailARN", "AdvancedEventSelectors", "EventSelectors", "TrailARN"),
        ("FindingPublishingFrequency", "Status", "Detector", ""),
        ("HubArn", "SubscribedAt", "Hub", "HubArn"),
        (
            "findingDetails",
            "resourceOwnerAccount",
            "AccessAnalyzerFinding",
            "id",
        ),
        // Keys, disks
        (
            "KeyRotationEnabled",
            "KeyRotationEnabled",
            "KeyRotationStatus",
            "KeyId",
        ),
        (
            "EbsEncryptionByDefault",
            "EbsEncryptionByDefault",
            "EbsEncryptionByDefault",
            "",
        ),
    ];
    let sign = SIGNS.iter().find(|(a, b, ..)| object.has(a) && object.has(b));
    sign.map(|&(_, _, ty, id)| One { ty, id })
        .or_else(|| attributes(object))
}

/// Attributes of a load balancer or a target group: neither is named.
fn attributes(object: &Object<'_>) -> Option<One> {
    const SIGNS: &[(&str, &str)] = &[
        ("deregistration_delay.timeout_seconds", "TargetGroupAttributes"),
        ("stickiness.enabled", "TargetGroupAttributes"),
        ("deletion_protection.enabled", "LoadBalancerAttributes"),
        ("access_logs.s3.enabled", "LoadBalancerAttributes"),
    ];
    let list = object.get("Attributes").filter(|a| a.is_array())?;
    let has = |key: &str| {
        let mut keys = list.elements().filter_map(|a| a.object().text("Key"));
        keys.any(|k| k == key)
    };
    let &(_, ty) = SIGNS.iter().find(|(key, _)| has(key))?;
    Some(One { ty, id: "" })
}

/// What an answer is whose keys others have as well; it does not make a file an inventory.
pub(super) fn plain(object: &Object<'_>) -> Option<&'static str> {
    let only = |key: &str| object.fields.len() == 1 && object.has(key);
    let text = |key: &str| object.text(key).unwrap_or_default();
    if (only("Status") || object.fields.len() == 2 && object.has("MFADelete"))
        && matches!(&*text("Status"), "Enabled" | "Suspended")
    {
        return Some("BucketVersioning");
    }
    if only("TagSet") {
        return Some("BucketTagging");
    }
    if only("LocationConstraint") {
        return Some("BucketLocation");
    }
    (only("Policy") && object.get("Policy").is_some_and(Json::is_string)).then(|| {
        match policy_bucket(object) {
            Some(_) => "BucketPolicy",
            None => "ResourcePolicy",
        }
    })
}

/// The bucket that a policy speaks of.
pub(super) fn policy_bucket(object: &Object<'_>) -> Option<String> {
    let mut bucket = None;
    object.visit("Policy.Statement.Resource", &mut |resource| {
        let arn = resource.plain().unwrap_or_default();
        if let Some((_, path)) = arn.split_once(":s3:::")
            && bucket.is_none()
        {
            bucket = path.split('/').next().map(str::to_owned);
        }
    });
    bucket.filter(|b| !b.contains('*'))
}

/// An item that stands under a key alone: what it is called where the key does not say it, and the key of
/// its id.
pub(super) fn under(key: &str) -> Option<One> {
    const KEYS: &[(&str, &str, &str)] = &[
        ("LoggingEnabled", "BucketLogging", ""),
        ("ServerSideEncryptionConfiguration", "BucketEncryption", ""),
        ("ReplicationConfiguration", "BucketReplication", ""),
        ("OwnershipControls", "BucketOwnershipControls", ""),
        ("PolicyStatus", "BucketPolicyStatus", ""),
        ("PublicAccessBlockConfiguration", "PublicAccessBlock", ""),
        ("LoadBalancerAttributes", "LoadBalancerAttributes", ""),
        (
            "DBSnapshotAttributesResult",
            "DBSnapshotAttributes",
            "DBSnapshotIdentifier",
        ),
        (
            "DBClusterSnapshotAttributesResult",
            "DBClusterSnapshotAttributes",
            "DBClusterSnapshotIdentifier",
        ),
        ("DistributionConfig", "DistributionConfig", "CallerReference"),
        ("KeyMetadata", "Key", "KeyId"),
        ("PasswordPolicy", "PasswordPolicy", ""),
        ("RecordDetail", "Record", "RecordId"),
        ("ProvisionedProductDetail", "ProvisionedProduct", "Id"),
        ("reportDetails", "Report", "id"),
    ];
    let &(_, ty, id) = KEYS.iter().find(|(k, ..)| *k == key)?;
    Some(One { ty, id })
}

/// What the texts of a list are the ids of.
pub(super) fn texts<'a>(object: &Object<'a>) -> Option<(&'static str, Json<'a>)> {
    const KEYS: &[(&str, &str)] = &[
        ("DetectorIds", "Detector"),
        ("clusterArns", "Cluster"),
        ("clusters", "Cluster"),
        ("TableNames", "Table"),
        ("QueueUrls", "Queue"),
        ("PolicyNames", "InlinePolicy"),
        ("AccountAliases", "AccountAlias"),
    ];
    let mut main = object.fields.iter().filter(|(k, _)| !ASIDE.contains(&k.as_ref()));
    let (key, list) = main.next().filter(|_| main.next().is_none())?;
    let &(_, ty) = KEYS.iter().find(|(k, _)| k == key)?;
    let fits = list.is_array() && list.elements().all(Json::is_string);
    fits.then_some((ty, *list))
}

/// What an item is that stands without the key it had (`--query 'SecurityGroups[]'`).
pub(super) fn bare_type(object: &Object<'_>) -> Option<&'static Known> {
    const SIGNS: &[(&str, &str, &str)] = &[
        ("GroupId", "IpPermissions", "SecurityGroups"),
        ("NetworkInterfaceId", "PrivateIpAddresses", "NetworkInterfaces"),
        ("InstanceId", "ImageId", "Instances"),
        ("SubnetId", "CidrBlock", "Subnets"),
        ("VpcId", "CidrBlockAssociationSet", "Vpcs"),
        ("FlowLogId", "TrafficType", "FlowLogs"),
        ("NetworkAclId", "Entries", "NetworkAcls"),
        ("RouteTableId", "Routes", "RouteTables"),
        ("AllocationId", "PublicIp", "Addresses"),
        ("VpnConnectionId", "CustomerGatewayId", "VpnConnections"),
        ("LoadBalancerArn", "Scheme", "LoadBalancers"),
        ("ListenerArn", "DefaultActions", "Listeners"),
        ("logGroupName", "storedBytes", "logGroups"),
        ("SnapshotId", "VolumeSize", "Snapshots"),
        ("VolumeId", "VolumeType", "Volumes"),
        ("ReservedInstancesId", "OfferingClass", "ReservedInstances"),
        ("DBInstanceIdentifier", "DBInstanceClass", "DBInstances"),
        ("DBSnapshotIdentifier", "SnapshotType", "DBSnapshots"),
        ("AutoScalingGroupName", "MinSize", "AutoScalingGroups"),
        ("FunctionName", "FunctionArn", "Functions"),
        ("QuotaCode", "ServiceCode", "Quotas"),
    ];
    let (_, _, key) = SIGNS.iter().find(|(a, b, _)| object.has(a) && object.has(b))?;
    KNOWN.iter().find(|k| k.key == *key)
}
