//! Any other answer of the AWS command line: items of `describe-`, `list-` and `get-` commands, recognised by the key
//! they stand under. They are searched like records and give names to the ids of other logs.

use super::json::document::{self, Around, Column, Kind, Rows, derived, from, own, specs};
use super::json::lazy::{Json, Object};
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec, Group, Role};
use std::borrow::Cow;

pub struct AwsInventory;

const COLUMNS: [Column; 16] = [
    from(
        FieldSpec::time("time").role(Role::Time),
        &[
            "CreateDate",
            "CreateTime",
            "CreationTime",
            "CreatedTime",
            "CreatedAt",
            "CreationDate",
            "LaunchTime",
            "StartTime",
            "JoinedTimestamp",
            "ValidityStartTime",
            "Attachment.AttachTime",
            "GeneratedTime",
            "AlarmConfigurationUpdatedTimestamp",
            "LastUpdatedTime",
        ],
    ),
    derived(FieldSpec::text("itemType").role(Role::ResourceType)),
    derived(FieldSpec::text("id").role(Role::Resource)),
    derived(FieldSpec::text("name")),
    derived(FieldSpec::text("arn")),
    derived(FieldSpec::text("account").role(Role::Account)),
    derived(FieldSpec::text("region").role(Role::Region)),
    own(FieldSpec::text("vpcId").role(Role::Network)),
    from(
        FieldSpec::text("state"),
        &[
            "State.Name",
            "State",
            "Status",
            "StateValue",
            "FlowLogStatus",
            "ConfigRuleState",
            "LifecycleState",
            "statusCode",
        ],
    ),
    from(
        FieldSpec::text("description"),
        &[
            "Description",
            "GroupDescription",
            "AlarmDescription",
            "StatusMessage",
        ],
    ),
    from(
        FieldSpec::list("addresses"),
        &[
            "PrivateIpAddress",
            "PublicIpAddress",
            "PublicIp",
            "PrivateIpAddresses.PrivateIpAddress",
            "PrivateIpAddresses.Association.PublicIp",
            "Association.PublicIp",
            "Ipv6Addresses.Ipv6Address",
            "NetworkInterfaces.PrivateIpAddresses.PrivateIpAddress",
            "NetworkInterfaces.Ipv6Addresses.Ipv6Address",
            "NatGatewayAddresses.PrivateIp",
            "NatGatewayAddresses.PublicIp",
        ],
    ),
    from(
        FieldSpec::list("cidrs"),
        &[
            "CidrBlock",
            "CidrBlockAssociationSet.CidrBlock",
            "Ipv6CidrBlockAssociationSet.Ipv6CidrBlock",
            "Entries.Cidr",
        ],
    ),
    derived(FieldSpec::list("related")),
    from(FieldSpec::list("tags"), &["Tags", "TagSet", "TagList"]),
    own(FieldSpec::text("type")),
    from(FieldSpec::text("logFormat"), &["LogFormat"]),
];
const FIELDS: [FieldSpec; COLUMNS.len()] = specs(&COLUMNS);

static FACTS: Facts = Facts {
    id: "aws-inventory",
    title: "AWS inventory",
    records: "items",
    group: Group::AwsService,
    spec_url: "https://docs.aws.amazon.com/cli/latest/reference/",
    shapes: &[
        "AWS CLI describe-, list- and get- answers",
        "single items, arrays of them",
    ],
    export_hint: "aws ec2 describe-network-interfaces > interfaces.json, and likewise any describe-, list- or get- command",
    fields: &FIELDS,
    columns: &[
        "itemType",
        "id",
        "name",
        "state",
        "vpcId",
        "addresses",
        "account",
        "region",
        "time",
    ],
    aliases: &[("resourceType", "itemType")],
    dedupe: false,
};

