//! What a resource is called: the type an inventory item has in AWS Config, and the id that both give it.

use super::body::Body;
use serde_json::Value;

pub const CONFIG: &str = "config";
pub const INVENTORY: &str = "aws-inventory";
pub const CREDENTIALS: &str = "iam-credential-report";

/// A row of the credential report.
pub const CREDENTIAL: &str = "CredentialReportUser";

const V2_LOAD_BALANCER: &str = "AWS::ElasticLoadBalancingV2::LoadBalancer";
const CLASSIC_LOAD_BALANCER: &str = "AWS::ElasticLoadBalancing::LoadBalancer";

/// What an item of an answer is in AWS Config. Items that Config does not know keep their own name.
const TYPES: &[(&str, &str)] = &[
    ("Address", "AWS::EC2::EIP"),
    ("AutoScalingGroup", "AWS::AutoScaling::AutoScalingGroup"),
    ("Bucket", "AWS::S3::Bucket"),
    ("ConfigurationRecorder", "AWS::Config::ConfigurationRecorder"),
    ("DBCluster", "AWS::RDS::DBCluster"),
    ("DBClusterSnapshot", "AWS::RDS::DBClusterSnapshot"),
    ("DBInstance", "AWS::RDS::DBInstance"),
    ("DBSnapshot", "AWS::RDS::DBSnapshot"),
    ("DBSnapshotAttributesResult", "DBSnapshotAttributes"),
    ("DBClusterSnapshotAttributesResult", "DBClusterSnapshotAttributes"),
    ("Distribution", "AWS::CloudFront::Distribution"),
    ("DistributionSummary", "AWS::CloudFront::Distribution"),
    ("FlowLog", "AWS::EC2::FlowLog"),
    ("Function", "AWS::Lambda::Function"),
    ("HostedZone", "AWS::Route53::HostedZone"),
    ("Instance", "AWS::EC2::Instance"),
    ("InternetGateway", "AWS::EC2::InternetGateway"),
    ("Key", "AWS::KMS::Key"),
    ("KeyMetadata", "AWS::KMS::Key"),
    ("Listener", "AWS::ElasticLoadBalancingV2::Listener"),
    ("LoadBalancer", V2_LOAD_BALANCER),
    ("LogGroup", "AWS::Logs::LogGroup"),
    ("NatGateway", "AWS::EC2::NatGateway"),
    ("NetworkAcl", "AWS::EC2::NetworkAcl"),
    ("NetworkInterface", "AWS::EC2::NetworkInterface"),
    ("Policy", "AWS::IAM::Policy"),
    ("Repository", "AWS::ECR::Repository"),
    ("Role", "AWS::IAM::Role"),
    ("RoleDetail", "AWS::IAM::Role"),
    ("RouteTable", "AWS::EC2::RouteTable"),
    ("SecurityGroup", "AWS::EC2::SecurityGroup"),
    ("ServerCertificate", "AWS::IAM::ServerCertificate"),
    ("ServerCertificateMetadata", "AWS::IAM::ServerCertificate"),
    ("Subnet", "AWS::EC2::Subnet"),
    ("TargetGroup", "AWS::ElasticLoadBalancingV2::TargetGroup"),
    ("Trail", "AWS::CloudTrail::Trail"),
    ("User", "AWS::IAM::User"),
    ("UserDetail", "AWS::IAM::User"),
    ("Volume", "AWS::EC2::Volume"),
    ("Vpc", "AWS::EC2::VPC"),
    ("VpnConnection", "AWS::EC2::VPNConnection"),
];

/// What an answer is that has no key of its own around it, by two of its keys.
const SIGNS: &[(&str, &str, &str)] = &[
    ("SnapshotId", "CreateVolumePermissions", "SnapshotAttribute"),
    ("IsLogging", "IsLogging", "TrailStatus"),
    ("ETag", "Distribution", "AWS::CloudFront::Distribution"),
    ("SummaryMap", "SummaryMap", "AccountSummary"),
    ("MinimumPasswordLength", "MinimumPasswordLength", "PasswordPolicy"),
    (
        "MaxNumberOfAutoScalingGroups",
        "NumberOfAutoScalingGroups",
        "AutoScalingLimits",
    ),
];

/// The type by name alone. An empty one may turn out to be anything.
pub fn type_by_name<'a>(kind: &str, item_type: &'a str) -> &'a str {
    match kind {
        CREDENTIALS => CREDENTIAL,
        INVENTORY => {
            let mut known = TYPES.iter().filter(|(item, _)| *item == item_type);
            known.next().map_or(item_type, |(_, ty)| ty)
        }
        _ => item_type,
    }
}

/// The type, where it takes a look at the item itself.
pub fn type_of(kind: &str, item_type: &str, body: &Value) -> String {
    let body = Body::of(body);
    if kind == INVENTORY && item_type.is_empty() {
        let mut signs = SIGNS.iter().filter(|(a, b, _)| body.names(a) && body.names(b));
        return signs.next().map_or("", |(_, _, ty)| ty).to_owned();
    }
    match type_by_name(kind, item_type) {
        V2_LOAD_BALANCER if kind == INVENTORY && !body.names("LoadBalancerArn") => {
            CLASSIC_LOAD_BALANCER.to_owned()
        }
        ty => ty.to_owned(),
    }
}

/// The key of a type's own id, where Config's `resourceId` and an answer's id differ.
const IDS: &[(&str, &[&str])] = &[
    ("AWS::CloudFront::Distribution", &["Id"]),
    ("AWS::CloudTrail::Trail", &["TrailARN"]),
    ("AWS::ECR::Repository", &["RepositoryName"]),
    ("AWS::Lambda::Function", &["FunctionName"]),
    ("AWS::RDS::DBCluster", &["DBClusterIdentifier"]),
    ("AWS::RDS::DBClusterSnapshot", &["DBClusterSnapshotIdentifier"]),
    ("AWS::RDS::DBInstance", &["DBInstanceIdentifier"]),
    ("AWS::RDS::DBSnapshot", &["DBSnapshotIdentifier"]),
    ("AWS::EC2::VPNConnection", &["VpnConnectionId"]),
    ("DBSnapshotAttributes", &["DBSnapshotIdentifier"]),
    ("DBClusterSnapshotAttributes", &["DBClusterSnapshotIdentifier"]),
    ("ReservedInstance", &["ReservedInstancesId"]),
    ("AccountQuota", &["AccountQuotaName"]),
    ("Quota", &["QuotaCode"]),
    ("ResourceRecordSet", &["Name", "Type", "SetIdentifier"]),
    (CREDENTIAL, &["arn"]),
];

/// The id that every description of the resource gives it.
pub fn id_of(ty: &str, given: &str, body: Body<'_>) -> String {
    let keys = IDS
        .iter()
        .find(|(t, _)| *t == ty)
        .map_or(&[][..], |(_, keys)| keys);
    let own: Vec<&str> = keys
        .iter()
        .map(|key| body.get(key).text())
        .filter(|text| !text.is_empty())
        .collect();
    if own.is_empty() {
        given.to_owned()
    } else {
        own.join(" ")
    }
}
