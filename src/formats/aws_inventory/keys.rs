//! What the keys of an answer say: which items stand under them, and what those are called.

use crate::formats::json::lazy::Json;

/// A key whose array holds items: what they are called, and the keys of id and name where they are not
/// `<type>Id`, `Id` and `<type>Name`, `Name`.
pub(super) struct Known {
    pub key: &'static str,
    pub ty: &'static str,
    /// A key of an item, or a path in it.
    pub id: &'static str,
    pub name: &'static str,
    /// What the first item has, where the key alone does not say what its items are.
    sign: &'static str,
}

const fn known(key: &'static str, ty: &'static str) -> Known {
    with(key, ty, "", "")
}
const fn with(key: &'static str, ty: &'static str, id: &'static str, name: &'static str) -> Known {
    Known {
        key,
        ty,
        id,
        name,
        sign: "",
    }
}
const fn signed(sign: &'static str, known: Known) -> Known {
    Known { sign, ..known }
}

/// Every such key; of several entries for one, those with a sign come first.
pub(super) const KNOWN: &[Known] = &[
    // Networks
    with("SecurityGroups", "SecurityGroup", "GroupId", "GroupName"),
    known("SecurityGroupRules", "SecurityGroupRule"),
    known("NetworkInterfaces", "NetworkInterface"),
    known("Vpcs", "Vpc"),
    known("Subnets", "Subnet"),
    known("NetworkAcls", "NetworkAcl"),
    known("RouteTables", "RouteTable"),
    known("InternetGateways", "InternetGateway"),
    known("NatGateways", "NatGateway"),
    known("VpcEndpoints", "VpcEndpoint"),
    known("VpcPeeringConnections", "VpcPeeringConnection"),
    known("TransitGateways", "TransitGateway"),
    known("TransitGatewayAttachments", "TransitGatewayAttachment"),
    known("VpnConnections", "VpnConnection"),
    known("VpnGateways", "VpnGateway"),
    known("CustomerGateways", "CustomerGateway"),
    signed(
        "connectionState",
        with("connections", "Connection", "connectionId", "connectionName"),
    ),
    with(
        "virtualInterfaces",
        "VirtualInterface",
        "virtualInterfaceId",
        "virtualInterfaceName",
    ),
    known("PrefixLists", "PrefixList"),
    with("Addresses", "Address", "AllocationId", ""),
    known("FlowLogs", "FlowLog"),
    with(
        "LoadBalancers",
        "LoadBalancer",
        "LoadBalancerArn",
        "LoadBalancerName",
    ),
    with(
        "LoadBalancerDescriptions",
        "LoadBalancer",
        "LoadBalancerName",
        "LoadBalancerName",
    ),
    with("TargetGroups", "TargetGroup", "TargetGroupArn", "TargetGroupName"),
    with("TargetHealthDescriptions", "TargetHealth", "Target.Id", ""),
    with("InstanceStates", "InstanceHealth", "InstanceId", ""),
    with("Listeners", "Listener", "ListenerArn", ""),
    signed("RuleArn", with("Rules", "ListenerRule", "RuleArn", "")),
    with(
        "PolicyDescriptions",
        "LoadBalancerPolicy",
        "PolicyName",
        "PolicyName",
    ),
    with("DistributionList", "Distribution", "Id", "DomainName"),
    with("WebACLs", "WebACL", "Id", "Name"),
    with("HostedZones", "HostedZone", "Id", "Name"),
    with("ResourceRecordSets", "ResourceRecordSet", "Name", "Name"),
    known("HealthChecks", "HealthCheck"),
    with("Regions", "Region", "RegionName", "RegionName"),
    // Computers, data
    known("Reservations", "Instance"),
    known("Instances", "Instance"),
    known("Volumes", "Volume"),
    known("Snapshots", "Snapshot"),
    known("Images", "Image"),
    with("ReservedInstances", "ReservedInstance", "ReservedInstancesId", ""),
    with("InstanceStatuses", "InstanceStatus", "InstanceId", ""),
    with("InstanceInformationList", "InstanceInformation", "InstanceId", ""),
    with("KeyPairs", "KeyPair", "KeyPairId", "KeyName"),
    known("FileSystems", "FileSystem"),
    with("Functions", "Function", "FunctionArn", "FunctionName"),
    with(
        "DBInstances",
        "DBInstance",
        "DBInstanceIdentifier",
        "DBInstanceIdentifier",
    ),
    with(
        "DBClusters",
        "DBCluster",
        "DBClusterIdentifier",
        "DBClusterIdentifier",
    ),
    with(
        "DBSnapshots",
        "DBSnapshot",
        "DBSnapshotIdentifier",
        "DBSnapshotIdentifier",
    ),
    with(
        "DBClusterSnapshots",
        "DBClusterSnapshot",
        "DBClusterSnapshotIdentifier",
        "DBClusterSnapshotIdentifier",
    ),
    signed(
        "ClusterIdentifier",
        with("Clusters", "Cluster", "ClusterIdentifier", "ClusterIdentifier"),
    ),
    signed("Name", with("Clusters", "Cluster", "Id", "Name")),
    signed(
        "clusterArn",
        with("clusters", "Cluster", "clusterArn", "clusterName"),
    ),
    signed(
        "repositoryArn",
        with("repositories", "Repository", "repositoryArn", "repositoryName"),
    ),
    known("CacheClusters", "CacheCluster"),
    with("BackupPlansList", "BackupPlan", "BackupPlanId", "BackupPlanName"),
    with(
        "BackupVaultList",
        "BackupVault",
        "BackupVaultName",
        "BackupVaultName",
    ),
    signed(
        "LastBackupTime",
        with("Results", "ProtectedResource", "ResourceArn", "ResourceName"),
    ),
    with("Buckets", "Bucket", "Name", "Name"),
    signed("Expiration", with("Rules", "LifecycleRule", "ID", "ID")),
    signed("Transitions", with("Rules", "LifecycleRule", "ID", "ID")),
    with(
        "AutoScalingGroups",
        "AutoScalingGroup",
        "AutoScalingGroupARN",
        "AutoScalingGroupName",
    ),
    with("Stacks", "Stack", "StackId", "StackName"),
    // Identities
    known("Users", "User"),
    known("Roles", "Role"),
    known("Groups", "Group"),
    known("Policies", "Policy"),
    known("AccessKeyMetadata", "AccessKey"),
    known("UserDetailList", "User"),
    known("RoleDetailList", "Role"),
    known("GroupDetailList", "Group"),
    with("AttachedPolicies", "AttachedPolicy", "PolicyArn", "PolicyName"),
    with("MFADevices", "MFADevice", "SerialNumber", "UserName"),
    with("VirtualMFADevices", "VirtualMFADevice", "SerialNumber", ""),
    with(
        "ServerCertificateMetadataList",
        "ServerCertificate",
        "ServerCertificateId",
        "ServerCertificateName",
    ),
    with(
        "CertificateSummaryList",
        "Certificate",
        "CertificateArn",
        "DomainName",
    ),
    with("Accounts", "Account", "Id", "Name"),
    with("OrganizationalUnits", "OrganizationalUnit", "Id", "Name"),
    with("Keys", "Key", "KeyId", ""),
    with("SecretList", "Secret", "ARN", "Name"),
    with("analyzers", "Analyzer", "arn", "name"),
    signed(
        "resourceOwnerAccount",
        with("findings", "AccessAnalyzerFinding", "id", "resource"),
    ),
    signed(
        "analyzedAt",
        with("findings", "AccessAnalyzerFinding", "id", "resource"),
    ),
    with(
        "StandardsSubscriptions",
        "StandardsSubscription",
        "StandardsSubscriptionArn",
        "",
    ),
    // Logs and their watchers
    with("logGroups", "LogGroup", "logGroupName", "logGroupName"),
    with("logStreams", "LogStream", "logStreamName", "logStreamName"),
    with("metricFilters", "MetricFilter", "filterName", "filterName"),
    with(
        "subscriptionFilters",
        "SubscriptionFilter",
        "filterName",
        "filterName",
    ),
    with("MetricAlarms", "MetricAlarm", "AlarmName", "AlarmName"),
    with("CompositeAlarms", "CompositeAlarm", "AlarmName", "AlarmName"),
    with("trailList", "Trail", "TrailARN", "Name"),
    with("Trails", "Trail", "TrailARN", "Name"),
    with("PublicKeyList", "PublicKey", "Fingerprint", ""),
    with("EventDataStores", "EventDataStore", "EventDataStoreArn", "Name"),
    signed(
        "eventTypeCode",
        with("events", "HealthEvent", "arn", "eventTypeCode"),
    ),
    with("Subscriptions", "Subscription", "SubscriptionArn", ""),
    with("Topics", "Topic", "TopicArn", ""),
    with("Rules", "Rule", "Arn", "Name"),
    // Config
    known("ConfigRules", "ConfigRule"),
    with("ConfigurationRecorders", "ConfigurationRecorder", "name", "name"),
    with(
        "ConfigurationRecordersStatus",
        "ConfigurationRecorderStatus",
        "name",
        "name",
    ),
    with("DeliveryChannels", "DeliveryChannel", "name", "name"),
    with("DeliveryChannelsStatus", "DeliveryChannelStatus", "name", "name"),
    with(
        "resourceIdentifiers",
        "DiscoveredResource",
        "resourceId",
        "resourceName",
    ),
    // Quotas
    with("Quotas", "Quota", "QuotaCode", "QuotaName"),
    with(
        "AccountAttributes",
        "AccountAttribute",
        "AttributeName",
        "AttributeName",
    ),
    with(
        "AccountQuotas",
        "AccountQuota",
        "AccountQuotaName",
        "AccountQuotaName",
    ),
    signed("Max", with("Limits", "AccountLimit", "Name", "Name")),
    // Service Catalog, Artifact, Support
    with("ProvisionedProducts", "ProvisionedProduct", "Id", "Name"),
    with("PortfolioDetails", "Portfolio", "Id", "DisplayName"),
    with("ProductViewDetails", "ProductView", "ProductARN", ""),
    with("RecordDetails", "Record", "RecordId", "ProvisionedProductName"),
    with("reports", "Report", "id", "name"),
    with("customerAgreements", "CustomerAgreement", "id", "name"),
    signed("caseId", with("cases", "SupportCase", "caseId", "subject")),
];

