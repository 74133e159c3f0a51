//! What the keys of an answer say: which items stand under them, and what those are called.

use crate::formats::json::lazy::{Json, Object};

/// A key whose array holds items: what they are called, and the keys of id and name where they are not
/// `<type>Id`, `Id` and `<type>Name`, `Name`.
pub(super) struct Known {
    pub key: &'static str,
    pub ty: &'static str,
    pub id: &'static str,
    pub name: &'static str,
}

const fn known(key: &'static str, ty: &'static str) -> Known {
    Known {
        key,
        ty,
        id: "",
        name: "",
    }
}
const fn with(key: &'static str, ty: &'static str, id: &'static str, name: &'static str) -> Known {
    Known { key, ty, id, name }
}

/// Every such key.
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
    with("HostedZones", "HostedZone", "Id", "Name"),
    // Computers, data
    known("Reservations", "Instance"),
    known("Instances", "Instance"),
    known("Volumes", "Volume"),
    known("Snapshots", "Snapshot"),
    known("Images", "Image"),
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
    with("Buckets", "Bucket", "Name", "Name"),
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
    with("Accounts", "Account", "Id", "Name"),
    with("OrganizationalUnits", "OrganizationalUnit", "Id", "Name"),
    with("Keys", "Key", "KeyId", ""),
    with("SecretList", "Secret", "ARN", "Name"),
    with("analyzers", "Analyzer", "arn", "name"),
    with("findings", "AccessAnalyzerFinding", "id", "resource"),
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
    with("events", "HealthEvent", "arn", "eventTypeCode"),
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
    with(
        "resourceIdentifiers",
        "DiscoveredResource",
        "resourceId",
        "resourceName",
    ),
    // Service Catalog, Artifact
    with("ProvisionedProducts", "ProvisionedProduct", "Id", "Name"),
    with("PortfolioDetails", "Portfolio", "Id", "DisplayName"),
    with("ProductViewDetails", "ProductView", "ProductARN", ""),
    with("RecordDetails", "Record", "RecordId", "ProvisionedProductName"),
    with("reports", "Report", "id", "name"),
    with("customerAgreements", "CustomerAgreement", "id", "name"),
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
    "NextMarker",
    "Marker",
    "IsTruncated",
    "ResponseMetadata",
    "TotalResultsCount",
    "MaxResults",
    "Owner",
    "failedItems",
    "UnprocessedKeys",
];

/// What the one item is of a command that asks for one.
pub(super) fn single(object: &Object<'_>) -> Option<&'static str> {
    const SIGNS: &[(&str, &str, &str)] = &[
        ("SummaryMap", "SummaryMap", "AccountSummary"),
        ("ReportFormat", "GeneratedTime", "CredentialReport"),
        ("findingDetails", "resourceOwnerAccount", "AccessAnalyzerFinding"),
    ];
    let sign = SIGNS.iter().find(|(a, b, _)| object.has(a) && object.has(b));
    sign.map(|&(_, _, ty)| ty)
}

/// The kind of items under a key, when they are what the key says.
pub(super) fn known_list(key: &str, list: Json<'_>) -> Option<&'static Known> {
    let known = KNOWN.iter().find(|k| k.key == key)?;
    let first = list.elements().next().map(Json::object);
    let fits = match (key, &first) {
        // Keys that other kinds have too.
        ("events", first) => first.as_ref().is_some_and(|f| f.has("eventTypeCode")),
        ("findings", first) => first
            .as_ref()
            .is_some_and(|f| f.has("resourceOwnerAccount") || f.has("analyzedAt")),
        ("Groups" | "Rules" | "Keys" | "reports" | "Users" | "Roles", None) => false,
        (_, Some(first)) => !first.fields.is_empty(),
        (_, None) => list.text().starts_with(b"["),
    };
    fits.then_some(known)
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
        ("logGroupName", "storedBytes", "logGroups"),
    ];
    let (_, _, key) = SIGNS.iter().find(|(a, b, _)| object.has(a) && object.has(b))?;
    KNOWN.iter().find(|k| k.key == *key)
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