/// A key whose array holds items: what they are called, and the keys of id and name where they are not
/// `<type>Id`, `Id` and `<type>Name`, `Name`.
struct Known {
    key: &'static str,
    ty: &'static str,
    id: &'static str,
    name: &'static str,
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

const KNOWN: &[Known] = &[
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
const OTHERS: &[&str] = &[
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
const ASIDE: &[&str] = &[
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

impl LogFormat for AwsInventory {
    fn facts(&self) -> &'static Facts {
        &FACTS
    }

    fn probe(&self, sample: &Sample<'_>) -> Option<Confidence> {
        let found = document::probe::<Items>(sample)?;
        // A guess is made of one answer only; lines of unknown objects are another kind's.
        let (_, used) = Json::first(sample.head, 0)?;
        let alone = sample
            .head
            .get(used..)
            .unwrap_or_default()
            .trim_ascii()
            .is_empty();
        (found > Confidence::Possible || alone).then_some(found)
    }

    fn reader(&self, _: &Sample<'_>, options: &Options) -> Box<dyn Reader> {
        document::reader::<Items>(options)
    }
}

#[derive(Default)]
struct Items;

impl Kind for Items {
    const RECORD: &'static str = "inventory item";

    fn columns() -> &'static [Column] {
        &COLUMNS
    }

    fn probe(_: Json<'_>, object: &Object<'_>, around: &Around) -> Option<Confidence> {
        if around.detail_type.is_some() {
            return None;
        }
        let lists = || object.fields.iter().filter(|(_, v)| v.is_array());
        if lists().any(|(key, list)| known_list(key, *list).is_some())
            || bare_type(object).is_some()
            || single(object).is_some()
        {
            return Some(Confidence::Likely);
        }
        if lists().any(|(key, _)| OTHERS.contains(&key.as_ref())) {
            return None;
        }
        let mut main = object.fields.iter().filter(|(k, _)| !ASIDE.contains(&k.as_ref()));
        let only = main.next().filter(|_| main.next().is_none());
        let wrapped = only.is_some_and(|(key, value)| {
            let objects = value.elements().next().is_some_and(Json::is_object);
            objects || value.is_object() && is_pascal(key)
        });
        let pascal = !object.fields.is_empty() && object.fields.iter().all(|(k, _)| is_pascal(k));
        (wrapped || pascal).then_some(Confidence::Possible)
    }

    fn read(&mut self, value: Json<'_>, around: &Around, rows: &mut Rows<'_, '_>) -> bool {
        if !value.is_object() {
            return false;
        }
        let object = value.object();
        if let Some(known) = bare_type(&object) {
            row(value, known.ty, known.id, known.name, around, rows);
            return true;
        }
        if let Some(ty) = single(&object) {
            row(value, ty, "", "", around, rows);
            return true;
        }
        let mut found = false;
        for (key, list) in object.fields.iter().filter(|(_, v)| v.is_array()) {
            let known = KNOWN.iter().find(|k| k.key == key);
            let objects = list.elements().next().is_some_and(Json::is_object);
            if known.is_none() && (!objects || !is_main(&object, key)) {
                continue;
            }
            found = true;
            let ty = known.map_or_else(|| singular(key), |k| k.ty.to_owned());
            let (id, name) = known.map_or(("", ""), |k| (k.id, k.name));
            for item in list.elements() {
                match item.get("Instances").filter(|_| key == "Reservations") {
                    Some(instances) => reservation(item, instances, around, rows),
                    None => row(item, &ty, id, name, around, rows),
                }
            }
        }
        if !found {
            let mut main = object.fields.iter().filter(|(k, _)| !ASIDE.contains(&k.as_ref()));
            match (main.next(), main.next()) {
                (Some((key, item)), None) if item.is_object() => {
                    row(*item, &singular(key), "", "", around, rows)
                }
                _ => row(value, "", "", "", around, rows),
            }
        }
        true
    }
}

/// What the one item is of a command that asks for one.
fn single(object: &Object<'_>) -> Option<&'static str> {
    const SIGNS: &[(&str, &str, &str)] = &[
        ("SummaryMap", "SummaryMap", "AccountSummary"),
        ("ReportFormat", "GeneratedTime", "CredentialReport"),
        ("findingDetails", "resourceOwnerAccount", "AccessAnalyzerFinding"),
    ];
    let sign = SIGNS.iter().find(|(a, b, _)| object.has(a) && object.has(b));
    sign.map(|&(_, _, ty)| ty)
}

/// An answer's own array: the only one of objects, or beside nothing but scalars.
fn is_main(object: &Object<'_>, key: &str) -> bool {
    if OTHERS.contains(&key) {
        return false;
    }
    object
        .fields
        .iter()
        .filter(|(k, v)| k != key && !ASIDE.contains(&k.as_ref()) && !v.is_array())
        .count()
        == 0
}

/// The kind of items under a key, when they are what the key says.
fn known_list(key: &str, list: Json<'_>) -> Option<&'static Known> {
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
fn bare_type(object: &Object<'_>) -> Option<&'static Known> {
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
fn is_pascal(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_uppercase()) && key.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// `ProvisionedProducts` → `ProvisionedProduct`, `trailList` → `Trail`.
fn singular(key: &str) -> String {
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

/// Instances stand two levels deep; the account stands with their reservation.
fn reservation(item: Json<'_>, instances: Json<'_>, around: &Around, rows: &mut Rows<'_, '_>) {
    let owner = item.object().text("OwnerId").map(Cow::into_owned);
    let around = Around {
        account: owner.or(around.account.clone()),
        ..around.clone()
    };
    for instance in instances.elements() {
        row(instance, "Instance", "", "", &around, rows);
    }
}

/// Where the ids of other things stand.
const RELATED: &[&str] = &[
    "VpcId",
    "SubnetId",
    "InstanceId",
    "NetworkInterfaceId",
    "ResourceId",
    "Groups.GroupId",
    "SecurityGroups.GroupId",
    "VpcSecurityGroups.VpcSecurityGroupId",
    "Attachment.InstanceId",
    "Attachments.InstanceId",
    "Attachments.VpcId",
    "NetworkInterfaces.NetworkInterfaceId",
    "NetworkInterfaces.Groups.GroupId",
    "Associations.SubnetId",
    "AvailabilityZones.SubnetId",
    "RouteTableIds",
    "SubnetIds",
    "NatGatewayAddresses.NetworkInterfaceId",
    "IpPermissions.UserIdGroupPairs.GroupId",
    "IpPermissionsEgress.UserIdGroupPairs.GroupId",
    "ReferencedGroupInfo.GroupId",
    "IamInstanceProfile.Arn",
    "S3BucketName",
    "CloudWatchLogsLogGroupArn",
    "logGroupName",
    "LogGroupName",
    "LogDestination",
    "roleARN",
    "ProductId",
];

fn row(item: Json<'_>, ty: &str, id_key: &str, name_key: &str, around: &Around, rows: &mut Rows<'_, '_>) {
    rows.row(item, around, |object, cells| {
        let first = |keys: &[&str]| {
            let mut found = keys
                .iter()
                .filter(|k| !k.is_empty())
                .filter_map(|k| object.get(k));
            let text = found.find(|v| !v.is_object() && !v.is_array())?.plain()?;
            Some(text.into_owned()).filter(|t| !t.is_empty())
        };
        let (type_id, type_name, type_arn) = (format!("{ty}Id"), format!("{ty}Name"), format!("{ty}Arn"));
        let arn = first(&[&type_arn, "Arn"]).unwrap_or_default();
        let id = first(&[id_key, &type_id, "Id"]).or_else(|| {
            let mut ids = object
                .fields
                .iter()
                .filter(|(k, v)| (k.ends_with("Id") || k.ends_with("ID")) && v.is_string());
            ids.next().and_then(|(_, v)| v.str()).map(Cow::into_owned)
        });
        let name =
            first(&[name_key, &type_name, "Name", "DisplayName", "GroupName"]).or_else(|| tag_name(object));
        let id = id.or_else(|| name.clone()).unwrap_or_else(|| arn.clone());

        // arn:partition:service:region:account:resource
        let arn_part = |n: usize| arn.split(':').nth(n).map(str::to_owned).filter(|p| !p.is_empty());
        let owner = || {
            first(&["OwnerId", "AccountId", "awsAccountId", "resourceOwnerAccount"])
                .filter(|a| a.bytes().all(|b| b.is_ascii_digit()))
        };
        // An account's ARN names the organization's management account.
        let account = match ty {
            "Account" => Some(id.clone()),
            _ => owner().or_else(|| arn_part(4)).or_else(|| around.account.clone()),
        };
        let zone = || {
            object
                .at_path("AvailabilityZone")
                .or_else(|| object.at_path("Placement.AvailabilityZone"))
        };
        let region = first(&["Region", "HomeRegion", "awsRegion"])
            .or_else(|| arn_part(3))
            .or_else(|| zone().map(|z| z.trim_end_matches(|c: char| c.is_ascii_lowercase()).to_owned()))
            .or_else(|| around.region.clone());

        let mut related: Vec<String> = Vec::new();
        for path in RELATED {
            object.visit(path, &mut |v| {
                let text = v.plain().unwrap_or_default();
                if !text.is_empty() && text != id && !related.iter().any(|r| *r == text) {
                    related.push(text.into_owned());
                }
            });
        }
        let discovered = object.text("resourceType").filter(|_| ty == "DiscoveredResource");
        cells.text("itemType", &discovered.unwrap_or(Cow::Borrowed(ty)));
        cells.text("id", &id);
        cells.text("name", &name.unwrap_or_default());
        cells.text("arn", &arn);
        cells.text("account", &account.unwrap_or_default());
        cells.text("region", &region.unwrap_or_default());
        cells.list("related", &related);
    });
}

/// The tag that the console shows as the name.
fn tag_name(object: &Object<'_>) -> Option<String> {
    let tags = object.get("Tags").or_else(|| object.get("TagSet"))?;
    let name = tags
        .elements()
        .map(Json::object)
        .find(|t| t.text("Key").is_some_and(|k| k == "Name"))?;
    Some(name.text("Value")?.into_owned())
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
