//! Any other answer of the AWS command line: items of `describe-`, `list-` and `get-` commands, recognised by the key
//! they stand under. They are searched like records and give names to the ids of other logs.
//!
//! Some answers do not say what they are about (`get-bucket-versioning`, `describe-load-balancer-attributes`):
//! their item has a type and no id.

mod alone;
mod keys;

use super::json::document::{self, Around, Column, Kind, Rows, derived, from, own, specs};
use super::json::lazy::{Json, Object};
use super::{Confidence, LogFormat, Options, Reader, Sample};
use crate::base::{Facts, FieldSpec, Group, Role};
use alone::{One, bare_type, plain, policy_bucket, single, texts, under};
use keys::{ASIDE, KNOWN, OTHERS, is_pascal, known_list, known_type, singular};
use std::borrow::Cow;

pub struct AwsInventory;

const COLUMNS: [Column; 37] = [
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
            "SnapshotCreateTime",
            "InstanceCreateTime",
            "ClusterCreateTime",
            "UploadDate",
            "SubscribedAt",
            "createdAt",
            "effectiveStart",
            "periodStart",
            "Start",
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
            "State.Code",
            "State",
            "Status.Code",
            "Status.State",
            "Status",
            "StateValue",
            "FlowLogStatus",
            "ConfigRuleState",
            "LifecycleState",
            "statusCode",
            "TargetHealth.State",
            "DBInstanceStatus",
            "ClusterStatus",
            "KeyState",
            "connectionState",
            "virtualInterfaceState",
            "PingStatus",
            "InstanceState.Name",
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
    // What was done to it last, and by whom: Service Catalog's records and provisioned products.
    from(FieldSpec::text("recordType").role(Role::Action), &["RecordType"]),
    from(
        FieldSpec::text("actor").role(Role::Actor),
        &["UserArn", "UserArnSession"],
    ),
    from(
        FieldSpec::text("message").role(Role::Message),
        &["RecordErrors.Description", "ErrorMessage", "statusMessage"],
    ),
    from(
        FieldSpec::time("updated"),
        &["UpdatedTime", "UpdatedAt", "updatedAt", "lastModifiedAt"],
    ),
    from(FieldSpec::time("until"), &["periodEnd", "effectiveEnd"]),
    from(FieldSpec::text("version"), &["version", "Version"]),
    // What log groups, their streams and filters are set to.
    own(FieldSpec::text("logGroupName")),
    own(FieldSpec::int("retentionInDays").unit("days")),
    own(FieldSpec::int("storedBytes").unit("B")),
    own(FieldSpec::int("metricFilterCount")),
    own(FieldSpec::text("kmsKeyId")),
    own(FieldSpec::text("logGroupClass")),
    own(FieldSpec::bool("deletionProtectionEnabled")),
    own(FieldSpec::text("filterPattern")),
    own(FieldSpec::text("destinationArn")),
    own(FieldSpec::time("creationTime")),
    own(FieldSpec::time("lastEventTimestamp")),
    // What functions are given.
    own(FieldSpec::int("MemorySize").unit("MB")),
    own(FieldSpec::int("Timeout").unit("s")),
    own(FieldSpec::text("Runtime")),
    own(FieldSpec::list("Architectures")),
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
        if lists(object).any(|(key, list)| known_list(key, list).is_some())
            || bare_type(object).is_some()
            || single(object).is_some()
        {
            return Some(Confidence::Likely);
        }
        if lists(object).any(|(key, _)| OTHERS.contains(&key)) {
            return None;
        }
        let mut main = object.fields.iter().filter(|(k, _)| !ASIDE.contains(&k.as_ref()));
        let only = main.next().filter(|_| main.next().is_none());
        let wrapped = only.is_some_and(|(key, value)| {
            let objects = value.elements().next().is_some_and(Json::is_object);
            let named = |object: Object<'_>| object.text("arn").is_some_and(|arn| arn.starts_with("arn:"));
            objects || value.is_object() && (is_pascal(key) || named(value.object()))
        });
        let pascal = !object.fields.is_empty() && object.fields.iter().all(|(k, _)| is_pascal(k));
        (wrapped || pascal || texts(object).is_some()).then_some(Confidence::Possible)
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
        if let Some(one) = single(&object) {
            row(value, one.ty, one.id, "", around, rows);
            return true;
        }
        if let Some(ty) = plain(&object) {
            row(value, ty, "", "", around, rows);
            return true;
        }
        if let Some((ty, list)) = texts(&object) {
            list.elements().for_each(|text| text_row(text, ty, around, rows));
            return true;
        }
        let mut found = false;
        for (key, list) in lists(&object) {
            let known = known_list(key, list);
            // No item of a known key is an answer too.
            let empty = list.elements().next().is_none() && KNOWN.iter().any(|k| k.key == key);
            let objects = list.elements().next().is_some_and(Json::is_object);
            if !empty && known.is_none() && (!objects || !is_main(&object, key)) {
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
            alone(value, &object, around, rows);
        }
        true
    }
}

/// The arrays of an answer; CloudFront writes them as the `Items` of an object with their `Quantity`.
fn lists<'o, 'a>(object: &'o Object<'a>) -> impl Iterator<Item = (&'o str, Json<'a>)> {
    object.fields.iter().filter_map(|(key, value)| {
        let items = (value.is_object() && key.ends_with("List")).then(|| value.get("Items"));
        let list = items.map_or(Some(*value), |items| items)?;
        list.is_array().then_some((key.as_ref(), list))
    })
}