/// Keys of other kinds' arrays: an answer of one of them that its own kind refused is no inventory.
pub(super) const OTHERS: &[&str] = &[
    "Records",
    "Events",
    "events",
    "logEvents",
    "results",
    "Results",
    "QueryResultRows",
    "Findings",
    "findings",
    "configurationItems",
    "baseConfigurationItems",
    "EvaluationResults",
    "checks",
    "summaries",
];

/// Keys beside the items that are none.
pub(super) const ASIDE: &[&str] = &[
    "NextToken",
    "nextToken",
    "NextPageToken",
    "RecordOutputs",
    "CloudWatchDashboards",
    "NextMarker",
    "Marker",
    "IsTruncated",
    "ResponseMetadata",
    "TotalResultsCount",
    "MaxResults",
    "Owner",
    "failedItems",
    "UnprocessedKeys",
    "failures",
    "ETag",
    "MaxItems",
    "NextRecordName",
    "NextRecordType",
];

/// The kind of items under a key, when they are what the key says.
pub(super) fn known_list(key: &str, list: Json<'_>) -> Option<&'static Known> {
    let first = list.elements().next().map(Json::object);
    let fits = |known: &&Known| match &first {
        _ if known.key != key => false,
        Some(first) if known.sign.is_empty() => !first.fields.is_empty(),
        Some(first) => first.has(known.sign),
        // Keys that other kinds have too.
        None if matches!(key, "Groups" | "Rules" | "Keys" | "reports" | "Users" | "Roles") => false,
        None => known.sign.is_empty() && list.text().starts_with(b"["),
    };
    KNOWN.iter().find(fits)
}

/// What an item's type says of its id and name, for an item that stands alone.
pub(super) fn known_type(ty: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|k| k.ty == ty)
}

/// `GroupName`, `ARN`, as most of AWS writes keys.
pub(super) fn is_pascal(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_uppercase()) && key.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// `ProvisionedProducts` → `ProvisionedProduct`, `trailList` → `Trail`.
pub(super) fn singular(key: &str) -> String {
    let stem = ["Summaries", "SummaryList", "Details", "List", "Set"]
        .iter()
        .find_map(|end| key.strip_suffix(end).filter(|s| !s.is_empty()))
        .unwrap_or(key);
    let one = match stem {
        s if s.ends_with("ies") => format!("{}y", s.trim_end_matches("ies")),
        s if s.ends_with("sses") => s.trim_end_matches("es").to_owned(),
        s if s.ends_with('s') && !s.ends_with("ss") && !s.ends_with("us") => {
            s.trim_end_matches('s').to_owned()
        }
        s => s.to_owned(),
    };
    let mut letters = one.chars();
    letters.next().map_or(String::new(), |c| {
        c.to_ascii_uppercase().to_string() + letters.as_str()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_named_after_their_key() {
        for (key, one) in [
            ("ProvisionedProducts", "ProvisionedProduct"),
            ("Policies", "Policy"),
            ("trailList", "Trail"),
            ("Addresses", "Address"),
            ("RecordDetail", "RecordDetail"),
            ("JobSummaries", "Job"),
        ] {
            assert_eq!(singular(key), one);
        }
    }
}