/// An answer without a list: the item under its only key, or all of it.
fn alone(value: Json<'_>, object: &Object<'_>, around: &Around, rows: &mut Rows<'_, '_>) {
    let mut main = object.fields.iter().filter(|(k, _)| !ASIDE.contains(&k.as_ref()));
    match (main.next(), main.next()) {
        // CloudFront's list of nothing.
        (Some((key, item)), None) if key.ends_with("List") && item.get("Quantity").is_some() => {}
        (Some((key, item)), None) if item.is_object() => {
            let ty = singular(key);
            let (ty, id, name) = match (under(key), known_type(&ty)) {
                (Some(One { ty, id }), _) => (ty, id, ""),
                (None, Some(known)) => (known.ty, known.id, known.name),
                (None, None) => (ty.as_str(), "", ""),
            };
            row(*item, ty, id, name, around, rows);
        }
        _ => row(value, "", "", "", around, rows),
    }
}

/// A text that is an id: all that its answer says of the item.
fn text_row(text: Json<'_>, ty: &str, around: &Around, rows: &mut Rows<'_, '_>) {
    let Some(no_fields) = Json::of(b"{}") else { return };
    rows.row_of(text, no_fields, around, |_, cells| {
        let id = text.plain().unwrap_or_default();
        let arn = if id.starts_with("arn:") { &*id } else { "" };
        let [account, region] = [(4, &around.account), (3, &around.region)]
            .map(|(n, around)| arn_part(arn, n).or_else(|| around.clone()).unwrap_or_default());
        for (name, text) in [
            ("itemType", ty),
            ("id", &id),
            ("arn", arn),
            ("account", &account),
            ("region", &region),
        ] {
            cells.text(name, text);
        }
    });
}

/// `arn:partition:service:region:account:resource`; what AWS itself owns has `aws` for an account.
fn arn_part(arn: &str, n: usize) -> Option<String> {
    let part = arn.split(':').nth(n).filter(|p| !p.is_empty() && *p != "aws");
    part.map(str::to_owned)
}

/// An answer's own array: the only one of objects, or beside nothing but scalars.
fn is_main(object: &Object<'_>, key: &str) -> bool {
    if OTHERS.contains(&key) || ASIDE.contains(&key) {
        return false;
    }
    object
        .fields
        .iter()
        .filter(|(k, v)| k != key && !ASIDE.contains(&k.as_ref()) && !v.is_array())
        .count()
        == 0
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
    "ProvisionedProductId",
    "ProvisioningArtifactId",
    "PhysicalId",
    "agreementArn",
    "termArn",
    "VolumeId",
    "SnapshotId",
    "DBInstanceIdentifier",
    "VpnGatewayId",
    "CustomerGatewayId",
    "LoadBalancerArn",
    "TopicArn",
    "TargetBucket",
];

fn row(item: Json<'_>, ty: &str, id_key: &str, name_key: &str, around: &Around, rows: &mut Rows<'_, '_>) {
    rows.row(item, around, |object, cells| {
        if ty == "FlowLog"
            && let Some(format) = object.text("LogFormat")
        {
            cells.learn_flow_format(&format);
        }
        let first = |keys: &[&str]| {
            let mut found = keys.iter().filter(|k| !k.is_empty()).filter_map(|k| {
                let value = object.get(k).filter(|v| !v.is_object() && !v.is_array());
                match value {
                    Some(value) => value.plain().map(Cow::into_owned),
                    None => k.contains('.').then(|| object.at_path(k)).flatten(),
                }
            });
            found.find(|t| !t.is_empty())
        };
        let (type_id, type_name, type_arn) = (format!("{ty}Id"), format!("{ty}Name"), format!("{ty}Arn"));
        let id = first(&[id_key, &type_id, "Id"]).or_else(|| {
            let mut ids = object
                .fields
                .iter()
                .filter(|(k, v)| (k.ends_with("Id") || k.ends_with("ID")) && v.is_string());
            ids.find_map(|(_, v)| v.str().map(Cow::into_owned).filter(|t| !t.is_empty()))
        });
        let of_bucket = || (ty == "BucketPolicy").then(|| policy_bucket(object)).flatten();
        let id = id.or_else(of_bucket);
        let arn = first(&[&type_arn, "Arn"])
            .or_else(|| id.clone())
            .filter(|arn| arn.starts_with("arn:"))
            .unwrap_or_default();
        let name =
            first(&[name_key, &type_name, "Name", "DisplayName", "GroupName"]).or_else(|| tag_name(object));
        let id = id.or_else(|| name.clone()).unwrap_or_else(|| arn.clone());

        let owner = || {
            first(&[
                "OwnerId",
                "AccountId",
                "awsAccountId",
                "resourceOwnerAccount",
                "ownerAccount",
                "Owner",
                "Account",
            ])
            .filter(|a| a.bytes().all(|b| b.is_ascii_digit()))
        };
        // An account's ARN names the organization's management account.
        let account = match ty {
            "Account" => Some(id.clone()),
            _ => owner()
                .or_else(|| arn_part(&arn, 4))
                .or_else(|| around.account.clone()),
        };
        let zone = || {
            object
                .at_path("AvailabilityZone")
                .or_else(|| object.at_path("Placement.AvailabilityZone"))
        };
        let region = first(&["Region", "HomeRegion", "awsRegion"])
            .or_else(|| arn_part(&arn, 3))
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
